"""What a colleague writes in free sentences in answer to a mail of ours, made into the words the routes know.

Reads "Coached. I advised her that ..." and "proctor: ..."; what could be two times is asked. Decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time

from handlers import words
from handlers.intents import Desk, Intent, Say, Silence
from workflows.calendar import Calendar
from workflows.people import Role

LONGEST = 600
"""Characters of a first paragraph that are read."""

_PROCTORS = frozenset({Role.licensing, Role.pm, Role.proctor})
_ASKED = {
    "E-01": frozenset({Role.tl, Role.workshop_lead}), "E-02": _PROCTORS, "E-03": _PROCTORS, "E-25": _PROCTORS,
}  # fmt: skip
"""Mails of ours whose answer the bot waits for, by specification's name, and from whom."""
_HANDED_OVER = re.compile(r"\b(?:deliver(?:ed)?|gave|given|handed|presented)\b", re.IGNORECASE)

_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|thanks|thank you|thx|ok|okay|sure|great)\b"
    r"[^.!?:;\d]{0,40}[,.!]{0,3}",
    re.IGNORECASE,
)
_COACHED = re.compile(r"\W{0,3}(?:(?:i|we|have|ive|i've|just|already|done|yes)\W{1,2})*coached\b", re.IGNORECASE)
_TAIL = re.compile(
    r"[,;]|:(?!\d)|\s[-–—]{1,2}\s|\s(?:and|&)\s+(?:i\s+|we\s+|have\s+|also\s+)*(?:advis|told|tell|inform|warn|explain|let\s)"
    r"|\b(?:but|not|without|yet)\b|\badvis|\bthat\b",
    re.IGNORECASE,
)
_ADVISED = re.compile(
    r"\badvised\b|\badvisement\b|\b(?:told|informed|warned|explained|made (?:her|him|them) aware)\b.{0,120}\bcap\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|without|forgot\w*|no|\w{2,6}n['’]?t)\b.{0,30}\b(?:advis|told|inform|warn|explain)"
    r"|\badvised\b.{0,20}\b(?:later|tomorrow|yet)\b|\b(?:be|to be|get) advised\b",
    re.IGNORECASE,
)
_PROCTOR = re.compile(r"^\W{0,3}proctor(?:ed|ing)?\s{0,3}[:=-]\s{0,3}(?P<when>.{3,200})$", re.IGNORECASE | re.MULTILINE)
_DOTTED = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
_CLOCK = r"(?:\d{1,2}[:.]\d\d(?:\s?[ap]\.?m\b\.?)?|\d{1,2}\s?[ap]\.?m\b\.?)"
_SPAN = re.compile(rf"({_CLOCK})\s?(?:-|–|to|until|till)\s?{_CLOCK}", re.IGNORECASE)
_CLOCKS = re.compile(_CLOCK, re.IGNORECASE)
_DATES = re.compile(
    r"\b\d{4}-\d{1,2}-\d{1,2}|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}\b",
    re.IGNORECASE,
)
_DAYS = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\b(?:today|tomorrow)\b", re.IGNORECASE)
_EITHER = re.compile(r"\s(?:or|oder|bzw\.?)\s", re.IGNORECASE)
_WRITTEN = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:T|\s{1,3}|\s?at\s)(\d{1,2}):(\d\d)\b")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a mail without the greeting it begins with."""
    found = [each.strip() for each in re.split(r"\n\s*\n", text) if each.strip()]
    while found:
        head, _, rest = found[0].partition("\n")
        if not _GREETING.fullmatch(head.strip()):
            break
        if rest.strip():
            found[0] = rest.strip()
        elif len(found) > 1:
            found.pop(0)
        else:
            break
    return found


def first(text: str) -> str:
    """The first paragraph that is no greeting, in one line."""
    found = paragraphs(text)
    return words.clean(" ".join(found[0].split()))[:LONGEST] if found else ""


def coached(text: str) -> str:
    """ "Coached. I advised her that a second fail means a Final CAP." -> "Coached advised"; "" when it is not that."""
    said = words.clean(" ".join(" ".join(paragraphs(text)).split()))[: LONGEST * 4]
    begun = _COACHED.match(said)
    if begun is None:
        return ""
    sentences = re.split(r"(?<=[.!?])\s+", said)
    end = _TAIL.search(sentences[0], begun.end())
    head = sentences[0][: end.start() if end else None].strip(" .!")
    advised = any(_ADVISED.search(each) and not _DENIED.search(each) for each in sentences)
    return f"{head} advised" if advised else head


def proctor(text: str, ref: str, desk: Desk) -> str | Intent | None:
    """The words of "proctor: 2026-11-23 10:00" for the routes, a question where it could be two times, or None."""
    found = _PROCTOR.search(text)
    if found is None:
        return None
    said = _DOTTED.sub(lambda d: f"{d[3]}-{int(d[2]):02}-{int(d[1]):02}", words.clean(found["when"]))
    case = f"{ref} " if ref and ref not in said.upper() else ""
    one = _SPAN.sub(r"\1", said)
    choices = [each.strip() for each in _EITHER.split(one)]
    if any(len(set(map(str.lower, p.findall(one)))) > 1 for p in (_DATES, _CLOCKS, _DAYS)) or (
        len(choices) > 1 and all(re.search(r"\d", each) or _DAYS.search(each) for each in choices)
    ):
        whole = [each for each in choices if _CLOCKS.search(each) and len(choices) > 1][:3]
        whole = whole if len(whole) == len(choices) else []
        return Say(
            template="mail_times",
            facts={"said": words.plain(said, 120)},
            buttons=tuple((words.plain(each, 40), f"proctor: {case}{each}") for each in whole),
        )
    if (odd := _odd_hour(one, desk.calendar(""))) is not None:
        return odd
    return f"proctor {case}{one}"


def _odd_hour(said: str, calendar: Calendar) -> Intent | None:
    """A question where the clocks change: the hour that is left out, and the one that comes twice."""
    found = _WRITTEN.search(said)
    if found is None:
        return None
    try:
        day, wall = date(int(found[1]), int(found[2]), int(found[3])), time(int(found[4]), int(found[5]))
    except ValueError:
        return None
    here = calendar.local(calendar.at(day, wall))
    twice = here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()
    if twice or datetime.combine(day, wall) != here.replace(tzinfo=None):
        return Say(template="mail_hour", facts={"said": found[0], "twice": twice})
    return None


# -- what nobody here understands --------------------------------------------------------------------------


def unread(about: str, ref: str, text: str, reached: Iterable[str], desk: Desk) -> list[Intent] | None:
    """What is said to an answer to one of ours (`about` "E-25", `ref` its case) that means nothing here; None where
    the general question is right. Whom it has `reached` besides has it anyway: then the bot is silent."""
    agent, others = Role.agent in desk.roles, _others(reached, desk)
    if about == "E-25" and agent:
        return [Say(template="mail_sitting", facts={"others": others})]
    if agent or about in ("", "E-21") or desk.roles & _ASKED.get(about, frozenset()):
        return None
    if about == "E-05" and _HANDED_OVER.search(text):
        return [Say(template="mail_handed_over", facts={"case": ref})]
    return [Silence()] if others else [Say(template="mail_unknown")]


def _others(reached: Iterable[str], desk: Desk) -> list[str]:
    """Who else has the mail: people by name, teams by address."""
    roster = desk.roster
    users = {(roster.email_of(user) or "").lower(): user for user in (*roster.people, *roster.agents)}
    teams = {address.lower() for addresses in roster.contacts.values() for address in addresses}
    found = [roster.name_of(users[each]) if each in users else each for each in reached
             if (each in teams or each in users) and users.get(each) != desk.actor]  # fmt: skip
    return list(dict.fromkeys(found))
