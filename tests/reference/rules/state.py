"""What is remembered of a team. Plain data; the rules are elsewhere."""

from collections import deque
from dataclasses import dataclass, field

from . import documents
from .zones import DAY_MS

LEAD_CLOSED_MS = 180 * DAY_MS
LEAD_OPEN_MS = 730 * DAY_MS
CALL_KEPT_MS = DAY_MS
CALL_KNOWN_MS = 30 * DAY_MS
TASK_MS = 90 * DAY_MS
TASKS_PER_LEAD = 50


@dataclass
class Agent:
    id: str
    doc: dict = None
    version: int = None
    removed: bool = False
    # The toggles; the document only sets their start.
    accepting: bool = True
    callable: bool = True
    turns: dict = field(default_factory=dict)  # local date → turns (R7)
    leg: "Leg" = None  # the leg that it is reserved for (R26)
    on_call: str = None  # call_id (R34)
    busy_until: int = 0  # wrap-up (R34)
    misses: int = 0  # in a row (R35)
    asked_to_cover: int = 0  # the team's count when asked last (R41)
    seen: deque = field(default_factory=lambda: deque(maxlen=16))

    @property
    def active(self):
        return not self.removed and self.doc["active"]


@dataclass
class Member:
    agent_id: str
    weight: int
    passed: int  # `pass` is a word of Python
    assigned: int = 0  # the pool's count when last assigned; 0: never
    was_eligible: bool = False  # at the pool's previous choice


@dataclass
class Pool:
    id: str
    unit: int = 1  # U
    v: int = 0
    members: list = field(default_factory=list)
    requires: str = "none"
    catch_up: int = 0
    turns: int = 0
    count: int = 0  # orders the assignments


@dataclass
class Task:
    id: str
    kind: str
    assignee: str
    due: int
    open: bool = True


@dataclass
class Held:
    outreach_id: str
    channel: str
    payload: object
    until: int
    size: int


@dataclass
class Lead:
    id: str
    known: bool = False  # False: only outreach came so far (R18)
    data_pending: bool = False  # known from a transfer only (R32)
    fields: dict = field(default_factory=dict)
    # "phone", "email" → orders the leads by their last reception (R12).
    received: dict = field(default_factory=dict)
    owner: str = None
    last_owner: str = None
    epoch: int = 0
    stage: str = None
    closed: bool = False
    waiting: int = None  # orders the leads that wait (R11)
    reported: bool = False  # as unassigned
    warnings: list = field(default_factory=list)
    held: list = field(default_factory=list)
    tasks: list = field(default_factory=list)
    opted_out: bool = False
    touched: int = 0
    seen: deque = field(default_factory=lambda: deque(maxlen=16))

    @property
    def phone(self):
        return self.fields.get("phone_key")

    @property
    def email(self):
        return self.fields.get("email_key")

    def open_tasks(self, now):
        """Oldest first; R15: 90 days after due, and the last 50."""
        return [t for t in self.tasks
                if t.open and now < t.due + TASK_MS][-TASKS_PER_LEAD:]


@dataclass
class Leg:
    id: str
    call_id: str
    agent_id: str
    phone: str
    open: bool = True
    answered: bool = False  # and not accepted yet (R28)

    def wire(self, **more):
        leg = {"leg_id": self.id}
        if self.agent_id is not None:
            leg["agent_id"] = self.agent_id
        return {**leg, "phone": self.phone, **more}


@dataclass
class Parked:
    event: object
    offset: int
    until: int


@dataclass
class Call:
    id: str
    lead_id: str = None
    state: str = "unrouted"  # ringing, connected, missed, ended
    started: int = 0
    settings: dict = None  # R37
    calls: dict = None  # R37
    context: object = None
    rule_id: str = None  # R21
    group: tuple = None  # ("pool", id), ("agent", id), ("all",)
    plan: list = field(default_factory=list)  # the steps still to come
    attempt: int = 0
    step: str = None
    legs: dict = field(default_factory=dict)  # all legs ever, by id
    ringing: list = field(default_factory=list)  # of the present attempt
    ring_end: int = 0
    deadline: int = 0
    expires: int = None
    last_reason: str = None  # R31
    winner: Leg = None
    win_cancelled: list = field(default_factory=list)  # R33
    bridge_failed: bool = False  # and no leg rang again
    taken_back: bool = False  # the success, by R33
    call_end: int = None  # max_call_s
    ended_at: int = None
    parked: list = field(default_factory=list)
    # Of the outcomes, per call (R38–R41).
    result: str = None
    tagged: bool = False
    succeeded: bool = False  # the actions of a success have run
    cadence_cancelled: bool = False
    told: set = field(default_factory=set)
    tasks: dict = field(default_factory=dict)  # kind → task
    touched: int = 0
    seen: deque = field(default_factory=lambda: deque(maxlen=64))

    @property
    def routed(self):
        return self.state != "unrouted"


@dataclass
class Team:
    id: str
    doc: dict = None  # defaults while not configured
    configured: bool = False
    version: int = None  # the highest known
    documents: int = 0
    now: int = 0
    sequence: int = 0
    agents: dict = field(default_factory=dict)
    pools: dict = field(default_factory=dict)
    leads: dict = field(default_factory=dict)
    # (key, phone or e-mail) → the ids of the leads that have it.
    index: dict = field(default_factory=dict)
    calls: dict = field(default_factory=dict)
    opt_outs: set = field(default_factory=set)  # ("phone"|"email", text)
    receptions: int = 0
    waits: int = 0
    covers: int = 0
    retry_due: int = None  # R11: every 60 s while a lead waits
    mass: list = field(default_factory=list)  # R17: work that is left
    mass_due: int = None
    seen: deque = field(default_factory=lambda: deque(maxlen=64))

    def __post_init__(self):
        self.doc = documents.default_team(self.id)

    @property
    def config_version(self):
        if not self.configured:
            return 0
        version = self.doc["version"]
        return self.documents if version is None else version

    def active(self, agent_id):
        agent = self.agents.get(agent_id)
        return agent is not None and agent.active

    def zone_of(self, agent):
        return agent.doc["time_zone"] or self.doc["time_zone"]

    # R15: what has expired counts as unknown when it is looked up.

    def any_lead(self, lead_id, now):
        """The lead, or what holds its outreach until it arrives."""
        lead = self.leads.get(lead_id)
        if lead is not None and lead.known and now >= lead.touched + (
                LEAD_CLOSED_MS if lead.closed else LEAD_OPEN_MS):
            del self.leads[lead_id]
            return None
        return lead

    def lead(self, lead_id, now):
        lead = self.any_lead(lead_id, now)
        return lead if lead is not None and lead.known else None

    def reindex(self, lead, key, value):
        old = lead.fields.get(key)
        self.index.get((key, old), set()).discard(lead.id)
        if value is not None:
            self.index.setdefault((key, value), set()).add(lead.id)

    def with_key(self, lead, key, now):
        """The other leads with the lead's "phone" or "email"."""
        value = getattr(lead, key)
        ids = self.index.get((key + "_key", value), ())
        found = (self.lead(i, now) for i in list(ids) if i != lead.id)
        return [x for x in found if x is not None
                and getattr(x, key) == value]

    def known_leads(self, now):
        found = (self.lead(i, now) for i in list(self.leads))
        return [lead for lead in found if lead is not None]

    def call(self, call_id, now):
        call = self.calls.get(call_id)
        if call is not None and not call.parked \
                and now >= CALL_KNOWN_MS + self.end_of(call, now):
            del self.calls[call_id]
            return None
        return call

    @staticmethod
    def end_of(call, now):
        if call.state in ("ringing", "connected"):
            return now
        return call.touched if call.ended_at is None else call.ended_at

    def faded(self, call, now):
        """Neither is more known of one that was only tagged, a day later."""
        return (call.routed or call.tagged) \
            and now >= CALL_KEPT_MS + self.end_of(call, now)

    def stub(self, call, now):
        """A call of which only the id is still known."""
        return call.routed and self.faded(call, now)
