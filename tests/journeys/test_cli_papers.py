"""An operator's own papers are looked at before they are used; a case's file is written for its owner's eyes only."""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from store import tables
from store.db import Database
from tests.journeys.operator import ROSTER, Operator, sits_down
from tests.store.played import LADDER, play

HOUSE = '[database]\nurl = "sqlite:///certdesk.db"\n[security]\nkey_file = "key"\n'
TITLE = '{% extends "built-in/final.typ.j2" %}{% block title %}Acme final warning{% endblock %}'
POLICIES = Path(__file__).parents[2] / "policies"
SCRIPT = Path(__file__).parents[1] / "rehearsals" / "s06-third-fail.toml"


@pytest.fixture(scope="module")
def worked_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Ana's case was worked on."""
    folder = tmp_path_factory.mktemp("papers")
    play(folder, LADDER)
    (folder / "certdesk.toml").write_text(HOUSE)
    return folder


@pytest.fixture
def operator(tmp_path: Path, worked_in: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """An operator beside a copy of that folder."""
    shutil.copytree(worked_in, tmp_path, dirs_exist_ok=True)
    yield from sits_down(tmp_path, monkeypatch)


# -- his own papers ----------------------------------------------------------------------------------------


def own(operator: Operator, text: str, name: str = "final.typ.j2") -> None:
    (operator.folder / "forms").mkdir(exist_ok=True)
    (operator.folder / "forms" / name).write_text(text)
    operator.file("certdesk.toml", f'papers = "forms"\n{HOUSE}')


def test_policy_check_tells_which_papers_are_in_force(operator: Operator) -> None:
    assert (
        "The papers are the built-in ones: case, coaching, final, review, written."
        in operator.types("policy", "check").out
    )
    own(operator, TITLE)
    assert "final.typ.j2" in operator.types("policy", "check").out


def test_his_paper_goes_out_with_the_mail(operator: Operator) -> None:
    own(operator, TITLE)
    said = operator.types("rehearse", SCRIPT, "--roster", ROSTER, "--json")
    assert said.code == 0
    sent = [line for line in map(json.loads, said.out.splitlines()) if line.get("id") in ("E-05", "E-06", "E-07")]
    assert len(sent) == 3
    assert all("Acme final warning" in paper["text"] for line in sent for paper in line["attachments"])


@pytest.mark.parametrize(
    "words",
    [
        ("policy", "check"),
        ("rehearse", SCRIPT, "--roster", ROSTER),
        ("case", "F-1", "--dossier", "out"),
    ],
)
def test_a_broken_one_stops_the_work_with_one_line_and_the_built_in_is_not_used_instead(
    operator: Operator, words: tuple[str, ...]
) -> None:
    own(operator, "just a text")
    said = operator.types(*words)
    assert said.code == 2
    assert said.line.startswith("certdesk: final.typ.j2: the required slot agent")
    assert not (operator.folder / "out").exists()


def test_run_refuses_it_too(operator: Operator) -> None:
    own(operator, "just a text")
    text = (operator.folder / "certdesk.toml").read_text()
    chat = '[rocketchat]\nurl = "http://127.0.0.1:9"\nuser_id = "x"\ntoken = "x"\n'
    operator.file("certdesk.toml", f'{text}{chat}[mail]\nsmtp = "smtp://127.0.0.1:9"\nfrom = "c@example.com"\n')
    said = operator.types("run")
    assert (said.code, said.line[:26]) == (2, "certdesk: final.typ.j2: th")


def test_doctor_says_it_among_the_rest(operator: Operator) -> None:
    assert "ok    papers: The papers are the built-in ones" in operator.types("doctor").out
    own(operator, "just a text")
    said = operator.types("doctor")
    assert said.code == 1
    assert "fail  papers: final.typ.j2: the required slot agent" in said.out


def test_a_pack_whose_papers_would_threaten_is_refused(operator: Operator) -> None:
    for name in ("coaching", "discipline"):
        text = (POLICIES / f"{name}.toml").read_text().replace("may result in", "will result in")
        operator.file("own.toml", text.replace(f'= "{name}"\nworkflow', f'= "{name}-own"\nworkflow'))
        said = operator.types("policy", "check", "own.toml")
        assert said.code == 2
        assert said.line == 'certdesk: own.toml: consequence: it says "may result in ...", for people decide'


# -- the file of a case ------------------------------------------------------------------------------------


def test_a_case_is_written_as_pdf_json_and_papers_for_the_owner_alone(operator: Operator) -> None:
    said = operator.types("case", "f1", "--dossier", "out")
    assert said.code == 0
    names = sorted(path.name for path in (operator.folder / "out").iterdir())
    assert names == ["F-1.json", "F-1.pdf", "Final_CAP_C-1.pdf", "Final_CAP_C-1_with_answer.pdf"]
    assert sorted(Path(line).name for line in said.out.splitlines()) == names
    assert {stat.S_IMODE(path.stat().st_mode) for path in (operator.folder / "out").iterdir()} == {0o600}
    record = json.loads((operator.folder / "out" / "F-1.json").read_text())
    assert [case["ref"] for case in record["cases"]] == ["F-1", "C-1"]
    for each in record["documents"]:
        content = (operator.folder / "out" / each["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["hash"]


def test_it_may_be_named_and_is_written_anew_over_an_open_one(operator: Operator) -> None:
    (operator.folder / "ana.pdf").write_text("old")
    (operator.folder / "ana.pdf").chmod(0o644)
    assert operator.types("case", "F-1", "--dossier", "ana.pdf").code == 0
    assert (operator.folder / "ana.pdf").read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE((operator.folder / "ana.pdf").stat().st_mode) == 0o600
    assert (operator.folder / "ana.json").exists()


def test_an_agents_whole_file_is_asked_for_by_name(operator: Operator) -> None:
    assert operator.types("case", "@ana", "--dossier", "out").code == 0
    assert (operator.folder / "out" / "ana.pdf").exists()


@pytest.mark.parametrize("ref", ["F-77", "@zed", "@../../x", "nonsense"])
def test_what_there_is_not_is_one_line(operator: Operator, ref: str) -> None:
    said = operator.types("case", ref, "--dossier", "out")
    assert (said.code, said.out) == (2, "")
    assert said.line.startswith("certdesk: REF: there is no case")


def test_a_folder_that_cannot_be_is_one_line(operator: Operator) -> None:
    operator.file("out", "a file")
    said = operator.types("case", "F-1", "--dossier", "out")
    assert said.code == 1
    assert said.line.startswith("certdesk: --dossier")


@pytest.mark.parametrize("why", ["the disk is full", "a folder is in the way"])
def test_what_could_not_be_written_leaves_no_half_of_a_personnel_file_behind(operator: Operator, why: str) -> None:
    folder = operator.folder / "out"
    old, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    if why == "a folder is in the way":
        (folder / "F-1.pdf").mkdir(parents=True)
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, most))
    try:
        said = operator.types("case", "F-1", "--dossier", "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (old, most))
    assert said.code == 1
    assert said.line.startswith("certdesk: --dossier")
    assert [each.name for each in folder.iterdir() if each.is_file()] == []


def test_case_and_replay_tell_of_documents_and_of_a_changed_byte(operator: Operator) -> None:
    told = operator.types("case", "C-1").out
    assert "paper kept: Final_CAP_C-1.pdf" in told
    assert "SHA-256 " in told
    assert "BYTES HAVE CHANGED" not in told
    assert "documents: the bytes of each give its number" in operator.types("replay").out
    database, d = Database(f"sqlite:///{operator.folder / 'certdesk.db'}"), tables.documents.c
    with database.connect() as connection:
        content = connection.execute(select(d.content).where(d.name == "Final_CAP_C-1.pdf")).scalar_one()
        spoilt = content[:-20] + bytes([content[-20] ^ 1]) + content[-19:]
        connection.execute(update(tables.documents).where(d.name == "Final_CAP_C-1.pdf").values(content=spoilt))
        connection.commit()
    database.close()
    said = operator.types("replay")
    assert said.code == 1
    assert said.line == "certdesk: 1 of 2 documents are not the bytes they were kept as"
    assert "(Final_CAP_C-1.pdf): its bytes have changed" in said.out
    assert "BYTES HAVE CHANGED" in operator.types("case", "C-1").out
