"""What may be said to a round of call certification and to an agent's TBTs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from workflows import call_cert, handoffs, tbt
from workflows.effects import Evidence, Marks
from workflows.machine import Case, Event
from workflows.schedule import Shift

NOON = datetime(2026, 11, 17, 19, tzinfo=UTC)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHIFT = Shift(
    first=date(2026, 11, 20), start=time(8), end=time(16, 30), unpaid=((time(12), time(12, 30)),), tz="America/Denver"
)
STARTED = call_cert.CallCertStarted(last="Rivera", first="Ana", shift=SHIFT)
TBT_STARTED = tbt.TbtStarted(last="Rivera", first="Ana", shift=SHIFT, requested=date(2026, 11, 9))
CONNECT = call_cert.AgentConnected(certifier="certifier", certifier_name="Cass Moy")
TEXTS: dict[str, Any] = {"well": "warm opening", "down": "no recap", "prepare": "recap the plan"}


def sheet(name: str, kind: str = XLSX) -> Evidence:
    """A file of that name."""
    return Evidence(name=name, type=kind, size=10, hash="0" * 64)


PDF = sheet("Rivera_Ana_TBT.pdf", tbt.PDF)
SHOT = sheet("search.png", "image/png")
SAME = replace(PDF, hash="1" * 64, seen_from="ben", seen_ref="T-2")


def connected(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Plainly, by force, and with something in the way."""
    yield CONNECT
    yield replace(CONNECT, forced=True, why="asked by the TL")
    yield replace(CONNECT, certifier="cert_coordinator", forced=True, why="Cass is ill")
    yield replace(CONNECT, issue="H-3")


def scored(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The next call, good and bad; one scored anew; what is wrong."""
    yield call_cert.CallScored(score="92", **TEXTS)
    yield call_cert.CallScored(score="84.99", **TEXTS)
    yield call_cert.CallScored(call=1, score="70", **TEXTS)
    yield call_cert.CallScored(call=9, score="101")


def submitted(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The file as it should be called, and another."""
    name = call_cert.wanted(case.data.last, case.data.first, case.data.rate)
    yield call_cert.ScorecardSubmitted(evidence=sheet(name))
    yield call_cert.ScorecardSubmitted(evidence=sheet("scores.xlsx"))


MARKS = Marks(
    scores=("85", "84", "90", "88", "100"),
    agent="Ana Rivera",
    well=("warm",) * 5,
    down=("late",) * 5,
    prepare=("recap",) * 5,
    numbered=True,
)


def taken(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """A sheet with all scores under the right name, under another, and one that cannot be read."""
    scores = (*(call.score for call in case.data.calls), *MARKS.scores[case.data.n :])
    marks = replace(MARKS, scores=scores)
    rate = 20 * sum(float(score) >= policy.pass_mark for score in scores)
    for name in (call_cert.wanted(case.data.last, case.data.first, rate), "scores.xlsx"):
        yield call_cert.SheetTaken(evidence=replace(sheet(name), marks=marks))
    yield call_cert.SheetTaken(evidence=sheet("scores.xlsx"))


def paused(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason, and without."""
    yield from (call_cert.CallPaused(why=why) for why in ("headset", ""))


def reopened(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason, and without."""
    yield from (call_cert.CallCertReopened(why=why) for why in ("agreed with the TL", ""))


# -- TBTs


def done(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """All, one, one that is none; with a proof, and without."""
    numbers = policy.numbers
    yield tbt.CoursesDone(courses=("all",), evidence=PDF)
    yield tbt.CoursesDone(courses=(numbers[0],), evidence=PDF)
    yield from (tbt.CoursesDone(courses=each) for each in (("all",), (numbers[0],), ("2",), ("99",), numbers[1:4]))


def counted(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Some, all, none, too many."""
    yield from (tbt.CoursesCounted(count=n) for n in (6, len(policy.numbers), 0, 17))


def proof_sent(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """A PDF of what is claimed, of all, and a picture."""
    yield tbt.TbtProofSent(evidence=PDF)
    yield tbt.TbtProofSent(evidence=PDF, courses=("all",))
    yield tbt.TbtProofSent(evidence=PDF, courses=(policy.numbers[0],))
    yield tbt.TbtProofSent(evidence=SHOT)
    yield tbt.TbtProofSent(evidence=SAME, courses=(policy.numbers[0],))


def accepted(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """By the card, by a number, all that wait."""
    yield from (tbt.TbtProofAccepted(proof=n) for n in (0, 1))
    yield from (tbt.TbtProofAccepted(courses=each) for each in (("all",), (policy.numbers[0],)))


def refused(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason, and without."""
    for courses in ((), (policy.numbers[0],), ("all",)):
        yield from (tbt.TbtProofRefused(courses=courses, why=why) for why in ("page 2 is cut off", ""))


def uploaded(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """All that is proved, or one."""
    yield from (tbt.CoursesUploaded(courses=each) for each in ((), (policy.numbers[0],)))


def missing(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """As it should be, and with each thing wanting."""
    whole = tbt.CourseMissing(course=policy.numbers[-1], evidence=SHOT, by_number=True, by_name=True)
    yield whole
    yield replace(whole, course="1")
    yield from (replace(whole, evidence=each) for each in (None, PDF))
    yield replace(whole, by_name=None)
    yield replace(whole, by_name=False)


def one_course(kind: type[Event]) -> Callable[[Case[Any], Any, datetime], Iterator[Event]]:
    """About the last course, the first, and none."""

    def about(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
        yield from (kind(course=course) for course in (policy.numbers[-1], "1", "99"))  # type: ignore[call-arg]

    return about


def busy(kind: type[Event]) -> Callable[[Case[Any], Any, datetime], Iterator[Event]]:
    """On a call, and with a proctor."""

    def about(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
        yield from (kind(agent="ana", why=why) for why in ("call", "proctor"))  # type: ignore[call-arg]

    return about


def reported(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """A report of TBTs: none, some, all."""
    yield handoffs.Reported()
    yield from (handoffs.Reported(tbt=n) for n in (0, 3, 15))


SAMPLES: dict[type[Event], Callable[[Case[Any], Any, datetime], Iterator[Event]]] = {
    call_cert.CallCertStarted: lambda case, policy, at: iter((STARTED,)),
    call_cert.AgentConnected: connected,
    call_cert.CallScored: scored,
    call_cert.CallPaused: paused,
    call_cert.ScorecardSubmitted: submitted,
    call_cert.SheetTaken: taken,
    call_cert.CallCertReopened: reopened,
    handoffs.Busy: busy(handoffs.Busy),
    handoffs.Free: busy(handoffs.Free),
    handoffs.Reported: reported,
    tbt.TbtStarted: lambda case, policy, at: iter((TBT_STARTED,)),
    tbt.CoursesDone: done,
    tbt.CoursesCounted: counted,
    tbt.TbtProofSent: proof_sent,
    tbt.TbtProofAccepted: accepted,
    tbt.TbtProofRefused: refused,
    tbt.CoursesUploaded: uploaded,
    tbt.CourseMissing: missing,
    tbt.SearchVerified: one_course(tbt.SearchVerified),
    tbt.SearchRefused: one_course(tbt.SearchRefused),
    tbt.CourseFailed: one_course(tbt.CourseFailed),
    tbt.RetakeArranged: one_course(tbt.RetakeArranged),
    handoffs.LetPass: lambda case, policy, at: iter((handoffs.LetPass(item="tbt", by="eve"),)),
}
OPENERS: dict[type[Event], Event] = {call_cert.CallCertStarted: STARTED, tbt.TbtStarted: TBT_STARTED}
HOUR = timedelta(hours=1)
