#!/usr/bin/python3
"""The query API over HTTP, on the sample morning.

usage: api_test.py PROGRAM ANYTHING [TEST]...
"""

import collections
import datetime
import fractions
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from office import Office, environment

PROGRAM = ""
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "bench"), str(ROOT / "tests" / "reference")]

import load  # noqa: E402  (tests/bench)
from rules.engine import Engine  # noqa: E402  (tests/reference)

OPENAPI = json.loads((ROOT / "web" / "openapi.json").read_text())


def misfits(example, found, at=""):
    """Where the answer is of another shape than the example: a name that only
    one has, another type. Null fits everything; so does an empty list."""
    if example is None or found is None:
        return
    if isinstance(example, dict) and isinstance(found, dict):
        for key in example.keys() & found.keys():
            yield from misfits(example[key], found[key], f"{at}/{key}")
        # Members that stand only where they mean something.
        maybe = {"excluded", "text", "about", "result", "why_not_code", "attempt", "v", "pass",
                 "call_id", "dead_letter", "decision_id", "lead_id", "lead_name", "source"}
        for key in (example.keys() ^ found.keys()) - maybe:
            if not any(s in at for s in ("/event", "/document", "/reasons", "/topics", "/version")):
                yield f"{at}/{key} stands in one only"
    elif isinstance(example, list) and isinstance(found, list):
        for x in found[:1]:
            for y in example[:1]:
                yield from misfits(y, x, f"{at}/0")
    elif isinstance(example, (int, float)) and isinstance(found, (int, float)):
        pass
    elif type(example) is not type(found):
        yield f"{at} is {type(found).__name__}, not {type(example).__name__}"


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.office = Office.morning(PROGRAM)
        cls.office.until(lambda: cls.office.get("/v1/system")["behind"] == 0, "the end")

    @classmethod
    def tearDownClass(cls):
        cls.office.stop()

    def ask(self, path):
        return self.office.get("/v1/teams/harbor/" + path)

    def test_every_example_is_answered_like_this(self):
        for path, item in OPENAPI["paths"].items():
            for method, operation in item.items():
                request = operation.get("x-example-request")
                if not request:
                    continue
                with self.subTest(path=path):
                    example = operation["responses"]["200"]["content"]["application/json"]["example"]
                    found = self.office.get(request) if method == "get" else self.office.post(
                        request, operation["requestBody"]["content"]["application/json"]["example"])
                    self.assertEqual(list(misfits(example, found)), [])

    def test_the_document_comes_with_the_program(self):
        self.assertEqual(self.office.get("/v1/openapi.json"), OPENAPI)

    def test_an_owner_by_phone_email_and_id_is_the_same(self):
        by_id = self.office.get("/v1/teams/pacific/owner?lead=p-01")
        by_phone = self.office.get("/v1/teams/pacific/owner?phone=424-555-0110")
        by_email = self.office.get("/v1/teams/pacific/owner?email=ANA@mail.example")
        for other in (by_phone, by_email):
            self.assertEqual(other["lead_id"], "p-01")
            self.assertEqual(other["owner"], by_id["owner"])
        self.assertFalse(self.ask("owner?phone=%2B12125559999")["known"])

    def test_shares_add_up_to_the_turns(self):
        report = self.ask("report")
        self.assertEqual(report["weights_unknown"], 0)
        turns = {p["pool_id"]: p["turns"] for p in self.ask("pools")["pools"]}
        self.assertTrue(report["pools"])
        for pool in report["pools"]:
            self.assertEqual(pool["turns"], turns[pool["pool_id"]], "what the state has")
            self.assertEqual(sum(m["got"] for m in pool["members"]), pool["turns"])
            self.assertEqual(
                sum(fractions.Fraction(*part) for m in pool["members"] for part in m["should_exact"]),
                pool["turns"])

    def test_sums_are_those_of_the_topics(self):
        def outputs(topic, kind):
            records = self.office.get(f"/v1/topics/{topic}/records?team=harbor&limit=1000")["records"]
            return [r["event"] for r in records if r["event"]["type"] == kind]
        report = self.ask("report")
        assigned = outputs("assignments", "lead.assigned") + outputs("assignments", "lead.reassigned")
        self.assertEqual(report["assigned"], len(assigned))
        self.assertEqual(sum(a["leads"] for a in report["agents"]), len(assigned))
        self.assertEqual(sum(sum(row) for row in report["hours"]), len(assigned))
        calls = {e["data"]["call_id"] for e in outputs("rings", "ring.requested")
                 + outputs("rings", "transfer.missed")}
        self.assertEqual(report["connected"] + report["missed"], len(calls))
        owners = {e["data"]["lead_id"]: e["data"]["owner"] for e in
                  sorted(assigned, key=lambda e: int(e["sequence"]))}
        for lead, owner in owners.items():
            self.assertEqual(self.ask(f"leads/{lead}")["owner"]["agent_id"], owner)

    def test_a_report_is_a_table_too(self):
        text = self.office.get("/v1/teams/harbor/report?by=pool", raw=True, accept="text/csv")
        lines = text.splitlines()
        self.assertEqual(lines[0], "pool,agent,name,weight,got,should,returning,direct,manual")
        self.assertTrue(lines[1].startswith('"buyers","ana","Ana Diaz",3,'))

    def test_a_document_is_tried_on_the_past(self):
        path = "/v1/teams/harbor/what-if"
        document = self.ask("rules")["versions"][0]["document"]
        same = self.office.post(path, {"document": document})
        self.assertEqual(same["control"]["agree"], same["control"]["choices"])
        self.assertGreater(same["control"]["choices"], 20)
        self.assertEqual(same["leads"]["different"], 0)
        self.assertEqual(same["transfers"]["control"], same["transfers"]["candidate"])
        turns = {p["pool_id"]: p["turns"] for p in self.ask("pools")["pools"]}
        for pool in same["pools"]:
            self.assertEqual(sum(m["control"] for m in pool["members"]), turns[pool["pool_id"]])
        for pool in document["pools"]:
            pool["members"] = [m for m in pool["members"] if m["agent_id"] != "ana"]
        other = self.office.post(path, {"document": document})
        ana = next(a for a in other["agents"] if a["agent_id"] == "ana")
        self.assertEqual(ana["turns"]["candidate"], 0)
        self.assertGreater(other["leads"]["different"], 0)
        for body, pointer in (({"document": {**document, "time_zone": "Nowhere"}}, "/document/time_zone"),
                              ({"document": {**document, "team_id": "pacific"}}, "/document/team_id"),
                              ({"agents": [{"agent_id": "ana", "phone": "1"}]}, "/agents/0/phone"),
                              ({"rules": {}}, "/rules"), ({}, None), ([], None),
                              ({"document": document, "from": "soon"}, None)):
            with self.subTest(body=pointer):
                status, problem = self.office.refused(path, body)
                self.assertEqual(status, 400)
                self.assertEqual([e["pointer"] for e in problem.get("errors", [])],
                                 [pointer] if pointer else [])

    def test_why_names_everybody_who_was_looked_at(self):
        for d in self.ask("why/h-02?agent=cleo")["decisions"]:
            self.assertIn("Cleo Laurent", d["about"])
            for c in d["candidates"]:
                self.assertTrue(c["chosen"] or c["text"])

    def test_what_is_not_there_is_said(self):
        for path, status in (("/v1/teams/nobody/now", 404), ("/v1/teams/harbor/leads/none", 404),
                             ("/v1/teams/harbor/owner", 400),
                             ("/v1/teams/harbor/owner?phone=1&lead=2", 400),
                             ("/v1/teams/harbor/leads?state=odd", 400),
                             ("/v1/teams/harbor/leads?limit=900", 400),
                             ("/v1/teams/harbor/report?from=yesterday", 400),
                             ("/v1/teams/harbor/stream?view=nothing", 400)):
            with self.subTest(path=path):
                found, problem = self.office.refused(path)
                self.assertEqual(found, status)
                self.assertTrue(problem["detail"])

    def test_an_event_is_done_when_it_can_be_read(self):
        effect = self.office.send("harbor", "lead.received", {
            "lead_id": "api-1", "contact": {"name": "Robin Hill", "phone": "+12125550143"},
            "assigned_agent": "dan"})
        self.assertIn("lead.assigned", [o["type"] for o in effect["outputs"]])
        self.assertEqual(self.ask("owner?phone=2125550143")["owner"]["agent_id"], "dan")
        effect = self.office.send("harbor", "task.completed", {"lead_id": "api-1", "task_id": "no"})
        self.assertIn("dead_letter", effect)

    def test_whoever_sends_an_event_may_wait_for_what_comes_of_it(self):
        def send(kind, data, ident, wait_s=3):
            return self.office.publish(
                {"specversion": "1.0", "id": ident, "source": "/waits", "type": kind,
                 "partitionkey": "harbor", "data": data}, wait_s)
        lead = {"lead_id": "wait-1", "contact": {"name": "Wanda Hill"}, "assigned_agent": "dan"}
        began = time.monotonic()
        status, answer = send("lead.received", lead, "w-1")
        self.assertLess(time.monotonic() - began, 2)
        (found,) = answer["events"]
        self.assertEqual((status, answer["accepted"], found["id"], found["state"]),
                         (200, 1, "w-1", "done"))
        self.assertIn("lead.assigned", [o["type"] for o in found["outputs"]])
        # R44: the same once more changes nothing; only what is there is told.
        (found,) = send("lead.assignment_requested", {"lead_id": "wait-1", "agent_id": "dan"},
                        "w-2")[1]["events"]
        self.assertEqual((found["state"], found["outputs"], found["text"]),
                         ("done", [], "taken, nothing changed"))
        (found,) = send("task.completed", {"lead_id": "wait-1", "task_id": "none"}, "w-3")[1]["events"]
        self.assertIn("dead_letter", found)
        self.assertEqual(found["text"], found["dead_letter"])
        self.assertEqual(send("lead.closed", {"lead_id": "wait-1"}, "w-4", 0),
                         (202, {"accepted": 1}))

    def test_a_call_is_shown_leg_by_leg(self):
        self.office.send("harbor", "lead.received", {
            "lead_id": "leg-1", "contact": {"name": "Liv Gold"}, "assigned_agent": "olivia"})
        self.office.send("harbor", "transfer.requested", {
            "call_id": "leg-1", "lead_id": "leg-1", "pattern": "assigned_agent",
            "fallback_numbers": ["+12125550188"]})
        cascades = lambda: self.ask("leads/leg-1/all")["cascades"][0]
        ringing = cascades()
        self.assertEqual((ringing["result"], ringing["ended"]), ("open", None))
        (leg,) = ringing["legs"]
        self.assertEqual((leg["name"], leg["step"], leg["attempt"], leg["until"], leg["how"]),
                         ("Olivia Marsh", "owner", 1, None, "ringing"))
        rings = self.office.get("/v1/topics/rings/records?team=harbor&limit=1000")["records"]
        (ring,) = [r["event"]["data"] for r in rings
                   if r["event"]["data"].get("call_id") == "leg-1"]
        self.office.send("harbor", "ring.declined",
                         {"call_id": "leg-1", "leg_id": ring["legs"][0]["leg_id"]})
        self.office.send("harbor", "caller.hung_up", {"call_id": "leg-1"})
        call = cascades()
        self.assertEqual((call["result"], call["reason_text"], len(call["legs"])),
                         ("missed", "the caller hung up", 2))
        self.assertEqual([(l["step"], l["how"]) for l in call["legs"]],
                         [("owner", "declined"), ("fallback", "caller_hung_up")])
        for l in call["legs"]:
            self.assertLessEqual(l["from"], l["until"])

    def test_a_view_comes_when_it_changes(self):
        seen = []

        def listen():
            with urllib.request.urlopen(
                    self.office.url + "/v1/teams/lonestar/stream?view=needs", timeout=10) as s:
                for line in s:
                    if line.startswith(b"data: "):
                        seen.append(json.loads(line[6:])["view"])
                    if len(seen) >= 2:
                        return
        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        self.office.until(lambda: seen, "the view")
        letters = seen[0]["dead_letters"]
        self.office.send("lonestar", "lead.closed", {"lead_id": "never-heard-of"})
        self.office.until(lambda: len(seen) > 1, "the change", 5)
        self.assertEqual(seen[-1]["dead_letters"], letters + 1)

    def test_pages_are_served_strictly(self):
        with urllib.request.urlopen(self.office.url + "/", timeout=10) as page:
            policy = page.headers["Content-Security-Policy"]
            self.assertIn("script-src 'self'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")


class Sums(unittest.TestCase):
    """The same history counted by the board, by the audit and by the model."""

    LEADS = 400

    def history(self):
        """In the order of one topic each, at times of now."""
        day = load.Day("uniform", teams=1)
        events = [json.loads(e) for _, e in load.roster(day.teams)]
        events += [json.loads(e) for _, e in day.some(self.LEADS)]
        lead = lambda n: f"l-{n:010}"
        more = [("lead.assignment_requested", {"lead_id": lead(3), "agent_id": "a05"}),
                ("lead.assignment_requested", {"lead_id": lead(4), "pool_id": "sellers"}),
                ("lead.closed", {"lead_id": lead(5)})]
        more += [("lead.received", {"lead_id": f"x-{n}", "assigned_agent": "a02"}) for n in range(3)]
        events += [json.loads(load.event(kind, f"more-{n}", day.teams[0], data))
                   for n, (kind, data) in enumerate(more)]
        now = datetime.datetime.now(datetime.timezone.utc)
        for n, e in enumerate(events):
            at = now + datetime.timedelta(milliseconds=n)
            e["time"] = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
        return day.teams[0], events

    def by_the_model(self, events):
        """(leads of each agent by reason, turns of each pool's members)."""
        engine = Engine()
        out = [o for n, e in enumerate(events, 1)
               for o in engine.feed(json.dumps(e).encode(), n)]
        leads, turns = collections.Counter(), collections.Counter()
        for o in (o["event"] for o in out):
            d = o["data"]
            if o["type"] in ("lead.assigned", "lead.reassigned"):
                leads[d["agent"]["agent_id"], d["reason"]] += 1
            elif (o["type"] == "decision.recorded" and d["kind"] == "assignment"
                  and d.get("pool_id") and d["chosen"]):
                turns[d["pool_id"], d["chosen"]] += 1
        return leads, turns

    def test_they_are_those_of_the_model_and_of_the_audit(self):
        team, events = self.history()
        with Office.for_a_test(PROGRAM) as office:
            office.publish_all(events)
            office.until(lambda: office.get(f"/v1/teams/{team}/report")["assigned"]
                         >= self.LEADS, "the leads")
            rings = lambda call: [
                r["event"]["data"] for r in office.get(
                    f"/v1/topics/rings/records?team={team}&limit=1000")["records"]
                if r["event"]["data"].get("call_id") == call]
            for n in range(3):
                office.send(team, "transfer.requested",
                            {"call_id": f"c-{n}", "lead_id": f"l-{n:010}"})
            (ring,) = rings("c-0")
            office.send(team, "ring.accepted",
                        {"call_id": "c-0", "leg_id": ring["legs"][0]["leg_id"]})
            for n in (1, 2):
                office.send(team, "caller.hung_up", {"call_id": f"c-{n}"})
            office.until(lambda: office.get("/v1/system")["behind"] == 0, "the end")
            report = office.get(f"/v1/teams/{team}/report")
            tasks = office.get(f"/v1/teams/{team}/tasks")["tasks"]
            office_teams = office.get("/v1/teams")["teams"]
            office.stop()
            audit = subprocess.run([PROGRAM, "audit", "--embedded", office.folder], text=True,
                                   capture_output=True, env=environment(), check=False)
        leads, turns = self.by_the_model(events)
        with self.subTest("the model"):
            owned = collections.Counter()
            for (agent, _), n in leads.items():
                owned[agent] += n
            self.assertEqual({a["agent_id"]: a["leads"] for a in report["agents"] if a["leads"]},
                             dict(owned))
            self.assertEqual({(p["pool_id"], m["agent_id"]): m["got"] for p in report["pools"]
                              for m in p["members"] if m["got"]}, dict(turns))
            self.assertEqual(report["assigned"], sum(leads.values()))
        with self.subTest("the audit"):
            self.assertEqual(audit.returncode, 0, audit.stdout + audit.stderr)
            number = lambda pattern: int(re.search(pattern, audit.stdout)[1])
            self.assertEqual(number(r"(\d+) (?:has|have) an owner"), office_teams[0]["leads"])
            self.assertEqual(number(r"(\d+) (?:is|are) waiting"), office_teams[0]["waiting"])
            self.assertEqual(number(r"(\d+) choices? recounted"),
                             sum(p["turns"] for p in report["pools"]))
            self.assertEqual((number(r"(\d+) connected"), number(r"(\d+) missed")),
                             (report["connected"], report["missed"]))
            self.assertEqual(number(r"(\d+) tasks?"), len(tasks))


class Rights(unittest.TestCase):
    """Two teams, and a token for each role."""

    TOKENS = {"boss": {"name": "boss", "role": "operator"},
              "olivia": {"name": "olivia", "role": "manager", "team": "acme"},
              "switch": {"name": "switch", "role": "integrator", "team": "acme"},
              "ana": {"name": "ana", "role": "agent", "team": "acme"},
              "ben": {"name": "ben", "role": "agent", "team": "acme"},
              "other": {"name": "other", "role": "manager", "team": "zeta"}}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        tokens = pathlib.Path(cls.folder.name) / "tokens"
        tokens.write_text("".join(
            json.dumps({"token": f"{name}-0123456789", **who}) + "\n"
            for name, who in cls.TOKENS.items()))
        cls.office = Office.empty(PROGRAM, cls.folder.name + "/log", "--http-token-file", str(tokens))
        for team in ("acme", "zeta"):
            cls.post("boss", team, "team.configured", {"team_id": team, "account_owner": "ana"})
            for agent in ("ana", "ben"):
                cls.post("boss", team, "agent.configured",
                         {"agent_id": agent, "phone": "+12125550101"})
        cls.post("boss", "acme", "lead.received", {"lead_id": "l-ana", "assigned_agent": "ana"})
        cls.post("boss", "acme", "lead.received", {"lead_id": "l-ben", "assigned_agent": "ben"})
        cls.office.until(lambda: cls.status("boss", "/v1/teams/acme/leads/l-ben") == 200, "the lead")

    @classmethod
    def tearDownClass(cls):
        cls.office.stop()
        cls.folder.cleanup()

    @classmethod
    def ask(cls, who, path, headers=None, body=None):
        headers = dict(headers or {})
        if who:
            headers["Authorization"] = f"Bearer {who}-0123456789"
        request = urllib.request.Request(cls.office.url + path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, dict(answer.headers), answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, dict(e.headers), e.read().decode()

    @classmethod
    def status(cls, who, path):
        return cls.ask(who, path)[0]

    @classmethod
    def post(cls, who, team, kind, data, source="/test"):
        event = {"specversion": "1.0", "id": f"{time.monotonic_ns()}", "source": source,
                 "type": kind, "partitionkey": team, "data": data}
        return cls.ask(who, "/v1/events", {"Content-Type": "application/cloudevents+json"},
                       json.dumps(event).encode())[0]

    def test_a_team_sees_nothing_of_another(self):
        for path, item in OPENAPI["paths"].items():
            if "{team}" not in path or "get" not in item:
                continue
            with self.subTest(path=path):
                path = path.replace("{team}", "acme").replace("{id}", "l-ana")
                path += "?view=now" if path.endswith("stream") else ""
                self.assertEqual(self.status("other", path), 404)
        body = json.dumps({"document": {"team_id": "acme", "account_owner": "ben"}}).encode()
        for who, status in (("other", 404), ("switch", 403), ("ana", 403), ("olivia", 200),
                            ("boss", 200)):
            self.assertEqual(self.ask(who, "/v1/teams/acme/what-if",
                                      {"Content-Type": "application/json"}, body)[0], status, who)
        teams = json.loads(self.ask("other", "/v1/teams")[2])["teams"]
        self.assertEqual([t["team_id"] for t in teams], ["zeta"])
        for path in ("/v1/topics/leads/records", "/v1/stream"):
            self.assertEqual(self.status("other", path), 401)
        self.assertEqual(self.status("other", "/v1/system"), 404)
        self.assertEqual(self.post("other", "acme", "lead.closed", {"lead_id": "l-ana"}), 403)
        self.assertEqual(self.post("other", "zeta", "lead.received", {"lead_id": "z-1"}), 202)

    def test_an_agent_sees_what_is_their_own(self):
        own = "/v1/teams/acme/"
        for path, status in (("agents/ana", 200), ("agents/ana/day", 200), ("agents/ben", 403),
                             ("leads/l-ana", 200), ("leads/l-ben", 403), ("leads/l-ben/all", 403),
                             ("now", 403), ("report", 403), ("owner?lead=l-ben", 403),
                             ("agents", 403), ("why/l-ben", 403)):
            with self.subTest(path=path):
                self.assertEqual(self.status("ana", own + path), status)
        leads = json.loads(self.ask("ana", own + "leads?owner=ben")[2])["leads"]
        self.assertEqual([l["lead_id"] for l in leads], ["l-ana"])
        rows = json.loads(self.ask("ana", own + "leads/l-ana/timeline")[2])["events"]
        self.assertTrue(rows and all("event" not in e for e in rows))
        self.assertEqual(self.post("ana", "acme", "agent.availability_changed",
                                   {"agent_id": "ana", "accepting_leads": True}), 202)
        self.assertEqual(self.post("ana", "acme", "agent.availability_changed",
                                   {"agent_id": "ben", "accepting_leads": False}), 403)
        self.assertEqual(self.post("ana", "acme", "lead.closed", {"lead_id": "l-ana"}), 403)

    def test_an_agent_finishes_what_is_their_own(self):
        for lead in ("l-ana", "l-ben"):
            self.post("boss", "acme", "call.outcome",
                      {"lead_id": lead, "call_id": "o-" + lead, "outcome": "needs_follow_up"})
        path = "/v1/teams/acme/tasks"
        self.office.until(
            lambda: len(json.loads(self.ask("boss", path)[2])["tasks"]) == 2, "two tasks")
        tasks = {t["lead_id"]: t["task_id"]
                 for t in json.loads(self.ask("boss", path)[2])["tasks"]}
        for who, lead, status in (("ben", "l-ana", 403), ("ana", "l-ben", 403), ("ana", "none", 403),
                                  ("ana", "l-ana", 202), ("olivia", "l-ben", 202)):
            with self.subTest(who=who, lead=lead):
                self.assertEqual(self.post(who, "acme", "task.completed", {
                    "lead_id": lead, "task_id": tasks.get(lead, "none")}), status)

    def test_what_is_done_on_the_board_names_who_did_it(self):
        self.assertEqual(json.loads(self.ask("olivia", "/v1/me")[2])["source"], "/board/olivia")
        for who, source, status in (("olivia", "/board/olivia", 202), ("olivia", "/board", 403),
                                    ("boss", "/board/olivia", 403), ("switch", "/board/boss", 403),
                                    ("boss", "/board/boss", 202)):
            with self.subTest(who=who, source=source):
                self.assertEqual(self.post(who, "acme", "agent.availability_changed", {
                    "agent_id": "ben", "busy": False}, source), status)

    def test_a_session_is_a_cookie_with_the_pages_own_header(self):
        own = {"X-Fairlead-Board": "1"}
        token = json.dumps({"token": "olivia-0123456789"}).encode()
        self.assertEqual(self.ask("", "/v1/session", {}, token)[0], 401)
        status, headers, _ = self.ask("", "/v1/session", own, token)
        self.assertEqual(status, 200)
        cookie = headers["Set-Cookie"]
        self.assertIn("HttpOnly", cookie)
        self.assertIn("SameSite=Strict", cookie)
        session = {"Cookie": cookie.split(";")[0]}
        path = "/v1/teams/acme/needs"
        self.assertEqual(self.ask("", path, {**session, **own})[0], 200)
        self.assertEqual(self.ask("", path, session)[0], 401)
        self.assertEqual(self.ask("", path, {"Cookie": "fairlead_session=1", **own})[0], 401)
        self.assertEqual(self.ask("", "/v1/session", own, b'{"token":"wrong"}')[0], 401)
        self.assertEqual(self.ask("", "/v1/session", own,
                                  json.dumps({"token": "switch-0123456789"}).encode())[0], 401)
        self.assertEqual(json.loads(self.ask("", "/v1/me", {**session, **own})[2])["role"], "manager")
        self.assertEqual(self.status("", "/"), 200)


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
