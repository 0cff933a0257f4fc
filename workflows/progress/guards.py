"""Questions a report answers, and what it changes in the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from workflows.machine import Moment
from workflows.progress.data import (
    Entry,
    Fields,
    Progress,
    merged,
    says_something,
    taken,
)


def cutoff_of(m: Moment[Progress]) -> datetime | None:
    """When the report of the day has to be there (UTC); None on a day nothing is due."""
    day, shift = m.event.day, m.event.shift
    if day < shift.first or not m.calendar.is_business_day(day):
        return None
    end: datetime = shift.end_of(m.calendar, day) + timedelta(minutes=m.policy.cutoff_minutes_after_end)
    return end


def new_fields(m: Moment[Progress]) -> Fields:
    """What can be taken of the report."""
    said = taken(m.event.said, m.policy.limits)
    return replace(said, evidence=tuple(file for file in said.evidence if file.type in m.policy.files))


def refused(m: Moment[Progress]) -> list[str]:
    """Files that are not taken, by name."""
    return [file.name for file in m.event.said.evidence if file.type not in m.policy.files]


def usable(m: Moment[Progress]) -> bool:
    """Whether anything can be taken of it."""
    return says_something(new_fields(m))


def in_time(m: Moment[Progress]) -> bool:
    """Whether it came before the cutoff, or on a day nothing was due."""
    cutoff = cutoff_of(m)
    return cutoff is None or m.at < cutoff


def excused(m: Moment[Progress]) -> bool:
    """Whether nothing is expected of the agent that day."""
    return bool(m.event.excuse)


def worth_a_talk(m: Moment[Progress]) -> bool:
    """Whether so many reports are missing that the TL is asked."""
    return len(m.event.missed) + 1 >= m.policy.coaching.missing and not m.event.suggested


def add(m: Moment[Progress]) -> Progress:
    """The report kept as it came, and merged into the day."""
    data, said = m.was.data, new_fields(m)
    entry = Entry(at=m.at, by=m.actor, door=m.event.door, said=said)
    whole = merged(data.fields, said, exact=m.event.exact)
    talk = "dropped" if data.talk == "suggested" else data.talk
    return replace(data, entries=(*data.entries, entry), fields=whole, right=False, talk=talk)


def miss(m: Moment[Progress]) -> Progress:
    """No report came; how often lately."""
    talk = "suggested" if worth_a_talk(m) else ""
    return replace(m.was.data, missed=m.event.missed, talk=talk)


def change(**fields: Any) -> Any:
    """The data with these fields changed."""
    return lambda m: replace(m.was.data, **fields)


def excuse(m: Moment[Progress]) -> Progress:
    """Why nothing was expected."""
    return replace(m.was.data, excuse=getattr(m.event, "excuse", "") or getattr(m.event, "why", ""))
