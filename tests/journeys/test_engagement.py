"""Checks around the breaks as rehearsals: S-27, both wordings, hands, outages, absences, marks and their corrections."""

from __future__ import annotations

import pytest

from tests.journeys.classroom import SIX, answers, morning, refs, said, show
from tests.journeys.stage import TESTS, Show, play_script, press, restart, say, toml_steps, until, when
from tests.journeys.stories import READY

S27 = TESTS / "rehearsals" / "s27-two-missed-in-a-row.toml"


def example() -> Show:
    """S-27 as it is kept."""
    return play_script(toml_steps(S27))


def own(shown: Show, ref: str = "M-1") -> list[str]:
    """What was said of one agent's day."""
    return [f"{when(line['at'])} {line['to']} {line['template']}" for line in shown.chats() if line["ref"] == ref]


# -- S-27 --------------------------------------------------------------------------------------------------


def test_s27_one_miss_is_a_private_word_to_ben_at_the_end_of_the_check() -> None:
    assert own(example().between("11-17 09:58", "11-17 12:00")) == ["11-17 10:20 @ben engagement/missed"]
    (line,) = example().between("11-17 10:20", "11-17 10:21").chats("@ben")
    assert line["text"].startswith("I missed you at 10:20. Tap here.")
    assert line["buttons"] == ["✋ I'm here"]


def test_s27_two_in_a_row_ask_host_and_tl_and_write_nothing() -> None:
    asked = example().at("11-17 12:00")
    assert asked.state("M-1") == "MIA_PROPOSED"
    assert own(asked) == ["11-17 12:00 @lia duty/card", "11-17 12:00 @tara duty/card"]
    assert [line["buttons"] for line in asked.chats() if line["ref"] == "M-1"] == [
        ["Mark MIA", "Was here", "Excuse"]
    ] * 2
    before = example().between("11-17 07:30", "11-17 12:05")
    assert before.tracker() == []
    assert before.posts("#wfm") == []


def test_s27_a_mark_tells_tracker_wfm_the_agent_and_the_coach() -> None:
    marked = example().at("11-17 12:05")
    (cell,) = marked.tracker()
    assert (cell["agent"], cell["column"], cell["value"]) == (
        "ben", "Attendance (today)", "Unresponsive or Missing During Class",
    )  # fmt: skip
    assert cell["note"] == "Tara Lee - 11/17/2026 - Unresponsive or missing during class"
    (post,) = marked.posts("#wfm")
    assert post["id"] == "C-WFM-ATT"
    assert post["text"].startswith("Attendance: Ben Ortiz (OID 40112) MIA on 11/17/2026: scheduled 08:00 to 16:30, ")
    assert said(marked, "engagement", "coaching", "duty") == [
        "#wfm wfm", "@ben marked", "@tara marked_by_you", "@tara card",
    ]  # fmt: skip
    (coaching,) = marked.of("state", workflow="coaching")
    assert (coaching["agent"], coaching["to"]) == ("ben", "DUE")
    assert example().owed("M-1") == {}


def test_s27_an_untouched_card_is_reminded_of_and_never_decides_by_itself() -> None:
    steps = toml_steps(S27).steps[:-1]
    silent = play_script(toml_steps(S27).model_copy(update={"steps": [*steps, _until("11-18 10:00")]}))
    assert own(silent)[2:7] == [
        "11-17 12:00 @lia duty/card",
        "11-17 12:00 @tara duty/card",
        "11-17 12:15 @lia duty/reminder",
        "11-17 12:15 @tara duty/reminder",
        "11-17 13:00 @eve duty/escalation",
    ]
    assert silent.state("M-1") == "MIA_PROPOSED"
    assert [line for line in silent.posts("#wfm") if line["ref"] == "M-1"] == []
    assert [line for line in silent.tracker() if line["agent"] == "ben"] == []


def _until(at: str):
    from bot.script import Step

    return Step.model_validate(until(at))


def test_the_old_wording_asks_only_when_both_signs_of_one_break_are_missed() -> None:
    story = [*morning("ben"), say("ben", "here", "11-17 09:57"), until("11-17 12:36")]
    shown = show(*story, old=True)
    changes = [(when(line["at"]), line["to"]) for line in shown.of("state", ref="M-1") if line["from"] != line["to"]]
    assert changes == [("11-17 07:50", "OK"), ("11-17 10:20", "MISS1"), ("11-17 12:35", "MIA_PROPOSED")]


# -- the morning and the checks ----------------------------------------------------------------------------


def test_the_host_is_reminded_the_class_reads_the_breaks_and_everybody_is_muted() -> None:
    shown = show(until("11-17 08:01"))
    assert [(when(line["at"]), line["to"]) for line in shown.chats() if line["template"].startswith("engagement/")] == [
        ("11-17 07:50", "@lia"),
        ("11-17 08:00", "#esp-nov16"),
        ("11-17 08:00", "@lia"),
    ]
    text = next(line["text"] for line in shown.posts("#esp-nov16") if line["template"] == "engagement/morning")
    for part in ("08:00 to 16:30", "break 1: 10:00 to 10:15", "lunch: 12:00 to 12:30", "break 2: 14:30 to 14:45"):
        assert part in text
    assert "muted" in next(line["text"] for line in shown.chats("@lia") if line["template"] == "engagement/keep_muted")


def test_six_checks_a_day_are_posted_and_sent_to_those_who_came() -> None:
    shown = show(*morning("ana", "ben"), until("11-17 16:30"))
    posts = [when(line["at"])[6:] for line in shown.posts("#esp-nov16") if line["template"] == "engagement/check"]
    assert posts == ["09:55", "10:15", "11:55", "12:30", "14:25", "14:45"]
    asked = [(line["to"], when(line["at"])[6:]) for line in shown.chats() if line["template"] == "engagement/check_dm"]
    assert asked == [(f"@{agent}", wall) for wall in posts for agent in ("ana", "ben")]
    assert all(line["thread"] is None for line in shown.posts("#esp-nov16"))


def test_where_nobody_came_nobody_is_asked() -> None:
    shown = show(until("11-17 16:29"))
    assert not [line for line in shown.chats() if line["template"].startswith("engagement/check")]


@pytest.mark.parametrize(
    ("text", "room"), [("here", ""), ("✋", ""), ("im here", "#esp-nov16"), ("back", "#esp-nov16")]
)
def test_an_answer_counts_from_the_direct_room_and_from_the_class_channel(text: str, room: str) -> None:
    shown = show(*morning("ben"), say("ben", text, "11-17 09:56", room), until("11-17 10:01"))
    assert own(shown)[1:] == ["11-17 09:56 @ben engagement/thanks"]
    assert shown.state("M-1") == "OK"


def test_outside_of_a_check_here_is_an_arrival_and_later_says_when_the_next_one_is() -> None:
    shown = show(
        say("ben", "here", "11-17 08:05"), say("ana", "good morning", "11-17 08:06", "#esp-nov16"),
        say("ben", "here", "11-17 10:05"), say("ben", "back", "11-17 10:06", "#esp-nov16"),
        say("ben", "back", "11-17 10:07"), say("ben", "here", "11-17 15:00"), say("ben", "here", "11-17 18:00"),
    )  # fmt: skip
    texts = [
        line["text"] for line in shown.chats("@ben") if line["template"] in ("engagement/noted", "engagement/no_check")
    ]
    assert texts[0].startswith("Noted, 08:05.")
    assert [text.split(".")[0] for text in texts[1:]] == [
        "No check is open; next one about 10:15",
        "No check is open; next one about 10:15",
        "No check is open; that was the last one today",
        "No check is open; that was the last one today",
    ]
    assert refs(shown, "engagement") == {"ben": "M-1", "ana": "M-2"}
    assert shown.between("11-17 08:00", "11-17 09:00").chats("@ana") == []


def test_on_a_day_without_class_there_is_nothing_to_answer() -> None:
    shown = show(say("ben", "here", "11-21 10:00"), say("lia", "hands b1 @ben", "11-21 10:01"), start="11-21 09:00")
    assert [line["template"] for line in shown.chats()] == ["engagement/no_class", "say/day_closed"]
    assert not shown.of("state", workflow="class_day")


@pytest.mark.parametrize("day", ["11-26", "12-25"])
def test_a_holiday_is_no_class_day(day: str) -> None:
    shown = show(until(f"{day} 17:00"), start=f"{day} 00:00")
    assert not shown.of("state", workflow="class_day")
    assert not shown.of("state", workflow="attendance")


def test_the_run_begins_anew_every_day() -> None:
    shown = show(
        *morning("ben"), *(say("ben", "here", f"11-17 {wall}") for wall in ("09:57", "10:17", "11:57", "12:32", "14:27")),
        *morning("ben", day="11-18"), until("11-18 10:01"),
    )  # fmt: skip
    assert shown.states("M-1") == ["OK", "MISS1", "CLOSED"]
    assert shown.states("M-2") == ["OK", "MISS1"]


# -- the host's record -------------------------------------------------------------------------------------


def test_hands_name_those_not_raised_and_can_be_put_right() -> None:
    shown = show(
        *morning(*SIX), *answers("11-17", "09:57", *SIX), say("lia", "hands b1 @ben @cora", "11-17 10:02"),
        press("lia", "Fix", "11-17 10:03"), say("lia", "@cora", "11-17 10:03"),
    )  # fmt: skip
    replies = [line for line in shown.chats("@lia") if line["template"] == "engagement/hands_noted"]
    assert [line["text"].split(".")[0] for line in replies] == ["2 missed, 4 raised", "1 missed, 5 raised"]
    assert replies[0]["buttons"] == ["Fix"]
    mine = refs(shown, "engagement")
    assert shown.states(mine["ben"]) == ["OK", "MISS1", "OK"]
    assert shown.states(mine["cora"]) == ["OK", "MISS1"]
    assert shown.states(mine["ana"]) == ["OK"]


def test_no_hand_ben_cora_is_the_same_in_tired_words() -> None:
    shown = show(
        *morning(*SIX),
        *answers("11-17", "09:57", *SIX),
        say("lia", "no hand ben cora", "11-17 09:58"),
        until("11-17 10:01"),
    )
    assert "2 missed, 4 raised." in shown.text("@lia")
    assert [shown.state(refs(shown, "engagement")[agent]) for agent in ("ben", "cora", "dan")] == [
        "MISS1",
        "MISS1",
        "OK",
    ]


def test_hands_of_the_day_before_are_the_esp_managers() -> None:
    shown = show(*morning("ben"), say("lia", "hands b1 yesterday @ben", "11-17 10:02"))
    assert shown.chats("@lia")[-1]["text"] == "That day is closed; ask the ESP Manager to correct it."


def test_an_agent_marks_and_records_nobody() -> None:
    shown = show(
        *morning("ana", "ben"), say("ana", "mia @ben gone", "11-17 10:02"), say("ana", "hands b1 @ben", "11-17 10:03")
    )
    assert "MIA" not in {line["to"] for line in shown.of("state")}
    assert [line["template"] for line in shown.between("11-17 10:02", "11-17 10:04").chats()] == [
        "say/only_they",
        "house/not_yours",
    ]


# -- when nobody could answer ------------------------------------------------------------------------------


def test_half_and_at_least_three_missing_at_once_is_no_check_and_the_host_is_told() -> None:
    shown = show(*morning(*SIX), *answers("11-17", "09:57", "ana", "ben", "cora"), until("11-17 10:01"))
    assert {line["to"] for line in shown.of("state", workflow="engagement")} == {"OK"}
    assert "three answers missing at once" in shown.text("@lia")
    two = show(*morning(*SIX), *answers("11-17", "09:57", *SIX[:4]), until("11-17 10:01"))
    assert [line["agent"] for line in two.of("state", to="MISS1")] == ["eli", "fay"]


@pytest.mark.parametrize(
    ("at", "down", "void"),
    [
        ("11-17 09:50", "6m", True),
        ("11-17 09:57", "1m", True),
        ("11-17 09:59", "30m", True),
        ("11-17 09:30", "5m", False),
        ("11-17 09:57", "", False),
    ],
)
def test_a_check_in_which_the_bot_was_down_counts_for_nobody(at: str, down: str, void: bool) -> None:
    shown = show(*morning("ana", "ben"), restart(down, at=at), until("11-17 10:14" if down != "30m" else "11-17 10:29"))
    misses = shown.of("state", to="MISS1")
    assert bool(misses) is not void
    assert ("down meanwhile" in shown.text("@lia")) is void


def test_what_was_answered_while_the_bot_was_down_is_heard() -> None:
    shown = show(
        *morning("ben"), restart("4m", at="11-17 09:57"), say("ben", "here", "11-17 09:58"), until("11-17 10:02")
    )
    assert own(shown)[1:] == ["11-17 10:01 @ben engagement/thanks"]


def test_a_bot_started_in_the_middle_asks_only_for_what_is_to_come_and_judges_nobody() -> None:
    shown = show(say("ben", "hi", "11-17 10:05"), until("11-17 12:01"), start="11-17 10:02")
    posts = [when(line["at"])[6:] for line in shown.posts("#esp-nov16") if line["template"] == "engagement/check"]
    assert posts == ["10:15", "11:55"]
    assert not shown.of("state", workflow="attendance")


def test_who_spoke_before_a_restart_over_midnight_is_there() -> None:
    shown = show(
        restart("10h", at="11-16 23:00"), say("ben", "hi", "11-17 08:20"), until("11-17 09:56"), start="11-16 22:00"
    )
    assert [line["to"] for line in shown.chats() if line["template"] == "engagement/check_dm"] == ["@ben"]
    assert not shown.of("state", workflow="attendance")


# -- excused -----------------------------------------------------------------------------------------------


def test_an_agent_on_leave_is_neither_asked_nor_missing() -> None:
    shown = show(*morning("ana", "ben"), say("eve", "leave @ben until today", "11-17 09:00"), until("11-17 10:21"))
    assert "@ben" not in [line["to"] for line in shown.chats() if line["template"] == "engagement/check_dm"]
    assert shown.states(refs(shown, "engagement")["ben"]) == ["OK"]
    assert shown.states(refs(shown, "engagement")["ana"]) == ["OK", "MISS1", "MIA_PROPOSED"]


def test_an_agent_in_a_proctored_attempt_is_not_asked() -> None:
    shown = show(*READY, say("ana", "here", "11-18 07:55"), until("11-18 12:01"), start="11-17 10:00")
    asked = [
        when(line["at"])[6:]
        for line in shown.chats("@ana")
        if line["template"] == "engagement/check_dm" and when(line["at"])[:5] == "11-18"
    ]
    assert asked == ["09:55"]


def test_an_agent_connected_to_a_certifier_is_not_asked() -> None:
    shown = show(
        *morning("ana", "ben", day="11-23"), say("cole", "connect @ana @cass", "11-23 13:05"), until("11-23 14:51"),
        start="11-23 07:30", call_cert="call-cert-new",
    )  # fmt: skip
    late = shown.between("11-23 13:00", "11-23 15:00")
    assert [line["to"] for line in late.chats() if line["template"] == "engagement/check_dm"] == ["@ben", "@ben"]


def test_a_host_excuses_by_hand_until_he_says_otherwise() -> None:
    shown = show(
        *morning("ana", "ben"), say("lia", "excuse @ben breakout", "11-17 09:50"), say("ana", "here", "11-17 09:57"),
        until("11-17 10:01"), press("lia", "Excuse over", "11-17 10:02"), until("11-17 10:16"),
    )  # fmt: skip
    asked = [(line["to"], when(line["at"])[6:]) for line in shown.chats() if line["template"] == "engagement/check_dm"]
    assert asked == [("@ana", "09:55"), ("@ana", "10:15"), ("@ben", "10:15")]
    assert "breakout" not in shown.words()


def test_an_agent_who_left_the_company_or_for_the_day_is_not_asked() -> None:
    shown = show(
        *morning("ana", "ben", "cora"), say("eve", "nle @ben", "11-17 09:00"),
        say("tara", "attend @cora out 09:10", "11-17 09:11"), until("11-17 09:56"),
    )  # fmt: skip
    assert [line["to"] for line in shown.chats() if line["template"] == "engagement/check_dm"] == ["@ana"]
    assert shown.state(refs(shown, "engagement")["ben"]) == "CLOSED_LEFT"


def test_help_me_puts_an_agent_in_the_hosts_queue() -> None:
    shown = show(
        *morning("ana", "ben"), say("ana", "help me", "11-17 09:00"), say("ben", "help me please", "11-17 09:01"),
        press("lia", "Room opened", "11-17 09:02"), until("11-17 09:20"),
    )  # fmt: skip
    assert said(shown.between("11-17 09:00", "11-17 09:15"), "engagement", "duty") == [
        "@ana help_asked", "@lia card", "@ben help_asked", "@lia card", "@ben room_open", "@lia room_noted",
    ]  # fmt: skip
    assert [line["to"] for line in shown.at("11-17 09:15").chats() if line["template"] == "duty/reminder"] == ["@lia"]


# -- deciding and correcting -------------------------------------------------------------------------------

MARKED = [
    *morning("ben"), until("11-17 10:20"), press("tara", "Mark MIA", "11-17 10:25"),
]  # fmt: skip


def test_was_here_asks_where_and_leaves_only_the_record() -> None:
    shown = show(
        *morning("ben"), press("lia", "Was here", "11-17 10:22"), say("lia", "his dog was ill", "11-17 10:23"),
        until("11-17 10:40"),
    )  # fmt: skip
    assert shown.states("M-1") == ["OK", "MISS1", "MIA_PROPOSED", "OK"]
    assert said(shown.between("11-17 10:22", "11-17 10:40"), "engagement", "duty") == ["@lia ask_here", "@lia cleared"]
    assert "dog" not in shown.words()
    assert shown.tracker() == shown.posts("#wfm") == []


def test_excuse_in_one_line_answers_the_card() -> None:
    shown = show(*morning("ben"), say("tara", "attend @ben excuse on a call with support", "11-17 10:22"))
    assert shown.state("M-1") == "OK"
    assert not shown.of("state", workflow="attendance", agent="ben")


def test_host_and_tl_press_and_only_the_first_counts() -> None:
    shown = show(*MARKED, press("lia", "Mark MIA", "11-17 10:26"))
    assert shown.chats("@lia")[-1]["text"] == "Already marked by Tara Lee at 10:25. Nothing was sent twice."
    assert len(shown.posts("#wfm")) == 1


def test_a_response_after_the_mark_is_noted_and_told_to_the_tl() -> None:
    shown = show(*MARKED, say("ben", "here", "11-17 10:30"), say("ben", "here", "11-17 10:31"))
    assert said(shown.between("11-17 10:30", "11-17 10:32"), "engagement") == [
        "@tara returned",
        "@ben thanks",
        "@ben thanks",
    ]
    assert shown.state("M-1") == "MIA"


def test_the_tl_corrects_the_same_day_with_a_new_note_and_a_correction_to_wfm() -> None:
    shown = show(
        *MARKED,
        say("tara", "here @ben", "11-17 11:00"),
        say("tara", "here @ben he was in the side room", "11-17 11:01"),
    )
    assert shown.at("11-17 11:00").declined()
    corrected = shown.at("11-17 11:01")
    assert corrected.state("M-1") == "OK"
    assert [(cell["value"], cell["note"]) for cell in corrected.tracker()] == [
        ("", "Tara Lee - 11/17/2026 - Correction: was in class")
    ]
    (post,) = corrected.posts("#wfm")
    assert post["thread"]
    assert "disregard MIA" in post["text"]
    assert [line["to"] for line in corrected.of("state", workflow="coaching")] == ["WITHDRAWN"]
    assert said(corrected, "engagement") == ["#wfm wfm_correction", "@ben mark_taken_back", "@tara corrected"]


def test_a_day_later_only_the_esp_manager_corrects_and_the_new_days_cell_is_left_alone() -> None:
    shown = show(
        *MARKED,
        say("tara", "here @ben he was there", "11-18 09:00"),
        say("eve", "here @ben he was there", "11-18 09:05"),
        until("11-18 09:06"),
    )
    assert (
        shown.at("11-18 09:00").chats("@tara")[-1]["text"] == "That day is closed; ask the ESP Manager to correct it."
    )
    assert shown.states("M-1")[-2:] == ["OK", "CLOSED"]
    late = shown.at("11-18 09:05")
    assert [cell["value"] for cell in late.tracker()] == [None]


def test_a_mark_taken_back_at_once_is_corrected_to_exactly_those_told() -> None:
    shown = show(*MARKED, press("tara", "Undo", "11-17 10:27"))
    undone = shown.at("11-17 10:27")
    assert undone.state("M-1") == "MIA_PROPOSED"
    (post,) = undone.posts("#wfm")
    assert "attendance line for Ben Ortiz" in post["text"]
    assert "house/correction" in [line["template"] for line in undone.chats("@ben")]


def test_with_the_tl_away_the_card_goes_to_host_and_delegate() -> None:
    shown = show(
        *morning("ben"),
        say("tara", "delegate @dev until fri", "11-17 09:00"),
        until("11-17 10:21"),
        press("dev", "Mark MIA", "11-17 10:22"),
    )
    assert [line["to"] for line in shown.at("11-17 10:20").chats() if line["template"] == "duty/card"] == [
        "@lia",
        "@dev",
    ]
    assert shown.state("M-1") == "MIA"


def test_a_manual_mark_takes_a_reason_and_works_before_any_check() -> None:
    shown = show(
        *morning("ana"),
        say("lia", "mia @ben", "11-17 09:00"),
        say("lia", "mia @ben camera off since 08:30", "11-17 09:01"),
    )
    assert shown.at("11-17 09:00").declined()
    (post,) = shown.at("11-17 09:01").posts("#wfm")
    assert "scheduled 08:00 to 16:30" in post["text"]
    assert "camera" not in post["text"]


# -- clocks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2027-03-12", "2027-03-14", "2027-03-15", "2027-11-05", "2027-11-07", "2027-11-08"])
def test_checks_keep_their_wall_clock_over_both_changes_of_the_hour(day: str) -> None:
    everyday = {'"thu", "fri"], open': '"thu", "fri", "sat", "sun"], open'}
    shown = show(say("ben", "here", f"{day} 07:55"), until(f"{day} 16:30"), start=f"{day} 00:00", changed=everyday)
    posts = [when(line["at"])[11:] for line in shown.posts("#esp-nov16") if line["template"] == "engagement/check"]
    assert posts == ["09:55", "10:15", "11:55", "12:30", "14:25", "14:45"]
    assert shown.states("M-1") == ["OK", "MISS1", "MIA_PROPOSED"]


def test_a_class_in_another_zone_keeps_its_own_clock() -> None:
    east = {"call_cert_start = 2026-11-20": 'tz = "America/New_York"\ncall_cert_start = 2026-11-20'}
    shown = show(say("ben", "here", "11-17 05:55"), until("11-17 09:00"), start="11-17 05:00", changed=east)
    posts = [when(line["at"])[6:] for line in shown.posts("#esp-nov16") if line["template"] == "engagement/check"]
    assert posts == ["07:55", "08:15"]


def test_an_agent_elsewhere_reads_both_clocks() -> None:
    shown = show(say("ben", "here", "2027-07-06 07:55"), until("2027-07-06 10:21"), start="2027-07-06 07:00")
    texts = [line["text"] for line in shown.chats("@ben")]
    assert any("by 10:00 (09:00 your time)" in text for text in texts)
    assert any("I missed you at 10:00 (09:00 your time)." in text for text in texts)


# -- a day that is over --------------------------------------------------------------------------------------


def test_hands_of_yesterday_are_corrected_by_the_manager_and_by_nobody_else() -> None:
    shown = show(*morning(*SIX), say("tara", "mia @ben camera off since 10:00, no answer", "11-17 10:25"),
                 say("lia", "hands b2 @ben yesterday", "11-18 09:00"), say("eve", "hands b2 yesterday", "11-18 09:01"),
                 say("eve", "here M-2 he was on the phone with support", "11-18 09:02"),
                 say("eve", "hands b2 yesterday", "11-18 09:03"))  # fmt: skip
    assert "That day is closed; ask the ESP Manager to correct it." in shown.at("11-18 09:00").text("@lia")
    assert "Marked as away that day: Ben Ortiz (M-2)" in shown.at("11-18 09:01").text("@eve")
    assert "please disregard MIA" in shown.at("11-18 09:02").text("#wfm")
    assert "Nobody is marked as away that day" in shown.at("11-18 09:03").text("@eve")
