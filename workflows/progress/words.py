"""What a report says in a line: for the tracker's note and the echo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflows.policy_floor import ProgressLimits
from workflows.progress.data import Fields

TITLES = {
    "modules": "modules",
    "quizzes": "quiz screenshots",
    "ahip": "AHIP final",
    "aetna": "Aetna courses",
    "checkmarks": "13 checkmarks",
    "product": "product modules",
    "equipment": "equipment",
    "tbt": "TBTs",
    "calls": "call certs",
}
"""What people call the fields of a report."""


def runs(numbers: Sequence[int]) -> str:
    """1, 2, 3, 5 as "1-3, 5"."""
    found: list[list[int]] = []
    for n in sorted(numbers):
        if found and n == found[-1][-1] + 1:
            found[-1].append(n)
        else:
            found.append([n])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in found)


def parts(fields: Fields, limits: ProgressLimits) -> Iterator[str]:
    """Each field that was mentioned, in a few words."""
    if fields.modules:
        yield f"{'modules' if len(fields.modules) > 1 else 'module'} {runs(fields.modules)}"
    if fields.quizzes:
        yield f"{'quiz screenshots' if len(fields.quizzes) > 1 else 'quiz screenshot'} {runs(fields.quizzes)}"
    if fields.ahip:
        yield f"AHIP final {fields.ahip}"
    for name, yes, no in (
        ("aetna", "Aetna courses done", "Aetna courses not done"),
        ("checkmarks", "13 checkmarks", "13 checkmarks not yet"),
        ("product", "product modules done", "product modules not done"),
        ("equipment", "equipment OK", "equipment not OK"),
    ):
        if (said := getattr(fields, name)) is not None:
            yield yes if said else no
    if fields.tbt is not None:
        yield f"TBTs {fields.tbt}/{limits.tbt}"
    if fields.calls is not None:
        yield f"call certs {fields.calls}/{limits.calls}"


def note(fields: Fields, limits: ProgressLimits) -> str:
    """The tracker's note: never how an exam went, nor words the agent would not want there."""
    told = [part for part in parts(fields, limits) if not part.endswith("failed")]
    if fields.blockers and not fields.hushed:
        told.append(f"blocked by {fields.blockers}")
    if fields.note and not fields.hushed:
        told.append(fields.note)
    return f"Progress: {'; '.join(told)}" if told else "Progress reported"
