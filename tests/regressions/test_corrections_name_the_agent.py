"""A TL with a whole class is told whose report was taken back; the agent is not told his own name."""

from __future__ import annotations

from tests.journeys.stage import play, press, say
from tests.journeys.stories import READY


def test_the_tl_reads_whose_it_was() -> None:
    show = play(say("cora", "failed ahip 1"), say("cora", "undo", "11-17 10:01"))
    assert "Correction for Cora Lund about AHIP Final" in show.step(-1).text("@tara")


def test_the_agent_reads_no_name_of_his_own() -> None:
    show = play(READY, say("ana", "fail ahip 3", "11-18 10:30"), press("tara", "Not correct", "11-18 10:34"))
    assert "Correction about AHIP Final" in show.step(-1).text("@ana")
