"""What is taken back leaves the tracker's cell as it was, not only a note."""

from __future__ import annotations

from tests.journeys.stage import play, say


def test_undo_gives_a_tracker_cell_its_former_value() -> None:
    undone = play(
        say("lia", "inhibit @ana release", "11-17 10:02"),
        say("lia", "inhibit @ana health licence", "11-17 10:05"),
        say("lia", "undo", "11-17 10:06"),
    )
    assert [line["value"] for line in undone.tracker()][-1] == undone.tracker()[0]["value"]
