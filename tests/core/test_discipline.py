"""SPEC 3.9: CAPs and reviews, at the level of their tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Self

import pytest

from bot.machines import machine_for
from tests.core import walks
from tests.core.story import Story, clock, failed, packs
from workflows import discipline, handoffs
from workflows.discipline import (
    Acknowledged,
    AskedAgain,
    CapApproved,
    CapReturned,
    Commented,
    Delivered,
    DraftMended,
    DraftWanted,
    FiledAsIs,
    KeptAnyway,
    NotSigned,
    OutcomeRecorded,
    Withdrawn,
    Witnessed,
)
from workflows.effects import Arm, Mail, Owe, Post, Tell, Track
from workflows.failed_exam import Coached
from workflows.handoffs import CapDue, CauseFell
from workflows.machine import Stepped
from workflows.people import Role
from workflows.policy import DisciplinePolicy, Offset


class Desk(Story):
    """A story that can hand a CAP or a review in without an exam behind it."""

    def hands(self, event: CapDue | CauseFell | handoffs.ReviewDue, ref: str = "") -> Self:
        """Another workflow hands something over."""
        self.wished, self.declined = [], None
        workflow = "review" if isinstance(event, handoffs.ReviewDue) else "discipline"
        case = self.cases[ref] if ref else self._open(workflow, event)
        self._enter(case, event, "", frozenset())
        return self


def due(**more: object) -> CapDue:
    """A CAP that is called for."""
    return replace(walks.DUE, sla_pack="pin", **more)  # type: ignore[arg-type]


def drafted(**more: object) -> Desk:
    """A CAP handed in at 10:02."""
    return Desk().hands(due(**more))


def delivered() -> Desk:
    """Delivered at 11:00."""
    return drafted().at("11-17 11:00").says("tara", Delivered(method="in person", present="Dev Shah"), "C-1")


# -- drafts and the gate -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "gate", "state", "copy"),
    [
        ("final", "inform", "READY", {"hr_rep"}),
        ("written", "none", "READY", set()),
        ("written", "inform", "READY", {"hr_rep"}),
        ("final", "none", "READY", {"hr_rep"}),
        ("final", "approve", "HR_REVIEW", {"hr_rep"}),
    ],
)
def test_the_gate_decides_who_sees_the_draft_first(kind: str, gate: str, state: str, copy: set[str]) -> None:
    story = drafted(kind=kind, gate=gate)
    assert story.state("C") == state
    assert story.mails() == {"E-05": ({"tl"}, copy)}
    assert story.owed("C") == ({"approve": ("hr_rep",)} if gate == "approve" else {"cap": ("tl",)})


def test_a_draft_lacking_a_slot_is_never_ready() -> None:
    for slot in ("clause", "expectation", "allowed", "policy", "facts"):
        story = drafted(**{slot: () if slot == "facts" else ""})
        assert story.state("C") == "DRAFT"
        assert story.mails() == {}
        assert story.says("tara", Delivered(), "C-1").declined
        assert story.says("tara", DraftMended(note="sorry"), "C-1").declined


def test_hr_approves_before_the_owner_delivers() -> None:
    story = drafted(gate="approve")
    assert story.says("tara", Delivered(), "C-1").told() == ["not_ready"]
    assert story.says("tara", CapApproved(), "C-1").declined
    story.presses("hana", "Approve")
    assert story.state("C") == "READY"
    assert story.owed("C") == {"cap": ("tl",)}
    assert story.duties["C-1", "cap"].sla == "pin#immediate", "the sender's clock"


def test_hr_returns_a_draft_and_the_owner_mends_it() -> None:
    story = drafted(gate="approve").says("hana", CapReturned(why="which attempt?"), "C-1")
    assert story.state("C") == "DRAFT"
    assert story.owed("C") == {"mend": ("tl",)}
    story.says("tara", DraftMended(note="the second"), "C-1")
    assert story.state("C") == "HR_REVIEW"
    assert story.case("C").data.due.notes == ("the second",)


def test_the_paper_has_every_required_slot() -> None:
    (mail,) = drafted().effects(Mail)
    (paper,) = mail.attach
    wanted = {"policy", "facts", "prior", "expectation", "allowed", "clause", "support", "id", "drafted_at"}
    assert wanted <= paper.slots.keys()
    assert all(paper.slots[slot] for slot in wanted - {"prior"})
    assert "will be terminated" not in str(paper.slots)


def test_a_draft_can_be_asked_for_again() -> None:
    assert drafted().says("tara", DraftWanted(), "C-1").mails().keys() == {"E-05"}
    assert drafted().says("ana", DraftWanted(), "C-1").declined


def test_hr_hears_of_a_second_final_cap() -> None:
    story = drafted().hands(due(cause="F-2"))
    assert story.told("hr_rep") == ["concurrent"]
    assert drafted(kind="written").hands(due(cause="F-2")).told("hr_rep") == []


# -- delivered ---------------------------------------------------------------------------------------------


def test_delivery_asks_for_receipt_and_sets_the_clock() -> None:
    story = delivered()
    assert story.state("C") == "DELIVERED"
    assert story.mails() == {"E-06": ({"agent"}, {"tl"})}
    assert story.owed("C") == {"ack": ("agent",)}
    assert story.armed("C") == {"no_answer": "11-18 11:00"}
    data = story.case("C").data
    assert (data.delivered_by, data.method, data.present) == ("tara", "in person", "Dev Shah")


def test_the_time_named_counts_but_never_one_to_come() -> None:
    named = drafted().at("11-17 15:40").says("tara", Delivered(on=clock("11-17 15:30")), "C-1")
    assert named.case("C").data.delivered_at == clock("11-17 15:30")
    ahead = drafted().at("11-17 15:40").says("tara", Delivered(on=clock("11-17 16:30")), "C-1")
    assert ahead.case("C").data.delivered_at == clock("11-17 15:40")


@pytest.mark.parametrize("who", ["ana", "pia", "hana", "lia", "will"])
def test_only_the_tl_or_the_esp_manager_deliver(who: str) -> None:
    assert drafted().says(who, Delivered(), "C-1").declined
    assert not drafted().says("eve", Delivered(), "C-1").declined


def test_whom_the_pack_names_delivers_too() -> None:
    story = drafted(owner="pm")
    assert story.owed("C") == {"cap": ("pm",)}
    assert story.says("pia", Delivered(), "C-1").state("C") == "DELIVERED"


def test_delivered_twice_says_so() -> None:
    assert delivered().says("tara", Delivered(), "C-1").told() == ["is_delivered"]
    assert drafted().says("ana", Acknowledged(), "C-1").told() == ["not_delivered_yet"]


# -- the answer --------------------------------------------------------------------------------------------


def test_receipt_files_the_record_with_hr() -> None:
    story = delivered().presses("ana", "I received this")
    assert story.state("C") == "FILED"
    assert story.mails() == {"E-07": ({"hr_rep"}, {"tl"})}
    assert story.owed("C") == {}
    assert story.armed("C") == {}


def test_only_the_agent_acknowledges() -> None:
    for who in ("tara", "hana", "eve"):
        assert delivered().says(who, Acknowledged(), "C-1").declined


def test_a_comment_is_kept_and_is_no_receipt() -> None:
    story = delivered().says("ana", Commented(text="I disagree"), "C-1")
    assert story.state("C") == "DELIVERED"
    assert story.case("C").data.comment == "I disagree"
    assert story.owed("C") == {"ack": ("agent",)}
    filed = story.says("ana", Acknowledged(), "C-1").says("ana", Commented(text="still"), "C-1")
    assert filed.case("C").data.comment == "I disagree\nstill"
    assert filed.mails().keys() == {"E-07"}, "an addendum"


def test_refusing_to_sign_needs_a_witness() -> None:
    story = delivered().says("ana", NotSigned(), "C-1")
    assert story.state("C") == "REFUSED"
    assert story.owed("C") == {"witness": ("tl",)}
    assert story.mails() == {}
    assert story.says("ana", Commented(text="no"), "C-1").mails() == {}, "not filed before the witness is named"
    story.says("tara", Witnessed(name="Dev Shah"), "C-1")
    assert story.state("C") == "FILED"
    assert story.mails().keys() == {"E-07"}


def test_silence_for_a_business_day_is_the_tls_to_decide() -> None:
    story = delivered().at("11-18 11:00")
    assert story.state("C") == "NO_RESPONSE"
    assert story.owed("C") == {"ack": ("agent",), "no_answer": ("tl",)}
    again = story.says("tara", AskedAgain(), "C-1")
    assert again.state("C") == "DELIVERED"
    assert again.mails().keys() == {"E-06"}
    assert again.armed("C") == {"no_answer": "11-19 11:00"}
    filed = again.at("11-19 11:00").says("tara", FiledAsIs(), "C-1")
    assert filed.state("C") == "FILED"
    late = filed.says("ana", Acknowledged(), "C-1")
    assert late.case("C").data.answer == "received"
    assert late.mails().keys() == {"E-07"}, "a late answer is an addendum"


def test_how_long_silence_may_last_is_the_packs_to_say() -> None:
    story = drafted()
    pack = packs().get("discipline").policy
    assert isinstance(pack, DisciplinePolicy)
    later = replace(pack.sla["acknowledge"], due=Offset(offset=3, unit="business_days"))
    patient = replace(pack, sla={**pack.sla, "acknowledge": later})
    by = frozenset({Role.tl})
    moment = walks.moment(story.case("C"), Delivered(), clock("11-24 11:00").astimezone(UTC), by, patient)
    stepped = machine_for("discipline", patient).step(replace(moment, actor="tara"))
    assert isinstance(stepped, Stepped)
    (arm,) = (effect for effect in stepped.effects if isinstance(effect, Arm))
    assert (arm.name, arm.due) == ("no_answer", clock("11-30 11:00"))


def test_silence_over_the_holiday_waits_for_friday() -> None:
    story = drafted().at("11-25 14:00").says("tara", Delivered(), "C-1")
    assert story.armed("C") == {"no_answer": "11-27 14:00"}


# -- the cause falls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gate", "duty"), [("inform", "cap"), ("approve", "approve")])
def test_a_draft_whose_cause_fell_is_a_persons_choice(gate: str, duty: str) -> None:
    story = drafted(gate=gate)
    state = story.state("C")
    story.hands(CauseFell(cause="F-1", step=2, reason="passed"), "C-1")
    assert story.state("C") == state
    assert set(story.owed("C")["fate"]) == {"tl", "hr_rep"}
    assert ("C-1", duty) in story.hushed, "nobody is chased meanwhile"
    kept = story.says("tara", KeptAnyway(), "C-1")
    assert kept.owed("C").keys() == {duty}
    assert ("C-1", duty) not in kept.hushed, "its clock starts anew"
    assert kept.says("tara", KeptAnyway(), "C-1").declined


def test_a_draft_is_withdrawn_by_tl_or_hr_only() -> None:
    for who in ("tara", "hana", "eve"):
        assert drafted().says(who, Withdrawn(), "C-1").state("C") == "WITHDRAWN"
    for who in ("ana", "lia", "pia"):
        assert drafted().says(who, Withdrawn(), "C-1").declined


def test_a_draft_of_a_mistaken_report_is_withdrawn_at_once() -> None:
    story = drafted().hands(CauseFell(cause="F-1", step=2, reason="mistake", withdraw=True), "C-1")
    assert story.state("C") == "WITHDRAWN"
    assert story.owed("C") == {}


def test_a_delivered_cap_whose_cause_fell_is_referred_to_hr() -> None:
    story = delivered()
    story.hands(CauseFell(cause="F-1", step=2, reason="corrected"), "C-1")
    assert story.state("C") == "DELIVERED"
    assert story.told() == ["refer"]


def test_called_for_again_the_offer_is_off() -> None:
    story = drafted().hands(CauseFell(cause="F-1", step=2, reason="passed"), "C-1").hands(due(), "C-1")
    assert story.owed("C") == {"cap": ("tl",)}
    assert story.case("C").data.fell == ""


def test_an_agent_who_left_closes_the_record() -> None:
    story = delivered().leaves("eve")
    assert story.state("C") == "CLOSED_LEFT"
    assert (story.duties, story.timers) == ({}, {})


# -- reviews -----------------------------------------------------------------------------------------------


def asked() -> Desk:
    """A review is asked for."""
    return Desk().hands(walks.REVIEW_DUE)


def test_a_review_is_a_request_and_never_a_decision() -> None:
    story = asked()
    assert story.state("R") == "OPEN"
    assert story.mails() == {"E-22": ({"hr_rep"}, {"site_director", "pm", "tl"})}
    assert story.owed("R") == {"review": ("hr_rep",)}
    (card,) = story.effects(Owe)
    assert [answer.label for answer in card.answers] == ["No action", "Extend"], "nobody terminates with a button"


@pytest.mark.parametrize("outcome", discipline.OUTCOMES)
def test_an_outcome_has_a_name_a_text_and_a_time(outcome: str) -> None:
    story = Desk().says("ana", failed(1))
    story.hands(walks.REVIEW_DUE).says("sam", OutcomeRecorded(outcome=outcome, text="after talking"), "R-1")
    data = story.case("R").data
    assert story.state("R") == "DECIDED"
    assert (data.outcome, data.text, data.decided_by) == (outcome, "after talking", "sam")
    assert data.decided_at == story.now


def test_an_outcome_by_anybody_else_is_refused_and_both_are_told() -> None:
    for who in ("tara", "eve", "pia"):
        story = asked().says(who, OutcomeRecorded(outcome="no action"), "R-1")
        assert story.declined
        assert [tell.to for tell in story.effects(Tell)] == ["actor", "hr_rep", "site_director"]
    assert asked().says("hana", OutcomeRecorded(outcome="shrug"), "R-1").declined


def test_nothing_of_discipline_reaches_a_channel_or_the_tracker() -> None:
    story = Story().says("ana", failed(1)).says("tara", Coached(advised=True)).says("ana", failed(2))
    assert all(owe.channel != "wfm" or owe.facts == {} for owe in story.effects(Owe))
    for policy in (packs().get("discipline").policy,):
        for machine in (machine_for("discipline", policy), machine_for("review", policy)):
            assert machine.sealed
    for told in (drafted(), delivered(), delivered().says("ana", Acknowledged(), "C-1"), asked()):
        assert not told.effects(Post)
        assert not told.effects(Track)
        assert not [owe for owe in told.effects(Owe) if owe.channel]
