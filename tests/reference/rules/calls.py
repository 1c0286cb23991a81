"""Section 3: ringing on a live transfer (R20–R37), and R45's parking."""

from . import leads, outcomes, owners, text
from .reading import DeadLetter
from .state import Call, Leg, Parked

PARKED_MS = 60_000
PARKED_PER_CALL = 64
PARKED_PER_TEAM = 1_000
TOO_OLD_MS = 86_400_000

# How a leg ends by itself, and the reason it gives (R31).
ENDS = {"ring.declined": "declined", "ring.busy": "busy",
        "ring.failed": "failed", "ring.machine": "machine",
        "ring.no_answer": "no_answer"}
HANG_UPS = ("caller.hung_up", "call.ended")


# --- the start --------------------------------------------------------------

def transfer_requested(step, event):
    """R20: one routing of one call. (Known calls were told apart before.)"""
    team = step.team
    lead = leads.from_transfer(step, event)  # R32
    call = get_or_create(team, event.data["call_id"])
    frozen = dict(team.doc["transfer"])  # R37
    for name in ("pattern", "ring_timeout_s"):
        frozen[name] = event.get(name, frozen[name])
    numbers = event.get("fallback_numbers")
    if numbers is not None:
        parsed = (text.e164(n, team.doc["region"]) for n in numbers)
        frozen["fallback_numbers"] = [n for n in parsed if n is not None]
    call.lead_id = lead.id
    call.settings, call.calls = frozen, team.doc["calls"]
    if event.data.get("context") is not None:
        call.context = text.Raw(event.data.text["context"])
    call.rule_id, call.group = group_of(team, lead, step.now)
    call.started = call.touched = step.now
    call.deadline = step.now + frozen["total_timeout_s"] * 1000
    call.state = "ringing"

    call.plan = [("owner", None), ("group", None)]  # assigned_then_group
    if frozen["pattern"] == "assigned_agent":
        call.plan = [("owner", None)]
    elif frozen["pattern"] == "simultaneous_group":
        call.plan = [("group", None)]
    # R25: one after another, each once.
    call.plan.append(("fallback",
                      list(dict.fromkeys(frozen["fallback_numbers"]))))

    parked, call.parked = call.parked, []
    if any(p.event.type in HANG_UPS for p in parked):  # R30
        missed(step, call, "caller_hung_up")
    else:
        advance(step, call)
    for p in parked:  # R45: in order, in this step
        if p.event.type not in HANG_UPS:
            try:
                apply(step, call, p.event)
            except DeadLetter as e:
                step.bury(e.reason, e.message, p.offset)
        else:
            hang_up(step, call)


def get_or_create(team, call_id):
    call = team.calls.get(call_id)
    if call is None:
        call = team.calls[call_id] = Call(call_id, touched=team.now)
    return call


def group_of(team, lead, now):
    """R21: (rule, group); the members are looked at attempt by attempt."""
    for rule in owners.matching_rules(team, lead, now):
        if rule["assign"]["agent"] is not None:
            return rule["id"], ("agent", rule["assign"]["agent"])
        return rule["id"], ("pool", rule["assign"]["pool"])
    return None, ("all", None)


def members(team, group):
    kind, id_ = group
    if kind == "agent":
        return [id_]
    if kind == "all":
        return sorted(team.agents, key=text.in_bytes)
    pool = team.pools.get(id_)
    return [m.agent_id for m in pool.members] if pool else []


# --- R22: who may be rung ---------------------------------------------------

def why_not_ring(team, agent_id, now, call=None):
    agent = team.agents.get(agent_id)
    if agent is None:
        return "unknown"
    if not agent.active:
        return "inactive"
    if not owners.on_schedule(team, agent, now):
        return "off_schedule"
    if not agent.callable:
        return "unavailable"
    if agent.doc["phone"] is None:
        return "no_phone"
    if agent.leg is not None:
        return "reserved"
    if agent.on_call is not None:
        return "on_call"
    if now < agent.busy_until:
        return "wrap_up"
    # R23: left out by agent and by number.
    if call is not None and any(
            leg.agent_id == agent_id or leg.phone == agent.doc["phone"]
            for leg in call.legs.values()):
        return "already_rung"
    return None


# --- the cascade ------------------------------------------------------------

def advance(step, call, again=None):
    """The next step that has somebody to ring (R23), or the end. `again`:
    the agents that a win had cancelled, to be rung anew in its step (R33)."""
    team = step.team
    lead = team.leads[call.lead_id]
    call.ringing, call.expires = [], None
    if again:
        call.plan.insert(0, ("again", again))
    while call.plan:
        kind, what = call.plan.pop(0)
        of_group = {}
        if kind == "again":
            kind, asked = call.step, what
            checked = None  # rung before, and yet may ring
        elif kind == "owner":
            asked = [lead.owner] if lead.owner is not None else []
            checked = call
        elif kind == "group":
            # R20, the rest of the group: whoever has not rung yet (R23).
            asked, checked = members(team, call.group), call
        else:
            asked = []
        candidates, targets = [], []
        for agent_id in asked:
            why = why_not_ring(team, agent_id, step.now, checked)
            candidates.append(owners.candidate(agent_id, why))
            if why is None:
                targets.append((agent_id, team.agents[agent_id].doc["phone"]))
        if kind == "fallback":
            targets, rest = next_number(call, what)
            if rest:
                call.plan.insert(0, ("fallback", rest))
        if kind == "group":
            of_group = {"rule_id": call.rule_id,
                        "pool_id": call.group[1]
                        if call.group[0] == "pool" else None}
        if not targets:
            decide(step, call, lead, candidates, None, of_group)
            continue
        if step.now >= call.deadline:  # R24
            missed(step, call, "total_timeout")
        elif step.late_ms > call.settings["max_age_s"] * 1000:  # R43
            missed(step, call, "expired")
        else:
            ring(step, call, lead, kind, candidates, targets, of_group)
        return
    if call.bridge_failed:
        missed(step, call, "bridge_failed")
    else:
        missed(step, call, call.last_reason or "no_target")


def next_number(call, numbers):
    """R25: numbers already rung are left out."""
    rung = {leg.phone for leg in call.legs.values()}
    left = [n for n in numbers if n not in rung]
    return [(None, n) for n in left[:1]], left[1:]


def decide(step, call, lead, candidates, chosen, of_group, attempt=None):
    step.emit("decision.recorded", {
        "kind": "ring_attempt", "at": text.write_time(step.now),
        "cause": step.cause, "config_version": step.team.config_version,
        **of_group, "candidates": candidates, "chosen": chosen,
        "call_id": call.id, "attempt": attempt}, lead)


def ring(step, call, lead, kind, candidates, targets, of_group):
    team = step.team
    call.attempt += 1
    call.step = kind
    call.bridge_failed = False
    call.ring_end = step.now + call.settings["ring_timeout_s"] * 1000
    call.expires = min(call.ring_end, call.deadline)
    for index, (agent_id, phone) in enumerate(targets):
        leg = Leg(text.derived_id(team.id, call.id, call.attempt, index),
                  call.id, agent_id, phone)
        call.legs[leg.id] = leg
        call.ringing.append(leg)
        if agent_id is not None:
            team.agents[agent_id].leg = leg  # R26
    decide(step, call, lead, candidates,
           [a for a, _ in targets if a is not None], of_group, call.attempt)
    step.emit("ring.requested", {
        "call_id": call.id, "attempt": call.attempt, "step": kind,
        "legs": [leg.wire() for leg in call.ringing],
        "ring_timeout_s": call.settings["ring_timeout_s"],
        "expires_at": text.write_time(call.expires),
        "confirm": needs_confirm(call), "context": call.context}, lead)


def needs_confirm(call):
    """R28."""
    return call.settings["confirm"][
        "fallback" if call.step == "fallback" else "agents"]


def end_leg(step, leg):
    """R26: a reservation ends with its leg, always."""
    leg.open = False
    if leg.agent_id is not None:
        agent = step.team.agents[leg.agent_id]
        if agent.leg is leg:
            agent.leg = None


def open_legs(call):
    return [leg for leg in call.ringing if leg.open]


def cancel(step, call, legs, reason):
    """Several legs that end together are one `ring.cancelled`."""
    if not legs:
        return
    for leg in legs:
        end_leg(step, leg)
    step.emit("ring.cancelled", {
        "call_id": call.id,
        "legs": [leg.wire(reason=reason) for leg in legs]},
        step.team.leads[call.lead_id])


def missed_leg(step, call, leg):
    """R35: one more in a row."""
    if leg.agent_id is None:
        return
    team = step.team
    agent = team.agents[leg.agent_id]
    agent.misses += 1
    limit = call.calls["auto_unavailable_after"]
    if limit == 0 or agent.misses < limit or not agent.callable:
        return
    agent.callable = False
    step.emit("agent.auto_unavailable", {"agent_id": agent.id,
                                         "misses": agent.misses},
              agent_id=agent.id)
    for recipient in (agent.id, team.doc["account_owner"]):
        owners.notify(step, recipient, "auto_unavailable", call_id=call.id,
                      told=call.told, concerned=agent.id)
    agent.misses = 0


def ring_timer(step, call):
    """R24: the attempt's time is over."""
    legs = open_legs(call)
    cancel(step, call, legs, "ring_timeout")
    call.last_reason = "no_answer"
    # R43: legs overdue in a late step do not count.
    if step.late_ms <= call.settings["max_age_s"] * 1000:
        for leg in legs:
            missed_leg(step, call, leg)
    if call.deadline < call.ring_end:
        missed(step, call, "total_timeout")
    else:
        advance(step, call)


# --- what becomes of it -----------------------------------------------------

def missed(step, call, reason):
    """The end without an answer: R31, then the outcome (R38)."""
    call.state = "missed"
    call.plan, call.ringing, call.expires = [], [], None
    call.ended_at = step.now
    lead = step.team.leads[call.lead_id]
    step.emit("transfer.missed", {"call_id": call.id, "reason": reason,
                                  "attempts": call.attempt}, lead)
    outcomes.derived(step, call, lead, "missed_transfer")


def win(step, call, leg):
    """R27."""
    team = step.team
    lead = team.leads[call.lead_id]
    end_leg(step, leg)
    others = open_legs(call)
    call.state, call.winner, call.win_cancelled = "connected", leg, others
    call.expires = None
    call.call_end = step.now + call.calls["max_call_s"] * 1000
    kind = "fallback"
    answered_by = {"phone": leg.phone}
    if leg.agent_id is not None:
        team.agents[leg.agent_id].on_call = call.id
        kind = "owner" if leg.agent_id == lead.owner else "group"
        answered_by = {"agent_id": leg.agent_id, **answered_by}
    step.emit("transfer.connected", {
        "call_id": call.id, "attempt": call.attempt, "leg_id": leg.id,
        "answered_by": {"kind": kind, **answered_by},
        "waited_ms": step.now - call.started}, lead)
    cancel(step, call, others, "answered_elsewhere")
    outcomes.derived(step, call, lead, "successful_transfer")


def end_call(step, call, wrap_up):
    """R34: the winner is free, after its wrap-up."""
    call.state = "ended"
    call.call_end = None
    call.ended_at = step.now
    free_winner(step, call, call.calls["wrap_up_s"] if wrap_up else 0)


def free_winner(step, call, wrap_up_s):
    agent_id = call.winner.agent_id
    if agent_id is not None:
        agent = step.team.agents[agent_id]
        agent.on_call = None
        agent.busy_until = step.now + wrap_up_s * 1000


def hang_up(step, call):
    """R30."""
    if call.state == "ringing":
        cancel(step, call, open_legs(call), "caller_hung_up")
        missed(step, call, "caller_hung_up")
    elif call.state == "connected":
        end_call(step, call, True)


def target_unavailable(step, agent):
    """R29: toggled off, deactivated or removed while ringing."""
    leg = agent.leg
    if leg is None:
        return
    call = step.team.calls[leg.call_id]
    cancel(step, call, [leg], "target_unavailable")
    if not open_legs(call):
        advance(step, call)


def unknown_leg():
    return DeadLetter("unknown_leg", "/data/leg_id is not known")


def leg_event(step, call, event):
    leg = call.legs.get(event.data["leg_id"])
    if leg is None:
        raise unknown_leg()
    if event.type == "call.bridge_failed":
        if call.state == "connected" and leg is call.winner:
            bridge_failed(step, call)
    elif event.type in ENDS:
        if leg.open:
            end_leg(step, leg)
            call.last_reason = ENDS[event.type]
            if event.type == "ring.no_answer":
                missed_leg(step, call, leg)
            if not open_legs(call):
                advance(step, call)
    else:
        answer(step, call, leg, event.type == "ring.accepted")


def answer(step, call, leg, accepted):
    """R27, R28, R35."""
    if leg is call.winner:  # again: changes nothing
        return
    if leg.agent_id is not None:
        step.team.agents[leg.agent_id].misses = 0
    if leg.open:
        if accepted or not needs_confirm(call):
            win(step, call, leg)
        else:
            leg.answered = True
        return
    won = call.state in ("connected", "ended")
    step.emit("ring.cancelled", {
        "call_id": call.id,
        "legs": [leg.wire(reason="lost_race" if won else "late")]},
        step.team.leads[call.lead_id])


def bridge_failed(step, call):
    """R33: takes the success back."""
    free_winner(step, call, 0)
    call.winner, call.call_end = None, None
    call.state = "ringing"
    call.bridge_failed = call.taken_back = True
    call.deadline = step.now + call.settings["total_timeout_s"] * 1000
    # A win that cancelled nobody leaves no step to ring again.
    advance(step, call, [leg.agent_id for leg in call.win_cancelled])


# --- events that name a call ------------------------------------------------

def call_event(step, event):
    """ring.*, call.bridge_failed, caller.hung_up, call.ended."""
    call = step.team.call(event.data["call_id"], step.now)
    if call is None or not call.routed:
        park(step, event)
        return
    if step.team.stub(call, step.now):  # R15: its legs are not known
        if "leg_id" in event.data:
            raise unknown_leg()
        return
    call.touched = step.now
    apply(step, call, event)


def apply(step, call, event):
    if event.type in HANG_UPS:
        hang_up(step, call)
    elif event.type == "call.outcome":
        outcomes.transfer_tag(step, call, event)
    else:
        leg_event(step, call, event)


def park(step, event):
    """R45: 60 s, each its own."""
    team = step.team
    if sum(len(c.parked) for c in team.calls.values()) >= PARKED_PER_TEAM:
        raise DeadLetter("unknown_call", "/data/call_id is not known")
    known = team.calls.get(event.data["call_id"])
    if known is not None and len(known.parked) >= PARKED_PER_CALL:
        raise DeadLetter("unknown_call", "/data/call_id is not known")
    call = get_or_create(team, event.data["call_id"])
    call.touched = step.now
    call.parked.append(Parked(event, step.offset, step.now + PARKED_MS))


def parking_ends(step, call):
    """One parked event's time is over; R38 for the tags of a transfer."""
    p = call.parked.pop(0)
    lead = None
    if p.event.type == "call.outcome" \
            and call.lead_id in (None, p.event.data["lead_id"]):
        lead = step.team.lead(p.event.data["lead_id"], step.now)
    if lead is None:
        step.bury("unknown_call", "/data/call_id is not known", p.offset)
    else:
        outcomes.never_routed(step, call, lead, p.event)


def max_call_timer(step, call):
    """R34: without wrap-up."""
    end_call(step, call, False)


EVENTS = {
    "transfer.requested": transfer_requested,
    **{name: call_event for name in
       ("ring.answered", "ring.accepted", *ENDS, "call.bridge_failed",
        *HANG_UPS)},
}
