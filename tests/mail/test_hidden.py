"""Words a reader does not see in a page are not the writer's ("hidden text dropped", SPEC 5.2); words he sees are."""

from __future__ import annotations

import time

import pytest

from bot.mail.parse import parse
from handlers import words
from tests.journeys.stage import play
from tests.mail import corpus
from tests.mail.steps import ANA, BOT

SECRET = "Second fail of Aetna Core"
HIDDEN = {
    "size 0": '<span style="font-size:0">{}</span>',
    "size almost 0": '<span style="font-size:0.1px">{}</span>',
    "size 1": '<span style="color:#333; font-size: 1px">{}</span>',
    "no height": '<div style="line-height:0;max-height:0px;overflow:hidden">{}</div>',
    "no width": '<div style="max-width:0;overflow:hidden">{}</div>',
    "off the page": '<div style="position:absolute;left:-9999px">{}</div>',
    "indented away": '<p style="text-indent:-5000px">{}</p>',
    "white": '<span style="color:rgb(255, 255, 255)">{}</span>',
    "white on white": '<div style="background:#fff;color:#fff">{}</div>',
    "white font": '<font color="white">{}</font>',
    "almost white": '<span style="color:#fefefe">{}</span>',
    "see-through": '<span style="color:rgba(0,0,0,0)">{}</span>',
    "no opacity": '<span style="opacity:0.01">{}</span>',
    "collapsed": '<span style="visibility:collapse">{}</span>',
    "for Word": '<span style="mso-hide:all">{}</span>',
    "attribute": "<span hidden>{}</span>",
    "scaled away": '<div style="transform:scale(0)">{}</div>',
    "clipped": '<div style="clip-path:inset(100%)">{}</div>',
    "capitals": '<DIV STYLE="DISPLAY : NONE !IMPORTANT">{}</DIV>',
    "a note in the style": '<div style="display:/**/none">{}</div>',
    "an escaped sign": '<div style="displa\\79:none">{}</div>',
    "an entity": '<div style="display&#58;none">{}</div>',
    "inside": '<div style="display:none"><div style="display:block">{}</div></div>',
    "table": '<table style="display:none"><tr><td>{}</td></tr></table>',
    "class": '<style>.p{{display:none}}</style><div class="p">{}</div>',
    "one of several classes": '<style>@media all {{ div.p, .q {{ display : none }} }}</style><div class="x q">{}</div>',
    "id": '<style>#p{{font-size:0}}</style><div id="p">{}</div>',
    "white class": '<style>.p{{color:#ffffff}}</style><div class="p">{}</div>',
    "comment": "<!-- {} -->",
    "for Outlook alone": "<!--[if mso]><p>{}</p><![endif]-->",
    "title": "<head><title>{}</title></head>",
    "script": "<script>{}</script>",
    "style": "<style>{}</style>",
    "field": '<input type="hidden" value="{}">',
    "text field": "<textarea>{}</textarea>",
    "choice": "<select><option>{}</select>",
    "template": "<template>{}</template>",
    "picture's name": '<img alt="{}" src="cid:x">',
    "never closed": '<div style="display:none">{}',
}


@pytest.mark.parametrize("page", HIDDEN.values(), ids=HIDDEN.keys())
def test_hidden_words_are_dropped(page: str) -> None:
    found = parse(corpus.page(f"<p>{corpus.OWN}</p>{page.format(SECRET)}"))
    assert found.text.strip() == corpus.OWN


SEEN = {
    "white on a ground": '<td style="background-color:#0078d7;color:#ffffff">{}</td>',
    "small": '<span style="font-size:10px">{}</span>',
    "ten": '<span style="font-size:10pt;opacity:0.9">{}</span>',
    "indented": '<p style="margin-left:36pt;text-indent:-18.0pt">{}</p>',
    "class of another": '<style>.p{{display:none}}</style><div class="q">{}</div>',
    "dark mode": "<style>@media (prefers-color-scheme: dark) {{ .p {{ color:#fff }} }}</style><p class='p'>{}</p>",
    "not for Word": "<!--[if !mso]><!--><p>{}</p><!--<![endif]-->",
    "width": '<div style="width:600px;min-width:0;height:100%">{}</div>',
}


@pytest.mark.parametrize("page", SEEN.values(), ids=SEEN.keys())
def test_visible_words_are_kept(page: str) -> None:
    assert corpus.OWN in parse(corpus.page(page.format(corpus.OWN))).text


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u202e", "\u00ad", "\U000e0041"])
def test_signs_nobody_sees_do_not_break_words_apart(sign: str) -> None:
    text = f"First fai{sign}l of the AH{sign}IP final"
    assert words.clean(parse(corpus.plain(text)).text) == corpus.OWN
    step = {"mail": {"from": ANA, "to": [BOT], "html": f"<p>{text}</p>"}}
    assert play(step).states("F-1") == ["F1_COACHING"]


def test_a_style_sheet_of_any_size_is_read_in_a_moment() -> None:
    page = "<style>" + ".a{" * 9000 + "/*" * 9000 + ".b,c{display:none}" * 3000 + "</style><p>hello</p>"
    began = time.perf_counter()
    parse(corpus.page(page * 2))
    assert time.perf_counter() - began < 2.0
