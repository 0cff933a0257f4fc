"""What the floor's timers must know beyond their case: whom a report is expected of, who is on leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.gathered_floor import classmates
from workflows import equipment, progress
from workflows.machine import Case

if TYPE_CHECKING:
    from bot.deciding import Decider

ABSENT, STANDS = "ABSENT", ("CONFIRMED", "EXCUSED")
"""An attendance occurrence that excuses from the day's report, once a person has said so."""


def expected(desk: Decider, case: Case[Any], event: Any, due: datetime) -> Any:
    """Every agent of the class: is a report of the day expected of him, and where did one lack lately."""
    day: date = case.data.day
    rules = desk.office.policy(case).coaching
    calendar = desk.office.calendar_of(case)
    window = calendar.business_date(day, 1 - rules.within_days)
    found = tuple(
        progress.Expected(
            agent=agent,
            excuse=excuse(desk, agent, day, due),
            reported=reported(desk, agent, day),
            **missed(desk, agent, window, day),
        )
        for agent in classmates(desk, case)
    )
    return replace(event, expected=found)


def excuse(desk: Decider, agent: str, day: date, at: datetime) -> str:
    """Why nothing is expected of the agent; "" when it is."""
    if desk.office.on_leave(agent, at):
        return "leave"
    for case in desk.world.cases_of(agent):
        if case.workflow != "attendance" or not case.key.startswith(day.isoformat()) or case.state not in STANDS:
            continue
        if getattr(case.data, "category", "") == ABSENT:
            return "absent"
    return ""


def reported(desk: Decider, agent: str, day: date) -> bool:
    """Whether the day's report is there."""
    there = (progress.REPORTED, progress.LATE)
    mine = (one for one in desk.world.cases_of(agent) if one.workflow == "progress" and one.state in there)
    return any(one.data.day == day for one in mine)


def missed(desk: Decider, agent: str, first: date, day: date) -> dict[str, Any]:
    """The days from `first` until before `day` on which no report came, and whether a talk was suggested for one."""
    earlier = [
        one.data
        for one in desk.world.cases_of(agent)
        if one.workflow == "progress" and one.state == progress.MISSING and first <= one.data.day < day
    ]
    days = tuple(sorted(data.day for data in earlier))
    return {"missed": days, "suggested": any(data.talk for data in earlier)}


def nudged(desk: Decider, case: Case[Any], event: Any, due: datetime) -> equipment.NudgeCame:
    """Nobody is reminded about an agent on leave."""
    return equipment.NudgeCame(hushed=desk.office.on_leave(case.agent, due))


def polled(desk: Decider, case: Case[Any], event: Any, due: datetime) -> equipment.PollCame:
    """An agent on leave is asked at the same hour of his first business day back."""
    at = max(due, desk.at)
    ends = [a.until for a in desk.office.absences if a.person == case.agent and a.kind == "leave" and a.covers(at)]
    if not ends:
        return equipment.PollCame()
    calendar, back = desk.office.calendar_of(case), max(ends)
    wall, day = calendar.local(due).time(), calendar.local(back).date()
    again = calendar.at(day, wall)
    if again < back or not calendar.is_business_day(day):
        again = calendar.at(calendar.business_date(day, 1), wall)
    return equipment.PollCame(again=again)


BRIEFINGS = {"PollCame": polled, "PromptCame": expected, "CutoffCame": expected, "NudgeCame": nudged}
"""By the class name of the event."""
