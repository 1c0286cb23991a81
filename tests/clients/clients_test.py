#!/usr/bin/python3
"""What a program of clients/ sends by itself is taken, and stands in the log once.

usage: clients_test.py FAIRLEAD COMMAND...
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "embedded" / "cli"))
import commands_test as office  # noqa: E402


def main():
    office.PROGRAM, command = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder, office.Service(folder) as service:
        service.publish(office.TEAM, *office.AGENTS)
        done = subprocess.run([*command, service.url], capture_output=True, text=True,
                              timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        sent = [json.loads(line) for line in done.stdout.splitlines()]
        for s in sent:
            print(f"{s['status']}  {s['id']}  {s['body']}")
        refused = [s for s in sent if s["status"] != 202]
        assert sent and not refused, f"refused: {refused}"
        ids = sorted(s["id"] for s in sent)
        assigned = service.wait_for("assignments", 2 * len(ids))
        owners = sorted(e["data"]["lead_id"] for e in assigned if e["type"] == "lead.assigned")
        assert owners == ids, f"sent {ids}, assigned {owners}"
        print(f"{len(ids)} sent, each assigned once")


if __name__ == "__main__":
    main()
