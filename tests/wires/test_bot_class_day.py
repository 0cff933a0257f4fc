"""A class of two hundred at one check: everybody is asked in time, meets no rate limit, and is heard once."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import ShiftedClock
from bot.premises import keep_roster
from store.codec import instant
from tests.wires.bot_process import Desk, Town, desk, replayed, town, until
from workflows.people import Roster

EARLY = datetime(2026, 11, 17, 14, 50, tzinfo=UTC)
"""Tuesday 07:50 in Denver."""

CHECK = datetime(2026, 11, 17, 16, 55, tzinfo=UTC)
"""The check before the first break opens."""

IN_FORCE = {"licensing_training": "licensing-training-new", "attendance": "attendance"}
MANY = 200
PROMISED_SECONDS = 30.0


def with_checks(place: Town) -> None:
    """Checks and attendance are in force."""
    known = place.roster
    roster = Roster.build(
        sites=known.sites.values(), classes=known.classes.values(), people=known.people.values(),
        agents=known.agents.values(), exams=known.exams.values(), channels=known.channels, contacts=known.contacts,
        packs={**known.packs, **IN_FORCE},
    )  # fmt: skip
    house = place.open()
    with house.database.connect() as connection:
        keep_roster(connection, roster, EARLY)
        connection.commit()
    house.close()


def told(place: Town, template: str) -> int:
    """How many messages of that template were delivered."""
    return place.count("SELECT count(*) AS n FROM outbox WHERE template = ? AND state = 'sent'", template)


async def move(bot: Desk, to: datetime) -> None:
    """Time passes, chat being heard all the while."""
    bot.advance(to - timedelta(seconds=1) - bot.clock.now())
    await bot.app._beat()
    bot.advance(to - bot.clock.now())


@pytest.mark.parametrize("version", ["8.5.0", "9.0.0"])
async def test_two_hundred_are_asked_within_half_a_minute_and_their_answers_heard(tmp_path, version):
    clock = ShiftedClock(EARLY)
    async with town(tmp_path, MANY, clock=clock, version=version) as place:
        with_checks(place)
        async with desk(place, clock) as bot:
            agents = list(place.roster.agents)
            for agent in agents:
                place.sandbox.say(agent, "@certdesk", "here")
            await until(lambda: told(place, "engagement/noted") == MANY, 60)
            begun = time.monotonic()
            await move(bot, CHECK)
            await until(lambda: told(place, "engagement/check_dm") == MANY, PROMISED_SECONDS)
            assert time.monotonic() - begun < PROMISED_SECONDS
            assert place.count("SELECT max(tries) AS n FROM outbox") == 1  # nothing had to be sent twice
            for agent in agents:
                place.sandbox.say(agent, "@certdesk", "here")
            await until(lambda: told(place, "engagement/thanks") == MANY, 60)
            await move(bot, CHECK + timedelta(minutes=6))
            await until(lambda: place.count("SELECT count(*) AS n FROM journal WHERE event = 'CheckClosed'") == 1, 20)
            assert place.count("SELECT count(*) AS n FROM cases WHERE state = 'MISS1'") == 0
            assert place.count("SELECT count(*) AS n FROM cases WHERE workflow = 'attendance'") == 0
            await place.delivered(30)
        house = place.open()
        assert replayed(house) > 3 * MANY
        house.close()


async def test_a_heartbeat_is_on_record_as_soon_as_chat_is_heard(tmp_path):
    async with town(tmp_path) as place, desk(place) as bot:
        await until(lambda: place.rows("SELECT value FROM meta WHERE key = 'chat_alive'"))
        (row,) = place.rows("SELECT value FROM meta WHERE key = 'chat_alive'")
        assert abs((instant(int(row["value"])) - bot.clock.now()).total_seconds()) < 10
