"""Gatherings of the floor: missing progress reports, open equipment issues, tickets of the first day, drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bot.gathered import Gathered, Gathering
from workflows import equipment, progress, ticket
from workflows.machine import Case
from workflows.people import SITE_

if TYPE_CHECKING:
    from bot.deciding import Decider

CLOCKS = ("carrier_cert", "ladder")
"""Whose clocks are an agent's next checkpoint."""


def classmates(desk: Decider, case: Case[Any]) -> list[str]:
    """The agents of the class of that case, their cases loaded."""
    roster = desk.office.roster
    if case.agent in roster.agents:
        found = roster.agents_of(roster.agents[case.agent].class_name)
    else:
        found = roster.members(case.agent)
    here = [agent for agent in found if desk.office.active(agent)]
    desk.world.load(here)
    return here


def for_reader(desk: Decider, agents: list[str], role: str, reader: str) -> list[str]:
    """Those of them for whom the reader has that role now, himself or for somebody who is away."""
    return [agent for agent in agents if reader in desk.office.party(role, agent, desk.now).users]


def of(desk: Decider, agents: list[str], workflow: str, *states: str) -> Iterator[Case[Any]]:
    """Their cases of that workflow in one of these states, in order of opening."""
    found = (case for agent in agents for case in desk.world.cases_of(agent))
    wanted = (case for case in found if case.workflow == workflow and case.state in states)
    yield from sorted(wanted, key=lambda case: (case.opened, len(case.id), case.id))


def progress_missing(desk: Decider, case: Case[Any], reader: str, facts: Mapping[str, Any]) -> Gathered | None:
    """Who has not reported that day, for one reader; nothing when nobody is missing."""
    mine = for_reader(desk, classmates(desk, case), str(facts["role"]), reader)
    missing = [one.agent for one in of(desk, mine, "progress", progress.MISSING) if one.key == facts["key"]]
    return Gathered(facts={**facts, "agents": missing}) if missing else None


def progress_checkpoint(desk: Decider, case: Case[Any], reader: str, facts: Mapping[str, Any]) -> Gathered:
    """The agent's next checkpoint, if a clock of his runs."""
    refs = {one.id for one in desk.world.cases_of(case.agent) if one.workflow in CLOCKS and desk.world.live[one.id]}
    due = [
        timer.due
        for timer in desk.world.timers_of(case.agent)
        if timer.open and timer.event and timer.case_id in refs and timer.due > desk.now
    ]
    return Gathered(facts={**facts, "next": min(due, default=None)})


def equipment_open(desk: Decider, case: Case[Any], reader: str, facts: Mapping[str, Any]) -> Gathered | None:
    """Every open issue of one owner; the oldest one speaks for the others."""
    mine = for_reader(desk, classmates(desk, case), str(facts["owner"]), reader)
    found = [one for one in of(desk, mine, "equipment", *equipment.ONGOING) if owner_of(desk, one) == facts["owner"]]
    if not found or found[0].id != case.id:
        return None
    items = [
        {"agent": one.agent, "ref": one.id, "state": one.state, "issue": one.data.text, "since": one.data.since}
        for one in found
    ]
    return Gathered(facts={**facts, "issues": items})


def owner_of(desk: Decider, case: Case[Any]) -> str:
    """The role that sees to an equipment issue now."""
    policy = desk.office.policy(case)
    return str(policy.owner if case.data.calls else policy.owner_before_calls)


def day_one_tickets(desk: Decider, case: Case[Any], reader: str, facts: Mapping[str, Any]) -> Gathered | None:
    """The first day's tickets that are still open, for one reader; the oldest one speaks for the others."""
    policy = desk.office.policy(case)
    mine = for_reader(desk, classmates(desk, case), str(facts["role"]), reader)
    found = [
        one
        for one in of(desk, mine, "ticket", *ticket.OPEN)
        if one.data.first_day and one.data.day.isoformat() == facts["day"] and policy.kind[one.data.kind].day_one
    ]
    if not found or found[0].id != case.id:
        return None
    return Gathered(facts={**facts, "tickets": [ticket_line(desk, one) for one in found]})


def drafts(desk: Decider, case: Case[Any], reader: str, facts: Mapping[str, Any]) -> Gathered | None:
    """Tickets that wait to be submitted by that reader (R-001-42, R-003-31)."""
    roster = desk.office.roster
    where = case.agent if case.agent.startswith(SITE_) else ""
    agents = [
        agent for agent in (roster.members(where) if where else classmates(desk, case)) if desk.office.active(agent)
    ]
    desk.world.load(agents)
    found = [
        one
        for one in of(desk, agents, "ticket", ticket.DRAFT)
        if reader in desk.office.party(desk.office.policy(one).owner, one.agent, desk.now).users
    ]
    return Gathered(facts={**facts, "drafts": [ticket_line(desk, one) for one in found]}) if found else None


def ticket_line(desk: Decider, case: Case[Any]) -> dict[str, Any]:
    """One ticket on a list."""
    return {
        "ref": case.id,
        "agent": case.agent,
        "title": desk.office.policy(case).kind[case.data.kind].title,
        "state": case.state,
        "since": case.data.since,
        "number": case.data.number,
    }


GATHERINGS: dict[str, Gathering] = {
    "progress_missing": progress_missing,
    "progress_checkpoint": progress_checkpoint,
    "equipment_open": equipment_open,
    "day_one_tickets": day_one_tickets,
    "drafts": drafts,
}
"""By the name effects use."""
