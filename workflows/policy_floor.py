"""The packs of the floor's other procedures, typed: attendance, progress, equipment, tickets, completion, coaching,
red flags and the site's day (SPEC 3.3, 3.7 to 3.11, 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from workflows.policy import Notice, Recipient, Sla

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The tracker's words for an occurrence; shorter than `short_minutes` has a word of its own."""

    __pydantic_config__ = _STRICT

    short_minutes: int
    late_short: str
    late_long: str
    early_short: str
    early_long: str
    absent: str
    excused: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendancePolicy:
    """An attendance pack (SPEC 3.3): from `grace_minutes` sharp late or early is an occurrence, from `long_hours` sharp
    the graver one. `confirm_by` get the card; `approve_by` are those whose excuse is an approved absence. No points
    are computed: there is no policy for them. `words` say what each category is called for people; {grace} and {hours}
    in them are the pack's numbers. WFM's line keeps the category's own name (C-WFM-ATT)."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["attendance"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    grace_minutes: int
    long_hours: int
    enter_by: tuple[Recipient, ...]
    confirm_by: tuple[Recipient, ...]
    confirm_sla: str
    excuse_by: tuple[Recipient, ...]
    approve_by: tuple[Recipient, ...]
    correct_by: tuple[Recipient, ...]
    correct_later_by: tuple[Recipient, ...]
    coach_owner: Recipient
    coach_sla: str
    coach_subject: str
    expectation: str
    tracker: Vocabulary
    points: Literal[False] = False
    description: str = ""
    words: dict[str, str] = field(default_factory=dict)

    def called(self, category: str) -> str:
        """What people call a category; its own name where the pack has no word."""
        word = self.words.get(category, category)
        return word.replace("{grace}", str(self.grace_minutes)).replace("{hours}", str(self.long_hours))


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingPolicy:
    """Who records a coaching another workflow calls for, and who gets its record."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["coaching"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    by: tuple[Recipient, ...]
    notice: Notice
    fate_sla: str = "immediate"
    allowed: str = ""
    consequence: str = ""
    support: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTimes:
    """When the site's day does what, in site time."""

    __pydantic_config__ = _STRICT

    queue: time
    touch_base: time
    boards: tuple[time, ...]
    checklist: time
    search_pack: time
    wfm_summary: time
    drafts: time
    send: time
    weekly: time


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """A report that goes out by itself: by which name, to whom, under which name of the specification.

    `key` is the word people type ("call"). `approve_first`: the first time it goes to this list it waits for a press.
    """

    __pydantic_config__ = _STRICT

    key: str
    name: str
    to: tuple[Recipient, ...]
    cc: tuple[Recipient, ...] = ()
    id: str = ""
    behalf: Recipient = "cert_coordinator"
    drafted: bool = True
    approve_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOff:
    """Whose tracker columns must be up to date before he logs off."""

    __pydantic_config__ = _STRICT

    role: Recipient
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDayPolicy:
    """The routine of a site's business day: reminders, boards, checklists, summaries and reports (SPEC 7)."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["site_day"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    times: SiteTimes
    report: tuple[SiteReport, ...]
    checklist: tuple[LogOff, ...]
    queue_to: tuple[Recipient, ...]
    board_to: tuple[Recipient, ...]
    draft_by: tuple[Recipient, ...]
    search_pack: Notice
    summary_channel: str = "wfm"
    approve_sla: str = "report"
    tbt_oids: bool = False
    description: str = ""

    def reported(self, key: str) -> SiteReport | None:
        """The report of that key."""
        return next((each for each in self.report if each.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressLimits:
    """How many there are of each; `tbt` is the length of the course list of the TBT pack."""

    __pydantic_config__ = _STRICT

    modules: int
    quizzes: int
    checkmarks: int
    tbt: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressCoaching:
    """When missing reports are worth a talk: so many days without one `within_days` business days."""

    __pydantic_config__ = _STRICT

    missing: int
    within_days: int
    ask: Recipient
    ask_sla: str
    owner: Recipient
    sla: str
    subject: str
    expectation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPolicy:
    """The daily self-report. `carrier` and `calls` are the fields looked for before and in the call-cert phase;
    `files` are the media types taken with a report; `post` is the channel reminded at the prompt ("" = none)."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["progress"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    prompt_minutes_before_end: int
    cutoff_minutes_after_end: int
    digest_to: tuple[Recipient, ...]
    notice: Notice
    limits: ProgressLimits
    carrier: tuple[str, ...]
    calls: tuple[str, ...]
    coaching: ProgressCoaching
    column: str
    sheet: str
    files: tuple[str, ...]
    post: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentPolicy:
    """Equipment: who sees to it before and in the call-cert phase, when it is asked for and nudged.

    `nudge_at` is a wall time of the site; `words` are the tracker's by state; `files` the media types taken.
    """

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["equipment"]
    title: str
    source: str
    effective_from: date
    owner: Recipient
    owner_before_calls: Recipient
    reported_by: tuple[Recipient, ...]
    poll_minutes_after_start: int
    nudge_at: str
    reopen_days: int
    notice: Notice
    column: str
    words: dict[str, str]
    learning_hub: str
    files: tuple[str, ...]
    least_pixels: int = 0
    sla: dict[str, Sla] | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketKind:
    """One kind of carrier ticket: what the agent tries first, and what follows when that does not help.

    `block` is the reason of the block it proposes ("" = none); `day_one` are listed on the first day; `profile`
    asks for the profile before a draft; `words` says that the error's words do without a screenshot.
    """

    __pydantic_config__ = _STRICT

    title: str
    steps: tuple[str, ...]
    block: str = ""
    day_one: bool = False
    profile: bool = False
    words: bool = False
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A page of the house people are sent to, `staff` ones not the agents; "" for a `url` nobody has filled in."""

    __pydantic_config__ = _STRICT

    title: str
    url: str = ""
    staff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownError:
    """An error whose words are known: the kind of ticket it belongs to."""

    __pydantic_config__ = _STRICT

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOne:
    """Tickets that must not outlive the first day: who gets the list when, who hears of those open at its end."""

    __pydantic_config__ = _STRICT

    list_at: str
    list_to: tuple[Recipient, ...]
    escalate_to: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPolicy:
    """Carrier tickets. `likeness` is from which likeness (0 to 100) a pasted text is a known error; `other` is the kind
    of any other; `block_from` says whether a block is proposed with the report or with the draft."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["ticket"]
    title: str
    source: str
    effective_from: date
    owner: Recipient
    draft_sla: str
    resolved_by: tuple[Recipient, ...]
    reported_by: tuple[Recipient, ...]
    general: tuple[str, ...]
    never: tuple[str, ...]
    profile: tuple[str, ...]
    kind: dict[str, TicketKind]
    error: tuple[KnownError, ...]
    likeness: int
    other: str
    day_one: DayOne
    block_from: Literal["report", "draft"]
    forms: tuple[str, ...]
    directed: tuple[str, ...]
    guide: str
    files: tuple[str, ...]
    least_pixels: int = 0
    guides: tuple[Guide, ...] = ()
    sla: dict[str, Sla] | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionPolicy:
    """What makes an agent complete, who is told, and how the move to production goes.

    `items` are the items by their names for people; those of `given` count until somebody says otherwise, those of
    `renewed` lose a waiver with every new report. `status` and `rts` are the tracker's words.
    """

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["completion"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    items: dict[str, str]
    rts_by: tuple[Recipient, ...]
    waive_by: tuple[Recipient, ...]
    owner: Recipient
    release_by: tuple[Recipient, ...]
    note_by: tuple[Recipient, ...]
    correct_by: tuple[Recipient, ...]
    notice: Notice
    tell_hold: tuple[Recipient, ...]
    status: dict[Literal["in_esp", "complete", "held", "production"], str]
    rts: dict[Literal["yes", "no"], str]
    transition_sla: str
    hold_sla: str
    given: tuple[str, ...] = ("inhibitor",)
    renewed: tuple[str, ...] = ("inhibitor",)
    description: str = ""
