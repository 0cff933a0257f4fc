"""What a line of chat or mail can mean: an event with an address, a wish to the house, or plain words.

The engine resolves addresses inside the transaction; handlers never see cases or duties.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflows.calendar import Calendar
from workflows.effects import Evidence
from workflows.machine import Event
from workflows.people import Role, Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All a handler may look at: the roster, who speaks, where, and when (aware UTC).

    `roles` are the speaker's roles anywhere (an agent has `Role.agent`); `calendar(agent)` is the
    site calendar of an agent (or of the speaker's site when the agent is ""); `files` came with the message, as did
    the `refused`, which nobody is to open.
    """

    roster: Roster
    actor: str
    roles: frozenset[Role]
    at: datetime
    room: str
    direct: bool
    calendar: Callable[[str], Calendar]
    files: tuple[Evidence, ...] = ()
    refused: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Something a line means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Intent):
    """An event and its address: `workflow`, and as far as named `agent` (username), `ref` ("F-12").

    `duty` is the first part of the name of the open duty it answers ("form", "coach", "cap", "confirm",
    "proctor", "result", "end_session", "ack", "approve", "review", ...): the engine looks among the open
    duties that fit and asks which when several do; with none, the event goes to the open case.
    """

    event: Event
    workflow: str
    agent: str = ""
    ref: str = ""
    duty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish(Intent):
    """Something the house itself does: undo, void, me, team, help, delegate, away, leave, nle, repin, ..."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Intent):
    """Plain words back to the speaker; `buttons` are (label, text the press types)."""

    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm(Intent):
    """A question before anything is recorded; `yes` is what happens on [Yes]; `options` more (label, intent)."""

    template: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[tuple[str, Intent], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Intent):
    """A short answer ("yes", "no", "right", "same one") to the newest open question of the speaker."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill(Intent):
    """The one-line answer a button asked for. `kind` is what it fills ("why", "on", "proctor", "number", ...);
    `value` is text, for "on" a UTC datetime (with `advised`), for "proctor" the `ProctorScheduled` event, for
    "evidence" the file that came, for "missing" the usernames of those whose hands were not up."""

    kind: str
    value: str | datetime | Event | Evidence | tuple[str, ...]
    advised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Intent):
    """A pressed button: the token its text ended with."""

    token: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin(Intent):
    """What the almanac opens by itself: a class day, an agent's pace clock. `subject` is an agent or "class:..."."""

    event: Event
    workflow: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Intent):
    """Not understood; `near` are up to three suggestions as (label, text the press types)."""

    near: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(Intent):
    """Not addressed to the bot: no answer."""
