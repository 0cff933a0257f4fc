"""The end of ESP: RTS, waivers, the move to production; notes for the tracker; red flags.

A red flag's text goes into its event and nowhere else: no answer of this room repeats it.
"""

from __future__ import annotations

import re

from handlers import names
from handlers.intents import Act, Intent, Say, Unknown, Wish
from handlers.lexicon import FILLER, NEGATIONS, these
from handlers.line import Line, Unclear, unclear
from handlers.words import kept
from workflows.completion import (
    CompletionAsked,
    HoldReleased,
    ItemWaived,
    Noted,
    RtsSet,
    Transitioned,
    TransitionHeld,
)
from workflows.concern import RedFlagClosed, RedFlagRaised, RedFlagTaken
from workflows.machine import Event
from workflows.people import Role

YES = these("yes ready ok good done y yep yeah rts true confirmed complete set")
NO = NEGATIONS | these("pending outstanding missing open waiting false lost")
ITEMS = {
    "ahip": "ahip", "aetna": "ahip", "carrier": "ahip", "tbt": "tbt", "tbts": "tbt", "call": "call", "calls": "call",
    "callcert": "call", "certs": "call", "equipment": "equipment", "equip": "equipment", "laptop": "equipment",
    "rts": "rts", "forms": "rts", "inhibitor": "inhibitor", "inhibit": "inhibitor", "release": "inhibitor",
}  # fmt: skip
"""What people call the items of completion."""

_SAID = these(
    """rts ready sell forms more transition transitioned transitions production moved move moving goes went hold release
    released complete completion mark set make as status released unhold says shows the carrier isnt arent"""
)
DISCIPLINE = re.compile(
    r"\b(?:caps?|coach\w*|disciplin\w*|corrective|terminat\w*|fired|(?:written|final) warning|term review"
    r"|fail\w*|red.?flags?|background)\b",
    re.IGNORECASE,
)
"""Words that have no place in the tracker, nor in a mail about what stands in an agent's way."""

_FLAG = re.compile(r"\bred[\s_-]*flags?\b[\s,:;-]*", re.IGNORECASE)
_FOR = these("for on about that re")


def _whose(line: Line, example: str) -> list[str]:
    """Whom the line is about; asks when it names nobody, or somebody nobody knows."""
    found = names.agents(line)
    if found:
        return found
    for i, word in enumerate(line.words[1:], 1):
        if word not in FILLER | _SAID | YES | NO and word[0].isalpha():
            raise names.stranger(line, line.raw[i])
    if line.own or line.agent:
        return [line.own or line.agent]
    raise unclear("whom", {"example": example})


def _acts(agents: list[str], event: Event, duty: str = "") -> list[Intent]:
    return [Act(event=event, workflow="completion", agent=agent, duty=duty) for agent in agents]


def rts(line: Line) -> Intent | list[Intent]:
    """ "rts @ana yes", "no more forms ana", "ana is not ready to sell": licensing's word alone counts."""
    agents = _whose(line, "rts @ana yes")
    said = line.norm.replace("no more forms", "yes")
    words = set(said.split()) - {"rts"}
    if not words.isdisjoint(NO):
        return _acts(agents, RtsSet(yes=False))
    if not words.isdisjoint(YES):
        return _acts(agents, RtsSet(yes=True))
    named = " ".join(f"@{agent}" for agent in agents)
    buttons = tuple((label, line.press(f"rts {named} {label.lower()}")) for label in ("Yes", "No"))
    who = ", ".join(line.desk.roster.name_of(agent) for agent in agents)
    return Say(template="rts_yes_or_no", facts={"name": who}, buttons=buttons)


def transition(line: Line) -> list[Intent]:
    """ "transition @ana", "ana moved to production"."""
    return _acts(_whose(line, "transition @ana"), Transitioned(), "transition")


HR = frozenset({Role.hr_rep})
HOLDERS = frozenset({Role.pm, Role.esp_manager})
"""Who holds a move to production; of anybody else "hold" is HR's, and about what is kept on record."""


def _for_the_record(line: Line) -> bool:
    """Whether "hold" and "release" are HR's words here: nothing of the agent is deleted."""
    return bool(HR & line.desk.roles) and not HOLDERS & line.desk.roles


def legal(line: Line) -> Intent:
    """ "legal hold @ana counsel asked", "legal release @ana": HR, about what is kept on record."""
    return legal_release(line) if "release" in line.words[:3] else legal_hold(line)


def legal_hold(line: Line) -> Intent:
    """ "hold @ana counsel asked": by direct message; nothing of that agent is deleted any more."""
    if not line.desk.direct:
        return Say(template="hold_direct")
    while line.words and line.words[0] != "hold":
        line.take(0)
    if gone := names.unlisted(line):
        at = next(i for i, word in enumerate(line.words) if word[0] == "@")
        agent, why = gone, line.after(*line.raw[: at + 1])
    else:
        (agent, _), why = names.where_and_why(line, "")
    if not agent:
        raise unclear("whom", {"example": "legal hold @ana counsel asked"})
    if not why:
        raise unclear("need_why", {"example": f"legal hold @{agent} counsel asked"})
    return Wish(name="legal_hold", args={"agent": agent, "why": kept(why, 300)})


def legal_release(line: Line) -> Intent:
    """ "legal release @ana": what is old enough may go again."""
    if not line.desk.direct:
        return Say(template="hold_direct")
    line.drop("legal", "release", "please")
    agent = names.unlisted(line) or _whose(line, "legal release @ana")[0]
    return Wish(name="legal_release", args={"agent": agent})


def hold(line: Line) -> Intent | list[Intent]:
    """ "hold @ana no seat yet": the move to production waits."""
    if _for_the_record(line):
        return legal_hold(line)
    while line.words[:1] != ["hold"]:
        line.take(0)
    (agent, _), why = names.where_and_why(line, "")
    if not agent:
        raise unclear("whom", {"example": "hold @ana no seat yet"})
    if not why:
        raise unclear("need_why", {"example": f"hold @{agent} no seat yet"})
    return _acts([agent], TransitionHeld(why=kept(why, 300)), "transition")


def release(line: Line) -> Intent | list[Intent]:
    """ "release @ana": the hold is over."""
    if _for_the_record(line):
        return legal_release(line)
    return _acts(_whose(line, "release @ana"), HoldReleased(), "held")


def complete(line: Line) -> list[Intent]:
    """ "complete @ana": nobody can; the answer says what is missing."""
    return _acts(_whose(line, "me"), CompletionAsked())


def waive(line: Line) -> Intent | list[Intent]:
    """ "waive @ana equipment own laptop", "waive equipment for ana own laptop"."""
    early = ITEMS.get(line.words[1], "") if len(line.words) > 1 else ""
    if early:
        line.take(1)
        if line.words[1:2] == ["for"]:
            line.take(1)
    (agent, _), rest = names.where_and_why(line, "")
    first, _, why = rest.partition(" ")
    item = early or ITEMS.get(first.lower().strip(",:;."), "")
    if not agent:
        raise unclear("whom", {"example": "waive @ana equipment own laptop"})
    if not item:
        return Say(template="waive_what", facts={"known": sorted(set(ITEMS.values()))})
    why = rest if early else why
    why = kept(re.sub(r"^(?:because|since|certs?|as)\b[\s,:;-]*", "", why.lstrip(" ,:;-–—"), flags=re.IGNORECASE), 300)
    if not why:
        raise unclear("need_why", {"example": f"waive @{agent} {item} own laptop"})
    return _acts([agent], ItemWaived(item=item, why=why))


def note(line: Line) -> Intent | list[Intent]:
    """ "note @ana laptop on its way": a line in the tracker, which many read: no discipline."""
    if line.words[1:2] and line.words[1] in _FOR:
        line.take(1)
    (agent, _), text = names.where_and_why(line, "")
    if not agent:
        raise unclear("whom", {"example": "note @ana laptop on its way"})
    if not text:
        raise unclear("need_why", {"example": f"note @{agent} laptop on its way"})
    if DISCIPLINE.search(text):
        return Say(template="note_discipline")
    return _acts([agent], Noted(text=kept(text, 300)))


def red_flag(line: Line) -> Intent | list[Intent]:
    """ "redflag @ana text", by direct message only; nothing of the text is ever said again."""
    found = _FLAG.search(line.text)
    if found is None:
        return Unknown()
    if not line.desk.direct:
        return Say(template="flag_direct")
    before, after = line.text[: found.start()], line.text[found.end() :]
    try:
        agent, text = _flagged(line, before, after)
    except Unclear:  # its question would repeat the words
        agent, text = "", ""
    if not (agent and text):
        return Say(template="flag_whom")
    event = RedFlagRaised(text=kept(text, 4000), said_at=line.desk.at)
    return [Act(event=event, workflow="red_flag", agent=agent)]


def take_flag(line: Line) -> Intent:
    """ "take X-7": the manager has it."""
    return _flag(line, RedFlagTaken(), "take X-7")


def close_flag(line: Line) -> Intent:
    """ "close X-7": it is settled."""
    return _flag(line, RedFlagClosed(), "close X-7")


def _flag(line: Line, event: Event, example: str) -> Intent:
    if not (ref := line.ref("X")):
        raise unclear("need_ref", {"example": example})
    return Act(event=event, workflow="red_flag", ref=ref)


def _flagged(line: Line, before: str, after: str) -> tuple[str, str]:
    """Whom it is about and what it is: the name stands right behind the words, or before them."""
    said = re.sub(r"^(?:for|on|about)\b\s*", "", after, flags=re.IGNORECASE)
    (agent, _), text = names.where_and_why(Line(f"redflag {said}", line.desk), "")
    if agent and agent != line.agent:
        return agent, text
    ahead = names.agents(Line(before, line.desk)) if before.strip() else []
    return (ahead[0], after.strip()) if len(ahead) == 1 else ("", "")
