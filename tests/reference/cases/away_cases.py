"""R49, R50, R41: people who are away."""

from .support import *  # noqa: F403

OFFICE = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00",
           "to": "18:00"}]


class Holidays(Case):
    def test_windows_that_name_holidays_and_those_without_days(self):
        day = at(0)[:10]
        for window, expected in (
                ({"days": ["mon"]}, False), ({"days": ["holiday"]}, True),
                ({"days": ["mon", "holiday"]}, True), ({}, True),
                ({"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
                 False)):
            h = office("ana", holidays=[day])
            h.agent("ana", 1, schedule={"weekly": [
                {**window, "from": "09:00", "to": "18:00"}]})
            h.lead(2, "l", assigned_agent="ana")
            out = h.transfer(3, "c", "l")
            self.assertEqual("ring.requested" in types(out), expected, window)

    def test_each_in_its_own_zone(self):
        # 15:00 UTC on the 2nd is the 3rd in Tokyo.
        for holiday, expected in (("2026-03-02", True), ("2026-03-03", False)):
            h = office("ana", holidays=[holiday])
            h.agent("ana", 1, time_zone="Asia/Tokyo", schedule={"weekly": [
                {"days": ["tue"], "from": "00:00", "to": "01:00"}]})
            h.lead(2, "l")
            self.assertEqual("ring.requested" in types(
                h.transfer(3, "c", "l")), expected)

    def test_an_override_goes_first_and_a_night_runs_to_its_end(self):
        h = office("ana", holidays=["2026-03-03"])
        h.agent("ana", 1, schedule={
            "weekly": [{"days": ["mon"], "from": "22:00", "to": "06:00"}],
            "overrides": [{"date": "2026-03-03", "from": "12:00",
                           "to": "13:00"}]})
        h.lead(2, "l")
        for i, (hours, expected) in enumerate(((14.9, True), (15, False),
                                               (21, True))):
            out = h.transfer(hours * HOUR, f"c{i}", "l")
            self.assertEqual("ring.requested" in types(out), expected)
            h.hang_up(hours * HOUR + 1, f"c{i}")

    def test_rules_too(self):
        for days, expected in ((["mon"], "olivia"), (["holiday"], "ana")):
            h = office("ana", holidays=["2026-03-02"], routing_rules=[{
                **RULE, "active": {"days": days, "from": "00:00",
                                   "to": "23:59"}}])
            self.assertEqual(owners(h.lead(1, "l"))[0][1], expected)


class Absences(Case):
    def test_no_lead_by_rotation_and_no_ring(self):
        h = office("ana", "ben")
        h.agent("ana", 1, absences=[{"from": "2026-03-02",
                                     "to": "2026-03-03"}])
        out = h.lead(2, "l")
        self.assertEqual(excluded(one(out, "decision.recorded")),
                         {"ana": "absent", "ben": None})
        h.send(3, "lead.assignment_requested", {"lead_id": "l",
                                                "agent_id": "ana"})
        out = h.transfer(4, "c", "l")
        self.assertEqual(excluded(data(out, "decision.recorded")[0]),
                         {"ana": "absent"})
        self.assertEqual(rung(out), [("group", ["ben"])])
        # Both dates are included.
        out = h.lead(DAY + 8 * HOUR, "m")
        self.assertEqual(owners(out)[0][1], "ben")
        out = h.lead(DAY + 9 * HOUR, "n")  # the 4th; back without debt
        decision = one(out, "decision.recorded")
        self.assertEqual((decision["chosen"], decision["candidates"]), (
            "ana", [{"agent_id": "ana", "pass": 2},
                    {"agent_id": "ben", "pass": 2}]))

    def test_a_date_that_an_override_closes(self):
        h = office("ana", "ben")
        h.agent("ana", 1, schedule={"weekly": OFFICE, "overrides": [
            {"date": "2026-03-02", "closed": True}]})
        self.assertEqual(owners(h.lead(2, "l"))[0][1], "ben")

    def test_the_relaxed_choice_neither_unless_all_are_absent(self):
        h = office("ana", "ben",
                   pools=[pool("ana", "ben", assign_requires="available")])
        h.agent("ana", 1, absences=[{"from": "2026-03-02",
                                     "to": "2026-03-02"}])
        h.toggle(2, "ben", available_for_calls=False)
        self.assertEqual(owners(h.lead(3, "l")), [("l", "ben", "relaxed")])
        h.toggle(4, "ben", away_until=at(HOUR))
        self.assertEqual(owners(h.lead(5, "m")), [("m", "ana", "relaxed")])

    def test_a_rules_named_agent(self):
        h = office("ana", routing_rules=[
            {"id": "r", "assign": {"agent": "ana"}}])
        h.toggle(1, "ana", away_until=at(HOUR))
        out = h.lead(2, "l")
        self.assertEqual(owners(out), [("l", "olivia", "default_owner")])

    def test_reached_by_wish_by_hand_and_as_the_default_owner(self):
        h = office("ana", "ben")
        for agent in ("ana", "ben", "olivia"):
            h.toggle(1, agent, away_until=at(HOUR))
        self.assertEqual(owners(h.lead(2, "l", assigned_agent="ana")),
                         [("l", "ana", "direct")])
        h.team_doc(3, account_owner="olivia")
        self.assertEqual(owners(h.lead(4, "m")),
                         [("m", "olivia", "default_owner")])

    def test_away_until(self):
        h = office("ana", "ben")
        h.toggle(1, "ana", away_until=at(100))
        self.assertEqual(owners(h.lead(2, "a"))[0][1], "ben")
        h.agent("ana", 3)  # a later document leaves it
        self.assertEqual(owners(h.lead(4, "b"))[0][1], "ben")
        h.toggle(5, "ana", busy=False)  # and so does one without it
        self.assertEqual(owners(h.lead(6, "c"))[0][1], "ben")
        h.toggle(7, "ana", away_until=at(7))  # not after now
        self.assertEqual(owners(h.lead(8, "d"))[0][1], "ana")
        h.toggle(9, "ana", away_until=at(100))
        self.assertEqual(owners(h.lead(99.999, "e"))[0][1], "ben")
        h.lead(100, "f")
        self.assertEqual(owners(h.out)[-1][1], "ana")

    def test_away_while_ringing(self):
        h = office("ana", "ben")
        h.lead(1, "l", assigned_agent="ana")
        h.transfer(2, "c", "l")
        out = h.toggle(3, "ana", away_until=at(HOUR))
        self.assertEqual(types(out), ["ring.cancelled", "decision.recorded",
                                      "ring.requested"])
        self.assertEqual(one(out, "ring.cancelled")["legs"][0]["reason"],
                         "target_unavailable")

    def test_toggles_of_a_document_count_if_they_change(self):
        h = office("ana", "ben")
        h.toggle(1, "ana", accepting_leads=False)
        h.agent("ana", 2, accepting_leads=True)  # as in the first one
        self.assertEqual(owners(h.lead(3, "a"))[0][1], "ben")
        h.agent("ana", 4, accepting_leads=False)
        h.agent("ana", 5, accepting_leads=True)
        self.assertEqual(owners(h.lead(6, "b"))[0][1], "ana")
        h.lead(7, "l", assigned_agent="ana")
        h.transfer(8, "c", "l")
        out = h.agent("ana", 9, available_for_calls=False)
        self.assertEqual(types(out)[0], "ring.cancelled")


class StandIns(Case):
    """R41, R50."""

    def away(self, *agents, **doc):
        h = office(*(agents or ("ana", "ben", "cem")),
                   transfer={"pattern": "assigned_agent"}, **doc)
        for id_ in ("k", "l", "m"):
            h.lead(1, id_, assigned_agent="ana")
        h.toggle(2, "ana", away_until=at(DAY))
        return h

    def test_the_stand_in_calls_back_and_is_told(self):
        h = self.away()
        out = h.transfer(3, "c", "l")
        task = one(out, "task.created")
        self.assertEqual((task["assignee"], task["owner"], task["due_at"]),
                         ("ben", "ana", at(303)))
        self.assertEqual(told(out), [("transfer_missed", "ana"),
                                     ("cover", "ben")])
        self.assertEqual({d["task_id"] for d in
                          data(out, "notification.requested")},
                         {task["task_id"]})
        # Who was asked least recently; once in a step counts once.
        self.assertEqual(told(h.transfer(4, "d", "m"))[1], ("cover", "cem"))
        self.assertEqual(told(h.transfer(5, "e", "k"))[1], ("cover", "ben"))

    def test_by_that_persons_schedule(self):
        h = self.away("ana", "ben")
        h.agent("ben", 2, schedule={"weekly": [
            {"from": "14:00", "to": "15:30"}]})
        self.assertEqual(one(h.transfer(3, "c", "l"), "task.created")
                         ["due_at"], at(303))

    def test_nobody_stands_in(self):
        h = self.away("ana")
        h.agent("ana", 2, schedule={"weekly": OFFICE})
        out = h.transfer(3, "c", "l")
        # The account owner's is due sooner than tomorrow at nine; no cover.
        self.assertEqual(one(out, "task.created")["assignee"], "olivia")
        self.assertEqual(told(out), [("transfer_missed", "ana")])
        h.toggle(4, "olivia", away_until=at(DAY))
        out = h.transfer(5, "d", "m")
        task = one(out, "task.created")
        self.assertEqual((task["assignee"], task["due_at"]),
                         ("ana", "2026-03-04T09:05:00Z"))

    def test_a_window_far_ahead(self):
        # Thursday at 09:00 is 66 h ahead, Friday 90 h.
        for day, assignee in (("thu", "ana"), ("fri", "ben")):
            h = office("ana", "ben", transfer={"pattern": "assigned_agent"})
            h.lead(1, "l", assigned_agent="ana")
            h.agent("ana", 2, schedule={"weekly": [
                {"days": [day], "from": "09:00", "to": "10:00"}]})
            out = h.transfer(3, "c", "l")
            self.assertEqual(one(out, "task.created")["assignee"], assignee)
            self.assertEqual(told(out)[-1], ("cover", "ben"))

    def test_cover_after_s(self):
        h = office("ana", "ben", transfer={"pattern": "assigned_agent"},
                   calls={"cover_after_s": 3600})
        h.lead(1, "l", assigned_agent="ana")
        h.agent("ana", 2, schedule={"weekly": [
            {"from": "16:30", "to": "17:00"}]})
        self.assertEqual(one(h.transfer(3, "c", "l"), "task.created")
                         ["assignee"], "ben")

    def test_windows_in_an_absence_do_not_count(self):
        h = office("ana", transfer={"pattern": "assigned_agent"})
        h.lead(1, "l", assigned_agent="ana")
        h.agent("ana", 2, schedule={"weekly": [
            {"days": ["tue", "wed"], "from": "09:00", "to": "10:00"}]},
            absences=[{"from": "2026-03-03", "to": "2026-03-03"}])
        h.toggle(3, "olivia", away_until=at(DAY))
        self.assertEqual(one(h.transfer(4, "c", "l"), "task.created")
                         ["due_at"], "2026-03-04T09:05:00Z")

    def test_the_next_rules_group_stands_in(self):
        h = office("ana", transfer={"pattern": "assigned_agent"},
                   routing_rules=[RULE, {"id": "s",
                                         "assign": {"agent": "dan"}}])
        h.agent("dan")
        h.lead(1, "l", assigned_agent="ana")
        h.toggle(2, "ana", away_until=at(DAY))
        self.assertEqual(told(h.transfer(3, "c", "l"))[-1], ("cover", "dan"))

    def test_it_stays_theirs_until_the_owner_changes(self):
        h = self.away("ana", "ben")
        h.transfer(3, "c", "l")
        self.assertEqual(h.toggle(4, "ana", away_until=at(0)), [])
        out = h.send(5, "lead.assignment_requested",
                     {"lead_id": "l", "agent_id": "olivia"})
        moved = one(out, "task.moved")
        self.assertEqual((moved["from"], moved["to"]), ("ben", "olivia"))
