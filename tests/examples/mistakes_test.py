#!/usr/bin/python3
"""Each mistake of docs/mistakes.md, made once, and each warning, earned once:
`fairlead check` must say what the page says, and the page must say all of it.

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
    {"pools": [dict(TEAM["pools"][0], assign_requires="luck")]},
    {"pools": TEAM["pools"] * 2}, {"routing_rules": [RULE, RULE]},
    {"routing_rules": [dict(RULE, id=f"r{n}") for n in range(501)]},
    {"routing_rules": rule()}, {"routing_rules": rule(pool="p", agent="ana")},
    {"routing_rules": rule(pool="q")}, {"outcomes": hot(do="assign", pool="q")},
    {"transfer": {"pattern": "everybody"}}, {"transfer": {"fallback_numbers": ["none"]}},
    {"outcomes": hot(do="dance")}, {"outcomes": hot(do="notify", to=["everybody"])},
    {"outcomes": {"": []}}, {"stages": {"assigned": "x" * 1025}},
    {"holidays": ["2026-12-25", "2026-02-30"]}, {"holidays": ["2026-12-25"] * 401},
    {"never_match": ["12"]}, {"never_match": ["a@b"] * 1001},
    {"routing_rules": [dict(RULE, when={"zip": ["02903"]})]},
    {"transfer": {"fallback_numbers": [{"phone": "none"}]}},
    {"transfer": {"fallback_numbers": [{}]}}, {"transfer": {"fallback_numbers": [7]}},
    {"transfer": {"fallback_numbers": [{"endpoint": ""}]}},
    {"outcomes": hot(do="assign")}, {"outcomes": hot(do="assign", to="owner")},
    {"outcomes": {"hot_lead": [], "Hot-Lead": []}}, {"outcomes": {" ": []}},
]
AGENTS = [
    {"active": "yes"}, {"daily_cap": -1}, {"phone": "none"},
    {"schedule": {"overrides": [{"date": "2026-02-30", "closed": True}]}},
    {"schedule": {"overrides": [{"date": "2026-02-20", "to": "12:00"}]}},
    {"schedule": {"weekly": [{"day": ["mon"], "from": "08:00", "to": "20:00"}]}},
    {"endpoint": ""}, {"absences": [{"from": "2026-02-30", "to": "2026-03-01"}]},
    {"absences": [{"from": "2026-03-02", "to": "2026-03-01"}]},
    {"absences": [{"from": "2026-03-02", "to": "2026-03-02"}] * 101},
]
ANY = {"id": "any", "assign": {"pool": "p"}}


def team(**patch):
    return ("team.configured", {**TEAM, **patch})


def agent(**patch):
    return ("agent.configured", {**AGENT, **patch})


# What earns one warning each, or two of a kind.
WARNINGS = [
    [team(routing_rules=[dict(RULE, when={"min_price": 2, "max_price": 1}), ANY])],
    [team(routing_rules=[dict(RULE, when={"sources": [" "]}), ANY])],
    [team(routing_rules=[*active(days=["holiday"]), ANY])],
    [team(routing_rules=[dict(RULE, when={"zips": ["02*"]}),
                         {"id": "s", "when": {"zips": ["02903"]}, "assign": {"pool": "p"}}, ANY])],
    [team(routing_rules=[RULE, dict(ANY, when={"tags": ["x"]})])],
    [team(routing_rules=[dict(RULE, when={"tags": ["x"]})])],
    [team(pools=[{"id": "p"}])],
    [team(pools=[*TEAM["pools"], {"id": "q"}])],
    [team(default_owner="ben")],
    [agent(), agent(agent_id="zoe"), team()],
    [team(acount_owner="zoe")],
    [("lead.received", {"lead_id": "l", "contact": {"fone": "1"}})],
    [agent(version=7), agent(), agent(version=3)],
    [agent(schedule={"overrides": [{"date": "2026-12-25", "closed": True, "from": "10:00"}]})],
    [team(transfer={"fallback_numbers": [{"endpoint": "x", "time_zone": "UTC"}]})],
    [("lead.received", {"lead_id": "l", "price": "negotiable"})],
    [("transfer.requested", {"call_id": "c", "lead_id": "l",
                             "fallback_numbers": ["+12125550190", 5]})],
    [("call.outcome", {"call_id": "c", "lead_id": "l", "outcome": "opt_out", "until": "soon"})],
    [("lead.received", {"lead_id": "l", "contact": {"phone": "000-000-0000"}})],
]


def events():
    for kind, good, patches in (("team", TEAM, TEAMS), ("agent", AGENT, AGENTS)):
        for n, patch in enumerate(patches):
            data = {k: v for k, v in {**good, **patch}.items() if v is not GONE}
            yield {"specversion": "1.0", "id": f"{kind}-{n}", "source": "/test",
                   "type": f"{kind}.configured", "partitionkey": "acme", "data": data}


def event(n, kind, data):
    return {"specversion": "1.0", "id": f"e-{n}", "source": "/test", "type": kind,
            "partitionkey": "acme", "data": data}


def check(sent):
    return subprocess.run([sys.argv[1], "check", "-"], text=True, capture_output=True,
                          input="".join(json.dumps(e) + "\n" for e in sent))


def check_warnings():
    """The same for what `check` warns about. The number of differences."""
    page = set(re.findall(r"`(warning: /data\S* [^`]+)`", PAGE.read_text()))
    said, wrong = set(), 0
    for case in WARNINGS:
        # Who is configured is no matter of the other warnings.
        kinds = [kind for kind, _ in case]
        more = [] if "agent.configured" in kinds else [agent()]
        done = check([event(n, *e) for n, e in enumerate([*more, *case])])
        told = set(re.findall(r":\d+: (warning: /data.*)", done.stderr))
        if len(told) != 1 or done.returncode != 0:
            wrong += 1
            print(f"{case}: {done.stdout}{done.stderr}")
        said |= told
    for m in sorted(said ^ page):
        wrong += 1
        print(("not on the page: " if m in said else "the program never says: ") + m)
    print(f"{len(WARNINGS)} cases, {len(said)} warnings, {len(page)} on the page")
    return wrong


def main():
    sent = list(events())
    done = check(sent)
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
    return 1 if extra or missing or done.returncode != 1 or check_warnings() else 0


if __name__ == "__main__":
    sys.exit(main())
