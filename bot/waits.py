"""How long to wait after which failure (INTERFACES, manners on the wire). Remembers; sends nothing, sleeps never.

Three kinds: a channel that cannot be reached or does not let us in stops whole and is tried with one message;
a lane whose message fails is slowed by itself; a message refused for now has its own ladder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from store.outbox import Lane

REFUSED = (5.0, 20.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds after which a message refused for now is tried again; the last one repeats."""

TELL_OPS_AFTER = 6
"""The refusal after which the ops channel hears of it: that of the try that had waited 15 minutes."""

GIVE_UP = timedelta(hours=24)
"""How long a refused message is tried."""

FIRST, LONGEST = 1.0, 15.0
"""Seconds between tries of what cannot be reached or fails: the first wait, doubling to the last."""

LOGIN = 30.0
"""Seconds after which refused credentials are tried again."""

GRUMBLE = timedelta(minutes=1)
"""One line in the log so often while it lasts."""

CLAIM = 200
"""Rows taken from the outbox at once."""


@dataclass(slots=True)
class Trouble:
    """A channel that is closed until `until`; `since` is when that was last found out, `wait` in seconds."""

    since: datetime
    until: datetime
    wait: float


@dataclass
class Waits:
    """What is known of channels and lanes in trouble; instants are the clock's, UTC."""

    clock: Clock
    _channels: dict[str, Trouble] = field(default_factory=dict)
    _lanes: dict[Lane, float] = field(default_factory=dict)
    _climbs: dict[Lane, tuple[str, int, datetime]] = field(default_factory=dict)
    """The message a lane waits for, the refusals it counts as, and since when."""
    _grumbled: dict[str, datetime] = field(default_factory=dict)

    def troubled(self, channel: str) -> bool:
        """Whether the last thing heard of this channel was that it is away."""
        return channel in self._channels

    def closed_until(self, channel: str) -> datetime | None:
        """Until when nothing of this channel is tried; None when something may be."""
        trouble = self._channels.get(channel)
        return trouble.until if trouble is not None and trouble.until > self.clock.now() else None

    def rows(self, channel: str) -> int:
        """How many rows may be taken now: none while it is closed, one to find out, else many."""
        if channel not in self._channels:
            return CLAIM
        return 0 if self.closed_until(channel) else 1

    def down(self, channel: str, begun: datetime) -> datetime:
        """It could not be reached by a try that began then; when to try next.

        Many tries under way at once find out the same thing: they count as one.
        """
        known, now = self._channels.get(channel), self.clock.now()
        if known is not None and begun <= known.since:
            known.until = max(known.until, now)
            return known.until
        wait = FIRST if known is None else min(known.wait * 2, LONGEST)
        return self._close(channel, now, wait)

    def shut_out(self, channel: str) -> datetime:
        """Our credentials were refused; when to try next."""
        return self._close(channel, self.clock.now(), LOGIN)

    def _close(self, channel: str, now: datetime, wait: float) -> datetime:
        until = now + timedelta(seconds=wait)
        self._channels[channel] = Trouble(since=now, until=until, wait=wait)
        return until

    def slower(self, lane: Lane) -> datetime:
        """A message of this lane failed; when to try it next."""
        wait = self._lanes[lane] = min(self._lanes.get(lane, FIRST / 2) * 2, LONGEST)
        return self.clock.now() + timedelta(seconds=wait)

    def climbed(self, lane: Lane, key: str, tries: int) -> int:
        """The refusals that the failures of a lane's first message count as, at each one of them.

        It is tried every few seconds, so it climbs the ladder of the refused by the clock: one rung when it has
        failed for as long as a refused message would have waited there. So both reach the ops channel, and their
        end, at the same time.
        """
        now = self.clock.now()
        known, rung, since = self._climbs.get(lane, ("", 0, now))
        if (known, rung) != (key, tries):
            tries, since = max(tries, 1), now
        elif now - since >= refused(tries - 1):
            tries, since = tries + 1, now
        self._climbs[lane] = (key, tries, since)
        return tries

    def went(self, lane: Lane) -> bool:
        """A message of this lane was delivered; True when its channel was in trouble until now."""
        self._lanes.pop(lane, None)
        self._climbs.pop(lane, None)
        return self._channels.pop(lane[0], None) is not None

    def over(self, channel: str) -> None:
        """Word came that this channel is back."""
        self._channels.pop(channel, None)
        self._grumbled.pop(channel, None)
        for lane in [lane for lane in self._lanes if lane[0] == channel]:
            del self._lanes[lane]

    def grumble(self, channel: str) -> bool:
        """Whether it is time for a line in the log."""
        now, last = self.clock.now(), self._grumbled.get(channel)
        if last is not None and now - last < GRUMBLE:
            return False
        self._grumbled[channel] = now
        return True


def refused(tries: int) -> timedelta:
    """How long a message waits that was refused for now so many times before."""
    return timedelta(seconds=REFUSED[min(tries, len(REFUSED) - 1)])


def unanswered(tries: int) -> timedelta:
    """How long a mail waits whose receipt was lost so many times: once again at once, then as one refused for now.

    It may arrive with every try, and a server too slow to say so must not flood a mailbox.
    """
    return refused(tries - 1) if tries else timedelta(seconds=FIRST)


def hopeless(tries: int, age: timedelta) -> bool:
    """Whether it is given up: refused for a day. One that only lay in wait so long has its first tries first."""
    return age > GIVE_UP and tries >= TELL_OPS_AFTER
