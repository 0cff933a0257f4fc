"""The pace of carrier certification: every checkpoint's boundary, blocks, the extension, the record behind the state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.machines import machine_for
from tests.core.story import SLC, packs
from workflows import carrier_cert, handoffs
from workflows.calendar import Calendar
from workflows.carrier_cert import clock
from workflows.effects import Arm, Ask, Disarm, Evidence, Hand, Mail, Owe, Post, Settle, Tell, Track
from workflows.machine import Case, Declined, Event, Moment, Stepped
from workflows.people import Role, Site
from workflows.schedule import Shift

DENVER = ZoneInfo("America/Denver")
NEW, OLD = "licensing-training-new", "licensing-training-old"
TL, LIC, WFM, AGENT, BOT = (frozenset({role}) for role in (Role.tl, Role.licensing, Role.wfm, Role.agent, Role.bot))
LUNCH = ((time(12), time(12, 30)),)
GREEN = Evidence(name="green.png", type="image/png", size=9, hash="a" * 64, width=800, height=600)
ALL_MODULES = handoffs.Reported(modules=(1, 2, 3, 4, 5), quizzes=(1, 2, 3, 4, 5), aetna=True)


def at(text: str) -> datetime:
    """ "11-17 10:02" at the site, of 2026."""
    return datetime.fromisoformat(text if text[4:5] == "-" else f"2026-{text}").replace(tzinfo=DENVER)


def shift(first: str = "2026-11-16", **more: Any) -> Shift:
    return Shift(first=date.fromisoformat(first), start=time(8), end=time(16, 30), unpaid=LUNCH, **more)


class Pace:
    """One agent's case, told in order; timers ring when the clock passes them."""

    def __init__(self, pack: str = NEW, first: str = "2026-11-16", begun: str = "", site: Site = SLC) -> None:
        self.policy: Any = packs().get(pack).policy
        self.machine = machine_for("carrier_cert", self.policy)
        self.calendar = Calendar.of(site)
        event = carrier_cert.PaceBegun(shift=shift(first))
        self.now = at(begun) if begun else at(f"{first} 00:00")
        self.timers: dict[str, Arm] = {}
        self.effects: list[Any] = []
        self.declined: Declined | None = None
        self.case: Case[Any] = Case(
            id="P-1", workflow="carrier_cert", key="pace", agent="ana", pack=pack, calendar="slc",
            state=self.machine.start, data=self.machine.fresh(event), opened=self.now,
        )  # fmt: skip
        self.says(event, BOT)

    def until(self, text: str) -> Pace:
        then = at(text)
        while due := min(self.timers.values(), key=lambda arm: arm.due, default=None):
            if due.due > then:
                break
            self.now = max(self.now, due.due)
            del self.timers[due.name]
            self.says(due.event, BOT)
        self.now = then
        return self

    def says(self, event: Event, by: frozenset[Role], text: str = "") -> Pace:
        if text:
            self.until(text)
        moment = Moment(
            case=self.case, was=self.case, event=event, at=self.now, actor=min(by), by=by, policy=self.policy,
            calendar=self.calendar,
        )  # fmt: skip
        result = self.machine.step(moment)
        self.declined = result if isinstance(result, Declined) else None
        self.effects = []
        if isinstance(result, Stepped):
            self.case, self.effects = result.case, list(result.effects)
            assert self.case.state in (carrier_cert.standing(self.policy, self.case.data), "CLOSED_LEFT")
        else:
            refused = self.machine.refusal(moment, result)
            self.effects = [refused] if refused else []
        for effect in self.effects:
            if isinstance(effect, Arm):
                self.timers[effect.name] = effect
            elif isinstance(effect, Disarm):
                self.timers = {} if effect.name == "*" else {k: v for k, v in self.timers.items() if k != effect.name}
        return self

    @property
    def state(self) -> str:
        return self.case.state

    def rings(self, name: str) -> str:
        """When a timer rings, in site time."""
        return self.timers[name].due.astimezone(DENVER).strftime("%m-%d %H:%M") if name in self.timers else ""

    def of(self, kind: type) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def told(self) -> set[tuple[str, str]]:
        return {(effect.to, effect.template.split("/")[1]) for effect in self.of(Tell)}

    def handed(self, kind: type) -> list[Any]:
        return [effect.event for effect in self.of(Hand) if isinstance(effect.event, kind)]


def first_day() -> Pace:
    return Pace().until("11-16 08:00")


def report(**said: Any) -> handoffs.Reported:
    return handoffs.Reported(**said)


def all_but_product(pace: Pace) -> Pace:
    pace.says(ALL_MODULES, AGENT)
    return pace.says(report(ahip="passed", checkmarks=True, evidence=(GREEN,)), AGENT)


def overdue() -> Pace:
    return Pace().until("11-19 12:00")


def extension(delivered: str = "11-19 15:00", *starts: str) -> Pace:
    pace = overdue()
    pace.says(handoffs.CapDelivered(cap="C-1", step=1, delivered_at=at(delivered), by="tara"), TL, delivered)
    planned = starts or ("11-20 17:00", "11-23 17:00", "11-24 17:00")
    return pace.says(carrier_cert.SessionsPlanned(starts=tuple(at(start) for start in planned)), WFM)


# -- checkpoints -------------------------------------------------------------------------------------------


def test_the_clock_begins_with_the_first_session() -> None:
    pace = Pace()
    assert (pace.state, pace.rings("start")) == ("NOT_STARTED", "11-16 08:00")
    assert pace.until("11-16 07:59").state == "NOT_STARTED"
    assert pace.until("11-16 08:00").state == "ON_TRACK"
    assert pace.rings("checkpoint") == "11-16 16:30"


def test_checkpoints_fall_where_the_policy_puts_them() -> None:
    pace = first_day()
    due = [carrier_cert.due(pace.calendar, pace.case.data, each, pace.now) for each in pace.policy.pace.checkpoint]
    assert [f"{each.astimezone(DENVER):%m-%d %H:%M}" for each in due] == [
        "11-16 16:30", "11-17 16:30", "11-18 16:30", "11-19 12:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("2026-11-23", ["11-23 16:30", "11-24 16:30", "11-25 16:30", "11-27 12:00"]),  # Thanksgiving
        ("2026-11-20", ["11-20 16:30", "11-23 16:30", "11-24 16:30", "11-25 12:00"]),  # a weekend
        ("2026-10-30", ["10-30 16:30", "11-02 16:30", "11-03 16:30", "11-04 12:00"]),  # the hour that is twice
        ("2026-03-06", ["03-06 16:30", "03-09 16:30", "03-10 16:30", "03-11 12:00"]),  # the hour that is not
    ],
)
def test_checkpoints_skip_closed_days_and_keep_the_wall_clock(first: str, expected: list[str]) -> None:
    pace = Pace(first=first)
    coming = carrier_cert.to_come(pace.policy, pace.calendar, pace.case.data, pace.now)
    assert [f"{due.astimezone(DENVER):%m-%d %H:%M}" for _, due in coming] == expected


def test_a_checkpoint_is_missed_at_its_minute_and_not_before() -> None:
    pace = first_day().until("11-16 16:29")
    assert pace.state == "ON_TRACK"
    pace.until("11-16 16:30")
    assert pace.state == "BEHIND"
    assert pace.told() == {("agent", "behind"), ("tl", "behind_tl")}
    assert not pace.handed(handoffs.CapDue)
    assert not pace.of(Mail)
    assert pace.of(Tell)[0].facts["missing"] == ("modules 1-2", "quiz screenshots 1-2")


@pytest.mark.parametrize("left_out", ["modules", "quizzes"])
def test_every_item_of_a_checkpoint_counts(left_out: str) -> None:
    said = {"modules": (1, 2), "quizzes": (1, 2)} | {left_out: (1,)}
    assert first_day().says(report(**said), AGENT).until("11-16 16:30").state == "BEHIND"


def test_a_claim_before_the_checkpoint_is_enough() -> None:
    pace = first_day().says(report(modules=(1, 2), quizzes=(1, 2)), AGENT, "11-16 16:29").until("11-16 16:30")
    assert (pace.state, pace.rings("checkpoint")) == ("ON_TRACK", "11-17 16:30")
    assert not pace.told()


def test_day_two_asks_for_quizzes_three_and_four_and_only_advises_five() -> None:
    pace = first_day().says(report(modules=(1, 2, 3, 4), quizzes=(1, 2, 3, 4)), AGENT).until("11-17 16:30")
    assert pace.state == "ON_TRACK"
    assert pace.policy.pace.checkpoint[1].quiz_advised == (5,)


def test_producer_world_is_only_mentioned() -> None:
    assert all("pw" not in each.required for each in packs().get(NEW).policy.pace.checkpoint)  # type: ignore[attr-defined]


def test_checkpoints_add_up_and_who_catches_up_is_told_so() -> None:
    pace = first_day().until("11-16 16:30").says(report(modules=(1, 2)), AGENT, "11-16 16:40")
    assert pace.state == "BEHIND"
    pace.says(report(quizzes=(1, 2)), AGENT)
    assert pace.state == "ON_TRACK"
    assert ("agent", "caught_up") in pace.told()
    assert pace.until("11-17 16:30").state == "BEHIND"


def test_the_window_ends_on_day_four_at_noon() -> None:
    pace = all_but_product(first_day()).until("11-19 11:59")
    assert pace.state == "ON_TRACK"
    pace.until("11-19 12:00")
    assert pace.state == "OVERDUE"
    (mail,), (owe,) = pace.of(Mail), pace.of(Owe)
    assert (mail.id, mail.to, mail.cc) == ("E-12", ("tl",), ("hr_rep",))
    assert (owe.id, owe.channel, owe.to) == ("C-WFM-OT", "wfm", ("wfm",))
    days = [owe.facts[name].astimezone(DENVER).strftime("%m/%d") for name in ("first", "last")]
    assert days == ["11/20", "11/24"]
    assert pace.told() == {("agent", "overdue_agent")}
    (cap,) = pace.handed(handoffs.CapDue)
    assert (cap.kind, cap.gate, cap.owner, cap.cause) == ("final", "approve", "tl", "P-1")
    assert "may result in termination" in cap.clause


def test_a_claim_at_the_last_minute_stops_the_overdue_clock() -> None:
    pace = all_but_product(first_day()).says(report(product=True), AGENT, "11-19 11:59").until("11-19 12:00")
    assert pace.state == "ON_TRACK"


def test_a_claim_after_the_checkpoint_does_not() -> None:
    pace = all_but_product(first_day()).says(report(product=True), AGENT, "11-19 12:01")
    assert pace.state == "OVERDUE"


def test_a_claim_licensing_rejects_after_the_checkpoint_is_a_miss_after_all() -> None:
    pace = all_but_product(first_day()).says(report(product=True), AGENT, "11-19 11:00").until("11-19 13:00")
    pace.says(carrier_cert.ProofRefused(items=("product",), why="another page"), LIC)
    assert pace.state == "OVERDUE"
    assert pace.handed(handoffs.CapDue)
    early = all_but_product(first_day()).says(report(product=True), AGENT, "11-19 11:00")
    assert early.says(carrier_cert.ProofRefused(items=("product",), why="another page"), LIC).state == "ON_TRACK"


def test_the_old_wording_has_one_checkpoint_and_tells_the_esp_manager() -> None:
    pace = Pace(OLD).until("11-18 16:29")
    assert pace.state == "ON_TRACK"
    pace.until("11-18 16:30")
    assert pace.state == "BEHIND"
    (mail,) = pace.of(Mail)
    assert (mail.id, mail.to, mail.cc) == ("E-11", ("esp_manager",), ("tl",))
    assert not pace.handed(handoffs.CapDue)
    assert pace.until("12-18 16:30").state == "BEHIND"


def test_what_was_due_before_anybody_watched_is_not_judged() -> None:
    pace = Pace(begun="2026-11-18 09:00")
    assert (pace.state, pace.case.data.judged, pace.rings("checkpoint")) == ("ON_TRACK", 2, "11-18 16:30")
    over = Pace(begun="2026-11-30 09:00")
    assert (over.state, over.timers) == ("ON_TRACK", {})


# -- proofs ------------------------------------------------------------------------------------------------


def test_the_checkmarks_need_their_screenshot() -> None:
    pace = first_day().says(report(checkmarks=True, ahip="passed"), AGENT)
    assert ("agent", "file_needed") in pace.told()
    assert [each.item for each in pace.case.data.claims] == ["final"]
    small = replace(GREEN, width=120, height=90)
    pace.says(report(checkmarks=True, evidence=(small,)), AGENT)
    assert ("agent", "file_small") in pace.told()
    for file in (GREEN, replace(GREEN, type="application/pdf", width=0, height=0)):
        pace = first_day().says(report(checkmarks=True, evidence=(file,)), AGENT)
        assert [each.item for each in pace.case.data.claims] == ["checkmarks"]
    assert first_day().says(report(checkmarks=True, evidence=(replace(GREEN, type="application/zip"),)), AGENT).told()


def test_a_claim_goes_to_licensing_with_its_file() -> None:
    pace = first_day().says(report(checkmarks=True, evidence=(GREEN,)), AGENT)
    (owe,), (mail,) = pace.of(Owe), pace.of(Mail)
    assert (owe.to, owe.duty) == (("licensing",), "proof:checkmarks")
    assert [answer.label.split(":")[0] for answer in owe.answers] == ["OK", "Redo"]
    assert (mail.to, mail.evidence, mail.behalf) == (("licensing_team",), (GREEN,), "agent")
    again = pace.says(report(checkmarks=True, evidence=(GREEN,)), AGENT)
    assert not again.of(Mail)
    assert not again.of(Owe)


def test_module_five_before_the_others_is_accepted_with_a_question() -> None:
    pace = first_day().says(report(modules=(5,)), AGENT)
    assert ("agent", "order") in pace.told()
    assert pace.case.data.claim("M5")
    assert not first_day().says(report(modules=(1, 2)), AGENT).told()


def test_only_licensing_verifies_and_all_three_make_complete() -> None:
    pace = all_but_product(first_day())
    assert pace.says(carrier_cert.ProofAccepted(), TL).declined == Declined("not_yours", LIC)
    pace.says(carrier_cert.ProofAccepted(), LIC)
    assert pace.state == "ON_TRACK"
    assert {effect.duty for effect in pace.of(Settle)} == {"proof:final", "proof:checkmarks"}
    assert pace.of(Track)[0].value == "In progress"
    pace.says(carrier_cert.ProofAccepted(items=("product",)), LIC)
    assert pace.state == "COMPLETE"
    assert [effect.value for effect in pace.of(Track)] == ["Complete"]
    assert pace.handed(handoffs.ItemChanged) == [handoffs.ItemChanged(item="ahip", done=True, ref="P-1")]
    (owe,) = pace.of(Owe)
    assert (owe.duty, owe.sla) == ("form", "completion_form")
    assert pace.timers == {}


def test_proof_without_a_claim_asks_which() -> None:
    pace = first_day().says(carrier_cert.ProofAccepted(), LIC)
    assert pace.declined
    assert pace.told() == {("actor", "nothing_claimed")}


def test_the_form_updates_the_completion_column_once() -> None:
    pace = all_but_product(first_day()).says(carrier_cert.ProofAccepted(items=("final", "checkmarks", "product")), LIC)
    pace.says(carrier_cert.CompletionFormFiled(number="88"), LIC)
    (track,) = pace.of(Track)
    assert (track.column, track.value, track.note) == (
        "AHIP+Aetna Completion", "Complete", "Carrier Cert Completion Form 88 submitted",
    )  # fmt: skip
    assert pace.says(carrier_cert.CompletionFormFiled(), LIC).declined


def test_a_proof_that_is_reverted_reopens_the_case_where_it_stood() -> None:
    pace = all_but_product(first_day()).says(carrier_cert.ProofAccepted(items=("final", "checkmarks", "product")), LIC)
    pace.says(carrier_cert.ProofRefused(items=("checkmarks",), why="another agent's"), LIC)
    assert pace.state == "ON_TRACK"
    assert pace.handed(handoffs.ItemChanged) == [handoffs.ItemChanged(item="ahip", done=False, ref="P-1")]
    assert pace.rings("checkpoint") == "11-16 16:30"
    assert ("agent", "redo_agent") in pace.told()


def test_checkmarks_may_include_the_product_modules() -> None:
    pace = first_day()
    pace.policy = replace(pace.policy, pace=replace(pace.policy.pace, checkmarks_include_product=True))
    pace.says(report(checkmarks=True, ahip="passed", evidence=(GREEN,)), AGENT)
    assert pace.says(carrier_cert.ProofAccepted(), LIC).state == "COMPLETE"


# -- blocks ------------------------------------------------------------------------------------------------


def blocked(since: str, until: str, first: str = "2026-11-16") -> Pace:
    pace = Pace(first=first).says(carrier_cert.BlockAsked(reason="nnumber"), TL, since)
    assert pace.state == "BLOCKED"
    return pace.says(carrier_cert.UnblockAsked(), LIC, until)


@pytest.mark.parametrize(
    ("since", "until", "first", "expected"),
    [
        ("11-16 09:00", "11-16 11:00", "2026-11-16", ["11-17 10:00", "11-18 10:00", "11-19 10:00", "11-19 14:30"]),
        ("11-16 11:30", "11-16 13:00", "2026-11-16", ["11-17 09:00", "11-18 09:00", "11-19 09:00", "11-19 13:30"]),
        ("11-16 12:00", "11-16 12:30", "2026-11-16", ["11-16 16:30", "11-17 16:30", "11-18 16:30", "11-19 12:00"]),
        ("11-16 16:30", "11-16 20:00", "2026-11-16", ["11-17 16:30", "11-18 16:30", "11-19 12:00"]),
        ("11-20 15:30", "11-23 09:00", "2026-11-20", ["11-23 10:00", "11-24 10:00", "11-25 10:00", "11-25 14:30"]),
        ("11-25 08:00", "11-27 08:00", "2026-11-24", ["11-27 16:30", "11-30 16:30", "12-01 12:00"]),
        ("10-30 15:30", "11-02 09:00", "2026-10-30", ["11-02 10:00", "11-03 10:00", "11-04 10:00", "11-04 14:30"]),
    ],
    ids=["two hours", "over lunch", "only lunch", "after the shift", "a weekend", "a holiday", "a change of clocks"],
)
def test_blocked_scheduled_time_moves_every_later_checkpoint(
    since: str, until: str, first: str, expected: list[str]
) -> None:
    pace = blocked(since, until, first)
    coming = carrier_cert.to_come(pace.policy, pace.calendar, pace.case.data, pace.now)
    assert [f"{due.astimezone(DENVER):%m-%d %H:%M}" for _, due in coming] == expected


def test_nothing_is_missed_while_blocked() -> None:
    pace = first_day().says(carrier_cert.BlockAsked(reason="login"), LIC, "11-16 08:30")
    assert "checkpoint" not in pace.timers
    assert pace.until("11-27 12:00").state == "BLOCKED"
    pace.says(carrier_cert.UnblockAsked(), TL)
    assert (pace.state, pace.rings("checkpoint")) == ("ON_TRACK", "11-30 11:30")


def test_a_block_from_an_earlier_time_takes_a_miss_back() -> None:
    pace = first_day().until("11-16 16:30")
    assert pace.state == "BEHIND"
    pace.says(carrier_cert.BlockAsked(reason="nnumber", since=at("11-16 15:00")), TL, "11-17 09:00")
    pace.says(carrier_cert.UnblockAsked(), TL)
    assert (pace.state, pace.rings("checkpoint")) == ("ON_TRACK", "11-17 10:30")


def test_a_block_that_covers_the_window_takes_the_overdue_back() -> None:
    pace = overdue().says(carrier_cert.BlockAsked(reason="nnumber", since=at("11-19 09:00")), LIC, "11-19 12:30")
    assert pace.state == "BLOCKED"
    (fell,) = pace.handed(handoffs.CauseFell)
    assert (fell.cause, fell.step, fell.withdraw) == ("P-1", 1, False)
    assert [post.template for post in pace.of(Post)] == ["carrier_cert/wfm_ot_cancel"]
    pace.says(carrier_cert.UnblockAsked(), TL, "11-19 13:00")
    assert (pace.state, pace.rings("checkpoint")) == ("BEHIND", "11-19 16:00")
    assert pace.until("11-19 16:00").state == "OVERDUE"


def test_a_block_that_begins_after_the_window_changes_nothing_of_it() -> None:
    pace = overdue().says(carrier_cert.BlockAsked(reason="login"), TL, "11-19 12:30")
    assert not pace.handed(handoffs.CauseFell)
    assert pace.says(carrier_cert.UnblockAsked(), TL, "11-19 13:00").state == "OVERDUE"


def test_anybody_else_proposes_and_tl_or_licensing_grants() -> None:
    pace = first_day().says(carrier_cert.BlockAsked(reason="nnumber"), AGENT, "11-16 09:00")
    assert pace.state == "ON_TRACK"
    (owe,) = pace.of(Owe)
    assert owe.to == ("tl", "licensing")
    assert [answer.label for answer in owe.answers] == ["Grant", "Not now"]
    again = pace.says(carrier_cert.BlockAsked(reason="nnumber"), AGENT)
    assert not again.of(Owe)
    assert again.told() == {("actor", "proposed_before")}
    pace.says(carrier_cert.BlockGranted(number=1), LIC, "11-16 10:00")
    assert pace.state == "BLOCKED"
    assert pace.case.data.open_blocks[0].since == at("11-16 09:00")
    assert [event.since for event in pace.handed(handoffs.Blocked)] == [at("11-16 09:00")] * 3


def test_not_now_leaves_the_clock_running_and_tells_who_asked() -> None:
    pace = first_day().says(carrier_cert.BlockAsked(reason="other"), AGENT)
    pace.says(carrier_cert.BlockRefused(number=1), TL)
    assert ("@agent", "not_granted_to") in pace.told()
    assert pace.says(carrier_cert.BlockGranted(number=1), TL).declined


def test_a_ticket_proposes_without_a_word_of_its_own() -> None:
    proposed = handoffs.BlockProposed(reason="payment", since=at("11-16 09:00"), cause="K-1")
    pace = first_day().says(proposed, AGENT, "11-16 09:30")
    assert pace.of(Owe)
    assert not pace.told()


def test_unblocking_what_is_not_blocked_is_refused_in_one_sentence() -> None:
    pace = first_day().says(carrier_cert.UnblockAsked(), TL)
    assert pace.told() == {("actor", "no_block")}


def test_an_unknown_reason_is_asked_back() -> None:
    pace = first_day().says(carrier_cert.BlockAsked(reason="weather"), TL)
    assert pace.told() == {("actor", "which_reason")}


def test_approved_leave_blocks_until_it_ends_and_no_word_of_it_goes_out() -> None:
    leave = handoffs.Blocked(reason="absence", since=at("11-17 10:00"), by="eve", ends=at("11-18 17:00"))
    pace = first_day().says(report(modules=(1, 2), quizzes=(1, 2)), AGENT).says(leave, TL, "11-17 10:00")
    assert (pace.state, pace.told(), pace.rings("leave")) == ("BLOCKED", set(), "11-18 17:00")
    pace.until("11-18 17:00")
    assert (pace.state, pace.rings("checkpoint")) == ("ON_TRACK", "11-19 14:30")
    assert len(pace.handed(handoffs.Unblocked)) == 3


def test_unblock_leaves_an_absence_alone() -> None:
    leave = handoffs.Blocked(reason="absence", since=at("11-17 10:00"), by="eve", ends=at("11-18 17:00"))
    pace = first_day().says(leave, TL, "11-17 10:00").says(carrier_cert.BlockAsked(reason="login"), TL)
    pace.says(carrier_cert.UnblockAsked(), TL, "11-17 11:00")
    assert pace.state == "BLOCKED"
    assert {each.reason for each in pace.handed(handoffs.Unblocked)} == {"login"}
    assert pace.says(handoffs.Unblocked(until=pace.now, by="ana", reason="absence"), AGENT).state == "BEHIND"


def test_who_is_on_leave_when_the_class_begins_begins_blocked() -> None:
    pace = Pace()
    event = carrier_cert.PaceBegun(shift=shift(), leave_until=at("11-17 17:00"))
    pace.case = replace(pace.case, state="NONE", data=pace.machine.fresh(event))
    pace.says(event, BOT)
    assert pace.state == "BLOCKED"
    assert pace.until("11-18 08:00").rings("checkpoint") == "11-18 16:30"


# -- the extension -----------------------------------------------------------------------------------------


def test_the_extension_starts_when_the_cap_is_delivered() -> None:
    pace = overdue()
    assert pace.says(carrier_cert.SessionsPlanned(starts=(at("11-20 17:00"),)), WFM).state == "OVERDUE"
    pace.says(handoffs.CapDelivered(cap="C-1", step=1, delivered_at=at("11-19 15:00"), by="tara"), TL, "11-19 15:00")
    assert pace.state == "EXTENSION"
    assert "extension" not in pace.timers  # one session of three hours is no eight hours


def test_the_eighth_hour_is_two_hours_into_the_third_session_which_may_be_finished() -> None:
    pace = extension()
    assert pace.rings("extension") == "11-24 20:00"
    assert pace.until("11-24 19:59").state == "EXTENSION"
    pace.until("11-24 20:00")
    assert pace.state == "EXT_EXPIRED"
    (due,) = pace.handed(handoffs.ReviewDue)
    assert due.cause == "P-1"


def test_without_finishing_the_session_the_hours_are_exact() -> None:
    pace = overdue()
    shorter = replace(pace.policy.pace.extension, allow_finish_session=False)
    pace.policy = replace(pace.policy, pace=replace(pace.policy.pace, extension=shorter))
    pace.says(handoffs.CapDelivered(cap="C-1", step=1, delivered_at=at("11-19 15:00"), by="tara"), TL)
    starts = tuple(at(start) for start in ("11-20 17:00", "11-23 17:00", "11-24 17:00"))
    assert pace.says(carrier_cert.SessionsPlanned(starts=starts), WFM).rings("extension") == "11-24 19:00"


def test_regular_sessions_and_time_before_the_cap_do_not_count() -> None:
    starts = tuple(at(each) for each in ("11-20 17:00", "11-23 17:00", "11-24 17:00"))
    pace = overdue().says(carrier_cert.SessionsPlanned(starts=starts), WFM)
    pace.says(handoffs.CapDelivered(cap="C-1", step=1, delivered_at=at("11-23 18:00"), by="tara"), TL, "11-23 18:00")
    assert pace.rings("extension") == ""  # two and three hours after the delivery
    assert clock.hours_used(pace.policy, pace.calendar, pace.case.data, at("11-24 18:00")) == timedelta(hours=3)


def test_a_block_in_an_extra_session_does_not_count() -> None:
    pace = extension("11-19 15:00", "11-20 17:00", "11-23 17:00", "11-24 17:00")
    pace.says(carrier_cert.BlockAsked(reason="outage"), TL, "11-24 17:00")
    assert pace.state == "BLOCKED"
    pace.says(carrier_cert.UnblockAsked(), TL, "11-24 17:30")
    assert pace.rings("extension") == "11-24 20:00"  # eight hours at 19:30, the session's end all the same
    longer = extension().says(carrier_cert.BlockAsked(reason="outage"), TL, "11-24 17:00")
    assert longer.says(carrier_cert.UnblockAsked(), TL, "11-24 18:30").rings("extension") == ""


@pytest.mark.parametrize(
    ("starts", "why"),
    [
        (("11-19 11:00",), "past"),
        (("11-20 17:00", "11-20 19:00"), "overlap"),
        (("11-20 15:00",), "shift"),
        (("11-20 16:00",), "shift"),
        (("11-20 17:00", "11-23 17:00", "11-24 17:00", "11-25 17:00"), "many"),
        ((), "none"),
    ],
)
def test_sessions_must_be_to_come_apart_and_outside_the_shift(starts: tuple[str, ...], why: str) -> None:
    pace = overdue().says(carrier_cert.SessionsPlanned(starts=tuple(at(each) for each in starts)), WFM, "11-19 13:00")
    assert pace.declined
    assert pace.of(Tell)[0].facts["why"] == why


@pytest.mark.parametrize("start", ["11-20 16:30", "11-20 23:30", "11-20 05:00"])
def test_evenings_nights_and_mornings_before_the_shift_fit(start: str) -> None:
    pace = overdue().says(carrier_cert.SessionsPlanned(starts=(at(start),)), WFM, "11-19 13:00")
    assert not pace.declined


@pytest.mark.parametrize("start", ["11-21 09:00", "11-26 09:00"])
def test_a_session_on_a_closed_day_is_asked_about_and_taken_when_it_is_agreed(start: str) -> None:
    planned = carrier_cert.SessionsPlanned(starts=(at(start),))
    pace = overdue().says(planned, WFM, "11-19 13:00")
    assert pace.declined
    (asked,) = pace.of(Ask)
    assert asked.answers[0].event == replace(planned, agreed=True)
    assert not pace.says(replace(planned, agreed=True), WFM).declined


@pytest.mark.parametrize(("rule", "taken"), [("refuse", False), ("accept", True)])
def test_the_pack_may_refuse_or_take_sessions_on_closed_days(rule: str, taken: bool) -> None:
    pace = overdue()
    extension_ = replace(pace.policy.pace.extension, on_closed_days=rule)
    pace.policy = replace(pace.policy, pace=replace(pace.policy.pace, extension=extension_))
    planned = carrier_cert.SessionsPlanned(starts=(at("11-26 09:00"),), agreed=True)
    assert bool(pace.says(planned, WFM, "11-19 13:00").declined) is not taken


def test_sessions_are_settled_when_all_are_placed_and_may_be_moved() -> None:
    pace = overdue().says(carrier_cert.SessionsPlanned(starts=(at("11-20 17:00"), at("11-23 17:00"))), WFM)
    assert not pace.of(Settle)
    starts = tuple(at(each) for each in ("11-20 18:00", "11-23 18:00", "11-24 18:00"))
    pace.says(carrier_cert.SessionsPlanned(starts=starts), WFM)
    assert [effect.duty for effect in pace.of(Settle)] == ["ot"]
    assert [start for start, _ in pace.case.data.ot] == list(starts)
    assert pace.says(carrier_cert.SessionsPlanned(starts=starts), TL).declined == Declined("not_yours", WFM)


def test_no_sessions_are_placed_that_nobody_asked_for() -> None:
    pace = first_day().says(carrier_cert.SessionsPlanned(starts=(at("11-20 17:00"),)), WFM)
    assert pace.of(Tell)[0].facts["why"] == "unasked"


def test_completing_in_the_extension_cancels_the_sessions_left_and_keeps_the_cap() -> None:
    pace = all_but_product(extension()).says(report(product=True), AGENT, "11-23 19:00")
    pace.says(carrier_cert.ProofAccepted(), LIC)
    assert pace.state == "COMPLETE"
    (post,) = pace.of(Post)
    assert [start for start, _ in post.facts["slots"]] == [at("11-23 17:00"), at("11-24 17:00")]
    assert not pace.handed(handoffs.CauseFell)
    assert pace.timers == {}


def test_completing_before_the_cap_is_delivered_lets_people_decide() -> None:
    pace = all_but_product(overdue()).says(report(product=True), AGENT).says(carrier_cert.ProofAccepted(), LIC)
    assert pace.state == "COMPLETE"
    assert [fell.withdraw for fell in pace.handed(handoffs.CauseFell)] == [False]
    assert [post.template for post in pace.of(Post)] == ["carrier_cert/wfm_ot_cancel"]


def test_claims_made_in_time_hold_the_review_until_licensing_answers() -> None:
    pace = all_but_product(extension()).says(report(product=True), AGENT, "11-24 19:30").until("11-24 20:00")
    assert pace.state == "EXTENSION"
    assert not pace.handed(handoffs.ReviewDue)
    refused = pace.says(carrier_cert.ProofRefused(items=("product",), why="not the page"), LIC, "11-25 08:10")
    assert refused.state == "EXT_EXPIRED"
    assert refused.handed(handoffs.ReviewDue)


def test_who_completes_after_the_hours_is_complete_all_the_same() -> None:
    pace = all_but_product(extension().until("11-24 20:00")).says(report(product=True), AGENT)
    assert pace.says(carrier_cert.ProofAccepted(), LIC).state == "COMPLETE"


def test_the_review_hears_what_speaks_for_the_agent() -> None:
    pace = first_day().says(carrier_cert.BlockAsked(reason="nnumber"), TL, "11-16 09:00")
    pace.says(carrier_cert.UnblockAsked(), TL, "11-16 11:00").until("11-19 14:30")
    assert pace.state == "OVERDUE"
    pace.says(handoffs.CapDelivered(cap="C-1", step=1, delivered_at=at("11-20 15:00"), by="tara"), TL, "11-20 15:00")
    starts = tuple(at(each) for each in ("11-21 09:00", "11-23 17:00", "11-24 17:00"))
    pace.says(carrier_cert.SessionsPlanned(starts=starts, agreed=True), WFM)
    pace.says(report(ahip="passed"), AGENT, "11-24 18:00").until("11-24 20:00")
    (due,) = pace.handed(handoffs.ReviewDue)
    assert due.contrary == (
        "blocked time granted: N-Number late, 2 h of scheduled time",
        "the CAP was delivered 9 h 30 min of business time after it was called for",
        "reported and not verified yet: AHIP final",
    )
    said = [what for _, what in due.timeline]
    assert "CAP C-1 delivered" in said
    assert [when for when, _ in due.timeline] == sorted(when for when, _ in due.timeline)


def test_people_may_decide_against_the_cap() -> None:
    pace = overdue().says(handoffs.CapWithdrawn(cap="C-1", step=1), TL)
    assert pace.state == "BEHIND"
    assert [effect.duty for effect in pace.of(Settle)] == ["ot"]
    assert pace.until("12-19 12:00").state == "BEHIND"


# -- the end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [handoffs.AgentLeft(by="eve"), handoffs.MovedToProduction(by="pia")])
def test_who_leaves_has_no_clock_no_duty_and_no_session(event: Event) -> None:
    pace = extension().says(event, TL)
    assert (pace.state, pace.timers) == ("CLOSED_LEFT", {})
    assert [(effect.duty, effect.withdrawn) for effect in pace.of(Settle)] == [("*", True)]
    assert len(pace.of(Post)) == 1


def test_a_class_that_moves_before_it_began_takes_the_clock_along() -> None:
    pace = Pace().says(carrier_cert.PaceBegun(shift=shift("2026-11-17")), BOT)
    assert pace.rings("start") == "11-17 08:00"
    started = first_day().says(carrier_cert.PaceBegun(shift=shift("2026-11-17")), BOT)
    assert started.case.data.shift.first == date(2026, 11, 16)


def test_an_agent_in_another_zone_keeps_the_class_s_clock() -> None:
    eastern = replace(SLC, tz="America/New_York", key="nyc")
    pace = Pace(site=eastern)
    coming = carrier_cert.to_come(pace.policy, pace.calendar, pace.case.data, pace.now)
    assert f"{coming[0][1].astimezone(ZoneInfo('America/New_York')):%m-%d %H:%M}" == "11-16 16:30"


# -- an exam passed by somebody's word, and what is waived -----------------------------------------------------

PASSED = handoffs.ExamSaidPassed(exam="ahip-final", name="AHIP Final")


def test_passed_ahip_without_a_picture_is_a_claim_whose_proof_licensing_still_wants() -> None:
    pace = first_day().says(PASSED, AGENT, "11-16 10:00")
    claim = pace.case.data.claim("final")
    assert claim is not None
    assert (claim.by, claim.evidence, claim.verified_at) == (Role.agent, (), None)
    (card,) = pace.of(Owe)
    assert (card.duty, card.to, card.facts["files"]) == ("proof:final", ("licensing",), ())
    pace.says(report(ahip="passed", evidence=(GREEN,)), AGENT)
    assert [effect.withdrawn for effect in pace.of(Settle)] == [True]
    assert pace.of(Owe)[0].facts["files"] == ("green.png",)


def test_another_exam_or_another_name_of_it_claims_nothing() -> None:
    pace = first_day().says(handoffs.ExamSaidPassed(exam="aetna-core", name="Aetna Core"), AGENT, "11-16 10:00")
    assert pace.case.data.claims == ()
    assert pace.of(Owe) == []


def test_a_pass_taken_back_takes_the_bare_claim_back_and_nothing_that_was_shown() -> None:
    taken = replace(PASSED, passed=False)
    pace = first_day().says(PASSED, AGENT, "11-16 10:00").says(taken, LIC)
    assert pace.case.data.claim("final") is None
    assert [(effect.duty, effect.withdrawn) for effect in pace.of(Settle)] == [("proof:final", True)]
    shown = first_day().says(report(ahip="passed", evidence=(GREEN,)), AGENT, "11-16 10:00").says(taken, LIC)
    assert shown.case.data.claim("final") is not None


def test_a_waiver_stops_the_clock_owes_nothing_and_leaves_a_drafted_cap_to_people() -> None:
    waiver = handoffs.LetPass(item="ahip", by="eve")
    early = first_day().says(waiver, BOT, "11-16 10:00")
    assert (early.state, early.timers) == ("COMPLETE", {})
    assert early.until("11-25 17:00").case.data.misses == ()
    late = overdue().says(waiver, BOT)
    assert (late.state, late.timers) == ("COMPLETE", {})
    assert [each.reason for each in late.handed(handoffs.CauseFell)] == ["the certification was waived"]
    assert [post.template for post in late.of(Post)] == ["carrier_cert/wfm_ot_cancel"]
    assert [effect.duty for effect in late.of(Settle)] == ["*"]


def test_a_second_block_outlives_the_leave_it_began_in() -> None:
    leave = handoffs.Blocked(reason="absence", since=at("11-17 10:00"), by="eve", ends=at("11-18 12:00"))
    pace = first_day().says(leave, TL, "11-17 10:00").says(carrier_cert.BlockAsked(reason="login"), TL, "11-17 11:00")
    assert [each.reason for each in pace.handed(handoffs.Blocked)] == ["login", "login"]  # to both clocks of hours
    pace.until("11-18 12:00")
    assert pace.state == "BLOCKED"
    assert {each.reason for each in pace.handed(handoffs.Unblocked)} == {"absence"}


def test_wfm_proposes_no_block_and_whoever_works_with_the_agent_may() -> None:
    asked = carrier_cert.BlockAsked(reason="login")
    assert first_day().says(asked, WFM).declined
    for role in (Role.agent, Role.host, Role.cert_coordinator, Role.certifier):
        pace = first_day().says(asked, frozenset({role}))
        assert (pace.declined, len(pace.case.data.proposals)) == (None, 1)
