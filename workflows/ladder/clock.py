"""Deadlines of the ladder, and every change of its data. Blocked cert time moves a deadline by as much cert time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from workflows.calendar import Calendar
from workflows.ladder.data import EXPECT_MISSED, IN_WINDOW, Hole, LadderData, Step, held_state
from workflows.machine import Moment
from workflows.policy_calls import Ladder
from workflows.schedule import Schedule

Change = Callable[[Moment[LadderData]], LadderData]


def rules(m: Moment[LadderData]) -> Ladder:
    """The pack's section."""
    found: Ladder = m.policy.ladder
    return found


def open_items(m: Moment[LadderData]) -> tuple[str, ...]:
    """What is not complete, in the pack's words."""
    return tuple(name for item, name in rules(m).items.items() if item not in m.data.done)


# -- deadlines ---------------------------------------------------------------------------------------------


def shifted(calendar: Calendar, data: LadderData, limit: datetime) -> datetime:
    """A deadline moved by the cert time that was blocked since its clock began."""
    holes = tuple((hole.since, hole.until) for hole in data.holes if hole.until is not None)
    if not holes or data.since is None:
        return limit
    amount = Schedule(calendar=calendar, shift=data.shift).between(data.since, limit)
    return Schedule(calendar=calendar, shift=data.shift, holes=holes).after(data.since, amount) or limit


def deadline(m: Moment[LadderData], data: LadderData | None = None) -> datetime | None:
    """When the running clock ends; None when none runs."""
    data = data or m.data
    return None if data.limit is None else shifted(m.calendar, data, data.limit)


def expected(m: Moment[LadderData], data: LadderData | None = None) -> datetime | None:
    """By when both are expected; None once that is past."""
    data = data or m.data
    return None if data.expect is None else shifted(m.calendar, data, data.expect)


def days_on(m: Moment[LadderData], at: datetime, days: int) -> datetime:
    """The end of shift so many business days after the date of `deemed(at)`."""
    shift, found = m.data.shift, at
    for _ in range(days):
        assert shift is not None
        found = m.calendar.eos_next_bd(found, shift.end, shift.tz)
    return found


def _grace(m: Moment[LadderData]) -> datetime:
    return days_on(m, m.at, max(1, rules(m).grace_days))


# -- where a case stands -----------------------------------------------------------------------------------


def waiting_state(data: LadderData) -> str:
    """Where a case stands whose clock runs."""
    if data.furthest:
        return held_state(data.furthest)
    return EXPECT_MISSED if data.amber else IN_WINDOW


def next_kind(m: Moment[LadderData]) -> str:
    """The kind of the next step of the pack; "" when there is none."""
    furthest, kinds = m.data.furthest, [rung.kind for rung in rules(m).rung]
    reached = kinds.index(furthest) + 1 if furthest in kinds else 0
    return kinds[reached] if reached < len(kinds) else ""


def all_done(m: Moment[LadderData], data: LadderData) -> bool:
    """Whether nothing of it is open."""
    return all(item in data.done for item in rules(m).items)


# -- changes -----------------------------------------------------------------------------------------------


def _told(data: LadderData, at: datetime, what: str) -> tuple[tuple[datetime, str], ...]:
    return (*data.history, (at, what))


def begin(m: Moment[LadderData]) -> LadderData:
    """Day 1: the window is set; what of it is past already is not judged."""
    rule, shift, calendar = rules(m), m.event.shift, m.calendar
    first, expect = shift.day(calendar, 1), shift.end_of(calendar, shift.day(calendar, rule.expect_day))
    limit = shift.end_of(calendar, shift.day(calendar, rule.miss_day))
    since = shift.start_of(calendar, first)
    data = replace(m.was.data, shift=shift, since=since, limit=limit, expect=expect)
    data = replace(data, history=((since, f"{rule.subject}: day 1"), *data.history))
    over = shifted(calendar, data, expect) <= m.at
    return replace(data, expect=None if over else expect)


def change_item(m: Moment[LadderData]) -> LadderData:
    """An item is complete, or is not any more."""
    was, event = m.was.data, m.event
    done = tuple(item for item in was.done if item != event.item)
    if event.done:
        done = (*done, event.item)
    if done == was.done or set(done) == set(was.done):
        return was
    name = rules(m).items.get(event.item, event.item)
    return replace(was, done=done, history=_told(was, m.at, f"{name}: {'complete' if event.done else 'open again'}"))


def reopen(m: Moment[LadderData]) -> LadderData:
    """What was complete is not: the clock runs on, and never ends before the grace the pack gives."""
    data = change_item(m)
    if data.shift is None:
        return data
    data = replace(data, steps=tuple(_over(step) for step in data.steps))
    left, grace = deadline(m, data), _grace(m)
    if left is None or left < grace:
        data = replace(data, since=m.at, limit=grace)
    soon = expected(m, data)
    return replace(data, expect=data.expect if soon and soon > m.at and not data.amber else None)


def pass_expectation(m: Moment[LadderData]) -> LadderData:
    """The expected days are over."""
    at, items = expected(m) or m.at, ", ".join(open_items(m))
    day = rules(m).expect_day
    return replace(
        m.was.data, amber=True, expect=None, history=_told(m.was.data, at, f"end of day {day}: {items} not complete")
    )


def call(m: Moment[LadderData]) -> LadderData:
    """The next step is called for."""
    was, at = m.was.data, deadline(m) or m.at
    step = Step(number=len(was.steps) + 1, kind=next_kind(m), missed_at=at, called_at=m.at)
    return replace(
        was,
        steps=(*was.steps, step),
        expect=None,
        history=_told(was, at, f"end of the time allowed: {', '.join(open_items(m))} not complete"),
    )


def deliver(m: Moment[LadderData]) -> LadderData:
    """The step was delivered: its business day runs, and is never over before anybody knew of it."""
    was, event = m.was.data, m.event
    step = was.step(event.step)
    assert step is not None
    at = min(max(event.delivered_at, step.called_at), m.at)
    ref = getattr(event, "cap", "") or getattr(event, "coaching", "")
    anchor = at if rules(m).anchor == "delivered" else step.missed_at
    limit = days_on(m, anchor, 1)
    if limit <= m.at:  # recorded late: nobody could have kept it
        anchor, limit = m.at, _grace(m)
    done = replace(step, delivered_at=at, by=event.by, ref=ref, withdrawn=False)
    rung = next(rung for rung in rules(m).rung if rung.kind == step.kind)
    return replace(
        was,
        steps=tuple(done if each.number == step.number else _over(each) for each in was.steps),
        since=anchor,
        limit=limit,
        history=_told(was, at, f"{rung.label} delivered by @{event.by}, {ref}"),
    )


def _over(step: Step) -> Step:
    """Another step that waits is not waited for any more."""
    return replace(step, withdrawn=True) if step.pending else step


def withdraw(m: Moment[LadderData]) -> LadderData:
    """A person took the step back: it is called for again only when the time given anew is over."""
    was = _without(m.was.data, m.event.step)
    ref = getattr(m.event, "cap", "") or getattr(m.event, "coaching", "")
    return replace(was, since=m.at, limit=_grace(m), history=_told(was, m.at, f"{ref} withdrawn"))


def _without(data: LadderData, number: int) -> LadderData:
    steps = tuple(replace(step, withdrawn=True) if step.number == number else step for step in data.steps)
    return replace(data, steps=steps)


def decide(m: Moment[LadderData]) -> LadderData:
    """What people decided."""
    return replace(
        m.was.data,
        outcome=m.event.outcome,
        history=_told(m.was.data, m.at, f"review {m.event.review}: {m.event.outcome}"),
    )


def move(m: Moment[LadderData]) -> LadderData:
    """In production nothing of it runs any more."""
    return replace(m.was.data, moved=True)


# -- blocks ------------------------------------------------------------------------------------------------


def block(m: Moment[LadderData]) -> LadderData:
    """Blocked from then on; one that runs already may only begin earlier."""
    was, event = m.was.data, m.event
    running = next((hole for hole in was.holes if hole.until is None), None)
    if running is not None:
        earlier = replace(running, since=min(running.since, event.since))
        return replace(was, holes=tuple(earlier if hole is running else hole for hole in was.holes))
    hole, name = Hole(reason=event.reason, since=event.since), rules(m).reasons.get(event.reason, event.reason)
    return replace(was, holes=(*was.holes, hole), history=_told(was, event.since, f"blocked: {name}"))


def block_back(m: Moment[LadderData]) -> LadderData:
    """Blocked already when the deadline passed: the step it called for does not stand."""
    data, step = block(m), m.was.data.pending
    assert step is not None
    return _without(data, step.number)


def unblock(m: Moment[LadderData]) -> LadderData:
    """The block has ended; its end is never set so far back that a deadline is missed by hearsay."""
    was = m.was.data
    if not was.blocked:
        return was
    ended = _ended(was, m.event.until)
    if (end := deadline(m, ended)) is not None and end <= m.at and m.event.until < m.at:
        ended = _ended(was, m.at)
    until = next(hole.until for hole in reversed(ended.holes) if hole not in was.holes) or m.at
    return replace(ended, history=_told(ended, until, "block ended"))


def _ended(data: LadderData, until: datetime) -> LadderData:
    holes = (
        replace(hole, until=max(until, hole.since + timedelta(microseconds=1))) if hole.until is None else hole
        for hole in data.holes
    )
    return replace(data, holes=tuple(holes))


def in_order(data: LadderData) -> tuple[tuple[datetime, str], ...]:
    """What happened, in order of time."""
    return tuple(sorted(data.history, key=lambda line: line[0]))
