"""R5–R10: the rotation of a pool."""

import math
from dataclasses import dataclass

from .state import Member, Pool


@dataclass
class Turn:
    """What a choice found; `agent_id` None: nobody, and nothing changed."""
    agent_id: str
    v_before: int
    passes: dict
    tie_break: str = None
    pass_after: int = None
    turn: int = None


def configure(team):
    """R9, R10: the pools of a new document take over the old rotations."""
    pools = {}
    for doc in team.doc["pools"].values():
        old = team.pools.get(doc["id"])
        unit = math.lcm(*(w for _, w in doc["members"]))
        pool = old or Pool(doc["id"], unit=unit)
        if unit != pool.unit:
            pool.v = scaled(pool.v, unit, pool.unit)
            for m in pool.members:
                m.passed = scaled(m.passed, unit, pool.unit)
        pool.unit = unit
        pool.requires = doc["assign_requires"]
        pool.catch_up = doc["catch_up_turns"]
        before = {m.agent_id: m for m in pool.members}
        pool.members = []
        for agent_id, weight in doc["members"]:
            m = before.get(agent_id)
            share = unit // weight
            if m is not None:
                m.weight = weight
                m.passed = min(max(m.passed, pool.v - pool.catch_up * share),
                               pool.v + share)
            else:
                m = Member(agent_id, weight, pool.v)
                # A member of the pool's first document was never assigned; a
                # later one counts as assigned now.
                if old is not None:
                    pool.count += 1
                    m.assigned = pool.count
            pool.members.append(m)
        pools[pool.id] = pool
    team.pools = pools


def scaled(value, unit, old):
    """To another U, rounded up."""
    return -(-value * unit // old)


def choose(pool, eligible):
    """R5, R8. `eligible`: the ids of those who can get this lead."""
    if not any(m.agent_id in eligible for m in pool.members):
        return Turn(None, pool.v, {m.agent_id: m.passed for m in pool.members})
    now = [m for m in pool.members if m.agent_id in eligible]
    both = [m.passed for m in now if m.was_eligible]
    if both:  # (1)
        pool.v = max(pool.v, min(both))
    for m in now:  # (2)
        if not m.was_eligible:
            m.passed = max(m.passed,
                           pool.v - pool.catch_up * (pool.unit // m.weight))
    v_before = pool.v
    passes = {m.agent_id: m.passed for m in pool.members}

    lowest = min(m.passed for m in now)  # (3)
    tied = [m for m in now if m.passed == lowest]
    tie_break = None
    if len(tied) > 1:
        oldest = min(m.assigned for m in tied)
        tied = [m for m in tied if m.assigned == oldest]
        tie_break = ("least_recently_assigned" if len(tied) == 1
                     else "position")
    chosen = tied[0]
    pool.v = max(pool.v, lowest)
    chosen.passed += pool.unit // chosen.weight
    pool.count += 1
    chosen.assigned = pool.count
    pool.turns += 1
    for m in pool.members:
        m.was_eligible = m.agent_id in eligible
    return Turn(chosen.agent_id, v_before, passes, tie_break, chosen.passed,
                pool.turns)
