"""The figures of the board: numbers, and the cases behind each, from the same conditions."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
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
    text,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from rules.figures import DERIVED, Cohort, Condition, Figure, Kind, figures
from schema.codes import State
from schema.model import Frozen
from storage.figure_parts import Numbers, added, is_added, known_of, parts_of
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
    contradict another because something happened between two queries.

    Its statements are planned with their values: a plan for any would compare each row with an
    agency's departments one by one.
    """
    async with engine.connect() as conn:
        await conn.execution_options(isolation_level="REPEATABLE READ")
        await conn.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
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
    return _whole_days(wanted, found)


def _whole_days(
    wanted: Sequence[Figure], found: Mapping[object, Mapping[str, Value]]
) -> Mapping[date, Counted]:
    return {day: _whole(wanted, values) for day, values in found.items() if isinstance(day, date)}


@dataclass(frozen=True)
class Course:
    """How figures went: in each of several periods, and on each day of the last that had cases."""

    periods: tuple[Counted, ...]
    days: Mapping[date, Counted]


async def course(
    conn: AsyncConnection, wanted: Sequence[Figure], scopes: Sequence[Scope], at: AsOf
) -> Course:
    """What `count` finds for each of `scopes`, periods of the same cases, and `series` by day for
    the last; but the rows are read once, by day, and a period is made of its days. Only what
    cannot be added, a median, is counted for each."""
    plain = _plain(wanted)
    apart = [one for one in plain if not is_added(one) or one.cohort is Cohort.OPEN]
    periods = [(await _grouped(conn, apart, scope, at, None)).get(None, {}) for scope in scopes]
    days = await _grouped(conn, apart, scopes[-1], at, Step.DAY)
    ends = {"since": min(one.since for one in scopes), "until": max(one.until for one in scopes)}
    whole = scopes[-1].model_copy(update=ends)
    together = _together([one for one in plain if one not in apart], whole, Step.DAY)
    for (cohort, first), asked in together.items():
        found = await _numbers(conn, asked, whole, at, Step.DAY, cohort, first)
        for scope, values in zip(scopes, periods, strict=True):
            within = [numbers for day, numbers in found.items() if _lies_in(scope, day)]
            values.update(_values(asked, added(within)))
        for day, numbers in found.items():
            if _lies_in(scopes[-1], day):
                days.setdefault(day, {}).update(_values(asked, numbers))
    return Course(tuple(_whole(wanted, values) for values in periods), _whole_days(wanted, days))


def _lies_in(scope: Scope, day: object) -> bool:
    return isinstance(day, date) and scope.since <= day <= scope.until


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
    """The figures that are counted themselves, by key and code: a pass over each cohort's rows."""
    found: dict[object, dict[str, Value]] = {}
    for (cohort, first), asked in _together(wanted, scope, by).items():
        for key, numbers in (await _numbers(conn, asked, scope, at, by, cohort, first)).items():
            found.setdefault(key, {}).update(_values(asked, numbers))
    return found


def _together(
    wanted: Sequence[Figure], scope: Scope, by: Dimension | Step | None
) -> Mapping[tuple[Cohort, bool], list[Figure]]:
    """What is counted over the same rows; who had a case first matters only by department."""
    parted = (
        by is Dimension.DEPARTMENT
        or scope.departments is not None
        or any(dimension is Dimension.DEPARTMENT for dimension, _ in scope.where)
    )
    found: dict[tuple[Cohort, bool], list[Figure]] = {}
    for one in _plain(wanted):
        found.setdefault((one.cohort, one.by_first_department and parted), []).append(one)
    return found


async def _numbers(
    conn: AsyncConnection,
    asked: Sequence[Figure],
    scope: Scope,
    at: AsOf,
    by: Dimension | Step | None,
    cohort: Cohort,
    first: bool,
) -> Mapping[object, Numbers]:
    """What `asked` is made of, in one statement. What all of it asks of a row is asked before
    anything is counted; but not where the keys are an answer themselves, as officers are."""
    key = _key(cohort, by, first_department=first)
    if key is None:
        return {}
    parts = list(dict.fromkeys(part for one in asked for part in parts_of(one)))
    known = frozenset[Condition]() if isinstance(by, Dimension) else known_of(parts)
    statement = select(key, *(part.column(at, known) for part in parts)).where(
        cohort_rows(cohort, scope, first_department=first), at.all_of(tuple(sorted(known)))
    )
    if by is not None:
        statement = statement.group_by(key)
    rows = await conn.execute(statement)
    return {found: dict(zip(parts, numbers, strict=True)) for found, *numbers in rows}


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


def _values(asked: Sequence[Figure], numbers: Numbers) -> dict[str, Value]:
    return {one.code: _made_of([numbers.get(part) for part in parts_of(one)], one) for one in asked}


def _made_of(told: Sequence[float | None], one: Figure) -> Value:
    n = int(told[0] or 0)
    match one.kind:
        case Kind.COUNT:
            return Value(value=n, n=n, of=n)
        case Kind.SHARE:
            of = int(told[1] or 0)
            return Value(value=n / of if of else None, n=n, of=of)
        case Kind.MEAN | Kind.RATIO:
            whole, per = told[1:]
            return Value(value=None if whole is None or not per else whole / per, n=n, of=n)
        case _:
            return Value(value=told[1], n=n, of=n)


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
