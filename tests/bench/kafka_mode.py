"""The service on Kafka, what Kafka alone costs, and what a user would take else:
three programs one after the other, again and again, on one broker."""

import os
import signal
import statistics
import subprocess
import time

import calls
import latency
import load
import machine
import rival
from checks import Outputs
from clients import publish
from drain import Drain
from raw import RawLoop
from service import Service, fail, say

COMMITS_MS = (100, 10)


class Contender:
    """A program with a prefix of topics, and leads of its own day."""

    def __init__(self, prefix, o, knows_people):
        self.prefix, self.knows_people = prefix, knows_people
        self.day = load.Day(o.dist)
        self.outputs = None
        self.rounds = []

    def middle(self, name):
        return round(statistics.median(r[name] for r in self.rounds), 2)

    def summary(self):
        return {name: self.middle(name) for name in (
            "leads_per_s", "cpu_us_per_lead", "broker_cpu_us_per_lead")}


class Run:
    """One measurement from the first record to the last."""

    def __init__(self, o, folder):
        self.o, self.folder, self.partitions = o, folder, o.partitions
        self.alive = []
        self.started = 0
        self.own = Contender("fairlead", o, True)
        self.raw = Contender("raw", o, False)
        self.rival = Contender("rival", o, False) if o.rival else None
        self.rival_process = None

    # -- programs

    def watch(self):
        watch = machine.Watch()
        watch.add(self.broker_pid)
        return watch

    def start_service(self):
        self.started += 1
        s = Service([self.o.fairlead, "run", "--brokers", self.brokers, "--topic-prefix",
                     self.own.prefix, *self.o.settings],
                    os.path.join(self.folder, f"service-{self.started}.log"))
        self.alive.append(s)
        return s

    def start_raw(self, leads=0):
        r = RawLoop(self.o.raw_loop, self.brokers, self.raw.prefix, self.partitions, leads)
        self.alive.append(r)
        return r

    def start_rival(self, commit_ms):
        r = rival.Rival(self.classes, self.folder, f"{commit_ms}", self.brokers,
                        self.rival.prefix, commit_ms, self.o.rival_set)
        self.alive.append(r)
        self.rival_process = r
        return r

    def start_broker(self):
        script = os.path.join(self.o.root, "script", "kafka")
        self.kafka = os.path.join(self.folder, "kafka")
        done = subprocess.run([script, "start", "--dir", self.kafka], stdout=subprocess.PIPE,
                              text=True, check=False)
        if done.returncode != 0:
            fail("there is no broker to measure with")
        self.brokers = done.stdout.strip()
        with open(os.path.join(self.kafka, "pid"), encoding="utf-8") as f:
            self.broker_pid = int(f.read())

    def create_topics(self, prefix):
        # A broker that has just started may not tell at once what it has made.
        end = time.monotonic() + 60
        while time.monotonic() < end:
            done = subprocess.run(
                [self.o.fairlead, "topics", "create", "--brokers", self.brokers,
                 "--topic-prefix", prefix, "--partitions", str(self.partitions),
                 "--replication-factor", "1"], stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, check=False)
            if done.returncode == 0:
                return
            time.sleep(1)
        fail(f"the topics could not be made: {done.stderr}")

    def end(self):
        for process in self.alive:
            process.kill()
        script = os.path.join(self.o.root, "script", "kafka")
        if hasattr(self, "kafka"):
            subprocess.run([script, "stop", "--dir", self.kafka, "--remove"], check=False)

    # -- a backlog

    def backlog(self, contender, count):
        return publish(self.brokers, f"{contender.prefix}.leads", contender.day.some(count))

    def drain_raw(self, count):
        self.backlog(self.raw, count)
        return self.start_raw(count).drained(self.broker_pid)

    def drain_service(self, count, profile=None):
        drain = Drain(self.brokers, self.partitions, self.own.outputs)
        self.backlog(self.own, count)
        s = self.start_service()
        perf = start_perf(s.pid, profile) if profile else None
        out = drain.follow(s.pid, self.broker_pid, s.check)
        if perf:
            perf.send_signal(signal.SIGINT)
            perf.wait()
        s.stop()
        return out

    def drain_rival(self, count):
        """The process is there and warm: it stands still until the backlog does."""
        drain = Drain(self.brokers, self.partitions, self.rival.outputs)
        self.backlog(self.rival, count)
        r = self.rival_process
        r.resume()
        out = drain.follow(r.pid, self.broker_pid, r.check)
        r.pause()
        return out

    def throughput(self):
        o = self.o
        say(f"Kafka: warming up with {o.warm} leads each")
        self.drain_raw(min(o.warm, 30000))
        self.drain_service(o.warm)
        if self.rival:
            r = self.start_rival(COMMITS_MS[0])
            r.wait_ready()
            r.wait_roster(self.brokers, self.rival.prefix, self.partitions)
            r.pause()
            self.drain_rival(o.warm)
        rounds = []
        for n in range(o.rounds):
            # It is done so soon that it gets more to do.
            entry = {"raw_loop": self._timed(self.raw, self.drain_raw, 3 * o.leads)}
            last = n + 1 == o.rounds
            entry["service"] = self._timed(
                self.own, self.drain_service, o.leads, o.profile if last else None)
            if self.rival:
                entry["rival"] = self._timed(self.rival, self.drain_rival, o.leads)
            rounds.append(entry)
            say(f"Kafka: round {n + 1} of {o.rounds}: " + ", ".join(
                f"{name} {x['leads_per_s']:,.0f} leads/s" for name, x in entry.items()))
        out = {"backlog": o.leads, **self.own.summary(), "raw_loop": self.raw.summary(),
               "rounds": rounds}
        if self.rival:
            out["rival"] = self.rival.summary()
        return out

    def _timed(self, contender, drain, *words):
        watch = self.watch()
        out = drain(*words)
        contender.rounds.append(out)
        return out | {"machine": watch.result()}

    # -- a restart

    def after_restart(self, contender, process, empty_mb=None):
        """Ready, restored, at rest: `process` has just been started."""
        watch = self.watch()
        ready = process.wait_ready()
        restored = process.restored()
        n = contender.day.made
        time.sleep(2 if self.o.quick else 15)
        idle = machine.memory_mb(process.pid)
        last = contender.rounds[-1]
        memory = {"leads": n, "idle_mb": idle["rss_mb"], "restore_highest_mb":
                  idle["rss_highest_mb"], "loaded_mb": last["rss_mb"],
                  "loaded_highest_mb": last["rss_highest_mb"],
                  "after_mb": last["rss_after_mb"]}
        if empty_mb:
            memory |= {"rss_without_leads_mb": empty_mb, "bytes_per_idle_lead": round(
                (idle["rss_mb"] - empty_mb) * 1048576 / n)}
        return {"restore": restored | {"leads": n, "start_to_ready_s": ready,
                                       "leads_per_s": round(n / restored["seconds"]),
                                       "machine": watch.result()},
                "memory": memory}

    # -- latency

    def latency_of(self, contender, pid, rate, seconds):
        watch = self.watch()
        own_s, broker_s = machine.cpu_s(pid), machine.cpu_s(self.broker_pid)
        began = time.monotonic()
        out, count = latency.at_rate(self.brokers, self.partitions, contender, rate, seconds,
                                     self.o.warm_s)
        took = time.monotonic() - began
        out["cpu_us_per_lead"] = round((machine.cpu_s(pid) - own_s) * 1e6 / count, 1)
        out["broker_cores"] = round((machine.cpu_s(self.broker_pid) - broker_s) / took, 2)
        return out | {"machine": watch.result()}

    def rival_latency(self, rate, seconds):
        r = self.rival_process
        r.resume()
        # After its rest it has to find out what it missed.
        time.sleep(2)
        out = self.latency_of(self.rival, r.pid, rate, seconds)
        r.pause()
        return out

    def latencies(self, service, commit_ms=None, raw=None):
        """One after the other at each rate; `commit_ms` is the rival's."""
        result = []
        for rate, seconds in self.o.rates:
            say(f"Kafka: {rate} leads a second for {seconds} s each"
                + (f", the rival commits every {commit_ms} ms" if commit_ms else ""))
            x = {"leads_per_s": rate, "seconds": seconds,
                 "service": self.latency_of(self.own, service.pid, rate, seconds)}
            if raw:
                x["raw_loop"] = self.latency_of(self.raw, raw.pid, rate, seconds)
            if commit_ms:
                x |= {"commit_ms": commit_ms, "rival": self.rival_latency(rate, seconds)}
            result.append(x)
        return result

    def other_commit(self, service):
        """The rival once more, with another interval: also its restart."""
        self.rival_process.resume()
        self.rival_process.stop()
        say(f"Kafka: restart of the rival, commits every {COMMITS_MS[1]} ms")
        out = self.after_restart(self.rival, self.start_rival(COMMITS_MS[1]))
        self.rival_process.pause()
        say(f"Kafka: warming it up with {self.o.warm}")
        self.drain_rival(self.o.warm)
        out["latency"] = self.latencies(service, COMMITS_MS[1])
        self.rival_process.kill()
        return out

    def all(self):
        o = self.o
        if self.rival:
            self.classes = rival.build(o.root)
        say("Kafka: starting a broker")
        self.start_broker()
        seated = [c for c in (self.own, self.rival) if c]
        for c in (*seated, self.raw):
            self.create_topics(c.prefix)
        for c in seated:
            people = publish(self.brokers, f"{c.prefix}.roster", load.roster(c.day.teams))
            c.outputs = Outputs(self.brokers, c.prefix, self.partitions, c.day, c.knows_people)
        s = self.start_service()
        s.wait_ready()
        s.wait_count("fairlead_steps_total", people)
        time.sleep(0.5)
        empty_mb = machine.memory_mb(s.pid)["rss_mb"]
        s.stop()
        out = {"partitions": self.partitions, "teams": len(self.own.day.teams), "dist": o.dist,
               "throughput": self.throughput()}
        say("Kafka: restart with all of this state")
        s = self.start_service()
        out |= self.after_restart(self.own, s, empty_mb)
        out["memory"]["state_bytes_per_lead"] = round(
            s.metrics()[0]["fairlead_state_bytes"] / self.own.day.made)
        raw = self.start_raw()
        out["latency"] = self.latencies(s, COMMITS_MS[0] if self.rival else None, raw)
        raw.stop()
        if self.rival:
            out["rival"] = self.other_commit(s)
        s.stop()
        say("Kafka: checking all outputs from outside")
        out["checked"] = {c.prefix: c.outputs.check() for c in seated}
        out["calls"] = calls.measure(self)
        return out

    def only_calls(self):
        say("Kafka: starting a broker")
        self.start_broker()
        return {"partitions": self.partitions, "calls": calls.measure(self)}


def start_perf(pid, path):
    # cpu-clock also works in virtual machines.
    perf = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-g",
                             "-p", str(pid), "-o", path], stdout=subprocess.DEVNULL)
    time.sleep(0.2)
    if perf.poll() is not None:
        fail("perf record did not start: is perf installed and permitted?")
    return perf


def measure(o, folder):
    run = Run(o, folder)
    try:
        return run.only_calls() if o.mode == "calls" else run.all()
    finally:
        run.end()
