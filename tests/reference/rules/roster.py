"""Who is there: R7, R22, R50, R51, and R21's groups."""

from . import matching, text, zones

# R52: what somebody may be waited for.
BUSY = {"reserved", "on_call", "wrap_up", "phone_busy"}


# --- presence ---------------------------------------------------------------

def absent(team, agent, now):
    """R50."""
    if now < agent.away_until:
        return True
    date = zones.local_date(now, team.zone_of(agent))
    schedule = agent.doc["schedule"]
    return any(first <= date <= last
               for first, last in agent.doc["absences"]) \
        or schedule is not None and zones.closed(schedule, date)


def on_schedule(team, agent, now):
    schedule = agent.doc["schedule"]
    return schedule is None or zones.inside(
        schedule, team.zone_of(agent), now, team.doc["holidays"])


def due_start(team, agent, now):
    """R41: `now` if the agent is inside the schedule, else the start of the
    next window, or None. Windows that start in an absence do not count."""
    schedule = agent.doc["schedule"]
    if schedule is None:
        return now

    def counts(start):
        return not absent(team, agent, start)
    where = schedule, team.zone_of(agent), now, team.doc["holidays"], counts
    return now if zones.inside(*where) else zones.next_start(*where)


# --- R7: who can get a lead -------------------------------------------------

def turns_today(team, agent, now):
    """The date of the turns only moves forward."""
    today = zones.local_date(now, team.zone_of(agent))
    if agent.turns_date is None or today > agent.turns_date:
        return 0
    return agent.turns


def use_turn(team, agent, now):
    today = zones.local_date(now, team.zone_of(agent))
    agent.turns = turns_today(team, agent, now) + 1
    agent.turns_date = max(today, agent.turns_date or today)


def why_not(team, agent_id, now, requires="none", leave_out=None,
            named=False, owner_anyway=False, absence=True):
    """Why an agent cannot own, the first reason that applies; None: can.
    `named`: caps and schedules are a matter of rotations only;
    `owner_anyway`: paused and absent ones are reached, too."""
    agent = team.agents.get(agent_id)
    if agent is None:
        return "unknown"
    if not agent.active:
        return "inactive"
    if not owner_anyway:
        if absence and absent(team, agent, now):
            return "absent"
        if not agent.accepting:
            return "paused"
    if not named:
        cap = agent.doc["daily_cap"]
        if cap is not None and turns_today(team, agent, now) >= cap:
            return "capped"
        if requires != "none" and not on_schedule(team, agent, now):
            return "off_schedule"
        if requires == "available" and not agent.callable:
            return "unavailable"
    if agent_id == leave_out:
        return "current_owner"
    return None


# --- R51: numbers -----------------------------------------------------------

def on_number(team, number):
    """The legs that ring on a number, and the winners that talk on it."""
    for call in team.calls.values():
        if call.state == "ringing":
            yield from (leg for leg in call.ringing
                        if leg.open and leg.number == number)
        elif call.state == "connected" and call.winner.number == number:
            yield call.winner


def taken(team, number, now, agent_id=None):
    """Whether somebody else's leg, call or wrap-up is on it."""
    return any(leg.agent_id is None or leg.agent_id != agent_id
               for leg in on_number(team, number)) \
        or any(a.id != agent_id and now < a.wrap_end
               and a.wrap_number == number for a in team.agents.values())


def agent_of(team, number):
    """The active agent whose number it is, the first by id."""
    mine = [a for a in team.agents.values()
            if a.active and a.number == number]
    return min(mine, key=lambda a: text.in_bytes(a.id), default=None)


# --- R22: who may be rung ---------------------------------------------------

def has_rung(team, call, agent_id, number):
    """R23: for this routing, by agent and by number; the lead's own numbers
    have from the start."""
    lead = team.leads[call.lead_id]
    return number in lead.kept["phone"] or any(
        leg.routing == call.routing
        and (agent_id is not None and leg.agent_id == agent_id
             or leg.number == number) for leg in call.legs.values())


def why_not_ring(team, agent_id, now, call=None, chosen=()):
    """All the reasons, in R19's order; `call`: what has rung for it may not.
    `chosen`: the numbers that the attempt rings already."""
    agent = team.agents.get(agent_id)
    if agent is None:
        return ["unknown"]
    number = agent.number
    return [why for why, holds in (
        ("inactive", not agent.active),
        ("absent", absent(team, agent, now)),
        ("off_schedule", not on_schedule(team, agent, now)),
        ("unavailable", not agent.callable),
        ("no_phone", number is None),
        ("reserved", agent.leg is not None),
        ("on_call", agent.on_call is not None or now < agent.busy_end),
        ("wrap_up", now < agent.wrap_end),
        ("phone_busy", number is not None and (
            number in chosen or taken(team, number, now, agent_id))),
        ("already_rung", call is not None and number is not None
         and has_rung(team, call, agent_id, number)
         or call is not None and number is None
         and any(leg.agent_id == agent_id and leg.routing == call.routing
                 for leg in call.legs.values())),
    ) if holds]


# --- R21: groups ------------------------------------------------------------

def groups_of(team, lead, now):
    """Of each matching rule (rule_id, group); all agents if none matches."""
    return [(rule["id"], ("agent", rule["assign"]["agent"])
             if rule["assign"]["agent"] is not None
             else ("pool", rule["assign"]["pool"]))
            for rule in matching.rules(team, lead, now)] \
        or [(None, ("all", None))]


def members(team, group):
    kind, id_ = group
    if kind == "agent":
        return [id_]
    if kind == "all":
        return sorted(team.agents, key=text.in_bytes)
    pool = team.pools.get(id_)
    return [m.agent_id for m in pool.members] if pool else []


# --- R50: stand-ins ---------------------------------------------------------

def stand_in(step, lead):
    """The one who acts for the lead's owner, or None; looked for once in a
    step."""
    team, key = step.team, (lead.id, lead.owner)
    if key not in step.stand_ins:
        step.stand_ins[key] = None
        for _, group in groups_of(team, lead, step.now):
            asked = [team.agents[a] for a in members(team, group)
                     if a != lead.owner
                     and not why_not_ring(team, a, step.now)]
            if asked:
                step.stand_ins[key] = min(asked, key=lambda a: a.asked).id
                break
    return step.stand_ins[key]


def named(step, lead):
    """The stand-in is named, which counts as asked: once in a step."""
    key = (lead.id, lead.owner)
    if key not in step.asked:
        step.asked.add(key)
        step.team.asks += 1
        step.team.agents[step.stand_ins[key]].asked = step.team.asks
