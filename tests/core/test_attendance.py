"""Ten minutes sharp, four hours sharp, a whole day; a person confirms, excuses, dismisses or corrects (SPEC 3.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.packs import load_packs
from tests.core import walks
from workflows import attendance, handoffs
from workflows.attendance import AttendanceConfirmed, AttendanceDay, AttendanceDismissed, AttendanceEntered
from workflows.effects import Hand, Owe, Post, Settle, Tell, Track
from workflows.machine import Declined
from workflows.people import Role

POLICY: Any = load_packs().get("attendance").policy
DAY = date(2026, 11, 17)
START = datetime(2026, 11, 17, 15, tzinfo=UTC)
END = START + timedelta(hours=8, minutes=30)
SHIFT: dict[str, Any] = {"day": DAY, "starts": START, "ends": END}
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


# -- categories --------------------------------------------------------------------------------------------


def found(late: timedelta | None = None, early: timedelta | None = None, **more: Any) -> list[str]:
    """The categories of a day on which he came so late and left so early."""
    data = AttendanceDay(
        **SHIFT,
        arrived=None if late is None else START + late,
        left=None if early is None else END - early,
        **more,
    )
    return [each.category for each in attendance.occurrences(data, POLICY)]


@pytest.mark.parametrize(
    ("late", "category"),
    [
        (-5 * MINUTE, []),
        (10 * MINUTE - SECOND, []),
        (10 * MINUTE, ["TARDY"]),
        (4 * HOUR - SECOND, ["TARDY"]),
        (4 * HOUR, ["LATE_4H"]),
        (8 * HOUR, ["LATE_4H"]),
        (8 * HOUR + 30 * MINUTE, ["ABSENT"]),
    ],
)
def test_late_counts_from_ten_minutes_and_from_four_hours_sharp(late: timedelta, category: list[str]) -> None:
    assert found(late) == category


@pytest.mark.parametrize(
    ("early", "category"),
    [
        (-HOUR, []),
        (10 * MINUTE - SECOND, []),
        (10 * MINUTE, ["LEFT_EARLY"]),
        (4 * HOUR - SECOND, ["LEFT_EARLY"]),
        (4 * HOUR, ["EARLY_4H"]),
    ],
)
def test_early_counts_alike(early: timedelta, category: list[str]) -> None:
    assert found(None, early) == category


def test_arriving_and_leaving_yield_one_each_and_together_a_whole_day() -> None:
    assert found(12 * MINUTE, 20 * MINUTE) == ["TARDY", "LEFT_EARLY"]
    assert found(5 * HOUR, 3 * HOUR + 29 * MINUTE) == ["LATE_4H", "LEFT_EARLY"]
    assert found(5 * HOUR, 3 * HOUR + 30 * MINUTE) == ["ABSENT"]


def test_who_was_not_seen_is_late_so_far_and_absent_at_the_end() -> None:
    assert found(unseen=True) == ["TARDY"]
    assert found(unseen=True, absent=True) == ["ABSENT"]
    assert found(9 * MINUTE, unseen=True) == []


@pytest.mark.parametrize(
    ("late", "early", "word"),
    [
        (59 * MINUTE, None, "Tardy - Under 1 Hr"),
        (60 * MINUTE, None, "Tardy - Over 1 Hr, Up to Half of Shift"),
        (None, 59 * MINUTE, "Left Early - Under 1 Hr"),
        (None, 60 * MINUTE, "Left Early - Over 1 Hr, Up to Half of Shift"),
        (4 * HOUR, None, "Absent - Unapproved"),
        (None, 4 * HOUR, "Absent - Unapproved"),
        (12 * MINUTE, 20 * MINUTE, "Left Early - Under 1 Hr"),
        (4 * HOUR, 20 * MINUTE, "Absent - Unapproved"),
    ],
)
def test_the_tracker_has_a_word_for_the_gravest(late: Any, early: Any, word: str) -> None:
    data = AttendanceDay(
        **SHIFT, arrived=None if late is None else START + late, left=None if early is None else END - early
    )
    assert attendance.cell(POLICY, attendance.occurrences(data, POLICY)) == word


# -- a day, step by step -----------------------------------------------------------------------------------


class Work:
    """Dan's day at work."""

    def __init__(self, *events: Any) -> None:
        self.machine = attendance.machine(POLICY)
        first = events[0] if events else handoffs.Unseen(**SHIFT)
        self.case = walks._blank(self.machine, first, POLICY)
        self.effects: tuple[Any, ...] = ()
        for event in events:
            self.tell(event)

    def tell(self, event: Any, by: Role = Role.tl, when: datetime = START + 30 * MINUTE) -> str:
        """The state after the event, or why it was declined."""
        done = self.machine.step(walks.moment(self.case, event, when, frozenset({by}), POLICY))
        if isinstance(done, Declined):
            self.effects = ()
            return done.reason
        self.case, self.effects = done.case, done.effects
        return done.case.state

    def all(self, kind: type[Any]) -> list[Any]:
        """The wishes of one kind of the last step."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def posts(self) -> list[tuple[str, str]]:
        """What the last step said to WFM."""
        return [(post.id, post.template.partition("/")[2]) for post in self.all(Post)]

    def handed(self) -> list[str]:
        """What the last step handed on."""
        return [type(hand.event).__name__ for hand in self.all(Hand)]


def late(minutes: float = 10, word: bool = False) -> handoffs.SeenLate:
    """He came so late."""
    return handoffs.SeenLate(**SHIFT, arrived=START + minutes * MINUTE, word=word)


UNSEEN, NEVER = handoffs.Unseen(**SHIFT), handoffs.NeverSeen(**SHIFT)
IN_TIME = handoffs.SeenInTime(day=DAY, arrived=START + 3 * MINUTE)
CONFIRM, DISMISS = AttendanceConfirmed(), AttendanceDismissed()


def excused(why: str = "dentist") -> handoffs.Excused:
    """A person's word."""
    return handoffs.Excused(why=why, day=DAY)


@pytest.mark.parametrize("event", [UNSEEN, late(), NEVER])
def test_a_suggestion_is_a_card_for_the_tl_and_nothing_else(event: Any) -> None:
    dan = Work(event)
    assert dan.case.state == "SUGGESTED"
    (card,) = dan.all(Owe)
    assert card.to == ("tl",)
    assert [answer.label for answer in card.answers] == ["Confirm", "Excuse", "Dismiss"]
    assert not dan.all(Post) + dan.all(Track) + dan.all(Tell)


def test_confirming_writes_the_tracker_tells_wfm_once_and_calls_for_a_coaching() -> None:
    dan = Work(late(12))
    assert dan.tell(CONFIRM) == "CONFIRMED"
    (track,) = dan.all(Track)
    assert (track.value, track.note) == (
        "Tardy - Under 1 Hr",
        "Tardy (10 minutes or more late) on 11/17: scheduled 08:00, actual 08:12",
    )
    (post,) = dan.all(Post)
    assert (post.id, post.facts["scheduled"], post.facts["actual"]) == ("C-WFM-ATT", START, START + 12 * MINUTE)
    assert dan.handed() == ["CoachingDue"]
    assert dan.tell(CONFIRM) == "finished"


def test_late_and_early_confirmed_together_are_two_posts_and_two_coachings() -> None:
    dan = Work(late(12), AttendanceEntered(**SHIFT, left=END - 20 * MINUTE))
    assert dan.tell(CONFIRM) == "CONFIRMED"
    assert dan.posts() == [("C-WFM-ATT", "wfm")] * 2
    assert [hand.event.step for hand in dan.all(Hand)] == [1, 2]


@pytest.mark.parametrize("by", [Role.agent, Role.licensing, Role.wfm, Role.host])
def test_only_the_tl_confirms(by: Role) -> None:
    assert Work(late()).tell(CONFIRM, by) == "not_yours"


def test_the_card_is_refreshed_when_the_actual_arrival_is_known() -> None:
    dan = Work(UNSEEN)
    assert dan.tell(late(25), Role.bot) == "SUGGESTED"
    assert [settle.withdrawn for settle in dan.all(Settle)] == [True]
    assert [each["actual"] for each in dan.all(Owe)[0].facts["lines"]] == [START + 25 * MINUTE]
    assert dan.tell(UNSEEN, Role.bot) == "SUGGESTED"
    assert dan.effects == ()


def test_a_time_that_becomes_known_after_confirming_is_added_and_a_graver_one_asked_about() -> None:
    dan = Work(UNSEEN, CONFIRM)
    assert dan.tell(late(25), Role.bot) == "CONFIRMED"
    assert dan.posts() == [("", "wfm_time")]
    graver = Work(UNSEEN, CONFIRM)
    assert graver.tell(late(250), Role.bot) == "SUGGESTED"
    assert graver.posts() == []
    assert graver.tell(CONFIRM) == "CONFIRMED"
    (post,) = graver.all(Post)
    assert (post.facts["category"], post.facts["instead"]) == ("LATE_4H", ["TARDY"])


def test_absent_replaces_the_others() -> None:
    dan = Work(UNSEEN, CONFIRM)
    assert dan.tell(NEVER, Role.bot) == "SUGGESTED"
    dan.tell(CONFIRM)
    assert [each.category for each in dan.case.data.settled] == ["ABSENT"]
    assert "DayExcused" in dan.handed()


def test_who_left_early_was_not_absent() -> None:
    dan = Work(AttendanceEntered(**SHIFT, left=END - 5 * HOUR))
    assert dan.tell(NEVER, Role.bot) == "SUGGESTED"
    assert [each.category for each in attendance.pending(dan.case.data, POLICY)] == ["TARDY", "EARLY_4H"]


def test_a_tl_who_saw_him_in_time_takes_the_suggestion_away() -> None:
    dan = Work(UNSEEN)
    assert dan.tell(IN_TIME) == "DISMISSED"
    assert not dan.all(Post)
    confirmed = Work(UNSEEN, CONFIRM)
    assert confirmed.tell(IN_TIME) == "CORRECTED"
    assert confirmed.posts() == [("", "wfm_correction")]
    assert confirmed.handed() == ["CauseFell"]


@pytest.mark.parametrize("by", [Role.tl, Role.hr_rep, Role.esp_manager])
def test_an_excuse_takes_a_reason_and_tells_wfm_nothing(by: Role) -> None:
    dan = Work(late())
    assert dan.tell(excused(""), by) == "not_so"
    assert dan.tell(excused(), by) == "EXCUSED"
    assert not dan.all(Post) + dan.all(Track)


@pytest.mark.parametrize(
    ("by", "cell"), [(Role.hr_rep, ["Absent - HR Approved"]), (Role.tl, []), (Role.esp_manager, [])]
)
def test_an_absence_hr_excuses_is_an_approved_one(by: Role, cell: list[str]) -> None:
    dan = Work(NEVER)
    dan.tell(excused(), by)
    assert [track.value for track in dan.all(Track)] == cell


def test_a_day_excused_beforehand_is_suggested_no_more_and_written_when_hr_approved_it() -> None:
    dan = Work(excused())
    assert dan.case.state == "EXCUSED"
    for event in (UNSEEN, late()):
        assert dan.tell(event, Role.bot) == "finished" if event is UNSEEN else "not_so"
    assert dan.tell(NEVER, Role.bot) == "not_so"
    approved = Work()
    approved.tell(excused(), Role.hr_rep)
    approved.tell(NEVER, Role.bot)
    assert [track.value for track in approved.all(Track)] == ["Absent - HR Approved"]


def test_a_dismissed_suggestion_stays_away_until_a_person_enters_another() -> None:
    dan = Work(UNSEEN)
    assert dan.tell(DISMISS) == "DISMISSED"
    assert dan.tell(late(), Role.bot) == "not_so"
    assert dan.tell(late(word=True)) == "SUGGESTED"


@pytest.mark.parametrize(
    "event",
    [
        AttendanceEntered(day=DAY, absent=True),
        AttendanceEntered(**SHIFT, absent=True, on_leave=True),
        AttendanceEntered(**SHIFT, left=END - 9 * MINUTE),
    ],
)
def test_nothing_is_recorded_of_who_was_not_scheduled_or_left_in_time(event: Any) -> None:
    assert Work().tell(event) == "not_so"


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (AttendanceEntered(**SHIFT, arrived=START + 15 * MINUTE), "CORRECTED"),
        (AttendanceEntered(**SHIFT, absent=True), "CORRECTED"),
        (excused(), "CORRECTED"),
    ],
)
def test_a_confirmed_entry_is_corrected_in_the_thread(event: Any, state: str) -> None:
    dan = Work(late(12), CONFIRM)
    assert dan.tell(event) == state
    assert dan.posts() == [("", "wfm_correction")]
    assert all(track.note.startswith("Correction: ") for track in dan.all(Track))


@pytest.mark.parametrize(
    ("by", "days", "state"),
    [
        (Role.tl, 0, "CORRECTED"),
        (Role.tl, 1, "not_so"),
        (Role.esp_manager, 5, "CORRECTED"),
        (Role.hr_rep, 5, "CORRECTED"),
    ],
)
def test_the_tl_corrects_the_same_day_others_later_and_a_later_days_cell_is_left_alone(
    by: Role, days: int, state: str
) -> None:
    dan = Work(late(12), CONFIRM)
    assert dan.tell(excused(), by, START + timedelta(days=days, hours=1)) == state
    if state == "CORRECTED":
        assert [track.value for track in dan.all(Track)] == ([""] if days == 0 else [None])


def test_a_correction_can_be_corrected() -> None:
    dan = Work(late(12), CONFIRM, AttendanceEntered(**SHIFT, arrived=START + 15 * MINUTE))
    assert dan.tell(AttendanceEntered(**SHIFT, arrived=START)) == "CORRECTED"
    assert dan.case.data.settled == ()
    assert dan.tell(AttendanceEntered(**SHIFT, left=END - HOUR)) == "SUGGESTED"


def test_dismissing_a_further_suggestion_leaves_what_was_confirmed() -> None:
    dan = Work(late(12), CONFIRM, AttendanceEntered(**SHIFT, left=END - HOUR))
    assert dan.case.state == "SUGGESTED"
    assert dan.tell(DISMISS) == "CONFIRMED"
    assert [each.category for each in dan.case.data.settled] == ["TARDY"]


def test_an_agent_who_has_left_for_the_day_is_asked_for_no_more_signs() -> None:
    dan = Work()
    dan.tell(AttendanceEntered(**SHIFT, left=END - HOUR))
    assert [(type(hand.event), hand.event.agent) for hand in dan.all(Hand)] == [(handoffs.Busy, "ana")]
    dan.tell(AttendanceEntered(**SHIFT, left=END))
    assert [type(hand.event) for hand in dan.all(Hand)] == [handoffs.Free]


def test_a_lifted_mark_gives_the_cell_back() -> None:
    dan = Work(late(12), CONFIRM)
    assert dan.tell(handoffs.MarkLifted(day=DAY), Role.bot) == "CONFIRMED"
    assert [track.value for track in dan.all(Track)] == ["Tardy - Under 1 Hr"]


def test_an_agent_who_leaves_the_company_is_asked_about_no_more() -> None:
    assert Work(UNSEEN).tell(handoffs.AgentLeft(by="eve"), Role.esp_manager) == "CLOSED_LEFT"


def test_other_numbers_are_another_pack() -> None:
    strict = replace(POLICY, grace_minutes=5, long_hours=2)
    data = AttendanceDay(**SHIFT, arrived=START + 5 * MINUTE, left=END - 2 * HOUR)
    assert [each.category for each in attendance.occurrences(data, strict)] == ["TARDY", "EARLY_4H"]
