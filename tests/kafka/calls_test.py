#!/usr/bin/python3
"""Live calls while the program is killed: nobody is lost, nobody rung twice.

Goal: P1, P4 and the ring timers (R24) on a real broker across takeovers.
Method: two processes of one group; a telephony side that is not ours starts
transfers at a steady rate, answers, declines, stays silent, hangs up, all drawn
from the seed, and ends what was connected; one process after the other is
killed by -9 while phones ring, and comes back. Then a committed reader that is
not ours reads every topic from its beginning and checks:

- each transfer ended, exactly once, connected or missed; each miss has exactly
  one task, a connected call none;
- no two targets were connected to one call;
- nobody was rung while they rang for another call of the team, or were talking:
  a leg is over with its cancel, with what telephony reported of it, or with
  the end of the call that it won, each by the log's own time;
- no output is there twice; the dead letters are empty;
- a leg that nobody answers is cancelled at most 1 s after its time is over, by
  the watch of telephony, except around a kill; there at most the takeover later.

It prints counts and how late the ring timers were. `fairlead audit` and
`fairlead replay` must agree with all of it.

usage: calls_test.py --fairlead PROGRAM [--brokers LIST] [--seed N] ...
"""

import argparse
import collections
import datetime
import heapq
import itertools
import os
import random
import sys
import time

from confluent_kafka import Producer

from outside import Faults, event, office, say

PARTITIONS = 6
AGENTS = ("ana", "ben", "cid", "dora", "eve")
ANSWER_GRACE_S = 2  # the default
RING_TIMEOUT_S = 4
ENDS_A_LEG = ("ring.declined", "ring.busy", "ring.failed", "ring.machine", "ring.no_answer")
BUCKETS_MS = (20, 50, 100, 200, 500, 1000)


def seconds(text):
    """Of an RFC 3339 time."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def roster(teams):
    for n in range(teams):
        team = f"team-{n}"
        for i, agent in enumerate(AGENTS):
            yield "roster", team, event("agent.configured", f"{team}-{agent}", team, {
                "agent_id": agent, "phone": f"+1512555{n:02}{i:02}"})
        yield "roster", team, event("team.configured", team, team, {
            "team_id": team, "account_owner": "ana",
            "pools": [{"id": "all", "members": [{"agent_id": a} for a in AGENTS]}],
            "routing_rules": [{"id": "rest", "assign": {"pool": "all"}}],
            "transfer": {"ring_timeout_s": RING_TIMEOUT_S, "total_timeout_s": 12,
                         "fallback_numbers": [f"+1512556{n:02}99"]}})


class Telephony:
    """Starts calls, follows the rings, says what became of the legs."""

    def __init__(self, world, chance, teams, transfers, rate):
        self.chance = chance
        self.producer = Producer({"bootstrap.servers": world.brokers, "linger.ms": 1,
                                  "partitioner": "murmur2_random"})
        self.calls, self.leads = world.topic("calls"), world.topic("leads")
        self.reader = world.reader("rings")
        self.due = []  # (when, order, what to do)
        self.order = itertools.count()
        self.failures = []
        self.ringing = {}  # leg -> when it expires
        self.open = {f"c-{i}": f"team-{i % teams}" for i in range(transfers)}
        self.expired = []  # (when it had to, how late its cancel was seen)
        self.behind = 0.0  # how late telephony itself was
        began = time.time() + 1
        for i, (call, team) in enumerate(self.open.items()):
            self.at(began + i / rate, self.transfer, call, team)

    def at(self, when, what, *arguments):
        heapq.heappush(self.due, (when, next(self.order), what, arguments))

    def say(self, kind, ident, team, data, topic=None):
        self.producer.produce(topic or self.calls, key=team,
                              value=event(kind, ident, team, data), on_delivery=self.delivered)

    def delivered(self, error, _):
        if error is not None:
            self.failures.append(str(error))

    def transfer(self, call, team):
        # Two of three callers are known and have an owner by then.
        lead = f"l-{call}"
        if self.chance.random() < 0.67:
            self.say("lead.received", lead, team, {"lead_id": lead, "source": "web"}, self.leads)
        self.say("transfer.requested", call, team, {"call_id": call, "lead_id": lead})
        if self.chance.random() < 0.05:
            self.at(time.time() + self.chance.uniform(0.2, 6), self.say, "caller.hung_up", call,
                    team, {"call_id": call})

    def ring(self, team, leg, call):
        """What becomes of a phone that rings; a third says nothing at all."""
        draw = self.chance.random()
        if draw < 0.33:
            return
        kind, wait = (("ring.answered", self.chance.uniform(0.2, 3)) if draw < 0.6 else
                      ("ring.declined", self.chance.uniform(0.2, 3)) if draw < 0.85 else
                      ("ring.busy", 0.1) if draw < 0.9 else
                      ("ring.failed", 0.2) if draw < 0.95 else
                      ("ring.no_answer", self.chance.uniform(3, RING_TIMEOUT_S)))
        self.at(time.time() + wait, self.speak, kind, team, leg, call)

    def speak(self, kind, team, leg, call):
        # A word on its way when the cancel comes is a race that may be lost.
        if self.ringing.pop(leg, None) is not None or self.chance.random() < 0.3:
            self.say(kind, leg, team, {"call_id": call, "leg_id": leg})

    def hear(self, e):
        team, data, call = e["partitionkey"], e["data"], e["data"]["call_id"]
        if e["type"] == "ring.requested":
            for leg in data["legs"]:
                # Its time is over when no answer can be on its way any more (R24).
                self.ringing[leg["leg_id"]] = seconds(data["expires_at"]) + ANSWER_GRACE_S
                self.ring(team, leg["leg_id"], call)
        elif e["type"] == "ring.cancelled":
            for leg in data["legs"]:
                expires = self.ringing.pop(leg["leg_id"], None)
                if leg["reason"] == "ring_timeout" and expires is not None:
                    self.expired.append((expires, time.time() - expires))
        elif e["type"] == "transfer.connected":
            self.open.pop(call, None)
            self.at(time.time() + self.chance.uniform(0.5, 3), self.say, "call.ended", call,
                    team, {"call_id": call})
        elif e["type"] == "transfer.missed":
            self.open.pop(call, None)

    def work(self, until):
        while (now := time.time()) < until:
            while self.due and self.due[0][0] <= now:
                when, _, what, arguments = heapq.heappop(self.due)
                self.behind = max(self.behind, now - when)
                what(*arguments)
            self.producer.poll(0)
            if self.failures:
                sys.exit(f"FAILED: telephony could not publish: {self.failures[0]}")
            next_due = self.due[0][0] if self.due else until
            for e in self.reader.events(max(0.0, min(next_due - time.time(), 0.02))):
                self.hear(e)


class Legs:
    """P4 from the topics alone: each agent's legs in the team's order."""

    def __init__(self, world):
        self.legs = collections.OrderedDict()  # leg -> [team, agent, call, from, to]
        self.won = {}  # call -> legs
        self.ended = {}  # call -> when
        self.requested, self.connected, self.missed = set(), [], []
        self.reasons = collections.Counter()
        reported = {}
        for m, e in world.events("calls"):
            data, at = e["data"], m.timestamp()[1] / 1000
            if e["type"] == "transfer.requested":
                self.requested.add(data["call_id"])
            elif e["type"] in ENDS_A_LEG:
                reported.setdefault(data["leg_id"], at)
            elif e["type"] in ("call.ended", "caller.hung_up"):
                self.ended.setdefault(data["call_id"], []).append(at)
        rings = [e for _, e in world.events("rings")]
        rings.sort(key=lambda e: (e["partitionkey"], int(e["sequence"])))
        for e in rings:
            self.take(e)
        for leg, at in reported.items():
            if leg in self.legs:
                self.close(leg, at)

    def take(self, e):
        team, data, at = e["partitionkey"], e["data"], seconds(e["time"])
        call = data["call_id"]
        if e["type"] == "ring.requested":
            for leg in data["legs"]:
                # Nobody's: a fallback number.
                self.legs[leg["leg_id"]] = [team, leg.get("agent_id"), call, at, None]
        elif e["type"] == "ring.cancelled":
            for leg in data["legs"]:
                self.close(leg["leg_id"], at)
                self.reasons[leg["reason"]] += 1
        elif e["type"] == "transfer.connected":
            self.connected.append(call)
            # On the phone until the first word after it that the call is over (its
            # step may have a later time than the record that is read after it).
            ends = [t for t in self.ended.get(call, ()) if t >= at - 0.1]
            self.legs[data["leg_id"]][4] = min(ends) if ends else float("inf")
        elif e["type"] == "transfer.missed":
            self.missed.append(call)
            self.reasons["missed: " + data["reason"]] += 1

    def close(self, leg, at):
        if self.legs[leg][4] is None or at < self.legs[leg][4]:
            self.legs[leg][4] = at

    def check(self, faults):
        busy_until = {}
        for leg, (team, agent, call, start, end) in self.legs.items():
            faults.expect(end is not None, "a leg without an end", f"{leg} of {call}")
            if agent is None:
                continue
            before = busy_until.get((team, agent), (0, None))
            # Milliseconds are all that times on the wire have.
            faults.expect(before[0] <= start + 0.0005, "P4: rung while ringing or talking",
                          f"{team}/{agent}: {call} at {start} before {before}")
            busy_until[team, agent] = end or 0, call


def check_topics(world, telephony):
    faults = Faults()
    ids = set()
    legs = Legs(world)
    legs.check(faults)
    ends = collections.Counter(legs.connected + legs.missed)
    for call in legs.requested | set(ends):
        faults.expect(ends[call] == 1 and call in legs.requested,
                      "P1: a transfer that did not end exactly once", f"{call}: {ends[call]}")
    tasks = collections.Counter()
    for m, e in world.events("assignments", "rings", "notifications", "tasks", "outreach",
                             "decisions"):
        faults.expect(e["id"] not in ids, "an output twice", f"{m.topic()} {m.offset()}")
        ids.add(e["id"])
        if e["type"] == "task.created":
            tasks[e["data"]["call_id"]] += 1
    missed = set(legs.missed)
    for call in legs.requested:
        faults.expect(tasks[call] == (call in missed), "P1: not one task for each miss",
                      f"{call}, {'missed' if call in missed else 'connected'}: {tasks[call]}")
    for m in world.reader("dead-letters").all():
        faults.expect(False, "a dead letter", f"{m.headers()} {m.value()}")
    faults.expect(len(legs.connected) > len(legs.requested) / 10
                  and len(missed) > len(legs.requested) / 10
                  and legs.reasons["ring_timeout"] > 0, "the mixture", str(legs.reasons))
    say(f"{len(legs.requested)} transfers: {len(legs.connected)} connected, {len(missed)} "
        f"missed with {sum(tasks.values())} tasks; {len(legs.legs)} legs; {len(ids)} outputs")
    say("  " + ", ".join(f"{k} {n}" for k, n in sorted(legs.reasons.items())))
    return faults


def histogram(late):
    buckets = collections.Counter()
    for s in late:
        buckets[next((b for b in BUCKETS_MS if s * 1000 <= b), None)] += 1
    late = sorted(late)
    shown = ", ".join(f"<= {b} ms: {buckets[b]}" for b in BUCKETS_MS)
    quantile = (lambda q: late[min(len(late) - 1, int(q * len(late)))] * 1000) if late else None
    return f"{len(late)}: {shown}, more: {buckets[None]}" + (
        f"; p50 {quantile(0.5):.0f} ms, p99 {quantile(0.99):.0f} ms, "
        f"most {late[-1] * 1000:.0f} ms" if late else "")


def check_timers(faults, telephony, kills, session, slack):
    """`kills`: when one was killed, and when the killed one was started again."""
    calm, shaken = [], []
    for expires, late in telephony.expired:
        # The partitions are dark for a session; then both members' take them up.
        near = any(k - 0.5 <= expires <= max(k + session, r) + slack for k, r in kills)
        (shaken if near else calm).append(late)
    say(f"ring timers seen late, between takeovers, {histogram(calm)}")
    say(f"  around takeovers, {histogram(shaken)}")
    say(f"  telephony itself was at most {telephony.behind * 1000:.0f} ms late")
    faults.expect(len(calm) >= 20, "too few timers between takeovers to tell", str(len(calm)))
    for late in calm:
        faults.expect(-0.05 <= late <= 1 + telephony.behind, "a ring timer not in time",
                      f"{late:.3f} s")
    for late in shaken:
        faults.expect(late <= session + slack + telephony.behind,
                      "a ring timer later than a takeover", f"{late:.3f} s")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    arguments.add_argument("--transfers", type=int, default=400)
    arguments.add_argument("--rate", type=float, default=20)
    arguments.add_argument("--teams", type=int, default=20)
    arguments.add_argument("--kills", type=int, default=2)
    arguments.add_argument("--session-ms", type=int, default=1500)
    arguments.add_argument("--slack-s", type=float, default=4,
                           help="for a takeover beyond the session, on a loaded machine")
    arguments.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    a = arguments.parse_args()
    say(f"seed {a.seed}")
    chance = random.Random(a.seed)
    with office(a.brokers, a.fairlead, "calls", PARTITIONS) as world:
        world.publish(roster(a.teams))
        for name in ("a", "b"):
            world.start(name, "-X", f"session.timeout.ms={a.session_ms}",
                        "-X", "heartbeat.interval.ms=300")
        # Each has its partitions before the first phone rings.
        time.sleep(3)
        telephony = Telephony(world, chance, a.teams, a.transfers, a.rate)
        length = a.transfers / a.rate
        kills = []
        for n in range(a.kills):
            telephony.work(time.time() + length / (a.kills + 0.5) * (0.5 if n == 0 else 1) - 1)
            # While phones ring.
            until = time.time() + 30
            while len(telephony.ringing) < 3 and time.time() < until:
                telephony.work(time.time() + 0.05)
            if len(telephony.ringing) < 3:
                sys.exit(f"FAILED: no phones ring; logs: {world.folder}")
            world.check_alive()
            victim = world.instances[n % 2]
            killed = time.time()
            victim.kill()
            ringing = len(telephony.ringing)
            telephony.work(time.time() + 1)
            victim.start()
            kills.append((killed, time.time()))
            say(f"{n + 1}/{a.kills}: killed {os.path.basename(victim.log)} while "
                f"{ringing} phones rang")
        until = time.time() + length + 90
        while telephony.open and time.time() < until:
            telephony.work(time.time() + 0.2)
            world.check_alive()
        if telephony.open:
            sys.exit(f"FAILED: {len(telephony.open)} transfers have no end, such as "
                     f"{sorted(telephony.open)[:5]}; logs: {world.folder}")
        # Until the last call is over.
        telephony.work(time.time() + 4)
        world.stop()
        faults = check_topics(world, telephony)
        check_timers(faults, telephony, kills, a.session_ms / 1000, a.slack_s)
        world.command("audit")
        world.command("replay")
        if not faults.report():
            sys.exit(f"FAILED with --seed {a.seed}; topics {world.prefix}.*, "
                     f"logs {world.folder}")
        say("passed; fairlead audit and fairlead replay agree")


if __name__ == "__main__":
    main()
