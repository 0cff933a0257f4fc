"""What the chat gateway remembers across restarts: its cursor and its direct rooms, kept in the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select, text

from bot.writer import Writer
from store import tables
from store.codec import instant, micros
from store.db import meta_value

CURSOR = "chat_cursor"


@dataclass
class Memory:
    """`ports.ChatMemory` over the writer; direct rooms are also held in memory."""

    writer: Writer
    _rooms: dict[str, str] = field(default_factory=dict)
    _read: bool = False

    async def cursor(self) -> datetime | None:
        """The server instant up to which everything was committed; None before the first start."""
        value = await self.writer.run(lambda connection: meta_value(connection, CURSOR))
        return instant(int(value)) if value else None

    async def keep_cursor(self, at: datetime) -> None:
        """Remember it; durable when this returns."""
        await self.writer.run(lambda connection: connection.execute(_KEEP, {"key": CURSOR, "value": str(micros(at))}))

    async def room(self, name: str) -> str | None:
        """The room id of "@username"."""
        if not self._read:
            self._rooms = {**await self.writer.run(_all_rooms), **self._rooms}
            self._read = True
        return self._rooms.get(name)

    async def keep_room(self, name: str, rid: str) -> None:
        """Remember a direct room."""
        self._rooms[name] = rid
        await self.writer.run(lambda connection: connection.execute(_ROOM, {"name": name, "rid": rid}))


def _all_rooms(connection: Connection) -> dict[str, str]:
    return {row.name: row.rid for row in connection.execute(select(tables.rooms.c.name, tables.rooms.c.rid))}


_KEEP = text(
    "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
_ROOM = text("INSERT INTO rooms (name, rid) VALUES (:name, :rid) ON CONFLICT (name) DO UPDATE SET rid = excluded.rid")
