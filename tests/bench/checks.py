"""From outside: what became of each lead. A fast wrong answer is no measurement."""

import array
import re

import load
from clients import Committed
from service import fail

TOPICS = ("assignments", "notifications", "decisions")
KINDS = {b"lead.assigned": 0, b"lead.stage_changed": 1, b"notification.requested": 2,
         b"decision.recorded": 3}

TYPE = re.compile(rb'"type":"([a-z_.]+)"')
OWNER = re.compile(rb'"owner":"a(\d\d)"')
POOL = re.compile(rb'"pool_id":"([a-z]+)"')


class Outputs:
    """All outputs of a prefix, from the first: read on when somebody asks."""

    def __init__(self, brokers, prefix, partitions, day, knows_people):
        self.prefix, self.day = prefix, day
        self._knows = knows_people
        self._reader = Committed(brokers, [f"{prefix}.{t}" for t in TOPICS], partitions)
        self._counts = [bytearray() for _ in KINDS]
        self._owner = bytearray()
        self._turns = {}
        self._faults = []
        # Offsets of lead.assigned in each partition.
        self.assigned = {(f"{prefix}.assignments", p): array.array("q")
                         for p in range(partitions)}

    def _grow(self):
        for a in (*self._counts, self._owner):
            a.extend(bytes(self.day.made - len(a)))

    def read(self):
        """Up to what is committed now."""
        self._grow()
        for batch in self._reader.to_the_end():
            for m in batch:
                self._take(m, m.value())

    def _take(self, m, value):
        kind = KINDS.get(TYPE.search(value)[1])
        subject = load.SUBJECT.search(value)
        if kind is None or subject is None:
            self._fault(f"an output that nobody asked for: {value[:200]}")
            return
        n = int(subject[1])
        if n >= self.day.made:
            self._fault(f"an output about lead {n}, which was never made")
            return
        self._counts[kind][n] = min(255, self._counts[kind][n] + 1)
        team = self.day.team(n)
        if m.key() != team.encode():
            self._fault(f"lead {n} is one of {team}, not of {m.key()}")
        if kind == 0:
            self.assigned[m.topic(), m.partition()].append(m.offset())
            self._owned(n, team, value)

    def _owned(self, n, team, value):
        owner = int(OWNER.search(value)[1])
        # 0 says that there is none yet.
        self._owner[n] = owner + 1
        if load.outputs(n, self._knows) == 3:
            if self._owner[load.person(n)] != owner + 1:
                self._fault(f"lead {n} came back to another owner")
            return
        pool = POOL.search(value)
        pool = pool[1].decode() if pool else None
        if pool != load.pool(n) or owner not in load.POOLS[pool]:
            self._fault(f"lead {n} went to {owner} of {pool}, not to {load.pool(n)}")
            return
        turns = self._turns.setdefault((team, pool), [0] * load.MEMBERS)
        turns[owner - load.POOLS[pool][0]] += 1

    def _fault(self, text):
        if len(self._faults) < 5:
            self._faults.append(text)

    def missing(self, first, last):
        """How many of these leads lack an output."""
        whole = bytes([1]) * (last - first)
        wanted = bytearray(whole)
        if self._knows:
            for n in range(first + (9 - first) % 10, last, 10):
                wanted[n - first] = 0
        missing = 0
        for kind, counts in enumerate(self._counts):
            need = wanted if kind == 1 else whole
            if counts[first:last] != need:
                missing += sum(c < w for c, w in zip(counts[first:last], need))
        return missing

    def check(self):
        """All leads so far: the outputs that they must have, each once, an owner
        of the right pool, and fair turns (R5)."""
        self.read()
        made = self.day.made
        if missing := self.missing(0, made):
            fail(f"{self.prefix}: {missing} outputs of {made} leads are missing")
        wanted = sum(load.outputs(n, self._knows) for n in range(made))
        seen = sum(sum(c) for c in self._counts)
        if seen != wanted:
            fail(f"{self.prefix}: {seen} outputs instead of {wanted}: some came twice")
        if self._faults:
            fail(f"{self.prefix}: " + "; ".join(self._faults))
        for (team, pool), turns in self._turns.items():
            for i, a in zip(load.WEIGHTS, turns):
                for j, b in zip(load.WEIGHTS, turns):
                    if abs(a * j - b * i) > max(i, j):
                        fail(f"{self.prefix}: {pool} of {team} is unfair: {turns}")
        return {"leads": made, "outputs": seen, "twice": 0, "missing": 0,
                "fair_pools": len(self._turns)}
