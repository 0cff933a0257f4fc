"""One outbox row made ready for its wire: rendered, addressed, papers set; and its row marked afterwards.

Deterministic: the same row gives the same bytes, so a repeat after a crash is the same message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from bot import papers, render, wording
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
from store.seal import Seal
from store.world import Note

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


def kept(note: Note) -> tuple[str, ...]:
    """The hashes of the kept files a mail attaches again."""
    wanted = note.body.get("attach") or () if note.channel == "mail" else ()
    return tuple(each["slots"]["hash"] for each in wanted if each["kind"] == KEPT)


KEPT, SHEET, PICTURE = "kept", "sheet", "picture"
"""Kinds of attachments: what somebody sent, a report as a spreadsheet, a picture inside the page; any other is a paper
of ours that people sign."""


def _context(note: Note, office: Office, facts: Mapping[str, Any], reader: str = "") -> Context:
    agent = office.roster.agents.get(note.agent)
    return Context(
        roster=office.roster, zone=office.site(note.agent).tz, agent=agent, ref=note.case_id, reader=reader, facts=facts
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
    body = note.body
    to, cc, reply = (
        tuple(Address(name=name, email=email) for name, email in body[field]) for field in ("to", "cc", "reply_to")
    )
    facts = _with_original(note, office, renderer)
    if "items" in facts and "reader" in body:
        facts = {**facts, "lines": [_in_mail(item, note, office, renderer) for item in facts["items"]]}
    if reply:
        facts = {"behalf": reply[0].name or reply[0].email, **facts}
    letter = renderer.mail(note.template, _context(note, office, facts))
    signed = (paper for paper in body["attach"] if paper["kind"] not in (KEPT, SHEET, PICTURE))
    papers_made = tuple(_paper(paper, note, office) for paper in signed)
    attached = [file for _, file, _ in papers_made] + [
        File(name=each["name"], type=each["slots"]["type"], content=files[each["slots"]["hash"]])
        for each in body["attach"]
        if each["kind"] == KEPT and each["slots"]["hash"] in files  # one too large to keep is not there
    ]
    attached += [_sheet(each) for each in body["attach"] if each["kind"] == SHEET]
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
    raw = compose.compose(mailing)
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
    return Parcel(message=raw, said=letter.subject, raw=raw.content, papers=papers_made, view=view)


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


def _paper(wanted: Mapping[str, Any], note: Note, office: Office) -> tuple[str, File, str]:
    """(typst source, file, hash) of one paper; its times in site time, its names from the roster."""
    slots, agent = wanted["slots"], office.roster.agents[note.agent]
    zone = office.site(note.agent).tz

    def when(value: Any) -> str:
        """With the year: papers are read years later."""
        if not value:
            return ""
        at = wording.instant(value).astimezone(ZoneInfo(zone))
        return f"{wording.day(at)}, {wording.clock(at)}"

    def names(value: str) -> str:
        return render.named(value, office.roster)

    policy, _, version = str(slots["policy"]).rpartition(" (")
    status = ""
    if slots["answered_at"] or slots["answer"]:
        status = {
            "received": "Receipt acknowledged by the agent",
            "not signed": "The agent chose not to sign",
            "no response": "No response",
        }.get(slots["answer"], "")
        status = f"{status}, {when(slots['answered_at'])}" if slots["answered_at"] else status
        status += f". Witness: {slots['witness']}" if slots["witness"] else ""
    filled: dict[str, Any] = {
        "agent": agent.name,
        "oid": agent.oid,
        "date": when(slots["drafted_at"]),
        "tl": office.roster.name_of(agent.tl),
        "policy": policy,
        "policy_version": version.rstrip(")"),
        "facts": [(when(at), names(line)) for at, line in slots["facts"]]
        + [(when(slots["drafted_at"]), note_) for note_ in slots["notes"]],
        "prior_steps": list(slots["prior"]),
        "expectation": slots["expectation"],
        "time_allowed": slots["allowed"],
        "consequence": slots["consequence"],
        "support": slots["support"],
        "clause": slots["clause"],
        "id": slots["id"],
        "comment": slots["comment"],
        "status": status,
    }
    source, pdf = papers.paper(
        wanted["kind"], {key: value for key, value in filled.items() if value or key == "prior_steps"}
    )
    return source, File(name=wanted["name"], type="application/pdf", content=pdf), hashlib.sha256(pdf).hexdigest()


def _sheet(wanted: Mapping[str, Any]) -> File:
    """A report as the workbook it is kept in: its rows were frozen when it was decided."""
    report = sheet.thawed(wanted["slots"]["report"])
    return File(name=wanted["name"], type=formats.XLSX, content=formats.as_xlsx(report))


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
        "body_json": seal.close(dump(note.body)) if note.case_id else dump(note.body),
        "state": "waiting",
        "open": True,
        "due": micros(note.due),
        "order": micros(note.made),
        "made": micros(note.made),
        "sent": None,
        "tries": 0,
        "error": None,
        "wire_id": note.wire_id,
        "said": None,
        "raw": None,
    }


def mark(connection: Connection, rows: Iterable[dict[str, Any]], seal: Seal) -> None:
    """Write what became of rows, and keep the papers that went out."""
    marked = list(rows)
    _MARK.run(connection, marked)
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
        for each in marked
        for source, file, digest in each["papers"]
    ]
    if kept:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(insert(tables.documents).on_conflict_do_nothing(index_elements=["hash"]), kept)


_MARK = Many(
    "UPDATE outbox SET state = ?, open = ?, sent = ?, said = ?, raw = ?, due = ?, tries = ?, error = ? WHERE key = ?",
    ("b_state", "b_open", "b_sent", "b_said", "b_raw", "b_due", "b_tries", "b_error", "b_key"),
)
