"""R5–R10: the rotation of a pool."""

import math
from dataclasses import dataclass

from .state import Member, Pool
from .zones import DAY_MS

UNIT_MAX = 10**9
REMEMBERED_MS = 7 * DAY_MS
REMEMBERED_MAX = 2_000  # members and pools of a team (R15)


@dataclass
class Turn:
    """What a choice found; `agent_id` None: nobody, and nothing changed."""
    agent_id: str
    v_before: int
    passes: dict
    tie_break: str = None
    pass_after: int = None
    turn: int = None


def configure(team, now):
    """R9, R10: the pools of a new document take over the old rotations."""
    forget_old(team, now)
    pools = {}
    for doc in team.doc["pools"].values():
        old = team.pools.pop(doc["id"], None) \
            or team.old_pools.pop(doc["id"], None)
        pool = old or Pool(doc["id"])
        pool.taken_out = None
        before = {m.agent_id: m for m in pool.members}
        take_out(pool, [m for m in pool.members
                        if m.agent_id not in dict(doc["members"])], now)
        rescale(pool, [w for _, w in doc["members"]]
                + [m.weight for a, m in pool.remembered.items()
                   if a not in dict(doc["members"])], fresh=old is None)
        pool.requires = doc["assign_requires"]
        pool.catch_up = doc["catch_up_turns"]
        pool.members = []
        for agent_id, weight in doc["members"]:
            back = pool.remembered.pop(agent_id, None)
            m = before.get(agent_id) or back
            if m is None:
                m = Member(agent_id, weight, pool.v)
                # A member of the pool's first document was never assigned; a
                # later one counts as assigned now.
                if old is not None:
                    pool.count += 1
                    m.assigned = pool.count
            if back is not None:
                m.was_eligible, m.taken_out = False, None
                m.passed = max(m.passed, pool.v)
            m.weight = weight
            cost = pool.cost(m)
            m.passed = min(max(m.passed, pool.v - pool.catch_up * cost),
                           pool.v + cost)
            pool.members.append(m)
        pools[pool.id] = pool
    for pool in team.pools.values():  # those that the document lacks
        take_out(pool, pool.members, now)
        pool.members, pool.taken_out = [], now
        team.old_pools[pool.id] = pool
    team.pools = pools
    forget_old(team, now)


def take_out(pool, members, now):
    for m in members:
        m.taken_out = now
        pool.remembered[m.agent_id] = m


def forget_old(team, now):
    """After 7 days, and more than the last 2 000 of a team."""
    for pool in [*team.pools.values(), *team.old_pools.values()]:
        pool.remembered = {
            a: m for a, m in pool.remembered.items()
            if now < m.taken_out + REMEMBERED_MS}
    team.old_pools = {i: p for i, p in team.old_pools.items()
                      if now < p.taken_out + REMEMBERED_MS}
    everything = [(m.taken_out, p, a)
                  for p in [*team.pools.values(), *team.old_pools.values()]
                  for a, m in p.remembered.items()] \
        + [(p.taken_out, p, None) for p in team.old_pools.values()]
    everything.sort(key=lambda x: x[0])  # stable
    for _, pool, agent_id in everything[:-REMEMBERED_MAX]:
        if agent_id is None:
            team.old_pools.pop(pool.id, None)
        else:
            pool.remembered.pop(agent_id, None)


def rescale(pool, weights, fresh):
    """R5's U of members and remembered ones, and all passes to it."""
    unit = min(math.lcm(*weights), UNIT_MAX)
    if unit != pool.unit and not fresh:
        pool.v = scaled(pool.v, unit, pool.unit)
        everybody = {id(m): m for m in
                     [*pool.members, *pool.remembered.values()]}
        for m in everybody.values():
            m.passed = scaled(m.passed, unit, pool.unit)
    pool.unit = unit


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
            m.passed = max(m.passed, pool.v - pool.catch_up * pool.cost(m))
    v_before = pool.v
    passes = {m.agent_id: m.passed for m in pool.members}
    check_p5(pool, now)

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
    chosen.passed += pool.cost(chosen)
    pool.count += 1
    chosen.assigned = pool.count
    pool.turns += 1
    for m in pool.members:
        m.was_eligible = m.agent_id in eligible
    return Turn(chosen.agent_id, v_before, passes, tie_break, chosen.passed,
                pool.turns)


class Unfair(AssertionError):
    """P5 does not hold."""


def check_p5(pool, now):
    if pool.catch_up == 0:
        for m in now:
            if m.was_eligible and not \
                    pool.v <= m.passed <= pool.v + pool.cost(m):
                raise Unfair(f"{m.agent_id}: {m.passed}, V {pool.v}, "
                             f"a turn {pool.cost(m)}")
