"""The commands of the call-cert team, and those about TBTs."""

from __future__ import annotations

from handlers import calls, tbt
from handlers.intents import Intent
from handlers.line import Line
from handlers.route import AGENT, Route, wordy
from workflows.people import Role

TEAM = frozenset({Role.certifier, Role.cert_coordinator})
COORDINATOR = frozenset({Role.cert_coordinator})
CERTIFIER = frozenset({Role.certifier})

CALLS: tuple[Route, ...] = (
    Route(words=("connect", "pair"), handler=calls.connect, sketch="@agent @certifier [link] [force why]", roles=TEAM,
          topic="calls", free=True, tells=True, example="connect @ana @cass",
          help="a Certifier takes an agent's calls", hears=r"^(?:pair|connect|hook up)\b"),
    Route(words=("score", "rescore"), handler=calls.score, sketch="@agent [call] 92 well: …; down: …; next: …",
          roles=CERTIFIER, topic="calls", free=True, tells=True,
          example="score @ana 3 92 well: warm opening; down: no recap; next: recap",
          help="the score of a call; the texts are asked for when they are missing",
          hears=r"^(?:\S+ ){0,3}calls? (?:#|no |number )?\d (?:was |is |got |scored |= )?\d|^(?:\S+ ){1,3}scored \d"),
    Route(words=("pause",), handler=calls.pause, sketch="@agent why", roles=TEAM, topic="calls", free=True, tells=True,
          example="pause @ana headset died", help="the agent dropped out: the clock stops"),
    Route(words=("resume", "unpause"), handler=calls.resume, sketch="@agent", roles=TEAM, topic="calls",
          example="resume @ana", help="the agent is back: the clock runs"),
    Route(words=("reopen callcert",), handler=calls.reopen, sketch="@agent why", roles=COORDINATOR, topic="calls",
          free=True, tells=True, example="reopen callcert @ana new round agreed with the TL",
          help="another round of call certification", hears=r"^reopen (?:the )?call ?-?certs?\b"),
    Route(words=("scorecard", "scorecards"), handler=calls.no_file, sketch="@agent", roles=CERTIFIER, topic="calls",
          free=True, example="scorecard @ana", help="mails you the sheet to fill in; send it back here or by mail",
          hears=r"^(?:sent|attached) (?:is )?(?:the |my )?scorecard\b"),
    Route(words=("queue",), handler=calls.queue, roles=TEAM, topic="calls", reads=True, example="queue",
          help="who waits for a Certifier, who is connected",
          phrases=wordy(
              "queue/the queue/call queue/whos waiting/who is waiting/who is in the queue/whos next/who waits")),
)  # fmt: skip


def uploaded(line: Line) -> Intent | list[Intent]:
    """ "uploaded @ana call", "uploaded @ana tbt": what went into which form."""
    said = set(line.words)
    if tbt.TBT & said:
        return tbt.uploaded(line)
    return calls.uploaded_call(line) if {"call", "calls", "scorecard", "callcert"} & said else tbt.which(line)


SMES = frozenset({Role.tbt_sme})
_TBT = (
    r"^(?:i |ive |i have |just )*(?:finished|completed|did|done|passed|failed|bombed)(?: with)? (?:the |my )?tbts?"
    r"(?: (?:course|number|no))? \d{1,9}(?: (?:and )?\d{3,9})*(?: today| now| again)?$"
    r"|^(?:\S+ ){1,2}tbts?(?: (?:is |are )?(?:ok|good|fine|redo|done))?$"
    r"|\b(?:cant|cannot|dont|do not|not|couldnt) find (?:the |my )?tbt\b|\btbt \d+ (?:is )?(?:missing|not there|done)\b"
)

TBTS: tuple[Route, ...] = (
    Route(words=("tbt", "tbts"), handler=tbt.tbt, sketch="done 211629 | missing 211629 | list", roles=AGENT,
          topic="tbt", free=True, tells=True, example="tbt done 211629",
          help="a course is done, or not to be found; send the proof as a PDF", hears=_TBT),
    Route(words=("tbt ok",), handler=tbt.tbt, sketch="@agent [211629] | tbt redo @agent [211629] why",
          roles=SMES | COORDINATOR, topic="tbt", free=True, tells=True, example="tbt ok @ana 211629",
          help="the proof of a course is good, or is to be sent again"),
    Route(words=("searched",), handler=tbt.searched, sketch="@agent 211629", roles=SMES | COORDINATOR, topic="tbt",
          example="searched @ana 211629", help="the search for a course was made by number and by name"),
    Route(words=("uploaded", "upload"), handler=uploaded, sketch="@agent call|tbt", roles=COORDINATOR, topic="forms",
          example="uploaded @ana call", help="the scorecard, or proved TBTs, are in the form",
          hears=r"^(?:i |ive |just )*uploaded\b"),
)  # fmt: skip

CALL_ROUTES: tuple[Route, ...] = (*CALLS, *TBTS)
"""In the order in which patterns are tried and help is printed."""
