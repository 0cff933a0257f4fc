"""A mail that wants an answer names the way in chat; words to answer with only where the bot reads mail."""

from __future__ import annotations

import pytest

from bot import preview
from bot.render import Letter, Renderer

RENDERER, READING = Renderer(), Renderer(by_mail=True)
FOR_THE_BOT = ("by answering this mail with", "answer this mail with", "reply with", "a line such as")
"""Words that would have the bot read a mail: it does so only where `[mail.inbound]` is set."""

TAUGHT = {
    "failed_exam/notice": "coached, advised",
    "failed_exam/proctor_needed": "proctor: mon 10:00 @name",
    "discipline/receipt_mail": "received",
}
"""What may be answered to a mail with one line; that it works is played in tests/journeys/test_mail_words.py."""

ASKING = [example for example in preview.examples() if example.kind == "mail"]


def letters(template: str, renderer: Renderer = RENDERER) -> list[Letter]:
    """The mails of that template's previews."""
    return [renderer.mail(template, preview.context(each)) for each in ASKING if each.template == template]


@pytest.mark.parametrize("template", sorted({example.template for example in ASKING}))
def test_no_mail_asks_for_a_command_by_mail(template: str) -> None:
    for letter in letters(template):
        assert not [words for words in FOR_THE_BOT for page in (letter.text, letter.html) if words in page]
        assert "and certdesk" not in letter.text + letter.html


@pytest.mark.parametrize(("template", "words"), list(TAUGHT.items()))
def test_where_the_bot_reads_mail_the_line_to_answer_with_is_named(template: str, words: str) -> None:
    letter = letters(template, READING)[0]
    for page in (letter.text, letter.html):
        assert "answer this mail with" in page
        assert words in page


def test_the_proctor_is_set_in_chat() -> None:
    (letter,) = letters("failed_exam/proctor_needed")
    for page in (letter.text, letter.html):
        assert "tell the bot in chat" in page
        assert "proctor F-1043 mon 10:00 @name" in page


def test_receipt_is_confirmed_on_the_card_or_in_words_in_chat() -> None:
    (letter,) = letters("discipline/receipt_mail")
    for page in (letter.text, letter.html):
        assert "I received this" in page
        assert "received C-88" in page
        assert "comment C-88" in page
        assert "in chat" in page


def test_who_cannot_make_a_sitting_is_told_whom_an_answer_reaches() -> None:
    for letter in letters("failed_exam/slot"):
        if "cancelled" in letter.text:
            continue
        for page in (letter.text, letter.html):
            assert "tell Lia Cruz in time, in chat or by answering this mail" in page
        assert "A reply reaches Lia Cruz." in letter.text
