"""The town of the simulated month: one site, its staff, and classes of agents that follow one another by the week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bot.roster import read_roster
from workflows.people import Agent, Person, Role, Roster, TrainingClass

EXAMPLE = Path(__file__).parent.parent / "tests" / "roster-day.toml"
FIRST = ("Ana", "Ben", "Cora", "Dan", "Eli", "Fay", "Gus", "Hal", "Ida", "Jon")
A_LEAD = 20
"""Agents of one team lead."""

A_CERTIFIER = 12
"""Agents a certifier can hear in a week."""


def roster(agents: int, classes: int, first: date) -> Roster:
    """The example's site and exams with so many agents, in classes that start one a week from `first` (a Monday)."""
    base = read_roster(EXAMPLE)
    staff = list(base.people.values())
    leads = _staff("lead", Role.tl, max(1, agents // A_LEAD))
    certifiers = _staff("cert", Role.certifier, max(2, agents // classes // A_CERTIFIER + 1))
    example = base.classes["NOV16"]
    size = agents // classes
    weeks = [
        replace(
            example,
            name=f"W{n + 1}",
            channel=f"#esp-w{n + 1}",
            start=first + timedelta(weeks=n),
            call_cert_start=first + timedelta(weeks=n, days=4),
        )
        for n in range(classes)
    ]
    pupils = [_agent(base.agents["ana"], n, weeks[min(n // size, classes - 1)], leads) for n in range(agents)]
    return Roster.build(
        sites=base.sites.values(),
        classes=weeks,
        people=[*staff, *leads, *certifiers],
        agents=pupils,
        exams=base.exams.values(),
        channels=base.channels,
        contacts=base.contacts,
        packs=base.packs,
    )


def _staff(name: str, role: Role, how_many: int) -> list[Person]:
    return [
        Person(
            username=f"{name}{n}",
            name=f"{name.title()} Number{n}",
            email=f"{name}{n}@example.com",
            roles=frozenset({role}),
        )
        for n in range(how_many)
    ]


def _agent(ana: Agent, n: int, klass: TrainingClass, leads: list[Person]) -> Agent:
    return replace(
        ana,
        username=f"agent{n}",
        first=FIRST[n % len(FIRST)],
        last=f"Number{n}",
        oid=f"9{n:05}",
        email=f"agent{n}@example.com",
        personal_email=f"agent{n}@home.example.net",
        class_name=klass.name,
        tl=leads[(n // A_LEAD) % len(leads)].username,
    )
