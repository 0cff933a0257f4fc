"""`fail ahip tmrw` was recorded as a fail of today."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, say


@pytest.mark.parametrize("words", ["fail ahip tmrw", "failing tomorrow", "failing ahip tomorrow", "fail ahip 1 tomorrow", "tomorrow i fail ahip", "i will fail ahip tmrw", "fail ahip next week", "fail ahip in 2 days", "pass ahip tomorrow"])  # fmt: skip
def test_what_is_still_to_come_is_asked_and_never_recorded(words: str) -> None:
    shown = play(say("ana", words, "11-17 10:02"))
    assert shown.of("state", workflow="failed_exam") == []
    assert "not sure" in shown.text("@ana")


@pytest.mark.parametrize("words", ["failed ahip 1, retaking tomorrow", "failed ahip yesterday", "failed ahip today"])
def test_what_has_happened_is_recorded_whatever_comes_tomorrow(words: str) -> None:
    assert play(say("ana", words, "11-17 10:02")).state("F-1") == "F1_COACHING"
