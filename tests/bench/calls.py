"""Live calls on Kafka: from a decline to the next ring, ring timers, calls a second."""

import datetime
import json
import os
import random
import time
import uuid

import load
import machine
from confluent_kafka import Producer
from service import Service, fail, say

PREFIX = "calls"
PARTITIONS = 12
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "fairlead")
# One after the other they decline: a sample each.
NUMBERS = [f"+1512556{n:04}" for n in range(20)]


def leg_id(team, call):
    """Of the first leg of the first attempt (contract: derived ids)."""
    return str(uuid.uuid5(NAMESPACE, f"{team}\x1f{call}\x1f1\x1f0"))


def transfer(team, call, **more):
    return team, load.event("transfer.requested", call, team, {
        "call_id": call, "lead_id": f"lead-{call}", "pattern": "assigned_agent",
        "fallback_numbers": [], **more})


def said(kind, team, call, leg):
    return team, load.event(kind, leg, team, {"call_id": call, "leg_id": leg})


def quantiles(times_s):
    ordered = sorted(t * 1000 for t in times_s)
    if not ordered:
        return {"count": 0}
    at = lambda q: round(ordered[min(len(ordered) - 1, int(q * len(ordered)))], 2)
    return {"count": len(ordered), "p50_ms": at(0.5), "p90_ms": at(0.9), "p99_ms": at(0.99),
            "highest_ms": round(ordered[-1], 2)}


class Telephony:
    """One call at a time says what it has to, and looks when the answer comes."""

    def __init__(self, brokers, reader):
        self.reader = reader
        self.producer = Producer({
            "bootstrap.servers": brokers, "partitioner": "murmur2_random", "linger.ms": 0,
            "socket.nagle.disable": True})
        self.producer.list_topics(f"{PREFIX}.calls", timeout=15)

    def send(self, record):
        team, value = record
        self.producer.produce(f"{PREFIX}.calls", value, team)
        self.producer.poll(0)

    def hear(self, wait_s):
        m = self.reader.poll(wait_s)
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
        telephony.send((team, load.event("call.ended", name, team, {"call_id": name})))
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
                late.append(now - expires[leg["leg_id"]])
    return quantiles(late)


def whole_calls(teams, count):
    """Everything about calls of unknown callers: they are assigned, rung, answered
    and end. A team has one at a time, as far as its agents are concerned."""
    for i in range(count):
        team, call = teams[i % len(teams)], f"whole-{i}"
        yield transfer(team, call)
        yield said("ring.answered", team, call, leg_id(team, call))
        yield team, load.event("call.ended", call, team, {"call_id": call})


def measure(run, committed, publish):
    """`run`: has the broker and makes the topics; the two others are kafka_mode's."""
    o = run.o
    run.create_topics(PREFIX)
    teams = load.teams(PARTITIONS, 2)
    people = publish(run.brokers, f"{PREFIX}.roster", load.roster(teams))
    command = [o.fairlead, "run", "--brokers", run.brokers, "--topic-prefix", PREFIX,
               "--group-id", "bench-calls", *o.settings]

    def start(name):
        s = Service(command, os.path.join(run.folder, f"calls-{name}.log"))
        run.alive.append(s)
        s.wait_ready()
        return s

    s = start("idle")
    s.wait_count("fairlead_steps_total", people)
    time.sleep(1)
    samples = 60 if o.quick else 400
    telephony = Telephony(run.brokers, committed(run.brokers, f"{PREFIX}.rings", True).consumer)
    say(f"calls: {samples} declines, one after the other")
    watch = machine.Watch()
    watch.add(run.broker_pid)
    out = {"decline_to_next_ring": declines(telephony, teams, samples, 40)
           | {"machine": watch.result()}}
    say(f"calls: {samples} rings that nobody answers")
    watch = machine.Watch()
    watch.add(run.broker_pid)
    out["timer_lateness"] = timers(telephony, teams, samples) | {"machine": watch.result()}
    s.stop()

    count = 4000 if o.quick else 24000
    say(f"calls: a backlog of {count}, three events each")
    publish(run.brokers, f"{PREFIX}.calls", whole_calls(teams, count))
    watch = machine.Watch()
    watch.add(run.broker_pid)
    s = start("backlog")
    drained = s.drain(count, run.broker_pid)
    s.stop()
    ended = {"transfer.connected": 0, "transfer.missed": 0}
    for values in committed(run.brokers, f"{PREFIX}.rings").to_the_end():
        for v in values:
            e = json.loads(v)
            if e["type"] in ended and e["data"]["call_id"].startswith("whole-"):
                ended[e["type"]] += 1
    if ended != {"transfer.connected": count, "transfer.missed": 0}:
        fail(f"of {count} calls: {ended}; a fast wrong answer is no measurement")
    out["throughput"] = {
        "calls_per_s": drained["leads_per_s"], "calls": count, "seconds": drained["seconds"],
        "cpu_us_per_call": drained["cpu_us_per_lead"],
        "broker_cpu_us_per_call": drained["broker_cpu_us_per_lead"],
        "machine": watch.result()}
    return out
