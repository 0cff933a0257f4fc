"""`policy`: packs checked, listed, shown and compared."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from bot import packs as packing
from bot.commands import entrance
from bot.commands.entrance import Wrong
from bot.packs import BUILT_IN, Pack, PackErrors, Packs
from bot.render import Renderer


def check(config: Path | None, folder: Path | None, files: list[Path]) -> None:
    """Everything wrong with these files, or with every pack and paper at hand. Raises PackErrors, PaperErrors."""
    folder = _folder(config, folder)
    if not files:
        found = entrance.packs(folder)
        print(f"{len(found)} packs are right: {', '.join(found.ids())}.")
        print(entrance.papers(entrance.settings(config).papers).described())
        return
    renderer = Renderer()
    problems = packing.check(files, lambda name: renderer.exists(name, "mail"))
    if not problems:
        problems = _twice(files, folder)
    if problems:
        raise PackErrors(problems)
    print(f"{len(files)} {'pack is' if len(files) == 1 else 'packs are'} right.")


def _twice(files: list[Path], folder: Path | None) -> list[str]:
    """Ids that would exist twice if these files stood beside the packs at hand."""
    beside = [*BUILT_IN.glob("*.toml"), *(folder.glob("*.toml") if folder else ())]
    places: dict[str, Path] = {}
    problems = []
    for path in dict.fromkeys(path.resolve() for path in (*beside, *files)):
        pack = packing.parse_pack(path.read_text(encoding="utf-8-sig"), path.name)
        if pack.id in places:
            problems.append(f"{path.name}: id: {pack.id!r} exists already in {places[pack.id]}; give it a new id")
        places.setdefault(pack.id, path)
    return problems


def listing(config: Path | None, folder: Path | None) -> None:
    """Id, workflow, date and title of every pack."""
    found = list(entrance.packs(_folder(config, folder)))
    wide, wider = max(len(pack.id) for pack in found), max(len(pack.workflow) for pack in found)
    for pack in found:
        since = f"{pack.policy.effective_from:%Y-%m-%d}"
        print(f"{pack.id:<{wide}}  {pack.workflow:<{wider}}  from {since}  {pack.policy.title}")


def show(config: Path | None, folder: Path | None, pack_id: str) -> None:
    """One pack in plain words."""
    print(packing.describe(_pack(entrance.packs(_folder(config, folder)), pack_id)), end="")


def diff(config: Path | None, folder: Path | None, a: str, b: str) -> None:
    """What changes from one to the other."""
    found = entrance.packs(_folder(config, folder))
    one, other = _pack(found, a), _pack(found, b)
    if one.workflow != other.workflow:
        raise Wrong(packing.difference(one, other)[0])
    print("\n".join(packing.difference(one, other)) or f"{a} and {b} say the same.")


def _folder(config: Path | None, folder: Path | None) -> Path | None:
    return folder or entrance.settings(config).policies


def _pack(found: Packs, pack_id: str) -> Pack:
    """The pack of that id, or the one in that file."""
    if pack_id.endswith(".toml"):
        path = Path(pack_id)
        try:
            return packing.parse_pack(path.read_text(encoding="utf-8-sig"), path.name)
        except (OSError, UnicodeDecodeError) as error:
            raise Wrong(f"{path}: cannot be read: {getattr(error, 'strerror', 'it is not UTF-8 text')}") from None
    if pack_id not in found:
        close = get_close_matches(pack_id, found.ids(), n=1)
        raise Wrong(f"there is no pack {pack_id}{f'; did you mean {close[0]}?' if close else ''}")
    return found.get(pack_id)
