#!/usr/bin/python3
"""Kafka's client libraries as publishers and as consumers, with their defaults.

A program of this folder sends leads by each library and in each mode that it knows,
some of them in transactions, and reads the outputs. Here we look whether each lead got
an owner once, whether each library has read all of them, and whether anything was
refused on the way.

usage: kafka_test.py --fairlead PROGRAM [--brokers LIST] -- COMMAND...
"""

import argparse
import collections
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "kafka"))
from outside import event, office, say  # noqa: E402


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def metrics(url):
    with urllib.request.urlopen(url + "/metrics", timeout=5) as r:
        lines = r.read().decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
            for line in lines if line and not line.startswith("#")}


def configure(world):
    world.publish([
        ("roster", "acme", event("agent.configured", "ana", "acme",
                                 {"agent_id": "ana", "name": "Ana Diaz"})),
        ("roster", "acme", event("team.configured", "acme", "acme", {
            "team_id": "acme", "account_owner": "ana",
            "pools": [{"id": "all", "members": [{"agent_id": "ana"}]}],
            "routing_rules": [{"id": "rest", "assign": {"pool": "all"}}]}))])


def assigned(world):
    """How often each lead was given to somebody, in what is committed."""
    return collections.Counter(
        e["data"]["lead_id"] for _, e in world.events("assignments")
        if e["type"] == "lead.assigned")


def check(world, url, command):
    done = subprocess.run([*command, world.brokers, world.prefix, url], text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"FAILED: {command} ended with {done.returncode}:\n"
                 f"{done.stdout}\n{done.stderr}")
    sent = []
    for line in done.stdout.splitlines():
        library = json.loads(line)
        say(f"{library['library']}: {len(library['sent'])} sent, {len(library['read'])} read")
        sent += library["sent"]
        if sorted(library["read"]) != sorted(library["sent"]):
            sys.exit(f"FAILED: {library['library']} sent {library['sent']} "
                     f"and read {library['read']}")
    if not sent:
        sys.exit("FAILED: nothing was sent")
    owners = assigned(world)
    if owners != collections.Counter(sent):
        sys.exit(f"FAILED: sent {sorted(sent)}, given to somebody {sorted(owners.items())}")
    wrong = {n: v for n, v in metrics(url).items()
             if v and n.startswith(("fairlead_dead_letters", "fairlead_keys_differ",
                                    "fairlead_leads_unassigned"))}
    if wrong:
        sys.exit(f"FAILED: {wrong}")
    print(f"{len(sent)} sent, each with one owner, and read by each library")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    arguments.add_argument("command", nargs="+")
    a = arguments.parse_args()
    with office(a.brokers, a.fairlead, "clients", 4) as world:
        url = f"http://127.0.0.1:{free_port()}"
        configure(world)
        world.start("service", "--http", url[7:])
        until = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(url + "/readyz", timeout=5).close()
                break
            except OSError:
                world.check_alive()
                if time.monotonic() > until:
                    sys.exit("FAILED: the service is not ready")
                time.sleep(0.1)
        check(world, url, a.command)
        world.stop()


if __name__ == "__main__":
    main()
