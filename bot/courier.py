"""The one door out: takes outbox rows in order per room or mailbox, renders, sends, marks.

Rows are claimed by a lease, at birth by the process that decided them, else by the poll, so a killed process's
rows come back by themselves. A repeat carries the same identity and is recognised on the wire. Longer than most,
because every way a delivery may end has its paragraph here.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from bot import dispatch, waits
from bot.clock import Clock
from bot.engine import LEASE
from bot.mail.smtp import PartlyRefused
from bot.office import Office
from bot.ports import ChatPort, Down, MailPort, Permanent, Refused, Transient
from bot.render import Renderer
from bot.waits import Waits
from bot.writer import StoreDown, Writer
from store import outbox
from store.codec import instant, micros, parse
from store.outbox import Lane
from store.seal import MARK, Seal
from store.world import Note

log = structlog.get_logger()

POLL = 5.0
"""Seconds between safety-net polls, and after which the lease of a row still in hand is renewed."""

STALE = 0.5
"""Seconds after which a row that waited in its lane is looked up again before it goes: it may be withdrawn."""

ONE_BY_ONE = ("mail",)
"""Channels without a memory for what they took: the next one goes when this one is marked, so that a kill can
double no more than the one in flight."""


EARLIER = "waits for an earlier one"
"""The `error` of a row that would go if one before it in its lane went."""


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
    _lanes: dict[Lane, deque[Note]] = field(default_factory=dict)
    """What is in hand, in order; the first of a lane may be on the wire."""
    _held: dict[str, float] = field(default_factory=dict)
    """Keys in hand, until they are marked, with the loop's time at which the lease was taken or renewed."""
    _dropped: set[str] = field(default_factory=set)
    _behind: dict[Lane, datetime] = field(default_factory=dict)
    """Lanes with earlier rows in the outbox, due by then: what comes later waits there too."""
    _leaving: Counter[Lane] = field(default_factory=Counter)
    _marks: list[dict[str, Any]] = field(default_factory=list)
    _left: list[dict[str, Any]] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)
    _writing: asyncio.Task[None] | None = None
    _written: asyncio.Future[None] | None = None

    def __post_init__(self) -> None:
        self._waits = Waits(self.clock)
        self._gates = {channel: asyncio.Lock() for channel in ONE_BY_ONE}

    # -- taking work

    async def begin(self) -> None:
        """Before anything else: learn which lanes hold rows of an earlier life, so that nothing overtakes them."""
        open_lanes = await self.writer.run(outbox.line_up)
        self._behind.update((lane, instant(due)) for lane, due in open_lanes.items())

    def take(self, notes: Iterable[Note]) -> None:
        """Rows just decided, which are ours already; called in the loop, in order of decision."""
        for note in notes:
            lane = (note.channel, note.lane)
            if lane not in self._behind and lane not in self._lanes and self._waits.troubled(note.channel):
                self._behind[lane] = self._waits.closed_until(note.channel) or self.clock.now()
            if lane in self._behind:
                self._leave(note, lane)
            else:
                self._hold(note, lane)

    def _hold(self, note: Note, lane: Lane) -> None:
        known = note.key in self._held
        self._held[note.key] = asyncio.get_running_loop().time()
        if known:
            return
        if lane in self._lanes:
            self._lanes[lane].append(note)
            return
        self._lanes[lane] = deque((note,))
        self._spawn(self._work(lane, self._lanes[lane]))

    def _leave(self, note: Note, lane: Lane) -> None:
        """Behind the earlier ones of its lane."""
        until = self._behind[lane] = max(self._behind[lane], self.clock.now())
        self._left.append({"key": note.key, "due": micros(until), "tries": note.tries, "error": EARLIER, "lane": lane})
        self._leaving[lane] += 1
        self._write_soon()

    def drop(self, keys: Iterable[str]) -> None:
        """Rows withdrawn since they were taken: those not on the wire yet are not sent."""
        self._dropped |= self._held.keys() & set(keys)

    def _release(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._held.pop(key, None)
            self._dropped.discard(key)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def ring(self) -> None:
        """There may be work: look at once."""
        self._bell.set()

    async def back(self, channel: str) -> None:
        """A wire is up again: what waited for it is due now."""
        self._waits.over(channel)
        await asyncio.shield(self._write_soon())
        now = self.clock.now()
        window = now + timedelta(seconds=waits.LOGIN + 1)

        def work(connection: Connection) -> dict[Lane, int]:
            outbox.hurry(connection, channel, micros(now), micros(window))
            return outbox.lanes(connection, channel)

        with contextlib.suppress(StoreDown):  # then they come when their time has come
            due = await self.writer.run(work)
            moved = [lane for lane in self._behind if lane in due and not self._leaving[lane]]
            self._behind.update((lane, instant(due[lane])) for lane in moved)
        self.ring()

    def down(self, channel: str) -> bool:
        """Word came that a wire is away; whether it is time for a line in the log."""
        self._waits.down(channel, self.clock.now())
        return self._waits.grumble(channel)

    def up(self, channel: str) -> bool:
        """Whether the last delivery there found the other side at work."""
        return not self._waits.troubled(channel)

    async def run(self) -> None:
        """Poll for rows nobody holds: those whose time has come and those of a dead process."""
        while True:
            self._bell.clear()
            try:
                await self._renew()
                more = await self.claim() >= waits.CLAIM
                pause = 0.0 if more else await self._pause()
            except StoreDown as error:
                log.error("outbox_waits_for_store", error=str(error))
                pause = POLL
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), pause)

    async def _pause(self) -> float:
        """Seconds until something may be due; never so few that polling becomes work."""
        now, wait = self.clock.now(), POLL
        for channel in self.ports:
            if until := self._waits.closed_until(channel):
                wait = min(wait, (until - now).total_seconds())
            elif not self._waits.troubled(channel) and (due := await self._soonest(channel)) is not None:
                wait = min(wait, (instant(due) - now).total_seconds())
        return max(wait, 0.05)

    async def _soonest(self, channel: str) -> int | None:
        return await self.writer.run(lambda connection: outbox.soonest(connection, channel))

    async def claim(self) -> int:
        """Claim what is due; how many rows that were."""
        now, taken = self.clock.now(), 0
        for channel in self.ports:
            limit = self._waits.rows(channel)
            if not limit or (limit == 1 and any(lane[0] == channel for lane in self._lanes)):
                continue  # closed, or somebody is finding out just now
            notes = await self.writer.run(lambda connection, c=channel, n=limit: self._claim(connection, c, now, n))  # type: ignore[misc]
            for note in notes:
                self._hold(note, (note.channel, note.lane))
            if len(notes) < limit:  # nothing that was due by then is left behind
                for lane in [lane for lane, until in self._behind.items() if lane[0] == channel and until <= now]:
                    del self._behind[lane]
            taken += len(notes)
        return taken

    def _claim(self, connection: Connection, channel: str, now: datetime, limit: int) -> list[Note]:
        rows = outbox.claim(connection, channel, micros(now), micros(now + LEASE), limit)
        return [
            Note(
                key=row.key, channel=row.channel, lane=row.lane, template=row.template,
                body=parse(self.seal.open(row.body_json)), made=instant(row.made), due=instant(row.due),
                case_id=row.case_id, agent=row.agent, spec=row.spec, tag=row.tag, wire_id=row.wire_id, tries=row.tries,
                order=row.order, sealed=row.body_json.startswith(MARK),
            )
            for row in rows
        ]  # fmt: skip

    async def _renew(self) -> None:
        """Keep what is in hand long, and learn what of it was withdrawn by somebody else."""
        now = asyncio.get_running_loop().time()
        await self._look_up([key for key, since in self._held.items() if now - since >= POLL])

    async def _look_up(self, keys: list[str]) -> None:
        if not keys:
            return
        lease = micros(self.clock.now() + LEASE)
        mine = await self.writer.run(lambda connection: outbox.renew(connection, keys, lease))
        now = asyncio.get_running_loop().time()
        self._dropped |= (set(keys) - mine) & self._held.keys()
        self._held.update((key, now) for key in mine if key in self._held)

    async def idle(self) -> None:
        """Wait until everything taken is sent, or set aside, and marked."""
        while self._tasks or self._writing:
            await asyncio.gather(*self._tasks, *([self._writing] if self._writing else []))

    async def stop(self) -> None:
        """Leave what is still in hand to whoever comes next, at once."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        marked = {row["b_key"] for row in self._marks}
        keys, now = [key for key in self._held if key not in marked], micros(self.clock.now())
        with contextlib.suppress(StoreDown):
            await self.writer.run(lambda connection: outbox.give_back(connection, keys, now))
            await self._write()

    # -- one lane

    async def _work(self, lane: Lane, notes: deque[Note]) -> None:
        gate = self._gates.get(lane[0], contextlib.nullcontext())
        try:
            while notes:
                async with gate:
                    if not await self._next(lane, notes):
                        return
        finally:
            if self._lanes.get(lane) is notes:
                del self._lanes[lane]

    async def _next(self, lane: Lane, notes: deque[Note]) -> bool:
        """See to the first of a lane; False when the lane was set aside."""
        if until := self._waits.closed_until(lane[0]):
            return await self._set_aside(lane, notes, until)
        note = notes[0]
        try:
            if asyncio.get_running_loop().time() - self._held.get(note.key, 0.0) > STALE:
                await self._look_up([note.key for note in notes])
            files = await self._files(note)
        except StoreDown:
            await self.clock.sleep(1.0)  # nothing could be marked now
            return True
        if note.key in self._dropped:
            self._release([notes.popleft().key])
            return True
        begun, parcel = self.clock.now(), None
        try:
            parcel = dispatch.pack(note, self.office(), self.renderer, self.sender, files)
            await self.ports[note.channel].send(parcel.message)  # type: ignore[arg-type]
        except PartlyRefused as error:
            self._answered(lane)
            await self._part(note, parcel, error)
        except Refused as error:
            return await self._set_aside(lane, notes, self._waits.shut_out(lane[0]), error)
        except Permanent as error:
            self._answered(lane)
            await self._dead(note, str(error))
        except Down as error:
            return await self._set_aside(lane, notes, self._waits.down(lane[0], begun), error)
        except Transient as error:
            if not await self._again(lane, notes, error):
                return False
        except Exception as error:  # a template or paper that fails must not stop the lane
            why = f"{type(error).__name__}: {error}"
            log.error("delivery_broke", key=note.key, template=note.template, error=why[:300], exc_info=error)
            await self._dead(note, why)
        else:
            await self._sent(note, parcel)
        notes.popleft()
        return True

    async def _files(self, note: Note) -> dict[str, bytes]:
        """What is kept of the files a mail attaches again, by their hash."""
        wanted = dispatch.kept(note)
        return await self.writer.run(lambda connection: outbox.documents(connection, wanted)) if wanted else {}

    async def _sent(self, note: Note, parcel: dispatch.Parcel) -> None:
        said = self.seal.close(parcel.said) if note.sealed and note.channel == "chat" else parcel.said
        await self._mark(note, "sent", said=said, raw=self._kept(note, parcel), papers=parcel.papers)
        self._answered((note.channel, note.lane))
        self.sent(note, parcel)

    def _answered(self, lane: Lane) -> None:
        """The other side is there, whatever it said: if it was away, what waits for it goes now."""
        if self._waits.went(lane):
            self._spawn(self.back(lane[0]))

    def _kept(self, note: Note, parcel: dispatch.Parcel | None) -> bytes | None:
        """The exact bytes of a mail."""
        if parcel is None or parcel.raw is None:
            return None
        return self.seal.close_bytes(parcel.raw) if note.sealed else parcel.raw

    # -- when it does not go

    async def _again(self, lane: Lane, notes: deque[Note], error: Transient) -> bool:
        """Set the lane aside until its first may be tried again; True when that one is given up instead."""
        note, now = notes[0], self.clock.now()
        if error.after is not None:
            return await self._set_aside(lane, notes, now + timedelta(seconds=error.after), error)
        if not (error.refused or error.broke):
            return await self._set_aside(lane, notes, self._waits.slower(lane), error)
        if error.refused:
            self._answered(lane)
        if waits.hopeless(note.tries, now - note.made):
            self._answered(lane)
            await self._dead(note, str(error))
            return True
        before = note.tries
        if error.refused:
            until, note.tries = now + waits.refused(before), before + 1
        else:  # its next try is a matter of seconds, whether it is its own fault or the server's
            until, note.tries = self._waits.slower(lane), self._waits.climbed(lane, note.key, before)
        late = before < note.tries == waits.TELL_OPS_AFTER
        told = self._ops(note, "house/ops_delayed", str(error)) if late else None
        return await self._set_aside(lane, notes, until, error, [told] if told else [])

    async def _set_aside(
        self, lane: Lane, notes: deque[Note], until: datetime, error: Exception | None = None,
        news: Iterable[Note] = (),
    ) -> bool:  # fmt: skip
        """Give the whole lane back to the outbox, in order, for later; always False."""
        self._behind[lane] = max(until, self._behind.get(lane, until))
        self._lanes.pop(lane, None)
        why = str(error)[:300] if error else "waits for the server to come back"
        rows = [
            {"key": note.key, "due": micros(until), "tries": note.tries, "error": EARLIER if n else why}
            for n, note in enumerate(notes) if note.key not in self._dropped
        ]  # fmt: skip
        if error is not None and self._waits.grumble(lane[0]):
            log.warning("delivery_waits", channel=lane[0], error=type(error).__name__)
        fresh = [dispatch.row(each, self.seal) for each in news]

        def work(connection: Connection) -> None:
            outbox.put_off(connection, rows)
            if fresh:
                outbox.add(connection, fresh)

        with contextlib.suppress(StoreDown):  # then they come back when their lease is over
            await self.writer.run(work)
        self._release([note.key for note in notes])
        self.ring()
        return False

    async def _dead(self, note: Note, error: str) -> None:
        log.error("dead_letter", key=note.key, template=note.template)
        await self._mark(note, "dead", error=error, news=[self._ops(note, "house/ops_dead_letter", error)])

    async def _part(self, note: Note, parcel: dispatch.Parcel | None, error: PartlyRefused) -> None:
        """Some recipients have it: the rest are tried again, or told of to the ops channel."""
        news = [self._ops(note, "house/ops_dead_letter", str(error))] if error.refused else []
        if error.later:
            due = self.clock.now() + waits.refused(0)
            body = {**note.body, "only": sorted(error.later)}
            news.append(replace(note, key=f"{note.key}+", body=body, tries=0, due=due))
        said = parcel.said if parcel is not None else None
        await self._mark(note, "sent", said=said, raw=self._kept(note, parcel), error=str(error), news=news)

    def _ops(self, note: Note, template: str, error: str) -> Note | None:
        """A line for the ops channel: which row and which answer, neither who nor what about."""
        if note.key.startswith("ops:"):
            return None  # the ops channel itself cannot be reached: the log has it
        office, now = self.office(), self.clock.now()
        key = f"ops:{note.key}:{template.rpartition('_')[2]}:{micros(now)}"
        facts = {"key": note.key, "channel": note.channel, "error": _answer(error), "since": note.made}
        return Note(
            key=key, channel="chat", lane=office.channel("ops"), template=template, made=now, due=now,
            wire_id=office.tokens.chat_id(key), body={"facts": facts, "buttons": [], "reader": "", "thread": None},
        )  # fmt: skip

    # -- marking

    async def _mark(
        self, note: Note, state: str, *, said: str | None = None, raw: bytes | None = None, error: str | None = None,
        papers: Any = (), news: Iterable[Note | None] = (),
    ) -> None:  # fmt: skip
        """What became of a row, and the rows that come of it, in one commit."""
        now = micros(self.clock.now())
        self._marks.append({
            "b_key": note.key, "b_state": state, "b_open": False, "b_sent": now if state == "sent" else None,
            "b_said": said, "b_raw": raw, "b_due": now, "b_tries": note.tries + 1,
            "b_error": error[:500] if error else None, "papers": papers, "case": note.case_id,
            "news": [dispatch.row(each, self.seal) for each in news if each is not None],
        })  # fmt: skip
        written = self._written = self._written or asyncio.get_running_loop().create_future()
        self._write_soon()
        if note.channel in self._gates:
            await asyncio.shield(written)

    def _write_soon(self) -> asyncio.Task[None]:
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_all())
        return self._writing

    async def _write_all(self) -> None:
        try:
            while self._marks or self._left:
                try:
                    await self._write()
                except StoreDown as error:
                    log.error("marks_wait_for_store", error=str(error))
                    await self.clock.sleep(1.0)
        finally:
            self._writing = None

    async def _write(self) -> None:
        """One commit of everything that is to be written down; raises StoreDown, and then nothing is forgotten."""
        marks, left, written = self._marks, self._left, self._written
        self._marks, self._left, self._written = [], [], None
        news = [row for mark in marks for row in mark["news"]]

        def work(connection: Connection) -> None:
            if marks:
                dispatch.mark(connection, marks, self.seal)
            if left:
                outbox.put_off(connection, left)
            if news:
                outbox.add(connection, news)

        try:
            await self.writer.run(work)
        except StoreDown:
            self._marks, self._left = marks + self._marks, left + self._left
            self._written, later = written, self._written
            if later is not None and written is not None:
                written.add_done_callback(lambda _: None if later.done() else later.set_result(None))
            raise
        except Exception as error:  # it stays in hand, so that this process at least does not send it again
            log.error("marks_broke", rows=len(marks), error=f"{type(error).__name__}: {error}"[:300], exc_info=error)
        else:
            self._release(mark["b_key"] for mark in marks)
        for row in left:
            self._leaving[row["lane"]] -= 1
        if written is not None and not written.done():
            written.set_result(None)
        if left or news:
            self.ring()


def _answer(error: str) -> str:
    """Of what a server said only its code: its words may name people and subjects."""
    code = re.search(r"\b[45]\d\d(?:[ -][45]\.\d{1,3}\.\d{1,3})?\b", error)
    return code[0] if code else ""
