"""An agent may go from the roster with the next import: HR still gets the file years later, and what was on its way
about him still goes."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from bot import dispatch, dossier, holds, retention
from bot.almanac import Almanac
from bot.mail.compose import Address
from bot.ports import RawMail
from bot.premises import keep_roster
from bot.reports.formats import words_of
from bot.retention import Ages
from bot.roster import read_roster
from store import tables
from store.codec import instant, parse
from store.rows import Note
from tests.store.house import House, Houses
from workflows.people import Agent, Person, Role, Roster

DAY = Path(__file__).parents[1] / "roster-day.toml"
BOT = Address(name="certdesk", email="certdesk@example.com")
HUGO = Person(username="hugo", name="Hugo Sand", email="hugo.sand@example.com", roles=frozenset({Role.hr_rep}))


@pytest.fixture
async def house(blank_sqlite: Path, tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "certdesk.db"
    shutil.copyfile(blank_sqlite, path)
    houses = Houses(url=f"sqlite:///{path}", key=tmp_path / "key")
    house = await houses.open()
    house.clock.move_to(datetime.fromisoformat("2026-11-23T12:50:00-07:00"))
    yield house
    houses.close()


def roster(*, without: str = "", hana_stays: bool = True, hr: str = "hana", oid: str = "40111") -> Roster:
    """The day's cast with a second HR rep; `hr` is everybody's but those already gone."""
    old = read_roster(DAY)
    agents: list[Agent] = [
        replace(each, hr_rep=hr, oid=oid if each.username == "ana" else each.oid)
        for each in old.agents.values()
        if each.username != without
    ]
    people = [each for each in (*old.people.values(), HUGO) if hana_stays or each.username != "hana"]
    return Roster.build(
        sites=old.sites.values(), classes=old.classes.values(), people=people, agents=agents,
        exams=old.exams.values(), channels=old.channels, contacts=old.contacts, packs=old.packs,
    )  # fmt: skip


async def keep(house: House, kept: Roster) -> None:
    await house.premises.writer.run(lambda connection: keep_roster(connection, kept, house.clock.now()))


async def gone(house: House, then: Roster, words: str = "fail ahip 1") -> None:
    """Ana's case is opened under Hana; then she is in the roster no more."""
    await keep(house, roster())
    await house.say("ana", words)
    await keep(house, then)


def answers(house: House, who: str) -> list[tuple[str, dict[str, Any]]]:
    """What somebody was answered: template and facts."""
    rows = [row for row in house.rows(tables.outbox, tables.outbox.c.order) if row.lane == f"@{who}"]
    return [(row.template, parse(house.premises.seal.open(row.body_json))["facts"]) for row in rows]


async def packed(house: House, template: str) -> EmailMessage:
    """The only mail of that template, as it goes out now."""
    (row,) = [each for each in house.rows(tables.outbox) if each.template == template]
    body = parse(house.premises.seal.open(row.body_json))
    note = Note(
        key=row.key, channel="mail", lane=row.lane, template=row.template, body=body, made=instant(row.made),
        due=instant(row.due), case_id=row.case_id, agent=row.agent, wire_id=row.wire_id,
    )  # fmt: skip
    asked, seal = dispatch.filed(note), house.premises.seal
    files = await house.premises.writer.run(lambda connection: dossier.kept(connection, seal, asked)) if asked else {}
    message = dispatch.pack(note, house.premises.engine.setting(), house.premises.renderer, BOT, files).message
    assert isinstance(message, RawMail)
    return email.message_from_bytes(message.content, policy=email.policy.default)


def content_of(file: Message) -> bytes:
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


@pytest.mark.parametrize("words", ["export @ana", "export @Ana", "please export @ana's file", "export F-1"])
async def test_hr_still_gets_the_file_of_an_agent_who_has_gone_from_the_roster(house: House, words: str) -> None:
    await gone(house, roster(without="ana"))
    await house.say("hana", words)
    assert answers(house, "hana")[-1][0] == "house/exported"
    assert answers(house, "hana")[-1][1]["name"] == "Ana Rivera"
    mail = await packed(house, "house/export")
    assert "hana.ruiz@example.com" in mail["To"]
    assert "Ana Rivera" in mail["Subject"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "The file of Ana Rivera (OID 40111) is attached" in body.get_content()
    record = next(each for each in mail.iter_attachments() if str(each.get_filename()).endswith(".json"))
    told = json.loads(content_of(record))
    assert (told["agent"]["name"], told["cases"][0]["ref"]) == ("Ana Rivera", "F-1")


async def test_the_newest_roster_that_knew_the_agent_says_whose_file_it_is(house: House) -> None:
    await keep(house, roster())
    await house.say("ana", "fail ahip 1")
    await keep(house, roster(hr="hugo"))
    await keep(house, roster(without="ana", hr="hana"))
    await house.say("hana", "export @ana")
    assert answers(house, "hana")[-1] == (
        "house/not_yours", {"who": ["Hugo Sand"], "event": "", "state": "", "duties": []}
    )  # fmt: skip
    await house.say("hugo", "export @ana")
    assert answers(house, "hugo")[-1][0] == "house/exported"


async def test_where_that_hr_rep_has_gone_too_hr_of_the_site_has_the_file(house: House) -> None:
    await gone(house, roster(without="ana", hana_stays=False, hr="hugo"))
    await house.say("hugo", "export @ana")
    assert answers(house, "hugo")[-1][0] == "house/exported"


@pytest.mark.parametrize("who", ["tara", "eve", "ben", "hugo"])
@pytest.mark.parametrize("words", ["export @ana", "export F-1"])
async def test_nobody_else_gets_the_file_of_one_who_has_gone(house: House, who: str, words: str) -> None:
    await gone(house, roster(without="ana"))
    await house.say(who, words)
    assert [row for row in house.rows(tables.outbox) if row.template == "house/export"] == []
    known = who == "hugo" or words == "export F-1"
    assert answers(house, who)[-1][0] == ("house/not_yours" if known else "say/unknown_person")


async def test_a_slip_in_a_name_is_still_asked_about_with_the_nearest_names(house: House) -> None:
    await gone(house, roster(without="ana"))
    await house.say("hana", "export @benn")
    assert answers(house, "hana")[-1] == ("say/unknown_person", {"said": "benn"})
    (row,) = [each for each in house.rows(tables.outbox) if each.template == "say/unknown_person"]
    assert ["Ben Ortiz", "export @ben"] in parse(house.premises.seal.open(row.body_json))["buttons"]


async def test_a_scorecard_on_its_way_goes_out_though_its_agent_has_gone_meanwhile(house: House) -> None:
    await keep(house, roster())
    almanac = Almanac(engine=house.premises.engine)
    await house.accept(*await house.premises.writer.run(almanac.due))
    await house.say("cole", "connect @ana @cass force testing")
    await keep(house, roster(without="ana"))
    await house.say("tara", "help")  # the office is read anew
    mail = await packed(house, "call_cert/sheet")
    (sheet,) = mail.iter_attachments()
    words = words_of(content_of(sheet))
    assert "Ana Rivera" in words
    assert "40111" in words
    body = mail.get_body(("plain",))
    assert body is not None
    assert "The scorecard of Ana Rivera (OID 40111) is attached" in body.get_content()


@pytest.mark.parametrize("words", ["hold @ana counsel asked", "legal hold @Ana counsel asked"])
async def test_hr_holds_and_releases_what_is_kept_of_an_agent_who_has_gone(house: House, words: str) -> None:
    await gone(house, roster(without="ana"))
    await house.say("hana", words)
    assert answers(house, "hana")[-1] == ("house/hold_placed", {"name": "Ana Rivera", "username": "ana"})
    kept = house.premises.seal
    (hold,) = await house.premises.writer.run(lambda connection: holds.of(connection, kept, "ana"))
    assert (hold.why, hold.until) == ("counsel asked", None)
    await house.say("hana", "legal release @ana")
    assert answers(house, "hana")[-1][0] == "house/hold_lifted"
    assert await house.premises.writer.run(lambda connection: holds.standing(connection, kept)) == frozenset()


async def test_another_hr_rep_and_a_name_nobody_had_are_told_so(house: House) -> None:
    await gone(house, roster(without="ana"))
    await house.say("hugo", "hold @ana counsel asked")
    assert answers(house, "hugo")[-1][0] == "house/not_yours"
    await house.say("hana", "hold @nobody counsel asked")
    assert answers(house, "hana")[-1][0] == "say/unknown_person"


async def test_mails_of_a_held_agent_who_has_gone_are_kept_by_their_address(house: House) -> None:
    await gone(house, roster(without="ana"))
    await house.say("hana", "hold @ana counsel asked")

    def kept(connection: Connection) -> bool:
        row = {"source": "mail:x#y/unproven", "at": 1, "kind": "mail", "actor": "", "room": "ana@home.example.net",
               "text": "mine", "verdict": "quarantined", "raw": "x:1"}  # fmt: skip
        connection.execute(insert(tables.inbox).values(row))
        retention.sweep(connection, house.premises.seal, Ages(), house.clock.now())
        return bool(
            connection.execute(select(tables.inbox.c.text).where(tables.inbox.c.source == row["source"])).scalar()
        )

    assert await house.premises.writer.run(kept)
