"""What an agent's day at work remembers, what can happen to it, and which occurrences its facts come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workflows.machine import Request
from workflows.policy_floor import AttendancePolicy

TARDY, LATE_4H, LEFT_EARLY, EARLY_4H, ABSENT = "TARDY", "LATE_4H", "LEFT_EARLY", "EARLY_4H", "ABSENT"
GRAVE = (LATE_4H, EARLY_4H, ABSENT)
"""Categories that are an absence in the tracker's words."""

ARRIVING, LEAVING, WHOLE = "arriving", "leaving", "whole"

# -- events ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceEntered(Request):
    """A person says when the agent came (`arrived`), went (`left`), or that he was not there at all (UTC).

    `starts` and `ends` are the shift of that day, None where there was none. Filled in: `on_leave`.
    """

    day: date
    starts: datetime | None = None
    ends: datetime | None = None
    arrived: datetime | None = None
    left: datetime | None = None
    absent: bool = False
    on_leave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceConfirmed(Request):
    """What was suggested is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceDismissed(Request):
    """It is not so; nothing is recorded."""


# -- data --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One recordable event: its `category`, the side of the day it is of, the minutes it amounts to, and the
    scheduled and the actual time (None: nobody knows it, or there is none)."""

    category: str
    side: str
    minutes: int
    scheduled: datetime
    actual: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceDay:
    """One agent's day. `unseen`: not seen by the time that counts as late; `absent`: not seen all day.

    `settled` are the occurrences people confirmed and WFM was told; `waived` the sides of the day that were
    excused or dismissed; `coached` how many coachings were called for; `approved` that HR excused it.
    """

    day: date
    starts: datetime | None = None
    ends: datetime | None = None
    arrived: datetime | None = None
    left: datetime | None = None
    unseen: bool = False
    absent: bool = False
    settled: tuple[Occurrence, ...] = ()
    waived: tuple[str, ...] = ()
    coached: int = 0
    approved: bool = False
    why: str = ""

    @property
    def title(self) -> str:
        """What it is about, for people."""
        return f"attendance of {self.day:%m/%d}"

    @property
    def category(self) -> str:
        """What stands of the day: ABSENT when he was not there, or excused from all of it; "" for nothing."""
        excused = self.arrived is None and self.left is None and WHOLE in self.waived
        if self.absent or excused:
            return ABSENT
        return max(self.settled, key=lambda each: each.minutes).category if self.settled else ""


# -- which occurrences (SPEC 3.3) --------------------------------------------------------------------------


def occurrences(data: AttendanceDay, policy: AttendancePolicy) -> tuple[Occurrence, ...]:
    """What the facts of the day come to: one for arriving and one for leaving at most, or one for the whole day."""
    if data.starts is None or data.ends is None:
        return ()
    late = data.arrived - data.starts if data.arrived else timedelta()
    early = data.ends - data.left if data.left else timedelta()
    missing = max(late, timedelta()) + max(early, timedelta())
    if data.absent or missing >= data.ends - data.starts:
        whole = data.ends - data.starts
        return (Occurrence(category=ABSENT, side=WHOLE, minutes=whole // timedelta(minutes=1), scheduled=data.starts),)
    return tuple(_sides(data, policy, late, early))


def _sides(data: AttendanceDay, policy: AttendancePolicy, late: timedelta, early: timedelta) -> Iterator[Occurrence]:
    assert data.starts is not None
    assert data.ends is not None
    grace, long_ = timedelta(minutes=policy.grace_minutes), timedelta(hours=policy.long_hours)
    minute = timedelta(minutes=1)
    if data.arrived is None and data.unseen:
        yield Occurrence(category=TARDY, side=ARRIVING, minutes=grace // minute, scheduled=data.starts)
    elif late >= grace:
        yield Occurrence(
            category=LATE_4H if late >= long_ else TARDY,
            side=ARRIVING,
            minutes=late // minute,
            scheduled=data.starts,
            actual=data.arrived,
        )
    if early >= grace:
        yield Occurrence(
            category=EARLY_4H if early >= long_ else LEFT_EARLY,
            side=LEAVING,
            minutes=early // minute,
            scheduled=data.ends,
            actual=data.left,
        )


def pending(data: AttendanceDay, policy: AttendancePolicy) -> tuple[Occurrence, ...]:
    """Those nobody has decided on yet."""
    found = occurrences(data, policy)
    return tuple(each for each in found if each not in data.settled and each.side not in data.waived)


def fallen(data: AttendanceDay, policy: AttendancePolicy) -> tuple[Occurrence, ...]:
    """Those WFM was told of and which are not so any more."""
    found = occurrences(data, policy)
    return tuple(each for each in data.settled if each not in found)


def cell(policy: AttendancePolicy, found: tuple[Occurrence, ...]) -> str:
    """The tracker's word for the gravest of them; "" for none."""
    words = policy.tracker
    if not found:
        return ""
    worst = max(found, key=lambda each: (each.category in GRAVE, each.minutes))
    if worst.category in GRAVE:
        return words.absent
    short = worst.minutes < words.short_minutes
    if worst.category == TARDY:
        return words.late_short if short else words.late_long
    return words.early_short if short else words.early_long
