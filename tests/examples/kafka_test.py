#!/usr/bin/python3
"""The examples of one language, against a real broker.

Goal: a reader who starts them sees what examples/README.md says.
Method: a service with one team; the consumer runs, the publisher sends a lead,
the consumer names its owner. Then the consumer is stopped, another lead comes,
and the restarted consumer names that one's owner and not the first one's again.

usage: kafka_test.py --fairlead PROGRAM --folder DIR -- COMMAND...
COMMAND runs a program of DIR: python3 or node; files end with --ending.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "kafka"))
from outside import event, office, say  # noqa: E402

TEAM = "acme"


def configure(world):
    world.publish(
        [("roster", TEAM, event("agent.configured", "ana", TEAM,
                                {"agent_id": "ana", "name": "Ana Diaz"})),
         ("roster", TEAM, event("team.configured", TEAM, TEAM, {
             "team_id": TEAM, "account_owner": "ana",
             "pools": [{"id": "buyers", "members": [{"agent_id": "ana"}]}],
             "routing_rules": [{"id": "rest", "assign": {"pool": "buyers"}}]}))])


class Program:
    """A consumer that runs, and what it prints."""

    def __init__(self, command, env):
        self.out = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.process = subprocess.Popen(command, env=env, stdout=self.out,
                                        stderr=subprocess.STDOUT)

    def text(self):
        return pathlib.Path(self.out.name).read_text()

    def expect(self, line):
        until = time.monotonic() + 60
        while line not in self.text().splitlines():
            if self.process.poll() is not None or time.monotonic() > until:
                sys.exit(f"FAILED: the consumer did not print {line!r}:\n{self.text()}")
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        if self.process.wait(30) != 0:
            sys.exit(f"FAILED: SIGTERM ended the consumer with {self.process.returncode}:"
                     f"\n{self.text()}")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def run(world, command, folder, ending):
    env = dict(os.environ, BROKERS=world.brokers, TOPIC_PREFIX=world.prefix)
    consumers = []

    def consume():
        consumers.append(Program(
            [*command, str(folder / f"consume{ending}"), f"{world.prefix}-crm"], env))
        return consumers[-1]

    def publish(lead, name):
        done = subprocess.run(
            [*command, str(folder / f"publish{ending}"), TEAM, lead, name], env=env,
            timeout=60, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        wanted = rf"{lead} is in {world.prefix}\.leads, partition (\d)$"
        if done.returncode != 0 or not re.search(wanted, done.stdout, re.M):
            sys.exit(f"FAILED: the publisher ended with {done.returncode}:\n{done.stdout}")

    try:
        first = consume()
        publish("l-1", "Kim Roe")
        first.expect("l-1 belongs to Ana Diaz (rotation, epoch 1)")
        first.stop()
        say("the consumer has named the first owner and is stopped")
        publish("l-2", "Lee Park")
        second = consume()
        second.expect("l-2 belongs to Ana Diaz (rotation, epoch 1)")
        second.stop()
        if "l-1" in second.text():
            sys.exit(f"FAILED: the consumer began anew:\n{second.text()}")
    finally:
        for c in consumers:
            c.kill()
    # Whatever the client, the team's partition is that of Java's client.
    world.stop()
    forwarded = sum(1 for _ in world.reader("rekey").all())
    if forwarded:
        sys.exit(f"FAILED: {forwarded} records were on the wrong partition")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fairlead", required=True)
    parser.add_argument("--brokers", default=os.environ.get("FAIRLEAD_TEST_BROKERS"))
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--ending", required=True)
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    with office(args.brokers, args.fairlead, "examples", 3) as world:
        configure(world)
        world.start("a")
        run(world, args.command, args.folder, args.ending)
    say("both leads have an owner, each named once")


if __name__ == "__main__":
    main()
