"""A short comment in answer to E-06 was thrown away with "Glad it arrived"; a TL was invited to record a coaching."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Show, play
from tests.journeys.stories import DELIVERED
from tests.mail.steps import ANA, BOT, TARA, mail


def answered(text: str, who: str = ANA) -> Show:
    reply = mail(who, text, "11-17 13:20", to=(TARA,), cc=(BOT,), subject="Re: [C-1] Please acknowledge receipt")
    return play(*DELIVERED, reply)


@pytest.mark.parametrize(
    "said", ["comment C-1 I was told on Monday", "comment I was told on Monday", "Comment c-1: I was told on Monday"]
)
def test_the_words_the_mail_teaches_are_a_comment_by_mail_too(said: str) -> None:
    shown = answered(f"{said}\nand nobody else was there")
    assert [line["event"] for line in shown.step(-1).of("state", ref="C-1")] == ["Commented"]
    assert "Your comment is kept with the record" in shown.step(-1).mails("E-21")[0]["text"]


def test_comment_alone_records_nothing() -> None:
    assert not answered("comment C-1").step(-1).of("state", ref="C-1")


def test_a_leader_who_answers_it_is_not_invited_to_record_a_coaching() -> None:
    told = answered("received", who=TARA).step(-1).mails("E-21")[0]["text"]
    assert "coached @" not in told
