"""`all correct`, the words of the card's button, was thanked for and did nothing."""

from __future__ import annotations

from tests.journeys.stage import TESTS, play, say

DAY = TESTS / "roster-day.toml"
ERROR = "We were unable to locate an NPN with the National Insurance Producer Registry with the information provided."


def test_all_correct_makes_the_ticket() -> None:
    steps = (say("eli", ERROR, "11-24 09:05"), say("eli", "all correct", "11-24 09:06"))
    shown = play(*steps, start="11-24 09:00", roster=DAY)
    assert shown.state("K-1") == "DRAFT"
