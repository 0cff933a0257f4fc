"""What the shell asks of the wires, and how wires may fail.

WireError
├── Transient      try again; `after` seconds when the other side named a time
│   └── Down       the other side cannot be reached at all: everything of this channel waits
└── Permanent      this one will never go; others may
    └── Refused    our credentials are not accepted: nothing goes until an operator acts
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class WireError(Exception):
    """A wire could not do what it was asked; the text is one sentence for the operator."""


class Transient(WireError):
    """It may go later.

    `after`: seconds the other side asked us to wait, or None. `refused`: the other side answered and
    said "not now" (a 4xx of SMTP, HTTP 4xx that may heal), as opposed to failing. `broke`: it answered
    that it failed (HTTP 5xx), which may be this message's own fault, as opposed to not answering at all.
    """

    def __init__(self, text: str, *, after: float | None = None, refused: bool = False, broke: bool = False) -> None:
        super().__init__(text)
        self.after = after
        self.refused = refused
        self.broke = broke


class Down(Transient):
    """The other side cannot be reached at all."""


class Permanent(WireError):
    """It will never go."""


class Refused(Permanent):
    """Our credentials are not accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that came with, or goes with, a message.

    `missing` says why its content is not here: "large" (left where it was) or "lost" (it could not be fetched).
    """

    name: str
    type: str
    content: bytes
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One line of chat as it reached us, already cleaned of echoes, edits and other bots.

    `source` is "rc:<message id>". `actor` is the sender's username, `room` is "@<username of the other
    side>" for a direct room and "#<name>" otherwise, `at` is the server's time of the message (aware,
    UTC). `edited` marks the one notice an edit gets: its text is not to be read again.
    """

    source: str
    actor: str
    actor_id: str
    room: str
    room_id: str
    text: str
    at: datetime
    thread: str | None = None
    files: tuple[File, ...] = ()
    edited: bool = False
    encrypted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message: the text people read and the text a press posts (never "/...")."""

    label: str
    msg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One chat message to send.

    `id` is our own message id (17 characters of [A-Za-z0-9], born from the decision); `room` is
    "@username" for that person's direct room with the bot or "#name" for a channel; `thread` is our own
    id of the message it follows up, or None.
    """

    id: str
    room: str
    text: str
    buttons: tuple[Button, ...] = ()
    thread: str | None = None


class ChatPort(Protocol):
    """The way out to chat."""

    async def send(self, message: ChatMessage) -> None:
        """Deliver once, or find that it was delivered before; raises WireError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMail:
    """A serialised mail: the exact bytes, its envelope sender and recipients (bare addresses)."""

    content: bytes
    sender: str
    recipients: tuple[str, ...]


class MailPort(Protocol):
    """The way out to mail."""

    async def send(self, mail: RawMail) -> None:
        """Hand it to the server; raises WireError."""
        ...


Accept = Callable[[Sequence[Inbound]], Awaitable[None]]
"""Hands chat lines to the engine, in order; returns once they are committed."""


class ChatMemory(Protocol):
    """What the chat gateway must remember across restarts."""

    async def cursor(self) -> datetime | None:
        """The server instant up to which all messages were committed; None before the first start."""
        ...

    async def keep_cursor(self, at: datetime) -> None:
        """Remember it; durable when this returns."""
        ...

    async def room(self, name: str) -> str | None:
        """The room id remembered for "@username", or None."""
        ...

    async def keep_room(self, name: str, rid: str) -> None:
        """Remember a direct room."""
        ...
