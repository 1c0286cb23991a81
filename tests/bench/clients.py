"""The bench as a client of the broker: what it publishes, what it reads."""

import time
import uuid

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from service import fail


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
    if producer.flush(120) or faults:
        fail(f"the broker did not take all records of {topic}: {faults[:1]}")
    return count


def _reader(brokers):
    return Consumer({
        "bootstrap.servers": brokers, "group.id": f"bench-{uuid.uuid4()}",
        "isolation.level": "read_committed", "enable.auto.commit": False,
        "enable.partition.eof": True, "auto.offset.reset": "earliest",
        # The broker ends before the bench does.
        "socket.nagle.disable": True, "log_level": 2})


class Committed:
    """A committed reader of all partitions of some topics."""

    def __init__(self, brokers, topics, partitions, at_end=False):
        self.consumer = _reader(brokers)
        places = [TopicPartition(t, p, 0) for t in topics for p in range(partitions)]
        if at_end:
            for place in places:
                place.offset = self.consumer.get_watermark_offsets(place, timeout=15)[1]
        self._all = [(place.topic, place.partition) for place in places]
        # Where each partition's end was when it was last reached: it is told once.
        self._reached = dict.fromkeys(self._all, -1)
        self._ends = Ends(self.consumer, places)
        self.consumer.assign(places)

    def _reach(self, m):
        if m.error().code() != KafkaError._PARTITION_EOF:
            fail(str(m.error()))
        self._reached[m.topic(), m.partition()] = m.offset()

    def wait_for_end(self, limit_s=60):
        """Before anything else is read; says whether it came."""
        end = time.monotonic() + limit_s
        while -1 in self._reached.values() and time.monotonic() < end:
            m = self.consumer.poll(1)
            if m is not None and m.error() is not None:
                self._reach(m)
        return -1 not in self._reached.values()

    def to_the_end(self, limit_s=300):
        """The records from where it stands up to the present ends, in lists."""
        ends = self._ends.now()
        limit = time.monotonic() + limit_s
        while behind := [x for x in self._all if self._reached[x] < ends[x]]:
            if time.monotonic() > limit:
                fail(f"{behind} can't be read to their ends")
            values = []
            for m in self.consumer.consume(5000, 0.2):
                if m.error() is None:
                    values.append(m)
                else:
                    self._reach(m)
            yield values


class Ends:
    """Where a committed reader would come to its end: the last stable offsets."""

    def __init__(self, consumer, places):
        self._consumer = consumer
        # -1: the end, not a time.
        self._asked = [TopicPartition(p.topic, p.partition, -1) for p in places]

    @classmethod
    def of(cls, brokers, topic, partitions):
        return cls(_reader(brokers), [TopicPartition(topic, p) for p in range(partitions)])

    def now(self):
        told = self._consumer.offsets_for_times(self._asked, timeout=30)
        for p in told:
            if p.error is not None:
                fail(f"the broker does not tell an end: {p.error}")
        return {(p.topic, p.partition): p.offset for p in told}
