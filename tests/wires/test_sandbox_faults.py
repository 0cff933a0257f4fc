"""Every fault of the look-alike shows its client what its name says; the mail sink's too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import aiohttp
import aiosmtplib
import pytest

from sandbox.mail import MailSink
from sandbox.server import Sandbox


class Bot:
    """A listening bot."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.sandbox, self.http = sandbox, http
        self.rid = sandbox.direct("ana", "certdesk")
        user = sandbox.chat.user("certdesk")
        self.headers = {"X-User-Id": user.id, "X-Auth-Token": "pat"}

    async def listen(self, frames: int = 5) -> None:
        self.ws = await self.http.ws_connect(f"{self.sandbox.url}/websocket")
        await self.say({"msg": "connect", "version": "1", "support": ["1"]})
        await self.say({"msg": "method", "method": "login", "id": "1", "params": [{"resume": "pat"}]})
        await self.say({"msg": "sub", "id": "s", "name": "stream-room-messages", "params": ["__my_messages__", False]})
        self.greeting = [(await self.frame())["msg"] for _ in range(frames)]

    async def say(self, frame: dict[str, Any]) -> None:
        await self.ws.send_str(json.dumps(frame))

    async def frame(self, seconds: float = 5) -> Any:
        return json.loads(await self.ws.receive_str(timeout=seconds))

    async def ended(self) -> bool:
        return (await self.ws.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)

    async def send(self, id: str, text: str = "x") -> tuple[int, bytes, Any]:
        body = {"message": {"_id": id, "rid": self.rid, "msg": text}}
        url = f"{self.sandbox.url}/api/v1/chat.sendMessage"
        async with self.http.post(url, json=body, headers=self.headers) as answer:
            return answer.status, await answer.read(), answer.headers

    async def stored(self, id: str) -> bool:
        url = f"{self.sandbox.url}/api/v1/chat.getMessage?msgId={id}"
        async with self.http.get(url, headers=self.headers) as answer:
            return answer.status == 200


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    async with Sandbox(smtp_port=None, seed=3) as sandbox, aiohttp.ClientSession() as http:
        sandbox.add_user("certdesk", "certdesk", roles=("bot",), token="pat")
        sandbox.add_user("ana", "Ana Rivera")
        yield Bot(sandbox, http)


async def test_half_open_sockets_say_nothing_and_new_ones_work(bot: Bot):
    await bot.listen()
    assert bot.sandbox.faults.half_open() == 1
    bot.sandbox.say("ana", bot.rid, "hello")
    await bot.say({"msg": "ping"})
    with pytest.raises(TimeoutError):
        await bot.frame(0.2)
    await bot.listen()
    assert bot.greeting[-1] == "ready"


async def test_dropped_sockets_end_without_a_close_frame(bot: Bot):
    await bot.listen()
    bot.sandbox.faults.drop_sockets("certdesk")
    assert (await bot.ws.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSED
    assert bot.ws.close_code == 1006


async def test_frames_come_twice_or_never(bot: Bot):
    await bot.listen()
    bot.sandbox.faults.duplicate_frames()
    bot.sandbox.say("ana", bot.rid, "twice")
    assert await bot.frame() == await bot.frame()
    bot.sandbox.faults.lose_frames()
    bot.sandbox.say("ana", bot.rid, "never")
    bot.sandbox.say("ana", bot.rid, "after")
    assert (await bot.frame())["fields"]["args"][0]["msg"] == "after"


async def test_ready_may_come_after_the_first_event_or_not_at_all(bot: Bot):
    bot.sandbox.faults.ready_after_event()
    await bot.listen(frames=4)
    bot.sandbox.say("ana", bot.rid, "early")
    assert [(await bot.frame())["msg"] for _ in range(2)] == ["changed", "ready"]
    bot.sandbox.faults.no_ready()
    await bot.listen(frames=4)
    bot.sandbox.say("ana", bot.rid, "works")
    assert (await bot.frame())["msg"] == "changed"


async def test_subs_are_refused_on_demand(bot: Bot):
    bot.sandbox.faults.refuse_subs()
    await bot.listen()
    assert bot.greeting[-1] == "nosub"


async def test_a_slow_method_blocks_what_is_behind_it_but_not_pings(bot: Bot):
    bot.sandbox.faults.slow_methods(0.1)
    await bot.listen(frames=1)
    await bot.say({"msg": "ping"})
    assert [(await bot.frame())["msg"] for _ in range(5)] == ["pong", "added", "updated", "result", "ready"]


async def test_rate_limited_sends_store_nothing(bot: Bot):
    bot.sandbox.faults.rate_limit_sends(1, wait=7)
    status, _, headers = await bot.send("a")
    assert (status, "X-RateLimit-Reset" in headers, await bot.stored("a")) == (429, True, False)
    assert (await bot.send("a"))[0] == 200


async def test_a_proxy_answers_html(bot: Bot):
    bot.sandbox.faults.fail_requests(1, status=502)
    bot.sandbox.faults.fail_requests(1, status=500, html=False, path="chat.")
    status, body, headers = await bot.send("a")
    assert (status, headers["Content-Type"].split(";")[0], b"<html>" in body) == (502, "text/html", True)
    assert (await bot.send("a"))[:2] == (500, b'{"success":false,"error":"Internal server error"}')
    assert (await bot.send("a"))[0] == 200


async def test_an_answer_may_be_lost_before_or_after_storing(bot: Bot):
    for fault, kept in ((bot.sandbox.faults.store_then_drop, True), (bot.sandbox.faults.drop_before_store, False)):
        fault()
        id = fault.__name__
        with pytest.raises(aiohttp.ClientError):
            await bot.send(id)
        assert await bot.stored(id) is kept


async def test_a_revoked_token_closes_sockets_and_answers_401_until_restored(bot: Bot):
    await bot.listen()
    bot.sandbox.faults.revoke("certdesk")
    assert await bot.ended()
    assert (await bot.send("a"))[0] == 401
    bot.sandbox.faults.restore("certdesk")
    assert (await bot.send("a"))[0] == 200


async def test_the_server_goes_down_and_comes_back_on_its_port(bot: Bot):
    await bot.listen()
    url = bot.sandbox.url
    await bot.sandbox.faults.down()
    assert await bot.ended()
    with pytest.raises(aiohttp.ClientConnectorError):
        await bot.send("a")
    await bot.sandbox.faults.up()
    assert bot.sandbox.url == url
    assert (await bot.send("a"))[0] == 200


# -- mail


def letter(subject: str = "Hello") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Cc"] = "certdesk@example.com", "Tara Lee <tara.lee@example.com>", "ana@example.com"
    mail["Subject"], mail["Message-ID"] = subject, "<1@certdesk.example.com>"
    mail.set_content("plain – words")
    mail.add_alternative("<p>rich words</p>", subtype="html")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="cap.pdf")
    return mail


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    sink = MailSink()
    await sink.start()
    yield sink
    await sink.stop()


async def send(sink: MailSink, mail: EmailMessage) -> None:
    await aiosmtplib.send(mail, hostname=sink.host, port=sink.port, timeout=5)


async def test_mail_is_kept_raw_and_parsed_in_every_recipients_box(sink: MailSink):
    await send(sink, letter("Ünïcode"))
    [mail] = await sink.wait(1)
    assert (mail.sender, mail.recipients) == ("certdesk@example.com", ("tara.lee@example.com", "ana@example.com"))
    assert (mail.subject, mail.text.strip(), mail.html.strip()) == ("Ünïcode", "plain – words", "<p>rich words</p>")
    assert mail.addresses("To") == ["tara.lee@example.com"]
    assert [(a.name, a.type, a.content) for a in mail.attachments] == [("cap.pdf", "application/pdf", b"%PDF-1.7")]
    assert sink.box("Tara.Lee@example.com") == sink.box("ana@example.com") == [mail]
    assert b"Message-ID: <1@certdesk.example.com>" in mail.raw


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_mail_is_refused_for_now_or_for_good(sink: MailSink, stage: str):
    sink.refuse(code=451, stage=stage)
    sink.refuse(code=550, stage=stage)
    mail = letter()
    del mail["Cc"]
    for code in ("451", "550"):
        with pytest.raises(aiosmtplib.SMTPException, match=code):
            await send(sink, mail)
    await send(sink, letter())
    assert len(sink.messages) == 1


@pytest.mark.parametrize("stored", [True, False])
async def test_the_connection_may_drop_after_data(sink: MailSink, stored: bool):
    sink.drop_after_data(stored=stored)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(sink, letter())
    assert len(sink.messages) == stored


async def test_the_mail_server_goes_down_and_comes_back(sink: MailSink):
    await sink.down()
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await send(sink, letter())
    await sink.up()
    await asyncio.gather(*(send(sink, letter()) for _ in range(5)))
    assert len(await sink.wait(5)) == 5
