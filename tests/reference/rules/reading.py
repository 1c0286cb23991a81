"""R46 and the contract's "Inputs": what can be read, and what is wrong.

The checks go in the order of the contract's small print: too_large,
malformed_json, not_a_cloud_event, missing_team, missing_field, wrong_type,
invalid_value, unknown_type. What the state says comes later.
"""

from . import text

RECORD_BYTES_MAX = 256 * 1024


class DeadLetter(Exception):
    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason
        self.message = message


class Event:
    """A record that can be read."""

    def __init__(self, type_, id_, source, team, data, traceparent):
        self.type = type_
        self.id = id_
        self.source = source
        self.team = team
        self.data = data
        self.traceparent = traceparent
        self.document = None

    def get(self, name, default=None):
        value = self.data.get(name)
        return default if value is None else value


# Types of fields: id and text are strings, an id is checked as one (R46).
ID, TEXT, BOOL, SECONDS, TIME, PHONES, PATTERN, ANY = range(8)

PATTERNS = ("assigned_agent", "simultaneous_group", "assigned_then_group")

# type: (usual topic, required fields, optional fields). Free text (reason, by,
# note, detail, payload, context) is not checked and so not listed.
_LEG = {"call_id": ID, "leg_id": ID}
INPUTS = {
    "team.configured": ("roster", {"team_id": ANY}, {}),
    "agent.configured": ("roster", {"agent_id": ANY}, {}),
    "agent.availability_changed": (
        "roster", {"agent_id": ID},
        {"available_for_calls": BOOL, "accepting_leads": BOOL}),
    "agent.removed": ("roster", {"agent_id": ID}, {"reassign": BOOL}),
    "lead.received": ("leads", {"lead_id": ID}, {}),
    "lead.assignment_requested": (
        "leads", {"lead_id": ID}, {"agent_id": ID, "pool_id": ID}),
    "lead.closed": ("leads", {"lead_id": ID}, {}),
    "outreach.requested": (
        "leads", {"lead_id": ID, "outreach_id": ID, "channel": TEXT}, {}),
    "task.completed": ("leads", {"lead_id": ID, "task_id": ID}, {}),
    "transfer.requested": (
        "calls", {"call_id": ID, "lead_id": ID},
        {"pattern": PATTERN, "ring_timeout_s": SECONDS,
         "fallback_numbers": PHONES}),
    "ring.answered": ("calls", _LEG, {}),
    "ring.accepted": ("calls", _LEG, {}),
    "ring.declined": ("calls", _LEG, {}),
    "ring.busy": ("calls", _LEG, {}),
    "ring.failed": ("calls", _LEG, {}),
    "ring.machine": ("calls", _LEG, {}),
    "ring.no_answer": ("calls", _LEG, {}),
    "call.bridge_failed": ("calls", _LEG, {}),
    "caller.hung_up": ("calls", {"call_id": ID}, {}),
    "call.ended": ("calls", {"call_id": ID}, {}),
    "call.outcome": (
        "calls", {"call_id": ID, "lead_id": ID, "outcome": TEXT},
        {"until": TIME}),
}


def usual_topic(type_):
    known = INPUTS.get(type_) if isinstance(type_, str) else None
    return known[0] if known else "leads"


def has_type(value, kind):
    if kind in (ID, TEXT, TIME, PATTERN):
        return isinstance(value, str)
    if kind == BOOL:
        return isinstance(value, bool)
    if kind == SECONDS:
        return text.is_int(value)
    if kind == PHONES:
        return isinstance(value, list) \
            and all(isinstance(v, str) for v in value)
    return True


def has_value(value, kind):
    if kind == ID:
        return text.is_id(value)
    if kind == SECONDS:
        return value > 0
    if kind == TIME:
        return text.read_time(value) is not None
    if kind == PATTERN:
        return value in PATTERNS
    return True


def key_of(value):
    """The team of a line, as far as it can be told (dead letters)."""
    team = value.get("partitionkey") if isinstance(value, dict) else None
    return team if isinstance(team, str) else None


def read_event(octets, value):
    """`value` is the parsed line, or the NotJson that it raised."""
    if len(octets) > RECORD_BYTES_MAX:
        raise DeadLetter("too_large", "the record is larger than 256 KiB")
    if isinstance(value, Exception):
        raise DeadLetter("malformed_json", f"not JSON: {value}")
    if not isinstance(value, dict) or value.get("specversion") != "1.0":
        raise DeadLetter("not_a_cloud_event",
                         'no JSON object with "specversion" "1.0"')
    team = value.get("partitionkey")
    if team is None:
        raise DeadLetter("missing_team", "neither key nor /partitionkey")

    type_, data = value.get("type"), value.get("data")
    _, required, optional = INPUTS.get(type_ if isinstance(type_, str) else "",
                                       (None, {}, {}))
    readable = data if isinstance(data, dict) else {}

    # missing_field
    for name in ("id", "source", "type", "data"):
        if value.get(name) is None:
            raise DeadLetter("missing_field", f"/{name} is missing")
    if isinstance(data, dict):
        for name in required:
            if data.get(name) is None:
                raise DeadLetter("missing_field", f"/data/{name} is missing")
        if type_ == "agent.availability_changed" \
                and all(data.get(name) is None for name in optional):
            raise DeadLetter("missing_field",
                             "/data/available_for_calls is missing")

    # wrong_type
    for name in ("partitionkey", "id", "source", "type"):
        if not isinstance(value[name], str):
            raise DeadLetter("wrong_type", f"/{name} is not a text")
    if not isinstance(data, dict):
        raise DeadLetter("wrong_type", "/data is not an object")
    fields = {**required, **optional}
    for name, kind in fields.items():
        if readable.get(name) is not None \
                and not has_type(readable[name], kind):
            raise DeadLetter("wrong_type", f"/data/{name} has a wrong type")

    # invalid_value
    for name in ("partitionkey", "id"):
        if not text.is_id(value[name]):
            raise DeadLetter("invalid_value", f"/{name} is no id")
    for name in ("source", "type"):  # CloudEvents: never empty
        if not value[name]:
            raise DeadLetter("invalid_value", f"/{name} is empty")
    for name, kind in fields.items():
        if readable.get(name) is not None \
                and not has_value(readable[name], kind):
            raise DeadLetter("invalid_value", f"/data/{name} is not valid")
    if type_ == "lead.assignment_requested" \
            and data.get("agent_id") is not None \
            and data.get("pool_id") is not None:
        raise DeadLetter("invalid_value",
                         "/data/pool_id stands beside agent_id")

    if type_ not in INPUTS:
        raise DeadLetter("unknown_type", f"/type {type_!r} is not known")
    trace = value.get("traceparent")
    return Event(type_, value["id"], value["source"], team, data,
                 trace if isinstance(trace, str) and trace else None)


# --- what a lead event says about a lead (R46: nothing here can fail) --------

LEAD_TEXTS = ("source", "lead_type", "city", "zip", "state", "timeframe")


def read_contact(data, region):
    """contact → (fields that are present, warnings)."""
    contact = data.get("contact")
    if contact is None:
        return {}, []
    if not isinstance(contact, dict):
        return {}, ["ignored:/contact"]
    found, warnings = {}, []
    for name in ("name", "phone", "email"):
        value = contact.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            warnings.append(f"ignored:/contact/{name}")
        elif name == "phone":
            number = text.e164(value, region)
            found["phone"] = value if number is None else number
            # Kept as text, and matches nobody.
            found["phone_key"] = number
            if number is None:
                warnings.append("ignored:/contact/phone")
        elif name == "email":
            found["email"] = value
            found["email_key"] = text.folded(value) or None
        else:
            found[name] = value
    return found, warnings


def read_lead(data, region):
    """lead.received → (fields that are present, warnings), in the order of
    the contract's fields."""
    found, warnings = read_contact(data, region)
    for name in ("source", "lead_type", "tags", "city", "zip", "state",
                 "price", "timeframe", "assigned_agent", "opt_in"):
        value = data.get(name)
        if value is None:
            continue
        if name == "tags":
            good = isinstance(value, list) \
                and all(isinstance(v, str) for v in value)
        elif name == "price":
            good = text.is_int(value)
        elif name == "opt_in":
            good = isinstance(value, bool)
        elif name == "assigned_agent":
            good = isinstance(value, str) and text.is_id(value)
        else:
            good = isinstance(value, str)
        if good:
            found[name] = value
        else:
            warnings.append(f"ignored:/{name}")
    return found, warnings
