"""Ids, zones, and the arithmetic of a rotation."""

from rules import documents, rotation, text, zones
from rules.state import Team

from .support import Case, office


class Ids(Case):
    def test_an_output_is_named_by_team_cause_and_ordinal(self):
        h = office()
        out = h.send(1, "lead.received", {"lead_id": "l"})
        for i, line in enumerate(out):
            self.assertEqual(line["event"]["id"],
                             text.derived_id("acme", "/t", "e5", i))
            self.assertEqual(line["event"]["causationid"], "e5")
            self.assertEqual(line["event"]["sequence"], f"{i + 1:020d}")


class Zones(Case):
    def inside(self, f, t, when, zone):
        window = zones.DAYS, documents.minutes(f), documents.minutes(t)
        return zones.inside({"weekly": [window], "overrides": []}, zone,
                            text.read_time(when), ())

    def test_half_open_and_past_midnight(self):
        self.assertTrue(self.inside("09:00", "10:00", "2026-01-05T09:00:00Z",
                                    "UTC"))
        self.assertFalse(self.inside("09:00", "10:00", "2026-01-05T10:00:00Z",
                                     "UTC"))
        self.assertTrue(self.inside("22:00", "06:00",
                                    "2026-01-05T05:59:59.999Z", "UTC"))
        self.assertTrue(self.inside("09:00", "09:00", "2026-01-05T08:00:00Z",
                                    "UTC"))

    def test_the_hour_that_happens_twice(self):
        for when in ("2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"):
            self.assertTrue(self.inside("01:00", "02:00", when,
                                        "America/New_York"))

    def test_a_start_that_does_not_exist_is_after_the_gap(self):
        schedule = {"weekly": [(("sun",), 150, 240)], "overrides": []}
        start = zones.next_start(schedule, "America/New_York",
                                 text.read_time("2026-03-08T06:00:00Z"), ())
        self.assertEqual(text.write_time(start), "2026-03-08T07:00:00Z")

    def test_an_override_replaces_what_starts_on_its_date(self):
        from datetime import date
        schedule = {"weekly": [(zones.DAYS, 22 * 60, 6 * 60)],
                    "overrides": [(date(2026, 1, 6), None)]}
        for when, expected in (("2026-01-06T05:00:00Z", True),
                               ("2026-01-06T23:00:00Z", False),
                               ("2026-01-07T05:00:00Z", False)):
            self.assertEqual(zones.inside(schedule, "UTC",
                                          text.read_time(when), ()), expected)


class Rotation(Case):
    def test_another_unit_rescales_upwards_and_clamps(self):
        team = Team("t")

        def configure(*members):
            team.doc["pools"] = {"p": {
                "id": "p", "assign_requires": "none", "catch_up_turns": 0,
                "members": list(members)}}
            rotation.configure(team, 0)
            return team.pools["p"]

        pool = configure(("a", 1), ("b", 2))  # U = 2
        for _ in range(2):
            rotation.choose(pool, {"a"})
        self.assertEqual((pool.v, pool.members[0].passed), (2, 4))
        pool = configure(("a", 1), ("b", 3), ("c", 1))  # U = 3
        # V = 3; a: 6 is brought to V + 3; b: 0 is brought to V; c: V.
        self.assertEqual((pool.v, [m.passed for m in pool.members]),
                         (3, [6, 3, 3]))
        # b was never assigned; c counts as assigned when it was added.
        turn = rotation.choose(pool, {"b", "c"})
        self.assertEqual((turn.agent_id, turn.tie_break),
                         ("b", "least_recently_assigned"))
