#!/usr/bin/python3
"""Runs the program and the model on the same random histories and compares
their outputs, one by one. Stops at the first difference."""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import generate
from rules import text
from rules.engine import Engine

# Fields that carry ids which may hang on the internal name of a timer.
ID_FIELDS = {"id", "causationid", "decision_id", "task_id", "notification_id",
             "timer"}
# Sentences for people: only that there is one is compared.
SENTENCES = {"title", "text", "message"}


class Number(str):
    """A JSON number as it is written: 1.0 is not 1."""


class Pairs(list):
    """A JSON object, its names sorted, duplicates kept."""


def strict(line):
    return json.loads(
        line, parse_float=Number, parse_int=Number,
        object_pairs_hook=lambda p: Pairs(sorted(p, key=lambda x: x[0])))


def run_model(lines):
    """(output lines, for each the number of the input line that it came
    after, the causes that are timers)."""
    engine, out, after = Engine(), [], []
    for number, line in enumerate(lines, 1):
        got = engine.feed(line.encode(), number)
        out += got
        after += [number] * len(got)
    got = engine.finish()
    out += got
    after += [len(lines)] * len(got)
    timers = {o["event"]["causationid"] for o in out if "event" in o
              and "#" in o["event"]["causationid"]}
    return [text.write_json(o) for o in out], after, timers


def run_program(path, lines):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8",
                                     delete=False) as file:
        file.write("".join(line + "\n" for line in lines))
    try:
        done = subprocess.run([path, "simulate", file.name],
                              capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:
        return ["(no end within 20 s)"]
    finally:
        os.unlink(file.name)
    out = done.stdout.decode("utf-8", "replace").split("\n")[:-1]
    if done.returncode != 0:
        out.append(f"exit code {done.returncode}: "
                   + done.stderr.decode("utf-8", "replace").strip()[-2000:])
    return out


def task_ids(out):
    """The tasks by what they are: their ids may hang on a timer's name."""
    found, times = {}, {}
    for line in out:
        try:
            o = json.loads(line)
        except ValueError:
            continue
        if o.get("event", {}).get("type") == "task.created":
            d = o["event"]["data"]
            what = o["key"], d["lead_id"], d.get("call_id"), d["kind"]
            times[what] = times.get(what, 0) + 1
            found[what + (times[what],)] = d["task_id"]
    return found


class Difference(Exception):
    def __init__(self, index, where):
        self.index = index
        self.where = where


class Comparison:
    def __init__(self, timers):
        self.timers = timers  # ids and names on the model's side
        self.forth, self.back = {}, {}
        self.team = None

    def same(self, mine, theirs, path=""):
        """The path of the first difference, or None."""
        name = path.rsplit("/", 1)[-1]
        if isinstance(mine, Pairs) and isinstance(theirs, Pairs):
            a, b = [k for k, _ in mine], [k for k, _ in theirs]
            if a != b:
                odd = sorted(set(a) ^ set(b))
                return f"{path}/{odd[0] if odd else '(names)'}"
            for (k, x), (_, y) in zip(mine, theirs):
                found = self.same(x, y, f"{path}/{k}")
                if found:
                    return found
            return None
        if isinstance(mine, list) and isinstance(theirs, list) \
                and not isinstance(mine, Pairs) \
                and not isinstance(theirs, Pairs):
            if len(mine) != len(theirs):
                return f"{path}/(length)"
            for i, (x, y) in enumerate(zip(mine, theirs)):
                found = self.same(x, y, f"{path}/{i}")
                if found:
                    return found
            return None
        if type(mine) is not type(theirs):
            return path or "/"
        if name in SENTENCES and isinstance(mine, str):
            return None if mine and theirs else path
        if name in ID_FIELDS and mine in self.timers:
            # The name of a timer is unique in its team.
            a, b = (self.team, mine), (self.team, theirs)
            if self.forth.setdefault(a, b) == b \
                    and self.back.setdefault(b, a) == a:
                return None
            return path
        return None if mine == theirs else path or "/"


def compare(mine, theirs, timers):
    """None, or (index, path) of the first difference."""
    timers = set(timers)
    for line in mine:
        event = json.loads(line).get("event")
        if event is not None and event["causationid"] in timers:
            timers.add(event["id"])
    c = Comparison(timers)
    for i, (a, b) in enumerate(zip(mine, theirs)):
        try:
            c.team = json.loads(a)["key"]
            found = c.same(strict(a), strict(b))
        except ValueError:
            found = "/"
        if found:
            return i, found
    if len(mine) != len(theirs):
        return min(len(mine), len(theirs)), "(number of outputs)"
    return None


def both(path, lines):
    """Runs both; where the history names tasks, it names those of each."""
    mine, after, timers = run_model(lines)
    mine_tasks = task_ids(mine)
    translated, theirs = lines, None
    for _ in range(6):
        theirs = run_program(path, translated)
        their_tasks = task_ids(theirs)
        names = {id_: their_tasks.get(what, id_)
                 for what, id_ in mine_tasks.items()}
        again = [rename(line, names) for line in lines]
        if again == translated:
            break
        translated = again
    return mine, after, theirs, compare(mine, theirs, timers)


def rename(line, names):
    if '"task.completed"' not in line:
        return line
    for old, new in names.items():
        line = line.replace(old, new)
    return line


def signature(mine, theirs, difference):
    """What kind of difference it is, so that shrinking keeps to one."""
    i, where = difference
    return kind(mine, i), kind(theirs, i), where


def kind(out, i):
    if i >= len(out):
        return "(end)"
    try:
        o = json.loads(out[i])
    except ValueError:
        return "(no JSON)"
    if "event" in o:
        return o["event"]["type"]
    return o.get("reason", "?")


def shrink(path, lines, wanted, kept=0):
    """Removes lines as long as the same kind of difference stays; never the
    first `kept` ones."""
    def fails(candidate):
        mine, _, theirs, difference = both(path, candidate)
        return difference is not None \
            and signature(mine, theirs, difference) == wanted

    mine, after, theirs, difference = both(path, lines)
    if difference[0] < len(after):
        cut = lines[:after[difference[0]]]
        if fails(cut):
            lines = cut
    size = max(1, len(lines) // 2)
    while True:
        at, removed = kept, False
        while at < len(lines):
            candidate = lines[:at] + lines[at + size:]
            if candidate and fails(candidate):
                lines, removed = candidate, True
            else:
                at += size
        if size == 1:
            if not removed:
                return lines
        else:
            size = max(1, size // 2)


def report(title, lines, mine, after, theirs, difference):
    i, where = difference
    number = after[i] if i < len(after) else len(lines)
    print(f"{title}: output {i + 1} differs at {where}")
    for n in range(max(1, number - 3), number + 1):
        mark = ">" if n == number else " "
        print(f"{mark} input {n}: {lines[n - 1][:2000]}")
    for n in range(max(0, i - 2), i):
        print(f"  both    {n + 1}: {brief(mine[n])}")
    for n in range(i, i + 3):
        print(f"  model   {n + 1}: "
              f"{brief(mine[n]) if n < len(mine) else '(no more)'}")
    for n in range(i, i + 3):
        print(f"  program {n + 1}: "
              f"{brief(theirs[n]) if n < len(theirs) else '(no more)'}")


def brief(line):
    """An output without what is the same in all of them."""
    try:
        o = json.loads(line)
    except ValueError:
        return line
    if "event" not in o:
        return line
    e = o["event"]
    rest = {k: v for k, v in e.items()
            if k not in ("specversion", "source", "type", "data",
                         "datacontenttype", "partitionkey", "id")}
    return (f"{e['type']} {json.dumps(e['data'], ensure_ascii=False)} "
            f"{json.dumps(rest, ensure_ascii=False)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fairlead", metavar="PATH", required=True)
    parser.add_argument("--seeds", type=generate.seeds_of, default=range(1, 51),
                        metavar="A..B")
    parser.add_argument("--profile", choices=generate.PROFILES,
                        action="append")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--pin", type=int, default=0, metavar="N",
                        help="lines that shrinking leaves at the start")
    parser.add_argument("--keep", metavar="FILE",
                        help="write the failing history there")
    parser.add_argument("--file", help="compare on this history instead")
    args = parser.parse_args()

    jobs = [(f"seed {s}, {p}, {args.steps} steps",
             lambda s=s, p=p: generate.generate(s, args.steps, p))
            for s in args.seeds for p in args.profile or generate.PROFILES]
    if args.file:
        with open(args.file, encoding="utf-8") as file:
            history = file.read().splitlines()
        jobs = [(args.file, lambda: history)]
    outputs = 0
    for title, make in jobs:
        lines = make()
        mine, after, theirs, difference = both(args.fairlead, lines)
        outputs += len(mine)
        if difference is None:
            continue
        if args.shrink:
            lines = shrink(args.fairlead, lines,
                           signature(mine, theirs, difference), args.pin)
            mine, after, theirs, difference = both(args.fairlead, lines)
        report(title, lines, mine, after, theirs, difference)
        if args.shrink and len(lines) <= 40:
            print("history:")
            print("\n".join(lines))
        if args.keep:
            with open(args.keep, "w", encoding="utf-8") as file:
                file.write("".join(line + "\n" for line in lines))
        return 1
    print(f"{len(jobs)} histories, {outputs} outputs: no difference")
    return 0


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    sys.exit(main())
