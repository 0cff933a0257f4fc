"""What the house answers about the floor: open tickets, the troubleshooting list, the five forms, a class's sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.gathered_floor import of, ticket_line
from workflows import ticket
from workflows.people import Role

if TYPE_CHECKING:
    from bot.deciding import Decider

Args = dict[str, Any]
LONGEST_LIST = 12
"""Lines of a list in one message."""


def tickets(desk: Decider, args: Args) -> None:
    """Open carrier tickets: an agent's own, a TL's team's, everybody's for licensing."""
    actor, office = desk.letter.actor, desk.office
    if actor in office.roster.agents:
        agents = [actor]
    else:
        wanted = {Role.tl, Role.licensing, Role.cert_coordinator, Role.esp_manager}
        agents = [agent for agent in office.roster.agents if office.roles(actor, agent, desk.at) & wanted]
    if not agents:
        desk.decline("not_yours", "house/no_team", {})
        return
    desk.world.load(agents)
    found = [ticket_line(desk, one) for one in of(desk, agents, "ticket", *ticket.OPEN)]
    own = actor in office.roster.agents
    desk.answer("ticket/list", {"tickets": found[:LONGEST_LIST], "more": len(found[LONGEST_LIST:]), "own": own})


def policy(desk: Decider, workflow: str) -> Any:
    """The pack in force; None, with a word about it, where it is switched off."""
    if not desk.office.runs(workflow):
        desk.decline("not_now", "house/not_in_force", {"workflow": workflow})
        return None
    return desk.office.pack_in_force(workflow, None).policy


def help_tech(desk: Decider, args: Args) -> None:
    """R-001-39, R-003-19: what to try first."""
    if rules := policy(desk, "ticket"):
        said = {"guide": rules.guide, "general": list(rules.general), "never": list(rules.never)}
        buttons = (("AHIP asks for payment", "issue payment"), ("Cannot log in", "issue login"))
        own = desk.letter.actor in desk.office.roster.agents
        desk.answer("ticket/help_tech", {**said, "own": own}, buttons=buttons if own else ())


def five_forms(desk: Decider, args: Args) -> None:
    """R-001-52: the forms by name."""
    if rules := policy(desk, "ticket"):
        desk.answer("ticket/five_forms", {"forms": list(rules.forms)})


def guides(desk: Decider, args: Args) -> None:
    """R-001-08, 22, 29, 44, 66, R-002-19, R-004-09: where the pages of the house are."""
    if rules := policy(desk, "ticket"):
        own = desk.letter.actor in desk.office.roster.agents
        seen = [each for each in rules.guides if not (own and each.staff)]
        wanted = str(args.get("about") or "").split()
        named = [each for each in seen if all(word in each.title.casefold() for word in wanted)]
        desk.answer("ticket/guides", {"guides": [{"title": g.title, "url": g.url} for g in named or seen]})


def directed(desk: Decider, args: Args) -> None:
    """R-003-26: numbers to call, only if directed to."""
    if rules := policy(desk, "ticket"):
        desk.answer("ticket/directed", {"lines": list(rules.directed)})


def progress_sheet(desk: Decider, args: Args) -> None:
    """R-001-53 to 58: what the Agent Progress Report of a class is made of, for licensing."""
    rules, roster = policy(desk, "progress"), desk.office.roster
    if rules is None:
        return
    actor = desk.letter.actor
    if (
        actor in roster.agents
        or not {Role.licensing, Role.esp_manager, Role.cert_coordinator} & roster.people[actor].roles
    ):
        who = [roster.name_of(user) for user in roster.by_role(Role.licensing)]
        desk.decline("not_yours", "house/not_yours", {"who": who, "event": "", "state": "", "duties": []})
        return
    newest = max(roster.classes.values(), key=lambda klass: (klass.start, klass.name), default=None)
    klass = roster.classes.get(str(args.get("class") or "")) or newest
    if klass is None:
        desk.decline("not_so", "house/no_team", {})
        return
    pupils = sorted(
        (roster.agents[agent] for agent in roster.agents_of(klass.name) if desk.office.active(agent)),
        key=lambda agent: (agent.last, agent.first),
    )
    rows = [
        {"name": f"{a.last}, {a.first}", "oid": a.oid, "email": a.email, "personal": a.personal_email or ""}
        for a in pupils
    ]
    facts = {
        "sheet": f"{rules.sheet} - {klass.name}",
        "rows": rows[:LONGEST_LIST],
        "more": len(rows[LONGEST_LIST:]),
        "without": [a.name for a in pupils if not a.personal_email],
        "tls": sorted({roster.name_of(a.tl) for a in pupils}),
        "unique": len({a.oid for a in pupils}) == len(pupils) and all(a.oid for a in pupils),
    }
    desk.answer("progress/sheet", facts)


WISHES = {
    "tickets": tickets,
    "help_tech": help_tech,
    "five_forms": five_forms,
    "guides": guides,
    "directed": directed,
    "progress_sheet": progress_sheet,
}
"""Every wish by its name."""
