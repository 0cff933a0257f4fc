"""What can happen on a class day and to one agent's engagement checks, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from workflows.engagement.data import Window
from workflows.machine import Due, Fact, Request

# -- the class's day ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An agent's first message of a day, found when the day is opened late."""

    agent: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A break of that day (UTC)."""

    name: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDayBegan(Due):
    """A business day of a class has begun; `over` is the midnight that ends it (UTC, as all instants here).

    `judge_after` are the minutes after which a late arrival is an occurrence (None: attendance is not in force);
    `seen` is filled in when the day is opened late.
    """

    day: date
    starts: datetime
    ends: datetime
    over: datetime
    pauses: tuple[Pause, ...]
    host: str
    agents: tuple[str, ...]
    judge_after: int | None = None
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(Fact):
    """An agent's first message of the day; `on_leave` says that nothing was expected of him then."""

    agent: str
    on_leave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalEntered(Request):
    """A person says when an agent arrived, today (UTC). Filled in: `on_leave`."""

    overt: ClassVar[bool] = True
    agent: str
    day: date
    on: datetime
    on_leave: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNear(Due):
    """The session opens soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBegan(Due):
    """The session has begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOpened(Due):
    """A check is asked for now. Filled in: `members` are the class's active agents, `away` those of them on leave or
    with a proctor, `down` whether the wires were away in its window."""

    seq: int
    members: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckClosed(Due):
    """A check is over. Filled in: as for `CheckOpened`, and who `answered` and whom the question never reached."""

    seq: int
    members: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceDue(Due):
    """Who has not been seen by now is late. Filled in: `members`, `away`, and `back`, when the wires came back (UTC)
    if they were away meanwhile."""

    members: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    back: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftEnded(Due):
    """The shift is over. Filled in: `members`, and `away`, those who were on leave in any part of it."""

    members: tuple[str, ...] = ()
    away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDayOver(Due):
    """The date is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandsRecorded(Request):
    """The host has seen the classroom: these hands were not up, or not down again.

    `pause` is the break ("b1"), "" the newest check; `seq` the check itself where a button names it. Filled in:
    `members` and `away`, as for a closing.
    """

    overt: ClassVar[bool] = True
    missing: tuple[str, ...] = ()
    pause: str = ""
    seq: int = 0
    members: tuple[str, ...] = ()
    away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentExcused(Request):
    """The host says that an agent cannot answer checks just now; `until` (UTC) or until it is taken back.

    `why` is a category ("breakout", "support", "call", "other"), never the reason itself.
    """

    overt: ClassVar[bool] = True
    agent: str
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcuseEnded(Request):
    """He can answer again."""

    overt: ClassVar[bool] = True
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpWanted(Request):
    """An agent asks the host for a breakout room."""

    overt: ClassVar[bool] = True
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOpened(Request):
    """The host has opened a room for that agent."""

    agent: str


# -- one agent's checks ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Present(Fact):
    """The agent is in class that day since `at`; these are its checks, `over` is the midnight that ends it (UTC)."""

    day: date
    at: datetime
    windows: tuple[Window, ...]
    starts: datetime
    ends: datetime
    over: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Here(Request):
    """The agent says that he is here."""

    overt: ClassVar[bool] = True
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(Fact):
    """What came of one check: answered or `missed`, by the agent's word ("chat") or the host's eyes ("host")."""

    day: date
    window: Window
    missed: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedMia(Request):
    """A person marks the agent as missing; before two misses it takes a reason. `starts` and `ends` are his shift."""

    day: date
    why: str = ""
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WasHere(Request):
    """A person says that the agent was there after all."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcuseGiven(Fact):
    """The host has excused the agent from checks for now; what he just missed was part of it."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed(Fact):
    """The date is over for everybody of the class."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedLate(Due):
    """A day that was over was corrected; there is nothing more to do."""
