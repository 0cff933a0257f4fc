"""Whatever was typed became the witness of a filed CAP: the agent herself, a username, one word."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Show, Step, play, press, say
from tests.journeys.stories import DELIVERED

REFUSED = (*DELIVERED, press("ana", "I'd rather not sign", "11-17 13:20"))


def named(*said: str, how: tuple[Step, ...] = (press("tara", "Witness", "11-17 13:25"),)) -> Show:
    steps = (*REFUSED, *how, *(say("tara", text, f"11-17 13:{26 + n}") for n, text in enumerate(said)))
    return play(*steps)


@pytest.mark.parametrize("who", ["ana", "@ana", "Ana Rivera", "tara", "Tara Lee"])
def test_neither_the_agent_nor_whoever_handed_it_over(who: str) -> None:
    shown = named(who)
    assert "A witness is somebody else" in shown.step(-1).text("@tara")
    assert not shown.mails("E-07")


def test_one_strange_word_is_no_name_and_the_next_answer_counts() -> None:
    shown = named("Joe", "Joe Fields")
    assert "first and last name" in shown.step(-2).text("@tara")
    assert "Witness: Joe Fields" in shown.mails("E-07")[-1]["text"]


@pytest.mark.parametrize("said", ["witness C-1 Dev Shah", "witness dev", "witness C-1: @dev", "witness was Dev Shah"])
def test_the_words_on_the_card_name_one_too(said: str) -> None:
    shown = named(said, how=())
    assert "`witness C-1` and first and last name" in shown.text("@tara")
    assert "Witness: Dev Shah" in shown.mails("E-07")[-1]["text"]
