"""The commands of the end of ESP, of tracker notes and of red flags."""

from __future__ import annotations

from handlers import finishing
from handlers.route import AGENT, HR, LICENSING, STAFF, Route
from workflows.people import Role

PM = frozenset({Role.pm})
MANAGER = frozenset({Role.esp_manager})
NOTERS = frozenset({Role.tl, Role.licensing, Role.cert_coordinator, Role.esp_manager, Role.pm})

RED_FLAGS: tuple[Route, ...] = (
    Route(words=("red flag", "red"), handler=finishing.red_flag, free=True, tells=True, whole=True,
          hears=r"\bred flags?\b"),
)  # fmt: skip
"""Before all others: whatever else the line seems to say, it is for nobody else."""

FINISHING: tuple[Route, ...] = (
    Route(words=("rts",), handler=finishing.rts, sketch="@agent yes|no", roles=LICENSING, topic="licensing", free=True,
          example="rts @ana yes", help="ready to sell, no more forms: licensing only",
          hears=r"\bno more forms\b|\b(?:not )?ready to sell\b|\brts\b"),
    Route(words=("am rts",), handler=finishing.rts, roles=AGENT, topic="licensing", free=True,
          hears=r"\bno more forms\b|\bready to sell\b|\brts\b"),
    Route(words=("transition", "transitioned"), handler=finishing.transition, sketch="@agent", roles=PM,
          topic="production", example="transition @ana", help="the agent is in production",
          hears=r"\b(?:is|was|moved|went|goes|transitioned|gone) (?:\S+ ){0,2}(?:in|into|to) production\b"),
    Route(words=("legal",), handler=finishing.legal, sketch="hold|release @agent why", roles=HR, topic="hr", free=True,
          tells=True, example="legal hold @ana counsel asked", help="nothing of that agent is deleted meanwhile",
          hears=r"^(?:please )?legal[- ]?(?:hold|release)\b"),
    Route(words=("hold",), handler=finishing.hold, sketch="@agent why", roles=PM, topic="production", free=True,
          tells=True, example="hold @ana no seat yet", help="the move to production waits",
          hears=r"^(?:please )?hold (?!on\b|up\b|tight\b|it\b|the\b)\S+ \S+"),
    Route(words=("release", "unhold"), handler=finishing.release, sketch="@agent", roles=PM | MANAGER,
          topic="production", example="release @ana", help="the hold is over", hears=r"^(?:release|unhold) \S+$"),
    Route(words=("complete",), handler=finishing.complete, sketch="@agent", roles=STAFF, topic="production",
          hears=r"\b(?:mark|set|make) (?:\S+ ){1,2}(?:as )?complete\b|^complete \S+$"),
    Route(words=("waive", "waived"), handler=finishing.waive, sketch="@agent item why", roles=MANAGER,
          topic="production", free=True, tells=True, example="waive @ana equipment own laptop",
          help="an item of completion passes"),
    Route(words=("note",), handler=finishing.note, sketch="@agent text", roles=NOTERS, topic="boards", free=True,
          tells=True, whole=True, example="note @ana laptop on its way", help="a line in the tracker"),
    Route(words=("redflag", "red-flag", "redflags"), handler=finishing.red_flag, sketch="@agent text", roles=STAFF,
          topic="confidential", free=True, tells=True, whole=True, example="redflag @ana please call me",
          help="for the ESP Manager alone, by direct message"),
    Route(words=("take",), handler=finishing.take_flag, sketch="X-7", roles=MANAGER, topic="confidential",
          example="take X-7", help="you have the red flag and will call"),
    Route(words=("close",), handler=finishing.close_flag, sketch="X-7", roles=PM | MANAGER, topic="confidential",
          example="close X-7", help="the red flag is settled"),
)  # fmt: skip
