"""What the conditions, measures and cohorts of the figures are in SQL: one meaning for the number
and for the list of cases behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Float, and_, cast, extract, func, literal, or_, true

from rules.figures import Cohort, Condition, Measure
from rules.measures.row import Outcome, Tier
from rules.organisation import FIRST_LINE
from rules.taxonomy import UNCLASSIFIED
from schema.codes import CaseKind, State
from storage.tables import case_measure
from storage.tables.columns import Instant

DAY = timedelta(days=1)
LOW_GRADE = 2
_RESOLVED = (
    *(Outcome.ANSWERED, Outcome.REFUSED, Outcome.DECLINED, Outcome.RETURNED, Outcome.REPEATED),
)
_m = case_measure.c
Term = ColumnElement[bool]


@dataclass(frozen=True)
class AsOf:
    """The instant that the figures are of, and the end of its day in Seoul."""

    now: datetime
    day_end: datetime

    @property
    def _now(self) -> ColumnElement[datetime]:
        return literal(self.now, Instant)

    def condition(self, name: Condition) -> Term:
        """The condition `name` on a row of `case_measure`."""
        return CONDITIONS[name](self)

    def all_of(self, names: tuple[Condition, ...]) -> Term:
        """Every one of `names`."""
        return and_(true(), *(self.condition(name) for name in names))

    def measure(self, name: Measure) -> ColumnElement[float]:
        """The measure `name`, as a number."""
        made = {
            Measure.AGE: extract("epoch", self._now - _m.filed_at),
            Measure.OVERRUN: extract("epoch", func.coalesce(_m.done_at, self._now) - _m.due_at),
            Measure.SPARED: _m.period - _m.wall,
        }
        return cast(made[name], Float) if name in made else _m[name]

    def older(self, days: int) -> Term:
        """Filed longer than `days` days ago."""
        return _m.filed_at <= literal(self.now - days * DAY, Instant)

    @property
    def due_passed(self) -> Term:
        """The deadline of the first answer lies before now."""
        return _m.due_at < self._now

    @property
    def owed_passed(self) -> Term:
        """The deadline of what is owed lies before now."""
        return _m.owed_due_at < self._now

    @property
    def late(self) -> Term:
        """The first answer came after its deadline, or has not come and the deadline has passed."""
        return func.coalesce(_m.done_at, self._now) > _m.due_at

    @property
    def judged(self) -> Term:
        """Its deadline has come, so that it was met or missed; what was answered long before it
        comes is judged no sooner than what was not, or the rate would look too good."""
        return and_(self.due_passed, or_(_m.outcome.in_(_RESOLVED), _m.outcome.is_(None)))

    @property
    def today(self) -> Term:
        """Due between now and the end of the day."""
        return and_(_m.owed_due_at >= self._now, _m.owed_due_at <= literal(self.day_end, Instant))

    @property
    def near(self) -> Term:
        """Four fifths of the time are used, and the deadline has not come."""
        return and_(_m.warn_at <= self._now, _m.owed_due_at >= self._now)

    @property
    def again_judged(self) -> Term:
        """The deadline of the further answer has come, and nobody took the case back."""
        return and_(_m.again_due_at < self._now, or_(_m.again_done_at.is_not(None), _m.owed))


def _is(outcome: Outcome) -> Callable[[AsOf], Term]:
    return lambda at: _m.outcome == outcome


def _stands_under(tier: Tier) -> Callable[[AsOf], Term]:
    return lambda at: _m.tier == tier


def _reached(level: int) -> Callable[[AsOf], Term]:
    return lambda at: _m.level == level


CONDITIONS: Mapping[Condition, Callable[[AsOf], Term]] = {
    Condition.RESOLVED: lambda at: _m.outcome.in_(_RESOLVED),
    Condition.ANSWERED: lambda at: _m.outcome.in_((Outcome.ANSWERED, Outcome.REFUSED)),
    Condition.REFUSED: _is(Outcome.REFUSED),
    Condition.DECLINED: _is(Outcome.DECLINED),
    Condition.RETURNED: _is(Outcome.RETURNED),
    Condition.WITHDRAWN: _is(Outcome.WITHDRAWN),
    Condition.MERGED_AWAY: _is(Outcome.MERGED),
    Condition.ON_CALL: lambda at: _m.on_call,
    Condition.WAS_OPINION: lambda at: or_(_m.kind == CaseKind.OPINION, _m.converted),
    Condition.CONVERTED: lambda at: _m.converted,
    Condition.UNCLASSIFIED: lambda at: func.coalesce(_m.item, UNCLASSIFIED) == UNCLASSIFIED,
    Condition.OVERDUE: lambda at: at.owed_passed,
    Condition.DUE_TODAY: lambda at: at.today,
    Condition.APPROACHING: lambda at: at.near,
    Condition.WAITS_FOR_CITIZEN: lambda at: _m.state == State.SUPPLEMENT,
    Condition.UNASSIGNED: lambda at: and_(
        _m.state.in_((State.SUBMITTED, State.RECEIVED)),
        func.coalesce(_m.department, FIRST_LINE) == FIRST_LINE,
    ),
    Condition.AGE_UNDER_1: lambda at: ~at.older(1),
    Condition.AGE_1_TO_3: lambda at: and_(at.older(1), ~at.older(3)),
    Condition.AGE_3_TO_7: lambda at: and_(at.older(3), ~at.older(7)),
    Condition.AGE_OVER_7: lambda at: at.older(7),
    Condition.OWED_AGAIN: lambda at: _m.done_at.is_not(None),
    Condition.LEVEL_3: _reached(3),
    Condition.LEVEL_4: _reached(4),
    Condition.LEVEL_5: _reached(5),
    Condition.JUDGED: lambda at: at.judged,
    Condition.ON_TIME: lambda at: ~at.late,
    Condition.LATE: lambda at: at.late,
    Condition.HOURS_3: _stands_under(Tier.HOURS_3),
    Condition.HOURS_24: _stands_under(Tier.HOURS_24),
    Condition.DAYS_5: _stands_under(Tier.DAYS_5),
    Condition.LEGAL_7: _stands_under(Tier.LEGAL_7),
    Condition.LEGAL_14: _stands_under(Tier.LEGAL_14),
    Condition.OPINIONS: _stands_under(Tier.OPINION),
    Condition.OTHER_PERIOD: _stands_under(Tier.OTHER),
    Condition.HAS_TARGET: lambda at: _m.target_due_at.is_not(None),
    Condition.ON_TARGET: lambda at: func.coalesce(_m.done_at, at._now) <= _m.target_due_at,
    Condition.EXTENDED: lambda at: _m.extensions > 0,
    Condition.RESPONDED: lambda at: _m.response.is_not(None),
    Condition.ASSIGNED: lambda at: _m.first_department.is_not(None),
    Condition.PAUSED: lambda at: (
        _m.supplements + _m.investigations + _m.consultations + _m.exclusions > 0
    ),
    Condition.SUPPLEMENTED: lambda at: _m.supplements > 0,
    Condition.INVESTIGATED: lambda at: _m.investigations > 0,
    Condition.CONSULTED: lambda at: _m.consultations > 0,
    Condition.EXCLUDED: lambda at: _m.exclusions > 0,
    Condition.NEVER_MOVED: lambda at: _m.transfers == 0,
    Condition.MOVED: lambda at: _m.transfers > 0,
    Condition.PING_PONG: lambda at: _m.ping_pong,
    Condition.BY_SYSTEM: lambda at: _m.by_system,
    Condition.ACTED: lambda at: _m.acted.is_not(None),
    Condition.ACTED_24H: lambda at: _m.acted <= DAY.total_seconds(),
    Condition.REMINDED: lambda at: _m.reminders > 0,
    Condition.NEVER_ESCALATED: lambda at: _m.escalations == 0,
    Condition.REPEATED_RUNG: lambda at: _m.repeated_rungs > 0,
    Condition.RATED: lambda at: _m.grade.is_not(None),
    Condition.LOW_GRADE: lambda at: _m.grade <= LOW_GRADE,
    Condition.ASKED_AGAIN: lambda at: _m.asked_again > 0,
    Condition.ASKED_TWICE: lambda at: _m.asked_again > 1,
    Condition.AGAIN_JUDGED: lambda at: at.again_judged,
    Condition.AGAIN_ON_TIME: lambda at: _m.again_done_at <= _m.again_due_at,
    Condition.OBJECTED: lambda at: _m.objected,
    Condition.EVER_MERGED: lambda at: _m.merged,
    Condition.UNMERGED: lambda at: _m.unmerged > 0,
    Condition.HAS_REPORTERS: lambda at: _m.reporters > 0,
    Condition.TOLD: lambda at: _m.delivered > 0,
    Condition.MESSAGE_FAILED: lambda at: _m.undelivered > 0,
}

DAYS: Mapping[Cohort, ColumnElement[object]] = {
    Cohort.FILED: _m.filed_day,
    Cohort.DUE: _m.due_day,
    Cohort.DONE: _m.done_day,
    Cohort.ESCALATED: _m.escalated_day,
    Cohort.RATED: _m.rated_day,
    Cohort.AGAIN: _m.again_due_day,
}
"""By which day a case belongs to a period; what is open has none."""
