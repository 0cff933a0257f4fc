"""One line to a mailbox, from login to logout: what the protocol wants, said by a thread that may wait.

What real servers differ in is settled here: what they can do they often say only after the login, folders are
parted by their own sign and may stand under a prefix, and a mail is moved without touching any other.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import shlex
import socket
import ssl
import subprocess
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import imap_tools
from imap_tools.errors import ImapToolsError, MailboxStarttlsError
from imap_tools.utils import encode_folder

from bot.ports import Down, Refused, Transient

CONNECT_SECONDS = 20.0
TOKEN_SECONDS = 30
NO_IDLE_SECONDS = 10
"""Between two looks where the server cannot tell us of new mail."""

SCHEMES = {"imaps": 993, "imap+starttls": 143, "imap": 143}
"""How a mailbox is reached, and at which port unless the address says another."""

_FETCHED = re.compile(rb'INTERNALDATE "([^"]+)"')
_LISTED = re.compile(rb'\([^)]*\) (?:"(\\?.)"|NIL) ')
_PERSONAL = re.compile(rb'\(\("((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where mail lies and how we get in: a password, or a command that prints a token.

    `secure` says that the line is encrypted, from the start or (`starttls`) before anything else is said.
    """

    host: str
    port: int
    secure: bool
    user: str
    folder: str
    done_folder: str
    starttls: bool = False
    password: str = field(default="", repr=False)
    token_command: str = ""

    @classmethod
    def of(cls, url: str, *, done_folder: str, password: str = "", token_command: str = "") -> Mailbox:
        """Read imaps://user@host[:port]/FOLDER, imap+starttls:// or imap://."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "", port=parts.port or SCHEMES.get(parts.scheme, 143), secure=parts.scheme != "imap",
            starttls=parts.scheme == "imap+starttls", user=unquote(parts.username or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX", done_folder=done_folder, password=password,
            token_command=token_command,
        )  # fmt: skip


class Line:
    """A connection. Every method waits for the server and raises WireError or what the library raises."""

    def __init__(self, box: Mailbox, tls: ssl.SSLContext | None = None) -> None:
        """Connect, encrypted where the address says so; raises Down, or Refused for a certificate we do not trust."""
        self.box = box
        try:
            if not box.secure:
                self._line: Any = imap_tools.MailBoxUnencrypted(box.host, box.port, timeout=CONNECT_SECONDS)
            else:
                kind = imap_tools.MailBoxStartTls if box.starttls else imap_tools.MailBox
                context = tls or ssl.create_default_context()
                self._line = kind(box.host, box.port, timeout=CONNECT_SECONDS, ssl_context=context)
        except ssl.SSLCertVerificationError as error:
            raise Refused(
                f"the certificate of {box.host} is not trusted ({error.verify_message}): let the system trust the "
                "authority that signed it, or name that in SSL_CERT_FILE"
            ) from error
        except MailboxStarttlsError as error:
            raise Refused(f"{box.host} offers no STARTTLS at port {box.port}: use imaps://") from error
        except (OSError, imaplib.IMAP4.error, ValueError) as error:
            raise Down(f"{box.host}:{box.port} cannot be reached: {short(error)}") from error
        self._client: Any = self._line.client
        self.done = ""
        self.made = False

    def enter(self) -> None:
        """Log in, make the done folder where there is none (`made`), open the other."""
        box = self.box
        self._login()
        # many servers say what they can do only to those they know
        status, said = self._client.capability()
        if status == "OK" and said and said[-1]:
            self._client.capabilities = tuple(said[-1].decode("ascii", "replace").upper().split())
        between, prefix = self._folders()
        self.done = _named(box.done_folder, between, prefix)
        if not self._line.folder.exists(self.done):
            try:
                self._line.folder.create(self.done)
            except ImapToolsError as error:
                raise Refused(
                    f"{box.host} does not let us make the folder {self.done}: make it by hand, or name another as "
                    f"done_folder ({short(error)})"
                ) from error
            self.made = True
        try:
            self._line.folder.set(_named(box.folder, between, prefix))
        except ImapToolsError as error:
            raise Refused(f"{box.host} has no folder {box.folder} for us: {short(error)}") from error

    def _login(self) -> None:
        box, able = self.box, self._client.capabilities
        if "LOGINDISABLED" in able and not box.token_command:
            raise Refused(f"{box.host} takes no password over an open line: use imaps:// or imap+starttls://")
        try:
            if not box.token_command:
                plain = (box.user + box.password).isascii()
                enter = self._line.login if plain else self._line.login_utf8
                enter(box.user, box.password, initial_folder=None)
                return
            bearer = token(box.token_command)
            if "AUTH=OAUTHBEARER" in able and "AUTH=XOAUTH2" not in able:
                self._client.authenticate("OAUTHBEARER", _told(f"n,a={box.user},\1auth=Bearer {bearer}\1\1", "\1"))
            else:
                self._client.authenticate("XOAUTH2", _told(f"user={box.user}\1auth=Bearer {bearer}\1\1", ""))
        except imaplib.IMAP4.abort as error:
            raise Down(f"{box.host} hung up at the login: {short(error)}") from error
        except (ImapToolsError, imaplib.IMAP4.error) as error:
            raise Refused(f"{box.host} does not accept our login as {box.user}: {short(error)}") from error

    def _folders(self) -> tuple[str, str]:
        """What parts the folders here, and what stands before those of our own."""
        between, prefix = "", ""
        _, data = self._client.list('""', '""')
        for each in data:
            if isinstance(each, bytes) and (found := _LISTED.match(each)):
                between = (found[1] or b"").decode("ascii", "replace")[-1:]
        if "NAMESPACE" in self._client.capabilities:
            status, data = self._client.namespace()
            if status == "OK" and data and isinstance(data[0], bytes) and (found := _PERSONAL.match(data[0])):
                prefix = found[1].decode("ascii", "replace")
        return between, prefix

    def waiting(self) -> list[str]:
        """The UIDs of what lies there, oldest first."""
        found: list[str] = self._line.uids("ALL" if self._moves else "UNDELETED")
        return sorted(found, key=int)

    @property
    def _moves(self) -> bool:
        """Whether a mail can leave the folder without anybody else's leaving it."""
        return not {"MOVE", "UIDPLUS"}.isdisjoint(self._client.capabilities)

    def fetch(self, uid: str) -> tuple[bytes, datetime | None] | None:
        """The bytes of a message and when the server got it; it is not marked as read. None when it is gone.

        Raises Transient, refused, where the server says no to this one and the line stands.
        """
        try:
            status, data = self._client.uid("fetch", uid, "(INTERNALDATE BODY.PEEK[])")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:  # it calls the question wrong, as some do with a mail they cannot read
            status, data = "BAD", []
        if status != "OK":
            raise Transient(f"{self.box.host} does not hand out a message", refused=True)
        for each in data:
            if isinstance(each, tuple):
                return each[1], _internal_date(b" ".join(piece for piece in data if isinstance(piece, bytes)) + each[0])
        return None

    def put_away(self, uid: str) -> None:
        """Move a message to the done folder.

        Where the server knows neither MOVE nor UID EXPUNGE the mail stays, marked as deleted: EXPUNGE alone would
        also take what a person has marked.
        """
        there = encode_folder(self.done)
        if "MOVE" in self._client.capabilities:
            self._done("MOVE", uid, there)
            return
        self._done("COPY", uid, there)
        self._done("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._client.capabilities:
            self._done("EXPUNGE", uid)

    def _done(self, *words: Any) -> None:
        status, said = self._client.uid(*words)
        if status != "OK":
            raise Down(f"{self.box.host} does not move a message to {self.done}: {short(Exception(said[-1:]))}")

    def wait(self, seconds: float) -> None:
        """Until the server says that something came, or for a while."""
        if "IDLE" not in self._client.capabilities:
            threading.Event().wait(min(seconds, NO_IDLE_SECONDS))
            self._client.noop()
            return
        self._line.idle.start()
        if not self._said_already():
            self._line.idle.poll(timeout=seconds)
        self._client.sock.settimeout(CONNECT_SECONDS)
        self._line.idle.stop()

    def _said_already(self) -> bool:
        """Whether the server's next words came together with its last: nothing more would wake us."""
        sock = self._client.sock
        sock.settimeout(0)
        try:
            return bool(self._client.file.peek(1))
        except OSError:  # an encrypted line says so when there is nothing
            return False
        finally:
            sock.settimeout(CONNECT_SECONDS)

    def shut(self) -> None:
        """Wake whoever waits on it."""
        with contextlib.suppress(OSError, AttributeError):
            self._client.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it."""
        with contextlib.suppress(OSError, ValueError, AttributeError, imaplib.IMAP4.error):
            self._client.shutdown()


def _named(name: str, between: str, prefix: str) -> str:
    """A folder as this server calls it: "certdesk/done" is "INBOX.certdesk.done" at some."""
    if name.upper() == "INBOX":
        return name
    if between and between != "/" and between not in name:
        name = name.replace("/", between)
    return name if not prefix or name.upper().startswith(prefix.upper()) else prefix + name


def _told(first: str, refused: str) -> Any:
    """Answers of a login by token: the token, then (a refusal comes as a question) the word that ends it."""
    return lambda asked: (refused if asked else first).encode()


def token(command: str) -> str:
    """What the command prints; raises Refused, without its words."""
    try:
        ran = subprocess.run(  # noqa: S603 - the operator's own command, from his own settings
            shlex.split(command), capture_output=True, timeout=TOKEN_SECONDS, check=False, text=True
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise Refused(f"oauth2_token_command could not be run: {type(error).__name__}") from None
    said = ran.stdout.strip()
    if ran.returncode or not said:
        raise Refused(f"oauth2_token_command ended with {ran.returncode} and printed no token")
    return said


def _internal_date(said: bytes) -> datetime | None:
    found = _FETCHED.search(said)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, UnicodeDecodeError):
        return None


def short(error: BaseException) -> str:
    """What an error says, on one line of at most 200 characters."""
    said = [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in error.args]
    return " ".join(" ".join(said or [str(error)]).split())[:200]
