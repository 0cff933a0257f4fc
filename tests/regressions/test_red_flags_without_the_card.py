"""Who may take or close a red flag had no words for it, and the PM not even a button."""

from __future__ import annotations

from tests.journeys.stage import play, say

RAISED = say("tara", "redflag @ana please call me", "11-17 10:01")


def test_the_manager_takes_it_and_the_pm_closes_it_by_words() -> None:
    shown = play(RAISED, say("eve", "take X-1", "11-17 10:02"), say("pia", "close X-1", "11-17 10:03"))
    assert shown.states("X-1")[-2:] == ["WITH_MANAGER", "CLOSED"]


def test_nobody_else_does() -> None:
    for who in ("tara", "lia", "ana"):
        assert play(RAISED, say(who, "close X-1", "11-17 10:02")).state("X-1") == "OPEN"
