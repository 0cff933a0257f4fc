"""A workflow is a table of transitions; this room reads the table and nothing else.

No input or output, no clock, no names of people: a step turns (case, event) into (case, effects).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from workflows.calendar import Calendar
from workflows.effects import Ask, Effect, Tell
from workflows.people import Agent, Role, TrainingClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that enters a case, in the past tense. `overt` ones may be said in a channel, for all to see."""

    overt: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Event):
    """It happened ("I failed"): every open state has a row for it; it cannot be declined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Event):
    """Somebody asks (a command, a pressed button): may be declined, aloud, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due(Event):
    """A timer: may be declined in silence."""


D = TypeVar("D")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Generic[D]):
    """One matter of one agent.

    `id` is also the reference people read ("F-1043"); `key` tells which case of this agent it is
    ("ahip-final 2026"); `pack` and `calendar` are the content hashes it is pinned to; `seq` counts steps.
    """

    id: str
    workflow: str
    key: str
    agent: str
    pack: str
    calendar: str
    state: str
    data: D
    opened: datetime
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Generic[D]):
    """All a row may look at. `case` is as it will be, `was` as it was; `at` is the only now there is (UTC).

    `by` are the roles of the actor towards this agent on that day. `about`, `klass` and `others` (the
    agent's other open cases) are for effects only: guards and changes must not look at them, so that a
    journal replays without a roster.
    """

    case: Case[D]
    was: Case[D]
    event: Any
    at: datetime
    actor: str
    by: frozenset[Role]
    policy: Any
    calendar: Calendar
    source: str = ""
    about: Agent | None = None
    klass: TrainingClass | None = None
    others: tuple[Case[Any], ...] = ()
    _known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def data(self) -> D:
        """The data as it will be."""
        return self.case.data

    def once(self, question: Callable[[Moment[D]], T]) -> T:
        """The answer to a question about `was` and the event, worked out once however many rows ask it."""
        if question not in self._known:
            self._known[question] = question(self)
        answer: T = self._known[question]
        return answer


Guard = Callable[[Moment[Any]], bool]
Change = Callable[[Moment[Any]], Any]
Do = Callable[[Moment[Any]], "Effect | tuple[Effect, ...] | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One transition: at these states, on this event, for these roles, when the guard holds.

    `to` is the next state ("" stays); `set` gives the new data; `by` empty means anyone, the bot included,
    and `also` adds the roles the case itself names; `source` is the sentence of the policy that wants it.
    """

    at: tuple[str, ...]
    on: type[Event]
    to: str = ""
    when: Guard | None = None
    set: Change | None = None
    do: tuple[Do, ...] = ()
    by: frozenset[Role] = frozenset()
    also: Callable[[Moment[Any]], frozenset[Role]] | None = None
    source: str

    def may(self, moment: Moment[Any]) -> frozenset[Role]:
        """The roles that may take it now; none means anyone."""
        return self.by | self.also(moment) if self.also else self.by


@dataclass(frozen=True, slots=True)
class Stepped(Generic[D]):
    """A row was taken."""

    case: Case[D]
    effects: tuple[Effect, ...]
    row: Row


@dataclass(frozen=True, slots=True)
class Declined:
    """No row was taken, and why: "finished", "not_now", "not_yours" (then `who` may) or "not_so"."""

    reason: str
    who: frozenset[Role] = frozenset()


Refusal = Callable[[Moment[Any], Declined], "Tell | Ask | tuple[Tell | Ask, ...] | None"]
"""How a machine words a declined request: a message to the one who asked, or None for the plain words."""


@dataclass(frozen=True, kw_only=True)
class Machine(Generic[D]):
    """A table with its first and last states.

    `opens` are the events that may begin a case; `key(event)` says which case of the agent an event belongs
    to (None: the caller must name it); `fresh(event)` is the data of a new case; `letter` begins its
    references; `sealed` keeps its data encrypted at rest; `unwound` is the state of a case whose first step
    was taken back; `people` are the roles a case itself gives (its proctor). `remembers` says that an ended case
    hears the events that open one (a closed exam); else the next one opens a new case. `reporters` are the roles
    whose word may open a case; none leaves it to the rows. `forgets(case, event, at)` says of a remembered case that
    this event opens a new one all the same. `absent` is the template that says there is no case.
    """

    name: str
    letter: str
    start: str
    ends: frozenset[str]
    rows: tuple[Row, ...]
    opens: tuple[type[Event], ...]
    key: Callable[[Any], str | None]
    fresh: Callable[[Any], D]
    unwound: str = "VOID"
    sealed: bool = False
    people: Callable[[Case[Any]], Mapping[Role, tuple[str, ...]]] = lambda case: {}
    refusal: Refusal = lambda moment, declined: None
    remembers: bool = False
    forgets: Callable[[Case[Any], Any, datetime], bool] = lambda case, event, at: False
    reporters: frozenset[Role] = frozenset()
    absent: str = ""

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Every state named by the table, in the order of the table."""
        seen: dict[str, None] = {self.start: None}
        for row in self.rows:
            for state in (*row.at, row.to):
                if state:
                    seen.setdefault(state)
        for state in sorted(self.ends):
            seen.setdefault(state)
        return tuple(seen)

    @cached_property
    def events(self) -> tuple[type[Event], ...]:
        """Every event the table hears, in the order of the table."""
        return tuple(dict.fromkeys(row.on for row in self.rows))

    @cached_property
    def _index(self) -> dict[tuple[str, type[Event]], tuple[Row, ...]]:
        index: dict[tuple[str, type[Event]], list[Row]] = {}
        for row in self.rows:
            for state in row.at:
                index.setdefault((state, row.on), []).append(row)
        return {cell: tuple(rows) for cell, rows in index.items()}

    def rows_for(self, state: str, event: type[Event]) -> tuple[Row, ...]:
        """The rows of one cell of the grid."""
        return self._index.get((state, event), ())

    def hears(self, event: type[Event]) -> bool:
        """Whether any row listens to this event."""
        return event in self.events

    def step(self, moment: Moment[D]) -> Stepped[D] | Declined:
        """Take the one row that fits; `moment.was` must be the stored case, `moment.case` the same."""
        row = self.choose(moment)
        if isinstance(row, Declined):
            return row
        case = self.follow(row, moment)
        return Stepped(case, tuple(_effects(replace(moment, case=case), row.do)), row)

    def choose(self, moment: Moment[D]) -> Row | Declined:
        """The one row that fits, or why none does."""
        was = moment.was
        rows = self.rows_for(was.state, type(moment.event))
        if not rows:
            return Declined("finished" if was.state in self.ends else "not_now")
        allowed = tuple(row for row in rows if not (may := row.may(moment)) or may & moment.by)
        if not allowed:
            return Declined("not_yours", frozenset().union(*(row.may(moment) for row in rows)))
        fitting = tuple(row for row in allowed if row.when is None or row.when(moment))
        if not fitting:
            return Declined("not_so")
        if len(fitting) > 1:
            raise AmbiguousTable(self.name, was.state, type(moment.event).__name__, [row.source for row in fitting])
        return fitting[0]

    def follow(self, row: Row, moment: Moment[D]) -> Case[D]:
        """The case after that row, without its effects: all that a replay needs."""
        was = moment.was
        return replace(was, state=row.to or was.state, data=row.set(moment) if row.set else was.data, seq=was.seq + 1)


class AmbiguousTable(Exception):
    """Two rows fit one event: an error of the table, hunted by a property test."""


def _effects(moment: Moment[Any], do: tuple[Do, ...]) -> Iterable[Effect]:
    for wish in do:
        effect = wish(moment)
        if effect is None:
            continue
        if isinstance(effect, tuple):
            yield from effect
        else:
            yield effect


def draw(machine: Machine[Any]) -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {machine.start}"]
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in machine.rows:
        for state in row.at:
            to = row.to or state
            if to != state:
                names = arrows.setdefault((state, to), [])
                if row.on.__name__ not in names:
                    names.append(row.on.__name__)
    lines += [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in arrows.items()]
    lines += [f"    {state} --> [*]" for state in machine.states if state in machine.ends]
    return "\n".join(lines) + "\n"


def grid(machine: Machine[Any]) -> str:
    """The state x event grid as a Markdown table; an empty cell is a declined event."""
    head = "| event \\ state | " + " | ".join(machine.states) + " |"
    lines = [head, "|" + "---|" * (len(machine.states) + 1)]
    for event in machine.events:
        kind = event.__mro__[1].__name__.lower()
        cells = []
        for state in machine.states:
            rows = machine.rows_for(state, event)
            cells.append("<br>".join(dict.fromkeys(row.to or "=" for row in rows)))
        lines.append(f"| **{event.__name__}** ({kind}) | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
