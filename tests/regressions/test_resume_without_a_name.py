"""`resume` as the vocabulary has it, without a name, was answered with the question whom it was about."""

from __future__ import annotations

import pytest

from tests.journeys.classroom import show
from tests.journeys.stage import Show, say

CONNECT = say("cole", "connect @ana @cass", "11-23 13:00")


def calls(*steps: object) -> Show:
    return show(*steps, start="11-23 12:50", call_cert="call-cert-new")  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["resume", "resume please", "Resume!"])
def test_a_certifier_names_nobody_while_one_agent_is_on_the_line(words: str) -> None:
    shown = calls(CONNECT, say("cass", "pause headset died", "11-23 13:05"), say("cass", words, "11-23 13:10"))
    assert "The clock of Ana Rivera's calls is paused after 5 min" in shown.step(1).text("@cass")
    assert "runs again; 5 min of 4 h are used" in shown.step(2).text("@cass")


@pytest.mark.parametrize("who", ["cass", "cole", "tim"])
def test_with_nobody_on_the_line_the_name_is_asked_for(who: str) -> None:
    steps = [] if who == "cass" else [CONNECT]
    assert "Please add its ref or the name" in calls(*steps, say(who, "resume", "11-23 13:10")).step(-1).text(f"@{who}")
