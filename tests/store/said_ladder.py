"""What may happen to a ladder, to the completion of ESP and to a red flag, for the walks of `said`."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from workflows import completion, concern, handoffs, ladder
from workflows.machine import Event
from workflows.schedule import Shift


def ladder_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """A phase of an agent who takes his time."""
    shift = Shift(first=date(2026, 11, 17), start=time(8), end=time(16, 30), unpaid=((time(12), time(12, 30)),))
    step = rng.choice((1, 2, 3, 4))
    back = timedelta(hours=rng.choice((0, 1, 70)))
    return (
        ladder.LadderBegun(shift=shift),
        *(ladder.LadderDue() for _ in range(3)),
        ladder.ExpectationDue(),
        handoffs.CoachingDelivered(coaching="C-1", step=step, delivered_at=at, by="tara"),
        handoffs.CapDelivered(cap="C-2", step=step, delivered_at=at - back, by="tara"),
        handoffs.CapWithdrawn(cap="C-2", step=step),
        handoffs.Blocked(reason="nnumber", since=at - back, by="tara"),
        handoffs.Unblocked(until=at, by="tara"),
        handoffs.ItemChanged(item=rng.choice(("call", "tbt")), done=rng.random() < 0.5),
    )


def completion_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """An agent whose items come and go."""
    names = ("ahip", "tbt", "call", "equipment", "inhibitor")
    return (
        completion.EspBegun(),
        *(handoffs.ItemChanged(item=name, done=rng.random() < 0.8) for name in names),
        completion.RtsSet(yes=rng.random() < 0.8),
        completion.ItemWaived(item=rng.choice((*names, "rts", "badge")), why="own laptop"),
        completion.Announced(),
        completion.CompletionAsked(),
        completion.Transitioned(),
        completion.TransitionHeld(why="no seat yet"),
        completion.HoldReleased(),
        completion.Noted(text="laptop on its way"),
    )


def flag_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """Raised, taken, closed."""
    return (
        concern.RedFlagRaised(text="something", said_at=at),
        concern.RedFlagTaken(),
        concern.RedFlagClosed(),
    )
