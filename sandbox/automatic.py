"""Mails no person writes: what a mail server sends when it cannot deliver, and what answers by itself."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr

from sandbox.letters import Mail
from sandbox.wire import Doc

HOST = "mx.example.com"
REASONS = {
    "unknown": ("5.1.1", "550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"),
    "full": ("5.2.2", "552 5.2.2 <{address}>: Recipient address rejected: Mailbox is full"),
}
"""Why a mail comes back: the status of RFC 3463, and what the other server said."""

ANSWERS = {
    "away": (
        "Automatic reply: {subject}",
        "I am out of the office until Friday and read no mail.\n\n{name}",
        {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"},
    ),
    "receipt": (
        "Received: {subject}",
        "Thank you, your mail has arrived. A person will answer it.\nThis message was made by a machine.",
        {"Auto-Submitted": "auto-generated", "Precedence": "bulk"},
    ),
}
"""What answers by itself: subject, words, and the headers that say so."""


def bounce(original: Mail, address: str, why: str, now: datetime, id: str) -> bytes:
    """The report Postfix sends to a mail's envelope sender when `address` cannot be reached; ValueError for a reason
    nobody gives."""
    if why not in REASONS:
        raise ValueError(f"a mail does not come back for {why!r}; it does for {', '.join(REASONS)}")
    status, said = REASONS[why][0], REASONS[why][1].format(address=address)
    report = MIMEMultipart("report", boundary=f"{id}/{HOST}")
    report.set_param("report-type", "delivery-status")
    report["Return-Path"] = "<>"
    report["Date"] = format_datetime(now)
    report["From"] = f"MAILER-DAEMON@{HOST} (Mail Delivery System)"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["To"] = original.sender
    report["Auto-Submitted"] = "auto-replied"
    report["Message-ID"] = f"<{id}@{HOST}>"
    words = MIMEText(
        f"This is the mail system at host {HOST}.\n\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients. It's attached below.\n\n"
        f"<{address}>: host mail.example.com said: {said} (in reply to RCPT TO command)\n",
        "plain",
        "us-ascii",
    )
    words["Content-Description"] = "Notification"
    report.attach(words)
    report.attach(_status(original, address, status, said, now, id))
    returned = Message()
    returned["Content-Description"] = "Undelivered Message Headers"
    returned["Content-Type"] = "text/rfc822-headers"
    returned.set_payload("".join(f"{name}: {value}\n" for name, value in original.message.raw_items()))
    report.attach(returned)
    return report.as_bytes(policy=policy.SMTP)


def _status(original: Mail, address: str, status: str, said: str, now: datetime, id: str) -> Message:
    """The machine's part: one block of the server, one of the recipient."""
    server, recipient = Message(), Message()
    server["Reporting-MTA"] = f"dns; {HOST}"
    server["X-Postfix-Queue-ID"] = id[:10].upper()
    server["X-Postfix-Sender"] = f"rfc822; {original.sender}"
    server["Arrival-Date"] = format_datetime(original.at)
    recipient["Final-Recipient"] = f"rfc822; {address}"
    recipient["Original-Recipient"] = f"rfc822;{address}"
    recipient["Action"] = "failed"
    recipient["Status"] = status
    recipient["Remote-MTA"] = "dns; mail.example.com"
    recipient["Diagnostic-Code"] = f"smtp; {said}"
    part = Message()
    part["Content-Description"] = "Delivery report"
    part["Content-Type"] = "message/delivery-status"
    part.set_payload([server, recipient])
    return part


def answer(person: Doc, sender: str, original: Mail, kind: str, now: datetime, id: str, proof: str) -> EmailMessage:
    """What a mailbox answers by itself to `original`; `proof` is the receiving server's finding. ValueError for a
    kind nobody has."""
    if kind not in ANSWERS:
        raise ValueError(f"no mailbox answers by {kind!r}; they do by {', '.join(ANSWERS)}")
    subject, words, headers = ANSWERS[kind]
    mail = EmailMessage(policy=policy.SMTP)
    mail["Return-Path"] = "<>"
    mail["Authentication-Results"] = proof
    mail["Message-ID"] = f"<{id}@page.example.com>"
    mail["Date"] = format_datetime(now)
    mail["From"] = formataddr((str(person["name"]), sender))
    mail["To"] = original.sender
    mail["Subject"] = " ".join(subject.format(subject=original.subject).split())
    mail["In-Reply-To"] = original.message_id
    mail["References"] = original.message_id
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(words.format(name=person["name"]))
    return mail
