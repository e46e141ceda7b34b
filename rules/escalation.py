"""The ladder: at which instants a case must be looked at again, and what is then to be done."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pydantic import Field, field_validator, model_validator

from rules.case_clocks import CaseClock
from rules.levels import NAMES
from rules.life import CaseFacts
from rules.organisation import agency_of
from rules.packs import SEOUL
from rules.tables import document, of_city_data
from rules.transitions import TRANSITIONS
from schema.codes import Action, PetitionType, State, TimerKind
from schema.commands import Moment
from schema.model import Frozen

CLOSE_RUNG = "close"
RUNG_ACTIONS = frozenset({Action.REMIND, Action.ESCALATE, Action.NOTIFY_PROGRESS})
AFTER_THE_ANSWER = frozenset({TimerKind.CORRECTION_DEMAND})
"""The clocks that an answer does not stop: a demand for correction is answered for itself."""
PROMPT = timedelta(minutes=15)
"""A rung that acts later than this is late, as after an outage: a wake-up is spread over five
minutes, and a case whose workflow was lost is found after ten."""


class Rung(Frozen):
    """One rung: at a share of the counted time, or counted hours after the deadline.

    `to` names who is told: a level or desk of `rules/levels.py`.
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

    @field_validator("to")
    @classmethod
    def _is_known(cls, to: str) -> str:
        if to not in NAMES:
            raise ValueError(f"nobody is called «{to}»; known: {', '.join(sorted(NAMES))}")
        return to

    @field_validator("action")
    @classmethod
    def _is_for_rungs(cls, action: Action) -> Action:
        if action not in RUNG_ACTIONS:
            known = ", ".join(sorted(RUNG_ACTIONS))
            raise ValueError(f"a rung cannot {action}; it can: {known}")
        return action


class Ladder(Frozen):
    """The rungs of some clocks, for the cases that fit: what is not given does not matter.

    `departments` are codes of departments or of whole agencies. From `valid_from` to `valid_to`
    its rungs act: where a ladder ends, its open cases go over to the one that follows, if any.
    """

    name: str
    clocks: frozenset[TimerKind] = Field(min_length=1)
    urgent: bool | None = None
    petition_types: frozenset[PetitionType] | None = None
    departments: frozenset[str] | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    rung: tuple[Rung, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_each_rung_once(self) -> "Ladder":
        names = [rung.name for rung in self.rung]
        if len(names) != len(set(names)):
            raise ValueError(f"ladder {self.name}: two rungs with one name would be one rung")
        return self

    def fits(self, facts: CaseFacts, clock: CaseClock) -> bool:
        """True where this ladder is one for `clock` of this case."""
        return (
            clock.timer in self.clocks
            and self.urgent in (None, facts.urgent)
            and (self.petition_types is None or facts.petition_type in self.petition_types)
            and (self.departments is None or not self.departments.isdisjoint(_owners(facts)))
        )

    def holds_on(self, day: date) -> bool:
        """True on the days on which its rungs act."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    @property
    def holds_always(self) -> bool:
        """True where no other ladder will follow it."""
        return self.valid_from is None and self.valid_to is None

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

    def ladders_for(self, facts: CaseFacts, clock: CaseClock) -> list[Ladder]:
        """The ladders that fit, the closest first, equals in their order; of those that hold on a
        day the first counts. None where the city has none: then nobody is told of this clock."""
        fitting = [ladder for ladder in self.ladder if ladder.fits(facts, clock)]
        fitting.sort(key=lambda ladder: ladder.closeness, reverse=True)
        lasting = next((n for n, ladder in enumerate(fitting, 1) if ladder.holds_always), None)
        return fitting[:lasting]


@of_city_data
def read_escalation() -> Escalation:
    """The ladders of the city; raises ValidationError where the data is not usable."""
    return Escalation.model_validate(document("ladders.toml"))


class DueRung(NamedTuple):
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
    """The rungs that have not acted yet, earliest first. None for an ended case; for an answered
    one only those of clocks that go on after the answer."""
    if facts.ended:
        return []
    ahead = [
        due
        for clock in clocks
        if facts.state is not State.ANSWERED or clock.timer in AFTER_THE_ANSWER
        for due in _rungs_of(facts, clock, escalation, next_opening)
    ]
    return sorted(ahead, key=lambda due: (due.at, due.clock.timer, due.place))


def _rungs_of(
    facts: CaseFacts, clock: CaseClock, escalation: Escalation, next_opening: NextOpening
) -> Iterator[DueRung]:
    """The rungs of each ladder on the days on which it is the closest that holds."""
    ladders = escalation.ladders_for(facts, clock)
    for ladder in ladders:
        for place, rung in enumerate(ladder.rung):
            if not _may_act(facts, clock, rung):
                continue
            at = (
                clock.share(rung.share) if rung.share else clock.overdue_by(rung.overdue_hours or 0)
            )
            when = at if rung.at_night else next_opening(at)
            if ladder is _holding(ladders, when):
                yield DueRung(at=when, clock=clock, rung=rung, place=place)


def _may_act(facts: CaseFacts, clock: CaseClock, rung: Rung) -> bool:
    """Not where it has acted, nor what the case's state would refuse: that would come back for
    ever."""
    done = (clock.timer.value, clock.term, rung.name) in facts.rungs
    return not done and facts.state in TRANSITIONS[rung.action].sources


def _holding(ladders: Sequence[Ladder], when: datetime) -> Ladder | None:
    day = when.astimezone(SEOUL).date()
    return next((ladder for ladder in ladders if ladder.holds_on(day)), None)


def acts_from(due: DueRung, at: datetime, next_opening: NextOpening) -> datetime:
    """From when a rung acts, seen at `at`: one that is late waits for the next opening too, so
    that a city that comes back in the night wakes nobody."""
    if due.rung.at_night or at - due.at <= PROMPT:
        return due.at
    return next_opening(at)


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
    seen_at: datetime | None = None,
) -> Moment | None:
    """The next instant at which the case moves by itself, or None when only a person can.

    With `seen_at`: as it stands after it was looked at then.
    """
    ahead = rungs_ahead(facts, clocks, escalation=escalation, next_opening=next_opening)
    moments = [
        (
            acts_from(due, seen_at, next_opening) if seen_at else due.at,
            due.clock.timer,
            due.rung.name,
        )
        for due in ahead
    ]
    closes = close_at(facts, escalation)
    if closes is not None:
        moments.insert(0, (closes, TimerKind.SATISFACTION, CLOSE_RUNG))
    if not moments:
        return None
    at, timer, name = min(moments, key=lambda moment: moment[0])
    return Moment(at=at, timer=timer, rung=name)
