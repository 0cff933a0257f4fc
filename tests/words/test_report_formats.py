"""Reports as text, page, spreadsheet and CSV: the same cells in all, never a formula, and a picture with its words."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest

from bot.reports import formats, pictures, sheet, tracker
from bot.reports.sheet import Picture, Report, Table

EVIL = "=cmd|'/c calc'!A1"
ROWS = (
    (EVIL, "+1", "-2", "@sum(A1)", "\tx"),
    ("Ana Rivera", "15/15", "a\nb", "<b>bold</b>", "José ✓"),
)
TABLE = Table(title="Agents [all]", columns=("Agent", "Plus", "Minus", "At", "Tab"), rows=ROWS)
SVG = pictures.bars("Cohort", [("Mon <1>", [("waiting", 3), ("passed", 0)])], 'three & "more"')
REPORT = Report(
    name="eod-call",
    title="Call Cert report",
    day=date(2026, 11, 23),
    about="class NOV16",
    head=("2 agents", EVIL),
    tables=(TABLE, Table(title="Agents [all]", columns=("Only",), rows=(("x",),))),
    pictures=(Picture(svg=SVG, alt='three & "more"'),),
)


def test_no_cell_of_a_csv_is_a_formula_and_excel_reads_it_as_utf8() -> None:
    raw = formats.as_csv(REPORT)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0] == list(TABLE.columns)
    assert rows[1] == [f"'{cell}" for cell in ROWS[0]]
    assert rows[2] == list(ROWS[1])
    assert len(rows) == 3, "the first table and nothing else"


def test_a_spreadsheet_holds_text_and_text_only() -> None:
    book = zipfile.ZipFile(io.BytesIO(formats.as_xlsx(REPORT)))
    for name in book.namelist():
        if name.startswith("xl/worksheets/"):
            page = book.read(name).decode()
            assert "<f>" not in page, "a formula"
            assert set(re.findall(r'<c r="[A-Z]+\d+"[^>]* t="(\w+)"', page)) == {"s"}
            assert not re.search(r'<c r="[A-Z]+\d+"(?![^>]* t=)', page), "a number"
    assert 'quotePrefix="1"' in book.read("xl/styles.xml").decode()
    assert formats.words_of(formats.as_xlsx(REPORT)).splitlines()[0] == "\t".join(TABLE.columns)
    assert EVIL in formats.words_of(formats.as_xlsx(REPORT))


def test_the_same_report_is_the_same_file() -> None:
    assert formats.as_xlsx(REPORT) == formats.as_xlsx(sheet.thawed(sheet.frozen(REPORT)))


def test_two_tables_of_one_name_are_two_sheets() -> None:
    book = zipfile.ZipFile(io.BytesIO(formats.as_xlsx(REPORT)))
    names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    assert names == ["Agents all", "Agents all 2", "Summary"]


def test_a_page_holds_every_cell_as_text_and_nothing_remote() -> None:
    page = formats.as_html(REPORT)
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold</b>" not in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="', page)
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    for column in TABLE.columns:
        assert f'<th scope="col">{column}</th>' in page
    assert page.count("<figcaption>") == 1


def test_a_text_shows_every_column_and_the_words_of_the_picture() -> None:
    said = formats.as_text(REPORT)
    assert said.startswith("Call Cert report, Mon 2026-11-23, class NOV16\n2 agents\n")
    assert all(column in said for column in TABLE.columns)
    assert 'three & "more"' in said
    wide = Table(title="t", columns=tuple(f"column {n}" for n in range(20)), rows=(tuple("x" * 9 for _ in range(20)),))
    assert formats.table_lines(wide)[0] == "column 0: xxxxxxxxx"
    assert formats.table_lines(Table(title="t", columns=("a",))) == ["(no rows)"]


def test_every_drawing_is_sound_and_says_in_words_what_it_shows() -> None:
    drawings = (
        SVG,
        pictures.grid("TBTs", ["211629"], [("<Ana>", ["done", "going", "attention", "open"])], "alt <1>"),
        pictures.strip("Scores", [84.99, 85, 100, 0], 85, 50, 100, "alt"),
        pictures.ladder("Pace", ["start", "day 1"], [0, 4], [("Ana", [0, 2]), ("Ben", [0, 2])], "alt", top=14),
        pictures.heat("Week", ["Mon", "Tue"], [["TARDY", "0", "3"]], "alt"),
        pictures.heat("Week", ["Mon"], [["none", "0"]], "alt"),
    )
    for svg in drawings:
        root = ElementTree.fromstring(svg)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"]
        assert pictures.png(svg).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["Ana\x00Rivera", "a]]>b", "\ud800", "&#0;", '"quoted\\"'])
def test_no_name_breaks_a_drawing(name: str) -> None:
    svg = pictures.bars(name, [(name, [(name, 1)])], name)
    ElementTree.fromstring(svg)
    assert pictures.png(svg).startswith(b"\x89PNG")


def test_signs_say_what_the_colours_say() -> None:
    assert len({sign for _, _, sign in pictures.LEVELS.values()}) == len(pictures.LEVELS)


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("", "open"),
        ("Complete", "done"),
        ("Pass 80%", "done"),
        ("OK", "done"),
        ("Yes", "done"),
        ("15/15", "done"),
        ("3/15", "going"),
        ("In progress", "going"),
        ("Fail 60%", "attention"),
        ("Issue: headset", "attention"),
        ("No", "attention"),
        ("Third attempt not passed; see licensing", "attention"),
    ],
)
def test_a_status_is_known_by_its_first_word(value: str, level: str) -> None:
    assert tracker.level(value) == level
