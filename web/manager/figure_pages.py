"""The pages of one figure, of a group of figures, and of the cases behind a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response

from rules.figures import (
    DERIVED,
    Better,
    Cohort,
    Figure,
    Group,
    Kind,
    cohort_text,
    figures,
    figures_of,
)
from storage.figures import (
    Counted,
    Dimension,
    arrivals,
    behind,
    count,
    count_behind,
    count_by,
    one_snapshot,
    series,
)
from storage.live import newest_position
from web.manager.asking import NARROWED, STEPS_SHOWN, Asked, as_of, last_day, read_asked
from web.manager.charts import Chart, chart
from web.manager.frame import board_page
from web.manager.saying import Saying
from web.manager.tiles import figure_address, point, tiles
from web.sign_in import StaffHere
from web.site import SiteHere, wording_of

router = APIRouter(prefix="/staff/board", include_in_schema=False)

PAGE_LENGTH = 50
LONGEST_NUMBER = 15
WEEKDAYS = range(1, 8)


@dataclass(frozen=True)
class Row:
    """One value of a dimension: its number, and what is behind it."""

    name: str
    value: str
    n: int
    of: int
    here: str
    behind: str | None
    part: float
    """Of the largest, for its bar: 0 to 100."""


@router.get("/groups/{group}")
async def show_group(request: Request, site: SiteHere, staff: StaffHere, group: Group) -> Response:
    """All figures of a group, each with its change and a small chart."""
    saying = Saying(wording_of(request))
    now = site.now()
    asked = read_asked(request, staff, now)
    async with one_snapshot(site.store.engine) as conn:
        position = await newest_position(conn)
        shown = await tiles(conn, figures_of(group), asked, as_of(now), saying)
        came = await arrivals(conn, asked.scope) if group is Group.FLOW else {}
    return board_page(
        request,
        "staff/board_group.html",
        staff=staff,
        asked=asked,
        saying=saying,
        now=now,
        position=position,
        group=group,
        tiles=shown,
        arrivals=by_hour(came),
        arrived=sum(came.values()),
    )


def by_hour(came: Mapping[tuple[int, int], int]) -> list[list[tuple[int, int]]]:
    """The hours of the day, each with its weekdays from Monday: (how many, how dark: 0 to 4)."""
    most = max(came.values(), default=0)
    if not most:
        return []
    counts = [[came.get((day, hour), 0) for day in WEEKDAYS] for hour in range(24)]
    return [[(n, -(-4 * n // most)) for n in row] for row in counts]


def figure_of(code: str) -> Figure:
    """The figure `code`; HTTPException 404 where there is none."""
    found = figures().get(code)
    if found is None:
        raise HTTPException(404)
    return found


@router.get("/figures/{code}")
async def show_figure(
    request: Request, site: SiteHere, staff: StaffHere, code: str, by: Dimension | None = None
) -> Response:
    """What the figure is, what it was, and what it is made of."""
    figure = figure_of(code)
    saying = Saying(wording_of(request))
    now = site.now()
    asked, at = read_asked(request, staff, now), as_of(now)
    dimension = by if by in NARROWED else _next_dimension(asked)
    async with one_snapshot(site.store.engine) as conn:
        shown = (await tiles(conn, [figure], asked, at, saying, charted=False))[0]
        values = (await count(conn, [figure], asked.scope, at))[code]
        past = await series(conn, [figure], asked.history, at, asked.step)
        found = await count_by(conn, [figure], asked.scope, at, dimension)
    return board_page(
        request,
        "staff/board_figure.html",
        staff=staff,
        asked=asked,
        saying=saying,
        now=now,
        figure=figure,
        cohort=cohort_text(figure.cohort),
        effects=figure.effects(cohort_text(figure.cohort)),
        tile=shown,
        value=values,
        parts=[figures()[str(part)] for part in (figure.first, figure.second) if part],
        past=_past(figure, asked, saying, past) if figure.cohort is not Cohort.OPEN else None,
        by=dimension,
        rows=_rows(figure, dimension, asked, saying, found),
        part_address={part: figure_address(asked, str(part)) for part in _parts(figure)},
        base=figure_address(asked, code, "/cases", base="1") if figure.kind is Kind.SHARE else None,
    )


def _parts(figure: Figure) -> tuple[str, ...]:
    return tuple(str(part) for part in (figure.first, figure.second) if part)


def _next_dimension(asked: Asked) -> Dimension:
    """By what a figure is told apart where nobody chose: departments, of one its items."""
    if asked.value(Dimension.DEPARTMENT) is None:
        return Dimension.DEPARTMENT
    return Dimension.ITEM


def _past(figure: Figure, asked: Asked, saying: Saying, found: Mapping[date, Counted]) -> Chart:
    steps: list[date] = []
    day = asked.history.since
    while day <= asked.until:
        steps.append(day)
        day = last_day(asked.step, day) + timedelta(days=1)
    points = [
        point(figure, saying, asked.step, day, found, here=day >= asked.since)
        for day in steps[-STEPS_SHOWN:]
    ]
    return chart(points)


def _rows(
    figure: Figure,
    by: Dimension,
    asked: Asked,
    saying: Saying,
    found: Mapping[str | None, Counted],
) -> list[Row]:
    """The values of a dimension: where most went wrong first, or where there is most."""
    values = {key: counted[figure.code] for key, counted in found.items()}
    most = max((abs(value.value or 0) for value in values.values()), default=0) or 1
    rows = []
    for key, value in values.items():
        if not value.of and not value.n:
            continue
        inside = asked.within(by, key)
        rows.append(
            Row(
                name=saying.dimension(by, key),
                value=saying.value(figure, value),
                n=value.n,
                of=value.of,
                here=figure_address(inside, figure.code),
                behind=None
                if figure.kind in DERIVED
                else figure_address(inside, figure.code, "/cases"),
                part=round(100 * abs(value.value or 0) / most, 1),
            )
        )
    failures = figure.kind is Kind.SHARE and figure.better is Better.MORE
    return sorted(rows, key=lambda row: (row.n - row.of if failures else -row.n, -row.of, row.name))


@router.get("/figures/{code}/cases")
async def show_cases(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    code: str,
    base: bool = False,
    after: Annotated[str, Query(max_length=LONGEST_NUMBER)] = "",
) -> Response:
    """The very cases that make the number, by number; with `base` those that it looks at."""
    figure = figure_of(code)
    if figure.kind in DERIVED:
        raise HTTPException(404)
    saying = Saying(wording_of(request))
    now = site.now()
    asked, at = read_asked(request, staff, now), as_of(now)
    base = base and figure.kind is Kind.SHARE
    async with one_snapshot(site.store.engine) as conn:
        shown = (await tiles(conn, [figure], asked, at, saying, charted=False))[0]
        many = await count_behind(conn, figure, asked.scope, at, base=base)
        listed = await behind(
            conn, figure, asked.scope, at, base=base, after=after, limit=PAGE_LENGTH + 1
        )
    more = listed[PAGE_LENGTH - 1].number if len(listed) > PAGE_LENGTH else ""
    return board_page(
        request,
        "staff/board_cases.html",
        staff=staff,
        asked=asked,
        saying=saying,
        now=now,
        figure=figure,
        tile=shown,
        base=base,
        many=many,
        cases=listed[:PAGE_LENGTH],
        measured=figure.measure is not None and figure.kind is not Kind.RATIO,
        first=figure_address(asked, code, "/cases", base="1" if base else "") if after else None,
        following=figure_address(asked, code, "/cases", base="1" if base else "", after=more)
        if more
        else None,
        whole=figure_address(asked, code, "/cases", base="" if base else "1")
        if figure.kind is Kind.SHARE
        else None,
    )
