"""What has been kept long enough goes, and nothing else: open cases, holds and sources stay, journals fold (SPEC 6)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, delete, select, update

from bot import heavy, holds, retention
from bot.clock import HandClock
from bot.commands import keeping
from bot.config import ConfigErrors, load
from bot.nights import next_night
from bot.rehearse import Rehearsal
from bot.replay import replay
from bot.retention import Ages, Gone
from bot.roster import read_roster
from bot.script import Script
from store import tables
from store.codec import micros
from store.seal import Seal
from tests.journeys.pace import DAY, GREEN, shows
from tests.journeys.stage import local, say

AGES = Ages()
HALF_A_YEAR = local("2027-06-01 03:00")
i, d = tables.inbox.c, tables.documents.c


@dataclass(kw_only=True)
class Kept(Rehearsal):
    """A rehearsal that is looked at before its database goes."""

    look: Callable[[Connection, Seal], Any]
    seen: Any = None

    async def _play_steps(self) -> None:
        await super()._play_steps()
        with self.premises.database.connect() as connection:
            self.seen = self.look(connection, self.premises.seal)
            connection.rollback()


def mail(who: str, subject: str, text: str, at: str) -> dict[str, Any]:
    address = {"ana": "ana.rivera@example.com", "ben": "ben.ortiz@example.com", "wes": "wes.fox@example.com"}[who]
    step = {"from": address, "to": ["certdesk@example.com"], "subject": subject, "text": text, "auth": "pass"}
    return {"at": local(at), "mail": {**step, "message_id": f"<{subject.replace(' ', '-')}@x>"}}


def picture(n: int) -> dict[str, str]:
    """A screenshot of its own."""
    return {**GREEN, "name": f"pay{n}.png"}


OLD = (
    mail("wes", "good morning", "a lovely day to you", "11-18 09:00"),
    mail("ana", "failed ahip", "first time", "11-18 09:05"),
    say("ben", "good morning everybody", "11-18 09:10"),
    say("ana", "issue payment", "11-18 09:20"),
    shows("ana", "", "11-18 09:21", picture(1)),
)
CLOSED = (say("tara", "submitted K-1 77", "11-18 09:30"), say("tara", "ticket K-1 resolved", "11-18 09:40"))


def after(*steps: Any, look: Callable[[Connection, Seal], Any]) -> Any:
    """What `look` finds in the database once these steps were played."""
    script = Script.model_validate({"start": local("11-18 08:30"), "packs": {}, "step": list(steps)})
    played = Kept(script=script, roster=roster(), emit=lambda line: None, look=look)
    asyncio.run(played.play())
    return played.seen


@cache
def roster() -> Any:
    return read_roster(DAY)


def swept(connection: Connection, seal: Seal, ages: Ages = AGES, at: Any = HALF_A_YEAR) -> Gone:
    whole = Gone()
    while (gone := retention.sweep(connection, seal, ages, at)).total:
        whole = retention.added(whole, gone)
    return whole


def said(connection: Connection) -> set[str]:
    """All wording that is kept."""
    return set(connection.execute(select(i.text).where(i.text != "")).scalars())


def raws(connection: Connection) -> list[str]:
    """The subjects of raw mails that are kept."""
    wanted = list(connection.execute(select(i.raw).where(i.raw != "")).scalars())
    return list(connection.execute(select(d.hash).where(d.hash.in_(wanted))).scalars())


def test_what_no_open_case_was_told_by_goes_and_the_rest_stays() -> None:
    def look(connection: Connection, seal: Seal) -> None:
        before, sources = len(raws(connection)), set(connection.execute(select(i.source)).scalars())
        told = retention.due(connection, seal, AGES, HALF_A_YEAR)
        gone = swept(connection, seal)
        assert (before, gone.raw_mails, len(raws(connection))) == (2, 1, 1), "the mail of the open case stays"
        assert gone == told, "the dry run says what the run does"
        assert "good morning everybody" not in said(connection)
        assert "issue payment" in said(connection), "the ticket is open"
        assert set(connection.execute(select(i.source)).scalars()) == sources, "no source is ever forgotten"
        assert not retention.due(connection, seal, AGES, HALF_A_YEAR).total
        assert [one.ref for one in replay(connection, seal) if one.wrong] == []

    after(*OLD, look=look)


def test_a_dry_run_changes_nothing() -> None:
    def look(connection: Connection, seal: Seal) -> None:
        before = [tuple(row) for row in connection.execute(select(tables.inbox))]
        assert retention.due(connection, seal, AGES, HALF_A_YEAR).total
        assert [tuple(row) for row in connection.execute(select(tables.inbox))] == before

    after(*OLD, look=look)


def test_nothing_goes_before_its_time_and_nothing_at_all_where_the_days_are_zero() -> None:
    def look(connection: Connection, seal: Seal) -> None:
        assert not retention.due(connection, seal, AGES, local("2027-02-10 03:00")).total
        never = Ages(raw_mail=0, said=0, inbox=0, payment_pictures=0)
        assert not swept(connection, seal, never, local("2040-01-01 03:00")).total

    after(*OLD, *CLOSED, look=look)


def test_senders_are_blanked_after_a_year_and_what_came_stays_known() -> None:
    def look(connection: Connection, seal: Seal) -> None:
        swept(connection, seal, at=local("2028-01-10 03:00"))
        greeting, fail = (
            row for row in connection.execute(select(tables.inbox).where(i.kind == "mail").order_by(i.at))
        )
        assert (greeting.actor, greeting.room, greeting.text) == ("", "", "")
        assert greeting.source, "that it came is never forgotten"
        assert fail.actor == "ana", "an open case was told by it"

    after(*OLD, look=look)


def test_a_picture_of_a_payment_page_goes_when_its_ticket_is_closed_and_not_before() -> None:
    def pictures(connection: Connection, seal: Seal) -> int:
        return swept(connection, seal).pictures

    assert after(*OLD, look=pictures) == 0
    assert after(*OLD, *CLOSED, look=pictures) == 1


def test_a_picture_another_case_needs_stays() -> None:
    proof = shows("ana", "progress 13 checkmarks", "11-18 09:50", picture(1))
    assert after(*OLD, *CLOSED, proof, look=lambda connection, seal: swept(connection, seal).pictures) == 0


def test_a_hold_keeps_everything_of_that_agent_until_hr_releases_it() -> None:
    held = say("hana", "hold @ana counsel asked for it", "11-18 10:00")
    wes = say("wes", "good evening everybody", "11-18 10:01")

    def look(connection: Connection, seal: Seal) -> tuple[frozenset[str], int, set[str]]:
        return holds.standing(connection, seal), swept(connection, seal).pictures, said(connection)

    agents, pictures, texts = after(*OLD, *CLOSED, held, wes, look=look)
    assert (agents, pictures) == (frozenset({"ana"}), 0)
    assert "issue payment" in texts
    assert "good evening everybody" not in texts, "nobody else is held"
    agents, pictures, texts = after(*OLD, *CLOSED, held, wes, say("hana", "release @ana", "11-18 10:05"), look=look)
    assert (agents, pictures) == (frozenset(), 1)


def test_the_reason_of_a_hold_is_read_nowhere_in_the_open() -> None:
    def look(connection: Connection, seal: Seal) -> None:
        kept = "\n".join(str(tuple(row)) for table in (tables.meta, tables.inbox, tables.outbox)
                         for row in connection.execute(select(table)))  # fmt: skip
        assert "counsel asked" not in kept
        (one,) = holds.of(connection, seal, "ana")
        assert (one.by, one.why, one.until) == ("hana", "counsel asked for it", None)

    after(say("hana", "hold @ana counsel asked for it", "11-18 10:00"), look=look)


@pytest.mark.parametrize("who", ["tara", "eve", "ana", "sam"])
def test_nobody_but_hr_holds_or_releases(who: str) -> None:
    said_by = say(who, "legal hold @ana I say so", "11-18 10:00")
    assert after(said_by, look=lambda connection, seal: holds.standing(connection, seal)) == frozenset()


def test_a_second_sweep_of_a_large_store_goes_on_where_the_first_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    greetings = [say("wes", f"good morning number {n}", f"11-18 09:{10 + n}") for n in range(3)]
    assert after(*greetings, look=swept).texts >= 3


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-18 01:00", "2026-11-18 02:30"),
        ("2026-11-18 02:30", "2026-11-19 02:30"),
        ("2026-10-31 20:00", "2026-11-01 02:30"),  # the clocks go back that night
        ("2027-03-13 20:00", "2027-03-14 02:30"),  # and here 02:30 is left out
    ],
)
def test_the_night_comes_once_a_day_whatever_the_clocks_do(now: str, then: str) -> None:
    zone = ZoneInfo("America/Denver")
    night = next_night(zone, "02:30", local(now))
    assert local(now) < night <= local(now) + timedelta(hours=25)
    assert abs(night - local(then)) <= timedelta(hours=1)
    assert next_night(zone, "02:30", night) - night >= timedelta(hours=22)


def test_the_operator_sees_what_would_go_and_lets_it_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "certdesk.toml"
    config.write_text('data_dir = "data"\n[retention]\nat = "01:15"\nsaid_days = 30\n')
    url, key = f"sqlite:///{tmp_path}/data/certdesk.db", tmp_path / "data" / "certdesk.key"
    (tmp_path / "data").mkdir()
    script = Script.model_validate({"start": local("11-18 08:30"), "packs": {}, "step": list(OLD)})
    asyncio.run(Rehearsal(script=script, roster=roster(), emit=lambda line: None, url=url, key=key).play())
    clock = HandClock(local("2027-06-01 03:00"))
    keeping.run(config, dry=True, clock=clock)
    assert "Would go now:\n  1 x raw mail" in capsys.readouterr().out
    keeping.run(config, dry=False, clock=clock)
    assert "Gone:\n  1 x raw mail" in capsys.readouterr().out
    keeping.run(config, dry=True, clock=clock)
    again = capsys.readouterr().out
    assert "Nothing is old enough to go." in again
    assert "Last run: Tue 1 Jun 2027" in again or "Last run: Tue 1 Jun" in again


@pytest.mark.parametrize("wrong", ['at = "25:00"', 'at = "night"', "raw_mail_days = -1", 'said_days = "soon"'])
def test_a_wrong_age_or_hour_is_told_with_its_place(tmp_path: Path, wrong: str) -> None:
    config = tmp_path / "certdesk.toml"
    config.write_text(f"[retention]\n{wrong}\n")
    with pytest.raises(ConfigErrors, match=re.escape(f"[retention] {wrong.split(' ', maxsplit=1)[0]}")):
        load(config)


def as_before(connection: Connection) -> None:
    """The store as migration 0004 found it: no row of the inbox names its raw mail."""
    connection.execute(update(tables.inbox).values(raw=""))


def whole_mails(connection: Connection) -> int:
    return len(connection.execute(select(d.hash).where(d.type == heavy.RAW)).all())


def test_raw_mails_from_before_rows_named_them_age_out_and_those_of_open_cases_stay() -> None:
    def look(connection: Connection, seal: Seal) -> None:
        as_before(connection)
        assert whole_mails(connection) == 2
        assert not retention.due(connection, seal, AGES, local("2027-02-10 03:00")).raw_mails, "not yet"
        assert not swept(connection, seal, Ages(raw_mail=0)).raw_mails, "never"
        told = retention.due(connection, seal, AGES, HALF_A_YEAR)
        assert (told.raw_mails, swept(connection, seal).raw_mails, whole_mails(connection)) == (1, 1, 1)
        left = connection.execute(select(d.at).where(d.type == heavy.RAW)).scalar()
        assert left == connection.execute(select(i.at).where(i.kind == "mail", i.actor == "ana")).scalar()

    after(*OLD, look=look)


def test_raw_mails_from_before_rows_named_them_stay_under_a_hold() -> None:
    held = say("hana", "hold @wes counsel asked for it", "11-18 10:00")
    mine = mail("ben", "good evening", "just saying", "11-18 09:15")

    def look(connection: Connection, seal: Seal) -> None:
        as_before(connection)
        assert (whole_mails(connection), swept(connection, seal).raw_mails, whole_mails(connection)) == (2, 1, 1)
        lost = select(i.source).where(i.kind == "mail", i.actor == "ana")
        connection.execute(delete(tables.inbox).where(i.source.in_(lost)))
        assert not swept(connection, seal).raw_mails, "whose it is nobody can say, and somebody is held"

    held = say("hana", "hold @ana counsel asked for it", "11-18 10:00")
    calm = mail("ana", "good morning", "a lovely day to you", "11-18 09:00")
    after(calm, mine, held, look=look)


def test_a_raw_mail_a_row_names_is_nobody_elses_to_drop() -> None:
    def look(connection: Connection, seal: Seal) -> None:
        twice = connection.execute(select(tables.inbox).where(i.kind == "mail", i.actor == "wes")).one()
        young = {**twice._mapping, "source": "mail:again", "at": micros(HALF_A_YEAR)}
        connection.execute(tables.inbox.insert(), young)
        connection.execute(update(tables.inbox).where(i.source == twice.source).values(raw=""))
        swept(connection, seal)
        assert raws(connection) == [twice.raw, *(each for each in raws(connection) if each != twice.raw)]

    after(*OLD, look=look)
