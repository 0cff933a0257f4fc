"""Mail over the wire: LMTP from a real client, IMAP from a small server that keeps to the protocol; kept before "done"."""

from __future__ import annotations

import asyncio
import re
import shutil
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import mailroom
from bot.clock import SystemClock
from bot.mail import imap
from bot.mail.imap import ImapDoor, Mailbox
from bot.mail.lmtp import LmtpDoor
from bot.ports import Down, Refused
from bot.premises import Premises, keep_roster, open_premises
from bot.roster import read_roster
from bot.writer import StoreDown
from store import tables
from tests.mail import corpus

ROSTER = Path(__file__).parents[1] / "roster.toml"
OURS = "mx.example.com"
SOON = 10.0


@dataclass
class Desk:
    """A house without chat: what is taken is committed; `broken` says that the store is away."""

    premises: Premises
    broken: bool = False
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self, raw: bytes, envelope: str | None) -> bool:
        if self.broken:
            return False
        letter = mailroom.letter(raw, SystemClock().now(), OURS, envelope)
        try:
            await self.premises.writer.accept([letter])
        except StoreDown:
            return False
        self.taken.set()
        return True

    async def fetched(self, raw: bytes, at: datetime | None) -> bool:
        assert at is not None
        return await self.keep(raw, None)

    def rows(self) -> list[tuple[str, str]]:
        with self.premises.database.reading() as connection:
            i = tables.inbox.c
            return [
                (row.actor, row.verdict)
                for row in connection.execute(select(i.actor, i.verdict).where(i.kind == "mail"))
            ]

    def documents(self) -> int:
        with self.premises.database.reading() as connection:
            return len(connection.execute(select(tables.documents.c.hash)).all())


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    premises = open_premises(
        url=f"sqlite:///{tmp_path / 'mail.db'}", key_file=tmp_path / "key", clock=SystemClock(), create=True
    )
    premises.writer.start()
    await premises.writer.run(lambda connection: keep_roster(connection, read_roster(ROSTER), SystemClock().now()))
    yield Desk(premises)
    await premises.writer.stop()
    premises.close()


def dated(raw: bytes) -> bytes:
    """The same mail, written now."""
    now = SystemClock().now().strftime("%a, %d %b %Y %H:%M:%S +0000").encode()
    return raw.replace(b"Tue, 17 Nov 2026 10:02:00 -0700", now)


MAIL = dated(corpus.plain(corpus.OWN))

# -- LMTP --------------------------------------------------------------------------------------------------


@asynccontextmanager
async def lmtp(desk: Desk) -> AsyncIterator[LmtpDoor]:
    door = LmtpDoor("127.0.0.1:0", desk.keep)
    await door.start()
    try:
        yield door
    finally:
        await door.stop()


async def hand_over(
    door: LmtpDoor, raw: bytes, to: tuple[str, ...] = ("certdesk@example.com",), sender: str = corpus.ANA
) -> list[tuple[int, bytes]]:
    """As a mail server does it; every recipient's answer."""

    def talk() -> list[tuple[int, bytes]]:
        with smtplib.LMTP("127.0.0.1", door.port) as client:
            client.ehlo_or_helo_if_needed()
            client.mail(sender)
            for each in to:
                client.rcpt(each)
            code, words = client.docmd("DATA")
            assert code == 354, words
            client.send(re.sub(rb"(?m)^\.", b"..", raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")) + b"\r\n.\r\n")
            return [client.getreply() for _ in to]

    return await asyncio.to_thread(talk)


async def test_250_is_said_only_when_row_and_raw_message_are_kept(desk: Desk) -> None:
    async with lmtp(desk) as door:
        ((code, _),) = await hand_over(door, MAIL)
        assert code == 250
        assert desk.rows() == [("ana", "act")]
        assert desk.documents() == 1
        desk.broken = True
        ((code, _),) = await hand_over(door, MAIL + b"more")
        assert code == 451
        assert len(desk.rows()) == 1
        desk.broken = False
        ((code, _),) = await hand_over(door, MAIL + b"more")
        assert code == 250


async def test_every_recipient_gets_his_answer(desk: Desk) -> None:
    async with lmtp(desk) as door:
        said = await hand_over(door, MAIL, to=("certdesk@example.com", "copy@example.com", "third@example.com"))
    assert [code for code, _ in said] == [250, 250, 250]
    assert len(desk.rows()) == 1


async def test_the_envelope_of_the_wire_counts_and_not_a_header(desk: Desk) -> None:
    async with lmtp(desk) as door:
        await hand_over(door, MAIL, sender="evil@evil.org")
    assert desk.rows() == [("", "quarantined")]


async def test_what_the_server_repeats_is_taken_once(desk: Desk) -> None:
    async with lmtp(desk) as door:
        for _ in range(3):
            ((code, _),) = await hand_over(door, MAIL)
            assert code == 250
    assert len(desk.rows()) == 1


async def test_two_servers_at_once_and_a_large_mail_do_not_hold_each_other_up(desk: Desk) -> None:
    large = dated(
        corpus.multi(
            "mixed",
            corpus.part("text/plain", b"hello"),
            corpus.part("application/pdf", b"%PDF" + b"x" * (12 << 20), "base64", "a.pdf"),
            Message_ID="<large@example.com>",
        )
    )
    async with lmtp(desk) as door:
        slow = asyncio.create_task(hand_over(door, large))
        ((code, _),) = await asyncio.wait_for(hand_over(door, MAIL), SOON)
        assert code == 250
        ((code, _),) = await slow
        assert code == 250


async def test_hostile_mails_are_answered_and_kept(desk: Desk) -> None:
    async with lmtp(desk) as door:
        for made in (each for each in corpus.everything() if len(each.raw) < 2_000_000 and b"\r\n" in each.raw):
            ((code, _),) = await hand_over(door, made.raw)
            assert code == 250, made.name


# -- IMAP --------------------------------------------------------------------------------------------------


@dataclass
class Imap:
    """As much of IMAP4rev1 as our reader uses, with IDLE and MOVE; one user."""

    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    password: str = "secret"
    token: str = "tok"
    moves: bool = True
    logins: int = 0
    port: int = 0
    deleted: list[int] = field(default_factory=list)
    _next: int = 1
    _server: asyncio.Server | None = None
    _idle: list[asyncio.StreamWriter] = field(default_factory=list)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.close()
            await self._server.wait_closed()

    def arrive(self, raw: bytes) -> None:
        self.folders["INBOX"][self._next] = raw
        self._next += 1
        for writer in self._idle:
            writer.write(b"* 1 EXISTS\r\n")

    def mailbox(self, **more: str) -> Mailbox:
        given = {"password": self.password, **more}
        return Mailbox.of(f"imap://certdesk@127.0.0.1:{self.port}/INBOX", done_folder="certdesk/done", **given)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        capable = "IMAP4rev1 IDLE AUTH=XOAUTH2" + (" MOVE" if self.moves else " UIDPLUS")
        writer.write(f"* OK [CAPABILITY {capable}] ready\r\n".encode())
        idling = b""
        folder = "INBOX"
        try:
            while line := await reader.readline():
                if idling:
                    self._idle.remove(writer)
                    writer.write(idling + b" OK done\r\n")
                    idling = b""
                    continue
                tag, _, rest = line.strip().partition(b" ")
                command = rest.decode()
                upper = command.upper()
                if upper.startswith("CAPABILITY"):
                    writer.write(f"* CAPABILITY {capable}\r\n".encode())
                elif upper.startswith("LOGIN"):
                    self.logins += 1
                    if f'"{self.password}"' not in command:
                        writer.write(tag + b" NO no\r\n")
                        continue
                elif upper.startswith("AUTHENTICATE"):
                    import base64

                    writer.write(b"+ \r\n")
                    said = base64.b64decode(await reader.readline()).decode()
                    if f"Bearer {self.token}" not in said:
                        writer.write(tag + b" NO no\r\n")
                        continue
                elif upper.startswith("LIST"):
                    for name in self.folders:
                        if f'"{name}"' in command or "*" in command:
                            writer.write(f'* LIST (\\HasNoChildren) "/" "{name}"\r\n'.encode())
                elif upper.startswith("CREATE"):
                    self.folders[command.split(" ", 1)[1].strip('"')] = {}
                elif upper.startswith(("SELECT", "EXAMINE")):
                    folder = command.split(" ", 1)[1].strip('"')
                    writer.write(f"* {len(self.folders[folder])} EXISTS\r\n".encode())
                elif upper.startswith("UID SEARCH"):
                    writer.write(("* SEARCH " + " ".join(map(str, self.folders[folder]))).rstrip().encode() + b"\r\n")
                elif upper.startswith("UID FETCH"):
                    uid = int(command.split()[2])
                    raw = self.folders[folder].get(uid)
                    if raw is not None:
                        at = datetime.now(UTC).strftime("%d-%b-%Y %H:%M:%S +0000")
                        writer.write(
                            f'* 1 FETCH (UID {uid} INTERNALDATE "{at}" BODY[] {{{len(raw)}}}\r\n'.encode()
                            + raw
                            + b")\r\n"
                        )
                elif upper.startswith(("UID MOVE", "UID COPY")):
                    uid, to = int(command.split()[2]), command.split(" ", 3)[3].strip('"')
                    self.folders[to][uid] = self.folders[folder][uid]
                    if upper.startswith("UID MOVE"):
                        del self.folders[folder][uid]
                elif upper.startswith("UID STORE"):
                    self.deleted.append(int(command.split()[2]))
                elif "EXPUNGE" in upper:
                    for uid in self.deleted:
                        self.folders[folder].pop(uid, None)
                elif upper == "IDLE":
                    idling = tag
                    self._idle.append(writer)
                    writer.write(b"+ idling\r\n")
                    continue
                elif upper.startswith("LOGOUT"):
                    writer.write(b"* BYE\r\n")
                writer.write(tag + b" OK completed\r\n")
        except ConnectionError:
            return
        finally:
            self._open.discard(writer)
            if writer in self._idle:
                self._idle.remove(writer)
            writer.close()


@asynccontextmanager
async def server(**more: bool) -> AsyncIterator[Imap]:
    made = Imap(**more)  # type: ignore[arg-type]
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@asynccontextmanager
async def reading(mailbox: Mailbox, desk: Desk) -> AsyncIterator[ImapDoor]:
    door = ImapDoor(mailbox=mailbox, take=desk.fetched, clock=SystemClock(), idle_seconds=2)
    task = asyncio.create_task(door.run())
    try:
        yield door
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not true():  # noqa: ASYNC110 - another loop's thread is waited for
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("moves", [True, False])
async def test_what_lies_there_and_what_comes_is_kept_and_moved_away(desk: Desk, moves: bool) -> None:
    async with server(moves=moves) as box:
        box.arrive(MAIL)
        async with reading(box.mailbox(), desk) as door:
            await until(lambda: len(box.folders.get("certdesk/done", {})) == 1 and not box.folders["INBOX"])
            await asyncio.wait_for(door.caught_up.wait(), SOON)
            box.arrive(dated(corpus.plain("hello there, who is this?", Message_ID="<second@example.com>")))
            await until(lambda: len(box.folders["certdesk/done"]) == 2)
    assert [actor for actor, _ in desk.rows()] == ["ana", "ana"]
    assert desk.documents() == 2


async def test_what_cannot_be_kept_stays_and_is_taken_later(desk: Desk) -> None:
    desk.broken = True
    async with server() as box:
        box.arrive(MAIL)
        async with reading(box.mailbox(), desk):
            await until(lambda: box.logins == 1)
            await asyncio.sleep(0.3)
            assert list(box.folders["INBOX"]) == [1]
            desk.broken = False
            await until(lambda: len(box.folders["certdesk/done"]) == 1)
    assert len(desk.rows()) == 1


async def test_a_lost_line_is_taken_up_again(desk: Desk) -> None:
    async with server() as box, reading(box.mailbox(), desk) as door:
        await asyncio.wait_for(door.caught_up.wait(), SOON)
        await box.stop()
        await asyncio.sleep(0.1)
        await box.start()
        box.arrive(MAIL)
        await until(lambda: len(box.folders["certdesk/done"]) == 1)
    assert len(desk.rows()) == 1


async def test_a_mail_that_was_kept_but_not_moved_is_taken_once(desk: Desk) -> None:
    async with server() as box:
        await desk.keep(MAIL, None)
        box.arrive(MAIL)
        async with reading(box.mailbox(), desk):
            await until(lambda: len(box.folders.get("certdesk/done", {})) == 1)
    assert len(desk.rows()) == 1


async def test_a_token_opens_the_mailbox_and_a_wrong_one_is_named(desk: Desk, tmp_path: Path) -> None:
    printed = shutil.which("echo") or "echo"
    async with server() as box:
        box.arrive(MAIL)
        async with reading(box.mailbox(password="", token_command=f"{printed} tok"), desk):
            await until(lambda: len(box.folders.get("certdesk/done", {})) == 1)
        with pytest.raises(Refused, match="does not accept our login"):
            await imap.look(box.mailbox(password="", token_command=f"{printed} wrong"), SystemClock())
        with pytest.raises(Refused, match="does not accept our login"):
            await imap.look(box.mailbox(password="wrong"), SystemClock())
        assert await imap.look(box.mailbox(), SystemClock()) == 0
    with pytest.raises(Down, match="cannot be reached"):
        await imap.look(box.mailbox(), SystemClock())
    with pytest.raises(Refused, match="printed no token"):
        imap.token("false")
