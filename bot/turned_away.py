"""What becomes of a mail that its server would not take, for some or for all of its people, or for its size.

When a row is marked and its lane goes on is the courier's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from bot import dispatch, mailroom, unwritten
from bot.clock import Clock
from bot.dispatch import Address, Parcel
from bot.mail import compose, returned
from bot.mail.smtp import TooLarge
from bot.office import Office
from bot.ports import RawMail
from bot.writer import StoreDown, Writer
from store.rows import Note
from store.seal import Seal

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Returns:
    """Takes back what did not arrive, by the door at which a delivery report would come in."""

    writer: Writer
    seal: Seal
    clock: Clock
    office: Callable[[], Office]
    sender: Address

    async def came_back(
        self, note: Note, tried: Sequence[dict[str, Any]], refused: Mapping[str, str]
    ) -> tuple[str, bool]:
        """These will never get it, by the server's word: as if it had been sent and had come back. Gives its `error`,
        and whether that was news: after a kill, or after an operator's `outbox retry`, the report is recognised.

        `tried` is what went to the server, as `dispatch.keep` takes it. Before the row is marked: a process killed in
        between says it again.
        """
        domain, office = self.sender.email.rpartition("@")[2], self.office()
        about = compose.message_id(note.wire_id or "", domain)
        own = compose.message_id(office.tokens.mail_token(f"came back {note.key}"), domain)
        raw = returned.report(about, refused, report_id=own, sender=self.sender.email, at=note.made)
        letter = mailroom.letter(raw, self.clock.now(), "", "")
        while True:
            try:
                await self.writer.run(lambda connection: dispatch.keep(connection, tried, self.seal))
                (receipt,) = await self.writer.accept([letter])
            except StoreDown as error:
                log.error("outbox_waits_for_store", error=str(error))
                await self.clock.sleep(1.0)
            else:
                break
        failed = ", ".join(f"{who} {returned.status(said)}" for who, said in refused.items())
        return f"{unwritten.CAME_BACK} {failed}", receipt.verdict == "done"


def apart(note: Note, parcel: Parcel, later: Mapping[str, str], due: datetime) -> list[Note]:
    """Rows for those who may get it later while the others have it: for each the same bytes in a lane of his own."""
    assert isinstance(parcel.message, RawMail)
    return [
        replace(
            note, key=f"{note.key}+{n}", lane=address, body={**note.body, "only": [address]}, due=due, tries=1,
            said=parcel.said, raw=parcel.message.content,
        )
        for n, address in enumerate(sorted(later), 1)
    ]  # fmt: skip


def lightened(note: Note, parcel: Parcel, error: TooLarge) -> bool:
    """Too large for the server: whether it may go again without the files that can be left out, saying which."""
    tried = parcel.message.content if isinstance(parcel.message, RawMail) else b""
    most = error.most or len(tried) // 2  # it does not always say how much it takes
    if most >= len(tried) or not dispatch.kept(note):
        return False
    note.body, note.raw = {**note.body, "most": most}, None
    return True
