"""Taking back: the last step of any case, ended ones too, with everything the letter behind it did.

Nothing is deleted: a further journal row says that the step was unwound, by whom. What cannot be unwound any
more becomes a request that a person confirms (SPEC 3.1 rows 12 and 13, 3.13).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot import corrections
from bot.deciding import Decider
from bot.machines import DATA
from store.codec import dump, load, parse
from store.rows import Step, Timer
from workflows import effects as wish
from workflows import handoffs
from workflows.failed_exam import AttemptVoided
from workflows.machine import Case, Request
from workflows.people import Role

MEMORY = timedelta(days=400)
"""How far back a correction may reach."""

TWICE = timedelta(minutes=10)
"""How long after an undo another one without a reference is the same one said twice."""


GOING = {"AgentLeft": "left", "Transitioned": "production"}
"""Events that change an agent's standing, and to what."""

REPORTS = ("ExamFailed", "ResultEntered")
"""Events that count a fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionConfirmed(Request):
    """A person entitled to it agrees that a report was a mistake; `source` is the letter to take back."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionKept(Request):
    """A person entitled to it says the report stands."""

    source: str


def undo(desk: Decider, *, ref: str = "", at_step: tuple[str, int] | None = None) -> None:
    """Take back the sender's newest step (of `ref`, or the one his button named), or ask somebody to."""
    step = _wanted(desk, ref, at_step)
    desk.world.recall({step.case_id} if step else ())
    if step is None or step.unwound_by or step.event == "Unwound" or _void(desk, step):
        desk.decline(
            "not_so",
            "house/nothing_to_undo",
            {"ref_named": ref, "undone": bool(step)},
            case=desk.world.cases.get(step.case_id) if step else None,
        )
        return
    case = desk.world.cases[step.case_id]
    minutes = getattr(desk.office.policy(case), "undo_minutes", 10)
    fresh = desk.at - step.at <= timedelta(minutes=minutes)
    if step.actor == desk.letter.actor and fresh and not _acted_since(desk, step):
        unwind(desk, step.source)
        return
    request(desk, case, step)


def _wanted(desk: Decider, ref: str, at_step: tuple[str, int] | None) -> Step | None:
    if at_step is not None:
        ref, seq = at_step
        return next((step for step in desk.world.steps_of(case_id=ref) if step.seq == seq), None)
    if ref:
        steps = [
            step
            for step in desk.world.steps_of(case_id=ref)
            if step.actor and not (step.unwound_by or step.event == "Unwound" or _idle(step) or _void(desk, step))
        ]
        mine = [step for step in steps if step.actor == desk.letter.actor or _about(desk, step)]
        return next(reversed(mine or steps), None)
    steps = [step for step in desk.world.newest_steps_by(desk.letter.actor, desk.at - MEMORY) if not _idle(step)]
    step = next((step for step in steps if not step.unwound_by and step.event != "Unwound"), None)
    if steps and steps[0].event == "Unwound" and not steps[0].unwound_by and desk.at - steps[0].at <= TWICE:
        # said twice it takes nothing more back; only a confirmed correction is a decision of its own
        step = next(
            (each for each in steps if each.source == steps[0].source and each.event == "CorrectionConfirmed"), steps[0]
        )
    if step is not None:
        agents = desk.world.agents_of([step.case_id])
        desk.world.load(agents.values())
    return step


def _about(desk: Decider, step: Step) -> bool:
    """Whether a step counts a fail of the sender's own exam, whoever reported it: he may say that it is not so."""
    case = desk.world.cases[step.case_id]
    return case.agent == desk.letter.actor and _ordinal(case, step.source) is not None


def _void(desk: Decider, step: Step) -> bool:
    """Whether a report does not count any more: a person has said so, or it was voided."""
    case = desk.world.cases.get(step.case_id)
    attempts = getattr(case.data, "attempts", ()) if case else ()
    counted = any(step.source in attempt.sources for attempt in attempts)
    return counted and step.event in REPORTS and case is not None and _ordinal(case, step.source) is None


def _idle(step: Step) -> bool:
    """Whether a step recorded nothing that could be taken back: a report said twice, a question asked."""
    return step.was == step.state and step.event in (
        "ExamFailed",
        "ExamPassed",
        "NotAdvised",
        "CorrectionAsked",
        "CorrectionKept",
    )


def _acted_since(desk: Decider, step: Step) -> bool:
    """Whether somebody else's step, or a change of state, came after this letter in any case it touched."""
    for touched in desk.world.steps_of(source=step.source):
        for later in desk.world.steps_of(case_id=touched.case_id):
            others = later.source not in (step.source, desk.letter.source)
            undone = later.unwound_by or later.event == "Unwound"  # the two cancel out
            moved = (later.actor or later.was != later.state) and not _idle(later)
            if later.seq > touched.seq and others and moved and not undone:
                return True
    return False


def correctors(desk: Decider, case: Case[Any]) -> tuple[str, ...]:
    """The roles that confirm a late correction; a CAP is HR's business, not licensing's."""
    usual = ("tl", "hr_rep") if case.workflow == "discipline" else ("tl", "licensing")
    found: tuple[str, ...] = getattr(desk.office.policy(case), "correct_by", usual)
    return found


def request(desk: Decider, case: Case[Any], step: Step) -> None:
    """A correction that comes late, or from somebody else: a person confirms it (SPEC 3.1 row 13)."""
    roles = correctors(desk, case)
    if any(duty.name.startswith("correction") for duty in desk.world.open_duties(case.id)):
        desk.decline("not_so", "house/undo_asked_already", {}, case=case)
        return
    asked = note_step(desk, case, "CorrectionAsked", "SPEC 3.1 row 13: a later correction is confirmed by a person")
    said = {"asker": desk.letter.actor, "what": desk.what(case), "event": step.event, "at": step.at, "by": step.actor}
    owe = wish.Owe(
        to=tuple(roles),
        duty=f"correction:{step.seq}",
        title="confirm or keep a correction",
        template="house/correction_request",
        facts=said,
        answers=(
            wish.Answer(label="Confirm correction", event=CorrectionConfirmed(source=step.source), done="confirmed"),
            wish.Answer(label="Keep as it is", event=CorrectionKept(source=step.source), done="kept"),
        ),
        sla="immediate",
    )
    desk.owe(desk.world.cases[case.id], owe, f"{case.id}:{asked.seq}:0", asked)
    names = [desk.office.roster.name_of(user) for role in roles for user in desk.recipients(role, case, case.agent)]
    desk.answer("house/undo_late", {"names": list(dict.fromkeys(names)), "what": desk.what(case)}, case=case)


def note_step(desk: Decider, case: Case[Any], event: str, row: str, payload: str = "{}") -> Step:
    """A journal row that changes nothing but the count of steps, or the pack."""
    after = replace(case, seq=case.seq + 1)
    machine = desk.office.machine_of(case)
    desk.world.put_case(after, case.state not in machine.ends, desk.now)
    step = Step(
        case_id=case.id,
        seq=after.seq,
        at=desk.at,
        actor=desk.letter.actor,
        by=sorted(desk.office.roles(desk.letter.actor, case.agent, desk.at, case)),
        source=desk.letter.source,
        event=event,
        payload=payload,
        was=case.state,
        state=case.state,
        before=dump(case.data),
        after=dump(case.data),
        row=row,
        made={"owed": [], "settled": [], "armed": [], "disarmed": [], "sent": [], "tracked": []},
    )
    desk.world.steps.append(step)
    return step


def answered(desk: Decider, case: Case[Any], event: CorrectionConfirmed | CorrectionKept) -> None:
    """A person has answered a correction request."""
    roles = frozenset(Role(role) for role in correctors(desk, case))
    if not roles & desk.office.roles(desk.letter.actor, case.agent, desk.at, case):
        names = [
            desk.office.roster.name_of(user)
            for role in sorted(roles)
            for user in desk.recipients(role, case, case.agent)
        ]
        desk.decline(
            "not_yours",
            "house/not_yours",
            {"who": list(dict.fromkeys(names))[:4], "event": "", "state": case.state, "duties": []},
            case=case,
        )
        return
    step = note_step(desk, case, type(event).__name__, "SPEC 3.1 row 13: a person has answered")
    asker = ""
    for duty in desk.world.open_duties(case.id):
        if duty.name.startswith("correction"):
            asker = str(duty.facts.get("asker", ""))
            desk.settle(duty, step, withdrawn=False)
    if isinstance(event, CorrectionKept):
        desk.answer("house/correction_kept", {"what": desk.what(case), "own": True}, case=case)
        if asker:
            desk.chat(
                f"@{asker}",
                "house/correction_kept",
                {"what": desk.what(case), "own": False, "by": desk.letter.actor},
                f"{case.id}:{step.seq}:k",
                case=case,
                reader=asker,
            )
        return
    steps = desk.world.steps_of(source=event.source)
    if steps and not _acted_since(desk, steps[0]):
        unwind(desk, event.source)
        return
    ordinal = _ordinal(case, event.source)
    if ordinal is None:
        desk.decline("not_so", "house/cannot_unwind", {"what": desk.what(case)}, case=case)
        return
    desk.enter(desk.world.cases[case.id], AttemptVoided(ordinal=ordinal, why="reported by mistake"))


def _ordinal(case: Case[Any], source: str) -> int | None:
    """Which attempt that letter reported, as the carrier counts; None when it counts no more."""
    taken = getattr(case.data, "taken", ())
    return next((n for n, number in enumerate(taken, 1) if source in case.data.attempts[number - 1].sources), None)


def unwind(desk: Decider, source: str) -> None:
    """All cases touched by one letter go back together; who was told is told."""
    steps = [step for step in desk.world.steps_of(source=source) if not step.unwound_by]
    desk.world.recall(step.case_id for step in steps)  # it may have ended cases, or touched those of class and site
    keys = [key for step in steps for key in step.made["sent"]]
    notes = desk.world.notes_of("", keys=keys)
    born = {duty for step in steps for duty in step.made["owed"]}
    first = next((step for step in steps if not hasattr(handoffs, step.event)), steps[0])
    backs = [_back(desk, step, born) for step in reversed(steps)]
    for step in steps:
        if step.event == "Unwound":  # what that undo had taken back holds again
            desk.world.hold(parse(step.payload)["source"], source)
    desk.world.unwind(source, desk.letter.source)
    case = desk.world.cases[first.case_id]
    holds = getattr(case.data, "holds_again", "") if first.was == case.state else ""
    corrections.correct(desk, notes, {"reason": holds, "exam": desk.what(case)}, f"{case.id}:{case.seq}:u", backs[-1])
    if gone := next((GOING[step.event] for step in steps if step.event in GOING), ""):
        desk.world.extra.append((_STAYS, [{"agent": case.agent, "status": gone}]))
        desk.changed_office()
    desk.answer(
        "house/undone",
        {"what": desk.what(case), "told": list(dict.fromkeys(desk.told)), "event": first.event, "state": case.state},
        case=case,
    )


def _back(desk: Decider, step: Step, born: set[str]) -> Step:
    case = desk.world.cases[step.case_id]
    if step.event == "Repinned":
        pins = parse(step.payload)
        return note_step(
            desk,
            replace(case, pack=pins["was"]),
            "Repinned",
            "SPEC 3.13: taken back",
            dump({"was": pins["now"], "now": pins["was"]}),
        )
    machine = desk.office.machine_of(case)
    state = machine.unwound if step.was == machine.start else step.was
    after = replace(case, state=state, data=load(DATA[case.workflow], step.before), seq=case.seq + 1)
    desk.world.put_case(after, state not in machine.ends, desk.now)
    back = Step(
        case_id=case.id,
        seq=after.seq,
        at=desk.at,
        actor=desk.letter.actor,
        by=[],
        source=desk.letter.source,
        event="Unwound",
        payload=dump({"source": step.source, "seq": step.seq}),
        was=case.state,
        state=state,
        before=dump(case.data),
        after=dump(after.data),
        row="SPEC 3.13: reported by mistake",
        made={"owed": [], "settled": [], "armed": [], "disarmed": [], "sent": [], "tracked": []},
    )
    desk.world.steps.append(back)
    desk.line(
        "state",
        ref=case.id,
        workflow=case.workflow,
        agent=case.agent,
        **{"from": case.state},
        to=state,
        event="Unwound",
        actor=desk.letter.actor,
        source=back.row,
    )
    for id in step.made["owed"]:
        duty = desk.world.duty(id)
        if duty is not None and duty.open:
            desk.settle(duty, back, withdrawn=True)
    for name in step.made["armed"]:
        timer = desk.world.timer(case.id, name)
        if timer is not None and timer.open:
            desk.forget(timer, back)
    for id, status in step.made["settled"]:
        duty = desk.world.duty(id)
        if duty is not None and not duty.open and id not in born:
            duty.open, duty.status, duty.settled_by, duty.settled_at = True, status, "", None
            desk.world.touch_duty(duty)
            desk.duty_line(duty)
    for name, due, event, payload in step.made["disarmed"]:
        if not (isinstance(payload, dict) and payload.get("duty") in born):
            at = due if isinstance(due, datetime) else datetime.fromisoformat(due)
            desk.set_timer(
                Timer(
                    case_id=case.id, name=name, agent=case.agent, due=at, seq=after.seq, event=event, payload=payload
                ),
                back,
            )
    for n, (column, key) in enumerate(step.made["tracked"]):
        desk.untrack(case.agent, column, key, f"{case.id}:{after.seq}:t{n}")
    return back


_STAYS = text("DELETE FROM standings WHERE agent = :agent AND status = :status")
