"""What all servers of these tests stand on: a folder their users may enter, free ports, processes ended by their pid.

The configuration comes from docs/mail-server, with the addresses and paths of the test in place of the usual ones,
so that what the guide shows is what was run.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs" / "mail-server"
PROGRAMS = {
    "postfix": ("/usr/sbin/postfix", "/usr/lib/postfix/sbin/master"),
    "opendkim": ("/usr/sbin/opendkim",),
    "opendmarc": ("/usr/sbin/opendmarc",),
    "publicsuffix": ("/usr/share/publicsuffix/public_suffix_list.dat",),
    "dovecot-imapd": ("/usr/sbin/dovecot", "/usr/lib/dovecot/imap"),
    "dovecot-lmtpd": ("/usr/lib/dovecot/lmtp",),
}
"""Debian's packages by what they bring."""

ASIDE = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'
"""Runs a program that asks our name server and no other: a mount nobody else sees."""


def needed(*packages: str) -> None:
    """Skip, and say what is missing, where these servers cannot run."""
    missing = [name for name in packages if not all(Path(each).exists() for each in PROGRAMS[name])]
    if missing:
        pytest.skip(f"no real mail servers here (Debian: apt-get install --no-install-recommends {' '.join(missing)})")
    if os.geteuid() != 0:
        pytest.skip("the real mail servers start as root and give it up; these tests do not run as root")
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("the real mail servers want a name server of their own: `unshare --mount` is not allowed here")


def free_port() -> int:
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        return int(spare.getsockname()[1])


@dataclass
class Ground:
    """A folder and the processes that work in it."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="certdesk-servers-")))
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    resolv: Path | None = None

    def __post_init__(self) -> None:
        self.folder.chmod(0o711)  # each daemon's user passes through

    def __enter__(self) -> Ground:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def names(self, address: str) -> None:
        """Everything started from now on asks this name server."""
        self.resolv = self.folder / "resolv.conf"
        self.resolv.write_text(f"nameserver {address}\noptions timeout:1 attempts:1\n")

    def page(self, name: str, changes: Mapping[str, str], more: str = "") -> Path:
        """A file of docs/mail-server with what is different here; every change must fit somewhere."""
        text = (PAGES / name).read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, f"docs/mail-server/{name} does not say {old!r}"
            text = text.replace(old, new)
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + more, encoding="utf-8")
        return path

    def start(self, words: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        """A process of its own session; what it says goes to `log`."""
        command = [str(each) for each in words]
        if self.resolv is not None:
            command = ["unshare", "--mount", "sh", "-c", ASIDE, "sh", str(self.resolv), *command]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, cwd=self.folder,
            )  # fmt: skip
        self.started.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
        """Told to stop, by its pid; gone when this returns."""
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        with contextlib.suppress(ProcessLookupError):  # and whoever it left behind in its session
            os.killpg(process.pid, signal.SIGKILL)
        self.started.remove(process)

    def reached(self, port: int, process: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
        """Until somebody listens there; AssertionError with the log when the process ends instead."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            with socket.socket() as tried:
                tried.settimeout(1)
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    return
            assert process.poll() is None, f"{process.args!r} ended:\n{self.log()}"
            time.sleep(0.02)
        raise AssertionError(f"nobody listens on {port}:\n{self.log()}")

    def log(self) -> str:
        """What the servers wrote, the last of it."""
        found = [path for name in ("log", "mail.log", "dovecot.log") for path in sorted(self.folder.rglob(name))]
        return "\n".join(path.read_text(errors="replace")[-8000:] for path in found if path.is_file())

    def close(self) -> None:
        """Nobody is left running, nothing is left lying."""
        for process in reversed(list(self.started)):
            self.end(process, signal.SIGKILL)  # the filters take five seconds to say goodbye
        shutil.rmtree(self.folder, ignore_errors=True)
