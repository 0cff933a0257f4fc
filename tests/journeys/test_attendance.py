"""Attendance as rehearsals: S-32, who is suggested when, confirmed, excused, dismissed, corrected (SPEC 3.3, 3.14)."""

from __future__ import annotations

import pytest

from tests.journeys.classroom import SIX, morning, refs, said, show
from tests.journeys.stage import TESTS, Show, local, play_script, press, say, toml_steps, until, when

S32 = TESTS / "rehearsals" / "s32-ten-minutes.toml"


def example() -> Show:
    """S-32 as it is kept."""
    return play_script(toml_steps(S32))


def at_second(text: str, second: int, step: dict) -> dict:
    """The step at that second."""
    return {**step, "at": local(text).replace(second=second)}


# -- S-32 --------------------------------------------------------------------------------------------------


def test_s32_a_second_before_ten_minutes_is_no_occurrence_and_ten_minutes_are() -> None:
    found = refs(example(), "attendance")
    assert "eli" not in found
    assert found["dan"] == "A-4"
    assert example().between("11-17 08:10", "11-17 08:11").state("A-4") == "SUGGESTED"


def test_s32_confirmed_it_is_in_the_tracker_and_once_with_wfm() -> None:
    (cell,) = example().tracker()
    assert (cell["agent"], cell["column"], cell["value"]) == ("dan", "Attendance (today)", "Tardy - Under 1 Hr")
    assert (
        cell["note"]
        == "Tara Lee - 11/17/2026 - Tardy (10 minutes or more late) on 11/17: scheduled 08:00, actual 08:10"
    )
    (post,) = example().posts("#wfm")
    assert (post["id"], post["text"]) == (
        "C-WFM-ATT",
        "Attendance: Dan Kim (OID 40114) TARDY on 11/17/2026: scheduled 08:00, actual 08:10.",
    )
    (coaching,) = example().of("state", workflow="coaching")
    assert (coaching["agent"], coaching["to"]) == ("dan", "DUE")


def test_s32_a_double_press_is_one_post() -> None:
    assert example().chats("@tara")[-1]["text"] == "Already confirmed by Tara Lee at 08:12. Nothing was sent twice."


def test_s32_excused_there_is_no_post() -> None:
    shown = show(
        at_second("11-17 08:10", 0, say("dan", "hi")), press("tara", "Excuse", "11-17 08:12"),
        say("tara", "dentist", "11-17 08:13"),
    )  # fmt: skip
    dan = refs(shown, "attendance")["dan"]
    assert shown.state(dan) == "EXCUSED"
    assert shown.posts("#wfm") == shown.tracker() == []
    assert "dentist" not in shown.words()
    assert shown.owed(dan) == {}


# -- suggested by the bot ----------------------------------------------------------------------------------


def test_ten_minutes_after_the_start_the_tl_hears_of_those_nobody_saw() -> None:
    shown = show(*morning("ana", "ben", "cora", "dan"), until("11-17 08:11"))
    assert [(line["agent"], line["to"]) for line in shown.of("state", workflow="attendance")] == [
        ("eli", "SUGGESTED"), ("fay", "SUGGESTED"),
    ]  # fmt: skip
    cards = [line for line in shown.at("11-17 08:10").chats() if line["template"] == "duty/card"]
    assert [line["to"] for line in cards] == ["@tara", "@tara"]
    assert [line["buttons"] for line in cards] == [["Confirm", "Excuse", "Dismiss"]] * 2


def test_the_card_is_refreshed_with_the_actual_arrival_and_the_old_one_is_dead() -> None:
    shown = show(*morning(*SIX[1:]), say("ana", "hello", "11-17 08:37"))
    cards = [line["text"] for line in shown.chats("@tara") if line["template"] == "duty/card"]
    assert "Not seen 10 minutes after 08:00: tardy (10 minutes or more late) so far." in cards[0]
    assert "Came at 08:37, 37 minutes after 08:00: tardy (10 minutes or more late)." in cards[1]
    assert list(shown.owed("A-1").values()) == ["tara"]


def test_absence_is_suggested_at_the_end_of_the_shift_and_not_before() -> None:
    shown = show(*morning(*SIX[:5]), until("11-17 16:31"))
    changes = [(when(line["at"])[6:], line["event"]) for line in shown.of("state", ref="A-1")]
    assert changes == [("08:10", "Unseen"), ("16:30", "NeverSeen")]
    assert "absent all day" in shown.at("11-17 16:30").text("@tara")
    assert shown.posts("#wfm") == shown.tracker() == []


@pytest.mark.parametrize("day", ["11-26", "11-28", "11-29"])
def test_nobody_is_suggested_on_a_closed_day(day: str) -> None:
    shown = show(say("ana", "hi", f"{day} 11:00"), until(f"{day} 17:00"), start=f"{day} 00:00")
    assert not shown.of("state", workflow="attendance")


def test_nobody_on_leave_or_gone_is_suggested() -> None:
    shown = show(
        say("eve", "leave @fay until fri", "11-17 07:40"), say("eve", "nle @eli", "11-17 07:41"),
        *morning("ana", "ben", "cora", "dan"), say("fay", "just saying hi", "11-17 10:00"), until("11-17 16:40"),
    )  # fmt: skip
    assert not shown.of("state", workflow="attendance")


def test_a_bot_that_came_late_judges_nobody() -> None:
    shown = show(say("ana", "hi", "11-17 09:00"), until("11-17 16:40"), start="11-17 08:01")
    assert not shown.of("state", workflow="attendance")


def test_started_on_the_dot_it_does() -> None:
    shown = show(say("ana", "hi", "11-17 08:05"), until("11-17 08:11"), start="11-17 08:00")
    assert [line["agent"] for line in shown.of("state", workflow="attendance")] == list(SIX[1:])


def test_a_message_in_the_night_is_no_arrival() -> None:
    shown = show(say("ana", "sick today", "11-17 04:30"), *morning(*SIX[1:]), until("11-17 08:11"), start="11-17 00:10")
    assert [line["agent"] for line in shown.of("state", workflow="attendance")] == ["ana"]


def test_a_message_in_the_class_channel_is_an_arrival_and_one_elsewhere_is_none() -> None:
    shown = show(
        *morning(*SIX[2:]), say("ana", "morning all", "11-17 08:05", "#esp-nov16"),
        say("ben", "morning all", "11-17 08:06", "#wfm"), until("11-17 08:11"),
    )  # fmt: skip
    assert [line["agent"] for line in shown.of("state", workflow="attendance")] == ["ben"]


# -- entered by people -------------------------------------------------------------------------------------


WORDS = {
    "TARDY": "tardy (10 minutes or more late)",
    "LATE_4H": "late by 4 hours or more",
    "LEFT_EARLY": "left early (by 10 minutes or more)",
    "EARLY_4H": "left 4 hours or more early",
    "ABSENT": "absent all day",
}


@pytest.mark.parametrize(
    ("text", "category", "actual"),
    [
        ("attend @ben late 12", "TARDY", "08:12"),
        ("ben 12 late", "TARDY", "08:12"),
        ("attend @ben in 08:10", "TARDY", "08:10"),
        ("attend @ben late 240", "LATE_4H", "12:00"),
        ("attend @ben early 20", "LEFT_EARLY", "16:10"),
        ("attend @ben out 16:20", "LEFT_EARLY", "16:20"),
        ("attend @ben out 12:30", "EARLY_4H", "12:30"),
        ("attend @ben absent", "ABSENT", "not seen"),
    ],
)
def test_a_tls_entry_is_echoed_as_a_card_and_posted_when_confirmed(text: str, category: str, actual: str) -> None:
    shown = show(*morning(*SIX), say("tara", text, "11-17 16:25"), press("tara", "Confirm", "11-17 16:26"))
    echoed = shown.at("11-17 16:25")
    assert said(echoed, "engagement", "attendance", "duty") == ["@tara card"]
    assert WORDS[category] in echoed.text("@tara")
    assert category not in echoed.text("@tara"), "a code word is nothing for people"
    (post,) = shown.posts("#wfm")
    assert f" {category} on 11/17/2026: " in post["text"]
    assert post["text"].endswith(f"actual {actual}.")


@pytest.mark.parametrize(
    "text", ["attend @ben in 08:09", "attend @ben late 9", "attend @ben early 9", "attend @ben out 16:21"]
)
def test_under_ten_minutes_nothing_is_recorded(text: str) -> None:
    shown = show(*morning(*SIX), say("tara", text, "11-17 16:25"))
    assert not shown.of("state", workflow="attendance")
    assert not shown.owed("A-1")
    assert len(shown.at("11-17 16:25").chats("@tara")) == 1


def test_seen_in_time_by_the_tl_the_suggestion_is_gone() -> None:
    shown = show(*morning(*SIX[1:]), say("tara", "attend @ana in 08:03", "11-17 08:20"), until("11-17 09:56"))
    assert shown.states("A-1") == ["SUGGESTED", "DISMISSED"]
    assert shown.owed("A-1") == {}
    assert "@ana" in [line["to"] for line in shown.chats() if line["template"] == "engagement/check_dm"]


@pytest.mark.parametrize(
    ("text", "day"),
    [("attend @ben absent", "11-21"), ("attend @ben absent sunday", "11-23"), ("attend @ben late 12", "11-26")],
)
def test_nobody_was_scheduled_on_a_closed_day(text: str, day: str) -> None:
    shown = show(say("tara", text, f"{day} 10:00"), start=f"{day} 09:55")
    assert shown.chats("@tara")[-1]["text"] == "Ben was not scheduled."
    assert not shown.of("state", workflow="attendance")


def test_on_leave_he_was_not_scheduled_either() -> None:
    shown = show(say("eve", "leave @ben until fri", "11-17 07:40"), say("tara", "attend @ben absent", "11-17 10:00"))
    assert shown.chats("@tara")[-1]["text"] == "Ben was not scheduled."


def test_the_host_enters_and_the_tl_decides() -> None:
    shown = show(
        *morning(*SIX), say("lia", "attend @ben out 12:30", "11-17 12:31"), press("tara", "Confirm", "11-17 12:32")
    )
    assert said(shown.at("11-17 12:31"), "attendance", "duty") == ["@lia entered", "@tara card"]
    assert shown.state("A-1") == "CONFIRMED"


def test_yesterday_can_be_entered_and_leaves_todays_cell_alone() -> None:
    shown = show(
        say("tara", "attend @ben late 12 yesterday", "11-18 09:00"),
        press("tara", "Confirm", "11-18 09:01"),
        start="11-18 08:30",
    )
    (cell,) = shown.tracker()
    assert cell["value"] is None
    assert "Tardy (10 minutes or more late) on 11/17" in cell["note"]


# -- decided -----------------------------------------------------------------------------------------------


def test_hr_excuses_an_absence_and_the_tracker_says_so() -> None:
    shown = show(
        *morning(*SIX), say("tara", "attend @ben absent", "11-17 16:00"),
        say("hana", "attend @ben excuse approved by HR", "11-17 16:05"),
    )  # fmt: skip
    assert shown.state("A-1") == "EXCUSED"
    assert [cell["value"] for cell in shown.tracker()] == ["Absent - HR Approved"]
    assert shown.posts("#wfm") == []


def test_dismissed_nothing_is_recorded() -> None:
    shown = show(
        *morning(*SIX[1:]),
        press("tara", "Dismiss", "11-17 08:15"),
        say("ana", "hi", "11-17 09:00"),
        until("11-17 16:40"),
    )
    assert shown.states("A-1") == ["SUGGESTED", "DISMISSED"]
    assert shown.posts("#wfm") == shown.tracker() == []


def test_a_confirmed_entry_is_corrected_in_its_thread_and_nobody_is_coached_for_it() -> None:
    shown = show(
        *morning(*SIX), say("tara", "ben 12 late", "11-17 10:30"), press("tara", "Confirm", "11-17 10:31"),
        say("tara", "attend @ben in 08:03", "11-17 10:50"),
    )  # fmt: skip
    assert shown.states("A-1") == ["SUGGESTED", "CONFIRMED", "CORRECTED"]
    first, second = shown.posts("#wfm")
    assert second["thread"]
    assert "please disregard TARDY" in second["text"]
    assert [cell["value"] for cell in shown.tracker()] == ["Tardy - Under 1 Hr", ""]
    assert [line["to"] for line in shown.of("state", workflow="coaching")] == ["DUE", "WITHDRAWN"]
    assert first["id"] == "C-WFM-ATT"


def test_taken_back_at_once_wfm_reads_that_the_line_was_a_mistake() -> None:
    shown = show(
        *morning(*SIX), say("tara", "ben 12 late", "11-17 10:30"), press("tara", "Confirm", "11-17 10:31"),
        press("tara", "Undo", "11-17 10:33"),
    )  # fmt: skip
    assert shown.state("A-1") == "SUGGESTED"
    text = shown.posts("#wfm")[-1]["text"]
    assert text == "Correction: please disregard the attendance line for Ben Ortiz; it was sent by mistake. Ref A-1."


def test_unconfirmed_it_is_never_sent_and_stays_with_the_tl() -> None:
    shown = show(*morning(*SIX), say("tara", "ben 12 late", "11-17 10:30"), until("11-18 08:05"))
    assert shown.posts("#wfm") == []
    assert shown.owed("A-1") == {"attend": "tara"}


def test_a_mark_taken_back_gives_the_cell_its_attendance_again() -> None:
    shown = show(
        *morning(*SIX), say("tara", "ben 12 late", "11-17 08:30"), press("tara", "Confirm", "11-17 08:31"),
        say("lia", "mia @ben gone", "11-17 09:00"), say("tara", "here @ben he was there", "11-17 09:10"),
    )  # fmt: skip
    assert [cell["value"] for cell in shown.tracker() if cell["agent"] == "ben"] == [
        "Tardy - Under 1 Hr", "Unresponsive or Missing During Class", "", "Tardy - Under 1 Hr",
    ]  # fmt: skip


def test_an_undone_report_leaves_the_arrival_it_came_with() -> None:
    shown = show(say("ana", "fail ahip 1", "11-17 08:05"), say("ana", "undo", "11-17 08:06"), until("11-17 08:11"))
    assert shown.state("F-1") == "VOID"
    assert "AHIP Final" in shown.at("11-17 08:06").text("@ana")
    assert "ana" not in refs(shown, "attendance")


@pytest.mark.parametrize("day", ["2027-03-15", "2027-11-08"])
def test_ten_minutes_are_ten_minutes_after_a_change_of_the_hour(day: str) -> None:
    shown = show(say("ana", "hi", f"{day} 08:09"), say("ben", "hi", f"{day} 08:10"), start=f"{day} 00:00")
    assert "ben" in refs(shown, "attendance")
    assert "ana" not in refs(shown, "attendance")


def test_an_agents_own_zone_changes_nothing() -> None:
    shown = show(say("ben", "hi", "2027-07-06 08:09"), until("2027-07-06 08:11"), start="2027-07-06 07:00")
    assert "ben" not in refs(shown, "attendance")
