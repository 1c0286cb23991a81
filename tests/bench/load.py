"""What is published: teams that fill every partition alike, and their leads."""

import json
import random
import re

# How readers find the lead of an output without parsing it.
LEAD_ID = re.compile(rb'"lead_id":"([^"]+)"')
POOL = 10


def murmur2(data):
    """As in Java's client."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    h = (0x9747B28C ^ len(data)) & mask
    whole = len(data) // 4 * 4
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i:i + 4], "little") * m & mask
        k ^= k >> 24
        h = (h * m & mask) ^ (k * m & mask)
    if rest := data[whole:]:
        h = (h ^ int.from_bytes(rest, "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15


def teams(partitions, each):
    """Names of teams, `each` on every partition, so that all end together."""
    room = dict.fromkeys(range(partitions), each)
    found, n = [], 0
    while len(found) < partitions * each:
        name = f"team-{n}"
        place = (murmur2(name.encode()) & 0x7FFFFFFF) % partitions
        if room[place]:
            room[place] -= 1
            found.append(name)
        n += 1
    return found


def event(kind, ident, team, data):
    return json.dumps({
        "specversion": "1.0", "id": f"{kind}-{ident}", "source": "/bench", "type": kind,
        "time": "2026-03-02T15:00:00Z", "partitionkey": team,
        "datacontenttype": "application/json", "data": data}, separators=(",", ":")).encode()


def roster(names):
    """(team, event): a pool of ten agents, all on duty, two rules."""
    for team in names:
        agents = [f"agent-{i}" for i in range(POOL)]
        for n, agent in enumerate(agents):
            yield team, event("agent.configured", f"{team}-{agent}", team, {
                "agent_id": agent, "name": f"Agent {n}", "email": f"{agent}@example.com",
                "phone": f"+1512555{n:04}"})
        yield team, event("team.configured", team, team, {
            "team_id": team, "account_owner": agents[0],
            "pools": [{"id": "all", "members": [
                {"agent_id": a, "weight": 1 + n % 3} for n, a in enumerate(agents)]}],
            "routing_rules": [
                {"id": "luxury", "when": {"min_price": 5000000}, "assign": {"agent": agents[0]}},
                {"id": "rest", "assign": {"pool": "all"}}]})


# About 515 bytes, as a CRM would send it; not made by json, for speed.
LEAD = ('{"specversion":"1.0","id":"%s","source":"/bench","type":"lead.received",'
        '"time":"2026-03-02T15:00:00Z","partitionkey":"%s",'
        '"datacontenttype":"application/json","data":{"lead_id":"%s","contact":'
        '{"name":"Kim Roe","phone":"+1%010d","email":"%s@example.com"},"source":"zillow",'
        '"lead_type":"buyer","tags":["hot","web","first-time"],"city":"Austin","zip":"78701",'
        '"state":"TX","price":525000,"timeframe":"1-3 months","opt_in":true}}')


class Leads:
    """Every lead is a new person: other phone, other mail."""

    def __init__(self, names):
        self._names = list(names)
        random.Random(1).shuffle(self._names)
        self._n = 0

    def some(self, tag, count):
        """(team, event) of the leads `tag`-0 and so on."""
        for i in range(count):
            lead = f"{tag}-{i}"
            team = self._names[self._n % len(self._names)]
            self._n += 1
            yield team, (LEAD % (lead, team, lead, 2_000_000_000 + self._n, lead)).encode()


def _quantile(ordered, q):
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def latency(due, late, seen, skip):
    """From the intended sending to the reader's eye; the first `skip` leads only
    warm the way up. Leads that were never seen are told, not forgotten."""
    took = sorted((seen[i] - due[i]) / 1e6 for i in range(skip, len(due)) if i in seen)
    missing = len(due) - skip - len(took)
    if not took:
        return {"leads": 0, "missing": missing}
    return {
        "leads": len(took), "missing": missing,
        "p50_ms": round(_quantile(took, 0.5), 2), "p90_ms": round(_quantile(took, 0.9), 2),
        "p99_ms": round(_quantile(took, 0.99), 2), "highest_ms": round(took[-1], 2),
        # Part of the above: how late the sender itself was, on a busy machine.
        "sender_late_p50_ms": round(_quantile(sorted(late[skip:]), 0.5) / 1e6, 2),
        "sender_late_p99_ms": round(_quantile(sorted(late[skip:]), 0.99) / 1e6, 2)}
