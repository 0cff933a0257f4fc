"""A class's day as a story: who is there in the morning, and the packs that run it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.script import Script
from tests.journeys.stage import ROSTER, Show, Step, local, play_script, say

SIX = ("ana", "ben", "cora", "dan", "eli", "fay")


def show(
    *steps: Step | list[Step],
    start: str = "11-17 07:30",
    old: bool = False,
    changed: Mapping[str, str] | None = None,
    **on: str,
) -> Show:
    """These steps with checks and attendance on; `old` takes the old wording of the checks, `on` are further packs."""
    packs: dict[str, Any] = {
        "licensing_training": f"licensing-training-{'old' if old else 'new'}",
        "attendance": "attendance",
        **on,
    }
    flat = [each for step in steps for each in (step if isinstance(step, list) else [step])]
    script = Script.model_validate({"start": local(start), "packs": packs, "step": flat})
    return play_script(script, roster=ROSTER, changed=changed)


def morning(*agents: str, day: str = "11-17") -> list[Step]:
    """They say hello before the shift."""
    return [say(agent, "here", f"{day} 07:{50 + n}") for n, agent in enumerate(agents)]


def answers(day: str, wall: str, *agents: str) -> list[Step]:
    """They answer a check."""
    return [say(agent, "here", f"{day} {wall}") for agent in agents]


def said(shown: Show, *workflows: str) -> list[str]:
    """What was said of these workflows, each as "room template"."""
    return [
        f"{line['to']} {line['template'].partition('/')[2]}"
        for line in shown.chats()
        if line["template"].partition("/")[0] in workflows
    ]


def refs(shown: Show, workflow: str) -> dict[str, str]:
    """The newest case of each agent in that workflow."""
    return {line["agent"]: line["ref"] for line in shown.of("state", workflow=workflow)}
