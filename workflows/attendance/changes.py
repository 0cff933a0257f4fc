"""Guards and changes of an agent's day at work."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows.attendance.data import (
    ARRIVING,
    LEAVING,
    WHOLE,
    AttendanceDay,
    AttendanceEntered,
    Occurrence,
    fallen,
    occurrences,
    pending,
)
from workflows.handoffs import NeverSeen, SeenInTime, SeenLate, Unseen
from workflows.machine import Moment
from workflows.people import Role

Day = Moment[AttendanceDay]
SIDES = (ARRIVING, LEAVING, WHOLE)


# -- what is known after the event -------------------------------------------------------------------------


def begin(event: Any) -> AttendanceDay:
    """A day of which nothing is known yet."""
    day = event.day
    return AttendanceDay(day=day, starts=getattr(event, "starts", None), ends=getattr(event, "ends", None))


def known(m: Day) -> AttendanceDay:
    """The day with what the event says of it."""
    event = m.event
    data = replace(
        m.was.data,
        starts=getattr(event, "starts", None) or m.was.data.starts,
        ends=getattr(event, "ends", None) or m.was.data.ends,
    )
    match event:
        case Unseen():
            return replace(data, unseen=True)
        case NeverSeen():
            return replace(data, unseen=True, absent=data.arrived is None and data.left is None)
        case SeenLate():
            waived = () if event.word else data.waived
            return replace(data, arrived=event.arrived, absent=False, waived=waived)
        case SeenInTime():
            return replace(data, arrived=event.arrived, absent=False)
        case AttendanceEntered(absent=True):
            return replace(data, absent=True, arrived=None, left=None, waived=())
        case AttendanceEntered():
            return replace(
                data, arrived=event.arrived or data.arrived, left=event.left or data.left, absent=False, waived=()
            )
    return data


def news(m: Day) -> tuple[Occurrence, ...]:
    """What a person is to decide on after this event."""
    return pending(m.once(known), m.policy)


def lapsed(m: Day) -> tuple[Occurrence, ...]:
    """What WFM was told and is not so any more after this event."""
    return fallen(m.once(known), m.policy)


def same_sides(m: Day) -> bool:
    """Whether the event only gives another time for what was confirmed: the category stays."""
    new, old = news(m), lapsed(m)
    return bool(old) and [(each.side, each.category) for each in new] == [(each.side, each.category) for each in old]


# -- guards ------------------------------------------------------------------------------------------------


def scheduled(m: Day) -> bool:
    """Whether anything was expected of him that day."""
    return m.event.starts is not None and not m.event.on_leave


def has_reason(m: Day) -> bool:
    """Whether a reason was given."""
    return bool(m.event.why.strip())


def suggests(m: Day) -> bool:
    """Whether there is something to decide on, and nothing told to be put right."""
    return bool(news(m)) and not lapsed(m)


def changes_nothing(m: Day) -> bool:
    """Whether the suggestion that stands says it all already."""
    return news(m) == pending(m.was.data, m.policy)


def clears(m: Day) -> bool:
    """Whether nothing is left to decide on, and nothing told to be put right."""
    return not news(m) and not lapsed(m)


def overturns(m: Day) -> bool:
    """Whether what WFM was told is not so any more."""
    return bool(lapsed(m))


def only_the_time(m: Day) -> bool:
    """Whether a time that nobody knew is known now."""
    return same_sides(m)


def graver(m: Day) -> bool:
    """Whether what was confirmed turns out to be another category."""
    return bool(lapsed(m)) and bool(news(m)) and not same_sides(m)


def told_nothing(m: Day) -> bool:
    """Whether WFM has heard nothing of that day."""
    return not m.was.data.settled


def told_something(m: Day) -> bool:
    """Whether WFM has heard something of that day."""
    return bool(m.was.data.settled)


def was_approved(m: Day) -> bool:
    """Whether HR has excused the day."""
    return m.was.data.approved


def may_correct(m: Day) -> bool:
    """The TL the same business day, the ESP Manager or HR later."""
    later = {Role(role) for role in m.policy.correct_later_by}
    return m.calendar.local(m.at).date() <= m.was.data.day or bool(later & m.by)


# -- changes -----------------------------------------------------------------------------------------------


def learn(m: Day) -> AttendanceDay:
    """What the event says."""
    return m.once(known)


def confirm(m: Day) -> AttendanceDay:
    """It is so: all of it counts."""
    data = m.was.data
    mine = pending(data, m.policy)
    stay = tuple(each for each in data.settled if each in occurrences(data, m.policy))
    return replace(data, settled=(*stay, *mine), coached=data.coached + len(mine))


def correct(m: Day) -> AttendanceDay:
    """A person knows better; what he says counts at once."""
    data = m.once(known)
    return replace(data, settled=occurrences(data, m.policy))


def put_time(m: Day) -> AttendanceDay:
    """The time is known."""
    data = m.once(known)
    return replace(data, settled=occurrences(data, m.policy))


def waive(m: Day) -> AttendanceDay:
    """Nothing of it counts; the sides of the day it was about are closed, a missing arrival the whole day."""
    data = m.was.data
    sides = {each.side for each in pending(data, m.policy)} or set(SIDES)
    if ARRIVING in sides:
        sides.add(WHOLE)
    return replace(data, waived=tuple(side for side in SIDES if side in sides or side in data.waived))


def excuse(m: Day) -> AttendanceDay:
    """Excused, with the reason for the record only."""
    approvers = {Role(role) for role in m.policy.approve_by}
    return replace(waive(m), why=m.event.why, approved=bool(approvers & m.by))


def take_back(m: Day) -> AttendanceDay:
    """What was told does not count any more."""
    data = m.was.data
    approvers = {Role(role) for role in m.policy.approve_by}
    return replace(data, settled=(), waived=SIDES, why=m.event.why, approved=bool(approvers & m.by))
