"""A mail somebody of the cast writes on the page, as the receiving server would hand it over."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from sandbox.letters import Mail
from sandbox.wire import Doc

AUTHSERV_ID = "mx.example.com"
"""In whose name the page vouches for its senders."""

_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")


def compose(person: Doc, body: Doc, now: datetime, id: str, answers: Mail | None) -> tuple[str, list[str], bytes]:
    """(sender, recipients, message) of {"to", "cc"?, "subject", "text", "files"?}; ValueError for a mail without a
    recipient or without words."""
    sender = str(person["emails"][0])
    to, cc = _ADDRESS.findall(str(body.get("to", ""))), _ADDRESS.findall(str(body.get("cc", "")))
    files = body.get("files", ())
    if not to:
        raise ValueError("to whom? an address is needed")
    if not (str(body.get("text", "")).strip() or str(body.get("subject", "")).strip() or files):
        raise ValueError("nothing to send")
    mail, domain = EmailMessage(policy=policy.SMTP), sender.rpartition("@")[2]
    mail["Return-Path"] = f"<{sender}>"
    mail["Authentication-Results"] = f"{AUTHSERV_ID}; dmarc=pass header.from={domain}; spf=pass smtp.mailfrom={sender}"
    mail["Message-ID"] = f"<{id}@page.example.com>"
    mail["Date"] = format_datetime(now)
    mail["From"] = formataddr((str(person["name"]), sender))
    mail["To"] = ", ".join(to)
    if cc:
        mail["Cc"] = ", ".join(cc)
    mail["Subject"] = " ".join(str(body.get("subject", "")).split())
    if answers is not None and answers.message_id:
        mail["In-Reply-To"] = answers.message_id
        mail["References"] = " ".join([*answers.header("References").split(), answers.message_id])
    mail.set_content(str(body.get("text", "")))
    for file in files:
        kind, _, sub = str(file["type"]).partition("/")
        if not sub or kind in ("message", "multipart"):
            kind, sub = "application", "octet-stream"
        content = b64decode(file["base64"], validate=True)
        mail.add_attachment(content, maintype=kind, subtype=sub, filename=str(file["name"]))
    return sender, list(dict.fromkeys([*to, *cc])), mail.as_bytes()
