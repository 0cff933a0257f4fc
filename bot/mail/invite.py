"""A proctored session as a calendar entry (iCalendar, RFC 5545/5546); a calendar is read by many eyes.

So the words are fixed here and neutral: no attempt number, no reason, no ladder. Only the exam, the time
and the place can be given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.mail.compose import Address, checked_email, one_line

_UID = re.compile(r"[A-Za-z0-9._=+@-]{3,200}\Z")
_LINE_OCTETS = 75

NOT_READ = "Accepting or declining here changes nothing: for another time, answer the mail."
"""What an entry says of its own buttons: whoever declines in a calendar must not think that somebody has read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One proctored session.

    `uid` stays the same for one case's session for ever, `sequence` rises with each change of it, the
    cancellation too. `start` and `stamp` (the time of the decision) are aware, any zone; `minutes` is the
    length; `zone` is the tz name people read the time in; `place` a room or a link, or empty.
    """

    uid: str
    sequence: int
    exam: str
    start: datetime
    stamp: datetime
    zone: str
    organizer: Address
    attendees: tuple[Address, ...]
    minutes: int = 60
    place: str = ""


def title(exam: str) -> str:
    """The entry's title: "Proctored session: AHIP Final"."""
    return f"Proctored session: {one_line(exam)}"


def invite(session: Session, method: Literal["REQUEST", "CANCEL"] = "REQUEST") -> bytes:
    """The .ics bytes, CRLF lines of at most 75 octets; a REQUEST of the same uid again is an update.

    Raises ValueError naming the field: a uid or address of another form, a negative sequence, a naive
    time, no length, nobody invited, an unknown method.
    """
    _check(session, method)
    start = session.start.astimezone(UTC)  # a length is added to an instant, not to what a clock shows
    end, local = start + timedelta(minutes=session.minutes), start.astimezone(ZoneInfo(session.zone))
    spoken = f"{local:%A}, {local:%Y-%m-%d %H:%M} {local.tzname()} ({session.zone}), {session.minutes} minutes"
    gone = method == "CANCEL"
    said = f"This session is cancelled. It was: {spoken}" if gone else f"{spoken}. {NOT_READ}"
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//certdesk//certdesk//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{session.uid}",
        f"SEQUENCE:{session.sequence}",
        f"DTSTAMP:{_utc(session.stamp)}",
        f"DTSTART:{_utc(start)}",
        f"DTEND:{_utc(end)}",
        f"SUMMARY:{_escape(title(session.exam))}",
        f"DESCRIPTION:{_escape(said)}",
        *([f"LOCATION:{_escape(one_line(session.place))}"] if session.place.strip() else []),
        f"STATUS:{'CANCELLED' if gone else 'CONFIRMED'}",
        "CLASS:PRIVATE",
        "TRANSP:OPAQUE",
        f"ORGANIZER{_name(session.organizer)}:mailto:{session.organizer.email}",
        *(
            f"ATTENDEE{_name(one)};ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{one.email}"
            for one in session.attendees
        ),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _check(session: Session, method: str) -> None:
    if method not in ("REQUEST", "CANCEL"):
        raise ValueError(f"method: {method!r} is not REQUEST or CANCEL")
    if not _UID.match(session.uid):
        raise ValueError(f"uid: {session.uid!r} holds what no uid of ours holds")
    if session.sequence < 0:
        raise ValueError(f"sequence: {session.sequence} is below 0")
    if session.minutes <= 0:
        raise ValueError(f"minutes: {session.minutes} is no length")
    for field in ("start", "stamp"):
        if getattr(session, field).tzinfo is None:
            raise ValueError(f"{field}: {getattr(session, field)} has no time zone")
    if not session.attendees:
        raise ValueError("attendees: nobody")
    checked_email(session.organizer.email, "organizer")
    for one in session.attendees:
        checked_email(one.email, "attendees")


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _name(person: Address) -> str:
    """;CN="..." or nothing; a quote inside becomes ^' (RFC 6868)."""
    name = one_line(person.name).replace("^", "^^").replace('"', "^'")
    return f';CN="{name}"' if name else ""


def _escape(text: str) -> str:
    """A TEXT value."""
    for char in "\\;,":
        text = text.replace(char, "\\" + char)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 octets, each after the first begun by a space; no character is split."""
    pieces, piece = [], b""
    for char in line:
        raw = char.encode("utf-8", "replace")
        if len(piece) + len(raw) > _LINE_OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += raw
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
