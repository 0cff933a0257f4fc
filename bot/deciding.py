"""One letter becomes steps of cases, and their effects become rows: in memory, in one go, or not at all.

The only room where roles meet people. It sends nothing; it writes into the `World` of the batch.
Longer than most: every kind of effect has its paragraph here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from bot import corrections, duties, refusals, tracker
from bot.digests import Digests, Line
from bot.gatherings import GATHERINGS, Gathered
from bot.letters import Letter
from bot.machines import EVENTS
from bot.office import Office
from store import statements
from store.codec import dump, micros, reader
from store.rows import Duty, Note, Question, Step, Timer
from store.world import World
from workflows import effects as wish
from workflows.handoffs import CauseFell
from workflows.machine import Case, Declined, Event, Moment
from workflows.people import CLASS_, Role

if TYPE_CHECKING:
    from bot.mailroom import Reply

DEEPEST_HAND = 8
"""How many cases may hand events on within one letter; more is a loop."""

PERSONAL = "personal"
"""In place of a role: the agent's own private address."""

TEAM_ADDRESS = {Role.licensing: "licensing_team"}
"""Roles whose mail goes to their team's address of the roster."""


class Unfit(Exception):
    """An event found no case; `why` is the template that says so, `facts` what it may say."""

    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.why, self.facts = why, facts


@dataclass
class Card:
    """Duties of one person about one agent, born of one letter: one message."""

    room: str
    reader: str
    duties: list[tuple[Duty, dict[str, Any]]]


class Decider:
    """Decides one letter in the world of its batch."""

    def __init__(
        self, office: Office, world: World, letter: Letter, lines: list[dict[str, Any]], now: datetime
    ) -> None:
        self.office, self.world, self.letter, self.lines = office, world, letter, lines
        self.now = now
        self.at = letter.at
        self.told: list[str] = []
        self.office_changed = False
        self.kept: dict[str, Any] = {}  # what gatherings of this letter share
        self.verdict = ""
        self.reply: Reply | None = None
        self.digests: Digests | None = None  # what waits in this batch for others of its kind
        self._answers = 0
        self._cards: dict[tuple[str, str], Card] = {}
        self._undo: tuple[str, int] | None = None
        self.corrected: set[tuple[str, str]] = set()

    def changed_office(self) -> None:
        """Absences or standings were written: every process is to read them again."""
        self.office_changed = True

    # -- stepping

    def enter(self, case: Case[Any], event: Event, depth: int = 0) -> Declined | None:
        """Put an event into a case, with all that follows; the reason when it is declined."""
        if depth > DEEPEST_HAND:
            raise RecursionError(f"{self.letter.source}: events handed on more than {DEEPEST_HAND} deep")
        machine = self.office.machine_of(case)
        moment = self._moment(case, event)
        result = machine.step(moment)
        if isinstance(result, Declined):
            asked = refusals.refuse(self, machine, moment, result) if depth == 0 else False
            if case.id not in self.world.cases and not asked:
                self.world.give_back(case.id)
            return result
        after, row = result.case, result.row
        live = after.state not in machine.ends
        self.world.put_case(after, live, self.now)
        step = Step(
            case_id=after.id,
            seq=after.seq,
            at=self.at,
            actor=self.letter.actor,
            by=sorted(moment.by),
            source=self.letter.source,
            event=type(event).__name__,
            payload=dump(event),
            was=case.state,
            state=after.state,
            before=dump(case.data),
            row=row.source,
            made={"owed": [], "settled": [], "armed": [], "disarmed": [], "sent": [], "tracked": []},
        )
        self.world.steps.append(step)
        self._undo = self._undo or (after.id, after.seq)
        self._line(
            "state",
            ref=after.id,
            workflow=after.workflow,
            agent=after.agent,
            **{"from": case.state},
            to=after.state,
            event=type(event).__name__,
            actor=self.letter.actor,
            source=row.source,
        )
        self._carry_out(after, result.effects, step, depth)
        if depth == 0:
            self._answered(after, type(event).__name__)
        return None

    def _answered(self, case: Case[Any], event: str) -> None:
        """A line asked of the sender for an event that has happened meanwhile is not waited for any more."""
        for question in self.world.questions.values():
            mine = question.open and question.actor == self.letter.actor and question.case_id == case.id
            if mine and question.kind != "choice" and any((a["event"] or [""])[0] == event for a in question.answers):
                self.world.close_question(question)

    def open(self, workflow: str, event: Event, agent: str) -> Case[Any]:
        """The case an opening event belongs to: the live one of its key, an ended one that matters, or a new one."""
        known = self.find(workflow, event, agent)
        if known is not None:
            return known
        pack = self.office.pack_in_force(workflow, event)
        machine = self.office.machine(workflow, pack.pin)
        return Case(
            id=self.world.number(machine.letter),
            workflow=workflow,
            key=machine.key(event) or "",
            agent=agent,
            pack=pack.pin,
            calendar=self.office.pin_calendar(agent),
            state=machine.start,
            data=machine.fresh(event),
            opened=self.at,
        )

    def find(self, workflow: str, event: Event, agent: str) -> Case[Any] | None:
        """The case of that agent an event belongs to by its key; a voided or corrected one counts as none."""
        pack = self.office.pack_in_force(workflow, event)
        machine = self.office.machine(workflow, pack.pin)
        key = machine.key(event)
        mine = [case for case in self.world.cases_of(agent) if case.workflow == workflow and case.key == key]
        live = [case for case in mine if self.world.live[case.id]]
        if live:
            return live[0]
        ended = [
            case
            for case in mine
            if self.office.machine_of(case).rows_for(case.state, type(event))
            or case.state not in ("VOID", "CLOSED_LEFT", "WITHDRAWN")
        ]
        remembered = [
            case
            for case in ended
            if case.state not in (machine.unwound, "VOID", "CLOSED_LEFT") and not machine.forgets(case, event, self.at)
        ]
        return max(remembered, key=lambda case: case.opened, default=None) if machine.remembers else None

    def _moment(self, case: Case[Any], event: Event) -> Moment[Any]:
        about = self.office.roster.agents.get(case.agent)
        klass = self.office.roster.classes.get(about.class_name if about else case.agent.removeprefix(CLASS_))
        others = tuple(other for other in self.world.cases_of(case.agent) if other.id != case.id)
        return Moment(
            case=case,
            was=case,
            event=event,
            at=self.at,
            actor=self.letter.actor,
            source=self.letter.source,
            by=self.office.roles(self.letter.actor, case.agent, self.at, case)
            if self.letter.actor
            else frozenset({Role.bot}),
            policy=self.office.policy(case),
            calendar=self.office.calendar_of(case),
            about=about,
            klass=klass,
            others=others,
        )

    # -- effects

    def _carry_out(self, case: Case[Any], wishes: tuple[wish.Effect, ...], step: Step, depth: int) -> None:
        self._foresee(case, wishes)
        for n, effect in enumerate(wishes):
            key = f"{case.id}:{step.seq}:{n}"
            match effect:
                case wish.Tell():
                    self.tell(case, effect, key, step)
                case wish.Post():
                    self.post(
                        case,
                        effect.channel,
                        effect.template,
                        effect.facts,
                        key,
                        spec=effect.id,
                        tag=effect.tag,
                        buttons=effect.more,
                        step=step,
                        gather=effect.gather,
                        follow=not effect.alone,
                    )
                case wish.Mail():
                    self._mail(case, effect, key, step)
                case wish.Owe():
                    self._owe(case, effect, key, step)
                case wish.Settle():
                    self._settle(case, effect, step)
                case wish.Hush():
                    for duty in self._named(case, effect.duty):
                        self._stop_clock(duty, step)
                case wish.Arm():
                    self._arm(case, effect, step)
                case wish.Disarm():
                    self._disarm(case, effect.name, step)
                case wish.Track():
                    self._track(case, effect, key, step)
                case wish.Hand():
                    self._hand(case, effect, depth)
                case wish.Ask():
                    self.put(case, effect, key, step)
                case wish.Correct():
                    corrections.wished(self, case, effect, key, step)
                case wish.Standing():
                    self._stand(case, effect, depth)
                case _:
                    raise TypeError(f"no paragraph for a {type(effect).__name__}")

    def recipients(self, role: str, case: Case[Any] | None, agent: str) -> tuple[str, ...]:
        """Usernames for a role of an effect, now."""
        if role == wish.ACTOR:
            return (self.letter.actor,) if self.letter.actor else ()
        return self.office.party(role, agent, self.now, case).users

    def tell(self, case: Case[Any], effect: wish.Tell, key: str, step: Step | None) -> None:
        """A direct message to everybody the effect names."""
        users = self.recipients(effect.to, case, case.agent)
        for i, user in enumerate(users):
            if effect.to != wish.ACTOR and user == self.letter.actor and effect.to != Role.agent and not effect.tag:
                continue
            if user != case.agent and self.office.gone(user):
                continue  # nothing of his class or site reaches one who has left
            buttons = [(label, words) for label, words in effect.more]
            gathered = self.gathered(effect.gather, case, user, effect.facts)
            if gathered is None:
                continue
            if effect.many and self.digests is not None and self.letter.timer:
                mine = f"{key}.{i}" if i else key
                line = Line(desk=self, case=case, effect=effect, facts=gathered.facts, key=mine, step=step)
                self.digests.add(user, line)
                continue
            if effect.undo and step is not None:
                buttons.insert(0, ("Undo", self.press("Undo", case.id, "u", case.id, str(step.seq))))
            self.chat(
                f"@{user}",
                effect.template,
                gathered.facts,
                f"{key}.{i}" if i else key,
                case=case,
                buttons=[*buttons, *gathered.buttons],
                tag=effect.tag,
                reader=user,
                step=step,
            )
            if self.reply is not None and user == self.letter.actor:
                self.reply.echo(effect.template, gathered.facts, case, undo=effect.undo)

    def gathered(self, name: str, case: Case[Any], reader: str, facts: Mapping[str, Any]) -> Gathered | None:
        """The facts with what only many cases know; None when there is nothing to say to that reader."""
        return GATHERINGS[name](self, case, reader, facts) if name else Gathered(facts=facts)

    def press(self, label: str, ref: str, kind: str, *parts: str) -> str:
        """The text a button types."""
        return f"{label} {ref} {self.office.tokens.button(kind, *parts)}".replace("  ", " ")

    def chat(
        self,
        room: str,
        template: str,
        facts: Mapping[str, Any],
        key: str,
        *,
        case: Case[Any] | None = None,
        agent: str = "",
        buttons: Iterable[tuple[str, str]] = (),
        tag: str = "",
        spec: str = "",
        reader: str = "",
        step: Step | None = None,
        follow: bool = False,
    ) -> Note:
        """One chat message into the outbox; `follow` puts it in the thread of the case's first post there."""
        note = Note(
            key=key,
            channel="chat",
            lane=room,
            template=template,
            made=self.now,
            due=self.now,
            case_id=case.id if case else "",
            agent=case.agent if case else agent,
            spec=spec,
            tag=tag,
            wire_id=self.office.tokens.chat_id(key),
            body={"facts": dict(facts), "buttons": [list(each) for each in buttons], "reader": reader, "thread": None},
        )
        if follow and case is not None:
            self._thread(note, case)
        self.send(note, step)
        return note

    def _thread(self, note: Note, case: Case[Any]) -> None:
        mine = [other for other in self.world.notes.values() if other.case_id == case.id and other.lane == note.lane]
        root = mine[0].wire_id if mine else self.world.thread(case.id, note.lane)
        if root is None:
            self.world.extra.append(
                (statements.THREAD_IN, [{"case_id": case.id, "lane": note.lane, "wire_id": note.wire_id}])
            )
        elif mine and mine[0].body["thread"]:
            note.body["thread"] = mine[0].body["thread"]
        else:
            note.body["thread"] = root

    def send(self, note: Note, step: Step | None) -> None:
        """Into the outbox, on the account of that step."""
        self.world.add_note(note)
        if step is not None:
            step.made["sent"].append(note.key)

    def post(
        self,
        case: Case[Any],
        channel: str,
        template: str,
        facts: Mapping[str, Any],
        key: str,
        *,
        spec: str = "",
        tag: str = "",
        buttons: Iterable[tuple[str, str]] = (),
        step: Step | None = None,
        gather: str = "",
        follow: bool = True,
    ) -> Note | None:
        """A line in a shared channel; "class" is that of the agent's class, a name with "#" the room itself."""
        gathered = self.gathered(gather, case, "", facts)
        if gathered is None:
            return None
        return self.chat(
            self._room(channel, case),
            template,
            gathered.facts,
            key,
            case=case,
            buttons=[*buttons, *gathered.buttons],
            tag=tag,
            spec=spec,
            step=step,
            follow=follow,
        )

    def _room(self, channel: str, case: Case[Any]) -> str:
        if channel.startswith("#"):
            return channel
        roster = self.office.roster
        if channel == "class" and (members := roster.members(case.agent)):
            return roster.class_of(members[0]).channel
        return self.office.channel(channel)

    # -- mail

    def _mail(self, case: Case[Any], effect: wish.Mail, key: str, step: Step) -> None:
        if effect.about and self.office.gone(effect.about):
            return
        to, cc = self.addresses(effect.to, case, effect.about), self.addresses(effect.cc, case, effect.about)
        to_list = dict(to[0])
        cc_list = {email: name for email, name in {**cc[0], **to[1], **cc[1]}.items() if email not in to_list}
        for known in effect.already:
            to_list.pop(known, None)
            cc_list.pop(known, None)
        if effect.already and not to_list:
            return  # the agent's own mail has reached everyone it had to
        if not to_list:
            to_list, cc_list = cc_list, {}
        gathered = self.gathered(effect.gather, case, "", effect.facts) if to_list else None
        if gathered is None:
            return
        owed = next(iter(self._named(case, effect.due)), None) if effect.due else None
        body: dict[str, Any] = {
            "facts": {**gathered.facts, "due": owed.due} if owed else dict(gathered.facts),
            "to": [[name, email] for email, name in to_list.items()],
            "cc": [[name, email] for email, name in cc_list.items()],
            "reply_to": self._reply_to(effect.behalf, case, effect.about),
            "attach": [
                *(self._paper(p, effect.about or case.agent) for p in (*effect.attach, *gathered.attach)),
                *({"kind": "kept", "name": e.name, "slots": {"hash": e.hash, "type": e.type}} for e in effect.evidence),
            ],
            "invite": effect.invite,
        }
        note = Note(
            key=key,
            channel="mail",
            lane=next(iter(to_list)),
            template=effect.template,
            body=body,
            made=self.now,
            due=self.now,
            case_id=case.id,
            agent=effect.about or case.agent,
            spec=effect.id,
            tag=effect.tag,
            wire_id=self.office.tokens.mail_token(key),
        )
        self.send(note, step)

    def _paper(self, paper: wish.Paper, agent: str) -> dict[str, Any]:
        """A paper as it waits; a scorecard with the OID, for its agent may have left the roster when it goes out."""
        known = self.office.roster.agents.get(agent) if paper.kind == "scorecard" else None
        oid = {"oid": known.oid} if known is not None else {}
        return {"kind": paper.kind, "name": paper.name, "slots": {**oid, **paper.slots}}

    def _reply_to(self, behalf: str, case: Case[Any], about: str) -> list[list[str]]:
        """Whom a reply reaches, with a person's name: behind a team's mailbox stands one of the team."""
        holders = self.addresses((behalf,), case, about)[0] if behalf else {}
        found = [[name, email] for email, name in holders.items()][:1]
        if found and found[0][0]:
            return found
        owner = self.office.answers_for(behalf, about or case.agent, self.now, case)
        return [*found, owner] if owner else found

    def addresses(
        self, roles: Iterable[str], case: Case[Any], about: str = ""
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Addresses with names for roles and contacts, and those of people who are away and stood in for."""
        roster = self.office.roster
        agent = about or case.agent
        found: dict[str, str] = {}
        away: dict[str, str] = {}
        for role in roles:
            if role == PERSONAL:
                pupil = roster.agents.get(agent)
                if pupil is not None and pupil.personal_email:
                    found[pupil.personal_email] = pupil.name
                continue
            contact = TEAM_ADDRESS.get(Role(role)) if role in Role.__members__ else role
            if contact and contact in roster.contacts:
                found.update(dict.fromkeys(roster.contacts[contact], ""))
                continue
            party = self.office.party(role, agent, self.now, case)
            found.update({email: roster.name_of(user) for user in party.users if (email := roster.email_of(user))})
            away.update({email: roster.name_of(user) for user in party.away if (email := roster.email_of(user))})
        return found, away

    # -- duties

    def _owe(self, case: Case[Any], effect: wish.Owe, key: str, step: Step) -> None:
        for standing in self.world.open_duties(case.id):
            if standing.name == effect.duty:
                return
        owners: dict[str, None] = {}
        for role in effect.to:
            owners.update(dict.fromkeys(self.office.party(role, case.agent, self.now, case).users))
        if not owners:  # nobody holds the role: never silently dropped
            owners.update(dict.fromkeys(self.office.party(Role.esp_manager, case.agent, self.now, case).users))
        calendar, sla = self.office.calendar_of(case), self.office.sla(case, effect.sla)
        due = effect.due or (duties.due_time(sla, self.now, calendar) if sla else None)
        duty = Duty(
            id=key,
            case_id=case.id,
            workflow=case.workflow,
            agent=case.agent,
            name=effect.duty,
            title=effect.title,
            template=effect.template,
            facts=dict(effect.facts),
            roles=tuple(str(role) for role in effect.to),
            owners=tuple(owners),
            answers=[self._answer(answer, case.workflow) for answer in effect.answers],
            stages={"sla": effect.sla},
            since=self.now,
            due=due,
            channel=effect.channel,
        )
        self.world.add_duty(duty)
        step.made["owed"].append(duty.id)
        self._duty_line(duty)
        if sla and due:
            for stage in duties.stages(duty.name, sla, self.now, due, calendar):
                self.wind(duty, stage, step.seq, step)
        if effect.channel:
            note = self.post(
                case,
                effect.channel,
                effect.template,
                effect.facts,
                f"{key}.c",
                spec=effect.id,
                tag=effect.tag,
                buttons=self.buttons(duty),
                step=step,
            )
            duty.card = note.key if note else ""
            return
        for owner in owners:
            card = self._cards.setdefault((owner, case.agent), Card(room=f"@{owner}", reader=owner, duties=[]))
            card.duties.append((duty, {"tag": effect.tag, "step": step}))

    def _answer(self, answer: wish.Answer, workflow: str) -> dict[str, Any]:
        event = [type(answer.event).__name__, answer.event] if answer.event is not None else None
        return {
            "label": answer.label,
            "event": event,
            "done": answer.done,
            "ask": answer.ask,
            "fills": answer.fills,
            "workflow": workflow,
        }

    def buttons(self, *duties: Duty) -> list[tuple[str, str]]:
        """The buttons of duties: (label, text the press types). Where several agents are meant each button names his;
        equal labels say which attempt and case is meant."""
        labels = [answer["label"] for duty in duties for answer in duty.answers]
        agents = {duty.agent for duty in duties}
        found = []
        for duty in duties:
            number = duty.name.partition(":")[2]
            which = f" ({duty.case_id}{', attempt ' + number if number.isdecimal() else ''})"
            pupil = self.office.roster.agents.get(duty.agent) if len(agents) > 1 else None
            whose = f" {pupil.first}" if pupil is not None else ""
            for i, answer in enumerate(duty.answers):
                label = answer["label"] + whose + (which if labels.count(answer["label"]) > 1 else "")
                found.append((label, self.press(label, duty.case_id, "d", duty.id, str(i))))
        return found

    def flush_cards(self) -> None:
        """One card a person and agent for the duties born of this letter."""
        for card in self._cards.values():
            first, told = card.duties[0]
            key = f"{first.id}.c.{card.reader}"
            case = self.world.cases[first.case_id]
            items = [self.item(duty) for duty, _ in card.duties]
            buttons = self.buttons(*(duty for duty, _ in card.duties))
            note = self.chat(
                card.room,
                "duty/card",
                {"items": items},
                key,
                case=case,
                buttons=buttons,
                tag=told["tag"],
                reader=card.reader,
                step=told["step"],
            )
            for duty, _ in card.duties:
                duty.card = duty.card or note.key
                self.world.touch_duty(duty)
        self._cards.clear()

    def item(self, duty: Duty) -> dict[str, Any]:
        """A duty's line on a card; its text is rendered when the card is."""
        return {
            "template": duty.template,
            "facts": duty.facts,
            "due": duty.due,
            "title": duty.title,
            "ref": duty.case_id,
            "agent": duty.agent,
            "owners": list(duty.owners),
            "since": duty.since,
        }

    def _named(self, case: Case[Any], name: str) -> list[Duty]:
        return [duty for duty in self.world.open_duties(case.id) if fnmatchcase(duty.name, name)]

    def _settle(self, case: Case[Any], effect: wish.Settle, step: Step) -> None:
        for duty in self._named(case, effect.duty):
            self.settle(duty, step, withdrawn=effect.withdrawn)

    def settle(self, duty: Duty, step: Step, *, withdrawn: bool) -> None:
        """A duty is done or withdrawn: its clock stops, its card is not sent if it has not been."""
        step.made["settled"].append([duty.id, duty.status])
        duty.open, duty.status = False, "withdrawn" if withdrawn else "done"
        duty.settled_by = "" if withdrawn else self.letter.actor
        duty.settled_at = self.at
        duty.done = self._done_word(duty, step.event)
        self.world.touch_duty(duty)
        self._stop_clock(duty, step)
        self._duty_line(duty)
        if duty.card and all(not other.open for other in self.world.duties_of(duty.agent) if other.card == duty.card):
            self.world.withdraw_note(duty.card)
        for question in self.world.questions.values():
            if question.open and question.duty == duty.id:
                self.world.close_question(question)

    @staticmethod
    def _done_word(duty: Duty, event: str) -> str:
        return next(
            (answer["done"] for answer in duty.answers if answer["event"] and answer["event"][0] == event), "done"
        )

    def _stop_clock(self, duty: Duty, step: Step) -> None:
        for timer in self.world.armed(duty.case_id):
            if timer.event == "" and timer.payload.get("duty") == duty.id:
                self._forget(timer, step)

    # -- timers

    def _arm(self, case: Case[Any], effect: wish.Arm, step: Step) -> None:
        payload = effect.event
        self._set_timer(
            Timer(
                case_id=case.id,
                name=effect.name,
                agent=case.agent,
                due=effect.due,
                seq=step.seq,
                event=type(payload).__name__,
                payload=payload,
            ),
            step,
        )

    def wind(self, duty: Duty, stage: duties.Stage, seq: int, step: Step | None) -> None:
        """The clock of a duty: a timer for one of its stages."""
        payload = {"duty": duty.id, "to": stage.to}
        timer = Timer(
            case_id=duty.case_id, name=stage.name, agent=duty.agent, due=stage.due, seq=seq, event="", payload=payload
        )
        self._set_timer(timer, step)

    def _set_timer(self, timer: Timer, step: Step | None) -> None:
        before = self.world.timer(timer.case_id, timer.name)
        if step is not None:
            if before is not None and before.open:
                step.made["disarmed"].append([before.name, before.due, before.event, before.payload])
            step.made["armed"].append(timer.name)
        self.world.put_timer(timer)
        self._line("timer", ref=timer.case_id, name=timer.name, due=timer.due, status="armed")

    def _disarm(self, case: Case[Any], name: str, step: Step) -> None:
        for timer in self.world.armed(case.id):
            if timer.event and fnmatchcase(timer.name, name):
                self._forget(timer, step)

    def _forget(self, timer: Timer, step: Step) -> None:
        step.made["disarmed"].append([timer.name, timer.due, timer.event, timer.payload])
        timer.open = False
        self.world.put_timer(timer)
        self._line("timer", ref=timer.case_id, name=timer.name, due=timer.due, status="disarmed")

    # -- tracker

    def _track(self, case: Case[Any], effect: wish.Track, key: str, step: Step) -> None:
        by = next(iter(self.recipients(effect.by, case, case.agent)), "") if effect.by else self.letter.actor
        note = self._noted(case.agent, effect.column, effect.note, by) if effect.note is not None else None
        self.track(case.agent, effect.column, effect.value, note, key, by)
        step.made["tracked"].append([effect.column, key])

    def untrack(self, agent: str, column: str, key: str, mine: str) -> None:
        """A cell goes back to what stood there before that row, and a note says that the last one does not hold."""
        before = self.world.cell_before(agent, column, key)
        note = self._noted(agent, column, "Correction: please disregard the last note", self.letter.actor)
        self.track(agent, column, before, note, mine, self.letter.actor)

    def _noted(self, agent: str, column: str, text: str, by: str) -> str:
        author = self.office.roster.name_of(by) if by else tracker.BOT
        return tracker.note(column, author, self.office.calendar(agent).local(self.at).date(), text)

    def track(self, agent: str, column: str, value: str | None, note: str | None, key: str, by: str) -> None:
        """A cell, a note, or both."""
        value = tracker.plain(value) if value is not None else None
        row = {
            "id": key,
            "agent": agent,
            "column": column,
            "value": value,
            "note": note,
            "at": micros(self.at),
            "by": by,
            "open": True,
        }
        self.world.extra.append((statements.NOTE_IN, [row]))
        if value is not None:
            self.world.extra.append(
                (
                    statements.CELL_IN,
                    [{"agent": agent, "column": column, "value": value, "at": micros(self.at), "by": by}],
                )
            )
        self._line("tracker", agent=agent, column=column, value=value, note=note)

    # -- handing on

    def _foresee(self, case: Case[Any], wishes: Iterable[wish.Effect]) -> None:
        """Read at once whom these effects hand on to: a class's day speaks of everybody in it."""
        hands = [each for each in wishes if isinstance(each, wish.Hand) and not each.ref]
        if len(hands) > 1:
            run = {workflow for workflow in {each.workflow for each in hands} if self.office.runs(workflow)}
            mine = (each for each in hands if each.workflow in run)
            self.world.load(self.office.subject(each.workflow, each.agent or case.agent) for each in mine)

    def _hand(self, case: Case[Any], effect: wish.Hand, depth: int) -> None:
        for target in self._targets(case, effect):
            self.enter(target, effect.event, depth + 1)

    def _stand(self, case: Case[Any], effect: wish.Standing, depth: int) -> None:
        row = {"agent": case.agent, "status": effect.status, "since": micros(self.at), "by": self.letter.actor}
        self.world.extra.append((statements.STANDING_IN, [row]))
        self.changed_office()
        for known in self.world.cases_of(case.agent):
            other = self.world.cases[known.id]  # as it is by now: one may have handed on to the next
            hears = self.world.live[other.id] and self.office.machine_of(other).hears(type(effect.event))
            if other.id != case.id and hears:
                self.enter(other, effect.event, depth + 1)

    def _targets(self, case: Case[Any], effect: wish.Hand) -> list[Case[Any]]:
        event = effect.event
        if effect.ref:
            known = self.world.cases.get(effect.ref)
            return [known] if known is not None else []
        if not self.office.runs(effect.workflow):
            return []
        agent = self.office.subject(effect.workflow, effect.agent or case.agent)
        self.world.load([agent])
        machine = self.office.machine(effect.workflow, self.office.pack_in_force(effect.workflow, event).pin)
        if type(event) in machine.opens:
            return [self.open(effect.workflow, event, agent)]
        mine = [other for other in self.world.cases_of(agent) if other.workflow == effect.workflow]
        if isinstance(event, CauseFell):
            dues = ((other, getattr(other.data, "due", None)) for other in mine)
            return [
                other
                for other, due in dues
                if getattr(due, "cause", "") == event.cause and getattr(due, "step", 0) == event.step
            ]
        key = machine.key(event)
        return [other for other in mine if self.world.live[other.id] and key in (None, other.key)]

    # -- questions

    def put(self, case: Case[Any], effect: wish.Ask, key: str, step: Step | None) -> None:
        """The question of an effect, to everybody it names."""
        for user in self.recipients(effect.to, case, case.agent):
            answers = [self._answer(answer, case.workflow) for answer in effect.answers]
            self.ask(user, effect.template, effect.facts, answers, key, case=case, step=step, kind=effect.kind)

    def ask(
        self,
        user: str,
        template: str,
        facts: Mapping[str, Any],
        answers: list[dict[str, Any]],
        key: str,
        *,
        case: Case[Any] | None = None,
        agent: str = "",
        duty: str = "",
        kind: str = "choice",
        step: Step | None = None,
    ) -> None:
        """A question to one person: buttons, or one line of words (`kind`)."""
        for old in self.world.questions.values():
            if kind != "choice" and old.open and old.actor == user and old.kind != "choice":
                self.world.close_question(old)  # one line answers one question, the newest
        id = self.office.tokens.chat_id(key)
        question = Question(
            id=id,
            actor=user,
            kind=kind,
            answers=answers,
            at=self.at,
            case_id=case.id if case else "",
            agent=case.agent if case else agent,
            duty=duty,
        )
        self.world.add_question(question)
        ref = case.id if case else ""
        buttons = (
            [(each["label"], self.press(each["label"], ref, "a", id, str(i))) for i, each in enumerate(answers)]
            if kind == "choice"
            else []
        )
        self.chat(f"@{user}", template, facts, key, case=case, agent=agent, buttons=buttons, reader=user, step=step)
        if self.reply is not None and user == self.letter.actor:
            self.reply.asked(template, facts, case, agent)

    # -- plain answers

    def decline(self, reason: str, template: str, facts: Mapping[str, Any], *, case: Case[Any] | None = None) -> None:
        """A polite no, to the sender only."""
        note = self.answer(template, facts, case=case)
        self._line("declined", actor=self.letter.actor, reason=reason, text="", key=note.key if note else "")

    def answer(
        self,
        template: str,
        facts: Mapping[str, Any] | None = None,
        *,
        case: Case[Any] | None = None,
        agent: str = "",
        buttons: Iterable[tuple[str, str]] = (),
        room: str = "",
    ) -> Note | None:
        """Plain words to the sender, by direct message, or by mail where he wrote one. None when nobody sent the
        letter."""
        if not self.letter.actor:
            return None
        if self.reply is not None and not room:
            return self.reply.say(template, facts or {}, case, agent, buttons)
        return self.chat(
            room or f"@{self.letter.actor}",
            template,
            facts or {},
            self.answer_key(),
            case=case,
            agent=agent,
            buttons=buttons,
            reader=self.letter.actor,
        )

    def answer_key(self) -> str:
        """The outbox key of the next plain answer."""
        self._answers += 1
        return f"in:{self.letter.source}:{self._answers}"

    @staticmethod
    def _what(case: Case[Any] | None) -> str:
        """What the case is about, in the words of its data: the exam, or whatever it calls its `title`."""
        return str(getattr(case.data, "exam_name", "") or getattr(case.data, "title", "")) if case else ""

    # -- lines for rehearsals

    def _line(self, kind: str, **facts: Any) -> None:
        self.lines.append({"kind": kind, "at": self.now, **facts})

    def _duty_line(self, duty: Duty) -> None:
        self._line(
            "duty", ref=duty.case_id, duty=duty.name, owner=",".join(duty.owners), status=duty.status, due=duty.due
        )

    duty_line = _duty_line
    line = _line
    set_timer = _set_timer
    forget = _forget
    owe = _owe
    what = _what
    moment = _moment


def event_of(pair: list[Any] | None, **filled: Any) -> Event | None:
    """The event of a stored answer, with fields filled in."""
    if pair is None:
        return None
    name, payload = pair
    event = payload if isinstance(payload, Event) else reader(EVENTS[name])(payload)
    return replace(event, **filled) if filled else event
