"""An agent's help showed `equip @ana ok` and `block @ben nnumber`: other people's names."""

from __future__ import annotations

from tests.journeys.stage import play, say


def test_an_agents_help_names_nobody() -> None:
    for words in ("help", "help equipment", "help blocks"):
        told = play(say("dan", words, "11-17 10:01")).text("@dan")
        assert "@" not in told
    assert "`equip ok`" in play(say("dan", "help equipment", "11-17 10:01")).text("@dan")


def test_a_leads_help_keeps_the_agents_name() -> None:
    assert "`equip @ana ok`" in play(say("tara", "help equipment", "11-17 10:01")).text("@tara")
