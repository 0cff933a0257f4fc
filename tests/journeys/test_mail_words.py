"""What our mails say one may answer works when it is answered; and what is taken back is taken back by one word."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.journeys.pace import DAY
from tests.journeys.stage import Show, play, say, until
from tests.mail.steps import ANA, BEN, BOT, LIA, TARA, mail

FAILED = (say("ana", "failed ahip 1", "11-17 10:02"),)
SECOND = (*FAILED, say("tara", "coached @ana advised", "11-17 10:21"), say("ana", "failed ahip 2", "11-17 13:00"))


def sent(show: Show, spec: str) -> tuple[str, str]:
    """("mail:N", text) of the first mail of that name."""
    mails = show.mails()
    n = next(n for n, line in enumerate(mails, 1) if line["id"] == spec)
    return f"mail:{n}", mails[n - 1]["text"]


def last(show: Show, ref: str) -> str:
    return str(show.of("state", ref=ref)[-1]["to"])


def test_coached_answers_the_notice_with_the_words_it_names() -> None:
    number, text = sent(play(*FAILED), "E-01")
    assert "Coached? Tara Lee can answer this mail with: coached, advised" in text
    told = play(*FAILED, mail(TARA, "coached, advised", "11-17 10:21", in_reply_to=number))
    assert last(told, "F-1") == "F1_CLEARED"


def test_the_old_wording_asks_for_no_statement() -> None:
    number, text = sent(play(*FAILED, old=True), "E-01")
    assert "Coached? Will Lane can answer this mail with: coached\n" in text
    told = play(*FAILED, mail("will.lane@example.com", "coached", "11-17 10:21", in_reply_to=number), old=True)
    assert last(told, "F-1") == "F1_CLEARED"


def test_only_the_first_notice_asks_whether_somebody_coached() -> None:
    notices = [line["text"] for line in play(*SECOND).mails("E-01")]
    assert ["Coached?" in text for text in notices] == [True, False]


def test_a_proctor_s_time_answers_the_mail_that_asks_for_it() -> None:
    number, text = sent(play(*SECOND), "E-03")
    assert "    proctor: mon 10:00 @name\n" in text
    named = play(*SECOND, mail(LIA, "proctor: wed 10:00 @lia", "11-17 14:00", in_reply_to=number))
    nobody = play(*SECOND, mail(LIA, "proctor: wed 10:00", "11-17 14:00", in_reply_to=number))
    for told in (named, nobody):
        (slot,) = told.mails("E-25")
        assert slot["to"] == ["ana.rivera@example.com", "lia.cruz@example.com"]
        assert "Wed 18 Nov, 10:00" in slot["subject"]


def test_the_receipt_request_is_answered_with_one_word_or_with_a_refusal() -> None:
    handed = (*SECOND, say("tara", "delivered 15:30 in person", "11-17 15:40"))
    number, text = sent(play(*handed), "E-06")
    assert 'answer this mail with the one word "received"' in text
    assert "or answer with these words" in text
    got = play(*handed, mail(ANA, "received", "11-17 16:00", in_reply_to=number))
    assert last(got, "C-1") == "FILED"
    not_signed = play(*handed, mail(ANA, "I'd rather not sign", "11-17 16:00", in_reply_to=number))
    assert last(not_signed, "C-1") == "REFUSED"


def test_the_example_of_the_missing_report_is_a_report() -> None:
    day = (until("11-17 16:40"),)
    shown = play(*day, roster=DAY)
    asked = [n for n, line in enumerate(shown.mails(), 1) if line["id"] == "E-20" and line["to"] == [ANA]]
    example = re.search(r"for example:\n +(.+)\n", shown.mails()[asked[0] - 1]["text"])
    assert example is not None
    answered = play(*day, mail(ANA, example[1], "11-17 16:50", in_reply_to=f"mail:{asked[0]}"), roster=DAY)
    (receipt,) = answered.mails("E-21")
    assert "Noted, late: modules 1-2; quiz screenshots 1-2; TBTs 3/15; call certs 0/5" in receipt["text"]


def test_what_was_understood_is_taken_back_by_an_answer_of_one_word() -> None:
    report = (mail(ANA, "first time", "11-17 10:02", subject="failed ahip"),)
    number, text = sent(play(*report), "E-21")
    assert "Answer this mail with the one word: undo" in text
    told = play(*report, mail(ANA, "undo", "11-17 10:04", in_reply_to=number))
    assert len(told.mails("E-08")) == len(told.mails("E-01")) == 1
    assert "one word: undo" not in told.mails("E-21")[-1]["text"]


def test_a_question_offers_nothing_to_take_back() -> None:
    (answer,) = play(mail(ANA, "hello there", "11-17 10:02")).mails("E-21")
    assert "undo" not in answer["text"]


@pytest.mark.parametrize("words", ["I was ill on Monday, please add that.", "received", "ok thank you"])
def test_an_answer_to_a_coaching_record_goes_to_a_person_and_is_no_receipt(words: str) -> None:
    handed = (until("11-24 16:31"), say("tara", "coached @ben 16:32", "11-24 16:40"))
    changed = {"attendance  =": 'attendance = "off" # =', "licensing_training =": 'licensing_training = "off" # ='}
    house: dict[str, Any] = {"start": "11-24 16:00", "roster": DAY, "changed": changed}
    number, text = sent(play(*handed, **house), "E-09")
    assert "answer this mail; your words reach Tara Lee and are kept." in text
    answered = play(*handed, mail(BEN, words, "11-24 16:45", to=(TARA, BOT), in_reply_to=number), **house)
    assert "Your answer is kept as it came" in answered.mails("E-21")[-1]["text"]
    assert answered.of("state", workflow="discipline") == []
