"""R20-R37, R43, R51, R52: ringing."""

from .support import *  # noqa: F403


class Calls(Case):
    def start(self, **doc):
        h = office(**doc)
        h.send(1, "lead.received", {"lead_id": "l"})  # ana's
        return h, h.send(10, "transfer.requested",
                         {"call_id": "c", "lead_id": "l"})

    def test_the_owner_then_the_group_then_a_miss(self):
        h, out = self.start()
        ring = data(out, "ring.requested")[0]
        self.assertEqual((ring["step"], ring["attempt"]), ("owner", 1))
        self.assertEqual(ring["legs"][0]["leg_id"], h.leg("c", 1, 0))
        self.assertEqual(ring["expires_at"], at(45))
        # A record at the due time, two seconds later, goes first (R24).
        self.assertEqual(h.clock(46.999), [])
        self.assertEqual(h.send(47, "call.ended", {"call_id": "other"}), [])
        out = h.clock(47)
        self.assertEqual(types(out), ["ring.cancelled", "decision.recorded",
                                      "ring.requested"])
        self.assertEqual(data(out, "decision.recorded")[0]["candidates"], [
            {"agent_id": "ana", "excluded": "already_rung"},
            {"agent_id": "ben"}])
        out = h.send(50, "ring.declined", {"call_id": "c",
                                           "leg_id": h.leg("c", 2, 0)})
        self.assertEqual(types(out), [
            "decision.recorded", "transfer.missed", "task.created",
            "notification.requested"])
        self.assertEqual(data(out, "transfer.missed")[0]["reason"],
                         "declined")
        self.assertEqual(data(out, "task.created")[0]["due_at"], at(350))

    def test_the_first_answer_wins_and_the_second_lost_a_race(self):
        h, _ = self.start(transfer={"pattern": "simultaneous_group"})
        out = h.send(12, "ring.answered", {"call_id": "c",
                                           "leg_id": h.leg("c", 1, 1)})
        self.assertEqual(types(out), [
            "transfer.connected", "ring.cancelled", "cadence.cancelled",
            "notification.requested", "notification.requested"])
        self.assertEqual(data(out, "transfer.connected")[0]["answered_by"]
                         ["kind"], "group")
        self.assertEqual(data(out, "transfer.connected")[0]["waited_ms"],
                         2000)
        out = h.send(12, "ring.answered", {"call_id": "c",
                                           "leg_id": h.leg("c", 1, 0)})
        self.assertEqual(data(out, "ring.cancelled")[0]["legs"][0]["reason"],
                         "lost_race")

    def test_a_broken_bridge_rings_those_whom_the_win_had_cancelled(self):
        h, _ = self.start(transfer={"pattern": "simultaneous_group"})
        winner = h.leg("c", 1, 1)
        h.send(12, "ring.answered", {"call_id": "c", "leg_id": winner})
        out = h.send(20, "call.bridge_failed", {"call_id": "c",
                                                "leg_id": winner})
        self.assertEqual(types(out), ["decision.recorded", "ring.requested"])
        ring = data(out, "ring.requested")[0]
        self.assertEqual([x["agent_id"] for x in ring["legs"]], ["ana"])
        self.assertEqual((ring["attempt"], ring["expires_at"]), (2, at(55)))
        out = h.clock(60)
        self.assertEqual(types(out), [
            "ring.cancelled", "decision.recorded", "transfer.missed",
            "outcome.corrected", "cadence.resumed", "task.created",
            "notification.requested"])
        self.assertEqual(data(out, "transfer.missed")[0]["reason"],
                         "no_answer")

    def test_a_success_after_a_miss_takes_the_task_back(self):
        h, _ = self.start()
        h.send(11, "caller.hung_up", {"call_id": "c"})
        out = h.send(20, "call.outcome", {
            "call_id": "c", "lead_id": "l", "outcome": "successful_transfer"})
        self.assertEqual(types(out), [
            "outcome.corrected", "task.cancelled", "cadence.cancelled",
            "notification.requested", "notification.requested"])

    def test_a_success_after_a_failed_bridge_tells_as_on_success(self):
        h, _ = self.start(
            transfer={"pattern": "assigned_agent"},
            outcomes={"successful_transfer": [
                {"do": "stage", "to": "won"}, {"do": "cancel_cadence"},
                {"do": "create_task", "kind": "visit"},
                {"do": "notify", "to": ["owner", "account_owner"]}]})
        leg = {"call_id": "c", "leg_id": h.leg("c", 1, 0)}
        tag = {"call_id": "c", "lead_id": "l",
               "outcome": "successful_transfer"}
        h.send(12, "ring.answered", leg)
        h.send(13, "call.bridge_failed", leg)
        h.send(14, "agent.configured", {"agent_id": "ana", "active": False})
        h.send(15, "lead.assignment_requested",
               {"lead_id": "l", "agent_id": "ben"})
        out = h.send(16, "call.outcome", tag)
        # No stage and no task again; the cadence, as it was resumed.
        self.assertEqual(types(out), [
            "outcome.corrected", "task.cancelled", "cadence.cancelled",
            "notification.requested", "notification.requested"])
        self.assertEqual(told(out), [("transfer_answered", "ben"),
                                     ("transfer_answered", "olivia")])

    def test_a_day_later_an_opt_out_is_applied_and_no_leg_is_known(self):
        for routed in (True, False):
            h, _ = self.start()
            leg = {"call_id": "c", "leg_id": h.leg("c", 1, 0)}
            call = "c" if routed else "d"

            def tag(seconds, outcome):
                return types(h.send(seconds, "call.outcome", {
                    "call_id": call, "lead_id": "l", "outcome": outcome}))

            h.send(11, "caller.hung_up", {"call_id": "c"})
            self.assertEqual(tag(12, "unqualified"), [])
            self.assertEqual(tag(13, "not_interested"), [])
            day = 86_400
            self.assertEqual(types(h.send(day + 10, "ring.answered", leg)),
                             ["ring.cancelled"])  # late
            self.assertEqual(types(h.send(day + 11, "ring.answered", leg)),
                             ["unknown_leg"])
            self.assertEqual(types(h.send(day + 12, "call.bridge_failed",
                                          leg)), ["unknown_leg"])
            self.assertEqual(h.send(day + 13, "call.ended",
                                    {"call_id": "c"}), [])
            self.assertEqual(tag(day + 14, "not_interested"), [])
            # What is only tagged has no end: a day after its last event.
            later = day + 15 if routed else 2 * day + 14
            self.assertEqual(tag(later, "opt_out"), ["cadence.cancelled"])

    def test_a_hang_up_before_its_transfer_ends_it_without_a_ring(self):
        h = office()
        self.assertEqual(h.send(1, "caller.hung_up", {"call_id": "c"}), [])
        out = h.send(2, "transfer.requested", {"call_id": "c",
                                               "lead_id": "l"})
        self.assertNotIn("ring.requested", types(out))
        self.assertEqual(data(out, "transfer.missed")[0]["reason"],
                         "caller_hung_up")

    def test_what_is_parked_for_a_minute_is_a_dead_letter(self):
        h = office()
        h.send(1, "ring.busy", {"call_id": "c", "leg_id": "x"})
        self.assertEqual(h.clock(60.999), [])
        out = h.clock(61)
        self.assertEqual(types(out), ["unknown_call"])
        self.assertEqual(out[0]["input_line"], 5)

    def test_misses_in_a_row_toggle_off(self):
        h, _ = self.start(calls={"auto_unavailable_after": 1},
                          transfer={"pattern": "assigned_agent"})
        out = h.clock(47)
        self.assertEqual(types(out)[:4], [
            "ring.cancelled", "agent.auto_unavailable",
            "notification.requested", "notification.requested"])

    def test_both_ends_together_are_the_total_only_with_more_to_ring(self):
        for numbers, reason in (([], "no_answer"),
                                (["+15125550199"], "total_timeout")):
            h, _ = self.start(transfer={
                "pattern": "assigned_agent", "total_timeout_s": 35,
                "fallback_numbers": numbers})
            out = h.clock(47)
            self.assertEqual(data(out, "transfer.missed")[0]["reason"],
                             reason)

    def test_an_old_transfer_is_not_rung(self):
        h = office()
        h.clock(200)
        out = h.send(100, "transfer.requested", {"call_id": "c",
                                                 "lead_id": "l"})
        self.assertEqual(data(out, "transfer.missed")[0]["reason"], "expired")

    def test_due_and_cover_when_the_owner_is_off(self):
        h = office()
        h.send(1, "lead.received", {"lead_id": "l"})
        h.agent("ana", 2, schedule={"weekly": [
            {"days": ["tue"], "from": "09:00", "to": "10:00"}]})
        h.send(3, "agent.availability_changed",
               {"agent_id": "ben", "available_for_calls": False})
        h.send(5, "agent.availability_changed",
               {"agent_id": "ben", "available_for_calls": True})
        out = h.send(6, "transfer.requested", {
            "call_id": "c", "lead_id": "l", "pattern": "assigned_agent"})
        self.assertEqual(data(out, "task.created")[0]["due_at"],
                         "2026-03-03T09:05:00Z")
        last = data(out, "notification.requested")[-1]
        self.assertEqual((last["kind"], last["recipient"]["agent_id"]),
                         ("cover", "ben"))
