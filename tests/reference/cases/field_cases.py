"""The stories of field/ that come from reports: what is right in each."""

import json
import re

import field

from .support import *  # noqa: F403


class Stories(Case):
    def story(self, name):
        """Outputs, and a function that tells those of one input line."""
        lines = field.history(name)
        return field.outputs(lines)

    def change(self, name, change):
        """The story told with another team document."""
        lines = []
        for line in field.history(name):
            event = None if line.startswith("#") else json.loads(line)
            if event is not None and event.get("type") == "team.configured":
                change(event["data"])
            lines.append(line if event is None else json.dumps(event))
        return field.outputs(lines)

    def of_call(self, out, call):
        return [x for x in out if x.get("event", {}).get("data", {})
                .get("call_id") == call]

    def test_all_of_them_are_written_down(self):
        for name in field.names():
            with self.subTest(name):
                path = field.HERE / f"{name}.expected"
                self.assertEqual(field.expected(name),
                                 path.read_text("utf-8"))

    # --- leads ----------------------------------------------------------

    def test_lead_01_the_older_lead_goes_first(self):
        out = self.story("lead-01-older-lead-waits-newcomer-jumps")
        self.assertEqual(owners(out), [("L1", "A", "rotation"),
                                       ("OLD", "A", "rotation")])
        self.assertEqual([d["lead_id"] for d in
                          data(out, "lead.unassigned")], ["OLD", "NEW"])

    def test_lead_08b_an_empty_field_erases_nothing(self):
        out = self.story("lead-08b-opt-out-lost-after-blank-update")
        self.assertEqual(one(out, "outreach.refused")["reason"], "opted_out")
        self.assertEqual(owners(out)[1], ("L2", "A", "existing_owner"))

    def test_lead_10_the_luxury_rule(self):
        out = self.story("lead-10-price-and-tags-as-text")
        assigned = one(out, "lead.assigned")
        self.assertEqual((assigned["rule_id"], assigned["warnings"]), (
            "luxury", ["read:/contact/phone", "ignored:/contact/email",
                       "read:/tags", "read:/zip", "read:/price"]))

    def test_lead_11_a_number_is_its_digits(self):
        out = self.story("lead-11-numeric-lead-id")
        self.assertEqual([x[0] for x in owners(out)], ["1001"])
        self.assertEqual(told(out), [("new_lead", "A"), ("re_inquiry", "A")])

    def test_lead_18_one_new_owner_one_turn_one_message(self):
        out = self.story("lead-18-agent-leaves-one-person-three-owners")
        moves = data(out, "lead.reassigned")
        self.assertEqual({m["owner"] for m in moves}, {"B"})
        self.assertEqual([m.get("turn") for m in moves], [2, None, None])
        self.assertEqual([k for k, _ in told(out)].count("reassigned"), 1)
        self.assertEqual(owners(out)[-1], ("n-1", "B", "existing_owner"))

    def test_lead_20_the_weights_are_taken(self):
        out = self.story("lead-20-seven-plain-percentages")
        self.assertNotIn("invalid_document", types(out))
        self.assertEqual([x[1] for x in owners(out)], ["A", "B", "B", "A"])

    def test_lead_23_everybodys_turn(self):
        out = self.story("lead-23-member-list-emptied-and-refilled")
        self.assertEqual([x[1] for x in owners(out)], list("ABCABC"))
        self.assertEqual([d["turn"] for d in data(out, "lead.assigned")],
                         [1, 2, 3, 4, 5, 6])

    def test_lead_29_the_fault_names_zips(self):
        out = self.story("lead-29-misspelt-condition-takes-every-lead")
        self.assertEqual(types(out)[0], "invalid_document")
        self.assertIn("/data/routing_rules/0/when/zip", out[0]["message"])
        self.assertIn("zips", out[0]["message"])
        self.assertEqual(owners(out), [])

    def test_lead_32_nobody_in_particular(self):
        out = self.story("lead-32-placeholder-phone-and-email")
        self.assertEqual([(i, r) for i, _, r in owners(out)],
                         [(f"P{i}", "rotation") for i in range(9)])
        self.assertEqual([d["lead_id"] for d in
                          data(out, "outreach.released")], ["P5", "P8"])
        warnings = [d["warnings"] for d in data(out, "lead.assigned")]
        self.assertEqual(warnings[:4], [["unmatched:/contact/phone"]] * 4)
        self.assertEqual(warnings[4:], [["ignored:/contact/email"]] * 5)

    def test_lead_39_no_lead_on_vacation(self):
        out = self.story("lead-39-vacation-in-the-schedule-schedule")
        self.assertEqual({x[1] for x in owners(out)}, {"B"})
        self.assertEqual([x[2] for x in owners(out)],
                         ["rotation", "relaxed"] * 5 + ["relaxed"] * 2)

    # --- calls ----------------------------------------------------------

    def test_call_05_the_others_ring(self):
        out = self.story("call-05-voicemail-after-answer")
        self.assertEqual(rung(out), [
            ("owner", ["ruth"]), ("group", ["sami", "tess"]),
            ("fallback", ["+12125550191"])])
        self.assertEqual(types(out)[-6:-1], [
            "ring.cancelled", "transfer.missed", "outcome.corrected",
            "cadence.resumed", "task.created"])

    def test_call_13_extensions_stay_beside_the_number(self):
        out = self.story("call-13-extensions-and-sip")
        self.assertEqual([leg["agent_id"] + " " + leg.get("extension", "-")
                          for leg in one(out, "ring.requested")["legs"]], [
            "x00 123", "x01 124", "x02 125", "x03 126", "x04 127", "x05 128",
            "x06 129", "x07 130", "x16 -", "x20 -"])

    def test_call_13_an_endpoint_is_rung(self):
        lines = []
        for line in field.history("call-13-extensions-and-sip"):
            event = None if line.startswith("#") else json.loads(line)
            if event is not None:
                phone = event["data"].get("phone")
                if phone == "sip:vera@pbx.elm.example":
                    event["data"]["endpoint"] = event["data"].pop("phone")
            lines.append(line if event is None else json.dumps(event))
        out = field.outputs(lines)
        self.assertEqual([leg["endpoint"] for leg in
                          one(out, "ring.requested")["legs"]
                          if "endpoint" in leg], ["sip:vera@pbx.elm.example"])

    def test_call_16_not_while_he_talks_or_rings(self):
        out = self.story("call-16-fallback-is-an-agent")
        for call, expected in (("k1", [("owner", ["omar"])]), ("k2", []),
                               ("k3", [("fallback", ["omar"])]),
                               ("k4", [("owner", ["omar"])]), ("k5", [])):
            self.assertEqual(rung(self.of_call(out, call)), expected, call)
        self.assertEqual([d["call_id"] for d in
                          data(out, "transfer.connected")], ["k1", "k4"])

    def test_call_17_without_wait_a_miss_as_before(self):
        out = self.story("call-17-everybody-busy")
        self.assertEqual(
            [(x["event"]["data"]["call_id"], x["event"]["time"][14:19])
             for x in out if x["event"]["type"] == "transfer.missed"],
            [("k3", "01:15"), ("k5", "03:25"), ("k4", "03:57")])
        self.assertNotIn("transfer.waiting", types(out))

    def test_call_17_with_wait_the_caller_waits_for_the_first(self):
        out = self.change("call-17-everybody-busy", lambda doc: doc[
            "transfer"].update(wait_s=60))
        k3 = self.of_call(out, "k3")
        self.assertEqual(types(k3)[3:6], [
            "transfer.waiting", "decision.recorded", "ring.requested"])
        ring = next(x["event"] for x in k3
                    if x["event"]["type"] == "ring.requested")
        self.assertEqual((ring["time"], ring["data"]["step"]),
                         ("2026-03-02T15:01:20Z", "owner"))

    def test_call_20_one_task(self):
        out = self.story("call-20-caller-calls-again")
        self.assertEqual(len(data(out, "task.created")), 1)
        self.assertEqual([d["misses"] for d in data(out, "task.repeated")],
                         [2, 3])
        self.assertEqual(one(out, "task.cancelled")["reason"], "reached")

    def test_call_21_it_rings_again(self):
        out = self.story("call-21-second-transfer-of-a-call")
        self.assertEqual(rung(self.of_call(out, "k1")), [
            ("owner", ["ruth"]), ("group", ["sami", "tess"]),
            ("group", ["ruth", "sami", "tess"])])
        self.assertEqual(len(data(out, "task.created")), 1)
        self.assertIn("invalid_value", types(out))

    def test_call_30_texts_name_people(self):
        out = self.story("call-30-names-in-texts")
        for d in data(out, "notification.requested"):
            self.assertIsNone(re.search(r"u-\d|\bL1$|\bk\d", d["title"]
                                        + " " + d["text"]), d["text"])
            self.assertIn("Caller L1", d["title"] + d["text"])
        answered = [d["text"] for d in data(out, "notification.requested")
                    if d["kind"] == "transfer_answered"]
        self.assertIn("Walt Beech", answered[0])
        self.assertIn("+12125550191", answered[-1])

    def test_call_34_the_caller_is_not_rung(self):
        out = self.story("call-34-rings-the-caller")
        self.assertEqual(rung(out), [("group", ["sami"]),
                                     ("fallback", ["+12125550191"])])

    def test_call_37_only_the_ids_can_refuse(self):
        out = self.story("call-37-slip-in-the-request")
        self.assertEqual([d.get("warnings") for d in
                          data(out, "ring.requested")], [
            ["ignored:/ring_timeout_s"], ["ignored:/ring_timeout_s"],
            ["ignored:/ring_timeout_s"], ["ignored:/pattern"],
            ["ignored:/pattern"], ["ignored:/fallback_numbers"],
            ["ignored:/fallback_numbers/1"], None, ["ignored:/contact"], None])

    def test_call_43_two_of_three(self):
        out = self.story("call-43-answer-rate")
        ends = {}
        for x in out:
            kind, d = x["event"]["type"], x["event"]["data"]
            if kind in ("transfer.connected", "transfer.missed"):
                ends[d["call_id"]] = kind
            elif kind == "outcome.corrected":
                ends[d["call_id"]] = d["to"]
        self.assertEqual(ends, {"k1": "transfer.connected",
                                "k2": "transfer.connected",
                                "k3": "missed_transfer"})
