"""The one list of commands, from which both the router and `help` are made. Later workflows add their routes here.

A route names its exact first words, its fixed phrases, and the pattern by which tired words are recognised.
"""

from __future__ import annotations

from handlers import duties, exam, house, papers
from handlers.calls_routes import CALL_ROUTES
from handlers.classroom_routes import CLASSROOM
from handlers.finishing_routes import FINISHING, RED_FLAGS
from handlers.floor_routes import FLOOR_ROUTES
from handlers.lexicon import these
from handlers.pace_routes import PACE_ROUTES
from handlers.route import AGENT, ALL, HR, LEADS, LICENSING, PROCTORS, STAFF, WFM, Handler, Route, answers, wordy
from handlers.site_routes import SITE_ROUTES
from workflows.people import Role

__all__ = [
    "AGENT", "ALL", "HR", "JOINS", "LEADS", "LICENSING", "ONLY_ALONE", "PROCTORS", "ROUTES", "STAFF", "WFM", "Handler",
    "Route", "answers", "wordy",
]  # fmt: skip

_GAVE = "gave|given|handed|delivered|served|issued|presented"
_FILED = "done|filed|submitted|sent|complete|completed|finished|filled"
_COACHED = (
    r"\bcoached\b|\b(?:had|did|done|finished|completed|gave) (?:\S+ ){0,3}coaching\b"
    r"|\bcoaching (?:\S+ ){0,3}(?:done|complete|completed|finished|happened)\b"
    r"|\b(?:talked|spoke|spoken|met|sat down|chatted) (?:to|with)\b"
    r".*\b(?:coach\w*|caps?|fail\w*|attempt|exam|advis\w*)\b"
    r"|(?<!was )(?<!were )(?<!been )\b(?:told|advised) (?:\S+ ){1,3}(?:about|of|that)\b.*\b(?:coach\w*|caps?)\b"
)
_TECHNICAL = (
    r"\b(?:attempt|fail|try|one|f-?\d+|1st|2nd|3rd|first|second|third)\b.*\b(?:was|is|as) (?:a |only )?technical\b"
)
_SAYS_YES = (
    r"^(?:yes|yep|yeah|yup|correct|right|i confirm|can confirm|confirmed)\b.*\b(?:fail|failed|(?:did not|didnt) pass)\b"
)
_RECEIPT = (
    r"^(?:yes )?(?:i )?(?:have |ive )?"
    r"(?:(?:received|recieved|acknowledge) (?:this|it|the|my)|got (?:the|my) (?:cap|document))\b"
)
_PROCTOR = (
    r"\b(?:schedule|book|move|cancel|reschedule)\b.*\b(?:proctor|f-?\d+|attempt|slot|sitting)\b|^reschedule\b"
    r"|^schedule \S+ (?:\S+ )?(?:on |for )?(?:mon|tue|wed|thu|fri|tomorrow|today|\d)"
)
_OUT = r"^(?:i ?am |im |ill be |i will be )?(?:out|off|on leave|on pto|on vacation)\b.*\b(?:until|till?|thru|through)\b"
_COVERS = r"\b(?:covers|covering|will cover|is covering|cover) (?:for )?me\b"

EXAMS: tuple[Route, ...] = (
    Route(words=("fail", "failed", "fails", "flunked", "bombed", "flunk", "bomb"), handler=exam.fail, free=True,
          sketch="exam [1|2|3]", roles=AGENT, topic="exams", example="fail ahip 2", help="an exam was not passed"),
    Route(words=("pass", "passed", "aced"), handler=exam.passed, free=True, sketch="exam", roles=AGENT, topic="exams",
          example="pass ahip", help="an exam was passed; then send the screenshot"),
    Route(words=("fail for",), handler=exam.fail, free=True, sketch="@agent exam [1|2|3]", roles=LEADS | LICENSING,
          topic="exams", example="fail ahip 2 for @ana", help="report it on behalf of an agent"),
    Route(words=("wrong number",), handler=exam.wrong_number, roles=AGENT | LEADS, topic="exams",
          example="wrong number", help="the attempt number was wrong", free=True,
          phrases=wordy(
              """wrong number / wrong attempt / wrong attempt number / number is wrong / number was wrong / the
              number is wrong / that number is wrong / that is the wrong number / wrong ordinal / wrong count""")),
    Route(words=("confirm", "confirmed"), handler=duties.confirm, sketch="ref", roles=LEADS | PROCTORS, topic="exams",
          example="confirm F-12", help="yes, the last attempt was not passed"),
    Route(words=("she failed",), handler=duties.she_failed, topic="exams", hears=_SAYS_YES, free=True),
    Route(words=("reject", "rejected"), handler=duties.reject, sketch="ref why", roles=LEADS | PROCTORS, topic="exams",
          example="reject F-12 that was a practice run", help="no, the last attempt is not so", free=True, tells=True),
    Route(words=("void",), handler=house.void, sketch="ref [n] why", roles=LICENSING, topic="exams", free=True,
          tells=True,
          example="void F-12 2 carrier reset it", help="an attempt does not count"),
    Route(words=("technical",), handler=house.technical, sketch="ref [n] why | counts | stays", roles=LEADS | LICENSING,
          topic="exams", free=True, tells=True, hears=_TECHNICAL,
          example="technical F-12 2 computer crashed", help="the carrier counts that attempt, the ladder does not"),
    Route(words=("was technical",), handler=house.technical, roles=AGENT, topic="exams", free=True, tells=True,
          hears=_TECHNICAL),
)  # fmt: skip

CARE: tuple[Route, ...] = (
    Route(words=("coached",), handler=duties.coached, ahead=True, sketch="@agent [ref] [advised] [10:30]", roles=LEADS,
          topic="coaching",
          example="coached @ana advised", help="you coached; `advised` = said what the next fail may mean",
          hears=_COACHED),
    Route(words=("form",), handler=duties.form, sketch="ref [number]", roles=LEADS, topic="forms",
          example="form F-12 88231", help="the tracking form is filed",
          hears=rf"\bforms?\b.*\b(?:{_FILED})\b|\b(?:did|{_FILED})\b.*\bforms?\b"),
    Route(words=("forms",), handler=house.forms, roles=LEADS, topic="forms", reads=True,
          example="forms", help="the forms you still owe",
          phrases=wordy(
              """form / open forms / my forms / which forms / what forms / what forms are open / forms open / which
              forms are open""")),
    Route(words=("proctor", "schedule"), handler=duties.proctor, ahead=True, thread=True,
          roles=PROCTORS - {Role.proctor},
          topic="proctor",
          sketch="ref mon 10:00 [@proctor] [link] [force] | cancel why",
          example="proctor F-12 mon 10:00 @lia", help="set, move or cancel a proctored attempt", hears=_PROCTOR),
    Route(words=("when proctored",), handler=duties.proctor, roles=AGENT, topic="proctor",
          hears=_PROCTOR + r"|^proctor\b"),
    Route(words=("result",), handler=duties.result, sketch="ref pass|fail", roles=PROCTORS, topic="proctor", free=True,
          example="result F-12 pass", help="how the proctored attempt ended"),
    Route(words=("ended",), handler=duties.ended, sketch="ref", roles=WFM, topic="wfm", thread=True,
          example="ended F-12", help="the session was ended",
          hears=r"\bended (?:\S+ )?session\b|\bsession (?:is |was |has been )?(?:ended|over|closed|removed)\b"),
    Route(words=("no session",), handler=duties.no_session, sketch="ref", roles=WFM, topic="wfm", free=True,
          thread=True,
          example="no session F-12", help="there was none to end",
          phrases=wordy(
              """no session / there was no session / there is no session / had no session / no session today / no
              session left"""),
          hears=r"^(?:there (?:is|was) )?no session (?:for )?(?:\S+)$"),
    Route(words=("done",), handler=duties.done, topic="wfm",
          phrases=wordy(
              """done / all done / its done / that is done / thats done / done with it / done that / i am done / im
              done""")),
)  # fmt: skip

PAPERS: tuple[Route, ...] = (
    Route(words=("cap", "draft"), handler=papers.cap, sketch="ref", roles=LEADS | HR, topic="caps",
          example="cap C-12", help="the CAP draft once more"),
    Route(words=("delivered", "deliver", "handed"), handler=papers.delivered, sketch="ref [15:30] [meet]", roles=LEADS,
          topic="caps",
          example="delivered C-12 15:30 meet", help="you handed the CAP over in person",
          hears=rf"\b(?:{_GAVE})\b.*\bcaps?\b|\bcaps?\b.*\b(?:done|{_GAVE})\b"),
    Route(words=("ack", "received", "recieved", "acknowledged", "acknowledge"), handler=papers.ack, sketch="[ref]",
          roles=AGENT,
          topic="caps", example="ack C-12", help="you received the paper; receipt is not agreement", free=True,
          hears=_RECEIPT),
    Route(words=("comment",), handler=papers.comment, sketch="[ref] text", roles=AGENT, topic="caps", free=True,
          tells=True, whole=True,
          example="comment I was told on Monday", help="your own words beside a CAP"),
    Route(words=("not signing",), handler=papers.not_signed, roles=AGENT, topic="caps", free=True,
          phrases=wordy(
              """id rather not sign / i would rather not sign / i wont sign / not signing / i refuse to sign / i will
              not sign / rather not sign / i dont want to sign / i am not signing / im not signing / not signing
              this""")),
    Route(words=("witness",), handler=papers.witness, sketch="ref first and last name", roles=LEADS, topic="caps",
          free=True, tells=True, example="witness C-12 Dev Shah",
          help="who was there when an agent chose not to sign"),
    Route(words=("approve", "approved"), handler=papers.approve, sketch="ref", roles=HR, topic="hr",
          example="cap approve C-12", help="the draft may be delivered"),
    Route(words=("return", "returned"), handler=papers.returned, sketch="ref why", roles=HR, topic="hr", free=True,
          tells=True,
          example="cap return C-12 dates missing", help="the draft goes back with your reason"),
    Route(words=("review",), handler=papers.review, sketch="ref outcome no action|extend|other role|terminate text",
          topic="hr",
          roles=HR | {Role.site_director}, free=True, example="review R-5 outcome extend two more days",
          help="record what was decided"),
    Route(words=("repin",), handler=house.repin, sketch="ref pack why", roles=HR, topic="hr", free=True, tells=True,
          example="repin F-12 failed-exams-old opened before", help="another wording for one case"),
    Route(words=("export",), handler=papers.export, sketch="@agent|ref", roles=HR, topic="hr",
          example="export @ana", help="the file of an agent or a case, by mail to you alone"),
)  # fmt: skip

HOUSE: tuple[Route, ...] = (
    Route(words=("undo",), handler=house.undo, sketch="[ref]", topic="undo", example="undo",
          help="take back what you just reported", free=True,
          hears=r"^(?:oops|sorry|woops|whoops)\b.*\b(?:wrong|mistake)\b",
          phrases=wordy(
              """wrong / mistake / my mistake / my bad / that was wrong / that was a mistake / wrong one / take it
              back / take that back / scratch that / undo that / undo it / undo last / undo my last / ignore that
              / i made a mistake / wrong button / wrong exam / reported by mistake / by mistake / by accident /
              disregard / disregard that / my mistake undo""")),
    Route(words=("inhibit",), handler=house.inhibit, sketch="@agent release|cleared", topic="licensing",
          roles=LICENSING | {Role.tl, Role.esp_manager}, free=True,
          example="inhibit @ana release", help="something may keep the agent from selling"),
    Route(words=("nle",), handler=house.nle, sketch="@agent", roles=HR | {Role.esp_manager}, topic="absence",
          example="nle @ana", help="has left, confirmed by HRIS"),
    Route(words=("leave",), handler=house.leave, ahead=True, sketch="[@person] until fri", roles=STAFF, topic="absence",
          example="leave until fri", help="you (or your TL) are absent", hears=_OUT),
    Route(words=("delegate",), handler=house.delegate, ahead=True, sketch="@person until fri", roles=STAFF,
          topic="absence",
          example="delegate @dev until fri", help="somebody covers you", hears=_COVERS),
    Route(words=("away", "brb", "afk"), handler=house.away, sketch="[15] why", roles=STAFF, topic="absence", free=True,
          tells=True,
          hears=r"^(?:i am |im )?stepping (?:away|out)\b",
          example="away 15 helping ben", help="off for some minutes"),
    Route(words=("back",), handler=house.back, roles=STAFF, topic="absence", example="back", help="here again",
          phrases=wordy("back/im back/i am back/back now/back again/back from lunch/back from break")),
    Route(words=("me",), handler=house.me, topic="boards", reads=True, example="me",
          help="where you stand: items, clocks, references",
          phrases=wordy(
              """me / where am i / whats left / what is left / what do i have left / my status / status / my board /
              my progress / where do i stand / whats next / what is next / what do i still need / how am i doing /
              whats left for me / am i behind / am i on pace / am i on track / when is my call / when is my exam / when
              is my attempt / what do i owe / what is open / what do i have open""")),
    Route(words=("team",), handler=house.team, roles=LEADS, topic="boards", reads=True, example="team",
          help="your own team, slowest first",
          phrases=wordy(
              """team / who is behind / whos behind / my team / how is my team / hows my team / whos late / who is
              late / team status""")),
    Route(words=("help", "commands"), handler=house.help_on, sketch="[topic]", topic="help", reads=True,
          example="help proctor",
          help="this list", phrases=wordy("?/what can you do/what can i do/how does this work/menu/commands")),
)  # fmt: skip

CHOICES: tuple[Route, ...] = (
    answers(
        "yes",
        *wordy(
            """yes / y / yep / yeah / yup / ya / correct / sure / thats correct / that is correct / yes it is / yes
              i did / yes please"""
        ),
    ),
    answers(
        "all correct",
        *wordy(
            """all correct / all correct still stuck / its all correct / it is all correct / all of it is correct /
              everything is correct / my profile is correct / profile is correct / all of it correct"""
        ),
    ),
    answers("right", *wordy("right/thats right/that is right/its right/yes right")),
    answers("no", *wordy("no/n/nope/nah/cancel/never mind/nevermind/nvm/forget it/no i didnt/no thanks/neither")),
    answers("same one", *wordy("same/same one/the same/the same one/same fail/its the same one/same one as before")),
    answers("a new fail", *wordy("new/new one/a new one/a new fail/new fail/another one/its a new one")),
)

ROUTES: tuple[Route, ...] = (
    *RED_FLAGS,
    *EXAMS,
    *CARE,
    *PAPERS,
    *PACE_ROUTES,
    *SITE_ROUTES,
    *CALL_ROUTES,
    *FLOOR_ROUTES,
    *FINISHING,
    *CLASSROOM,
    *HOUSE,
    *CHOICES,
)
"""In the order in which patterns are tried and help is printed."""

ONLY_ALONE = these(
    """yes right no same new me team done draft return fails back approved returned confirmed deliver handed schedule
    commands complete hold release here excuse"""
)
"""First words of everyday sentences too: exact only when nothing else is said; otherwise the patterns decide."""

JOINS = these(
    "fail failed pass passed coached delivered confirm reject proctor undo void nle inhibit ack form cap result ended"
    " rts waive transition"
)
"""Words that begin another command in the middle of a line."""
