"""A page that shows every card and mail with example facts, so that a person can look before others read them.

Written to a folder as one self-contained index.html; nothing is sent and nothing else is read.
"""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from markupsafe import Markup, escape

from bot import (
    preview_calls,
    preview_cases,
    preview_cast,
    preview_classroom,
    preview_finish,
    preview_floor,
    preview_house,
    preview_pace,
    preview_say,
    preview_site,
    preview_technical,
)
from bot.preview_cast import Example
from bot.render import Context, Letter, Renderer

_STYLE = Markup("""
body { margin: 0; background: #eef1f4; color: #1f2329; font: 15px/1.45 Inter, -apple-system, "Segoe UI", sans-serif; }
header, section { max-width: 1180px; margin: 0 auto; padding: 16px 20px; }
h1 { font-size: 24px; margin: 12px 0 4px; } h2 { font-size: 20px; margin: 28px 0 12px; }
h3 { font: 600 13px/1.4 ui-monospace, Menlo, monospace; margin: 0 0 6px; color: #45505e; }
h3 small { font-weight: 400; color: #5f6b7a; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 14px; }
.card { background: #fff; border: 1px solid #d7dce2; border-radius: 8px; padding: 12px 14px; overflow-wrap: anywhere; }
.said { white-space: pre-wrap; margin: 0; } .said code { background: #f1f3f5; border: 1px solid #dde2e7;
  border-radius: 3px; padding: 0 4px; font: 13px ui-monospace, Menlo, monospace; color: #8a1f3c; }
.buttons { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 10px; }
.buttons span { background: #e4e7ea; border-radius: 4px; padding: 5px 12px; font-weight: 600; font-size: 13px; }
.mail { background: #fff; border: 1px solid #d7dce2; border-radius: 8px; padding: 12px 14px; margin-bottom: 16px; }
.subject { font-weight: 650; margin: 0 0 10px; } .parts { display: flex; flex-wrap: wrap; gap: 14px; }
.parts > * { flex: 1 1 420px; min-width: 0; } pre { white-space: pre-wrap; margin: 0; background: #f7f8fa;
  border: 1px solid #e1e5ea; border-radius: 6px; padding: 12px; font: 13px/1.5 ui-monospace, Menlo, monospace; }
iframe { width: 100%; height: 760px; border: 1px solid #e1e5ea; border-radius: 6px; background: #fff; }
""")


def examples() -> tuple[Example, ...]:
    """Facts for every template, several where it says different things."""
    cases, house = preview_cases, preview_house
    parts = (
        cases.failed_exam,
        preview_technical.technical,
        cases.discipline,
        preview_pace.coaching,
        preview_pace.carrier_cert,
        preview_pace.session_link,
        preview_floor.progress,
        preview_floor.equipment,
        preview_floor.ticket,
        cases.concern,
        preview_finish.red_flags,
        preview_finish.ladder,
        preview_finish.completion,
        preview_calls.call_cert,
        preview_calls.tbt,
        preview_classroom.engagement,
        preview_classroom.attendance,
        house.duty,
        house.house,
        preview_site.site_day,
        preview_say.say,
        preview_calls.asked,
        preview_classroom.asked,
        preview_floor.say,
        preview_finish.asked,
    )
    return tuple(example for part in parts for example in part())


def context(example: Example) -> Context:
    """What the template of this example looks at."""
    roster = preview_cast.cast()
    return Context(
        roster=roster,
        zone=roster.site_of(example.agent).tz,
        agent=roster.agents[example.agent],
        ref=example.ref,
        reader=example.reader,
        facts=example.facts,
    )


def preview(folder: Path, renderer: Renderer | None = None) -> Path:
    """Write index.html into the folder (made if missing) and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    page.write_text(_page(renderer or Renderer()), encoding="utf-8")
    return page


def _page(renderer: Renderer) -> str:
    parts = [
        Markup('<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup("<title>What certdesk says</title><style>{}</style></head><body>").format(_STYLE),
        Markup("<header><h1>What certdesk says</h1><p>Every card and mail, with example facts.</p></header>"),
    ]
    for workflow, group in groupby(examples(), lambda example: example.template.split("/")[0]):
        shown = list(group)
        cards = [_card(renderer, example) for example in shown if example.kind == "chat"]
        mails = [_mail(renderer, example) for example in shown if example.kind == "mail"]
        parts.append(Markup('<section><h2>{}</h2><div class="cards">').format(workflow))
        parts += [*cards, Markup("</div>")]
        if mails:
            parts.append(Markup("<h2>{}, by e-mail</h2>").format(workflow))
        parts += [*mails, Markup("</section>")]
    return str(Markup("\n").join([*parts, Markup("</body></html>\n")]))


def _head(example: Example) -> Markup:
    reader = f"to @{example.reader}" if example.reader else ""
    notes = " · ".join(note for note in (example.note, reader) if note)
    return Markup("<h3>{} <small>{}</small></h3>").format(example.template, notes)


def _card(renderer: Renderer, example: Example) -> Markup:
    said = renderer.chat(example.template, context(example))
    buttons = Markup("").join(Markup("<span>{}</span>").format(label) for label in example.buttons)
    row = Markup('<div class="buttons">{}</div>').format(buttons) if buttons else Markup("")
    return Markup('<div class="card">{}<p class="said">{}</p>{}</div>').format(_head(example), _looks(said), row)


def _looks(said: str) -> Markup:
    """Chat's bold and code, as the clients show them."""
    page = str(escape(said))
    page = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", page)
    return Markup(re.sub(r"(?<![\w*])\*([^*\n]+)\*", r"<strong>\1</strong>", page))  # noqa: S704 - escaped above


def _mail(renderer: Renderer, example: Example) -> Markup:
    letter: Letter = renderer.mail(example.template, context(example))
    return Markup(
        '<div class="mail">{}<p class="subject">{}</p><div class="parts"><pre>{}</pre>'
        '<iframe title="{}" sandbox srcdoc="{}"></iframe></div></div>'
    ).format(_head(example), letter.subject, letter.text, example.template, letter.html)
