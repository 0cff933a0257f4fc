"""Outbound mail against a real SMTP server in the same loop, on its good days and its bad ones."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.mail.smtp import CONNECTIONS, AllRefused, Deferred, PartlyRefused, Server, Smtp, TooLarge, Unanswered
from bot.ports import Down, Permanent, RawMail, Refused, Transient

WORDS = b"Subject: x\r\nMessage-ID: <k1@example.com>\r\n\r\n.dot\r\nlast line\r\n"


def mail(*to: str, content: bytes = WORDS) -> RawMail:
    return RawMail(content=content, sender="certdesk@example.com", recipients=to or ("tara@example.com",))


class Sink:
    """What a handler of aiosmtpd may be asked, with a fault for each; with PIPELINING, if that is wanted."""

    def __init__(self, *, pipelining: bool = False) -> None:
        self.pipelining = pipelining
        self.greeted: list[str] = []
        self.taken: list[tuple[list[str], bytes]] = []
        self.connections: list[Session] = []
        self.rcpt: dict[str, str] = {}
        self.on_mail = ""
        self.on_data = ""
        self.drop_after_data = False
        self.busy = self.busiest = 0
        self.wanted = 1
        self.crowded = asyncio.Event()
        self.hold: asyncio.Event | None = None
        self.servers: list[SMTP] = []
        self.port = 0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted.append(hostname)
        return [*responses[:1], "250-PIPELINING", *responses[1:]] if self.pipelining else responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if session not in self.connections:
            self.connections.append(session)
        if self.on_mail:
            answer, self.on_mail = self.on_mail, ""
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address not in self.rcpt:
            envelope.rcpt_tos.append(address)
        return self.rcpt.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        if self.busy >= self.wanted:
            self.crowded.set()
        if self.hold:
            await self.hold.wait()
        self.busy -= 1
        if self.on_data:
            return self.on_data
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append((envelope.rcpt_tos, content))
        if self.drop_after_data:
            self.hang_up()
        return "250 OK"

    def hang_up(self) -> None:
        for server in self.servers:
            if server.transport is not None:
                server.transport.close()
        self.servers.clear()


@asynccontextmanager
async def listening(
    sink: Sink, *, wrapped: ssl.SSLContext | None = None, port: int = 0, **options: Any
) -> AsyncIterator[Sink]:
    def made() -> SMTP:
        sink.servers.append(SMTP(sink, hostname="sink.test", loop=asyncio.get_running_loop(), **options))
        return sink.servers[-1]

    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", port, ssl=wrapped)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        sink.hang_up()
        await asyncio.sleep(0.01)


@asynccontextmanager
async def wire(sink: Sink, scheme: str = "smtp", login: str = "", **options: Any) -> AsyncIterator[Smtp]:
    smtp = Smtp(f"{scheme}://{login}127.0.0.1:{sink.port}", **options)
    try:
        yield smtp
    finally:
        await smtp.close()
        await asyncio.sleep(0.01)


@pytest.fixture(params=[False, True], ids=["in turn", "pipelining"])
async def sink(request: pytest.FixtureRequest) -> AsyncIterator[Sink]:
    async with listening(Sink(pipelining=request.param)) as made:
        yield made


async def test_a_mail_arrives_byte_for_byte(sink: Sink) -> None:
    async with wire(sink) as smtp:
        await smtp.send(mail("tara@example.com", "ana@example.com"))
    assert sink.taken == [(["tara@example.com", "ana@example.com"], WORDS)]


async def test_one_connection_serves_many_mails(sink: Sink) -> None:
    async with wire(sink) as smtp:
        for _ in range(20):
            await smtp.send(mail())
    assert len(sink.taken) == 20
    assert len(sink.connections) == 1


async def test_no_more_connections_are_used_at_once_than_the_strictest_server_allows(sink: Sink) -> None:
    sink.hold = asyncio.Event()
    async with wire(sink) as smtp:
        sends = [asyncio.create_task(smtp.send(mail())) for _ in range(12)]
        sink.wanted = CONNECTIONS
        await sink.crowded.wait()
        await asyncio.sleep(0.05)
        sink.hold.set()
        await asyncio.gather(*sends)
    assert CONNECTIONS == 3
    assert sink.busiest == CONNECTIONS
    assert len(sink.connections) == CONNECTIONS
    assert len(sink.taken) == 12


@pytest.mark.parametrize("answer", ["451 4.3.0 try later", "421 4.7.0 too busy"])
@pytest.mark.parametrize("where", ["on_mail", "on_data", "rcpt"])
async def test_a_refusal_for_now_is_transient_and_said_so(sink: Sink, where: str, answer: str) -> None:
    if where == "rcpt":
        sink.rcpt["tara@example.com"] = answer
    else:
        setattr(sink, where, answer)
    async with wire(sink) as smtp:
        with pytest.raises(Transient, match=answer) as caught:
            await smtp.send(mail())
    assert caught.value.refused
    assert not isinstance(caught.value, Down)
    assert isinstance(caught.value, Deferred) == (where == "rcpt" and answer.startswith("451"))
    assert sink.taken == []


@pytest.mark.parametrize("where", ["on_mail", "on_data", "rcpt"])
async def test_a_refusal_for_good_is_permanent_with_the_servers_sentence(sink: Sink, where: str) -> None:
    answer = "550 5.1.1 no such mailbox"
    if where == "rcpt":
        sink.rcpt["tara@example.com"] = answer
    else:
        setattr(sink, where, answer)
    async with wire(sink) as smtp:
        with pytest.raises(Permanent, match=answer) as caught:
            await smtp.send(mail())
    assert type(caught.value) is (AllRefused if where == "rcpt" else Permanent)
    assert getattr(caught.value, "refused", {}) == ({"tara@example.com": answer} if where == "rcpt" else {})


async def test_after_a_refusal_the_next_mail_goes_over_the_same_connection(sink: Sink) -> None:
    async with wire(sink) as smtp:
        sink.rcpt["gone@example.com"] = "550 no"
        with pytest.raises(Permanent):
            await smtp.send(mail("gone@example.com"))
        sink.on_data = "554 content refused"
        with pytest.raises(Permanent):
            await smtp.send(mail())
        sink.on_data = ""
        sink.on_mail = "451 not this sender, not now"
        with pytest.raises(Transient):
            await smtp.send(mail())
        await smtp.send(mail())
    assert len(sink.connections) == 1
    assert sink.taken == [(["tara@example.com"], WORDS)]


async def test_the_accepted_get_their_mail_and_the_refused_are_named(sink: Sink) -> None:
    sink.rcpt = {"gone@example.com": "550 no such mailbox", "full@example.com": "452 mailbox full"}
    async with wire(sink) as smtp:
        with pytest.raises(PartlyRefused) as caught:
            await smtp.send(mail("tara@example.com", "gone@example.com", "full@example.com"))
    assert caught.value.refused == {"gone@example.com": "550 no such mailbox"}
    assert caught.value.later == {"full@example.com": "452 mailbox full"}
    assert sink.taken == [(["tara@example.com"], WORDS)]


async def test_when_nobody_takes_it_and_some_never_will_both_are_told_apart(sink: Sink) -> None:
    sink.rcpt = {"gone@example.com": "550 no", "full@example.com": "452 full"}
    async with wire(sink) as smtp:
        with pytest.raises(PartlyRefused) as caught:
            await smtp.send(mail("gone@example.com", "full@example.com"))
    assert (list(caught.value.refused), list(caught.value.later)) == (["gone@example.com"], ["full@example.com"])
    assert sink.taken == []


async def test_a_drop_after_the_content_is_doubtful_and_the_repeat_is_the_same_mail(sink: Sink) -> None:
    sink.drop_after_data = True
    async with wire(sink) as smtp:
        with pytest.raises(Unanswered) as caught:
            await smtp.send(mail())
        assert not caught.value.refused
        sink.drop_after_data = False
        await smtp.send(mail())
    assert [content for _, content in sink.taken] == [WORDS, WORDS]


async def test_nobody_listening_is_down() -> None:
    async with listening(Sink()) as sink:
        pass
    smtp = Smtp(f"smtp://127.0.0.1:{sink.port}")
    with pytest.raises(Down, match="cannot be reached"):
        await smtp.send(mail())


async def test_a_server_that_hangs_up_before_greeting_or_greets_with_a_refusal_is_down() -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 not today\r\n" if count.pop() else b"")
        writer.close()

    count = [True, False]
    server = await asyncio.start_server(rude, "127.0.0.1", 0)
    smtp = Smtp(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    for _ in range(2):
        with pytest.raises(Down):
            await smtp.send(mail())
    server.close()
    await asyncio.sleep(0.01)


async def test_a_server_that_restarts_is_found_again_without_a_failed_send() -> None:
    first = Sink()
    async with listening(first):
        smtp = Smtp(f"smtp://127.0.0.1:{first.port}")
        await smtp.send(mail())
    async with listening(Sink(), port=first.port) as second:
        await smtp.send(mail())
        assert len(second.taken) == 1
        await smtp.close()


async def test_a_resting_connection_the_server_gives_up_with_421_is_replaced(sink: Sink) -> None:
    async with wire(sink) as smtp:
        await smtp.send(mail())
        sink.on_mail = "421 4.4.2 idle too long"
        await smtp.send(mail())
    assert len(sink.taken) == 2
    assert len(sink.connections) == 2


async def test_a_connection_that_rested_long_is_asked_before_it_is_used(sink: Sink) -> None:
    asked: list[str] = []

    async def handle_noop(server: SMTP, session: Session, envelope: Envelope, arg: str) -> str:
        asked.append(arg)
        return "250 OK"

    sink.handle_NOOP = handle_noop  # type: ignore[attr-defined]
    async with wire(sink, fresh_seconds=-1.0) as smtp:
        await smtp.send(mail())
        await smtp.send(mail())
    assert len(asked) == 1
    assert len(sink.connections) == 1


async def test_a_silent_server_is_transient_within_the_answer_time(sink: Sink) -> None:
    sink.hold = asyncio.Event()
    async with wire(sink, answer_seconds=0.1) as smtp:
        with pytest.raises(Transient) as caught:
            await smtp.send(mail())
    assert not caught.value.refused
    sink.hold.set()


async def test_an_answer_to_a_mail_that_comes_too_late_is_not_taken_for_the_answer_to_the_next(sink: Sink) -> None:
    sink.hold = asyncio.Event()
    async with wire(sink, answer_seconds=0.1) as smtp:
        with pytest.raises(Unanswered):
            await smtp.send(mail())
        sink.hold.set()
        sink.hold = None
        sink.on_data = "554 content refused"
        with pytest.raises(Permanent):
            await smtp.send(mail())
    assert len(sink.connections) == 2


async def test_a_send_given_up_half_way_leaves_nothing_behind_for_the_next(sink: Sink) -> None:
    sink.hold = asyncio.Event()
    async with wire(sink) as smtp:
        send = asyncio.create_task(smtp.send(mail("half@example.com")))
        await sink.crowded.wait()
        send.cancel()
        with pytest.raises(asyncio.CancelledError):
            await send
        sink.hold.set()
        await smtp.send(mail())
    assert sink.taken[-1][0] == ["tara@example.com"]
    assert len(sink.connections) == 2


async def test_an_address_that_would_be_a_command_never_reaches_the_server(sink: Sink) -> None:
    async with wire(sink) as smtp:
        for address in ("x@y.z>\r\nRSET", "ü@example.com"):
            with pytest.raises(Permanent):
                await smtp.send(mail(address))
        with pytest.raises(Permanent):
            await smtp.send(RawMail(content=WORDS, sender="certdesk@example.com", recipients=()))
    assert sink.taken == []


async def test_a_mail_larger_than_the_server_takes_is_not_even_offered() -> None:
    async with listening(Sink(), data_size_limit=1000) as sink, wire(sink) as smtp:
        with pytest.raises(TooLarge, match="552") as caught:
            await smtp.send(mail(content=WORDS + b"x" * 2000))
        assert caught.value.most == 1000
        await smtp.send(mail())
    assert len(sink.taken) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("552 5.3.4 message too big", TooLarge),
        ("552 too big", TooLarge),
        ("550 5.2.3 too big for this mailbox", TooLarge),
        ("552 5.2.2 mailbox full", Permanent),
    ],
)
async def test_too_large_is_told_from_a_full_mailbox(sink: Sink, answer: str, kind: type[Permanent]) -> None:
    sink.on_data = answer
    async with wire(sink) as smtp:
        with pytest.raises(Permanent) as caught:
            await smtp.send(mail())
    assert type(caught.value) is kind


async def test_a_421_in_mid_session_loses_nothing_and_the_next_mail_opens_anew(sink: Sink) -> None:
    async with wire(sink) as smtp:
        await smtp.send(mail())
        sink.rcpt["dev@example.com"] = "421 4.3.2 shutting down"
        with pytest.raises(Transient) as caught:
            await smtp.send(mail("tara@example.com", "dev@example.com", "ana@example.com"))
        assert caught.value.refused
        sink.rcpt.clear()
        await smtp.send(mail("tara@example.com", "dev@example.com"))
    assert [who for who, _ in sink.taken] == [["tara@example.com"], ["tara@example.com", "dev@example.com"]]


async def test_lines_that_begin_with_a_dot_arrive_as_they_are(sink: Sink) -> None:
    content = b".begins so\r\nSubject: x\r\n\r\n.\r\n..\r\n. x\r\nlast.\r\n.\r\n"
    async with wire(sink) as smtp:
        await smtp.send(mail(content=content))
        await smtp.send(mail(content=b"Subject: no end of line"))
    assert [content for _, content in sink.taken] == [content, b"Subject: no end of line\r\n"]


async def test_a_mail_of_ten_megabytes_goes_through(sink: Sink) -> None:
    content = WORDS + (b"0123456789abcdef" * 4 + b"\r\n") * 150_000
    async with listening(Sink(pipelining=sink.pipelining), data_size_limit=20_000_000) as large, wire(large) as smtp:
        await smtp.send(mail(content=content))
        assert large.taken[0][1] == content


class Scripted(asyncio.Protocol):
    """Says what it is told to, a piece for each chunk it hears."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 here\r\n")

    def data_received(self, data: bytes) -> None:
        self.heard += data
        if data.startswith(b"EHLO"):
            self.transport.write(b"250-here\r\n250 PIPELINING\r\n")
        elif self.pieces:
            said = self.pieces.pop(0)
            self.transport.write(said) if said else self.transport.abort()


@asynccontextmanager
async def scripted(*pieces: bytes) -> AsyncIterator[tuple[Smtp, list[Scripted]]]:
    """A wire to a server that says this after EHLO, and those who answered there."""
    made: list[Scripted] = []

    def one() -> Scripted:
        made.append(Scripted(*(pieces if not made else (b"250 a\r\n250 b\r\n354 c\r\n", b"250 taken\r\n"))))
        return made[-1]

    server = await asyncio.get_running_loop().create_server(one, "127.0.0.1", 0)
    smtp = Smtp(f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", answer_seconds=0.3)
    try:
        yield smtp, made
    finally:
        await smtp.close()
        for each in made:
            each.transport.abort()
        server.close()
        await asyncio.sleep(0.01)


async def test_commands_go_out_together_where_the_server_allows_it_and_the_mail_after_its_go_ahead() -> None:
    async with scripted(b"250 a\r\n250 b\r\n354 go\r\n", b"250 taken\r\n") as (smtp, made):
        await smtp.send(mail())
    said = made[0].heard.partition(b"\r\n")[2]
    assert said.startswith(b"MAIL FROM:<certdesk@example.com>\r\nRCPT TO:<tara@example.com>\r\nDATA\r\nSubject: x\r\n")


async def test_answers_in_pieces_are_one_answer() -> None:
    pieces = (b"250-a\r\n250 more", b"\r\n250 b\r\n354 go\r\n", b"250 taken\r\n")
    async with scripted(*pieces) as (smtp, made):
        send = asyncio.create_task(smtp.send(mail()))
        await asyncio.sleep(0.1)
        assert not send.done()
        made[0].transport.write(made[0].pieces.pop(0))
        await send


async def test_a_server_that_takes_nobody_and_says_go_ahead_gets_an_empty_mail_and_no_word_of_ours() -> None:
    async with scripted(b"250 a\r\n550 nobody\r\n354 go\r\n", b"554 no recipients\r\n", b"250 ok\r\n") as (smtp, made):
        with pytest.raises(AllRefused):
            await smtp.send(mail())
    assert b"Subject" not in made[0].heard


async def test_a_server_that_refuses_the_sender_and_says_go_ahead_is_hung_up_on() -> None:
    async with scripted(b"550 not you\r\n503 b\r\n354 go\r\n") as (smtp, made):
        with pytest.raises(Permanent, match="not you"):
            await smtp.send(mail())
        await smtp.send(mail())
        assert len(made) == 2
    assert b"Subject" not in made[0].heard


@pytest.mark.parametrize("said", [b"hello\r\n", b"25\r\n", b"250-" + b"x" * 40_000, b"", b"250 a\r\n250 b\r\n"])
async def test_a_server_that_makes_no_sense_or_stops_is_transient_and_gets_no_second_command(said: bytes) -> None:
    async with scripted(said) as (smtp, made):
        with pytest.raises(Transient) as caught:
            await smtp.send(mail())
        assert not caught.value.refused
        assert not isinstance(caught.value, Down)
        await smtp.send(mail())
    assert b"Subject" not in made[0].heard


async def test_a_connection_on_which_something_was_said_unasked_is_not_used_again() -> None:
    async with scripted(b"250 a\r\n250 b\r\n354 go\r\n", b"250 taken\r\n250 and more\r\n") as (smtp, made):
        await smtp.send(mail())
        await smtp.send(mail())
        assert len(made) == 2


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a fresh certificate for 127.0.0.1, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    built = built.add_extension(here, critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    built = built.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    built = built.add_extension(
        x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
        ),
        critical=True,
    )  # fmt: skip
    cert = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem = Path(tmp_path_factory.mktemp("keys")) / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(cert + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cadata=cert.decode())


def ana_only(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    good = getattr(data, "login", b"") == b"ana@x" and getattr(data, "password", b"") == b"p:w/d"
    return AuthResult(success=good, handled=good)


async def test_starttls_and_login_with_odd_characters_work(keys: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    made = listening(Sink(), tls_context=keys[0], require_starttls=True, authenticator=ana_only, auth_required=True)
    async with made as sink, wire(sink, "smtp+starttls", "ana%40x:p%3Aw%2Fd@", tls=keys[1]) as smtp:
        await smtp.send(mail())
        assert len(sink.taken) == 1


async def test_smtps_works(keys: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async with listening(Sink(), wrapped=keys[0]) as sink, wire(sink, "smtps", tls=keys[1]) as smtp:
        await smtp.send(mail())
        assert len(sink.taken) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_a_certificate_nobody_vouches_for_is_down_and_nothing_is_sent(
    keys: tuple[ssl.SSLContext, ssl.SSLContext], scheme: str
) -> None:
    options: dict[str, Any] = {"wrapped": keys[0]} if scheme == "smtps" else {"tls_context": keys[0]}
    async with listening(Sink(), **options) as sink, wire(sink, scheme, "ana:secret@") as smtp:
        with pytest.raises(Down, match="cannot be reached") as caught:
            await smtp.send(mail())
        assert "secret" not in str(caught.value)
        assert sink.taken == []


async def test_starttls_is_never_skipped(sink: Sink) -> None:
    async with wire(sink, "smtp+starttls") as smtp:
        with pytest.raises(Refused, match="STARTTLS"):
            await smtp.send(mail())
    assert sink.taken == []


async def test_a_wrong_password_a_missing_login_and_a_server_without_logins_are_refused(
    keys: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    async with listening(Sink(), tls_context=keys[0], authenticator=ana_only, auth_required=True) as sink:
        for login in ("ana%40x:wrong-secret@", ""):
            async with wire(sink, "smtp+starttls", login, tls=keys[1]) as smtp:
                with pytest.raises(Refused) as caught:
                    await smtp.send(mail())
                assert "wrong-secret" not in str(caught.value)
    async with listening(Sink()) as sink, wire(sink, "smtp", "ana:x@") as smtp:
        with pytest.raises(Refused):
            await smtp.send(mail())


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://mx.example.com", ("mx.example.com", 25, None, None)),
        ("smtp+starttls://u%40x:p%2F@mx.example.com", ("mx.example.com", 587, "u@x", "p/")),
        ("smtps://u:p@[::1]:4650/", ("::1", 4650, "u", "p")),
    ],
)
def test_an_address_of_a_server_is_read(url: str, wanted: tuple[object, ...]) -> None:
    server = Server.of(url)
    assert (server.host, server.port, server.user, server.password) == wanted
    assert "p/" not in repr(server)
    assert "password" not in repr(server)


@pytest.mark.parametrize(
    "url", ["http://x", "smtp://", "smtp://x/path", "smtp://x?y=hunter2", "smtp://x:99999", "smtp://hunter2@x", "x"]
)
def test_an_address_that_is_none_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(ValueError, match=r"^mail\.smtp: ") as caught:
        Smtp(url)
    assert "hunter2" not in str(caught.value)
