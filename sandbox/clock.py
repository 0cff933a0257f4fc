"""The sandbox's only source of real time and of chance; everything else is handed `Now` and `Chance`.

A demo or a test passes its own `Now`, so the chat server and the bot under test share one clock.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""The present instant, aware, UTC."""

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
"""Meteor's unmistakable characters: no 0/O, 1/l/I."""


def system_now() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)  # noqa: TID251 - the one place of this room that may ask


class Chance:
    """Random ids as Meteor makes them; a seed makes a run repeatable."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - ids of a look-alike, no secrets

    def id(self, length: int = 17) -> str:
        """A Meteor id: 17 characters unless told otherwise; 43 make an auth token."""
        return "".join(self._random.choices(ALPHABET, k=length))
