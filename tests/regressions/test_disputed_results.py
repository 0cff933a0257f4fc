"""`undo` with a case's reference means the fail that counts now, whoever entered it; what is void stays void."""

from __future__ import annotations

from tests.journeys.stage import play, press, say
from tests.journeys.stories import READY, RECEIVED

ENTERED = [*READY, say("lia", "result F-1 fail", "11-18 10:30")]
REJECTED = [*READY, say("ana", "fail ahip 3", "11-18 10:30"), press("tara", "Not correct", "11-18 10:34")]


def test_the_agent_disputes_the_result_the_proctor_entered() -> None:
    show = play(ENTERED, say("ana", "undo F-1", "11-18 10:31"), press("tara", "Confirm correction", "11-18 10:34"))
    assert "an entered result (AHIP Final), recorded by Lia Cruz" in show.step(-2).text("@tara")
    assert show.state("F-1") == "F2_READY"
    assert [mail["subject"] for mail in show.step(-1).mails("E-08")] == [
        "[F-1] CORRECTION: Failed attempt 3: AHIP Final - Ana Rivera",
        "[F-1] CORRECTION: Third attempt not passed: Ana Rivera, AHIP Final",
    ]


def test_a_report_that_was_rejected_is_not_what_undo_means() -> None:
    show = play(
        REJECTED,
        say("lia", "result F-1 fail", "11-18 10:40"),
        press("lia", "Record", "11-18 10:40"),
        say("ana", "undo F-1", "11-18 10:41"),
        press("tara", "Confirm correction", "11-18 10:44"),
    )
    assert "an entered result (AHIP Final), recorded by Lia Cruz" in show.step(-2).text("@tara")
    assert show.state("F-1") == "F2_PROCTOR"
    assert len([line for line in show.step(-1).chats("@ana") if line["template"] == "house/correction"]) == 1


def test_a_rejected_report_cannot_be_taken_back_again() -> None:
    show = play(REJECTED, say("ana", "undo", "11-18 10:36"))
    assert "taken back already" in show.step(-1).text("@ana")
    assert show.step(-1).chats("@tara") == []


def test_a_mail_that_was_corrected_is_not_corrected_again() -> None:
    show = play(
        READY,
        say("ana", "fail ahip 3", "11-18 10:30"),
        say("ana", "undo", "11-18 10:31"),
        say("ana", "fail ahip 3", "11-18 10:32"),
        press("tara", "Not correct", "11-18 10:34"),
    )
    assert len(show.step(-1).mails("E-08")) == 1
    assert len(show.mails("E-08")) == 2


def test_a_receipt_taken_back_late_is_a_matter_of_tl_and_hr() -> None:
    show = play(RECEIVED, say("ana", "undo", "11-17 13:31"))
    assert "asks to take back a confirmed receipt" in show.step(-1).text("@tara")
    assert show.step(-1).chats("@hana")
    assert show.step(-1).chats("@lia") == []
