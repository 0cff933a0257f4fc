"""The ladder of call certs and TBTs (SPEC 3.5, S-41): when each step falls due, and what stops or moves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from tests.core.phase import Phase, clock, local
from tests.core.story import packs
from workflows.effects import Arm, Hand, Mail, Post, Track
from workflows.handoffs import (
    AgentLeft,
    Blocked,
    CapDelivered,
    CapWithdrawn,
    CoachingDelivered,
    CoachingWithdrawn,
    ItemChanged,
    MovedToProduction,
    ReviewDecided,
    Unblocked,
)
from workflows.ladder import LadderBegun, machine
from workflows.schedule import Shift

FIRST = date(2026, 11, 20)
LUNCH = ((time(12), time(12, 30)),)
PACK = "call-cert-new"


def shift(first: date = FIRST) -> Shift:
    return Shift(first=first, start=time(8), end=time(16, 30), unpaid=LUNCH)


def phase(at: str = "11-20 00:00", first: date = FIRST, pack: str = PACK, policy: Any = None) -> Phase:
    """Ben's phase has begun."""
    return Phase(workflow="ladder", pack=pack, first=LadderBegun(shift=shift(first)), now=clock(at), policy=policy)


def done(item: str, yes: bool = True) -> ItemChanged:
    return ItemChanged(item=item, done=yes, ref="Q-1")


def coached(ben: Phase, at: str, said_at: str = "") -> Phase:
    """Tara coaches, and says so then or later."""
    ben.at(said_at or at)
    number = ben.case.data.steps[-1].number
    return ben.hear(CoachingDelivered(coaching="C-1", step=number, delivered_at=clock(at), by="tara"))


def capped(ben: Phase, at: str) -> Phase:
    """Tara delivers the CAP that waits."""
    ben.at(at)
    number = ben.case.data.steps[-1].number
    return ben.hear(CapDelivered(cap="C-2", step=number, delivered_at=clock(at), by="tara"))


def blocked(ben: Phase, since: str, at: str = "") -> Phase:
    return ben.at(at or since).hear(Blocked(reason="nnumber", since=clock(since), by="tara"))


def freed(ben: Phase, at: str) -> Phase:
    return ben.at(at).hear(Unblocked(until=clock(at), by="tara"))


# -- the window --------------------------------------------------------------------------------------------


def test_two_days_are_expected_and_three_allowed() -> None:
    ben = phase()
    assert ben.armed() == {"expect": "11-23 16:30", "deadline": "11-24 16:30"}
    ben.at("11-23 16:29")
    assert ben.state == "IN_WINDOW"
    ben.at("11-23 16:30")
    assert (ben.state, ben.told(), ben.armed()) == ("EXPECT_MISSED", ["ladder/amber"], {"deadline": "11-24 16:30"})
    ben.at("11-24 16:29")
    assert ben.state == "EXPECT_MISSED"
    ben.at("11-24 16:30")
    assert (ben.state, ben.armed()) == ("COACH_DUE", {})


@pytest.mark.parametrize("pack", ["call-cert-new", "call-cert-old"])
def test_both_wordings_have_the_same_ladder(pack: str) -> None:
    assert phase(pack=pack).at("11-24 16:30").state == "COACH_DUE"


@pytest.mark.parametrize(
    ("first", "deadline"),
    [
        (date(2026, 11, 21), "11-25 16:30"),  # a Saturday: day 1 is Monday
        (date(2026, 11, 24), "11-27 16:30"),  # Thanksgiving is no day of the phase
        (date(2026, 12, 23), "12-28 16:30"),
        (date(2026, 12, 31), "2027-01-05 16:30"),
        (date(2027, 3, 11), "2027-03-15 16:30"),  # over the spring change
        (date(2026, 10, 29), "11-02 16:30"),  # over the autumn change
    ],
)
def test_days_of_the_phase_are_business_days(first: date, deadline: str) -> None:
    ben = phase("10-20 00:00", first=first)
    assert ben.armed()["deadline"] == deadline


def test_what_is_over_at_a_first_start_is_not_made_up() -> None:
    assert phase("11-24 10:00").armed() == {"deadline": "11-24 16:30"}
    assert phase("11-24 16:30").armed() == {}
    assert phase("11-25 10:00").armed() == {}


def test_the_coaching_sets_three_expectations_in_the_words_of_the_pack() -> None:
    ben = phase().at("11-24 16:30")
    (due,) = ben.handed("CoachingDue")
    rule = packs().get(PACK).policy.ladder.rung[0]  # type: ignore[attr-defined]
    assert (due.cause, due.cause_workflow, due.step, due.owner) == ("D-1", "ladder", 1, "tl")
    assert (due.expectation, due.sla, due.record) == (rule.expectation, "immediate", True)
    assert "may result in termination" in due.expectation
    assert [local(at) for at, _ in due.facts] == ["11-20 08:00", "11-23 16:30", "11-24 16:30"]


# -- one business day after each delivery ------------------------------------------------------------------

NEXT = [
    ("11-24 16:45", "11-25 16:30"),
    ("11-25 10:00", "11-27 16:30"),
    ("11-25 16:59", "11-27 16:30"),
    ("11-25 17:00", "11-30 16:30"),  # after closing: deemed Friday's opening
    ("11-26 10:00", "11-30 16:30"),  # on the holiday: the same
    ("11-27 16:40", "11-30 16:30"),
    ("11-27 17:00", "12-01 16:30"),
    ("11-28 09:00", "12-01 16:30"),
]


@pytest.mark.parametrize(("delivered", "deadline"), NEXT)
def test_the_next_business_day_starts_when_the_step_was_delivered(delivered: str, deadline: str) -> None:
    ben = coached(phase().at("11-24 16:30"), delivered)
    assert (ben.state, ben.armed()) == ("COACHED", {"deadline": deadline})


@pytest.mark.parametrize(
    ("first", "delivered", "deadline", "utc"),
    [
        (date(2026, 10, 26), "10-30 16:40", "11-02 16:30", 23),
        (date(2027, 3, 8), "2027-03-12 16:40", "2027-03-15 16:30", 22),
    ],
)
def test_wall_clock_survives_both_changes_of_the_clock(first: date, delivered: str, deadline: str, utc: int) -> None:
    ben = coached(phase("10-20 00:00", first=first), delivered)
    assert ben.armed() == {"deadline": deadline}
    assert ben.timers["deadline"].due.hour == utc


def test_s41_step_by_step_over_the_holiday() -> None:
    ben = phase().at("11-24 16:30")
    coached(ben, "11-24 16:45").at("11-25 16:30")
    assert ben.state == "WRITTEN_DUE"
    (written,) = ben.handed("CapDue")
    assert (written.kind, written.gate, written.owner, written.sla) == ("written", "none", "tl", "immediate")
    assert written.prior == ("documented coaching C-1",)
    capped(ben, "11-25 16:50")
    assert (ben.state, ben.armed()) == ("WRITTEN", {"deadline": "11-27 16:30"})
    ben.at("11-27 16:30")
    (final,) = ben.handed("CapDue")
    assert (ben.state, final.kind, final.gate, final.step) == ("FINAL_DUE", "final", "inform", 3)
    capped(ben, "11-27 16:40")
    assert (ben.state, ben.armed()) == ("FINAL", {"deadline": "11-30 16:30"})
    ben.at("11-30 16:30")
    (review,) = ben.handed("ReviewDue")
    assert (ben.state, ben.armed(), review.owner) == ("REVIEW_DUE", {}, "hr_rep")
    assert [what for _, what in review.timeline] == [
        "Call certification and TBTs: day 1",
        "end of day 2: call certs, TBTs not complete",
        "end of the time allowed: call certs, TBTs not complete",
        "documented coaching delivered by @tara, C-1",
        "end of the time allowed: call certs, TBTs not complete",
        "Written CAP delivered by @tara, C-2",
        "end of the time allowed: call certs, TBTs not complete",
        "Final CAP delivered by @tara, C-2",
        "end of the time allowed: call certs, TBTs not complete",
    ]
    assert review.contrary == ()


def test_every_cap_has_its_clause_and_says_may() -> None:
    for rung in packs().get(PACK).policy.ladder.rung:  # type: ignore[attr-defined]
        assert "will result" not in rung.expectation + rung.clause
        if rung.kind in ("written", "final"):
            assert "may result in" in rung.clause
            assert rung.allowed


def test_the_ladder_writes_no_mail_no_post_and_nothing_in_the_tracker() -> None:
    ben = phase().at("11-24 16:30")
    coached(ben, "11-24 16:45").at("11-25 16:30")
    capped(ben, "11-25 16:50").at("11-27 16:30")
    assert not [effect for effect in ben.all_done if isinstance(effect, Mail | Post | Track)]


def test_the_leads_lateness_is_said_to_those_who_review_and_not_charged() -> None:
    ben = coached(phase().at("11-24 16:30"), "11-25 10:00").at("11-27 16:30")
    capped(ben, "11-27 16:40").at("11-30 16:30")
    capped(ben, "11-30 16:40").at("12-01 16:30")
    (review,) = ben.handed("ReviewDue")
    assert review.contrary == (
        "documented coaching C-1 was due Wed 25 Nov, 08:30 and delivered Wed 25 Nov, 10:00, later than the policy wants it",
    )


def test_a_step_recorded_when_its_day_is_over_gives_a_new_day() -> None:
    ben = coached(phase().at("11-24 16:30"), "11-24 16:45", said_at="11-25 16:40")
    assert ben.armed() == {"deadline": "11-27 16:30"}


def test_a_step_cannot_have_been_delivered_before_it_was_called_for_or_later_than_now() -> None:
    ben = coached(phase().at("11-24 16:30"), "11-20 09:00", said_at="11-24 16:40")
    assert ben.armed() == {"deadline": "11-25 16:30"}
    ben = coached(phase().at("11-24 16:30"), "11-30 09:00", said_at="11-30 09:00")
    assert local(ben.case.data.delivered[-1].delivered_at) == "11-30 09:00"


def test_the_same_delivery_twice_changes_nothing() -> None:
    ben = coached(phase().at("11-24 16:30"), "11-24 16:45")
    before = ben.case.data
    ben.hear(CoachingDelivered(coaching="C-1", step=1, delivered_at=clock("11-24 16:45"), by="tara"))
    ben.hear(CapDelivered(cap="C-9", step=9, delivered_at=clock("11-24 16:45"), by="tara"))
    assert (ben.state, ben.case.data) == ("COACHED", before)


# -- blocked time ------------------------------------------------------------------------------------------

SHIFTED = [
    ("11-23 09:00", "11-23 11:00", "11-25 10:00"),  # two hours
    ("11-23 11:30", "11-23 13:00", "11-25 09:00"),  # lunch is no cert time
    ("11-23 08:00", "11-23 16:30", "11-25 16:30"),  # a whole day
    ("11-23 16:30", "11-24 08:00", "11-24 16:30"),  # a night counts nothing
    ("11-21 09:00", "11-22 18:00", "11-24 16:30"),  # nor a weekend
    ("11-20 14:00", "11-23 10:00", "11-25 13:00"),  # 2.5 h and 2 h, and lunch
    ("11-23 12:00", "11-23 12:30", "11-24 16:30"),
]


@pytest.mark.parametrize(("since", "until", "deadline"), SHIFTED)
def test_blocked_cert_time_moves_the_deadline_by_as_much(since: str, until: str, deadline: str) -> None:
    ben = blocked(phase(), since)
    assert (ben.state, ben.armed()) == ("BLOCKED", {})
    freed(ben, until)
    assert ben.armed()["deadline"] == deadline


def test_a_blocked_day_moves_the_next_deadline_over_the_holiday() -> None:
    ben = coached(phase().at("11-24 16:30"), "11-24 16:45")
    blocked(ben, "11-25 10:00")
    freed(ben, "11-25 14:00")
    assert (ben.state, ben.armed()) == ("COACHED", {"deadline": "11-27 11:30"})  # 3.5 h


def test_nothing_falls_due_while_blocked() -> None:
    ben = blocked(phase(), "11-23 15:00").at("12-18 12:00")
    assert ben.state == "BLOCKED"
    freed(ben, "12-18 12:30")
    assert (ben.state, ben.armed()) == ("IN_WINDOW", {"expect": "12-18 14:00", "deadline": "12-21 14:00"})


def test_a_block_that_began_before_the_phase_is_known_when_it_begins() -> None:
    ben = Phase(
        workflow="ladder",
        pack=PACK,
        first=Blocked(reason="nnumber", since=clock("11-19 10:00"), by="tara"),
        now=clock("11-19 10:00"),
    )
    assert ben.state == "NONE"
    ben.at("11-20 00:00").hear(LadderBegun(shift=shift()))
    assert (ben.state, ben.armed()) == ("BLOCKED", {})
    freed(ben, "11-20 10:00")
    assert ben.armed()["deadline"] == "11-25 10:00"


def test_items_complete_before_the_phase_are_known_when_it_begins() -> None:
    ben = Phase(workflow="ladder", pack=PACK, first=done("tbt"), now=clock("11-19 10:00"))
    ben.hear(done("ahip"))
    assert ben.declined
    ben.hear(done("call"))
    ben.at("11-20 00:00").hear(LadderBegun(shift=shift()))
    assert (ben.state, ben.armed()) == ("DONE", {})


def test_a_block_granted_afterwards_takes_an_unfounded_step_back() -> None:
    ben = blocked(phase().at("11-24 16:30"), "11-24 09:00", at="11-25 09:00")
    assert ben.state == "BLOCKED"
    (fell,) = ben.handed("CauseFell")
    assert (fell.cause, fell.step, fell.withdraw) == ("D-1", 1, False)
    freed(ben, "11-25 10:00")
    assert (ben.state, ben.armed()) == ("EXPECT_MISSED", {"deadline": "11-27 09:00"})  # 7 h and 2 h


def test_a_step_people_deliver_all_the_same_counts() -> None:
    ben = blocked(phase().at("11-24 16:30"), "11-24 09:00", at="11-25 09:00")
    ben.at("11-25 09:30").hear(CoachingDelivered(coaching="C-1", step=1, delivered_at=clock("11-25 09:30"), by="tara"))
    assert ben.state == "BLOCKED"
    freed(ben, "11-25 10:00")
    assert (ben.state, ben.armed()) == ("COACHED", {"deadline": "11-30 08:30"})


def test_a_step_called_for_rightly_stands_though_the_agent_is_blocked_since() -> None:
    ben = blocked(phase().at("11-24 16:30"), "11-24 16:40")
    assert (ben.state, ben.handed()) == ("COACH_DUE", [])
    coached(ben, "11-24 16:50")
    assert (ben.state, ben.armed()) == ("BLOCKED", {})
    freed(ben, "11-25 08:00")
    assert ben.armed() == {"deadline": "11-25 16:30"}


def test_a_block_granted_during_a_review_is_told_to_those_who_decide() -> None:
    ben = _walk(8).at("12-01 09:00").hear(Blocked(reason="nnumber", since=clock("11-30 09:00"), by="tara"))
    assert (ben.state, ben.told(), ben.handed()) == ("REVIEW_DUE", ["ladder/blocked_in_review"], [])
    ben = _walk(8).at("12-01 09:00").hear(Blocked(reason="nnumber", since=clock("12-01 09:00"), by="tara"))
    assert (ben.state, ben.told()) == ("REVIEW_DUE", [])


def test_the_end_of_a_block_told_late_never_makes_a_deadline_missed() -> None:
    ben = blocked(phase(), "11-24 10:00").at("11-30 10:00")
    ben.hear(Unblocked(until=clock("11-24 11:00"), by="tara"))
    assert ben.state == "EXPECT_MISSED"
    assert clock("11-30 10:00") < ben.timers["deadline"].due


def test_blocked_time_is_named_in_papers_and_reviews() -> None:
    ben = freed(blocked(phase(), "11-23 09:00"), "11-23 11:00").at("11-25 10:00")
    coached(ben, "11-25 10:30").at("11-27 16:30")
    (written,) = ben.handed("CapDue")
    assert written.notes == (
        "blocked from Mon 23 Nov, 09:00 to Mon 23 Nov, 11:00 (N-Number not there yet): "
        "2 h 00 min of cert time, which was added to the time allowed",
    )


# -- complete, and not any more ----------------------------------------------------------------------------


def _walk(n: int) -> Phase:
    """Ben's phase after n steps of S-41."""
    ben = phase()
    steps = [
        lambda: ben.at("11-23 16:30"),
        lambda: ben.at("11-24 16:30"),
        lambda: coached(ben, "11-24 16:45"),
        lambda: ben.at("11-25 16:30"),
        lambda: capped(ben, "11-25 16:50"),
        lambda: ben.at("11-27 16:30"),
        lambda: capped(ben, "11-27 16:40"),
        lambda: ben.at("11-30 16:30"),
    ]
    for step in steps[:n]:
        step()
    return ben


STATES = (
    "IN_WINDOW",
    "EXPECT_MISSED",
    "COACH_DUE",
    "COACHED",
    "WRITTEN_DUE",
    "WRITTEN",
    "FINAL_DUE",
    "FINAL",
    "REVIEW_DUE",
)
WAITING = {"COACH_DUE": "coaching", "WRITTEN_DUE": "discipline", "FINAL_DUE": "discipline"}


@pytest.mark.parametrize(("n", "state"), list(enumerate(STATES)))
def test_complete_at_any_time_is_done_and_a_waiting_step_is_offered_back(n: int, state: str) -> None:
    ben = _walk(n)
    assert ben.state == state
    ben.hear(done("call"))
    assert ben.state == state
    ben.hear(done("tbt"))
    assert (ben.state, ben.armed()) == ("DONE", {})
    handed = [(effect.workflow, effect.event.withdraw) for effect in ben.did if isinstance(effect, Hand)]
    assert handed == ([(WAITING[state], False)] if state in WAITING else [])
    assert ben.told() == (["ladder/done_in_review"] if state == "REVIEW_DUE" else [])


def test_complete_while_blocked_is_done() -> None:
    ben = blocked(phase(), "11-23 10:00").hear(done("call")).hear(done("tbt"))
    assert ben.state == "DONE"


@pytest.mark.parametrize(
    ("n", "back", "deadline"),
    [(0, "IN_WINDOW", "11-25 16:30"), (3, "COACHED", "11-27 16:30"), (4, "COACHED", "11-30 16:30")],
)
def test_what_is_open_again_goes_on_where_it_was_with_a_day_at_least(n: int, back: str, deadline: str) -> None:
    ben = _walk(n).hear(done("call")).hear(done("tbt"))
    ben.at({0: "11-24 16:00", 3: "11-25 16:00", 4: "11-27 09:00"}[n]).hear(done("tbt", yes=False))
    assert (ben.state, ben.armed()["deadline"]) == (back, deadline)


def test_a_step_that_waited_when_all_was_complete_is_called_for_anew() -> None:
    ben = _walk(4).hear(done("call")).hear(done("tbt")).at("11-27 09:00").hear(done("call", yes=False))
    ben.at("11-30 16:30")
    (written,) = ben.handed("CapDue")
    assert (ben.state, written.step) == ("WRITTEN_DUE", 3)


def test_an_item_the_ladder_is_not_about_changes_nothing() -> None:
    ben = phase().hear(done("equipment"))
    assert (ben.state, ben.armed()["deadline"]) == ("IN_WINDOW", "11-24 16:30")


def test_a_withdrawn_step_is_called_for_again_after_one_business_day() -> None:
    ben = phase().at("11-24 16:30").at("11-25 09:00").hear(CoachingWithdrawn(coaching="C-1", step=1))
    assert (ben.state, ben.armed()) == ("EXPECT_MISSED", {"deadline": "11-27 16:30"})
    ben = _walk(6).at("11-30 09:00").hear(CapWithdrawn(cap="C-3", step=3))
    assert (ben.state, ben.armed()) == ("WRITTEN", {"deadline": "12-01 16:30"})
    assert ben.at("12-01 16:30").state == "FINAL_DUE"


def test_a_withdrawn_coaching_that_took_place_after_all_is_not_asked_for_twice() -> None:
    ben = phase().at("11-24 16:30").at("11-25 09:00").hear(CoachingWithdrawn(coaching="C-1", step=1))
    ben.at("11-27 16:30").at("11-27 16:35")
    ben.hear(CoachingDelivered(coaching="C-1", step=1, delivered_at=clock("11-27 16:35"), by="tara"))
    (fell,) = ben.handed("CauseFell")
    assert (ben.state, fell.step, fell.withdraw) == ("COACHED", 2, True)


def test_people_decide_and_the_ladder_stays_where_it_is() -> None:
    ben = _walk(8).hear(ReviewDecided(review="R-1", step=4, outcome="extend", proceed=True, by="hana"))
    assert (ben.state, ben.case.data.outcome, ben.did) == ("REVIEW_DUE", "extend", [])


@pytest.mark.parametrize("n", range(len(STATES)))
def test_who_leaves_or_moves_has_no_clock_any_more(n: int) -> None:
    assert (_walk(n).hear(AgentLeft(by="eve")).state, _walk(n).hear(MovedToProduction(by="pia")).armed()) == (
        "CLOSED_LEFT",
        {},
    )
    ben = _walk(n).hear(MovedToProduction(by="pia")).hear(done("tbt", yes=False))
    assert (ben.state, ben.armed()) == ("DONE", {})


def test_another_beginning_restarts_no_clock() -> None:
    ben = phase().at("11-23 10:00").hear(LadderBegun(shift=shift(date(2026, 12, 1))))
    assert ben.armed()["deadline"] == "11-24 16:30"


# -- other wordings ----------------------------------------------------------------------------------------


def _policy(**more: Any) -> Any:
    policy: Any = packs().get(PACK).policy
    return replace(policy, id="other", ladder=replace(policy.ladder, **more))


def test_a_shorter_ladder_is_another_file_and_nothing_else() -> None:
    rungs: Any = packs().get(PACK).policy
    short = _policy(rung=tuple(rung for rung in rungs.ladder.rung if rung.kind in ("coaching", "review")))
    assert set(machine(short).states) == {
        "NONE", "IN_WINDOW", "EXPECT_MISSED", "COACHED", "BLOCKED", "COACH_DUE", "REVIEW_DUE", "DONE", "CLOSED_LEFT",
        "VOID",
    }  # fmt: skip
    ben = coached(phase(policy=short).at("11-24 16:30"), "11-24 16:45").at("11-25 16:30")
    assert ben.state == "REVIEW_DUE"


def test_other_days_are_numbers_of_the_pack() -> None:
    ben = phase(policy=_policy(expect_day=1, miss_day=2))
    assert ben.armed() == {"expect": "11-20 16:30", "deadline": "11-23 16:30"}


def test_a_pack_may_count_from_the_day_a_step_was_due() -> None:
    ben = coached(phase(policy=_policy(anchor="due")).at("11-24 16:30"), "11-25 10:00")
    assert ben.armed() == {"deadline": "11-25 16:30"}


def test_every_clock_is_armed_for_an_event_the_table_hears() -> None:
    table = machine(_policy())
    for effect in _walk(8).all_done:
        if isinstance(effect, Arm):
            assert table.hears(type(effect.event))
