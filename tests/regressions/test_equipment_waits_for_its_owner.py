"""Whoever may not say that equipment is fixed heard nothing of who may, or that no issue was open."""

from __future__ import annotations

from tests.journeys.stage import TESTS, play, say

DAY = TESTS / "roster-day.toml"
BROKEN = say("ana", "issue equipment headset dead", "11-24 09:05")
FIXED = say("cole", "equip @ana resolved", "11-24 09:10")


def test_a_lead_is_told_who_confirms_once_calls_have_begun() -> None:
    for words in ("equip @ana resolved", "equip @ana ok"):
        shown = play(BROKEN, say("tara", words, "11-24 09:11"), start="11-24 09:00", roster=DAY).step(-1)
        assert shown.text("@tara") == "Waiting for Ana or Cole Carr to confirm. Ref H-1."
        assert not shown.of("state", workflow="equipment")


def test_another_agent_is_told_nothing_about_it() -> None:
    shown = play(BROKEN, say("dan", "equip @ana ok", "11-24 09:11"), start="11-24 09:00", roster=DAY).step(-1)
    assert shown.text("@dan").startswith("Only Ana Rivera or their team lead can report that.")
    assert "exam" not in shown.text("@dan")


def test_resolved_twice_says_what_it_waits_for() -> None:
    again = say("cole", "equip @ana resolved", "11-24 09:12")
    shown = play(BROKEN, FIXED, again, start="11-24 09:00", roster=DAY).step(-1)
    assert (
        shown.text("@cole") == "Waiting for Ana or Cole Carr to confirm. Sure that it works? `equip @ana ok`. Ref H-1."
    )


def test_only_the_owner_is_offered_to_confirm() -> None:
    for who, offered in (("cole", True), ("eve", False)):
        shown = play(BROKEN, say(who, "equip @ana resolved", "11-24 09:10"), start="11-24 09:00", roster=DAY).step(-1)
        (told,) = (line for line in shown.chats(f"@{who}") if line["template"] == "equipment/resolved")
        assert ("It works for sure" in told["buttons"]) is offered


def test_a_broken_camera_is_an_issue() -> None:
    shown = play(say("fay", "my camera is broken", "11-24 09:05"), start="11-24 09:00", roster=DAY)
    assert shown.state("H-6") == "ISSUE_OPEN"


def test_an_issue_told_with_discipline_leaves_it_out_of_the_tracker() -> None:
    said = say("ben", "issue equipment headset broken since my coaching", "11-24 09:05")
    shown = play(said, start="11-24 09:00", roster=DAY)
    assert all("coach" not in (line["note"] or "") for line in shown.tracker())
    assert shown.state("H-2") == "ISSUE_OPEN"
