"""A second inhibitor replaced the first, and clearing it let the agent complete with the first one open."""

from __future__ import annotations

from tests.journeys.stage import play, say

TWO = [
    say("lia", "inhibit @ana release", "11-17 10:02"),
    say("lia", "inhibit @ana no health licence", "11-17 10:03"),
]


def test_the_tracker_shows_both_and_one_can_be_cleared() -> None:
    shown = play(*TWO, say("lia", "inhibit @ana cleared release", "11-17 10:04"))
    cells = [line["value"] for line in shown.tracker() if line["column"] == "Inhibitors"]
    assert cells == ["release", "release; no health licence", "no health licence"]
    assert shown.state("X-1") == "OPEN"
    assert "Still open: no health licence" in shown.step(-1).text("@lia")


def test_cleared_without_a_name_clears_all_and_says_so() -> None:
    shown = play(*TWO, say("lia", "inhibit @ana cleared", "11-17 10:04"))
    assert shown.state("X-1") == "CLEARED"
    assert "release; no health licence" in shown.step(-1).text("@lia")


def test_the_same_twice_is_mailed_once() -> None:
    shown = play(TWO[0], say("lia", "inhibit @ana Release", "11-17 10:04"))
    assert len(shown.mails("E-13")) == 1
    assert "Nothing was sent twice" in shown.step(-1).text("@lia")


def test_discipline_is_no_inhibitor() -> None:
    shown = play(say("lia", "inhibit @ana needs a final CAP first", "11-17 10:02"))
    assert shown.tracker() == []
    assert shown.mails() == []
    assert "Nothing was written" in shown.text("@lia")


def test_a_formula_is_text_in_the_cell_too() -> None:
    shown = play(say("lia", "inhibit @ana =HYPERLINK(1)", "11-17 10:02"))
    assert next(line["value"] for line in shown.tracker()).startswith("'=")
