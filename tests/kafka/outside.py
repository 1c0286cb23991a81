"""What tests from outside share: processes of the program, a client that is not
ours, and a list of what is wrong.

Debian's confluent_kafka is librdkafka, too, but with other people's settings
and none of our code.
"""

import collections
import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def murmur2(data):
    """As in Java's client, written down once more, so that ours is checked."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = (0x9747B28C ^ len(data)) & mask
    whole = len(data) // 4 * 4
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i:i + 4], "little")
        k = k * m & mask
        k ^= k >> 24
        h = (h * m & mask) ^ (k * m & mask)
    rest = data[whole:]
    if rest:
        h ^= int.from_bytes(rest, "little")
        h = h * m & mask
    h ^= h >> 13
    h = h * m & mask
    return h ^ h >> 15


def partition_of(key, partitions):
    return (murmur2(key) & 0x7FFFFFFF) % partitions


class Instance:
    """One process of the program."""

    def __init__(self, command, log):
        self.command, self.log = command, log
        self.process = None
        self.start()

    def start(self):
        with open(self.log, "a") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        # Before its first word a process may not have come as far as to know
        # what SIGTERM means to it.
        for _ in range(200):
            if os.path.getsize(self.log) or self.process.poll() is not None:
                break
            time.sleep(0.05)
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        code = self.process.wait(30)
        took = time.monotonic() - began
        if code != 0 or took > 5:
            sys.exit(f"FAILED: SIGTERM ended {self.log} after {took:.1f} s with {code}")

    def check_alive(self):
        code = self.process.poll()
        if code is not None:
            sys.exit(f"FAILED: an instance ended by itself with {code}; log: {self.log}")


class Office:
    """Topics of its own, processes of one group that work on them, their logs."""

    def __init__(self, brokers, fairlead, name, partitions, create_time=False, replicas=1):
        """create_time: publishers give the timestamps of inputs."""
        if not brokers:
            sys.exit("FAILED: this test needs a real broker: start one with `script/kafka "
                     "start` and put the address that it prints into FAIRLEAD_TEST_BROKERS")
        self.brokers, self.fairlead, self.partitions = brokers, fairlead, partitions
        self.prefix = f"{name}-{uuid.uuid4().hex[:8]}"
        self.group = self.prefix
        self.kafka = ["--brokers", brokers, "--topic-prefix", self.prefix]
        self.folder = tempfile.mkdtemp(prefix=f"{self.prefix}-")
        self.instances = []
        self.producers = {}
        self.ends = {}  # of what was published, by topic and partition
        if create_time:
            # Before the others: a setting that is changed later holds later, too.
            admin = AdminClient({"bootstrap.servers": brokers})
            made = admin.create_topics(
                [NewTopic(self.topic(t), partitions, 1, config={
                    "message.timestamp.type": "CreateTime", "max.message.bytes": "1048576"})
                 for t in ("roster", "leads", "calls")])
            for future in made.values():
                future.result(30)
        create = [fairlead, "topics", "create", *self.kafka, "--partitions", str(partitions),
                  "--replication-factor", str(replicas)]
        # Brokers that have just come up may need longer than it waits.
        for left in (2, 1, 0):
            done = subprocess.run(create, check=not left, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL if create_time else None)
            if done.returncode == 0:
                break

    def topic(self, name):
        return f"{self.prefix}.{name}"

    def start(self, name, *options):
        run = [self.fairlead, "run", *self.kafka,
               *([] if "--group-id" in options else ["--group-id", self.group]),
               *([] if "--http" in options else ["--http", "off"]), *options]
        self.instances.append(Instance(run, f"{self.folder}/{name}.log"))
        return self.instances[-1]

    def check_alive(self):
        for i in self.instances:
            i.check_alive()

    def stop(self):
        """As an operator does, and within five seconds each."""
        for i in self.instances:
            i.stop()
        self.instances = []

    def command(self, name, *options):
        """A command that reads the topics: its output, if it says that all is well."""
        # The group is named in dead letters.
        group = ["--group-id", self.group] if name in ("audit", "replay") else []
        got = subprocess.run([self.fairlead, name, *self.kafka, *group, *options], text=True,
                             errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if got.returncode != 0:
            sys.exit(f"FAILED: fairlead {name} {' '.join(options)} ended with "
                     f"{got.returncode}:\n{got.stdout[-3000:]}")
        return got.stdout

    def forget(self, *topics):
        """Deletes all records of these topics, as their retention would. Debian's client
        in Python can't, the library under it can."""
        lib = ctypes.CDLL("librdkafka.so.1")
        for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_queue_new",
                     "rd_kafka_topic_partition_list_new", "rd_kafka_DeleteRecords_new",
                     "rd_kafka_queue_poll"):
            getattr(lib, name).restype = ctypes.c_void_p
        pointer = ctypes.c_void_p
        conf, why = pointer(lib.rd_kafka_conf_new()), ctypes.create_string_buffer(512)
        lib.rd_kafka_conf_set(conf, b"bootstrap.servers", self.brokers.encode(), why, 512)
        client = pointer(lib.rd_kafka_new(0, conf, why, 512))
        parts = pointer(lib.rd_kafka_topic_partition_list_new(8))
        for t in topics:
            for p in range(self.partitions):
                name = self.topic(t).encode()
                lib.rd_kafka_topic_partition_list_add(parts, name, p)
                lib.rd_kafka_topic_partition_list_set_offset(
                    parts, name, p, ctypes.c_int64(-1))   # up to the end
        asked = pointer(lib.rd_kafka_DeleteRecords_new(parts))
        queue = pointer(lib.rd_kafka_queue_new(client))
        lib.rd_kafka_DeleteRecords(client, ctypes.byref(asked), ctypes.c_size_t(1), None, queue)
        answer = pointer(lib.rd_kafka_queue_poll(queue, 30_000))
        if not answer or lib.rd_kafka_event_error(answer):
            sys.exit(f"FAILED: the records of {topics} could not be deleted")

    def reader(self, *topics):
        return Reader(self.brokers, [self.topic(t) for t in topics], self.partitions)

    def events(self, *topics):
        """Of each committed record there is: itself, and its event."""
        for m in self.reader(*topics).all():
            yield m, json.loads(m.value())

    def publish(self, records, **properties):
        """(topic, team, value) or (topic, team, value, timestamp); all of them arrive."""
        key = tuple(properties.items())
        if key not in self.producers:
            self.producers[key] = Producer({
                "bootstrap.servers": self.brokers, "linger.ms": 1,
                "partitioner": "murmur2_random", **properties})
        producer = self.producers[key]
        failures = []

        def delivered(error, message):
            if error is not None:
                failures.append(error)
            else:
                place = message.topic(), message.partition()
                self.ends[place] = max(self.ends.get(place, 0), message.offset() + 1)

        for topic, team, value, *at in records:
            producer.produce(self.topic(topic), key=team, value=value, on_delivery=delivered,
                             **({"timestamp": at[0]} if at else {}))
            producer.poll(0)
        if producer.flush(60) or failures:
            sys.exit(f"FAILED: not all was published: {failures[:1]}")

    def remove_logs(self):
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))
        os.rmdir(self.folder)


@contextlib.contextmanager
def office(*arguments, **more):
    """An office whose processes end, whatever becomes of the test; its logs stay
    if that fails."""
    it = Office(*arguments, **more)
    try:
        yield it
    finally:
        for i in it.instances:
            if i.process.poll() is None:
                i.signal(signal.SIGCONT)
                i.kill()
    it.remove_logs()


def event(kind, ident, team, data, source="/kafka-test"):
    return json.dumps({
        "specversion": "1.0", "id": f"{kind}-{ident}", "source": source,
        "type": kind, "partitionkey": team, "datacontenttype": "application/json",
        "data": data})


# What a reader's client gets over by itself, when a broker goes and comes.
PASSES = (KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT,
          KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)


class Reader:
    """Reads committed records of topics, from the beginning."""

    def __init__(self, brokers, topics, partitions):
        self.consumer = Consumer({
            "bootstrap.servers": brokers, "group.id": f"foreign-{uuid.uuid4()}",
            "isolation.level": "read_committed", "enable.auto.commit": False,
            "enable.partition.eof": True, "auto.offset.reset": "earliest"})
        self.consumer.assign([TopicPartition(t, p, 0) for t in topics for p in range(partitions)])
        self.open = {(t, p) for t in topics for p in range(partitions)}

    def records(self, wait):
        """What comes within a time, and which partitions have ended."""
        until = time.monotonic() + wait
        while (left := until - time.monotonic()) > 0:
            for message in self.consumer.consume(500, min(left, 0.2)):
                place = message.topic(), message.partition()
                if message.error() is None:
                    self.open.add(place)
                    yield message
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    self.open.discard(place)
                elif message.error().code() not in PASSES:
                    sys.exit(f"FAILED: {message.error()}")

    def events(self, wait):
        for m in self.records(wait):
            yield json.loads(m.value())

    def all(self, limit=60):
        """Everything there is."""
        until = time.monotonic() + limit
        while self.open:
            if time.monotonic() > until:
                sys.exit(f"FAILED: {sorted(self.open)} have no end that can be read: "
                         "a transaction was left open")
            yield from self.records(0.3)


class Faults:
    """What is wrong; the first ones of each kind are shown."""

    def __init__(self):
        self.of = collections.defaultdict(list)

    def expect(self, good, kind, text):
        if not good:
            self.of[kind].append(text)

    def report(self):
        for kind, texts in self.of.items():
            print(f"FAILED: {kind}: {len(texts)} times")
            for text in texts[:5]:
                print(f"    {text}")
        return not self.of
