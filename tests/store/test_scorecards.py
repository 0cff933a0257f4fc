"""What a scorecard says inside: every layout people use is read, and what could be read two ways is not."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter

from bot.attachments import evidence
from bot.ports import File
from bot.reports.formats import words_of
from bot.scorecards import workbook
from workflows.effects import Marks

FIVE = ("85", "84.99", "90", "88", "100")
TEXTS = {"well": "warm opening", "down": "no recap", "prepare": "recap the plan"}
SLOTS: dict[str, Any] = {
    "last": "Rivera", "first": "Ana", "agent": "Ana Rivera", "oid": "40111", "certifier": "Cass Moy", "round": 1,
    "date": "Mon 23 Nov 2026", "calls": 5, "pass_mark": 85, "types": ["PDP", "MAPD"],
    "rates": [f"{rate}%" for rate in range(0, 101, 20)],
    "names": [f"Rivera_Ana_{rate}%.xlsx" for rate in range(0, 101, 20)],
    "scored": [],
}  # fmt: skip


def read(name: str, content: bytes | str) -> Marks | None:
    data = content.encode() if isinstance(content, str) else content
    return evidence(File(name=name, type="", content=data)).marks


def sheet(*rows: tuple[Any, ...], also: tuple[tuple[Any, ...], ...] = (), percent: bool = False) -> bytes:
    """A workbook of these rows, as a person would type them."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    form = book.add_format({"num_format": "0.00%"}) if percent else None
    for name, lines in (("Calls", rows), ("Notes", also)):
        page = book.add_worksheet(name)
        for n, row in enumerate(lines):
            for column, cell in enumerate(row):
                page.write(n, column, cell, form)
    book.close()
    return out.getvalue()


def calls(*scores: Any) -> list[tuple[Any, ...]]:
    return [(n, score) for n, score in enumerate(scores, 1)]


LAYOUTS = {
    "a table with a column of scores": sheet(("Call", "Score"), *calls(85, 84.99, 90, 88, 100)),
    "calls named in words": sheet(("Call #", "SCORE"), *((f"Call {n}", s) for n, s in calls(85, 84.99, 90, 88, 100))),
    "blank rows and an average": sheet(
        ("Call", "", "Score"),
        (),
        (1, "", 85),
        (),
        (2, "", 84.99),
        (3, "", 90),
        (4, "", 88),
        (5, "", 100),
        (),
        ("Average", "", 89.6),
    ),
    "per cent signs": sheet(("Call", "Score"), *calls("85%", "84.99 %", "90%", "88", "100%")),
    "cells shown as per cent": sheet(("Call", "Score"), *calls(0.85, 0.8499, 0.9, 0.88, 1), percent=True),
    "out of a hundred": sheet(("Call", "Score"), *calls("85/100", "84,99", "90", "88", "100 / 100")),
    "a column a call": sheet(("", "Call 1", "Call 2", "Call 3", "Call 4", "Call 5"), ("Score", 85, 84.99, 90, 88, 100)),
    "lines without a head": sheet(*((f"Call {n}", s) for n, s in calls(85, 84.99, 90, 88, 100))),
    "scores alone": sheet(("Score",), (85,), (84.99,), (90,), (88,), (100,)),
    "the calls in another order": sheet(("Call", "Score"), (3, 90), (1, 85), (2, 84.99), (5, 100), (4, 88)),
    "two sheets that say the same": sheet(
        ("Call", "Score"), *calls(85, 84.99, 90, 88, 100), also=(("Call", "Score"), *calls(85, 84.99, 90, 88, 100))
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_scores_are_read_however_the_sheet_is_laid_out(name: str) -> None:
    marks = read("Rivera_Ana_80%.xlsx", LAYOUTS[name])
    assert marks is not None
    assert marks.scores == FIVE


LINES = "Call{0}Score\n1{0}85\n2{0}84{1}99\n3{0}90\n4{0}88\n5{0}100\n"


@pytest.mark.parametrize(("sign", "point"), [(",", "."), (";", ","), (";", "."), ("\t", ","), ("\t", ".")])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_csv_may_be_parted_and_written_as_spreadsheets_do(sign: str, point: str, code: str) -> None:
    marks = read("Rivera_Ana_80%.csv", f"Agent{sign}Renée\n{LINES.format(sign, point)}".encode(code))
    assert marks is not None
    assert (marks.scores, marks.agent) == (FIVE, "Renée")


@pytest.mark.parametrize(
    "content",
    [
        sheet(("Call", "Score", "Points"), (1, 85, 8)),
        sheet(("Call", "Score"), *calls(85, 90), also=(("Call", "Score"), *calls(85, 91))),
        sheet(("Call", "Score"), (1, 85), (1, 90)),
        sheet(("Call", "Score"), *calls(1, 1, 1, 1, 1)),
        sheet(("Call", "Score"), *calls("good", "fine")),
        sheet(("Call", "Score"), (1, 85), (2, "see mail")),
        sheet(("Call 1", 85, 90), ("Call 2", 80, 70)),
        sheet(("", "Call 0", "Call 1", "Call 2"), ("Score", 85, 90, 95)),
        sheet(("Call 0", 85), ("Call 1", 90), ("Call 2", 95)),
        sheet(("Call", "Score"), *calls("\u0669\u0660", 90)),
        sheet(("Call", "Passed"), *calls("yes", "no")),
        sheet(),
        b"PK\x03\x04[Content_Types].xmlxl/workbook.xml",
    ],
)
def test_what_could_be_read_two_ways_or_not_at_all_is_not_guessed(content: bytes) -> None:
    assert read("Rivera_Ana_80%.xlsx", content) is None


def test_lines_in_one_cell_of_a_csv_stay_parted() -> None:
    marks = read("x.csv", 'Call,Score,Done well\n1,85,"warm opening\ngood recap"\n2,90,\n')
    assert marks is not None
    assert marks.well[0] == "warm opening good recap"
    assert read("x.csv", 'Call,Score\n"1\n2",85\n') == read("x.csv", "Call,Score\n1 2,85\n")


def test_a_call_without_a_score_is_a_gap() -> None:
    marks = read("x.csv", "Call,Score\n1,85\n2,\n3,90\n")
    assert marks is not None
    assert marks.scores == ("85", "", "90")


@pytest.mark.parametrize(
    ("rows", "agent"),
    [
        ((("Agent", "Ben Ortiz"),), "Ben Ortiz"),
        ((("Agent:", "", "Ortiz, Ben"),), "Ortiz, Ben"),
        ((("Last name", "Ortiz"), ("First name", "Ben")), "Ben Ortiz"),
        ((("Agent", "Ben Ortiz"), ("Name", "Cass Moy")), ""),
        ((), ""),
    ],
)
def test_the_agent_is_read_where_a_sheet_names_one(rows: tuple[tuple[Any, ...], ...], agent: str) -> None:
    marks = read("x.xlsx", sheet(*rows, ("Call", "Score"), *calls(85, 90)))
    assert marks is not None
    assert marks.agent == agent


def test_feedback_is_read_from_its_columns() -> None:
    head = ("Call", "Score", "Done well", "Marked down", "Preparation")
    marks = read("x.xlsx", sheet(head, (1, 85, "calm", "late", "recap"), (2, 90, "warm", "", "plan")))
    assert marks is not None
    assert (marks.well, marks.down, marks.prepare) == (("calm", "warm"), ("late", ""), ("recap", "plan"))


# -- the sheet we hand out ---------------------------------------------------------------------------------


def test_the_sheet_handed_out_filled_in_is_read_back_whole() -> None:
    scored = [{"score": score, **TEXTS} for score in FIVE]
    marks = read("Rivera_Ana_80%.xlsx", workbook({**SLOTS, "scored": scored}))
    assert marks is not None
    assert (marks.scores, marks.agent, marks.certifier) == (FIVE, "Ana Rivera", "Cass Moy")
    assert (marks.well, marks.down, marks.prepare) == tuple((text,) * 5 for text in TEXTS.values())


def test_the_empty_sheet_says_nothing_and_shows_every_name() -> None:
    blank = workbook(SLOTS)
    assert read("x.xlsx", blank) is None
    assert all(name in words_of(blank) for name in SLOTS["names"])


def test_the_sheet_works_out_the_rate_as_the_files_name_has_it() -> None:
    content = workbook({**SLOTS, "calls": 3, "rates": ["0%", "33%", "66%", "100%"], "names": list("abcd")})
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert b"INT(100*COUNTIF(C11:C13,&quot;&gt;=85&quot;)/3)" in book.read("xl/worksheets/sheet1.xml").replace(
            b'"', b"&quot;"
        )


def test_the_same_facts_give_the_same_bytes() -> None:
    assert workbook(SLOTS) == workbook(SLOTS)


def test_a_name_that_looks_like_a_formula_stays_a_name() -> None:
    evil = workbook({**SLOTS, "agent": '=HYPERLINK("http://x.example")', "names": ['=1"&A1&".xlsx'] * 6})
    inside = zipfile.ZipFile(io.BytesIO(evil)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>=HYPERLINK" not in inside
    assert "<f>HYPERLINK" not in inside
    assert '"=1""&amp;A1&amp;"".xlsx"' in inside


# -- made to break the reader

_TABLE = '<row><c t="inlineStr"><is><t>call</t></is></c><c t="inlineStr"><is><t>score</t></is></c></row>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def book(*sheets: str, name: str = "worksheets/sheet{}.xml", shared: str = "") -> bytes:
    """A workbook written by hand; `sheets` are the insides of <sheetData>, `name` what their files are called."""
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = [(f"r{n}", "worksheet", name.format(n), text) for n, text in enumerate(sheets, 1)]
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, len(sheets) + 1))
    texts = [("rs", "sharedStrings", "sharedStrings.xml", shared)] if shared else []
    related = "".join(
        f'<Relationship Id="{id}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for id, kind, to, _ in (*parts, *texts)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{links}"><Relationship Id="r" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        packed.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
        )
        packed.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{links}">{related}</Relationships>')
        for _, _, to, inside in parts:
            packed.writestr(f"xl/{to}", f'<x:worksheet xmlns:x="{_MAIN}" xmlns="{_MAIN}"><x:sheetData>{inside}'
                            "</x:sheetData></x:worksheet>")  # fmt: skip
        for _, _, to, inside in texts:
            packed.writestr(f"xl/{to}", f'<sst xmlns="{_MAIN}">{inside}</sst>')
    return out.getvalue()


def a_call(attributes: str = "", row: str = "") -> str:
    return f"<row{row}><c><v>1</v></c><c{attributes}><v>90</v></c></row>"


@pytest.mark.parametrize("name", ["worksheets/sheet{}.xml", "scores{}.dat"])
def test_a_sheet_is_found_whatever_its_file_is_called(name: str) -> None:
    said = read("Rivera_Ana_80%.xlsx", book(_TABLE + a_call(), name=name))
    assert said is not None
    assert said.scores == ("90",)


END = _TABLE + a_call() + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


@pytest.mark.parametrize(
    "content",
    [
        book(END),
        book(END, name="scores{}.dat"),
        book(END.replace("<row", "<x:row").replace("</row", "</x:row").replace("<c", "<x:c").replace("</c", "</x:c")),
        book(_TABLE + a_call() + '<row r="2"><c r="AAA0001048576"><v>1</v></c></row>'),
        book(_TABLE + a_call() + "<row/>" * 600_000 + a_call()),
        book(_TABLE + a_call() + f"<row>{'<c/>' * 100_000}<c><v>1</v></c></row>"),
        book(*[_TABLE + a_call() + '<row r="2000"><c r="GR2000"><v>1</v></c></row>'] * 30),
        book(
            _TABLE + a_call() + ("<row>" + '<c t="s"><v>0</v></c>' * 50 + "</row>") * 500,
            shared=f"<si><t>{'x' * 3_000_000}<!--<si>--></t></si>",
        ),
        book(_TABLE + a_call()) + book(END)[-22:],
    ],
    ids=[
        "far",
        "other name",
        "prefix",
        "many digits",
        "empty rows",
        "empty cells",
        "many sheets",
        "long text",
        "twice",
    ],
)
def test_a_sheet_the_reader_would_need_all_memory_for_is_never_opened(content: bytes) -> None:
    assert read("Rivera_Ana_80%.xlsx", content) is None
    assert words_of(content) == "", "nor is it for a rehearsal to read aloud"
