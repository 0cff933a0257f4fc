"""The only room that knows what time it is, sleeps, or draws at random.

Everything else is handed a `Clock`, so that a test, a rehearsal or the demo can move time by hand.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Aware UTC time and waiting."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of wall time; a moved clock does not shorten the wait."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of wall time."""
        await asyncio.sleep(seconds)


class HandClock:
    """A clock that stands still until it is moved, for rehearsals and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Yield to the loop; standing time does not pass by waiting."""
        await asyncio.sleep(0)

    def move_to(self, instant: datetime) -> None:
        """Set the clock; going backwards is a programming error (ValueError)."""
        if instant < self._now:
            raise ValueError(f"time runs forwards: {instant} is before {self._now}")
        self._now = instant.astimezone(UTC)


class ShiftedClock:
    """Real time moved by an offset that only grows: the demo's clock, shared with its chat server."""

    def __init__(self, start: datetime) -> None:
        self._offset = start.astimezone(UTC) - datetime.now(UTC)

    def now(self) -> datetime:
        """Machine time plus what it was moved by."""
        return datetime.now(UTC) + self._offset

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of wall time."""
        await asyncio.sleep(seconds)

    def advance(self, by: timedelta) -> None:
        """Jump forwards."""
        if by < timedelta(0):
            raise ValueError("time runs forwards")
        self._offset += by


def jitter(seconds: float) -> float:
    """`seconds` give or take a fifth, so that many clients do not come back in step."""
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311 - spread, not secrecy


def fresh_secret(length: int = 32) -> bytes:
    """Random bytes from the operating system, for keys and salts."""
    return secrets.token_bytes(length)


def fresh_token() -> str:
    """A random url-safe text of 128 bits, for one-time links."""
    return secrets.token_urlsafe(16)
