"""Scorecards and TBT proofs sent to the bot alone were asked about, and seen by nobody."""

from __future__ import annotations

from hashlib import sha256

from tests.journeys.stage import TESTS, play, say
from tests.journeys.test_scorecards import DOORS, SCORED, Door, by_chat, table

DAY = TESTS / "roster-day.toml"
PDF = {"name": "Rivera_Ana_TBT.pdf", "type": "application/pdf", "text": "%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"}


def test_a_scorecard_sent_in_chat_goes_on_to_who_uploads_it() -> None:
    sheet = table("85", "84.99", "90", "88", "100", agent="Ana Rivera")
    shown = play(*SCORED, by_chat("Rivera_Ana_80%.csv", sheet), start="11-23 12:45", roster=DAY)
    told = shown.step(-1).mails("E-23")[0]
    assert told["cc"] == ["cole.carr@example.com"]
    assert [each["name"] for each in told["attachments"]] == ["Rivera_Ana_80%.csv"]
    assert sha256(told["attachments"][0]["text"].encode()).digest() == sha256(sheet).digest()


def test_a_tbt_proof_goes_to_the_sme_with_the_question() -> None:
    sent = {**say("ana", "", "11-23 09:05"), "chat": {"from": "ana", "text": "tbt done 211629", "files": [PDF]}}
    shown = play(sent, start="11-23 09:00", roster=DAY)
    told = [mail for mail in shown.of("mail") if mail["template"] == "tbt/proof_mail"]
    assert [(mail["to"], mail["attachments"][0]["name"]) for mail in told] == [
        (["tim.bex@example.com"], "Rivera_Ana_TBT.pdf")
    ]
    assert "tbt ok @ana 211629" in told[0]["text"]


def test_who_had_sent_the_same_file_stands_on_the_card_alone() -> None:
    def sends(who: str, at: str) -> dict[str, object]:
        return {**say(who, "", at), "chat": {"from": who, "text": "tbt done 211629", "files": [PDF]}}

    shown = play(sends("ana", "11-23 09:05"), sends("ben", "11-23 09:06"), start="11-23 09:00", roster=DAY).step(-1)
    told = [mail for mail in shown.of("mail") if mail["template"] == "tbt/proof_mail"]
    assert len(told) == 1
    assert not any(word in told[0]["text"] for word in ("Ana Rivera", "T-1"))
    assert "very same file" in shown.text("@lia")


@DOORS
def test_a_scorecard_printed_to_pdf_is_asked_for_as_a_sheet(door: Door) -> None:
    shown = play(*SCORED, door("Rivera_Ana_80%.pdf", PDF["text"].encode()), start="11-23 12:45", roster=DAY)
    assert "Please save it as an Excel workbook (.xlsx): `Rivera_Ana_80%.xlsx`" in shown.step(-1).text("@cass")


def test_a_corrected_scorecard_is_told_how_to_take_the_place_of_the_other() -> None:
    old = table("85", "84.99", "90", "88", "100")
    new = table("85", "84.99", "90", "88", "100", agent="Ana Rivera")
    again = by_chat("Rivera_Ana_80%.csv", new, at="11-23 13:22")
    steps = (*SCORED, by_chat("Rivera_Ana_80%.csv", old), again)
    shown = play(*steps, start="11-23 12:45", roster=DAY)
    assert "first take the other back: `undo Q-1`" in shown.step(-1).text("@cass")
    taken = by_chat("Rivera_Ana_80%.csv", new, at="11-23 13:24")
    shown = play(*steps, say("cass", "undo Q-1", "11-23 13:23"), taken, start="11-23 12:45", roster=DAY)
    assert shown.state("Q-1") == "SUBMITTED"
