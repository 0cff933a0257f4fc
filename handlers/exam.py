"""A person says how an exam went: `fail`, `pass`, "wrong number". Acts only on words that leave no doubt.

The ladder, the count and who may report are the workflow's business.
"""

from __future__ import annotations

from handlers import lexicon, names, ordinals, tbt
from handlers.intents import Act, Confirm, Intent, Say, Wish
from handlers.lexicon import these
from handlers.line import Line, unclear
from handlers.verdict import FAILED, VERBS, verdict
from handlers.words import plain
from workflows.failed_exam import ExamFailed, ExamPassed, ResultEntered
from workflows.people import Exam

_PRACTICE = these("practice practise quiz quizz quizzes mock module modules mod")
_CRASHED = these("technical crash crashed crashes crashing froze frozen glitch glitched outage disconnected")
"""Said with a fail they make it a technical failure, as the reporter sees it."""
_ASIDE = these("login log vpn citrix password page computer laptop internet wifi website link camera mic audio system")


# -- exams -------------------------------------------------------------------------------------------------


def exams(line: Line) -> list[Exam]:
    """Takes the exams the line names, the longest names first where they begin, each once."""
    find = line.desk.roster.find_exam
    found: dict[str, Exam] = {}
    i = 0
    while i < len(line.words):
        word = line.words[i]
        last = i if word in VERBS or (len(word) < 3 and word.isdigit()) else min(len(line.words), i + 6)
        for j in range(last, i, -1):
            if exam := find(" ".join(line.words[i:j])):
                found[exam.key] = exam
                line.take(i, j)
                break
        else:
            i += 1
    return list(found.values())


def _limited(line: Line) -> list[Exam]:
    return [exam for exam in line.desk.roster.exams.values() if exam.kind == "limited"]


def _pick(line: Line, word: str, more: str = "", among: list[Exam] | None = None) -> list[tuple[str, str]]:
    """A button for each exam; `more` goes behind its name in what the press types."""
    return [
        (exam.name, line.press(" ".join(f"{word} {exam.key} {more}".split()))) for exam in (among or _limited(line))[:8]
    ]


def _the_one(line: Line, found: list[Exam], word: str, whose: list[str]) -> Exam:
    """The one limited exam among those named, or the question which; its buttons keep the number and the name."""
    practice = not _PRACTICE.isdisjoint(line.words)
    if len(found) == 1 and found[0].kind == "limited" and not practice:
        return found[0]
    more = _number(line) + ("" if line.own else f" for @{whose[0]}") + _crash(line)
    if len(found) > 1:
        raise unclear("one_exam", {"word": word, "exams": [e.name for e in found]}, _pick(line, word, more, found))
    if found and found[0].kind != "limited":
        raise unclear("practice", {"exam": found[0].name})
    if practice:
        names_of = [e.name for e in found or _limited(line)]
        raise unclear("practice_or_exam", {"exams": names_of}, _pick(line, word, more, found or None))
    raise unclear("unknown_exam", {"said": _leftover(line), "word": word}, _pick(line, word, more))


def _number(line: Line) -> str:
    """The one ordinal the line names, or its "again", to be typed once more by a button."""
    copy = Line(" ".join(line.raw), line.desk)
    found = ordinals.ordinals(copy)
    if not found and ordinals.again(copy):
        return "again"
    return str(*found) if len(found) == 1 and max(found) <= 10 else ""


def _leftover(line: Line) -> str:
    """The words nobody knows, fit to be shown."""
    left = [w for w in line.words if w not in lexicon.FILLER and w not in FAILED and w[0] != "@" and not w.isdigit()]
    return plain(" ".join(left), 60)


# -- whom --------------------------------------------------------------------------------------------------


def _whose(line: Line, word: str) -> list[str]:
    """The agents reported on: the speaker himself, or those a TL names. Unclear for an agent who names another."""
    own = line.own
    if own and _first_person(line):
        marked = [who for w in line.words if w[0] == "@" for who in line.desk.roster.find_people(w)]
        others = [who for who in marked if who in line.desk.roster.agents and who != own]
    else:
        others = [agent for agent in names.agents(line) if agent != own]
    they = not lexicon.PRONOUNS.isdisjoint(line.words[:2])
    if own and (others or they):
        raise unclear("only_they", {"name": line.desk.roster.name_of(others[0]) if others else "", "word": word})
    found = [own] if own else others or ([line.agent] if line.agent else [])
    if not found:
        raise unclear("whose_exam", {"word": word})
    return found


def _first_person(line: Line) -> bool:
    return line.words[:1] in (["i"], ["ive"], ["my"]) and "for" not in line.words


# -- the commands ------------------------------------------------------------------------------------------


def fail(line: Line) -> Intent | list[Intent]:
    """ "fail ahip 2", "bombed the AHIP final again :(", "ana failed ahip 2": the attempt was not passed."""
    if verdict(line) != "fail":
        return doubt(line)
    if not tbt.TBT.isdisjoint(line.words):
        return tbt.failed(line)
    named = exams(line)
    if not line.own and not named and not lexicon.PRONOUNS.isdisjoint(line.words[:2]):
        return Say(
            template="she_failed",
            buttons=(("Confirm the fail", line.press("confirm")), ("Enter the result", line.press("result fail"))),
        )
    whose = _whose(line, "fail")
    exam = _the_one(line, named, "fail", whose)
    repeated, final = ordinals.again(line), ordinals.last(line)
    claims = ordinals.ordinals(line) or ({exam.attempts} if final and exam.attempts else set())
    claimed = _one_claim(line, exam, claims, ("" if line.own else f" for @{whose[0]}") + _crash(line))
    acts = [Act(event=_fail_of(line, agent, exam, claimed), workflow="failed_exam", agent=agent) for agent in whose]
    if claimed is None and repeated:
        no = Say(template="nothing_recorded")
        return [
            Confirm(template="fail_again", facts={"exam": exam.name}, options=(("Yes", act), ("No", no)))
            for act in acts
        ]
    return [*acts]


def _fail_of(line: Line, agent: str, exam: Exam, claimed: int | None) -> ExamFailed:
    return ExamFailed(
        exam=exam.key,
        exam_name=exam.name,
        carrier=exam.carrier,
        claimed=claimed,
        plan_year=_plan_year(line, agent, exam),
        crashed=bool(_crash(line)),
    )


def _crash(line: Line) -> str:
    """ " technical" when the line says that something technical was the matter; what a button has to say again."""
    return "" if _CRASHED.isdisjoint(line.words) else " technical"


def _one_claim(line: Line, exam: Exam, claims: set[int], whom: str) -> int | None:
    """The one ordinal named, None for none; a question for two, or for one no exam has."""
    if len(claims) > 1:
        buttons = [(f"Attempt {n}", line.press(f"fail {exam.key} {n}{whom}")) for n in sorted(claims)[:3]]
        raise unclear("which_attempt", {"exam": exam.name, "claims": sorted(claims)[:3]}, buttons)
    claimed = next(iter(claims), None)
    if claimed is not None and not 1 <= claimed <= 10:
        shown = range(1, min(exam.attempts or 3, 5) + 1)
        buttons = [(f"Attempt {n}", line.press(f"fail {exam.key} {n}{whom}")) for n in shown]
        raise unclear(
            "odd_ordinal",
            {"exam": exam.name, "said": claimed if claimed < 10**6 else 10**6, "attempts": exam.attempts},
            buttons,
        )
    return claimed


def _plan_year(line: Line, agent: str, exam: Exam) -> int:
    return line.desk.calendar(agent).plan_year(line.desk.at, exam.plan_year_starts)


def passed(line: Line) -> Intent | list[Intent]:
    """ "pass ahip", "passed ahip!!", "i passed"; of a colleague's agent without an exam it is a proctor's result."""
    if verdict(line) != "pass":
        return doubt(line)
    if not tbt.TBT.isdisjoint(line.words):
        return tbt.tbt(line)
    they = not lexicon.PRONOUNS.isdisjoint(line.words[:2])
    if not line.own and (they or not _names_exam(line)):
        fits = line.thread if line.thread[:1] == "F" else ""
        where = [(line.agent, fits)] if they else names.about(line, "F")
        event = ResultEntered(passed=True)
        return [Act(event=event, workflow="failed_exam", agent=a, ref=r, duty="result") for a, r in where]
    if line.own and not _names_exam(line) and _PRACTICE.isdisjoint(line.words):
        return _passed_something(line)
    taken = exams(line)
    whose = _whose(line, "pass")
    found_exam = _the_one(line, taken, "pass", whose)
    return [Act(event=_pass_of(line, a, found_exam), workflow="failed_exam", agent=a) for a in whose]


def _names_exam(line: Line) -> bool:
    return bool(exams(Line(line.text, line.desk)))


def _passed_something(line: Line) -> Intent:
    """An agent passed, and does not say what: the house takes the only open exam, or asks."""
    agent = _whose(line, "pass")[0]
    if left := _leftover(line):
        raise unclear("unknown_exam", {"said": left, "word": "pass"}, _pick(line, "pass"))
    events = {exam.key: _pass_of(line, agent, exam) for exam in _limited(line)}
    return Wish(name="passed", args={"agent": agent, "events": events, "buttons": tuple(_pick(line, "pass"))})


def _pass_of(line: Line, agent: str, exam: Exam) -> ExamPassed:
    return ExamPassed(exam=exam.key, exam_name=exam.name, carrier=exam.carrier, plan_year=_plan_year(line, agent, exam))


def wrong_number(line: Line) -> Intent:
    """The ordinal that was reported is wrong."""
    return Wish(name="wrong_number", args={"ref": line.ref("F")})


def only_named(line: Line) -> tuple[tuple[str, str], ...]:
    """An agent names an exam and nothing else ("ahip 2"): what may have been meant, as buttons."""
    copy = Line(line.text, line.desk)
    found = [exam for exam in exams(copy) if exam.kind == "limited"] if line.own else []
    number = _number(copy)
    ordinals.ordinals(copy)
    if len(found) != 1 or _leftover(copy):
        return ()
    (exam,) = found
    return (
        (f"I failed {exam.name}", line.press(f"fail {exam.key} {number}".strip())),
        (f"I passed {exam.name}", line.press(f"pass {exam.key}")),
        ("Neither", line.press("no")),
    )


def doubt(line: Line) -> Intent:
    """A no, a maybe, two things at once: nothing is recorded, and the ways to say it are offered."""
    if not _ASIDE.isdisjoint(line.words):
        raise unclear("not_sure", {"exam": ""}, ())
    copy = Line(line.text, line.desk)
    found = [exam for exam in exams(copy) if exam.kind == "limited"] or _limited(line)
    exam = found[0] if len(found) == 1 else None
    if exam is None or not line.own:
        return Say(template="not_sure", facts={"exam": exam.name if exam else ""})
    return Say(
        template="not_sure",
        facts={"exam": exam.name},
        buttons=(
            (f"I failed {exam.name}", line.press(f"fail {exam.key}")),
            (f"I passed {exam.name}", line.press(f"pass {exam.key}")),
            ("Neither", line.press("no")),
        ),
    )
