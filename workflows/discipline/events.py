"""What people and clocks tell a CAP, and what people tell a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.machine import Due, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class CapApproved(Request):
    """HR agrees to the draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapReturned(Request):
    """HR sends the draft back, with the reason."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMended(Request):
    """The owner has answered HR's reason; the draft goes to HR again."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWanted(Request):
    """Somebody entitled asks for the draft once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Request):
    """The CAP was handed over in person. `on` is the time named (UTC), None for now; `document` is the SHA-256 of
    the paper as it stood then, `size` its bytes."""

    on: datetime | None = None
    method: str = ""
    present: str = ""
    document: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Request):
    """The agent confirms receipt, not agreement. `document` is the SHA-256 of what he was given, `way` one of WAYS,
    `proof` what vouched for it."""

    document: str = ""
    way: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented(Request):
    """The agent adds a comment; `way` and `proof` as for a receipt."""

    text: str = ""
    way: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSigned(Request):
    """The agent would rather not sign: `document`, `way` and `proof` as for a receipt."""

    document: str = ""
    way: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed(Request):
    """The TL names who was present when the agent chose not to sign.

    `user` is the roster's person of that name, "" for anybody else; `half` says that it is a single word nobody knows.
    """

    name: str = ""
    user: str = ""
    half: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledAsIs(Request):
    """The TL files without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain(Request):
    """The TL asks the agent once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Request):
    """A person takes the undelivered draft back."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnyway(Request):
    """A person decides that the draft is delivered although its cause fell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing(Request):
    """The answer is in: the record goes to HR (handed by the machine to itself)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer(Due):
    """No answer by the time the pack gives for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecorded(Request):
    """A named person records what was decided."""

    outcome: str
    text: str = ""
