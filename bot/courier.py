"""The one door out: takes outbox rows in order per room or mailbox, renders, sends, marks.

Rows are claimed by a lease, at birth by the process that decided them, else by the poll, so a killed process's
rows come back by themselves. A repeat carries the same identity and is recognised on the wire. Longer than most,
because every way a delivery may end has its paragraph here; what a server turned away is `turned_away.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection

from bot import dispatch, dossier, logs, turned_away, waits
from bot.clock import Clock
from bot.engine import LEASE
from bot.mail.smtp import CONNECTIONS, AllRefused, Deferred, PartlyRefused, TooLarge, Unanswered
from bot.office import Office
from bot.ports import ChatPort, Down, MailPort, Permanent, Refused, Transient
from bot.render import Renderer
from bot.turned_away import Returns
from bot.turns import Turns
from bot.waits import Waits
from bot.writer import StoreDown, Writer
from store import outbox
from store.codec import instant, micros
from store.outbox import Lane
from store.rows import Note
from store.seal import Seal

log = structlog.get_logger()

POLL = 5.0
"""Seconds between safety-net polls, and after which the lease of a row still in hand is renewed."""

STALE = 0.5
"""Seconds after which a row that waited in its lane is looked up again before it goes: it may be withdrawn."""

LOOKED_UP = 1000
"""Rows looked up at once: what waits behind a row is asked for with it."""

UNMARKED = {"mail": CONNECTIONS}
"""Channels without a memory for what they took: so many may be on their way or taken and not yet marked, one for
each connection, so that a kill can double no more than those. Of one mailbox never more than one."""

AHEAD = 2 * CONNECTIONS
"""Messages of such a channel that may be rendered and not yet gone: their bytes are in memory."""


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
    desk: Executor | None = None
    """Where mails with papers and sheets are made; without one, in the loop, which waits meanwhile."""
    broke_with: Exception | None = None
    """What the last lane broke with that nobody foresaw; a rehearsal raises it."""
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
    _looking: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._waits = Waits(self.clock)
        self._returns = Returns(self.writer, self.seal, self.clock, self.office, self.sender)
        self._gates = {channel: Turns(most) for channel, most in UNMARKED.items()}
        self._ahead = {channel: Turns(AHEAD) for channel in UNMARKED}

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
            with contextlib.suppress(TimeoutError):  # wait_for, before 3.12, loses a cancellation that meets the bell
                async with asyncio.timeout(pause):
                    await self._bell.wait()

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
        return [replace(Note.read(row, self.seal), raw=self._opened(row.raw)) for row in rows]

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
        ahead = self._ahead.get(lane[0])
        try:
            while notes:
                async with ahead.of(notes[0]) if ahead else contextlib.nullcontext():
                    if not await self._next(lane, notes):
                        return
        except Exception as error:  # noqa: BLE001 - what nobody foresaw must not hold a lane's rows for ever
            log.error("lane_broke", channel=lane[0], rows=len(notes), error=logs.blame(error))
            self._behind[lane] = self.clock.now() + LEASE  # they come back when their lease is over
            self._release([note.key for note in notes])
            self.broke_with = error
        finally:
            if self._lanes.get(lane) is notes:
                del self._lanes[lane]

    async def _next(self, lane: Lane, notes: deque[Note]) -> bool:
        """See to the first of a lane; False when the lane was set aside."""
        if until := self._waits.closed_until(lane[0]):
            return await self._set_aside(lane, notes, until)
        note = notes[0]
        try:
            parcel = await self._packed(note)
        except StoreDown:
            await self.clock.sleep(1.0)  # nothing could be marked now
            return True
        except Exception as error:  # noqa: BLE001 - a template or paper that fails must not stop the lane
            return await self._broke(notes, error)
        gate = self._gates.get(lane[0])
        async with gate.of(note) if gate else contextlib.nullcontext():
            return await self._deliver(lane, notes, parcel)

    async def _packed(self, note: Note) -> dispatch.Parcel:
        """What goes out: as it went before, or made now. Raises what `dispatch.pack` does, and StoreDown."""
        if note.raw is not None:
            return dispatch.again(note, self.sender)
        files = await self._files(note)
        pack = partial(dispatch.pack, note, self.office(), self.renderer, self.sender, files)
        if self.desk is None or note.channel not in self._gates or not note.body["attach"]:
            return pack()
        return await asyncio.get_running_loop().run_in_executor(self.desk, pack)

    async def _deliver(self, lane: Lane, notes: deque[Note], parcel: dispatch.Parcel) -> bool:
        """Hand the first of a lane over, and see to what comes of it; False when the lane was set aside."""
        if until := self._waits.closed_until(lane[0]):
            return await self._set_aside(lane, notes, until)
        note = notes[0]
        try:
            await self._freshen(note)
        except StoreDown:
            await self.clock.sleep(1.0)
            return True
        if note.key in self._dropped:
            self._release([notes.popleft().key])
            return True
        begun = self.clock.now()
        try:
            await self.ports[note.channel].send(parcel.message)  # type: ignore[arg-type]
        except PartlyRefused as error:
            self._answered(lane)
            await self._part(note, parcel, error)
        except AllRefused as error:
            self._answered(lane)
            why, told = await self._returns.came_back(note, self._tried(note, parcel), error.refused)
            await self._dead(note, why, told=told)
        except TooLarge as error:
            self._answered(lane)
            return await self._lighten(notes, parcel, error)
        except Refused as error:
            return await self._set_aside(lane, notes, self._waits.shut_out(lane[0]), error)
        except Permanent as error:
            self._answered(lane)
            await self._dead(note, str(error))
        except Down as error:
            return await self._set_aside(lane, notes, self._waits.down(lane[0], begun), error)
        except Transient as error:
            if not await self._again(lane, notes, parcel, error):
                return False
        except Exception as error:  # noqa: BLE001 - nothing one message does may stop its lane
            return await self._broke(notes, error)
        else:
            await self._sent(note, parcel)
        notes.popleft()
        return True

    async def _freshen(self, note: Note) -> None:
        """A row that waited long may be withdrawn by somebody else: it is looked up, and those that wait with it."""
        now = asyncio.get_running_loop().time()
        while now - self._held.get(note.key, now) > STALE:
            if self._looking is None or self._looking.done():
                waited = [key for key, since in self._held.items() if now - since > STALE and key != note.key]
                look = self._look_up([note.key, *waited[: LOOKED_UP - 1]])
                self._looking = asyncio.get_running_loop().create_task(look)
            await asyncio.shield(self._looking)
            if note.key in self._dropped:
                return

    async def _broke(self, notes: deque[Note], error: Exception) -> bool:
        note, why = notes[0], logs.blame(error)  # not its text, which may hold names and words
        log.error("delivery_broke", key=note.key, template=note.template, error=why)
        await self._dead(note, why)
        notes.popleft()
        return True

    async def _files(self, note: Note) -> dict[str, bytes]:
        """What is kept of the files a mail attaches again, by their hash."""
        if (asked := dispatch.filed(note)) is not None:
            return await self.writer.run(lambda connection: dossier.kept(connection, self.seal, asked))
        wanted = dispatch.kept(note)
        if not wanted:
            return {}
        return await self.writer.run(lambda connection: outbox.documents(connection, wanted, self.seal))

    async def _sent(self, note: Note, parcel: dispatch.Parcel) -> None:
        await self._mark(
            note, "sent", said=self._said(note, parcel), raw=self._kept(note, parcel), papers=parcel.papers
        )
        self._answered((note.channel, note.lane))
        self.sent(note, parcel)

    def _answered(self, lane: Lane) -> None:
        """The other side is there, whatever it said: if it was away, what waits for it goes now."""
        if self._waits.went(lane):
            self._spawn(self.back(lane[0]))

    def _said(self, note: Note, parcel: dispatch.Parcel) -> str:
        """What was said, or the subject, as it is stored."""
        return self.seal.close(parcel.said) if note.sealed else parcel.said

    def _kept(self, note: Note, parcel: dispatch.Parcel) -> bytes | None:
        """The exact bytes of a mail, to be kept; None when they are already."""
        if parcel.raw is None:
            return None
        return self.seal.close_bytes(parcel.raw) if note.sealed else parcel.raw

    def _opened(self, raw: bytes | None) -> bytes | None:
        return raw if raw is None or b"\n" in raw else self.seal.open_bytes(raw)  # a sealed one is a single line

    # -- when it does not go

    async def _again(self, lane: Lane, notes: deque[Note], parcel: dispatch.Parcel, error: Transient) -> bool:
        """Set the lane aside until its first may be tried again; True when that one is given up instead."""
        note, now = notes[0], self.clock.now()
        tried = self._tried(note, parcel)
        if error.after is not None:
            return await self._set_aside(lane, notes, now + timedelta(seconds=error.after), error, tried)
        unsure = isinstance(error, Unanswered)
        if not (error.refused or error.broke or unsure):
            return await self._set_aside(lane, notes, self._waits.slower(lane), error, tried)
        if error.refused:
            self._answered(lane)
        if waits.hopeless(note.tries, now - note.made):
            self._answered(lane)
            later = error.later if isinstance(error, Deferred) else {}
            why, told = await self._returns.came_back(note, tried, later) if later else (str(error), False)
            await self._dead(note, why, told=told)
            return True
        before = note.tries
        if error.refused or unsure:
            wait = waits.unanswered(before) if unsure else waits.refused(before)
            until, note.tries = now + wait, before + 1
        else:  # its next try is a matter of seconds, whether it is its own fault or the server's
            until, note.tries = self._waits.slower(lane), self._waits.climbed(lane, note.key, before)
        late = before < note.tries == waits.TELL_OPS_AFTER
        line = self._ops(note, "house/ops_delayed", str(error)) if late else None
        return await self._set_aside(lane, notes, until, error, tried, [line] if line else [])

    def _tried(self, note: Note, parcel: dispatch.Parcel) -> list[dict[str, Any]]:
        """It may have gone out: what the next try needs to send the same bytes, whatever changes until then.

        If the commit fails it is rendered anew, as after a kill.
        """
        if parcel.raw is None:
            return []
        return [{
            "b_key": note.key, "b_said": self._said(note, parcel), "b_raw": self._kept(note, parcel),
            "papers": parcel.papers, "case": note.case_id, "b_sent": None, "b_due": micros(self.clock.now()),
        }]  # fmt: skip

    async def _set_aside(
        self, lane: Lane, notes: deque[Note], until: datetime, error: Exception | None = None,
        tried: Sequence[dict[str, Any]] = (), news: Iterable[Note] = (),
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
            dispatch.keep(connection, tried, self.seal)
            if fresh:
                outbox.add(connection, fresh)

        with contextlib.suppress(StoreDown):  # then they come back when their lease is over
            await self.writer.run(work)
        self._release([note.key for note in notes])
        self.ring()
        return False

    async def _dead(self, note: Note, error: str, *, told: bool = False) -> None:
        """It will not go, and the ops channel hears of it unless it is `told` already."""
        log.error("dead_letter", key=note.key, template=note.template)
        news = [] if told else [self._ops(note, "house/ops_dead_letter", error)]
        await self._mark(note, "dead", error=error, news=news)

    async def _lighten(self, notes: deque[Note], parcel: dispatch.Parcel, error: TooLarge) -> bool:
        if not turned_away.lightened(notes[0], parcel, error):
            await self._dead(notes[0], str(error))
            notes.popleft()
        return True

    async def _part(self, note: Note, parcel: dispatch.Parcel, error: PartlyRefused) -> None:
        """Some recipients have it: each of the rest is tried again in a lane of its own, or hears that it came back."""
        why = str(error)
        if error.refused:
            why, _ = await self._returns.came_back(note, self._tried(note, parcel), error.refused)
        due = self.clock.now() + waits.refused(0)
        news = turned_away.apart(note, parcel, error.later, due)
        for rest in news:
            lane = (rest.channel, rest.lane)
            self._behind[lane] = max(due, self._behind.get(lane, due))
        raw, papers = self._kept(note, parcel), parcel.papers
        await self._mark(note, "sent", said=self._said(note, parcel), raw=raw, error=why, papers=papers, news=news)

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
        """One commit of everything that is to be written down, or one for each row where a row breaks it; raises
        StoreDown, and then nothing is forgotten."""
        marks, left, written = self._marks, self._left, self._written
        self._marks, self._left, self._written = [], [], None
        parts = deque([(marks, left)])
        try:
            while parts:
                try:
                    await self._write_part(*parts[0])
                except StoreDown:
                    raise
                except Exception as error:  # noqa: BLE001 - one bad row must not leave what went beside it unmarked
                    parts.extend(self._taken_apart(*parts.popleft(), error))
                else:
                    parts.popleft()
        except StoreDown:
            self._marks = [mark for some, _ in parts for mark in some] + self._marks
            self._left = [row for _, some in parts for row in some] + self._left
            self._written, later = written, self._written
            if later is not None and written is not None:
                written.add_done_callback(lambda _: None if later.done() else later.set_result(None))
            raise
        if written is not None and not written.done():
            written.set_result(None)
        if left or any(mark["news"] for mark in marks):
            self.ring()

    async def _write_part(self, marks: list[dict[str, Any]], left: list[dict[str, Any]]) -> None:
        news = [row for mark in marks for row in mark["news"]]

        def work(connection: Connection) -> None:
            if marks:
                dispatch.mark(connection, marks, self.seal)
            if left:
                outbox.put_off(connection, left)
            if news:
                outbox.add(connection, news)

        await self.writer.run(work)
        self._release(mark["b_key"] for mark in marks)
        for row in left:
            self._leaving[row["lane"]] -= 1

    def _taken_apart(
        self, marks: list[dict[str, Any]], left: list[dict[str, Any]], error: Exception
    ) -> list[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
        """What cannot be written together, row by row; a single one stays in hand: this process at least does not
        send it again."""
        if len(marks) + len(left) > 1:
            return [*(([mark], []) for mark in marks), *(([], [row]) for row in left)]
        for row in left:
            self._leaving[row["lane"]] -= 1
        key = marks[0]["b_key"] if marks else left[0]["key"]
        log.error("mark_broke", key=key, error=logs.blame(error))
        return []


def _answer(error: str) -> str:
    """Of what a server said only its code: its words may name people and subjects."""
    code = re.search(r"\b[45]\d\d(?:[ -][45]\.\d{1,3}\.\d{1,3})?\b|(?<= )[45]\.\d{1,3}\.\d{1,3}\b", error)
    return code[0] if code else ""
