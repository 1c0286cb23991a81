"""Section 1 and R44: the sequence of steps, as `fairlead simulate` runs it."""

from . import calls, leads, outcomes, text
from .reading import (DeadLetter, key_of, read_event, usual_topic)
from .state import Team
from .step import Step, dead_letter
from .text import UNIT, in_bytes

RUN_ON_MS = 15 * 60_000

HANDLERS = {**leads.EVENTS, **calls.EVENTS,
            "call.outcome": outcomes.call_outcome}


class Engine:
    """One partition in virtual time. Feed it lines; each call returns the
    output lines (as objects) that it causes."""

    def __init__(self):
        self.wall = None  # until the first line that tells a time
        self._early = []  # the lines before it
        self.teams = {}
        self.timers_fired = 0
        self.duplicates = 0
        self._out = []

    # --- input ----------------------------------------------------------

    def feed(self, octets, offset):
        """One line of the input; `offset` is its number over all files."""
        if not octets.strip() or octets.startswith(b"#"):
            return []
        try:
            value = text.read_json(octets)
        except text.NotJson as e:
            value = e
        to = text.read_time(value.get("clock")) \
            if isinstance(value, dict) and value.keys() == {"clock"} else None
        at = to if to is not None else text.read_time(value.get("time")) \
            if isinstance(value, dict) else None
        if self.wall is None:
            if at is None:
                self._early.append((octets, value, offset))
                return []
            self._begin(at)
        if to is not None:
            self.run_on(to)
        else:
            self._record(octets, value, offset, at)
        return self._taken()

    def _begin(self, at):
        """Virtual time begins with the first time that a line tells."""
        self.wall = at
        early, self._early = self._early, []
        for line in early:
            self._record(*line, None)

    def finish(self, until=None):
        if self.wall is None:
            self._begin(0)
        self.run_on(self.wall + RUN_ON_MS if until is None else until)
        return self._taken()

    def _taken(self):
        out, self._out = self._out, []
        return out

    def _record(self, octets, value, offset, at):
        if at is None:
            at = self.wall
        # R1: a record stamped exactly at a due time goes first.
        self._fire_before(at)
        self.wall = max(self.wall, at)
        try:
            event = read_event(octets, value)
            self._step(event, at, offset)
        except DeadLetter as e:  # does not move the team's now
            self._out.append(dead_letter(key_of(value), e.reason, e.message,
                                         offset))

    def _step(self, event, at, offset):
        team = self.teams.setdefault(event.team, Team(event.team))
        # R17: only the team's own steps wait.
        while team.mass_due is not None:
            self._fire(self._mass_timer(team))
        now = max(at, team.now)
        leads.read_document(team, event)
        seen = self._window(team, event, now)
        if seen is not None and (event.source, event.id) in seen:
            self.duplicates += 1
            return
        if self._known_key(team, event, at, now):
            self.duplicates += 1
            return
        step = Step(team, now, self.wall, at,
                    {"topic": usual_topic(event.type), "partition": 0,
                     "offset": offset},
                    event.source + UNIT + event.id, event.id,
                    event.traceparent, offset)
        HANDLERS[event.type](step, event)
        self._window(team, event, now).append((event.source, event.id))
        if "lead_id" in event.ids and event.type != "call.outcome":
            lead = team.any_lead(event.get("lead_id"), now)
            if lead is not None:
                lead.touched = now  # R15
        self._done(step)

    @staticmethod
    def _known_key(team, event, at, now):
        """R44: call_id and (while held) outreach_id are their own keys."""
        if event.type == "transfer.requested":
            if at < team.now - calls.TOO_OLD_MS:  # R43
                raise DeadLetter("too_old", "/time is more than 24 h old")
            call = team.call(event.get("call_id"), now)
            if call is not None and call.routed:
                lead_id = event.get("lead_id")
                if call.running and call.lead_id == lead_id:
                    return True
                if not calls.may_route_again(call, lead_id, now):
                    raise DeadLetter(
                        "invalid_value",
                        "/data/call_id names a call that was routed before")
        if event.type == "outreach.requested":
            lead = team.any_lead(event.get("lead_id"), now)
            return lead is not None and any(
                h.outreach_id == event.get("outreach_id") for h in lead.held)
        return False

    @staticmethod
    def _window(team, event, now):
        """R44: what was applied to the same lead, agent, call or team."""
        if event.type == "team.configured":
            return team.seen
        if event.type.startswith("agent."):
            entity = team.agents.get(event.get("agent_id"))
        elif "call_id" in event.ids:
            entity = team.call(event.get("call_id"), now)
        else:
            entity = team.any_lead(event.get("lead_id"), now)
        return entity.seen if entity is not None else None

    def _done(self, step):
        team = step.team
        calls.look_at_waiting(step)  # R52
        for what in step.at_end:
            what()
        for agent in team.agents.values():
            if agent.wrap_end <= step.now:
                agent.wrap_timer = False
        team.now = step.now
        if not any(x.waiting is not None for x in team.leads.values()):
            team.retry_due = None
        elif team.retry_due is None and team.configured:
            team.retry_due = step.now + leads.MINUTE  # R11
        self._out += step.lines()

    # --- timers ---------------------------------------------------------

    def run_on(self, until):
        """Virtual time runs on to that instant, inclusive."""
        self._fire_before(until + 1)
        self.wall = max(self.wall, until)

    def _fire_before(self, at):
        """Every timer due before `at`, with `now` = its due time."""
        while True:
            timer = self._next()
            if timer is None or timer[0][0] >= at:
                return
            self.wall = max(self.wall, timer[0][0])
            self._fire(timer)

    def _next(self):
        """The order: due time, team, then team, agent, lead, call, by id; of
        one call parking ends first."""
        first = min((t for team in self.teams.values()
                     for t in self._timers(team)),
                    key=lambda t: t[0], default=None)
        if first is not None and first[1].mass_due is not None:
            return self._mass_timer(first[1])  # its own later steps wait
        return first

    @staticmethod
    def _mass_timer(team):
        return ((team.mass_due, in_bytes(team.id), 0, b"", 0), team, "mass",
                leads.mass_work)

    def _timers(self, team):
        name = in_bytes(team.id)
        if team.mass_due is not None:
            yield self._mass_timer(team)
        if team.retry_due is not None:
            yield ((team.retry_due, name, 0, b"", 1), team, "retry",
                   leads.retry_timer)
        if team.waiting_calls:
            for agent in team.agents.values():
                if agent.wrap_timer:  # R52
                    yield ((agent.wrap_end, name, 1, in_bytes(agent.id), 0),
                           team, "wrap_up", lambda s: None)
        for lead in team.leads.values():
            if lead.held:
                yield ((lead.held[0].until, name, 2, in_bytes(lead.id), 0),
                       team, "held", lambda s, x=lead:
                       leads.held_too_long(s, x))
        for call in team.calls.values():
            id_ = in_bytes(call.id)
            if call.parked:
                yield ((call.parked[0].until, name, 3, id_, 0), team,
                       "parked", lambda s, c=call: calls.parking_ends(s, c))
            if call.expires is not None:
                yield ((call.expires, name, 3, id_, 1), team, "ring",
                       lambda s, c=call: calls.call_timer(s, c))
            if call.call_end is not None:
                yield ((call.call_end, name, 3, id_, 1), team, "max_call",
                       lambda s, c=call: calls.max_call_timer(s, c))

    def _fire(self, timer):
        (due, *_), team, kind, action = timer
        self.timers_fired += 1
        now = max(due, team.now)
        step = Step.of_timer(team, now, max(self.wall, due), due,
                             f"{kind}#{self.timers_fired}")
        action(step)
        self._done(step)
