"""The commands of the classroom: checks, hands, excuses, rooms, attendance."""

from __future__ import annotations

from handlers import attend, classroom
from handlers.route import AGENT, LEADS, LICENSING, Route, wordy
from workflows.people import Role

HOSTS = LEADS | LICENSING | {Role.host}
_LATE = (
    r"^(?:\S+ ){1,3}(?:is |was |came |came in |arrived |left )?\d{1,3} ?(?:m |min |mins |minutes )?(?:late|early)\b"
    r"|^(?:\S+ ){1,3}(?:is |was |came |came in |arrived |left )?(?:late|early) (?:by )?\d{1,3}\b"
    r"|^(?:\S+ ){1,3}(?:is |was )?(?:absent|a no ?show|not here)(?: today| yesterday)?$"
)
_NO_HAND = r"^no hands? (?!up$)\S|^(?:no|missing) hands? (?:from|by|up)\b|\bdid(?:nt| not) raise\b.*\bhands?\b"

CLASSROOM: tuple[Route, ...] = (
    Route(words=("here",), handler=classroom.here, roles=AGENT, topic="class", free=True, example="here",
          help="you are here; also the answer to a check", phrases=classroom.HERE,
          hears=r"^(?:yes |yep |yeah |sorry )*(?:i am|im|i m) (?:still |right |back )?here\b"
                r"|^here (?:sorry|now|finally|at last|only now|but)\b"),
    Route(words=("help me",), handler=classroom.help_me, roles=AGENT, topic="class", free=True, example="help me",
          help="the host opens a breakout room for you",
          phrases=wordy(
              """help me / help me please / i need help / need help / need help please / please help me / please help /
              i need a breakout room / breakout room please / i need a room""")),
    Route(words=("hands",), handler=classroom.hands, sketch="[b1|lunch|b2] @those @not @raised", roles=HOSTS,
          topic="class", free=True, example="hands b1 @ben @cora", help="whose hands were missing; alone: all were up",
          hears=_NO_HAND,
          phrases=wordy("all hands up/all hands were up/all raised/everybody raised/everyone raised/all hands raised")),
    Route(words=("here @ben",), handler=classroom.was_here, sketch="why", roles=HOSTS, topic="class", free=True,
          tells=True, example="here @ben he answered by voice", help="he was there after all"),
    Route(words=("excuse",), handler=classroom.excuse, sketch="@agent breakout [30] | over", roles=HOSTS,
          topic="class", free=True, tells=True, example="excuse @ben breakout", help="no check counts for him for now"),
    Route(words=("mia",), handler=classroom.mia, sketch="@agent why", roles=HOSTS, topic="class", free=True,
          tells=True, example="mia @ben camera off, no answer since 13:00", help="mark as missing from class"),
    Route(words=("attend",), handler=attend.attend, ahead=True, free=True, tells=True, topic="attendance",
          sketch="@agent in 08:09|out 16:20|late 12|early 20|absent|excuse why",
          roles=HOSTS | {Role.esp_manager, Role.hr_rep}, example="attend @ben late 12",
          help="late, early, absent or excused"),
    Route(words=("is late",), handler=attend.late, roles=HOSTS | {Role.esp_manager}, topic="attendance", free=True,
          hears=_LATE),
)  # fmt: skip
