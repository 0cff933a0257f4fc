"""What a round sets off: clocks, messages, duties, the tracker, and words to other workflows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from workflows import handoffs
from workflows.call_cert.changes import limit
from workflows.call_cert.data import CallCert
from workflows.call_cert.events import CallCertStarted, CallDayBegan, CallHoursUsed, ScorecardUploaded
from workflows.call_cert.guards import call_meant, known_call, out_of_reach, phase_day
from workflows.call_cert.scorecard import readable, shown, wanted
from workflows.call_cert.states import FAILED_PROGRAM, PASSED
from workflows.effects import ACTOR, Answer, Arm, Correct, Disarm, Effect, Hand, Mail, Owe, Paper, Settle, Tell, Track
from workflows.machine import Moment
from workflows.people import Role

COLUMN = "Call Cert Status"
HOUR = timedelta(hours=1)


def facts(m: Moment[CallCert], **more: Any) -> dict[str, Any]:
    """What every template of this workflow may say."""
    data = m.data
    return {
        "round": data.round,
        "n": data.n,
        "calls": m.policy.calls,
        "passes": data.passes,
        "pass_mark": m.policy.pass_mark,
        "pass_rate": m.policy.pass_rate,
        "rate": data.rate,
        "result": data.result,
        "passed": data.result == PASSED,
        "certifier": data.certifier,
        "link": data.link,
        "connected_at": data.connected_at,
        "hours": m.policy.hours,
        "used": hours(data.watch.used(m.calendar, m.at)),
        "filename": wanted(data.last, data.first, data.rate),
        **more,
    }


def hours(amount: timedelta) -> str:
    """ "3 h 40 min", "4 h", "25 min"."""
    whole, minutes = divmod(int(amount.total_seconds() // 60), 60)
    parts = [f"{whole} h"] * bool(whole) + [f"{minutes} min"] * bool(minutes or not whole)
    return " ".join(parts)


def tell(role: str, template: str, *, undo: bool = False) -> Any:
    """A direct message to a role, with what every template may say."""
    return lambda m: Tell(to=role, template=f"call_cert/{template}", facts=facts(m), undo=undo)


# -- the clock


def wind(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """The hours as they run now: armed where they end, silent while they stand still or once they were told of."""
    due = m.data.watch.due(m.calendar, limit(m.policy))
    if due is None or (m.data.alerted and due <= m.at):
        return (Disarm(name="hours"),)
    return (Arm(name="hours", due=max(due, m.at), event=CallHoursUsed()),)


def next_shift(m: Moment[CallCert], end: bool = False) -> datetime:
    """When the next shift begins, or the running or next one ends."""
    shift = m.data.watch.shift
    day = m.calendar.local(m.at).date() - timedelta(days=1)
    while True:
        day = m.calendar.business_date(day, 1)
        at = shift.end_of(m.calendar, day) if end else shift.start_of(m.calendar, day)
        if at > m.at:
            return at


def busy(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """The agent cannot answer prompts, and his TBT clock stands still."""
    event = handoffs.Busy(agent=m.case.agent, why="call")
    return (
        Hand(workflow="class_day", event=event),
        Hand(workflow="tbt", event=event),
        Arm(name="day", due=next_shift(m), event=CallDayBegan()),
    )


def still_busy(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """A new class day does not know of yesterday."""
    event = handoffs.Busy(agent=m.case.agent, why="call")
    return (
        Hand(workflow="class_day", event=event),
        Arm(name="day", due=next_shift(m), event=CallDayBegan()),
    )


def free(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """He can again."""
    event = handoffs.Free(agent=m.case.agent, why="call")
    return (
        Disarm(name="*"),
        Hand(workflow="class_day", event=event),
        Hand(workflow="tbt", event=event),
    )


def over(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """Hours used up with calls to come: the Certifier and the Cert Coordinator know. No discipline."""
    told = facts(m)
    return tuple(
        Tell(to=role, template="call_cert/hours_used", facts=told) for role in (Role.certifier, Role.cert_coordinator)
    )


# -- connecting


def tell_connected(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """Both get the room's link; whoever connected them sees that it is done."""
    told = facts(m, why=m.event.why if m.event.forced else "", day=phase_day(m), again=bool(m.was.data.certifier))
    return (
        Tell(to=Role.agent, template="call_cert/connected_agent", facts=told, tag="connected"),
        Tell(to=Role.certifier, template="call_cert/connected_certifier", facts=told, tag="connected"),
        Tell(to=ACTOR, template="call_cert/connected", facts=told, undo=True),
    )


def tell_handed_over(m: Moment[CallCert]) -> Effect | None:
    """Whoever was connected before hears that he is not any more."""
    was = m.was.data.certifier
    return Tell(to=f"@{was}", template="call_cert/handed_over", facts=facts(m)) if was != m.actor else None


# -- scoring


def call_facts(m: Moment[CallCert]) -> dict[str, Any]:
    """The call just scored."""
    n, known = call_meant(m), known_call(m)
    call = m.data.calls[n - 1]
    lost = out_of_reach(m.policy, m.data.calls) and not out_of_reach(m.policy, m.was.data.calls)
    return facts(
        m,
        call=n,
        score=call.score,
        call_passed=call.passed,
        well=call.well,
        down=call.down,
        prepare=call.prepare,
        earlier=known.score if known else "",
        lost=lost and m.data.n < m.policy.calls,
        all_scored=m.data.n == m.policy.calls,
    )


def tell_score(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """The agent has score and feedback at once (R-002-24/26); the Certifier sees how it stands."""
    told = call_facts(m)
    again = (("Rescore", f"rescore @{m.case.agent} {told['call']}"),)
    return (
        Tell(to=Role.agent, template="call_cert/score", facts=told, tag=f"call:{told['call']}"),
        Tell(to=ACTOR, template="call_cert/scored", facts=told, undo=True, more=again),
    )


def conclude(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """All calls are scored: the scorecard is owed, and who must know of a result that is not enough knows."""
    return (*free(m), owe_scorecard(m), *tell_result(m))


def close(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """The same where the scorecard is there already."""
    return (*free(m), *tell_result(m))


def owe_scorecard(m: Moment[CallCert]) -> Owe:
    """The file, under the name it must have (R-002-28/31)."""
    return Owe(
        to=(Role.certifier,),
        duty="scorecard",
        title="submit the scorecard",
        template="call_cert/scorecard",
        facts=facts(m),
        sla=m.policy.scorecard.sla,
    )


def tell_result(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """E-24 and the tracker, when too few calls were passed; no consequence is stated."""
    if m.data.result != FAILED_PROGRAM:
        return ()
    rules = m.policy.not_passed
    notice = rules.notice
    scores = tuple({"call": n, "score": call.score, "passed": call.passed} for n, call in enumerate(m.data.calls, 1))
    mail = Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=notice.behalf,
        id=notice.id,
        template=notice.template or "call_cert/not_passed",
        facts=facts(m, scores=scores),
        tag="result",
    )
    return (mail, *((Track(column=COLUMN, value=status(m)),) if rules.tracker_at_once else ()))


def status(m: Moment[CallCert]) -> str:
    """The tracker's cell: "Pass 80%"."""
    return f"{m.policy.passed if m.data.result == PASSED else m.policy.failed} {m.data.rate}%"


def reconsider(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """A rescored call may change what all of them come to, and with it the file's name."""
    was, now = m.was.data, m.data
    if was.rate == now.rate:
        return ()
    told: tuple[Effect, ...] = ()
    if was.result == FAILED_PROGRAM:
        told = (Correct(tag="result", reason="a call was rescored"),)
        if now.result != FAILED_PROGRAM and m.policy.not_passed.tracker_at_once:
            told = (*told, Track(column=COLUMN, value="", note="A call was rescored; the result is open again"))
    return (Settle(duty="scorecard", withdrawn=True), owe_scorecard(m), *told, *tell_result(m))


# -- the scorecard


def hand_out(m: Moment[CallCert]) -> Mail:
    """The sheet to fill in, with names, what is scored already, and the name it is to have for each rate."""
    data, calls = m.data, m.policy.calls
    names = tuple(wanted(data.last, data.first, 100 * n // calls) for n in range(calls + 1))
    whole = bool(data.result)
    slots = {
        "round": data.round,
        "calls": calls,
        "pass_mark": m.policy.pass_mark,
        "types": m.policy.scorecard.types,
        "rates": tuple(f"{100 * n // calls}%" for n in range(calls + 1)),
        "names": names,
        "certifier": data.certifier_name,
        "last": data.last,
        "first": data.first,
        "scored": tuple(
            {"score": call.score, "well": call.well, "down": call.down, "prepare": call.prepare} for call in data.calls
        ),
    }
    name = names[data.passes] if whole else shown(f"Scorecard {data.last} {data.first}.xlsx")
    return Mail(
        to=(Role.certifier,),
        behalf=Role.cert_coordinator,
        template="call_cert/sheet",
        facts=facts(m, whole=whole, names=names),
        attach=(Paper(kind="scorecard", slots=slots, name=name),),
        tag="sheet",
    )


def hand_out_at(moment: str) -> Any:
    """The same by itself, where the pack says so."""
    return lambda m: hand_out(m) if moment in m.policy.scorecard.handout else None


def tell_handed_out(m: Moment[CallCert]) -> Tell:
    """Where to look for it."""
    return Tell(to=ACTOR, template="call_cert/handed_out", facts=facts(m, whole=bool(m.data.result)))


def tell_taken(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """The agent has all scores and feedback at once; the Certifier sees that they are recorded."""
    scores = tuple(
        {
            "call": n,
            "score": call.score,
            "passed": call.passed,
            "well": call.well,
            "down": call.down,
            "prepare": call.prepare,
        }
        for n, call in enumerate(m.data.calls, 1)
        if n > m.was.data.n
    )
    told = facts(m, scores=scores)
    return (
        Tell(to=Role.agent, template="call_cert/scores", facts=told, tag="calls"),
        Tell(to=ACTOR, template="call_cert/taken", facts=told, undo=True),
    )


def tell_left(m: Moment[CallCert]) -> Tell:
    """Nothing was recorded."""
    return Tell(to=ACTOR, template="call_cert/sheet_left", facts=facts(m))


def receive(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """E-23, and the Cert Coordinator uploads."""
    rules, notice = m.policy.upload, m.policy.scorecard.notice
    file = m.event.evidence
    told = facts(m, file=shown(file.name), read=readable(file.marks, m.policy.calls))
    return (
        Settle(duty="scorecard"),
        Mail(
            to=notice.to,
            cc=notice.cc,
            behalf=notice.behalf,
            id=notice.id,
            template=notice.template or "call_cert/received",
            facts=told,
            evidence=(file,),  # sent to the bot alone, it would reach nobody who uploads it
            tag="scorecard",
        ),
        Owe(
            to=(rules.owner,),
            duty="upload_call",
            title="upload the scorecard",
            template="call_cert/upload",
            facts=told,
            answers=(Answer(label=rules.label, event=ScorecardUploaded(), done="uploaded"),),
            sla=rules.sla,
            due=next_shift(m, end=True),
        ),
        Tell(to=ACTOR, template="call_cert/submitted", facts=told, undo=True),
    )


def record(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """The tracker says it; whoever counts what an agent has finished hears it."""
    data = m.data
    note = f"Call certification: {data.passes} of {m.policy.calls} calls passed, scorecard uploaded"
    return (
        Settle(duty="upload_call"),
        Track(column=COLUMN, value=status(m), note=note),
        Tell(to=ACTOR, template="call_cert/uploaded", facts=facts(m, status=status(m)), undo=True),
        *(item_changed(m, True) if data.result == PASSED else ()),
    )


def record_late(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """The scorecard of an earlier round: a note, the cell belongs to the round that runs."""
    note = f"Call certification, round {m.data.round}: {m.data.passes} of {m.policy.calls} calls passed"
    return (
        Settle(duty="upload_call"),
        Track(column=COLUMN, note=note),
        Tell(to=ACTOR, template="call_cert/uploaded", facts=facts(m, status=status(m)), undo=True),
    )


def item_changed(m: Moment[CallCert], done: bool) -> tuple[Effect, ...]:
    """One of the things the agent needs is done, or is not any more."""
    event = handoffs.ItemChanged(item="call", done=done, ref=m.case.id)
    return (Hand(workflow="completion", event=event), Hand(workflow="ladder", event=event))


# -- another round, and the end


def reopen(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """A new round waits for a Certifier; nobody is told why but the record."""
    data = m.data
    again = CallCertStarted(last=data.last, first=data.first, shift=data.watch.shift, round=data.round + 1)
    told = facts(m, next_round=data.round + 1)
    return (
        Hand(workflow="call_cert", event=again),
        *item_changed(m, False),
        Tell(to=Role.agent, template="call_cert/reopened_agent", facts=told),
        Tell(to=ACTOR, template="call_cert/reopened", facts=told, undo=True),
    )


def end(m: Moment[CallCert]) -> tuple[Effect, ...]:
    """Nothing more is owed."""
    return (Settle(duty="*", withdrawn=True), *free(m))


def tell_end(m: Moment[CallCert]) -> Effect | None:
    """The connected Certifier hears that it is over."""
    connected = m.was.data.certifier and not m.was.data.result
    return Tell(to=Role.certifier, template="call_cert/ended", facts=facts(m)) if connected else None
