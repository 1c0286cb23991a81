#!/usr/bin/python3
"""Each mistake of docs/mistakes.md, made once: `fairlead check` must say what the
page says, and the page must say all of it.

usage: mistakes_test.py PROGRAM
"""

import json
import pathlib
import re
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "mistakes.md"
# Only the service knows how many agents there are.
NOT_CHECKED = "/data/agent_id is one agent too many for a team"
GONE = object()
RULE = {"id": "r", "assign": {"pool": "p"}}
HOT = {"do": "assign", "pool": "p"}
TEAM = {"team_id": "acme", "account_owner": "ana",
        "pools": [{"id": "p", "members": [{"agent_id": "ana"}]}], "routing_rules": [RULE]}
AGENT = {"agent_id": "ana"}


def members(*pairs):
    return [{"id": "p", "members": [{"agent_id": a, "weight": w} for a, w in pairs]}]


def active(**window):
    return [dict(RULE, active={"from": "08:00", "to": "20:00", **window})]


def rule(**assign):
    return [{"id": "r", "assign": assign}]


def hot(**action):
    return {"hot": [action]}


TEAMS = [
    {"team_id": GONE}, {"account_owner": GONE},
    {"routing_rules": [dict(RULE, active={"from": "08:00"})]},
    {"name": 7}, {"version": "1"}, {"pools": 7},
    {"pools": [{"id": "p", "members": [7]}]},
    {"pools": [{"id": "", "members": []}, *TEAM["pools"]]},
    {"pools": members(("ana", 0))}, {"transfer": {"ring_timeout_s": 0}},
    {"time_zone": "Mars/Olympus"}, {"routing_rules": active(**{"from": "24:00"})},
    {"routing_rules": active(days=["monday"])}, {"routing_rules": active(days=[])},
    {"team_id": "other"}, {"region": "XX"},
    {"pools": members(("ana", 1), ("ana", 1))},
    {"pools": members(*((f"a{w}", w) for w in range(1, 101)))},
    {"pools": [dict(TEAM["pools"][0], assign_requires="luck")]},
    {"pools": TEAM["pools"] * 2}, {"routing_rules": [RULE, RULE]},
    {"routing_rules": [dict(RULE, id=f"r{n}") for n in range(501)]},
    {"routing_rules": rule()}, {"routing_rules": rule(pool="p", agent="ana")},
    {"routing_rules": rule(pool="q")}, {"outcomes": hot(do="assign", pool="q")},
    {"transfer": {"pattern": "everybody"}}, {"transfer": {"fallback_numbers": ["none"]}},
    {"outcomes": hot(do="dance")}, {"outcomes": hot(do="notify", to=["everybody"])},
    {"outcomes": {"": []}}, {"stages": {"assigned": "x" * 1025}},
]
AGENTS = [
    {"active": "yes"}, {"daily_cap": -1}, {"phone": "none"},
    {"schedule": {"overrides": [{"date": "2026-02-30", "closed": True}]}},
    {"schedule": {"overrides": [{"date": "2026-02-20", "to": "12:00"}]}},
]


def events():
    for kind, good, patches in (("team", TEAM, TEAMS), ("agent", AGENT, AGENTS)):
        for n, patch in enumerate(patches):
            data = {k: v for k, v in {**good, **patch}.items() if v is not GONE}
            yield {"specversion": "1.0", "id": f"{kind}-{n}", "source": "/test",
                   "type": f"{kind}.configured", "partitionkey": "acme", "data": data}


def main():
    sent = list(events())
    done = subprocess.run([sys.argv[1], "check", "-"], text=True, capture_output=True,
                          input="".join(json.dumps(e) + "\n" for e in sent))
    said = {}
    for line in (done.stdout + done.stderr).splitlines():
        if match := re.match(r"[^:]*:(\d+): (/data.*)", line):
            said[match.group(2)] = sent[int(match.group(1)) - 1]["id"]
    page = set(re.findall(r"`(/data\S* [^`]+)`", PAGE.read_text())) - {NOT_CHECKED}
    # `check` adds the region to what it says about a phone.
    extra = {m for m in said if not any(m == p or m.startswith(p + " ") for p in page)}
    missing = {p for p in page if not any(m == p or m.startswith(p + " ") for m in said)}
    for m in sorted(extra):
        print(f"not on the page ({said[m]}): {m}")
    for p in sorted(missing):
        print(f"the program never says: {p}")
    print(f"{len(sent)} documents, {len(said)} messages, {len(page)} on the page")
    return 1 if extra or missing or done.returncode != 1 else 0


if __name__ == "__main__":
    sys.exit(main())
