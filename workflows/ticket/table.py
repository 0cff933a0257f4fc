"""The table of one pack, and refusals worth more than the plain words."""

from __future__ import annotations

from functools import partial
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Ask, Effect, Tell
from workflows.machine import Declined, Machine, Moment, Row
from workflows.people import Role
from workflows.policy_floor import TicketPolicy
from workflows.ticket.data import (
    Ticket,
    add,
    can_draft,
    change,
    drafts_at_once,
    kind_of,
    numbered,
    report,
    submit,
    wants_profile,
    with_reason,
)
from workflows.ticket.effects import (
    advise,
    advise_briefly,
    answer,
    arm_first_day,
    close,
    facts,
    list_first_day,
    owe_draft,
    propose_block,
    send_notice,
    settle,
    tell,
    tell_reporter,
)
from workflows.ticket.events import (
    CLOSED_LEFT,
    DRAFT,
    NONE,
    OPEN,
    REJECTED,
    RESOLVED,
    SUBMITTED,
    TRIAGE,
    VOID,
    WITH_CARRIER,
    CarrierHasIt,
    CarrierIssue,
    DayOneListed,
    DayOneOver,
    IssueSolved,
    PictureCame,
    ProfileRight,
    StillStuck,
    TicketRejected,
    TicketResolved,
    TicketSubmitted,
)


def machine(policy: TicketPolicy) -> Machine[Ticket]:
    """The table for one pack."""
    reporters = frozenset(Role(role) for role in policy.reported_by)
    solvers = frozenset(Role(role) for role in policy.resolved_by) | {Role(policy.owner)}
    owner = frozenset({Role(policy.owner), Role.licensing})
    agent = frozenset({Role.agent})
    first = "R-003-21: first all troubleshooting steps"
    draft = "R-003-22, 24: screenshot to the TL, who submits a Carrier Ticket"
    drafted = (settle("*", withdrawn=True), owe_draft, propose_block)
    rows = (
        Row(
            at=(NONE,),
            on=CarrierIssue,
            to=TRIAGE,
            by=reporters,
            when=lambda m: not drafts_at_once(m),
            set=report,
            do=(arm_first_day, advise, tell_reporter, propose_block),
            source=first,
        ),
        Row(
            at=(NONE,),
            on=CarrierIssue,
            to=DRAFT,
            by=reporters,
            when=drafts_at_once,
            set=report,
            do=(arm_first_day, advise_briefly, *drafted, tell_reporter),
            source=draft,
        ),
        Row(
            at=(TRIAGE,),
            on=CarrierIssue,
            by=reporters,
            when=lambda m: not drafts_at_once(m),
            set=add,
            do=(advise, tell_reporter),
            source=first,
        ),
        Row(
            at=(TRIAGE,),
            on=CarrierIssue,
            to=DRAFT,
            by=reporters,
            when=drafts_at_once,
            set=add,
            do=(*drafted, answer("drafted")),
            source=draft,
        ),
        Row(
            at=(DRAFT, SUBMITTED, WITH_CARRIER),
            on=CarrierIssue,
            by=reporters,
            set=add,
            do=(answer("added"), tell(policy.owner, "more")),
            source="SPEC 3.13: the same matter again",
        ),
        Row(
            at=(TRIAGE,),
            on=PictureCame,
            to=DRAFT,
            by=agent,
            when=drafts_at_once,
            set=add,
            do=(*drafted, answer("drafted")),
            source=draft,
        ),
        Row(
            at=(TRIAGE,),
            on=PictureCame,
            by=agent,
            when=lambda m: not drafts_at_once(m),
            set=add,
            do=(advise,),
            source="R-003-23: first verify the profile",
        ),
        Row(
            at=(DRAFT, SUBMITTED, WITH_CARRIER),
            on=PictureCame,
            by=agent,
            set=add,
            do=(answer("added"), tell(policy.owner, "more")),
            source="SPEC 3.13: the same matter again",
        ),
        Row(
            at=(TRIAGE,),
            on=IssueSolved,
            to=RESOLVED,
            by=agent,
            do=(close, answer("solved")),
            source=first,
        ),
        Row(
            at=(DRAFT,),
            on=IssueSolved,
            to=RESOLVED,
            by=agent,
            do=(close, tell(policy.owner, "not_needed"), answer("solved")),
            source="the steps helped after all: no ticket is needed",
        ),
        Row(
            at=(TRIAGE,),
            on=StillStuck,
            to=DRAFT,
            by=agent,
            when=can_draft,
            do=(*drafted, answer("drafted")),
            source=draft,
        ),
        Row(
            at=(TRIAGE,),
            on=StillStuck,
            by=agent,
            when=lambda m: not can_draft(m) and not (wants_profile(m) and not m.was.data.checked),
            set=change(asked=True),
            do=(lambda m: _ask_picture(m),),
            source=draft,
        ),
        Row(
            at=(TRIAGE,),
            on=StillStuck,
            by=agent,
            when=lambda m: wants_profile(m) and not m.was.data.checked,
            do=(advise,),
            source="R-003-23: first verify the profile",
        ),
        Row(
            at=(TRIAGE,),
            on=ProfileRight,
            to=DRAFT,
            by=agent,
            when=wants_profile,
            set=change(checked=True),
            do=(*drafted, answer("drafted")),
            source="R-003-23: only when the profile is right",
        ),
        Row(
            at=(DRAFT,),
            on=TicketSubmitted,
            to=SUBMITTED,
            by=owner,
            when=numbered,
            set=submit,
            do=(
                settle("ticket"),
                send_notice,
                tell(Role.agent, "submitted_for"),
                answer("submitted", ("With carrier", "carrier"), ("Resolved", "resolved"), ("Rejected", "rejected")),
            ),
            source="R-001-42, R-003-31: tickets are submitted before logging off",
        ),
        Row(
            at=(SUBMITTED, WITH_CARRIER),
            on=TicketSubmitted,
            by=owner,
            when=numbered,
            set=submit,
            do=(answer("renumbered"),),
            source="SPEC 3.13: the number was wrong",
        ),
        Row(
            at=(SUBMITTED,),
            on=CarrierHasIt,
            to=WITH_CARRIER,
            by=solvers,
            do=(tell(Role.agent, "carrier_for"), answer("carrier", ("Resolved", "resolved"), ("Rejected", "rejected"))),
            source="SPEC 3.8",
        ),
        Row(
            at=OPEN,
            on=TicketResolved,
            to=RESOLVED,
            by=solvers,
            set=with_reason,
            do=(close, tell(Role.agent, "resolved_for"), answer("resolved")),
            source="SPEC 3.8: the agent is told",
        ),
        Row(
            at=OPEN,
            on=TicketRejected,
            to=REJECTED,
            by=solvers,
            when=lambda m: bool(m.event.why.strip()),
            set=with_reason,
            do=(close, tell(Role.agent, "rejected_for"), answer("rejected")),
            source="SPEC 3.8: the agent is told, with the reason",
        ),
        Row(
            at=OPEN,
            on=DayOneListed,
            do=(partial(list_first_day, end=False),),
            source="R-001-27, 28: resolved on day one",
        ),
        Row(
            at=OPEN, on=DayOneOver, do=(partial(list_first_day, end=True),), source="R-001-27, 28: resolved on day one"
        ),
        Row(at=OPEN, on=handoffs.AgentLeft, to=CLOSED_LEFT, do=(close,), source="SPEC 3.13: agent leaves"),
    )
    return Machine(
        name="ticket",
        letter="K",
        start=NONE,
        ends=frozenset({RESOLVED, REJECTED, CLOSED_LEFT, VOID}),
        rows=rows,
        opens=(CarrierIssue,),
        key=lambda event: kind_of(policy, event) if isinstance(event, CarrierIssue) else None,
        fresh=lambda event: Ticket(kind=kind_of(policy, event), day=event.day),
        refusal=refusal,
        absent="ticket/none_open",
    )


def _ask_picture(m: Moment[Ticket]) -> Effect:
    return Ask(
        to=Role.agent,
        template="ticket/ask_picture",
        facts=facts(m, never=list(m.policy.never)),
        answers=(
            Answer(label="Solved", event=IssueSolved(), done="solved"),
            Answer(label="No screenshot possible", event=StillStuck(), done="said"),
        ),
    )


def refusal(m: Moment[Any], declined: Declined) -> Tell | Ask | None:
    """Refusals that need their own words."""
    event = m.event
    if isinstance(event, TicketSubmitted) and declined.reason == "not_so":
        return Ask(
            template="ticket/need_number",
            facts=facts(m),
            answers=(Answer(label="No number shown", event=TicketSubmitted(unnumbered=True), done="submitted"),),
        )
    if isinstance(event, TicketSubmitted) and declined.reason == "not_now":
        return Tell(to=ACTOR, template="ticket/not_drafted", facts=facts(m))
    if isinstance(event, TicketRejected) and declined.reason == "not_so":
        return Tell(to=ACTOR, template="ticket/need_why", facts=facts(m))
    if isinstance(event, CarrierHasIt) and declined.reason == "not_now":
        return Tell(to=ACTOR, template="ticket/not_submitted", facts=facts(m))
    return None
