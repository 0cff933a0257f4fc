"""The week for Site Director and ESP Manager (SPEC 7.6): exams in steps, time to complete, TL steps, attendance.

Sums only: no agent is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median

from sqlalchemy import select

from bot.reports import pictures, wfm
from bot.reports.days import Day
from bot.reports.sheet import Drawn, Picture, Report, Table
from store import tables
from store.codec import instant, micros, parse

STEPS = ("1st", "2nd", "3rd", "4th", "5th", "6th")
COMPLETE = ("COMPLETE", "PM_NOTIFIED", "TRANSITIONED")


def build(day: Day) -> Report:
    """The week that ends with that day."""
    days = week(day)
    funnel, heat = _funnel(day, days), _attendance(day, days)
    taken = _times(day, days)
    in_time, steps = _steps(day, days)
    spent = f"{median(taken):g} business days (median of {len(taken)})" if taken else "nobody completed ESP"
    head = (
        f"Week of {days[0]:%m/%d/%Y} to {days[-1]:%m/%d/%Y}",
        f"Time to complete ESP: {spent}",
        f"TL steps done in time: {in_time} of {steps}",
    )
    return Report(
        name="weekly",
        title="ESP weekly report",
        day=day.date,
        about=day.about,
        head=head,
        tables=(funnel, heat),
        pictures=Drawn(lambda: _pictures(funnel, heat)),
        empty=not (funnel.rows or steps or taken or any(cell != "0" for row in heat.rows for cell in row[1:])),
    )


def week(day: Day) -> list[date]:
    """The business days of the week of that day, up to it."""
    monday = day.date - timedelta(days=day.date.weekday())
    found = [monday + timedelta(days=n) for n in range((day.date - monday).days + 1)]
    return [on for on in found if day.calendar.is_business_day(on)] or [day.date]


def _span(day: Day, days: list[date]) -> tuple[int, int]:
    return micros(day.calendar.midnight(days[0])), micros(day.until)


def _funnel(day: Day, days: list[date]) -> Table:
    """How many attempts of each exam were not passed, by their place, and how many exams were passed."""
    start, end = _span(day, days)
    counted: dict[str, Counter[str]] = {}
    for case in day.cases("failed_exam"):
        mine = counted.setdefault(case.data.exam_name, Counter())
        for n, attempt in enumerate(case.data.live, 1):
            if start <= micros(attempt.at) < end:
                mine[STEPS[min(n, len(STEPS)) - 1]] += 1
        passed = case.data.passed_at
        if case.state == "PASSED" and passed is not None and start <= micros(passed) < end:
            mine["passed"] += 1
    most = max([3, *(STEPS.index(name) + 1 for each in counted.values() for name in each if name in STEPS)])
    rows = tuple(
        (exam, *(str(each[name]) for name in (*STEPS[:most], "passed")))
        for exam, each in sorted(counted.items())
        if each.total()
    )
    return Table(title="Attempts not passed, by exam", columns=("Exam", *STEPS[:most], "Passed"), rows=rows)


def _times(day: Day, days: list[date]) -> list[int]:
    """Business days from class start to completion, of those who completed in that week."""
    start, end = _span(day, days)
    found = []
    for agent in day.agents:
        case = day.case("completion", agent.username)
        at = case.data.complete_at if case is not None and case.state in COMPLETE else None
        if at is not None and start <= micros(at) < end:
            found.append(day.calendar.day_number(day.klass(agent).start, at))
    return found


def _steps(day: Day, days: list[date]) -> tuple[int, int]:
    """How many duties of TLs fell due in that week, and how many of them were done by then."""
    start, end = _span(day, days)
    d = tables.duties.c
    users = [agent.username for agent in day.agents]
    rows = day.connection.execute(
        select(d.roles_json, d.status, d.due, d.settled_at).where(d.agent.in_(users), d.due >= start, d.due < end)
    ).all()
    mine = [row for row in rows if "tl" in parse(row.roles_json) and row.status != "withdrawn"]
    done = sum(row.settled_at is not None and instant(row.settled_at) <= instant(row.due) for row in mine)
    return done, len(mine)


def _attendance(day: Day, days: list[date]) -> Table:
    """Occurrences by category and day."""
    counted = {on: dict(wfm.counts(day if on == day.date else day.earlier(on)).occurrences) for on in days}
    names = sorted({name for each in counted.values() for name in each}) or ["none"]
    rows = tuple((name, *(str(counted[on].get(name, 0)) for on in days)) for name in names)
    return Table(title="Attendance occurrences", columns=("Category", *(f"{on:%a %m/%d}" for on in days)), rows=rows)


def _pictures(funnel: Table, heat: Table) -> Iterator[Picture]:
    if funnel.rows:
        names = funnel.columns[1:-1]
        bars = [(row[0], [(name, int(n)) for name, n in zip(names, row[1:-1], strict=True)]) for row in funnel.rows]
        said = "; ".join(f"{exam}: " + ", ".join(f"{n} {name}" for name, n in parts) for exam, parts in bars)
        alt = f"Attempts not passed, by exam and place. {said}."
        yield Picture(svg=pictures.bars("Attempts not passed, by exam", bars, alt), alt=alt)
    said = "; ".join(f"{row[0]}: " + ", ".join(row[1:]) for row in heat.rows)
    alt = f"Attendance occurrences for {', '.join(heat.columns[1:])}. {said}."
    yield Picture(svg=pictures.heat("Attendance occurrences", heat.columns[1:], heat.rows, alt), alt=alt)
