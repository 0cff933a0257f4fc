"""What people of the simulated month do: come, report, forget, press buttons late. No bot in here, only habits."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.ports import Button, ChatMessage, File
from workflows.people import Agent, Role, Roster

DENVER = ZoneInfo("America/Denver")
TOGETHER = timedelta(seconds=60)
"""What is said within so long of one another is handed over together."""

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (800).to_bytes(4) + (600).to_bytes(4) + b"\x08\x02\x00\x00\x00"
NEVER = ("Undo", "Wrong", "Withdraw", "Reject", "Return", "Not ", "I'd rather", "Hold", "Fix", "Redo", "Dismiss", "No ")
"""Buttons nobody presses without a reason."""

Later = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Habits:
    """How one agent is: how often he answers, comes late, passes; 0 to 1."""

    answers: float
    late: float
    passes: float
    reports: float


@dataclass
class Crowd:
    """Everybody of the roster. `later(at, actor, text, room, files)` lets somebody speak."""

    roster: Roster
    dice: random.Random
    later: Later
    habits: dict[str, Habits] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    # -- what is planned

    def plan(self, start: datetime, weeks: int) -> None:
        """The days of every agent, of licensing, certifiers and leads."""
        for agent in self.roster.agents.values():
            roll = self.dice.random
            careful = roll()
            self.habits[agent.username] = Habits(
                answers=0.99 if careful < 0.8 else 0.8,
                late=0.02 if careful < 0.8 else 0.15,
                passes=0.9 if careful < 0.8 else 0.6,
                reports=0.97 if careful < 0.8 else 0.7,
            )
            self._agent(agent)
        self._leads(start, weeks)

    def _agent(self, agent: Agent) -> None:
        klass = self.roster.class_of(agent.username)
        habits, days = self.habits[agent.username], self._days(agent, klass.start, 9)
        for n, day in enumerate(days, 1):
            if self.dice.random() < 0.01:
                continue  # not there at all
            late = self.dice.random() < habits.late
            came = time(8, self.dice.randint(11, 50)) if late else time(7, self.dice.randint(40, 59))
            self._at(day, came, agent.username, "good morning", klass.channel)
            if self.dice.random() < habits.reports:
                self._at(day, time(16, self.dice.randint(2, 27)), agent.username, _report(n))
        exam = days[2]
        if self.dice.random() < habits.passes:
            self._at(exam, time(13, self.dice.randint(0, 59)), agent.username, "passed ahip")
            self._proofs(agent, exam)
        else:
            self._at(exam, time(11, self.dice.randint(0, 59)), agent.username, "fail ahip 1")
            self._at(days[3], time(11, self.dice.randint(0, 30)), agent.username, "passed ahip!!")
            self._proofs(agent, days[3])
        self._calls(agent, days)

    def _proofs(self, agent: Agent, day: date) -> None:
        shot = (File(name="13-checkmarks.png", type="image/png", content=PNG + agent.username.encode()),)
        self._at(day, time(15, 0), agent.username, "progress 13 checkmarks aetna courses product modules", files=shot)
        lia = self.roster.by_role(Role.licensing)[0]
        self._at(day, time(15, 30), lia, f"proof @{agent.username} ok")
        self._at(day, time(15, 40), lia, f"rts @{agent.username} yes")

    def _calls(self, agent: Agent, days: list[date]) -> None:
        certifiers = [user for user in self.roster.by_role(Role.certifier) if user.startswith("cert")]
        number = int(agent.username.removeprefix("agent"))
        certifier = certifiers[number % len(certifiers)]
        lane = (number // len(certifiers)) % 12
        cole, tim = self.roster.by_role(Role.cert_coordinator)[0], self.roster.by_role(Role.tbt_sme)[0]
        day, hour = days[5 + lane // 4], 8 + (lane % 4) * 2
        if (day, hour) < (days[5], 13):
            day = days[8]
        self._at(days[4], time(9, 30), agent.username, "equipment ok")
        self._at(day, time(hour, 5), cole, f"connect @{agent.username} @{certifier}")
        scores = [self.dice.choice((92, 88, 96, 90, 84.5)) for _ in range(5)]
        for k, score in enumerate(scores, 1):
            words = f"score @{agent.username} {k} {score} well: warm opening; down: pace; next: slow down"
            self._at(day, time(hour, 10 + k * 8), certifier, words)
        passed = sum(score >= 85 for score in scores)
        sheet = (
            File(name=f"{agent.last}_{agent.first}_[{passed * 20}%].csv", type="text/csv", content=b"call,score\n"),
        )
        self._at(day, time(hour, 55), certifier, f"scorecard @{agent.username}", files=sheet)
        proof = (
            File(name=f"{agent.last}_{agent.first}_TBT.pdf", type="application/pdf", content=PDF + agent.oid.encode()),
        )
        self._at(days[6], time(15, 50), agent.username, "progress tbt 15/15")
        self._at(days[6], time(15, 52), agent.username, "here are my tbts", files=proof)
        self._at(days[6], time(16, 5), tim, f"tbt ok @{agent.username}")
        self._at(days[7], time(9, 0), cole, f"uploaded @{agent.username} tbt")

    def _leads(self, start: datetime, weeks: int) -> None:
        """Now and then a lead is on leave for a day, or hands over to another."""
        leads = [user for user in self.roster.by_role(Role.tl) if user.startswith("lead")]
        for week in range(weeks):
            away = self.dice.choice(leads)
            other = self.dice.choice([user for user in leads if user != away] or leads)
            day = start.date() + timedelta(weeks=week, days=self.dice.randint(0, 3))
            self._at(day, time(8, 1), away, f"delegate @{other} until tomorrow")
        for klass in self.roster.classes.values():
            lia = self.roster.by_role(Role.licensing)[0]
            self._at(
                klass.start - timedelta(days=4),
                time(10, 0),
                lia,
                f"link {klass.name} https://meet.example.com/{klass.name}",
            )

    def _days(self, agent: Agent, first: date, how_many: int) -> list[date]:
        site, day = self.roster.site_of(agent.username), first
        days: list[date] = []
        while len(days) < how_many:
            if day.weekday() in site.days and day not in site.holidays:
                days.append(day)
            day += timedelta(days=1)
        return days

    def _at(self, day: date, wall: time, actor: str, text: str, room: str = "", files: tuple[File, ...] = ()) -> None:
        self.later(datetime.combine(day, wall, tzinfo=DENVER), actor, text, room, files)

    # -- what they do when they are told something

    def read(self, now: datetime, user: str, template: str, message: ChatMessage) -> None:
        """Somebody reads a direct message: presses a button sooner or later, or not at all."""
        if user in self.gone:
            return
        button = _liked(message.buttons)
        if button is None:
            if template.rsplit("/", 1)[-1].startswith("ask_"):
                self.later(now + timedelta(minutes=2), user, _said(template))
            return
        if user in self.roster.agents:
            if button.label.startswith("✋") or "here" in button.label.lower():
                if self.dice.random() < self.habits[user].answers:
                    self.later(now + timedelta(seconds=self.dice.randint(5, 200)), user, button.msg)
            elif self.dice.random() < 0.9:
                self.later(now + timedelta(minutes=self.dice.randint(1, 60)), user, button.msg)
            return
        slow = self.dice.random()
        if slow < 0.08 and not template.startswith("duty/e"):
            return  # forgotten until the next reminder
        minutes = self.dice.randint(2, 12) if slow < 0.85 else self.dice.randint(20, 90)
        self.later(now + timedelta(minutes=minutes), user, button.msg)


def _liked(buttons: tuple[Button, ...]) -> Button | None:
    return next((button for button in buttons if not button.label.startswith(NEVER)), None)


def _said(template: str) -> str:
    if "number" in template:
        return "88231"
    return "was in the breakout room with me"


def _report(day: int) -> str:
    return {
        1: "progress m1 m2 q1 q2 tbt 0/15 calls 0",
        2: "done with mods 3-4 and quizzes 3-4",
        3: "progress m5 q5 ahip passed aetna courses",
        4: "product modules done",
    }.get(day, f"progress tbt {min(15, (day - 4) * 5)}/15")
