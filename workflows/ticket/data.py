"""What a ticket remembers, which kind it is; questions about it, and what changes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from rapidfuzz import fuzz

from workflows.effects import Evidence
from workflows.machine import Moment
from workflows.people import fold
from workflows.policy_floor import TicketKind, TicketPolicy
from workflows.ticket.events import (
    LONGEST,
    NONE,
    CarrierIssue,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One matter at the carrier's. `asked` says that a screenshot was asked for, `number` is the form's ("" with
    `submitted_at` set: it showed none)."""

    kind: str
    text: str = ""
    day: date
    since: datetime | None = None
    by: str = ""
    evidence: tuple[Evidence, ...] = ()
    first_day: bool = False
    asked: bool = False
    checked: bool = False
    number: str = ""
    submitted_at: datetime | None = None
    submitted_by: str = ""
    why: str = ""

    @property
    def title(self) -> str:
        """What it is about, where several are told apart."""
        return self.kind.replace("_", " ")


def kind_of(policy: TicketPolicy, event: Any) -> str:
    """The kind named, else that of the known error the words are most like, else the pack's `other`."""
    if event.kind in policy.kind:
        return str(event.kind)
    said = fold(event.text)
    likely = [(likeness(said, fold(error.text)), error.kind) for error in policy.error]
    best, kind = max(likely, default=(0.0, policy.other))
    return kind if best >= policy.likeness else policy.other


def likeness(said: str, known: str) -> float:
    """How much like a known error the words are (0 to 100); too few words are like nothing."""
    if len(said.split()) < 4:
        return 0.0
    return max(fuzz.ratio(said, known), fuzz.partial_ratio(said, known))


def kind(m: Moment[Ticket]) -> TicketKind:
    """The pack's rules for this kind."""
    found: TicketKind = m.policy.kind[m.data.kind]
    return found


def evidence_of(m: Moment[Ticket]) -> tuple[Evidence, ...]:
    """The files it has, with those that just came and can be taken."""
    fit = (file for file in m.event.evidence if _fits(m, file) and file not in m.was.data.evidence)
    return (*m.was.data.evidence, *fit)


def _fits(m: Moment[Ticket], file: Evidence) -> bool:
    return file.type in m.policy.files and not file.tiny(m.policy.least_pixels)


def refused(m: Moment[Ticket]) -> list[str]:
    """Files that are not taken, by name."""
    return [file.name for file in getattr(m.event, "evidence", ()) if not _fits(m, file)]


def rules_of(m: Moment[Ticket]) -> TicketKind:
    """The pack's rules for the kind it is, or is about to be."""
    begins = m.was.state == NONE and isinstance(m.event, CarrierIssue)
    found: TicketKind = m.policy.kind[kind_of(m.policy, m.event) if begins else m.was.data.kind]
    return found


def drafts_at_once(m: Moment[Ticket]) -> bool:
    """A screenshot is what a draft needs, but for kinds that want the profile checked first."""
    return bool(evidence_of(m)) and (not rules_of(m).profile or m.was.data.checked)


def can_draft(m: Moment[Ticket]) -> bool:
    """Still stuck: there is a screenshot, the words do, or it was asked for in vain."""
    rules = rules_of(m)
    if rules.profile and not m.was.data.checked:
        return False
    return bool(m.was.data.evidence) or rules.words or m.was.data.asked


def wants_profile(m: Moment[Ticket]) -> bool:
    """Whether the profile is to be compared first."""
    return rules_of(m).profile


def numbered(m: Moment[Ticket]) -> bool:
    """Whether the form's number is told, or that it showed none."""
    return m.event.unnumbered or bool(number_told(m)) or m.event.number.strip().casefold().startswith(("no", "none"))


def number_told(m: Moment[Ticket]) -> str:
    """The form's number; "" for words without a digit ("no number")."""
    told: str = m.event.number.strip().lstrip("#")
    return told if any(sign.isdigit() for sign in told) else ""


def report(m: Moment[Ticket]) -> Ticket:
    """What was reported."""
    event = m.event
    first = event.shift.day(m.calendar, 1) == event.day
    return replace(
        m.was.data,
        kind=kind_of(m.policy, event),
        day=event.day,
        text=event.text[:LONGEST],
        since=m.at,
        by=m.actor,
        evidence=evidence_of(m),
        first_day=first,
    )


def add(m: Moment[Ticket]) -> Ticket:
    """More words, more files."""
    data, said = m.was.data, getattr(m.event, "text", "")
    known = not said or said.casefold() in data.text.casefold()
    text = data.text if known else f"{data.text}; {said}".removeprefix("; ")[:LONGEST]
    return replace(data, text=text, evidence=evidence_of(m))


def submit(m: Moment[Ticket]) -> Ticket:
    """Who filed it under which number."""
    return replace(m.was.data, number=number_told(m), submitted_at=m.at, submitted_by=m.actor)


def change(**fields: Any) -> Any:
    """The data with these fields changed."""
    return lambda m: replace(m.was.data, **fields)


def with_reason(m: Moment[Ticket]) -> Ticket:
    """What was said to it."""
    return replace(m.was.data, why=m.event.why)
