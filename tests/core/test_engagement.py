"""Two misses make a matter for a person, by either wording; a check many miss at once is no check (SPEC 3.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.packs import load_packs
from tests.core import walks
from workflows import engagement, handoffs
from workflows.effects import Arm, Hand, Owe, Post, Settle, Tell, Track
from workflows.engagement import checks, runs
from workflows.engagement.data import AgentDay, Check, Result
from workflows.machine import Case, Declined, Machine
from workflows.people import Role

PACKS = load_packs()
NEW: Any = PACKS.get("licensing-training-new").policy
OLD: Any = PACKS.get("licensing-training-old").policy
MINUTE = timedelta(minutes=1)
START = datetime(2026, 11, 17, 15, tzinfo=UTC)
END = START + timedelta(hours=8, minutes=30)
DAY = date(2026, 11, 17)
BREAKS = (("b1", 120, 135), ("lunch", 240, 270), ("b2", 390, 405))


def at(minutes: float) -> datetime:
    """So many minutes after the shift's start."""
    return START + minutes * MINUTE


BEGAN = engagement.ClassDayBegan(
    day=DAY,
    starts=START,
    ends=END,
    over=START + timedelta(hours=16),
    pauses=tuple(engagement.Pause(name=name, starts=at(a), ends=at(b)) for name, a, b in BREAKS),
    host="lia",
    agents=("ana", "ben", "cora", "dan", "eli", "fay"),
    judge_after=10,
)
P = dict(enumerate(checks.windows(BEGAN, NEW.engagement), 1))


def case(machine: Machine[Any], policy: Any, event: Any) -> Case[Any]:
    """A case as its first event makes it."""
    return replace(walks._blank(machine, event, policy), opened=START)


def step(machine: Machine[Any], policy: Any, one: Case[Any], event: Any, when: datetime, by: Role = Role.bot) -> Any:
    """What an event leads to."""
    return machine.step(walks.moment(one, event, when, frozenset({by}), policy))


# -- the six checks ----------------------------------------------------------------------------------------


def test_hands_go_up_five_minutes_before_a_break_and_come_down_in_the_five_after_it() -> None:
    minutes = [((w.opens - START) // MINUTE, (w.closes - START) // MINUTE, w.kind, w.name) for w in P.values()]
    assert minutes == [
        (115, 120, "raise", "b1"),
        (135, 140, "lower", "b1"),
        (235, 240, "raise", "lunch"),
        (270, 275, "lower", "lunch"),
        (385, 390, "raise", "b2"),
        (405, 410, "lower", "b2"),
    ]


# -- the rule ----------------------------------------------------------------------------------------------


def results(marks: str) -> AgentDay:
    """One mark a check in order: "x" missed, "o" answered, "-" skipped."""
    found = (Result(window=P[n], missed=mark == "x", at=P[n].closes) for n, mark in enumerate(marks, 1) if mark != "-")
    return AgentDay(day=DAY, results=tuple(found))


@pytest.mark.parametrize(
    ("marks", "new", "old"),
    [
        ("", "OK", "OK"),
        ("o", "OK", "OK"),
        ("x", "MISS1", "MISS1"),
        ("xo", "OK", "OK"),
        ("xx", "MIA_PROPOSED", "MIA_PROPOSED"),
        ("oxx", "MIA_PROPOSED", "MISS1"),
        ("oxxx", "MIA_PROPOSED", "MIA_PROPOSED"),
        ("oxo", "OK", "OK"),
        ("x-x", "MIA_PROPOSED", "MISS1"),
        ("x--x", "MIA_PROPOSED", "MISS1"),
        ("xoxx", "MIA_PROPOSED", "MIA_PROPOSED"),
        ("oxox", "MISS1", "MISS1"),
        ("-----x", "MISS1", "MISS1"),
        ("----xx", "MIA_PROPOSED", "MIA_PROPOSED"),
    ],
)
def test_two_in_a_row_by_the_new_wording_and_of_one_break_by_the_old(marks: str, new: str, old: str) -> None:
    assert runs.comes_to(results(marks), NEW.engagement.rule) == new
    assert runs.comes_to(results(marks), OLD.engagement.rule) == old


def test_what_a_person_decided_begins_no_new_run() -> None:
    assert runs.comes_to(replace(results("xxx"), decided=2), "consecutive") == "MISS1"
    assert runs.comes_to(replace(results("xxxx"), decided=2), "consecutive") == "MIA_PROPOSED"


# -- one agent's day ---------------------------------------------------------------------------------------


class Own:
    """Ben's day, told step by step."""

    def __init__(self, policy: Any = NEW) -> None:
        self.policy, self.machine = policy, engagement.machine(policy)
        event = engagement.Present(
            day=DAY, at=at(-5), windows=tuple(P.values()), starts=START, ends=END, over=BEGAN.over
        )
        self.case = case(self.machine, policy, event)
        self.effects: tuple[Any, ...] = ()
        self.tell(event, at(-5))

    def tell(self, event: Any, when: datetime, by: Role = Role.bot) -> str:
        """The state after the event, or why it was declined."""
        done = step(self.machine, self.policy, self.case, event, when, by)
        if isinstance(done, Declined):
            self.effects = ()
            return done.reason
        self.case, self.effects = done.case, done.effects
        return done.case.state

    def check(self, seq: int, missed: bool, by: str = "chat") -> str:
        """A check is over."""
        return self.tell(engagement.Checked(day=DAY, window=P[seq], missed=missed, by=by), P[seq].closes)

    def here(self, minutes: float) -> str:
        """The agent says so."""
        return self.tell(engagement.Here(day=DAY), at(minutes), Role.agent)

    def all(self, kind: type[Any]) -> list[Any]:
        """The wishes of one kind of the last step."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def told(self) -> list[str]:
        """The templates of the last step's messages."""
        return [effect.template.partition("/")[2] for effect in self.all(Tell)]


def proposed(policy: Any = NEW) -> Own:
    """Ben has missed the two checks of break 1."""
    ben = Own(policy)
    ben.check(1, True)
    assert ben.check(2, True) == "MIA_PROPOSED"
    return ben


def test_a_first_miss_is_told_to_the_agent_alone() -> None:
    ben = Own()
    assert ben.check(1, True) == "MISS1"
    assert [(e.to, e.template) for e in ben.effects] == [("agent", "engagement/missed")]


def test_an_answer_to_the_next_check_resets_the_run_at_once() -> None:
    ben = Own()
    ben.check(1, True)
    assert ben.here(136) == "OK"
    assert ben.told() == ["thanks"]
    assert ben.check(3, True) == "MISS1"


def test_under_the_old_wording_misses_at_different_breaks_begin_anew() -> None:
    ben = Own(OLD)
    assert [ben.check(n, missed) for n, missed in ((2, True), (3, True), (4, True))] == [
        "MISS1",
        "MISS1",
        "MIA_PROPOSED",
    ]


@pytest.mark.parametrize("minutes", [115, 117, 120])
def test_a_check_is_open_from_its_first_to_its_last_instant(minutes: int) -> None:
    assert Own().here(minutes) == "OK"


@pytest.mark.parametrize(("minutes", "said"), [(114.99, ["noted"]), (120.01, [])])
def test_outside_of_a_check_the_agent_hears_when_the_next_one_is(minutes: float, said: list[str]) -> None:
    ben = Own()
    ben.here(minutes)
    assert ben.told() == said


def test_an_answer_that_reached_the_bot_late_takes_the_miss_back() -> None:
    ben = Own()
    ben.check(1, True)
    assert ben.here(119) == "OK"


def test_two_misses_ask_host_and_tl_and_tell_nobody_else_anything() -> None:
    ben = proposed()
    (card,) = ben.effects
    assert isinstance(card, Owe)
    assert card.to == ("host", "tl")
    assert [answer.label for answer in card.answers] == ["Mark MIA", "Was here", "Excuse"]
    assert card.sla == "immediate"


@pytest.mark.parametrize("by", [Role.host, Role.tl])
def test_a_mark_writes_the_tracker_tells_wfm_once_and_calls_for_a_coaching(by: Role) -> None:
    ben = proposed()
    assert ben.tell(engagement.MarkedMia(day=DAY), at(145), by) == "MIA"
    (track,) = ben.all(Track)
    assert (track.column, track.value) == ("Attendance (today)", "Unresponsive or Missing During Class")
    (post,) = ben.all(Post)
    assert (post.channel, post.id, post.facts["category"]) == ("wfm", "C-WFM-ATT", "MIA")
    (hand,) = ben.all(Hand)
    assert isinstance(hand.event, handoffs.CoachingDue)
    assert [words for _, words in hand.event.facts] == [
        "no answer to the check before break 1",
        "no answer to the check after break 1",
    ]
    assert ben.told() == ["marked", "marked_by_you"]


@pytest.mark.parametrize("by", [Role.agent, Role.wfm, Role.pm, Role.licensing])
def test_nobody_else_may_mark(by: Role) -> None:
    assert proposed().tell(engagement.MarkedMia(day=DAY), at(145), by) == "not_yours"


def test_before_two_misses_a_mark_takes_a_reason() -> None:
    ben = Own()
    assert ben.tell(engagement.MarkedMia(day=DAY), at(60), Role.host) == "not_so"
    assert ben.tell(engagement.MarkedMia(day=DAY, why="camera off"), at(60), Role.host) == "MIA"


@pytest.mark.parametrize("event", [engagement.WasHere, handoffs.Excused])
def test_was_here_and_excuse_take_a_reason_and_leave_only_the_record(event: Any) -> None:
    ben = proposed()
    assert ben.tell(event(), at(145), Role.tl) == "not_so"
    assert ben.tell(event(why="answered by voice"), at(145), Role.tl) == "OK"
    assert [type(effect) for effect in ben.effects] == [Settle, Tell]
    assert ben.check(3, True) == "MISS1"


def test_while_a_person_is_asked_an_answer_is_told_to_him_and_decides_nothing() -> None:
    ben = proposed()
    assert ben.here(145) == "MIA_PROPOSED"
    assert ben.told() == ["no_check", "spoke_up", "spoke_up"]
    assert ben.here(236) == "MIA_PROPOSED"
    assert ben.check(3, False) == "MIA_PROPOSED"


@pytest.mark.parametrize(("seq", "state"), [(1, "MISS1"), (2, "OK")])
def test_a_host_record_that_shows_him_withdraws_the_card(seq: int, state: str) -> None:
    ben = proposed()
    assert ben.check(seq, False, "host") == state
    assert [settle.withdrawn for settle in ben.all(Settle)] == [True]


def test_a_host_record_stands_over_the_button() -> None:
    ben = Own()
    ben.check(1, True, "host")
    assert ben.here(119) == "MISS1"


def test_an_answer_after_a_mark_is_a_return_told_once_to_the_tl() -> None:
    ben = proposed()
    ben.tell(engagement.MarkedMia(day=DAY), at(145), Role.tl)
    assert ben.here(150) == "MIA"
    assert ben.told() == ["returned", "thanks"]
    assert ben.here(236) == "MIA"
    assert ben.told() == ["thanks"]
    assert ben.case.data.returned == at(150)


def test_a_host_record_never_takes_a_mark_away_by_itself() -> None:
    ben = proposed()
    ben.tell(engagement.MarkedMia(day=DAY), at(145), Role.tl)
    assert ben.check(2, False, "host") == "MIA"
    assert ben.told() == ["record_changed"]


def marked() -> Own:
    """Ben is marked."""
    ben = proposed()
    ben.tell(engagement.MarkedMia(day=DAY), at(145), Role.host)
    return ben


@pytest.mark.parametrize(
    ("by", "days", "state"),
    [
        (Role.tl, 0, "OK"),
        (Role.host, 0, "not_yours"),
        (Role.tl, 1, "not_so"),
        (Role.esp_manager, 0, "OK"),
        (Role.esp_manager, 9, "OK"),
        (Role.agent, 0, "not_yours"),
    ],
)
def test_a_mark_is_corrected_by_the_tl_that_day_and_later_by_the_esp_manager(by: Role, days: int, state: str) -> None:
    ben = marked()
    when = at(200) + timedelta(days=days)
    assert ben.tell(engagement.WasHere(why="he was in the side room"), when, by) == state
    if state == "OK":
        (track,) = ben.all(Track)
        assert track.value == ("" if days == 0 else None)
        assert [post.template for post in ben.all(Post)] == ["engagement/wfm_correction"]
        fell = [hand.event for hand in ben.all(Hand) if isinstance(hand.event, handoffs.CauseFell)]
        assert [(each.step, each.withdraw) for each in fell] == [(1, True)]
        assert bool(ben.all(Arm)) == (days > 0)


def test_a_correction_takes_a_reason() -> None:
    assert marked().tell(engagement.WasHere(), at(200), Role.tl) == "not_so"


def test_a_second_mark_calls_for_a_coaching_of_its_own() -> None:
    ben = marked()
    ben.tell(engagement.WasHere(why="seen"), at(200), Role.tl)
    ben.tell(engagement.MarkedMia(day=DAY, why="gone again"), at(210), Role.tl)
    assert [hand.event.step for hand in ben.all(Hand)] == [2]


def test_the_end_of_the_day_closes_what_is_calm_and_nothing_that_waits_for_a_person() -> None:
    over = engagement.DayClosed(day=DAY)
    assert Own().tell(over, BEGAN.over) == "CLOSED"
    assert proposed().tell(over, BEGAN.over) == "MIA_PROPOSED"
    assert marked().tell(over, BEGAN.over) == "MIA"


def test_an_agent_who_leaves_is_asked_about_no_more() -> None:
    for ben in (Own(), proposed(), marked()):
        assert ben.tell(handoffs.AgentLeft(by="eve"), at(200), Role.esp_manager) == "CLOSED_LEFT"


# -- the class's day ---------------------------------------------------------------------------------------


class Klass:
    """The class's day, told step by step."""

    def __init__(self, opened: datetime = START - timedelta(hours=8), **changed: Any) -> None:
        self.machine = engagement.class_day_machine(NEW)
        event = replace(BEGAN, **changed)
        self.case = case(self.machine, NEW, event)
        self.effects: tuple[Any, ...] = ()
        self.tell(event, opened)

    def tell(self, event: Any, when: datetime, by: Role = Role.bot) -> str:
        """The state after the event, or why it was declined."""
        done = step(self.machine, NEW, self.case, event, when, by)
        if isinstance(done, Declined):
            self.effects = ()
            return done.reason
        self.case, self.effects = done.case, done.effects
        return done.case.state

    def arrive(self, *agents: str, minutes: float = -10) -> None:
        """They speak."""
        for agent in agents:
            self.tell(engagement.Arrived(agent=agent), at(minutes))

    def ask(self, seq: int, **more: Any) -> list[str]:
        """Who is asked at a check."""
        self.tell(engagement.CheckOpened(seq=seq, members=BEGAN.agents, **more), P[seq].opens)
        return [e.to for e in self.effects if isinstance(e, Tell)]

    def close(self, seq: int, *answered: str, **more: Any) -> dict[str, bool]:
        """Agents whose own day hears of a check, and whether they missed it."""
        self.tell(engagement.CheckClosed(seq=seq, members=BEGAN.agents, answered=answered, **more), P[seq].closes)
        return {
            e.agent: e.event.missed
            for e in self.effects
            if isinstance(e, Hand) and isinstance(e.event, engagement.Checked)
        }

    def handed(self) -> list[tuple[str, str]]:
        """What the last step handed on, and about whom."""
        return [(type(e.event).__name__, e.agent) for e in self.effects if isinstance(e, Hand)]

    def timers(self) -> list[str]:
        """The timers the last step armed."""
        return [e.name for e in self.effects if isinstance(e, Arm)]


def test_everything_of_the_day_is_armed_when_it_is_opened_at_midnight() -> None:
    assert Klass().timers() == [
        "near", "start", "end", "over", "judge",
        *(f"{verb}:{n}" for n in range(1, 7) for verb in ("open", "close")),
    ]  # fmt: skip


def test_opened_in_the_middle_it_asks_for_no_check_that_began_before_and_judges_nobody() -> None:
    assert Klass(at(136)).timers() == ["end", "over", *(f"{v}:{n}" for n in range(3, 7) for v in ("open", "close"))]
    late = Klass(at(136))
    late.arrive("ben", minutes=137)
    assert late.handed() == [("Present", "ben")]


def test_who_spoke_before_a_late_opening_is_there() -> None:
    found = Klass(at(61), seen=(engagement.Seen(agent="ben", at=at(20)), engagement.Seen(agent="dan", at=at(-600))))
    assert found.handed() == [("Present", "ben")]


@pytest.mark.parametrize(("minutes", "late"), [(-5, False), (9.99, False), (10, True), (300, True)])
def test_an_arrival_ten_minutes_sharp_after_the_start_is_late(minutes: float, late: bool) -> None:
    klass = Klass()
    klass.arrive("dan", minutes=minutes)
    assert klass.handed() == [("Present", "dan"), *([("SeenLate", "dan")] if late else [])]


def test_only_the_first_message_counts_and_none_before_the_morning_or_after_the_shift() -> None:
    klass = Klass()
    for minutes in (-121, 511):
        klass.arrive("dan", minutes=minutes)
        assert klass.handed() == []
    klass.arrive("dan", minutes=-120)
    assert klass.handed() == [("Present", "dan")]
    klass.arrive("dan", minutes=60)
    assert klass.handed() == []


def test_nobody_is_late_on_leave_and_nobody_where_attendance_is_not_in_force() -> None:
    klass = Klass()
    klass.tell(engagement.Arrived(agent="dan", on_leave=True), at(60))
    assert klass.handed() == [("Present", "dan")]
    off = Klass(judge_after=None)
    assert "judge" not in off.timers()
    off.arrive("dan", minutes=60)
    assert off.handed() == [("Present", "dan")]


def test_ten_minutes_after_the_start_those_nobody_saw_are_suggested_but_for_those_on_leave() -> None:
    klass = Klass()
    klass.arrive("ana", "ben")
    klass.tell(engagement.PresenceDue(members=BEGAN.agents, away=("fay",)), at(10))
    assert klass.handed() == [("Unseen", "cora"), ("Unseen", "dan"), ("Unseen", "eli")]


def test_nobody_is_late_while_nobody_could_be_heard() -> None:
    klass = Klass()
    klass.tell(engagement.PresenceDue(members=BEGAN.agents, back=at(30)), at(30))
    assert klass.handed() == []
    assert [(e.name, e.due) for e in klass.effects] == [("judge", at(40))]
    klass.arrive("ana", minutes=39)
    assert klass.handed() == [("Present", "ana")]
    klass.arrive("ben", minutes=41)
    assert klass.handed() == [("Present", "ben"), ("SeenLate", "ben")]


def test_absence_is_only_suggested_at_the_end_of_a_day_the_bot_saw_whole() -> None:
    klass = Klass()
    klass.arrive("ana", "ben", "cora")
    klass.tell(engagement.ShiftEnded(members=BEGAN.agents, away=("dan",)), END)
    assert klass.handed() == [("NeverSeen", "eli"), ("NeverSeen", "fay")]
    late = Klass(at(61))
    late.tell(engagement.ShiftEnded(members=BEGAN.agents), END)
    assert late.handed() == []


def test_asked_are_those_who_came_and_are_neither_excused_nor_away_nor_gone() -> None:
    klass = Klass()
    klass.arrive("ana", "ben", "cora", "dan", "eli")
    klass.tell(handoffs.Busy(agent="ben", why="call"), at(100))
    klass.tell(engagement.AgentExcused(agent="cora", why="breakout"), at(101), Role.host)
    asked = klass.ask(1, away=("dan",))
    assert asked == ["@ana", "@eli"]
    klass.tell(handoffs.Free(agent="ben", why="call"), at(121))
    klass.tell(engagement.ExcuseEnded(agent="cora"), at(122), Role.host)
    assert klass.ask(2) == ["@ana", "@ben", "@cora", "@dan", "@eli"]


def test_whoever_was_excused_in_any_part_of_a_check_neither_missed_nor_answered_it() -> None:
    klass = Klass()
    klass.arrive("ana", "ben")
    klass.ask(1)
    klass.tell(handoffs.Busy(agent="ben", why="proctor"), P[1].closes - MINUTE)
    assert klass.close(1, "ana") == {}
    klass.tell(handoffs.Free(agent="ben", why="proctor"), P[2].opens + MINUTE)
    assert klass.close(2, "ana") == {}


def test_an_excuse_with_an_end_ends_by_itself() -> None:
    klass = Klass()
    klass.arrive("ana", "ben")
    klass.tell(engagement.AgentExcused(agent="ben", why="support", until=at(130)), at(100), Role.tl)
    assert klass.ask(1) == ["@ana"]
    assert klass.ask(2) == ["@ana", "@ben"]


def test_only_those_who_were_asked_can_miss_a_check() -> None:
    klass = Klass()
    klass.arrive("ana", "ben")
    klass.ask(1)
    klass.arrive("cora", minutes=117)
    assert klass.close(1, "ana") == {"ben": True}
    assert klass.close(2, unasked=("ana",)) == {}


@pytest.mark.parametrize(
    ("present", "answered", "void"),
    [
        (6, 4, False),
        (6, 3, True),
        (6, 0, True),
        (3, 0, True),
        (2, 0, False),
        (5, 3, False),
        (5, 2, True),
        (1, 0, False),
    ],
)
def test_a_check_missed_by_half_and_at_least_three_is_void(present: int, answered: int, void: bool) -> None:
    klass = Klass()
    here = BEGAN.agents[:present]
    klass.arrive(*here)
    klass.ask(1)
    missed = klass.close(1, *here[:answered])
    assert missed == ({} if void else dict.fromkeys(here[answered:], True))
    assert [e.to for e in klass.effects if isinstance(e, Tell)] == (["host"] if void else [])
    assert klass.case.data.check(1).void == ("many" if void else "")


def test_a_check_is_void_when_nothing_could_be_heard_in_any_part_of_it() -> None:
    klass = Klass()
    klass.arrive("ana", "ben")
    klass.ask(1)
    assert klass.close(1, "ana", down=True) == {}
    assert [e.facts["why"] for e in klass.effects if isinstance(e, Tell)] == ["down"]
    assert klass.ask(2, down=True) == []
    assert klass.close(2) == {}


def test_a_check_that_could_not_be_asked_in_time_is_not_asked_late() -> None:
    klass = Klass()
    klass.arrive("ana", "ben")
    klass.tell(engagement.CheckOpened(seq=1, members=BEGAN.agents), P[1].opens + 2 * MINUTE)
    assert klass.effects == ()
    assert klass.close(1) == {}


def hands(klass: Klass, when: datetime, *missing: str, pause: str = "", by: Role = Role.host) -> Any:
    """The host's own record."""
    event = engagement.HandsRecorded(missing=missing, pause=pause, members=BEGAN.agents)
    return klass.tell(event, when, by)


def test_a_host_record_beats_the_buttons_when_the_check_closes() -> None:
    klass = Klass()
    klass.arrive(*BEGAN.agents)
    klass.ask(1)
    hands(klass, at(118), "ana")
    assert klass.handed() == []
    assert klass.close(1, "ana") == {agent: agent == "ana" for agent in BEGAN.agents}


def test_a_host_record_given_later_goes_to_everybody_at_once_and_undoes_a_void() -> None:
    klass = Klass()
    klass.arrive(*BEGAN.agents)
    klass.ask(1)
    assert klass.close(1) == {}
    hands(klass, at(130), "ben", "cora", pause="b1")
    assert dict(klass.handed()).keys() == {"Checked"}
    assert klass.case.data.check(1).void == ""
    (said,) = (e for e in klass.effects if hasattr(e, "answers"))
    assert (said.facts["missed"], said.facts["raised"]) == (2, 4)


def test_hands_mean_the_check_last_open_or_closed_and_of_a_break_that_was() -> None:
    klass = Klass()
    klass.arrive(*BEGAN.agents)
    assert hands(klass, at(100)) == "not_so"
    assert hands(klass, at(121), pause="lunch") == "not_so"
    hands(klass, at(121), pause="b1")
    assert [check.window.seq for check in klass.case.data.checks if check.hands is not None] == [1]
    hands(klass, at(300), pause="b1")
    assert [check.window.seq for check in klass.case.data.checks if check.hands is not None] == [1, 2]
    hands(klass, at(300))
    assert [check.window.seq for check in klass.case.data.checks if check.hands is not None] == [1, 2, 4]


def test_nobody_misses_by_the_hosts_eyes_who_has_not_arrived_where_the_morning_was_watched() -> None:
    klass = Klass()
    klass.arrive("ana")
    klass.ask(1)
    hands(klass, at(121), "ben")
    assert klass.handed() == [("Checked", "ana")]
    late = Klass(at(61))
    hands(late, at(121), "ben")
    assert ("Present", "ben") in late.handed()
    assert ("Checked", "ben") in late.handed()


@pytest.mark.parametrize("by", [Role.agent, Role.wfm, Role.pm])
def test_only_host_and_tl_record_hands(by: Role) -> None:
    assert hands(Klass(), at(121), by=by) == "not_yours"


def test_the_host_is_asked_for_a_room_once_and_the_agent_told_when_it_is_open() -> None:
    klass = Klass()
    wanted = engagement.HelpWanted(agent="agent")
    klass.tell(wanted, at(30), Role.agent)
    assert [e.duty for e in klass.effects if isinstance(e, Owe)] == ["help:agent"]
    klass.tell(wanted, at(31), Role.agent)
    assert [type(e) for e in klass.effects] == [Tell]
    klass.tell(engagement.RoomOpened(agent="agent"), at(32), Role.host)
    assert [e.to for e in klass.effects if isinstance(e, Tell)] == ["@agent", "actor"]
    assert klass.case.data.waiting == ()


def test_a_check_keeps_what_became_of_it() -> None:
    klass = Klass()
    klass.arrive("ana", "ben")
    klass.ask(1)
    klass.close(1, "ana")
    kept = klass.case.data.check(1)
    assert kept == Check(window=P[1], asked=("ana", "ben"), closed=True)
