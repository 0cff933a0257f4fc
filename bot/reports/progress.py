"""The ESP Agent Progress Report (SPEC 7.2): what agents reported of themselves, all their days together.

Sorted by last name. An agent is only ever shown his own row (`own`).
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from bot.reports import pictures
from bot.reports.days import Day
from bot.reports.sheet import Drawn, Picture, Report, Table, lines, text
from workflows.people import Agent

COLUMNS = (
    "Last Name",
    "First Name",
    "OID",
    "Date",
    "Modules done",
    "Quiz screenshots",
    "AHIP Final",
    "Aetna Courses",
    "13 Checkmarks",
    "Product Modules",
    "TBTs done",
    "Call Certs done",
    "Equipment OK?",
    "Blockers",
    "Reported at",
)
ITEMS = ("ahip", "aetna", "checkmarks", "product")


def build(day: Day) -> Report:
    """A row an agent whose class has begun."""
    agents = [agent for agent in day.agents if not day.standing(agent.username) and day.begun(agent)]
    reported = sum(bool(_today(day, agent)) for agent in agents)
    return Report(
        name="progress",
        title="ESP Agent Progress Report",
        day=day.date,
        about=day.about,
        head=(f"{reported} of {len(agents)} agents reported today",) if agents else (),
        tables=(Table(title="Progress", columns=COLUMNS, rows=tuple(_row(day, agent) for agent in agents)),),
        pictures=Drawn(lambda: _ladder(day, agents)),
        empty=not reported,
    )


def own(day: Day, agent: str) -> Table:
    """That agent's row and nobody else's."""
    mine = day.roster.agents[agent]
    return Table(title="Progress", columns=COLUMNS, rows=(_row(day, mine),))


def together(day: Day, agent: str, until: Any = None) -> dict[str, Any]:
    """All the agent reported up to that day: numbers together, of everything else the latest word."""
    told: dict[str, Any] = {}
    for case in _cases(day, agent):
        if until is not None and case.data.day > until:
            continue
        said = case.data.fields
        for each in fields(said) if is_dataclass(said) else ():
            value = getattr(said, each.name)
            if isinstance(value, tuple) and each.name in ("modules", "quizzes"):
                told[each.name] = tuple(sorted({*told.get(each.name, ()), *value}))
            elif value is not None:
                told[each.name] = value
    return told


def _cases(day: Day, agent: str) -> list[Any]:
    return sorted(
        (case for case in day.cases("progress", agent) if case.state != "VOID"), key=lambda case: case.data.day
    )


def _today(day: Day, agent: Agent) -> Any:
    """His report of that day, if there is one."""
    mine = [case for case in _cases(day, agent.username) if case.data.day == day.date and case.data.entries]
    return mine[-1] if mine else None


def _row(day: Day, agent: Agent) -> tuple[str, ...]:
    told, today = together(day, agent.username), _today(day, agent)
    blockers = today.data.fields.blockers if today else None
    return (
        text(agent.last),
        text(agent.first),
        text(agent.oid),
        f"{day.date:%m/%d/%Y}",
        ", ".join(str(n) for n in told.get("modules", ())),
        ", ".join(str(n) for n in told.get("quizzes", ())),
        text(told.get("ahip") or "not started"),
        _yes(told.get("aetna")),
        _yes(told.get("checkmarks")),
        _yes(told.get("product")),
        _of(told.get("tbt"), courses(day)),
        _of(told.get("calls"), calls(day)),
        _yes(told.get("equipment")),
        lines(blockers) if blockers else "",
        day.local(today.data.entries[-1].at) if today else "",
    )


def courses(day: Day) -> int:
    """How many TBT courses the pack in force has; 0 when none is."""
    policy: Any = day.office.pack_in_force("tbt", None).policy if day.runs("tbt") else None
    return len(policy.course) if policy else 0


def calls(day: Day) -> int:
    """How many calls the pack in force has; 0 when none is."""
    policy: Any = day.office.pack_in_force("call_cert", None).policy if day.runs("call_cert") else None
    return int(policy.calls) if policy else 0


def _yes(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _of(n: int | None, total: int) -> str:
    if n is None:
        return ""
    return f"{n}/{total}" if total else str(n)


# -- the picture -------------------------------------------------------------------------------------------


def pace(day: Day) -> list[tuple[str, int, int]]:
    """The checkpoints of the pack in force: (what it is called, the class day, items due by then)."""
    if not day.runs("carrier_cert"):
        return []
    policy: Any = day.office.pack_in_force("carrier_cert", None).policy
    due: dict[str, None] = {}
    found = [("start", 0, 0)]
    for each in policy.pace.checkpoint:
        due.update(dict.fromkeys(each.required))
        at = "" if each.at == "eos" else f" {each.at}"
        found.append((f"day {each.day}{at}", each.day, len(due)))
    return found


def _ladder(day: Day, agents: list[Agent]) -> list[Picture]:
    steps = pace(day)
    if not steps or not agents:
        return []
    walks, said = [], []
    for agent in agents:
        days = [_class_day(day, agent, number) for _, number, _ in steps]
        reached = [float(count(together(day, agent.username, on))) for on in days if on <= day.date]
        walks.append((agent.name, reached))
        step, _, due = steps[len(reached) - 1]
        said.append(f"{agent.name}: {reached[-1]:g} of {due} items ({step})")
    alt = f"Items of carrier certification against the pace. {'; '.join(said)}."
    svg = pictures.ladder(
        "Carrier certification against the pace",
        [step for step, _, _ in steps],
        [float(due) for _, _, due in steps],
        walks,
        alt,
        top=float(max(steps[-1][2], 1)),
    )
    return [Picture(svg=svg, alt=alt)]


def _class_day(day: Day, agent: Agent, number: int) -> date:
    """The n-th business day of the agent's class; the day before the first for 0."""
    first = day.klass(agent).start
    if not day.calendar.is_business_day(first):
        first = day.calendar.business_date(first, 1)
    return day.calendar.business_date(first, number - 1)


def count(told: dict[str, Any]) -> int:
    """How many items of carrier certification are reported done."""
    yes = sum(told.get(name) in (True, "passed") for name in ITEMS)
    return len(told.get("modules", ())) + len(told.get("quizzes", ())) + yes
