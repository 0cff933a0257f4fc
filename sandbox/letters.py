"""One mail as the sink keeps it, parsed only when somebody looks."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """One attached file."""

    name: str
    type: str
    content: bytes


@dataclass(kw_only=True)
class Mail:
    """One accepted mail: envelope, raw bytes, arrival; the parsed parts are read when asked for."""

    id: int
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: datetime
    read_by: set[str] = field(default_factory=set)

    @cached_property
    def message(self) -> EmailMessage:
        """The parsed message."""
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)  # the default policy makes no other
        return parsed

    def header(self, name: str) -> str:
        """A header's decoded text, "" if absent."""
        return str(self.message.get(name, ""))

    @property
    def subject(self) -> str:
        """The subject line."""
        return self.header("Subject")

    @property
    def message_id(self) -> str:
        """The Message-ID with its angle brackets."""
        return self.header("Message-ID")

    def addresses(self, name: str) -> list[str]:
        """The bare addresses of To or Cc."""
        header: Any = self.message.get(name)
        return [a.addr_spec for a in header.addresses] if header is not None else []

    @property
    def text(self) -> str:
        """The plain body."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML body, "" if there is none."""
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""

    @cached_property
    def pictures(self) -> dict[str, Attachment]:
        """The pictures that stand in the HTML body, by Content-ID."""
        return {
            str(part["Content-ID"]).strip("<> "): Attachment(
                name=part.get_filename() or "picture", type=part.get_content_type(), content=_payload(part)
            )
            for part in self.message.walk()
            if part["Content-ID"] and part.get_content_maintype() == "image"
        }

    @cached_property
    def attachments(self) -> list[Attachment]:
        """The attached files."""
        return [
            Attachment(
                name=part.get_filename() or "attachment",
                type=part.get_content_type(),
                content=_payload(part),
            )
            for part in self.message.iter_attachments()
        ]


def _payload(part: Any) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else bytes(part.get_content())
