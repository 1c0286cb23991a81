#!/usr/bin/python3
"""Settings for Kafka are looked at before a broker is: librdkafka makes a
handle of them, whose threads the thread sanitizer does not know and dies of.

usage: kafka_settings_test.py PROGRAM [TEST]...
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

PROGRAM = ""
ROOT = pathlib.Path(__file__).resolve().parents[3]
LEADS = str(ROOT / "config" / "sample" / "morning.jsonl")
FINE, WRONG_USE = 0, 2


def fairlead(*args):
    env = {k: v for k, v in os.environ.items() if not k.startswith("FAIRLEAD_")}
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=60,
                          env=env, check=False)


class KafkaSettings(unittest.TestCase):
    def test_both_places_for_topics_are_one_too_many(self):
        done = fairlead("run", "--embedded", "x", "--brokers", "y:1")
        self.assertEqual(done.returncode, WRONG_USE, done.stderr)
        self.assertTrue(done.stderr.startswith("fairlead: "), done.stderr)
        self.assertIn("Usage: fairlead", done.stderr)

    def test_every_kafka_property_that_cant_be_is_named_at_once(self):
        wrong = ["-X", "acks=1", "-X", "isolation.level=read_uncommitted", "-X", "linger.mss=5",
                 "-X", "transaction.timeout.ms=1000"]
        for args in (["run"], ["topics", "check"], ["publish", LEADS], ["watch"], ["audit"]):
            with self.subTest(args=args):
                done = fairlead(*args, "--brokers", "127.0.0.1:1", *wrong)
                self.assertEqual(done.returncode, WRONG_USE, done.stderr)
                lines = done.stderr.splitlines()[:-1]
                self.assertEqual(len(lines), 4, done.stderr)
                for name in ("acks", "isolation.level", "linger.mss", "transaction.timeout.ms"):
                    self.assertTrue(any(name in x for x in lines), done.stderr)
                self.assertTrue(all(x.startswith("fairlead: ") for x in lines), done.stderr)

    def test_print_config_masks_secrets(self):
        done = fairlead("run", "--brokers", "k:9092", "-X", "sasl.password=hunter2",
                        "-X", "sasl.kerberos.kinit.cmd=hunter2", "--print-config")
        self.assertEqual(done.returncode, FINE)
        self.assertNotIn("hunter2", done.stdout)
        self.assertEqual(json.loads(done.stdout)["brokers"], "k:9092")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
