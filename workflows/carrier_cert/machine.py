"""The machine of one pack, and refusals worth more than the plain words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows.carrier_cert.data import CarrierCert
from workflows.carrier_cert.events import (
    BlockAsked,
    PaceBegun,
    ProofAccepted,
    ProofRefused,
    SessionsPlanned,
    UnblockAsked,
)
from workflows.carrier_cert.facts import facts
from workflows.carrier_cert.guards import unfit
from workflows.carrier_cert.states import CLOSED_LEFT, COMPLETE, NONE, VOID
from workflows.carrier_cert.table import (
    beginning_rows,
    block_rows,
    checkpoint_rows,
    end_rows,
    extension_rows,
    proof_rows,
)
from workflows.effects import ACTOR, Answer, Ask, Tell
from workflows.machine import Declined, Machine, Moment
from workflows.policy_training import TrainingPolicy


def refusal(m: Moment[Any], declined: Declined) -> Tell | Ask | None:
    """Refusals worth more than the plain words."""
    event = m.event
    if isinstance(event, BlockAsked) and declined.reason == "not_yours":
        return Tell(to=ACTOR, template="carrier_cert/block_not_yours", facts=facts(m))
    if declined.reason not in ("not_so", "not_now"):
        return None
    if isinstance(event, UnblockAsked):
        return Tell(to=ACTOR, template="carrier_cert/no_block", facts=facts(m))
    if isinstance(event, BlockAsked):
        reasons = tuple(m.policy.pace.block.reasons.items())
        return Tell(to=ACTOR, template="carrier_cert/which_reason", facts=facts(m, reasons=reasons))
    if isinstance(event, ProofAccepted | ProofRefused):
        whole = m.was.state == COMPLETE
        return Tell(to=ACTOR, template="carrier_cert/nothing_claimed", facts=facts(m, complete=whole))
    if isinstance(event, SessionsPlanned):
        why, which = unfit(m) or ("unasked", None) if m.was.data.overdue_at else ("unasked", None)
        if why == "closed" and m.policy.pace.extension.on_closed_days == "ask":
            agreed = Answer(label="It is agreed", event=replace(event, agreed=True), done="agreed")
            other = Answer(label="Other days", event=SessionsPlanned(), done="put off")
            said = facts(m, which=which)
            return Ask(to=ACTOR, template="carrier_cert/ot_closed", facts=said, answers=(agreed, other))
        return Tell(to=ACTOR, template="carrier_cert/ot_unfit", facts=facts(m, why=why, which=which or m.at))
    return None


def machine(policy: TrainingPolicy) -> Machine[CarrierCert]:
    """The table for one pack."""
    return Machine(
        name="carrier_cert",
        letter="P",
        start=NONE,
        ends=frozenset({CLOSED_LEFT, VOID}),
        rows=(
            *beginning_rows(policy),
            *checkpoint_rows(policy),
            *proof_rows(policy),
            *block_rows(policy),
            *extension_rows(policy),
            *end_rows(policy),
        ),
        opens=(PaceBegun,),
        key=lambda event: "pace" if isinstance(event, PaceBegun) else None,
        fresh=lambda event: CarrierCert(shift=event.shift),
        unwound=VOID,
        refusal=refusal,
        absent="carrier_cert/no_case",
    )
