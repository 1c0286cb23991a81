#!/usr/bin/python3
"""What the board costs with half a million leads on Kafka, by hand.

usage: figures.py PROGRAM [--leads N] [--dir DIR]

Starts a broker, lets the service work off a backlog of leads, and measures
`fairlead board`: its start, memory, the look-up of an owner, how far it is
behind a commit at 1 000 leads a second, and 1 000 readers of live views. Prints
JSON. With --dir the broker's folder stays, and the next run there measures
without filling it again.
"""

import argparse
import asyncio
import http.client
import json
import multiprocessing
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "bench"))

import latency  # noqa: E402  (tests/bench)
import load
import machine
from clients import Committed, publish
from service import Service, fail, say

PARTITIONS = 12
PREFIX = "fairlead"
READERS = 1000
WATCHED = 10   # teams that they watch
OWNED = re.compile(rb'"type":"lead\.assigned"')


def quantiles(ms):
    ms = sorted(ms)
    return {"count": len(ms), "p50_ms": round(latency.quantile(ms, 0.5), 3),
            "p99_ms": round(latency.quantile(ms, 0.99), 3), "highest_ms": round(ms[-1], 3)}


class Board:
    """A `fairlead board` and one kept connection to it."""

    def __init__(self, program, brokers, log):
        self.log = log
        self.began = time.monotonic()
        with open(log, "w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [program, "board", "--brokers", brokers, "--topic-prefix", PREFIX,
                 "--http", "127.0.0.1:0"], stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        self.pid = self.process.pid
        self.port = self.until(self._port, 30, "opened no port")
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def _port(self):
        found = re.search(r"The board: http://\S+:(\d+)/", pathlib.Path(self.log).read_text())
        return int(found[1]) if found else None

    def until(self, true, limit_s, complaint):
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if found := true():
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        return fail(f"the board {complaint}: {pathlib.Path(self.log).read_text()[-2000:]}")

    def get(self, path):
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def ask(self, path):
        status, body = self.get(path)
        if status != 200:
            fail(f"{path}: {status} {body[:300]}")
        return json.loads(body)

    def memory(self):
        return machine.memory_mb(self.pid)

    def stop(self):
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)


def started(program, brokers, log):
    """The board, and what its start took."""
    board = Board(program, brokers, log)
    board.until(lambda: board.get("/readyz")[0] == 200, 120, "was not ready")
    now_s = time.monotonic() - board.began
    teams = board.ask("/v1/teams")["teams"]
    out = {"now_after_s": round(now_s, 2), "cpu_s": round(machine.cpu_s(board.pid), 2),
           "teams": len(teams), "leads": sum(t["leads"] for t in teams),
           "then": board.memory()}
    board.until(lambda: board.ask("/v1/system")["history_complete"], 600, "read no history")
    out["history_after_s"] = round(time.monotonic() - board.began, 2)
    out["history_cpu_s"] = round(machine.cpu_s(board.pid), 2)
    time.sleep(12)   # what is free goes back to the system
    return board, out | {"at_rest": board.memory()}


def look_ups(board, day, count=5000):
    """One after the other over one connection; a probe that does nothing costs
    what the client, the loopback and the server's own frame cost."""
    draw = random.Random(2)
    paths = []
    for n in draw.choices(range(day.made), k=count):
        text = load.phone(load.person(n), draw.randrange(4))
        paths.append(f"/v1/teams/{day.team(n)}/owner?phone={urllib.parse.quote(text)}")

    def times(of):
        took, known = [], 0
        for path in of:
            began = time.perf_counter_ns()
            _, body = board.get(path)
            took.append((time.perf_counter_ns() - began) / 1e6)
            known += b'"known":true' in body
        return took, known

    times(paths[:200])
    cpu = machine.cpu_s(board.pid)
    took, known = times(paths)
    cpu = machine.cpu_s(board.pid) - cpu
    probe, _ = times(["/livez"] * count)
    if known != count:
        fail(f"only {known} of {count} phones are known")
    return {"owner": quantiles(took), "probe": quantiles(probe),
            "server_cpu_us": round(cpu * 1e6 / count, 1)}


def _read_commits(brokers, first, pipe):
    """A process: when a committed reader had each lead's owner in its hands."""
    reader = Committed(brokers, [f"{PREFIX}.assignments"], PARTITIONS, at_end=True)
    if not reader.wait_for_end():
        return
    pipe.send("ready")
    seen = {}
    while not pipe.poll():
        m = reader.consumer.poll(0.2)
        now = time.monotonic_ns()
        if m is None or m.error() is not None or not OWNED.search(m.value()):
            continue
        found = load.SUBJECT.search(m.value())
        if found and int(found[1]) >= first:
            seen.setdefault(int(found[1]), now)
    pipe.send(seen)


def behind(board, brokers, day, rate=1000, seconds=15):
    """Some leads are asked for again and again until the board knows them."""
    spawn = multiprocessing.get_context("spawn")
    first, count = day.made, rate * (seconds + 3)
    records = list(day.some(count))
    here, there = spawn.Pipe()
    reader = spawn.Process(target=_read_commits, args=(brokers, first, there), daemon=True)
    reader.start()
    if not here.poll(60) or here.recv() != "ready":
        fail("the reader did not start")
    sent, sending = spawn.Pipe()
    sender = spawn.Process(target=latency._send, daemon=True, args=(
        brokers, f"{PREFIX}.leads", records, rate, sending))
    cpu, began = machine.cpu_s(board.pid), time.monotonic()
    sender.start()
    # Partitions commit by themselves: all that are due are asked for in turn.
    due = [n for n in range(first + 2 * rate, first + count, rate // 25)]
    known, pending, turns = {}, [], []
    while due or pending:
        turn = time.monotonic()
        while due and (time.monotonic() - began) * rate > due[0] - first:
            pending.append(due.pop(0))
        for n in list(pending):
            if b'"owner":{' in board.get(f"/v1/teams/{day.team(n)}/owner?lead=l-{n:010}")[1]:
                known[n] = time.monotonic_ns()
                pending.remove(n)
        if time.monotonic() - began > 120:
            fail(f"the board never knew {len(pending)} leads")
        time.sleep(0.002)
        turns.append((time.monotonic() - turn) * 1000)
    _, late, unsent = sent.recv()
    took = time.monotonic() - began
    cpu = machine.cpu_s(board.pid) - cpu
    time.sleep(2)
    here.send("enough")
    commits = here.recv()
    if unsent:
        fail(f"{unsent} leads were not sent")
    ms = [(at - commits[n]) / 1e6 for n, at in known.items() if n in commits]
    return {"leads_per_s": rate, "behind": quantiles(ms), "asked_every": quantiles(turns),
            "board_cores": round(cpu / took, 2),
            "sender_late_p99_ms": round(latency.quantile(sorted(late), 0.99) / 1e6, 1)}


async def _reader(port, team, seen, open_now):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(f"GET /v1/teams/{team}/stream?view=now HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n"
                 .encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"data: "):
                if not seen["patches"]:
                    open_now.release()
                seen["patches"] += 1
                seen["bytes"] += len(line)
                seen["last"] = line[line.index(b'"view":'):]
    except asyncio.CancelledError:
        pass
    finally:
        writer.close()


async def _watch(board, brokers, day, seconds):
    seen = [{"patches": 0, "bytes": 0, "last": b""} for _ in range(READERS)]
    ready = asyncio.Semaphore(0)
    tasks = []
    for n, s in enumerate(seen):
        tasks.append(asyncio.create_task(
            _reader(board.port, day.teams[n % WATCHED], s, ready)))
        if n % 50 == 49:
            await asyncio.sleep(0.05)
    for _ in seen:
        await asyncio.wait_for(ready.acquire(), 60)
    idle, at = machine.cpu_s(board.pid), time.monotonic()
    await asyncio.sleep(5)
    idle = (machine.cpu_s(board.pid) - idle) / (time.monotonic() - at)
    before = [s["patches"] for s in seen]
    size = [s["bytes"] for s in seen]
    busy, at = machine.cpu_s(board.pid), time.monotonic()
    records = [(t, load.event("lead.received", f"watched-{time.time_ns()}", t, {
        "lead_id": f"w-{time.time_ns()}-{t}", "contact": {"name": "Kim Roe"}}))
        for _ in range(seconds) for t in day.teams[:WATCHED]]
    for second in range(seconds):
        part = records[second * WATCHED:(second + 1) * WATCHED]
        await asyncio.to_thread(publish, brokers, f"{PREFIX}.leads", part)
        await asyncio.sleep(max(0, at + second + 1 - time.monotonic()))
    busy = (machine.cpu_s(board.pid) - busy) / (time.monotonic() - at)
    memory = board.memory()
    await asyncio.sleep(4)
    patches = [s["patches"] - b for s, b in zip(seen, before)]
    same = all(len({s["last"] for s in seen[n::WATCHED]}) == 1 for n in range(WATCHED))
    for t in tasks:
        t.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {"readers": READERS, "views": WATCHED, "leads_per_s": WATCHED, "seconds": seconds,
            "patches_least": min(patches), "patches_most": max(patches),
            "all_end_with_the_same": same,
            "bytes_per_patch": round(sum(s["bytes"] - b for s, b in zip(seen, size))
                                     / max(1, sum(patches))),
            "board_cores_idle": round(idle, 2), "board_cores": round(busy, 2), "memory": memory}


def fill(program, brokers, folder, day, leads):
    done = subprocess.run([program, "topics", "create", "--brokers", brokers, "--topic-prefix",
                           PREFIX, "--partitions", str(PARTITIONS), "--replication-factor", "1"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        fail(done.stderr)
    people = publish(brokers, f"{PREFIX}.roster", load.roster(day.teams))
    say(f"publishing {leads} leads")
    publish(brokers, f"{PREFIX}.leads", day.some(leads))
    say(f"the service works off {people} documents and {leads} leads")
    service = run_service(program, brokers, folder)
    out = service.drain(leads)
    service.stop()
    say(f"done: {out}")


def run_service(program, brokers, folder):
    return Service([program, "run", "--brokers", brokers, "--topic-prefix", PREFIX],
                   str(folder / "service.log"))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--leads", type=int, default=500_000)
    p.add_argument("--dir", type=pathlib.Path)
    o = p.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    # Not in /tmp, which may be memory.
    folder = o.dir or pathlib.Path(tempfile.mkdtemp(prefix="board-", dir=ROOT / "build"))
    folder.mkdir(parents=True, exist_ok=True)
    kafka = [str(ROOT / "script" / "kafka")]
    day, made = load.Day("uniform"), folder / "made"
    result = {"leads": o.leads, "cores": machine.CORES, "load_at_start": os.getloadavg()}
    service = board = None
    done = subprocess.run([*kafka, "start", "--dir", str(folder / "kafka")],
                          stdout=subprocess.PIPE, text=True, check=True)
    brokers = done.stdout.strip()
    broker_pid = int((folder / "kafka" / "pid").read_text())
    try:
        if made.exists():
            day.made = int(made.read_text())
        else:
            fill(o.program, brokers, folder, day, o.leads)
            made.write_text(str(day.made))

        def measured(name, what):
            watch = machine.Watch()
            watch.add(broker_pid)
            out = what()
            result[name] = out | {"machine": watch.result()}
            say(f"{name}: {json.dumps(out)}")

        def start():
            nonlocal board
            board, out = started(o.program, brokers, str(folder / "board.log"))
            return out
        measured("start", start)
        measured("look_up", lambda: look_ups(board, day))
        service = run_service(o.program, brokers, folder)
        service.wait_ready()
        made.write_text(str(day.made + 18_000))
        measured("behind", lambda: behind(board, brokers, day))
        measured("streams", lambda: asyncio.run(_watch(board, brokers, day, 15)))
        result["memory_at_the_end"] = board.memory()
    finally:
        for process in (board and board.process, service and service.process):
            if process and process.poll() is None:
                process.terminate()
                process.wait(15)
        subprocess.run([*kafka, "stop", "--dir", str(folder / "kafka")], check=False)
        if not o.dir:
            shutil.rmtree(folder)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
