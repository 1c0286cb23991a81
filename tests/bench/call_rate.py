"""Calls at a fixed rate, and how long each hop of them takes.

An open loop: each call has its time. Half of them are declined by the first whom
they ring, answered by the next and end; in the other half the caller gives up
while it rings, so that somebody gets a task. What people do takes them a moment;
a hop's clock runs from the moment at which they should have done it until the
output is in a committed reader's hands.
"""

import heapq
import random
import time
import uuid

import calls
from service import fail

FALLBACKS = ["+15125560001", "+15125560002"]
HOPS = ("transfer_to_ring", "decline_to_next_ring", "answer_to_connected",
        "end_to_missed_and_task")


class Desk:
    """The callers, the phones, and the clock of each hop."""

    def __init__(self, telephony, teams):
        self._telephony, self._teams = telephony, teams
        self._chance = random.Random(3)
        self._agenda = []
        self._tag = f"rate-{uuid.uuid4().hex[:6]}"
        # (hop, call) to the time from which it is counted.
        self._began = {}
        self._took = {hop: {} for hop in HOPS}
        # Of a caller who gave up: which outputs are still to come.
        self._awaited = {}

    def _team(self, call):
        return self._teams[call * 7 % len(self._teams)]

    def _name(self, call):
        return f"{self._tag}-{call}"

    def _later(self, hop, call, what):
        """A person does something in a moment."""
        at = time.time() + self._chance.uniform(0.1, 0.4)
        heapq.heappush(self._agenda, (at, call, hop, what))

    def _do(self, at, call, hop, what):
        team, name = self._team(call), self._name(call)
        if hop:
            self._began[hop, call] = at
        if what[0] == "transfer":
            self._telephony.send(calls.transfer(
                team, name, fallback_numbers=FALLBACKS, ring_timeout_s=60,
                contact={"name": f"Caller {call}", "phone": f"(303) 2{call // 10000 % 100:02}-"
                         f"{call % 10000:04}"}))
        elif what[0] == "call.ended":
            if hop:
                self._awaited[call] = {"transfer.missed", "task.created"}
            self._telephony.send(calls.ended(team, name))
        else:
            self._telephony.send(calls.said(what[0], team, name, what[1]))

    def _arrived(self, hop, call, now):
        self._took[hop].setdefault(call, now - self._began[hop, call])

    def _hear(self, now, e):
        name = e["data"].get("call_id") or ""
        tag, _, number = name.rpartition("-")
        if tag != self._tag:
            return
        call, kind = int(number), e["type"]
        if kind == "ring.requested":
            leg = e["data"]["legs"][0]["leg_id"]
            if e["data"]["attempt"] == 1:
                self._arrived("transfer_to_ring", call, now)
                if call % 2:
                    self._later("end_to_missed_and_task", call, ("call.ended",))
                else:
                    self._later("decline_to_next_ring", call, ("ring.declined", leg))
            else:
                self._arrived("decline_to_next_ring", call, now)
                self._later("answer_to_connected", call, ("ring.answered", leg))
        elif kind == "transfer.connected":
            self._arrived("answer_to_connected", call, now)
            self._later(None, call, ("call.ended",))
        elif call in self._awaited:
            self._awaited[call].discard(kind)
            if not self._awaited[call]:
                self._arrived("end_to_missed_and_task", call, now)

    def _missing(self, count):
        done = len(self._took["answer_to_connected"]) + len(self._took["end_to_missed_and_task"])
        return count - done

    def run(self, rate, seconds, warm_s):
        skip = max(2, int(rate * warm_s))
        count = skip + int(rate * seconds)
        began = time.time() + 0.2
        for call in range(count):
            heapq.heappush(self._agenda, (began + call / rate, call, "transfer_to_ring",
                                          ("transfer",)))
        late = []
        end = time.monotonic() + count / rate + 60
        while self._agenda or self._missing(count):
            if time.monotonic() > end:
                fail(f"{self._missing(count)} of {count} calls have not come to their end")
            now = time.time()
            while self._agenda and self._agenda[0][0] <= now:
                at, call, hop, what = heapq.heappop(self._agenda)
                late.append(now - at)
                self._do(at, call, hop, what)
            wait = self._agenda[0][0] - now if self._agenda else 0.05
            heard, e = self._telephony.hear(min(max(wait, 0), 0.05))
            if e:
                self._hear(heard, e)
        return {"calls_per_s": rate, "seconds": seconds, "calls": count - skip} | {
            hop: calls.quantiles([t for call, t in took.items() if call >= skip])
            for hop, took in self._took.items()} | {"desk_late": calls.quantiles(late)}
