"""The program under measurement, seen from outside: its process, log, metrics."""

import datetime
import http.client
import re
import signal
import subprocess
import sys
import time

import machine

POLL_S = 0.05


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def fail(text):
    raise SystemExit(f"bench: {text}")


class Service:
    def __init__(self, command, log):
        self._path = log
        self._began = time.monotonic()
        with open(log, "w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [*command, "--http", "127.0.0.1:0"], stdout=out, stderr=out,
                stdin=subprocess.DEVNULL)
        self.pid = self.process.pid
        self.port = self._until(self._find_port, 60, "opened no port")

    def log(self):
        with open(self._path, encoding="utf-8") as f:
            return f.read()

    def check(self):
        if self.process.poll() is not None:
            fail(f"the service ended with {self.process.returncode}:\n{self.log()[-2000:]}")

    def _until(self, question, limit_s, complaint):
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if answer := question():
                return answer
            self.check()
            time.sleep(0.01)
        return fail(f"the service {complaint} within {limit_s} s:\n{self.log()[-2000:]}")

    def _find_port(self):
        found = re.search(r"HTTP on \S+ port (\d+)", self.log())
        return int(found[1]) if found else None

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            self.check()
            return 0, ""
        finally:
            connection.close()

    def wait_ready(self, limit_s=120):
        """Returns the seconds since the start of the process."""
        self._until(lambda: self.get("/readyz")[0] == 200, limit_s, "was not ready")
        return round(time.monotonic() - self._began, 3)

    def metrics(self):
        """Name to value, added up over labels; and when it was so."""
        began = time.monotonic()
        text = self.get("/metrics")[1]
        sums = {}
        for line in text.splitlines():
            if line and line[0] != "#":
                name, _, value = line.rpartition(" ")
                name = name.partition("{")[0]
                sums[name] = sums.get(name, 0.0) + float(value)
        return sums, (began + time.monotonic()) / 2

    def wait_count(self, name, wanted, limit_s=60):
        self._until(lambda: self.metrics()[0].get(name, 0) >= wanted, limit_s,
                    f"did not count {wanted} in {name}")

    def assigned(self):
        return self.metrics()[0].get("fairlead_assignments_total", 0)

    def drain(self, leads, broker_pid=None, already=0, patience_s=90):
        """Follows the committed assignments of this process up to `leads`. The
        clock runs from a tenth to nine tenths of them, as that of the raw loop."""
        begin = end = None
        seen, moved = 0, time.monotonic()
        while seen < leads:
            self.check()
            counts, at = self.metrics()
            done = counts.get("fairlead_assignments_total", 0) - already
            now = (done, at, machine.cpu_s(self.pid),
                   machine.cpu_s(broker_pid) if broker_pid else 0.0)
            if done > seen:
                seen, moved = done, time.monotonic()
            if not begin and done * 10 >= leads:
                begin = now
            if not end and done * 10 >= leads * 9:
                end = now
            if time.monotonic() - moved > patience_s:
                fail(f"only {done:.0f} of {leads} leads were assigned:\n{self.log()[-2000:]}")
            time.sleep(POLL_S)
        out = spent(begin, end) | {"leads": int(seen)}
        if not broker_pid:
            del out["broker_cpu_us_per_lead"]
        return out | machine.memory_mb(self.pid)

    def restored(self):
        """What the log says about restoring: partitions side by side."""
        begins, ends, entities = [], [], 0
        for line in self.log().splitlines():
            found = re.match(r"(\S+) .*: restored (\d+) entities in (\d+) ms", line)
            if found:
                end = datetime.datetime.fromisoformat(found[1]).timestamp()
                ends.append(end)
                begins.append(end - int(found[3]) / 1000)
                entities += int(found[2])
        if not ends:
            fail(f"the service's log tells no restore:\n{self.log()[-2000:]}")
        seconds = max(max(ends) - min(begins), 0.001)
        return {"partitions": len(ends), "entities": entities, "seconds": round(seconds, 3),
                "entities_per_s": round(entities / seconds)}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            fail(f"the service did not stop within 15 s; its log: {self._path}")
        if code != 0:
            fail(f"the service ended with {code}:\n{self.log()[-2000:]}")

    def kill(self):
        """For the way out of a failed run."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def spent(first, last):
    """Between two moments (leads, time, own CPU, broker's CPU)."""
    n, seconds, own, broker = (b - a for a, b in zip(first, last))
    if n <= 0 or seconds <= 0:
        fail("all leads were done at once: measure more of them (--leads)")
    return {"measured": int(n), "seconds": round(seconds, 3),
            "leads_per_s": round(n / seconds),
            "cpu_us_per_lead": round(own * 1e6 / n, 2),
            "broker_cpu_us_per_lead": round(broker * 1e6 / n, 2)}
