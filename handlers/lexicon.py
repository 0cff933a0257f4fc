"""The English of tired people, as sets: what says nothing, what says no, what says maybe, what asks.

Data only; no command is decided here.
"""

from __future__ import annotations

import re


def these(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


POLITE = these(
    """a an the this that these those please pls plz kindly hi hey hello hiya yo dear good morning afternoon
    evening thanks thank thx ty you u ok okay so um uh er hmm well just now guys folks bot esp certdesk sir
    maam sorry oops ugh argh omg lol haha wow sadly unfortunately quick update fyi btw also like really
    totally literally honestly again already today finally all here everyone team channel"""
)
"""Said before or after the matter; skipped when a line is not a command as it stands."""

CONFIDENTIAL = these(
    """cap caps coach coaches coached coaching fail fails failed failing failure flunked bombed attempt attempts first
    second third 1st 2nd 3rd final written warning warnings review reviews discipline disciplinary corrective terminate
    terminated termination term fire fired firing pass passed passing proctor proctored proctoring"""
)
"""Words about coaching, CAPs, fails and reviews, which are never posted in a channel."""

THANKS = these(
    """thanks thank thx ty you u ok okay great perfect cool nice lol haha so much very a lot k kk np awesome"""
)
"""A line of nothing but these wants no answer."""

NODS = THANKS | these(
    """noted got it will do understood see then there fine sounds good sure cheers appreciated appreciate copy that for
    letting me know the update well best regards"""
)
"""A mail of nothing but these wants none either."""

GREETING = these("hi hey hello hiya yo good morning afternoon evening there bot certdesk")

FILLER = POLITE | these(
    """i ive im id me my mine myself we us our he she they him her his hers them their it its who which is are
    was were be been being am have has had do does did done doing get got to for of on in at by with about
    from as and or then than over up off out into after before until till since but because what when how
    where there up too very much some any one ones time times try tries attempt attempts exam exams test
    tests final quiz cap caps form forms coaching coached coach advised advise advising told tell talked talk
    talking spoke spoken speak chat session sessions cert card case fail failed fails failing failure pass
    passed result proctor proctored proctoring schedule scheduled book booked move moved set deliver
    delivered gave given give handed hand filed filing submitted submit sent completed complete finished
    finish entered enter confirm confirmed yes yep yeah right correct number no ref report reported statement
    second first third last next am pm mon tue wed thu fri sat sun monday tuesday wednesday thursday friday
    saturday sunday tomorrow yesterday noon meet google g2t phone call video person office zoom force forced
    link via ended end written policy licensing tl agent receipt received tracking sheet morning lunch break
    day week ago minute minutes min mins hour hours"""
)
"""Words that may stand beside a command and name nobody."""

NEGATIONS = these(
    """not no nope nah never didnt didn dont don doesnt doesn havent haven hasnt hasn hadnt hadn wasnt wasn
    werent isnt isn arent aint wont cant cannot couldnt wouldnt shouldnt neither nor without nt dnt didint
    dident didnot donot unfailed zero nobody noone none nothing"""
)

HEDGES = these(
    """if might maybe may perhaps probably possibly gonna will would could should going think thinking guess
    hope hoping hopefully afraid worried scared almost nearly unless soon about suppose supposed wonder
    wondering feel jk kidding joking joke pretend imagine when whenever avoid want wanna need needs must
    shall yet example hypothetically ill someone somebody anyone anybody rumor heard failing we us both"""
)
"""Before a verb they make it something that did not happen, or not for certain."""

JESTS = these("jk kidding joking joke pretend hypothetically yet maybe perhaps probably think guess unsure")
"""The same, wherever they stand; "failed ahip i think"."""

QUESTIONS = these(
    """what whats what're how hows when whens why who whos where wheres which can could do does did is are am
    should shall would if"""
)
"""A line that begins so asks for something."""

WEAK_NAMES = these(
    """will may mark art grace hope faith joy bill pat rob sue drew dawn rose summer chance guy rich sky wade
    grant miles chase trace frank jack max ray dean case reed page sunny june april august star see an in do
    my me no penny ruby crystal hunter mason carter cash ace rusty sandy cliff heath lane major angel justice
    patience melody story wren robin buck chuck skip chip gene sterling win van read march tab kit don so to
    moss ash jay ty les"""
)
"""First names that are everyday words: only taken for a person when nothing else in the line names one."""

PRONOUNS = these("she he they shes hes theyve her him them")

FINISHED = these(
    """done ended removed complete completed finished closed session sessions it is its was been has have set
    with that the"""
)
"""All that "done" in a thread may be said with."""

OBJECTS = these(
    """not nt the her his my their it all both mod mods module modules quiz quizzes tbt tbts m1 m2 m3 m4 m5 q1 q2 q3 q4
    q5"""
)
OBJECTS |= {str(n) for n in range(1, 16)}
"""After "did" they make it a statement: "did the form", "did not pass", "did m1 and m2", "did 4 tbts"."""

CONDITIONS = these("if whether unless when once")
"""A deed "when" or "if" has not been done."""

TO_COME = these("gonna going should would could might need needs must shall want wanna ill soon almost nearly")
"""In the middle of a deed they put it off; "will" and "may" may be names."""

AUXILIARIES = these("has have was were")
ASKED_OF = PRONOUNS | these("i you we the my your any there ive hes shes")
"""Behind an auxiliary at the beginning they make it a question: "has the cap been delivered"."""

SEALED_TALK = re.compile(
    r"\bred[\s_-]*(?:flag|falg|lag)s?\b|\blegal[\s_-]*hold\b|^\W*(?:esp\W+)?(?:please )?hold\b", re.IGNORECASE
)
"""What speaks of a red flag or of a hold is kept sealed where it belongs, and not in the inbox."""
