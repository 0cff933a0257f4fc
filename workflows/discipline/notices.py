"""The messages of a CAP that ask for nothing, and what it hands to others."""

from __future__ import annotations

from typing import Any

from workflows import handoffs
from workflows.discipline.data import Cap
from workflows.discipline.events import Filing
from workflows.discipline.facts import facts, handed_over, paper
from workflows.discipline.states import WITHDRAWN
from workflows.effects import ACTOR, Effect, Hand, Mail, Tell
from workflows.machine import Moment
from workflows.people import Role


def send_draft(m: Moment[Cap]) -> Effect:
    """E-05: the draft to its owner, HR in copy when it is a final one."""
    due = m.data.due
    return Mail(
        to=(due.owner,),
        cc=_copied(m),
        behalf=due.owner,
        id="E-05",
        template="discipline/draft",
        facts=facts(m, due=None),
        attach=(paper(m),),
        tag="draft",
        due="cap",
    )


def _copied(m: Moment[Cap]) -> tuple[str, ...]:
    """HR sees every final draft, and any other the pack wants it to see."""
    due = m.data.due
    if due.kind == "final":
        return tuple(m.policy.final_cc)
    return (m.policy.hr,) if due.gate != "none" else ()


def tell_concurrent(m: Moment[Cap]) -> Effect | None:
    """HR hears of a final CAP drafted while another is active; the bot never merges or skips steps."""
    if not m.policy.concurrent_notice or m.data.due.kind != "final":
        return None
    active = [
        case.id
        for case in m.others
        if case.workflow == "discipline"
        and case.id != m.case.id
        and case.data.due.kind == "final"
        and case.state != WITHDRAWN
    ]
    if not active:
        return None
    return Tell(to=m.policy.hr, template="discipline/concurrent", facts=facts(m, active=tuple(active)), tag="draft")


def report_delivery(m: Moment[Cap]) -> Effect:
    """The case that called for it goes on."""
    data = m.data
    assert data.delivered_at is not None
    event = handoffs.CapDelivered(cap=m.case.id, step=data.due.step, delivered_at=data.delivered_at, by=m.actor)
    return Hand(workflow=data.due.cause_workflow, ref=data.due.cause, event=event)


def report_withdrawal(m: Moment[Cap]) -> Effect:
    """The case that called for it goes on without."""
    data = m.data
    return Hand(
        workflow=data.due.cause_workflow,
        ref=data.due.cause,
        event=handoffs.CapWithdrawn(cap=m.case.id, step=data.due.step),
    )


def refer_to_hr(m: Moment[Cap]) -> Effect:
    """A CAP that was delivered stays on file until HR says otherwise."""
    return Tell(to=m.policy.hr, template="discipline/refer", facts=facts(m))


def file(m: Moment[Cap]) -> Effect:
    """E-07: the record with its answer goes to HR."""
    return Mail(
        to=(m.policy.hr,),
        cc=(Role.tl,),
        behalf=Role.tl,
        id="E-07",
        template="discipline/filed",
        facts=facts(m),
        attach=(paper(m),),
        evidence=handed_over(m),
        tag="filed",
    )


def go_file(m: Moment[Cap]) -> Effect:
    """The answer is in: file it in the same breath."""
    return Hand(workflow="discipline", ref=m.case.id, event=Filing())


def tell_actor(template: str, *, undo: bool = True) -> Any:
    """A short confirmation with the way back."""
    return lambda m: Tell(to=ACTOR, template=f"discipline/{template}", facts=facts(m), undo=undo)
