"""The commands about the pace of carrier certification and about a class's session."""

from __future__ import annotations

from handlers import pace, session
from handlers.route import AGENT, LEADS, LICENSING, WFM, Route
from workflows.people import Role

CALLERS = LEADS | LICENSING | {Role.certifier, Role.cert_coordinator, Role.esp_manager}

_PROVED = r"\b(?:proofs?|checkmarks?|check marks)"
_PROOF = (
    _PROVED + r"\b.*\b(?:good|ok|okay|fine|accepted|verified|valid|blurr\w+|redo)\b"
    "|" + _PROVED + r" (?:is|are|looks?)(?: not)?$"  # "good" at the end of a line is politeness and gone by then
)
_NO_NUMBER = (
    r"\b(?:no|without|waiting (?:for|on)|missing|havent got) (?:\S+ ){0,2}(?:n-?number|n num(?:ber)?|nnumber)\b"
    r"|\bn[ -]?number (?:is )?(?:still )?(?:late|missing|not here|not in)\b"
)

PACE_ROUTES: tuple[Route, ...] = (
    Route(words=("proof",), handler=pace.proof, sketch="@agent ok [final|checkmarks|product] | redo why",
          roles=LICENSING, topic="licensing", free=True, tells=True, example="proof @ana ok",
          help="the proof is right, or is asked for again", hears=_PROOF),
    Route(words=("block",), handler=pace.block, sketch="@agent nnumber|payment|login|outage|other [from 09:00]",
          roles=AGENT | LEADS | LICENSING, topic="blocks", free=True, example="block @ben nnumber from 09:00",
          help="beyond the agent's control: the clock stands still (an agent's word is passed on)", hears=_NO_NUMBER),
    Route(words=("unblock", "unblocked"), handler=pace.unblock, sketch="@agent [reason] [from 10:00]",
          roles=LEADS | LICENSING, topic="blocks", free=True, example="unblock @ben",
          help="nothing stops the agent any more: the new checkpoint times"),
    Route(words=("ot", "overtime"), handler=pace.sessions, ahead=True, thread=True,
          sketch="ref 11/20 17:00, 11/23 17:00, …", roles=WFM, topic="wfm",
          example="ot P-12 11/20 17:00, 11/23 17:00, 11/24 17:00", help="the extra sessions are placed"),
    Route(words=("link",), handler=session.link, sketch="[class] https://…", roles=LICENSING | LEADS, topic="session",
          free=True, tells=True, example="link https://meet.example.com/nov16",
          help="the session link: everybody gets it at once",
          hears=r"^(?:the |our |new )?(?:session|class|g2t|meet(?:ing)?) link\b.*\bhttps?://"),
    Route(words=("meet",), handler=session.meet, ahead=True, sketch="side|callcert|shadow https://… @ana @ben [14:00]",
          roles=CALLERS, topic="session", free=True, example="meet shadow https://meet.example.com/s @ana @ben 14:00",
          help="a side meeting: the link goes to those named",
          hears=r"^(?:shadow(?:ing)?|side|breakout|call ?-?cert)(?: room| meet(?:ing)?)? link\b"),
)  # fmt: skip
"""In the order in which patterns are tried and help is printed."""
