#!/usr/bin/python3
"""The folder of an embedded log, from outside: backups, damage, a full disk.

usage: folder_test.py PROGRAM [TEST]...
"""

import os
import pathlib
import shutil
import stat
import sys
import tempfile
import threading
import time
import unittest
import urllib.error

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
            self.assertEqual(refused.exception.code, 500)
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


if __name__ == "__main__":
    cli.PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
