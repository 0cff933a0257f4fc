"""The rows of the ladder and its machine, built from the pack's rungs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from workflows import handoffs
from workflows.ladder import clock
from workflows.ladder.clock import Change, all_done, next_kind, waiting_state
from workflows.ladder.data import (
    BLOCKED,
    CLOSED_LEFT,
    DONE,
    EXPECT_MISSED,
    IN_WINDOW,
    NONE,
    VOID,
    ExpectationDue,
    LadderBegun,
    LadderData,
    LadderDue,
    called_state,
    further,
    held_state,
)
from workflows.ladder.effects import (
    arm,
    arm_what_is_to_come,
    call_step,
    drop_blocked_step,
    drop_step,
    drop_twin,
    stop,
    tell_amber,
    tell_blocked,
    tell_done,
)
from workflows.machine import Event, Guard, Machine, Moment, Row
from workflows.policy_calls import CallCertPolicy, Ladder

SPEC = "SPEC 3.5 Ladder"
KEY = "phase"


def stands(state: str, change: Change) -> Guard:
    """Whether the change leaves the case there: blocked, or waiting in that state."""

    def fits(m: Moment[LadderData]) -> bool:
        data = change(m)
        if data.shift is None:
            return state == NONE
        return (BLOCKED if data.blocked else waiting_state(data)) == state

    return fits


def both(*guards: Guard) -> Guard:
    """All of them."""
    return lambda m: all(guard(m) for guard in guards)


def no(guard: Guard) -> Guard:
    """Not so."""
    return lambda m: not guard(m)


def _awaited(own: tuple[str, ...]) -> Guard:
    """Whether the event names a step of these kinds that leads further, also one people had taken back."""

    def asks(m: Moment[LadderData]) -> bool:
        data = m.was.data
        step, pending = data.step(m.event.step), data.pending
        if step is None or step.delivered_at is not None or step.kind not in own:
            return False
        return further(step.kind, data.furthest) and (pending is None or pending.kind == step.kind)

    return asks


def _pending(own: tuple[str, ...]) -> Guard:
    """Whether the event names the step that waits, of one of these kinds."""

    def asks(m: Moment[LadderData]) -> bool:
        step = m.was.data.pending
        return step is not None and step.number == m.event.step and step.kind in own

    return asks


def _completes(m: Moment[LadderData]) -> bool:
    """Whether the item is the last one."""
    return all_done(m, clock.change_item(m))


def _takes_back(m: Moment[LadderData]) -> bool:
    """Whether what was complete is open again, for an agent whose phase has begun and who is still in it."""
    data = m.was.data
    ours = m.event.item in m.policy.ladder.items and not m.event.done and m.event.item in data.done
    return ours and data.shift is not None and not data.moved


def _covers(m: Moment[LadderData]) -> bool:
    """Whether the block began before the deadline that called for the step; a review is people's to close."""
    step = m.was.data.pending
    return step is not None and step.kind != "review" and m.event.since < step.missed_at


def machine(policy: CallCertPolicy) -> Machine[LadderData]:
    """The table for one pack."""
    rule = policy.ladder
    return Machine(
        name="ladder",
        letter="D",
        start=NONE,
        ends=frozenset({DONE, CLOSED_LEFT, VOID}),
        rows=tuple(_rows(rule)),
        opens=(LadderBegun, handoffs.ItemChanged, handoffs.Blocked, handoffs.Unblocked),
        key=lambda event: KEY,
        fresh=lambda event: LadderData(),
        sealed=True,
        remembers=True,
    )


def _rows(rule: Ladder) -> Iterator[Row]:
    kinds = [rung.kind for rung in rule.rung]
    held = tuple(held_state(kind) for kind in kinds if kind != "review")
    waiting = (IN_WINDOW, EXPECT_MISSED, *held)
    called = tuple(called_state(kind) for kind in kinds)
    yield from _beginning((*waiting, BLOCKED, *called))
    yield from _deadlines(rule, waiting)
    yield from _deliveries(kinds, waiting, called)
    yield from _items(waiting, called)
    yield from _blocks(waiting, called)
    yield from _endings((*waiting, BLOCKED, *called), called)


def _beginning(opened: tuple[str, ...]) -> Iterator[Row]:
    begun = partial(Row, at=(NONE,), on=LadderBegun, set=clock.begin, source=f"{SPEC}: day 1 of the phase")
    complete: Guard = lambda m: all_done(m, m.was.data)  # noqa: E731
    yield begun(to=DONE, when=complete)
    yield begun(to=BLOCKED, when=both(no(complete), stands(BLOCKED, clock.begin)))
    yield begun(to=IN_WINDOW, when=both(no(complete), stands(IN_WINDOW, clock.begin)), do=(arm_what_is_to_come,))
    again = f"{SPEC}; SPEC 3.13: clocks restart only if people say so"
    yield Row(at=(*opened, DONE), on=LadderBegun, source=again)
    early = "known before the phase begins"
    item: Guard = lambda m: m.event.item in m.policy.ladder.items  # noqa: E731
    yield Row(at=(NONE,), on=handoffs.ItemChanged, when=item, set=clock.change_item, source=f"{SPEC}: {early}")
    yield Row(at=(NONE,), on=handoffs.Blocked, set=clock.block, source=f"{SPEC}: {early}")
    held: Guard = lambda m: m.was.data.blocked  # noqa: E731
    yield Row(at=(NONE,), on=handoffs.Unblocked, when=held, set=clock.unblock, source=f"{SPEC}: {early}")


def _deadlines(rule: Ladder, waiting: tuple[str, ...]) -> Iterator[Row]:
    yield Row(
        at=(IN_WINDOW,),
        on=ExpectationDue,
        to=EXPECT_MISSED,
        set=clock.pass_expectation,
        do=(tell_amber,),
        source="R-002-05: together within two days; amber status only",
    )
    for rung in rule.rung:
        yield Row(
            at=waiting,
            on=LadderDue,
            to=called_state(rung.kind),
            when=partial(_is_next, rung.kind),
            set=clock.call,
            do=(stop, call_step),
            source=rung.source,
        )


def _is_next(kind: str, m: Moment[LadderData]) -> bool:
    return next_kind(m) == kind


def _deliveries(kinds: list[Any], waiting: tuple[str, ...], called: tuple[str, ...]) -> Iterator[Row]:
    coaching = tuple(kind for kind in kinds if kind == "coaching")
    papers = tuple(kind for kind in kinds if kind in ("written", "final"))
    yield from _given(handoffs.CoachingDelivered, coaching, waiting, called)
    yield from _given(handoffs.CapDelivered, papers, waiting, called)
    yield from _taken_back(handoffs.CoachingWithdrawn, coaching, waiting, called)
    yield from _taken_back(handoffs.CapWithdrawn, papers, waiting, called)


def _given(on: type[Event], own: tuple[str, ...], waiting: tuple[str, ...], called: tuple[str, ...]) -> Iterator[Row]:
    opened, awaited = (*waiting, BLOCKED, *called), _awaited(own)
    row = partial(Row, on=on, set=clock.deliver, source=f"{SPEC}: the next business day starts with the delivery")
    for kind in own:
        there = both(awaited, stands(held_state(kind), clock.deliver))
        yield row(at=(*waiting, *called), to=held_state(kind), when=there, do=(stop, drop_twin, arm))
    if own:
        blocked = both(awaited, stands(BLOCKED, clock.deliver))
        yield row(at=opened, to=BLOCKED, when=blocked, do=(stop, drop_twin))
        yield row(at=(DONE,), when=awaited)
    yield Row(at=(*opened, DONE), on=on, when=no(awaited), source=f"{SPEC}: known already")


def _taken_back(
    on: type[Event], own: tuple[str, ...], waiting: tuple[str, ...], called: tuple[str, ...]
) -> Iterator[Row]:
    pending, at = _pending(own), tuple(called_state(kind) for kind in own)
    row = partial(Row, on=on, set=clock.withdraw, source="SPEC 3.13: a person took the step back")
    for kind in own:
        n, here = called.index(called_state(kind)), (called_state(kind),)
        for state in waiting[:2] if n == 0 else (waiting[n + 1],):
            yield row(at=here, to=state, when=both(pending, stands(state, clock.withdraw)), do=(stop, arm))
    if own:
        yield row(at=at, to=BLOCKED, when=both(pending, stands(BLOCKED, clock.withdraw)))
        yield Row(at=at, on=on, when=no(pending), source=f"{SPEC}: known already")
    others = (*(state for state in called if state not in at), *waiting, BLOCKED, DONE)
    yield Row(at=others, on=on, source=f"{SPEC}: known already")


def _items(waiting: tuple[str, ...], called: tuple[str, ...]) -> Iterator[Row]:
    opened = (*waiting, BLOCKED, *called)
    yield Row(
        at=opened,
        on=handoffs.ItemChanged,
        to=DONE,
        when=_completes,
        set=clock.change_item,
        do=(stop, drop_step, tell_done),
        source=f"{SPEC}: complete at any time is DONE; a step that waits is offered [Withdraw][Deliver]",
    )
    yield Row(at=opened, on=handoffs.ItemChanged, when=no(_completes), set=clock.change_item, source=SPEC)
    again = partial(
        Row, at=(DONE,), on=handoffs.ItemChanged, set=clock.reopen, source=f"{SPEC}: what was complete is open again"
    )
    for state in waiting:
        yield again(to=state, when=both(_takes_back, stands(state, clock.reopen)), do=(arm,))
    yield again(to=BLOCKED, when=both(_takes_back, stands(BLOCKED, clock.reopen)))
    yield Row(at=(DONE,), on=handoffs.ItemChanged, when=no(_takes_back), set=clock.change_item, source=SPEC)


def _blocks(waiting: tuple[str, ...], called: tuple[str, ...]) -> Iterator[Row]:
    blocked = "SPEC 3.4, 3.5: blocked time moves every deadline by as much cert time"
    row = partial(Row, on=handoffs.Blocked, source=blocked)
    yield row(at=(*waiting, BLOCKED), to=BLOCKED, set=clock.block, do=(stop,))
    steps = tuple(state for state in called if state != called_state("review"))
    yield row(at=steps, to=BLOCKED, when=_covers, set=clock.block_back, do=(drop_blocked_step,))
    yield row(at=called, when=no(_covers), set=clock.block, do=(tell_blocked,))
    yield row(at=(DONE,), set=clock.block)
    free = partial(Row, on=handoffs.Unblocked, set=clock.unblock, source=blocked)
    for state in waiting:
        yield free(at=(BLOCKED,), to=state, when=stands(state, clock.unblock), do=(arm,))
    yield free(at=(*waiting, *called, DONE))


def _endings(opened: tuple[str, ...], called: tuple[str, ...]) -> Iterator[Row]:
    review = called_state("review")
    decided = partial(Row, on=handoffs.ReviewDecided, source="SPEC 3.9: a human outcome; the ladder decides nothing")
    if review in called:
        yield decided(at=(review,), set=clock.decide)
    yield decided(at=(*(state for state in opened if state != review), DONE))
    yield Row(
        at=(NONE, *opened),
        on=handoffs.MovedToProduction,
        to=DONE,
        set=clock.move,
        do=(stop, drop_step),
        source="SPEC 3.10: in production ESP clocks stop",
    )
    yield Row(at=(NONE, *opened), on=handoffs.AgentLeft, to=CLOSED_LEFT, do=(stop,), source="SPEC 3.13: agent leaves")
