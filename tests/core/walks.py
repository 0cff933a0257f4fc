"""Walks over the tables: what may be said next, and how far a table can be seen.

`explore` is what finds dead rows and unreachable states: it walks about with a fixed seed, curious for rows it has
not taken yet, and gives up after so many walks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.core.samples import FINDS, OPENERS, OWN, SAMPLES, WORN
from tests.core.story import CALENDAR, failed, passed
from workflows import concern, discipline, failed_exam, handoffs
from workflows.machine import Case, Event, Machine, Moment, Row, Stepped
from workflows.people import Role

NOON = datetime(2026, 11, 17, 19, tzinfo=UTC)
EITHER = (frozenset({Role.licensing}), frozenset({Role.agent}), frozenset({Role.bot}))
LONGEST_WALK = 10
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

FAILED_EXAM: dict[type[Event], list[dict[str, Any]]] = {
    failed_exam.ResultEntered: [{"passed": True}, {"passed": False}],
    failed_exam.Coached: [{}, {"advised": True}, {"advised": True, "on": NOON - timedelta(days=9)}],
    failed_exam.FormDone: [{}, {"attempt": 1}, {"attempt": 3}],
    failed_exam.AttemptVoided: [{}, {"ordinal": 1}, {"ordinal": 2}, {"ordinal": 9}],
    failed_exam.AttemptTechnical: [{}, {"ordinal": 1}, {"ordinal": 2, "why": "crash"}, {"ordinal": 9}],
    failed_exam.AttemptCounts: [{}, {"ordinal": 1}, {"number": 2}],
    failed_exam.TechnicalReported: [{}, {"ordinal": 1}, {"ordinal": 9}],
    failed_exam.TechnicalRefused: [{}, {"ordinal": 1}],
    failed_exam.SlotNear: [{"near": "24h"}],
    handoffs.AgentLeft: [{"by": "eve"}],
    handoffs.InhibitorFound: [{"category": "AHIP closed", "by": "lia"}, {"category": "release needed", "by": "lia"}],
    concern.InhibitorCleared: [{}, {"why": "release needed"}],
}
DUE = handoffs.CapDue(
    cause="F-1",
    cause_workflow="failed_exam",
    step=2,
    kind="final",
    owner="tl",
    gate="inform",
    clause="may result in more",
    expectation="pass",
    allowed="one more",
    policy="Exams",
    subject="AHIP Final",
    facts=((NOON, "failed"),),
    prior=(),
    sla="immediate",
    sla_pack="",
)
REVIEW_DUE = handoffs.ReviewDue(
    cause="F-1", cause_workflow="failed_exam", step=5, subject="AHIP Final", timeline=((NOON, "failed"),)
)


def samples(kind: type[Event], case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Events of one kind that make a difference to this case."""
    if own := OWN.get(case.workflow, {}).get(kind):
        yield from own(case, policy, at)
        return
    match kind.__name__:
        case "ExamFailed":
            yield from (failed(claimed) for claimed in (None, *range(1, policy.last + 2)))
            yield failed(1, sure="same")
            yield failed(1, sure="new")
            yield failed(crashed=True)
        case "ExamPassed":
            yield passed()
        case "ProctorScheduled":
            for ahead in (HOUR, 2 * DAY):
                for forced in (True, False):
                    yield failed_exam.ProctorScheduled(
                        starts=at + ahead, proctor="lia", proctor_name="Lia Cruz", forced=forced
                    )
        case "CapDelivered" | "CapWithdrawn" | "ReviewDecided":
            for step in {99, *(step.number for step in case.data.steps)}:
                yield from _answers(kind, step, at)
        case "CapDue":
            from_gate = {"gate": "approve"}, {"gate": "none", "kind": "written"}, {"clause": ""}, {"owner": "pm"}
            yield DUE
            yield from (_with(DUE, more) for more in from_gate)
        case "CauseFell":
            yield handoffs.CauseFell(cause="F-1", step=2, reason="passed")
            yield handoffs.CauseFell(cause="F-1", step=2, reason="corrected", withdraw=True)
        case "ReviewDue":
            yield REVIEW_DUE
        case "OutcomeRecorded":
            yield from (discipline.OutcomeRecorded(outcome=outcome) for outcome in ("no action", "terminate", "shrug"))
        case "Witnessed":
            yield discipline.Witnessed(name="Dev Shah")
            yield discipline.Witnessed(name="Ana Rivera", user=case.agent)
            yield discipline.Witnessed(name="Joe", half=True)
        case "DraftMended":
            yield discipline.DraftMended(note="seen")
        case "CapReturned":
            yield discipline.CapReturned(why="which attempt?")
        case _ if kind in SAMPLES:
            yield from SAMPLES[kind](case, policy, at)
        case _:
            yield from (kind(**fields) for fields in FAILED_EXAM.get(kind, [{}]))


def _answers(kind: type[Event], step: int, at: datetime) -> Iterator[Event]:
    if kind is handoffs.CapDelivered:
        yield handoffs.CapDelivered(cap="C-1", step=step, delivered_at=at, by="tara")
    elif kind is handoffs.CapWithdrawn:
        yield handoffs.CapWithdrawn(cap="C-1", step=step)
    else:
        for proceed in (True, False):
            outcome = "no action" if proceed else "other role"
            yield handoffs.ReviewDecided(review="R-1", step=step, outcome=outcome, proceed=proceed, by="hana")


def _with(due: handoffs.CapDue, more: dict[str, Any]) -> handoffs.CapDue:
    return replace(due, **more)


def moment(case: Case[Any], event: Event, at: datetime, by: frozenset[Role], policy: Any, **more: Any) -> Moment[Any]:
    """A moment without a roster, unless one is given."""
    return Moment(
        case=case,
        was=case,
        event=event,
        at=at,
        actor=min(by, default="bot"),
        by=by,
        policy=policy,
        calendar=CALENDAR,
        **more,
    )


@dataclass
class Sight:
    """What was seen of a table, row by row; what is left in `rows` was never taken."""

    states: set[str] = field(default_factory=set)
    rows: dict[int, Row] = field(default_factory=dict)
    steps: int = 0


def explore(machine: Machine[Any], policy: Any, *, walks: int, seed: int = 1) -> Sight:
    """Walk through the table until every row was taken, at most so many walks.

    Each walk begins where an earlier one found something new, and tries the rows not taken yet first.
    """
    sight = Sight(rows=dict(enumerate(machine.rows)))
    dice = Random(seed)
    finds = [(_blank(machine, first, policy), NOON) for first in machine.opens]
    finds += [(case, NOON) for case in _worn(machine, policy)]
    finds += list(FINDS[machine.name](machine, policy)) if machine.name in FINDS else []
    for _ in range(walks):
        if not sight.rows:
            break
        finds += _walk(machine, policy, sight, dice, *dice.choice(finds))
    return sight


def _walk(
    machine: Machine[Any], policy: Any, sight: Sight, dice: Random, case: Case[Any], at: datetime
) -> list[tuple[Case[Any], datetime]]:
    finds = []
    for _ in range(LONGEST_WALK):
        sight.states.add(case.state)
        at += dice.choice((HOUR, HOUR, DAY))
        ahead = [step for n, row in tuple(sight.rows.items()) if (step := _take(machine, policy, case, n, row, at))]
        for n, stepped in ahead:
            sight.rows.pop(n)
            sight.states.add(stepped.case.state)
            finds.append((stepped.case, at))
        sight.steps += len(ahead)
        going = [stepped.case for _, stepped in ahead]
        following = dice.choice(going) if going else _move(machine, policy, case, at, dice, sight)
        if following is None:
            break
        case = following
    return finds


def _take(
    machine: Machine[Any], policy: Any, case: Case[Any], n: int, row: Row, at: datetime
) -> tuple[int, Stepped[Any]] | None:
    if case.state not in row.at:
        return None
    for event in samples(row.on, case, policy, at):
        bare = moment(case, event, at, frozenset(), policy)
        for by in [frozenset({role}) for role in sorted(row.may(bare))] or EITHER:
            here = moment(case, event, at, by, policy)
            if row.when is None or row.when(here):
                stepped = machine.step(here)
                assert isinstance(stepped, Stepped)
                if stepped.row is row:
                    return n, stepped
    return None


def _move(
    machine: Machine[Any], policy: Any, case: Case[Any], at: datetime, dice: Random, sight: Sight
) -> Case[Any] | None:
    """Any step that changes something, into an ended state only where something is still to be seen."""
    rows = [row for row in machine.rows if case.state in row.at and (row.to or row.set)]
    dice.shuffle(rows)
    unseen = {state for row in sight.rows.values() for state in row.at}
    for row in rows:
        back = row.on in (failed_exam.AttemptVoided, failed_exam.AttemptTechnical, failed_exam.FormDone)
        if (row.to in machine.ends and row.to not in unseen) or (back and dice.random() < 0.8):
            continue
        events = list(samples(row.on, case, policy, at))
        event = dice.choice(events)
        roles = sorted(row.may(moment(case, event, at, frozenset(), policy)))
        here = moment(case, event, at, frozenset({dice.choice(roles)}) if roles else dice.choice(EITHER), policy)
        if row.when is None or row.when(here):
            stepped = machine.step(here)
            sight.steps += 1
            assert isinstance(stepped, Stepped)
            return stepped.case
    return None


def _worn(machine: Machine[Any], policy: Any) -> Iterator[Case[Any]]:
    """Failed exams with nothing but technical failures, up to the last attempt but one: chance seldom thinks of it.
    And what other areas say a TL brings a case to (`WORN`)."""
    if story := WORN.get(machine.name, ()):
        case = _blank(machine, story[0], policy)
        for event in story:
            stepped = machine.step(moment(case, event, NOON, frozenset({Role.tl}), policy))
            assert isinstance(stepped, Stepped)
            case = stepped.case
        yield case
    if machine.name != "failed_exam":
        return
    case = _blank(machine, failed(), policy)
    for _ in range(policy.last - 1):
        for event in (failed(), failed_exam.AttemptTechnical()):
            stepped = machine.step(moment(case, event, NOON, frozenset({Role.licensing}), policy))
            assert isinstance(stepped, Stepped)
            case = stepped.case
        yield case


def _blank(machine: Machine[Any], event: Any, policy: Any) -> Case[Any]:
    if isinstance(event, type):
        event = OPENERS.get(event) or {
            "ExamFailed": failed(),
            "ExamPassed": passed(),
            "CapDue": DUE,
            "ReviewDue": REVIEW_DUE,
        }.get(event.__name__, handoffs.InhibitorFound(category="AHIP closed", by="lia"))
    return Case(
        id=f"{machine.letter}-1",
        workflow=machine.name,
        key=machine.key(event) or "",
        agent="ana",
        pack=policy.id,
        calendar="slc",
        state=machine.start,
        data=machine.fresh(event),
        opened=NOON,
    )
