"""What is published: a day of many teams, typed as people type.

Everything about lead n is a function of n, so that who checks the outputs knows
what must be in them, and no two programs get other leads than each other.
"""

import json
import random
import re

TEAMS = 1000
AGENTS = 10
MEMBERS = 6
WEIGHTS = (1, 1, 2, 1, 3, 1)
# The pools overlap: the first six agents, the last six.
POOLS = {"buyers": range(MEMBERS), "sellers": range(AGENTS - MEMBERS, AGENTS)}

# How readers find the lead of an output without parsing it.
SUBJECT = re.compile(rb'"subject":"l-(\d+)"')

SOURCES = ("zillow", "realtor.com", "webform", "facebook")
TYPES = ("buyer", "buyer", "seller", "both")
AREAS = (512, 737, 212, 646, 310, 415, 303, 206, 702, 305)
PHONES = ("+1 %d %d %04d", "(%d) %d-%04d", "%d-%d-%04d", "+1%d%d%04d")
# So many tens of leads lie between a person and that person's return.
RETURN_AFTER = 2000


def event(kind, ident, team, data):
    return json.dumps({
        "specversion": "1.0", "id": f"{kind}-{ident}", "source": "/bench", "type": kind,
        "time": "2026-03-02T15:00:00Z", "partitionkey": team,
        "datacontenttype": "application/json", "data": data}, separators=(",", ":")).encode()


def agent_id(n):
    return f"a{n:02}"


def roster(names):
    """(team, event): ten agents, all on duty, two pools, three rules."""
    pools = [{"id": name, "members": [
        {"agent_id": agent_id(a), "weight": WEIGHTS[i]} for i, a in enumerate(agents)]}
        for name, agents in POOLS.items()]
    rules = [
        {"id": "portal-buyers", "assign": {"pool": "buyers"}, "when": {
            "sources": ["zillow", "realtor.com"], "lead_types": ["buyer"],
            "min_price": 250000, "max_price": 900000}},
        {"id": "sellers", "assign": {"pool": "sellers"},
         "when": {"lead_types": ["seller", "both"]}},
        {"id": "rest", "assign": {"pool": "buyers"}}]
    for team in names:
        for n in range(AGENTS):
            yield team, event("agent.configured", f"{team}-{n}", team, {
                "agent_id": agent_id(n), "version": 1, "name": f"Agent {n} of {team}",
                "email": f"{agent_id(n)}@{team}.example", "phone": f"+1737555{n:04}"})
        yield team, event("team.configured", team, team, {
            "team_id": team, "version": 1, "time_zone": "America/Chicago",
            "account_owner": agent_id(0), "pools": pools, "routing_rules": rules})


def person(n):
    """A tenth comes back: the first lead of the person who lead n is. Nobody
    comes back twice, so that each return is told to the owner (R40)."""
    if n % 10 != 9:
        return n
    ten = n // 10
    return 10 * (ten - RETURN_AFTER if ten >= RETURN_AFTER else ten) + ten % 9


def _mix(n):
    return n * 2654435761 & 0xFFFFFFFF


def pool(n):
    """What the rules say of lead n; who comes back gets the owner there was."""
    h = _mix(n)
    kind, price = TYPES[h >> 28 & 3], 100000 + (h >> 4) % 900000
    if kind == "buyer":
        return "buyers"
    # A lead of type both is compared as a buyer, too (R4).
    portal = kind == "both" and h >> 30 < 2 and 250000 <= price <= 900000
    return "buyers" if portal else "sellers"


def outputs(n, knows_people):
    """A returning person has a stage already; the rival takes nobody for one."""
    return 3 if knows_people and n % 10 == 9 else 4


def phone(n, form):
    return PHONES[form] % (AREAS[n // 8000000 % 10], 200 + n // 10000 % 800, n % 10000)


# About 560 bytes, as a CRM would send it; not made by json, for speed.
LEAD = ('{"specversion":"1.0","id":"ev-%010d","source":"/forms/web","type":"lead.received",'
        '"subject":"l-%010d","time":"2026-03-02T15:00:00Z","partitionkey":"%s",'
        '"datacontenttype":"application/json","data":{"lead_id":"l-%010d","contact":{'
        '"name":"Kim Roe %d","phone":"%s","email":"kim.roe.%d@example.com"},"source":"%s",'
        '"lead_type":"%s","tags":["web","first-time"],"city":"Austin","zip":"78701",'
        '"state":"TX","price":%d,"timeframe":"1-3 months"%s}}')


class Day:
    """The leads of a day in their order; each is made once."""

    def __init__(self, dist, teams=TEAMS):
        self.teams = [f"team-{n:04}" for n in range(teams)]
        weights = [1 / (i + 1) if dist == "zipf" else 1 for i in range(teams)]
        # A prime: the draws do not keep step with the tens.
        self._drawn = random.Random(1).choices(self.teams, weights, k=99991)
        self.made = 0

    def team(self, n):
        return self._drawn[person(n) % len(self._drawn)]

    def some(self, count):
        """(team, event) of the next leads."""
        for n in range(self.made, self.made + count):
            h, who = _mix(n), person(n)
            team = self._drawn[who % len(self._drawn)]
            mail = who
            if n % 20 == 9:    # the phone of that time, another e-mail
                mail = n
            elif n % 20 == 19:
                who = n
            yield team, (LEAD % (
                n, n, team, n, who, phone(who, h >> 10 & 3), mail, SOURCES[h >> 30],
                TYPES[h >> 28 & 3], 100000 + (h >> 4) % 900000,
                ',"opt_in":true' if n >> 1 & 1 else "")).encode()
        self.made += count
