"""Live calls on Kafka: the hops of single calls, ring timers, whole calls a second."""

import datetime
import json
import os
import random
import time
import uuid

import call_rate
import load
import machine
from clients import Committed, publish
from confluent_kafka import Producer
from service import Service, fail, say

PREFIX = "calls"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "fairlead")
# One after the other they decline: a sample each.
NUMBERS = [f"+1512556{n:04}" for n in range(20)]
# An answer may be that much late: only then is a ring over (R24, the default).
GRACE_S = 2


def leg_id(team, call):
    """Of the first leg of the first attempt (contract: derived ids)."""
    return str(uuid.uuid5(NAMESPACE, f"{team}\x1f{call}\x1f1\x1f0"))


def transfer(team, call, **more):
    return team, load.event("transfer.requested", call, team, {
        "call_id": call, "lead_id": f"lead-{call}", "pattern": "assigned_agent",
        "fallback_numbers": [], **more})


def said(kind, team, call, leg):
    return team, load.event(kind, leg, team, {"call_id": call, "leg_id": leg})


def ended(team, call):
    return team, load.event("call.ended", call, team, {"call_id": call})


def quantiles(times_s):
    ordered = sorted(t * 1000 for t in times_s)
    if not ordered:
        return {"count": 0}
    at = lambda q: round(ordered[min(len(ordered) - 1, int(q * len(ordered)))], 2)
    return {"count": len(ordered), "p50_ms": at(0.5), "p90_ms": at(0.9), "p99_ms": at(0.99),
            "highest_ms": round(ordered[-1], 2)}


class Telephony:
    """Says what callers and phones do, and looks when the answer comes."""

    def __init__(self, brokers, partitions, topics):
        self.reader = Committed(brokers, [f"{PREFIX}.{t}" for t in topics], partitions, True)
        if not self.reader.wait_for_end():
            fail("the reader of the calls did not start")
        self.producer = Producer({
            "bootstrap.servers": brokers, "partitioner": "murmur2_random", "linger.ms": 0,
            "socket.nagle.disable": True})
        self.producer.list_topics(f"{PREFIX}.calls", timeout=15)

    def send(self, record):
        team, value = record
        self.producer.produce(f"{PREFIX}.calls", value, team)
        self.producer.poll(0)

    def hear(self, wait_s):
        m = self.reader.consumer.poll(wait_s)
        now = time.time()
        if m is None or m.error() is not None:
            return now, None
        return now, json.loads(m.value())

    def wait_for(self, kind, call):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            now, e = self.hear(1)
            if e and e["type"] == kind and e["data"]["call_id"] == call:
                return now, e["data"]
        return fail(f"no {kind} of {call} within 30 s")


def declines(telephony, teams, count, skip):
    """Idle: nothing else happens, and a person takes a moment to decline."""
    chance, took = random.Random(1), []
    call = 0
    while len(took) < count + skip:
        name, team = f"decline-{call}", teams[call % len(teams)]
        call += 1
        telephony.send(transfer(team, name, fallback_numbers=NUMBERS, ring_timeout_s=60))
        _, ring = telephony.wait_for("ring.requested", name)
        for _ in NUMBERS:
            time.sleep(chance.uniform(0.03, 0.12))
            began = time.time()
            telephony.send(said("ring.declined", team, name, ring["legs"][0]["leg_id"]))
            seen, ring = telephony.wait_for("ring.requested", name)
            took.append(seen - began)
        telephony.send(ended(team, name))
        telephony.wait_for("transfer.missed", name)
    return quantiles(took[skip:])


def timers(telephony, teams, count):
    """A few rings a second, and nobody answers."""
    chance, late = random.Random(2), []
    next_at, sent = time.time(), 0
    expires = {}
    end = time.monotonic() + 60 + count
    while len(late) < count:
        if time.monotonic() > end:
            fail(f"only {len(late)} of {count} rings timed out")
        if sent < count and time.time() >= next_at:
            telephony.send(transfer(teams[sent % len(teams)], f"silent-{sent}",
                                    ring_timeout_s=1))
            sent += 1
            next_at += chance.uniform(0.05, 0.15)
        now, e = telephony.hear(0.005)
        if not e:
            continue
        if e["type"] == "ring.requested":
            for leg in e["data"]["legs"]:
                expires[leg["leg_id"]] = datetime.datetime.fromisoformat(
                    e["data"]["expires_at"].replace("Z", "+00:00")).timestamp()
        elif e["type"] == "ring.cancelled":
            for leg in e["data"]["legs"]:
                late.append(now - expires[leg["leg_id"]] - GRACE_S)
    return quantiles(late)


def whole_calls(teams, count):
    """Everything about calls of unknown callers: they are assigned, rung, answered
    and end. A team has one at a time, as far as its agents are concerned."""
    for i in range(count):
        team, call = teams[i % len(teams)], f"whole-{i}"
        yield transfer(team, call)
        yield said("ring.answered", team, call, leg_id(team, call))
        yield ended(team, call)


def check_whole(reader, count):
    """Each was connected, once, and none was missed."""
    found = {"transfer.connected": set(), "transfer.missed": set()}
    connected = 0
    for batch in reader.to_the_end():
        for m in batch:
            e = json.loads(m.value())
            if e["type"] in found and e["data"]["call_id"].startswith("whole-"):
                found[e["type"]].add(e["data"]["call_id"])
                connected += e["type"] == "transfer.connected"
    if found["transfer.missed"] or not len(found["transfer.connected"]) == connected == count:
        fail(f"of {count} calls {len(found['transfer.connected'])} were connected in {connected} "
             f"outputs, {len(found['transfer.missed'])} missed: a fast wrong answer is no "
             "measurement")


def backlog(run, start, teams):
    count = run.o.calls
    say(f"calls: a backlog of {count}, three events each")
    reader = Committed(run.brokers, [f"{PREFIX}.rings"], run.partitions)
    publish(run.brokers, f"{PREFIX}.calls", whole_calls(teams, count))
    watch = run.watch()
    s = start("backlog")
    drained = s.drain(count, run.broker_pid)
    s.stop()
    check_whole(reader, count)
    return {
        "calls_per_s": drained["leads_per_s"], "calls": count, "seconds": drained["seconds"],
        "cpu_us_per_call": drained["cpu_us_per_lead"],
        "broker_cpu_us_per_call": drained["broker_cpu_us_per_lead"],
        "machine": watch.result()}


def measure(run):
    """`run`: kafka_mode's, which has the broker and makes the topics."""
    o = run.o
    run.create_topics(PREFIX)
    teams = load.Day(o.dist).teams
    people = publish(run.brokers, f"{PREFIX}.roster", load.roster(teams))
    command = [o.fairlead, "run", "--brokers", run.brokers, "--topic-prefix", PREFIX, *o.settings]

    def start(name):
        s = Service(command, os.path.join(run.folder, f"calls-{name}.log"))
        run.alive.append(s)
        s.wait_ready()
        return s

    s = start("idle")
    s.wait_count("fairlead_steps_total", people)
    time.sleep(1)
    samples = 60 if o.quick else 400
    telephony = Telephony(run.brokers, run.partitions, ["rings"])
    say(f"calls: {samples} declines, one after the other")
    watch = run.watch()
    out = {"decline_to_next_ring": declines(telephony, teams, samples, 40)
           | {"machine": watch.result()}}
    say(f"calls: {samples} rings that nobody answers")
    watch = run.watch()
    out["timer_lateness"] = timers(telephony, teams, samples) | {"machine": watch.result()}
    out["at_rate"] = []
    for rate, seconds in o.call_rates:
        say(f"calls: {rate} a second for {seconds} s")
        watch = run.watch()
        desk = call_rate.Desk(Telephony(run.brokers, run.partitions, ["rings", "tasks"]), teams)
        out["at_rate"].append(desk.run(rate, seconds, o.warm_s) | {"machine": watch.result()})
    s.stop()
    out["throughput"] = backlog(run, start, teams)
    return out
