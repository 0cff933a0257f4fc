"""The table of a carrier ticket: kinds told from words, what a draft needs, the first day's clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.core.samples_floor import E1, PAYMENT, PICTURE, PROGRAM, SHIFT
from tests.core.story import packs
from tests.core.walks import moment
from workflows import ticket
from workflows.effects import Arm, Hand, Mail, Owe
from workflows.machine import Case, Event
from workflows.people import Role

POLICY: Any = packs().get("ticket").policy
MACHINE = ticket.machine(POLICY)
AGENT, TL = frozenset({Role.agent}), frozenset({Role.tl})
TEN = datetime(2026, 11, 17, 10, tzinfo=ZoneInfo("America/Denver"))


def told(text: str) -> str:
    """The kind of ticket these words are about."""
    return ticket.kind_of(POLICY, replace(PAYMENT, kind="", text=text))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (E1, "npn_not_found"),
        (E1.upper(), "npn_not_found"),
        ("it says: we were unable to locate an npn with the national insurance producer registry", "npn_not_found"),
        (
            "We wer unable to locat an NPN with National Insurance Producer Registry with the infomation provided.",
            "npn_not_found",
        ),
        ("Please verify the accuracy of your information and try again", "npn_not_found"),
        ("Something went wrong. Please contact the administrator of this page.", "new_error"),
        ("error 500", "new_error"),
        ("npn", "new_error"),
        ("", "new_error"),
    ],
)
def test_a_known_error_is_told_by_likeness_and_anything_else_is_a_new_one(text: str, kind: str) -> None:
    assert told(text) == kind


def test_the_likeness_that_counts_is_the_packs() -> None:
    strict = replace(POLICY, likeness=100)
    words = "We wer unable to locat an NPN with National Insurance Producer Registry"
    assert ticket.kind_of(strict, replace(PAYMENT, kind="", text=words)) == "new_error"


def opened(event: Event) -> Any:
    """What reporting it leads to."""
    case = Case(
        id="K-1", workflow="ticket", key="", agent="ana", pack="p", calendar="c", state="NONE", data=MACHINE.fresh(event), opened=TEN
    )  # fmt: skip
    return MACHINE.step(moment(case, event, TEN, AGENT, POLICY))


def after(case: Case[Any], event: Event, by: frozenset[Role] = AGENT) -> Any:
    """The next step."""
    return MACHINE.step(moment(case, event, TEN, by, POLICY))


@pytest.mark.parametrize("kind", sorted(POLICY.kind))
def test_a_screenshot_makes_a_draft_unless_the_profile_comes_first(kind: str) -> None:
    done = opened(replace(PAYMENT, kind=kind, evidence=(PICTURE,)))
    assert done.case.state == ("TRIAGE" if POLICY.kind[kind].profile else "DRAFT")
    assert opened(replace(PAYMENT, kind=kind, evidence=(PROGRAM,))).case.state == "TRIAGE"


@pytest.mark.parametrize("kind", sorted(POLICY.kind))
def test_still_stuck_makes_a_draft_where_words_do_and_asks_for_a_picture_elsewhere(kind: str) -> None:
    rules, case = POLICY.kind[kind], opened(replace(PAYMENT, kind=kind)).case
    stuck = after(case, ticket.StillStuck()).case
    assert stuck.state == ("DRAFT" if rules.words and not rules.profile else "TRIAGE")
    if rules.profile:
        assert after(stuck, ticket.ProfileRight()).case.state == "DRAFT"
    else:
        assert stuck.state == "DRAFT" or after(stuck, ticket.StillStuck()).case.state == "DRAFT"


@pytest.mark.parametrize(
    ("kind", "day", "clocks"),
    [
        ("payment", SHIFT.first, ["day-one-end", "day-one-list"]),
        ("login", SHIFT.first, ["day-one-end", "day-one-list"]),
        ("new_error", SHIFT.first, []),
        ("payment", date(2026, 11, 17), []),
    ],
)
def test_only_payment_and_login_of_the_first_day_have_its_clocks(kind: str, day: date, clocks: list[str]) -> None:
    event = replace(PAYMENT, kind=kind, day=day)
    case = Case(
        id="K-1", workflow="ticket", key="", agent="ana", pack="p", calendar="c", state="NONE", data=MACHINE.fresh(event), opened=TEN
    )  # fmt: skip
    early = datetime(2026, 11, 16, 10, tzinfo=ZoneInfo("America/Denver"))
    done: Any = MACHINE.step(moment(case, event, early, AGENT, POLICY))
    assert sorted(effect.name for effect in done.effects if isinstance(effect, Arm)) == clocks


def test_a_draft_proposes_a_block_once_from_the_first_minute_where_the_pack_says_so() -> None:
    case = opened(PAYMENT).case
    drafted = after(case, ticket.PictureCame(evidence=(PICTURE,)))
    (hand,) = [effect for effect in drafted.effects if isinstance(effect, Hand)]
    assert (hand.workflow, hand.event.reason, hand.event.since, hand.event.cause) == (
        "carrier_cert",
        "payment",
        TEN,
        "K-1",
    )
    assert not [effect for effect in opened(PAYMENT).effects if isinstance(effect, Hand)]
    other = opened(replace(PAYMENT, kind="new_error", evidence=(PICTURE,)))
    assert not [effect for effect in other.effects if isinstance(effect, Hand)]


def test_the_name_mismatch_is_mailed_with_its_submission_and_never_before() -> None:
    drafted = opened(replace(PAYMENT, kind="pw_name_mismatch", evidence=(PICTURE,)))
    assert not [effect for effect in drafted.effects if isinstance(effect, Mail)]
    submitted = after(drafted.case, ticket.TicketSubmitted(number="77"), TL)
    (mail,) = [effect for effect in submitted.effects if isinstance(effect, Mail)]
    assert (mail.id, mail.to, mail.cc, mail.evidence) == ("E-15", ("pw_name_mismatch",), ("tl",), (PICTURE,))


def test_a_submission_wants_a_number_or_the_word_that_there_is_none() -> None:
    case = opened(replace(PAYMENT, evidence=(PICTURE,))).case
    assert after(case, ticket.TicketSubmitted(), TL).reason == "not_so"
    assert after(case, ticket.TicketSubmitted(unnumbered=True), TL).case.data.number == ""
    assert after(case, ticket.TicketSubmitted(number="77")).reason == "not_yours"


def test_more_words_and_pictures_join_the_open_ticket() -> None:
    case = opened(PAYMENT).case
    more = after(case, replace(PAYMENT, text="still the same page", evidence=(PICTURE, PROGRAM)))
    assert (more.case.data.text, more.case.data.evidence) == ("it wants 125 dollars; still the same page", (PICTURE,))
    assert [effect.duty for effect in more.effects if isinstance(effect, Owe)] == ["ticket"]
