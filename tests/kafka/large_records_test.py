#!/usr/bin/python3
"""Records as large as their topic takes them, and larger.

Goal: no record blocks its partition, whatever its size (R15, R46, R47).
Method: the largest values, headers and keys that the broker accepts, found by
trying, on the right partition and on a wrong one; and what only compression made
small enough. All of them must become dead letters that fit, that say what was cut
and where they came from, by the topic's name on Kafka. A lead behind each of
them must be assigned, and one that is just small enough, wherever it was put.

usage: large_records_test.py --fairlead PROGRAM [--brokers LIST]
"""

import argparse
import json
import os
import random
import string
import struct
import sys
import time

from confluent_kafka import KafkaError, Producer

from outside import Faults, event, office, partition_of, say

PARTITIONS = 4
TEAM = "acme"
HOME = partition_of(TEAM.encode(), PARTITIONS)
AWAY = (HOME + 1) % PARTITIONS
RECORD_BYTES_MAX = 256 * 1024
TOPIC_BYTES_MAX = 1024 * 1024


class Sender:
    """A client that has no limit of its own."""

    def __init__(self, world, **properties):
        self.topic = world.topic("leads")
        self.producer = Producer({"bootstrap.servers": world.brokers,
                                  "message.max.bytes": 100_000_000, **properties})

    def send(self, **record):
        """Where it stands, or nothing if the broker finds it too large."""
        answers = []
        self.producer.produce(self.topic, on_delivery=lambda *a: answers.append(a), **record)
        self.producer.flush(30)
        if not answers:
            sys.exit("FAILED: the broker does not answer")
        error, message = answers[0]
        if error is None:
            return message.partition(), message.offset()
        if error.code() != KafkaError.MSG_SIZE_TOO_LARGE:
            sys.exit(f"FAILED: {error}")
        return None

    def largest(self, make):
        """The largest record that the topic takes; make() gets the size of what
        can be made larger."""
        for n in range(TOPIC_BYTES_MAX, TOPIC_BYTES_MAX - 2000, -1):
            record = make(n)
            if at := self.send(**record):
                return at, record
        sys.exit("FAILED: the broker takes nothing of this size")


def lead(ident, size=None):
    """An event, as large as wished, that can't be compressed much."""
    data = {"lead_id": ident, "source": "web", "note": ""}
    text = event("lead.received", ident, TEAM, data)
    if size is not None:
        chance = random.Random(size)
        filling = "".join(chance.choices(string.ascii_letters, k=size - len(text)))
        text = text.replace('"note": ""', f'"note": "{filling}"')
    return text.encode()


def headers(ident, size):
    """Of an event in binary mode; the last one is so large."""
    return [("ce_specversion", b"1.0"), ("ce_id", ident.encode()), ("ce_source", b"/t"),
            ("ce_type", b"lead.received"), ("baggage", os.urandom(size))]


def publish(world):
    """What is too large: where it stands -> the record."""
    sender = Sender(world)
    packed = Sender(world, **{"compression.type": "gzip"})
    wrong = {}
    filling = os.urandom(TOPIC_BYTES_MAX)
    for p, place in ((HOME, "home"), (AWAY, "away")):
        for n, make in enumerate((
                lambda n: {"key": TEAM, "value": lead("l", 1000) + filling[:n - 1000]},
                lambda n: {"value": lead("l", 1000) + filling[:n - 1000]},
                lambda n: {"key": TEAM, "value": b'{"lead_id":"l"}', "headers": [
                    *headers("l", 10), ("more", filling[:n])]},
                lambda n: {"key": filling[:n], "value": lead("l")})):
            at, record = sender.largest(lambda size: {"partition": p, **make(size)})
            wrong[at] = record
            say(f"{place}, {n}: {sum(len(v) for v in (record.get('key', ''), record['value']))} "
                "bytes of key and value")
        record = {"partition": p, "key": TEAM, "value": b" " * 9_000_000}
        wrong[packed.send(**record)] = record
        # Just too large, whole in its dead letter.
        record = {"partition": p, "key": TEAM, "value": lead("l", RECORD_BYTES_MAX + 1)}
        wrong[sender.send(**record)] = record
        # Just small enough.
        sender.send(partition=p, key=TEAM, value=lead(f"fits-{place}", RECORD_BYTES_MAX))
        sender.send(partition=p, key=TEAM, headers=headers(
            f"binary-{place}", RECORD_BYTES_MAX - 1000),
            value=json.dumps({"lead_id": f"binary-{place}"}))
        sender.send(partition=p, key=TEAM, value=lead(f"last-{place}"))
    return wrong


def check_dead_letter(faults, world, m, wrong):
    found = dict(m.headers())
    place = (struct.unpack(">i", found["kafka_dlt-original-partition"])[0],
             struct.unpack(">q", found["kafka_dlt-original-offset"])[0])
    faults.expect(place in wrong, "a dead letter of something else", f"{place} {found}")
    if place not in wrong:
        return
    was = wrong.pop(place)
    faults.expect(found["kafka_dlt-exception-fqcn"] == b"too_large", "a wrong reason",
                  str(found["kafka_dlt-exception-fqcn"]))
    faults.expect(found["kafka_dlt-original-topic"] == world.topic("leads").encode(),
                  "not the topic's name on Kafka", str(found["kafka_dlt-original-topic"]))
    faults.expect(m.partition() == place[0], "a dead letter on another partition", str(place))
    cut = found.get("fairlead-truncated", b"").decode()
    kept = m.value()
    faults.expect(was["value"].startswith(kept), "another value", f"{place}: {kept[:50]}")
    faults.expect((len(kept) < len(was["value"])) == (f"value={len(was['value'])}" in cut),
                  "a cut value is not told", f"{place}: {len(kept)}, {cut!r}")
    key = was["key"] if "key" in was else None
    key = key.encode() if isinstance(key, str) else key
    faults.expect(m.key() == key or f"key={len(key)}" in cut, "another key", f"{place}: {cut!r}")
    missing = [h for h in was.get("headers", ()) if h not in m.headers()]
    faults.expect(bool(missing) == ("headers=" in cut), "a missing header is not told",
                  f"{place}: {[h for h, _ in missing]}, {cut!r}")
    size = len(kept) + len(m.key() or b"") + sum(len(v or b"") for _, v in m.headers())
    faults.expect(not cut or size > TOPIC_BYTES_MAX * 0.9 or "key=" in cut or "headers=" in cut,
                  "more was cut than had to", f"{place}: {size} bytes, {cut!r}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    a = arguments.parse_args()
    with office(a.brokers, a.fairlead, "large", PARTITIONS) as world:
        world.publish([("roster", TEAM, event("agent.configured", "ana", TEAM,
                                              {"agent_id": "ana"})),
                       ("roster", TEAM, event("team.configured", TEAM, TEAM, {
                           "team_id": TEAM, "account_owner": "ana"}))])
        wrong = publish(world)
        say(f"{len(wrong)} records are too large")
        world.start("a")
        waiting = {f"{kind}-{place}" for kind in ("fits", "binary", "last")
                   for place in ("home", "away")}
        reader = world.reader("assignments")
        until = time.monotonic() + 60
        while waiting:
            for e in reader.events(0.2):
                waiting.discard(e["data"].get("lead_id"))
            world.check_alive()
            if time.monotonic() > until:
                sys.exit(f"FAILED: no owner for {sorted(waiting)}; log: {world.folder}")
        world.stop()
        faults = Faults()
        left = dict(wrong)
        count = 0
        for m in world.reader("dead-letters").all():
            count += 1
            check_dead_letter(faults, world, m, left)
        faults.expect(not left and count == len(wrong), "not one dead letter for each",
                      f"{count} of {len(wrong)}, without: {sorted(left)}")
        world.command("replay")
        world.command("audit")
        if not faults.report():
            sys.exit(f"FAILED; topics {world.prefix}.*, logs {world.folder}")
        say(f"passed: {count} dead letters")


if __name__ == "__main__":
    main()
