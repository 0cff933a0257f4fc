"""What a mail means: a fail, a report, a file, an answer to one of ours, something handed on; else a short question.

Only what SPEC 5.2 lists may be done by mail; any other command in it is plain text. Knows nothing of who is proven.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from handlers import calls, fails, filed, floor, lexicon, replies, router, words
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

LONGEST_REPORT = 4000
"""Characters of a leader's mail that are looked at for an agent's fail."""

LONGEST_COMMAND = 1500
"""Characters of a mail that are read as if they were said in chat."""

COMMENT_WORDS = 8
"""From so many words on an answer to a receipt request that asks nothing is kept as a comment: nothing is lost."""

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

WISHES = these("undo wrong_number passed picture")
_HANDS_ON = frozenset({Role.tl, Role.workshop_lead, Role.licensing, Role.pm})
_DISAGREES = re.compile(
    r"\b(?:disagree|do(?:n't| not) agree|not agree|unfair|not true|incorrect|dispute|contest|object|but|however"
    r"|although|under protest|wrong|refuse|never (?:told|happened|got|received)|(?:have|did|do)(?:n't| not) (?:yet )?"
    r"(?:receive[d]?|get|got|have)|not received)\b",
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
_COMMENT = re.compile(r"\W{0,3}(?:my )?comments?\s{0,3}[:-]", re.IGNORECASE)
_COMMENTED = re.compile(
    r"\W{0,3}comment\b\s{0,3}(?:c-?\d{1,6}\b)?[\s,;:.-]{0,3}(?!c-?\d{1,6}\W{0,3}\Z)(?=\w)", re.IGNORECASE
)
"""The command as the request teaches it for chat, "comment C-3 I was told on Monday": all behind it is the comment."""
_NOT_FOUND = re.compile(r"\b(?:missing|not found|(?:can(?:not|'t|t)|could(?: not|n't|nt)) find)\b", re.IGNORECASE)


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
    specification's name of ours it answers ("E-01"); `whose` the agent of that case ("" for none); `clash` another
    case its subject names; `personal` that it
    came from an agent's private address and `personal_receipts` that
    HR lets that count for a CAP.
    """

    subject: str
    text: str
    reached: tuple[str, ...] = ()
    addressed: bool = True
    ref: str = ""
    about: str = ""
    whose: str = ""
    clash: str = ""
    personal: bool = False
    personal_receipts: bool = False
    forward: HandedOn | None = None
    forwards: bool = False


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
    if isinstance(intent, Wish) and "event" in intent.args:
        event = replace(intent.args["event"], source="mail")
        return replace(intent, args={**intent.args, "event": event})
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
    if mail.about == "E-09" and Role.agent in desk.roles:  # a coaching is answered to a person, and to nobody else:
        return _command(mail, desk) or [Say(template="mail_coaching")]  # no word of it may open an issue or a report
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
    if _REPORTS.search(f"{mail.subject}\n{mail.text}") and (reported := _reported(mail, desk)):
        return reported  # among other things "ahip: failed" is where one stands
    if failed := fails.read(mail.subject, mail.text, desk):
        return failed
    if (
        desk.files
        and _TBT.search(f"{mail.subject} {mail.text}")
        and not _REPORTS.search(f"{mail.subject}\n{mail.text}")
        and not _NOT_FOUND.search(mail.text)
    ):
        return _tbt_proof(mail, desk)
    if reported := _reported(mail, desk):
        return reported
    text = words.clean(f"{mail.subject}\n{mail.text}".strip())[:LONGEST_COMMAND]
    told = [each for each in _allowed(router.route(text, desk, ref=mail.ref)) if not isinstance(each, Silence)]
    if desk.files:
        told = _begun(told, desk)
        acts: list[Intent] = [each for each in told if isinstance(each, Act)]
        return acts or _begun(_allowed(filed.read(desk, text)), desk) or told or _files_only(mail, desk)
    return told or ([Say(template="mail_proof_file")] if _PROOF.search(text) else [])


def _begun(meant: list[Intent], desk: Desk) -> list[Intent]:
    """Without TBT proofs before the writer's TBTs have begun: a PDF without a word is no proof of one then."""
    agent = desk.roster.agents[desk.actor]
    start = agent.call_cert_start or desk.roster.class_of(desk.actor).call_cert_start
    if start is not None and start <= desk.calendar(desk.actor).local(desk.at).date():
        return meant
    return [each for each in meant if not (isinstance(each, Act) and each.workflow == "tbt")]


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


# -- answers to ours ---------------------------------------------------------------------------------------


def _receipt(mail: Mail, desk: Desk) -> list[Intent]:
    """The answer to a receipt request: received, a comment, or a refusal to sign; nothing is inferred."""
    said = words.kept(words.clean(mail.text), words.LONGEST)
    own = desk.actor if Role.agent in desk.roles else ""
    if not own or not said:
        return _nothing(mail, desk)
    if mail.personal and not mail.personal_receipts:
        return [Say(template="mail_ack_work_address")]
    first = next(iter(fails.sentences(words.clean(mail.text))), "")
    if (told := _COMMENTED.match(said)) and not _COMMENT.match(said):
        ask = Say(template="mail_comment_kept", buttons=_receipt_ways(mail))
        return [*_comment(mail, said[told.end() :], own), ask]
    if _RECEIVED.fullmatch(first) and not _DISAGREES.search(said):
        return [Act(event=Acknowledged(), workflow="discipline", agent=own, ref=mail.ref, duty="ack")]
    long = len(said.split()) >= COMMENT_WORDS
    if not long and (failed := [each for each in fails.read(mail.subject, mail.text, desk) if isinstance(each, Act)]):
        return [*failed]
    comments = _COMMENT.match(said) or (long and "?" not in said)
    if not _DISAGREES.search(said) and not comments:
        meant = [each for each in router.route(first, desk, ref=mail.ref) if isinstance(each, Act)]
        if len(meant) == 1 and isinstance(meant[0].event, Acknowledged | NotSigned):
            return list(meant)
    elif re.match(
        r"\W{0,3}(?:i (?:would|d)|i'd|i will not|i wont|i won't|i refuse|not signing)\b.{0,20}\bsign",
        said,
        re.IGNORECASE,
    ):
        refused = Act(event=NotSigned(), workflow="discipline", agent=own, ref=mail.ref, duty="ack")
        return [refused, *_comment(mail, said, own)] if long else [refused]
    else:
        return [*_comment(mail, said, own), Say(template="mail_comment_kept", buttons=_receipt_ways(mail))]
    return [Say(template="receipt_of_what", buttons=_receipt_ways(mail))]


def _comment(mail: Mail, said: str, own: str) -> list[Intent]:
    """What is said beside, for the record; its writer hears when that is not all of it."""
    kept = Act(event=Commented(text=said), workflow="discipline", agent=own, ref=mail.ref, duty="ack")
    cut = Say(template="mail_comment_cut", facts={"most": words.LONGEST})
    return [kept, cut] if len(mail.text.strip()) > words.LONGEST else [kept]


def _receipt_ways(mail: Mail) -> tuple[tuple[str, str], ...]:
    return (("I received it", f"received {mail.ref}".strip()), ("I'd rather not sign", "I'd rather not sign"))


# -- staff -------------------------------------------------------------------------------------------------


def _of_staff(mail: Mail, desk: Desk) -> list[Intent]:
    if scored := _scorecard(mail, desk):
        return scored
    wanted = replies.proctor(f"{mail.text}\n{mail.subject}", mail.ref, desk)
    if wanted is not None and not isinstance(wanted, str):
        return [wanted]
    said = wanted or replies.coached(mail.text) or replies.first(mail.text)
    if not said:
        return []
    if wanted or mail.ref or mail.about or replies.coached(mail.text):
        meant = _of_that_case(_allowed(router.route(said, desk, ref=mail.ref)), mail, desk)
        if not meant or any(isinstance(each, Act | Confirm | Wish) for each in meant):
            return meant
        told = replies.unread(mail.about, mail.ref, mail.text, mail.reached, desk)
        return meant if told is None else told
    return _on_behalf(mail, desk) or _allowed(router.route(said, desk, ref=""))


def _of_that_case(meant: list[Intent], mail: Mail, desk: Desk) -> list[Intent]:
    """The same, unless the words name another case or agent than the mail they answer: then nothing."""
    for each in meant:
        if not isinstance(each, Act):
            continue
        ref = each.ref.upper()
        if mail.ref and ref and ref != mail.ref and ref[0] == mail.ref[0]:
            return [Say(template="mail_two_refs", facts={"one": mail.ref, "other": ref})]
        if mail.whose and each.agent in desk.roster.agents and each.agent != mail.whose:
            other = desk.roster.name_of(each.agent)
            return [Say(template="mail_two_refs", facts={"one": mail.ref, "other": other})]
    return meant


def _on_behalf(mail: Mail, desk: Desk) -> list[Intent]:
    """A leader writes that an agent did not pass: asked once more before anything is recorded."""
    text = _marked(words.clean(f"{mail.subject}\n\n{mail.text}")[:LONGEST_REPORT], desk)
    said = [each for each in fails.sentences(text) if each]
    told = [each for each in said if verdict(Line(each, desk)) == "fail"]
    if not told or not desk.roles & _HANDS_ON:
        return []
    who = {u for each in told for w in Line(each, desk).words for u in desk.roster.find_people(w)}
    agents = [user for user in who if user in desk.roster.agents]
    if len(agents) != 1:
        return []
    return _confirmed(Mail(subject="", text="\n\n".join(told)), desk, agents[0])


def _marked(text: str, desk: Desk) -> str:
    """The text with agents' full names as usernames, so that a family name is no strange word."""
    low = text.lower()
    for user, agent in desk.roster.agents.items():
        for name in (f"{agent.first} {agent.last}", f"{agent.last}, {agent.first}"):
            if name.lower() in low:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"@{user}", text, flags=re.IGNORECASE)
    return text


def _scorecard(mail: Mail, desk: Desk) -> list[Intent]:
    """A Certifier's scorecard: exactly one spreadsheet, named as SPEC 5.2 says."""
    sheets = [file for file in desk.files if calls.meant_as_one(desk, file) or file.name.lower().endswith(MACROS)]
    if not sheets:
        return []
    if len(sheets) > 1:
        return [Say(template="mail_one_sheet", facts={"names": [words.plain(file.name, 60) for file in sheets[:5]]})]
    return calls.scorecard(desk, sheets[0])


# -- handed on ---------------------------------------------------------------------------------------------


def _handed_on(mail: Mail, desk: Desk) -> list[Intent]:
    """A forward: from a TL, licensing or a PM on behalf of whoever wrote it, once he says so; else nothing."""
    inner = mail.forward
    if not desk.roles & _HANDS_ON:
        return [Silence()]
    own = _of_staff(replace(mail, subject="", forward=None, forwards=False), desk)
    if any(isinstance(each, Act | Confirm) for each in own):
        return own  # what he writes above it himself
    if inner is None:
        return [Silence()]
    if inner.user not in desk.roster.agents:
        return [Say(template="mail_forward_whose", facts={"name": inner.name})] if mail.addressed else [Silence()]
    if meant := _confirmed(Mail(subject=inner.subject, text=inner.text), desk, inner.user):
        return meant
    if not mail.addressed:
        return [Silence()]
    reports = grammar.fields_of(_readable(inner.text)) != Fields()
    return (_allowed(router.route("progress", desk)) if reports else []) or _nothing(mail, desk)


def _confirmed(inner: Mail, desk: Desk, agent: str) -> list[Intent]:
    """What that agent's words mean, each asked for before it counts."""
    theirs = replace(desk, actor=agent, roles=frozenset({Role.agent}), files=())
    try:
        meant = fails.read(inner.subject, inner.text, theirs)
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
    if not mail.addressed or (lexicon.NODS.issuperset(said) and said):
        return [Silence()]
    if (told := replies.unread(mail.about, mail.ref, mail.text, mail.reached, desk)) is not None:
        return told
    return [Say(template="mail_unknown", buttons=() if mail.ref.startswith(("C-", "R-")) else _ways(desk))]


def _ways(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Lines that work, by what the writer is."""
    if Role.agent in desk.roles:
        return (("An exam was not passed", "fail ahip 1"), ("What you did today", "progress m1 m2 q1 q2 tbt 3/15"))
    if desk.roles & {Role.tl, Role.workshop_lead}:
        return (("You coached", "coached @ana advised"),)
    if desk.roles & {Role.licensing, Role.pm}:
        return (("A proctor time", "proctor: F-12 2026-11-23 10:00"),)
    return ()
