"""What breaks on the way out: a message a server fails on for ever, a lane, a mail that cannot be made, a commit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot import dispatch
from bot.clock import HandClock
from bot.courier import Courier
from bot.dispatch import Address, Parcel
from bot.engine import LEASE
from bot.mail.smtp import Unanswered
from bot.ports import ChatMessage, Down, Permanent, RawMail, Transient
from bot.premises import open_premises
from bot.rocketchat.rest import Lost
from bot.writer import Writer
from store import outbox, tables
from store.rows import Note
from tests.store.house import START, House, Houses

SICK = "Rocket.Chat answered chat.sendMessage with 500 and no object of its own: tara"


@dataclass
class Wire:
    """A chat server as the port sees it: what it says to a message for @ana, and whom it delivered to."""

    says: Transient | Permanent | None
    tries: int = 0
    delivered: list[ChatMessage | RawMail] = field(default_factory=list)

    async def send(self, message: ChatMessage | RawMail) -> None:
        if isinstance(message, ChatMessage) and message.room == "@ana" and self.says is not None:
            self.tries += 1
            raise self.says
        self.delivered.append(message)

    def read_in(self, room: str) -> list[str]:
        return [each.text for each in self.delivered if isinstance(each, ChatMessage) and each.room == room]


@dataclass
class Post:
    """A house with a courier: time passes and what is due goes."""

    house: House
    wire: Wire
    courier: Courier

    async def passes(self, **by: float) -> None:
        self.house.later(**by)
        while await self.courier.claim():
            await self.courier.idle()

    def row(self) -> Any:
        return next(row for row in self.house.rows(tables.outbox) if row.lane == "@ana")

    @property
    def told(self) -> list[str]:
        return self.wire.read_in("#esp-bot-ops")

    async def until_told(self, times: int, **step: float) -> timedelta:
        """How long it takes until the ops channel has heard of it so often, or two days."""
        while len(self.told) < times and self.house.clock.now() - START < timedelta(days=2):
            await self.passes(**step)
        return self.house.clock.now() - START


def courier(house: House, wire: Wire) -> Courier:
    premises = house.premises
    made = Courier(
        writer=premises.writer, renderer=premises.renderer, seal=premises.seal, clock=house.clock,
        office=premises.engine.setting, ports={"chat": wire, "mail": wire},
        sender=Address(name="certdesk", email="certdesk@example.com"),
    )  # fmt: skip
    premises.writer.heard = lambda outcome: made.take(outcome.notes)
    return made


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Houses]:
    """A replica on a fresh SQLite file."""
    url = f"sqlite:///{tmp_path / 'certdesk.db'}"
    open_premises(url=url, key_file=tmp_path / "key", clock=HandClock(START), create=True).close()
    opened = Houses(url=url, key=tmp_path / "key")
    yield opened
    opened.close()


@pytest.fixture
async def post(houses: Houses) -> Post:
    house = await houses.open()
    wire = Wire(Transient(SICK, broke=True))
    return Post(house, wire, courier(house, wire))


async def test_one_answer_no_database_holds_leaves_nothing_beside_it_unmarked(post: Post) -> None:
    wire = post.wire
    wire.says = Permanent("550 \udcff is no text")
    await fails(post)
    rows = {row.lane: row.state for row in post.house.rows(tables.outbox)}
    assert {lane: state for lane, state in rows.items() if state != "sent"} == {"@ana": "waiting"}
    before = len(wire.delivered)
    assert before > 1
    fresh = courier(post.house, wire)  # as after a kill, when every lease is over
    post.house.later(seconds=LEASE.total_seconds() + 1)
    await fresh.claim()
    await fresh.idle()
    assert len(wire.delivered) == before


async def fails(post: Post) -> None:
    await post.house.say("ana", "fail ahip 1")
    await post.courier.idle()


async def test_it_is_tried_again_within_seconds_and_goes_when_the_server_is_well(post: Post) -> None:
    await fails(post)
    for tries in range(2, 12):
        await post.passes(seconds=15)
        assert post.wire.tries == tries
    post.wire.says = None
    await post.passes(seconds=15)
    assert post.row().state == "sent"
    assert post.told == []


async def test_ops_hear_of_it_once_when_its_fifteen_minutes_are_over_and_again_when_it_is_given_up(post: Post) -> None:
    await fails(post)
    late = await post.until_told(1, seconds=15)
    assert timedelta(minutes=20) < late < timedelta(minutes=24)  # 5 s, 20 s, 1, 5 and 15 minutes
    (line,) = post.told
    assert "is delayed" in line
    assert "500" in line
    assert "tara" not in line
    gone = await post.until_told(2, minutes=10)
    assert timedelta(hours=24) < gone < timedelta(hours=25)
    assert "could not be delivered" in post.told[1]
    assert post.row().state == "dead"
    assert len(post.told) == 2


async def test_a_restart_does_not_make_it_begin_anew(post: Post) -> None:
    await fails(post)
    await post.until_told(1, seconds=15)
    post.courier = courier(post.house, post.wire)
    gone = await post.until_told(2, minutes=10)
    assert timedelta(hours=24) < gone < timedelta(hours=25)
    assert "could not be delivered" in post.told[1]


async def test_what_came_after_it_goes_once_it_is_given_up(post: Post) -> None:
    await fails(post)
    await post.house.say("ana", "me")
    await post.until_told(2, minutes=10)
    post.wire.says = None
    await post.passes(seconds=15)
    assert len(post.wire.read_in("@ana")) == 1


@pytest.mark.parametrize("away", [Down("nobody there"), Lost("no answer came")])
async def test_a_server_that_is_gone_is_waited_out_without_a_word(post: Post, away: Transient) -> None:
    post.wire.says = away
    await fails(post)
    for _ in range(200):
        await post.passes(minutes=15)
    assert post.row().state == "waiting"
    assert post.told == []
    post.wire.says = None
    await post.passes(seconds=15)
    assert post.row().state == "sent"


async def test_one_error_after_a_long_outage_is_not_the_end(post: Post) -> None:
    post.wire.says = Down("nobody there")
    await fails(post)
    await post.passes(hours=30)
    post.wire.says = Transient(SICK, broke=True)
    await post.passes(seconds=15)
    await post.passes(seconds=15)
    assert post.row().state == "waiting"
    post.wire.says = None
    await post.passes(seconds=15)
    assert post.row().state == "sent"


# -- what nobody foresaw -----------------------------------------------------------------------------------------


async def test_a_lane_that_breaks_holds_its_rows_no_longer_than_a_lease(post: Post) -> None:
    post.wire.says = None

    def sent(note: Note, parcel: Parcel) -> None:
        if note.lane == "@ana":
            raise RuntimeError("a fault of ours, about Ana Rivera")

    post.courier.sent = sent
    await fails(post)
    assert isinstance(post.courier.broke_with, RuntimeError)
    post.courier.sent = lambda note, parcel: None
    before = len(post.wire.read_in("@ana"))
    await post.house.say("ana", "me")
    await post.courier.idle()
    assert len(post.wire.read_in("@ana")) == before, "nothing overtakes what may come back"
    await post.passes(seconds=LEASE.total_seconds() + 1)
    assert len(post.wire.read_in("@ana")) == before + 1
    assert not [row for row in post.house.rows(tables.outbox) if row.open]


async def test_what_cannot_be_made_is_named_by_type_and_place_and_not_by_its_words(
    post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    post.wire.says = None
    await post.house.say("ana", "me")
    await post.courier.idle()
    now = post.house.clock.now()
    facts = {"understood": False, "items": [], "how": [], "asked": False, "original_subject": "x"}
    body = {"facts": facts, "to": [["Tara", "tara lee@x"]], "cc": [], "reply_to": [], "attach": [], "invite": None,
            "reader": "ana"}  # fmt: skip
    note = Note(key="in:broken", channel="mail", lane="tara lee@x", template="house/mail_receipt", body=body, made=now,
                due=now, wire_id="0" * 32)  # fmt: skip
    seal = post.house.premises.seal
    await post.house.premises.writer.run(lambda connection: outbox.add(connection, [dispatch.row(note, seal)]))
    await post.passes(seconds=1)
    (row,) = [row for row in post.house.rows(tables.outbox) if row.key == note.key]
    assert row.state == "dead"
    assert re.fullmatch(r"ValueError at bot/mail/compose.py:\d+", row.error)
    assert "tara" not in capsys.readouterr().err.lower()
    assert len(post.told) == 1


# -- the same bytes --------------------------------------------------------------------------------------------------


@dataclass
class Deaf(Wire):
    """A mail server that takes every mail and never says so."""

    async def send(self, message: ChatMessage | RawMail) -> None:
        if isinstance(message, RawMail):
            self.delivered.append(message)
            raise Unanswered("it stopped talking")


@dataclass
class Unlucky(Writer):
    """Each piece of writing is in a batch that another one breaks: it is rolled back, and taken again by itself."""

    async def run(self, work: Callable[[Connection], Any]) -> Any:
        with self.database.connect() as connection:
            work(connection)
            connection.rollback()
        return await super().run(work)


async def test_what_may_have_arrived_is_kept_for_the_next_try_though_its_commit_was_rolled_back_once(
    houses: Houses,
) -> None:
    house = await houses.open()
    wire = Deaf(None)
    made = courier(house, wire)
    made.writer = Unlucky(house.premises.database, house.premises.engine)
    await house.say("ana", "fail ahip 1")
    await made.idle()
    (row,) = [row for row in house.rows(tables.outbox) if row.channel == "mail"]
    (tried,) = [each for each in wire.delivered if isinstance(each, RawMail)]
    assert row.state == "waiting"
    assert row.raw is not None
    assert (row.raw if b"\n" in row.raw else house.premises.seal.open_bytes(row.raw)) == tried.content
    made.writer.close()
