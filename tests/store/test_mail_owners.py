"""Every automatic mail has a named person behind it (SPEC 8.16), and the mails of one case are one thread.

That each mail of each story keeps the first promise is checked wherever a story is played (tests/journeys/stage.py).
"""

from __future__ import annotations

import ast
import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot import dispatch
from bot.clock import HandClock
from bot.mail.compose import Address
from bot.office import Office
from bot.ports import RawMail
from bot.premises import Premises, keep_roster, open_premises
from bot.preview import examples
from bot.preview_mails import KINDS
from bot.roster import read_roster
from store.rows import Note
from workflows.people import Role

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
BOT = Address(name="certdesk", email="certdesk@example.com")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """The example roster's house."""
    folder = tmp_path_factory.mktemp("owners")
    made = open_premises(url=f"sqlite:///{folder}/h.db", key_file=folder / "key", clock=HandClock(AT), create=True)
    with made.database.connect() as connection:
        keep_roster(connection, read_roster(ROOT / "tests" / "roster-day.toml"), AT)
        made.engine.refresh(connection)
        connection.commit()
    yield made
    made.close()


@pytest.fixture
def office(house: Premises) -> Office:
    return house.engine.setting()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.spec} {kind.template}")
def test_a_reply_to_any_mail_reaches_somebody_with_a_name(kind: object, office: Office) -> None:
    behalf = getattr(kind, "behalf", "")
    role = behalf if behalf in Role.__members__ else ""
    name, address = office.answers_for(role, "ana", AT)
    known = {office.roster.email_of(user): office.roster.name_of(user) for user in office.roster.people}
    known |= {office.roster.email_of("ana"): office.roster.name_of("ana")}
    assert known[address] == name
    assert name


def test_without_a_holder_of_the_role_the_tl_answers_and_for_the_house_the_esp_manager(office: Office) -> None:
    assert office.answers_for("", "ana", AT) == ["Tara Lee", "tara.lee@example.com"]
    assert office.answers_for("licensing_team", "ana", AT) == ["Tara Lee", "tara.lee@example.com"]
    assert office.answers_for("esp_manager", "tara", AT) == ["Eve Marsh", "eve.marsh@example.com"]


def test_no_workflow_writes_a_mail_without_saying_on_whose_behalf() -> None:
    calls = [
        (path.name, call.lineno, {keyword.arg for keyword in call.keywords})
        for path in (ROOT / "workflows").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "Mail"
    ]
    assert len(calls) > 15
    assert [(name, line) for name, line, given in calls if "behalf" not in given] == []


def sent(house: Premises, key: str, case: str, **body: object) -> EmailMessage:
    """A mail of that case as it goes out."""
    office = house.engine.setting()
    facts = next(each.facts for each in examples() if each.template == "failed_exam/notice" and each.kind == "mail")
    note = Note(
        key=key, channel="mail", lane="hana.ruiz@example.com", template="failed_exam/notice", made=AT, due=AT, case_id=case,
        agent="ana", wire_id=office.tokens.mail_token(key),
        body={
            "facts": dict(facts), "to": [["Hana Ruiz", "hana.ruiz@example.com"]], "cc": [], "attach": [], "invite": None,
            "reply_to": [["licensing", "licensing@example.com"], ["Lia Cruz", "lia.cruz@example.com"]], **body,
        },
    )  # fmt: skip
    message = dispatch.pack(note, office, house.renderer, BOT).message
    assert isinstance(message, RawMail)
    return email.message_from_bytes(message.content, policy=email.policy.default)


def test_the_mails_of_a_case_are_one_thread_in_any_mailbox_and_those_of_another_are_not(house: Premises) -> None:
    first, second = sent(house, "F-1:1:0", "F-1"), sent(house, "F-1:2:0", "F-1")
    other, none = sent(house, "F-2:1:0", "F-2"), sent(house, "in:x:1", "")
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"] == first["In-Reply-To"] == second["In-Reply-To"]
    assert first["References"] not in (other["References"], None)
    assert none["References"] is None
    assert sent(house, "F-1:1:0", "F-1")["Message-ID"] == first["Message-ID"]


def test_an_answer_to_a_mail_joins_its_writers_thread_and_says_that_it_is_an_answer(house: Premises) -> None:
    mail = sent(house, "in:y:1", "F-1", in_reply_to="<from-ana@home.example.net>")
    assert mail["In-Reply-To"] == "<from-ana@home.example.net>"
    assert "<from-ana@home.example.net>" in mail["References"]
    assert sent(house, "F-1:1:0", "F-1")["References"] in mail["References"]
    assert mail["Auto-Submitted"] == "auto-replied"
    assert sent(house, "F-1:1:0", "F-1")["Auto-Submitted"] == "auto-generated"


def test_the_bot_hears_replies_too(house: Premises) -> None:
    told = [each.addr_spec for each in sent(house, "F-1:1:0", "F-1")["Reply-To"].addresses]
    assert told == ["licensing@example.com", "lia.cruz@example.com", "certdesk@example.com"]
