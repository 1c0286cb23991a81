#!/usr/bin/python3
"""Accounts for every input that stands in the topics of a prefix.

Goal: nothing lost, nothing doubled, whatever was done to the service and to its
brokers. Method: a client that is not ours reads what was published, and then all
that came of it, and checks:

- of each new lead exactly one first owner; its owner's epochs are 1, 2, 3, …;
- of each outreach exactly one answer (it may be held once before);
- of each transfer exactly one end, connected or missed, and of each miss exactly
  one task; nobody is rung who rings for another call, or talks;
- of each record that can't be processed exactly one dead letter, and of no
  record two;
- no output id twice; each team's `sequence` is 1, 2, 3, …, rising in each topic,
  and its turns too; every output is on its team's partition;
- the group has passed every input.

usage: chaos_check.py --brokers LIST --topic-prefix PREFIX [--partitions N]
"""

import argparse
import collections
import json
import os
import sys
import time

from confluent_kafka import Consumer, TopicPartition

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import calls_test
from outside import Faults, Reader, partition_of, say

INPUTS = ("roster", "leads", "calls")
OUTPUTS = ("assignments", "notifications", "tasks", "outreach", "decisions", "rings")
BAD = b"unreadable-"  # in every record that can't be processed, with a number of its own


class Topics:
    def __init__(self, brokers, prefix, partitions):
        self.brokers, self.prefix, self.partitions = brokers, prefix, partitions

    def records(self, *names):
        reader = Reader(self.brokers, [f"{self.prefix}.{n}" for n in names], self.partitions)
        return reader.all(600)

    def events(self, *names):
        for m in self.records(*names):
            yield m, json.loads(m.value())

    def unread(self, group, *names):
        """How many offsets of the topics the group has not passed."""
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": group})
        places = [TopicPartition(f"{self.prefix}.{n}", p)
                  for n in names for p in range(self.partitions)]
        count = 0
        for at in consumer.committed(places, timeout=30):
            _, high = consumer.get_watermark_offsets(
                TopicPartition(at.topic, at.partition), timeout=30)
            count += max(high - max(at.offset, 0), 0)
        consumer.close()
        return count


def marker(value):
    at = value.find(BAD)
    end = at + len(BAD)
    while end < len(value) and value[end:end + 1].isdigit():
        end += 1
    return value[at:end].decode()


class Published:
    def __init__(self, topics):
        self.leads, self.outreach, self.transfers = {}, set(), set()
        self.bad = collections.Counter()
        self.count = self.twice = 0
        seen = set()
        for m in topics.records(*INPUTS):
            self.count += 1
            value = m.value()
            if BAD in value:
                self.bad[marker(value)] += 1
                continue
            e = json.loads(value)
            if e["id"] in seen:
                self.twice += 1
                continue
            seen.add(e["id"])
            kind, data = e["type"], e["data"]
            if kind == "lead.received":
                self.leads[data["lead_id"]] = e["partitionkey"]
            elif kind == "outreach.requested":
                self.outreach.add(data["outreach_id"])
            elif kind == "transfer.requested":
                self.transfers.add(data["call_id"])


class Outputs:
    def __init__(self, topics, published, faults):
        self.count = self.owners = 0
        self.ids = set()
        self.sequences = collections.defaultdict(list)
        self.last = {}
        self.epochs = collections.defaultdict(list)
        self.first = collections.Counter()
        self.held, self.answers = collections.Counter(), collections.Counter()
        self.ends = collections.Counter()
        self.missed, self.connected = set(), set()
        self.tasks = collections.Counter()
        self.turns = collections.defaultdict(list)
        for m, e in topics.events(*OUTPUTS):
            self.take(m, e, topics.partitions, faults)
        self.check(published, faults)

    def take(self, m, e, partitions, faults):
        self.count += 1
        team, data, kind = e["partitionkey"], e["data"], e["type"]
        where = f"{m.topic()}/{m.partition()}/{m.offset()}"
        ident = int(e["id"].replace("-", ""), 16)
        faults.expect(ident not in self.ids, "doubled: an output", where)
        self.ids.add(ident)
        sequence = int(e["sequence"])
        self.sequences[team].append(sequence)
        faults.expect(self.last.get((m.topic(), team), 0) < sequence, "a topic out of order",
                      where)
        self.last[m.topic(), team] = sequence
        faults.expect(m.partition() == partition_of(m.key(), partitions)
                      and m.key().decode() == team == data["team_id"],
                      "on another partition than its team", where)
        if kind in ("lead.assigned", "lead.reassigned"):
            self.owners += 1
            self.epochs[data["lead_id"]].append(data["owner_epoch"])
            if kind == "lead.assigned":
                self.first[data["lead_id"], team] += 1
            if "turn" in data:
                self.turns[team, data["pool_id"]].append(data["turn"])
        elif kind == "outreach.held":
            self.held[data["outreach_id"]] += 1
        elif kind in ("outreach.released", "outreach.refused"):
            self.answers[data["outreach_id"]] += 1
        elif kind == "transfer.connected":
            self.ends[data["call_id"]] += 1
            self.connected.add(data["call_id"])
        elif kind == "transfer.missed":
            self.ends[data["call_id"]] += 1
            self.missed.add(data["call_id"])
        elif kind == "task.created" and "call_id" in data:
            self.tasks[data["call_id"]] += 1
        elif kind == "task.repeated":
            self.tasks[data["call_id"]] += 1

    def check(self, published, faults):
        for lead, team in published.leads.items():
            n = self.first[lead, team]
            faults.expect(n >= 1, "lost: a lead without an owner", f"{lead} of {team}")
            faults.expect(n <= 1, "doubled: a lead's owner", f"{lead} of {team}: {n}")
        for lead, epochs in self.epochs.items():
            faults.expect(epochs == list(range(1, len(epochs) + 1)), "doubled: an epoch",
                          f"{lead}: {epochs}")
        for call in published.transfers:
            n = self.ends[call]
            faults.expect(n >= 1, "lost: a transfer without an end", call)
            faults.expect(n <= 1, "doubled: a transfer's end", f"{call}: {n}")
            faults.expect(self.tasks[call] == (call in self.missed),
                          "not one task for each miss", f"{call}: {self.tasks[call]}")
        faults.expect(set(self.ends) <= published.transfers, "an end of no transfer", "")
        for team, numbers in self.sequences.items():
            numbers.sort()
            faults.expect(numbers == list(range(1, len(numbers) + 1)), "a sequence with gaps",
                          f"{team}: {len(numbers)} outputs, the last is {numbers[-1]}")
        for pool, turns in self.turns.items():
            faults.expect(turns == list(range(1, len(turns) + 1)), "turns with gaps", str(pool))


def check_dead_letters(topics, published, outputs, faults):
    """What could not be processed: counted by reason."""
    places, reasons = set(), collections.Counter()
    bad, late = collections.Counter(), collections.Counter()
    for m in topics.records("dead-letters"):
        headers = dict(m.headers())
        place = (headers["kafka_dlt-original-topic"], headers["kafka_dlt-original-partition"],
                 headers["kafka_dlt-original-offset"])
        faults.expect(place not in places, "doubled: a dead letter", str(place))
        places.add(place)
        reason = headers["kafka_dlt-exception-fqcn"].decode()
        reasons[reason] += 1
        if BAD in m.value():
            bad[marker(m.value())] += 1
            continue
        e = json.loads(m.value())
        # What comes before the event that it speaks of.
        faults.expect(reason in ("unknown_lead", "unknown_call", "unknown_leg"),
                      "a dead letter", f"{reason}: {m.value()}")
        if e["type"] == "outreach.requested":
            late[e["data"]["outreach_id"]] += 1
    for which, n in published.bad.items():
        faults.expect(bad[which] >= n, "lost: a dead letter", which)
        faults.expect(bad[which] <= n, "doubled: a dead letter", f"{which}: {bad[which]}")
    for outreach in published.outreach:
        n, held = outputs.answers[outreach], outputs.held[outreach]
        faults.expect(n + late[outreach] >= 1, "lost: an outreach without an answer", outreach)
        faults.expect(n <= 1 and held <= 1, "doubled: an outreach's answer",
                      f"{outreach}: {n}, and {held} times held")
    return reasons


def check(brokers, prefix, partitions, group=None):
    """Prints what there was, and gives the faults."""
    began = time.monotonic()
    faults = Faults()
    topics = Topics(brokers, prefix, partitions)
    published = Published(topics)
    outputs = Outputs(topics, published, faults)
    reasons = check_dead_letters(topics, published, outputs, faults)
    calls_test.Legs(topics).check(faults)
    unread = topics.unread(group or prefix, *INPUTS, "rekey")
    # Behind the last record of a topic may stand the marker of its transaction.
    faults.expect(unread <= 4 * partitions, "lost: inputs that were never read", str(unread))
    forwarded = sum(1 for _ in topics.records("rekey"))
    say(f"{published.count} inputs, {published.twice} of them twice, "
        f"{sum(published.bad.values())} bad, {forwarded} on the wrong partition: "
        f"{len(published.leads)} leads, {len(published.outreach)} outreaches, "
        f"{len(published.transfers)} transfers")
    say(f"{outputs.count} outputs: {outputs.owners} owners, {len(outputs.connected)} calls "
        f"connected, {len(outputs.missed)} missed; dead letters: "
        + (", ".join(f"{k} {n}" for k, n in sorted(reasons.items())) or "none"))
    lost = sum(len(t) for kind, t in faults.of.items() if kind.startswith("lost"))
    doubled = sum(len(t) for kind, t in faults.of.items() if kind.startswith("doubled"))
    say(f"{lost} lost, {doubled} doubled; counted in {time.monotonic() - began:.0f} s")
    return faults, published


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--brokers", required=True)
    arguments.add_argument("--topic-prefix", required=True)
    arguments.add_argument("--partitions", type=int, default=12)
    a = arguments.parse_args()
    faults, _ = check(a.brokers, a.topic_prefix, a.partitions)
    if not faults.report():
        sys.exit("FAILED")


if __name__ == "__main__":
    main()
