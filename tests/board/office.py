"""A running office for the tests: the sample morning, or an empty one."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request


def environment():
    env = {k: v for k, v in os.environ.items() if not k.startswith("FAIRLEAD_")}
    env["NO_COLOR"] = "1"
    return env


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Office:
    """A service with its board; ends with stop()."""

    def __init__(self, program, *arguments, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.out = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [program, *[a.replace("PORT", str(self.port)) for a in arguments]],
            stdout=self.out, stderr=subprocess.STDOUT, env=environment())
        self.until(lambda: self.get("/readyz", raw=True), "the service")

    @classmethod
    def morning(cls, program):
        """The sample morning is over, and time passes as usual."""
        o = cls(program, "demo", "--port", "PORT", "--speed", "60")
        o.until(lambda: "Press Ctrl-C" in o.said(), "the morning's end", 120)
        return o

    @classmethod
    def empty(cls, program, folder, *more, port=None):
        return cls(program, "run", "--embedded", str(folder), "--http",
                   "127.0.0.1:PORT", *more, port=port)

    @classmethod
    @contextlib.contextmanager
    def for_a_test(cls, program):
        """An empty one in a folder of its own; both are gone afterwards."""
        with tempfile.TemporaryDirectory() as folder:
            office = cls.empty(program, folder)
            office.folder = folder
            try:
                yield office
            finally:
                office.stop()

    def open_acme(self):
        """The one office of a test that has none of the sample."""
        self.send("acme", "team.configured", {
            "team_id": "acme", "name": "Acme Realty", "account_owner": "olivia"})

    def start_again(self, program):
        """The same folder at the same address; it was stopped."""
        self.__init__(program, "run", "--embedded", self.folder, "--http", "127.0.0.1:PORT",
                      port=self.port)

    def said(self):
        self.out.seek(0)
        return self.out.read()

    def until(self, true, what, wait_s=30):
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            try:
                found = true()
                if found:
                    return found
            except OSError:
                pass
            if self.process.poll() is not None:
                raise AssertionError(f"the service ended: {self.said()}")
            time.sleep(0.05)
        raise AssertionError(f"{what} did not come in {wait_s} s")

    def get(self, path, raw=False, accept="application/json"):
        request = urllib.request.Request(self.url + path, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read().decode()
        return text if raw else json.loads(text)

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def refused(self, path, body=None):
        try:
            self.get(path) if body is None else self.post(path, body)
        except urllib.error.HTTPError as e:
            return e.code, json.loads(e.read())
        raise AssertionError(f"{path} was answered")

    def send(self, team, kind, data, event_id=None):
        event_id = event_id or f"t-{time.monotonic_ns()}"
        event = {"specversion": "1.0", "id": event_id, "source": "/test", "type": kind,
                 "partitionkey": team, "data": data}
        self.publish(event)
        query = urllib.parse.urlencode({"source": "/test", "id": event_id})
        return self.until(
            lambda: (lambda e: e if e["state"] == "done" else None)(
                self.get(f"/v1/teams/{team}/effect?{query}"))
            if self.knows(team) else None, f"{kind} of {team}")

    def publish(self, event, wait_s=0):
        request = urllib.request.Request(
            self.url + f"/v1/events?wait_s={wait_s}", json.dumps(event).encode(),
            {"Content-Type": "application/cloudevents+json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())

    def publish_all(self, events, at_once=1000):
        """Many, in their order; each an object or its JSON as bytes."""
        texts = [e if isinstance(e, bytes) else json.dumps(e).encode() for e in events]
        for n in range(0, len(texts), at_once):
            request = urllib.request.Request(
                self.url + "/v1/events", b"[" + b",".join(texts[n:n + at_once]) + b"]",
                {"Content-Type": "application/cloudevents-batch+json"})
            while True:
                try:
                    with urllib.request.urlopen(request, timeout=30):
                        break
                except urllib.error.HTTPError as e:
                    if e.code != 503:
                        raise AssertionError(e.read().decode()) from None
                    time.sleep(0.05)

    def knows(self, team):
        return any(t["team_id"] == team for t in self.get("/v1/teams")["teams"])

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.out.close()

