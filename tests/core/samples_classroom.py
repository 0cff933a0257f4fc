"""What may be said to a class's day, to an agent's checks, and to his day at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workflows import attendance, engagement, handoffs
from workflows.engagement import Window
from workflows.machine import Case, Event

NOON = datetime(2026, 11, 17, 19, tzinfo=UTC)
DAY = date(2026, 11, 17)
MINUTE, HOUR, LONG = timedelta(minutes=1), timedelta(hours=1), timedelta(days=20)
Samples = Callable[[Case[Any], Any, datetime], Iterator[Event]]


# -- a class's day -----------------------------------------------------------------------------------------


def began(starts: datetime, *pauses: tuple[str, datetime], ends: datetime | None = None) -> engagement.ClassDayBegan:
    """A day of four with breaks of a quarter of an hour."""
    return engagement.ClassDayBegan(
        day=DAY,
        starts=starts,
        ends=ends or starts + LONG,
        over=(ends or starts + LONG) + HOUR,
        pauses=tuple(engagement.Pause(name=name, starts=at, ends=at + 15 * MINUTE) for name, at in pauses),
        host="lia",
        agents=("ana", "ben", "cora", "agent"),
        judge_after=10,
    )


def days(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Watched from the beginning, opened in the middle, nearly over."""
    yield began(at, ("b1", at + HOUR), ("lunch", at + 6 * HOUR))
    yield began(at - 3 * HOUR, ("b1", at - HOUR), ("lunch", at + LONG))
    yield began(at, ("b1", at + 50 * MINUTE), ends=at + 61 * MINUTE)
    yield began(at + 3 * HOUR, ("b1", at + 5 * HOUR))


def arrived(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Ben, expected and on leave."""
    for agent in ("ana", "ben", "cora"):
        yield engagement.Arrived(agent=agent)
    yield engagement.Arrived(agent="ben", on_leave=True)


def entered(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """In time, late, on leave."""
    starts = case.data.starts
    yield engagement.ArrivalEntered(agent="ben", day=DAY, on=starts)
    yield engagement.ArrivalEntered(agent="ben", day=DAY, on=starts + 10 * MINUTE)
    yield engagement.ArrivalEntered(agent="ben", day=DAY, on=starts, on_leave=True)


MEMBERS = ("ana", "ben", "cora")


def opened(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Asked, and down."""
    for check in case.data.checks:
        for down in (False, True):
            yield engagement.CheckOpened(seq=check.window.seq, members=MEMBERS, down=down)


def closed(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Nobody answers, everybody does, down."""
    for check in case.data.checks:
        seq = check.window.seq
        yield engagement.CheckClosed(seq=seq, members=MEMBERS)
        yield engagement.CheckClosed(seq=seq, members=MEMBERS, answered=MEMBERS)
        yield engagement.CheckClosed(seq=seq, members=MEMBERS, answered=("ana",), away=("cora",))
        yield engagement.CheckClosed(seq=seq, members=MEMBERS, down=True)


def judged(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Heard all the time, and not."""
    yield engagement.PresenceDue(members=MEMBERS)
    yield engagement.PresenceDue(members=MEMBERS, back=at)


def hands(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """One missing, none, of a break."""
    yield engagement.HandsRecorded(missing=("ben",), members=MEMBERS)
    yield engagement.HandsRecorded(members=MEMBERS)
    yield engagement.HandsRecorded(missing=("cora",), pause="b1", members=MEMBERS, away=("ana",))


def excused(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With and without an end."""
    yield engagement.AgentExcused(agent="ben", why="breakout")
    yield engagement.AgentExcused(agent="ben", why="breakout", until=at + HOUR)


# -- an agent's checks -------------------------------------------------------------------------------------


def window(seq: int, name: str, opens: datetime, closes: datetime) -> Window:
    """A check."""
    return Window(seq=seq, kind="raise" if seq % 2 else "lower", name=name, opens=opens, closes=closes)


W1 = window(1, "b1", NOON - HOUR, NOON - 55 * MINUTE)
W2 = window(2, "b1", NOON - 40 * MINUTE, NOON - 35 * MINUTE)
W3 = window(3, "lunch", NOON - 20 * MINUTE, NOON - 15 * MINUTE)
W4 = window(4, "lunch", NOON - 10 * MINUTE, NOON - 5 * MINUTE)


def present(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Checks over, open for long, to come."""
    over = at + LONG
    known = (W1, W2, W3, W4)
    for windows in (
        known,
        (*known, window(5, "b2", at, over)),
        (window(1, "b1", at, over), W2),
        (window(1, "b1", W1.opens, W1.closes), window(2, "b1", at, over)),
        (window(1, "b1", over, over + HOUR),),
    ):
        for arrival in (at, at + HOUR):
            yield engagement.Present(day=DAY, at=arrival, windows=windows, starts=at - HOUR, ends=at + HOUR, over=over)
    yield engagement.Present(day=DAY, at=at, windows=known, starts=at - HOUR, ends=at, over=at)


def checked(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Missed and answered, by chat and by the host's eyes."""
    for each in (W1, W2, W3, W4):
        for missed in (True, False):
            for by in ("chat", "host"):
                yield engagement.Checked(day=DAY, window=each, missed=missed, by=by)


def marked(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason and without, on a day with class and on one without."""
    for why in ("camera off since 13:00", ""):
        yield engagement.MarkedMia(day=DAY, why=why)
        yield engagement.MarkedMia(day=DAY, why=why, starts=at - HOUR, ends=at)


def was_here(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason and without."""
    yield from (engagement.WasHere(why=why) for why in ("answered by voice", ""))


# -- an agent's day at work --------------------------------------------------------------------------------

START = datetime(2026, 11, 17, 15, tzinfo=UTC)
END = START + timedelta(hours=8, minutes=30)
SHIFT: dict[str, Any] = {"day": DAY, "starts": START, "ends": END}


def seen_late(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Ten minutes, four hours, by a word and by himself."""
    for minutes in (10, 25, 240):
        for word in (False, True):
            yield handoffs.SeenLate(**SHIFT, arrived=START + minutes * MINUTE, word=word)


def attended(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """In, out, absent, on leave, on a day off."""
    said: tuple[dict[str, Any], ...] = (
        {"arrived": START},
        {"arrived": START + 12 * MINUTE},
        {"left": END},
        {"left": END - 20 * MINUTE},
        {"absent": True},
    )
    for one in said:
        yield attendance.AttendanceEntered(**SHIFT, **one)
    yield attendance.AttendanceEntered(**SHIFT, absent=True, on_leave=True)
    yield attendance.AttendanceEntered(day=DAY, absent=True)


def waived(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason and without."""
    yield from (handoffs.Excused(why=why, day=DAY) for why in ("dentist", ""))


SAMPLES: dict[type[Event], Samples] = {
    engagement.ClassDayBegan: days,
    engagement.Arrived: arrived,
    engagement.ArrivalEntered: entered,
    engagement.CheckOpened: opened,
    engagement.CheckClosed: closed,
    engagement.PresenceDue: judged,
    engagement.ShiftEnded: lambda case, policy, at: iter((engagement.ShiftEnded(members=MEMBERS),)),
    engagement.HandsRecorded: hands,
    engagement.AgentExcused: excused,
    engagement.ExcuseEnded: lambda case, policy, at: iter((engagement.ExcuseEnded(agent="ben"),)),
    engagement.HelpWanted: lambda case, policy, at: iter((engagement.HelpWanted(agent="agent"),)),
    engagement.RoomOpened: lambda case, policy, at: iter((engagement.RoomOpened(agent="agent"),)),
    handoffs.Busy: lambda case, policy, at: iter((handoffs.Busy(agent="ben", why="call"),)),
    handoffs.Free: lambda case, policy, at: iter((handoffs.Free(agent="ben", why="call"),)),
    engagement.Present: present,
    engagement.Here: lambda case, policy, at: iter((engagement.Here(day=DAY),)),
    engagement.Checked: checked,
    engagement.MarkedMia: marked,
    engagement.WasHere: was_here,
    engagement.ExcuseGiven: lambda case, policy, at: iter((engagement.ExcuseGiven(day=DAY),)),
    engagement.DayClosed: lambda case, policy, at: iter((engagement.DayClosed(day=DAY),)),
    handoffs.Unseen: lambda case, policy, at: iter((handoffs.Unseen(**SHIFT),)),
    handoffs.SeenLate: seen_late,
    handoffs.SeenInTime: lambda case, policy, at: iter((handoffs.SeenInTime(day=DAY, arrived=START),)),
    handoffs.NeverSeen: lambda case, policy, at: iter((handoffs.NeverSeen(**SHIFT),)),
    handoffs.MarkLifted: lambda case, policy, at: iter((handoffs.MarkLifted(day=DAY),)),
    handoffs.Excused: waived,
    attendance.AttendanceEntered: attended,
}
OPENERS: dict[type[Event], Event] = {
    engagement.ClassDayBegan: began(NOON + 2 * HOUR, ("b1", NOON + 3 * HOUR)),
    engagement.Present: engagement.Present(
        day=DAY, at=NOON, windows=(W1, W2, W3, W4), starts=START, ends=END, over=NOON + LONG
    ),
    engagement.MarkedMia: engagement.MarkedMia(day=DAY, why="camera off"),
    handoffs.Unseen: handoffs.Unseen(**SHIFT),
    handoffs.SeenLate: handoffs.SeenLate(**SHIFT, arrived=START + HOUR),
    handoffs.SeenInTime: handoffs.SeenInTime(day=DAY, arrived=START),
    handoffs.NeverSeen: handoffs.NeverSeen(**SHIFT),
    handoffs.MarkLifted: handoffs.MarkLifted(day=DAY),
    handoffs.Excused: handoffs.Excused(why="dentist", day=DAY),
    attendance.AttendanceEntered: attendance.AttendanceEntered(**SHIFT, absent=True),
}
WORN: dict[str, tuple[Event, ...]] = {
    "attendance": (
        attendance.AttendanceEntered(**SHIFT, left=END - 20 * MINUTE),
        attendance.AttendanceConfirmed(),
        handoffs.SeenLate(**SHIFT, arrived=START + 10 * MINUTE),
    )
}
