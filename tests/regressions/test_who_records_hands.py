"""An agent who recorded another's hands was told that nothing was understood, instead of who does that."""

from __future__ import annotations

from tests.journeys.classroom import morning, show
from tests.journeys.stage import say


def test_an_agent_who_counts_hands_hears_who_does_that() -> None:
    shown = show(morning("ben"), say("ben", "hands b1 @dan", "11-17 10:02")).step(-1)
    assert shown.text("@ben") == "Only Lia Cruz, Tara Lee or delegate can do that, ref B-1. Nothing was changed."
