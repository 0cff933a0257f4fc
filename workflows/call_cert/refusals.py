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
)
from workflows.call_cert.guards import (
    call_meant,
    phase_day,
    theirs,
    why_not_connect,
    why_not_score,
    why_not_submit,
)
from workflows.call_cert.scorecard import shown
from workflows.call_cert.states import RUNNING, SCORED, WAITING
from workflows.effects import ACTOR, Answer, Ask, Tell
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
        case ScorecardSubmitted():
            return _submit(m, declined)
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
    why = "certifier" if declined.reason == "not_yours" else why_not_submit(m)
    return _say(m, "not_submitted", why, file=shown(m.event.evidence.name))


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
