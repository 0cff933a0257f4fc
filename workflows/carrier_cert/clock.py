"""When checkpoints are due and when the extension is over, in scheduled certification time less what was blocked.

Instants are aware UTC. Up to `at` an open block has lasted; what it will still last nobody knows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from workflows.calendar import Calendar
from workflows.carrier_cert.data import CarrierCert
from workflows.carrier_cert.items import unclaimed
from workflows.carrier_cert.states import BEHIND, EXTENSION, ON_TRACK, standing
from workflows.policy_training import Checkpoint, TrainingPolicy
from workflows.schedule import DAY, Schedule, Shift, Span


@lru_cache(maxsize=1024)
def base(calendar: Calendar, shift: Shift, checkpoint: Checkpoint) -> datetime:
    """When the checkpoint is due if nothing is ever blocked."""
    return shift.moment(calendar, checkpoint.day, checkpoint.at)


def begins(calendar: Calendar, shift: Shift) -> datetime:
    """When the first class day begins."""
    return shift.start_of(calendar, shift.day(calendar, 1))


def due(calendar: Calendar, data: CarrierCert, checkpoint: Checkpoint, at: datetime) -> datetime:
    """When the checkpoint is due: as much scheduled time after the first day's beginning as without any block."""
    return _shifted(calendar, data.shift, checkpoint, data.holes(at))


@lru_cache(maxsize=1024)
def _shifted(calendar: Calendar, shift: Shift, checkpoint: Checkpoint, holes: tuple[Span, ...]) -> datetime:
    usual = base(calendar, shift, checkpoint)
    if not any(start < usual for start, _ in holes):
        return usual
    start = begins(calendar, shift)
    amount = Schedule(calendar=calendar, shift=shift).between(start, usual)
    return Schedule(calendar=calendar, shift=shift, holes=holes).after(start, amount) or usual


def passed(policy: TrainingPolicy, calendar: Calendar, data: CarrierCert, at: datetime) -> int:
    """How many checkpoints are over at that instant."""
    return sum(due(calendar, data, checkpoint, at) <= at for checkpoint in policy.pace.checkpoint)


def to_come(
    policy: TrainingPolicy, calendar: Calendar, data: CarrierCert, at: datetime
) -> tuple[tuple[Checkpoint, datetime], ...]:
    """The checkpoints not judged yet, with their times."""
    return tuple((each, due(calendar, data, each, at)) for each in policy.pace.checkpoint[data.judged :])


def next_due(
    policy: TrainingPolicy, calendar: Calendar, data: CarrierCert, at: datetime
) -> tuple[Checkpoint, datetime] | None:
    """The checkpoint whose clock runs: none while blocked, overdue or complete."""
    if standing(policy, data) not in (ON_TRACK, BEHIND):
        return None
    return next(iter(to_come(policy, calendar, data, at)), None)


def starts_at(calendar: Calendar, data: CarrierCert) -> datetime | None:
    """When the first class day is still to begin."""
    return None if data.started else begins(calendar, data.shift)


def leave_over(data: CarrierCert) -> datetime | None:
    """When a block ends by itself."""
    return min((block.ends for block in data.open_blocks if block.ends), default=None)


# -- the extension -----------------------------------------------------------------------------------------


def hours_end(policy: TrainingPolicy, calendar: Calendar, data: CarrierCert, at: datetime) -> datetime | None:
    """When the extension's hours are used up: only the extra sessions count, from the CAP's delivery on.

    The session in which the last hour falls may be finished where the pack says so. None while not enough sessions
    are recorded.
    """
    extension, since = policy.pace.extension, data.cap_delivered_at
    if extension is None or since is None:
        return None
    clock = Schedule(calendar=calendar, extra=data.ot, holes=data.holes(at))
    used = clock.after(since, timedelta(hours=extension.hours))
    if used is None or not extension.allow_finish_session:
        return used
    return max((end for start, end in data.ot if start < used <= end), default=used)


def extension_over(policy: TrainingPolicy, calendar: Calendar, data: CarrierCert, at: datetime) -> datetime | None:
    """When the extension's clock rings; None while it stands still."""
    if standing(policy, data) != EXTENSION or data.hours_used_at:
        return None
    return hours_end(policy, calendar, data, at)


def hours_used(policy: TrainingPolicy, calendar: Calendar, data: CarrierCert, at: datetime) -> timedelta:
    """How much of the extra sessions has been used."""
    if data.cap_delivered_at is None:
        return timedelta()
    return Schedule(calendar=calendar, extra=data.ot, holes=data.holes(at)).between(data.cap_delivered_at, at)


def lost(calendar: Calendar, data: CarrierCert, since: datetime, until: datetime) -> timedelta:
    """The scheduled time between two instants, extra sessions included: what a block took."""
    return Schedule(calendar=calendar, shift=data.shift, extra=data.ot).between(since, until)


def all_claimed(policy: TrainingPolicy, data: CarrierCert) -> bool:
    """Whether only licensing's word is still missing."""
    return not unclaimed(policy, data)


def window(policy: TrainingPolicy, calendar: Calendar, at: datetime) -> tuple[datetime, datetime]:
    """The first and last business day, as their openings, between which the extra sessions are to be placed."""
    extension = policy.pace.extension
    days = extension.window_days if extension else 1
    today = calendar.local(at).date()
    first, last = calendar.business_date(today, 1), calendar.business_date(today, days)
    return calendar.at(first, calendar.site.open), calendar.at(last, calendar.site.open)


def sessions_from(policy: TrainingPolicy, starts: tuple[datetime, ...]) -> tuple[Span, ...]:
    """Extra sessions that begin then, each as long as the pack says."""
    extension = policy.pace.extension
    length = timedelta(hours=extension.session_hours if extension else 0)
    return tuple(sorted((start, start + length) for start in starts))


def on_shift(calendar: Calendar, shift: Shift, span: Span) -> bool:
    """Whether the span touches a regular shift."""
    start, end = span
    day = calendar.local(start).date() - DAY
    while day <= calendar.local(end).date() + DAY:
        if day >= shift.first and calendar.is_business_day(day):
            begin, close = shift.start_of(calendar, day), shift.end_of(calendar, day)
            if start < close and begin < end:
                return True
        day += DAY
    return False
