"""Help said `issue for @agent payment`, and the bot asked back whom one meant."""

from __future__ import annotations

from tests.journeys.stage import TESTS, play, say

DAY = TESTS / "roster-day.toml"


def test_issue_for_somebody_is_understood_as_help_writes_it() -> None:
    shown = play(say("tara", "issue for @ben payment", "11-16 08:41"), start="11-16 08:30", roster=DAY)
    (opened,) = shown.of("state", workflow="ticket")
    assert opened["agent"] == "ben"
