"""`report`: what stood on a day, printed, or queued as a mail to the report's recipients."""

from __future__ import annotations

import sys
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bot import dispatch, site_gatherings
from bot.clock import Clock, SystemClock
from bot.commands import entrance
from bot.commands.entrance import Failed, Wrong
from bot.engine import Engine, NoRoster
from bot.office import Office
from bot.reports import days
from bot.reports.catalogue import REPORTS
from bot.reports.formats import FORMATS
from bot.reports.sheet import Report
from store import tables
from store.codec import instant, micros
from store.rows import Note
from store.seal import Seal
from workflows.people import CLASS_, SITE_
from workflows.policy_floor import SiteDayPolicy, SiteReport


def report(
    config: Path | None,
    name: str,
    on: datetime | None,
    klass: str,
    form: str,
    *,
    send: bool,
    clock: Clock | None = None,
) -> None:
    """Print it, or with `send` queue it. Raises Wrong for an argument nobody can mean, Failed without a roster."""
    if name not in REPORTS:
        known = ", ".join(REPORTS)
        raise Wrong(f"NAME: there is no report {name}{_perhaps(name, REPORTS)}; there are {known}")
    if form not in FORMATS:
        raise Wrong(f"--format: {form} is none of {', '.join(FORMATS)}{_perhaps(form, FORMATS)}")
    if form == "xlsx" and not send and sys.stdout.isatty():
        raise Wrong("--format: a spreadsheet is no text; send it to a file, as in `> report.xlsx`")
    settings = entrance.settings(config)
    packs, seal, now = entrance.packs(settings.policies), entrance.seal(settings), (clock or SystemClock()).now()
    database = entrance.database(settings)
    try:
        with database.connect() if send else database.reading() as connection:
            try:
                office = Engine(clock=clock or SystemClock(), seal=seal, packs=packs).refresh(connection)
            except NoRoster as error:
                raise Failed(str(error)) from None
            policy = in_force(office)
            now = max(now, _last(connection))
            subject = _subject(office, klass)
            day = days.day(connection, seal, office, subject, _date(office, subject, on, now), now)
            built = REPORTS[name].build(day, policy)
            if send:
                said = _send(connection, seal, office, subject, policy, built, now)
                connection.commit()
                print(said)
                return
            told = FORMATS[form](built)  # its pictures are drawn from rows
    finally:
        database.close()
    if isinstance(told, bytes):
        sys.stdout.buffer.write(told)
    else:
        sys.stdout.write(told)


def in_force(office: Office) -> SiteDayPolicy:
    """The site-day pack, which names every report's recipients. Raises Failed without one."""
    try:
        policy = office.pack_in_force("site_day", None).policy
    except KeyError:
        raise Failed("there is no site_day pack: reports take their recipients from it") from None
    assert isinstance(policy, SiteDayPolicy)
    return policy


def _subject(office: Office, klass: str) -> str:
    """ "class:NOV16" of `--class`, else the only site."""
    roster = office.roster
    if klass:
        if klass not in roster.classes:
            there = ", ".join(roster.classes) or "none"
            raise Wrong(f"--class: there is no class {klass}{_perhaps(klass, roster.classes)}; there are {there}")
        return f"{CLASS_}{klass}"
    sites = [key for key in roster.sites if roster.members(f"{SITE_}{key}")]
    if len(sites) != 1:
        raise Wrong(f"--class: name a class; this roster has {len(sites)} sites with agents")
    return f"{SITE_}{sites[0]}"


def _last(connection: Connection) -> datetime:
    """When the newest step was recorded: of a rehearsal kept in a database that may be a day to come."""
    newest = connection.execute(select(func.max(tables.journal.c.at))).scalar()
    return instant(newest or 0)


def _date(office: Office, subject: str, on: datetime | None, now: datetime) -> date:
    """The day asked for; today of the site without one."""
    today = now.astimezone(office.calendar(subject).zone).date()
    if on is None:
        return today
    if on.date() > today:
        raise Wrong(f"--date: {on:%Y-%m-%d} is still to come; today is {today}")
    return on.date()


def _perhaps(word: str, known: Any) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


# -- sending -----------------------------------------------------------------------------------------------


def _send(
    connection: Connection,
    seal: Seal,
    office: Office,
    subject: str,
    policy: SiteDayPolicy,
    built: Report,
    now: datetime,
) -> str:
    """A row in the outbox; a running bot sends it within seconds."""
    told = next((each for each in policy.report if each.name == built.name), None)
    if told is None or not told.to:
        raise Failed(f"--send: the pack {policy.id} names nobody for the report {built.name}")
    note = _note(office, subject, told, built, now)
    connection.execute(tables.outbox.insert(), dispatch.row(note, seal))
    return f"Queued for {', '.join(email for _, email in (*note.body['to'], *note.body['cc']))}."


def _note(office: Office, subject: str, told: SiteReport, built: Report, now: datetime) -> Note:
    to, cc, behalf = (_addresses(office, roles, subject, now) for roles in (told.to, told.cc, (told.behalf,)))
    if not to:
        raise Failed(f"--send: nobody is behind {', '.join(told.to)}: see [contacts] of the roster")
    key = f"report:{built.name}:{built.day}:{subject}:{micros(now)}"
    body = {
        "facts": site_gatherings.mail_facts(built),
        "to": [[name, email] for email, name in to.items()],
        "cc": [[name, email] for email, name in cc.items() if email not in to],
        "reply_to": [[name, email] for email, name in list(behalf.items())[:1]],
        "attach": [
            {"kind": paper.kind, "name": paper.name, "slots": dict(paper.slots)}
            for paper in site_gatherings.papers_of(built)
        ],
        "invite": None,
    }
    return Note(
        key=key,
        channel="mail",
        lane=next(iter(to)),
        template="site_day/report",
        body=body,
        made=now,
        due=now,
        agent=subject,
        spec=told.id,
        wire_id=office.tokens.mail_token(key),
    )


def _addresses(office: Office, roles: tuple[str, ...], subject: str, now: datetime) -> dict[str, str]:
    """Addresses with names, of contacts and of whoever holds these roles now."""
    found: dict[str, str] = {}
    for role in roles:
        if role in office.roster.contacts:
            found.update(dict.fromkeys(office.roster.contacts[role], ""))
            continue
        for user in office.party(role, subject, now).users:
            if email := office.roster.email_of(user):
                found[email] = office.roster.name_of(user)
    return found
