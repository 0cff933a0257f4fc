"""What a command is: the form every list of commands is written in, and the names for who sees it in help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handlers.intents import Choice, Intent
from handlers.line import Line
from workflows.people import Role

Handler = Callable[[Line], Intent | list[Intent]]

ALL = frozenset(Role)
STAFF = ALL - {Role.agent, Role.bot}
AGENT = frozenset({Role.agent})
LEADS = frozenset({Role.tl, Role.workshop_lead})
LICENSING = frozenset({Role.licensing})
HR = frozenset({Role.hr_rep})
WFM = frozenset({Role.wfm})
PROCTORS = frozenset({Role.licensing, Role.pm, Role.proctor})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One command.

    `words` are its first words, the name first (one of two words is only a name); `phrases` whole lines; `hears` a
    pattern over the folded words. `roles` see it in help, when it has a `help` line. `free` routes judge a "not"
    themselves; `tells` ones end in the person's own words, in which a comma or a question mark is his; `ahead` ones
    may speak of what is to come; `reads` ones change nothing; `thread` ones are heard unaddressed in a case's thread;
    `whole` ones take the whole message, line ends and all, and never answer an open question.
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
    tells: bool = False
    ahead: bool = False
    reads: bool = False
    thread: bool = False
    whole: bool = False


def answers(text: str, *phrases: str) -> Route:
    """A fixed answer to the newest open question."""
    return Route(words=(phrases[0],), phrases=phrases, handler=lambda line: Choice(text=text), free=True)


def wordy(text: str) -> tuple[str, ...]:
    """Phrases parted by "/"."""
    return tuple(" ".join(phrase.split()) for phrase in text.split("/"))
