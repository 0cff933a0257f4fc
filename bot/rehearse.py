"""Plays a script against the real router, engine, store, courier and templates, with a clock moved by hand.

HR rehearses a policy with it before it takes effect; tests and bug reports use the same form (INTERFACES).
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot import alarm, incoming, mailroom, outages, papers
from bot.almanac import Almanac
from bot.clock import HandClock
from bot.courier import Courier
from bot.dispatch import Address, Parcel
from bot.engine import Outcome
from bot.letters import Letter, Receipt
from bot.ports import ChatMessage, ChatPort, File, MailPort, RawMail
from bot.premises import Premises, keep_roster, open_premises
from bot.reports import formats
from bot.script import BOT_ROOM, BrokenScript, Script, Step, check_rooms
from bot.writer import StoreDown
from store import tables
from store.codec import instant
from store.rows import Note
from workflows.people import Roster

BOT_ADDRESS = Address(name="certdesk", email="certdesk@example.com")


def utc(at: datetime) -> str:
    """ISO 8601 UTC with a Z, as every time of a rehearsal is printed."""
    return (
        at.astimezone(UTC)
        .isoformat(timespec="seconds" if not at.microsecond else "microseconds")
        .replace("+00:00", "Z")
    )


class Paper:
    """A wire that leads nowhere: everything sent is delivered."""

    async def send(self, message: ChatMessage | RawMail) -> None:
        """Delivered."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card with buttons that was shown in a room."""

    room: str
    ref: str
    buttons: tuple[tuple[str, str], ...]


@dataclass(kw_only=True)
class Rehearsal:
    """One rehearsal; `emit` gets every line, in order, as a mapping."""

    script: Script
    roster: Roster
    emit: Callable[[Mapping[str, Any]], None]
    policies: Path | None = None
    papers: Path | None = None
    url: str = ""
    key: Path | None = None
    step: int = -1
    shown: list[Shown] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    _lines: list[dict[str, Any]] = field(default_factory=list)
    _texts: dict[str, str] = field(default_factory=dict)
    _delivered: list[dict[str, Any]] = field(default_factory=list)

    async def play(self) -> None:
        """Play the whole script. Raises BrokenScript with the step and the reason."""
        check_rooms(self.script, self.roster)
        with tempfile.TemporaryDirectory(prefix="certdesk-rehearsal-") as folder:
            self._folder = Path(folder)
            self._override = dict(self.script.packs)
            self.clock = self._hands()
            self._open()
            await self.premises.writer.run(lambda connection: keep_roster(connection, self.roster, self.clock.now()))
            try:
                await self._fire()
                await self._play_steps()
            finally:
                self.premises.close()

    def _open(self) -> None:
        url = self.url or f"sqlite:///{self._folder / 'rehearsal.db'}"
        self.premises: Premises = open_premises(
            url=url,
            key_file=self.key or self._folder / "key",
            clock=self.clock,
            policies=self.policies,
            papers=self.papers,
            packs=self._override,
            create=True,
        )
        engine = self.premises.engine
        engine.mailbox = BOT_ADDRESS.email
        self.premises.renderer.by_mail = True
        self.courier = Courier(
            writer=self.premises.writer,
            renderer=self.premises.renderer,
            seal=self.premises.seal,
            clock=self.clock,
            office=engine.setting,
            ports=self._wires(),
            sender=BOT_ADDRESS,
            sent=self._sent,
        )
        self.premises.writer.heard = self._heard
        self.almanac = Almanac(engine=engine)

    def _hands(self) -> HandClock:
        """The clock that is moved by hand."""
        return HandClock(self.script.start)

    def _wires(self) -> dict[str, ChatPort | MailPort]:
        """Where everything sent goes."""
        paper = Paper()
        return {"chat": paper, "mail": paper}

    def _heard(self, outcome: Outcome) -> None:
        self.courier.drop(outcome.withdrawn)
        self.courier.take(outcome.notes)

    # -- steps

    async def _play_steps(self) -> None:
        steps = list(enumerate(self.script.steps))
        while steps:
            n, step = steps.pop(0)
            if step.at is not None:
                await self._move_to(step.at, n)
            if step.restart:
                steps = await self._restart(n, step, steps)
                continue
            self.step = n
            await self._one(n, step, self.clock.now())

    async def _one(self, n: int, step: Step, at: datetime) -> None:
        if step.chat is not None:
            room = step.chat.room or BOT_ROOM
            files = tuple(File(name=file.name, type=file.type, content=file.bytes()) for file in step.chat.files)
            thread = await self._thread(n, step)
            await self._say(n, step.chat.from_, room, step.chat.text, at, files, thread)
        elif step.press is not None:
            room, words = self._button(n, step)
            await self._say(n, step.press.by, room, words, at)
        elif step.mail is not None:
            await self._mail(n, step, at)
        elif step.wait is not None:
            await self._move_to(self.clock.now() + step.wait, n)
        elif step.until is not None:
            await self._move_to(step.until, n)
        elif step.packs is not None:
            unknown = [pack for pack in step.packs.values() if pack not in self.premises.packs]
            if unknown:
                raise BrokenScript(n, f"packs: there is no pack {unknown[0]}")
            self._override.update(step.packs)
            self.premises.engine.override.update(step.packs)

    async def _thread(self, n: int, step: Step) -> str:
        """The post a line with a `ref` replies to: that case's first in that room."""
        said = step.chat
        assert said is not None
        if not said.ref:
            return ""
        lane, t = f"@{said.from_}" if said.room in ("", BOT_ROOM) else said.room, tables.threads.c
        wanted = select(t.wire_id).where(t.case_id == said.ref, t.lane == lane)
        root = await self.premises.writer.run(lambda connection: connection.execute(wanted).scalar())
        if root is None:
            raise BrokenScript(n, f"chat.ref: {said.ref} has no thread in {lane}")
        return str(root)

    async def _say(
        self, n: int, actor: str, room: str, words: str, at: datetime, files: tuple[File, ...] = (), thread: str = ""
    ) -> None:
        direct = room == BOT_ROOM or room == f"@{actor}"
        letter = Letter(
            source=self._source(n, actor, room if not direct else BOT_ROOM, words, files),
            kind="chat",
            at=at,
            actor=actor,
            room=f"@{actor}" if direct else room,
            text=words,
            thread=thread,
            files=files,
        )
        await self._accept([letter])

    def _source(self, n: int, actor: str, room: str, words: str, files: tuple[File, ...]) -> str:
        """The name of what is said now, as the chat server would give it."""
        return f"rc:{utc(self.script.start)}/{n}"

    def _button(self, n: int, step: Step) -> tuple[str, str]:
        wanted = step.press
        assert wanted is not None
        own = f"@{wanted.by}"
        rooms = {own} if wanted.room in ("", BOT_ROOM) else {wanted.room}
        for card in reversed(self.shown):
            everybodys = not wanted.room and card.room.startswith("#")  # a card in a channel is shown to all there
            if not (card.room in rooms or everybodys) or (wanted.ref and card.ref != wanted.ref):
                continue
            for label, words in card.buttons:
                if label.casefold().startswith(wanted.label.casefold()):
                    return card.room, words
        raise BrokenScript(n, f"press: no card shown to {wanted.by} has a button that begins with {wanted.label!r}")

    async def _mail(self, n: int, step: Step, at: datetime) -> None:
        assert step.mail is not None
        raw = incoming.raw_of(step.mail, n, at, self.mails)
        await self._accept([mailroom.letter(raw, at, incoming.AUTHSERV_ID)])

    async def _restart(self, n: int, step: Step, rest: list[tuple[int, Step]]) -> list[tuple[int, Step]]:
        """Stop and start on the same database; what was said meanwhile is caught up before anything fires."""
        self.step = n
        self.premises.close()
        since = self.clock.now()
        up = since + step.down
        meanwhile = []
        while rest and rest[0][1].at is not None and rest[0][1].at <= up and rest[0][1].spoken:
            meanwhile.append(rest.pop(0))
        self.clock.move_to(up)
        self._open()
        if step.down:
            await self.premises.writer.run(lambda connection: outages.note(connection, since, up))
        for m, said in meanwhile:
            self.step = m
            await self._one(m, said, said.at or up)
        await self._settle()
        await self._fire()
        return rest

    # -- time

    async def _move_to(self, target: datetime, n: int) -> None:
        """Move the clock, stopping wherever something falls due."""
        if target < self.clock.now():
            raise BrokenScript(n, f"at: {target.isoformat()} is before what came earlier")
        while (due := await self._next_due()) is not None and due <= target:
            self.clock.move_to(max(due, self.clock.now()))
            await self._fire()
        self.clock.move_to(target)

    async def _next_due(self) -> datetime | None:
        return await self.premises.writer.run(self._earliest)

    def _earliest(self, connection: Connection) -> datetime | None:
        o = tables.outbox.c
        row = connection.execute(
            select(o.due).where(tables.still_open(tables.outbox)).order_by(o.due).limit(1)
        ).scalar()
        waiting = None if row is None else instant(row)
        return alarm.earliest(alarm.next_due(connection), self.almanac.next(connection), waiting)

    async def _fire(self) -> None:
        now = self.clock.now()
        letters = await self.premises.writer.run(
            lambda connection: [*self.almanac.due(connection), *alarm.claim(connection, now)]
        )
        if letters:
            await self._accept(letters)
        await self.courier.claim()
        await self._settle()

    # -- doors

    async def _accept(self, letters: list[Letter]) -> None:
        try:
            receipts: list[Receipt] = await self.premises.writer.accept(letters)
        except StoreDown as error:
            raise BrokenScript(self.step, f"the database cannot be written: {error}") from None
        for receipt in receipts:
            self._lines += receipt.lines
            if receipt.verdict == "poisoned":
                self._lines.append(
                    {
                        "kind": "declined",
                        "at": self.clock.now(),
                        "actor": "",
                        "reason": "poisoned",
                        "text": receipt.source,
                    }
                )
        await self._settle()

    async def _settle(self) -> None:
        """Deliver everything, then print what was decided and after it what was sent."""
        while True:
            await self.courier.idle()
            if not await self.courier.claim():
                break
        await self.courier.idle()
        if self.courier.broke_with is not None:
            raise self.courier.broke_with
        lines, self._lines = self._lines, []
        delivered, self._delivered = self._delivered, []
        for line in lines:
            key = line.pop("key", "")
            if line["kind"] == "declined" and key:
                line["text"] = self._texts.get(key, "")
            self._print(line)
        for line in delivered:
            self._print(line)

    def _print(self, line: dict[str, Any]) -> None:
        whole = {"at": line.pop("at"), "step": self.step, **line}
        self.emit({key: utc(value) if isinstance(value, datetime) else value for key, value in whole.items()})

    def _sent(self, note: Note, parcel: Parcel) -> None:
        at = self.clock.now()
        if isinstance(parcel.message, ChatMessage):
            message = parcel.message
            self._texts[note.key] = message.text
            self.shown.append(
                Shown(note.lane, note.case_id, tuple((button.label, button.msg) for button in message.buttons))
            )
            self._delivered.append(
                {
                    "kind": "chat",
                    "at": at,
                    "to": note.lane,
                    "text": message.text,
                    "buttons": [button.label for button in message.buttons],
                    "ref": note.case_id or None,
                    "thread": message.thread,
                    "id": note.spec or None,
                    "template": note.template,
                }
            )
            return
        view = dict(parcel.view or {})
        self._texts[note.key] = view["text"]
        self.mails.append(view["message_id"])
        files = [{"name": file.name, "type": file.type, "text": _words_of(file)} for file in view["attachments"]]
        if view["invite"]:
            files.append({"name": "invite.ics", "type": "text/calendar", "text": view["invite"].decode()})
        self._delivered.append(
            {
                "kind": "mail",
                "at": at,
                "id": note.spec or None,
                "template": note.template,
                "to": view["to"],
                "cc": view["cc"],
                "reply_to": view["reply_to"],
                "subject": view["subject"],
                "text": view["text"],
                "html": view["html"],
                "attachments": files,
                "pictures": [file.name for file in view["pictures"]],
                "message_id": view["message_id"],
                "in_reply_to": view["in_reply_to"],
                "ref": note.case_id or None,
            }
        )


def _words_of(file: File) -> str:
    """The text of a file where it has one; a spreadsheet's cells, a line a row."""
    if file.type == "application/pdf":
        return papers.text_of(file.content)
    if file.type == formats.XLSX:
        return formats.words_of(file.content)
    return file.content.decode("utf-8", "replace") if file.type.startswith(("text/", "application/json")) else ""


def as_json(line: Mapping[str, Any]) -> str:
    """One line of `--json`."""
    return json.dumps(line, ensure_ascii=False)


def as_text(line: Mapping[str, Any], zone: str) -> str:
    """The same line for people, in site time."""
    from zoneinfo import ZoneInfo

    at = datetime.fromisoformat(line["at"]).astimezone(ZoneInfo(zone)).strftime("%a %m/%d %H:%M")
    match line["kind"]:
        case "chat":
            buttons = "".join(f" [{label}]" for label in line["buttons"])
            text = line["text"].replace("\n", "\n" + " " * 18)
            return f"{at}  {line['to']:<14} {text}{buttons}"
        case "mail":
            to = ", ".join(line["to"]) + (f" cc {', '.join(line['cc'])}" if line["cc"] else "")
            return f"{at}  mail {line['id'] or ''} to {to}: {line['subject']}"
        case "state":
            return f"{at}    {line['ref']} {line['from']} -> {line['to']} ({line['event']}; {line['source']})"
        case "duty":
            return f"{at}    duty {line['ref']} {line['duty']} of {line['owner']}: {line['status']}"
        case "timer":
            due = datetime.fromisoformat(line["due"]).astimezone(ZoneInfo(zone)).strftime("%a %m/%d %H:%M")
            return f"{at}    timer {line['ref']} {line['name']} {line['status']} for {due}"
        case "tracker":
            return f"{at}    tracker {line['agent']} {line['column']}: {line['value'] or ''} {line['note'] or ''}"
        case "declined":
            return f"{at}    declined {line['actor']}: {line['reason']}"
        case _:
            return f"{at}    {line['kind']} {line.get('source', '')}"


def rehearse(rehearsal: Rehearsal) -> None:
    """Play it to the end."""
    asyncio.run(rehearsal.play())
