"""What the messages of a CAP may say, its paper, and the paper as it was handed over."""

from __future__ import annotations

from typing import Any

from workflows.discipline.data import Cap
from workflows.effects import Evidence, Paper
from workflows.machine import Moment


def facts(m: Moment[Cap], **more: Any) -> dict[str, Any]:
    """What the messages of this room may say; the words of the CAP itself are only on the paper."""
    data = m.data
    return {
        "kind": data.due.kind,
        "cause": data.due.cause,
        "subject": data.due.subject,
        "gate": data.due.gate,
        "clause": data.due.clause,
        "notes": data.due.notes,
        "delivered_at": data.delivered_at,
        "delivered_by": data.delivered_by,
        "method": data.method,
        "present": data.present,
        "answer": data.answer,
        "answered_at": data.answered_at,
        "comment": data.comment,
        "witness": data.witness,
        "returned": data.returned,
        "fell": data.fell,
        "document": data.document,
        "way": data.way,
        "proof": data.proof,
        **more,
    }


def paper(m: Moment[Cap]) -> Paper:
    """The document as it stands: SPEC 3.9's slots. Names and site times are filled in when it is rendered."""
    data = m.data
    handed = data.document and data.answer  # the record of the answer is another document than the one handed over
    return Paper(
        kind=data.due.kind,
        name=f"{data.due.kind.title()}_CAP_{m.case.id}{'_with_answer' if handed else ''}.pdf",
        slots={
            "id": m.case.id,
            "drafted_at": data.drafted_at,
            "policy": data.due.policy,
            "facts": data.due.facts,
            "notes": data.due.notes,
            "prior": data.due.prior,
            "expectation": data.due.expectation,
            "allowed": data.due.allowed,
            "clause": data.due.clause,
            "support": m.policy.support,
            "consequence": m.policy.consequence,
            "subject": data.due.subject,
            "delivered_at": data.delivered_at,
            "delivered_by": data.delivered_by,
            "method": data.method,
            "present": data.present,
            "answer": data.answer,
            "answered_at": data.answered_at,
            "witness": data.witness,
            "comment": data.comment,
            "document": data.document,
            "answered_to": data.answered_to,
            "way": data.way,
            "proof": data.proof,
        },
    )


def handed_over(m: Moment[Cap]) -> tuple[Evidence, ...]:
    """The paper as it was handed over, byte for byte; nothing where only its slots are on record."""
    data = m.data
    if not data.document:
        return ()
    name = f"{data.due.kind.title()}_CAP_{m.case.id}.pdf"
    return (Evidence(name=name, type="application/pdf", size=data.size, hash=data.document),)
