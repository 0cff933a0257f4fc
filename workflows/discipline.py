"""CAPs and reviews (SPEC 3.9): drafted by the bot, delivered, acknowledged and decided by people.

Two machines: `discipline` for one CAP, `review` for one request that people look at a matter. Neither ever
decides anything about a job. Nothing of this room may reach a channel, the tracker, a report or a log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Arm, Ask, Disarm, Effect, Hand, Hush, Mail, Owe, Paper, Settle, Tell
from workflows.machine import Declined, Due, Machine, Moment, Request, Row
from workflows.people import Role
from workflows.policy import DisciplinePolicy

# -- states ------------------------------------------------------------------------------------------------

NONE, HR_REVIEW, READY, DELIVERED, ACKED = "NONE", "HR_REVIEW", "READY", "DELIVERED", "ACKED"
DRAFT, REFUSED, NO_RESPONSE, FILED, WITHDRAWN = "DRAFT", "REFUSED", "NO_RESPONSE", "FILED", "WITHDRAWN"
OPEN, DECIDED, CLOSED_LEFT, VOID = "OPEN", "DECIDED", "CLOSED_LEFT", "VOID"
DRAFTED = (DRAFT, HR_REVIEW, READY)
HANDED_OVER = (DELIVERED, ACKED, REFUSED, NO_RESPONSE)

# -- events ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CapApproved(Request):
    """HR agrees to the draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapReturned(Request):
    """HR sends the draft back, with the reason."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMended(Request):
    """The owner has answered HR's reason; the draft goes to HR again."""

    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWanted(Request):
    """Somebody entitled asks for the draft once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Request):
    """The CAP was handed over in person. `on` is the time named (UTC), None for now."""

    on: datetime | None = None
    method: str = ""
    present: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Request):
    """The agent confirms receipt, not agreement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented(Request):
    """The agent adds a comment."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSigned(Request):
    """The agent would rather not sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed(Request):
    """The TL names who was present when the agent chose not to sign."""

    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledAsIs(Request):
    """The TL files without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain(Request):
    """The TL asks the agent once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Request):
    """A person takes the undelivered draft back."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnyway(Request):
    """A person decides that the draft is delivered although its cause fell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing(Request):
    """The answer is in: the record goes to HR (handed by the machine to itself)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer(Due):
    """No answer by the time the pack gives for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecorded(Request):
    """A named person records what was decided."""

    outcome: str
    text: str = ""


# -- data --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """One CAP: what called for it, what it says, and what became of it."""

    due: handoffs.CapDue
    drafted_at: datetime | None = None
    returned: str = ""
    delivered_at: datetime | None = None
    delivered_by: str = ""
    method: str = ""
    present: str = ""
    answer: str = ""
    answered_at: datetime | None = None
    witness: str = ""
    comment: str = ""
    fell: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewData:
    """One review: what is asked, and what a person decided."""

    due: handoffs.ReviewDue
    outcome: str = ""
    text: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


# -- facts and papers --------------------------------------------------------------------------------------


def facts(m: Moment[Cap], **more: Any) -> dict[str, Any]:
    """What the messages of this room may say; the words of the CAP itself are only on the paper."""
    data = m.data
    return {
        "kind": data.due.kind,
        "cause": data.due.cause,
        "subject": data.due.subject,
        "gate": data.due.gate,
        "clause": data.due.clause,
        "notes": data.due.notes,
        "delivered_at": data.delivered_at,
        "delivered_by": data.delivered_by,
        "method": data.method,
        "present": data.present,
        "answer": data.answer,
        "answered_at": data.answered_at,
        "comment": data.comment,
        "witness": data.witness,
        "returned": data.returned,
        "fell": data.fell,
        **more,
    }


def paper(m: Moment[Cap]) -> Paper:
    """The document as it stands: SPEC 3.9's slots. Names and site times are filled in when it is rendered."""
    data = m.data
    return Paper(
        kind=data.due.kind,
        name=f"{data.due.kind.title()}_CAP_{m.case.id}.pdf",
        slots={
            "id": m.case.id,
            "drafted_at": data.drafted_at,
            "policy": data.due.policy,
            "facts": data.due.facts,
            "notes": data.due.notes,
            "prior": data.due.prior,
            "expectation": data.due.expectation,
            "allowed": data.due.allowed,
            "clause": data.due.clause,
            "support": m.policy.support,
            "consequence": m.policy.consequence,
            "subject": data.due.subject,
            "delivered_at": data.delivered_at,
            "answer": data.answer,
            "answered_at": data.answered_at,
            "witness": data.witness,
            "comment": data.comment,
        },
    )


def lint(data: Cap) -> list[str]:
    """The required slots a draft lacks (SPEC 3.9), by name."""
    due = data.due
    slots = {
        "facts": due.facts,
        "policy": due.policy,
        "expectation": due.expectation,
        "time allowed": due.allowed,
        "consequence": due.clause,
    }
    return [name for name, value in slots.items() if not value]


# -- effects -----------------------------------------------------------------------------------------------


def send_draft(m: Moment[Cap]) -> Effect:
    """E-05: the draft to its owner, HR in copy when it is a final one."""
    due = m.data.due
    return Mail(
        to=(due.owner,),
        cc=_copied(m),
        behalf=due.owner,
        id="E-05",
        template="discipline/draft",
        facts=facts(m, due=due_at(m)),
        attach=(paper(m),),
        tag="draft",
    )


def _copied(m: Moment[Cap]) -> tuple[str, ...]:
    """HR sees every final draft, and any other the pack wants it to see."""
    due = m.data.due
    if due.kind == "final":
        return tuple(m.policy.final_cc)
    return (m.policy.hr,) if due.gate != "none" else ()


def due_at(m: Moment[Cap]) -> datetime | None:
    """When the CAP is to be delivered, by the sender's clock; None when the engine has to work it out."""
    return None


def owe_delivery(m: Moment[Cap]) -> Effect:
    """The owner meets the agent and hands the CAP over."""
    due = m.data.due
    return Owe(
        to=(due.owner,),
        duty="cap",
        title="deliver the CAP",
        template="discipline/deliver",
        facts=facts(m),
        answers=(Answer(label="CAP delivered", event=Delivered(), done="delivered"),),
        sla=f"{due.sla_pack}#{due.sla}",
        tag="draft",
    )


def owe_approval(m: Moment[Cap]) -> Effect:
    """HR looks first."""
    return Owe(
        to=(m.policy.hr,),
        duty="approve",
        title="approve the CAP draft",
        template="discipline/approve",
        facts=facts(m),
        answers=(
            Answer(label="Approve", event=CapApproved(), done="approved"),
            Answer(label="Return", event=CapReturned(), ask="discipline/ask_why", fills="why", done="returned"),
        ),
        sla="hr_approval",
        tag="draft",
    )


def owe_mending(m: Moment[Cap]) -> Effect:
    """The owner answers what is missing."""
    return Owe(
        to=(m.data.due.owner,),
        duty="mend",
        title="complete the CAP draft",
        template="discipline/mend",
        facts=facts(m, missing=lint(m.data)),
        answers=(
            Answer(label="Send again", event=DraftMended(), ask="discipline/ask_mend", fills="note", done="sent"),
        ),
        sla="immediate",
        tag="draft",
    )


def tell_concurrent(m: Moment[Cap]) -> Effect | None:
    """HR hears of a final CAP drafted while another is active; the bot never merges or skips steps."""
    if not m.policy.concurrent_notice or m.data.due.kind != "final":
        return None
    active = [
        case.id
        for case in m.others
        if case.workflow == "discipline"
        and case.id != m.case.id
        and case.data.due.kind == "final"
        and case.state != WITHDRAWN
    ]
    if not active:
        return None
    return Tell(to=m.policy.hr, template="discipline/concurrent", facts=facts(m, active=tuple(active)), tag="draft")


def ask_receipt(m: Moment[Cap]) -> tuple[Effect, ...]:
    """The agent is asked to acknowledge receipt, by chat and E-06."""
    owe = Owe(
        to=(Role.agent,),
        duty="ack",
        title="confirm receipt",
        template="discipline/receipt",
        facts=facts(m),
        answers=(
            Answer(label="I received this", event=Acknowledged(), done="received"),
            Answer(label="Add a comment", event=Commented(), ask="discipline/ask_comment", fills="text", done="noted"),
            Answer(label="I'd rather not sign", event=NotSigned(), done="noted"),
        ),
        tag="delivered",
    )
    mail = Mail(
        to=(Role.agent,),
        cc=(Role.tl,),
        behalf=Role.tl,
        id="E-06",
        template="discipline/receipt_mail",
        facts=facts(m),
        attach=(paper(m),),
        tag="delivered",
    )
    wait = m.policy.sla["acknowledge"].due
    return (mail, owe, Arm(name="no_answer", due=m.calendar.due(m.at, wait.offset, wait.unit), event=NoAnswer()))


def report_delivery(m: Moment[Cap]) -> Effect:
    """The case that called for it goes on."""
    data = m.data
    assert data.delivered_at is not None
    event = handoffs.CapDelivered(cap=m.case.id, step=data.due.step, delivered_at=data.delivered_at, by=m.actor)
    return Hand(workflow=data.due.cause_workflow, ref=data.due.cause, event=event)


def report_withdrawal(m: Moment[Cap]) -> Effect:
    """The case that called for it goes on without."""
    data = m.data
    return Hand(
        workflow=data.due.cause_workflow,
        ref=data.due.cause,
        event=handoffs.CapWithdrawn(cap=m.case.id, step=data.due.step),
    )


def owe_fate(m: Moment[Cap]) -> tuple[Effect, ...]:
    """The cause fell: a person decides whether the draft is still delivered; nobody is chased meanwhile."""
    if m.was.data.fell:
        return ()
    return (
        Hush(duty="cap"),
        Hush(duty="approve"),
        Hush(duty="mend"),
        Owe(
            to=(m.data.due.owner, m.policy.hr),
            duty="fate",
            title="withdraw or deliver the CAP",
            template="discipline/fate",
            facts=facts(m),
            answers=(
                Answer(label="Withdraw", event=Withdrawn(), done="withdrawn"),
                Answer(label="Deliver anyway", event=KeptAnyway(), done="kept"),
            ),
            sla="immediate",
            tag="draft",
        ),
    )


def owe_again(m: Moment[Cap]) -> tuple[Effect, ...]:
    """The draft goes on after all: its clock starts anew."""
    owe = {READY: owe_delivery, HR_REVIEW: owe_approval, DRAFT: owe_mending}[m.case.state]
    return (*(Settle(duty=duty, withdrawn=True) for duty in ("fate", "cap", "approve", "mend")), owe(m))


def stands_again(m: Moment[Cap]) -> tuple[Effect, ...]:
    """What the draft was made for stands after all."""
    return (send_draft(m), *owe_again(m)) if m.was.data.fell else ()


def refer_to_hr(m: Moment[Cap]) -> Effect:
    """A CAP that was delivered stays on file until HR says otherwise."""
    return Tell(to=m.policy.hr, template="discipline/refer", facts=facts(m))


def file(m: Moment[Cap]) -> Effect:
    """E-07: the record with its answer goes to HR."""
    return Mail(
        to=(m.policy.hr,),
        cc=(Role.tl,),
        behalf=Role.tl,
        id="E-07",
        template="discipline/filed",
        facts=facts(m),
        attach=(paper(m),),
        tag="filed",
    )


def go_file(m: Moment[Cap]) -> Effect:
    """The answer is in: file it in the same breath."""
    return Hand(workflow="discipline", ref=m.case.id, event=Filing())


def owe_witness(m: Moment[Cap]) -> Effect:
    """The TL names a witness."""
    return Owe(
        to=(m.data.due.owner,),
        duty="witness",
        title="name a witness",
        template="discipline/witness",
        facts=facts(m),
        answers=(Answer(label="Witness", event=Witnessed(), ask="discipline/ask_witness", fills="name", done="named"),),
        sla="immediate",
        tag="delivered",
    )


def owe_no_response(m: Moment[Cap]) -> Effect:
    """No answer: the TL decides."""
    return Owe(
        to=(m.data.due.owner,),
        duty="no_answer",
        title="no receipt yet",
        template="discipline/no_answer",
        facts=facts(m),
        answers=(
            Answer(label="Ask again", event=AskedAgain(), done="asked"),
            Answer(label="File as it is", event=FiledAsIs(), done="filed"),
        ),
        sla="immediate",
        tag="delivered",
    )


def tell_actor(template: str, *, undo: bool = True) -> Any:
    """A short confirmation with the way back."""
    return lambda m: Tell(to=ACTOR, template=f"discipline/{template}", facts=facts(m), undo=undo)


def settle(*duties: str, withdrawn: bool = False) -> Any:
    """Done or withdrawn."""
    return lambda m: tuple(Settle(duty=duty, withdrawn=withdrawn) for duty in duties)


def stop_clock(m: Moment[Cap]) -> Effect:
    """The agent has answered."""
    return Disarm(name="no_answer")


# -- changes -----------------------------------------------------------------------------------------------


def change(fields: Callable[[Moment[Cap]], dict[str, Any]]) -> Any:
    """The data with these fields changed."""
    return lambda m: replace(m.was.data, **fields(m))


def _answered(answer: str) -> Any:
    return change(lambda m: {"answer": answer, "answered_at": m.at})


def _delivered(m: Moment[Cap]) -> Cap:
    event = m.event
    on = event.on if event.on and event.on <= m.at else m.at
    return replace(
        m.was.data,
        delivered_at=on,
        delivered_by=m.actor,
        method=event.method or "in person",
        present=event.present,
        fell="",
    )


def complete(m: Moment[Cap]) -> bool:
    """No required slot is missing."""
    return not lint(m.was.data)


def _gate(*gates: str) -> Any:
    return lambda m: m.event.gate in gates and not lint(Cap(due=m.event))


def _owner(m: Moment[Cap]) -> frozenset[Role]:
    """Whom the pack behind this CAP names to deliver it."""
    return frozenset({Role(m.was.data.due.owner)})


def not_the_subject(m: Moment[Cap]) -> bool:
    """Nobody delivers a CAP to himself."""
    return m.actor != m.was.agent


def before_its_draft(m: Moment[Cap]) -> bool:
    """Whether the time named for the delivery is before the minute the CAP was drafted in."""
    named, drafted = getattr(m.event, "on", None), m.was.data.drafted_at
    return bool(named and drafted and named < drafted.replace(second=0, microsecond=0))


def _can_be(m: Moment[Cap]) -> bool:
    return not_the_subject(m) and not before_its_draft(m)


# -- the table ---------------------------------------------------------------------------------------------


def machine(policy: DisciplinePolicy) -> Machine[Cap]:
    """One CAP, for one pack."""
    deliverers = frozenset(Role(role) for role in policy.deliver_by)
    hr, agent = frozenset({Role(policy.hr)}), frozenset({Role.agent})
    people = deliverers | hr
    draft = (tell_concurrent, send_draft, owe_delivery)
    drafted = change(lambda m: {"drafted_at": m.at})
    spec = "SPEC 3.9"
    rows = (
        Row(at=(NONE,), on=handoffs.CapDue, to=READY, when=_gate("none", "inform"), set=drafted, do=draft, source=spec),
        Row(
            at=(NONE,),
            on=handoffs.CapDue,
            to=HR_REVIEW,
            when=_gate("approve"),
            set=drafted,
            do=(tell_concurrent, send_draft, owe_approval),
            source=f"{spec}: hr_gate approve",
        ),
        Row(
            at=(NONE,),
            on=handoffs.CapDue,
            to=DRAFT,
            when=lambda m: bool(lint(Cap(due=m.event))),
            set=drafted,
            do=(owe_mending,),
            source=f"{spec}: lint",
        ),
        Row(
            at=(DRAFT,),
            on=DraftMended,
            to=HR_REVIEW,
            by=deliverers,
            also=_owner,
            when=complete,
            set=change(
                lambda m: {"due": replace(m.was.data.due, notes=(*m.was.data.due.notes, m.event.note)), "returned": ""}
            ),
            do=(settle("mend"), send_draft, owe_approval, tell_actor("sent_to_hr")),
            source=f"{spec}: returned by HR",
        ),
        Row(
            at=(HR_REVIEW,),
            on=CapApproved,
            to=READY,
            by=hr,
            do=(settle("approve"), owe_delivery, tell_actor("approved")),
            source=f"{spec}: hr_gate approve",
        ),
        Row(
            at=(HR_REVIEW, READY),
            on=CapReturned,
            to=DRAFT,
            by=hr,
            set=change(lambda m: {"returned": m.event.why or "see HR"}),
            do=(settle("approve", "cap", withdrawn=True), owe_mending, tell_actor("returned")),
            source=f"{spec}: returned by HR",
        ),
        Row(
            at=DRAFTED,
            on=DraftWanted,
            by=people,
            also=_owner,
            do=(send_draft, tell_actor("draft_sent", undo=False)),
            source=spec,
        ),
        Row(
            at=DRAFTED,
            on=handoffs.CapDue,
            set=change(lambda m: {"due": m.event, "fell": ""}),
            do=(stands_again,),
            source=f"{spec}: called for again",
        ),
        Row(
            at=HANDED_OVER, on=handoffs.CapDue, set=change(lambda m: {"fell": ""}), source=f"{spec}: delivered already"
        ),
        Row(
            at=(READY,),
            on=Delivered,
            to=DELIVERED,
            by=deliverers,
            also=_owner,
            when=_can_be,
            set=_delivered,
            do=(settle("cap", "fate"), report_delivery, ask_receipt, tell_actor("delivered")),
            source=f"{spec}: deliver",
        ),
        Row(
            at=(DELIVERED, NO_RESPONSE),
            on=Acknowledged,
            to=ACKED,
            by=agent,
            set=_answered("received"),
            do=(settle("ack", "no_answer"), stop_clock, tell_actor("thanks", undo=False), go_file),
            source=f"{spec}: ack, by the agent only",
        ),
        Row(
            at=(DELIVERED, NO_RESPONSE),
            on=Commented,
            by=agent,
            set=change(lambda m: {"comment": "\n".join(filter(None, (m.was.data.comment, m.event.text)))}),
            do=(_ask_after_comment,),
            source=f"{spec}: the agent may comment",
        ),
        Row(
            at=(FILED,),
            on=Commented,
            by=agent,
            set=change(lambda m: {"comment": "\n".join(filter(None, (m.was.data.comment, m.event.text)))}),
            do=(tell_actor("comment_noted", undo=False), file),
            source=f"{spec}: after filing a comment is an addendum",
        ),
        Row(
            at=(ACKED, REFUSED),
            on=Commented,
            by=agent,
            set=change(lambda m: {"comment": "\n".join(filter(None, (m.was.data.comment, m.event.text)))}),
            do=(tell_actor("comment_noted", undo=False),),
            source=f"{spec}: the agent may comment",
        ),
        Row(
            at=(FILED,),
            on=Acknowledged,
            by=agent,
            when=lambda m: m.was.data.answer == "no response",
            set=_answered("received"),
            do=(tell_actor("thanks", undo=False), file),
            source=f"{spec}: a late answer is an addendum",
        ),
        Row(
            at=(DELIVERED, NO_RESPONSE),
            on=NotSigned,
            to=REFUSED,
            by=agent,
            set=_answered("not signed"),
            do=(settle("ack", "no_answer"), stop_clock, owe_witness, tell_actor("not_signed", undo=False)),
            source=f"{spec}: refused, TL names a witness",
        ),
        Row(
            at=(REFUSED,),
            on=Witnessed,
            by=deliverers,
            also=_owner,
            set=change(lambda m: {"witness": m.event.name}),
            do=(settle("witness"), go_file, tell_actor("witnessed")),
            source=f"{spec}: witness",
        ),
        Row(
            at=(DELIVERED,),
            on=NoAnswer,
            to=NO_RESPONSE,
            set=change(lambda m: {"answer": "no response"}),
            do=(owe_no_response,),
            source=f"{spec}: no answer by the pack's time",
        ),
        Row(
            at=(NO_RESPONSE,),
            on=AskedAgain,
            to=DELIVERED,
            by=deliverers,
            also=_owner,
            do=(settle("no_answer", "ack"), ask_receipt, tell_actor("asked_again")),
            source=spec,
        ),
        Row(
            at=(NO_RESPONSE,),
            on=FiledAsIs,
            to=FILED,
            by=deliverers,
            also=_owner,
            do=(settle("no_answer", "ack"), file, tell_actor("filed_as_is")),
            source=spec,
        ),
        Row(
            at=(ACKED, REFUSED),
            on=Filing,
            to=FILED,
            when=lambda m: m.was.state == ACKED or bool(m.was.data.witness),
            do=(file,),
            source=f"{spec}: FILED",
        ),
        Row(
            at=DRAFTED,
            on=handoffs.CauseFell,
            when=lambda m: not m.event.withdraw,
            set=change(lambda m: {"fell": m.event.reason}),
            do=(owe_fate,),
            source="SPEC 3.1 row 11: withdrawn only by TL or HR",
        ),
        Row(
            at=DRAFTED,
            on=handoffs.CauseFell,
            to=WITHDRAWN,
            when=lambda m: m.event.withdraw,
            set=change(lambda m: {"fell": m.event.reason}),
            do=(settle("*", withdrawn=True), report_withdrawal),
            source="SPEC 3.13: reported by mistake",
        ),
        Row(
            at=(*HANDED_OVER, FILED),
            on=handoffs.CauseFell,
            set=change(lambda m: {"fell": m.event.reason}),
            do=(refer_to_hr,),
            source="SPEC 3.13: delivered ones go to HR",
        ),
        Row(
            at=DRAFTED,
            on=Withdrawn,
            to=WITHDRAWN,
            by=people,
            also=_owner,
            do=(settle("fate"), settle("*", withdrawn=True), report_withdrawal, tell_actor("withdrawn")),
            source="SPEC 3.1 row 11",
        ),
        Row(
            at=DRAFTED,
            on=KeptAnyway,
            by=people,
            also=_owner,
            when=lambda m: bool(m.was.data.fell),
            set=change(lambda m: {"fell": ""}),
            do=(settle("fate"), owe_again, tell_actor("kept")),
            source="SPEC 3.1 row 11",
        ),
        Row(
            at=(*DRAFTED, *HANDED_OVER),
            on=handoffs.AgentLeft,
            to=CLOSED_LEFT,
            do=(settle("*", withdrawn=True), lambda m: Disarm(name="*")),
            source="SPEC 3.13: agent leaves",
        ),
    )
    return Machine(
        name="discipline",
        letter="C",
        start=NONE,
        ends=frozenset({FILED, WITHDRAWN, CLOSED_LEFT}),
        rows=rows,
        opens=(handoffs.CapDue,),
        key=_cap_key,
        fresh=lambda event: Cap(due=event),
        unwound=WITHDRAWN,
        sealed=True,
        refusal=refusal,
    )


def _ask_after_comment(m: Moment[Cap]) -> Effect:
    return Ask(
        template="discipline/comment_noted_ask",
        facts=facts(m),
        answers=(
            Answer(label="I received this", event=Acknowledged(), done="received"),
            Answer(label="I'd rather not sign", event=NotSigned(), done="noted"),
        ),
    )


def _cap_key(event: Any) -> str | None:
    return f"{event.cause} {event.step} {event.kind}" if isinstance(event, handoffs.CapDue) else None


def refusal(m: Moment[Any], declined: Declined) -> Tell | None:
    """Refusals that need their own words."""
    event, state = m.event, m.was.state
    if isinstance(event, Acknowledged | NotSigned) and state in DRAFTED:
        return Tell(to=ACTOR, template="discipline/not_delivered_yet", facts=facts(m))
    if isinstance(event, Delivered) and state in (DRAFT, HR_REVIEW):
        return Tell(to=ACTOR, template="discipline/not_ready", facts=facts(m))
    if isinstance(event, Delivered) and state == READY and before_its_draft(m):
        return Tell(to=ACTOR, template="discipline/delivered_early", facts=facts(m, drafted_at=m.was.data.drafted_at))
    if isinstance(event, Delivered) and state in (*HANDED_OVER, FILED):
        return Tell(to=ACTOR, template="discipline/is_delivered", facts=facts(m))
    return None


# -- reviews -----------------------------------------------------------------------------------------------

OUTCOMES = ("no action", "extend", "other role", "terminate")
"""What people may decide (SPEC 3.9); the first two let the agent go on."""


def review_facts(m: Moment[ReviewData], **more: Any) -> dict[str, Any]:
    """The timeline and what speaks for the agent; no recommendation."""
    data = m.data
    return {
        "subject": data.due.subject,
        "cause": data.due.cause,
        "timeline": data.due.timeline,
        "contrary": data.due.contrary,
        "outcome": data.outcome,
        "text": data.text,
        "decided_by": data.decided_by,
        "decided_at": data.decided_at,
        "outcomes": OUTCOMES,
        **more,
    }


def ask_review(m: Moment[ReviewData]) -> tuple[Effect, ...]:
    """E-22 and the duty to decide."""
    return (
        Mail(
            to=m.policy.review_to,
            cc=m.policy.review_cc,
            behalf=Role.tl,
            id="E-22",
            template="discipline/review",
            facts=review_facts(m),
        ),
        Owe(
            to=(m.data.due.owner or m.policy.hr,),
            duty="review",
            title="record the review's outcome",
            template="discipline/review_card",
            facts=review_facts(m),
            answers=(
                Answer(label="No action", event=OutcomeRecorded(outcome="no action"), done="recorded"),
                Answer(label="Extend", event=OutcomeRecorded(outcome="extend"), done="recorded"),
            ),
            sla=f"{m.data.due.sla_pack}#{m.data.due.sla}" if m.data.due.sla else "review",
        ),
    )


def report_outcome(m: Moment[ReviewData]) -> tuple[Effect, ...]:
    """The case that asked goes on or stays; the TL hears that a decision was recorded."""
    data = m.data
    proceed = data.outcome in OUTCOMES[:2]
    event = handoffs.ReviewDecided(
        review=m.case.id, step=data.due.step, outcome=data.outcome, proceed=proceed, by=m.actor
    )
    return (
        Settle(duty="review"),
        Hand(workflow=data.due.cause_workflow, ref=data.due.cause, event=event),
        Tell(to=Role.tl, template="discipline/review_recorded", facts=review_facts(m)),
        Tell(to=ACTOR, template="discipline/outcome_recorded", facts=review_facts(m), undo=True),
    )


def review_refusal(m: Moment[Any], declined: Declined) -> tuple[Tell, ...] | None:
    """An outcome by anyone but HR or the SD: refused, and both are told (SPEC 3.14)."""
    if declined.reason != "not_yours":
        return None
    said = review_facts(m, asker=m.actor)
    return (
        Tell(to=ACTOR, template="discipline/outcome_refused", facts=said),
        Tell(to=Role.hr_rep, template="discipline/outcome_tried", facts=said),
        Tell(to=Role.site_director, template="discipline/outcome_tried", facts=said),
    )


def _asked(m: Moment[ReviewData]) -> frozenset[Role]:
    """Whom the pack behind this review names to decide it."""
    return frozenset({Role(m.was.data.due.owner)}) if m.was.data.due.owner else frozenset()


def review_machine(policy: DisciplinePolicy) -> Machine[ReviewData]:
    """One review, for one pack."""
    deciders = frozenset(Role(role) for role in policy.decide_by)

    def decide(m: Moment[ReviewData]) -> ReviewData:
        return replace(m.was.data, outcome=m.event.outcome, text=m.event.text, decided_by=m.actor, decided_at=m.at)

    rows = (
        Row(
            at=(NONE,),
            on=handoffs.ReviewDue,
            to=OPEN,
            do=(ask_review,),
            source="SPEC 3.9: a review request, never a decision",
        ),
        Row(
            at=(OPEN,),
            on=handoffs.ReviewDue,
            set=lambda m: replace(m.was.data, due=m.event),
            source="SPEC 3.9: asked for already",
        ),
        Row(
            at=(OPEN,),
            on=OutcomeRecorded,
            to=DECIDED,
            by=deciders,
            also=_asked,
            when=lambda m: m.event.outcome in OUTCOMES,
            set=decide,
            do=(report_outcome,),
            source="SPEC 3.9: a human outcome, with name and date",
        ),
        Row(
            at=(OPEN,),
            on=handoffs.CauseFell,
            to=VOID,
            do=(lambda m: Settle(duty="*", withdrawn=True),),
            source="SPEC 3.13: the cause was corrected",
        ),
        Row(
            at=(OPEN,),
            on=handoffs.AgentLeft,
            to=CLOSED_LEFT,
            do=(lambda m: Settle(duty="*", withdrawn=True),),
            source="SPEC 3.13: agent leaves",
        ),
    )
    return Machine(
        name="review",
        letter="R",
        start=NONE,
        ends=frozenset({DECIDED, CLOSED_LEFT, VOID}),
        rows=rows,
        opens=(handoffs.ReviewDue,),
        key=lambda event: f"{event.cause} {event.step}" if isinstance(event, handoffs.ReviewDue) else None,
        fresh=lambda event: ReviewData(due=event),
        sealed=True,
        refusal=review_refusal,
    )
