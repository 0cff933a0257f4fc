"""How values look on the wire: dates, ids of versions, errors.

Documents are plain dicts whose dates are `Stamp`s; one dump writes them as EJSON for DDP, the other as
ISO text for REST. No rule of chat may enter here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

Doc = dict[str, Any]


class Stamp(int):
    """Epoch milliseconds of a document's date."""

    __slots__ = ()


def stamp_of(instant: datetime) -> Stamp:
    """An aware instant as a Stamp, cut to milliseconds."""
    return Stamp(int(instant.timestamp() * 1000))


@lru_cache(maxsize=4096)
def _second(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def iso(stamp: int) -> str:
    """Epoch milliseconds the way JavaScript prints a date: 2026-11-21T09:30:00.031Z."""
    return f"{_second(stamp // 1000)}.{stamp % 1000:03d}Z"


def _as_iso(value: object) -> str:
    if isinstance(value, Stamp):
        return iso(value)
    raise TypeError(type(value).__name__)


def _as_ejson(value: object) -> Doc:
    if isinstance(value, Stamp):
        return {"$date": int(value)}
    raise TypeError(type(value).__name__)


def rest_json(doc: object) -> bytes:
    """A REST body: dates as ISO text."""
    return orjson.dumps(doc, default=_as_iso, option=orjson.OPT_PASSTHROUGH_SUBCLASS)


def ddp_json(doc: object) -> bytes:
    """A DDP frame: dates as {"$date": ms}."""
    return orjson.dumps(doc, default=_as_ejson, option=orjson.OPT_PASSTHROUGH_SUBCLASS)


def parse_date(text: str) -> Stamp | None:
    """What `new Date(text)` accepts of ISO dates, or None where it gives Invalid Date."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return stamp_of(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


class ChatError(Exception):
    """What Rocket.Chat throws as Meteor.Error(code, reason, details).

    `status` is the HTTP status REST answers with; `plain` means the REST body carries the text alone.
    """

    def __init__(
        self,
        code: str | int,
        reason: str | None = None,
        *,
        status: int = 400,
        details: Doc | None = None,
        plain: bool = False,
    ) -> None:
        self.code, self.reason, self.status, self.details, self.plain = code, reason, status, details, plain
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """Meteor's text: "reason [code]", or "[code]" without a reason."""
        return f"{self.reason} [{self.code}]" if self.reason else f"[{self.code}]"

    def meteor(self) -> Doc:
        """The error object inside `result` and `nosub` frames."""
        doc: Doc = {"isClientSafe": True, "error": self.code}
        if self.reason:
            doc["reason"] = self.reason
        if self.details is not None:
            doc["details"] = self.details
        return doc | {"message": self.message, "errorType": "Meteor.Error"}


@dataclass(frozen=True, slots=True)
class Version:
    """Which server the sandbox pretends to be; "8.9.x" means 8.9.0."""

    full: str

    @classmethod
    def of(cls, text: str) -> Version:
        """From "8.9.0", "8.9.x" or "8.9"; ValueError if it is none of these."""
        parts = text.replace("x", "0").split(".")
        major, minor, patch = (int(p) for p in (*parts, "0", "0")[:3])
        return cls(f"{major}.{minor}.{patch}")

    @property
    def trimmed(self) -> str:
        """What GET /api/info shows to those without get-server-info."""
        return self.full.rpartition(".")[0]

    def at_least(self, major: int, minor: int = 0) -> bool:
        """Whether this server is that version or newer."""
        mine = self.full.split(".")
        return (int(mine[0]), int(mine[1])) >= (major, minor)
