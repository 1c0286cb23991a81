#!/usr/bin/python3
"""Groups that multiply and topics that change, seen from outside.

Each case is a thing that people do to a running service: a second group on its
topics, a staging beside production, more partitions, a topic deleted and made
anew, a topic that takes only small batches, a stop in the middle of a start. Nothing may be lost or doubled without a
word, and nobody else's partitions may stop.

usage: changed_test.py --fairlead PROGRAM [--brokers LIST] [--case NAME]
"""

import argparse
import collections
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

from outside import event, office, say

TEAMS = [f"team-{n}" for n in range(8)]
QUICK = ("-X", "session.timeout.ms=2000", "-X", "heartbeat.interval.ms=300")


def fail(text):
    sys.exit(f"FAILED: {text}")


def expect(good, text):
    if not good:
        fail(text)


def roster():
    for team in TEAMS:
        for agent in ("ana", "ben"):
            yield "roster", team, event("agent.configured", f"{team}-{agent}", team,
                                        {"agent_id": agent})
        yield "roster", team, event("team.configured", team, team, {
            "team_id": team, "account_owner": "ana",
            "pools": [{"id": "all", "members": [{"agent_id": "ana"}, {"agent_id": "ben"}]}],
            "routing_rules": [{"id": "rest", "assign": {"pool": "all"}}]})


def leads(numbers, phone=None):
    for n in numbers:
        team = TEAMS[n % len(TEAMS)]
        yield "leads", team, event("lead.received", f"l-{n}-{time.time_ns()}", team, {
            "lead_id": f"l-{n}", "source": "web",
            "contact": {"name": "Kim Roe", "email": f"l-{n}@example.com"}})


def owners(world):
    """How often each lead got an owner, and who was left without one."""
    got, unassigned = collections.Counter(), []
    for _, e in world.events("assignments"):
        if e["type"] in ("lead.assigned", "lead.reassigned"):
            got[e["data"]["lead_id"]] += 1
        if e["type"] == "lead.unassigned":
            unassigned.append(e["data"])
    return got, unassigned


def wait_for(world, count, limit=60):
    until = time.monotonic() + limit
    while True:
        got, _ = owners(world)
        if len(got) >= count:
            return got
        if time.monotonic() > until:
            fail(f"{count - len(got)} of {count} leads have no owner after {limit} s; logs "
                 f"{world.folder}")
        time.sleep(0.3)


def log_of(instance):
    with open(instance.log) as f:
        return f.read()


def wait_for_line(instance, pattern, limit=30):
    until = time.monotonic() + limit
    while not re.search(pattern, log_of(instance)):
        if time.monotonic() > until:
            fail(f"no line like {pattern!r} within {limit} s in {instance.log}:\n"
                 f"{log_of(instance)[-2000:]}")
        time.sleep(0.1)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ready(port):
    """The answer of /readyz: whether it is, and what it says."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as r:
            return True, r.read().decode()
    except urllib.error.HTTPError as e:
        return False, e.read().decode()
    except OSError as e:
        return False, str(e)


def wait_until(port, wanted, limit, text):
    until = time.monotonic() + limit
    while ready(port)[0] != wanted:
        if time.monotonic() > until:
            fail(f"{text}: /readyz says {ready(port)} after {limit} s")
        time.sleep(0.2)


def topics(world, command, *more):
    done = subprocess.run([world.fairlead, "topics", command, *world.kafka, *more], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def two_groups(a):
    """A second group on the same topics: nobody gets two owners."""
    with office(a.brokers, a.fairlead, "groups", 2) as world:
        world.publish(roster())
        blue = world.start("blue", "--group-id", "blue-" + world.prefix, *QUICK)
        world.publish(leads(range(50)))
        wait_for(world, 50)
        green = world.start("green", "--group-id", "green-" + world.prefix, *QUICK)
        wait_for_line(green, "belongs to the consumer group blue-")
        world.publish(leads(range(50, 400)))
        got = wait_for(world, 400)
        doubled = [lead for lead, n in got.items() if n > 1]
        expect(not doubled, f"{len(doubled)} leads with two owners, such as {doubled[:3]}")
        blue.check_alive()
        world.stop()


def two_prefixes(a):
    """A staging beside production, in one group: each does its work."""
    with office(a.brokers, a.fairlead, "prod", 2) as prod, \
         office(a.brokers, a.fairlead, "stage", 2) as stage:
        group = ("--group-id", "one-" + prod.prefix)
        prod.publish(roster())
        stage.publish(roster())
        prod.start("prod", *group, *QUICK)
        prod.publish(leads(range(100)))
        wait_for(prod, 100)
        stage.start("stage", *group, *QUICK)
        for world in (prod, stage):
            world.publish(leads(range(100, 300)))
        expect(all(n == 1 for n in wait_for(prod, 300).values()), "a lead with two owners")
        expect(all(n == 1 for n in wait_for(stage, 200).values()), "a lead with two owners")
        for world in (prod, stage):
            world.check_alive()
            world.stop()


def more_partitions(a):
    """All topics get more partitions: refused, by the check and by the service."""
    with office(a.brokers, a.fairlead, "parts", 2) as world:
        world.publish(roster())
        world.start("first", *QUICK)
        world.publish(leads(range(80)))
        wait_for(world, 80)
        world.stop()
        admin = AdminClient({"bootstrap.servers": a.brokers})
        names = [t for t in admin.list_topics(timeout=10).topics
                 if t.startswith(world.prefix + ".")]
        for f in admin.create_partitions([NewPartitions(t, 4) for t in names]).values():
            f.result(30)
        time.sleep(1)
        code, text = topics(world, "check")
        expect(code == 1 and "for ever" in text, f"topics check ends with {code}: {text}")
        port = free_port()
        again = world.start("again", "--http", f"127.0.0.1:{port}", *QUICK)
        world.publish(leads(range(80)))
        wait_for_line(again, "for ever|can't be changed|number was changed")
        expect(not ready(port)[0], "a service on torn topics is ready")
        _, unassigned = owners(world)
        expect(not unassigned, f"teams are unknown: {unassigned[:2]}")
        world.stop()


def move(a):
    """Another number of partitions, the way that there is."""
    with office(a.brokers, a.fairlead, "move", 2) as world:
        world.publish(roster())
        world.start("first", *QUICK)
        world.publish(leads(range(a.leads)))
        wait_for(world, a.leads, 120)
        code, text = topics(world, "move", "--to-prefix", world.prefix + "-new",
                            "--partitions", "5", "--replication-factor", "1")
        expect(code == 1 and "stop all instances" in text, f"moved while it ran: {text}")
        world.stop()
        world.publish(leads(range(a.leads, a.leads + 40)))  # unread
        began = time.monotonic()
        code, text = topics(world, "move", "--to-prefix", world.prefix + "-new",
                            "--partitions", "5", "--replication-factor", "1")
        expect(code == 0, f"topics move ends with {code}: {text}")
        say(f"{text.splitlines()[0]} in {time.monotonic() - began:.1f} s")
        expect("40 unread records" in text, text)
        old = world.prefix
        world.prefix += "-new"
        world.group = world.prefix
        world.partitions = 5
        world.kafka[3] = world.prefix
        world.producers.clear()
        world.start("second", *QUICK)
        got = wait_for(world, 40)
        expect(all(n == 1 for n in got.values()), "a lead with two owners")
        # Those from before are known: no second owner, and whose they were.
        world.publish(leads(range(a.leads)))
        until = time.monotonic() + 120
        known = 0
        while known < a.leads and time.monotonic() < until:
            known = sum(1 for _, e in world.events("notifications")
                        if e["data"]["kind"] == "re_inquiry")
        got, unassigned = owners(world)
        expect(len(got) == 40 and not unassigned,
               f"{len(got)} leads got an owner in the new prefix, not 40; {unassigned[:2]}")
        expect(known == a.leads, f"only {known} of {a.leads} leads were known")
        world.stop()
        world.command("audit")
        # From the state that was copied: the steps before it are in the old topics.
        expect("identical: " in world.command("replay"), "replay of a moved prefix")
        code, text = topics(world, "move", "--to-prefix", world.prefix, "--partitions", "3")
        expect(code != 0, "moved onto itself")
        world.prefix = old


def made_anew(a):
    """An input topic is deleted and made anew while the service runs."""
    with office(a.brokers, a.fairlead, "anew", 2) as world:
        world.publish(roster())
        port = free_port()
        it = world.start("it", "--http", f"127.0.0.1:{port}", *QUICK)
        world.publish(leads(range(200)))
        wait_for(world, 200)
        admin = AdminClient({"bootstrap.servers": a.brokers})
        admin.delete_topics([world.topic("leads")])[world.topic("leads")].result(30)
        time.sleep(2)
        admin.create_topics([NewTopic(world.topic("leads"), 2, 1)])[
            world.topic("leads")].result(30)
        time.sleep(1)
        world.producers.clear()
        world.publish(leads(range(200, 260)))
        wait_for_line(it, "made anew", 60)
        wait_until(port, False, 10, "after a topic was made anew")
        world.stop()


def small_batches(a):
    """An output topic that takes only small batches."""
    with office(a.brokers, a.fairlead, "small", 1) as world:
        world.publish(roster())
        port = free_port()
        it = world.start("it", "--http", f"127.0.0.1:{port}", *QUICK)
        world.publish(leads(range(10)))
        wait_for(world, 10)
        admin = AdminClient({"bootstrap.servers": a.brokers})

        def limit(bytes_max):
            resource = ConfigResource(ConfigResource.Type.TOPIC, world.topic("decisions"),
                                      set_config={"max.message.bytes": str(bytes_max)})
            for f in admin.alter_configs([resource]).values():
                f.result(30)

        limit(2000)
        world.publish(leads(range(10, 60)))
        wait_for(world, 60)  # one by one they are small enough
        limit(200)
        world.publish(leads(range(60, 70)))
        wait_for_line(it, "could not be written to .*decisions")
        wait_until(port, False, 45, "nothing could be committed")
        expect("half a minute" in ready(port)[1], ready(port)[1])
        code, text = topics(world, "check")
        expect(code == 1 and "max.message.bytes" in text, text)
        aborts = len(re.findall("could not be written to", log_of(it)))
        expect(aborts < 5, f"{aborts} lines about one thing")
        limit(1048576)
        wait_for(world, 70)
        wait_until(port, True, 15, "after all is well")
        world.stop()


def stop_while_starting(a):
    """SIGTERM in the middle of a restore is obeyed at once."""
    with office(a.brokers, a.fairlead, "stop", 4) as world:
        world.publish(roster())
        world.start("first", *QUICK)
        world.publish(leads(range(4000)))
        wait_for(world, 4000, 120)
        world.stop()
        longest = 0
        for n in range(6):
            it = world.start(f"again-{n}", *QUICK)
            wait_for_line(it, "the group assigned")
            time.sleep(n * 0.08)
            began = time.monotonic()
            it.signal(signal.SIGTERM)
            it.process.wait(30)
            longest = max(longest, time.monotonic() - began)
            world.instances.remove(it)
        say(f"longest stop {longest:.2f} s")
        expect(longest < 2, f"a stop took {longest:.1f} s")


def port_taken(a):
    """A start that fails for its port costs the others nothing."""
    with office(a.brokers, a.fairlead, "port", 2) as world:
        world.publish(roster())
        port = free_port()
        it = world.start("it", "--http", f"127.0.0.1:{port}", *QUICK)
        wait_until(port, True, 30, "the first one")
        before = log_of(it).count("given back")
        done = subprocess.run([world.fairlead, "run", *world.kafka, "--group-id", world.prefix,
                               "--http", f"127.0.0.1:{port}"], timeout=30, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        expect(done.returncode != 0, "two services on one port")
        time.sleep(1)
        expect(log_of(it).count("given back") == before, "a failed start cost a rebalance")
        world.stop()


def scrape(port):
    """The metrics, by name and labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as r:
        lines = r.read().decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
            for line in lines if line and not line.startswith("#")}


FAST_CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec* t) {
  static int (*real)(clockid_t, struct timespec*);
  if (!real)
    real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  int rc = real(id, t);
  if (rc == 0 && id == CLOCK_REALTIME)
    t->tv_sec += atoi(getenv("FAST_BY_S"));
  return rc;
}
"""


@contextlib.contextmanager
def fast_clock(world, seconds):
    """Processes that are started meanwhile have a wall clock that is fast."""
    library = f"{world.folder}/fast_clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, "-x", "c", "-", "-ldl"],
                   input=FAST_CLOCK, text=True, check=True)
    os.environ.update(LD_PRELOAD=library, FAST_BY_S=str(seconds))
    try:
        yield
    finally:
        del os.environ["LD_PRELOAD"], os.environ["FAST_BY_S"]


def what_metrics_tell(a):
    """A clock that is behind, leads that wait, the process; gauges end with a partition."""
    def partitions_told(port):
        try:
            got = scrape(port)
        except OSError:  # not up yet
            return set()
        return {name for name in got if name.startswith("fairlead_state_entities{")}

    with office(a.brokers, a.fairlead, "metrics", 2, create_time=True) as world:
        ports = free_port(), free_port()
        world.publish(roster())
        first = world.start("first", "--http", f"127.0.0.1:{ports[0]}", *QUICK)
        world.publish(leads(range(20)))
        wait_for(world, 20)
        got = scrape(ports[0])
        letters = {n: v for n, v in got.items() if n.startswith("fairlead_dead_letters_total")}
        expect(len(letters) > 10 and not any(letters.values()), f"dead letters: {letters}")
        expect(max(v for n, v in got.items() if n.startswith("fairlead_clock_behind")) < 5,
               "the clock is behind without a reason")
        reason = 'fairlead_leads_unassigned_total{reason="unknown_team"}'
        expect(got[reason] == 0, f"{got[reason]} leads of unknown teams")
        world.publish([("leads", "elsewhere", event("lead.received", "nobodys", "elsewhere", {
            "lead_id": "nobodys", "source": "web"}))])
        until = time.monotonic() + 20
        while scrape(ports[0])[reason] == 0:
            expect(time.monotonic() < until, "a lead of an unknown team is not counted")
            time.sleep(0.2)
        # The lead's id as the key, and the key written as JSON: teams nobody knows.
        lead = event("lead.received", "keyed", "elsewhere", {"lead_id": "keyed"})
        world.publish([("leads", "keyed", lead), ("leads", '"elsewhere"', lead),
                       ("leads", "elsewhere", "{")])
        until = time.monotonic() + 20
        while (scrape(ports[0])["fairlead_keys_differ_total"] < 2
               or scrape(ports[0])['fairlead_dead_letters_total{reason="malformed_json"}'] < 1):
            expect(time.monotonic() < until, "keys that differ, or dead letters, are not counted")
            time.sleep(0.2)
        wait_for_line(first, r"warning partition \d: \d events? ha(s|ve) a partitionkey that is not "
                             r"the record's key, the last one at leads/\d/\d+;")
        world.stop()
        # In between the partitions are on a machine whose clock is an hour fast.
        hour = int((time.time() + 3600) * 1000)
        with fast_clock(world, 3600):
            world.start("fast", *QUICK)
        world.publish([(*next(iter(leads([20]))), hour)])
        wait_for(world, 21)
        world.stop()
        first = world.start("third", "--http", f"127.0.0.1:{ports[0]}", *QUICK)
        wait_for_line(first, r"the clock of this machine is 3[56]\d\d s behind")
        got = scrape(ports[0])
        behind = max(v for n, v in got.items() if n.startswith("fairlead_clock_behind"))
        expect(3500 < behind < 3700, f"the clock is {behind} s behind")
        waiting = sum(v for n, v in got.items() if n.startswith("fairlead_leads_waiting{"))
        expect(waiting == 3, f"{waiting} leads wait")
        expect(any(n.startswith("fairlead_build_info{") and "librdkafka=" in n for n in got)
               and got["process_resident_memory_bytes"] > 1e6
               and got["process_open_fds"] > 10, "of the process")
        expect(len(partitions_told(ports[0])) == 2, "two partitions")
        world.start("second", "--http", f"127.0.0.1:{ports[1]}", *QUICK)
        until = time.monotonic() + 30
        while not len(partitions_told(ports[0])) == 1 == len(partitions_told(ports[1])):
            expect(time.monotonic() < until, "the gauges of a partition that moved away stay: "
                   f"{partitions_told(ports[0])} and {partitions_told(ports[1])}")
            time.sleep(0.3)
        expect(not partitions_told(ports[0]) & partitions_told(ports[1]), "told twice")
        # Who takes the partition over counts anew who waits in it.
        waiting = sum(v for p in ports for n, v in scrape(p).items()
                      if n.startswith("fairlead_leads_waiting{"))
        expect(waiting == 3, f"{waiting} leads wait after a takeover")
        world.stop()


CASES = [two_groups, two_prefixes, more_partitions, move, made_anew, small_batches,
         stop_while_starting, port_taken, what_metrics_tell]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    arguments.add_argument("--leads", type=int, default=500)
    arguments.add_argument("--case", choices=[c.__name__ for c in CASES])
    a = arguments.parse_args()
    for case in CASES:
        if a.case in (None, case.__name__):
            say(f"{case.__name__}: {case.__doc__.splitlines()[0]}")
            case(a)
    say("passed")


if __name__ == "__main__":
    main()
