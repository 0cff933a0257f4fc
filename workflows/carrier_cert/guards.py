"""Questions the rows ask."""

from __future__ import annotations

from datetime import datetime

from workflows.carrier_cert import clock
from workflows.carrier_cert.changes import accepted, begun, ending, proposal, refused
from workflows.carrier_cert.data import CarrierCert
from workflows.carrier_cert.states import standing
from workflows.machine import Change, Guard, Moment
from workflows.people import Role
from workflows.schedule import Span


def leads_to(state: str, change: Change, guard: Guard | None = None) -> Guard:
    """Whether the agent stands there after the change."""

    def asked(m: Moment[CarrierCert]) -> bool:
        return (guard is None or guard(m)) and standing(m.policy, change(m)) == state

    return asked


def is_due(m: Moment[CarrierCert]) -> bool:
    """Whether it is that checkpoint's turn, and time."""
    coming = clock.next_due(m.policy, m.calendar, m.was.data, m.at)
    return coming is not None and coming[0].name == m.event.name and coming[1] <= m.at


def hours_are_used(m: Moment[CarrierCert]) -> bool:
    """Whether the extension's clock has run out."""
    over = clock.extension_over(m.policy, m.calendar, m.was.data, m.at)
    return over is not None and over <= m.at


def leave_is_over(m: Moment[CarrierCert]) -> bool:
    """Whether a block's own end has come."""
    back = clock.leave_over(m.was.data)
    return back is not None and back <= m.at


def has_accepted(m: Moment[CarrierCert]) -> bool:
    """Whether there is something to verify, and the class has begun."""
    return m.was.data.started and bool(accepted(m))


def has_refused(m: Moment[CarrierCert]) -> bool:
    """Whether there is something to ask for again."""
    return bool(refused(m))


def may_grant(m: Moment[CarrierCert]) -> bool:
    """Whether the word of whoever speaks grants a block."""
    return bool(m.by & {Role(role) for role in m.policy.pace.block.grant_by})


def is_reason(m: Moment[CarrierCert]) -> bool:
    """Whether the pack knows the reason, and the time is not to come."""
    return m.event.reason in m.policy.pace.block.reasons and (m.event.since is None or m.event.since <= m.at)


def grants(m: Moment[CarrierCert]) -> bool:
    """A block by the word of one who may."""
    return may_grant(m) and is_reason(m)


def proposes(m: Moment[CarrierCert]) -> bool:
    """A block by anybody else."""
    return not may_grant(m) and is_reason(m)


def is_open(m: Moment[CarrierCert]) -> bool:
    """Whether that proposal waits for an answer."""
    return proposal(m) is not None


def is_blocked(m: Moment[CarrierCert]) -> bool:
    """Whether there is such a block to end, and not in the future."""
    until = getattr(m.event, "until", None)
    return bool(ending(m)) and (until is None or until <= m.at)


def not_blocked(m: Moment[CarrierCert]) -> bool:
    """Whether nothing of the kind stops the agent."""
    return not ending(m)


def wants_sessions(m: Moment[CarrierCert]) -> bool:
    """Whether extra sessions are asked for, and those named fit."""
    return m.was.data.overdue_at is not None and unfit(m) is None


def closed(m: Moment[CarrierCert], span: Span) -> bool:
    """Whether the session begins on a holiday or another day on which the site is closed."""
    return not m.calendar.is_business_day(m.calendar.local(span[0]).date())


def unfit(m: Moment[CarrierCert]) -> tuple[str, datetime | None] | None:
    """What is wrong with the sessions named: (why, which), None when they fit."""
    data: CarrierCert = m.was.data
    spans = clock.sessions_from(m.policy, m.event.starts)
    if not spans:
        return "none", None
    if len(spans) + len(begun(m)) > m.policy.pace.extension.sessions:
        return "many", None
    for n, span in enumerate(spans):
        if span[0] <= m.at:
            return "past", span[0]
        if any(start < span[1] and span[0] < end for start, end in (*spans[:n], *begun(m))):
            return "overlap", span[0]
        if clock.on_shift(m.calendar, data.shift, span):
            return "shift", span[0]
    rule = m.policy.pace.extension.on_closed_days
    rest = () if rule == "accept" or (m.event.agreed and rule == "ask") else spans
    return next((("closed", span[0]) for span in rest if closed(m, span)), None)
