"""The help page, printed from the list of routes: what one's roles may say, eight lines with its heading.

The engine answers `Wish("help", topic)` with `page(topic, desk)`.
"""

from __future__ import annotations

import re

from handlers.intents import Desk, Say
from handlers.route import AGENT
from handlers.routes import ROUTES, Route
from handlers.words import plain

LINES = 7
BUTTONS = 8
GUIDES = "guides"
"""The command that says where the guides are, and its topic."""


def page(topic: str, desk: Desk) -> Say:
    """Help for one's roles: of a topic, of a command, of an exam; the other topics as buttons."""
    seen = [route for route in ROUTES if route.help and route.roles & desk.roles]
    topic = _topic_of(topic, seen, desk)
    shown = [route for route in seen if route.topic == topic] if topic else _digest(seen)
    topics = [t for t in dict.fromkeys(route.topic for route in seen) if t not in (topic, "help")]
    lead = "" if desk.direct else "!esp "
    own = _about_oneself if desk.roles == AGENT else str
    guides = ((GUIDES.capitalize(), f"{lead}{GUIDES}"),) if topic == "exams" else ()  # R-001-22, 29
    topics = [t for t in topics if not guides or t != GUIDES]
    return Say(
        template="help",
        facts={
            "topic": topic,
            "lines": [
                {"usage": own(f"{r.words[0]} {r.sketch}".strip()), "help": r.help, "example": own(r.example)}
                for r in shown[:LINES]
            ],
        },
        buttons=(*guides, *((t.capitalize(), f"{lead}help {t}") for t in topics[: BUTTONS - len(guides)])),
    )


def _about_oneself(words: str) -> str:
    """A command as an agent says it, who speaks of nobody else."""
    return re.sub(r" @\w+(?= |$)", "", words)


def _topic_of(said: str, seen: list[Route], desk: Desk) -> str:
    """The topic meant by its name, by a command's word, or by an exam; "" for all."""
    said = plain(said, 40).casefold()
    if any(route.topic == said for route in seen):
        return said
    for word in (said, *said.split()):
        if found := next(
            (route for route in seen if word in route.words or word in (route.topic, route.topic.rstrip("s"))), None
        ):
            return found.topic
        if word and desk.roster.find_exam(word):
            return "exams"
    return ""


def _digest(seen: list[Route]) -> list[Route]:
    """One or two commands of every topic, in the list's order."""
    first = list({route.topic: route for route in reversed(seen)}.values())[::-1]
    rest = [route for route in seen if route not in first]
    return sorted((first + rest)[:LINES], key=seen.index)
