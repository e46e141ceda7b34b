"""The figures of the board, each defined once: what is counted, of which cases, by which day.

The definitions are data (`rules/data/figures.toml`); what a condition or a measure is in SQL stands
in `storage/figure_terms.py`, and the number and the list of cases behind it are made from the same.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field, model_validator

from rules.tables import document, of_city_data
from schema.model import Frozen

Words = tuple[str, str]
"""Korean, English."""


class Cohort(StrEnum):
    """Which cases a figure looks at: by the day on which something happened, or what is open."""

    FILED = "filed"
    DUE = "due"
    DONE = "done"
    OPEN = "open"
    ESCALATED = "escalated"
    RATED = "rated"
    AGAIN = "again"


class Kind(StrEnum):
    """How the number is made of the cases."""

    COUNT = "count"
    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    MAX = "max"
    RATIO = "ratio"
    """The sum of one measure over the sum of another."""
    QUOTIENT = "quotient"
    """One figure over another."""
    DIFFERENCE = "difference"
    """One figure less another."""


MEASURED = frozenset({Kind.MEAN, Kind.MEDIAN, Kind.P90, Kind.MAX, Kind.RATIO})
DERIVED = frozenset({Kind.QUOTIENT, Kind.DIFFERENCE})


class Unit(StrEnum):
    """What the number is of. Times are kept in seconds."""

    CASES = "cases"
    PERCENT = "percent"
    TIME = "time"
    WORKING_TIME = "working_time"
    GRADE = "grade"
    TIMES = "times"


class Better(StrEnum):
    """Which way is good."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Group(StrEnum):
    """The pages of the board."""

    FLOW = "flow"
    OPEN = "open"
    TIMELINESS = "timeliness"
    STAGES = "stages"
    ROUTING = "routing"
    ESCALATION = "escalation"
    QUALITY = "quality"
    MERGING = "merging"
    MESSAGES = "messages"


class Condition(StrEnum):
    """What can be asked of a case; several hold together."""

    RESOLVED = "resolved"
    ANSWERED = "answered"
    REFUSED = "refused"
    DECLINED = "declined"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    MERGED_AWAY = "merged_away"
    ON_CALL = "on_call"
    WAS_OPINION = "was_opinion"
    CONVERTED = "converted"
    UNCLASSIFIED = "unclassified"
    OVERDUE = "overdue"
    DUE_TODAY = "due_today"
    APPROACHING = "approaching"
    WAITS_FOR_CITIZEN = "waits_for_citizen"
    UNASSIGNED = "unassigned"
    AGE_UNDER_1 = "age_under_1"
    AGE_1_TO_3 = "age_1_to_3"
    AGE_3_TO_7 = "age_3_to_7"
    AGE_OVER_7 = "age_over_7"
    OWED_AGAIN = "owed_again"
    LEVEL_3 = "level_3"
    LEVEL_4 = "level_4"
    LEVEL_5 = "level_5"
    JUDGED = "judged"
    ON_TIME = "on_time"
    LATE = "late"
    HOURS_3 = "hours_3"
    HOURS_24 = "hours_24"
    DAYS_5 = "days_5"
    LEGAL_7 = "legal_7"
    LEGAL_14 = "legal_14"
    OPINIONS = "opinions"
    OTHER_PERIOD = "other_period"
    HAS_TARGET = "has_target"
    ON_TARGET = "on_target"
    EXTENDED = "extended"
    RESPONDED = "responded"
    ASSIGNED = "assigned"
    PAUSED = "paused"
    SUPPLEMENTED = "supplemented"
    INVESTIGATED = "investigated"
    CONSULTED = "consulted"
    EXCLUDED = "excluded"
    NEVER_MOVED = "never_moved"
    MOVED = "moved"
    PING_PONG = "ping_pong"
    BY_SYSTEM = "by_system"
    ACTED = "acted"
    ACTED_24H = "acted_24h"
    REMINDED = "reminded"
    NEVER_ESCALATED = "never_escalated"
    REPEATED_RUNG = "repeated_rung"
    RATED = "rated"
    LOW_GRADE = "low_grade"
    ASKED_AGAIN = "asked_again"
    ASKED_TWICE = "asked_twice"
    AGAIN_JUDGED = "again_judged"
    AGAIN_ON_TIME = "again_on_time"
    OBJECTED = "objected"
    EVER_MERGED = "ever_merged"
    UNMERGED = "unmerged"
    HAS_REPORTERS = "has_reporters"
    TOLD = "told"
    MESSAGE_FAILED = "message_failed"


class Measure(StrEnum):
    """What can be measured of a case."""

    AGE = "age"
    OVERRUN = "overrun"
    WALL = "wall"
    WORK = "work"
    PERIOD = "period"
    SPARED = "spared"
    RESPONSE = "response"
    ASSIGN = "assign"
    SUBMITTED_WALL = "submitted_wall"
    SUBMITTED_WORK = "submitted_work"
    RECEIVED_WALL = "received_wall"
    RECEIVED_WORK = "received_work"
    ASSIGNED_WALL = "assigned_wall"
    ASSIGNED_WORK = "assigned_work"
    TRANSFERRED_WALL = "transferred_wall"
    TRANSFERRED_WORK = "transferred_work"
    PROCESSING_WALL = "processing_wall"
    PROCESSING_WORK = "processing_work"
    SUPPLEMENT_WALL = "supplement_wall"
    SUPPLEMENT_WORK = "supplement_work"
    PAUSED = "paused"
    TRANSFERS = "transfers"
    TRANSFER_WORK = "transfer_work"
    ACTED = "acted"
    GRADE = "grade"
    REPORTERS = "reporters"
    DELIVERED = "delivered"


class Effects(Frozen):
    """What a case does to a figure that was asked again, merged, transferred or withdrawn."""

    reopened: Words
    merged: Words
    transferred: Words
    withdrawn: Words


class CohortText(Effects):
    """A cohort in words, with what its figures do unless they say otherwise."""

    names: Words


class Figure(Frozen):
    """One figure. `of` are the cases that it looks at, `where` those of them that a count or share
    counts; a derived one names two others."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    group: Group
    names: Words
    says: Words
    kind: Kind
    cohort: Cohort
    where: tuple[Condition, ...] = ()
    of: tuple[Condition, ...] = ()
    measure: Measure | None = None
    per: Measure | None = None
    first: str | None = None
    second: str | None = None
    unit: Unit
    better: Better = Better.NEITHER
    source: str = ""
    by_first_department: bool = False
    """Counted for the department that had the case first, not for the one that has it now."""
    reopened: Words | None = None
    merged: Words | None = None
    transferred: Words | None = None
    withdrawn: Words | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "Figure":
        if (self.kind in MEASURED) != (self.measure is not None):
            raise ValueError("a measure is for mean, median, p90, max and ratio, which need one")
        if (self.kind is Kind.RATIO) != (self.per is not None):
            raise ValueError("per is for a ratio, which needs it")
        if (self.kind in DERIVED) != (self.first is not None and self.second is not None):
            raise ValueError("first and second are for quotient and difference, which need both")
        if self.where and self.kind not in (Kind.COUNT, Kind.SHARE):
            raise ValueError("where is for counts and shares; others look at all `of`")
        return self

    def effects(self, cohort: CohortText) -> Effects:
        """What the four kinds of cases do to it."""
        return Effects(
            reopened=self.reopened or cohort.reopened,
            merged=self.merged or cohort.merged,
            transferred=self.transferred or cohort.transferred,
            withdrawn=self.withdrawn or cohort.withdrawn,
        )

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that a case fulfils that the number is made of: the rows behind it."""
        return (*self.of, *self.where)


class Gauge(Frozen):
    """A reading of the running system itself, of no case."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    names: Words
    says: Words
    source: str


class Figures(Frozen):
    """Everything that the board shows."""

    cohorts: Mapping[Cohort, CohortText]
    figure: tuple[Figure, ...] = Field(min_length=1)
    gauge: tuple[Gauge, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> "Figures":
        if missing := set(Cohort) - set(self.cohorts):
            raise ValueError(f"cohorts without a text: {', '.join(sorted(missing))}")
        plain = {one.code: one for one in self.figure}
        if len(plain) < len(self.figure):
            raise ValueError("a code stands twice")
        for one in self.figure:
            for part in (one.first, one.second):
                if part is not None and (part not in plain or plain[part].kind in DERIVED):
                    raise ValueError(f"{one.code}: {part} is no figure that is counted itself")
        return self


@of_city_data
def figures() -> Mapping[str, Figure]:
    """The figures by code, in the order of the board. Raises where the data is not usable."""
    return MappingProxyType({one.code: one for one in _read().figure})


def gauges() -> tuple[Gauge, ...]:
    """The readings of the system."""
    return _read().gauge


def cohort_text(cohort: Cohort) -> CohortText:
    """A cohort in words."""
    return _read().cohorts[cohort]


def figures_of(group: Group) -> tuple[Figure, ...]:
    """The figures of a page."""
    return tuple(one for one in figures().values() if one.group is group)


@of_city_data
def _read() -> Figures:
    return Figures.model_validate(document("figures.toml"))
