"""The second door: a mail becomes a letter, is told apart from what nobody vouches for, and is answered by mail.

Everything that enters is kept (row and raw message) in the same commit. What a mail means is `handlers/mail.py`.
Longer than most: every kind of mail that is no plain message has its paragraph here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, text

from bot import attachments
from bot.letters import Letter, Post
from bot.mail import authenticity
from bot.mail.parse import Received, parse
from handlers import intents, mail
from store import tables
from store.codec import micros
from store.world import DOCUMENT_IN, Note, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.deciding import Decider
    from bot.letters import Receipt
    from bot.office import Office
    from workflows.machine import Case

DUPLICATE_HOURS = 24
"""For so long the same content under a new Message-ID is the same mail (SPEC 5.2)."""

STALE_HOURS = 72
"""A mail older than that is never acted on by itself (SPEC 5.2)."""

PER_HOUR = 20
"""Mails of one sender that are acted on in an hour (SPEC 5.2): a loop ends there."""

ASKED_PER_HOUR = 3
"""Questions "Did you send this?" to one person in an hour, however much is forged."""

AWAY_DAYS = 7
"""Somebody's out-of-office answers lead to one suggestion in so many days."""

UNPROVEN = "/unproven"
"""Ends the inbox name of a mail nobody vouches for, so that it uses up no id."""

RAW = "message/rfc822"
PRIVATE_TOO = frozenset({"E-10", "E-20", "E-25"})
"""Mails that go to an agent's private address when the work address gives them back: no discipline in them."""

_TOKEN = re.compile(r"<([0-9a-f]{32})@")
_REF = re.compile(r"\[([A-Z]-\d{1,7})\]")
_HASH = re.compile(r"#([0-9a-f]{32})\Z")


def letter(
    raw: bytes, at: datetime, authserv_id: str, envelope: str | None = None, *, now: datetime | None = None
) -> Letter:
    """The letter of a mail as it came, at the server's time; `envelope` is MAIL FROM where the wire said it, `now`
    when it is looked at, if later."""
    received = parse(raw, envelope)
    vouched = not authenticity.stands(received, authserv_id)
    return Letter(
        source=received.source + ("" if vouched else UNPROVEN),
        kind="mail",
        at=at,
        room=received.sender,
        text=f"{received.subject}\n{received.text}"[:4000],
        mail=Post(received=received, raw=raw, authserv_id=authserv_id, now=now),
    )


# -- before anything is read: who it is, and whether it was here before


def sort(
    office: Office, world: World, fresh: list[tuple[Letter, Receipt]], now: datetime
) -> list[tuple[Letter, Receipt]]:
    """The letters, mails with whose word they are; a mail that came under another id is only noted."""
    if not any(letter.mail is not None for letter, _ in fresh):
        return fresh
    kept: list[tuple[Letter, Receipt]] = []
    contents: set[str] = set()
    for letter, receipt in fresh:
        if letter.mail is None:
            kept.append((letter, receipt))
            continue
        found = _HASH.search(letter.source)
        if found and (found[1] in contents or _came_before(world, found[1], letter.at)):
            receipt.lines.append({"kind": "seen", "at": now, "source": letter.source})
            world.letters.append(_row(letter, "duplicate"))
            continue
        if found:
            contents.add(found[1])
        kept.append((_known(office, letter), receipt))
    return kept


def _came_before(world: World, content: str, at: datetime) -> bool:
    i = tables.inbox.c
    since = micros(at - timedelta(hours=DUPLICATE_HOURS))
    query = select(i.source).where(i.at >= since, i.kind == "mail", i.source.like(f"mail:%#{content}")).limit(1)
    return world.connection.execute(query).first() is not None


def _row(letter: Letter, verdict: str) -> dict[str, Any]:
    return {
        "source": letter.source, "at": micros(letter.at), "kind": "mail", "actor": letter.actor, "room": letter.room,
        "text": "", "verdict": verdict,
    }  # fmt: skip


def _known(office: Office, letter: Letter) -> Letter:
    """The letter with its sender, when the mail is proven and written by a person."""
    post = letter.mail
    assert post is not None
    who = authenticity.identify(post.received, post.authserv_id, office.roster)
    post = replace(post, identity=who)
    if not who.proven or post.received.automatic:
        return replace(letter, mail=post)
    return replace(letter, mail=post, actor=who.user, files=post.received.files)


# -- what it means


def meant(office: Office, world: World, letter: Letter, listener: intents.Desk, mailbox: str) -> list[intents.Intent]:
    """What a proven mail means; nothing for any other."""
    post = letter.mail
    if post is None or not letter.actor or not _timely(letter, post):
        return []
    received = post.received
    case_id, spec = _answered(world, received.answers)
    named = _REF.findall(received.subject.upper())[:1]
    clash = named[0] if named and case_id and named[0] != case_id else ""
    desk = replace(listener, room=f"@{letter.actor}", direct=True)
    return mail.read(
        mail.Mail(
            subject="" if received.replies else received.topic,
            text=received.text,
            reached=tuple(dict.fromkeys((*received.to, *received.cc))),
            addressed=not mailbox or mailbox in received.to or bool(spec),
            ref=case_id or (named[0] if named else ""),
            about=spec,
            clash=clash,
            personal=post.identity.personal,
            forward=_forward(office, received),
            forwards=received.forward is not None,
            lost=received.lost,
        ),
        desk,
    )


def _forward(office: Office, received: Received) -> mail.HandedOn | None:
    inner = received.forward
    if inner is None:
        return None
    user, _ = authenticity.owner_of(office.roster, inner.sender)
    if not user and not inner.sender:  # Outlook names people without their address
        found = office.roster.find_people(inner.name)
        user = found[0] if len(found) == 1 else ""
    return mail.HandedOn(user=user, name=inner.name or inner.sender, subject=inner.subject, text=inner.text)


def _answered(world: World, answers: Iterable[str]) -> tuple[str, str]:
    """(case, specification's name) of the mail of ours that is answered; ("", "") for none."""
    tokens = [found[1] for each in answers if (found := _TOKEN.match(each))]
    rows = {row.wire_id: row for row in world.connection.execute(_OURS, {"ids": tokens})} if tokens else {}
    known = next((rows[token] for token in tokens if token in rows), None)
    return (known.case_id, known.spec) if known is not None else ("", "")


def _timely(letter: Letter, post: Post) -> bool:
    claimed = post.received.date
    oldest = min(letter.at, claimed) if claimed is not None else letter.at
    return post.released or (post.now or letter.at) - oldest <= timedelta(hours=STALE_HOURS)


# -- what is done


def receive(desk: Decider, found: Sequence[intents.Intent]) -> None:
    """Keep it, and act on it as far as it may be acted on."""
    post = desk.letter.mail
    assert post is not None
    received, who = post.received, post.identity
    desk.world.extra.append((DOCUMENT_IN, [_kept(desk, post)]))
    if received.bounce is not None:
        desk.verdict = "bounce"
        _bounced(desk, received)
    elif received.automatic:
        desk.verdict = f"automatic: {received.automatic}"
        if received.away and who.proven:
            _away(desk, who.user)
    elif not who.proven:
        desk.verdict = "quarantined"
        _quarantine(desk, post)
    elif (count := _in_this_hour(desk, actor=who.user)) >= PER_HOUR:
        desk.verdict = "over budget"
        if count == PER_HOUR:
            desk.chat(f"@{who.user}", "house/mail_budget", {"most": PER_HOUR}, desk.answer_key(), reader=who.user)
    elif not _timely(desk.letter, post):
        desk.verdict = "late"
        facts = {"subject": received.topic, "written_at": received.date or desk.letter.at}
        _ask(desk, who.user, "house/mail_late", facts, post)
    else:
        act(desk, found)


def act(desk: Decider, found: Sequence[intents.Intent]) -> None:
    """Act on what a proven mail means, and answer it once."""
    from bot import reception

    desk.reply = Reply(desk)
    reception.receive(desk, found)
    desk.reply.finish()
    desk.reply = None


def _kept(desk: Decider, post: Post) -> dict[str, Any]:
    return {
        "hash": post.received.raw_hash, "name": "mail.eml", "type": RAW,
        "content": desk.world.seal.close_bytes(post.raw),
        "source": None, "case_id": "", "at": micros(desk.letter.at),
    }  # fmt: skip


def _in_this_hour(desk: Decider, **fields: str) -> int:
    """Mails of that sender within the hour before this one."""
    i = tables.inbox.c
    since = micros(desk.letter.at - timedelta(hours=1))
    query = select(i.source).where(i.at > since, i.kind == "mail", *(getattr(i, k) == v for k, v in fields.items()))
    stored = desk.world.connection.execute(query.limit(PER_HOUR * 5)).all()
    here = [
        row for row in desk.world.letters
        if row["kind"] == "mail" and row["at"] > since and all(row[k] == v for k, v in fields.items())
    ]  # fmt: skip
    return len(stored) + len(here)


def _quarantine(desk: Decider, post: Post) -> None:
    """Nobody vouches for it: no effect, a line to the operators, and the person it names is asked."""
    who, sender = post.identity, post.received.sender
    earlier = _in_this_hour(desk, room=desk.letter.room)
    if not who.user and earlier:
        return  # a stranger is listed once an hour
    if earlier < PER_HOUR:
        facts = {"person": who.user, "sender": sender.rpartition("@")[2], "why": who.why, "since": desk.letter.at}
        desk.chat(desk.office.channel("ops"), "house/mail_aside", facts, desk.answer_key())
    if who.user and earlier < ASKED_PER_HOUR:
        facts = {"subject": post.received.topic, "sender": sender, "sent_at": desk.letter.at}
        _ask(desk, who.user, "house/mail_unproven", facts, post)


def _ask(desk: Decider, user: str, template: str, facts: Mapping[str, Any], post: Post) -> None:
    """Yes lets the mail in, No leaves it where it is."""
    args = {"raw": post.received.raw_hash, "envelope": post.received.envelope, "authserv_id": post.authserv_id}
    answers = [_answer("Yes", "release_mail", args), _answer("No", "disown_mail", {**args, "template": template})]
    desk.ask(user, template, facts, answers, desk.answer_key())


def _answer(label: str, wish: str, args: Mapping[str, Any]) -> dict[str, Any]:
    intent = {"type": "wish", "name": wish, "args": dict(args)}
    return {"label": label, "intent": intent, "event": None, "done": "answered", "ask": "", "fills": "", "workflow": ""}


def release(desk: Decider, args: dict[str, Any]) -> None:
    """The person says that the mail is his own: it is acted on now."""
    from bot import reception, wishes
    from bot.deciding import Decider

    row = desk.world.connection.execute(
        select(tables.documents.c.content).where(tables.documents.c.hash == str(args["raw"]))
    ).first()
    if row is None:
        desk.answer("house/mail_gone", {})
        return
    raw = desk.world.seal.open_bytes(row.content)
    user = desk.letter.actor
    known = letter(raw, desk.letter.at, str(args["authserv_id"]), args["envelope"])
    assert known.mail is not None
    who = authenticity.Identity(
        user=user, proven=True, personal=authenticity.owner_of(desk.office.roster, known.mail.received.sender)[1]
    )
    known = replace(
        known,
        source=f"{known.source}/released",
        actor=user,
        files=known.mail.received.files,
        mail=replace(known.mail, identity=who, released=True),
    )
    found = meant(desk.office, desk.world, known, wishes.listener(desk.office, known), "")
    named, refs = reception.agents_meant(found)
    mine = {user} if user in desk.office.roster.agents else set(desk.world.agents_owing(user))
    desk.world.load(named | mine | set(desk.world.agents_of(refs).values()))
    for intent in found:
        if isinstance(intent, intents.Act):
            desk.world.load([desk.office.subject(intent.workflow, intent.agent or user)])
    if known.files:
        desk.world.extra.append((DOCUMENT_IN, attachments.rows(known.files, known.at)))
    clerk = Decider(desk.office, desk.world, known, desk.lines, desk.now)
    act(clerk, found)
    clerk.flush_cards()


def disown(desk: Decider, args: dict[str, Any]) -> None:
    """The person says that it is not his, or that it is to rest."""
    desk.answer("house/left_alone", {})
    if args.get("template") == "house/mail_unproven":
        facts = {"person": desk.letter.actor, "since": desk.at}
        desk.chat(desk.office.channel("ops"), "house/mail_forged", facts, desk.answer_key())


WISHES = {"release_mail": release, "disown_mail": disown}
"""Every wish by its name."""


# -- mails no person wrote


def _bounced(desk: Decider, received: Received) -> None:
    """One of ours came back: the person hears it in chat, the operators which; the row says so."""
    bounce = received.bounce
    assert bounce is not None
    found = _TOKEN.match(bounce.message_id)
    if found is None or not bounce.failed:
        return
    row = desk.world.connection.execute(
        select(tables.outbox).where(tables.outbox.c.channel == "mail", tables.outbox.c.wire_id == found[1])
    ).first()
    if row is None:
        return
    note = desk.world.stored_note(row)
    names = {email.lower(): name for name, email in (*note.body["to"], *note.body["cc"])}
    failed = {who or _only(names): status for who, status, _ in bounce.failed}
    failed = {who: status for who, status in failed.items() if who in names}
    if not failed:
        return
    everybody = set(names) <= set(failed) and note.state == "sent"
    why = "came back: " + ", ".join(f"{who} {status}" for who, status in failed.items())
    row_now = {"key": note.key, "error": why[:500], "state": "bounced" if everybody else note.state}
    desk.world.extra.append((_RETURNED, [row_now]))
    for address, status in failed.items():
        user, _ = authenticity.owner_of(desk.office.roster, address)
        if user:
            facts = {"address": address, "subject": note.said or "", "sent_at": note.sent or note.made}
            case = desk.world.cases.get(note.case_id)
            desk.chat(
                f"@{user}", "house/mail_returned", facts, desk.answer_key(), case=case, agent=note.agent, reader=user
            )
            _next_address(desk, note, user, address)
        facts = {"key": note.key, "status": status, "person": user, "since": note.sent or note.made}
        desk.chat(desk.office.channel("ops"), "house/mail_back", facts, desk.answer_key())


def _only(names: Mapping[str, str]) -> str:
    return next(iter(names)) if len(names) == 1 else ""


def _next_address(desk: Decider, note: Note, user: str, address: str) -> None:
    """An agent's private address, for what may go there."""
    agent = desk.office.roster.agents.get(user)
    if (
        agent is None
        or not agent.personal_email
        or note.spec not in PRIVATE_TOO
        or agent.personal_email.lower() == address
    ):
        return
    key = desk.answer_key()
    again = replace(
        note, key=key, lane=agent.personal_email, made=desk.now, due=desk.now, state="waiting", sent=None, said=None,
        tries=0, wire_id=desk.office.tokens.mail_token(key),
        body={**note.body, "to": [[agent.name, agent.personal_email]], "cc": [], "only": None},
    )  # fmt: skip
    desk.world.add_note(again)


def _away(desk: Decider, user: str) -> None:
    """An out-of-office answer of somebody who owes something: who could stand in is suggested, once."""
    office, at = desk.office, desk.letter.at
    owing = desk.world.agents_owing(user)
    if not owing or office.absence(user, at) is not None or user not in office.roster.people:
        return
    i = tables.inbox.c
    query = select(i.source).where(
        i.at >= micros(at - timedelta(days=AWAY_DAYS)),
        i.kind == "mail",
        i.room == desk.letter.room,
        i.verdict == "away",
    )
    if desk.world.connection.execute(query.limit(1)).first() is not None:
        return
    desk.verdict = "away"
    roles = office.roster.people[user].roles
    others = [
        other for role in sorted(roles) for other in office.roster.by_role(role)
        if other != user and office.absence(other, at) is None
    ]  # fmt: skip
    manager = office.manager(user, sorted(roles), owing[0], at)
    for reader in dict.fromkeys(each for each in (user, manager) if each):
        whom = "" if reader == user else f" for @{user}"
        buttons = [
            (f"{office.roster.name_of(other)} until Friday", f"delegate @{other}{whom} until friday")
            for other in list(dict.fromkeys(others))[:3]
        ]
        facts = {"person": user, "own": reader == user, "agents": len(set(owing))}
        desk.chat(f"@{reader}", "house/away_suggested", facts, desk.answer_key(), buttons=buttons, reader=reader)


# -- the answer


@dataclass
class Reply:
    """E-21: all that is said to the sender of a mail, in one mail; made with its first words."""

    desk: Decider
    note: Note | None = None
    _sent: set[str] = field(default_factory=set)

    def say(
        self, template: str, facts: Mapping[str, Any], case: Case[Any] | None, agent: str,
        buttons: Iterable[tuple[str, str]],
    ) -> Note:  # fmt: skip
        """Plain words instead of a direct message; what buttons would type are lines to write."""
        note = self._add(template, facts, case, agent)
        how: list[str] = note.body["facts"]["how"]
        how += [words for _, words in buttons if "~" not in words and words not in how]
        return note

    def echo(self, template: str, facts: Mapping[str, Any], case: Case[Any] | None) -> None:
        """What was told in chat besides."""
        self._add(template, facts, case, "")

    def asked(self, template: str, facts: Mapping[str, Any], case: Case[Any] | None, agent: str) -> None:
        """A question with buttons, which wait in chat."""
        note = self._add(template, facts, case, agent)
        note.body["facts"]["asked"] = True

    def _add(self, template: str, facts: Mapping[str, Any], case: Case[Any] | None, agent: str) -> Note:
        if self.note is None:
            self.note = self._begun()
        note, ref = self.note, case.id if case is not None and case.id in self.desk.world.cases else ""
        if ref and (not note.case_id or self.desk.world.sealed(case.workflow if case else "")):
            note.case_id, note.agent = ref, case.agent if case else note.agent
        item = {"template": template, "facts": dict(facts), "ref": ref, "agent": case.agent if case else agent}
        note.body["facts"]["items"].append(item)
        return note

    def _begun(self) -> Note:
        desk, post = self.desk, self.desk.letter.mail
        assert post is not None
        key, received = desk.answer_key(), post.received
        name = desk.office.roster.name_of(desk.letter.actor)
        facts = {
            "understood": False,
            "items": [],
            "how": [],
            "asked": False,
            "original_subject": received.topic or "your mail",
        }
        body = {
            "facts": facts, "to": [[name, received.sender]], "cc": [], "reply_to": [], "attach": [], "invite": None,
            "reader": desk.letter.actor, "in_reply_to": received.message_id,
        }  # fmt: skip
        note = Note(
            key=key, channel="mail", lane=received.sender, template="house/mail_receipt", body=body, made=desk.now,
            due=desk.now, spec="E-21", wire_id=desk.office.tokens.mail_token(key),
        )  # fmt: skip
        desk.world.add_note(note)
        return note

    def finish(self) -> None:
        """Say whether something came of it; where the case itself writes to the sender, that is the answer."""
        desk = self.desk
        source = desk.letter.source
        mine = [step for step in desk.world.steps if step.source == source]
        if mine and self.note is None:
            last = desk.world.cases.get(mine[-1].case_id)
            self._add("house/mail_noted", {}, last, "")
        if self.note is None:
            return
        self.note.body["facts"]["understood"] = bool(mine)
        sent = {key for step in mine for key in step.made["sent"]}
        own = [each for key in sent if (each := desk.world.notes.get(key)) is not None and each.channel == "mail"]
        if any(self.note.lane in {email for _, email in each.body["to"]} for each in own):
            desk.world.notes.pop(self.note.key, None)  # E-23 and its like are the receipt


_OURS = select(tables.outbox.c.wire_id, tables.outbox.c.case_id, tables.outbox.c.spec).where(
    tables.outbox.c.channel == "mail", tables.outbox.c.wire_id.in_(bindparam("ids", expanding=True))
)
_RETURNED = text("UPDATE outbox SET state = :state, error = :error WHERE key = :key")
