"""Hours of scheduled time: over lunch, the end of the shift, weekends, holidays, both jumps of the clock, and halts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.story import CALENDAR
from workflows.handoffs import Blocked, Unblocked
from workflows.schedule import Shift
from workflows.stopwatch import Stopwatch

DENVER = ZoneInfo("America/Denver")
LUNCH = ((time(12), time(12, 30)),)
FOUR = timedelta(hours=4)


def at(text: str) -> datetime:
    """ "2026-11-23 13:00" at the site."""
    return datetime.fromisoformat(text if text[4:5] == "-" else f"2026-{text}").replace(tzinfo=DENVER)


def watch(since: str, first: str = "2026-01-01", tz: str | None = None) -> Stopwatch:
    """A clock that began then."""
    shift = Shift(first=date.fromisoformat(first), start=time(8), end=time(16, 30), unpaid=LUNCH, tz=tz)
    return Stopwatch(shift=shift, since=at(since))


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("11-23 08:00", "11-23 12:00"),
        ("11-23 09:00", "11-23 13:30"),  # lunch does not count
        ("11-23 13:00", "11-24 08:30"),  # the end of the shift
        ("11-25 13:00", "11-27 08:30"),  # Thanksgiving
        ("11-27 13:00", "11-30 08:30"),  # the weekend
        ("11-23 12:10", "11-23 16:30"),  # begun at lunch
        ("11-23 17:00", "11-24 12:00"),  # after the shift
        ("10-30 15:30", "11-02 11:00"),  # the clock goes back on Sunday
        ("2027-03-12 15:30", "2027-03-15 11:00"),  # the clock goes forward on Sunday
    ],
)
def test_four_hours_end_there(since: str, due: str) -> None:
    assert watch(since).due(CALENDAR, FOUR) == at(due)
    assert watch(since).used(CALENDAR, at(due)) == FOUR


def test_a_halt_stops_it_until_it_goes_on() -> None:
    halted = watch("11-23 13:00").halt("pause", at("11-23 14:00"))
    assert halted.due(CALENDAR, FOUR) is None
    assert halted.used(CALENDAR, at("11-25 10:00")) == timedelta(hours=1)
    gone = halted.go("pause", at("11-24 10:00"))
    assert gone.due(CALENDAR, FOUR) == at("11-24 13:30")
    assert not gone.halted("pause")


def test_a_halt_after_the_hours_were_over_changes_nothing() -> None:
    assert watch("11-23 08:00").halt("pause", at("11-23 14:00")).due(CALENDAR, FOUR) == at("11-23 12:00")


def test_two_reasons_overlap_and_the_time_is_left_out_once() -> None:
    both = (
        watch("11-23 08:00")
        .halt("pause", at("11-23 09:00"))
        .block(Blocked(reason="outage", since=at("11-23 09:30"), by="tara"))
    )
    assert both.go("pause", at("11-23 10:00")).due(CALENDAR, FOUR) is None
    over = both.go("pause", at("11-23 10:00")).unblock(Unblocked(until=at("11-23 11:00"), by="tara"))
    assert over.due(CALENDAR, FOUR) == at("11-23 14:30")


def test_a_block_may_begin_and_end_in_the_past() -> None:
    late = watch("11-23 08:00").block(Blocked(reason="nnumber", since=at("11-23 08:30"), by="tara"))
    assert late.unblock(Unblocked(until=at("11-23 09:30"), by="lia")).due(CALENDAR, FOUR) == at("11-23 13:30")
    never = late.unblock(Unblocked(until=at("11-23 08:10"), by="lia"))
    assert never.due(CALENDAR, FOUR) == at("11-23 12:00")


def test_leave_ends_by_itself_or_sooner() -> None:
    leave = Blocked(reason="absence", since=at("11-23 10:00"), by="eve", ends=at("11-25 08:00"))
    away = watch("11-23 08:00").block(leave)
    assert away.due(CALENDAR, FOUR) == at("11-25 10:00")
    assert away.unblock(Unblocked(until=at("11-23 11:00"), by="tara")) == away  # a block's end is not a leave's
    back = away.unblock(Unblocked(until=at("11-24 08:00"), by="eve", reason="absence"))
    assert back.due(CALENDAR, FOUR) == at("11-24 10:00")


def test_one_reason_of_several_may_end() -> None:
    blocked = watch("11-23 08:00")
    for reason in ("nnumber", "login"):
        blocked = blocked.block(Blocked(reason=reason, since=at("11-23 09:00"), by="tara"))
    assert blocked.unblock(Unblocked(until=at("11-23 10:00"), by="t", reason="login")).due(CALENDAR, FOUR) is None
    assert blocked.unblock(Unblocked(until=at("11-23 10:00"), by="t")).due(CALENDAR, FOUR) == at("11-23 13:30")


def test_before_it_began_nothing_counts() -> None:
    idle = Stopwatch(shift=watch("11-23 08:00").shift)
    assert idle.due(CALENDAR, FOUR) is None
    assert idle.used(CALENDAR, at("11-24 08:00")) == timedelta()


def test_the_wall_clock_of_the_class_counts_not_that_of_the_site() -> None:
    assert watch("11-23 08:00", tz="America/New_York").due(CALENDAR, timedelta(hours=1)) == at("11-23 09:00")
    assert watch("11-23 14:00", tz="America/New_York").due(CALENDAR, FOUR) == at("11-24 09:30")


@given(minutes=st.integers(1, 5000), start=st.integers(0, 60 * 24 * 30))
def test_what_is_due_is_used_up_then_and_not_before(minutes: int, start: int) -> None:
    begun = at("2026-10-25 00:00") + timedelta(minutes=start)
    running = Stopwatch(shift=watch("11-23 08:00").shift, since=begun)
    amount = timedelta(minutes=minutes)
    due = running.due(CALENDAR, amount)
    assert due is not None
    assert running.used(CALENDAR, due) == amount
    assert running.used(CALENDAR, due - timedelta(minutes=1)) < amount
