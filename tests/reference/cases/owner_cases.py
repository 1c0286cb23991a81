"""R3-R19, R54: who gets a lead."""

from .support import *  # noqa: F403


class Owners(Case):
    def test_a_new_lead_has_one_owner_and_all_of_r3(self):
        h = office()
        h.send(0, "outreach.requested", {"lead_id": "l", "outreach_id": "o",
                                         "channel": "sms"})
        out = h.send(1, "lead.received", {"lead_id": "l"})
        self.assertEqual(types(out), [
            "decision.recorded", "lead.assigned", "lead.stage_changed",
            "notification.requested", "outreach.released"])
        self.assertEqual(out[1]["event"]["data"]["turn"], 1)

    def test_members_share_by_weight(self):
        h = office()
        chosen = []
        for i in range(6):
            out = h.send(i, "lead.received", {"lead_id": f"l{i}"})
            chosen.append(data(out, "lead.assigned")[0]["owner"])
        # U = 2, so ana pays 1 and ben 2. Passes before each choice: (0,0),
        # a tie by place; (1,0); (1,2); (2,2), a tie by who was served longest
        # ago; (2,4); (3,4).
        self.assertEqual(chosen, ["ana", "ben", "ana", "ben", "ana", "ana"])

    def test_one_who_comes_back_has_no_debt(self):
        h = office()
        h.send(0, "agent.availability_changed",
               {"agent_id": "ben", "accepting_leads": False})
        for i in range(5):
            h.send(i, "lead.received", {"lead_id": f"l{i}"})
        h.send(9, "agent.availability_changed",
               {"agent_id": "ben", "accepting_leads": True})
        out = h.send(10, "lead.received", {"lead_id": "x"})
        decision = data(out, "decision.recorded")[0]
        # ana: pass 5, and V was raised to 4, then to 5 by R8 (1).
        self.assertEqual(decision["v_before"], 5)
        self.assertEqual(decision["candidates"], [
            {"agent_id": "ana", "pass": 5}, {"agent_id": "ben", "pass": 5}])
        self.assertEqual(decision["chosen"], "ben")
        self.assertEqual(decision["tie_break"], "least_recently_assigned")
        self.assertEqual(decision["pass_after"], 7)

    def test_a_returning_phone_keeps_its_owner(self):
        h = office()
        one = h.send(1, "lead.received", {
            "lead_id": "a", "contact": {"phone": "(512) 555-0177"}})
        out = h.send(2, "lead.received", {
            "lead_id": "b", "assigned_agent": "olivia",
            "contact": {"phone": "+1 512 555 0177"}})
        self.assertEqual(types(out), ["decision.recorded", "lead.assigned",
                                      "notification.requested"])
        assigned = data(out, "lead.assigned")[0]
        self.assertEqual(assigned["owner"],
                         data(one, "lead.assigned")[0]["owner"])
        self.assertEqual(assigned["reason"], "existing_owner")
        self.assertEqual(assigned["warnings"], ["already_owned"])
        self.assertNotIn("turn", assigned)

    def test_nobody_is_said_once_and_tried_every_minute(self):
        h = History()
        h.team_doc()
        out = h.send(1, "lead.received", {"lead_id": "l", "price": 1.5})
        self.assertEqual(types(out), ["decision.recorded", "lead.unassigned"])
        self.assertEqual(out[1]["event"]["data"]["reason"], "no_rule")
        self.assertEqual(h.clock(200), [])
        out = h.agent("olivia", 201)
        assigned = data(out, "lead.assigned")[0]
        self.assertEqual(assigned["reason"], "default_owner")
        self.assertEqual(assigned["warnings"], ["read:/price"])

    def test_a_lead_that_waits_adds_up_its_warnings(self):
        h = History()
        h.team_doc()
        h.send(1, "lead.received", {"lead_id": "l", "price": 1.5,
                                    "assigned_agent": "gus"})
        h.send(2, "lead.received", {"lead_id": "l", "source": 5,
                                    "price": "x"})
        h.send(3, "transfer.requested", {"call_id": "c", "lead_id": "l",
                                         "contact": {"phone": "12"}})
        out = h.send(4, "lead.received", {
            "lead_id": "l", "opt_in": "yes", "assigned_agent": "gus"})
        self.assertEqual(out, [])
        out = h.agent("olivia", 5)
        # Ignored fields first, in the contract's order, then agents.
        self.assertEqual(data(out, "lead.assigned")[0]["warnings"], [
            "ignored:/contact/phone", "ignored:/source", "read:/price",
            "ignored:/price", "ignored:/opt_in", "unknown_agent"])
        self.assertNotIn("warnings", str(h.send(6, "lead.received",
                                                {"lead_id": "l"})))

    def test_an_opt_out_holds_for_what_the_lead_gets_later(self):
        h = History()
        h.team_doc()
        for lead in ("a", "b"):
            h.send(1, "lead.received", {"lead_id": lead})
        h.send(2, "lead.received", {
            "lead_id": "b", "contact": {"phone": "512 555 0177"}})
        h.send(3, "outreach.requested", {
            "lead_id": "b", "outreach_id": "o1", "channel": "sms"})
        self.assertEqual(types(h.send(4, "call.outcome", {
            "call_id": "c", "lead_id": "a", "outcome": "opt_out"})),
            ["cadence.cancelled"])
        out = h.send(5, "lead.received", {
            "lead_id": "a", "contact": {"phone": "512 555 0177"}})
        self.assertEqual(types(out), ["outreach.refused"])
        self.assertEqual(out[0]["event"]["data"]["lead_id"], "b")
        out = h.send(6, "outreach.requested", {
            "lead_id": "b", "outreach_id": "o2", "channel": "sms"})
        self.assertEqual(data(out, "outreach.refused")[0]["reason"],
                         "opted_out")

    def test_an_agent_who_goes_leaves_open_tasks_to_another(self):
        h = office()
        h.send(1, "lead.received", {"lead_id": "l"})
        h.send(2, "call.outcome", {"call_id": "c", "lead_id": "l",
                                   "outcome": "needs_follow_up"})
        out = h.send(3, "agent.removed", {"agent_id": "ana"})
        self.assertEqual(types(out), ["decision.recorded", "lead.reassigned",
                                      "task.moved", "notification.requested"])
        self.assertEqual(data(out, "task.moved")[0]["from"], "ana")
        self.assertEqual(data(out, "lead.reassigned")[0]["owner_epoch"], 2)
        self.assertEqual(data(out, "decision.recorded")[0]["candidates"][0],
                         {"agent_id": "ana", "pass": 1,
                          "excluded": "inactive"})

    def test_two_hundred_at_most_in_a_step(self):
        h = History()
        for i in range(450):
            h.send(0, "lead.received", {"lead_id": f"l{i:03d}"})
        h.agent("olivia", 1)
        first = h.team_doc(2)
        self.assertEqual(len(data(first, "lead.assigned")), 200)
        # The team's next step waits for the rest.
        out = h.send(2, "lead.received", {"lead_id": "x"})
        owned = [d["lead_id"] for d in data(out, "lead.assigned")]
        self.assertEqual(owned, [f"l{i:03d}" for i in range(200, 450)] + ["x"])
        self.assertEqual(len({x["event"]["causationid"] for x in out}), 3)
