#!/usr/bin/python3
"""The stories of field/: each NAME.jsonl with what comes of it by the model in
NAME.expected, in the lines of tests/scenario/run.py. Without arguments it
tells which differ; --update writes them anew; --fairlead PATH compares the
program with the model on them (ids that hang on the name of a timer one to
one, as compare.py does)."""

import argparse
import json
import pathlib
import sys

from rules import text
from rules.engine import Engine

HERE = pathlib.Path(__file__).resolve().parent / "field"
FOR_PEOPLE = ("team_id", "decision_id", "notification_id", "title", "text",
              "cause", "at")


def history(name):
    return (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()


def outputs(lines):
    engine, out = Engine(), []
    for number, line in enumerate(lines, 1):
        out += engine.feed(line.encode(), number)
    return out + engine.finish()


def readable(out):
    """One output as one short line, as the scenarios have it."""
    if out["topic"] == "dead-letters":
        return (f"line {out['input_line']} dead letter {out['reason']}: "
                f"{out['message']}")
    event = json.loads(text.write_json(out))["event"]
    data = json.dumps({k: v for k, v in event["data"].items()
                       if k not in FOR_PEOPLE}, separators=(",", ":"))
    if event["type"] == "decision.recorded":
        return f"  because {data}"
    return (f"{event['time']} {out['key']} {int(event['sequence'])} "
            f"{event['type']} {data}")


def expected(name):
    return "".join(readable(o) + "\n" for o in outputs(history(name)))


def names():
    return sorted(p.stem for p in HERE.glob("*.jsonl"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--fairlead", metavar="PATH")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    bad = 0
    for name in args.names or names():
        path = HERE / f"{name}.expected"
        if args.fairlead:
            import compare
            mine, after, theirs, difference = compare.both(
                args.fairlead, history(name))
            if difference is not None:
                bad += 1
                compare.report(name, history(name), mine, after, theirs,
                               difference)
        elif args.update:
            path.write_text(expected(name), "utf-8")
        elif not path.exists() or path.read_text("utf-8") != expected(name):
            bad += 1
            print(f"{name} differs")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
