"""Answers the bot does not read, and mails that bring more than it takes: nothing is lost, nobody is bothered."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from bot.attachments import LARGEST
from bot.mail.parse import MOST_FILES
from handlers.words import LONGEST
from tests.journeys.stage import Show, play, say
from tests.mail.steps import ALL, ANA, BEN, BOT, LIA, LIC, PIA, TARA, mail
from tests.mail.test_mail_says import FIRST, PNG, TO_ACK, attach, receipt
from tests.mail.test_rows import HANDED, READY, REPORTED, acknowledged

FOOTER = "\n\n____________________\nesp mailing list\nhttps://lists.example.com/esp"


def big(name: str = "scan.pdf") -> dict[str, Any]:
    """A file of one byte more than is taken."""
    return {
        "name": name,
        "type": "application/pdf",
        "base64": base64.b64encode(b"%PDF-" + b"x" * (LARGEST - 4)).decode(),
    }


def answered(before: list[Any], spec: str, sender: str, text: str, to: Any = (BOT,)) -> Show:
    """What comes of such an answer to that mail of ours."""
    number = [line["id"] for line in play(*before).mails()].index(spec) + 1
    return play(*before, mail(sender, text, "11-17 13:25", in_reply_to=f"mail:{number}", to=to)).step(len(before))


# -- files that are not taken --------------------------------------------------------------------------------


def test_a_fail_counts_though_a_file_beside_it_is_too_large_and_the_file_is_refused_kindly() -> None:
    show = play(mail(ANA, "First fail of the AHIP final", "11-17 10:02", attachments=[big()]))
    assert show.states("F-1") == ["F1_COACHING"]
    assert "Understood" in receipt(show)
    assert "scan.pdf is larger than 10 MB and was not taken. Please send a smaller copy" in receipt(show)


def test_a_leaders_word_counts_though_a_file_beside_it_is_too_large() -> None:
    text = "Coached. I advised her that a second fail means a Final CAP."
    show = play(FIRST, mail(TARA, text, "11-17 10:12", in_reply_to="mail:1", attachments=[big()])).step(1)
    assert show.states("F-1") == ["F1_CLEARED"]
    assert "scan.pdf is larger than 10 MB" in receipt(show)


@pytest.mark.parametrize(("sender", "text"), [(ANA, "here are my 13 checkmarks"), (ANA, ""), (TARA, "please see this")])
def test_a_file_too_large_alone_is_spoken_of_once(sender: str, text: str) -> None:
    show = play(mail(sender, text, "11-17 10:02", attachments=[big()]))
    assert not show.of("state")
    assert receipt(show).count("scan.pdf") == 1
    assert "no file came" not in receipt(show)
    assert "could not tell" not in receipt(show)


def test_one_file_too_many_is_named_as_that() -> None:
    files = [attach(f"p{n:02}.png", PNG + bytes([n]), "image/png") for n in range(MOST_FILES + 1)]
    show = play(mail(ANA, "First fail of the AHIP final", "11-17 10:02", attachments=files))
    assert show.states("F-1") == ["F1_COACHING"]
    assert f"p{MOST_FILES:02}.png was one file too many" in receipt(show)
    assert "10 MB" not in receipt(show)


def test_a_forward_that_is_left_alone_is_left_alone_with_its_files() -> None:
    text = HANDED + "I failed the AHIP final, first attempt"
    assert not play(mail(BEN, text, "11-17 10:05", subject="Fwd: ahip", attachments=[big()])).lines


# -- answers to ours that mean nothing here ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["thanks, noted", "Got it, will do.", "Thank you for letting me know!", "ok, understood"]
)
@pytest.mark.parametrize("to", [(BOT,), (ANA, BOT)])
def test_a_nod_wants_no_answer(text: str, to: Any) -> None:
    assert not answered([REPORTED], "E-01", PIA, text, to).lines


def test_an_answer_that_a_named_person_has_too_wants_no_answer_of_the_bot() -> None:
    words = "I will keep an eye on how she gets on."
    assert not answered([REPORTED], "E-01", PIA, words, (ANA, BOT)).lines
    assert not answered([REPORTED], "E-01", PIA, words, (LIC, BOT)).lines
    alone = receipt(answered([REPORTED], "E-01", PIA, words))
    assert "nothing was recorded" in alone
    assert "proctor" not in alone, "nobody waits for a time of hers"


def test_whoever_owes_the_answer_hears_how_it_is_read_whoever_else_has_it() -> None:
    assert "coached @ana" in receipt(answered([REPORTED], "E-01", TARA, "I will talk to her at three", (ANA, BOT)))
    assert "proctor: F-12" in receipt(answered(READY, "E-03", LIA, "I will look for a room", (TARA, BOT)))


@pytest.mark.parametrize("text", ["delivered today at 10:00, Pia was there", "I handed it over at ten."])
def test_a_cap_said_by_mail_to_be_handed_over_is_asked_for_in_chat_in_words_that_work(text: str) -> None:
    show = answered(TO_ACK[:-1], "E-05", TARA, text, (PIA, BOT))
    assert not show.of("state")
    assert "delivered C-1 15:30" in receipt(show)
    assert "coached" not in receipt(show)
    played = play(*TO_ACK[:-1], say("tara", "delivered C-1 13:20", "11-17 13:25")).step(len(TO_ACK) - 1)
    assert [line["event"] for line in played.of("state", ref="C-1")][:1] == ["Delivered"]


BOOKED = [*READY, say("lia", "proctor f-1 mon 10:00", "11-17 13:20")]


@pytest.mark.parametrize(
    "text", ["I cannot make it", "Sorry, I am ill that day.", "Could we do it on tuesday instead?"]
)
@pytest.mark.parametrize(("to", "has_it"), [((LIC, BOT), True), ((BOT,), False)])
def test_who_cannot_come_to_a_sitting_hears_whom_it_has_reached_and_how_to_ask_for_another(
    text: str, to: Any, has_it: bool
) -> None:
    show = answered(BOOKED, "E-25", ANA, text, to)
    assert not show.of("state")
    assert "say reschedule to me in chat" in receipt(show)
    assert ("licensing@example.com has your mail as well" in receipt(show)) == has_it
    assert "fail ahip" not in receipt(show)
    assert "progress" not in receipt(show)
    asked = play(*BOOKED, say("ana", "reschedule", "11-17 13:30")).step(len(BOOKED))
    assert [line["event"] for line in asked.of("state", ref="F-1")] == ["ProctorWanted"]


def test_who_will_come_hears_nothing() -> None:
    assert not answered(BOOKED, "E-25", ANA, "Thanks, see you then!", (LIC, BOT)).lines


# -- words beside a receipt ------------------------------------------------------------------------------------


def comment(show: Show) -> list[str]:
    return [line["event"] for line in show.of("state", ref="C-1")]


def test_a_comment_that_is_longer_than_is_kept_says_so_and_the_rest_may_follow() -> None:
    long = "I disagree with it. " + "Nobody has told me about that rule before. " * (LONGEST // 40)
    show = acknowledged(long)
    assert comment(show) == ["Commented"]
    assert f"longer than {LONGEST} characters" in receipt(show)
    assert "begin it with comment:" in receipt(show)
    rest = acknowledged("comment: was that a rule at all?")
    assert comment(rest) == ["Commented"]
    assert "characters" not in receipt(rest)


def test_why_somebody_would_rather_not_sign_is_kept_beside_it() -> None:
    show = acknowledged("I'd rather not sign because nobody has ever told me about that rule before today.")
    assert comment(show) == ["NotSigned", "Commented"]
    assert comment(acknowledged("I'd rather not sign.")) == ["NotSigned"]


# -- the same once more ------------------------------------------------------------------------------------------


def test_the_same_report_with_a_lists_footer_is_no_second_attempt_and_is_answered_kindly() -> None:
    words = "I did not pass the AHIP final on my first attempt."
    show = play(
        mail(ANA, words, "11-17 10:02", to=ALL, cc=(BOT,)),
        mail(ANA, words + FOOTER, "11-17 10:04", to=ALL, cc=(BOT,), message_id="<list@lists.example.com>"),
    )
    assert show.states("F-1") == ["F1_COACHING"]
    again = receipt(show.step(1))
    assert "F-1" in again
    assert "already" in again.lower() or "on record" in again.lower()
