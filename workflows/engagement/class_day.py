"""The machine of a class's day (SPEC 3.2): arrivals, six checks around the breaks, the host's own record, excuses."""

from __future__ import annotations

from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Tell
from workflows.engagement.checks import (
    Day,
    arrive,
    arrive_as_said,
    ask,
    begin,
    cannot_ask,
    close,
    counts,
    end_excuse,
    excuse,
    give_up,
    go_blind,
    is_excused,
    judged,
    label,
    late_by,
    meant,
    new_here,
    note_hands,
    plan,
    served,
    under_way,
    wait,
    was_void,
)
from workflows.engagement.data import ClassDay
from workflows.engagement.events import (
    AgentExcused,
    ArrivalEntered,
    Arrived,
    CheckClosed,
    CheckOpened,
    ClassDayBegan,
    ClassDayOver,
    ExcuseEnded,
    HandsRecorded,
    HelpWanted,
    PresenceDue,
    RoomOpened,
    SessionBegan,
    SessionNear,
    ShiftEnded,
)
from workflows.engagement.morning import (
    arm_day,
    call_host,
    close_days,
    greet,
    judge_later,
    note_arrival,
    note_end,
    note_excuse,
    open_day,
    prompt,
    remind_host,
    report_hands,
    report_in_time,
    report_late,
    report_missed,
    report_never,
    report_unseen,
    send_to_room,
    still_waiting,
    tell_void,
)
from workflows.machine import Declined, Machine, Moment, Row
from workflows.people import Role
from workflows.policy_training import TrainingPolicy

NONE, RUNNING, CLOSED, VOID = "NONE", "RUNNING", "CLOSED", "VOID"


def _not(guard: Any) -> Any:
    return lambda m: not guard(m)


def _came_late(m: Day) -> bool:
    return late_by(m.was.data, m.event.on)


def _own_wish(m: Day) -> bool:
    """Whether an agent asks for himself, and not again."""
    return m.event.agent == m.actor and m.event.agent not in m.was.data.waiting


def _asked_again(m: Day) -> bool:
    return m.event.agent in m.was.data.waiting


def _is_blind(m: Day) -> bool:
    return m.event.back is not None


def rows(policy: TrainingPolicy) -> tuple[Row, ...]:
    """The table for one pack."""
    rules = policy.engagement
    host = frozenset(Role(role) for role in rules.hands_by)
    enter = frozenset(Role(role) for role in rules.arrival_by)
    at = (RUNNING,)
    return (
        Row(at=(NONE,), on=ClassDayBegan, to=RUNNING, set=plan, do=(arm_day,), source="SPEC 3.2: every class day"),
        Row(at=at, on=SessionNear, do=(remind_host,), source="R-003-02: on time to open the session"),
        Row(at=at, on=SessionBegan, when=under_way, do=(greet,), source="R-001-06, R-001-07"),
        # arrivals
        Row(
            at=at,
            on=Arrived,
            when=lambda m: new_here(m) and not judged(m),
            set=arrive,
            do=(open_day,),
            source="SPEC 3.3: the first message of the day counts as arrival",
        ),
        Row(
            at=at,
            on=Arrived,
            when=lambda m: new_here(m) and judged(m),
            set=arrive,
            do=(open_day, report_late),
            source="R-003-10: arrives 10+ minutes late",
        ),
        Row(at=at, on=Arrived, when=_not(new_here), source="SPEC 3.3: only the first message counts"),
        Row(
            at=at,
            on=ArrivalEntered,
            by=enter,
            when=lambda m: not m.event.on_leave and not _came_late(m),
            set=arrive_as_said,
            do=(open_day, report_in_time, note_arrival),
            source="SPEC 3.3: arrival entered by the TL",
        ),
        Row(
            at=at,
            on=ArrivalEntered,
            by=enter,
            when=lambda m: not m.event.on_leave and _came_late(m),
            set=arrive_as_said,
            do=(open_day, note_arrival, report_late),
            source="R-003-10: arrives 10+ minutes late",
        ),
        Row(at=at, on=PresenceDue, when=_not(_is_blind), do=(report_unseen,), source="SPEC 3.3: no presence"),
        Row(
            at=at,
            on=PresenceDue,
            when=_is_blind,
            set=go_blind,
            do=(judge_later,),
            source="SPEC 8.14: nobody is late while nobody could be heard",
        ),
        Row(at=at, on=ShiftEnded, do=(report_never,), source="R-003-12: absent all day"),
        # checks
        Row(at=at, on=CheckOpened, when=_not(cannot_ask), set=ask, do=(prompt,), source="R-001-35, R-001-37"),
        Row(at=at, on=CheckOpened, when=cannot_ask, set=give_up, source="SPEC 3.2: outage guard"),
        Row(at=at, on=CheckClosed, when=counts, set=close, do=(report_missed,), source="R-001-36, R-001-38"),
        Row(at=at, on=CheckClosed, when=was_void, set=close, do=(tell_void,), source="SPEC 3.2: outage guard"),
        Row(
            at=at,
            on=HandsRecorded,
            by=host,
            when=lambda m: meant(m.was.data, m.event, m.at) is not None,
            set=note_hands,
            do=(report_hands,),
            source="SPEC 3.2: a host record beats the chat button",
        ),
        # excuses and rooms
        Row(
            at=at,
            on=AgentExcused,
            by=host,
            set=excuse,
            do=(note_excuse,),
            source="SPEC 3.2: excused prompts are skipped",
        ),
        Row(
            at=at, on=ExcuseEnded, by=host, when=is_excused, set=end_excuse, do=(note_end,), source="SPEC 3.2: excused"
        ),
        Row(at=at, on=handoffs.Busy, set=_busy, source="SPEC 3.2: connected, in proctoring, on leave"),
        Row(at=at, on=handoffs.Free, set=end_excuse, source="SPEC 3.2: free again"),
        Row(
            at=at,
            on=HelpWanted,
            by=frozenset({Role.agent}),
            when=_own_wish,
            set=wait,
            do=(call_host,),
            source="R-001-34: help queue",
        ),
        Row(
            at=at,
            on=HelpWanted,
            by=frozenset({Role.agent}),
            when=_asked_again,
            do=(still_waiting,),
            source="R-001-34: help queue",
        ),
        Row(
            at=at,
            on=RoomOpened,
            by=host | {Role.licensing},
            when=_asked_again,
            set=served,
            do=(send_to_room,),
            source="R-001-34: the host opens a room",
        ),
        Row(at=at, on=ClassDayOver, to=CLOSED, do=(close_days,), source="SPEC 3.2: day start resets the run"),
    )


def _busy(m: Day) -> ClassDay:
    """Something else has him until then."""
    return excuse(m)


def refusal(m: Moment[Any], declined: Declined) -> Tell | None:
    """Refusals worth more than the plain words."""
    event = m.event
    if isinstance(event, HandsRecorded) and declined.reason == "not_so":
        ahead = [c.window for c in m.was.data.checks if event.pause in ("", c.window.name) and c.window.opens > m.at]
        facts = {"pause": label(event.pause) if event.pause else "", "opens": ahead[0].opens if ahead else None}
        return Tell(to=ACTOR, template="engagement/not_open_yet", facts=facts)
    if isinstance(event, ExcuseEnded) and declined.reason == "not_so":
        return Tell(to=ACTOR, template="engagement/no_excuse", facts={"name": event.agent})
    if isinstance(event, ArrivalEntered) and declined.reason == "not_so":
        return Tell(to=ACTOR, template="attendance/not_scheduled", facts={"name": event.agent})
    return None


def class_day_machine(policy: TrainingPolicy) -> Machine[ClassDay]:
    """The machine for one pack."""
    return Machine(
        name="class_day",
        letter="B",
        start=NONE,
        ends=frozenset({CLOSED, VOID}),
        rows=rows(policy),
        opens=(ClassDayBegan,),
        key=lambda event: event.day.isoformat() if isinstance(event, ClassDayBegan | ArrivalEntered) else None,
        fresh=begin,
        refusal=refusal,
        absent="engagement/no_class",
    )
