"""One case of the made-up city, lived by the engine's rules: what an act makes of a case, its
deadlines and its next moment are computed by the functions that the recorder calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from pydantic import JsonValue

from rules.asked import Asked, Circumstances
from rules.book import Clocks, RuleBook
from rules.calendar import BusinessCalendar
from rules.consequences import Consequence, consequence, drawn_event
from rules.levels import NAMES
from rules.life import facts_after, facts_of
from rules.transitions import TRANSITIONS
from rules.turn import Turn, turn_of
from rules.waking import due_commands
from schema.codes import Action, CaseKind, Channel, PetitionType, Role, State, TextKind
from schema.commands import Command, Moment, Refusal
from schema.events import Actor
from storage.event_log import submission_event

MOVES_A_CLOCK = frozenset(
    {
        *(Action.RECEIVE, Action.TRANSFER, Action.EXTEND),
        *(Action.REQUEST_SUPPLEMENT, Action.SUPPLEMENT, Action.ASK_AGAIN),
    }
)
"""After every other act of a story the deadlines are the same as before it; the first department
of a case begins no new term (`rules.consequences`)."""


@dataclass(frozen=True)
class Town:
    """What all lives share: the law, its calendar, and the instant at which the story ends."""

    book: RuleBook
    calendar: BusinessCalendar
    until: datetime


@dataclass(frozen=True)
class Written:
    """A text of a case, named by its id in an event."""

    id: UUID
    kind: TextKind
    words: str
    at: datetime


class Life:
    """A case from its submission on. An act that the law or the end of the story does not let
    happen gives False and changes nothing."""

    def __init__(
        self,
        town: Town,
        rng: Random,
        *,
        number: str,
        channel: Channel,
        kind: CaseKind,
        first_type: PetitionType,
        at: datetime,
        words: str,
    ) -> None:
        self.town = town
        self.rng = rng
        self.number = number
        self.channel = channel
        self.texts: list[Written] = []
        text = self.write(TextKind.PETITION, words, at)
        first = submission_event(
            number=number,
            channel=channel,
            at=at,
            recorded_at=at + timedelta(seconds=2),
            petition_type=first_type,
            item=None,
            detail={"text": text, "revision": 0},
        )
        self.log = [first.model_copy(update={"id": self._uuid()})]
        self.facts = facts_of(self.log, kind=kind)
        self.clocks = Clocks(None, None, None, None)

    def write(self, kind: TextKind, words: str, at: datetime) -> str:
        """Keep a text; its id, as an event names it."""
        text = Written(self._uuid(), kind, words, at)
        self.texts.append(text)
        return str(text.id)

    def act(self, action: Action, at: datetime, actor: Actor, **detail: JsonValue) -> bool:
        """Do `action` at `at`, or just after the act before."""
        at = max(at, self.log[-1].at)
        name = f"seed/{len(self.log)}"
        return self._apply(
            Command(
                request_id=name, case=self.number, action=action, actor=actor, at=at, detail=detail
            )
        )

    def act_in_words(
        self, action: Action, at: datetime, actor: Actor, words: str, **detail: JsonValue
    ) -> bool:
        """`act` with a text, which is kept only where the act happens."""
        row = TRANSITIONS[action]
        name = "text" if row.text else "reason"
        kept = self.write(row.text or TextKind.REASON, words, at)
        done = self.act(action, at, actor, **{name: kept}, **detail)
        if not done:
            self.texts.pop()
        return done

    def climb(self, until: datetime) -> None:
        """The rungs of the ladders that nobody's act forestalled until `until`, each by itself."""
        until = min(until, self.town.until)
        while True:
            clocks = self.town.book.clocks(self.facts, self.town.calendar)
            due = [
                rung
                for rung in self.town.book.rungs(self.facts, clocks, self.town.calendar)
                if self.log[-1].at <= rung.at <= until
            ]
            if not due:
                return
            waking = due_commands(
                self.number, self.facts, due[:1], staffed=NAMES, closes=None, at=due[0].at
            )
            if not self._apply(waking[0].command):
                return

    def _apply(self, command: Command) -> bool:
        row = TRANSITIONS[command.action]
        if command.at > self.town.until or self.facts.state not in row.sources:
            return False
        law = self.town.book.law(self.town.calendar)
        asked = Asked(self.facts, command.at, command.actor, command.detail, Circumstances(law=law))
        done = consequence(row, asked)
        if isinstance(done, Refusal):
            return False
        self._log(command, done)
        return True

    def _log(self, command: Command, done: Consequence) -> None:
        seconds = self.rng.randint(1, 20)
        draft = drawn_event(
            self.facts,
            command,
            done,
            seq=len(self.log) + 1,
            channel=self.channel,
            recorded_at=command.at + timedelta(seconds=seconds),
        )
        self.facts = facts_after(self.facts, draft)
        if command.action in MOVES_A_CLOCK and self.facts.received_at is not None:
            self.clocks = self.town.book.clocks(self.facts, self.town.calendar)
        counted = self.clocks
        event = draft.model_copy(
            update={
                "id": self._uuid(),
                "legal_due_at": counted.legal_due_at,
                "target_due_at": counted.target_due_at,
                "calendar_version": counted.calendar_version,
                "rule_pack": counted.rule_pack,
            }
        )
        self.log.append(event)

    def moment(self) -> Moment | None:
        """When an open case is looked at next."""
        if self.facts.ended or self.facts.received_at is None:
            return None
        counted = self.town.book.clocks(self.facts, self.town.calendar)
        return self.town.book.moment(self.facts, counted, self.town.calendar)

    def turn(self) -> Turn:
        """Whose turn it is with the case."""
        if self.facts.ended:
            return turn_of(self.facts, ())
        return turn_of(self.facts, self.town.book.clocks(self.facts, self.town.calendar).clocks)

    @property
    def due_at(self) -> datetime | None:
        """The deadline as it stands."""
        return self.clocks.legal_due_at or self.clocks.target_due_at

    @property
    def open(self) -> bool:
        """True while an answer is owed."""
        return not self.facts.ended and self.facts.state is not State.ANSWERED

    def _uuid(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)


def officer_of(life: Life) -> Actor:
    """Who works on the case."""
    department = str(life.facts.department)
    account = life.facts.officer or f"{department}.{life.rng.randint(1, 6)}"[:60]
    return Actor(role=Role.OFFICER, department=department, account=account)


SYSTEM = Actor(role=Role.SYSTEM)
CITIZEN = Actor(role=Role.CITIZEN)
