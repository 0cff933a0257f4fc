"""An agent whose call certs and TBTs were waived was coached at day 3 for not having done them."""

from __future__ import annotations

from tests.journeys.stage import TESTS, play, say, until

DAY = TESTS / "roster-day.toml"
WAIVED = [say("eve", "waive @ana tbt own list", "11-23 10:00"), say("eve", "waive @ana call own round", "11-23 10:01")]


def test_a_waived_agent_is_on_no_ladder_any_more() -> None:
    shown = play(*WAIVED, until("11-24 16:31"), start="11-20 07:00", roster=DAY)
    ladder = [line["to"] for line in shown.of("state", workflow="ladder", agent="ana")]
    assert ladder[-1] == "DONE"
    assert not shown.of("state", workflow="coaching", agent="ana")


def test_a_waiver_taken_back_puts_the_agent_back() -> None:
    shown = play(*WAIVED, say("eve", "undo", "11-23 10:02"), until("11-24 16:31"), start="11-20 07:00", roster=DAY)
    ladder = [line["to"] for line in shown.of("state", workflow="ladder", agent="ana")]
    assert "DONE" in ladder
    assert ladder[-1] == "COACH_DUE"
