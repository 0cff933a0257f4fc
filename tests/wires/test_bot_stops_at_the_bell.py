"""A loop that is told to stop in the very moment its bell rings stops, and does not take the bell for more work."""

from __future__ import annotations

import asyncio

import pytest

from tests.wires.bot_process import desk, town

STEPS = 6
"""Turns of the event loop within which the bell's ring reaches whoever waits for it."""


@pytest.mark.parametrize("name", ["courier", "alarm"])
async def test_a_stop_that_meets_the_bell_is_heard(tmp_path, name):
    for late in range(STEPS):
        folder = tmp_path / str(late)
        folder.mkdir()
        async with town(folder) as place, desk(place) as bot:
            await place.delivered()
            ring = getattr(bot.app, name).ring
            loops = [task for task in asyncio.all_tasks() if task.get_name() == name]
            await asyncio.sleep(0.1)  # each is back at its bell
            ring()
            for _ in range(late):
                await asyncio.sleep(0)
            for task in loops:
                task.cancel()
            done, _ = await asyncio.wait(loops, timeout=3)
            assert done == set(loops), f"rung {late} turns before"
