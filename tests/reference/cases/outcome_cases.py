"""R38-R42 of the second edition."""

from .support import *  # noqa: F403


class Misses(Case):
    def missed(self, h, seconds, call, lead="l"):
        h.transfer(seconds, call, lead, pattern="assigned_agent")
        return h.hang_up(seconds + 1, call)

    def test_one_call_back_for_a_lead(self):
        h = office("ana")
        h.lead(1, "l")
        task = one(self.missed(h, 10, "a"), "task.created")["task_id"]
        for misses, call in ((2, "b"), (3, "c")):
            out = self.missed(h, 10 * misses, call)
            self.assertEqual(types(out), [
                "ring.cancelled", "transfer.missed", "task.repeated",
                "notification.requested"])
            repeated = one(out, "task.repeated")
            self.assertEqual(
                (repeated["task_id"], repeated["assignee"],
                 repeated["call_id"], repeated["misses"]),
                (task, "ana", call, misses))
            self.assertEqual(one(out, "notification.requested")["task_id"],
                             task)

    def test_listed_twice_it_is_one(self):
        back = {"do": "create_task", "kind": "call_back"}
        h = office("ana", outcomes={"missed_transfer": [back, back]})
        h.lead(1, "l")
        self.assertEqual(len(data(self.missed(h, 10, "a"),
                                  "task.created")), 1)
        self.assertEqual(len(data(self.missed(h, 20, "b"),
                                  "task.repeated")), 1)

    def test_a_success_ends_them(self):
        h = office("ana")
        h.lead(1, "l")
        task = one(self.missed(h, 10, "a"), "task.created")["task_id"]
        self.missed(h, 20, "b")
        h.transfer(30, "d", "l")
        out = h.ring(31, "answered", "d")
        self.assertEqual(types(out)[:2], ["transfer.connected",
                                          "task.cancelled"])
        cancelled = one(out, "task.cancelled")
        self.assertEqual((cancelled["task_id"], cancelled["reason"]),
                         (task, "reached"))
        # The next miss has a task of its own again.
        h.ended(32, "d")
        self.assertEqual(len(data(self.missed(h, 40, "e"),
                                  "task.created")), 1)

    def test_its_own_or_the_one_it_repeated(self):
        for call in ("a", "b"):
            h = office("ana")
            h.lead(1, "l")
            self.missed(h, 10, "a")
            self.missed(h, 20, "b")
            out = h.outcome(30, call, "l", "successful_transfer")
            self.assertEqual(types(out)[:2], ["outcome.corrected",
                                              "task.cancelled"])
            self.assertEqual(one(out, "task.cancelled")["reason"],
                             "outcome_corrected")

    def test_other_tasks_stay(self):
        h = office("ana", outcomes={"needs_follow_up": [
            {"do": "create_task", "kind": "call_back"}]})
        h.lead(1, "l")
        h.outcome(2, "x", "l", "needs_follow_up")
        # It is no task of a miss.
        self.assertEqual(len(data(self.missed(h, 10, "a"),
                                  "task.created")), 1)
        h.transfer(20, "b", "l")
        self.assertEqual(len(data(h.ring(21, "answered", "b"),
                                  "task.cancelled")), 1)

    def test_a_task_that_was_done_is_not_repeated(self):
        h = office("ana")
        h.lead(1, "l")
        task = one(self.missed(h, 10, "a"), "task.created")["task_id"]
        h.send(15, "task.completed", {"lead_id": "l", "task_id": task})
        self.assertEqual(len(data(self.missed(h, 20, "b"),
                                  "task.created")), 1)


class Tags(Case):
    def test_as_telephony_writes_them(self):
        h = office("ana", outcomes={"Qualified Buyer": [
            {"do": "notify", "to": ["owner"]}]})
        h.lead(1, "l")
        for i, tag in enumerate(("qualified_buyer", "QUALIFIED-buyer",
                                 " Qualified  B\u00fcyer ")):
            out = h.outcome(2, f"c{i}", "l", tag)
            # It comes out as the team lists it.
            self.assertEqual(one(out, "notification.requested")["outcome"],
                             "Qualified Buyer")
        self.assertEqual(types(h.outcome(3, "d", "l", "qualified")),
                         ["invalid_value"])

    def test_a_slip_beside_the_tag(self):
        h = office("ana")
        h.lead(1, "l")
        out = h.outcome(2, "c", "l", "contact_later", until="tomorrow")
        self.assertEqual(types(out), ["cadence.paused"])
        self.assertNotIn("until", one(out, "cadence.paused"))

    def test_two_spellings_of_a_tag_are_a_fault(self):
        h = History()
        out = h.team_doc(outcomes={"hot_lead": [], "Hot Lead": []})
        self.assertEqual(types(out), ["invalid_document"])
        self.assertIn("/data/outcomes/Hot Lead", out[0]["message"])


class AnsweredBy(Case):
    ASSIGN = {"successful_transfer": [
        {"do": "assign", "to": "answered_by"},
        {"do": "notify", "to": ["owner"]}]}

    def test_the_colleague_who_talked_gets_the_lead(self):
        h = office("ana", "ben", outcomes=self.ASSIGN)
        h.lead(1, "l", assigned_agent="ana")
        h.transfer(2, "c", "l", pattern="simultaneous_group")
        out = h.ring(3, "answered", "c", 1, 1)
        self.assertEqual(owners(out), [("l", "ben", "outcome")])
        self.assertEqual(told(out), [("reassigned", "ben"),
                                     ("transfer_answered", "ben")])

    def test_nobody_or_a_number_changes_nothing(self):
        h = office("ana", outcomes={**self.ASSIGN, "unqualified": [
            {"do": "assign", "to": "answered_by"}]},
            transfer={"fallback_numbers": ["512 555 0171"]})
        h.lead(1, "l")
        self.assertEqual(h.outcome(2, "x", "l", "unqualified"), [])
        h.toggle(3, "ana", available_for_calls=False)
        h.toggle(3, "olivia", available_for_calls=False)
        h.transfer(4, "c", "l")
        out = h.ring(5, "answered", "c")
        self.assertNotIn("lead.reassigned", types(out))
        self.assertNotIn("action.failed", types(out))

    def test_a_document_names_one_target(self):
        for action in ({"do": "assign", "to": "owner"},
                       {"do": "assign", "to": "answered_by", "agent": "ana"},
                       {"do": "assign"}):
            out = office("ana").team_doc(1, outcomes={"x": [action]})
            self.assertEqual(types(out), ["invalid_document"])
