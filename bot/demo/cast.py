"""The people of the demo: what the page says of each, and their rooms on the look-alike."""

from __future__ import annotations

from typing import Any

from bot.rocketchat import Account
from sandbox.server import Sandbox
from workflows.people import Role, Roster

TITLES = {
    Role.tl: ("Team Lead", "Leads"),
    Role.workshop_lead: ("Workshop Lead", "Leads"),
    Role.pm: ("Production Manager", "Leads"),
    Role.site_director: ("Site Director", "Leadership"),
    Role.hr_rep: ("HR rep", "Leadership"),
    Role.esp_manager: ("ESP Manager", "Leadership"),
    Role.licensing: ("Licensing", "Certification"),
    Role.cert_coordinator: ("Cert Coordinator", "Certification"),
    Role.certifier: ("Certifier", "Certification"),
    Role.tbt_sme: ("TBT SME", "Certification"),
    Role.wfm: ("Workforce Management", "Workforce"),
}
"""What a role is called, and under which heading its people stand, in that order."""

GROUPS = tuple(dict.fromkeys(group for _, group in TITLES.values()))

TEAMS = {
    "tbt_search_pack": "TBT search contacts",
    "pw_name_mismatch": "Producer World contact",
    "it_service_desk": "IT service desk",
    "aetna_leadership": "Aetna leadership",
}
"""Names of shared mailboxes that are more than their key."""

STRANGER = {
    "username": "",
    "name": "Somebody outside",
    "title": "Not on the roster",
    "group": "Outside",
    "emails": ["somebody@elsewhere.example.net"],
}
"""Whoever else can write a mail: nobody the bot knows."""

IN_CLASS = (Role.licensing, Role.cert_coordinator, Role.certifier, Role.tbt_sme)
"""Whom one finds in a class's channel beside its agents, their Team Leads and its host."""


def cast(roster: Roster) -> list[dict[str, Any]]:
    """Everybody one can be on the page: agents, the youngest class first, then staff, then shared mailboxes."""
    youngest = sorted(roster.classes.values(), key=lambda klass: klass.start, reverse=True)
    agents = [_agent(roster, username) for klass in youngest for username in roster.agents_of(klass.name)]
    staff = [_staff(roster, username) for username in roster.people]
    staff.sort(key=lambda person: GROUPS.index(str(person["group"])))
    teams = [
        {
            "username": "",
            "name": TEAMS.get(name, name.replace("_", " ").capitalize()),
            "title": "Shared address" if len(addresses) == 1 else f"{len(addresses)} addresses",
            "group": "Shared mailboxes",
            "emails": list(addresses),
        }
        for name, addresses in roster.contacts.items()
    ]
    return [*agents, *staff, *teams, STRANGER]


def _agent(roster: Roster, username: str) -> dict[str, Any]:
    agent = roster.agents[username]
    return {
        "username": agent.username,
        "name": agent.name,
        "title": f"Agent, {agent.class_name}",
        "group": f"Agents of {agent.class_name}",
        "emails": [agent.email, *([agent.personal_email] if agent.personal_email else [])],
    }


def _staff(roster: Roster, username: str) -> dict[str, Any]:
    person = roster.people[username]
    held = [TITLES[role] for role in TITLES if role in person.roles]
    hosts = [f"host of {klass.name}" for klass in roster.classes.values() if klass.host == username]
    return {
        "username": person.username,
        "name": person.name,
        "title": ", ".join([*(title for title, _ in held), *hosts]),
        "group": held[0][1],
        "emails": [person.email],
    }


def seed(sandbox: Sandbox, roster: Roster) -> Account:
    """People, rooms and the bot's account on the look-alike."""
    bot = sandbox.add_user("certdesk", "certdesk", ("bot",))
    for person in roster.people.values():
        sandbox.add_user(person.username, person.name, email=person.email)
    for agent in roster.agents.values():
        sandbox.add_user(agent.username, agent.name, email=agent.email)
    leads = roster.by_role(Role.tl)
    sandbox.add_channel(roster.channels["wfm"].lstrip("#"), ["certdesk", *roster.by_role(Role.wfm), *leads])
    sandbox.add_channel(roster.channels["licensing"].lstrip("#"), ["certdesk", *roster.by_role(Role.licensing), *leads])
    sandbox.add_channel(roster.channels["ops"].lstrip("#"), ["certdesk", *roster.by_role(Role.esp_manager)])
    team = [username for role in IN_CLASS for username in roster.by_role(role)]
    for klass in roster.classes.values():
        agents = roster.agents_of(klass.name)
        with_them = [klass.host, *(roster.agents[username].tl for username in agents), *team]
        sandbox.add_channel(
            klass.channel.lstrip("#"), ["certdesk", *agents, *dict.fromkeys(user for user in with_them if user)]
        )
    for username in (*roster.agents, *roster.people):
        sandbox.direct("certdesk", username)
    return Account(url=sandbox.url, user_id=bot, token=sandbox.token("certdesk"))
