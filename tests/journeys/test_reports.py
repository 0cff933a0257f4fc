"""`certdesk report`: columns and order exact, any past day, every format, mistakes in one sentence, nothing private."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot import tracker
from bot.clock import HandClock
from bot.commands import reporting
from bot.commands.entrance import Wrong
from bot.reports import eod_call, eod_tbt, progress
from bot.reports.catalogue import REPORTS
from bot.reports.formats import words_of
from tests.journeys import aftermath
from tests.journeys.stage import local, press, say, until

NOW = "11-23 19:00"
FEEDBACK = "well: clear; down: none; next: more"
STORY = (
    say("ana", "progress m1 m2 q1 q2", "11-17 10:00"),
    say("ben", "progress m1", "11-17 10:01"),
    say("lia", "rts @ana yes", "11-18 10:00"),
    say("ana", "progress m3 equipment ok", "11-18 16:00"),
    say("ana", "fail ahip 1", "11-18 16:05"),
    press("tara", "Coached", "11-18 16:06"),
    say("ana", "fail ahip 2", "11-18 16:10"),
    say("cole", "connect @ana @cass", "11-23 13:00"),
    say("cass", f"score @ana 1 92 {FEEDBACK}", "11-23 13:20"),
    say("cass", f"score @ana 2 84.99 {FEEDBACK}", "11-23 13:40"),
    say("ana", "tbt 3/15", "11-23 14:00"),
    until("11-23 18:30"),
)
PRIVATE = re.compile(
    r"\b(?:caps?|coach\w*|disciplin\w*|terminat\w*|warning|written|attempts?|corrective|uncoached|verbal)\b", re.I
)


class Told:
    """The reports of one story."""

    def __init__(self, config: Path, capsys: Any) -> None:
        self.config, self.capsys = config, capsys

    def __call__(self, name: str, on: str = "", form: str = "text", klass: str = "", *, send: bool = False) -> str:
        day = datetime.fromisoformat(on) if on else None
        self.capsys.readouterr()
        reporting.report(self.config, name, day, klass, form, send=send, clock=HandClock(local(NOW)))
        return str(self.capsys.readouterr().out)

    def rows(self, name: str, on: str = "") -> list[list[str]]:
        """The table as its CSV has it."""
        raw = self(name, on, "csv").removeprefix("\ufeff")
        return list(csv.reader(io.StringIO(raw, newline="")))


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story, played once."""
    odd = {'first = "Ben"\nlast  = "Ortiz"': 'first = "Ben"\nlast  = "=cmd|\'/c calc\'!A1"'}
    return aftermath.keep(tmp_path_factory.mktemp("reports"), *STORY, start="11-16 07:30", changed=odd)


@pytest.fixture
def told(config: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Its reports."""
    return Told(config, capsys)


# -- the tracker -------------------------------------------------------------------------------------------


def test_the_tracker_has_the_columns_in_their_order_and_a_row_an_agent(told: Told) -> None:
    head, *rows = told.rows("tracker")
    assert head == list(tracker.COLUMNS)
    assert "CAP" not in " ".join(head)
    assert [row[1] for row in rows] == ["'=cmd|'/c calc'!A1", "Kim", "Lund", "Rivera", "Roe", "Voss"]
    ana = dict(zip(head, next(row for row in rows if row[2] == "Ana"), strict=True))
    assert {name: ana[name] for name in head[:8]} == {
        "Class": "NOV16",
        "Last Name": "Rivera",
        "First Name": "Ana",
        "OID": "40111",
        "Status": "Active",
        "Training Start Date": "11/16/2026",
        "TL": "Tara Lee",
        "PM": "Pia Moss",
    }
    assert ana["RTS/No More Forms Status"] == "Yes"


def test_notes_are_newest_first_and_in_the_order_of_their_owner(told: Told) -> None:
    head, *rows = told.rows("tracker")
    notes = next(row for row in rows if row[2] == "Ana")[head.index("Notes")].split("\n")
    days = [re.search(r"(\d\d/\d\d/\d{4})", note) for note in notes]
    assert all(days)
    found = [day[1] for day in days if day]
    assert found == sorted(found, reverse=True)
    shapes = re.compile(r"[^-]+ - \d\d/\d\d/\d{4} - .+|\d\d/\d\d/\d{4} - [^-]+ - .+")
    assert all(shapes.fullmatch(note) for note in notes), notes


def test_a_past_day_shows_what_stood_at_its_end(told: Told) -> None:
    column = tracker.COLUMNS.index("RTS/No More Forms Status")
    before = next(row for row in told.rows("tracker", "2026-11-17") if row[2] == "Ana")
    after = next(row for row in told.rows("tracker", "2026-11-18") if row[2] == "Ana")
    assert (before[column], after[column]) == ("", "Yes")
    notes = tracker.COLUMNS.index("Notes")
    assert "11/18/2026" not in before[notes]
    assert "11/17/2026" in after[notes]


def test_those_at_risk_come_first_in_the_picture_and_last_names_in_the_table(told: Told) -> None:
    page = told("tracker", form="html")
    alt = re.search(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)
    assert alt
    assert alt[1].startswith("Those at risk first. Ben")
    assert "day 6" in alt[1]


# -- progress ----------------------------------------------------------------------------------------------


def test_the_progress_report_is_sorted_by_last_name_and_adds_the_days_up(told: Told) -> None:
    head, *rows = told.rows("progress", "2026-11-18")
    assert head == list(progress.COLUMNS)
    assert [row[2] for row in rows] == ["40112", "40114", "40113", "40111", "40116", "40115"]
    ana = dict(zip(head, next(row for row in rows if row[2] == "40111"), strict=True))
    assert (ana["Modules done"], ana["Quiz screenshots"]) == ("1, 2, 3", "1, 2")
    assert (ana["Equipment OK?"], ana["Date"], ana["Reported at"]) == ("yes", "11/18/2026", "16:00")
    ben = dict(zip(head, next(row for row in rows if row[2] == "40112"), strict=True))
    assert (ben["Modules done"], ben["Reported at"]) == ("1", ""), "his word of the day before stands"


def test_a_report_of_the_day_before_knows_nothing_of_the_day_after(told: Told) -> None:
    head, *rows = told.rows("progress", "2026-11-17")
    ana = dict(zip(head, next(row for row in rows if row[2] == "40111"), strict=True))
    assert (ana["Modules done"], ana["Equipment OK?"], ana["Reported at"]) == ("1, 2", "", "10:00")


# -- the evening reports -----------------------------------------------------------------------------------


def test_the_call_cert_report_tells_calls_scores_and_hours(told: Told) -> None:
    head, *rows = told.rows("eod-call", "2026-11-23")
    assert head == list(eod_call.COLUMNS)
    ana = dict(zip(head, rows[0], strict=True))
    assert ana == {
        "Agent": "Ana Rivera",
        "TL": "Tara Lee",
        "Certifier": "Cass Moy",
        "Calls n/5": "2/5",
        "Score 1": "92",
        "Score 2": "84.99",
        "Score 3": "",
        "Score 4": "",
        "Score 5": "",
        "Passed k": "1",
        "Pass Rate": "",
        "Connected at": "13:00",
        "Hours used": "3.5",
        "Status": "in progress",
        "Phase day": "2",
        "Note": "",
    }
    assert [row[head.index("Status")] for row in rows[1:]] == ["waiting"] * 5
    said = told("eod-call", "2026-11-23")
    assert (
        "6 in phase, 1 connected today, 0 completed today, 0 passed, 0 failed program, 5 waiting, 0 blocked by equipment"
        in said
    )
    assert "Scores of 2 calls: 1 at 85 or more (dots), 1 below (crosses)." in said


def test_before_anybody_connected_there_was_no_activity(told: Told) -> None:
    head, *rows = told.rows("eod-call", "2026-11-20")
    assert {row[head.index("Status")] for row in rows} == {"waiting"}
    assert {row[head.index("Connected at")] for row in rows} == {""}


def test_the_clients_report_has_names_without_oids(told: Told) -> None:
    head, *rows = told.rows("eod-tbt", "2026-11-23")
    assert head == list(eod_tbt.COLUMNS)
    ana = dict(zip(head, next(row for row in rows if row[0] == "Ana Rivera"), strict=True))
    assert (ana["TBTs done /N"], ana["All complete?"], ana["Proof uploaded"]) == ("3/15", "No", "0/15")
    assert len(ana["Remaining course numbers"].split(", ")) == 12
    for form in ("text", "html", "csv"):
        assert "4011" not in told("eod-tbt", "2026-11-23", form), "an OID in what leaves the house"


def test_wfm_is_told_numbers(told: Told) -> None:
    assert ["Sessions ended early", "1"] in told.rows("wfm", "2026-11-18")
    assert ["Sessions ended early", "0"] in told.rows("wfm", "2026-11-17")


def test_the_weekly_names_nobody(told: Told) -> None:
    said = told("weekly", "2026-11-20")
    assert "Week of 11/16/2026 to 11/20/2026" in said
    assert ["AHIP Final", "1", "1", "0", "0"] in told.rows("weekly", "2026-11-20")
    assert not re.search(r"Ana|Rivera|Ben|Ortiz|4011\d", told("weekly", "2026-11-20", "html"))


# -- formats, scope, sending -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "weekly"])
@pytest.mark.parametrize("form", ["text", "html", "csv"])
def test_no_report_says_anything_private(told: Told, name: str, form: str) -> None:
    for on in ("2026-11-17", "2026-11-18", "2026-11-20", "2026-11-23"):
        found = PRIVATE.search(re.sub(r"<style>.*?</style>", "", told(name, on, form), flags=re.DOTALL))
        assert not found, f"{name} of {on} as {form} says {found[0]}"


def test_a_spreadsheet_of_every_report_can_be_written(config: Path, capfdbinary: Any) -> None:
    for name in REPORTS:
        reporting.report(config, name, None, "", "xlsx", send=False, clock=HandClock(local(NOW)))
        assert words_of(capfdbinary.readouterr().out)


def test_a_class_alone_can_be_asked_for(told: Told) -> None:
    assert told("tracker", klass="NOV16").startswith("ESP Tracker, Mon 2026-11-23, class NOV16\n")


def test_send_queues_one_mail_to_the_packs_recipients(told: Told, config: Path) -> None:
    assert told("eod-tbt", send=True) == "Queued for aetna-leadership@example.com, cole.carr@example.com.\n"
    assert told("tracker", send=True) == "Queued for eve.marsh@example.com, cole.carr@example.com.\n"
    with closing(sqlite3.connect(config.parent / "kept.db")) as rows:
        found = rows.execute(
            "SELECT spec, template, state, case_id FROM outbox WHERE key LIKE 'report:%' ORDER BY key"
        ).fetchall()
    assert found == [("E-18", "site_day/report", "waiting", ""), ("", "site_day/report", "waiting", "")]


# -- mistakes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            {"name": "traker"},
            "NAME: there is no report traker; did you mean tracker?; there are "
            "tracker, progress, eod-call, eod-tbt, wfm, weekly",
        ),
        ({"form": "pdf"}, "--format: pdf is none of text, html, xlsx, csv"),
        ({"klass": "NOV17"}, "--class: there is no class NOV17; did you mean NOV16?; there are NOV16"),
        ({"on": "2026-11-24"}, "--date: 2026-11-24 is still to come; today is 2026-11-23"),
    ],
    ids=["name", "format", "class", "date"],
)
def test_a_mistake_is_one_sentence_that_names_the_argument(told: Told, words: dict[str, str], sentence: str) -> None:
    with pytest.raises(Wrong) as error:
        told(**{"name": "tracker", **words})  # type: ignore[arg-type]
    assert str(error.value) == sentence
