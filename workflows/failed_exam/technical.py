"""Technical failures (SPEC 3.13): the carrier counts such an attempt, the ladder does not unless two people say so.

The agent's word makes it a question; licensing or the TL answers; what the attempt had called for falls as after a
void. That it counts after all takes a word of both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from workflows.effects import ACTOR, Answer, Effect, Owe, Settle, Tell
from workflows.failed_exam.changes import attempt_meant, count_again, drop_words, mark_technical, note_crash, note_word
from workflows.failed_exam.corrections import correct_void, corrected, release, resume
from workflows.failed_exam.data import FailedExam
from workflows.failed_exam.duties import ask_proctor, ask_review, call_cap, owe_coaching, owe_form
from workflows.failed_exam.events import (
    AttemptCounts,
    AttemptTechnical,
    ExamFailed,
    TechnicalKept,
    TechnicalRefused,
    TechnicalReported,
)
from workflows.failed_exam.facts import facts, tag_of
from workflows.failed_exam.guards import (
    agreed,
    all_of,
    asked_about,
    half_agreed,
    is_not,
    meant,
    names_a_fail,
    names_a_failure,
    needs,
    sides,
    speaks_for,
    stands,
)
from workflows.failed_exam.notices import call_late_cap, close, lock, notify
from workflows.failed_exam.sittings import drop_gone_slot
from workflows.failed_exam.states import (
    CLOSED_LEFT,
    NONE,
    PASSED,
    REVIEW,
    UNCOUNTED,
    VOID,
    confirming,
    confirms,
    locked,
    places,
    ready,
)
from workflows.machine import Do, Guard, Moment, Row
from workflows.people import Role
from workflows.policy import FailedExamPolicy

SOURCE = "SPEC 3.13: a technical failure counts for the carrier, not for the ladder"

# -- effects -----------------------------------------------------------------------------------------------


def ask_technical(m: Moment[FailedExam]) -> Effect | None:
    """Licensing is asked whether the attempt was a technical failure, as the agent says; asked once."""
    number = _said_to_have_crashed(m)
    if not number or (number <= len(m.was.data.attempts) and m.was.data.attempts[number - 1].crashed):
        return None
    answers = (
        Answer(label="Technical", event=AttemptTechnical(number=number, why="reported by the agent"), done="technical"),
        Answer(label="Not technical", event=TechnicalRefused(number=number), done="answered"),
    )
    return Owe(
        to=(Role.licensing,),
        duty=f"technical:{number}",
        title="was it a technical failure?",
        template="failed_exam/technical",
        facts=_about(m, number),
        answers=answers,
        sla="immediate",
        tag=tag_of(number),
    )


def _said_to_have_crashed(m: Moment[FailedExam]) -> int:
    """The number of the attempt that this event says crashed; 0 for none."""
    if isinstance(m.event, TechnicalReported):
        return meant(m)
    if isinstance(m.event, ExamFailed) and len(m.data.attempts) == len(m.was.data.attempts):
        number = m.was.data.taken[attempt_meant(m) - 1]
        return number if m.event.crashed and not m.data.attempts[number - 1].technical else 0
    return len(m.data.attempts) if m.data.attempts[-1].crashed else 0


def _about(m: Moment[FailedExam], number: int, **more: object) -> dict[str, object]:
    """Facts about one attempt, by the ordinal the carrier gives it."""
    taken = m.data.taken if number in m.data.taken else m.was.data.taken
    attempt = m.data.attempts[number - 1]
    why = attempt.technical or getattr(m.event, "why", "")
    said = {"attempt": taken.index(number) + 1, "taken_at": attempt.at, "why": why, "known": bool(attempt.technical)}
    return facts(m, **said, **more)


def tell_about(role: str, template: str, *, undo: bool = False) -> Do:
    """A message about the attempt the event names."""

    def wish(m: Moment[FailedExam]) -> Effect:
        number = meant(m)
        said = _about(m, number) if number else facts(m, attempt=0, known=False)
        return Tell(to=role, template=f"failed_exam/{template}", facts=said, undo=undo)

    return wish


def settle_about(*duties: str) -> Do:
    """Done, for the attempt the event names."""
    return lambda m: tuple(Settle(duty=f"{duty}:{meant(m)}") for duty in duties)


def ask_other_side(m: Moment[FailedExam]) -> Effect | None:
    """One side says that it counts: the other one is asked."""
    number = meant(m)
    if m.was.data.attempts[number - 1].words:
        return None
    roles = (m.policy.owner, Role.licensing)
    mine = speaks_for(m)
    to = tuple(dict.fromkeys(role for role in roles if mine == set(sides(m.policy)) or not _on(m.policy, role, mine)))
    return Owe(
        to=to,
        duty=f"counts:{number}",
        title="does the technical failure count?",
        template="failed_exam/counts",
        facts=_about(m, number, asker=m.actor),
        answers=(
            Answer(label="It counts", event=AttemptCounts(number=number), done="answered"),
            Answer(label="Stays technical", event=TechnicalKept(number=number), done="kept"),
        ),
        sla="immediate",
        tag=tag_of(number),
    )


def _on(policy: FailedExamPolicy, role: str, some: frozenset[str]) -> bool:
    return any(Role(role) in sides(policy)[side] for side in some)


def tell_others(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Whoever had said that it counts hears that it does not."""
    number = meant(m)
    said = dict.fromkeys(user for user, _ in m.was.data.attempts[number - 1].words if user != m.actor)
    return tuple(Tell(to=f"@{user}", template="failed_exam/technical_kept", facts=_about(m, number)) for user in said)


def lock_again(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The exam is closed already; the ladder's last step now happens, or the step it has come to."""
    if m.data.count == m.policy.last:
        return (Settle(duty="inhibitor", withdrawn=True), *lock(m))
    return call_late_cap(m)


def go_on(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The ladder is one step further: what is missing there is owed, what was delivered stands."""
    n, number = m.data.count, meant(m)
    step = m.data.step(n)
    missing = needs(m.policy, n, step)
    form = None if m.data.attempts[number - 1].form else owe_form(m, m.data.numbers.index(number) + 1)
    stands_again = Tell(to=Role.hr_rep, template="failed_exam/cap_stands", facts=facts(m, cap=step.cap_ref))
    effects: tuple[Effect | None, ...] = (
        notify(m),
        form,
        owe_coaching(m) if "coach" in missing else None,
        *(ask_proctor(m) if "slot" in missing else ()),
        *(call_cap(m) if step.cap != "delivered" else (stands_again,)),
        ask_review(m) if step.review == "asked" else None,
    )
    return tuple(effect for effect in effects if effect)


# -- rows --------------------------------------------------------------------------------------------------


def technical_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    middles = tuple(state for n in range(1, policy.last) for state in places(policy, n))
    begun = (UNCOUNTED,) if policy.last > 1 else ()
    after = (confirming(policy), locked(policy)) if confirms(policy) else (locked(policy),)
    review = (REVIEW,) if policy.last > 2 else ()
    yield from _marked(policy, middles, after, review)
    yield from _reported((*begun, *middles, *after, *review, PASSED), policy)
    yield from _counted(policy, (*begun, *middles), after, review)


def _markers(policy: FailedExamPolicy) -> frozenset[Role]:
    """Whose word makes an attempt a technical failure."""
    return frozenset(Role(role) for role in policy.correct_by).union(*sides(policy).values())


def _marked(
    policy: FailedExamPolicy, middles: tuple[str, ...], after: tuple[str, ...], review: tuple[str, ...]
) -> Iterator[Row]:
    end = locked(policy)
    row = partial(Row, on=AttemptTechnical, by=_markers(policy), source=SOURCE)
    fell = (correct_void, corrected, drop_gone_slot)
    told = (tell_about(Role.agent, "technical_agent"), tell_about(ACTOR, "technical_for", undo=True))
    for k in range(policy.last - 1):
        for state in places(policy, k):
            if state == NONE or (k and policy.rule(k).proctor and state == ready(policy, k)):
                continue  # no sitting outlives an attempt that was taken
            there = all_of(names_a_fail, partial(stands, state, change=mark_technical))
            yield row(at=places(policy, k + 1), to=state, when=there, set=mark_technical, do=(*fell, resume, *told))
    if confirms(policy):
        at = (confirming(policy),)
        newest: Guard = lambda m: meant(m) == m.was.data.number  # noqa: E731
        yield row(at=at, to=end, when=all_of(names_a_fail, newest), set=mark_technical, do=(*fell, close, *told))
        if policy.last > 1:
            older = all_of(names_a_fail, partial(is_not, newest))
            yield row(at=at, when=older, set=mark_technical, do=(*fell, *told))
    yield row(at=(end,), when=names_a_fail, set=mark_technical, do=(*fell, close, *told))
    if policy.last > 1:
        yield row(at=(*review, PASSED), when=names_a_fail, set=mark_technical, do=(*fell, *told))
    left = (CLOSED_LEFT,) if middles or confirms(policy) else ()
    if left:
        yield row(at=left, when=names_a_fail, set=mark_technical, do=told[1:])
    everywhere = (*((UNCOUNTED,) if policy.last > 1 else ()), *middles, *after)
    everywhere += (*((REVIEW,) if policy.last > 1 else ()), PASSED, VOID, *left)
    yield row(at=everywhere, when=partial(is_not, names_a_fail), do=(tell_about(ACTOR, "technical_known"),))


def _reported(states: tuple[str, ...], policy: FailedExamPolicy) -> Iterator[Row]:
    agent = frozenset({Role.agent})
    row = partial(Row, at=states, on=TechnicalReported, by=agent, source=SOURCE)
    news = all_of(names_a_fail, partial(is_not, asked_about))
    yield row(when=news, set=note_crash, do=(ask_technical, tell_about(ACTOR, "technical_asked")))
    yield row(when=asked_about, do=(tell_about(ACTOR, "technical_asked"),))
    yield row(when=partial(is_not, names_a_fail), do=(tell_about(ACTOR, "technical_known"),))
    yield Row(
        at=states,
        on=TechnicalRefused,
        by=_markers(policy),
        when=asked_about,
        do=(
            settle_about("technical"),
            tell_about(Role.agent, "technical_refused"),
            tell_about(ACTOR, "technical_refused_for"),
        ),
        source=SOURCE,
    )


def _counted(
    policy: FailedExamPolicy, open_states: tuple[str, ...], after: tuple[str, ...], review: tuple[str, ...]
) -> Iterator[Row]:
    states = (*open_states, *after, *review, PASSED)
    by = frozenset[Role]().union(*sides(policy).values())
    row = partial(Row, on=AttemptCounts, by=by, source=f"{SOURCE} unless both say so")
    half = (ask_other_side, tell_about(ACTOR, "counts_half", undo=True))
    yield row(at=states, when=half_agreed, set=note_word, do=half)
    done = settle_about("counts")
    told = (tell_about(Role.agent, "counts_agent"), tell_about(ACTOR, "counts_for", undo=True))
    for n in range(1, policy.last):
        for state in places(policy, n):
            if policy.rule(n).proctor and state == ready(policy, n):
                continue  # the sitting was called off, or is over
            there = all_of(agreed, partial(stands, state, change=count_again))
            at = tuple(each for each in places(policy, n - 1) if each != NONE)
            yield row(at=at, to=state, when=there, set=count_again, do=(release, done, drop_gone_slot, go_on, *told))
    yield row(at=(locked(policy),), when=agreed, set=count_again, do=(done, lock_again, *told))
    still = (*((confirming(policy),) if confirms(policy) else ()), *review, PASSED)
    if policy.last > 1:
        yield row(at=still, when=agreed, set=count_again, do=(done, *told))
    yield Row(
        at=states,
        on=TechnicalKept,
        by=by,
        when=names_a_failure,
        set=drop_words,
        do=(settle_about("counts"), tell_others, tell_about(ACTOR, "technical_kept")),
        source=SOURCE,
    )
