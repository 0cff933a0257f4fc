"""A board names the reference of a duty once."""

from __future__ import annotations

from tests.journeys.stage import TESTS, play, say, until
from tests.journeys.stories import SECOND


def test_the_board_of_wfm_names_the_case_once() -> None:
    assert play(SECOND, say("wes", "me")).step(-1).text("@wes").count("F-1") == 1


def test_an_escalation_of_several_duties_names_each_case_once() -> None:
    shown = play(
        say("tara", "block @ben nnumber from 09:00", "11-16 10:36"),
        say("tara", "unblock @ben", "11-16 12:10"),
        until("11-19 16:31"),
        start="11-16 07:30",
        roster=TESTS / "roster-day.toml",
    )
    told = [line["text"] for line in shown.chats("@eve") if "OT request: Ben Ortiz" in line["text"]]
    assert any("Not seen all day" in text for text in told)
    assert all("Ref P-2. Ref P-2." not in text for text in told)
