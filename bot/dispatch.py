"""One outbox row made ready for its wire: rendered, addressed, papers set; and its row marked afterwards.

Deterministic: the same row gives the same bytes, so a repeat after a crash is the same message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from bot import dossier, paper_slots, scorecards, wording
from bot.mail import compose, invite
from bot.mail.compose import Address
from bot.office import Office
from bot.ports import Button, ChatMessage, File, RawMail
from bot.render import Context, Renderer
from bot.reports import formats, sheet
from bot.reports import pictures as drawings
from store import tables
from store.codec import dump, micros
from store.fast import Many
from store.rows import Note
from store.seal import Seal

__all__ = ["Address", "Parcel", "mark", "pack", "row"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message ready to go. `said` is what is kept: the chat text, or the mail's subject; `view` is for people."""

    message: ChatMessage | RawMail
    said: str
    raw: bytes | None = None
    papers: tuple[tuple[str, File, str], ...] = ()
    view: Mapping[str, Any] | None = None


def pack(
    note: Note, office: Office, renderer: Renderer, sender: Address, files: Mapping[str, bytes] | None = None
) -> Parcel:
    """Render and address one row; `files` are kept ones it attaches again, by hash. Raises jinja2 errors and
    ValueError for a template or address that cannot be."""
    if note.channel == "chat":
        return _chat(note, office, renderer)
    return _mail(note, office, renderer, sender, files or {})


def again(note: Note, sender: Address) -> Parcel:
    """A mail that was tried before: the same bytes, to the same people or those of them still without it."""
    body = note.body
    who = body.get("only") or compose.recipients(email for field in ("to", "cc") for _, email in body[field])
    message = RawMail(content=note.raw or b"", sender=sender.email, recipients=tuple(who))
    return Parcel(message=message, said=note.said or "")


def kept(note: Note) -> tuple[str, ...]:
    """The hashes of the kept files a mail attaches again."""
    wanted = note.body.get("attach") or () if note.channel == "mail" else ()
    return tuple(each["slots"]["hash"] for each in wanted if each["kind"] == KEPT)


def filed(note: Note) -> Mapping[str, Any] | None:
    """Which file of cases a mail carries, as it was asked for; None for most."""
    wanted = note.body.get("attach") or () if note.channel == "mail" else ()
    return next((each["slots"] for each in wanted if each["kind"] == FILE_OF_CASES), None)


KEPT, SHEET, PICTURE, FILE_OF_CASES, SCORECARD = "kept", "sheet", "picture", "file of cases", "scorecard"
"""Kinds of attachments: what is kept under its hash, a report as a spreadsheet, a picture inside the page, what HR
asked for of one agent, a scorecard to fill in; any other is a paper of ours that people sign."""
UNSIGNED = (KEPT, SHEET, PICTURE, FILE_OF_CASES, SCORECARD)


def _context(note: Note, office: Office, facts: Mapping[str, Any], reader: str = "") -> Context:
    agent = office.roster.agents.get(note.agent)
    return Context(
        roster=office.roster,
        zone=office.site(note.agent).tz,
        agent=agent,
        ref=note.case_id,
        reader=reader,
        facts=facts,
        acting=office.acting(note.agent, note.made),
    )


def _chat(note: Note, office: Office, renderer: Renderer) -> Parcel:
    body = note.body
    reader = body["reader"]
    facts = dict(body["facts"])
    if "items" in facts:
        facts["items"] = [_item(item, note, office, renderer, reader) for item in facts["items"]]
    text = renderer.chat(note.template, _context(note, office, facts, reader)).strip()
    buttons = tuple(Button(label=label, msg=msg) for label, msg in body["buttons"])
    message = ChatMessage(id=note.wire_id or "", room=note.lane, text=text, buttons=buttons, thread=body["thread"])
    return Parcel(message=message, said=text)


def _item(item: Mapping[str, Any], note: Note, office: Office, renderer: Renderer, reader: str) -> dict[str, Any]:
    about = replace(
        note, agent=item.get("agent") or note.agent, case_id=item.get("ref") or note.case_id
    )  # a board holds many
    text = renderer.chat(item["template"], _context(about, office, item["facts"], reader)).strip()
    return {**item, "text": text}


def _mail(note: Note, office: Office, renderer: Renderer, sender: Address, files: Mapping[str, bytes]) -> Parcel:
    """Without the largest of the files somebody sent where it would be too large; it says which are left out."""
    held, left = dict(files), list[dict[str, Any]]()
    while True:
        try:
            return _whole_mail(note, office, renderer, sender, held, left)
        except compose.TooLarge:
            kept = [each for each in note.body["attach"] if each["kind"] == KEPT and each["slots"]["hash"] in held]
            if not kept:
                raise
            largest = max(kept, key=lambda each: len(held[each["slots"]["hash"]]))
            content = held.pop(largest["slots"]["hash"])
            left.append({"name": largest["name"], "hash": largest["slots"]["hash"], "size": len(content)})


def _whole_mail(
    note: Note, office: Office, renderer: Renderer, sender: Address, files: Mapping[str, bytes],
    left_out: Sequence[Mapping[str, Any]],
) -> Parcel:  # fmt: skip
    body = note.body
    to, cc, reply = (
        tuple(Address(name=name, email=email) for name, email in body[field]) for field in ("to", "cc", "reply_to")
    )
    facts = _with_original(note, office, renderer)
    if left_out:
        facts = {**facts, "left_out": left_out}
    if "items" in facts and "reader" in body:
        facts = {**facts, "lines": [_in_mail(item, note, office, renderer) for item in facts["items"]]}
    if reply:
        facts = {"behalf": reply[0].name or reply[0].email, **facts}
    signed = (paper for paper in body["attach"] if paper["kind"] not in UNSIGNED)
    papers_made = tuple(paper_slots.made(paper, note.agent, office) for paper in signed)
    if papers_made:
        facts = {**facts, "documents": [{"name": each.file.name, "hash": each.hash} for each in papers_made]}
    enclosed: tuple[File, ...] = ()
    if filed(note) is not None:
        enclosed, left = dossier.enclosed(files, body["attach"][0]["name"], office.papers)
        facts = {**facts, "enclosed": [each.name for each in enclosed], "left_out": left}
    if note.agent not in office.roster.agents and (gone := _gone(note, files)):
        facts = {**facts, "agent": gone}
    letter = renderer.mail(note.template, _context(note, office, facts))
    attached = [*enclosed, *(each.file for each in papers_made)] + [
        File(name=each["name"], type=each["slots"]["type"], content=files[each["slots"]["hash"]])
        for each in body["attach"]
        if each["kind"] == KEPT and each["slots"]["hash"] in files  # one too large to keep is not there
    ]
    attached += [_sheet(each) for each in body["attach"] if each["kind"] == SHEET]
    attached += [_scorecard(each, note, office) for each in body["attach"] if each["kind"] == SCORECARD]
    pictures = tuple(_picture(each) for each in body["attach"] if each["kind"] == PICTURE)
    domain = sender.email.rpartition("@")[2]
    thread = compose.message_id(office.tokens.mail_token(f"case {note.case_id}"), domain) if note.case_id else None
    answers = compose.message_id(body["answers"], domain) if body.get("answers") else None
    mailing = compose.Mailing(
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        to=to,
        cc=cc,
        reply_to=tuple(address for address in (*reply, sender) if address.email),
        sender=sender,
        message_id=compose.message_id(note.wire_id or "", domain),
        in_reply_to=body.get("in_reply_to") or answers or thread,
        references=tuple(each for each in (thread, answers, body.get("in_reply_to")) if each),
        auto_submitted="auto-replied" if body.get("in_reply_to") else "auto-generated",
        date=note.made,
        attachments=tuple(attached),
        invite=_invite(note, office, sender),
        pictures=pictures,
    )
    raw = compose.compose(mailing, body.get("most", compose.MAX_BYTES))
    if body.get("only"):
        raw = RawMail(content=raw.content, sender=raw.sender, recipients=tuple(body["only"]))
    view = {
        "to": [address.email for address in to],
        "cc": [address.email for address in cc],
        "reply_to": reply[0].email if reply else None,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "message_id": mailing.message_id,
        "in_reply_to": mailing.in_reply_to,
        "attachments": attached,
        "pictures": pictures,
        "invite": mailing.invite,
    }
    papers = tuple((each.source, each.file, each.hash) for each in papers_made)
    return Parcel(message=raw, said=letter.subject, raw=raw.content, papers=papers, view=view)


def _in_mail(item: Mapping[str, Any], note: Note, office: Office, renderer: Renderer) -> str:
    """What chat would say, as a line of a mail."""
    about = replace(note, agent=item.get("agent") or note.agent, case_id=item.get("ref") or note.case_id)
    return renderer.line(item["template"], _context(about, office, item["facts"], note.body["reader"]))


def _with_original(note: Note, office: Office, renderer: Renderer) -> Mapping[str, Any]:
    facts: Mapping[str, Any] = note.body["facts"]
    if "original" not in facts or facts.get("original_subject"):
        return facts
    original = renderer.mail(facts["original"], _context(note, office, facts["original_facts"]))
    return {**facts, "original_subject": original.subject}


def _invite(note: Note, office: Office, sender: Address) -> bytes | None:
    wanted = note.body["invite"]
    if not wanted:
        return None
    data = (
        wanted
        if isinstance(wanted, dict)
        else {name: getattr(wanted, name) for name in ("uid", "sequence", "method", "starts", "minutes", "title")}
    )
    starts = data["starts"] if isinstance(data["starts"], datetime) else datetime.fromisoformat(data["starts"])
    session = invite.Session(
        uid=f"{data['uid']}-{office.tokens.mail_token(data['uid'])[:12]}@{sender.email.rpartition('@')[2]}",
        sequence=data["sequence"],
        exam=str(note.body["facts"].get("exam", "")),
        start=starts,
        stamp=note.made,
        zone=office.site(note.agent).tz,
        organizer=sender,
        attendees=tuple(Address(name=name, email=email) for name, email in note.body["to"]),
        minutes=data["minutes"],
    )
    return invite.invite(session, method=data["method"])


def _sheet(wanted: Mapping[str, Any]) -> File:
    """A report as the workbook it is kept in: its rows were frozen when it was decided."""
    report = sheet.thawed(wanted["slots"]["report"])
    return File(name=wanted["name"], type=formats.XLSX, content=formats.as_xlsx(report))


def _gone(note: Note, files: Mapping[str, bytes]) -> Mapping[str, Any] | None:
    """The agent as the words of a mail name him, where the roster does not know him any more: as he was frozen."""
    if filed(note) is not None:
        return dossier.agent_of(files)
    known = next((each["slots"] for each in note.body["attach"] if each["kind"] == SCORECARD), None)
    if known is None:
        return None
    oid = known.get("oid", "")
    return {"username": note.agent, "name": _whole_name(known), "first": known["first"], "oid": oid}


def _whole_name(slots: Mapping[str, Any]) -> str:
    return f"{slots['first']} {slots['last']}"


def _scorecard(wanted: Mapping[str, Any], note: Note, office: Office) -> File:
    """The scorecard to fill in, on the site's day it was handed out."""
    agent = office.roster.agents.get(note.agent)
    day = wording.day(note.made.astimezone(ZoneInfo(office.site(note.agent).tz)))
    known = {"agent": agent.name, "oid": agent.oid} if agent else {}  # he may have gone since it was decided
    slots = {"agent": _whole_name(wanted["slots"]), "oid": "", **wanted["slots"], **known, "date": day}
    return File(name=wanted["name"], type=formats.XLSX, content=scorecards.workbook(slots))


def _picture(wanted: Mapping[str, Any]) -> File:
    """A drawing as the mail shows it."""
    return File(name=wanted["name"], type="image/png", content=drawings.png(wanted["slots"]["svg"]))


# -- rows


def row(note: Note, seal: Seal) -> dict[str, Any]:
    """The stored form of a row that no decision made (an ops line, a second try)."""
    return {
        "key": note.key,
        "channel": note.channel,
        "lane": note.lane,
        "case_id": note.case_id,
        "agent": note.agent,
        "template": note.template,
        "spec": note.spec,
        "tag": note.tag,
        "body_json": seal.close(dump(note.body)) if note.case_id or note.sealed else dump(note.body),
        "state": "waiting",
        "open": True,
        "due": micros(note.due),
        "order": micros(note.made),
        "made": micros(note.made),
        "sent": None,
        "tries": note.tries,
        "error": None,
        "wire_id": note.wire_id,
        "said": note.said if note.said is None or not note.sealed else seal.close(note.said),
        "raw": note.raw if note.raw is None or not note.sealed else seal.close_bytes(note.raw),
    }


def mark(connection: Connection, rows: Iterable[dict[str, Any]], seal: Seal) -> None:
    """Write what became of rows, and keep the papers that went out."""
    marked = list(rows)
    _MARK.run(connection, marked)
    _keep_papers(connection, marked, seal)


def keep(connection: Connection, rows: Iterable[dict[str, Any]], seal: Seal) -> None:
    """Keep the bytes and papers of mails that may have gone out, so that the next try sends the same."""
    tried = list(rows)
    _KEEP.run(connection, tried)
    _keep_papers(connection, tried, seal)


def _keep_papers(connection: Connection, rows: Iterable[dict[str, Any]], seal: Seal) -> None:
    kept = [
        {
            "hash": digest,
            "name": file.name,
            "type": file.type,
            "content": seal.close_bytes(file.content),
            "source": seal.close(source),
            "case_id": each["case"],
            "at": each["b_sent"] or each["b_due"],
        }
        for each in rows
        for source, file, digest in each["papers"]
    ]
    if kept:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(insert(tables.documents).on_conflict_do_nothing(index_elements=["hash"]), kept)


_MARK = Many(
    "UPDATE outbox SET state = ?, open = ?, sent = ?, said = coalesce(?, said), raw = coalesce(?, raw), due = ?,"
    " tries = ?, error = ? WHERE key = ?",
    ("b_state", "b_open", "b_sent", "b_said", "b_raw", "b_due", "b_tries", "b_error", "b_key"),
)
_KEEP = Many("UPDATE outbox SET said = ?, raw = ? WHERE key = ? AND open", ("b_said", "b_raw", "b_key"))
