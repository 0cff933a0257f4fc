"""Business time: every rule of SPEC 0.3, the numbers of S-01, S-18, S-21 and S-41, and what must always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.calendar import Calendar, NeverOpen, instant
from workflows.people import Site, TrainingClass

DENVER = ZoneInfo("America/Denver")
HOLIDAYS = frozenset({date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1)})
SLC = Site(
    key="slc",
    name="SLC",
    tz="America/Denver",
    days=frozenset(range(5)),
    open=time(8),
    close=time(17),
    holidays=HOLIDAYS,
)
NOV16 = TrainingClass(
    name="NOV16",
    site="slc",
    channel="#esp-nov16",
    start=date(2026, 11, 16),
    shift_start=time(8),
    shift_end=time(16, 30),
)
CAL = Calendar.of(SLC)
EVERY_DAY = replace(SLC, key="all", days=frozenset(range(7)), open=time(0), close=time(0), holidays=frozenset())


def at(text: str) -> datetime:
    """A Denver wall time, "11-25 16:50" of 2026 unless the year is said, as UTC."""
    text = text if text.count("-") == 2 else f"2026-{text}"
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=DENVER).astimezone(UTC)


# -- hours


@pytest.mark.parametrize(
    ("t", "deemed"),
    [
        ("11-17 08:00", "11-17 08:00"),  # the opening minute is inside
        ("11-17 07:59", "11-17 08:00"),
        ("11-17 16:59", "11-17 16:59"),
        ("11-17 17:00", "11-18 08:00"),  # the closing minute is outside
        ("11-20 17:00", "11-23 08:00"),
        ("11-21 12:00", "11-23 08:00"),
        ("11-26 12:00", "11-27 08:00"),  # a holiday; the Friday after it is a business day
    ],
)
def test_a_closed_hour_is_deemed_the_next_opening(t: str, deemed: str) -> None:
    assert CAL.deemed(at(t)) == at(deemed)
    assert CAL.is_open(at(t)) == (t == deemed)


def test_next_open_is_an_opening_even_while_open() -> None:
    assert CAL.next_open(at("11-17 08:00")) == at("11-17 08:00")
    assert CAL.next_open(at("11-17 08:01")) == at("11-18 08:00")
    assert CAL.next_open(at("11-25 09:00")) == at("11-27 08:00")


def test_a_business_day_is_an_open_day_of_the_week_that_is_no_holiday() -> None:
    days = [date(2026, 11, d) for d in range(23, 30)]
    assert [CAL.is_business_day(d) for d in days] == [True, True, True, False, True, False, False]


def test_a_site_may_be_open_round_the_clock() -> None:
    cal = Calendar.of(EVERY_DAY)
    t = at("11-28 23:59")
    assert cal.is_open(t)
    assert cal.business_minutes_after(t, 2) == t + timedelta(minutes=2)
    assert cal.next_bd(t) == at("11-29 23:59")
    assert cal.is_open(at("11-29 00:00"))


@pytest.mark.parametrize(
    "site",
    [
        replace(SLC, days=frozenset()),
        replace(SLC, days=frozenset({7})),
        replace(SLC, open=time(17), close=time(8)),
        replace(SLC, open=time(8), close=time(8)),
        replace(SLC, holidays=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(500))),
    ],
)
def test_a_site_that_never_opens_is_refused_by_name(site: Site) -> None:
    with pytest.raises(NeverOpen, match="site slc"):
        Calendar(site)


# -- 24 hours (or 1 work-day), one more business day


@pytest.mark.parametrize(
    ("t", "due"),
    [
        ("11-17 10:00", "11-18 10:00"),
        ("11-25 14:00", "11-27 14:00"),  # S-21
        ("11-20 16:59", "11-23 16:59"),
        ("11-20 17:00", "11-24 08:00"),  # deemed Monday 08:00
        ("11-21 03:00", "11-24 08:00"),
    ],
)
def test_one_work_day_is_the_same_wall_time_on_the_next_business_day(t: str, due: str) -> None:
    assert CAL.next_bd(at(t)) == at(due)


def test_second_fail_before_thanksgiving_is_due_on_friday_and_reminded_four_business_hours_before() -> None:
    due = CAL.next_bd(at("11-25 14:00"))
    assert due == datetime(2026, 11, 27, 21, tzinfo=UTC)
    assert CAL.business_minutes_after(due, -240) == at("11-27 10:00")


@pytest.mark.parametrize(("t", "hours"), [("2027-03-12 10:00", 71), ("2026-10-30 10:00", 73)])
def test_wall_clock_survives_daylight_saving(t: str, hours: int) -> None:
    assert CAL.next_bd(at(t)) - at(t) == timedelta(hours=hours)


def test_work_days_fold() -> None:
    t = at("11-25 14:00")
    assert CAL.business_days_after(t, 0) == t
    assert CAL.business_days_after(t, 3) == CAL.next_bd(CAL.next_bd(CAL.next_bd(t))) == at("12-01 14:00")
    assert CAL.business_days_after(at("11-27 14:00"), -1) == t


@pytest.mark.parametrize(
    ("delivered", "due"),
    [
        ("11-24 16:45", "11-25 16:30"),  # S-41
        ("11-25 16:50", "11-27 16:30"),
        ("11-27 16:40", "11-30 16:30"),
        ("11-25 10:00", "11-27 16:30"),
        ("11-25 17:00", "11-30 16:30"),  # deemed Friday 08:00
    ],
)
def test_one_more_business_day_ends_with_the_shift(delivered: str, due: str) -> None:
    assert CAL.eos_next_bd(at(delivered), time(16, 30)) == at(due)


def test_the_end_of_a_shift_may_belong_to_another_zone_or_be_midnight() -> None:
    assert CAL.eos_next_bd(at("11-17 10:00"), time(16, 30), "America/New_York") == at("11-18 14:30")
    assert CAL.eos_next_bd(at("11-17 10:00"), time(0)) == at("11-19 00:00")


# -- business minutes


@pytest.mark.parametrize(
    ("t", "minutes", "then"),
    [
        ("11-17 10:02", 15, "11-17 10:17"),  # S-01
        ("11-17 10:02", 60, "11-17 11:02"),
        ("11-25 16:50", 15, "11-27 08:05"),  # S-18
        ("11-25 16:50", 60, "11-27 08:50"),
        ("11-24 16:30", 60, "11-25 08:30"),  # S-41
        ("11-17 16:45", 15, "11-18 08:00"),  # never the closing itself
        ("11-21 12:00", 15, "11-23 08:15"),
        ("11-21 12:00", 0, "11-23 08:00"),
        ("11-17 10:00", 9 * 60, "11-18 10:00"),
        ("11-17 10:00", -60, "11-17 09:00"),
        ("11-17 10:00", -120, "11-17 08:00"),
        ("11-17 10:00", -121, "11-16 16:59"),
        ("11-27 09:00", -90, "11-25 16:30"),
        ("11-28 09:00", -60, "11-27 16:00"),
    ],
)
def test_business_minutes_run_only_in_business_hours(t: str, minutes: int, then: str) -> None:
    assert CAL.business_minutes_after(at(t), minutes) == at(then)


def test_business_minutes_between_leave_out_closed_hours() -> None:
    assert CAL.business_minutes_between(at("11-25 16:50"), at("11-27 08:05")) == 15
    assert CAL.business_minutes_between(at("11-27 08:05"), at("11-25 16:50")) == -15
    assert CAL.business_minutes_between(at("11-21 08:00"), at("11-22 08:00")) == 0
    half = at("11-17 10:00") + timedelta(seconds=90)
    assert CAL.business_minutes_between(at("11-17 10:00"), half) == 1
    assert CAL.business_minutes_between(half, at("11-17 10:00")) == -1


def test_a_policy_offset_may_come_in_four_units() -> None:
    t = at("2026-10-31 22:00")
    assert CAL.due(t, 60, "business_minutes") == at("11-02 09:00")
    assert CAL.due(t, 1, "business_days") == at("11-03 08:00")
    assert CAL.due(t, -24, "hours") == t - timedelta(hours=24)
    assert CAL.due(t.astimezone(DENVER), 24, "hours") == t + timedelta(hours=24)  # elapsed, also over the change
    assert CAL.due(t, 5, "minutes") == t + timedelta(minutes=5)
    with pytest.raises(ValueError, match="fortnights"):
        CAL.due(t, 1, "fortnights")  # type: ignore[arg-type]


# -- days, plan years, sessions


def test_days_of_a_phase_are_counted_in_business_days() -> None:
    first = date(2026, 11, 20)
    days = ["11-19 12:00", "11-20 07:00", "11-22 12:00", "11-23 09:00", "11-24 23:59", "11-27 08:00"]
    assert [CAL.day_number(first, at(t)) for t in days] == [0, 1, 1, 2, 3, 5]
    assert CAL.business_date(first, 2) == date(2026, 11, 24)
    assert CAL.business_date(date(2026, 11, 27), -1) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("t", "starts", "year"),
    [
        ("2026-12-31 23:59", None, 2026),  # already 2027 in UTC
        ("2026-12-31 23:59", "01-01", 2026),
        ("2026-06-30 23:59", "07-01", 2026),
        ("2026-07-01 00:00", "07-01", 2027),
        ("2026-12-31 12:00", "07-01", 2027),
        ("2026-02-28 12:00", "02-29", 2026),
        ("2026-03-01 12:00", "02-29", 2027),
    ],
)
def test_plan_year_is_the_site_year_unless_the_exam_says_otherwise(t: str, starts: str | None, year: int) -> None:
    assert CAL.plan_year(at(t), starts) == year


@pytest.mark.parametrize(
    ("t", "left"),
    [
        ("11-17 00:00", True),
        ("11-17 16:29", True),
        ("11-17 16:30", False),
        ("11-21 10:00", False),  # Saturday
        ("11-26 10:00", False),  # holiday
        ("11-13 10:00", False),  # before the class began
    ],
)
def test_a_cert_session_is_left_until_the_shift_of_a_business_day_ends(t: str, left: bool) -> None:
    assert CAL.cert_session_left(NOV16, (), at(t)) is left


def test_overtime_is_a_cert_session_on_its_own_day() -> None:
    ot = ((at("11-21 09:00"), at("11-21 12:00")), (at("11-22 23:00"), at("11-23 01:00")))
    times = ["11-20 18:00", "11-21 07:00", "11-21 11:59", "11-21 12:00", "11-22 08:00", "11-23 00:30"]
    assert [CAL.cert_session_left(NOV16, ot, at(t)) for t in times] == [False, True, True, False, True, True]
    assert CAL.cert_session_left(replace(NOV16, start=date(2026, 12, 1)), ot, at("11-23 00:30"))
    assert not CAL.cert_session_left(replace(NOV16, start=date(2026, 12, 1)), ot, at("11-23 01:00"))


def test_a_class_keeps_its_own_zone() -> None:
    new_york = replace(NOV16, tz="America/New_York")
    assert CAL.session(new_york, date(2026, 11, 17)) == (at("11-17 06:00"), at("11-17 14:30"))
    assert not CAL.cert_session_left(new_york, (), at("11-17 14:30"))
    assert CAL.cert_session_left(new_york, (), at("11-17 22:00"))  # it is already Wednesday there


# -- daylight saving inside business hours


def night(tz: str, opens: time, closes: time) -> Calendar:
    """A site open every night."""
    return Calendar.of(replace(EVERY_DAY, tz=tz, open=opens, close=closes))


def test_a_skipped_wall_time_is_the_instant_of_the_jump() -> None:
    jump = datetime(2027, 3, 14, 9, tzinfo=UTC)  # 02:00 -> 03:00 in Denver
    for wall in (time(2), time(2, 30), time(2, 59, 59, 5), time(3)):
        assert instant(date(2027, 3, 14), wall, DENVER) == jump
    half_hour = datetime(2026, 10, 3, 15, 30, tzinfo=UTC)  # 02:00 -> 02:30 on Lord Howe
    assert instant(date(2026, 10, 4), time(2, 10), ZoneInfo("Australia/Lord_Howe")) == half_hour
    apia = ZoneInfo("Pacific/Apia")  # all of 2011-12-30 was left out
    assert instant(date(2011, 12, 30), time(12), apia) == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_a_repeated_wall_time_is_its_first_pass() -> None:
    assert instant(date(2026, 11, 1), time(1, 30), DENVER) == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)


def test_hours_that_are_skipped_do_not_exist() -> None:
    cal = night("America/Denver", time(2), time(3))
    assert not cal.is_business_day(date(2027, 3, 14))
    assert cal.next_bd(at("2027-03-13 02:30")) == at("2027-03-15 02:30")
    assert cal.business_minutes_after(at("2027-03-13 02:30"), 45) == at("2027-03-15 02:15")
    assert not night("Pacific/Apia", time(8), time(17)).is_business_day(date(2011, 12, 30))


def test_hours_shrink_and_grow_with_the_night() -> None:
    cal = night("America/Denver", time(1), time(5))
    lengths = []
    for day in (date(2027, 3, 13), date(2027, 3, 14), date(2026, 11, 1)):
        hours = cal.hours(day)
        assert hours is not None
        lengths.append(hours[1] - hours[0])
    assert lengths == [timedelta(hours=4), timedelta(hours=3), timedelta(hours=5)]


# -- what must always hold

ZONES = ("America/Denver", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana", "Asia/Beirut")
SITES = [
    replace(SLC, key="week", tz=tz, days=days, open=opens, close=closes, holidays=holidays)
    for tz in ZONES
    for days, opens, closes, holidays in (
        (frozenset(range(5)), time(8), time(17), HOLIDAYS),
        (frozenset(range(7)), time(0), time(0), frozenset[date]()),
        (frozenset({0, 5, 6}), time(1, 45), time(2, 20), HOLIDAYS),
    )
]
DAYTIME = [s for s in SITES if s.open == time(8)]
calendars = st.sampled_from([Calendar.of(s) for s in SITES])
minutes = st.integers(-3_000, 3_000)


def near_a_change(tz: str) -> st.SearchStrategy[datetime]:
    """Instants of a year and a half, every other one within two days of a change of the clocks."""
    zone, start = ZoneInfo(tz), datetime(2026, 6, 1, tzinfo=UTC)
    days = [start + timedelta(days=n) for n in range(550)]
    offsets = [d.astimezone(zone).utcoffset() for d in days]
    changes = [d for d, here, then in zip(days, offsets, offsets[1:], strict=False) if here != then] or [start]
    close_by = st.builds(lambda d, s: d + timedelta(seconds=s), st.sampled_from(changes), st.integers(-86_400, 172_800))
    return close_by | st.integers(0, 550 * 86_400).map(lambda s: start + timedelta(seconds=s))


NEAR = {tz: near_a_change(tz) for tz in ZONES}


@st.composite
def moments(draw: st.DrawFn, count: int = 1) -> tuple[Calendar, list[datetime]]:
    """A calendar and instants near its changes, in order."""
    cal = draw(calendars)
    return cal, sorted(draw(NEAR[cal.site.tz]) for _ in range(count))


@settings(max_examples=60, deadline=None)
@given(moments(), minutes, minutes)
def test_business_minutes_add_up_forwards_and_backwards(m: tuple[Calendar, list[datetime]], a: int, b: int) -> None:
    cal, [t] = m
    assert cal.business_minutes_after(cal.business_minutes_after(t, a), b) == cal.business_minutes_after(t, a + b)


@settings(max_examples=60, deadline=None)
@given(moments(2), minutes)
def test_business_minutes_never_run_backwards(m: tuple[Calendar, list[datetime]], n: int) -> None:
    cal, [early, late] = m
    assert cal.business_minutes_after(early, n) <= cal.business_minutes_after(late, n)
    assert cal.deemed(early) <= cal.deemed(late)
    assert cal.next_open(early) <= cal.next_open(late)


@settings(max_examples=60, deadline=None)
@given(moments(), minutes, st.integers(-4, 8))
def test_no_deadline_lies_in_closed_hours(m: tuple[Calendar, list[datetime]], n: int, days: int) -> None:
    cal, [t] = m
    ends = (cal.deemed(t), cal.next_open(t), cal.business_minutes_after(t, n), cal.business_days_after(t, days))
    assert all(cal.is_open(end) and end.tzinfo is UTC for end in ends)


@settings(max_examples=60, deadline=None)
@given(moments(), minutes)
def test_minutes_after_and_minutes_between_agree(m: tuple[Calendar, list[datetime]], n: int) -> None:
    cal, [t] = m
    assert cal.business_minutes_between(t, cal.business_minutes_after(t, n)) == n


@settings(max_examples=60, deadline=None)
@given(moments(3))
def test_time_between_adds_up_and_never_exceeds_elapsed_time(m: tuple[Calendar, list[datetime]]) -> None:
    cal, [a, b, c] = m
    between = cal.business_time_between
    assert between(a, b) + between(b, c) == between(a, c) == -between(c, a)
    assert timedelta(0) <= between(a, b) <= b - a


@settings(max_examples=60, deadline=None)
@given(moments(2), st.integers(0, 5))
def test_work_days_keep_the_wall_clock_and_the_order(m: tuple[Calendar, list[datetime]], n: int) -> None:
    cal, [early, late] = m
    if cal.site not in DAYTIME:
        cal = Calendar.of(DAYTIME[0])
    ends = [cal.business_days_after(t, n) for t in (early, late)]
    assert ends[0] <= ends[1]
    for t, end in zip((early, late), ends, strict=True):
        assert cal.local(end).time() == cal.local(cal.deemed(t)).time()
        assert cal.local(end).date() == cal.business_date(cal.local(cal.deemed(t)).date(), n)


@settings(max_examples=60, deadline=None)
@given(moments())
def test_open_hours_are_what_the_wall_clock_says(m: tuple[Calendar, list[datetime]]) -> None:
    cal, [t] = m
    cal = cal if cal.site.open == time(8) else Calendar.of(DAYTIME[ZONES.index(cal.site.tz)])
    wall = cal.local(t)
    expected = wall.weekday() < 5 and wall.date() not in HOLIDAYS and time(8) <= wall.time() < time(17)
    assert cal.is_open(t) is expected


@settings(max_examples=60, deadline=None)
@given(moments())
def test_the_zone_a_time_is_written_in_makes_no_difference(m: tuple[Calendar, list[datetime]]) -> None:
    cal, [t] = m
    there = cal.local(t)
    for n in (-100, 100, 1_000):
        assert cal.business_minutes_after(there, n) == cal.business_minutes_after(t, n)
    assert cal.next_bd(there) == cal.next_bd(t)
    assert cal.business_time_between(there, cal.local(t + timedelta(days=3))) == cal.business_time_between(
        t, t + timedelta(days=3)
    )
