"""Questions a site's day answers, and what a step changes. Nothing here looks at the roster."""

from __future__ import annotations

from dataclasses import replace

from workflows.machine import Moment
from workflows.site_day.data import DRAFTED, HELD, LEFT_OUT, SENT, Outgoing, SiteDay


def _report(m: Moment[SiteDay]) -> Outgoing:
    return m.was.data.of(m.event.report) or Outgoing(report=m.event.report)


def is_gone(m: Moment[SiteDay]) -> bool:
    """Whether the report has gone or was left out."""
    return _report(m).status in (SENT, LEFT_OUT)


def not_gone(m: Moment[SiteDay]) -> bool:
    """Whether it may still be sent, held or left out."""
    return m.was.data.of(m.event.report) is not None and not is_gone(m)


def is_held(m: Moment[SiteDay]) -> bool:
    """Whether a person holds it."""
    return _report(m).status == HELD


def may_be_held(m: Moment[SiteDay]) -> bool:
    """Whether it has not gone and is not held already."""
    return not_gone(m) and not is_held(m)


def may_go(m: Moment[SiteDay]) -> bool:
    """Whether it goes by itself: shown, not held, and its list is no new one where a person must see the first."""
    return _report(m).status == DRAFTED and not must_be_seen(m)


def must_wait(m: Moment[SiteDay]) -> bool:
    """Whether it is the first one to a list where a person must see the first."""
    return _report(m).status == DRAFTED and must_be_seen(m)


def must_be_seen(m: Moment[SiteDay]) -> bool:
    """Whether it is the first one to a list where a person must see the first (SPEC 8.12)."""
    told = m.policy.reported(m.event.report)
    return bool(told and told.approve_first and not m.event.known)


def still_waits(m: Moment[SiteDay]) -> bool:
    """Whether a report of the day is still to go."""
    return m.was.data.waits


def nothing_waits(m: Moment[SiteDay]) -> bool:
    """Whether all has gone."""
    return not m.was.data.waits


def leaves_one(m: Moment[SiteDay]) -> bool:
    """Whether another report would still wait after this one."""
    return not_gone(m) and _after(m, SENT).waits


def leaves_none(m: Moment[SiteDay]) -> bool:
    """Whether this was the last that waited."""
    return not_gone(m) and not _after(m, SENT).waits


def not_checked(m: Moment[SiteDay]) -> bool:
    """Whether this person has not said so yet."""
    return m.actor not in m.was.data.checked


def begin(m: Moment[SiteDay]) -> SiteDay:
    """The reports this pack shows in the evening."""
    return replace(m.was.data, reports=tuple(Outgoing(report=each.key) for each in m.policy.report if each.drafted))


def _after(m: Moment[SiteDay], status: str) -> SiteDay:
    data, one = m.was.data, m.event.report
    now = Outgoing(report=one, status=status, at=m.at, by=m.actor)
    return replace(data, reports=tuple(now if each.report == one else each for each in data.reports))


def drafted(m: Moment[SiteDay]) -> SiteDay:
    """It was shown."""
    return _after(m, DRAFTED)


def sent(m: Moment[SiteDay]) -> SiteDay:
    """It has gone."""
    return _after(m, SENT)


def held(m: Moment[SiteDay]) -> SiteDay:
    """A person holds it."""
    return _after(m, HELD)


def left_out(m: Moment[SiteDay]) -> SiteDay:
    """It is not sent at all."""
    return _after(m, LEFT_OUT)


def checked(m: Moment[SiteDay]) -> SiteDay:
    """This person looked."""
    return replace(m.was.data, checked=(*m.was.data.checked, m.actor))
