"""What each workflow wants begun by itself, and when: one function a workflow, one list of them all.

The events are filled in here with what their cases must know of roster and class, so that journals need neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from bot.office import Office
from workflows.machine import Event
from workflows.people import CLASS_, SITE_, Agent, TrainingClass

MIDNIGHTS = 8
"""How many days ahead a next beginning is looked for; further ones are found when the day comes nearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """At `at` (UTC) this event opens a case of that workflow about `subject`; `key` makes it one of a kind."""

    at: datetime
    workflow: str
    subject: str
    key: str
    event: Event

    @property
    def source(self) -> str:
        """Its name in the inbox."""
        return f"day:{self.workflow}:{self.subject}:{self.key}"


Beginnings = Callable[[Office, datetime], Iterator[Beginning]]
"""All a workflow wants begun, seen from an instant: what stands since earlier, today, and in the days ahead."""


def class_days(office: Office, now: datetime) -> Iterator[tuple[TrainingClass, date, datetime]]:
    """(class, business day of its zone, that midnight in UTC) for today and the days ahead of every class that has
    begun and still has an agent in it."""
    for klass in office.roster.classes.values():
        agents = [agent for agent in office.roster.agents_of(klass.name) if office.active(agent)]
        if not agents:
            continue
        calendar = office.calendar(f"{CLASS_}{klass.name}")
        today = now.astimezone(calendar.zone).date()
        for n in range(MIDNIGHTS):
            day = today + timedelta(days=n)
            if day >= klass.start and calendar.is_business_day(day):
                yield klass, day, calendar.midnight(day, klass.tz)


def site_days(office: Office, now: datetime) -> Iterator[tuple[str, date, datetime]]:
    """(site subject, business day, that midnight in UTC) for today and the days ahead of every site with classes."""
    for site in office.roster.sites.values():
        subject = f"{SITE_}{site.key}"
        if not any(office.active(agent) for agent in office.roster.members(subject)):
            continue
        calendar = office.calendar(subject)
        today = now.astimezone(calendar.zone).date()
        for n in range(MIDNIGHTS):
            day = today + timedelta(days=n)
            if calendar.is_business_day(day):
                yield subject, day, calendar.midnight(day)


def agents_from(
    office: Office, first: Callable[[Agent, TrainingClass], date | None]
) -> Iterator[tuple[Agent, TrainingClass, date, datetime]]:
    """(agent, class, first day, its midnight in UTC) for every active agent whose first day is known."""
    for agent in office.roster.agents.values():
        klass = office.roster.classes[agent.class_name]
        day = first(agent, klass)
        if day is not None and office.active(agent.username):
            yield agent, klass, day, office.calendar(agent.username).midnight(day, klass.tz)


# -- the list ----------------------------------------------------------------------------------------------

ALMANAC: Mapping[str, Beginnings] = MappingProxyType({})
"""By workflow; one that is not in force begins nothing."""


def beginnings(office: Office, now: datetime) -> list[Beginning]:
    """Everything of every workflow in force, in order of time."""
    found = [each for workflow, wants in ALMANAC.items() if office.runs(workflow) for each in wants(office, now)]
    return sorted(found, key=lambda each: (each.at, each.source))
