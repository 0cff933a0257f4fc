"""The ladder call certs and TBTs share (D002, D004; SPEC 3.5): two days expected, three allowed, then step by step.

Read it in this order: data (states, events, data), clock (deadlines and changes), effects, table. The steps are the
pack's rungs. Coaching is handed to `coaching`, CAPs and the review to `discipline`; a step counts from its delivery.
"""

from workflows.ladder.data import (
    BLOCKED,
    CLOSED_LEFT,
    DONE,
    EXPECT_MISSED,
    IN_WINDOW,
    NONE,
    VOID,
    ExpectationDue,
    Hole,
    LadderBegun,
    LadderData,
    LadderDue,
    Step,
    called_state,
    held_state,
)
from workflows.ladder.table import machine

__all__ = [
    "BLOCKED",
    "CLOSED_LEFT",
    "DONE",
    "EXPECT_MISSED",
    "IN_WINDOW",
    "NONE",
    "VOID",
    "ExpectationDue",
    "Hole",
    "LadderBegun",
    "LadderData",
    "LadderDue",
    "Step",
    "called_state",
    "held_state",
    "machine",
]
