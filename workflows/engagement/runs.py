"""Runs of missed checks in one agent's day: what a new result comes to, by either wording of the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from workflows.engagement.data import AgentDay, Result, Window
from workflows.engagement.events import Here, Present
from workflows.machine import Moment

OK, MISS1, MIA_PROPOSED, MIA = "OK", "MISS1", "MIA_PROPOSED", "MIA"
NONE, CLOSED, CLOSED_LEFT, VOID = "NONE", "CLOSED", "CLOSED_LEFT", "VOID"

Own = Moment[AgentDay]


# -- the rule ----------------------------------------------------------------------------------------------


def run(data: AgentDay) -> tuple[Result, ...]:
    """The checks missed one after another up to now; skipped ones leave no result, a decision begins anew."""
    found: list[Result] = []
    for result in sorted(data.results, key=lambda each: each.window.seq):
        if result.window.seq <= data.decided:
            continue
        found = [*found, result] if result.missed else []
    return tuple(found)


def pair(data: AgentDay, rule: str) -> tuple[Result, Result] | None:
    """Two checks of the run that make it a matter for a person: in a row, or up and down of the same break."""
    missed = run(data)
    for first, second in pairwise(missed):
        if rule == "consecutive" or first.window.name == second.window.name:
            return first, second
    return None


def comes_to(data: AgentDay, rule: str) -> str:
    """The state those results come to."""
    if pair(data, rule):
        return MIA_PROPOSED
    return MISS1 if run(data) else OK


# -- what an event makes of the results --------------------------------------------------------------------


def open_now(data: AgentDay, at: datetime) -> tuple[Window, ...]:
    """The checks open at that instant, both edges included."""
    return tuple(window for window in data.windows if window.opens <= at <= window.closes)


def next_one(data: AgentDay, at: datetime) -> Window | None:
    """The next check of that day."""
    return min((each for each in data.windows if each.opens > at), key=lambda each: each.opens, default=None)


def _with(data: AgentDay, *results: Result) -> AgentDay:
    new = {each.window.seq for each in results}
    kept = (each for each in data.results if each.window.seq not in new)
    return replace(data, results=(*kept, *results))


def told(m: Own) -> AgentDay:
    """With the result the class's day hands over."""
    event = m.event
    return _with(m.was.data, Result(window=event.window, missed=event.missed, at=m.at, by=event.by))


def said(m: Own) -> AgentDay:
    """With his own word for every check open now; what the host saw stands."""
    data = m.was.data
    seen = {each.window.seq for each in data.results if each.by == "host"}
    mine = (w for w in open_now(data, m.at) if w.seq not in seen)
    return _with(data, *(Result(window=window, missed=False, at=m.at) for window in mine))


def result(m: Own) -> AgentDay:
    """The data after this event, whichever it is."""
    return said(m) if isinstance(m.event, Here) else told(m)


def leads_to(state: str) -> Callable[[Own], bool]:
    """Whether the results after this event come to that state."""

    def guard(m: Own) -> bool:
        return comes_to(m.once(result), m.policy.engagement.rule) == state

    return guard


def in_window(m: Own) -> bool:
    """Whether a check is open, or was when he said it."""
    return bool(open_now(m.was.data, m.at))


def only_arrives(m: Own) -> bool:
    """Whether it is no more than an arrival: his first word, or before the first check of the day."""
    data = m.was.data
    first = min((window.opens for window in data.windows), default=data.ends)
    return data.arrived == m.at or (first is not None and m.at < first)


def stands(m: Own) -> bool:
    """Whether the missed checks a proposal or mark rests on are still missed after this event."""
    missing = {each.window.seq for each in m.once(result).results if each.missed}
    return set(m.was.data.proof) <= missing


# -- changes -----------------------------------------------------------------------------------------------


def begin(event: object) -> AgentDay:
    """An agent's day as it is first told of."""
    day = event.day  # type: ignore[attr-defined]
    if isinstance(event, Present):
        return AgentDay(
            day=day,
            windows=event.windows,
            starts=event.starts,
            ends=event.ends,
            over=event.over,
            arrived=event.at,
        )
    return AgentDay(day=day)


def arrive(m: Own) -> AgentDay:
    """He is there, or came at another time than was thought."""
    event = m.event
    known = {"windows": event.windows, "starts": event.starts, "ends": event.ends, "over": event.over}
    return replace(m.was.data, **known, arrived=event.at)


def take(m: Own) -> AgentDay:
    """The result, and the checks a proposal would rest on."""
    data = m.once(result)
    found = pair(data, m.policy.engagement.rule)
    return replace(data, proof=tuple(each.window.seq for each in found) if found else ())


def keep_proof(m: Own) -> AgentDay:
    """The result; what a person is asked to decide on stays what it was."""
    return m.once(result)


def speak_up(m: Own) -> AgentDay:
    """He spoke outside a check."""
    return replace(m.was.data, late=(*m.was.data.late, m.at))


def come_back(m: Own) -> AgentDay:
    """A missing agent is there again."""
    data = m.once(result)
    return replace(data, returned=data.returned or m.at)


def decide(m: Own) -> AgentDay:
    """A person has decided: what was missed until now begins no new run."""
    data = m.was.data
    newest = max((each.window.seq for each in data.results), default=0)
    return replace(data, decided=newest, proof=())


def mark(m: Own) -> AgentDay:
    """Missing, by that person's word."""
    data, event = m.was.data, m.event
    missing = [each.window.closes for each in data.results if each.window.seq in data.proof]
    return replace(
        data,
        marked=m.at,
        marked_by=m.actor,
        why=event.why,
        since=min(missing, default=m.at),
        starts=event.starts or data.starts,
        ends=event.ends or data.ends,
        marks=data.marks + 1,
        returned=None,
    )


def unmark(m: Own) -> AgentDay:
    """The mark was wrong."""
    return replace(decide(m), marked=None, marked_by="", why="", since=None, returned=None)
