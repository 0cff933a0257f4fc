"""Scheduled cert time: shifts without lunch, OT slots, holes (SPEC 0.3, 3.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from workflows.calendar import Calendar
from workflows.people import Break, Site, TrainingClass
from workflows.schedule import Schedule, Shift

DENVER = ZoneInfo("America/Denver")
SITE = Site(
    key="slc",
    name="SLC",
    tz="America/Denver",
    days=frozenset(range(5)),
    open=time(8),
    close=time(17),
    holidays=frozenset({date(2026, 11, 26)}),
)
CALENDAR = Calendar.of(SITE)
KLASS = TrainingClass(
    name="NOV16",
    site="slc",
    channel="#c",
    start=date(2026, 11, 16),
    shift_start=time(8),
    shift_end=time(16, 30),
    breaks=(
        Break(name="b1", start=time(10), end=time(10, 15)),
        Break(name="lunch", start=time(12), end=time(12, 30)),
    ),
)
SHIFT = Shift.of(KLASS)
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=DENVER).astimezone(UTC)


def test_a_whole_shift_counts_eight_hours_without_lunch() -> None:
    assert Schedule(calendar=CALENDAR, shift=SHIFT).between(at("11-16 00:00"), at("11-17 00:00")) == 8 * HOUR


def test_a_clock_stands_still_at_lunch_and_over_night() -> None:
    clock = Schedule(calendar=CALENDAR, shift=SHIFT)
    assert clock.after(at("11-16 11:00"), 2 * HOUR) == at("11-16 13:30")
    assert clock.after(at("11-16 15:30"), 2 * HOUR) == at("11-17 09:00")


def test_a_clock_skips_holiday_and_weekend() -> None:
    clock = Schedule(calendar=CALENDAR, shift=SHIFT)
    assert clock.after(at("11-25 16:00"), HOUR) == at("11-27 08:30")
    assert clock.after(at("11-27 16:00"), HOUR) == at("11-30 08:30")


def test_an_amount_that_fills_the_shift_ends_with_it() -> None:
    assert Schedule(calendar=CALENDAR, shift=SHIFT).after(at("11-16 08:00"), 8 * HOUR) == at("11-16 16:30")


def test_the_eighth_hour_of_three_sessions_falls_two_hours_into_the_third() -> None:
    slots = tuple((at(f"{day} 17:00"), at(f"{day} 20:00")) for day in ("11-20", "11-23", "11-24"))
    assert Schedule(calendar=CALENDAR, extra=slots).after(at("11-20 12:00"), 8 * HOUR) == at("11-24 19:00")


def test_blocked_time_does_not_count_wherever_it_overlaps() -> None:
    holes = ((at("11-16 09:00"), at("11-16 11:00")), (at("11-16 10:00"), at("11-16 12:15")))
    clock = Schedule(calendar=CALENDAR, shift=SHIFT, holes=holes)
    assert clock.between(at("11-16 08:00"), at("11-16 13:00")) == timedelta(hours=1, minutes=30)
    assert clock.after(at("11-16 08:30"), HOUR) == at("11-16 13:00")


def test_slots_without_room_never_fill_the_amount() -> None:
    assert (
        Schedule(calendar=CALENDAR, extra=((at("11-20 17:00"), at("11-20 20:00")),)).after(at("11-20 12:00"), 4 * HOUR)
        is None
    )


def test_a_slot_on_top_of_the_shift_counts_once() -> None:
    clock = Schedule(calendar=CALENDAR, shift=SHIFT, extra=((at("11-16 16:00"), at("11-16 18:00")),))
    assert clock.between(at("11-16 15:00"), at("11-16 19:00")) == 3 * HOUR


@pytest.mark.parametrize("night", ["03-08", "11-01"])
def test_hours_are_elapsed_ones_across_both_changes_of_the_clock(night: str) -> None:
    month, day = map(int, night.split("-"))
    owl = Shift(first=date(2026, 1, 1), start=time(0), end=time(6))
    site = Site(key="n", name="N", tz="America/Denver", days=frozenset(range(7)), open=time(0), close=time(0))
    clock = Schedule(calendar=Calendar.of(site), shift=owl)
    start = datetime(2026, month, day, tzinfo=DENVER).astimezone(UTC)
    hours = 5 if month == 3 else 7
    assert clock.between(start, start + timedelta(hours=10)) == timedelta(hours=hours)


minutes = some.integers(min_value=0, max_value=14 * 24 * 60)


@given(
    start=minutes, first=some.integers(0, 1500), second=some.integers(0, 1500), hole=minutes, long=some.integers(0, 600)
)
def test_waiting_twice_is_waiting_for_the_sum(start: int, first: int, second: int, hole: int, long: int) -> None:
    base = at("11-16 00:00")
    holes = ((base + timedelta(minutes=hole), base + timedelta(minutes=hole + long)),)
    clock = Schedule(calendar=CALENDAR, shift=SHIFT, holes=holes)
    begin = base + timedelta(minutes=start)
    middle = clock.after(begin, timedelta(minutes=first))
    end = clock.after(begin, timedelta(minutes=first + second))
    assert middle is not None
    assert end is not None
    assert clock.between(begin, end) == timedelta(minutes=first + second)
    assert clock.after(middle, timedelta(minutes=second)) == end or second == 0
