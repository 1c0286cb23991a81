"""The service on Kafka, and beside it what Kafka alone costs."""

import json
import multiprocessing
import os
import signal
import statistics
import subprocess
import time
import uuid

import calls
import load
import machine
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from service import Service, fail, say

PARTITIONS = 12
TEAMS_EACH = 2


def publish(brokers, topic, records):
    """Returns how many, once all are acknowledged."""
    faults = []
    producer = Producer({
        "bootstrap.servers": brokers, "partitioner": "murmur2_random", "linger.ms": 20,
        "compression.type": "lz4", "queue.buffering.max.messages": 1000000})

    def delivered(error, _):
        if error is not None:
            faults.append(error)

    count = 0
    for team, value in records:
        while True:
            try:
                producer.produce(topic, value, team, on_delivery=delivered)
                break
            except BufferError:
                producer.poll(0.1)
        count += 1
        if count % 1000 == 0:
            producer.poll(0)
    if producer.flush(60) or faults:
        fail(f"the broker did not take all records of {topic}: {faults[:1]}")
    return count


class Committed:
    """A committed reader of all partitions of a topic."""

    def __init__(self, brokers, topic, at_end=False):
        self.consumer = Consumer({
            "bootstrap.servers": brokers, "group.id": f"bench-{uuid.uuid4()}",
            "isolation.level": "read_committed", "enable.auto.commit": False,
            "enable.partition.eof": True, "auto.offset.reset": "earliest",
            "socket.nagle.disable": True})
        places = [TopicPartition(topic, p, 0) for p in range(PARTITIONS)]
        if at_end:
            for place in places:
                place.offset = self.consumer.get_watermark_offsets(place, timeout=15)[1]
        self.open = set(range(PARTITIONS))
        self.consumer.assign(places)

    def to_the_end(self, limit_s=120):
        """What there is from here on, in lists."""
        self.open = set(range(PARTITIONS))
        end = time.monotonic() + limit_s
        while self.open:
            if time.monotonic() > end:
                fail(f"partitions {sorted(self.open)} can't be read to their end")
            values = []
            for m in self.consumer.consume(2000, 0.2):
                if m.error() is None:
                    self.open.add(m.partition())
                    values.append(m.value())
                elif m.error().code() == KafkaError._PARTITION_EOF:
                    self.open.discard(m.partition())
                else:
                    fail(str(m.error()))
            yield values


def count_owners(brokers, topic, expected):
    """From outside: every lead has one owner, once."""
    owners = {}
    for values in Committed(brokers, topic).to_the_end():
        for v in values:
            if b'"type":"lead.assigned"' in v:
                lead = load.LEAD_ID.search(v)[1]
                owners[lead] = owners.get(lead, 0) + 1
    twice = sum(1 for n in owners.values() if n > 1)
    if len(owners) != expected or twice:
        fail(f"{len(owners)} leads of {expected} have an owner, {twice} more than once: "
             "a fast wrong answer is no measurement")
    return {"leads": len(owners), "more_than_once": twice}


def read_latency(brokers, topic, tag, count, pipe):
    """A process: when was the first output of each lead visible?"""
    reader = Committed(brokers, topic, at_end=True)
    while reader.open:
        m = reader.consumer.poll(15)
        if m is None:
            break
        reader.open.discard(m.partition())
    pipe.send("ready")
    tag, seen = tag.encode() + b"-", {}
    end = None
    while len(seen) < count and (end is None or time.monotonic() < end):
        m = reader.consumer.poll(0.2)
        now = time.monotonic_ns()
        if pipe.poll():
            # All is sent: what is not here soon never comes.
            pipe.recv()
            end = time.monotonic() + 20
        if m is None or m.error() is not None:
            continue
        lead = load.LEAD_ID.search(m.value())
        if lead and lead[1].startswith(tag):
            seen.setdefault(int(lead[1][len(tag):]), now)
    pipe.send(seen)


def send_at_rate(brokers, topic, records, rate, pipe):
    """A process: an open loop. Each lead has its time, whatever became of those
    before it; waiting is counted from that time."""
    producer = Producer({
        "bootstrap.servers": brokers, "partitioner": "murmur2_random", "linger.ms": 0,
        "socket.nagle.disable": True})
    producer.list_topics(topic, timeout=15)
    step = 1_000_000_000 / rate
    began = time.monotonic_ns() + 200_000_000
    due, late = [], []
    for i, (team, value) in enumerate(records):
        at = began + int(i * step)
        while (left := at - time.monotonic_ns()) > 0:
            producer.poll(0)
            time.sleep(min(left, 50_000_000) / 1e9)
        late.append(time.monotonic_ns() - at)
        due.append(at)
        producer.produce(topic, value, team)
        producer.poll(0)
    pipe.send((due, late, producer.flush(30)))


def latency_at(brokers, prefix, leads, rate, seconds, warm_s):
    spawn = multiprocessing.get_context("spawn")
    tag = f"at{rate}-{uuid.uuid4().hex[:6]}"
    skip = max(3, int(warm_s * rate))
    count = skip + int(rate * seconds)
    records = list(leads.some(tag, count))
    here, there = spawn.Pipe()
    reader = spawn.Process(target=read_latency, daemon=True,
                           args=(brokers, f"{prefix}.assignments", tag, count, there))
    reader.start()
    try:
        if not here.poll(60) or here.recv() != "ready":
            fail("the reader of the latency run did not start")
        sent, sending = spawn.Pipe()
        sender = spawn.Process(target=send_at_rate, daemon=True,
                               args=(brokers, f"{prefix}.leads", records, rate, sending))
        sender.start()
        if not sent.poll(seconds + 120):
            fail("the sender of the latency run did not end")
        due, late, unsent = sent.recv()
        sender.join()
        if unsent:
            fail(f"{unsent} leads of the latency run could not be sent")
        here.send("sent")
        if not here.poll(60):
            fail("the reader of the latency run did not end")
        return load.latency(due, late, here.recv(), skip), count
    finally:
        reader.kill()


class RawLoop:
    """raw_loop: all of the work but the decisions."""

    def __init__(self, program, brokers, prefix, leads=0):
        self.process = subprocess.Popen(
            [program, "--brokers", brokers, "--prefix", prefix, "--partitions",
             str(PARTITIONS), "--leads", str(leads)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.expect("ready")

    def expect(self, line):
        got = self.process.stderr.readline().strip()
        if got != line:
            self.kill()
            fail(f"the raw loop said `{got}` instead of `{line}`")

    def drained(self, broker_pid):
        self.expect("from")
        before = machine.cpu_s(broker_pid)
        self.expect("to")
        broker_s = machine.cpu_s(broker_pid) - before
        out = json.loads(self.process.stdout.readline())
        self.process.communicate()
        if not out["measured"] or self.process.returncode != 0:
            fail("the raw loop measured nothing: try more leads (--leads)")
        out["broker_cpu_us_per_lead"] = round(broker_s * 1e6 / out["measured"], 2)
        return out

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=15)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Run:
    """One measurement from the first record to the last."""

    def __init__(self, o, folder):
        self.o, self.folder = o, folder
        self.alive = []
        self.started = 0

    def command(self, *words):
        return [self.o.fairlead, *words, "--brokers", self.brokers, "--topic-prefix", "fairlead"]

    def start_service(self):
        self.started += 1
        s = Service([*self.command("run"), "--group-id", "bench", *self.o.settings],
                    os.path.join(self.folder, f"service-{self.started}.log"))
        self.alive.append(s)
        return s

    def start_raw(self, leads=0):
        r = RawLoop(self.o.raw_loop, self.brokers, "raw", leads)
        self.alive.append(r)
        return r

    def start_broker(self):
        script = os.path.join(self.o.root, "script", "kafka")
        self.kafka = os.path.join(self.folder, "kafka")
        done = subprocess.run([script, "start", "--dir", self.kafka], stdout=subprocess.PIPE,
                              text=True, check=False)
        if done.returncode != 0:
            fail("there is no broker to measure with")
        self.brokers = done.stdout.strip()
        with open(os.path.join(self.kafka, "pid"), encoding="utf-8") as f:
            self.broker_pid = int(f.read())
        for prefix in ("fairlead", "raw"):
            self.create_topics(prefix)

    def create_topics(self, prefix):
        # A broker that has just started may not tell at once what it has made.
        end = time.monotonic() + 60
        while time.monotonic() < end:
            done = subprocess.run(
                [self.o.fairlead, "topics", "create", "--brokers", self.brokers,
                 "--topic-prefix", prefix, "--partitions", str(PARTITIONS),
                 "--replication-factor", "1"], stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, check=False)
            if done.returncode == 0:
                return
            time.sleep(1)
        fail(f"the topics could not be made: {done.stderr}")

    def end(self):
        for process in self.alive:
            process.kill()
        script = os.path.join(self.o.root, "script", "kafka")
        if hasattr(self, "kafka"):
            subprocess.run([script, "stop", "--dir", self.kafka, "--remove"], check=False)

    def backlog(self, prefix, tag, count):
        return publish(self.brokers, f"{prefix}.leads", self.leads.some(tag, count))

    def drain_raw(self, tag, count):
        self.backlog("raw", tag, count)
        return self.start_raw(count).drained(self.broker_pid)

    def drain_service(self, tag, count, profile=None):
        self.backlog("fairlead", tag, count)
        s = self.start_service()
        perf = start_perf(s.pid, profile) if profile else None
        out = s.drain(count, self.broker_pid)
        if perf:
            perf.send_signal(signal.SIGINT)
            perf.wait()
        s.stop()
        return out

    def throughput(self):
        o = self.o
        warm = max(o.leads // 4, 2000)
        say(f"Kafka: warming up with {warm} leads each")
        self.drain_raw("warm", warm)
        self.drain_service("warm", warm)
        raw, own, watched = [], [], []
        for n in range(o.rounds):
            watch = machine.Watch()
            watch.add(self.broker_pid)
            # It is done so soon that it gets more to do.
            raw.append(self.drain_raw(f"r{n}", 3 * o.leads))
            last = n + 1 == o.rounds
            own.append(self.drain_service(f"r{n}", o.leads, o.profile if last else None))
            watched.append(watch.result())
            say(f"Kafka: round {n + 1} of {o.rounds}: {own[-1]['leads_per_s']:,.0f} leads/s, "
                f"the raw loop {raw[-1]['leads_per_s']:,.0f}")
        self.published = warm + o.rounds * o.leads
        rate = statistics.median(r["leads_per_s"] for r in own)
        floor = statistics.median(r["leads_per_s"] for r in raw)
        cpu = statistics.median(r["cpu_us_per_lead"] for r in own)
        cpu_floor = statistics.median(r["cpu_us_per_lead"] for r in raw)
        return {
            "backlog": o.leads, "leads_per_s": round(rate), "cpu_us_per_lead": cpu,
            "broker_cpu_us_per_lead": statistics.median(
                r["broker_cpu_us_per_lead"] for r in own),
            "raw_loop": {
                "leads_per_s": round(floor), "cpu_us_per_lead": cpu_floor,
                "broker_cpu_us_per_lead": statistics.median(
                    r["broker_cpu_us_per_lead"] for r in raw)},
            "of_raw_loop": {"leads_per_s": round(rate / floor, 3),
                            "cpu_us_per_lead": round(cpu / cpu_floor, 2)},
            "rounds": [{"service": a, "raw_loop": b, "machine": w}
                       for a, b, w in zip(own, raw, watched)]}

    def memory_and_restore(self, empty_mb):
        s = self.start_service()
        ready = s.wait_ready()
        restored = s.restored()
        time.sleep(1)
        m = s.metrics()[0]
        rss = machine.memory_mb(s.pid)
        n = self.published
        state = m["fairlead_state_bytes"]
        out = {"restore": restored | {"leads": n, "start_to_ready_s": ready,
                                      "leads_per_s": round(n / restored["seconds"])},
               "memory": rss | {
                   "leads": n, "rss_without_leads_mb": empty_mb,
                   "bytes_per_idle_lead": round((rss["rss_mb"] - empty_mb) * 1048576 / n),
                   "state_bytes_per_lead": round(state / n)}}
        return s, out

    def latencies(self, service):
        raw = self.start_raw()
        result = []
        for rate, seconds in self.o.rates:
            say(f"Kafka: {rate} leads a second for {seconds} s, the service, then the raw loop")
            watch = machine.Watch()
            watch.add(self.broker_pid)
            own_s, broker_s = machine.cpu_s(service.pid), machine.cpu_s(self.broker_pid)
            took = time.monotonic()
            own, count = latency_at(self.brokers, "fairlead", self.leads, rate, seconds,
                                    self.o.warm_s)
            took = time.monotonic() - took
            self.published += count
            own["cpu_us_per_lead"] = round(
                (machine.cpu_s(service.pid) - own_s) * 1e6 / count, 1)
            own["broker_cores"] = round((machine.cpu_s(self.broker_pid) - broker_s) / took, 2)
            raw_s = machine.cpu_s(raw.process.pid)
            floor, _ = latency_at(self.brokers, "raw", self.leads, rate, seconds,
                                    self.o.warm_s)
            floor["cpu_us_per_lead"] = round(
                (machine.cpu_s(raw.process.pid) - raw_s) * 1e6 / count, 1)
            result.append({"leads_per_s": rate, "seconds": seconds, "service": own,
                           "raw_loop": floor, "machine": watch.result()})
        raw.stop()
        return result

    def all(self):
        say("Kafka: starting a broker")
        self.start_broker()
        names = load.teams(PARTITIONS, TEAMS_EACH)
        self.leads = load.Leads(names)
        people = publish(self.brokers, "fairlead.roster", load.roster(names))
        s = self.start_service()
        s.wait_ready()
        s.wait_count("fairlead_steps_total", people)
        time.sleep(0.5)
        empty_mb = machine.memory_mb(s.pid)["rss_mb"]
        s.stop()
        out = {"partitions": PARTITIONS, "teams": len(names), "throughput": self.throughput()}
        say("Kafka: restart with all of this state")
        s, more = self.memory_and_restore(empty_mb)
        out |= more
        out["latency"] = self.latencies(s)
        s.stop()
        say("Kafka: counting owners from outside")
        out["checked"] = count_owners(self.brokers, "fairlead.assignments", self.published)
        out["calls"] = calls.measure(self, Committed, publish)
        return out

    def only_calls(self):
        say("Kafka: starting a broker")
        self.start_broker()
        return {"calls": calls.measure(self, Committed, publish)}


def start_perf(pid, path):
    # cpu-clock also works in virtual machines.
    perf = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-g",
                             "-p", str(pid), "-o", path], stdout=subprocess.DEVNULL)
    time.sleep(0.2)
    if perf.poll() is not None:
        fail("perf record did not start: is perf installed and permitted?")
    return perf


def measure(o, folder):
    run = Run(o, folder)
    try:
        return run.only_calls() if o.mode == "calls" else run.all()
    finally:
        run.end()
