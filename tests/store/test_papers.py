"""Papers: complete or refused, the same bytes each time, and agent-supplied text stays text."""

from __future__ import annotations

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import papers
from bot.papers import Slots, lint, paper, pdf, text_of

CLAUSE = "The agent understands that failing the third attempt may result in termination of employment."
FULL: dict[str, str | list[str] | list[tuple[str, str]]] = {
    "agent": "Ana Rivera",
    "oid": "A104233",
    "date": "Tuesday, November 17, 2026",
    "tl": "Tara Lee",
    "policy": "Failed certification exams",
    "policy_version": "old wording",
    "facts": [("2026-11-16 10:02 MST", "Attempt 1 not passed."), ("2026-11-17 09:40 MST", "Attempt 2 not passed.")],
    "prior_steps": ["Coaching C-31"],
    "expectation": "Pass the third attempt.",
    "time_allowed": "By Friday, November 20, 2026.",
    "consequence": "Failing the third attempt may result in termination of employment.",
    "support": ["Two hours of study time", "Practice exam"],
}


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", papers.KINDS)
def test_a_complete_paper_shows_every_slot_and_the_receipt_wording(kind: str) -> None:
    more: Slots = {**FULL, "clause": CLAUSE, "id": "CAP-12", "ref": "F-1043", "status": "Draft", "organisation": "Acme"}
    assert lint(kind, more, CLAUSE) == []
    shown = flat(text_of(paper(kind, more)[1]))
    wanted = [CLAUSE, "Attempt 2 not passed.", "2026-11-17 09:40 MST", "Coaching C-31", "Practice exam", "CAP-12"]
    wanted += [
        "F-1043",
        "Draft",
        "Acme",
        "Agent's comment",
        "acknowledges receipt, not agreement",
        "Signature of the agent",
    ]
    wanted += [str(FULL[name]) for name in ("agent", "oid", "date", "tl", "policy", "expectation", "consequence")]
    assert [one for one in wanted if one not in shown.replace("’", "'")] == []


@pytest.mark.parametrize("name", papers.REQUIRED)
def test_each_missing_slot_is_named_and_the_paper_refused(name: str) -> None:
    without = {key: value for key, value in FULL.items() if key != name}
    empty = {**FULL, name: "  "}
    for slots in (without, empty):
        assert any(problem.startswith(f"{name}: ") for problem in lint("written", slots))
        with pytest.raises(ValueError, match=f"{name}: "):
            paper("written", slots)


def test_the_mandatory_clause_must_stand_there_whatever_its_spacing() -> None:
    assert any("policy demands" in problem for problem in lint("written", FULL, CLAUSE))
    for name in ("clause", "expectation"):
        assert lint("written", {**FULL, name: "Note: " + CLAUSE.upper().replace(" ", "\n ")}, CLAUSE) == []


def test_a_consequence_that_threatens_a_slot_nobody_knows_and_a_fact_without_time_are_named() -> None:
    wrong = {"consequence": "You will be fired.", "supprt": "x", "facts": [("", "x"), ("10:00", "y")]}
    problems = lint("final", {**FULL, **wrong})  # type: ignore[dict-item]
    assert [problem.partition(":")[0] for problem in problems] == ["supprt", "facts", "consequence"]
    assert "facts: number 1 lacks its time or its text" in problems


def test_a_first_step_says_that_there_is_none_before_it() -> None:
    assert lint("coaching", {**FULL, "prior_steps": []}) == []
    assert "None on record." in text_of(paper("coaching", {**FULL, "prior_steps": []})[1])


def test_a_kind_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        lint("../final", FULL)


def test_the_same_slots_give_the_same_bytes_and_no_date_of_making() -> None:
    one, two = paper("final", FULL), paper("FINAL", dict(FULL))
    assert one == two
    assert b"CreationDate" not in one[1]


NASTY = [
    '#read("/etc/passwd")',
    '"; #read("/etc/passwd") #"',
    '\\"; #panic("x") #"\\',
    '#import "@preview/cetz:0.3.0": *',
    "] #panic() [",
    "*bold* _it_ $x$ `raw` <label> @ref = no",
    "- a\n= heading\n+ b\n/ term: c",
    "// gone\n/* gone */",
    "{{ 7 * 7 }} {% raw %} {# x #}",
    "https://example.com -- ... ~ \\u{41} '\"",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_what_an_agent_writes_stays_text(nasty: str) -> None:
    everywhere: Slots = {
        **dict.fromkeys(FULL, nasty), "facts": [(nasty, nasty)], "prior_steps": [nasty],
        "consequence": nasty + " may result in", "comment": nasty, "receipt": nasty, "clause": nasty, "id": nasty,
    }  # fmt: skip
    shown = "".join(text_of(paper("written", everywhere)[1]).split())
    assert shown.count("".join(nasty.split())) >= 8


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_out_of_its_place(text: str) -> None:
    said = papers.escape(text)
    assert pdf(f"{said}.len() *{said}* (x) [y] #box[{said}] - {said}").startswith(b"%PDF")


def test_bidi_marks_and_controls_are_dropped_and_long_words_may_break() -> None:
    assert papers.escape("a\u202eb\x00c\r\nd\ud800") == '#"abc\nd";'
    assert "\u200b" in papers.escape("x" * 100)


@pytest.mark.parametrize(
    "source",
    ['#import "@preview/cetz:0.3.0"', '#import ("@pre" + "view/cetz:0.3.0")', '#include "x.typ"', '#plugin("x")'],
)
def test_a_source_that_reaches_out_is_refused_before_it_is_tried(source: str) -> None:
    with pytest.raises(ValueError, match="reaches"):
        pdf(source)


@pytest.mark.parametrize(
    "source", ['#read("/etc/passwd")', '#image("/etc/hostname")', '#read("pyproject.toml")', "#let"]
)
def test_a_source_that_reads_files_or_is_wrong_fails(source: str) -> None:
    with pytest.raises(typst.TypstError):
        pdf(source)


def test_a_very_long_paper_runs_over_pages_and_loses_nothing() -> None:
    long: Slots = {**FULL, "facts": [(f"t{n}.", f"fact {n}.") for n in range(200)], "comment": "word " * 3000 + "end."}
    shown = flat(text_of(paper("written", long)[1]))
    assert all(f"t{n}. fact {n}." in shown for n in range(200))
    assert "word end." in shown


def test_pages_can_be_looked_at_as_pictures() -> None:
    source, _ = paper("coaching", FULL)
    pages = papers.png(source, ppi=40)
    assert len(pages) == 2
    assert all(page.startswith(b"\x89PNG") for page in pages)
