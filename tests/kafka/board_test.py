#!/usr/bin/python3
"""`fairlead board`: the same answers as an embedded service on the same history.

Goal: whoever reads the topics sees what the engine decides by. Method: the sample
offices and their leads go to a service on Kafka and to an embedded one; a board
that was there from the beginning and one that comes later answer as the embedded
one does, but for times and what is made of them. Then an action through the board
takes effect, and shows on the other one. And what a board keeps in a folder is there
after a kill, and after the records are gone.

usage: board_test.py --fairlead PROGRAM [--brokers LIST]
"""

import argparse
import difflib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from outside import Instance, office, say

PARTITIONS = 3
TEAMS = ("harbor", "lonestar", "pacific")
SAMPLE = pathlib.Path(__file__).resolve().parents[2] / "config" / "sample"
# What depends on when something happened, and what is made of such a time.
TIMES = {"as_of", "now", "lag_s", "at", "touched", "since", "until", "due_at", "started",
         "next", "no", "time", "id", "decision_id", "task_id", "curves", "hours", "weekdays",
         "event", "to_owner", "text_at", "sequence", "overdue", "tasks_overdue", "status", "text",
         "on_schedule", "phase"}


def expect(good, text, shown=""):
    if not good:
        sys.exit(f"FAILED: {text}\n{shown}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(url, path):
    with urllib.request.urlopen(url + path, timeout=20) as answer:
        return json.load(answer)


def until(true, what, wait_s=60):
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        try:
            if found := true():
                return found
        except OSError:
            pass
        time.sleep(0.05)
    sys.exit(f"FAILED: {what} did not come in {wait_s} s")


def timeless(answer):
    if isinstance(answer, dict):
        return {k: timeless(v) for k, v in answer.items() if k not in TIMES}
    if isinstance(answer, list):
        return [timeless(x) for x in answer]
    return answer


def send(url, kind, ident, team, data):
    body = json.dumps({"specversion": "1.0", "id": ident, "source": "/board", "type": kind,
                       "partitionkey": team, "data": data}).encode()
    with urllib.request.urlopen(urllib.request.Request(
            url + "/v1/events?wait_s=3", body, {"Content-Type": "application/cloudevents+json"}),
            timeout=20) as answer:
        (found,) = json.load(answer)["events"]
    expect(answer.status == 200 and found["state"] == "done", "it was not waited for", found)
    return found


def try_rules(url, team, document):
    with urllib.request.urlopen(urllib.request.Request(
            f"{url}/v1/teams/{team}/what-if", json.dumps({"document": document}).encode(),
            {"Content-Type": "application/json"}), timeout=30) as answer:
        return json.load(answer)


def leads_of_morning():
    for line in (SAMPLE / "morning.jsonl").read_text().splitlines():
        if line.startswith("{") and '"lead.received"' in line:
            yield line


def board(world, name, *more):
    url = f"http://127.0.0.1:{free_port()}"
    world.instances.append(Instance(
        [world.fairlead, "board", *world.kafka, "--http", url[7:], *more],
        f"{world.folder}/{name}.log"))
    until(lambda: get(url, "/readyz"), f"the board {name}")
    return url


def whole_board(world, name, *more):
    url = board(world, name, *more)
    until(lambda: get(url, "/v1/system")["history_complete"], f"the history of {name}")
    return url


def past_of(url):
    out = {t: {q: get(url, f"/v1/teams/{t}/{q}") for q in ("report", "rules", "transfers")}
           for t in TEAMS}
    for answers in out.values():
        for a in answers.values():
            for asked_at in ("as_of", "now", "lag_s"):
                del a[asked_at]
    return out


def leads_counted(url, teams=TEAMS):
    return sum(r["assigned"] + r["unassigned"]
               for r in (get(url, f"/v1/teams/{t}/report") for t in teams))


def kept_past(world, folder):
    """What a board keeps in a folder outlives the records; what another one has in memory
    does not."""
    data = ["--data", f"{folder}/board"]
    url = whole_board(world, "kept", *data)
    expected = past_of(url)
    second = subprocess.run(
        [world.fairlead, "board", *world.kafka, "--http", "127.0.0.1:0", *data],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    expect(second.returncode != 0 and "is in use by another Fairlead process" in second.stdout,
           "two boards share a folder", second.stdout)
    kill_and_start(world, "kept-2", expected, *data)
    world.instances[-1].stop()
    world.forget("leads", "calls", "assignments", "rings", "notifications", "tasks", "decisions")
    url = whole_board(world, "kept-3", *data)
    until(lambda: past_of(url) == expected, "the same sums without the records", 5)
    # What happens now is counted to that.
    before = leads_counted(url)
    send(url, "lead.received", "late-1", "harbor", {"lead_id": "late-1"})
    until(lambda: leads_counted(url) == before + 1, "one more", 5)
    memory = whole_board(world, "memory")
    expect(leads_counted(memory) == 1, "without a folder the sums outlive the records",
           past_of(memory))


def kill_and_start(world, name, expected, *data):
    """As a power cut, while it may be writing."""
    world.instances.pop().kill()
    url = whole_board(world, name, *data)
    expect(past_of(url) == expected, "after a kill the sums are others")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    a = arguments.parse_args()
    with office(a.brokers, a.fairlead, "board", PARTITIONS) as world, \
            tempfile.TemporaryDirectory() as folder:
        world.start("a")
        first = board(world, "first")
        embedded = f"http://127.0.0.1:{free_port()}"
        world.instances.append(Instance(
            [a.fairlead, "run", "--embedded", folder, "--http", embedded[7:]],
            f"{world.folder}/embedded.log"))
        until(lambda: get(embedded, "/readyz"), "the embedded service")
        leads = f"{folder}/leads.jsonl"
        pathlib.Path(leads).write_text("\n".join(leads_of_morning()) + "\n")
        for target in (["--url", embedded], list(world.kafka)):
            for files in ([str(SAMPLE / "teams.jsonl"), str(SAMPLE / "agents.jsonl")], [leads]):
                subprocess.run([a.fairlead, "publish", *target, *files], check=True,
                               stdout=subprocess.DEVNULL)
        count = sum(1 for _ in leads_of_morning())
        later = board(world, "later")
        for url in (embedded, first, later):
            until(lambda: get(url, "/v1/system")["behind"] == 0
                  and sum(get(url, f"/v1/teams/{t}/report")["assigned"] for t in TEAMS) >= count
                  - 3 and len(get(url, "/v1/teams")["teams"]) == 3, "all leads")
        time.sleep(1)
        for team in TEAMS:
            ids = [l["lead_id"] for l in get(embedded, f"/v1/teams/{team}/leads")["leads"]]
            for question in ("leads", "pools", "agents", "report", "rules", "transfers", "needs",
                             "tasks", "calls", *[f"leads/{i}" for i in ids],
                             *[f"owner?lead={i}" for i in ids], *[f"why/{i}" for i in ids]):
                path = f"/v1/teams/{team}/{question}"
                right = timeless(get(embedded, path))
                for url in (first, later):
                    # The topics are read side by side: the last record may be on its way.
                    for _ in range(50):
                        if (found := timeless(get(url, path))) == right:
                            break
                        time.sleep(0.2)
                    expect(found == right, f"{path} of {url} is another answer",
                           "\n".join(difflib.unified_diff(
                               *(json.dumps(x, indent=1).splitlines() for x in (found, right)),
                               lineterm="", n=2))[:3000])
        for url in (first, later):
            served = until(lambda: (s := get(url, "/v1/system"))["served_known"] and all(
                p["served_by"] for p in s["partitions"]) and s, "who works on what", 30)
            expect(all(p["served_by"].startswith("fairlead at ") for p in served["partitions"]),
                   "another one works", served["partitions"])
        say(f"{count} leads of {len(TEAMS)} offices: the same answers three times")

        for team in TEAMS:
            document = get(embedded, f"/v1/teams/{team}/rules")["versions"][0]["document"]
            # Whoever had the most turns is not there; others may be off duty at this hour.
            got = {p["pool_id"]: {m["agent_id"]: m["got"] for m in p["members"]}
                   for p in get(embedded, f"/v1/teams/{team}/report")["pools"]}
            for pool in document["pools"]:
                turns = got.get(pool["id"], {})
                most = max(pool["members"], key=lambda m: turns.get(m["agent_id"], 0))
                pool["members"].remove(most)
            tried = [try_rules(url, team, document) for url in (embedded, later)]
            for answer in tried:
                expect(answer["control"]["choices"] > 0 and answer["control"]["agree"]
                       == answer["control"]["choices"], f"{team}: the control", answer)
                expect(answer["leads"]["different"] > 0, f"{team}: nothing differs", answer)
                del answer["from"], answer["to"], answer["kept_from"]
            expect(timeless(tried[0]) == timeless(tried[1]), f"{team} is tried differently", tried)
        say("a document tried on the past: the same on both")

        began = time.monotonic()
        found = send(first, "lead.assignment_requested", "give-1", "harbor",
                     {"lead_id": "h-01", "agent_id": "dan"})
        expect(any(o["type"] == "lead.reassigned" for o in found["outputs"]), "no effect", found)
        until(lambda: get(later, "/v1/teams/harbor/owner?lead=h-01")["owner"]["agent_id"] == "dan",
              "the new owner on the other board", 5)
        found = send(first, "lead.closed", "close-1", "harbor", {"lead_id": "nobody"})
        expect(found.get("dead_letter"),
               "the dead letter is not told", found)
        say(f"an action through a board showed on the other after {time.monotonic() - began:.2f} s")

        began = time.monotonic()
        kept_past(world, folder)
        say(f"sums outlived a kill and their records: {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
