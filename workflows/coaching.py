"""Coachings (D001 R-001-43; SPEC 3.9, E-09): an expectation was missed, somebody talks to the agent and says so.

Called for by other workflows, each of which hears what became of it. The coaching of a failed exam stays in its own
case. Nothing of this room may reach a channel, the tracker, a report or a log.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Effect, Hand, Hush, Mail, Owe, Paper, Settle, Tell
from workflows.machine import Declined, Machine, Moment, Request, Row
from workflows.people import Role
from workflows.policy_floor import CoachingPolicy

# -- states ------------------------------------------------------------------------------------------------

NONE, DUE, DELIVERED, WITHDRAWN, CLOSED_LEFT = "NONE", "DUE", "DELIVERED", "WITHDRAWN", "CLOSED_LEFT"

# -- events ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCoached(Request):
    """The coaching took place. `on` is the time named (UTC), None for now."""

    on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingDropped(Request):
    """A person takes it back, with the reason."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingKept(Request):
    """A person wants it although its cause fell."""


# -- data --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Coaching:
    """One coaching: what called for it and what became of it; `fell` is why its cause no longer stands."""

    due: handoffs.CoachingDue
    coached_at: datetime | None = None
    coached_by: str = ""
    why: str = ""
    fell: str = ""


# -- guards and changes ------------------------------------------------------------------------------------


def is_past(m: Moment[Coaching]) -> bool:
    """Whether the time named has come."""
    return m.event.on is None or m.event.on <= m.at


def has_reason(m: Moment[Coaching]) -> bool:
    """Whether a reason was given."""
    return bool(m.event.why.strip())


def has_fallen(m: Moment[Coaching]) -> bool:
    """Whether its cause no longer stands."""
    return bool(m.was.data.fell)


def record(m: Moment[Coaching]) -> Coaching:
    """Who coached when."""
    return replace(m.was.data, coached_at=m.event.on or m.at, coached_by=m.actor)


# -- effects -----------------------------------------------------------------------------------------------


def facts(m: Moment[Coaching], **more: Any) -> dict[str, Any]:
    """What the messages of this room may say."""
    data = m.data
    return {
        "subject": data.due.subject,
        "cause": data.due.cause,
        "expectation": data.due.expectation,
        "happened": data.due.facts,
        "owner": data.due.owner,
        "coached_at": data.coached_at,
        "coached_by": data.coached_by,
        "why": data.why,
        "fell": data.fell,
        **more,
    }


def owe_coaching(m: Moment[Coaching]) -> Effect:
    """The owner talks to the agent and says so."""
    due = m.data.due
    return Owe(
        to=(due.owner,),
        duty="coach",
        title="coaching",
        template="coaching/coach",
        facts=facts(m),
        answers=(
            Answer(label="Coached", event=AgentCoached(), done="recorded"),
            Answer(label="Withdraw", event=CoachingDropped(), ask="coaching/ask_why", fills="why", done="withdrawn"),
        ),
        sla=f"{due.sla_pack}#{due.sla}" if due.sla else "",
        tag="due",
    )


def paper(m: Moment[Coaching]) -> tuple[Paper, ...]:
    """The coaching record as a paper (R-001-43, R-001-45); none where the pack lacks its words."""
    data, policy = m.data, m.policy
    if not (policy.allowed and policy.consequence and policy.support):
        return ()
    slots = {
        "id": m.case.id,
        "drafted_at": data.coached_at,
        "policy": data.due.policy or f"{policy.title} ({policy.id})",
        "facts": (*data.due.facts, (data.coached_at, f"coached by @{data.coached_by}")),
        "notes": (),
        "prior": data.due.prior,
        "expectation": data.due.expectation or data.due.subject,
        "allowed": data.due.allowed or policy.allowed,
        "clause": "",
        "support": policy.support,
        "consequence": policy.consequence,
        "answer": "",
        "answered_at": None,
        "witness": "",
        "comment": "",
    }
    return (Paper(kind="coaching", name=f"Coaching_Record_{m.case.id}.pdf", slots=slots),)


def send_record(m: Moment[Coaching]) -> Effect | None:
    """E-09: both keep the same record."""
    if not m.data.due.record:
        return None
    notice = m.policy.notice
    return Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=notice.behalf,
        id=notice.id,
        template="discipline/coaching_record",
        facts=facts(m),
        attach=paper(m),
        tag="delivered",
    )


def report_delivery(m: Moment[Coaching]) -> Effect:
    """The case that called for it goes on."""
    due = m.data.due
    assert m.data.coached_at is not None
    event = handoffs.CoachingDelivered(
        coaching=m.case.id, step=due.step, delivered_at=m.data.coached_at, by=m.data.coached_by
    )
    return Hand(workflow=due.cause_workflow, ref=due.cause, event=event)


def report_withdrawal(m: Moment[Coaching]) -> Effect:
    """The case that called for it goes on without."""
    due = m.data.due
    return Hand(
        workflow=due.cause_workflow,
        ref=due.cause,
        event=handoffs.CoachingWithdrawn(coaching=m.case.id, step=due.step),
    )


def owe_fate(m: Moment[Coaching]) -> tuple[Effect, ...]:
    """Its cause fell: the owner decides whether he still coaches; nobody is chased meanwhile."""
    if has_fallen(m):
        return ()
    owe = Owe(
        to=(m.data.due.owner,),
        duty="fate",
        title="withdraw the coaching or keep it",
        template="coaching/fate",
        facts=facts(m),
        answers=(
            Answer(label="Withdraw", event=CoachingDropped(why=m.data.fell), done="withdrawn"),
            Answer(label="Coach anyway", event=CoachingKept(), done="kept"),
        ),
        sla=m.policy.fate_sla,
        tag="due",
    )
    return (Hush(duty="coach"), owe)


def owe_again(m: Moment[Coaching]) -> tuple[Effect, ...]:
    """It goes on after all: its clock starts anew."""
    if not has_fallen(m):
        return ()
    return (Settle(duty="fate", withdrawn=True), Settle(duty="coach", withdrawn=True), owe_coaching(m))


def tell_withdrawn(m: Moment[Coaching]) -> Effect:
    """The owner need not coach: the report behind it was a mistake."""
    return Tell(to=m.data.due.owner, template="coaching/not_needed", facts=facts(m))


def tell_overtaken(m: Moment[Coaching]) -> Effect:
    """The coaching was held; its record says that the cause was corrected."""
    return Tell(to=m.data.due.owner, template="coaching/overtaken", facts=facts(m))


def tell_actor(template: str, *, undo: bool = True) -> Any:
    """A short confirmation with the way back."""
    return lambda m: Tell(to=ACTOR, template=f"coaching/{template}", facts=facts(m), undo=undo)


def settle(*duties: str, withdrawn: bool = False) -> Any:
    """Done or withdrawn."""
    return lambda m: tuple(Settle(duty=duty, withdrawn=withdrawn) for duty in duties)


def change(fields: Any) -> Any:
    """The data with these fields changed."""
    return lambda m: replace(m.was.data, **fields(m))


# -- the table ---------------------------------------------------------------------------------------------


def _owner(m: Moment[Coaching]) -> frozenset[Role]:
    """Whom the pack behind it names to coach."""
    return frozenset({Role(m.was.data.due.owner)})


def machine(policy: CoachingPolicy) -> Machine[Coaching]:
    """One coaching, for one pack."""
    by = frozenset(Role(role) for role in policy.by)
    spec = "R-001-43: coached and the coaching documented"
    rows = (
        Row(at=(NONE,), on=handoffs.CoachingDue, to=DUE, do=(owe_coaching,), source=spec),
        Row(
            at=(DUE,),
            on=handoffs.CoachingDue,
            set=change(lambda m: {"due": m.event, "fell": ""}),
            do=(owe_again,),
            source=f"{spec}: called for again",
        ),
        Row(
            at=(DUE,),
            on=AgentCoached,
            to=DELIVERED,
            by=by,
            also=_owner,
            when=is_past,
            set=record,
            do=(settle("coach", "fate"), send_record, report_delivery, tell_actor("recorded")),
            source=spec,
        ),
        Row(
            at=(DUE,),
            on=CoachingDropped,
            to=WITHDRAWN,
            by=by,
            also=_owner,
            when=has_reason,
            set=change(lambda m: {"why": m.event.why}),
            do=(settle("fate"), settle("coach", withdrawn=True), report_withdrawal, tell_actor("withdrawn")),
            source="SPEC 3.13: taken back by a person, with the reason",
        ),
        Row(
            at=(DUE,),
            on=CoachingKept,
            by=by,
            also=_owner,
            when=has_fallen,
            set=change(lambda m: {"fell": ""}),
            do=(settle("fate"), owe_again, tell_actor("kept")),
            source="SPEC 3.5: a pending step is offered [Withdraw][Deliver]",
        ),
        Row(
            at=(DUE,),
            on=handoffs.CauseFell,
            to=WITHDRAWN,
            when=lambda m: m.event.withdraw,
            set=change(lambda m: {"fell": m.event.reason}),
            do=(settle("*", withdrawn=True), report_withdrawal, tell_withdrawn),
            source="SPEC 3.13: reported by mistake",
        ),
        Row(
            at=(DUE,),
            on=handoffs.CauseFell,
            when=lambda m: not m.event.withdraw,
            set=change(lambda m: {"fell": m.event.reason}),
            do=(owe_fate,),
            source="SPEC 3.5: a pending step is offered [Withdraw][Deliver]",
        ),
        Row(
            at=(DELIVERED,),
            on=handoffs.CauseFell,
            set=change(lambda m: {"fell": m.event.reason}),
            do=(tell_overtaken,),
            source="SPEC 3.13: what was held stays on record",
        ),
        Row(
            at=(DUE,),
            on=handoffs.AgentLeft,
            to=CLOSED_LEFT,
            do=(settle("*", withdrawn=True),),
            source="SPEC 3.13: agent leaves",
        ),
    )
    return Machine(
        name="coaching",
        letter="C",
        start=NONE,
        ends=frozenset({DELIVERED, WITHDRAWN, CLOSED_LEFT}),
        rows=rows,
        opens=(handoffs.CoachingDue,),
        key=lambda event: f"{event.cause} {event.step}" if isinstance(event, handoffs.CoachingDue) else None,
        fresh=lambda event: Coaching(due=event),
        unwound=WITHDRAWN,
        sealed=True,
        refusal=refusal,
    )


def refusal(m: Moment[Any], declined: Declined) -> Tell | None:
    """Refusals that need their own words."""
    if isinstance(m.event, AgentCoached) and declined.reason == "not_so":
        return Tell(to=ACTOR, template="coaching/time_to_come", facts=facts(m, named=m.event.on))
    return None
