"""Section 3: ringing on a live transfer (R20–R37), R43–R45, R51, R52."""

from . import (documents, leads, outcomes, owners, readings, roster, telling,
               text, zones)
from .reading import DeadLetter
from .state import Call, Leg, Parked

PARKED_MS = 60_000
PARKED_PER_CALL = 64
PARKED_PER_TEAM = 1_000
TOO_OLD_MS = 86_400_000
AGAIN_MS = 3_600_000

# How a leg ends by itself, and the reason it gives (R31).
ENDS = {"ring.declined": "declined", "ring.busy": "busy",
        "ring.failed": "failed", "ring.machine": "machine",
        "ring.no_answer": "no_answer"}
HANG_UPS = ("caller.hung_up", "call.ended")


# --- the start --------------------------------------------------------------

def read_transfer(event, region):
    """R46: (what the request says of its own, warnings), nothing can fail."""
    data, said, warnings = event.data, {}, []
    pattern = data.get("pattern")
    if isinstance(pattern, str) and pattern in documents.PATTERNS:
        said["pattern"] = pattern
    elif pattern is not None:
        warnings.append("ignored:/pattern")
    ring_timeout = data.get("ring_timeout_s")
    if text.is_int(ring_timeout) and 1 <= ring_timeout <= 3600:
        said["ring_timeout_s"] = ring_timeout
    elif ring_timeout is not None:
        warnings.append("ignored:/ring_timeout_s")
    numbers = data.get("fallback_numbers")
    if isinstance(numbers, list):
        bad, found = [], []
        for i, entry in enumerate(numbers):
            one = documents.read_fallback(entry, "", {"region": region}, [],
                                          known=None)
            if one is None:
                bad.append(f"ignored:/fallback_numbers/{i}")
            else:
                found.append(one)
        if found or not numbers:
            said["fallback_numbers"] = found
            warnings += bad
        else:  # nothing left: the list
            warnings.append("ignored:/fallback_numbers")
    elif numbers is not None:
        warnings.append("ignored:/fallback_numbers")
    return said, warnings


def may_route_again(call, lead_id, now):
    """R44: within an hour of its miss, unless the caller is gone."""
    return call.lead_id == lead_id and call.state == "missed" \
        and not call.hung_up and now <= call.missed_at + AGAIN_MS


def transfer_requested(step, event):
    """R20: one routing of a call. (R44's other cases were told before.)"""
    team = step.team
    lead, unread = leads.from_transfer(step, event)  # R32
    call = get_or_create(team, event.get("call_id"))
    if call.lead_id not in (None, lead.id):
        call.forget_outcome()  # tagged before, with another lead
    said, call.warnings = read_transfer(event, team.doc["region"])
    call.warnings += unread
    call.settings = {**team.doc["transfer"], **said}  # R37
    call.calls = team.doc["calls"]
    call.lead_id = lead.id
    call.context = None
    if event.data.get("context") is not None:
        call.context = text.Raw(event.data.text["context"])
    call.groups = roster.groups_of(team, lead, step.now)  # R21
    call.looked, call.group = 0, None
    call.started = call.touched = step.now
    call.deadline = step.now + call.settings["total_timeout_s"] * 1000
    call.state, call.ended_at = "ringing", None
    call.routing += 1
    call.rang, call.wait_end, call.last_reason = set(), None, None
    call.failed = None
    call.hung_up = False

    call.plan = ["owner", "group", "fallback"]  # assigned_then_group
    if call.settings["pattern"] == "assigned_agent":
        call.plan.remove("group")
    elif call.settings["pattern"] == "simultaneous_group":
        call.plan.remove("owner")

    call.numbers = []  # R25: each once
    for entry in call.settings["fallback_numbers"]:
        if all(x["number"] != entry["number"] for x in call.numbers):
            call.numbers.append(entry)

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


# --- the cascade ------------------------------------------------------------

class Look:
    """Whom a step of the plan would ring now, and why not the others."""

    def __init__(self, kind, candidates=(), targets=(), group=None, rest=None,
                 looked=None):
        self.kind = kind  # as the wire names the step
        self.candidates = list(candidates)
        self.targets = list(targets)  # (agent_id or None, Number)
        self.group = group  # (rule_id, group)
        self.rest = rest  # what is left of the step after this attempt
        self.looked = looked

    @property
    def of_group(self):
        if self.kind != "group" or self.group is None:
            return {}
        rule_id, (kind, id_) = self.group
        return {"rule_id": rule_id, "pool_id": id_ if kind == "pool" else None}


def look_at(step, call, what):
    team = step.team
    lead = team.leads[call.lead_id]
    if isinstance(what, tuple):  # R33: those whom the win had cancelled
        look = ask(step, None, what)
        look.kind, look.group = call.step, call.group
        return look
    if what == "owner":
        look = ask(step, call, [] if lead.owner is None else [lead.owner])
        look.kind = "owner"
        return look
    if what == "fallback":
        return next_number(step, call)
    if call.group is not None:
        return group_look(step, call, call.group)
    passed = []
    for i, group in enumerate(call.groups, 1):  # R21: nobody may be rung
        look = group_look(step, call, group)
        look.looked = i
        if look.targets:
            break
        passed.append(look)
    if not readings.ONE_DECISION_PER_GROUP_STEP:
        for one in passed[:None if look.targets else -1]:
            decide(step, call, lead, one, None)
    return look


def group_look(step, call, group):
    look = ask(step, call, roster.members(step.team, group[1]))
    look.kind, look.group = "group", group
    size = call.settings["group_size"]
    if size is not None and look.targets:  # R20: least recently rung first
        agents = step.team.agents
        first = sorted(look.targets, key=lambda t: agents[t[0]].rung)[:size]
        look.targets = [t for t in look.targets if t in first]
        look.rest = "group"
    return look


def ask(step, call, agent_ids):
    """R22 of each; of one number only the first is rung (R51)."""
    candidates, targets = [], []
    for agent_id in agent_ids:
        why = roster.why_not_ring(step.team, agent_id, step.now, call,
                                  [number for _, number in targets])
        candidates.append(owners.candidate(agent_id, why[0] if why else None))
        if not why:
            targets.append((agent_id, step.team.agents[agent_id].number))
    return Look(None, candidates, targets)


def next_number(step, call):
    """R25: numbers already rung, closed and taken ones are left out."""
    team = step.team
    for i, entry in enumerate(call.numbers, 1):
        number = entry["number"]
        agent = roster.agent_of(team, number)
        if roster.has_rung(team, call, agent and agent.id, number) \
                or not open_now(team, entry, step.now) \
                or not is_free(team, entry, agent, step.now):
            continue
        return Look("fallback", [], [(agent and agent.id, number)],
                    rest="fallback", looked=i)
    return Look("fallback")


def open_now(team, entry, now):
    return entry["schedule"] is None or zones.inside(
        entry["schedule"], entry["time_zone"] or team.doc["time_zone"], now,
        team.doc["holidays"])


def is_free(team, entry, agent, now):
    """R51: one that is an active agent's is that agent."""
    number = entry["number"]
    if agent is not None:
        return agent.leg is None and agent.on_call is None \
            and now >= agent.wrap_end \
            and not roster.taken(team, number, now, agent.id)
    return entry["lines"] is None \
        or len(list(roster.on_number(team, number))) < entry["lines"]


def advance(step, call):
    """The next step that has somebody to ring (R23), or the end."""
    lead = step.team.leads[call.lead_id]
    call.state = "ringing"
    call.ringing, call.expires, call.time_over = [], None, False
    while call.plan:
        look = look_at(step, call, call.plan[0])
        if look.targets:
            if too_late(step, call):
                return
            if let_waiting_go_first(step, call, look.targets):
                continue
        what = call.plan.pop(0)
        if what == "group" and call.group is None:
            call.group, call.looked = look.group, look.looked
        if look.targets:
            if what == "fallback":
                call.numbers = call.numbers[look.looked:]
            if look.rest is not None:
                call.plan.insert(0, look.rest)
            ring(step, call, lead, look)
            return
        # A step that has rung is over silently, when nobody is left.
        if what and what not in call.rang:
            decide(step, call, lead, look, None)
        if isinstance(what, tuple) and call.step == "group" \
                and call.plan[:1] != ["group"]:
            call.plan.insert(0, "group")  # R33: the rest of the group
    if not may_wait(step, call):
        missed(step, call, call.failed or call.last_reason or "no_target")


def too_late(step, call):
    """R24, R43: whoever there is, is not rung."""
    if step.now >= call.deadline:
        missed(step, call, "total_timeout")
    elif step.late_ms > call.settings["max_age_s"] * 1000:
        missed(step, call, "expired")
    else:
        return False
    return True


def decide(step, call, lead, look, chosen, attempt=None):
    step.emit("decision.recorded", {
        "kind": "ring_attempt", "at": text.write_time(step.now),
        "cause": step.cause, "config_version": step.team.config_version,
        **look.of_group, "candidates": look.candidates, "chosen": chosen,
        "call_id": call.id, "attempt": attempt}, lead)


def ring(step, call, lead, look):
    team = step.team
    call.state = "ringing"
    call.attempt += 1
    team.attempts += 1
    call.step = look.kind
    call.rang.add(look.kind)
    call.failed = None
    call.ring_end = step.now + call.settings["ring_timeout_s"] * 1000
    expires_at = min(call.ring_end, call.deadline)
    call.expires = expires_at + call.settings["answer_grace_s"] * 1000
    call.time_over = False
    call.ringing = []
    for index, (agent_id, number) in enumerate(look.targets):
        leg = Leg(text.derived_id(team.id, call.id, call.attempt, index),
                  call.id, agent_id, number, look.kind, call.routing,
                  needs_confirm(call))
        call.legs[leg.id] = leg
        call.ringing.append(leg)
        if agent_id is not None:
            team.agents[agent_id].leg = leg  # R26
            team.agents[agent_id].rung = team.attempts
    decide(step, call, lead, look,
           [a for a, _ in look.targets if a is not None], call.attempt)
    phone = team.latest(lead, "phone")
    who = {"name": lead.fields.get("name"), "phone": phone and phone.phone}
    step.emit("ring.requested", {
        "call_id": call.id, "attempt": call.attempt, "step": look.kind,
        "legs": [named(team, leg) for leg in call.ringing],
        "lead": {k: v for k, v in who.items() if v is not None},
        "ring_timeout_s": call.settings["ring_timeout_s"],
        "expires_at": text.write_time(expires_at),
        "confirm": needs_confirm(call), "context": call.context,
        "warnings": call.warnings or None}, lead)
    call.warnings = []


def named(team, leg):
    """A leg with its agent's name."""
    wire = {"leg_id": leg.id}
    if leg.agent_id is not None:
        wire.update(agent_id=leg.agent_id,
                    name=team.agents[leg.agent_id].doc["name"])
    return {**wire, **leg.number.wire()}


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
    """R35: one more in a row (not of a fallback number, R51)."""
    if leg.agent_id is None or leg.kind == "fallback":
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
        telling.notify(step, recipient, "auto_unavailable", call_id=call.id,
                      told=call.told, concerned=agent.id)
    agent.misses = 0


def heard_from(step, leg):
    """R35: resets the count."""
    if leg.agent_id is not None and leg.kind != "fallback":
        step.team.agents[leg.agent_id].misses = 0


def call_timer(step, call):
    """R24: the attempt's time is over; R52: the wait is."""
    if call.state == "waiting":
        look_or_end(step, call, over=True)
        return
    going_on = [leg for leg in open_legs(call)
                if confirmed_until(call, leg) > step.stamp]
    legs = [leg for leg in open_legs(call) if leg not in going_on]
    cancel(step, call, legs, "ring_timeout")
    if legs:
        call.last_reason = "no_answer"
    # R43: legs overdue in a late step do not count.
    if step.late_ms <= call.settings["max_age_s"] * 1000:
        for leg in legs:
            missed_leg(step, call, leg)
    call.time_over = True
    if going_on:
        call.expires = min(confirmed_until(call, leg) for leg in going_on)
    else:
        attempt_over(step, call)


def confirmed_until(call, leg):
    """R28: how long a leg that was answered may still be accepted."""
    if leg.answered_at is None:
        return 0
    return leg.answered_at + call.settings["confirm_s"] * 1000


def attempt_over(step, call):
    """All its legs have ended."""
    if call.time_over and call.deadline < call.ring_end:
        missed(step, call, "total_timeout")
    else:
        advance(step, call)


# --- R52: waiting for somebody ----------------------------------------------

def who_may_come(step, call):
    """(agent_id, step of the wire, group, reasons) of the owner and the
    groups that were looked at."""
    team = step.team
    lead, seen = team.leads[call.lead_id], set()
    asked = []
    if call.settings["pattern"] != "simultaneous_group" \
            and lead.owner is not None:
        asked.append((lead.owner, "owner", None))
    if call.settings["pattern"] != "assigned_agent":
        asked += [(a, "group", group) for group in call.groups[:call.looked]
                  for a in roster.members(team, group[1])]
    for agent_id, kind, group in asked:
        if agent_id not in seen:
            seen.add(agent_id)
            yield agent_id, kind, group, set(roster.why_not_ring(
                team, agent_id, step.now, call))


def worth_waiting(step, call):
    return any(why and why <= roster.BUSY
               for _, _, _, why in who_may_come(step, call))


def may_wait(step, call):
    """Nobody is left to ring: whether the routing waits (on). While it waits,
    one who is free by now is somebody to wait for: they are rung at the end of
    the step."""
    if not worth_waiting(step, call) and (
            call.wait_end is None or pick(step, call) is None):
        return False
    if call.wait_end is None:
        end = step.now + call.settings["wait_s"] * 1000
        if min(end, call.deadline) <= step.now:
            return False
        call.wait_end = min(end, call.deadline)
        call.wait_by_total = call.deadline < end
        step.emit("transfer.waiting", {
            "call_id": call.id, "until": text.write_time(call.wait_end)},
            step.team.leads[call.lead_id])
    if step.now >= call.wait_end:
        return False
    call.state, call.expires = "waiting", call.wait_end
    return True


def pick(step, call):
    """Who is rung alone: the owner, then the groups' order; or None."""
    coming = [x for x in who_may_come(step, call)
              if not x[3] or x[3] <= roster.BUSY]
    for agent_id, kind, group, why in coming:
        if not why:
            look = Look(kind, [owners.candidate(
                a, next((r for r in REASONS if r in w), None))
                for a, _, _, w in coming],
                [(agent_id, step.team.agents[agent_id].number)], group)
            return look
    return None


REASONS = ("reserved", "on_call", "wrap_up", "phone_busy")


def look_or_end(step, call, over=False):
    """A waiting routing, at the end of a step, or when its wait is over."""
    look = None if over else pick(step, call)
    if look is not None:
        if not too_late(step, call):
            ring(step, call, step.team.leads[call.lead_id], look)
    elif over or not worth_waiting(step, call):
        missed(step, call, "total_timeout" if over and call.wait_by_total else
               call.failed or call.last_reason or "no_target")


def look_at_waiting(step):
    """At the end of each step of the team."""
    for call in step.team.waiting_calls:
        if call.state == "waiting":
            look_or_end(step, call)


def let_waiting_go_first(step, call, targets):
    """Before a step rings somebody, the routings that wait for them go. True
    if one did."""
    for other in step.team.waiting_calls:
        if other is call:
            continue
        look = pick(step, other)
        if look is None:
            continue
        (agent_id, number), = look.targets
        if any(agent_id == a or number == n for a, n in targets):
            look_or_end(step, other)
            return True
    return False


# --- what becomes of it -----------------------------------------------------

def missed(step, call, reason):
    """The end without an answer: R31, then the outcome (R38)."""
    call.state = "missed"
    call.plan, call.ringing, call.expires = [], [], None
    call.ended_at = call.missed_at = step.now
    call.hung_up = reason == "caller_hung_up"
    lead = step.team.leads[call.lead_id]
    step.emit("transfer.missed", {
        "call_id": call.id, "reason": reason, "attempts": call.attempt,
        "warnings": call.warnings or None}, lead)
    call.warnings = []
    outcomes.derived(step, call, lead, "missed_transfer")


def win(step, call, leg):
    """R27."""
    team = step.team
    lead = team.leads[call.lead_id]
    end_leg(step, leg)
    others = open_legs(call)
    call.state, call.winner, call.win_cancelled = "connected", leg, others
    call.won_at, call.expires = step.now, None
    call.call_end = step.now + call.calls["max_call_s"] * 1000
    kind, who = "fallback", {}
    if leg.agent_id is not None:
        agent = team.agents[leg.agent_id]
        agent.on_call = call.id
        who = {"agent_id": agent.id, "name": agent.doc["name"]}
        if leg.kind != "fallback":
            kind = "owner" if agent.id == lead.owner else "group"
    step.emit("transfer.connected", {
        "call_id": call.id, "attempt": call.attempt, "leg_id": leg.id,
        "answered_by": {"kind": kind, **who, **leg.number.wire()},
        "waited_ms": step.now - call.started}, lead)
    cancel(step, call, others, "answered_elsewhere")
    outcomes.derived(step, call, lead, "successful_transfer")


def end_call(step, call, wrap_up):
    """R34: the winner is free, after its wrap-up."""
    heard_from(step, call.winner)  # a win that is not taken back
    call.state = "ended"
    call.call_end = None
    call.ended_at = step.now
    free_winner(step, call, call.calls["wrap_up_s"] if wrap_up else 0)


def free_winner(step, call, wrap_up_s):
    agent_id = call.winner.agent_id
    if agent_id is not None:
        agent = step.team.agents[agent_id]
        agent.on_call = None
        agent.wrap_end = step.now + wrap_up_s * 1000
        agent.wrap_number = call.winner.number
        agent.wrap_timer = wrap_up_s > 0


def hang_up(step, call):
    """R30; R33 for one that comes too soon after the win."""
    if call.running:
        cancel(step, call, open_legs(call), "caller_hung_up")
        missed(step, call, "caller_hung_up")
    elif call.state == "connected":
        if step.now < call.won_at + call.calls["min_talk_s"] * 1000:
            take_back(step, call)
            missed(step, call, "caller_hung_up")
        else:
            end_call(step, call, True)
    else:
        call.hung_up = True


def target_unavailable(step, agent):
    """R29: toggled off, deactivated, removed or away while ringing."""
    leg = agent.leg
    if leg is None or leg.kind == "fallback":
        return
    call = step.team.calls[leg.call_id]
    cancel(step, call, [leg], "target_unavailable")
    if not open_legs(call):
        attempt_over(step, call)


def unknown_leg():
    return DeadLetter("unknown_leg", "/data/leg_id names no leg of the call")


def leg_event(step, call, event):
    leg = call.legs.get(event.get("leg_id"))
    if leg is None:
        raise unknown_leg()
    won = call.state == "connected" and leg is call.winner
    if event.type == "call.bridge_failed":
        if won:
            success_fails(step, call, "bridge_failed")
    elif event.type in ENDS:
        if leg.open:
            end_leg(step, leg)
            call.last_reason = ENDS[event.type]
            if event.type in ("ring.no_answer", "ring.machine"):
                missed_leg(step, call, leg)
            if not open_legs(call):
                attempt_over(step, call)
        elif won and event.type == "ring.machine":
            success_fails(step, call, "machine")
    else:
        answer(step, call, leg, event.type == "ring.accepted")


def answer(step, call, leg, accepted):
    """R27, R28, R35."""
    if leg is call.winner:  # again: changes nothing
        return
    counts = accepted or not leg.confirm
    if leg.open:
        if counts:
            win(step, call, leg)
        elif leg.answered_at is None:
            leg.answered_at = step.now
        return
    won = call.state in ("connected", "ended")
    if not won and counts:
        heard_from(step, leg)
    step.emit("ring.cancelled", {
        "call_id": call.id,
        "legs": [leg.wire(reason="lost_race" if won else "late")]},
        step.team.leads[call.lead_id])


def take_back(step, call):
    """R33: the failed winner is free at once."""
    free_winner(step, call, 0)
    leg, call.winner, call.call_end = call.winner, None, None
    call.state = "ringing"
    call.taken_back = True
    call.told = {x for x in call.told if x[0] != "transfer_answered"}
    call.wait_end = None  # R52: anew
    return leg


def success_fails(step, call, why):
    """R33: the cascade goes on."""
    leg = take_back(step, call)
    if why == "machine":
        missed_leg(step, call, leg)  # R35
    call.failed = why
    call.deadline = step.now + call.settings["total_timeout_s"] * 1000
    call.plan.insert(0, tuple(x.agent_id for x in call.win_cancelled))
    advance(step, call)


# --- events that name a call ------------------------------------------------

def call_event(step, event):
    """ring.*, call.bridge_failed, caller.hung_up, call.ended."""
    call = step.team.call(event.get("call_id"), step.now)
    if call is None or not call.routed:
        park(step, event)
        return
    if step.team.stub(call, step.now):  # R15: its legs are not known
        if "leg_id" in event.ids:
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


def unknown_call():
    return DeadLetter("unknown_call",
                      "/data/call_id names a call that is not known")


def park(step, event):
    """R45: 60 s, each its own."""
    team = step.team
    if sum(len(c.parked) for c in team.calls.values()) >= PARKED_PER_TEAM:
        raise unknown_call()
    known = team.calls.get(event.get("call_id"))
    if known is not None and len(known.parked) >= PARKED_PER_CALL:
        raise unknown_call()
    call = get_or_create(team, event.get("call_id"))
    call.touched = step.now
    call.parked.append(Parked(event, step.offset, step.now + PARKED_MS))


def parking_ends(step, call):
    """One parked event's time is over; R38 for the tags of a transfer."""
    p = call.parked.pop(0)
    lead = None
    if p.event.type == "call.outcome" \
            and call.lead_id in (None, p.event.get("lead_id")):
        lead = step.team.lead(p.event.get("lead_id"), step.now)
    if lead is None:
        e = unknown_call()
        step.bury(e.reason, e.message, p.offset)
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
