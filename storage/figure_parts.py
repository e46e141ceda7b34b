"""What the numbers of figures are made of: aggregates over `case_measure`, each asked for once
however many figures need it. Those that can be added make a period of its days."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func

from rules.figures import Condition, Figure, Kind, Measure
from storage.figure_terms import AsOf


class How(StrEnum):
    """How the rows become a number."""

    ROWS = "rows"
    SUM = "sum"
    TOLD = "told"
    """Rows that have the measure."""
    MAX = "max"
    MEDIAN = "median"
    P90 = "p90"


ADDED = frozenset({How.ROWS, How.SUM, How.TOLD})


class Part(NamedTuple):
    """One aggregate: over the rows that fulfil `of`."""

    how: How
    of: frozenset[Condition]
    measure: Measure | None = None

    def column(self, at: AsOf, known: frozenset[Condition]) -> ColumnElement[Any]:
        """It in SQL, where all rows fulfil `known` already."""
        made: Any = func.count()
        if self.measure is not None:
            made = self._of(at.measure(self.measure))
        rest = tuple(sorted(self.of - known))
        filtered: ColumnElement[Any] = made.filter(at.all_of(rest)) if rest else made
        return filtered

    def _of(self, what: ColumnElement[float]) -> Any:
        match self.how:
            case How.SUM:
                return func.sum(what)
            case How.TOLD:
                return func.count(what)
            case How.MAX:
                return func.max(what)
            case How.MEDIAN:
                return func.percentile_cont(0.5).within_group(what)
            case _:
                return func.percentile_cont(0.9).within_group(what)


Numbers = Mapping[Part, float | None]


def parts_of(one: Figure) -> tuple[Part, ...]:
    """The rows behind a figure, and what its value is made of besides."""
    behind, base = Part(How.ROWS, frozenset(one.conditions)), frozenset(one.of)
    match one.kind:
        case Kind.COUNT:
            return (behind,)
        case Kind.SHARE:
            return (behind, Part(How.ROWS, base))
        case Kind.MEAN:
            return (behind, Part(How.SUM, base, one.measure), Part(How.TOLD, base, one.measure))
        case Kind.RATIO:
            return (behind, Part(How.SUM, base, one.measure), Part(How.SUM, base, one.per))
        case _:
            return (behind, Part(How(one.kind.value), base, one.measure))


def is_added(one: Figure) -> bool:
    """Whether a period's number is made of the numbers of its days."""
    return all(part.how in ADDED for part in parts_of(one))


def known_of(parts: Iterable[Part]) -> frozenset[Condition]:
    """What all of them ask of a row: rows without it need not be looked at."""
    return frozenset.intersection(*(part.of for part in parts))


def added(days: Sequence[Numbers]) -> Numbers:
    """The numbers of a period from those of its days."""
    found: dict[Part, float | None] = {}
    for part in {part for numbers in days for part in numbers}:
        there = [value for numbers in days if (value := numbers.get(part)) is not None]
        found[part] = sum(there) if there else None
    return found
