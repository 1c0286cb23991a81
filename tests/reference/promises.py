#!/usr/bin/python3
"""The promises P1, P4 and P5, looked at in the model's own histories, step by
step; with what a team's state must be like at any time."""

import argparse
import json
import sys

import generate
from rules import text
from rules.engine import Engine
from rules.state import CALL_KNOWN_MS


class Broken(AssertionError):
    pass


def must(holds, *what):
    if not holds:
        raise Broken(" ".join(map(str, what)))


# --- the state after each line ----------------------------------------------

def check_state(engine):
    for team in engine.teams.values():
        check_calls(team)
        check_leads(team)


def check_calls(team):
    """P4, and that reservations are what rings (R26)."""
    busy, numbers = {}, {}
    for call in team.calls.values():
        legs = [x for x in call.ringing if x.open] \
            if call.state == "ringing" else \
            [call.winner] if call.state == "connected" else []
        if call.state == "ringing":
            must(legs, call.id, "rings nobody")
            must(all(x.routing == call.routing for x in legs), call.id,
                 "rings for an old routing")
        if call.state != "ringing":
            must(not any(x.open for x in call.legs.values()), call.id,
                 "has open legs")
        if call.running:
            must(call.expires is not None, call.id, "has no timer")
        for leg in legs:
            if leg.agent_id is None:
                continue
            must(leg.agent_id not in busy, "P4: agent", leg.agent_id)
            must(leg.number not in numbers, "P4: number", leg.number)
            busy[leg.agent_id] = numbers[leg.number] = leg
    for agent in team.agents.values():
        leg = busy.get(agent.id)
        if leg is None:
            must(agent.leg is None and agent.on_call is None, agent.id,
                 "is kept busy by nothing")
        elif leg.open:
            must(agent.leg is leg, agent.id, "is not reserved")
        else:
            must(agent.on_call == leg.call_id, agent.id, "is not on its call")


def check_leads(team):
    for lead in team.leads.values():
        if lead.waiting is not None:
            must(lead.owner is None and not lead.closed, lead.id, "waits")
        if lead.owner is not None:
            must(not lead.held, lead.id, "holds outreach")
        must(not lead.known or lead.owner is not None or lead.closed
             or lead.waiting is not None, lead.id, "was forgotten")
        for kind in ("phone", "email"):
            must(len(lead.kept[kind]) <= 5, lead.id, "keeps too much")
            for value in lead.kept[kind]:
                among = team.index.get((kind, value), {})
                must(lead.id in among or len(among) == 1000, lead.id,
                     "is not found by", value)
    must(team.mass_due is not None or not team.mass, "mass work was left")
    waits = any(x.waiting is not None for x in team.leads.values())
    must((team.retry_due is not None) == (waits and team.configured)
         or team.mass_due is not None, "R11's timer")


# --- what was said ----------------------------------------------------------

def steps(out):
    """The outputs, step by step."""
    found, last = [], None
    for line in out:
        event = line.get("event")
        this = event and (line["key"], event["causationid"], event["time"])
        if event is None or this != last:
            found.append([])
        if event is not None:
            found[-1].append(event)
        last = this
    return [s for s in found if s]


def check_outputs(lines, out):
    """P1 and the order of things, over inputs and outputs."""
    dead = {x["input_line"] for x in out if "event" not in x}
    assigned, sequences, results = set(), {}, {}
    tasks, state, last = {}, {}, {}
    for step in steps(out):
        for event in step:
            data, team = event["data"], event["partitionkey"]
            call, now = (team, data.get("call_id"),
                         data.get("lead_id")), text.read_time(
                event["time"])
            if now - last.get(call, now) > CALL_KNOWN_MS:  # another call
                results.pop(call, None)
                tasks.pop(call, None)
            last[call] = now
            sequences[team] = sequences.get(team, 0) + 1
            must(int(event["sequence"]) == sequences[team], "the sequence")
            kind = event["type"]
            if kind in ("lead.assigned", "lead.unassigned"):
                assigned.add((team, data["lead_id"]))
            if kind == "ring.requested":
                state[call] = "ringing"
            elif kind == "transfer.connected":
                must(state.get(call) == "ringing", "P4: two targets", call)
                state[call] = "connected"
            elif kind == "transfer.missed":
                state[call] = "missed"
        check_misses(step, tasks, results)
    for number, line in enumerate(lines, 1):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if number in dead or not isinstance(event, dict) \
                or event.get("type") != "lead.received" \
                or not isinstance(event.get("data"), dict):
            continue
        lead_id = event["data"].get("lead_id")
        if isinstance(lead_id, str) and lead_id.strip() == lead_id:
            must((event["partitionkey"], lead_id) in assigned, "P1:", lead_id,
                 "is neither assigned nor reported")


def check_misses(step, tasks, results):
    """P1: a miss that counts has one task, of its own or repeated."""
    open_, made, misses = {}, {}, []
    for event in step:
        data, kind = event["data"], event["type"]
        call = event["partitionkey"], data.get("call_id"), data.get("lead_id")
        if kind == "transfer.missed" and call not in results \
                or kind == "outcome.corrected" \
                and "miss" in data["to"].lower():
            misses.append(call)
            open_[call] = len(tasks.get(call, ()))
        if kind == "outcome.corrected":
            results[call] = data["to"]
        elif kind in ("transfer.missed", "transfer.connected") \
                or data.get("kind") == "transfer_answered":
            results.setdefault(call, kind)
        elif kind == "task.repeated":
            results.setdefault(call, kind)
            made[call] = made.get(call, 0) + 1
        elif kind == "task.created" and data["kind"] == "call_back":
            results.setdefault(call, kind)
            made[call] = made.get(call, 0) + 1
            tasks.setdefault(call, []).append(data["task_id"])
        elif kind == "task.cancelled":
            for ids in tasks.values():
                if data["task_id"] in ids:
                    ids.remove(data["task_id"])
    for call in misses:
        must(open_[call] + made.get(call, 0) == 1, "P1: the tasks of", call,
             open_[call], made.get(call, 0))


# --- histories --------------------------------------------------------------

def check(lines):
    engine, out = Engine(), []
    for number, line in enumerate(lines, 1):
        out += engine.feed(line.encode(), number)
        # Thousands of leads are not looked at after each line.
        if number % (1 + len(lines) // 500) == 0:
            check_state(engine)
    out += engine.finish()
    check_state(engine)
    check_outputs(lines, out)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=generate.seeds_of,
                        default=range(1, 51), metavar="A..B")
    parser.add_argument("--profile", choices=generate.PROFILES,
                        action="append")
    parser.add_argument("--steps", type=int, default=150)
    args = parser.parse_args()
    count = outputs = 0
    for profile in args.profile or generate.PROFILES:
        for seed in args.seeds:
            lines = generate.generate(seed, args.steps, profile)
            try:
                outputs += len(check(lines))
            except Exception:
                print(f"seed {seed}, {profile}, {args.steps} steps")
                raise
            count += 1
    print(f"{count} histories, {outputs} outputs: the promises hold")
    return 0


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    sys.exit(main())
