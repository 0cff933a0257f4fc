"""Effects, table and machine of an agent's day at work (SPEC 3.3)."""

from __future__ import annotations

from typing import Any

from workflows import handoffs
from workflows.attendance.changes import (
    Day,
    begin,
    changes_nothing,
    clears,
    confirm,
    correct,
    excuse,
    graver,
    has_reason,
    lapsed,
    learn,
    may_correct,
    only_the_time,
    overturns,
    put_time,
    scheduled,
    suggests,
    take_back,
    told_nothing,
    told_something,
    waive,
    was_approved,
)
from workflows.attendance.data import (
    ABSENT,
    ARRIVING,
    GRAVE,
    AttendanceConfirmed,
    AttendanceDay,
    AttendanceDismissed,
    AttendanceEntered,
    Occurrence,
    cell,
    occurrences,
    pending,
)
from workflows.effects import ACTOR, Answer, Effect, Hand, Owe, Post, Settle, Tell, Track
from workflows.machine import Declined, Machine, Moment, Row
from workflows.people import Role
from workflows.policy_floor import AttendancePolicy

NONE, SUGGESTED, CONFIRMED, EXCUSED = "NONE", "SUGGESTED", "CONFIRMED", "EXCUSED"
DISMISSED, CORRECTED, CLOSED_LEFT, VOID = "DISMISSED", "CORRECTED", "CLOSED_LEFT", "VOID"
COLUMN = "Attendance (today)"
DUTY = "attend"
GONE = "gone"

# -- effects -----------------------------------------------------------------------------------------------


def line(policy: AttendancePolicy, one: Occurrence) -> dict[str, Any]:
    """What templates may say of an occurrence: `word` to people, `category` to WFM."""
    return {
        "category": one.category,
        "word": policy.called(one.category),
        "minutes": one.minutes,
        "scheduled": one.scheduled,
        "actual": one.actual,
        "arriving": one.side == ARRIVING,
        "absent": one.category == ABSENT,
    }


def facts(m: Day, **more: Any) -> dict[str, Any]:
    """What the messages of this room may say."""
    data = m.data
    return {
        "date": f"{data.day:%m/%d/%Y}",
        "lines": [line(m.policy, each) for each in pending(data, m.policy)],
        "told": [line(m.policy, each) for each in data.settled],
        "arrived": data.arrived,
        "left": data.left,
        "grace": m.policy.grace_minutes,
        **more,
    }


def suggest(m: Day) -> tuple[Effect, ...]:
    """The TL decides; a card that is overtaken goes, the new one has what is known now."""
    policy = m.policy
    card = Owe(
        to=policy.confirm_by,
        duty=DUTY,
        title="confirm attendance",
        template="attendance/suggested",
        facts=facts(m),
        answers=(
            Answer(label="Confirm", event=AttendanceConfirmed(), done="confirmed"),
            Answer(
                label="Excuse",
                event=handoffs.Excused(day=m.data.day),
                ask="attendance/ask_excuse",
                fills="why",
                done="excused",
            ),
            Answer(label="Dismiss", event=AttendanceDismissed(), done="dismissed"),
        ),
        sla=policy.confirm_sla,
    )
    own = {Role(role) for role in policy.confirm_by} & m.by or not isinstance(m.event, AttendanceEntered)
    echo = () if own else (Tell(to=ACTOR, template="attendance/entered", facts=facts(m), undo=True),)
    return (Settle(duty=DUTY, withdrawn=True), card, *echo)


def tell_class(m: Day) -> Effect | None:
    """Nobody is asked for a sign any more once he has gone; he is again when that was wrong."""
    agent = m.case.agent
    if not _that_day(m):
        return None
    if any(each.side != ARRIVING for each in occurrences(m.data, m.policy)):
        return Hand(workflow="class_day", event=handoffs.Busy(agent=agent, why=GONE))
    return Hand(workflow="class_day", event=handoffs.Free(agent=agent, why=GONE))


def settle(m: Day) -> Effect:
    """A person has decided."""
    return Settle(duty=DUTY)


def drop(m: Day) -> Effect:
    """Nothing is left to decide on."""
    return Settle(duty=DUTY, withdrawn=True)


def _note(m: Day, one: Occurrence) -> str:
    wall = m.calendar.local
    actual = f"{wall(one.actual):%H:%M}" if one.actual else "not seen"
    word = m.policy.called(one.category)
    return f"{word[:1].upper()}{word[1:]} on {m.data.day:%m/%d}: scheduled {wall(one.scheduled):%H:%M}, actual {actual}"


def tell_all(m: Day) -> tuple[Effect, ...]:
    """The tracker, WFM once for each occurrence, a coaching for the TL (R-003-08, 09, R-001-43)."""
    was = m.was.data
    gone = [each for each in was.settled if each not in m.data.settled]
    new = pending(was, m.policy)
    found: list[Effect] = []
    for n, one in enumerate(new, was.coached + 1):
        found += [
            Track(column=COLUMN, value=cell(m.policy, m.data.settled) if _that_day(m) else None, note=_note(m, one)),
            Post(
                channel="wfm",
                template="attendance/wfm",
                id="C-WFM-ATT",
                facts=facts(m, **line(m.policy, one), instead=[each.category for each in gone]),
                tag="wfm",
            ),
            Hand(workflow="coaching", event=_coaching(m, one, n)),
        ]
        if one.category == ABSENT:
            found.append(Hand(workflow="progress", event=handoffs.DayExcused(day=m.data.day, why="absent")))
        gone = []
    return (*found, Tell(to=ACTOR, template="attendance/confirmed", facts=facts(m), undo=True))


def _coaching(m: Day, one: Occurrence, step: int) -> handoffs.CoachingDue:
    policy = m.policy
    return handoffs.CoachingDue(
        cause=m.case.id,
        cause_workflow="attendance",
        step=step,
        subject=policy.coach_subject,
        owner=policy.coach_owner,
        expectation=policy.expectation,
        facts=((one.actual or one.scheduled, _note(m, one)),),
        sla=policy.coach_sla,
        sla_pack=m.case.pack,
        policy=f"{policy.title} ({policy.id})",
    )


def put_right(m: Day) -> tuple[Effect, ...]:
    """The tracker by a new note, WFM by a correction in the thread; nobody is coached for what was not so."""
    data, was = m.data, m.was.data
    gone = [each for each in was.settled if each not in data.settled]
    now = data.settled
    before, after = ([line(m.policy, each) for each in found] for found in (gone, now))
    facts_ = facts(m, was=before, now=after, excused=data.approved)
    note = "; ".join(_note(m, each) for each in now) or ("absence approved" if data.approved else "no occurrence")
    found: list[Effect] = [
        Settle(duty=DUTY, withdrawn=True),
        _cell(m, f"Correction: {note}"),
        Post(channel="wfm", template="attendance/wfm_correction", facts=facts_, tag="wfm"),
    ]
    if not now:
        for step in range(1, was.coached + 1):
            fell = handoffs.CauseFell(
                cause=m.case.id, step=step, reason="the attendance record was corrected", withdraw=True
            )
            found.append(Hand(workflow="coaching", event=fell))
    return (*found, Tell(to=ACTOR, template="attendance/corrected", facts=facts_, undo=True))


def _cell(m: Day, note: str) -> Track:
    """The cell with what stands now: HR's word for an approved absence, nothing where nothing stands."""
    data, was = m.data, m.was.data
    if not _that_day(m):
        return Track(column=COLUMN, note=note)
    grave = any(each.category in GRAVE for each in (*was.settled, *pending(was, m.policy)))
    value = m.policy.tracker.excused if data.approved and grave else cell(m.policy, data.settled)
    return Track(column=COLUMN, value=value, note=note)


def update_time(m: Day) -> tuple[Effect, ...]:
    """WFM and the TL hear the time that was not known when it was confirmed."""
    facts_ = facts(m, was=[], now=[line(m.policy, each) for each in m.data.settled], excused=False)
    tells = (Tell(to=role, template="attendance/time_known", facts=facts_) for role in m.policy.confirm_by)
    return (Post(channel="wfm", template="attendance/wfm_time", facts=facts_, tag="wfm"), *tells)


def note_excuse(m: Day) -> tuple[Effect, ...]:
    """Nothing is told to WFM; an approved absence has its word in the tracker."""
    grave = any(each.category in GRAVE for each in pending(m.was.data, m.policy))
    cells = (_cell(m, "Excused"),) if m.data.approved and grave else ()
    told = Tell(to=ACTOR, template="attendance/excused", facts=facts(m), undo=True)
    if m.data.category == ABSENT:
        return (*cells, Hand(workflow="progress", event=handoffs.DayExcused(day=m.data.day, why="absent")), told)
    return (*cells, told)


def approve_absence(m: Day) -> Effect:
    """HR excused the day before it was over."""
    return Track(column=COLUMN, value=m.policy.tracker.excused, note="Absent, HR approved")


def note_dismissed(m: Day) -> Effect:
    """Nothing was recorded."""
    return Tell(to=ACTOR, template="attendance/dismissed", facts=facts(m), undo=True)


def note_in_time(m: Day) -> Effect:
    """The suggestion is gone."""
    return Tell(to=ACTOR, template="attendance/in_time", facts=facts(m))


def write_again(m: Day) -> Effect:
    """The cell shows what stands of this day."""
    return Track(column=COLUMN, value=cell(m.policy, m.data.settled))


# -- the table ---------------------------------------------------------------------------------------------


def _all(*guards: Any) -> Any:
    return lambda m: all(guard(m) for guard in guards)


def _not(guard: Any) -> Any:
    return lambda m: not guard(m)


def rows(policy: AttendancePolicy) -> tuple[Row, ...]:
    """The table for one pack."""
    by = frozenset(Role(role) for role in policy.confirm_by)
    enter = frozenset(Role(role) for role in policy.enter_by)
    excusers = frozenset(Role(role) for role in policy.excuse_by)
    correctors = frozenset(Role(role) for role in (*policy.correct_by, *policy.correct_later_by))
    open_ended = (NONE, EXCUSED, DISMISSED)
    told = (CONFIRMED, CORRECTED)
    return (
        # what the bot sees
        Row(
            at=(NONE,),
            on=handoffs.Unseen,
            to=SUGGESTED,
            set=learn,
            do=(suggest,),
            source="SPEC 3.3: at start+10 min with no presence",
        ),
        Row(at=(SUGGESTED,), on=handoffs.Unseen, source="SPEC 3.3: suggested already"),
        Row(
            at=(NONE,),
            on=handoffs.SeenLate,
            to=SUGGESTED,
            set=learn,
            do=(suggest,),
            source="R-003-10: arrives 10+ minutes late",
        ),
        Row(
            at=(SUGGESTED,),
            on=handoffs.SeenLate,
            when=_not(changes_nothing),
            set=learn,
            do=(suggest,),
            source="SPEC 3.3: the actual arrival is known",
        ),
        Row(at=(SUGGESTED,), on=handoffs.SeenLate, when=changes_nothing, set=learn, source="SPEC 3.3: known already"),
        Row(
            at=(EXCUSED, DISMISSED),
            on=handoffs.SeenLate,
            to=SUGGESTED,
            when=_all(_by_word, suggests),
            set=learn,
            do=(suggest,),
            source="SPEC 3.3: entered by the TL",
        ),
        Row(
            at=told,
            on=handoffs.SeenLate,
            when=only_the_time,
            set=put_time,
            do=(update_time,),
            source="SPEC 3.3: the actual arrival is known",
        ),
        Row(
            at=told,
            on=handoffs.SeenLate,
            to=SUGGESTED,
            when=_all(_not(only_the_time), _either(graver, suggests)),
            set=learn,
            do=(suggest,),
            source="R-003-11: replaces the 10+ one",
        ),
        Row(
            at=(SUGGESTED,),
            on=handoffs.SeenInTime,
            to=DISMISSED,
            when=_all(clears, told_nothing),
            set=learn,
            do=(drop,),
            source="SPEC 3.3: no occurrence",
        ),
        Row(
            at=(SUGGESTED,),
            on=handoffs.SeenInTime,
            to=CONFIRMED,
            when=_all(clears, told_something),
            set=learn,
            do=(drop,),
            source="SPEC 3.3: what was confirmed stands",
        ),
        Row(
            at=(SUGGESTED,),
            on=handoffs.SeenInTime,
            when=suggests,
            set=learn,
            do=(suggest,),
            source="SPEC 3.3: the arrival is known",
        ),
        Row(
            at=(SUGGESTED, *told),
            on=handoffs.SeenInTime,
            to=CORRECTED,
            when=overturns,
            set=correct,
            do=(put_right,),
            source="SPEC 3.3: confirmed, then corrected",
        ),
        Row(
            at=(NONE,),
            on=handoffs.NeverSeen,
            to=SUGGESTED,
            set=learn,
            do=(suggest,),
            source="R-003-12: absent all day",
        ),
        Row(
            at=(SUGGESTED,),
            on=handoffs.NeverSeen,
            when=_not(changes_nothing),
            set=learn,
            do=(suggest,),
            source="SPEC 3.3: ABSENT replaces the others",
        ),
        Row(at=(SUGGESTED,), on=handoffs.NeverSeen, when=changes_nothing, source="SPEC 3.3: suggested already"),
        Row(
            at=told,
            on=handoffs.NeverSeen,
            to=SUGGESTED,
            when=_either(graver, suggests),
            set=learn,
            do=(suggest,),
            source="SPEC 3.3: ABSENT replaces the others",
        ),
        Row(
            at=(EXCUSED,),
            on=handoffs.NeverSeen,
            when=was_approved,
            set=learn,
            do=(approve_absence,),
            source="SPEC 3.3: absent, excused by HR",
        ),
        # what people say
        Row(
            at=open_ended,
            on=AttendanceEntered,
            to=SUGGESTED,
            by=enter,
            when=_all(scheduled, suggests),
            set=learn,
            do=(suggest, tell_class),
            source="SPEC 3.3: entered by the TL",
        ),
        Row(
            at=(SUGGESTED,),
            on=AttendanceEntered,
            by=enter,
            when=_all(scheduled, suggests),
            set=learn,
            do=(suggest, tell_class),
            source="SPEC 3.3: entered by the TL",
        ),
        Row(
            at=(SUGGESTED,),
            on=AttendanceEntered,
            to=DISMISSED,
            by=enter,
            when=_all(scheduled, clears, told_nothing),
            set=learn,
            do=(drop, note_in_time, tell_class),
            source="SPEC 3.3: no occurrence",
        ),
        Row(
            at=(SUGGESTED,),
            on=AttendanceEntered,
            to=CONFIRMED,
            by=enter,
            when=_all(scheduled, clears, told_something),
            set=learn,
            do=(drop, note_in_time, tell_class),
            source="SPEC 3.3: what was confirmed stands",
        ),
        Row(
            at=(SUGGESTED, *told),
            on=AttendanceEntered,
            to=CORRECTED,
            by=correctors,
            when=_all(scheduled, overturns, may_correct),
            set=correct,
            do=(put_right, tell_class),
            source="SPEC 3.3: confirmed, then corrected",
        ),
        Row(
            at=told,
            on=AttendanceEntered,
            to=SUGGESTED,
            by=enter,
            when=_all(scheduled, suggests),
            set=learn,
            do=(suggest, tell_class),
            source="SPEC 3.3: arriving and leaving yield one each",
        ),
        Row(
            at=(SUGGESTED,),
            on=AttendanceConfirmed,
            to=CONFIRMED,
            by=by,
            set=confirm,
            do=(settle, tell_all),
            source="R-003-08, R-003-09: tracker and WFM on confirm",
        ),
        Row(
            at=(NONE, SUGGESTED),
            on=handoffs.Excused,
            to=EXCUSED,
            by=excusers,
            when=has_reason,
            set=excuse,
            do=(settle, note_excuse),
            source="SPEC 3.3: excused",
        ),
        Row(
            at=told,
            on=handoffs.Excused,
            to=CORRECTED,
            by=excusers,
            when=_all(has_reason, may_correct, told_something),
            set=take_back,
            do=(put_right,),
            source="SPEC 3.3: confirmed, then corrected",
        ),
        Row(
            at=(SUGGESTED,),
            on=AttendanceDismissed,
            to=DISMISSED,
            by=by,
            when=told_nothing,
            set=waive,
            do=(settle, note_dismissed),
            source="SPEC 3.3: dismissed",
        ),
        Row(
            at=(SUGGESTED,),
            on=AttendanceDismissed,
            to=CONFIRMED,
            by=by,
            when=told_something,
            set=waive,
            do=(settle, note_dismissed),
            source="SPEC 3.3: what was confirmed stands",
        ),
        Row(
            at=told,
            on=handoffs.MarkLifted,
            when=_all(told_something, _that_day),
            do=(write_again,),
            source="SPEC 3.2: a mark was taken back",
        ),
        Row(
            at=(SUGGESTED,),
            on=handoffs.MarkLifted,
            source="SPEC 3.2: a mark was taken back",
        ),
        Row(
            at=(SUGGESTED,),
            on=handoffs.AgentLeft,
            to=CLOSED_LEFT,
            do=(drop,),
            source="SPEC 3.13: agent leaves",
        ),
    )


def _by_word(m: Day) -> bool:
    return bool(m.event.word)


def _that_day(m: Day) -> bool:
    return m.calendar.local(m.at).date() == m.was.data.day


def _either(*guards: Any) -> Any:
    return lambda m: any(guard(m) for guard in guards)


def refusal(m: Moment[Any], declined: Declined) -> Tell | None:
    """Refusals worth more than the plain words."""
    event, reason = m.event, declined.reason
    if reason != "not_so":
        return None
    if isinstance(event, AttendanceEntered):
        if not scheduled(m):
            return Tell(to=ACTOR, template="attendance/not_scheduled", facts={"name": m.case.agent})
        if lapsed(m):
            return Tell(to=ACTOR, template="engagement/day_closed", facts=facts(m))
        return Tell(to=ACTOR, template="attendance/no_occurrence", facts=facts(m))
    if isinstance(event, handoffs.Excused):
        if not has_reason(m):
            return Tell(to=ACTOR, template="attendance/say_why", facts={"name": m.case.agent})
        template = "engagement/day_closed" if told_something(m) else "attendance/no_occurrence"
        return Tell(to=ACTOR, template=template, facts=facts(m))
    return None


def machine(policy: AttendancePolicy) -> Machine[AttendanceDay]:
    """The machine for one pack."""
    return Machine(
        name="attendance",
        letter="A",
        start=NONE,
        ends=frozenset({CONFIRMED, EXCUSED, DISMISSED, CORRECTED, CLOSED_LEFT, VOID}),
        rows=rows(policy),
        opens=(
            handoffs.Unseen,
            handoffs.SeenLate,
            handoffs.NeverSeen,
            AttendanceEntered,
            handoffs.Excused,
            handoffs.SeenInTime,
            handoffs.MarkLifted,
        ),
        key=lambda event: day.isoformat() if (day := getattr(event, "day", None)) else None,
        fresh=begin,
        refusal=refusal,
        remembers=True,
    )
