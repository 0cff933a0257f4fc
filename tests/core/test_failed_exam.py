"""SPEC 3.1, rows 1 to 14, under both wordings: states, recipients, duties and timers, row by row."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from bot.machines import machine_for
from tests.core.story import Story, clock, failed, packs, passed
from workflows.discipline import Delivered
from workflows.effects import Hand, Mail, Owe, Post, Tell
from workflows.failed_exam import (
    Coached,
    FailConfirmed,
    FormDone,
    InhibitorRecorded,
    NotAdvised,
    ProctorCancelled,
    ProctorScheduled,
    ProctorWanted,
    ResultEntered,
)
from workflows.handoffs import CauseFell, ExamSaidPassed
from workflows.people import Role


@dataclass(frozen=True)
class Wording:
    """What differs between the two wordings of D000."""

    pack: str
    owner: str
    who: str
    told: tuple[str, ...]
    proctor: str
    schedules: str
    asks: tuple[str, set[str], set[str]]
    kind: str
    draft_copy: tuple[str, ...]
    cap_sla: str
    confirms: set[str]


NEW = Wording(
    pack="failed-exams-new",
    owner="tl",
    who="tara",
    told=("tl", "pm", "licensing_team"),
    proctor="licensing",
    schedules="lia",
    asks=("E-03", {"licensing_team"}, {"tl"}),
    kind="final",
    draft_copy=("hr_rep",),
    cap_sla="immediate",
    confirms={"tara", "lia"},
)
OLD = Wording(
    pack="failed-exams-old",
    owner="workshop_lead",
    who="will",
    told=("workshop_lead",),
    proctor="pm",
    schedules="pia",
    asks=("E-02", {"pm"}, {"tl"}),
    kind="written",
    draft_copy=(),
    cap_sla="next_business_day",
    confirms={"tara", "lia", "will", "pia"},
)
both = pytest.mark.parametrize("w", [NEW, OLD], ids=["new", "old"])


def first(w: Wording) -> Story:
    """Row 1."""
    return Story(pack=w.pack).says("ana", failed(1))


def cleared(w: Wording) -> Story:
    """Rows 1 and 3."""
    return first(w).at("11-17 10:21").says(w.who, Coached(advised=True))


def second(w: Wording) -> Story:
    """Rows 1, 3 and 4."""
    return cleared(w).at("11-17 13:00").says("ana", failed(2))


def slot(day: str = "11-18 10:00", proctor: str = "lia", *, forced: bool = False) -> ProctorScheduled:
    """A sitting."""
    return ProctorScheduled(starts=clock(day), proctor=proctor, proctor_name=proctor.title(), forced=forced)


def ready(w: Wording, day: str = "11-18 10:00") -> Story:
    """Rows 1, 3, 4, 6, 7 and 8."""
    story = second(w).at("11-17 13:20").says("tara", Delivered(), "C-1")
    return story.at("11-17 13:30").says(w.schedules, slot(day, w.schedules))


def third(w: Wording) -> Story:
    """Up to row 9."""
    return ready(w).at("11-18 11:00").says("ana", failed(3))


def locked(w: Wording) -> Story:
    """Up to row 10."""
    return third(w).at("11-18 11:05").says(w.schedules, FailConfirmed())


# -- row 1 -------------------------------------------------------------------------------------------------


@both
def test_a_first_fail_waits_for_coaching(w: Wording) -> None:
    story = first(w)
    assert story.state() == "F1_COACHING"
    assert story.mails() == {"E-01": (set(w.told), {"agent"})}
    assert story.mail("E-01").behalf == "agent"
    assert story.owed() == {"form:1": (w.owner,), "coach:1": (w.owner,)}
    assert {owe.sla for owe in story.effects(Owe)} == {"immediate"}
    assert story.told("agent") == ["recorded"]
    assert story.told() == ["recorded"], "nobody else is told by direct message"
    assert story.armed() == {}
    assert list(story.cases) == ["F-1"], "no CAP after the first fail"
    assert story.effects(Tell)[0].undo


@both
@pytest.mark.parametrize("who", ["tara", "will", "lia"])
def test_staff_report_on_behalf_and_the_agent_hears_it(w: Wording, who: str) -> None:
    story = Story(pack=w.pack).says(who, failed(1))
    assert story.state() == "F1_COACHING"
    assert story.told("agent") == ["recorded"]
    assert story.told("actor") == ["recorded_for"]
    assert story.data.attempts[0].by == who


@both
@pytest.mark.parametrize("who", ["wes", "sam", "hana"])
def test_others_do_not_report(w: Wording, who: str) -> None:
    for claimed in (1, 2, 9):
        story = Story(pack=w.pack).says(who, failed(claimed))
        assert story.declined
        assert story.declined.reason == "not_yours"


@both
def test_a_mail_that_reached_everybody_is_not_sent_again(w: Wording) -> None:
    story = Story(pack=w.pack).says("ana", failed(1, door="mail", told=("tara.lee@example.com",)))
    assert story.mail("E-01").already == ("tara.lee@example.com",)
    assert story.data.attempts[0].door == "mail"


# -- rows 2 and 3 ------------------------------------------------------------------------------------------


@both
def test_the_form_is_filed_and_nothing_else_moves(w: Wording) -> None:
    story = first(w).presses(w.who, "Form done", number="FC-9")
    assert story.state() == "F1_COACHING"
    assert story.owed().keys() == {"coach:1"}
    assert story.told() == ["form_done"]
    assert story.data.attempts[0].form == "FC-9"


@both
def test_coaching_clears_the_agent_and_leaves_the_form_open(w: Wording) -> None:
    story = first(w).at("11-17 10:21").presses(w.who, "Coached")
    assert story.state() == "F1_CLEARED"
    assert story.owed().keys() == {"form:1"}
    assert story.told("agent") == ["cleared"]
    assert story.told() == ["coached", "cleared"]
    assert story.mails() == {}
    assert story.data.steps[0].coached_by == w.who


def test_new_coaching_carries_the_statement() -> None:
    story = first(NEW).presses("tara", "Coached")
    assert story.data.steps[0].statement.endswith("failing a second attempt will result in a Final CAP")


def test_the_card_of_the_new_coaching_asks_about_the_screenshots_of_the_practice_quizzes() -> None:
    old, new = (
        [card.facts["asks"] for card in first(w).effects(Owe) if card.template == "failed_exam/coach"]
        for w in (OLD, NEW)
    )
    assert old == [""]
    assert "practice quizzes" in new[0]


def test_new_without_the_statement_is_asked_for_it_and_records_nothing() -> None:
    story = first(NEW).says("tara", Coached())
    assert story.state() == "F1_COACHING"
    assert story.declined
    assert story.declined.reason == "not_so"
    assert story.presses("tara", "Coached – advised 2nd fail = Final CAP").state() == "F1_CLEARED"


def test_not_advised_records_nothing_and_asks_to_advise_first() -> None:
    story = first(NEW).says("tara", Coached()).presses("tara", "Not advised")
    assert story.state() == "F1_COACHING"
    assert story.told() == ["advise_first"]
    assert story.owed().keys() == {"form:1", "coach:1"}


def test_old_wants_no_statement() -> None:
    story = first(OLD).says("will", Coached())
    assert story.state() == "F1_CLEARED"
    assert not story.data.steps[0].statement
    assert not story.machine(story.case()).hears(NotAdvised)


@both
def test_only_the_owner_coaches(w: Wording) -> None:
    other = "will" if w.who == "tara" else "tara"
    for who in ("ana", "pia", other):
        story = first(w).says(who, Coached(advised=True))
        assert story.declined
        assert story.declined.reason == "not_yours"
        assert story.declined.who == {Role(w.owner)}


# -- row 4 -------------------------------------------------------------------------------------------------


@both
def test_a_second_fail_stops_the_agent_and_sets_everything_off(w: Wording) -> None:
    story = second(w)
    asks, to, cc = w.asks
    assert story.state() == "F2_PROCTOR"
    assert story.mails() == {
        "E-01": (set(w.told), {"agent"}),
        asks: (to, cc),
        "E-05": ({"tl"}, set(w.draft_copy)),
    }
    assert story.mail(asks).behalf == w.owner
    assert story.owed() == {
        "form:1": (w.owner,),
        "form:2": (w.owner,),
        "proctor:2": (w.proctor,),
        "end_session:2": ("wfm",),
    }
    assert story.told() == ["recorded"]
    assert story.owed("C") == {"cap": ("tl",)}
    assert story.duties["C-1", "cap"].sla == f"{story.case().pack}#{w.cap_sla}"
    assert story.case("C").data.due.kind == w.kind
    assert story.effects(Post) == []


@both
def test_wfm_hears_nothing_about_the_reason(w: Wording) -> None:
    (notice,) = (owe for owe in second(w).effects(Owe) if owe.id == "C-WFM-END")
    assert notice.channel == "wfm"
    assert notice.facts == {}
    assert [answer.label for answer in notice.answers] == ["Ended", "No session"]


@both
def test_wfm_is_not_asked_once_the_shift_is_over(w: Wording) -> None:
    story = cleared(w).at("11-17 16:30").says("ana", failed(2))
    assert "end_session:2" not in story.owed()
    assert story.state() == "F2_PROCTOR"


@both
def test_wfm_is_not_asked_on_a_holiday_but_the_agent_is_stopped(w: Wording) -> None:
    story = cleared(w).at("11-26 10:00").says("ana", failed(2))
    assert "end_session:2" not in story.owed()
    assert story.effects(Tell)[0].facts["stop"]


def test_licensing_is_asked_in_its_channel_without_discipline() -> None:
    (asked,) = (owe for owe in second(NEW).effects(Owe) if owe.duty == "proctor:2")
    assert (asked.id, asked.channel) == ("C-LIC-PROCTOR", "licensing")
    (asked,) = (owe for owe in second(OLD).effects(Owe) if owe.duty == "proctor:2")
    assert (asked.id, asked.channel) == ("", "")


# -- row 5 -------------------------------------------------------------------------------------------------


@both
def test_a_second_fail_without_coaching_holds_the_cap(w: Wording) -> None:
    story = first(w).at("11-17 13:00").says("ana", failed(2))
    asks, *_ = w.asks
    assert story.state() == "F2_PROCTOR"
    assert story.data.live[1].flags == ("uncoached",)
    assert story.mails().keys() == {"E-01", asks}, "E-05 waits"
    assert list(story.cases) == ["F-1"]
    assert story.owed()["coaching_check:2"] == (w.owner,)
    assert "coach:1" not in story.owed()
    assert story.told("hr_rep") == ["cap_held"]


@both
def test_coached_after_all_releases_the_cap_with_a_note(w: Wording) -> None:
    story = first(w).at("11-17 13:00").says("ana", failed(2)).at("11-17 13:10")
    story.presses(w.who, "I did coach at", on=clock("11-17 12:30"))
    assert story.state() == "F2_PROCTOR"
    assert story.mails().keys() == {"E-05"}
    assert story.case("C").data.due.notes == ("attempt 2 was taken before coaching was recorded",)
    assert story.data.steps[0].coached_at == clock("11-17 12:30")
    assert "coaching_check:2" not in story.owed()


@both
def test_not_coached_lets_hr_choose(w: Wording) -> None:
    story = first(w).at("11-17 13:00").says("ana", failed(2)).presses(w.who, "Not coached")
    assert story.owed()["uncoached:2"] == ("hr_rep",)
    assert "coaching_check:2" not in story.owed()
    assert list(story.cases) == ["F-1"]
    goes = story.presses("hana", "Proceed with CAP")
    assert goes.mails().keys() == {"E-05"}
    assert goes.state() == "F2_PROCTOR"


@both
def test_coach_instead_drops_the_cap_and_the_third_waits_for_coaching(w: Wording) -> None:
    story = first(w).at("11-17 13:00").says("ana", failed(2)).presses(w.who, "Not coached")
    story.presses("hana", "Coach instead")
    assert story.state() == "F2_PROCTOR"
    assert story.owed()["coach:2"] == (w.owner,)
    assert story.owed().keys() >= {"proctor:2"}
    assert list(story.cases) == ["F-1"]
    assert story.says(w.schedules, slot(proctor=w.schedules)).state() == "F2_PROCTOR"
    done = story.at("11-17 14:00").presses(w.who, "Coached")
    assert done.state() == "F2_READY"
    assert done.told("agent") == ["ready"]


@both
def test_hr_does_not_answer_for_the_coach(w: Wording) -> None:
    story = first(w).at("11-17 13:00").says("ana", failed(2))
    assert story.says(w.who, Coached(advised=True)).declined, (
        "a plain word does not say whether it was before that attempt"
    )
    assert story.says(w.who, Coached(advised=True, on=clock("11-17 13:30"))).declined, "that was after it"
    story.says(w.who, Coached(advised=True, on=clock("11-17 11:30")))
    assert story.mails().keys() == {"E-05"}, "the word with its time answers the question too"
    assert first(w).says("ana", failed(2)).says("hana", Coached()).declined


# -- rows 6 to 8 -------------------------------------------------------------------------------------------


@both
def test_a_slot_is_announced_and_waits_for_the_cap(w: Wording) -> None:
    story = second(w).at("11-17 13:30").says(w.schedules, slot("11-19 10:00", w.schedules))
    assert story.state() == "F2_PROCTOR"
    assert story.mails() == {"E-25": ({"agent", "proctor"}, {"tl"})}
    assert story.told("agent") == ["slot_agent"]
    assert story.told("tl") == ["slot_tl"]
    assert story.armed() == {"slot_24h": "11-18 10:00", "slot_15m": "11-19 09:45", "slot_end": "11-19 12:00"}
    assert "proctor:2" not in story.owed()
    invite = story.mail("E-25").invite
    assert invite
    assert (invite.uid, invite.method, invite.sequence) == ("F-1-2", "REQUEST", 1)


@both
def test_the_cap_delivered_and_a_slot_make_ready_in_either_order(w: Wording) -> None:
    late = second(w).says(w.schedules, slot(proctor=w.schedules)).at("11-17 14:00").says("tara", Delivered(), "C-1")
    early = ready(w)
    assert late.state() == early.state() == "F2_READY"
    for story in (late, early):
        assert story.told("agent").count("ready") == 1
        assert story.data.steps[1].cap == "delivered"


@both
@pytest.mark.parametrize(
    ("event", "why"),
    [
        (slot("11-17 13:00"), "past"),
        (slot("11-18 18:00"), "closed"),
        (slot("11-26 10:00"), "closed"),
        (slot("11-18 10:00", "ana"), "self"),
    ],
)
def test_a_slot_that_does_not_fit_is_refused_with_the_reason(w: Wording, event: ProctorScheduled, why: str) -> None:
    story = second(w).at("11-17 13:30").says(w.schedules, event)
    assert story.declined
    assert story.told("actor") == ["slot_unfit"]
    assert story.effects(Tell)[0].facts["why_not"] == why
    assert story.data.steps[1].slot is None


@both
def test_a_closed_hour_can_be_forced_the_past_cannot(w: Wording) -> None:
    story = second(w).says(w.schedules, slot("11-18 18:00", w.schedules, forced=True))
    assert story.data.steps[1].slot
    assert second(w).says(w.schedules, slot("11-17 09:00", w.schedules, forced=True)).declined


@both
def test_the_agent_does_not_schedule_but_licensing_is_nudged(w: Wording) -> None:
    story = second(w).says("ana", ProctorWanted())
    assert story.told("actor") == ["schedule_nudged"]
    assert story.told(w.proctor) == ["nudge"]
    assert story.data.steps[1].slot is None


@both
def test_booking_too_early_says_what_is_missing(w: Wording) -> None:
    story = cleared(w).says(w.schedules, slot())
    assert story.told() == ["too_early"]


@both
def test_agent_and_proctor_are_reminded_of_the_sitting(w: Wording) -> None:
    story = ready(w, "11-19 10:00")
    story.wished = []
    assert story.at("11-18 10:00").told() == ["slot_near", "slot_near_proctor"]
    story.wished = []
    assert story.at("11-19 09:45").told() == ["slot_near", "slot_near_proctor"]


@both
def test_a_sitting_without_a_result_is_a_duty_of_the_proctor(w: Wording) -> None:
    story = ready(w).at("11-18 12:00")
    assert story.owed()["result:2"] == ("proctor",)
    assert story.presses(w.schedules, "Passed").state() == "PASSED"


@both
def test_a_moved_slot_stays_ready_and_people_are_told(w: Wording) -> None:
    story = ready(w).at("11-17 15:00").says(w.schedules, slot("11-19 14:00", w.schedules))
    assert story.state() == "F2_READY"
    assert story.mails() == {"E-25": ({"agent", "proctor"}, {"tl"})}
    assert story.mail("E-25").facts["moved"]
    invite = story.mail("E-25").invite
    assert invite
    assert (invite.uid, invite.sequence) == ("F-1-2", 2)
    assert story.armed() == {"slot_24h": "11-18 14:00", "slot_15m": "11-19 13:45", "slot_end": "11-19 16:00"}


@both
def test_a_proctor_who_is_replaced_hears_it(w: Wording) -> None:
    story = ready(w).at("11-17 15:00").says(w.schedules, slot("11-18 10:00", "dev"))
    mails = [(mail.to, mail.invite.method if mail.invite else "") for mail in story.effects(Mail)]
    assert (("agent", "proctor"), "REQUEST") in mails
    assert ((f"@{w.schedules}",), "CANCEL") in mails
    assert story.told(f"@{w.schedules}") == ["slot_cancelled"]


@both
def test_a_cancelled_slot_goes_back_to_the_proctor_state(w: Wording) -> None:
    story = ready(w).at("11-17 15:00").says(w.schedules, ProctorCancelled(why="room"))
    assert story.state() == "F2_PROCTOR"
    assert story.armed() == {}
    assert story.owed()["proctor:2"] == (w.proctor,)
    assert story.mails() == {"E-25": ({"agent", f"@{w.schedules}"}, {"tl"})}
    invite = story.mail("E-25").invite
    assert invite
    assert (invite.method, invite.sequence) == ("CANCEL", 2)
    again = story.says(w.schedules, slot(proctor=w.schedules))
    assert again.state() == "F2_READY"
    assert again.mail("E-25").invite == replace(invite, method="REQUEST", sequence=3)


# -- rows 9 and 10 -----------------------------------------------------------------------------------------


@both
def test_a_third_fail_is_confirmed_by_a_person_first(w: Wording) -> None:
    story = third(w)
    assert story.state() == "F3_CONFIRM"
    assert story.mails() == {"E-01": (set(w.told), {"agent"})}, "no E-04 yet"
    assert story.owed().keys() >= {"form:3", "confirm"}
    cards = {"tl", "licensing", "proctor"} if w is NEW else {"workshop_lead", "proctor"}
    assert set(story.owed()["confirm"]) == cards
    (owe,) = (owe for owe in story.effects(Owe) if owe.duty == "confirm")
    assert [answer.label for answer in owe.answers] == ["Confirm third fail", "Not correct"]
    assert story.effects(Tell)[0].facts["confirming"]
    assert story.armed() == {}
    assert story.effects(Hand) == []


@both
def test_a_confirmed_third_fail_locks_and_tells_leadership(w: Wording) -> None:
    story = locked(w)
    assert story.state() == "F3_LOCKED"
    assert story.mails() == {"E-04": ({"site_director"}, {"hr_rep", "pm", "tl"})}
    assert story.mail("E-04").behalf == w.owner
    assert story.tracked() == [("AHIP/Aetna Status", None, "Third attempt not passed; see licensing")]
    assert story.owed()["inhibitor"] == ("licensing",)
    assert "confirm" not in story.owed()
    assert "form:3" in story.owed(), "the form of the last fail outlives the lock"
    assert story.told("agent") == ["locked_agent"]
    assert len(story.cases) == 2, "no CAP is created"


@both
def test_e04_names_attempts_coaching_and_cap_by_id(w: Wording) -> None:
    said = locked(w).mail("E-04").facts
    reports = [line for _, line in said["history"] if line.startswith("AHIP Final")]
    assert reports == [f"AHIP Final: attempt {n} not passed" for n in (1, 2, 3)]
    assert said["prior"] == ("coaching after attempt 1, F-1", "CAP C-1")
    assert said["confirmed_by"] == w.schedules


@both
def test_who_may_confirm(w: Wording) -> None:
    able = {
        who
        for who in ("ana", "tara", "will", "lia", "pia", "wes", "hana", "sam")
        if not third(w).says(who, FailConfirmed()).declined
    }
    assert able == w.confirms


@both
def test_the_proctors_result_is_report_and_confirmation_in_one(w: Wording) -> None:
    story = ready(w).at("11-18 12:00").presses(w.schedules, "Not passed")
    assert story.state() == "F3_LOCKED"
    assert story.mails().keys() == {"E-01", "E-04"}
    assert story.data.settled_by == w.schedules
    assert "result:2" not in story.owed()
    assert "form:3" in story.owed()


@both
def test_a_result_by_anybody_but_the_proctor_is_a_report_that_a_person_confirms(w: Wording) -> None:
    story = second(w).at("11-17 14:00").says(w.schedules, ResultEntered(passed=False))
    assert story.state() == "F3_CONFIRM", "no sitting was booked"
    assert story.mails().keys() == {"E-01"}
    assert story.data.live[2].flags == ("before_cap",), "a result comes from those who proctor"
    assert story.says(w.schedules, ResultEntered(passed=False)).told() == ["being_confirmed"], "said twice is one word"
    assert story.says(w.schedules, FailConfirmed()).told() == ["being_confirmed"]
    assert story.state() == "F3_CONFIRM"
    assert story.says("tara", FailConfirmed()).state() == "F3_LOCKED"


@both
def test_the_proctors_word_before_the_sitting_is_only_a_report(w: Wording) -> None:
    story = ready(w, "11-19 10:00").at("11-18 09:00").says(w.schedules, ResultEntered(passed=False))
    assert story.state() == "F3_CONFIRM"


@both
def test_nobody_confirms_his_own_report_and_somebody_else_is_asked(w: Wording) -> None:
    story = second(w).at("11-17 14:00").says(w.who, failed(3))
    assert set(story.owed()["confirm"]) - {w.owner}, "another side has the card too"
    assert story.says(w.who, FailConfirmed()).state() == "F3_CONFIRM"
    assert story.says("lia", FailConfirmed()).state() == "F3_LOCKED"


@both
def test_the_inhibitor_is_one_tap_and_never_automatic(w: Wording) -> None:
    story = locked(w)
    assert not any(case.workflow == "concern" for case in story.cases.values())
    story.presses("lia", "Record inhibitor")
    assert story.mails() == {"E-13": ({"ops_management"}, {"tl", "licensing_team"})}
    category = "AHIP closed for plan year 2026"
    assert story.tracked() == [("Inhibitors", category, category)]
    assert story.says("lia", InhibitorRecorded(), "F-1").declined, "once is enough"


# -- row 11 ------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("until", [first, cleared, second, ready])
def test_passed_ends_the_case_wherever_it_stands(w: Wording, until: object) -> None:
    story = until(w).at("11-17 15:00").says("ana", passed())  # type: ignore[operator]
    assert story.state() == "PASSED"
    assert story.armed() == {}
    assert story.told(w.owner) == ["passed_owner"]
    left = {name for name in story.owed() if not name.startswith("form")}
    assert not left
    assert all(key in story.hushed for key in story.duties if key[1].startswith("form")), "listed, not chased"


@both
def test_a_pass_cancels_the_sitting_with_notice(w: Wording) -> None:
    story = ready(w, "11-19 10:00").at("11-18 09:00").says("ana", passed())
    assert story.mails() == {"E-25": ({"agent", f"@{w.schedules}"}, {"tl"})}
    assert story.told(f"@{w.schedules}") == ["slot_cancelled"]


@both
def test_a_pass_leaves_a_delivered_cap_and_offers_a_draft_for_withdrawal(w: Wording) -> None:
    fallen = [hand.event for hand in ready(w).says("ana", passed()).effects(Hand)]
    assert fallen == [ExamSaidPassed(exam="ahip", name="AHIP Final")]
    story = second(w).says("ana", passed())
    (fell, said) = (hand.event for hand in story.effects(Hand))
    assert (fell, said) == (CauseFell(cause="F-1", step=2, reason="passed"), fallen[0])
    assert story.state("C") == "READY"
    assert story.owed("C")["fate"] == ("tl", "hr_rep")
    assert story.presses("tara", "Withdraw").state("C") == "WITHDRAWN"


def test_a_pass_with_no_case_is_noted() -> None:
    story = Story().says("ana", passed())
    assert story.state() == "PASSED"
    assert story.told() == ["passed"]


@both
def test_licensing_enters_a_pass_too(w: Wording) -> None:
    story = ready(w).says(w.schedules, ResultEntered(passed=True))
    assert story.state() == "PASSED"
    assert story.told("agent")[-1] == "passed"
    assert story.told("actor") == ["passed_for"]


# -- rows 12 to 14 -----------------------------------------------------------------------------------------


@both
def test_an_agent_who_left_is_written_to_no_more(w: Wording) -> None:
    story = ready(w, "11-19 10:00").leaves("eve")
    assert story.state() == "CLOSED_LEFT"
    assert story.state("C") == "CLOSED_LEFT"
    assert story.duties == {}
    assert story.timers == {}
    assert story.mails() == {"E-25": ({f"@{w.schedules}"}, {"tl"})}
    assert "agent" not in {tell.to for tell in story.effects(Tell)}


@both
def test_a_form_may_be_filed_after_the_lock_by_its_number(w: Wording) -> None:
    story = locked(w).says(w.who, FormDone(), "F-1")
    assert story.declined, "three forms are open: which?"
    assert not story.says(w.who, FormDone(attempt=3), "F-1").declined
    assert story.owed().keys() == {"form:1", "form:2", "end_session:2", "inhibitor"}


@both
def test_in_the_lock_a_fail_is_answered_closed(w: Wording) -> None:
    story = locked(w).says("ana", failed(2), "F-1")
    assert story.told() == ["closed"]
    assert locked(w).says("ana", failed(4), "F-1").told("licensing") == ["too_many_licensing"]


def test_every_message_names_its_policy_and_attempt() -> None:
    for story in (first(NEW), second(NEW), third(NEW)):
        for effect in (*story.effects(Mail, "F"), *story.effects(Tell, "F")):
            assert effect.facts["policy"] == "Failed Cert Exams"
            assert effect.facts["n"] == story.data.count


def test_the_key_is_the_exam_and_its_plan_year() -> None:
    machine = machine_for("failed_exam", packs().get("failed-exams-new").policy)
    this, later = failed(1), replace(failed(1), plan_year=2027)
    assert machine.key(this) == machine.key(passed())
    assert machine.key(this) != machine.key(later)
    assert machine.key(FormDone()) is None
