"""Ladders that are only files: six attempts with a review, and a Written CAP at once with a Final one after the third."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.stage import TESTS, Show, play, press, say, until, when, whom

SIX = TESTS / "packs"

AT_ONCE = """
id = "written-at-once"
workflow = "failed_exam"
title = "Written at once"
source = "a later edition"
effective_from = 2026-01-01
owner = "tl"
correct_by = ["tl", "licensing"]

[sla.immediate]
due    = { offset = 60, unit = "business_minutes" }
steps  = [{ offset = 15, unit = "business_minutes" }, { offset = 60, unit = "business_minutes", to = "manager" }]
repeat = { offset = 1, unit = "business_days" }

[[attempt]]
source = "first fail: Written CAP at once"
notice = { to = ["tl", "pm", "licensing_team"], cc = ["agent"], id = "E-01" }
form   = { owner = "tl", sla = "immediate" }
[attempt.cap]
kind        = "written"
owner       = "tl"
sla         = "immediate"
clause      = "The agent understands that failing further attempts may result in a Final CAP."
expectation = "Pass one of the two attempts that are left."

[[attempt]]
source = "second fail: coached"
notice = { to = ["tl", "pm", "licensing_team"], cc = ["agent"], id = "E-01" }
form   = { owner = "tl", sla = "immediate" }
coach  = { owner = "tl", sla = "immediate" }
end_session = true

[[attempt]]
source = "third fail: Final CAP"
notice = { to = ["tl", "pm", "licensing_team"], cc = ["agent"], id = "E-01" }
form   = { owner = "tl", sla = "immediate" }
[attempt.cap]
kind        = "final"
owner       = "tl"
sla         = "immediate"
gate        = "approve"
clause      = "Any decision about employment is made by people; it may result in termination of employment."
expectation = "No further attempt this plan year."
[attempt.confirm]
by    = ["tl", "licensing"]
cards = ["tl", "licensing"]
sla   = "immediate"
[attempt.lock]
notice  = { to = ["site_director"], cc = ["hr_rep", "pm", "tl"], behalf = "tl", id = "E-04" }
tracker = "Third attempt not passed; see licensing"
"""


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with that pack."""
    folder = tmp_path_factory.mktemp("packs")
    (folder / "written-at-once.toml").write_text(AT_ONCE, encoding="utf-8")
    return folder


# -- six attempts ------------------------------------------------------------------------------------------

CLIMB = [
    say("ana", "fail ahip 1", "11-16 09:00"),
    press("tara", "Coached", "11-16 09:10"),
    say("ana", "fail ahip 2", "11-16 10:00"),
    press("tara", "Coached – advised 3rd fail = Written CAP", "11-16 10:10"),
    say("ana", "fail ahip 3", "11-17 09:00"),
    press("tara", "CAP delivered", "11-17 09:10"),
    press("ana", "I received", "11-17 09:15"),
    say("ana", "fail ahip 4", "11-18 09:00"),
    press("tara", "CAP delivered", "11-18 09:10"),
    press("ana", "I received", "11-18 09:15"),
    say("ana", "fail ahip 5", "11-19 09:00"),
    press("hana", "Extend", "11-19 11:00"),
    say("ana", "fail ahip 6", "11-20 09:00"),
    press("lia", "Confirm sixth fail", "11-20 09:05"),
]
SIX_IN_ROSTER = {'kind     = "limited"\nattempts = 3                              # an exam': 'kind     = "limited"\nattempts = 6\npack = "six-attempts"  # an exam'}  # fmt: skip


def six(*steps) -> Show:
    """A story under the six-attempt pack, named by the exam."""
    return play(*steps, policies=SIX, changed=SIX_IN_ROSTER, start="11-16 08:00")


def test_six_attempts_walk_their_states_by_name() -> None:
    assert six(CLIMB).states("F-1") == [
        "F1_COACHING", "F1_CLEARED", "F2_COACHING", "F2_CLEARED", "F3_CAP", "F3_CLEARED", "F4_CAP", "F4_CLEARED", "F5_REVIEW",
        "F5_CLEARED", "F6_CONFIRM", "F6_LOCKED",
    ]  # fmt: skip


def test_six_attempts_mail_whom_each_rule_names() -> None:
    mails = six(CLIMB).mails("E-01")
    assert [whom(mail["to"]) for mail in mails] == [
        "LIC, tara", "LIC, tara", "LIC, pia, tara", "LIC, pia, tara", "hana, pia, tara", "LIC, pia, tara",
    ]  # fmt: skip
    assert {whom(mail["cc"]) for mail in mails} == {"ana"}


def test_six_attempts_bring_a_written_and_then_a_final_cap() -> None:
    drafts = six(CLIMB).mails("E-05")
    assert [(mail["subject"], whom(mail["cc"])) for mail in drafts] == [
        ("[C-1] Written CAP draft for Ana Rivera", ""),
        ("[C-2] Final CAP draft for Ana Rivera", "hana"),
    ]


def test_six_attempts_end_the_session_only_where_the_file_says_so() -> None:
    assert len(six(CLIMB).posts("#wfm")) == 3
    assert six(CLIMB).posts("#licensing") == []


def test_the_review_before_the_last_attempt_is_decided_by_people() -> None:
    reviewed = six(CLIMB[:11])
    asked = reviewed.at("11-19 09:00")
    assert "E-22 to hana cc pia, sam, tara" in asked.sent()
    assert "no decision has been made" in asked.mail("E-22")["text"].lower()
    assert reviewed.state("F-1") == "F5_REVIEW"
    refused = six(CLIMB[:11], say("tara", "review R-1 outcome extend", "11-19 10:03"))
    assert refused.state("F-1") == "F5_REVIEW"
    assert {line["to"] for line in refused.at("11-19 10:03").chats()} == {"@tara", "@hana", "@sam"}


def test_an_outcome_that_ends_it_lets_nobody_go_on() -> None:
    ended = six(CLIMB[:11], say("hana", "review R-1 outcome other role moves to support", "11-19 10:00"))
    assert ended.state("F-1") == "F5_REVIEW"
    assert ended.state("R-1") == "DECIDED"


def test_the_sixth_fail_locks_and_says_sixth() -> None:
    locked = six(CLIMB)
    assert "sixth" in locked.mails("E-01")[-1]["text"]
    assert locked.mail("E-04")["subject"].startswith("[F-1] ")
    assert "Third" not in locked.mail("E-04")["subject"]
    assert locked.tracker()[0]["note"] == "Lia Cruz - 11/20/2026 - Sixth attempt not passed; see licensing"


def test_a_jump_in_the_long_ladder_is_referred_too() -> None:
    jump = six(CLIMB[:2], say("ana", "fail ahip 4", "11-16 10:00"))
    assert jump.state("F-1") == "REVIEW"
    confirmed = six(CLIMB[:2], say("ana", "fail ahip 4", "11-16 10:00"), press("tara", "Earlier fails", "11-16 10:05"))
    assert confirmed.state("F-1") == "F4_CAP"
    assert len(confirmed.mails("E-01")) == 2


def test_the_seventh_is_beyond_the_long_ladder() -> None:
    assert six(CLIMB[:2], say("ana", "fail ahip 7", "11-16 10:00")).state("F-1") == "F1_CLEARED"


def test_other_exams_keep_the_pack_in_force() -> None:
    both = six(CLIMB[:1], say("ana", "fail aetna 1", "11-16 09:30"))
    assert [whom(mail["to"]) for mail in both.mails("E-01")] == ["LIC, tara", "LIC, pia, tara"]


@pytest.mark.parametrize("upto", range(1, len(CLIMB) + 1))
def test_every_step_of_the_long_ladder_can_be_taken_back(upto: int) -> None:
    step = CLIMB[upto - 1]
    who = step["chat"]["from"] if "chat" in step else step["press"]["by"]
    stood = six(CLIMB[: upto - 1]).state("F-1") if upto > 1 else "VOID"
    assert six(CLIMB[:upto], say(who, "undo", when(step["at"].isoformat()))).state("F-1") == stood


# -- a Written CAP at once ---------------------------------------------------------------------------------


def test_the_first_fail_calls_for_a_written_cap(at_once: Path) -> None:
    first = play(say("ana", "fail ahip 1", "11-17 10:02"), pack="written-at-once", policies=at_once)
    assert first.sent() == [
        "@ana failed_exam/recorded [Undo] [Wrong number]",
        "@tara duty/card [CAP delivered] [Form done]",
        "E-01 to LIC, pia, tara cc ana",
        "E-05 to tara",
    ]
    assert first.state("F-1") == "F1_CAP"
    cleared = play(
        say("ana", "fail ahip 1", "11-17 10:02"), press("tara", "CAP delivered", "11-17 10:10"), pack="written-at-once", policies=at_once
    )  # fmt: skip
    assert cleared.state("F-1") == "F1_CLEARED"
    assert "@ana failed_exam/cleared" in cleared.at("11-17 10:10").sent()


WALK = [
    say("ana", "fail ahip 1", "11-17 10:02"),
    press("tara", "CAP delivered", "11-17 10:10"),
    press("ana", "I received", "11-17 10:11"),
    say("ana", "fail ahip 2", "11-17 11:00"),
    press("tara", "Coached", "11-17 11:10"),
    say("ana", "fail ahip 3", "11-17 13:00"),
]


def test_the_third_fail_calls_for_the_final_cap_once_confirmed(at_once: Path) -> None:
    third = play(WALK, pack="written-at-once", policies=at_once)
    assert third.state("F-1") == "F3_CONFIRM"
    assert len(third.mails("E-05")) == 1, "nothing more before a person has confirmed it"
    confirmed = play(WALK, press("tara", "Confirm", "11-17 13:05"), pack="written-at-once", policies=at_once)
    after = confirmed.at("11-17 13:05")
    assert confirmed.state("F-1") == "F3_LOCKED"
    assert confirmed.state("C-2") == "HR_REVIEW"
    assert "E-05 to tara cc hana" in after.sent()
    assert "@hana duty/card [Approve] [Return]" in after.sent()


def test_hr_approves_or_returns_the_gated_draft(at_once: Path) -> None:
    confirmed = [*WALK, press("tara", "Confirm", "11-17 13:05")]
    approved = play(confirmed, say("hana", "cap approve C-2", "11-17 13:10"), pack="written-at-once", policies=at_once)
    assert approved.state("C-2") == "READY"
    returned = play(
        confirmed, say("hana", "cap return C-2 the dates are wrong", "11-17 13:10"), pack="written-at-once", policies=at_once
    )  # fmt: skip
    assert returned.state("C-2") == "DRAFT"
    early = play(confirmed, say("tara", "delivered C-2", "11-17 13:10"), pack="written-at-once", policies=at_once)
    assert early.state("C-2") == "HR_REVIEW"
    silent = play(confirmed, until("11-18 10:00"), pack="written-at-once", policies=at_once)
    assert "@hana" in {line["to"] for line in silent.at("11-17 14:05").chats()}
    assert "@sam" in {line["to"] for line in silent.at("11-18 08:05").chats()}


def test_a_second_fail_before_the_written_cap_is_no_riddle(at_once: Path) -> None:
    early = play(
        say("ana", "fail ahip 1", "11-17 10:02"), say("ana", "fail ahip 2", "11-17 10:30"), pack="written-at-once", policies=at_once
    )  # fmt: skip
    assert early.state("F-1") == "F2_COACHING"
    assert early.state("C-1") == "READY"
