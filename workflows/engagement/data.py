"""What a class's day and an agent's day remember. Instants are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

RAISE, LOWER = "raise", "lower"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One check: hands up before the break `name`, or down again after it; open from `opens` to `closes`."""

    seq: int
    kind: str
    name: str
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What became of one check.

    `asked` were asked when it opened; `skipped` of them were excused; `hands` is the host's own record of hands that
    were missing, None while there is none; `void` says why it does not count.
    """

    window: Window
    asked: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    hands: tuple[str, ...] | None = None
    closed: bool = False
    void: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Since when somebody is known to be there, and how: by his own "chat", a person's "word", or raised "hands"."""

    agent: str
    at: datetime
    door: str = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """Somebody cannot answer checks from `since` on; `until` None: till it is taken back."""

    agent: str
    why: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassDay:
    """One business day of a class.

    `watched` says that the bot was there from the beginning of the shift: only then is anybody judged by the hour at
    which he was first seen. A message counts as arrival from `earliest` on. `blind` is until when late arrivals are
    not judged, because nobody could be heard.
    """

    day: date
    starts: datetime
    ends: datetime
    over: datetime
    checks: tuple[Check, ...]
    host: str
    agents: tuple[str, ...]
    watched: bool
    earliest: datetime
    judge_after: int | None = None
    blind: datetime | None = None
    arrivals: tuple[Arrival, ...] = ()
    excuses: tuple[Excuse, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is about, for people."""
        return f"class day {self.day:%m/%d}"

    def arrival(self, agent: str) -> Arrival | None:
        """Since when that agent is known to be there."""
        return next((each for each in self.arrivals if each.agent == agent), None)

    def check(self, seq: int) -> Check:
        """The check of that number."""
        return next(each for each in self.checks if each.window.seq == seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one check for one agent; `by` is "chat" or "host"."""

    window: Window
    missed: bool
    at: datetime
    by: str = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDay:
    """One agent's checks of one day.

    `decided` is the number of the newest check when a person last decided: what came before starts no new run.
    `proof` are the checks a proposal rests on; `late` when he spoke up outside a check; `mended` how often a mark was
    corrected; `since` is the first missed check of a mark.
    """

    day: date
    windows: tuple[Window, ...] = ()
    starts: datetime | None = None
    ends: datetime | None = None
    over: datetime | None = None
    arrived: datetime | None = None
    results: tuple[Result, ...] = ()
    decided: int = 0
    proof: tuple[int, ...] = ()
    late: tuple[datetime, ...] = ()
    marked: datetime | None = None
    marked_by: str = ""
    since: datetime | None = None
    why: str = ""
    returned: datetime | None = None
    marks: int = 0

    @property
    def title(self) -> str:
        """What it is about, for people."""
        return f"checks of {self.day:%m/%d}"
