"""A real Dovecot, as docs/mail-server shows it: one mailbox, read by IMAP, with passwords and with tokens."""

from __future__ import annotations

import shutil
import signal
import smtplib
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from tests.servers.ground import Ground, free_port
from tests.servers.keys import certificate

USER, PASSWORD = "mailbox@example.com", "correct horse"

_HERE = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
auth_verbose = yes
auth_failure_delay = 0
listen = 127.0.0.1
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


class Tokens:
    """An introspection endpoint (RFC 7662) on a loopback port: says of each token whose it is, while it is good."""

    def __init__(self) -> None:
        self.good: set[str] = set()
        self.asked: list[str] = []
        here = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                said = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                token = parse_qs(said).get("token", [""])[0]
                here.asked.append(token)
                answer = b'{"active": false}'
                if token in here.good:
                    answer = f'{{"active": true, "username": "{USER}"}}'.encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Tokens:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass
class Dovecot:
    """`imaps` and `plain` (with STARTTLS) are its ports for readers, `lmtp` is where mail is handed over.

    Postfix asks at `auth` who may send. Everybody has the same password.
    """

    ground: Ground
    imaps: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    auth: int = field(default_factory=free_port)
    tokens: Tokens = field(default_factory=Tokens)
    process: subprocess.Popen[bytes] | None = None

    @property
    def authority(self) -> Path:
        """The certificate that signed itself."""
        return self.ground.folder / "server.crt"

    def write(self) -> None:
        """Its configuration, its certificate, its only user."""
        ground, folder = self.ground, self.ground.folder
        certificate(folder)
        mails = folder / "mails"
        mails.mkdir()
        shutil.chown(mails, "mail", "mail")
        people = [USER, *(f"a0{n}@example.com" for n in range(6))]
        (folder / "users").write_text("".join(f"{each}:{{PLAIN}}{PASSWORD}::::::\n" for each in people))
        (folder / "users").chmod(0o644)
        ground.page(
            "oauth2.conf",
            {
                "https://dovecot:secret@login.example.com/oauth2/introspect": f"http://127.0.0.1:{self.tokens.port}/",
                "tls_ca_cert_file = /etc/ssl/certs/ca-certificates.crt": "",
            },
        )
        (folder / "run").mkdir(mode=0o755)
        (folder / "state").mkdir(mode=0o755)
        ground.page(
            "dovecot.conf",
            {
                "/etc/ssl/certs/imap.example.com.pem": str(folder / "server.crt"),
                "/etc/ssl/private/imap.example.com.key": str(folder / "server.key"),
                "/var/mail/": f"{mails}/",
                "/etc/dovecot/": f"{folder}/",
                "/var/spool/postfix/private/dovecot-lmtp": str(folder / "handed-over"),
            },
            _HERE.format(folder=folder, plain=self.plain, imaps=self.imaps, lmtp=self.lmtp, auth=self.auth),
        )

    def start(self) -> None:
        """It listens when this returns."""
        for lock in (self.ground.folder / "state").glob("*.lock"):
            lock.unlink()  # of one that was killed: the next would wait for it for ten seconds
        self.process = self.ground.start(["/usr/sbin/dovecot", "-F", "-c", self.ground.folder / "dovecot.conf"])
        for port in (self.imaps, self.lmtp):
            self.ground.reached(port, self.process)

    def kill(self) -> None:
        """Gone at once, with everybody it serves."""
        assert self.process is not None
        self.ground.end(self.process, signal.SIGKILL)

    def empty(self) -> None:
        """At work, nobody logged in, no token good, no mail."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        for kept in (self.ground.folder / "mails").iterdir():
            shutil.rmtree(kept)
        self.tokens.good.clear()
        self.start()

    def deliver(self, raw: bytes, sender: str) -> None:
        """A mail straight into the mailbox."""
        with smtplib.LMTP("127.0.0.1", self.lmtp, timeout=30) as client:
            client.sendmail(sender, [USER], raw)

    def ask(self, *words: str, anyway: bool = False) -> str:
        """doveadm; `anyway` when it may have found nothing to do."""
        command = ["/usr/bin/doveadm", "-c", str(self.ground.folder / "dovecot.conf"), *words]
        return subprocess.run(command, capture_output=True, check=not anyway, text=True).stdout

    def kick(self) -> None:
        """Every reader is cut off, if there is one."""
        self.ask("kick", USER, anyway=True)

    def held(self, folder: str) -> list[bytes]:
        """The mails of a folder, oldest first."""
        place = self.ground.folder / "mails" / USER
        if folder != "INBOX":
            place /= "." + folder
        found = [path for kind in ("new", "cur") for path in (place / kind).glob("*")]
        return [path.read_bytes() for path in sorted(found, key=lambda path: path.stat().st_mtime_ns)]
