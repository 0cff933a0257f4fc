"""A name server of the tests' own: answers TXT questions from a table, over UDP on an address of loopback.

A resolver asks port 53 and nothing else, so it takes port 53 of an address nobody uses; only root may do that.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections.abc import Mapping

TXT, IN = 16, 1
NO_SUCH_NAME = 3


class Resolver:
    """Serves until `close`. `address` is where; `asked` are the names that were asked for."""

    def __init__(self, records: Mapping[str, str]) -> None:
        self._records = {name.lower(): text.encode() for name, text in records.items()}
        self.asked: set[str] = set()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.address = ""
        for _ in range(20):
            address = f"127.53.{random.randint(1, 254)}.{random.randint(1, 254)}"
            try:
                self._socket.bind((address, 53))
            except OSError as error:
                problem = error
                continue
            self.address = address
            break
        else:
            self._socket.close()
            raise problem
        self._thread = threading.Thread(target=self._serve, name="resolver", daemon=True)
        self._thread.start()

    def __enter__(self) -> Resolver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Answer nobody any more."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (self.address, 53))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            question, whence = self._socket.recvfrom(4096)
            if not question:
                return
            self._socket.sendto(self._answer(question), whence)

    def _answer(self, question: bytes) -> bytes:
        labels, at = [], 12
        while size := question[at]:
            labels.append(question[at + 1 : at + 1 + size].decode("ascii", "replace"))
            at += 1 + size
        name, asked = ".".join(labels).lower(), question[12 : at + 5]
        (kind,) = struct.unpack_from("!H", question, at + 1)
        self.asked.add(name)
        text = self._records.get(name)
        known = text is not None or any(each.endswith("." + name) for each in self._records)
        records = b""
        if text is not None and kind == TXT:
            data = b"".join(bytes((len(piece),)) + piece for piece in _pieces(text))
            records = struct.pack("!HHHIH", 0xC00C, TXT, IN, 60, len(data)) + data
        flags = 0x8580 | (0 if known else NO_SUCH_NAME)
        return question[:2] + struct.pack("!HHHHH", flags, 1, int(bool(records)), 0, 0) + asked + records


def _pieces(text: bytes) -> list[bytes]:
    return [text[at : at + 255] for at in range(0, len(text), 255)]
