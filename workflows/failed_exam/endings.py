"""The rows that end a case or bring it back: confirmation, passes, leaving, voids, papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from workflows import handoffs
from workflows.failed_exam.changes import file_form, pass_exam, reject, reopen, sign, void_attempt
from workflows.failed_exam.corrections import correct_void, corrected, passed_over, quiet_forms, resume, withdraw_all
from workflows.failed_exam.duties import inhibit, refer_ordinal, settle_form, settle_session
from workflows.failed_exam.events import (
    AttemptVoided,
    CarrierDiffers,
    ExamPassed,
    FailConfirmed,
    FailRejected,
    FormDone,
    InhibitorRecorded,
    NoSession,
    PassRefused,
    ResultEntered,
    SessionEnded,
)
from workflows.failed_exam.facts import tell, tell_actor
from workflows.failed_exam.guards import (
    all_of,
    confirms_another,
    is_not,
    names_a_fail,
    names_a_failure,
    names_an_attempt,
    open_form,
    stands,
    who_reports,
)
from workflows.failed_exam.notices import hand_passed, lock, pass_disputed, tell_left, tell_passed, tell_reporter
from workflows.failed_exam.sittings import drop_gone_slot, drop_slot, drop_slot_for_proctor
from workflows.failed_exam.states import (
    CLOSED_LEFT,
    NONE,
    PASSED,
    REVIEW,
    SPEC,
    UNCOUNTED,
    VOID,
    confirming,
    confirms,
    locked,
    places,
    ready,
)
from workflows.machine import Guard, Row
from workflows.people import Role
from workflows.policy import FailedExamPolicy


def end_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    end, confirm = locked(policy), policy.rule(policy.last).confirm
    if confirms(policy) and confirm:
        yield from confirm_rows(policy, frozenset(Role(role) for role in confirm.by))
    lock_rule = policy.rule(policy.last).lock
    if lock_rule and lock_rule.inhibitor:
        yield Row(
            at=(end,),
            on=InhibitorRecorded,
            by=frozenset({Role(lock_rule.inhibitor)}),
            when=lambda m: not m.was.data.inhibited,
            set=lambda m: replace(m.was.data, inhibited=True),
            do=(inhibit, tell_actor("inhibited")),
            source=f"{SPEC} row 10",
        )


def confirm_rows(policy: FailedExamPolicy, by: frozenset[Role]) -> Iterator[Row]:
    at, rule, n = (confirming(policy),), policy.rule(policy.last), policy.last - 1
    agreed = partial(
        Row, at=at, to=locked(policy), by=by, set=sign, do=(lock, tell_actor("confirmed")), source=rule.source
    )
    yield agreed(on=FailConfirmed, when=confirms_another)
    own = partial(
        Row,
        at=at,
        by=by,
        do=(tell_actor("being_confirmed", undo=False),),
        source=f"{SPEC} row 10: a report is confirmed by somebody else, or by whoever proctored it",
    )
    yield own(on=FailConfirmed, when=partial(is_not, confirms_another))
    for state in (state for k in range(n + 1) for state in places(policy, k)):
        if state == NONE and n:
            continue  # the carrier counts more than this one
        yield Row(
            at=at,
            on=FailRejected,
            to=VOID if state == NONE else state,
            by=by,
            when=partial(stands, state, change=reject),
            set=reject,
            do=(correct_void, resume, tell(Role.agent, "not_confirmed"), tell_reporter, tell_actor("rejected")),
            source=f"{SPEC}: not correct",
        )
    passed = partial(Row, at=at, to=PASSED, set=pass_exam, source=f"{SPEC} row 11: passed")
    trusted: Guard = lambda m: bool(m.by & (_passers(policy) - {Role.agent}))  # noqa: E731
    yield passed(on=ExamPassed, by=_passers(policy), when=trusted, do=(correct_void, *when_passed(policy)))
    yield Row(
        at=at,
        on=ExamPassed,
        by=_passers(policy),
        when=partial(is_not, trusted),
        do=(pass_disputed,),
        source=f"{SPEC}: a pass in F3_CONFIRM is a dispute",
    )
    if n and policy.rule(n).proctor:
        fail: Guard = lambda m: not m.event.passed  # noqa: E731
        yield agreed(on=ResultEntered, when=all_of(fail, confirms_another))
        yield own(on=ResultEntered, when=all_of(fail, partial(is_not, confirms_another)))
        yield passed(on=ResultEntered, by=by, when=lambda m: m.event.passed, do=(correct_void, *when_passed(policy)))


TRUSTED = frozenset({Role.licensing, Role.proctor, Role.tl, Role.workshop_lead, Role.pm})
"""Whose word that an exam was passed stands against a reported fail."""


def _passers(policy: FailedExamPolicy) -> frozenset[Role]:
    return TRUSTED | who_reports(policy)


def when_passed(policy: FailedExamPolicy) -> tuple[Any, ...]:
    told = (tell_passed, tell(policy.owner, "passed_owner", tag=False), hand_passed)
    return (quiet_forms, drop_slot, passed_over, *told)


def pass_rows(policy: FailedExamPolicy, opens: tuple[str, ...]) -> Iterator[Row]:
    by, licensing = _passers(policy), frozenset({Role.licensing})
    going = tuple(state for state in opens if state not in (NONE, confirming(policy)))
    row = partial(Row, on=ExamPassed, to=PASSED, by=by, set=pass_exam)
    if going:
        yield row(at=going, do=when_passed(policy), source=f"{SPEC} row 11: passed")
    yield row(at=(NONE,), do=(tell_passed, hand_passed), source=f"{SPEC}: a pass with no case is noted")
    differs = (tell(Role.licensing, "carrier_differs", tag=False), tell_actor("licensing_told", undo=False))
    yield Row(at=(PASSED,), on=CarrierDiffers, do=differs, source="SPEC 3.14")
    told = (resume, tell(Role.agent, "pass_refused", tag=False), tell_actor("pass_refused_for"), hand_passed)
    refused = partial(
        Row, at=(PASSED,), on=PassRefused, by=licensing, set=reopen, source=f"{SPEC}: proof refused after PASSED"
    )
    for state in (NONE, *(state for state in going if state != REVIEW)):
        undisputed = all_of(partial(stands, state), lambda m: m.was.data.dispute is None)
        yield refused(to=VOID if state == NONE else state, when=undisputed, do=told)
    if REVIEW in going:
        yield refused(to=REVIEW, when=lambda m: m.was.data.dispute is not None, do=(refer_ordinal, *told))


def left_rows(policy: FailedExamPolicy, opens: tuple[str, ...]) -> Iterator[Row]:
    source = f"{SPEC} row 14"
    gone = (drop_slot_for_proctor, withdraw_all, tell_left)
    if begun := tuple(state for state in opens if state != NONE):
        yield Row(at=begun, on=handoffs.AgentLeft, to=CLOSED_LEFT, do=gone, source=source)
    yield Row(at=(locked(policy), PASSED), on=handoffs.AgentLeft, do=(withdraw_all,), source=source)


def void_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    by = frozenset(Role(role) for role in policy.correct_by) | {Role.licensing}
    row = partial(Row, on=AttemptVoided, by=by, source="SPEC 3.13: void with evidence, the ordinals recount")
    done = (correct_void, corrected, drop_gone_slot, resume)
    told = (*done, tell(Role.agent, "recounted", tag=False), tell_actor("voided"))
    after = (confirming(policy), locked(policy)) if confirms(policy) else (locked(policy),)
    counted = tuple(state for n in range(policy.last) for state in places(policy, n) if state != NONE)
    for k in range(policy.last - 1):
        for state in _below(policy, k):
            if state == UNCOUNTED and policy.last == 2:
                continue  # with a technical failure before it the exam was used up
            there = all_of(names_a_fail, partial(stands, state, change=void_attempt))
            to = VOID if state == NONE else state
            yield row(at=places(policy, k + 1), to=to, when=there, set=void_attempt, do=told)
    for state in _reopened(policy):
        there = all_of(names_an_attempt, partial(stands, state, change=void_attempt))
        yield row(at=after, to=VOID if state == NONE else state, when=there, set=void_attempt, do=told)
    if policy.last > 1:
        only: Guard = lambda m: m.was.data.used == 1  # noqa: E731
        fewer = (correct_void, tell_actor("voided"))
        if policy.last > 2:
            others = all_of(names_a_failure, partial(is_not, only))
            yield row(at=counted, when=others, set=void_attempt, do=fewer)
        yield row(at=(UNCOUNTED,), to=VOID, when=all_of(names_a_failure, only), set=void_attempt, do=fewer)
    review = (REVIEW,) if policy.last > 2 else ()
    ended = (PASSED, *review)
    if policy.last > 1:
        yield row(at=ended, when=names_a_fail, set=void_attempt, do=(*done, tell_actor("voided")))
        yield row(at=ended, when=names_a_failure, set=void_attempt, do=fewer)
    everywhere = (*counted, *after, *((REVIEW,) if policy.last > 1 else ()), PASSED, VOID)
    if policy.last > 1 or confirms(policy):
        everywhere = (*everywhere, CLOSED_LEFT)
        yield row(at=(CLOSED_LEFT,), when=names_an_attempt, set=void_attempt, do=(tell_actor("voided"),))
    yield row(at=everywhere, when=partial(is_not, names_an_attempt), do=(tell_actor("no_such_attempt", undo=False),))


def _below(policy: FailedExamPolicy, k: int) -> tuple[str, ...]:
    """Where a case can stand when the fail after the k-th is voided: no sitting outlives an attempt that counted."""
    sat = k and policy.rule(k).proctor
    return tuple(state for state in places(policy, k) if not (sat and state == ready(policy, k)))


def _reopened(policy: FailedExamPolicy) -> Iterator[str]:
    """Where a case can stand when it was not the carrier's last attempt: a sitting to come outlives one unconfirmed."""
    for k in range(policy.last):
        places_there = places(policy, k) if confirms(policy) else _below(policy, k)
        yield from (state for state in places_there if state != NONE or policy.last == 1)


def paper_rows(policy: FailedExamPolicy, states: tuple[str, ...]) -> Iterator[Row]:
    owners = frozenset(Role(rule.form.owner) for rule in policy.attempt if rule.form)
    if owners:
        yield Row(
            at=states,
            on=FormDone,
            by=owners,
            when=lambda m: open_form(m) is not None,
            set=file_form,
            do=(settle_form, tell_actor("form_done")),
            source="D000: complete the Failed Cert Exam Tracking Form",
        )
    for on, template in ((SessionEnded, "thanks_wfm"), (NoSession, "thanks_no_session")):
        if any(rule.end_session for rule in policy.attempt):
            yield Row(
                at=states,
                on=on,
                by=frozenset({Role.wfm}),
                do=(settle_session, tell_actor(template, undo=False)),
                source="R-000-15: end today's session",
            )
