#!/usr/bin/python3
"""A service that was down for an hour decides what one decides that never was.

Goal: R1 and P3 from outside: a backlog has the same effects as the same events
had one by one. Method: two services with topics of their own on one broker get
the same records with the same timestamps (their inputs are CreateTime), two
hours in which midnight falls; so the hour passes in the data and nobody waits for
it. Events that depend on each other are seconds apart, and one service is always
on and has finished with one when the next one comes; the other is killed before
the hour and catches up after it.

What depends on the clock is in: leads that wait until their agent's daily cap is
lifted at midnight (R11's retries, with outreach held meanwhile), mass work that
goes on in timers (R17), parked events (R45), schedules, and transfers in the
outage, which both services find too late to ring (R43). At the end both are on,
and calls ring in real time, declined and timed out.

Then all outputs of each team, in their order, must be equal but for times and
for ids that come from a timer's running number (the one that was on has looked
after waiting leads at other moments).

usage: outage_test.py --fairlead PROGRAM [--brokers LIST] [--seed N]
"""

import argparse
import collections
import itertools
import json
import os
import random
import re
import sys
import time

from confluent_kafka import Consumer, TopicPartition

from outside import event, office, say

PARTITIONS = 2
OUTPUTS = ("assignments", "rings", "notifications", "tasks", "outreach", "decisions")
INPUTS = ("roster", "leads", "calls")
OPTIONS = ("-X", "session.timeout.ms=1500", "-X", "heartbeat.interval.ms=300")
MINUTE = 60
ORDINARY = [f"team-{n}" for n in range(8)]
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TIMER = re.compile(r"(timer:[^\"]*:)\d+")


class Script:
    """The records, each with its time."""

    def __init__(self, midnight, chance):
        self.midnight, self.chance = midnight, chance
        # (minute, second) -> what comes at once: (topic, team, value, when)
        self.records = collections.defaultdict(list)
        self.number = itertools.count()
        self.phones = itertools.count()
        hour = time.gmtime(midnight).tm_hour
        # The zone in which it is midnight then; the sign is POSIX's.
        self.zone = f"Etc/GMT+{hour}" if hour <= 12 else f"Etc/GMT-{24 - hour}"

    def at(self, minute, second, topic, team, kind, data):
        """Minutes from midnight."""
        when = self.midnight + minute * MINUTE + second
        ident = f"{next(self.number)}"
        self.records[minute, int(second)].append(
            (topic, team, event(kind, ident, team, data), int(when * 1000)))

    def agents(self, team, names, **more):
        for name in names:
            self.at(-75, 0, "roster", team, "agent.configured", {
                "agent_id": name, "phone": f"+15125{next(self.phones):06}",
                "time_zone": self.zone, **more})

    def team(self, team, names, **more):
        self.agents(team, names, **more.pop("agent", {}))
        self.at(-75, 5, "roster", team, "team.configured", {
            "team_id": team, "account_owner": "olivia", "time_zone": self.zone,
            "pools": [{"id": "all", "members": [{"agent_id": a} for a in names],
                       **more.pop("pool", {})}],
            "routing_rules": [{"id": "rest", "assign": {"pool": "all"}}], **more})

    def lead(self, minute, second, team, lead, **data):
        self.at(minute, second, "leads", team, "lead.received", {"lead_id": lead, **data})


def waiting_for_midnight(s):
    """R11: capped, nobody else; the next day's first turn goes to who waits."""
    team = "waiting"
    s.team(team, ["ana"], agent={"daily_cap": 1})
    s.lead(-25, 0, team, "first")
    s.at(-5, 0, "leads", team, "outreach.requested",
         {"lead_id": "waits", "outreach_id": "o-1", "channel": "sms"})
    s.lead(-5, 10, team, "waits")
    s.lead(15, 0, team, "waits-too")
    s.at(45, 0, "roster", team, "agent.configured",
         {"agent_id": "ana", "version": 2, "daily_cap": None})
    s.lead(45, 10, team, "last")


def mass_work(s):
    """R17: two and a half steps of it."""
    team = "mass"
    s.team(team, ["ana", "ben", "cid"])
    for n in range(1000):
        s.lead(-45, n * 0.001, team, f"l-{n:04}")
    s.at(5, 0, "roster", team, "agent.removed", {"agent_id": "ben", "reassign": True})
    s.lead(5, 10, team, "after")


def parked(s):
    """R45: what never gets its transfer ends after a minute. A team for each: a
    timer of the service that is on sets its team's clock to the wall's."""
    for n, (minute, kind, outcome) in enumerate((
            (-15, "call.outcome", "missed_transfer"), (-15, "call.ended", None),
            (15, "call.outcome", "successful_transfer"), (15, "ring.answered", None))):
        team = f"parked-{n}"
        s.team(team, ["ana", "ben"])
        s.lead(minute, 0, team, "l-1")
        s.at(minute, 10, "calls", team, kind, {
            "call_id": "c-1", **({"lead_id": "l-1", "outcome": outcome} if outcome else {}),
            **({"leg_id": "x"} if kind == "ring.answered" else {})})
        s.lead(25, 0, team, "l-2")


def too_late_to_ring(s):
    """R43: in the outage, and old when it is over."""
    team = "late"
    s.team(team, ["ana", "ben"])
    for n, minute in enumerate((-15, 5, 25)):
        s.lead(minute, 0, team, f"l-{n}")
        s.at(minute, 10, "calls", team, "transfer.requested",
             {"call_id": f"c-{n}", "lead_id": f"l-{n}"})
        s.at(minute, 20, "calls", team, "call.outcome",
             {"call_id": f"c-{n}", "lead_id": f"l-{n}", "outcome": "needs_follow_up"})


def ordinary(s, team):
    """All kinds of events, drawn; schedules that begin and end in the outage."""
    names = ["ana", "ben", "cid", "olivia"]
    s.team(team, names,
           agent={"schedule": {"weekly": [
               {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                "from": s.chance.choice(["22:00", "00:10", "23:50"]),
                "to": s.chance.choice(["23:40", "00:30", "03:00"])}]}},
           pool={"assign_requires": s.chance.choice(["none", "schedule"])},
           outcomes={"warm": [{"do": "assign", "pool": "all"}, {"do": "stage", "to": "hot"},
                              {"do": "create_task", "kind": "follow_up"},
                              {"do": "notify", "to": ["owner"]}]})
    leads = [f"l-{n}" for n in range(12)]
    for minute in range(-55, 56, 10):
        for n in range(6):
            lead = s.chance.choice(leads)
            draw = s.chance.random()
            data, topic = {"lead_id": lead}, "leads"
            if draw < 0.4:
                kind = "lead.received"
                data["contact"] = {"phone": f"+1512555010{s.chance.randrange(10)}"}
            elif draw < 0.5:
                kind, topic = "call.outcome", "calls"
                data.update(call_id=f"c-{next(s.number)}", outcome=s.chance.choice(
                    ["warm", "needs_follow_up", "opt_out", "not_interested"]))
            elif draw < 0.65:
                kind = "outreach.requested"
                data.update(outreach_id=f"o-{next(s.number)}", channel="sms")
            elif draw < 0.75:
                kind = "lead.assignment_requested"
                data.update(s.chance.choice([{}, {"agent_id": s.chance.choice(names)},
                                             {"pool_id": "all"}]))
            elif draw < 0.8:
                kind = "lead.closed"
            elif draw < 0.95:
                kind, topic = "agent.availability_changed", "roster"
                data = {"agent_id": s.chance.choice(names[:3]),
                        "accepting_leads": s.chance.random() < 0.7}
            else:
                kind, data = "lead.receivd", {}
            s.at(minute, n * 5, topic, team, kind, data)


class Progress:
    """How far a service's group is with what was published on the right partition."""

    def __init__(self, world):
        self.world = world
        self.consumer = Consumer({"bootstrap.servers": world.brokers,
                                  "group.id": world.prefix})

    def wait(self, limit=60):
        until = time.monotonic() + limit
        ends = self.world.ends
        while any(c.offset < ends[c.topic, c.partition] for c in self.consumer.committed(
                [TopicPartition(*place) for place in ends], timeout=30)):
            self.world.check_alive()
            if time.monotonic() > until:
                sys.exit(f"FAILED: not all is worked on; logs: {self.world.folder}")
            time.sleep(0.01)


def outputs(world):
    """Each team's outputs in their order, without times."""
    found = collections.defaultdict(list)
    for m, e in world.events(*OUTPUTS):
        found[e["partitionkey"]].append((int(e["sequence"]), m.topic().split(".")[-1], e))
    out = {}
    for team, events in found.items():
        events.sort(key=lambda x: x[0])
        text = "\n".join(json.dumps([n, t, e], sort_keys=True) for n, t, e in events)
        # Ids made of a timer's number.
        for k, (_, _, e) in enumerate(x for x in events
                                      if x[2]["causationid"].startswith("timer:")):
            text = text.replace(e["id"], f"of-timer-{k}")
        text = TIMER.sub(r"\1N", TIME.sub("TIME", text))
        out[team] = re.sub(r'"waited_ms": \d+', '"waited_ms": 0', text).split("\n")
    letters = collections.defaultdict(list)
    for m in world.reader("dead-letters").all():
        h = dict(m.headers())
        letters[m.key()].append((h["kafka_dlt-exception-fqcn"], h["kafka_dlt-original-offset"],
                                 h["kafka_dlt-exception-message"], m.value()))
    return out, letters


def compare(on, off):
    (a, a_letters), (b, b_letters) = outputs(on), outputs(off)
    good = True
    for team in sorted(a.keys() | b.keys()):
        for x, y in itertools.zip_longest(a.get(team, []), b.get(team, [])):
            if x != y:
                print(f"FAILED: {team} differs\n  always on: {x}\n  was down:  {y}")
                good = False
                break
    if a_letters != b_letters:
        print(f"FAILED: dead letters differ\n  {a_letters}\n  {b_letters}")
        good = False
    kinds = collections.Counter(json.loads(line)[2]["type"] for lines in a.values()
                                for line in lines)
    reasons = collections.Counter(
        json.loads(line)[2]["data"].get("reason") for lines in a.values() for line in lines)
    say(f"{sum(len(v) for v in a.values())} outputs of {len(a)} teams, "
        f"{sum(len(v) for v in a_letters.values())} dead letters")
    say("  " + ", ".join(f"{k} {n}" for k, n in sorted(kinds.items())))
    # It would be easy to agree about nothing.
    for wanted in ("lead.assigned", "lead.reassigned", "lead.unassigned", "outreach.held",
                   "outreach.released", "task.created", "transfer.missed", "ring.requested",
                   "ring.cancelled", "transfer.connected"):
        if not kinds[wanted]:
            print(f"FAILED: nothing was {wanted}")
            good = False
    for wanted in ("expired", "ring_timeout", "owner_inactive"):
        if wanted == "ring_timeout":
            there = any('"ring_timeout"' in line for line in a["live"])
        else:
            there = reasons[wanted] > 0
        if not there:
            print(f"FAILED: nothing for the reason {wanted}")
            good = False
    waits = [json.loads(line)[2] for line in a["waiting"]]
    if not any(e["type"] == "lead.assigned" and e["subject"] == "waits"
               and e["causationid"].startswith("timer:") for e in waits):
        print("FAILED: the waiting lead got no owner by a timer")
        good = False
    return good


def ring_now(worlds):
    """Both are on: what rings in real time, the same words for both."""
    team = "live"

    def put(topic, kind, ident, data):
        record = (topic, team, event(kind, ident, team, data), int(time.time() * 1000))
        for w in worlds:
            w.publish([record])

    rings = worlds[0].reader("rings")

    def wait_for(kind, call):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            for e in rings.events(0.1):
                if e["type"] == kind and e["data"]["call_id"] == call:
                    return e["data"]
        sys.exit(f"FAILED: no {kind} of {call}; logs: {worlds[0].folder}")

    for n, agent in enumerate(("ana", "ben")):
        put("roster", "agent.configured", agent,
            {"agent_id": agent, "phone": f"+1512555020{n}"})
    put("roster", "team.configured", team, {
        "team_id": team, "account_owner": "ana",
        "pools": [{"id": "all", "members": [{"agent_id": "ana"}, {"agent_id": "ben"}]}],
        "routing_rules": [{"id": "rest", "assign": {"pool": "all"}}],
        "transfer": {"ring_timeout_s": 2, "fallback_numbers": ["+15125550299"]}})
    time.sleep(1)
    for call, answer in (("silent", None), ("declined", "ring.declined"),
                         ("answered", "ring.answered")):
        put("calls", "transfer.requested", call, {"call_id": call, "lead_id": f"l-{call}"})
        leg = wait_for("ring.requested", call)["legs"][0]["leg_id"]
        time.sleep(1)
        if answer:
            put("calls", answer, leg, {"call_id": call, "leg_id": leg})
        if answer == "ring.answered":
            wait_for("transfer.connected", call)
            put("calls", "call.ended", f"ended-{call}", {"call_id": call})
        else:
            wait_for("transfer.missed", call)
        time.sleep(0.5)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    arguments.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    a = arguments.parse_args()
    say(f"seed {a.seed}")
    # One to two hours ago.
    s = Script((int(time.time()) // 3600 - 1) * 3600, random.Random(a.seed))
    for part in (waiting_for_midnight, mass_work, parked, too_late_to_ring):
        part(s)
    for team in ORDINARY:
        ordinary(s, team)
    with office(a.brokers, a.fairlead, "on", PARTITIONS, True) as on, \
            office(a.brokers, a.fairlead, "off", PARTITIONS, True) as off:
        for world in (on, off):
            world.start("a", *OPTIONS)
        progress = {w: Progress(w) for w in (on, off)}
        total = 0
        down = False
        for minute, second in sorted(s.records):
            if minute > -35 and not down and off.instances:
                off.instances.pop().kill()
                down = True
            if minute > 35 and down:
                off.start("b", *OPTIONS)
                progress[off].wait()
                down = False
            records = sorted(s.records[minute, second], key=lambda r: r[3])
            total += len(records)
            for world in (on, off):
                world.publish(records)
            for world in (on,) if down else (on, off):
                progress[world].wait()
        progress[off].wait()
        say(f"{total} records; one service did not see those of 70 minutes in time")
        ring_now([on, off])
        for world in (on, off):
            progress[world].wait()
            world.stop()
        good = compare(on, off)
        for world in (on, off):
            world.command("replay")
            world.command("audit")
        if not good:
            sys.exit(f"FAILED with --seed {a.seed}; topics {on.prefix}.*, {off.prefix}.*, logs "
                     f"{on.folder}, {off.folder}")
        say("passed: the same decisions")


if __name__ == "__main__":
    main()
