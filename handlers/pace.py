"""What is said about the pace of carrier certification: proofs, blocks, extra sessions.

Which event with which address; who may, and whether it is due, is the workflow's business.
"""

from __future__ import annotations

import re
from datetime import datetime

from handlers import names, times
from handlers.intents import Act, Intent, Say, Wish
from handlers.lexicon import these
from handlers.line import Line, unclear
from workflows.carrier_cert import BlockAsked, ProofAccepted, SessionsPlanned, UnblockAsked
from workflows.machine import Event

ITEMS = {
    word: item
    for item, words in (
        ("final", "final ahip finals exam"),
        ("checkmarks", "checkmarks checkmark checks check marks green greens 13 thirteen"),
        ("product", "product products"),
    )
    for word in words.split()
}
REASONS = {
    word: reason
    for reason, words in (
        ("nnumber", "nnumber n-number nnumbers n-numbers nnum n-num"),
        ("payment", "payment pay paying payments paid fee"),
        ("login", "login log-in logon password locked"),
        ("outage", "outage down carrier outages"),
        ("equipment", "equipment laptop computer headset pc hardware monitor internet"),
        ("absence", "absence absent leave pto hr hr-approved"),
        ("other", "other else"),
    )
    for word in words.split()
}
_ASIDE = these("is are was were it its the a her his their my now for to me us yes please thanks fine here s and by")
"""Words beside "proof @ana ok" that name no item."""
_REDO = these("redo again reject rejected refuse refused no not blurry blurred wrong missing resend")
_OK = these("ok okay good fine accepted accept verified verify right correct valid great yes approved")
_N_NUMBER = re.compile(r"\bn[\s-]?(?:number|num|nr|no)\b", re.IGNORECASE)
_FROM = these("from since starting until")
_AROUND = these(
    """block blocked unblock unblocked still no not waiting without late has have doesnt havent hasnt got get yet his
    her their number again was solved fixed came works working release the issue problem is an any cant"""
)
"""Words that stand around a reason and name nobody."""
MOST_SESSIONS = 9
"""Extra sessions read from one line."""


def proof(line: Line) -> Intent | list[Intent]:
    """ "proof @ana ok [final|checkmarks|product]", "proof @ana redo why", "anas checkmarks are good"."""
    line.drop("proof", "proofs")
    verdict = next((i for i, word in enumerate(line.words) if word in _REDO | _OK), None)
    if verdict is None:
        raise unclear("proof_how", {"example": "proof @ana ok", "own": bool(line.own)})
    if line.words[verdict] in _REDO:
        return _redo(line, verdict)
    items = tuple(dict.fromkeys(ITEMS[word] for word in line.words if word in ITEMS))
    line.drop(*ITEMS, *_OK, "look", "looks", "modules", "module", "all", "both")
    where = names.about(line, "PF")
    if not any(agent or ref for agent, ref in where):
        raise unclear("whom", {"example": "proof @ana ok"})
    if not items and not _ASIDE.issuperset(line.words):  # a mistyped item must not stand for all of them
        raise unclear("proof_how", {"example": "proof @ana ok final", "own": bool(line.own)})
    return [Act(event=ProofAccepted(items=items), workflow="carrier_cert", agent=a, ref=r) for a, r in where]


def _redo(line: Line, at: int) -> Intent:
    """Licensing asks for it again; of what, and in which case, is found where it is decided."""
    why = line.after(line.raw[at])
    why = "" if _OK.issuperset(Line(why, line.desk).words) else why
    head = Line(" ".join(line.raw[:at]), line.desk, line.thread, line.agent)
    items = [ITEMS[word] for word in head.words if word in ITEMS]
    first = why.split(" ", 1)
    if not items and first[0].lower().strip(":,") in ITEMS and (len(first) > 1 or first[0].lower() != "13"):
        items, why = [ITEMS[first[0].lower().strip(":,")]], first[1] if len(first) > 1 else ""
    head.drop(*ITEMS)
    agent, ref = names.about(head, "PF")[0]
    if not (agent or ref):
        raise unclear("whom", {"example": "proof @ana redo blurred"})
    return Wish(name="proof", args={"agent": agent, "ref": ref, "items": items, "why": why})


# -- blocks ------------------------------------------------------------------------------------------------


def block(line: Line) -> list[Intent]:
    """ "block @ben nnumber from 09:00", "ben still no n number"; an agent alone means himself."""
    if at := _word_of_n_number(line):
        line.take(at - 1)
    reason = _reason(line)
    where, on = _whom_and_when(line, "block @ben nnumber from 09:00")
    return _acts(where, BlockAsked(reason=reason, since=on))


def unblock(line: Line) -> list[Intent]:
    """ "unblock @ben [nnumber] [from 10:00]"."""
    if at := _word_of_n_number(line):
        line.take(at - 1)
    reason = _reason(line)
    where, on = _whom_and_when(line, "unblock @ben")
    return _acts(where, UnblockAsked(reason=reason, until=on))


def _whom_and_when(line: Line, example: str) -> tuple[list[tuple[str, str]], datetime | None]:
    on = times.gone(line, line.desk.calendar(line.own))
    line.drop(*_FROM, *REASONS, *_AROUND)
    where = names.about(line, "P")
    if not any(agent or ref for agent, ref in where):
        raise unclear("whom", {"example": example})
    return where, on


def _word_of_n_number(line: Line) -> int:
    """Where "n number" stands, as a place counted from 1, made one word; 0 for nowhere."""
    for i, word in enumerate(line.words[:-1]):
        if word == "n" and line.words[i + 1] in ("number", "num", "nr"):
            line.words[i + 1] = line.raw[i + 1] = "nnumber"
            return i + 1
    return 0


def _reason(line: Line) -> str:
    """The reason the words name, as the pack's key; "" when they name none."""
    return next((REASONS[word] for word in line.words if word in REASONS), "")


def _acts(where: list[tuple[str, str]], event: Event) -> list[Intent]:
    return [Act(event=event, workflow="carrier_cert", agent=a, ref=r) for a, r in where]


# -- extra sessions ----------------------------------------------------------------------------------------


def sessions(line: Line) -> Intent | list[Intent]:
    """ "ot P-12 11/20 17:00, 11/23 17:00, 11/24 17:00": WFM has placed the extra sessions."""
    line.drop("ot", "overtime", "slots", "slot", "sessions", "session")
    ref = line.ref("P")
    agent = "" if ref else next(iter(names.agents(line)), "")
    if not (ref or agent):
        raise unclear("need_ref", {"example": "ot P-12 11/20 17:00, 11/23 17:00, 11/24 17:00"})
    calendar = line.desk.calendar(agent)
    starts: list[datetime] = []
    while len(starts) < MOST_SESSIONS and (start := times.coming(line, calendar)) is not None:
        starts.append(start)
    if not starts:
        return Say(template="need_time", facts={"said": ""})
    return [Act(event=SessionsPlanned(starts=tuple(starts)), workflow="carrier_cert", agent=agent, ref=ref)]
