"""SPEC 3.1's cells that are easily forgotten, its illegal events, and 3.14's answers for this workflow."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, press, say, until, when
from tests.journeys.stories import COACHED, FIRST, LOCKED, NEW, OLD, OLD_THIRD, READY, RECEIVED, SECOND, THIRD

# -- the third fail that is not so -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [press("lia", "Not correct", "11-18 11:05"), say("tara", "reject F-1 wrong exam", "11-18 11:05")]
)
def test_not_correct_voids_the_attempt_and_goes_back_to_the_state_before(answer) -> None:
    back = play(THIRD, answer)
    after = back.at("11-18 11:05")
    assert back.states("F-1")[-2:] == ["F3_CONFIRM", "F2_READY"] or back.state("F-1") == "F2_PROCTOR"
    assert "@ana failed_exam/not_confirmed" in after.sent()
    assert after.mails("E-04") == []
    assert [sorted(mail["to"]) for mail in after.mails("E-08")] == [
        ["licensing@example.com", "pia.moss@example.com", "tara.lee@example.com"]
    ]
    assert "F-1 confirm" not in back.owed()
    assert "F-1 form:3" not in back.owed()


def test_not_correct_in_the_old_wording_corrects_the_workshop_lead() -> None:
    back = play(OLD_THIRD, press("pia", "Not correct", "11-18 11:05"), old=True)
    assert "E-08 to will cc ana" in back.at("11-18 11:05").sent()
    assert [line for line in back.at("11-18 11:05").sent() if line.startswith("E-0")] == ["E-08 to will cc ana"]


def test_after_not_correct_the_third_can_be_reported_again() -> None:
    again = play(
        THIRD,
        press("lia", "Not correct", "11-18 11:05"),
        say("ana", "fail ahip 3", "11-18 11:30"),
        press("lia", "Confirm", "11-18 11:35"),
    )
    assert again.state("F-1") == "F3_LOCKED"
    assert len(again.mails("E-04")) == 1
    assert "attempt 4" not in again.mail("E-04")["text"]


# -- WFM ---------------------------------------------------------------------------------------------------


def test_no_session_closes_the_notice_and_nothing_else() -> None:
    closed = play(SECOND, press("wes", "No session", "11-17 13:05"))
    after = closed.at("11-17 13:05")
    assert after.sent() == ["@wes failed_exam/thanks_no_session"]
    assert after.states("F-1") == []
    assert not [name for name in closed.owed("F-1") if name.startswith("end_session")]


@pytest.mark.parametrize("words", ["ended F-1", "done"])
def test_ended_is_thanked_and_the_tl_informed(words: str) -> None:
    ended = play(SECOND, say("wes", words, "11-17 13:05")).at("11-17 13:05")
    assert ended.sent() == ["@tara failed_exam/session_ended", "@wes failed_exam/thanks_wfm"]
    assert "Thanks; Tara" in ended.text("@wes")


def test_ended_twice_is_told_so_and_nobody_else_hears() -> None:
    twice = play(SECOND, press("wes", "Ended", "11-17 13:05"), press("wes", "Ended", "11-17 13:06")).at("11-17 13:06")
    assert [line["to"] for line in twice.chats()] == ["@wes"]
    assert "lready" in twice.text("@wes")


@pytest.mark.parametrize("who", ["ana", "ben", "cole"])
def test_wfms_button_is_wfms(who: str) -> None:
    other = play(SECOND, press(who, "Ended", "11-17 13:05"))
    assert [name for name in other.owed("F-1") if name.startswith("end_session")]
    assert {line["to"] for line in other.at("11-17 13:05").chats()} == {f"@{who}"}


# -- sittings ----------------------------------------------------------------------------------------------


def test_a_cancelled_sitting_goes_back_to_proctor_and_people_are_told() -> None:
    back = play(READY, say("lia", "proctor F-1 cancel she is ill", "11-17 14:00"))
    after = back.at("11-17 14:00")
    assert back.state("F-1") == "F2_PROCTOR"
    assert "METHOD:CANCEL" in after.mail("E-25")["attachments"][0]["text"]
    assert "E-25 to ana, lia cc tara" in after.sent()
    assert "@ana failed_exam/slot_cancelled" in after.sent()
    assert not [name for name in back.armed("F-1") if name.startswith("slot")]
    assert "proctor:2" in back.owed("F-1")


def test_a_moved_sitting_stays_ready_and_people_are_told() -> None:
    moved = play(READY, say("lia", "proctor F-1 thu 11:00 @lia", "11-17 14:00"))
    after = moved.at("11-17 14:00")
    assert after.states("F-1") == []
    assert moved.state("F-1") == "F2_READY"
    invitation = after.mail("E-25")["attachments"][0]["text"]
    assert "METHOD:REQUEST" in invitation
    assert "SEQUENCE:2" in invitation
    assert {"slot_24h": "11-18 11:00", "slot_15m": "11-19 10:45", "slot_end": "11-19 13:00"}.items() <= moved.armed(
        "F-1"
    ).items()
    first = moved.mails("E-25")[0]["attachments"][0]["text"]
    uid = [line for line in first.splitlines() if line.startswith("UID")]
    assert uid == [line for line in invitation.splitlines() if line.startswith("UID")]


def test_a_sitting_moved_to_another_proctor_tells_the_first_one_too() -> None:
    moved = play(READY, say("lia", "proctor F-1 thu 11:00 @pia", "11-17 14:00"))
    told = [*moved.at("11-17 14:00").chats("@lia"), *moved.at("11-17 14:00").mails("E-25")]
    assert moved.state("F-1") == "F2_READY"
    assert told
    late = play(READY, say("lia", "proctor F-1 thu 11:00 @pia", "11-17 14:00"), until("11-19 10:50"))
    assert [line["to"] for line in late.chats() if line["template"] == "failed_exam/slot_near_proctor"] == ["@pia"] * 2


def test_a_sitting_without_a_result_is_a_duty_for_the_proctor() -> None:
    silent = play(READY, until("11-18 13:10"))
    card = silent.at("11-18 12:00")
    assert card.sent() == ["@lia duty/card [Not passed] [Passed]"]
    assert silent.owed("F-1")["result:2"] == "lia"
    assert "@lia duty/reminder [Not passed] [Passed]" in silent.at("11-18 12:15").sent()
    assert [line["to"] for line in silent.at("11-18 13:00").chats()], "licensing's silence is escalated"


def test_the_proctors_result_card_can_be_answered_passed() -> None:
    passed = play(READY, press("lia", "Passed", "11-18 12:05"))
    assert passed.state("F-1") == "PASSED"
    assert passed.owed() == {}


def test_the_proctors_result_card_can_be_answered_not_passed() -> None:
    failed = play(READY, press("lia", "Not passed", "11-18 12:05"))
    assert failed.state("F-1") == "F3_LOCKED"
    assert len(failed.mails("E-04")) == 1
    assert "result:2" not in failed.owed("F-1")


# -- forms -------------------------------------------------------------------------------------------------


def test_the_form_of_the_last_fail_outlives_the_lock() -> None:
    locked = play(THIRD, press("lia", "Confirm", "11-18 11:05"), until("11-18 12:10"))
    assert "form:3" in locked.owed("F-1")
    assert "@tara duty/reminder [Form done]" in locked.at("11-18 11:15").sent()
    assert "@eve duty/escalation" in locked.at("11-18 12:00").sent()
    filed = play(THIRD, press("lia", "Confirm", "11-18 11:05"), say("tara", "form F-1 77", "11-18 11:07"))
    assert "form:3" not in filed.owed("F-1")
    assert filed.state("F-1") == "F3_LOCKED"


def test_form_with_two_open_asks_which() -> None:
    two = [*FIRST, press("tara", "Coached", "11-17 10:05"), say("ana", "fail ahip 2", "11-17 10:20")]
    asked = play(two, say("tara", "form F-1", "11-17 10:25"))
    assert {"form:1", "form:2"} <= asked.owed("F-1").keys()
    (question,) = asked.at("11-17 10:25").chats("@tara")
    assert len(question["buttons"]) == 2
    answered = play(two, say("tara", "form F-1", "11-17 10:25"), press("tara", question["buttons"][1], "11-17 10:26"))
    assert "form:1" in answered.owed("F-1")
    assert "form:2" not in answered.owed("F-1")


def test_form_of_a_named_attempt_needs_no_question() -> None:
    two = [*FIRST, press("tara", "Coached", "11-17 10:05"), say("ana", "fail ahip 2", "11-17 10:20")]
    done = play(two, say("tara", "form F-1 attempt 1 done", "11-17 10:25"))
    assert "form:1" not in done.owed("F-1")
    assert "form:2" in done.owed("F-1")


def test_form_before_a_case_exists_says_how_to_begin() -> None:
    early = play(say("tara", "form done ana", "11-17 10:02"))
    assert early.text("@tara") == "No open case for Ana. Report the fail first: `fail ahip 1 for @ana` (TL)."


# -- passes ------------------------------------------------------------------------------------------------


def test_a_pass_without_a_case_is_noted_for_that_exam() -> None:
    noted = play(say("ana", "pass ahip", "11-17 10:02"))
    assert noted.state("F-1") == "PASSED"
    assert noted.armed() == {}
    assert noted.mails() == []
    assert {line["to"] for line in noted.chats()} == {"@ana"}


@pytest.mark.parametrize("words", ["fail ahip 1", "fail ahip 2", "fail ahip"])
def test_a_fail_after_the_pass_offers_to_tell_licensing(words: str) -> None:
    passed = [*FIRST, say("ana", "pass ahip", "11-17 15:00")]
    said = play(passed, say("ana", words, "11-18 09:00"))
    (answer,) = said.at("11-18 09:00").chats("@ana")
    assert answer["text"].startswith("AHIP Final is passed since")
    assert answer["buttons"] == ["Tell licensing"]
    assert said.state("F-1") == "PASSED"
    told = play(passed, say("ana", words, "11-18 09:00"), press("ana", "Tell licensing", "11-18 09:01"))
    assert "@lia failed_exam/carrier_differs" in told.at("11-18 09:01").sent()
    assert told.at("11-18 09:01").mails() == []


def test_a_pass_by_the_agent_in_confirm_is_a_dispute_never_a_close() -> None:
    disputed = play(THIRD, say("ana", "pass ahip", "11-18 11:03"))
    assert disputed.state("F-1") == "F3_CONFIRM"
    assert {line["to"] for line in disputed.at("11-18 11:03").chats()} == {"@ana", "@lia"}
    assert "F-1 confirm" in disputed.owed()


def test_a_refused_proof_reopens_the_case_where_it_was() -> None:
    reopened = play(
        SECOND, say("ana", "pass ahip", "11-17 13:30"), say("lia", "proof @ana redo blurred", "11-17 13:40")
    )
    assert reopened.state("F-1") == "F2_PROCTOR"
    assert "proctor:2" in reopened.owed("F-1")
    coaching = play(FIRST, say("ana", "pass ahip", "11-17 10:05"), say("lia", "proof @ana redo", "11-17 10:10"))
    assert coaching.state("F-1") == "F1_COACHING"
    assert "coach:1" in coaching.owed("F-1")


def test_only_licensing_refuses_a_proof() -> None:
    refused = play(FIRST, say("ana", "pass ahip", "11-17 10:05"), say("tara", "proof @ana redo", "11-17 10:10"))
    assert refused.state("F-1") == "PASSED"


# -- illegal events and their answers ----------------------------------------------------------------------


def test_an_unknown_exam_is_answered_with_those_there_are() -> None:
    unknown = play(say("ana", "fail humana 1", "11-17 10:02"))
    (answer,) = unknown.chats()
    assert "I don't know" in answer["text"]
    assert sorted(answer["buttons"]) == ["AHIP Final", "Aetna Core"]
    assert unknown.of("state") == []


def test_the_offered_exam_is_recorded_with_the_number_already_given() -> None:
    picked = play(say("ana", "fail humana 1", "11-17 10:02"), press("ana", "Aetna Core", "11-17 10:03"))
    assert picked.state("F-1") == "F1_COACHING"
    assert "Aetna Core" in picked.mail("E-01")["subject"]


def test_a_practice_quiz_is_no_limited_exam() -> None:
    practice = play(say("ana", "fail practice quiz 3", "11-17 10:02"))
    assert practice.of("state") == []
    assert {line["to"] for line in practice.chats()} == {"@ana"}


@pytest.mark.parametrize("who", ["will", "pia", "lia", "eve"])
def test_coached_by_a_non_owner_names_the_owner(who: str) -> None:
    other = play(FIRST, say(who, "coached @ana advised", "11-17 10:05"))
    assert other.state("F-1") == "F1_COACHING"
    (answer,) = other.at("11-17 10:05").chats()
    assert answer["to"] == f"@{who}"
    assert "Only Tara Lee or delegate" in answer["text"] or "Tara" in answer["text"]


def test_a_tl_of_others_does_not_coach() -> None:
    other = play(FIRST, say("dev", "coached @ana advised", "11-17 10:05"))
    assert other.state("F-1") == "F1_COACHING"
    assert "Only Tara Lee or delegate" in other.at("11-17 10:05").text("@dev")


def test_the_agent_who_wants_to_schedule_hears_that_licensing_was_nudged() -> None:
    asked = play(RECEIVED, say("ana", "schedule ahip tomorrow 10:00", "11-17 13:20"))
    after = asked.at("11-17 13:20")
    assert asked.state("F-1") == "F2_PROCTOR"
    assert "licensing schedules it" in after.text("@ana").lower()
    assert "nudged" in after.text("@ana")
    assert after.sent() == ["@ana failed_exam/schedule_nudged", "@lia failed_exam/nudge"]


@pytest.mark.parametrize("story", [FIRST, COACHED], ids=["coaching", "cleared"])
def test_attempt_3_booked_while_attempt_2_is_not_reported(story) -> None:
    early = play(story, say("lia", "proctor F-1 wed 10:00 @lia", "11-17 10:20"))
    assert early.at("11-17 10:20").text("@lia").startswith("Attempt 2 has not been reported.")
    assert not [name for name in early.armed("F-1") if name.startswith("slot")]


def test_coached_with_nothing_open_says_so() -> None:
    early = play(say("tara", "coached @ana advised", "11-17 10:02"))
    assert [line["to"] for line in early.chats()] == ["@tara"]
    assert early.of("state") == []


def test_a_second_coached_is_told_who_was_first() -> None:
    twice = play(COACHED, say("tara", "coached @ana advised", "11-17 10:30"))
    assert "lready" in twice.at("11-17 10:30").text("@tara")
    assert twice.at("11-17 10:30").of("state") == []


def test_confirm_before_a_third_fail_changes_nothing() -> None:
    early = play(SECOND, say("tara", "confirm F-1", "11-17 13:20"))
    assert early.state("F-1") == "F2_PROCTOR"
    assert [line["to"] for line in early.at("11-17 13:20").chats()] == ["@tara"]


@pytest.mark.parametrize("far", list(NEW))
@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_no_word_of_anybody_is_ever_left_without_an_answer(far: str, old: bool) -> None:
    words = {
        "ana": ["fail ahip", "fail ahip 1", "pass aetna", "undo", "me", "ack", "schedule ahip", "wrong number"],
        "tara": ["coached @ana", "form F-1", "cap F-1", "delivered C-1", "confirm F-1", "reject F-1 no", "team", "me"],
        "lia": ["proctor F-1 fri 11:00", "result F-1 fail", "proof @ana redo why", "void F-1 1 carrier reset", "help"],
        "will": ["coached @ana", "form F-1", "confirm F-1"],
        "hana": ["cap approve C-1", "cap return C-1 dates", "me"],
        "wes": ["ended F-1", "no session F-1"],
    }
    said = [(who, text) for who, texts in words.items() for text in texts]
    story = (OLD if old else NEW)[far]
    lines = [say(who, text, f"11-18 12:{minute:02}") for minute, (who, text) in enumerate(said, 10)]
    heard = play(story, lines, old=old)
    for minute, (who, text) in enumerate(said, 10):
        answers = heard.at(f"11-18 12:{minute:02}").chats(f"@{who}")
        assert answers, f"{who} said {text!r} and heard nothing"
        assert all(line["text"].strip() for line in answers)


def test_times_are_those_of_the_site() -> None:
    assert when(play(FIRST).of("state")[0]["at"]) == "11-17 10:02"
    assert "10:02" in play(LOCKED).mail("E-04")["text"]
