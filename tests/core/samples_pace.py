"""What may be said to a coaching, a pace clock and a class's link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.core.story import CALENDAR
from workflows import carrier_cert, coaching, handoffs, session_link
from workflows.effects import Evidence
from workflows.machine import Case, Event, Machine, Moment, Stepped
from workflows.people import Role
from workflows.schedule import Shift

NOON = datetime(2026, 11, 17, 19, tzinfo=UTC)
HOUR = timedelta(hours=1)
COACHING_DUE = handoffs.CoachingDue(
    cause="A-7",
    cause_workflow="attendance",
    step=1,
    subject="Attendance Policy",
    owner="tl",
    expectation="be in the session from 08:00 to 16:30",
    facts=((NOON, "12 minutes late"),),
    sla="immediate",
    sla_pack="",
)


def fallen(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The cause of it no longer stands."""
    for withdraw in (False, True):
        yield handoffs.CauseFell(cause="A-7", step=1, reason="the entry was corrected", withdraw=withdraw)


def coached(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Now, an hour ago, in an hour."""
    yield from (coaching.AgentCoached(on=on) for on in (None, at - HOUR, at + HOUR))


def dropped(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason, and without."""
    yield from (coaching.CoachingDropped(why=why) for why in ("", "talked on the phone"))


def coaching_due(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Called for, with and without a record."""
    yield COACHING_DUE
    yield replace(COACHING_DUE, record=False)


# -- pace --------------------------------------------------------------------------------------------------

DAY = timedelta(days=1)
SHIFT = Shift(first=date(2026, 11, 16), start=time(8), end=time(16, 30), unpaid=((time(12), time(12, 30)),))
LATER = replace(SHIFT, first=date(2026, 11, 18))
GREEN = Evidence(name="green.png", type="image/png", size=9, hash="a" * 64, width=800, height=600)
PROOFS = ("final", "checkmarks", "product")


SAME = replace(GREEN, hash="c" * 64, seen_from="ben", seen_ref="P-2")


def begun(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """A class to come, one under way, one that an agent on leave begins with."""
    yield carrier_cert.PaceBegun(shift=LATER)
    yield carrier_cert.PaceBegun(shift=SHIFT)
    yield carrier_cert.PaceBegun(shift=LATER, leave_until=at + 2 * DAY)


def reported(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """All of it, a part, the proofs, nothing."""
    modules = (1, 2, 3, 4, 5)
    yield handoffs.Reported(modules=modules, quizzes=modules, aetna=True)
    yield handoffs.Reported(
        modules=modules, quizzes=modules, aetna=True, ahip="passed", checkmarks=True, product=True, evidence=(GREEN,)
    )
    yield handoffs.Reported(modules=(5,), checkmarks=True)
    yield handoffs.Reported(checkmarks=True, evidence=(replace(GREEN, width=90),))
    yield handoffs.Reported(checkmarks=True, evidence=(SAME,))
    yield handoffs.Reported()


def proofs(kind: type[Event]) -> Callable[[Case[Any], Any, datetime], Iterator[Event]]:
    """All that is claimed, everything, one item."""

    def made(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
        for items in ((), PROOFS, ("product",)):
            yield kind(items=items)  # type: ignore[call-arg]

    return made


def checkpoint(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Each one of the pack."""
    yield from (carrier_cert.CheckpointDue(name=each.name) for each in policy.pace.checkpoint)


def block(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Now, since long ago, for no reason."""
    yield carrier_cert.BlockAsked(reason="nnumber")
    yield carrier_cert.BlockAsked(reason="login", since=at - 3 * DAY)
    yield carrier_cert.BlockAsked(reason="weather")


def absent(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """On leave for two days."""
    yield handoffs.Blocked(reason="absence", since=at, by="eve", ends=at + 2 * DAY)
    yield handoffs.Blocked(reason="login", since=at - HOUR, by="eve")


def unblocked(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Whatever it was, or one reason."""
    yield from (handoffs.Unblocked(until=at, by="eve", reason=reason) for reason in ("", "absence", "outage"))


def proposed(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """By a ticket."""
    yield handoffs.BlockProposed(reason="payment", since=at - HOUR, cause="K-1")


def numbered(kind: type[Event]) -> Callable[[Case[Any], Any, datetime], Iterator[Event]]:
    """The proposals there are."""

    def made(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
        yield from (kind(number=each.number) for each in case.data.proposals)  # type: ignore[call-arg]
        yield kind(number=99)  # type: ignore[call-arg]

    return made


def sessions(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Three nights, nine hours in all."""
    night = at.replace(hour=7, minute=0)
    yield carrier_cert.SessionsPlanned(starts=tuple(night + n * DAY for n in (1, 2, 3)), agreed=True)
    yield carrier_cert.SessionsPlanned(starts=tuple(night + timedelta(hours=3 * n) + DAY for n in (0, 1, 2)))
    yield carrier_cert.SessionsPlanned()


def cap(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Delivered just now."""
    yield handoffs.CapDelivered(cap="C-1", step=1, delivered_at=at, by="tara")


def no_cap(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Taken back by people."""
    yield handoffs.CapWithdrawn(cap="C-1", step=1)


def decided(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """By HR."""
    yield handoffs.ReviewDecided(review="R-1", step=2, outcome="extend", proceed=True, by="hana")


def moved(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Into production."""
    yield handoffs.MovedToProduction(by="pia")


# -- session link ------------------------------------------------------------------------------------------

SETTING = session_link.Setting(name="NOV16", shift=LATER, agents=("ana",))


def ahead(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """A class in a day, or in a week."""
    yield session_link.ClassAhead(setting=SETTING)
    yield session_link.ClassAhead(setting=replace(SETTING, shift=replace(SHIFT, first=date(2026, 11, 30))))


def link(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Two links and what is none."""
    for url in ("https://meet.example.com/a", "https://meet.example.com/b", "foo"):
        yield session_link.LinkGiven(url=url, setting=SETTING)


def last_call(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Somebody joined meanwhile."""
    yield session_link.LastCall()
    yield session_link.LastCall(setting=replace(SETTING, agents=("ana", "ben")))


def meeting(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """A side room now, a shadowing in an hour."""
    for kind, on in (("side", None), ("shadow", at + HOUR)):
        yield session_link.MeetingCalled(
            kind=kind, url="https://meet.example.com/s", people=("ana",), setting=SETTING, at=on
        )


def said_passed(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The final, taken back, another exam."""
    yield handoffs.ExamSaidPassed(exam="ahip-final", name="AHIP Final")
    yield handoffs.ExamSaidPassed(exam="ahip-final", name="AHIP Final", passed=False)
    yield handoffs.ExamSaidPassed(exam="aetna-core", name="Aetna Core")


def let_pass(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Waived."""
    yield handoffs.LetPass(item="ahip", by="eve")


def near(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The newest one."""
    yield session_link.MeetingNear(number=case.data.met)


def missing(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Two days before."""
    yield session_link.LinkMissing(hours=48)


def morning(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Of day 1."""
    yield session_link.MorningBegun(day=1)


def prepared(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The session."""
    yield session_link.Prepared(name="training")


SAMPLES: dict[type[Event], Callable[[Case[Any], Any, datetime], Iterator[Event]]] = {
    handoffs.CoachingDue: coaching_due,
    coaching.AgentCoached: coached,
    coaching.CoachingDropped: dropped,
    carrier_cert.PaceBegun: begun,
    carrier_cert.CheckpointDue: checkpoint,
    carrier_cert.ProofAccepted: proofs(carrier_cert.ProofAccepted),
    carrier_cert.ProofRefused: proofs(carrier_cert.ProofRefused),
    carrier_cert.BlockAsked: block,
    carrier_cert.BlockGranted: numbered(carrier_cert.BlockGranted),
    carrier_cert.BlockRefused: numbered(carrier_cert.BlockRefused),
    carrier_cert.SessionsPlanned: sessions,
    session_link.ClassAhead: ahead,
    session_link.LinkGiven: link,
    session_link.LastCall: last_call,
    session_link.MeetingCalled: meeting,
    session_link.MeetingNear: near,
    session_link.LinkMissing: missing,
    session_link.MorningBegun: morning,
    session_link.Prepared: prepared,
}
SHARED: dict[type[Event], Callable[[Case[Any], Any, datetime], Iterator[Event]]] = {
    handoffs.Reported: reported,
    handoffs.ExamSaidPassed: said_passed,
    handoffs.LetPass: let_pass,
    handoffs.Blocked: absent,
    handoffs.Unblocked: unblocked,
    handoffs.BlockProposed: proposed,
    handoffs.CapDelivered: cap,
    handoffs.CapWithdrawn: no_cap,
    handoffs.ReviewDecided: decided,
    handoffs.MovedToProduction: moved,
}
"""Hand-overs other workflows hear too: these are for the cases of this room."""
OPENERS: dict[type[Event], Event] = {
    handoffs.CoachingDue: COACHING_DUE,
    carrier_cert.PaceBegun: carrier_cert.PaceBegun(shift=LATER),
    session_link.ClassAhead: session_link.ClassAhead(setting=SETTING),
    session_link.LinkGiven: session_link.LinkGiven(url="https://meet.example.com/a", setting=SETTING),
    session_link.MeetingCalled: session_link.MeetingCalled(
        kind="side", url="https://meet.example.com/s", people=("ana",), setting=SETTING
    ),
}


# -- where chance seldom gets ------------------------------------------------------------------------------

EVERYTHING = handoffs.Reported(
    modules=(1, 2, 3, 4, 5),
    quizzes=(1, 2, 3, 4, 5),
    aetna=True,
    ahip="passed",
    checkmarks=True,
    product=True,
    evidence=(GREEN,),
)
WEDNESDAY, FRIDAY = NOON + DAY, NOON + 3 * DAY
NIGHTS = tuple(FRIDAY.replace(hour=6) + n * DAY for n in (1, 2, 3))
Told = tuple[tuple[datetime, Event], ...]


def stories(policy: Any) -> Iterator[Told]:
    """Missed a part; everything claimed in time; the window missed; the extension, with and without claims."""
    begun = (NOON - 2 * DAY, carrier_cert.PaceBegun(shift=replace(SHIFT, first=date(2026, 11, 16))))
    judged: list[tuple[datetime, Event]] = [(NOON - 2 * DAY + HOUR * 4, carrier_cert.PaceStarted())]
    for checkpoint in policy.pace.checkpoint:
        due = SHIFT.moment(CALENDAR, checkpoint.day, checkpoint.at)
        judged.append((due, carrier_cert.CheckpointDue(name=checkpoint.name)))
    claimed = (NOON - DAY, EVERYTHING)
    part = (NOON - DAY, replace(EVERYTHING, product=None))
    yield (begun, judged[0], claimed, *judged[1:])
    yield (begun, judged[0], part, *judged[1:])
    if policy.pace.extension is None:
        return
    late = (begun, judged[0], part, *judged[1:])
    cap = (FRIDAY, handoffs.CapDelivered(cap="C-1", step=1, delivered_at=FRIDAY, by="tara"))
    slots = (FRIDAY, carrier_cert.SessionsPlanned(starts=NIGHTS, agreed=True))
    yield (*late, cap, slots)
    yield (*late, cap, slots, (FRIDAY, EVERYTHING))
    word = (NOON - DAY, handoffs.ExamSaidPassed(exam="ahip-final", name="AHIP Final"))
    by_word = (begun, judged[0], word, (NOON - DAY, replace(EVERYTHING, product=None, ahip=None)), *judged[1:])
    yield by_word[:-1]
    used_up = (FRIDAY + 4 * DAY, carrier_cert.HoursUsed())
    yield (*by_word, cap, slots, (FRIDAY, replace(EVERYTHING, ahip=None)), used_up)
    yield (*late, (FRIDAY, EVERYTHING), (FRIDAY, carrier_cert.ProofAccepted()))
    yield (*late, cap, slots, (NIGHTS[-1] + DAY, carrier_cert.HoursUsed()))


def finds(machine: Machine[Any], policy: Any) -> Iterator[tuple[Case[Any], datetime]]:
    """Cases those stories end in, and when."""
    roles = frozenset({Role.tl, Role.licensing, Role.wfm, Role.agent})
    for told in stories(policy):
        case: Case[Any] | None = None
        for at, event in told:
            case = case or Case(
                id="P-1", workflow=machine.name, key="pace", agent="ana", pack=policy.id, calendar="slc",
                state=machine.start, data=machine.fresh(event), opened=at,
            )  # fmt: skip
            moment = Moment(
                case=case, was=case, event=event, at=at, actor="ana", by=roles, policy=policy, calendar=CALENDAR
            )
            stepped = machine.step(moment)
            assert isinstance(stepped, Stepped), f"{event} at {case.state}"
            case = stepped.case
        assert case is not None
        yield case, told[-1][0]
