"""What falls away and what is owed again when a case goes on, ends, or goes back."""

from __future__ import annotations

from collections.abc import Iterator

from workflows import handoffs
from workflows.effects import Correct, Disarm, Effect, Hand, Hush, Settle, Tell
from workflows.failed_exam.data import FailedExam, Step
from workflows.failed_exam.duties import ask_hr, ask_proctor, ask_review, call_cap, cap_due, owe_coaching, owe_proctor
from workflows.failed_exam.events import AttemptTechnical
from workflows.failed_exam.facts import disputed_tag, facts, lock_tag, newest_tag, tag_of
from workflows.failed_exam.guards import held, meant, needs
from workflows.failed_exam.sittings import resume_slot
from workflows.failed_exam.states import NONE, PASSED, VOID, confirming, locked
from workflows.machine import Moment
from workflows.people import Role


def resume(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The case is back at an earlier place: what is missing there is owed again, what fell away is asked for again."""
    data, n = m.data, m.data.count
    if n == 0 or m.case.state in (NONE, VOID, PASSED, locked(m.policy)):
        return ()
    step, was = data.step(n), m.was.data.step(n)
    reopened = m.was.state == PASSED
    missing = needs(m.policy, n, step)
    effects: list[Effect | None] = []
    if "coach" in missing:
        effects.append(owe_coaching(m))
    if "slot" in missing:
        effects += ask_proctor(m) if data.live[-1].late else (owe_proctor(m),)
    if step.cap == "asked":
        effects.append(ask_hr(m))
    elif step.cap == "held" or (step.cap == "due" and was.cap != "due"):
        effects += call_cap(m)
    if reopened:
        effects += [
            cap_due(m, k)
            for k, each in enumerate(data.steps, 1)
            if each.cap == "due" and not (k == n and was.cap != "due")
        ]
    if step.review == "asked" and (reopened or was.review != "asked"):
        effects.append(ask_review(m))
    if step.slot:
        effects += resume_slot(m, step.slot, reopened=reopened)
    return tuple(effect for effect in effects if effect)


UNTIL_NEXT = ("coach", "proctor", "coaching_check", "uncoached", "result")
"""Duties of a fail that end with the next one."""


def release(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """What was owed before this fail is not owed any more; HR hears of a CAP nobody got to decide on."""
    was = m.was.data
    gone = tuple(Settle(duty=f"{name}:{was.number}", withdrawn=True) for name in UNTIL_NEXT) if was.count else ()
    if not held(m):
        return gone
    said = facts(m, attempt=was.count)
    return (*gone, Tell(to=Role.hr_rep, template="failed_exam/cap_overtaken", facts=said, tag=newest_tag(m)))


def withdraw_all(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Nothing of this case is owed any more."""
    return (Settle(duty="*", withdrawn=True), Disarm(name="*"))


def quiet_forms(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """A pass cancels every clock; a form not filed stays on the list, but nobody is chased for it."""
    names = (*(f"{name}:*" for name in UNTIL_NEXT), "end_session:*", "confirm", "ordinal")
    hushed = (Hush(duty=f"{name}:*") for name in ("form", "technical", "counts"))
    return (*hushed, *(Settle(duty=name, withdrawn=True) for name in names), Disarm(name="*"))


def passed_over(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Passed: a CAP drafted but not delivered is offered for withdrawal, a review nobody decided is over."""
    return tuple(
        _fallen(m, "passed", [step for step in m.was.data.steps if step.cap == "due" or step.review == "asked"])
    )


def corrected(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """What an attempt that fell or a vanished ordinal called for: a draft is offered, a delivered CAP goes to HR."""
    void = next((number for number in m.was.data.numbers if number not in m.data.numbers), 0)
    steps = [
        step for n, step in enumerate(m.was.data.steps, 1) if n > m.data.count or (step.number and step.number == void)
    ]
    return tuple(_fallen(m, "corrected", steps))


def _fallen(m: Moment[FailedExam], reason: str, steps: list[Step]) -> Iterator[Effect]:
    for step in steps:
        event = handoffs.CauseFell(cause=m.case.id, step=step.number, reason=reason)
        if step.cap in ("due", "delivered"):
            yield Hand(workflow="discipline", event=event)
        if step.review == "asked":
            yield Hand(workflow="review", event=event)


def correct_void(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Everyone told of the attempt that fell is told that it does not count.

    What a later attempt called for falls away too; that it happened stands, so its notice is not corrected. Of a
    technical failure everybody was told when it became one: only the lock may fall with it.
    """
    was = m.was.data
    void, newest = (meant(m) if hasattr(m.event, "ordinal") else was.number), was.number
    known, dispute = void not in was.numbers, was.attempts[void - 1].dispute
    about = (newest,) if known and m.was.state == locked(m.policy) else () if known else dict.fromkeys((void, newest))
    names = [f"{name}:{number}" for number in about for name in (*UNTIL_NEXT, "end_session")]
    names += [f"{name}:{void}" for name in ("form", "technical", "counts")]
    names += ["inhibitor"] if m.case.state == confirming(m.policy) else ["confirm", "inhibitor"]
    tags = [] if known else [tag_of(void)]
    if dispute and not known:
        names.append(f"end_session:review:{dispute}")
        tags.append(f"review:{dispute}")
    if m.was.state == locked(m.policy):
        tags.append(lock_tag(was))
    said = {"exam": m.data.exam_name, "n": was.taken.index(void) + 1, "left": m.data.count}
    why, rule = getattr(m.event, "why", ""), m.policy.rule(was.count) if was.count else None
    if isinstance(m.event, AttemptTechnical):
        why = f"{TECHNICAL}: {why}" if why else TECHNICAL
    moot = not known and newest != void and rule is not None and bool(rule.proctor or rule.end_session)
    return (
        *(Settle(duty=name, withdrawn=True) for name in names),
        *(Correct(tag=tag, reason=why, facts=said) for tag in tags),
        *((Correct(tag=tag_of(newest), reason=why, facts=said, but=("E-01",)),) if moot else ()),
    )


TECHNICAL = "a technical failure, which only the carrier counts"
"""The reason everyone hears who was told of such an attempt."""


def correct_review(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    was = m.was.data
    said = {"exam": was.exam_name, "n": was.claimed, "left": was.count}
    session = Settle(duty=f"end_session:{disputed_tag(m)}", withdrawn=True)
    return (Settle(duty="ordinal"), session, Correct(tag=disputed_tag(m), reason="", facts=said))
