"""R40: telling people."""


def notify(step, agent_id, kind, lead=None, call_id=None, told=None,
           concerned=None, task_id=None, outcome=None, count=None,
           more=None):
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
    if agent.doc["email"] is not None:
        recipient["email"] = agent.doc["email"]
    if agent.doc["phone"] is not None:
        recipient.update(agent.doc["phone"].wire())
    title, words = wording(team, agent, kind, lead, concerned, count, more)
    step.emit("notification.requested", {
        "kind": kind, "recipient": recipient, "title": title, "text": words,
        "call_id": call_id, "task_id": task_id, "outcome": outcome,
        "count": count}, lead, agent_id=concerned)
    return True


def wording(team, agent, kind, lead, concerned, count, more):
    """For people: names, no ids (but for who has no other name)."""
    def name(agent_id):
        known = team.agents.get(agent_id)
        return known.doc["name"] if known is not None else "nobody"
    about = name(concerned) if lead is None else lead.fields.get("name")
    if lead is not None and not about:
        phone, email = (team.latest(lead, k) for k in ("phone", "email"))
        about = phone.phone if phone else email or "a lead without a name"
    owner = name(lead.owner) if lead is not None and lead.owner else None
    title, words = {
        "new_lead": ("New lead: {about}", "{about} is yours now."),
        "re_inquiry": ("{about} asks again", "{about} has asked again."),
        "reassigned": ("Now yours: {about}", "{about} is yours now."),
        "transfer_answered": ("{about} was put through",
                              "The call of {about} was answered."),
        "transfer_missed": ("Missed: {about}",
                            "The call of {about} was missed."),
        "outcome": ("{about}: {more}", "A call with {about} ended: {more}."),
        "cover": ("Please see to {about}",
                  "{owner}, who looks after {about}, is not there."),
        "auto_unavailable": ("{about} is toggled off",
                             "{about} has missed several calls in a row."),
        "action_failed": ("{about} has kept its owner",
                          "An outcome could not give {about} another owner."),
        "leads_left": ("Leads of {about}",
                       "{about} is gone; {count} open leads are left."),
    }[kind]
    if kind == "reassigned" and count:
        words = "{about} is yours now, {count} leads of one person."
    if more and "{more}" not in words:
        words += " {more}"
    fill = {"about": about, "owner": owner, "count": count, "more": more}
    return title.format(**fill), words.format(**fill)
