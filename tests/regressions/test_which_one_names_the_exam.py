"""When two cases of one agent fit, the buttons say which exam and which attempt each is about."""

from __future__ import annotations

from tests.journeys.stage import play, press, say

TWO = [say("ana", "fail ahip 1"), say("ana", "fail aetna 1", "11-17 10:01")]


def test_the_buttons_tell_them_apart() -> None:
    show = play(TWO, say("tara", "coached ana advised", "11-17 10:02"))
    assert show.step(-1).chats("@tara")[0]["buttons"] == [
        "F-1 Ana Rivera, AHIP Final, attempt 1",
        "F-2 Ana Rivera, Aetna Core, attempt 1",
    ]


def test_the_press_goes_to_the_right_case() -> None:
    show = play(TWO, say("tara", "coached ana advised", "11-17 10:02"), press("tara", "F-2"))
    assert (show.state("F-1"), show.state("F-2")) == ("F1_COACHING", "F1_CLEARED")
