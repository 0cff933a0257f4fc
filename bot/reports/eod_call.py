"""The evening's Call Cert report (SPEC 7.3, E-17): the cohort in numbers, a row an agent; no coaching, no CAPs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.reports import pictures
from bot.reports.days import NOON, Day
from bot.reports.sheet import Drawn, Picture, Report, Table, text
from workflows.machine import Case
from workflows.people import Agent

COLUMNS = (
    "Agent",
    "TL",
    "Certifier",
    "Calls n/5",
    "Score 1",
    "Score 2",
    "Score 3",
    "Score 4",
    "Score 5",
    "Passed k",
    "Pass Rate",
    "Connected at",
    "Hours used",
    "Status",
    "Phase day",
    "Note",
)
FAILED, OVER, RUNNING, WAITING, PASSED = "failed program", "over 4 h", "in progress", "waiting", "passed today"
ORDER = (FAILED, OVER, RUNNING, WAITING, PASSED)
"""In this order the rows stand."""
EARLIER = "passed"
DONE_STATES = ("SCORED", "SUBMITTED", "UPLOADED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One agent of the phase that evening."""

    agent: Agent
    case: Case[Any]
    status: str
    hours: float


def build(day: Day) -> Report:
    """The report of that day."""
    found = standings(day)
    rows = sorted((one for one in found if one.status in ORDER), key=lambda one: (ORDER.index(one.status), _name(one)))
    today = [one for one in found if _completed(day, one.case)]
    counts = {
        "in phase": len(found),
        "connected today": sum(day.on(one.case.data.connected_at) for one in found),
        "completed today": len(today),
        "passed": sum(one.case.data.result == "PASSED" for one in found),
        "failed program": sum(one.status == FAILED for one in found),
        "waiting": sum(one.status == WAITING for one in found),
        "blocked by equipment": sum(one.case.data.equipment == "issue" for one in found),
    }
    active = any(day.on(at) for one in found for at in _moments(one.case))
    return Report(
        name="eod-call",
        title="Call Cert report",
        day=day.date,
        about=day.about,
        head=(", ".join(f"{n} {name}" for name, n in counts.items()),) if found else (),
        tables=(Table(title="Call certs", columns=COLUMNS, rows=tuple(_row(day, one) for one in rows)),),
        pictures=Drawn(lambda: _pictures(day, found)) if found else (),
        empty=not active,
    )


def phase_start(day: Day, agent: Agent) -> date | None:
    """Day 1 of the agent's call certs and TBTs."""
    return agent.call_cert_start or day.klass(agent).call_cert_start


def in_phase(day: Day) -> list[Agent]:
    """The active agents whose phase has begun."""
    return [
        agent
        for agent in day.agents
        if not day.standing(agent.username) and (start := phase_start(day, agent)) and start <= day.date
    ]


def standings(day: Day) -> list[Standing]:
    """Every agent of the phase with a round, by last name."""
    found = []
    for agent in in_phase(day):
        case = day.case("call_cert", agent.username)
        if case is not None and case.state not in ("NONE", "CLOSED_LEFT", "CLOSED_MOVED"):
            until = min(day.until, case.data.scored_at or day.until)  # after the last call nothing runs any more
            hours = case.data.watch.used(day.calendar, until) / timedelta(hours=1)
            found.append(Standing(agent=agent, case=case, status=_status(day, case, hours), hours=hours))
    return found


def _status(day: Day, case: Case[Any], hours: float) -> str:
    data = case.data
    if data.result == "FAILED_PROGRAM":
        return FAILED
    if data.result == "PASSED":
        return PASSED if _completed(day, case) else EARLIER
    if case.state in ("CONNECTED", "SCORING"):
        limit = day.office.policy(case).hours
        return OVER if hours >= limit else RUNNING
    return WAITING


def _completed(day: Day, case: Case[Any]) -> bool:
    """Whether its last call was scored on that day."""
    return bool(case.data.result) and day.on(case.data.scored_at)


def _moments(case: Case[Any]) -> Iterable[Any]:
    data = case.data
    return (data.connected_at, data.submitted_at, data.uploaded_at, *(call.at for call in data.calls))


def _name(one: Standing) -> tuple[str, str, str]:
    return (one.agent.last.casefold(), one.agent.first.casefold(), one.agent.oid)


def _row(day: Day, one: Standing) -> tuple[str, ...]:
    data, policy = one.case.data, day.office.policy(one.case)
    scores = [call.score for call in data.calls[:5]] + [""] * 5
    start = phase_start(day, one.agent)
    number = day.calendar.day_number(start, day.calendar.at(day.date, NOON)) if start else 0
    return (
        text(one.agent.name),
        text(day.roster.name_of(one.agent.tl)),
        text(data.certifier_name),
        f"{len(data.calls)}/{policy.calls}",
        *(text(score) for score in scores[:5]),
        str(sum(call.passed for call in data.calls)),
        f"{data.rate}%" if data.result else "",
        day.local(data.connected_at) if data.connected_at else "",
        f"{one.hours:.1f}" if data.connected_at else "",
        one.status,
        str(number),
        _note(one.case),
    )


def _note(case: Case[Any]) -> str:
    said = []
    if case.data.equipment == "issue":
        said.append("equipment issue")
    if case.data.watch.halts and case.state in ("CONNECTED", "SCORING"):
        said.append("clock paused")
    if case.state == "SCORED":
        said.append("scorecard not received")
    if case.state == "SUBMITTED":
        said.append("scorecard to be uploaded")
    return ", ".join(said)


# -- pictures ----------------------------------------------------------------------------------------------


def _pictures(day: Day, found: list[Standing]) -> Iterable[Picture]:
    bars = [(label, _parts(earlier)) for label, earlier in _days(day, found)]
    said = "; ".join(
        f"{label}: " + (", ".join(f"{n} {name}" for name, n in parts if n) or "nobody") for label, parts in bars
    )
    alt = f"The cohort by status, day by day. {said}."
    yield Picture(svg=pictures.bars("Cohort by status", bars, alt), alt=alt)
    scores = [float(call.score) for one in found for call in one.case.data.calls]
    if scores:
        mark = max(day.office.policy(one.case).pass_mark for one in found)
        above = sum(score >= mark for score in scores)
        alt = f"Scores of {len(scores)} calls: {above} at {mark} or more (dots), {len(scores) - above} below (crosses)."
        low = min(50.0, 10 * (min(scores) // 10))
        yield Picture(svg=pictures.strip("Call scores", scores, mark, low, 100, alt), alt=alt)


def _parts(found: list[Standing]) -> list[tuple[str, int]]:
    names = (WAITING, RUNNING, OVER, FAILED, EARLIER)
    counted = dict.fromkeys(names, 0)
    for one in found:
        counted[EARLIER if one.status == PASSED else one.status] += 1
    return list(counted.items())


def _days(day: Day, found: list[Standing], most: int = 5) -> list[tuple[str, list[Standing]]]:
    """The cohort on this and up to four business days before, from its first day on."""
    starts = [start for one in found if (start := phase_start(day, one.agent))]
    first, on = min(starts), day.date
    days = [(f"{on:%a %m/%d}", found)]
    while len(days) < most and on > first:
        on = day.calendar.business_date(on, -1)
        if on < first:
            break
        days.append((f"{on:%a %m/%d}", standings(day.earlier(on))))
    return list(reversed(days))
