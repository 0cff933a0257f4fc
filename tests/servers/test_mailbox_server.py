"""The running bot at a real Dovecot: what it reads, what it moves, how it comes back, and how it gets in.

Skipped, aloud, where Debian's packages are missing or the tests do not run as root.
"""

from __future__ import annotations

import asyncio
import imaplib
import re
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.checkup import mail_in
from bot.clock import SystemClock
from bot.config import load
from bot.mail import imap
from bot.mail.imap import Mailbox
from bot.ports import Refused
from tests.servers.dovecot import PASSWORD, USER, Dovecot
from tests.servers.house import AT_ONCE, House, Nest, heavy, house, mail, until
from tests.servers.postfix import MAILBOX, OURS, Postfix

pytestmark = pytest.mark.asyncio(loop_scope="package")

DONE = "certdesk.done"
"""What "certdesk/done" is called at a server that parts folders by a dot."""


def by_password(dovecot: Dovecot, password: str = PASSWORD) -> str:
    return f'imap = "imaps://mailbox%40example.com@127.0.0.1:{dovecot.imaps}/INBOX"\npassword = "{password}"'


def by_token(dovecot: Dovecot, file: Path) -> str:
    return (
        f'imap = "imaps://mailbox%40example.com@127.0.0.1:{dovecot.imaps}/INBOX"\noauth2_token_command = "cat {file}"'
    )


async def send(postfix: Postfix, raw: bytes, who: str) -> None:
    await asyncio.to_thread(postfix.send, raw, f"{who}@example.com", (MAILBOX,), whence=OURS)


async def is_ready(here: House, wanted: int = 200) -> None:
    async with asyncio.timeout(10):
        while (await here.ready())[0] != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_new_mail_is_read_within_two_seconds_moved_away_and_never_deleted(
    nest: Nest, postfix: Postfix, dovecot: Dovecot, tmp_path: Path
) -> None:
    async with house(tmp_path, nest, postfix, by_password(dovecot)) as here:
        dovecot.deliver(mail("a00"), "a00@example.com")  # nobody vouches for it
        bot = await (await here.nest.start()).ready()
        await is_ready(here)
        await until(lambda: len(dovecot.held(DONE)) == 1)
        for n in (1, 2):
            await send(postfix, mail(f"a0{n}"), f"a0{n}")
            begun = time.monotonic()
            await until(lambda: here.fails() == n)  # noqa: B023 - awaited here
            assert time.monotonic() - begun < 2
        await until(lambda: len(dovecot.held(DONE)) == 3 and not dovecot.held("INBOX"))
        assert here.verdicts() == ["quarantined", "act", "act"]
        assert await bot.stopped() < 10
        assert "mailbox.down" not in here.nest.errors()


async def test_a_mailbox_that_dies_is_waited_for_and_read_when_it_is_back(
    nest: Nest, postfix: Postfix, dovecot: Dovecot, tmp_path: Path
) -> None:
    async with house(tmp_path, nest, postfix, by_password(dovecot)) as here:
        await (await here.nest.start()).ready()
        await is_ready(here)
        dovecot.kill()
        await is_ready(here, 503)
        assert (await here.ready())[1]["mailbox"] is False
        await send(postfix, mail("a00"), "a00")  # waits in Postfix
        dovecot.start()
        await until(postfix.delivered)
        await until(lambda: here.fails("a00") == 1)
        await is_ready(here)
        await until(lambda: len(dovecot.held(DONE)) == 1 and not dovecot.held("INBOX"))
        assert here.nest.errors().count("mailbox.down") == 1


async def test_a_token_opens_it_and_a_new_one_when_the_old_has_run_out(
    nest: Nest, postfix: Postfix, dovecot: Dovecot, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("first-token\n")
    dovecot.tokens.good = {"first-token"}
    async with house(tmp_path, nest, postfix, by_token(dovecot, file)) as here:
        await (await here.nest.start()).ready()
        await is_ready(here)
        file.write_text("second-token\n")
        dovecot.tokens.good = {"second-token"}
        dovecot.kick()
        await send(postfix, mail("a00"), "a00")
        await until(lambda: here.fails("a00") == 1)
        assert dovecot.tokens.asked[-1] == "second-token"
        assert not re.search("first-token|second-token", here.nest.errors())


async def test_a_wrong_password_is_one_line_not_ready_and_no_hammering(
    nest: Nest, postfix: Postfix, dovecot: Dovecot, tmp_path: Path
) -> None:
    async with house(tmp_path, nest, postfix, by_password(dovecot, "wrong")) as here:
        before = dovecot.ground.log().count("Password mismatch")
        await (await here.nest.start()).ready()
        await until(lambda: "does not accept our login" in here.nest.errors())
        here.place.sandbox.say("a05", "@certdesk", "help")  # chat goes on
        await until(lambda: here.told("a05"))
        await asyncio.sleep(2)
        status, said = await here.ready()
        assert (status, said["mailbox"], said["chat"]) == (503, False, True)
        assert dovecot.ground.log().count("Password mismatch") - before == 1
        assert here.nest.errors().count("mailbox.down") == 1
        assert "wrong" not in here.nest.errors()


async def test_a_mail_of_25_megabytes_is_fetched_while_the_chat_is_answered(
    nest: Nest, postfix: Postfix, dovecot: Dovecot, tmp_path: Path
) -> None:
    async with house(tmp_path, nest, postfix, by_password(dovecot)) as here:
        await (await here.nest.start()).ready()
        await is_ready(here)
        raw = heavy()

        async def through() -> None:
            await send(postfix, raw, "a00")
            await until(lambda: here.fails("a00") == 1, 60)

        begun = time.monotonic()
        worst = await here.slowest_answer(asyncio.create_task(through()))
        print(f"25 MB by IMAP in {time.monotonic() - begun:.1f} s, slowest answer {worst:.2f} s")
        assert worst < AT_ONCE
        await until(lambda: len(dovecot.held(DONE)) == 1)
        assert len(dovecot.held(DONE)[0]) > 25 << 20


# -- ways in, looked at as `doctor` does -----------------------------------------------------------------------


def box(dovecot: Dovecot, scheme: str = "imaps", done: str = "certdesk/done", **more: str) -> Mailbox:
    port = dovecot.imaps if scheme == "imaps" else dovecot.plain
    given = more or {"password": PASSWORD}
    return Mailbox.of(f"{scheme}://mailbox%40example.com@127.0.0.1:{port}/INBOX", done_folder=done, **given)


async def test_starttls_and_tls_open_it_and_an_open_line_gets_no_password(dovecot: Dovecot) -> None:
    clock = SystemClock()
    first = await imap.look(box(dovecot), clock)
    assert (first.done, first.made, first.waiting) == (DONE, True, 0)
    assert (await imap.look(box(dovecot, "imap+starttls"), clock)).made is False
    with pytest.raises(Refused, match="does not accept our login"):
        await imap.look(box(dovecot, password="wörng"), clock)


async def test_a_certificate_nobody_we_trust_has_signed_is_refused(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    for scheme in ("imaps", "imap+starttls"):
        with pytest.raises(Refused, match=r"certificate of 127\.0\.0\.1 is not trusted"):
            await imap.look(box(dovecot, scheme), SystemClock())


async def test_a_bad_token_is_refused_in_words_and_a_good_one_is_not(dovecot: Dovecot, tmp_path: Path) -> None:
    dovecot.tokens.good = {"good"}
    (tmp_path / "token").write_text("bad")
    given = box(dovecot, token_command=f"cat {tmp_path / 'token'}")
    with pytest.raises(Refused, match=r"does not accept our login as mailbox@example\.com"):
        await imap.look(given, SystemClock())
    (tmp_path / "token").write_text("good")
    assert (await imap.look(given, SystemClock())).waiting == 0


@pytest.fixture
def poor(dovecot: Dovecot) -> Iterator[Dovecot]:
    """Dovecot as an old server is: prefix and dots in folders, no MOVE, no UIDPLUS, tokens the newer way only."""
    path = dovecot.ground.folder / "dovecot.conf"
    words = path.read_text()
    dovecot.kill()
    path.write_text(
        words.replace(
            "auth_mechanisms = plain login xoauth2 oauthbearer", "auth_mechanisms = plain oauthbearer"
        ).replace("inbox = yes", "inbox = yes\n  prefix = INBOX.")
        + "imap_capability = IMAP4rev1 SASL-IR IDLE NAMESPACE\n"
    )
    dovecot.start()
    yield dovecot
    dovecot.kill()
    path.write_text(words)
    dovecot.start()


def marked(person: imaplib.IMAP4) -> list[Any]:
    """What a person's own program shows as deleted and not yet gone."""
    person.noop()
    return person.search(None, "DELETED")[1]


async def test_at_a_poor_server_nothing_is_deleted_that_a_person_has_marked(
    nest: Nest, postfix: Postfix, poor: Dovecot, tmp_path: Path
) -> None:
    poor.tokens.good = {"good"}
    (tmp_path / "token").write_text("good")
    for who in ("a00", "a01"):
        await send(postfix, mail(who), who)
    await until(lambda: len(poor.held("INBOX")) == 2)
    with imaplib.IMAP4_SSL("127.0.0.1", poor.imaps, ssl_context=ssl.create_default_context()) as person:
        person.login(USER, PASSWORD)
        person.select()
        person.store("1", "+FLAGS", r"(\Deleted)")
        async with house(tmp_path, nest, postfix, by_token(poor, tmp_path / "token")) as here:
            await (await here.nest.start()).ready()
            await until(lambda: here.fails() == 1)
            await until(lambda: len(poor.held(DONE)) == 1)
            await until(lambda: marked(person) == [b"1 2"])
            assert len(poor.held("INBOX")) == 2
    assert (await imap.look(box(poor), SystemClock())).done == f"INBOX.{DONE}"


# -- doctor ----------------------------------------------------------------------------------------------------


async def test_doctor_says_whether_the_mailbox_lets_us_in(
    nest: Nest, postfix: Postfix, dovecot: Dovecot, tmp_path: Path
) -> None:
    dovecot.deliver(mail("a00"), "a00@example.com")
    async with house(tmp_path, nest, postfix, by_password(dovecot)) as here:
        (found,) = await mail_in(load(here.place.config))
        assert (found.level, found.about) == ("ok", "mail in")
        assert f"1 waiting in INBOX, read ones go to {DONE} (made now)" in found.said
        here.place.config.write_text(here.place.config.read_text().replace(PASSWORD, "wrong"))
        (found,) = await mail_in(load(here.place.config))
        assert found.level == "fail"
        assert found.said.startswith("[mail.inbound] imap: 127.0.0.1 does not accept our login as mailbox@example.com")
