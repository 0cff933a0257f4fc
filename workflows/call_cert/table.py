"""The rows, and the machine of one pack."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from workflows import handoffs
from workflows.call_cert import changes, effects, guards
from workflows.call_cert.data import CallCert
from workflows.call_cert.events import (
    AgentConnected,
    CallCertReopened,
    CallCertStarted,
    CallDayBegan,
    CallHoursUsed,
    CallPaused,
    CallResumed,
    CallScored,
    ScorecardSubmitted,
    ScorecardUploaded,
    ScorecardWanted,
    SheetLeft,
    SheetTaken,
)
from workflows.call_cert.guards import roles
from workflows.call_cert.refusals import people, refusal
from workflows.call_cert.states import (
    CLOSED_LEFT,
    CLOSED_MOVED,
    CONNECTED,
    ENDS,
    NONE,
    OPEN,
    REOPENED,
    RUNNING,
    SCORED,
    SCORING,
    SPEC,
    SUBMITTED,
    UPLOADED,
    WAITING,
)
from workflows.machine import Guard, Machine, Row
from workflows.people import Role
from workflows.policy_calls import CallCertPolicy
from workflows.stopwatch import Stopwatch

CERTIFIER = frozenset({Role.certifier})


def machine(policy: CallCertPolicy) -> Machine[CallCert]:
    """The table for one pack."""
    rows = (
        *start_rows(),
        *connect_rows(policy),
        *score_rows(),
        *clock_rows(policy),
        *paper_rows(policy),
        *other_rows(),
    )
    return Machine(
        name="call_cert",
        letter="Q",
        start=NONE,
        ends=ENDS,
        rows=rows,
        opens=(CallCertStarted,),
        key=lambda event: str(event.round) if isinstance(event, CallCertStarted) else None,
        fresh=lambda event: CallCert(
            last=event.last, first=event.first, round=event.round, watch=Stopwatch(shift=event.shift)
        ),
        people=people,
        refusal=refusal,
        absent="call_cert/absent",
    )


def start_rows() -> Iterator[Row]:
    yield Row(at=(NONE,), on=CallCertStarted, to=WAITING, source=f"{SPEC}: waiting for a Certifier from phase day 1")
    yield Row(at=OPEN, on=CallCertStarted, source=f"{SPEC}: the round runs already")


def connect_rows(policy: CallCertPolicy) -> Iterator[Row]:
    row = partial(Row, on=AgentConnected, by=roles(*policy.connect.by), when=guards.can_connect, set=changes.connect)
    told = (effects.wind, effects.tell_connected, effects.hand_out_at("connected"))
    source = "R-002-12 to 15: from the second half of day 2, without equipment issues"
    yield row(at=(WAITING,), to=CONNECTED, do=(effects.busy, *told), source=source)
    yield row(at=RUNNING, do=(*told, effects.tell_handed_over), source=f"{SPEC}: handed to another Certifier")


def score_rows() -> Iterator[Row]:
    row = partial(Row, on=CallScored, by=CERTIFIER, set=changes.score)
    told = (effects.tell_score,)
    yield row(at=RUNNING, to=SCORING, when=guards.goes_on, do=told, source="R-002-24 to 27: score and feedback at once")
    done = (*told, effects.conclude, effects.hand_out_at("scored"))
    yield row(at=RUNNING, to=SCORED, when=guards.completes, do=done, source="R-002-28 to 31: all calls are scored")
    again = (*told, effects.reconsider, effects.hand_out_at("scored"))
    valid: Guard = lambda m: not guards.why_not_score(m)  # noqa: E731
    yield row(at=(SCORED,), when=valid, do=again, source=f"{SPEC}: rescoring until submitted")


def clock_rows(policy: CallCertPolicy) -> Iterator[Row]:
    source = f"{SPEC}: {policy.hours} hours of shift time, paused at its end and when blocked"
    yield Row(at=RUNNING, on=CallHoursUsed, set=changes.alert, do=(effects.over,), source="R-002-03")
    yield Row(at=RUNNING, on=CallDayBegan, do=(effects.still_busy,), source=f"{SPEC}: still connected")
    by = roles(*policy.pause_by)
    yield Row(
        at=RUNNING,
        on=CallPaused,
        by=by,
        when=guards.can_pause,
        set=changes.pause,
        do=(effects.wind, effects.tell("actor", "paused", undo=True)),
        source=f"{SPEC}: the agent drops out",
    )
    yield Row(
        at=RUNNING,
        on=CallResumed,
        by=by,
        when=guards.can_resume,
        set=changes.resume,
        do=(effects.wind, effects.tell("actor", "resumed", undo=True)),
        source=f"{SPEC}: the agent is back",
    )
    quiet = (WAITING, SCORED, SUBMITTED)
    for on, change in ((handoffs.Blocked, changes.block), (handoffs.Unblocked, changes.unblock)):
        yield Row(at=RUNNING, on=on, set=change, do=(effects.wind,), source=source)
        yield Row(at=quiet, on=on, set=change, source=source)


def paper_rows(policy: CallCertPolicy) -> Iterator[Row]:
    submit = partial(
        Row, on=ScorecardSubmitted, by=CERTIFIER, when=guards.can_submit, set=changes.submit, do=(effects.receive,)
    )
    yield submit(at=(SCORED,), to=SUBMITTED, source="R-002-31: the scorecard goes to the Cert Coordinator")
    yield submit(at=(REOPENED,), source=f"{SPEC}: the scorecard of the round before")
    take = partial(Row, at=RUNNING, on=SheetTaken, by=CERTIFIER, source="R-002-28: all calls in the same spreadsheet")
    yield take(
        to=SUBMITTED,
        when=guards.takes_and_submits,
        set=changes.take_and_submit,
        do=(effects.tell_taken, effects.close, effects.receive),
    )
    yield take(to=SCORED, when=guards.takes, set=changes.take, do=(effects.tell_taken, effects.conclude))
    yield Row(at=RUNNING, on=SheetLeft, by=CERTIFIER, do=(effects.tell_left,), source=f"{SPEC}: scored one by one")
    yield Row(
        at=(*RUNNING, SCORED),
        on=ScorecardWanted,
        by=CERTIFIER,
        when=guards.is_connected,
        do=(effects.hand_out, effects.tell_handed_out),
        source="R-002-28: the spreadsheet, its name given",
    )
    upload = partial(Row, on=ScorecardUploaded, by=roles(policy.upload.owner), set=changes.upload)
    yield upload(at=(SUBMITTED,), to=UPLOADED, do=(effects.record,), source="R-002-16/17: uploaded")
    late = (effects.record_late,)
    yield upload(at=(REOPENED,), when=guards.to_upload, do=late, source=f"{SPEC}: the scorecard of the round before")
    yield Row(
        at=(SCORED, SUBMITTED, UPLOADED),
        on=CallCertReopened,
        to=REOPENED,
        by=roles(*policy.reopen_by),
        when=guards.can_reopen,
        do=(effects.reopen,),
        source=f"{SPEC}: people decide on another round",
    )


def other_rows() -> Iterator[Row]:
    yield Row(at=OPEN, on=handoffs.ItemChanged, set=changes.hear_item, source="R-002-10/15: equipment")
    gone = (effects.tell_end, effects.end)
    yield Row(at=OPEN, on=handoffs.AgentLeft, to=CLOSED_LEFT, do=gone, source="SPEC 3.13: agent leaves")
    yield Row(at=OPEN, on=handoffs.MovedToProduction, to=CLOSED_MOVED, do=gone, source="SPEC 3.10: in production")
