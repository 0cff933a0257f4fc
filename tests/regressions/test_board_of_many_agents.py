"""A board with duties about several agents could not be rendered: each line needs its own agent and case."""

from __future__ import annotations

from tests.journeys.stage import play, say
from tests.journeys.stories import FIRST


def test_a_tls_board_names_the_agent_of_every_duty() -> None:
    board = play(FIRST, say("ben", "fail ahip 2", "11-17 10:03"), say("tara", "me", "11-17 10:05")).at("11-17 10:05")
    assert "Ana Rivera" in board.text("@tara")
    assert "Ben Ortiz" in board.text("@tara")
