"""What a mail means: a fail, a report, a file, an answer to one of ours, something handed on; else a short question.

Only what SPEC 5.2 lists may be done by mail; any other command in it is plain text. Knows nothing of who is proven.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from handlers import calls, filed, floor, lexicon, router, words
from handlers import exam as exams
from handlers import progress as grammar
from handlers.intents import Act, Confirm, Desk, Intent, Say, Silence, Wish
from handlers.lexicon import these
from handlers.line import Line, Unclear
from handlers.verdict import verdict
from workflows.discipline import Acknowledged, Commented, NotSigned
from workflows.failed_exam import Coached, ExamFailed, ExamPassed, FormDone, ProctorCancelled, ProctorScheduled
from workflows.people import Role
from workflows.progress import Fields
from workflows.progress.data import NAMES

SENTENCES = 60
"""Sentences of a mail that are looked at for a fail."""

LONGEST_SENTENCE = 600
MACROS = (".xlsm", ".xlsb", ".xltm", ".docm")
BY_MAIL = (
    ExamFailed,
    ExamPassed,
    Coached,
    FormDone,
    ProctorScheduled,
    ProctorCancelled,
    Acknowledged,
    Commented,
    NotSigned,
)
"""What may be said by mail besides reports, issues and files."""

FLOOR = these("progress ticket equipment tbt carrier_cert call_cert")
"""Workflows whose events an agent's own report or file may be."""

WISHES = these("undo wrong_number passed")
_HANDS_ON = frozenset({Role.tl, Role.workshop_lead, Role.licensing, Role.pm})
_OPENING = re.compile(
    r"\b(?:this (?:e-?mail|message|note) is |i(?: am|'m|m) )?(?:(?:e-?mail(?:ing)?|writing|reporting|inform(?:ing)?"
    r"|notify(?:ing)?|letting you know)\b(?: (?:you|to|that|of|about|is)\b){0,4})+",
    re.IGNORECASE,
)
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATES = re.compile(
    rf"\b{_MONTHS}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTHS}\b"
    r"|\b\d{1,4}[/.-]\d{1,2}(?:[/.-]\d{2,4})\b|\b\d{1,2}:\d\d\b|\bat first\b"
    r"|\b(?:first|1st) (?:thing|of all|half|name)\b"
    r"|\b(?:a|one|per|every|\d+) seconds?\b|\bday (?:one|two|three|four|\d)\b|\bon the \d{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_NAMED = {word: n for n, said in enumerate((
    "first 1st once", "second 2nd twice", "third 3rd thrice", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th",
    "eighth 8th", "ninth 9th", "tenth 10th"), 1) for word in said.split()}  # fmt: skip
_COUNTED = {word: n for n, word in enumerate(["one", "two", "three", "four", "five", "six"], 1)}
_ORDINAL = re.compile(rf"\b({'|'.join(_NAMED)})\b", re.IGNORECASE)
_NUMBERED = re.compile(
    rf"(?:\b(?:attempt|try|fail|failed|failure)\b|#)\s{{0,3}}(?:number|no\.?|nr\.?|was|is|#|:|-)?\s{{0,3}}#?(\d{{1,2}}|{'|'.join(_COUNTED)})\b(?!\s?%|/|:|\.\d)"
    r"|\b(\d)\s?(?:/|of|out of)\s?(\d)\b(?=.{0,20}\b(?:attempt|tries|try|time)|$)",
    re.IGNORECASE,
)
_LAST = re.compile(r"\b(?:last|final) (?:attempt|try|chance|time|shot)\b", re.IGNORECASE)
_TRY = re.compile(r"\b(?:attempts?|tr(?:y|ies)|time)\b", re.IGNORECASE)
_AGAIN = re.compile(r"\b(?:again|once more|another time|one more time)\b", re.IGNORECASE)
_PRACTICE = re.compile(r"\b(?:practi[cs]e|quiz\w*|mock)\b", re.IGNORECASE)
_CRASHED = re.compile(r"\b(?:technical|crash\w*|froze|frozen|glitch\w*|outage|disconnected)\b", re.IGNORECASE)
_DISAGREES = re.compile(
    r"\b(?:disagree|do(?:n't| not) agree|not agree|unfair|not true|incorrect|dispute|contest|object|but|however"
    r"|although|under protest|wrong|refuse|never (?:told|happened|got))\b",
    re.IGNORECASE,
)
_RECEIVED = re.compile(
    r"\W{0,3}(?:yes\W{1,3})?(?:i |we )?(?:hereby |have |can |do )?"
    r"(?:receive[ds]?|recieved|acknowledged?|ack|confirm(?:ed)?|got)"
    r"(?: (?:the|of|this|it|my|that|final|written|cap|document|paper|receipt|copy|e-?mail|mail|and|acknowledged?"
    r"|received))*\W{0,3}(?:thanks|thank you)?\W{0,3}",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\bprogress\b|^\s*(?:modules?|mods?|quiz\w*|tbts?|calls?)\s*[:=]|\btbts?\s+\d{1,2}\s*/\s*\d{1,2}\b",
    re.IGNORECASE | re.MULTILINE,
)
_TBT = re.compile(r"\btbts?\b", re.IGNORECASE)
_PROOF = re.compile(
    r"\b(?:13|thirteen|green)\b.{0,20}\bcheck ?-?marks?\b"
    r"|\bcheck ?-?marks?\b.{0,60}\b(?:proof|attached|screenshot|here)\b"
    r"|\b(?:proof|screenshot)\b.{0,60}\b(?:ahip|aetna|tbts?|check ?-?marks?|attached)\b",
    re.IGNORECASE,
)
_PROCTOR = re.compile(r"^\W{0,3}proctor(?:ed|ing)?\s{0,3}[:=-]\s{0,3}(?P<when>.{3,200})$", re.IGNORECASE | re.MULTILINE)
_COACHED = re.compile(r"\W{0,3}(?:i |we |have |ive |i've |just )*coached\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn:
    """Somebody else's mail inside this one: his username ("" when nobody knows him), and what he wrote."""

    user: str
    name: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as a handler sees it.

    `subject` is the writer's own ("" in a reply); `text` his own words; `reached` every address it went to;
    `addressed` that the bot is among those it was sent to; `ref` the case it answers and `about` the
    specification's name of ours it answers ("E-01"); `clash` another case its subject names; `personal` that it
    came from an agent's private address; `lost` the names of files that could not be taken.
    """

    subject: str
    text: str
    reached: tuple[str, ...] = ()
    addressed: bool = True
    ref: str = ""
    about: str = ""
    clash: str = ""
    personal: bool = False
    forward: HandedOn | None = None
    forwards: bool = False
    lost: tuple[str, ...] = ()


def read(mail: Mail, desk: Desk) -> list[Intent]:
    """What a mail means, each with the door it came by."""
    try:
        meant = _read(mail, desk)
    except Unclear as question:
        meant = [question.intent]
    return [_by_mail(each, mail) for each in meant]


def _by_mail(intent: Intent, mail: Mail) -> Intent:
    """The same, saying that it came by mail and whom it has reached by itself."""
    if isinstance(intent, Confirm):
        options = tuple((label, _by_mail(option, mail)) for label, option in intent.options)
        return replace(intent, options=options)
    if not isinstance(intent, Act):
        return intent
    event = intent.event
    if isinstance(event, ExamFailed):
        told = () if mail.forward else mail.reached
        return replace(intent, event=replace(event, door="mail", told=told))
    for name in ("door", "source"):
        if getattr(event, name, "") == "chat":
            event = replace(event, **{name: "mail"})
    return replace(intent, event=event)


def _read(mail: Mail, desk: Desk) -> list[Intent]:
    if mail.forwards:
        return _handed_on(mail, desk)
    if mail.clash:
        return [Say(template="mail_two_refs", facts={"one": mail.ref, "other": mail.clash})]
    if mail.about == "E-06" or (mail.ref.startswith("C-") and Role.agent in desk.roles):
        return _receipt(mail, desk)
    if Role.agent in desk.roles:
        return _of_agent(mail, desk) or _nothing(mail, desk)
    return _of_staff(mail, desk) or _nothing(mail, desk)


# -- agents ------------------------------------------------------------------------------------------------


def _of_agent(mail: Mail, desk: Desk) -> list[Intent]:
    if scored := _scorecard(mail, desk):
        return scored  # not the agent's to send, whatever else he writes
    if own := _command(mail, desk):
        return own
    if mail.lost and not desk.files:
        return [Say(template="mail_file_large", facts={"names": list(mail.lost[:5])})]
    if _REPORTS.search(f"{mail.subject}\n{mail.text}") and (reported := _reported(mail, desk)):
        return reported  # among other things "ahip: failed" is where one stands
    if failed := _failed(mail, desk):
        return failed
    if (
        desk.files
        and _TBT.search(f"{mail.subject} {mail.text}")
        and not _REPORTS.search(f"{mail.subject}\n{mail.text}")
    ):
        return _tbt_proof(mail, desk)
    if reported := _reported(mail, desk):
        return reported
    text = words.clean(f"{mail.subject}\n{mail.text}".strip())
    told = [each for each in _allowed(router.route(text, desk, ref=mail.ref)) if not isinstance(each, Silence)]
    if desk.files:
        acts: list[Intent] = [each for each in told if isinstance(each, Act)]
        return acts or _allowed(filed.read(desk, text)) or told or _files_only(mail, desk)
    return told or ([Say(template="mail_proof_file")] if _PROOF.search(text) else [])


def _tbt_proof(mail: Mail, desk: Desk) -> list[Intent]:
    """A TBT proof, which is a PDF by its content; anything else is asked for as one."""
    if not any(file.type == "application/pdf" for file in desk.files):
        return [Say(template="mail_tbt_pdf", facts={"names": [words.plain(file.name, 60) for file in desk.files][:5]})]
    return _allowed(filed.read(desk, words.clean(f"{mail.subject}\n{mail.text}"))) or _files_only(mail, desk)


def _command(mail: Mail, desk: Desk) -> list[Intent]:
    """An exact command in the first line of a reply, as our own answers teach it: "fail ahip 2", "undo F-12"."""
    first = next((line for line in mail.text.split("\n") if line.strip()), "")
    if not first or len(first) > 120:
        return []
    line = Line(words.clean(first), desk, mail.ref)
    if line.words[:1] and line.words[0] in ("undo", "oops"):
        return _allowed(router.route(first, desk, ref=mail.ref))
    if line.words[:2] == ["wrong", "number"]:
        return _allowed(router.route(first, desk, ref=mail.ref))
    return []


def _reported(mail: Mail, desk: Desk) -> list[Intent]:
    """A progress report, in lines or in one sentence."""
    text = _readable(mail.text if _REPORTS.search(mail.text) else f"{mail.subject}\n{mail.text}")
    fields = grammar.fields_of(text)
    if fields == Fields():
        if _REPORTS.match(mail.subject) or re.match(r"\W{0,3}progress\b", mail.text, re.IGNORECASE):
            return [Say(template="progress_how")]
        return []
    spoken = sum(getattr(fields, name) not in (None, ()) for name in NAMES)
    if not _REPORTS.search(f"{mail.subject}\n{mail.text}") and spoken < 2 and not desk.files:
        return _allowed(router.route(words.clean(text), desk, ref=mail.ref))
    line = Line(text if re.match(r"\W{0,3}progress\b", text, re.IGNORECASE) else f"progress\n{text}", desk)
    try:
        meant = floor.progress(line)
    except Unclear as question:
        return [question.intent]
    return meant if isinstance(meant, list) else [meant]


def _readable(text: str) -> str:
    """A long text without what is invisible."""
    return "".join(words.clean(text[i : i + words.LONGEST]) for i in range(0, len(text), words.LONGEST)).strip()


def _files_only(mail: Mail, desk: Desk) -> list[Intent]:
    """Files no reader knows: named, with what is wanted instead."""
    names = [words.plain(file.name, 60) for file in desk.files][:5]
    return [Say(template="mail_file_unknown", facts={"names": names})]


# -- a fail ------------------------------------------------------------------------------------------------


def sentences(text: str) -> list[str]:
    """The sentences of a text; lines wrapped in the middle of one are put together."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        whole = " ".join(line.strip() for line in paragraph.split("\n"))
        found += [piece.strip()[:LONGEST_SENTENCE] for piece in re.split(r"(?<=[.!?;])\s+", whole) if piece.strip()]
        if len(found) > SENTENCES:
            break
    return found[:SENTENCES]


def _failed(mail: Mail, desk: Desk) -> list[Intent]:
    """A fail: verb, exam and ordinal out of subject and body together; what could be two things is asked."""
    body = [_OPENING.sub(" ", each) for each in sentences(words.clean(mail.text))]
    head = words.clean(mail.subject)
    said = [each for each in (head, *body) if verdict(Line(each, desk)) == "fail"]
    if not said:
        doubted = [each for each in (head, *body) if verdict(Line(each, desk)) == "doubt"]
        if doubted and exams.exams(Line(" ".join(doubted), desk)) and not _says_pass(doubted, desk):
            return [exams.doubt(Line(doubted[0], desk))]
        return []
    if others := _others(said, desk):
        return [Say(template="only_they", facts={"name": desk.roster.name_of(others[0]), "word": "fail"})]
    everything = " \n ".join((head, *body))
    named = exams.exams(Line(everything, desk)) if desk.roster.exams else []
    near = [each for each in body if each not in said and _TRY.search(each)]
    claims = _claims(head) | {n for each in (*(s for s in said if s != head), *near) for n in _claims(each)}
    spoken = " ".join(said)
    line = " ".join(
        ["fail", *(each.key for each in named[:4]), *(str(n) for n in sorted(claims)[:3])]
        + (["again"] if not claims and _AGAIN.search(spoken) else [])
        + (["last attempt"] if not claims and _LAST.search(spoken) else [])
        + (["practice"] if _PRACTICE.search(spoken) and all(each.kind == "limited" for each in named) else [])
        + (["technical"] if _CRASHED.search(spoken) else [])
    )
    meant = exams.fail(Line(line, desk))
    return meant if isinstance(meant, list) else [meant]


def _says_pass(doubted: list[str], desk: Desk) -> bool:
    return any(verdict(Line(each, desk)) == "pass" for each in doubted)


def _others(said: list[str], desk: Desk) -> list[str]:
    """Other agents a fail sentence is about: "Ben failed" is Ben's to report."""
    found = []
    for each in said:
        spoken = Line(each, desk).words
        for i, word in enumerate(spoken[:-1]):
            who = [u for u in desk.roster.find_people(word) if u in desk.roster.agents]
            if len(who) == 1 and who[0] != desk.actor and word not in lexicon.WEAK_NAMES and i < 4:
                found.append(who[0])
    return found


def _claims(sentence: str) -> set[int]:
    """The ordinals a sentence names; dates, times and scores are none."""
    text = _DATES.sub(" ", sentence)
    found = {_NAMED[each.lower()] for each in _ORDINAL.findall(text)}
    for number, part, _ in _NUMBERED.findall(text):
        said = (number or part).lower()
        found.add(_COUNTED.get(said) or int(said))
    return {n for n in found if n}


# -- answers to ours ---------------------------------------------------------------------------------------


def _receipt(mail: Mail, desk: Desk) -> list[Intent]:
    """The answer to a receipt request: received, a comment, or a refusal to sign; nothing is inferred."""
    said = words.kept(words.clean(mail.text), 1500)
    own = desk.actor if Role.agent in desk.roles else ""
    if not own or not said:
        return _nothing(mail, desk)
    if mail.personal:
        return [Say(template="mail_ack_work_address")]
    first = next(iter(sentences(words.clean(mail.text))), "")
    if _RECEIVED.fullmatch(first) and not _DISAGREES.search(said):
        return [Act(event=Acknowledged(), workflow="discipline", agent=own, ref=mail.ref, duty="ack")]
    if not _DISAGREES.search(said):
        meant = [each for each in router.route(first, desk, ref=mail.ref) if isinstance(each, Act)]
        if len(meant) == 1 and isinstance(meant[0].event, Acknowledged | NotSigned):
            return list(meant)
    elif re.match(
        r"\W{0,3}(?:i (?:would|d)|i'd|i will not|i wont|i won't|i refuse|not signing)\b.{0,20}\bsign",
        said,
        re.IGNORECASE,
    ):
        return [Act(event=NotSigned(), workflow="discipline", agent=own, ref=mail.ref, duty="ack")]
    else:
        ask = Say(template="mail_comment_kept", buttons=_receipt_ways(mail))
        return [Act(event=Commented(text=said), workflow="discipline", agent=own, ref=mail.ref, duty="ack"), ask]
    return [Say(template="receipt_of_what", buttons=_receipt_ways(mail))]


def _receipt_ways(mail: Mail) -> tuple[tuple[str, str], ...]:
    return (("I received it", f"received {mail.ref}".strip()), ("I'd rather not sign", "I'd rather not sign"))


# -- staff -------------------------------------------------------------------------------------------------


def _of_staff(mail: Mail, desk: Desk) -> list[Intent]:
    if scored := _scorecard(mail, desk):
        return scored
    if found := _PROCTOR.search(f"{mail.text}\n{mail.subject}"):
        ref = f"{mail.ref} " if mail.ref and mail.ref not in found["when"].upper() else ""
        return _allowed(router.route(f"proctor {ref}{found['when']}", desk, ref=mail.ref))
    first = next((each for each in re.split(r"\n\s*\n", mail.text) if each.strip()), "")
    first = words.clean(" ".join(first.split()))[:LONGEST_SENTENCE]
    if not first:
        return []
    if mail.ref or mail.about or _COACHED.match(first):
        return _allowed(router.route(first, desk, ref=mail.ref))
    return _on_behalf(mail, desk) or _allowed(router.route(first, desk, ref=""))


def _on_behalf(mail: Mail, desk: Desk) -> list[Intent]:
    """A leader writes that an agent did not pass: asked once more before anything is recorded."""
    said = [each for each in (words.clean(mail.subject), *sentences(words.clean(mail.text))) if each]
    fails = [each for each in said if verdict(Line(each, desk)) == "fail"]
    if not fails or not desk.roles & _HANDS_ON:
        return []
    who = {u for each in fails for w in Line(each, desk).words for u in desk.roster.find_people(w)}
    agents = [user for user in who if user in desk.roster.agents]
    if len(agents) != 1:
        return []
    return _confirmed(Mail(subject="", text="\n\n".join(fails)), desk, agents[0])


def _scorecard(mail: Mail, desk: Desk) -> list[Intent]:
    """A Certifier's scorecard: exactly one spreadsheet, named as SPEC 5.2 says."""
    sheets = [file for file in desk.files if file.name.lower().endswith((*calls.SHEETS, *MACROS))]
    if not sheets:
        return []
    if len(sheets) > 1:
        return [Say(template="mail_one_sheet", facts={"names": [words.plain(file.name, 60) for file in sheets[:5]]})]
    return _allowed(calls.scorecard(desk, sheets[0]))


# -- handed on ---------------------------------------------------------------------------------------------


def _handed_on(mail: Mail, desk: Desk) -> list[Intent]:
    """A forward: from a TL, licensing or a PM on behalf of whoever wrote it, once he says so; else nothing."""
    inner = mail.forward
    if inner is None or not desk.roles & _HANDS_ON:
        return [Silence()]
    if inner.user not in desk.roster.agents:
        return [Say(template="mail_forward_whose", facts={"name": inner.name})] if mail.addressed else [Silence()]
    return _confirmed(Mail(subject=inner.subject, text=inner.text), desk, inner.user) or [Silence()]


def _confirmed(inner: Mail, desk: Desk, agent: str) -> list[Intent]:
    """What that agent's words mean, each asked for before it counts."""
    theirs = replace(desk, actor=agent, roles=frozenset({Role.agent}), files=())
    try:
        meant = _failed(inner, theirs)
    except Unclear as question:
        return [question.intent]
    no = Say(template="nothing_recorded")
    return [
        Confirm(
            template="mail_on_behalf",
            facts={"name": desk.roster.name_of(agent), "exam": act.event.exam_name, "claimed": act.event.claimed or 0},
            options=(("Yes", replace(act, agent=agent)), ("No", no)),
        )
        for act in meant
        if isinstance(act, Act) and isinstance(act.event, ExamFailed)
    ] or [each for each in meant if isinstance(each, Say)]


# -- the rest ----------------------------------------------------------------------------------------------


def _allowed(meant: list[Intent]) -> list[Intent]:
    """Of what a chat line would mean, what a mail may do and say."""
    found: list[Intent] = []
    for each in meant:
        if isinstance(each, Act):
            fits = isinstance(each.event, BY_MAIL) or each.workflow in FLOOR
            found += [each] if fits else []
        elif isinstance(each, Wish):
            found += [each] if each.name in WISHES else []
        elif isinstance(each, Say | Confirm | Silence):
            found.append(each)
    return found


def _nothing(mail: Mail, desk: Desk) -> list[Intent]:
    """Not understood: a question when the bot itself was written to, silence when it was only copied."""
    said = Line(words.clean(mail.text), desk).words
    if not mail.addressed or (lexicon.THANKS.issuperset(said) and said):
        return [Silence()]
    return [Say(template="mail_unknown", buttons=_ways(desk))]


def _ways(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Lines that work, by what the writer is."""
    if Role.agent in desk.roles:
        return (("An exam was not passed", "fail ahip 1"), ("What you did today", "progress m1 m2 q1 q2 tbt 3/15"))
    if desk.roles & {Role.tl, Role.workshop_lead}:
        return (("You coached", "coached @ana advised"),)
    if desk.roles & {Role.licensing, Role.pm}:
        return (("A proctor time", "proctor: F-12 2026-11-23 10:00"),)
    return ()
