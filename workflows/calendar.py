"""Business time of a site: its hours, its holidays, and the clocks of SPEC 0.3 that run on them.

Instants go in and come out as aware UTC; wall clock is used only in between. No clock is read here.
A wall time the zone skips is the instant of the jump; one it repeats is the first of the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from workflows.people import Site, TrainingClass

Unit = Literal["business_minutes", "business_days", "hours", "minutes"]
"""Units of an offset in a policy; the last two are elapsed time."""

LONGEST_CLOSURE_DAYS = 400
MIDNIGHT = time(0)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta(0)


class NeverOpen(ValueError):
    """The site's hours leave no business time, or none for over 400 days; the text names the site."""


@lru_cache(maxsize=16384)  # shifts and breaks are asked for by every clock and every step
def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a wall time; one that is skipped -> the jump, one that is repeated -> its first pass."""
    local = datetime.combine(day, wall)
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return first
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)  # in a gap the two readings straddle the jump
    old_offset = before.astimezone(zone).utcoffset()
    while first - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(first - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            first = middle
    return first.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The business time of one site; `Calendar.of(site)` shares instances and what they have worked out.

    Business hours include the opening instant and exclude the closing one, and are one unbroken stretch a day
    even where the zone repeats an hour inside them. Raises NeverOpen, and ZoneInfoNotFoundError for a bad zone.
    """

    site: Site
    zone: ZoneInfo = field(init=False, compare=False, repr=False)
    _hours: dict[date, tuple[datetime, datetime] | None] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        site = self.site
        if not site.days or not site.days <= set(range(7)):
            raise NeverOpen(f"site {site.key}: no open days")
        if site.close != MIDNIGHT and site.close <= site.open:
            raise NeverOpen(f"site {site.key}: it closes at {site.close:%H:%M}, before it opens at {site.open:%H:%M}")
        for day in site.holidays:
            later = (day + n * _DAY for n in range(1, LONGEST_CLOSURE_DAYS + 1))
            if not any(d.weekday() in site.days and d not in site.holidays for d in later):
                raise NeverOpen(f"site {site.key}: closed for over {LONGEST_CLOSURE_DAYS} days from {day}")
        object.__setattr__(self, "zone", ZoneInfo(site.tz))
        object.__setattr__(self, "_hours", {})

    @staticmethod
    def of(site: Site) -> Calendar:
        """The shared calendar of that site."""
        return _shared(site)

    # -- wall clock

    def local(self, t: datetime) -> datetime:
        """`t` on the site's clock (aware, site zone)."""
        return t.astimezone(self.zone)

    def at(self, day: date, wall: time, tz: str | None = None) -> datetime:
        """The instant (UTC) of a wall time on that day, in the site's zone or `tz`; 00:00 is the day's beginning."""
        return instant(day, wall, ZoneInfo(tz) if tz else self.zone)

    def midnight(self, day: date, tz: str | None = None) -> datetime:
        """The instant (UTC) at which that date begins in the site's zone, or in `tz`."""
        return self.at(day, MIDNIGHT, tz)

    def hours(self, day: date) -> tuple[datetime, datetime] | None:
        """Opening (included) and closing (excluded) of that local date in UTC, or None on a closed day."""
        try:
            return self._hours[day]
        except KeyError:
            found = self._hours[day] = self._work_out(day)
            return found

    def _work_out(self, day: date) -> tuple[datetime, datetime] | None:
        site = self.site
        if day.weekday() not in site.days or day in site.holidays:
            return None
        opens = instant(day, site.open, self.zone)
        closes = instant(day + _DAY if site.close == MIDNIGHT else day, site.close, self.zone)
        return (opens, closes) if opens < closes else None  # hours that lie in the skipped hour do not exist

    # -- questions

    def is_business_day(self, day: date) -> bool:
        """Whether the site opens on that local date."""
        return self.hours(day) is not None

    def is_open(self, t: datetime) -> bool:
        """Whether `t` is inside business hours."""
        opens, closes = self._stretch(t)
        return opens <= t < closes

    # -- clocks

    def deemed(self, t: datetime) -> datetime:
        """`t` inside business hours, otherwise the next business opening (SPEC 0.3)."""
        opens, _ = self._stretch(t)
        return max(t.astimezone(UTC), opens)

    def next_open(self, t: datetime) -> datetime:
        """The first business opening at or after `t`."""
        opens, closes = self._stretch(t)
        return opens if t <= opens else self._stretch(closes)[0]

    def next_bd(self, t: datetime) -> datetime:
        """ "24 hours (or 1 work-day)": the wall time of `deemed(t)` on the next business day (SPEC 0.3, A3).

        Wall clock survives DST. Always inside business hours: a wall time that leaves them by a jump of the
        zone is deemed again. Monotone but for a site that is open while its zone repeats an hour.
        """
        return self.business_days_after(t, 1)

    def business_days_after(self, t: datetime, n: int) -> datetime:
        """`next_bd` n times; `deemed(t)` for 0; negative goes back to the same wall time of earlier days."""
        deemed = self.deemed(t)
        for _ in range(abs(n)):
            wall = deemed.astimezone(self.zone)
            day = self.business_date(wall.date(), 1 if n > 0 else -1)
            deemed = self.deemed(instant(day, wall.time().replace(fold=0), self.zone))
        return deemed

    def eos_next_bd(self, t: datetime, shift_end: time, tz: str | None = None) -> datetime:
        """ "One more business day": `shift_end` on the business day after the date of `deemed(t)` (SPEC 0.3).

        `shift_end` is wall clock in `tz` (the class's), or in the site's zone; 00:00 is the end of that day.
        """
        day = self.business_date(self.local(self.deemed(t)).date(), 1)
        return self.at(day + _DAY if shift_end == MIDNIGHT else day, shift_end, tz)

    def business_minutes_after(self, t: datetime, minutes: int) -> datetime:
        """So many minutes of business time after `t` (before it when negative); `deemed(t)` for 0.

        Always inside business hours: what would be a closing is the next opening. Additive in `minutes`.
        """
        left = timedelta(minutes=minutes)
        if left < _NOTHING:
            return self._back(t, -left)
        opens, closes = self._stretch(t)
        start = max(t.astimezone(UTC), opens)
        while left >= closes - start:
            left -= closes - start
            start, closes = self._stretch(closes)
        return start + left

    def business_time_between(self, a: datetime, b: datetime) -> timedelta:
        """The business time from `a` to `b`, exactly; negative when `b` is earlier."""
        if b < a:
            return -self.business_time_between(b, a)
        total = _NOTHING
        opens, closes = self._stretch(a)
        start = max(a.astimezone(UTC), opens)
        while start < b:
            total += min(b, closes) - start
            start, closes = self._stretch(closes)
        return total

    def business_minutes_between(self, a: datetime, b: datetime) -> int:
        """The whole business minutes from `a` to `b`, towards zero; negative when `b` is earlier."""
        return -self.business_minutes_between(b, a) if b < a else self.business_time_between(a, b) // _MINUTE

    def due(self, anchor: datetime, offset: int, unit: Unit) -> datetime:
        """`anchor` and so many units on; negative is before it. ValueError for an unknown unit."""
        match unit:
            case "business_minutes":
                return self.business_minutes_after(anchor, offset)
            case "business_days":
                return self.business_days_after(anchor, offset)
            case "hours":
                return anchor.astimezone(UTC) + timedelta(hours=offset)
            case "minutes":
                return anchor.astimezone(UTC) + timedelta(minutes=offset)
        raise ValueError(f"unknown unit {unit!r}")

    # -- days

    def business_date(self, day: date, n: int) -> date:
        """The n-th business day after that local date (before it when negative); the date itself for 0."""
        step = _DAY if n > 0 else -_DAY
        for _ in range(abs(n)):
            day += step
            while self.hours(day) is None:
                day += step
        return day

    def day_number(self, first: date, t: datetime) -> int:
        """Which business day of a phase that began on `first` the local date of `t` is: 1 on its first one.

        A closed day counts as the business day before it; 0 before the phase.
        """
        today = self.local(t).date()
        return sum(self.is_business_day(first + n * _DAY) for n in range((today - first).days + 1))

    def plan_year(self, t: datetime, starts: str | None = None) -> int:
        """The plan year of a report at `t` in site time; from `starts` ("MM-DD") on it is the next one (SPEC 0.2).

        "01-01" is the calendar year itself.
        """
        today = self.local(t).date()
        if starts is None or starts == "01-01":
            return today.year
        month, day = starts.split("-")
        return today.year + ((today.month, today.day) >= (int(month), int(day)))

    def session(self, klass: TrainingClass, day: date) -> tuple[datetime, datetime] | None:
        """Start and end (UTC) of the class's cert session on that date of the class's zone, or None (SPEC 0.3)."""
        if day < klass.start or not self.is_business_day(day):
            return None
        end_day = day + _DAY if klass.shift_end == MIDNIGHT else day
        return self.at(day, klass.shift_start, klass.tz), self.at(end_day, klass.shift_end, klass.tz)

    def cert_session_left(self, klass: TrainingClass, ot: Iterable[tuple[datetime, datetime]], t: datetime) -> bool:
        """Whether a cert session runs at `t` or is still to come that day of the class's zone (SPEC 0.3, 3.1 row 4).

        Sessions are the class's shift on business days from its start, and the agent's OT slots (aware, end
        excluded); an OT slot running at `t` counts whatever day it began.
        """
        zone = ZoneInfo(klass.tz) if klass.tz else self.zone
        today = t.astimezone(zone).date()
        shift = self.session(klass, today)
        if shift is not None and t < shift[1]:
            return True
        return any(t < end and (start <= t or start.astimezone(zone).date() == today) for start, end in ot)

    # -- inside

    def _stretch(self, t: datetime) -> tuple[datetime, datetime]:
        """The business hours `t` is in, or else the next ones."""
        day = t.astimezone(self.zone).date()
        while (hours := self.hours(day)) is None or hours[1] <= t:
            day += _DAY
        return hours

    def _back(self, t: datetime, left: timedelta) -> datetime:
        """`left` (more than nothing) of business time before `t`."""
        day = t.astimezone(self.zone).date() + _DAY  # a zone that repeats midnight can be a date behind its hours
        while True:
            hours = self.hours(day)
            if hours is not None and hours[0] < t:
                end = min(t.astimezone(UTC), hours[1])
                if left <= end - hours[0]:
                    return end - left
                left -= end - hours[0]
            day -= _DAY


@lru_cache(maxsize=256)
def _shared(site: Site) -> Calendar:
    return Calendar(site)
