#!/usr/bin/python3
"""Everything at once, for as long as you like: does each input come out once?

Goal: P1, P2, P4 and P5 on a cluster as it is run, whatever happens to it. Method:
three brokers, up to three instances behind a bad network (proxy.py), 12
partitions. Clients that are not ours publish leads, outreach and calls, with
duplicates, disorder, records on the wrong partition and records that are no
events. Meanwhile instances are killed by -9, at any moment and just before or
after the broker gets the end of a transaction; they are frozen, restarted, and
scaled from three to one and back; brokers are killed, frozen and restarted; the
network is slow, torn or silent; transactions are kept until they time out. At
the end chaos_check.py, which knows only the topics, accounts for every input.

It prints how long no owner could be seen from a partition, by what was done then.

usage: chaos_test.py --fairlead PROGRAM --kafka script/kafka [--kills N]
                     [--events N] [--rate N] [--seed N] ...
"""

import argparse
import collections
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import calls_test
import chaos_check
from brokers_test import Cluster
from client import Client
from outside import Instance, event, office, partition_of, say
from proxy import Proxy, free_ports

PARTITIONS = 12
TEAMS = 48
NAMES = ("a", "b", "c")
SESSION_S = 3
TRANSACTION_S = 8
# The longest that nothing may be seen from a partition: a broker's session, a
# frozen broker's requests, an instance's session, a transaction's time, a restore.
SILENCE_MAX = 60
CLIENT = {"acks": "all", "enable.idempotence": True, "linger.ms": 5,
          "message.timeout.ms": 300000, "queue.buffering.max.messages": 200000}


class Publisher(threading.Thread):
    """Leads and outreach at a steady rate; whatever is published arrives."""

    def __init__(self, world, rate, seed):
        super().__init__(daemon=True)
        self.chance = random.Random(seed)
        # As Java's clients choose a partition, and as librdkafka's do.
        self.producers = [Client({**CLIENT, "bootstrap.servers": world.brokers,
                                  "partitioner": p})
                          for p in ("murmur2_random", "consistent_random")]
        self.topic, self.rate = world.topic("leads"), rate
        self.ending = threading.Event()
        self.count = self.delivered = self.leads = self.bad = 0
        self.known = collections.deque(maxlen=3000)   # (lead, team)
        self.recent = collections.deque(maxlen=3000)  # (key, value)
        self.later = []                               # (when, key, value)
        self.failures = []

    def run(self):
        began = time.monotonic()
        while not self.ending.is_set():
            ahead = began + self.count / self.rate - time.monotonic()
            if ahead > 0:
                time.sleep(min(ahead, 0.05))
                continue
            self.publish(*self.draw())
            if self.later and self.later[0][0] < time.monotonic():
                self.publish(*self.later.pop(0)[1:])
        for _, key, value in self.later:
            self.publish(key, value)
        for p in self.producers:
            p.flush(300)

    def draw(self):
        draw = self.chance.random()
        if draw < 0.1 and self.recent:
            return self.chance.choice(self.recent)
        if draw < 0.15:
            return self.draw_bad()
        # A lead remembers its last 16 events (R44): so many leads that none gets
        # more than that between an event and its duplicate.
        if draw < 0.5 or len(self.known) < 1000:
            key, value = self.draw_lead()
        elif draw < 0.55:
            lead, team = self.chance.choice(self.known)
            key, value = team, self.lead(f"{lead}-again-{self.count}", lead, team)
        else:
            lead, team = self.chance.choice(self.known)
            ident = f"o-{self.count}"
            key, value = team, event("outreach.requested", ident, team, {
                "lead_id": lead, "outreach_id": ident, "channel": "sms"})
        self.recent.append((key, value))
        if self.chance.random() < 0.05:  # overtaken by others
            self.later.append((time.monotonic() + self.chance.uniform(0.05, 4), key, value))
            self.later.sort()
            return self.draw_bad() if self.chance.random() < 0.05 else self.draw_lead()
        return key, value

    def lead(self, ident, lead, team):
        return event("lead.received", ident, team, {
            "lead_id": lead, "source": "web", "lead_type": "buyer",
            "contact": {"name": "Kim Roe", "email": f"{lead}@example.com"}})

    def draw_lead(self):
        lead, team = f"l-{self.leads}", f"team-{self.chance.randrange(TEAMS)}"
        self.leads += 1
        self.known.append((lead, team))
        return team, self.lead(lead, lead, team)

    def draw_bad(self):
        which, team = f"unreadable-{self.bad}", f"team-{self.chance.randrange(TEAMS)}"
        self.bad += 1
        return self.chance.choice((
            (team, '{"id": "%s", broken' % which),
            (team, event("lead.received", which, team, {"source": "web"})),
            (team, event("lead.received", which, team, {"lead_id": [which]})),
            (team, event("weather.changed", which, team, {})),
            (None, json.dumps({"specversion": "1.0", "id": which, "source": "/x",
                               "type": "lead.received", "data": {"lead_id": which}}))))

    def publish(self, key, value):
        producer = self.producers[self.chance.random() < 0.2]
        self.count += 1
        while True:
            try:
                producer.produce(self.topic, key=key, value=value, on_delivery=self.arrived)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)

    def arrived(self, error, _):
        if error is not None:
            self.failures.append(str(error))
        else:
            self.delivered += 1


class Telephony(calls_test.Telephony, threading.Thread):
    """Transfers at a steady rate until it is told to end, and some words twice."""

    def __init__(self, world, seed, rate):
        threading.Thread.__init__(self, daemon=True)
        calls_test.Telephony.__init__(self, world, random.Random(seed), TEAMS, 0, rate)
        self.producer = Client({**CLIENT, "linger.ms": 1, "bootstrap.servers": world.brokers,
                                "partitioner": "murmur2_random"})
        self.stray = Client({**CLIENT, "bootstrap.servers": world.brokers,
                             "partitioner": "consistent_random"})
        self.rate, self.transfers, self.said = rate, 0, 0
        self.no_more, self.ending = threading.Event(), threading.Event()
        self.at(time.time() + 1, self.next_transfer)

    def next_transfer(self):
        if self.no_more.is_set():
            return
        call, team = f"c-{self.transfers}", f"team-{self.chance.randrange(TEAMS)}"
        self.transfers += 1
        self.open[call] = team
        self.transfer(call, team)
        self.at(time.time() + 1 / self.rate, self.next_transfer)

    def say(self, kind, ident, team, data, topic=None):
        # A word that is late because it was on the wrong partition would make
        # an agent look busy: only beginnings go astray.
        astray = kind in ("lead.received", "transfer.requested") and self.chance.random() < 0.2
        for _ in range(2 if self.chance.random() < 0.05 else 1):
            self.said += 1
            (self.stray if astray else self.producer).produce(
                topic or self.calls, key=team, value=event(kind, ident, team, data),
                on_delivery=self.delivered)

    def run(self):
        while not self.ending.is_set():
            self.work(time.time() + 0.2)
            self.stray.poll(0)
        for p in (self.producer, self.stray):
            p.flush(300)


class Watcher(threading.Thread):
    """How long nothing could be seen from a partition."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.reader = world.reader("assignments")
        self.ending = threading.Event()
        self.last = {}
        self.silences = []  # (from, to, partition), of more than half a second

    def run(self):
        while not self.ending.is_set():
            for m in self.reader.consumer.consume(500, 0.2):
                if m.error() is None:
                    now, p = time.monotonic(), m.partition()
                    since = self.last.get(p, now)
                    if now - since > 0.5:
                        self.silences.append((since, now, p))
                    self.last[p] = now

    def by_action(self, actions):
        """The longest silence that an action fell into, or that it began."""
        longest = collections.defaultdict(float)
        for since, to, _ in self.silences:
            # What was under way when it began, or else came next.
            near = [(at, what) for at, until, what in actions if at < to and until + 2 > since]
            for _, what in near[:1] or [(0, "nothing")]:
                longest[what] = max(longest[what], to - since)
        return longest


class Torment:
    """What is done to them, and how often."""

    WEIGHTS = {
        "kill": 8, "kill before a commit": 6, "kill after a commit": 6, "kill of all": 1.5,
        "freeze": 2, "restart of all, in turn": 1, "scale 3 to 1 to 3": 1,
        "slow network": 1, "torn network": 1, "silent network": 1,
        "transaction kept until it times out": 0.7,
        "stop of a broker": 0.35, "kill of a broker": 0.35, "freeze of a broker": 0.35}

    def __init__(self, world, cluster, proxy, start, chance):
        self.world, self.cluster, self.proxy, self.chance = world, cluster, proxy, chance
        self.instances = {name: start(name) for name in NAMES}
        self.count, self.kills, self.broker_kills = collections.Counter(), 0, 0
        self.kills_in_commit, self.starts_without_broker = 0, 0
        self.longest_stop = 0.0
        self.actions = []  # (from, to, what)

    def someone(self):
        return self.chance.choice(NAMES)

    def look(self):
        """Those who should run do; who found no broker at the start tries again."""
        for name, i in self.instances.items():
            code = i.process.poll()
            if code == 3:
                self.starts_without_broker += 1
                i.start()
            elif code is not None:
                sys.exit(f"FAILED: an instance ended by itself with {code}; log: {i.log}")

    def up_again(self, name):
        self.kills += 1
        time.sleep(self.chance.choice((0, 0.2, SESSION_S * 1.2)))
        self.instances[name].start()

    def stop(self, name):
        i = self.instances[name]
        began = time.monotonic()
        i.signal(signal.SIGTERM)
        try:
            code = i.process.wait(40)
        except subprocess.TimeoutExpired:
            sys.exit(f"FAILED: SIGTERM does not end an instance; log: {i.log}")
        self.longest_stop = max(self.longest_stop, time.monotonic() - began)
        # 3: it found no broker; the signal itself: it had only just started.
        if code not in (0, 3, -signal.SIGTERM):
            sys.exit(f"FAILED: SIGTERM ended an instance with {code}; log: {i.log}")

    def act(self, what):
        began = time.monotonic()
        self.count[what] += 1
        getattr(self, what.replace(",", "").replace(" ", "_"))()
        self.actions.append((began, time.monotonic(), what))

    def kill(self):
        name = self.someone()
        self.instances[name].kill()
        self.up_again(name)

    def in_commit(self, when):
        name = self.someone()
        i = self.instances[name]
        if self.proxy.kill_in_commit(name, i.process.pid, when):
            i.process.wait(10)
            self.kills_in_commit += 1
            self.up_again(name)

    def kill_before_a_commit(self):
        self.in_commit("before")

    def kill_after_a_commit(self):
        self.in_commit("after")

    def kill_of_all(self):
        for i in self.instances.values():
            i.kill()
        for i in self.instances.values():
            self.kills += 1
            i.start()

    def freeze(self):
        i = self.instances[self.someone()]
        i.signal(signal.SIGSTOP)
        time.sleep(self.chance.uniform(0.3, 2.5) * SESSION_S)
        i.signal(signal.SIGCONT)

    def restart_of_all_in_turn(self):
        for name in NAMES:
            self.stop(name)
            self.instances[name].start()
            time.sleep(self.chance.uniform(1, 3))
            self.look()

    def scale_3_to_1_to_3(self):
        left = self.someone()
        others = [n for n in NAMES if n != left]
        for name in others:
            self.stop(name)
        time.sleep(self.chance.uniform(2, 5))
        for name in others:
            self.instances[name].start()
            time.sleep(self.chance.uniform(0, 2))

    def weather(self, seconds, **what):
        names = NAMES if self.chance.random() < 0.3 else [self.someone()]
        for name in names:
            self.proxy.set(name, **what)
        time.sleep(seconds)
        for name in names:
            self.proxy.calm(name)

    def slow_network(self):
        self.weather(self.chance.uniform(3, 8), delay=self.chance.choice((0.02, 0.1, 0.4)))

    def torn_network(self):
        self.weather(self.chance.uniform(3, 8), torn=self.chance.choice((0.002, 0.02)))

    def silent_network(self):
        seconds = self.chance.uniform(0.5, 3) * SESSION_S
        self.weather(seconds, silent_until=time.monotonic() + seconds)

    def transaction_kept_until_it_times_out(self):
        seconds = TRANSACTION_S + 3
        self.weather(seconds, hold_until=time.monotonic() + seconds)

    def broker(self, down, up):
        node = self.chance.randrange(3) + 1
        down(node)
        time.sleep(self.chance.uniform(1, 8))
        up(node)
        time.sleep(2)

    def stop_of_a_broker(self):
        self.broker(self.cluster.stop, self.cluster.start)

    def kill_of_a_broker(self):
        self.broker_kills += 1
        self.broker(self.cluster.kill, self.cluster.start)

    def freeze_of_a_broker(self):
        self.broker(lambda n: os.kill(self.cluster.pid(n), signal.SIGSTOP),
                    lambda n: os.kill(self.cluster.pid(n), signal.SIGCONT))


def agenda(chance, every_once):
    """At first each once, if it is wanted; then for ever, by weight."""
    kinds = list(Torment.WEIGHTS)
    if every_once:
        chance.shuffle(kinds)
        yield from kinds
    while True:
        yield chance.choices(list(Torment.WEIGHTS), Torment.WEIGHTS.values())[0]


def rest(world, torment, telephony, limit):
    """Until every call has its end, and every input was passed."""
    until = time.monotonic() + limit
    topics = chaos_check.Topics(world.brokers, world.prefix, PARTITIONS)
    names = ("roster", "leads", "calls", "rekey")
    while True:
        torment.look()
        unread = None if telephony.open else topics.unread(world.prefix, *names)
        if unread is not None and unread <= 4 * PARTITIONS:
            return
        if time.monotonic() > until:
            say(f"NOT AT REST after {limit} s: {len(telephony.open)} transfers have no end, "
                f"{unread} inputs are unread; logs {world.folder}")
            return
        time.sleep(1)


def show(torment, watcher):
    longest = watcher.by_action(torment.actions)
    say("longest silence of a partition, by what was done:")
    for what in Torment.WEIGHTS:
        if torment.count[what]:
            say(f"  {what:36} {torment.count[what]:4} times  {longest[what]:5.1f} s")
    if "nothing" in longest:
        say(f"  {'between them':36}             {longest['nothing']:5.1f} s")
    return max(longest.values(), default=0)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--kafka", required=True)
    arguments.add_argument("--kills", type=int, default=12, help="at least, of instances")
    arguments.add_argument("--events", type=int, default=20000, help="at least")
    arguments.add_argument("--seconds", type=float, default=1e9, help="no new torment then")
    arguments.add_argument("--rate", type=float, default=300)
    arguments.add_argument("--transfers-rate", type=float, default=4)
    arguments.add_argument("--rest", type=float, default=150,
                           help="seconds for the work that is left at the end")
    arguments.add_argument("--silence", type=float, default=SILENCE_MAX,
                           help="seconds that a partition may be silent")
    arguments.add_argument("--every-once", action="store_true", help="no kind is left out")
    arguments.add_argument("--replay", action="store_true", help="fairlead replay, too")
    arguments.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    a = arguments.parse_args()
    say(f"seed {a.seed}")
    chance = random.Random(a.seed)
    inner = free_ports(6)
    outer = inner + 3
    proxy = Proxy([(outer + n, inner + n) for n in range(3)], a.seed)
    cluster = Cluster(a.kafka, "--listener", f"CHAOS,PLAINTEXT,{inner},{outer}", "--set",
                      "transaction.abort.timed.out.transaction.cleanup.interval.ms=1000")
    passed = False
    try:
        with office(cluster.brokers, a.fairlead, "chaos", PARTITIONS, replicas=3) as world:
            passed = run(a, chance, world, cluster, proxy, outer)
            if not passed:
                sys.exit(f"FAILED with --seed {a.seed}; logs {world.folder}, brokers "
                         f"{cluster.dir}")
    finally:
        proxy.end()
        cluster.end(remove=passed)


def run(a, chance, world, cluster, proxy, outer):
    behind = ",".join(f"127.0.0.1:{outer + n}" for n in range(3))

    def start(name):
        world.instances.append(Instance(
            [a.fairlead, "run", "--brokers", behind, "--topic-prefix", world.prefix,
             "--http", "off", "-X", f"client.id={name}",
             "-X", f"session.timeout.ms={SESSION_S * 1000}", "-X", "heartbeat.interval.ms=500",
             "-X", f"transaction.timeout.ms={TRANSACTION_S * 1000}",
             "-X", f"message.timeout.ms={TRANSACTION_S * 1000}"], f"{world.folder}/{name}.log"))
        return world.instances[-1]

    world.publish(calls_test.roster(TEAMS))
    torment = Torment(world, cluster, proxy, start, chance)
    watcher, publisher = Watcher(world), Publisher(world, a.rate, a.seed + 1)
    telephony = Telephony(world, a.seed + 2, a.transfers_rate)
    for t in (watcher, publisher, telephony):
        t.start()
    # Brokers that have just come up are slow at first.
    until = time.monotonic() + 240
    with_teams = {partition_of(f"team-{n}".encode(), PARTITIONS) for n in range(TEAMS)}
    while not with_teams <= set(watcher.last):
        torment.look()
        if time.monotonic() > until:
            sys.exit(f"FAILED: only {len(watcher.last)} partitions are at work after 240 s; "
                     f"logs {world.folder}")
        time.sleep(0.2)
    say("every partition is at work")
    began, told = time.monotonic(), 0.0
    for what in agenda(chance, a.every_once):
        enough = torment.kills >= a.kills and publisher.count + telephony.said >= a.events
        some = not a.every_once or len(torment.count) == len(Torment.WEIGHTS)
        if (enough and some) or time.monotonic() - began > a.seconds:
            break
        torment.act(what)
        # At first as fast as it goes; where only events are missing, slower.
        time.sleep(chance.uniform(0.2, 2) if torment.kills < a.kills else 3)
        torment.look()
        if not (publisher.is_alive() and telephony.is_alive() and watcher.is_alive()):
            sys.exit(f"FAILED: a client of the test has ended; logs {world.folder}")
        if time.monotonic() - told > 15:
            told = time.monotonic()
            say(f"{torment.kills} kills, {publisher.count + telephony.said} events, "
                f"{publisher.count - publisher.delivered} on their way, "
                f"{len(telephony.open)} calls open; now {what}")
    lasted = time.monotonic() - began
    longest = show(torment, watcher)
    telephony.no_more.set()
    publisher.ending.set()
    publisher.join(300)
    watcher.ending.set()
    for name in NAMES:
        proxy.calm(name)
    rest(world, torment, telephony, a.rest)
    telephony.ending.set()
    telephony.join(60)
    if publisher.failures or publisher.is_alive() or telephony.failures:
        sys.exit("FAILED: not all was published: "
                 f"{(publisher.failures + telephony.failures)[:1]}; logs {world.folder}")
    for name in NAMES:
        torment.stop(name)
    world.instances = []
    events = publisher.delivered + telephony.said
    say(f"{lasted:.0f} s, {torment.kills} kills of instances ({torment.kills_in_commit} in a "
        f"commit), {torment.broker_kills} of brokers, {sum(torment.count.values())} faults, "
        f"{events} events, longest stop {torment.longest_stop:.1f} s, "
        f"{torment.starts_without_broker} starts without a broker")
    faults, published = chaos_check.check(world.brokers, world.prefix, PARTITIONS)
    sent = events + TEAMS * (1 + len(calls_test.AGENTS))
    again = sum(c.again for c in (*publisher.producers, telephony.producer, telephony.stray))
    faults.expect(sent <= published.count <= sent + again, "lost: on the way to the broker",
                  f"{sent} sent, {again} of them again, {published.count} there")
    faults.expect(longest < a.silence, "a partition was silent for too long",
                  f"{longest:.1f} s")
    good = faults.report()
    for command in ("audit", "replay") if a.replay else ("audit",):
        world.command(command)
        say(f"fairlead {command} agrees")
    say("passed" if good else "FAILED")
    return good


if __name__ == "__main__":
    main()
