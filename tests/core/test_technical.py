"""SPEC 3.13: an attempt that was a technical failure counts for the carrier and not for the ladder."""

from __future__ import annotations

import pytest

from tests.core.story import Story, clock, failed, passed
from tests.core.test_failed_exam import NEW, Wording, both, cleared, first, locked, ready, second, slot, third
from workflows.discipline import KeptAnyway
from workflows.effects import Hand, Owe, Track
from workflows.failed_exam import (
    AttemptCounts,
    AttemptTechnical,
    AttemptVoided,
    Coached,
    FailConfirmed,
    PassRefused,
    TechnicalKept,
    TechnicalRefused,
    TechnicalReported,
)
from workflows.handoffs import CapDue, CauseFell


def crash(ordinal: int | None = None) -> AttemptTechnical:
    """ "The computer crashed.\""""
    return AttemptTechnical(ordinal=ordinal, why="computer crashed")


def crashed(w: Wording) -> Story:
    """The second attempt was a technical failure."""
    return second(w).says("lia", crash(2))


# -- what falls --------------------------------------------------------------------------------------------


@both
def test_a_technical_second_attempt_calls_for_no_cap_and_no_proctor(w: Wording) -> None:
    story = crashed(w)
    assert story.state() == "F1_CLEARED"
    assert (story.data.count, story.data.used) == (1, 2)
    assert story.corrected() == ["attempt:2"]
    assert [hand.event for hand in story.effects(Hand)] == [CauseFell(cause="F-1", step=2, reason="corrected")]
    assert "fate" in story.owed("C"), "the draft is offered for withdrawal"
    assert story.owed().keys() == {"form:1"}
    assert "technical_agent" in story.told("agent")


@both
@pytest.mark.parametrize("who", ["lia", "tara"])
def test_licensing_or_the_tl_says_so_and_nobody_else(w: Wording, who: str) -> None:
    assert second(w).says(who, crash()).state() == "F1_CLEARED"
    for other in ("ana", "wes", "pia", "hana"):
        assert second(w).says(other, crash()).declined


@both
def test_a_delivered_cap_is_referred_to_hr(w: Wording) -> None:
    story = ready(w).says("lia", crash(2))
    assert story.state() == "F1_CLEARED"
    assert "refer" in story.told("hr_rep")
    assert "E-25" in story.mails(), "the sitting is off"
    assert story.armed() == {}


@both
def test_a_technical_first_attempt_leaves_nothing_on_the_ladder(w: Wording) -> None:
    story = first(w).says("lia", crash())
    assert story.state() == "F0_CLEARED"
    assert story.owed() == {}
    again = story.at("11-18 10:00").says("ana", failed(2))
    assert again.state() == "F1_COACHING", "the carrier's second is the ladder's first"
    assert again.mail("E-01").facts["n"] == 1
    assert again.mail("E-01").facts["remaining"] == 1
    assert "coach:2" in again.owed()


@both
def test_a_technical_attempt_is_marked_once_and_must_exist(w: Wording) -> None:
    assert crashed(w).says("lia", crash(2)).told() == ["technical_known"]
    assert crashed(w).says("lia", crash(7)).told() == ["technical_known"]
    for story in (second(w), third(w), locked(w), cleared(w).says("ana", passed())):
        assert not story.says("lia", crash(9), "F-1").declined


@both
def test_the_carriers_ordinals_go_on_counting_it(w: Wording) -> None:
    assert crashed(w).says("ana", failed(2)).told() == ["already"], "the second was reported already"
    assert crashed(w).at("11-18 10:00").says("ana", failed(4)).told("licensing") == ["too_many_licensing"]
    assert first(w).says("lia", crash()).at("11-18 10:00").says("ana", failed(3)).state() == "REVIEW"


@both
def test_a_jump_over_a_technical_attempt_comes_out_at_the_ladders_place(w: Wording) -> None:
    story = first(w).says("lia", crash()).at("11-18 10:00").says("ana", failed(3)).presses("lia", "Earlier fails")
    assert story.state() == "F3_CONFIRM", "the carrier has no more to give"
    assert (story.data.count, story.data.used) == (2, 3)


# -- the carrier's limit -----------------------------------------------------------------------------------


@both
def test_the_carriers_last_attempt_closes_the_exam_on_the_second_fail(w: Wording) -> None:
    story = crashed(w).at("11-18 10:00").says("ana", failed(3))
    assert story.state() == "F3_CONFIRM"
    assert story.mails().keys() == {"E-01"}
    assert "proctor:3" not in story.owed()
    assert not [hand for hand in story.effects(Hand) if isinstance(hand.event, CapDue)], "a person confirms first"
    story.says("lia", FailConfirmed())
    assert story.state() == "F3_LOCKED"
    assert story.mails().keys() - {"E-05"} == set(), "E-04 is the ladder's third step"
    assert story.told("agent") == ["closed_agent"]
    assert [track.note for track in story.effects(Track)] == ["Third attempt not passed; see licensing"]
    assert "inhibitor" in story.owed()
    (due,) = (hand.event for hand in story.effects(Hand, "F") if isinstance(hand.event, CapDue))
    assert due.notes[-1] == "the carrier counts technical failures as attempts: none is left in this plan year"
    assert (due.step, due.kind) == (3, w.kind)


@both
def test_a_technical_third_attempt_closes_the_exam_without_e04(w: Wording) -> None:
    story = third(w).says("lia", crash())
    assert story.state() == "F3_LOCKED"
    assert story.mails() == {}
    assert story.corrected() == ["attempt:3"]
    assert story.told("agent") == ["closed_agent", "technical_agent"]
    assert "confirm" not in story.owed()
    assert "inhibitor" in story.owed()


@both
def test_after_the_lock_leadership_is_corrected_and_the_exam_stays_closed(w: Wording) -> None:
    for ordinal, state in ((3, "F3_LOCKED"), (1, "F3_LOCKED")):
        story = locked(w).says("lia", crash(ordinal))
        assert story.state() == state
        assert "lock:3" in story.corrected()
        assert story.owed()["inhibitor"] == ("licensing",)
        assert story.data.count == 2


@both
def test_an_older_technical_attempt_leaves_the_last_one_to_be_confirmed(w: Wording) -> None:
    story = third(w).says("lia", crash(1))
    assert story.state() == "F3_CONFIRM"
    assert "confirm" in story.owed()
    story.says("lia", FailConfirmed())
    assert "E-04" not in story.mails(), "it was the second fail of the ladder"


@both
def test_a_carrier_that_takes_the_technical_attempt_back_gives_one_more(w: Wording) -> None:
    story = crashed(w).says("lia", AttemptVoided(ordinal=2, why="carrier reset"))
    assert story.state() == "F1_CLEARED"
    assert story.corrected() == [], "everybody was told when it became technical"
    assert story.data.used == 1
    assert first(w).says("lia", crash()).says("lia", AttemptVoided(why="reset")).state() == "VOID"
    reopened = third(w).says("lia", crash()).says("lia", AttemptVoided(why="reset"))
    assert reopened.state() == "F2_PROCTOR"
    assert reopened.owed()["proctor:2"] == (w.proctor,)
    assert "inhibitor" not in reopened.owed()


@both
def test_a_sitting_still_to_come_is_called_off_when_the_exam_closes(w: Wording) -> None:
    story = ready(w, "11-19 10:00").at("11-18 09:00").says("ana", failed(3)).says("lia", crash())
    assert story.state() == "F3_LOCKED"
    assert "E-25" in story.mails()
    assert story.armed() == {}


# -- the agent says so -------------------------------------------------------------------------------------


@both
def test_a_report_that_calls_it_technical_is_recorded_and_licensing_is_asked(w: Wording) -> None:
    story = cleared(w).at("11-17 13:00").says("ana", failed(2, crashed=True))
    assert story.state() == "F2_PROCTOR", "recorded like any other"
    assert story.owed()["technical:2"] == ("licensing",)
    (due,) = (hand.event for hand in story.effects(Hand) if isinstance(hand.event, CapDue))
    assert due.notes == ("the agent says that attempt 2 was a technical failure",)
    yes = story.presses("lia", "Technical")
    assert yes.state() == "F1_CLEARED"
    assert "technical:2" not in yes.owed()


@both
def test_licensing_may_say_that_it_was_none(w: Wording) -> None:
    story = first(w).says("ana", TechnicalReported())
    assert story.told("actor") == ["technical_asked"]
    assert len(story.says("ana", TechnicalReported()).effects(Owe)) == 0, "asked once"
    story.presses("lia", "Not technical")
    assert story.state() == "F1_COACHING"
    assert story.told("agent") == ["technical_refused"]
    assert "technical:1" not in story.owed()
    assert story.says("lia", TechnicalRefused()).declined is None


@both
def test_a_repeated_report_may_add_that_it_crashed(w: Wording) -> None:
    story = first(w).at("11-17 10:30").says("ana", failed(1, crashed=True))
    assert story.told("actor") == ["already"]
    assert story.owed()["technical:1"] == ("licensing",)


@both
def test_a_disputed_report_keeps_its_word_about_the_crash(w: Wording) -> None:
    story = Story(pack=w.pack).says("ana", failed(2, crashed=True)).presses("lia", "Earlier fails happened")
    assert story.owed()["technical:2"] == ("licensing",)


@both
def test_the_agents_own_word_makes_nothing_technical(w: Wording) -> None:
    assert second(w).says("ana", crash()).declined
    assert second(w).says("wes", TechnicalReported()).declined
    assert crashed(w).says("ana", TechnicalReported(ordinal=2)).told() == ["technical_known"]


# -- it counts after all -----------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(("one", "other"), [("tara", "lia"), ("lia", "tara")])
def test_it_counts_after_all_only_by_a_word_of_both(w: Wording, one: str, other: str) -> None:
    story = crashed(w).says(one, AttemptCounts(ordinal=2))
    assert story.state() == "F1_CLEARED"
    assert story.told() == ["counts_half"]
    assert story.says(one, AttemptCounts(ordinal=2)).state() == "F1_CLEARED", "said twice it is still one word"
    assert story.data.count == 1
    story.says(other, AttemptCounts(ordinal=2))
    assert story.state() == "F2_PROCTOR"
    assert story.data.count == 2
    assert {"E-01", w.asks[0]} <= story.mails().keys()
    assert story.told("agent") == ["counts_agent"]
    assert not [name for name in story.owed() if name.startswith("counts")]
    assert {"form:2", "proctor:2"} <= story.owed().keys()


@both
def test_the_other_side_gets_a_card_and_may_leave_it(w: Wording) -> None:
    story = crashed(w).says("lia", AttemptCounts())
    assert story.owed()["counts:2"] == (w.owner,)
    story.presses(w.who, "Stays technical")
    assert story.told("@lia") == ["technical_kept"]
    assert "counts:2" not in story.owed()
    assert story.says(w.who, AttemptCounts()).told() == ["counts_half"], "lia's word is gone"
    assert crashed(w).says("lia", AttemptCounts()).presses(w.who, "It counts").state() == "F2_PROCTOR"


@both
def test_what_was_done_after_the_attempt_is_not_asked_for_twice(w: Wording) -> None:
    story = cleared(w).says("lia", crash()).says("tara", AttemptCounts()).says("lia", AttemptCounts())
    assert story.state() == "F1_CLEARED", "the coaching stands"
    story = ready(w).says("lia", crash(2)).says("tara", AttemptCounts()).says("lia", AttemptCounts())
    assert story.state() == "F2_PROCTOR"
    assert story.data.steps[1].cap == "delivered"
    assert "cap_stands" in story.told("hr_rep")
    assert not [hand for hand in story.effects(Hand) if isinstance(hand.event, CapDue)]


def test_a_draft_kept_and_delivered_meanwhile_is_known_when_it_counts() -> None:
    story = crashed(NEW).says("tara", KeptAnyway(), "C-1").presses("tara", "CAP delivered")
    assert story.state() == "F1_CLEARED", "the attempt does not count"
    story.says("tara", AttemptCounts(), "F-1").says("lia", AttemptCounts(), "F-1")
    assert story.data.steps[1].cap == "delivered"


def test_a_cap_is_held_when_nobody_had_to_coach_before_the_next_attempt() -> None:
    story = first(NEW).says("lia", crash()).at("11-17 11:00").says("ana", failed(2))
    story.at("11-17 11:30").says("tara", Coached(advised=True))
    story.says("tara", AttemptCounts(ordinal=1)).says("lia", AttemptCounts(ordinal=1))
    assert story.state() == "F2_PROCTOR"
    assert story.data.live[1].flags == ("uncoached",)
    assert "coaching_check:2" in story.owed()
    assert {"form:1", "form:2"} <= story.owed().keys()


@both
def test_after_the_lock_the_third_counts_again_and_leadership_hears(w: Wording) -> None:
    story = locked(w).says("lia", crash(3)).says("tara", AttemptCounts()).says("lia", AttemptCounts())
    assert story.state() == "F3_LOCKED"
    assert "E-04" in story.mails()
    never = third(w).says("lia", crash()).says("tara", AttemptCounts()).says("lia", AttemptCounts())
    assert never.mail("E-04").facts["confirmed_by"] == "lia", "both have confirmed it"


@both
def test_a_word_about_an_attempt_that_is_not_technical_is_answered(w: Wording) -> None:
    for event in (AttemptCounts(), TechnicalKept()):
        assert second(w).says("lia", event).told() == ["no_technical"]
    assert crashed(w).says("wes", AttemptCounts()).declined


@both
def test_a_pass_and_its_refusal_keep_the_count(w: Wording) -> None:
    story = crashed(w).says("ana", passed()).says("lia", PassRefused(why="unreadable"))
    assert story.state() == "F1_CLEARED"
    nothing = first(w).says("lia", crash()).says("ana", passed()).says("lia", PassRefused(why="unreadable"))
    assert nothing.state() == "F0_CLEARED"
    ended = second(w).says("ana", passed()).says("lia", crash(2), "F-1")
    assert (ended.state(), ended.data.count) == ("PASSED", 1)


@both
def test_a_held_cap_that_was_overtaken_is_not_asked_about_when_the_exam_closes(w: Wording) -> None:
    story = first(w).says("ana", failed(2)).says("ana", failed(3)).says("lia", crash(1)).says("tara", FailConfirmed())
    assert story.state() == "F3_LOCKED"
    assert "coaching_check:3" not in story.owed(), "HR heard of it when it was overtaken"


def test_voiding_a_technical_failure_in_a_dispute_owes_nothing_twice() -> None:
    story = Story(pack="six-attempts").says("ana", failed(1)).says("lia", crash()).at("11-17 11:00")
    story.says("ana", failed(2)).at("11-17 12:00").says("ana", failed(4))
    assert story.state() == "REVIEW"
    owed = story.owed()
    story.says("lia", AttemptVoided(ordinal=1, why="reset"))
    assert (story.state(), story.owed()) == ("REVIEW", owed)


def test_an_agent_with_nothing_but_technical_failures_may_leave() -> None:
    assert first(NEW).says("lia", crash()).leaves("eve").state() == "CLOSED_LEFT"
    assert slot().starts == clock("11-18 10:00")
