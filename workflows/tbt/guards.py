"""Which courses an event means, and what speaks against it; asked of pack, record and event alone."""

from __future__ import annotations

from collections.abc import Callable

from workflows.machine import Guard, Moment
from workflows.people import Role
from workflows.policy import Recipient
from workflows.policy_calls import TbtPolicy
from workflows.tbt.data import Tbt, standing
from workflows.tbt.states import CLAIMED, NOT_FOUND, OPEN, PROOF_OK, UPLOADED

ALL = "all"
PDF = "application/pdf"
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
PLACE_DIGITS = 3
"""A number of up to so many digits is a place in the list, or a count."""


def roles(*named: Recipient) -> frozenset[Role]:
    """The roles of these names."""
    return frozenset(Role(name) for name in named)


def number_of(policy: TbtPolicy, said: str) -> str:
    """The course meant by its number or its place in the list; "" for none."""
    said = said.strip().lstrip("#")
    if said in policy.numbers:
        return said
    if said.isdecimal() and len(said) <= PLACE_DIGITS and 1 <= int(said) <= len(policy.numbers):
        return policy.numbers[int(said) - 1]
    return ""


def named(m: Moment[Tbt]) -> tuple[str, ...]:
    """The courses the event names, each once; unknown ones are left out."""
    said: tuple[str, ...] = m.event.courses
    if ALL in said:
        return tuple(m.policy.numbers)
    return tuple(dict.fromkeys(found for word in said if (found := number_of(m.policy, word))))


def unknown(m: Moment[Tbt]) -> str:
    """The first thing said that is no course; "" when all are."""
    said = m.event.courses if hasattr(m.event, "courses") else (m.event.course,)
    return next((word for word in said if word != ALL and not number_of(m.policy, word)), "")


def the_one(m: Moment[Tbt]) -> str:
    """The one course the event names; "" for none."""
    return number_of(m.policy, m.event.course)


def at_states(m: Moment[Tbt], *states: str) -> bool:
    """The one course named stands at one of these."""
    number = the_one(m)
    return bool(number) and m.was.data.record(number).state in states


def lands(state: str, change: Callable[[Moment[Tbt]], Tbt]) -> Guard:
    """The courses will stand there."""
    return lambda m: standing(change(m).records) == state


def both(*guards: Guard) -> Guard:
    """All of them hold."""
    return lambda m: all(guard(m) for guard in guards)


def claimable(m: Moment[Tbt]) -> tuple[str, ...]:
    """The courses named that are still to be done."""
    open_ = set(m.was.data.numbers(OPEN, NOT_FOUND)) | {r.number for r in m.was.data.records if r.counted}
    return tuple(number for number in named(m) if number in open_)


def can_claim(m: Moment[Tbt]) -> bool:
    """Known courses, at least one of them still to be done; a file with it is a PDF for just those."""
    if proves_claim(m) or unknown(m):
        return False
    return bool(claimable(m)) and (m.event.evidence is None or m.event.evidence.type == PDF)


def proves_claim(m: Moment[Tbt]) -> bool:
    """ "tbt done" with the PDF of courses that were said to be done before: it is their proof."""
    return m.event.evidence is not None and proves(m) and set(provable(m)) != set(claimable(m))


def can_count(m: Moment[Tbt]) -> bool:
    """Not more than there are."""
    most: int = len(m.policy.numbers)
    return bool(0 <= m.event.count <= most)


def provable(m: Moment[Tbt]) -> tuple[str, ...]:
    """The courses a proof shows: those named that are not proved, else all claimed that wait for one."""
    data = m.was.data
    if m.event.courses:
        fits = {*data.numbers(OPEN, NOT_FOUND, CLAIMED)}
        return tuple(number for number in named(m) if number in fits)
    return tuple(record.number for record in data.records if record.state == CLAIMED and not record.proof)


def proves(m: Moment[Tbt]) -> bool:
    """A PDF that shows something."""
    return m.event.evidence.type == PDF and not unknown(m) and bool(provable(m))


def proves_later(m: Moment[Tbt]) -> bool:
    """A PDF that came before any course was named."""
    loose = not m.event.courses and not provable(m)
    return m.event.evidence.type == PDF and loose and bool(m.was.data.remaining)


def waiting(m: Moment[Tbt]) -> tuple[str, ...]:
    """The courses whose proof a word of the SME is about: a card's, those named, or all that wait."""
    data, event = m.was.data, m.event
    shown = tuple(
        record.number
        for record in data.records
        if record.state == CLAIMED and record.proof and judges(m, data.held(record.proof))
    )
    if event.courses:
        return tuple(number for number in named(m) if number in shown)
    return tuple(number for number in data.shown_by(event.proof) if number in shown) if event.proof else shown


def judges(m: Moment[Tbt], held: bool) -> bool:
    """Whether whoever speaks decides on such a proof: one that another agent had sent is for others to look at."""
    rules = m.policy.proof
    return bool(m.by & (roles(rules.held_by) if held else roles(rules.owner, m.policy.upload.owner)))


def can_accept(m: Moment[Tbt]) -> bool:
    """Known courses that wait for it."""
    return not unknown(m) and bool(waiting(m))


def doubted(m: Moment[Tbt]) -> tuple[str, ...]:
    """The courses whose proof is to be sent again; named ones may be proved, and uploaded, already."""
    data, event = m.was.data, m.event
    if event.courses:
        fits = data.numbers(CLAIMED, PROOF_OK, UPLOADED)
        return tuple(
            number for number in named(m) if number in fits and judges(m, data.held(data.record(number).proof))
        )
    return waiting(m)


def can_refuse(m: Moment[Tbt]) -> bool:
    """Known courses with a claim, and a reason."""
    return not unknown(m) and bool(doubted(m)) and bool(m.event.why.strip())


def uploadable(m: Moment[Tbt]) -> tuple[str, ...]:
    """Proved courses: those named, else all."""
    fits = m.was.data.numbers(PROOF_OK)
    return tuple(number for number in named(m) if number in fits) if m.event.courses else fits


def can_upload(m: Moment[Tbt]) -> bool:
    """Known courses, all of them proved."""
    return not unknown(m) and bool(uploadable(m)) and len(uploadable(m)) >= len(named(m))


def why_not_missing(m: Moment[Tbt]) -> str:
    """What a search still needs: course, done, evidence, picture, ticks, both; "" for nothing."""
    event = m.event
    if not the_one(m):
        return "course"
    if not at_states(m, OPEN, NOT_FOUND) and not (at_states(m, CLAIMED) and m.was.data.record(the_one(m)).counted):
        return "done"
    if event.evidence is None:
        return "evidence"
    if event.evidence.type not in PICTURES or event.evidence.tiny(m.policy.search.least_pixels):
        return "picture"
    if event.by_number is None or event.by_name is None:
        return "ticks"
    return "" if event.by_number and event.by_name else "both"


def is_missing(m: Moment[Tbt]) -> bool:
    """A course with a screenshot of both searches."""
    return not why_not_missing(m)


def searched(m: Moment[Tbt]) -> bool:
    """A course that is not found, and whose search nobody has verified yet."""
    record = m.was.data.record(the_one(m)) if at_states(m, NOT_FOUND) else None
    return record is not None and record.search is not None and record.search.verified_at is None


def has_exam(m: Moment[Tbt]) -> bool:
    """Whether the one course named ends in an exam; where the list names no exam at all nobody knows."""
    number = the_one(m)
    examined = {course.number for course in m.policy.course if course.has_exam}
    return not examined or number in examined


def can_fail(m: Moment[Tbt]) -> bool:
    """A course that is not proved."""
    return at_states(m, OPEN, NOT_FOUND, CLAIMED)


def failed_before(m: Moment[Tbt]) -> bool:
    """A course whose exam was not passed."""
    number = the_one(m)
    return bool(number) and m.was.data.record(number).fails > 0
