"""After "passed ahip" the bot asked for the screenshot, then asked what it was; sent with the word, it was lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.pace import GREEN, pace, shows
from tests.journeys.stage import Show, local, say

START = "11-18 08:30"


def claimed(shown: Show) -> None:
    """Licensing has the file and the question."""
    assert "reports: AHIP final. File: " in shown.text("@lia")
    (asked,) = [line for line in shown.mails() if line["template"] == "carrier_cert/claimed"]
    assert [file["name"] for file in asked["attachments"]] == ["green.png"]


@pytest.mark.parametrize("words", ["", "screenshot attached", "here it is", "here is my completion screenshot"])
def test_a_picture_after_a_pass_is_its_proof(words: str) -> None:
    claimed(pace(say("ana", "passed ahip", "11-18 09:00"), shows("ana", words, "11-18 09:02", GREEN), start=START))


def test_a_picture_sent_with_the_pass_is_its_proof() -> None:
    shown = pace(shows("ana", "passed ahip!!", "11-18 09:00", GREEN), start=START)
    claimed(shown)
    assert shown.state("F-1") == "PASSED"
    assert "Please send the completion screenshot" not in shown.text("@ana")


@pytest.mark.parametrize("words", ["AHIP completion proof", "ahip final done, see attached"])
def test_a_completion_proof_is_known_by_its_word(words: str) -> None:
    claimed(pace(shows("ana", words, "11-18 09:00", GREEN), start=START))
    letter = {
        "from": "ana.rivera@example.com", "to": ["licensing@example.com", "certdesk@example.com"], "subject": words,
        "text": "see attached", "auth": "pass", "attachments": [GREEN],
    }  # fmt: skip
    claimed(pace({"at": local("11-18 09:00"), "mail": letter}, start=START))


def test_licensing_may_simply_say_ok_then() -> None:
    steps: list[Any] = [say("ana", "passed ahip", "11-18 09:00"), shows("ana", "", "11-18 09:02", GREEN)]
    shown = pace(*steps, say("lia", "proof @ana ok", "11-18 09:05"), start=START).step(-1)
    assert "Verified for Ana Rivera: AHIP final" in shown.text("@lia")


def test_a_picture_nobody_asked_for_is_still_asked_about() -> None:
    shown = pace(shows("ana", "", "11-18 09:02", GREEN), start=START).step(-1)
    assert "I have no open issue of yours that waits for this" in shown.text("@ana")


def test_other_exams_and_failed_ones_are_not_taken_for_the_final() -> None:
    shown = pace(shows("ana", "passed aetna core", "11-18 09:00", GREEN), start=START)
    assert "AHIP final" not in shown.text("@lia")
    shown = pace(shows("ana", "failed ahip 1", "11-18 09:00", GREEN), start=START)
    assert "reports: AHIP final" not in shown.text("@lia")


def test_a_picture_for_a_ticket_stays_with_the_ticket() -> None:
    steps: list[Any] = [say("ana", "passed ahip", "11-18 09:00"), say("ana", "issue payment", "11-18 09:01")]
    shown = pace(*steps, shows("ana", "", "11-18 09:02", GREEN), start=START)
    assert "reports: AHIP final. File" not in shown.text("@lia")
    assert shown.state("K-1") == "DRAFT"
