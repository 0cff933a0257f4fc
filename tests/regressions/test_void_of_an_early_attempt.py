"""When an early attempt is voided, what a later one called for falls away too, and everybody who was asked hears it."""

from __future__ import annotations

from tests.journeys.stage import play, say
from tests.journeys.stories import READY, SECOND


def test_proctoring_and_the_end_of_the_session_are_called_off() -> None:
    gone = play(SECOND, say("lia", "void F-1 1 carrier reset", "11-17 13:10")).step(-1)
    assert gone.state("F-1") == "F1_CLEARED"
    assert [mail["subject"] for mail in gone.mails("E-08")] == [
        "[F-1] CORRECTION: Failed attempt 1: AHIP Final - Ana Rivera",
        "[F-1] CORRECTION: Proctor needed: Ana Rivera, AHIP Final final attempt",
    ]
    assert gone.of("chat", to="#wfm", id="C-WFM-UNDO")
    assert gone.posts("#licensing")


def test_nothing_is_owed_for_it_any_more() -> None:
    owed = play(SECOND, say("lia", "void F-1 1 carrier reset", "11-17 13:10")).owed("F-1")
    assert not [duty for duty in owed if duty.startswith(("end_session", "proctor"))]


def test_an_answer_to_a_cancellation_reaches_whoever_schedules() -> None:
    gone = play(READY, say("lia", "proctor F-1 cancel room taken", "11-17 13:20"))
    assert gone.step(-1).mail("E-25")["reply_to"] == "licensing@example.com"


def test_a_tl_who_proctors_is_named_once() -> None:
    show = play(SECOND, say("lia", "proctor F-1 mon 10:00 @tara", "11-17 13:10"))
    assert "Ana and Tara Lee are told" in show.step(-1).text("@lia")
