#!/usr/bin/python3
"""The model against cases worked out by hand from the rules."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from rules import documents, rotation, text, zones  # noqa: E402
from rules.engine import Engine  # noqa: E402
from rules.state import Team  # noqa: E402

T0 = "2026-03-02T15:00:00Z"  # a Monday


def at(seconds):
    return text.write_time(text.read_time(T0) + int(seconds * 1000))


class History:
    """Events in, outputs out, with little to write."""

    def __init__(self, team="acme"):
        self.engine = Engine()
        self.team = team
        self.number = 0
        self.out = []

    def raw(self, line):
        self.number += 1
        got = self.engine.feed(line.encode(), self.number)
        self.out += got
        return got

    def send(self, seconds, type_, data, **more):
        event = {"specversion": "1.0", "id": f"e{self.number + 1}",
                 "source": "/t", "type": type_, "time": at(seconds),
                 "partitionkey": self.team, "data": data, **more}
        return self.raw(json.dumps(event))

    def clock(self, seconds):
        return self.raw(json.dumps({"clock": at(seconds)}))

    def team_doc(self, seconds=0, **doc):
        return self.send(seconds, "team.configured",
                         {"team_id": self.team, "account_owner": "olivia",
                          **doc})

    def agent(self, id_, seconds=0, **doc):
        number = 100 + sum(map(ord, id_)) % 100
        return self.send(seconds, "agent.configured", {
            "agent_id": id_, "phone": f"+1512555{number:04d}", **doc})

    def leg(self, call, attempt, index):
        return text.derived_id(self.team, call, attempt, index)


def types(lines):
    return [x["event"]["type"] if "event" in x else x["reason"]
            for x in lines]


def data(lines, type_):
    return [x["event"]["data"] for x in lines
            if x.get("event", {}).get("type") == type_]


POOL = {"pools": [{"id": "p", "members": [{"agent_id": "ana", "weight": 2},
                                          {"agent_id": "ben"}]}],
        "routing_rules": [{"id": "r", "assign": {"pool": "p"}}]}


def office(**doc):
    h = History()
    h.team_doc(**{**POOL, **doc})
    for id_ in ("ana", "ben", "olivia"):
        h.agent(id_)
    return h


class Ids(unittest.TestCase):
    def test_an_output_is_named_by_team_cause_and_ordinal(self):
        h = office()
        out = h.send(1, "lead.received", {"lead_id": "l"})
        for i, line in enumerate(out):
            self.assertEqual(line["event"]["id"],
                             text.derived_id("acme", "/t", "e5", i))
            self.assertEqual(line["event"]["causationid"], "e5")
            self.assertEqual(line["event"]["sequence"], f"{i + 1:020d}")


class Owners(unittest.TestCase):
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
        self.assertEqual(assigned["warnings"], ["ignored:/price"])

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
            "ignored:/contact/phone", "ignored:/source", "ignored:/price",
            "ignored:/opt_in", "unknown_agent", "already_owned"])
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


class Calls(unittest.TestCase):
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
        # A record at the due time goes first, the clock fires it.
        self.assertEqual(h.send(45, "call.ended", {"call_id": "other"}), [])
        out = h.clock(45)
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
            "outcome.corrected", "task.created", "notification.requested"])
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

    def test_a_success_after_a_failed_bridge_tells_who_was_not_told(self):
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
        self.assertEqual(types(out), ["outcome.corrected", "task.cancelled",
                                      "notification.requested"])
        told = data(out, "notification.requested")[0]
        self.assertEqual((told["kind"], told["recipient"]["agent_id"]),
                         ("transfer_answered", "ben"))

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
            self.assertEqual(tag(13, "opt_out"), [])
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
        out = h.clock(45)
        self.assertEqual(types(out)[:4], [
            "ring.cancelled", "agent.auto_unavailable",
            "notification.requested", "notification.requested"])

    def test_both_ends_together_are_a_total_timeout_only_with_more_to_ring(self):
        for numbers, reason in (([], "no_answer"),
                                (["+15125550199"], "total_timeout")):
            h, _ = self.start(transfer={
                "pattern": "assigned_agent", "total_timeout_s": 35,
                "fallback_numbers": numbers})
            out = h.clock(45)
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
        h.send(4, "transfer.requested", {"call_id": "d", "lead_id": "l"})
        h.send(5, "agent.availability_changed",
               {"agent_id": "ben", "available_for_calls": True})
        out = h.send(6, "transfer.requested", {
            "call_id": "c", "lead_id": "l", "pattern": "assigned_agent"})
        self.assertEqual(data(out, "task.created")[0]["due_at"],
                         "2026-03-03T09:05:00Z")
        last = data(out, "notification.requested")[-1]
        self.assertEqual((last["kind"], last["recipient"]["agent_id"]),
                         ("cover", "ben"))


class Publishers(unittest.TestCase):
    def reason(self, line):
        return History().raw(line)[0]["reason"]

    def test_checks_in_order(self):
        good = {"specversion": "1.0", "id": "1", "source": "s",
                "type": "lead.closed", "partitionkey": "t",
                "data": {"lead_id": "l"}}
        for change, reason in (
                ({"specversion": "0.3"}, "not_a_cloud_event"),
                ({"partitionkey": None, "id": None}, "missing_team"),
                ({"id": None, "source": 5}, "missing_field"),
                ({"data": {}}, "missing_field"),
                ({"data": []}, "wrong_type"),
                ({"id": 5, "data": {"lead_id": ""}}, "wrong_type"),
                ({"data": {"lead_id": ""}}, "invalid_value"),
                ({"type": "lead.lost"}, "unknown_type"),
                ({}, "unknown_lead")):
            self.assertEqual(self.reason(json.dumps({**good, **change})),
                             reason, change)
        self.assertEqual(self.reason("{"), "malformed_json")
        self.assertEqual(self.reason("[]"), "not_a_cloud_event")
        self.assertEqual(self.reason("{" + " " * 300_000 + "}"), "too_large")

    def test_every_fault_of_a_document_by_pointer(self):
        _, faults = documents.read_team({
            "team_id": "t", "pools": [{"id": "p", "members": [
                {"agent_id": "a", "weight": 0}, {"agent_id": "a"}]}],
            "routing_rules": [{"id": "r", "assign": {"pool": "q"}}]}, "t")
        self.assertEqual([f.split()[0] for f in faults], [
            "/data/account_owner", "/data/pools/0/members/0/weight",
            "/data/pools/0/members/1/agent_id",
            "/data/routing_rules/0/assign/pool"])

    def test_a_duplicate_changes_nothing(self):
        h = office()
        line = json.dumps({
            "specversion": "1.0", "id": "x", "source": "/t", "time": at(1),
            "type": "lead.received", "partitionkey": "acme",
            "data": {"lead_id": "l"}})
        self.assertEqual(len(h.raw(line)), 4)
        self.assertEqual(h.raw(line), [])

    def test_payloads_come_out_as_they_went_in(self):
        h = office()
        h.send(1, "lead.received", {"lead_id": "l"})
        out = h.raw('{"specversion":"1.0","id":"x","source":"/t","type":'
                    '"outreach.requested","partitionkey":"acme","data":{'
                    '"lead_id":"l","outreach_id":"o","channel":"sms",'
                    '"payload":{"a" : 1.0,"a":1e3}}}')
        self.assertIn('"payload":{"a" : 1.0,"a":1e3}',
                      text.write_json(out[0]))


class Zones(unittest.TestCase):
    def inside(self, f, t, when, zone):
        window = zones.DAYS, documents.minutes(f), documents.minutes(t)
        return zones.inside({"weekly": [window], "overrides": []}, zone,
                            text.read_time(when))

    def test_half_open_and_past_midnight(self):
        self.assertTrue(self.inside("09:00", "10:00", "2026-01-05T09:00:00Z",
                                    "UTC"))
        self.assertFalse(self.inside("09:00", "10:00", "2026-01-05T10:00:00Z",
                                     "UTC"))
        self.assertTrue(self.inside("22:00", "06:00",
                                    "2026-01-05T05:59:59.999Z", "UTC"))
        self.assertTrue(self.inside("09:00", "09:00", "2026-01-05T08:00:00Z",
                                    "UTC"))

    def test_the_hour_that_happens_twice(self):
        for when in ("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"):
            self.assertTrue(self.inside("01:00", "02:00", when,
                                        "America/New_York"))

    def test_a_start_that_does_not_exist_is_after_the_gap(self):
        schedule = {"weekly": [(("sun",), 150, 240)], "overrides": []}
        start = zones.next_start(schedule, "America/New_York",
                                 text.read_time("2026-03-08T06:00:00Z"))
        self.assertEqual(text.write_time(start), "2026-03-08T07:00:00Z")

    def test_an_override_replaces_what_starts_on_its_date(self):
        from datetime import date
        schedule = {"weekly": [(zones.DAYS, 22 * 60, 6 * 60)],
                    "overrides": [(date(2026, 1, 6), None)]}
        for when, expected in (("2026-01-06T05:00:00Z", True),
                               ("2026-01-06T23:00:00Z", False),
                               ("2026-01-07T05:00:00Z", False)):
            self.assertEqual(zones.inside(schedule, "UTC",
                                          text.read_time(when)), expected)


class Rotation(unittest.TestCase):
    def test_another_unit_rescales_upwards_and_clamps(self):
        team = Team("t")

        def configure(*members):
            team.doc["pools"] = {"p": {
                "id": "p", "assign_requires": "none", "catch_up_turns": 0,
                "members": list(members)}}
            rotation.configure(team)
            return team.pools["p"]

        pool = configure(("a", 1), ("b", 2))  # U = 2
        for _ in range(2):
            rotation.choose(pool, {"a"})
        self.assertEqual((pool.v, pool.members[0].passed), (2, 4))
        pool = configure(("a", 1), ("b", 3), ("c", 1))  # U = 3
        # V = 3; a: 6 is brought to V + 3; b: 0 is brought to V; c: V.
        self.assertEqual((pool.v, [m.passed for m in pool.members]),
                         (3, [6, 3, 3]))
        # b was never assigned; c counts as assigned when it was added.
        turn = rotation.choose(pool, {"b", "c"})
        self.assertEqual((turn.agent_id, turn.tie_break),
                         ("b", "least_recently_assigned"))


class Program(unittest.TestCase):
    def run_model(self, *args):
        return subprocess.run(
            [sys.executable, os.path.join(HERE, "model.py"), *args],
            capture_output=True, check=False)

    def test_a_history_gives_the_same_bytes_twice(self):
        made = subprocess.run(
            [sys.executable, os.path.join(HERE, "generate.py"), "--seed", "7",
             "--steps", "120"], capture_output=True, check=True).stdout
        with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
            file.write(made)
            file.flush()
            one, two = (self.run_model(file.name) for _ in range(2))
        self.assertEqual(one.returncode, 0, one.stderr)
        self.assertGreater(len(one.stdout), 10_000)
        self.assertEqual(one.stdout, two.stdout)

    def test_a_file_that_cannot_be_read(self):
        self.assertEqual(self.run_model("/nowhere/at/all").returncode, 2)


if __name__ == "__main__":
    unittest.main()
