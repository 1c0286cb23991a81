"""R3–R17, R19, R54: who gets a lead, and what is said about it."""

from dataclasses import dataclass, field

from . import gate, matching, readings, roster, rotation, telling, text

RE_INQUIRY_MS = 15 * 60_000
PERSON_MAX = 50
PASSED_OVER_MAX = 20


@dataclass
class Choice:
    """R19: how an owner was looked for, and who it is (None: nobody)."""
    agent_id: str = None
    reason: str = None
    rule_id: str = None
    pool_id: str = None
    turn: int = None
    passed_over: list = field(default_factory=list)
    v_before: int = None
    candidates: list = field(default_factory=list)
    tie_break: str = None
    pass_after: int = None


# --- R5, R11: the choices ---------------------------------------------------

def reasons(team, pool, now, requires=None, leave_out=None, relaxed=False):
    """Of each member why it cannot get the lead, or None."""
    def why(agent_id, absence=True):
        return roster.why_not(team, agent_id, now, requires or pool.requires,
                              leave_out, absence=absence)
    found = {m.agent_id: why(m.agent_id) for m in pool.members}
    if relaxed:  # R50: unless all its members are absent
        away = [m.agent_id for m in pool.members
                if m.agent_id in team.agents
                and roster.absent(team, team.agents[m.agent_id], now)]
        if readings.ALL_MEMBERS_ABSENT:
            nobody = len(away) == len(pool.members)
        else:
            nobody = all(found.values()) and any(
                why(a, False) is None for a in away)
        if nobody:
            found = {a: why(a, False) for a in found}
    return found


def by_pool(team, pool, now, reason, leave_out=None, rule_id=None,
            relaxed=False):
    why = reasons(team, pool, now, "none" if relaxed else None, leave_out,
                  relaxed)
    turn = rotation.choose(pool, {a for a, x in why.items() if x is None})
    if turn.agent_id is not None:  # R6: a turn is used
        roster.use_turn(team, team.agents[turn.agent_id], now)
    return Choice(turn.agent_id, reason, rule_id, pool.id, turn.turn, [],
                  turn.v_before,
                  [candidate(a, x, turn.passes[a]) for a, x in why.items()],
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
    passed, last, first = [], Choice(), None

    def done(choice):
        choice.passed_over = [p for p in passed
                              if p["rule_id"] != choice.rule_id
                              or choice.agent_id is None]
        return choice

    matched = False
    for rule in team.doc["rules"]:
        unmet = matching.unmet(team, rule, lead.fields, now)
        if unmet is not None:
            because, missing = unmet
            passed.append({"rule_id": rule["id"], "because": because,
                           **({"missing": True} if missing else {})})
            continue
        matched = True
        agent_id, pool_id = rule["assign"]["agent"], rule["assign"]["pool"]
        if agent_id is not None:
            if roster.why_not(team, agent_id, now, leave_out=leave_out,
                              named=True) is None:
                return done(one(agent_id, "rule_agent", rule["id"]))
        else:
            first = first or rule
            last = by_pool(team, team.pools[pool_id], now, "rotation",
                           leave_out, rule["id"])
            if last.agent_id is not None:
                return done(last)
        passed.append({"rule_id": rule["id"], "because": "nobody_eligible"})
    if first is not None:
        last = by_pool(team, team.pools[first["assign"]["pool"]], now,
                       "relaxed", leave_out, first["id"], relaxed=True)
        if last.agent_id is not None:
            return done(last)
    for role in ("default_owner", "account_owner"):
        agent_id = team.doc[role]
        if agent_id is not None and roster.why_not(
                team, agent_id, now, leave_out=leave_out, named=True,
                owner_anyway=True) is None:
            return done(one(agent_id, role))
    last.reason = "nobody_eligible" if matched else "no_rule"
    return done(last)


def would_find(team, lead, now):
    """R11's look: whether the rules would find somebody, the default owners
    aside. It changes nothing."""
    if not team.configured:
        return False
    pools = []
    for rule in matching.rules(team, lead, now):
        if rule["assign"]["agent"] is not None:
            if roster.why_not(team, rule["assign"]["agent"], now,
                              named=True) is None:
                return True
        else:
            pools.append(team.pools[rule["assign"]["pool"]])
    return any(None in reasons(team, p, now).values() for p in pools) \
        or bool(pools) and None in reasons(team, pools[0], now, "none",
                                           relaxed=True).values()


# --- R19: the record of a choice --------------------------------------------

def record(step, lead, choice, call_id=None):
    return step.emit("decision.recorded", {
        "kind": "assignment", "at": text.write_time(step.now),
        "cause": step.cause, "config_version": step.team.config_version,
        "rule_id": choice.rule_id, "pool_id": choice.pool_id,
        "passed_over": choice.passed_over[:PASSED_OVER_MAX] or None,
        "v_before": choice.v_before, "candidates": choice.candidates,
        "chosen": choice.agent_id, "tie_break": choice.tie_break,
        "pass_after": choice.pass_after, "call_id": call_id}, lead)


# --- R3, R16: an owner, and all that comes with one -------------------------

def give(step, lead, choice, reason, previous=None, conflict=None,
         quiet=False):
    """The lead's first owner (R3) or another one (R16). `conflict`: (another
    owner, phone, e-mail) of R12."""
    team = step.team
    first, old_owner = lead.epoch == 0, lead.owner
    along, behind = ([], False) if first or old_owner is None \
        else person(team, lead, step.now)
    decision = record(step, lead, choice)
    own(team, lead, choice.agent_id)
    agent = team.agents[lead.owner]
    told = {"agent": {"agent_id": agent.id, "name": agent.doc["name"]},
            "reason": reason, "rule_id": choice.rule_id,
            "decision_id": decision}
    step.emit("lead.assigned" if first else "lead.reassigned", assignment(
        told, previous if first else lead.last_owner,
        pool_id=choice.pool_id, turn=choice.turn,
        warnings=lead.warnings or None), lead)
    lead.last_owner = lead.owner
    lead.warnings = []
    if conflict is not None:
        conflicts(step, lead, *conflict)
    if behind:  # R54: what the limit leaves behind stays
        conflicts(step, lead, old_owner, team.latest(lead, "phone"),
                  team.latest(lead, "email"))
    if first and reason not in ("existing_owner", "owner_inactive"):
        change_stage(step, lead, team.doc["stage"])
    move_tasks(step, lead)
    kind = "reassigned" if not first else \
        "re_inquiry" if reason == "existing_owner" else "new_lead"
    tell(step, lead, kind, quiet, len(along) + 1 if along else None)
    gate.release(step, lead)
    for x in along:
        own(team, x, choice.agent_id)
        step.emit("lead.reassigned", assignment(
            told, x.last_owner, with_=lead.id), x)
        x.last_owner = x.owner
        move_tasks(step, x)
        gate.release(step, x)
    step.budget -= len(along)


def assignment(told, previous, pool_id=None, turn=None, with_=None,
               warnings=None):
    return {"agent": told["agent"], "previous_owner": previous,
            "reason": told["reason"], "rule_id": told["rule_id"],
            "pool_id": pool_id, "turn": turn, "with": with_,
            "decision_id": told["decision_id"], "warnings": warnings}


def own(team, lead, agent_id):
    team.ownings += 1
    lead.owner, lead.owned = agent_id, team.ownings
    lead.epoch += 1
    lead.waiting = None
    lead.reported = lead.quiet = False


def conflicts(step, lead, other_owner, phone, email):
    step.emit("lead.conflict", {
        "kept_owner": lead.owner, "other_owner": other_owner,
        "phone": phone and phone.phone, "email": email}, lead)


def change_stage(step, lead, to):
    if to is not None and to != lead.stage:
        step.emit("lead.stage_changed", {"from": lead.stage, "to": to}, lead)
        lead.stage = to


def move_tasks(step, lead, whose=None):
    for task in lead.open_tasks(step.now):
        if whose is None or task.assignee == whose:
            step.emit("task.moved", {
                "task_id": task.id, "from": task.assignee,
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


# --- R54: one person, one owner ---------------------------------------------

def person(team, lead, now):
    """(the other open leads of the person, whether some are left out)."""
    found, queue, older = {lead.id: lead}, [lead], []

    def same(x):
        return x.owner == lead.owner and not x.closed and x.id not in found

    seen = set()
    while queue:
        for key in team.keys(queue.pop(0)):
            if key in seen:
                continue
            seen.add(key)
            those = team.with_key(key, now)
            older += those[:-PERSON_MAX]
            for x in those[-PERSON_MAX:]:
                if same(x):
                    found[x.id] = x
                    queue.append(x)
    others = sorted((x for x in found.values() if x is not lead),
                    key=lambda x: text.in_bytes(x.id))
    return others[:PERSON_MAX], len(others) > PERSON_MAX \
        or any(same(x) for x in older)


# --- R12: the returning lead ------------------------------------------------

def leads_to(step, lead, kind, values):
    """(the lead with an active owner that was given it last, the one that has
    had an owner at all), for the first of these phones or e-mails that leads
    to one. A lead that never had an owner is known to nobody but itself."""
    team, had = step.team, None
    for value in values:
        if not team.matches(kind, value):
            continue
        same = [x for x in team.with_key((kind, value), step.now)
                if x is not lead and x.epoch > 0]
        owned = [x for x in same
                 if x.owner is not None and team.active(x.owner)]
        if owned:
            found = max(owned, key=lambda x: x.owned)
            return found, found
        had = had or max(same, key=lambda x: x.owned, default=None)
    return None, had


def look(step, lead, keys, assigned_agent=None, quiet=False,
         before_rules=None):
    """R12, then R13's `assigned_agent`, then the rules: for a lead whose own
    id leads to no active owner. `keys`: the phones and the e-mails that are
    looked up; `before_rules`: R11's round before a newcomer."""
    team = step.team

    def existing():
        """Gives the owner that phone or e-mail leads to; what is known."""
        (phone, had_phone), (email, had_email) = (
            leads_to(step, lead, kind, keys[kind])
            for kind in ("phone", "email"))
        found = [x for x in (phone, email) if x is not None]
        return found, had_phone or had_email

    def give_existing(found):
        other = None
        if len(found) == 2 and found[0].owner != found[1].owner:
            other = found[1].owner, *(next(iter(keys[k]), None)
                                      for k in ("phone", "email"))
        if lead.epoch == 0:  # R40: a new lead takes the time over
            lead.re_inquired = found[0].re_inquired
        owner = found[0].owner
        give(step, lead, one(owner, "existing_owner"), "existing_owner",
             conflict=other, quiet=quiet)

    found, had = existing()
    returning = lead.epoch > 0 or had is not None
    direct = None
    if assigned_agent is not None:
        if returning:
            if not found or found[0].owner != assigned_agent:
                warn(lead, "already_owned")
        elif assigned_agent not in team.agents:
            warn(lead, "unknown_agent")
        elif not team.active(assigned_agent):
            warn(lead, "inactive_agent")
        else:
            direct = assigned_agent
    if found:
        give_existing(found)
        return
    if direct is not None:
        give(step, lead, one(direct, "direct"), "direct", quiet=quiet)
        return
    if before_rules is not None:
        what = before_rules(step, lead)
        if what == "behind":
            return
        if what == "round" and readings.ROUND_MAKES_KNOWN:
            found, had = existing()
            if found:
                give_existing(found)
                return
    # Known, but nowhere an active owner.
    choice = by_rules(team, lead, step.now)
    if choice.agent_id is None:
        without_owner(step, lead, choice)
    else:
        give(step, lead, choice,
             "owner_inactive" if lead.epoch > 0 or had else choice.reason,
             previous=had and had.last_owner, quiet=quiet)


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


# --- R40: telling people ----------------------------------------------------

def tell(step, lead, kind, quiet=False, count=None):
    """The owner, of the lead; with it goes a `cover` for an absent one (R12).
    `re_inquiry` only if the last one is 15 minutes old."""
    if quiet or kind == "re_inquiry" and lead.re_inquired is not None \
            and step.now < lead.re_inquired + RE_INQUIRY_MS:
        return
    if not telling.notify(step, lead.owner, kind, lead, count=count):
        return
    if kind == "re_inquiry":
        lead.re_inquired = step.now
    if kind in ("new_lead", "re_inquiry") \
            and roster.absent(step.team, step.team.agents[lead.owner],
                              step.now):
        cover(step, lead)


def cover(step, lead, call=None, task_id=None):
    stand_in = roster.stand_in(step, lead)
    if stand_in is not None and telling.notify(
            step, stand_in, "cover", lead, call and call.id,
            call and call.told, task_id=task_id):
        roster.named(step, lead)
