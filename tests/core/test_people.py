"""Who is who, to whom, and who hears it when somebody stays silent."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date, time

import pytest

from workflows.people import Agent, Exam, Person, Role, Roster, Site, TrainingClass, fold


def person(username: str, name: str, *roles: Role, manager: str | None = None) -> Person:
    """A member of staff."""
    email = f"{username}@example.com"
    return Person(username=username, name=name, email=email, roles=frozenset(roles), manager=manager)


def agent(username: str, first: str, last: str, oid: str, **changes: str) -> Agent:
    """An agent of NOV16."""
    ana = Agent(
        username=username,
        first=first,
        last=last,
        oid=oid,
        email=f"{username}@example.com",
        class_name="NOV16",
        tl="tara",
        workshop_lead="will",
        pm="pia",
        site_director="sam",
        hr_rep="hana",
        esp_manager="eve",
        cert_coordinator="cole",
    )
    return replace(ana, **changes)  # type: ignore[arg-type]


ROSTER = Roster.build(
    sites=[Site(key="slc", name="SLC", tz="America/Denver", days=frozenset({0}), open=time(8), close=time(17))],
    classes=[
        TrainingClass(
            name="NOV16",
            site="slc",
            channel="#esp-nov16",
            start=date(2026, 11, 16),
            shift_start=time(8),
            shift_end=time(16, 30),
            host="lia",
            tbt_smes=("tim",),
        )
    ],
    people=[
        person("tara", "Tara Lee", Role.tl),
        person("dev", "Dev Shah", Role.tl),
        person("will", "Will Lane", Role.workshop_lead),
        person("pia", "Pia Moss", Role.pm),
        person("sam", "Sam Dean", Role.site_director),
        person("hana", "Hana Ruiz", Role.hr_rep),
        person("eve", "Eve Marsh", Role.esp_manager, manager="sam"),
        person("cole", "Cole Carr", Role.cert_coordinator, Role.certifier),
        person("tim", "Tim Bex", Role.certifier, Role.tbt_sme),
        person("max", "Max Poe", Role.tbt_sme),
        person("lia", "Lia Cruz", Role.licensing),
        person("lou", "Lou Cruz", Role.licensing),
        person("wes", "Wes Fox", Role.wfm),
    ],
    agents=[
        agent("ana", "Ana", "Rivera", "40111"),
        agent("ana2", "Ana", "Ríos", "40112", tl="dev"),
        agent("zoe.b", "Zoë Anne", "O'Brien-Straße", "40113"),
    ],
    exams=[
        Exam(key="ahip-final", name="AHIP Final", aliases=("ahip",), carrier="AHIP", kind="limited", attempts=3),
        Exam(key="x", name="Exam X", aliases=(), carrier="X", kind="limited", attempts=6, pack="six"),
    ],
    packs={"failed_exam": "failed-exams-new"},
)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.tl, ("tara",)),
        (Role.workshop_lead, ("will",)),
        (Role.pm, ("pia",)),
        (Role.site_director, ("sam",)),
        (Role.hr_rep, ("hana",)),
        (Role.esp_manager, ("eve",)),
        (Role.cert_coordinator, ("cole",)),
        (Role.agent, ("ana",)),
        (Role.host, ("lia",)),
        (Role.tbt_sme, ("tim",)),  # his class's, not all of them
        (Role.certifier, ("cole", "tim")),
        (Role.licensing, ("lia", "lou")),
        (Role.wfm, ("wes",)),
        (Role.proctor, ()),
        (Role.bot, ()),
    ],
)
def test_each_role_of_an_agent_is_somebody(role: Role, expected: tuple[str, ...]) -> None:
    assert ROSTER.assigned("ana", role) == expected


def test_an_agent_without_a_workshop_lead_has_none() -> None:
    roster = Roster.build(agents=[replace(ROSTER.agents["ana"], workshop_lead=None)])
    assert roster.assigned("ana", Role.workshop_lead) == ()
    assert roster.assigned("ana", Role.host) == ()


@pytest.mark.parametrize(
    ("username", "roles"),
    [
        ("ana", {Role.agent}),
        ("ana2", set()),
        ("tara", {Role.tl}),
        ("dev", set()),  # a team lead, but of others
        ("cole", {Role.cert_coordinator, Role.certifier}),
        ("lia", {Role.licensing, Role.host}),
        ("lou", {Role.licensing}),
        ("tim", {Role.certifier, Role.tbt_sme}),
        ("eve", {Role.esp_manager}),
        ("stranger", set()),
    ],
)
def test_a_role_counts_only_towards_those_it_is_for(username: str, roles: set[Role]) -> None:
    assert ROSTER.roles_towards(username, "ana") == roles


@pytest.mark.parametrize(
    ("username", "role", "manager"),
    [
        ("tara", Role.tl, "eve"),
        ("will", Role.workshop_lead, "eve"),
        ("pia", Role.pm, "sam"),
        ("hana", Role.hr_rep, "sam"),
        ("lia", Role.licensing, "eve"),
        ("cole", Role.cert_coordinator, "eve"),
        ("tim", Role.certifier, "eve"),
        ("tim", Role.tbt_sme, "eve"),
        ("wes", Role.wfm, "eve"),
        ("eve", Role.esp_manager, "sam"),  # by his own manager: the specification names nobody
        ("sam", Role.site_director, None),
        ("eve", Role.tl, "sam"),  # never himself
    ],
)
def test_silence_is_heard_one_step_up(username: str, role: Role, manager: str | None) -> None:
    assert ROSTER.manager_of(username, role, "ana") == manager


def test_without_an_agent_the_own_manager_comes_first_and_the_role_after_it() -> None:
    assert ROSTER.manager_of("wes", Role.wfm) == "eve"
    roster = Roster.build(people=[person("wes", "Wes Fox", Role.wfm, manager="tara"), *ROSTER.people.values()][::-1])
    assert roster.manager_of("wes", Role.wfm) == "tara"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tara", ("tara",)),
        ("@Tara", ("tara",)),
        (" TARA  LEE ", ("tara",)),
        ("ana", ("ana", "ana2")),  # two first names, and one of them a username
        ("@ana", ("ana",)),
        ("ana rios", ("ana2",)),
        ("Ríos, Ana", ("ana2",)),
        ("zoe", ("zoe.b",)),
        ("zoe anne obrien strasse", ("zoe.b",)),
        ("40113", ("zoe.b",)),
        ("nobody", ()),
        ("@zoe", ()),
        ("", ()),
        ("@", ()),
    ],
)
def test_people_are_found_by_what_they_are_called(text: str, found: tuple[str, ...]) -> None:
    assert ROSTER.find_people(text) == found


@pytest.mark.parametrize("text", ["ahip", "AHIP-final", "ahip  FINAL", "Ahip"])
def test_exams_are_found_by_any_of_their_names(text: str) -> None:
    assert ROSTER.find_exam(text) is ROSTER.exams["ahip-final"]


def test_an_unknown_exam_is_nothing() -> None:
    assert ROSTER.find_exam("sat") is None
    assert ROSTER.find_exam("") is None


def test_an_exam_may_name_its_own_pack() -> None:
    assert [ROSTER.pack_for(e) for e in ROSTER.exams.values()] == ["failed-exams-new", "six"]


def test_somebody_who_has_left_keeps_his_username_as_his_name() -> None:
    assert (ROSTER.name_of("tara"), ROSTER.name_of("ana"), ROSTER.name_of("gone")) == ("Tara Lee", "Ana Rivera", "gone")
    assert (ROSTER.email_of("ana"), ROSTER.email_of("gone")) == ("ana@example.com", None)


def test_an_agent_leads_to_his_class_and_site() -> None:
    assert (ROSTER.class_of("ana").name, ROSTER.site_of("ana").key) == ("NOV16", "slc")
    assert ROSTER.agents_of("NOV16") == ("ana", "ana2", "zoe.b")
    assert ROSTER.by_role(Role.agent) == ("ana", "ana2", "zoe.b")


def test_a_snapshot_is_frozen_and_equal_by_content() -> None:
    with pytest.raises(FrozenInstanceError):
        ROSTER.packs = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        ROSTER.packs["tbt"] = "other"  # type: ignore[index]
    again = Roster.build(
        sites=ROSTER.sites.values(),
        classes=ROSTER.classes.values(),
        people=reversed(list(ROSTER.people.values())),
        agents=reversed(list(ROSTER.agents.values())),
        exams=ROSTER.exams.values(),
        packs=ROSTER.packs,
    )
    assert again == ROSTER
    assert list(again.people) == list(ROSTER.people)


def test_folding_leaves_letters_digits_and_single_spaces() -> None:
    assert fold("  Ñandú–O’Brien_3 ") == "nandu obrien 3"
