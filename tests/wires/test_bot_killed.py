"""kill -9 at any moment loses no decision and doubles nothing visible, but for the mails in flight, one a connection."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from bot.machines import DATA
from bot.mail.smtp import CONNECTIONS
from sandbox.hands import buttons
from store.codec import parse, reader
from tests.wires.bot_process import Bot, Nursery, Town, nursery, replayed, town, until

AGENTS, LEADS = 60, 10
KILLS = 52
SEED = 20261121
EXAMS = ("ahip", "aetna")
BOT = "certdesk"


class People:
    """Everybody with something to say: agents report fails, their TLs press what they are shown."""

    def __init__(self, place: Town, chance: random.Random) -> None:
        self.place, self.chance = place, chance
        self.facts: dict[str, tuple[str, str]] = {}
        self.presses = 0
        self.kept_back = 0
        """So many facts are left for those who want one said at a certain moment."""
        self._pressed: set[str] = set()
        self._script = list(self._everything())
        chance.shuffle(self._script)

    def _everything(self) -> Iterator[tuple[str, str]]:
        for username in self.place.roster.agents:
            for exam in EXAMS:
                for _ in range(3):
                    yield username, exam

    @property
    def done(self) -> bool:
        return not self._script

    def report(self) -> None:
        """The next agent fails the next exam."""
        if self._script:
            username, exam = self._script.pop()
            self.facts[self.place.sandbox.say(username, f"@{BOT}", f"fail {exam}")] = (username, exam)

    def press(self) -> None:
        """A TL answers one of the cards in front of him."""
        leads = [*(f"l{n}" for n in range(LEADS)), "wes"]
        for lead in self.chance.sample(leads, len(leads)):
            for message in self.place.sandbox.messages((lead, BOT)) if lead != "wes" else self._wfm():
                mid = message["_id"]
                if mid not in self._pressed and (labels := [b["text"] for b in buttons(message)]):
                    self._pressed.add(mid)
                    self.presses += 1
                    self.place.sandbox.press(lead, mid, labels[0])
                    return

    def _wfm(self) -> list[dict[str, Any]]:
        return self.place.sandbox.messages(self.place.roster.channels["wfm"])

    async def talk(self, stop: asyncio.Event, pace: float) -> None:
        """Go on talking, whether anybody listens or not."""
        while not stop.is_set():
            self.report() if self.chance.random() < 0.7 and len(self._script) > self.kept_back else self.press()
            try:
                async with asyncio.timeout(self.chance.uniform(0, 2 * pace)):
                    await stop.wait()
            except TimeoutError:
                continue


class Assassin:
    """Kills one bot after another, each at another moment of its work."""

    def __init__(self, people: People, nest: Nursery, chance: random.Random) -> None:
        self.people, self.nest, self.chance = people, nest, chance
        self.sandbox = nest.place.sandbox
        self.kills: Counter[str] = Counter()
        self.in_flight: Counter[str] = Counter()
        """The newest mails at each kill, one for each connection, by their Message-ID."""
        self.ready: list[float] = []
        self.ways: tuple[Callable[[Bot], Awaitable[None]], ...] = (
            self.starting, self.heard, self.committing, self.sending, self.sent, self.mailed, self.whenever,
        )  # fmt: skip

    async def once(self, n: int) -> None:
        bot = await self.nest.start()
        way = self.ways[n % len(self.ways)]
        if way != self.starting:
            await bot.ready()
            self.ready.append(bot.ready_after)
        await way(bot)
        bot.kill()
        await bot.gone()
        self.sandbox.faults.clear()
        assert bot.code == -9, (way.__name__, self.nest.errors()[-2000:])
        self.kills[way.__name__] += 1
        self.in_flight.update(mail.message_id for mail in self.sandbox.mail.messages[-CONNECTIONS:])

    async def starting(self, bot: Bot) -> None:
        """While it starts, catches up, or has just begun."""
        await asyncio.sleep(self.chance.uniform(0.0, 0.3))

    async def heard(self, bot: Bot) -> None:
        """Right after the frame was delivered."""
        self.people.report()
        await asyncio.sleep(self.chance.uniform(0.0, 0.004))

    async def committing(self, bot: Bot) -> None:
        """As soon as the write-ahead log grows: inside the commit, or just behind it."""
        file = f"{self.nest.place.file}-wal"

        def written() -> None:
            before, end = _stamp(file), time.monotonic() + 0.5
            while _stamp(file) == before and time.monotonic() < end:
                pass
            bot.kill()

        for _ in range(3):
            self.people.report()
        await asyncio.to_thread(written)

    async def sending(self, bot: Bot) -> None:
        """Committed, and the send is on its way: the server has the request and has not stored it yet."""
        self.sandbox.faults.hang_requests(1, seconds=0.15, path="chat.sendMessage")
        self.people.report()
        await until(lambda: not self.sandbox.faults.rest or self.people.done)
        await asyncio.sleep(self.chance.uniform(0.0, 0.02))

    async def sent(self, bot: Bot) -> None:
        """Stored by the server, not answered yet, so not marked."""
        struck = asyncio.Event()

        def strike(kind: str, room: Any, doc: dict[str, Any]) -> None:
            if kind == "message" and doc.get("u", {}).get("username") == BOT:
                bot.kill()
                struck.set()

        self.sandbox.chat.hub.watch.append(strike)
        self.people.report()
        await self._wait(struck)
        self.sandbox.chat.hub.watch.remove(strike)

    async def mailed(self, bot: Bot) -> None:
        """Taken by the mail server, not answered yet, so not marked."""
        struck, known = asyncio.Event(), {mail.message_id for mail in self.sandbox.mail.messages}

        def strike(mail: Any) -> None:
            if mail.message_id not in known:
                bot.kill()
                struck.set()

        self.sandbox.mail.watch.append(strike)
        for _ in range(6):  # one of them is not about to wait behind a mail that a dead bot had in hand
            self.people.report()
        await self._wait(struck)
        self.sandbox.mail.watch.remove(strike)

    async def whenever(self, bot: Bot) -> None:
        """At any moment at all, the server being a little slow."""
        self.sandbox.faults.hang_requests(3, seconds=0.03, path="chat.")
        await asyncio.sleep(self.chance.uniform(0.0, 0.25))

    @staticmethod
    async def _wait(struck: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(1.0):
                await struck.wait()
        except TimeoutError:
            pass


def _stamp(file: str) -> tuple[int, int]:
    try:
        found = os.stat(file)
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


@pytest.mark.timeout(180)
async def test_kill_9_at_any_moment_loses_no_decision_and_doubles_nothing_but_the_mails_in_flight(tmp_path):
    async with town(tmp_path, AGENTS, leads=LEADS, heartbeat=(0, 0)) as place:
        await survive(place, KILLS)


@pytest.mark.timeout(120)
async def test_the_same_holds_on_postgresql(tmp_path, postgres):
    async with town(tmp_path, 12, leads=LEADS, heartbeat=(0, 0), url=postgres.database()) as place:
        await survive(place, 14)


async def survive(place: Town, kills: int) -> None:
    """Kill so many bots of this town while its people talk, then let one live, and look at the record."""
    chance, begun = random.Random(SEED), time.monotonic()
    async with nursery(place) as nest:
        people = People(place, chance)
        killer, quiet = Assassin(people, nest, chance), asyncio.Event()
        # The first start only takes note of where it is; what is said from then on counts.
        await (await (await nest.start()).ready()).stopped()
        talking = asyncio.create_task(people.talk(quiet, 0.06))
        for n in range(kills):
            people.kept_back = 2 * (kills - n)
            await killer.once(n)
        quiet.set()
        await talking
        while not people.done:
            people.report()
        killed = time.monotonic() - begun
        last = await (await nest.start()).ready()
        said = len(people.facts) + people.presses
        await until(lambda: place.count("SELECT count(*) AS n FROM inbox WHERE kind = 'chat'") >= said, 20)
        await place.delivered(60)
        await last.stopped()
    every_fact_is_on_record_once(place, people)
    nothing_waits_or_died(place)
    no_message_twice(place, kills)
    replies_in_order(place)
    doubled = mails_doubled(place, killer.in_flight)
    assert doubled <= kills * CONNECTIONS
    assert sum(killer.kills.values()) == kills
    house = place.open()
    steps = replayed(house)
    house.close()
    print(f"{kills} kills {dict(killer.kills)}: {len(people.facts)} facts, {people.presses} presses, {steps} steps, "
          f"{len(ours(place))} messages, {len(place.sandbox.mail.messages)} mails of which {doubled} came again, "
          f"start to ready {min(killer.ready):.2f} to {max(killer.ready):.2f} s, {killed:.0f} s of killing, "
          f"{time.monotonic() - begun:.0f} s in all")  # fmt: skip


def every_fact_is_on_record_once(place: Town, people: People) -> None:
    """Each report said is the source of exactly one attempt, of the agent and the exam it names."""
    house, found = place.open(), Counter[str]()
    try:
        for row in place.rows("SELECT * FROM cases WHERE workflow = 'failed_exam'"):
            data = reader(DATA["failed_exam"])(parse(house.seal.open(row["data_json"])))
            for attempt in data.attempts:
                for source in attempt.sources:
                    assert people.facts[source.removeprefix("rc:")][0] == row["agent"]
                    found[source.removeprefix("rc:")] += 1
            assert len(data.attempts) == 3, (row["id"], row["agent"], len(data.attempts))
    finally:
        house.close()
    assert found == Counter(dict.fromkeys(people.facts, 1))
    assert place.count("SELECT count(*) AS n FROM inbox WHERE verdict LIKE 'poisoned%'") == 0


def nothing_waits_or_died(place: Town) -> None:
    states = {row["state"]: row["n"] for row in place.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")}
    assert states.keys() <= {"sent", "withdrawn"}, states
    wire = {message["_id"] for message in ours(place)}
    sent = place.rows("SELECT wire_id FROM outbox WHERE channel = 'chat' AND state = 'sent'")
    assert {row["wire_id"] for row in sent} <= wire
    assert {row["wire_id"] for row in place.rows("SELECT wire_id FROM outbox WHERE channel = 'chat'")} >= wire


def ours(place: Town) -> list[dict[str, Any]]:
    return [m for m in place.sandbox.chat.messages.values() if m["u"]["username"] == BOT and "t" not in m]


def no_message_twice(place: Town, kills: int) -> None:
    """By its id there can be only one; by its words, once for each decision that asked for it."""
    rows = place.rows("SELECT lane, said, wire_id FROM outbox WHERE channel = 'chat' AND state = 'sent'")
    house = place.open()
    decided = Counter((row["lane"], house.seal.open(row["said"])) for row in rows)
    house.close()
    # Stored by the server, killed before the mark, and then withdrawn: on the wire, though not "sent" here.
    marked = {row["wire_id"] for row in rows}
    shown = [message for message in ours(place) if message["_id"] in marked]
    assert len(ours(place)) - len(shown) <= kills
    assert Counter((lane_of(place, message["rid"]), message["msg"]) for message in shown) == decided
    recorded = Counter(message["msg"] for message in ours(place) if message["msg"].startswith("Recorded"))
    assert {words: n for words, n in recorded.items() if n > 1} == {}


def lane_of(place: Town, rid: str) -> str:
    room = place.sandbox.chat.rooms[rid]
    if room.t != "d":
        return f"#{room.name}"
    names = [place.sandbox.chat.users[member].username for member in room.members]
    return next(f"@{name}" for name in names if name != BOT)


def replies_in_order(place: Town) -> None:
    """In every room our messages stand in the order in which they were decided."""
    rows = place.rows(
        "SELECT lane, key, wire_id FROM outbox WHERE channel = 'chat' AND state = 'sent' ORDER BY \"order\""
    )
    keys = {row["wire_id"]: row["key"] for row in rows}
    for lane in {row["lane"] for row in rows}:
        messages = place.sandbox.messages((lane[1:], BOT) if lane.startswith("@") else lane)
        shown = [keys[message["_id"]] for message in messages if message["_id"] in keys]
        assert shown == [row["key"] for row in rows if row["lane"] == lane], lane


def mails_doubled(place: Town, in_flight: Counter[str]) -> int:
    """How many mails came again: none but those in flight at a kill, and the same bytes under the same Message-ID."""
    mails = place.sandbox.mail.messages
    seen = Counter(mail.message_id for mail in mails)
    assert {name: n - 1 for name, n in seen.items() if n - 1 > in_flight[name]} == {}
    assert len({(mail.message_id, mail.raw) for mail in mails}) == len(seen)
    assert len(seen) == place.count("SELECT count(*) AS n FROM outbox WHERE channel = 'mail' AND state = 'sent'")
    return sum(n - 1 for n in seen.values())
