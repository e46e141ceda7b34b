"""The board's first page: where time is being lost, what is open, and how it went."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.figures import Figure, figures
from rules.measures.row import STAGES
from storage.figure_terms import AsOf
from storage.figures import Counted, Dimension, count, count_by, one_snapshot
from storage.live import newest_position
from web.manager.asking import Asked, as_of, read_asked
from web.manager.charts import Part, parts
from web.manager.frame import board_page
from web.manager.saying import Saying
from web.manager.tiles import figure_address, tiles
from web.sign_in import StaffHere
from web.site import SiteHere, wording_of

router = APIRouter(prefix="/staff/board", include_in_schema=False)

SHOWN = 15
"""Departments on the first page; the rest is one click away, and the page says how many."""
NOW = ("open", "overdue", "due_today", "approaching", "waits_for_citizen", "unassigned")
PERIOD = (
    *("on_time", "late", "filed", "resolved", "flow_ratio", "resolution_median"),
    *("first_right", "escalated", "satisfaction", "reopened"),
)
BY_DEPARTMENT = (
    *("open", "due_today", "overdue", "on_time", "late", "resolved"),
    *("stage_assigned", "stage_processing"),
)


def named(codes: tuple[str, ...]) -> list[Figure]:
    """The figures of these codes, in their order."""
    known = figures()
    return [known[code] for code in codes]


@dataclass(frozen=True)
class Stage:
    """A stage of the life of the cases resolved in the period, and its share of their time."""

    code: str
    name: str
    work: str
    wall: str
    share: str
    part: Part
    about: str


@dataclass(frozen=True)
class Lost:
    """Where the working time went; `worst` is the stage with most of it."""

    stages: tuple[Stage, ...]
    worst: Stage | None
    resolved: int
    mean: str


async def lost(conn: AsyncConnection, asked: Asked, at: AsOf, saying: Saying) -> Lost:
    """How long the cases resolved in the period stood in each stage."""
    known = figures()
    codes = [f"stage_{state.lower()}" for state in STAGES]
    wanted = [known[code] for code in (*codes, *(f"{code}_wall" for code in codes))]
    found = await count(conn, wanted, asked.scope, at)
    seconds = [found[code].value or 0.0 for code in codes]
    whole = sum(seconds)
    made = tuple(
        Stage(
            code=code,
            name=saying.name(known[code]),
            work=saying.value(known[code], found[code]),
            wall=saying.value(known[f"{code}_wall"], found[f"{code}_wall"]),
            share=f"{100 * value / whole:.0f} %" if whole else "–",
            part=part,
            about=figure_address(asked, code),
        )
        for code, value, part in zip(codes, seconds, parts(seconds), strict=True)
    )
    worst = made[seconds.index(max(seconds))] if whole else None
    work = known[codes[0]].unit
    return Lost(made, worst, found[codes[0]].n, saying.amount(work, whole))


@dataclass(frozen=True)
class DepartmentRow:
    """What the first page says of one department. `cells` are (value, rows behind, address)."""

    code: str | None
    name: str
    here: str
    cells: tuple[tuple[Figure, str, int, str], ...]


def worst_first(
    found: Mapping[str | None, Counted], saying: Saying
) -> list[tuple[str | None, str]]:
    """The departments and their names, most overdue first, then most late ones, then most open
    ones."""
    names = [(code, saying.dimension(Dimension.DEPARTMENT, code)) for code in found]

    def place(named: tuple[str | None, str]) -> tuple[int, int, int, str]:
        values = found[named[0]]
        return (-values["overdue"].n, -values["late"].n, -values["open"].n, named[1])

    return sorted(names, key=place)


def department_row(
    code: str | None, name: str, values: Counted, asked: Asked, saying: Saying
) -> DepartmentRow:
    """One line of the table: only those that are shown are made, at a million cases there are
    hundreds."""
    inside = asked.within(Dimension.DEPARTMENT, code)
    cells = tuple(
        (
            one,
            saying.value(one, values[one.code]),
            values[one.code].n,
            figure_address(inside, one.code, "/cases"),
        )
        for one in named(BY_DEPARTMENT)
    )
    return DepartmentRow(code, name, inside.address(), cells)


@router.get("")
async def show(request: Request, site: SiteHere, staff: StaffHere, every: str = "") -> Response:
    """The figures as they stand; a department head sees the own department's."""
    saying = Saying(wording_of(request))
    now = site.now()
    asked, at = read_asked(request, staff, now), as_of(now)
    async with one_snapshot(site.store.engine) as conn:
        position = await newest_position(conn)
        where = await lost(conn, asked, at, saying)
        standing = await tiles(conn, named(NOW), asked, at, saying)
        went = await tiles(conn, named(PERIOD), asked, at, saying)
        found = await count_by(conn, named(BY_DEPARTMENT), asked.scope, at, Dimension.DEPARTMENT)
    ordered = worst_first(found, saying)
    shown = ordered if every else ordered[:SHOWN]
    return board_page(
        request,
        "staff/board.html",
        staff=staff,
        asked=asked,
        saying=saying,
        now=now,
        position=position,
        lost=where,
        standing=standing,
        went=went,
        columns=named(BY_DEPARTMENT),
        rows=[department_row(code, name, found[code], asked, saying) for code, name in shown],
        many=len(ordered),
        every=asked.address(every="1"),
    )
