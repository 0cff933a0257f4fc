"""Who of those who write to us is a bot: asked once per sender, remembered.

Two bots that answer each other never stop (PROTOCOL 8), and `msg.bot` marks only integrations.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog

from bot.ports import Down, Permanent, Refused, Transient
from bot.rocketchat.rest import Lost, Rest

_AT_ONCE = 8
_NOT_PEOPLE = frozenset({"bot", "app"})

log = structlog.get_logger()


class Census:
    """Remembers for this process; whoever cannot be looked up counts as a person."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._is_bot: dict[str, bool] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)

    def is_bot(self, user_id: str) -> bool:
        """As far as we know."""
        return self._is_bot.get(user_id, False)

    async def meet(self, user_ids: Iterable[str]) -> None:
        """Look up those never met before; never raises, for a question unanswered must not stop the mail."""
        strangers = {user_id for user_id in user_ids if user_id not in self._is_bot}
        if strangers:
            await asyncio.gather(*(self._look_up(user_id) for user_id in strangers))

    async def _look_up(self, user_id: str) -> None:
        async with self._gate:
            try:
                user = (await self._rest.get("users.info", userId=user_id)).get("user") or {}
            except (Down, Lost, Refused):
                return  # asked again with the next word; the session is about to notice as well
            except (Transient, Permanent) as error:
                # A limit, or no right to look: asking again with every word would only make it worse.
                log.info("chat.sender_not_looked_up", actor_id=user_id, why=str(error))
                user = {}
        # Without view-full-other-user-info the server leaves `roles` out.
        self._is_bot[user_id] = user.get("type") in _NOT_PEOPLE or "bot" in (user.get("roles") or ())
