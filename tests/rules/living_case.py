"""A case without a database: acts are applied by the rules alone, as the record applies them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from pydantic import JsonValue

from rules.book import Clocks, RuleBook, read_rule_book
from rules.calendar import BusinessCalendar
from rules.consequences import consequence, drawn_event
from rules.lawfulness import Asked, Circumstances
from rules.life import CaseFacts, facts_after
from rules.transitions import TRANSITIONS, refusal
from schema.codes import Action, CaseKind, Channel, PetitionType, Role, State
from schema.commands import CaseSnapshot, Command, Refusal
from schema.events import Actor, CaseEvent
from tests.rules.clock_asking import at, korea

NUMBER = "260310-000001-A"
OFFICER = Actor(role=Role.OFFICER, account="officer")
CITIZEN = Actor(role=Role.CITIZEN)
SYSTEM = Actor(role=Role.SYSTEM)


@cache
def book() -> RuleBook:
    """The city's rule book."""
    return read_rule_book()


@dataclass
class LivingCase:
    """A case that remembers its log. Acts raise nothing: they give the event or the refusal."""

    facts: CaseFacts
    log: list[CaseEvent] = field(default_factory=list)
    calendar: BusinessCalendar = field(default_factory=korea)
    reachable: bool = True
    named: dict[str, CaseFacts] = field(default_factory=dict)
    published: frozenset[str] = frozenset()

    def act(
        self, action: Action, when: str | datetime, actor: Actor = OFFICER, /, **detail: JsonValue
    ) -> CaseEvent | Refusal:
        """One act «when» in Seoul; an officer acts for the department that has the case."""
        instant = at(when) if isinstance(when, str) else when
        if actor.role is Role.OFFICER and actor.department is None:
            actor = actor.model_copy(update={"department": self.facts.department})
        command = Command(
            request_id=f"{len(self.log)}/{action}",
            case=NUMBER,
            action=action,
            actor=actor,
            at=instant.astimezone(UTC),
            detail=detail,
        )
        return self._refused(command) or self._done(command)

    def _refused(self, command: Command) -> Refusal | None:
        snapshot = CaseSnapshot(
            case=NUMBER,
            state=self.facts.state,
            department=self.facts.department,
            joined=self.facts.joined,
            ended=self.facts.ended,
            seq=len(self.log),
            next_moment=None,
        )
        return refusal(snapshot, command)

    def _done(self, command: Command) -> CaseEvent | Refusal:
        circumstances = Circumstances(
            law=book().law(self.calendar),
            reachable=self.reachable,
            named=self.named,
            published=self.published,
        )
        asked = Asked(self.facts, command.at, command.actor, command.detail, circumstances)
        done = consequence(TRANSITIONS[command.action], asked)
        if isinstance(done, Refusal):
            return done
        event = drawn_event(
            self.facts,
            command,
            done,
            seq=len(self.log) + 1,
            channel=Channel.WEB_FORM,
            recorded_at=command.at,
        )
        self.log.append(event)
        self.facts = facts_after(self.facts, event)
        return event

    @property
    def clocks(self) -> Clocks:
        """The deadlines now."""
        return book().clocks(self.facts, self.calendar)


def filed(
    when: str, *, kind: CaseKind = CaseKind.PETITION, item: str | None = None, **more: object
) -> LivingCase:
    """A case that was filed «when» in Seoul and received."""
    instant = at(when).astimezone(UTC)
    case = LivingCase(
        CaseFacts.model_validate(
            {
                "kind": kind,
                "state": State.SUBMITTED,
                "petition_type": PetitionType.OTHER,
                "item": None,
                "urgent": False,
                "district": None,
                "agency": None,
                "department": None,
                "submitted_at": instant,
                **more,
            }
        )
    )
    received = book().receipt_instant(instant, case.calendar)
    detail: dict[str, JsonValue] = {"received_at": received.isoformat()}
    case.act(Action.RECEIVE, instant, SYSTEM, **detail | ({"item": item} if item else {}))
    return case


def assigned(when: str, department: str, **fields: object) -> LivingCase:
    """A case that was filed, received and distributed to `department`."""
    case = filed(when, **fields)  # type: ignore[arg-type]
    case.act(Action.DISTRIBUTE, when, SYSTEM, department=department)
    return case
