#!/usr/bin/python3
"""script/count-tests must not call a run good that was not."""

import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "script" / "count-tests"


def run(*statuses, files=None):
    """Counts one junit file per tuple of ctest statuses."""
    with tempfile.TemporaryDirectory() as folder:
        for i, cases in enumerate(statuses):
            body = "".join(f'<testcase name="t{n}" status="{s}"/>' for n, s in enumerate(cases))
            text = f"<testsuite>{body}</testsuite>"
            (pathlib.Path(folder) / f"suite-{i}.xml").write_text(text, encoding="utf-8")
        for name, text in (files or {}).items():
            (pathlib.Path(folder) / name).write_text(text, encoding="utf-8")
        done = subprocess.run([str(PROGRAM), folder], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


class CountTestsTest(unittest.TestCase):
    def test_all_files_are_added_up(self):
        code, lines = run(("run", "run"), ("run",))
        self.assertEqual((code, lines[-2:]), (0, ["number of tests run: 3", "3 passed, 0 failed"]))

    def test_a_failure_fails_and_is_named(self):
        code, lines = run(("run", "fail"))
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed"))
        self.assertIn("  failed: suite-0: t1", lines)

    def test_a_test_that_did_not_run_fails(self):
        for status in ("notrun", "disabled"):
            code, lines = run(("run", status))
            self.assertEqual((code, lines[-1]), (1, "1 passed, 0 failed, 1 skipped"))

    def test_no_test_at_all_fails(self):
        self.assertEqual(run()[0], 1)
        self.assertEqual(run(())[0], 1)

    def test_a_broken_file_fails(self):
        self.assertEqual(run(("run",), files={"b.xml": "<testsuite><testcase"})[0], 1)


if __name__ == "__main__":
    unittest.main()
