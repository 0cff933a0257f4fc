"""A mail step of a rehearsal as the bytes a receiving server would hand over (INTERFACES, Rehearsal)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from bot.script import BrokenScript, Mail

AUTHSERV_ID = "mx.example.com"
"""Whose Authentication-Results a rehearsal believes."""

_SAID = {
    "pass": "dmarc=pass header.from={domain}; spf=pass smtp.mailfrom={sender}; dkim=pass header.d={domain}",
    "fail": "dmarc=fail header.from={domain}; spf=fail smtp.mailfrom={sender}; dkim=none",
    "none": "dmarc=none header.from={domain}; spf=none smtp.mailfrom={sender}; dkim=none",
}
_SENT = re.compile(r"<mail:(\d{1,6})>")


def raw_of(mail: Mail, n: int, at: datetime, sent: Sequence[str]) -> bytes:
    """The whole message of step `n`; `sent` are the Message-IDs of the mails sent so far. Raises BrokenScript."""
    if mail.raw:
        text = mail.raw.lstrip("\r\n")
        return _SENT.sub(lambda found: _id(int(found[1]), n, sent), text).encode("utf-8", "surrogateescape")
    if not mail.from_ or not mail.to:
        raise BrokenScript(n, "mail: needs from and to, or raw")
    if not mail.model_fields_set & {"text", "html", "attachments"}:
        raise BrokenScript(n, "mail: needs one of text and html, or raw")
    if mail.auth not in _SAID:
        raise BrokenScript(n, f'mail.auth: is "pass", "fail" or "none", not "{mail.auth}"')
    head = _headers(mail, n, at, sent)
    message = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
    if mail.text or not mail.html:
        message.set_content(mail.text)
    if mail.html:
        if mail.text:
            message.add_alternative(mail.html, subtype="html")
        else:
            message.set_content(mail.html, subtype="html")
    for each in mail.attachments:
        main, _, sub = each.type.partition("/")
        if not sub or main in ("message", "multipart", "text"):
            main, sub = "application", "octet-stream"
        message.add_attachment(each.bytes(), maintype=main, subtype=sub, filename=each.name)
    lines = [f"{name}: {_line(value)}" for name, value in head]
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n" + message.as_bytes()


def _headers(mail: Mail, n: int, at: datetime, sent: Sequence[str]) -> list[tuple[str, str]]:
    """Those a server adds on top, then the sender's; what the script names itself takes their place."""
    bare = re.search(r"<([^<>]*)>\s*\Z", mail.from_)
    sender = bare[1] if bare else mail.from_.strip()
    domain = sender.rpartition("@")[2]
    found = [
        ("Return-Path", f"<{sender}>"),
        ("Authentication-Results", f"{AUTHSERV_ID}; {_SAID[mail.auth].format(domain=domain, sender=sender)}"),
        ("Message-ID", mail.message_id or f"<step-{n}@rehearsal.example.com>"),
        ("Date", format_datetime(at)),
        ("From", mail.from_),
        ("To", ", ".join(mail.to)),
    ]
    if mail.cc:
        found.append(("Cc", ", ".join(mail.cc)))
    if mail.subject:
        found.append(("Subject", mail.subject))
    if mail.in_reply_to:
        about = re.fullmatch(r"mail:(\d{1,6})", mail.in_reply_to)
        answered = _id(int(about[1]), n, sent) if about else mail.in_reply_to
        found += [("In-Reply-To", answered), ("References", answered)]
    own = {name.lower() for name in mail.headers}
    return [*(pair for pair in found if pair[0].lower() not in own), *mail.headers.items()]


def _id(number: int, n: int, sent: Sequence[str]) -> str:
    if not 1 <= number <= len(sent):
        raise BrokenScript(n, f"mail: there is no mail:{number}; {len(sent)} were sent so far")
    return sent[number - 1]


def _line(value: str) -> str:
    return " ".join(value.split())
