"""What a draft must have, and who may hand it over, when, and before whom."""

from __future__ import annotations

from workflows.discipline.data import Cap
from workflows.machine import Moment
from workflows.people import Role


def lint(data: Cap) -> list[str]:
    """The required slots a draft lacks (SPEC 3.9), by name."""
    due = data.due
    slots = {
        "facts": due.facts,
        "policy": due.policy,
        "expectation": due.expectation,
        "time allowed": due.allowed,
        "consequence": due.clause,
    }
    return [name for name, value in slots.items() if not value]


def complete(m: Moment[Cap]) -> bool:
    """No required slot is missing."""
    return not lint(m.was.data)


def owner(m: Moment[Cap]) -> frozenset[Role]:
    """Whom the pack behind this CAP names to deliver it."""
    return frozenset({Role(m.was.data.due.owner)})


def not_the_subject(m: Moment[Cap]) -> bool:
    """Nobody delivers a CAP to himself."""
    return m.actor != m.was.agent


def before_its_draft(m: Moment[Cap]) -> bool:
    """Whether the time named for the delivery is before the minute the CAP was drafted in."""
    named, drafted = getattr(m.event, "on", None), m.was.data.drafted_at
    return bool(named and drafted and named < drafted.replace(second=0, microsecond=0))


def somebody_else(m: Moment[Cap]) -> bool:
    """A witness is neither the agent nor whoever handed the paper over, and has a whole name."""
    return not m.event.half and m.event.user not in (m.case.agent, m.was.data.delivered_by)
