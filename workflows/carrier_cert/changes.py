"""What an event leaves on record. The state follows from it (`states.standing`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from workflows.carrier_cert import clock
from workflows.carrier_cert.data import Block, CarrierCert, Claim, Miss, Proposal
from workflows.carrier_cert.items import awaited, complete, counted, exam_item, missing, unclaimed, usable, verified
from workflows.carrier_cert.states import COMPLETE, standing
from workflows.machine import Change, Moment
from workflows.schedule import Span


def after(change: Change) -> Change:
    """The record after that change, worked out once however many rows ask."""

    def changed(m: Moment[CarrierCert]) -> CarrierCert:
        data: CarrierCert = change(m)
        return data

    return lambda m: m.once(changed)


# -- beginning and checkpoints -----------------------------------------------------------------------------


def begin(m: Moment[CarrierCert]) -> CarrierCert:
    """What was due before anybody watched is not judged."""
    data: CarrierCert = replace(m.was.data, shift=m.event.shift)
    past = clock.passed(m.policy, m.calendar, data, m.at)
    data = replace(data, started=clock.begins(m.calendar, data.shift) <= m.at, judged=past, skipped=past)
    if m.event.leave_until is None or m.event.leave_until <= m.at:
        return data
    leave = Block(reason=m.policy.pace.block.absence, since=m.at, by="", ends=m.event.leave_until)
    return replace(data, blocks=(leave,))


def begin_anew(m: Moment[CarrierCert]) -> CarrierCert:
    """The class begins on another day than it was to."""
    return replace(m.was.data, shift=m.event.shift)


def start(m: Moment[CarrierCert]) -> CarrierCert:
    """The first session has begun."""
    return replace(m.was.data, started=True)


def judge(m: Moment[CarrierCert]) -> CarrierCert:
    """The checkpoint is over: what was missing is noted."""
    was: CarrierCert = m.was.data
    checkpoint = m.policy.pace.checkpoint[was.judged]
    data = replace(was, judged=was.judged + 1)
    open_items = missing(m.policy, data, data.judged)
    if not open_items:
        return data
    miss = Miss(name=checkpoint.name, due=clock.due(m.calendar, was, checkpoint, m.at), items=open_items)
    data = replace(data, misses=(*was.misses, miss))
    return replace(data, overdue_at=m.at) if checkpoint.on_miss == "overdue" else data


# -- claims and proofs -------------------------------------------------------------------------------------


def claim(m: Moment[CarrierCert]) -> CarrierCert:
    """New items are claimed; a file that comes later is added to what waits for licensing."""
    data: CarrierCert = m.was.data
    files = usable(m.policy, m.event.evidence)
    proofs = m.policy.pace.proof.items
    news = tuple(
        Claim(item=item, at=m.at, by=m.actor, evidence=files if item in proofs else ())
        for item in counted(m.policy, data, m.event)
    )
    known = tuple(_with_files(m, each, files) for each in data.claims)
    return replace(data, claims=(*known, *news))


def _with_files(m: Moment[CarrierCert], each: Claim, files: tuple[Any, ...]) -> Claim:
    if each.verified_at or each.item not in said_again(m):
        return each
    return replace(each, evidence=tuple(dict.fromkeys((*each.evidence, *files))))


def said_again(m: Moment[CarrierCert]) -> tuple[str, ...]:
    """Items waiting for licensing that the report names once more, with a file."""
    files = {file.hash for file in usable(m.policy, m.event.evidence)}
    if not files:
        return ()
    named = {"final": m.event.ahip == "passed", "checkmarks": m.event.checkmarks, "product": m.event.product}
    return tuple(
        item
        for item in awaited(m.policy, m.was.data)
        if named.get(item)
        and (claimed := m.was.data.claim(item))
        and not files <= {file.hash for file in claimed.evidence}
    )


def claim_exam(m: Moment[CarrierCert]) -> CarrierCert:
    """The exam is passed by somebody's word: a claim without a file, so that nobody is called behind for it."""
    data, item = m.was.data, exam_item(m.policy, m.event)
    known = data.claim(item)
    if not m.event.passed:
        gone = known is not None and not known.verified_at and not known.evidence
        return without(m, (item,)) if gone else data
    if not item or known is not None:
        return data
    return replace(data, claims=(*data.claims, Claim(item=item, at=m.at, by=m.actor)))


def let_pass(m: Moment[CarrierCert]) -> CarrierCert:
    """Somebody who may waives all of it: no clock runs, extra sessions to come are not needed."""
    return replace(m.was.data, waived=m.event.by, ot=begun(m))


def accepted(m: Moment[CarrierCert]) -> tuple[str, ...]:
    """The items licensing speaks of, not verified before."""
    named = m.event.items or awaited(m.policy, m.was.data)
    return tuple(
        item for item in named if item in m.policy.pace.proof.items and not verified(m.policy, m.was.data, item)
    )


def verify(m: Moment[CarrierCert]) -> CarrierCert:
    """Licensing has seen it; what nobody had claimed is claimed by the proof itself."""
    data: CarrierCert = m.was.data
    items = accepted(m)
    known = {each.item for each in data.claims}
    claims = (*data.claims, *(Claim(item=item, at=m.at, by=m.actor) for item in items if item not in known))
    claims = tuple(
        replace(each, verified_at=m.at, verified_by=m.actor) if each.item in items else each for each in claims
    )
    data = replace(data, claims=claims)
    return replace(data, ot=begun(m)) if complete(m.policy, data) else data


def begun(m: Moment[CarrierCert]) -> tuple[Span, ...]:
    """The extra sessions that have begun: those to come are not needed."""
    return tuple(span for span in m.was.data.ot if span[0] <= m.at)


def refused(m: Moment[CarrierCert]) -> tuple[str, ...]:
    """The items licensing asks for again."""
    data: CarrierCert = m.was.data
    if m.event.items:
        return tuple(item for item in m.event.items if data.claim(item) is not None)
    proofs = tuple(item for item in m.policy.pace.proof.items if data.claim(item) is not None)
    return awaited(m.policy, data) or proofs


def refuse(m: Moment[CarrierCert]) -> CarrierCert:
    """Licensing asks for it again."""
    return without(m, refused(m))


def without(m: Moment[CarrierCert], items: tuple[str, ...]) -> CarrierCert:
    """The claims are gone; a checkpoint only they had met is missed after all (SPEC 3.4)."""
    was: CarrierCert = m.was.data
    data = replace(was, claims=tuple(each for each in was.claims if each.item not in items), form="")
    if was.hours_used_at and unclaimed(m.policy, data):
        data = replace(data, expired=True)
    whole = standing(m.policy, was) == COMPLETE
    open_items = missing(m.policy, data, data.judged)
    if whole or not open_items or data.judged <= data.skipped or missing(m.policy, was, was.judged) or was.open_blocks:
        return data
    checkpoint = m.policy.pace.checkpoint[data.judged - 1]
    due = clock.due(m.calendar, data, checkpoint, m.at)
    data = replace(data, misses=(*data.misses, Miss(name=checkpoint.name, due=due, items=open_items)))
    return replace(data, overdue_at=m.at) if checkpoint.on_miss == "overdue" else data


def file_form(m: Moment[CarrierCert]) -> CarrierCert:
    """The completion form is in."""
    return replace(m.was.data, form=m.event.number or "submitted")


# -- blocks ------------------------------------------------------------------------------------------------


def _blocked(m: Moment[CarrierCert], reason: str, since: datetime, by: str, ends: datetime | None) -> CarrierCert:
    """A block from then on; one of the same reason that is open begins at the earlier of both."""
    data: CarrierCert = m.was.data
    open_one = next((each for each in data.open_blocks if each.reason == reason), None)
    since = min(since, m.at)
    if open_one is not None:
        longer = replace(open_one, since=min(open_one.since, since), ends=ends)
        blocks = tuple(longer if each is open_one else each for each in data.blocks)
    else:
        blocks = (*data.blocks, Block(reason=reason, since=since, by=by, ends=ends))
    proposals = tuple(each for each in data.proposals if each.reason != reason)
    return rejudged(m, replace(data, blocks=blocks, proposals=proposals))


def rejudged(m: Moment[CarrierCert], data: CarrierCert) -> CarrierCert:
    """Checkpoints that move into the future are to come again; a window that had not ended yet did not end."""
    past = clock.passed(m.policy, m.calendar, data, m.at)
    if past >= data.judged:
        return data
    judged = max(past, data.skipped)
    still = {checkpoint.name for checkpoint in m.policy.pace.checkpoint[:judged]}
    data = replace(data, judged=judged, misses=tuple(miss for miss in data.misses if miss.name in still))
    return data if data.cap_delivered_at else replace(data, overdue_at=None, ot=begun(m))


def block(m: Moment[CarrierCert]) -> CarrierCert:
    """Granted by the word of one who may."""
    return _blocked(m, m.event.reason, m.event.since or m.at, m.actor, None)


def take_block(m: Moment[CarrierCert]) -> CarrierCert:
    """Granted elsewhere (an approved leave)."""
    return _blocked(m, m.event.reason, m.event.since, m.event.by, m.event.ends)


def grant(m: Moment[CarrierCert]) -> CarrierCert:
    """A proposal is granted from the time it was made for."""
    asked = proposal(m)
    assert asked is not None
    return _blocked(m, asked.reason, asked.since, m.actor, None)


def proposal(m: Moment[CarrierCert]) -> Proposal | None:
    """The proposal the event names."""
    return next((each for each in m.was.data.proposals if each.number == m.event.number), None)


def propose(m: Moment[CarrierCert]) -> CarrierCert:
    """Noted; one of the same reason stands already, or is granted, and is left as it is."""
    data: CarrierCert = m.was.data
    if known(m):
        return data
    new = Proposal(number=data.proposed + 1, reason=m.event.reason, since=min(m.event.since or m.at, m.at), by=m.actor)
    return replace(data, proposals=(*data.proposals, new), proposed=new.number)


def known(m: Moment[CarrierCert]) -> bool:
    """Whether that reason is proposed or granted already."""
    data: CarrierCert = m.was.data
    reasons = {each.reason for each in data.open_blocks} | {each.reason for each in data.proposals}
    return m.event.reason in reasons


def drop_proposal(m: Moment[CarrierCert]) -> CarrierCert:
    """Not granted."""
    return replace(m.was.data, proposals=tuple(each for each in m.was.data.proposals if each.number != m.event.number))


def ending(m: Moment[CarrierCert]) -> tuple[Block, ...]:
    """The open blocks an "unblock" means: those of its reason, else all but an absence, else the absence."""
    open_ones = m.was.data.open_blocks
    if m.event.reason:
        return tuple(each for each in open_ones if each.reason == m.event.reason)
    return tuple(each for each in open_ones if each.reason != m.policy.pace.block.absence) or tuple(open_ones)


def unblock(m: Moment[CarrierCert]) -> CarrierCert:
    """They end then."""
    return _ended(m, ending(m), m.event.until or m.at)


def end_leave(m: Moment[CarrierCert]) -> CarrierCert:
    """Those end whose time has come."""
    over = tuple(each for each in m.was.data.open_blocks if each.ends and each.ends <= m.at)
    return _ended(m, over, None)


def _ended(m: Moment[CarrierCert], over: tuple[Block, ...], until: datetime | None) -> CarrierCert:
    data: CarrierCert = m.was.data
    blocks = tuple(
        replace(each, until=max(each.since, min(until or each.ends or m.at, m.at))) if each in over else each
        for each in data.blocks
    )
    return rejudged(m, replace(data, blocks=blocks))


# -- CAP, extension, review --------------------------------------------------------------------------------


def note_cap(m: Moment[CarrierCert]) -> CarrierCert:
    """The Final CAP is delivered: the extension begins."""
    if m.was.data.cap_delivered_at:
        return m.was.data
    return replace(
        m.was.data,
        cap=m.event.cap,
        cap_delivered_at=m.event.delivered_at,
        overdue_at=m.was.data.overdue_at or m.event.delivered_at,
    )


def drop_cap(m: Moment[CarrierCert]) -> CarrierCert:
    """A person decided that there is no CAP: what is missing is still missing."""
    return m.was.data if m.was.data.cap_delivered_at else replace(m.was.data, overdue_at=None, ot=begun(m))


def plan(m: Moment[CarrierCert]) -> CarrierCert:
    """The sessions begun stay, those to come are the ones named."""
    return replace(m.was.data, ot=(*begun(m), *clock.sessions_from(m.policy, m.event.starts)))


def use_up(m: Moment[CarrierCert]) -> CarrierCert:
    """The hours are over; while licensing has not answered a claim made in time, nothing follows from it."""
    data = replace(m.was.data, hours_used_at=m.at)
    return data if clock.all_claimed(m.policy, data) else replace(data, expired=True)


def note_review(m: Moment[CarrierCert]) -> CarrierCert:
    """People have decided."""
    return replace(m.was.data, review=m.event.outcome)
