"""What people on the floor say of their day: progress, equipment, carrier issues and tickets.

Says which event with which address; counts, kinds and deadlines are the workflows' business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from handlers import duties, exam, names
from handlers import progress as grammar
from handlers.intents import Act, Desk, Intent, Say, Wish
from handlers.lexicon import PRONOUNS, WEAK_NAMES, these
from handlers.line import Line, Unclear, unclear
from handlers.verdict import FAILED, verdict
from handlers.words import kept
from workflows.effects import Evidence
from workflows.equipment import AllWorks, IssueFound, IssueResolved, ShipmentAwaited, WithIt
from workflows.people import Role
from workflows.progress import Fields, ProgressReported, ReportRight
from workflows.schedule import Shift
from workflows.ticket import (
    CarrierHasIt,
    CarrierIssue,
    IssueSolved,
    PictureCame,
    StillStuck,
    TicketRejected,
    TicketResolved,
    TicketSubmitted,
)

LONGEST = 1200
_CLAUSES = re.compile(r"[,;\n]|\.\s|\b(?:and|but|then)\b", re.IGNORECASE)
_OTHER_DAY = re.compile(
    r"^(?:my )?progress(?: report)? (?:for |of )?(?P<a>tomorrow|tmrw?|yesterday)\b"
    r"|^(?P<b>tomorrow|yesterday)s? progress\b|\breport for (?P<c>tomorrow|yesterday)\b"
)

_TO_COME = these("tomorrow tmrw tmr")

# -- progress ----------------------------------------------------------------------------------------------


def today(desk: Desk, agent: str) -> tuple[date, Shift]:
    """The date on the clock of the agent's class, and its shift."""
    klass = desk.roster.class_of(agent)
    zone = ZoneInfo(klass.tz) if klass.tz else desk.calendar(agent).zone
    return desk.at.astimezone(zone).date(), Shift.of(klass)


def progress(line: Line) -> Intent | list[Intent]:
    """ "progress m1 m2 tbt 3/15", "done with mods 1-2 and quizzes": what an agent has done today."""
    if not line.own:
        raise unclear("progress_own")
    if line.asks:
        return Wish(name="help", args={"topic": "progress"})
    day, shift = today(line.desk, line.own)
    if line.norm in ("progress right", "progress is right"):
        return Act(event=ReportRight(day=day), workflow="progress", agent=line.own)
    if found := _OTHER_DAY.search(line.norm):
        raise unclear("progress_day", {"tomorrow": not (found["a"] or found["b"] or found["c"]).startswith("y")})
    _own_only(line)
    exact = line.words[:2] == ["progress", "fix"]
    text = re.sub(r"^\W*progress\s+fix\b", "", line.text, flags=re.IGNORECASE) if exact else line.text
    text, failed = _without_fails(text, line)
    said = _with_files(grammar.parse(text), line.desk)
    if failed and said == Fields():
        return failed
    if said == Fields():
        if not _TO_COME.isdisjoint(line.words):
            raise unclear("progress_day", {"tomorrow": True})
        raise unclear("progress_fix" if exact else "progress_how")
    event = ProgressReported(day=day, shift=shift, said=said, exact=exact)
    return [Act(event=event, workflow="progress", agent=line.own), *failed]


def _with_files(said: Fields, desk: Desk) -> Fields:
    return replace(said, evidence=desk.files) if desk.files else said


def _own_only(line: Line) -> None:
    """Nobody reports for another: "progress for ben", "ben finished module 3", "she did m1"."""
    bare = [i for i, word in enumerate(line.words) if word not in ("progress", "report", "update", "for", "of", "my")]
    for i in [*bare[:1], *(i + 1 for i, word in enumerate(line.words[:-1]) if word == "for" and i < 3)]:
        word = line.words[i]
        if word in PRONOUNS:
            raise unclear("only_they", {"name": "", "word": "progress"})
        if word in WEAK_NAMES and word[0] != "@":
            continue
        who = [u for u in line.desk.roster.find_people(word) if u in line.desk.roster.agents and u != line.own]
        if who:
            raise unclear("only_they", {"name": line.desk.roster.name_of(who[0]), "word": "progress"})


def _without_fails(text: str, line: Line) -> tuple[str, list[Intent]]:
    """The text without the exams that were not passed, which are reports of their own."""
    listed = "\n" in text or line.words[:1] == ["progress"]
    found: list[Intent] = []
    for clause in _CLAUSES.split(text):
        part = Line(clause, line.desk, line.thread, line.agent)
        said = [word for word in part.words if word not in ("i", "ive", "also", "again", "just")]
        if not said or verdict(part) != "fail" or not exam.exams(Line(clause, line.desk)):
            continue
        if listed and said[0] not in FAILED:
            continue  # "ahip: failed" among other things is where one stands, not what has just happened
        try:
            meant = exam.fail(part)
        except Unclear as question:
            meant = question.intent
        found += meant if isinstance(meant, list) else [meant]
        text = text.replace(clause, " ")
    return text, found


def as_report(lines: Sequence[str], desk: Desk) -> tuple[str, list[str]]:
    """Several lines that are one report ("modules: 1-3", "TBT 7/15"), and the lines that are something else."""
    own = desk.actor if desk.actor in desk.roster.agents else ""
    told = [line for line in lines if grammar.fields_of(line) != Fields()]
    headed = bool(lines) and Line(lines[0], desk).words[:1] == ["progress"]
    if not own or (len(told) < 2 and not (headed and told)):
        return "", list(lines)
    free = [line for line in lines if headed and line not in told and not _begins_otherwise(line, desk)]
    mine = [line for line in lines if line in told or line in free]
    head = [] if headed else ["progress"]
    return "\n".join([*head, *mine]), [line for line in lines if line not in mine]


def _begins_otherwise(line: str, desk: Desk) -> bool:
    """Whether a line is a command of its own."""
    first = Line(line, desk).words[:1]
    return bool(first) and first[0] in (
        "fail",
        "failed",
        "pass",
        "passed",
        "undo",
        "issue",
        "here",
        "help",
        "me",
        "ack",
    )


def sheet(line: Line) -> Intent:
    """ "report new": what licensing needs for a class's Agent Progress Report."""
    named = [name for name in line.desk.roster.classes if name.casefold() in line.words]
    return Wish(name="progress_sheet", args={"class": named[0] if named else ""})


# -- issues ------------------------------------------------------------------------------------------------

THING = (
    r"(?:lap ?tops?|head ?sets?|headphones?|monitors?|mouse|keyboards?|web ?cams?|cameras?|speakers?"
    r"|computers?|pc|equipment|equiptment|dock(?:ing station)?"
    r"|mic(?:rophone)?|chargers?|citrix|vpn|wi ?fi|internet|power cord|ethernet)"
)
_DEAD = (
    r"(?:(?:not|isnt|still not)(?= here|$)|never (?:arrived|came)|(?:has not|hasnt|havent|not|didnt"
    r"|did not) (?:\S+ )?(?:arrived?|come|came|here)"
    r"|broke(?:n)?|missing|(?:doesnt|does not|dont|isnt|is not|not|stopped|wont"
    r"|will not) (?:\S+ )?(?:work\w*|start|turn|charge"
    r"|connect\w*|load|open|boot|power)|dead|died|cracked|frozen|defective|no sound|no audio|keeps (?:crashing|freezing"
    r"|disconnecting|dropping)|down|delayed|lost)"
)
EQUIPMENT = (
    rf"\b{THING}\b.*\b{_DEAD}\b|\b(?:no|still no|missing|broken|waiting (?:for|on)|need) (?:my |a "
    rf"|the )?(?:\S+ )?{THING}\b"
    rf"|\b{THING}\b(?: \S+){{0,3}} (?:issue|issues|problem|problems|trouble)\b"
)
PAYMENT = (
    r"\b(?:ask\w*|want\w*|say\w*|told|tell\w*|mak\w*|charg\w*|need\w*|has|have|requir\w*"
    r"|request\w*)\b.*\b(?:pay|payment|paid"
    r"|fee|credit card|card number|125|175)\b|\bpay(?:ment)? (?:page|screen|issue|problem|wall|error|required)\b"
    r"|\b(?:ahip|aetna)\b.*\bpay(?:ment|ing)?\b"
)
LOGIN = (
    r"\b(?:cant|cannot|can not|unable to|couldnt|could not|wont let me|not able to|trouble|problems?"
    r"|issues?)\b(?: \S+){0,3}"
    r" (?:log(?:ging)? ?(?:in|on)|login|sign(?:ing)? ?(?:in|on)|get in(?:to)?)\b|\blocked out\b"
    r"|\b(?:login|log in|sign in|password|username|account)\b(?: \S+){0,4} (?:not working|doesnt work"
    r"|does not work|isnt working"
    r"|broken|issue|problem|rejected|expired|wrong|locked|invalid)\b"
)
MISMATCH = (
    r"\bnames?\b(?: \S+){0,3} (?:doesnt|does not|dont|do not|didnt|did not|not|isnt|wont|mis) ?match\w*"
    r"|\bname mis ?match\w*"
    r"|\b(?:producer world|pw)\b.*\b(?:name|match\w*|mis ?match\w*)\b"
)
NPN = (
    r"\bunable to locate\b|\blocate an npn\b|\bnpn\b(?: \S+){0,4} (?:not found|cant be found"
    r"|cannot be found|doesnt exist|not"
    r" recogni[sz]ed|invalid|unknown|not valid)\b|\b(?:cant|cannot|could not|couldnt|unable to) (?:find"
    r"|locate)\b.*\bnpn\b"
)
ERROR = (
    r"\berror (?:code|message|saying|that says|when|on|in|page)\b|\b(?:got|get|getting|shows?|gives?"
    r"|seeing|says?) (?:\S+ ){0,2}error\b"
    r"|^error\b|\bsomething went wrong\b|\bplease (?:verify the accuracy|contact support)\b"
)
_KINDS: tuple[tuple[str, str], ...] = (
    ("npn_not_found", NPN),
    ("pw_name_mismatch", MISMATCH),
    ("payment", rf"{PAYMENT}|^(?:pay|payment|paying|paid)\b"),
    ("equipment", rf"{EQUIPMENT}|^(?:with )?(?:my )?{THING}\b"),
    ("login", rf"{LOGIN}|^(?:log ?in|login|password|sign ?in|logon)\b"),
)
_HEADS = {
    "payment": r"^(?:pay|payment)$",
    "login": r"^(?:login|log in|logon|log on)$",
    "npn_not_found": r"^(?:npn|npn not found)$",
    "pw_name_mismatch": r"^(?:name|name mismatch|producer world|pw)$",
}


def issue(line: Line) -> Intent | list[Intent]:
    """ "issue payment", "issue @ana equipment no sound", "ahip wants me to pay", a pasted error."""
    headed = line.words[0] in ("issue", "issues", "problem")
    if headed:
        if line.words[1:2] == ["for"]:
            line.take(1)
        (agent, _), text = names.where_and_why(line, "")
    else:
        agent, text = line.own, line.text
        if not agent:
            found = names.agents(Line(line.text, line.desk))
            agent = found[0] if len(found) == 1 else ""
    if not agent or agent not in line.desk.roster.agents:
        raise unclear("whom", {"example": "issue @ana equipment headset has no sound"})
    norm = " ".join(Line(text, line.desk).words)
    kind = next((kind for kind, hears in _KINDS if re.search(hears, norm)), "")
    if not norm and not line.desk.files:
        raise unclear("issue_what", {}, _choices(line, agent))
    failed = _without_fails(line.text, line)[1] if line.own and not headed else []
    if kind == "equipment":
        return [_equipment(line, agent, text, headed), *failed]
    bare = any(re.fullmatch(hears, norm) for hears in _HEADS.values())
    day, shift = today(line.desk, agent)
    event = CarrierIssue(
        kind=kind, text="" if bare else kept(text, LONGEST), day=day, shift=shift, evidence=line.desk.files
    )
    return [Act(event=event, workflow="ticket", agent=agent), *failed]


def _choices(line: Line, agent: str) -> list[tuple[str, str]]:
    whom = "" if line.own else f"@{agent} "
    return [
        (label, line.press(f"issue {whom}{words}"))
        for label, words in (
            ("AHIP asks for payment", "payment"),
            ("Cannot log in", "login"),
            ("Name does not match", "name mismatch"),
            ("Laptop or headset", "equipment"),
        )
    ]


def _equipment(line: Line, agent: str, text: str, headed: bool) -> Intent:
    what = re.sub(r"^(?:with )?equip\w*\b[\s:,.-]*", "", text, flags=re.IGNORECASE) if headed else text
    if not what.strip():
        raise unclear("need_why", {"example": "issue equipment headset has no sound"})
    event = IssueFound(text=kept(what, 300), calls=in_calls(line.desk, agent), evidence=line.desk.files)
    return Act(event=event, workflow="equipment", agent=agent)


def in_calls(desk: Desk, agent: str) -> bool:
    """Whether the agent's call-cert phase has begun."""
    first = desk.roster.agents[agent].call_cert_start or desk.roster.class_of(agent).call_cert_start
    return first is not None and today(desk, agent)[0] >= first


# -- equipment ---------------------------------------------------------------------------------------------

_WORKS = these("ok okay works working work fine good great")
_BROKEN = these("issue issues broken problem problems bad not isnt doesnt wont no missing dead cracked")
_SHIPPED = these("shipment shipping shipped ship waiting ordered replacement delivery")
_FIXED = these("resolved fixed repaired solved replaced")


def equip(line: Line) -> Intent | list[Intent]:
    """ "equip @ana ok", "equip @ana issue no sound", "equip @ana with it INC-7", "equipment ok": how it stands."""
    line.take(0)
    ref = line.ref("H")
    found = names.agents(line)
    agent = found[0] if found else line.own
    if not (agent or ref):
        raise unclear("whom", {"example": "equip @ana ok"})
    event = _equip_event(line, agent)
    if event is None:
        raise unclear(
            "equip_what",
            {"name": line.desk.roster.name_of(agent) if agent and not line.own else "", "mine": bool(line.own)},
        )
    return Act(event=event, workflow="equipment", agent=agent, ref=ref)


def _equip_event(line: Line, agent: str) -> AllWorks | IssueFound | WithIt | ShipmentAwaited | IssueResolved | None:
    line.drop("is", "now", "all", "everything", "again")
    first, rest = (line.words[0] if line.words else ""), kept(" ".join(line.raw[1:]), 300)
    calls = bool(agent) and in_calls(line.desk, agent)
    if line.words[:2] in (["with", "it"], ["at", "it"], ["to", "it"]) or first == "it":
        number = next((raw for raw in line.raw if any(c.isdigit() for c in raw)), "")
        return WithIt(number=kept(number.strip("#"), 40))
    if first in _WORKS and _BROKEN.isdisjoint(line.words):
        return AllWorks(calls=calls)
    if first in _SHIPPED:
        return ShipmentAwaited(text=kept(re.sub(r"^(?:for|on)\s+", "", rest), 120))
    if first in _FIXED:
        return IssueResolved()
    if first in ("issue", "issues", "problem", "problems"):
        if not rest:
            raise unclear("need_why", {"example": "equip @ana issue headset has no sound"})
        return IssueFound(text=rest, calls=calls, evidence=line.desk.files)
    if not _BROKEN.isdisjoint(line.words):
        return IssueFound(text=kept(" ".join(line.raw), 300), calls=calls, evidence=line.desk.files)
    return None


def all_works(line: Line) -> Intent:
    """ "everything works": the agent's own equipment."""
    if not line.own:
        raise unclear("whom", {"example": "equip @ana ok"})
    return Act(event=AllWorks(calls=in_calls(line.desk, line.own)), workflow="equipment", agent=line.own)


# -- tickets -----------------------------------------------------------------------------------------------

_CARRIER = these("carrier with aetna ahip waiting")
_NO_NUMBER = re.compile(r"\b(?:no|without|none|unnumbered)\b", re.IGNORECASE)
_NUMBER = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9/._-]{0,39}")


def submitted(line: Line) -> Intent | list[Intent]:
    """ "submitted K-7 77", "submitted K-7 no number": the carrier's form is filed."""
    line.take(0)
    refs = line.refs("K")
    if not refs and ("form" in line.words or "forms" in line.words):
        return list(duties.form(line))
    line.drop("ticket", "tickets", "the", "number", "as", "under", "is", "for", "nr")
    found = [] if refs else names.agents(line)
    number = next((raw for raw in line.raw if _NUMBER.fullmatch(raw) and any(c.isdigit() for c in raw)), "")
    event = TicketSubmitted(
        number=number.lstrip("#"), unnumbered=not number and _NO_NUMBER.search(" ".join(line.raw)) is not None
    )
    where = [("", ref) for ref in refs] or [(agent, "") for agent in found] or [("", "")]
    return [Act(event=event, workflow="ticket", agent=agent, ref=ref, duty="ticket") for agent, ref in where]


def number(line: Line) -> list[Intent]:
    """A bare number, by whoever submits tickets: the form's that was just asked for."""
    if not line.desk.roles & {Role.tl, Role.licensing}:
        return []
    event = TicketSubmitted(number=line.raw[-1].lstrip("#"))
    return [Act(event=event, workflow="ticket", duty="ticket")]


def ticket(line: Line) -> Intent:
    """ "ticket K-7 carrier", "ticket K-7 resolved", "ticket K-7 rejected why"."""
    line.take(0)
    ref = line.ref("K")
    if not ref:
        return Wish(name="tickets")
    first, rest = (line.words[0] if line.words else ""), kept(" ".join(line.raw[1:]), 300)
    if first in ("resolved", "fixed", "done"):
        return Act(event=TicketResolved(why=rest), workflow="ticket", ref=ref)
    if first == "solved":
        event = IssueSolved() if line.own else TicketResolved(why=rest)
        return Act(event=event, workflow="ticket", ref=ref, agent=line.own)
    if first in ("rejected", "reject", "refused", "denied", "closed"):
        return Act(event=TicketRejected(why=rest), workflow="ticket", ref=ref)
    if first == "submitted":
        number = next((raw for raw in line.raw[1:] if any(c.isdigit() for c in raw)), "")
        return Act(event=TicketSubmitted(number=number.lstrip("#")), workflow="ticket", ref=ref, duty="ticket")
    if first in _CARRIER:
        return Act(event=CarrierHasIt(), workflow="ticket", ref=ref)
    return Say(template="ticket_what", facts={"named": ref})


def solved(line: Line) -> Intent:
    """ "solved", "it works now": what was to be tried has helped."""
    return _mine(line, IssueSolved())


def stuck(line: Line) -> Intent:
    """ "still stuck": it has not."""
    return _mine(line, StillStuck())


def _mine(line: Line, event: IssueSolved | StillStuck) -> Intent:
    ref = line.ref("K")
    if not line.own:
        raise unclear("ticket_what", {"named": ref or "K-7"})
    return Act(event=event, workflow="ticket", agent=line.own, ref=ref)


def wish(name: str) -> Callable[[Line], Intent]:
    """What the house answers by itself."""
    return lambda line: Wish(name=name)


ABOUT = frozenset({"ahip", "aetna", "tracking", "coaching", "tbt"})
"""Words of a guide's title that single it out."""


def guides(line: Line) -> Intent:
    """Where a guide is: of what the line names, else all."""
    return Wish(name="guides", args={"about": " ".join(w for w in line.words if w in ABOUT)})


def picture(desk: Desk, file: Evidence, text: str) -> list[Intent]:
    """A picture without a word, by an agent: for the issue that waits for one."""
    if desk.actor not in desk.roster.agents or text.strip() or not file.type.startswith("image/"):
        return []
    return [Act(event=PictureCame(evidence=(file,)), workflow="ticket", agent=desk.actor)]
