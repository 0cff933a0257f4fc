"""Prepares a database for the bench in a process of its own, as an operator would before `certdesk run`."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.premises import keep_roster, open_premises
from bot.roster import read_roster
from workflows.people import Agent, Roster

A_CLASS = 50
"""Agents of one class."""

DAILY = ("licensing_training", "call_cert", "tbt", "attendance", "progress", "completion", "site_day")


def crowd_roster(people: int, *, alone: bool = False) -> Roster:
    """The example's staff and so many agents, in classes of `A_CLASS`; `alone` runs failed exams only."""
    base = read_roster(Path(__file__).parent.parent / "sandbox" / "class.toml")
    ana = base.agents["ana"]
    own = base.classes[ana.class_name]
    classes = [
        replace(own, name=f"{own.name}-{n}", channel=f"{own.channel}-{n}") for n in range((people - 1) // A_CLASS + 1)
    ]
    agents = [
        Agent(
            username=f"agent{n}",
            first="Agent",
            last=f"Number{n}",
            oid=f"9{n:06}",
            email=f"agent{n}@example.com",
            class_name=classes[n // A_CLASS].name,
            tl=ana.tl,
            pm=ana.pm,
            site_director=ana.site_director,
            hr_rep=ana.hr_rep,
            esp_manager=ana.esp_manager,
            workshop_lead=ana.workshop_lead,
            cert_coordinator=ana.cert_coordinator,
        )
        for n in range(people)
    ]
    return Roster.build(
        sites=base.sites.values(),
        classes=classes,
        people=base.people.values(),
        agents=agents,
        exams=base.exams.values(),
        channels=base.channels,
        contacts=base.contacts,
        packs={**base.packs, **(dict.fromkeys(DAILY, "off") if alone else {})},
    )


def main() -> None:
    """Migrate and import: URL, key file, number of agents; `--alone` for failed exams only."""
    url, key, people = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    clock = SystemClock()
    house = open_premises(url=url, key_file=key, clock=clock, create=True)
    with house.database.connect() as connection:
        keep_roster(connection, crowd_roster(people, alone="--alone" in sys.argv), clock.now() - timedelta(days=1))
        connection.commit()
    house.close()


if __name__ == "__main__":
    main()
