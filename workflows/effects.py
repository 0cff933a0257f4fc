"""All the bot can wish for: values addressed to roles, never to people or addresses.

The engine resolves roles at the moment of decision and freezes the facts; the courier delivers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Facts = Mapping[str, Any]
"""What a template may say: text, numbers, booleans, aware datetimes, and lists or mappings of these."""

ACTOR = "actor"
"""In place of a role: whoever sent the event, by the door he came through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a scorecard holds inside, as far as it can be read without a guess, call by call and in order.

    `scores` are decimals as typed ("84.99"), "" for a call without one; `well`, `down` and `prepare` are the feedback,
    each as long as `scores`. `agent` and `certifier` are the names it gives, "" for none; `numbered` that it numbers
    the calls itself.
    """

    scores: tuple[str, ...]
    agent: str = ""
    certifier: str = ""
    well: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file somebody sent: `type` is decided by its content, `hash` (SHA-256, hex) is where it is kept.

    `name` is fit to be shown and stored; `size` in bytes; `width` and `height` in pixels of a picture, else 0.
    `trouble` says why it is not taken ("program", "locked", ...; "" for a file that is). `marks` is what a spreadsheet
    holds as a scorecard, None where nothing could be read. `seen_from` is another agent who sent the same file before,
    `seen_ref` his case.
    """

    name: str
    type: str
    size: int
    hash: str
    width: int = 0
    height: int = 0
    trouble: str = ""
    marks: Marks | None = None
    seen_from: str = ""
    seen_ref: str = ""

    def tiny(self, least: int) -> bool:
        """Whether it is a picture with a side of fewer pixels, too small to be read."""
        return bool(self.width) and min(self.width, self.height) < least


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A button and the event it carries; `done` is the word for it afterwards ("confirmed").

    `ask` names the template of the one line the button asks for before its event is complete; the answer
    fills the field of the event named `fills` ("why", "at", "number").
    """

    label: str
    event: Any
    done: str = "done"
    ask: str = ""
    fills: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A wish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell(Effect):
    """A direct message to everyone of a role (or to `ACTOR`). `undo` adds the [Undo] button.

    `tag` names what it tells of ("attempt:2"), so that a correction reaches exactly those told.
    `more` are further buttons as (label, words the press types). `gather` names a gathering of the shell that adds
    to the facts what only the rows of many cases know (a digest, a checklist), each reader his own; it may find
    that there is nothing to say. `many` is the template that says it of several agents at once, as `rows` of facts
    with `agent` and `ref`, when timers of theirs fall together.
    """

    to: str
    template: str
    facts: Facts = field(default_factory=dict)
    many: str = ""
    undo: bool = False
    more: tuple[tuple[str, str], ...] = ()
    tag: str = ""
    gather: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Effect):
    """A line in a shared channel: the operational minimum. `channel` is its key in the roster, or "class" for the
    agent's class. `more` are buttons as (label, words the press types), `gather` as for a `Tell`. It follows the
    case's first post there in a thread, unless everybody is to see it (`alone`)."""

    channel: str
    template: str
    facts: Facts = field(default_factory=dict)
    id: str = ""
    tag: str = ""
    more: tuple[tuple[str, str], ...] = ()
    gather: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Effect):
    """A document to attach: its kind ("written", "final", ...) and the slots of its template."""

    kind: str
    slots: Facts
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Effect):
    """A calendar entry to attach: `method` REQUEST or CANCEL, `sequence` rising with every change."""

    uid: str
    sequence: int
    method: str
    starts: datetime
    minutes: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(Effect):
    """An e-mail. `to` and `cc` are roles or contacts of the roster; `behalf` is the role it is sent for.

    `id` is the specification's name ("E-01"); `already` are addresses its news has reached by themselves;
    `evidence` are files received earlier to attach again; `gather` as for a `Tell`. A role "personal" is the agent's
    own private address. `about` is the agent it speaks of where the case is a class's or a site's. `due` names a duty
    of this case: the time that one is due by, if it is open, is the fact `due`.
    """

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    template: str
    facts: Facts = field(default_factory=dict)
    behalf: str = ""
    id: str = ""
    attach: tuple[Paper, ...] = ()
    invite: Invite | None = None
    already: tuple[str, ...] = ()
    tag: str = ""
    evidence: tuple[Evidence, ...] = ()
    gather: str = ""
    about: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owe(Effect):
    """A duty: a card now, reminders and escalation by the pack's `sla` until it is settled.

    `duty` is "name" or "name:<n>", unique among the open duties of its case; `due` overrides the SLA's own
    due time (UTC); `channel` shows the card in that shared channel instead of direct messages. Where that duty
    is open already nothing happens.
    """

    to: tuple[str, ...]
    duty: str
    template: str
    facts: Facts = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    sla: str = ""
    due: datetime | None = None
    channel: str = ""
    id: str = ""
    tag: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(Effect):
    """A duty is done, or `withdrawn`: nobody owes it any more."""

    duty: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hush(Effect):
    """A duty stays open but nobody is reminded of it any more."""

    duty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm(Effect):
    """A timer of this case: at `due` (UTC) the event enters it."""

    name: str
    due: datetime
    event: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Disarm(Effect):
    """Forget a timer of this case."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track(Effect):
    """The ESP tracker: a cell's value, a note, or both. Never discipline.

    The note is its bare text: date and author are put to it in the order of its column. `by` is the role in whose
    name it is written; "" is whoever sent the event, the bot where nobody did.
    """

    column: str
    value: str | None = None
    note: str | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand(Effect):
    """An event for another case of the same agent, in the same transaction; `ref` names the case if known.

    `agent` names another agent: a case of a class or site hands on to those it is about. A workflow of a class or
    site takes it in the case of the agent's class or site.
    """

    workflow: str
    event: Any
    ref: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Effect):
    """A question to the sender with at most three answers; what he presses or types enters this case.

    A single answer without a label has no button: the sender's next line (or file) fills its `fills`.
    """

    template: str
    facts: Facts = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    to: str = ACTOR

    @property
    def kind(self) -> str:
        """What it asks for: a "choice" of buttons, or what its only answer, which has no button, fills."""
        first = self.answers[0] if len(self.answers) == 1 else None
        return first.fills if first is not None and first.fills and not first.label else "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Effect):
    """Everything told under `tag` in this case is withdrawn if unsent and corrected if sent, `but` for these mails."""

    tag: str
    reason: str
    facts: Facts = field(default_factory=dict)
    but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Effect):
    """The agent's standing from now on ("production"); every other open case of his that hears `event` takes it."""

    status: str
    event: Any
