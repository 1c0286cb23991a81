#!/usr/bin/python3
"""The folder of an embedded log, from outside: backups, damage, a full disk.

usage: folder_test.py PROGRAM [TEST]...
"""

import os
import pathlib
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest
import urllib.error
import urllib.request

import commands_test as cli
from commands_test import (AGENTS, FAILED, FINE, INCOMPLETE, TEAM, WRONG_USE, Service, fairlead,
                           leads)


class Scratch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.folder = str(self.top / "office")

    def audit(self, folder, code=FINE):
        done = fairlead("audit", "--embedded", str(folder))
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr


def post(service, events, kind="application/cloudevents+json"):
    """Status and text of the answer; `fairlead publish` would try again."""
    try:
        with urllib.request.urlopen(urllib.request.Request(
                service.url + "/v1/events", events.encode(), {"Content-Type": kind}),
                timeout=30) as r:
            return r.status, r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


class Backup(Scratch):
    def test_of_a_service_under_load_every_copy_is_whole(self):
        with Service(self.folder) as service:
            service.publish(TEAM, *AGENTS)
            stopping = threading.Event()

            def load(part):
                n = part
                while not stopping.is_set():
                    service.publish(*leads(range(n, n + 50)))
                    n += 50

            writers = [threading.Thread(target=load, args=(i * 1_000_000,)) for i in (0, 1)]
            for w in writers:
                w.start()
            copies = []
            try:
                service.wait_for("assignments", 100)
                for i in range(3):
                    time.sleep(0.5)
                    copies.append(self.top / f"copy-{i}")
                    done = fairlead("backup", self.folder, str(copies[-1]) + "/" * (i % 2))
                    self.assertEqual(done.returncode, FINE, done.stderr)
                    self.assertRegex(done.stdout, r"is backed up in .*: \d+ records and \d+ "
                                                  r"snapshots in \d+\.\d MiB \(the log's file has ")
            finally:
                stopping.set()
                for w in writers:
                    w.join()
            service.stop()
        sizes = []
        for copy in copies:
            self.assertEqual([x.name for x in copy.iterdir() if not x.name.startswith("place")],
                             ["fairlead.db"])
            self.assertEqual(stat.S_IMODE(copy.stat().st_mode), 0o700)
            self.assertEqual(stat.S_IMODE((copy / "fairlead.db").stat().st_mode), 0o600)
            sizes.append((copy / "fairlead.db").stat().st_size)
            self.assertIn("Everything adds up.", self.audit(copy))
            done = fairlead("replay", "--embedded", str(copy))
            self.assertEqual(done.returncode, FINE, done.stdout + done.stderr)
            self.assertRegex(done.stdout, "(?m)^identical: ")
        self.assertEqual(sizes, sorted(sizes))
        self.assertLess(sizes[0], sizes[-1])

        # The service goes on from the copy.
        with Service(copies[1]) as service:
            service.wait_for("assignments", 100)
            service.publish(*leads(range(5_000_000, 5_000_001)))
            service.stop()
        self.assertIn("Everything adds up.", self.audit(copies[1]))

    def test_what_cant_be_is_a_sentence(self):
        with Service(self.folder) as service:
            service.stop()
        taken = self.top / "taken"
        taken.mkdir()
        for args, code, said in (
                ([self.folder, str(taken)], WRONG_USE, "exists already"),
                ([self.folder, self.folder], WRONG_USE, "exists already"),
                ([str(taken), str(self.top / "new")], WRONG_USE, "There is no embedded log"),
                ([self.folder, str(self.top / "no" / "parent")], FAILED, "can't be written")):
            with self.subTest(args=args):
                done = fairlead("backup", *args)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(said, done.stderr)
        self.assertEqual(list(taken.iterdir()), [])
        self.assertFalse((self.top / "new").exists())

    def test_of_a_damaged_log_there_is_none(self):
        with Service(self.folder) as service:
            service.publish(TEAM, *AGENTS, *leads(range(200)))
            service.wait_for("assignments", 200)
            service.stop()
        file = pathlib.Path(self.folder, "fairlead.db")
        data = bytearray(file.read_bytes())
        data[4096 * 20:4096 * 21] = bytes(4096)
        file.write_bytes(data)
        done = fairlead("backup", self.folder, str(self.top / "copy"))
        self.assertEqual(done.returncode, FAILED, done.stdout)
        self.assertIn("damaged", done.stderr)
        self.assertFalse((self.top / "copy").exists())


class Damage(Scratch):
    def filled(self):
        with Service(self.folder) as service:
            service.publish(TEAM, *AGENTS, *leads(range(60)))
            service.wait_for("assignments", 60)
            service.stop()
        return pathlib.Path(self.folder, "fairlead.db")

    def start(self, folder, code=FAILED):
        done = fairlead("run", "--embedded", str(folder), "--http", "off", timeout=20)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def test_a_changed_byte_is_named_and_never_served(self):
        file = self.filled()
        data = file.read_bytes()
        at = data.index(b'"Lead 23"')
        file.write_bytes(data[:at + 3] + b"X" + data[at + 4:])
        said = r"fairlead.db is damaged: the row \d+ of its table records \(leads, offset 23\)"
        for command in ("audit", "replay"):
            done = fairlead(command, "--embedded", self.folder)
            self.assertEqual(done.returncode, FAILED, done.stdout)
            self.assertRegex(done.stderr, said)
        with Service(self.folder) as service:
            with self.assertRaises(urllib.error.HTTPError) as refused:
                service.records("leads")
            self.assertEqual(refused.exception.code, 503)
            self.assertRegex(refused.exception.read().decode(), said)
            # What is whole goes on.
            service.publish(*leads(range(60, 62)))
            service.wait_for("assignments", 62)
            service.stop()

    def test_a_changed_snapshot_stops_the_start(self):
        import sqlite3
        file = self.filled()
        db = sqlite3.connect(file)
        value = max((bytes(x[0]) for x in db.execute(
            "SELECT value FROM state WHERE instr(CAST(key AS TEXT), 'l-7')")), key=len)
        db.close()
        data = file.read_bytes()
        self.assertEqual(data.count(value), 1)
        at = data.index(value) + len(value) // 2
        file.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1:])
        said = r"a row of its table state \(acme/L\) is not what was written"
        self.assertRegex(self.start(self.folder), said)
        self.assertRegex(self.audit(self.folder, FAILED), said)

    def test_a_lost_end_is_said(self):
        with Service(self.folder) as service:
            service.publish(TEAM, *AGENTS, *leads(range(60)))
            service.wait_for("assignments", 60)
            service.process.kill()
            service.process.wait()
        office = pathlib.Path(self.folder)
        wal = (office / "fairlead.db-wal").read_bytes()
        self.assertGreater(len(wal), 50_000)
        said = r"has lost its end: record (\d+) was written, and the last one there is (\d+)"
        for name, changed in (("without", None), ("one bit", bytes(
                [*wal[:30_000], wal[30_000] ^ 1, *wal[30_001:]]))):
            with self.subTest(name):
                copy = self.top / name
                copy.mkdir()
                for part in ("fairlead.db", "place"):
                    (copy / part).write_bytes((office / part).read_bytes())
                if changed:
                    (copy / "fairlead.db-wal").write_bytes(changed)
                    self.assertRegex(self.audit(copy, FAILED), said)
                self.assertRegex(self.start(copy), said)
        # The whole folder is whole, and says that it was not closed.
        with Service(self.folder) as service:
            self.assertEqual(len(service.records("leads")), 60)
            self.assertGreaterEqual(len(service.records("assignments")), 60)
            self.assertIn("was not closed when it was last used", service.said())
            service.stop()
        self.assertIn("Everything adds up.", self.audit(self.folder))

    def test_what_retention_has_cut_is_replayed_from_a_backup_on(self):
        import sqlite3
        early, late = str(self.top / "early"), str(self.top / "late")
        with Service(self.folder) as service:
            service.publish(TEAM, *AGENTS, *leads(range(5)))
            service.wait_for("assignments", 10)
            for copy in (early, late):
                service.publish(*[cli.event(f"{copy}-{i}", "lead.received",
                                            {"lead_id": f"{copy}-{i}"}) for i in range(5)])
                service.wait_for("assignments", 20 if copy == early else 30)
                done = fairlead("backup", self.folder, copy)
                self.assertEqual(done.returncode, FINE, done.stderr)
            service.publish(*[cli.event(f"a-{i}", "lead.assignment_requested", {
                "lead_id": f"l-{i}", "agent_id": "ben"}) for i in range(5)])
            service.publish(*leads(range(100, 105)))
            service.wait_for("assignments", 40)
            service.stop()
        db = sqlite3.connect(pathlib.Path(late, "fairlead.db"))
        cut, = db.execute("SELECT max(seq) FROM records").fetchone()
        db.close()
        db = sqlite3.connect(pathlib.Path(self.folder, "fairlead.db"))
        db.execute("DELETE FROM records WHERE seq <= ?", (cut - 3,))
        db.commit()

        def replay(*backup):
            done = fairlead("replay", "--embedded", self.folder, *backup)
            return done.returncode, done.stdout + done.stderr

        code, said = replay("--from-backup", late)
        self.assertEqual(code, FINE, said)
        outputs = int(re.match(r"identical: (\d+) outputs of", said)[1])
        self.assertGreater(outputs, 20, said)
        for backup in ([], ["--from-backup", early]):
            code, said = replay(*backup)
            self.assertEqual(code, INCOMPLETE, said)
            self.assertRegex(said, "^can't be replayed: the ")
        # What was published otherwise is found.
        topic, seq, value = db.execute(
            "SELECT topic, seq, value FROM records WHERE seq > ? AND "
            "CAST(value AS TEXT) LIKE '%lead.reassigned%' LIMIT 1", (cut,)).fetchone()
        cli.rewrite(db, seq, value.replace(b'"ben"', b'"ana"'))
        db.commit()
        code, said = replay("--from-backup", late)
        self.assertEqual(code, FAILED, said)
        self.assertIn("different after", said)
        self.assertEqual(fairlead("replay", "--brokers", "127.0.0.1:1", "--from-backup",
                                  late).returncode, WRONG_USE)

    def test_what_retention_has_cut_cant_be_replayed_and_says_so(self):
        import sqlite3
        with Service(self.folder) as service:
            service.publish(TEAM, *AGENTS)
            for i in range(5):  # a transaction each
                service.publish(*leads([i]))
                service.wait_for("assignments", i + 1)
            service.stop()
        db = sqlite3.connect(pathlib.Path(self.folder, "fairlead.db"))
        journal, = db.execute("SELECT topic FROM records WHERE key IS NULL AND "
                              "CAST(value AS TEXT) LIKE '[{\"edition\":%' LIMIT 1").fetchone()
        first, cut = [x[0] for x in db.execute(
            "SELECT seq FROM records WHERE topic = ? ORDER BY seq LIMIT 3", (journal,))][::2]
        for last, said in ((first - 1, "the journal of partition 0 names roster/0/0, which is"),
                           (cut, r"the journal of partition 0 begins with transaction 3 \(20")):
            db.execute("DELETE FROM records WHERE seq <= ?", (last,))
            db.commit()
            done = fairlead("replay", "--embedded", self.folder)
            self.assertEqual(done.returncode, INCOMPLETE, done.stdout + done.stderr)
            self.assertRegex(done.stdout, "^can't be replayed: " + said)
        db.close()


class OnTheDisk(Scratch):
    def metrics(self, service):
        with urllib.request.urlopen(service.url + "/metrics", timeout=5) as r:
            return r.read().decode()

    def test_an_open_read_transaction_holds_nobody_up_and_is_named(self):
        # A process of its own: the service names it.
        reader = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent("""
                import sqlite3, sys, time
                sys.stdin.readline()
                db = sqlite3.connect(f"file:{sys.argv[1]}/fairlead.db?mode=ro", uri=True,
                                     isolation_level=None)
                db.execute("begin")
                db.execute("select count(*) from records").fetchall()
                print("reads", flush=True)
                sys.stdin.readline()
                """), self.folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(reader.stdout.close)
        self.addCleanup(reader.stdin.close)
        self.addCleanup(reader.wait)
        self.addCleanup(reader.kill)
        with Service(self.folder) as service:
            service.publish(TEAM, *AGENTS)
            reader.stdin.write("go\n")
            reader.stdin.flush()
            self.assertEqual(reader.stdout.readline(), "reads\n")
            slowest = 0.0
            wal = pathlib.Path(self.folder, "fairlead.db-wal")
            for n in range(100):
                body = "[" + ",".join(cli.event(f"o-{n}-{i}", "outreach.requested", {
                    "lead_id": "l-1", "outreach_id": f"o-{n}-{i}", "channel": "sms",
                    "payload": {"text": "x" * 200_000}}) for i in range(4)) + "]"
                began = time.monotonic()
                self.assertEqual(post(service, body, "application/cloudevents-batch+json")[0], 202)
                slowest = max(slowest, time.monotonic() - began)
                if "does not end" in service.said():
                    break
            self.assertGreater(wal.stat().st_size, 60_000_000)
            self.assertIn(f"does not end: pid {reader.pid} (python3", service.said())
            self.assertLess(slowest, 4)
            size, = re.findall(r"(?m)^fairlead_log_wal_bytes (\S+)$", self.metrics(service))
            self.assertGreater(float(size), 60_000_000)
            service.stop()

    @staticmethod
    def allow(service, megabytes):
        """The files of a service may not become larger: a disk's end that needs no rights."""
        _, most = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (megabytes << 20, most))

    def test_a_full_disk_is_read_and_written_again_when_there_is_room(self):
        with Service(self.folder) as service:
            self.allow(service, 4)
            service.publish(TEAM, *AGENTS)
            acknowledged = 0
            for n in range(2000):
                body = cli.event(f"m-{n}", "lead.received", {
                    "lead_id": f"l-{n}", "contact": {"name": "n" * 3000}})
                status, said = post(service, body)
                if status != 202:
                    break
                acknowledged += 1
            self.assertEqual(status, 503, said)
            self.assertIn("Nothing that was acknowledged is lost", said)
            self.assertGreater(acknowledged, 50)
            time.sleep(2)
            self.assertIsNone(service.process.poll())
            self.assertGreater(len(service.records("leads")), 50)
            self.assertIn("fairlead_log_disk_full 1", self.metrics(service))
            self.allow(service, 64)
            service.wait_for("assignments", acknowledged)
            service.publish(*leads(range(100_000, 100_001)))
            self.assertIn("fairlead_log_disk_full 0", self.metrics(service))
            self.assertIn("there is room on the disk again", service.said())
            service.wait_for("assignments", acknowledged + 1)
            self.assertEqual(service.stop()[0], FINE)
        self.assertIn("Everything adds up.", self.audit(self.folder))
        done = fairlead("replay", "--embedded", self.folder)
        self.assertEqual(done.returncode, FINE, done.stdout)

    def test_a_stop_on_a_full_disk_is_a_stop(self):
        with Service(self.folder) as service:
            self.allow(service, 3)
            service.publish(TEAM, *AGENTS)
            for n in range(100):
                status, said = post(service, cli.event(f"m-{n}", "lead.received", {
                    "lead_id": f"l-{n}", "contact": {"name": "n" * 30_000}}))
                if status != 202:
                    break
            self.assertIn("may write (ulimit -f)", said)
            code, seconds = service.stop()
            self.assertEqual(code, FINE, service.said())
            self.assertLess(seconds, 4)

    def test_a_folder_that_cant_be_written_is_read(self):
        with Service(self.folder) as service:
            service.publish(TEAM, *AGENTS, *leads(range(5)))
            service.wait_for("assignments", 5)
            service.stop()
        # Others must be able to come here: root could write in spite of the rights.
        self.top.chmod(0o755)
        folder = pathlib.Path(self.folder)
        (folder / "lock").unlink()
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
        self.addCleanup(folder.chmod, 0o755)

        def as_nobody(*args):
            return subprocess.run(
                [cli.PROGRAM, *args, "--embedded", self.folder], capture_output=True, text=True,
                timeout=60, env=cli.environment(), check=False,
                preexec_fn=(lambda: os.setuid(65534)) if os.getuid() == 0 else None)

        for args, said in ((["audit"], "Everything adds up."), (["replay"], "identical: "),
                           (["watch", "--from", "beginning", "--until-end"], "gets the lead"),
                           (["explain", "acme", "l-1"], "Lead 1")):
            with self.subTest(args=args):
                done = as_nobody(*args)
                self.assertEqual(done.returncode, FINE, done.stdout + done.stderr)
                self.assertIn(said, done.stdout)
        done = as_nobody("run", "--http", "off")
        self.assertEqual(done.returncode, FAILED, done.stderr)
        self.assertIn("can't be written", done.stderr)
        self.assertEqual(sorted(x.name for x in folder.iterdir()), ["fairlead.db", "place"])

    def test_the_folder_is_for_its_user_alone_and_has_no_links(self):
        before = os.umask(0)
        try:
            with Service(self.folder) as service:
                service.publish(TEAM, *AGENTS)
                folder = pathlib.Path(self.folder)
                self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
                for file in folder.iterdir():
                    self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600, file)
                service.stop()
        finally:
            os.umask(before)
        for name in ("lock", "fairlead.db", "place", "fairlead.db-wal"):
            with self.subTest(name):
                trap = self.top / f"trap-{name}"
                trap.mkdir()
                target = self.top / f"target-{name}"
                target.write_text("somebody else's")
                target.chmod(0o644)
                (trap / name).symlink_to(target)
                done = fairlead("run", "--embedded", str(trap), "--http", "off", timeout=20)
                self.assertEqual(done.returncode, FAILED, done.stderr)
                self.assertIn(f"{trap}/{name} is not a plain file", done.stderr)
                self.assertEqual(target.read_text(), "somebody else's")
                self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o644)

    def test_closed_standard_streams_leave_the_files_alone(self):
        port = cli.free_port()
        service = subprocess.Popen(
            ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', cli.PROGRAM, "run", "--embedded",
             self.folder, "--http", f"127.0.0.1:{port}"], env=cli.environment())
        try:
            end = time.monotonic() + 20
            while time.monotonic() < end:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).close()
                    break
                except OSError:
                    time.sleep(0.05)
            lock = pathlib.Path(self.folder, "lock").read_text()
            self.assertEqual(lock, str(service.pid))
        finally:
            service.terminate()
            self.assertEqual(service.wait(timeout=20), FINE)
        self.assertIn("Everything adds up.", self.audit(self.folder))

    def test_a_hangup_is_a_stop_but_not_under_nohup(self):
        with Service(self.folder) as service:
            service.process.send_signal(signal.SIGHUP)
            self.assertEqual(service.process.wait(timeout=20), FINE)
            self.assertIn("stopped", service.said())
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            with Service(self.folder) as service:
                service.process.send_signal(signal.SIGHUP)
                time.sleep(0.7)
                self.assertIsNone(service.process.poll())
                self.assertEqual(service.stop()[0], FINE)
        finally:
            signal.signal(signal.SIGHUP, before)

    def test_a_limit_of_file_sizes_is_a_sentence(self):
        done = subprocess.run(
            ["sh", "-c", 'ulimit -f 8; exec "$0" "$@"', cli.PROGRAM, "run", "--embedded",
             self.folder, "--http", "off"], capture_output=True, text=True, timeout=20,
            env=cli.environment(), check=False)
        self.assertEqual(done.returncode, FAILED, done.stderr)
        self.assertIn(self.folder, done.stderr)

    def test_a_folder_that_is_removed_is_noticed_before_the_answer(self):
        with Service(self.folder) as service:
            service.publish(TEAM, *AGENTS)
            service.wait_for("roster", 4)
            shutil.move(self.folder, self.folder + "-away")
            status, said = post(service, leads([1])[0])
            self.assertEqual(status, 503, said)
            self.assertIn("was removed or replaced while the service ran", said)
            self.assertEqual(service.process.wait(timeout=20), FAILED)


if __name__ == "__main__":
    cli.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
