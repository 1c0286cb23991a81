#!/usr/bin/env python3
"""Runs scenario files through `fairlead simulate` and compares what comes out.

A scenario is tests/scenario/cases/<name>.jsonl with <name>.expected beside it: one
output a line, as `simulate` prints it, with ids and human texts taken out so
that a reviewer reads behaviour. `--update` writes the expected files anew;
such a change goes into a commit that says why.

The stories of tests/reference/field are scenarios, too. What is expected of them
is what the model says; where it has words of its own (dead letters, ids that
hang on a timer's name) the program's stand in cases/<name>.expected.
"""
import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "cases"
FIELD = HERE.parents[1] / "reference" / "field"


def readable(line: str) -> str:
    """One output as one short line: topic, type, time, then its data."""
    out = json.loads(line)
    if out["topic"] == "dead-letters":
        return (f"line {out['input_line']} dead letter {out['reason']}: "
                f"{out['message']}")
    event = out["event"]
    data = dict(event["data"])
    for name in ("team_id", "decision_id", "notification_id", "title", "text",
                 "cause", "at"):
        data.pop(name, None)
    if event["type"] == "decision.recorded":
        return f"  because {json.dumps(data, separators=(',', ':'))}"
    return (f"{event['time']} {out['key']} {int(event['sequence'])} "
            f"{event['type']} {json.dumps(data, separators=(',', ':'))}")


def run(fairlead: str, scenario: pathlib.Path) -> str:
    done = subprocess.run([fairlead, "simulate", str(scenario)],
                          capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        return f"exit code {done.returncode}: {done.stderr}"
    return "\n".join(readable(line) for line in done.stdout.splitlines()) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fairlead", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    names = options.names or sorted(
        p.stem for folder in (HERE, FIELD) for p in folder.glob("*.jsonl"))
    failed = 0
    for name in names:
        story = next(f / f"{name}.jsonl" for f in (HERE, FIELD)
                     if (f / f"{name}.jsonl").exists())
        own, by_model = (f / f"{name}.expected" for f in (HERE, FIELD))
        actual = run(options.fairlead, story)
        if options.update:
            own.unlink(missing_ok=True)
            if not by_model.exists() or by_model.read_text() != actual:
                own.write_text(actual)
            continue
        wanted = next((e.read_text() for e in (own, by_model) if e.exists()), "")
        if actual == wanted and wanted:
            continue
        failed += 1
        print(f"{name}: differs (or nothing is expected)")
        a, w = actual.splitlines(), wanted.splitlines()
        for i in range(max(len(a), len(w))):
            left = w[i] if i < len(w) else "(nothing)"
            right = a[i] if i < len(a) else "(nothing)"
            if left != right:
                print(f"  line {i + 1}\n    expected {left}\n    got      {right}")
                break
    if not names:
        print("no scenarios found")
        return 1
    print(f"{len(names) - failed} of {len(names)} scenarios as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
