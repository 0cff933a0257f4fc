"""How the records change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

from workflows.machine import Moment
from workflows.tbt.data import Proof, Record, Search, Tbt
from workflows.tbt.guards import claimable, doubted, provable, the_one, uploadable, waiting
from workflows.tbt.states import CLAIMED, NOT_FOUND, OPEN, PROOF_OK, UPLOADED

CALL = "call"


def hours(n: int) -> timedelta:
    """So many hours of scheduled time."""
    return timedelta(hours=n)


def lay_out(m: Moment[Tbt]) -> Tbt:
    """Every course of the pack, and the clock from the first shift on; what fell due before is not made up."""
    data, event, policy = m.was.data, m.event, m.policy
    shift = event.shift
    watch = replace(data.watch, since=shift.start_of(m.calendar, shift.day(m.calendar, 1)))
    used = watch.used(m.calendar, m.at)
    return replace(
        data,
        watch=watch,
        records=tuple(Record(number=course.number, title=course.title) for course in policy.course),
        nudged=used >= hours(policy.nudge_hours),
        alerted=used >= hours(policy.hours),
        requested=event.requested,
        known=event.known,
    )


def _with(data: Tbt, numbers: Collection[str], **more: Any) -> tuple[Record, ...]:
    return tuple(replace(each, **more) if each.number in numbers else each for each in data.records)


def claim(m: Moment[Tbt]) -> Tbt:
    """Done by the agent's word, each by its number; a proof that waited for names now has them."""
    data, event = m.was.data, m.event
    proofs, proof = data.proofs, data.loose
    if event.evidence is not None:
        proofs, proof = (*proofs, Proof(evidence=event.evidence, at=m.at, by=m.actor)), len(proofs) + 1
    records = _with(data, claimable(m), state=CLAIMED, counted=False, proof=proof)
    return replace(data, records=records, proofs=proofs, loose=0)


def recount(m: Moment[Tbt]) -> Tbt:
    """So many are done: what is missing to the count is taken in the order of the list, what is too much goes back."""
    data = m.was.data
    count = m.event.tbt if hasattr(m.event, "tbt") else m.event.count
    if count is None:
        return data
    missing = min(count, len(data.records)) - data.done
    if missing > 0:
        numbers = data.numbers(OPEN)[:missing]
        return replace(data, records=_with(data, numbers, state=CLAIMED, counted=True, proof=data.loose), loose=0)
    back = [r.number for r in data.records if r.counted and r.state == CLAIMED and not r.proof]
    numbers = tuple(back[missing:]) if missing else ()
    return replace(data, records=_with(data, numbers, state=OPEN, counted=False))


def prove(m: Moment[Tbt]) -> Tbt:
    """A proof shows these courses; they are claimed by it."""
    data, event = m.was.data, m.event
    proofs = (*data.proofs, Proof(evidence=event.evidence, at=m.at, by=m.actor))
    return replace(data, proofs=proofs, records=_with(data, provable(m), state=CLAIMED, proof=len(proofs)), loose=0)


def keep(m: Moment[Tbt]) -> Tbt:
    """A proof waits for the names of its courses."""
    data = m.was.data
    proofs = (*data.proofs, Proof(evidence=m.event.evidence, at=m.at, by=m.actor))
    return replace(data, proofs=proofs, loose=len(proofs))


def accept(m: Moment[Tbt]) -> Tbt:
    """The proof is good."""
    return replace(m.was.data, records=_with(m.was.data, waiting(m), state=PROOF_OK, counted=False))


def refuse(m: Moment[Tbt]) -> Tbt:
    """Claimed still, but to be proved again."""
    records = _with(m.was.data, doubted(m), state=CLAIMED, proof=0, uploaded_at=None)
    return replace(m.was.data, records=records)


def upload(m: Moment[Tbt]) -> Tbt:
    """In the form."""
    return replace(m.was.data, records=_with(m.was.data, uploadable(m), state=UPLOADED, uploaded_at=m.at))


def lose(m: Moment[Tbt]) -> Tbt:
    """Not found, with the screenshot of the search."""
    search = Search(evidence=m.event.evidence, at=m.at)
    return replace(
        m.was.data, records=_with(m.was.data, (the_one(m),), state=NOT_FOUND, counted=False, proof=0, search=search)
    )


def verify(m: Moment[Tbt]) -> Tbt:
    """The search was verified."""
    search = m.was.data.record(the_one(m)).search
    assert search is not None
    verified = replace(search, verified_at=m.at, verified_by=m.actor)
    return replace(m.was.data, records=_with(m.was.data, (the_one(m),), search=verified))


def find(m: Moment[Tbt]) -> Tbt:
    """Open again: it is there, or the search was not enough."""
    return replace(m.was.data, records=_with(m.was.data, (the_one(m),), state=OPEN, search=None))


def fail(m: Moment[Tbt]) -> Tbt:
    """Open again, with one more exam that was not passed."""
    number = the_one(m)
    fails = m.was.data.record(number).fails + 1
    return replace(m.was.data, records=_with(m.was.data, (number,), state=OPEN, fails=fails, proof=0, counted=False))


def nudge(m: Moment[Tbt]) -> Tbt:
    """The nudge was given."""
    return replace(m.was.data, nudged=True)


def alert(m: Moment[Tbt]) -> Tbt:
    """The hours are used up, and those concerned know."""
    return replace(m.was.data, alerted=True)


def let_pass(m: Moment[Tbt]) -> Tbt:
    """The agent need not do them any more."""
    return replace(m.was.data, waived=m.event.by)


def block(m: Moment[Tbt]) -> Tbt:
    """Blocked: no time counts."""
    return replace(m.was.data, watch=m.was.data.watch.block(m.event))


def unblock(m: Moment[Tbt]) -> Tbt:
    """Not blocked any more."""
    return replace(m.was.data, watch=m.was.data.watch.unblock(m.event))


def hold(m: Moment[Tbt]) -> Tbt:
    """Connected with a Certifier: no time counts."""
    return replace(m.was.data, watch=m.was.data.watch.halt(CALL, m.at)) if m.event.why == CALL else m.was.data


def release(m: Moment[Tbt]) -> Tbt:
    """Not connected any more."""
    return replace(m.was.data, watch=m.was.data.watch.go(CALL, m.at)) if m.event.why == CALL else m.was.data
