"""The second door: a mail becomes a letter, is told apart from what nobody vouches for, and is answered by mail.

Everything that enters is kept (row and raw message) in the same commit. What a mail means is `handlers/mail.py`.
Mails no person wrote are in `bot/unwritten.py`. Longer than most: who it is, quarantine, release and the answer stand
together, for each is read beside the others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from bot import attachments, heavy, unwritten
from bot.letters import Letter, Post
from bot.mail import authenticity
from bot.mail.parse import Received, parse
from handlers import filed, intents, mail
from store import tables
from store.codec import micros
from store.rows import Note
from store.seal import Seal
from store.statements import DOCUMENT_IN
from store.world import World
from workflows.effects import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.deciding import Decider
    from bot.letters import Receipt
    from bot.office import Office
    from workflows.machine import Case
    from workflows.people import Roster

LARGE = 256 * 1024
"""Bytes of a mail from which on it is sealed before its transaction."""

UNPROVEN = "/unproven"
"""Ends the inbox name of a mail nobody vouches for, so that it uses up no id."""

AUTOMATIC = "/automatic"
"""Ends that of a mail no person wrote, such as the copy a list makes: the person's own is still to be taken."""

UNUSED = frozenset({"duplicate", "over budget", "late"})
"""Verdicts on proven mails that were not acted on: the same words, sent again, are no duplicate."""

_REF = re.compile(r"\[([A-Z]-\d{1,7})\]")


def letter(
    raw: bytes, at: datetime, authserv_id: str, envelope: str | None = None, *, now: datetime | None = None
) -> Letter:
    """The letter of a mail as it came, at the server's time; `envelope` is MAIL FROM where the wire said it, `now`
    when it is looked at, if later."""
    received = parse(raw, envelope)
    vouched = not authenticity.stands(received, authserv_id)
    return Letter(
        source=received.source + (AUTOMATIC if received.automatic else "" if vouched else UNPROVEN),
        kind="mail",
        at=at,
        room=received.sender,
        text=f"{received.subject}\n{received.text}"[:4000],
        mail=Post(received=received, raw=raw, authserv_id=authserv_id, now=now),
    )


def sealed(found: Letter, seal: Seal, roster: Roster) -> Letter:
    """The letter with what is large in it sealed already, so that nobody behind it waits for that; files only of
    people of the roster, for nobody else's are kept."""
    post = found.mail
    if post is None or len(post.raw) < LARGE:
        return found
    person = not found.source.endswith((UNPROVEN, AUTOMATIC)) and authenticity.owner_of(roster, found.room)[0]
    files = post.received.files if person else ()
    contents = [*([post.raw] if len(post.raw) <= heavy.PIECE else []), *(each.content for each in files)]
    made = {hashlib.sha256(each).hexdigest(): seal.close_bytes(each) for each in contents}
    return replace(found, mail=replace(post, sealed=made))


# -- before anything is read: who it is, and whether it was here before


def sort(
    office: Office, world: World, fresh: list[tuple[Letter, Receipt]], now: datetime
) -> list[tuple[Letter, Receipt]]:
    """The letters, mails with whose word they are; a mail that came under another id is only noted."""
    if not any(letter.mail is not None for letter, _ in fresh):
        return fresh
    kept: list[tuple[Letter, Receipt]] = []
    for letter, receipt in fresh:
        if letter.mail is None:
            kept.append((letter, receipt))
            continue
        known = known_sender(office, letter)
        found = (known.actor, letter.mail.received.content_hash[:32]) if known.actor else None
        if found and _came_before(office, world, *found, letter.at):
            receipt.lines.append({"kind": "seen", "at": now, "source": letter.source})
            world.letters.append(_row(letter, "duplicate"))
            continue
        kept.append((known, receipt))
    return kept


def said_just_now(world: World, letter: Letter) -> bool:
    """Whether a mail of this batch with the same words of that person was acted on; `sort` knows once it is written."""
    if letter.mail is None or not letter.actor:
        return False
    content = letter.mail.received.content_hash[:32]
    return any(row.get("content") == content and row["actor"] == letter.actor for row in world.letters)


def _came_before(office: Office, world: World, user: str, content: str, at: datetime) -> bool:
    """Whether the same words of that person were acted on shortly before, whatever Message-ID they had."""
    if not office.mails.duplicate_hours:
        return False
    since = micros(at - timedelta(hours=office.mails.duplicate_hours))
    return world.connection.execute(SAID_BEFORE, {"user": user, "content": content, "since": since}).first() is not None


def _row(letter: Letter, verdict: str) -> dict[str, Any]:
    return {
        "source": letter.source, "at": micros(letter.at), "kind": "mail", "actor": letter.actor, "room": letter.room,
        "text": "", "verdict": verdict, **marks(letter, verdict),
    }  # fmt: skip


def marks(letter: Letter, verdict: str) -> dict[str, str]:
    """What the inbox keeps of a mail besides: the hash of its words where it was acted on, and of its bytes."""
    post = letter.mail
    if post is None:
        return {"content": "", "raw": ""}
    used = post.identity.proven and not post.received.automatic and verdict not in UNUSED
    return {
        "content": post.received.content_hash[:32] if used else "",
        "raw": "" if verdict == "duplicate" else post.received.raw_hash,
    }


def known_sender(office: Office, letter: Letter) -> Letter:
    """The letter with its sender, when the mail is proven and written by a person."""
    post = letter.mail
    assert post is not None
    who = authenticity.identify(post.received, post.authserv_id, office.roster)
    post = replace(post, identity=who)
    if not who.proven or post.received.automatic:
        return replace(letter, mail=post, actor="", files=())
    return replace(letter, mail=post, actor=who.user, files=post.received.files)


# -- what it means


def meant(office: Office, world: World, letter: Letter, listener: intents.Desk, mailbox: str) -> list[intents.Intent]:
    """What a proven mail means; nothing for any other."""
    post = letter.mail
    if post is None or not letter.actor or not _timely(office, letter, post):
        return []
    received = post.received
    case_id, spec = _answered(world, received.answers)
    named = _REF.findall(received.subject.upper())[:1]
    clash = named[0] if named and case_id and named[0] != case_id else ""
    refused = (*listener.refused, *_not_taken(received))
    desk = replace(listener, room=f"@{letter.actor}", direct=True, refused=refused)
    found = mail.read(
        mail.Mail(
            subject="" if received.replies else received.topic,
            text=received.text,
            reached=tuple(dict.fromkeys((*received.to, *received.cc))),
            addressed=not mailbox or mailbox in received.to or bool(spec),
            ref=case_id or (named[0] if named else ""),
            about=spec,
            whose=world.agents_of({case_id}).get(case_id, "") if case_id else "",
            clash=clash,
            personal=post.identity.personal,
            personal_receipts=_personal_receipts(office),
            forward=_forward(office, received),
            forwards=received.forward is not None,
        ),
        desk,
    )
    if received.forward is not None and all(isinstance(each, intents.Silence) for each in found):
        return found  # what is handed on by others is left alone, files and all
    return filed.told(found, desk, by_mail=True)


def _not_taken(received: Received) -> list[Evidence]:
    """The files that were left in the mail, as far as they are spoken of."""
    left = [*((name, "large") for name in received.lost), *((name, "many") for name in received.beyond)]
    return [Evidence(name=name, type="", size=0, hash="", trouble=why) for name, why in left]


def _personal_receipts(office: Office) -> bool:
    """Whether HR lets an agent answer a CAP from the private address (SPEC 5.2)."""
    if not office.runs("discipline"):
        return False
    return bool(getattr(office.pack_in_force("discipline", None).policy, "personal_receipts", False))


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
    tokens = [found[1] for each in answers if (found := unwritten.TOKEN.match(each))]
    rows = {row.wire_id: row for row in world.connection.execute(OURS, {"ids": tokens})} if tokens else {}
    known = next((rows[token] for token in tokens if token in rows), None)
    return (known.case_id, known.spec) if known is not None else ("", "")


def _timely(office: Office, letter: Letter, post: Post) -> bool:
    claimed = post.received.date
    oldest = min(letter.at, claimed) if claimed is not None else letter.at
    return post.released or (post.now or letter.at) - oldest <= timedelta(hours=office.mails.stale_hours)


# -- what is done


def receive(desk: Decider, found: Sequence[intents.Intent]) -> None:
    """Keep it, and act on it as far as it may be acted on."""
    post = desk.letter.mail
    assert post is not None
    received, who = post.received, post.identity
    desk.world.extra.append((DOCUMENT_IN, [raw_row(desk.letter, desk.world.seal)]))
    if received.bounce is not None:
        desk.verdict = "bounce"
        unwritten.bounced(desk, received)
    elif received.automatic:
        desk.verdict = f"automatic: {received.automatic}"
        if received.away and who.user and (who.proven or unwritten.answered_by_itself(post)):
            unwritten.away(desk, who.user)
    elif not who.proven:
        desk.verdict = "quarantined"
        _quarantine(desk, post)
    elif (count := _in_this_hour(desk, actor=who.user)) >= desk.office.mails.per_hour:
        desk.verdict = "over budget"
        most = desk.office.mails.per_hour
        if count == most:
            desk.chat(f"@{who.user}", "house/mail_budget", {"most": most}, desk.answer_key(), reader=who.user)
    elif not _timely(desk.office, desk.letter, post):
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


def raw_row(letter: Letter, seal: Seal) -> dict[str, Any]:
    """The row of `documents` that holds the bytes of a mail as they came."""
    post = letter.mail
    assert post is not None
    return {
        "hash": post.received.raw_hash, "name": "mail.eml", "type": heavy.RAW,
        "content": post.sealed.get(post.received.raw_hash)
        or seal.close_bytes(b"" if post.pieces else post.raw),
        "source": None, "case_id": "", "at": micros(letter.at),
    }  # fmt: skip


def _in_this_hour(desk: Decider, **fields: str) -> int:
    """Mails of that actor, or of that address, within the hour before this one; no more are counted than matter."""
    ((name, who),) = fields.items()
    since, most = micros(desk.letter.at - timedelta(hours=1)), desk.office.mails.per_hour * 5
    stored = desk.world.connection.execute(WITHIN_THE_HOUR[name], {"who": who, "since": since, "most": most}).all()
    here = [row for row in desk.world.letters if row["kind"] == "mail" and row["at"] > since and row[name] == who]
    return len(stored) + len(here)


def _quarantine(desk: Decider, post: Post) -> None:
    """Nobody vouches for it: no effect, a line to the operators, and the person it names is asked."""
    who, sender = post.identity, post.received.sender
    earlier = _in_this_hour(desk, room=desk.letter.room)
    if not who.user and earlier:
        return  # a stranger is listed once an hour
    if earlier < desk.office.mails.per_hour:
        facts = {"person": who.user, "sender": sender.rpartition("@")[2], "why": who.why, "since": desk.letter.at}
        desk.chat(desk.office.channel("ops"), "house/mail_aside", facts, desk.answer_key())
    if who.user and earlier < desk.office.mails.asked_per_hour:
        facts = {"subject": post.received.topic, "sender": sender, "sent_at": desk.letter.at}
        _ask(desk, who.user, "house/mail_unproven", facts, post)


def _ask(desk: Decider, user: str, template: str, facts: Mapping[str, Any], post: Post) -> None:
    """Yes lets the mail in, No leaves it where it is."""
    args = {"raw": post.received.raw_hash, "envelope": post.received.envelope, "authserv_id": post.authserv_id}
    answers = [_answer("Yes", "release_mail", args), _answer("No", "disown_mail", {**args, "template": template})]
    key = desk.answer_key()
    desk.ask(user, template, facts, answers, key)
    desk.world.notes[key].body["sealed"] = True  # whatever somebody wrote above it, and no case is at hand to tell


def _answer(label: str, wish: str, args: Mapping[str, Any]) -> dict[str, Any]:
    intent = {"type": "wish", "name": wish, "args": dict(args)}
    return {"label": label, "intent": intent, "event": None, "done": "answered", "ask": "", "fills": "", "workflow": ""}


def release(desk: Decider, args: dict[str, Any]) -> None:
    """The person says that the mail is his own: it is acted on now."""
    from bot import reception, wishes
    from bot.deciding import Decider

    raw = heavy.raw_of(desk.world.connection, desk.world.seal, str(args["raw"]))
    if raw is None:
        desk.answer("house/mail_gone", {})
        return
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
        attachments.keep(desk.office, desk.world, known)
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

    def echo(self, template: str, facts: Mapping[str, Any], case: Case[Any] | None, *, undo: bool = False) -> None:
        """What was told in chat besides; `undo` where it stands above that button."""
        note = self._add(template, facts, case, "")
        if undo:
            note.body["facts"]["undo"] = True

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
        actor = desk.letter.actor
        owner = desk.office.answers_for("tl" if actor in desk.office.roster.agents else "esp_manager", actor, desk.now)
        body = {
            "facts": facts, "to": [[name, received.sender]], "cc": [], "reply_to": [owner] if owner else [],
            "attach": [], "invite": None,
            "reader": desk.letter.actor, "in_reply_to": received.message_id,
            "sealed": True,  # the subject is the sender's own words, whichever cases are at hand
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


_I = tables.inbox.c
SAID_BEFORE = (
    select(_I.source)
    .where(
        tables.by_mail(), _I.content == bindparam("content"), _I.at >= bindparam("since"), _I.actor == bindparam("user")
    )
    .limit(1)
)
WITHIN_THE_HOUR = {
    name: select(_I.source)
    .where(tables.by_mail(), _I[name] == bindparam("who"), _I.at > bindparam("since"))
    .limit(bindparam("most"))
    for name in ("actor", "room")
}
_O = tables.outbox.c
OURS = select(_O.wire_id, _O.case_id, _O.spec).where(
    tables.mailed_out(), _O.wire_id.in_(bindparam("ids", expanding=True))
)
