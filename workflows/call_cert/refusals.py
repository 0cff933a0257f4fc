"""Refusals in one sentence that names the missing step or its owner (SPEC 3.14), and questions in their place."""

from __future__ import annotations

from typing import Any

from workflows.call_cert.data import CallCert
from workflows.call_cert.effects import facts
from workflows.call_cert.events import (
    AgentConnected,
    CallCertReopened,
    CallPaused,
    CallResumed,
    CallScored,
    ScorecardSubmitted,
    ScorecardUploaded,
    ScorecardWanted,
    SheetLeft,
    SheetTaken,
)
from workflows.call_cert.guards import (
    call_meant,
    of_sheet,
    phase_day,
    result_of,
    theirs,
    why_not_connect,
    why_not_score,
    why_not_submit,
    why_not_take,
)
from workflows.call_cert.scorecard import differences, of_another, shown
from workflows.call_cert.states import PASSED, RUNNING, SCORED, WAITING
from workflows.effects import ACTOR, Answer, Ask, Evidence, Tell
from workflows.machine import Declined, Moment
from workflows.people import Role

ASKED = ("score", "well", "down", "prepare")
"""What a score still needs, each asked for in one line."""

Said = Tell | Ask | tuple[Tell | Ask, ...] | None


def refusal(m: Moment[Any], declined: Declined) -> Said:
    """The words for a declined request; None for the plain ones."""
    match m.event:
        case AgentConnected():
            return _connect(m, declined)
        case CallScored():
            return _score(m, declined)
        case ScorecardSubmitted() | SheetTaken():
            return _submit(m, declined)
        case ScorecardWanted():
            return _wanted(m, declined)
        case CallPaused() | CallResumed() | ScorecardUploaded() | CallCertReopened():
            return _step(m, declined)
    return None


def _say(m: Moment[CallCert], template: str, why: str, **more: Any) -> Tell:
    return Tell(to=ACTOR, template=f"call_cert/{template}", facts=facts(m, why=why, **more))


def _connect(m: Moment[CallCert], declined: Declined) -> Said:
    if declined.reason == "not_yours":
        return None
    why = why_not_connect(m) if m.was.state in (WAITING, *RUNNING) else "scored" if m.was.data.result else "closed"
    rules, event = m.policy.connect, m.event
    return _say(
        m,
        "not_connected",
        why,
        day=phase_day(m),
        from_day=rules.from_day,
        from_time=f"{rules.from_time:%H:%M}",
        wanted=event.certifier,
        busy_with=event.busy_with,
        issue=event.issue,
        early_by=rules.early_by,
        equipment_by=rules.equipment_by,
        handover_by=rules.handover_by,
    )


def _score(m: Moment[CallCert], declined: Declined) -> Said:
    event, data = m.event, m.was.data
    if m.was.state == WAITING:
        why = "connect"
    elif m.was.state not in (*RUNNING, SCORED):
        why = "submitted" if data.submitted_at else "closed"
    elif declined.reason == "not_yours":
        why = "certifier"
    else:
        why = why_not_score(m)
    n = call_meant(m)
    if why in ASKED:
        answer = Answer(label="", event=event, fills=why, done="answered")
        return Ask(template=f"call_cert/ask_{why}", facts=facts(m, call=n, score=event.score), answers=(answer,))
    return _say(m, "not_scored", why, call=n, score=event.score, next_call=data.n + 1)


def _submit(m: Moment[CallCert], declined: Declined) -> Said:
    data, file = m.was.data, m.event.evidence
    why = "certifier" if declined.reason == "not_yours" else why_not_submit(m)
    texts = False
    if why == "unscored" and m.was.state in RUNNING and not isinstance(m.event, SheetTaken):
        kept = why_not_take(m)
        if not kept:
            return _offer(m, file)
        texts = kept == "texts"
        why = kept if kept in ("another", "calls", "scores", "macros") else why
    marks = file.marks
    differing = differences(marks, [call.score for call in data.calls], m.policy.calls) if marks else ()
    return _say(
        m,
        "not_submitted",
        why,
        file=shown(file.name),
        texts=texts,
        differing=tuple({"call": each.call, "sheet": each.sheet, "recorded": each.recorded} for each in differing),
        other=m.was.data.file is not None and m.was.data.file.hash != file.hash,
        inside=of_another(marks, data.last, data.first, data.certifier_name) if marks else "",
        count=len(marks.scores) if marks else 0,
    )


def _wanted(m: Moment[CallCert], declined: Declined) -> Said:
    if declined.reason == "not_yours" or m.was.state in (*RUNNING, SCORED):
        return _say(m, "no_step", "sheet_theirs")
    return _say(m, "no_step", "sheet_late" if m.was.data.result else "sheet_early")


def _offer(m: Moment[CallCert], file: Evidence) -> Ask:
    """The sheet has what is not recorded yet: the Certifier says whether it is to be recorded so."""
    calls = of_sheet(m)
    result, rate = result_of(m.policy, calls)
    scores = tuple(
        {"call": n, "score": call.score, "passed": call.passed} for n, call in enumerate(calls, 1) if n > m.was.data.n
    )
    said = facts(
        m, file=shown(file.name), scores=scores, would_pass=sum(call.passed for call in calls), would_rate=rate,
        would_be=result == PASSED,
    )  # fmt: skip
    answers = (
        Answer(label="Yes", event=SheetTaken(evidence=file, source=m.event.source), done="recorded"),
        Answer(label="No", event=SheetLeft(), done="answered"),
    )
    return Ask(template="call_cert/ask_record", facts=said, answers=answers)


def _step(m: Moment[CallCert], declined: Declined) -> Said:
    event, data = m.event, m.was.data
    if declined.reason == "not_yours":
        return None
    if isinstance(event, CallPaused | CallResumed):
        running = m.was.state in RUNNING
        if running and not theirs(m):
            return _say(m, "no_step", "certifier")
        paused = data.watch.halted("pause")
        resumes = isinstance(event, CallResumed)
        why = "not_connected" if not running else "paused" if paused and not resumes else ""
        return _say(m, "no_step", why or ("not_paused" if resumes else "why"))
    if isinstance(event, ScorecardUploaded):
        if data.uploaded_at is not None:
            return None
        return _say(m, "no_step", "no_scorecard" if data.result else "unscored")
    return _say(m, "no_step", "reopen_why" if data.result else "reopen_early")


def people(case: Any) -> dict[Role, tuple[str, ...]]:
    """The Certifier of this round."""
    return {Role.certifier: (case.data.certifier,)} if case.data.certifier else {}
