"""The rows, and the machine of one pack. A row for every place the courses may come to stand by an event."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from workflows import handoffs
from workflows.machine import Guard, Machine, Row
from workflows.people import Role
from workflows.policy_calls import TbtPolicy
from workflows.stopwatch import Stopwatch
from workflows.tbt import changes, effects, guards
from workflows.tbt.data import Tbt
from workflows.tbt.events import (
    CourseFailed,
    CourseMissing,
    CoursesCounted,
    CoursesDone,
    CoursesUploaded,
    NNumberLate,
    RetakeArranged,
    SearchRefused,
    SearchVerified,
    TbtHoursUsed,
    TbtNudgeCame,
    TbtProofAccepted,
    TbtProofRefused,
    TbtProofSent,
    TbtStarted,
)
from workflows.tbt.guards import both, lands, roles
from workflows.tbt.refusals import refusal
from workflows.tbt.states import (
    CLAIMED,
    CLOSED_LEFT,
    CLOSED_MOVED,
    ENDS,
    GOING,
    NONE,
    OPEN,
    PROOF_OK,
    SPEC,
    UPLOADED,
)


def machine(policy: TbtPolicy) -> Machine[Tbt]:
    """The table for one pack."""
    rows = (
        *start_rows(policy),
        *claim_rows(policy),
        *proof_rows(policy),
        *course_rows(policy),
        *clock_rows(),
        *end_rows(),
    )
    return Machine(
        name="tbt",
        letter="T",
        start=NONE,
        ends=ENDS,
        rows=rows,
        opens=(TbtStarted,),
        key=lambda event: "tbt" if isinstance(event, TbtStarted) else None,
        fresh=lambda event: Tbt(last=event.last, first=event.first, watch=Stopwatch(shift=event.shift)),
        refusal=refusal,
        absent="tbt/absent",
    )


def speakers(policy: TbtPolicy) -> frozenset[Role]:
    """Who says what an agent has done: he himself, or those who help him."""
    return roles("agent", policy.proof.owner, policy.upload.owner)


def _moving(row: Any, to: tuple[str, ...], change: Any, when: Guard) -> Iterator[Row]:
    """A row for each place it may lead to."""
    for state in to:
        yield row(to=state, set=change, when=both(when, lands(state, change)))


def start_rows(policy: TbtPolicy) -> Iterator[Row]:
    yield Row(
        at=(NONE,),
        on=TbtStarted,
        to=OPEN,
        set=changes.lay_out,
        do=(effects.begin, effects.wind),
        source="R-004-02: TBTs from the first day of the phase; R-004-06, 07",
    )
    yield Row(at=GOING, on=TbtStarted, source=f"{SPEC}: they run already")
    if policy.nnumber.escalate_after:
        yield Row(at=GOING, on=NNumberLate, do=(effects.tell_number,), source="R-004-07: the N-Number takes too long")


def claim_rows(policy: TbtPolicy) -> Iterator[Row]:
    source = f"{SPEC}: done by the agent's word"
    done = (effects.tell_claimed, effects.owe_proof)
    row = partial(Row, at=(OPEN, CLAIMED), on=CoursesDone, by=speakers(policy), do=done, source=source)
    yield from _moving(row, (OPEN, CLAIMED), changes.claim, guards.can_claim)
    proved = partial(row, do=(effects.tell_proof, effects.owe_proof), source="R-004-23: a PDF, looked at by the SME")
    yield from _moving(proved, (OPEN, CLAIMED), changes.prove, guards.proves_claim)
    row = partial(Row, at=(OPEN, CLAIMED), on=CoursesCounted, by=speakers(policy), do=done, source=source)
    yield from _moving(row, (OPEN, CLAIMED), changes.recount, guards.can_count)
    reported = partial(
        Row, at=(OPEN, CLAIMED), on=handoffs.Reported, do=(effects.owe_proof,), source=f"{SPEC}: progress count"
    )
    yield from _moving(reported, (OPEN, CLAIMED), changes.recount, lambda m: True)
    yield Row(at=(PROOF_OK,), on=handoffs.Reported, source=f"{SPEC}: all is proved already")


def proof_rows(policy: TbtPolicy) -> Iterator[Row]:
    source = "R-004-23: a PDF, looked at by the SME"
    sent = partial(Row, at=(OPEN, CLAIMED), on=TbtProofSent, by=speakers(policy), source=source)
    told = (effects.tell_proof, effects.owe_proof)
    yield from _moving(partial(sent, do=told), (OPEN, CLAIMED), changes.prove, guards.proves)
    later = (effects.tell_proof,)
    yield sent(set=changes.keep, when=guards.proves_later, do=later)
    owner = roles(policy.proof.owner, policy.upload.owner, policy.proof.held_by)
    accept = partial(Row, at=(OPEN, CLAIMED), on=TbtProofAccepted, by=owner, do=(effects.tell_accepted,), source=source)
    yield from _moving(accept, (OPEN, CLAIMED, PROOF_OK), changes.accept, guards.can_accept)
    refuse = partial(
        Row, on=TbtProofRefused, by=owner, set=changes.refuse, when=guards.can_refuse, do=(effects.tell_refused,)
    )
    yield refuse(at=(OPEN,), source=source)
    yield refuse(at=(CLAIMED, PROOF_OK, UPLOADED), to=CLAIMED, source=source)
    upload = partial(
        Row,
        on=CoursesUploaded,
        by=roles(policy.upload.owner),
        do=(effects.tell_uploaded,),
        source="R-004-08, 10: uploaded to the TBT Tracking Form",
    )
    yield upload(at=(OPEN, CLAIMED), set=changes.upload, when=guards.can_upload)
    yield from _moving(partial(upload, at=(PROOF_OK,)), (PROOF_OK, UPLOADED), changes.upload, guards.can_upload)


def course_rows(policy: TbtPolicy) -> Iterator[Row]:
    source = "R-004-16 to 19: searched by number and name"
    yield Row(
        at=(OPEN, CLAIMED),
        on=CourseMissing,
        to=OPEN,
        by=speakers(policy),
        when=guards.is_missing,
        set=changes.lose,
        do=(effects.owe_search,),
        source=source,
    )
    searched = partial(
        Row, at=(OPEN,), by=roles(policy.search.owner, policy.upload.owner), when=guards.searched, source=source
    )
    yield searched(on=SearchVerified, set=changes.verify, do=(effects.tell_searched,))
    yield searched(on=SearchRefused, set=changes.find, do=(effects.tell_found,))
    if policy.use_failed_exam_ladder:
        yield Row(at=GOING, on=CourseFailed, do=(effects.point_to_ladder,), source="SPEC A15, the other way")
        return
    yield Row(
        at=(OPEN, CLAIMED),
        on=CourseFailed,
        to=OPEN,
        by=speakers(policy) | {Role.tl},
        when=guards.can_fail,
        set=changes.fail,
        do=(effects.owe_retake,),
        source="R-004-22, A15: a retake in a breakout room, no ladder",
    )
    yield Row(
        at=GOING,
        on=RetakeArranged,
        by=roles(policy.retake.owner),
        when=guards.failed_before,
        do=(effects.tell_retake,),
        source="R-004-22: the room is open",
    )


def clock_rows() -> Iterator[Row]:
    source = "R-004-02: hours of scheduled time"
    yield Row(at=(OPEN,), on=TbtNudgeCame, set=changes.nudge, do=(effects.tell_nudge,), source=source)
    yield Row(at=(OPEN, CLAIMED), on=TbtHoursUsed, set=changes.alert, do=(effects.tell_hours,), source=source)
    for on, change in (
        (handoffs.Blocked, changes.block),
        (handoffs.Unblocked, changes.unblock),
        (handoffs.Busy, changes.hold),
        (handoffs.Free, changes.release),
    ):
        yield Row(at=GOING, on=on, set=change, do=(effects.wind,), source=f"{SPEC}: paused while connected or blocked")


def end_rows() -> Iterator[Row]:
    gone = (effects.end,)
    source = "SPEC 3.10: the ESP Manager waives them; their clock stops"
    yield Row(at=GOING, on=handoffs.LetPass, set=changes.let_pass, do=gone, source=source)
    yield Row(at=GOING, on=handoffs.AgentLeft, to=CLOSED_LEFT, do=gone, source="SPEC 3.13: agent leaves")
    yield Row(at=GOING, on=handoffs.MovedToProduction, to=CLOSED_MOVED, do=gone, source="SPEC 3.10: in production")
