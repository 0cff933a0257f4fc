"""A board names the reference of a duty once."""

from __future__ import annotations

from tests.journeys.stage import play, say
from tests.journeys.stories import SECOND


def test_the_board_of_wfm_names_the_case_once() -> None:
    assert play(SECOND, say("wes", "me")).step(-1).text("@wes").count("F-1") == 1
