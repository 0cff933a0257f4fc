"""The table of TBTs, without a roster: which course is meant, and where all of them stand together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from bot.machines import machine_for
from tests.core.samples_calls import PDF, SHOT, TBT_STARTED
from tests.core.story import clock, packs
from tests.core.walks import moment
from workflows import handoffs, tbt
from workflows.effects import Arm, Disarm, Hand, Mail, Owe, Settle, Tell, Track
from workflows.machine import Case, Event, Stepped
from workflows.people import Role
from workflows.tbt.guards import number_of

POLICY: Any = packs().get("tbt").policy
MACHINE = machine_for("tbt", POLICY)
ANA, TIM, COLE = (frozenset({role}) for role in (Role.agent, Role.tbt_sme, Role.cert_coordinator))
BOT = frozenset({Role.bot})
FRIDAY = clock("11-20 08:00")
A, B, LAST = POLICY.numbers[0], POLICY.numbers[1], POLICY.numbers[-1]
EXAM, OTHER = [course.number for course in POLICY.course if course.has_exam][:2]
Said = tuple[Event, frozenset[Role]]


def play(*events: Said, at: datetime = FRIDAY, started: Event = TBT_STARTED) -> Stepped[Any]:
    """What the last of these events leads to."""
    here: Case[Any] = Case(
        id="T-1", workflow="tbt", key="tbt", agent="ana", pack=POLICY.id, calendar="slc", state=MACHINE.start,
        data=MACHINE.fresh(started), opened=at,
    )  # fmt: skip
    found: Any = None
    for event, by in ((started, BOT), *events):
        found = MACHINE.step(moment(here, event, at, by, POLICY))
        assert isinstance(found, Stepped), (event, found)
        here = found.case
    return found


def done(*courses: str) -> Said:
    return tbt.CoursesDone(courses=courses), ANA


SENT: Said = (tbt.TbtProofSent(evidence=PDF), ANA)
GOOD: Said = (tbt.TbtProofAccepted(), TIM)
UP: Said = (tbt.CoursesUploaded(), COLE)


def test_there_are_fifteen_courses_and_one_of_them_is_211629() -> None:
    assert len(POLICY.numbers) == 15
    assert "211629" in POLICY.numbers


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("211629", "211629"),
        ("#211629", "211629"),
        ("1", A),
        ("15", LAST),
        ("16", ""),
        ("0", ""),
        ("211", ""),
        ("x", ""),
    ],
)
def test_a_course_is_named_by_its_number_or_its_place(said: str, number: str) -> None:
    assert number_of(POLICY, said) == number


def test_all_stand_where_the_least_advanced_course_stands() -> None:
    assert play(done(A)).case.state == "OPEN"
    assert play(done("all")).case.state == "CLAIMED"
    assert play(done("all"), SENT, GOOD).case.state == "PROOF_OK"
    assert play(done("all"), SENT, GOOD, UP).case.state == "UPLOADED"


def test_complete_is_tracked_and_handed_on_once() -> None:
    end = play(done("all"), SENT, GOOD, UP)
    cells = [(e.column, e.value) for e in end.effects if isinstance(e, Track)]
    assert cells == [("TBT Status (x/N)", "15/15"), ("All TBTs Complete?", "Yes")]
    assert [(e.workflow, e.event.item, e.event.done) for e in end.effects if isinstance(e, Hand)] == [
        ("completion", "tbt", True),
        ("ladder", "tbt", True),
    ]
    back = play(done("all"), SENT, GOOD, UP, (tbt.TbtProofRefused(courses=(A,), why="wrong year"), TIM))
    assert back.case.state == "CLAIMED"
    assert [e.event.done for e in back.effects if isinstance(e, Hand)] == [False, False]
    assert ("All TBTs Complete?", "No") in [(e.column, e.value) for e in back.effects if isinstance(e, Track)]


def test_nothing_is_uploaded_before_its_proof_is_accepted() -> None:
    here = play(done("all"), SENT).case
    assert not isinstance(MACHINE.step(moment(here, UP[0], FRIDAY, COLE, POLICY)), Stepped)
    partly = play(done("all"), SENT, (tbt.TbtProofAccepted(courses=(A,)), TIM), UP).case
    assert partly.data.record(A).state == "UPLOADED"
    assert partly.data.record(B).state == "CLAIMED"


def test_a_count_claims_in_the_order_of_the_list_and_a_lower_one_takes_back_what_it_guessed() -> None:
    six = play(done(LAST), (handoffs.Reported(tbt=6), BOT)).case.data
    assert six.done == 6
    assert six.numbers("CLAIMED") == (*POLICY.numbers[:5], LAST)
    four = play(done(LAST), (handoffs.Reported(tbt=6), BOT), (handoffs.Reported(tbt=4), BOT)).case.data
    assert four.done == 4
    assert four.record(LAST).state == "CLAIMED"
    assert play((handoffs.Reported(tbt=15), BOT)).case.state == "CLAIMED"
    assert play((handoffs.Reported(modules=(1,)), BOT)).case.data.done == 0


def test_a_proof_that_comes_first_waits_for_its_courses() -> None:
    early = play(SENT).case.data
    assert early.loose == 1
    named = play(SENT, done(A, B)).case.data
    assert named.shown_by(1) == (A, B)
    assert named.loose == 0


def test_a_missing_course_needs_a_picture_of_both_searches() -> None:
    whole = tbt.CourseMissing(course=A, evidence=SHOT, by_number=True, by_name=True)
    found = play((whole, ANA)).case.data.record(A)
    assert found.state == "NOT_FOUND"
    for lacking in ({"evidence": None}, {"evidence": PDF}, {"by_number": None}, {"by_name": False}, {"course": "99"}):
        event = replace(whole, **lacking)
        assert not isinstance(MACHINE.step(moment(play().case, event, FRIDAY, ANA, POLICY)), Stepped)
    verified = play((whole, ANA), (tbt.SearchVerified(course=A), TIM))
    assert [(e.column, e.value) for e in verified.effects if isinstance(e, Track)] == [
        ("Searched by Course Number", "Yes")
    ]


def test_three_fails_of_one_course_alert_tl_and_licensing_and_hand_nothing_to_the_ladder() -> None:
    fail: Said = (tbt.CourseFailed(course=EXAM), ANA)
    twice = play(fail, (tbt.CourseFailed(course=OTHER), ANA), fail)
    assert not [e for e in twice.effects if isinstance(e, Mail)]
    thrice = play(fail, fail, fail)
    (mail,) = (e for e in thrice.effects if isinstance(e, Mail))
    assert (mail.to, mail.id) == (("tl", "licensing_team"), "E-21")
    assert [e.to for e in thrice.effects if isinstance(e, Tell) and e.template == "tbt/failed_often"] == [
        "tl",
        "licensing",
    ]
    assert thrice.case.data.record(EXAM).standing == "FAILED_EXAM(3)"
    assert not [e for e in thrice.effects if isinstance(e, Hand)]


def due(stepped: Stepped[Any]) -> dict[str, str]:
    """The bells as they are armed, in site time."""
    return {e.name: f"{e.due.astimezone(FRIDAY.tzinfo):%m-%d %H:%M}" for e in stepped.effects if isinstance(e, Arm)}


def test_eight_hours_run_from_the_first_shift_less_calls_and_blocks() -> None:
    assert due(play()) == {"nudge": "11-20 14:30", "hours": "11-20 16:30"}
    busy: Said = (handoffs.Busy(agent="ana", why="call"), BOT)
    assert due(play(busy)) == {}
    here = play(busy).case
    later = MACHINE.step(moment(here, handoffs.Free(agent="ana", why="call"), clock("11-20 10:00"), BOT, POLICY))
    assert isinstance(later, Stepped)
    assert due(later) == {"nudge": "11-20 16:30", "hours": "11-23 10:00"}
    assert due(play((handoffs.Busy(agent="ana", why="proctor"), BOT))) == {
        "nudge": "11-20 14:30",
        "hours": "11-20 16:30",
    }


def test_what_fell_due_before_anybody_watched_is_not_made_up() -> None:
    assert due(play(at=clock("11-20 15:00"))) == {"hours": "11-20 16:30"}
    late = play(at=clock("11-24 09:00"), started=replace(TBT_STARTED, smes=0, blanks=("ben",)))
    assert due(late) == {}
    assert not [e for e in late.effects if isinstance(e, Tell)]


def test_too_few_or_too_many_smes_are_said_once_to_the_coordinator() -> None:
    for smes, said in ((0, ["tbt/smes"]), (1, []), (2, []), (3, ["tbt/smes"]), (-1, [])):
        begun = play(started=replace(TBT_STARTED, smes=smes))
        assert [e.template for e in begun.effects if isinstance(e, Tell)] == said


def test_the_request_of_the_n_number_is_tracked_and_its_clock_is_off_unless_the_pack_counts() -> None:
    begun = play(started=replace(TBT_STARTED, requested=date(2026, 11, 9)))
    assert [(e.column, e.value) for e in begun.effects if isinstance(e, Track)] == [
        ("Date of N Number Request", "11/09/2026")
    ]
    policy = replace(POLICY, nnumber=replace(POLICY.nnumber, escalate_after=10))
    machine = machine_for("tbt", policy)
    here: Case[Any] = replace(play().case, state=machine.start, data=machine.fresh(TBT_STARTED), seq=0)
    stepped = machine.step(moment(here, TBT_STARTED, FRIDAY, BOT, policy))
    assert isinstance(stepped, Stepped)
    assert due(stepped)["nnumber"] == "11-23 08:00"


def test_a_fail_of_a_course_without_an_exam_is_recorded_and_the_sme_hears_that_the_list_has_none() -> None:
    (plain, *_) = (course.number for course in POLICY.course if not course.has_exam)
    for course, exam in ((plain, False), (EXAM, True)):
        failed = play((tbt.CourseFailed(course=course), ANA))
        (card,) = (e for e in failed.effects if isinstance(e, Owe))
        assert (card.duty, card.facts["exam"]) == (f"retake:{course}", exam)
    unlisted = replace(POLICY, course=tuple(replace(course, has_exam=False) for course in POLICY.course))
    step = machine_for("tbt", unlisted).step(moment(play().case, tbt.CourseFailed(course=plain), FRIDAY, ANA, unlisted))
    assert isinstance(step, Stepped)
    assert all(e.facts["exam"] for e in step.effects if isinstance(e, Owe)), "a list that names no exam says nothing"


def test_waived_courses_have_no_running_clock_and_owe_nothing() -> None:
    waived = play((handoffs.LetPass(item="tbt", by="eve"), BOT))
    assert [e.name for e in waived.effects if isinstance(e, Disarm)] == ["*"]
    assert [e.duty for e in waived.effects if isinstance(e, Settle)] == ["*"]
    blocked = play(
        (handoffs.LetPass(item="tbt", by="eve"), BOT),
        (handoffs.Blocked(reason="login", since=FRIDAY, by="tara"), BOT),
        (handoffs.Unblocked(until=FRIDAY, by="tara", reason="login"), BOT),
    )
    assert not [e for e in blocked.effects if isinstance(e, Arm)]
