"""The words the handlers answer with: every template is there, renders strictly, and help is the list of routes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handlers import filed
from handlers.helping import page
from handlers.intents import Act, Confirm, Say, Unknown
from handlers.names import nearest
from handlers.router import route
from handlers.routes import ROUTES
from tests.words.test_handlers_cast import ROSTER, desk, gists, one, say
from tests.words.test_handlers_classroom import two_classes
from workflows.effects import Evidence
from workflows.people import Role, Roster

TEMPLATES = Path(__file__).parents[2] / "templates"
JINJA = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
JINJA.filters["as_is"] = str

TWO_ANAS = Roster.build(
    sites=ROSTER.sites.values(),
    classes=ROSTER.classes.values(),
    people=ROSTER.people.values(),
    exams=ROSTER.exams.values(),
    agents=[
        *ROSTER.agents.values(),
        replace(ROSTER.agents["ana"], username="ana2", last="Ríos", oid="40199"),
        replace(ROSTER.agents["ana"], username="may", first="May", last="O'Neil", oid="40200"),
    ],
)

SPOKEN = [
    ("lia", "rts @ana"),
    ("eve", "waive @ana badge lost"),
    ("tara", "note @ana coached twice"),
    ("tara", "redflag"),
    ("cole", "eod send"),
    ("tara", "progress m1"),
    ("ana", "progress for tomorrow m1"),
    ("ana", "progress"),
    ("ana", "progress fix"),
    ("ana", "issue"),
    ("cole", "equip @ana"),
    ("tara", "ticket K-7"),
    ("lia", "proctor F-1 25:00"),
    ("tara", "ana was not coached"),
    ("tara", "done"),
    ("ana", "failed ahip again"),
    ("tara", "coached @ana yesterday"),
    ("lia", "void"),
    ("lia", "proctor F-1 mon"),
    ("lia", "proctor F-1"),
    ("lia", "void F-1"),
    ("ana", "i think i failed ahip"),
    ("ana", "did not fail"),
    ("lia", "proof @ana"),
    ("ana", "good morning"),
    ("tara", "away 0"),
    ("ana", "fail ahip 0"),
    ("ana", "failed ahip and aetna"),
    ("lia", "proctor F-1 mon 10:00 @dev @lia"),
    ("ana", "ben failed ahip"),
    ("ana", "she failed ahip"),
    ("tara", "coached @ana\nform F-1\ncap F-1\nundo"),
    ("pia", "result F-1"),
    ("ana", "failed practice quiz 3"),
    ("ana", "failed ahip quiz"),
    ("ana", "received the schedule"),
    ("tara", "she failed"),
    ("lia", "proctor F-1 mon 10:00 est"),
    ("lia", "proctor F-1 9:00"),
    ("tara", "coached @ana 15:30"),
    ("ana", "fail foo"),
    ("ana", "fail"),
    ("tara", "coached anna"),
    ("tara", "coached @dev"),
    ("tara", "leave"),
    ("ana", "failed ahip 1 2"),
    ("lia", "proctor F-1 next thu 10:00"),
    ("hana", "review R-1 outcome gone"),
    ("lia", "proctor F-1 mon 3"),
    ("eve", "nle"),
    ("tara", "fail ahip"),
    ("hana", "review"),
    ("cole", "connect @ana @dev"),
    ("cole", "uploaded @ana"),
    ("ana", "failed tbt"),
    ("tara", "attend @ben banana"),
    ("lia", "hands b1 yesterday @ben"),
    ("lia", "hands b4 @ben"),
    ("cass", "sent the scorecard of ana"),
]
FILES = [
    ("ana", Evidence(name="Rivera_Ana_80%.xlsx", type="text/csv", size=1, hash="0")),
    ("ana", Evidence(name="notes.docx", type="application/zip", size=1, hash="0")),
]


def rendered(intent: Say | Confirm) -> str:
    return JINJA.get_template(f"say/{intent.template}/chat.md").render(intent.facts)


def test_every_answer_has_its_words_and_every_words_their_answer():
    answers = [intent for who, text in SPOKEN for intent in say(who, text) if isinstance(intent, Say | Confirm)]
    answers += [option for a in answers if isinstance(a, Confirm) for _, option in a.options if isinstance(option, Say)]
    answers += [i for i in say("ana", "!esp ack", direct=False) if isinstance(i, Say)]
    answers += [i for i in say("tara", "!esp redflag @ana", direct=False) if isinstance(i, Say)]
    answers += [i for i in say("tara", "coached ana", roster=TWO_ANAS) if isinstance(i, Say)]
    answers += [i for who, file in FILES for i in route("", replace(desk(who), files=(file,))) if isinstance(i, Say)]
    answers += [i for i in say("hana", "!esp legal hold @ana why", direct=False) if isinstance(i, Say)]
    sunday = replace(desk("lia"), at=desk("lia").at + timedelta(days=5))
    answers += [i for i in route("hands b1 @ben", sunday) if isinstance(i, Say)]
    refused = replace(FILES[0][1], trouble="program")
    answers += [i for i in filed.told([], replace(desk("ana"), refused=(refused,))) if isinstance(i, Say)]
    two = [i for text in ("hands b1", "hands @ben @fay") for i in say("lia", text, roster=two_classes())]
    answers += [i for i in two if isinstance(i, Say)]
    answers.append(page("", desk("ana")))
    shown = {answer.template: rendered(answer) for answer in answers}
    for template, text in shown.items():
        assert text.strip(), template
        assert "None" not in text, template
        assert "  " not in text.strip(), template
    kept = {path.parent.name for path in (TEMPLATES / "say").glob("*/chat.md")}
    ours = {
        name
        for path in Path("handlers").glob("*.py")
        if path.name not in ("mail.py", "fails.py", "replies.py")  # what mail is asked back stands in tests/mail
        for name in re.findall(r'(?:unclear\(\s*|template=)"([a-z_]+)"', path.read_text())
    }
    ours |= {"need_past_time", "time_to_come"}
    assert ours - kept == set()
    assert ours - set(shown) == set()
    assert "unknown" in kept


@pytest.mark.parametrize("who", ["ana", "tara", "lia", "pia", "wes", "hana", "eve", "cole"])
def test_help_fits_in_eight_lines_and_shows_only_ones_own(who):
    roles = desk(who).roles
    for topic in ("", "exams", "caps", "proctor", "ahip", "coached", "nonsense @all *x*"):
        shown = page(topic, desk(who))
        assert 1 < len([line for line in rendered(shown).splitlines() if line.strip()]) <= 8
        own = {route.example for route in ROUTES if route.roles & roles}
        if who == "ana":  # an agent speaks of nobody else
            own = {" ".join(word for word in example.split() if word[0] != "@") for example in own}
        assert {line["example"] for line in shown.facts["lines"]} <= own


def test_help_of_an_exam_leads_to_its_guides():
    assert ("Guides", "guides") in page("ahip", desk("ana")).buttons
    assert ("Guides", "!esp guides") in page("aetna", desk("lia", direct=False)).buttons


def test_help_of_an_exam_or_a_command_is_its_topic():
    assert page("ahip", desk("ana")).facts["topic"] == page("fail", desk("ana")).facts["topic"] == "exams"
    assert page("cap", desk("tara")).facts["topic"] == "caps"


def test_every_command_in_help_works_as_its_example_shows():
    for who in ("ana", "tara", "lia", "pia", "wes", "hana", "sam", "eve"):
        for known in ROUTES:
            if known.help and known.roles & desk(who).roles and "15:30" not in known.example:
                found = gists(who, known.example)
                assert len(found) == 1, known.example
                assert not found[0].startswith(("say", "unknown", "silence")), (who, known.example, found)


def test_no_two_routes_claim_the_same_words():
    words = [word for route in ROUTES for word in route.words]
    phrases = [phrase for route in ROUTES for phrase in route.phrases]
    assert len(words) == len(set(words))
    assert len(phrases) == len(set(phrases))


def test_a_page_for_a_channel_calls_the_bot_on_its_buttons():
    assert all(typed.startswith("!esp help ") for _, typed in page("", desk("ana", direct=False)).buttons)


# -- names ---------------------------------------------------------------------------------------------------


def test_a_shared_name_is_asked_with_buttons_that_settle_it():
    asked = one(Say, "tara", "coached ana advised", roster=TWO_ANAS)
    assert asked.template == "which_person"
    assert asked.buttons == (
        ("Ana Rivera, OID 40111", "coached @ana advised"),
        ("Ana Ríos, OID 40199", "coached @ana2 advised"),
    )
    for _, typed in asked.buttons:
        assert isinstance(say("tara", typed, roster=TWO_ANAS)[0], Act)


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("coached ana rios", "ana2"),
        ("coached Ana RÍOS", "ana2"),
        ("coached @ANA2", "ana2"),
        ("coached Rios, Ana", "ana2"),
        ("coached may", "may"),
        ("coached May oneil", "may"),
        ("coached may o'neil", "may"),
        ("coached ben's cap thing advised", "ben"),
        ("coached bens", "ben"),
        ("coached ben in may", "ben"),
    ],
)
def test_people_are_found_however_they_are_written(text, agent):
    act = one(Act, "tara", text, roster=TWO_ANAS)
    assert act.agent == agent


def test_an_everyday_word_is_not_a_person():
    assert gists("ana", "failed ahip 2, will try again in may", roster=TWO_ANAS) == ["ExamFailed(ahip-final, 2) ana"]


def test_a_stranger_is_asked_about_and_no_duty_is_guessed():
    for text in ("coached joe", "form done joe", "cap done joe", "confirm joe", "ended joe"):
        who = "wes" if text.startswith("ended") else "tara"
        asked = one(Say, who, text)
        assert asked.template == "unknown_person"


def test_staff_are_not_agents():
    for text in ("coached @dev", "form done dev", "cap done will lane"):
        assert gists("tara", text) == ["say not_agent"]
    assert gists("tara", "coached ana with dev") == ["Coached(False) ana"]


def test_near_names_are_suggested():
    assert nearest(desk("tara"), "anna")[0] == "ana"
    assert nearest(desk("tara"), "@benn")[0] == "ben"


def test_unknown_words_offer_at_most_three_commands_of_ones_own():
    unknown = one(Unknown, "ana", "faild pased udno helpp acck")
    assert len(unknown.near) == 3
    assert Role.agent in desk("ana").roles
