"""What enters by the one door, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.mail.authenticity import Identity
from bot.mail.parse import Received
from bot.ports import File
from handlers.intents import Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a letter by mail carries: the mail taken apart, its bytes, and by whose word it is judged.

    `identity` is set inside the transaction, by the roster of the moment; `released` says that the person it names
    has called it his own; `now` is when it is looked at, where that is later than when it came. `sealed` are large
    contents that were sealed before the transaction, by their hash; `pieces` is how many of its bytes were kept
    before it (`bot/heavy.py`).
    """

    received: Received
    raw: bytes = field(repr=False)
    authserv_id: str = ""
    identity: Identity = field(default_factory=Identity)
    released: bool = False
    now: datetime | None = None
    sealed: Mapping[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    pieces: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Anything that happens: a chat line, a press, a mail, a due timer, an operator's command.

    `source` is unique for ever; `at` is when it happened (server time, UTC), `actor` a username or "" and
    `actor_id` the chat server's id of that account;
    `room` is "@user" or "#channel"; `ref` the case whose thread it was written in; `intents`, when given,
    are taken instead of reading the text.
    """

    source: str
    kind: str
    at: datetime
    actor: str = ""
    actor_id: str = ""
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
    mail: Post | None = None

    def __post_init__(self) -> None:
        """No database stores a NUL or half a surrogate pair; such a letter must not hold up those behind it."""
        for name in ("source", "actor", "room", "text", "thread"):
            value = getattr(self, name)
            if not value.isascii() or "\x00" in value:
                object.__setattr__(self, name, storable(value))


def storable(text: str) -> str:
    """The text without NULs, and with U+FFFD for every lone surrogate."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(slots=True, kw_only=True)
class Receipt:
    """What became of a letter: "done", "seen" or "poisoned"; `lines` are the happenings, in order."""

    source: str
    verdict: str
    lines: list[dict[str, Any]] = field(default_factory=list)
