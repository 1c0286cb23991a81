"""R18: the outreach gate, and opt-outs."""

from . import text


def opted_out(team, lead):
    return lead.opted_out or any(
        key in team.opt_outs and key not in lead.opted_in
        for key in lead.keys())


def say(step, lead, item, verdict, reason=None):
    step.emit("outreach." + verdict, {
        "outreach_id": item.outreach_id, "channel": item.channel,
        "payload": item.payload, "reason": reason}, lead)


def release(step, lead):
    """R18: in order."""
    items, lead.held = lead.held, []
    for item in items:
        out = "refused" if opted_out(step.team, lead) else "released"
        say(step, lead, item, out, "opted_out" if out == "refused" else None)


def refuse_held(step, lead, reason):
    items, lead.held = lead.held, []
    for item in items:
        say(step, lead, item, "refused", reason)


def refuse_opted_out(step, lead):
    """New data of a lead that still waits may be those of an opt-out."""
    if lead.held and opted_out(step.team, lead):
        refuse_held(step, lead, "opted_out")


def opt_out(step, lead):
    """R38's outcome: for all phones and e-mails that the lead keeps."""
    lead.opted_out = True
    mark(step, lead, anew=True)
    refuse_held(step, lead, "opted_out")
    refuse_same_person(step, lead)


def mark(step, lead, anew=False):
    """What an opted-out lead keeps is of the opt-out; said anew, it covers
    who had opted in again, too."""
    team = step.team
    for key in team.keys(lead):
        if anew or key not in team.opt_outs:
            team.opt_outs.add(key)
            for x in team.with_key(key, step.now):
                x.opted_in.discard(key)


def refuse_same_person(step, lead):
    """What others hold who have a phone or e-mail of an opt-out."""
    if lead.opted_out:
        others = {x.id: x for key in step.team.keys(lead)
                  for x in step.team.with_key(key, step.now)}
        for i in sorted(others, key=text.in_bytes):
            refuse_opted_out(step, others[i])


def opt_in(step, lead, given):
    """For that lead, for the phone and e-mail that it gives, and for what the
    leads that share those said themselves."""
    team = step.team
    lead.opted_out, lead.opted_in = False, set(lead.keys())
    for key in given:
        team.opt_outs.discard(key)
        if team.matches(*key):
            for x in team.with_key(key, step.now):
                x.opted_out = False
