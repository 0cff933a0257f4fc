"""The form of a rehearsal script: TOML, checked as a whole before anything is played."""

from __future__ import annotations

import base64
import re
import tomllib
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from workflows.people import Roster

BOT_ROOM = "@certdesk"
"""Everybody's direct room with the bot."""


class BrokenScript(Exception):
    """A script that cannot be played: the step (from 0, -1 for the head) and the reason."""

    def __init__(self, step: int, reason: str) -> None:
        super().__init__(reason)
        self.step, self.reason = step, reason


def duration(text: Any) -> timedelta:
    """ "45m", "2h", "90s", "1d" or sums of them ("1h 30m"). ValueError for anything else."""
    parts = re.findall(r"(\d+)\s*([dhms])", str(text))
    if not parts or re.sub(r"(\d+)\s*([dhms])|\s", "", str(text)):
        raise ValueError(f'"{text}" is not a duration like "45m"')
    names = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    return sum((timedelta(**{names[unit]: int(n)}) for n, unit in parts), timedelta())


def aware(value: Any) -> datetime:
    """An instant with its offset, as UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("needs a date and time with an offset, like 2026-11-17T10:00:00-07:00")
    return value.astimezone(UTC)


def _somebody(username: Any) -> Any:
    """A username that can say something: somebody's, and not the bot's own."""
    if username in ("", "certdesk"):
        raise ValueError("must be the username of a person; certdesk is the bot itself")
    return username


def _encoded(text: Any) -> Any:
    """Well-formed base64, or none."""
    try:
        base64.b64decode(text or "", validate=True)
    except ValueError as error:
        raise ValueError(f"is not base64: {error}") from None
    return text


Somebody = Annotated[str, BeforeValidator(_somebody)]
Base64 = Annotated[str | None, BeforeValidator(_encoded)]
Instant = Annotated[datetime, BeforeValidator(aware)]
Duration = Annotated[timedelta, BeforeValidator(duration)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Attached(_Strict):
    """A file of a message: its content as text or base64."""

    name: str
    type: str = "application/octet-stream"
    text: str | None = None
    base64: Base64 = None

    def bytes(self) -> bytes:
        """The content."""
        return base64.b64decode(self.base64) if self.base64 else (self.text or "").encode()


class Chat(_Strict):
    """A line of chat; with `ref` a reply in that case's thread in that room."""

    from_: Somebody = Field(alias="from")
    text: str = ""
    room: str = ""
    ref: str = ""
    files: tuple[Attached, ...] = ()


class Press(_Strict):
    """A pressed button."""

    by: Somebody
    label: str
    ref: str = ""
    room: str = ""


class Mail(_Strict):
    """A mail as the receiving server handed it over."""

    from_: str = Field(default="", alias="from")
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    auth: str = "pass"
    message_id: str = ""
    in_reply_to: str = ""
    headers: dict[str, str] = {}
    attachments: tuple[Attached, ...] = ()
    raw: str = ""


class Step(_Strict):
    """One step: exactly one verb; `at` moves the clock first."""

    at: Instant | None = None
    chat: Chat | None = None
    press: Press | None = None
    mail: Mail | None = None
    wait: Duration | None = None
    until: Instant | None = None
    restart: bool | str | None = None
    packs: dict[str, str] | None = None

    @model_validator(mode="after")
    def _one_verb(self) -> Step:
        verbs = [
            name
            for name in ("chat", "press", "mail", "wait", "until", "restart", "packs")
            if getattr(self, name) is not None
        ]
        if len(verbs) != 1:
            raise ValueError(
                "needs exactly one of chat, press, mail, wait, until, restart, packs; "
                f"it has {', '.join(verbs) or 'none'}"
            )
        if isinstance(self.restart, str):
            duration(self.restart)
        elif self.restart is False:
            raise ValueError('restart: is true, or how long the bot is down, like "100m"')
        return self

    @property
    def down(self) -> timedelta:
        """How long a restart keeps the bot down."""
        return duration(self.restart) if isinstance(self.restart, str) else timedelta()

    @property
    def spoken(self) -> bool:
        """Whether somebody says something in this step."""
        return self.chat is not None or self.press is not None or self.mail is not None


class Script(_Strict):
    """A whole script."""

    start: Instant
    packs: dict[str, str] = {}
    steps: tuple[Step, ...] = Field(default=(), alias="step")


def check_rooms(script: Script, roster: Roster) -> None:
    """That every step is in a room there is. Raises BrokenScript with the first that is not."""
    channels = {*roster.channels.values(), *(each.channel for each in roster.classes.values())}
    for n, step in enumerate(script.steps):
        if step.chat is not None and step.chat.room:
            own = {BOT_ROOM, f"@{step.chat.from_}"}
            _room(n, "chat", step.chat.room, channels | own, f'"{BOT_ROOM}" (a direct message) or')
        elif step.press is not None and step.press.room:
            everybody = {BOT_ROOM, f"@{step.press.by}", *(f"@{name}" for name in (*roster.people, *roster.agents))}
            _room(n, "press", step.press.room, channels | everybody, f'"{BOT_ROOM}", the direct room of somebody or')


def _room(n: int, verb: str, room: str, known: set[str], rooms: str) -> None:
    if room in known:
        return
    close = get_close_matches(room, sorted(known), n=1)
    perhaps = f'; did you mean "{close[0]}"?' if close else ""
    raise BrokenScript(n, f'{verb}.room: "{room}" is not {rooms} a channel of the roster{perhaps}')


def read_script(path: Path) -> Script:
    """The script in that file. Raises BrokenScript naming the step and the reason."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BrokenScript(-1, f"cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenScript(-1, f"is not TOML: {error}") from None
    try:
        return Script.model_validate(data)
    except ValidationError as error:
        problem = error.errors()[0]
        place = list(problem["loc"])
        step = int(place[1]) if len(place) > 1 and place[0] == "step" else -1
        inner = ".".join(str(part) for part in (place[2:] if step >= 0 else place))
        reason = problem["msg"].removeprefix("Value error, ")
        raise BrokenScript(step, f"{inner}: {reason}" if inner else reason) from None
