"""The states of an agent's carrier certification, and which follows from what is on record."""

from __future__ import annotations

from workflows.carrier_cert.data import CarrierCert
from workflows.carrier_cert.items import behind, complete
from workflows.policy_training import TrainingPolicy

NONE, NOT_STARTED, ON_TRACK, BEHIND, OVERDUE = "NONE", "NOT_STARTED", "ON_TRACK", "BEHIND", "OVERDUE"
EXTENSION, EXT_EXPIRED, BLOCKED, COMPLETE = "EXTENSION", "EXT_EXPIRED", "BLOCKED", "COMPLETE"
CLOSED_LEFT, VOID = "CLOSED_LEFT", "VOID"
SPEC = "SPEC 3.4"


def standing(policy: TrainingPolicy, data: CarrierCert) -> str:
    """Where the agent stands by the record alone. BLOCKED lies over every state a clock runs in."""
    if complete(policy, data):
        return COMPLETE
    if data.expired:
        return EXT_EXPIRED
    if data.open_blocks:
        return BLOCKED
    if data.cap_delivered_at:
        return EXTENSION
    if data.overdue_at:
        return OVERDUE
    if not data.started:
        return NOT_STARTED
    return BEHIND if behind(policy, data) else ON_TRACK


def open_states(policy: TrainingPolicy) -> tuple[str, ...]:
    """The states a case of this pack can be in before it is closed."""
    late = (OVERDUE, EXTENSION, EXT_EXPIRED) if ends_in_cap(policy) else ()
    return (NOT_STARTED, ON_TRACK, BEHIND, *late, BLOCKED, COMPLETE)


def ends_in_cap(policy: TrainingPolicy) -> bool:
    """Whether missing a checkpoint can call for a CAP."""
    return any(checkpoint.on_miss == "overdue" for checkpoint in policy.pace.checkpoint)
