"""What a CAP asks of its owner, of HR and of the agent."""

from __future__ import annotations

from typing import Any

from workflows.discipline.data import Cap
from workflows.discipline.events import (
    Acknowledged,
    AskedAgain,
    CapApproved,
    CapReturned,
    Commented,
    Delivered,
    DraftMended,
    FiledAsIs,
    KeptAnyway,
    NoAnswer,
    NotSigned,
    Withdrawn,
    Witnessed,
)
from workflows.discipline.facts import facts, handed_over, paper
from workflows.discipline.guards import lint
from workflows.discipline.notices import send_draft
from workflows.discipline.states import DRAFT, HR_REVIEW, READY
from workflows.effects import Answer, Arm, Ask, Disarm, Effect, Hush, Mail, Owe, Settle
from workflows.machine import Moment
from workflows.people import Role


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
        attach=() if m.data.document else (paper(m),),
        evidence=handed_over(m),
        tag="delivered",
    )
    wait = m.policy.sla["acknowledge"].due
    return (mail, owe, Arm(name="no_answer", due=m.calendar.due(m.at, wait.offset, wait.unit), event=NoAnswer()))


def ask_after_comment(m: Moment[Cap]) -> Effect:
    """The comment is noted; the receipt is still asked for."""
    return Ask(
        template="discipline/comment_noted_ask",
        facts=facts(m),
        answers=(
            Answer(label="I received this", event=Acknowledged(), done="received"),
            Answer(label="I'd rather not sign", event=NotSigned(), done="noted"),
        ),
    )


def stop_clock(m: Moment[Cap]) -> Effect:
    """The agent has answered."""
    return Disarm(name="no_answer")


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


def settle(*duties: str, withdrawn: bool = False) -> Any:
    """Done or withdrawn."""
    return lambda m: tuple(Settle(duty=duty, withdrawn=withdrawn) for duty in duties)
