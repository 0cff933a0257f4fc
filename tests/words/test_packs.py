"""Policy packs: what is wrong with a file is said at once, each with its place; what is right can be told in words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from bot import pack_check
from bot.packs import BUILT_IN, PackErrors, Packs, check, describe, difference, load_packs, parse_pack
from tests.core.ladders import SIX
from workflows import policy
from workflows.policy import FailedExamPolicy

NEW = (BUILT_IN / "failed-exams-new.toml").read_text()


def wrong(text: str, **checks: Any) -> list[str]:
    """What is wrong with a text, without the name of its file."""
    with pytest.raises(PackErrors) as caught:
        parse_pack(text, "x.toml")
    return [problem.removeprefix("x.toml: ") for problem in caught.value.problems]


def changed(old: str, new: str, count: int = 1) -> list[str]:
    """What is wrong with the new wording after a change."""
    assert old in NEW
    return wrong(NEW.replace(old, new, count))


# -- loading -----------------------------------------------------------------------------------------------


def test_the_built_in_packs_are_right() -> None:
    packs = load_packs()
    assert set(packs.ids()) >= {"concern", "discipline", "failed-exams-new", "failed-exams-old"}
    assert packs.length("failed-exams-new") == 3
    assert packs.length("discipline") is None
    assert packs.length("nowhere") is None
    assert "discipline" in packs
    assert len(list(packs)) == len(packs)


def test_the_built_in_folder_counts_once_and_a_second_id_is_an_error(tmp_path: Path) -> None:
    assert load_packs(BUILT_IN).ids() == load_packs().ids()
    (tmp_path / "mine.toml").write_text(NEW)
    with pytest.raises(PackErrors) as caught:
        load_packs(tmp_path)
    (problem,) = caught.value.problems
    assert problem.startswith("mine.toml: id: 'failed-exams-new' exists twice, also in ")
    assert "policies/failed-exams-new.toml" in problem


def test_a_folder_stands_beside_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "six.toml").write_text(SIX.read_text())
    (tmp_path / "notes.txt").write_text("not a pack")
    packs = load_packs(tmp_path)
    assert packs.length("six-attempts") == 6
    assert "failed-exams-old" in packs
    with pytest.raises(PackErrors, match="no such folder"):
        load_packs(tmp_path / "nowhere")


def test_one_bad_file_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("id = 'a'\nworkflow = \n")
    (tmp_path / "b.toml").write_text(
        NEW.replace('kind        = "final"', 'kind = "finl"').replace("failed-exams-new", "b")
    )
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "d.toml").write_text("workflow = 'failed_exams'")
    with pytest.raises(PackErrors) as caught:
        load_packs(tmp_path)
    a, b, c, d = caught.value.problems
    assert re.match(r"a\.toml: is not TOML: .*line 2", a)
    assert b == "b.toml: attempt.2.cap.kind: 'finl' is not one of written, final; did you mean 'final'?"
    assert c == "c.toml: is not UTF-8 text"
    assert d.startswith("d.toml: workflow: 'failed_exams' is not a workflow")
    assert d.endswith("did you mean 'failed_exam'?")
    assert str(caught.value).splitlines() == caught.value.problems


def test_all_that_is_wrong_with_one_file_is_said_together() -> None:
    text = NEW.replace('by      = "licensing"', 'by = "licencing"').replace("merge_hours ", "mergehours ")
    text = text.replace('uncoached      = "hold"', 'uncoached = "wait"').replace(
        'tracker   = "Third', 'inhibitr = "Third'
    )
    found = wrong(text)
    assert {problem.split(":")[0] for problem in found} == {
        "attempt.2.proctor.by",
        "attempt.3.lock.inhibitr",
        "attempt.3.lock.tracker",
        "mergehours",
        "uncoached",
    }


def test_a_file_can_be_checked_alone(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(NEW.replace("undo_minutes   = 10", 'undo_minutes = "ten"'))
    assert check([tmp_path / "x.toml", SIX]) == ["x.toml: undo_minutes: must be a whole number, not 'ten'"]
    assert check([tmp_path / "gone.toml"])[0].startswith("gone.toml: cannot be read")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbf" + SIX.read_text().replace("\n", "\r\n").encode())
    assert load_packs(tmp_path).get("six-attempts").pin == parse_pack(SIX.read_text()).pin


# -- what can be wrong -------------------------------------------------------------------------------------


A_CONTACT = "is neither a role nor the name of a contact"
NO_ROLE = "is not a role that can do this"
MISTAKES = (
    ("[attempt.cap]", "[attempt.cap]\nclaus = 'x'", "attempt.2.cap.claus: is not a key of this table; it has kind, "),
    ('owner          = "tl"', 'owner = "tll"', f"owner: 'tll' {NO_ROLE}; did you mean 'tl'?"),
    ('owner          = "tl"', 'owner = "ops_list"', f"owner: 'ops_list' {NO_ROLE}; a contact can only be written to"),
    ('owner          = "tl"', 'owner = "proctor"', f"owner: 'proctor' {NO_ROLE}"),
    ('inhibitor = "licensing"', 'inhibitor = "pm"', f"attempt.3.lock.inhibitor: 'pm' {NO_ROLE}"),
    ('says    = "licensing"', 'says = ""', "attempt.2.proctor.says: must not be empty"),
    ('to = ["tl", "pm"', 'to = ["tll", "pm"', f"attempt.1.notice.to.1: 'tll' {A_CONTACT}; did you mean 'tl'?"),
    ('to = ["tl", "pm"', 'to = ["TL", "pm"', f"attempt.1.notice.to.1: 'TL' {A_CONTACT}; did you mean 'tl'?"),
    ('to = ["tl", "pm"', 'to = ["a@b.example", "pm"', f"attempt.1.notice.to.1: 'a@b.example' {A_CONTACT}"),
    ('to = ["tl", "pm"', 'to = ["bot", "pm"', f"attempt.1.notice.to.1: 'bot' {A_CONTACT}"),
    ('sla = "immediate" }', 'sla = "imediate" }', "attempt.1.form.sla: there is no [sla.imediate]; did you mean "),
    ("[sla.immediate]", "[sla.at_once]", "sla.immediate: is missing; failed_exam uses it"),
    ('by    = ["proctor"', 'by    = ["agent"', f"attempt.3.confirm.by.1: 'agent' {NO_ROLE}"),
    ("= 2026-01-01", "= 'soon'", "effective_from: must be a day such as 2026-01-01, not 'soon'"),
    ("end_session = true", "end_session = 1", "attempt.2.end_session: must be true or false, not 1"),
    ("offset = 15", "offset = -15", 'sla.immediate.steps.1.offset: is before the duty begins; only anchor = "due"'),
    ("due    = { offset = 60", "due = { offset = -60", "sla.immediate.due.offset: a duty cannot be due before"),
    ("minutes = 120", "minutes = 0", "attempt.2.proctor.minutes: must be more than 0"),
    ("minutes = 120", "minutes = true", "attempt.2.proctor.minutes: must be a whole number, not True"),
    ('form   = { owner = "tl", sla', "form = { sla", "attempt.1.form.owner: is missing"),
    ('"failed-exams-new"', '"a b"', "id: 'a b' may hold letters, digits, dots and hyphens only"),
    ('"Failed Cert Exams"', '" "', "title: must not be empty"),
)


@pytest.mark.parametrize(("old", "new", "problem"), MISTAKES)
def test_each_mistake_names_its_key_and_says_what_to_do(old: str, new: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in changed(old, new)), changed(old, new)


ODD: tuple[Any, ...] = (
    "",
    "x",
    -1,
    0,
    10**30,
    1.5,
    True,
    [],
    [[]],
    ["x", 1],
    {},
    {"x": {}},
    date(2026, 1, 1),
    float("nan"),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a parsed file: (its table or list, its key)."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


@pytest.mark.parametrize("file", ["failed-exams-new", "discipline", "concern"])
def test_nothing_a_file_may_hold_breaks_the_check(file: str) -> None:
    dice = Random(7)
    text = (BUILT_IN / f"{file}.toml").read_text()
    for _ in range(150):
        data = tomllib.loads(text)
        table, key = dice.choice(list(places(data)))
        table[key] = dice.choice(ODD)
        found = pack_check.problems(data)
        assert all(re.match(r"[\w.]+: \S|the file: ", problem) for problem in found)


def test_a_cap_without_its_clause_is_refused() -> None:
    without = re.sub(r"clause      = .*\n", "", NEW)
    assert wrong(without) == ["attempt.2.cap.clause: a CAP needs its mandatory clause"]
    assert wrong(without.replace("[attempt.cap]", '[attempt.cap]\nclause = " "')) == [
        "attempt.2.cap.clause: a CAP needs its mandatory clause"
    ]


def test_a_proctor_needs_the_clock_of_his_scheduling() -> None:
    (problem,) = changed('sla     = "one_business_day"\n', "")
    assert problem == "attempt.2.proctor.sla: a proctor needs the SLA by which the sitting is scheduled"


def test_attempts_are_numbered_from_one_in_order() -> None:
    assert wrong(SIX.read_text().replace("n      = 2", "n      = 3")) == [
        "attempt.2.n: this is the attempt number 2 of the file, not 3: they run from 1 on, in order"
    ]
    none = NEW[: NEW.index("[[attempt]]")].replace('owner          = "tl"', 'attempt = []\nowner = "tl"')
    assert wrong(none) == ["attempt: a pack needs at least one [[attempt]]"]


def test_the_last_attempt_ends_the_ladder_and_no_other_does() -> None:
    endless = NEW[: NEW.index("[attempt.confirm]")]
    assert wrong(endless) == ["attempt.3.confirm: the last attempt needs a confirm or a lock"]
    locked = "[attempt.lock]" + NEW.split("[attempt.lock]")[1]
    early = NEW.replace("[attempt.coach]", locked + "[attempt.coach]")
    assert wrong(early) == ["attempt.1.lock: only the last attempt (3) may have one"]
    review = '\n[attempt.review]\nowner = "hr_rep"\nsla = "immediate"\n'
    assert wrong(NEW + review) == ["attempt.3.review: the last attempt has no next one to prepare"]


def test_a_template_that_does_not_exist_is_named() -> None:
    packs = load_packs(template_exists=lambda name: True)
    assert packs.ids() == load_packs().ids()
    with pytest.raises(PackErrors) as caught:
        load_packs(template_exists=lambda name: name != "failed_exam/locked")
    assert "failed-exams-new.toml: attempt.3.lock.notice.template: there is no template 'failed_exam/locked'" in str(
        caught.value
    )


def test_contacts_of_the_roster_are_checked_where_they_are_known() -> None:
    named = ("it_service_desk", "pw_name_mismatch", "tbt_search_pack", "ops_leadership", "aetna_leadership")
    known = ("licensing_team", "ops_management", *named)
    assert load_packs(contacts=known).ids() == load_packs().ids()
    with pytest.raises(PackErrors) as caught:
        load_packs(contacts=("licensing_teams", "ops_management"))
    assert "'licensing_team' is neither a role nor a contact; did you mean 'licensing_teams'?" in str(caught.value)


def test_every_key_of_every_table_is_guarded() -> None:
    """A key somebody invents is an error wherever he puts it."""
    for header in (
        "[attempt.coach]",
        "[attempt.cap]",
        "[attempt.proctor]",
        "[attempt.confirm]",
        "[attempt.lock]",
        "[sla.one_business_day]",
    ):
        (problem,) = changed(header, f"{header}\nzzz = 1")
        assert ".zzz: is not a key of this table" in problem
    discipline = (BUILT_IN / "discipline.toml").read_text()
    assert wrong("zzz = 1\n" + discipline)[0].startswith("zzz: is not a key of this table")
    assert wrong(discipline.replace('"site_director", "pm"', '"site_directr", "pm"')) == [
        "review_cc.1: 'site_directr' is neither a role nor the name of a contact; did you mean 'site_director'?"
    ]


# -- pins --------------------------------------------------------------------------------------------------


def test_a_pin_names_the_content_and_not_its_spacing() -> None:
    pack = parse_pack(NEW)
    assert re.fullmatch(r"[0-9a-f]{16}", pack.pin)
    assert parse_pack("# a remark\n" + NEW.replace("  ", " ")).pin == pack.pin
    assert parse_pack(NEW.replace("merge_hours    = 24", "merge_hours = 25")).pin != pack.pin


def test_a_stored_text_is_found_by_its_pin_and_never_by_its_id() -> None:
    stored = NEW.replace("undo_minutes   = 10", "undo_minutes = 7")
    packs = load_packs()
    pin = packs.add_text("failed_exam", stored).pin
    restored = packs.by_pin(pin).policy
    assert isinstance(restored, FailedExamPolicy)
    assert restored.undo_minutes == 7
    assert packs.get("failed-exams-new").pin != pin
    assert packs.add_text("failed_exam", stored).pin == pin
    assert packs.add_text("failed_exam", NEW) is packs.get("failed-exams-new")
    with pytest.raises(KeyError):
        packs.by_pin("0" * 16)


def test_a_stored_text_is_not_checked_by_rules_made_later() -> None:
    clauseless = re.sub(r'clause      = ".*"', 'clause = ""', NEW)
    packs = Packs()
    pack = packs.add_text("failed_exam", clauseless)
    assert packs.by_pin(pack.pin).policy == pack.policy
    with pytest.raises(PackErrors, match="is for failed_exam, not discipline"):
        Packs().add_text("discipline", NEW)
    with pytest.raises(PackErrors, match="stored pack"):
        Packs().add_text("failed_exam", "id = 'x'\nworkflow = 'failed_exam'")


# -- words -------------------------------------------------------------------------------------------------


def test_a_pack_is_told_in_plain_words() -> None:
    said = describe(load_packs().get("failed-exams-new"))
    for line in (
        "Handled by the TL",
        "3 attempts a plan year",
        "  E-01 to the TL, the PM and the licensing team, copy to the agent, on behalf of the agent",
        "  Final CAP by the TL immediately (15/60 business minutes)",
        "  HR gets a copy of the CAP",
        "  next attempt proctored by licensing, scheduled within the next business day",
        "  WFM ends today's session",
        "  confirmed by the proctor, the TL or licensing immediately (15/60 business minutes)",
        "  locked for the plan year; E-04 to the Site Director, copy to the HR rep, the PM and the TL, on behalf of"
        " the TL",
    ):
        assert line in said.splitlines(), said
    for pack in load_packs():
        assert describe(pack).endswith("\n")
        assert "None" not in describe(pack)


def test_the_difference_of_the_two_wordings_in_plain_words() -> None:
    packs = load_packs()
    lines = difference(packs.get("failed-exams-old"), packs.get("failed-exams-new"))
    for line in (
        "handled by the Workshop Lead -> handled by the TL",
        "Second fail: Written CAP by the TL within the next business day"
        " -> Final CAP by the TL immediately (15/60 business minutes)",
        "Second fail: HR gate: none -> HR gets a copy of the CAP",
        "Second fail: no post asks for a proctor -> posted in the channel licensing",
        "Second fail: asked by E-02 to the PM, copy to the TL, on behalf of the Workshop Lead"
        " -> asked by E-03 to the licensing team, copy to the TL, on behalf of the TL",
        "Third fail: asked by card: the proctor and the Workshop Lead"
        " -> asked by card: the proctor, the TL and licensing",
    ):
        assert line in lines
    assert "in force from 2025-01-01 -> in force from 2026-01-01" in lines
    assert not any(line.startswith("called") for line in lines)
    assert not any("WFM" in line for line in lines), "what stays the same is not said"
    assert difference(packs.get("failed-exams-new"), packs.get("failed-exams-new")) == []


def test_a_longer_ladder_says_what_is_new() -> None:
    lines = difference(load_packs().get("failed-exams-new"), parse_pack(SIX.read_text()))
    assert "3 attempts a plan year -> 6 attempts a plan year" in lines
    assert "Fourth fail: not foreseen -> Final CAP by the TL immediately (15/60 business minutes)" in lines
    assert "Fifth fail: not foreseen -> review by the HR rep within the next business day" in lines
    assert not [line for line in lines if line.endswith("-> no coaching") and "not foreseen" in line]


def test_other_workflows_are_not_compared() -> None:
    packs = load_packs()
    (line,) = difference(packs.get("discipline"), packs.get("concern"))
    assert "cannot be compared" in line


def test_every_role_that_may_be_written_has_a_name_in_words() -> None:
    from bot.pack_words import NAMES

    assert {str(role) for role in pack_check.REACHABLE} == set(NAMES)


# -- the page ----------------------------------------------------------------------------------------------

ROOT = BUILT_IN.parent
PAGE = (ROOT / "docs" / "policies.md").read_text()


def usual(field: Field[Any]) -> str:
    """The default of a key, as the page writes it."""
    value = field.default
    if value is MISSING:
        return "needed"
    if value in ((), "", None):
        return "none"
    return f"`{orjson.dumps(value).decode().replace(',', ', ')}`"


@pytest.mark.parametrize("form", re.findall(r"<!-- keys of (\w+):", PAGE))
def test_the_page_tells_every_key_and_its_default(form: str) -> None:
    table = PAGE.split(f"<!-- keys of {form}:")[1].split("\n\n")[1]
    rows = [tuple(cell.strip() for cell in line.split("|")[1:4]) for line in table.splitlines()[2:]]
    assert [(key, default) for key, default, _ in rows] == [
        (f"`{f.name}`", usual(f)) for f in fields(vars(policy)[form])
    ]
    assert all(what for *_, what in rows)


def test_the_page_has_a_table_for_every_form() -> None:
    forms = {name for name, kind in vars(policy).items() if isinstance(kind, type) and is_dataclass(kind)}
    assert set(re.findall(r"<!-- keys of (\w+):", PAGE)) == forms


def test_the_page_quotes_the_example_and_tells_the_packs_as_they_are() -> None:
    (rung,) = re.findall(r"<!-- from tests/packs/six-attempts\.toml.*?-->\n```toml\n(.*?)```", PAGE, re.DOTALL)
    assert rung in SIX.read_text()
    words = (ROOT / "docs" / "packs.md").read_text()
    for pack in load_packs():
        told = f"## {pack.id}\n\n```text\n{describe(pack)}```"
        assert told in words, f"docs/packs.md is stale at {pack.id}: run `make docs`"
