"""Section 4: what a call ends with (R38–R42)."""

from . import (calls, documents, gate, leads, owners, readings, roster,
               telling, text, typed)
from .reading import DeadLetter
from .state import Task

TRANSFER_TAGS = ("successful_transfer", "missed_transfer")
SUCCESS, MISS = TRANSFER_TAGS
DUE_IN_S = 300


# --- R38: which outcome counts ----------------------------------------------

def call_outcome(step, event):
    team = step.team
    tag = typed.tag_key(event.data["outcome"])
    if tag not in documents.TAGS and tag not in team.doc["outcomes"]:
        raise DeadLetter("invalid_value",
                         "/data/outcome is no outcome of the team")
    call = team.call(event.get("call_id"), step.now)
    routed = call is not None and call.routed
    check_lead(call, event)
    if tag in TRANSFER_TAGS:
        if not routed:
            calls.park(step, event)
        elif not team.stub(call, step.now):
            call.touched = step.now
            transfer_tag(step, call, event)
        return
    lead = leads.known(step, event)
    if call is None:
        call = calls.get_or_create(team, event.get("call_id"))
    # R15: a day later no other tag than an opt-out, which always counts.
    counts = tag == "opt_out" \
        or not call.tagged and not team.faded(call, step.now)
    call.touched = step.now
    if not routed:
        call.lead_id = lead.id
    if counts:
        call.tagged = True
        run(step, call, lead, tag, event)


def check_lead(call, event):
    """A call is known from its transfer, or from an outcome before."""
    if call is not None and call.lead_id not in (None, event.get("lead_id")):
        raise DeadLetter("invalid_value",
                         "/data/lead_id is not the lead of the call")


def transfer_tag(step, call, event):
    """One of the two transfer tags, for a call that was routed here."""
    check_lead(call, event)
    if not call.running:
        count(step, call, step.team.leads[call.lead_id],
              typed.tag_key(event.data["outcome"]), event)


def never_routed(step, call, lead, event):
    """A parked transfer tag whose transfer never came."""
    call.touched = step.now
    call.lead_id = lead.id
    count(step, call, lead, typed.tag_key(event.data["outcome"]), event)


def derived(step, call, lead, tag):
    """Fairlead's own outcome of a routing."""
    taken_back, call.taken_back = call.taken_back, False
    first, call.derived = not call.derived, True
    if tag == SUCCESS and call.result == SUCCESS and taken_back:
        # R33: a new winner, of whom people are told anew.
        run(step, call, lead, tag, None)
        return
    back = (taken_back or first and readings.ROUTED_MISS_STANDS) \
        and call.result == SUCCESS and tag == MISS
    count(step, call, lead, tag, None, back)


def count(step, call, lead, tag, event, taken_back=False):
    """Per call `missed < successful`; only R33 goes back."""
    before = call.result
    if before is None:
        call.result = tag
        run(step, call, lead, tag, event)
    elif (before, tag) == (MISS, SUCCESS) or taken_back:
        call.result = tag
        run(step, call, lead, tag, event, corrected=before)


# --- R39: the actions -------------------------------------------------------

def listed_as(team, tag):
    """The tag as the team lists it."""
    return team.doc["outcomes"].get(tag, (tag,))[0]


def actions_of(team, tag):
    _, actions = team.doc["outcomes"].get(
        tag, (tag, documents.DEFAULT_ACTIONS.get(tag, [])))
    if tag == MISS and not any(
            a["do"] == "create_task" and a["kind"] == "call_back"
            for a in actions):
        # R41: a list cannot remove the task of a miss.
        actions = actions + [{"do": "create_task", "kind": "call_back"}]
    return actions


def run(step, call, lead, tag, event, corrected=None):
    """An outcome that counts, in the contract's order."""
    team = step.team
    lead.touched = step.now
    actions = actions_of(team, tag)
    first_success = tag == SUCCESS and not call.succeeded
    if tag == SUCCESS:
        if call.succeeded:  # R33: nothing else runs twice, but R38's
            again = ("notify",) if corrected is None \
                else ("cancel_cadence", "notify")
            actions = [a for a in actions if a["do"] in again]
        call.succeeded = True
    if tag == "opt_out":
        gate.opt_out(step, lead)
    if corrected is not None:
        step.emit("outcome.corrected", {
            "call_id": call.id, "from": listed_as(team, corrected),
            "to": listed_as(team, tag)}, lead)
    if tag == SUCCESS and (first_success or corrected is not None):
        reached(step, call, lead, first_success)
    if tag == MISS and corrected is not None:
        resume(step, call, lead, actions)

    def listed(*names):
        return [a for a in actions if a["do"] in names]

    for action in listed("assign"):
        assign(step, call, lead, action, tag)
    if lead.owner is not None:
        owners.touch(step, lead)  # R17
    elif listed("create_task") or (  # R41
            readings.OUTCOME_TOUCHES_OWNERLESS and lead.waiting is None):
        owners.look(step, lead, lead.kept)
    for action in listed("stage"):
        owners.change_stage(step, lead, action["to"])
    for action in listed("cancel_cadence", "pause_cadence"):
        cadence(step, call, lead, tag, event, action["do"])
    task_id, words = None, None
    for action in listed("create_task"):
        made = task(step, call, lead, action, tag)
        if made is not None:
            task_id, words = made
    kind = {SUCCESS: "transfer_answered", MISS: "transfer_missed"}.get(
        tag, "outcome")
    if kind == "outcome":
        words = listed_as(team, tag)
    elif tag == SUCCESS and call.winner is not None:
        words = answered_by_words(team, call)
    for action in listed("notify"):
        for role in action["to"]:
            telling.notify(step, recipient(team, call, lead, role), kind, lead,
                          call.id, call.told, task_id=task_id,
                          outcome=listed_as(team, tag), more=words)
    owner = team.agents.get(lead.owner)
    if tag == MISS and owner is not None and (
            roster.absent(team, owner, step.now)
            or not roster.on_schedule(team, owner, step.now)):
        owners.cover(step, lead, call, task_id)


def reached(step, call, lead, all_of_them):
    """R38: a success ends the call-backs of the lead's misses."""
    own = [t for t in (call.tasks.get("call_back"), call.repeated)
           if t is not None and t.of_miss]
    for one in lead.open_tasks(step.now):
        mine = any(one is t for t in own)
        if mine or all_of_them and one.of_miss:
            one.cancel()
            step.emit("task.cancelled", {
                "task_id": one.id, "reason":
                "outcome_corrected" if mine else "reached"}, lead)
    call.repeated = None


def resume(step, call, lead, actions):
    """R33: if this success had cancelled the cadence, and nothing else would
    have."""
    if call.cadence_cancelled == SUCCESS and not call.cancelling - {SUCCESS} \
            and not any(a["do"] == "cancel_cadence" for a in actions):
        call.cadence_cancelled = None
        step.emit("cadence.resumed", {"reason": "outcome_corrected",
                                      "call_id": call.id}, lead)


def answered_by_words(team, call):
    leg = call.winner
    if leg.agent_id is not None:
        return f"{team.agents[leg.agent_id].doc['name']} has taken it."
    return f"{leg.number.phone or leg.number.endpoint} has taken it."


def answered_by(call):
    return call.winner.agent_id if call.winner is not None else None


def recipient(team, call, lead, role):
    if role == "owner":
        return lead.owner
    if role == "account_owner":
        return team.doc["account_owner"]
    if role == "answered_by":
        return answered_by(call)
    return role["agent"]


def assign(step, call, lead, action, tag):
    """R42."""
    team = step.team
    if action["pool"] is None:
        agent_id = action["agent"] if action["to"] is None \
            else answered_by(call)
        if agent_id in (None, lead.owner):
            return
        done = leads.give_to_agent(step, lead, agent_id, "outcome", call.id)
    else:
        pool = team.pools[action["pool"]]
        if any(m.agent_id == lead.owner for m in pool.members):
            return
        choice = owners.by_pool(team, pool, step.now, "outcome")
        done = choice.agent_id is not None
        if done:
            owners.give(step, lead, choice, "outcome")
        else:
            owners.record(step, lead, choice)
            step.emit("action.failed", {
                "action": "assign", "reason": "nobody_eligible",
                "call_id": call.id}, lead)
    if not done:
        telling.notify(step, team.doc["account_owner"], "action_failed", lead,
                      call.id, call.told)


def cadence(step, call, lead, tag, event, do):
    reason = listed_as(step.team, tag)
    if do == "pause_cadence":
        until = text.read_time(event.get("until")) \
            if event is not None else None
        step.emit("cadence.paused", {
            "until": text.write_time(until) if until is not None else None,
            "reason": reason, "call_id": call.id}, lead)
        return
    call.cancelling.add(tag)
    if call.cadence_cancelled is None:  # at most once per call
        call.cadence_cancelled = tag
        step.emit("cadence.cancelled", {"reason": reason, "call_id": call.id},
                  lead)


# --- R41: tasks -------------------------------------------------------------

def task(step, call, lead, action, tag):
    """(task_id, words for people) of what is created or repeated, or None."""
    kind = action["kind"]
    of_miss = tag == MISS and kind == "call_back"
    own = call.tasks.get(kind)
    if own is not None and not own.cancelled:  # one per call and kind
        own.of_miss |= of_miss
        return None
    if of_miss and call.repeated is not None:  # listed twice
        return None
    open_ones = [t for t in lead.open_tasks(step.now) if t.of_miss]
    if of_miss and open_ones:
        one = open_ones[-1]
        one.misses += 1
        call.repeated = one
        step.emit("task.repeated", {
            "task_id": one.id, "assignee": one.assignee, "call_id": call.id,
            "misses": one.misses}, lead)
        return one.id, f"Calls missed so far: {one.misses}."
    assignee, due = whose(step, call, lead, action, of_miss)
    title = action.get("title") or kind.replace("_", " ") or "task"
    id_ = step.emit("task.created", {
        "kind": kind, "assignee": assignee, "due_at": text.write_time(due),
        "title": title, "call_id": call.id}, lead)
    one = Task(id_, kind, assignee, due, of_miss=of_miss)
    lead.tasks.append(one)
    call.tasks[kind] = one
    return id_, None


def whose(step, call, lead, action, of_miss):
    """(assignee, when it is due)."""
    team = step.team
    due_in = action.get("due_in_s")
    due_in = (DUE_IN_S if due_in is None else due_in) * 1000
    owner = team.agents.get(lead.owner)
    if owner is None:
        return None, step.now + due_in

    def due_of(agent):
        start = roster.due_start(team, agent, step.now)
        return (step.now if start is None else start) + due_in

    start = roster.due_start(team, owner, step.now)
    settings = call.calls or team.doc["calls"]  # R37
    far = start is None \
        or start > step.now + settings["cover_after_s"] * 1000
    if of_miss and (far or roster.absent(team, owner, step.now)):
        stand_in = roster.stand_in(step, lead)
        if stand_in is not None:
            roster.named(step, lead)
            return stand_in, due_of(team.agents[stand_in])
        boss = team.agents.get(team.doc["account_owner"])
        if boss is not None and boss.active \
                and not roster.absent(team, boss, step.now) \
                and due_of(boss) < due_of(owner):
            return boss.id, due_of(boss)
    return owner.id, due_of(owner)
