"""A mail somebody of the cast writes on the page, as the receiving server would hand it over."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any

from sandbox import quoted
from sandbox.letters import Mail
from sandbox.wire import Doc

AUTHSERV_ID = "mx.example.com"
"""In whose name the page vouches for its senders."""

PROOFS = {
    "pass": "dmarc=pass header.from={domain}; spf=pass smtp.mailfrom={sender}; dkim=pass header.d={domain}",
    "fail": "dmarc=fail header.from={domain}; spf=fail smtp.mailfrom={sender}; dkim=none",
    "none": "dmarc=none header.from={domain}; spf=none smtp.mailfrom={sender}; dkim=none",
}
"""What the receiving server may have found out about the sender."""

_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mail ready to go: envelope sender, everybody it goes to, the message."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


def compose(person: Doc, body: Doc, now: datetime, id: str, about: Mail | None, tz: str = "UTC") -> Draft:
    """The mail of {"from"?: one of the person's addresses, "to", "cc"?, "subject", "text", "files"?, "auth"?: pass,
    fail or none, "program"?: gmail, outlook, apple or none, "forward"?}; `about` is answered, or handed on. ValueError
    for a mail without a recipient or without words, and for a choice that is none."""
    sender = own_address(person, str(body.get("from") or ""))
    to, cc = _ADDRESS.findall(str(body.get("to", ""))), _ADDRESS.findall(str(body.get("cc", "")))
    forward = bool(body.get("forward"))
    files = [(str(f["name"]), str(f["type"]), b64decode(f["base64"], validate=True)) for f in body.get("files", ())]
    if about is not None and forward:
        files += [(each.name, each.type, each.content) for each in about.attachments]
    if not to:
        raise ValueError("To whom? Please give at least one whole address.")
    if not (str(body.get("text", "")).strip() or str(body.get("subject", "")).strip() or files):
        raise ValueError("There is nothing to send yet: please write a word, or attach a file.")
    mail = EmailMessage(policy=policy.SMTP)
    mail["Return-Path"] = f"<{sender}>"
    mail["Authentication-Results"] = proof(sender, str(body.get("auth") or "pass"))
    mail["Message-ID"] = f"<{id}@page.example.com>"
    mail["Date"] = format_datetime(now)
    mail["From"] = formataddr((str(person["name"]), sender))
    mail["To"] = ", ".join(to)
    if cc:
        mail["Cc"] = ", ".join(cc)
    mail["Subject"] = " ".join(str(body.get("subject", "")).split())
    if about is not None and about.message_id:
        mail["In-Reply-To"] = about.message_id
        mail["References"] = " ".join([*about.header("References").split(), about.message_id])
    _write(mail, str(body.get("text", "")), about, str(body.get("program") or "none"), tz, forward=forward)
    for name, type_, content in files:
        kind, _, sub = type_.partition("/")
        if not sub or kind in ("message", "multipart"):
            kind, sub = "application", "octet-stream"
        mail.add_attachment(content, maintype=kind, subtype=sub, filename=name)
    return Draft(sender=sender, recipients=tuple(dict.fromkeys([*to, *cc])), raw=mail.as_bytes())


def _write(mail: EmailMessage, words: str, about: Mail | None, program: str, tz: str, *, forward: bool) -> None:
    """One's own words, and below them what the mail program adds."""
    below = quoted.quote(program, about, tz, forward=forward) if about is not None else None
    if below is None or not below.text:
        mail.set_content(words)
        return
    mail.set_content(f"{words.rstrip()}\n\n{below.text}\n")
    mail.add_alternative(quoted.page_of(words.rstrip(), below), subtype="html")


def own_address(person: Doc, wanted: str) -> str:
    """The person's address that is wanted, or the first; ValueError for one that is not his."""
    known = [str(each) for each in person["emails"]]
    if wanted and wanted.lower() not in (each.lower() for each in known):
        raise ValueError(f"{wanted} is not an address of {person['name']}")
    return wanted or known[0]


def proof(sender: str, found: str) -> str:
    """What our server wrote above the mail; ValueError for a finding that is none."""
    if found not in PROOFS:
        raise ValueError(f"a server finds {', '.join(PROOFS)}, not {found!r}")
    return f"{AUTHSERV_ID}; " + PROOFS[found].format(domain=sender.rpartition("@")[2], sender=sender)


def again(mail: Mail, id: str) -> bytes:
    """The same mail once more; with an id, the same words under a new Message-ID."""
    if not id:
        return mail.raw
    fresh: Any = f"Message-ID: <{id}@page.example.com>".encode()
    return re.sub(rb"(?im)^Message-ID:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", lambda _: fresh, mail.raw, count=1)
