"""`inhibit @ana cleared` with nothing open was told to report a fail first."""

from __future__ import annotations

from tests.journeys.stage import play, say

RECORDED = [say("lia", "inhibit @ana release", "11-17 10:02"), say("lia", "inhibit @ana cleared", "11-17 10:03")]


def test_nothing_to_clear_is_said_kindly() -> None:
    for steps in ([], RECORDED):
        shown = play(*steps, say("lia", "inhibit @ana cleared", "11-17 10:05")).step(-1)
        assert shown.text("@lia") == (
            "Nothing is open for Ana Rivera, so there is nothing to clear. To record something: `inhibit @ana release`."
        )
        assert shown.tracker() == []
