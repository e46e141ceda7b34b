"""The figures of the board: numbers, and the cases behind each, from the same conditions."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    cast,
    extract,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rules.figures import DERIVED, Cohort, Figure, Kind, figures
from schema.codes import State
from schema.model import Frozen
from storage.figure_terms import DAYS, AsOf
from storage.tables import case_measure, cases

_m = case_measure.c


class Dimension(StrEnum):
    """By what the cases of a figure can be told apart."""

    AGENCY = "agency"
    BUREAU = "bureau"
    DEPARTMENT = "department"
    DISTRICT = "district"
    CHANNEL = "channel"
    ITEM_GROUP = "item_group"
    ITEM = "item"
    OFFICER = "officer"


class Step(StrEnum):
    """The stretches of Seoul's calendar that a series goes by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Scope(Frozen):
    """Which cases: a period of Seoul's days (both ends in it), one value of each dimension named,
    and `departments`, those that the reader may see (None: all)."""

    since: date
    until: date
    where: tuple[tuple[Dimension, str], ...] = ()
    departments: tuple[str, ...] | None = None

    def within(self, dimension: Dimension, value: str) -> "Scope":
        """The same with one more dimension held."""
        kept = tuple(pair for pair in self.where if pair[0] is not dimension)
        return self.model_copy(update={"where": (*kept, (dimension, value))})


class Value(Frozen):
    """A figure as counted. `n` are the rows behind it; `of` those that it looks at, for a share.

    `value` is None where there is nothing to make it of; a share and a ratio are 0 to 1, times
    seconds."""

    value: float | None
    n: int
    of: int


NOTHING = Value(value=None, n=0, of=0)
Counted = Mapping[str, Value]


@asynccontextmanager
async def one_snapshot(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection that sees one state of the record until it ends: no number of a page can
    contradict another because something happened between two queries."""
    async with engine.connect() as conn:
        await conn.execution_options(isolation_level="REPEATABLE READ")
        yield conn


async def count(conn: AsyncConnection, wanted: Sequence[Figure], scope: Scope, at: AsOf) -> Counted:
    """Every figure of `wanted` by its code."""
    found = await _grouped(conn, wanted, scope, at, None)
    return _whole(wanted, found.get(None, {}))


async def count_by(
    conn: AsyncConnection, wanted: Sequence[Figure], scope: Scope, at: AsOf, by: Dimension
) -> Mapping[str | None, Counted]:
    """The same for each value of a dimension; None for the cases that have none."""
    found = await _grouped(conn, wanted, scope, at, by)
    return {_code(key): _whole(wanted, values) for key, values in found.items()}


def _code(key: object) -> str | None:
    return None if key is None else str(key)


async def series(
    conn: AsyncConnection, wanted: Sequence[Figure], scope: Scope, at: AsOf, step: Step
) -> Mapping[date, Counted]:
    """The same for each step of the period, by its first day; steps without cases are left out."""
    found = await _grouped(conn, wanted, scope, at, step)
    return {day: _whole(wanted, values) for day, values in found.items() if isinstance(day, date)}


def _plain(wanted: Iterable[Figure]) -> tuple[Figure, ...]:
    """What has to be counted for `wanted`: derived figures stand on two others."""
    known, found = figures(), dict[str, Figure]()
    for one in wanted:
        parts = (one.first, one.second) if one.kind in DERIVED else (one.code,)
        found |= {str(code): known[str(code)] for code in parts}
    return tuple(found.values())


async def _grouped(
    conn: AsyncConnection,
    wanted: Sequence[Figure],
    scope: Scope,
    at: AsOf,
    by: Dimension | Step | None,
) -> dict[object, dict[str, Value]]:
    together: dict[tuple[Cohort, bool], list[Figure]] = {}
    for one in _plain(wanted):
        together.setdefault((one.cohort, one.by_first_department), []).append(one)
    found: dict[object, dict[str, Value]] = {}
    for (cohort, first), asked in together.items():
        key = _key(cohort, by, first_department=first)
        if key is None:
            continue
        statement = select(key.label("key"), *_columns(asked, at)).where(
            cohort_rows(cohort, scope, first_department=first)
        )
        if by is not None:
            statement = statement.group_by(key)
        for row in await conn.execute(statement):
            found.setdefault(row.key, {}).update(_values(asked, dict(row._mapping)))
    return found


def _key(
    cohort: Cohort, by: Dimension | Step | None, *, first_department: bool
) -> ColumnElement[object] | None:
    if by is None:
        return cast(literal(None), Float)
    if isinstance(by, Dimension):
        return column_of(by, first_department=first_department)
    if cohort is Cohort.OPEN:
        return None
    day = DAYS[cohort]
    if by is Step.DAY:
        return day
    return func.date_trunc(by.value, day).cast(_m.filed_day.type)


def column_of(by: Dimension, *, first_department: bool = False) -> ColumnElement[object]:
    """The column of a dimension; a figure may count for the department that had the case first."""
    if by is Dimension.DEPARTMENT and first_department:
        return _m.first_department
    return _m[by.value]


def cohort_rows(
    cohort: Cohort, scope: Scope, *, first_department: bool = False
) -> ColumnElement[bool]:
    """The rows of `case_measure` that belong to a cohort in a scope."""
    terms: list[ColumnElement[bool]] = []
    if cohort is Cohort.OPEN:
        terms.append(_m.owed)
    else:
        terms.append(DAYS[cohort].between(scope.since, scope.until))
    for dimension, value in scope.where:
        column = column_of(dimension, first_department=first_department)
        terms.append(column.is_(None) if value == "" else column == value)
    if scope.departments is not None:
        own = column_of(Dimension.DEPARTMENT, first_department=first_department)
        terms.append(own.in_(scope.departments))
    return and_(true(), *terms)


def _columns(asked: Sequence[Figure], at: AsOf) -> list[ColumnElement[Any]]:
    made: list[ColumnElement[Any]] = []
    for one in asked:
        base = at.all_of(one.of)
        made.append(func.count().filter(at.all_of(one.conditions)).label(f"{one.code}_n"))
        if one.kind is Kind.SHARE:
            made.append(func.count().filter(base).label(f"{one.code}_of"))
        elif one.measure is not None:
            made.append(_measured(one, base, at).label(f"{one.code}_v"))
    return made


def _measured(one: Figure, base: ColumnElement[bool], at: AsOf) -> ColumnElement[float]:
    assert one.measure is not None
    what = at.measure(one.measure)
    if one.kind is Kind.RATIO:
        assert one.per is not None
        per = cast(func.sum(at.measure(one.per)).filter(base), Float)
        return cast(cast(func.sum(what).filter(base), Float) / func.nullif(per, 0), Float)
    if one.kind is Kind.MEAN:
        return cast(func.avg(what).filter(base), Float)
    if one.kind is Kind.MAX:
        return cast(func.max(what).filter(base), Float)
    part = 0.5 if one.kind is Kind.MEDIAN else 0.9
    return cast(func.percentile_cont(part).within_group(what).filter(base), Float)


def _values(asked: Sequence[Figure], row: Mapping[str, object]) -> dict[str, Value]:
    found = {}
    for one in asked:
        n = int(str(row[f"{one.code}_n"]))
        of = int(str(row.get(f"{one.code}_of", n)))
        value: float | None = n
        if one.kind is Kind.SHARE:
            value = n / of if of else None
        elif one.measure is not None:
            told = row[f"{one.code}_v"]
            value = None if told is None else float(str(told))
        found[one.code] = Value(value=value, n=n, of=of)
    return found


def _whole(wanted: Sequence[Figure], plain: Mapping[str, Value]) -> Counted:
    return {one.code: _value(one, plain) for one in wanted}


def _value(one: Figure, plain: Mapping[str, Value]) -> Value:
    if one.kind not in DERIVED:
        return plain.get(one.code, _none_of(one))
    first, second = (plain.get(str(code), NOTHING) for code in (one.first, one.second))
    a, b = first.value or 0, second.value or 0
    if one.kind is Kind.DIFFERENCE:
        return Value(value=a - b, n=first.n, of=second.n)
    return Value(value=a / b if b else None, n=first.n, of=second.n)


def _none_of(one: Figure) -> Value:
    return NOTHING.model_copy(update={"value": 0}) if one.kind is Kind.COUNT else NOTHING


async def arrivals(conn: AsyncConnection, scope: Scope) -> Mapping[tuple[int, int], int]:
    """How many were filed by weekday (1 Monday … 7 Sunday) and hour of Seoul's clock."""
    local = func.timezone("Asia/Seoul", _m.filed_at)
    weekday, hour = extract("isodow", local), extract("hour", local)
    statement = (
        select(weekday, hour, func.count())
        .where(cohort_rows(Cohort.FILED, scope))
        .group_by(weekday, hour)
    )
    return {(int(day), int(at)): n for day, at, n in await conn.execute(statement)}


class CaseBehind(Frozen):
    """One case of those that make a number: codes and instants, and its text masked."""

    number: str
    state: State
    item: str | None
    district: str | None
    department: str | None
    filed_at: AwareDatetime
    due_at: AwareDatetime | None
    done_at: AwareDatetime | None
    outcome: str | None
    summary: str
    value: float | None


def _behind(figure: Figure, scope: Scope, at: AsOf, *, base: bool) -> ColumnElement[bool]:
    conditions = figure.of if base else figure.conditions
    cohort = cohort_rows(figure.cohort, scope, first_department=figure.by_first_department)
    return and_(cohort, at.all_of(conditions))


async def count_behind(
    conn: AsyncConnection, figure: Figure, scope: Scope, at: AsOf, *, base: bool = False
) -> int:
    """How many cases `behind` lists in all."""
    rows = select(func.count()).select_from(case_measure)
    return await conn.scalar(rows.where(_behind(figure, scope, at, base=base))) or 0


async def behind(
    conn: AsyncConnection,
    figure: Figure,
    scope: Scope,
    at: AsOf,
    *,
    base: bool = False,
    after: str = "",
    limit: int = 50,
) -> tuple[CaseBehind, ...]:
    """The cases that make the number, by number, from `after`; with `base` those that it looks at.

    A derived figure has no cases of its own: its parts have.
    """
    value = at.measure(figure.measure) if figure.measure else cast(literal(None), Float)
    statement: Select[Any] = (
        select(
            *(_m[name] for name in CaseBehind.model_fields if name in _m),
            cases.c.summary,
            cast(value, Float).label("value"),
        )
        .join(cases, cases.c.number == _m.number)
        .where(_behind(figure, scope, at, base=base), _m.number > after)
        .order_by(_m.number)
        .limit(limit)
    )
    return tuple(CaseBehind.model_validate(row._mapping) for row in await conn.execute(statement))
