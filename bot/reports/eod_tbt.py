"""The evening's TBT Completion report (SPEC 7.4, E-18). It leaves the house: names without OID unless the pack says so.

Courses, proofs and hours; nothing on exams not passed, on coaching or on CAPs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from bot.reports import pictures
from bot.reports.days import Day
from bot.reports.eod_call import in_phase, phase_start
from bot.reports.sheet import Drawn, Picture, Report, Table, text
from workflows.machine import Case
from workflows.people import Agent

COLUMNS = (
    "Agent",
    "TBTs done /N",
    "Remaining course numbers",
    "Proof uploaded",
    "All complete?",
    "Searched by number",
    "Citrix access",
    "Hours used",
)
LEVELS = {"UPLOADED": "done", "PROOF_OK": "done", "CLAIMED": "going", "NOT_FOUND": "attention"}
LEGEND = ("✓ proof accepted", "● done", "! not found", "– open")

Found = list[tuple[Agent, Case[Any]]]


def build(day: Day, *, oids: bool = False) -> Report:
    """The report of that day; `oids` adds the agents' OIDs."""
    found = standings(day)
    before = standings(day.earlier(day.calendar.business_date(day.date, -1))) if found else []
    courses = max((len(case.data.records) for _, case in found), default=0)
    done = sum(case.data.done for _, case in found)
    complete = sum(_complete(case) for _, case in found)
    head = (
        f"{len(found)} agents in phase, {complete} with all TBTs complete",
        f"{done} of {courses * len(found)} courses done, {sum(case.data.uploaded for _, case in found)} uploaded",
    )
    return Report(
        name="eod-tbt",
        title="TBT Completion report",
        day=day.date,
        about=day.about,
        head=head if found else (),
        tables=(Table(title="TBTs", columns=COLUMNS, rows=tuple(_row(day, *one, oids=oids) for one in found)),),
        pictures=Drawn(lambda: _pictures(day, found)) if courses else (),
        empty=_records(found) == _records(before) or not found,
    )


def standings(day: Day) -> Found:
    """Every agent of the phase with his courses, by last name."""
    found = []
    for agent in in_phase(day):
        case = day.case("tbt", agent.username)
        if case is not None and case.state not in ("NONE", "CLOSED_LEFT", "CLOSED_MOVED"):
            found.append((agent, case))
    return found


def _complete(case: Case[Any]) -> bool:
    records = case.data.records
    return bool(records) and case.data.uploaded == len(records)


def _records(found: Found) -> dict[str, Any]:
    """What counts as activity: another standing of a course."""
    return {
        agent.username: tuple((record.number, record.state, bool(record.search)) for record in case.data.records)
        for agent, case in found
        if any(record.state != "OPEN" or record.search for record in case.data.records)
    }


def _row(day: Day, agent: Agent, case: Case[Any], *, oids: bool) -> tuple[str, ...]:
    data = case.data
    equipment = day.case("equipment", agent.username)
    citrix = equipment.data.citrix if equipment is not None else None
    return (
        text(f"{agent.name} ({agent.oid})" if oids else agent.name),
        f"{data.done}/{len(data.records)}",
        ", ".join(data.remaining),
        f"{data.uploaded}/{len(data.records)}",
        "Yes" if _complete(case) else "No",
        ", ".join(data.searched),
        "" if citrix is None else "yes" if citrix else "no",
        f"{data.watch.used(day.calendar, day.until) / timedelta(hours=1):.1f}",
    )


# -- pictures ----------------------------------------------------------------------------------------------


def _pictures(day: Day, found: Found) -> Iterator[Picture]:
    numbers = [record.number for record in found[0][1].data.records]
    rows = [(agent.name, [LEVELS.get(record.state, "open") for record in case.data.records]) for agent, case in found]
    said = "; ".join(f"{agent.name} {case.data.done} of {len(case.data.records)}" for agent, case in found)
    alt = f"Courses done, agent by agent. {said}."
    yield Picture(svg=pictures.grid("TBTs by agent and course", numbers, rows, alt, legend=LEGEND), alt=alt)
    days = _days(day, found)
    if len(days) > 1:
        total = float(sum(len(case.data.records) for _, case in found))
        done = [float(sum(case.data.done for _, case in standings(day.earlier(on)))) for on in days[:-1]]
        done.append(float(sum(case.data.done for _, case in found)))
        names = [f"{on:%m/%d}" for on in days]
        told = ", ".join(f"{name}: {n:g}" for name, n in zip(names, done, strict=True))
        alt = f"Courses done by all together, of {total:g}. {told}."
        svg = pictures.ladder("Courses done, all together", names, (), [("done", done)], alt, top=total)
        yield Picture(svg=svg, alt=alt)


def _days(day: Day, found: Found, most: int = 10) -> list[date]:
    """The business days of the phase up to this one, the newest ones."""
    first = min(start for agent, _ in found if (start := phase_start(day, agent)))
    days = [day.date]
    while len(days) < most:
        on = day.calendar.business_date(days[0], -1)
        if on < first:
            break
        days.insert(0, on)
    return days
