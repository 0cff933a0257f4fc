"""A CAP cannot have been handed over before it was drafted; the record never says so."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, say
from tests.journeys.stories import SECOND


@pytest.mark.parametrize("when", ["yesterday 15:30", "12:00"])
def test_a_delivery_before_the_draft_is_asked_about(when: str) -> None:
    show = play(SECOND, say("tara", f"delivered C-1 {when} meet", "11-17 13:10"))
    assert show.state("C-1") == "READY"
    assert "cannot have been handed over before that" in show.step(-1).text("@tara")
    assert show.step(-1).mails("E-06") == []


def test_the_minute_of_the_draft_itself_will_do() -> None:
    assert play(SECOND, say("tara", "delivered C-1 13:00 meet", "11-17 13:10")).state("C-1") == "DELIVERED"
