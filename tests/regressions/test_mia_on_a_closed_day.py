"""On a holiday `mia @ben gone` marked him, told WFM, wrote the tracker and asked for a coaching."""

from __future__ import annotations

import pytest

from tests.journeys.classroom import show
from tests.journeys.stage import say


@pytest.mark.parametrize("when", ["11-26 09:04", "11-28 09:04"])  # Thanksgiving, a Saturday
@pytest.mark.parametrize("words", ["mia @ben gone", "mia @ben"])
def test_nobody_is_marked_missing_on_a_day_without_class(words: str, when: str) -> None:
    shown = show(say("tara", words, when), start="11-25 17:40").step(0)
    assert shown.text("@tara") == "Ben was not scheduled."
    assert shown.chats("#wfm") == shown.tracker() == shown.of("state", workflow="engagement") == []
    assert shown.of("state", workflow="coaching") == []


@pytest.mark.parametrize("when", ["11-26 09:04", "11-28 09:04"])
def test_hands_on_a_day_without_class_go_to_the_esp_manager(when: str) -> None:
    shown = show(say("tara", "hands b1 @ben", when), start="11-25 17:40").step(0)
    assert shown.text("@tara") == "That day is closed; ask the ESP Manager to correct it."


def test_a_day_with_class_is_marked_as_before() -> None:
    shown = show(say("tara", "mia @ben camera off", "11-25 09:04"), start="11-25 07:40").step(0)
    assert shown.state("M-1") == "MIA"
    assert len(shown.chats("#wfm")) == 1
