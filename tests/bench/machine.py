"""What processes cost, and who else used the cores meanwhile."""

import collections
import os
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")
CORES = len(os.sched_getaffinity(0))


def _stat(pid):
    """(name, parent, CPU seconds) of a process, or None if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            text = f.read()
    except OSError:
        return None
    # The name may contain anything, also spaces and brackets.
    name = text[text.index("(") + 1:text.rindex(")")]
    rest = text[text.rindex(")") + 2:].split()
    return name, int(rest[1]), (int(rest[11]) + int(rest[12])) / TICK


def cpu_s(pid):
    """CPU seconds of a live process, its ended threads included."""
    stat = _stat(pid)
    if stat is None:
        raise ProcessLookupError(f"process {pid} is gone")
    return stat[2]


def memory_mb(pid):
    """Resident memory now and at its highest."""
    found = {}
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        for line in f:
            if line.startswith(("VmRSS:", "VmHWM:")):
                found[line[:5]] = round(int(line.split()[1]) / 1024, 1)
    return {"rss_mb": found["VmRSS"], "rss_highest_mb": found["VmHWM"]}


def _busy_s():
    """CPU seconds that all cores have worked since the boot, and those that
    another guest of the machine took from them."""
    with open("/proc/stat", encoding="utf-8") as f:
        n = [int(x) for x in f.readline().split()[1:]]
    return (n[0] + n[1] + n[2] + n[5] + n[6]) / TICK, n[7] / TICK


class Watch:
    """Looks every second at all processes, so that short-lived ones count."""

    def __init__(self):
        self._ours = set()
        self._lock = threading.Lock()
        self._last, self._used, self._mine = {}, collections.Counter(), 0.0
        self._began = time.monotonic()
        self._load = os.getloadavg()[0]
        self._busy, self._stolen = _busy_s()
        self._look(first=True)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def add(self, pid):
        """This one is ours, too, although we are not its parent."""
        with self._lock:
            self._ours.add(pid)

    def _run(self):
        while not self._done.wait(1):
            self._look()

    def _look(self, first=False):
        with self._lock:
            now = {}
            for entry in os.listdir("/proc"):
                if entry.isdigit() and (stat := _stat(entry)):
                    now[int(entry)] = stat
            mine = self._ours | {os.getpid()}
            while more := {p for p, s in now.items() if s[1] in mine} - mine:
                mine |= more
            for pid, (name, _, cpu) in now.items():
                used = max(0.0, cpu - self._last.get(pid, cpu if first else 0.0))
                if pid in mine:
                    self._mine += used
                else:
                    self._used[name] += used
            self._last = {pid: s[2] for pid, s in now.items()}

    def result(self):
        """In cores: 1.0 is one core all the time."""
        self._done.set()
        self._thread.join()
        self._look()
        seconds = time.monotonic() - self._began
        busy, stolen = _busy_s()
        busy, stolen = busy - self._busy, stolen - self._stolen
        return {
            "seconds": round(seconds, 1),
            "cores": CORES,
            "load_1m": [round(self._load, 2), round(os.getloadavg()[0], 2)],
            "busy_cores": round(busy / seconds, 2),
            "our_cores": round(self._mine / seconds, 2),
            "other_cores": round(max(0.0, busy - self._mine) / seconds, 2),
            "stolen_cores": round(stolen / seconds, 2),
            "others": [{"name": n, "cores": round(c / seconds, 2)}
                       for n, c in self._used.most_common(6) if c / seconds >= 0.01],
        }


def sync_ms(folder, times=30):
    """What it costs to make 4 KB durable in a folder: the floor of a commit."""
    path = os.path.join(folder, "sync-probe")
    took = []
    with open(path, "wb", buffering=0) as f:
        for _ in range(times):
            began = time.monotonic()
            f.write(b"x" * 4096)
            os.fdatasync(f.fileno())
            took.append((time.monotonic() - began) * 1000)
    os.unlink(path)
    return round(sorted(took)[times // 2], 3)
