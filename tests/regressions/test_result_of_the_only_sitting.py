"""`result` without a ref asked even the only proctor of the only sitting which one he meant."""

from __future__ import annotations

from tests.journeys.stage import play, say
from tests.journeys.stories import OLD_READY, READY, RECEIVED


def test_the_only_sitting_of_the_proctor_is_the_one_meant() -> None:
    assert play(READY, say("lia", "result fail", "11-18 11:00")).state("F-1") == "F3_LOCKED"
    assert play(READY, say("lia", "she passed", "11-18 11:00")).state("F-1") == "PASSED"
    assert play(OLD_READY, say("pia", "result pass", "11-18 11:00"), old=True).state("F-1") == "PASSED"


def test_without_a_sitting_it_is_asked() -> None:
    shown = play(RECEIVED, say("lia", "result fail", "11-18 11:00"))
    assert "Which one is it about?" in shown.text("@lia")
    assert shown.state("F-1") == "F2_PROCTOR"


def test_those_who_may_answer_do_not_include_the_agent() -> None:
    for words in ("result F-1 pass", "proctor F-1 fri 10:00"):
        shown = play(READY, say("tara", words, "11-18 11:00")).step(-1)
        assert shown.text("@tara") == "Only Lia Cruz or delegate can do that, ref F-1. Nothing was changed."
