"""The machine of one agent's checks (SPEC 3.2): one miss, two in a row, a person decides, and may correct it."""

from __future__ import annotations

from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Arm, Ask, Effect, Hand, Owe, Post, Settle, Tell, Track
from workflows.engagement.data import AgentDay, Result
from workflows.engagement.events import (
    Checked,
    CorrectedLate,
    DayClosed,
    ExcuseGiven,
    Here,
    MarkedMia,
    Present,
    WasHere,
)
from workflows.engagement.morning import HERE, window_facts
from workflows.engagement.runs import (
    CLOSED,
    CLOSED_LEFT,
    MIA,
    MIA_PROPOSED,
    MISS1,
    NONE,
    OK,
    VOID,
    Own,
    arrive,
    begin,
    come_back,
    decide,
    in_window,
    keep_proof,
    leads_to,
    mark,
    next_one,
    only_arrives,
    run,
    speak_up,
    stands,
    take,
    unmark,
)
from workflows.machine import Declined, Event, Machine, Moment, Row
from workflows.people import Role
from workflows.policy_training import TrainingPolicy

COLUMN = "Attendance (today)"
DUTY = "attend"
"""Of the same family as attendance's own card: `attend @ben excuse why` answers either."""

# -- guards ------------------------------------------------------------------------------------------------


def _all(*guards: Any) -> Any:
    return lambda m: all(guard(m) for guard in guards)


def _not(guard: Any) -> Any:
    return lambda m: not guard(m)


def has_reason(m: Own) -> bool:
    """Whether a reason was given."""
    return bool(m.event.why.strip())


def scheduled(m: Own) -> bool:
    """Whether there is class that day: a day with class brings its session's times (SPEC 3.14)."""
    return m.was.state != NONE or m.event.starts is not None


def is_back(m: Own) -> bool:
    """Whether a missing agent has said before that he is there again."""
    return m.was.data.returned is not None


def that_day(m: Own) -> bool:
    """Whether it is still the same date, in the class's zone."""
    over = m.was.data.over
    return m.calendar.local(m.at).date() <= m.was.data.day if over is None else m.at < over


def may_correct(m: Own) -> bool:
    """The TL the same business day, the ESP Manager later (SPEC 3.2)."""
    later = {Role(role) for role in m.policy.engagement.correct_later_by}
    return has_reason(m) and (that_day(m) or bool(later & m.by))


# -- effects -----------------------------------------------------------------------------------------------


def _missed(results: tuple[Result, ...]) -> list[dict[str, Any]]:
    return [window_facts(each.window) for each in results]


def proof(data: AgentDay) -> tuple[Result, ...]:
    """The missed checks a decision rests on."""
    found = (each for each in data.results if each.window.seq in data.proof)
    return tuple(sorted(found, key=lambda each: each.window.seq))


def facts(m: Own, **more: Any) -> dict[str, Any]:
    """What the messages of this room may say."""
    data = m.data
    coming = next_one(data, m.at)
    return {
        "missed": _missed(proof(data)),
        "late": list(data.late),
        "next": coming.opens if coming else None,
        "arrived": data.arrived,
        "marked": data.marked,
        "marked_by": data.marked_by,
        "why": data.why,
        "back_at": data.returned,
        **more,
    }


def miss(m: Own) -> Effect:
    """A private word to the agent, and a button."""
    last = run(m.data)[-1]
    return Tell(
        to=Role.agent, template="engagement/missed", facts=facts(m, **window_facts(last.window)), more=((HERE, "here"),)
    )


def propose(m: Own) -> Effect:
    """Host and TL decide; nothing is told to anybody else before they have."""
    data, rules = m.data, m.policy.engagement
    return Owe(
        to=rules.mark_by,
        duty=DUTY,
        title="two checks missed: decide",
        template="engagement/proposed",
        facts=facts(m),
        answers=(
            Answer(label="Mark MIA", event=MarkedMia(day=data.day), done="marked"),
            Answer(label="Was here", event=WasHere(), ask="engagement/ask_here", fills="why", done="cleared"),
            Answer(
                label="Excuse",
                event=handoffs.Excused(day=data.day),
                ask="engagement/ask_excuse",
                fills="why",
                done="excused",
            ),
        ),
        sla=rules.sla,
    )


def settle(m: Own) -> Effect:
    """A person has decided."""
    return Settle(duty=DUTY)


def drop(m: Own) -> tuple[Effect, ...]:
    """The record does not call for a decision any more."""
    tells = (Tell(to=role, template="engagement/fell", facts=facts(m)) for role in m.policy.engagement.mark_by)
    return (Settle(duty=DUTY, withdrawn=True), *tells)


def thank(m: Own) -> Effect:
    """Got him."""
    return Tell(to=ACTOR, template="engagement/thanks", facts=facts(m))


def note(m: Own) -> Effect:
    """Arrival noted."""
    return Tell(to=ACTOR, template="engagement/noted", facts=facts(m))


def say_next(m: Own) -> Effect:
    """No check is open; when the next one is."""
    last = run(m.data)
    closes = last[-1].window.closes if last else None
    return Tell(to=ACTOR, template="engagement/no_check", facts=facts(m, closes=closes))


def tell_deciders(m: Own) -> tuple[Effect, ...]:
    """Whoever is asked to decide hears that the agent has spoken up."""
    return tuple(
        Tell(to=role, template="engagement/spoke_up", facts=facts(m, at=m.at)) for role in m.policy.engagement.mark_by
    )


def tell_return(m: Own) -> Effect:
    """The TL hears that he is back."""
    return Tell(to=Role.tl, template="engagement/returned", facts=facts(m))


def tell_changed(m: Own) -> Effect:
    """The host's record now says otherwise; only a person takes the mark away."""
    return Tell(to=Role.tl, template="engagement/record_changed", facts=facts(m))


def confirm_cleared(m: Own) -> Effect:
    """Recorded; nobody else is told."""
    return Tell(to=ACTOR, template="engagement/cleared", facts=facts(m), undo=True)


def post_wfm(m: Own) -> tuple[Effect, ...]:
    """The tracker, WFM, the agent, and a coaching for the TL."""
    data, rules = m.data, m.policy.engagement
    assert data.since is not None
    starts, ends = data.starts, data.ends
    said = {"category": rules.category, "date": f"{data.day:%m/%d/%Y}", "starts": starts, "ends": ends}
    missed = tuple((each.window.closes, _in_words(each)) for each in proof(data))
    return (
        Track(column=COLUMN, value=rules.tracker, note=rules.note),
        Post(channel="wfm", template="engagement/wfm", id="C-WFM-ATT", facts={**said, "since": data.since}, tag="mia"),
        Tell(to=Role.agent, template="engagement/marked", facts=facts(m), tag="mia"),
        Hand(
            workflow="coaching",
            event=handoffs.CoachingDue(
                cause=m.case.id,
                cause_workflow="engagement",
                step=data.marks,
                subject=rules.coach_subject,
                owner=rules.coach_owner,
                expectation=rules.expectation,
                facts=missed or ((m.at, f"marked as missing from class: {data.why}"),),
                sla=rules.coach_sla,
                sla_pack=m.case.pack,
                policy=f"{m.policy.title} ({m.policy.id})",
            ),
        ),
        Tell(to=ACTOR, template="engagement/marked_by_you", facts=facts(m), undo=True),
    )


def _in_words(one: Result) -> str:
    facts = window_facts(one.window)
    return f"no answer to the check {'before' if facts['up'] else 'after'} {facts['pause']}"


def correct(m: Own) -> tuple[Effect, ...]:
    """The tracker by a new note, WFM by a correction; the agent knows, nobody is coached for it."""
    rules, was = m.policy.engagement, m.was.data
    said = {"category": rules.category, "date": f"{was.day:%m/%d/%Y}"}
    fell = handoffs.CauseFell(cause=m.case.id, step=was.marks, reason="the agent was in class after all", withdraw=True)
    today = m.calendar.local(m.at).date() == was.day
    return (
        Track(column=COLUMN, value="" if today else None, note=rules.corrected_note),
        Post(channel="wfm", template="engagement/wfm_correction", facts=said, tag="mia"),
        Tell(to=Role.agent, template="engagement/mark_taken_back", facts=facts(m), tag="mia"),
        Hand(workflow="coaching", event=fell),
        Hand(workflow="attendance", event=handoffs.MarkLifted(day=was.day)),
        Tell(to=ACTOR, template="engagement/corrected", facts=facts(m), undo=True),
        *(() if that_day(m) else (Arm(name="late", due=m.at, event=CorrectedLate()),)),
    )


# -- the table ---------------------------------------------------------------------------------------------


def rows(policy: TrainingPolicy) -> tuple[Row, ...]:
    """The table for one pack."""
    rules = policy.engagement
    by = frozenset(Role(role) for role in rules.mark_by)
    agent = frozenset({Role.agent})
    correctors = frozenset(Role(role) for role in (*rules.correct_by, *rules.correct_later_by))
    calm, live = (OK, MISS1), (OK, MISS1, MIA_PROPOSED, MIA)
    twice = "R-001-36: fails to raise and lower" if rules.rule == "same_break" else "R-001-38: twice in a row"
    return (
        Row(at=(NONE,), on=Present, to=OK, source="SPEC 3.2: day start resets the run"),
        Row(at=live, on=Present, set=arrive, source="SPEC 3.3: arrival entered by a person"),
        # results
        Row(at=calm, on=Checked, to=OK, when=leads_to(OK), set=take, source="SPEC 3.2: run reset"),
        Row(at=(OK,), on=Checked, to=MISS1, when=leads_to(MISS1), set=take, do=(miss,), source="SPEC 3.2: a miss"),
        Row(at=(MISS1,), on=Checked, when=leads_to(MISS1), set=take, source="SPEC 3.2: restart"),
        Row(
            at=calm,
            on=Checked,
            to=MIA_PROPOSED,
            when=leads_to(MIA_PROPOSED),
            set=take,
            do=(propose,),
            source=twice,
        ),
        *_proposed_results(),
        Row(at=(MIA,), on=Checked, when=stands, set=keep_proof, source="SPEC 3.2: marked"),
        Row(
            at=(MIA,),
            on=Checked,
            when=_not(stands),
            set=keep_proof,
            do=(tell_changed,),
            source="SPEC 3.2: a host record beats the chat button",
        ),
        # the agent's word
        Row(
            at=calm,
            on=Here,
            to=OK,
            by=agent,
            when=_all(in_window, leads_to(OK)),
            set=take,
            do=(thank,),
            source="SPEC 3.2: run reset",
        ),
        Row(
            at=(MISS1,),
            on=Here,
            by=agent,
            when=_all(in_window, leads_to(MISS1)),
            set=take,
            do=(thank,),
            source="SPEC 3.2: an answer that came late to the bot",
        ),
        Row(
            at=calm,
            on=Here,
            by=agent,
            when=_all(_not(in_window), only_arrives),
            do=(note,),
            source="SPEC 3.3: noted",
        ),
        Row(
            at=(MISS1,),
            on=Here,
            by=agent,
            when=_all(_not(in_window), _not(only_arrives)),
            set=speak_up,
            do=(say_next,),
            source="SPEC 3.2: spoke up outside a check",
        ),
        Row(
            at=(MIA_PROPOSED,),
            on=Here,
            by=agent,
            when=_not(in_window),
            set=speak_up,
            do=(say_next, tell_deciders),
            source="SPEC 3.2: spoke up outside a check",
        ),
        Row(
            at=(MIA,),
            on=Here,
            by=agent,
            when=_not(is_back),
            set=come_back,
            do=(tell_return, thank),
            source="SPEC 3.2: response later",
        ),
        Row(at=(MIA,), on=Here, by=agent, when=is_back, set=come_back, do=(thank,), source="SPEC 3.2: response later"),
        # a person decides
        Row(
            at=(MIA_PROPOSED,),
            on=MarkedMia,
            to=MIA,
            by=by,
            set=mark,
            do=(settle, post_wfm),
            source="R-001-38: considered MIA, marked accordingly",
        ),
        Row(
            at=(NONE, OK, MISS1),
            on=MarkedMia,
            to=MIA,
            by=by,
            when=_all(has_reason, scheduled),
            set=mark,
            do=(post_wfm,),
            source="SPEC 3.2: manual MIA with a reason",
        ),
        Row(
            at=(MIA_PROPOSED,),
            on=WasHere,
            to=OK,
            by=by,
            when=has_reason,
            set=decide,
            do=(settle, confirm_cleared),
            source="SPEC 3.2: audit only",
        ),
        Row(
            at=(MISS1,),
            on=WasHere,
            to=OK,
            by=by,
            when=has_reason,
            set=decide,
            do=(confirm_cleared,),
            source="SPEC 3.2: host may clear someone",
        ),
        Row(
            at=(MIA_PROPOSED,),
            on=handoffs.Excused,
            to=OK,
            by=by,
            when=has_reason,
            set=decide,
            do=(settle, confirm_cleared),
            source="SPEC 3.2: audit only",
        ),
        Row(at=(MISS1,), on=ExcuseGiven, to=OK, set=decide, source="SPEC 3.2: excused"),
        Row(at=(MIA_PROPOSED,), on=ExcuseGiven, to=OK, set=decide, do=(settle,), source="SPEC 3.2: excused"),
        Row(at=(OK, MIA), on=ExcuseGiven, source="SPEC 3.2: excused from now on"),
        Row(
            at=(MIA,),
            on=WasHere,
            to=OK,
            by=correctors,
            when=may_correct,
            set=unmark,
            do=(correct,),
            source="SPEC 3.2: corrected with a reason",
        ),
        # the end
        Row(at=calm, on=DayClosed, to=CLOSED, source="SPEC 3.2: day start resets the run"),
        Row(at=(MIA_PROPOSED, MIA), on=DayClosed, source="SPEC 3.2: never automatic"),
        Row(at=calm, on=CorrectedLate, to=CLOSED, source="SPEC 3.2: the day is over"),
        Row(
            at=live,
            on=handoffs.AgentLeft,
            to=CLOSED_LEFT,
            do=(lambda m: Settle(duty="*", withdrawn=True),),
            source="SPEC 3.13: agent leaves",
        ),
    )


def _proposed_results() -> tuple[Row, ...]:
    """While a person is asked, only a new record of the checks in question changes anything."""
    found = []
    for event, when, more in (
        (Checked, lambda m: True, ()),
        (Here, in_window, (thank,)),
    ):
        by = frozenset({Role.agent}) if event is Here else frozenset[Role]()
        telling = (tell_deciders,) if event is Here else ()
        found += [
            Row(
                at=(MIA_PROPOSED,),
                on=event,
                by=by,
                when=_all(when, stands),
                set=keep_proof,
                do=(*more, *telling),
                source="SPEC 3.2: a person decides",
            ),
            *(
                Row(
                    at=(MIA_PROPOSED,),
                    on=event,
                    to=state,
                    by=by,
                    when=_all(when, _not(stands), leads_to(state)),
                    set=take,
                    do=(drop, *more),
                    source="SPEC 3.2: the record does not call for it any more",
                )
                for state in (OK, MISS1)
            ),
        ]
    return tuple(found)


def refusal(m: Moment[Any], declined: Declined) -> Tell | Ask | None:
    """Refusals worth more than the plain words."""
    event, state, reason = m.event, m.was.state, declined.reason
    if isinstance(event, Here) and reason in ("not_so", "finished"):
        return Tell(to=ACTOR, template="engagement/no_check", facts=facts(m, closes=None))
    if isinstance(event, MarkedMia) and state == MIA:
        return Tell(to=ACTOR, template="engagement/is_marked", facts=facts(m))
    if isinstance(event, MarkedMia) and not scheduled(m):
        return Tell(to=ACTOR, template="attendance/not_scheduled", facts={"name": m.case.agent})
    if reason == "not_so" and isinstance(event, MarkedMia | WasHere | handoffs.Excused) and not has_reason(m):
        return Tell(to=ACTOR, template="engagement/say_why", facts=facts(m, word=_word(event)))
    if state == MIA and reason == "not_so":
        return Tell(to=ACTOR, template="engagement/day_closed", facts=facts(m))
    if isinstance(event, WasHere | handoffs.Excused) and reason in ("not_now", "finished"):
        return Tell(to=ACTOR, template="engagement/nothing_open", facts=facts(m))
    return None


def _word(event: Event) -> str:
    if isinstance(event, MarkedMia):
        return "mia"
    return "here" if isinstance(event, WasHere) else "excuse"


def machine(policy: TrainingPolicy) -> Machine[AgentDay]:
    """The machine for one pack."""
    return Machine(
        name="engagement",
        letter="M",
        start=NONE,
        ends=frozenset({CLOSED, CLOSED_LEFT, VOID}),
        rows=rows(policy),
        opens=(Present, MarkedMia),
        key=key,
        fresh=begin,
        refusal=refusal,
        absent="engagement/no_class",
    )


def key(event: Event) -> str | None:
    """The day an event is about; a person's word is about whatever is open."""
    day = getattr(event, "day", None)
    return day.isoformat() if day is not None and not isinstance(event, handoffs.Excused) else None
