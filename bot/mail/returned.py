"""A delivery report (RFC 3464) on a mail that the server would not take for some: made here, as a server would have.

So a mailbox that refuses at once and one that gives a mail back later come in by the same door and lead to the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from bot.mail.compose import checked_email, one_line

_CODE = re.compile(r"([45])\d\d(?:[ -]([45]\.\d{1,3}\.\d{1,3}))?")


def report(message_id: str, refused: Mapping[str, str], *, report_id: str, sender: str, at: datetime) -> bytes:
    """The report that the mail of that Message-ID has failed for these addresses, each with the server's sentence.

    `report_id` is the report's own Message-ID, the same for the same failure; `sender` our own address, to which it
    comes back; `at` aware. Raises ValueError for an address that is none.
    """
    boundary = "report-of-a-mail-that-came-back"
    head = [
        "From: <>",
        f"To: {checked_email(sender, 'sender')}",
        "Subject: Undelivered mail",
        f"Date: {format_datetime(at.astimezone(UTC))}",
        f"Message-ID: {report_id}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        "",
    ]
    groups = [f"Reporting-MTA: dns; {sender.rpartition('@')[2]}", ""]
    for address, said in refused.items():
        groups += [
            f"Final-Recipient: rfc822; {checked_email(address, 'recipient')}",
            "Action: failed",
            f"Status: {status(said)}",
            f"Diagnostic-Code: smtp; {one_line(said).encode('ascii', 'replace').decode()[:300]}",
            "",
        ]
    parts = [
        ("message/delivery-status", groups),
        ("text/rfc822-headers", [f"Message-ID: {message_id}", ""]),
    ]
    lines = list(head)
    for kind, content in parts:
        lines += [f"--{boundary}", f"Content-Type: {kind}", "", *content]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode("ascii")


def status(said: str) -> str:
    """The code of a server's sentence as RFC 3463 writes it, "5.1.1"; "5.0.0" where it gave a plain one only."""
    code = _CODE.match(said)
    return (code[2] or f"{code[1]}.0.0") if code else "5.0.0"
