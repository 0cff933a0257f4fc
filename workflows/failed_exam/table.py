"""The rows up to the last attempt: fails, ordinals, coaching, proctor, and what other workflows report."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from workflows import handoffs
from workflows.failed_exam.changes import (
    add_source,
    book,
    drop_cap_and_coach,
    drop_dispute,
    hand_to_hr,
    note_cap,
    note_coaching,
    note_review,
    pass_exam,
    record,
    record_and_sign,
    record_missing,
    refer,
    release_cap,
    unbook,
)
from workflows.failed_exam.corrections import correct_review, release
from workflows.failed_exam.data import FailedExam, Step
from workflows.failed_exam.duties import (
    ask_confirmation,
    ask_hr,
    ask_proctor,
    ask_review,
    call_cap,
    end_session,
    late_forms,
    owe_coaching,
    owe_form,
    owe_proctor,
    owe_result,
    refer_ordinal,
    settle,
)
from workflows.failed_exam.endings import when_passed
from workflows.failed_exam.events import (
    CapProceeds,
    Coached,
    CoachInstead,
    EarlierConfirmed,
    ExamFailed,
    NotAdvised,
    NotCoached,
    ProctorCancelled,
    ProctorScheduled,
    ProctorWanted,
    ResultEntered,
    SlotEnded,
    SlotNear,
    WrongNumber,
)
from workflows.failed_exam.facts import tell, tell_actor
from workflows.failed_exam.guards import (
    all_of,
    coached_in_time,
    held,
    is_not,
    left,
    missed,
    needs,
    proctored_it,
    reads,
    said_what_is_needed,
    slot_fits,
    stands,
    to_come,
    uses_up,
    who_reports,
)
from workflows.failed_exam.notices import (
    already,
    answer_agent,
    ask_same,
    clear_agent,
    lock,
    notify,
    nudge,
    protect,
    tell_unproctored,
    too_many,
)
from workflows.failed_exam.sittings import drop_gone_slot, drop_slot, forget_slot, remind_slot, tell_slot
from workflows.failed_exam.states import (
    NONE,
    PASSED,
    REVIEW,
    SPEC,
    UNCOUNTED,
    VOID,
    after_fail,
    coaching,
    confirming,
    confirms,
    holdable,
    locked,
    places,
    ready,
    waiting,
)
from workflows.failed_exam.technical import ask_technical
from workflows.machine import Guard, Moment, Row
from workflows.people import Role
from workflows.policy import FailedExamPolicy

FAIL = (
    release,
    drop_gone_slot,
    notify,
    call_cap,
    owe_form,
    owe_coaching,
    ask_proctor,
    end_session,
    ask_review,
    tell_unproctored,
    ask_technical,
    answer_agent,
)


LAST = (
    release,
    notify,
    owe_form,
    ask_confirmation,
    end_session,
    forget_slot,
    tell_unproctored,
    ask_technical,
    answer_agent,
)


USED_UP = (release, notify, owe_form, end_session, tell_unproctored, ask_technical, answer_agent, lock)


def _after(policy: FailedExamPolicy, n: int) -> tuple[Any, ...]:
    """What the n-th fail sets off."""
    if n < policy.last:
        return FAIL
    return LAST if confirms(policy) else USED_UP


def fail_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    """The next fail, and the carrier's last attempt: it closes the exam, whatever the ladder has come to."""
    row = partial(Row, on=ExamFailed, by=who_reports(policy), set=record)
    more, last = all_of(reads("next"), partial(is_not, uses_up)), policy.last
    for n in range(last - 1):
        source = policy.rule(n + 1).source
        yield row(at=places(policy, n), to=after_fail(policy, n + 1), when=more, do=FAIL, source=source)
    at = tuple(state for n in range(last) for state in places(policy, n) if state != NONE or last == 1)
    last_one, source = all_of(reads("next"), uses_up), policy.rule(last).source
    yield row(at=at, to=after_fail(policy, last), when=last_one, do=_after(policy, last), source=source)
    for n in range(1, last):
        if proctor := policy.rule(n).proctor:
            yield from result_rows(policy, n, frozenset({Role.proctor, Role(proctor.by)}))


def result_rows(policy: FailedExamPolicy, n: int, by: frozenset[Role]) -> Iterator[Row]:
    """A result that is no pass: confirmed already when whoever proctored the sitting says so, else only a report."""
    row = partial(Row, at=places(policy, n), on=ResultEntered, by=by)
    fail: Guard = lambda m: not m.event.passed  # noqa: E731
    entered = settle("result:{n}")
    if n + 1 < policy.last:
        more = all_of(fail, partial(is_not, uses_up))
        source = policy.rule(n + 1).source
        yield row(to=after_fail(policy, n + 1), when=more, set=record, do=(entered, *FAIL), source=source)
    last = all_of(fail, uses_up)
    witnessed = all_of(last, proctored_it) if confirms(policy) else last
    source = f"{SPEC} row 9: the proctor's result is report and confirmation"
    yield row(to=locked(policy), when=witnessed, set=record_and_sign, do=(entered, *USED_UP), source=source)
    if confirms(policy):
        reported = all_of(last, partial(is_not, proctored_it))
        source = f"{SPEC} row 10: a result by anybody but the proctor is a report; a person confirms it"
        yield row(to=confirming(policy), when=reported, set=record, do=(entered, *LAST), source=source)


def ordinal_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    early = tuple(state for n in range(policy.last - 1) for state in places(policy, n))
    counted = tuple(state for n in range(policy.last) for state in places(policy, n) if state != NONE)
    counted += (confirming(policy),) if confirms(policy) else ()
    source, by = f"{SPEC} Ordinals", who_reports(policy)
    report = partial(Row, on=ExamFailed, by=by, source=source)
    if early:
        yield report(at=early, to=REVIEW, when=reads("jump"), set=refer, do=(refer_ordinal, protect))
        yield report(at=(REVIEW,), do=(tell_actor("in_review", undo=False),))
    if counted:
        yield report(at=counted, when=reads("duplicate"), set=add_source, do=(already, ask_technical))
        yield report(at=counted, when=reads("old"), do=(ask_same,))
    yield report(at=(NONE, *counted), when=reads("beyond"), do=(too_many,))
    for n in range(2, policy.last + 1):
        yield Row(
            at=(REVIEW,),
            on=EarlierConfirmed,
            to=after_fail(policy, n),
            by=_referees(policy),
            when=partial(_comes_to, n),
            set=record_missing,
            do=(settle("ordinal"), late_forms, *_after(policy, n)),
            source=source,
        )
    for state in early:
        if state == UNCOUNTED and policy.last == 2:
            continue  # one more is the next one, and two more are too many
        yield Row(
            at=(REVIEW,),
            on=WrongNumber,
            to=VOID if state == NONE else state,
            by=_referees(policy),
            when=partial(stands, state),
            set=drop_dispute,
            do=(correct_review, tell(Role.agent, "wrong_number", tag=False), tell_actor("wrong_number_for")),
            source=source,
        )


def _referees(policy: FailedExamPolicy) -> frozenset[Role]:
    return frozenset({Role(policy.owner), Role.licensing})


def _comes_to(n: int, m: Moment[FailedExam]) -> bool:
    """The disputed fail is the n-th of the ladder, or the last one the carrier gives."""
    data, last = m.was.data, m.policy.last
    if data.claimed == last:
        return bool(n == last)
    return bool(n < last and data.count + data.claimed - data.used == n)


def coaching_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    for n in range(1, policy.last):
        rule, wait = policy.rule(n), waiting(policy, n)
        if wait and (rule.coach or holdable(policy, n)):
            yield from coached_rows(policy, n, wait)
        if holdable(policy, n):
            yield from held_rows(policy, n, places(policy, n), wait or "")
    if holdable(policy, policy.last):
        owner, end = coaching(policy, policy.last), locked(policy)
        assert owner is not None
        yield from held_rows(policy, policy.last, (end,), "")
        yield Row(
            at=(end,),
            on=Coached,
            by=frozenset({Role(owner.owner)}),
            when=missed,
            set=note_coaching,
            do=(settle("coach:{n}"), tell_actor("coached")),
            source=f"{SPEC} row 5: coach instead",
        )


def coached_rows(policy: FailedExamPolicy, n: int, wait: str) -> Iterator[Row]:
    owner = coaching(policy, n)
    assert owner is not None
    source = f"{policy.rule(n).source}; once coached the agent may proceed"
    missing: Guard = lambda m: not held(m) and "coach" in left(m)  # noqa: E731
    fits = all_of(missing, partial(said_what_is_needed, n))
    done = (settle("coach:{n}"), tell_actor("coached"))
    row = partial(Row, at=(wait,), on=Coached, by=frozenset({Role(owner.owner)}), set=note_coaching, source=source)
    yield row(to=ready(policy, n), when=all_of(fits, lambda m: not left(m, note_coaching)), do=(*done, clear_agent))
    others = {"coach"} if policy.rule(n).coach else {"coach", "cap"}  # instead of the CAP, there is no CAP
    if needs(policy, n, Step()) - others:
        yield row(when=all_of(fits, lambda m: bool(left(m, note_coaching))), do=done)
    if owner.statement:
        advise = (tell_actor("advise_first", undo=False),)
        yield Row(at=(wait,), on=NotAdvised, by=frozenset({Role(owner.owner)}), when=missing, do=advise, source=source)


def held_rows(policy: FailedExamPolicy, n: int, at: tuple[str, ...], wait: str) -> Iterator[Row]:
    coach = coaching(policy, n - 1)
    assert coach is not None
    owner, hr = frozenset({Role(coach.owner)}), frozenset({Role.hr_rep})
    row = partial(Row, at=at, when=held, source=f"{SPEC} row 5: a fail before coaching was recorded")
    answered = settle("coaching_check:{n}", "uncoached:{n}")
    noted = (answered, call_cap, tell_actor("coaching_noted"))
    yield row(on=Coached, by=owner, when=coached_in_time, set=release_cap, do=noted)
    yield row(
        on=NotCoached,
        by=owner,
        when=lambda m: m.was.data.step(m.was.data.count).cap == "held",
        set=hand_to_hr,
        do=(settle("coaching_check:{n}"), ask_hr, tell_actor("not_coached")),
    )
    yield row(on=CapProceeds, by=hr, set=release_cap, do=(answered, call_cap, tell_actor("cap_proceeds")))
    owed = policy.rule(n).coach is not None  # after this fail the pack itself wants coaching
    instead = (answered, *(() if owed else (owe_coaching,)), tell_actor("coach_instead"))
    yield row(on=CoachInstead, to=wait, by=hr, set=drop_cap_and_coach, do=instead)


def proctor_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    for n in range(1, policy.last):
        rule = policy.rule(n)
        if rule.proctor is None:
            continue
        wait, go = f"F{n}_PROCTOR", f"F{n}_READY"
        licensing = frozenset({Role(rule.proctor.by)})
        both = licensing | {Role.proctor}
        booked = (settle("proctor:{n}", "result:{n}"), tell_slot, tell_actor("scheduled"))
        row = partial(Row, on=ProctorScheduled, by=licensing, set=book, source=rule.source)
        if needs(policy, n, Step()) != {"slot"}:
            yield row(at=(wait,), when=all_of(slot_fits, lambda m: bool(left(m, book))), do=booked)
        yield row(at=(wait,), to=go, when=all_of(slot_fits, lambda m: not left(m, book)), do=(*booked, clear_agent))
        yield row(at=(go,), when=slot_fits, do=(*booked, clear_agent))
        yield Row(
            at=(wait, go),
            on=ProctorWanted,
            by=frozenset({Role.agent}),
            do=(tell_actor("schedule_nudged", undo=False), nudge(rule.proctor.by)),
            source=f"{SPEC} illegal events: the agent does not schedule",
        )
        yield Row(
            at=(wait, go),
            on=ProctorCancelled,
            to=wait,
            by=both,
            when=lambda m: m.was.data.step(m.was.data.count).slot is not None,
            set=unbook,
            do=(settle("result:{n}"), drop_slot, owe_proctor, tell_actor("slot_dropped")),
            source=f"{SPEC}: a slot cancelled",
        )
        disputable = (REVIEW,) if n + 1 < policy.last else ()
        here: Guard = partial(_counts, n)
        yield Row(
            at=(wait, go, *disputable),
            on=SlotNear,
            when=all_of(here, to_come),
            do=(remind_slot,),
            source=f"{SPEC} row 6: reminders before the slot",
        )
        yield Row(
            at=(wait, go, *disputable),
            on=SlotEnded,
            when=here,
            do=(owe_result,),
            source=f"{SPEC}: a slot that ends without a result",
        )
        yield Row(
            at=(wait, go),
            on=ResultEntered,
            to=PASSED,
            by=both,
            when=lambda m: m.event.passed,
            set=pass_exam,
            do=(settle("result:{n}"), *when_passed(policy)),
            source=f"{SPEC} row 11: passed",
        )


def _counts(n: int, m: Moment[FailedExam]) -> bool:
    return m.was.data.count == n and m.was.data.step(n).slot is not None


def hand_rows(policy: FailedExamPolicy, states: tuple[str, ...]) -> Iterator[Row]:
    """What other workflows report back: noted everywhere, and completing a step where it was awaited."""
    for on, change, awaited, source in (
        (handoffs.CapDelivered, note_cap, "cap", f"{SPEC} rows 7 and 8: CAP delivered"),
        (handoffs.CapWithdrawn, note_cap, "cap", "SPEC 3.9: CAP withdrawn"),
        (handoffs.ReviewDecided, note_review, "review", "SPEC 3.9: review decided by people"),
    ):
        waits = []
        for n in range(1, policy.last):
            wait = waiting(policy, n)
            if wait is None or awaited not in needs(policy, n, Step()):
                continue
            waits.append(wait)
            completes = partial(_completes, n, change)
            row = partial(Row, at=(wait,), on=on, set=change, source=source)
            yield row(to=ready(policy, n), when=completes, do=(clear_agent,))
            yield row(when=partial(is_not, completes))
        yield Row(at=tuple(state for state in states if state not in waits), on=on, set=change, source=source)


def _completes(n: int, change: Any, m: Moment[FailedExam]) -> bool:
    return m.was.data.count == n and bool(left(m)) and not left(m, change)
