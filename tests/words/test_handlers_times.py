"""When words mean which instant, always from Tuesday 2026-11-17 10:02 in Denver unless said otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.intents import Act, Say, Wish
from tests.words.test_handlers_cast import TUESDAY_10_02, gists, one


def denver(text: str) -> datetime:
    """ "11-23 10:00" of 2026 in Denver's winter (UTC-7)."""
    return datetime.fromisoformat(f"2026-{text}:00-07:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("mon 10:00", "11-23 10:00"),
        ("monday 10", "11-23 10:00"),
        ("monday at 10", "11-23 10:00"),
        ("at 10 on monday", "11-23 10:00"),
        ("11/23 10am", "11-23 10:00"),
        ("11/23/2026 10 am", "11-23 10:00"),
        ("11/23/26 10:00", "11-23 10:00"),
        ("2026-11-23 10:00", "11-23 10:00"),
        ("2026-11-23T10:00", "11-23 10:00"),
        ("nov 23 10:00", "11-23 10:00"),
        ("23 nov 10:00", "11-23 10:00"),
        ("November 23rd at 10am", "11-23 10:00"),
        ("tomorrow 9:30", "11-18 09:30"),
        ("tmrw 9:30", "11-18 09:30"),
        ("15:30", "11-17 15:30"),
        ("today 3:30pm", "11-17 15:30"),
        ("3 pm", "11-17 15:00"),
        ("tue 13:00", "11-17 13:00"),
        ("wed noon", "11-18 12:00"),
        ("mon 08:00", "11-23 08:00"),
        ("mon 10:00-11:30", "11-23 10:00"),
        ("fri 12:15pm", "11-20 12:15"),
        ("next mon 10:00", "11-23 10:00"),
        ("this fri 10:00", "11-20 10:00"),
        ("thurs 4pm", "11-19 16:00"),
        ("mon 03:00", "11-23 03:00"),
    ],
)
def test_a_time_to_come_is_read_in_site_time(words, when):
    act = one(Act, "lia", f"proctor F-1 {words}")
    assert act.event.starts == denver(when)
    assert act.event.starts.tzinfo is UTC


@pytest.mark.parametrize(
    ("words", "template"),
    [
        ("mon 3", "which_time"),
        ("mon 3:30", "which_time"),
        ("mon", "need_time"),
        ("", "need_time"),
        ("25:00", "bad_time"),
        ("13/45 10:00", "bad_time"),
        ("mon 10:75", "bad_time"),
        ("2026-02-30 10:00", "bad_time"),
        ("mon 13pm", "bad_time"),
        ("9:00", "time_past"),
        ("yesterday 10:00", "time_past"),
        ("tue 9:00", "time_past"),
        ("11/16 10:00", "time_past"),
        ("next thu 10:00", "which_day"),
        ("mon 10:00 est", "site_time_only"),
        ("mon 10am pacific", "site_time_only"),
        ("9999-01-01 10:00", "bad_time"),
    ],
)
def test_a_time_that_could_be_two_or_none_is_asked(words, template):
    assert gists("lia", f"proctor F-1 {words}") == [f"say {template}"]


@pytest.mark.parametrize(
    ("words", "press"),
    [
        ("mon 3:30", "2026-11-23 15:30"),
        ("next thu 10:00", "2026-11-19 10:00"),
        ("tue 9:00", "2026-11-24 09:00"),
        ("9:00", "2026-11-18 09:00"),
    ],
)
def test_the_buttons_of_a_question_say_the_whole_line_exactly(words, press):
    asked = one(Say, "lia", f"proctor F-1 {words} @dev")
    assert asked.buttons[0][1] == f"proctor F-1 {press} @dev"
    for _, typed in asked.buttons:
        act = one(Act, "lia", typed)
        assert act.event.proctor == "dev"


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("9:30", "11-17 09:30"),
        ("at 9", "11-17 09:00"),
        ("yesterday 3pm", "11-16 15:00"),
        ("yesterday 3:30", "11-16 15:30"),
        ("mon 16:00", "11-16 16:00"),
        ("11/13 10:00", "11-13 10:00"),
        ("fri 10:00", "11-13 10:00"),
        ("last tue 10:00", "11-10 10:00"),
        ("today 8:15", "11-17 08:15"),
    ],
)
def test_a_time_that_was_is_read_backwards(words, when):
    for text in (f"coached @ana advised {words}", f"delivered C-8 {words} meet"):
        act = one(Act, "tara", text)
        assert act.event.on == denver(when)


@pytest.mark.parametrize(
    ("words", "template"),
    [
        ("15:30", "time_to_come"),
        ("2:30", "which_time"),
        ("tomorrow", "time_to_come"),
        ("yesterday", "need_past_time"),
        ("tomorrow 9:00", "time_to_come"),
        ("26:00", "bad_time"),
    ],
)
def test_a_deed_in_the_future_or_without_a_clock_is_asked(words, template):
    assert gists("tara", f"coached @ana {words}") == [f"say {template}"]


def test_a_deed_without_a_time_is_now():
    for text in ("coached @ana", "coached @ana today", "delivered C-8 meet"):
        act = one(Act, "tara", text)
        assert act.event.on is None


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("fri", "11-20 17:00"),
        ("friday", "11-20 17:00"),
        ("today", "11-17 17:00"),
        ("tomorrow", "11-18 17:00"),
        ("11/27", "11-27 17:00"),
        ("2026-11-27", "11-27 17:00"),
        ("sat", "11-21 17:00"),
        ("11/26", "11-26 17:00"),
        ("fri 12:00", "11-20 12:00"),
        ("3pm", "11-17 15:00"),
        ("mon noon", "11-23 12:00"),
        ("end of day", "11-17 17:00"),
        ("the end of the week", "11-20 17:00"),
        ("eod", "11-17 17:00"),
    ],
)
def test_until_a_day_is_the_end_of_its_business_hours(words, when):
    for text in (f"leave until {words}", f"delegate @dev until {words}", f"delegate @dev till {words}"):
        wish = one(Wish, "tara", text)
        assert wish.args["until"] == denver(when)


@pytest.mark.parametrize(
    ("words", "template"),
    [
        ("yesterday", "time_past"),
        ("11/16", "time_past"),
        ("further notice", "until_when"),
        ("3", "until_when"),
        ("next fri", "which_day"),
    ],
)
def test_until_nothing_known_is_asked(words, template):
    assert gists("tara", f"delegate @dev until {words}") == [f"say {template}"]


def test_a_date_without_a_year_rolls_over_the_new_year():
    december = datetime(2026, 12, 30, 17, 0, tzinfo=UTC)
    act = one(Act, "lia", "proctor F-1 1/4 10:00", at=december)
    assert act.event.starts == datetime(2027, 1, 4, 17, 0, tzinfo=UTC)
    act = one(Act, "tara", "coached @ana 12/30 10:00", at=datetime(2027, 1, 4, 17, 0, tzinfo=UTC))
    assert act.event.on == datetime(2026, 12, 30, 17, 0, tzinfo=UTC)


def test_summer_time_moves_the_instant_and_not_the_wall_clock():
    act = one(Act, "lia", "proctor F-1 mon 10:00", at=datetime(2026, 10, 29, 16, 0, tzinfo=UTC))
    assert act.event.starts == datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
    act = one(Act, "lia", "proctor F-1 fri 10:00", at=datetime(2026, 10, 29, 16, 0, tzinfo=UTC))
    assert act.event.starts == datetime(2026, 10, 30, 16, 0, tzinfo=UTC)


def test_a_plan_year_is_that_of_the_report():
    for at, year in (
        (TUESDAY_10_02, 2026),
        (datetime(2027, 1, 1, 6, 59, tzinfo=UTC), 2026),
        (datetime(2027, 1, 1, 7, 0, tzinfo=UTC), 2027),
    ):
        act = one(Act, "ana", "fail ahip 1", at=at)
        assert act.event.plan_year == year


def test_a_link_and_force_ride_along():
    act = one(Act, "lia", "proctor F-1 mon 18:00 https://meet.example.com/a-b-c force")
    assert (act.event.link, act.event.forced, act.event.proctor, act.event.proctor_name) == (
        "https://meet.example.com/a-b-c",
        True,
        "lia",
        "Lia Cruz",
    )


def test_with_a_reference_the_person_named_proctors():
    act = one(Act, "lia", "proctor F-1 mon 10:00 @ana")
    assert (act.ref, act.agent, act.event.proctor) == ("F-1", "", "ana")
    act = one(Act, "lia", "proctor @ana @dev mon 10:00")
    assert (act.ref, act.agent, act.event.proctor) == ("", "ana", "dev")
