"""Section 4: what a call ends with (R38–R42)."""

from . import calls, documents, leads, owners, readings, text, zones
from .reading import DeadLetter
from .state import Task

TRANSFER_TAGS = ("successful_transfer", "missed_transfer")
DUE_IN_S = 300


# --- R38: which outcome counts ----------------------------------------------

def call_outcome(step, event):
    team = step.team
    tag = event.data["outcome"]
    if tag not in documents.TAGS and tag not in team.doc["outcomes"]:
        raise DeadLetter("invalid_value", "/data/outcome is not listed")
    call = team.call(event.data["call_id"], step.now)
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
        call = calls.get_or_create(team, event.data["call_id"])
    # R15: a day later an opt_out is applied, whatever came before it, and no
    # other tag.
    counts = tag == "opt_out" if team.faded(call, step.now) \
        else not call.tagged
    call.touched = step.now
    if not routed:
        call.lead_id = lead.id
    if counts:
        call.tagged = True
        run(step, call, lead, tag, event)


def check_lead(call, event):
    """A call is known from its transfer, or from an outcome before."""
    if call is not None and call.lead_id not in (None, event.data["lead_id"]):
        raise DeadLetter("invalid_value", "/data/lead_id is not the call's")


def transfer_tag(step, call, event):
    """One of the two transfer tags, for a call that was routed here."""
    check_lead(call, event)
    if call.state == "ringing":
        return
    count(step, call, step.team.leads[call.lead_id], event.data["outcome"],
          event)


def never_routed(step, call, lead, event):
    """A parked transfer tag whose transfer never came."""
    call.touched = step.now
    call.lead_id = lead.id
    count(step, call, lead, event.data["outcome"], event)


def derived(step, call, lead, tag):
    """Fairlead's own outcome of a routing."""
    taken_back = (call.taken_back or readings.ROUTED_MISS_STANDS) \
        and call.result == "successful_transfer" \
        and tag == "missed_transfer"
    call.taken_back = False
    count(step, call, lead, tag, None, taken_back)


def count(step, call, lead, tag, event, taken_back=False):
    """Per call `missed < successful`; only R33 goes back."""
    before = call.result
    if before is None:
        call.result = tag
        run(step, call, lead, tag, event)
    elif (before, tag) == TRANSFER_TAGS[::-1] or taken_back:
        call.result = tag
        run(step, call, lead, tag, event, corrected=before)


# --- R39: the actions -------------------------------------------------------

def actions_of(team, tag):
    actions = team.doc["outcomes"].get(tag)
    if actions is None:
        actions = documents.DEFAULT_ACTIONS.get(tag, [])
    if tag == "missed_transfer" and not any(
            a["do"] == "create_task" and a["kind"] == "call_back"
            for a in actions):
        # R41: a list cannot remove the task of a miss.
        actions = actions + [{"do": "create_task", "kind": "call_back"}]
    return actions


def run(step, call, lead, tag, event, corrected=None):
    """An outcome that counts, in the contract's order."""
    team = step.team
    lead.touched = step.now
    if tag == "opt_out":
        owners.opt_out(step, lead)
    if corrected is not None:
        step.emit("outcome.corrected", {"call_id": call.id, "from": corrected,
                                        "to": tag}, lead)
        task = call.tasks.get("call_back")
        if tag == "successful_transfer" and task is not None \
                and task in lead.open_tasks(step.now):
            task.open = False
            step.emit("task.cancelled", {"task_id": task.id,
                                         "reason": "outcome_corrected"}, lead)
    actions = actions_of(team, tag)
    if tag == "successful_transfer":
        if readings.SUCCESS_RUNS_ONCE and call.succeeded:
            actions = [a for a in actions if a["do"] == "notify"]
        call.succeeded = True

    def listed(*names):
        return [a for a in actions if a["do"] in names]

    for action in listed("assign"):
        assign(step, call, lead, action)
    if lead.owner is not None:
        owners.touch(step, lead)  # R17
        tried = True
    else:
        tried = False
    new_tasks = [a for a in listed("create_task")
                 if a["kind"] not in call.tasks]
    if not tried and (listed("create_task") or (  # R41
            readings.OUTCOME_TOUCHES_OWNERLESS and lead.waiting is None)):
        owners.look(step, lead)
    for action in listed("stage"):
        owners.change_stage(step, lead, action["to"])
    for action in listed("cancel_cadence", "pause_cadence"):
        cadence(step, call, lead, tag, event, action["do"])
    task_id = None
    for action in new_tasks:
        if action["kind"] not in call.tasks:  # one per call and kind
            task_id = create_task(step, call, lead, action)
    kind = {"successful_transfer": "transfer_answered",
            "missed_transfer": "transfer_missed"}.get(tag, "outcome")
    for action in listed("notify"):
        for role in action["to"]:
            owners.notify(step, recipient(team, call, lead, role), kind, lead,
                          call.id, call.told, task_id=task_id, outcome=tag)
    if tag == "missed_transfer":
        cover(step, call, lead, task_id)


def recipient(team, call, lead, role):
    if role == "owner":
        return lead.owner
    if role == "account_owner":
        return team.doc["account_owner"]
    if role == "answered_by":
        return call.winner.agent_id if call.winner is not None else None
    return role["agent"]


def assign(step, call, lead, action):
    """R42."""
    team = step.team
    if action["agent"] is not None:
        if action["agent"] == lead.owner:
            return
        done = leads.give_to_agent(step, lead, action["agent"], "outcome",
                                   call.id)
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
        owners.notify(step, team.doc["account_owner"], "action_failed", lead,
                      call.id, call.told)


def cadence(step, call, lead, tag, event, do):
    if do == "pause_cadence":
        until = event.get("until") if event is not None else None
        step.emit("cadence.paused", {
            "until": until and text.write_time(text.read_time(until)),
            "reason": tag, "call_id": call.id}, lead)
    elif not call.cadence_cancelled:  # at most once per call
        call.cadence_cancelled = True
        step.emit("cadence.cancelled", {"reason": tag, "call_id": call.id},
                  lead)


def create_task(step, call, lead, action):
    """R41."""
    team = step.team
    due_in = action.get("due_in_s")
    due_in = (DUE_IN_S if due_in is None else due_in) * 1000
    due = step.now + due_in
    agent = team.agents.get(lead.owner)
    if agent is not None and not owners.on_schedule(team, agent, step.now):
        start = zones.next_start(agent.doc["schedule"], team.zone_of(agent),
                                 step.now)
        if start is not None:
            due = start + due_in
    title = action.get("title") or action["kind"].replace("_", " ") or "task"
    id_ = step.emit("task.created", {
        "kind": action["kind"], "assignee": lead.owner,
        "due_at": text.write_time(due), "title": title, "call_id": call.id},
        lead)
    task = Task(id_, action["kind"], lead.owner, due)
    lead.tasks.append(task)
    call.tasks[action["kind"]] = task
    return id_


def cover(step, call, lead, task_id):
    """R41: a miss outside the owner's schedule."""
    team = step.team
    owner = team.agents.get(lead.owner)
    if owner is None or owners.on_schedule(team, owner, step.now):
        return
    group = call.group if call.routed \
        else calls.group_of(team, lead, step.now)[1]
    asked = [team.agents[a] for a in calls.members(team, group)
             if a != owner.id
             and calls.why_not_ring(team, a, step.now) is None]
    if asked:
        agent = min(asked, key=lambda a: a.asked_to_cover)
        if owners.notify(step, agent.id, "cover", lead, call.id, call.told,
                         task_id=task_id):
            team.covers += 1
            agent.asked_to_cover = team.covers
