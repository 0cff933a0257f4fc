"""Names nobody can guess: button tokens, chat message ids, Message-IDs.

All are keyed digests of the decision's own key, so a repeat carries the same name; the salt lives in the
database and is renewed by a restore, so a fresh database never meets the ids of an older one.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass

from store.seal import Seal

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads tokens with the key file's key and the database's salt."""

    seal: Seal
    salt: str

    def button(self, kind: str, *parts: str) -> str:
        """ "~d.F-1:3:4.0.k3x9q2": what a pressed button's text ends with."""
        body = ".".join((kind, *parts))
        return f"~{body}.{self._mac(body)}"

    def read(self, token: str) -> tuple[str, tuple[str, ...]] | None:
        """(kind, parts) of a token we made; None for any other text."""
        body, _, mac = token.removeprefix("~").rpartition(".")
        if not body or not hmac.compare_digest(mac, self._mac(body)):
            return None
        kind, *parts = body.split(".")
        return kind, tuple(parts)

    def _mac(self, body: str) -> str:
        return base64.b32encode(self.seal.digest(f"button {self.salt} {body}", 5)).decode().lower()

    def chat_id(self, key: str) -> str:
        """17 characters of [A-Za-z0-9]: our own message id for an outbox key."""
        number = int.from_bytes(self.seal.digest(f"chat {self.salt} {key}", 16), "big")
        letters = []
        for _ in range(17):
            number, rest = divmod(number, 62)
            letters.append(_ALPHABET[rest])
        return "".join(letters)

    def mail_token(self, key: str) -> str:
        """The left part of a Message-ID for an outbox key."""
        return self.seal.digest(f"mail {self.salt} {key}", 16).hex()
