"""R44-R46: what publishers get wrong."""

import json

from rules import documents, text

from .support import *  # noqa: F403


class Publishers(Case):
    def reason(self, line):
        h = History()
        h.clock(0)
        return h.raw(line)[0]["reason"]

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
