"""What is remembered of a team. Plain data; the rules are elsewhere."""

from collections import deque
from dataclasses import dataclass, field

from . import documents, typed
from .text import Number
from .zones import DAY_MS

LEAD_CLOSED_MS = 180 * DAY_MS
LEAD_OPEN_MS = 730 * DAY_MS
CALL_KEPT_MS = DAY_MS
CALL_KNOWN_MS = 30 * DAY_MS
TASK_MS = 90 * DAY_MS
TASKS_PER_LEAD = 50
KEPT_PER_LEAD = 5  # phones, and e-mails
LEADS_PER_KEY = 1_000


@dataclass
class Agent:
    id: str
    doc: dict = None
    version: int = None  # the highest known
    removed: bool = False
    # The toggles; the document sets their start, and changes them.
    accepting: bool = True
    callable: bool = True
    away_until: int = 0  # R50
    busy_end: int = 0  # busy by their own word, until then
    turns_date: object = None  # R7: it only moves forward
    turns: int = 0
    leg: "Leg" = None  # the leg that it is reserved for (R26)
    on_call: str = None  # call_id (R34)
    wrap_end: int = 0  # R34
    wrap_number: Number = None
    wrap_timer: bool = False  # nobody has looked since it ended (R52)
    misses: int = 0  # in a row (R35)
    rung: int = 0  # the team's count of attempts when rung last (R20)
    asked: int = 0  # the team's count when asked last (R50)
    seen: deque = field(default_factory=lambda: deque(maxlen=16))

    @property
    def active(self):
        return not self.removed and self.doc["active"]

    @property
    def number(self):
        return self.doc["number"]

    def start_anew(self):
        """One that was removed comes back; a call that it is on goes on."""
        self.version = self.turns_date = None
        self.turns = self.misses = self.rung = self.asked = 0
        self.away_until = self.busy_end = 0


@dataclass
class Member:
    agent_id: str
    weight: int
    passed: int  # `pass` is a word of Python
    assigned: int = 0  # the pool's count when last assigned; 0: never
    was_eligible: bool = False  # at the pool's previous choice
    taken_out: int = None  # when, if it is only remembered (R9)


@dataclass
class Pool:
    id: str
    unit: int = 1  # U
    v: int = 0
    members: list = field(default_factory=list)
    remembered: dict = field(default_factory=dict)  # agent_id → Member
    requires: str = "none"
    catch_up: int = 0
    turns: int = 0
    count: int = 0  # orders the assignments
    taken_out: int = None  # when, if it is only remembered (R10)

    def cost(self, member):
        """What a turn costs: U/weight, rounded up."""
        return -(-self.unit // member.weight)


@dataclass
class Task:
    id: str
    kind: str
    assignee: str
    due: int
    open: bool = True
    cancelled: bool = False
    of_miss: bool = False
    misses: int = 1

    def cancel(self):
        self.open, self.cancelled = False, True


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
    # The phones (Number) and e-mails that it keeps, the latest first.
    kept: dict = field(default_factory=lambda: {"phone": [], "email": []})
    owner: str = None
    last_owner: str = None
    epoch: int = 0
    owned: int = 0  # orders the leads by when they were given an owner (R12)
    stage: str = None
    closed: bool = False
    waiting: int = None  # orders the leads that wait (R11)
    reported: bool = False  # as unassigned
    quiet: bool = False  # R40
    re_inquired: int = None  # when that was told last (R40)
    warnings: list = field(default_factory=list)
    held: list = field(default_factory=list)
    tasks: list = field(default_factory=list)
    opted_out: bool = False
    opted_in: set = field(default_factory=set)  # what covers it no more (R18)
    touched: int = 0
    seen: deque = field(default_factory=lambda: deque(maxlen=16))

    def open_tasks(self, now):
        """Oldest first; R15: 90 days after due, and the last 50."""
        return [t for t in self.tasks
                if t.open and now < t.due + TASK_MS][-TASKS_PER_LEAD:]

    def keys(self):
        """All (kind, value) that it keeps."""
        return [(k, v) for k in ("phone", "email") for v in self.kept[k]]


@dataclass
class Leg:
    id: str
    call_id: str
    agent_id: str
    number: Number
    kind: str  # owner, group, fallback
    routing: int  # of its call (R44)
    confirm: bool = False
    open: bool = True
    answered_at: int = None  # and not accepted yet (R28)

    def wire(self, **more):
        leg = {"leg_id": self.id}
        if self.agent_id is not None:
            leg["agent_id"] = self.agent_id
        return {**leg, **self.number.wire(), **more}


@dataclass
class Parked:
    event: object
    offset: int
    until: int


@dataclass
class Call:
    id: str
    lead_id: str = None
    state: str = "unrouted"  # ringing, waiting, connected, missed, ended
    routing: int = 0  # R44: how many there were
    started: int = 0
    settings: dict = None  # R37
    calls: dict = None  # R37
    context: object = None
    warnings: list = field(default_factory=list)
    # R21: (rule_id, group), a group being ("pool", id), ("agent", id) or
    # ("all", None); those that were looked at, and the one that rings.
    groups: list = field(default_factory=list)
    looked: int = 0
    group: tuple = None
    # The steps still to come; a tuple: R33's agents, to be rung again.
    plan: list = field(default_factory=list)
    numbers: list = field(default_factory=list)  # fallback entries to come
    rang: set = field(default_factory=set)  # the steps that have rung
    attempt: int = 0
    step: str = None
    legs: dict = field(default_factory=dict)  # all legs ever, by id
    ringing: list = field(default_factory=list)  # of the present attempt
    ring_end: int = 0
    deadline: int = 0
    expires: int = None  # the timer of an attempt, or of waiting
    time_over: bool = False  # of the attempt; R28 lets it go on
    wait_end: int = None  # R52; None: it has not waited yet
    wait_by_total: bool = False  # it is the total that ends it
    last_reason: str = None  # R31
    winner: Leg = None
    won_at: int = 0
    win_cancelled: list = field(default_factory=list)  # R33
    failed: str = None  # why the win was taken back, and no leg rang again
    taken_back: bool = False  # the success, by R33
    call_end: int = None  # max_call_s
    missed_at: int = None
    hung_up: bool = False  # the caller is gone (R44)
    ended_at: int = None
    parked: list = field(default_factory=list)
    # Of the outcomes, per call (R38–R41).
    derived: bool = False  # a routing has ended
    result: str = None
    tagged: bool = False
    succeeded: bool = False  # the actions of a success have run
    cadence_cancelled: str = None  # the outcome that did
    cancelling: set = field(default_factory=set)  # those that would
    told: set = field(default_factory=set)
    tasks: dict = field(default_factory=dict)  # kind → task
    repeated: Task = None  # another call's, that this miss repeats
    touched: int = 0
    seen: deque = field(default_factory=lambda: deque(maxlen=64))

    @property
    def routed(self):
        return self.state != "unrouted"

    def forget_outcome(self):
        self.result = self.cadence_cancelled = self.repeated = None
        self.tagged = self.succeeded = False
        self.cancelling, self.told, self.tasks = set(), set(), {}

    @property
    def running(self):
        return self.state in ("ringing", "waiting")


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
    old_pools: dict = field(default_factory=dict)  # R10
    leads: dict = field(default_factory=dict)
    # (kind, value) → {lead_id: the order of its last reception}.
    index: dict = field(default_factory=dict)
    calls: dict = field(default_factory=dict)
    opt_outs: set = field(default_factory=set)  # (kind, value)
    receptions: int = 0
    ownings: int = 0
    waits: int = 0
    asks: int = 0
    attempts: int = 0
    retry_due: int = None  # R11: every 60 s while a lead waits
    round_minute: int = None  # R11: of the last round before a newcomer
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

    @property
    def waiting_leads(self):
        """Oldest first."""
        return sorted((x for x in self.leads.values()
                       if x.waiting is not None), key=lambda x: x.waiting)

    @property
    def waiting_calls(self):
        """The one that started first, then by id."""
        return sorted((c for c in self.calls.values()
                       if c.state == "waiting"),
                      key=lambda c: (c.started, c.id.encode()))

    # R53: which phones and e-mails are somebody's.

    def matches(self, kind, value):
        never = self.doc["never_match"]
        if (kind, value) in never:
            return False
        if kind == "phone":
            return not typed.placeholder(value)
        return ("domain", value.partition("@")[2]) not in never

    def keys(self, lead):
        """Those of the lead that match."""
        return [key for key in lead.keys() if self.matches(*key)]

    def latest(self, lead, kind):
        """The lead's phone or e-mail: not one that matches nobody before one
        that does."""
        kept = lead.kept[kind]
        return next((v for v in kept if self.matches(kind, v)),
                    kept[0] if kept else None)

    # R15: what has expired counts as unknown when it is looked up.

    def any_lead(self, lead_id, now):
        """The lead, or what holds its outreach until it arrives."""
        lead = self.leads.get(lead_id)
        if lead is not None and lead.known and now >= lead.touched + (
                LEAD_CLOSED_MS if lead.closed else LEAD_OPEN_MS):
            del self.leads[lead_id]
            for key in lead.keys():
                self.unindex(lead, key)
            return None
        return lead

    def lead(self, lead_id, now):
        lead = self.any_lead(lead_id, now)
        return lead if lead is not None and lead.known else None

    def keep(self, lead, kind, value):
        """One more phone or e-mail; one given again is the latest."""
        kept = [v for v in lead.kept[kind] if v != value]
        kept.insert(0, value)
        kept.sort(key=lambda v: not self.matches(kind, v))  # stable
        lead.kept[kind] = kept[:KEPT_PER_LEAD]
        for gone in kept[KEPT_PER_LEAD:]:
            self.unindex(lead, (kind, gone))

    def forget(self, lead, kind, value):
        if value in lead.kept[kind]:
            lead.kept[kind].remove(value)
            self.unindex(lead, (kind, value))

    def received(self, lead, keys):
        """The lead was received with them; R15: the last 1 000."""
        self.receptions += 1
        for key in keys:
            leads = self.index.setdefault(key, {})
            leads.pop(lead.id, None)
            leads[lead.id] = self.receptions
            if len(leads) > LEADS_PER_KEY:
                del leads[next(iter(leads))]

    def unindex(self, lead, key):
        self.index.get(key, {}).pop(lead.id, None)

    def with_key(self, key, now):
        """The leads with a phone or e-mail, the last received last."""
        found = (self.lead(i, now) for i in list(self.index.get(key, ())))
        return [x for x in found if x is not None and key in x.keys()]

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
        if call.running or call.state == "connected":
            return now
        return call.touched if call.ended_at is None else call.ended_at

    def faded(self, call, now):
        """Neither is more known of one that was only tagged, a day later."""
        return (call.routed or call.tagged) \
            and now >= CALL_KEPT_MS + self.end_of(call, now)

    def stub(self, call, now):
        """A call of which only the id is still known."""
        return call.routed and self.faded(call, now)
