"""Section 2: who gets a lead, and what is said about it (R3–R13, R16–R19)."""

from dataclasses import dataclass, field

from . import readings, rotation, text, zones
from .state import Held

HELD_MS = 7 * zones.DAY_MS
HELD_MAX = 100
HELD_BYTES_MAX = 256 * 1024


@dataclass
class Choice:
    """R19: how an owner was looked for, and who it is (None: nobody)."""
    agent_id: str = None
    reason: str = None
    rule_id: str = None
    pool_id: str = None
    turn: int = None
    v_before: int = None
    candidates: list = field(default_factory=list)
    tie_break: str = None
    pass_after: int = None


# --- R4: rules --------------------------------------------------------------

def matching_rules(team, lead, now):
    return [r for r in team.doc["rules"] if matches(team, r, lead.fields, now)]


def matches(team, rule, fields, now):
    when = rule["when"]
    for name, one in (("sources", "source"), ("cities", "city"),
                      ("zips", "zip"), ("states", "state"),
                      ("timeframes", "timeframe")):
        if when[name] and (one not in fields or
                           text.folded(fields[one]) not in when[name]):
            return False
    if when["lead_types"]:
        mine = text.folded(fields.get("lead_type", ""))
        meets = {mine, "buyer", "seller"} if mine == "both" else {mine}
        if "lead_type" not in fields or not meets & set(when["lead_types"]):
            return False
    if when["tags"]:
        mine = {text.folded(t) for t in fields.get("tags", ())}
        if not mine & set(when["tags"]):
            return False
    price = fields.get("price")
    low, high = when["min_price"], when["max_price"]
    if low is not None and (price is None or price < low):
        return False
    if high is not None and (price is None or price > high):
        return False
    return rule["active"] is None or zones.inside(
        {"weekly": [rule["active"]], "overrides": []},
        team.doc["time_zone"], now)


# --- R7: who can get a lead -------------------------------------------------

def on_schedule(team, agent, now):
    schedule = agent.doc["schedule"]
    return schedule is None or zones.inside(schedule, team.zone_of(agent), now)


def turns_today(team, agent, now):
    return agent.turns.get(zones.local_date(now, team.zone_of(agent)), 0)


def why_not(team, agent_id, now, requires="none", leave_out=None,
            named=False, must_accept=True):
    """Why an agent cannot own, the first reason that applies; None: can.
    `named`: caps and schedules are a matter of rotations only."""
    agent = team.agents.get(agent_id)
    if agent is None:
        return "unknown"
    if not agent.active:
        return "inactive"
    if must_accept and not agent.accepting:
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


# --- R5, R11: the choices ---------------------------------------------------

def by_pool(team, pool, now, reason, leave_out=None, rule_id=None,
            requires=None):
    reasons = {m.agent_id: why_not(team, m.agent_id, now,
                                   requires or pool.requires, leave_out)
               for m in pool.members}
    turn = rotation.choose(pool, {a for a, why in reasons.items()
                                  if why is None})
    if turn.agent_id is not None:  # R6: a turn is used
        agent = team.agents[turn.agent_id]
        today = zones.local_date(now, team.zone_of(agent))
        count = agent.turns.get(today, 0) + 1
        if readings.ONE_DATE_OF_TURNS:
            agent.turns.clear()
        agent.turns[today] = count
    return Choice(turn.agent_id, reason, rule_id, pool.id, turn.turn,
                  turn.v_before,
                  [candidate(a, why, turn.passes[a])
                   for a, why in reasons.items()],
                  turn.tie_break, turn.pass_after)


def candidate(agent_id, excluded=None, passed=None):
    c = {"agent_id": agent_id}
    if passed is not None:
        c["pass"] = passed
    if excluded is not None:
        c["excluded"] = excluded
    return c


def one(agent_id, reason, rule_id=None):
    """R19: direct, kept and default owners have one candidate."""
    return Choice(agent_id, reason, rule_id, candidates=[candidate(agent_id)])


def by_rules(team, lead, now, leave_out=None):
    """R4 and R11's chain."""
    if not team.configured:
        return Choice(reason="unknown_team")
    last = Choice()
    first = None
    rules = matching_rules(team, lead, now)
    for rule in rules:
        agent_id, pool_id = rule["assign"]["agent"], rule["assign"]["pool"]
        if agent_id is not None:
            if why_not(team, agent_id, now, leave_out=leave_out,
                       named=True) is None:
                return one(agent_id, "rule_agent", rule["id"])
            continue
        first = first or rule
        last = by_pool(team, team.pools[pool_id], now, "rotation", leave_out,
                       rule["id"])
        if last.agent_id is not None:
            return last
    if first is not None:
        last = by_pool(team, team.pools[first["assign"]["pool"]], now,
                       "relaxed", leave_out, first["id"], "none")
        if last.agent_id is not None:
            return last
    for role in ("default_owner", "account_owner"):
        agent_id = team.doc[role]
        if agent_id is not None and why_not(
                team, agent_id, now, leave_out=leave_out, named=True,
                must_accept=False) is None:
            return one(agent_id, role)
    last.reason = "nobody_eligible" if rules else "no_rule"
    return last


# --- R19: the record of a choice --------------------------------------------

def record(step, lead, choice, call_id=None):
    return step.emit("decision.recorded", {
        "kind": "assignment", "at": text.write_time(step.now),
        "cause": step.cause, "config_version": step.team.config_version,
        "rule_id": choice.rule_id, "pool_id": choice.pool_id,
        "v_before": choice.v_before, "candidates": choice.candidates,
        "chosen": choice.agent_id, "tie_break": choice.tie_break,
        "pass_after": choice.pass_after, "call_id": call_id}, lead)


# --- R3, R16: an owner, and all that comes with one -------------------------

def give(step, lead, choice, reason, previous=None, conflict=None):
    """The lead's first owner (R3) or another one (R16)."""
    team = step.team
    decision = record(step, lead, choice)
    first = lead.epoch == 0
    lead.owner = choice.agent_id
    lead.epoch += 1
    lead.waiting = None
    lead.reported = False
    agent = team.agents[lead.owner]
    step.emit("lead.assigned" if first else "lead.reassigned", {
        "agent": {"agent_id": agent.id, "name": agent.doc["name"]},
        "previous_owner": previous if first else lead.last_owner,
        "reason": reason, "rule_id": choice.rule_id,
        "pool_id": choice.pool_id, "turn": choice.turn,
        "decision_id": decision, "warnings": lead.warnings or None}, lead)
    lead.last_owner = lead.owner
    lead.warnings = []
    if conflict is not None:
        step.emit("lead.conflict", {
            "kept_owner": lead.owner, "other_owner": conflict,
            "phone": lead.phone, "email": lead.email}, lead)
    if first and reason not in ("existing_owner", "owner_inactive"):
        change_stage(step, lead, team.doc["stage"])
    for task in lead.open_tasks(step.now):
        move(step, lead, task)
    kind = "reassigned" if not first else \
        "re_inquiry" if reason == "existing_owner" else "new_lead"
    notify(step, lead.owner, kind, lead)
    for item in lead.held:  # R18: in order
        out = "refused" if opted_out(team, lead) else "released"
        gate(step, lead, item, out, "opted_out" if out == "refused" else None)
    lead.held = []


def change_stage(step, lead, to):
    if to is not None and to != lead.stage:
        step.emit("lead.stage_changed", {"from": lead.stage, "to": to}, lead)
        lead.stage = to


def move(step, lead, task):
    step.emit("task.moved", {"task_id": task.id, "from": task.assignee,
                             "to": lead.owner}, lead)
    task.assignee = lead.owner


def without_owner(step, lead, choice):
    """Nobody was found. Said once; a try that fails emits nothing (R11)."""
    if lead.reported and lead.owner is None:
        return
    record(step, lead, choice)
    if lead.owner is not None:  # R17
        lead.owner = None
        lead.epoch += 1
    lead.reported = True
    step.emit("lead.unassigned", {"reason": choice.reason}, lead)
    if not lead.closed:
        wait(step, lead)


def wait(step, lead):
    team = step.team
    if lead.waiting is None:
        team.waits += 1
        lead.waiting = team.waits
    if team.retry_due is None:
        team.retry_due = step.now + 60_000


# --- R12: the returning lead ------------------------------------------------

def known_by(step, lead, key):
    """The lead received last with the same phone or e-mail. One that never
    had an owner is known to nobody but itself."""
    same = [x for x in step.team.with_key(lead, key, step.now) if x.epoch > 0]
    return max(same, key=lambda x: x.received[key], default=None)


def look(step, lead, assigned_agent=None, new=False):
    """R12, then R13's `assigned_agent`, then the rules: for a lead whose own
    id leads to no active owner."""
    team = step.team
    by_phone, by_email = (known_by(step, lead, k) for k in ("phone", "email"))
    owners = [x.owner for x in (by_phone, by_email)
              if x is not None and x.owner is not None
              and team.active(x.owner)]
    returning = not new or by_phone is not None or by_email is not None
    direct = None
    if assigned_agent is not None:
        if returning:
            if not owners or owners[0] != assigned_agent:
                warn(lead, "already_owned")
        elif assigned_agent not in team.agents:
            warn(lead, "unknown_agent")
        elif not team.active(assigned_agent):
            warn(lead, "inactive_agent")
        else:
            direct = assigned_agent
    if owners:
        other = owners[1] if len(owners) == 2 and owners[1] != owners[0] \
            else None
        give(step, lead, one(owners[0], "existing_owner"), "existing_owner",
             conflict=other)
        return
    if direct is not None:
        give(step, lead, one(direct, "direct"), "direct")
        return
    # Known, but nowhere an active owner.
    had_owner = lead.epoch > 0 or by_phone is not None or by_email is not None
    choice = by_rules(team, lead, step.now)
    if choice.agent_id is None:
        without_owner(step, lead, choice)
    else:
        before = by_phone or by_email
        give(step, lead, choice,
             "owner_inactive" if had_owner else choice.reason,
             previous=before and before.last_owner)


def warn(lead, warning):
    if warning not in lead.warnings:
        lead.warnings.append(warning)


def replace_owner(step, lead):
    """R17: by the rules, because the owner is inactive."""
    choice = by_rules(step.team, lead, step.now)
    if choice.agent_id is None:
        without_owner(step, lead, choice)
    else:
        give(step, lead, choice, "owner_inactive")


def touch(step, lead):
    """R17: a lead of an inactive agent is assigned anew when next touched."""
    if lead.owner is not None and not step.team.active(lead.owner):
        replace_owner(step, lead)


# --- R18: the outreach gate -------------------------------------------------

def opted_out(team, lead):
    return lead.opted_out \
        or (lead.phone is not None and ("phone", lead.phone) in team.opt_outs) \
        or (lead.email is not None and ("email", lead.email) in team.opt_outs)


def gate(step, lead, item, verdict, reason=None):
    step.emit("outreach." + verdict, {
        "outreach_id": item.outreach_id, "channel": item.channel,
        "payload": item.payload, "reason": reason}, lead)


def refuse_held(step, lead, reason):
    items, lead.held = lead.held, []
    for item in items:
        gate(step, lead, item, "refused", reason)


def refuse_opted_out(step, lead):
    """New data of a lead that still waits may be those of an opt-out."""
    if lead.held and opted_out(step.team, lead):
        refuse_held(step, lead, "opted_out")


def reach(step, lead):
    """The other leads with the lead's phone or e-mail, by lead_id."""
    others = {x.id: x for key in ("phone", "email")
              for x in step.team.with_key(lead, key, step.now)}
    return [others[i] for i in sorted(others, key=text.in_bytes)]


def opt_out(step, lead):
    lead.opted_out = True
    mark(step.team, lead)
    refuse_held(step, lead, "opted_out")
    refuse_same_person(step, lead)


def mark(team, lead):
    for kind, value in (("phone", lead.phone), ("email", lead.email)):
        if value is not None:
            team.opt_outs.add((kind, value))


def refuse_same_person(step, lead):
    """What others hold who have the phone or e-mail of an opt-out."""
    if lead.opted_out:
        for x in reach(step, lead):
            refuse_held(step, x, "opted_out")


def opt_in(step, lead):
    lead.opted_out = False
    for x in reach(step, lead):
        x.opted_out = False
    for kind, value in (("phone", lead.phone), ("email", lead.email)):
        step.team.opt_outs.discard((kind, value))


def request_outreach(step, lead, event):
    team = step.team
    payload = event.data.get("payload")
    raw = event.data.text["payload"] if payload is not None else None
    item = Held(event.data["outreach_id"], event.data["channel"],
                text.Raw(raw) if raw is not None else None,
                step.now + HELD_MS, len((raw or "").encode()))
    if opted_out(team, lead):
        gate(step, lead, item, "refused", "opted_out")
        return
    touch(step, lead)
    if lead.owner is not None:
        gate(step, lead, item, "released")
    elif lead.closed:
        gate(step, lead, item, "refused", "lead_closed")
    elif len(lead.held) >= HELD_MAX \
            or sum(h.size for h in lead.held) + item.size > HELD_BYTES_MAX:
        gate(step, lead, item, "refused", "too_many")
    else:
        lead.held.append(item)
        gate(step, lead, item, "held")


# --- R40: telling people ----------------------------------------------------

def notify(step, agent_id, kind, lead=None, call_id=None, told=None,
           concerned=None, task_id=None, outcome=None):
    """One person. A recipient who is unknown, unset or inactive is left out,
    and so is one in `told` (one per recipient, call and kind; and agent
    `concerned`, where it is about one). True if the person is told."""
    team = step.team
    if agent_id is None or not team.active(agent_id):
        return False
    if told is not None:
        if (kind, agent_id, concerned) in told:
            return False
        told.add((kind, agent_id, concerned))
    agent = team.agents[agent_id]
    recipient = {"agent_id": agent.id, "name": agent.doc["name"]}
    for name in ("email", "phone"):
        if agent.doc[name] is not None:
            recipient[name] = agent.doc[name]
    what = kind.replace("_", " ")
    about = concerned if lead is None else lead.fields.get("name") or lead.id
    step.emit("notification.requested", {
        "kind": kind, "recipient": recipient,
        "title": f"{what.capitalize()}: {about}",
        "text": f"{agent.doc['name']}, this is about {about} ({what}).",
        "call_id": call_id, "task_id": task_id, "outcome": outcome},
        lead, agent_id=concerned)
    return True
