"""SPEC 3.9 for the CAPs a failed exam calls for: draft, delivery, receipt, filing; and who may see any of it."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, press, say, until, whom
from tests.journeys.stories import DELIVERED, LOCKED, OLD_DELIVERED, OLD_RECEIVED, OLD_SECOND, RECEIVED, SECOND

SLOTS = (
    "Ana Rivera", "40111", "Tara Lee", "Failed Cert Exams", "AHIP Final: attempt 1 not passed", "AHIP Final: attempt 2 not passed",
    "coaching after attempt 1", "may result in", "receipt, not agreement", "Signature", "Agent’s comment",
)  # fmt: skip


# -- draft -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("story", "old", "kind", "copy"),
    [(SECOND, False, "Final", "hana"), (OLD_SECOND, True, "Written", "")],
    ids=["new", "old"],
)
def test_the_draft_goes_to_the_tl_and_a_final_one_to_hr_too(story, old: bool, kind: str, copy: str) -> None:
    draft = play(story, old=old).mail("E-05")
    assert draft["subject"] == f"[C-1] {kind} CAP draft for Ana Rivera"
    assert (whom(draft["to"]), whom(draft["cc"])) == ("tara", copy)
    said = " ".join(draft["attachments"][0]["text"].split())
    for slot in SLOTS:
        assert slot in said, slot


@pytest.mark.parametrize(
    ("story", "old", "by"), [(SECOND, False, "Tue 17 Nov, 14:00"), (OLD_SECOND, True, "Wed 18 Nov, 13:00")]
)
def test_the_mail_with_the_draft_says_by_when_it_is_to_be_delivered(story, old: bool, by: str) -> None:
    assert f"Deliver by: {by}" in play(story, old=old).mail("E-05")["text"]
    again = play(story, say("tara", "cap F-1", "11-17 13:05"), old=old).at("11-17 13:05")
    assert f"Deliver by: {by}" in again.mail("E-05")["text"]


def test_the_old_draft_carries_its_mandatory_sentence() -> None:
    said = " ".join(play(OLD_SECOND, old=True).mail("E-05")["attachments"][0]["text"].split())
    assert "understands that failing the third attempt may result in termination of employment" in said


def test_the_new_draft_says_may_in_the_bots_own_voice() -> None:
    said = " ".join(play(SECOND).mail("E-05")["attachments"][0]["text"].split())
    assert "may result in" in said
    assert "you will be terminated" not in said


def test_the_draft_can_be_sent_once_more() -> None:
    again = play(SECOND, say("tara", "cap F-1", "11-17 13:05")).at("11-17 13:05")
    assert [mail["id"] for mail in again.mails()] == ["E-05"]
    assert whom(again.mails()[0]["to"]) == "tara"


@pytest.mark.parametrize("who", ["ana", "ben", "wes", "lia", "cole"])
def test_nobody_else_gets_the_draft(who: str) -> None:
    tried = play(SECOND, say(who, "cap F-1", "11-17 13:05")).at("11-17 13:05")
    assert tried.mails() == []
    assert {line["to"] for line in tried.chats()} == {f"@{who}"}


# -- delivery ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["delivered C-1 13:05 meet", "delivered F-1", "cap done ana", "gave ana the cap"])
def test_the_tl_delivers_by_words_too(words: str) -> None:
    delivered = play(SECOND, say("tara", words, "11-17 13:08"))
    assert delivered.state("C-1") == "DELIVERED"
    assert "E-06 to ana cc tara" in delivered.at("11-17 13:08").sent()


@pytest.mark.parametrize("who", ["ana", "ben", "will", "lia", "hana", "dev"])
def test_delivery_is_the_tls_or_the_managers(who: str) -> None:
    tried = play(SECOND, say(who, "delivered C-1", "11-17 13:08"))
    assert tried.state("C-1") == "READY"
    assert tried.mails("E-06") == []


def test_the_esp_manager_may_deliver() -> None:
    assert play(SECOND, say("eve", "delivered C-1", "11-17 13:08")).state("C-1") == "DELIVERED"


def test_a_second_delivery_is_told_of_the_first() -> None:
    twice = play(DELIVERED, say("tara", "delivered C-1", "11-17 13:20")).at("11-17 13:20")
    assert [line["to"] for line in twice.chats()] == ["@tara"]
    assert twice.mails() == []
    assert "13:08" in twice.text("@tara")


def test_an_undelivered_cap_is_reminded_and_escalated() -> None:
    silent = play(SECOND, until("11-17 14:05"))
    assert "[CAP delivered]" in " ".join(silent.at("11-17 13:15").sent())
    assert "@eve duty/escalation" in silent.at("11-17 14:00").sent()


def test_an_undelivered_written_cap_is_reminded_four_business_hours_before() -> None:
    silent = play(OLD_SECOND, until("11-18 13:05"), old=True)
    assert "@tara duty/reminder [CAP delivered]" in silent.at("11-18 09:00").sent()
    assert "@eve duty/escalation" in silent.at("11-18 13:00").sent()


# -- receipt -----------------------------------------------------------------------------------------------


def test_receipt_is_not_agreement_and_files_the_record_with_hr() -> None:
    received = play(DELIVERED, press("ana", "I received this", "11-17 13:20"))
    after = received.at("11-17 13:20")
    assert received.states("C-1")[-2:] == ["ACKED", "FILED"]
    assert after.sent() == ["@ana discipline/thanks", "E-07 to hana cc tara"]
    assert "Receipt is not agreement" in after.text("@ana")
    assert received.armed("C-1") == {}
    assert after.mail("E-07")["subject"] == "[C-1] Filed: Final CAP C-1"
    papers = after.mail("E-07")["attachments"]
    assert [file["name"] for file in papers] == ["Final_CAP_C-1_with_answer.pdf", "Final_CAP_C-1.pdf"]
    assert {file["type"] for file in papers} == {"application/pdf"}


def test_receipt_by_words_in_a_direct_message() -> None:
    assert play(DELIVERED, say("ana", "received", "11-17 13:20")).state("C-1") == "FILED"


@pytest.mark.parametrize("who", ["tara", "hana", "ben", "lia"])
def test_nobody_acknowledges_on_behalf(who: str) -> None:
    tried = play(DELIVERED, press(who, "I received this", "11-17 13:20", room="@ana"))
    assert tried.state("C-1") == "DELIVERED"


def test_receipt_before_delivery_is_refused() -> None:
    early = play(SECOND, say("ana", "ack C-1", "11-17 13:05"))
    assert early.state("C-1") == "READY"
    assert [line["to"] for line in early.at("11-17 13:05").chats()] == ["@ana"]


def test_a_comment_stands_on_the_record() -> None:
    story = play(
        DELIVERED,
        press("ana", "Add a comment", "11-17 13:20"),
        say("ana", "I was ill that day", "11-17 13:21"),
        press("ana", "I received this", "11-17 13:22"),
    )
    assert story.state("C-1") == "FILED"
    assert "I was ill that day" in " ".join(story.mail("E-07")["attachments"][0]["text"].split())


def test_a_comment_after_filing_is_an_addendum() -> None:
    story = play(RECEIVED, say("ana", "comment C-1 I was not told in time", "11-17 13:30"))
    assert story.state("C-1") == "FILED"
    assert len(story.at("11-17 13:30").mails("E-07")) == 1
    assert "I was not told in time" in " ".join(story.mails("E-07")[-1]["attachments"][0]["text"].split())


def test_rather_not_signing_asks_the_tl_for_a_witness() -> None:
    refused = play(DELIVERED, press("ana", "I'd rather not sign", "11-17 13:20"))
    assert refused.state("C-1") == "REFUSED"
    assert "@tara duty/card [Witness]" in refused.at("11-17 13:20").sent()
    filed = play(
        DELIVERED,
        press("ana", "I'd rather not sign", "11-17 13:20"),
        press("tara", "Witness", "11-17 13:25"),
        say("tara", "Dev Shah", "11-17 13:26"),
    )
    assert filed.state("C-1") == "FILED"
    assert "Dev Shah" in " ".join(filed.mail("E-07")["attachments"][0]["text"].split())


def test_silence_for_a_business_day_lets_the_tl_decide() -> None:
    silent = play(DELIVERED, until("11-18 13:10"))
    assert silent.state("C-1") == "NO_RESPONSE"
    assert "@tara duty/card [Ask again] [File as it is]" in silent.at("11-18 13:08").sent()
    filed = play(DELIVERED, press("tara", "File as it is", "11-18 13:10"))
    assert filed.state("C-1") == "FILED"
    assert len(filed.mails("E-07")) == 1
    asked = play(DELIVERED, press("tara", "Ask again", "11-18 13:10"))
    assert asked.state("C-1") == "DELIVERED"
    assert "E-06 to ana cc tara" in asked.at("11-18 13:10").sent()
    late = play(DELIVERED, press("ana", "I received this", "11-18 13:12"))
    assert late.state("C-1") == "FILED"


def test_the_old_wording_files_the_written_cap_the_same_way() -> None:
    filed = play(OLD_RECEIVED, old=True)
    assert filed.mail("E-07")["subject"] == "[C-1] Filed: Written CAP C-1"
    assert play(OLD_DELIVERED, old=True).state("C-1") == "DELIVERED"


# -- who must not see it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("story", "old"), [(LOCKED, False), (OLD_RECEIVED, True)], ids=["new", "old"])
def test_nothing_of_a_cap_is_in_channels_or_the_tracker(story, old: bool) -> None:
    told = play(story, old=old)
    for line in told.posts():
        assert "C-1" not in line["text"]
    for cell in told.tracker():
        assert "CAP" not in f"{cell['value']} {cell['note']}"


def test_a_second_final_cap_is_drafted_and_hr_is_told_of_the_first() -> None:
    other = [
        say("ana", "fail aetna 1", "11-18 09:00"),
        press("tara", "Coached", "11-18 09:05"),
        say("ana", "fail aetna 2", "11-18 10:00"),
    ]
    both = play(SECOND, other)
    assert "@hana discipline/concurrent" in both.at("11-18 10:00").sent()
    assert both.state("C-2") == "READY"
    assert both.state("C-1") == "READY", "ladders stay apart"


def test_the_draft_withdrawn_by_a_person_lets_the_sitting_go_on() -> None:
    story = play(
        SECOND,
        say("lia", "proctor F-1 wed 10:00 @lia", "11-17 13:02"),
        say("lia", "void F-1 1 the carrier reset it", "11-17 13:30"),
    )
    assert story.state("F-1") in ("F1_COACHING", "F1_CLEARED")
    assert not [name for name in story.armed("F-1") if name.startswith("slot")], "the sitting fell away"
