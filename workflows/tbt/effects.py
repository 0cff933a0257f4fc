"""What the TBTs set off: the clock, duties, the tracker, words to agent, SME and Cert Coordinator."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Arm, Disarm, Effect, Hand, Mail, Owe, Settle, Tell, Track
from workflows.machine import Moment
from workflows.people import Role
from workflows.tbt.changes import hours
from workflows.tbt.data import Tbt
from workflows.tbt.events import (
    CoursesUploaded,
    NNumberLate,
    RetakeArranged,
    SearchRefused,
    SearchVerified,
    TbtHoursUsed,
    TbtNudgeCame,
    TbtProofAccepted,
    TbtProofRefused,
)
from workflows.tbt.guards import claimable, doubted, has_exam, the_one, uploadable, waiting
from workflows.tbt.states import CLAIMED, PROOF_OK, UPLOADED

SEARCHED, STATUS, COMPLETE, REQUESTED = (
    "Searched by Course Number",
    "TBT Status (x/N)",
    "All TBTs Complete?",
    "Date of N Number Request",
)


def facts(m: Moment[Tbt], **more: Any) -> dict[str, Any]:
    """What every template of this workflow may say."""
    data = m.data
    return {
        "total": len(m.policy.numbers),
        "done": data.done,
        "proved": data.proved,
        "uploaded": data.uploaded,
        "remaining": data.remaining,
        "unproved": tuple(record.number for record in data.records if record.state == CLAIMED and not record.proof),
        "hours": m.policy.hours,
        "suggested": shown(m.policy.proof.suggested.format(last=data.last, first=data.first)),
        **more,
    }


def shown(name: str) -> str:
    """A file name with nothing in it but letters, digits and the signs of a name: fit to be shown as code."""
    return "".join(c for c in name if c.isalnum() or c in " _-.,'()[]%+")


def of_course(m: Moment[Tbt], **more: Any) -> dict[str, Any]:
    """The same, about the one course the event names."""
    number = the_one(m)
    record = m.data.record(number)
    exam = has_exam(m)
    return facts(m, course=number, course_title=record.title, fails=record.fails, exam=exam, **more)


# -- the clock


def wind(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """Nudge and alert as the hours run now."""
    data, policy = m.data, m.policy
    wanted = (
        ("nudge", data.nudged, policy.nudge_hours, TbtNudgeCame()),
        ("hours", data.alerted, policy.hours, TbtHoursUsed()),
    )
    return tuple(_bell(m, name, told, n, event) for name, told, n, event in wanted)


def _bell(m: Moment[Tbt], name: str, told: bool, n: int, event: Any) -> Effect:
    due = m.data.watch.due(m.calendar, hours(n))
    if due is None or told or m.data.waived:
        return Disarm(name=name)
    return Arm(name=name, due=max(due, m.at), event=event)


def tell_nudge(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """Not much is left: the agent, and whoever helps him."""
    said = facts(m, left=m.policy.hours - m.policy.nudge_hours)
    return tuple(
        Tell(to=role, template="tbt/nudge", facts=said)
        if role == Role.agent
        else Tell(to=role, template="tbt/nudge_sme", many="tbt/nudge_many", facts=said)
        for role in m.policy.nudge
    )


def tell_hours(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The hours are used up."""
    said = facts(m)
    return tuple(
        Tell(to=role, template="tbt/hours_used", many="" if role == Role.agent else "tbt/hours_used_many", facts=said)
        for role in m.policy.alert
    )


# -- the first day


def begin(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """What the first day shows: the request of the N-Number, SMEs and blanks of the class."""
    event, policy = m.event, m.policy
    found: list[Effect] = []
    if event.requested:
        found.append(Track(column=REQUESTED, value=f"{event.requested:%m/%d/%Y}"))
    said = facts(m, class_name=event.class_name, smes=event.smes, least=policy.smes.least, most=policy.smes.most)
    if m.calendar.local(m.at).date() > event.shift.day(m.calendar, 1):
        return (*found, *await_number(m))  # begun while nobody watched: what the first day shows is not made up
    if event.smes >= 0 and not policy.smes.least <= event.smes <= policy.smes.most:
        found.append(Tell(to=policy.smes.owner, template="tbt/smes", facts=said))
    if event.blanks:
        found.append(Tell(to=policy.smes.owner, template="tbt/blanks", facts={**said, "blanks": event.blanks}))
    return (*found, *await_number(m))


def await_number(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The agent calls the client's desk when his N-Number takes too long; off unless the pack counts days."""
    days, data = m.policy.nnumber.escalate_after, m.data
    if not days or data.requested is None or data.known:
        return ()
    due = data.watch.shift.start_of(m.calendar, m.calendar.business_date(data.requested, days))
    return (Arm(name="nnumber", due=due, event=NNumberLate()),) if due > m.at else ()


def tell_number(m: Moment[Tbt]) -> Effect | None:
    """Days enough: the agent calls, his TL knows."""
    said = facts(m, days=m.policy.nnumber.escalate_after, desk=m.policy.nnumber.desk)
    return None if m.event.known else Tell(to=Role.agent, template="tbt/n_number", facts=said)


# -- claims and proofs


def tell_claimed(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """What was understood, and what is still wanted."""
    own = Role.agent in m.by
    counted = getattr(m.event, "count", None)
    claimed = claimable(m) if counted is None else ()
    proof = _new_proof(m)
    said = facts(m, claimed=claimed, count=counted, with_proof=bool(proof), held=m.data.held(proof), own=own)
    settled = tuple(Settle(duty=f"retake:{number}") for number in claimed if m.was.data.record(number).fails)
    return (*settled, Tell(to=ACTOR, template="tbt/claimed", facts=said, undo=True))


def _new_proof(m: Moment[Tbt]) -> int:
    """The number of the proof that has just got its courses; 0 for none."""
    before = {record.number: record.proof for record in m.was.data.records}
    return max((r.proof for r in m.data.records if r.proof and r.proof != before[r.number]), default=0)


def owe_proof(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The SME gets the file and looks at it: [OK] or [Redo]."""
    n = _new_proof(m)
    if not n:
        return ()
    rules, file = m.policy.proof, m.data.proofs[n - 1].evidence
    seen = {"other": file.seen_from, "other_ref": file.seen_ref} if file.seen_from else {}
    owner = rules.held_by if file.seen_from else rules.owner
    said = facts(m, file=shown(file.name), courses=m.data.shown_by(n), **seen)
    sent = Mail(  # who else had sent it is said on the card alone
        to=(owner,),
        behalf=Role.agent,
        template="tbt/proof_mail",
        facts=facts(m, file=shown(file.name), courses=m.data.shown_by(n), held=bool(seen)),
        evidence=(file,),
        tag="proof",
    )
    duty = Owe(
        to=(owner,),
        duty=f"proof:{n}",
        title="check the TBT proof",
        template="tbt/proof_held" if file.seen_from else "tbt/proof",
        facts=said,
        answers=(
            Answer(label="OK", event=TbtProofAccepted(proof=n), done="accepted"),
            Answer(label="Redo", event=TbtProofRefused(proof=n), ask="tbt/ask_redo", fills="why", done="returned"),
        ),
        sla=rules.sla,
    )
    return (sent, duty) if rules.mailed else (duty,)


def tell_proof(m: Moment[Tbt]) -> Effect:
    """The file came in."""
    n = len(m.data.proofs)
    said = facts(m, file=shown(m.event.evidence.name), courses=m.data.shown_by(n), loose=m.data.loose == n)
    held = m.data.held(n) and m.data.loose != n
    return Tell(to=ACTOR, template="tbt/held_thanks" if held else "tbt/proof_thanks", facts=said, undo=True)


def settle_proofs(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """Proofs that show nothing any more that waits are dealt with."""
    spent = {n for n in range(1, len(m.data.proofs) + 1) if m.was.data.shown_by(n) and not m.data.shown_by(n)}
    return tuple(Settle(duty=f"proof:{n}") for n in sorted(spent))


def tell_accepted(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The agent, the SME, and the Cert Coordinator who uploads."""
    said = facts(m, courses=waiting(m))
    return (
        *settle_proofs(m),
        Track(column=STATUS, value=f"{m.data.proved}/{len(m.policy.numbers)}"),
        Tell(to=Role.agent, template="tbt/accepted_agent", facts=said),
        Tell(to=ACTOR, template="tbt/accepted", facts=said, undo=True),
        owe_upload(m),
    )


def owe_upload(m: Moment[Tbt]) -> Owe:
    """Proved courses go to the form; one card for all that come together."""
    rules = m.policy.upload
    return Owe(
        to=(rules.owner,),
        duty="upload_tbt",
        title="upload the proved TBTs",
        template="tbt/upload",
        facts=facts(m, courses=m.data.numbers(PROOF_OK)),
        answers=(Answer(label=rules.label, event=CoursesUploaded(), done="uploaded"),),
        sla=rules.sla,
        due=end_of_shift(m),
    )


def end_of_shift(m: Moment[Tbt]) -> datetime:
    """The end of the running or next shift."""
    shift = m.data.watch.shift
    day = m.calendar.local(m.at).date() - timedelta(days=1)
    while True:
        day = m.calendar.business_date(day, 1)
        at = shift.end_of(m.calendar, day)
        if at > m.at:
            return at


def tell_refused(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The agent sends it again; what hung on it waits."""
    said = facts(m, courses=doubted(m), why=m.event.why)
    was_complete = m.was.state == UPLOADED
    nothing_left = not m.data.numbers(PROOF_OK)
    took_back = bool(set(doubted(m)) & set(m.was.data.numbers(PROOF_OK, UPLOADED)))
    return (
        *settle_proofs(m),
        *((Settle(duty="upload_tbt", withdrawn=True),) if nothing_left else ()),
        *((Track(column=STATUS, value=f"{m.data.proved}/{len(m.policy.numbers)}"),) if took_back else ()),
        *((Track(column=COMPLETE, value="No", note="A proof has to be sent again"),) if was_complete else ()),
        *(item_changed(m, False) if was_complete else ()),
        Tell(to=Role.agent, template="tbt/redo_agent", facts=said),
        Tell(to=ACTOR, template="tbt/redo", facts=said, undo=True),
    )


def tell_uploaded(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The tracker; when it was the last course, everybody who counts hears it."""
    data, total = m.data, len(m.policy.numbers)
    complete = data.uploaded == total
    said = facts(m, courses=uploadable(m), complete=complete)
    note = f"TBTs uploaded to the form: {data.uploaded}/{total}"
    found: tuple[Effect, ...] = (
        Track(column=STATUS, value=f"{data.proved}/{total}", note=note),
        Tell(to=ACTOR, template="tbt/uploaded", facts=said, undo=True),
    )
    if not data.numbers(PROOF_OK):
        found = (Settle(duty="upload_tbt"), *found)
    if complete:
        done = (Track(column=COMPLETE, value="Yes", note="All TBTs complete"), Disarm(name="*"))
        told = Tell(to=Role.agent, template="tbt/complete", facts=said)
        found = (*found, *done, told, *item_changed(m, True))
    return found


def item_changed(m: Moment[Tbt], done: bool) -> tuple[Effect, ...]:
    """One of the things the agent needs is done, or is not any more."""
    event = handoffs.ItemChanged(item="tbt", done=done, ref=m.case.id)
    return (Hand(workflow="completion", event=event), Hand(workflow="ladder", event=event))


# -- courses nobody finds, and exams not passed


def owe_search(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The SME looks at the screenshot, and helps (R-004-17)."""
    rules, number = m.policy.search, the_one(m)
    said = of_course(m, file=shown(m.event.evidence.name))
    return (
        *settle_proofs(m),
        Settle(duty=f"search:{number}", withdrawn=True),
        Owe(
            to=(rules.owner,),
            duty=f"search:{number}",
            title=f"verify the search for TBT {number}",
            template="tbt/search",
            facts=said,
            answers=(
                Answer(label="Searched, not there", event=SearchVerified(course=number), done="verified"),
                Answer(
                    label="Not enough",
                    event=SearchRefused(course=number),
                    ask="tbt/ask_search",
                    fills="why",
                    done="answered",
                ),
            ),
            sla=rules.sla,
        ),
        Tell(to=ACTOR, template="tbt/missing_thanks", facts=said, undo=True),
    )


def tell_searched(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The tracker says so; the screenshot goes out with the next pack."""
    number, said = the_one(m), of_course(m)
    return (
        Settle(duty=f"search:{number}"),
        Track(column=SEARCHED, value="Yes", note=f"TBT {number} searched by number and name, not found"),
        Tell(to=Role.agent, template="tbt/searched_agent", facts=said),
        Tell(to=ACTOR, template="tbt/searched", facts=said, undo=True),
    )


def tell_found(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The agent hears what the SME found."""
    number, said = the_one(m), of_course(m, why=m.event.why)
    return (
        Settle(duty=f"search:{number}"),
        Tell(to=Role.agent, template="tbt/found_agent", facts=said),
        Tell(to=ACTOR, template="tbt/found", facts=said, undo=True),
    )


def owe_retake(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """A breakout room for the retake; on the pack's count TL and licensing hear of it."""
    rules, number, said = m.policy.retake, the_one(m), of_course(m)
    found: list[Effect] = [
        *settle_proofs(m),
        Settle(duty=f"search:{number}", withdrawn=True),
        Owe(
            to=(rules.owner,),
            duty=f"retake:{number}",
            title=f"breakout room for TBT {number}",
            template="tbt/retake",
            facts=said,
            answers=(Answer(label="Room is open", event=RetakeArranged(course=number), done="arranged"),),
            sla=rules.sla,
        ),
        Tell(to=Role.agent, template="tbt/failed_agent", facts=said, undo=Role.agent in m.by),
    ]
    if Role.agent not in m.by:
        found.append(Tell(to=ACTOR, template="tbt/failed_for", facts=said, undo=True))
    if m.data.record(number).fails == rules.alert_at:
        notice = rules.notice
        found += [Tell(to=role, template="tbt/failed_often", facts=said) for role in rules.alert]
        found.append(
            Mail(
                to=notice.to,
                cc=notice.cc,
                behalf=notice.behalf,
                id=notice.id,
                template=notice.template or "tbt/failed_often",
                facts=said,
            )
        )
    return tuple(found)


def point_to_ladder(m: Moment[Tbt]) -> Effect:
    """Where TBT exams are on the ladder of failed exams, they are reported there."""
    number = the_one(m)
    title = m.data.record(number).title if number else m.event.course
    return Tell(to=ACTOR, template="tbt/on_ladder", facts=facts(m, course=number, course_title=title))


def tell_retake(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """The room is open."""
    number, said = the_one(m), of_course(m)
    return (
        Settle(duty=f"retake:{number}"),
        Tell(to=Role.agent, template="tbt/retake_agent", facts=said),
        Tell(to=ACTOR, template="tbt/retake_noted", facts=said, undo=True),
    )


def end(m: Moment[Tbt]) -> tuple[Effect, ...]:
    """Nothing more is owed."""
    return (Settle(duty="*", withdrawn=True), Disarm(name="*"))
