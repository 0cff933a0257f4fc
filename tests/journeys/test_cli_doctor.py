"""The doctor says in words what would keep the bot from its work, and the printed pages say what the code does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot import docs
from sandbox.server import Sandbox
from tests.journeys.operator import ROSTER, Operator, sits_down


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    yield from sits_down(tmp_path, monkeypatch)


@contextmanager
def workspace() -> Iterator[Sandbox]:
    """A chat server and a mail sink in a thread of their own, as the doctor runs its own loop."""
    up, down = threading.Event(), asyncio.Event()
    held: list[tuple[Sandbox, asyncio.AbstractEventLoop]] = []

    async def serve() -> None:
        async with Sandbox(smtp_port=0) as sandbox:
            sandbox.add_user("certdesk", "Certdesk", roles=("bot",), token="the-bots-token")
            for channel in ("wfm", "licensing", "esp-bot-ops", "esp-nov16"):
                sandbox.add_channel(channel, ["certdesk"])
            held.append((sandbox, asyncio.get_running_loop()))
            up.set()
            await down.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert up.wait(10)
    sandbox, loop = held[0]
    try:
        yield sandbox
    finally:
        loop.call_soon_threadsafe(down.set)
        thread.join()


def house(operator: Operator, sandbox: Sandbox) -> None:
    """A configuration for that workspace, a database and a roster."""
    bot = sandbox.chat.user("certdesk").id
    operator.file(
        "certdesk.toml",
        f'[rocketchat]\nurl = "{sandbox.url}"\nuser_id = "{bot}"\ntoken = "the-bots-token"\n'
        f'[mail]\nsmtp = "{sandbox.mail.url}"\nfrom = "certdesk@example.com"\n',
    )
    assert operator.types("migrate").code == 0
    assert operator.types("roster", "import", ROSTER).code == 0


def test_a_house_in_order_passes_and_the_live_trials_write_to_nobody(operator: Operator) -> None:
    with workspace() as sandbox:
        house(operator, sandbox)
        said = operator.types("doctor", "--live")
        rooms = {message["rid"] for message in sandbox.chat.messages.values() if "certdesk doctor" in message["msg"]}
        readers = {member for room in rooms for member in sandbox.chat.rooms[room].members}
    lines = said.out.splitlines()
    assert [line for line in lines if line.startswith("fail")] == []
    assert said.code == 0
    for about in ("configuration", "policies", "templates", "database", "key file", "roster", "chat token", "mail out"):
        assert any(line.startswith(f"ok    {about}: ") for line in lines), about
    for about in ("repeat", "rate limit", "thread", "unknown user", "session", "catch-up", "encryption"):
        assert any(line.startswith(f"ok    live {about}: ") for line in lines), about
    assert len(readers) == 1, "the bot writes to nobody but itself"


def test_everything_amiss_is_named_and_the_exit_is_1(operator: Operator) -> None:
    operator.file(
        "certdesk.toml",
        '[rocketchat]\nurl = "http://127.0.0.1:1"\nuser_id = "u"\ntoken = "t"\n[mail]\nsmtp = "smtp://127.0.0.1:1"\n',
    )
    said = operator.types("doctor")
    assert (said.code, said.err) == (1, "")
    for words in (
        "fail  configuration: certdesk.toml: [mail] from: is not set",
        "fail  database: there is none at",
        "fail  chat reachable: ",
        "fail  mail out: [mail] smtp: 127.0.0.1:1 cannot be reached",
    ):
        assert words in said.out


def test_mail_that_cannot_come_in_is_named(operator: Operator) -> None:
    head = '[mail]\nsmtp = "smtp://127.0.0.1:1"\nfrom = "certdesk@example.com"\n[mail.inbound]\n'
    operator.file("certdesk.toml", head + 'imap = "imap://certdesk@127.0.0.1:1/INBOX"\npassword = "x"\n')
    said = operator.types("doctor").out
    assert "fail  mail in: [mail.inbound] imap: 127.0.0.1:1 cannot be reached" in said
    assert "warn  mail in: [mail.inbound] authserv_id is not set: nobody's mail is believed" in said
    operator.file("certdesk.toml", head + 'lmtp = "0.0.0.0:8024"\nauthserv_id = "mx.example.com"\n')
    said = operator.types("doctor").out
    assert "ok    mail in: LMTP will listen on 0.0.0.0:8024" in said
    assert "warn  mail in: whoever reaches 0.0.0.0:8024 can hand over mail" in said
    operator.file("certdesk.toml", head + 'imap = "imaps://certdesk@127.0.0.1/a/b"\ndone_folder = "a/b"\n')
    assert "read mail is moved to another folder" in operator.types("doctor").out


def test_a_wrong_configuration_is_a_finding_too(operator: Operator) -> None:
    operator.file("certdesk.toml", "[chat]\nper_minute = -1\n")
    said = operator.types("doctor")
    assert (said.code, said.out) == (1, "fail  configuration: certdesk.toml: [chat] per_minute: must be 0 or more\n")


def test_a_key_others_may_read_is_a_fault(operator: Operator) -> None:
    operator.types("migrate")
    key = operator.file("data/certdesk.key", b"k" * 32)
    key.chmod(0o644)
    assert f"fail  key file: {key} has mode 0644: others may read it" in operator.types("doctor").out
    key.chmod(0o600)
    assert f"ok    key file: {key}, mode 0600" in operator.types("doctor").out


def test_stale_pages_are_named_and_printed_anew(tmp_path: Path) -> None:
    first = docs.write(tmp_path)
    assert {"commands.md", "settings.md", "templates.md", "machines/failed_exam-failed-exams-new.md"} <= set(first)
    assert docs.stale(tmp_path) == []
    (tmp_path / "settings.md").write_text("old")
    (tmp_path / "machines" / "gone.md").write_text("old")
    assert docs.stale(tmp_path) == ["machines/gone.md", "settings.md"]
    assert docs.write(tmp_path) == ["machines/gone.md", "settings.md"]
    assert docs.stale(tmp_path) == []


def test_every_cell_of_a_printed_table_stands_in_its_column() -> None:
    for name, page in docs.pages().items():
        width = 0
        for line in page.splitlines():
            if not line.startswith("|"):
                width = 0
                continue
            cells = line.replace("\\|", "").count("|")
            assert width in (0, cells), f"{name}: {line}"
            width = cells


def test_the_preview_is_one_page(operator: Operator) -> None:
    assert operator.types("preview", "look").code == 0
    assert (operator.folder / "look" / "index.html").is_file()
