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
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from bot import mailroom
from bot.clock import Clock, ShiftedClock, SystemClock
from bot.mail import imap
from bot.mail.imap import ImapDoor, Mailbox
from bot.mail.lmtp import AT_ONCE, CONNECTIONS, LmtpDoor
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


async def lines_to(door: LmtpDoor, *said: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that has said this much."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    for line in said:
        writer.write(line + b"\r\n")
    await writer.drain()
    return reader, writer


async def test_only_so_many_mails_are_taken_at_once_and_the_others_wait_their_turn() -> None:
    inside, most, full, go = 0, 0, asyncio.Event(), asyncio.Event()

    async def take(raw: bytes, envelope: str | None) -> bool:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == AT_ONCE:
            full.set()
        await go.wait()
        inside -= 1
        return True

    door = LmtpDoor("127.0.0.1:0", take)
    await door.start()
    try:
        said = (
            b"LHLO x",
            b"MAIL FROM:<ana.rivera@example.com>",
            b"RCPT TO:<certdesk@example.com>",
            b"DATA",
            b"hi",
            b".",
        )
        lines = [await lines_to(door, *said) for _ in range(AT_ONCE + 4)]
        await asyncio.wait_for(full.wait(), SOON)
        await asyncio.sleep(0.2)
        assert most == AT_ONCE
        go.set()
        for reader, writer in lines:
            writer.write(b"QUIT\r\n")
            assert b"250 2.0.0 kept" in await asyncio.wait_for(reader.read(), SOON)
            writer.close()
        assert most == AT_ONCE
    finally:
        await door.stop()


async def test_a_connection_too_many_is_asked_to_come_again_and_the_next_is_welcome(desk: Desk) -> None:
    async with lmtp(desk) as door:
        lines = [await lines_to(door) for _ in range(CONNECTIONS)]
        for reader, _ in lines:
            assert (await asyncio.wait_for(reader.readline(), SOON)).startswith(b"220 ")
        reader, writer = await lines_to(door)
        assert (await asyncio.wait_for(reader.read(), SOON)).startswith(b"421 4.3.2 ")
        for each in (writer, *(line for _, line in lines)):
            each.close()
        await asyncio.sleep(0.2)
        ((code, _),) = await hand_over(door, MAIL)
        assert code == 250


async def test_hostile_mails_are_answered_and_kept(desk: Desk) -> None:
    async with lmtp(desk) as door:
        for made in (each for each in corpus.everything() if len(each.raw) < 2_000_000 and b"\r\n" in each.raw):
            ((code, _),) = await hand_over(door, made.raw)
            assert code == 250, made.name


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b".",
        b"..",
        b".\r\n..\r\n...",
        b"one.\r\n.two\r\nthree.",
        b"x" * 5_000_000 + b".",
        b"\r\n\r\n.",
        b"lone\n.\ndot",
    ],
)
async def test_every_byte_of_a_mail_arrives_and_what_follows_it_is_heard(body: bytes) -> None:
    raw, came = b"Subject: x\r\n\r\n" + body + b"\r\n", []

    async def take(content: bytes, envelope: str | None) -> bool:
        came.append(content)
        return True

    door = LmtpDoor("127.0.0.1:0", take)
    await door.start()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"LHLO x\r\n")
        while not (await reader.readline()).startswith(b"250 "):
            pass
        stuffed = b"".join(b"." + line if line.startswith(b".") else line for line in re.split(rb"(?<=\r\n)", raw))
        mail = b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"
        writer.write(mail + stuffed + b".\r\n" + mail + b".\r\nQUIT\r\n")
        said = (await asyncio.wait_for(reader.read(), SOON)).split(b"\r\n")
        assert [line[:3] for line in said if line] == [b"250", b"250", b"354", b"250"] * 2 + [b"221"]
        writer.close()
        await writer.wait_closed()
    finally:
        await door.stop()
    assert came == [raw, b""]


async def test_a_mail_too_large_is_refused_to_each_recipient_and_the_next_is_taken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.mail.lmtp.LARGEST", 5000)
    async with lmtp(desk) as door:
        said = await hand_over(door, MAIL + b"x" * 6000, to=("certdesk@example.com", "copy@example.com"))
        assert [code for code, _ in said] == [552, 552]
        ((code, _),) = await hand_over(door, MAIL)
        assert code == 250
    assert len(desk.rows()) == 1


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
    held_back: dict[int, str] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
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
                    self.asked.append(uid)
                    if self.held_back.get(uid) == "":  # out of turn, with words of a mail
                        writer.write(b"Ana's final CAP\r\n")
                        continue
                    if uid in self.held_back:
                        writer.write(tag + f" {self.held_back[uid]} cannot read Ana's final CAP\r\n".encode())
                        continue
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
async def reading(mailbox: Mailbox, desk: Desk, clock: Clock | None = None) -> AsyncIterator[ImapDoor]:
    door = ImapDoor(mailbox=mailbox, take=desk.fetched, clock=clock or SystemClock(), idle_seconds=2)
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


async def test_one_mail_that_breaks_us_does_not_hold_up_those_behind_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = mailroom.letter

    def breaks(raw: bytes, *more: Any) -> Any:
        if b"odd" in raw:
            raise ArithmeticError("nobody thought of this")
        return whole(raw, *more)

    monkeypatch.setattr(mailroom, "letter", breaks)
    async with server() as box:
        box.arrive(dated(corpus.plain("odd", Message_ID="<odd@example.com>")))
        box.arrive(MAIL)
        async with reading(box.mailbox(), desk) as door:
            await asyncio.wait_for(door.caught_up.wait(), SOON)
            assert door.up
            assert list(box.folders["INBOX"]) == [1]
            assert list(box.folders["certdesk/done"]) == [2]
        assert not door.up
    assert len(desk.rows()) == 1


@pytest.mark.parametrize("by", ["imap", "lmtp"])
async def test_the_log_says_where_a_mail_broke_us_and_none_of_its_words(
    by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: Any) -> bool:
        raise ValueError("final CAP for Ana")

    with structlog.testing.capture_logs() as lines:
        if by == "lmtp":
            door = LmtpDoor("127.0.0.1:0", breaks)
            await door.start()
            assert (await hand_over(door, MAIL))[0][0] == 451
            await door.stop()
        else:
            async with server() as box:
                box.arrive(MAIL)
                reader = ImapDoor(mailbox=box.mailbox(), take=breaks, clock=SystemClock(), idle_seconds=2)
                task = asyncio.create_task(reader.run())
                await asyncio.wait_for(reader.caught_up.wait(), SOON)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
    (line,) = [each for each in lines if each["event"] == "mail_not_taken"]
    assert line["error"].startswith("ValueError at bot/mail/")
    assert "final CAP" not in str(lines)


async def test_a_mail_the_server_lists_and_does_not_hand_out_is_not_asked_for_without_end(desk: Desk) -> None:
    async with server() as box:
        box.arrive(MAIL)
        box.folders["INBOX"][1] = None  # type: ignore[assignment]
        box.arrive(dated(corpus.plain("hello there, who is this?", Message_ID="<second@example.com>")))
        async with reading(box.mailbox(), desk) as door:
            await asyncio.wait_for(door.caught_up.wait(), SOON)
            assert list(box.folders["certdesk/done"]) == [2]


@pytest.mark.parametrize("answer", ["NO", "BAD"])
async def test_a_mail_the_server_cannot_read_holds_up_nobody_and_is_asked_for_again_after_an_hour(
    desk: Desk, answer: str
) -> None:
    clock = ShiftedClock(SystemClock().now())
    with structlog.testing.capture_logs() as lines:
        async with server() as box:
            box.held_back[1] = answer
            box.arrive(MAIL)
            box.arrive(dated(corpus.plain("hello there, who is this?", Message_ID="<second@example.com>")))
            async with reading(box.mailbox(), desk, clock) as door:
                await until(lambda: list(box.folders.get("certdesk/done", {})) == [2])
                await until(lambda: box.asked.count(1) == 2)
                for n in (3, 4):
                    box.arrive(dated(corpus.plain("good morning", Message_ID=f"<number{n}@example.com>")))
                    await until(lambda: n in box.folders["certdesk/done"])  # noqa: B023 - awaited here
                assert (box.asked.count(1), box.logins, door.up) == (2, 1, True)
                clock.advance(imap.AGAIN)
                await until(lambda: box.asked.count(1) == 3)
                del box.held_back[1]
                await asyncio.sleep(0.1)
                assert 1 in box.folders["INBOX"], "not before another hour"
                clock.advance(imap.AGAIN)
                await until(lambda: 1 in box.folders["certdesk/done"])
    (line,) = [each for each in lines if each["event"] == "mail_not_taken"]
    assert line["uid"] == "1"
    assert "final CAP" not in str(lines)


async def test_what_the_server_says_out_of_turn_is_not_in_the_log(desk: Desk) -> None:
    with structlog.testing.capture_logs() as lines:
        async with server() as box:
            box.held_back[1] = ""
            box.arrive(MAIL)
            async with reading(box.mailbox(), desk):
                await until(lambda: any(each["event"] == "mailbox.down" for each in lines))
    (line,) = [each for each in lines if each["event"] == "mailbox.down"]
    assert line["why"] == "127.0.0.1 stopped talking: abort"
    assert "final CAP" not in str(lines)


async def test_a_mail_that_broke_us_is_tried_again_after_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, clock, broken = mailroom.letter, ShiftedClock(SystemClock().now()), [True]

    def breaks(raw: bytes, *more: Any) -> Any:
        if broken:
            raise ArithmeticError("nobody thought of this")
        return whole(raw, *more)

    monkeypatch.setattr(mailroom, "letter", breaks)
    async with server() as box:
        box.arrive(MAIL)
        async with reading(box.mailbox(), desk, clock) as door:
            await asyncio.wait_for(door.caught_up.wait(), SOON)
            broken.clear()
            clock.advance(imap.AGAIN)
            await until(lambda: 1 in box.folders["certdesk/done"])
            assert box.logins == 1
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
        assert (await imap.look(box.mailbox(), SystemClock())).waiting == 0
    with pytest.raises(Down, match="cannot be reached"):
        await imap.look(box.mailbox(), SystemClock())
    with pytest.raises(Refused, match="printed no token"):
        imap.token("false")
