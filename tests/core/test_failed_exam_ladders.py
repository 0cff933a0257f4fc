"""Ladders of other lengths and shapes: another file and nothing else."""

from __future__ import annotations

import pytest

from bot.machines import machine_for
from tests.core.story import Story, clock, failed, packs, passed
from workflows.discipline import Delivered, OutcomeRecorded
from workflows.effects import Hand, Owe
from workflows.failed_exam import (
    AttemptVoided,
    CapProceeds,
    Coached,
    CoachInstead,
    FailConfirmed,
    FailRejected,
    NotCoached,
    PassRefused,
    ProctorScheduled,
)
from workflows.handoffs import CapDue, CauseFell, ReviewDue


def six(fails: int) -> Story:
    """Six attempts, every step done before the next fail is reported."""
    story = Story(pack="six-attempts")
    for n in range(1, fails + 1):
        story.at(f"11-{16 + n} 10:02" if n < 4 else f"12-{n - 3:02} 10:02").says("ana", failed(n))
        if n < fails:
            follow(story, n)
    return story


def follow(story: Story, n: int) -> Story:
    """Do what the n-th fail calls for."""
    if n <= 2:
        return story.says("tara", Coached(advised=True))
    if n <= 4:
        return story.says("tara", Delivered(), f"C-{n - 2}")
    return story.says("hana", OutcomeRecorded(outcome="no action"), "R-1")


def test_six_attempts_go_through_their_own_states() -> None:
    states = [six(n).state() for n in range(1, 7)]
    assert states == ["F1_COACHING", "F2_COACHING", "F3_CAP", "F4_CAP", "F5_REVIEW", "F6_CONFIRM"]
    cleared = [follow(six(n), n).state() for n in range(1, 6)]
    assert cleared == [f"F{n}_CLEARED" for n in range(1, 6)]
    assert six(6).says("tara", FailConfirmed()).state() == "F6_LOCKED"


def test_six_attempts_call_for_what_the_file_says() -> None:
    called = {n: [type(hand.event).__name__ for hand in six(n).effects(Hand)] for n in range(1, 7)}
    assert called == {1: [], 2: [], 3: ["CapDue"], 4: ["CapDue"], 5: ["ReviewDue"], 6: []}
    assert six(3).case("C").data.due.kind == "written"
    assert six(4).case("C").data.due.kind == "final"
    assert six(3).mails()["E-05"] == ({"tl"}, set())
    assert six(4).mails()["E-05"] == ({"tl"}, {"hr_rep"})
    assert six(5).mails()["E-22"] == ({"hr_rep"}, {"site_director", "pm", "tl"})
    assert [owe.id for n in range(1, 7) for owe in six(n).effects(Owe) if owe.id] == ["C-WFM-END"] * 3


def test_six_attempts_tell_the_agent_to_stop_only_where_more_than_coaching_is_due() -> None:
    said = [six(n).mail("E-01").facts for n in range(1, 6)]
    assert [facts["stop"] for facts in said] == [False, False, True, True, True]
    assert [facts["final"] for facts in said] == [False, False, False, False, True], "is the next attempt the last?"


def test_the_second_coaching_has_its_own_statement() -> None:
    story = six(2)
    assert story.says("tara", Coached()).declined
    assert story.presses("tara", "Coached – advised 3rd fail = Written CAP").state() == "F2_CLEARED"


def test_a_review_is_owed_by_whom_the_pack_names_and_on_its_clock() -> None:
    story = six(5)
    (due,) = (hand.event for hand in story.effects(Hand) if isinstance(hand.event, ReviewDue))
    assert (due.owner, due.sla, due.step) == ("hr_rep", "next_business_day", 5)
    assert story.duties["R-1", "review"].sla == f"{story.case().pack}#next_business_day"
    assert len(due.timeline) == 5 + 2 + 2, "five fails, two coachings, two CAPs"


def test_a_review_that_does_not_let_the_agent_go_on_leaves_the_case_there() -> None:
    story = six(5).says("sam", OutcomeRecorded(outcome="other role"), "R-1")
    assert (story.state(), story.state("R")) == ("F5_REVIEW", "DECIDED")
    assert story.says("ana", failed(6)).data.live[5].flags == ("unreviewed",)


def test_a_pass_ends_an_open_review_and_its_refusal_asks_again() -> None:
    story = six(5).says("ana", passed())
    assert story.state("R") == "VOID"
    story.says("lia", PassRefused(), "F-1")
    assert story.state() == "F5_REVIEW"
    assert [case.state for case in story.cases.values() if case.workflow == "review"] == ["VOID", "OPEN"]


def test_voiding_the_reviewed_attempt_ends_the_review() -> None:
    story = six(5).says("lia", AttemptVoided())
    assert story.state() == "F4_CLEARED"
    assert story.state("R") == "VOID"


@pytest.mark.parametrize("claimed", [2, 3, 4, 5, 6])
def test_every_ordinal_can_be_claimed_and_confirmed(claimed: int) -> None:
    story = Story(pack="six-attempts").says("ana", failed(claimed)).presses("tara", "Earlier fails happened")
    expected = {2: "F2_COACHING", 3: "F3_CAP", 4: "F4_CAP", 5: "F5_REVIEW", 6: "F6_CONFIRM"}
    assert story.state() == expected[claimed]
    assert story.data.count == claimed
    assert [attempt.late for attempt in story.data.live] == [True] * (claimed - 1) + [False]
    assert len([name for name in story.owed() if name.startswith("form")]) == claimed
    caps = [hand.event for hand in story.effects(Hand) if isinstance(hand.event, CapDue)]
    assert [cap.step for cap in caps] == ([4] if claimed == 4 else []), "missing fails have no CAP of their own"
    assert ("coaching_check:3" in story.owed()) == (claimed == 3)


def test_rejecting_the_last_of_a_jump_makes_the_fail_before_it_go_its_way() -> None:
    story = Story(pack="six-attempts").says("ana", failed(6)).presses("tara", "Earlier fails happened")
    story.says("lia", FailRejected())
    assert story.state() == "F5_REVIEW"
    assert story.state("R") == "OPEN"


def test_an_uncoached_third_holds_the_written_cap_and_hr_may_coach_instead() -> None:
    story = six(2).at("12-01 10:00").says("ana", failed(3))
    assert story.state() == "F3_CAP"
    assert "coaching_check:3" in story.owed()
    story.says("tara", NotCoached()).says("hana", CoachInstead())
    assert story.state() == "F3_CAP"
    assert story.owed().keys() >= {"coach:3"}
    assert story.says("tara", Coached()).state() == "F3_CLEARED", "no statement of an earlier rung is asked for"


def test_a_fail_after_coach_instead_without_coaching_is_held_too() -> None:
    story = six(2).says("ana", failed(3)).says("tara", NotCoached()).says("hana", CoachInstead())
    story.says("ana", failed(4))
    assert story.state() == "F4_CAP"
    assert story.owed()["coaching_check:4"] == ("tl",)
    story.says("tara", NotCoached()).says("hana", CapProceeds())
    assert story.case("C").data.due.notes == ("attempt 4 was taken before coaching was recorded",)


# -- a Written CAP at once, a Final CAP after the third ----------------------------------------------------


def test_a_cap_that_nothing_waits_for_lets_the_agent_go_on() -> None:
    story = Story(pack="written-at-once").says("ana", failed(1))
    assert story.state() == "F1_COACHING", "coaching is waited for, the CAP is not"
    assert story.case("C").data.due.kind == "written"
    assert story.says("tara", Coached()).state() == "F1_CLEARED"
    assert story.says("tara", Delivered(), "C-1").state() == "F1_CLEARED"
    assert story.told("agent") == [], "clear already"


def test_final_after_the_third_is_proctored_and_the_fourth_locks() -> None:
    story = Story(pack="written-at-once").says("ana", failed(1)).says("tara", Coached()).says("ana", failed(2))
    story.says("tara", Delivered(), "C-2").at("11-18 10:00").says("ana", failed(3))
    assert story.state() == "F3_PROCTOR"
    assert story.case("C").data.due.kind == "final"
    story.says("tara", Delivered(), "C-3")
    story.says("lia", ProctorScheduled(starts=clock("11-19 10:00"), proctor="lia", proctor_name="Lia Cruz"))
    assert story.state() == "F3_READY"
    assert story.at("11-19 11:00").says("ana", failed(4)).state() == "F4_CONFIRM"


def test_a_cap_of_the_last_fail_waits_for_its_confirmation() -> None:
    story = Story(pack="final-after-third").says("ana", failed(1)).says("tara", Coached()).says("ana", failed(2))
    assert story.state() == "F2_CLEARED"
    story.at("11-18 10:00").says("ana", failed(3))
    assert story.state() == "F3_CONFIRM"
    assert [case.id for case in story.cases.values()] == ["F-1", "C-1"], "nothing before a person has confirmed"
    story.says("tara", FailConfirmed())
    assert story.state() == "F3_LOCKED"
    assert story.mails().keys() == {"E-04", "E-05"}
    assert story.case("C").data.due.kind == "final"
    story.says("lia", AttemptVoided(), "F-1")
    assert CauseFell(cause="F-1", step=3, reason="corrected") in [hand.event for hand in story.effects(Hand)]


def test_a_held_cap_that_nothing_waits_for_still_makes_coaching_due() -> None:
    story = Story(pack="final-after-third").says("ana", failed(1)).says("ana", failed(2))
    assert story.state() == "F2_CLEARED"
    assert "coaching_check:2" in story.owed()
    story.says("tara", NotCoached()).says("hana", CoachInstead())
    assert story.state() == "F2_COACHING"
    assert story.says("tara", Coached()).state() == "F2_CLEARED"


# -- other shapes ------------------------------------------------------------------------------------------


def test_an_attempt_that_calls_for_nothing_is_clear_at_once() -> None:
    story = Story(pack="nothing").says("ana", failed(1))
    assert story.state() == "F1_CLEARED"
    assert story.owed() == {"form:1": ("tl",)}
    assert story.says("ana", failed(2)).says("ana", failed(3)).state() == "F3_LOCKED"
    assert story.mails().keys() == {"E-01", "E-04", "E-05"}, "no confirmation is wanted, so the CAP goes out"


def test_a_single_attempt_locks_at_once_and_can_be_voided() -> None:
    story = Story(pack="one").says("ana", failed(1))
    assert story.state() == "F1_LOCKED"
    assert story.says("lia", AttemptVoided(), "F-1").state() == "VOID"
    assert story.corrected() == ["attempt:1", "lock:1"]
    assert Story(pack="one").says("ana", failed(2)).told() == ["too_many", "too_many_licensing"]


def test_a_lock_without_a_mail_still_locks() -> None:
    story = Story(pack="two").says("ana", failed(1)).says("tara", Delivered(), "C-1").says("ana", failed(2))
    assert story.presses("tara", "Confirm second fail").state() == "F2_LOCKED"
    assert story.mails() == {}


def test_proctored_twice_the_early_sitting_is_called_off() -> None:
    story = Story(pack="proctored-twice").says("ana", failed(1)).says("tara", Coached()).says("ana", failed(2))
    assert story.state() == "F2_PROCTOR"
    story.says("lia", ProctorScheduled(starts=clock("11-19 10:00"), proctor="lia", proctor_name="Lia Cruz"))
    assert story.state() == "F2_PROCTOR", "coaching is missing too"
    assert story.says("tara", Coached()).state() == "F2_READY"
    story.at("11-18 09:00").says("ana", failed(3))
    assert story.state() == "F3_PROCTOR"
    assert story.mails()["E-25"] == ({"agent", "@lia"}, {"tl"})
    assert story.told("licensing") == ["unproctored"]
    assert story.armed() == {}


def test_the_states_follow_from_the_pack() -> None:
    def states(pack: str) -> set[str]:
        return {state for state in machine_for("failed_exam", packs().get(pack).policy).states if state[0] == "F"}

    assert states("two") == {"F0_CLEARED", "F1_CAP", "F1_CLEARED", "F2_CONFIRM", "F2_LOCKED"}
    assert states("one") == {"F1_LOCKED"}
    assert states("failed-exams-old") == states("failed-exams-new")
