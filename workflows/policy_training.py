"""The licensing-training packs, typed: engagement checks, certification pace, session links (SPEC 3.2, 3.4, 3.11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from workflows.policy import Cap, Notice, Recipient, Sla

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Checks around the breaks of a class day (SPEC 3.2).

    `rule`: two checks missed in a row, or up and down of the same break. A check is void when at least `void_least`
    and `void_share` percent of those expected miss it. `mark_by` get the card and decide; `tracker` is the cell's
    value, `category` the word for WFM.
    """

    __pydantic_config__ = _STRICT

    rule: Literal["consecutive", "same_break"]
    check_minutes: int
    host_minutes: int
    early_hours: int
    void_share: int
    void_least: int
    expectations: tuple[str, ...]
    host_reminders: tuple[str, ...]
    hands_by: tuple[Recipient, ...]
    arrival_by: tuple[Recipient, ...]
    mark_by: tuple[Recipient, ...]
    sla: str
    help_sla: str
    correct_by: tuple[Recipient, ...]
    correct_later_by: tuple[Recipient, ...]
    category: str
    tracker: str
    note: str
    corrected_note: str
    coach_owner: Recipient
    coach_sla: str
    coach_subject: str
    expectation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What must be done by the end ("eos") of the n-th class day, or so long ("+4h") after its start.

    Checkpoints add up: at each one all items of the earlier ones are due too. `advised` quizzes and `open` items are
    only mentioned. `notice` is the mail that says it was missed.
    """

    __pydantic_config__ = _STRICT

    name: str
    day: int
    at: str = "eos"
    items: tuple[str, ...] = ()
    quiz_required: tuple[int, ...] = ()
    quiz_advised: tuple[int, ...] = ()
    open: tuple[str, ...] = ()
    on_miss: Literal["behind", "overdue"] = "behind"
    notice: Notice | None = None

    @property
    def required(self) -> tuple[str, ...]:
        """Every item that must be there, quizzes as "Q1"."""
        return (*self.items, *(f"Q{n}" for n in self.quiz_required))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The time after the Final CAP: `hours` of extra sessions, which WFM places within `window_days` business days.

    For one on a holiday, or another day the site is closed, WFM is asked whether it is agreed ("ask"); it may as well
    be refused or accepted: rest days and holiday pay are a matter of labour law.
    """

    __pydantic_config__ = _STRICT

    hours: int
    sessions: int
    session_hours: int
    window_days: int
    sla: str
    owner: Recipient = "wfm"
    channel: str = "wfm"
    allow_finish_session: bool = True
    on_closed_days: Literal["ask", "refuse", "accept"] = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """Who judges proofs: `items` count only when verified, `file` ones are claimed with a picture or PDF only.

    `exams` says by which names of the roster's exams an item is meant: "passed ahip" is a claim of the final.
    """

    __pydantic_config__ = _STRICT

    items: tuple[str, ...]
    file: tuple[str, ...]
    owner: Recipient
    sla: str
    notice: Notice
    least_pixels: int = 200
    exams: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionForm:
    """The form that follows the last proof, and what the tracker says before and after."""

    __pydantic_config__ = _STRICT

    title: str
    owner: Recipient
    sla: str
    tracker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Reasons beyond an agent's control (key = words), who grants them and who is asked; who may propose one."""

    __pydantic_config__ = _STRICT

    reasons: dict[str, str]
    grant_by: tuple[Recipient, ...]
    sla: str
    absence: str = "absence"
    propose_by: tuple[Recipient, ...] = (
        "agent", "workshop_lead", "host", "esp_manager", "cert_coordinator", "certifier", "tbt_sme",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Checkpoints of carrier certification. `unpaid` names the breaks that are no cert time, `window` its days."""

    __pydantic_config__ = _STRICT

    policy: str
    window: str
    checkpoint: tuple[Checkpoint, ...]
    titles: dict[str, str]
    proof: Proofs
    form: CompletionForm
    block: Blocks
    tracker_open: str
    tracker_complete: str
    cap: Cap | None = None
    extension: Extension | None = None
    checkmarks_include_product: bool = False
    unpaid: tuple[str, ...] = ("lunch",)
    advice: tuple[str, ...] = ()

    def titled(self, items: Iterable[str]) -> tuple[str, ...]:
        """Items as people call them; numbered ones of a kind together: "modules 1-3"."""
        numbers: dict[str, list[int]] = {}
        for item in items:
            kind = item.rstrip("0123456789")
            numbers.setdefault(kind, []).extend([int(item[len(kind) :])] if item != kind else [])
        return tuple(_numbered(self.titles.get(kind, kind), sorted(found)) for kind, found in numbers.items())


def _numbered(title: str, numbers: list[int]) -> str:
    """ "module 1", "modules 1-3, 5"."""
    if not numbers:
        return title
    runs: list[list[int]] = []
    for n in numbers:
        if runs and runs[-1][-1] == n - 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    said = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return f"{title}{'s' if len(numbers) > 1 else ''} {said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """Something to be ready before the first day; `says` is the card, `done` the button."""

    __pydantic_config__ = _STRICT

    name: str
    title: str
    says: str
    done: str = "Done"
    addresses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """What the class is told on the morning of a class day, beside the pace table."""

    __pydantic_config__ = _STRICT

    day: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """What only people can do on a class day: they are reminded of it in the morning."""

    __pydantic_config__ = _STRICT

    day: int
    to: Recipient
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLinks:
    """When a class's session link is asked for and sent, what is prepared before, and the mornings' posts.

    `missing_hours` are hours before the start at which `remind` hear that there is no link; `latest_hours` is the
    last moment; `meet_minutes` is how long before a shadowing those named are reminded.
    """

    __pydantic_config__ = _STRICT

    opens_days: int
    missing_hours: tuple[int, ...]
    latest_hours: int
    by: tuple[Recipient, ...]
    remind: Recipient
    notice: Notice
    meet_by: tuple[Recipient, ...]
    meet_minutes: int
    prepare: tuple[Preparation, ...] = ()
    prepare_owner: Recipient = "licensing"
    prepare_sla: str = ""
    tip: tuple[Tip, ...] = ()
    todo: tuple[Todo, ...] = ()
    daily: str = ""
    posts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPolicy:
    """A licensing-training pack."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["licensing_training"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    engagement: Engagement
    pace: Pace
    session_link: SessionLinks
    description: str = ""
