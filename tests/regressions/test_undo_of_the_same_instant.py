"""Two reports of one instant: undo takes back the one that was said last."""

from __future__ import annotations

from tests.journeys.stage import play, say


def test_undo_takes_back_what_was_said_last_even_within_one_instant() -> None:
    two = play(say("ana", "fail ahip 1", "11-17 10:02"), say("ana", "fail aetna 1"), say("ana", "undo"))
    assert two.state("F-1") == "F1_COACHING"
    assert two.state("F-2") == "VOID"
