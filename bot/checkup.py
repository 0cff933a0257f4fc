"""What `certdesk doctor` looks at, one function a part; each says what is well, doubtful or broken, in words.

Changes nothing, but that a mailbox gets its done folder as `run` would make it. What Rocket.Chat is asked stands in
`bot/rocketchat/setup.py`, what `--live` tries in `bot/checkup_live.py`.
"""

from __future__ import annotations

import os
import shutil
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import jinja2
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from bot import papers as sheets
from bot import preview
from bot.clock import SystemClock
from bot.config import Settings
from bot.mail import imap
from bot.mail.imap import Mailbox
from bot.mail.smtp import Server, Smtp
from bot.packs import PackErrors, Packs, load_packs
from bot.ports import WireError
from bot.premises import roster_in_force
from bot.render import Renderer
from bot.rocketchat import Account, setup
from bot.roster import RosterErrors, read_tables
from bot.roster_export import to_toml
from store import tables
from store.db import HEAD, Database, SchemaError
from store.seal import KeyFileError, Seal
from workflows.people import Roster

LITTLE_SPACE = 200 * 1024 * 1024
"""Bytes free below which the disk is worth a word."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: "fail", "database", "the schema is older ..."."""

    level: Level
    about: str
    said: str


def configuration(settings: Settings) -> Iterator[Finding]:
    """Whether everything is set that `run` needs."""
    missing = settings.missing()
    for line in missing:
        yield Finding(level="fail", about="configuration", said=line)
    if not missing:
        yield Finding(level="ok", about="configuration", said=f"read from {settings.source}")
    web = urlsplit(settings.web.public_url)
    if web.scheme == "http" and web.hostname not in LOOPBACK:
        yield Finding(level="warn", about="web", said="[web] public_url is http: links and cookies travel unencrypted")


def policies(settings: Settings) -> tuple[Packs | None, list[Finding]]:
    """The packs, and what is wrong with them."""
    renderer = Renderer()
    try:
        packs = load_packs(settings.policies, lambda name: renderer.exists(name, "mail"))
    except PackErrors as error:
        return None, [Finding(level="fail", about="policies", said=problem) for problem in error.problems]
    return packs, [Finding(level="ok", about="policies", said=", ".join(packs.ids()))]


def templates() -> Iterator[Finding]:
    """Whether every template renders with its example facts."""
    renderer, shown = Renderer(), set()
    broken = False
    for example in preview.examples():
        shown.add(example.template)
        try:
            context = preview.context(example)
            renderer.chat(example.template, context) if example.kind == "chat" else renderer.mail(
                example.template, context
            )
        except (jinja2.TemplateError, ValueError) as error:
            broken = True
            yield Finding(level="fail", about="templates", said=f"{example.template}: {error}")
    if unseen := sorted(set(renderer.names()) - shown):
        said = f"{len(unseen)} have no example, so nobody has looked at them: {', '.join(unseen)}"
        yield Finding(level="warn", about="templates", said=said)
    if not broken:
        yield Finding(level="ok", about="templates", said=f"{len(shown)} render")


def papers(settings: Settings) -> Iterator[Finding]:
    """Whether the papers' templates hold what a paper must."""
    try:
        found = sheets.load(settings.papers)
    except sheets.PaperErrors as error:
        yield from (Finding(level="fail", about="papers", said=problem) for problem in error.problems)
        return
    yield Finding(level="ok", about="papers", said=found.described())


# -- the store ---------------------------------------------------------------------------------------------


def database(opened: Database) -> Iterator[Finding]:
    """Reachable, of our schema, writable, durable, with room left. Stops at the first that fails."""
    file = Path(opened.url.database or "") if opened.sqlite else None
    if file is not None and not file.is_file():
        yield Finding(level="fail", about="database", said=f"there is none at {file}: run `certdesk migrate`")
        return
    try:
        opened.check()
        with opened.connect() as connection:
            connection.execute(text("UPDATE meta SET value = value"))
            sync = connection.execute(text("PRAGMA synchronous")).scalar() if opened.sqlite else 2
            connection.rollback()
    except SchemaError as error:
        yield Finding(level="fail", about="database", said=str(error))
        return
    except DBAPIError as error:
        yield Finding(level="fail", about="database", said=f"cannot be written: {error.orig}")
        return
    kind = f"SQLite {file}" if file is not None else opened.url.render_as_string(hide_password=True)
    yield Finding(level="ok", about="database", said=f"{kind}, schema {HEAD}, writable")
    if sync not in (2, 3):
        yield Finding(
            level="fail", about="database", said="SQLite does not wait for the disk (synchronous is not FULL)"
        )
    if file is not None and (free := shutil.disk_usage(file.parent).free) < LITTLE_SPACE:
        yield Finding(level="warn", about="database", said=f"only {free // 1024 // 1024} MB are left on its disk")


def key_file(settings: Settings, connection: Connection | None) -> Iterator[Finding]:
    """Whether the key is there, is ours alone, and opens what it once sealed."""
    path = settings.security.key_file
    c = tables.cases.c
    sealed = (
        connection.execute(select(c.data_json).where(c.data_json.startswith("~")).limit(1)).scalar()
        if connection
        else None
    )
    try:
        mode, key = stat.S_IMODE(path.stat().st_mode), path.read_bytes()
    except FileNotFoundError:
        level: Level = "fail" if sealed else "ok"
        said = "is missing, and this database holds sealed texts: restore it" if sealed else "is made on first start"
        yield Finding(level=level, about="key file", said=f"{path} {said}")
        return
    except OSError as error:
        yield Finding(level="fail", about="key file", said=f"{path} cannot be read: {error.strerror}")
        return
    try:
        if sealed:
            Seal(key).open(sealed)
    except KeyFileError as error:
        yield Finding(level="fail", about="key file", said=f"{path}: {error}")
        return
    if mode & 0o077 and os.name == "posix":
        yield Finding(
            level="fail", about="key file", said=f"{path} has mode {mode:04o}: others may read it; chmod 600 {path}"
        )
    else:
        yield Finding(level="ok", about="key file", said=f"{path}, mode {mode:04o}")


def roster(connection: Connection, packs: Packs | None) -> tuple[Roster | None, list[Finding]]:
    """The roster in force, and whether it fits the packs of today."""
    found = roster_in_force(connection)
    if found is None:
        said = "there is none: run `certdesk roster import FILE`"
        return None, [Finding(level="fail", about="roster", said=said)]
    try:
        read_tables(tomllib.loads(to_toml(found)), pack_length=packs.length if packs is not None else None)
    except RosterErrors as error:
        return found, [Finding(level="fail", about="roster", said=problem) for problem in error.problems]
    return found, [Finding(level="ok", about="roster", said=f"{len(found.agents)} agents, {len(found.people)} people")]


# -- the wires ---------------------------------------------------------------------------------------------


def account(settings: Settings) -> Account:
    """Who we are at Rocket.Chat."""
    chat = settings.rocketchat
    return Account(url=chat.url, user_id=chat.user_id, token=chat.secret_token)


async def rocketchat(settings: Settings, known: Roster | None) -> list[Finding]:
    """What the server says of our token, rights, settings and channels."""
    channels = [*known.channels.values(), *(klass.channel for klass in known.classes.values())] if known else []
    checks = await setup.check(account(settings), dict.fromkeys(channels))
    return [
        Finding(
            level="ok" if each.ok else "fail" if each.needed else "warn", about=f"chat {each.name}", said=each.sentence
        )
        for each in checks
    ]


async def mail_in(settings: Settings) -> list[Finding]:
    """Whether mail can come in, and whether anybody's word can be believed."""
    inbound = settings.mail.inbound
    if inbound is None:
        return []
    found = []
    if not inbound.authserv_id:
        said = "[mail.inbound] authserv_id is not set: nobody's mail is believed, all of it is set aside"
        found.append(Finding(level="warn", about="mail in", said=said))
    if inbound.lmtp:
        host = inbound.lmtp.rpartition(":")[0].strip("[]")
        said = f"LMTP will listen on {inbound.lmtp}"
        found.append(Finding(level="ok", about="mail in", said=said))
        if host not in LOOPBACK:
            said = f"whoever reaches {inbound.lmtp} can hand over mail with results of his own: keep it on 127.0.0.1"
            found.append(Finding(level="warn", about="mail in", said=said))
        return found
    box = Mailbox.of(
        inbound.imap,
        done_folder=inbound.done_folder,
        password=inbound.password,
        token_command=inbound.oauth2_token_command,
    )
    if not box.secure and box.host not in LOOPBACK:
        said = f"the password for {box.host} travels unencrypted: use imaps:// or imap+starttls://"
        found.append(Finding(level="warn", about="mail in", said=said))
    try:
        seen = await imap.look(box, SystemClock())
        there = f"{seen.done} (made now)" if seen.made else seen.done
        said = f"{box.host} lets us in; {seen.waiting} waiting in {box.folder}, read ones go to {there}"
        found.append(Finding(level="ok", about="mail in", said=said))
    except WireError as error:
        found.append(Finding(level="fail", about="mail in", said=f"[mail.inbound] imap: {error}"))
    return found


async def mail(settings: Settings) -> list[Finding]:
    """Whether the mail server lets us in, and whether a password travels in the open."""
    server, smtp = Server.of(settings.mail.smtp), Smtp(settings.mail.smtp)
    place = f"{server.host}:{server.port}"
    try:
        await smtp.greet()
        found = [
            Finding(
                level="ok", about="mail out", said=f"{place} answers{' and takes our login' if server.user else ''}"
            )
        ]
    except WireError as error:
        found = [Finding(level="fail", about="mail out", said=f"[mail] smtp: {error}")]
    finally:
        await smtp.close()
    if server.user and server.scheme == "smtp" and server.host not in LOOPBACK:
        said = f"the password for {place} travels unencrypted: use smtp+starttls:// or smtps://"
        found.append(Finding(level="warn", about="mail out", said=said))
    return found
