"""The topics `leads` and `roster`: what each of their events does."""

from . import calls, documents, owners, readings, rotation, text
from .reading import DeadLetter, read_contact, read_lead
from .state import Agent, Lead

UNKNOWN_TEAM_LEADS = 10_000
AGENTS_MAX = 2_000


def known(step, event):
    """R14: an event for an unknown lead is a dead letter."""
    lead = step.team.lead(event.data["lead_id"], step.now)
    if lead is None:
        raise DeadLetter("unknown_lead", "/data/lead_id is not known")
    return lead


def find_or_create(step, lead_id):
    team = step.team
    lead = team.any_lead(lead_id, step.now)
    if lead is None:
        if not team.configured and len(team.leads) >= UNKNOWN_TEAM_LEADS:
            raise DeadLetter("unknown_team", "the team is not configured")
        lead = team.leads[lead_id] = Lead(lead_id, touched=step.now)
    return lead


def merge(team, lead, fields, warnings):
    """Fields that are present replace the old ones, and those of an opt-out
    are of it. Warnings add up while the lead waits; ignored fields come first,
    in the contract's order."""
    for name, value in fields.items():
        if name in ("phone_key", "email_key"):
            team.reindex(lead, name, value)
        if name not in ("assigned_agent", "opt_in"):
            lead.fields[name] = value
    if lead.opted_out:  # R18: every lead with its phone or e-mail
        owners.mark(team, lead)
    if lead.waiting is None:
        lead.warnings = []
    both = lead.warnings + [w for w in warnings if w not in lead.warnings]
    lead.warnings = sorted(both, key=lambda w: WARNINGS.index(w)
                           if w in WARNINGS else len(WARNINGS))


def received(team, lead, keys=("phone", "email")):
    """R12: of several leads with a phone or e-mail the last one counts."""
    team.receptions += 1
    for key in keys:
        lead.received[key] = team.receptions


WARNINGS = ["ignored:/" + name for name in (
    "contact", "contact/name", "contact/phone", "contact/email", "source",
    "lead_type", "tags", "city", "zip", "state", "price", "timeframe",
    "assigned_agent", "opt_in")]


# --- leads ------------------------------------------------------------------

def lead_received(step, event):
    """R3, R12, R13."""
    team = step.team
    lead = find_or_create(step, event.data["lead_id"])
    new, pending = not lead.known, lead.data_pending
    fields, warnings = read_lead(event.data, team.doc["region"])
    if lead.owner is not None and team.active(lead.owner):
        warnings = []  # nothing will carry them
    merge(team, lead, fields, warnings)
    lead.known, lead.data_pending = True, False
    received(team, lead)
    lead.touched = step.now
    if lead.closed:
        lead.closed = False  # open again
        lead.reported = False
    if fields.get("opt_in"):
        owners.opt_in(step, lead)
    if lead.owner is not None and team.active(lead.owner):
        # R32: the first one after a transfer emits nothing.
        if not pending:
            owners.notify(step, lead.owner, "re_inquiry", lead)
    else:
        owners.look(step, lead, fields.get("assigned_agent"), new)
        owners.refuse_opted_out(step, lead)
    owners.refuse_same_person(step, lead)


def from_transfer(step, event):
    """R32: the lead of a call; one without an owner is assigned first."""
    lead = find_or_create(step, event.data["lead_id"])
    new, merged = not lead.known, lead.owner is None
    if merged:
        fields, warnings = read_contact(event.data, step.team.doc["region"])
        if readings.MERGING_IS_RECEPTION:
            received(step.team, lead, [
                key for key in ("phone", "email") if f"{key}_key" in fields
                and fields[f"{key}_key"] != getattr(lead, key)])
        merge(step.team, lead, fields, warnings)
    lead.touched = step.now
    if new:
        received(step.team, lead)
        lead.known = lead.data_pending = True
        owners.look(step, lead, new=True)
    elif lead.owner is None:
        owners.look(step, lead)
    else:
        owners.touch(step, lead)
    if readings.TRANSFER_REFUSES_HELD:
        owners.refuse_opted_out(step, lead)
    if merged:
        owners.refuse_same_person(step, lead)
    return lead


def assignment_requested(step, event):
    """R13: by hand."""
    team, lead = step.team, known(step, event)
    agent_id, pool_id = event.get("agent_id"), event.get("pool_id")
    if agent_id is not None:
        if agent_id == lead.owner:
            return
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
    why = owners.why_not(step.team, agent_id, step.now, named=True,
                         must_accept=False)
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
        task.open = False
        step.emit("task.cancelled", {"task_id": task.id,
                                     "reason": "lead_closed"}, lead)
    owners.refuse_held(step, lead, "lead_closed")
    lead.closed = True
    lead.waiting = None


def task_completed(step, event):
    """Only open tasks are kept (R15)."""
    lead = known(step, event)
    for task in lead.open_tasks(step.now):
        if task.id == event.data["task_id"]:
            task.open = False
            return
    raise DeadLetter("unknown_task", "/data/task_id is not known")


def outreach_requested(step, event):
    """R18: for an unknown lead it is held until the lead arrives."""
    owners.request_outreach(
        step, find_or_create(step, event.data["lead_id"]), event)


def held_too_long(step, lead):
    """R15, a timer of the lead."""
    due = [h for h in lead.held if h.until <= step.stamp]
    lead.held = [h for h in lead.held if h.until > step.stamp]
    for item in due:
        owners.gate(step, lead, item, "refused", "held_too_long")


# --- roster -----------------------------------------------------------------

def is_old(version, known_version):
    """R45: a version lower than or equal to the known one is ignored."""
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
    if doc["version"] is not None or readings.VERSION_LAPSES:
        team.version = doc["version"]
    rotation.configure(team)
    roster_applied(step)


def agent_configured(step, event):
    team, doc = step.team, event.document
    agent = team.agents.get(doc["agent_id"])
    if agent is None:
        if len(team.agents) >= AGENTS_MAX:
            raise bad_document(["/data/agent_id is beyond 2000 agents"])
        agent = team.agents[doc["agent_id"]] = Agent(doc["agent_id"])
    elif agent.removed:
        # It comes back and starts anew; a call that it is on goes on.
        agent.version = None
        agent.turns, agent.misses, agent.asked_to_cover = {}, 0, 0
    elif is_old(doc["version"], agent.version):
        return
    if agent.doc is None or agent.removed:
        agent.accepting = doc["accepting_leads"]
        agent.callable = doc["available_for_calls"]
    agent.removed = False
    agent.doc = doc
    if doc["version"] is not None or readings.VERSION_LAPSES:
        agent.version = doc["version"]
    if not agent.active:
        agent_goes(step, agent)
    roster_applied(step)


def known_agent(step, event):
    agent = step.team.agents.get(event.data["agent_id"])
    if agent is None:
        raise DeadLetter("unknown_agent", "/data/agent_id is not known")
    return agent


def availability_changed(step, event):
    agent = known_agent(step, event)
    if agent.removed:
        return
    accepting = event.get("accepting_leads")
    callable_ = event.get("available_for_calls")
    if accepting is not None:
        agent.accepting = accepting
    if callable_ is not None:
        agent.callable = callable_
        agent.misses = 0  # R35
        if not callable_:
            calls.target_unavailable(step, agent)  # R29
    roster_applied(step)


def agent_removed(step, event):
    agent = known_agent(step, event)
    agent.removed = True
    agent_goes(step, agent, event.get("reassign", False))
    roster_applied(step)


def agent_goes(step, agent, all_open=False):
    """R17: the ringing leg, then the leads with open tasks (or all open
    ones), in steps of at most 200."""
    calls.target_unavailable(step, agent)
    step.team.mass.append({"work": "reassign", "agent": agent.id,
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
        more = (reassign_some if work["work"] == "reassign"
                else retry_some)(step, work)
        if more:
            team.mass_due = step.now
            return
        team.mass.pop(0)
    team.mass_due = None


def at_once(lead, all_open, now):
    """R17: which leads of an agent that goes are not left until touched."""
    return lead.open_tasks(now) or all_open and not lead.closed


def reassign_some(step, work):
    team = step.team
    if team.active(work["agent"]):
        return False
    mine = [x for x in team.known_leads(step.now)
            if x.owner == work["agent"] and text.in_bytes(x.id) > work["after"]
            and at_once(x, work["all"], step.now)]
    for lead in sorted(mine, key=lambda x: text.in_bytes(x.id)):
        if step.budget == 0:
            return True
        step.budget -= 1
        work["after"] = text.in_bytes(lead.id)
        owners.replace_owner(step, lead)
    return False


def retry_some(step, work):
    """Oldest first; R12's phone and e-mail, then the rules. One that fails
    counts, too."""
    team = step.team
    waiting = [x for x in team.leads.values()
               if x.waiting is not None
               and work["after"] < x.waiting <= step.waits_before]
    for lead in sorted(waiting, key=lambda x: x.waiting):
        if step.budget == 0:
            return True
        step.budget -= 1
        work["after"] = lead.waiting
        owners.look(step, lead)
    return False


def retry_timer(step):
    """R11: every 60 s from the moment the first lead waits."""
    team = step.team
    team.retry_due = step.stamp + 60_000
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
