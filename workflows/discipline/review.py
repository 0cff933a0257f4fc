"""Reviews (SPEC 3.9): one request that people look at a matter, and what they decided."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows import handoffs
from workflows.discipline.data import ReviewData
from workflows.discipline.events import OutcomeRecorded
from workflows.discipline.states import CLOSED_LEFT, DECIDED, NONE, OPEN, VOID
from workflows.effects import ACTOR, Answer, Effect, Hand, Mail, Owe, Settle, Tell
from workflows.machine import Declined, Machine, Moment, Row
from workflows.people import Role
from workflows.policy import DisciplinePolicy

OUTCOMES = ("no action", "extend", "other role", "terminate")
"""What people may decide (SPEC 3.9); the first two let the agent go on."""


def review_facts(m: Moment[ReviewData], **more: Any) -> dict[str, Any]:
    """The timeline and what speaks for the agent; no recommendation."""
    data = m.data
    return {
        "subject": data.due.subject,
        "cause": data.due.cause,
        "timeline": data.due.timeline,
        "contrary": data.due.contrary,
        "outcome": data.outcome,
        "text": data.text,
        "decided_by": data.decided_by,
        "decided_at": data.decided_at,
        "outcomes": OUTCOMES,
        **more,
    }


def ask_review(m: Moment[ReviewData]) -> tuple[Effect, ...]:
    """E-22 and the duty to decide."""
    return (
        Mail(
            to=m.policy.review_to,
            cc=m.policy.review_cc,
            behalf=Role.tl,
            id="E-22",
            template="discipline/review",
            facts=review_facts(m),
            gather="review_dossier",
        ),
        Owe(
            to=(m.data.due.owner or m.policy.hr,),
            duty="review",
            title="record the review's outcome",
            template="discipline/review_card",
            facts=review_facts(m),
            answers=(
                Answer(label="No action", event=OutcomeRecorded(outcome="no action"), done="recorded"),
                Answer(label="Extend", event=OutcomeRecorded(outcome="extend"), done="recorded"),
            ),
            sla=f"{m.data.due.sla_pack}#{m.data.due.sla}" if m.data.due.sla else "review",
        ),
    )


def report_outcome(m: Moment[ReviewData]) -> tuple[Effect, ...]:
    """The case that asked goes on or stays; the TL hears that a decision was recorded."""
    data = m.data
    proceed = data.outcome in OUTCOMES[:2]
    event = handoffs.ReviewDecided(
        review=m.case.id, step=data.due.step, outcome=data.outcome, proceed=proceed, by=m.actor
    )
    return (
        Settle(duty="review"),
        Hand(workflow=data.due.cause_workflow, ref=data.due.cause, event=event),
        Tell(to=Role.tl, template="discipline/review_recorded", facts=review_facts(m)),
        Tell(to=ACTOR, template="discipline/outcome_recorded", facts=review_facts(m), undo=True),
    )


def review_refusal(m: Moment[Any], declined: Declined) -> tuple[Tell, ...] | None:
    """An outcome by anyone but HR or the SD: refused, and both are told (SPEC 3.14)."""
    if declined.reason != "not_yours":
        return None
    said = review_facts(m, asker=m.actor)
    return (
        Tell(to=ACTOR, template="discipline/outcome_refused", facts=said),
        Tell(to=Role.hr_rep, template="discipline/outcome_tried", facts=said),
        Tell(to=Role.site_director, template="discipline/outcome_tried", facts=said),
    )


def _asked(m: Moment[ReviewData]) -> frozenset[Role]:
    """Whom the pack behind this review names to decide it."""
    return frozenset({Role(m.was.data.due.owner)}) if m.was.data.due.owner else frozenset()


def review_machine(policy: DisciplinePolicy) -> Machine[ReviewData]:
    """One review, for one pack."""
    deciders = frozenset(Role(role) for role in policy.decide_by)

    def decide(m: Moment[ReviewData]) -> ReviewData:
        return replace(m.was.data, outcome=m.event.outcome, text=m.event.text, decided_by=m.actor, decided_at=m.at)

    rows = (
        Row(
            at=(NONE,),
            on=handoffs.ReviewDue,
            to=OPEN,
            do=(ask_review,),
            source="SPEC 3.9: a review request, never a decision",
        ),
        Row(
            at=(OPEN,),
            on=handoffs.ReviewDue,
            set=lambda m: replace(m.was.data, due=m.event),
            source="SPEC 3.9: asked for already",
        ),
        Row(
            at=(OPEN,),
            on=OutcomeRecorded,
            to=DECIDED,
            by=deciders,
            also=_asked,
            when=lambda m: m.event.outcome in OUTCOMES,
            set=decide,
            do=(report_outcome,),
            source="SPEC 3.9: a human outcome, with name and date",
        ),
        Row(
            at=(OPEN,),
            on=handoffs.CauseFell,
            to=VOID,
            do=(lambda m: Settle(duty="*", withdrawn=True),),
            source="SPEC 3.13: the cause was corrected",
        ),
        Row(
            at=(OPEN,),
            on=handoffs.AgentLeft,
            to=CLOSED_LEFT,
            do=(lambda m: Settle(duty="*", withdrawn=True),),
            source="SPEC 3.13: agent leaves",
        ),
    )
    return Machine(
        name="review",
        letter="R",
        start=NONE,
        ends=frozenset({DECIDED, CLOSED_LEFT, VOID}),
        rows=rows,
        opens=(handoffs.ReviewDue,),
        key=lambda event: f"{event.cause} {event.step}" if isinstance(event, handoffs.ReviewDue) else None,
        fresh=lambda event: ReviewData(due=event),
        sealed=True,
        refusal=review_refusal,
    )
