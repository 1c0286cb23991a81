#!/usr/bin/python3
"""`fairlead what-if` on an embedded folder, against what a person works out.

usage: what_if_test.py PROGRAM [TEST]...
"""

import json
import pathlib
import sqlite3
import sys
import tempfile
import unittest

import commands_test
from commands_test import FAILED, FINE, WRONG_USE, Service, event, fairlead


def team(pools, rules=None, **more):
    return {"team_id": "acme", "account_owner": "olivia", "pools": pools,
            "routing_rules": rules or [{"id": "rest", "assign": {"pool": pools[0]["id"]}}],
            "transfer": {"pattern": "assigned_agent", "ring_timeout_s": 20}, **more}


def pool(name, **weights):
    return {"id": name, "members": [{"agent_id": a, "weight": w} for a, w in weights.items()]}


def agent(name, **more):
    digits = sum(map(ord, name))
    return {"agent_id": name, "name": name.title(), "phone": f"+1212555{digits % 10000:04}", **more}


def lead(number, **more):
    return event(f"m-{number}", "lead.received",
                 {"lead_id": f"l-{number}", "contact": {"name": f"Lead {number}"}, **more})


class Past:
    """A folder with what a service has made of these events."""

    def __init__(self, before, *agents):
        self.folder = tempfile.TemporaryDirectory()
        self.log = self.folder.name + "/log"
        self.service = Service(self.log)
        self.service.__enter__()
        self.sent = 0
        self.send("team.configured", before)
        for a in agents:
            self.send("agent.configured", agent(a))

    def send(self, kind, data):
        self.sent += 1
        self.service.publish(event(f"s-{self.sent}", kind, data))

    def over(self):
        self.service.stop()
        self.service.__exit__()
        return self

    def ask(self, document=None, *more, agents=()):
        args = ["what-if", "--embedded", self.log, "--team", "acme", *more]
        folder = pathlib.Path(self.folder.name)
        if document is not None:
            (folder / "new.json").write_text(json.dumps(document))
            args += ["--document", str(folder / "new.json")]
        for a in agents:
            (folder / f"{a['agent_id']}.json").write_text(json.dumps(a))
            args += ["--agent", str(folder / f"{a['agent_id']}.json")]
        return fairlead(*args)

    def answer(self, document=None, *more, agents=()):
        done = self.ask(document, "--json", *more, agents=agents)
        assert done.returncode == FINE, done.stdout + done.stderr
        return json.loads(done.stdout)

    def close(self):
        self.folder.cleanup()


def moved(answer):
    """lead -> (from, to), of those that would have gone to somebody else."""
    return {x["lead_id"]: tuple(x[run] and x[run]["agent_id"] for run in ("control", "candidate"))
            for x in answer["leads"]["list"]}


def turns(answer, name):
    (found,) = [p for p in answer["pools"] if p["pool_id"] == name]
    return {m["agent_id"]: (m["control"], m["candidate"]) for m in found["members"]}


class Leads(unittest.TestCase):
    BEFORE = team([pool("buyers", ana=1, ben=1, cid=1), pool("pair", ana=1, ben=1)],
                  [{"id": "two", "when": {"sources": ["two"]}, "assign": {"pool": "pair"}},
                   {"id": "rest", "assign": {"pool": "buyers"}}])

    @classmethod
    def setUpClass(cls):
        cls.past = Past(cls.BEFORE, "ana", "ben", "cid")
        cls.past.service.publish(*[lead(n, source="two") for n in range(1, 9)],
                                 *[lead(n) for n in range(11, 17)])
        cls.past.send("lead.closed", {"lead_id": "l-4"})
        cls.past.send("lead.assignment_requested", {"lead_id": "l-6", "agent_id": "cid",
                                                    "if_owner_epoch": 1})
        cls.past.over()

    @classmethod
    def tearDownClass(cls):
        cls.past.close()

    def test_the_same_document_changes_nothing(self):
        answer = self.past.answer({**self.BEFORE, "version": 7})
        self.assertEqual(answer["control"]["agree_percent"], 100)
        self.assertEqual(answer["control"]["choices"], 15)
        self.assertEqual(answer["control"]["agree"], 15)
        self.assertEqual(answer["leads"]["came"], 14)
        self.assertEqual(answer["leads"]["different"], 0)
        self.assertEqual(answer["leads"]["assumed"], 0)
        for a in answer["agents"]:
            self.assertEqual(a["leads"]["control"], a["leads"]["candidate"])
        self.assertEqual(answer["time_to_owner"]["candidate"],
                         {"leads": 14, "at_once": 14, "median_ms": 0, "p95_ms": 0, "longest_ms": 0})

    def test_three_to_one_instead_of_one_to_one(self):
        # Ana's turn costs 1 and Ben's 3. Passes after each lead, Ana then Ben:
        # 1 Ana 1 0, 2 Ben 1 3, 3 Ana 2 3, 4 Ana 3 3, 5 Ben, who had his last
        # turn longer ago, 3 6, 6 Ana 4 6, 7 Ana 5 6, 8 Ana 6 6.
        new = json.loads(json.dumps(self.BEFORE))
        new["pools"][1] = pool("pair", ana=3, ben=1)
        answer = self.past.answer(new)
        self.assertEqual(turns(answer, "pair"), {"ana": (4, 6), "ben": (4, 2)})
        self.assertEqual(turns(answer, "buyers"), {"ana": (2, 2), "ben": (2, 2), "cid": (2, 2)})
        self.assertEqual(moved(answer), {"l-4": ("ben", "ana"), "l-5": ("ana", "ben"),
                                         "l-6": ("ben", "ana"), "l-8": ("ben", "ana")})
        # Ben closed one and gave one away that would have been Ana's.
        assumes = {x["lead_id"]: x["assumes"] for x in answer["leads"]["list"]}
        self.assertEqual(assumes, {"l-4": ["closed"], "l-5": [], "l-6": ["assigned_by_hand"],
                                   "l-8": []})
        # The request came with the epoch that the past had; it stays.
        by = {a["agent_id"]: a for a in answer["agents"]}
        self.assertEqual(by["cid"]["leads"], {"control": 3, "candidate": 3})
        self.assertEqual(by["cid"]["assumed"], 1)

    def test_somebody_is_taken_out(self):
        new = json.loads(json.dumps(self.BEFORE))
        new["pools"][0] = pool("buyers", ana=1, cid=1)
        expected = {"l-12": ("ben", "cid"), "l-13": ("cid", "ana"), "l-14": ("ana", "cid"),
                    "l-15": ("ben", "ana")}
        answer = self.past.answer(new)
        self.assertEqual(moved(answer), expected)
        self.assertEqual(turns(answer, "buyers"), {"ana": (2, 3), "ben": (2, 0), "cid": (2, 3)})

    def test_an_agents_document(self):
        # The pair is Ana alone; the others alternate Ana and Cid.
        answer = self.past.answer(agents=[agent("ben", accepting_leads=False)])
        self.assertEqual(turns(answer, "pair"), {"ana": (4, 8), "ben": (4, 0)})
        self.assertEqual(turns(answer, "buyers"), {"ana": (2, 3), "ben": (2, 0), "cid": (2, 3)})

    def test_a_time_in_the_middle(self):
        # What came before stays as it was: nothing is left to differ.
        to = self.past.answer(self.BEFORE)["to"]
        new = json.loads(json.dumps(self.BEFORE))
        new["pools"][1] = pool("pair", ana=3, ben=1)
        self.assertEqual(self.past.answer(new, "--from", to)["leads"]["came"], 0)
        self.assertEqual(self.past.ask(new, "--from", "2999-01-01").returncode, WRONG_USE)
        self.assertEqual(self.past.ask(new, "--from", "soon").returncode, WRONG_USE)

    def test_who_waits(self):
        # Nobody is left, not even the account owner, who is not configured.
        new = team([pool("buyers")])
        answer = self.past.answer(new)
        self.assertEqual(answer["waiting"]["control"], {"ever": 0, "at_end": 0})
        # One of them was given away by hand.
        self.assertEqual(answer["waiting"]["candidate"], {"ever": 14, "at_end": 13})
        self.assertEqual(moved(answer)["l-1"], ("ana", None))

    def test_a_faulty_document_is_named_by_field(self):
        new = json.loads(json.dumps(self.BEFORE))
        new["pools"][0]["members"][0]["weight"] = 1000
        new["time_zone"] = "America/Nowhere"
        done = self.past.ask(new)
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("/time_zone", done.stderr)
        self.assertIn("/pools/0/members/0/weight", done.stderr)
        self.assertEqual(done.stdout, "")
        other = {**self.BEFORE, "team_id": "zeta"}
        self.assertEqual(self.past.ask(other).returncode, WRONG_USE)

    def test_it_is_told_to_people(self):
        new = json.loads(json.dumps(self.BEFORE))
        new["pools"][1] = pool("pair", ana=3, ben=1)
        done = self.past.ask(new)
        self.assertEqual(done.returncode, FINE)
        self.assertIn("The control agrees with the past in 15 of 15 choices (100.0 %).", done.stdout)
        self.assertRegex(done.stdout, r"(?m)^  Ana +4 +→ 6 +\+2$")
        self.assertIn("would have gone to somebody else: 4 (14 new ones came)", done.stdout)
        self.assertEqual(done.stderr, "")
        self.assertRegex(done.stdout, r"Lead 4 +Ben → Ana  assumes: closed")

    def test_what_is_cut_at_its_beginning_is_not_trusted(self):
        with tempfile.TemporaryDirectory() as folder:
            done = fairlead("backup", self.past.log, folder + "/log")
            self.assertEqual(done.returncode, FINE, done.stderr)
            with sqlite3.connect(folder + "/log/fairlead.db") as db:
                (first,) = db.execute("SELECT MIN(seq) FROM records "
                                      "WHERE instr(value, CAST('\"m-12\"' AS BLOB))").fetchone()
                db.execute("DELETE FROM records WHERE seq < ?", (first,))
            db.close()
            new = pathlib.Path(folder) / "new.json"
            new.write_text(json.dumps(self.BEFORE))
            args = ["what-if", "--embedded", folder + "/log", "--team", "acme",
                    "--document", str(new)]
            done = fairlead(*args)
            self.assertEqual(done.returncode, FAILED, done.stdout + done.stderr)
            self.assertTrue(done.stdout.startswith("NOT TO BE TRUSTED"), done.stdout)
            self.assertIn("What is kept begins in the middle", done.stdout)
            self.assertIn("No document of the team is kept", done.stdout)
            self.assertNotIn("turns of pool", done.stdout)
            done = fairlead(*args, "--anyway", "--json")
            self.assertEqual(done.returncode, FINE, done.stderr)
            answer = json.loads(done.stdout)
            self.assertTrue(answer["cut"])
            self.assertFalse(answer["document_kept"])
            self.assertFalse(answer["control"]["trusted"])


class Calls(unittest.TestCase):
    """Lead 1 would have been Ben's; lead 2 is his anyway, and lead 3 is Ana's."""

    @classmethod
    def setUpClass(cls):
        cls.past = past = Past(team([pool("buyers", ana=1, ben=1)]), "ana", "ben")
        past.service.publish(lead(1), lead(2, assigned_agent="ben"), lead(3, assigned_agent="ana"))
        cls.ring(1)
        cls.ring(2)
        past.send("transfer.requested", {"call_id": "c-3", "lead_id": "l-3"})
        past.service.wait_for("rings", 5)
        for n in (1, 2):
            past.send("call.ended", {"call_id": f"c-{n}"})
        past.over()

    @classmethod
    def ring(cls, number):
        past = cls.past
        past.send("transfer.requested", {"call_id": f"c-{number}", "lead_id": f"l-{number}"})
        ring = past.service.wait_for("rings", 2 * number - 1)[-1]
        past.send("ring.answered", {"call_id": f"c-{number}",
                                    "leg_id": ring["data"]["legs"][0]["leg_id"]})
        past.service.wait_for("rings", 2 * number)

    @classmethod
    def tearDownClass(cls):
        cls.past.close()

    def test_callers_who_wait_for_the_same_person_both_end_unknown(self):
        # Ana talks to w and Ben to z; 1 and 2 wait for Ana, and would have
        # waited for Ben, who is free first: each would have rung him.
        new = lambda who: team([pool("buyers", **{who: 1})], transfer={
            "pattern": "assigned_agent", "ring_timeout_s": 20, "wait_s": 60})
        past = Past(new("ana"), "ana", "ben")
        try:
            past.service.publish(lead("w", assigned_agent="ana"), lead("z", assigned_agent="ben"),
                                 lead(1), lead(2))
            for n, name in enumerate("wz"):
                past.send("transfer.requested", {"call_id": "c-" + name, "lead_id": "l-" + name})
                ring = past.service.wait_for("rings", 2 * n + 1)[-1]["data"]
                past.send("ring.answered", {"call_id": "c-" + name,
                                            "leg_id": ring["legs"][0]["leg_id"]})
                past.service.wait_for("rings", 2 * n + 2)
            for n in (1, 2):
                past.send("transfer.requested", {"call_id": f"c-{n}", "lead_id": f"l-{n}"})
            past.service.wait_for("rings", 6)
            past.send("call.ended", {"call_id": "c-z"})
            past.send("call.ended", {"call_id": "c-w"})
            past.service.wait_for("rings", 7)
            for n in (1, 2):
                past.send("caller.hung_up", {"call_id": f"c-{n}"})
            past.service.wait_for("rings", 12)
            past.over()
            answer = past.answer(new("ben"))
            self.assertEqual(answer["control"]["agree_percent"], 100)
            self.assertEqual(answer["transfers"]["control"],
                             {"connected": 2, "missed": 2, "open": 0, "unknown": 0})
            self.assertEqual(answer["transfers"]["candidate"],
                             {"connected": 2, "missed": 0, "open": 0, "unknown": 2})
        finally:
            past.close()

    def test_other_people_make_the_end_unknown(self):
        answer = self.past.answer(team([pool("buyers", ben=1)]))
        self.assertEqual(answer["control"]["agree_percent"], 100)
        self.assertEqual(moved(answer), {"l-1": ("ana", "ben")})
        self.assertEqual(answer["transfers"]["control"],
                         {"connected": 2, "missed": 1, "open": 0, "unknown": 0})
        # Ana was on the phone when lead 3 called, and she still is.
        self.assertEqual(answer["transfers"]["candidate"],
                         {"connected": 1, "missed": 1, "open": 0, "unknown": 1})
        (first,) = answer["leads"]["list"]
        self.assertEqual(first["assumes"], ["unknown_call"])

    def test_the_same_people_answer_as_they_did(self):
        answer = self.past.answer(team([pool("buyers", ana=2, ben=2)]))
        self.assertEqual(answer["leads"]["different"], 0)
        self.assertEqual(answer["transfers"]["candidate"], answer["transfers"]["control"])


if __name__ == "__main__":
    commands_test.PROGRAM = sys.argv[1]
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
