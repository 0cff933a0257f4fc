"""Scheduled cert time: the shifts of a class without lunch, an agent's OT slots, less what does not count.

Clocks of SPEC 3.4 to 3.6 run on it. Instants go in and come out as aware UTC; durations are `timedelta`s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflows.calendar import MIDNIGHT, Calendar
from workflows.people import TrainingClass

DAY = timedelta(days=1)
FURTHEST_DAYS = 400
"""How far ahead scheduled time is looked for."""

EOS = "eos"
"""The end of a shift, in a pack."""
UNITS = {"h": timedelta(hours=1), "m": timedelta(minutes=1)}

Span = tuple[datetime, datetime]
"""From an instant until before another (aware UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A class's shift as a case keeps it: wall clock in `tz` (None: the site's); `start` is its first day.

    `unpaid` are the parts that are no cert time (lunch), as (start, end).
    """

    first: date
    start: time
    end: time
    unpaid: tuple[tuple[time, time], ...] = ()
    tz: str | None = None

    @staticmethod
    def of(klass: TrainingClass, first: date | None = None, unpaid: Iterable[str] = ("lunch",)) -> Shift:
        """The shift of that class from its first day, or from `first`; `unpaid` names the breaks that do not count."""
        names = frozenset(unpaid)
        return Shift(
            first=first or klass.start,
            start=klass.shift_start,
            end=klass.shift_end,
            unpaid=tuple((each.start, each.end) for each in klass.breaks if each.name in names),
            tz=klass.tz,
        )

    def start_of(self, calendar: Calendar, day: date) -> datetime:
        """When the shift of that day begins (UTC)."""
        return calendar.at(day, self.start, self.tz)

    def end_of(self, calendar: Calendar, day: date) -> datetime:
        """When the shift of that day ends (UTC)."""
        return calendar.at(day + DAY if self.end == MIDNIGHT else day, self.end, self.tz)

    def day(self, calendar: Calendar, n: int) -> date:
        """The n-th business day from the first (counted from 1)."""
        first = self.first
        while not calendar.is_business_day(first):
            first += DAY
        return calendar.business_date(first, n - 1)

    def moment(self, calendar: Calendar, n: int, at: str) -> datetime:
        """A time of the n-th class day (UTC): "eos" is its end, "+4h" or "+30m" that much cert time into it."""
        day = self.day(calendar, n)
        if at == EOS:
            return self.end_of(calendar, day)
        amount = int(at[1:-1]) * UNITS[at[-1]]
        start = self.start_of(calendar, day)
        return Schedule(calendar=calendar, shift=self).after(start, amount) or start + amount

    def spans(self, calendar: Calendar, day: date) -> Iterator[Span]:
        """The cert time of that day without its unpaid breaks; nothing on a closed day or before the first."""
        if day < self.first or not calendar.is_business_day(day):
            return
        start, close = self.start_of(calendar, day), self.end_of(calendar, day)
        for begins, ends in sorted(self.unpaid):
            pause, resume = calendar.at(day, begins, self.tz), calendar.at(day, ends, self.tz)
            if start < pause:
                yield start, min(pause, close)
            start = max(start, resume)
        if start < close:
            yield start, close


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """An agent's cert time: the regular shifts (`shift` None: none), `extra` slots, less `holes`.

    A clock is stopped inside a hole (blocked, paused, excused); spans may overlap and need no order.
    """

    calendar: Calendar
    shift: Shift | None = None
    extra: tuple[Span, ...] = ()
    holes: tuple[Span, ...] = ()

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The scheduled time from `a` to `b`; nothing when `b` is earlier."""
        return sum((end - start for start, end in self._counted(a, b)), timedelta())

    def after(self, t: datetime, amount: timedelta) -> datetime | None:
        """When so much scheduled time has passed since `t`; None when it never does within `FURTHEST_DAYS`.

        What would be an end of a span is that end, not the next beginning.
        """
        left = amount
        if left <= timedelta():
            return t
        for start, end in self._counted(t, t + FURTHEST_DAYS * DAY):
            if left <= end - start:
                return start + left
            left -= end - start
        return None

    def _counted(self, a: datetime, b: datetime) -> Iterator[Span]:
        """The stretches from `a` to `b` that count, in order, none overlapping."""
        for start, end in _merged(self._sessions(a, b)):
            begin, stop = max(start, a), min(end, b)
            if begin < stop:
                yield from _without((begin, stop), self.holes)

    def _sessions(self, a: datetime, b: datetime) -> Iterator[Span]:
        """Sessions that may touch `a` to `b`, day by day; an extra slot comes before the day it begins on."""
        extra = sorted(self.extra)
        if self.shift is None:
            yield from extra
            return
        day, last = self.calendar.local(a).date() - DAY, self.calendar.local(b).date() + DAY
        while day <= last:
            spans = list(self.shift.spans(self.calendar, day))
            close = self.calendar.midnight(day + DAY)
            while extra and extra[0][0] < close:
                spans.append(extra.pop(0))
            yield from sorted(spans)
            day += DAY


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans in order of beginning, those that touch joined."""
    open_: Span | None = None
    for start, end in spans:
        if open_ is not None and start <= open_[1]:
            open_ = (open_[0], max(open_[1], end))
            continue
        if open_ is not None:
            yield open_
        open_ = (start, end)
    if open_ is not None:
        yield open_


def _without(span: Span, holes: Iterable[Span]) -> Iterator[Span]:
    """What is left of a span outside the holes."""
    start, end = span
    for begins, ends in sorted(holes):
        if ends <= start or begins >= end:
            continue
        if start < begins:
            yield start, begins
        start = max(start, ends)
    if start < end:
        yield start, end
