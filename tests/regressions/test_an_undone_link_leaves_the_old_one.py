"""A changed session link taken back left agents with "disregard what I told you" and no link at all."""

from __future__ import annotations

from tests.journeys.stage import TESTS, play, say

DAY = TESTS / "roster-day.toml"

FIRST = say("lia", "link https://meet.example.com/nov16", "11-13 15:13")
SECOND = say("lia", "link https://meet.example.com/nov16-b", "11-13 15:14")


def test_agents_hear_that_the_link_before_is_right_again() -> None:
    shown = play(FIRST, SECOND, say("lia", "undo", "11-13 15:16"), start="11-13 15:00", roster=DAY).step(-1)
    assert "about the session link" in shown.text("@ana")
    assert "the link you got before that one is right again" in shown.text("@ana")


def test_of_the_only_link_nothing_is_right_again() -> None:
    shown = play(FIRST, say("lia", "undo", "11-13 15:14"), start="11-13 15:00", roster=DAY).step(-1)
    assert "right again" not in shown.text("@ana")
