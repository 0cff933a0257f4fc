"""What the messages of this room may say. Never a word of the CAP in a channel or the tracker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from workflows.carrier_cert import clock
from workflows.carrier_cert.data import CarrierCert, Miss
from workflows.carrier_cert.items import awaited, missing, unclaimed
from workflows.effects import ACTOR, Effect, Tell
from workflows.machine import Moment

LATE = timedelta(seconds=60)
"""From when on a message says that it comes late."""


def reason(m: Moment[CarrierCert], key: str) -> str:
    """A reason in the pack's words."""
    return str(m.policy.pace.block.reasons.get(key, key))


def last_miss(m: Moment[CarrierCert]) -> Miss | None:
    """The checkpoint missed last."""
    return m.data.misses[-1] if m.data.misses else None


def facts(m: Moment[CarrierCert], **more: Any) -> dict[str, Any]:
    """Where the agent stands: what is missing, what waits for licensing, what comes next, what was blocked."""
    pace, data = m.policy.pace, m.data
    coming = clock.to_come(m.policy, m.calendar, data, m.at)
    miss = last_miss(m)
    extension = pace.extension
    return {
        "policy": pace.policy,
        "window": pace.window,
        "checkpoint": miss.name if miss else "",
        "due": miss.due if miss else m.at,
        "missing": pace.titled(miss.items if miss else ()),
        "open": pace.titled(missing(m.policy, data, data.judged)),
        "left": pace.titled(unclaimed(m.policy, data)),
        "claimed": pace.titled(awaited(m.policy, data)),
        "coming": tuple((each.name, due) for each, due in coming),
        "next_items": pace.titled(missing(m.policy, data, data.judged + 1)) if coming else (),
        "blocked": blocked_time(m),
        "blocks": tuple((reason(m, each.reason), each.since) for each in data.open_blocks),
        "proposed": tuple((each.since, reason(m, each.reason)) for each in data.proposals),
        "hours": extension.hours if extension else 0,
        "sessions": extension.sessions if extension else 0,
        "session_hours": extension.session_hours if extension else 0,
        "slots": data.ot,
        "kind": pace.cap.kind if pace.cap else "",
        "gate": pace.cap.gate if pace.cap else "",
        **more,
    }


def blocked_time(m: Moment[CarrierCert]) -> tuple[tuple[datetime, datetime | None, str], ...]:
    """All time granted: (from, until or None, why)."""
    return tuple((each.since, each.until, reason(m, each.reason)) for each in m.data.blocks)


def slots_left(m: Moment[CarrierCert]) -> tuple[Any, ...]:
    """Extra sessions that are not over."""
    return tuple(span for span in m.was.data.ot if span[1] > m.at)


def tell(to: str, template: str, *, undo: bool = False, **more: Any) -> Callable[[Moment[CarrierCert]], Effect]:
    """A direct message to a role."""
    return lambda m: Tell(to=to, template=f"carrier_cert/{template}", facts=facts(m, **more), undo=undo)


def tell_actor(template: str, **more: Any) -> Callable[[Moment[CarrierCert]], Effect]:
    """A short confirmation with the way back."""
    return tell(ACTOR, template, undo=True, **more)
