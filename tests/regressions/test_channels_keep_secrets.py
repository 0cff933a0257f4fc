"""What a TL says about his own absence is posted, unless it speaks of coaching, CAPs, fails or reviews."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, say


@pytest.mark.parametrize("text", ["away 15 coaching ana on her second fail", "brb giving ana her final cap"])
def test_words_of_discipline_are_left_out_of_the_post(text: str) -> None:
    show = play(say("tara", text))
    assert show.text("#esp-nov16") == "Tara Lee is away until 10:15. Lia Cruz is covering."
    assert "left out of the post" in show.text("@tara")


def test_other_words_are_posted() -> None:
    assert "(helping ben)" in play(say("tara", "away 15 helping ben")).text("#esp-nov16")
