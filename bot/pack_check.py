"""What can be wrong with a policy pack, each problem with its key: "attempt.2.cap.clause: is missing".

Looks at the parsed TOML, not at the typed policy, so that one wrong value hides no other. Lists count from 1.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import OSA

from bot import pack_calls, pack_floor, pack_pace, pack_rungs
from bot.machines import WORKFLOWS
from bot.pack_shape import POLICIES, Problem, misshapen, near
from workflows.people import Role

OWN_SLAS: Mapping[str, tuple[str, ...]] = types.MappingProxyType(
    {"failed_exam": ("immediate",), "discipline": ("immediate", "hr_approval", "acknowledge", "review")}
)
"""SLAs a workflow asks for by itself, beside those its rules name."""

TEMPLATES = types.MappingProxyType(
    {"proctor": "failed_exam/proctor_needed", "lock": "failed_exam/locked", "attempt": "failed_exam/notice"}
)
"""The template of a notice that names none, by the table it stands in."""

OWNERS = tuple(role for role in Role if role not in (Role.agent, Role.bot, Role.host, Role.proctor))
STAFF = (*OWNERS, Role.proctor)
REACHABLE = (*STAFF, Role.agent)
ANYBODY = (*REACHABLE, Role.host)
LONG_WORD = 8
INHIBITORS = (Role.licensing, Role.tl, Role.esp_manager)  # whose word the concern pack takes
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

TemplateExists = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a pack may refer to beside itself; None asks nothing. `contacts` are names of the roster."""

    template_exists: TemplateExists | None = None
    contacts: Collection[str] | None = None


ANY_HOUSE = House()


def problems(data: Mapping[str, Any], house: House = ANY_HOUSE) -> list[str]:
    """Everything wrong with one parsed pack, as "key: what"; empty when it is right."""
    workflow = data.get("workflow")
    if not isinstance(workflow, str) or workflow not in POLICIES:
        known = ", ".join(POLICIES)
        said = "is missing" if workflow is None else f"{workflow!r} is not a workflow"
        return [f"workflow: {said}; a pack is for one of {known}{near(workflow, POLICIES)}"]
    found: dict[str, str] = {}
    for key, what in (*_rules(workflow, data, house), *misshapen(POLICIES[workflow], data)):
        found.setdefault(key, what)
    return [f"{key}: {what}" for key, what in found.items()]


# -- rules: what must be true between them -----------------------------------------------------------------


def _rules(workflow: str, data: Mapping[str, Any], house: House) -> Iterator[Problem]:
    pack_id = data.get("id")
    if isinstance(pack_id, str) and not _ID.fullmatch(pack_id):
        yield "id", f"{pack_id!r} may hold letters, digits, dots and hyphens only"
    yield from _filled(data, "", "title", "source")
    slas = _table(data.get("sla"))
    for name, sla in slas.items():
        yield from _sla(f"sla.{name}", _table(sla))
    for name in OWN_SLAS.get(workflow, ()):
        if name not in slas:
            yield f"sla.{name}", f"is missing; {workflow} uses it{near(name, slas)}"
    yield from RULES.get(workflow, _any)(data, slas, house)


Rules = Callable[[Mapping[str, Any], Mapping[str, Any], House], Iterator[Problem]]
"""(the pack, its SLAs, what it may refer to) -> what must be true between its keys and is not."""


def _failed_exam(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _people(data, "owner", "correct_by")
    for key, least in (("undo_minutes", 0), ("merge_hours", 0), ("echo_minutes", 0)):
        if isinstance(data.get(key), int) and data[key] < least:
            yield key, "must not be negative"
    yield from _attempts(data.get("attempt"), slas, house)


def _discipline(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _people(data, "hr", "deliver_by", "decide_by")
    yield from _filled(data, "", "consequence", "support")
    yield from _may(data)
    withheld = data.get("export_withholds")
    for n, name in enumerate(withheld if isinstance(withheld, list) else (), 1):
        if isinstance(name, str) and name not in WORKFLOWS:
            yield f"export_withholds.{n}", f"there is no workflow {name}{near(name, WORKFLOWS)}"
    for key in ("final_cc", "review_to", "review_cc"):
        yield from _recipients(data, key, house)


def _coaching(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _any(data, slas, house)
    yield from _may(data)


def _may(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A paper never says what will become of somebody: people decide."""
    said = data.get("consequence")
    if isinstance(said, str) and said.strip() and "may result in" not in " ".join(said.lower().split()):
        yield "consequence", 'it says "may result in ...", for people decide'


def _any(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    """A pack without rules of its own: its numbers are counts, its clocks and recipients exist, wherever they stand."""
    yield from _walk(data, "", slas, house)


def _walk(table: Mapping[str, Any], under: str, slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    for name, value in table.items():
        place = f"{under}.{name}" if under else name
        if place == "sla":
            continue
        if name == "sla" or name.endswith("_sla"):
            if isinstance(value, str) and value and value not in slas:
                yield place, f"there is no [sla.{value}]{near(value, slas)}"
        elif name == "by" or name == "owner" or name.endswith(("_by", "_owner")):
            yield from _people(table, name, under=under, allowed=ANYBODY)
        elif isinstance(value, dict) and {"to", "behalf"} & set(value):
            yield from _notice(place, value, house, str(value.get("template") or ""))
        elif isinstance(value, dict):
            yield from _walk(value, place, slas, house)
        elif isinstance(value, list):
            for n, one in enumerate(value, 1):
                if isinstance(one, dict):
                    yield from _walk(one, f"{place}.{n}", slas, house)
        elif isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
            yield place, "must not be negative"


def _training(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _any(data, slas, house)
    yield from pack_pace.problems(data)


def _concern(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _people(data, "by")
    yield from _notice("notice", data.get("notice"), house, "concern/inhibitor")
    yield from _people(data, "flag_owner", "flag_close_by")
    yield from _people(data, "flag_by", allowed=ANYBODY)
    yield from _notice("flag_notice", data.get("flag_notice"), house, "concern/flag")
    for name in ("flag_sla", "flag_open_sla"):
        if isinstance(data.get(name), str) and data[name] not in slas:
            yield name, f"there is no [sla.{data[name]}]{near(data[name], slas)}"


def _call_cert(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _any(data, slas, house)
    yield from pack_rungs.problems(_table(data.get("ladder")))
    yield from pack_calls.call_cert(data)


def _tbt(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _any(data, slas, house)
    yield from pack_calls.tbt(data)


def _completion(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _any(data, slas, house)
    yield from pack_rungs.completion(data)


def _floor(data: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _any(data, slas, house)
    yield from FLOOR[data["workflow"]](data)


FLOOR = types.MappingProxyType(
    {"progress": pack_floor.progress, "equipment": pack_floor.equipment, "ticket": pack_floor.ticket}
)


RULES: Mapping[str, Rules] = types.MappingProxyType(
    {
        "failed_exam": _failed_exam,
        "discipline": _discipline,
        "coaching": _coaching,
        "concern": _concern,
        "call_cert": _call_cert,
        "tbt": _tbt,
        "completion": _completion,
        "licensing_training": _training,
        **dict.fromkeys(FLOOR, _floor),
    }
)
"""By workflow; any other pack is walked through by the names of its keys."""


def _sla(key: str, sla: Mapping[str, Any]) -> Iterator[Problem]:
    due, again = _table(sla.get("due")).get("offset"), _table(sla.get("repeat")).get("offset")
    if isinstance(due, int) and due < 0:
        yield f"{key}.due.offset", "a duty cannot be due before it begins"
    if isinstance(again, int) and again <= 0:
        yield f"{key}.repeat.offset", "must be more than 0"
    for n, step in enumerate(_list(sla.get("steps")), 1):
        offset = _table(step).get("offset")
        if isinstance(offset, int) and offset < 0 and _table(step).get("anchor", "start") != "due":
            yield f"{key}.steps.{n}.offset", 'is before the duty begins; only anchor = "due" has a before'


def _attempts(attempts: object, slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    rules = _list(attempts)
    if isinstance(attempts, list) and not rules:
        yield "attempt", "a pack needs at least one [[attempt]]"
    for n, rule in enumerate(map(_table, rules), 1):
        key = f"attempt.{n}"
        if rule.get("n", n) != n:
            yield (
                f"{key}.n",
                f"this is the attempt number {n} of the file, not {rule['n']!r}: they run from 1 on, in order",
            )
        yield from _attempt(key, rule, slas, house)
        if n == len(rules):
            yield from _last(key, rule)
        else:
            for name in ("confirm", "lock"):
                if name in rule:
                    yield f"{key}.{name}", f"only the last attempt ({len(rules)}) may have one"


def _last(key: str, rule: Mapping[str, Any]) -> Iterator[Problem]:
    if "confirm" not in rule and "lock" not in rule:
        yield f"{key}.confirm", "the last attempt needs a confirm or a lock"
    for name in ("coach", "proctor", "review"):
        if name in rule:
            yield f"{key}.{name}", "the last attempt has no next one to prepare"


def _attempt(key: str, rule: Mapping[str, Any], slas: Mapping[str, Any], house: House) -> Iterator[Problem]:
    yield from _notice(f"{key}.notice", rule.get("notice"), house, TEMPLATES["attempt"])
    for name in ("form", "coach", "cap", "proctor", "review", "confirm"):
        if isinstance(part := rule.get(name), dict):
            yield from _clock(f"{key}.{name}", name, part, slas)
    yield from _people(_table(rule.get("form")), "owner", under=f"{key}.form", allowed=REACHABLE)
    for name in ("coach", "cap", "review"):
        yield from _people(_table(rule.get(name)), "owner", under=f"{key}.{name}")
    yield from _people(_table(rule.get("proctor")), "by", under=f"{key}.proctor")
    yield from _people(_table(rule.get("confirm")), "by", "cards", under=f"{key}.confirm", allowed=STAFF)
    if isinstance(cap := rule.get("cap"), dict):
        for name, said in (
            ("clause", "a CAP needs its mandatory clause"),
            ("expectation", "a CAP says what is expected"),
        ):
            if not str(cap.get(name, "")).strip():
                yield f"{key}.cap.{name}", said
        yield from _filled(cap, f"{key}.cap", "allowed")
    if isinstance(proctor := rule.get("proctor"), dict):
        yield from _notice(f"{key}.proctor.notice", proctor.get("notice"), house, TEMPLATES["proctor"])
        if isinstance(minutes := proctor.get("minutes"), int) and minutes <= 0:
            yield f"{key}.proctor.minutes", "must be more than 0"
        yield from _filled(proctor, f"{key}.proctor", "says")
    if isinstance(lock := rule.get("lock"), dict):
        yield from _notice(f"{key}.lock.notice", lock.get("notice"), house, TEMPLATES["lock"])
        if lock.get("inhibitor"):
            yield from _people(lock, "inhibitor", under=f"{key}.lock", allowed=INHIBITORS)


def _clock(key: str, name: str, part: Mapping[str, Any], slas: Mapping[str, Any]) -> Iterator[Problem]:
    if not part.get("sla"):
        what = "a proctor needs the SLA by which the sitting is scheduled" if name == "proctor" else "is missing"
        yield f"{key}.sla", what
    for field in ("sla", "result_sla"):
        wanted = part.get(field, "immediate" if name == "proctor" else None)
        if isinstance(wanted, str) and wanted and wanted not in slas:
            yield f"{key}.{field}", f"there is no [sla.{wanted}]{near(wanted, slas)}"


def _notice(key: str, notice: object, house: House, usual: str) -> Iterator[Problem]:
    if not isinstance(notice, dict):
        return
    for field in ("to", "cc"):
        yield from _recipients(notice, field, house, key)
    if notice.get("to") == []:
        yield f"{key}.to", "a notice needs somebody to go to"
    yield from _people(notice, "behalf", under=key, allowed=REACHABLE)
    template = notice.get("template") or usual
    if house.template_exists and template and isinstance(template, str) and not house.template_exists(template):
        yield f"{key}.template", f"there is no template {template!r}"


def _people(
    table: Mapping[str, Any], *names: str, under: str = "", allowed: tuple[Role, ...] = OWNERS
) -> Iterator[Problem]:
    """Whoever owes, decides or speaks must be a role: a contact is only an address."""
    for name in names:
        for place, value in _each(table, name, under):
            if value not in allowed:
                more = "; a contact can only be written to" if _NAME.fullmatch(value) else ""
                yield place, f"{value!r} is not a role that can do this{near(value, allowed) or more}"


def _recipients(table: Mapping[str, Any], name: str, house: House, under: str = "") -> Iterator[Problem]:
    """Whoever is written to: a role, the agent, or a contact; where those are not known, what looks like one."""
    for place, value in _each(table, name, under):
        if value in REACHABLE or (house.contacts is not None and value in house.contacts):
            continue
        meant = _mistyped(value)
        if house.contacts is not None:
            yield place, f"{value!r} is neither a role nor a contact{meant or near(value, house.contacts)}"
        elif meant or not _NAME.fullmatch(value) or value in (Role.bot, Role.host):
            yield place, f"{value!r} is neither a role nor the name of a contact{meant}"


def _filled(table: Mapping[str, Any], under: str, *names: str) -> Iterator[Problem]:
    for name in names:
        if isinstance(table.get(name), str) and not table[name].strip():
            yield f"{under}.{name}" if under else name, "must not be empty"


def _each(table: Mapping[str, Any], name: str, under: str) -> Iterator[tuple[str, str]]:
    place, value = f"{under}.{name}" if under else name, table.get(name)
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list):
        yield from ((f"{place}.{n}", one) for n, one in enumerate(value, 1) if isinstance(one, str))


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mistyped(word: str) -> str:
    """The role a word was meant to be: one slip away, two in a long word. "licensing_team" is a contact."""
    for role in REACHABLE:
        if OSA.distance(word.casefold(), role) <= (1 if len(role) < LONG_WORD else 2):
            return f"; did you mean {role.value!r}?"
    return ""
