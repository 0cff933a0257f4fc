"""Equipment, held to SPEC 3.8: asked on the first day of call certs, seen through with IT, over when somebody says so."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Show, Step, press, say, until, when
from tests.journeys.test_floor_progress import PNG, floor, sends, state
from workflows.equipment import CLOSED_LEFT, ISSUE_OPEN, OK, RESOLVED, UNKNOWN, WAITING_SHIPMENT, WITH_IT

PHASE = "11-20 07:00"
"""The morning of day 1 of call certs."""


def calls(*steps: Step | list[Step], start: str = PHASE) -> Show:
    """The same, in the call-cert phase."""
    return floor(*steps, start=start)


def broken(at: str = "11-20 09:00") -> Step:
    """Ana's headset has no sound."""
    return say("ana", "issue equipment headset has no sound", at)


def cells(show: Show) -> list[str]:
    """What the tracker's cell of Ana said, in order."""
    return [line["value"] for line in show.tracker() if line["column"] == "Equipment Status" and line["agent"] == "ana"]


def test_on_the_first_day_of_call_certs_everybody_is_asked_and_one_tap_answers() -> None:
    show = calls(
        until("11-20 08:05"), press("ana", "All works"), press("ben", "Something is wrong"), say("ben", "no mouse")
    )
    polls = [line for line in show.chats() if line["buttons"] == ["All works", "Something is wrong"]]
    assert sorted(line["to"] for line in polls) == ["@ana", "@ben", "@cora", "@dan", "@eli", "@fay"]
    assert {when(line["at"]) for line in polls} == {"11-20 08:00"}
    assert [state(show, agent, "equipment") for agent in ("ana", "ben", "cora")] == [OK, ISSUE_OPEN, UNKNOWN]
    assert "no mouse" in show.text("@cole")


def test_a_first_start_later_that_day_asks_nobody() -> None:
    assert not [
        line for line in calls(until("11-20 16:00"), start="11-20 10:00").chats() if "All works" in line["buttons"]
    ]


@pytest.mark.parametrize(("at", "owner"), [("11-18 10:00", "@tara"), ("11-20 09:00", "@cole")])
def test_the_lead_sees_to_it_before_call_certs_and_the_coordinator_from_then_on(at: str, owner: str) -> None:
    show = floor(broken(at), start="11-18 09:00")
    (card,) = [line for line in show.chats() if "Send to IT" in line["buttons"]]
    assert card["to"] == owner
    assert "headset has no sound" in card["text"]
    assert cells(show) == ["Issue open"]
    assert not [line for line in show.mails() if line["ref"] == "H-1"]


def test_an_open_issue_is_passed_on_when_call_certs_begin() -> None:
    show = floor(broken("11-19 10:00"), until("11-20 08:00"), start="11-19 09:00")
    assert show.owed("H-1") == {"equipment": "cole"}
    assert "now sees to the open equipment issue" in show.text("@tara")
    assert "All works" not in str([line["buttons"] for line in show.chats("@ana")])


def test_nothing_goes_to_it_before_the_owner_presses() -> None:
    show = calls(sends("ana", "issue equipment headset has no sound", "11-20 09:00", PNG), press("cole", "Send to IT"))
    (mail,) = show.mails()
    assert (mail["to"], mail["cc"]) == (["it@example.com"], ["ana.rivera@example.com"])
    assert mail["reply_to"] == "cole.carr@example.com"
    assert mail["subject"] == "[H-1] Equipment issue: Ana Rivera"
    assert [file["name"] for file in mail["attachments"]] == ["shot.png"]
    assert state(show, "ana", "equipment") == WITH_IT


def test_fixed_needs_the_agents_word_or_the_owners() -> None:
    fixed = [broken(), press("cole", "With IT already"), press("cole", "Fixed")]
    waiting = calls(fixed, say("tara", "equip @ana ok"))
    assert state(waiting, "ana", "equipment") == RESOLVED
    assert waiting.text("@tara").endswith("Waiting for Ana or Cole Carr to confirm. Ref H-1.")
    assert state(calls(fixed, press("ana", "It works")), "ana", "equipment") == OK
    assert state(calls(fixed, press("ana", "Still broken")), "ana", "equipment") == ISSUE_OPEN
    override = calls(fixed, say("cole", "equip @ana ok"))
    assert state(override, "ana", "equipment") == OK
    assert cells(override) == ["Issue open", "With IT", "Being confirmed", "OK"]


def test_a_shipment_is_waited_for() -> None:
    show = calls(broken(), say("cole", "equip @ana shipment headset thursday"), press("cole", "It is here"))
    assert show.states("H-1") == [UNKNOWN, ISSUE_OPEN, WAITING_SHIPMENT, OK]
    assert "headset thursday" in show.text("@ana")


def test_the_owner_is_nudged_at_three_every_business_day_with_one_list() -> None:
    show = calls(broken(), say("ben", "laptop not here", "11-20 09:05"), until("11-24 16:00"))
    nudges = [line for line in show.chats("@cole") if line["template"] == "equipment/nudge"]
    assert [when(line["at"]) for line in nudges] == ["11-20 15:00", "11-23 15:00", "11-24 15:00"]
    assert all("Ana Rivera" in line["text"] and "Ben Ortiz" in line["text"] for line in nudges)


def test_nobody_is_nudged_once_it_works_nor_about_an_agent_on_leave() -> None:
    show = calls(broken(), say("ana", "equip ok", "11-20 14:59"), until("11-23 16:00"))
    assert not [line for line in show.chats() if line["template"] == "equipment/nudge"]
    away = calls(broken(), say("eve", "leave @ana until mon", "11-20 10:00"), until("11-20 16:00"))
    assert not [line for line in away.chats() if line["template"] == "equipment/nudge"]


def test_it_keeps_its_reference_for_seven_days_and_is_another_one_after() -> None:
    ok = [broken(), say("cole", "equip @ana ok", "11-20 10:00")]
    within = calls(ok, broken("11-27 10:00"))
    assert within.states("H-1") == [UNKNOWN, ISSUE_OPEN, OK, ISSUE_OPEN]
    after = calls(ok, broken("11-27 10:01"))
    assert after.states("H-1") == [UNKNOWN, ISSUE_OPEN, OK]
    assert state(after, "ana", "equipment") == ISSUE_OPEN


def test_with_citrix_courses_go_on_from_a_device_of_ones_own() -> None:
    with_citrix = calls(broken(), press("ana", "Citrix works"))
    assert "cvshealth.sabacloud.com" in with_citrix.chats("@ana")[-1]["text"]
    without = calls(broken(), press("ana", "No Citrix"))
    assert "sabacloud" not in without.text("@ana")


def test_a_report_that_says_it_is_broken_opens_an_issue_and_one_that_says_it_works_ends_it() -> None:
    show = calls(
        say("ana", "progress tbt 3, equipment not ok", "11-20 15:00"),
        say("ana", "progress equipment ok", "11-20 16:00"),
    )
    assert show.states("H-1") == [UNKNOWN, ISSUE_OPEN, OK]


def test_the_same_issue_twice_is_one() -> None:
    show = calls(broken(), say("tara", "issue @ana equipment screen cracked", "11-20 09:30"))
    assert show.states("H-1") == [UNKNOWN, ISSUE_OPEN]
    assert "headset has no sound; screen cracked" in show.text("@cole")


def test_who_leaves_takes_the_issue_along() -> None:
    show = calls(broken(), say("eve", "nle @ana", "11-20 10:00"), until("11-23 16:00"))
    assert state(show, "ana", "equipment") == CLOSED_LEFT
    assert show.owed("H-1") == {}
    assert show.armed("H-1") == {}
