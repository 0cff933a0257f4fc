"""From a template's name and facts to the words people read: chat lines, and mails as subject, text and page.

Whatever a template prints is neutralised for its place unless it says otherwise, so no template has to think
of it: in chat by `safe_chat`, in pages by autoescape, in subjects and plain text by `one_line`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import jinja2
from jinja2.runtime import Context as Scope

from bot import wording
from bot.mail import compose
from workflows.people import ASSIGNED, Agent, Role, Roster

FOLDER = Path(__file__).parent.parent / "templates"
_FILES = {"chat": ("chat.md",), "mail": ("subject.txt", "body.txt", "body.html")}
_MENTION = re.compile(r"@([A-Za-z0-9._-]*[A-Za-z0-9_-])")

NAMELESS: Mapping[str, str] = {
    "agent": "the agent",
    "tl": "the TL",
    "workshop_lead": "the Workshop Lead",
    "pm": "the PM",
    "site_director": "the Site Director",
    "hr_rep": "HR",
    "esp_manager": "the ESP Manager",
    "cert_coordinator": "the Cert Coordinator",
    "certifier": "the Certifier",
    "tbt_sme": "the TBT SME",
    "licensing": "licensing",
    "licensing_team": "licensing",
    "ops_management": "Ops Management",
    "ops_leadership": "Ops Leadership",
    "aetna_leadership": "Aetna Leadership",
    "wfm": "WFM",
    "proctor": "the proctor",
    "host": "the host",
}
"""What a role or contact is called where no one person stands for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a template may look at. `zone` is the site's; `reader` is the username of the one person who reads
    it, "" for a channel or several readers; `facts` hold text, numbers, booleans, times (UTC, aware datetimes
    or ISO 8601 text), lists and mappings; `acting` is who stands in for which role just now."""

    roster: Roster
    zone: str
    agent: Agent | None = None
    ref: str = ""
    reader: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    acting: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail's words; `html` has its styles inline."""

    subject: str
    text: str
    html: str


class Renderer:
    """The templates of one folder, compiled at first use and kept. Raises jinja2.UndefinedError for a fact that
    is missing or None where it is printed, jinja2.TemplateNotFound for a name that is none. `by_mail` says that
    the bot reads mail, as it does in some houses only: mails then name the words that an answer may hold."""

    def __init__(self, folder: Path | None = None, *, by_mail: bool = False) -> None:
        self.folder, self.by_mail = folder or FOLDER, by_mail
        self._chat = _environment(self.folder, _for_chat)
        self._text = _environment(self.folder, _for_mail)
        self._page = _environment(self.folder, _for_mail, autoescape=True)
        self._compiled: dict[str, jinja2.Template] = {}

    def chat(self, template: str, context: Context) -> str:
        """The chat text of `<workflow>/<name>`."""
        found = self._compiled.get(template)
        if found is None:
            found = self._compiled[template] = self._chat.get_template(f"{template}/chat.md")
        return found.render(_variables(context)).strip()

    def line(self, template: str, context: Context) -> str:
        """What chat would say, as one line of a mail's plain words."""
        said = self._text.get_template(f"{template}/chat.md").render(_variables(context))
        return " ".join(re.sub(r"\*(?=\S)([^*\n]+)\*|`([^`\n]+)`", r"\1\2", said).split())

    def mail(self, template: str, context: Context) -> Letter:
        """The mail of `<workflow>/<name>`; its subject begins with "[ref] " where there is a case."""
        variables = _variables(context)
        variables["by_mail"] = self.by_mail
        behalf = context.facts.get("behalf")
        if behalf:
            variables["reply_reaches"] = _named(context.roster, str(behalf))
        subject = self._text.get_template(f"{template}/subject.txt").render(variables)
        text = self._text.get_template(f"{template}/body.txt").render(variables)
        page = self._page.get_template(f"{template}/body.html").render(variables)
        return Letter(
            subject=_subject(subject, context.ref),
            text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
            html=compose.inline(page),
        )

    def exists(self, template: str, kind: Literal["chat", "mail"]) -> bool:
        """Is there a complete template of that name for chat, or for mail?"""
        return all((self.folder / template / name).is_file() for name in _FILES[kind])

    def names(self) -> tuple[str, ...]:
        """Every "<workflow>/<name>" with a template for chat or mail, sorted."""
        files = (path for name in ("chat.md", "subject.txt") for path in self.folder.glob(f"*/*/{name}"))
        return tuple(sorted({path.parent.relative_to(self.folder).as_posix() for path in files}))


def named(text: str, roster: Roster) -> str:
    """The text with each "@username" the roster knows written as that person's name."""
    return _MENTION.sub(lambda found: _named(roster, found[1], found[0]), text)


def _named(roster: Roster, username: str, otherwise: str = "") -> str:
    known = roster.people.get(username) or roster.agents.get(username)
    return known.name if known else otherwise or username


def _subject(text: str, ref: str) -> str:
    line = wording.one_line(text)
    if not ref:
        return " ".join(line.split())
    return f"[{ref}] {' '.join(line.replace(f'[{ref}]', ' ').split())}"


# -- what templates see ------------------------------------------------------------------------------------


class _Who:
    """Role or contact -> the name of whoever it is to this agent; worked out when asked."""

    __slots__ = ("_acting", "_agent", "_roster")

    def __init__(self, roster: Roster, agent: Agent | None, acting: Mapping[str, str]) -> None:
        self._roster, self._agent, self._acting = roster, agent, acting

    def __getitem__(self, role: str) -> str:
        if self._agent is not None and role in _OWN:
            username = (
                self._agent.username if role == Role.agent else self._acting.get(role) or getattr(self._agent, role)
            )
            if username:
                return self._roster.name_of(username)
        return NAMELESS.get(role) or _named(self._roster, role.removeprefix("@"))


_OWN = frozenset(role.value for role in (*ASSIGNED, Role.agent))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whoever reads it."""

    username: str
    name: str
    first: str


@dataclass(frozen=True, slots=True)
class _Clocks:
    """The site's zone, and where the reader's or the agent's clock may show another time."""

    zone: ZoneInfo
    own: str | None
    theirs: str | None
    first: str


def _variables(context: Context) -> dict[str, Any]:
    roster, agent, reader = context.roster, context.agent, context.reader
    pupil = roster.agents.get(reader) if reader else None
    variables = {
        "who": _Who(roster, agent, context.acting),
        **context.facts,
        "ref": context.ref,
        "reader": _reader(roster, reader) if reader else None,
        "_roster": roster,
        "_clocks": _Clocks(
            ZoneInfo(context.zone),
            pupil.tz if pupil else None,
            agent.tz if agent else None,
            agent.first if agent else "",
        ),
    }
    if agent is not None:
        variables["agent"] = agent
    return variables


def _reader(roster: Roster, username: str) -> _Reader:
    pupil = roster.agents.get(username)
    name = roster.name_of(username)
    return _Reader(username, name, pupil.first if pupil else name.split(" ")[0])


# -- filters -----------------------------------------------------------------------------------------------


@jinja2.pass_context
def _when(scope: Scope, value: Any, both: bool = False) -> str:
    clocks = scope["_clocks"]
    at = wording.instant(value).astimezone(clocks.zone)
    if clocks.own:
        return wording.when(at) + wording.elsewhere(at, clocks.own, "your")
    if both and clocks.theirs:
        return wording.when(at) + wording.elsewhere(at, clocks.theirs, f"{clocks.first}'s")
    return wording.when(at)


def _site(write: Callable[[Any], str]) -> Callable[..., str]:
    """A filter that writes an instant in site time."""

    @jinja2.pass_context
    def written(scope: Scope, value: Any) -> str:
        return write(wording.instant(value).astimezone(scope["_clocks"].zone))

    return written


@jinja2.pass_context
def _hour(scope: Scope, value: Any) -> str:
    clocks = scope["_clocks"]
    at = wording.instant(value).astimezone(clocks.zone)
    return wording.clock(at) + (wording.elsewhere(at, clocks.own, "your") if clocks.own else "")


@jinja2.pass_context
def _name(scope: Scope, username: str) -> str:
    roster: Roster = scope["_roster"]
    return _named(roster, username, _team(roster, username) or NAMELESS.get(username, ""))


def _team(roster: Roster, place: str) -> str:
    """What people call a contact's address or a channel; "" when it is neither."""
    if place.startswith("#"):
        return f"the {place[1:]} channel"
    found = (key for key, addresses in roster.contacts.items() if place in addresses)
    return next((NAMELESS.get(key) or key.replace("_", " ") for key in found), "") if "@" in place else ""


@jinja2.pass_context
def _role(scope: Scope, role: str) -> str:
    return str(scope["who"][role])


@jinja2.pass_context
def _names_in(scope: Scope, text: str) -> str:
    return named(text, scope["_roster"])


def _for_chat(value: Any) -> Any:
    if type(value) is str:
        return wording.safe_chat(value)
    return _given(value)


def _for_mail(value: Any) -> Any:
    return wording.one_line(value) if type(value) is str else _given(value)


def _given(value: Any) -> Any:
    if value is None:
        raise jinja2.UndefinedError("a template prints a fact that is None")
    return value


@lru_cache(maxsize=8)
def _loader(folder: Path) -> jinja2.FileSystemLoader:
    return jinja2.FileSystemLoader(folder)


@lru_cache(maxsize=8)  # a rehearsal that restarts need not compile every template anew
def _environment(folder: Path, finalize: Callable[[Any], Any], *, autoescape: bool = False) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=_loader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=autoescape,  # noqa: S701 - chat and plain text are no HTML; `finalize` sees to them
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters |= {
        "when": _when,
        "clock": _site(wording.clock),
        "hour": _hour,
        "day": _site(wording.day),
        "month_day": _site(lambda at: f"{at:%m/%d}"),
        "ordinal": wording.ordinal,
        "fingerprint": wording.fingerprint,
        "counted": wording.counted,
        "name": _name,
        "role": _role,
        "named": _names_in,
        "listed": wording.listed,
        "some": wording.some,
        "safe_chat": wording.safe_chat,
        "as_is": wording.Clean,
        "link": wording.link,
        "is_link": wording.is_link,
    }
    return environment
