"""Mails no person wrote: one of ours that comes back, and somebody's out-of-office answer.

Neither changes a case: who did not hear something is told another way, and who could stand in is suggested.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, text

from bot.mail import authenticity
from store import tables
from store.codec import micros
from store.rows import Note
from store.seal import MARK

if TYPE_CHECKING:
    from bot.deciding import Decider
    from bot.letters import Post
    from bot.mail.parse import Received
    from bot.office import Office

PRIVATE_TOO = frozenset({"E-10", "E-20", "E-25"})
"""Mails that go to an agent's private address when the work address gives them back: no discipline in them."""

TOKEN = re.compile(r"<([0-9a-f]{32})@")
"""Our own part of a Message-ID."""

CAME_BACK = "came back:"
"""Begins the error of a mail a delivery report speaks of; its addresses follow."""


def bounced(desk: Decider, received: Received) -> None:
    """One of ours came back: the person hears it in chat, the operators which; the row says so, and what may go to
    another address goes there."""
    bounce = received.bounce
    assert bounce is not None
    found = TOKEN.match(bounce.message_id)
    if found is None or not bounce.failed or not _server_wrote(desk, received):
        return
    row = desk.world.connection.execute(OURS_WHOLE, {"id": found[1]}).first()
    if row is None:
        return
    note, private = Note.read(row, desk.world.seal), row.body_json.startswith(MARK)
    note.body["sealed"] = private  # so that what comes of it is sealed too, whichever cases are at hand
    names = {email.lower(): name for name, email in (*note.body["to"], *note.body["cc"])}
    failed = {who or _only(names): status for who, status, _ in bounce.failed}
    before = row.error if (row.error or "").startswith(CAME_BACK) else ""
    known = {who for who in names if who in before.split()}
    failed = {who: status for who, status in failed.items() if who in names and who not in known}
    if not failed:
        return
    everybody = set(names) <= set(failed) | known and note.state == "sent"
    why = ", ".join(f"{who} {status}" for who, status in failed.items())
    error = f"{before}, {why}" if before else f"{CAME_BACK} {why}"
    row_now = {"key": note.key, "error": error[:2000], "state": "bounced" if everybody else note.state}
    desk.world.extra.append((_RETURNED, [row_now]))
    for address, status in failed.items():
        user, _ = authenticity.owner_of(desk.office.roster, address)
        if user:
            facts = {"address": address, "subject": note.said or "", "sent_at": note.sent or note.made}
            case = desk.world.cases.get(note.case_id)
            told = desk.chat(
                f"@{user}", "house/mail_returned", facts, desk.answer_key(), case=case, agent=note.agent, reader=user
            )
            told.body["sealed"] = private
        if others := _next_addresses(desk.office, note, user, address):
            _send_again(desk, note, others)
        facts = {"key": note.key, "status": status, "person": user, "since": note.sent or note.made}
        desk.chat(desk.office.channel("ops"), "house/mail_back", facts, desk.answer_key())


def _server_wrote(desk: Decider, received: Received) -> bool:
    """Whether a report is a server's, as far as can be told: where the receiving server says whose path it came by,
    that is the null path. Where it says nothing, it vouches for the sender, or our own mail's head is enclosed:
    a number alone is in every answer. Reports are often unsigned, so more would lose real ones."""
    post = desk.letter.mail
    if received.envelope is not None or received.bounce is None or post is None:
        return received.envelope == ""
    return received.bounce.enclosed or not authenticity.stands(received, post.authserv_id)


def _only(names: Mapping[str, str]) -> str:
    return next(iter(names)) if len(names) == 1 else ""


def _next_addresses(office: Office, note: Note, user: str, address: str) -> dict[str, str]:
    """Where it may go instead: an agent's private address, for what may go there; of a team, its people's own."""
    from bot.deciding import TEAM_ADDRESS

    roster = office.roster
    reached = {email.lower() for _, email in (*note.body["to"], *note.body["cc"])}
    if user:
        agent = roster.agents.get(user)
        private = (agent is not None and note.spec in PRIVATE_TOO and agent.personal_email) or ""
        return {private: roster.name_of(user)} if private and private.lower() not in reached else {}
    teams = [role for role, name in TEAM_ADDRESS.items() if address in map(str.lower, roster.contacts.get(name, ()))]
    people = [each for role in teams for each in roster.by_role(role)]
    own = {roster.email_of(each) or "": roster.name_of(each) for each in people}
    return {email: name for email, name in own.items() if email and email.lower() not in reached}


def _send_again(desk: Decider, note: Note, to: Mapping[str, str]) -> None:
    """The same mail to these addresses and nobody else."""
    key = desk.answer_key()
    again = replace(
        note, key=key, lane=next(iter(to)), made=desk.now, due=desk.now, state="waiting", sent=None, said=None,
        tries=0, wire_id=desk.office.tokens.mail_token(key),
        body={**note.body, "to": [[name, email] for email, name in to.items()], "cc": [], "only": None},
    )  # fmt: skip
    desk.world.add_note(again)


def answered_by_itself(post: Post) -> bool:
    """Whether our server vouches for From; an automatic answer has the null path, as it should (RFC 3834)."""
    return post.received.envelope == "" and not authenticity.stands(post.received, post.authserv_id)


def away(desk: Decider, user: str) -> None:
    """An out-of-office answer of somebody who owes something: who could stand in is suggested, once."""
    office, at = desk.office, desk.letter.at
    owing = desk.world.agents_owing(user)
    if not owing or office.absence(user, at) is not None or user not in office.roster.people:
        return
    since = micros(at - timedelta(days=office.mails.away_days))
    if desk.world.connection.execute(AWAY_BEFORE, {"room": desk.letter.room, "since": since}).first() is not None:
        return
    if any(row["room"] == desk.letter.room and row["verdict"] == "away" for row in desk.world.letters):
        return
    desk.verdict = "away"
    roles = office.roster.people[user].roles
    others = [
        other for role in sorted(roles) for other in office.roster.by_role(role)
        if other != user and office.absence(other, at) is None
    ]  # fmt: skip
    calendar = office.calendar("")  # the one by which the suggested line is read
    until = calendar.business_date(calendar.local(at).date(), office.mails.cover_days)
    manager = office.manager(user, sorted(roles), owing[0], at)
    for reader in dict.fromkeys(each for each in (user, manager) if each):
        whom = "" if reader == user else f" for @{user}"
        buttons = [
            (f"{office.roster.name_of(other)} until {until:%a %m/%d}", f"delegate @{other}{whom} until {until}")
            for other in list(dict.fromkeys(others))[:3]
        ]
        facts = {"person": user, "own": reader == user, "agents": len(set(owing)), "until": f"{until}"}
        desk.chat(f"@{reader}", "house/away_suggested", facts, desk.answer_key(), buttons=buttons, reader=reader)


_I, _O = tables.inbox.c, tables.outbox.c
OURS_WHOLE = select(tables.outbox).where(tables.mailed_out(), _O.wire_id == bindparam("id"))
AWAY_BEFORE = (
    select(_I.source)
    .where(tables.by_mail(), _I.room == bindparam("room"), _I.at >= bindparam("since"), _I.verdict == "away")
    .limit(1)
)
_RETURNED = text("UPDATE outbox SET state = :state, error = :error WHERE key = :key")
