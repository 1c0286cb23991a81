"""R2, R49: zones, windows, schedules, holidays.

A window is (days or None, from, to) with minutes of the day; a schedule is
{"weekly": [window…], "overrides": [(date, window or None)…]}.
"""

import functools
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MINUTE = 60_000
DAY_MS = 86_400_000


@functools.lru_cache(maxsize=None)
def zone(name):
    """The zone, or None if IANA has none of this name."""
    try:
        return ZoneInfo(name)
    except Exception:  # zoneinfo raises several kinds
        return None


def local(now, zone_name):
    """The wall time there, without a zone."""
    at = _EPOCH + timedelta(milliseconds=now)
    return at.astimezone(zone(zone_name)).replace(tzinfo=None)


def local_date(now, zone_name):
    return local(now, zone_name).date()


def windows_of(schedule, date, holidays):
    """The windows that start on that local date, as (from, to)."""
    overrides = [w for d, w in schedule["overrides"] if d == date]
    if overrides:
        return [w for w in overrides if w is not None]
    day = HOLIDAY if date in holidays else DAYS[date.weekday()]
    return [(f, t) for days, f, t in schedule["weekly"]
            if days is None or day in days]


def closed(schedule, date):
    """R50: whether an override closes the date, and none opens it."""
    overrides = [w for d, w in schedule["overrides"] if d == date]
    return bool(overrides) and all(w is None for w in overrides)


def inside(schedule, zone_name, now, holidays, counts=None):
    """A moment is inside if its local wall time is; half open. `counts`
    leaves out windows by the instant at which they start."""
    at = local(now, zone_name)
    date = at.date()
    of_day = (at - datetime(date.year, date.month, date.day)) \
        / timedelta(minutes=1)
    for f, t in windows_of(schedule, date, holidays):
        if f <= of_day and (t <= f or of_day < t) \
                and (counts is None or counts(start_of(date, f, zone_name))):
            return True
    # One that runs past midnight belongs to the day it starts on.
    yesterday = date - timedelta(days=1)
    for f, t in windows_of(schedule, yesterday, holidays):
        if t <= f and of_day < t and (
                counts is None or counts(start_of(yesterday, f, zone_name))):
            return True
    return False


def start_of(date, minute, zone_name):
    wall = datetime(date.year, date.month, date.day) \
        + timedelta(minutes=minute)
    return instants(wall, zone_name)[0]


def instants(wall, zone_name):
    """When a local time happens: once, twice, or first after the gap."""
    where = zone(zone_name)
    found = []
    for fold in (0, 1):
        at = wall.replace(tzinfo=where, fold=fold)
        utc = at.astimezone(timezone.utc)
        ms = (utc - _EPOCH) // timedelta(milliseconds=1)
        if local(ms, zone_name) == wall:
            if ms not in found:
                found.append(ms)
    if found:
        return found
    # In the gap: the offset before it gives an instant after it, the offset
    # after it gives one before it; the change is between the two.
    edges = sorted((wall.replace(tzinfo=where, fold=f).astimezone(timezone.utc)
                    - _EPOCH) // timedelta(milliseconds=1) for f in (0, 1))
    low, high = edges
    while high - low > 1:
        middle = (low + high) // 2
        if local(middle, zone_name) > wall:
            high = middle
        else:
            low = middle
    return [high]


def next_start(schedule, zone_name, now, holidays, counts=None):
    """R41: the start of the next window within 14 days, or None."""
    today = local_date(now, zone_name)
    best = None
    for ahead in range(-1, 16):
        date = today + timedelta(days=ahead)
        for f, _ in windows_of(schedule, date, holidays):
            wall = datetime(date.year, date.month, date.day) \
                + timedelta(minutes=f)
            for at in instants(wall, zone_name):
                if now < at <= now + 14 * DAY_MS \
                        and (counts is None or counts(at)) \
                        and (best is None or at < best):
                    best = at
    return best
