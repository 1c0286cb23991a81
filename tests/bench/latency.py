"""From the moment at which a lead should be sent until its outputs are there.

An open loop: each lead has its time, whatever became of those before it. Sender
and reader are processes of their own.
"""

import multiprocessing
import time

import load
from checks import TOPICS
from clients import Committed
from confluent_kafka import Producer
from service import fail


def _read(brokers, prefix, partitions, first, wanted, pipe):
    """A process: when were all outputs of each lead in its hands? `wanted`: how
    many outputs each of the leads from `first` on has."""
    reader = Committed(brokers, [f"{prefix}.{t}" for t in TOPICS], partitions, at_end=True)
    if not reader.wait_for_end():
        return
    pipe.send("ready")
    left, seen = dict(enumerate(wanted, first)), {}
    end = None
    while left and (end is None or time.monotonic() < end):
        m = reader.consumer.poll(0.2)
        now = time.monotonic_ns()
        if pipe.poll():
            # All is sent: what is not here soon never comes.
            pipe.recv()
            end = time.monotonic() + 20
        if m is None or m.error() is not None:
            continue
        found = load.SUBJECT.search(m.value())
        n = int(found[1]) if found else -1
        if n not in left:
            continue
        left[n] -= 1
        if not left[n]:
            del left[n]
            seen[n - first] = now
    pipe.send(seen)


def _send(brokers, topic, records, rate, pipe):
    """A process: waiting is counted from the time that a lead should have had."""
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
    pipe.send((due, late, producer.flush(90)))


def at_rate(brokers, partitions, contender, rate, seconds, warm_s):
    """Leads of the contender's day, which is not told what was warming up."""
    spawn = multiprocessing.get_context("spawn")
    day = contender.day
    skip = max(3, int(warm_s * rate))
    count = skip + int(rate * seconds)
    first = day.made
    records = list(day.some(count))
    wanted = [load.outputs(n, contender.knows_people) for n in range(first, first + count)]
    here, there = spawn.Pipe()
    reader = spawn.Process(target=_read, daemon=True, args=(
        brokers, contender.prefix, partitions, first, wanted, there))
    reader.start()
    try:
        if not here.poll(90) or here.recv() != "ready":
            fail("the reader of the latency run did not start")
        sent, sending = spawn.Pipe()
        sender = spawn.Process(target=_send, daemon=True, args=(
            brokers, f"{contender.prefix}.leads", records, rate, sending))
        sender.start()
        if not sent.poll((skip / rate) + seconds + 180):
            fail("the sender of the latency run did not end")
        due, late, unsent = sent.recv()
        sender.join()
        if unsent:
            fail(f"{unsent} leads of the latency run could not be sent")
        here.send("sent")
        if not here.poll(60):
            fail("the reader of the latency run did not end")
        return summary(due, late, here.recv(), skip), count
    finally:
        reader.kill()


def quantile(ordered, q):
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def summary(due, late, seen, skip):
    """From the intended sending to the reader's eye; the first `skip` leads only
    warm the way up. Leads that were never seen are told, not forgotten."""
    took = sorted((seen[i] - due[i]) / 1e6 for i in range(skip, len(due)) if i in seen)
    missing = len(due) - skip - len(took)
    if not took:
        return {"leads": 0, "missing": missing}
    return {
        "leads": len(took), "missing": missing,
        "p50_ms": round(quantile(took, 0.5), 2), "p90_ms": round(quantile(took, 0.9), 2),
        "p99_ms": round(quantile(took, 0.99), 2), "highest_ms": round(took[-1], 2),
        # Part of the above: how late the sender itself was, on a busy machine.
        "sender_late_p50_ms": round(quantile(sorted(late[skip:]), 0.5) / 1e6, 2),
        "sender_late_p99_ms": round(quantile(sorted(late[skip:]), 0.99) / 1e6, 2)}
