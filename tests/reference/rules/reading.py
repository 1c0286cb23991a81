"""R46, R53 and the contract's "Inputs": what can be read, and what is wrong.

The checks go in the order of the contract's small print: too_large,
malformed_json, not_a_cloud_event, missing_team, missing_field, wrong_type,
invalid_value, unknown_type. What the state says comes later.
"""

import re
from . import text, typed

RECORD_BYTES_MAX = 256 * 1024


class DeadLetter(Exception):
    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason
        self.message = message


class Event:
    """A record that can be read; its ids are as R53 reads them."""

    def __init__(self, type_, id_, source, team, data, ids, traceparent):
        self.type = type_
        self.id = id_
        self.source = source
        self.team = team
        self.data = data
        self.ids = ids
        self.traceparent = traceparent
        self.document = None

    def get(self, name, default=None):
        value = self.ids.get(name, self.data.get(name))
        return default if value is None else value


# Types of fields. Free text (reason, by, note, detail, payload, context) is
# not checked and so not listed.
ID, TEXT, BOOL, WHOLE, TIME, ANY = range(6)

_LEG = {"call_id": ID, "leg_id": ID}
_NO_FAULT = {}  # R46: nothing optional loses a lead, a caller or an opt-out
TOGGLES = {"available_for_calls": BOOL, "accepting_leads": BOOL, "busy": BOOL,
           "away_until": TIME}

# type: (usual topic, required fields, optional fields)
INPUTS = {
    "team.configured": ("roster", {"team_id": ANY}, {}),
    "agent.configured": ("roster", {"agent_id": ANY}, {}),
    "agent.availability_changed": ("roster", {"agent_id": ID}, TOGGLES),
    "agent.removed": ("roster", {"agent_id": ID}, {"reassign": BOOL}),
    "lead.received": ("leads", {"lead_id": ID}, _NO_FAULT),
    "lead.assignment_requested": (
        "leads", {"lead_id": ID},
        {"agent_id": ID, "pool_id": ID, "if_owner_epoch": WHOLE}),
    "lead.closed": ("leads", {"lead_id": ID}, {}),
    "outreach.requested": (
        "leads", {"lead_id": ID, "outreach_id": ID, "channel": TEXT}, {}),
    "task.completed": ("leads", {"lead_id": ID, "task_id": ID}, {}),
    "transfer.requested": (
        "calls", {"call_id": ID, "lead_id": ID}, _NO_FAULT),
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
        "calls", {"call_id": ID, "lead_id": ID, "outcome": TEXT}, _NO_FAULT),
}


def usual_topic(type_):
    known = INPUTS.get(type_) if isinstance(type_, str) else None
    return known[0] if known else "leads"


def wrong_type(value, kind):
    """What the value must be and is not, or None."""
    if kind in (ID, TEXT, TIME):
        return None if isinstance(value, str) else "must be a text"
    if kind == BOOL:
        return None if isinstance(value, bool) else "must be true or false"
    if kind == WHOLE:
        return None if text.is_int(value) else "must be an integer"
    return None


def bad_value(value, kind):
    if kind == ID and not text.is_id(value):
        return "must have 1 to 128 characters, none of them a control " \
               "character"
    if kind == TIME and text.read_time(value) is None:
        return "must be a time such as 2026-03-02T15:00:00Z"
    return None


def key_of(value):
    """The team of a line, as far as it can be told (dead letters)."""
    team = value.get("partitionkey") if isinstance(value, dict) else None
    return team if isinstance(team, str) else None


def read_event(octets, value):
    """`value` is the parsed line, or the NotJson that it raised."""
    if len(octets) > RECORD_BYTES_MAX:
        raise DeadLetter("too_large", "the record is larger than 256 KiB")
    if isinstance(value, Exception):
        raise DeadLetter("malformed_json", "the value is not JSON")
    if not isinstance(value, dict):
        raise DeadLetter("not_a_cloud_event", "the value is no JSON object")
    if value.get("specversion") is None:
        raise DeadLetter("not_a_cloud_event",
                         "/specversion is missing, in the value and as header "
                         "ce_specversion")
    if value.get("specversion") != "1.0":
        raise DeadLetter("not_a_cloud_event", '/specversion is not "1.0"')
    team = value.get("partitionkey")
    if team is None:
        raise DeadLetter("missing_team", "the record has no key and the event "
                                         "no /partitionkey")

    type_, data = value.get("type"), value.get("data")
    _, required, optional = INPUTS.get(type_ if isinstance(type_, str) else "",
                                       (None, {}, {}))
    readable = data if isinstance(data, dict) else {}
    fields = {**required, **optional}
    ids = {name: typed.id_(readable[name]) for name, kind in fields.items()
           if kind == ID and readable.get(name) is not None}
    present = {**{name: readable[name] for name in fields
                  if readable.get(name) is not None}, **ids}

    # missing_field
    for name in ("id", "source", "type", "data"):
        if value.get(name) is None:
            raise DeadLetter("missing_field", f"/{name} is missing")
    if isinstance(data, dict):
        for name in required:
            if name not in present:
                raise DeadLetter("missing_field", f"/data/{name} is missing")
        if type_ == "agent.availability_changed" \
                and not present.keys() & optional.keys():
            raise DeadLetter("missing_field",
                             "/data/available_for_calls is missing")

    # wrong_type
    for name in ("partitionkey", "id", "source", "type"):
        if not isinstance(value[name], str):
            raise DeadLetter("wrong_type", f"/{name} must be a text")
    if not isinstance(data, dict):
        raise DeadLetter("wrong_type", "/data must be an object")
    for name, one in present.items():
        what = wrong_type(one, fields[name])
        if what:
            raise DeadLetter("wrong_type", f"/data/{name} {what}")

    # invalid_value
    for name in ("partitionkey", "id"):
        if not text.is_id(value[name]):
            raise DeadLetter("invalid_value",
                             f"/{name} {bad_value(value[name], ID)}")
    for name in ("source", "type"):  # CloudEvents: never empty
        if not value[name]:
            raise DeadLetter("invalid_value", f"/{name} is empty")
    for name, one in present.items():
        what = bad_value(one, fields[name])
        if what:
            raise DeadLetter("invalid_value", f"/data/{name} {what}")
    if "agent_id" in present and "pool_id" in present:
        raise DeadLetter("invalid_value",
                         "/data/pool_id stands beside /data/agent_id")

    if type_ not in INPUTS:
        raise DeadLetter("unknown_type", "/type is no type of this contract")
    return Event(type_, value["id"], value["source"], team, data, ids,
                 traceparent(value.get("traceparent")))


def traceparent(value):
    """What W3C Trace Context allows, or None."""
    fits = isinstance(value, str) and len(value) <= 128 and re.fullmatch(
        r"(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}"
        r"-[0-9a-f]{2}(-[!-~]*)?", value)
    if not fits or (fits[1] == "00" and fits[2] is not None):
        return None
    return value


# --- what a lead event says about a lead (R46, R53: nothing here can fail) ---

CONTACT = ("contact", "contact/name", "contact/first_name",
           "contact/last_name", "contact/phone", "contact/email",
           "contact/forget")
LEAD = ("source", "lead_type", "tags", "city", "zip", "state", "price",
        "timeframe", "language", "assigned_agent", "opt_in", "quiet")
ORDER = {name: i for i, name in enumerate(CONTACT + LEAD)}


def in_order(warnings):
    """Fields in the contract's order, whatever their kind, then agents."""
    def place(warning):
        _, slash, field = warning.partition(":/")
        while slash and field not in ORDER:  # an element of a list
            field = field.rpartition("/")[0]
        return ORDER[field] if slash else len(ORDER)
    return sorted(warnings, key=place)


class LeadFields:
    """What one event tells about a lead."""

    def __init__(self, region, matches):
        self.region = region
        self.matches = matches  # (kind, value) → whether it is somebody's
        self.fields = {}
        self.phone = None  # text.Number
        self.email = None
        self.forget = []  # (kind, value)
        self.warnings = []

    def keys(self):
        """What R12 looks up: the phone, then the e-mail."""
        return {"phone": [self.phone] if self.phone else [],
                "email": [self.email] if self.email else []}

    def warn(self, what, name):
        self.warnings.append(f"{what}:/{name}")

    def contact(self, data, of_transfer=False):
        # A blank text in its place is nothing only in lead.received (R53).
        contact = data.get("contact") if of_transfer else _given(data, "contact")
        if contact is None:
            return
        if not isinstance(contact, dict):
            self.warn("ignored", "contact")
            return
        names = {}
        for name in ("name", "first_name", "last_name"):
            value = _given(contact, name)
            if isinstance(value, str):
                names[name] = text.trimmed(value)
            elif value is not None:
                self.warn("ignored", "contact/" + name)
        if "name" in names:
            self.fields["name"] = names["name"]
        elif names:
            self.fields["name"] = " ".join(names.values())
        self.phone = self._reach("phone", _given(contact, "phone"),
                                 "contact/phone")
        self.email = self._reach("email", _given(contact, "email"),
                                 "contact/email")
        self._forget(_given(contact, "forget"))

    def _reach(self, kind, value, name):
        if value is None:
            return None
        found, said = typed.phone(value, self.region) if kind == "phone" \
            else typed.email(value)
        if said:
            self.warn(said, name)
        if found is not None and not self.matches(kind, found):
            self.warn("unmatched", name)
        return found

    def _forget(self, value):
        if value is None:
            return
        if not isinstance(value, list):
            self.warn("ignored", "contact/forget")
            return
        found, said = [], []
        for i, one in enumerate(value):
            if isinstance(one, str) and not text.trimmed(one):
                continue
            kind, (what, how) = "email", typed.email(one)
            if what is None:
                kind, (what, how) = "phone", typed.phone(one, self.region)
            if what is not None:
                found.append((kind, what))
            if how:
                said.append(f"{how}:/contact/forget/{i}")
        if said and not found:
            said = ["ignored:/contact/forget"]
        self.forget = found
        self.warnings += said

    def lead(self, data):
        self.contact(data)
        for name in LEAD:
            value = _given(data, name)
            if value is None:
                continue
            found, said = self._field(name, value, data)
            if found is not None:
                self.fields[name] = found
            if said:
                self.warn(said, name)
        return self

    def _field(self, name, value, data):
        if name == "price":
            return typed.price(value, data.text[name])
        if name == "tags":
            return self._tags(value)
        if name == "lead_type":
            return typed.lead_type(value)
        if name == "zip":
            return typed.zip_(value)
        if name in ("opt_in", "quiet"):
            good = isinstance(value, bool)
        elif name == "assigned_agent":
            value = typed.id_(value)
            good = isinstance(value, str) and text.is_id(value)
        else:
            good = isinstance(value, str)
        return (value, None) if good else (None, "ignored")

    def _tags(self, value):
        if isinstance(value, str):
            found = typed.tags(value)
            return (found, "read") if found else (None, "ignored")
        if not isinstance(value, list):
            return None, "ignored"
        found, bad = [], []
        for i, one in enumerate(value):
            if not isinstance(one, str):
                bad.append(f"tags/{i}")
            elif text.trimmed(one):
                found.append(one)
        if not found and value:  # nothing left: the list
            return None, "ignored" if bad else None
        for name in bad:
            self.warn("ignored", name)
        return found, None


def _given(data, name):
    """A field that is present; an empty text counts as absent."""
    value = data.get(name)
    if isinstance(value, str) and not text.trimmed(value):
        return None
    return value
