"""A case that is refused before it is stored has no duties to look up, and poisons nothing."""

from __future__ import annotations

from tests.journeys.stage import play, say


def test_who_may_not_open_a_case_is_told_so() -> None:
    show = play(say("wes", "inhibit @ana release"))
    assert "Only" in show.text("@wes")
    assert show.of("state") == []
