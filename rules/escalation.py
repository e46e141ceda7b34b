"""The ladder: at which instants a case must be looked at again, and what is then to be done."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache

from pydantic import Field, model_validator

from rules.case_clocks import CaseClock
from rules.life import CaseFacts
from rules.organisation import agency_of
from rules.packs import SEOUL
from rules.tables import document
from schema.codes import Action, PetitionType, State, TimerKind
from schema.commands import Moment
from schema.model import Frozen

CLOSE_RUNG = "close"


class Rung(Frozen):
    """One rung: at a share of the counted time, or counted hours after the deadline.

    `to` names who is told, by the words of `rules/notices.py`.
    """

    name: str
    action: Action
    to: str
    share: float | None = Field(default=None, gt=0, le=1)
    overdue_hours: float | None = Field(default=None, gt=0)
    at_night: bool = False

    @model_validator(mode="after")
    def _has_one_place(self) -> "Rung":
        if (self.share is None) == (self.overdue_hours is None):
            raise ValueError(f"rung {self.name}: give share or overdue_hours, one of them")
        return self


class Ladder(Frozen):
    """The rungs of some clocks, for the cases that fit: what is not given does not matter.

    `departments` are codes of departments or of whole agencies.
    """

    name: str
    clocks: frozenset[TimerKind] = Field(min_length=1)
    urgent: bool | None = None
    petition_types: frozenset[PetitionType] | None = None
    departments: frozenset[str] | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    rung: tuple[Rung, ...] = Field(min_length=1)

    def fits(self, facts: CaseFacts, clock: CaseClock) -> bool:
        """True where this ladder is one for `clock` of this case."""
        return (
            clock.timer in self.clocks
            and self.urgent in (None, facts.urgent)
            and (self.petition_types is None or facts.petition_type in self.petition_types)
            and (self.departments is None or not self.departments.isdisjoint(_owners(facts)))
            and self._holds_on(clock.started_at.astimezone(SEOUL).date())
        )

    def _holds_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    @property
    def closeness(self) -> tuple[bool, bool, bool]:
        """The more a ladder asks, the closer it fits: department, kind of petition, urgency."""
        return (
            self.departments is not None,
            self.petition_types is not None,
            self.urgent is not None,
        )


def _owners(facts: CaseFacts) -> frozenset[str]:
    if facts.department is None:
        return frozenset()
    return frozenset({facts.department, agency_of(facts.department)})


class Escalation(Frozen):
    """`rules/data/ladders.toml`, validated."""

    satisfaction_days: int = Field(gt=0)
    opinion_target_hours: float = Field(gt=0)
    ladder: tuple[Ladder, ...] = Field(min_length=1)

    def ladder_for(self, facts: CaseFacts, clock: CaseClock) -> Ladder | None:
        """The ladder that fits closest, the first of equals; None where the city has none: then
        nobody is told of this clock."""
        fitting = [ladder for ladder in self.ladder if ladder.fits(facts, clock)]
        return max(fitting, key=lambda ladder: ladder.closeness) if fitting else None


@cache
def read_escalation() -> Escalation:
    """The ladders of the city; raises ValidationError where the data is not usable."""
    return Escalation.model_validate(document("ladders.toml"))


class DueRung(Frozen):
    """A rung of one clock and term, with the instant from which it may act."""

    at: datetime
    clock: CaseClock
    rung: Rung
    place: int

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes it unique in a case, for ever: clock, term, rung."""
        return (self.clock.timer.value, self.clock.term, self.rung.name)

    @property
    def request_id(self) -> str:
        """The request id under which the log takes it, once."""
        return "rung/{}/{}/{}".format(*self.key)


NextOpening = Callable[[datetime], datetime]


def rungs_ahead(
    facts: CaseFacts,
    clocks: Sequence[CaseClock],
    *,
    escalation: Escalation,
    next_opening: NextOpening,
) -> list[DueRung]:
    """The rungs that have not acted yet, earliest first. None for an ended case."""
    if facts.ended:
        return []
    ahead = [
        due
        for clock in clocks
        for due in _rungs_of(facts, clock, escalation, next_opening)
        if due.key not in facts.rungs
    ]
    return sorted(ahead, key=lambda due: (due.at, due.clock.timer, due.place))


def _rungs_of(
    facts: CaseFacts, clock: CaseClock, escalation: Escalation, next_opening: NextOpening
) -> Iterator[DueRung]:
    ladder = escalation.ladder_for(facts, clock)
    if ladder is None:
        return
    for place, rung in enumerate(ladder.rung):
        at = clock.share(rung.share) if rung.share else clock.overdue_by(rung.overdue_hours or 0)
        when = at if rung.at_night else next_opening(at)
        yield DueRung(at=when, clock=clock, rung=rung, place=place)


def close_at(facts: CaseFacts, escalation: Escalation) -> datetime | None:
    """When an answered case is closed, or None for one that is not answered."""
    if facts.state is not State.ANSWERED or facts.answered_at is None:
        return None
    return facts.answered_at + timedelta(days=escalation.satisfaction_days)


def next_moment(
    facts: CaseFacts,
    clocks: Sequence[CaseClock],
    *,
    escalation: Escalation,
    next_opening: NextOpening,
) -> Moment | None:
    """The next instant at which the case moves by itself, or None when only a person can."""
    ahead = rungs_ahead(facts, clocks, escalation=escalation, next_opening=next_opening)
    closes = close_at(facts, escalation)
    if closes is not None and (not ahead or closes <= ahead[0].at):
        return Moment(at=closes, timer=TimerKind.SATISFACTION, rung=CLOSE_RUNG)
    if not ahead:
        return None
    first = ahead[0]
    return Moment(at=first.at, timer=first.clock.timer, rung=first.rung.name)
