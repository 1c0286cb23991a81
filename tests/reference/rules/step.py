"""A step: one record or one due timer, and what it puts out (R1)."""

from urllib.parse import quote

from . import text

TOPICS = {
    "lead.assigned": "assignments", "lead.reassigned": "assignments",
    "lead.unassigned": "assignments", "lead.stage_changed": "assignments",
    "lead.conflict": "assignments", "action.failed": "assignments",
    "agent.auto_unavailable": "assignments",
    "ring.requested": "rings", "ring.cancelled": "rings",
    "transfer.connected": "rings", "transfer.missed": "rings",
    "transfer.waiting": "rings", "outcome.corrected": "rings",
    "notification.requested": "notifications",
    "task.created": "tasks", "task.moved": "tasks", "task.cancelled": "tasks",
    "task.repeated": "tasks",
    "outreach.released": "outreach", "outreach.held": "outreach",
    "outreach.refused": "outreach", "cadence.cancelled": "outreach",
    "cadence.paused": "outreach", "cadence.resumed": "outreach",
    "decision.recorded": "decisions",
}

# The event that introduces a decision, a task or a notification carries its
# own id as that of the thing.
OWN_ID = {"decision.recorded": "decision_id", "task.created": "task_id",
          "notification.requested": "notification_id"}


# Fields that say null; any other field without a value is left out.
SAYS_NULL = {("decision.recorded", "chosen"), ("task.created", "assignee"),
             ("task.moved", "from"), ("task.repeated", "assignee"),
             ("lead.conflict", "phone"), ("lead.conflict", "email")}


def percent(team):
    return quote(team, safe="")


class Step:
    def __init__(self, team, now, wall, stamp, cause, cause_text, cause_id,
                 traceparent=None, offset=None):
        self.team = team
        self.now = now
        self.wall = wall
        self.stamp = stamp  # the record's timestamp, or the timer's due time
        self.cause = cause  # as decisions name it
        self.cause_text = cause_text  # as derived ids name it
        self.cause_id = cause_id
        self.traceparent = traceparent
        self.offset = offset
        self.budget = 200  # R17: leads of mass work in one step
        self.waits_before = team.waits
        self.stand_ins = {}  # R50: looked for once in a step
        self.asked = set()
        self.at_end = []  # what stands last in it
        self._lines = []
        self._ordinal = 0

    @classmethod
    def of_timer(cls, team, now, wall, due, name):
        return cls(team, now, wall, due, {"timer": name}, name, name)

    @property
    def late_ms(self):
        """R43: how far the wall clock is past what starts this step."""
        return self.wall - self.stamp

    def emit(self, type_, data, lead=None, agent_id=None, call_id=None):
        """One output; returns its id. Owner and epoch are filled in at the
        end, because they are those after the step."""
        id_ = text.derived_id(self.team.id, self.cause_text, self._ordinal)
        self._ordinal += 1
        self.team.sequence += 1
        full = {"team_id": self.team.id}
        if lead is not None:
            full.update(lead_id=lead.id, owner=None, owner_epoch=None)
        if type_ in OWN_ID:
            full[OWN_ID[type_]] = id_
        full.update((k, v) for k, v in data.items() if v is not None
                    or (type_, k) in SAYS_NULL)
        subject = lead.id if lead is not None else agent_id or call_id
        event = {
            "specversion": "1.0", "id": id_,
            "source": "/fairlead/" + percent(self.team.id),
            "type": type_, "subject": subject,
            "time": text.write_time(self.now), "partitionkey": self.team.id,
            "datacontenttype": "application/json",
            "causationid": self.cause_id,
            "sequence": f"{self.team.sequence:020d}",
        }
        if self.traceparent is not None:
            event["traceparent"] = self.traceparent
        event["data"] = full
        self._lines.append(({"topic": TOPICS[type_], "key": self.team.id,
                             "event": event}, lead))
        return id_

    def bury(self, reason, message, offset):
        """A parked event that comes to nothing, where it comes to it."""
        self._lines.append((dead_letter(self.team.id, reason, message, offset),
                            None))

    def lines(self):
        for line, lead in self._lines:
            if lead is not None:
                line["event"]["data"]["owner"] = lead.owner
                line["event"]["data"]["owner_epoch"] = lead.epoch
        return [line for line, _ in self._lines]


def dead_letter(key, reason, message, offset):
    return {"topic": "dead-letters", "key": key, "reason": reason,
            "message": message, "input_line": offset}
