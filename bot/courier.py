"""The one door out: takes outbox rows in order per room or mailbox, renders, sends, marks.

Rows are claimed by a lease of 15 s, at birth by the process that decided them, else by the poll, so a killed
process's rows come back by themselves. A repeat carries the same identity and is recognised on the wire.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, select, text, update

from bot import clock as clocks
from bot import dispatch
from bot.clock import Clock
from bot.engine import LEASE
from bot.mail.smtp import PartlyRefused
from bot.office import Office
from bot.ports import ChatPort, Down, MailPort, Permanent, Refused, Transient
from bot.render import Renderer
from bot.writer import StoreDown, Writer
from store import tables
from store.codec import instant, micros, parse
from store.seal import Seal
from store.world import Note

log = structlog.get_logger()

REFUSED_WAITS = (5, 20, 60, 300, 900, 3600)
"""Seconds after which a message refused for now is tried again; the last one repeats (INTERFACES, manners)."""

TELL_OPS_AFTER = 5
"""The try after which the ops channel hears of it: the one that waited 15 minutes."""

GIVE_UP = timedelta(hours=24)
"""How long a refused message is tried."""

SLOWEST = {"chat": 4.0, "mail": 15.0}
"""Seconds between tries of a channel that is down or fails, at most."""

POLL = 5.0
"""Seconds between safety-net polls."""


@dataclass
class Courier:
    """Delivers. `office` gives the setting of the moment; `sent` hears of every delivery (rehearsals, tests)."""

    writer: Writer
    renderer: Renderer
    seal: Seal
    clock: Clock
    office: Callable[[], Office]
    ports: dict[str, ChatPort | MailPort]
    sender: dispatch.Address
    sent: Callable[[Note, dispatch.Parcel], None] = lambda note, parcel: None
    _lanes: dict[tuple[str, str], deque[Note]] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)
    _dropped: set[str] = field(default_factory=set)
    _marks: list[dict[str, Any]] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _closed_until: dict[str, datetime] = field(default_factory=dict)
    _waits: dict[str, float] = field(default_factory=dict)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _marking: asyncio.Task[None] | None = None

    # -- taking work

    def take(self, notes: Iterable[Note]) -> None:
        """Rows that are ours already; called in the loop, in order of decision."""
        for note in notes:
            if note.key in self._held:
                continue
            lane = self._lanes.get((note.channel, note.lane))
            self._held.add(note.key)
            if lane is not None:
                lane.append(note)
                continue
            lane = self._lanes[note.channel, note.lane] = deque((note,))
            task = asyncio.get_running_loop().create_task(self._work((note.channel, note.lane), lane))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def drop(self, keys: Iterable[str]) -> None:
        """Rows withdrawn since they were taken: those not on the wire yet are not sent."""
        self._dropped.update(self._held.intersection(keys))

    def ring(self) -> None:
        """There may be work: look at once."""
        self._bell.set()

    async def back(self, channel: str) -> None:
        """A wire is up again: what waited for it is due now."""
        self._closed_until.pop(channel, None)
        self._waits.pop(channel, None)
        now = micros(self.clock.now())
        await self.writer.run(lambda connection: connection.execute(_HURRY, {"channel": channel, "now": now}))
        self.ring()

    async def run(self) -> None:
        """Poll for rows nobody holds: those whose time has come and those of a dead process."""
        while True:
            self._bell.clear()
            try:
                await self.claim()
            except StoreDown:
                log.error("outbox_poll_failed")
            try:
                await asyncio.wait_for(self._bell.wait(), await self._pause())
            except TimeoutError:
                continue

    async def _pause(self) -> float:
        soonest = await self.writer.run(lambda connection: connection.execute(_SOONEST).scalar())
        if soonest is None:
            return POLL
        return max(0.05, min(POLL, (instant(soonest) - self.clock.now()).total_seconds()))

    async def claim(self) -> int:
        """Claim what is due; how many rows that were."""
        now = self.clock.now()
        notes = await self.writer.run(lambda connection: self._claim(connection, now))
        self.take(notes)
        return len(notes)

    def _claim(self, connection: Connection, now: datetime) -> list[Note]:
        lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE SKIP LOCKED"
        statement = text(_CLAIM.format(lock=lock))
        closed = [channel for channel, until in self._closed_until.items() if until > now]
        rows = connection.execute(statement, {"now": micros(now), "lease": micros(now + LEASE), "closed1": (closed or [""])[0], "closed2": (closed or [""])[-1]}).all()
        return sorted((self._note(row) for row in rows), key=lambda note: note.order)

    def _note(self, row: Any) -> Note:
        return Note(
            key=row.key, channel=row.channel, lane=row.lane, template=row.template, body=parse(self.seal.open(row.body_json)), made=instant(row.made),
            due=instant(row.due), case_id=row.case_id, agent=row.agent, spec=row.spec, tag=row.tag, wire_id=row.wire_id, tries=row.tries, order=row.order,
        )

    async def idle(self) -> None:
        """Wait until everything taken is sent, or set aside, and marked."""
        while self._tasks or self._marking:
            await asyncio.gather(*self._tasks, *([self._marking] if self._marking else []))

    # -- one lane

    async def _work(self, lane: tuple[str, str], notes: deque[Note]) -> None:
        channel = lane[0]
        while notes:
            note = notes[0]
            if note.key in self._dropped:
                self._dropped.discard(note.key)
                self._held.discard(note.key)
                notes.popleft()
                continue
            try:
                parcel = await self._deliver(note)
            except PartlyRefused as error:
                self._part(note, error)
            except Refused as error:
                self._close(channel, 30.0)
                await self._set_aside(lane, notes, 30.0, error)
                return
            except Permanent as error:
                self._dead(note, str(error))
            except Down as error:
                wait = self._slower(channel)
                self._close(channel, wait)
                await self._set_aside(lane, notes, wait, error)
                return
            except Transient as error:
                if await self._again(lane, notes, note, error):
                    return
            except Exception as error:  # a template or paper that fails must not stop the lane
                log.error("delivery_broke", key=note.key, template=note.template, error=f"{type(error).__name__}: {error}"[:300], exc_info=error)
                self._dead(note, f"{type(error).__name__}: {error}")
            else:
                self._waits.pop(channel, None)
                self._sent(note, parcel)
            notes.popleft()
            self._held.discard(note.key)
        self._lanes.pop(lane, None)

    async def _deliver(self, note: Note) -> dispatch.Parcel:
        parcel = dispatch.pack(note, self.office(), self.renderer, self.sender)
        port = self.ports[note.channel]
        await port.send(parcel.message)  # type: ignore[arg-type]
        return parcel

    def _sent(self, note: Note, parcel: dispatch.Parcel) -> None:
        now = self.clock.now()
        self._mark({
            "b_key": note.key, "b_state": "sent", "b_open": False, "b_sent": micros(now), "b_said": self._kept(note, parcel.said), "b_raw": self._kept_raw(note, parcel),
            "b_due": micros(now), "b_tries": note.tries + 1, "b_error": None, "papers": parcel.papers, "case": note.case_id,
        })
        self.sent(note, parcel)

    def _kept(self, note: Note, said: str) -> str:
        return self.seal.close(said) if note.case_id[:1] in ("C", "R") and note.channel == "chat" else said

    def _kept_raw(self, note: Note, parcel: dispatch.Parcel) -> bytes | None:
        if parcel.raw is None:
            return None
        return self.seal.close_bytes(parcel.raw) if note.case_id[:1] in ("C", "R") else parcel.raw

    # -- when it does not go

    async def _again(self, lane: tuple[str, str], notes: deque[Note], note: Note, error: Transient) -> bool:
        """Set the lane aside until this one may be tried again; False when it is given up."""
        now = self.clock.now()
        if not error.refused:
            wait = error.after if error.after is not None else self._slower(note.channel)
            await self._set_aside(lane, notes, wait, error)
            return True
        if now - note.made > GIVE_UP:
            self._dead(note, str(error))
            return False
        wait = float(REFUSED_WAITS[min(note.tries, len(REFUSED_WAITS) - 1)])
        if note.tries + 1 == TELL_OPS_AFTER:
            self._tell_ops(note, "house/ops_delayed", str(error))
        await self._set_aside(lane, notes, error.after or wait, error)
        return True

    async def _set_aside(self, lane: tuple[str, str], notes: deque[Note], wait: float, error: Exception) -> None:
        """Give the whole lane back to the outbox, in order, for later."""
        until = self.clock.now() + timedelta(seconds=wait)
        rows = [
            {"b_key": note.key, "b_due": micros(until) + n, "b_tries": note.tries + (1 if n == 0 else 0), "b_error": str(error)[:300] if n == 0 else None}
            for n, note in enumerate(notes)
        ]
        self._lanes.pop(lane, None)
        for note in notes:
            self._held.discard(note.key)
        log.info("delivery_waits", channel=lane[0], rows=len(rows), seconds=round(wait, 1), error=type(error).__name__)
        await self.writer.run(lambda connection: connection.execute(_LATER, rows))
        self.ring()

    def _slower(self, channel: str) -> float:
        wait = self._waits.get(channel, 0.5 if channel == "chat" else 1.0)
        self._waits[channel] = min(wait * 2, SLOWEST[channel])
        return clocks.jitter(wait) if channel == "chat" else wait

    def _close(self, channel: str, seconds: float) -> None:
        self._closed_until[channel] = self.clock.now() + timedelta(seconds=seconds)

    def _dead(self, note: Note, error: str) -> None:
        log.error("dead_letter", key=note.key, template=note.template)
        now = micros(self.clock.now())
        self._mark({"b_key": note.key, "b_state": "dead", "b_open": False, "b_sent": None, "b_said": None, "b_raw": None, "b_due": now, "b_tries": note.tries + 1, "b_error": error[:500], "papers": (), "case": ""})
        self._tell_ops(note, "house/ops_dead_letter", error)

    def _part(self, note: Note, error: PartlyRefused) -> None:
        """Some recipients have it: the rest are tried again, or told of to the ops channel."""
        now = micros(self.clock.now())
        self._mark({"b_key": note.key, "b_state": "sent", "b_open": False, "b_sent": now, "b_said": None, "b_raw": None, "b_due": now, "b_tries": note.tries + 1, "b_error": str(error)[:500], "papers": (), "case": ""})
        if error.refused:
            self._tell_ops(note, "house/ops_dead_letter", str(error))
        if error.later:
            later = replace(note, key=f"{note.key}+", body={**note.body, "only": sorted(error.later)}, tries=0)
            self._file(later, wait=REFUSED_WAITS[0])

    def _tell_ops(self, note: Note, template: str, error: str) -> None:
        if note.key.startswith("ops:"):
            return  # the ops channel itself cannot be reached: the log has it
        office = self.office()
        now = self.clock.now()
        key = f"ops:{note.key}:{template.rpartition('_')[2]}"
        ops = Note(key=key, channel="chat", lane=office.channel("ops"), template=template, made=now, due=now, wire_id=office.tokens.chat_id(key),
                   body={"facts": {"key": note.key, "channel": note.channel, "lane": note.lane, "error": _cause(error), "since": note.made}, "buttons": [], "reader": "", "thread": None})
        self._file(ops)

    def _file(self, note: Note, wait: float = 0.0) -> None:
        due = self.clock.now() + timedelta(seconds=wait)
        row = {**dispatch.row(note, self.seal), "due": micros(due)}
        task = asyncio.get_running_loop().create_task(self._insert(row))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _insert(self, row: dict[str, Any]) -> None:
        def work(connection: Connection) -> None:
            if connection.execute(select(tables.outbox.c.key).where(tables.outbox.c.key == row["key"])).first() is None:
                connection.execute(tables.outbox.insert(), row)

        await self.writer.run(work)
        self.ring()

    # -- marking

    def _mark(self, row: dict[str, Any]) -> None:
        self._marks.append(row)
        if self._marking is None:
            self._marking = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        try:
            while self._marks:
                rows, self._marks = self._marks, []
                try:
                    await self.writer.run(lambda connection, rows=rows: dispatch.mark(connection, rows, self.seal))  # type: ignore[misc]
                except StoreDown:
                    self._marks = rows + self._marks
                    await self.clock.sleep(1.0)
        finally:
            self._marking = None


def _cause(error: str) -> str:
    """The reason without anything about a person: the first sentence, shortened."""
    return error.split("\n")[0][:160]


_CLAIM = (
    "UPDATE outbox SET due = :lease WHERE key IN (SELECT key FROM outbox WHERE open AND due <= :now"
    " AND channel <> :closed1 AND channel <> :closed2 ORDER BY due LIMIT 200{lock}) RETURNING *"
)
_SOONEST = select(tables.outbox.c.due).where(tables.outbox.c.open).order_by(tables.outbox.c.due).limit(1)
_HURRY = text("UPDATE outbox SET due = :now WHERE open AND channel = :channel AND error IS NOT NULL")
_LATER = (
    update(tables.outbox)
    .where(tables.outbox.c.key == bindparam("b_key"), tables.outbox.c.open)
    .values(due=bindparam("b_due"), tries=bindparam("b_tries"), error=bindparam("b_error"))
)
