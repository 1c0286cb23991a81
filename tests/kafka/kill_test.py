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
import os
import random
import signal
import sys
import threading
import time

from confluent_kafka import Producer

from outside import Faults, event, office, partition_of, say

OUTPUTS = ("assignments", "rings", "notifications", "tasks", "outreach", "decisions")
PARTITIONS = 6
TEAMS = 10
# In the order of the pool; the names are the agents'.
WEIGHTS = {"ana": 3, "ben": 2, "cid": 2, "dora": 1}


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


def roster():
    for n in range(TEAMS):
        team = f"team-{n}"
        for agent in WEIGHTS:
            yield "roster", team, event("agent.configured", f"{team}-{agent}", team,
                                        {"agent_id": agent})
        yield "roster", team, event("team.configured", team, team, {
            "team_id": team, "account_owner": "olivia",
            "pools": [{"id": "all", "members": [
                {"agent_id": a, "weight": w} for a, w in WEIGHTS.items()]}],
            "routing_rules": [{"id": "rest", "assign": {"pool": "all"}}]})


def check_outputs(world, leads):
    faults = Faults()
    ids = {}
    sequences = collections.defaultdict(list)
    last_in_topic = {}
    assigned = collections.defaultdict(list)
    decisions = {}
    turns = collections.defaultdict(list)
    count = 0
    for m, e in world.events(*OUTPUTS):
        count += 1
        where = f"{m.topic()}/{m.partition()}/{m.offset()}"
        team, data = m.key().decode(), e["data"]
        faults.expect(m.partition() == partition_of(m.key(), PARTITIONS),
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
    for m in world.reader("dead-letters").all():
        faults.expect(False, "a dead letter", f"{m.headers()} {m.value()}")
    forwarded = sum(1 for _ in world.reader("rekey").all())
    say(f"{count} outputs read, {forwarded} records were forwarded")
    faults.expect(forwarded > 0, "nothing was forwarded", "is the partitioner still CRC32?")
    return faults


def wait_for_leads(world, leads, limit):
    missing = {lead for lead, _ in leads}
    reader = world.reader("assignments")
    until = time.monotonic() + limit
    while missing:
        for e in reader.events(0.5):
            if e["type"] == "lead.assigned":
                missing.discard(e["data"]["lead_id"])
        world.check_alive()
        if time.monotonic() > until:
            sys.exit(f"FAILED: {len(missing)} leads have no owner {limit} s after the last "
                     f"kill, such as {sorted(missing)[:5]}; logs: {world.folder}")


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
    say(f"seed {a.seed}")
    chance = random.Random(a.seed)
    with office(a.brokers, a.fairlead, "kill", PARTITIONS) as world:
        world.publish(roster(), partitioner="consistent_random")
        leads = [(f"l-{i}", f"team-{chance.randrange(TEAMS)}") for i in range(a.leads)]
        for name in ("a", "b"):
            world.start(name, "-X", f"session.timeout.ms={a.session_ms}",
                        "-X", "heartbeat.interval.ms=300")
        publisher = Publisher(a.brokers, world.topic("leads"), leads, a.rate)
        publisher.start()
        time.sleep(2)
        began = time.monotonic()
        both = torment(chance, world.instances, a.kills, a.stops, a.session_ms / 1000)
        say(f"{a.kills} kills ({both} of both at once) and {a.stops} stops in "
            f"{time.monotonic() - began:.0f} s; waiting for the rest of the leads")
        publisher.join(120)
        if publisher.failures or not publisher.done:
            sys.exit(f"FAILED: the leads were not published: {publisher.failures[:1]}")
        wait_for_leads(world, leads, 120)
        world.stop()
        if not check_outputs(world, leads).report():
            sys.exit(f"FAILED with --seed {a.seed}; topics {world.prefix}.*, "
                     f"logs {world.folder}")
        say(f"passed: {a.leads} leads, each assigned once")


if __name__ == "__main__":
    main()
