"""What was said and no longer holds: withdrawn where it waits, corrected to exactly those it had reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from store.rows import Note, Step

if TYPE_CHECKING:
    from bot.deciding import Decider
    from workflows import effects as wish
    from workflows.machine import Case

ATTENDANCE_LINES = (
    "attendance/wfm",
    "attendance/wfm_correction",
    "attendance/wfm_time",
    "engagement/wfm",
    "engagement/wfm_correction",
)
"""Posts to WFM that are about attendance, not about the end of a session."""


def wished(desk: Decider, case: Case[Any], effect: wish.Correct, key: str, step: Step) -> None:
    """The effect `Correct`: what this case has told, but for what was taken back already."""
    undone = {key for old in desk.world.steps_of(case_id=case.id) if old.unwound_by for key in old.made["sent"]}
    notes = [note for note in desk.world.notes_of(case.id, tag=effect.tag) if note.key not in undone]
    notes = [note for note in notes if not note.spec or note.spec not in effect.but]
    correct(desk, notes, {"reason": effect.reason, **effect.facts}, key, step)


def correct(desk: Decider, notes: Iterable[Note], facts: Mapping[str, Any], key: str, step: Step) -> None:
    """Withdraw what was not sent; correct what was, to exactly the people who were told."""
    told: dict[str, tuple[Note, str]] = {}
    hushed = {desk.letter.actor}
    posted: set[tuple[str, str]] = set()
    for n, note in enumerate(notes):
        if note.state == "waiting":
            desk.world.withdraw_note(note.key)
        if note.state != "sent":
            continue
        if note.channel == "mail":
            _mail(desk, note, facts, f"{key}.{n}", step)
        elif note.lane.startswith("#"):
            if (note.lane, note.template) not in posted:
                _post(desk, note, f"{key}.{n}", step)
            posted.add((note.lane, note.template))
        elif note.lane[1:] not in hushed:
            told.setdefault(note.lane, (note, f"{key}.{n}"))
    for lane, (note, mine) in told.items():
        if (lane, note.case_id) in desk.corrected:
            continue  # one letter tells everybody once
        desk.corrected.add((lane, note.case_id))
        case = desk.world.cases.get(note.case_id)
        desk.told.append(lane[1:])
        said = {"by": desk.letter.actor, "what": desk.what(case), **facts}
        desk.chat(lane, "house/correction", said, mine, case=case, reader=lane[1:], step=step)


def _mail(desk: Decider, note: Note, facts: Mapping[str, Any], key: str, step: Step) -> None:
    case = desk.world.cases.get(note.case_id)
    body = {
        "facts": {
            "original": note.template,
            "original_facts": note.body["facts"],
            "original_subject": note.said or "",
            "sent_at": note.sent or note.made,
            "by": desk.letter.actor,
            "what": desk.what(case),
            **facts,
        },
        "to": note.body["to"],
        "cc": note.body["cc"],
        "reply_to": note.body["reply_to"],
        "attach": [],
        "invite": None,
        "answers": note.wire_id,
    }
    desk.told += [_known_as(desk, email, name) for name, email in (*note.body["to"], *note.body["cc"])]
    desk.send(
        Note(
            key=key,
            channel="mail",
            lane=note.lane,
            template="house/correction_mail",
            body=body,
            made=desk.now,
            due=desk.now,
            case_id=note.case_id,
            agent=note.agent,
            spec="E-08",
            tag="",
            wire_id=desk.office.tokens.mail_token(key),
        ),
        step,
    )


def _known_as(desk: Decider, address: str, name: str = "") -> str:
    """The username, contact or channel key behind an address or a room, so that it is named once."""
    roster = desk.office.roster
    for user in (*roster.people, *roster.agents):
        if roster.email_of(user) == address:
            return user
    keys = [key for key, room in roster.channels.items() if room == address] + [
        key for key, emails in roster.contacts.items() if address in emails
    ]
    return keys[0].removesuffix("_team") if keys else name or address


def _post(desk: Decider, note: Note, key: str, step: Step) -> None:
    case = desk.world.cases.get(note.case_id)
    if case is None:
        return
    desk.told.append(_known_as(desk, note.lane))
    if asked := note.body["facts"].get("corrects"):  # a correction that was itself a mistake: ask once more
        for first in desk.world.notes_of("", keys=(asked,)):
            desk.chat(
                first.lane,
                first.template,
                first.body["facts"],
                key,
                case=case,
                buttons=[(label, words) for label, words in first.body["buttons"]],
                tag=first.tag,
                spec=first.spec,
                step=step,
                follow=True,
            )
        return
    wfm = note.lane == desk.office.channel("wfm")
    template, spec = ("house/correction_wfm", "C-WFM-UNDO") if wfm else ("house/correction_post", "")
    if wfm and note.template in ATTENDANCE_LINES:
        template, spec = "attendance/wfm_undo", ""
    desk.chat(note.lane, template, {"corrects": note.key}, key, case=case, spec=spec, step=step, follow=True)
