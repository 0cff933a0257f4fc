"""What the routine of a site's day says: boards, checklists, summaries, reports, gathered when they are decided.

Everything is read through the batch's world or its connection; a person's own checklist alone names his CAPs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot import boards, call_desk
from bot.gathered import Gathered, Gathering
from bot.mail import compose
from bot.reports import catalogue, days
from bot.reports.formats import table_lines
from bot.reports.sheet import Report, frozen
from store import tables
from store.codec import micros, parse
from store.rows import Duty
from workflows.effects import Paper
from workflows.machine import Case
from workflows.people import SITE_, Role
from workflows.site_day import DRAFTED, HELD, DraftDue, SendDue, SiteDay

if TYPE_CHECKING:
    from bot.deciding import Decider

LATE = timedelta(seconds=60)
"""From when on a message says that it comes late."""
MOST_BUTTONS = 6
GONE = ("sent", "waiting")
"""States of an outbox row that has reached, or is on its way to, its list."""
ENOUGH = 400
"""How many mails of one name are looked through for a known list."""

Facts = Mapping[str, Any]


# -- who and when ------------------------------------------------------------------------------------------


def members(desk: Decider, case: Case[SiteDay]) -> list[str]:
    """The active agents of the site, their cases loaded, and those of their classes and the site."""
    if (known := desk.kept.get("members")) is not None:
        return list(known)
    roster = desk.office.roster
    found = [agent for agent in roster.members(case.agent) if desk.office.active(agent)]
    shared = {f"class:{roster.agents[agent].class_name}" for agent in found}
    desk.world.load([*found, *shared, case.agent])
    desk.kept["members"] = tuple(found)
    return found


def is_late(desk: Decider, case: Case[SiteDay], wall: Any) -> bool:
    """Whether this timer was due a while ago."""
    due = desk.office.calendar_of(case).at(case.data.day, wall)
    return bool(desk.letter.timer) and desk.now - due > LATE


def today(desk: Decider, case: Case[SiteDay]) -> days.Day:
    """The site's day as it stands in this decision, read once for all who are told of it."""
    known: days.Day | None = desk.kept.get("today")
    if known is None:
        known = desk.kept["today"] = days.day(
            desk.world.connection,
            desk.world.seal,
            desk.office,
            case.agent,
            case.data.day,
            desk.now,
            [each for each in desk.world.cases.values() if each.workflow in days.REPORTED],
            desk.world.shelf,
        )
    return known


# -- the morning -------------------------------------------------------------------------------------------


def unsent(desk: Decider, case: Case[SiteDay]) -> list[dict[str, Any]]:
    """Reports of this site that were shown and have neither gone nor been left out."""
    desk.world.load([case.agent])
    found = []
    for day in desk.world.cases_of(case.agent):
        if day.workflow == "site_day" and desk.world.live[day.id]:
            for each in day.data.reports:
                if each.status in (DRAFTED, HELD):
                    found.append({"ref": day.id, "report": each.report, "of": day.data.title})
    return found


def unsent_reports(desk: Decider, case: Case[SiteDay], reader: str, facts: Facts) -> Gathered | None:
    """Reports of earlier days that wait for a word, each with its button."""
    found = [each for each in unsent(desk, case) if each["ref"] != case.id]
    if not found:
        return None
    buttons = [(f"Send {each['of']}", f"eod {each['report']} send {each['ref']}") for each in found]
    buttons += [(f"Leave out {each['of']}", f"eod {each['report']} drop {each['ref']}") for each in found]
    return Gathered(facts={**facts, "held": found}, buttons=tuple(buttons[:MOST_BUTTONS]))


def touch_base(desk: Decider, case: Case[SiteDay], reader: str, facts: Facts) -> Gathered | None:
    """Numbers for the morning's quarter of an hour; nothing while nobody is in the phase."""
    found = call_desk.queue_facts(desk, members(desk, case))
    if not found["waiting"] and not found["connected"]:
        return None
    busy = {each["certifier"] for each in found["connected"]}
    free = [
        user
        for user in desk.office.roster.by_role(Role.certifier)
        if user not in busy and desk.office.absence(user, desk.now) is None
    ]
    waiting, connected = len(found["waiting"]), len(found["connected"])
    return Gathered(facts={**facts, "waiting": waiting, "connected": connected, "free": free})


# -- boards ------------------------------------------------------------------------------------------------


def progress_board(desk: Decider, case: Case[SiteDay], reader: str, facts: Facts) -> Gathered | None:
    """A TL's agents who are off their pace; nothing when everyone is on it."""
    own = [
        agent
        for agent in members(desk, case)
        if Role.tl in desk.office.roles(reader, agent, desk.at) and not desk.office.on_leave(agent, desk.now)
    ]
    found = [(agent, boards.behind(boards.lines_of(desk, agent, boards.TEAM_LINES))) for agent in own]
    rows = [{"agent": agent, "lines": lines} for agent, lines in found if lines]
    rows.sort(key=lambda row: (-len(row["lines"]), row["agent"]))
    if not rows:
        return None
    return Gathered(facts={**facts, "rows": rows, "team": len(own)}, buttons=(("My team", "team"),))


# -- the evening -------------------------------------------------------------------------------------------


def checklist(desk: Decider, case: Case[SiteDay], reader: str, facts: Facts) -> Gathered | None:
    """ "Can I log off?" for one person, once, whatever roles he has."""
    policy: Any = desk.office.policy(case)
    found = members(desk, case)
    roles = desk.office.roles(reader, case.agent, desk.at)
    mine = [each for each in policy.checklist if Role(each.role) in roles]
    if facts["role"] and mine and mine[0].role != facts["role"]:
        return None
    owed = owed_by(desk, case, reader, found)
    stale = [] if reader in case.data.checked else stale_cells(desk, case, reader, mine, found)
    held = unsent(desk, case) if Role.cert_coordinator in roles else []
    buttons = desk.buttons(*owed[:MOST_BUTTONS])
    buttons += [("Send now", f"eod {each['report']} send {each['ref']}") for each in held]
    if stale:
        buttons.append(("Tracker is right", "tracker checked"))
    if owed or stale or held:
        buttons.append(("Check again", "can i log off"))
    rows = [
        {
            "title": duty.title or duty.name.replace("_", " "),
            "agent": duty.agent if duty.agent in desk.office.roster.agents else "",
            "ref": duty.case_id,
            "due": duty.due,
        }
        for duty in owed
    ]
    return Gathered(facts={**facts, "rows": rows, "stale": stale, "held": held}, buttons=tuple(buttons))


def owed_by(desk: Decider, case: Case[SiteDay], reader: str, found: Iterable[str]) -> list[Duty]:
    """The open duties of that person in this site, oldest first."""
    subjects = {*found, case.agent, *(f"class:{desk.office.roster.agents[agent].class_name}" for agent in found)}
    gone = [agent for agent in desk.office.roster.members(case.agent) if agent not in subjects]
    desk.world.load(gone)  # what is still owed about one who has left
    return [
        duty
        for duty in desk.world.duties.values()
        if duty.open
        and reader in duty.owners
        and (duty.agent in subjects or duty.agent in gone)
        and not (duty.workflow == "site_day" and duty.name.startswith("report"))
    ]


def stale_cells(
    desk: Decider, case: Case[SiteDay], reader: str, mine: Iterable[Any], found: Iterable[str]
) -> list[dict[str, Any]]:
    """Tracker columns of that person in which nothing was written today, for agents who are not done with them."""
    day = today(desk, case)
    own = [agent for agent in day.agents if agent.username in set(found) and day.begun(agent)]
    columns: dict[str, list[str]] = {}
    for each in mine:
        for agent in own:
            if Role(each.role) not in desk.office.roles(reader, agent.username, desk.at):
                continue
            for column in each.columns:
                if catalogue.needs_a_word(day, agent, column, each.role) and agent.username not in columns.get(
                    column, ()
                ):
                    columns.setdefault(column, []).append(agent.username)
    return [{"column": column, "agents": users, "all": len(users) == len(own)} for column, users in columns.items()]


def wfm_summary(desk: Decider, case: Case[SiteDay], reader: str, facts: Facts) -> Gathered | None:
    """What WFM did and what is open, in numbers."""
    counts = catalogue.wfm.counts(today(desk, case))
    return Gathered(
        facts={
            **facts,
            "ended": counts.ended,
            "occurrences": [{"category": name, "n": n} for name, n in counts.occurrences],
            "ot": counts.ot_open,
        }
    )


# -- reports -----------------------------------------------------------------------------------------------


def report_of(desk: Decider, case: Case[SiteDay], key: str) -> Report:
    """The report of that key, of this day (the weekly one: of the week before)."""
    policy: Any = desk.office.policy(case)
    name = policy.reported(key).name
    day = today(desk, case)
    if name == "weekly":
        last = desk.office.calendar_of(case).business_date(case.data.day, -1)
        day = days.day(desk.world.connection, desk.world.seal, desk.office, case.agent, last, desk.now)
    return catalogue.REPORTS[name].build(day, policy)


def report_draft(desk: Decider, case: Case[SiteDay], reader: str, facts: Facts) -> Gathered | None:
    """What the report will say, in short."""
    report = report_of(desk, case, facts["report"])
    head = list(report.head) or ["No activity."]
    return Gathered(facts={**facts, "head": head, "about": report.about})


def report_mail(desk: Decider, case: Case[SiteDay], reader: str, facts: Facts) -> Gathered | None:
    """The report with its file and its picture; sent with "no activity" on a day without any (A18)."""
    report = report_of(desk, case, facts["report"])
    policy: Any = desk.office.policy(case)
    weekly = policy.reported(facts["report"]).name == "weekly"
    late = is_late(desk, case, policy.times.weekly if weekly else policy.times.send)
    return Gathered(facts={**facts, **mail_facts(report), "late": late}, attach=papers_of(report))


def mail_facts(report: Report) -> dict[str, Any]:
    """What the templates of a report's mail may say."""
    return {
        "title": report.title,
        "on": f"{report.day:%m/%d/%Y}",
        "about": report.about,
        "head": list(report.head),
        "empty": report.empty,
        "table": [line for table in report.tables if table.rows for line in ("", table.title, *table_lines(table))],
        "tables": [
            {"columns": list(table.columns), "rows": [list(row) for row in table.rows]} for table in report.tables
        ],
        "pictures": [
            {"cid": compose.picture_id(f"picture{n}.png"), "alt": each.alt} for n, each in enumerate(report.pictures, 1)
        ],
        "late": False,
    }


def papers_of(report: Report) -> tuple[Paper, ...]:
    """The spreadsheet beside the mail, and the pictures inside it."""
    sheet = Paper(kind="sheet", name=f"{report.file}.xlsx", slots={"report": frozen(report)})
    pictures = tuple(
        Paper(kind="picture", name=f"picture{n}.png", slots={"svg": each.svg})
        for n, each in enumerate(report.pictures, 1)
    )
    return (sheet, *pictures)


def with_known(desk: Decider, case: Case[Any], event: DraftDue | SendDue, due: datetime) -> DraftDue | SendDue:
    """Whether the report's list has had one of these before."""
    policy: Any = desk.office.policy(case)
    told = policy.reported(event.report)
    known = told is not None and (not told.approve_first or has_had(desk, case, told))
    return replace(event, known=known)


def has_had(desk: Decider, case: Case[Any], told: Any) -> bool:
    """Whether every address of that report's list was once sent one."""
    wanted = set(desk.addresses(told.to, case)[0])
    o = tables.outbox.c
    rows = desk.world.connection.execute(
        select(o.body_json)
        .where(o.channel == "mail", o.spec == told.id, o.state.in_(GONE), o.made < micros(desk.now))
        .order_by(o.made.desc())
        .limit(ENOUGH)
    ).scalars()
    return any(wanted <= {email for _, email in parse(desk.world.seal.open(body))["to"]} for body in rows)


def checklist_now(desk: Decider, args: dict[str, Any]) -> None:
    """ "can I log off": the evening checklist at any time, for whoever asks."""
    roster, actor = desk.office.roster, desk.letter.actor
    for key in roster.sites:
        subject = f"{SITE_}{key}"
        if not roster.members(subject) or not desk.office.roles(actor, subject, desk.at):
            continue
        desk.world.load([subject])
        open_days = [
            case
            for case in desk.world.cases_of(subject)
            if case.workflow == "site_day" and desk.world.live[case.id] and case.state == "OPEN"
        ]
        for case in open_days[-1:]:
            policy: Any = desk.office.policy(case)
            if {Role(each.role) for each in policy.checklist} & desk.office.roles(actor, subject, desk.at):
                found = checklist(desk, case, actor, {"day": desk.now, "role": "", "late": False})
                if found is not None:
                    desk.answer("site_day/checklist", found.facts, case=case, buttons=found.buttons)
                    return
    desk.answer("site_day/no_checklist", {})


GATHERINGS: Mapping[str, Gathering] = MappingProxyType(
    {
        "unsent_reports": unsent_reports,
        "touch_base": touch_base,
        "progress_board": progress_board,
        "checklist": checklist,
        "wfm_summary": wfm_summary,
        "report_draft": report_draft,
        "report_mail": report_mail,
    }
)
"""By the name effects use."""

BRIEFINGS = MappingProxyType({"DraftDue": with_known, "SendDue": with_known})
"""By the class name of the timer's event."""
