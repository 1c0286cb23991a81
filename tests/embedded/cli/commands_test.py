#!/usr/bin/python3
"""Every command of the program that needs no Kafka, as a process.

usage: commands_test.py PROGRAM [TEST]...
"""

import gzip
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

PROGRAM = ""
HERE = pathlib.Path(__file__).resolve().parent
SAMPLE = HERE.parents[2] / "config" / "sample"
FILES = [str(SAMPLE / f) for f in ("teams.jsonl", "agents.jsonl", "morning.jsonl")]
FINE, FAILED, WRONG_USE, NOT_REACHABLE, INCOMPLETE = 0, 1, 2, 3, 4


def environment():
    env = {k: v for k, v in os.environ.items() if not k.startswith("FAIRLEAD_")}
    env["NO_COLOR"] = "1"
    return env


def fairlead(*args, stdin=None, timeout=60):
    return subprocess.run(
        [PROGRAM, *args], input=stdin, capture_output=True, text=True,
        timeout=timeout, env=environment(), check=False)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def event(event_id, kind, data, team="acme"):
    return json.dumps({
        "specversion": "1.0", "id": event_id, "source": "/test", "type": kind,
        "partitionkey": team, "data": data})


TEAM = event("t-1", "team.configured", {
    "team_id": "acme", "account_owner": "olivia",
    "pools": [{"id": "buyers", "members": [
        {"agent_id": "ana"}, {"agent_id": "ben"}, {"agent_id": "cid"}]}],
    "routing_rules": [{"id": "rest", "assign": {"pool": "buyers"}}],
    "transfer": {"ring_timeout_s": 2}})
AGENTS = [
    event("a-1", "agent.configured",
          {"agent_id": "ana", "name": "Ana Diaz", "phone": "+12125550101"}),
    event("a-2", "agent.configured",
          {"agent_id": "ben", "name": "Ben Okoro", "phone": "+12125550102"}),
    event("a-3", "agent.configured",
          {"agent_id": "cid", "name": "Cid Ray", "accepting_leads": False}),
]


def leads(numbers):
    return [event(f"m-{i}", "lead.received",
                  {"lead_id": f"l-{i}", "contact": {"name": f"Lead {i}"}})
            for i in numbers]


def checksum(*fields):
    """The sum that stands in a row (connectors/embedded/row_sums.cpp)."""
    total = 0x46616972

    def add(word):
        nonlocal total
        total = ((total ^ word) * 0x9e3779b97f4a7c15) % 2**64
        total ^= total >> 32

    for field in fields:
        if isinstance(field, int):
            add(field % 2**64)
            continue
        add(0 if field is None else 1)
        if field is not None:
            add(len(field))
            for i in range(0, len(field), 8):
                add(int.from_bytes(field[i:i + 8], "little"))
    return total - 2**64 if total >= 2**63 else total


def rewrite(db, seq, value):
    """Changes a record and its sum, as somebody who means it would."""
    row = db.execute("SELECT seq, topic, offset, timestamp, key, headers FROM records "
                     "WHERE seq = ?", (seq,)).fetchone()
    db.execute("UPDATE records SET value = ?, sum = ? WHERE seq = ?",
               (value, checksum(*row[:5], value, row[5]), seq))


class Service:
    """`fairlead run --embedded`, ready; ends with the block."""

    def __init__(self, folder, *args):
        self.folder, self.port = str(folder), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = tempfile.NamedTemporaryFile("w+")
        self.process = subprocess.Popen(
            [PROGRAM, "run", "--embedded", self.folder, "--http",
             f"127.0.0.1:{self.port}", *args],
            stderr=self.log, stdout=subprocess.DEVNULL, env=environment())

    def __enter__(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(self.url + "/readyz", timeout=2):
                    return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise AssertionError("not ready: " + self.said())

    def said(self):
        return pathlib.Path(self.log.name).read_text(encoding="utf-8")

    def stop(self):
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        return code, time.monotonic() - began

    def publish(self, *lines):
        done = fairlead("publish", "--url", self.url, stdin="\n".join(lines) + "\n")
        assert done.returncode == FINE, done.stderr
        return done

    def records(self, topic):
        with urllib.request.urlopen(
                f"{self.url}/v1/topics/{topic}/records?limit=1000", timeout=5) as r:
            return [x["event"] for x in json.load(r)["records"]]

    def wait_for(self, topic, count):
        end = time.monotonic() + 15
        while time.monotonic() < end:
            found = self.records(topic)
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{topic} has {len(self.records(topic))} records")

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class CommandLine(unittest.TestCase):
    def test_wrong_use_is_a_sentence_a_usage_line_and_2(self):
        for args in ([], ["bogus"], ["run"], ["run", "--nonsense"],
                     ["run", "--embedded", "x", "--retention-days", "soon"],
                     ["watch"], ["check", "/nowhere/at/all.json"],
                     ["watch", "--url", "127.0.0.1"],
                     ["watch", "nonsense", "--url", "http://127.0.0.1:1"],
                     ["watch", "--url", "http://127.0.0.1:1/v1/events"],
                     ["publish", "--url", "http://127.0.0.1:1", "--brokers", "y:1", FILES[0]],
                     ["simulate", "/nowhere/at/all.json"],
                     ["demo", "--speed", "0"]):
            with self.subTest(args=args):
                done = fairlead(*args)
                self.assertEqual(done.returncode, WRONG_USE, done.stderr)
                self.assertTrue(done.stderr.startswith("fairlead: "), done.stderr)
                self.assertIn("Usage: fairlead", done.stderr)

    def test_an_unknown_command_is_named(self):
        for args in (["bogus"], ["topics", "bogus"]):
            with self.subTest(args=args):
                told = fairlead(*args).stderr
                self.assertIn('Unknown command "bogus"', told)
                self.assertIn(f"`{' '.join(['fairlead', *args[:-1]])} --help`", told)

    def test_a_folder_without_a_log_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            typo = folder + "/typo"
            for args in (["watch"], ["explain", "acme", "l-1"], ["replay"], ["audit"]):
                with self.subTest(args=args):
                    done = fairlead(*args, "--embedded", typo)
                    self.assertEqual(done.returncode, WRONG_USE, done.stderr)
                    self.assertIn("There is no embedded log in the folder " + typo, done.stderr)
            self.assertFalse(os.path.exists(typo))

    def test_nobody_there_is_3(self):
        url = f"http://127.0.0.1:{free_port()}"
        for args in (["publish", "--url", url, *FILES[:1]], ["watch", "--url", url],
                     ["explain", "acme", "l-1", "--url", url]):
            with self.subTest(args=args):
                done = fairlead(*args)
                self.assertEqual(done.returncode, NOT_REACHABLE, done.stderr)
                self.assertIn(url, done.stderr)

    def test_every_command_has_help(self):
        top = fairlead("--help").stdout
        for name in ("demo", "run", "topics", "backup", "check", "publish", "watch", "explain",
                     "simulate", "what-if", "replay", "audit", "simulate-telephony"):
            self.assertRegex(top, rf"(?m)^\s+{name}\s")
        for name in ("", "demo", "run", "topics", "topics create", "topics check", "backup",
                     "check", "publish", "watch", "explain", "simulate", "what-if", "replay", "audit",
                     "simulate-telephony"):
            with self.subTest(command=name):
                done = fairlead(*name.split(), "--help")
                self.assertEqual(done.returncode, FINE)
                self.assertIn(f"Usage: {f'fairlead {name}'.strip()} [", done.stdout)
                for line in done.stdout.splitlines():
                    self.assertLessEqual(len(line), 80, line)
                    self.assertEqual(line, line.rstrip())


class Check(unittest.TestCase):
    def test_the_samples_are_well(self):
        done = fairlead("check", *FILES)
        self.assertEqual(done.returncode, FINE, done.stderr)
        self.assertIn(" 0 faults, 2 warnings", done.stdout)

    def test_a_time_that_is_none_is_warned_about(self):
        for time_, wrong in (("2026-03-02T15:00:00+05:30", 0), ("2026-03-02 15:00", 1), (7, 1)):
            lead = json.loads(leads([1])[0])
            done = fairlead("check", "-", stdin=json.dumps({**lead, "time": time_}))
            self.assertEqual(done.returncode, FINE, done.stderr)
            self.assertIn(f" 0 faults, {wrong} warning", done.stdout)
            self.assertEqual("/time is not a time such as" in done.stdout + done.stderr, bool(wrong))

    def test_a_type_may_be_as_deep_as_it_likes(self):
        deep = "[" * 60_000 + "]" * 60_000
        done = fairlead("check", "-", stdin=leads([1])[0].replace('"lead.received"', deep))
        self.assertEqual(done.returncode, FAILED)
        self.assertRegex(done.stderr, "standard input:1: /type must be a text")

    def test_faults_have_file_line_and_pointer(self):
        with tempfile.TemporaryDirectory() as folder:
            document = pathlib.Path(folder, "team.json")
            document.write_text("""{
  "team_id": "acme",
  "account_owner": "olivia",
  "time_zone": "Mars/Olympus",
  "pools": [{"id": "p", "members": [
    {"agent_id": "ana", "weight": 101}
  ]}],
  "routing_rules": [
    {"id": "r", "assign": {"pool": "q"}}
  ]
}
""", encoding="utf-8")
            lines = pathlib.Path(folder, "events.jsonl")
            lines.write_text(
                "\n".join([leads([1])[0], "{ broken", event("x", "lead.received", {}),
                           '{"account_owner": "olivia"}'])
                + "\n", encoding="utf-8")
            done = fairlead("check", str(document), str(lines))
            self.assertEqual(done.returncode, FAILED)
            faults = done.stderr
            self.assertRegex(faults, r"team\.json:4: /time_zone ")
            self.assertRegex(faults, r"team\.json:6: /pools/0/members/0/weight ")
            self.assertRegex(faults, r"team\.json:9: /routing_rules/0/assign/pool ")
            self.assertRegex(faults, r"events\.jsonl:2: ")
            self.assertRegex(faults, r"events\.jsonl:3: /data/lead_id ")
            self.assertRegex(faults, r"events\.jsonl:4: is neither an event .* team_id")
            self.assertNotIn("events.jsonl:1:", faults)


class Running(unittest.TestCase):
    def test_events_in_words_out(self):
        with tempfile.TemporaryDirectory() as folder, Service(folder) as service:
            service.publish(TEAM, *AGENTS)
            service.publish(*leads(range(1, 11)))
            assigned = service.wait_for("assignments", 20)
            owners = [e["data"]["agent"]["agent_id"] for e in assigned
                      if e["type"] == "lead.assigned"]
            self.assertEqual(sorted(owners), ["ana"] * 5 + ["ben"] * 5)

            for at in (["--embedded", folder], ["--url", service.url]):
                with self.subTest(at=at):
                    done = fairlead("watch", *at, "--from", "beginning",
                                    "--until-end", "assignments")
                    self.assertEqual(done.returncode, FINE, done.stderr)
                    self.assertEqual(len(done.stdout.splitlines()), 20)
                    self.assertRegex(
                        done.stdout,
                        r"acme +l-1 +Ana Diaz gets the lead: next in line in pool "
                        r"buyers, turn 1 \(rule rest\)")
                    as_json = fairlead("watch", *at, "--from", "beginning", "--json",
                                       "--until-end", "assignments")
                    self.assertEqual(
                        sorted(as_json.stdout.splitlines()),
                        sorted(json.dumps(e, separators=(",", ":"), ensure_ascii=False)
                               for e in assigned))
                    why = fairlead("explain", "acme", "l-1", *at)
                    self.assertEqual(why.returncode, FINE, why.stderr)
                    self.assertIn("Ana Diaz", why.stdout)
                    self.assertIn("1st in line", why.stdout)
                    self.assertRegex(why.stdout, r"left out: was not taking leads")
                    me = fairlead("explain", "acme", "l-1", "--agent", "cid", *at)
                    self.assertIn("was left out", me.stdout)
                    me = fairlead("explain", "acme", "l-1", "--agent", "ben", *at)
                    self.assertIn("2nd in line", me.stdout)
                    none = fairlead("explain", "acme", "nobody", *at)
                    self.assertEqual(none.returncode, FAILED)
                    self.assertIn("Nothing is known", none.stdout)

    def test_watch_shows_every_output_of_a_long_log(self):
        with tempfile.TemporaryDirectory() as folder, Service(folder) as service:
            service.publish(TEAM, *AGENTS, *leads(range(800)))
            counted = ""
            end = time.monotonic() + 30
            while time.monotonic() < end and " 800 have an owner" not in counted:
                counted = fairlead("audit", "--embedded", folder).stdout
            wanted = re.search(r"(\d+) outputs counted", counted)[1]
            shown = fairlead("watch", "--embedded", folder, "--from", "beginning",
                             "--until-end", "--json", "assignments", "notifications",
                             "decisions", "tasks")
            lines = shown.stdout.splitlines()
            self.assertGreater(len(lines), 2_000)
            self.assertEqual(len(lines), int(wanted))

    def test_watch_follows_from_now_on(self):
        with tempfile.TemporaryDirectory() as folder, Service(folder) as service:
            service.publish(TEAM, *AGENTS, *leads([1]))
            service.wait_for("assignments", 2)
            watcher = subprocess.Popen(
                [PROGRAM, "watch", "--url", service.url, "--team", "acme"],
                stdout=subprocess.PIPE, text=True, env=environment())
            time.sleep(1)
            service.publish(*leads([2]))
            line = watcher.stdout.readline()
            self.assertIn("l-2", line)
            watcher.send_signal(signal.SIGTERM)
            self.assertEqual(watcher.wait(timeout=15), FINE)
            watcher.stdout.close()

    def test_publish_sends_nothing_if_one_is_wrong(self):
        with tempfile.TemporaryDirectory() as folder, Service(folder) as service:
            done = fairlead("publish", "--url", service.url,
                            stdin=leads([1])[0] + "\n" + event("x", "nonsense", {}))
            self.assertEqual(done.returncode, FAILED)
            self.assertIn("standard input:2: ", done.stderr)
            array = fairlead("publish", "--url", service.url,
                             stdin="[" + ",".join(leads([1, 2])) + "]")
            self.assertEqual(array.stdout, "2 events published\n")
            service.wait_for("leads", 2)
            time.sleep(0.2)
            self.assertEqual(len(service.records("leads")), 2)

    def test_a_refusal_is_told_once_and_a_token_helps(self):
        with tempfile.TemporaryDirectory() as folder:
            token = pathlib.Path(folder, "token")
            token.write_bytes(b"s3cret \r\n")
            token.chmod(0o666)
            with Service(folder + "/log", "--http-token-file", str(token)) as service:
                said = pathlib.Path(service.log.name).read_text(encoding="utf-8")
                self.assertIn("is short enough to be guessed", said)
                self.assertIn("everybody on this machine may write to the token file", said)
                done = fairlead("publish", "--url", service.url, stdin=leads([1])[0])
                self.assertEqual(done.returncode, FAILED)
                lines = done.stderr.splitlines()
                self.assertEqual(len(lines), 2, done.stderr)
                self.assertIn("Sent 0 of 1 events", lines[0])
                self.assertEqual(done.stderr.count("token"), 1, done.stderr)
                done = fairlead("publish", "--url", service.url, "--token-file", str(token),
                                stdin=leads([1])[0])
                self.assertEqual(done.returncode, FINE, done.stderr)

    def test_stops_within_five_seconds_and_goes_on(self):
        with tempfile.TemporaryDirectory() as folder:
            with Service(folder) as service:
                service.publish(TEAM, *AGENTS, *leads(range(5)))
                service.wait_for("assignments", 10)
                code, took = service.stop()
                self.assertEqual(code, FINE, service.said())
                self.assertLess(took, 5)
            with Service(folder) as service:
                service.publish(*leads(range(3, 8)))  # two of them known
                found = service.wait_for("assignments", 16)
                time.sleep(0.3)
                self.assertEqual(len(service.records("assignments")), 16)
                sequences = [int(e["sequence"]) for e in found]
                self.assertEqual(sequences, sorted(set(sequences)))

    def test_a_second_process_is_refused(self):
        with tempfile.TemporaryDirectory() as folder, Service(folder):
            done = fairlead("run", "--embedded", folder, "--http", "off")
            self.assertEqual(done.returncode, FAILED)
            self.assertIn(folder, done.stderr)

    def test_an_open_address_wants_a_token(self):
        with tempfile.TemporaryDirectory() as folder:
            done = fairlead("run", "--embedded", folder, "--http", "0.0.0.0:0")
            self.assertEqual(done.returncode, WRONG_USE)
            self.assertIn("token", done.stderr)

    def test_a_token_file_has_a_token(self):
        with tempfile.TemporaryDirectory() as folder:
            empty = pathlib.Path(folder, "token")
            empty.write_text("\n")
            for file, why in ((str(empty), "is empty"), (folder + "/none", "can't be read")):
                done = fairlead("run", "--embedded", folder + "/log", "--http", "127.0.0.1:0",
                                "--http-token-file", file)
                self.assertEqual(done.returncode, WRONG_USE, done.stderr)
                self.assertIn(why, done.stderr)

    def test_metrics_count(self):
        with tempfile.TemporaryDirectory() as folder, Service(folder) as service:
            service.publish(TEAM, *AGENTS, *leads(range(7)))
            service.wait_for("assignments", 14)
            # What is committed can be read a moment before it is counted.
            until = time.monotonic() + 5
            text = ""
            while "fairlead_assignments_total 7\n" not in text and time.monotonic() < until:
                with urllib.request.urlopen(service.url + "/metrics", timeout=5) as r:
                    text = r.read().decode()
            self.assertRegex(text, r"(?m)^fairlead_assignments_total 7$")
            self.assertRegex(text, r"(?m)^fairlead_fairness_violations_total 0$")
            with urllib.request.urlopen(service.url + "/version", timeout=5) as r:
                self.assertIn("fairlead", json.load(r))


class LookingBack(unittest.TestCase):
    def test_replay_and_audit_with_phones(self):
        with tempfile.TemporaryDirectory() as folder, Service(folder) as service:
            phones = subprocess.Popen(
                [PROGRAM, "simulate-telephony", "--url", service.url],
                stdout=subprocess.PIPE, text=True, env=environment())
            phones.stdout.readline()
            service.publish(TEAM, *AGENTS, *leads(range(6)))
            service.publish(*[event(f"x-{i}", "transfer.requested",
                                    {"call_id": f"c-{i}", "lead_id": f"l-{i}"})
                              for i in range(3)])
            end = time.monotonic() + 40
            over = set()
            while time.monotonic() < end and len(over) < 3:
                over = {e["data"]["call_id"] for e in service.records("rings")
                        if e["type"] in ("transfer.connected", "transfer.missed")}
                time.sleep(0.2)
            self.assertEqual(len(over), 3)
            phones.send_signal(signal.SIGTERM)
            self.assertEqual(phones.wait(timeout=15), FINE)
            phones.stdout.close()
            done = fairlead("replay", "--embedded", folder)
            self.assertEqual(done.returncode, FINE, done.stdout)
            self.assertRegex(done.stdout, r"^identical: \d+ outputs of \d+ steps")
            done = fairlead("audit", "--embedded", folder)
            self.assertEqual(done.returncode, FINE, done.stdout)
            self.assertIn("3 transfers", done.stdout)
            self.assertIn("Everything adds up.", done.stdout)
            why = fairlead("explain", "acme", "c-0", "--embedded", folder)
            self.assertIn("Who rings (attempt 1)", why.stdout)
            service.stop()
            self.tamper(folder)

    def tamper(self, folder):
        """Somebody changes an output: both commands must see it."""
        import sqlite3
        database = next(pathlib.Path(folder).glob("*.db"), None)
        self.assertIsNotNone(database, list(pathlib.Path(folder).iterdir()))
        db = sqlite3.connect(database)
        rows = db.execute("SELECT seq, value FROM records").fetchall()
        for rowid, value in rows:
            text = bytes(value or b"").decode(errors="replace")
            if '"type":"lead.assigned"' in text:
                changed = re.sub(r'"sequence":"(\d{19})(\d)"',
                                 lambda m: f'"sequence":"{m[1]}{(int(m[2]) + 1) % 10}"',
                                 text)
                self.assertNotEqual(changed, text)
                rewrite(db, rowid, changed.encode())
                break
        db.commit()
        db.close()
        done = fairlead("replay", "--embedded", folder)
        self.assertEqual(done.returncode, FAILED, done.stdout)
        self.assertIn("assignments/0/", done.stdout)
        done = fairlead("audit", "--embedded", folder)
        self.assertEqual(done.returncode, FAILED, done.stdout)
        self.assertRegex(done.stdout, r"P2: output")


class Explaining(unittest.TestCase):
    """Why not me: rules that were passed over, and by what a person is known."""

    RULES = event("t-1", "team.configured", {
        "team_id": "acme", "account_owner": "olivia",
        "pools": [{"id": "buyers", "members": [{"agent_id": "ana"}, {"agent_id": "ben"}]}],
        "routing_rules": [
            {"id": "luxury", "when": {"min_price": 2000000}, "assign": {"agent": "cid"}},
            {"id": "night", "active": {"days": ["holiday"], "from": "08:00", "to": "09:00"},
             "assign": {"pool": "buyers"}},
            {"id": "rest", "assign": {"pool": "buyers"}}]})

    def test_rules_passed_over_and_what_a_person_is_known_by(self):
        with tempfile.TemporaryDirectory() as folder, Service(folder) as service:
            service.publish(self.RULES, *AGENTS)
            service.publish(event("m-1", "lead.received", {
                "lead_id": "l-1", "price": 300000,
                "contact": {"name": "Kim Roe", "phone": "+1 917 555 0110"}}))
            service.publish(event("m-2", "lead.received", {
                "lead_id": "l-2", "contact": {"name": "Kim R.", "phone": "917.555.0110",
                                              "email": "kim@mail.example"}}))
            service.wait_for("assignments", 3)
            for at in (["--embedded", folder], ["--url", service.url]):
                with self.subTest(at=at):
                    why = fairlead("explain", "acme", "l-1", *at).stdout
                    self.assertIn("Rule luxury (Cid Ray) was passed over: "
                                  "it asks for another price.", why)
                    self.assertIn("Rule night (pool buyers) was passed over: "
                                  "it is not active at that time.", why)
                    self.assertIn("Kim Roe is known by\n"
                                  "    phone  +19175550110, also of lead l-2", why)
                    me = fairlead("explain", "acme", "l-1", "--agent", "cid", *at).stdout
                    self.assertIn("Cid Ray was not considered: "
                                  "pool buyers has no such member.", me)
                    self.assertIn("Rule luxury, which could have meant Cid Ray, was passed "
                                  "over: it asks for another price.", me)
                    me = fairlead("explain", "acme", "l-2", "--agent", "ben", *at).stdout
                    self.assertIn("Ana Diaz owned this person already, so no turn was used. "
                                  "It is known by the phone +19175550110, which is also that "
                                  "of lead l-1 (Kim Roe), whose owner is Ana Diaz.", me)
                    self.assertIn("e-mail kim@mail.example", me)


class AcrossTheChange(unittest.TestCase):
    """A folder that version 0.1 has written, with the first edition of the rules:
    six leads, a conversation that goes on, a miss with its task, an opt-out,
    held outreach, a dead letter (first_edition.db.gz)."""

    def taken_over(self, folder):
        pathlib.Path(folder, "fairlead.db").write_bytes(
            gzip.decompress((HERE / "first_edition.db.gz").read_bytes()))
        return ["--retention-days", "36500"]

    def outputs(self, folder):
        """Places of the outputs in the log's file, by their sequence."""
        import sqlite3
        db = sqlite3.connect(pathlib.Path(folder, "fairlead.db"))
        found = {}
        for seq, value in db.execute("SELECT seq, value FROM records"):
            text = bytes(value or b"").decode(errors="replace")
            if match := re.search(r'"sequence":"(\d{20})"', text):
                found[int(match[1])] = seq
        return db, found

    def test_leads_rotations_and_calls_go_on_and_each_part_is_looked_at(self):
        with tempfile.TemporaryDirectory() as folder:
            keep = self.taken_over(folder)
            done = fairlead("replay", "--embedded", folder)
            self.assertEqual(done.returncode, FAILED, done.stdout)
            self.assertIn("nothing was compared", done.stdout)
            with Service(folder, *keep) as service:
                old = service.records("assignments")
                # Somebody known by the phone of a lead of before; the third in line.
                service.publish(
                    event("n-1", "lead.received", {
                        "lead_id": "n-1", "contact": {"phone": "(917) 555-0111"}}),
                    event("n-2", "lead.received", {"lead_id": "n-2"}),
                    event("n-3", "outreach.requested", {
                        "lead_id": "l-2", "outreach_id": "o-3", "channel": "sms"}),
                    event("n-4", "call.ended", {"call_id": "c-1"}),
                    event("n-5", "transfer.requested", {
                        "call_id": "c-3", "lead_id": "l-1", "pattern": "assigned_agent"}))
                found = service.wait_for("assignments", len(old) + 3)[len(old):]
                owners = {e["data"]["lead_id"]: e["data"] for e in old + found
                          if e["type"] == "lead.assigned"}
                self.assertEqual(owners["n-1"]["reason"], "existing_owner")
                self.assertEqual(owners["n-1"]["owner"], owners["l-1"]["owner"])
                self.assertEqual(owners["n-2"]["turn"], 7)
                refused = [e for e in service.records("outreach")
                           if e["type"] == "outreach.refused"]
                self.assertEqual(refused[0]["data"]["reason"], "opted_out")
                end = time.monotonic() + 20
                while time.monotonic() < end and not [
                        e for e in service.records("tasks") if e["type"] == "task.repeated"]:
                    time.sleep(0.1)
                repeated = [e for e in service.records("tasks") if e["type"] == "task.repeated"]
                self.assertEqual(len(repeated), 1)  # the miss of before has its task
                service.stop()
            done = fairlead("replay", "--embedded", folder)
            self.assertEqual(done.returncode, FINE, done.stdout)
            self.assertRegex(done.stdout, r"(?m)^partition 0: edition 1 of the rules up to "
                                          r"transaction \d+ \(2026-.*: complete.* edition 2")
            self.assertRegex(done.stdout, r"(?m)^identical: \d+ outputs of \d+ steps")
            done = fairlead("audit", "--embedded", folder)
            self.assertEqual(done.returncode, FINE, done.stdout)
            why = fairlead("explain", "acme", "n-1", "--embedded", folder)
            self.assertIn("of lead l-1 (Lead 1)", why.stdout)

            db, found = self.outputs(folder)
            last = max(found)
            kept = db.execute("SELECT value FROM records WHERE seq = ?",
                              (found[last],)).fetchone()[0]
            rewrite(db, found[last], bytes(kept).replace(b'"acme"', b'"acne"', 1))
            db.commit()
            done = fairlead("replay", "--embedded", folder)
            self.assertEqual(done.returncode, FAILED, done.stdout)
            rewrite(db, found[last], kept)
            db.execute("DELETE FROM records WHERE seq = ?", (found[5],))
            db.commit()
            db.close()
            done = fairlead("replay", "--embedded", folder)
            self.assertEqual(done.returncode, FAILED, done.stdout)
            self.assertIn("output 5 of team acme is missing", done.stdout)

    def test_a_start_without_a_step_tells_the_state_once_more(self):
        with tempfile.TemporaryDirectory() as folder:
            keep = self.taken_over(folder)
            for _ in range(2):
                with Service(folder, *keep) as service:
                    service.stop()
            with Service(folder, *keep) as service:
                service.publish(event("n-2", "lead.received", {"lead_id": "n-2"}))
                service.wait_for("assignments", 14)
                service.stop()
            done = fairlead("replay", "--embedded", folder)
            self.assertEqual(done.returncode, FINE, done.stdout)


class Demo(unittest.TestCase):
    def test_without_waiting_it_tells_and_ends(self):
        done = fairlead("demo", "--no-wait", timeout=200)
        self.assertEqual(done.returncode, FINE, done.stderr)
        for told in (r"the phone of Ben Okoro is answered by a machine",
                     r"Cleo Laurent is away until 2026-03-09 \(vacation\)",
                     r"Max Stone: tells (Ana Diaz|Ben Okoro): ",
                     r"Jo Banks: Gus Patel gets the lead: they own this person already",
                     r"the same person as lead l-08",
                     r"call c-204: nobody is free; waits until ",
                     r"call c-204: Gus Patel answered"):
            self.assertRegex(done.stdout, told)
        self.assertIn("Kim Roe asks, via zillow, buyer, New York, $450,000", done.stdout)
        self.assertRegex(done.stdout, r"Kim Roe: Ana Diaz gets the lead")
        self.assertRegex(done.stdout, r"Ana Diaz answered after")
        self.assertRegex(done.stdout, r"takes over from Gus Patel")
        self.assertRegex(done.stdout, r"time to owner: p50 ")
        self.assertRegex(done.stdout, r"pool buyers +weight +turns")
        self.assertEqual(done.stderr, "")

    def test_the_curl_lines_work_when_pasted(self):
        demo = subprocess.Popen([PROGRAM, "demo", "--speed", "400"],
                                stdout=subprocess.PIPE, text=True, env=environment())
        try:
            lines = []
            for line in demo.stdout:
                if line.startswith("  curl "):
                    lines.append(line.strip())
                if line.startswith("Press Ctrl-C"):
                    break
            self.assertEqual(len(lines), 3)
            for line in lines:
                # A stream has no end.
                done = subprocess.run(line.replace("curl ", "curl -f -m 2 ", 1),
                                      shell=True, capture_output=True, text=True,
                                      check=False, timeout=20)
                self.assertIn(done.returncode, (0, 28), line + done.stderr)
                self.assertTrue(done.stdout, line)
            demo.send_signal(signal.SIGINT)
            rest = demo.stdout.read()
            self.assertEqual(demo.wait(timeout=15), FINE)
            self.assertIn("my-lead: ", rest)
        finally:
            if demo.poll() is None:
                demo.kill()
            demo.stdout.close()


class Simulating(unittest.TestCase):
    def test_the_report_counts_calls_not_events(self):
        """One win stands, one goes to a second winner, one is taken back."""
        leg = {}
        lines = [TEAM, *AGENTS, *leads([1])]
        for n, call in enumerate(("c-1", "c-2", "c-3")):
            lines.append(event(f"x-{n}", "transfer.requested", {
                "call_id": call, "lead_id": "l-1",
                "pattern": "simultaneous_group" if call == "c-2" else "assigned_agent"}))

        def simulate(*more):
            stamped = []
            for n, line in enumerate([*lines, *more]):
                stamped.append(json.dumps(dict(
                    json.loads(line), time=f"2026-03-02T15:{n:02}:00Z" if n < len(lines)
                    else json.loads(line)["time"])))
            stamped.sort(key=lambda x: json.loads(x)["time"])
            return "\n".join(stamped) + "\n"

        done = fairlead("simulate", "-", stdin=simulate())
        for line in done.stdout.splitlines():
            e = json.loads(line).get("event", {})
            if e.get("type") == "ring.requested":
                for x in e["data"]["legs"]:
                    leg[e["data"]["call_id"], e["data"]["attempt"], x["agent_id"]] = (
                        x["leg_id"], e["time"])

        def report(kind, call, agent, seconds, attempt=1):
            leg_id, rang = leg[call, attempt, agent]
            return json.dumps(dict(
                json.loads(event(f"{kind}-{call}-{agent}", kind,
                                 {"call_id": call, "leg_id": leg_id})),
                time=rang[:17] + f"{seconds:02}Z"))

        done = fairlead("simulate", "-", "--report", stdin=simulate(
            report("ring.answered", "c-1", "ana", 1),
            json.dumps(dict(json.loads(event("end-1", "call.ended", {"call_id": "c-1"})),
                            time=leg["c-1", 1, "ana"][1][:17] + "20Z")),
            report("ring.answered", "c-2", "ben", 1),
            report("call.bridge_failed", "c-2", "ben", 2),
            report("ring.answered", "c-3", "ana", 1),
            report("ring.machine", "c-3", "ana", 1)))
        self.assertEqual(done.returncode, FINE, done.stderr)
        self.assertRegex(done.stdout, r"calls: 1 of 3 answered \(33 %\)")

    def test_text_and_report(self):
        done = fairlead("simulate", *FILES, "--text")
        self.assertEqual(done.returncode, FINE, done.stderr)
        self.assertIn("Ana Diaz gets the lead", done.stdout)
        done = fairlead("simulate", *FILES, "--report")
        self.assertRegex(done.stdout, r"(?m)^harbor: \d+ leads came")
        self.assertNotIn("specversion", done.stdout)

    def test_every_output_of_every_case_is_told(self):
        cases = sorted((SAMPLE.parents[1] / "tests" / "scenario" / "cases").glob("*.jsonl"))
        self.assertGreater(len(cases), 50)
        for case in cases:
            with self.subTest(case=case.name):
                done = fairlead("simulate", str(case), "--text")
                self.assertEqual(done.returncode, FINE, done.stderr)
                self.assertNotIn("can't be told", done.stdout)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
