"""What a class's day must be told from outside: when it begins, who is away, who answered, when the wires were down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from bot import outages
from bot.office import Office
from store import tables
from store.codec import instant, micros
from workflows.attendance import AttendanceEntered
from workflows.engagement import (
    ArrivalEntered,
    CheckClosed,
    CheckOpened,
    ClassDayBegan,
    HandsRecorded,
    Pause,
    PresenceDue,
    Seen,
    ShiftEnded,
)
from workflows.engagement.checks import meant
from workflows.machine import Case
from workflows.people import CLASS_, Role, TrainingClass
from workflows.schedule import Shift

if TYPE_CHECKING:
    from datetime import date

    from bot.deciding import Decider

LATE = timedelta(minutes=1)
"""From when on after its midnight a day counts as opened late."""


# -- beginning ---------------------------------------------------------------------------------------------


def class_day(office: Office, klass: TrainingClass, day: date) -> ClassDayBegan:
    """That business day of a class, with all its case must know."""
    subject = f"{CLASS_}{klass.name}"
    calendar, shift = office.calendar(subject), Shift.of(klass)
    judge: int | None = None
    if office.runs("attendance"):
        policy: Any = office.pack_in_force("attendance", None).policy
        judge = policy.grace_minutes
    return ClassDayBegan(
        day=day,
        starts=shift.start_of(calendar, day),
        ends=shift.end_of(calendar, day),
        over=calendar.midnight(day + timedelta(days=1), klass.tz),
        pauses=tuple(
            Pause(
                name=each.name, starts=calendar.at(day, each.start, klass.tz), ends=calendar.at(day, each.end, klass.tz)
            )
            for each in klass.breaks
        ),
        host=klass.host or "",
        agents=tuple(agent for agent in office.roster.agents_of(klass.name) if office.active(agent)),
        judge_after=judge,
    )


# -- a day that is over ------------------------------------------------------------------------------------


def closed_day(desk: Decider, args: Mapping[str, Any]) -> None:
    """ "hands b2 yesterday": its checks are over; whoever may correct it is shown that day's marks (SPEC 3.14)."""
    klass, day = str(args["klass"]), args["day"]
    agents = desk.office.roster.agents_of(klass)
    desk.world.load(agents)
    found = [
        case
        for agent in agents
        for case in desk.world.cases_of(agent)
        if case.workflow == "engagement" and case.data.day == day
    ]
    policy: Any = desk.office.pack_in_force("engagement", None).policy
    may = {Role(role) for role in policy.engagement.correct_later_by}
    mine = any(desk.office.roles(desk.letter.actor, agent, desk.at) & may for agent in agents)
    if not mine:
        desk.decline("not_so", "engagement/day_closed", {})
        return
    marks = [{"agent": case.agent, "ref": case.id} for case in found if case.state == "MIA"]
    desk.answer("engagement/closed_day", {"date": f"{day:%m/%d/%Y}", "marks": marks})


# -- briefings ---------------------------------------------------------------------------------------------


def members(desk: Decider, case: Case[Any]) -> tuple[str, ...]:
    """The agents of the class who are still in it."""
    return tuple(agent for agent in desk.office.roster.members(case.agent) if desk.office.active(agent))


def on_leave(desk: Decider, agent: str, a: datetime, b: datetime) -> bool:
    """Whether leave touches that stretch."""
    return any(
        each.person == agent and each.kind == "leave" and each.since < b and each.until > a
        for each in desk.office.absences
    )


def with_proctor(exams: Iterable[Case[Any]], a: datetime, b: datetime) -> bool:
    """Whether a proctored attempt of one of these exams touches that stretch."""
    for case in exams:
        for step in case.data.steps:
            slot = step.slot
            if slot and slot.starts < b and slot.starts + timedelta(minutes=slot.minutes) > a:
                return True
    return False


def away(desk: Decider, those: tuple[str, ...], a: datetime, b: datetime) -> tuple[str, ...]:
    """Those of whom no answer is expected in that stretch."""
    exams = desk.world.cases_in("failed_exam", those)
    return tuple(agent for agent in those if on_leave(desk, agent, a, b) or with_proctor(exams[agent], a, b))


def down(desk: Decider, a: datetime, b: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """When nothing was heard or said in that stretch."""
    return outages.between(desk.world.connection, a, b, desk.now)


def begun(desk: Decider, case: Case[Any], event: ClassDayBegan, due: datetime) -> ClassDayBegan:
    """Who has spoken already, when the day is opened late."""
    klass = desk.office.roster.classes[case.agent.removeprefix(CLASS_)]
    midnight = desk.office.calendar(case.agent).midnight(event.day, klass.tz)
    if desk.at - midnight < LATE:
        return event
    i = tables.inbox.c
    rows = desk.world.connection.execute(
        select(i.actor, func.min(i.at).label("at"))
        .where(
            i.at >= micros(midnight),
            i.at <= micros(desk.at),
            i.kind == "chat",
            i.actor.in_(event.agents),
            or_(i.room == klass.channel, i.room.startswith("@")),
        )
        .group_by(i.actor)
        .order_by(i.actor)
    )
    return replace(event, seen=tuple(Seen(agent=row.actor, at=instant(row.at)) for row in rows))


def opened(desk: Decider, case: Case[Any], event: CheckOpened, due: datetime) -> CheckOpened:
    """Who is there to be asked, and whether anybody can be."""
    window = case.data.check(event.seq).window
    those = members(desk, case)
    return replace(
        event,
        members=those,
        away=away(desk, those, window.opens, window.closes),
        down=bool(down(desk, window.opens, window.closes)),
    )


def closed(desk: Decider, case: Case[Any], event: CheckClosed, due: datetime) -> CheckClosed:
    """Who answered, and whom the question never reached."""
    window = case.data.check(event.seq).window
    those = members(desk, case)
    out, own = away(desk, those, window.opens, window.closes), desk.world.cases_in("engagement", those)
    o = tables.outbox.c
    unsent = desk.world.connection.execute(
        select(o.lane).where(o.case_id == case.id, o.tag == f"check:{event.seq}", o.state != "sent")
    ).scalars()
    return replace(
        event,
        members=those,
        away=out,
        answered=tuple(agent for agent in those if _answered(own[agent], case.key, event.seq)),
        unasked=tuple(sorted(lane[1:] for lane in unsent if lane.startswith("@"))),
        down=bool(down(desk, window.opens, window.closes)),
    )


def _answered(own: Iterable[Case[Any]], day: str, seq: int) -> bool:
    mine = (each for each in own if each.key == day)
    return any(r.window.seq == seq and not r.missed for each in mine for r in each.data.results)


def judged(desk: Decider, case: Case[Any], event: PresenceDue, due: datetime) -> PresenceDue:
    """Of whom nothing is expected, and when everybody could be heard again."""
    data, those = case.data, members(desk, case)
    since = data.blind - timedelta(minutes=data.judge_after or 0) if data.blind else data.starts
    silent = down(desk, since, due)
    return replace(
        event,
        members=those,
        away=away(desk, those, data.starts, due),
        back=max(until for _, until in silent) if silent else None,
    )


def ended(desk: Decider, case: Case[Any], event: ShiftEnded, due: datetime) -> ShiftEnded:
    """Of whom nothing was expected in any part of the shift."""
    data, those = case.data, members(desk, case)
    return replace(event, members=those, away=away(desk, those, data.starts, data.ends))


def seen(desk: Decider, case: Case[Any], event: HandsRecorded, due: datetime) -> HandsRecorded:
    """Who belongs to the class, and of whom no hand was expected."""
    those, check = members(desk, case), meant(case.data, event, desk.at)
    out = away(desk, those, check.window.opens, check.window.closes) if check else ()
    return replace(event, members=those, away=out)


def arrived(desk: Decider, case: Case[Any], event: ArrivalEntered, due: datetime) -> ArrivalEntered:
    """Whether he was on leave when the shift began."""
    return replace(event, on_leave=desk.office.on_leave(event.agent, case.data.starts))


def entered(desk: Decider, case: Case[Any], event: AttendanceEntered, due: datetime) -> AttendanceEntered:
    """Whether he was on leave at the end of the shift it is about."""
    if event.starts is None or event.ends is None:
        return event
    at = event.ends - timedelta(seconds=1) if event.left else event.starts
    return replace(event, on_leave=desk.office.on_leave(case.agent, at))


BRIEFINGS: Mapping[str, Any] = MappingProxyType(
    {
        "ClassDayBegan": begun,
        "CheckOpened": opened,
        "CheckClosed": closed,
        "PresenceDue": judged,
        "ShiftEnded": ended,
        "HandsRecorded": seen,
        "ArrivalEntered": arrived,
        "AttendanceEntered": entered,
    }
)
"""By the class name of the event."""
