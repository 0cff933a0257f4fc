"""SPEC 3.13: a technical failure counts for the carrier; the ladder hears of it only when both sides say so."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, press, say
from tests.journeys.stories import COACHED, FIRST, LOCKED, OLD_SECOND, READY, SECOND, THIRD

CRASHED = [*SECOND, say("lia", "technical F-1 2 computer crashed", "11-17 13:30")]


@pytest.mark.parametrize("words", ["technical F-1 2 computer crashed", "technical @ana 2nd attempt, it froze", "ana's second attempt was technical", "mark F-1 2 as technical"])  # fmt: skip
@pytest.mark.parametrize("who", ["lia", "tara"])
def test_a_technical_attempt_is_taken_off_the_ladder_and_those_told_are_corrected(words: str, who: str) -> None:
    shown = play(SECOND, say(who, words, "11-17 13:30"))
    assert shown.state("F-1") == "F1_CLEARED"
    assert shown.owed("F-1") == {}
    assert shown.owed("C-1")["fate"] == "tara,hana", "the draft is offered for withdrawal"
    said = shown.step(-1)
    assert {mail["id"] for mail in said.mails()} == {"E-08"}
    assert "the carrier has one attempt left for you" in said.text("@ana")
    assert said.posts("#wfm")[0]["id"] == "C-WFM-UNDO"


def test_a_technical_attempt_of_the_old_wording_is_the_same() -> None:
    shown = play(OLD_SECOND, say("will", "technical F-1 2 computer crashed", "11-17 13:30"), old=True)
    assert shown.state("F-1") == "F1_CLEARED"


def test_the_carriers_last_attempt_closes_the_exam_and_leadership_is_not_written_to() -> None:
    shown = play(CRASHED, say("ana", "fail ahip 3", "11-18 10:00"), press("lia", "Confirm second fail", "11-18 10:05"))
    assert shown.states("F-1")[-2:] == ["F3_CONFIRM", "F3_LOCKED"]
    assert shown.mails("E-04") == []
    assert "no attempt of AHIP Final left" in shown.text("@ana")
    draft = shown.mails("E-05")[-1]
    assert "none is left in this plan year" in draft["text"]


def test_an_agent_who_says_it_crashed_is_recorded_and_licensing_is_asked() -> None:
    shown = play(COACHED, say("ana", "fail ahip 2, computer crashed", "11-17 13:00"))
    assert shown.state("F-1") == "F2_PROCTOR"
    assert shown.owed("F-1")["technical:2"] == "lia"
    assert "licensing has been asked" in shown.text("@ana")
    assert "technical failure" in shown.mails("E-01")[-1]["text"]
    yes = play(
        COACHED, say("ana", "fail ahip 2, computer crashed", "11-17 13:00"), press("lia", "Technical", "11-17 13:10")
    )
    assert yes.state("F-1") == "F1_CLEARED"


def test_which_exam_is_asked_without_losing_the_crash() -> None:
    shown = play(say("ana", "failed, computer crashed", "11-17 10:02"), press("ana", "AHIP Final", "11-17 10:03"))
    assert shown.owed("F-1")["technical:1"] == "lia"


def test_the_agents_own_word_later_is_a_question_and_changes_nothing() -> None:
    shown = play(SECOND, say("ana", "technical F-1 2 computer crashed", "11-17 13:20"))
    assert shown.state("F-1") == "F2_PROCTOR"
    assert shown.owed("F-1")["technical:2"] == "lia"
    assert "computer crashed" in shown.step(-1).text("@lia")
    no = play(SECOND, say("ana", "technical F-1 2", "11-17 13:20"), press("lia", "Not technical", "11-17 13:25"))
    assert "it was no technical failure" in no.text("@ana")


def test_it_counts_after_all_only_when_both_say_so() -> None:
    half = play(CRASHED, say("lia", "technical F-1 2 counts", "11-17 13:40"))
    assert half.state("F-1") == "F1_CLEARED"
    assert half.owed("F-1") == {"counts:2": "tara"}
    both = play(CRASHED, say("lia", "technical F-1 2 counts", "11-17 13:40"), press("tara", "It counts", "11-17 13:50"))
    assert both.state("F-1") == "F2_PROCTOR"
    assert {"E-01", "E-03", "E-05"} <= {mail["id"] for mail in both.step(-1).mails()}
    twice = play(CRASHED, say("lia", "technical F-1 2 counts", "11-17 13:40"), say("lia", "technical F-1 counts"))
    assert twice.state("F-1") == "F1_CLEARED"


def test_a_technical_failure_can_be_undone_like_any_step() -> None:
    shown = play(CRASHED, press("lia", "Undo", "11-17 13:35"))
    assert shown.state("F-1") == "F2_PROCTOR"
    assert set(shown.owed("F-1")) >= {"form:2", "proctor:2"}


def test_a_correction_that_comes_late_still_finds_a_report_after_a_technical_one() -> None:
    crashed = [*FIRST, say("lia", "technical F-1 crashed", "11-17 10:30"), say("ana", "fail ahip 2", "11-18 09:00")]
    shown = play(crashed, say("ana", "undo", "11-18 11:00"), press("tara", "Confirm correction", "11-18 11:05"))
    assert shown.state("F-1") == "F0_CLEARED"
    assert shown.owed("F-1") == {}


def test_after_the_lock_leadership_is_corrected_and_the_exam_stays_closed() -> None:
    shown = play(LOCKED, say("lia", "technical F-1 3 launcher froze", "11-18 13:00"))
    assert shown.state("F-1") == "F3_LOCKED"
    assert any("Third attempt" in mail["subject"] for mail in shown.step(-1).mails("E-08"))


@pytest.mark.parametrize("story", [SECOND, READY, THIRD])
def test_a_technical_attempt_that_is_none_is_answered(story) -> None:
    assert "There is no such attempt" in play(story, say("lia", "technical F-1 7 crashed")).step(-1).text("@lia")
    assert "Nothing was changed" in play(story, say("lia", "technical F-1 2 counts")).step(-1).text("@lia")
