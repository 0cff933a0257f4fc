"""What people answer for in a failed-exam case: coached, form, confirm, reject, proctor, result, session ended.

Each says which event with which address; who may, and whether it is due, is the workflow's business.
"""

from __future__ import annotations

import re

from handlers import exam, names, times
from handlers.intents import Act, Choice, Intent, Say
from handlers.lexicon import NEGATIONS, these
from handlers.line import Line, unclear
from handlers.verdict import verdict
from workflows.failed_exam import (
    Coached,
    FailConfirmed,
    FailRejected,
    FormDone,
    NoSession,
    ProctorCancelled,
    ProctorScheduled,
    ProctorWanted,
    ResultEntered,
    SessionEnded,
)
from workflows.machine import Event
from workflows.people import Role

_NUMBER = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9/._-]{0,39}")
_ATTEMPTS = {word: n for n, words in enumerate(("1st first", "2nd second", "3rd third", "4th fourth", "5th fifth"), 1)
             for word in words.split()}  # fmt: skip
_NUMBERED = re.compile(r"\bno (?=\S*\d)")
_NOT_ADVISED = re.compile(r"\b(?:not|didnt|did not|havent|without|no)\s+(?:yet\s+)?advis\w*", re.IGNORECASE)
_ADVISED = re.compile(
    r"\badvis(?:ed|e|ing)\b|\bfinal cap\b"
    r"|\btold\b.*\b(?:caps?|policy|(?:second|2nd|third|3rd|next|another) (?:fail\w*|attempt))\b"
)
_CANCEL = these("cancel cancelled canceled")
_SLOT = re.compile(r"^(?:the |her |his )?(?:proctor(?:ed)?|slot|session|sitting)\b[\s,:;-]*", re.IGNORECASE)


def acts(line: Line, event: Event, duty: str, workflow: str = "failed_exam", letters: str = "F") -> list[Intent]:
    """The event, once for everybody and every case the line names."""
    return [Act(event=event, workflow=workflow, agent=a, ref=r, duty=duty) for a, r in names.about(line, letters)]


def _each(where: list[tuple[str, str]], event: Event, duty: str) -> list[Intent]:
    return [Act(event=event, workflow="failed_exam", agent=a, ref=r, duty=duty) for a, r in where]


def coached(line: Line) -> list[Intent]:
    """ "coached @ana advised 10:30", "talked to ana about final cap". `advised` only when the words say so."""
    advised = advises(line.text)
    where = names.about(line)
    on = times.gone(line, line.desk.calendar(where[0][0]))
    return _each(where, Coached(advised=advised, on=on), "coach")


def advises(text: str) -> bool:
    """Whether the words say that the policy's statement was made."""
    said = " ".join(text.lower().replace("'", "").split())
    return not _NOT_ADVISED.search(said) and _ADVISED.search(said) is not None


def denies(line: Line) -> bool:
    """A no that is about the whole; "not advised" is only about the statement, "no 12" is a number."""
    words = _NUMBERED.sub(" ", _NOT_ADVISED.sub(" ", line.norm)).split()
    return not NEGATIONS.isdisjoint(words)


def form(line: Line) -> list[Intent]:
    """ "form F-12 88231", "form done ana 2nd": the tracking form was filed; a number is its receipt's."""
    where = names.about(line, "FP")
    attempt = next((_ATTEMPTS[word] for word in line.words if word in _ATTEMPTS), None)
    for i, word in enumerate(line.words[:-1]):
        if word == "attempt" and line.words[i + 1].isdecimal():
            attempt = int(line.take(i, i + 2).split()[1][:6])
            break
    line.drop(*_ATTEMPTS)
    number = next((raw for raw in line.raw if _NUMBER.fullmatch(raw) and any(c.isdigit() for c in raw)), "")
    return _each(where, FormDone(attempt=attempt, number=number.lstrip("#")), "form")


def confirm(line: Line) -> Intent | list[Intent]:
    """ "confirm F-1", "yes ana failed": a person confirms the last fail."""
    if line.own and line.words == ["confirm"]:
        return Choice(text="yes")
    exam.exams(line)
    return acts(line, FailConfirmed(), "confirm")


def she_failed(line: Line) -> Intent | list[Intent]:
    """ "yes she failed": a TL or the proctor confirms; an agent answers what he was asked."""
    if verdict(line) not in ("fail", ""):
        return exam.doubt(line)
    if line.own:
        return exam.fail(line) if exam.exams(Line(line.text, line.desk)) else Choice(text="yes")
    return confirm(line)


def reject(line: Line) -> list[Intent]:
    """ "reject F-1 why": the last fail is not so."""
    where, why = names.where_and_why(line, "F")
    return _each([where], FailRejected(why=why), "confirm")


def result(line: Line) -> Intent | list[Intent]:
    """ "result F-1 fail": the proctor says how the attempt ended."""
    line.take(0)
    read, whom = verdict(line), " ".join(line.raw)
    if read not in ("pass", "fail"):
        both = [(label, line.press(f"result {whom} {label.lower()}")) for label in ("Pass", "Fail")]
        return Say(template="pass_or_fail", buttons=() if read else tuple(both))
    exam.exams(line)
    return acts(line, ResultEntered(passed=read == "pass"), "result")


def ended(line: Line) -> list[Intent]:
    """ "ended F-1", "done" in the thread: WFM ended today's session."""
    return acts(line, SessionEnded(), "end_session")


def done(line: Line) -> Intent | list[Intent]:
    """ "done" by itself: WFM ended a session; anybody else is asked what."""
    if Role.wfm in line.desk.roles:
        return ended(line)
    said = (("Coached", "coached"), ("Form done", "form done"), ("CAP delivered", "cap done"))
    return Say(
        template="done_what", buttons=() if line.own else tuple((label, line.press(text)) for label, text in said)
    )


def no_session(line: Line) -> list[Intent]:
    """There was no session to end."""
    line.drop("no")
    return acts(line, NoSession(), "end_session")


# -- the proctored attempt ---------------------------------------------------------------------------------


def proctor(line: Line) -> list[Intent]:
    """ "proctor F-1 mon 10:00 @lia [link] [force]", "... cancel why": when, and with whom, the attempt is taken."""
    if line.own:
        return _asks_for_a_time(line)
    if not _CANCEL.isdisjoint(line.words):
        return _cancel(line)
    ref = line.ref("F")
    found = names.people(line)
    agent = ""
    if found and found[0] in line.desk.roster.agents and (not ref or len(found) > 1 or ref == line.thread):
        agent = found.pop(0)
    if not (ref or agent):
        agent = names.about(line, "F")[0][0]
    event = sitting(line, agent, found)
    return _each([(agent, "" if agent and ref == line.thread else ref)], event, "proctor")


def sitting(line: Line, agent: str, found: list[str]) -> ProctorScheduled:
    """The sitting a line describes; the speaker proctors when it names nobody."""
    if len(found) > 1:
        raise unclear("one_proctor", {"people": [line.desk.roster.name_of(u) for u in found]})
    who = found[0] if found else line.desk.actor
    link, forced = line.url(), line.drop("force", "forced", "anyway")
    starts = times.coming(line, line.desk.calendar(agent))
    if starts is None:
        raise unclear("need_time", {"said": ""})
    return ProctorScheduled(
        starts=starts, proctor=who, proctor_name=line.desk.roster.name_of(who), link=link, forced=forced
    )


def _cancel(line: Line) -> list[Intent]:
    """ "proctor F-1 cancel why", "cancel F-1 proctor, why"."""
    at = next(i for i, word in enumerate(line.words) if word in _CANCEL)
    if at:
        why = line.after(*line.raw[: at + 1])
        where = names.about(Line(" ".join(line.raw[:at]), line.desk, line.thread, line.agent), "F")[0]
    else:
        where, why = names.where_and_why(line, "F")
    return _each([where], ProctorCancelled(why=_SLOT.sub("", why)), "")


def _asks_for_a_time(line: Line) -> list[Intent]:
    """An agent does not schedule; his wish reaches those who do, whatever time he names."""
    return [Act(event=ProctorWanted(), workflow="failed_exam", agent=line.own)]
