#!/usr/bin/python3
"""Schemas, examples and the program say the same.

The schema files are those of script/schemas; every good event in the docs, in
config/ and in the scenarios is valid; everything that `simulate` prints for
the scenarios is valid, and no field is printed that its schema does not name.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCHEMAS = ROOT / "docs" / "schemas"
# Scenarios that send bad events on purpose: those about them (R46, R53), and
# these.
BAD_INPUT = {"r32-unknown-caller"}
# R46: what makes a dead letter of an event in which nothing else does.
LENIENT = {"lead.received": ("lead_id",),
           "transfer.requested": ("call_id", "lead_id"),
           "call.outcome": ("call_id", "lead_id", "outcome")}


def is_bad_on_purpose(path):
    return path.stem in BAD_INPUT or path.stem.startswith(("r46-", "r53-"))


def load():
    return {p.stem: jsonschema.Draft202012Validator(json.loads(p.read_text()))
            for p in SCHEMAS.glob("*.json")}


def unknown_fields(schema, value, where="data"):
    """Fields of objects that their schema does not name."""
    branches = [b for b in schema.get("anyOf", []) + schema.get("oneOf", [])
                if b.get("type") in ("object", "array")]
    if branches:
        # Named by any of them is named.
        return min((unknown_fields(b, value, where) for b in branches), key=len)
    found = []
    if isinstance(value, dict) and "properties" in schema:
        for key, inner in value.items():
            if key not in schema["properties"]:
                found.append(f"{where}/{key}")
            else:
                found += unknown_fields(schema["properties"][key], inner,
                                        f"{where}/{key}")
    if isinstance(value, list) and "items" in schema:
        for item in value:
            found += unknown_fields(schema["items"], item, where)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fairlead", required=True)
    fairlead = parser.parse_args().fairlead
    problems = []
    if subprocess.run([ROOT / "script" / "schemas", "--check"]).returncode:
        problems.append("docs/schemas is not what script/schemas writes")
    schemas = load()

    def check(event, where):
        schema = schemas.get(event.get("type", ""))
        if schema is None:
            problems.append(f"{where}: no schema for {event.get('type')}")
            return
        for error in schema.iter_errors(event):
            needed = LENIENT.get(event["type"])
            if needed and list(error.path)[:1] == ["data"] and not any(
                    name in (*error.path, *error.message.split("'"))
                    for name in needed):
                continue
            problems.append(f"{where}: {event['type']} {error.json_path} "
                            f"{error.message[:200]}")

    checked = 0
    for path in sorted((ROOT / "tests" / "scenario" / "cases").glob("*.jsonl")) + sorted(
            (ROOT / "config").rglob("*.jsonl")):
        if not is_bad_on_purpose(path):
            for n, line in enumerate(path.read_text().splitlines(), 1):
                if line.strip() and not line.startswith("#"):
                    event = json.loads(line)
                    if "type" in event:
                        check(event, f"{path.name}:{n}")
                        checked += 1
        if path.parent.name != "cases":
            continue
        out = subprocess.run([fairlead, "simulate", path], check=True,
                             capture_output=True, text=True).stdout
        for line in out.splitlines():
            event = json.loads(line).get("event")
            if event is None:
                continue
            check(event, f"{path.name} output")
            schema = schemas[event["type"]].schema["properties"]["data"]
            for field in unknown_fields(schema, event["data"]):
                problems.append(f"{path.name}: {event['type']} prints {field}, "
                                "which its schema does not name")
            checked += 1
    for path in sorted((ROOT / "docs").glob("*.md")) + [ROOT / "README.md"]:
        for block in re.findall(r"```json\n(.*?)```", path.read_text(), re.S):
            value = json.loads(block)
            if "specversion" in value:
                check(value, path.name)
                checked += 1
            elif "team_id" in value or "agent_id" in value:
                name = "team" if "account_owner" in value else "agent"
                for error in schemas[f"{name}-document"].iter_errors(value):
                    problems.append(f"{path.name}: {error.json_path} "
                                    f"{error.message[:200]}")
                checked += 1
    for problem in problems[:20]:
        print(problem)
    print(f"{checked} events checked, {len(problems)} problems")
    return 1 if problems or checked < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
