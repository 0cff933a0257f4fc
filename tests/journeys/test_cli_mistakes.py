"""A person's mistake gets one line that names it and exit 2; work that fails exits 1; never a traceback."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.operator import ROSTER, Operator, sits_down

SCRIPT = """
start = 2026-11-17T10:00:00-07:00
[[step]]
at = 2026-11-17T10:02:00-07:00
chat = { from = "ana", text = "fail ahip 1" }
"""


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    yield from sits_down(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("migrat", "certdesk: No such command 'migrat'. Did you mean 'migrate'?"),
        ("run --loud", "certdesk run: No such option: --loud"),
        ("roster", "certdesk roster: Missing command."),
        ("roster import", "certdesk roster import: Missing argument 'FILE'."),
        ("rehearse s.toml", "certdesk rehearse: Missing option '--roster'."),
        ("demo --port x", None),
        ("migrate --config nowhere.toml", "certdesk: nowhere.toml: cannot be read: No such file or directory"),
        ("policy show failed-exams-ne", "certdesk: there is no pack failed-exams-ne; did you mean failed-exams-new?"),
        ("policy diff failed-exams-new discipline", None),
        ("policy check nowhere.toml", "certdesk: nowhere.toml: cannot be read: No such file or directory"),
        ("policy list --policies nowhere", "certdesk: nowhere: there is no such folder of policy packs"),
        ("draw failed_exams", None),
        ("draw failed_exam --pack discipline", None),
        ("outbox retry", None),
        ("outbox drop some-key --all", None),
        ("case F-9", "certdesk: REF: there is no case F-9"),
        ("rehearse nowhere.toml --roster r.toml", "certdesk: nowhere.toml: cannot be read: No such file or directory"),
        ("rehearse s.toml --roster nowhere.toml", "certdesk: nowhere.toml: cannot be read: No such file or directory"),
        ("rehearse s.toml --roster r.toml --database no://x", None),
        ("roster import nowhere.toml", "certdesk: nowhere.toml: cannot be read: No such file or directory"),
    ],
)
def test_wrong_input_is_one_line_and_exit_2(words: str, line: str | None, operator: Operator) -> None:
    operator.file("s.toml", SCRIPT)
    operator.file("r.toml", ROSTER.read_bytes())
    operator.types("migrate")
    said = operator.types(*words.split())
    assert (said.code, said.out) == (2, "")
    assert line is None or said.line == line
    assert said.line


def test_everything_wrong_with_the_configuration_is_said_at_once(operator: Operator) -> None:
    operator.file("certdesk.toml", '[chat]\nper_minute = -1\n[web]\nlisten = "x"\n')
    said = operator.types("migrate")
    assert said.code == 2
    assert said.err.splitlines() == [
        "certdesk: certdesk.toml: [chat] per_minute: must be 0 or more",
        "certdesk: certdesk.toml: [web] listen: 'x' is not HOST:PORT like 127.0.0.1:8080",
    ]


def test_run_names_what_is_not_set(operator: Operator) -> None:
    said = operator.types("run")
    assert said.code == 2
    assert "[rocketchat] token: is not set (or CERTDESK_ROCKETCHAT__TOKEN)" in said.err


# -- scripts and rosters


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ("start = 3", "s.toml: start: needs a date and time with an offset"),
        ("start = [", "s.toml: is not TOML"),
        (SCRIPT + "[[step]]\nwait = '5 apples'\n", 's.toml: step 1: wait: "5 apples" is not a duration like "45m"'),
        (
            SCRIPT + "[[step]]\nchat = { from = 'ana', text = 'x' }\nwait = '1m'\n",
            "s.toml: step 1: needs exactly one of",
        ),
        (SCRIPT + "[[step]]\npress = { by = 'ana', label = 'Dance' }\n", "s.toml: step 1: press: no card shown to ana"),
        (
            SCRIPT + "[[step]]\nchat = { from = 'ana', text = 'me', room = '@bot' }\n",
            's.toml: step 1: chat.room: "@bot" is',
        ),
        (SCRIPT + "[[step]]\npacks = { failed_exam = 'x' }\n", "s.toml: step 1: packs.failed_exam: there is no pack x"),
        (SCRIPT + "[[step]]\npacks = { exams = 'x' }\n", "s.toml: step 1: packs: unknown key exams"),
        (
            SCRIPT.replace("[[step]]", "[packs]\nfailed_exam = 'x'\n[[step]]"),
            "s.toml: packs.failed_exam: there is no pack x",
        ),
        (SCRIPT + "[[step]]\nat = 2026-11-17T09:00:00-07:00\nwait = '1m'\n", "s.toml: step 1: at: "),
    ],
)
def test_a_broken_script_is_named_with_its_step_and_reason(script: str, place: str, operator: Operator) -> None:
    operator.file("s.toml", script)
    said = operator.types("rehearse", "s.toml", "--roster", ROSTER)
    assert said.code == 2
    assert said.line.startswith(f"certdesk: {place}")


def test_a_broken_roster_is_named_with_every_problem(operator: Operator) -> None:
    operator.file("s.toml", SCRIPT)
    operator.file("r.toml", ROSTER.read_text().replace('tl = "tara"', 'tl = "tarra"', 2))
    for words in (("rehearse", "s.toml", "--roster", "r.toml"), ("roster", "import", "r.toml")):
        operator.types("migrate")
        said = operator.types(*words)
        assert said.code == 2
        assert said.err.splitlines() == [
            "certdesk: r.toml: agent.ana.tl: nobody is called 'tarra'; did you mean 'tara'?",
            "certdesk: r.toml: agent.ben.tl: nobody is called 'tarra'; did you mean 'tara'?",
        ]


def test_what_is_wrong_in_itself_and_what_points_nowhere_is_said_at_once(operator: Operator) -> None:
    text = ROSTER.read_text().replace('last  = "Rivera"', "shoe = 44", 1).replace('tl = "tara"', 'tl = "tarra"', 1)
    operator.file("r.toml", text.replace('oid   = "40112"', 'oid = "40111"'))
    operator.types("migrate")
    said = operator.types("roster", "import", "r.toml")
    assert (said.code, said.out) == (2, "")
    assert sorted(said.err.splitlines()) == [
        "certdesk: r.toml: agent.ana.last: missing",
        "certdesk: r.toml: agent.ana.shoe: unknown key",
        "certdesk: r.toml: agent.ana.tl: nobody is called 'tarra'; did you mean 'tara'?",
        "certdesk: r.toml: agent.ben.oid: the OID 40111 is also that of agent.ana.oid",
    ]


def test_a_broken_pack_is_named_with_file_and_key(operator: Operator) -> None:
    text = (Path(__file__).parents[2] / "policies" / "failed-exams-new.toml").read_text()
    operator.file(
        "mine.toml", text.replace('id = "failed-exams-new"', 'id = "mine"').replace("effective_from", "effectiv_from")
    )
    said = operator.types("policy", "check", "mine.toml")
    assert said.code == 2
    assert all(line.startswith("certdesk: mine.toml: ") for line in said.err.splitlines())
    operator.file("mine.toml", text)
    said = operator.types("policy", "check", "mine.toml")
    assert (said.code, "exists already" in said.line) == (2, True)


# -- databases


@pytest.mark.parametrize("words", ["roster import r.toml", "case F-1", "replay", "outbox list", "migrate --check"])
def test_without_a_database_the_command_to_run_is_named(words: str, operator: Operator) -> None:
    operator.file("r.toml", ROSTER.read_bytes())
    said = operator.types(*words.split())
    assert said.code == 1
    assert said.line.endswith("run `certdesk migrate`")
    assert not (operator.folder / "data" / "certdesk.db").exists()


def test_an_old_schema_names_migrate_and_a_newer_one_names_the_program(operator: Operator) -> None:
    operator.types("migrate")
    schema(operator, "0000")
    said = operator.types("replay")
    assert (said.code, said.line) == (
        1,
        "certdesk: [database] the schema is older than this program: run `certdesk migrate`",
    )
    schema(operator, "9999")
    for words in ("replay", "migrate", "migrate --check", "doctor"):
        said = operator.types(*words.split())
        assert said.code == 1
        assert "newer than this program" in said.out + said.err


def schema(operator: Operator, version: str) -> None:
    with sqlite3.connect(operator.folder / "data" / "certdesk.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()


def test_a_file_that_is_no_database_is_told(operator: Operator) -> None:
    operator.file("junk.db", b"not a database at all, but long enough to be looked at " * 20)
    operator.file("certdesk.toml", '[database]\nurl = "sqlite:///junk.db"\n')
    said = operator.types("migrate")
    assert (said.code, said.line) == (1, "certdesk: [database] file is not a database")


def test_a_folder_that_cannot_be_made_is_told(operator: Operator) -> None:
    operator.file("data", "a file where the folder should be")
    said = operator.types("migrate")
    assert said.code == 1
    assert "data" in said.line


def test_an_unreachable_server_is_told_without_the_password(operator: Operator) -> None:
    operator.file("certdesk.toml", '[database]\nurl = "postgresql+psycopg://u:hush@127.0.0.1:1/x"\n')
    said = operator.types("replay")
    assert said.code == 1
    assert "hush" not in said.line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told() -> None:
    words = [sys.executable, "-m", "bot", "policy", "show", "failed-exams-new"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(words, cwd=Path(__file__).parents[2], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "certdesk: no space left on the disk\n")


# -- manners


def test_help_comes_quickly_and_without_the_bot() -> None:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Usage: certdesk" in done.stdout
    assert not {"sqlalchemy", "aiohttp", "pydantic", "jinja2"} & {
        line.rpartition("|")[2].strip() for line in done.stderr.splitlines()
    }
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "words",
    [
        "run", "demo", "doctor", "migrate", "rehearse", "draw", "case", "replay", "report", "preview",
        "roster import", "roster export", "policy check", "policy list", "policy show", "policy diff",
        "outbox list", "outbox retry", "outbox drop",
    ],
)  # fmt: skip
def test_every_command_has_help_and_takes_config(words: str, operator: Operator) -> None:
    said = operator.types(*words.split(), "--help")
    assert (said.code, said.err) == (0, "")
    assert "--config" in said.out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("report eod-tb", "NAME: there is no report eod-tb; did you mean eod-tbt?"),
        ("report tracker --format pdf", "--format: pdf is none of text, html, xlsx, csv"),
        ("report tracker --date 2026-13-40", "--date"),
    ],
)
def test_a_report_nobody_has_is_a_mistake_of_one_line(words: str, named: str, operator: Operator) -> None:
    said = operator.types(*words.split())
    assert (said.code, said.out) == (2, "")
    assert named in said.line


def test_the_version_is_told(operator: Operator) -> None:
    assert operator.types("--version").out.startswith("certdesk ")
