#!/usr/bin/python3
"""Kills the program, and looks from outside whether it kept its promises.

Goal: P1-P5 on a real broker, whatever is killed. Method: two processes of one
group; a client that is not ours publishes leads with its default partitioner
(CRC32, so that most records are on the wrong partition, R47), while processes
are killed by -9, or stopped for longer than their session and woken as zombies.
Then a committed reader that is not ours reads every output topic and checks:

- each lead is assigned exactly once, and its decision stands before it;
- no output id is there twice;
- `sequence` of each team is 1, 2, 3, ... over all topics, rising in each topic;
- turns of each pool are 1, 2, 3, ..., and its members share them by weight at
  every prefix (R5);
- every output is on its team's partition; the dead letters are empty;
- no process ended by itself, and SIGTERM ends each within 5 s.

usage: kill_test.py --fairlead PROGRAM [--brokers LIST] [--seed N] ...
"""

import argparse
import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

OUTPUTS = ("assignments", "rings", "notifications", "tasks", "outreach", "decisions")
PARTITIONS = 6
TEAMS = 10
# In the order of the pool; the names are the agents'.
WEIGHTS = {"ana": 3, "ben": 2, "cid": 2, "dora": 1}


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


def partition_of(key):
    return (murmur2(key) & 0x7FFFFFFF) % PARTITIONS


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

    def check_alive(self):
        code = self.process.poll()
        if code is not None:
            sys.exit(f"FAILED: an instance ended by itself with {code}; log: {self.log}")


class Publisher(threading.Thread):
    """Somebody else's web form: leads at a steady rate."""

    def __init__(self, brokers, topic, leads, rate):
        super().__init__(daemon=True)
        self.producer = Producer({"bootstrap.servers": brokers, "linger.ms": 5})
        self.topic, self.leads, self.rate = topic, leads, rate
        self.failures = []
        self.done = False

    def run(self):
        began = time.monotonic()
        for i, (lead, team) in enumerate(self.leads):
            ahead = began + i / self.rate - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            self.producer.produce(
                self.topic, key=team,
                value=event("lead.received", lead, team, {
                    "lead_id": lead, "source": "web", "lead_type": "buyer",
                    "contact": {"name": "Kim Roe", "email": f"{lead}@example.com"}}),
                on_delivery=self.delivered)
            self.producer.poll(0)
        self.producer.flush(30)
        self.done = True

    def delivered(self, error, _):
        if error is not None:
            self.failures.append(str(error))


def event(kind, ident, team, data):
    return json.dumps({
        "specversion": "1.0", "id": f"{kind}-{ident}", "source": "/kill-test",
        "type": kind, "partitionkey": team, "datacontenttype": "application/json",
        "data": data})


def publish_roster(brokers, topic):
    """Teams and agents, with the same partitioner as the leads."""
    failures = []
    producer = Producer({"bootstrap.servers": brokers})

    def put(kind, ident, team, data):
        producer.produce(topic, key=team, value=event(kind, ident, team, data),
                         on_delivery=lambda e, _: failures.append(e) if e else None)

    for n in range(TEAMS):
        team = f"team-{n}"
        for agent in WEIGHTS:
            put("agent.configured", f"{team}-{agent}", team, {"agent_id": agent})
        put("team.configured", team, team, {
            "team_id": team, "account_owner": "olivia",
            "pools": [{"id": "all", "members": [
                {"agent_id": a, "weight": w} for a, w in WEIGHTS.items()]}],
            "routing_rules": [{"id": "rest", "assign": {"pool": "all"}}]})
    producer.flush(30)
    if failures:
        sys.exit(f"FAILED: the roster was not published: {failures[0]}")


class Reader:
    """Reads committed records of topics, from the beginning."""

    def __init__(self, brokers, topics):
        self.consumer = Consumer({
            "bootstrap.servers": brokers, "group.id": f"foreign-{uuid.uuid4()}",
            "isolation.level": "read_committed", "enable.auto.commit": False,
            "enable.partition.eof": True, "auto.offset.reset": "earliest"})
        self.consumer.assign([TopicPartition(t, p, 0) for t in topics for p in range(PARTITIONS)])
        self.open = {(t, p) for t in topics for p in range(PARTITIONS)}

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
                else:
                    sys.exit(f"FAILED: {message.error()}")

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


def check_outputs(brokers, prefix, leads):
    faults = Faults()
    ids = {}
    sequences = collections.defaultdict(list)
    last_in_topic = {}
    assigned = collections.defaultdict(list)
    decisions = {}
    turns = collections.defaultdict(list)
    topics = [f"{prefix}.{t}" for t in OUTPUTS]
    count = 0
    for m in Reader(brokers, topics).all():
        count += 1
        where = f"{m.topic()}/{m.partition()}/{m.offset()}"
        e = json.loads(m.value())
        team, data = m.key().decode(), e["data"]
        faults.expect(m.partition() == partition_of(m.key()),
                      "on another partition than its team", where)
        faults.expect(team == e["partitionkey"] == data["team_id"], "of another team", where)
        faults.expect(e["id"] not in ids, "an output twice", f"{where} and {ids.get(e['id'])}")
        ids[e["id"]] = where
        sequence = int(e["sequence"])
        sequences[team].append(sequence)
        faults.expect(last_in_topic.get((m.topic(), team), 0) < sequence,
                      "a topic out of order", where)
        last_in_topic[m.topic(), team] = sequence
        if e["type"] == "decision.recorded":
            decisions[data["decision_id"]] = sequence
        if e["type"] in ("lead.assigned", "lead.reassigned"):
            assigned[data["lead_id"]].append((team, e["type"], data["decision_id"], sequence))
            if "turn" in data:
                turns[team, data["pool_id"]].append((data["turn"], data["agent"]["agent_id"]))
    for lead, team in leads:
        got = assigned.pop(lead, [])
        faults.expect(len(got) == 1, "a lead not assigned exactly once", f"{lead}: {got}")
        for of, kind, decision, sequence in got:
            faults.expect(of == team and kind == "lead.assigned", "a wrong assignment",
                          f"{lead} of {team}: {kind} in {of}")
            faults.expect(decisions.get(decision, sequence) < sequence,
                          "an assignment without its decision before it", lead)
    faults.expect(not assigned, "assigned, but never published", str(list(assigned)[:5]))
    for team, numbers in sequences.items():
        gaps = sorted(set(range(1, len(numbers) + 1)) ^ set(numbers))
        faults.expect(not gaps, "a sequence with gaps", f"{team}: {gaps[:10]}")
    for (team, pool), taken in turns.items():
        taken.sort()
        faults.expect([t for t, _ in taken] == list(range(1, len(taken) + 1)),
                      "turns with gaps", f"{team}/{pool}")
        n = dict.fromkeys(WEIGHTS, 0)
        for turn, agent in taken:
            n[agent] += 1
            for i, wi in WEIGHTS.items():
                for j, wj in WEIGHTS.items():
                    # |n_i/w_i - n_j/w_j| <= max(1/w_i, 1/w_j), in integers
                    faults.expect(abs(n[i] * wj - n[j] * wi) <= max(wi, wj),
                                  "the rotation's bound", f"{team}/{pool} turn {turn}: {n}")
    total = sum(len(t) for t in turns.values())
    faults.expect(total == len(leads), "not all by rotation", f"{total} of {len(leads)}")
    for m in Reader(brokers, [f"{prefix}.dead-letters"]).all():
        faults.expect(False, "a dead letter", f"{m.headers()} {m.value()}")
    forwarded = sum(1 for _ in Reader(brokers, [f"{prefix}.rekey"]).all())
    say(f"{count} outputs read, {forwarded} records were forwarded")
    faults.expect(forwarded > 0, "nothing was forwarded", "is the partitioner still CRC32?")
    return faults


def wait_for_leads(brokers, prefix, leads, instances, limit):
    missing = {lead for lead, _ in leads}
    reader = Reader(brokers, [f"{prefix}.assignments"])
    until = time.monotonic() + limit
    while missing:
        for m in reader.records(0.5):
            e = json.loads(m.value())
            if e["type"] == "lead.assigned":
                missing.discard(e["data"]["lead_id"])
        for i in instances:
            i.check_alive()
        if time.monotonic() > until:
            sys.exit(f"FAILED: {len(missing)} leads have no owner {limit} s after the last "
                     f"kill, such as {sorted(missing)[:5]}; logs: {instances[0].log}")


def torment(chance, instances, kills, stops, session):
    """Kills and stops processes under load, in a drawn order."""
    actions = ["kill"] * kills + ["stop"] * stops
    chance.shuffle(actions)
    both = 0
    for n, action in enumerate(actions):
        time.sleep(chance.uniform(0.3, 2.5))
        for i in instances:
            i.check_alive()
        victim = chance.choice(instances)
        other = instances[1 - instances.index(victim)]
        if action == "kill":
            victim.kill()
            # Now and then everything is dead.
            if chance.random() < 0.2:
                other.kill()
                other.start()
                both += 1
            time.sleep(chance.choice((0, 0.2, session * 1.3)))
            victim.start()
        else:
            # It still believes that its partitions are its own when it wakes.
            victim.signal(signal.SIGSTOP)
            time.sleep(session * 2)
            victim.signal(signal.SIGCONT)
        say(f"{n + 1}/{len(actions)}: {action} of {os.path.basename(victim.log)}")
    return both


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    arguments.add_argument("--leads", type=int, default=12000)
    arguments.add_argument("--rate", type=float, default=400)
    arguments.add_argument("--kills", type=int, default=12)
    arguments.add_argument("--stops", type=int, default=2)
    arguments.add_argument("--session-ms", type=int, default=1500)
    arguments.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    a = arguments.parse_args()
    if not a.brokers:
        sys.exit("FAILED: this test needs a real broker: start one with `script/kafka start` "
                 "and put the address that it prints into FAIRLEAD_TEST_BROKERS")
    say(f"seed {a.seed}")
    chance = random.Random(a.seed)
    prefix = f"kill-{uuid.uuid4().hex[:8]}"
    kafka = ["--brokers", a.brokers, "--topic-prefix", prefix]
    subprocess.run([a.fairlead, "topics", "create", *kafka, "--partitions", str(PARTITIONS),
                    "--replication-factor", "1"], check=True, stdout=subprocess.DEVNULL)
    publish_roster(a.brokers, f"{prefix}.roster")

    folder = tempfile.mkdtemp(prefix=f"{prefix}-")
    run = [a.fairlead, "run", *kafka, "--group-id", prefix, "--http", "off",
           "-X", f"session.timeout.ms={a.session_ms}", "-X", "heartbeat.interval.ms=300"]
    leads = [(f"l-{i}", f"team-{chance.randrange(TEAMS)}") for i in range(a.leads)]
    instances = []
    publisher = Publisher(a.brokers, f"{prefix}.leads", leads, a.rate)
    try:
        instances = [Instance(run, f"{folder}/{name}.log") for name in ("a", "b")]
        publisher.start()
        time.sleep(2)
        began = time.monotonic()
        both = torment(chance, instances, a.kills, a.stops, a.session_ms / 1000)
        say(f"{a.kills} kills ({both} of both at once) and {a.stops} stops in "
            f"{time.monotonic() - began:.0f} s; waiting for the rest of the leads")
        publisher.join(120)
        if publisher.failures or not publisher.done:
            sys.exit(f"FAILED: the leads were not published: {publisher.failures[:1]}")
        wait_for_leads(a.brokers, prefix, leads, instances, 120)
        for i in instances:
            began = time.monotonic()
            i.signal(signal.SIGTERM)
            code = i.process.wait(30)
            took = time.monotonic() - began
            if code != 0 or took > 5:
                sys.exit(f"FAILED: SIGTERM ended {i.log} after {took:.1f} s with {code}")
    finally:
        for i in instances:
            if i.process.poll() is None:
                i.signal(signal.SIGCONT)
                i.kill()
    faults = check_outputs(a.brokers, prefix, leads)
    if not faults.report():
        sys.exit(f"FAILED with --seed {a.seed}; topics {prefix}.*, logs {folder}")
    say(f"passed: {a.leads} leads, each assigned once")
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    os.rmdir(folder)


if __name__ == "__main__":
    main()
