"""What the pace of certification and a session link need of the house: whose proof is meant, leave, who is in a class.

Reads through the batch's world; decides nothing: what it finds enters its case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows import handoffs
from workflows.carrier_cert import ProofRefused
from workflows.failed_exam import PassRefused
from workflows.machine import Case
from workflows.people import CLASS_
from workflows.session_link import LastCall, Setting

if TYPE_CHECKING:
    from bot.deciding import Decider
    from store.rows import Duty

PACE, EXAM = "carrier_cert", "failed_exam"
CLOCKS = ("call_cert", "tbt")
"""What counts an agent's time and does not hear of a block before it has begun."""
WAIVED_BY_CLOCK = {"carrier_cert": "ahip", "tbt": "tbt"}
"""The item of ESP whose clock each keeps."""


def refuse_proof(desk: Decider, args: Mapping[str, Any]) -> None:
    """ "proof @ana redo why": a proof licensing was to judge, else the proof of a passed exam, else one verified."""
    from bot import reception  # it grants this wish
    from handlers.intents import Act

    agent, ref, why = str(args["agent"]), str(args["ref"]).upper(), str(args["why"])
    items = tuple(args["items"])
    case = desk.world.cases.get(ref)
    workflow = case.workflow if case is not None else _workflow(desk, agent, items)
    event: Any = PassRefused(why=why) if workflow == EXAM else ProofRefused(items=items, why=why)
    reception.act(desk, Act(event=event, workflow=EXAM if workflow == EXAM else PACE, agent=agent, ref=ref))


def _workflow(desk: Decider, agent: str, items: tuple[str, ...]) -> str:
    pace = pace_of(desk, agent)
    if pace is None or not desk.office.runs(PACE):
        return EXAM
    proofs = desk.office.policy(pace).pace.proof.items
    claimed = [claim for claim in pace.data.claims if claim.item in proofs]
    if _passed_by_word(desk, pace, agent, items):
        return EXAM
    if items or any(claim.verified_at is None for claim in claimed):
        return PACE
    passed = [case for case in desk.world.cases_of(agent) if case.workflow == EXAM and case.state == "PASSED"]
    return EXAM if passed or not claimed else PACE


def _passed_by_word(desk: Decider, pace: Case[Any], agent: str, items: tuple[str, ...]) -> bool:
    """Whether the proof meant is that of an exam said to be passed: the exam's case reopens, taking the claim back."""
    exams = desk.office.policy(pace).pace.proof.exams
    meant = items or tuple(claim.item for claim in pace.data.claims if not claim.verified_at and claim.item in exams)
    known = [claim for item in meant if item in exams and (claim := pace.data.claim(item)) is not None]
    passed = {
        name.casefold()
        for case in desk.world.cases_of(agent)
        if case.workflow == EXAM and case.state == "PASSED"
        for name in (case.data.exam, case.data.exam_name)
    }
    return len(known) == len(meant) == 1 and all(
        not claim.verified_at and not claim.evidence and passed & {name.casefold() for name in exams[claim.item]}
        for claim in known
    )


def pace_of(desk: Decider, agent: str) -> Case[Any] | None:
    """The agent's open pace case."""
    mine = (case for case in desk.world.cases_of(agent) if case.workflow == PACE and desk.world.live[case.id])
    return next(mine, None)


def picture(desk: Decider, args: Mapping[str, Any]) -> None:
    """A picture without a word: for the ticket that waits for one, else the proof of the final its sender passed."""
    from bot import reception  # it grants this wish

    waiting = any(
        case.workflow == "ticket" and desk.world.live[case.id] for case in desk.world.cases_of(desk.letter.actor)
    )
    for act in args["came"] if waiting or not _owes_proof(desk, desk.letter.actor) else args["proof"]:
        reception.act(desk, act)


def _owes_proof(desk: Decider, agent: str) -> bool:
    """Whether he has said that he passed the final, and nobody has a file that shows it."""
    final, pace = desk.office.roster.find_exam("ahip"), pace_of(desk, agent)
    if final is None or pace is None:
        return False
    mine = (case for case in desk.world.cases_of(agent) if case.workflow == EXAM and case.state == "PASSED")
    claim = pace.data.claim("final")
    waits = claim is None or not (claim.verified_at or claim.evidence)
    return waits and any(case.data.exam == final.key for case in mine)


def stand_still(desk: Decider, ref: str) -> None:
    """A clock that begins while its agent is blocked stands still from its beginning (SPEC 3.6); the ladder knows."""
    case = desk.world.cases[ref]
    if case.workflow not in CLOCKS or not desk.world.live[ref]:
        return
    pace = pace_of(desk, case.agent)
    open_blocks = pace.data.open_blocks if pace is not None else ()
    for block in open_blocks:
        since = max(desk.at, block.since)
        event = handoffs.Blocked(reason=block.reason, since=since, by=block.by, ends=block.ends)
        desk.enter(desk.world.cases[ref], event)


def waived(desk: Decider, agent: str, item: str) -> str:
    """Who let the agent go without that item; "" for nobody."""
    mine = (case for case in desk.world.cases_of(agent) if case.workflow == "completion")
    return next((found.waived_by for case in mine if (found := case.data.item(item)) is not None), "")


def let_pass(desk: Decider, ref: str) -> None:
    """A clock that begins for what its agent need not do any more does not run (SPEC 3.10)."""
    case = desk.world.cases[ref]
    item = WAIVED_BY_CLOCK.get(case.workflow, "")
    if item and desk.world.live[ref] and (by := waived(desk, case.agent, item)):
        desk.enter(case, handoffs.LetPass(item=item, by=by))


# -- approved leave ----------------------------------------------------------------------------------------


def leave_begins(desk: Decider, agent: str, until: datetime) -> None:
    """The clocks of an agent on approved leave stand still (SPEC 3.13)."""
    desk.world.load([agent])
    case = pace_of(desk, agent)
    if case is not None:
        reason = desk.office.policy(case).pace.block.absence
        desk.enter(case, handoffs.Blocked(reason=reason, since=desk.at, by=desk.letter.actor, ends=until))


def leave_ends(desk: Decider, agent: str) -> None:
    """He is back before his leave was over."""
    desk.world.load([agent])
    case = pace_of(desk, agent)
    if case is not None:
        reason = desk.office.policy(case).pace.block.absence
        desk.enter(case, handoffs.Unblocked(until=desk.at, by=desk.letter.actor, reason=reason))


def pause_duties(desk: Decider, agent: str, until: datetime) -> None:
    """What is owed about an agent on approved leave is due as much business time after it as was left before."""
    leaves = (a for a in desk.office.absences if a.person == agent and a.kind == "leave" and a.covers(desk.at))
    since = max((a.until for a in leaves), default=desk.at)
    if until > since:
        _shift(desk, agent, since, until, lambda duty: True)


def resume_duties(desk: Decider, agent: str, began: datetime, planned: datetime) -> None:
    """He is back before the leave was over: what was put off by it is due sooner again; what came up in it stays."""
    _shift(desk, agent, planned, desk.at, lambda duty: duty.since <= began)


def _shift(desk: Decider, agent: str, since: datetime, to: datetime, moves: Callable[[Duty], bool]) -> None:
    """Due times and clocks of the agent's duties after `since` (UTC) are as much business time after `to`."""
    desk.world.load([agent])
    moved = {duty.id: duty for duty in desk.world.duties_of(agent) if duty.open and duty.agent == agent and moves(duty)}

    def later(case_id: str, due: datetime) -> datetime:
        calendar = desk.office.calendar_of(desk.world.cases[case_id])
        return calendar.business_minutes_after(to, calendar.business_minutes_between(since, due))

    for duty in moved.values():
        if duty.due is not None and duty.due > since:
            duty.due = later(duty.case_id, duty.due)
            desk.world.touch_duty(duty)
            desk.duty_line(duty)
    for timer in tuple(desk.world.timers_of(agent)):
        if timer.open and not timer.event and timer.payload.get("duty") in moved and timer.due > since:
            desk.set_timer(replace(timer, due=later(timer.case_id, timer.due)), None)


# -- who is in the class -----------------------------------------------------------------------------------


def brief_class(desk: Decider, case: Case[Any], event: LastCall, due: datetime) -> LastCall:
    """The class as it is now."""
    roster = desk.office.roster
    klass = roster.classes.get(case.agent.removeprefix(CLASS_))
    if klass is None:
        return event
    agents = (roster.agents[agent] for agent in roster.agents_of(klass.name) if desk.office.active(agent))
    return replace(event, setting=Setting.of(klass, agents))


BRIEFINGS = {"LastCall": brief_class}
"""By the class name of the event."""
