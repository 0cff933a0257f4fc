"""CAPs and reviews in chat: draft, approve, return, delivered, received, comment, outcome.

Nothing here decides anything; a receipt counts only from the agent's own direct message.
"""

from __future__ import annotations

import re

from handlers import duties, names, times
from handlers.intents import Act, Intent, Say, Silence, Wish
from handlers.lexicon import POLITE, these
from handlers.line import Line, unclear
from handlers.words import kept
from workflows.discipline import (
    OUTCOMES,
    Acknowledged,
    CapApproved,
    CapReturned,
    Commented,
    Delivered,
    DraftWanted,
    NotSigned,
    OutcomeRecorded,
    Witnessed,
)
from workflows.machine import Event

_METHODS = {
    word: method
    for method, words in (
        ("Google Meet", "meet gmeet"),
        ("GoToTraining", "g2t gototraining"),
        ("phone", "phone call"),
        ("video call", "video zoom teams"),
        ("in person", "person office desk"),
    )
    for word in words.split()
}
_RECEIVED = these(
    """ack acknowledge acknowledged received receive recieved receipt confirm confirmed i ive have it this
    that the cap final written document paper copy my got and of on yes"""
)
_BUT = re.compile(r"\b(?:but|however|disagree|unfair|although|except)\b", re.IGNORECASE)
_REVIEW = re.compile(r"\boutcome\b[:\s]*", re.IGNORECASE)


def _acts(line: Line, event: Event, duty: str, letters: str = "CF") -> list[Intent]:
    return duties.acts(line, event, duty, "discipline", letters)


def cap(line: Line) -> Intent | list[Intent]:
    """ "cap F-12" shows the draft; "cap done", "cap approve C-1" and "cap return C-1 why" say what happened to it."""
    second = line.words[1] if len(line.words) > 1 else ""
    if second in ("approve", "approved"):
        return approve(line)
    if second in ("return", "returned"):
        line.take(0)
        return returned(line)
    if not {"done", "delivered", "given", "handed"}.isdisjoint(line.words):
        return delivered(line)
    line.drop("draft")
    return _acts(line, DraftWanted(), "cap")


def approve(line: Line) -> list[Intent]:
    """HR agrees to the draft."""
    line.drop("approve", "approved")
    return _acts(line, CapApproved(), "approve", "C")


def returned(line: Line) -> Intent | list[Intent]:
    """ "cap return C-1 why": HR sends the draft back."""
    where, why = names.where_and_why(line, "C")
    if not why:
        return Say(template="need_why", facts={"example": f"cap return {where[1] or 'C-12'} the dates are missing"})
    return [Act(event=CapReturned(why=why), workflow="discipline", agent=where[0], ref=where[1], duty="approve")]


def delivered(line: Line) -> list[Intent]:
    """ "delivered C-88 15:30 meet", "gave ana the cap": handed over in person, now or at the time named."""
    method = next((_METHODS[w] for w in line.words if w in _METHODS), "")
    present = _present(line)
    line.drop(*_METHODS, "delivered", "deliver", "handed")
    where = names.about(line, "CF")
    on = times.gone(line, line.desk.calendar(where[0][0]))
    event = Delivered(on=on, method=method, present=present)
    return [Act(event=event, workflow="discipline", agent=a, ref=r, duty="cap") for a, r in where]


def _present(line: Line) -> str:
    """Takes "with hana": the colleague who was there."""
    for i, word in enumerate(line.words[:-1]):
        if word in ("with", "present", "witness"):
            behind = Line(" ".join(line.raw[i + 1 : i + 3]), line.desk)
            who = [u for u in names.people(behind) if u in line.desk.roster.people]
            if who:
                line.take(i, i + 2)
                return line.desk.roster.name_of(who[0])
    return ""


def ack(line: Line) -> Intent | list[Intent]:
    """ "ack C-3", "received": receipt, not agreement; only in a direct message. "received but ..." is a comment."""
    if not line.desk.direct:
        return Say(template="direct_only", facts={"word": "ack"})
    said = line.text
    ref = line.ref("C")
    if not (line.own or ref):
        return Silence()
    if _BUT.search(said):
        return [Act(event=Commented(text=kept(said)), workflow="discipline", agent=line.own, ref=ref, duty="ack")]
    if any(w not in _RECEIVED and w not in POLITE for w in line.words):
        return Say(template="receipt_of_what", buttons=(("I received my CAP", line.press("ack")),))
    return [Act(event=Acknowledged(), workflow="discipline", agent=line.own, ref=ref, duty="ack")]


def not_signed(line: Line) -> Intent | list[Intent]:
    """The agent would rather not sign."""
    if not line.desk.direct:
        return Say(template="direct_only", facts={"word": "I'd rather not sign"})
    return [Act(event=NotSigned(), workflow="discipline", agent=line.own, ref=line.ref("C"), duty="ack")]


def witness(line: Line) -> Intent | list[Intent]:
    """ "witness C-12 Dev Shah": who was present when an agent chose not to sign; the name is asked for when missing."""
    ref = line.ref("C")
    said = [w for w in line.raw[1:] if w.lower().strip(":,") not in (ref.lower(), "was", "is", "")]
    if not said:
        return Say(template="need_why", facts={"example": f"witness {ref or 'C-12'} Dev Shah"})
    event = Witnessed(name=kept(" ".join(said).strip(" .,;:")))
    return [Act(event=event, workflow="discipline", ref=ref, duty="witness")]


def comment(line: Line) -> Intent | list[Intent]:
    """ "comment C-3 I was not told": the agent's words go on the record as they are."""
    i = next(
        (i for i, w in enumerate(line.words[1:2], 1) if w.startswith("c-") or (w[0] == "c" and w[1:].isdigit())), 0
    )
    text = _own_words(line, line.raw[0], line.raw[i] if i else "")
    ref = line.ref("C")
    if not text:
        raise unclear("need_why", {"example": "comment I was told about this on Monday"})
    return [Act(event=Commented(text=text), workflow="discipline", agent=line.own, ref=ref, duty="ack")]


def _own_words(line: Line, *seen: str) -> str:
    """All that was written after these pieces, quotation marks and line ends with it."""
    at = 0
    for piece in seen:
        found = line.text.lower().find(piece.lower(), at) if piece else -1
        at = found + len(piece) if found >= 0 else at
    return line.text[at:].lstrip(" \t,;:-–—.").strip()


def export(line: Line) -> Intent:
    """ "export @ana", "export F-12": HR asks for the file; only in a direct message, the answer goes by mail."""
    if not line.desk.direct:
        return Say(template="direct_only", facts={"word": "export"})
    line.take(0)
    if (gone := names.unlisted(line)) is not None:
        return Wish(name="export", args={"agent": gone, "ref": ""})
    agent, ref = names.about(line)[0]
    if not agent and not ref:
        raise unclear("whom", {"example": "export @ana"})
    return Wish(name="export", args={"agent": agent, "ref": ref})


def review(line: Line) -> Intent | list[Intent]:
    """ "review R-5 outcome extend text": a named person records what was decided."""
    ref = line.ref("R")
    after = _REVIEW.split(line.text, maxsplit=1)
    said = " ".join((after[1] if len(after) > 1 else "").split())
    chosen = next((o for o in sorted(OUTCOMES, key=len, reverse=True) if said.lower().startswith(o)), "")
    if not chosen:
        where = ref or "R-5"
        buttons = tuple((o.capitalize(), line.press(f"review {where} outcome {o}")) for o in OUTCOMES) if ref else ()
        return Say(template="which_outcome", facts={"outcomes": list(OUTCOMES), "where": where}, buttons=buttons)
    event = OutcomeRecorded(outcome=chosen, text=kept(said[len(chosen) :].lstrip(" ,;:-–—.")))
    return [Act(event=event, workflow="review", ref=ref, duty="review")]
