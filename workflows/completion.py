"""ESP completion (R-001-50, R-003-36; SPEC 3.10): computed from items other workflows report, never set by hand.

The PM is told at once when the last item is complete, and moves the agent to production or holds him. Notes for
the tracker that belong to no other matter are written here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Correct, Effect, Hand, Mail, Owe, Settle, Standing, Tell, Track
from workflows.machine import Declined, Event, Fact, Guard, Machine, Moment, Request, Row
from workflows.people import Role
from workflows.policy_floor import CompletionPolicy

# -- states ------------------------------------------------------------------------------------------------

NONE, IN_ESP, COMPLETE, PM_NOTIFIED, HELD = "NONE", "IN_ESP", "COMPLETE", "PM_NOTIFIED", "HELD"
TRANSITIONED, CLOSED_LEFT, VOID = "TRANSITIONED", "CLOSED_LEFT", "VOID"
TOLD = (COMPLETE, PM_NOTIFIED, HELD)
OPENED = (IN_ESP, *TOLD)

# -- events ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EspBegun(Fact):
    """The agent's class has begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RtsSet(Request):
    """Licensing says whether the carrier calls the agent ready to sell, with no more forms outstanding."""

    overt: ClassVar[bool] = True
    yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWaived(Request):
    """The ESP Manager lets an item pass, with the reason."""

    item: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced(Request):
    """Everything is complete: the PM is told (handed by the machine to itself)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionAsked(Request):
    """Somebody wants to set completion by hand, which nobody can."""

    overt: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Transitioned(Request):
    """The PM has moved the agent to production."""

    overt: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionHeld(Request):
    """The PM holds the move, with the reason."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReleased(Request):
    """The hold is over."""

    overt: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Request):
    """A note for the tracker."""

    text: str


# -- data --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as last reported, `ref` by which case; `waived_by` let it pass (`why`)."""

    item: str
    done: bool
    at: datetime
    ref: str = ""
    waived_by: str = ""
    why: str = ""

    @property
    def stands(self) -> bool:
        """Whether nothing is missing there."""
        return self.done or bool(self.waived_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The items reported so far, and how often the PM was told that all were complete."""

    title: str = "ESP completion"
    items: tuple[Item, ...] = ()
    told: int = 0
    complete_at: datetime | None = None
    held_by: str = ""
    held_why: str = ""

    def item(self, name: str) -> Item | None:
        """That item, when it was ever reported."""
        return next((item for item in self.items if item.item == name), None)


# -- guards and changes ------------------------------------------------------------------------------------

Change = Callable[[Moment[Completion]], Completion]


def stands(policy: CompletionPolicy, data: Completion, name: str) -> bool:
    """Whether that item is complete, waived, or given."""
    item = data.item(name)
    return item.stands if item else name in policy.given


def missing(policy: CompletionPolicy, data: Completion) -> tuple[str, ...]:
    """The items that stand in the way, in the pack's words."""
    return tuple(said for name, said in policy.items.items() if not stands(policy, data, name))


def whole(change: Change, m: Moment[Completion]) -> bool:
    """Whether nothing is missing after that."""
    return not missing(m.policy, change(m))


def _with(data: Completion, item: Item) -> Completion:
    return replace(data, items=(*(each for each in data.items if each.item != item.item), item))


def take_item(m: Moment[Completion]) -> Completion:
    """An item as another workflow reports it; the same thing said again leaves a waiver as it is."""
    was, event = m.was.data.item(m.event.item), m.event
    if was is not None and was.done == event.done and (event.done or event.item not in m.policy.renewed):
        return m.was.data
    if was is None and not event.done and event.item not in m.policy.given:
        return m.was.data
    return _with(m.was.data, Item(item=event.item, done=event.done, at=m.at, ref=event.ref))


def take_rts(m: Moment[Completion]) -> Completion:
    """What licensing says of RTS."""
    return _with(m.was.data, Item(item="rts", done=m.event.yes, at=m.at))


def waive(m: Moment[Completion]) -> Completion:
    """The item passes."""
    was = m.was.data.item(m.event.item)
    done, ref = (was.done, was.ref) if was else (False, "")
    item = Item(item=m.event.item, done=done, at=m.at, ref=ref, waived_by=m.actor, why=m.event.why)
    return _with(m.was.data, item)


def announce_it(m: Moment[Completion]) -> Completion:
    """Once more the PM is told."""
    return replace(m.was.data, told=m.was.data.told + 1, complete_at=m.at, held_by="", held_why="")


def hold(m: Moment[Completion]) -> Completion:
    """Who holds, and why."""
    return replace(m.was.data, held_by=m.actor, held_why=m.event.why)


def release(m: Moment[Completion]) -> Completion:
    """Nobody holds."""
    return replace(m.was.data, held_by="", held_why="")


def keep(m: Moment[Completion]) -> Completion:
    """As it is."""
    return m.was.data


def known_item(m: Moment[Completion]) -> bool:
    """Whether the pack counts that item."""
    return m.event.item in m.policy.items


def waivable(m: Moment[Completion]) -> bool:
    """Whether the item is one, is missing, and a reason was given."""
    return known_item(m) and not stands(m.policy, m.was.data, m.event.item) and bool(m.event.why.strip())


def reasoned(m: Moment[Completion]) -> bool:
    """Whether a reason was given."""
    return bool(m.event.why.strip())


def worded(m: Moment[Completion]) -> bool:
    """Whether there is anything to note."""
    return bool(m.event.text.strip())


def any_time(m: Moment[Completion]) -> bool:
    """Always."""
    return True


# -- effects -----------------------------------------------------------------------------------------------


def facts(m: Moment[Completion], **more: Any) -> dict[str, Any]:
    """What the messages of this room may say."""
    policy, data = m.policy, m.data
    return {
        "table": [_row(m, name, said) for name, said in policy.items.items()],
        "missing": missing(policy, data),
        "complete_at": data.complete_at,
        "held_by": data.held_by,
        "held_why": data.held_why,
        "state": m.case.state,
        **more,
    }


def _row(m: Moment[Completion], name: str, said: str) -> dict[str, Any]:
    item = m.data.item(name)
    return {
        "name": said,
        "done": stands(m.policy, m.data, name),
        "at": item.at if item else None,
        "waived_by": item.waived_by if item else "",
        "why": item.why if item else "",
    }


def tag(m: Moment[Completion]) -> str:
    """What was said because everything was complete, the n-th time."""
    return f"complete:{m.data.told}"


def status(name: str) -> Any:
    """The tracker's Status column."""
    return lambda m: Track(column="Status", value=m.policy.status[name])


def go_announce(m: Moment[Completion]) -> Effect:
    """Tell the PM in the same breath."""
    return Hand(workflow="completion", ref=m.case.id, event=Announced())


def announce(m: Moment[Completion]) -> tuple[Effect, ...]:
    """E-16, the PM's card, a word to the agent, the tracker."""
    notice = m.policy.notice
    return (
        Track(column="Status", value=m.policy.status["complete"]),
        Mail(
            to=notice.to,
            cc=notice.cc,
            behalf=notice.behalf,
            id=notice.id,
            template="completion/complete",
            facts=facts(m),
            tag=tag(m),
        ),
        owe_transition(m),
        Tell(to=Role.agent, template="completion/agent_complete", facts=facts(m), tag=tag(m)),
    )


def owe_transition(m: Moment[Completion]) -> Owe:
    """The PM moves the agent, or says why not."""
    return Owe(
        to=(m.policy.owner,),
        duty="transition",
        title="move to production",
        template="completion/transition",
        facts=facts(m),
        answers=(
            Answer(label="Transitioned", event=Transitioned(), done="transitioned"),
            Answer(label="Hold", event=TransitionHeld(), ask="completion/ask_hold", fills="why", done="put on hold"),
        ),
        sla=m.policy.transition_sla,
        tag=tag(m),
    )


def owe_release(m: Moment[Completion]) -> tuple[Effect, ...]:
    """A hold waits to be released."""
    owe = Owe(
        to=(m.policy.owner,),
        duty="held",
        title="release the hold",
        template="completion/held",
        facts=facts(m),
        answers=(
            Answer(label="Release", event=HoldReleased(), done="released"),
            Answer(label="Transitioned", event=Transitioned(), done="transitioned"),
        ),
        sla=m.policy.hold_sla,
        tag=tag(m),
    )
    return (Settle(duty="transition"), Settle(duty="held", withdrawn=True), owe)


def tell_holding(template: str) -> Any:
    """Those the pack wants told of a hold."""
    return lambda m: tuple(
        Tell(to=role, template=f"completion/{template}", facts=facts(m, by=m.actor), tag=tag(m))
        for role in m.policy.tell_hold
    )


def take_back(m: Moment[Completion]) -> tuple[Effect, ...]:
    """E-08 to exactly those who were told; the PM's buttons are dead."""
    lost = " and ".join(name for name in missing(m.policy, m.data))
    return (
        Settle(duty="*", withdrawn=True),
        Correct(tag=tag(m), reason=f"not complete any more: {lost}"),
        Track(column="Status", value=m.policy.status["in_esp"]),
    )


def note_only(m: Moment[Completion]) -> Effect | None:
    """After the move: a line in the tracker and nothing else."""
    if m.data == m.was.data:
        return None
    name = m.policy.items.get(m.event.item, m.event.item)
    said = "complete" if m.event.done else "not complete any more"
    return Track(column="Notes", note=f"After the move to production: {name} {said}")


def track_rts(m: Moment[Completion]) -> Effect:
    """Licensing's column."""
    value = m.policy.rts["yes" if m.event.yes else "no"]
    return Track(column="RTS/No More Forms Status", value=value, note=f"RTS / No More Forms: {value}")


def track_waiver(m: Moment[Completion]) -> Effect:
    """That an item passes; the reason stays in the case."""
    return Track(column="Notes", note=f"Waived: {m.policy.items[m.event.item]}")


def waive_ladder(m: Moment[Completion]) -> Effect | None:
    """What the agent need not do any more is nothing the ladder may wait for."""
    if m.event.item not in ("call", "tbt"):
        return None
    return Hand(workflow="ladder", event=handoffs.ItemChanged(item=m.event.item, done=True, ref=m.case.id))


CLOCKS = {"ahip": "carrier_cert", "tbt": "tbt"}
"""Whose clock runs for an item."""


def stop_clock(m: Moment[Completion]) -> Effect | None:
    """What the agent need not do any more is nothing a clock may run for."""
    workflow = CLOCKS.get(m.event.item)
    event = handoffs.LetPass(item=m.event.item, by=m.actor)
    return Hand(workflow=workflow, event=event) if workflow else None


def write_note(m: Moment[Completion]) -> Effect:
    """The note, in the writer's name."""
    return Track(column="Notes", note=m.event.text)


def tell_actor(template: str, *, undo: bool = True) -> Any:
    """A short confirmation with the way back."""

    def tell(m: Moment[Completion]) -> Effect:
        name = m.policy.items.get(getattr(m.event, "item", ""), "")
        said = {"yes": getattr(m.event, "yes", False), "item": name, "text": getattr(m.event, "text", "")}
        return Tell(to=ACTOR, template=f"completion/{template}", facts=facts(m, **said), undo=undo)

    return tell


def settle(m: Moment[Completion]) -> tuple[Effect, ...]:
    """The PM has done it, whichever card it was."""
    return (Settle(duty="transition"), Settle(duty="held"))


def to_production(m: Moment[Completion]) -> tuple[Effect, ...]:
    """The agent leaves ESP: his standing changes, and every other machine of his hears it."""
    told = Tell(to=Role.tl, template="completion/moved", facts=facts(m, by=m.actor))
    return (Standing(status="production", event=handoffs.MovedToProduction(by=m.actor)), told)


# -- the table ---------------------------------------------------------------------------------------------


def machine(policy: CompletionPolicy) -> Machine[Completion]:
    """The table for one pack."""
    return Machine(
        name="completion",
        letter="Z",
        start=NONE,
        ends=frozenset({TRANSITIONED, CLOSED_LEFT, VOID}),
        rows=tuple(_rows(policy)),
        opens=(EspBegun, handoffs.ItemChanged, RtsSet, ItemWaived, Noted, CompletionAsked),
        key=lambda event: "esp",
        fresh=lambda event: Completion(),
        remembers=True,
        refusal=refusal,
    )


def _rows(policy: CompletionPolicy) -> Iterator[Row]:
    spec = "SPEC 3.10"
    yield Row(at=(NONE,), on=EspBegun, to=IN_ESP, source=spec)
    yield Row(at=(*OPENED, TRANSITIONED), on=EspBegun, source=spec)
    licensing, managers = _roles(policy.rts_by), _roles(policy.waive_by)
    rts, waived = (track_rts, tell_actor("rts_set")), (track_waiver, waive_ladder, stop_clock, tell_actor("waived"))
    yield from _changes(handoffs.ItemChanged, take_item)
    yield from _changes(RtsSet, take_rts, by=licensing, do=rts)
    yield from _changes(ItemWaived, waive, by=managers, when=waivable, do=waived)
    yield Row(at=(TRANSITIONED,), on=handoffs.ItemChanged, set=take_item, do=(note_only,), source=f"{spec}: note only")
    yield Row(
        at=(TRANSITIONED,), on=RtsSet, by=licensing, set=take_rts, do=rts, source=f"{spec}: after the move, note only"
    )
    yield Row(at=(COMPLETE,), on=Announced, to=PM_NOTIFIED, set=announce_it, do=(announce,), source="R-001-50: at once")
    yield from _moves(policy)
    yield Row(
        at=(NONE,), on=Noted, to=IN_ESP, by=_roles(policy.note_by), when=worded, do=(write_note, tell_actor("noted")),
        source="SPEC 4.2: note",
    )  # fmt: skip
    yield Row(
        at=(*OPENED, TRANSITIONED), on=Noted, by=_roles(policy.note_by), when=worded,
        do=(write_note, tell_actor("noted")), source="SPEC 4.2: note",
    )  # fmt: skip
    left = lambda m: Settle(duty="*", withdrawn=True)  # noqa: E731
    yield Row(at=OPENED, on=handoffs.AgentLeft, to=CLOSED_LEFT, do=(left,), source="SPEC 3.13: agent leaves")


def _changes(
    on: type[Event],
    change: Change,
    by: frozenset[Role] = frozenset(),
    when: Guard = any_time,
    do: tuple[Any, ...] = (),
) -> Iterator[Row]:
    """What a change of an item leads to, before and after the PM was told."""
    done: Guard = lambda m: when(m) and whole(change, m)  # noqa: E731
    less: Guard = lambda m: when(m) and not whole(change, m)  # noqa: E731
    row = partial(Row, on=on, by=by, set=change)
    yield row(
        at=(NONE, IN_ESP), to=COMPLETE, when=done, do=(*do, go_announce), source="SPEC 3.10: all items are complete"
    )
    yield row(at=(NONE, IN_ESP), to=IN_ESP, when=less, do=do, source="SPEC 3.10: something is missing")
    if on is not ItemWaived:  # nothing is left to waive
        yield row(at=TOLD, when=done, do=do, source="SPEC 3.10: still complete")
        yield row(
            at=TOLD, to=IN_ESP, when=less, do=(*do, take_back), source="SPEC 3.10: an item reverts before the move"
        )


def _moves(policy: CompletionPolicy) -> Iterator[Row]:
    owner, releasers = _roles((policy.owner,)), _roles(policy.release_by)
    yield Row(
        at=(PM_NOTIFIED, HELD),
        on=Transitioned,
        to=TRANSITIONED,
        by=owner,
        set=release,
        do=(settle, status("production"), to_production, tell_actor("transitioned")),
        source="SPEC 3.10: the PM moves the agent",
    )
    yield Row(
        at=(PM_NOTIFIED, HELD),
        on=TransitionHeld,
        to=HELD,
        by=owner,
        when=reasoned,
        set=hold,
        do=(owe_release, status("held"), tell_holding("on_hold"), tell_actor("hold_noted")),
        source="SPEC 3.10: HELD, with the reason",
    )
    yield Row(
        at=(HELD,),
        on=HoldReleased,
        to=PM_NOTIFIED,
        by=releasers,
        set=release,
        do=(lambda m: Settle(duty="held"), owe_transition, status("complete"), tell_holding("off_hold"),
            tell_actor("released")),
        source="SPEC 3.10: the hold is released",
    )  # fmt: skip


def _roles(names: tuple[str, ...]) -> frozenset[Role]:
    return frozenset(Role(name) for name in names)


def refusal(m: Moment[Any], declined: Declined) -> Tell | None:
    """Refusals worth more than the plain words."""
    event = m.event
    if isinstance(event, CompletionAsked) or (
        isinstance(event, Transitioned | TransitionHeld) and m.was.state in (NONE, IN_ESP)
    ):
        return Tell(to=ACTOR, template="completion/computed", facts=facts(m))
    if isinstance(event, ItemWaived) and declined.reason in ("not_so", "not_now", "finished"):
        return Tell(to=ACTOR, template="completion/not_waived", facts=facts(m, named=event.item, known=known_item(m)))
    return None
