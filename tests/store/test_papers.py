"""Papers: complete or refused, the same bytes each time, and agent-supplied text stays text."""

from __future__ import annotations

from pathlib import Path

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
    problems = lint("final", {**FULL, **wrong})
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


def test_a_review_dossier_says_that_nothing_is_decided_and_lists_what_is_missing() -> None:
    slots: Slots = {
        "id": "R-5", "agent": "Ana Rivera", "oid": "40111", "date": "today", "tl": "Tara Lee", "subject": "AHIP",
        "cause": "F-1", "timeline": [("10:02", "attempt 1 not passed", "Ana Rivera, by chat")], "steps": [],
        "contrary": [],
    }  # fmt: skip
    assert lint("review", slots) == []
    shown = flat(text_of(paper("review", slots)[1]))
    assert "No decision has been made, and nothing here recommends one." in shown
    assert "Ana Rivera, by chat" in shown
    assert "That does not say that there is nothing" in shown
    assert "cause: the case that asks for it is missing" in lint("review", {**slots, "cause": ""})
    assert "timeline: number 1 lacks its time or its text" in lint("review", {**slots, "timeline": [("", "x", "y")]})


def test_what_no_font_can_draw_is_named_and_marks_of_skin_and_colour_go() -> None:
    assert papers.escape("ok 😀 中 👍🏽") == '#"ok [grinning face] [U+4E2D] [thumbs up sign]";'
    assert papers.escape("\u0710 \ufdfa") == '#"[U+0710] [U+FDFA]";'
    assert papers.escape("Ña\u0308 Ж ש") == '#"Ña\u0308 Ж ש";'


# -- an operator's own -------------------------------------------------------------------------------------


def own(folder: Path, **texts: str) -> papers.Papers:
    for name, text in texts.items():
        (folder / f"{name}.typ.j2").write_text(text, encoding="utf-8")
    return papers.load(folder)


def test_the_built_in_papers_are_right_themselves() -> None:
    assert papers.BUILT_IN.check() == []


def test_an_operators_paper_stands_in_place_of_the_built_in_one(tmp_path: Path) -> None:
    house = own(tmp_path, written='{% extends "built-in/written.typ.j2" %}{% block title %}Acme warning{% endblock %}')
    assert "Acme warning" in text_of(house.paper("written", FULL)[1])
    assert house.paper("final", FULL) == paper("final", FULL)
    assert "written.typ.j2" in house.described()


def test_a_frame_of_his_own_is_used_by_every_paper(tmp_path: Path) -> None:
    built_in = (papers._TEMPLATES / "_frame.typ.j2").read_text()
    house = own(tmp_path, _frame=built_in.replace("Confidential personnel record", "Acme Personnel"))
    for kind in papers.KINDS:
        assert "Acme Personnel" in text_of(house.paper(kind, FULL)[1])


def test_what_was_checked_at_start_is_used_whatever_becomes_of_the_file(tmp_path: Path) -> None:
    house = own(tmp_path, written='{% extends "built-in/written.typ.j2" %}{% block title %}Acme one{% endblock %}')
    (tmp_path / "written.typ.j2").write_text("broken {{")
    assert "Acme one" in text_of(house.paper("written", FULL)[1])


PAPER = '{% extends "_paper.typ.j2" %}'
BROKEN = {
    "no such slot": (PAPER + "{% block title %}{{ agnet }}{% endblock %}", "'agnet' is undefined; the slots are agent"),
    "not Jinja": (PAPER + "{% block title %}{% endblok %}", "line 1: "),
    "not typst": (PAPER + "{% block title %}#let x = {% endblock %}", "does not set: "),
    "reads a file": (PAPER + '{% block title %}#read("/etc/passwd"){% endblock %}', "does not set: "),
    "reaches out": (PAPER + '{% block title %}#import "a.typ"{% endblock %}', "reaches for other files or packages"),
    "out of the sandbox": (PAPER + '{% block title %}{{ "".__class__.__mro__ }}{% endblock %}', "unsafe"),
    "calls a text": (PAPER + "{% block title %}{{ agent.foo() }}{% endblock %}", "no attribute 'foo'"),
    "divides by nothing": (PAPER + "{% block title %}{{ 1 / 0 }}{% endblock %}", "does not set: division"),
    "extends nothing": ('{% extends "_papr.typ.j2" %}', "there is no template _papr.typ.j2"),
    "prints too little": (PAPER + "{% block page %}{{ agent }}{% endblock %}", "the required slot oid"),
    "no receipt": ("", "acknowledges receipt, not agreement"),
    "no clause": ("", "the required slot clause"),
    "threatens": (PAPER + "{% block decided %}You will be terminated.{% endblock %}", "may result in"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_paper_is_one_sentence_that_names_its_file(tmp_path: Path, name: str) -> None:
    text, said = BROKEN[name]
    built_in = (papers._TEMPLATES / "_paper.typ.j2").read_text()
    if name == "no receipt":
        text = built_in.replace("acknowledges receipt, not agreement", "agrees")
    elif name == "no clause":
        text = built_in.replace("{% if clause %}", "{% if false %}")
    text = text.replace(
        '{% extends "_frame.typ.j2" %}', '{% extends "_frame.typ.j2" %}{% block title %}x{% endblock %}'
    )
    with pytest.raises(papers.PaperErrors) as refused:
        own(tmp_path, written=text)
    (problem,) = refused.value.problems
    assert problem.startswith("written.typ.j2: ")
    assert said in problem
    assert "\n" not in problem


def test_a_file_nobody_would_use_and_a_folder_that_is_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(papers.PaperErrors, match=r"^writen\.typ\.j2: no paper has this name; there are .*written"):
        own(tmp_path, writen="x")
    with pytest.raises(papers.PaperErrors, match="there is no folder"):
        papers.load(tmp_path / "nowhere")
    (tmp_path / "writen.typ.j2").unlink()
    (tmp_path / "final.typ.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(papers.PaperErrors, match=r"^final\.typ\.j2: cannot be read: it is not UTF-8 text$"):
        papers.load(tmp_path)


def test_an_operators_paper_escapes_what_people_wrote_like_any_other(tmp_path: Path) -> None:
    house = own(
        tmp_path, written='{% extends "built-in/written.typ.j2" %}{% block title %}{{ agent|safe }}{% endblock %}'
    )
    shown = flat(text_of(house.paper("written", {**FULL, "agent": '#read("x") Ana'})[1]))
    assert '#read("x") Ana' in shown
