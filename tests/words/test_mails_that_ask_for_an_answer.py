"""A mail that wants an answer names the way in chat; by mail it promises no more than whom a reply reaches."""

from __future__ import annotations

import pytest

from bot import preview
from bot.render import Letter, Renderer

RENDERER = Renderer()
FOR_THE_BOT = ("by answering this mail with", "answer this mail with", "reply with", "a line such as")
"""Words that would have the bot read a mail: it does so only where `[mail.inbound]` is set."""

ASKING = [example for example in preview.examples() if example.kind == "mail"]


def letters(template: str) -> list[Letter]:
    """The mails of that template's previews."""
    return [RENDERER.mail(template, preview.context(each)) for each in ASKING if each.template == template]


@pytest.mark.parametrize("template", sorted({example.template for example in ASKING}))
def test_no_mail_asks_for_a_command_by_mail(template: str) -> None:
    for letter in letters(template):
        assert not [words for words in FOR_THE_BOT for page in (letter.text, letter.html) if words in page]
        assert "and certdesk" not in letter.text + letter.html


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
