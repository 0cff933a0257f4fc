"""Finding the people a line names: "@ana", "Ana", "ana rivera"; asking when a name is unknown or shared.

Takes the names out of the line; knows the roster and nothing of commands.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.intents import Desk
from handlers.lexicon import FILLER, WEAK_NAMES
from handlers.line import Line, Unclear, reference, unclear
from handlers.words import plain

LONGEST_NAME = 4
NOBODY = frozenset({"@all", "@here", "@channel", "@everyone", "@certdesk"})


def people(line: Line, *, agents_only: bool = False, expected: bool = False) -> list[str]:
    """Takes everybody the line names, in order, each once. Unclear when an @name is unknown or a name is shared.

    A name that is an everyday word counts when nobody else is named and it stands where a name is `expected`.
    """
    found: dict[str, None] = {}
    weak: list[int] = []
    i = 0
    while i < len(line.words):
        width, who = _at(line, i)
        if who and width == 1 and line.words[i] in WEAK_NAMES:
            weak.append(i)
            i += 1
        elif who:
            found[_one_of(line, i, width, who, agents_only)] = None
            line.take(i, i + width)
        else:
            i += 1
    if not found and weak and (weak[0] <= expected or line.raw[weak[0]][:1].isupper()):
        found[_one_of(line, weak[0], 1, _at(line, weak[0])[1], agents_only)] = None
        line.take(weak[0])
    return list(found)


def _at(line: Line, i: int) -> tuple[int, tuple[str, ...]]:
    """How many words from i on are a name, and whose; (0, ()) for none."""
    word, roster = line.words[i], line.desk.roster
    if word[0] == "@":
        if word in NOBODY:
            return 0, ()
        who = roster.find_people(word) or roster.find_people(
            word.removesuffix("s") if line.raw[i].lower().endswith("'s") else word
        )
        if not who:
            raise stranger(line, line.raw[i])
        return 1, who
    if word in FILLER or not word[0].isalpha():
        return 0, ()
    for width in range(min(LONGEST_NAME, len(line.words) - i), 0, -1):
        said = " ".join(line.words[i : i + width])
        if who := roster.find_people(said):
            return width, who
    if word[-1] == "s" and len(word) > 3 and (who := roster.find_people(word[:-1])):
        return 1, who
    return 0, ()


def _one_of(line: Line, i: int, width: int, who: tuple[str, ...], agents_only: bool) -> str:
    """The one meant, or the question which."""
    roster = line.desk.roster
    if len(who) > 1 and agents_only:
        who = tuple(u for u in who if u in roster.agents) or who
    if len(who) == 1:
        return who[0]
    said = " ".join(line.raw[i : i + width])
    buttons = [(_label(line.desk, u), line.again_with(said, f"@{u}")) for u in who[:5]]
    raise unclear("which_person", {"said": plain(said, 40), "people": [_label(line.desk, u) for u in who]}, buttons)


def _label(desk: Desk, username: str) -> str:
    """ "Ana Rivera, OID 40111": two people of one name are told apart."""
    agent = desk.roster.agent(username)
    return f"{agent.name}, OID {agent.oid}" if agent else f"{desk.roster.name_of(username)} ({username})"


def stranger(line: Line, said: str) -> Exception:
    """Nobody is called so; the nearest names as buttons."""
    near = [(line.desk.roster.name_of(u), line.again_with(said, f"@{u}")) for u in nearest(line.desk, said)]
    return unclear("unknown_person", {"said": plain(said.lstrip("@"), 40)}, near)


def unlisted(line: Line) -> str | None:
    """The one @username the line is about when this roster does not know it: somebody who has gone, or nobody."""
    at = [i for i, word in enumerate(line.words) if word[0] == "@" and word not in NOBODY]
    if len(at) != 1 or any(reference(word) for word in line.words):
        return None
    try:
        _at(line, at[0])
    except Unclear:
        word = line.words[at[0]][1:]
        return word.removesuffix("s") if line.raw[at[0]].lower().endswith(("'s", "\u2019s")) else word
    return None


def nearest(desk: Desk, said: str) -> Sequence[str]:
    """Up to three usernames whose name or username looks like what was said; for suggestions only."""
    from rapidfuzz import fuzz, process

    roster = desk.roster
    called = {(u, n): n.casefold() for u in (*roster.agents, *roster.people) for n in (u, *roster.name_of(u).split())}
    hits = process.extract(said.lstrip("@").casefold(), called, scorer=fuzz.ratio, limit=9, score_cutoff=66)
    return list(dict.fromkeys(key[0] for _, _, key in hits))[:3]


def agents(line: Line) -> list[str]:
    """Takes the people the line names; gives the agents among them."""
    known = line.desk.roster.agents
    return [username for username in people(line, agents_only=True) if username in known]


def about(line: Line, letters: str = "") -> list[tuple[str, str]]:
    """Takes whom or which cases a command is about: (agent, ref) each. ("", "") when the line names none.

    Unclear when it seems to name somebody nobody knows: then no open duty may be guessed.
    """
    refs, people_named = line.refs(letters), people(line, agents_only=True, expected=True)
    named = [username for username in people_named if username in line.desk.roster.agents]
    if people_named and not named and not refs:
        raise unclear("not_agent", {"name": line.desk.roster.name_of(people_named[0])})
    if refs:
        return [(named[0] if len(named) == 1 else "", ref) for ref in refs]
    if named:
        return [(agent, "") for agent in named]
    for i, word in enumerate(line.words):
        if word not in FILLER and word[0].isalpha() and not any(c.isdigit() or c in ":/" for c in word):
            raise stranger(line, line.raw[i])
    fits = line.thread and (not letters or line.thread[0] in letters)
    return [("" if fits else line.own or line.agent, line.thread if fits else "")]


def where_and_why(line: Line, letters: str) -> tuple[tuple[str, str], str]:
    """The (agent, ref) named right behind the command, and all the words after it as typed."""
    agent = ref = ""
    seen = [line.raw[0]]
    at = 1
    while at < len(line.words) and not (agent and ref):
        found = reference(line.words[at])
        width, who = (0, ()) if found else _at(line, at)
        if found and found[0] in letters and not ref:
            ref, width = found, 1
        elif who and not agent and (line.words[at] not in WEAK_NAMES or line.raw[at][0].isupper()):
            agent = _one_of(line, at, width, who, agents_only=True)
        else:
            break
        seen += line.raw[at : at + width]
        at += width
    if agent and agent not in line.desk.roster.agents:
        raise unclear("unknown_person", {"said": plain(line.desk.roster.name_of(agent), 40)})
    if not (agent or ref):
        ref = line.thread if line.thread[:1] and line.thread[0] in letters else ""
        agent = "" if ref else line.own or line.agent
    return (agent, ref), line.after(*seen)
