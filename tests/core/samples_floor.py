"""What may be said to a reporting day, a report, equipment and a carrier ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from workflows import equipment, handoffs, progress, ticket
from workflows.effects import Evidence
from workflows.machine import Case, Event
from workflows.schedule import Shift

SHIFT = Shift(first=date(2026, 11, 16), start=time(8), end=time(16, 30), unpaid=((time(12), time(12, 30)),))
DAY = date(2026, 11, 17)
PICTURE = Evidence(name="shot.png", type="image/png", size=2000, hash="a" * 64, width=800, height=600)
PROGRAM = Evidence(name="shot.png.exe", type="application/x-msdownload", size=2000, hash="b" * 64)
BEGUN = progress.ProgressDayBegun(day=DAY, shift=SHIFT)
FUTURE = date(2027, 11, 17)
SAID = progress.Fields(modules=(1, 2), quizzes=(1,), tbt=3, calls=0)
REPORT = progress.ProgressReported(day=DAY, shift=SHIFT, said=SAID)
ASKED = progress.ProgressAsked(day=DAY, shift=SHIFT)
PAYMENT = ticket.CarrierIssue(kind="payment", text="it wants 125 dollars", day=DAY, shift=SHIFT)
E1 = (
    "We were unable to locate an NPN with the National Insurance Producer Registry with the information provided. "
    "Please verify the accuracy of your information and try again."
)

Sample = Callable[[Case[Any], Any, datetime], Iterator[Event]]


def days(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """A day that is over, one that is to come."""
    for day in (DAY, FUTURE):
        yield replace(BEGUN, day=day)


def expected(kind: type[Event]) -> Sample:
    """Somebody is expected, somebody is not."""

    def made(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
        found: Any = kind
        yield found(expected=(progress.Expected(agent="ana"), progress.Expected(agent="ben", excuse="leave")))

    return made


def reports(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Before and after the cutoff, and one that says nothing."""
    yield REPORT
    yield replace(REPORT, day=FUTURE)
    yield replace(REPORT, day=FUTURE, said=progress.Fields(tbt=17))
    yield replace(
        REPORT, day=FUTURE, said=progress.Fields(equipment=False, note="no sound", evidence=(PICTURE, PROGRAM))
    )


def asked(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Expected, excused."""
    yield from (ASKED, replace(ASKED, excuse="leave"), replace(ASKED, day=FUTURE))


def passed(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The first one missing, the third one, excused."""
    over = progress.CutoffPassed(day=DAY, shift=SHIFT)
    yield over
    yield replace(over, missed=(date(2026, 11, 13), date(2026, 11, 16)))
    yield replace(over, excuse="leave")


def equipment_said(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """It works, it does not."""
    yield handoffs.EquipmentSaid(works=True)
    yield handoffs.EquipmentSaid(works=False, text="no sound")


def found(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """An issue, with and without a picture."""
    yield equipment.IssueFound(text="no sound")
    yield equipment.IssueFound(text="no picture", calls=True, evidence=(PICTURE, PROGRAM))


def phases(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """A phase that has begun, one that is about to."""
    for day in (DAY, FUTURE):
        yield equipment.CallPhaseBegun(day=day, shift=SHIFT)


def works(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Before and in the call-cert phase."""
    yield from (equipment.AllWorks(), equipment.AllWorks(calls=True))


def citrix(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Yes and no."""
    yield from (equipment.CitrixSaid(access=True), equipment.CitrixSaid(access=False))


def nudges(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """On leave and not."""
    yield from (equipment.NudgeCame(), equipment.NudgeCame(hushed=True))


def issues(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Every kind, with and without a picture, on the first day and later."""
    for kind in policy.kind:
        yield replace(PAYMENT, kind=kind, text="")
        yield replace(PAYMENT, kind=kind, day=SHIFT.first, evidence=(PICTURE,))
    yield replace(PAYMENT, kind="", text=E1)
    yield replace(PAYMENT, kind="", text="error 500 on the page of the exam", day=date(2027, 11, 17))


def pictures(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """One that is taken, one that is not."""
    yield from (ticket.PictureCame(evidence=(PICTURE,)), ticket.PictureCame(evidence=(PROGRAM,)))


def submissions(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a number, without, with none shown."""
    yield from (ticket.TicketSubmitted(number="77"), ticket.TicketSubmitted(), ticket.TicketSubmitted(unnumbered=True))


def rejections(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason, and without."""
    yield from (ticket.TicketRejected(why="the name is right"), ticket.TicketRejected())


def polls(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The question, and the one put off by a leave."""
    yield from (equipment.PollCame(), equipment.PollCame(again=at + timedelta(days=1)))


SAMPLES: dict[type[Event], Sample] = {
    progress.ProgressDayBegun: days,
    progress.PromptCame: expected(progress.PromptCame),
    progress.CutoffCame: expected(progress.CutoffCame),
    progress.ProgressReported: reports,
    progress.ProgressAsked: asked,
    progress.CutoffPassed: passed,
    progress.ReportRight: lambda case, policy, at: iter((progress.ReportRight(day=DAY),)),
    handoffs.DayExcused: lambda case, policy, at: iter((handoffs.DayExcused(day=DAY, why="absent"),)),
    handoffs.EquipmentSaid: equipment_said,
    equipment.CallPhaseBegun: phases,
    equipment.IssueFound: found,
    equipment.AllWorks: works,
    equipment.CitrixSaid: citrix,
    equipment.NudgeCame: nudges,
    equipment.PollCame: polls,
    ticket.CarrierIssue: issues,
    ticket.PictureCame: pictures,
    ticket.TicketSubmitted: submissions,
    ticket.TicketRejected: rejections,
}
OPENERS: dict[type[Event], Event] = {
    progress.ProgressDayBegun: replace(BEGUN, day=FUTURE),
    progress.ProgressReported: replace(REPORT, day=FUTURE),
    progress.ProgressAsked: ASKED,
    progress.CutoffPassed: progress.CutoffPassed(day=DAY, shift=SHIFT),
    handoffs.DayExcused: handoffs.DayExcused(day=DAY, why="absent"),
    handoffs.EquipmentSaid: handoffs.EquipmentSaid(works=False, text="no sound"),
    equipment.CallPhaseBegun: equipment.CallPhaseBegun(day=FUTURE, shift=SHIFT),
    equipment.IssueFound: equipment.IssueFound(text="no sound"),
    equipment.AllWorks: equipment.AllWorks(),
    ticket.CarrierIssue: PAYMENT,
}
