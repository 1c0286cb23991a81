"""R45, R46 and the documents of the second edition."""

from rules import documents

from .support import *  # noqa: F403


class Versions(Case):
    def test_the_highest_known_counts(self):
        h = office("ana", version=7)
        h.team_doc(1, account_owner="ana")  # without one
        h.team_doc(2, account_owner="ben", version=3)
        h.team_doc(3, account_owner="ben", version=7)
        self.assertEqual(owners(h.lead(4, "l"))[0][1], "ana")
        self.assertEqual(one(h.out[-4:], "decision.recorded")
                         ["config_version"], 2)  # documents applied
        h.team_doc(5, account_owner="olivia", version=8)
        self.assertEqual(owners(h.lead(6, "m"))[0][1], "olivia")

    def test_a_removed_agent_comes_back_whatever_its_version(self):
        h = office("ana")
        h.agent("ana", 1, version=7)
        h.send(2, "agent.removed", {"agent_id": "ana"})
        h.agent("ana", 3, version=3, name="Back")
        self.assertEqual(one(h.lead(4, "l"), "lead.assigned")["agent"]
                         ["name"], "Back")


class Faults(Case):
    def faults(self, **doc):
        _, found = documents.read_team({
            "team_id": "t", "account_owner": "o", **doc}, "t")
        return found

    def pointers(self, **doc):
        return [f.split()[0] for f in self.faults(**doc)]

    def test_unknown_names_and_the_nearest_known_one(self):
        rule = {"id": "r", "assign": {"agent": "ana"}}
        for doc, pointer, nearest in (
                ({"routing_rules": [{**rule, "when": {"zip": ["1"]}}]},
                 "/data/routing_rules/0/when/zip", "zips"),
                ({"routing_rules": [{**rule, "activ": {}}]},
                 "/data/routing_rules/0/activ", "active"),
                ({"routing_rules": [{**rule, "active": {
                    "day": [], "from": "01:00", "to": "02:00"}}]},
                 "/data/routing_rules/0/active/day", "days"),
                ({"routing_rules": [{**rule, "assign": {
                    "agent": "ana", "poool": 1}}]},
                 "/data/routing_rules/0/assign/poool", "pool"),
                ({"pools": [{"id": "p", "memebers": []}]},
                 "/data/pools/0/memebers", "members"),
                ({"pools": [{"id": "p", "members": [
                    {"agent_id": "a", "wait": 1}]}]},
                 "/data/pools/0/members/0/wait", "weight"),
                ({"outcomes": {"x": [{"do": "create_task", "kind": "k",
                                      "due_s": 5}]}},
                 "/data/outcomes/x/0/due_s", "due_in_s"),
                ({"transfer": {"fallback_numbers": [
                    {"endpoint": "x", "line": 1}]}},
                 "/data/transfer/fallback_numbers/0/line", "lines"),
                ({"transfer": {"fallback_numbers": [
                    {"endpoint": "x", "schedule": {"weakly": []}}]}},
                 "/data/transfer/fallback_numbers/0/schedule/weakly",
                 "weekly")):
            (fault,) = self.faults(**doc)
            self.assertEqual(fault.split()[0], pointer)
            self.assertEqual(fault.split()[-1], nearest)
        _, (fault,) = documents.read_agent({"agent_id": "a", "schedule": {
            "overrides": [{"date": "2026-03-02", "close": True,
                           "from": "01:00", "to": "02:00"}]}}, "US")
        self.assertTrue(fault.endswith("closed"))

    def test_elsewhere_they_are_ignored(self):
        self.assertEqual(self.faults(
            x=1, nmae="x", transfer={"ring": 1}, calls={"y": 2},
            routing_rules=[{"id": "r", "x_note": 1, "when": {"x_": 1},
                            "assign": {"agent": "ana"}}]), [])
        self.assertEqual(documents.read_agent(
            {"agent_id": "a", "nmae": 1, "absences": [
                {"from": "2026-03-02", "to": "2026-03-02", "why": "sea"}]},
            "US")[1], [])

    def test_new_fields(self):
        for doc, pointers in (
                ({"holidays": ["2026-12-25", "2026-02-30", 5]},
                 ["/data/holidays/1", "/data/holidays/2"]),
                ({"holidays": ["2026-12-25"] * 401}, ["/data/holidays"]),
                ({"never_match": ["512 555 0100", "a@b", "*@c", "12", 5]},
                 ["/data/never_match/3", "/data/never_match/4"]),
                ({"reassign_inactive": 1}, ["/data/reassign_inactive"]),
                ({"transfer": {"answer_grace_s": 31, "confirm_s": 61,
                               "wait_s": 3601, "group_size": 0,
                               "ring_timeout_s": 3601,
                               "total_timeout_s": 86_401, "max_age_s": -1}},
                 ["/data/transfer/ring_timeout_s",
                  "/data/transfer/total_timeout_s",
                  "/data/transfer/max_age_s",
                  "/data/transfer/answer_grace_s", "/data/transfer/wait_s",
                  "/data/transfer/group_size", "/data/transfer/confirm_s"]),
                ({"calls": {"min_talk_s": -1, "cover_after_s": 31_536_001}},
                 ["/data/calls/min_talk_s", "/data/calls/cover_after_s"]),
                ({"transfer": {"fallback_numbers": [
                    {}, {"phone": "512 555 0100", "endpoint": "x"},
                    {"endpoint": ""}, {"phone": "12"},
                    {"endpoint": "x", "lines": 0},
                    {"endpoint": "x", "time_zone": "Mars/Base"}]}},
                 ["/data/transfer/fallback_numbers/0",
                  "/data/transfer/fallback_numbers/1",
                  "/data/transfer/fallback_numbers/2/endpoint",
                  "/data/transfer/fallback_numbers/3/phone",
                  "/data/transfer/fallback_numbers/4/lines",
                  "/data/transfer/fallback_numbers/5/time_zone"]),
                ({"transfer": {"answer_grace_s": 0, "wait_s": 3600,
                               "group_size": None, "confirm_s": 0}}, [])):
            self.assertEqual(self.pointers(**doc), pointers)
        _, faults = documents.read_agent({
            "agent_id": "a", "endpoint": "", "absences": [
                {"from": "2026-03-03", "to": "2026-03-02"},
                {"from": "2026-02-30", "to": "2026-03-02"}, {}]}, "US")
        self.assertEqual([f.split()[0] for f in faults], [
            "/data/endpoint", "/data/absences/0/from",
            "/data/absences/1/from", "/data/absences/2/from",
            "/data/absences/2/to"])

    def test_ids_and_whole_numbers_as_they_are_written(self):
        h = History()
        h.raw('{"specversion":"1.0","id":"x","source":"/t","time":"'
              + at(0) + '","type":"team.configured","partitionkey":"acme",'
              '"data":{"team_id":" acme ","version":1.0,"account_owner":7,'
              '"pools":[{"id":"p","members":[{"agent_id":12,"weight":2e0}]}],'
              '"routing_rules":[{"id":"r","assign":{"pool":"p "}}]}}')
        h.send(1, "agent.configured", {"agent_id": 12})
        self.assertEqual(owners(h.lead(2, "l")), [("l", "12", "rotation")])

    def test_availability_has_four_fields(self):
        h = office("ana")
        for fields, reason in (
                ({}, "missing_field"), ({"reason": "x"}, "missing_field"),
                ({"busy": 1}, "wrong_type"), ({"away_until": 5}, "wrong_type"),
                ({"away_until": "soon"}, "invalid_value"),
                ({"busy": True}, None), ({"away_until": at(60)}, None)):
            self.assertEqual(types(h.toggle(1, "ana", **fields)),
                             [reason] if reason else [], fields)

    def test_epochs_are_integers(self):
        h = office("ana")
        h.lead(1, "l")
        self.assertEqual(types(h.send(2, "lead.assignment_requested", {
            "lead_id": "l", "if_owner_epoch": "1"})), ["wrong_type"])
