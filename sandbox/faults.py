"""What can go wrong on the wire, on demand: each method spoils something once, n times, or until undone.

Names say what the client will see. Counts are of what follows the call.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from sandbox.faults_rest import RestFaults
from sandbox.limits import ddp_too_many
from sandbox.wire import ChatError, Doc

if TYPE_CHECKING:
    from sandbox.chat import Chat
    from sandbox.ddp import Session
    from sandbox.rooms import Room


class Faults(RestFaults):
    """All switches; `clear()` puts everything right again except what was cut or revoked."""

    def __init__(self, chat: Chat, sessions: set[Session]) -> None:
        super().__init__()
        self.chat, self._sessions = chat, sessions
        self._copies = self._lost = self._ready_held = self._ready_lost = self._nosubs = 0
        self._slow: float = 0.0
        self._revoked: dict[str, list[tuple[str, bool]]] = {}
        self._down: Callable[[], Awaitable[None]] | None = None
        self._up: Callable[[], Awaitable[None]] | None = None

    def clear(self) -> None:
        """No more faults to come; half-open sockets are cut."""
        self.clear_rest()
        self._copies = self._lost = self._ready_held = self._ready_lost = self._nosubs = 0
        self._slow = 0.0
        for session in [s for s in self._sessions if s.mute]:
            session.abort()

    # -- sockets

    def half_open(self, username: str | None = None) -> int:
        """Open sockets (of one user, or all) stay up but never answer or send again; new ones are fine."""
        hit = self._of(username)
        for session in hit:
            session.freeze()
        return len(hit)

    def drop_sockets(self, username: str | None = None) -> int:
        """Open sockets are cut at once, without a close frame."""
        hit = self._of(username)
        for session in hit:
            session.abort()
        return len(hit)

    def duplicate_frames(self, n: int = 1) -> None:
        """The next n stream events arrive twice."""
        self._copies += n

    def lose_frames(self, n: int = 1) -> None:
        """The next n stream events never arrive: a missed window, as streams are known to have."""
        self._lost += n

    def ready_after_event(self, n: int = 1) -> None:
        """The next n `ready` frames come only after the session's next stream event."""
        self._ready_held += n

    def no_ready(self, n: int = 1) -> None:
        """The next n subscriptions work but are never acknowledged."""
        self._ready_lost += n

    def refuse_subs(self, n: int = 1) -> None:
        """The next n subscriptions get nosub too-many-requests."""
        self._nosubs += n

    def slow_methods(self, seconds: float) -> None:
        """Each method takes so long and blocks what is behind it; 0 ends it."""
        self._slow = seconds

    # -- accounts, rooms, server

    def revoke(self, username: str) -> None:
        """All tokens of the user die: REST says 401, their sockets are logged out and closed."""
        user = self.chat.user(username)
        self._revoked[username] = list(user.tokens.items())
        for token in list(user.tokens):
            self.chat.revoke(token)
        self.chat.hub.user(user, "force_logout")
        for session in self._of(username):
            session.logout()
            session.close()

    def restore(self, username: str) -> None:
        """The revoked tokens work again."""
        for token, personal in self._revoked.pop(username, []):
            self.chat.grant_token(self.chat.user(username), token, personal=personal)

    def encrypt(self, a: str, b: str) -> Room:
        """The direct room of a and b is end-to-end encrypted: plain posts refused, people's words unreadable."""
        room = self.chat.direct(self.chat.user(a), self.chat.user(b))
        room.encrypted = True
        return room

    def tie(self, n: int) -> None:
        """The next n changes share one `_updatedAt` millisecond with the one before."""
        self.chat.ties += n

    def on_switch(self, down: Callable[[], Awaitable[None]], up: Callable[[], Awaitable[None]]) -> None:
        """Told by the server how to go down and come back."""
        self._down, self._up = down, up

    async def down(self) -> None:
        """Connections are refused and open ones cut, until `up`."""
        if self._down:
            await self._down()

    async def up(self) -> None:
        """Listen again on the same port."""
        if self._up:
            await self._up()

    # -- asked by the wire

    def on_event(self, frame: bytes) -> Iterable[bytes]:
        """The copies of a stream event that really go out: none, one or two."""
        if self._lost > 0:
            self._lost -= 1
            return ()
        if self._copies > 0:
            self._copies -= 1
            return (frame, frame)
        return (frame,)

    def on_sub(self) -> ChatError | None:
        """A refusal for the next subscription, if one is due."""
        if self._nosubs > 0:
            self._nosubs -= 1
            return ddp_too_many(9000)
        return None

    def holds_ready(self) -> bool:
        """Whether this `ready` waits for an event."""
        self._ready_held, held = max(0, self._ready_held - 1), self._ready_held > 0
        return held

    def loses_ready(self) -> bool:
        """Whether this `ready` is never sent."""
        self._ready_lost, lost = max(0, self._ready_lost - 1), self._ready_lost > 0
        return lost

    def method_delay(self, frame: Doc) -> float:
        """Seconds a method blocks its session's queue; asked again after the wait."""
        if self._slow > 0 and frame["msg"] == "method" and "_waited" not in frame:
            frame["_waited"] = True
            return self._slow
        return 0.0

    def _of(self, username: str | None) -> list[Session]:
        return [s for s in self._sessions if username is None or (s.user and s.user.username == username)]
