"""A CAP that waits for word of an earlier coaching is not let go by a coaching that came after, or that has no time."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, press, say

HELD = [say("ana", "fail ahip 1"), say("ana", "fail ahip 2", "11-17 10:05")]


@pytest.mark.parametrize("text", ["coached ana", "coached ana advised", "coached ana advised 10:15"])
def test_the_cap_stays_held_and_the_tl_is_asked_for_the_time(text: str) -> None:
    show = play(HELD, say("tara", text, "11-17 10:20"))
    assert show.mails("E-05") == []
    assert "Nothing was recorded" in show.step(-1).text("@tara")
    assert "Tue 17 Nov, 10:05" in show.step(-1).text("@tara")


def test_nor_by_the_button_with_a_later_time() -> None:
    show = play(HELD, press("tara", "I did coach", "11-17 10:20"), say("tara", "10:15", "11-17 10:21"))
    assert show.mails("E-05") == []
    assert "is after the report of attempt 2" in show.step(-1).text("@tara")


def test_a_time_before_it_lets_the_cap_go() -> None:
    show = play(HELD, say("tara", "coached ana advised 10:03", "11-17 10:20"))
    assert show.mails("E-05")
    assert "coached before attempt 2" in show.step(-1).text("@tara")


def test_the_button_can_be_pressed_again_after_a_wrong_time() -> None:
    show = play(
        HELD,
        press("tara", "I did coach", "11-17 10:20"),
        say("tara", "10:15", "11-17 10:21"),
        press("tara", "I did coach", "11-17 10:22"),
        say("tara", "10:03", "11-17 10:23"),
    )
    assert show.mails("E-05")
