"""The team and agent documents: defaults, and every fault by JSON pointer."""

import math
from datetime import date

from . import text, zones
from .reading import PATTERNS

TAGS = ("successful_transfer", "missed_transfer", "needs_follow_up",
        "contact_later", "opt_out", "not_interested", "unqualified",
        "bad_number")

# R39: the defaults of the outcomes that have some.
DEFAULT_ACTIONS = {
    "successful_transfer": [
        {"do": "cancel_cadence"},
        {"do": "notify", "to": ["owner", "account_owner"]}],
    "missed_transfer": [
        {"do": "create_task", "kind": "call_back"},
        {"do": "notify", "to": ["owner"]}],
    "opt_out": [{"do": "cancel_cadence"}],
    "not_interested": [{"do": "cancel_cadence"}],
    "bad_number": [{"do": "cancel_cadence"}],
    "needs_follow_up": [
        {"do": "pause_cadence"},
        {"do": "create_task", "kind": "follow_up"},
        {"do": "notify", "to": ["owner"]}],
    "contact_later": [{"do": "pause_cadence"}],
}

CONDITIONS = ("sources", "lead_types", "tags", "cities", "zips", "states",
              "timeframes")
RULES_MAX = 500
U_MAX = 10**9


class Reader:
    """Reads fields of one object and collects the faults."""

    def __init__(self, value, pointer, faults):
        self.faults = faults
        self.pointer = pointer
        if not isinstance(value, dict):
            self.fault("", "is not an object")
            value = {}
        self.value = value

    def fault(self, name, what):
        self.faults.append(f"{self.pointer}{'/' + name if name else ''} {what}")

    def get(self, name, good, default=None, required=False):
        value = self.value.get(name)
        if value is None:
            if required:
                self.fault(name, "is missing")
            return default
        if not good(value):
            self.fault(name, "is not valid")
            return default
        return value

    def inner(self, name):
        value = self.value.get(name)
        return Reader({} if value is None else value,
                      f"{self.pointer}/{name}", self.faults)

    def items(self, name):
        value = self.value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(name, "is not a list")
            return []
        return [Reader(v, f"{self.pointer}/{name}/{i}", self.faults)
                for i, v in enumerate(value)]


def is_text(value):
    return isinstance(value, str)


def is_id(value):
    return isinstance(value, str) and text.is_id(value)


def is_bool(value):
    return isinstance(value, bool)


def is_zone(value):
    return isinstance(value, str) and zones.zone(value) is not None


def whole(least, most=2**63 - 1):
    return lambda v: text.is_int(v) and least <= v <= most


def one_of(*words):
    return lambda v: isinstance(v, str) and v in words


def texts(value):
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def minutes(value):
    """HH:MM from 00:00 to 23:59, or None."""
    if isinstance(value, str) and len(value) == 5 and value[2] == ":" \
            and (value[:2] + value[3:]).isascii() \
            and (value[:2] + value[3:]).isdigit():
        h, m = int(value[:2]), int(value[3:])
        if h < 24 and m < 60:
            return h * 60 + m
    return None


def read_window(reader, with_days):
    f = reader.get("from", lambda v: minutes(v) is not None, required=True)
    t = reader.get("to", lambda v: minutes(v) is not None, required=True)
    days = zones.DAYS
    if with_days:
        days = reader.get(
            "days",
            lambda v: texts(v) and v and all(d in zones.DAYS for d in v),
            zones.DAYS)
    if f is None or t is None or days is None:
        return None
    return tuple(days), minutes(f), minutes(t)


def read_date(value):
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.isoformat() == value else None


def read_team(data, team):
    """(document with defaults, faults)."""
    faults = []
    r = Reader(data, "/data", faults)
    doc = {"team_id": r.get("team_id", is_id, required=True)}
    if doc["team_id"] is not None and doc["team_id"] != team:
        r.fault("team_id", "is not the record's team")
    doc["version"] = r.get("version", text.is_int)
    doc["name"] = r.get("name", is_text, team)
    doc["time_zone"] = r.get("time_zone", is_zone, "UTC")
    doc["region"] = r.get(
        "region", lambda v: is_text(v) and text.is_region(v), "US")
    doc["account_owner"] = r.get("account_owner", is_id, required=True)
    doc["default_owner"] = r.get("default_owner", is_id, doc["account_owner"])

    # `assigned` null is a value here: no stage events.
    stages = r.inner("stages")
    doc["stage"] = stages.get("assigned", is_text, "working")
    if "assigned" in stages.value and stages.value["assigned"] is None:
        doc["stage"] = None

    doc["pools"] = {}
    for pool in r.items("pools"):
        read_pool(pool, doc)
    doc["rules"] = []
    rules = r.items("routing_rules")
    if len(rules) > RULES_MAX:
        r.fault("routing_rules", "has more than 500 rules")
    for rule in rules:
        read_rule(rule, doc)

    t = r.inner("transfer")
    confirm = t.inner("confirm")
    doc["transfer"] = {
        "pattern": t.get("pattern", one_of(*PATTERNS), "assigned_then_group"),
        "ring_timeout_s": t.get("ring_timeout_s", whole(1), 35),
        "total_timeout_s": t.get("total_timeout_s", whole(1), 180),
        "max_age_s": t.get("max_age_s", whole(0), 60),
        "fallback_numbers": [],
        "confirm": {"agents": confirm.get("agents", is_bool, False),
                    "fallback": confirm.get("fallback", is_bool, False)},
    }
    for i, n in enumerate(t.get("fallback_numbers",
                                lambda v: isinstance(v, list), [])):
        number = text.e164(n, doc["region"]) if isinstance(n, str) else None
        if number is None:
            t.fault(f"fallback_numbers/{i}", "does not parse")
        else:
            doc["transfer"]["fallback_numbers"].append(number)

    c = r.inner("calls")
    doc["calls"] = {
        "wrap_up_s": c.get("wrap_up_s", whole(0), 0),
        "max_call_s": c.get("max_call_s", whole(1), 14400),
        "auto_unavailable_after": c.get("auto_unavailable_after", whole(0), 0),
    }

    doc["outcomes"] = {}
    outcomes = r.inner("outcomes")
    for tag in outcomes.value:
        if outcomes.value[tag] is None:
            continue
        doc["outcomes"][tag] = [read_action(a, doc)
                                for a in outcomes.items(tag)]
    return doc, faults


def read_pool(r, doc):
    pool = {
        "id": r.get("id", is_id, required=True),
        "assign_requires": r.get(
            "assign_requires", one_of("none", "schedule", "available"), "none"),
        "catch_up_turns": r.get("catch_up_turns", whole(0), 0),
        "members": [],
    }
    seen = set()
    for member in r.items("members"):
        agent = member.get("agent_id", is_id, required=True)
        weight = member.get("weight", whole(1, 100), 1)
        if agent is not None and agent in seen:
            member.fault("agent_id", "is a member already")
        seen.add(agent)
        pool["members"].append((agent, weight))
    # R5: U, the least common multiple of the weights.
    if math.lcm(*(w for _, w in pool["members"])) > U_MAX:
        r.fault("members", "have weights whose multiple is beyond 10^9")
    if pool["id"] is not None and pool["id"] in doc["pools"]:
        r.fault("id", "is a pool already")
    doc["pools"][pool["id"]] = pool


def read_target(r, doc):
    """{"pool": id} or {"agent": id}, exactly one."""
    pool, agent = r.get("pool", is_id), r.get("agent", is_id)
    if (r.value.get("pool") is None) == (r.value.get("agent") is None):
        r.fault("", "needs exactly one of pool and agent")
    if pool is not None and pool not in doc["pools"]:
        r.fault("pool", "is not a pool of the document")
    return {"pool": pool, "agent": agent}


def read_rule(r, doc):
    rule = {"id": r.get("id", is_id, required=True), "when": {}}
    if rule["id"] is not None and any(x["id"] == rule["id"]
                                      for x in doc["rules"]):
        r.fault("id", "is a rule already")
    when = r.inner("when")
    for name in CONDITIONS:
        rule["when"][name] = [text.folded(v) for v in
                              when.get(name, texts, [])]
    for name in ("min_price", "max_price"):
        rule["when"][name] = when.get(name, text.is_int)
    rule["active"] = None
    if r.value.get("active") is not None:
        rule["active"] = read_window(r.inner("active"), True)
    if r.value.get("assign") is None:
        r.fault("assign", "is missing")
        rule["assign"] = {"pool": None, "agent": None}
    else:
        rule["assign"] = read_target(r.inner("assign"), doc)
    doc["rules"].append(rule)


def read_action(r, doc):
    do = r.get("do", one_of("assign", "stage", "cancel_cadence",
                            "pause_cadence", "create_task", "notify"),
               required=True)
    action = {"do": do}
    if do == "assign":
        action.update(read_target(r, doc))
    elif do == "stage":
        action["to"] = r.get("to", is_text, required=True)
    elif do == "create_task":
        action["kind"] = r.get("kind", is_text, required=True)
        action["due_in_s"] = r.get("due_in_s", whole(0))
        action["title"] = r.get("title", is_text)
    elif do == "notify":
        action["to"] = []
        to = r.get("to", lambda v: isinstance(v, list), [], required=True)
        for i, who in enumerate(to):
            if isinstance(who, str) \
                    and who in ("owner", "account_owner", "answered_by"):
                action["to"].append(who)
            elif isinstance(who, dict) and is_id(who.get("agent")):
                action["to"].append({"agent": who["agent"]})
            else:
                r.fault(f"to/{i}", "is nobody to notify")
    return action


def default_team(team):
    """A team that is not configured yet: defaults, and nobody to fall back
    on."""
    doc, _ = read_team({"team_id": team, "account_owner": "nobody"}, team)
    doc["account_owner"] = doc["default_owner"] = None
    return doc


def read_agent(data, region):
    """(document with defaults, faults)."""
    faults = []
    r = Reader(data, "/data", faults)
    doc = {"agent_id": r.get("agent_id", is_id, required=True)}
    doc["version"] = r.get("version", text.is_int)
    doc["name"] = r.get("name", is_text, doc["agent_id"])
    phone = r.get("phone", lambda v: is_text(v)
                  and text.e164(v, region) is not None)
    doc["phone"] = None if phone is None else text.e164(phone, region)
    doc["email"] = r.get("email", is_text)
    for name in ("active", "accepting_leads", "available_for_calls"):
        doc[name] = r.get(name, is_bool, True)
    doc["daily_cap"] = r.get("daily_cap", whole(0))
    doc["time_zone"] = r.get("time_zone", is_zone)
    doc["schedule"] = None
    if r.value.get("schedule") is not None:
        s = r.inner("schedule")
        doc["schedule"] = {
            "weekly": [read_window(w, True) for w in s.items("weekly")],
            "overrides": [read_override(o) for o in s.items("overrides")]}
    return doc, faults


def read_override(r):
    day = r.get("date", lambda v: read_date(v) is not None, required=True)
    closed = r.get("closed", is_bool, False)
    window = None
    if not closed:
        found = read_window(r, False)
        window = found and found[1:]
    return day and read_date(day), window
