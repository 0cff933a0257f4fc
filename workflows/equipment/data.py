"""What an issue remembers; questions about it, and what changes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from workflows.effects import Evidence
from workflows.machine import Moment
from workflows.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """One issue, or the question whether there is one. `calls` says that the call-cert phase has begun, `ok_at` when it
    was last said to work, `opened` how often it came up."""

    text: str = ""
    calls: bool = False
    since: datetime | None = None
    by: str = ""
    number: str = ""
    shipment: str = ""
    citrix: bool | None = None
    ok_at: datetime | None = None
    ok_by: str = ""
    opened: int = 0
    evidence: tuple[Evidence, ...] = ()


def owner(m: Moment[Equipment]) -> str:
    """Who sees to it now."""
    return str(m.policy.owner if m.data.calls else m.policy.owner_before_calls)


def its_owner(m: Moment[Equipment]) -> frozenset[Role]:
    """The same as a role, of the case as it was, or as it is about to begin."""
    calls = m.was.data.calls or getattr(m.event, "calls", False)
    return frozenset({Role(m.policy.owner if calls else m.policy.owner_before_calls)})


def poll_time(m: Moment[Equipment]) -> datetime:
    """When the agent is asked (UTC)."""
    begins: datetime = m.event.shift.start_of(m.calendar, m.event.day)
    return begins + timedelta(minutes=m.policy.poll_minutes_after_start)


def files(m: Moment[Equipment]) -> tuple[Evidence, ...]:
    """The files that came and can be taken."""
    came = getattr(m.event, "evidence", ())
    return tuple(file for file in came if file.type in m.policy.files and not file.tiny(m.policy.least_pixels))


def open_issue(m: Moment[Equipment]) -> Equipment:
    """What is broken, since when."""
    event, data = m.event, m.was.data
    return replace(
        data,
        text=event.text,
        calls=data.calls or getattr(event, "calls", False),
        since=m.at,
        by=m.actor,
        number="",
        shipment="",
        citrix=None,
        opened=data.opened + 1,
        evidence=files(m),
    )


def add_words(m: Moment[Equipment]) -> Equipment:
    """More about the same issue."""
    event, data = m.event, m.was.data
    text = data.text if event.text.casefold() in data.text.casefold() else f"{data.text}; {event.text}"[:600]
    more = tuple(file for file in files(m) if file not in data.evidence)
    return replace(
        data, text=text, calls=data.calls or getattr(event, "calls", False), evidence=(*data.evidence, *more)
    )


def works(m: Moment[Equipment]) -> Equipment:
    """Who said so, when."""
    return replace(m.was.data, ok_at=m.at, ok_by=m.actor)


def change(fields: Any) -> Any:
    """The data with these fields changed."""
    return lambda m: replace(m.was.data, **fields(m))


def says_broken(m: Moment[Equipment]) -> bool:
    """A report that says it does not work."""
    return not m.event.works


def says_works(m: Moment[Equipment]) -> bool:
    """A report that says it works."""
    return bool(m.event.works)
