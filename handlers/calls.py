"""What the call-cert team says: connect, score, pause, resume, uploaded, reopen, queue; and the scorecard's file.

Which event with which address; whether it is due, and whether it fits, is the workflow's business.
"""

from __future__ import annotations

import re

from handlers import names
from handlers.intents import Act, Desk, Intent, Say, Wish
from handlers.lexicon import POLITE, these
from handlers.line import Line, unclear
from handlers.words import kept
from workflows.call_cert import (
    CallCertReopened,
    CallPaused,
    CallResumed,
    CallScored,
    ScorecardSubmitted,
    ScorecardUploaded,
    ScorecardWanted,
    named,
)
from workflows.effects import Evidence
from workflows.machine import Event
from workflows.people import Role, fold

FORCE = these("force forced anyway override regardless")
_TEXTS = re.compile(
    r"\b(?P<well>(?:did|done|went)?\s*well|good|positives?)\s*[:=]"
    r"|\b(?P<down>(?:marked\s+)?down|negatives?|minus)\s*[:=]"
    r"|\b(?P<prepare>(?:to\s+)?prep(?:are)?|next(?:\s+time)?)\s*[:=]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?\d{1,6}(?:[.,]\d{1,6})?")
_COMMA = re.compile(r"(?<=\d\d),(?=\d)")
"""In "85,5" it is the decimal point; in "3,92" it parts the call from its score."""

_ZEROS = re.compile(r"^0+(?=\d)")
_FIRST = re.compile(r"\s*[!/]?\w+\s*")
FEWEST = 10
"""A lone whole number below it is the number of a call, not a score."""

SHEETS = (".xlsx", ".xlsm", ".xltm", ".xlam", ".xls", ".xlsb", ".csv", ".tsv", ".ods", ".numbers")
"""Endings of files that are meant as scorecards."""

_ENDING = re.compile(r"\.(?:xls[mbx]?|xl[ta]m|ods|numbers|tsv|csv|pdf|docx?|txt|png|jpe?g)$", re.IGNORECASE)
NEAR = 80
"""How like a name on the roster, of 100, one that is not there has to be for it to be meant."""


def acts(line: Line, event: Event, duty: str = "") -> list[Intent]:
    """The event, once for everybody the line names."""
    where = names.about(line, "Q")
    return [Act(event=event, workflow="call_cert", agent=agent, ref=ref, duty=duty) for agent, ref in where]


# -- connecting


def connect(line: Line) -> Intent:
    """ "connect @ana @cass [link] [force why]", "pair ana with cass"; a Certifier who names none means himself."""
    roster, desk = line.desk.roster, line.desk
    at = next((i for i, word in enumerate(line.words) if i and word in FORCE), None)
    why = line.after(line.raw[at]) if at is not None else ""
    head = Line(" ".join(line.raw[:at]), desk, line.thread, line.agent)
    link = head.url() or line.url()
    found = names.people(head, expected=True)
    agents = [user for user in found if user in roster.agents] or [line.agent] * bool(line.agent)
    staff = [user for user in found if user not in roster.agents]
    if not agents or len(agents) > 1 or len(staff) > 1:
        raise unclear("whom", {"example": "connect @ana @cass"})
    if not staff and Role.certifier not in desk.roles:
        raise unclear("whom", {"example": f"connect @{agents[0]} @cass"})
    certifier = staff[0] if staff else desk.actor
    if Role.certifier not in roster.people[certifier].roles:
        raise unclear("not_certifier", {"name": roster.name_of(certifier)})
    why = kept(why.replace(link, " ")) if link else why
    return Wish(
        name="connect",
        args={"agent": agents[0], "certifier": certifier, "link": link, "forced": at is not None, "why": why},
    )


# -- scoring


def score(line: Line) -> list[Intent]:
    """ "score @ana 3 92 well: …; down: …; next: …", "ana call 3 92", "rescore @ana 3"."""
    marks = list(_TEXTS.finditer(line.text))
    said = {str(mark.lastgroup): "" for mark in marks}
    ends = [*(mark.start() for mark in marks[1:]), len(line.text)]
    for mark, end in zip(marks, ends, strict=False):
        said[str(mark.lastgroup)] = kept(line.text[mark.end() : end].strip(" \t,;"), 600)
    before = _COMMA.sub(".", line.text[: marks[0].start()] if marks else line.text)
    head = Line(before, line.desk, line.thread, line.agent)
    call, points = _call_and_points(head)
    head.drop("score", "scored", "scores", "rescore", "call", "calls", "got", "was", "is", "number", "gets")
    return acts(head, CallScored(call=call, score=points, **said))


def _call_and_points(head: Line) -> tuple[int, str]:
    """Takes the numbers: which call (0 for the next one), and the score as typed ("" for none)."""
    call, found = 0, []
    i = 0
    while i < len(head.words):
        raw = head.raw[i].strip("#:;.,()").removesuffix("%").removesuffix("/100")
        if head.words[i][0] != "@" and _NUMBER.fullmatch(raw):
            behind_call = i > 0 and head.words[i - 1] in ("call", "number")
            head.take(i)
            if behind_call and not call and raw.isdigit():
                call = int(raw[:3])
            else:
                found.append(_ZEROS.sub("", raw))
        else:
            i += 1
    if not call and found and found[0].isdigit() and (len(found) > 1 or int(found[0]) < FEWEST):
        call = int(found.pop(0)[:3])
    return call, found[0] if found else ""


# -- the clock, the upload, another round


def pause(line: Line) -> list[Intent]:
    """ "pause @ana her headset died": the clock stops; without a name it is the agent on the line."""
    (agent, ref), why = names.where_and_why(line, "Q")
    if not (agent or ref):
        return [Wish(name="on_the_line", args={"event": CallPaused(why=why)})]
    return [Act(event=CallPaused(why=why), workflow="call_cert", agent=agent, ref=ref)]


def resume(line: Line) -> list[Intent]:
    """ "resume @ana", "resume": the clock runs."""
    line.take(0)
    if POLITE.issuperset(line.words) and not line.thread:
        return [Wish(name="on_the_line", args={"event": CallResumed()})]
    return acts(line, CallResumed())


def reopen(line: Line) -> list[Intent]:
    """ "reopen callcert @ana why": another round."""
    text = re.sub(r"^\s*[!/]?reopen\s+(?:the\s+)?call[\s-]*certs?\b", "reopen", line.text, flags=re.IGNORECASE)
    (agent, ref), why = names.where_and_why(Line(text, line.desk, line.thread, line.agent), "Q")
    return [Act(event=CallCertReopened(why=why), workflow="call_cert", agent=agent, ref=ref)]


def uploaded_call(line: Line) -> list[Intent]:
    """ "uploaded @ana call": the scorecard is in the form."""
    line.drop("call", "calls", "scorecard", "callcert", "uploaded", "upload", "scorecards")
    return acts(line, ScorecardUploaded(), "upload_call")


def no_file(line: Line) -> Intent | list[Intent]:
    """ "scorecard @ana": the sheet to fill in; "sent the scorecard", without the file: it takes the file."""
    bare = line.words[:1] and line.words[0] in ("scorecard", "scorecards")
    line.drop("scorecard", "scorecards", "mail", "send", "me", "the", "for", "of", "a", "template", "blank", "new")
    agents = names.agents(line)
    if bare and len(agents) == 1:
        return [Act(event=ScorecardWanted(), workflow="call_cert", agent=agents[0])]
    if bare and not agents and not line.words:
        return [Wish(name="on_the_line", args={"event": ScorecardWanted()})]
    return Say(template="send_scorecard")


def queue(line: Line) -> Intent:
    """Who waits for a Certifier."""
    return Wish(name="queue")


# -- the file


def meant_as_one(desk: Desk, file: Evidence) -> bool:
    """Whether a file is to be judged as a scorecard: a spreadsheet, or what a Certifier names as one."""
    if file.name.lower().endswith(SHEETS):
        return True
    return Role.certifier in desk.roles and named(_ENDING.sub(".xlsx", file.name)) is not None


def scorecard(desk: Desk, file: Evidence) -> list[Intent]:
    """A spreadsheet sent to the bot: of the agent its name tells, or the sheet, else of whoever's the sender owes."""
    said = named(file.name) or named(_ENDING.sub(".xlsx", file.name))
    if Role.certifier not in desk.roles:
        return [Say(template="not_your_scorecard")] if said else []
    whose: tuple[str, ...] = ()
    if said:
        ways = ((said.last, said.first), (said.first, said.last))
        whose = next((found for way in ways if (found := _whose(desk, *way))), ()) or _nearest(desk, *ways[0])
    elif file.marks is not None:
        whose = tuple(user for user in desk.roster.find_people(file.marks.agent) if user in desk.roster.agents)
    event = ScorecardSubmitted(evidence=file, source="chat")
    if len(whose) == 1:
        return [Act(event=event, workflow="call_cert", agent=whose[0], duty="scorecard")]
    return [Wish(name="on_the_line", args={"event": event, "duty": "scorecard"})]


def _nearest(desk: Desk, last: str, first: str) -> tuple[str, ...]:
    """The one agent whose name is almost that; nothing when two are as near."""
    from rapidfuzz import fuzz

    said = fold(f"{last} {first}")
    likes = sorted(
        (
            (max(fuzz.ratio(said, fold(f"{a.last} {a.first}")), fuzz.ratio(said, fold(f"{a.first} {a.last}"))), user)
            for user, a in desk.roster.agents.items()
        ),
        reverse=True,
    )
    best = [(like, user) for like, user in likes[:2] if like >= NEAR]
    return (best[0][1],) if best and (len(best) == 1 or best[0][0] > best[1][0]) else ()


def _whose(desk: Desk, last: str, first: str) -> tuple[str, ...]:
    """The agents of that name."""
    wanted = (fold(last), fold(first))
    return tuple(a.username for a in desk.roster.agents.values() if (fold(a.last), fold(a.first)) == wanted)
