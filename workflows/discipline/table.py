"""The table of one CAP, for one pack (SPEC 3.9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows import handoffs
from workflows.discipline.changes import answered, change, delivered
from workflows.discipline.data import Cap
from workflows.discipline.duties import (
    ask_after_comment,
    ask_receipt,
    owe_again,
    owe_approval,
    owe_delivery,
    owe_fate,
    owe_mending,
    owe_no_response,
    owe_witness,
    settle,
    stands_again,
    stop_clock,
)
from workflows.discipline.events import (
    Acknowledged,
    AskedAgain,
    CapApproved,
    CapReturned,
    Commented,
    Delivered,
    DraftMended,
    DraftWanted,
    FiledAsIs,
    Filing,
    KeptAnyway,
    NoAnswer,
    NotSigned,
    Withdrawn,
    Witnessed,
)
from workflows.discipline.guards import before_its_draft, complete, lint, not_the_subject, owner, somebody_else
from workflows.discipline.notices import (
    file,
    go_file,
    refer_to_hr,
    report_delivery,
    report_withdrawal,
    send_draft,
    tell_actor,
    tell_concurrent,
)
from workflows.discipline.refusals import refusal
from workflows.discipline.states import (
    ACKED,
    CLOSED_LEFT,
    DELIVERED,
    DRAFT,
    DRAFTED,
    FILED,
    HANDED_OVER,
    HR_REVIEW,
    NO_RESPONSE,
    NONE,
    READY,
    REFUSED,
    WITHDRAWN,
)
from workflows.effects import Disarm
from workflows.machine import Machine, Moment, Row
from workflows.people import Role
from workflows.policy import DisciplinePolicy


def _gate(*gates: str) -> Any:
    return lambda m: m.event.gate in gates and not lint(Cap(due=m.event))


def _can_be(m: Moment[Cap]) -> bool:
    return not_the_subject(m) and not before_its_draft(m)


def _cap_key(event: Any) -> str | None:
    return f"{event.cause} {event.step} {event.kind}" if isinstance(event, handoffs.CapDue) else None


def machine(policy: DisciplinePolicy) -> Machine[Cap]:
    """One CAP, for one pack."""
    deliverers = frozenset(Role(role) for role in policy.deliver_by)
    hr, agent = frozenset({Role(policy.hr)}), frozenset({Role.agent})
    people = deliverers | hr
    draft = (tell_concurrent, owe_delivery, send_draft)
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
            also=owner,
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
            also=owner,
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
            also=owner,
            when=_can_be,
            set=delivered,
            do=(settle("cap", "fate"), report_delivery, ask_receipt, tell_actor("delivered")),
            source=f"{spec}: deliver",
        ),
        Row(
            at=(DELIVERED, NO_RESPONSE),
            on=Acknowledged,
            to=ACKED,
            by=agent,
            set=answered("received"),
            do=(settle("ack", "no_answer"), stop_clock, tell_actor("thanks", undo=False), go_file),
            source=f"{spec}: ack, by the agent only",
        ),
        Row(
            at=(DELIVERED, NO_RESPONSE),
            on=Commented,
            by=agent,
            set=change(lambda m: {"comment": "\n".join(filter(None, (m.was.data.comment, m.event.text)))}),
            do=(ask_after_comment,),
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
            set=answered("received"),
            do=(tell_actor("thanks", undo=False), file),
            source=f"{spec}: a late answer is an addendum",
        ),
        Row(
            at=(DELIVERED, NO_RESPONSE),
            on=NotSigned,
            to=REFUSED,
            by=agent,
            set=answered("not signed"),
            do=(settle("ack", "no_answer"), stop_clock, owe_witness, tell_actor("not_signed", undo=False)),
            source=f"{spec}: refused, TL names a witness",
        ),
        Row(
            at=(REFUSED,),
            on=Witnessed,
            by=deliverers,
            also=owner,
            when=somebody_else,
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
            also=owner,
            do=(settle("no_answer", "ack"), ask_receipt, tell_actor("asked_again")),
            source=spec,
        ),
        Row(
            at=(NO_RESPONSE,),
            on=FiledAsIs,
            to=FILED,
            by=deliverers,
            also=owner,
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
            also=owner,
            do=(settle("fate"), settle("*", withdrawn=True), report_withdrawal, tell_actor("withdrawn")),
            source="SPEC 3.1 row 11",
        ),
        Row(
            at=DRAFTED,
            on=KeptAnyway,
            by=people,
            also=owner,
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
