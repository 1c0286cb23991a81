"""How fast a backlog is worked off, seen from outside, alike for each program.

Method: while it runs, only the ends of its topic are asked for, 20 times a
second, and the CPU times of the processes beside them. Afterwards the records are
read and checked; their offsets tell how many owners were committed at each of
these moments. The clock runs from a tenth to nine tenths of the backlog.
"""

import bisect
import time

import machine
from clients import Ends
from service import fail, spent

POLL_S = 0.05
QUIET_S = 1.0
PATIENCE_S = 90
AFTER_S = 5.0  # a backlog is over, and its memory may be given back


class Drain:
    """To be made before the backlog is published."""

    def __init__(self, brokers, partitions, outputs):
        self._outputs = outputs
        outputs.read()
        self._first = outputs.day.made
        self._already = sum(map(len, outputs.assigned.values()))
        self._ends = Ends.of(brokers, f"{outputs.prefix}.assignments", partitions)
        self._samples = []

    def follow(self, pid, broker_pid, alive):
        """`alive` fails when the program is gone."""
        out, last = self._outputs, self._outputs.day.made
        moved = time.monotonic()
        before, memory = None, None
        while True:
            alive()
            ends = self._ends.now()
            now = time.monotonic()
            self._samples.append((ends, now, machine.cpu_s(pid), machine.cpu_s(broker_pid)))
            if ends != before:
                before, moved = ends, now
                memory = machine.memory_mb(pid)
            elif now - moved > QUIET_S and self._moved():
                out.read()
                missing = out.missing(self._first, last)
                if not missing:
                    time.sleep(max(0, moved + AFTER_S - time.monotonic()))
                    memory["rss_after_mb"] = machine.memory_mb(pid)["rss_mb"]
                    break
                if now - moved > PATIENCE_S:
                    fail(f"{out.prefix}: {missing} outputs are still missing after "
                         f"{PATIENCE_S} s without one")
                time.sleep(1)
            elif now - moved > PATIENCE_S:
                fail(f"{out.prefix}: nothing came for {PATIENCE_S} s")
            time.sleep(POLL_S)
        leads = last - self._first
        return spent(self._at(leads * 0.1), self._at(leads * 0.9)) | {"leads": leads} | memory

    def _moved(self):
        return self._samples[-1][0] != self._samples[0][0]

    def _count(self, sample):
        return sum(bisect.bisect_left(offsets, sample[0][place])
                   for place, offsets in self._outputs.assigned.items()) - self._already

    def _at(self, wanted):
        """(leads, time, own CPU, the broker's CPU) when so many were committed,
        on a straight line between two samples."""
        low = bisect.bisect_left(self._samples, wanted, key=self._count)
        low = max(1, min(low, len(self._samples) - 1))
        a, b = self._samples[low - 1], self._samples[low]
        n, m = self._count(a), self._count(b)
        part = (wanted - n) / (m - n) if m > n else 0
        return (wanted, *(x + (y - x) * part for x, y in zip(a[1:], b[1:])))
