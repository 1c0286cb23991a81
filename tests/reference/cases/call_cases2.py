"""R20-R37, R44, R51, R52 of the second edition."""

from .support import *  # noqa: F403


def calls(*agents, **transfer):
    """An office and a lead of the first agent; transfers are the group's."""
    agents = agents or ("ana", "ben")
    h = office(*agents, transfer={"pattern": "simultaneous_group",
                                  **transfer})
    h.lead(1, "l", assigned_agent=agents[0])
    return h


class Groups(Case):
    """R20, R21."""

    def test_group_size(self):
        h = calls("ana", "ben", "cem", "dan", "eva", group_size=2)
        self.assertEqual(rung(h.transfer(10, "c", "l")),
                         [("group", ["ana", "ben"])])
        self.assertEqual(rung(h.clock(47)), [("group", ["cem", "dan"])])
        out = h.clock(84)
        self.assertEqual(rung(out), [("group", ["eva"])])
        out = h.ring(85, "declined", "c", 3)
        # All had their turn: no decision about that.
        self.assertEqual(types(out)[:2], ["decision.recorded",
                                          "transfer.missed"])
        self.assertEqual(data(out, "decision.recorded")[0]["candidates"], [])

    def test_those_who_were_rung_least_recently_first(self):
        h = calls("ana", "ben", "cem", group_size=2)
        h.transfer(10, "c", "l", pattern="assigned_agent")  # ana
        h.hang_up(11, "c")
        self.assertEqual(rung(h.transfer(12, "d", "l")),
                         [("group", ["ben", "cem"])])
        h.hang_up(13, "d")
        out = h.transfer(14, "e", "l")
        self.assertEqual(rung(out), [("group", ["ana", "ben"])])
        self.assertEqual(excluded(one(out, "decision.recorded")),
                         {"ana": None, "ben": None, "cem": None})
        self.assertEqual(one(out, "decision.recorded")["chosen"],
                         ["ana", "ben"])

    def two_rules(self, *members):
        h = office(pools=[pool(*members), {**pool("cem"), "id": "standby"}],
                   routing_rules=[RULE, {"id": "s",
                                         "assign": {"pool": "standby"}}])
        h.agent("cem")
        h.lead(1, "l", assigned_agent="ana")
        return h

    def test_the_next_rules_group(self):
        h = self.two_rules("ben")
        h.toggle(2, "ben", available_for_calls=False)
        out = h.transfer(3, "c", "l", pattern="simultaneous_group")
        self.assertEqual(rung(out), [("group", ["cem"])])
        decision = one(out, "decision.recorded")
        self.assertEqual((decision["rule_id"], decision["pool_id"]),
                         ("s", "standby"))

    def test_where_only_the_owner_is_in_the_group(self):
        h = self.two_rules("ana")
        self.assertEqual(rung(h.transfer(3, "c", "l")), [("owner", ["ana"])])
        self.assertEqual(rung(h.ring(4, "busy", "c")), [("group", ["cem"])])

    def test_only_at_its_first_attempt(self):
        h = self.two_rules("ana", "ben")
        h.transfer(3, "c", "l", pattern="simultaneous_group")
        h.ring(4, "busy", "c", 1, 0)
        out = h.ring(5, "busy", "c", 1, 1)
        self.assertEqual(types(out)[:2], ["decision.recorded",
                                          "transfer.missed"])


class Targets(Case):
    """R22-R25, R51."""

    def test_endpoints_and_extensions(self):
        h = office("ana", "ben")
        h.agent("ana", 1, phone="212 555 0150 x123")
        h.agent("ben", 1, phone=None, endpoint="sip:ben@pbx.example")
        h.lead(2, "l")
        out = h.transfer(3, "c", "l", pattern="simultaneous_group")
        legs = one(out, "ring.requested")["legs"]
        self.assertEqual([{k: v for k, v in leg.items() if k != "leg_id"}
                          for leg in legs], [
            {"agent_id": "ana", "name": "ana", "phone": "+12125550150",
             "extension": "123"},
            {"agent_id": "ben", "name": "ben",
             "endpoint": "sip:ben@pbx.example"}])
        out = h.ring(4, "answered", "c", 1, 1)
        self.assertEqual(one(out, "transfer.connected")["answered_by"], {
            "kind": "group", "agent_id": "ben", "name": "ben",
            "endpoint": "sip:ben@pbx.example"})
        self.assertEqual(one(out, "ring.cancelled")["legs"][0]["extension"],
                         "123")

    def test_busy_by_their_own_word(self):
        h = calls(calls=None)
        h.team_doc(2, **{**POOL, "pools": [pool("ana", "ben")]},
                   transfer={"pattern": "simultaneous_group"},
                   calls={"max_call_s": 60})
        h.toggle(3, "ana", busy=True)
        out = h.transfer(4, "c", "l")
        self.assertEqual(excluded(one(out, "decision.recorded")),
                         {"ana": "on_call", "ben": None})
        h.hang_up(5, "c")
        self.assertEqual(rung(h.transfer(63, "d", "l")),  # it has lapsed
                         [("group", ["ana", "ben"])])
        # No effect on a leg that rings.
        self.assertEqual(h.toggle(64, "ana", busy=True), [])
        h.toggle(65, "ana", busy=False)
        h.hang_up(66, "d")
        self.assertEqual(rung(h.transfer(67, "e", "l")),
                         [("group", ["ana", "ben"])])

    def test_one_phone_one_call(self):
        h = office("ana", "ben")
        h.agent("ben", 1, phone="+15125550100")
        h.agent("ana", 1, phone="512 555 0100")
        h.lead(2, "l", assigned_agent="ana")
        h.lead(2, "m", assigned_agent="ben")
        h.transfer(3, "c", "l", pattern="assigned_agent")
        out = h.transfer(4, "d", "m", pattern="assigned_agent")
        self.assertEqual(excluded(data(out, "decision.recorded")[0]),
                         {"ben": "phone_busy"})
        h.ring(5, "answered", "c")
        out = h.transfer(6, "e", "m", pattern="assigned_agent")
        self.assertEqual(excluded(data(out, "decision.recorded")[0]),
                         {"ben": "phone_busy"})

    def test_wrap_up_included(self):
        h = office("ana", "ben", calls={"wrap_up_s": 20})
        for agent in ("ana", "ben"):
            h.agent(agent, 1, phone="+15125550100")
        h.lead(2, "l", assigned_agent="ana")
        h.lead(2, "m", assigned_agent="ben")
        h.transfer(3, "c", "l", pattern="assigned_agent")
        h.ring(4, "answered", "c")
        h.ended(5, "c")
        out = h.transfer(24, "d", "m", pattern="assigned_agent")
        self.assertEqual(excluded(data(out, "decision.recorded")[0]),
                         {"ben": "phone_busy"})
        out = h.transfer(25, "e", "m", pattern="assigned_agent")
        self.assertEqual(rung(out), [("owner", ["ben"])])

    def test_of_one_number_in_an_attempt_one_leg(self):
        h = calls("ana", "ben")
        for agent in ("ana", "ben"):
            h.agent(agent, 2, phone="+15125550100")
        out = h.transfer(3, "c", "l")
        self.assertEqual(rung(out), [("group", ["ana"])])
        self.assertEqual(excluded(one(out, "decision.recorded")),
                         {"ana": None, "ben": "phone_busy"})

    def test_the_callers_own_numbers_have_rung(self):
        h = calls("ana", "ben", fallback_numbers=["512 555 0177",
                                                  "512 555 0178"])
        h.agent("ana", 2, phone="512 555 0176")
        h.person(3, "l", "512 555 0176")
        h.person(4, "l", "512 555 0177")
        out = h.transfer(5, "c", "l")
        self.assertEqual(excluded(one(out, "decision.recorded")),
                         {"ana": "already_rung", "ben": None})
        self.assertEqual(rung(h.ring(6, "busy", "c")),
                         [("fallback", ["+15125550178"])])

    def test_a_fallback_with_hours(self):
        shut = {"weekly": [{"from": "16:00", "to": "17:00"}]}
        h = calls("ana", pattern="assigned_agent", fallback_numbers=[
            {"phone": "512 555 0171", "schedule": shut},
            {"phone": "512 555 0172", "schedule": shut,
             "time_zone": "Europe/Berlin"},  # there it is 16:00
            {"endpoint": "sip:desk"}, "512-555-0172", "512 555 0173"])
        h.toggle(2, "ana", available_for_calls=False)
        self.assertEqual(rung(h.transfer(3, "c", "l")),
                         [("fallback", ["+15125550172"])])
        self.assertEqual(rung(h.ring(4, "busy", "c")),
                         [("fallback", ["sip:desk"])])
        self.assertEqual(rung(h.ring(5, "busy", "c", 2)),
                         [("fallback", ["+15125550173"])])

    def test_lines(self):
        h = calls("ana", pattern="assigned_agent", fallback_numbers=[
            {"phone": "512 555 0171", "lines": 2}, "512 555 0172"])
        h.toggle(2, "ana", available_for_calls=False)
        for i, number in enumerate(("1", "1", "2", "2")):
            self.assertEqual(rung(h.transfer(3, f"c{i}", "l")),
                             [("fallback", [f"+1512555017{number}"])])
        h.ring(4, "answered", "c0")
        self.assertEqual(rung(h.transfer(5, "d", "l"))[0][1],
                         ["+15125550172"])
        h.ended(6, "c0")
        self.assertEqual(rung(h.transfer(7, "e", "l"))[0][1],
                         ["+15125550171"])

    def test_a_fallback_that_is_an_agent(self):
        h = calls("ana", pattern="assigned_agent",
                  fallback_numbers=["+15125550100"])
        h.agent("olivia", 2, phone="512 555 0100",
                available_for_calls=False)
        h.toggle(3, "ana", available_for_calls=False)
        h.lead(4, "m", assigned_agent="olivia")
        out = h.transfer(5, "c", "l")  # not for toggles
        leg = one(out, "ring.requested")["legs"][0]
        self.assertEqual((leg["agent_id"], leg["name"]), ("olivia", "olivia"))
        # R29 is not for it, and the reservation is.
        self.assertEqual(h.toggle(6, "olivia", available_for_calls=True), [])
        self.assertEqual(h.toggle(7, "olivia", available_for_calls=False), [])
        self.assertEqual(one(h.transfer(8, "d", "l"), "transfer.missed")
                         ["reason"], "no_target")
        out = h.ring(9, "answered", "c")
        by = one(out, "transfer.connected")["answered_by"]
        self.assertEqual((by["kind"], by["agent_id"]), ("fallback", "olivia"))
        h.toggle(10, "olivia", available_for_calls=True)
        out = h.transfer(11, "e", "m")
        self.assertEqual(excluded(data(out, "decision.recorded")[0]),
                         {"olivia": "on_call"})

    def test_an_owner_rung_as_a_fallback_stays_one(self):
        h = calls("ana", pattern="assigned_agent",
                  fallback_numbers=["+15125550100"])
        h.agent("ana", 2, phone="512 555 0100", available_for_calls=False)
        h.transfer(3, "c", "l")
        out = h.ring(4, "answered", "c")
        by = one(out, "transfer.connected")["answered_by"]
        self.assertEqual((by["kind"], by["agent_id"]), ("fallback", "ana"))


class Times(Case):
    """R24, R28."""

    def test_what_was_answered_before_may_still_be_on_its_way(self):
        h = calls("ana", pattern="assigned_agent")
        out = h.transfer(10, "c", "l")
        self.assertEqual(one(out, "ring.requested")["expires_at"], at(45))
        out = h.ring(46.9, "answered", "c")
        self.assertEqual(types(out)[0], "transfer.connected")

    def test_no_grace(self):
        h = calls("ana", pattern="assigned_agent", answer_grace_s=0)
        h.transfer(10, "c", "l")
        self.assertEqual(types(h.clock(45))[0], "ring.cancelled")
        out = h.ring(46, "answered", "c")
        self.assertEqual(one(out, "ring.cancelled")["legs"][0]["reason"],
                         "late")

    def test_a_total_that_passes_in_the_grace_starts_no_attempt(self):
        h = calls("ana", pattern="assigned_agent", total_timeout_s=36,
                  fallback_numbers=["512 555 0171"])
        h.transfer(10, "c", "l")
        out = h.clock(47)  # the attempt ends at 45, its time at 47
        self.assertEqual(one(out, "transfer.missed")["reason"],
                         "total_timeout")

    def test_cut_off_in_the_whisper(self):
        h = calls("ana", "ben", confirm={"agents": True}, total_timeout_s=35)
        h.transfer(10, "c", "l")
        h.ring(46, "answered", "c", 1, 0)
        out = h.clock(47)  # the others end; ana has until 56
        self.assertEqual([leg["agent_id"] for leg
                          in one(out, "ring.cancelled")["legs"]], ["ben"])
        self.assertEqual(h.clock(55.999), [])
        out = h.ring(56, "accepted", "c", 1, 0)
        self.assertEqual(types(out)[0], "transfer.connected")

    def test_not_accepted(self):
        h = calls("ana", confirm={"agents": True}, confirm_s=20,
                  fallback_numbers=["512 555 0171"])
        h.transfer(10, "c", "l")
        h.ring(40, "answered", "c")
        self.assertEqual(h.clock(59.999), [])
        out = h.clock(60)
        self.assertEqual(types(out)[0], "ring.cancelled")
        self.assertEqual(rung(out), [("fallback", ["+15125550171"])])

    def test_the_total_ended_it(self):
        h = calls("ana", confirm={"agents": True}, total_timeout_s=20,
                  fallback_numbers=["512 555 0171"])
        h.transfer(10, "c", "l")
        h.ring(29, "answered", "c")
        self.assertEqual(h.clock(38.999), [])
        self.assertEqual(one(h.clock(39), "transfer.missed")["reason"],
                         "total_timeout")


class Mailboxes(Case):
    """R33, R35."""

    def test_the_others_ring(self):
        h = calls("ana", "ben")
        h.transfer(10, "c", "l")
        h.ring(11, "answered", "c", 1, 0)
        out = h.ring(14, "machine", "c", 1, 0)
        self.assertEqual(types(out), ["decision.recorded", "ring.requested"])
        self.assertEqual(rung(out), [("group", ["ben"])])
        out = h.ring(15, "answered", "c", 2)
        # A second winner is told of anew, and nothing else runs twice.
        self.assertEqual(types(out), ["transfer.connected",
                                      "notification.requested",
                                      "notification.requested"])
        self.assertEqual(one(out, "transfer.connected")["waited_ms"], 5000)

    def test_nobody_is_left(self):
        h = calls("ana", pattern="assigned_agent")
        h.transfer(10, "c", "l")
        h.ring(11, "answered", "c")
        out = h.ring(14, "machine", "c")
        self.assertEqual(types(out), [
            "decision.recorded", "transfer.missed", "outcome.corrected",
            "cadence.resumed", "task.created", "notification.requested"])
        self.assertEqual(one(out, "transfer.missed")["reason"], "machine")
        # A success cancels the cadence once more.
        out = h.outcome(20, "c", "l", "successful_transfer")
        self.assertIn("cadence.cancelled", types(out))

    def test_the_cadence_stays_cancelled_where_others_would(self):
        for tag, expected in (("not_interested", False),
                              ("unqualified", True)):
            h = calls("ana", pattern="assigned_agent")
            h.transfer(10, "c", "l")
            h.ring(11, "answered", "c")
            h.outcome(12, "c", "l", tag)
            out = h.ring(14, "machine", "c")
            self.assertEqual("cadence.resumed" in types(out), expected)
        h = office("ana", outcomes={"missed_transfer": [
            {"do": "cancel_cadence"}]})
        h.lead(1, "l")
        h.transfer(10, "c", "l", pattern="assigned_agent")
        h.ring(11, "answered", "c")
        self.assertNotIn("cadence.resumed",
                         types(h.ring(14, "call.bridge_failed", "c")))

    def test_after_the_call_it_is_ignored(self):
        h = calls("ana")
        h.transfer(10, "c", "l")
        h.ring(11, "answered", "c")
        h.ended(12, "c")
        self.assertEqual(h.ring(14, "machine", "c"), [])
        self.assertEqual(h.ring(15, "call.bridge_failed", "c"), [])

    def test_the_rest_of_the_group(self):
        h = calls("ana", "ben")
        h.toggle(2, "ben", available_for_calls=False)
        h.transfer(10, "c", "l")
        h.ring(11, "answered", "c")
        h.toggle(12, "ben", available_for_calls=True)
        out = h.ring(14, "call.bridge_failed", "c")
        self.assertEqual(rung(out), [("group", ["ben"])])
        self.assertEqual(excluded(one(out, "decision.recorded")),
                         {"ana": "already_rung", "ben": None})

    def test_hung_up_in_the_first_seconds(self):
        h = office("ana", calls={"min_talk_s": 5, "wrap_up_s": 30})
        h.lead(1, "l")
        h.transfer(10, "c", "l")
        h.ring(11, "answered", "c")
        out = h.ended(15.999, "c")
        self.assertEqual(types(out), [
            "transfer.missed", "outcome.corrected", "cadence.resumed",
            "task.created", "notification.requested"])
        self.assertEqual(one(out, "transfer.missed")["reason"],
                         "caller_hung_up")
        # The failed winner is free at once, without wrap-up.
        self.assertEqual(rung(h.transfer(16, "d", "l")), [("owner", ["ana"])])
        h.ring(17, "answered", "d")
        self.assertEqual(h.ended(22, "d"), [])

    def test_misses_in_a_row(self):
        h = office("ana", calls={"auto_unavailable_after": 2},
                   transfer={"pattern": "assigned_agent"})
        h.lead(1, "l")
        h.transfer(10, "a", "l")
        self.assertNotIn("agent.auto_unavailable",
                         types(h.ring(11, "machine", "a")))
        h.transfer(20, "b", "l")
        h.ring(21, "answered", "b")  # resets nothing before it is over
        out = h.ring(22, "machine", "b")
        self.assertEqual(types(out)[:3], ["agent.auto_unavailable",
                                          "notification.requested",
                                          "notification.requested"])
        self.assertEqual(one(out, "transfer.missed")["reason"], "machine")

    def test_a_call_that_ends_resets(self):
        h = office("ana", calls={"auto_unavailable_after": 2},
                   transfer={"pattern": "assigned_agent"})
        h.lead(1, "l")
        h.transfer(10, "a", "l")
        h.ring(11, "no_answer", "a")
        h.transfer(12, "b", "l")
        h.ring(13, "answered", "b")
        h.ended(14, "b")
        h.transfer(15, "c", "l")
        self.assertNotIn("agent.auto_unavailable",
                         types(h.ring(16, "no_answer", "c")))

    def test_with_confirm_an_answer_alone_does_not(self):
        h = office("ana", calls={"auto_unavailable_after": 2}, transfer={
            "pattern": "assigned_agent", "confirm": {"agents": True}})
        h.lead(1, "l")
        h.transfer(10, "a", "l")
        h.ring(11, "no_answer", "a")
        h.ring(12, "answered", "a")  # late, and not accepted
        h.transfer(20, "b", "l")
        h.ring(21, "answered", "b")
        out = h.clock(57)
        self.assertIn("agent.auto_unavailable", types(out))

    def test_a_lost_race_counts_neither_way(self):
        h = office("ana", "ben", calls={"auto_unavailable_after": 2})
        h.lead(1, "l", assigned_agent="ana")
        h.transfer(10, "a", "l", pattern="assigned_agent")
        h.ring(11, "no_answer", "a")
        h.transfer(12, "b", "l", pattern="simultaneous_group")
        h.ring(13, "answered", "b", 1, 1)
        out = h.ring(14, "answered", "b", 1, 0)
        self.assertEqual(one(out, "ring.cancelled")["legs"][0]["reason"],
                         "lost_race")
        h.ended(15, "b")
        h.transfer(16, "c", "l", pattern="assigned_agent")
        self.assertIn("agent.auto_unavailable",
                      types(h.ring(17, "no_answer", "c")))


class OnceMore(Case):
    """R44: another routing of a call."""

    def missed(self, **more):
        h = calls("ana", "ben", pattern="assigned_agent", **more)
        h.transfer(10, "c", "l")
        h.ring(12, "declined", "c")
        return h

    def test_it_rings_again(self):
        h = self.missed()
        out = h.transfer(20, "c", "l", pattern="simultaneous_group")
        ring = one(out, "ring.requested")
        self.assertEqual((ring["attempt"], ring["expires_at"],
                          [x["agent_id"] for x in ring["legs"]]),
                         (2, at(55), ["ana", "ben"]))
        self.assertEqual(h.transfer(21, "c", "l"), [])  # while it runs
        out = h.ring(22, "answered", "c", 2, 1)
        self.assertEqual(one(out, "transfer.connected")["waited_ms"], 2000)
        self.assertEqual(types(out), [
            "transfer.connected", "ring.cancelled", "outcome.corrected",
            "task.cancelled", "cadence.cancelled", "notification.requested",
            "notification.requested"])
        # Connected: never silence.
        out = h.transfer(23, "c", "l")
        self.assertEqual(types(out), ["invalid_value"])
        self.assertIn("/data/call_id", out[0]["message"])

    def test_a_second_miss_changes_nothing(self):
        h = self.missed()
        h.transfer(20, "c", "l")
        out = h.ring(22, "busy", "c", 2)
        self.assertEqual(types(out), ["decision.recorded", "transfer.missed"])
        missed = one(out, "transfer.missed")
        self.assertEqual((missed["reason"], missed["attempts"]), ("busy", 2))

    def test_within_an_hour(self):
        for seconds, expected in ((12 + HOUR, "ring.requested"),
                                  (12.001 + HOUR, "invalid_value")):
            h = self.missed()
            self.assertEqual(types(h.transfer(seconds, "c", "l"))[-1],
                             expected)

    def test_unless_the_caller_is_gone(self):
        h = self.missed()
        self.assertEqual(h.hang_up(13, "c"), [])
        self.assertEqual(types(h.transfer(14, "c", "l")), ["invalid_value"])
        h.transfer(20, "d", "l")
        h.hang_up(21, "d")
        self.assertEqual(types(h.transfer(22, "d", "l")), ["invalid_value"])

    def test_for_the_same_lead(self):
        h = self.missed()
        h.lead(13, "m")
        self.assertEqual(types(h.transfer(14, "c", "m")), ["invalid_value"])

    def test_a_miss_after_that_success_has_a_task_of_its_own(self):
        h = self.missed()
        h.transfer(20, "c", "l")
        h.ring(21, "answered", "c", 2)
        out = h.ring(22, "machine", "c", 2)
        self.assertEqual(len(data(out, "task.created")), 1)


class Somebody(Case):
    """R52."""

    def busy(self, *agents, **transfer):
        """ana talks on a; b is of her lead, too."""
        h = calls(*(agents or ("ana",)), **{
            "pattern": "assigned_then_group", "wait_s": 60, **transfer})
        h.lead(2, "m", assigned_agent="ana")
        h.transfer(3, "a", "l")
        h.ring(4, "answered", "a")
        return h

    def test_who_gets_free_rings(self):
        h = self.busy()
        out = h.transfer(10, "b", "m")
        self.assertEqual(types(out), ["decision.recorded"] * 3
                         + ["transfer.waiting"])
        self.assertEqual(one(out, "transfer.waiting")["until"], at(70))
        out = h.ended(20, "a")
        self.assertEqual(types(out), ["decision.recorded", "ring.requested"])
        decision = one(out, "decision.recorded")
        self.assertEqual((decision["candidates"], decision["chosen"]),
                         ([{"agent_id": "ana"}], ["ana"]))
        self.assertEqual(one(out, "ring.requested")["step"], "owner")

    def test_when_a_wrap_up_ends(self):
        h = office("ana", transfer={"wait_s": 60}, calls={"wrap_up_s": 20})
        h.lead(1, "l")
        h.transfer(3, "a", "l")
        h.ring(4, "answered", "a")
        h.ended(5, "a")
        self.assertEqual(types(h.transfer(10, "b", "l"))[-1],
                         "transfer.waiting")
        out = h.clock(25)
        self.assertEqual(rung(out), [("owner", ["ana"])])
        self.assertEqual(out[0]["event"]["time"], at(25))

    def test_the_wait_is_over(self):
        h = self.busy()
        h.transfer(10, "b", "m")
        self.assertEqual(h.clock(69.999), [])
        out = h.clock(70)
        self.assertEqual(types(out)[:2], ["transfer.missed", "task.created"])
        self.assertEqual(one(out, "transfer.missed")["reason"], "no_target")

    def test_the_total_ends_it(self):
        h = self.busy(total_timeout_s=30)
        out = h.transfer(10, "b", "m")
        self.assertEqual(one(out, "transfer.waiting")["until"], at(40))
        self.assertEqual(one(h.clock(40), "transfer.missed")["reason"],
                         "total_timeout")

    def test_nobody_is_left_to_wait_for(self):
        h = self.busy()
        h.transfer(10, "b", "m")
        out = h.toggle(11, "ana", available_for_calls=False)
        self.assertEqual(one(out, "transfer.missed")["reason"], "no_target")

    def test_the_caller_does_not_wait(self):
        h = self.busy()
        h.transfer(10, "b", "m")
        out = h.hang_up(11, "b")
        self.assertEqual(types(out)[0], "transfer.missed")
        self.assertEqual(one(out, "transfer.missed")["reason"],
                         "caller_hung_up")

    def test_once_and_then_the_rest_of_the_wait(self):
        h = self.busy("ana", "ben", pattern="simultaneous_group")
        # a rang ben, too; he is free.
        out = h.transfer(10, "b", "m")
        self.assertEqual(rung(out), [("group", ["ben"])])
        out = h.ring(11, "declined", "b")
        self.assertEqual(one(out, "transfer.waiting")["until"], at(71))
        h.toggle(12, "olivia", available_for_calls=True)
        out = h.ended(20, "a")
        self.assertEqual(rung(out), [("group", ["ana"])])
        out = h.ring(21, "busy", "b", 2)
        self.assertEqual(one(out, "transfer.missed")["reason"], "busy")

    def test_of_several_the_one_that_started_first(self):
        h = self.busy()
        h.transfer(10, "z", "m")
        h.transfer(11, "b", "m")
        out = h.ended(20, "a")
        self.assertEqual(one(out, "ring.requested")["call_id"], "z")

    def test_who_waits_goes_before_a_step_that_rings(self):
        h = calls("ana", pattern="assigned_agent", wait_s=60)
        h.team_doc(2, **{**POOL, "pools": [pool("ana")]},
                   transfer={"pattern": "assigned_agent", "wait_s": 60},
                   calls={"max_call_s": 30})
        h.toggle(3, "ana", busy=True)  # until 33
        self.assertEqual(types(h.transfer(10, "b", "l"))[-1],
                         "transfer.waiting")
        out = h.transfer(40, "c", "l")  # nobody has looked since
        self.assertEqual([d["call_id"] for d in data(out, "ring.requested")],
                         ["b"])
        self.assertEqual([d["call_id"] for d in
                          data(out, "transfer.waiting")], ["c"])

    def test_without_a_wait_a_miss_as_before(self):
        h = self.busy(wait_s=0)
        self.assertEqual(one(h.transfer(10, "b", "m"), "transfer.missed")
                         ["reason"], "no_target")

    def test_not_for_whom_anything_else_keeps_away(self):
        h = self.busy()
        h.toggle(5, "ana", away_until=at(HOUR))
        self.assertIn("transfer.missed", types(h.transfer(10, "b", "m")))

    def test_after_a_failed_bridge_anew(self):
        h = self.busy("ana", "ben")
        h.transfer(10, "b", "m")  # ben, the rest of the group
        h.ring(11, "answered", "b")
        h.ring(12, "machine", "b")
        self.assertEqual(one(h.out[-2:], "transfer.waiting")["until"], at(72))


class Requests(Case):
    """R46: nothing optional loses a caller."""

    def test_slips_are_warnings_of_the_first_ring(self):
        h = calls("ana", pattern="assigned_agent")
        out = h.transfer(
            2, "c", "l", pattern="ring_all", ring_timeout_s="20",
            fallback_numbers=["512 555 0171", 5, "x", {"lines": 1}],
            contact="Kim")
        ring = one(out, "ring.requested")
        self.assertEqual(ring["warnings"], [
            "ignored:/pattern", "ignored:/ring_timeout_s",
            "ignored:/fallback_numbers/1", "ignored:/fallback_numbers/2",
            "ignored:/fallback_numbers/3", "ignored:/contact"])
        self.assertEqual(ring["ring_timeout_s"], 35)
        out = h.ring(3, "declined", "c")
        self.assertEqual(rung(out), [("fallback", ["+15125550171"])])
        self.assertNotIn("warnings", one(out, "ring.requested"))

    def test_or_of_the_miss(self):
        h = calls("ana", pattern="assigned_agent")
        h.toggle(2, "ana", available_for_calls=False)
        out = h.transfer(3, "c", "l", ring_timeout_s=0)
        self.assertEqual(one(out, "transfer.missed")["warnings"],
                         ["ignored:/ring_timeout_s"])

    def test_nothing_left_is_the_list(self):
        h = calls("ana", pattern="assigned_agent",
                  fallback_numbers=["512 555 0171"])
        h.toggle(2, "ana", available_for_calls=False)
        for i, (numbers, expected, warnings) in enumerate((
                ([5], ["+15125550171"], ["ignored:/fallback_numbers"]),
                ("x", ["+15125550171"], ["ignored:/fallback_numbers"]),
                ([{"endpoint": "sip:x"}], ["sip:x"], None))):
            ring = h.transfer(3, f"c{i}", "l", fallback_numbers=numbers)
            self.assertEqual(rung(ring), [("fallback", expected)])
            self.assertEqual(one(ring, "ring.requested").get("warnings"),
                             warnings)
        out = h.transfer(4, "d", "l", fallback_numbers=[])
        self.assertEqual(one(out, "transfer.missed")["reason"], "no_target")

    def test_whole_numbers_may_be_written_so(self):
        h = calls("ana", pattern="assigned_agent")
        out = h.raw('{"specversion":"1.0","id":"x","source":"/t","type":'
                    '"transfer.requested","partitionkey":"acme","data":{'
                    '"call_id":"c","lead_id":"l","ring_timeout_s":2e1}}')
        self.assertEqual(one(out, "ring.requested")["ring_timeout_s"], 20)

    def test_the_contact_that_makes_a_lead(self):
        h = calls("ana")
        out = h.transfer(2, "c", "new", contact={
            "phone": "512 555 0177 (cell)", "first_name": "Kim"})
        self.assertEqual(one(out, "lead.assigned")["warnings"],
                         ["read:/contact/phone"])
        ring = one(out, "ring.requested")
        self.assertEqual(ring["lead"], {"name": "Kim",
                                        "phone": "+15125550177"})
        self.assertNotIn("warnings", ring)
