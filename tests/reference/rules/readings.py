"""Readings that can be switched, while it is open which one is meant. The
others are told in README.md only."""

# R38: the miss of a routing that comes after a `successful_transfer` tag of
# the same call (applied before the call's transfer came) stands, or changes
# nothing as any miss after a success.
ROUTED_MISS_STANDS = True

# R17: an outcome without a task assigns a closed lead that has no owner (and
# so does not wait), or touches only leads whose owner is inactive.
OUTCOME_TOUCHES_OWNERLESS = False

# R12: a phone or e-mail that the `contact` of a transfer gives to a lead
# without an owner makes it "received last" there, or only lead.received does.
MERGING_IS_RECEPTION = True

# R18: a lead that gets the phone or e-mail of an opt-out from the `contact` of
# a transfer, and no owner, has its held outreach refused in that step, as from
# lead.received, or only when it would be released.
TRANSFER_REFUSES_HELD = True

# R11: after the round before a newcomer, R12 is asked again for the newcomer
# (who may be the same person as one of the round), or the rules at once.
ROUND_MAKES_KNOWN = True

# R19, R21: a group step that looked at several rules' groups is one decision,
# of the last one looked at, or one of each.
ONE_DECISION_PER_GROUP_STEP = True

# R50: in a relaxed choice absence is no obstacle if all members of the pool
# are absent, or if all those are who could get the lead otherwise.
ALL_MEMBERS_ABSENT = True

# R17: tasks that the agent who goes has on other people's leads, and their own
# leads, are one pass by lead_id, or the tasks go first.
ONE_PASS_OF_LEADS = True
