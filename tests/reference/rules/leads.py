"""The topics `leads` and `roster`: what each of their events does."""

from . import (calls, documents, gate, owners, readings, roster, rotation,
               telling, text)
from .reading import DeadLetter, LeadFields, in_order
from .state import Agent, Held, Lead
from .zones import DAY_MS

UNKNOWN_TEAM_LEADS = 10_000
AGENTS_MAX = 2_000
HELD_MS = 7 * DAY_MS
HELD_MAX = 100
HELD_BYTES_MAX = 256 * 1024
STEP_MAX = 200  # leads in a step of mass work
MINUTE = 60_000


def known(step, event):
    """R14: an event for an unknown lead is a dead letter."""
    lead = step.team.lead(event.get("lead_id"), step.now)
    if lead is None:
        raise DeadLetter("unknown_lead",
                         "/data/lead_id names a lead that is not known")
    return lead


def find_or_create(step, lead_id):
    team = step.team
    lead = team.any_lead(lead_id, step.now)
    if lead is None:
        if not team.configured and len(team.leads) >= UNKNOWN_TEAM_LEADS:
            raise DeadLetter("unknown_team", "the team is not configured")
        lead = team.leads[lead_id] = Lead(lead_id, touched=step.now)
    return lead


def merge(step, lead, told):
    """Fields that are present replace the old ones, phones and e-mails are
    kept beside the old ones, and those of an opt-out are of it. Warnings add
    up while the lead waits."""
    team = step.team
    for name, value in told.fields.items():
        if name not in ("assigned_agent", "opt_in", "quiet"):
            lead.fields[name] = value
    for kind, value in told.forget:
        team.forget(lead, kind, value)
    for kind, values in told.keys().items():
        for value in values:
            team.keep(lead, kind, value)
    if lead.opted_out:  # R18: every phone or e-mail that it is given later
        gate.mark(step, lead)
    if lead.waiting is None:
        lead.warnings = []
    lead.warnings = in_order(lead.warnings + [
        w for w in told.warnings if w not in lead.warnings])


def tells(team, data, read):
    return getattr(LeadFields(team.doc["region"], team.matches), read)(data)


# --- leads ------------------------------------------------------------------

def lead_received(step, event):
    """R3, R12, R13."""
    team = step.team
    lead = find_or_create(step, event.get("lead_id"))
    pending = lead.data_pending
    told = tells(team, event.data, "lead")
    owned = lead.owner is not None and team.active(lead.owner)
    if owned:
        told.warnings = []  # nothing will carry them
    new_keys = {kind: [v for v in values if v not in lead.kept[kind]]
                for kind, values in told.keys().items()}
    merge(step, lead, told)
    lead.known, lead.data_pending = True, False
    team.received(lead, lead.keys())
    lead.touched = step.now
    if lead.closed:
        lead.closed = False  # open again
        lead.reported = False
    if told.fields.get("opt_in"):
        gate.opt_in(step, lead, [(k, v) for k, values
                                   in told.keys().items() for v in values])
    quiet = told.fields.get("quiet", False)
    if owned:
        # R32: the first one after a transfer emits nothing.
        if not pending:
            stays(step, lead, new_keys, told)
            owners.tell(step, lead, "re_inquiry", quiet)
    else:
        newcomer = lead.epoch == 0 and lead.waiting is None
        lead.quiet = quiet
        owners.look(step, lead, told.keys(),
                    told.fields.get("assigned_agent"), quiet,
                    waiting_go_first if newcomer else None)
        gate.refuse_opted_out(step, lead)
    gate.refuse_same_person(step, lead)


def stays(step, lead, new_keys, told):
    """R12: a known lead is given a phone or e-mail that leads to another
    active owner than its own."""
    for kind in ("phone", "email"):
        found, _ = owners.leads_to(step, lead, kind, new_keys[kind])
        if found is not None and found.owner != lead.owner:
            owners.conflicts(step, lead, found.owner, told.phone, told.email)
            return


def from_transfer(step, event):
    """R32: the lead of a call; one without an owner is assigned first.
    Returns it and what warnings about the contact no lead carries."""
    team = step.team
    lead = find_or_create(step, event.get("lead_id"))
    new = not lead.known
    if lead.owner is not None:
        lead.touched = step.now
        owners.touch(step, lead)
        contact = event.data.get("contact")
        return lead, [] if contact is None or isinstance(contact, dict) \
            else ["ignored:/contact"]
    told = LeadFields(team.doc["region"], team.matches)
    told.contact(event.data, of_transfer=True)
    merge(step, lead, told)
    given = [(k, v) for k, values in told.keys().items() for v in values]
    if new or readings.MERGING_IS_RECEPTION:
        team.received(lead, [k for k in given if k in lead.keys()])
    lead.touched = step.now
    newcomer = lead.epoch == 0 and lead.waiting is None
    if new:
        lead.known = lead.data_pending = True
    owners.look(step, lead, told.keys(),
                before_rules=waiting_go_first if newcomer else None)
    if readings.TRANSFER_REFUSES_HELD:
        gate.refuse_opted_out(step, lead)
    gate.refuse_same_person(step, lead)
    return lead, []


def waiting_go_first(step, lead):
    """R11: at most once in a minute of the clock, before the rules decide for
    a new lead for whom they would find somebody."""
    team, minute = step.team, step.now // MINUTE
    others = team.waiting_leads
    if not others or team.round_minute == minute \
            or not owners.would_find(team, lead, step.now):
        return None
    team.round_minute = minute
    if len(others) > STEP_MAX:
        owners.wait(step, lead)
        team.mass.append({"work": "retry", "after": 0})
        mass_work(step)
        return "behind"
    for x in others:
        retry(step, x)
    return "round"


def retry(step, lead):
    """R12's phone and e-mail, all that it keeps, then the rules."""
    if lead.waiting is not None:
        owners.look(step, lead, lead.kept, quiet=lead.quiet)


def assignment_requested(step, event):
    """R13: by hand."""
    team, lead = step.team, known(step, event)
    agent_id, pool_id = event.get("agent_id"), event.get("pool_id")
    if agent_id is not None and agent_id == lead.owner:
        return
    if event.get("if_owner_epoch", lead.epoch) != lead.epoch:
        step.emit("action.failed", {
            "action": "assign", "reason": "stale", "agent_id": agent_id},
            lead)
    elif agent_id is not None:
        give_to_agent(step, lead, agent_id, "manual")
    elif pool_id is not None:
        if pool_id not in team.pools:
            step.emit("action.failed", {"action": "assign",
                                        "reason": "unknown_pool"}, lead)
            return
        by_hand(step, lead, owners.by_pool(team, team.pools[pool_id], step.now,
                                           "manual", lead.owner))
    else:
        by_hand(step, lead, owners.by_rules(team, lead, step.now, lead.owner))


def by_hand(step, lead, choice):
    if choice.agent_id is None:
        owners.record(step, lead, choice)  # who keeps the owner it has
    else:
        owners.give(step, lead, choice, "manual")


def give_to_agent(step, lead, agent_id, reason, call_id=None):
    """An agent named outright, paused or not; False if that fails."""
    why = roster.why_not(step.team, agent_id, step.now, named=True,
                         owner_anyway=True)
    if why is None:
        owners.give(step, lead, owners.one(agent_id, reason), reason)
        return True
    step.emit("action.failed", {  # a refusal; no choice was made
        "action": "assign", "reason": why + "_agent", "call_id": call_id,
        "agent_id": agent_id}, lead)
    return False


def lead_closed(step, event):
    """R14."""
    lead = known(step, event)
    lead.touched = step.now
    for task in lead.open_tasks(step.now):
        task.cancel()
        step.emit("task.cancelled", {"task_id": task.id,
                                     "reason": "lead_closed"}, lead)
    gate.refuse_held(step, lead, "lead_closed")
    lead.closed = True
    lead.waiting = None


def task_completed(step, event):
    """Only open tasks are kept (R15)."""
    lead = known(step, event)
    for task in lead.open_tasks(step.now):
        if task.id == event.get("task_id"):
            task.open = False
            return
    raise DeadLetter("unknown_task",
                     "/data/task_id names a task that is not known")


def outreach_requested(step, event):
    """R18: for an unknown lead it is held until the lead arrives."""
    lead = find_or_create(step, event.get("lead_id"))
    team = step.team
    payload = event.data.get("payload")
    raw = event.data.text["payload"] if payload is not None else None
    item = Held(event.get("outreach_id"), event.data["channel"],
                text.Raw(raw) if raw is not None else None,
                step.now + HELD_MS, len((raw or "").encode()))
    if gate.opted_out(team, lead):
        gate.say(step, lead, item, "refused", "opted_out")
        return
    owners.touch(step, lead)
    if lead.owner is not None:
        gate.say(step, lead, item, "released")
    elif lead.closed:
        gate.say(step, lead, item, "refused", "lead_closed")
    elif len(lead.held) >= HELD_MAX \
            or sum(h.size for h in lead.held) + item.size > HELD_BYTES_MAX:
        gate.say(step, lead, item, "refused", "too_many")
    else:
        lead.held.append(item)
        gate.say(step, lead, item, "held")


def held_too_long(step, lead):
    """R15, a timer of the lead."""
    due = [h for h in lead.held if h.until <= step.stamp]
    lead.held = [h for h in lead.held if h.until > step.stamp]
    for item in due:
        gate.say(step, lead, item, "refused", "held_too_long")


# --- roster -----------------------------------------------------------------

def is_old(version, known_version):
    """R45: a version lower than or equal to the highest known is ignored."""
    return version is not None and known_version is not None \
        and version <= known_version


def bad_document(faults):
    return DeadLetter("invalid_document", "; ".join(faults))


def read_document(team, event):
    """The faults of a document are found before the state is asked."""
    if event.type == "team.configured":
        event.document, faults = documents.read_team(event.data, team.id)
    elif event.type == "agent.configured":
        event.document, faults = documents.read_agent(event.data,
                                                      team.doc["region"])
        event.ids["agent_id"] = event.document["agent_id"]
    else:
        return
    if faults:
        raise bad_document(faults)


def team_configured(step, event):
    team, doc = step.team, event.document
    if is_old(doc["version"], team.version):
        return
    team.doc, team.configured = doc, True
    team.documents += 1
    if doc["version"] is not None:
        team.version = doc["version"]
    rotation.configure(team, step.now)
    roster_applied(step)


def agent_configured(step, event):
    team, doc = step.team, event.document
    agent = team.agents.get(doc["agent_id"])
    was_active = agent is not None and agent.active
    if agent is None:
        if len(team.agents) >= AGENTS_MAX:
            raise bad_document(
                ["/data/agent_id is one agent too many for a team"])
        agent = team.agents[doc["agent_id"]] = Agent(doc["agent_id"])
    elif agent.removed:
        agent.start_anew()
    elif is_old(doc["version"], agent.version):
        return
    before = None if agent.removed else agent.doc
    agent.removed = False
    agent.doc = doc
    if doc["version"] is not None:
        agent.version = doc["version"]
    # The toggles set the start; later a value that is another than in the
    # document before counts as agent.availability_changed.
    changed = {name: doc[name] for name in ("accepting_leads",
                                            "available_for_calls")
               if before is None or before[name] != doc[name]}
    toggle(step, agent, changed)
    if was_active and not agent.active:
        agent_goes(step, agent)
    roster_applied(step)


def known_agent(step, event):
    agent = step.team.agents.get(event.get("agent_id"))
    if agent is None:
        raise DeadLetter("unknown_agent",
                         "/data/agent_id names an agent that is not known")
    return agent


def toggle(step, agent, values):
    if values.get("accepting_leads") is not None:
        agent.accepting = values["accepting_leads"]
    callable_ = values.get("available_for_calls")
    if callable_ is not None:
        agent.callable = callable_
        agent.misses = 0  # R35
        if not callable_:
            calls.target_unavailable(step, agent)  # R29


def availability_changed(step, event):
    agent = known_agent(step, event)
    if agent.removed:
        return
    busy = event.get("busy")
    if busy is not None:
        agent.busy_end = step.now + 1000 * step.team.doc["calls"][
            "max_call_s"] if busy else 0
    if event.get("away_until") is not None:
        until = text.read_time(event.get("away_until"))
        agent.away_until = until if until > step.now else 0
    toggle(step, agent, event.data)
    if step.now < agent.away_until and event.get("away_until") is not None:
        calls.target_unavailable(step, agent)  # R50: while ringing, R29
    roster_applied(step)


def agent_removed(step, event):
    agent = known_agent(step, event)
    reassign = event.get("reassign", False)
    if not agent.removed or reassign:
        agent.removed = True
        agent_goes(step, agent, reassign)
    roster_applied(step)


def agent_goes(step, agent, all_open=False):
    """R17: the ringing leg, then tasks and leads in steps of at most 200."""
    calls.target_unavailable(step, agent)
    all_open = all_open or step.team.doc["reassign_inactive"]
    for work in ("goes",) if readings.ONE_PASS_OF_LEADS \
            else ("tasks", "leads"):
        step.team.mass.append({"work": work, "agent": agent.id,
                               "all": all_open, "after": b""})


def roster_applied(step):
    """R11: the leads that waited before are tried again."""
    if any(x.waiting is not None and x.waiting <= step.waits_before
           for x in step.team.leads.values()):
        step.team.mass.append({"work": "retry", "after": 0})
    mass_work(step)


# --- mass work --------------------------------------------------------------

def mass_work(step):
    """As much as the step may do; the rest in a timer, due at once."""
    team = step.team
    while team.mass:
        work = team.mass[0]
        more = (retry_some if work["work"] == "retry"
                else reassign_some)(step, work)
        if more:
            team.mass_due = step.now
            return
        team.mass.pop(0)
    team.mass_due = None


def reassign_some(step, work):
    """Open tasks of theirs on other people's leads go to the owner; their own
    leads with open tasks (or all open ones) are assigned anew."""
    team, agent_id, kind = step.team, work["agent"], work["work"]
    if team.active(agent_id):
        return False

    def theirs(x):
        return x.owner == agent_id and (
            x.open_tasks(step.now) or work["all"] and not x.closed)

    def task_of_theirs(x):
        return x.owner not in (None, agent_id) and any(
            t.assignee == agent_id for t in x.open_tasks(step.now))

    for lead in sorted(team.known_leads(step.now),
                       key=lambda x: text.in_bytes(x.id)):
        if text.in_bytes(lead.id) <= work["after"]:
            continue
        give = kind != "tasks" and theirs(lead)
        move = kind != "leads" and task_of_theirs(lead)
        if not give and not move:
            continue
        if step.budget <= 0:
            return True
        step.budget -= 1
        work["after"] = text.in_bytes(lead.id)
        if give:
            owners.replace_owner(step, lead)
        else:
            owners.move_tasks(step, lead, agent_id)
    if kind != "tasks":
        step.at_end.append(lambda: leads_left(step, agent_id))
    return False


def leads_left(step, agent_id):
    """R17: the account owner is told once, when the rest is done."""
    left = sum(x.owner == agent_id and not x.closed
               for x in step.team.known_leads(step.now))
    if left and not step.team.active(agent_id):
        telling.notify(step, step.team.doc["account_owner"], "leads_left",
                      concerned=agent_id, count=left)


def retry_some(step, work):
    """Oldest first. One that fails counts, too."""
    for lead in step.team.waiting_leads:
        if not work["after"] < lead.waiting <= step.waits_before:
            continue
        if step.budget <= 0:
            return True
        step.budget -= 1
        work["after"] = lead.waiting
        retry(step, lead)
    return False


def retry_timer(step):
    """R11: every 60 s from the moment the first lead waits."""
    team = step.team
    team.retry_due = step.stamp + MINUTE
    team.mass.append({"work": "retry", "after": 0})
    mass_work(step)


EVENTS = {
    "team.configured": team_configured,
    "agent.configured": agent_configured,
    "agent.availability_changed": availability_changed,
    "agent.removed": agent_removed,
    "lead.received": lead_received,
    "lead.assignment_requested": assignment_requested,
    "lead.closed": lead_closed,
    "outreach.requested": outreach_requested,
    "task.completed": task_completed,
}
