"""Events in, outputs out, with little to write."""

import json
import unittest

from rules import text
from rules.engine import Engine

T0 = "2026-03-02T15:00:00Z"  # a Monday
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def at(seconds):
    return text.write_time(text.read_time(T0) + int(seconds * 1000))


class History:
    def __init__(self, team="acme"):
        self.engine = Engine()
        self.team = team
        self.number = 0
        self.out = []

    def raw(self, line):
        self.number += 1
        got = self.engine.feed(line.encode(), self.number)
        self.out += got
        return got

    def send(self, seconds, type_, data, **more):
        event = {"specversion": "1.0", "id": f"e{self.number + 1}",
                 "source": "/t", "type": type_, "time": at(seconds),
                 "partitionkey": self.team, "data": data, **more}
        return self.raw(json.dumps(event))

    def clock(self, seconds):
        return self.raw(json.dumps({"clock": at(seconds)}))

    def team_doc(self, seconds=0, **doc):
        return self.send(seconds, "team.configured",
                         {"team_id": self.team, "account_owner": "olivia",
                          **doc})

    def agent(self, id_, seconds=0, **doc):
        """Each of the six has a number of their own."""
        six = "ana", "ben", "cem", "dan", "eva", "olivia"
        number = 120 + six.index(id_) if id_ in six \
            else 200 + sum(map(ord, id_))
        return self.send(seconds, "agent.configured", {
            "agent_id": id_, "phone": f"+1512555{number:04d}", **doc})

    def toggle(self, seconds, id_, **data):
        return self.send(seconds, "agent.availability_changed",
                         {"agent_id": id_, **data})

    def lead(self, seconds, id_, **data):
        return self.send(seconds, "lead.received", {"lead_id": id_, **data})

    def person(self, seconds, id_, phone=None, email=None, **data):
        contact = {k: v for k, v in (("phone", phone), ("email", email))
                   if v is not None}
        return self.lead(seconds, id_, contact=contact, **data)

    def transfer(self, seconds, call, lead, **data):
        return self.send(seconds, "transfer.requested",
                         {"call_id": call, "lead_id": lead, **data})

    def ring(self, seconds, what, call, attempt=1, index=0):
        """ring.WHAT of a leg, or call.bridge_failed."""
        type_ = what if "." in what else "ring." + what
        return self.send(seconds, type_, {
            "call_id": call, "leg_id": self.leg(call, attempt, index)})

    def hang_up(self, seconds, call):
        return self.send(seconds, "caller.hung_up", {"call_id": call})

    def ended(self, seconds, call):
        return self.send(seconds, "call.ended", {"call_id": call})

    def outcome(self, seconds, call, lead, tag, **data):
        return self.send(seconds, "call.outcome", {
            "call_id": call, "lead_id": lead, "outcome": tag, **data})

    def outreach(self, seconds, lead, id_):
        return self.send(seconds, "outreach.requested", {
            "lead_id": lead, "outreach_id": id_, "channel": "sms"})

    def leg(self, call, attempt, index):
        return text.derived_id(self.team, call, attempt, index)


def types(lines):
    return [x["event"]["type"] if "event" in x else x["reason"]
            for x in lines]


def data(lines, type_):
    return [x["event"]["data"] for x in lines
            if x.get("event", {}).get("type") == type_]


def one(lines, type_):
    (found,) = data(lines, type_)
    return found


def told(lines):
    """(kind, recipient) of each notification."""
    return [(d["kind"], d["recipient"]["agent_id"])
            for d in data(lines, "notification.requested")]


def owners(lines):
    """(lead, owner, reason) of each assignment."""
    return [(x["event"]["data"]["lead_id"], x["event"]["data"]["owner"],
             x["event"]["data"]["reason"]) for x in lines
            if x.get("event", {}).get("type") in ("lead.assigned",
                                                  "lead.reassigned")]


def rung(lines):
    """(step, [agent or number]) of each attempt."""
    return [(d["step"], [leg.get("agent_id") or leg.get("phone")
                         or leg["endpoint"] for leg in d["legs"]])
            for d in data(lines, "ring.requested")]


def excluded(decision):
    return {c["agent_id"]: c.get("excluded") for c in decision["candidates"]}


def pool(*members, **more):
    return {"id": "p", "members": [
        {"agent_id": m} if isinstance(m, str) else
        {"agent_id": m[0], "weight": m[1]} for m in members], **more}


RULE = {"id": "r", "assign": {"pool": "p"}}
POOL = {"pools": [pool(("ana", 2), "ben")], "routing_rules": [RULE]}


def office(*agents, **doc):
    """A team with one pool of these agents (ana twice as often as ben), and
    olivia, whose it is."""
    h = History()
    h.team_doc(**{**POOL, **({"pools": [pool(*agents)]} if agents else {}),
                  **doc})
    for id_ in (*(agents or ("ana", "ben")), "olivia"):
        h.agent(id_ if isinstance(id_, str) else id_[0])
    return h


class Case(unittest.TestCase):
    maxDiff = None
