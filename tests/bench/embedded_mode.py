"""The service on its own log: events in by HTTP, results out by a stream."""

import http.client
import multiprocessing
import os
import queue
import socket
import statistics
import threading
import time

import latency
import load
import machine
from service import Service, fail, say

POSTERS = 8
BATCH = 250


class Client:
    """HTTP by hand: one send and as few reads as possible per event."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, body, media):
        """The status, and what `Retry-After` says."""
        self._socket.sendall(
            b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (media, len(body), body))
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, rest = got.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
        missing = int(fields.get(b"content-length", 0)) - len(rest)
        while missing > 0:
            missing -= len(self._more())
        return int(head.split()[1]), int(fields.get(b"retry-after", 1))

    def _more(self):
        more = self._socket.recv(65536)
        if not more:
            fail("the service closed a connection of a client that spoke")
        return more

    def close(self):
        self._socket.close()


def post_until_taken(client, body, media):
    """A full queue (429) is a measured wait, everything else a failure."""
    refused = 0
    while True:
        status, after = client.post(body, media)
        if status == 202:
            return refused
        if status != 429:
            fail(f"an event was answered with {status}")
        refused += 1
        time.sleep(min(after, 1))


def post_all(port, records):
    """Batches over some connections, as a busy importer would. Returns how often
    the service asked to come back later."""
    batches = queue.SimpleQueue()
    for i in range(0, len(records), BATCH):
        batches.put(b"[" + b",".join(v for _, v in records[i:i + BATCH]) + b"]")
    refused, faults = [], []

    def work():
        client = Client(port)
        try:
            while True:
                body = batches.get_nowait()
                refused.append(post_until_taken(
                    client, body, b"application/cloudevents-batch+json"))
        except queue.Empty:
            pass
        except (SystemExit, OSError) as e:
            faults.append(str(e))
        finally:
            client.close()

    threads = [threading.Thread(target=work) for _ in range(POSTERS)]
    for t in threads:
        t.start()
    return threads, refused, faults


def read_stream(port, first, count, pipe):
    """A process: when did the stream show the first output of each lead?"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/v1/stream?topics=assignments")
    answer = connection.getresponse()
    if answer.status != 200:
        fail(f"the stream answered with {answer.status}")
    pipe.send("ready")
    seen, rest = {}, b""
    end = None
    while len(seen) < count and (end is None or time.monotonic() < end):
        try:
            got = answer.read1(65536)
        except TimeoutError:
            break
        now = time.monotonic_ns()
        if not got:
            break
        if end is None and pipe.poll():
            pipe.recv()
            end = time.monotonic() + 20
        *whole, rest = (rest + got).split(b"\n")
        for line in whole:
            lead = load.SUBJECT.search(line)
            if lead and int(lead[1]) >= first:
                seen.setdefault(int(lead[1]) - first, now)
    pipe.send(seen)


def send_at_rate(port, records, rate, pipe):
    """A process: an open loop. One thread keeps the time, others post; when all
    of them wait for an answer, leads are late, and that counts."""
    work, faults = queue.SimpleQueue(), []

    def poster():
        client = Client(port)
        while (body := work.get()) is not None:
            try:
                post_until_taken(client, body, b"application/cloudevents+json")
            except (SystemExit, OSError) as e:
                faults.append(str(e))
                break
        client.close()

    threads = [threading.Thread(target=poster, daemon=True)
               for _ in range(2 if rate < 100 else 16)]
    for t in threads:
        t.start()
    step = 1_000_000_000 / rate
    began = time.monotonic_ns() + 200_000_000
    due, late = [], []
    for i, (_, value) in enumerate(records):
        at = began + int(i * step)
        while (left := at - time.monotonic_ns()) > 0:
            time.sleep(left / 1e9)
        late.append(time.monotonic_ns() - at)
        due.append(at)
        work.put(value)
    for _ in threads:
        work.put(None)
    for t in threads:
        t.join(60)
    pipe.send((due, late, faults))


def latency_at(port, day, rate, seconds, warm_s):
    spawn = multiprocessing.get_context("spawn")
    skip = max(3, int(warm_s * rate))
    count = skip + int(rate * seconds)
    first = day.made
    records = list(day.some(count))
    here, there = spawn.Pipe()
    reader = spawn.Process(target=read_stream, daemon=True, args=(port, first, count, there))
    reader.start()
    try:
        if not here.poll(60) or here.recv() != "ready":
            fail("the reader of the latency run did not start")
        sent, sending = spawn.Pipe()
        sender = spawn.Process(target=send_at_rate, daemon=True,
                               args=(port, records, rate, sending))
        sender.start()
        if not sent.poll(seconds + 120):
            fail("the sender of the latency run did not end")
        due, late, faults = sent.recv()
        sender.join()
        if faults:
            fail(f"a lead of the latency run was not taken: {faults[0]}")
        here.send("sent")
        if not here.poll(60):
            fail("the reader of the latency run did not end")
        return latency.summary(due, late, here.recv(), skip), count
    finally:
        reader.kill()


def throughput(o, s, day):
    """Publishing and deciding share the time: the log has no backlog before
    somebody posts."""
    rounds = []
    for n in range(o.rounds):
        watch = machine.Watch()
        records = list(day.some(o.leads))
        already = s.assigned()
        began = time.monotonic()
        threads, refused, faults = post_all(s.port, records)
        out = s.drain(o.leads, already=already)
        for t in threads:
            t.join(60)
        if faults:
            fail(f"a batch was not taken: {faults[0]}")
        out["post_to_last_owner_s"] = round(time.monotonic() - began, 2)
        rounds.append(out | {"asked_to_come_back": sum(refused), "machine": watch.result()})
        say(f"embedded: round {n + 1} of {o.rounds}: {out['leads_per_s']:,.0f} leads/s")
    return {
        "backlog": o.leads, "batch": BATCH, "connections": POSTERS,
        "leads_per_s": round(statistics.median(r["leads_per_s"] for r in rounds)),
        "cpu_us_per_lead": statistics.median(r["cpu_us_per_lead"] for r in rounds),
        "rounds": rounds}


def file_bytes(folder):
    return sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder))


def measure(o, folder):
    data = os.path.join(folder, "embedded")
    started = []

    def start():
        log = os.path.join(folder, f"embedded-{len(started) + 1}.log")
        started.append(Service([o.fairlead, "run", "--embedded", data, *o.settings], log))
        return started[-1]

    try:
        say("embedded: starting")
        s = start()
        s.wait_ready()
        day = load.Day(o.dist)
        people = list(load.roster(day.teams))
        threads, _, faults = post_all(s.port, people)
        for t in threads:
            t.join(60)
        if faults:
            fail(f"the roster was not taken: {faults[0]}")
        s.wait_count("fairlead_steps_total", len(people))
        empty_mb = machine.memory_mb(s.pid)["rss_mb"]
        empty_bytes = file_bytes(data)
        out = {"sync_4k_p50_ms": machine.sync_ms(data), "teams": len(day.teams), "dist": o.dist,
               "throughput": throughput(o, s, day)}
        published = o.rounds * o.leads
        s.stop()
        grown = file_bytes(data) - empty_bytes
        out["file_bytes_per_lead"] = round(grown / published)
        say("embedded: restart with all of this state")
        s = start()
        ready = s.wait_ready()
        restored = s.restored()
        time.sleep(1)
        rss = machine.memory_mb(s.pid)
        state = s.metrics()[0]["fairlead_state_bytes"]
        out["restore"] = restored | {"leads": published, "start_to_ready_s": ready,
                                     "leads_per_s": round(published / restored["seconds"])}
        out["memory"] = rss | {
            "leads": published, "rss_without_leads_mb": empty_mb,
            "bytes_per_idle_lead": round((rss["rss_mb"] - empty_mb) * 1048576 / published),
            "state_bytes_per_lead": round(state / published)}
        out["latency"] = []
        for rate, seconds in o.rates:
            say(f"embedded: {rate} leads a second for {seconds} s")
            watch = machine.Watch()
            cpu = machine.cpu_s(s.pid)
            own, count = latency_at(s.port, day, rate, seconds, o.warm_s)
            own["cpu_us_per_lead"] = round((machine.cpu_s(s.pid) - cpu) * 1e6 / count, 1)
            out["latency"].append({"leads_per_s": rate, "seconds": seconds, "service": own,
                                   "machine": watch.result()})
        s.stop()
        return out
    finally:
        for s in started:
            s.kill()
