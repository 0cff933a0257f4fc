"""What was done can be read and replayed, what might be done rehearsed; rosters go in and out; rows are sent again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.roster import read_roster
from store import tables
from store.db import HEAD, Database
from tests.journeys.operator import ROSTER, Operator, sits_down
from tests.store.played import LADDER, TAKEN_BACK, play

REHEARSALS = Path(__file__).parents[1] / "rehearsals"
HOUSE = '[database]\nurl = "sqlite:///certdesk.db"\n[security]\nkey_file = "key"\n'


@pytest.fixture(scope="module")
def worked_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database in which two agents' cases were worked on."""
    folder = tmp_path_factory.mktemp("played")
    play(folder, LADDER, TAKEN_BACK)
    (folder / "certdesk.toml").write_text(HOUSE)
    return folder


@pytest.fixture
def operator(tmp_path: Path, worked_in: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """An operator beside a copy of that folder."""
    shutil.copytree(worked_in, tmp_path, dirs_exist_ok=True)
    yield from sits_down(tmp_path, monkeypatch)


# -- case


def test_a_case_is_told_with_who_when_rule_and_words(operator: Operator) -> None:
    said = operator.types("case", "f-1").out
    for words in (
        "Agent:  Ana Rivera (ana, OID 40111, class NOV16)",
        "Opened: Tue 17 Nov 2026, 10:02 (America/Denver)",
        "Now:    F3_LOCKED, ended",
        "Policy: failed-exams-new",
        "1. Tue 17 Nov 2026, 10:02  Ana Rivera (agent), by chat",
        'in the words "/esp fail ahip 1"',
        "NONE -> F1_COACHING",
        "Rule: D000 new, first failed attempt: coach and advise",
        "Owed: form - Tara Lee, due Tue 17 Nov 2026, 11:02",
        "filed by Tara Lee, Tue 17 Nov 2026, 10:22",
        "E-01 mail to Tara Lee <tara.lee@example.com>",
        "| Subject: [F-1] Failed attempt 1: AHIP Final - Ana Rivera",
        "C-WFM-END post in #wfm",
        "Reminder",
        "E-04 mail to Sam Dean <sam.dean@example.com>",
    ):
        assert words in said
    assert "~d." not in said, "a button's token is nothing to read"


def test_a_cap_is_opened_with_the_key_and_tells_receipt_and_delivery(operator: Operator) -> None:
    said = operator.types("case", "C-1").out
    for words in (
        "See also: F-1",
        "delivered by: Tara Lee",
        "The agent confirms receipt, not agreement",
        "answered at:",
    ):
        assert words in said
    (operator.folder / "key").unlink()
    refused = operator.types("case", "C-1")
    assert (refused.code, refused.out) == (1, "")
    assert "restore the one of this database" in refused.line
    assert not (operator.folder / "key").exists(), "reading must not make a new key"


def test_what_was_taken_back_is_marked_with_by_whom(operator: Operator) -> None:
    refs = [ref for ref in ("F-2", "F-1", "F-3") if "Ben Ortiz" in operator.types("case", ref).out.splitlines()[1]]
    assert "TAKEN BACK by Ben Ortiz, Tue 17 Nov 2026, 10:04" in operator.types("case", refs[0]).out


def test_names_are_those_of_the_day_even_when_people_have_gone(operator: Operator) -> None:
    text = ROSTER.read_text().replace('name  = "Wes Fox"', 'name  = "Wesley Fox-Trot"')
    operator.file("later.toml", text)
    assert operator.types("roster", "import", "later.toml").code == 0
    assert "Wes Fox (WFM), by chat" in operator.types("case", "F-1").out


# -- replay


def test_replay_is_content_with_an_honest_store_and_names_a_spoilt_one(operator: Operator) -> None:
    said = operator.types("replay")
    assert said.code == 0
    assert "every journal gives the stored case" in said.out
    database = Database(f"sqlite:///{operator.folder / 'certdesk.db'}")
    with database.connect() as connection:
        connection.execute(update(tables.cases).where(tables.cases.c.id == "F-1").values(state="F1_CLEARED"))
        connection.commit()
    database.close()
    said = operator.types("replay")
    assert (said.code, said.out) == (1, "F-1: state\n")
    assert "are not what their journals give" in said.line


# -- rehearse


def test_a_rehearsal_prints_a_transcript_or_one_object_a_line(operator: Operator) -> None:
    script = sorted(REHEARSALS.glob("*.toml"))[0]
    plain = operator.types("rehearse", script, "--roster", ROSTER)
    assert plain.code == 0
    assert "@ana" in plain.out
    lines = [
        json.loads(line) for line in operator.types("rehearse", script, "--roster", ROSTER, "--json").out.splitlines()
    ]
    assert all({"at", "step", "kind"} <= set(line) for line in lines)
    assert {"chat", "mail", "state", "duty"} <= {line["kind"] for line in lines}


def test_a_rehearsal_knows_the_packs_beside_the_built_in_ones(operator: Operator) -> None:
    folder = operator.folder / "mine"
    folder.mkdir()
    text = (Path(__file__).parents[2] / "policies" / "failed-exams-new.toml").read_text()
    (folder / "mine.toml").write_text(
        text.replace('id = "failed-exams-new"', 'id = "mine"').replace('"failed-exams-new"', '"mine"')
    )
    start = "start = 2026-11-17T10:00:00-07:00\n[packs]\nfailed_exam = 'mine'\n"
    operator.file("s.toml", start + "[[step]]\nchat = { from = 'ana', text = 'fail ahip 1' }\n")
    assert operator.types("rehearse", "s.toml", "--roster", ROSTER, "--policies", folder).code == 0
    assert operator.types("policy", "diff", "failed-exams-new", "mine", "--policies", folder).out.endswith(
        "say the same.\n"
    )


def test_a_rehearsal_may_keep_its_database(operator: Operator) -> None:
    script = sorted(REHEARSALS.glob("*.toml"))[0]
    assert operator.types("rehearse", script, "--roster", ROSTER, "--database", "sqlite:///kept.db").code == 0
    assert (
        operator.types("replay", "--config", operator.file("kept.toml", '[database]\nurl = "sqlite:///kept.db"\n')).code
        == 0
    )


# -- policy and draw


def test_policies_are_listed_shown_and_compared_in_words(operator: Operator) -> None:
    assert "failed-exams-old" in operator.types("policy", "list").out
    assert "Failed Cert Exams" in operator.types("policy", "show", "failed-exams-new").out
    assert "Final CAP" in operator.types("policy", "diff", "failed-exams-old", "failed-exams-new").out
    assert operator.types("policy", "check").code == 0


def test_a_table_is_drawn(operator: Operator) -> None:
    said = operator.types("draw", "failed_exam", "--pack", "failed-exams-old").out
    assert "stateDiagram-v2" in said
    assert "| event \\ state |" in said


# -- outbox


@pytest.fixture
def stuck(operator: Operator) -> Operator:
    """One row failed for good, one waits for its next try."""
    database = Database(f"sqlite:///{operator.folder / 'certdesk.db'}")
    o = tables.outbox.c
    with database.connect() as connection:
        dead = {"state": "dead", "open": False, "error": "550 no such mailbox", "tries": 1, "sent": None}
        connection.execute(update(tables.outbox).where(o.key == "F-1:1:0").values(dead))
        late = {"state": "waiting", "open": True, "error": "421 later", "tries": 2, "sent": None}
        newest = connection.execute(select(o.key).order_by(o.order.desc()).limit(1)).scalar_one()
        connection.execute(update(tables.outbox).where(o.key == newest).values(late))
        connection.commit()
    database.close()
    return operator


def test_the_outbox_tells_what_waits_and_what_failed_and_why(stuck: Operator) -> None:
    lines = stuck.types("outbox", "list").out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("F-1:1:0  failed  mail to ")
    assert lines[0].endswith("550 no such mailbox")
    assert "2 tries, next" in lines[1]
    assert len(stuck.types("outbox", "list", "--all").out.splitlines()) > 20


def test_rows_are_sent_again_or_never(stuck: Operator) -> None:
    assert stuck.types("outbox", "retry", "F-1:1:0").code == 0
    assert "F-1:1:0  waiting" in stuck.types("outbox", "list").out
    assert stuck.types("outbox", "drop", "F-1:1:0").code == 0
    assert "F-1:1:0" not in stuck.types("outbox", "list").out
    again = stuck.types("outbox", "retry", "F-1:1:0")
    assert (again.code, again.line) == (1, "certdesk: outbox retry: F-1:1:0 was withdrawn already")
    assert stuck.types("outbox", "retry", "nothing").code == 2


def test_all_that_failed_is_retried_and_what_only_waits_is_left(stuck: Operator) -> None:
    assert stuck.types("outbox", "retry", "--all").out.startswith("1 row;")
    assert stuck.types("outbox", "drop", "--all").out == "0 rows.\n"


# -- roster


def test_a_roster_comes_in_shows_what_changes_and_goes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    operator = next(sits_down(tmp_path, monkeypatch))
    assert operator.types("migrate").code == 0
    assert operator.types("migrate").out == f"The schema is {HEAD}, as before.\n"
    assert "no roster yet" in operator.types("roster", "export", "out.toml").line
    dry = operator.types("roster", "import", ROSTER, "--dry-run")
    assert dry.out.splitlines() == [
        "The first roster: 1 site, 1 class, 6 agents, 3 exams, 12 people.",
        "Nothing was written.",
    ]
    assert operator.types("roster", "import", ROSTER).out.endswith("This roster is in force now.\n")
    assert operator.types("roster", "import", ROSTER).out.startswith("Nothing changes")
    operator.file("new.toml", ROSTER.read_text().replace('tl = "tara"', 'tl = "dev"', 1))
    assert "Ana Rivera: TL Tara Lee -> Dev Shah" in operator.types("roster", "import", "new.toml").out
    assert operator.types("roster", "export", "out.toml").code == 0
    assert operator.types("roster", "import", "out.toml").out.startswith("Nothing changes")
    assert read_roster(tmp_path / "out.toml") == read_roster(tmp_path / "new.toml")


def test_an_exam_that_does_not_fit_its_pack_keeps_the_whole_roster_out(operator: Operator) -> None:
    operator.file(
        "r.toml", ROSTER.read_text().replace("attempts = 3", "attempts = 4", 1).replace("Tara Lee", "Tara L.")
    )
    said = operator.types("roster", "import", "r.toml")
    assert said.code == 2
    assert "has 3 attempts" in said.line
    assert "Tara Lee" in operator.types("case", "F-1").out


def test_an_agent_who_leaves_the_roster_with_an_open_case_is_pointed_out(operator: Operator) -> None:
    operator.types("roster", "import", ROSTER)
    text = ROSTER.read_text()
    dan = text[text.index("[agent.dan]") : text.index("[agent.eli]")]
    operator.file("r.toml", text.replace(dan, ""))
    database = Database(f"sqlite:///{operator.folder / 'certdesk.db'}")
    with database.connect() as connection:
        connection.execute(update(tables.cases).where(tables.cases.c.id == "F-2").values(agent="dan", live=True))
        connection.commit()
    database.close()
    said = operator.types("roster", "import", "r.toml", "--dry-run").out
    assert "Look out: Dan Kim leaves the roster with an open case (F-2)" in said


def test_a_sheet_brings_agents_and_leaves_the_rest(operator: Operator) -> None:
    operator.types("roster", "import", ROSTER)
    head = "Username;First name;Last Name;OID;Email;Class;TL;PM;site director;HR rep;ESP manager"
    row = "gus;Gus;Moon;40199;gus.moon@example.com;NOV16;dev;pia;sam;hana;eve"
    operator.file("class.csv", f"{head}\n{row}\n")
    assert "Gus Moon (agent gus): new" in operator.types("roster", "import", "class.csv").out
    operator.file("oids.csv", "username,oid\nana,49999\n")
    assert operator.types("roster", "import", "oids.csv").out.startswith("Ana Rivera: OID 40111 -> 49999\nThis")
    operator.file("class.csv", f"{head};Shoe size\n{row};42\n")
    assert "class.csv: unknown column 'Shoe size'" in operator.types("roster", "import", "class.csv").err
    operator.file("class.csv", f"{head}\n{row.replace(';dev;', ';nobody;')}\n{row}\n")
    assert operator.types("roster", "import", "class.csv").err.splitlines() == [
        "certdesk: class.csv:3: gus is there twice, first on line 2",
        "certdesk: class.csv:2: agent.gus.tl: nobody is called 'nobody'",
    ]
    operator.file("class.xlsx", b"no sheet at all")
    assert operator.types("roster", "import", "class.xlsx").code == 2


def test_everything_wrong_with_a_sheet_is_said_at_once_with_its_line(operator: Operator) -> None:
    operator.types("roster", "import", ROSTER)
    operator.file(
        "class.csv",
        "username,first,last,OID,Email,class,tl,pm,site_director,hr_rep,esp_manager,shoe\n"
        "gus,Gus,Moon,40111,gus@example.com,NOV16,tarra,pia,sam,hana,eve,44\n"
        ",Hal,Noon,40198,hal,NOV17,dev,pia,sam,hana,eve,44\n"
        "ida,Ida,Reed,40197,ida@example.com,NOV16,pia,pia,sam,hana,,44\n",
    )
    said = operator.types("roster", "import", "class.csv")
    assert said.code == 2
    lines = [line.removeprefix("certdesk: ") for line in said.err.splitlines()]
    assert lines[0] == "class.csv: unknown column 'shoe'"
    assert lines[2] == "class.csv:3: the username is missing"
    assert sorted(lines[3:]) == [
        "class.csv:2: agent.gus.oid: the OID 40111 is also that of agent.ana.oid",
        "class.csv:2: agent.gus.tl: nobody is called 'tarra'; did you mean 'tara'?",
        "class.csv:3: agent.line 3.class: there is no class 'NOV17'; did you mean 'NOV16'?",
        "class.csv:3: agent.line 3.email: 'hal' is not an e-mail address",
        "class.csv:4: agent.ida.tl: Pia Moss (pia) does not have the role tl",
    ]


def test_an_xlsx_sheet_reads_like_a_csv(operator: Operator) -> None:
    import xlsxwriter

    operator.types("roster", "import", ROSTER)
    book = xlsxwriter.Workbook(str(operator.folder / "class.xlsx"))
    sheet = book.add_worksheet()
    head = ("username", "first", "last", "oid", "email", "class", "tl", "pm", "site_director", "hr_rep", "esp_manager")
    sheet.write_row(0, 0, head)
    sheet.write_row(1, 0, ("gus", "Gus", "Moon", 40199, "gus@example.com", "NOV16", "dev", "pia", "sam", "hana", "eve"))
    book.close()
    assert operator.types("roster", "import", "class.xlsx").out.startswith("Gus Moon (agent gus): new")
    assert operator.types("roster", "export", "out.toml").code == 0
    assert 'oid = "40199"' in (operator.folder / "out.toml").read_text()
