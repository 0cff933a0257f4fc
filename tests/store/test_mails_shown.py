"""The page of every mail: nothing is missing on it, and whom it names is whom the workflows write to."""

from __future__ import annotations

import re

from bot import preview_mails
from bot.docs import pages
from bot.preview_mails import KINDS
from bot.render import Renderer
from tests.store.test_templates import said
from workflows.effects import Mail

SPECIFIED = [f"E-{n:02}" for n in range(1, 26)]
TWO_WORDINGS = {"failed-exams-new", "failed-exams-old"}
SENT_BY_PEOPLE = re.compile(r"@(lia|pia|cass|cole|will|tim|sam|eve|hana|tara)")


def known(template: str, role: str, *, behalf: bool = False) -> str:
    """A person as the role in which the mail goes to him."""
    if role in ("@ana", "@ben"):
        return "agent"
    if template == "failed_exam/slot" and role.startswith("@"):
        return "proctor"
    return "reporter" if behalf and SENT_BY_PEOPLE.match(role) else str(role)


def test_every_mail_of_the_specification_is_shown_and_in_its_order() -> None:
    assert list(dict.fromkeys(kind.spec for kind in KINDS if kind.spec)) == SPECIFIED


def test_every_template_for_mail_is_among_them_and_has_words_and_a_page() -> None:
    renderer = Renderer()
    assert {kind.template for kind in KINDS} == {name for name in renderer.names() if renderer.exists(name, "mail")}
    shown = list(preview_mails.shown())
    assert {each.template for each in shown} == {kind.template for kind in KINDS}
    for each in shown:
        assert len(each.text) > 60
        assert each.html.startswith("<!DOCTYPE html>")


def test_it_names_those_to_whom_the_workflows_write() -> None:
    listed = {(kind.spec, kind.template, frozenset(kind.to), frozenset(kind.cc), kind.behalf) for kind in KINDS}
    written = {
        (
            effect.id,
            effect.template,
            frozenset(known(effect.template, role) for role in effect.to),
            frozenset(known(effect.template, role) for role in effect.cc),
            known(effect.template, effect.behalf, behalf=True),
        )
        for one in said()
        if isinstance(effect := one.effect, Mail)
        if one.case.workflow != "failed_exam" or one.pack in TWO_WORDINGS
    }
    slots = {each for each in written if each[1] == "failed_exam/slot"}
    assert written - slots <= listed
    assert all(each[2] <= {"agent", "proctor"} and each[3] == {"tl"} for each in slots)
    assert len({each[1] for each in written}) > 15


def test_the_plain_words_say_what_the_page_says() -> None:
    for each in preview_mails.shown():
        numbers = set(re.findall(r"\d+", re.sub(r"<head>.*?</head>|<[^>]+>", " ", each.html, flags=re.DOTALL)))
        missing = {n for n in numbers if n not in each.text and n not in each.subject}
        assert not missing, (each.template, each.note, missing)


def test_no_mail_loads_anything_from_outside_or_asks_for_a_click_that_does_something() -> None:
    for each in preview_mails.shown():
        assert not re.search(
            r"<script|<form|<link|@import|url\(|src=\"(?!data:image/png;base64,)", each.html, re.IGNORECASE
        ), each.template
        assert not re.search(r"https?://(?!meet\.example\.com)", each.html), each.template


def test_the_printed_page_holds_every_mail() -> None:
    page = pages()["templates.md"]
    for kind in KINDS:
        assert f"Template `{kind.template}`." in page
    assert page.count("```text\nSubject: ") == len({kind.template for kind in KINDS})
