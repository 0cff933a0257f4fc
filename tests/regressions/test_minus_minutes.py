"""`attend @ben late -5` was noted as five minutes late; `progress m1 tomorrow` was answered as if nothing was said."""

from __future__ import annotations

import pytest

from tests.journeys.classroom import show
from tests.journeys.stage import say


@pytest.mark.parametrize("words", ["attend @ben late -5", "attend @ben late -12", "attend @ben early -20"])
def test_minutes_below_zero_are_asked_about(words: str) -> None:
    shown = show(say("tara", words, "11-17 09:00")).step(-1)
    assert "Nothing was recorded" in shown.text("@tara")
    assert shown.of("state") == []


def test_a_report_for_tomorrow_is_refused_wherever_the_word_stands() -> None:
    for words in ("progress m1 tomorrow", "progress for tomorrow m1"):
        assert "today only" in show(say("ana", words, "11-17 09:00"), progress="progress").step(-1).text("@ana")
