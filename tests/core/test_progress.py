"""The table of a reporting day and of one agent's report: boundaries, merging, the third one missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.core.samples_floor import SHIFT
from tests.core.story import packs
from tests.core.walks import moment
from workflows import handoffs, progress
from workflows.effects import Arm, Effect, Hand, Mail, Owe, Tell, Track
from workflows.machine import Case, Declined, Event, Machine, Stepped
from workflows.people import Role
from workflows.policy_floor import ProgressPolicy
from workflows.progress import Fields
from workflows.progress.data import beyond, skipped, taken
from workflows.progress.words import note, runs

DENVER = ZoneInfo("America/Denver")
POLICY: Any = packs().get("progress").policy
AGENT, BOT, TL = (frozenset({role}) for role in (Role.agent, Role.bot, Role.tl))
TUESDAY = date(2026, 11, 17)


def at(text: str) -> datetime:
    """ "11-17 16:30:00" at the site, of 2026 unless the year is told."""
    return datetime.fromisoformat(text if text[4] == "-" else f"2026-{text}").replace(tzinfo=DENVER)


def case(machine: Machine[Any], event: Event, state: str = "NONE", **data: Any) -> Case[Any]:
    """A case that is about to begin, or that stands somewhere."""
    fresh = machine.fresh(event)
    return Case(
        id=f"{machine.letter}-1", workflow=machine.name, key=machine.key(event) or "", agent="ana", pack="p", calendar="c",
        state=state, data=replace(fresh, **data) if data else fresh, opened=at("11-17 00:00"),
    )  # fmt: skip


def step(machine: Machine[Any], where: Case[Any], event: Event, now: str, by: frozenset[Role]) -> Any:
    """One step, or why there is none."""
    return machine.step(moment(where, event, at(now), by, POLICY))


def report(day: date = TUESDAY, **said: Any) -> progress.ProgressReported:
    """A report of that day."""
    return progress.ProgressReported(day=day, shift=SHIFT, said=Fields(**(said or {"modules": (1,)})))


REPORT = progress.machine(POLICY)
CLASS = progress.day_machine(POLICY)


def reported(now: str, state: str, day: date = TUESDAY) -> str:
    """Where a report at that time leads to from that state."""
    event = report(day)
    done = step(REPORT, case(REPORT, event, state), event, now, AGENT)
    return done.case.state if isinstance(done, Stepped) else str(done.reason)


@pytest.mark.parametrize(
    ("now", "state", "to"),
    [
        ("11-17 16:29:59", "DUE", "REPORTED"),
        ("11-17 16:30:00", "DUE", "LATE"),
        ("11-17 16:30:00", "MISSING", "LATE"),
        ("11-17 16:29:59", "MISSING", "REPORTED"),
        ("11-17 23:59:59", "MISSING", "LATE"),
        ("11-17 17:00:00", "REPORTED", "REPORTED"),
        ("11-17 17:00:00", "LATE", "LATE"),
        ("11-17 17:00:00", "EXCUSED", "REPORTED"),
        ("11-17 09:00:00", "NONE", "REPORTED"),
        ("11-17 16:30:00", "NONE", "LATE"),
    ],
)
def test_a_report_is_late_from_the_end_of_the_shift_on(now: str, state: str, to: str) -> None:
    assert reported(now, state) == to


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2026, 11, 26), date(2026, 11, 13)])
def test_on_a_closed_day_or_before_the_class_nothing_is_due_and_nothing_late(day: date) -> None:
    assert reported(f"{day} 23:00:00", "NONE", day) == "REPORTED"


@pytest.mark.parametrize(("day", "utc"), [(date(2027, 3, 12), 23), (date(2027, 3, 15), 22), (date(2027, 11, 8), 23)])
def test_the_cutoff_is_wall_clock_on_both_sides_of_a_change_of_the_clocks(day: date, utc: int) -> None:
    event = progress.ProgressDayBegun(day=day, shift=SHIFT)
    done = step(CLASS, case(CLASS, event), event, f"{day} 00:00:00", BOT)
    armed = {effect.name: effect.due for effect in done.effects if isinstance(effect, Arm)}
    assert (armed["cutoff"].hour, armed["cutoff"].minute) == (utc, 30)
    assert armed["cutoff"] - armed["prompt"] == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("now", "state", "armed"),
    [("00:00:00", "OPEN", 2), ("16:00:00", "OPEN", 1), ("16:29:59", "OPEN", 1), ("16:30:00", "CLOSED", 0)],
)
def test_a_day_that_begins_late_arms_only_what_is_still_to_come(now: str, state: str, armed: int) -> None:
    event = progress.ProgressDayBegun(day=TUESDAY, shift=SHIFT)
    done = step(CLASS, case(CLASS, event), event, f"11-17 {now}", BOT)
    assert (done.case.state, len(done.effects)) == (state, armed)


def missed(*days: int, suggested: bool = False, excuse: str = "") -> tuple[Case[Any], tuple[Effect, ...]]:
    """The cutoff of the 20th after missing these days of November."""
    event = progress.CutoffPassed(
        day=date(2026, 11, 20),
        shift=SHIFT,
        missed=tuple(date(2026, 11, n) for n in days),
        suggested=suggested,
        excuse=excuse,
    )
    done = step(REPORT, case(REPORT, event, "DUE"), event, "11-20 16:30:00", BOT)
    return done.case, done.effects


def test_the_third_missing_one_asks_the_lead_once_and_nobody_else() -> None:
    for days, asked in (((), 0), ((17,), 0), ((17, 18), 1), ((16, 17, 18), 1)):
        after, effects = missed(*days)
        owed = [effect for effect in effects if isinstance(effect, Owe)]
        assert (after.state, len(owed)) == ("MISSING", asked)
        assert [type(effect) for effect in effects if not isinstance(effect, Owe)] == [Tell, Mail]
    assert not [effect for effect in missed(17, 18, suggested=True)[1] if isinstance(effect, Owe)]
    assert missed(17, 18, excuse="leave")[0].state == "EXCUSED"
    assert missed(17, 18, excuse="leave")[1] == ()


def test_coach_hands_a_coaching_with_every_day_and_its_own_clock() -> None:
    where, _ = missed(17, 18)
    done = step(REPORT, where, progress.TalkWanted(), "11-20 16:40:00", TL)
    (hand,) = [effect for effect in done.effects if isinstance(effect, Hand)]
    assert isinstance(hand.event, handoffs.CoachingDue)
    assert (hand.workflow, hand.event.cause, hand.event.sla, len(hand.event.facts)) == (
        "coaching",
        "G-1",
        "immediate",
        3,
    )
    again = step(REPORT, done.case, progress.TalkWanted(), "11-20 16:41:00", TL)
    assert again == Declined("not_so")
    assert step(REPORT, where, progress.TalkWanted(), "11-20 16:40:00", AGENT).reason == "not_yours"


def test_a_day_that_is_excused_later_takes_its_coaching_back() -> None:
    where = step(REPORT, missed(17, 18)[0], progress.TalkWanted(), "11-20 16:40:00", TL).case
    done = step(REPORT, where, handoffs.DayExcused(day=date(2026, 11, 20), why="absent"), "11-20 17:00:00", BOT)
    assert done.case.state == "EXCUSED"
    assert [type(effect.event) for effect in done.effects if isinstance(effect, Hand)] == [handoffs.CauseFell]


def test_only_the_agent_reports() -> None:
    event = report()
    assert step(REPORT, case(REPORT, event), event, "11-17 15:00:00", TL).reason == "not_yours"


def test_what_is_handed_on_is_this_report_and_not_the_day() -> None:
    first = step(REPORT, case(REPORT, report()), report(), "11-17 15:00:00", AGENT).case
    second = report(tbt=17, calls=2, equipment=False)
    done = step(REPORT, first, second, "11-17 16:00:00", AGENT)
    handed = {effect.workflow: effect.event for effect in done.effects if isinstance(effect, Hand)}
    assert handed["carrier_cert"] == handed["tbt"] == handoffs.Reported(calls=2)
    assert not handed["equipment"].works
    assert [entry.said.modules for entry in done.case.data.entries] == [(1,), ()]
    assert (done.case.data.fields.modules, done.case.data.fields.calls) == ((1,), 2)
    assert [effect.column for effect in done.effects if isinstance(effect, Track)] == ["Notes"]


# -- words and numbers -------------------------------------------------------------------------------------


def test_later_numbers_add_take_back_or_replace() -> None:
    day = Fields(modules=(1, 2), tbt=3, ahip="not started", blockers="no N-Number")
    merged = progress.merged
    assert merged(day, Fields(modules=(3,)), exact=False).modules == (1, 2, 3)
    assert merged(day, Fields(modules=(1,)), exact=False).modules == (1,)
    assert merged(day, Fields(modules=(3,)), exact=True).modules == (3,)
    assert merged(day, Fields(tbt=2), exact=False) == replace(day, tbt=2)
    assert merged(day, Fields(blockers="", ahip="passed"), exact=False) == replace(day, blockers="", ahip="passed")


def test_what_cannot_be_is_named_and_left_out() -> None:
    odd = Fields(modules=(1, 7), quizzes=(6,), tbt=17, calls=6)
    assert list(beyond(odd, POLICY.limits)) == [("modules", 5, 7), ("quizzes", 5, 6), ("tbt", 15, 17), ("calls", 5, 6)]
    assert taken(odd, POLICY.limits) == Fields(modules=(1,))
    assert taken(Fields(tbt=progress.ALL_OF_THEM, calls=5), POLICY.limits) == Fields(tbt=15, calls=5)


def test_the_limit_of_courses_is_the_length_of_the_course_list() -> None:
    courses = getattr(packs().get("tbt").policy, "course", None) or getattr(packs().get("tbt").policy, "courses", ())
    assert isinstance(POLICY, ProgressPolicy)
    assert not courses or POLICY.limits.tbt == len(courses)


def test_the_note_names_no_failed_exam_and_no_hushed_word() -> None:
    said = Fields(modules=(1, 2, 4), ahip="failed", note="my tl gave me a warning", hushed=True, blockers="no N-Number")
    assert note(said, POLICY.limits) == "Progress: modules 1-2, 4"
    assert note(replace(said, hushed=False, note="slow"), POLICY.limits).endswith("blocked by no N-Number; slow")
    assert note(Fields(), POLICY.limits) == "Progress reported"


def test_numbers_are_told_as_runs() -> None:
    assert [runs(each) for each in ((1,), (1, 2), (1, 2, 3, 5), (5, 1))] == ["1", "1-2", "1-3, 5", "1, 5"]
    assert [skipped(each) for each in ((), (1, 2), (5,), (1, 3))] == [(), (), (1, 2, 3, 4), (2,)]
