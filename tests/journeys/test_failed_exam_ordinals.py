"""SPEC 3.1 Ordinals: which attempt a report means, and what happens when the number does not fit the record."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, press, say, until, whom
from tests.journeys.stories import COACHED, FIRST, LOCKED, READY, SECOND, THIRD

FULL_E01 = "E-01 to LIC, pia, tara cc ana"


# -- no number, or "again" ---------------------------------------------------------------------------------


def test_without_a_number_the_next_one_is_recorded_at_once_and_said() -> None:
    guessed = play(COACHED, say("ana", "failed ahip", "11-17 13:00"))
    answer = guessed.at("11-17 13:00").chats("@ana")[0]
    assert guessed.state("F-1") == "F2_PROCTOR"
    assert set(answer["buttons"]) >= {"Right", "Undo"}
    assert "second" in answer["text"]
    assert "right?" in answer["text"]


def test_right_settles_the_question_and_changes_nothing() -> None:
    guessed = play(COACHED, say("ana", "failed ahip", "11-17 13:00"), press("ana", "Right", "11-17 13:01"))
    assert guessed.at("11-17 13:01").of("state") == []
    assert guessed.at("11-17 13:01").mails() == []


def test_again_waits_for_yes_before_anything_is_recorded() -> None:
    asked = play(COACHED, say("ana", "failed ahip again", "11-17 13:00"))
    assert asked.state("F-1") == "F1_CLEARED"
    assert [line["to"] for line in asked.at("11-17 13:00").chats()] == ["@ana"]
    assert "Yes" in asked.at("11-17 13:00").chats("@ana")[0]["buttons"]
    assert asked.at("11-17 13:00").mails() == []


@pytest.mark.parametrize("answer", [press("ana", "Yes", "11-17 13:01"), say("ana", "yes", "11-17 13:01")])
def test_again_and_yes_records_the_next_attempt(answer) -> None:
    done = play(COACHED, say("ana", "failed ahip again", "11-17 13:00"), answer)
    assert done.state("F-1") == "F2_PROCTOR"
    assert FULL_E01 in done.at("11-17 13:01").sent()


@pytest.mark.parametrize("answer", [press("ana", "No", "11-17 13:01"), say("ana", "no", "11-17 13:01")])
def test_again_and_no_records_nothing(answer) -> None:
    done = play(COACHED, say("ana", "failed ahip again", "11-17 13:00"), answer)
    assert done.state("F-1") == "F1_CLEARED"
    assert done.at("11-17 13:01").mails() == []


def test_yes_twice_records_once() -> None:
    done = play(
        COACHED, say("ana", "failed ahip again", "11-17 13:00"), press("ana", "Yes", "11-17 13:01"), press("ana", "Yes", "11-17 13:02")
    )  # fmt: skip
    assert len(done.mails("E-01")) == 2
    assert done.at("11-17 13:02").of("state") == []


# -- the same one again ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("story", "words"),
    [(FIRST, "fail ahip 1"), (COACHED, "fail ahip 1"), (SECOND, "fail ahip 1"), (SECOND, "fail ahip 2"), (THIRD, "fail ahip 3")],
    ids=["coaching", "cleared", "first again after the second", "proctor", "confirm"],
)  # fmt: skip
def test_the_same_ordinal_within_a_day_is_merged_and_nothing_sent_twice(story, words: str) -> None:
    merged = play(story, say("ana", words, "11-18 11:02" if story is THIRD else "11-17 13:10"))
    after = merged.at("11-18 11:02" if story is THIRD else "11-17 13:10")
    assert [line["to"] for line in after.chats()] == ["@ana"]
    assert after.mails() == []
    answer = after.text("@ana")
    assert "Already recorded at" in answer
    assert "F-1" in answer
    assert "nothing sent twice" in answer.lower()
    assert after.states("F-1") == []


def test_the_tls_report_of_the_same_fail_merges_with_the_agents() -> None:
    merged = play(FIRST, say("tara", "fail ahip 1 for @ana", "11-17 10:30"))
    assert len(merged.mails("E-01")) == 1
    assert "10:02" in merged.at("11-17 10:30").text("@tara")


def test_after_a_day_the_bot_asks_whether_it_is_a_new_fail() -> None:
    asked = play(COACHED, say("ana", "fail ahip 1", "11-19 10:30"))
    (question,) = asked.at("11-19 10:30").chats("@ana")
    assert question["buttons"] == ["Same one", "A new fail"]
    assert asked.state("F-1") == "F1_CLEARED"
    assert asked.at("11-19 10:30").mails() == []


def test_same_one_is_merged() -> None:
    same = play(COACHED, say("ana", "fail ahip 1", "11-19 10:30"), press("ana", "Same one", "11-19 10:31"))
    assert same.state("F-1") == "F1_CLEARED"
    assert same.at("11-19 10:31").mails() == []


def test_a_new_fail_is_the_next_one() -> None:
    new = play(COACHED, say("ana", "fail ahip 1", "11-19 10:30"), press("ana", "A new fail", "11-19 10:31"))
    assert new.state("F-1") == "F2_PROCTOR"
    assert "second" in new.at("11-19 10:31").mail("E-01")["text"]


# -- a number that jumps -----------------------------------------------------------------------------------


@pytest.mark.parametrize("claimed", [2, 3])
def test_a_jump_is_referred_and_only_protects_the_agent(claimed: int) -> None:
    jump = play(say("ana", f"fail ahip {claimed}", "11-17 10:02"))
    assert jump.state("F-1") == "REVIEW"
    assert jump.sent() == [
        "#wfm C-WFM-END [Ended] [No session]",
        "@ana failed_exam/disputed [Undo]",
        "@lia duty/card [Earlier fails happened] [Wrong number]",
        "@tara duty/card [Earlier fails happened] [Wrong number]",
    ]
    assert jump.mails() == []
    assert jump.of("state", workflow="discipline") == []
    assert len(jump.owed("F-1")) == 2, "the question, and WFM's"


def test_a_jump_in_the_old_wording_asks_the_workshop_lead_and_licensing() -> None:
    jump = play(say("ana", "fail ahip 2", "11-17 10:02"), old=True)
    assert {line["to"] for line in jump.chats() if "Wrong number" in line["buttons"]} == {"@will", "@lia"}


def test_a_silent_jump_is_reminded_and_escalated() -> None:
    jump = play(say("ana", "fail ahip 2", "11-17 10:02"), until("11-17 11:10"))
    assert "@eve duty/escalation" in jump.at("11-17 11:02").sent()


def test_earlier_fails_happened_records_them_late_without_mail_and_runs_the_row() -> None:
    confirmed = play(say("ana", "fail ahip 2", "11-17 10:02"), press("tara", "Earlier fails", "11-17 10:10"))
    after = confirmed.at("11-17 10:10")
    assert confirmed.state("F-1") == "F2_PROCTOR"
    assert [mail["subject"] for mail in after.mails("E-01")] == ["[F-1] Failed attempt 2: AHIP Final - Ana Rivera"]
    assert after.posts("#wfm") == [], "the session was ended at once"
    assert after.mails("E-05") == [], "no coaching is recorded, so the CAP waits (row 5)"
    assert "@hana failed_exam/cap_held" in after.sent()
    assert "E-03 to LIC cc tara" in after.sent()
    owed = confirmed.owed("F-1")
    assert {"form:1", "form:2", "proctor:2", "coaching_check:2"} <= owed.keys()
    assert whom([after.mail("E-01")["reply_to"]]) == "ana"


def test_after_a_jump_to_the_third_the_last_fail_still_needs_its_confirmation() -> None:
    confirmed = play(say("ana", "fail ahip 3", "11-17 10:02"), press("lia", "Earlier fails", "11-17 10:10"))
    assert confirmed.state("F-1") == "F3_CONFIRM"
    assert confirmed.mails("E-04") == []
    assert len(confirmed.mails("E-01")) == 1


def test_wrong_number_takes_the_wfm_request_back_and_returns_to_the_record() -> None:
    wrong = play(FIRST, say("ana", "fail ahip 3", "11-17 10:10"), press("tara", "Wrong number", "11-17 10:12"))
    after = wrong.at("11-17 10:12")
    assert wrong.state("F-1") == "F1_COACHING"
    assert [line["id"] for line in after.posts("#wfm")] == ["C-WFM-UNDO"]
    assert after.posts("#wfm")[0]["text"] == (
        "Correction: please disregard the end-session request for Ana Rivera; reinstate if already ended. Ref F-1."
    )
    assert after.mails() == []
    assert "@ana failed_exam/wrong_number" in after.sent()
    assert {"form:1", "coach:1"} == wrong.owed("F-1").keys()


def test_wrong_number_with_nothing_on_record_leaves_no_case() -> None:
    wrong = play(say("ana", "fail ahip 2", "11-17 10:02"), press("lia", "Wrong number", "11-17 10:12"))
    assert wrong.state("F-1") == "VOID"
    assert wrong.armed() == {}
    assert wrong.owed() == {}
    again = play(
        say("ana", "fail ahip 2", "11-17 10:02"), press("lia", "Wrong number", "11-17 10:12"), say("ana", "fail ahip 1", "11-17 10:15")
    )  # fmt: skip
    assert again.state("F-2") == "F1_COACHING"


@pytest.mark.parametrize("who", ["ana", "wes", "cole", "dev"])
def test_only_the_owner_or_licensing_answer_for_the_number(who: str) -> None:
    jump = play(say("ana", "fail ahip 2", "11-17 10:02"), press(who, "Wrong number", "11-17 10:12", room="@tara"))
    assert jump.state("F-1") == "REVIEW"


def test_a_report_while_the_number_is_looked_at_waits() -> None:
    again = play(say("ana", "fail ahip 2", "11-17 10:02"), say("ana", "fail ahip 2", "11-17 10:20"))
    assert again.state("F-1") == "REVIEW"
    assert len(again.posts("#wfm")) == 1
    assert [line["to"] for line in again.at("11-17 10:20").chats()] == ["@ana"]


# -- more than there are -----------------------------------------------------------------------------------


@pytest.mark.parametrize("story", [FIRST, SECOND], ids=["first", "second"])
def test_a_number_beyond_the_ladder_is_refused_with_an_explanation_and_licensing_told(story) -> None:
    beyond = play(story, say("ana", "fail ahip 4", "11-17 13:10"))
    after = beyond.at("11-17 13:10")
    assert {line["to"] for line in after.chats()} == {"@ana", "@lia"}
    assert after.mails() == []
    assert after.states("F-1") == []


def test_a_number_beyond_the_ladder_opens_no_case() -> None:
    beyond = play(say("ana", "fail ahip 4", "11-17 10:02"), until("11-19 12:00"))
    assert beyond.armed() == {}
    assert beyond.owed() == {}
    assert {line["to"] for line in beyond.chats()} == {"@ana", "@lia"}
    then = play(say("ana", "fail ahip 4", "11-17 10:02"), say("ana", "fail ahip 1", "11-17 10:05"))
    assert [line["to"] for line in then.of("state") if line["to"] != line["from"]][-1] == "F1_COACHING"
    assert len(then.mails("E-01")) == 1


@pytest.mark.parametrize("words", ["fail ahip 0", "fail ahip 11", "fail ahip 99"])
def test_a_number_no_exam_has_records_nothing(words: str) -> None:
    odd = play(say("ana", words, "11-17 10:02"))
    assert odd.mails() == []
    assert [line["to"] for line in odd.of("state") if line["to"] != line["from"]] == []
    assert {line["to"] for line in odd.chats()} <= {"@ana", "@lia"}


@pytest.mark.parametrize("words", ["fail ahip 2", "fail ahip 3", "fail ahip", "fail ahip 4"])
def test_a_fail_after_the_lock_is_answered_closed(words: str) -> None:
    closed = play(LOCKED, say("ana", words, "11-18 11:30")).at("11-18 11:30")
    assert "closed for 2026" in closed.text("@ana")
    assert "licensing" in closed.text("@ana")
    assert closed.mails() == []
    assert closed.of("state") == []
    assert {line["to"] for line in closed.chats()} <= {"@ana", "@lia"}


def test_the_next_plan_year_starts_afresh() -> None:
    fresh = play(LOCKED, say("ana", "fail ahip 1", "2027-01-04 09:00"))
    assert fresh.state("F-1") == "F3_LOCKED"
    assert fresh.state("F-2") == "F1_COACHING"


def test_another_exam_has_its_own_ladder() -> None:
    two = play(FIRST, say("ana", "fail aetna 1", "11-17 10:30"))
    assert two.state("F-1") == "F1_COACHING"
    assert two.state("F-2") == "F1_COACHING"
    assert len(two.mails("E-01")) == 2


def test_another_agent_has_his_own_ladder() -> None:
    two = play(FIRST, say("ben", "fail ahip 1", "11-17 10:30"))
    assert {line["agent"] for line in two.of("state")} == {"ana", "ben"}
    assert two.state("F-2") == "F1_COACHING"


def test_a_third_fail_taken_unproctored_is_flagged_and_licensing_told() -> None:
    early = play(SECOND, say("ana", "fail ahip 3", "11-17 15:00"))
    assert early.state("F-1") == "F3_CONFIRM"
    assert "@lia" in {line["to"] for line in early.at("11-17 15:00").chats()}
    locked = play(SECOND, say("ana", "fail ahip 3", "11-17 15:00"), say("tara", "confirm F-1", "11-17 15:10"))
    assert "without a proctor" in locked.mail("E-04")["text"]
    assert locked.state("C-1") == "READY", "the CAP of the second fail is still to be delivered"


def test_reported_after_the_sitting_is_no_early_third() -> None:
    third = play(READY, say("ana", "fail ahip 3", "11-18 11:00"), say("tara", "confirm F-1", "11-18 11:05"))
    assert "without a proctor" not in third.mail("E-04")["text"]
