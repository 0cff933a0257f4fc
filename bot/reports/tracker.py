"""The ESP tracker as a sheet: a row an agent, the columns of SPEC 7.1 in their order, as they stood that day.

Roster columns come from the roster of the day, all others from cells and notes. Never a CAP column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot import tracker
from bot.reports import pictures
from bot.reports.days import Day
from bot.reports.sheet import Drawn, Picture, Report, Table, lines, text
from workflows.people import Agent

ATTENDANCE, NOTES = "Attendance (today)", "Notes"
REQUEST = "Date of N Number Request"
STANDING = {"": "Active", "left": "No Longer Employed", "production": "In production", "moved": "Moved"}
"""What the roster's word for a standing is called."""

CHIPS = (
    ("AHIP/Aetna Status", "AHIP/Aetna"),
    ("TBT Status (x/N)", "TBT"),
    ("Call Cert Status", "Call Cert"),
    ("Equipment Status", "Equipment"),
    ("RTS/No More Forms Status", "RTS"),
)
"""The five statuses of R-001-48."""

DONE = ("complete", "pass", "ok", "yes", "verified", "resolved", "done", "uploaded")
TROUBLE = ("fail", "no", "issue", "overdue", "behind", "blocked", "not", "late", "third", "open", "missing", "expired")
WEEK_DAYS = 5
"""ESP's one-week window (R-003-01): day 5, end of shift."""


def build(day: Day) -> Report:
    """The sheet in the order of the roster, with the picture of those at risk first."""
    rows = tuple(tuple(_cell(day, agent, column) for column in tracker.COLUMNS) for agent in day.agents)
    active = [agent for agent in day.agents if not day.standing(agent.username)]
    return Report(
        name="tracker",
        title="ESP Tracker",
        day=day.date,
        about=day.about,
        head=(f"{len(active)} active of {len(day.agents)} agents",),
        tables=(Table(title="ESP Tracker", columns=tracker.COLUMNS, rows=rows),),
        pictures=Drawn(lambda: (picture(day),)) if active else (),
        empty=not rows,
    )


def by_risk(day: Day) -> tuple[Agent, ...]:
    """The active agents, those with most open trouble and least done first."""

    def risk(agent: Agent) -> tuple[int, int, int, str]:
        levels = [level(day.value(agent.username, column)) for column, _ in CHIPS]
        return (-levels.count("attention"), levels.count("done"), -day.days_in(agent), agent.last.casefold())

    return tuple(sorted((a for a in day.agents if not day.standing(a.username)), key=risk))


def level(value: str) -> str:
    """How a status stands, by its first word: done, going, attention or open."""
    word = value.casefold().replace("/", " ").split(" ")[0].strip(".,:;!") if value else ""
    if not word:
        return "open"
    if word.startswith(DONE) or _all_of(value):
        return "done"
    return "attention" if word in TROUBLE else "going"


def _all_of(value: str) -> bool:
    """ "15/15"."""
    done, slash, of = value.strip().partition("/")
    return bool(slash) and done.strip().isdigit() and done.strip() == of.strip()


def picture(day: Day) -> Picture:
    """One line an agent: five chips, and how many days of the week are gone."""
    agents = by_risk(day)
    left, chip, top, tall = 160.0, 112.0, 52.0, 30.0
    bar = left + len(CHIPS) * (chip + 6) + 10
    drawing = pictures.Drawing(bar + 190, top + tall * len(agents) + 16)
    drawing.word(10, 20, "ESP Tracker, those at risk first", size=15, bold=True)
    for n, (_, name) in enumerate(CHIPS):
        drawing.word(left + n * (chip + 6), top - 8, name, size=11, fill=pictures.SOFT)
    drawing.word(bar, top - 8, f"days in ESP (week: {WEEK_DAYS})", size=11, fill=pictures.SOFT)
    said = []
    for row, agent in enumerate(agents):
        y = top + row * tall
        drawing.word(left - 8, y + 16, pictures.short(agent.name, 20), size=12, at="end")
        values = [day.value(agent.username, column) for column, _ in CHIPS]
        for n, value in enumerate(values):
            pictures.chip(drawing, left + n * (chip + 6), y, chip, level(value), value or "blank")
        days = day.days_in(agent)
        scale = 120 / (2 * WEEK_DAYS)
        ink = pictures.LEVELS["attention" if days > WEEK_DAYS else "going"][0]
        drawing.box(bar, y + 4, scale * min(days, 2 * WEEK_DAYS), 14, ink)
        drawing.line(bar + scale * WEEK_DAYS, y, bar + scale * WEEK_DAYS, y + 22, pictures.INK, dash="3 2", w=1.5)
        drawing.word(bar + 128, y + 16, f"day {days}", size=11)
        told = ", ".join(f"{name} {value or 'blank'}" for (_, name), value in zip(CHIPS, values, strict=True))
        said.append(f"{agent.name}: {told}; day {days}")
    alt = f"Those at risk first. {'. '.join(said)}."
    return Picture(svg=drawing.svg(alt), alt=alt)


# -- cells -------------------------------------------------------------------------------------------------

FROM_ROSTER: Mapping[str, Callable[[Day, Agent], str]] = MappingProxyType(
    {
        "Class": lambda day, agent: agent.class_name,
        "Last Name": lambda day, agent: agent.last,
        "First Name": lambda day, agent: agent.first,
        "OID": lambda day, agent: agent.oid,
        "Status": lambda day, agent: STANDING.get(day.standing(agent.username), day.standing(agent.username)),
        "Training Start Date": lambda day, agent: f"{day.klass(agent).start:%m/%d/%Y}",
        "TL": lambda day, agent: day.roster.name_of(agent.tl),
        "PM": lambda day, agent: day.roster.name_of(agent.pm),
    }
)
"""The columns nobody writes by hand."""


def _cell(day: Day, agent: Agent, column: str) -> str:
    if column in FROM_ROSTER:
        return text(FROM_ROSTER[column](day, agent))
    if column == NOTES:
        return lines([remark.text for remark in day.remarks(agent.username)])
    found = day.cell(agent.username, column)
    if column == ATTENDANCE:
        return text(found.value) if found and day.on(found.at) else ""
    if column == REQUEST and not (found and found.value):
        return f"{agent.n_number_requested:%m/%d/%Y}" if agent.n_number_requested else ""
    return text(found.value) if found else ""
