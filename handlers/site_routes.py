"""The commands of the site's day and the boards of those who lead."""

from __future__ import annotations

from handlers import site
from handlers.route import Route, wordy
from workflows.people import Role

EVENING = frozenset({Role.tl, Role.licensing, Role.cert_coordinator})
SENDERS = frozenset({Role.cert_coordinator, Role.esp_manager})

SITE_ROUTES: tuple[Route, ...] = (
    Route(
        words=("eod",),
        handler=site.eod,
        sketch="call|tbt send|hold|drop",
        roles=SENDERS,
        topic="reports",
        free=True,
        example="eod call send",
        help="send an evening report now, hold it, or leave it out",
        hears=r"^(?:please )?(?:send|hold|stop|drop|skip|dont send|do not send|leave out)\b.*\b(?:eod|reports?)\b",
    ),
    Route(
        words=("can i log off",),
        handler=site.log_off,
        roles=EVENING,
        topic="boards",
        reads=True,
        free=True,
        example="can i log off",
        help="what is still open before you log off",
        phrases=wordy(
            """can i log off / can i logoff / can i log out / can i leave / can i go / can i go home / log off / logoff
            / checklist / evening checklist / am i done / am i done for today / what is left for today"""
        ),
    ),
    Route(
        words=("tracker checked",),
        handler=site.checked,
        roles=EVENING,
        topic="boards",
        example="tracker checked",
        help="your tracker columns are right as they are",
        phrases=wordy(
            """tracker checked / tracker is right / tracker is up to date / tracker up to date / tracker is fine /
            tracker done / checked the tracker / the tracker is up to date"""
        ),
    ),
    Route(
        words=("board",),
        handler=site.board,
        roles=frozenset({Role.esp_manager, Role.site_director, Role.hr_rep}),
        topic="boards",
        reads=True,
        example="board",
        help="every class and how many are behind; with names for the ESP Manager",
        phrases=wordy("board/the board/all classes/my board all/how are the classes/how are my classes/class board"),
    ),
)
