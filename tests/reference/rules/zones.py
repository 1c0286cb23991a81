"""R2: zones, windows, schedules.

A window is (days, from, to) with minutes of the day; a schedule is
{"weekly": [window…], "overrides": [(date, window or None)…]}.
"""

import functools
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
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


def windows_of(schedule, date):
    """The windows that start on that local date, as (from, to)."""
    overrides = [w for d, w in schedule["overrides"] if d == date]
    if overrides:
        return [w for w in overrides if w is not None]
    day = DAYS[date.weekday()]
    return [(f, t) for days, f, t in schedule["weekly"] if day in days]


def inside(schedule, zone_name, now):
    """A moment is inside if its local wall time is; half open."""
    at = local(now, zone_name)
    date = at.date()
    of_day = (at - datetime(date.year, date.month, date.day)) \
        / timedelta(minutes=1)
    for f, t in windows_of(schedule, date):
        if f <= of_day and (t <= f or of_day < t):
            return True
    # One that runs past midnight belongs to the day it starts on.
    for f, t in windows_of(schedule, date - timedelta(days=1)):
        if t <= f and of_day < t:
            return True
    return False


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


def next_start(schedule, zone_name, now):
    """R41: the start of the next window within 14 days, or None."""
    today = local_date(now, zone_name)
    best = None
    for ahead in range(-1, 16):
        date = today + timedelta(days=ahead)
        for f, _ in windows_of(schedule, date):
            wall = datetime(date.year, date.month, date.day) \
                + timedelta(minutes=f)
            for at in instants(wall, zone_name):
                if now < at <= now + 14 * DAY_MS \
                        and (best is None or at < best):
                    best = at
    return best
