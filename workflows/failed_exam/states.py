"""The states of a ladder of any length, by their names, and which follows which."""

from __future__ import annotations

from dataclasses import replace

from workflows.policy import Coach, FailedExamPolicy

NONE, REVIEW, PASSED, VOID, CLOSED_LEFT = "NONE", "REVIEW", "PASSED", "VOID", "CLOSED_LEFT"
UNCOUNTED = "F0_CLEARED"
"""Every attempt so far was a technical failure: no fail is on the ladder, but the carrier has fewer left to give."""


def pending(policy: FailedExamPolicy, n: int) -> str | None:
    """The state that waits for what the n-th fail calls for; None when it calls for nothing."""
    rule = policy.rule(n)
    if rule.proctor:
        return f"F{n}_PROCTOR"
    if rule.coach:
        return f"F{n}_COACHING"
    if rule.cap and rule.cap.before_next:
        return f"F{n}_CAP"
    return f"F{n}_REVIEW" if rule.review else None


def waiting(policy: FailedExamPolicy, n: int) -> str | None:
    """As `pending`, and the state that waits for a coaching HR chose instead of the CAP."""
    return pending(policy, n) or (f"F{n}_COACHING" if holdable(policy, n) else None)


def ready(policy: FailedExamPolicy, n: int) -> str:
    """The state in which the next attempt may be taken."""
    return f"F{n}_READY" if policy.rule(n).proctor else f"F{n}_CLEARED"


def confirming(policy: FailedExamPolicy) -> str:
    """The last fail is reported and waits for a person's word."""
    return f"F{policy.last}_CONFIRM"


def locked(policy: FailedExamPolicy) -> str:
    """The attempts of this plan year are used up."""
    return f"F{policy.last}_LOCKED"


def confirms(policy: FailedExamPolicy) -> bool:
    """Whether a person's word is needed before the last fail counts."""
    confirm = policy.rule(policy.last).confirm
    return confirm is not None and confirm.required


def places(policy: FailedExamPolicy, n: int) -> tuple[str, ...]:
    """The states between the n-th fail and the next attempt."""
    if n == 0:
        return (NONE, UNCOUNTED) if policy.last > 1 else (NONE,)
    return tuple(state for state in (waiting(policy, n), ready(policy, n)) if state)


def after_fail(policy: FailedExamPolicy, n: int) -> str:
    """The state the n-th fail leads to."""
    if n < policy.last:
        return pending(policy, n) or ready(policy, n)
    return confirming(policy) if confirms(policy) else locked(policy)


def holdable(policy: FailedExamPolicy, n: int) -> bool:
    """Whether the CAP of the n-th fail can have to wait for the word whether there was coaching before it."""
    if n < 2 or policy.uncoached != "hold" or policy.rule(n).cap is None:
        return False
    return policy.rule(n - 1).coach is not None or holdable(policy, n - 1)


def coaching(policy: FailedExamPolicy, n: int) -> Coach | None:
    """Who coaches after the n-th fail. Where the pack wants none but HR may, it is the last one who coached."""
    if coach := policy.rule(n).coach:
        return coach
    earlier = next((coach for k in range(n - 1, 0, -1) if (coach := policy.rule(k).coach)), None)
    return replace(earlier, label="Coached", statement="") if earlier else None


SPEC = "SPEC 3.1"
