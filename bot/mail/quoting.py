"""What the writer of a mail says himself: quoted and forwarded text, signatures and hidden words are told apart.

Knows the clients' ways in English, German, Spanish and French; knows no command and no person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from handlers.lexicon import these

LONGEST_PAGE = 256 * 1024
"""Characters of an HTML page that are read."""

LONGEST_LINE = 2000
_QUOTE = re.compile(r"\s{0,3}(?:>|\|\s?>|&gt;)")
_WROTE = re.compile(
    r"(?:on|am|el|le|op|den|em|il)\b.{4,300}?\b(?:wrote|schrieb|escribi[oó]|a [eé]crit|schreef|escreveu|ha scritto)\b"
    r".{0,160}:$"
    r"|.{3,200}<[^<>\s]{3,200}@[^<>\s]{3,200}>.{0,60}\b(?:wrote|schrieb|escribi[oó]|a [eé]crit)\b.{0,80}:$"
    r"|.{3,160}\b(?:schrieb am|wrote on|escribi[oó] el)\b.{4,120}:$",
    re.IGNORECASE,
)
_WROTE_HERE = re.compile(r"(?:on|am|el|le)\b.{4,200}<[^<>\s]{3,200}@[^<>\s]{3,200}> ?wrote:\s{1,9}\S", re.IGNORECASE)
_WROTE_BEGINS = re.compile(r"(?:on|am|el|le)\b.{4,300}|.{3,200}<[^<>\s]{3,200}@[^<>\s]{3,200}>.{0,60}$", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"[-_*=]{2,60}\s{0,5}(?:original message|original appointment|urspr[uü]ngliche nachricht|originalnachricht"
    r"|mensaje original|message d'origine|reply message|antwort)\s{0,5}[-_*=]{0,60}$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[-_*=]{2,60}\s{0,5}(?:forwarded message|weitergeleitete nachricht|mensaje reenviado|message transf[eé]r[eé]"
    r"|forwarded by .{1,200})\s{0,5}[-_*=]{0,60}$"
    r"|(?:begin forwarded message|anfang der weitergeleiteten nachricht|inicio del mensaje reenviado"
    r"|d[eé]but du message r[eé]exp[eé]di[eé])\s{0,3}:$",
    re.IGNORECASE,
)
_FROM = re.compile(r"[*\s>]{0,8}(?:from|von|de|expéditeur)\s{0,3}:\*{0,2}\s{0,9}(?P<who>.{1,400})", re.IGNORECASE)
_HEADED = re.compile(
    r"[*\s>]{0,8}(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|enviado(?: el)?|fecha|para|asunto|envoyé|à|objet)"
    r"\s{0,3}:\*{0,2}\s{0,9}(?P<said>.{0,1000})",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"[*\s>]{0,8}(?:subject|betreff|asunto|objet)\s{0,3}:\*{0,2}\s{0,9}(?P<said>.{0,500})", re.IGNORECASE
)
_RULE = re.compile(r"[_=]{10,200}$|-{20,200}$")
_DASHES = re.compile(r"--\s?$|—\s?$|__$")
_MOBILE = re.compile(
    r"(?:sent|written|composed|gesendet|enviado|envoy[eé]) (?:from|via|with|using|by|mit|von|desde|con|depuis|de)\b"
    r".{1,90}"
    r"|(?:get|download) outlook (?:for|f[uü]r|para|pour)\b.{1,60}|von (?:meinem|unterwegs)\b.{0,60}"
    r"|(?:diese nachricht wurde von|outlook f[uü]r (?:ios|android)).{0,60}"
    r"|(?:holen sie sich|obtener|obtenir) outlook\b.{0,60}"
    r"|enviado do meu .{1,60}|sent on the go\b.{0,40}",
    re.IGNORECASE,
)
_MOBILE_SIGNS = re.compile(
    r"iphone|ipad|android|samsung|galaxy|mobile|outlook|blackberry|huawei|pixel|phone|tel[eé]fono|m[oó]vil|handy"
    r"|yahoo|mail app|gmail|proton|unterwegs|windows|smartphone|tablet",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:many |kind |best |warm |with (?:kind |best )?)?(?:thanks|regards|wishes)(?: again| and regards)?|best|thx"
    r"|thank you(?: so much| very much)?|sincerely|cheers|respectfully|yours(?: truly)?"
    r"|mit freundlichen gr[uü][sß]+en|(?:viele|liebe|beste|freundliche) gr[uü][sß]+e|vg|lg|mfg"
    r"|saludos(?: cordiales)?|un saludo|gracias|atentamente|cordialmente|cordialement|merci)\s{0,3}[,.!]{0,3}$",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"p\.?\s?s\b", re.IGNORECASE)
_NOTICE = re.compile(
    r"(?:confidentiality|privacy|legal) (?:notice|disclaimer)|(?:this|the information in this) (?:e-?mail|message)\b"
    r".{0,80}\b(?:confidential|intended|privileged)|vertraulichkeitshinweis|aviso de confidencialidad"
    r"|\[?external\b.{0,3}$|caution: (?:this|external)",
    re.IGNORECASE,
)
LONGEST_SIGNATURE = 12
"""Lines after a closing that are taken for a signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`own` is the writer's; `quoted` everything he did not write now; `forwarded` says a forward began there, of
    `sender` ("" when it is not named) under `subject`."""

    own: str
    quoted: str = ""
    forwarded: bool = False
    sender: str = ""
    subject: str = ""


def told_apart(text: str, before: str = "") -> Said:
    """A plain text taken apart; `before` is what was told apart as quoted earlier."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    own: list[str] = []
    quoted: list[str] = [before] if before else []
    forwarded, sender, subject = False, "", ""
    i = 0
    while i < len(lines):
        line = lines[i].strip()[:LONGEST_LINE]
        kind, width = _border(lines, i)
        if kind == "below" or kind == "forward":
            forwarded = forwarded or kind == "forward"
            rest = lines[i + width :] if kind == "below" else _unmarked(lines[i + width :])
            sender, subject = _heading([*lines[i : i + width], *rest[:12]])
            quoted += rest
            break
        if kind == "wrote":
            behind = next((each for each in lines[i + width :] if each.strip()), "")
            if not _QUOTE.match(behind):
                quoted += lines[i + width :]
                break
            i += width
            continue
        if _QUOTE.match(lines[i]):
            quoted.append(re.sub(r"^[\s>|]{1,40}", "", lines[i]))
        elif not (_MOBILE.match(line) and _MOBILE_SIGNS.search(line)):
            own.append(lines[i])
        i += 1
    return Said(
        own=_unsigned(own), quoted="\n".join(quoted).strip(), forwarded=forwarded, sender=sender, subject=subject
    )


def _unmarked(lines: list[str]) -> list[str]:
    """What is handed on, without the marks that Apple sets before its lines."""
    first = next((line for line in lines if line.strip()), "")
    return [re.sub(r"^>[ ]?", "", line) for line in lines] if first.startswith(">") else lines


def _border(lines: list[str], i: int) -> tuple[str, int]:
    """What begins at this line: "below" (all that follows is quoted), "forward", "wrote", or ""; and its lines."""
    line = lines[i].strip()[:LONGEST_LINE]
    if not line:
        return "", 0
    if _WROTE_HERE.match(line):
        return "below", 1
    if _FORWARDED.match(line):
        return "forward", 1
    if _ORIGINAL.match(line):
        return "below", 1
    if _RULE.match(line) and i + 1 < len(lines) and _is_heading(lines, i + 1):
        return "below", 1
    if _is_heading(lines, i):
        return "below", 0
    if _WROTE.match(line):
        return "wrote", 1
    if _WROTE_BEGINS.match(line) and not line.endswith((".", "!", "?")):
        for n in (2, 3):
            joined = " ".join(each.strip() for each in lines[i : i + n])
            if len(joined) < 600 and joined.endswith(":") and _WROTE.match(joined):
                return "wrote", n
    return "", 0


def _is_heading(lines: list[str], i: int) -> bool:
    """Outlook's block: "From: ...", then at least two of Sent, To, Subject within the next lines."""
    if not _FROM.match(lines[i][:LONGEST_LINE]):
        return False
    return sum(1 for line in lines[i + 1 : i + 7] if _HEADED.match(line[:LONGEST_LINE])) >= 2


def _heading(lines: list[str]) -> tuple[str, str]:
    """(From, Subject) that a forwarded or quoted mail says of itself."""
    sender = next((found["who"].strip(" *") for line in lines if (found := _FROM.match(line))), "")
    subject = next((found["said"].strip(" *") for line in lines if (found := _SUBJECT.match(line))), "")
    return sender, subject


def without_heading(text: str) -> str:
    """A forwarded text without the block of headers it begins with."""
    lines = text.split("\n")
    while lines and (not lines[0].strip() or _FROM.match(lines[0]) or _HEADED.match(lines[0])):
        lines.pop(0)
    return "\n".join(lines)


def _unsigned(lines: list[str]) -> str:
    """The writer's lines without signature and legal notice."""
    left = sum(1 for line in lines if line.strip())
    seen = 0
    for i, line in enumerate(lines):
        said = line.strip()[:LONGEST_LINE]
        if not said:
            continue
        left -= 1
        if _DASHES.match(line) or (seen and _NOTICE.match(said)):
            lines = lines[:i]
            break
        seen += 1
        closes = seen > 1 and left <= LONGEST_SIGNATURE and _CLOSING.match(said)
        if closes and not any(_POSTSCRIPT.match(each.strip()) for each in lines[i + 1 :]):
            lines = lines[: i + 1]
            break
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# -- pages -------------------------------------------------------------------------------------------------

_TAGS = these(
    """a abbr b big blockquote body br center code dd div dl dt em font h1 h2 h3 h4 h5 h6 hr html i img ins li main ol p
    pre q s section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul article header footer"""
)
_BLOCKS = these("blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li main ol p pre section table tr ul article")
_NESTS = re.compile(r"<(/?)(?!(?:br|hr|img|p|li|tr|td|th|dd|dt|meta|link|input|col|o:p|wbr)\b)[a-z]", re.IGNORECASE)
DEEPEST_PAGE = 400
_UNSEEN = these(
    """script style title noscript template svg math object iframe textarea select option datalist xmp plaintext noembed
    noframes audio video canvas"""
)
_VOID = frozenset({"br", "hr", "img"})
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*(?:0*[01](?:\.0+)?|0*\.\d+|0+\.\d+)(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0?(?:\.0\d*)?\s*(?:;|!|$)|opacity\s*:\s*0\.0\d*"
    r"|(?:max-height|max-width|(?<![-\w])(?:width|height))\s*:\s*0(?:px)?\s*(?:;|!|$)"
    r"|(?:text-indent|left|top|right|margin-left|margin-top)\s*:\s*-\d{3,}|clip\s*:\s*rect\(0"
    r"|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)|transform\s*:\s*scale(?:[xy3]d?)?\(\s*0(?:\.0+)?\s*[,)]",
    re.IGNORECASE,
)
_WHITE = (
    r"(?:#f{3}(?:f{3})?\b|#f[a-f]f[a-f]f[a-f]\b|white\b|transparent\b"
    r"|rgba?\(\s*25[0-5]\s*,\s*25[0-5]\s*,\s*25[0-5]|rgba\([^)]{0,60},\s*0(?:\.0+)?\s*\))"
)
_PALE = re.compile(rf"(?<![-\w])color\s*:\s*{_WHITE}", re.IGNORECASE)
_GROUND = re.compile(rf"background(?:-color)?\s*:\s*(?!\s*(?:{_WHITE}|none|inherit|initial))", re.IGNORECASE)
_STYLES = re.compile(r"<style\b[^<>]{0,500}>(.{0,65536}?)</style", re.IGNORECASE | re.DOTALL)
_RULE_OF = re.compile(r"([^{}]{1,2000})\{([^{}]{0,4000})\}")
_NAMED = re.compile(r"([.#])([\w-]{1,80})\s{0,3}\Z")
_CSS_NOTE = re.compile(r"/\*.{0,2000}?\*/", re.DOTALL)
_CSS_SIGN = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_QUOTED = re.compile(
    r"gmail_quote|gmail_extra|yahoo_quoted|protonmail_quote|moz-cite-prefix|OutlookMessageHeader|zmail_extra|gmail_attr"
    r"|tutanota_quote|WordSection1_quote|ms-outlook-mobile-reference-message",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"gmail_signature|moz-signature|ms-outlook-mobile-signature|(?<![\w-])Signature(?![\w-])|apple-signature"
    r"|protonmail_signature|AppleMailSignature",
    re.IGNORECASE,
)
_ALL_BELOW = re.compile(
    r"appendonsend|divRplyFwdMsg|mail-editor-reference-message-container|reply-intro", re.IGNORECASE
)


def page_said(page: str) -> Said:
    """What an HTML mail says, as plain text taken apart; hidden words are dropped. A page nested beyond reason says
    nothing."""
    if _too_deep(page[:LONGEST_PAGE]):
        return Said(own="")
    clean = nh3.clean(
        page[:LONGEST_PAGE],
        tags=set(_TAGS),
        clean_content_tags=set(_UNSEEN),
        attributes={"*": {"style", "class", "id", "hidden", "type", "color"}},
        url_schemes=set(),
        strip_comments=True,
        link_rel=None,
    )
    reader = _Page(_hidden_names(page[:LONGEST_PAGE]))
    reader.feed(clean)
    reader.close()
    said = told_apart(_tidy(reader.own))
    below = "\n".join(part for part in (said.quoted, _tidy(reader.quoted)) if part)
    if below == said.quoted:
        return said
    again = told_apart(_tidy(reader.quoted))
    sender, subject = _heading(_tidy(reader.quoted).split("\n")[:14])
    return Said(
        own=said.own,
        quoted=below,
        forwarded=said.forwarded or again.forwarded,
        sender=said.sender or again.sender or sender,
        subject=said.subject or again.subject or subject,
    )


def _plain_css(text: str) -> str:
    """A style without the notes and the escaped signs it may be written with."""
    text = _CSS_NOTE.sub("", text)
    return _CSS_SIGN.sub(lambda sign: chr(min(int(sign[1], 16), 0x10FFFF)), text) if "\\" in text else text


def _invisible(style: str) -> bool:
    """Whether what has this style is not to be seen: gone, tiny, off the page, or white on no ground of its own."""
    style = _plain_css(style)
    return bool(_HIDDEN.search(style) or (_PALE.search(style) and not _GROUND.search(style)))


def _hidden_names(page: str) -> frozenset[str]:
    """The classes (".x") and ids ("#x") that the page's own style sheets hide."""
    found: set[str] = set()
    for sheet in _STYLES.findall(page)[:20]:
        seen_as = _HIDDEN.search if "prefers-color-scheme" in sheet else _invisible  # white words for the dark
        for selectors, style in _RULE_OF.findall(_plain_css(sheet)):
            if seen_as(style):
                names = (_NAMED.search(each.strip()) for each in selectors.split(",")[:100])
                found |= {name[1] + name[2] for name in names if name}
    return frozenset(found)


def _too_deep(page: str) -> bool:
    depth = 0
    for found in _NESTS.finditer(page):
        depth += -1 if found[1] else 1
        if depth > DEEPEST_PAGE:
            return True
        depth = max(depth, 0)
    return False


class _Page(HTMLParser):
    """Words of a clean page, in two heaps: the writer's, and what stands in quotes."""

    def __init__(self, hidden: frozenset[str] = frozenset()) -> None:
        super().__init__(convert_charrefs=True)
        self._hidden = hidden
        self.own: list[str] = []
        self.quoted: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._below = False
        self._mood: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        called = f"{said.get('class', '')} {said.get('id', '')}"
        if _ALL_BELOW.search(called):
            self._below = True
        if tag in _BLOCKS:
            self._heap().append("\n")
        if tag in ("td", "th"):
            self._heap().append(" ")
        if tag in _VOID:
            return
        mood = self._mood[-1]
        if self._unseen(said) or (mood != "hidden" and _SIGNED.search(called)):
            mood = "hidden"
        elif not mood and (tag == "blockquote" or _QUOTED.search(called)):
            mood = "quoted"
            self.own.append("\n>\n")  # where it stood, so that words behind it stay the writer's
        self._open.append((tag, mood))
        self._mood.append(mood)

    def _unseen(self, said: dict[str, str]) -> bool:
        names = {f".{each}" for each in said.get("class", "").split()[:50]} | {f"#{said.get('id', '')}"}
        pale = f"color:{said['color']}" if "color" in said else ""
        return "hidden" in said or _invisible(f"{pale};{said.get('style', '')}") or not names.isdisjoint(self._hidden)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._heap().append("\n")
        if self._open and self._open[-1][0] == tag:  # the page is clean: what is opened last is closed first
            self._open.pop()
            self._mood.pop()

    def handle_data(self, data: str) -> None:
        if self._mood[-1] != "hidden":
            self._heap().append(re.sub(r"[\s\u00a0]+", " ", data))

    def _heap(self) -> list[str]:
        return self.quoted if self._below or self._mood[-1] == "quoted" else self.own


def _tidy(pieces: list[str]) -> str:
    lines = [re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in "".join(pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
