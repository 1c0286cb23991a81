#!/usr/bin/python3
"""How fast the program is here and now: see script/bench --help.

Goal: figures that mean something on a machine that others use, too. Method: the
raw loop over librdkafka, and a Kafka Streams application if wished, run in
between, on the same broker, so that the ratios stay when the cores are shared;
everything tells what else used them.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import embedded_mode
import kafka_mode
import machine
import rival
import table
from service import say

QUICK_LEADS = 24000
RATES = (10, 100, 1000)
CALL_RATES = (10, 100)


def core(program, quick):
    say("the core alone")
    watch = machine.Watch()
    done = subprocess.run(
        [program, "--benchmark_format=json", f"--benchmark_min_time={0.2 if quick else 1}"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    out = {b["name"].partition("/")[0]: {
        "per_s": round(b["items_per_second"]),
        "ns": round(1e9 / b["items_per_second"])}
        for b in json.loads(done.stdout)["benchmarks"]}
    return out | {"machine": watch.result()}


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        for line in f:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return "unknown"


def about(o):
    version = subprocess.run([o.fairlead, "--version"], stdout=subprocess.PIPE, check=True,
                             text=True).stdout.splitlines()
    built = time.gmtime(os.path.getmtime(o.fairlead))
    return {"version": version, "built": time.strftime("%Y-%m-%dT%H:%M:%SZ", built),
            "measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "processor": processor(), "cores": machine.CORES, "quick": o.quick, "settings": o.set,
            "rival_settings": o.rival_set,
            "load_at_start": [round(x, 2) for x in os.getloadavg()]}


def parse():
    p = argparse.ArgumentParser(usage="see script/bench --help")
    p.add_argument("--fairlead", required=True)
    p.add_argument("--core-bench", required=True)
    p.add_argument("--raw-loop", required=True)
    p.add_argument("--quick", action="store_true")
    p.add_argument("--mode", choices=("kafka", "embedded", "both", "calls"), default="both")
    p.add_argument("--rival", action="store_true")
    p.add_argument("--rival-set", action="append", default=[], metavar="NAME=VALUE")
    p.add_argument("--dist", choices=("uniform", "zipf"), default="uniform")
    p.add_argument("--partitions", type=int, default=12)
    p.add_argument("--leads", type=int)
    p.add_argument("--rounds", type=int)
    p.add_argument("--warm", type=int)
    p.add_argument("--rates", type=lambda text: {int(r) for r in text.split(",")})
    p.add_argument("--out", type=pathlib.Path)
    p.add_argument("--profile")
    p.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    o = p.parse_args()
    o.settings = [word for x in o.set for word in ("--set", x)]
    o.root = pathlib.Path(__file__).resolve().parents[2]
    o.leads = o.leads or (QUICK_LEADS if o.quick else 120000)
    o.rounds = o.rounds or (1 if o.quick else 5)
    # The first leads of a latency run find cold paths.
    o.warm_s = 1 if o.quick else 4
    seconds = lambda rate: (3 if o.quick else 20) if rate <= 10 else 2 if o.quick else 15
    o.call_rates = [(r, seconds(r)) for r in CALL_RATES if r in (o.rates or CALL_RATES)]
    o.rates = [(r, seconds(r)) for r in sorted(o.rates or RATES)]
    o.calls = 4000 if o.quick else 24000
    # The service gets as many as the rival, so that both keep as much.
    o.warm = o.warm or (min(o.leads, 30000) if o.quick or not o.rival
                        else rival.LEADS_TO_WARM_UP)
    if o.leads < 1000 or o.rounds < 1 or o.partitions < 1:
        p.error("--leads needs at least 1000, --rounds and --partitions at least 1")
    if not o.out:
        o.out = o.root / "build" / "bench" / time.strftime("%Y%m%d-%H%M%S.json", time.gmtime())
    return o


def main():
    # The broker is ours: it goes, too, when somebody ends us.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    o = parse()
    o.out.parent.mkdir(parents=True, exist_ok=True)
    # Not in /tmp, which may be memory: the disk is part of what is measured.
    folder = tempfile.mkdtemp(prefix="run-", dir=o.out.parent)
    say(f"load average {os.getloadavg()[0]:.2f} on {machine.CORES} cores")
    result = about(o)
    try:
        if o.mode != "embedded":
            result["kafka"] = kafka_mode.measure(o, folder)
        if o.mode in ("embedded", "both"):
            result["embedded"] = embedded_mode.measure(o, folder)
        if o.mode != "calls":
            result["core"] = core(o.core_bench, o.quick)
    except BaseException:
        say(f"the logs are in {folder}")
        raise
    result["load_at_end"] = [round(x, 2) for x in os.getloadavg()]
    shutil.rmtree(folder)
    text = json.dumps(result, indent=1)
    o.out.write_text(text + "\n", encoding="utf-8")
    told = table.text(result)
    o.out.with_suffix(".md").write_text(told, encoding="utf-8")
    print(told, file=sys.stderr)
    say(f"all of it: {o.out}, the table: {o.out.with_suffix('.md')}")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
