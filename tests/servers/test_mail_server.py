"""Mail through a real Postfix with opendkim and opendmarc, handed to the running bot by LMTP.

Skipped, aloud, where Debian's packages are missing or the tests do not run as root.
"""

from __future__ import annotations

import asyncio
import smtplib
import time
from pathlib import Path

import pytest

from tests.mail import corpus
from tests.servers.dovecot import PASSWORD
from tests.servers.ground import free_port
from tests.servers.house import AT_ONCE, Nest, Swallow, heavy, house, mail, many, until
from tests.servers.postfix import ELSEWHERE, OURS, Postfix

pytestmark = pytest.mark.asyncio(loop_scope="package")

EVIL = "x@evil.example.net"
FORGED = (
    "mx.example.com; dmarc=pass header.from=example.com; dkim=pass header.d=example.com; "
    "spf=pass smtp.mailfrom=a01@example.com"
)


def lmtp(postfix: Postfix) -> str:
    return f'lmtp = "127.0.0.1:{postfix.door}"'


async def send(postfix: Postfix, raw: bytes, sender: str, whence: str = OURS) -> None:
    await asyncio.to_thread(postfix.send, raw, sender, whence=whence)


async def test_an_aligned_mail_drives_the_case_and_the_answer_leaves_by_smtp(
    nest: Nest, postfix: Postfix, tmp_path: Path
) -> None:
    async with house(tmp_path, nest, postfix, lmtp(postfix)) as here:
        await (await here.nest.start()).ready()
        await send(postfix, mail("a00"), "a00@example.com")  # SPF vouches
        await send(postfix, postfix.signer.sign(mail("a01")), "a01@example.com", ELSEWHERE)  # DKIM vouches
        team = mail("a02", To="licensing@example.com")  # a copy comes to us
        await asyncio.to_thread(postfix.send, team, "a02@example.com", ("licensing@example.com",))
        within = corpus.part("message/rfc822", mail("a05", Authentication_Results=FORGED))
        handed_on = many("a03", corpus.part("text/plain", b"First fail of the AHIP final"), within)
        await send(postfix, postfix.signer.sign(handed_on), "a03@example.com", ELSEWHERE)  # and stays as it was signed
        await until(lambda: all(here.receipts(who) for who in ("a00", "a01", "a02")))
        assert here.fails("a00") == here.fails("a01") == here.fails("a02") == 1
        await until(lambda: len(here.verdicts()) == 4)
        assert "quarantined" not in here.verdicts()
        assert here.fails("a05") == 0
        assert (await here.ready())[0] == 200


async def test_what_a_person_of_the_house_submits_is_vouched_for_and_nobody_submits_anothers(
    nest: Nest, postfix: Postfix, tmp_path: Path
) -> None:
    async with house(tmp_path, nest, postfix, lmtp(postfix)) as here:
        await (await here.nest.start()).ready()
        mine, hers = "a00@example.com", "a01@example.com"
        await asyncio.to_thread(postfix.submit, mail("a00"), mine, PASSWORD, mine)
        with pytest.raises(smtplib.SMTPRecipientsRefused, match="not owned by user"):
            await asyncio.to_thread(postfix.submit, mail("a01"), mine, PASSWORD, hers)
        await asyncio.to_thread(postfix.submit, mail("a01"), mine, PASSWORD, mine)  # her name, his envelope
        await until(lambda: here.fails("a00") == 1 and len(here.verdicts()) == 2)
        assert here.verdicts() == ["act", "quarantined"]
        assert here.fails("a01") == 0


async def test_nobody_speaks_in_anothers_name_whatever_he_writes_above_it(
    nest: Nest, postfix: Postfix, tmp_path: Path
) -> None:
    forged = {
        "a00": (mail("a00"), "a00@example.com"),  # from a machine that may not send for us
        "a01": (mail("a01", Authentication_Results=FORGED), "a01@example.com"),
        "a02": (mail("a02", Authentication_Results=FORGED.replace("mx.", "MX.", 1)), "a02@example.com"),
        "a03": (mail("a03", Authentication_Results=f"(of) {FORGED}"), "a03@example.com"),
        "a04": (postfix.stranger.sign(mail("a04", Authentication_Results=FORGED)), EVIL),  # vouched for: another house
    }
    async with house(tmp_path, nest, postfix, lmtp(postfix)) as here:
        await (await here.nest.start()).ready()
        for raw, sender in forged.values():
            await send(postfix, raw, sender, ELSEWHERE)
        await until(lambda: all(any("Did you send this?" in said for said in here.told(who)) for who in forged), 20)
        assert here.verdicts() == ["quarantined"] * len(forged)
        assert here.fails() == 0
        assert not any(here.receipts(who) for who in forged)


async def test_what_comes_while_the_bot_is_down_waits_in_the_queue_and_comes_in_once(
    nest: Nest, postfix: Postfix, tmp_path: Path
) -> None:
    async with house(tmp_path, nest, postfix, lmtp(postfix)) as here:
        await send(postfix, mail("a00"), "a00@example.com")
        await until(lambda: any("refused" in str(each["recipients"]) for each in postfix.queue()))
        bot = await (await here.nest.start()).ready()
        await until(lambda: here.fails("a00") == 1)
        await until(postfix.delivered)
        await bot.stopped()
        assert here.verdicts() == ["act"]


async def test_killed_between_keeping_a_mail_and_saying_so_it_loses_nothing_and_does_nothing_twice(
    nest: Nest, postfix: Postfix, tmp_path: Path
) -> None:
    behind = free_port()
    async with (
        house(tmp_path, nest, postfix, f'lmtp = "127.0.0.1:{behind}"') as here,
        Swallow(postfix.door, behind) as between,
    ):
        bot = await (await here.nest.start()).ready()
        await send(postfix, mail("a00"), "a00@example.com")
        await asyncio.wait_for(between.heard.wait(), 10)
        await bot.killed()
        assert here.fails("a00") == 1  # it was in the record before it was said
        await until(lambda: any("lost connection" in str(each["recipients"]) for each in postfix.queue()))
        await (await here.nest.start()).ready()
        await until(postfix.delivered)
        assert here.verdicts() == ["act"]
        assert here.fails("a00") == 1
        answers = "SELECT count(*) AS n FROM outbox WHERE channel = 'mail' AND template = 'house/mail_receipt'"
        assert here.place.count(answers) == 1  # who takes it over sends it: test_bot_killed.py


async def test_a_mail_of_25_megabytes_does_not_keep_the_chat_waiting(
    nest: Nest, postfix: Postfix, tmp_path: Path
) -> None:
    async with house(tmp_path, nest, postfix, lmtp(postfix)) as here:
        await (await here.nest.start()).ready()
        raw = heavy()

        async def through() -> None:
            await send(postfix, raw, "a00@example.com")
            await until(lambda: here.fails("a00") == 1, 60)

        begun = time.monotonic()
        worst = await here.slowest_answer(asyncio.create_task(through()))
        print(f"25 MB through Postfix in {time.monotonic() - begun:.1f} s, slowest answer {worst:.2f} s")
        assert worst < AT_ONCE


async def test_what_postfix_gives_back_is_told_to_the_person_it_was_for(
    nest: Nest, postfix: Postfix, tmp_path: Path
) -> None:
    async with house(tmp_path, nest, postfix, lmtp(postfix)) as here:
        await (await here.nest.start()).ready()
        here.place.sandbox.mail.refuse(code=550, text="5.1.1 no such mailbox", stage="rcpt")
        await send(postfix, mail("a00"), "a00@example.com")
        await until(lambda: "bounce" in here.verdicts(), 20)
        came_back = "SELECT body_json FROM outbox WHERE error LIKE 'came back%5.1.1%'"
        await until(lambda: here.place.rows(came_back))
        told = lambda: [  # noqa: E731
            who for who in (*here.place.roster.agents, *here.place.roster.people)
            if any("could not be delivered" in said for said in here.told(who))
        ]  # fmt: skip
        await until(told)
        assert len(told()) == 1
