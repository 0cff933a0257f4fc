"""A real Postfix with opendkim and opendmarc, as docs/mail-server shows them, on ports of the tests' own.

Mail from outside comes from 192.0.2.10, which the tests' own client says by XCLIENT; example.com has published that
its mail comes from there, or is signed, and that everything else is to be refused.
"""

from __future__ import annotations

import json
import shutil
import smtplib
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.ground import Ground, free_port
from tests.servers.keys import Signer
from tests.servers.resolver import Resolver

OURS, ELSEWHERE = "192.0.2.10", "203.0.113.66"
"""Where example.com's mail comes from, and where it does not."""

ROBOT, MAILBOX = "certdesk@example.com", "mailbox@example.com"
"""Whose mail goes to certdesk by LMTP, and whose into Dovecot's mailbox."""

_SERVICES = """
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
local unix - n n - - local
error unix - - n - - error
retry unix - - n - - error
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
scache unix - - n - 1 scache
pickup unix n - n 60 1 pickup
postlog unix-dgram n - n - 1 postlogd
"""

_QUEUES = (
    "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "maildrop", "private", "public",
    "saved", "trace",
)  # fmt: skip

_HERE = """
compatibility_level = 3.7
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = mx.example.com
mydestination = here.example.com
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
relay_domains = example.com
smtpd_peername_lookup = no
smtpd_authorized_xclient_hosts = 127.0.0.1
smtp_dns_support_level = disabled
smtpd_tls_cert_file = {tls}
smtpd_tls_key_file = {key}
relay_transport = smtp:[127.0.0.1]:{sink}
default_transport = smtp:[127.0.0.1]:{sink}
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
"""
"""What is this test's and nobody else's: where files lie, who is where, and a second instead of minutes."""


@dataclass
class Postfix:
    """`smtp` takes mail; the robot's goes to `door`, the mailbox's to `lda`, all other to `sink`.

    The people of the house send by `submission`, logging in at Dovecot's `sasl`.
    """

    ground: Ground
    lda: int
    sasl: int
    tls: Path
    smtp: int = field(default_factory=free_port)
    submission: int = field(default_factory=free_port)
    door: int = field(default_factory=free_port)
    sink: int = field(default_factory=free_port)
    signer: Signer = field(default_factory=lambda: Signer.of("example.com"))
    stranger: Signer = field(default_factory=lambda: Signer.of("evil.example.net"))

    @property
    def etc(self) -> Path:
        return self.ground.folder / "postfix"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.smtp}"

    def __post_init__(self) -> None:
        self.resolver = Resolver(
            {
                "example.com": f"v=spf1 ip4:{OURS} -all",
                "_dmarc.example.com": "v=DMARC1; p=reject",
                "evil.example.net": "v=spf1 +all",
                **dict((self.signer.record, self.stranger.record)),
            }
        )
        self.ground.names(self.resolver.address)

    def start(self) -> None:
        """Filters, then Postfix; each listens when this returns."""
        ports = {old: str(free_port()) for old in ("8891", "8892", "8893")}
        listening = list(self._filters(ports))
        self._write(ports)
        master = self.ground.start(["/usr/lib/postfix/sbin/master", "-c", self.etc, "-d"])
        for port, process in (*listening, (self.smtp, master), (self.submission, master)):
            self.ground.reached(port, process)

    def _filters(self, ports: Mapping[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
        """Each filter, started, with the port it will listen on."""
        ground, key = self.ground, self.signer.private(self.ground.folder / "s1.private")
        shutil.chown(key, "opendkim")
        asks = f"Nameservers {self.resolver.address}\n"  # it has a resolver of its own
        found = ground.page("opendkim.conf", {"8891": ports["8891"]}, asks)
        yield int(ports["8891"]), ground.start(["/usr/sbin/opendkim", "-f", "-x", found])
        changes = {"8892": ports["8892"], "/etc/dkimkeys/s1.private": str(key)}
        found = ground.page("opendkim-sign.conf", changes, f"{asks}RequireSafeKeys no\n")  # it distrusts /tmp
        yield int(ports["8892"]), ground.start(["/usr/sbin/opendkim", "-f", "-x", found])
        found = ground.page("opendmarc.conf", {"8893": ports["8893"]})
        yield int(ports["8893"]), ground.start(["/usr/sbin/opendmarc", "-f", "-c", found])

    def _write(self, ports: Mapping[str, str]) -> None:
        """Its folders and its configuration."""
        ground, folder = self.ground, self.etc
        for name in ("", "queue", "queue/pid"):
            (folder / name).mkdir()
        for name in (*(f"queue/{each}" for each in _QUEUES), "data"):
            (folder / name).mkdir(mode=0o700)
            shutil.chown(folder / name, "postfix")
        here = {"/etc/postfix": str(folder)}
        submission = {
            **here, **ports, "submission inet n - y": f"127.0.0.1:{self.submission} inet n - n",
            "private/auth": f"inet:127.0.0.1:{self.sasl}",
        }  # fmt: skip
        more = "".join(f"a0{n}@example.com a0{n}@example.com\n" for n in range(6))
        pages = [
            ground.page("header_checks", {}),
            ground.page("copies", {}),
            ground.page("senders", {}, more),
            ground.page(
                "transport", {"127.0.0.1:8024": f"127.0.0.1:{self.door}"}, f"{MAILBOX} lmtp:inet:127.0.0.1:{self.lda}\n"
            ),
            ground.page(
                "main.cf", {**here, "8891": ports["8891"], "8893": ports["8893"]},
                _HERE.format(folder=folder, sink=self.sink, tls=self.tls, key=self.tls.with_suffix(".key")),
            ),
            ground.page("submission.cf", submission, f"\n127.0.0.1:{self.smtp} inet n - n - - smtpd{_SERVICES}"),
        ]  # fmt: skip
        for page in pages:
            page.rename(folder / ("master.cf" if page.name == "submission.cf" else page.name))

    # -- what the tests do with it

    def send(
        self,
        raw: bytes,
        sender: str,
        to: tuple[str, ...] = (ROBOT,),
        *,
        whence: str = OURS,
        name: str = "out.example.com",
    ) -> None:
        """A mail from another machine, as its mail server would hand it over."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as client:
            client.ehlo("tests.example.com")
            code, said = client.docmd("XCLIENT", f"ADDR={whence} NAME={name}")
            assert code == 220, said
            client.ehlo(name)
            for command in (f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{each}>" for each in to), "DATA"):
                code, said = client.docmd(command)
                assert code in (250, 354), (command, said)
            # not the library's way, which holds up the whole process for a large mail, and the chat server in it
            client.send(raw.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
            code, said = client.getreply()
            assert code == 250, said

    def submit(self, raw: bytes, login: str, password: str, sender: str) -> None:
        """A mail of the house, as a person's own program sends it from home."""
        with smtplib.SMTP("127.0.0.1", self.submission, timeout=30) as client:
            client.ehlo("tests.example.com")
            code, said = client.docmd("XCLIENT", f"ADDR={ELSEWHERE} NAME=home.example.net")
            assert code == 220, said
            client.starttls(context=ssl.create_default_context(cafile=str(self.tls)))
            client.login(login, password)
            client.sendmail(sender, [ROBOT], raw)

    def queue(self) -> list[dict[str, object]]:
        """The mails that wait."""
        said = subprocess.run(
            ["/usr/sbin/postqueue", "-c", str(self.etc), "-j"], capture_output=True, check=True, text=True
        )
        return [json.loads(line) for line in said.stdout.splitlines()]

    def delivered(self) -> bool:
        """Whether nothing waits. What does is tried again now: a mail that a queue run met while it was still on its
        way is left alone for minutes."""
        if not self.queue():
            return True
        subprocess.run(["/usr/sbin/postqueue", "-c", str(self.etc), "-f"], check=True)
        time.sleep(0.3)
        return False

    def forget(self) -> None:
        """Throw away what waits."""
        subprocess.run(["/usr/sbin/postsuper", "-c", str(self.etc), "-d", "ALL"], capture_output=True, check=True)
