"""`make bench`: prints, from one run, what the bot does beside the same wires without a store.

The second half of it, mails, is `bench/courier.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

WIDTH = 50
"""People with one message in flight each."""

REPEATED = "fail ahip 1"
"""Said the second time it is a fact with one answer: one decision, one reply, nothing else set in motion."""


def spawn(module: str, *args: str) -> subprocess.Popen[str]:
    """A Python process of ours, talked to by lines."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def ask(process: subprocess.Popen[str], question: dict[str, Any]) -> dict[str, Any]:
    """One line in, one line out."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(question) + "\n")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def end(process: subprocess.Popen[str]) -> str:
    """Close its input; the last thing it said."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    said = process.stdout.read().strip()
    process.wait(timeout=60)
    return said


def measure(people: int, *, bare: bool) -> dict[str, Any]:
    """One side of the comparison against a server of its own."""
    server = spawn("bench.load", str(people))
    assert server.stdout is not None
    there = server.stdout.readline().strip()
    began = time.perf_counter()
    desk = spawn(
        "bench.desk",
        there,
        str(people),
        *(["--bare"] if bare else []),
        *[arg for arg in sys.argv[2:] if arg in ("--profile", "--alone") and not bare],
    )
    assert desk.stdout is not None
    ready = desk.stdout.readline().split()
    found: dict[str, Any] = {
        "process_to_ready": time.perf_counter() - began,
        "ready": float(ready[1]) if len(ready) > 1 else 0.0,
    }
    phase = {"people": people, "width": WIDTH, "words": REPEATED}
    found["first"] = ask(server, {**phase, "name": "first"})
    found["repeated"] = ask(server, {**phase, "name": "repeated"})
    found["memory_mb"] = json.loads(end(desk))["memory_mb"]
    end(server)
    return found


def main() -> None:
    """Measure both and print the figures."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    wires, desk = measure(people, bare=True), measure(people, bare=False)
    rows = [
        ("same wires, nothing stored", wires["repeated"]),
        ("a fact with one answer (decision, fsync, reply)", desk["repeated"]),
        ("a first fail (decision, fsync, reply, card, mail, four timers)", desk["first"]),
    ]
    print(f"{people} agents, {WIDTH} with one message in flight each\n")
    print(f"{'':66}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}{'ratio':>8}")
    for name, row in rows:
        print(
            f"{name:66}{row['rate']:>10,.0f}{row['p50_ms']:>9.1f}{row['p99_ms']:>9.1f}"
            f"{row['rate'] / wires['repeated']['rate']:>8.2f}"
        )
    print(f"\nmemory at the peak {desk['memory_mb']:.0f} MB (wires alone {wires['memory_mb']:.0f} MB)")
    print(
        f"start to ready {desk['ready']:.2f} s, from the process's first breath {desk['process_to_ready']:.2f} s"
        " (a fresh database and its roster included)"
    )


if __name__ == "__main__":
    main()
