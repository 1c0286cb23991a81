#!/usr/bin/env python3
"""Goal: local times, windows and the next window's start are right (R2, R41,
R49), in ten zones over ten years. Method: a table of instants, close to every
change of the clocks and at random between them, with the answers of Python's
zoneinfo and of the rules written down a second time; the C++ side answers the
same questions (zone_answers.cpp). Both read the system's zone database, with
libraries of their own."""

import argparse
import datetime as dt
import random
import subprocess
import sys
from zoneinfo import ZoneInfo

ZONES = [
    "America/New_York",
    "America/St_Johns",  # half an hour off
    "America/Santiago",  # southern, changes at midnight
    "Europe/London",
    "Africa/Casablanca",  # the clock goes back for Ramadan
    "Asia/Kolkata",  # half an hour off, no daylight saving
    "Asia/Beirut",  # changes at midnight
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Auckland",  # southern
    "UTC",
]
YEARS = range(2024, 2034)
UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1)
DAY_MS = 86_400_000

# Weekly windows (days from Monday, then holidays; from, to), then overrides per
# date (None: closed) and holidays; dates are filled in around each instant.
EVERY_DAY = "11111111"
OFFICE = [("11111000", 9 * 60, 18 * 60), ("00000001", 11 * 60, 13 * 60)]
NIGHT = [("00001100", 22 * 60, 6 * 60), ("10000010", 23 * 60 + 59, 60)]
GAP = [(EVERY_DAY, 2 * 60 + 15, 2 * 60 + 45)]
TURN = [(EVERY_DAY, 0, 60), (EVERY_DAY, 90, 150)]
WHOLE = [("10101010", 7 * 60 + 30, 7 * 60 + 30)]
SCHEDULES = [OFFICE, NIGHT, GAP, TURN, WHOLE]


def to_utc(ms):
    return dt.datetime.fromtimestamp(ms // 1000, UTC) + dt.timedelta(
        milliseconds=ms % 1000)


def local(zone, ms):
    """(date, ms of the day) on the wall."""
    wall = to_utc(ms).astimezone(zone).replace(tzinfo=None)
    since = wall - EPOCH
    return since.days, since.seconds * 1000 + since.microseconds // 1000


def exists(zone, wall):
    there = wall.replace(tzinfo=zone).astimezone(UTC)
    return there.astimezone(zone).replace(tzinfo=None) == wall


def from_local(zone, date, minute, fold=0):
    """The first (fold 1: the last) instant that shows this time, or the first
    after the gap."""
    wall = EPOCH + dt.timedelta(days=date, minutes=minute)
    if exists(zone, wall):
        at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        return round(at.timestamp() * 1000)
    # In a gap fold=0 has the offset from before it, which leads behind it by
    # as much as the time lies inside it: step back to the gap's end.
    later = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = wall.replace(tzinfo=zone, fold=0).utcoffset()
    while (later - dt.timedelta(minutes=1)).astimezone(
            zone).utcoffset() != before:
        later -= dt.timedelta(minutes=1)
    return round(later.timestamp() * 1000)


def windows_of(schedule, overrides, holidays, date):
    """(from, to) in minutes of those that start on a local date."""
    if any(d == date for d, _ in overrides):
        return [w for d, w in overrides if d == date and w is not None]
    weekday = (EPOCH + dt.timedelta(days=date)).weekday()
    day = 7 if date in holidays else weekday
    return [(f, t) for days, f, t in schedule if days[day] == "1"]


def inside(zone, ms, schedule, overrides, holidays):
    date, at = local(zone, ms)
    for day in (date - 1, date):
        for start, end in windows_of(schedule, overrides, holidays, day):
            if end <= start:
                end += 24 * 60
            shifted = at + (date - day) * DAY_MS
            if start * 60_000 <= shifted < end * 60_000:
                return True
    return False


def next_start(zone, ms, schedule, overrides, holidays):
    date, _ = local(zone, ms)
    starts = [
        from_local(zone, day, start, fold)
        for day in range(date - 2, date + 17)
        for start, _ in windows_of(schedule, overrides, holidays, day)
        for fold in (0, 1)  # an hour that comes twice starts it twice
    ]
    starts = [s for s in starts if ms < s <= ms + 14 * DAY_MS]
    return min(starts, default=None)


def changes(zone):
    """The instants at which the zone's offset changes, to the minute."""
    found = []
    at = dt.datetime(YEARS[0], 1, 1, tzinfo=UTC)
    end = dt.datetime(YEARS[-1] + 1, 1, 1, tzinfo=UTC)
    step = dt.timedelta(hours=6)
    while at < end:
        if at.astimezone(zone).utcoffset() != (
                at + step).astimezone(zone).utcoffset():
            low, high = at, at + step
            while high - low > dt.timedelta(minutes=1):
                mid = low + dt.timedelta(
                    minutes=((high - low) // 2).total_seconds() // 60)
                same = (low.astimezone(zone).utcoffset() ==
                        mid.astimezone(zone).utcoffset())
                low, high = (mid, high) if same else (low, mid)
            found.append(round(high.timestamp() * 1000))
        at += step
    return found


def overrides_near(rng, date):
    kinds = [
        [],
        [(date, None)],
        [(date - 1, None), (date, (20 * 60, 3 * 60))],
        [(date, (0, 60)), (date, (12 * 60, 12 * 60 + 1))],
        [(date, (2 * 60 + 30, 2 * 60 + 30)), (date + 1, None)],
    ]
    return rng.choice(kinds)


def holidays_near(rng, date):
    return rng.choice([[], [], [date], [date - 1, date + 1],
                       list(range(date - 2, date + 16))])


def spelled(schedule, overrides, holidays):
    text = " ".join(f"{days} {f} {t}" for days, f, t in schedule) + " ;"
    for date, w in overrides:
        text += f" {date} closed" if w is None else f" {date} {w[0]} {w[1]}"
    return text + "".join(f" {date} holiday" for date in holidays)


def table(per_year):
    """(question, answer) of everything."""
    rng = random.Random(20240310)
    for name in ZONES:
        zone = ZoneInfo(name)
        instants = []
        turns = changes(zone)
        for turn in turns:
            for around in (0, 15, 30, 60, 90, 150, 24 * 60, 7 * 24 * 60):
                for ms in (-60_000, -1, 0, 1):
                    instants.append(turn + around * 60_000 + ms)
                    instants.append(turn - around * 60_000 + ms)
        for year in YEARS:
            start = round(dt.datetime(year, 1, 1, tzinfo=UTC).timestamp())
            instants += [
                (start + rng.randrange(365 * 86_400)) * 1000 +
                rng.randrange(1000) for _ in range(per_year)
            ]
        for ms in instants:
            date, at = local(zone, ms)
            yield f"local {name} {ms}", f"{date} {at}"
            minute = at // 60_000
            yield (f"from {name} {date} {minute}",
                   str(from_local(zone, date, minute)))
            # Also the times that are skipped, as seen from just before.
            skipped = (minute + 20) % 1440
            yield (f"from {name} {date} {skipped}",
                   str(from_local(zone, date, skipped)))
            schedule = rng.choice(SCHEDULES)
            days = overrides_near(rng, date), holidays_near(rng, date)
            asked = f"{name} {ms} {spelled(schedule, *days)}"
            yield (f"inside {asked}",
                   "1" if inside(zone, ms, schedule, *days) else "0")
            start = next_start(zone, ms, schedule, *days)
            yield f"start {asked}", "none" if start is None else str(start)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", required=True,
                        help="the program zone_answers")
    parser.add_argument("--per-year", type=int, default=100,
                        help="random instants per zone and year")
    args = parser.parse_args()
    rows = list(table(args.per_year))
    asked = "\n".join(question for question, _ in rows) + "\n"
    done = subprocess.run([args.answers], input=asked, text=True, check=True,
                          stdout=subprocess.PIPE)
    answers = done.stdout.splitlines()
    wrong = [(q, a, got) for (q, a), got in zip(rows, answers) if a != got]
    for question, expected, got in wrong[:20]:
        print(f"{question}\n  zoneinfo: {expected}\n  fairlead: {got}")
    print(f"{len(rows)} questions about {len(ZONES)} zones, "
          f"{len(wrong)} answered otherwise")
    inside_yes = sum(q.startswith("inside") and a == "1" for q, a in rows)
    if len(answers) != len(rows) or len(rows) < 50_000 or inside_yes < 1000:
        print("the table is not what it should be")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
