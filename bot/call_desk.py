"""What the call-cert team needs of many cases at once: who is connected with whom, who waits, what is to be packed.

Reads through the batch's world; decides nothing and sends nothing but answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot import pace_desk
from bot.gathered import Gathered
from handlers import intents
from store import tables
from store.rows import family
from workflows.call_cert import RUNNING, AgentConnected, phase_day
from workflows.effects import Paper
from workflows.machine import Case, Moment
from workflows.people import CLASS_, SITE_, Role
from workflows.tbt import NNumberLate

if TYPE_CHECKING:
    from bot.deciding import Decider

ISSUES = ("ISSUE_OPEN", "WITH_IT", "WAITING_SHIPMENT")
"""States of an equipment case in which the agent cannot work."""

TEAM = frozenset({Role.cert_coordinator, Role.certifier})


def going(desk: Decider, workflow: str, agents: Iterable[str] | None = None) -> list[Case[Any]]:
    """The open cases of a workflow of these agents (of all), in order of phase and name."""
    c = tables.cases.c
    known = desk.world.connection.execute(select(c.agent).where(c.workflow == workflow, c.live)).scalars()
    wanted = {*known, *(case.agent for case in desk.world.cases.values() if case.workflow == workflow)}
    wanted = wanted & set(agents) if agents is not None else wanted
    desk.world.load(wanted)
    found = [
        case
        for agent in wanted
        for case in desk.world.cases_of(agent)
        if case.workflow == workflow and desk.world.live[case.id] and desk.office.active(agent)
    ]
    return sorted(found, key=lambda case: (case.data.watch.shift.first, desk.office.roster.name_of(case.agent)))


def rounds(desk: Decider, agents: Iterable[str] | None = None) -> list[Case[Any]]:
    """The open rounds of call certification."""
    return going(desk, "call_cert", agents)


def issue_of(desk: Decider, agent: str) -> str:
    """The reference of the agent's open equipment issue; "" for none."""
    mine = (case for case in desk.world.cases_of(agent) if case.workflow == "equipment" and desk.world.live[case.id])
    return next((case.id for case in mine if case.state in ISSUES), "")


def connect(desk: Decider, args: dict[str, Any]) -> None:
    """ "connect @ana @cass": what the round cannot know itself is found here."""
    from bot import reception  # it grants this wish

    agent, certifier = str(args["agent"]), str(args["certifier"])
    elsewhere = (
        case.agent
        for case in rounds(desk)
        if case.state in RUNNING and case.data.certifier == certifier and case.agent != agent
    )
    event = AgentConnected(
        certifier=certifier,
        certifier_name=desk.office.roster.name_of(certifier),
        link=str(args.get("link") or ""),
        forced=bool(args.get("forced")),
        why=str(args.get("why") or ""),
        issue=issue_of(desk, agent),
        busy_with=next(elsewhere, ""),
    )
    reception.act(desk, intents.Act(event=event, workflow="call_cert", agent=agent))


def on_the_line(desk: Decider, args: dict[str, Any]) -> None:
    """ "resume", a sheet without a name: the agent the Certifier owes that `duty`, else the one he has on the line."""
    from bot import reception  # it grants this wish

    actor, duty = desk.letter.actor, str(args.get("duty") or "")
    owed = any(each.open and actor in each.owners and family(each.name) == duty for each in desk.world.duties.values())
    mine = [case.agent for case in rounds(desk) if case.state in RUNNING and case.data.certifier == actor]
    agent = mine[0] if len(mine) == 1 and not owed else ""
    reception.act(desk, intents.Act(event=args["event"], workflow="call_cert", agent=agent, duty=duty))


def queue(desk: Decider, args: dict[str, Any]) -> None:
    """Who waits for a Certifier, who is connected: for the team."""
    actor = desk.letter.actor
    agents = [agent for agent in desk.office.roster.agents if desk.office.roles(actor, agent, desk.at) & TEAM]
    if not agents:
        desk.decline("not_yours", "call_cert/no_queue", {})
        return
    desk.answer("call_cert/queue", queue_facts(desk, agents))


def queue_facts(desk: Decider, agents: Iterable[str]) -> dict[str, Any]:
    """Facts of `call_cert/queue`: agents who wait, those connected, scorecards and uploads, today's sessions."""
    found = [case for case in rounds(desk, agents) if not pace_desk.waived(desk, case.agent, "call")]
    lines = [(case, line(desk, case)) for case in found]
    sessions: dict[str, list[str]] = {}
    for case, each in lines:
        for session in desk.office.policy(case).connect.session:
            if session.day == each["day"] and case.state == "WAITING":
                sessions.setdefault(session.says, []).append(case.agent)
    return {
        "sessions": [{"says": says, "agents": who} for says, who in sessions.items()],
        "waiting": [each for case, each in lines if case.state == "WAITING"],
        "connected": [each for case, each in lines if case.state in RUNNING],
        "scorecards": [each for case, each in lines if case.state == "SCORED"],
        "uploads": [each for case, each in lines if case.state == "SUBMITTED"],
        "at": desk.at,
    }


def line(desk: Decider, case: Case[Any]) -> dict[str, Any]:
    """One round on a board: agent, phase day, equipment, calls, hours."""
    data, policy, calendar = case.data, desk.office.policy(case), desk.office.calendar_of(case)
    moment: Moment[Any] = Moment(
        case=case, was=case, event=None, at=desk.at, actor="", by=frozenset(), policy=policy, calendar=calendar
    )
    used = data.watch.used(calendar, desk.at)
    issue = issue_of(desk, case.agent) or ("issue" if data.equipment == "issue" else "")
    return {
        "agent": case.agent,
        "ref": case.id,
        "day": phase_day(moment),
        "issue": issue,
        "equipment": "issue" if issue else data.equipment or "unknown",
        "certifier": data.certifier,
        "n": data.n,
        "calls": policy.calls,
        "passes": data.passes,
        "rate": data.rate,
        "hours": round(used.total_seconds() / 3600, 1),
        "limit": policy.hours,
        "connected_at": data.connected_at,
        "halted": sorted({"blocked" if halt.why.startswith("blocked") else "paused" for halt in data.watch.halts}),
    }


def gather_queue(desk: Decider, case: Case[Any], reader: str, facts: Mapping[str, Any]) -> Gathered | None:
    """The coordinator's morning queue: of a site, a class or one agent; nothing when nobody is in it."""
    roster = desk.office.roster
    agents = roster.members(case.agent) if case.agent.startswith((CLASS_, SITE_)) else (case.agent,)
    if reader:
        agents = tuple(agent for agent in agents if desk.office.roles(reader, agent, desk.at) & TEAM)
    found = queue_facts(desk, agents)
    if not any(found[name] for name in ("waiting", "connected", "scorecards", "uploads")):
        return None
    return Gathered(facts={**facts, **found})


# -- TBTs --------------------------------------------------------------------------------------------------


def tbt_list(desk: Decider, args: dict[str, Any]) -> None:
    """The courses and where each stands: an agent's own, or those of an agent of one's own."""
    actor, agent = desk.letter.actor, str(args.get("agent") or "")
    if not agent or (agent != actor and not desk.office.roles(actor, agent, desk.at) - {Role.wfm}):
        desk.decline("not_so", "say/which_tbt", {"example": "tbt done 211629"})
        return
    desk.world.load([agent])
    mine = [case for case in desk.world.cases_of(agent) if case.workflow == "tbt" and case.data.records]
    if not mine:
        desk.decline("not_now", "tbt/absent", {"name": desk.office.roster.name_of(agent), "username": agent})
        return
    data = mine[-1].data
    exams = {course.number for course in desk.office.policy(mine[-1]).course if course.has_exam}
    facts = {
        "total": len(data.records),
        "done": data.done,
        "proved": data.proved,
        "uploaded": data.uploaded,
        "courses": [
            {
                "number": record.number,
                "title": record.title,
                "exam": record.number in exams,
                "standing": STANDINGS[record.standing.partition("(")[0]],
            }
            for record in data.records
        ],
    }
    desk.answer("tbt/list", facts, case=mine[-1])


STANDINGS = {
    "OPEN": "to do",
    "CLAIMED": "done, proof to come or being looked at",
    "PROOF_OK": "proved",
    "UPLOADED": "uploaded",
    "NOT_FOUND": "not found, search is looked at",
    "FAILED_EXAM": "another try at the exam",
}
"""What people call where a course stands."""


def gather_searches(desk: Decider, case: Case[Any], reader: str, facts: Mapping[str, Any]) -> Gathered | None:
    """E-19: what was verified since the pack of the business day before, with the screenshots; else nothing.

    Each search is in exactly one pack: from the minute of one pack until before the minute of the next.
    """
    since, until = pack_span(desk, case)
    found = [
        (each, record)
        for each in going(desk, "tbt", desk.office.roster.members(case.agent))
        for record in each.data.records
        if record.search and record.search.verified_at and since <= record.search.verified_at < until
    ]
    if not found:
        return None
    lines, papers = [], []
    for each, record in found:
        name = f"{each.data.last}_{each.data.first}_{record.number}_{record.search.evidence.name}"
        slots = {"hash": record.search.evidence.hash, "type": record.search.evidence.type}
        papers.append(Paper(kind="kept", name=name, slots=slots))
        lines.append({"agent": each.agent, "number": record.number, "title": record.title, "file": name})
    return Gathered(facts={**facts, "searches": lines}, attach=tuple(papers))


def pack_span(desk: Decider, case: Case[Any]) -> tuple[datetime, datetime]:
    """From the pack of the business day before until that of this site day."""
    calendar, at = desk.office.calendar_of(case), desk.office.policy(case).times.search_pack
    day = case.data.day
    return calendar.at(calendar.business_date(day, -1), at), calendar.at(day, at)


def brief_number(desk: Decider, case: Case[Any], event: NNumberLate, due: datetime) -> NNumberLate:
    """Whether the roster knows the N-Number by now."""
    agent = desk.office.roster.agents.get(case.agent)
    return replace(event, known=bool(agent and agent.n_number))
