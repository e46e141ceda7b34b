"""The ladder: at which instants a case must be looked at again, and what is then to be done."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from pydantic import Field, model_validator

from rules.case_clocks import CaseClock
from rules.life import CaseFacts
from schema.codes import Action, State, TimerKind
from schema.commands import Moment
from schema.model import Frozen

CLOSE_RUNG = "close"


class Rung(Frozen):
    """One rung: at a share of the counted time, or counted hours after the deadline."""

    name: str
    action: Action
    to: str
    share: float | None = Field(default=None, gt=0, le=1)
    overdue_hours: float | None = Field(default=None, gt=0)
    at_night: bool

    @model_validator(mode="after")
    def _has_one_place(self) -> "Rung":
        if (self.share is None) == (self.overdue_hours is None):
            raise ValueError(f"rung {self.name}: give share or overdue_hours, one of them")
        return self


class Ladder(Frozen):
    """The rungs for urgent items, or for the others."""

    name: str
    urgent: bool
    rung: tuple[Rung, ...] = Field(min_length=1)


class Escalation(Frozen):
    """`rules/data/ladders.toml`, validated."""

    satisfaction_days: int = Field(gt=0)
    opinion_target_hours: float = Field(gt=0)
    ladder: tuple[Ladder, ...] = Field(min_length=1)

    def ladder_for(self, *, urgent: bool) -> Ladder:
        """The ladder of urgent or of other items; there is always one."""
        return next(ladder for ladder in self.ladder if ladder.urgent == urgent)

    @model_validator(mode="after")
    def _covers_both(self) -> "Escalation":
        if {ladder.urgent for ladder in self.ladder} != {True, False}:
            raise ValueError("give one ladder for urgent items and one for the others")
        return self


@cache
def read_escalation() -> Escalation:
    """The ladders of the city; raises ValidationError where the data is not usable."""
    raw = files("rules.data").joinpath("ladders.toml").read_text(encoding="utf-8")
    return Escalation.model_validate(tomllib.loads(raw))


class DueRung(Frozen):
    """A rung of one clock and term, with the instant from which it may act."""

    at: datetime
    clock: CaseClock
    rung: Rung

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
    clocks: tuple[CaseClock, ...],
    *,
    escalation: Escalation,
    next_opening: NextOpening,
) -> list[DueRung]:
    """The rungs that have not acted yet, earliest first. None for an answered or ended case."""
    if facts.ended or facts.state is State.ANSWERED:
        return []
    ladder = escalation.ladder_for(urgent=facts.urgent)
    ahead = [
        due
        for clock in clocks
        for due in _rungs_of(clock, ladder, next_opening)
        if due.key not in facts.rungs
    ]
    return sorted(ahead, key=lambda due: (due.at, due.clock.timer, ladder.rung.index(due.rung)))


def _rungs_of(clock: CaseClock, ladder: Ladder, next_opening: NextOpening) -> Iterator[DueRung]:
    for rung in ladder.rung:
        at = clock.share(rung.share) if rung.share else clock.overdue_by(rung.overdue_hours or 0)
        yield DueRung(at=at if rung.at_night else next_opening(at), clock=clock, rung=rung)


def next_moment(
    facts: CaseFacts,
    clocks: tuple[CaseClock, ...],
    *,
    escalation: Escalation,
    next_opening: NextOpening,
) -> Moment | None:
    """The next instant at which the case moves by itself, or None when only a person can."""
    if facts.state is State.ANSWERED and facts.answered_at is not None:
        window = timedelta(days=escalation.satisfaction_days)
        return Moment(at=facts.answered_at + window, timer=TimerKind.SATISFACTION, rung=CLOSE_RUNG)
    ahead = rungs_ahead(facts, clocks, escalation=escalation, next_opening=next_opening)
    if not ahead:
        return None
    first = ahead[0]
    return Moment(at=first.at, timer=first.clock.timer, rung=first.rung.name)
