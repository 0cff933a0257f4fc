"""Prepares a database for the bench in a process of its own, as an operator would before `certdesk run`."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from bot.clock import SystemClock
from bot.premises import keep_roster, open_premises
from bot.roster import read_roster
from workflows.people import Agent, Roster


def crowd_roster(people: int) -> Roster:
    """The example's staff and so many agents."""
    base = read_roster(Path(__file__).parent.parent / "sandbox" / "class.toml")
    ana = base.agents["ana"]
    agents = [
        Agent(
            username=f"agent{n}",
            first="Agent",
            last=f"Number{n}",
            oid=f"9{n:06}",
            email=f"agent{n}@example.com",
            class_name=ana.class_name,
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
        classes=base.classes.values(),
        people=base.people.values(),
        agents=agents,
        exams=base.exams.values(),
        channels=base.channels,
        contacts=base.contacts,
        packs=base.packs,
    )


def main() -> None:
    """Migrate and import: URL, key file, number of agents."""
    url, key, people = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    clock = SystemClock()
    house = open_premises(url=url, key_file=key, clock=clock, create=True)
    with house.database.connect() as connection:
        keep_roster(connection, crowd_roster(people), clock.now() - timedelta(days=1))
        connection.commit()
    house.close()


if __name__ == "__main__":
    main()
