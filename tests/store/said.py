"""Everything the workflows can say: random but repeatable walks through every table, their effects collected."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.packs import load_packs
from bot.roster import read_roster
from tests.store import said_calls, said_classroom, said_ladder, said_pace
from workflows import (
    attendance,
    call_cert,
    carrier_cert,
    coaching,
    completion,
    concern,
    discipline,
    engagement,
    failed_exam,
    handoffs,
    ladder,
    session_link,
    tbt,
)
from workflows.calendar import Calendar
from workflows.effects import Arm, Ask, Disarm, Effect, Mail, Owe, Post, Tell
from workflows.machine import Case, Declined, Event, Machine, Moment, Stepped
from workflows.people import Role, Roster
from workflows.policy import AttemptRule, Cap, Coach, Confirm, FailedExamPolicy, Notice, Policy, Review

ROSTER: Roster = read_roster(Path(__file__).parents[1] / "roster.toml")
PACKS = load_packs()
CALENDAR = Calendar.of(ROSTER.sites["slc"])
START = datetime(2026, 11, 17, 17, 2, tzinfo=UTC)
ROLES: Sequence[tuple[str, frozenset[Role]]] = (
    ("ana", frozenset({Role.agent})),
    ("tara", frozenset({Role.tl})),
    ("will", frozenset({Role.workshop_lead})),
    ("lia", frozenset({Role.licensing, Role.proctor})),
    ("pia", frozenset({Role.pm, Role.proctor})),
    ("hana", frozenset({Role.hr_rep})),
    ("sam", frozenset({Role.site_director})),
    ("wes", frozenset({Role.wfm})),
    ("eve", frozenset({Role.esp_manager})),
    ("cole", frozenset({Role.cert_coordinator})),
    ("cass", frozenset({Role.certifier})),
    ("tim", frozenset({Role.certifier, Role.tbt_sme})),
)
OVER = ("VOID", "CLOSED_LEFT", "WITHDRAWN", "CLEARED", "DECIDED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One effect with its facts as the store keeps them: times as ISO 8601 text, tuples as lists."""

    effect: Any
    facts: dict[str, Any]
    case: Case[Any]
    actor: str
    pack: str


def frozen(value: Any) -> Any:
    """The value as it comes back from the database."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: frozen(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [frozen(inner) for inner in value]
    return value


def long_ladder() -> FailedExamPolicy:
    """Five attempts with every kind of step between them."""
    new = PACKS.get("failed-exams-new").policy
    assert isinstance(new, FailedExamPolicy)
    first, second, third = new.attempt
    notice = Notice(to=("tl", "pm", "licensing_team"), cc=("agent",), id="E-01")
    cap = Cap(kind="written", owner="tl", sla="immediate", clause="may result", expectation="Pass.", gate="approve")
    coach = Coach(owner="tl", sla="immediate")
    rules = (
        AttemptRule(source="one", notice=notice),
        AttemptRule(source="two", notice=notice, form=first.form, coach=coach, cap=cap),
        AttemptRule(source="three", notice=notice, cap=cap, review=Review(owner="hr_rep", sla="immediate")),
        replace(second, coach=first.coach),
        replace(third, cap=cap),
    )
    return replace(new, id="five", attempt=rules)


def short_ladder() -> FailedExamPolicy:
    """One attempt, nothing to confirm."""
    new = PACKS.get("failed-exams-new").policy
    assert isinstance(new, FailedExamPolicy)
    last = new.attempt[-1]
    confirm = Confirm(by=("tl",), cards=("tl",), sla="immediate", required=False)
    return replace(new, id="one", attempt=(replace(last, confirm=confirm),))


def exam_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """What may happen to a failed exam."""
    fx = failed_exam
    known: dict[str, Any] = {"exam": "ahip-final", "exam_name": "AHIP Final", "carrier": "AHIP", "plan_year": 2026}
    fail: dict[str, Any] = {**known, "door": rng.choice(("chat", "mail"))}
    soon = CALENDAR.next_open(at + timedelta(days=rng.choice((0, 1)))) + timedelta(hours=rng.choice((-48, 1, 2, 20)))
    return (
        *(fx.ExamFailed(**fail, claimed=None) for _ in range(4)),
        *(fx.ExamFailed(**fail, claimed=n) for n in (1, 2, 3, 4, 9)),
        fx.ExamFailed(**fail, claimed=1, sure="new"),
        fx.ExamPassed(**known),
        fx.ResultEntered(passed=False),
        fx.ResultEntered(passed=rng.random() < 0.2),
        fx.FormDone(),
        fx.FormDone(attempt=1, number="77"),
        *(fx.Coached(advised=rng.random() < 0.8) for _ in range(4)),
        fx.Coached(advised=True, on=START - timedelta(hours=1)),
        fx.Coached(advised=True, on=at),
        fx.NotAdvised(),
        fx.NotCoached(),
        fx.CapProceeds(),
        fx.CoachInstead(),
        *(
            fx.ProctorScheduled(starts=soon, proctor=who, proctor_name=name, link="https://meet.example.com/a-b?c=1")
            for who, name in (("lia", "Lia Cruz"), ("pia", "Pia Moss"), ("ana", "Ana Rivera"))
        ),
        fx.ProctorCancelled(why="ill"),
        fx.FailConfirmed(),
        fx.FailRejected(why="typed the wrong exam"),
        fx.EarlierConfirmed(),
        fx.WrongNumber(),
        fx.AttemptVoided(ordinal=rng.choice((None, 1)), why="carrier crash"),
        fx.ExamFailed(**fail, claimed=None, crashed=True),
        *(fx.AttemptTechnical(ordinal=rng.choice((None, None, 1)), why="computer crashed") for _ in range(2)),
        fx.ProctorWanted(),
        fx.TechnicalReported(),
        fx.TechnicalRefused(),
        *(fx.AttemptCounts() for _ in range(3)),
        fx.TechnicalKept(),
        fx.PassRefused(why="other exam"),
        fx.SessionEnded(),
        fx.NoSession(),
        fx.InhibitorRecorded(),
        fx.CarrierDiffers(),
        *(handoffs.CapDelivered(cap="C-1", step=n, delivered_at=at, by="tara") for n in (2, 3, 4)),
        handoffs.CapWithdrawn(cap="C-1", step=2),
        handoffs.ReviewDecided(review="R-1", step=3, outcome="extend", proceed=True, by="hana"),
        *((handoffs.AgentLeft(by="eve"),) if rng.random() < 0.2 else ()),
    )


def cap_due(rng: random.Random, at: datetime) -> handoffs.CapDue:
    """A CAP called for, of any kind and gate, sometimes with a required slot missing."""
    return handoffs.CapDue(
        cause="F-1", cause_workflow="failed_exam", step=2, kind=rng.choice(("written", "final")), owner="tl",
        gate=rng.choice(("none", "inform", "approve")), clause="may result in termination of employment",
        expectation=rng.choice(("Pass.", "Pass.", "")), allowed="The next attempt", policy="Failed Cert Exams",
        subject="AHIP Final", facts=((at, "AHIP Final: attempt 2 not passed"),), prior=(), sla="immediate",
        sla_pack="p", notes=rng.choice(((), ("attempt 2 was taken before coaching was recorded",))),
    )  # fmt: skip


def cap_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """What may happen to a CAP."""
    d = discipline
    return (
        cap_due(rng, at), cap_due(rng, at), d.CapApproved(), d.CapReturned(why="add the dates"),
        d.DraftMended(note="dates added"), d.DraftWanted(), d.Delivered(), d.Delivered(method="Meet"),
        d.Delivered(on=START - timedelta(days=1)), d.Acknowledged(),
        d.Commented(text="I was ill that day"), d.NotSigned(), d.Witnessed(name="Dev Shah"),
        d.Witnessed(name="Joe", half=True), d.FiledAsIs(),
        d.AskedAgain(), d.Withdrawn(why="passed"), d.KeptAnyway(), d.Filing(),
        handoffs.CauseFell(cause="F-1", step=2, reason="corrected", withdraw=rng.random() < 0.2),
        handoffs.CauseFell(cause="F-1", step=2, reason="passed"),
    )  # fmt: skip


def review_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """What may happen to a review."""
    due = handoffs.ReviewDue(
        cause="F-1", cause_workflow="failed_exam", step=3, subject="AHIP Final",
        timeline=((at, "AHIP Final: attempt 3 not passed"), (at, "coached by @tara")),
        contrary=rng.choice(((), ("attempt 3: unproctored",))),
    )  # fmt: skip
    outcomes = (discipline.OutcomeRecorded(outcome=o, text=rng.choice(("", "talked"))) for o in discipline.OUTCOMES)
    return (due, *outcomes)


def concern_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """What may happen to an inhibiting situation."""
    found = handoffs.InhibitorFound(category=rng.choice(("release needed", "no health licence")), by="lia")
    return (found, concern.InhibitorCleared())


def coaching_events(rng: random.Random, at: datetime) -> tuple[Event, ...]:
    """What may happen to a coaching."""
    due = handoffs.CoachingDue(
        cause="A-7", cause_workflow="attendance", step=1, subject="Attendance Policy", owner="tl",
        expectation=rng.choice(("be in the session from 08:00 to 16:30", "")), facts=((at, "12 minutes late"),),
        sla="immediate", sla_pack="p",
    )  # fmt: skip
    fell = handoffs.CauseFell(cause="A-7", step=1, reason="the entry was corrected", withdraw=rng.random() < 0.3)
    coached = coaching.AgentCoached(on=rng.choice((None, START, at + timedelta(hours=1))))
    return (due, fell, fell, coached, coaching.CoachingDropped(why="talked on the phone"), coaching.CoachingKept())


def _walk(machine: Machine[Any], policy: Policy, events: Any, seed: int, steps: int) -> Iterator[Said]:
    rng = random.Random(seed)
    case: Case[Any] | None = None
    at = START
    armed: dict[str, Arm] = {}
    for _ in range(steps):
        at += timedelta(minutes=rng.choice((1, 30, 60 * 26)))
        state = case.state if case else machine.start
        if armed and rng.random() < 0.3:
            event = armed.pop(rng.choice(list(armed))).event
        else:
            known = events(rng, at)
            heard = [event for event in known if machine.rows_for(state, type(event))]
            event = rng.choice(heard if heard and rng.random() < 0.8 else known)
        if case is None:
            if type(event) not in machine.opens:
                continue
            case = Case(
                id=f"{machine.letter}-1", workflow=machine.name, key="k", agent="ana", pack=policy.id, calendar="c",
                state=machine.start, data=machine.fresh(event), opened=at,
            )  # fmt: skip
        if case.state in OVER or (case.state in machine.ends and rng.random() < 0.2):
            case = None
            armed.clear()
            continue
        rows = machine.rows_for(state, type(event))
        may = [one for one in ROLES if any(not row.by or row.by & one[1] for row in rows)]
        actor, by = rng.choice(may if may and rng.random() < 0.8 else ROLES)
        moment = Moment(
            case=case, was=case, event=event, at=at, actor=actor, by=by, policy=policy, calendar=CALENDAR,
            source="rc:x", about=ROSTER.agents["ana"], klass=ROSTER.classes["NOV16"],
            others=(replace(case, id="C-9", workflow="discipline"),) if machine.name == "discipline" else (),
        )  # fmt: skip
        done = machine.step(moment)
        effects: tuple[Effect, ...]
        if isinstance(done, Stepped):
            case, effects = done.case, done.effects
        else:
            effects = _refused(machine, moment, done)
        for effect in effects:
            if isinstance(effect, Arm):
                armed[effect.name] = effect
            if isinstance(effect, Disarm):
                armed = {} if effect.name == "*" else {k: v for k, v in armed.items() if k != effect.name}
            if isinstance(effect, Ask | Mail | Owe | Post | Tell):
                yield Said(effect=effect, facts=frozen(dict(effect.facts)), case=case, actor=actor, pack=policy.id)


def _refused(machine: Machine[Any], moment: Moment[Any], declined: Declined) -> tuple[Effect, ...]:
    said = machine.refusal(moment, declined)
    if said is None:
        return ()
    return said if isinstance(said, tuple) else (said,)


def everything(steps: int = 1500) -> Iterator[Said]:
    """What all tables say on their walks, for every pack."""
    exams = [pack.policy for pack in PACKS if isinstance(pack.policy, FailedExamPolicy)]
    for policy in (*exams, long_ladder(), short_ladder()):
        for seed in (0, 1, 2, 3, 7):  # together they reach every word
            yield from _walk(failed_exam.machine(policy), policy, exam_events, seed, steps)
    rules: Any = PACKS.get("discipline").policy
    yield from _walk(discipline.machine(rules), rules, cap_events, 1, steps)
    yield from _walk(discipline.review_machine(rules), rules, review_events, 1, steps // 10)
    for pack in ("licensing-training-new", "licensing-training-old"):
        training: Any = PACKS.get(pack).policy
        for made in (carrier_cert.machine(training), session_link.machine(training)):
            for effect, case, actor in said_pace.spoken(made, training):
                yield Said(effect=effect, facts=frozen(dict(effect.facts)), case=case, actor=actor, pack=pack)
        days: tuple[Machine[Any], ...] = (engagement.machine(training), engagement.class_day_machine(training))
        for each in days:
            for effect, case, actor in said_classroom.spoken(each, training):
                yield Said(effect=effect, facts=frozen(dict(effect.facts)), case=case, actor=actor, pack=pack)
    presence: Any = PACKS.get("attendance").policy
    for effect, case, actor in said_classroom.spoken(attendance.machine(presence), presence):
        yield Said(effect=effect, facts=frozen(dict(effect.facts)), case=case, actor=actor, pack="attendance")
    talks: Any = PACKS.get("coaching").policy
    yield from _walk(coaching.machine(talks), talks, coaching_events, 1, steps)
    found: Any = PACKS.get("concern").policy
    yield from _walk(concern.machine(found), found, concern_events, 1, steps // 10)
    yield from _walk(concern.red_flag_machine(found), found, said_ladder.flag_events, 1, steps // 5)
    calls: Any = PACKS.get("call-cert-new").policy
    yield from _walk(ladder.machine(calls), calls, said_ladder.ladder_events, 1, 2 * steps)
    for seed in (0, 3):
        yield from _walk(call_cert.machine(calls), calls, said_calls.call_events, seed, steps)
    lessons: Any = PACKS.get("tbt").policy
    on_ladder = replace(lessons, id="tbt-on-ladder", use_failed_exam_ladder=True)
    late = replace(lessons, id="tbt-number", nnumber=replace(lessons.nnumber, escalate_after=10))
    for seed, each in enumerate((lessons, lessons, lessons, on_ladder, late)):
        yield from _walk(tbt.machine(each), each, said_calls.tbt_events, seed, steps)
    done: Any = PACKS.get("completion").policy
    yield from _walk(completion.machine(done), done, said_ladder.completion_events, 1, 2 * steps)


def asks(said: Said) -> tuple[str, ...]:
    """The templates of the one line a button asks for."""
    return tuple(answer.ask for answer in getattr(said.effect, "answers", ()) if answer.ask)
