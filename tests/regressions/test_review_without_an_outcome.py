"""`review R-5` answered with "`review  outcome no action`", which is no command."""

from __future__ import annotations

from tests.journeys.stage import play, say


def test_the_example_names_the_review_that_was_asked_about() -> None:
    shown = play(say("hana", "review R-5", "11-17 10:05"))
    assert "`review R-5 outcome no action`" in shown.text("@hana")
