"""Who stands in for whom (SPEC 0.4, 3.13): delegation, leave, back, away, and where silence goes (end of 7.7)."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, press, say, until, when, whom
from tests.journeys.stories import FIRST, READY, SECOND

DELEGATED = [say("tara", "delegate @dev until fri", "11-17 10:01")]


def test_a_delegation_is_echoed_with_its_end_to_both() -> None:
    told = play(DELEGATED)
    assert {line["to"] for line in told.chats()} == {"@tara", "@dev"}
    assert "Fri 20 Nov" in told.text("@tara")


def test_the_delegate_gets_the_duty_and_the_absent_one_moves_to_copy() -> None:
    first = play(DELEGATED, FIRST)
    mail = first.mail("E-01")
    assert set(whom(mail["to"]).split(", ")) == {"LIC", "dev", "pia"}
    assert set(whom(mail["cc"]).split(", ")) == {"ana", "tara"}
    assert first.owed("F-1") == {"form:1": "dev", "coach:1": "dev"}
    assert "@tara" not in {line["to"] for line in first.at("11-17 10:02").chats()}


def test_the_delegate_may_coach_and_the_record_keeps_his_name() -> None:
    coached = play(DELEGATED, FIRST, press("dev", "Coached", "11-17 10:05"))
    assert coached.state("F-1") == "F1_CLEARED"
    assert coached.of("state", event="Coached")[0]["actor"] == "dev"


def test_after_the_end_of_a_delegation_everything_comes_back() -> None:
    later = play(DELEGATED, say("ana", "fail ahip 1", "11-23 09:00"))
    assert later.owed("F-1")["coach:1"] == "tara"


def test_back_ends_a_delegation_at_once() -> None:
    home = play(DELEGATED, say("tara", "back", "11-17 10:01"), FIRST)
    assert home.owed("F-1")["coach:1"] == "tara"


def test_delegate_cancel_ends_it_too() -> None:
    home = play(DELEGATED, say("tara", "delegate cancel", "11-17 10:01"), FIRST)
    assert home.owed("F-1")["coach:1"] == "tara"


def test_leave_without_a_delegate_goes_to_the_manager() -> None:
    away = play(say("tara", "leave until fri", "11-17 10:01"), FIRST)
    assert away.owed("F-1") == {"form:1": "eve", "coach:1": "eve"}
    assert set(whom(away.mail("E-01")["to"]).split(", ")) == {"LIC", "eve", "pia"}
    assert set(whom(away.mail("E-01")["cc"]).split(", ")) == {"ana", "tara"}


def test_a_pms_leave_goes_to_the_site_director() -> None:
    away = play(say("pia", "leave until fri", "11-17 10:01"), FIRST)
    assert set(whom(away.mail("E-01")["to"]).split(", ")) == {"LIC", "sam", "tara"}
    assert set(whom(away.mail("E-01")["cc"]).split(", ")) == {"ana", "pia"}


def test_the_esp_manager_records_leave_for_somebody() -> None:
    away = play(say("eve", "leave @tara until fri", "11-17 10:01"), FIRST)
    assert away.owed("F-1")["coach:1"] == "eve"


@pytest.mark.parametrize("who", ["ana", "ben", "lia", "will", "dev"])
def test_nobody_else_records_leave_for_a_colleague(who: str) -> None:
    tried = play(say(who, "leave @tara until fri", "11-17 10:01"), FIRST)
    assert tried.owed("F-1")["coach:1"] == "tara"


def test_a_reminder_goes_to_whoever_stands_in_by_then() -> None:
    story = play(FIRST, say("tara", "delegate @dev until fri", "11-17 10:10"), until("11-17 10:20"))
    reminded = [line["to"] for line in story.chats() if line["template"] == "duty/reminder"]
    assert reminded == ["@dev"]
    done = play(FIRST, say("tara", "delegate @dev until fri", "11-17 10:10"), press("dev", "Coached", "11-17 10:20"))
    assert done.state("F-1") == "F1_CLEARED"


def test_an_absent_proctor_is_no_riddle() -> None:
    away = play(READY, say("lia", "leave until fri", "11-17 14:00"), until("11-18 13:00"))
    assert away.owed("F-1")["result:2"], "somebody owes the result"


def test_an_agent_on_leave_is_not_prompted_and_nobody_is_reminded_of_him() -> None:
    quiet = play(FIRST, say("eve", "leave @ana until wed", "11-17 10:05"), until("11-18 16:59"))
    assert quiet.between("11-17 10:06", "11-18 16:59").chats() == []
    after = play(FIRST, say("eve", "leave @ana until wed", "11-17 10:05"), until("11-19 09:00"))
    assert [line["template"] for line in after.between("11-18 17:00", "11-19 09:00").chats("@tara")] == [
        "duty/reminder"
    ]


def test_what_is_owed_about_an_agent_on_leave_is_due_as_much_business_time_after_it() -> None:
    away = (FIRST, say("eve", "leave @ana until wed", "11-17 10:05"))
    shown = play(*away, until("11-19 08:56"))
    owed = {line["duty"]: when(line["due"]) for line in shown.of("duty", ref="F-1")}
    assert owed == {"form:1": "11-19 08:57", "coach:1": "11-19 08:57"}, "fifty-seven minutes were left"
    assert not shown.chats("@eve") or "duty/escalation" not in [line["template"] for line in shown.chats("@eve")]
    assert [when(line["at"]) for line in shown.chats("@tara") if line["template"] == "duty/reminder"] == ["11-19 08:12"]
    (late,) = [
        line for line in play(*away, until("11-19 08:58")).chats("@eve") if line["template"] == "duty/escalation"
    ]
    assert when(late["at"]) == "11-19 08:57"


def test_a_longer_leave_moves_them_once_more_and_an_early_return_brings_them_back() -> None:
    away = (FIRST, say("eve", "leave @ana until wed", "11-17 10:05"))
    longer = play(*away, say("eve", "leave @ana until thu", "11-18 09:00"))
    assert {when(line["due"]) for line in longer.step(-1).of("duty", ref="F-1")} == {"11-20 08:57"}
    back = play(*away, say("ana", "back", "11-18 09:00"))
    assert {when(line["due"]) for line in back.step(-1).of("duty", ref="F-1")} == {"11-18 09:57"}
    assert back.armed("F-1")["coach:1/0-remind"] == "11-18 09:12"


def test_away_is_a_line_in_the_class_channel_and_nothing_more() -> None:
    away = play(say("tara", "away 15 helping ben", "11-17 10:05"))
    (post,) = away.posts()
    assert post["to"] == "#esp-nov16"
    assert "10:20" in post["text"]
    assert away.of("state") == []


def test_delegating_to_oneself_or_to_a_stranger_or_to_the_past_is_refused() -> None:
    for words in ("delegate @tara until fri", "delegate @nobody until fri", "delegate @ana until fri"):
        tried = play(say("tara", words, "11-17 10:01"), FIRST)
        assert tried.owed("F-1")["coach:1"] == "tara"


# -- where silence goes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("old", "owner"), [(False, "tara"), (True, "will")], ids=["tl", "workshop lead"])
def test_the_owners_silence_goes_to_the_esp_manager_and_is_repeated_every_business_day(old: bool, owner: str) -> None:
    silent = play(FIRST, until("11-20 12:00"), old=old)
    assert [line["at"] for line in silent.chats("@eve")] == [
        "2026-11-17T18:02:00Z",
        "2026-11-18T18:02:00Z",
        "2026-11-19T18:02:00Z",
        "2026-11-20T18:02:00Z",
    ]
    assert [line["template"] for line in silent.chats("@eve")] == ["duty/escalation", *["duty/repeat"] * 3]
    assert len([line for line in silent.chats(f"@{owner}") if line["template"] == "duty/reminder"]) == 1


def test_form_and_coaching_of_one_minute_are_one_message() -> None:
    silent = play(FIRST, until("11-17 11:10"))
    (reminder,) = [line for line in silent.chats("@tara") if line["template"] == "duty/reminder"]
    assert len(reminder["buttons"]) == 2
    assert len(silent.chats("@eve")) == 1


def test_two_agents_are_two_reminders() -> None:
    silent = play(FIRST, say("ben", "fail ahip 1", "11-17 10:02"), until("11-17 10:20"))
    assert len([line for line in silent.chats("@tara") if line["template"] == "duty/reminder"]) == 2


def test_a_settled_duty_is_not_repeated() -> None:
    settled = play(
        FIRST, press("tara", "Coached", "11-17 12:00"), press("tara", "Form done", "11-17 12:01"), until("11-20 12:00")
    )
    assert len(settled.chats("@eve")) == 1
    assert settled.armed() == {}


def test_hrs_silence_goes_to_the_site_director() -> None:
    silent = play(
        FIRST, say("ana", "fail ahip 2", "11-17 10:10"), press("tara", "Not coached", "11-17 10:12"), until("11-17 11:15")
    )  # fmt: skip
    assert "@hana" in {line["to"] for line in silent.at("11-17 10:27").chats()}
    assert "@sam" in {line["to"] for line in silent.at("11-17 11:12").chats()}


def test_licensings_unscheduled_sitting_is_nudged_after_a_business_day() -> None:
    silent = play(SECOND, until("11-18 13:01"))
    assert "@lia" in {line["to"] for line in silent.at("11-18 13:00").chats()}
