"""The 8 hours for TBTs ran for an agent who was blocked, or on leave, since before the call-cert phase began."""

from __future__ import annotations

from tests.journeys.stage import TESTS, Show, play, say, until

DAY = TESTS / "roster-day.toml"


def phase(*steps: object) -> Show:
    """The last day of carrier certification and the first of the call-cert phase."""
    return play(*steps, until("11-20 16:31"), start="11-19 07:30", roster=DAY)  # type: ignore[arg-type]


def test_a_clock_stands_still_when_its_agent_is_blocked_already() -> None:
    shown = phase(say("tara", "block @ben nnumber", "11-19 08:02"))
    ben = next(line["ref"] for line in shown.of("state", workflow="tbt", agent="ben"))
    assert "hours" not in shown.armed(ben)
    (used_up,) = (x["text"] for x in shown.chats("@tim") if "8 hours for TBTs are used up" in x["text"])
    assert "Cora Lund" in used_up
    assert "Ben Ortiz" not in used_up


def test_a_clock_stands_still_while_its_agent_is_on_leave() -> None:
    shown = phase(say("eve", "leave @ana until wed", "11-19 08:01"))
    ana = next(line["ref"] for line in shown.of("state", workflow="tbt", agent="ana"))
    assert shown.armed(ana)["hours"] == "11-27 16:30"  # Wednesday's session is over, Thursday is Thanksgiving
    assert "tbt/nudge" not in [line["template"] for line in shown.chats("@ana")]


def test_it_runs_from_the_end_of_the_block_on() -> None:
    shown = phase(say("tara", "block @ben nnumber", "11-19 08:02"), say("tara", "unblock @ben", "11-20 10:00"))
    ben = next(line["ref"] for line in shown.of("state", workflow="tbt", agent="ben"))
    assert shown.armed(ben)["hours"] == "11-23 10:00"
