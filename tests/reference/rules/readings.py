"""Readings that can be switched, while it is open which one is meant."""

# R45: a document without a version makes the known version unknown again, or
# the highest one stays known.
VERSION_LAPSES = True

# R38: the miss of a routing that comes after a `successful_transfer` tag of
# the same call (applied before the call's transfer came) stands, or changes
# nothing as any miss after a success.
ROUTED_MISS_STANDS = True

# R1, R44: a second transfer.requested of a known call (or a second outreach
# with a held id) is a duplicate and does not move the team's now, or it is a
# step that does nothing.
KNOWN_KEYS_ARE_STEPS = False

# R33, R38: a `successful_transfer` tag after a miss that took a success back
# (bridge_failed): "no action runs twice" holds here, too, and only whom R40
# has not told yet is told, or all its actions run again.
SUCCESS_RUNS_ONCE = True

# R17: an outcome without a task assigns a closed lead that has no owner (and
# so does not wait), or touches only leads whose owner is inactive.
OUTCOME_TOUCHES_OWNERLESS = False

# R12: a phone or e-mail that the `contact` of a transfer gives to a lead
# without an owner makes it "received last" there, or only lead.received does.
MERGING_IS_RECEPTION = True

# R17: what is left of mass work comes before the team's next step, or, as any
# timer, after the records that are stamped exactly at its due time.
STEPS_WAIT_FOR_MASS_WORK = True

# R18: a lead that gets the phone or e-mail of an opt-out from the `contact` of
# a transfer, and no owner, has its held outreach refused in that step, as from
# lead.received, or only when it would be released.
TRANSFER_REFUSES_HELD = True

# R7: after a change of zone that takes an agent's date back, the turns of that
# date still count, or only those of the date of the last turn are kept.
ONE_DATE_OF_TURNS = True
