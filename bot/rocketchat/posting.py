"""Puts one message into its room, once.

The message's own id makes a repeat harmless: the server stores an id a single time (PROTOCOL 4.4), and
after any doubtful answer we ask whether it is there. What to say and when to try again is not decided here.
"""

from __future__ import annotations

from typing import Any

from bot.ports import ChatMessage, Permanent, Transient
from bot.rocketchat.rest import Lost, Rejected, Rest
from bot.rocketchat.rooms import Rooms
from bot.rocketchat.sieve import Recent

Doc = dict[str, Any]

_SIZE = "error-message-size-exceeded"
_CLOSED_TO_US = "error-not-allowed"


class Poster:
    """The way out. Several sends may run at once; the caller keeps order within a room."""

    def __init__(self, rest: Rest, rooms: Rooms) -> None:
        self._rest, self._rooms = rest, rooms
        self._posted = Recent()

    async def send(self, message: ChatMessage) -> None:
        """Deliver, or find it delivered; raises WireError as `bot.ports` draws it."""
        rid = await self._rooms.rid(message.room)
        # A reply needs its parent in the same room: the server takes one to a message that is gone, and
        # shows it to nobody, and moves a reply into its parent's room.
        thread = message.thread if message.thread and await self._is_there(message.thread, rid) else None
        try:
            await self._post(message, rid, thread)
        except Rejected as error:
            if error.code != _CLOSED_TO_US or not message.room.startswith("#"):
                raise _plainly(error, message) from error
            # Thrown out of a public channel, or it was made anew under its old name: enter and try once more.
            await self._post_again(message, thread)
        self._posted.add(f"{rid}/{message.id}")

    async def _post_again(self, message: ChatMessage, thread: str | None) -> None:
        try:
            await self._post(message, await self._rooms.rejoin(message.room), thread)
        except Rejected as error:
            raise _plainly(error, message) from error

    async def _post(self, message: ChatMessage, rid: str, thread: str | None) -> None:
        body = {"message": document(message, rid, thread)}
        try:
            reply = await self._rest.ask("POST", "chat.sendMessage", body=body)
        except Lost as error:
            return await self._confirm(message, error)
        if reply.status == 200 and reply.body is not None and reply.body.get("success") is True:
            return None
        try:
            await self._rest.judge(reply, "chat.sendMessage")
        except Rejected as error:
            if error.code or error.status != 400:
                raise
            # Without a code it is as a rule the server stumbling over an id it has already (trap 3).
            return await self._confirm(message, error)
        except Transient as error:
            if error.refused:
                raise  # a 429 is certain: nothing was stored
            return await self._confirm(message, error)

    async def _confirm(self, message: ChatMessage, doubt: Transient | Rejected) -> None:
        """Whether it was stored after all; raises what the doubt amounts to if not."""
        found = await self._look_up(message.id)
        if found is None:
            if isinstance(doubt, Transient) or _SIZE in doubt.text:
                raise doubt
            raise Transient(f"Rocket.Chat stumbled over a message and did not keep it: {doubt.text}", refused=True)
        if (found.get("u") or {}).get("_id") != self._rest.account.user_id:
            raise Permanent(f"the id {message.id} belongs to somebody else's message")

    async def _look_up(self, message_id: str) -> Doc | None:
        """The stored message, or None if there is none we may see."""
        try:
            answer = await self._rest.get("chat.getMessage", msgId=message_id)
        except Rejected as error:
            if error.status in (400, 403, 404):
                return None
            raise
        found = answer.get("message")
        return found if isinstance(found, dict) else None

    async def _is_there(self, message_id: str, rid: str) -> bool:
        """Whether a thread can hang on that message; one look, if this process has not posted it itself."""
        key = f"{rid}/{message_id}"
        if key not in self._posted:
            found = await self._look_up(message_id)
            if found is None or found.get("rid") != rid or found.get("t") == "rm":
                return False
            self._posted.add(key)
        return True


def document(message: ChatMessage, rid: str, thread: str | None) -> Doc:
    """The body of chat.sendMessage; `ts` is left to the server."""
    document: Doc = {"_id": message.id, "rid": rid, "msg": message.text}
    if thread:
        document["tmid"] = thread
    if message.buttons:
        actions = [
            {
                "type": "button",
                "text": button.label,
                "msg": button.msg,
                "msg_in_chat_window": True,
                "msg_processing_type": "sendMessage",
            }
            for button in message.buttons
        ]
        document["attachments"] = [{"button_alignment": "horizontal", "actions": actions}]
    return document


def _plainly(error: Rejected, message: ChatMessage) -> Permanent:
    """The refusal as one sentence for whoever reads the outbox."""
    if _SIZE in (error.code, error.text) or _SIZE in error.text:
        return Permanent(f"{len(message.text)} characters are more than the server's Message_MaxAllowedSize allows")
    if "encrypted" in error.text:
        return Permanent(
            f"{message.room} is end-to-end encrypted and takes no plain messages: turn encryption off in that room, "
            "or allow E2E_Allow_Unencrypted_Messages"
        )
    return Permanent(f"{message.room} does not take the message: {error.text or error.code or error.status}")
