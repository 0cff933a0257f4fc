"""Mails made by hand in the ways of many clients and servers, each with what is expected of it. Only roster people."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ANA, TARA, PIA, BOT = "ana.rivera@example.com", "tara.lee@example.com", "pia.moss@example.com", "certdesk@example.com"
OWN = "First fail of the AHIP final"
OLD = "Second fail of Aetna Core"


@dataclass(frozen=True)
class Made:
    """A mail and what its parsing must give: `text` exactly, `holds`/`lacks` words of the own text, other fields."""

    name: str
    raw: bytes
    text: str | None = None
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


def head(**more: str) -> str:
    lines = {
        "Return-Path": f"<{ANA}>",
        "Authentication-Results": "mx.example.com; dmarc=pass header.from=example.com",
        "Message-ID": "<made@example.com>",
        "Date": "Tue, 17 Nov 2026 10:02:00 -0700",
        "From": f"Ana Rivera <{ANA}>",
        "To": f"Tara Lee <{TARA}>, {BOT}",
        "Subject": "ahip",
        "MIME-Version": "1.0",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items())


def plain(text: str, charset: str = "utf-8", **more: str) -> bytes:
    body = text.replace("\n", "\r\n").encode(charset)
    return head(**{"Content_Type": f"text/plain; charset={charset}", **more}).encode() + b"\r\n" + body


def page(html: str, **more: str) -> bytes:
    return head(**{"Content_Type": "text/html; charset=utf-8", **more}).encode() + b"\r\n" + html.encode()


def multi(kind: str, *parts: bytes, boundary: str = "=_b", close: bool = True, **more: Any) -> bytes:
    lines = [head(**{"Content_Type": f'multipart/{kind}; boundary="{boundary}"', **more}).encode(), b"\r\npreamble\r\n"]
    for part in parts:
        lines += [b"--", boundary.encode(), b"\r\n", part, b"\r\n"]
    return b"".join([*lines, *([b"--", boundary.encode(), b"--\r\n"] if close else [])])


def part(kind: str, content: bytes, encoding: str = "", name: str = "", inline: bool = False) -> bytes:
    lines = [f"Content-Type: {kind}".encode()]
    if encoding == "base64":
        content = base64.encodebytes(content)
    elif encoding == "quoted-printable":
        content = quopri.encodestring(content)
    if encoding:
        lines.append(f"Content-Transfer-Encoding: {encoding}".encode())
    if name:
        lines.append(f'Content-Disposition: {"inline" if inline else "attachment"}; filename="{name}"'.encode())
    return b"\r\n".join([*lines, b"", content])


# -- replies in the ways of clients --------------------------------------------------------------------------

BELOW = {
    "gmail": "On Tue, Nov 17, 2026 at 9:00 AM Tara Lee <tara.lee@example.com> wrote:\n\n> {old}\n>\n> Tara",
    "gmail wrapped": "On Tue, Nov 17, 2026 at 9:00 AM Tara Lee from the Training Team\n<tara.lee@example.com> wrote:\n\n> {old}",
    "gmail german": "Am Di., 17. Nov. 2026 um 09:00 Uhr schrieb Tara Lee <\ntara.lee@example.com>:\n\n> {old}",
    "gmail spanish": "El mar, 17 nov 2026 a las 9:00, Tara Lee (<tara.lee@example.com>) escribió:\n\n> {old}",
    "gmail french": "Le mar. 17 nov. 2026 à 09:00, Tara Lee <tara.lee@example.com> a écrit :\n\n> {old}",
    "outlook": "________________________________\nFrom: Tara Lee <tara.lee@example.com>\nSent: Tuesday, November 17, 2026 9:00 AM\nTo: Ana Rivera\nSubject: RE: ahip\n\n{old}",
    "outlook without rule": "From: Tara Lee\nSent: Tuesday, November 17, 2026 9:00 AM\nTo: Ana Rivera\nCc: Pia Moss\nSubject: RE: ahip\n\n{old}",
    "outlook original": "-----Original Message-----\nFrom: Tara Lee\nSent: Tuesday\nTo: Ana Rivera\nSubject: ahip\n\n{old}",
    "outlook german": "Von: Tara Lee <tara.lee@example.com>\nGesendet: Dienstag, 17. November 2026 09:00\nAn: Ana Rivera\nBetreff: AW: ahip\n\n{old}",
    "outlook german original": "-----Ursprüngliche Nachricht-----\nVon: Tara Lee\nGesendet: Dienstag\nAn: Ana\nBetreff: ahip\n\n{old}",
    "outlook spanish": "De: Tara Lee <tara.lee@example.com>\nEnviado: martes, 17 de noviembre de 2026 9:00\nPara: Ana Rivera\nAsunto: RE: ahip\n\n{old}",
    "outlook spanish original": "-----Mensaje original-----\nDe: Tara Lee\nEnviado el: martes\nPara: Ana\nAsunto: ahip\n\n{old}",
    "apple": "> On Nov 17, 2026, at 9:00 AM, Tara Lee <tara.lee@example.com> wrote:\n> \n> {old}",
    "apple phone": "Sent from my iPhone\n\n> On Nov 17, 2026, at 9:00 AM, Tara Lee <tara.lee@example.com> wrote:\n> \n> \ufeff{old}",
    "apple german": "Von meinem iPhone gesendet\n\n> Am 17.11.2026 um 09:00 schrieb Tara Lee <tara.lee@example.com>:\n> \n> {old}",
    "apple spanish": "Enviado desde mi iPhone\n\n> El 17 nov 2026, a las 9:00, Tara Lee <tara.lee@example.com> escribió:\n> \n> {old}",
    "outlook ios": "Get Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Tara Lee <tara.lee@example.com>\nSent: Tuesday\nTo: Ana Rivera\nSubject: Re: ahip\n\n{old}",
    "android": "Sent from my Galaxy\n\n\n-------- Original message --------\nFrom: Tara Lee <tara.lee@example.com>\nDate: 11/17/26 9:00 AM (GMT-07:00)\nTo: Ana Rivera\nSubject: ahip\n\n{old}",
    "yahoo": "Sent from Yahoo Mail on Android\n\n  On Tue, Nov 17, 2026 at 9:00 AM, Tara Lee<tara.lee@example.com> wrote:   {old}",
    "thunderbird": "On 11/17/26 09:00, Tara Lee wrote:\n> {old}\n\n-- \nAna Rivera",
    "deep": "On Tue, Nov 17, 2026 Tara Lee <tara.lee@example.com> wrote:\n> On Mon, Ana wrote:\n>> {old}\n>>> {old}",
    "pipe": "On Tue, Nov 17, 2026 Tara Lee <tara.lee@example.com> wrote:\n| > {old}\n> {old}",
}  # fmt: skip
SIGNED = {
    "dashes": "-- \nAna Rivera\nAetna Core trainee",
    "thanks": "Thanks,\nAna Rivera\nsecond attempt Aetna",
    "regards": "Best regards,\n\nAna Rivera | Aetna Core\n555-0100",
    "german": "Mit freundlichen Grüßen\nAna Rivera\nAetna Core",
    "spanish": "Saludos cordiales,\nAna Rivera\nAetna Core",
    "phone": "Sent from my iPhone",
    "galaxy": "Sent from my Samsung Galaxy smartphone.",
    "outlook": "Get Outlook for Android",
    "unterwegs": "Von meinem Samsung Gerät gesendet.",
    "notice": "CONFIDENTIALITY NOTICE: This e-mail is intended only for Aetna Core and may be privileged.",
}
HTML_BELOW = {
    "gmail": '<div dir="ltr">{own}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Nov 17, 2026 Tara Lee &lt;<a href="mailto:x">tara.lee@example.com</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0">{old}</blockquote></div>',
    "outlook": '<html xmlns:o="urn:x"><body><div class="WordSection1"><p class="MsoNormal">{own}<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Tara Lee<br><b>Sent:</b> Tuesday<br><b>To:</b> Ana Rivera<br><b>Subject:</b> ahip<o:p></o:p></p></div><p>{old}</p></div></body></html>',
    "outlook web": '<div>{own}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Tara Lee<br><b>Sent:</b> x<br><b>Subject:</b> y</div><div>{old}</div>',
    "outlook ios": '<div dir="ltr">{own}</div><div id="ms-outlook-mobile-signature">Get <a>Outlook for iOS</a></div><hr><div id="divRplyFwdMsg"><b>From:</b> Tara</div><div>{old}</div>',
    "apple": '<html><body>{own}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>On Nov 17, 2026, at 9:00 AM, Tara Lee wrote:</div><br><div>{old}</div></blockquote></div></body></html>',
    "yahoo": '<div>{own}</div><div class="yahoo_quoted"><div>On Tue Tara wrote:</div><div>{old}</div></div>',
    "thunderbird": '<p>{own}</p><div class="moz-cite-prefix">On 11/17/26 Tara Lee wrote:<br></div><blockquote type="cite">{old}</blockquote><div class="moz-signature">-- <br>Aetna Core</div>',
    "proton": '<div>{own}</div><div class="protonmail_signature">Sent with Proton Mail</div><div class="protonmail_quote">On Tuesday Tara wrote:<blockquote>{old}</blockquote></div>',
}  # fmt: skip
HIDDEN = {
    "display": '<span style="display:none">{old}</span>',
    "display spaced": '<span style="color:red; display : none !important">{old}</span>',
    "visibility": '<p style="visibility:hidden">{old}</p>',
    "size": '<font style="font-size:0px">{old}</font>',
    "opacity": '<div style="opacity:0">{old}</div>',
    "white": '<span style="color:#ffffff">{old}</span>',
    "white word": '<span style="color: white">{old}</span>',
    "mso": '<div style="mso-hide:all">{old}</div>',
    "height": '<div style="max-height:0;overflow:hidden">{old}</div>',
    "attribute": "<div hidden>{old}</div>",
    "nested": '<div style="display:none"><div style="display:block"><b>{old}</b></div></div>',
    "script": "<script>{old}</script>",
    "style": "<style>{old}</style>",
    "comment": "<!-- {old} -->",
    "title": "<title>{old}</title>",
    "far left": '<div style="text-indent:-9999px">{old}</div>',
    "signature": '<div class="gmail_signature">{old}</div>',
}


def replies() -> Iterator[Made]:
    for name, below in BELOW.items():
        old = below.format(old=OLD)
        yield Made(f"reply {name}", plain(f"{OWN}\n\n{old}"), text=OWN)
        yield Made(f"reply {name}, nothing own", plain(old), text="")
    for name, sign in SIGNED.items():
        yield Made(f"signature {name}", plain(f"{OWN}\n\n{sign}"), holds=(OWN,), lacks=("Aetna", "Sent", "Outlook"))
    for name, html in HTML_BELOW.items():
        yield Made(f"page {name}", page(html.format(own=OWN, old=OLD)), text=OWN)
        both = multi("alternative", part("text/plain", f"{OWN}\n\n> {OLD}".encode()), part("text/html", html.encode()))
        yield Made(f"both ways {name}", both, text=OWN)
    for name, hidden in HIDDEN.items():
        yield Made(f"hidden {name}", page(f"<p>{OWN}</p>{hidden.format(old=OLD)}"), holds=(OWN,), lacks=("Aetna",))
    yield Made(
        "between the quotes",
        plain(f"On Tue, Tara Lee <{TARA}> wrote:\n> how was it?\n{OWN}\n> and {OLD}?\nyes"),
        text=f"{OWN}\nyes",
    )
    yield Made("below the quote", plain(f"On Tue, Nov 17 Tara Lee <{TARA}> wrote:\n> {OLD}\n\n{OWN}"), text=OWN)
    yield Made("flowed", plain("First fail \nof the \nAHIP final", Content_Type="text/plain; format=flowed"), text=OWN)


# -- charsets and encodings ----------------------------------------------------------------------------------

WORDS = {
    "utf-8": "Größe ñ 日本 ✓", "iso-8859-1": "Größe ñ", "iso-8859-15": "Größe € ñ", "windows-1252": "“Größe” ñ",
    "windows-1251": "Привет", "koi8-r": "Привет", "iso-2022-jp": "日本語", "shift_jis": "日本語", "euc-jp": "日本語",
    "gb2312": "你好", "gb18030": "你好", "big5": "你好", "euc-kr": "안녕", "utf-16": "Größe", "utf-7": "Größe", "ascii": "plain",
    "iso-8859-2": "Łódź", "windows-1256": "مرحبا", "cp850": "Größe", "macintosh": "Größe",
}  # fmt: skip


def charsets() -> Iterator[Made]:
    for charset, words in WORDS.items():
        text = f"{OWN} {words}"
        raw = text.encode(charset)
        for encoding in ("base64", "quoted-printable"):
            made = part(f'text/plain; charset="{charset}"', raw, encoding)
            yield Made(f"{charset} {encoding}", head().encode() + made, text=text)
        subject = f"=?{charset}?b?{base64.b64encode(words.encode(charset)).decode()}?="
        yield Made(f"subject {charset}", plain(OWN, Subject=subject), fields={"subject": words})
    for name, raw in {
        "no charset, utf-8": head().encode() + b"\r\n" + f"{OWN} ñ".encode(),
        "no charset, latin": head().encode() + b"\r\n" + f"{OWN} ñ".encode("latin-1"),
        "wrong charset": head(Content_Type="text/plain; charset=utf-8").encode()
        + b"\r\n"
        + f"{OWN} ñ".encode("latin-1"),
    }.items():
        yield Made(name, raw, text=f"{OWN} ñ")
    for charset in (
        "x-unknown",
        "zip",
        "hex",
        "rot13",
        "idna",
        "punycode",
        "unicode_escape",
        "undefined",
        "",
        "a" * 500,
    ):
        yield Made(f"charset {charset[:20]!r}", plain(OWN, Content_Type=f'text/plain; charset="{charset}"'), text=OWN)
    yield Made("subject raw utf-8", plain(OWN, Subject="ahip ñ"), fields={"subject": "ahip ñ"})
    yield Made("subject two words", plain(OWN, Subject="=?utf-8?q?ah?= =?utf-8?q?ip?="), fields={"subject": "ahip"})
    yield Made("subject split sign", plain(OWN, Subject="=?utf-8?b?w4PD?="), holds=(OWN,))
    yield Made(
        "subject with line ends",
        plain(OWN, Subject="=?utf-8?q?a=0d=0aBcc=3a_x=0ab?="),
        fields={"subject": "a Bcc: x b"},
    )
    yield Made(
        "name with line ends",
        plain(OWN, From=f"=?utf-8?q?A=0d=0ana?= <{ANA}>"),
        fields={"sender": ANA, "sender_name": "A na"},
    )
    yield Made("bidi in the words", plain(f"{OWN}\u202e"), holds=(OWN,))


# -- broken and odd ------------------------------------------------------------------------------------------

PDF = b"%PDF-1.4 tiny"


def broken() -> Iterator[Made]:
    text = part("text/plain", OWN.encode())
    nested = b"".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n".encode() for n in range(10_000)
    )  # fmt: skip
    yield Made(
        "10,000 nested parts",
        head(Content_Type='multipart/mixed; boundary="a"').encode()
        + b"\r\n--a\r\n"
        + text
        + b"\r\n--a\r\n"
        + nested
        + text,
        holds=(OWN,),
    )
    yield Made("10,000 parts", multi("mixed", text, *([part("text/x", b"x")] * 10_000)), text=OWN)
    yield Made("no closing boundary", multi("mixed", text, close=False), text=OWN)
    yield Made("no boundary named", head(Content_Type="multipart/mixed").encode() + b"\r\n" + OWN.encode(), text=OWN)
    yield Made(
        "boundary that never comes",
        head(Content_Type="multipart/mixed; boundary=zzz").encode() + b"\r\n" + OWN.encode(),
        text="",
    )
    yield Made(
        "empty boundary", head(Content_Type='multipart/mixed; boundary=""').encode() + b"\r\n" + OWN.encode(), text=OWN
    )
    yield Made("longer boundary inside", multi("mixed", text + b"\r\n--=_bb\r\nmore"), holds=(OWN,))
    yield Made("bare line feeds", plain(OWN).replace(b"\r\n", b"\n"), text=OWN)
    yield Made("bare carriage returns", plain(OWN).replace(b"\r\n", b"\r"), text=OWN)
    yield Made("no empty line", head().encode() + b"this is no header\r\n" + OWN.encode(), holds=(OWN,))
    yield Made("no headers", b"\r\n" + OWN.encode(), text=OWN, fields={"sender": "", "message_id": ""})
    yield Made("nothing", b"", text="", fields={"sender": ""})
    yield Made("only zeros", b"\0" * 1000, holds=())
    yield Made("mbox line", b"From ana Tue Nov 17\r\n" + plain(OWN), text=OWN)
    yield Made("no message id", plain(OWN, Message_ID=""), fields={"message_id": ""})
    yield Made("odd message id", plain(OWN, Message_ID="<a b>"), fields={"message_id": ""})
    yield Made("long header", plain(OWN, Subject="x" * 200_000), text=OWN)
    yield Made("many headers", b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + plain(OWN), text=OWN)
    yield Made(
        "torn base64",
        head(Content_Transfer_Encoding="base64").encode() + b"\r\n" + base64.b64encode(OWN.encode())[:-3],
        holds=("First fail",),
    )
    yield Made(
        "base64 with dirt",
        head(Content_Transfer_Encoding="base64").encode()
        + b"\r\n"
        + b"\r\n!".join([base64.b64encode(OWN.encode())[:8], base64.b64encode(OWN.encode())[8:]]),
        text=OWN,
    )
    yield Made(
        "torn quoted-printable",
        head(Content_Transfer_Encoding="quoted-printable").encode() + b"\r\n" + OWN.encode() + b" =",
        holds=(OWN,),
    )
    yield Made(
        "unknown encoding", head(Content_Transfer_Encoding="x-strange").encode() + b"\r\n" + OWN.encode(), text=OWN
    )
    yield Made("content type nonsense", plain(OWN, Content_Type=";;;=///"), text=OWN)
    yield Made("date of 1970", plain(OWN, Date="Thu, 01 Jan 1970 00:00:00 +0000"), text=OWN)
    yield Made("date of nonsense", plain(OWN, Date="99 Foo 99999 99:99"), fields={"date": None})
    yield Made("date far away", plain(OWN, Date="Tue, 17 Nov 2026 10:02:00 -99999999"), text=OWN)
    yield Made("100 kB of words", plain(OWN + "\n" + "word " * 20_000), holds=(OWN,))
    yield Made("page nested too deep", page("<div>" * 50_000 + OWN), text="")
    yield Made("page that never ends", page(f"<p>{OWN}<div><b><table><tr><td>"), text=OWN)
    yield Made("page of angles", page("<" * 100_000 + OWN), holds=())
    yield Made(
        "page with entities",
        page("&lt;b&gt;First&nbsp;fail of the AHIP final"),
        holds=("First fail of the AHIP final",),
    )
    yield Made(
        "a thousand quotes deep", plain(OWN + "\n" + "".join(">" * n + " x\n" for n in range(1, 1000))), text=OWN
    )
    yield Made(
        "names of a thousand people",
        plain(OWN, To=", ".join(f'"P, {n}" <p{n}@example.com>' for n in range(1000))),
        text=OWN,
    )
    yield Made("groups", plain(OWN, To=f"Team: {TARA}, <{PIA}>;, undisclosed-recipients:;"), fields={"to": (TARA, PIA)})
    yield Made(
        "text in two parts",
        multi(
            "mixed", text, part("application/pdf", PDF, "base64", "a.pdf"), part("text/plain", b"and the second half")
        ),
        holds=(OWN, "second half"),
    )
    yield Made(
        "picture inline",
        multi(
            "related",
            part("text/html", f"<p>{OWN}<img src=cid:a></p>".encode()),
            part("image/png", b"\x89PNG\r\n\x1a\nxx", "base64", "a.png", inline=True),
        ),
        text=OWN,
    )
    yield Made("only a file", multi("mixed", part("application/pdf", PDF, "base64", "a.pdf")), text="")
    yield Made("text file attached", multi("mixed", text, part("text/plain", OLD.encode(), "", "notes.txt")), text=OWN)


def files() -> Iterator[Made]:
    for said, name in {
        'filename="a.pdf"': "a.pdf", "filename=a.pdf": "a.pdf", "filename*=utf-8''Gr%C3%B6%C3%9Fe.pdf": "Größe.pdf",
        "filename*0=\"lo\"; filename*1=\"ng.pdf\"": "long.pdf", "filename*0*=utf-8''l%C3%B6; filename*1=ng.pdf": "löng.pdf",
        'filename="=?utf-8?b?R3LDtsOfZS5wZGY=?="': "Größe.pdf", 'filename="../../etc/passwd"': "passwd",
        'filename="..\\\\..\\\\x.pdf"': "x.pdf", 'filename=".hidden.pdf"': "hidden.pdf", 'filename="a\u202efdp.exe"': "afdp.exe",
        'filename="a\tb.pdf"': "ab.pdf", 'filename=""': "file.pdf", "x": "file.pdf",
    }.items():  # fmt: skip
        made = b"Content-Type: application/pdf\r\nContent-Disposition: attachment; " + said.encode() + b"\r\n\r\n" + PDF
        yield Made(
            f"file {said}", multi("mixed", part("text/plain", OWN.encode()), made), text=OWN, fields={"_file": name}
        )


# -- handed on -----------------------------------------------------------------------------------------------

FORWARDED = {
    "gmail": "---------- Forwarded message ---------\nFrom: Ana Rivera <ana.rivera@example.com>\nDate: Tue, Nov 17\nSubject: ahip\nTo: <tara.lee@example.com>\n\n{own}",
    "gmail german": "---------- Weitergeleitete Nachricht ---------\nVon: Ana Rivera <ana.rivera@example.com>\nDatum: Di\nBetreff: ahip\nAn: Tara\n\n{own}",
    "gmail spanish": "---------- Mensaje reenviado ---------\nDe: Ana Rivera <ana.rivera@example.com>\nFecha: mar\nAsunto: ahip\nPara: Tara\n\n{own}",
    "apple": "Begin forwarded message:\n\nFrom: Ana Rivera <ana.rivera@example.com>\nSubject: ahip\nDate: November 17\nTo: Tara\n\n{own}",
    "outlook": "________________________________\nFrom: Ana Rivera <ana.rivera@example.com>\nSent: Tuesday\nTo: Tara Lee\nSubject: ahip\n\n{own}",
    "outlook old": "From: Ana Rivera [mailto:ana.rivera@example.com]\nSent: Tuesday\nTo: Tara Lee\nSubject: ahip\n\n{own}",
    "twice": "---------- Forwarded message ---------\nFrom: Ana Rivera <ana.rivera@example.com>\nSubject: ahip\nTo: Tara\n\n{own}\n\n---------- Forwarded message ---------\nFrom: Pia Moss <pia.moss@example.com>\nSubject: old\nTo: Ana\n\nSecond fail of Aetna Core",
}  # fmt: skip


def forwards() -> Iterator[Made]:
    for name, text in FORWARDED.items():
        for prefix in ("Fwd: ", "FW: ", "WG: ", "RV: "):
            raw = plain("please see below\n\n" + text.format(own=OWN), Subject=f"{prefix}ahip")
            yield Made(f"forward {name} {prefix}", raw, text="please see below", fields={"_forward": (ANA, OWN)})
    inner = plain(OWN)
    for depth in range(1, 5):
        raw = multi(
            "mixed", part("text/plain", b"see attached"), b"Content-Type: message/rfc822\r\n\r\n" + inner,
            boundary=f"level-{depth}",
        )  # fmt: skip
        yield Made(
            f"attached message {depth}",
            raw,
            text="see attached",
            fields={"_forward": (ANA, OWN if depth == 1 else "see attached")},
        )
        inner = raw


# -- mail no person wrote ------------------------------------------------------------------------------------


def _report(*parts: bytes, **more: Any) -> bytes:
    return multi(
        "report", *parts, Return_Path="<>", From="Mail Delivery System <MAILER-DAEMON@mx.example.com>", **more,
    ).replace(b"multipart/report;", b"multipart/report; report-type=delivery-status;")  # fmt: skip


def bounces() -> Iterator[Made]:
    ours = "<0123456789abcdef0123456789abcdef@example.com>"
    status = "Reporting-MTA: dns; mx.example.com\r\n\r\n{who}\r\nAction: failed\r\nStatus: 5.1.1\r\n{why}\r\n".format
    back = f"Message-ID: {ours}\r\nSubject: x\r\nFrom: {BOT}\r\n\r\n".encode()
    postfix = _report(
        part("text/plain", f"This is the mail system.\r\nFirst fail of the AHIP final\r\n<{PIA}>: unknown user".encode()),
        part("message/delivery-status", status(who=f"Final-Recipient: rfc822; {PIA}\r\nOriginal-Recipient: rfc822;{PIA}", why="Diagnostic-Code: smtp; 550 5.1.1 unknown").encode()),
        part("message/rfc822", back + b"old words"), Auto_Submitted="auto-replied", Subject="Undelivered Mail Returned to Sender",
    )  # fmt: skip
    exchange = _report(
        part("text/html; charset=us-ascii", b"<html><body><b>Delivery has failed to these recipients</b></body></html>"),
        part("message/delivery-status", status(who=f"Final-Recipient: rfc822;{PIA}", why="Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found\r\nX-Display-Name: Pia Moss").encode()),
        part("message/rfc822", back), Subject="Undeliverable: x", Auto_Submitted="auto-replied",
    )  # fmt: skip
    inner = (
        b'Content-Type: multipart/related; boundary="in"\r\n\r\n--in\r\nContent-Type: multipart/alternative; boundary="al"\r\n\r\n--al\r\nContent-Type: text/plain\r\n\r\n** Address not found **\r\n--al--\r\n--in\r\n'
        + part("image/png", b"\x89PNG\r\n\x1a\nxx", "base64", "icon.png")
        + b"\r\n--in--\r\n"
    )
    gmail = _report(
        inner,
        part("message/delivery-status", status(who=f"Final-Recipient: rfc822; {PIA}", why="Remote-MTA: dns; x\r\nDiagnostic-Code: smtp; 550-5.1.1 no such user\r\nLast-Attempt-Date: x").encode()),
        part("message/rfc822", back), Subject="Delivery Status Notification (Failure)", Auto_Submitted="auto-replied",
        In_Reply_To=ours,
    )  # fmt: skip
    headers_only = _report(
        part("text/plain", b"bounced"),
        part("message/delivery-status", status(who=f"Final-Recipient: rfc822; {PIA.upper()}", why="").encode()),
        part("text/rfc822-headers", back),
    )  # fmt: skip
    for name, raw in {"postfix": postfix, "exchange": exchange, "gmail": gmail, "headers only": headers_only}.items():
        yield Made(f"bounce {name}", raw, fields={"_bounce": (ours, PIA), "automatic": "report", "files": ()})
    delayed = postfix.replace(b"Action: failed", b"Action: delayed")
    yield Made("bounce delayed", delayed, fields={"_bounce": (ours, ""), "automatic": "report"})
    receipt = multi("report", part("text/plain", b"read"), part("message/disposition-notification", b"Disposition: x"))
    yield Made("read receipt", receipt, fields={"bounce": None, "automatic": "report"})
    for name, value in {
        "Auto-Submitted": "auto-replied", "X-Autoreply": "yes", "X-Autorespond": "x", "Precedence": "bulk", "List-Id": "<x.y>",
        "List-Unsubscribe": "<mailto:a@b.c>", "Return-Path": "<>",
    }.items():  # fmt: skip
        made = Made(f"automatic {name}", plain(OWN, **{name.replace("-", "_"): value}))
        yield Made(made.name, made.raw, fields={"_automatic": True})
    yield Made("auto-submitted no", plain(OWN, Auto_Submitted="no"), fields={"automatic": ""})
    yield Made("auto-submitted no with a comment", plain(OWN, Auto_Submitted="no (really)"), fields={"automatic": ""})


def everything() -> tuple[Made, ...]:
    return tuple(each for maker in (replies, charsets, broken, files, forwards, bounces) for each in maker())
