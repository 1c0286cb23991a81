"""R4-R19, R40, R54 of the second edition."""

from .support import *  # noqa: F403


class Conditions(Case):
    """R4: which rule takes a lead; the other one is for the rest."""

    def met(self, when, lead, **doc):
        h = History()
        h.team_doc(**{"pools": [pool("ana")], "routing_rules": [
            {"id": "met", "when": when, "assign": {"agent": "ben"}},
            {"id": "rest", "assign": {"pool": "p"}}], **doc})
        h.agent("ana")
        h.agent("ben")
        return one(h.lead(1, "l", **lead), "lead.assigned")["owner"] == "ben"

    def test_texts_are_folded(self):
        for listed, typed in (("canon city", "CA\u00d1ON CITY"),
                              ("Stra\u00dfe", "STRASSE"),
                              ("san jose", " San\u00a0 Jose\u0301 "),
                              ("x\u200by", "XY")):
            self.assertTrue(self.met({"cities": [listed]}, {"city": typed}))
        self.assertFalse(self.met({"cities": ["o"]}, {"city": "\u00f8"}))

    def test_a_star_is_met_by_what_begins_so(self):
        for listed, typed, expected in (
                ("Zillow*", "zillow flex", True), ("zillow*", "ZILLOW", True),
                ("zillow *", "zillow", False), ("*", "anything", True),
                ("low*", "zillow", False), ("zil*low", "zillow", False)):
            self.assertEqual(self.met({"sources": [listed]},
                                      {"source": typed}), expected, listed)
        self.assertFalse(self.met({"sources": ["*"]}, {}))
        self.assertTrue(self.met({"tags": ["hot*"]}, {"tags": ["x", "Hot 1"]}))
        self.assertTrue(self.met({"zips": ["787*"]}, {"zip": "78701"}))
        self.assertFalse(self.met({"zips": ["787*"]}, {"zip": "02903"}))

    def test_states_as_typed_or_as_read(self):
        for listed, typed, expected in (
                ("TX", "Texas", True), ("Texas", "tx", True),
                ("US-NY", "N.Y.", True), ("dc", "District of Columbia", True),
                ("Puerto Rico", "pr", True), ("te*", "Texas", True),
                ("tx*", "Texas", True), ("te*", "TX", False),
                ("tx", "Tejas", False)):
            self.assertEqual(self.met({"states": [listed]}, {"state": typed}),
                             expected, (listed, typed))
        self.assertFalse(self.met({"states": ["TX"]}, {"state": "Texas"},
                                  region="DE"))

    def test_zips_are_read_when_they_are_compared(self):
        for listed, typed, expected in (
                ("02903", 2903, True), ("2903", "02903", True),
                ("02903", "02903-1234", True), ("029031234", "02903", True),
                ("00601", "601", True), ("02903", "29 03", True),
                ("02903", "12903", False), ("00012", "12", False)):
            self.assertEqual(self.met({"zips": [listed]}, {"zip": typed}),
                             expected, (listed, typed))
        self.assertFalse(self.met({"zips": ["02903"]}, {"zip": 2903},
                                  region="DE"))

    def test_languages_and_their_variants(self):
        for listed, typed, expected in (
                ("es", "es", True), ("es", "es-MX", True),
                ("es", "ES_mx", True), ("es", "est", False),
                ("es-MX", "es", False), ("span*", "Spanish first", True)):
            self.assertEqual(self.met({"languages": [listed]},
                                      {"language": typed}), expected)

    def test_lead_types(self):
        for typed, expected in (("Buyers", True), ("buyer/seller", True),
                                (["seller", "buyer"], True),
                                ("sellers and buyers", True),
                                (["buyer"], True), ("seller", False),
                                ("buyer and renter", False), ("both", True)):
            self.assertEqual(self.met({"lead_types": ["buyer"]},
                                      {"lead_type": typed}), expected, typed)
        self.assertFalse(self.met({"lead_types": ["both"]},
                                  {"lead_type": "buyer"}))


class Turns(Case):
    def test_seven_plain_percentages(self):
        weights = (45, 55, 65, 72, 83, 91, 97)
        h = office(*((f"a{w}", w) for w in weights))
        decision = one(h.lead(1, "l"), "decision.recorded")
        # Their least common multiple is 2 901 258 360: U is 10^9, and a turn
        # costs 10^9/45, rounded up.
        self.assertEqual((decision["chosen"], decision["pass_after"]),
                         ("a45", 22_222_223))

    def test_the_day_of_the_cap_only_moves_forward(self):
        h = office("ana")
        h.agent("ana", 1, daily_cap=1, time_zone="Asia/Tokyo")
        # There it is the 3rd already.
        self.assertEqual(owners(h.lead(2, "a")), [("a", "ana", "rotation")])
        h.agent("ana", 3, daily_cap=1, time_zone="America/New_York")
        for seconds, id_, owner in ((4, "b", "olivia"),  # the 2nd
                                    (DAY, "c", "olivia"),  # the 3rd
                                    (2 * DAY, "d", "ana")):
            self.assertEqual(owners(h.lead(seconds, id_))[0][1], owner)

    def test_who_comes_back_within_7_days_is_known(self):
        h = office("ana", "ben")
        self.assertEqual(owners(h.lead(1, "a"))[0][1], "ana")
        h.team_doc(2, **{**POOL, "pools": [pool("ben")]})
        h.team_doc(3, **{**POOL, "pools": [pool("ana", "ben")]})
        decision = one(h.lead(4, "b"), "decision.recorded")
        self.assertEqual(decision["candidates"], [
            {"agent_id": "ana", "pass": 1}, {"agent_id": "ben", "pass": 0}])

    def test_with_its_pool_too(self):
        h = office("ana", "ben")
        h.lead(1, "a")
        h.team_doc(2, pools=[], routing_rules=[])
        h.team_doc(7 * DAY + 1, **{**POOL, "pools": [pool("ana", "ben")]})
        out = h.lead(7 * DAY + 2, "b")
        self.assertEqual(one(out, "lead.assigned")["turn"], 2)
        self.assertEqual(one(out, "lead.assigned")["owner"], "ben")
        h.team_doc(8 * DAY, pools=[], routing_rules=[])
        h.team_doc(15 * DAY, **{**POOL, "pools": [pool("ana", "ben")]})
        out = h.lead(15 * DAY + 1, "c")
        self.assertEqual(one(out, "lead.assigned")["turn"], 1)
        self.assertEqual(one(out, "lead.assigned")["owner"], "ana")

    def test_remembered_weights_belong_to_the_unit(self):
        h = office(("ana", 2), ("ben", 3))  # U = 6
        self.assertEqual(one(h.lead(1, "a"), "decision.recorded")
                         ["pass_after"], 3)
        h.team_doc(2, **{**POOL, "pools": [pool(("ana", 2))]})
        self.assertEqual(one(h.lead(3, "b"), "decision.recorded")
                         ["pass_after"], 6)
        # 7 days later ben is forgotten, and U is 2: 6 becomes 2.
        h.team_doc(2 + 7 * DAY, **{**POOL, "pools": [pool(("ana", 2))]})
        self.assertEqual(one(h.lead(3 + 7 * DAY, "c"), "decision.recorded")
                         ["pass_after"], 3)

    def test_passed_over(self):
        h = History()
        h.team_doc(pools=[pool("ana")], routing_rules=[
            {"id": "night", "active": {"from": "00:00", "to": "01:00"},
             "when": {"sources": ["web"]}, "assign": {"agent": "ben"}},
            {"id": "lux", "when": {"sources": ["web"], "min_price": 500},
             "assign": {"agent": "ben"}},
            {"id": "tags", "when": {"tags": ["x"], "cities": ["y"]},
             "assign": {"agent": "ben"}},
            {"id": "gone", "assign": {"agent": "nobody"}},
            {"id": "r", "assign": {"pool": "p"}},
            {"id": "never", "assign": {"agent": "ben"}}])
        h.agent("ana")
        h.agent("ben")
        out = h.lead(1, "l", source="web", tags=["z"])
        self.assertEqual(one(out, "decision.recorded")["passed_over"], [
            {"rule_id": "night", "because": "not_active"},
            {"rule_id": "lux", "because": "price", "missing": True},
            {"rule_id": "tags", "because": "tags"},
            {"rule_id": "gone", "because": "nobody_eligible"}])

    def test_the_first_twenty_and_the_default_owner(self):
        h = History()
        h.team_doc(routing_rules=[
            {"id": f"r{i}", "when": {"min_price": 1},
             "assign": {"agent": "ana"}} for i in range(25)])
        h.agent("olivia")
        decision = one(h.lead(1, "l"), "decision.recorded")
        self.assertEqual([x["rule_id"] for x in decision["passed_over"]],
                         [f"r{i}" for i in range(20)])
        self.assertEqual(decision["candidates"], [{"agent_id": "olivia"}])

    def test_a_relaxed_choice_passes_over_the_others(self):
        h = office("ana", pools=[pool("ana", assign_requires="available")],
                   routing_rules=[RULE, {"id": "s",
                                         "assign": {"agent": "ben"}}])
        h.toggle(1, "ana", available_for_calls=False)
        decision = one(h.lead(2, "l"), "decision.recorded")
        self.assertEqual(decision["passed_over"], [
            {"rule_id": "s", "because": "nobody_eligible"}])
        self.assertEqual(decision["chosen"], "ana")


class Waiting(Case):
    """R11: who waits goes before a newcomer."""

    def full(self, cap=0):
        h = History()
        h.team_doc(**{**POOL, "pools": [pool("ana")]})
        h.agent("ana", daily_cap=cap)
        return h

    def test_the_older_lead_first(self):
        h = self.full(1)
        h.lead(1, "a")
        self.assertEqual(types(h.lead(2, "old")), ["decision.recorded",
                                                   "lead.unassigned"])
        midnight = 9 * HOUR  # UTC; the retries come at :02
        out = h.lead(midnight + 1, "new")
        self.assertEqual(types(out), [
            "decision.recorded", "lead.assigned", "lead.stage_changed",
            "notification.requested", "decision.recorded", "lead.unassigned"])
        self.assertEqual(owners(out), [("old", "ana", "rotation")])

    def test_once_in_a_minute_of_the_clock_and_both_get_somebody(self):
        h = self.full(2)
        h.lead(1, "a")
        h.lead(2, "b")
        h.lead(3, "old")
        h.lead(4, "older")
        midnight = 9 * HOUR
        out = h.lead(midnight, "new")  # exactly at midnight, before a retry
        self.assertEqual([x[0] for x in owners(out)], ["old", "older"])
        h.toggle(midnight + 1, "ana", accepting_leads=True)
        # Later in that minute nobody is looked at again.
        h.agent("ben", midnight + 2)
        h.team_doc(midnight + 3, **{**POOL, "pools": [pool("ana")]})
        self.assertEqual(types(h.lead(midnight + 4, "x")),
                         ["decision.recorded", "lead.unassigned"])

    def test_not_for_whom_only_the_default_owner_is_left(self):
        h = self.full()
        h.lead(1, "old", source="web")
        # The account owner comes by an event that tries old as well; it is
        # only looked at whether the rules would find somebody.
        h.agent("olivia", 2)
        self.assertEqual(owners(h.lead(3, "new")),
                         [("new", "olivia", "default_owner")])

    def test_a_person_who_waits_and_comes_again(self):
        h = self.full(1)
        h.lead(1, "a")
        h.person(2, "old", "512 555 0177")
        out = h.person(9 * HOUR + 1, "new", "512 555 0177")
        self.assertEqual(owners(out), [("old", "ana", "rotation"),
                                       ("new", "ana", "existing_owner")])

    def test_more_than_200_go_on_as_mass_work(self):
        h = self.full(1)
        h.lead(1, "a")
        for i in range(201):
            h.lead(2, f"w{i:03d}")
        h.send(3, "agent.configured", {"agent_id": "ben"})
        h.clock(9 * HOUR + 1)  # the retry at 62 s past: 00:00:02 is next
        out = h.lead(9 * HOUR + 1, "new")
        # The first has the place, of the others nobody hears.
        self.assertEqual(owners(out), [("w000", "ana", "rotation")])
        out = h.clock(9 * HOUR + 1)
        self.assertEqual([(d["lead_id"], d["reason"]) for d
                          in data(out, "lead.unassigned")],
                         [("new", "nobody_eligible")])

    def test_an_unconfigured_team_is_tried_at_roster_events_only(self):
        h = History()
        h.lead(1, "l")
        self.assertIsNone(h.engine.teams["acme"].retry_due)
        h.team_doc(2)
        self.assertEqual(h.engine.teams["acme"].retry_due // 1000 % 60, 2)


class Returning(Case):
    """R12."""

    def test_the_one_given_its_owner_last(self):
        h = office("ana", "ben")
        h.person(1, "a", "512 555 0177")
        h.person(2, "b", "512 555 0177")
        h.send(3, "lead.assignment_requested",
               {"lead_id": "a", "agent_id": "ben"})
        # a and b are one person (R54); a third goes where they went.
        self.assertEqual(owners(h.person(4, "c", "512 555 0177")),
                         [("c", "ben", "existing_owner")])

    def test_looked_up_is_what_the_event_gives(self):
        h = office("ana", "ben")
        h.person(1, "a", "512 555 0177")
        h.person(2, "b", email="b@x.example")  # ben's
        h.send(3, "agent.configured", {"agent_id": "ana", "active": False})
        h.person(4, "b", "512 555 0178")
        out = h.person(5, "a", email="b@x.example")
        self.assertEqual(owners(out), [("a", "ben", "existing_owner")])
        self.assertEqual(types(out), ["decision.recorded", "lead.reassigned",
                                      "notification.requested"])

    def test_conflict_of_a_known_lead(self):
        h = office("ana", "ben")
        h.person(1, "a", "512 555 0177")
        h.person(2, "b", "512 555 0178")  # ben's
        out = h.person(3, "a", "512 555 0178", "new@x.example")
        self.assertEqual(types(out), ["lead.conflict",
                                      "notification.requested"])
        conflict = one(out, "lead.conflict")
        self.assertEqual(
            (conflict["owner"], conflict["kept_owner"],
             conflict["other_owner"], conflict["phone"], conflict["email"]),
            ("ana", "ana", "ben", "+15125550178", "new@x.example"))
        # It has both now, and is given nothing new.
        self.assertEqual(h.person(4, "a", "512 555 0178"), [])
        out = h.person(5, "b", "512-555-0177")
        self.assertEqual(one(out, "lead.conflict")["email"], None)

    def test_a_lead_that_never_had_an_owner_takes_a_wish(self):
        h = History()
        h.team_doc(account_owner="nobody")
        h.lead(1, "l", assigned_agent="ben")
        h.agent("ben", 2)
        self.assertEqual(owners(h.lead(3, "l", assigned_agent="ben")),
                         [("l", "ben", "direct")])
        self.assertEqual(one(h.out, "lead.assigned")["warnings"],
                         ["unknown_agent"])

    def test_re_inquiries_once_in_15_minutes_whatever_the_portal(self):
        h = office("ana")
        h.person(0, "a", "512 555 0177")
        self.assertEqual(told(h.lead(10, "a")), [("re_inquiry", "ana")])
        self.assertEqual(told(h.lead(10 + 899, "a")), [])
        # A new lead takes the time over from the one that led to its owner.
        out = h.person(10 + 899, "b", "512 555 0177")
        self.assertEqual(types(out), ["decision.recorded", "lead.assigned"])
        self.assertEqual(told(h.lead(10 + 900, "b")), [("re_inquiry", "ana")])

    def test_quiet(self):
        h = office("ana")
        out = h.lead(1, "a", quiet=True)
        self.assertEqual(types(out), ["decision.recorded", "lead.assigned",
                                      "lead.stage_changed"])
        self.assertEqual(h.lead(2, "a", quiet=True), [])
        self.assertEqual(told(h.lead(3, "a")), [("re_inquiry", "ana")])

    def test_quiet_until_the_lead_has_an_owner(self):
        h = History()
        h.team_doc()
        h.lead(1, "a", quiet=True)
        h.lead(1, "b", quiet=True)
        h.lead(2, "b")
        self.assertEqual(told(h.agent("olivia", 3)), [("new_lead", "olivia")])
        self.assertEqual(told(h.send(4, "lead.assignment_requested", {
            "lead_id": "a"})), [])

    def test_an_absent_owner_is_covered(self):
        h = office("ana", "ben")
        h.person(1, "a", "512 555 0177")
        h.toggle(2, "ana", away_until=at(DAY))
        self.assertEqual(told(h.person(3, "b", "512 555 0177")),
                         [("re_inquiry", "ana"), ("cover", "ben")])
        out = h.lead(4, "c", assigned_agent="ana")
        self.assertEqual(told(out), [("new_lead", "ana"), ("cover", "ben")])
        self.assertEqual(told(h.lead(5, "b")), [])  # nothing to cover


class ByHand(Case):
    """R13."""

    def ask(self, h, seconds, **data):
        return h.send(seconds, "lead.assignment_requested", data)

    def test_two_take_one_lead(self):
        h = office("ana", "ben")
        h.lead(1, "l")
        self.assertEqual(owners(self.ask(h, 2, lead_id="l", agent_id="ben",
                                         if_owner_epoch=1)),
                         [("l", "ben", "manual")])
        out = self.ask(h, 3, lead_id="l", agent_id="olivia", if_owner_epoch=1)
        failed = one(out, "action.failed")
        self.assertEqual((failed["reason"], failed["agent_id"],
                          failed["owner_epoch"]), ("stale", "olivia", 2))
        # The present owner, whatever the epoch; and it is looked at first.
        self.assertEqual(self.ask(h, 4, lead_id="l", agent_id="ben",
                                  if_owner_epoch=1), [])
        self.assertEqual(one(self.ask(
            h, 5, lead_id="l", agent_id="nobody", if_owner_epoch=0),
            "action.failed")["reason"], "stale")
        self.assertEqual(one(self.ask(
            h, 6, lead_id="l", pool_id="none", if_owner_epoch=0),
            "action.failed")["reason"], "stale")

    def test_never_owned_is_0(self):
        h = History()
        h.team_doc(account_owner="nobody")
        h.lead(1, "l")
        h.agent("ana", 2)
        self.assertEqual(types(self.ask(h, 3, lead_id="l", agent_id="ana",
                                        if_owner_epoch=1)), ["action.failed"])
        self.assertEqual(owners(self.ask(h, 4, lead_id="l", agent_id="ana",
                                         if_owner_epoch=0)),
                         [("l", "ana", "manual")])


class Persons(Case):
    """R54."""

    def three(self, *agents):
        h = office(*agents)
        h.person(1, "z", "512 555 0142", "mo@x.example")
        h.person(2, "r", "512 555 0142")
        h.person(3, "f", email="mo@x.example")
        return h

    def test_by_hand(self):
        h = self.three("ana", "ben", "cem")
        out = h.send(4, "lead.assignment_requested",
                     {"lead_id": "r", "agent_id": "ben", "if_owner_epoch": 1})
        self.assertEqual(types(out), [
            "decision.recorded", "lead.reassigned", "notification.requested",
            "lead.reassigned", "lead.reassigned"])
        moves = data(out, "lead.reassigned")
        self.assertEqual([(m["lead_id"], m.get("with"), m["previous_owner"])
                          for m in moves],
                         [("r", None, "ana"), ("f", "r", "ana"),
                          ("z", "r", "ana")])
        self.assertEqual(len({m["decision_id"] for m in moves}), 1)
        self.assertEqual({m["owner_epoch"] for m in moves}, {2})
        self.assertEqual(one(out, "notification.requested")["count"], 3)

    def test_one_turn_when_an_agent_goes(self):
        h = self.three("ana", "ben", "cem")
        out = h.send(4, "agent.removed", {"agent_id": "ana",
                                          "reassign": True})
        moves = data(out, "lead.reassigned")
        self.assertEqual([(m["lead_id"], m["owner"], m.get("turn"),
                           m.get("pool_id")) for m in moves],
                         [("f", "ben", 2, "p"), ("r", "ben", None, None),
                          ("z", "ben", None, None)])
        self.assertEqual(told(out), [("reassigned", "ben")])

    def test_closed_leads_and_others_stay(self):
        h = self.three("ana", "ben")
        h.send(4, "lead.closed", {"lead_id": "z"})
        out = h.send(5, "lead.assignment_requested",
                     {"lead_id": "r", "agent_id": "ben"})
        # z joined r and f; without it they are two.
        self.assertEqual([m["lead_id"] for m in data(out, "lead.reassigned")],
                         ["r"])

    def test_what_nobody_has_joins_nobody(self):
        h = office("ana", "ben")
        for id_ in ("a", "b"):
            h.person(1, id_, "000-000-0000", assigned_agent="ana")
        out = h.send(2, "lead.assignment_requested",
                     {"lead_id": "a", "agent_id": "ben"})
        self.assertEqual([m["lead_id"] for m in data(out, "lead.reassigned")],
                         ["a"])

    def test_the_limit_leaves_a_conflict(self):
        h = office("ana", "ben")
        for i in range(53):
            h.person(1, f"l{i:02d}", "512 555 0142", assigned_agent="ana")
        out = h.send(2, "lead.assignment_requested",
                     {"lead_id": "l52", "agent_id": "ben"})
        # The last 50 received of the phone: l03 to l52, and so 49 others.
        moved = [m["lead_id"] for m in data(out, "lead.reassigned")]
        self.assertEqual(moved, ["l52"] + [f"l{i:02d}" for i in range(3, 52)])
        conflict = one(out, "lead.conflict")
        self.assertEqual((conflict["lead_id"], conflict["kept_owner"],
                          conflict["other_owner"]), ("l52", "ben", "ana"))
        self.assertEqual(types(out)[:3], ["decision.recorded",
                                          "lead.reassigned", "lead.conflict"])

    def test_tasks_go_along(self):
        h = self.three("ana", "ben")
        h.outcome(4, "c", "z", "needs_follow_up")
        out = h.send(5, "lead.assignment_requested",
                     {"lead_id": "r", "agent_id": "ben"})
        self.assertEqual(types(out), [
            "decision.recorded", "lead.reassigned", "notification.requested",
            "lead.reassigned", "lead.reassigned", "task.moved"])


class Leaving(Case):
    """R17."""

    def test_the_account_owner_is_told_once(self):
        h = office("ana", "ben")
        for i in range(3):
            h.lead(i, f"l{i}", assigned_agent="ana")
        h.send(4, "lead.closed", {"lead_id": "l1"})
        h.outcome(5, "c", "l2", "needs_follow_up")
        out = h.send(6, "agent.configured", {"agent_id": "ana",
                                             "active": False})
        self.assertEqual(types(out), [
            "decision.recorded", "lead.reassigned", "task.moved",
            "notification.requested", "notification.requested"])
        self.assertEqual(told(out), [("reassigned", "ben"),
                                     ("leads_left", "olivia")])
        last = out[-1]["event"]
        self.assertEqual((last["subject"], last["data"]["count"]), ("ana", 1))
        self.assertNotIn("lead_id", last["data"])
        # A document that says so again tells nothing again.
        self.assertEqual(h.send(7, "agent.configured", {
            "agent_id": "ana", "active": False}), [])

    def test_a_team_may_reassign_at_once(self):
        h = office("ana", "ben", reassign_inactive=True)
        h.lead(1, "l", assigned_agent="ana")
        out = h.send(2, "agent.removed", {"agent_id": "ana"})
        self.assertEqual(owners(out), [("l", "ben", "owner_inactive")])
        self.assertEqual(told(out), [("reassigned", "ben")])

    def test_tasks_on_other_peoples_leads_go_to_the_owner(self):
        h = office("ana", "ben")
        h.lead(1, "l", assigned_agent="ana")
        h.toggle(2, "ana", away_until=at(DAY))
        h.transfer(3, "c", "l", pattern="assigned_agent")
        self.assertEqual(one(h.out, "task.created")["assignee"], "ben")
        out = h.send(4, "agent.removed", {"agent_id": "ben"})
        moved = one(out, "task.moved")
        self.assertEqual((moved["from"], moved["to"]), ("ben", "ana"))
        self.assertEqual(types(out), ["task.moved"])

    def test_its_rest_follows_its_first_200(self):
        h = office("ana", "ben")
        for i in range(250):
            h.lead(1, f"l{i:03d}", assigned_agent="ana")
        out = h.send(2, "agent.removed", {"agent_id": "ana",
                                          "reassign": True})
        self.assertEqual(len(owners(out)), 200)
        # A record of the same instant waits for the rest, too.
        out = h.send(2, "lead.closed", {"lead_id": "l249"})
        self.assertEqual(len(owners(out)), 50)


class OptOuts(Case):
    """R18."""

    def refused(self, h, seconds, lead):
        out = h.outreach(seconds, lead, f"o{seconds}")
        return types(out) == ["outreach.refused"]

    def test_all_phones_and_e_mails_that_it_keeps(self):
        h = office("ana")
        h.person(1, "a", "512 555 0177", "old@x.example")
        h.person(2, "a", "512 555 0178", "new@x.example")
        h.outcome(3, "c", "a", "opt_out")
        h.person(4, "b", "512 555 0177")
        h.person(4, "c", email="old@x.example")
        h.person(4, "d", "512 555 0179")
        for lead, expected in (("a", True), ("b", True), ("c", True),
                               ("d", False)):
            self.assertEqual(self.refused(h, 5, lead), expected, lead)

    def test_an_opt_out_after_another_tag(self):
        h = office("ana")
        h.lead(1, "a")
        h.outcome(2, "c", "a", "unqualified")
        self.assertEqual(types(h.outcome(3, "c", "a", "Opt-Out")),
                         ["cadence.cancelled"])
        self.assertTrue(self.refused(h, 4, "a"))

    def test_opt_in_lifts_it_for_that_lead(self):
        h = office("ana")
        for lead in ("a", "b"):
            h.person(1, lead, "512 555 0177")
        h.outcome(2, "c", "a", "opt_out")
        h.lead(3, "a", opt_in=True)
        self.assertFalse(self.refused(h, 4, "a"))
        self.assertTrue(self.refused(h, 5, "b"))
        # Said anew, it covers a as well.
        h.outcome(6, "d", "b", "opt_out")
        self.assertTrue(self.refused(h, 7, "a"))

    def test_and_for_what_it_gives_and_those_who_share_it_said(self):
        h = office("ana")
        for lead in ("a", "b"):
            h.person(1, lead, "512 555 0177")
        h.outcome(2, "c", "a", "opt_out")
        h.person(3, "b", "512 555 0177", opt_in=True)
        for lead in ("a", "b"):
            self.assertFalse(self.refused(h, 4, lead))

    def test_placeholders_are_no_opt_out_of_others(self):
        h = office("ana")
        for lead in ("a", "b"):
            h.person(1, lead, "000-000-0000")
        h.outcome(2, "c", "a", "opt_out")
        self.assertTrue(self.refused(h, 3, "a"))
        self.assertFalse(self.refused(h, 4, "b"))

    def test_it_stays_whatever_never_match_says_later(self):
        h = office("ana")
        h.person(1, "a", "512 555 0177")
        h.outcome(2, "c", "a", "opt_out")
        h.team_doc(3, **POOL, never_match=["512-555-0177"])
        out = h.person(4, "b", "512 555 0177")
        self.assertEqual(owners(out), [("b", "ana", "rotation")])
        self.assertTrue(self.refused(h, 5, "b"))
