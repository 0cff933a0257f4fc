"""A chat server that answers with an error to one message for ever: tried on, told of, and in the end given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import HandClock
from bot.courier import Courier
from bot.dispatch import Address
from bot.ports import ChatMessage, Down, RawMail, Transient
from bot.premises import open_premises
from bot.rocketchat.rest import Lost
from store import tables
from tests.store.house import START, House, Houses

SICK = "Rocket.Chat answered chat.sendMessage with 500 and no object of its own: tara"


@dataclass
class Wire:
    """A chat server as the port sees it: what it says to a message for @ana, and whom it delivered to."""

    says: Transient | None
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
