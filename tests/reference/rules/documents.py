"""The team and agent documents: defaults, and every fault by JSON pointer."""

from datetime import date

from . import text, typed, zones
from .text import Number

PATTERNS = ("assigned_agent", "simultaneous_group", "assigned_then_group")

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
              "timeframes", "languages")
RULES_MAX = 500
YEAR_S = 365 * 86_400

# The names that are known where an unknown one is a fault (R46).
WINDOW = ("days", "from", "to")
ACTIONS = {"assign": ("agent", "pool", "to"), "stage": ("to",),
           "cancel_cadence": (), "pause_cadence": (),
           "create_task": ("kind", "due_in_s", "title"), "notify": ("to",)}
FALLBACK = ("phone", "endpoint", "lines", "schedule", "time_zone")


def nearest(name, known):
    """The known name that takes the fewest letters to become."""
    def distance(a, b):
        row = list(range(len(b) + 1))
        for i, x in enumerate(a, 1):
            last, row[0] = row[0], i
            for j, y in enumerate(b, 1):
                last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1,
                                           last + (x != y))
        return row[-1]
    return min(known, key=lambda k: distance(name, k))


class Reader:
    """Reads fields of one object and collects the faults. `known`: the only
    names that may stand there, besides those that begin with x_."""

    def __init__(self, value, pointer, faults, known=None):
        self.faults = faults
        self.pointer = pointer
        if not isinstance(value, dict):
            self.fault("", "must be an object")
            value = {}
        self.value = value
        if known is not None:
            self.only(known)

    def only(self, known):
        for name in self.value:
            if name not in known and not name.startswith("x_"):
                self.fault(name, "is not known; the nearest name is "
                           + nearest(name, known))

    def fault(self, name, what):
        self.faults.append(self.at(name) + " " + what)

    def at(self, name):
        name = str(name).replace("~", "~0").replace("/", "~1") \
            if name != "" else ""
        return f"{self.pointer}{'/' + name if name else ''}"

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

    def id(self, name, default=None, required=False):
        value = typed.id_(self.value.get(name))
        if value is None:
            if required:
                self.fault(name, "is missing")
            return default
        if not is_id(value):
            self.fault(name, "is no id")
            return default
        return value

    def inner(self, name, known=None):
        value = self.value.get(name)
        return Reader({} if value is None else value, self.at(name),
                      self.faults, known)

    def items(self, name, known=None, most=None):
        """One after another, so that the faults stand in their order."""
        for pointer, value in self.list(name, most):
            yield Reader(value, pointer, self.faults, known)

    def list(self, name, most=None):
        """(pointer, element) of a list."""
        value = self.value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(name, "must be a list")
            return []
        if most is not None and len(value) > most:
            self.fault(name, f"are more than {most}")
        return [(f"{self.at(name)}/{i}", v) for i, v in enumerate(value)]


def is_text(value):
    return isinstance(value, str)


def is_id(value):
    return isinstance(value, str) and text.is_id(value)


def is_bool(value):
    return isinstance(value, bool)


def is_zone(value):
    return isinstance(value, str) and zones.zone(value) is not None


def is_endpoint(value):
    return isinstance(value, str) and 1 <= len(value) <= 256


def whole(least, most=2**63 - 1):
    return lambda v: text.is_int(v) and least <= v <= most


def duration(least=0, most=YEAR_S):
    return whole(least, most)


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
    days = None
    if with_days:
        days = reader.get(
            "days", lambda v: texts(v) and v
            and all(d in zones.DAYS + (zones.HOLIDAY,) for d in v))
    if f is None or t is None:
        return None
    return days and tuple(days), minutes(f), minutes(t)


def read_date(value):
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.isoformat() == value else None


def read_schedule(r):
    """The schedule of an agent or of a fallback entry; absent: none."""
    if r.value.get("schedule") is None:
        return None
    s = r.inner("schedule", ("weekly", "overrides"))
    return {"weekly": [read_window(w, True)
                       for w in s.items("weekly", WINDOW)],
            "overrides": [read_override(o) for o in s.items(
                "overrides", ("date", "closed", "from", "to"))]}


def read_override(r):
    day = r.get("date", lambda v: read_date(v) is not None, required=True)
    closed = r.get("closed", is_bool, False)
    window = None
    if not closed:
        found = read_window(r, False)
        window = found and found[1:]
    return day and read_date(day), window


def read_team(data, team):
    """(document with defaults, faults)."""
    faults = []
    r = Reader(data, "/data", faults)
    doc = {"team_id": r.id("team_id", required=True)}
    if doc["team_id"] is not None and doc["team_id"] != team:
        r.fault("team_id", "is not the record's team")
    doc["version"] = r.get("version", text.is_int)
    doc["name"] = r.get("name", is_text, team)
    doc["time_zone"] = r.get("time_zone", is_zone, "UTC")
    doc["region"] = r.get(
        "region", lambda v: is_text(v) and text.is_region(v), "US")
    doc["account_owner"] = r.id("account_owner", required=True)
    doc["default_owner"] = r.id("default_owner", doc["account_owner"])
    doc["reassign_inactive"] = r.get("reassign_inactive", is_bool, False)

    # `assigned` null is a value here: no stage events.
    stages = r.inner("stages")
    doc["stage"] = stages.get("assigned", is_text, "working")
    if "assigned" in stages.value and stages.value["assigned"] is None:
        doc["stage"] = None

    doc["holidays"] = set()
    for pointer, day in r.list("holidays", 400):
        if read_date(day) is None:
            faults.append(pointer + " must be a date such as 2026-12-25")
        doc["holidays"].add(read_date(day))
    doc["never_match"] = set()
    for pointer, entry in r.list("never_match", 1000):
        found = read_never_match(entry, doc["region"])
        if found is None:
            faults.append(pointer + " is no phone, no e-mail and no *@domain")
        doc["never_match"].add(found)

    doc["pools"] = {}
    for pool in r.items("pools", ("id", "members", "assign_requires",
                                  "catch_up_turns")):
        read_pool(pool, doc)
    doc["rules"] = []
    for rule in r.items("routing_rules", ("id", "when", "active", "assign"),
                        RULES_MAX):
        read_rule(rule, doc)

    t = r.inner("transfer")
    confirm = t.inner("confirm")
    doc["transfer"] = {
        "pattern": t.get("pattern", one_of(*PATTERNS), "assigned_then_group"),
        "ring_timeout_s": t.get("ring_timeout_s", duration(1, 3600), 35),
        "total_timeout_s": t.get("total_timeout_s", duration(1, 86_400), 180),
        "max_age_s": t.get("max_age_s", duration(), 60),
        "answer_grace_s": t.get("answer_grace_s", duration(0, 30), 2),
        "wait_s": t.get("wait_s", duration(0, 3600), 0),
        "group_size": t.get("group_size", whole(1)),
        "fallback_numbers": [],
        "confirm": {"agents": confirm.get("agents", is_bool, False),
                    "fallback": confirm.get("fallback", is_bool, False)},
        "confirm_s": t.get("confirm_s", duration(0, 60), 10),
    }
    for pointer, entry in t.list("fallback_numbers"):
        found = read_fallback(entry, pointer, doc, faults)
        if found is not None:
            doc["transfer"]["fallback_numbers"].append(found)

    c = r.inner("calls")
    doc["calls"] = {
        "wrap_up_s": c.get("wrap_up_s", duration(), 0),
        "max_call_s": c.get("max_call_s", duration(), 14400),
        "min_talk_s": c.get("min_talk_s", duration(), 0),
        "auto_unavailable_after": c.get("auto_unavailable_after", whole(0), 0),
        "cover_after_s": c.get("cover_after_s", duration(), 259_200),
    }

    # Of each tag how the team lists it, and its actions.
    doc["outcomes"] = {}
    outcomes = r.inner("outcomes")
    for tag in outcomes.value:
        if outcomes.value[tag] is None:
            continue
        key = typed.tag_key(tag)
        if not text.is_id(tag) or not key:
            outcomes.fault(tag, "is no tag")
        if key in doc["outcomes"]:
            outcomes.fault(tag, f"reads like {doc['outcomes'][key][0]}")
        doc["outcomes"][key] = tag, [read_action(a, doc)
                                     for a in outcomes.items(tag)]
    return doc, faults


def read_never_match(entry, region):
    """(kind, value), or None."""
    if not isinstance(entry, str):
        return None
    entry = text.trimmed(entry)
    if entry.startswith("*@"):
        return ("domain", entry[2:].lower()) if entry[2:] else None
    found, _ = typed.email(entry)
    if found is not None:
        return "email", found
    number = text.parsed_phone(entry, region)
    return number and ("phone", number)


def read_fallback(entry, pointer, doc, faults, known=FALLBACK):
    """A phone, or an object with a phone or an endpoint; with its faults
    None."""
    before = len(faults)
    if isinstance(entry, str):
        number = text.parsed_phone(entry, doc["region"])
        if number is None:
            faults.append(pointer + " is not a phone number")
        found = {"number": number, "lines": None, "schedule": None,
                 "time_zone": None}
        return found if len(faults) == before else None
    r = Reader(entry, pointer, faults, known)
    if (r.value.get("phone") is None) == (r.value.get("endpoint") is None):
        r.fault("", "needs exactly one of phone and endpoint")
    phone = r.get("phone", is_text)
    number = None
    if phone is not None:
        number = text.parsed_phone(phone, doc["region"])
        if number is None:
            r.fault("phone", "is not a phone number")
    endpoint = r.get("endpoint", is_endpoint)
    if endpoint is not None:
        number = Number(endpoint=endpoint)
    found = {"number": number, "lines": r.get("lines", whole(1)),
             "schedule": read_schedule(r),
             "time_zone": r.get("time_zone", is_zone)}
    return found if len(faults) == before else None


def read_pool(r, doc):
    pool = {
        "id": r.id("id", required=True),
        "assign_requires": r.get(
            "assign_requires", one_of("none", "schedule", "available"), "none"),
        "catch_up_turns": r.get("catch_up_turns", whole(0), 0),
        "members": [],
    }
    seen = set()
    for member in r.items("members", ("agent_id", "weight")):
        agent = member.id("agent_id", required=True)
        weight = member.get("weight", whole(1, 100), 1)
        if agent is not None and agent in seen:
            member.fault("agent_id", "is a member already")
        seen.add(agent)
        pool["members"].append((agent, weight))
    if pool["id"] is not None and pool["id"] in doc["pools"]:
        r.fault("id", "is the id of another pool")
    doc["pools"][pool["id"]] = pool


def read_target(r, doc, others=0):
    """{"pool": id} or {"agent": id}, exactly one (of these and `others`)."""
    pool, agent = r.id("pool"), r.id("agent")
    named = (r.value.get("pool") is not None) \
        + (r.value.get("agent") is not None) + others
    if named != 1:
        r.fault("", "must name a pool or an agent")
    if pool is not None and pool not in doc["pools"]:
        r.fault("pool", "is no pool of the team")
    return {"pool": pool, "agent": agent}


def read_rule(r, doc):
    rule = {"id": r.id("id", required=True), "when": {}}
    if rule["id"] is not None and any(x["id"] == rule["id"]
                                      for x in doc["rules"]):
        r.fault("id", "is the id of another rule")
    when = r.inner("when", CONDITIONS + ("min_price", "max_price"))
    for name in CONDITIONS:
        rule["when"][name] = when.get(name, texts, [])
    for name in ("min_price", "max_price"):
        rule["when"][name] = when.get(name, text.is_int)
    rule["active"] = None
    if r.value.get("active") is not None:
        rule["active"] = read_window(r.inner("active", WINDOW), True)
    if r.value.get("assign") is None:
        r.fault("assign", "is missing")
        rule["assign"] = {"pool": None, "agent": None}
    else:
        rule["assign"] = read_target(r.inner("assign", ("pool", "agent")), doc)
    doc["rules"].append(rule)


def read_action(r, doc):
    do = r.get("do", one_of(*ACTIONS), required=True)
    known = sum(ACTIONS.values(), ()) if do is None else ACTIONS[do]
    r.only(("do",) + known)
    action = {"do": do}
    if do == "assign":
        to = r.get("to", one_of("answered_by"))
        action.update(read_target(r, doc, r.value.get("to") is not None))
        action["to"] = to
    elif do == "stage":
        action["to"] = r.get("to", is_text, required=True)
    elif do == "create_task":
        action["kind"] = r.get("kind", is_text, required=True)
        action["due_in_s"] = r.get("due_in_s", duration())
        action["title"] = r.get("title", is_text)
    elif do == "notify":
        action["to"] = []
        if r.value.get("to") is None:
            r.fault("to", "is missing")
        for pointer, who in r.list("to"):
            if isinstance(who, str) \
                    and who in ("owner", "account_owner", "answered_by"):
                action["to"].append(who)
                continue
            who = Reader(who, pointer, r.faults, ("agent",)) \
                if isinstance(who, dict) else None
            agent = who and who.id("agent")
            if agent is None:
                r.faults.append(pointer + " must be owner, account_owner, "
                                "answered_by or {\"agent\":id}")
            else:
                action["to"].append({"agent": agent})
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
    doc = {"agent_id": r.id("agent_id", required=True)}
    doc["version"] = r.get("version", text.is_int)
    doc["name"] = r.get("name", is_text, doc["agent_id"])
    phone = r.get("phone", is_text)
    doc["number"] = None if phone is None else text.parsed_phone(phone, region)
    if phone is not None and doc["number"] is None:
        r.fault("phone", "is not a phone number")
    doc["phone"] = doc["number"]  # what a notification may name
    endpoint = r.get("endpoint", is_endpoint)
    if doc["number"] is None and endpoint is not None:
        doc["number"] = Number(endpoint=endpoint)
    doc["email"] = r.get("email", is_text)
    for name in ("active", "accepting_leads", "available_for_calls"):
        doc[name] = r.get(name, is_bool, True)
    doc["daily_cap"] = r.get("daily_cap", whole(0))
    doc["time_zone"] = r.get("time_zone", is_zone)
    doc["schedule"] = read_schedule(r)
    doc["absences"] = []
    for absence in r.items("absences", most=100):
        first, last = (absence.get(name, lambda v: read_date(v) is not None,
                                   required=True) for name in ("from", "to"))
        if first is not None and last is not None and first > last:
            absence.fault("from", "is after to")
        doc["absences"].append((read_date(first), read_date(last)))
    return doc, faults
