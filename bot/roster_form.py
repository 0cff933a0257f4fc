"""The form of a roster file: its tables and keys, and which words they may hold.

What belongs together across tables is checked in `bot/roster.py`. Source: `domain/roster.example.toml`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, TypeVar, cast, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

LONGEST_TEXT = 200
MIDNIGHT = time(0)


def _text(text: str) -> str:
    if not text or text != text.strip():
        raise ValueError("must not be empty or begin or end with a space")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT} characters")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text):
        raise ValueError("holds a line break or another control character")
    return text


_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{1,254}}\Z)(?=[^@]{{1,64}}@){_LOCAL}@({_LABEL}\.)+{_LABEL}")


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError(f"{text!r} is not an e-mail address")
    return text


def _channel(text: str) -> str:
    if not re.fullmatch(r"#[\w.-]+", text):
        raise ValueError(f'{text!r} is not a channel such as "#wfm"')
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ValueError, OSError, LookupError):  # not a name, a folder of names, no such name
        raise ValueError(f"{text!r} is not a time zone of the tz database") from None
    return text


def _wall(value: object) -> time:
    if isinstance(value, time) and value == value.replace(second=0, microsecond=0):
        return value
    if isinstance(value, str) and (found := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value)):
        return time(int(found[1]), int(found[2]))
    raise ValueError(f'{value!s} is not a time of day such as "08:00"')


def _end(value: object) -> time:
    return MIDNIGHT if value == "24:00" else _wall(value)


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(f"{value!s} is not a day such as 2026-11-16")


def _month_day(text: str) -> str:
    try:
        if re.fullmatch(r"\d\d-\d\d", text):
            return date.fromisoformat(f"2024-{text}").strftime("%m-%d")
    except ValueError:
        pass
    raise ValueError(f'{text!r} is not a day of the year such as "07-01"')


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(_text)]
Email = Annotated[str, AfterValidator(_email)]
Channel = Annotated[str, AfterValidator(_channel)]
Zone = Annotated[str, AfterValidator(_zone)]
Wall = Annotated[time, BeforeValidator(_wall)]
End = Annotated[time, BeforeValidator(_end)]
Day = Annotated[date, BeforeValidator(_day)]
MonthDay = Annotated[str, AfterValidator(_month_day)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


F = TypeVar("F", bound=Table)


class HoursForm(Table):
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    open: Wall
    close: End


class SiteForm(Table):
    name: Text
    tz: Zone
    hours: HoursForm
    holidays: list[Day] = []


class ShiftForm(Table):
    start: Wall
    end: End


class BreakForm(ShiftForm):
    name: Text


class ClassForm(Table):
    site: str
    channel: Channel
    start: Day
    shift: ShiftForm
    call_cert_start: Day | None = None
    breaks: list[BreakForm] = []
    host: str | None = None
    tbt_smes: list[str] = []
    tz: Zone | None = None


class PersonForm(Table):
    name: Text
    email: Email
    roles: list[str]
    manager: str | None = None


class SlotForm(Table):
    start: datetime
    end: datetime


class AgentForm(Table):
    first: Text
    last: Text
    oid: Text
    email: Email
    class_name: str = Field(alias="class")
    tl: str
    pm: str
    site_director: str
    hr_rep: str
    esp_manager: str
    workshop_lead: str | None = None
    cert_coordinator: str | None = None
    personal_email: Email | None = None
    tz: Zone | None = None
    npn: Text | None = None
    n_number: Text | None = None
    n_number_requested: Day | None = None
    call_cert_start: Day | None = None
    ot: list[SlotForm] = []


class ExamForm(Table):
    name: Text
    aliases: list[Text] = []
    carrier: Text
    kind: Literal["limited", "practice"]
    attempts: int | None = Field(default=None, ge=1)
    pack: Text | None = None
    plan_year_starts: MonthDay | None = None


def as_far_as_right(model: type[F], said: dict[str, Any]) -> F:
    """What is right of an entry that is wrong as a whole, None for the rest: to be judged, never to be built from."""
    right = {n: _right(each.rebuild_annotation(), said.get(each.alias or n)) for n, each in model.model_fields.items()}
    return cast(F, model.model_construct(**right))


def _right(about: Any, value: Any) -> Any:
    try:
        return TypeAdapter(about).validate_python(value, strict=True)
    except ValidationError:
        if get_origin(about) is list and isinstance(value, list):
            return [_right(get_args(about)[0], each) for each in value]  # the others keep their places
        return None


Channels = dict[str, Channel]
Contacts = dict[str, Annotated[list[Email], BeforeValidator(_several), Field(min_length=1)]]
Packs = dict[
    Literal[
        "failed_exam", "licensing_training", "call_cert", "tbt", "attendance",
        "progress", "equipment", "ticket", "completion", "site_day",
    ],
    Text,
]  # fmt: skip
