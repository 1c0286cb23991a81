"""The raw loop (raw_loop.cpp): all of the work but the decisions."""

import json
import signal
import subprocess

import machine
from service import fail


class RawLoop:
    def __init__(self, program, brokers, prefix, partitions, leads=0):
        self.process = subprocess.Popen(
            [program, "--brokers", brokers, "--prefix", prefix, "--partitions",
             str(partitions), "--leads", str(leads)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        self._expect("ready")

    def _expect(self, line):
        got = self.process.stderr.readline().strip()
        if got != line:
            self.kill()
            fail(f"the raw loop said `{got}` instead of `{line}`")

    def drained(self, broker_pid):
        """It counts its own commits: nobody but this bench reads what it writes."""
        self._expect("from")
        before = machine.cpu_s(broker_pid)
        self._expect("to")
        broker_s = machine.cpu_s(broker_pid) - before
        out = json.loads(self.process.stdout.readline())
        self.process.communicate()
        if not out["measured"] or self.process.returncode != 0:
            fail("the raw loop measured nothing: try more leads (--leads)")
        out["broker_cpu_us_per_lead"] = round(broker_s * 1e6 / out["measured"], 2)
        return out

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=15)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
