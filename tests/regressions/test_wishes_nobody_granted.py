"""`help`, `forms` and a bare "i passed" were understood, and then poisoned: no one granted them."""

from __future__ import annotations

import pytest

from handlers.routes import ROUTES
from tests.journeys.stage import play, say
from tests.journeys.stories import FIRST


@pytest.mark.parametrize("who", ["ana", "tara", "lia", "wes", "hana", "eve", "sam", "will", "pia", "cole"])
def test_every_example_of_the_help_page_is_answered(who: str) -> None:
    examples = dict.fromkeys(route.example for route in ROUTES if route.example)
    lines = [say(who, text, f"11-17 {10 + n // 50}:{10 + n % 50:02}") for n, text in enumerate(examples)]
    heard = play(FIRST, lines)
    for step, text in enumerate(examples, 1):
        assert heard.step(step).chats(f"@{who}"), f"{who} said {text!r} and heard nothing"


def test_i_passed_means_the_only_open_exam() -> None:
    assert play(FIRST, say("ana", "i passed", "11-17 10:05")).state("F-1") == "PASSED"


def test_i_passed_with_two_open_asks_which() -> None:
    asked = play(FIRST, say("ana", "fail aetna 1", "11-17 10:03"), say("ana", "i passed", "11-17 10:05"))
    assert {asked.state("F-1"), asked.state("F-2")} == {"F1_COACHING"}
    assert len(asked.at("11-17 10:05").chats("@ana")[0]["buttons"]) == 2


def test_forms_lists_what_is_still_to_be_filed() -> None:
    assert "Tracking Form" in play(FIRST, say("tara", "forms", "11-17 10:05")).at("11-17 10:05").text("@tara")


@pytest.mark.parametrize("who", ["hana", "ana", "pia", "wes"])
def test_an_inhibitor_recorded_by_somebody_who_may_not_is_refused_by_name(who: str) -> None:
    refused = play(say(who, "inhibit @ana release", "11-17 10:05"))
    assert [line["to"] for line in refused.chats()] == [f"@{who}"]
    assert "X-" not in refused.text(f"@{who}")
    assert refused.tracker() == refused.mails() == []


def test_a_report_that_was_refused_is_on_nobodys_board() -> None:
    board = play(
        say("ana", "fail ahip 4", "11-17 10:02"), say("ana", "me", "11-17 10:05"), say("tara", "team", "11-17 10:06")
    )
    assert "AHIP" not in board.at("11-17 10:05").text("@ana")
    assert "Ana" not in board.at("11-17 10:06").text("@tara")
