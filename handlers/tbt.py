"""What agents, TBT SMEs and the Cert Coordinator say of TBTs; and the PDF that proves them.

Which event with which address; which courses there are is the pack's business, so a number stays as it was typed.
"""

from __future__ import annotations

import re

from handlers import names
from handlers.intents import Act, Desk, Intent, Say, Wish
from handlers.lexicon import NEGATIONS, these
from handlers.line import Line, unclear
from handlers.words import kept
from workflows.effects import Evidence
from workflows.machine import Event
from workflows.people import Role
from workflows.tbt import (
    PDF,
    CourseFailed,
    CourseMissing,
    CoursesCounted,
    CoursesDone,
    CoursesUploaded,
    SearchVerified,
    TbtProofAccepted,
    TbtProofRefused,
    TbtProofSent,
)

TBT = these("tbt tbts")
DONE = these("done finished complete completed did passed pass finish")
GOOD = these("ok okay good fine accepted accept")
REDO = these("redo again returned return blurred")
MISSING = these("missing find found gone there")
FAILED = these("failed fail fails flunked bombed")
LIST = these("list status all? which")
UPLOADED = these("uploaded upload")
SEARCHED = these("searched search verified")
_COURSE = re.compile(r"#?\d{1,9}")
_COUNT = re.compile(r"(\d{1,4})(?:/|\s+of\s+)\d{1,4}")
_COUNTED = re.compile(r"\b(\d{1,4}) (?:more )?tbts?\b")
NUMBER_DIGITS = 4
"""A number of at least so many digits is a course's, not a count."""

_ELSE = re.compile(r"\b(?:ahip|aetna|check ?marks?|13|final|module|product|certificate)\b", re.IGNORECASE)


def acts(where: list[tuple[str, str]], event: Event, duty: str = "") -> list[Intent]:
    """The event, once for everybody it is about."""
    return [Act(event=event, workflow="tbt", agent=agent, ref=ref, duty=duty) for agent, ref in where]


def tbt(line: Line) -> Intent | list[Intent]:
    """ "tbt done 211629", "finished tbt 3", "tbt 7/15", "tbt missing 211629", "tbt ok @ana 211629"."""
    said = set(line.words)
    if NEGATIONS & said and not MISSING & said and not (REDO & said and not line.own):
        return Say(template="denied", facts={"example": "tbt done 211629"})
    if REDO & said and not line.own:
        return redo(line)
    if counted := _counted(line):
        return counted
    if FAILED & said:
        return failed(line)
    if MISSING & said and not (DONE & said):
        return missing(line)
    courses = _courses(line) or (("all",) if "all" in said else ())
    if line.own and line.desk.files and not (DONE & said and courses):
        return acts([(line.own, "")], TbtProofSent(evidence=line.desk.files[0], courses=courses))
    if SEARCHED & said and not line.own:
        return _searched(line, courses)
    if UPLOADED & said and not line.own:
        return acts(_whom(line), CoursesUploaded(courses=courses))
    if GOOD & said and not line.own:
        return acts(_whom(line), TbtProofAccepted(courses=courses))
    if DONE & said or (courses and line.own):
        return _done(line, courses)
    return Wish(name="tbt_list", args={"agent": _whom(line)[0][0]})


def _done(line: Line, courses: tuple[str, ...]) -> list[Intent]:
    if not courses:
        raise unclear("which_tbt", {"example": "tbt done 211629"})
    return acts(_whom(line), CoursesDone(courses=courses, evidence=next(iter(line.desk.files), None)))


def _counted(line: Line) -> list[Intent]:
    """ "tbt 7/15", "6 tbts": a mere count."""
    found = _COUNT.search(line.text) or _COUNTED.search(line.norm)
    if found is None or len(found[1]) >= NUMBER_DIGITS or not line.own:
        return []
    return acts([(line.own, "")], CoursesCounted(count=int(found[1])))


def _courses(line: Line) -> tuple[str, ...]:
    """Takes the numbers the line names."""
    found: dict[str, None] = {}
    for i in range(len(line.words) - 1, -1, -1):
        raw = line.raw[i].strip(".,:;")
        if _COURSE.fullmatch(raw) and line.words[i][0] != "@":
            found[raw.lstrip("#")] = None
            line.take(i)
    return tuple(reversed(found))


def _whom(line: Line) -> list[tuple[str, str]]:
    """Whose courses: the agents named, else the speaker himself."""
    line.drop(*TBT, *DONE, *GOOD, *MISSING, *FAILED, *LIST, *UPLOADED, *SEARCHED, "course", "courses", "all", "cant")
    if line.own:
        return [(line.own, "")]
    return names.about(line, "T")


def _searched(line: Line, courses: tuple[str, ...]) -> list[Intent]:
    if not courses:
        raise unclear("which_tbt", {"example": "searched @ana 211629"})
    where = _whom(line)
    return [intent for course in courses for intent in acts(where, SearchVerified(course=course))]


# -- by name ----------------------------------------------------------------------------------------------


def redo(line: Line) -> list[Intent]:
    """ "tbt redo @ana 211629 page 2 is cut off", "ana tbt redo blurred": the proof is to be sent again."""
    at = next(i for i, word in enumerate(line.words) if word in REDO)
    head = [raw for word, raw in zip(line.words[:at], line.raw[:at], strict=True) if word not in TBT]
    rest = Line(" ".join(["redo", *head, *line.raw[at + 1 :]]), line.desk, line.thread, line.agent)
    where, behind = names.where_and_why(rest, "T")
    words, courses = behind.split(" "), []
    while words and _COURSE.fullmatch(words[0].strip(".,:;")):
        courses.append(words.pop(0).strip(".,:;").lstrip("#"))
    left = len(Line(" ".join(words), line.desk).raw)
    why = line.after(*line.raw[: len(line.raw) - left]) if left else ""
    return acts([where], TbtProofRefused(courses=tuple(courses), why=kept(why)))


def failed(line: Line) -> list[Intent]:
    """ "failed tbt 211629": the exam at the end of a course; on no ladder."""
    courses = _courses(line)
    if len(courses) != 1:
        raise unclear("which_tbt", {"example": "failed tbt 211629"})
    where = _whom(line)
    return acts(where, CourseFailed(course=courses[0]))


def missing(line: Line) -> list[Intent]:
    """ "tbt missing 211629", "cant find tbt 211629": it takes a screenshot of the search."""
    courses = _courses(line)
    if len(courses) != 1:
        raise unclear("which_tbt", {"example": "tbt missing 211629"})
    said = line.norm
    both = "number and" in said or "by both" in said
    name = True if both or "by name" in said or "and name" in said else None
    number = True if both or "by number" in said else None
    picture = next(iter(line.desk.files), None)
    where = _whom(line)
    return acts(where, CourseMissing(course=courses[0], evidence=picture, by_number=number, by_name=name))


def searched(line: Line) -> list[Intent]:
    """ "searched @ana 211629": the SME has seen that both searches were made."""
    return _searched(line, _courses(line))


def uploaded(line: Line) -> Intent | list[Intent]:
    """ "uploaded @ana tbt", "uploaded @ana tbt 211629"."""
    courses = _courses(line)
    where = _whom(line)
    return acts(where, CoursesUploaded(courses=courses))


def proof(desk: Desk, file: Evidence, text: str) -> list[Intent]:
    """A PDF an agent sends without a command: the proof of his TBTs, unless words or name speak of something else."""
    if Role.agent not in desk.roles or _ELSE.search(f"{text} {file.name.replace('_', ' ')}"):
        return []
    said = bool(re.search(r"\btbts?\b", f"{text} {file.name.replace('_', ' ')}", re.IGNORECASE))
    if file.type != PDF and not said:
        return []
    line = Line(text, desk)
    courses = tuple(course for course in _courses(line) if len(course) >= NUMBER_DIGITS)
    return acts([(desk.actor, "")], TbtProofSent(evidence=file, courses=courses))


def which(line: Line) -> Intent:
    """ "uploaded @ana" alone: calls or TBTs?"""
    text = " ".join(line.raw)
    both = (("Call scorecard", f"{text} call"), ("TBTs", f"{text} tbt"))
    return Say(template="uploaded_what", buttons=tuple((label, line.press(words)) for label, words in both))
