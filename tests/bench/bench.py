#!/usr/bin/python3
"""How fast the program is here and now: see script/bench --help.

Goal: figures that mean something on a machine that others use, too. Method: the
raw loop over librdkafka runs in between, on the same broker, so that the ratio
stays when the cores are shared; everything tells what else used them.
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
from service import say

QUICK_LEADS = 24000
QUICK_RATES = ((10, 3), (1000, 2))
FULL_RATES = ((10, 20), (1000, 15))


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
            "load_at_start": [round(x, 2) for x in os.getloadavg()]}


def told_others(watched):
    names = ", ".join(f"{x['name']} {x['cores']}" for x in watched["others"][:3])
    return f"others used {watched['other_cores']} of {watched['cores']} cores ({names or '-'})"


def tell_latency(mode, out):
    for x in out["latency"]:
        a = x["service"]
        text = f"  {x['leads_per_s']}/s: "
        text += (f"p50 {a['p50_ms']} ms, p99 {a['p99_ms']} ms" if a["leads"]
                 else "no lead was seen")
        if a["missing"]:
            text += f", {a['missing']} MISSING"
        if mode == "kafka" and x["raw_loop"]["leads"]:
            text += f" (raw loop {x['raw_loop']['p50_ms']} and {x['raw_loop']['p99_ms']})"
        say(f"{text}; {told_others(x['machine'])}")


def tell_calls(out):
    say("-- calls")
    for name, text in (("decline_to_next_ring", "from a decline to the next ring"),
                       ("timer_lateness", "a ring timer is late by")):
        x = out[name]
        say(f"  {text}: p50 {x['p50_ms']} ms, p99 {x['p99_ms']} ms, most {x['highest_ms']} ms "
            f"({x['count']}); {told_others(x['machine'])}")
    t = out["throughput"]
    say(f"  {t['calls_per_s']:,} calls/s, assigned, rung, answered and ended, at "
        f"{t['cpu_us_per_call']} us of own CPU a call; {told_others(t['machine'])}")


def tell(result):
    """The figures for people."""
    for mode in ("kafka", "embedded"):
        if "throughput" not in result.get(mode, ()):
            continue
        out = result[mode]
        t, r, m = out["throughput"], out["restore"], out["memory"]
        say(f"-- {mode}")
        text = f"  {t['leads_per_s']:,} leads/s at {t['cpu_us_per_lead']} us of own CPU a lead"
        if mode == "kafka":
            raw, of = t["raw_loop"], t["of_raw_loop"]
            text += (f", broker {t['broker_cpu_us_per_lead']} us; raw loop "
                     f"{raw['leads_per_s']:,} at {raw['cpu_us_per_lead']} us: "
                     f"{of['leads_per_s']:.0%} of its rate")
        else:
            text += (f"; {out['file_bytes_per_lead']} bytes of file a lead; a sync of 4 KB "
                     f"takes {out['sync_4k_p50_ms']} ms")
        say(text)
        for n, x in enumerate(t["rounds"]):
            say(f"  round {n + 1}: {told_others(x['machine'])}")
        tell_latency(mode, out)
        say(f"  restored {r['leads']:,} leads in {r['seconds']} s: {r['leads_per_s']:,}/s, ready "
            f"{r['start_to_ready_s']} s after the start")
        say(f"  {m['rss_mb']} MB with {m['leads']:,} leads, {m['rss_without_leads_mb']} without: "
            f"{m['bytes_per_idle_lead']} bytes a lead ({m['state_bytes_per_lead']} of snapshots)")
    if "calls" in result.get("kafka", ()):
        tell_calls(result["kafka"]["calls"])
    if "core" not in result:
        return
    say("-- core")
    for name, x in result["core"].items():
        if name != "machine":
            say(f"  {name}: {x['per_s']:,}/s")
    say(f"  {told_others(result['core']['machine'])}")


def parse():
    p = argparse.ArgumentParser(usage="see script/bench --help")
    p.add_argument("--fairlead", required=True)
    p.add_argument("--core-bench", required=True)
    p.add_argument("--raw-loop", required=True)
    p.add_argument("--quick", action="store_true")
    p.add_argument("--mode", choices=("kafka", "embedded", "both", "calls"), default="both")
    p.add_argument("--leads", type=int)
    p.add_argument("--rounds", type=int)
    p.add_argument("--out", type=pathlib.Path)
    p.add_argument("--profile")
    p.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    o = p.parse_args()
    o.settings = [word for x in o.set for word in ("--set", x)]
    o.root = pathlib.Path(__file__).resolve().parents[2]
    o.leads = o.leads or (QUICK_LEADS if o.quick else 120000)
    o.rounds = o.rounds or (1 if o.quick else 3)
    # The first leads of a latency run find cold paths.
    o.warm_s = 1 if o.quick else 4
    o.rates = QUICK_RATES if o.quick else FULL_RATES
    if o.leads < 1000 or o.rounds < 1:
        p.error("--leads needs at least 1000, --rounds at least 1")
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
    tell(result)
    say(f"all of it: {o.out}")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
