"""Figures as the pages show them: number, change, small chart, and the way to what is behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.figures import DERIVED, Cohort, Figure
from storage.figure_terms import AsOf
from storage.figures import Counted, Step, count, course
from web.manager.asking import CHARTED_DAYS, Asked
from web.manager.charts import Chart, Point, chart
from web.manager.saying import Change, Saying


@dataclass(frozen=True)
class Tile:
    """One figure of a page. `behind` is None where it has no cases of its own."""

    figure: Figure
    name: str
    value: str
    n: int
    before: str
    change: Change | None
    chart: Chart | None
    about: str
    behind: str | None
    urgent: bool


def figure_address(asked: Asked, code: str, rest: str = "", **more: str) -> str:
    """The page of a figure for the same cases and period."""
    return asked.address(f"/staff/board/figures/{code}{rest}", **more)


async def tiles(
    conn: AsyncConnection,
    wanted: Sequence[Figure],
    asked: Asked,
    at: AsOf,
    saying: Saying,
    *,
    charted: bool = True,
) -> list[Tile]:
    """The figures of `wanted` for what is asked, compared with the period before."""
    moving = [one for one in wanted if one.cohort is not Cohort.OPEN]
    days: Mapping[date, Counted] | None = None
    if charted:
        standing = [one for one in wanted if one.cohort is Cohort.OPEN]
        went = await course(conn, moving, (asked.scope, asked.before, asked.charted), at)
        now = {**await count(conn, standing, asked.scope, at), **went.periods[0]}
        before, days = went.periods[1], went.days
    else:
        now = dict(await count(conn, wanted, asked.scope, at))
        before = await count(conn, moving, asked.before, at)
    return [_tile(one, asked, saying, now, before, days) for one in wanted]


def _tile(
    one: Figure,
    asked: Asked,
    saying: Saying,
    now: Counted,
    before: Counted,
    days: Mapping[date, Counted] | None,
) -> Tile:
    earlier = before.get(one.code)
    found = now[one.code]
    return Tile(
        figure=one,
        name=saying.name(one),
        value=saying.value(one, found),
        n=found.n,
        before=saying.value(one, earlier) if earlier else "",
        change=saying.change(one, found, earlier) if earlier else None,
        chart=_by_day(one, asked, saying, days) if earlier and days is not None else None,
        about=figure_address(asked, one.code),
        behind=None if one.kind in DERIVED else figure_address(asked, one.code, "/cases"),
        urgent=one.code in ("overdue", "late") and bool(found.n),
    )


def _by_day(one: Figure, asked: Asked, saying: Saying, days: Mapping[date, Counted]) -> Chart:
    every = [asked.charted.since + timedelta(days=n) for n in range(CHARTED_DAYS)]
    return chart(
        [point(one, saying, Step.DAY, day, days, here=day >= asked.since) for day in every]
    )


def point(
    one: Figure,
    saying: Saying,
    step: Step,
    day: date,
    values: Mapping[date, Counted],
    *,
    here: bool = True,
) -> Point:
    """A step of a series; one without cases is nothing, or for a count none."""
    found = values.get(day, {}).get(one.code)
    label = saying.step(step, day)
    if found is None:
        none = 0.0 if one.unit == "cases" else None
        return Point(label, none, saying.amount(one.unit, 0) if none is not None else "–", here)
    return Point(label, found.value, saying.value(one, found), here)
