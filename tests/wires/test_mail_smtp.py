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

from bot.mail.smtp import PartlyRefused, Server, Smtp
from bot.ports import Down, Permanent, RawMail, Refused, Transient

WORDS = b"Subject: x\r\nMessage-ID: <k1@example.com>\r\n\r\n.dot\r\nlast line\r\n"


def mail(*to: str, content: bytes = WORDS) -> RawMail:
    return RawMail(content=content, sender="certdesk@example.com", recipients=to or ("tara@example.com",))


class Sink:
    """What a handler of aiosmtpd may be asked, with a fault for each."""

    def __init__(self) -> None:
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


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with listening(Sink()) as made:
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


async def test_at_most_four_connections_are_used_at_once(sink: Sink) -> None:
    sink.hold = asyncio.Event()
    async with wire(sink) as smtp:
        sends = [asyncio.create_task(smtp.send(mail())) for _ in range(12)]
        sink.wanted = 4
        await sink.crowded.wait()
        await asyncio.sleep(0.05)
        sink.hold.set()
        await asyncio.gather(*sends)
    assert sink.busiest == 4
    assert len(sink.connections) == 4
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
    assert type(caught.value) is Permanent


async def test_after_a_refusal_the_next_mail_goes_over_the_same_connection(sink: Sink) -> None:
    async with wire(sink) as smtp:
        sink.rcpt["gone@example.com"] = "550 no"
        with pytest.raises(Permanent):
            await smtp.send(mail("gone@example.com"))
        sink.on_data = "554 content refused"
        with pytest.raises(Permanent):
            await smtp.send(mail())
        sink.on_data = ""
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
        with pytest.raises(Transient) as caught:
            await smtp.send(mail())
        assert not caught.value.refused
        assert not isinstance(caught.value, Down)
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


async def test_a_mail_larger_than_the_server_takes_is_permanent() -> None:
    async with listening(Sink(), data_size_limit=1000) as sink, wire(sink) as smtp:
        with pytest.raises(Permanent, match="552"):
            await smtp.send(mail(content=WORDS + b"x" * 2000))


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
