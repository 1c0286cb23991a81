#!/usr/bin/python3
"""Random histories for `fairlead simulate`, from a seed.

The generator runs the model beside it, so that it knows the legs that ring,
the tasks that are open and the instants at which timers are due, and its
histories go deep: calls are really answered, races lost, bridges broken.
"""

import argparse
import json
import random
import sys
from datetime import timedelta

from rules import text, zones
from rules.engine import Engine

STARTS = (  # a Monday; midnights; both changes of the clock
    "2026-03-02T15:00:00Z", "2026-03-03T04:55:00Z", "2026-03-08T06:30:00Z",
    "2026-11-01T04:40:00Z", "2026-03-29T00:45:00Z", "2026-12-25T14:58:00Z")
ZONES = ("America/New_York", "America/Chicago", "Europe/Berlin", "UTC",
         "America/Los_Angeles", "Asia/Kolkata")
AGENTS = ("ana", "ben", "cleo", "dan", "eva", "Fay", "zoë")
SOURCES = ("zillow", "web", "referral")
TYPES = ("buyer", "seller", "both", "renter")
CITIES = ("Austin", "Dallas", "Ca\u00f1on City")
ZIPS = ("78701", 2903, "02903-1234", "7870")
STATES = ("TX", "Texas", "us-ny", "N.Y.", "new york", "Tejas")
LANGUAGES = ("es", "es-MX", "es_MX", "en", "Spanish")
TAGS = ("hot", "vip", "cash")
OUTCOMES = ("successful_transfer", "missed_transfer", "needs_follow_up",
            "contact_later", "opt_out", "not_interested", "unqualified",
            "bad_number", "qualified_buyer")
# What telephony or a bot may write for it (R38), and a list of a team.
SPELLED = {"opt_out": ("Opt Out", "OPT-OUT"), "qualified_buyer":
           ("Qualified Buyer", "qualified-buyer"),
           "missed_transfer": ("missed transfer",)}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# How often what happens.
PROFILES = {
    "ownership": dict(lead=30, assign=8, closed=5, outreach=12, task=3,
                      availability=8, agent=6, removed=3, team=4, transfer=3,
                      leg=4, hangup=1, outcome=8, again=1, duplicate=3,
                      clock=6, garbage=1),
    "calls": dict(lead=8, assign=2, closed=2, outreach=2, task=3,
                  availability=6, agent=3, removed=1, team=2, transfer=18,
                  leg=45, hangup=7, outcome=10, again=4, queue=2, duplicate=3,
                  clock=8, garbage=1),
    "mixed": dict(lead=18, assign=5, closed=3, outreach=6, task=3,
                  availability=6, agent=4, removed=2, team=3, transfer=12,
                  leg=25, hangup=4, outcome=10, again=2, duplicate=3, clock=7,
                  garbage=3),
    "garbage": dict(lead=12, assign=4, closed=2, outreach=4, task=2,
                    availability=3, agent=3, removed=1, team=2, transfer=6,
                    leg=8, hangup=2, outcome=5, again=1, duplicate=8, clock=3,
                    garbage=45),
}


# Days and months pass; nobody waits, because everybody can be the owner.
PROFILES["long"] = dict(PROFILES["mixed"], agent=0, removed=0, team=0,
                        garbage=0, transfer=14, outreach=14, task=5,
                        outcome=20)
# More leads than one step may work through.
PROFILES["mass"] = dict(PROFILES["ownership"], many=6, removed=10, agent=10,
                        behind=1)
# Texts, numbers and times that one would not write.
PROFILES["odd"] = dict(PROFILES["mixed"], lead=40, odd=30)
# Contacts as people type them, one person through several portals, opt-outs
# and opt-ins, placeholders (R12, R18, R53, R54).
PROFILES["people"] = dict(lead=6, inquiry=45, assign=4, closed=3, outreach=14,
                          task=2, availability=3, agent=3, removed=3, team=3,
                          transfer=5, leg=3, hangup=1, outcome=4, opt_out=5,
                          again=1, duplicate=2, clock=4, garbage=1)
# Holidays, absences, stand-ins, and calls meanwhile (R49-R52).
PROFILES["away"] = dict(lead=14, assign=4, closed=1, outreach=3, task=2,
                        availability=6, away=14, agent=6, removed=1, team=4,
                        transfer=18, leg=32, hangup=8, outcome=6, again=4,
                        queue=10, duplicate=2, clock=10, garbage=1)


def seeds_of(value):
    first, _, last = value.partition("..")
    return range(int(first), int(last or first) + 1)


class Generator:
    def __init__(self, seed, steps, profile):
        self.r = random.Random(f"{profile}/{seed}")
        self.profile = profile
        self.weights = PROFILES[profile]
        self.steps = steps
        self.engine = Engine()
        self.lines = []
        self.sent = []
        self.serial = 0
        self.now = text.read_time(self.r.choice(STARTS))
        self.teams = ["acme"] + self.r.sample(
            ["best", "Zoë & Söhne", "ghost"], self.r.choice((0, 0, 1, 2)))
        if profile == "long":
            self.teams = ["acme"]
        self.calls = {t: 0 for t in self.teams}
        self.versions = {}

    # --- the frame ------------------------------------------------------

    def run(self):
        if self.profile == "mass" and self.chance(0.5):
            self.do_many(self.teams[0])  # they wait for its document
        for team in self.teams:
            if self.profile == "long":  # or each minute is a retry
                self.event(team, "agent.configured", {"agent_id": "ana"})
                self.event(team, "team.configured", {
                    **self.team_doc(team), "account_owner": "ana"})
            elif team != "ghost" and self.chance(0.95):
                self.event(team, "team.configured", self.team_doc(team))
            for agent in self.r.sample(AGENTS[self.profile == "long":],
                                       self.r.randint(2, 6)):
                self.event(team, "agent.configured", self.agent_doc(
                    team, agent, calm=True))
        kinds = list(self.weights)
        while len(self.lines) < self.steps:
            self.pass_time()
            kind = self.r.choices(kinds, [self.weights[k] for k in kinds])[0]
            getattr(self, "do_" + kind)(self.r.choice(self.teams))
        return self.lines

    def chance(self, p):
        return self.r.random() < p

    def put(self, line):
        self.lines.append(line)
        self.engine.feed(line.encode(), len(self.lines))

    def event(self, team, type_, data, at=None, id_=None, source=None,
              **more):
        self.serial += 1
        if at is None:
            at = self.now
            if self.chance(0.04) and self.profile != "mass":  # out of order
                at -= self.r.choice((1, 1000, 20_000, 59_000, 61_000, 90_000,
                                     90_000_000))
        if self.profile == "mass":
            self.now += 1
        event = {"specversion": "1.0", "id": id_ or f"e{self.serial}",
                 "source": source or "/" + self.r.choice("ab"),
                 "type": type_, "time": text.write_time(at),
                 "partitionkey": team, "data": data, **more}
        if self.chance(0.03):
            event["traceparent"] = (
                f"00-{self.serial:032x}-{self.serial:016x}-01",
                f"00-{self.serial:032x}-01",
                f"cc-{self.serial:032x}-{7:016x}-00-x",
                f"00-{0:032x}-{self.serial:016x}-01")[self.serial % 4]
        self.sent.append(event)
        self.put(json.dumps(event, ensure_ascii=False))

    def due(self):
        """The instants at which timers are due."""
        return sorted({t[0][0] for team in self.engine.teams.values()
                       for t in self.engine._timers(team)
                       if t[0][0] >= self.now})

    def edges(self):
        """The instants at which something ends without a timer, and the
        next midnight, when caps are new."""
        found = [x for team in self.engine.teams.values()
                 for a in team.agents.values()
                 for x in (a.busy_end, a.away_until, a.wrap_end)]
        if self.chance(0.3):
            zone = self.r.choice(ZONES)
            ahead = zones.local(self.now, zone)
            ahead = ahead.replace(hour=0, minute=0, second=0, microsecond=0) \
                + timedelta(days=1)
            found += zones.instants(ahead, zone)
        return [x for x in found if self.now < x < self.now + 90_000_000]

    def pass_time(self):
        if self.profile == "mass":
            # Until it is settled whether a record of the same instant waits
            # for mass work (STEPS_WAIT_FOR_MASS_WORK), there is none.
            self.now = max(self.now, self.engine.wall) + 1
        due = self.due()
        how = self.r.random()
        if how < 0.35:
            return
        if self.profile == "long" and how > 0.8:
            self.now += self.r.choice((8, 20, 26, 24 * 3, 24 * 7, 24 * 31,
                                       24 * 100, 24 * 190)) * 3600_000
            return
        edges = self.edges() if 0.35 < how < 0.43 else ()
        if edges and self.profile != "long":
            self.now = self.r.choice(edges) \
                + self.r.choice((-1, 0, 0, 1, 1, 500, 3000))
        elif how < 0.50 and due and due[0] < self.now + 400_000:
            self.now = due[0] + self.r.choice((-1, 0, 0, 0, 1))
        elif how < 0.80:
            self.now += self.r.choice((1, 250, 1000, 3000, 5000, 12_000))
        elif how < 0.97 or self.profile == "mass":
            self.now += self.r.randint(1, 90) * 1000
        elif how < 0.995:
            self.now += self.r.randint(2, 60) * 60_000
        else:
            self.now += self.r.randint(1, 20) * 3600_000
        self.now = max(self.now, self.engine.wall - (self.profile != "mass"))

    # --- what there is --------------------------------------------------

    def team_state(self, team):
        return self.engine.teams.get(team)

    def agent_id(self, team, strange=0.04):
        if self.chance(strange):
            return self.r.choice(("nobody", "gus"))
        state = self.team_state(team)
        known = list(state.agents) if state else []
        return self.r.choice(known or list(AGENTS))

    def lead_id(self, team, strange=0.05):
        if self.chance(strange):
            return f"u{self.r.randint(1, 3)}"
        return f"l{self.r.randint(1, 14)}"

    def phone(self):
        n = self.r.randint(1, 7)
        plain = f"+1 512 555 01{n:02d}", f"(512) 555-01{n:02d}", \
            f"+151255501{n:02d}"
        if self.chance(0.85):
            return self.r.choice(plain)
        return self.r.choice((
            f"512-555-01{n:02d} (cell)", int(f"51255501{n:02d}"),
            f"512 555 01{n:02d} x{n}", f"512-555-01{n:02d} ext. {n}",
            f"call me: 512.555.01{n:02d} after 5",
            f"512-555-01{n:02d} or 512-555-0109", f"512 555 01{n:02d} evenings",
            f"555-01{n:02d} or +1 512 555 01{n:02d}"))

    def email(self):
        n = self.r.randint(1, 6)
        plain = f"p{n}@x.example", f" P{n}@X.example "
        if self.chance(0.85):
            return self.r.choice(plain)
        return self.r.choice((
            f"Kim Roe <p{n}@x.example>", f"mailto:p{n}@x.example",
            f"p{n}@x.example, q{n}@x.example", f"p{n}@x.example;",
            f"p{n}@x.\u200bexample", f"p{n}@x.example."))

    def nobody(self):
        """What people write who do not tell."""
        return self.r.choice((
            {"phone": "000-000-0000"}, {"phone": "1234567890"},
            {"phone": "9876543210"}, {"phone": "(555) 555-5555"},
            {"phone": "512-155-0101"}, {"phone": "n/a"}, {"phone": ""},
            {"phone": " "}, {"email": "n/a"}, {"email": ""},
            {"email": "none@none"}, {"email": "a@b@c"}, {"email": "none"},
            {"phone": "512-555-0108"}, {"email": "desk@office.example"},
            {"email": "x@office.example"}))

    def contact(self):
        c = {}
        if self.chance(0.5):
            c["name"] = self.r.choice(("Kim Roe", "Lee", ""))
        if self.chance(0.6):
            c["phone"] = self.phone()
        if self.chance(0.45):
            c["email"] = self.email()
        if self.chance(0.03):
            c["phone"] = self.r.choice(("12", "no phone", "", "555 0100"))
        if self.chance(0.2 if self.profile == "people" else 0.04):
            c.update(self.nobody())
        if self.chance(0.05):
            c.update(self.r.choice((
                {"first_name": "Kim", "last_name": "Roe"},
                {"first_name": " Lee "}, {"last_name": 5},
                {"forget": [self.phone()]}, {"forget": [self.email(), 5]},
                {"forget": "all"}, {"forget": []})))
        return c

    def open_call(self, team):
        """A call that rings or is connected, if there is one."""
        state = self.team_state(team)
        open_ = [c for c in state.calls.values()
                 if c.state in ("ringing", "connected")] if state else []
        return self.r.choice(open_) if open_ else None

    def any_call(self, team):
        state = self.team_state(team)
        routed = [c for c in state.calls.values() if c.routed] if state else []
        return self.r.choice(routed) if routed else None

    # --- documents ------------------------------------------------------

    def version(self, key):
        if self.chance(0.5):
            return {}
        v = self.versions.get(key, 0) + self.r.choice((1, 1, 1, 2, 0, -1))
        self.versions[key] = max(v, self.versions.get(key, 0))
        return {"version": v}

    def hours(self):
        """A window that has an edge near the present time more often."""
        if self.chance(0.4):  # an edge at this very minute somewhere
            edge = zones.local(self.now, self.r.choice(ZONES)) \
                + timedelta(minutes=self.r.choice((-1, 0, 0, 1, 2)))
            other = edge + timedelta(minutes=self.r.choice(
                (-1, 0, 1, 30, 600, -30)))
            return {"from": f"{edge:%H:%M}", "to": f"{other:%H:%M}"} \
                if self.chance(0.5) else \
                {"from": f"{other:%H:%M}", "to": f"{edge:%H:%M}"}
        h = self.r.randint(0, 23)
        f = f"{h:02d}:{self.r.choice((0, 0, 30, 15)):02d}"
        h = (h + self.r.choice((0, 1, 4, 9, 9, 15))) % 24
        return {"from": f, "to": f"{h:02d}:{self.r.choice((0, 30)):02d}"}

    def weekly(self):
        days = self.r.choice((DAYS, DAYS[:5], DAYS[:5], None,
                              self.r.sample(DAYS, self.r.randint(1, 4)),
                              DAYS[:5] + ("holiday",), ("holiday",)))
        return {"days": list(days), **self.hours()} if days else self.hours()

    def schedule(self):
        s = {"weekly": [self.weekly() for _ in range(self.r.randint(0, 2))]}
        if self.chance(0.3):
            day = text.write_time(self.now + self.r.randint(-1, 2)
                                  * 86_400_000)[:10]
            s["overrides"] = [self.r.choice((
                {"date": day, "closed": True}, {"date": day, **self.hours()},
                {"date": day, "closed": self.chance(0.5), **self.hours()}))
                for _ in range(self.r.randint(1, 2))]
        return s

    def date(self, least=-2, most=4):
        return text.write_time(self.now + self.r.randint(least, most)
                               * 86_400_000)[:10]

    def absences(self):
        found = []
        for _ in range(self.r.randint(1, 2)):
            one, two = sorted((self.date(), self.date(-1, 20)))
            found.append({"from": one, "to": two})
        return found

    def time_off(self):
        return text.write_time(self.now + self.r.choice(
            (-1000, 0, 1, 5000, 60_000, 3600_000, 30 * 3600_000,
             20 * 86_400_000)))

    def agent_doc(self, team, agent, calm=False):
        d = {"agent_id": agent, **self.version((team, agent))}
        if self.chance(0.5):
            d["name"] = agent.title()
        if self.chance(0.9):
            n = AGENTS.index(agent) if agent in AGENTS else 9
            d["phone"] = f"+1 512 555 02{n:02d}"
            if self.chance(0.1):
                d["phone"] = "+15125550200"  # two agents with one phone
            elif self.chance(0.08):
                d["phone"] += self.r.choice((" x7", " ext. 8", ";ext=9"))
        elif self.chance(0.6):
            d["endpoint"] = self.r.choice((f"sip:{agent}@pbx", "sip:desk",
                                           "1006"))
        if self.chance(0.4):
            d["email"] = f"{agent}@{team[:4]}.example"
        if self.chance(0.06 if calm or self.profile == "away" else 0.25):
            d["active"] = False
        if self.chance(0.08):
            d["accepting_leads"] = False
        if self.chance(0.1):
            d["available_for_calls"] = False
        if self.chance(0.25):
            d["daily_cap"] = self.r.choice((0, 1, 2, 3, 5, None))
        if self.chance(0.3):
            d["time_zone"] = self.r.choice(ZONES)
        if self.chance(0.2 if self.profile == "away" else 0.4):
            d["schedule"] = self.schedule()
        if self.chance(0.3 if self.profile == "away" else 0.04):
            d["absences"] = self.absences()
        return d

    def action(self, pools, tag):
        r = self.r
        return r.choice((
            lambda: {"do": "assign", "pool": r.choice(pools)} if pools
            else {"do": "assign", "agent": r.choice(AGENTS)},
            lambda: {"do": "assign", "agent": r.choice(AGENTS)},
            lambda: {"do": "assign", "to": "answered_by"},
            lambda: {"do": "stage", "to": r.choice(("hot", "cold", "working"))},
            lambda: {"do": "cancel_cadence"},
            lambda: {"do": "pause_cadence"},
            lambda: {"do": "create_task",
                     "kind": r.choice(("call_back", "follow_up", "visit")),
                     **({"due_in_s": r.choice((0, 60, 3600))}
                        if self.chance(0.5) else {})},
            lambda: {"do": "notify", "to": r.sample(
                ["owner", "account_owner", "answered_by",
                 {"agent": r.choice(AGENTS)}], r.randint(1, 3))},
            lambda: {"do": "notify", "to": ["owner"]},
        ))()

    def team_doc(self, team):
        r = self.r
        d = {"team_id": team, **self.version(team),
             "account_owner": r.choice(AGENTS)}
        if self.chance(0.3):
            d["default_owner"] = r.choice(AGENTS + ("nobody",))
        if self.chance(0.6 if self.profile == "away" else 0.05):
            d["holidays"] = [self.date() for _ in range(r.randint(0, 2))]
        if self.chance(0.15):
            d["reassign_inactive"] = self.chance(0.8)
        if self.chance(0.4 if self.profile == "people" else 0.1):
            d["never_match"] = r.sample((
                "512 555 0108", "desk@office.example", "*@office.example",
                "+1 512 555 0103", "p4@x.example", "*@x.example"),
                r.randint(0, 3))
        if self.chance(0.6):
            d["time_zone"] = r.choice(ZONES)
        if self.chance(0.3):
            d["stages"] = r.choice(({"assigned": None}, {"assigned": "new"},
                                    {}, {"assigned": "hot"}))
        pools = r.sample(("p1", "p2", "p3"), r.choice((0, 1, 1, 2, 2, 3)))
        d["pools"] = []
        for p in pools:
            members = []
            for agent in r.sample(AGENTS, r.randint(1, 5)):
                m = {"agent_id": agent}
                if self.chance(0.4):
                    m["weight"] = r.choice((1, 2, 3, 5, 7, 83, 91, 97, 89, 79))
                members.append(m)
            pool = {"id": p, "members": members}
            if self.chance(0.4):
                pool["assign_requires"] = r.choice(("none", "schedule",
                                                    "available"))
            if self.chance(0.3):
                pool["catch_up_turns"] = r.choice((0, 1, 2, 5, 10**12))
            d["pools"].append(pool)
        d["routing_rules"] = []
        for i in range(r.choice((0, 1, 1, 2, 3, 4))):
            rule = {"id": f"r{i}"}
            if self.chance(0.6):
                rule["when"] = self.when()
            if self.chance(0.2):
                rule["active"] = self.weekly()
            rule["assign"] = {"pool": r.choice(pools)} \
                if pools and self.chance(0.8) else {"agent": r.choice(AGENTS)}
            d["routing_rules"].append(rule)
        if self.chance(0.8):
            d["transfer"] = self.transfer()
        if self.chance(0.5):
            d["calls"] = {"wrap_up_s": r.choice((0, 0, 5, 30, 120)),
                          "auto_unavailable_after": r.choice((0, 1, 2, 2, 3))}
            if self.chance(0.2):
                d["calls"]["min_talk_s"] = r.choice((1, 5, 20))
            if self.chance(0.2):
                d["calls"]["cover_after_s"] = r.choice((0, 3600, 86_400))
            if self.chance(0.5 if self.profile == "away" else 0.2):
                d["calls"]["max_call_s"] = r.choice((20, 60, 600))
        if self.chance(0.5):
            d["outcomes"] = {
                self.spelled(tag): [self.action(pools, tag)
                                    for _ in range(r.randint(0, 4))]
                for tag in r.sample(OUTCOMES, r.randint(1, 5))}
        return d

    def spelled(self, tag):
        return self.r.choice(SPELLED[tag]) \
            if tag in SPELLED and self.chance(0.15) else tag

    def when(self):
        r, w = self.r, {}
        if self.chance(0.4):
            w["sources"] = r.sample(SOURCES, r.randint(0, 2))
        if self.chance(0.4):
            w["lead_types"] = r.sample(TYPES, r.randint(1, 2))
        if self.chance(0.2):
            w["tags"] = r.sample(TAGS, r.randint(1, 2))
        if self.chance(0.15):
            w["sources"] = [r.choice(("Zil*", "*", "web *", "re*"))]
        if self.chance(0.2):
            w["cities"] = r.choice(([" austin"], ["canon city"], ["A*"]))
        if self.chance(0.1):
            w["zips"] = r.choice((["78701"], ["787*"], ["2903"], ["02903"]))
        if self.chance(0.1):
            w["states"] = r.choice((["tx"], ["Texas"], ["N*"], ["te*"],
                                    ["US-NY", "dc"]))
        if self.chance(0.1):
            w["languages"] = r.choice((["es"], ["es-MX"], ["Span*"], ["en"]))
        if self.chance(0.05):
            w["timeframes"] = ["3 months"]
        if self.chance(0.3):
            w["min_price"] = r.choice((300, 300, 501))
        if self.chance(0.2):
            w["max_price"] = r.choice((500, 500, 299))
        return w

    def transfer(self):
        r, t = self.r, {}
        if self.chance(0.6):
            t["pattern"] = r.choice(("assigned_agent", "simultaneous_group",
                                     "assigned_then_group"))
        if self.chance(0.4):
            t["ring_timeout_s"] = r.choice((5, 20, 35, 60, 3600))
        if self.chance(0.4):
            t["total_timeout_s"] = r.choice((10, 40, 60, 70, 120, 86_400))
        if self.chance(0.2):
            t["max_age_s"] = r.choice((0, 10, 60))
        if self.chance(0.3):
            t["answer_grace_s"] = r.choice((0, 0, 1, 5, 30))
        if self.chance(0.7 if self.profile == "away" else 0.25):
            t["wait_s"] = r.choice((0, 5, 30, 90, 600, 3600))
        if self.chance(0.25):
            t["group_size"] = r.choice((1, 1, 2, 3, None))
        if self.chance(0.6):
            t["fallback_numbers"] = [self.fallback()
                                     for _ in range(r.randint(0, 3))]
        if self.chance(0.25):
            t["confirm"] = {"agents": self.chance(0.5),
                            "fallback": self.chance(0.5)}
            if self.chance(0.5):
                t["confirm_s"] = r.choice((0, 1, 5, 60))
        return t

    def fallback(self):
        """A phone or an entry; sometimes an agent's."""
        r = self.r
        number = r.choice(("+15125550199", "512 555 0198", "+15125550201",
                           "+1 512 555 0202", "+15125550199 x3"))
        if self.chance(0.6):
            return number
        entry = {"phone": number} if self.chance(0.7) \
            else {"endpoint": r.choice(("sip:desk", "1006", "sip:front"))}
        if self.chance(0.5):
            entry["lines"] = r.choice((1, 1, 2, 5))
        if self.chance(0.3):
            entry["schedule"] = self.schedule()
            if self.chance(0.4):
                entry["time_zone"] = r.choice(ZONES)
        return entry

    # --- events ---------------------------------------------------------

    def do_team(self, team):
        if team != "ghost" or self.chance(0.1):
            self.event(team, "team.configured", self.team_doc(team))

    def do_agent(self, team):
        self.event(team, "agent.configured",
                   self.agent_doc(team, self.r.choice(AGENTS)))

    def do_availability(self, team):
        d = {"agent_id": self.agent_id(team)}
        which = self.r.randint(1, 3)
        if which & 1:
            d["available_for_calls"] = self.chance(0.6)
        if which & 2:
            d["accepting_leads"] = self.chance(0.6)
        if self.chance(0.15):
            d["busy"] = self.chance(0.7)
        if self.chance(0.05):
            d["away_until"] = self.time_off()
        self.event(team, "agent.availability_changed", d)

    def do_away(self, team):
        d = {"agent_id": self.agent_id(team)}
        if self.chance(0.6):
            d["away_until"] = self.time_off()
        if "away_until" not in d or self.chance(0.2):
            d["busy"] = self.chance(0.7)
        self.event(team, "agent.availability_changed", d)

    def do_removed(self, team):
        d = {"agent_id": self.agent_id(team)}
        if self.chance(0.5):
            d["reassign"] = self.chance(0.7)
        self.event(team, "agent.removed", d)

    def lead(self, team):
        r = self.r
        d = {"lead_id": self.lead_id(team)}
        if self.chance(0.8):
            d["contact"] = self.contact()
        if self.chance(0.6):
            d["source"] = r.choice(SOURCES + (" Zillow ", "Zillow Flex"))
        if self.chance(0.6):
            d["lead_type"] = r.choice(TYPES + (
                "Both", "Buyers", "buyer / seller", ["seller", "Buyers"],
                ["buyer"], ["renter", "buyer"], "seller and buyer"))
        if self.chance(0.3):
            d["tags"] = r.sample(TAGS, r.randint(0, 2)) \
                if self.chance(0.8) else r.choice((
                    "hot; vip", "cash", " ", ";", ["hot", ""], ["", 5],
                    ["vip", 5, None]))
        if self.chance(0.3):
            d["city"] = r.choice(CITIES + ("CANON  CITY",))
        if self.chance(0.15):
            d["zip"] = r.choice(ZIPS)
        if self.chance(0.15):
            d["state"] = r.choice(STATES)
        if self.chance(0.15):
            d["language"] = r.choice(LANGUAGES)
        if self.chance(0.05):
            d["timeframe"] = r.choice(("3 Months", "", "now"))
        if self.chance(0.06):
            d["quiet"] = self.chance(0.8)
        if self.chance(0.4):
            d["price"] = r.choice((299, 300, 400, 500, 501)) \
                if self.chance(0.8) else r.choice((
                    300.0, 299.9, "$300", "0.3k", "300 - 400", "250-500",
                    "USD 501", "1,000", "call me", "-5", "", "0.5K"))
        if self.chance(0.12):
            d["assigned_agent"] = self.agent_id(team, 0.15)
        if self.chance(0.06):
            d["opt_in"] = self.chance(0.8)
        return d

    def follow(self, team, d):
        """Sometimes a lead that opted out gets the phone of one that holds
        outreach (R18)."""
        state = self.team_state(team)
        leads = state.leads.values() if state else ()
        out = [x.id for x in leads if x.opted_out and x.owner is None] \
            or [x.id for x in leads if x.opted_out]
        phones = [x.kept["phone"][0].phone for x in leads
                  if x.held and x.kept["phone"]]
        if out and phones and self.chance(0.7):
            d["lead_id"] = self.r.choice(out)
            d["contact"] = {"phone": self.r.choice(phones)}

    def do_lead(self, team):
        d = self.lead(team)
        self.follow(team, d)
        if self.chance(0.06):
            d[self.r.choice(("price", "city", "tags", "contact", "opt_in",
                             "lead_type", "assigned_agent"))] = \
                self.r.choice((1.5, {"x": 1}, [1], None))
        self.event(team, "lead.received", d)

    def do_inquiry(self, team):
        """One of a few people, through one of a few portals."""
        r = self.r
        n, portal = r.randint(1, 4), r.choice("zrf")
        d = {"lead_id": f"{portal}-{n}" if self.chance(0.9)
             else r.choice((1000 + n, f" {portal}-{n} ")),
             "source": r.choice(SOURCES), "contact": {}}
        c = d["contact"]
        if self.chance(0.8):
            c["name"] = f"Kim {n}"
        if self.chance(0.6):
            c["phone"] = r.choice((f"512-555-01{n:02d}", self.phone(),
                                   f"512-555-01{n:02d} x{n}"))
        if self.chance(0.5):
            c["email"] = r.choice((f"p{n}@x.example", self.email()))
        if self.chance(0.25):
            c.update(self.nobody())
        if self.chance(0.1):
            c["forget"] = [r.choice((self.phone(), self.email()))
                           for _ in range(r.randint(1, 2))]
        if self.chance(0.08):
            d["opt_in"] = True
        if self.chance(0.1):
            d["quiet"] = True
        if self.chance(0.06):
            d["assigned_agent"] = self.agent_id(team)
        self.event(team, "lead.received", d)

    def do_opt_out(self, team):
        state = self.team_state(team)
        leads = list(state.leads) if state else []
        if leads:
            self.serial += 1
            self.event(team, "call.outcome", {
                "call_id": f"y{self.serial}", "lead_id": self.r.choice(leads),
                "outcome": self.spelled("opt_out")})

    def do_assign(self, team):
        d = {"lead_id": self.lead_id(team)}
        how = self.r.random()
        if how < 0.45:
            d["agent_id"] = self.agent_id(team, 0.1)
        elif how < 0.8:
            d["pool_id"] = self.r.choice(("p1", "p2", "p3"))
            if self.chance(0.03):
                d["agent_id"] = "ana"  # both: not valid
        if self.chance(0.25):
            state = self.team_state(team)
            lead = state and state.leads.get(d["lead_id"])
            d["if_owner_epoch"] = self.r.choice(
                (lead.epoch, lead.epoch, 0) if lead else (0, 1, 2))
        self.event(team, "lead.assignment_requested", d)

    def do_closed(self, team):
        self.event(team, "lead.closed", {"lead_id": self.lead_id(team)})

    def do_outreach(self, team):
        self.serial += 1
        d = {"lead_id": self.lead_id(team, 0.15),
             "outreach_id": f"o{self.serial}"
             if self.chance(0.9) else "o-again", "channel": "sms"}
        if self.chance(0.5):
            d["payload"] = self.r.choice(({"a": 1.0, "b": [None]}, "hi", 1e3,
                                          None, [], 5))
        self.event(team, "outreach.requested", d)

    def do_task(self, team):
        state = self.team_state(team)
        tasks = [(x.id, t.id) for x in state.leads.values() for t in x.tasks
                 if t.open] if state else []
        if tasks and self.chance(0.9):
            lead, task = self.r.choice(tasks)
        else:
            lead, task = self.lead_id(team), "no-task"
        self.event(team, "task.completed", {"lead_id": lead, "task_id": task})

    def do_transfer(self, team):
        r = self.r
        if self.chance(0.93):
            self.calls[team] += 1
        d = {"call_id": f"c{self.calls[team]}",
             "lead_id": self.lead_id(team, 0.1)}
        state = self.team_state(team)
        call = state and state.calls.get(d["call_id"])
        parked = call and call.parked
        if parked:
            for p in parked:
                if "lead_id" in p.event.data and self.chance(0.9):
                    d["lead_id"] = p.event.data["lead_id"]
        if self.chance(0.2):
            d["pattern"] = r.choice(("assigned_agent", "simultaneous_group",
                                     "assigned_then_group"))
        if self.chance(0.2):
            d["ring_timeout_s"] = r.choice((1, 10, 30, 86_401, 0, "20", 20.0))
        if self.chance(0.2):
            d["fallback_numbers"] = [
                r.choice(("+15125550197", "x", "+15125550199",
                          self.fallback()))
                for _ in range(r.randint(0, 2))]
        if self.chance(0.03):
            d[r.choice(("pattern", "fallback_numbers", "contact"))] = \
                r.choice(("", "all", 5, [5], ["x", 5]))
        elif self.chance(0.5):
            d["contact"] = self.contact()
        self.follow(team, d)
        if self.chance(0.2):
            d["context"] = r.choice(({"a": [1.0]}, None, {"b": "\u00e9"}))
        self.event(team, "transfer.requested", d)

    def do_again(self, team):
        """R44: the bot tries once more, most often after a miss."""
        state = self.team_state(team)
        calls = [c for c in state.calls.values() if c.routed] if state else []
        missed = [c for c in calls if c.state == "missed"]
        if not calls:
            return
        call = self.r.choice(missed if missed and self.chance(0.85) else calls)
        d = {"call_id": call.id, "lead_id": call.lead_id}
        if self.chance(0.03):
            d["lead_id"] = self.lead_id(team)
        if self.chance(0.3):
            d["pattern"] = self.r.choice(("simultaneous_group",
                                          "assigned_agent"))
        self.event(team, "transfer.requested", d)

    def do_queue(self, team):
        """R52: everybody is busy by their own word, and callers wait; then
        that lapses, which is no step, and the next one calls."""
        state = self.team_state(team)
        if state is None:
            return
        waiting = [c for c in state.waiting_calls if c.wait_end > self.now]
        if not waiting:
            for agent in list(state.agents.values()):
                if agent.active and self.chance(0.9):
                    self.event(team, "agent.availability_changed", {
                        "agent_id": agent.id, "busy": True}, at=self.now)
            self.do_transfer(team)
            return
        call = self.r.choice(waiting)
        ends = [a.busy_end for a in state.agents.values()
                if self.now < a.busy_end < call.wait_end]
        if ends:
            self.now = self.r.choice(ends) + self.r.choice((0, 0, 1, 700))
        self.calls[team] += 1
        d = {"call_id": f"c{self.calls[team]}", "lead_id": call.lead_id}
        if self.chance(0.3):
            d["pattern"] = self.r.choice(("simultaneous_group",
                                          "assigned_agent"))
        self.event(team, "transfer.requested", d, at=self.now)

    def leg_type(self):
        return self.r.choices(
            ("ring.answered", "ring.accepted", "ring.declined", "ring.busy",
             "ring.failed", "ring.machine", "ring.no_answer",
             "call.bridge_failed"), (26, 10, 10, 5, 5, 5, 12, 3))[0]

    def do_leg(self, team):
        call = self.open_call(team)
        if call is None or self.chance(0.08):
            call = self.any_call(team)
        if call is None or self.chance(0.03):
            # Before its transfer: the ids of legs can be derived.
            id_ = f"c{self.calls[team] + 1}"
            self.event(team, self.leg_type(), {
                "call_id": id_, "leg_id": text.derived_id(
                    team, id_, self.r.choice((1, 1, 2)),
                    self.r.choice((0, 0, 1)))})
            return
        legs = list(call.legs.values())
        open_ = [x for x in legs if x.open]
        if call.state == "connected" and self.chance(0.5):
            self.event(team, self.r.choice((
                "call.bridge_failed", "ring.machine")), {
                "call_id": call.id, "leg_id": call.winner.id})
            return
        if open_ and self.chance(0.85):
            leg = self.r.choice(open_).id
        elif legs and self.chance(0.95):
            leg = self.r.choice(legs).id
        else:
            leg = "no-leg"
        self.event(team, self.leg_type(), {"call_id": call.id, "leg_id": leg})

    def do_hangup(self, team):
        call = self.open_call(team)
        id_ = call.id if call is not None and self.chance(0.8) \
            else f"c{self.calls[team] + self.r.randint(0, 1)}"
        self.event(team, self.r.choice(("caller.hung_up", "call.ended",
                                        "call.ended")), {"call_id": id_})

    def tagged_call(self, team):
        state = self.team_state(team)
        tagged = [c for c in state.calls.values() if c.tagged] if state else []
        return tagged[-1] if tagged else None

    def do_outcome(self, team):
        call, again = self.any_call(team), self.tagged_call(team)
        if again is not None and self.chance(0.3):
            # What comes after the first tag, in the profile `long` days later.
            self.event(team, "call.outcome", {
                "call_id": again.id, "lead_id": again.lead_id, "outcome":
                self.r.choice(("opt_out", "opt_out", "unqualified"))})
            return
        if call is not None and self.chance(0.75):
            id_, lead = call.id, call.lead_id
            if self.chance(0.03):
                lead = "l1"
        else:
            id_ = self.r.choice((f"c{self.calls[team] + 1}",
                                 f"x{self.r.randint(1, 9)}"))
            lead = self.lead_id(team)
        outcome = self.r.choice(OUTCOMES[:2] + OUTCOMES)
        if call is not None and call.id == id_ and call.succeeded \
                and call.result == "missed_transfer" and self.chance(0.5):
            outcome = "successful_transfer"  # though its bridge had failed
        d = {"call_id": id_, "lead_id": lead, "outcome": self.spelled(outcome)}
        if self.chance(0.2):
            d["until"] = self.r.choice(("2026-04-01T10:00:00+02:00",
                                        "2026-04-01T10:00:00.5Z", "later", 5))
        self.event(team, "call.outcome", d)

    def do_duplicate(self, team):
        if not self.sent:
            return
        event = dict(self.r.choice(self.sent[-40:]))
        if self.chance(0.5) or self.profile == "mass":
            event["time"] = text.write_time(self.now)
        if self.chance(0.1):
            event["source"] = "/other"
        self.put(json.dumps(event, ensure_ascii=False))

    def do_clock(self, team):
        due = self.due()
        to = self.now
        if due and self.chance(0.5):
            to = self.r.choice(due[:3])
            if to > self.now + 3600_000:
                to = self.now
        elif self.chance(0.7):
            to += self.r.choice((0, 1000, 35_000, 60_000, 200_000))
        self.now = max(self.now, to)
        self.put(json.dumps({"clock": text.write_time(to)}))

    def do_many(self, team):
        """A campaign: hundreds of leads at once, often all of one agent's.
        Or more outreach than is held, or more events than are parked."""
        self.serial += 1
        before = len(self.lines)
        how = self.r.random()
        if how < 0.1:
            for i in range(self.r.randint(99, 103)):
                self.event(team, "outreach.requested", {
                    "lead_id": f"o{self.serial}", "outreach_id": f"o{i}",
                    "channel": "sms"}, at=self.now)
        elif how < 0.2:
            for i in range(self.r.randint(63, 66)):
                self.event(team, "ring.answered", {
                    "call_id": f"p{self.serial}", "leg_id": "no-leg"},
                    at=self.now)
        else:
            agent = self.agent_id(team)
            often = self.r.choice((0, 0.1, 1))
            people = self.r.choice((0, 0, 2, 5, 80))  # R54
            for i in range(self.r.randint(180, 450)):
                d = {"lead_id": f"m{self.serial}-{i}"}
                if self.chance(0.05):
                    d["contact"] = self.contact()
                elif people:
                    n = self.r.randint(10, 9 + people)
                    d["contact"] = {"phone": f"+1 512 555 03{n:02d}"}
                if self.chance(often):
                    d["assigned_agent"] = agent
                self.event(team, "lead.received", d, at=self.now)
        self.steps += len(self.lines) - before

    def do_behind(self, team):
        """R11: more than 200 wait when a new day has places again."""
        before = len(self.lines)
        self.event(team, "team.configured", {
            "team_id": team, "account_owner": "nobody",
            "pools": [{"id": "p1", "members": [{"agent_id": "ana"}]}],
            "routing_rules": [{"id": "r0", "assign": {"pool": "p1"}}]})
        self.event(team, "agent.configured", {
            "agent_id": "ana", "time_zone": "UTC",
            "daily_cap": self.r.choice((1, 3, 250))})
        many = self.r.choice((3, 199, 200, 201, 230))
        self.serial += 1
        for i in range(many):
            self.event(team, "lead.received",
                       {"lead_id": f"w{self.serial}-{i}"}, at=self.now)
        # The retry of each minute comes before or after the newcomer.
        day = zones.local(self.now, "UTC").replace(
            hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        self.now = zones.instants(day, "UTC")[0] \
            + self.r.choice((0, 1, 1000, 59_000))
        for i in range(2):
            if self.chance(0.7):
                self.event(team, "lead.received", {
                    "lead_id": f"n{self.serial}-{i}"}, at=self.now)
            else:
                self.do_transfer(team)
        self.steps += len(self.lines) - before

    def do_odd(self, team):
        r = self.r
        d = self.lead(team)
        c = d.setdefault("contact", {})
        d.update(r.choice((
            {}, {"price": 2**63}, {"price": -2**63}, {"price": -1},
            {"price": 2.5}, {"price": -2.5}, {"price": "$2.5M"},
            {"price": "450.000"}, {"price": "450.00"}, {"price": "1,5m"},
            {"price": "USD 300,000 - 400,000"}, {"price": "$1.125M"},
            {"price": "300-400k"}, {"price": "2.5 mio"}, {"price": "1.2.3"},
            {"price": "1.234.567"}, {"price": "1'234'567"},
            {"price": "9" * 30}, {"price": "1,23"},
            {"price": "\u20ac300 to 400"},
            {"price": "300\u2013400"}, {"price": "450."}, {"price": True},
            {"lead_id": 1001}, {"lead_id": 10.0}, {"lead_id": -3},
            {"lead_id": "\u00a0l1 "}, {"zip": "2903"}, {"zip": 787.0},
            {"zip": "02903-1234"}, {"state": "D.C."}, {"state": 5},
            {"language": "ES"}, {"quiet": "yes"},
            {"city": "CA\u00d1ON\u00a0city"},
            {"lead_type": "buyers & sellers"}, {"lead_type": []},
            {"lead_type": ["", "buyer"]}, {"lead_type": "buyer,renter"},
            {"source": ""}, {"source": "\tZILLOW\n"}, {"source": "\u00a0web"},
            {"city": "AUSTIN "}, {"city": "\u0130stanbul"}, {"tags": [" Hot"]},
            {"tags": ["hot", 1]}, {"tags": []}, {"tags": "hot"},
            {"lead_type": " BOTH "}, {"lead_type": ""}, {"zip": 78701},
            {"assigned_agent": ""}, {"assigned_agent": "x" * 129},
            {"assigned_agent": " ana"}, {"lead_id": " l1"},
            {"lead_id": "\U0001f3e0" * 128}, {"lead_id": "L1"},
            {"lead_id": "l\u00851"}, {"lead_id": "l\u20281"})))
        c.update(r.choice((
            {}, {"email": ""}, {"email": "  "}, {"email": "\tP1@X.EXAMPLE\n"},
            {"email": "\u00c9@x.example"}, {"email": "\u00e9@x.example"},
            {"email": "\u00a0p1@x.example"}, {"email": 5}, {"phone": 5},
            {"phone": "+1 512 555 0101 ext. 5"}, {"phone": "1-800-FLOWERS"},
            {"phone": "tel:+1-512-555-0101"}, {"phone": "+4930123456"},
            {"phone": "00 49 30 123456"}, {"phone": "011 49 30 123456"},
            {"phone": "(512) 555-0101 or 0102"}, {"phone": "+1 512 555 01O1"},
            {"phone": "\uff0b1 512 555 0101"}, {"phone": "512.555.0101"},
            {"phone": "+1 512 555"}, {"phone": "+999 123456789"},
            {"phone": "5125550101;ext=7"}, {"phone": "+15125550101#"},
            {"phone": " +1 (512) 555 - 0101 "}, {"phone": "911"},
            {"phone": "512555010\u0661"}, {"name": 5}, {"name": "\u0000"},
            {"phone": 5125550101}, {"phone": 5125550101.0},
            {"phone": -5125550101}, {"phone": "x" * 260 + "512-555-0101"},
            {"phone": "x " * 60 + "512-555-0101"}, {"phone": "000-000-0000"},
            {"phone": "call 000-000-0000 or 512-555-0101"},
            {"phone": "512-555-0101 / 512-555-0102"}, {"phone": "0123456789"},
            {"phone": "+44 20 7946 0958 (home)"}, {"phone": "9012345678"},
            {"email": "Kim <kim@x.example>, Bo <bo@x.example>"},
            {"email": "MAILTO:P1@x.example"}, {"email": "p1@x.example,;"},
            {"email": "p1@ x.example"}, {"email": "@x.example"},
            {"email": "p1@"}, {"email": "\u200bp1@x.example"},
            {"email": "<>"}, {"email": "p1@x.example (work)"},
            {"first_name": "Kim"}, {"name": " ", "last_name": "Roe"},
            {"name": 5, "first_name": "Kim", "last_name": " "},
            {"forget": ["n/a"]}, {"forget": [5125550101, " "]},
            {"forget": ["call 512-555-0101 now", "P1@x.example"]})))
        more = {}
        at = text.write_time(self.now)
        if self.chance(0.3):
            at = r.choice((
                at.lower(), at[:-1] + "+00:00", at[:-1] + "-00:00",
                at.replace("T", " "), at[:-1], "yesterday", "", 5, None,
                at[:19] + ".1234567Z", at[:19] + ".9999Z", at[:10],
                at[:19] + ".Z", at[:17] + "60Z",
                at[:19] + "+25:00", "2026-02-30T00:00:00Z"))
        more = {"time": at}
        if self.chance(0.15):
            more.update(r.choice((
                {"traceparent": 5}, {"traceparent": ""}, {"subject": 5},
                {"partitionkey": ""}, {"partitionkey": 5},
                {"partitionkey": None}, {"partitionkey": "a\u0001"},
                {"source": ""}, {"id": "\u00e9" * 129},
                {"datacontenttype": "text/xml"}, {"specversion": "1.1"},
                {"partitionkey": "x" * 129})))
        self.serial += 1
        event = {"specversion": "1.0", "id": f"e{self.serial}",
                 "source": "/a", "type": "lead.received",
                 "partitionkey": team, "data": d, **more}
        line = json.dumps(event, ensure_ascii=self.chance(0.5))
        how = r.random()
        if how < 0.05:
            line = line.replace('"data":', r.choice((
                '"data": {}, "data":', '"a": 1e300, "data":',
                '"a": 123456789012345678901234567890, "data":',
                '"a": "\\ud83c\\udfe0", "data":', '"a": "\\ud83c", "data":',
                '"a": -0, "data":', '"a": 01, "data":', '"a": .5, "data":',
                '"a": "\\x", "data":', '"a": [1,], "data":',
                '"a": 1., "data":', '"a": "\t", "data":',
                '"a": tru, "data":', '/* */ "data":')))
        elif how < 0.08:
            line = r.choice((" " + line, line + " ", "\t" + line, line + "\r",
                             " ", "#" + line, "\ufeff" + line,
                             line + "x", line[:-1], '{"clock": 5}',
                             '{"clock": "soon"}', '{"clock": null}',
                             json.dumps({"clock": at, "x": 1})
                             if isinstance(at, str) else "{}"))
        self.put(line)

    def do_garbage(self, team):
        """One fault in an event that would be good without it."""
        r = self.r
        how = r.randint(0, 9)
        if how == 0:
            self.put(r.choice(("{", "[1]", "17", "\"x\"", "nul", "{\"a\":NaN}",
                               "{\"specversion\":\"0.3\"}", "{} {}",
                               "{\"specversion\":1.0}", "[")))
            return
        kept, self.sent = self.sent, []
        mark = len(self.lines), self.engine
        make = r.choice((self.do_lead, self.do_assign, self.do_closed,
                         self.do_outreach, self.do_task, self.do_transfer,
                         self.do_leg, self.do_hangup, self.do_outcome,
                         self.do_availability, self.do_removed,
                         self.do_away, self.do_again, self.do_inquiry,
                         self.do_agent, self.do_team, self.do_agent,
                         self.do_team))
        caught = []
        put, self.put = self.put, caught.append
        try:
            make(team)
        finally:
            self.put = put
        self.sent = kept
        del mark
        if not caught:
            return
        event = json.loads(caught[0])
        if "data" not in event:
            return
        data = event["data"]
        if event["type"] in ("team.configured", "agent.configured") \
                and self.chance(0.7):
            self.spoil_document(event["type"], data)
        elif how < 3:
            where = r.choice((event, data))
            name = r.choice(list(where))
            if name not in ("time", "traceparent"):
                where.pop(name) if self.chance(0.5) else \
                    where.__setitem__(name, None)
        elif how < 7:
            where = r.choice((event, data, data))
            name = r.choice(list(where))
            if name not in ("time", "traceparent", "partitionkey",
                            "specversion"):
                where[name] = r.choice((5, 1.5, True, [], {}, ["x"], "x", ""))
        elif how == 7:
            where = r.choice((event, data, data))
            ids = [n for n in where if n.endswith("id") or n == "id"]
            if ids:
                where[r.choice(ids)] = r.choice(("", "a\u0007b", "x" * 129,
                                                 "\u00e9" * 128))
        elif how == 8:
            event["type"] = r.choice(("lead.recieved", "x", ""))
        else:
            data["extra"] = {"unknown": [1]}
            event["another"] = "one"
        line = json.dumps(event, ensure_ascii=False)
        if self.chance(0.02):
            line = line[:-1] + " " * 262_200 + "}"
        self.put(line)

    def spoil_document(self, type_, d):
        r = self.r
        if type_ == "agent.configured":
            d.update(r.choice((
                {"phone": "12"}, {"phone": 5}, {"daily_cap": -1},
                {"daily_cap": 1.5}, {"time_zone": "Mars/Base"},
                {"active": "yes"}, {"name": 7}, {"version": "1"},
                {"schedule": []}, {"schedule": {"weekly": [
                    {"days": ["mon"], "from": "24:00", "to": "01:00"}]}},
                {"schedule": {"weekly": [
                    {"days": ["monday"], "from": "10:00", "to": "11:00"}]}},
                {"schedule": {"weekly": [{"days": ["mon"], "to": "11:00"}]}},
                {"schedule": {"overrides": [{"closed": True}]}},
                {"schedule": {"overrides": [{"date": "2026-02-30",
                                             "closed": True}]}},
                {"schedule": {"overrides": [{"date": "2026-02-03"}]}},
                {"agent_id": None}, {"agent_id": ""}, {"agent_id": 4},
                {"absences": [{"from": "2026-03-05"}]},
                {"absences": [{"from": "2026-03-05", "to": "2026-03-04"}]},
                {"absences": [{"from": "soon", "to": "2026-03-04"}]},
                {"absences": {}}, {"endpoint": ""}, {"endpoint": "x" * 257},
                {"phone": "+1 212 555 0150 (desk)"},
                {"schedule": {"weekly": [{"day": ["mon"], "from": "10:00",
                                          "to": "11:00"}]}},
                {"schedule": {"x_note": 1, "weekly": [
                    {"x": 1, "from": "10:00", "to": "11:00"}]}})))
            return
        rule = {"id": "bad", "assign": {"agent": "ana"}}
        d.update(r.choice((
            {"account_owner": None}, {"account_owner": 5},
            {"team_id": "other"}, {"team_id": None}, {"team_id": 5},
            {"time_zone": "Mars/Base"}, {"region": "XX"},
            {"pools": {}}, {"pools": [{"members": []}]},
            {"pools": [{"id": "p1"}, {"id": "p1"}], "routing_rules": [],
             "outcomes": {}},
            {"pools": [{"id": "p1", "members": [
                {"agent_id": "ana"}, {"agent_id": "ana"}]}],
             "routing_rules": [], "outcomes": {}},
            {"pools": [{"id": "p1", "members": [
                {"agent_id": "ana", "weight": 0}]}],
             "routing_rules": [], "outcomes": {}},
            {"pools": [{"id": "p1", "members": [
                {"agent_id": "ana", "weight": 101}]}],
             "routing_rules": [], "outcomes": {}},
            {"pools": [{"id": "p1", "members": [
                {"agent_id": f"a{w}", "weight": w} for w in
                (97, 89, 83, 79, 73, 71)]}],
             "routing_rules": [], "outcomes": {}},
            {"pools": [{"id": "p1", "catch_up_turns": -1}],
             "routing_rules": [], "outcomes": {}},
            {"routing_rules": [{"id": "r"}]},
            {"routing_rules": [rule, rule]},
            {"routing_rules": [{**rule, "assign": {"pool": "none"}}]},
            {"routing_rules": [{**rule, "assign": {}}]},
            {"routing_rules": [{**rule, "assign": {"pool": "p1",
                                                   "agent": "ana"}}]},
            {"routing_rules": [{**rule, "when": {"min_price": 1.0}}]},
            {"routing_rules": [{**rule, "when": {"min_price": 1.5}}]},
            {"routing_rules": [{**rule, "when": {"zip": ["02903"]}}]},
            {"routing_rules": [{**rule, "when": {"x_zip": ["02903"]}}]},
            {"routing_rules": [{**rule, "actve": None}]},
            {"routing_rules": [{**rule, "assign": {"agent": "ana",
                                                   "pol": 1}}]},
            {"pools": [{"id": "p1", "weight": 1, "members": []}],
             "routing_rules": [], "outcomes": {}},
            {"pools": [{"id": "p1", "members": [
                {"agent_id": "ana", "wieght": 2}]}],
             "routing_rules": [], "outcomes": {}},
            {"holidays": ["2026-02-30"]}, {"holidays": [5]}, {"holidays": {}},
            {"never_match": ["12"]}, {"never_match": [5]},
            {"never_match": ["*@"]}, {"reassign_inactive": "yes"},
            {"transfer": {"group_size": 0}}, {"transfer": {"wait_s": 3601}},
            {"transfer": {"answer_grace_s": 31}},
            {"transfer": {"confirm_s": -1}},
            {"transfer": {"ring_timeout_s": 3601}},
            {"transfer": {"total_timeout_s": 86_401}},
            {"transfer": {"fallback_numbers": [{"phone": "12"}]}},
            {"transfer": {"fallback_numbers": [{"lines": 1}]}},
            {"transfer": {"fallback_numbers": [
                {"phone": "+15125550199", "endpoint": "x"}]}},
            {"transfer": {"fallback_numbers": [
                {"endpoint": "x", "line": 2}]}},
            {"transfer": {"fallback_numbers": [
                {"endpoint": "x", "schedule": {"weekly": [{"from": "1"}]}}]}},
            {"calls": {"cover_after_s": 31_536_001}},
            {"outcomes": {"opt_out": [], "Opt-Out": []}},
            {"outcomes": {"hot": [{"do": "assign", "to": "owner"}]}},
            {"outcomes": {"hot": [{"do": "assign", "to": "answered_by",
                                   "agent": "ana"}]}},
            {"outcomes": {"hot": [{"do": "stage", "to": "x", "too": 1}]}},
            {"outcomes": {"hot": [{"do": "create_task", "kind": "x",
                                   "due_in_s": 31_536_001}]}},
            {"routing_rules": [{**rule, "when": {"sources": "web"}}]},
            {"routing_rules": [{**rule, "active": {
                "days": ["mon"], "from": "8:00", "to": "20:00"}}]},
            {"transfer": {"pattern": "all"}},
            {"transfer": {"ring_timeout_s": "35"}},
            {"transfer": {"fallback_numbers": ["12"]}},
            {"transfer": {"confirm": {"agents": 1}}},
            {"calls": {"wrap_up_s": -1}},
            {"calls": {"auto_unavailable_after": 1.5}},
            {"outcomes": {"hot": [{"do": "dance"}]}},
            {"outcomes": {"hot": [{"do": "assign"}]}},
            {"outcomes": {"hot": [{"do": "stage"}]}},
            {"outcomes": {"hot": [{"do": "create_task"}]}},
            {"outcomes": {"hot": [{"do": "notify", "to": ["boss"]}]}},
            {"outcomes": {"hot": {"do": "stage", "to": "x"}}},
            {"outcomes": []}, {"stages": "x"}, {"stages": {"assigned": 4}},
        )))


def generate(seed, steps, profile):
    return Generator(seed, steps, profile).run()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--profile", choices=PROFILES, default="mixed")
    args = parser.parse_args()
    for line in generate(args.seed, args.steps, args.profile):
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    sys.exit(main())
