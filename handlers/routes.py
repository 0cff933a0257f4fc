"""The one list of commands, from which both the router and `help` are made. Later workflows add their routes here.

A route names its exact first words, its fixed phrases, and the tired phrases by which it is recognised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers import duties, exam, house, papers
from handlers.intents import Choice, Intent
from handlers.lexicon import these
from handlers.line import Line
from workflows.people import Role

Handler = Callable[[Line], Intent | list[Intent]]

AGENT = frozenset({Role.agent})
LEADS = frozenset({Role.tl, Role.workshop_lead})
STAFF = frozenset(Role) - {Role.agent, Role.bot}
ALL = frozenset(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One command.

    `words` are its first words, the name first; `phrases` whole lines; `hears` a pattern over the folded words.
    `roles` see it in help. `free` routes end in words of the person's own, in which a no or a comma means nothing;
    `reads` ones change nothing, so that a question mark does no harm; `thread` ones are heard unaddressed in a
    case's thread.
    """

    words: tuple[str, ...]
    handler: Handler
    sketch: str = ""
    roles: frozenset[Role] = ALL
    example: str = ""
    help: str = ""
    topic: str = ""
    phrases: tuple[str, ...] = ()
    hears: str = ""
    free: bool = False
    reads: bool = False
    thread: bool = False


def answer(text: str) -> Handler:
    """A fixed answer to the newest open question."""
    return lambda line: Choice(text=text)


_HAD = r"(?:coached|(?:had|did|done|finished|completed|gave) (?:\S+ ){0,3}coaching|coaching (?:\S+ ){0,3}(?:done|complete|completed|finished|happened))"
_SPOKE = r"(?:talked|spoke|spoken|told|met|sat down|chatted|advised)\b.*\b(?:coach\w*|caps?|fail\w*|attempt|exam|ahip|aetna|advis\w*)"
_GAVE = r"(?:gave|given|handed|delivered|served|issued|presented)"

ROUTES: tuple[Route, ...] = (
    Route(
        words=("fail", "failed", "fails", "flunked", "bombed", "flunk", "bomb"), handler=exam.fail, sketch="exam [1|2|3] [for @agent]",
        roles=AGENT | LEADS | {Role.licensing}, example="fail ahip 2", help="an exam was not passed", topic="exams",
    ),
    Route(
        words=("pass", "passed", "aced"), handler=exam.passed, sketch="exam", roles=AGENT | LEADS | {Role.licensing},
        example="pass ahip", help="an exam was passed; send the screenshot", topic="exams",
    ),
    Route(
        words=("coached",), handler=duties.coached, sketch="@agent [ref] [advised] [10:30]", roles=LEADS, example="coached @ana advised",
        help="you coached; `advised` = told what the next fail means", topic="coaching", hears=rf"\b{_HAD}\b|\b{_SPOKE}\b",
    ),
    Route(
        words=("form",), handler=duties.form, sketch="ref [number]", roles=LEADS, example="form F-12 88231",
        help="the tracking form is filed", topic="forms",
        hears=r"\bforms?\b.*\b(?:done|filed|submitted|sent|complete|completed|finished|filled)\b"
              r"|\b(?:did|filed|submitted|sent|completed|finished|filled)\b.*\bforms?\b",
    ),
    Route(
        words=("forms",), handler=house.forms, roles=LEADS, example="forms", help="the forms you still owe", topic="forms", reads=True,
        phrases=("form", "open forms", "my forms", "which forms", "what forms", "what forms are open", "forms open"),
    ),
    Route(
        words=("cap", "draft"), handler=papers.cap, sketch="ref", roles=LEADS | {Role.hr_rep}, example="cap C-12", help="the CAP draft once more",
        topic="caps", free=True,
    ),
    Route(
        words=("delivered", "deliver", "handed"), handler=papers.delivered, sketch="ref [15:30] [meet]", roles=LEADS,
        example="delivered C-12 15:30 meet", help="you handed the CAP over in person", topic="caps",
        hears=rf"\b{_GAVE}\b.*\bcaps?\b|\bcaps?\b.*\b(?:done|{_GAVE[3:-1]})\b",
    ),
    Route(
        words=("ack", "received", "recieved", "acknowledged", "acknowledge"), handler=papers.ack, sketch="[ref]", roles=AGENT, example="ack C-12",
        help="you received the paper; receipt is not agreement", topic="caps", free=True,
        hears=r"^(?:yes )?(?:i )?(?:have |ive )?(?:received|recieved|got|acknowledge) (?:this|it|the cap|my cap|the document)\b",
    ),
    Route(
        words=("comment",), handler=papers.comment, sketch="[ref] text", roles=AGENT, example="comment I was told on Monday",
        help="your own words beside a CAP", topic="caps", free=True,
    ),
    Route(
        words=("unsigned",), handler=papers.not_signed, roles=AGENT, topic="caps",
        phrases=("id rather not sign", "i would rather not sign", "i wont sign", "not signing", "i refuse to sign", "i will not sign"),
    ),
    Route(
        words=("confirm", "confirmed"), handler=duties.confirm, sketch="ref", roles=LEADS | {Role.licensing, Role.pm, Role.proctor},
        example="confirm F-12", help="yes, the last attempt was not passed", topic="exams",
    ),
    Route(
        words=("confirmed-fail",), handler=duties.she_failed, topic="exams",
        hears=r"^(?:yes|yep|yeah|yup|correct|right|i confirm|can confirm)\b.*\b(?:fail|failed|(?:did not|didnt) pass)\b|^confirmed\b.*\bfailed\b",
    ),
    Route(
        words=("reject", "rejected"), handler=duties.reject, sketch="ref why", roles=LEADS | {Role.licensing, Role.pm, Role.proctor},
        example="reject F-12 that was a practice run", help="no, the last attempt is not so", topic="exams", free=True,
    ),
    Route(
        words=("proctor", "schedule"), handler=duties.proctor, sketch="ref mon 10:00 @proctor [link] [force] | cancel why",
        roles=frozenset({Role.licensing, Role.pm}), example="proctor F-12 mon 10:00 @lia",
        help="set, move or cancel a proctored attempt", topic="proctor", free=True, thread=True,
        hears=r"\b(?:schedule|book|move|cancel|reschedule)\b.*\b(?:proctor|[fF]-?\d+|attempt|slot|sitting)\b|^(?:move|reschedule)\b",
    ),
    Route(
        words=("result",), handler=duties.result, sketch="ref pass|fail", roles=frozenset({Role.licensing, Role.pm, Role.proctor}),
        example="result F-12 pass", help="how the proctored attempt ended", topic="proctor", free=True,
    ),
    Route(
        words=("ended",), handler=duties.ended, sketch="ref", roles=frozenset({Role.wfm}), example="ended F-12", help="the session was ended",
        topic="wfm", thread=True, hears=r"\bended (?:\S+ )?session\b|\bsession (?:is |was )?(?:ended|over|closed|removed)\b",
    ),
    Route(
        words=("no-session",), handler=duties.no_session, sketch="ref", topic="wfm", free=True, thread=True, roles=frozenset({Role.wfm}),
        example="no session F-12", help="there was none to end", hears=r"^(?:there (?:is|was) )?no session\b|^(?:had|has|have) no session\b",
    ),
    Route(
        words=("undo",), handler=house.undo, sketch="[ref]", example="undo", help="take back what you just reported", topic="undo",
        phrases=("wrong", "mistake", "my mistake", "my bad", "oops", "that was wrong", "that was a mistake", "wrong one", "take it back",
                 "take that back", "scratch that", "undo that", "undo it", "undo last", "undo my last", "ignore that", "i made a mistake",
                 "wrong button", "wrong exam", "reported by mistake", "by mistake", "by accident", "disregard", "disregard that"),
        hears=r"^(?:oops|sorry|woops|whoops)\b.*\b(?:wrong|mistake)\b",
    ),
    Route(
        words=("wrong-number",), handler=exam.wrong_number, example="wrong number", help="the attempt number was wrong", topic="exams",
        phrases=("wrong number", "wrong attempt", "wrong attempt number", "number is wrong", "number was wrong", "the number is wrong",
                 "that number is wrong", "wrong ordinal", "wrong count"), roles=AGENT | LEADS,
    ),
    Route(
        words=("void",), handler=house.void, sketch="ref [n] why", roles=frozenset({Role.licensing}), example="void F-12 2 carrier reset it",
        help="an attempt does not count", topic="exams", free=True,
    ),
    Route(
        words=("proof",), handler=duties.proof, sketch="@agent redo why", roles=frozenset({Role.licensing}), example="proof @ana redo blurred",
        help="the proof of a pass is not accepted", topic="exams", free=True,
    ),
    Route(
        words=("repin",), handler=house.repin, sketch="ref pack why", roles=frozenset({Role.hr_rep}),
        example="repin F-12 failed-exams-old opened before", help="another wording for one case", topic="hr", free=True,
    ),
    Route(
        words=("cap-approve", "approve", "approved"), handler=papers.approve, sketch="ref", roles=frozenset({Role.hr_rep}),
        example="cap approve C-12", help="the draft may be delivered", topic="hr",
    ),
    Route(
        words=("return", "returned"), handler=papers.returned, sketch="ref why", roles=frozenset({Role.hr_rep}),
        example="cap return C-12 dates missing", help="the draft goes back with your reason", topic="hr", free=True,
    ),
    Route(
        words=("review",), handler=papers.review, sketch="ref outcome no action|extend|other role|terminate text",
        roles=frozenset({Role.hr_rep, Role.site_director}), example="review R-5 outcome extend two more days", help="record what was decided",
        topic="hr", free=True,
    ),
    Route(
        words=("inhibit",), handler=house.inhibit, sketch="@agent release|cleared", roles=frozenset({Role.licensing, Role.tl, Role.esp_manager}),
        example="inhibit @ana release", help="something may keep the agent from selling", topic="licensing", free=True,
    ),
    Route(
        words=("nle",), handler=house.nle, sketch="@agent", roles=frozenset({Role.esp_manager, Role.hr_rep}), example="nle @ana",
        help="has left, confirmed by HRIS", topic="absence",
    ),
    Route(
        words=("leave",), handler=house.leave, sketch="[@person] until fri", roles=STAFF, example="leave until fri",
        help="you (or your TL) are absent", topic="absence", free=True,
        hears=r"^(?:i ?am|im|ill be|i will be)? ?(?:out|off|on leave|on pto|on vacation)\b.*\b(?:until|till?|thru|through)\b",
    ),
    Route(
        words=("delegate",), handler=house.delegate, sketch="@person until fri", roles=STAFF, example="delegate @dev until fri",
        help="somebody covers you", topic="absence", free=True, hears=r"\b(?:covers|covering|will cover|is covering|cover) (?:for )?me\b",
    ),
    Route(
        words=("away", "brb", "afk"), handler=house.away, sketch="[15] why", roles=STAFF, example="away 15 helping ben",
        help="off for some minutes", topic="absence", free=True,
    ),
    Route(
        words=("back",), handler=house.back, roles=STAFF, example="back", help="here again", topic="absence",
        phrases=("im back", "i am back", "back now", "back again", "back from lunch", "back from break"),
    ),
    Route(
        words=("me",), handler=house.me, example="me", help="where you stand: items, clocks, references", topic="boards", reads=True,
        phrases=("where am i", "whats left", "what is left", "what do i have left", "my status", "status", "my board", "my progress",
                 "where do i stand", "whats next", "what is next", "what do i still need", "how am i doing", "whats left for me"),
    ),
    Route(
        words=("team",), handler=house.team, roles=LEADS, example="team", help="your own team, slowest first", topic="boards", reads=True,
        phrases=("who is behind", "whos behind", "my team", "how is my team", "hows my team", "whos late", "who is late", "team status"),
    ),
    Route(
        words=("help", "commands"), handler=house.help_on, sketch="[topic]", example="help proctor", help="this list", topic="help", reads=True,
        phrases=("?", "what can you do", "what can i do", "how does this work", "menu"),
    ),
    Route(words=("yes",), handler=answer("yes"), phrases=("y", "yep", "yeah", "yup", "ya", "correct", "sure", "thats correct", "yes it is", "yes i did")),
    Route(words=("right",), handler=answer("right"), phrases=("thats right", "that is right", "its right", "yes right")),
    Route(words=("no",), handler=answer("no"), phrases=("n", "nope", "nah", "cancel", "never mind", "nevermind", "nvm", "forget it", "no i didnt")),
    Route(words=("same",), handler=answer("same one"), phrases=("same one", "the same", "the same one", "same fail", "its the same one")),
    Route(words=("new",), handler=answer("a new fail"), phrases=("new one", "a new one", "a new fail", "new fail", "another one", "its a new one")),
)  # fmt: skip

ONLY_ALONE = these(
    "yes right no same new back draft status fails approved returned confirmed deliver handed schedule commands"
)
"""First words of everyday sentences too: exact only when nothing else is said; otherwise the patterns decide."""
