"""The table of call certification, without a roster: the edges of scores, rates, names and phase days."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.machines import machine_for
from tests.core import samples_calls
from tests.core.story import clock, packs
from tests.core.walks import moment
from workflows import call_cert
from workflows.call_cert import guards, scorecard
from workflows.call_cert.states import ENDS
from workflows.effects import Hand
from workflows.machine import Case, Declined, Event, Stepped
from workflows.people import Role

POLICY: Any = packs().get("call-cert-new").policy
MACHINE = machine_for("call_cert", POLICY)
CERTIFIER = frozenset({Role.certifier})
COLE = frozenset({Role.cert_coordinator})
MONDAY = clock("11-23 13:00")


def case(*events: tuple[Event, frozenset[Role]]) -> Case[Any]:
    """A round after these events; each must be taken."""
    found: Case[Any] = Case(
        id="Q-1", workflow="call_cert", key="1", agent="ana", pack=POLICY.id, calendar="slc", state=MACHINE.start,
        data=MACHINE.fresh(samples_calls.STARTED), opened=MONDAY,
    )  # fmt: skip
    for event, by in ((samples_calls.STARTED, frozenset({Role.bot})), *events):
        stepped = MACHINE.step(moment(found, event, MONDAY, by, POLICY))
        assert isinstance(stepped, Stepped), (event, stepped)
        found = stepped.case
    return found


def score(value: str, call: int = 0) -> tuple[Event, frozenset[Role]]:
    return call_cert.CallScored(call=call, score=value, **samples_calls.TEXTS), CERTIFIER


CONNECTED = (samples_calls.CONNECT, COLE)


@pytest.mark.parametrize(
    ("score_", "passed"),
    [
        ("85", True),
        ("85.0", True),
        ("84.99", False),
        ("84.999999", False),
        ("85.000001", True),
        ("100", True),
        ("0", False),
    ],
)
def test_a_call_passes_at_85_exactly_and_nothing_is_rounded(score_: str, passed: bool) -> None:
    assert case(CONNECTED, score(score_)).data.calls[0].passed is passed


@pytest.mark.parametrize("odd", ["-0.01", "100.01", "1e3", "NaN", "Infinity", "ninety", "", "8 5", "1" * 20])
def test_what_is_no_score_from_0_to_100_is_none(odd: str) -> None:
    assert guards.points(odd) is None


def test_a_comma_is_a_point() -> None:
    assert case(CONNECTED, score("84,99")).data.calls[0].score == "84.99"


@pytest.mark.parametrize(
    ("passes", "rate", "result"),
    [
        (5, 100, "PASSED"),
        (4, 80, "PASSED"),
        (3, 60, "FAILED_PROGRAM"),
        (1, 20, "FAILED_PROGRAM"),
        (0, 0, "FAILED_PROGRAM"),
    ],
)
def test_four_of_five_are_a_pass_and_three_are_none(passes: int, rate: int, result: str) -> None:
    done = case(CONNECTED, *(score("85") for _ in range(passes)), *(score("84") for _ in range(5 - passes)))
    assert (done.state, done.data.rate, done.data.result) == ("SCORED", rate, result)


def test_a_score_may_change_until_the_scorecard_is_submitted_and_the_old_one_stays_on_record() -> None:
    done = case(CONNECTED, *(score("85") for _ in range(4)), score("84"), score("86", 5), score("87", 5))
    assert done.data.calls[4].earlier == ("84", "86")
    assert done.data.rate == 100
    file = call_cert.ScorecardSubmitted(evidence=samples_calls.sheet("Rivera_Ana_100.xlsx"))
    submitted = case(CONNECTED, *(score("85") for _ in range(5)), (file, CERTIFIER))
    again = MACHINE.step(moment(submitted, score("90", 1)[0], MONDAY, CERTIFIER, POLICY))
    assert again == Declined("not_now")


@pytest.mark.parametrize(
    ("at", "early"),
    [
        ("11-20 16:00", True),
        ("11-23 11:59", True),
        ("11-23 12:00", False),
        ("11-24 08:00", False),
        ("11-19 15:00", True),
    ],
)
def test_connecting_begins_at_noon_of_phase_day_two(at: str, early: bool) -> None:
    asked = moment(case(), samples_calls.CONNECT, clock(at), COLE, POLICY)
    assert guards.early(asked) is early


def test_an_open_issue_is_overridden_by_the_coordinator_with_a_reason_only() -> None:
    asked = replace(samples_calls.CONNECT, issue="H-3")
    forced = replace(asked, forced=True, why="spare laptop")

    def why(event: Event, by: frozenset[Role], at: datetime = MONDAY) -> str:
        return guards.why_not_connect(moment(case(), event, at, by, POLICY))

    assert why(asked, COLE) == "equipment"
    assert why(forced, CERTIFIER) == "equipment"
    assert why(replace(forced, why=" "), COLE) == "reason"
    assert why(forced, COLE) == ""
    assert why(replace(samples_calls.CONNECT, busy_with="ben", forced=True, why="x"), COLE) == "certifier"


def test_day_and_tbt_hear_when_an_agent_is_busy_and_when_he_is_free() -> None:
    handed = MACHINE.step(moment(case(), samples_calls.CONNECT, MONDAY, COLE, POLICY))
    assert isinstance(handed, Stepped)
    told = [(e.workflow, type(e.event).__name__) for e in handed.effects if isinstance(e, Hand)]
    assert told == [("class_day", "Busy"), ("tbt", "Busy")]
    last = MACHINE.step(
        moment(case(CONNECTED, *(score("90") for _ in range(4))), score("90")[0], MONDAY, CERTIFIER, POLICY)
    )
    assert isinstance(last, Stepped)
    told = [(e.workflow, type(e.event).__name__) for e in last.effects if isinstance(e, Hand)]
    assert told == [("class_day", "Free"), ("tbt", "Free")]


def test_only_a_passed_and_uploaded_round_counts_as_done() -> None:
    for value, done in (("85", [True, True]), ("84", [])):
        rate = 100 if done else 0
        file = call_cert.ScorecardSubmitted(evidence=samples_calls.sheet(f"rivera_ana_{rate}.xlsx"))
        here = case(CONNECTED, *(score(value) for _ in range(5)), (file, CERTIFIER))
        stepped = MACHINE.step(moment(here, call_cert.ScorecardUploaded(), MONDAY, COLE, POLICY))
        assert isinstance(stepped, Stepped)
        assert [e.event.done for e in stepped.effects if isinstance(e, Hand)] == done


NAMES = [
    ("Rivera_Ana_[80%].xlsx", ("Rivera", "Ana", 80)),
    ("rivera_ana_80.xlsx", ("rivera", "ana", 80)),
    ("RIVERA_ANA_80PCT.CSV", ("RIVERA", "ANA", 80)),
    ("Saint-Clair_Mary Jo_[100 %].xlsx", ("Saint-Clair", "Mary Jo", 100)),
    ("Rivera_Ana_[80%.xlsx", ("Rivera", "Ana", 80)),
]


@pytest.mark.parametrize(("name", "said"), NAMES)
def test_the_tolerant_forms_of_a_file_name_are_read(name: str, said: tuple[str, str, int]) -> None:
    found = scorecard.named(name)
    assert found is not None
    assert (found.last, found.first, found.rate) == said


@pytest.mark.parametrize(
    "name", ["Rivera Ana 80.xlsx", "Rivera_Ana.xlsx", "Rivera_Ana_80%.xls", "Rivera_Ana_80.xlsx.exe", "_Ana_80.xlsx"]
)
def test_other_names_say_nothing(name: str) -> None:
    assert scorecard.named(name) is None


def test_accents_and_case_do_not_matter_but_the_person_does() -> None:
    file = samples_calls.sheet("RÍVERA_áNA_80.xlsx")
    assert scorecard.misfit(file, "Rivera", "Ana") == ""
    assert scorecard.misfit(file, "Ortiz", "Ben") == "person"
    assert scorecard.misfit(file, "Ana", "Rivera") == "swapped"


def test_the_end_states_are_those_of_the_table() -> None:
    assert set(MACHINE.ends) == set(ENDS)
