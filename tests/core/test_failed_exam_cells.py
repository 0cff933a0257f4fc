"""SPEC 3.1: the ordinals and the cells that are easily forgotten, under both wordings."""

from __future__ import annotations

import pytest

from tests.core.story import Story, clock, failed, passed
from tests.core.test_failed_exam import NEW, OLD, Wording, both, cleared, first, locked, ready, second, slot, third
from workflows.discipline import Acknowledged, Delivered, KeptAnyway
from workflows.effects import Ask, Hand, Owe, Tell
from workflows.failed_exam import (
    AttemptVoided,
    CarrierDiffers,
    Coached,
    EarlierConfirmed,
    FailConfirmed,
    FailRejected,
    NoSession,
    PassRefused,
    ResultEntered,
    SessionEnded,
    WrongNumber,
)
from workflows.handoffs import CapDue, CauseFell

# -- ordinals ----------------------------------------------------------------------------------------------


@both
def test_without_an_ordinal_the_next_is_recorded_and_said_so(w: Wording) -> None:
    story = Story(pack=w.pack).says("ana", failed())
    assert story.state() == "F1_COACHING"
    (tell,) = (tell for tell in story.effects(Tell) if tell.to == "agent")
    assert tell.facts["guessed"]
    assert tell.more == (("Right", "right"),)


@both
@pytest.mark.parametrize("who", ["ana", "tara"])
def test_the_same_ordinal_within_a_day_is_another_source_of_the_same_fail(w: Wording, who: str) -> None:
    story = first(w).at("11-18 10:01").says(who, failed(1))
    assert story.state() == "F1_COACHING"
    assert story.told() == ["already"]
    assert len(story.wished) == 1
    assert len(story.data.attempts[0].sources) == 2


@both
def test_after_a_day_the_same_ordinal_is_a_question(w: Wording) -> None:
    story = cleared(w).at("11-18 10:30").says("ana", failed(1))
    (ask,) = story.effects(Ask)
    assert [answer.label for answer in ask.answers] == ["Same one", "A new fail"]
    assert story.presses("ana", "Same one").told() == ["already"]
    story.says("ana", failed(1))
    assert story.presses("ana", "A new fail").state() == "F2_PROCTOR"


@both
def test_more_fails_than_attempts_are_refused_and_licensing_hears_it(w: Wording) -> None:
    for story in (Story(pack=w.pack), cleared(w), second(w), third(w)):
        story.says("ana", failed(4))
        assert story.told("actor") == ["too_many"]
        assert story.told("licensing") == ["too_many_licensing"]
        assert story.mails() == {}


@both
@pytest.mark.parametrize(("start", "claimed"), [("NONE", 2), ("NONE", 3), ("F1_COACHING", 3), ("F1_CLEARED", 3)])
def test_a_jump_protects_the_agent_and_asks(w: Wording, start: str, claimed: int) -> None:
    story = disputed(w, start, claimed)
    assert story.state() == "REVIEW"
    assert story.mails() == {}, "E-01 waits"
    assert story.effects(Hand) == [], "discipline waits"
    assert set(story.owed()["ordinal"]) == {w.owner, "licensing"}
    (asked,) = (owe for owe in story.effects(Owe) if owe.duty == "ordinal")
    assert [answer.label for answer in asked.answers] == ["Earlier fails happened", "Wrong number"]
    assert [owe.id for owe in story.effects(Owe) if owe.id] == ["C-WFM-END"]
    assert story.told("agent") == ["disputed"]
    assert story.data.count == (0 if start == "NONE" else 1)


def disputed(w: Wording, start: str, claimed: int) -> Story:
    """A report that does not fit the record."""
    story = {"NONE": lambda w: Story(pack=w.pack), "F1_COACHING": first, "F1_CLEARED": cleared}[start](w)
    return story.at("11-17 13:00").says("ana", failed(claimed, told=("tara.lee@example.com",)))


@both
def test_wrong_number_corrects_what_was_said_and_goes_back(w: Wording) -> None:
    for start in ("F1_COACHING", "F1_CLEARED"):
        story = disputed(w, start, 3)
        before = set(story.owed()) - {"ordinal", "end_session:review:1"}
        story.presses("lia", "Wrong number")
        assert story.state() == start
        assert story.corrected() == ["review:1"], "the stop and C-WFM-END, to those who were told"
        assert set(story.owed()) == before
        assert story.told("agent") == ["wrong_number"]
    assert disputed(w, "NONE", 2).presses(w.who, "Wrong number").state() == "VOID"


@both
@pytest.mark.parametrize("start", ["NONE", "F1_COACHING"])
def test_earlier_fails_confirmed_make_the_second_one_row_5(w: Wording, start: str) -> None:
    story = disputed(w, "NONE", 2).at("11-17 13:20").presses("lia", "Earlier fails happened")
    asks, *_ = w.asks
    assert story.state() == "F2_PROCTOR"
    assert story.mails().keys() == {"E-01", asks}, "one E-01, for the second fail"
    assert story.mail("E-01").facts["n"] == 2
    assert story.mail("E-01").already == ("tara.lee@example.com",), "whom her own mail had reached"
    late, newest = story.data.live
    assert (late.late, newest.late) == (True, False)
    assert (newest.at, newest.by) == (clock("11-17 13:00"), "ana")
    assert newest.flags == ("uncoached",)
    assert story.owed().keys() == {"form:1", "form:2", "coaching_check:2", "proctor:2", "end_session:review:1"}
    assert "ordinal" not in story.owed()
    assert [owe.id for owe in story.effects(Owe) if owe.id == "C-WFM-END"] == [], "WFM was asked already"


@both
@pytest.mark.parametrize("start", ["NONE", "F1_COACHING", "F1_CLEARED"])
def test_earlier_fails_confirmed_up_to_the_third_wait_for_confirmation(w: Wording, start: str) -> None:
    story = disputed(w, start, 3).presses(w.who, "Earlier fails happened")
    assert story.state() == "F3_CONFIRM"
    assert story.mails().keys() == {"E-01"}
    assert story.data.live[2].flags[0] == "unproctored"
    assert story.owed().keys() == {"form:1", "form:2", "form:3", "confirm", "end_session:review:1"}
    assert story.says("lia", FailConfirmed()).state() == "F3_LOCKED"


@both
def test_rejecting_a_third_out_of_a_jump_makes_the_second_fail_go_its_way(w: Wording) -> None:
    story = disputed(w, "NONE", 3).presses("lia", "Earlier fails happened").says("lia", FailRejected(why="no"))
    asks, *_ = w.asks
    assert story.state() == "F2_PROCTOR"
    assert asks in story.mails()
    assert set(story.corrected()) == {"attempt:3", "review:1"}
    assert story.owed()["coaching_check:2"] == (w.owner,)


@both
def test_only_the_owner_and_licensing_settle_a_dispute(w: Wording) -> None:
    other = "will" if w.who == "tara" else "tara"
    for event in (EarlierConfirmed(), WrongNumber()):
        for who in ("ana", other, "wes"):
            assert disputed(w, "NONE", 2).says(who, event).declined


@both
def test_a_dispute_after_hours_does_not_trouble_wfm(w: Wording) -> None:
    story = Story(pack=w.pack).at("11-17 18:00").says("ana", failed(2))
    assert story.owed().keys() == {"ordinal"}
    story.at("11-18 09:00").presses("lia", "Earlier fails happened")
    assert story.owed()["end_session:2"] == ("wfm",), "today's session, now that the fail counts"


# -- third before ready ------------------------------------------------------------------------------------


@both
def test_a_third_without_its_proctor_is_flagged_neutrally(w: Wording) -> None:
    story = second(w).at("11-17 14:00").says("ana", failed(3))
    assert story.state() == "F3_CONFIRM"
    assert story.data.live[2].flags == ("unproctored", "before_cap")
    assert "proctor" not in story.owed()["confirm"], "nobody proctored"
    told = story.told("licensing")
    assert told == ([] if w is NEW else ["unproctored"]), "the new cards go to licensing anyway"
    said = story.says("lia", FailConfirmed()).mail("E-04").facts
    assert said["flag"] == "unproctored"
    assert "AHIP Final: attempt 3 not passed, without a proctor" in [line for _, line in said["history"]]


@both
def test_a_third_before_the_sitting_cancels_it_only_when_confirmed(w: Wording) -> None:
    story = ready(w, "11-19 10:00").at("11-18 09:00").says("ana", failed(3))
    assert story.data.live[2].flags == ("unproctored",)
    assert story.armed() == {}
    assert "E-25" not in story.mails()
    story.says("lia", FailConfirmed())
    assert story.mails() == {
        "E-25": ({"agent", f"@{w.schedules}"}, {"tl"}),
        "E-04": ({"site_director"}, {"hr_rep", "pm", "tl"}),
    }


# -- not correct -------------------------------------------------------------------------------------------


@both
def test_not_correct_voids_the_attempt_and_goes_back(w: Wording) -> None:
    story = third(w).at("11-18 11:05").says(w.schedules, FailRejected(why="misread"))
    assert story.state() == "F2_READY"
    assert story.data.count == 2
    assert story.data.attempts[2].voided == "misread"
    assert story.corrected() == ["attempt:3"]
    assert story.told("agent") == ["not_confirmed"]
    assert story.owed().keys() == {"form:1", "form:2", "end_session:2"}
    assert story.armed() == {"slot_end": "11-18 12:00"}, "the sitting's result is still to come"
    again = story.at("11-18 11:30").says("ana", failed(3))
    assert again.state() == "F3_CONFIRM"
    assert "form:4" in again.owed(), "duties go by the attempt's number, so nothing is mixed up"


@both
def test_not_correct_tells_whoever_reported_for_the_agent(w: Wording) -> None:
    story = ready(w).at("11-18 11:00").says("tara", failed(3)).says("lia", FailRejected())
    assert story.told("@tara") == ["rejected"]


@both
def test_not_correct_after_an_unproctored_third_asks_for_the_proctor_again(w: Wording) -> None:
    story = second(w).says("ana", failed(3)).says("lia", FailRejected())
    assert story.state() == "F2_PROCTOR"
    assert story.owed()["proctor:2"] == (w.proctor,)
    assert story.state("C") == "READY", "the CAP of the second fail is not touched"


# -- WFM ---------------------------------------------------------------------------------------------------


@both
def test_no_session_closes_the_notice_and_nothing_else(w: Wording) -> None:
    story = second(w).says("wes", NoSession(), "F-1")
    assert story.told() == ["thanks_no_session"]
    assert "end_session:2" not in story.owed()
    assert story.state() == "F2_PROCTOR"


@both
def test_ended_is_told_to_the_tl(w: Wording) -> None:
    story = second(w).presses("wes", "Ended")
    assert story.told("tl") == ["session_ended"]
    assert story.says("ana", SessionEnded(), "F-1").declined


# -- passed, and not after all -----------------------------------------------------------------------------


@both
def test_a_pass_by_the_agent_in_confirm_is_a_dispute(w: Wording) -> None:
    story = third(w).says("ana", passed())
    assert story.state() == "F3_CONFIRM"
    assert story.told() == ["pass_disputed", "pass_disputed", "pass_noted"]
    assert {tell.to for tell in story.effects(Tell)} == {"proctor", "licensing", "actor"}


@both
def test_a_pass_by_licensing_in_confirm_corrects_the_fail(w: Wording) -> None:
    for event in (passed(), ResultEntered(passed=True)):
        story = third(w).says("lia", event)
        assert story.state() == "PASSED"
        assert story.corrected() == ["attempt:3"]
        assert story.data.count == 2


@both
def test_a_passed_exam_is_answered_with_a_way_to_licensing(w: Wording) -> None:
    story = cleared(w).says("ana", passed()).says("ana", failed(2), "F-1")
    (ask,) = story.effects(Ask)
    assert ask.template == "failed_exam/is_passed"
    assert story.says("ana", CarrierDiffers(), "F-1").told("licensing") == ["carrier_differs"]


@both
@pytest.mark.parametrize("until", [first, cleared, second, ready])
def test_a_refused_proof_reopens_the_case_where_it_was(w: Wording, until: object) -> None:
    story = until(w).at("11-17 14:00")  # type: ignore[operator]
    state, owed, armed = story.state(), story.owed(), story.armed()
    story.says("ana", passed()).at("11-17 15:00").says("lia", PassRefused(why="unreadable"))
    assert story.state() == state
    assert {name for name in story.owed() if not name.startswith("end_session")} == {
        name for name in owed if not name.startswith("end_session")
    }
    assert story.armed() == armed
    assert story.told("agent")[-1] == "pass_refused"


@both
def test_a_refused_proof_announces_the_sitting_again(w: Wording) -> None:
    story = ready(w, "11-19 10:00").says("ana", passed()).at("11-17 15:00").says("lia", PassRefused())
    invite = story.mail("E-25").invite
    assert invite
    assert (invite.method, story.data.slots) == ("REQUEST", invite.sequence)
    assert invite.sequence > 2, "newer than the cancellation"


@both
def test_a_refused_proof_brings_the_cap_back(w: Wording) -> None:
    offered = second(w).says("ana", passed())
    again = offered.at("11-17 14:00").says("lia", PassRefused())
    assert "fate" not in again.owed("C")
    assert again.owed("C") == {"cap": ("tl",)}
    gone = second(w).says("ana", passed()).presses("tara", "Withdraw").says("lia", PassRefused())
    assert [case.state for case in gone.cases.values() if case.workflow == "discipline"] == ["WITHDRAWN", "READY"]


@both
def test_a_refused_proof_with_no_case_behind_it_leaves_nothing(w: Wording) -> None:
    assert Story(pack=w.pack).says("ana", passed()).says("lia", PassRefused(), "F-1").state() == "VOID"
    assert Story(pack=w.pack).says("ana", passed()).says("tara", PassRefused(), "F-1").declined


def test_a_pass_in_a_dispute_and_its_refusal_return_to_the_dispute() -> None:
    story = disputed(NEW, "F1_COACHING", 3).says("ana", passed())
    assert story.state() == "PASSED"
    assert "ordinal" not in story.owed()
    story.says("lia", PassRefused())
    assert story.state() == "REVIEW"
    assert "ordinal" in story.owed()


# -- void --------------------------------------------------------------------------------------------------


@both
def test_voiding_the_only_attempt_voids_the_case(w: Wording) -> None:
    story = first(w).says("lia", AttemptVoided(why="carrier reset"))
    assert story.state() == "VOID"
    assert story.owed() == {}
    assert story.corrected() == ["attempt:1"]


@both
def test_voiding_the_second_goes_back_to_cleared_and_offers_the_draft(w: Wording) -> None:
    story = second(w).says("lia", AttemptVoided(ordinal=2, why="carrier reset"))
    assert story.state() == "F1_CLEARED"
    assert story.corrected() == ["attempt:2"]
    assert [hand.event for hand in story.effects(Hand)] == [CauseFell(cause="F-1", step=2, reason="corrected")]
    assert "fate" in story.owed("C")
    assert story.owed().keys() == {"form:1"}


@both
def test_voiding_the_first_makes_the_second_the_first(w: Wording) -> None:
    coached = second(w).says("lia", AttemptVoided(ordinal=1))
    assert coached.state() == "F1_CLEARED", "the coaching on record stands"
    assert coached.corrected() == ["attempt:1", "attempt:2"], "nobody is to proctor or to end a session any more"
    assert coached.owed().keys() == {"form:2"}
    uncoached = first(w).says("ana", failed(2)).says("lia", AttemptVoided(ordinal=1))
    assert uncoached.state() == "F1_COACHING"
    assert uncoached.owed()["coach:2"] == (w.owner,)
    assert uncoached.data.live[0].flags == (), "a first attempt can lack nothing"
    assert not uncoached.presses(w.who, "Form done").declined


@both
def test_a_delivered_cap_is_referred_to_hr_when_its_attempt_falls(w: Wording) -> None:
    story = ready(w).says("lia", AttemptVoided(ordinal=2))
    assert story.state() == "F1_CLEARED"
    assert story.state("C") == "DELIVERED"
    assert "refer" in story.told("hr_rep")
    assert story.armed() == {}
    assert "E-25" in story.mails(), "the sitting is off"


@both
def test_voiding_after_the_lock_corrects_leadership_too(w: Wording) -> None:
    newest = locked(w).says("lia", AttemptVoided())
    assert newest.state() == "F2_PROCTOR", "the sitting is over; another is needed"
    assert newest.corrected() == ["attempt:3", "lock:3"]
    assert newest.owed()["proctor:2"] == (w.proctor,)
    assert "inhibitor" not in newest.owed()
    older = locked(w).says("lia", AttemptVoided(ordinal=1))
    assert older.corrected() == ["attempt:1", "lock:3"]
    assert older.state() == "F2_PROCTOR"


@both
def test_void_is_heard_in_every_state_and_ends_too(w: Wording) -> None:
    for story in (first(w), cleared(w), second(w), ready(w), third(w), locked(w), cleared(w).says("ana", passed())):
        assert not story.says("lia", AttemptVoided(ordinal=9), "F-1").declined
        assert story.told() == ["no_such_attempt"]
        assert not story.says("lia", AttemptVoided(), "F-1").declined
    assert not first(w).leaves("eve").says("lia", AttemptVoided(), "F-1").declined
    assert not disputed(w, "F1_COACHING", 3).says("lia", AttemptVoided(), "F-1").declined


@both
def test_a_pass_that_falls_after_a_void_goes_where_the_recount_says(w: Wording) -> None:
    story = second(w).says("ana", passed()).says("lia", AttemptVoided(), "F-1")
    assert story.state() == "PASSED"
    assert story.says("lia", PassRefused(), "F-1").state() == "F1_CLEARED"


@both
def test_the_agent_does_not_void(w: Wording) -> None:
    assert first(w).says("ana", AttemptVoided()).declined


def test_a_draft_kept_after_its_attempt_fell_is_not_counted_for_another() -> None:
    story = second(NEW).says("lia", AttemptVoided(ordinal=2)).at("11-17 14:00").says("ana", failed(2))
    assert [case.id for case in story.cases.values() if case.workflow == "discipline"] == ["C-1", "C-2"]
    story.says("tara", KeptAnyway(), "C-1").says("tara", Delivered(), "C-1")
    assert story.data.steps[1].cap == "due", "the CAP of the fail that counts is still to be delivered"
    assert story.says("tara", Delivered(), "C-2").data.steps[1].cap == "delivered"


def test_the_whole_way_to_filed_does_not_move_the_exam() -> None:
    story = ready(NEW).says("ana", Acknowledged(), "C-1")
    assert (story.state(), story.state("C")) == ("F2_READY", "FILED")


# -- coaching, late ----------------------------------------------------------------------------------------


@both
def test_an_overtaken_question_is_settled_and_hr_hears_it(w: Wording) -> None:
    story = first(w).says("ana", failed(2)).says("ana", failed(3))
    assert story.state() == "F3_CONFIRM"
    assert "coaching_check:2" not in story.owed()
    assert "cap_overtaken" in story.told("hr_rep")
    story.says("lia", FailRejected())
    assert story.owed()["coaching_check:2"] == (w.owner,), "back at the second fail it is asked again"


@both
def test_a_coaching_time_to_come_is_now(w: Wording) -> None:
    story = first(w).at("11-17 10:20").says(w.who, Coached(advised=True, on=clock("11-17 15:00")))
    assert story.data.steps[0].coached_at == clock("11-17 10:20")


def test_a_cap_names_its_case_its_clause_and_its_clock() -> None:
    (due,) = (hand.event for hand in second(OLD).effects(Hand) if isinstance(hand.event, CapDue))
    assert (due.cause, due.step, due.kind, due.owner, due.sla) == ("F-1", 2, "written", "tl", "next_business_day")
    assert "understands that failing the third attempt may result in termination" in due.clause
    assert slot().starts == clock("11-18 10:00")
