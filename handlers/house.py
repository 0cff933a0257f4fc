"""What the house itself does for a person: undo, void, absence, inhibitors, leavers, boards and help.

Wishes only; whether the speaker may is decided where they are granted.
"""

from __future__ import annotations

import re

from handlers import names, ordinals, times
from handlers.finishing import DISCIPLINE
from handlers.intents import Act, Intent, Say, Wish
from handlers.lexicon import CONFIDENTIAL, FILLER
from handlers.line import Line, unclear
from handlers.words import kept, plain
from workflows import handoffs
from workflows.concern import InhibitorCleared
from workflows.failed_exam import AttemptCounts, AttemptTechnical, TechnicalKept, TechnicalRefused, TechnicalReported
from workflows.machine import Event

_MINUTES = re.compile(r"(\d{1,4})(?:m|min|mins|minutes)?")
_FAILURE = re.compile(r"^(?:failure|issue|problem|error|glitch|fault)\b[\s,;:-]*", re.IGNORECASE)
_COUNTS = re.compile(r"(?:it )?counts?\b", re.IGNORECASE)
_STAYS = re.compile(r"(?:it )?(?:stays?|remains?|keep)(?: it)?(?: technical)?[.!]*$", re.IGNORECASE)
_DENIED = re.compile(r"(?:no|not|refused|denied)(?: (?:a )?technical)?[.!]*$", re.IGNORECASE)
LONGEST_AWAY = 480
AWAY, LUNCH = 15, 30
"""Minutes away when the line names none."""


def undo(line: Line) -> Intent:
    """ "undo", "oops wrong": the last thing this person reported."""
    return Wish(name="undo", args={"ref": line.ref()})


def void(line: Line) -> Intent:
    """ "void F-1 2 carrier reset it": an attempt does not count."""
    (agent, ref), ordinal, why = _attempt_and_why(line, "void F-12 the carrier reset it")
    if not why:
        raise unclear("need_why", {"example": f"void {ref or 'F-12'} the carrier reset it"})
    return Wish(name="void", args={"ref": ref, "agent": agent, "ordinal": ordinal, "why": why})


def _attempt_and_why(line: Line, example: str) -> tuple[tuple[str, str], int | None, str]:
    """Whose attempt, which one (None: the newest), and all the words after it."""
    (agent, ref), why = names.where_and_why(line, "F")
    if not (ref or agent):
        raise unclear("need_ref", {"example": example})
    head = Line(" ".join(why.split()[:3]), line.desk)
    ordinal = None
    if head.words and head.words[0] in ("attempt", "number", "the"):
        head.take(0)
    if found := ordinals.ordinals(Line(head.raw[0], line.desk)) if head.words else set():
        ordinal = next(iter(found))
        why = kept(why[why.index(head.raw[0]) + len(head.raw[0]) :].lstrip(" ,;:-–—.)"))
        why = re.sub(r"^(?:attempt|one)\b[\s,;:-]*", "", why, flags=re.IGNORECASE)
    if ordinal == 0:
        raise unclear("odd_ordinal", {"exam": ref or line.desk.roster.name_of(agent), "said": 0, "attempts": None})
    return (agent, ref), ordinal, why


def technical(line: Line) -> Intent | list[Intent]:
    """ "technical F-1 2 computer crashed": the carrier counts it, the ladder does not; "technical F-1 2 counts"."""
    if line.words[0] in ("technical", "tech"):
        where, ordinal, why = _attempt_and_why(line, "technical F-12 2 computer crashed")
        why = _FAILURE.sub("", why)
    else:  # in a tired person's order: "ana's second attempt was technical"
        found = ordinals.ordinals(line)
        line.drop("technical", "failure", "only")
        where, ordinal, why = names.about(line, "F")[0], next(iter(found), None) if len(found) == 1 else None, line.text
    event: Event
    if line.own:
        event = TechnicalReported(ordinal=ordinal, why=kept(why))
    elif _COUNTS.match(why):
        event = AttemptCounts(ordinal=ordinal)
    elif _STAYS.match(why):
        event = TechnicalKept(ordinal=ordinal)
    elif _DENIED.match(why):
        event = TechnicalRefused(ordinal=ordinal)
    elif not why:
        raise unclear("need_why", {"example": f"technical {where[1] or 'F-12'} 2 computer crashed"})
    else:
        event = AttemptTechnical(ordinal=ordinal, why=kept(why))
    return [Act(event=event, workflow="failed_exam", agent=where[0], ref=where[1])]


def repin(line: Line) -> Intent:
    """ "repin F-1 failed-exams-old why": HR pins a case to another wording."""
    raw = line.raw[0]
    ref = line.ref()
    pack = next((w for w in line.words[1:2] if not w.isdigit()), "")
    why = line.after(raw, pack)
    if not (ref and pack and why):
        raise unclear("need_why", {"example": f"repin {ref or 'F-12'} failed-exams-old opened before the change"})
    return Wish(name="repin", args={"ref": ref, "pack": pack, "why": why})


def inhibit(line: Line) -> Intent | list[Intent]:
    """ "inhibit @ana release": something may keep the agent from selling; "inhibit @ana cleared" takes it back."""
    (found, _), category = names.where_and_why(line, "")
    agent = _one_agent(line, found, "inhibit @ana release")
    if category.lower().split(" ")[0] in ("cleared", "clear", "gone", "removed"):
        why = kept(category.partition(" ")[2])
        return [Act(event=InhibitorCleared(why=why), workflow="concern", agent=agent)]
    if not category:
        raise unclear("need_why", {"example": "inhibit @ana release"})
    if DISCIPLINE.search(line.text):
        return Say(template="note_discipline", facts={"example": "inhibit @ana release"})
    event = handoffs.InhibitorFound(category=plain(category, 80), by=line.desk.actor)
    return [Act(event=event, workflow="concern", agent=agent)]


def _one_agent(line: Line, found: str, example: str) -> str:
    if found:
        return found
    named = [w for w in line.raw[1:] if w.lower() not in FILLER]
    if named:
        names.agents(line)
        raise names.stranger(line, named[0])
    raise unclear("whom", {"example": example})


def nle(line: Line) -> Intent:
    """ "nle @ana": the agent has left, confirmed by HRIS."""
    line.take(0)
    found = names.agents(line)
    return Wish(name="nle", args={"agent": _one_agent(line, found[0] if len(found) == 1 else "", "nle @ana")})


# -- absence -----------------------------------------------------------------------------------------------


def leave(line: Line) -> Intent:
    """ "leave until fri", "leave @tara until fri": away till the end of that day's business hours."""
    line.drop("leave", "off", "out", "pto")
    found = names.people(line)
    until = times.end_of(line, line.desk.calendar(""))
    if until is None:
        raise _until_when(line, f"leave @{found[0]}" if found else "leave")
    return Wish(name="leave", args={"person": found[0] if found else line.desk.actor, "until": until})


def delegate(line: Line) -> Intent:
    """ "delegate @dev until fri", "dev covers me till friday"; "delegate cancel" ends it."""
    if line.words[1:2] and line.words[1] in ("cancel", "off", "stop", "end"):
        return Wish(name="delegate", args={"to": "", "person": line.desk.actor, "until": None})
    person = line.desk.actor
    if "for" in line.words:
        behind = Line(" ".join(line.raw[line.words.index("for") + 1 :][:2]), line.desk)
        if whom := names.people(behind):
            person = whom[0]
    found = [username for username in names.people(line) if username != person]
    if not found:
        raise unclear("whom", {"example": "delegate @dev until fri"})
    until = times.end_of(line, line.desk.calendar(""))
    if until is None:
        raise _until_when(line, f"delegate @{found[0]}")
    return Wish(name="delegate", args={"to": found[0], "person": person, "until": until})


def _until_when(line: Line, start: str) -> Exception:
    buttons = [(f"Until {day}", line.press(f"{start} until {day}")) for day in ("today", "tomorrow", "friday")]
    return unclear("until_when", {"example": f"{start} until fri"}, buttons)


def away(line: Line) -> Intent:
    """ "away 15 helping ben", "brb lunch": a few minutes off, told to the class."""
    head = line.raw[0]
    found = next((m for w in line.words[1:5] if (m := _MINUTES.fullmatch(w))), None)
    minutes = int(found[1]) if found else LUNCH if "lunch" in line.words else AWAY
    if not 1 <= minutes <= LONGEST_AWAY:
        return Say(template="odd_minutes", facts={"said": minutes, "longest": LONGEST_AWAY})
    why = re.sub(
        r"^(?:m|min|mins|minutes)\b[\s,.]*", "", line.after(head, found[0] if found else ""), flags=re.IGNORECASE
    )
    hushed = not CONFIDENTIAL.isdisjoint(line.words)
    return Wish(name="away", args={"minutes": minutes, "why": "" if hushed else kept(why, 120), "hushed": hushed})


def back(line: Line) -> Intent:
    """Here again, from whatever it was."""
    return Wish(name="back")


# -- boards and help ---------------------------------------------------------------------------------------


def me(line: Line) -> Intent:
    """One's own board."""
    return Wish(name="me")


def team(line: Line) -> Intent:
    """A TL's own team."""
    return Wish(name="team")


def forms(line: Line) -> Intent:
    """The forms this person still owes."""
    return Wish(name="forms")


def help_on(line: Line) -> Intent:
    """ "help proctor", "?": the commands of one's roles, or of one topic."""
    topic = " ".join(w for w in line.words if w not in ("help", "commands", "on", "with", "about", "me"))
    return Wish(name="help", args={"topic": plain(topic, 40)})
