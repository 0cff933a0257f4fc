"""The machine of one pack, and refusals worth more than the plain words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows.effects import ACTOR, Answer, Ask, Tell
from workflows.failed_exam.data import FailedExam, proctor_of
from workflows.failed_exam.endings import end_rows, left_rows, paper_rows, pass_rows, void_rows
from workflows.failed_exam.events import (
    AttemptCounts,
    CarrierDiffers,
    Coached,
    ExamFailed,
    ExamPassed,
    NotAdvised,
    ProctorScheduled,
    ProctorWanted,
    TechnicalKept,
    TechnicalRefused,
)
from workflows.failed_exam.facts import facts, slot_facts
from workflows.failed_exam.guards import held, left, reading
from workflows.failed_exam.states import (
    CLOSED_LEFT,
    NONE,
    PASSED,
    REVIEW,
    VOID,
    coaching,
    confirming,
    confirms,
    locked,
    places,
)
from workflows.failed_exam.table import coaching_rows, fail_rows, hand_rows, ordinal_rows, proctor_rows
from workflows.failed_exam.technical import technical_rows
from workflows.machine import Case, Declined, Machine, Moment
from workflows.people import Role
from workflows.policy import FailedExamPolicy


def people(case: Case[Any]) -> dict[Role, tuple[str, ...]]:
    """Roles this case itself gives."""
    proctor = proctor_of(case)
    return {Role.proctor: (proctor,)} if proctor else {}


def refusal(m: Moment[Any], declined: Declined) -> Tell | Ask | tuple[Tell | Ask, ...] | None:
    """Refusals worth more than the plain words."""
    event, state = m.event, m.was.state
    if isinstance(event, Coached) and declined.reason == "not_so" and "coach" in left(m):
        coach = coaching(m.policy, m.data.count)
        assert coach is not None
        return Ask(
            template="failed_exam/ask_statement",
            facts=facts(m, statement=coach.statement),
            answers=(
                Answer(label=coach.label, event=replace(event, advised=True), done="recorded"),
                Answer(label="Not advised", event=NotAdvised(), done="noted"),
            ),
        )
    if isinstance(event, Coached) and declined.reason == "not_so" and m.was.data.count and held(m):
        return Tell(to=ACTOR, template="failed_exam/coached_when", facts=facts(m, named=event.on))
    if isinstance(event, ProctorWanted) and declined.reason == "not_now":
        return Tell(to=ACTOR, template="failed_exam/too_early", facts=facts(m, **slot_facts(m)))
    if isinstance(event, ProctorScheduled):
        template = {"not_so": "slot_unfit", "not_now": "too_early"}.get(declined.reason)
        said = facts(m, **slot_facts(m), asked=event.starts)
        return Tell(to=ACTOR, template=f"failed_exam/{template}", facts=said) if template else None
    if isinstance(event, AttemptCounts | TechnicalKept | TechnicalRefused) and declined.reason == "not_so":
        return Tell(to=ACTOR, template="failed_exam/no_technical", facts=facts(m))
    if isinstance(event, ExamFailed | ExamPassed) and state == PASSED:
        return Ask(
            template="failed_exam/is_passed",
            facts=facts(m, passed_at=m.was.data.passed_at),
            answers=(Answer(label="Tell licensing", event=CarrierDiffers(), done="told"),),
        )
    if isinstance(event, ExamFailed | ExamPassed) and state == locked(m.policy):
        closed = Tell(to=ACTOR, template="failed_exam/closed", facts=facts(m))
        if isinstance(event, ExamFailed) and reading(m) == "beyond":
            return (closed, Tell(to=Role.licensing, template="failed_exam/too_many_licensing", facts=facts(m)))
        return closed
    return None


REPORTERS = frozenset({Role.agent, Role.tl, Role.workshop_lead, Role.licensing, Role.pm, Role.esp_manager})
"""Whose word opens a case: the agent's own, or that of those who look after him."""


def machine(policy: FailedExamPolicy) -> Machine[FailedExam]:
    """The table for one pack."""
    middles = tuple(state for n in range(policy.last) for state in places(policy, n) if state != NONE)
    confirm = (confirming(policy),) if confirms(policy) else ()
    review = (REVIEW,) if policy.last > 1 else ()
    opens = (NONE, *middles, *confirm, *review)
    states = (*middles, *confirm, locked(policy), *review, PASSED)
    rows = (
        *fail_rows(policy),
        *ordinal_rows(policy),
        *coaching_rows(policy),
        *proctor_rows(policy),
        *hand_rows(policy, (*states, VOID)),
        *end_rows(policy),
        *pass_rows(policy, opens),
        *left_rows(policy, opens),
        *void_rows(policy),
        *technical_rows(policy),
        *paper_rows(policy, states),
    )
    return Machine(
        name="failed_exam",
        letter="F",
        start=NONE,
        ends=frozenset({locked(policy), PASSED, VOID, *((CLOSED_LEFT,) if (*middles, *confirm) else ())}),
        rows=rows,
        opens=(ExamFailed, ExamPassed),
        key=lambda event: f"{event.exam} {event.plan_year}" if isinstance(event, ExamFailed | ExamPassed) else None,
        fresh=lambda event: FailedExam(
            exam=event.exam, exam_name=event.exam_name, carrier=event.carrier, plan_year=event.plan_year
        ),
        people=people,
        refusal=refusal,
        remembers=True,
        reporters=REPORTERS,
    )
