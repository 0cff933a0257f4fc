"""Where agents stand, a line a case: `me` for himself, `team` and `board` for those who lead, the board of 11:00.

One function a workflow says what its data comes to, in numbers; the words are in `templates/board`. Never anybody
else's agents, and no other agent at all for an agent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot import pace_desk
from workflows import carrier_cert as carrier
from workflows import completion as completions
from workflows.machine import Case
from workflows.people import Role

if TYPE_CHECKING:
    from bot.deciding import Decider

Args = dict[str, Any]
Line = dict[str, Any]

LEADS = frozenset({Role.tl, Role.workshop_lead, Role.pm, Role.esp_manager})
"""Who has a team: where an agent stands on a ladder is no business of WFM's or a certifier's."""

NAMED, COUNTED = frozenset({Role.esp_manager}), frozenset({Role.site_director, Role.hr_rep})
"""Who sees every class with names, and who in numbers: the tracker's readers are named, these are not among them."""

DONE, GOING, BEHIND = "done", "going", "behind"


# -- one line a workflow -----------------------------------------------------------------------------------


def failed_exam(desk: Decider, case: Case[Any]) -> Line | None:
    """An exam under way; one that only ever heard a refused report is not."""
    data = case.data
    if case.state == desk.office.machine_of(case).start:
        return None
    slot = data.step(data.count).slot if data.count else None
    return {
        "exam": data.exam_name,
        "n": data.count,
        "slot": slot.starts if slot else None,
        "stage": case.state.partition("_")[2].lower(),
        "level": GOING,
    }


def carrier_cert(desk: Decider, case: Case[Any]) -> Line | None:
    """The certification's items, and its next checkpoint."""
    policy, data = desk.office.policy(case), case.data
    every = carrier.items.required(policy, len(policy.pace.checkpoint))
    clock = carrier.clock.next_due(policy, desk.office.calendar_of(case), data, desk.now)
    open_ = carrier.items.missing(policy, data, min(data.judged + 1, len(policy.pace.checkpoint)))
    return {
        "done": sum(carrier.items.has(policy, data, item) for item in every),
        "total": len(every),
        "checkpoint": clock[0].name if clock else "",
        "due": clock[1] if clock else None,
        "missing": list(policy.pace.titled(open_)),
        "waived": bool(data.waived),
        "level": {"COMPLETE": DONE}.get(case.state, BEHIND if case.state in PACE_LOST else GOING),
    }


PACE_LOST = ("BEHIND", "OVERDUE", "EXTENSION", "EXT_EXPIRED")


def call_cert(desk: Decider, case: Case[Any]) -> Line | None:
    """Calls scored and passed, and the hours since a Certifier connected."""
    policy, data = desk.office.policy(case), case.data
    over = data.alerted and not data.result
    return {
        "n": data.n,
        "calls": policy.calls,
        "passes": data.passes,
        "rate": data.rate,
        "result": data.result,
        "certifier": data.certifier,
        "waived": bool(pace_desk.waived(desk, case.agent, "call")),
        "level": BEHIND if over or data.result == "FAILED_PROGRAM" else GOING,
    }


def tbt(desk: Decider, case: Case[Any]) -> Line | None:
    """Courses done of all."""
    data = case.data
    done, late = case.state == "UPLOADED" or bool(data.waived), data.alerted and data.remaining
    level = DONE if done else BEHIND if late else GOING
    counts = {"done": data.done, "total": len(data.records), "uploaded": data.uploaded}
    return {**counts, "waived": bool(data.waived), "level": level}


def ladder(desk: Decider, case: Case[Any]) -> Line | None:
    """The days both are expected in; which step it has come to is nobody's board's business."""
    policy, data = desk.office.policy(case), case.data
    if case.state in ("NONE", "DONE"):
        return None
    open_ = [name for item, name in policy.ladder.items.items() if item not in data.done]
    late = case.state not in ("IN_WINDOW", "BLOCKED")
    return {"open": open_, "due": data.expect, "blocked": data.blocked, "level": BEHIND if late else GOING}


def progress(desk: Decider, case: Case[Any]) -> Line | None:
    """Today's report."""
    today = desk.office.calendar_of(case).local(desk.now).date()
    if case.data.day != today:
        return None
    return {"day": case.data.day.isoformat(), "level": BEHIND if case.state == "MISSING" else GOING}


def equipment(desk: Decider, case: Case[Any]) -> Line | None:
    """Whether everything works."""
    return None if case.state in ("NONE", "UNKNOWN", "OK") else {"level": GOING}


def ticket(desk: Decider, case: Case[Any]) -> Line | None:
    """A matter at the carrier's."""
    policy, data = desk.office.policy(case), case.data
    return {"title": policy.kind[data.kind].title, "number": data.number, "level": GOING}


def completion(desk: Decider, case: Case[Any]) -> Line | None:
    """What is missing for production."""
    return {"missing": list(completions.missing(desk.office.policy(case), case.data)), "level": GOING}


LINES: Mapping[str, Callable[[Decider, Case[Any]], Line | None]] = MappingProxyType(
    {
        "failed_exam": failed_exam,
        "carrier_cert": carrier_cert,
        "call_cert": call_cert,
        "tbt": tbt,
        "ladder": ladder,
        "progress": progress,
        "equipment": equipment,
        "ticket": ticket,
        "completion": completion,
    }
)
"""By workflow, in the order in which a board shows them."""

TEAM_LINES = tuple(name for name in LINES if name not in ("completion", "progress"))
"""Those a team's board shows: what is missing at the end, and every evening's report, are the agent's own lines."""


def lines_of(desk: Decider, agent: str, kinds: Iterable[str] = tuple(LINES)) -> list[Line]:
    """Every line of an agent's open cases of these kinds."""
    wanted = set(kinds)
    mine = [case for case in desk.world.cases_of(agent) if case.workflow in wanted and desk.world.live[case.id]]
    mine.sort(key=lambda case: (list(LINES).index(case.workflow), case.opened))
    found = []
    for case in mine:
        line = LINES[case.workflow](desk, case)
        if line is not None:
            found.append({"kind": case.workflow, "ref": case.id, "state": case.state, **line})
    return found


def behind(lines: Iterable[Line]) -> list[Line]:
    """Those of them that are off their pace."""
    return [line for line in lines if line["level"] == BEHIND]


# -- boards ------------------------------------------------------------------------------------------------


def me(desk: Decider, args: Args) -> None:
    """The sender's own board: for an agent his cases, for anybody his open duties."""
    actor = desk.letter.actor
    is_agent = actor in desk.office.roster.agents
    owed = [desk.item(duty) for duty in desk.world.duties.values() if duty.open and actor in duty.owners]
    lines = lines_of(desk, actor) if is_agent else []
    desk.answer("house/me", {"lines": lines, "items": owed, "is_agent": is_agent}, agent=actor if is_agent else "")


def rows(desk: Decider, agents: Iterable[str], reader: str) -> list[dict[str, Any]]:
    """A row an agent, those furthest behind first."""
    found = []
    for agent in agents:
        owed = [
            desk.item(duty)
            for duty in desk.world.duties_of(agent)
            if duty.open and duty.agent == agent and reader in duty.owners
        ]
        found.append({"agent": agent, "lines": lines_of(desk, agent, TEAM_LINES), "items": owed})

    def slow(row: Mapping[str, Any]) -> tuple[int, int, str]:
        return (-len(behind(row["lines"])), -len(row["items"]), str(row["agent"]))

    return sorted(found, key=slow)


def team(desk: Decider, args: Args) -> None:
    """The sender's agents with what is open; own team only, in a direct message, the slowest first."""
    actor, roster = desk.letter.actor, desk.office.roster
    agents = [agent for agent in roster.agents if desk.office.roles(actor, agent, desk.at) & LEADS]
    agents = [agent for agent in agents if desk.office.active(agent)]
    if not agents:
        roles = (desk.office.roles(actor, agent, desk.at) for agent in roster.agents)
        desk.decline("not_yours", "house/no_team", {"board": any(found & (NAMED | COUNTED) for found in roles)})
        return
    desk.world.load(agents)
    desk.answer("house/team", {"rows": rows(desk, agents, actor)})


def board(desk: Decider, args: Args) -> None:
    """All classes at a glance: with names for the ESP Manager, in numbers for Site Director and HR."""
    actor, roster = desk.letter.actor, desk.office.roster
    roles = {agent: desk.office.roles(actor, agent, desk.at) for agent in roster.agents if desk.office.active(agent)}
    named = any(NAMED & mine for mine in roles.values())
    mine = [agent for agent, found in roles.items() if found & (NAMED if named else COUNTED)]
    if not mine:
        desk.decline("not_yours", "house/no_board", {"team": any(LEADS & found for found in roles.values())})
        return
    desk.world.load(mine)
    classes = []
    for klass in dict.fromkeys(roster.agents[agent].class_name for agent in mine):
        agents = [agent for agent in mine if roster.agents[agent].class_name == klass]
        found = rows(desk, agents, actor)
        slow = [row for row in found if behind(row["lines"])]
        classes.append(
            {
                "klass": klass,
                "agents": len(agents),
                "slow": len(slow),
                "kinds": Counter(kind for row in slow for kind in {line["kind"] for line in behind(row["lines"])}),
                "rows": [{"agent": row["agent"], "lines": behind(row["lines"])} for row in slow if named],
                "owed": sum(len(row["items"]) for row in found),
            }
        )
    desk.answer("house/board", {"classes": classes, "named": named})
