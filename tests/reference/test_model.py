#!/usr/bin/python3
"""The model against cases worked out by hand from the rules (cases/), and
against the stories of field/."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from cases.away_cases import *  # noqa: E402,F401,F403
from cases.call_cases import *  # noqa: E402,F401,F403
from cases.call_cases2 import *  # noqa: E402,F401,F403
from cases.field_cases import *  # noqa: E402,F401,F403
from cases.frame_cases import *  # noqa: E402,F401,F403
from cases.outcome_cases import *  # noqa: E402,F401,F403
from cases.owner_cases import *  # noqa: E402,F401,F403
from cases.owner_cases2 import *  # noqa: E402,F401,F403
from cases.people_cases import *  # noqa: E402,F401,F403
from cases.publisher_cases import *  # noqa: E402,F401,F403
from cases.publisher_cases2 import *  # noqa: E402,F401,F403


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


if __name__ == "__main__":
    unittest.main()
