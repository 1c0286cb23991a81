#!/usr/bin/python3
"""Brokers that roll, die and hang, while leads come and instances join and leave.

Goal: exactly once, and no partition that stays dark, on a cluster as it is run:
three brokers, three replicas, two of them in sync. Method: each broker in turn is
stopped and started again, killed by -9, or stopped by SIGSTOP for longer than its
session; in the middle of each an instance joins, and leaves again later. A client
that is not ours publishes leads all the time. Then a committed reader that is not
ours checks every output, as in kill_test.py, and the longest time that a lead
waited for its owner.

usage: brokers_test.py --fairlead PROGRAM --kafka script/kafka [--rounds N]
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

from confluent_kafka import Producer

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import kill_test
from outside import Reader, event, office, say

# The longest that a lead may wait: a broker's session (9 s by default), the
# group's and the transaction coordinator's new leaders, and a restore.
WAIT_MAX = 45


class Cluster:
    def __init__(self, script, *options):
        self.script, self.dir = script, tempfile.mkdtemp(prefix="brokers-")
        self.brokers = self.run("start", "--nodes", "3", "--dir", self.dir,
                                "--set", "broker.session.timeout.ms=4000", *options).strip()

    def run(self, *arguments):
        return subprocess.run([self.script, *arguments], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def pid(self, node):
        with open(f"{self.dir}/{node}/pid") as f:
            return int(f.read())

    def stop(self, node):
        self.run("stop", "--dir", f"{self.dir}/{node}")

    def start(self, node):
        # On a machine that is very busy one may not come up within two minutes.
        for left in (2, 1, 0):
            try:
                return self.run("start", "--dir", f"{self.dir}/{node}")
            except subprocess.CalledProcessError:
                if not left:
                    raise

    def kill(self, node):
        os.kill(self.pid(node), signal.SIGKILL)

    def end(self, remove=True):
        for node in (1, 2, 3):
            try:
                os.kill(self.pid(node), signal.SIGCONT)
            except (OSError, ValueError):
                pass
        self.run("stop", "--dir", self.dir, *(["--remove"] if remove else []))


class Publisher(threading.Thread):
    """Leads at a steady rate until it is told to end; nothing is given up."""

    def __init__(self, brokers, topic, rate, chance):
        super().__init__(daemon=True)
        self.producer = Producer({"bootstrap.servers": brokers, "linger.ms": 5, "acks": "all",
                                  "enable.idempotence": True,
                                  "message.timeout.ms": 120000})
        self.topic, self.rate, self.chance = topic, rate, chance
        self.leads, self.published, self.failures = [], {}, []
        self.ending = threading.Event()

    def run(self):
        n = 0
        while not self.ending.is_set():
            lead, team = f"l-{n}", f"team-{self.chance.randrange(kill_test.TEAMS)}"
            n += 1
            self.producer.produce(
                self.topic, key=team,
                value=event("lead.received", lead, team, {
                    "lead_id": lead, "source": "web", "lead_type": "buyer",
                    "contact": {"name": "Kim Roe", "email": f"{lead}@example.com"}}),
                on_delivery=lambda error, _, lead=lead, team=team:
                    self.delivered(error, lead, team))
            self.producer.poll(0)
            time.sleep(1 / self.rate)
        self.producer.flush(120)

    def delivered(self, error, lead, team):
        if error is not None:
            self.failures.append(str(error))
        else:
            self.leads.append((lead, team))
            self.published[lead] = time.monotonic()


class Watcher(threading.Thread):
    """When each lead's owner could be seen."""

    def __init__(self, brokers, topic, partitions):
        super().__init__(daemon=True)
        self.reader = Reader(brokers, [topic], partitions)
        self.seen, self.ending = {}, threading.Event()

    def run(self):
        while not self.ending.is_set():
            for e in self.reader.events(0.5):
                if e["type"] == "lead.assigned":
                    self.seen.setdefault(e["data"]["lead_id"], time.monotonic())


def torment(cluster, world, chance, rounds):
    hows = ["stop", "kill", "hang"]
    options = ("-X", "session.timeout.ms=3000", "-X", "heartbeat.interval.ms=500")
    for n in range(rounds):
        node, how = n % 3 + 1, hows[n % len(hows)] if n < 3 else chance.choice(hows)
        say(f"{n + 1}/{rounds}: {how} of broker {node}")
        if how == "stop":
            cluster.stop(node)
        elif how == "kill":
            cluster.kill(node)
        else:
            os.kill(cluster.pid(node), signal.SIGSTOP)
        time.sleep(chance.uniform(0.5, 2))
        guest = world.start(f"guest-{n}", *options)
        time.sleep(chance.uniform(4, 8))
        if how == "hang":
            os.kill(cluster.pid(node), signal.SIGCONT)
        else:
            cluster.start(node)
        if guest.process.poll() == 3:
            say("the guest found no broker within 10 s and is started again")
            guest.start()
        world.check_alive()
        time.sleep(chance.uniform(1, 3))
        guest.stop()
        world.instances.remove(guest)
        world.check_alive()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--kafka", required=True)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--rate", type=float, default=100)
    arguments.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    a = arguments.parse_args()
    say(f"seed {a.seed}")
    chance = random.Random(a.seed)
    cluster = Cluster(a.kafka)
    try:
        with office(cluster.brokers, a.fairlead, "brokers", kill_test.PARTITIONS,
                    replicas=3) as world:
            world.publish(kill_test.roster(), partitioner="consistent_random")
            for name in ("a", "b"):
                world.start(name, "-X", "session.timeout.ms=3000",
                            "-X", "heartbeat.interval.ms=500")
            watcher = Watcher(cluster.brokers, world.topic("assignments"),
                              kill_test.PARTITIONS)
            watcher.start()
            publisher = Publisher(cluster.brokers, world.topic("leads"), a.rate, chance)
            publisher.start()
            time.sleep(3)
            torment(cluster, world, chance, a.rounds)
            publisher.ending.set()
            publisher.join(150)
            if publisher.failures or publisher.is_alive():
                sys.exit(f"FAILED: the leads were not published: {publisher.failures[:1]}")
            leads = publisher.leads
            kill_test.wait_for_leads(world, leads, 120)
            time.sleep(1)
            watcher.ending.set()
            watcher.join(10)
            waits = sorted((watcher.seen[lead] - publisher.published[lead], lead)
                           for lead, _ in leads if lead in watcher.seen)
            longest = waits[-1][0]
            world.stop()
            faults = kill_test.check_outputs(world, leads)
            faults.expect(longest < WAIT_MAX, "a lead waited too long for its owner",
                          f"{longest:.1f} s: {waits[-1][1]}")
            if not faults.report():
                sys.exit(f"FAILED with --seed {a.seed}; topics {world.prefix}.*, "
                         f"logs {world.folder}")
            say(f"passed: {len(leads)} leads, each assigned once; p50 "
                f"{waits[len(waits) // 2][0] * 1000:.0f} ms, the longest wait "
                f"{longest:.1f} s")
    finally:
        cluster.end()


if __name__ == "__main__":
    main()
