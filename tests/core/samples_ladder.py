"""What may be said to a ladder, to the completion of ESP and to a red flag."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from workflows import completion, concern, handoffs, ladder
from workflows.machine import Case, Event
from workflows.schedule import Shift

NOON = datetime(2026, 11, 17, 19, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHIFT = Shift(first=date(2026, 11, 17), start=time(8), end=time(16, 30), unpaid=((time(12), time(12, 30)),))
BEGUN = ladder.LadderBegun(shift=SHIFT)

Said = Callable[[Case[Any], Any, datetime], Iterator[Event]]


def begun(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Day 1."""
    yield BEGUN


def item(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Every item, done and not."""
    for name in ("call", "tbt", "ahip", "equipment", "rts", "inhibitor"):
        for done in (True, False):
            yield handoffs.ItemChanged(item=name, done=done, ref="Q-1")


def blocked(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """From now, and from some days ago."""
    for since in (at, at - 3 * DAY):
        yield handoffs.Blocked(reason="nnumber", since=since, by="tara")


def unblocked(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Now, and an hour ago."""
    for until in (at, at - HOUR):
        yield handoffs.Unblocked(until=until, by="tara")


def _numbers(case: Case[Any]) -> set[int]:
    return {99, *(step.number for step in getattr(case.data, "steps", ()))}


def coaching_delivered(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Of every step, now and long ago."""
    for number in _numbers(case):
        for when in (at, at - 5 * DAY):
            yield handoffs.CoachingDelivered(coaching="C-1", step=number, delivered_at=when, by="tara")


def coaching_withdrawn(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Of every step."""
    yield from (handoffs.CoachingWithdrawn(coaching="C-1", step=number) for number in _numbers(case))


def moved(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """To production."""
    yield handoffs.MovedToProduction(by="pia")


def rts(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Yes and no."""
    yield from (completion.RtsSet(yes=yes) for yes in (True, False))


def waived(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Every item, with a reason; and what is none."""
    for name in (*policy.items, "badge"):
        yield completion.ItemWaived(item=name, why="agreed")
    yield completion.ItemWaived(item="rts", why="")


def held(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason, and without."""
    yield from (completion.TransitionHeld(why=why) for why in ("no seat yet", ""))


def noted(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """A note, and none."""
    yield from (completion.Noted(text=text) for text in ("badge ordered", " "))


def flagged(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """One thing."""
    yield concern.RedFlagRaised(text="something", said_at=at)


SAMPLES: dict[type[Event], Said] = {
    ladder.LadderBegun: begun,
    handoffs.ItemChanged: item,
    handoffs.Blocked: blocked,
    handoffs.Unblocked: unblocked,
    handoffs.CoachingDelivered: coaching_delivered,
    handoffs.CoachingWithdrawn: coaching_withdrawn,
    handoffs.MovedToProduction: moved,
    completion.RtsSet: rts,
    completion.ItemWaived: waived,
    completion.TransitionHeld: held,
    completion.Noted: noted,
    concern.RedFlagRaised: flagged,
}
OPENERS: dict[type[Event], Event] = {
    ladder.LadderBegun: BEGUN,
    handoffs.ItemChanged: handoffs.ItemChanged(item="call", done=True, ref="Q-1"),
    handoffs.Blocked: handoffs.Blocked(reason="nnumber", since=NOON - HOUR, by="tara"),
    handoffs.Unblocked: handoffs.Unblocked(until=NOON, by="tara"),
    completion.EspBegun: completion.EspBegun(),
    completion.RtsSet: completion.RtsSet(yes=True),
    completion.ItemWaived: completion.ItemWaived(item="equipment", why="agreed"),
    completion.Noted: completion.Noted(text="badge ordered"),
    completion.CompletionAsked: completion.CompletionAsked(),
    concern.RedFlagRaised: concern.RedFlagRaised(text="something", said_at=NOON),
}
