"""What each workflow wants begun by itself, and when: one function a workflow, one list of them all.

The events are filled in here with what their cases must know of roster and class, so that journals need neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot import classroom
from bot.machines import WORKFLOWS
from bot.office import Office
from workflows.call_cert import CallCertStarted
from workflows.carrier_cert import PaceBegun
from workflows.completion import EspBegun
from workflows.equipment import CallPhaseBegun
from workflows.ladder import LadderBegun
from workflows.machine import Event
from workflows.people import CLASS_, SITE_, Agent, Role, TrainingClass
from workflows.progress import ProgressDayBegun
from workflows.schedule import Shift
from workflows.session_link import ClassAhead, Setting
from workflows.site_day import SiteDayBegan
from workflows.tbt import TbtStarted

DAY_WORKFLOWS = ("attendance", "engagement", "carrier_cert", "call_cert", "tbt")
"""Workflows that make a site's day; a site that runs none of them has no routine of its own."""
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


def ladders(office: Office, now: datetime) -> Iterator[Beginning]:
    """Every agent's call-cert phase, from his own day 1 or his class's."""
    pack: Any = office.pack_in_force("ladder", None).policy
    phases = agents_from(office, lambda agent, klass: agent.call_cert_start or klass.call_cert_start)
    for agent, klass, day, at in phases:
        event = LadderBegun(shift=Shift.of(klass, day, pack.ladder.unpaid))
        yield Beginning(at=at, workflow="ladder", subject=agent.username, key=day.isoformat(), event=event)


def call_rounds(office: Office, now: datetime) -> Iterator[Beginning]:
    """The first round of call certification of every agent, on day 1 of his phase."""
    pack: Any = office.pack_in_force("call_cert", None).policy
    for agent, klass, day, at in agents_from(office, phase_start):
        event = CallCertStarted(last=agent.last, first=agent.first, shift=Shift.of(klass, day, pack.ladder.unpaid))
        yield Beginning(at=at, workflow="call_cert", subject=agent.username, key="1", event=event)


def tbt_starts(office: Office, now: datetime) -> Iterator[Beginning]:
    """The TBTs of every agent, from the first shift of his phase; one agent of each class says what the class lacks."""
    pack: Any = office.pack_in_force("tbt", None).policy
    told: set[str] = set()
    for agent, klass, day, _ in agents_from(office, phase_start):
        first = klass.name not in told
        told.add(klass.name)
        shift = Shift.of(klass, day, pack.unpaid)
        calendar = office.calendar(agent.username)
        others = [office.roster.agents[user] for user in office.roster.agents_of(klass.name) if office.active(user)]
        event = TbtStarted(
            last=agent.last,
            first=agent.first,
            shift=shift,
            requested=agent.n_number_requested,
            known=bool(agent.n_number),
            class_name=klass.name,
            smes=len(office.roster.assigned(agent.username, Role.tbt_sme)) if first else -1,
            blanks=tuple(a.username for a in others if a.n_number_requested is None and not a.n_number)
            if first
            else (),
        )
        at = shift.start_of(calendar, shift.day(calendar, 1))
        yield Beginning(at=at, workflow="tbt", subject=agent.username, key="1", event=event)


def phase_start(agent: Agent, klass: TrainingClass) -> date | None:
    """Day 1 of the agent's call-cert phase: his own, or his class's."""
    return agent.call_cert_start or klass.call_cert_start


def carrier_certs(office: Office, now: datetime) -> Iterator[Beginning]:
    """Every agent's carrier certification, from the first day of his class; who is on leave begins blocked."""
    pack: Any = office.pack_in_force("carrier_cert", None).policy
    for agent, klass, day, at in agents_from(office, lambda agent, klass: klass.start):
        away = [each for each in office.absences if each.person == agent.username and each.kind == "leave"]
        until = max((each.until for each in away if each.covers(max(at, now))), default=None)
        event = PaceBegun(shift=Shift.of(klass, day, pack.pace.unpaid), leave_until=until)
        yield Beginning(at=at, workflow="carrier_cert", subject=agent.username, key=day.isoformat(), event=event)


def session_links(office: Office, now: datetime) -> Iterator[Beginning]:
    """Every class some days before it begins, until its last morning post is out."""
    pack: Any = office.pack_in_force("session_link", None).policy
    links = pack.session_link
    for klass in office.roster.classes.values():
        members = [office.roster.agents[agent] for agent in office.roster.agents_of(klass.name) if office.active(agent)]
        if not members:
            continue
        subject = f"{CLASS_}{klass.name}"
        calendar, shift = office.calendar(subject), Shift.of(klass)
        if shift.start_of(calendar, shift.day(calendar, links.posts or 1)) <= now:
            continue  # the class is under way: nothing is to be asked or posted any more
        at = calendar.midnight(klass.start - timedelta(days=links.opens_days), klass.tz)
        event = ClassAhead(setting=Setting.of(klass, members))
        yield Beginning(at=at, workflow="session_link", subject=subject, key=klass.start.isoformat(), event=event)


def site_routines(office: Office, now: datetime) -> Iterator[Beginning]:
    """Every business day of a site, where anything but failed exams is run there."""
    if any(workflow in WORKFLOWS and office.runs(workflow) for workflow in DAY_WORKFLOWS):
        for subject, day, at in site_days(office, now):
            yield Beginning(
                at=at, workflow="site_day", subject=subject, key=day.isoformat(), event=SiteDayBegan(day=day)
            )


def completions(office: Office, now: datetime) -> Iterator[Beginning]:
    """Every agent's way through ESP, from his class's first day."""
    for agent, _, _, at in agents_from(office, lambda agent, klass: klass.start):
        yield Beginning(at=at, workflow="completion", subject=agent.username, key="esp", event=EspBegun())


def progress_days(office: Office, now: datetime) -> Iterator[Beginning]:
    """Every business day of a class, where anything but failed exams is run there."""
    if any(workflow in WORKFLOWS and office.runs(workflow) for workflow in DAY_WORKFLOWS):
        for klass, day, at in class_days(office, now):
            event = ProgressDayBegun(day=day, shift=Shift.of(klass))
            subject = f"{CLASS_}{klass.name}"
            yield Beginning(at=at, workflow="progress_day", subject=subject, key=day.isoformat(), event=event)


def equipment_checks(office: Office, now: datetime) -> Iterator[Beginning]:
    """Every agent's equipment, on day 1 of his call-cert phase."""
    if any(workflow in WORKFLOWS and office.runs(workflow) for workflow in ("call_cert", "tbt")):
        for agent, klass, day, at in agents_from(office, phase_start):
            event = CallPhaseBegun(day=day, shift=Shift.of(klass, day))
            yield Beginning(at=at, workflow="equipment", subject=agent.username, key=day.isoformat(), event=event)


def school_days(office: Office, now: datetime) -> Iterator[Beginning]:
    """Every business day of a class: its checks and arrivals."""
    for klass, day, at in class_days(office, now):
        event = classroom.class_day(office, klass, day)
        yield Beginning(at=at, workflow="class_day", subject=f"{CLASS_}{klass.name}", key=day.isoformat(), event=event)


# -- the list ----------------------------------------------------------------------------------------------

ALMANAC: Mapping[str, Beginnings] = MappingProxyType(
    {
        "ladder": ladders,
        "completion": completions,
        "site_day": site_routines,
        "call_cert": call_rounds,
        "tbt": tbt_starts,
        "carrier_cert": carrier_certs,
        "session_link": session_links,
        "progress_day": progress_days,
        "equipment": equipment_checks,
        "class_day": school_days,
    }
)
"""By workflow; one that is not in force begins nothing."""


def beginnings(office: Office, now: datetime) -> list[Beginning]:
    """Everything of every workflow in force, in order of time."""
    found = [each for workflow, wants in ALMANAC.items() if office.runs(workflow) for each in wants(office, now)]
    return sorted(found, key=lambda each: (each.at, each.source))
