"""The one table: ratios first, then what they are made of."""

DASH = "–"


class Row:
    """`better`: the ratio that is better, "higher" or "lower"."""

    def __init__(self, name, better, service, rival=None, raw=None, watched=()):
        self.name, self.better = name, better
        self.service, self.rival, self.raw = service, rival, raw
        # The machine as it was while each of the programs ran.
        self.others = [w["other_cores"] for w in watched if w]

    @staticmethod
    def _number(x):
        if x is None:
            return DASH
        return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:,.1f}" if abs(x) >= 10 else f"{x:,.2f}"

    def _ratio(self, other):
        if other is None or self.service is None or not other:
            return DASH
        return f"{self.service / other:.2f}"

    def cells(self):
        others = DASH
        if self.others:
            low, high = min(self.others), max(self.others)
            others = f"{low:.2f}" if low == high else f"{low:.2f} to {high:.2f}"
        return [f"{self.name}; {self.better} is better", self._ratio(self.rival),
                self._ratio(self.raw), self._number(self.service), self._number(self.rival),
                self._number(self.raw), others]


def _machines(entries):
    return [e["machine"] for e in entries if e]


def _throughput(kafka):
    t = kafka["throughput"]
    raw, other = t["raw_loop"], t.get("rival", {})
    watched = [m for r in t["rounds"] for m in _machines(r.values())]
    for name, better, key in (
            ("leads/s from a backlog", "higher", "leads_per_s"),
            ("own CPU a lead, µs", "lower", "cpu_us_per_lead"),
            ("the broker's CPU a lead, µs", "lower", "broker_cpu_us_per_lead")):
        yield Row(name, better, t[key], other.get(key), raw[key], watched)


def _latency(x):
    rival = x.get("rival", {})
    name = f"ms at {x['leads_per_s']:,}/s"
    if rival:
        name += f", the rival commits every {x['commit_ms']} ms"
    measured = {"Fairlead": x["service"], "the raw loop": x.get("raw_loop"), "the rival": rival}
    watched = _machines(measured.values())
    for who, out in measured.items():
        if out and out["missing"]:
            name += f", {out['missing']} of {who} were NEVER SEEN"
    for q in ("p50", "p99"):
        yield Row(f"{q} {name}", "lower", x["service"].get(f"{q}_ms"), rival.get(f"{q}_ms"),
                  x.get("raw_loop", {}).get(f"{q}_ms"), watched)


def _state(kafka):
    other = kafka.get("rival", {})
    m, o = kafka["memory"], other.get("memory", {})
    watched = _machines([kafka["restore"], other.get("restore")])
    for name, key in (("idle after a restart", "idle_mb"), ("at the end of a backlog", "loaded_mb"),
                      ("5 s after it", "after_mb"),
                      ("at its highest in a backlog", "loaded_highest_mb")):
        leads = f"{m['leads']:,} leads" + (f" (the rival {o['leads']:,})" if o else "")
        yield Row(f"MB {name}, {leads}", "lower", m[key], o.get(key), watched=watched)
    r, o = kafka["restore"], other.get("restore", {})
    yield Row("restored leads/s", "higher", r["leads_per_s"], o.get("leads_per_s"),
              watched=watched)
    yield Row("start to ready, s", "lower", r["start_to_ready_s"], o.get("start_to_ready_s"),
              watched=watched)


def _calls(out):
    for key, name in (("decline_to_next_ring", "idle: a decline to the next ring, p50 ms"),
                      ("timer_lateness", "a ring timer is late by, p50 ms")):
        yield Row(name, "lower", out[key].get("p50_ms"), watched=_machines([out[key]]))
    for x in out["at_rate"]:
        for hop, name in (("transfer_to_ring", "transfer.requested to ring.requested"),
                          ("decline_to_next_ring", "ring.declined to the next ring.requested"),
                          ("answer_to_connected", "ring.answered to transfer.connected"),
                          ("end_to_missed_and_task",
                           "call.ended to transfer.missed and task.created")):
            yield Row(f"{x['calls_per_s']} calls/s: {name}, p50 ms", "lower",
                      x[hop].get("p50_ms"), watched=_machines([x]))
            yield Row("the same, p99 ms", "lower", x[hop].get("p99_ms"),
                      watched=_machines([x]))
    t = out["throughput"]
    yield Row("whole calls/s from a backlog", "higher", t["calls_per_s"],
              watched=_machines([t]))
    yield Row("own CPU a call, µs", "lower", t["cpu_us_per_call"], watched=_machines([t]))


def _embedded(out):
    t = out["throughput"]
    watched = _machines(t["rounds"])
    yield Row("embedded: leads/s", "higher", t["leads_per_s"], watched=watched)
    yield Row("embedded: own CPU a lead, µs", "lower", t["cpu_us_per_lead"], watched=watched)
    for x in out["latency"]:
        yield Row(f"embedded: p50 ms at {x['leads_per_s']:,}/s", "lower",
                  x["service"].get("p50_ms"), watched=_machines([x]))


def _core(out):
    for name, x in out.items():
        if name != "machine":
            yield Row(f"core alone: {name}/s", "higher", x["per_s"],
                      watched=_machines([out]))


def rows(result):
    kafka = result.get("kafka", {})
    if "throughput" in kafka:
        yield from _throughput(kafka)
        for x in (*kafka["latency"], *kafka.get("rival", {}).get("latency", ())):
            yield from _latency(x)
        yield from _state(kafka)
    if "calls" in kafka:
        yield from _calls(kafka["calls"])
    if "embedded" in result:
        yield from _embedded(result["embedded"])
    if "core" in result:
        yield from _core(result["core"])


def _conditions(result):
    kafka = result.get("kafka", result.get("embedded", {}))
    about = [f"{result['cores']} cores ({result['processor']})",
             f"load {result['load_at_start'][0]} at the start"]
    if "dist" in kafka:
        about.append(f"{kafka['teams']:,} teams, {kafka['dist']}")
    if "partitions" in kafka:
        about.append(f"{kafka['partitions']} partitions")
    if "throughput" in kafka:
        about.append(f"{len(kafka['throughput']['rounds'])} rounds of "
                     f"{kafka['throughput']['backlog']:,} leads, medians")
    return "; ".join(about)


def text(result):
    """Markdown: for people, and for docs/performance.md."""
    head = ["", "Fairlead / rival", "Fairlead / raw loop", "Fairlead", "rival", "raw loop",
            "other_cores"]
    lines = [_conditions(result), "", f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(row.cells())} |" for row in rows(result)]
    return "\n".join(lines) + "\n"
