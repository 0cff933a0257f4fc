"""The writer: one thread, one connection; what gathered while the last commit ran is one batch, one commit.

Everything that writes goes through here, letters and small jobs alike. If a batch breaks it is rolled back and
its letters are taken one by one; the poisoned one is filed with its error, and the others go through.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot import logs, mailroom
from bot.engine import Engine, NoRoster, Outcome
from bot.letters import Letter, Receipt
from store import tables
from store.codec import micros
from store.db import Database
from store.statements import DOCUMENT_IN
from store.world import Lost

log = structlog.get_logger()
T = TypeVar("T")

TRIES = 20
"""How often a letter is decided anew because another replica was first."""

LARGEST = 200
"""Letters in one commit, so that a backlog does not make the first answer wait for the last."""


class StoreDown(Exception):
    """The database cannot be written now (a full disk, a lost server); what was asked may be asked again."""


@dataclass(slots=True)
class Job:
    """Letters, or a function of the connection, and whom to tell."""

    letters: Sequence[Letter] = ()
    work: Callable[[Connection], Any] | None = None
    done: Callable[[Any, BaseException | None], None] = lambda value, error: None


@dataclass
class Writer:
    """Owns the write connection. `poisoned` is called with a letter that could not be taken and why."""

    database: Database
    engine: Engine
    heard: Callable[[Outcome], None] = lambda outcome: None
    _queue: queue.SimpleQueue[Job | None] = field(default_factory=queue.SimpleQueue)
    _connection: Connection | None = None
    _thread: threading.Thread | None = None

    # -- in the loop

    def start(self) -> None:
        """Begin; `accept` and `run` may be called from then on."""
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Finish what was handed over and end."""
        self._queue.put(None)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def accept(self, letters: Sequence[Letter]) -> list[Receipt]:
        """Hand letters over; returns once they are committed."""
        outcome: Outcome = await self._ask(Job(letters=letters))
        return outcome.receipts

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run a small piece of writing in the next commit."""
        value: T = await self._ask(Job(work=work))
        return value

    async def _ask(self, job: Job) -> Any:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()

        def resolve(value: Any, error: BaseException | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(value)

        def done(value: Any, error: BaseException | None) -> None:
            loop.call_soon_threadsafe(resolve, value, error)

        job.done = done
        if self._thread is None:
            self.process([job])
        else:
            self._queue.put(job)
        return await future

    # -- in the thread

    def _run(self) -> None:
        while True:
            job = self._queue.get()
            batch: list[Job] = []
            ending = job is None
            while job is not None:
                batch.append(job)
                if sum(len(each.letters) for each in batch) >= LARGEST:
                    break
                try:
                    job = self._queue.get_nowait()
                except queue.Empty:
                    break
                ending = job is None
            if batch:
                self.process(batch)
            if ending:
                return

    def process(self, batch: Sequence[Job]) -> None:
        """Take a batch: together if it goes, else one by one."""
        try:
            answers = self._together(batch)
        except Exception as error:  # noqa: BLE001 - whatever broke, each job is tried alone and told its own fate
            if len(batch) == 1 and len(batch[0].letters) <= 1:
                self._alone(batch[0], error)
                return
            log.warning("batch_rolled_back", size=len(batch), error=logs.blame(error))
            for job in batch:
                self._singly(job)
            return
        for job, answer in zip(batch, answers, strict=True):
            self._tell(job, answer)

    def _tell(self, job: Job, answer: Any) -> None:
        if isinstance(answer, Outcome):
            self.heard(answer)
        job.done(answer, None)

    def _together(self, batch: Sequence[Job]) -> list[Any]:
        connection = self._connected()
        try:
            answers: list[Any] = []
            letters = [letter for job in batch for letter in job.letters]
            outcome = self.engine.handle(connection, letters) if letters else None
            taken = 0
            for job in batch:
                if job.work is not None:
                    answers.append(job.work(connection))
                    continue
                assert outcome is not None
                share = outcome.receipts[taken : taken + len(job.letters)]
                answers.append(
                    Outcome(
                        receipts=share,
                        notes=outcome.notes if taken == 0 else [],
                        next_due=outcome.next_due,
                        withdrawn=outcome.withdrawn,
                    )
                )
                taken += len(job.letters)
            connection.commit()
            return answers
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        self.engine.forget()
        try:
            if self._connection is not None:
                self._connection.rollback()
        except DBAPIError:
            self.close()

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed or self._connection.invalidated:
            self.close()  # a lost one still holds its place in the pool
            self._connection = self.database.connect()
        return self._connection

    def _singly(self, job: Job) -> None:
        if job.work is not None or len(job.letters) <= 1:
            self.process([job])
            return
        receipts: list[Receipt] = []
        problem: list[BaseException] = []
        for letter in job.letters:
            answer: list[Any] = []
            single = Job(letters=[letter], done=lambda value, error, answer=answer: answer.append((value, error)))  # type: ignore[misc]
            self.process([single])
            value, error = answer[0]
            if error is not None:
                problem.append(error)
                break
            receipts += value.receipts  # its notes were heard when it was told
        if problem:
            job.done(None, problem[0])
        else:
            job.done(Outcome(receipts=receipts, notes=[]), None)

    def _alone(self, job: Job, error: Exception) -> None:
        if job.work is not None or not job.letters or isinstance(error, NoRoster):
            job.done(None, _down(error) or error)
            return
        for _ in range(TRIES):
            if not _beaten(error):
                break
            try:
                answers = self._together([job])
            except Exception as again:  # noqa: BLE001 - tried again, or given up with its error; the loop goes on
                error = again
                continue
            self._tell(job, answers[0])
            return
        self._give_up(job, error)

    def _give_up(self, job: Job, error: Exception) -> None:
        letter = job.letters[0]
        if (down := _down(error)) is not None:
            log.error("store_down", error=str(down))
            job.done(None, down)
            return
        why = logs.blame(error)  # not its text, which may hold what somebody said
        log.error("letter_poisoned", source=letter.source, error=why)
        try:
            connection = self._connected()
            connection.execute(
                tables.inbox.insert(),
                {
                    "source": letter.source,
                    "at": micros(letter.at),
                    "kind": letter.kind,
                    "actor": letter.actor,
                    "room": letter.room,
                    "text": self.engine.seal.close(letter.text[:4000]),  # nobody knows what it was about
                    "verdict": f"poisoned: {why}",
                    "raw": letter.mail.received.raw_hash if letter.mail is not None else "",
                },
            )
            if letter.mail is not None:  # its bytes are all that is left of it: the mail server is told that it is kept
                connection.execute(DOCUMENT_IN, [mailroom.raw_row(letter, self.engine.seal)])
            notes = self.engine.apologise(connection, letter)
            connection.commit()
        except Exception as worse:  # noqa: BLE001 - not even its apology can be written: the store is down
            self._roll_back()
            job.done(None, StoreDown(str(worse)))
            return
        self._tell(job, Outcome(receipts=[Receipt(source=letter.source, verdict="poisoned")], notes=notes))


def _beaten(error: Exception) -> bool:
    """Another replica was first: read again and decide anew."""
    state = getattr(getattr(error, "orig", None), "sqlstate", "")
    return isinstance(error, Lost | IntegrityError) or state in ("40001", "40P01")


def _down(error: BaseException) -> StoreDown | None:
    """What says that the database is away, not that this piece of writing is wrong."""
    if isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return StoreDown(str(error.orig))
    return None
