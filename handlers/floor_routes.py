"""The commands of the floor: progress, equipment, carrier issues and tickets."""

from __future__ import annotations

from handlers import floor
from handlers.route import AGENT, LICENSING, Route, wordy
from workflows.people import Role

TEAM_LEADS = frozenset({Role.tl})
CARERS = frozenset({Role.tl, Role.cert_coordinator, Role.licensing})
SOLVERS = TEAM_LEADS | LICENSING

_COUNTED = r"(?:mods?|modul\w*|moduel\w*|q|quiz\w*|tbts?|courses?|check ?marks?|green checks?|chapters?)"
_PROGRESS = (
    r"\b(?:m|mods?|modules?|moduels?|moduls?|q|quiz|quizz?es|quizs)[ :#.]{0,2}(?:\d|one\b|two\b|three\b|four\b|five\b)"
    rf"|\b(?:done|finished|complete|completed|did|reviewed|thru|got)\b.*\b{_COUNTED}\b"
    rf"|\b{_COUNTED}\b.*\b(?:done|finished|complete|completed|reviewed)\b"
    r"|\b\d+(?:/\d+)? (?:of \d+ )?(?:tbts?|(?:green )?check ?marks?|modules|mods|quizzes|calls|call certs?)\b"
    r"|^blockers?\b|^blocked (?:by|because|on)\b|^tbts?[ :]+\d{1,2}(?:/\d+| of \d+)?$|\ball (?:the |my "
    r"|\d+ )?(?:tbts?|modules|quizzes|courses)\b"
    r"|\b(?:aetna|product) (?:cert |certification )?(?:courses?|modules?)\b.*\b(?:done|finished|complete|completed)\b"
)

FLOOR_ROUTES: tuple[Route, ...] = (
    Route(words=("progress",), handler=floor.progress, sketch="m1 m2 q1 q2 tbt 3/15 calls 0", roles=AGENT,
          topic="progress", free=True, tells=True, ahead=True, example="progress m1 m2 q1 q2 tbt 3/15 calls 0",
          help="what you have done today; every day before you log off"),
    Route(words=("report new",), handler=floor.sheet, roles=LICENSING, topic="progress", reads=True,
          example="report new", help="names, OIDs and addresses for a class's progress report",
          hears=r"^(?:new (?:progress )?report|report new|prepare (?:the )?(?:agent )?(?:progress )?report)\b"),
    Route(words=("issue", "issues"), handler=floor.issue, sketch="payment|login|name|equipment|text",
          topic="issues", free=True, tells=True, roles=AGENT, example="issue payment",
          help="something does not work; add a picture, with card data hidden"),
    Route(words=("issue for",), handler=floor.issue, sketch="@agent payment|login|name|equipment|text", topic="issues",
          free=True, tells=True, roles=CARERS, example="issue @ana equipment no sound",
          help="something does not work for an agent"),
    Route(words=("solved",), handler=floor.solved, sketch="[K-7]", roles=AGENT, topic="issues", free=True,
          example="solved", help="it works now",
          phrases=wordy(
              "solved/it is solved/its solved/problem solved/it worked/that worked/that helped/that fixed it")),
    Route(words=("still stuck",), handler=floor.stuck, sketch="[K-7]", roles=AGENT, topic="issues", free=True,
          example="still stuck", help="it still does not work",
          phrases=wordy(
              """still stuck / stuck / still not working / still doesnt work / still does not work / im still stuck / i
              am still stuck / didnt help / did not help / that didnt work / that did not work"""),
          hears=r"^(?:im |i am )?still stuck\b"),
    Route(words=("equip", "equipment"), handler=floor.equip, topic="equipment", free=True, tells=True,
          sketch="@agent ok|issue text|with it|shipment|resolved", roles=CARERS | AGENT, example="equip @ana ok",
          help="how an agent's equipment stands"),
    Route(words=("all works",), handler=floor.all_works, roles=AGENT, topic="equipment", free=True,
          example="all works", help="your equipment works",
          phrases=wordy(
              """all works / everything works / it all works / all my equipment works / my equipment works / my
              equipment is ok / my equipment is fine / everything is working / all equipment works""")),
    Route(words=("tickets",), handler=floor.wish("tickets"), roles=CARERS | AGENT, topic="issues", reads=True,
          example="tickets", help="open carrier tickets",
          phrases=wordy("tickets/my tickets/open tickets/ticket list/which tickets are open/what tickets are open")),
    Route(words=("submitted",), handler=floor.submitted, sketch="K-7 number", roles=SOLVERS, topic="issues", free=True,
          example="submitted K-7 77", help="the carrier ticket's form is filed"),
    Route(words=("form number",), handler=floor.number, topic="issues", free=True,
          hears=r"^(?:number |nr )?#?\d{1,12}$"),
    Route(words=("ticket",), handler=floor.ticket, sketch="K-7 carrier|resolved|rejected why", roles=SOLVERS,
          topic="issues", free=True, tells=True, example="ticket K-7 resolved",
          help="how a carrier ticket goes on"),
    Route(words=("help tech",), handler=floor.wish("help_tech"), roles=frozenset(Role), topic="issues", reads=True,
          free=True,
          phrases=wordy(
              """help tech / tech help / tech issues / tech issue / help technical / technical issues / technical help /
              troubleshooting / troubleshoot / help troubleshooting / it help / help it / it assistance""")),
    Route(words=("five forms",), handler=floor.wish("five_forms"), roles=CARERS | AGENT, topic="forms", reads=True,
          example="five forms", help="the five forms by name",
          phrases=wordy(
              "five forms/the five forms/5 forms/tracking forms/which forms are there/all forms/list of forms")),
    Route(words=("guides",), handler=floor.guides, sketch="[ahip]", roles=frozenset(Role), topic="guides", reads=True,
          example="guides", help="where the guides and tracking sheets are",
          phrases=wordy(
              """guides / guide / resources / links / all guides / where are the guides / tracking sheets / coaching
              resource / coaching resources / help ahip guide / help aetna guide"""),
          hears=r"^(?:open |show |wheres |where is )?(?:me )?(?:the )?(?:ahip|aetna|tracking sheet|coaching) guides?$"),
    Route(words=("support numbers",), handler=floor.wish("directed"), roles=CARERS | AGENT, topic="issues", reads=True,
          free=True,
          phrases=wordy(
              """support numbers / ahip number / ahip phone / ahip support / call ahip / aetna number / aetna phone /
              aetna support / call aetna / how do i call ahip / how do i call aetna / what is the number for ahip / ahip
              phone number / aetna phone number"""),
          hears=r"\b(?:number|phone|contact|reach|call) (?:\S+ ){0,3}(?:ahip|aetna) support\b"),
    Route(words=("own progress",), handler=floor.progress, roles=AGENT, topic="progress", free=True, hears=_PROGRESS),
    Route(words=("own issue",), handler=floor.issue, roles=AGENT, topic="issues", free=True, tells=True,
          hears="|".join((floor.NPN, floor.MISMATCH, floor.PAYMENT, floor.EQUIPMENT, floor.LOGIN, floor.ERROR))),
)  # fmt: skip
"""In the order in which patterns are tried and help is printed."""
