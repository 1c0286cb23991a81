#!/usr/bin/python3
"""The rotation by example: the tables of docs/concepts.md are what
`fairlead simulate examples/rotation.jsonl` prints.

usage: rotation_test.py PROGRAM
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def told():
    """Lead, V, the three passes, chosen, pass after: as the page has them."""
    page = (ROOT / "docs" / "concepts.md").read_text()
    for line in page.splitlines():
        if re.match(r"\| l-\d+ \|", line):
            lead, *cells = [c.strip() for c in line.strip("|").split("|")]
            del cells[-2]  # the words
            yield [lead, *cells]


def printed(program):
    lines = subprocess.run([program, "simulate", ROOT / "examples" / "rotation.jsonl"],
                           check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        event = json.loads(line).get("event", {})
        if event.get("type") == "decision.recorded":
            d = event["data"]
            passes = [c.get("excluded") or str(c["pass"]) for c in d["candidates"]]
            yield [d["lead_id"], str(d["v_before"]), *passes,
                   d["chosen"].title(), str(d["pass_after"])]


def main():
    page, program = list(told()), list(printed(sys.argv[1]))
    for ours, theirs in zip(page, program):
        if ours != theirs:
            print(f"the page says {ours}, the program {theirs}")
    print(f"{len(page)} rows, {len(program)} decisions")
    return 0 if page == program and len(page) == 12 else 1


if __name__ == "__main__":
    sys.exit(main())
