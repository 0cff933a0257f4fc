"""SPEC 3.1 rows 12 and 13 and 3.13: undo, later corrections, corrections of corrections, void, repin."""

from __future__ import annotations

import pytest

from tests.journeys.stage import packs, play, press, say, until, whom
from tests.journeys.stories import (
    COACHED,
    DELIVERED,
    FIRST,
    LOCKED,
    OLD_COACHED,
    OLD_SECOND,
    READY,
    RECEIVED,
    SECOND,
    THIRD,
)

# -- row 12: within ten minutes, nobody acted --------------------------------------------------------------


@pytest.mark.parametrize("back", [press("ana", "Undo", "11-17 10:04"), say("ana", "undo", "11-17 10:04"), say("ana", "oops wrong", "11-17 10:04"), say("ana", "undo F-1", "11-17 10:04")])  # fmt: skip
def test_undo_of_the_first_fail_voids_the_case_and_corrects_exactly_those_told(back) -> None:
    undone = play(FIRST, back)
    assert undone.state("F-1") == "VOID"
    assert undone.armed() == {}
    assert undone.owed() == {}
    assert undone.at("11-17 10:04").sent() == [
        "@ana house/undone",
        "@tara house/correction",
        "E-08 to LIC, pia, tara cc ana",
    ]
    mail = undone.mail("E-08")
    assert mail["subject"] == "[F-1] CORRECTION: Failed attempt 1: AHIP Final - Ana Rivera"
    assert mail["in_reply_to"] == undone.mail("E-01")["message_id"]


def test_undo_in_the_old_wording_corrects_the_workshop_lead() -> None:
    undone = play(FIRST, press("ana", "Undo", "11-17 10:04"), old=True).at("11-17 10:04")
    assert undone.sent() == ["@ana house/undone", "@will house/correction", "E-08 to will cc ana"]


def test_undo_of_the_second_fail_takes_case_and_cap_back_together() -> None:
    undone = play(SECOND, press("ana", "Undo", "11-17 13:04"))
    assert undone.state("F-1") == "F1_CLEARED"
    assert undone.state("C-1") == "WITHDRAWN"
    assert undone.armed() == {}
    assert undone.owed() == {}
    assert undone.at("11-17 13:04").sent() == [
        "#licensing house/correction_post",
        "#wfm C-WFM-UNDO",
        "@ana house/undone",
        "@tara house/correction",
        "E-08 to LIC cc tara",
        "E-08 to LIC, pia, tara cc ana",
        "E-08 to tara cc hana",
    ]


def test_the_wfm_correction_stands_in_the_thread_of_the_request() -> None:
    undone = play(SECOND, press("ana", "Undo", "11-17 13:04"))
    asked, corrected = undone.posts("#wfm")
    assert corrected["thread"] is not None
    assert asked["thread"] is None
    assert corrected["text"] == (
        "Correction: please disregard the end-session request for Ana Rivera; reinstate if already ended. Ref F-1."
    )


def test_undo_of_the_second_fail_in_the_old_wording() -> None:
    undone = play(OLD_SECOND, press("ana", "Undo", "11-17 13:04"), old=True).at("11-17 13:04")
    assert undone.sent() == [
        "#wfm C-WFM-UNDO",
        "@ana house/undone",
        "@pia house/correction",
        "@tara house/correction",
        "@will house/correction",
        "E-08 to pia cc tara",
        "E-08 to tara",
        "E-08 to will cc ana",
    ]


def test_undo_without_a_wfm_request_posts_nothing_there() -> None:
    at_night = [*COACHED, say("ana", "fail ahip 2", "11-17 18:00")]
    undone = play(at_night, press("ana", "Undo", "11-17 18:04"))
    assert undone.posts("#wfm") == []


def test_undo_gives_the_timers_back_with_their_original_due_times() -> None:
    undone = play(FIRST, press("tara", "Coached", "11-17 10:05"), say("tara", "undo", "11-17 10:08"))
    assert undone.state("F-1") == "F1_COACHING"
    assert undone.armed("F-1") == {
        "form:1/0-remind": "11-17 10:17",
        "form:1/1-escalate": "11-17 11:02",
        "coach:1/0-remind": "11-17 10:17",
        "coach:1/1-escalate": "11-17 11:02",
    }
    assert undone.owed("F-1") == {"form:1": "tara", "coach:1": "tara"}
    assert "@ana house/correction" in undone.at("11-17 10:08").sent()


def test_restored_timers_fire_at_their_own_time_once() -> None:
    undone = play(
        FIRST, press("tara", "Coached", "11-17 10:05"), say("tara", "undo", "11-17 10:08"), until("11-17 11:10")
    )
    assert [line["template"] for line in undone.between("11-17 10:09", "11-17 11:10").chats("@tara")] == [
        "duty/reminder"
    ]
    assert len(undone.at("11-17 11:02").chats("@eve")) == 1


def test_undo_of_a_delivery_reopens_the_cap() -> None:
    undone = play(DELIVERED, say("tara", "undo", "11-17 13:12"))
    assert undone.state("C-1") == "READY"
    assert undone.owed("C-1") == {"cap": "tara"}
    assert "E-08 to ana cc tara" in undone.at("11-17 13:12").sent()
    assert undone.state("F-1") == "F2_PROCTOR"


def test_undo_of_a_sitting_takes_the_invitation_back() -> None:
    undone = play(READY, say("lia", "undo", "11-17 13:15"))
    assert undone.state("F-1") == "F2_PROCTOR"
    assert "proctor:2" in undone.owed("F-1")
    assert not [name for name in undone.armed("F-1") if name.startswith("slot")]
    assert "E-08 to ana, lia cc tara" in undone.at("11-17 13:15").sent()


def test_undo_of_a_confirmation_recalls_e04() -> None:
    undone = play(THIRD, press("lia", "Confirm", "11-18 11:05"), say("lia", "undo", "11-18 11:08"))
    assert undone.state("F-1") == "F3_CONFIRM"
    assert "E-08 to sam cc hana, pia, tara" in undone.at("11-18 11:08").sent()
    assert "confirm" in undone.owed("F-1")
    last = undone.tracker()[-1]
    assert last["note"] == "Lia Cruz - 11/18/2026 - Correction: please disregard the last note"
    assert last["value"] is None
    assert undone.armed("F-1")["confirm/0-remind"] == "11-18 11:15"


def test_undo_of_a_pass_reopens_the_case() -> None:
    undone = play(SECOND, say("ana", "pass ahip", "11-17 13:30"), press("ana", "Undo", "11-17 13:35"))
    assert undone.state("F-1") == "F2_PROCTOR"
    assert undone.owed("F-1")["proctor:2"] == "lia"
    assert undone.armed("F-1")["proctor:2/0-remind"] == "11-18 13:00"


def test_undo_of_a_jump_takes_the_wfm_request_back() -> None:
    undone = play(say("ana", "fail ahip 2", "11-17 10:02"), press("ana", "Undo", "11-17 10:05"))
    assert undone.state("F-1") == "VOID"
    assert undone.at("11-17 10:05").sent() == [
        "#wfm C-WFM-UNDO",
        "@ana house/undone",
        "@lia house/correction",
        "@tara house/correction",
    ]


def test_wrong_number_takes_the_report_back_and_asks_for_the_right_one() -> None:
    undone = play(FIRST, press("ana", "Wrong number", "11-17 10:04"))
    assert undone.state("F-1") == "VOID"
    assert {"@ana house/undone", "@ana house/say_number"} <= set(undone.at("11-17 10:04").sent())


def test_undo_twice_takes_back_once() -> None:
    twice = play(FIRST, press("ana", "Undo", "11-17 10:04"), press("ana", "Undo", "11-17 10:05"))
    assert len(twice.mails("E-08")) == 1
    assert [line["to"] for line in twice.at("11-17 10:05").chats()] == ["@ana"]


def test_undo_of_an_undo_is_a_new_report_with_corrections_of_its_own() -> None:
    again = play(FIRST, press("ana", "Undo", "11-17 10:04"), say("ana", "fail ahip 1", "11-17 10:06"))
    assert again.state("F-2") == "F1_COACHING"
    assert len(again.mails("E-01")) == 2


def test_undo_with_nothing_reported_says_so() -> None:
    for who in ("ana", "tara", "wes"):
        nothing = play(say(who, "undo", "11-17 10:02"))
        assert [line["to"] for line in nothing.chats()] == [f"@{who}"]
        assert nothing.of("state") == []


def test_a_case_taken_back_leaves_the_next_report_free() -> None:
    again = play(SECOND, press("ana", "Undo", "11-17 13:04"), say("ana", "fail ahip 2", "11-17 13:30"))
    assert again.state("F-1") == "F2_PROCTOR"
    assert again.state("C-2") == "READY"
    assert len(again.at("11-17 13:30").mails("E-05")) == 1


# -- row 13: later, or after somebody acted ----------------------------------------------------------------


@pytest.mark.parametrize(
    "story",
    [[*FIRST, say("ana", "undo", "11-17 10:13")], [*COACHED, say("ana", "undo", "11-17 10:08")]],
    ids=["after ten minutes", "after somebody acted"],
)
def test_a_later_correction_is_asked_of_the_tl_and_licensing(story) -> None:
    asked = play(story)
    after = asked.step(-1)
    cards = [line for line in after.chats() if "Confirm correction" in line["buttons"]]
    assert {line["to"] for line in cards} == {"@tara", "@lia"}
    assert after.mails() == []
    assert after.states("F-1") == []
    assert [line["template"] for line in after.chats("@ana")] == ["house/undo_late"]


def test_a_later_correction_in_the_old_wording_asks_the_workshop_lead_and_licensing() -> None:
    asked = play(OLD_COACHED, say("ana", "undo", "11-17 10:20"), old=True).step(-1)
    assert {line["to"] for line in asked.chats() if "Confirm correction" in line["buttons"]} == {"@will", "@lia"}


@pytest.mark.parametrize("who", ["tara", "lia"])
def test_a_confirmed_correction_corrects_everyone_told(who: str) -> None:
    done = play(FIRST, say("ana", "undo", "11-17 10:13"), press(who, "Confirm correction", "11-17 10:20"))
    assert done.state("F-1") == "VOID"
    after = done.at("11-17 10:20")
    assert "E-08 to LIC, pia, tara cc ana" in after.sent()
    assert "@ana" in {line["to"] for line in after.chats()}
    assert done.owed() == {}
    assert done.armed() == {}


def test_a_confirmed_correction_after_coaching_is_a_void_with_its_history_kept() -> None:
    done = play(COACHED, say("ana", "undo", "11-17 10:20"), press("tara", "Confirm correction", "11-17 10:25"))
    assert done.state("F-1") == "VOID"
    assert "E-08 to LIC, pia, tara cc ana" in done.at("11-17 10:25").sent()
    assert done.owed() == {}


def test_a_kept_record_stays_and_the_asker_is_told() -> None:
    kept = play(FIRST, say("ana", "undo", "11-17 10:13"), press("tara", "Keep as it is", "11-17 10:20"))
    assert kept.state("F-1") == "F1_COACHING"
    assert kept.mails("E-08") == []
    assert kept.at("11-17 10:20").sent() == ["@ana house/correction_kept", "@tara house/correction_kept"]
    assert kept.owed("F-1").keys() == {"form:1", "coach:1"}


def test_a_correction_asked_twice_is_one_request() -> None:
    twice = play(FIRST, say("ana", "undo", "11-17 10:13"), say("ana", "undo", "11-17 10:14"))
    assert len([line for line in twice.chats("@lia") if "Confirm correction" in line["buttons"]]) == 1


def test_an_unanswered_correction_is_reminded_and_escalated() -> None:
    silent = play(FIRST, say("ana", "undo", "11-17 10:13"), until("11-17 11:20"))
    assert "@lia duty/reminder [Confirm correction] [Keep as it is]" in silent.at("11-17 10:28").sent()
    assert "@eve" in {line["to"] for line in silent.at("11-17 11:13").chats()}


@pytest.mark.parametrize("who", ["ana", "will", "pia", "wes", "ben"])
def test_nobody_else_confirms_a_correction(who: str) -> None:
    tried = play(
        FIRST, say("ana", "undo", "11-17 10:13"), press(who, "Confirm correction", "11-17 10:20", room="@tara")
    )
    assert tried.state("F-1") == "F1_COACHING"
    assert tried.mails("E-08") == []
    assert {line["to"] for line in tried.at("11-17 10:20").chats()} == {f"@{who}"}


def test_anyone_may_ask_for_a_correction() -> None:
    asked = play(FIRST, say("pia", "undo F-1", "11-17 10:13"))
    assert {line["to"] for line in asked.step(-1).chats()} == {"@pia", "@tara", "@lia"}


def test_another_agent_cannot_even_see_the_case() -> None:
    other = play(FIRST, say("ben", "undo F-1", "11-17 10:05"))
    assert other.state("F-1") == "F1_COACHING"
    assert [line["to"] for line in other.at("11-17 10:05").chats()] == ["@ben"]
    assert "Ana" not in other.text("@ben")


# -- corrections of corrections ----------------------------------------------------------------------------


def test_a_correction_of_a_correction_goes_to_all_told_so_far() -> None:
    twice = play(
        FIRST,
        press("ana", "Undo", "11-17 10:04"),
        say("ana", "fail ahip 1", "11-17 10:06"),
        press("ana", "Undo", "11-17 10:08"),
    )
    assert [f"{whom(mail['to'])} cc {whom(mail['cc'])}" for mail in twice.mails("E-08")] == [
        "LIC, pia, tara cc ana"
    ] * 2
    assert twice.state("F-2") == "VOID"


# -- void --------------------------------------------------------------------------------------------------


def test_void_of_the_only_attempt_voids_the_case() -> None:
    done = play(COACHED, say("lia", "void F-1 the carrier reset it", "11-17 15:00"))
    assert done.state("F-1") == "VOID"
    assert "E-08 to LIC, pia, tara cc ana" in done.at("11-17 15:00").sent()
    assert "the carrier reset it" in done.mail("E-08")["text"]
    assert done.owed() == {}
    assert done.armed() == {}


def test_void_of_the_newest_attempt_goes_back_and_offers_the_draft_for_withdrawal() -> None:
    done = play(SECOND, say("lia", "void F-1 2 carrier crashed", "11-17 15:00"))
    assert done.state("F-1") == "F1_CLEARED"
    assert {line["to"] for line in done.at("11-17 15:00").chats() if "Withdraw" in line["buttons"]} == {
        "@tara",
        "@hana",
    }
    assert done.state("C-1") == "READY"
    assert "#wfm C-WFM-UNDO" in done.at("11-17 15:00").sent()
    assert "proctor:2" not in done.owed("F-1")


def test_void_of_an_older_attempt_recounts_the_later_one() -> None:
    done = play(SECOND, say("lia", "void F-1 1 carrier reset it", "11-17 15:00"))
    assert done.state("F-1") in ("F1_COACHING", "F1_CLEARED")
    told = done.at("11-17 15:00")
    assert "E-08 to LIC, pia, tara cc ana" in told.sent()
    assert {line["to"] for line in told.chats() if "Withdraw" in line["buttons"]} == {"@tara", "@hana"}
    again = play(
        SECOND, say("lia", "void F-1 1 carrier reset it", "11-17 15:00"), say("ana", "fail ahip 2", "11-19 09:00")
    )
    assert again.state("F-1") == "F2_PROCTOR"


def test_void_after_the_lock_reopens_and_a_delivered_cap_is_referred_to_hr() -> None:
    done = play(LOCKED, say("lia", "void F-1 3 carrier reversed it", "11-18 15:00"))
    assert done.state("F-1") == "F2_PROCTOR", "the sitting is over, so another one is needed"
    assert "E-08 to sam cc hana, pia, tara" in done.at("11-18 15:00").sent()
    second = play(LOCKED, say("lia", "void F-1 2 carrier reversed it", "11-18 15:00"))
    assert second.state("F-1").startswith("F2_")
    assert second.state("C-1") == "FILED"


def test_void_of_the_second_after_delivery_refers_the_cap_to_hr() -> None:
    done = play(RECEIVED, say("lia", "void F-1 2 carrier reversed it", "11-17 15:00"))
    assert done.state("F-1") == "F1_CLEARED"
    assert "@hana discipline/refer" in done.at("11-17 15:00").sent()


@pytest.mark.parametrize("who", ["ana", "will", "pia", "wes", "ben", "dev"])
def test_only_licensing_or_the_tl_void(who: str) -> None:
    tried = play(COACHED, say(who, "void F-1 because I say so", "11-17 15:00"))
    assert tried.state("F-1") == "F1_CLEARED"
    assert tried.mails("E-08") == []


@pytest.mark.parametrize("ordinal", ["0", "2", "7", "99"])
def test_void_of_an_attempt_there_is_not_changes_nothing(ordinal: str) -> None:
    tried = play(FIRST, say("lia", f"void F-1 {ordinal} carrier", "11-17 15:00"))
    assert tried.state("F-1") == "F1_COACHING"
    assert tried.mails("E-08") == []


# -- repin -------------------------------------------------------------------------------------------------


def test_a_case_keeps_the_wording_it_was_opened_under() -> None:
    kept = play(
        FIRST,
        packs("11-17 10:03", failed_exam="failed-exams-old"),
        press("tara", "Coached", "11-17 10:05"),
        say("ana", "fail ahip 2", "11-17 13:00"),
        say("ben", "fail ahip 1", "11-17 13:01"),
    )
    assert "E-03 to LIC cc tara" in kept.at("11-17 13:00").sent()
    assert "E-01 to will cc ben" in kept.at("11-17 13:01").sent()


def test_hr_moves_a_case_to_another_wording_with_a_reason() -> None:
    moved = play(
        COACHED,
        say("hana", "repin F-1 failed-exams-old opened before the change", "11-17 11:00"),
        say("ana", "fail ahip 2", "11-17 13:00"),
    )
    assert moved.at("11-17 11:00").sent() == ["@hana house/repinned"]
    assert "E-02 to pia cc tara" in moved.at("11-17 13:00").sent()


@pytest.mark.parametrize("who", ["tara", "ana", "lia", "eve", "sam"])
def test_nobody_but_hr_moves_a_case(who: str) -> None:
    tried = play(
        COACHED, say(who, "repin F-1 failed-exams-old because", "11-17 11:00"), say("ana", "fail ahip 2", "11-17 13:00")
    )
    assert "E-03 to LIC cc tara" in tried.at("11-17 13:00").sent()


def test_a_move_without_a_reason_or_to_no_wording_is_refused() -> None:
    for words in (
        "repin F-1 failed-exams-old",
        "repin F-1 failed-exams-imaginary because",
        "repin F-9 failed-exams-old x",
    ):
        tried = play(COACHED, say("hana", words, "11-17 11:00"), say("ana", "fail ahip 2", "11-17 13:00"))
        assert "E-03 to LIC cc tara" in tried.at("11-17 13:00").sent()
        assert [line["to"] for line in tried.at("11-17 11:00").chats()] == ["@hana"]


# -- said twice, and what is taken back of what was taken back ---------------------------------------------


def test_undo_said_twice_does_not_reach_for_an_older_report() -> None:
    twice = play(
        COACHED,
        say("ana", "fail ahip 2", "11-17 13:00"),
        say("ana", "undo", "11-17 13:02"),
        say("ana", "undo", "11-17 13:03"),
    )
    assert [line["template"] for line in twice.at("11-17 13:03").chats()] == ["house/nothing_to_undo"]
    assert twice.state("F-1") == "F1_CLEARED"
    assert "Confirm correction" not in str(twice.at("11-17 13:03").lines)


def test_undo_after_a_repeated_report_takes_the_report_back() -> None:
    for back in (say("ana", "undo", "11-17 10:05"), press("ana", "Undo", "11-17 10:05")):
        undone = play(FIRST, say("ana", "fail ahip 1", "11-17 10:03"), back)
        assert undone.state("F-1") == "VOID"
        assert "E-08 to LIC, pia, tara cc ana" in undone.at("11-17 10:05").sent()


def test_a_confirmed_correction_can_be_taken_back_and_everyone_told_hears_it() -> None:
    redone = play(
        SECOND,
        say("ana", "undo", "11-17 13:20"),
        press("lia", "Confirm correction", "11-17 13:25"),
        say("lia", "undo", "11-17 13:28"),
    )
    assert redone.state("F-1") == "F2_PROCTOR"
    assert redone.state("C-1") == "READY"
    after = redone.at("11-17 13:28")
    mails = {f"{whom(mail['to'])} cc {whom(mail['cc'])}" for mail in after.mails("E-08")}
    assert mails == {"LIC, pia, tara cc ana", "LIC cc tara", "tara cc hana"}
    assert [line["id"] for line in after.posts("#wfm")] == ["C-WFM-END"], "WFM is asked once more"
    assert after.posts("#wfm")[0]["buttons"] == ["Ended", "No session"]
    assert {"proctor:2", "form:2", "end_session:2"} <= redone.owed("F-1").keys()
    assert redone.owed("C-1") == {"cap": "tara"}
    assert redone.armed("F-1")["proctor:2/0-remind"] == "11-18 13:00"
    assert after.chats("@ana")


def test_a_void_can_be_taken_back_and_everyone_told_hears_it() -> None:
    redone = play(
        COACHED, say("lia", "void F-1 the carrier reset it", "11-17 15:00"), say("lia", "undo", "11-17 15:04")
    )
    assert redone.state("F-1") == "F1_CLEARED"
    assert "E-08 to LIC, pia, tara cc ana" in redone.at("11-17 15:04").sent()


def test_a_report_taken_back_restored_and_taken_back_again() -> None:
    again = play(
        SECOND,
        say("ana", "undo", "11-17 13:20"),
        press("lia", "Confirm correction", "11-17 13:25"),
        say("lia", "undo", "11-17 13:28"),
        press("tara", "Confirm correction", "11-17 13:35"),
    )
    assert again.state("F-1") == "F1_CLEARED"
    assert again.state("C-1") == "WITHDRAWN"
    assert again.armed() == {}


def test_somebody_who_left_by_mistake_is_back_after_undo() -> None:
    back = play(
        FIRST, say("eve", "nle @ana", "11-17 10:10"), say("eve", "undo", "11-17 10:12"), say("ana", "fail ahip 2", "11-17 13:00")
    )  # fmt: skip
    assert back.state("F-1") == "F2_PROCTOR"
    assert back.at("11-17 10:12").states("F-1") == ["F1_COACHING"]


def test_a_repin_can_be_taken_back() -> None:
    back = play(
        COACHED,
        say("hana", "repin F-1 failed-exams-old opened before", "11-17 11:00"),
        say("hana", "undo", "11-17 11:02"),
        say("ana", "fail ahip 2", "11-17 13:00"),
    )
    assert "E-03 to LIC cc tara" in back.at("11-17 13:00").sent()
