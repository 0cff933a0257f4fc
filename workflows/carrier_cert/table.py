"""The rows. Where an agent stands follows from the record, so a row says which event may lead where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflows import handoffs
from workflows.carrier_cert import changes
from workflows.carrier_cert.duties import (
    call_cap,
    call_off,
    call_review,
    clocks,
    forget_form,
    forget_sessions,
    owe_form,
    owe_grant,
    owe_proofs,
    owe_sessions,
    owe_word,
    release,
    settle,
    settle_grants,
    settle_proofs,
    settle_sessions,
    stop_clocks,
)
from workflows.carrier_cert.events import (
    BlockAsked,
    BlockGranted,
    BlockOver,
    BlockRefused,
    CheckpointDue,
    CompletionFormFiled,
    HoursUsed,
    PaceBegun,
    PaceStarted,
    ProofAccepted,
    ProofRefused,
    SessionsPlanned,
    UnblockAsked,
)
from workflows.carrier_cert.guards import (
    grants,
    has_accepted,
    has_refused,
    hours_are_used,
    is_blocked,
    is_due,
    is_open,
    leads_to,
    leave_is_over,
    not_blocked,
    proposes,
    wants_sessions,
)
from workflows.carrier_cert.notices import (
    answer_report,
    cancel_sessions,
    hand_blocked,
    hand_unblocked,
    mail_claim,
    tell_behind,
    tell_blocked,
    tell_caught_up,
    tell_complete,
    tell_extension,
    tell_form,
    tell_not_granted,
    tell_overdue,
    tell_planned,
    tell_proposed,
    tell_refused,
    tell_reopened,
    tell_unblocked,
    tell_verified,
    track_form,
)
from workflows.carrier_cert.states import (
    BEHIND,
    BLOCKED,
    CLOSED_LEFT,
    COMPLETE,
    EXT_EXPIRED,
    EXTENSION,
    NONE,
    NOT_STARTED,
    ON_TRACK,
    OVERDUE,
    SPEC,
    ends_in_cap,
    open_states,
)
from workflows.machine import Change, Do, Event, Guard, Row
from workflows.people import Role
from workflows.policy_training import TrainingPolicy

Ways = dict[str, tuple[str, ...]]
"""From a state to those an event may lead to."""


def _moves(on: type[Event], change: Change, ways: Ways, *, when: Guard | None = None, **row: Any) -> Iterator[Row]:
    """One row for each way."""
    change = changes.after(change)
    for state, targets in ways.items():
        for target in targets:
            yield Row(
                at=(state,),
                on=on,
                to=target if target != state else "",
                set=change,
                when=leads_to(target, change, when) if len(targets) > 1 else when,
                **row,
            )


def _stays(states: tuple[str, ...]) -> Ways:
    return {state: (state,) for state in states}


def beginning_rows(policy: TrainingPolicy) -> Iterator[Row]:
    """The first class day, and the clock's own events."""
    ways: Ways = {NONE: (NOT_STARTED, ON_TRACK, BLOCKED)}
    yield from _moves(PaceBegun, changes.begin, ways, do=(clocks, hand_blocked), source="R-001-01/02: the pace clock")
    yield Row(at=(NOT_STARTED,), on=PaceBegun, set=changes.begin_anew, do=(clocks,), source="the class begins anew")
    later = tuple(state for state in open_states(policy) if state != NOT_STARTED)
    yield Row(at=later, on=PaceBegun, source="SPEC 3.13: clocks restart only if the ESP Manager says so")
    yield Row(at=(NOT_STARTED,), on=PaceStarted, to=ON_TRACK, set=changes.start, do=(clocks,), source=SPEC)
    yield Row(at=(BLOCKED,), on=PaceStarted, set=changes.start, do=(clocks,), source=SPEC)


def checkpoint_rows(policy: TrainingPolicy) -> Iterator[Row]:
    """K1 to K4."""
    change = changes.after(changes.judge)

    def row(at: str, to: str, *do: Any) -> Row:
        return Row(
            at=(at,),
            on=CheckpointDue,
            to=to if to != at else "",
            set=change,
            when=leads_to(to, change, is_due),
            do=(*do, clocks),
            source=f"{SPEC}: checkpoint",
        )

    yield row(ON_TRACK, ON_TRACK)
    if any(each.on_miss == "behind" for each in policy.pace.checkpoint):
        yield row(ON_TRACK, BEHIND, tell_behind)
        if len(policy.pace.checkpoint) > 1:
            yield row(BEHIND, BEHIND, tell_behind)
    if ends_in_cap(policy):
        late = (tell_overdue, call_cap, owe_sessions)
        yield row(ON_TRACK, OVERDUE, *late)
        yield row(BEHIND, OVERDUE, *late)


def proof_rows(policy: TrainingPolicy) -> Iterator[Row]:
    """Claims, licensing's word, the form."""
    states, by = open_states(policy), frozenset({Role(policy.pace.proof.owner)})
    ways: dict[str, tuple[str, ...]] = {**_stays(states), BEHIND: (BEHIND, ON_TRACK)}
    told: tuple[Do, ...] = (answer_report, mail_claim, owe_proofs, tell_caught_up, clocks)
    source = f"{SPEC}: item done, self-declared"
    yield from _moves(handoffs.Reported, changes.claim, ways, do=told, source=source)

    source = f"{SPEC}: an exam passed by somebody's word, the proof is still owed"
    ways = {**_stays(states), BEHIND: (BEHIND, ON_TRACK), ON_TRACK: (ON_TRACK, BEHIND)}
    if ends_in_cap(policy):
        ways |= {ON_TRACK: (ON_TRACK, BEHIND, OVERDUE), EXTENSION: (EXTENSION, EXT_EXPIRED)}
    told = (owe_word, tell_caught_up, _when_refused, clocks)
    yield from _moves(handoffs.ExamSaidPassed, changes.claim_exam, ways, do=told, source=source)
    ways = dict.fromkeys(states, (COMPLETE,))
    told = (call_off, clocks)
    source = "SPEC 3.10: the ESP Manager waives an item; its clock stops"
    yield from _moves(handoffs.LetPass, changes.let_pass, ways, do=told, source=source)

    running = tuple(state for state in states if state not in (NOT_STARTED, COMPLETE))
    ways = {state: (state, COMPLETE) for state in running}
    ways[BEHIND] = (BEHIND, ON_TRACK, COMPLETE)
    do: tuple[Do, ...] = (
        settle_proofs, tell_verified, tell_caught_up, tell_complete, _when_complete, owe_form, clocks,
    )  # fmt: skip
    source = f"{SPEC}: verified by licensing only"
    yield from _moves(ProofAccepted, changes.verify, ways, when=has_accepted, by=by, do=do, source=source)

    late = (OVERDUE, EXTENSION, EXT_EXPIRED) if ends_in_cap(policy) else ()
    ways = {**_stays(states), ON_TRACK: (ON_TRACK, BEHIND), COMPLETE: (COMPLETE, ON_TRACK, BEHIND, BLOCKED, *late)}
    if ends_in_cap(policy):
        ways |= {ON_TRACK: (ON_TRACK, BEHIND, OVERDUE), EXTENSION: (EXTENSION, EXT_EXPIRED)}
    del ways[NOT_STARTED]
    do = (settle_proofs, tell_refused, tell_reopened, forget_form, _when_refused, clocks)
    source = f"{SPEC}: a claim that licensing rejects"
    yield from _moves(ProofRefused, changes.refuse, ways, when=has_refused, by=by, do=do, source=source)
    yield Row(
        at=(COMPLETE,),
        on=CompletionFormFiled,
        by=frozenset({Role(policy.pace.form.owner)}),
        when=lambda m: not m.was.data.form,
        set=changes.file_form,
        do=(settle("form"), track_form, tell_form),
        source="R-001-63 to 65: form, then the completion column",
    )


def _when_complete(m: Any) -> Any:
    """No extra sessions are asked for any more."""
    return forget_sessions(m) if m.case.state == COMPLETE else None


def _when_refused(m: Any) -> Any:
    """What follows where the refusal led."""
    if m.case.state == m.was.state:
        return None
    if m.case.state == BEHIND:
        return tell_behind(m) if m.was.state != COMPLETE else None
    if m.case.state == OVERDUE:
        return tuple(each for each in (*tell_overdue(m), call_cap(m), owe_sessions(m)) if each)
    if m.case.state == EXTENSION:
        return owe_sessions(m)
    return call_review(m) if m.case.state == EXT_EXPIRED and m.was.state == EXTENSION else None


def block_rows(policy: TrainingPolicy) -> Iterator[Row]:
    """BLOCKED: granted, proposed, ended."""
    states = open_states(policy)
    apart = tuple(state for state in states if state in (EXT_EXPIRED, COMPLETE))
    ways = {state: (BLOCKED,) for state in states if state not in apart} | _stays(apart)
    source = f"{SPEC}: BLOCKED overlay, granted by TL or licensing"
    done: tuple[Do, ...] = (settle_grants, tell_blocked, release, hand_blocked, clocks)
    by = frozenset(Role(role) for role in policy.pace.block.grant_by)
    yield from _moves(BlockAsked, changes.block, ways, when=grants, by=by, do=done, source=source)
    yield from _moves(BlockGranted, changes.grant, ways, when=is_open, by=by, do=done, source=source)
    quiet: tuple[Do, ...] = (settle_grants, release, hand_blocked, clocks)
    source = "SPEC 3.13: approved leave is BLOCKED for the leave"
    yield from _moves(handoffs.Blocked, changes.take_block, ways, do=quiet, source=source)
    source = f"{SPEC}: proposed, somebody else grants"
    yield Row(
        at=states,
        on=BlockAsked,
        when=proposes,
        by=by | frozenset(Role(role) for role in policy.pace.block.propose_by),
        set=changes.propose,
        do=(owe_grant, tell_proposed),
        source=source,
    )
    yield Row(at=states, on=handoffs.BlockProposed, set=changes.propose, do=(owe_grant,), source=source)
    yield Row(
        at=states,
        on=BlockRefused,
        when=is_open,
        by=by,
        set=changes.drop_proposal,
        do=(settle_grants, tell_not_granted),
        source=source,
    )
    late = (OVERDUE, EXTENSION) if ends_in_cap(policy) else ()
    ways = {BLOCKED: (BLOCKED, NOT_STARTED, ON_TRACK, BEHIND, *late)} | _stays(apart)
    source = f"{SPEC}: blocked scheduled time moves every later checkpoint"
    do = (tell_unblocked, release, hand_unblocked, clocks)
    yield from _moves(UnblockAsked, changes.unblock, ways, when=is_blocked, by=by, do=do, source=source)
    quiet = (release, hand_unblocked, clocks)
    yield from _moves(handoffs.Unblocked, changes.unblock, ways, when=is_blocked, do=quiet, source=source)
    yield from _moves(BlockOver, changes.end_leave, ways, when=leave_is_over, do=quiet, source=source)
    yield Row(at=(BLOCKED, *apart), on=handoffs.Unblocked, when=not_blocked, source="nothing of the kind stops him")
    rest = tuple(state for state in states if state not in (BLOCKED, *apart))
    yield Row(at=rest, on=handoffs.Unblocked, source="nothing stops him")


def extension_rows(policy: TrainingPolicy) -> Iterator[Row]:
    """The Final CAP, the extra sessions, the end of the hours."""
    if not ends_in_cap(policy) or policy.pace.extension is None:
        return
    states = open_states(policy)
    ways: dict[str, tuple[str, ...]] = {
        **_stays(states),
        OVERDUE: (EXTENSION,),
        ON_TRACK: (EXTENSION,),
        BEHIND: (EXTENSION,),
    }
    source = f"{SPEC}: the extension starts when the Final CAP is delivered"
    do: tuple[Do, ...] = (tell_extension, owe_sessions_still, clocks)
    yield from _moves(handoffs.CapDelivered, changes.note_cap, ways, do=do, source=source)
    ways = {**_stays(states), OVERDUE: (BEHIND, ON_TRACK)}
    do = (settle_if_dropped, clocks)
    yield from _moves(handoffs.CapWithdrawn, changes.drop_cap, ways, do=do, source="people decided against the CAP")
    yield Row(
        at=(OVERDUE, EXTENSION, BLOCKED),
        on=SessionsPlanned,
        by=frozenset({Role(policy.pace.extension.owner)}),
        when=wants_sessions,
        set=changes.plan,
        do=(settle_sessions, tell_planned, clocks),
        source="R-001-21: WFM schedules the extra sessions",
    )
    change = changes.after(changes.use_up)
    yield Row(
        at=(EXTENSION,),
        on=HoursUsed,
        to=EXT_EXPIRED,
        set=change,
        when=leads_to(EXT_EXPIRED, change, hours_are_used),
        do=(call_review, clocks),
        source=f"{SPEC}: the hours are used, people review; never automatic",
    )
    yield Row(
        at=(EXTENSION,),
        on=HoursUsed,
        set=change,
        when=leads_to(EXTENSION, change, hours_are_used),
        do=(clocks,),
        source=f"{SPEC}: a claim made in time waits for licensing",
    )
    yield Row(at=states, on=handoffs.ReviewDecided, set=changes.note_review, source="SPEC 3.9: a human outcome")


def owe_sessions_still(m: Any) -> Any:
    """Extra sessions nobody has asked for yet."""
    return owe_sessions(m) if m.case.state == EXTENSION and m.was.state != OVERDUE else None


def settle_if_dropped(m: Any) -> Any:
    """No CAP, no extension, no extra sessions."""
    if m.was.data.overdue_at is None or m.data.overdue_at is not None:
        return None
    return (forget_sessions(m), *cancel_sessions(m))


def end_rows(policy: TrainingPolicy) -> Iterator[Row]:
    """The agent leaves, or goes into production."""
    states = open_states(policy)
    source = "SPEC 3.13: agent leaves"
    yield Row(at=states, on=handoffs.AgentLeft, to=CLOSED_LEFT, do=(stop_clocks,), source=source)
    source = "SPEC 3.10: production, the clocks stop"
    rest = tuple(state for state in states if state != COMPLETE)
    yield Row(at=rest, on=handoffs.MovedToProduction, to=CLOSED_LEFT, do=(stop_clocks,), source=source)
    waived: Guard = lambda m: bool(m.was.data.waived)  # noqa: E731
    yield Row(
        at=(COMPLETE,), on=handoffs.MovedToProduction, to=CLOSED_LEFT, when=waived, do=(stop_clocks,), source=source
    )
    yield Row(at=(COMPLETE,), on=handoffs.MovedToProduction, when=lambda m: not m.was.data.waived, source=source)
