#!/usr/bin/python3
"""A prefix that the version before has written is taken over, and nothing twice.

Goal: an upgrade in place keeps exactly-once: who has an owner keeps them, an event
that comes again changes nothing, rotations go on where they were, a call in flight
ends. Method: recorded/version-0.1.json.gz has the topics of a prefix as 0.1.0 left
them, its group's offsets, and a transaction of it that is still open; they are
written into a new prefix. This version starts on it, with the same group, while
the old one's producer is still there.

`--record PROGRAM` makes that file, with a program of the version before.

usage: upgrade_test.py --fairlead PROGRAM [--brokers LIST]
"""

import argparse
import base64
import gzip
import json
import os
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from outside import event, office, say

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorded",
                    "version-0.1.json.gz")
PARTITIONS = 2
TOPICS = ("roster", "leads", "calls", "assignments", "rings", "notifications", "tasks",
          "outreach", "decisions", "journal", "state", "dead-letters")
AGENTS = ("ana", "ben", "cid")
TEAMS = ("acme", "bay", "cove", "dune")
LEADS = 24


def roster():
    for team in TEAMS:
        for n, agent in enumerate(AGENTS):
            yield "roster", team, event("agent.configured", f"{team}-{agent}", team, {
                "agent_id": agent, "phone": f"+1512555{TEAMS.index(team):02}{n:02}"})
        yield "roster", team, event("team.configured", team, team, {
            "team_id": team, "account_owner": "ana",
            "pools": [{"id": "all", "members": [{"agent_id": a} for a in AGENTS]}],
            "routing_rules": [{"id": "rest", "assign": {"pool": "all"}}],
            "transfer": {"ring_timeout_s": 5, "total_timeout_s": 15}})


def lead(n):
    team = TEAMS[n % len(TEAMS)]
    return "leads", team, event("lead.received", f"l-{n}", team, {
        "lead_id": f"l-{n}", "source": "web",
        "contact": {"name": "Kim Roe", "email": f"l-{n}@example.com"}})


def text_of(raw):
    return None if raw is None else base64.b64encode(raw).decode()


def raw_of(text):
    return None if text is None else base64.b64decode(text)


def fail(text):
    sys.exit(f"FAILED: {text}")


def record(a):
    """The old version works on a prefix, and is killed while a phone rings."""
    with office(a.brokers, a.record, "record", PARTITIONS, create_time=True) as world:
        world.publish(roster())
        world.publish(lead(n) for n in range(LEADS))
        old = world.start("old", "--group-id", "blue")
        wait_for_owners(world, LEADS)
        world.publish([("calls", "acme", event("transfer.requested", "c-1", "acme", {
            "call_id": "c-1", "lead_id": "l-0"}))])
        until = time.monotonic() + 30
        while not any(e["type"] == "ring.requested" for _, e in world.events("rings")):
            if time.monotonic() > until:
                fail("no phone rings")
            time.sleep(0.1)
        old.kill()
        world.instances = []
        time.sleep(0.5)
        records = [[topic, m.partition(), text_of(m.key()), text_of(m.value()),
                    m.timestamp()[1], [[k, text_of(v)] for k, v in m.headers() or ()]]
                   for topic in TOPICS for m in world.reader(topic).all()]
        group = Consumer({"bootstrap.servers": a.brokers, "group.id": "blue"})
        offsets = [[at.topic.split(".")[-1], at.partition, at.offset]
                   for at in group.committed([TopicPartition(world.topic(t), p)
                                              for t in ("roster", "leads", "calls", "rekey")
                                              for p in range(PARTITIONS)])]
        group.close()
    os.makedirs(os.path.dirname(FILE), exist_ok=True)
    with open(FILE, "wb") as f:
        text = json.dumps({"records": records, "offsets": offsets})
        f.write(gzip.compress(text.encode(), mtime=0))
    say(f"recorded {len(records)} records")


def wait_for_owners(world, count, limit=60):
    until = time.monotonic() + limit
    while True:
        got = owners(world)
        if len(got) >= count:
            return got
        world.check_alive()
        if time.monotonic() > until:
            fail(f"{len(got)} of {count} leads have an owner; logs {world.folder}")
        time.sleep(0.2)


def owners(world):
    out = {}
    for _, e in world.events("assignments"):
        if e["type"] in ("lead.assigned", "lead.reassigned"):
            out.setdefault(e["data"]["lead_id"], []).append(e)
    return out


def play(world, recorded, group):
    """As the old version left them: records, then the group's offsets."""
    producer = Producer({"bootstrap.servers": world.brokers, "linger.ms": 5})
    for topic, partition, key, value, at, headers in recorded["records"]:
        producer.produce(world.topic(topic), partition=partition, key=raw_of(key),
                         value=raw_of(value), timestamp=at,
                         headers=[(k, raw_of(v)) for k, v in headers])
    if producer.flush(30):
        fail("not all was written")
    consumer = Consumer({"bootstrap.servers": world.brokers, "group.id": group})
    done = consumer.commit(offsets=[TopicPartition(world.topic(t), p, o)
                                    for t, p, o in recorded["offsets"] if o >= 0],
                           asynchronous=False)
    if any(at.error for at in done):
        fail(f"the offsets were not written: {done}")
    consumer.close()


def open_transactions(world, group):
    """The old version is not dead yet, and was about to commit something. Its
    transactional ids followed the group."""
    zombies = []
    for p in range(PARTITIONS):
        zombie = Producer({"bootstrap.servers": world.brokers, "transaction.timeout.ms": 60000,
                           "transactional.id": f"{group}-{p}"})
        zombie.init_transactions(30)
        zombie.begin_transaction()
        zombie.produce(world.topic("assignments"), partition=p, key=b"acme", value=b"zombie")
        zombie.flush(10)
        zombies.append(zombie)
    return zombies


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead")
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    arguments.add_argument("--record", metavar="PROGRAM")
    a = arguments.parse_args()
    if a.record:
        record(a)
        return
    with gzip.open(FILE) as f:
        recorded = json.load(f)
    with office(a.brokers, a.fairlead, "upgrade", PARTITIONS, create_time=True) as world:
        test(world, recorded)
        say("passed")


def test(world, recorded):
    # Another name than the prefix: the transactional ids differ then.
    group = world.group = f"{world.prefix}-old"
    play(world, recorded, group)
    before = owners(world)
    if len(before) != LEADS:
        fail(f"the file has {len(before)} leads")
    zombies = open_transactions(world, group)
    began = time.monotonic()
    world.start("new")
    # The same again, some more, and the answer of the phone that rang.
    world.publish(lead(n) for n in range(2 * LEADS))
    after = wait_for_owners(world, 2 * LEADS)
    say(f"taken over and at work after {time.monotonic() - began:.1f} s")
    wait_for_end_of_call(world)
    for zombie in zombies:
        try:
            zombie.commit_transaction(5)
        except KafkaException:
            continue
        fail("the old version's open transaction could still be committed")
    time.sleep(1)
    world.stop()
    check(world, before, after)
    for command in ("audit", "replay"):
        got = world.command(command)
        say(f"{command}: {got.strip().splitlines()[-1]}")


def wait_for_end_of_call(world):
    until = time.monotonic() + 30
    while True:
        ends = [e for _, e in world.events("rings")
                if e["type"] in ("transfer.connected", "transfer.missed")]
        if ends:
            return
        if time.monotonic() > until:
            fail("the call that rang when the old version stopped has no end")
        time.sleep(0.3)


def check(world, before, after):
    for ident, events in after.items():
        if len(events) != 1:
            fail(f"{ident} has {len(events)} owners: {events}")
    for ident, events in before.items():
        if [e["id"] for e in after[ident]] != [e["id"] for e in events]:
            fail(f"{ident} was decided again")
    sequences, turns = {}, {}
    for _, e in world.events(*(t for t in TOPICS if t not in (
            "roster", "leads", "calls", "journal", "state", "dead-letters"))):
        sequences.setdefault(e["partitionkey"], []).append(int(e["sequence"]))
        if "turn" in e["data"]:
            turns.setdefault(e["partitionkey"], []).append(e["data"]["turn"])
    for team, numbers in [*sequences.items(), *turns.items()]:
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            fail(f"{team}: a sequence or turns with gaps: {sorted(numbers)}")
    ends = [e for _, e in world.events("rings")
            if e["type"] in ("transfer.connected", "transfer.missed")]
    if len(ends) != 1:
        fail(f"a call with {len(ends)} ends")


if __name__ == "__main__":
    main()
