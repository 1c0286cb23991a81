"""A network between instances and brokers, as bad as one likes.

One port stands for each broker; the broker tells its clients that port (the
option --listener of script/kafka). Every request carries the name of its client
(client.id), so each instance has a weather of its own: slow, silent, torn. The
proxy sees which request ends a transaction, and can kill the instance just
then, or keep the request longer than the transaction may last.

It is a process of its own: what it costs must not slow down those who measure.
"""

import asyncio
import collections
import multiprocessing
import os
import random
import signal
import socket
import struct
import threading
import time

END_TXN = 26


class Weather:
    """Of one client's connections."""

    def __init__(self):
        self.delay = 0.0         # s, of each piece in both directions
        self.torn = 0.0          # how likely a piece is the connection's last
        self.silent_until = 0.0  # nothing passes before
        self.hold_until = 0.0    # no end of a transaction passes before
        self.victim = None       # the pid that its next end of a transaction kills,
        self.when = None         # "before" the broker gets it, or "after"


class Network:
    def __init__(self, pipe, chance):
        self.pipe, self.chance = pipe, chance
        self.weather = collections.defaultdict(Weather)

    async def pass_on(self, weather):
        """Waits as the weather is; False: the connection is torn."""
        while (wait := weather.silent_until - time.monotonic()) > 0:
            await asyncio.sleep(min(wait, 0.1))
        if weather.delay:
            await asyncio.sleep(weather.delay * self.chance.uniform(0.3, 1.7))
        return self.chance.random() >= weather.torn

    async def requests(self, reader, out, found):
        """One at a time, because each may be the last."""
        while True:
            size = await reader.readexactly(4)
            body = await reader.readexactly(struct.unpack(">i", size)[0])
            key, _, _, length = struct.unpack_from(">hhih", body)
            name = body[10:10 + max(length, 0)].decode()
            weather = found[0] = self.weather[name]
            if not await self.pass_on(weather):
                return
            if key == END_TXN:
                while (wait := weather.hold_until - time.monotonic()) > 0:
                    await asyncio.sleep(min(wait, 0.1))
                victim, weather.victim = weather.victim, None
                if victim is not None and weather.when == "before":
                    self.kill(victim)
                    return
                out.write(size + body)
                await out.drain()
                if victim is not None:
                    self.kill(victim)
                    return
            else:
                out.write(size + body)
                await out.drain()

    def kill(self, pid):
        try:
            os.kill(pid, signal.SIGKILL)
            self.pipe.send(("killed", pid))
        except ProcessLookupError:
            self.pipe.send(("gone", pid))

    async def answers(self, reader, out, found):
        while data := await reader.read(262144):
            if not await self.pass_on(found[0]):
                return
            out.write(data)
            await out.drain()

    def door(self, port):
        """To the broker that listens on that port."""
        async def serve(reader, writer):
            broker, ways = None, []
            try:
                from_broker, broker = await asyncio.open_connection("127.0.0.1", port)
                found = [Weather()]
                ways = [asyncio.ensure_future(self.requests(reader, broker, found)),
                        asyncio.ensure_future(self.answers(from_broker, writer, found))]
                _, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in rest:
                    way.cancel()
                # Their ends are no news: a client or a broker is gone.
                await asyncio.gather(*ways, return_exceptions=True)
            except (OSError, asyncio.CancelledError):
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
            finally:
                for end in (writer, broker):
                    if end is not None:
                        end.transport.abort()
        return serve

    async def run(self, doors):
        servers = [await asyncio.start_server(self.door(to), "127.0.0.1", port)
                   for port, to in doors]
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()

        def orders():
            while self.pipe.poll():
                try:
                    name, what = self.pipe.recv()
                except EOFError:
                    name = None
                if name is None:
                    loop.remove_reader(self.pipe.fileno())
                    ended.set()
                    return
                for key, value in what.items():
                    setattr(self.weather[name], key, value)

        loop.add_reader(self.pipe.fileno(), orders)
        self.pipe.send(("ready", None))
        await ended.wait()
        for s in servers:
            s.close()


def run(pipe, doors, seed):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(Network(pipe, random.Random(seed)).run(doors))


class Proxy:
    """`doors`: (port, the broker's port) of each."""

    def __init__(self, doors, seed):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=run, args=(other, doors, seed),
                                               daemon=True)
        self.process.start()
        other.close()
        self.lock = threading.Lock()
        if self.pipe.recv()[0] != "ready":
            raise RuntimeError("the proxy did not come up")

    def set(self, name, **what):
        """Of the client: see Weather. Times are those of time.monotonic()."""
        with self.lock:
            self.pipe.send((name, what))

    def calm(self, name):
        self.set(name, delay=0.0, torn=0.0, silent_until=0.0, hold_until=0.0, victim=None)

    def kill_in_commit(self, name, pid, when, limit=10):
        """True if the client was killed by the end of a transaction."""
        self.set(name, victim=pid, when=when)
        if self.pipe.poll(limit):
            return self.pipe.recv()[0] == "killed"
        self.set(name, victim=None)
        # It may just have been.
        return self.pipe.poll(0.5) and self.pipe.recv()[0] == "killed"

    def end(self):
        self.pipe.send((None, {}))
        self.process.join(10)


def free_ports(n):
    """Ports in a row that nobody has."""
    for _ in range(100):
        held = []
        try:
            s = socket.socket()
            s.bind(("127.0.0.1", 0))
            first = s.getsockname()[1]
            held.append(s)
            for i in range(1, n):
                s = socket.socket()
                held.append(s)
                s.bind(("127.0.0.1", first + i))
            return first
        except (OSError, OverflowError):
            continue
        finally:
            for s in held:
                s.close()
    raise RuntimeError("no free ports in a row")
