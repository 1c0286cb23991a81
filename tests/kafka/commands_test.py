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
import subprocess
import sys
import time

from outside import event, office, say

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


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    a = arguments.parse_args()
    with office(a.brokers, a.fairlead, "look", PARTITIONS) as world:
        past(world)
        for lead, told in (("l-1", ("pool buyers", "Ana gets the lead", "Ana answered")), ("l-2", ("Ben gets the lead",)),
                           ("l-3", ("luxury", "Cid"))):
            got = world.command("explain", TEAM, lead)
            for t in told:
                expect(t in got, f"explain does not tell {t} of {lead}", got)
        got = world.command("explain", TEAM, "c-1", "--agent", "cid")
        expect("Cid" in got or "cid" in got, "explain does not tell why not Cid", got)
        got = world.command("audit")
        for t in ("3 leads came, 3 have got an owner", "1 transfers: 1 connected",
                  "1 dead letters", "Everything adds up."):
            expect(t in got, f"audit does not tell {t}", got)
        got = world.command("replay")
        expect(got.startswith("identical: ") and "worked on" not in got, "replay", got)
        say(got.strip())

        # Somebody assigns a lead behind the service's back.
        forged = next(e for _, e in world.events("assignments")
                      if e["type"] == "lead.assigned" and e["subject"] == "l-2")
        world.publish([("assignments", TEAM, json.dumps(forged))])
        must_fail(world, "audit", "P2: output 6 is there twice")
        must_fail(world, "replay", "was published, but does not come out again")
        say("passed")


if __name__ == "__main__":
    main()
