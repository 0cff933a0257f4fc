"""The words of a case's page: an event, a value, a message, an instant, each by itself."""

from __future__ import annotations

import email
import email.policy
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import wording
from bot.pack_words import name as role_name
from store.codec import instant
from store.seal import Seal

OWN_EVENTS = {
    "Unwound": "An earlier step was taken back.",
    "Repinned": "The case goes on under another wording of the policy.",
    "CorrectionAsked": "Somebody asks for a correction; a person confirms it or not.",
    "CorrectionConfirmed": "The correction is confirmed.",
    "CorrectionKept": "The report stands.",
}
DOORS = {"rc": "by chat", "mail": "by e-mail", "timer": "by a timer", "hand": "handed on", "cli": "by the operator"}
FATES = {"waiting": "Not sent yet", "withdrawn": "Withdrawn before it was sent", "dead": "Could not be sent"}
PEOPLE = ("by", "proctor", "settled_by", "actor", "owner", "reporter")
"""Fields, and endings of fields, that hold a username."""
INSIDE = ("sources", "source", "door", "sure")
"""Fields that only the machine needs."""
PLAIN = (str, int, float, date, timedelta)
"""What is said in the line of its field, also where there are several; a datetime is a date too."""

Name = Callable[[str], str]


def when(at: int | datetime | None, zone: ZoneInfo) -> str:
    """ "Tue 17 Nov 2026, 10:17"; instants of the store in microseconds."""
    if at is None:
        return "never"
    local = (instant(at) if isinstance(at, int) else at).astimezone(zone)
    return f"{wording.day(local)}, {wording.clock(local)}"


def event(name: str, kind: type | None) -> str:
    """An event by the first clause of its description that is meant for everybody."""
    if name in OWN_EVENTS:
        return OWN_EVENTS[name]
    said = " ".join((kind.__doc__ or "").split()) if kind else ""
    first = re.split(r"(?<=[.!?])\s", re.sub(r"\s*\([^()]*\)", "", said))[0].rstrip(".")
    clauses = [clause for clause in first.split("; ") if "`" not in clause]
    return f"{'; '.join(clauses) or name} ({name})"


def roles(given: Sequence[str]) -> str:
    """ "TL, proctor" of the roles somebody had towards the agent."""
    return ", ".join(role_name(role).removeprefix("the ") for role in given) or "no role"


def door(source: str) -> str:
    """By which door a letter came."""
    return DOORS.get(source.partition(":")[0], "by the house")


def typed(text: str) -> str:
    """What somebody wrote, or the label he pressed, without a button's token."""
    return " ".join(re.sub(r"\s*~\S+\s*$", "", text).split())


def pack(content: str) -> str:
    """A pinned pack: its id, title and date."""
    data = tomllib.loads(content)
    return f"{data.get('id')} ({data.get('title')}), in force from {data.get('effective_from')}"


def addresses(pairs: Sequence[Sequence[str]]) -> str:
    """ "Tara Lee <tara.lee@example.com>, ..." """
    return ", ".join(f"{name} <{address}>" if name else address for name, address in pairs)


# -- messages ----------------------------------------------------------------------------------------------


def fate(note: Any, zone: ZoneInfo) -> str:
    """What became of an outbox row."""
    if note.state == "sent":
        return f"Sent {when(note.sent, zone)}"
    why = f" ({' '.join(note.error.split())})" if note.error else ""
    return FATES.get(note.state, str(note.state)) + why


def said(note: Any, seal: Seal) -> Iterator[str]:
    """The words that went out, a line each."""
    if note.state != "sent":
        yield f"[{note.template}]"
    elif note.raw is not None:
        yield from _mail(note.raw, seal)
    elif note.said:
        yield from _quoted(seal.open(note.said))
    else:
        yield f"[{note.template}; its words were not kept]"


def _mail(raw: bytes, seal: Seal) -> Iterator[str]:
    plain = raw if b"\n" in raw else seal.open_bytes(raw)  # a sealed one is a single line
    message = email.message_from_bytes(plain, policy=email.policy.default)
    yield f"| Subject: {message['Subject']}"
    body = message.get_body(("plain",))
    yield from _quoted(body.get_content() if body is not None else "")
    for attached in message.iter_attachments():
        yield f"| [attached: {attached.get_filename() or attached.get_content_type()}]"


def _quoted(text: str) -> Iterator[str]:
    for line in text.strip().splitlines():
        yield f"| {line}"


# -- values ------------------------------------------------------------------------------------------------


def value(thing: Any, name: Name, zone: ZoneInfo) -> list[str]:
    """A line for each field that says something; what is inside a field stands below it."""
    pairs = [(f.name, getattr(thing, f.name)) for f in fields(thing)] if is_dataclass(thing) else list(thing.items())
    names = {key for key, _ in pairs}
    lines: list[str] = []
    for key, held in pairs:
        label = key.replace("_", " ")
        if held in (None, "", (), [], {}, False) or key in INSIDE or f"{key}_name" in names:
            continue
        if isinstance(held, tuple | list) and held and not isinstance(held[0], PLAIN):
            for n, each in enumerate(held, 1):
                lines += _below(f"{label.removesuffix('s')} {n}", each, name, zone)
        elif is_dataclass(held) or isinstance(held, Mapping):
            lines += _below(label, held, name, zone)
        else:
            lines.append(f"{label}: {_plain(key, held, name, zone)}")
    return lines


def _below(label: str, held: Any, name: Name, zone: ZoneInfo) -> list[str]:
    if isinstance(held, tuple | list):  # pairs like (instant, sentence)
        return [f"{label}: {', '.join(_plain('', each, name, zone) for each in held)}"]
    inner = value(held, name, zone)
    return [f"{label}:", *(f"  {line}" for line in inner)] if inner else []


def _plain(key: str, held: Any, name: Name, zone: ZoneInfo) -> str:
    match held:
        case True:
            return "yes"
        case datetime():
            return when(held, zone)
        case str() if key in PEOPLE or key.endswith("_by"):
            return name(held)
        case tuple() | list():
            return ", ".join(_plain(key, each, name, zone) for each in held)
    return " ".join(str(held).split())
