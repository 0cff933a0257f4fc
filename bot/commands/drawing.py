"""`draw` and `preview`: what the program is, on paper."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from bot.commands import entrance
from bot.commands.entrance import Wrong


def draw(config: Path | None, folder: Path | None, workflow: str, pack_id: str) -> None:
    """The table of a workflow under a pack."""
    from bot.machines import WORKFLOWS, machine_for
    from bot.roster import PACKS_IN_FORCE
    from workflows.machine import draw as diagram
    from workflows.machine import grid

    if workflow not in WORKFLOWS:
        raise Wrong(f"there is no workflow {workflow}{_perhaps(workflow, WORKFLOWS)}; there are {', '.join(WORKFLOWS)}")
    packs = entrance.packs(folder or entrance.settings(config).policies)
    wanted = WORKFLOWS[workflow].pack
    fitting = [pack.id for pack in packs if pack.workflow == wanted]
    pack_id = pack_id or PACKS_IN_FORCE.get(wanted, wanted)
    if pack_id not in fitting:
        raise Wrong(f"--pack: there is no {wanted} pack {pack_id}; there are {', '.join(fitting)}")
    machine = machine_for(workflow, packs.get(pack_id).policy)
    print(f"# {workflow} under {pack_id}\n\n```mermaid\n{diagram(machine)}```\n\n{grid(machine)}", end="")


def preview(folder: Path) -> None:
    """The page of every card and mail."""
    from bot.preview import preview as write

    try:
        print(f"Open {write(folder)}")
    except FileExistsError:
        raise Wrong(f"FOLDER: {folder} is a file") from None


def _perhaps(word: str, known: object) -> str:
    close = get_close_matches(word, list(known), n=1)  # type: ignore[call-overload]
    return f"; did you mean {close[0]}?" if close else ""
