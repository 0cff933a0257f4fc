"""The pages people read: what they name exists, what they show works, and nothing in them belongs to one machine."""

from __future__ import annotations

import asyncio
import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.__main__ import app
from bot.rehearse import Rehearsal
from bot.roster import read_roster
from bot.script import BrokenScript, read_script

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = sorted([README, ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))
OWN_PAGES = [README, ROOT / "docs" / "architecture.md", ROOT / "docs" / "glossary.md", *DECISIONS]
"""Pages written by hand that name files of the source."""
PICTURE_BYTES = 300_000

LINK = re.compile(r"\]\(([^()\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
SOURCE_FILE = re.compile(r"(?:bot|handlers|workflows|store|web|sandbox|policies|templates|tests|bench)/[\w./*-]+\.\w+")
CLASS = re.compile(r"(?:bot|handlers|workflows|store|web|sandbox)(?:\.[a-z_]+)+\.[A-Z]\w+")
COMMAND = re.compile(r"(?:^ {4,}|`)(?:\.venv/bin/)?certdesk ([a-z]+)(?: ([a-z]+)\b(?![./]))?", re.MULTILINE)
MAKE = re.compile(r"(?:^ {4,}|`)make ([a-z-]+)", re.MULTILINE)
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:work|home|root|tmp|mnt|Users|usr|opt|var)/")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|docker\.io|ghcr\.io|quay\.io|proxy\.golang\.org|index-url|artifactory"
)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
OURS = re.compile(r"@(?:[\w-]+\.)*example\.(?:com|net|org)$")


def named(page: Path) -> str:
    """A page's name in a test report."""
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def commands() -> Mapping[str, set[str]]:
    """Every command that `certdesk --help` lists, with its subcommands."""
    tree: Any = typer.main.get_command(app)
    return {name: set(getattr(command, "commands", {})) for name, command in tree.commands.items()}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(MAKE.findall(page.read_text(encoding="utf-8"))) - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_named_exists(page: Path) -> None:
    known = commands()
    wrong = []
    for name, sub in COMMAND.findall(page.read_text(encoding="utf-8")):
        if name not in known or (known[name] and sub and sub not in known[name]):
            wrong.append(f"{name} {sub}".strip())
    assert wrong == []


def test_the_readme_names_commands_at_all() -> None:
    found = {name for name, _ in COMMAND.findall(README.read_text(encoding="utf-8"))}
    assert {"policy", "rehearse", "migrate", "roster", "doctor", "run", "replay"} <= found


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_belongs_to_one_machine_or_one_person(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert MACHINE_PATH.findall(text) == []
    assert REGISTRY.findall(text) == []
    packs = "".join(pack.read_text(encoding="utf-8") for pack in (ROOT / "policies").glob("*.toml"))
    public = ADDRESS.findall(packs) if page.name == "packs.md" else []  # a carrier's own desk, as its page says it
    assert [address for address in ADDRESS.findall(text) if not OURS.search(address) and address not in public] == []


@pytest.mark.parametrize("page", OWN_PAGES, ids=named)
def test_every_source_file_named_exists(page: Path) -> None:
    told = [word for code in CODE.findall(page.read_text(encoding="utf-8")) for word in SOURCE_FILE.findall(code)]
    assert [word for word in told if not list(ROOT.glob(word))] == []


def test_every_class_the_glossary_names_exists() -> None:
    told = CLASS.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))
    assert len(told) > 40
    for dotted in told:
        module, _, name = dotted.rpartition(".")
        assert isinstance(getattr(importlib.import_module(module), name, None), type), dotted


def test_the_glossary_is_one_alphabet_without_repeats() -> None:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("| ")][1:]
    terms = [line.split("|")[1].replace("†", "").strip().casefold() for line in table]
    assert terms == sorted(set(terms))


def test_decisions_are_numbered_and_fit_a_page() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for page in DECISIONS:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        parts = [text.find(f"\n## {part}") for part in ("Context", "Options that lost", "Decision", "Consequences")]
        assert -1 not in parts, page.name
        assert parts == sorted(parts), page.name
        assert len(text.splitlines()) <= 60, page.name


def test_the_picture_is_a_small_png() -> None:
    picture = (ROOT / "docs" / "demo.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) <= PICTURE_BYTES


def test_the_changelog_has_a_place_for_the_next_entry() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def played(script: str, folder: Path) -> list[Mapping[str, Any]]:
    """Every line of a rehearsal of that script with the demo's class."""
    path = folder / "rehearsal.toml"
    path.write_text(script, encoding="utf-8")
    lines: list[Mapping[str, Any]] = []
    roster = read_roster(ROOT / "sandbox" / "class.toml")
    asyncio.run(Rehearsal(script=read_script(path), roster=roster, emit=lines.append).play())
    return lines


def example() -> str:
    """The script shown in the README."""
    found = re.search(r"<!-- rehearsal[^>]*-->\n```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_readme_s_rehearsal_does_what_the_readme_says(tmp_path: Path) -> None:
    lines = played(example(), tmp_path)
    mails = [(line["to"], line["cc"]) for line in lines if line["kind"] == "mail"]
    assert mails == [(["will.lane@example.com"], ["ana.rivera@example.com"])]
    steps = [line["to"] for line in lines if line["kind"] == "state" and line["workflow"] == "failed_exam"]
    assert steps == ["F1_COACHING", "F1_CLEARED"]


def test_under_the_new_wording_the_readme_s_script_is_refused_at_the_press(tmp_path: Path) -> None:
    newer = re.sub(r"\[packs\]\nfailed_exam = .*\n", "", example())
    assert newer != example()
    with pytest.raises(BrokenScript, match="no card shown to will") as broken:
        played(newer, tmp_path)
    assert broken.value.step == 1
