"""What the bot itself says in help and questions is shown with its signs; only other people's words are neutralised."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, say


@pytest.mark.parametrize(
    ("who", "text", "shown"),
    [
        ("ana", "help", "*What you can say to me*, here or anywhere with `!esp` in front"),
        ("ana", "help ahip", "*Help: exams*"),
        ("ana", "help", "`fail exam [1|2|3]`"),
        ("tara", "?", "Example: `coached @ana advised`"),
        ("tara", "delegate", "For instance `delegate @dev until fri`"),
        ("ana", "the system failed", "say `fail` or `pass` and its name"),
        ("ana", "i think i failed ahip", "Say `fail AHIP Final` or `pass AHIP Final`"),
    ],
)
def test_commands_are_shown_as_they_are_typed(who: str, text: str, shown: str) -> None:
    assert shown in play(say(who, text)).text(f"@{who}")


def test_nobody_is_told_to_press_what_is_not_there() -> None:
    (answer,) = play(say("ana", "asdf qwer")).chats("@ana")
    assert answer["buttons"] == []
    assert "Press" not in answer["text"]
