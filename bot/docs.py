"""The pages of docs/ that are printed from the code: `python -m bot.docs`, and `--check` for what is stale.

Nothing here is written by hand, so nothing here can lie; a stale page fails `make check`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from bot import preview, preview_mails, requirements
from bot.config import Key, variable
from bot.config import keys as every_key
from bot.machines import WORKFLOWS, machine_for
from bot.packs import Pack, describe, load_packs
from bot.render import Renderer
from handlers.routes import ROUTES, Route
from workflows.machine import Machine, Row, draw, grid
from workflows.people import Role

FOLDER = Path(__file__).resolve().parent.parent / "docs"
PRINTED = "<!-- Printed from the code by `make docs`; do not edit. -->"


def pages() -> dict[str, str]:
    """Every printed page, by its path under docs/."""
    found = {
        "commands.md": _commands(),
        "command-line.md": _command_line(),
        "packs.md": _packs(),
        "requirements.md": _requirements(),
        "settings.md": _settings(),
        "templates.md": _templates(),
    }
    for name, workflow in WORKFLOWS.items():
        for pack in load_packs():
            if pack.workflow == workflow.pack:
                found[f"machines/{name}-{pack.id}.md"] = _machine(name, pack)
    return found


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", PRINTED, *(part.strip("\n") for part in parts if part)]) + "\n"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in lines
    )


# -- machines ----------------------------------------------------------------------------------------------


def _machine(name: str, pack: Pack) -> str:
    machine = machine_for(name, pack.policy)
    return _page(
        f"{name.replace('_', ' ').capitalize()} under {pack.id}",
        f"{pack.policy.title}; {pack.policy.source}. References begin with {machine.letter}-. "
        f"Opened by {', '.join(event.__name__ for event in machine.opens)}; "
        f"ends in {', '.join(sorted(machine.ends))}.",
        f"```mermaid\n{draw(machine)}```",
        "## State x event\n\nAn empty cell is a declined event; = stays where it is.\n\n" + grid(machine),
        "## Rows\n\n" + _table(("at", "on", "by", "if", "to", "source"), _rows(machine)),
    )


def _rows(machine: Machine[Any]) -> Iterator[tuple[str, ...]]:
    for row in machine.rows:
        by = ", ".join(sorted(row.by)) or "anyone"
        yield ", ".join(row.at), row.on.__name__, by, _guard(row), row.to or "=", row.source


def _guard(row: Row) -> str:
    """What a guard asks, as far as it has words: its description, its maker's name with what it was made for."""
    if row.when is None:
        return ""
    guard: Any = getattr(row.when, "func", row.when)
    made_for = [*getattr(row.when, "args", ()), *(cell.cell_contents for cell in guard.__closure__ or ())]
    plain = [str(each) for held in made_for for each in (held if isinstance(held, tuple) else (held,)) if _plain(each)]
    maker = guard.__qualname__.partition(".<locals>")[0]
    said = (guard.__doc__ or "").strip().partition("\n")[0].rstrip(".")
    if not said:
        said = "a further condition" if maker.startswith("_") and "<locals>" in guard.__qualname__ else maker
        said = "a further condition" if said in ("machine", "<lambda>") else said.strip("_").replace("_", " ")
    return f"{said} {', '.join(plain)}".strip()


def _plain(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


# -- packs -------------------------------------------------------------------------------------------------


def _packs() -> str:
    said = [f"## {pack.id}\n\n```text\n{describe(pack)}```" for pack in load_packs()]
    lead = (
        "What every built-in policy pack says, as `certdesk policy show ID` prints it; `certdesk policy diff A B` says "
        "what changes from one wording to another. How a pack is written is in [policies.md](policies.md)."
    )
    return _page("The built-in packs in words", lead, *said)


# -- requirements ------------------------------------------------------------------------------------------


def _requirements() -> str:
    found = requirements.read()
    head = ("number", "wording", "what it asks for", "met by", "proved by")
    tables = (f"## {title}\n\n" + _table(head, iter(rows)) for title, rows in requirements.sections(found))
    return _page("Requirements", requirements.lead(found), *tables)


# -- words -------------------------------------------------------------------------------------------------


def _commands() -> str:
    topics: dict[str, list[Route]] = {}
    for route in ROUTES:
        if route.help:
            topics.setdefault(route.topic, []).append(route)
    parts = [
        "What one says to the bot: in a direct message as it stands, anywhere with `!esp` before it, and with `/esp` "
        "where the server lets unknown slash commands through. Buttons do most of it.",
    ]
    for topic, routes in sorted(topics.items()):
        head = ("say", "for example", "what it does", "who is offered it")
        parts.append(f"## {topic}\n\n" + _table(head, (_command(route) for route in routes)))
    return _page("Commands", *parts)


def _command(route: Route) -> tuple[str, ...]:
    roles = route.roles - {Role.bot}
    everyone = roles >= frozenset(Role) - {Role.bot}
    staff = roles | {Role.agent} >= frozenset(Role) - {Role.bot}
    who = "everyone" if everyone else "staff" if staff else ", ".join(sorted(role.replace("_", " ") for role in roles))
    said = f"{route.words[0]} {route.sketch}".strip()
    return f"`{said}`", f"`{route.example}`" if route.example else "", route.help, who


def _command_line() -> str:
    import typer

    from bot.__main__ import app

    command: Any = typer.main.get_command(app)
    return _page("Command line", "Every command takes `--config FILE`.", *_usages(command, "certdesk"))


def _usages(command: Any, path: str) -> Iterator[str]:
    for name, inner in getattr(command, "commands", {}).items():
        if hasattr(inner, "commands"):
            yield from _usages(inner, f"{path} {name}")
            continue
        arguments = [each for each in inner.params if each.param_type_name == "argument"]
        options = [each for each in inner.params if each.param_type_name == "option" and each.name != "config"]
        words = [each.metavar or each.name.upper() for each in arguments]
        words = [word if each.required else f"[{word}]" for word, each in zip(words, arguments, strict=True)]
        lines = [f"## {path} {' '.join([name, *words])}", "", str(inner.help or "").strip()]
        for each in options:
            value = f" {each.metavar or each.name.upper()}" if not each.is_flag else ""
            needed = " Needed." if each.required else ""
            lines.append(f"\n- `{each.opts[-1]}{value}`: {each.help or ''}{needed}".rstrip(" :"))
        yield "\n".join(lines)


# -- settings and templates --------------------------------------------------------------------------------


def _settings() -> str:
    sections: dict[str, list[Key]] = {}
    for key in every_key():
        sections.setdefault(".".join(key.path[:-1]), []).append(key)
    parts = [
        "`certdesk.toml` in the working directory, or the file named by `--config`. Every key can be overridden by its "
        "environment variable, which wins over the file; an empty variable counts as not set. Relative paths begin at "
        "the file's folder. Unknown keys and wrong values are all reported at once.",
    ]
    for section, keys in sections.items():
        head = f"## [{section}]" if section else "## At the top"
        columns = ("key", "default", "environment", "meaning")
        parts.append(f"{head}\n\n" + _table(columns, (_setting(key) for key in keys)))
    return _page("Settings", *parts)


def _setting(key: Key) -> tuple[str, ...]:
    default = key.field.default
    shown = "" if default in (None, "", PydanticUndefined) else f"`{default}`"
    name, setter = f"`{key.path[-1]}`", f"`{variable(key.path)}`"
    if key.secret:
        name += f" or `{key.beside[-1]}`"
        setter += f" or `{variable(key.beside)}`"
    return name, shown, setter, key.field.description or ""


def _templates() -> str:
    renderer = Renderer()
    notes: dict[str, dict[str, None]] = {}
    for example in preview.examples():
        notes.setdefault(example.template, {}).update({example.note: None} if example.note else {})
    rows = (
        (
            f"`{name}`",
            ", ".join(kind for kind in ("chat", "mail") if renderer.exists(name, kind)),
            "; ".join(notes.get(name, {})),
        )
        for name in renderer.names()
    )
    intro = (
        "The words people read, each in its folder under `templates/`; `certdesk preview FOLDER` shows them with "
        "example facts."
    )
    table = _table(("template", "for", "examples"), rows)
    return _page("Templates", intro, _mails(), f"## Every template\n\n{table}")


def _mails() -> str:
    """Each mail as its reader gets it without HTML, where the bot reads mail: the first of its examples."""
    first: dict[str, preview_mails.Shown] = {}
    for each in preview_mails.shown():
        first.setdefault(each.template, each)
    lead = (
        "## The mails\n\nEach with the facts of one example, as plain text, from a house whose bot reads mail; each has"
        ' the same words as HTML too. `certdesk demo` shows all examples of both, on the page behind "every mail".'
    )
    return "\n\n".join(
        [lead, *(f"{_headed(each)}\n\n```text\nSubject: {each.subject}\n\n{each.text}```" for each in first.values())]
    )


def _headed(mail: preview_mails.Shown) -> str:
    title = f"{mail.spec} {mail.name}".strip()
    return f"### {title}\n\n{mail.recipients} Template `{mail.template}`."


# -- files -------------------------------------------------------------------------------------------------


def stale(folder: Path = FOLDER) -> list[str]:
    """The pages that are not what the code says, and those nobody prints any more."""
    wanted = pages()
    there = {path.relative_to(folder).as_posix() for path in folder.glob("machines/*.md")}
    wrong = [name for name, text in wanted.items() if _read(folder / name) != text]
    return sorted({*wrong, *(there - set(wanted))})


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def write(folder: Path = FOLDER) -> list[str]:
    """Print the stale pages anew; their names."""
    wanted, changed = pages(), stale(folder)
    for name in changed:
        path = folder / name
        if name not in wanted:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[name], encoding="utf-8")
    return changed


def main(words: list[str]) -> int:
    """`--check` names stale pages and is 1 when there are any; without it they are written."""
    if words not in ([], ["--check"]):
        print("python -m bot.docs [--check]", file=sys.stderr)
        return 2
    if words:
        old = stale()
        for name in old:
            print(f"docs/{name} is stale: run `make docs`", file=sys.stderr)
        return 1 if old else 0
    for name in write():
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
