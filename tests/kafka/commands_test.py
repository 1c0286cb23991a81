#!/usr/bin/python3
"""What looks back at the topics: `explain`, `audit`, `replay`.

Goal: they need nothing but the topics, and they notice what is not right there.
Method: a few leads and a call, worked on and answered; the service is stopped.
Then the commands must tell what was published, and after a record that the
service never wrote is added to one topic after the other, they must say so.

usage: commands_test.py --fairlead PROGRAM [--brokers LIST]
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from confluent_kafka import Consumer, KafkaException, TopicPartition
from outside import Instance, event, office, partition_of, say

PARTITIONS = 3
TEAM = "acme"


def expect(good, text, shown=""):
    if not good:
        sys.exit(f"FAILED: {text}\n{shown}")


def wait_for(world, reader, kind, about):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for e in reader.events(0.2):
            if e["type"] == kind and about in (e["data"].get("lead_id"),
                                               e["data"].get("call_id")):
                return e
        world.check_alive()
    sys.exit(f"FAILED: no {kind} of {about}; logs: {world.folder}")


def past(world):
    """Something to look back at."""
    world.publish([("roster", TEAM, event("agent.configured", a, TEAM, {
        "agent_id": a, "name": a.title(), "phone": f"+1512555010{n}"}))
        for n, a in enumerate(("ana", "ben", "cid"))])
    world.publish([("roster", TEAM, event("team.configured", TEAM, TEAM, {
        "team_id": TEAM, "account_owner": "ana",
        "pools": [{"id": "buyers", "members": [{"agent_id": "ana"}, {"agent_id": "ben"}]}],
        "routing_rules": [
            {"id": "luxury", "when": {"min_price": 2000000}, "assign": {"agent": "cid"}},
            {"id": "rest", "assign": {"pool": "buyers"}}]}))])
    world.start("a")
    owners = world.reader("assignments")
    for lead, price in (("l-1", 1), ("l-2", 1), ("l-3", 3000000)):
        world.publish([("leads", TEAM, event("lead.received", lead, TEAM,
                                             {"lead_id": lead, "price": price}))])
        wait_for(world, owners, "lead.assigned", lead)
    rings = world.reader("rings")
    world.publish([("calls", TEAM, event("transfer.requested", "c-1", TEAM,
                                         {"call_id": "c-1", "lead_id": "l-1"}))])
    leg = wait_for(world, rings, "ring.requested", "c-1")["data"]["legs"][0]["leg_id"]
    world.publish([("calls", TEAM, event("ring.answered", leg, TEAM,
                                         {"call_id": "c-1", "leg_id": leg}))])
    wait_for(world, rings, "transfer.connected", "c-1")
    world.publish([("leads", TEAM, "not json")])
    letters = world.reader("dead-letters")
    until = time.monotonic() + 30
    while not list(letters.records(0.2)):
        expect(time.monotonic() < until, "no dead letter")
    world.stop()


def must_fail(world, name, told):
    got = subprocess.run([world.fairlead, name, *world.kafka, "--group-id", world.prefix],
                         text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    expect(got.returncode == 1 and told in got.stdout,
           f"{name} did not notice: {got.returncode}", got.stdout)
    say(f"{name} noticed: {got.stdout.splitlines()[0][:90]}")


def asked(url, data=None):
    """The status of an answer, and its text."""
    request = urllib.request.Request(
        url, data=data, headers={"content-type": "application/cloudevents+json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except OSError as e:
        return 0, str(e)


def with_http(world, name, *options):
    """An instance of the group, and its address."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{s.getsockname()[1]}"
    world.instances.append(Instance(
        [world.fairlead, "run", *world.kafka, "--group-id", world.prefix, "--http", at, *options],
        f"{world.folder}/{name}.log"))
    return f"http://{at}"


def moved_partition(world):
    """Who has given a partition away tells no state of it any more."""
    mine = partition_of(TEAM.encode(), PARTITIONS)
    level = re.compile(r'(?m)^fairlead_state_bytes\{partition="%d"\} (\S+)$' % mine)

    def told_by(url, wanted):
        until = time.monotonic() + 60
        while True:
            status, text = asked(url + "/metrics")
            found = level.search(text)
            if status == 200 and (found is not None and float(found[1]) > 0 if wanted
                                  else found is None):
                return
            expect(time.monotonic() < until, f"{url} does not tell {wanted}: {found}")
            world.check_alive()
            time.sleep(0.2)

    # The group gives the first partitions to the first name.
    names = ("b", "a") if mine < 2 else ("a", "b")
    first = with_http(world, "first", "--instance-id", names[0])
    told_by(first, True)
    second = with_http(world, "second", "--instance-id", names[1])
    told_by(second, True)
    told_by(first, False)
    world.stop()


def stopped_partition(world):
    """Somebody moves the group's offset of one partition: readiness says that it
    can't go on, and events are taken all the same."""
    moved = [TopicPartition(world.topic("leads"), partition_of(TEAM.encode(), PARTITIONS), 1)]
    by_hand = Consumer({"bootstrap.servers": world.brokers, "group.id": world.prefix})
    until = time.monotonic() + 60
    while True:
        try:
            by_hand.commit(offsets=moved, asynchronous=False)
            break
        except KafkaException as e:
            # Static members are in the group until their session ends.
            expect(time.monotonic() < until, f"the offset could not be moved: {e}")
            time.sleep(0.5)
    by_hand.close()
    url = with_http(world, "moved")
    until = time.monotonic() + 60
    while "1 of the 3 partitions" not in (got := asked(url + "/readyz"))[1]:
        expect(time.monotonic() < until, f"readiness does not tell: {got}")
        world.check_alive()
        time.sleep(0.2)
    expect(got[0] == 503 and "can't go on" in got[1], f"readiness says {got}")
    say(got[1])
    sent = asked(url + "/v1/events",
                 event("lead.received", "l-4", TEAM, {"lead_id": "l-4"}).encode())
    expect(sent[0] == 202, f"an event was not taken: {sent}")
    world.stop()


def missing_topics(world):
    """Whoever needs them says how they are made."""
    typo = world.prefix + "-typo"
    at = ["--brokers", world.brokers, "--topic-prefix", typo]
    create = f"missing: run `fairlead topics create --topic-prefix {typo}`"
    for args in (["publish"], ["audit"], ["watch"], ["run", "--http", "off"]):
        got = subprocess.run([world.fairlead, *args, *at], text=True, stderr=subprocess.PIPE,
                             input=event("lead.received", "l", TEAM, {"lead_id": "l"}),
                             stdout=subprocess.DEVNULL, timeout=60)
        expect(got.returncode == 1 and create in got.stderr,
               f"{args[0]} does not tell: {got.returncode}", got.stderr)


def topics_made_again(world):
    """What can't be made, and what is not made anew, is said."""
    def create(*more):
        return subprocess.run([world.fairlead, "topics", "create", "--brokers", world.brokers,
                               *more], text=True, capture_output=True, timeout=60)

    got = create("--topic-prefix", world.prefix + "-three", "--replication-factor", "3")
    expect(got.returncode == 1 and "for a single broker it is 1." in got.stderr,
           "three replicas on one broker", got.stderr)
    got = create("--topic-prefix", world.prefix, "--partitions", str(PARTITIONS + 1))
    expect(got.returncode == 0
           and f"keep their {PARTITIONS} partitions, not {PARTITIONS + 1}" in got.stdout,
           "another number of partitions", got.stdout)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    a = arguments.parse_args()
    with office(a.brokers, a.fairlead, "look", PARTITIONS) as world:
        missing_topics(world)
        topics_made_again(world)
        past(world)
        for lead, told in (("l-1", ("pool buyers", "Ana gets the lead", "Ana answered")), ("l-2", ("Ben gets the lead",)),
                           ("l-3", ("luxury", "Cid"))):
            got = world.command("explain", TEAM, lead)
            for t in told:
                expect(t in got, f"explain does not tell {t} of {lead}", got)
        got = world.command("explain", TEAM, "c-1", "--agent", "cid")
        expect("Cid" in got or "cid" in got, "explain does not tell why not Cid", got)
        got = world.command("audit")
        for t in ("3 leads came, 3 have an owner", "1 transfer: 1 connected",
                  "1 dead letter", "Everything adds up."):
            expect(t in got, f"audit does not tell {t}", got)
        got = world.command("replay")
        expect(got.startswith("identical: ") and "processed" not in got, "replay", got)
        say(got.strip())

        moved_partition(world)
        # Somebody assigns a lead behind the service's back.
        forged = next(e for _, e in world.events("assignments")
                      if e["type"] == "lead.assigned" and e["subject"] == "l-2")
        world.publish([("assignments", TEAM, json.dumps(forged))])
        must_fail(world, "audit", "P2: output 6 is there twice")
        must_fail(world, "replay", "was published, but is not written again")
        stopped_partition(world)
        say("passed")


if __name__ == "__main__":
    main()
