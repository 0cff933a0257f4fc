"""Encryption of restricted texts at rest, and the keys that sign tokens.

The key file is made on first start with mode 0600; whoever loses it loses the sealed texts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

KEPT = 2048
"""Sealed texts whose words are at hand: what was just written is read next, and open duties with every letter."""
MARK = "~"
"""What a sealed text begins with."""


class KeyFileError(Exception):
    """The key file cannot be used; the text says which and what to do."""


class Seal:
    """Seals and opens texts, and signs, with one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"seal" + key).digest()))
        self._sign = hashlib.sha256(b"sign" + key).digest()
        self._known: dict[str, str] = {}

    def close(self, text: str) -> str:
        """The text, sealed."""
        sealed = MARK + self._fernet.encrypt(text.encode()).decode()
        self._remember(sealed, text)
        return sealed

    def open(self, text: str) -> str:
        """The text behind a sealed one; a plain text as it is. Raises KeyFileError when the key is another."""
        if not text.startswith(MARK):
            return text
        known = self._known.get(text)
        if known is not None:
            return known
        try:
            opened = self._fernet.decrypt(text[1:].encode()).decode()
        except InvalidToken:
            raise KeyFileError(
                "a sealed text does not open with this key file: restore the key this database was written with"
            ) from None
        self._remember(text, opened)
        return opened

    def _remember(self, sealed: str, text: str) -> None:
        self._known[sealed] = text
        if len(self._known) > KEPT:
            for each in tuple(self._known)[: KEPT // 4]:
                self._known.pop(each, None)

    def close_bytes(self, content: bytes) -> bytes:
        """Bytes, sealed."""
        return self._fernet.encrypt(content)

    def open_bytes(self, content: bytes) -> bytes:
        """The bytes behind sealed ones."""
        try:
            return self._fernet.decrypt(content)
        except InvalidToken:
            raise KeyFileError("a sealed document does not open with this key file") from None

    def digest(self, text: str, size: int = 32) -> bytes:
        """A keyed digest of at most 32 bytes, for tokens and identities."""
        return hmac.digest(self._sign, text.encode(), "sha256")[:size]


def read_key(path: Path, fresh: bytes) -> bytes:
    """The key in that file; `fresh` is written there, mode 0600, when there is none."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise KeyFileError(f"[security] key_file {path}: cannot be made: {error.strerror}") from None
        with os.fdopen(handle, "wb") as file:
            file.write(fresh)
            os.fsync(file.fileno())
        return fresh
    except OSError as error:
        raise KeyFileError(f"[security] key_file {path}: cannot be read: {error.strerror}") from None
    if len(key) < 16:
        raise KeyFileError(
            f"[security] key_file {path}: is not a key (too short); restore it or move it away for a new one"
        )
    return key
