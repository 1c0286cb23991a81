"""The Kafka Streams application of the folder `rival`: built, started, stopped."""

import os
import re
import signal
import subprocess
import time

import machine
from clients import Ends
from confluent_kafka import Consumer, TopicPartition
from service import fail, say

LEADS_TO_WARM_UP = 600000
HEAP_MB = 2048


def _newest(folder):
    return max(os.path.getmtime(os.path.join(where, f))
               for where, _, files in os.walk(folder) for f in files)


def build(root):
    """Returns the class path."""
    source = os.path.join(root, "tests", "bench", "rival")
    made = os.path.join(root, "build", "rival")
    jar = os.path.join(made, "rival-1.jar")
    if not os.path.exists(jar) or os.path.getmtime(jar) < _newest(source):
        say("building the rival")
        command = ["mvn", "-q", "-B", "-f", os.path.join(source, "pom.xml"), f"-Dout={made}",
                   "package"]
        # Without the net, when all of it was fetched before.
        for words in ([*command, "-o"], command):
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, check=False)
            if done.returncode == 0:
                break
        else:
            fail(f"the rival could not be built:\n{done.stdout[-2000:]}")
    return f"{jar}:{made}/libs/*"


class Rival:
    """One Java process, paused while others are measured."""

    def __init__(self, classes, folder, name, brokers, prefix, commit_ms, settings):
        self._log_path = os.path.join(folder, f"rival-{name}.log")
        archive = os.path.join(folder, "rival.jsa")
        # The first process leaves an archive of its classes: the next starts faster.
        share = "SharedArchiveFile" if os.path.exists(archive) else "ArchiveClassesAtExit"
        command = [
            "java", f"-Xms{HEAP_MB}m", f"-Xmx{HEAP_MB}m", f"-Xmn{HEAP_MB * 6 // 10}m",
            "-XX:+UseParallelGC", f"-XX:ParallelGCThreads={machine.CORES}",
            f"-XX:{share}={archive}", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            # It says each time that a broker asks it to try again.
            "-Dorg.slf4j.simpleLogger.log.org.apache.kafka.clients.producer.internals=error",
            "-cp", classes, "rival.Main", f"brokers={brokers}", f"prefix={prefix}",
            f"state.dir={os.path.join(folder, 'rival-state')}",
            f"num.stream.threads={machine.CORES}", f"commit.interval.ms={commit_ms}", *settings]
        self._began = time.monotonic()
        with open(self._log_path, "w", encoding="utf-8") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out,
                                            stdin=subprocess.DEVNULL)
        self.pid = self.process.pid

    def log(self):
        with open(self._log_path, encoding="utf-8") as f:
            return f.read()

    def check(self):
        if self.process.poll() is not None:
            fail(f"the rival ended with {self.process.returncode}:\n{self.log()[-3000:]}")

    def wait_ready(self, limit_s=180):
        """Returns the seconds since the start of the process."""
        end = time.monotonic() + limit_s
        while "rival: running" not in self.log():
            self.check()
            if time.monotonic() > end:
                fail(f"the rival was not ready within {limit_s} s:\n{self.log()[-3000:]}")
            time.sleep(0.01)
        return round(time.monotonic() - self._began, 3)

    def wait_roster(self, brokers, prefix, partitions, limit_s=300):
        """Streams takes up a lead although its team's document is still unread."""
        topic = f"{prefix}.roster"
        places = [TopicPartition(topic, p) for p in range(partitions)]
        ends = Ends.of(brokers, topic, partitions).now()
        group = Consumer({"bootstrap.servers": brokers, "group.id": f"{prefix}.app"})
        end = time.monotonic() + limit_s
        while any(p.offset < ends[topic, p.partition] and ends[topic, p.partition] > 0
                  for p in group.committed(places, timeout=30)):
            self.check()
            if time.monotonic() > end:
                fail(f"the rival did not read the roster within {limit_s} s")
            time.sleep(0.2)
        group.close()

    def restored(self):
        found = re.findall(r"rival: restored (\d+) in (\d+) ms", self.log())
        if not found:
            fail(f"the rival's log tells no restore:\n{self.log()[-2000:]}")
        records, ms = map(int, found[-1])
        return {"records": records, "seconds": max(ms, 1) / 1000}

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
