"""Situations that may inhibit an agent's ability to sell (D001 R-001-61/62; SPEC 3.11).

Only the category is ever told. Red flags join this room with their own machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Effect, Mail, Tell, Track
from workflows.machine import Machine, Moment, Request, Row
from workflows.people import Role
from workflows.policy import ConcernPolicy

NONE, OPEN, CLEARED, CLOSED_LEFT, VOID = "NONE", "OPEN", "CLEARED", "CLOSED_LEFT", "VOID"


@dataclass(frozen=True, slots=True, kw_only=True)
class InhibitorCleared(Request):
    """It no longer stands in the way."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What may stand in the way, in a few neutral words."""

    category: str
    by: str


def facts(m: Moment[Concern]) -> dict[str, Any]:
    """The category and nothing else."""
    return {"category": m.data.category}


def report(m: Moment[Concern]) -> tuple[Effect, ...]:
    """E-13 and the tracker at once."""
    notice = m.policy.notice
    return (
        Track(column="Inhibitors", value=m.data.category, note=m.data.category),
        Mail(
            to=notice.to, cc=notice.cc, behalf=notice.behalf, id=notice.id, template="concern/inhibitor", facts=facts(m)
        ),
        Tell(to=ACTOR, template="concern/recorded", facts=facts(m), undo=True),
    )


def clear(m: Moment[Concern]) -> tuple[Effect, ...]:
    """The tracker says so."""
    return (
        Track(column="Inhibitors", value="", note="Inhibitor cleared"),
        Tell(to=ACTOR, template="concern/cleared", facts=facts(m), undo=True),
    )


def machine(policy: ConcernPolicy) -> Machine[Concern]:
    """The table for one pack."""
    by = frozenset(Role(role) for role in policy.by)
    rows = (
        Row(
            at=(NONE,),
            on=handoffs.InhibitorFound,
            to=OPEN,
            do=(report,),
            by=by,
            source="R-001-62: report immediately to Ops Management",
        ),
        Row(
            at=(OPEN,),
            on=handoffs.InhibitorFound,
            do=(report,),
            by=by,
            set=lambda m: Concern(category=m.event.category, by=m.event.by),
            source="R-001-62: another situation",
        ),
        Row(at=(OPEN,), on=InhibitorCleared, to=CLEARED, do=(clear,), by=by, source="SPEC 3.11"),
        Row(at=(OPEN,), on=handoffs.AgentLeft, to=CLOSED_LEFT, source="SPEC 3.13: agent leaves"),
    )
    return Machine(
        name="concern",
        letter="X",
        start=NONE,
        ends=frozenset({CLEARED, CLOSED_LEFT, VOID}),
        rows=rows,
        opens=(handoffs.InhibitorFound,),
        key=lambda event: "inhibitor",
        fresh=lambda event: Concern(category=event.category, by=event.by),
    )
