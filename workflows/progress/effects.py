"""Who hears what of a report, and who owes what."""

from __future__ import annotations

from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Effect, Hand, Mail, Owe, Settle, Tell, Track
from workflows.machine import Moment
from workflows.people import Role
from workflows.progress import words
from workflows.progress.data import (
    CLOSED_LEFT,
    LATE,
    VOID,
    Fields,
    Progress,
    beyond,
    mentioned,
    merged,
    skipped,
)
from workflows.progress.events import (
    TalkPutOff,
    TalkWanted,
)
from workflows.progress.guards import (
    cutoff_of,
    new_fields,
    refused,
)


def known(m: Moment[Progress]) -> Fields:
    """What the agent has reported on all days, the later ones first to speak."""
    days = sorted(
        (case.data for case in m.others if case.workflow == m.case.workflow and case.state not in (VOID, CLOSED_LEFT)),
        key=lambda data: data.day,
    )
    found = Fields()
    for data in (*days, m.data):
        found = merged(found, data.fields, exact=False)
    return found


def in_calls(m: Moment[Progress]) -> bool:
    """Whether the agent's call-cert phase has begun."""
    own = m.about.call_cert_start if m.about else None
    first = own or (m.klass.call_cert_start if m.klass else None)
    return first is not None and m.data.day >= first


def still_open(m: Moment[Progress]) -> list[str]:
    """What a report of this phase would speak of, and this day's does not; what is finished needs no mention."""
    wanted = m.policy.calls if in_calls(m) else m.policy.carrier
    before, limits = known(m), m.policy.limits
    finished = {
        *(name for name in ("modules", "quizzes") if len(getattr(before, name)) == getattr(limits, name)),
        *(name for name in ("aetna", "checkmarks", "product") if getattr(before, name)),
        *(("ahip",) if before.ahip == "passed" else ()),
    }
    said = {*mentioned(m.data.fields), *finished}
    return [words.TITLES[name] for name in wanted if name not in said]


def paced(m: Moment[Progress]) -> bool:
    """Whether the pace clock of the agent asks about the order of modules itself."""
    return any(case.workflow == "carrier_cert" for case in m.others)


def problems(m: Moment[Progress]) -> list[dict[str, Any]]:
    """Counts that cannot be."""
    names = {"tbt": "courses", "calls": "calls"}
    return [
        {"what": names.get(name, name), "there": there, "said": said}
        for name, there, said in beyond(m.event.said, m.policy.limits)
    ]


def echo(m: Moment[Progress]) -> Effect:
    """What was understood, what was not mentioned, and what comes next."""
    fields, limits = m.data.fields, m.policy.limits
    modules = new_fields(m).modules
    facts = {
        "parts": list(words.parts(fields, limits)),
        "blockers": fields.blockers or "",
        "note": fields.note,
        "files": len(new_fields(m).evidence),
        "open": still_open(m),
        "problems": problems(m),
        "unclear": list(m.event.said.unclear),
        "refused": refused(m),
        "skipped": list(skipped(known(m).modules)) if modules and not paced(m) else [],
        "module": max(modules, default=0),
        "late": m.case.state == LATE,
        "due": cutoff_of(m) is not None,
        "ahip_failed": new_fields(m).ahip == "failed",
    }
    more = (("Right", "progress right"), ("Fix", "progress fix"))
    return Tell(to=ACTOR, template="progress/echo", facts=facts, undo=True, more=more, gather="progress_checkpoint")


def note_it(m: Moment[Progress]) -> Effect:
    """R-002-21: into the tracker, Date - Name - Note."""
    return Track(column=m.policy.column, note=words.note(new_fields(m), m.policy.limits))


def hand_on(m: Moment[Progress]) -> tuple[Effect, ...]:
    """Those whose clocks it concerns hear what was reported."""
    said = new_fields(m)
    told = handoffs.Reported(
        modules=said.modules,
        quizzes=said.quizzes,
        ahip=said.ahip,
        aetna=said.aetna,
        checkmarks=said.checkmarks,
        product=said.product,
        tbt=said.tbt,
        calls=said.calls,
        evidence=said.evidence,
    )
    hands: tuple[Effect, ...] = ()
    if told != handoffs.Reported():
        hands = (Hand(workflow="carrier_cert", event=told), Hand(workflow="tbt", event=told))
    if said.equipment is not None:
        works = handoffs.EquipmentSaid(works=said.equipment, text="" if said.equipment else said.note or "see report")
        hands = (*hands, Hand(workflow="equipment", event=works))
    return hands


def ask(m: Moment[Progress]) -> Effect | None:
    """The agent is asked, while there is still time."""
    cutoff = cutoff_of(m)
    if cutoff is None or m.at >= cutoff:
        return None
    return Tell(to=Role.agent, template="progress/prompt", facts={"cutoff": cutoff, "calls": in_calls(m)})


def tell_missing(m: Moment[Progress]) -> tuple[Effect, ...]:
    """The agent, by both doors."""
    notice, facts = m.policy.notice, {"cutoff": cutoff_of(m)}
    return (
        Tell(to=Role.agent, template="progress/missing", facts=facts),
        Mail(
            to=notice.to,
            cc=notice.cc,
            behalf=notice.behalf,
            id=notice.id,
            template=notice.template or "progress/missing_mail",
            facts=facts,
        ),
    )


def suggest(m: Moment[Progress]) -> Effect | None:
    """Missing is not discipline by itself: whoever the pack names decides whether to talk."""
    if m.data.talk != "suggested":
        return None
    rule = m.policy.coaching
    days = [f"{day:%m/%d}" for day in (*m.data.missed, m.data.day)]
    return Owe(
        to=(rule.ask,),
        duty="suggest",
        title="missing progress reports",
        template="progress/suggest",
        facts={"days": days, "within": rule.within_days},
        answers=(
            Answer(label="Coach", event=TalkWanted(), done="taken up"),
            Answer(label="Not now", event=TalkPutOff(), done="put off"),
        ),
        sla=rule.ask_sla,
    )


def call_for_talk(m: Moment[Progress]) -> tuple[Effect, ...]:
    """A coaching like any other, on record."""
    rule = m.policy.coaching
    facts = tuple((m.at, f"no progress report for {day:%m/%d/%Y}") for day in (*m.data.missed, m.data.day))
    due = handoffs.CoachingDue(
        cause=m.case.id,
        cause_workflow=m.case.workflow,
        step=1,
        subject=rule.subject,
        owner=rule.owner,
        expectation=rule.expectation,
        facts=facts,
        sla=rule.sla,
        sla_pack=m.case.pack,
        policy=f"{m.policy.title} ({m.policy.id})",
    )
    return (Settle(duty="suggest"), Hand(workflow="coaching", event=due))


def drop_suggestion(m: Moment[Progress]) -> Effect:
    """The report is there after all."""
    return Settle(duty="suggest", withdrawn=True)


def call_off(m: Moment[Progress]) -> tuple[Effect, ...]:
    """Nothing was expected that day: a coaching called for because of it loses its cause."""
    settle = Settle(duty="suggest", withdrawn=True)
    if m.was.data.talk != "wanted":
        return (settle,)
    fell = handoffs.CauseFell(cause=m.case.id, step=1, reason=f"excused on {m.data.day:%m/%d/%Y}")
    return (settle, Hand(workflow="coaching", event=fell))


def tell_actor(template: str) -> Any:
    """A short answer."""
    return lambda m: Tell(to=ACTOR, template=f"progress/{template}", undo=template != "right")
