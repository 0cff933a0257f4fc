"""Events one workflow gives another. Workflows do not import each other; they meet here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.machine import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CapDue(Fact):
    """A corrective action plan is called for.

    `cause` is the reference of the case that calls for it and `step` its place there; `sla` and `due` come
    from the sender's pack; `owner` is the role that delivers it; `facts` and `prior` are (time, text).
    """

    cause: str
    cause_workflow: str
    step: int
    kind: str
    owner: str
    gate: str
    clause: str
    expectation: str
    allowed: str
    policy: str
    subject: str
    facts: tuple[tuple[datetime, str], ...]
    prior: tuple[str, ...]
    sla: str
    sla_pack: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CapDelivered(Fact):
    """The supervisor met the agent and handed the CAP over."""

    cap: str
    step: int
    delivered_at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapWithdrawn(Fact):
    """The CAP will not be delivered."""

    cap: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseFell(Fact):
    """What a CAP was drafted for no longer stands: passed, corrected, or decided otherwise.

    `withdraw` takes an undelivered draft back at once (the report behind it was a mistake).
    """

    cause: str
    step: int
    reason: str
    withdraw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDue(Fact):
    """People are asked to review a matter; nothing is decided by the bot.

    `owner` is the role that sees to it and `sla` its clock, of the sender's pack; "" leaves both to discipline.
    """

    cause: str
    cause_workflow: str
    step: int
    subject: str
    timeline: tuple[tuple[datetime, str], ...]
    contrary: tuple[str, ...] = ()
    owner: str = ""
    sla: str = ""
    sla_pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecided(Fact):
    """A named person has decided a review; `proceed` says the agent may go on."""

    review: str
    step: int
    outcome: str
    proceed: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InhibitorFound(Fact):
    """Something may inhibit the agent's ability to sell; `category` is all that is ever told."""

    category: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeft(Fact):
    """The agent is no longer employed, confirmed by HRIS."""

    by: str
    reason: str = ""
