"""Leave recorded by the ESP Manager is told to the person it is about, who alone can end it with `back`."""

from __future__ import annotations

from tests.journeys.stage import play, say


def test_both_hear_of_it_in_their_own_words() -> None:
    show = play(say("eve", "leave @tara until fri"))
    assert "Tara Lee can say `back`" in show.text("@eve")
    assert show.text("@tara").startswith("Leave recorded for you until Fri 20 Nov")
