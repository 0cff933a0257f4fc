"""Refusals that name the missing step or its owner, and the questions a missing course leads to (SPEC 3.14)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows.effects import ACTOR, Answer, Ask, Tell
from workflows.machine import Declined, Moment
from workflows.tbt import guards
from workflows.tbt.data import Tbt
from workflows.tbt.effects import facts, shown
from workflows.tbt.events import (
    CourseFailed,
    CourseMissing,
    CoursesCounted,
    CoursesDone,
    CoursesUploaded,
    RetakeArranged,
    SearchRefused,
    SearchVerified,
    TbtProofAccepted,
    TbtProofRefused,
    TbtProofSent,
)
from workflows.tbt.states import UPLOADED

Said = Tell | Ask | tuple[Tell | Ask, ...] | None


def refusal(m: Moment[Any], declined: Declined) -> Said:
    """The words for a declined request; None for the plain ones."""
    event = m.event
    if declined.reason == "not_yours" or not m.was.data.records:
        return None
    if isinstance(event, CoursesCounted):
        if not 0 <= event.count <= len(m.policy.numbers):
            return _say(m, "beyond", said=str(event.count))
        return _say(m, "already")
    if not (hasattr(event, "course") or hasattr(event, "courses")):
        return None
    if said := guards.unknown(m):
        small = said.isdecimal() and len(said) <= guards.PLACE_DIGITS
        return _say(m, "beyond" if small else "unknown", said=said)
    match event:
        case CoursesDone():
            wrong = event.evidence is not None and event.evidence.type != guards.PDF
            return _say(m, "pdf", file=shown(event.evidence.name)) if wrong and event.evidence else _say(m, "already")
        case TbtProofSent():
            if event.evidence.type != guards.PDF:
                return _say(m, "pdf", file=shown(event.evidence.name))
            return _say(m, "all_proved" if m.was.state == UPLOADED or not m.was.data.remaining else "already")
        case TbtProofAccepted():
            return _say(m, "no_proof")
        case TbtProofRefused():
            if guards.doubted(m) and not event.why.strip():
                ask = Answer(label="", event=event, fills="why", done="answered")
                return Ask(template="tbt/ask_redo", facts=facts(m), answers=(ask,))
            return _say(m, "no_proof")
        case CoursesUploaded():
            return _say(m, "all_proved" if m.was.state == UPLOADED else "not_proved")
        case CourseMissing():
            return _missing(m)
        case SearchVerified() | SearchRefused():
            return _say(m, "no_search")
        case CourseFailed():
            return _say(m, "proved")
        case RetakeArranged():
            return _say(m, "no_retake")
    return None


def _say(m: Moment[Tbt], why: str, **more: Any) -> Tell:
    return Tell(to=ACTOR, template="tbt/refused", facts=facts(m, why=why, **{"said": "", "file": "", **more}))


def _missing(m: Moment[Tbt]) -> Said:
    """One thing after the other: the screenshot, both ticks."""
    event, why = m.event, guards.why_not_missing(m)
    number = guards.the_one(m)
    said = facts(m, course=number, course_title=m.was.data.record(number).title)
    if why in ("evidence", "picture"):
        ask = Answer(label="", event=replace(event, evidence=None), fills="evidence", done="answered")
        return Ask(template="tbt/ask_screenshot", facts={**said, "again": why == "picture"}, answers=(ask,))
    if why == "ticks":
        ticks = (("Number and name", True, True), ("Only number", True, False), ("Only name", False, True))
        answers = tuple(
            Answer(label=label, event=replace(event, by_number=number_, by_name=name), done="answered")
            for label, number_, name in ticks
        )
        return Ask(template="tbt/ask_ticks", facts=said, answers=answers)
    if why == "both":
        other = "name" if event.by_number else "number"
        return Tell(to=ACTOR, template="tbt/search_both", facts={**said, "other": other})
    return _say(m, "proved")
