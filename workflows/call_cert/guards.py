"""Questions about a round and an event, answered without a roster; a refusal asks the same ones."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from workflows.call_cert.data import Call, CallCert
from workflows.call_cert.scorecard import differences, misfit, of_another, rate_misfit, readable
from workflows.call_cert.states import FAILED_PROGRAM, PASSED, RUNNING
from workflows.machine import Moment
from workflows.people import Role
from workflows.policy import Recipient
from workflows.policy_calls import CallCertPolicy

LONGEST_SCORE = 12
"""Characters of a score that are read at all."""


def roles(*named: Recipient) -> frozenset[Role]:
    """The roles of these names."""
    return frozenset(Role(name) for name in named)


# -- connecting


def phase_day(m: Moment[CallCert]) -> int:
    """Which business day of the phase it is."""
    return m.calendar.day_number(m.was.data.watch.shift.first, m.at)


def early(m: Moment[CallCert]) -> bool:
    """Systems training and shadowing come first: not before the pack's half day (R-002-12/13)."""
    rules, shift = m.policy.connect, m.was.data.watch.shift
    day = phase_day(m)
    today = m.calendar.local(m.at).date()
    return day < rules.from_day or (day == rules.from_day and m.at < m.calendar.at(today, rules.from_time, shift.tz))


def why_not_connect(m: Moment[CallCert]) -> str:
    """What stands in the way: elsewhere, certifier, early, equipment, reason; "" for nothing."""
    event, rules, data = m.event, m.policy.connect, m.was.data

    def forced(*by: Recipient) -> bool:
        return bool(event.forced and m.by & roles(*by))

    if m.was.state in RUNNING and (data.certifier == event.certifier or not forced(*rules.handover_by)):
        return "elsewhere"
    if event.busy_with:
        return "certifier"
    if early(m) and not forced(*rules.early_by):
        return "early"
    if (event.issue or data.equipment == "issue") and not forced(*rules.equipment_by):
        return "equipment"
    return "reason" if event.forced and not event.why.strip() else ""


def can_connect(m: Moment[CallCert]) -> bool:
    """Nothing stands in the way, or a person overrides it with a reason."""
    return not why_not_connect(m)


# -- scoring


def points(text: str) -> Decimal | None:
    """A score as a decimal from 0 to 100; None for anything else."""
    try:
        found = Decimal(text.replace(",", ".")) if len(text) <= LONGEST_SCORE else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and 0 <= found <= 100 else None


def passes(policy: CallCertPolicy, score: str) -> bool:
    """Exactly the pass mark, or more; nothing is rounded (R-002-25)."""
    found = points(score)
    return found is not None and found >= policy.pass_mark


def call_meant(m: Moment[CallCert]) -> int:
    """The number of the call: the one named, else the next."""
    return m.event.call or m.was.data.n + 1


def known_call(m: Moment[CallCert]) -> Call | None:
    """The call as it is recorded already."""
    n = call_meant(m)
    return m.was.data.calls[n - 1] if 1 <= n <= m.was.data.n else None


def why_not_score(m: Moment[CallCert]) -> str:
    """What is wrong: certifier, sixth, no_call, order, score, range, well, down, prepare; "" for nothing."""
    event, data = m.event, m.was.data
    if m.actor != data.certifier:
        return "certifier"
    n = call_meant(m)
    if n > m.policy.calls:
        return "sixth" if data.n == m.policy.calls and not event.call else "no_call"
    if n > data.n + 1:
        return "order"
    if not event.score:
        return "score"
    if points(event.score) is None:
        return "range"
    known = known_call(m)
    for text in ("well", "down", "prepare"):
        if not (getattr(event, text).strip() or (known and getattr(known, text))):
            return text
    return ""


def completes(m: Moment[CallCert]) -> bool:
    """A score that is the last one missing."""
    return not why_not_score(m) and m.was.data.n + (known_call(m) is None) == m.policy.calls


def goes_on(m: Moment[CallCert]) -> bool:
    """A score with more to come."""
    return not why_not_score(m) and not completes(m)


def result_of(policy: CallCertPolicy, calls: tuple[Call, ...]) -> tuple[str, int]:
    """What the calls come to: the result once all are scored ("" before), and the rate in percent."""
    good = sum(call.passed for call in calls)
    rate = 100 * good // policy.calls
    if len(calls) < policy.calls:
        return "", rate
    return (PASSED if rate >= policy.pass_rate else FAILED_PROGRAM), rate


def out_of_reach(policy: CallCertPolicy, calls: tuple[Call, ...]) -> bool:
    """Even with every call to come passed, the rate is not reached."""
    missed = sum(not call.passed for call in calls)
    return policy.calls - missed < policy.needed


# -- pausing, the scorecard, another round


def theirs(m: Moment[CallCert]) -> bool:
    """The connected Certifier, or somebody above him."""
    return m.actor == m.was.data.certifier or bool(m.by & (roles(*m.policy.pause_by) - {Role.certifier}))


def can_pause(m: Moment[CallCert]) -> bool:
    """The clock runs, and there is a reason."""
    return theirs(m) and not m.was.data.watch.halted("pause") and bool(m.event.why.strip())


def can_resume(m: Moment[CallCert]) -> bool:
    """The clock is paused."""
    return theirs(m) and m.was.data.watch.halted("pause")


def why_not_submit(m: Moment[CallCert]) -> str:
    """What is wrong with a scorecard: certifier, again, unscored, or what `why_unfit` says; "" for nothing."""
    data = m.was.data
    if m.actor != data.certifier:
        return "certifier"
    if data.submitted_at is not None or not data.result:
        return "again" if data.submitted_at is not None else "unscored"
    return why_unfit(m, data.calls, data.rate)


def why_unfit(m: Moment[CallCert], scored: tuple[Call, ...], rate: int) -> str:
    """What does not fit of name and scores: what `misfit` says, another, calls, scores, rate, recorded; or ""."""
    data, file, calls = m.was.data, m.event.evidence, m.policy.calls
    if why := misfit(file, data.last, data.first):
        return why
    if readable(file.marks, calls):
        if of_another(file.marks, data.last, data.first, data.certifier_name):
            return "another"
        if len(file.marks.scores) > calls:
            return "calls"
        if differences(file.marks, [call.score for call in scored], calls):
            return "scores"
    return rate_misfit(file, rate, calls)


def can_submit(m: Moment[CallCert]) -> bool:
    """It is this round's scorecard."""
    return not why_not_submit(m)


def of_sheet(m: Moment[CallCert]) -> tuple[Call, ...]:
    """The calls as the sheet has them; those recorded already stay as they are."""
    marks, data = m.event.evidence.marks, m.was.data
    news = tuple(
        Call(
            score=marks.scores[n],
            passed=passes(m.policy, marks.scores[n]),
            well=marks.well[n],
            down=marks.down[n],
            prepare=marks.prepare[n],
            at=m.at,
            by=m.actor,
        )
        for n in range(data.n, m.policy.calls)
    )
    return (*data.calls, *news)


def why_not_take(m: Moment[CallCert]) -> str:
    """Why the scores of a sheet cannot be recorded from it: certifier, unread, texts, or what does not fit; or ""."""
    data, file, calls = m.was.data, m.event.evidence, m.policy.calls
    if m.actor != data.certifier:
        return "certifier"
    marks = file.marks
    if marks is None or len(marks.scores) != calls or any(points(score) is None for score in marks.scores):
        return "unread"
    if not all(marks.well[n] and marks.down[n] and marks.prepare[n] for n in range(data.n, calls)):
        return "texts"
    why = why_unfit(m, data.calls, result_of(m.policy, of_sheet(m))[1])
    return "" if why in ("rate", "recorded", "name") else why


def takes_and_submits(m: Moment[CallCert]) -> bool:
    """The scores of the sheet are recorded, and under its name it is the scorecard."""
    return not why_not_take(m) and not why_unfit(m, m.was.data.calls, result_of(m.policy, of_sheet(m))[1])


def takes(m: Moment[CallCert]) -> bool:
    """The scores of the sheet are recorded; the file has to be sent once more, under its right name."""
    return not why_not_take(m) and not takes_and_submits(m)


def is_connected(m: Moment[CallCert]) -> bool:
    """The Certifier who is connected asks."""
    return bool(m.actor == m.was.data.certifier)


def to_upload(m: Moment[CallCert]) -> bool:
    """The scorecard is there and not uploaded yet."""
    return m.was.data.submitted_at is not None and m.was.data.uploaded_at is None


def can_reopen(m: Moment[CallCert]) -> bool:
    """All calls are scored, and there is a reason."""
    return bool(m.was.data.result) and bool(m.event.why.strip())
