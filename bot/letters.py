"""What enters by the one door, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.ports import File
from handlers.intents import Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Anything that happens: a chat line, a press, a mail, a due timer, an operator's command.

    `source` is unique for ever; `at` is when it happened (server time, UTC), `actor` a username or "";
    `room` is "@user" or "#channel"; `ref` the case whose thread it was written in; `intents`, when given,
    are taken instead of reading the text.
    """

    source: str
    kind: str
    at: datetime
    actor: str = ""
    room: str = ""
    text: str = ""
    ref: str = ""
    thread: str = ""
    files: tuple[File, ...] = ()
    edited: bool = False
    encrypted: bool = False
    intents: tuple[Intent, ...] | None = None
    case_id: str = ""
    timer: str = ""
    late: bool = False


@dataclass(slots=True, kw_only=True)
class Receipt:
    """What became of a letter: "done", "seen" or "poisoned"; `lines` are the happenings, in order."""

    source: str
    verdict: str
    lines: list[dict[str, Any]] = field(default_factory=list)
