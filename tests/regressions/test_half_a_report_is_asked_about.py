"""A report with something missing or odd in it is asked about, and what it did say is kept."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, press, say


@pytest.mark.parametrize("text", ["ahip", "ahip 2", "the AHIP final!!"])
def test_an_exam_and_nothing_else_offers_both_ends(text: str) -> None:
    show = play(say("ana", text))
    assert show.of("state") == []
    assert show.chats("@ana")[0]["buttons"] == ["I failed AHIP Final", "I passed AHIP Final", "Neither"]


def test_the_number_said_beside_the_exam_is_kept_in_the_button() -> None:
    show = play(say("ana", "fail ahip 1"), say("ana", "ahip 2", "11-17 10:30"), press("ana", "I failed AHIP Final"))
    assert show.state("F-1") == "F2_PROCTOR"


def test_again_still_waits_for_a_yes_when_the_exam_was_asked_for() -> None:
    show = play(say("ana", "fail ahip 1"), say("ana", "failed again", "11-17 10:30"), press("ana", "AHIP Final"))
    assert show.state("F-1") == "F1_COACHING"
    assert show.chats("@ana")[-1]["buttons"] == ["Yes", "No"]


@pytest.mark.parametrize("number", ["99999999999999999999999", "40111", "9" * 5000])
def test_a_number_no_exam_has_is_never_taken_for_none(number: str) -> None:
    show = play(say("ana", f"fail ahip {number}"))
    assert show.of("state") == []
    assert show.chats("@ana")[0]["buttons"] == ["Attempt 1", "Attempt 2", "Attempt 3"]
