"""The queue of a department or of one's own: by the nearest clock, filtered, with saved views."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from pydantic import Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.organisation import FIRST_LINE
from rules.rights import Right, departments_for
from rules.taxonomy import groups, newest_leaves
from schema.codes import ENDED_STATES, Channel, State, TimerKind, WaitsFor
from schema.model import Frozen
from schema.numbers import is_receipt_number
from schema.plain_text import plain_text
from storage.desk import Due, QueueFilter, counts, open_by_department, queue
from storage.live import newest_position
from storage.saved_views import (
    NAME_LENGTH,
    SavedView,
    TooManyViewsError,
    remove_view,
    save_view,
    views_of,
)
from storage.staff import accounts_of
from web.officer.own_form import check_own
from web.officer.queue_query import ME, NOBODY, QueueAsked, QueueQuery, horizon_at, wanted_by
from web.officer.queue_rows import QueueRow, rows_of
from web.officer.reading import (
    PAGE_LENGTH,
    cursor_after,
    own_departments,
    place_at,
    reads_beyond_own,
)
from web.officer.search_query import city_districts
from web.sign_in import Staff, StaffHere
from web.site import RowId, Site, SiteHere, page, see, wording_of

router = APIRouter(prefix="/staff", include_in_schema=False)

MOST_ROWS = 100
"""Rows that are asked for anew at once: as many changes as a stream keeps."""
GLANCES: Mapping[str, Mapping[str, object]] = {
    "all": {},
    "mine": {"officer": ME},
    "overdue": {"due": Due.OVERDUE},
    "today": {"due": Due.TODAY},
    "urgent": {"urgent": True},
    "unassigned": {"officer": NOBODY},
    "supplement": {"waits": WaitsFor.SUPPLEMENT},
    "asked": {"asked": True},
}
"""What stands above the list with its number: filters within the same departments."""
TIMERS = tuple(
    timer
    for timer in TimerKind
    if timer not in (TimerKind.PROGRESS_NOTICE, TimerKind.SATISFACTION, TimerKind.HEARTBEAT)
)


@dataclass(frozen=True)
class Glance:
    """A link above the list: the filter, how many cases it has, whether it is the one shown."""

    name: str
    address: str
    count: int | None
    here: bool


@dataclass(frozen=True)
class ViewGlance(Glance):
    """A saved view; `count` is None where the person may no longer read what it shows."""

    id: int


@dataclass(frozen=True)
class Shown:
    """A page of the queue with everything that is counted beside it."""

    rows: tuple[QueueRow, ...]
    total: int
    glances: tuple[Glance, ...]
    views: tuple[ViewGlance, ...]
    following: str | None


@router.get("")
async def show_queue(
    request: Request, site: SiteHere, staff: StaffHere, query: QueueAsked
) -> Response:
    """Open cases by their nearest clock, a page at a time."""
    wanted, choose = _wanted(staff, query), reads_beyond_own(staff)
    reached = departments_for(staff.duties, Right.READ)
    async with site.store.engine.connect() as conn:
        position = await newest_position(conn)
        shown = await _shown(conn, request, site, staff, query, wanted)
        departments = await open_by_department(conn, reached) if choose else {}
        colleagues = await _colleagues(conn, wanted)
    return page(
        request,
        "staff/queue.html",
        account=staff.account,
        staff=staff,
        query=query,
        shown=shown,
        position=position,
        chosen=query.department or staff.account.department,
        several=wanted.departments is None or len(wanted.departments) > 1,
        departments=departments,
        choose=choose,
        own=own_departments(staff),
        colleagues=colleagues,
        name_length=NAME_LENGTH,
        first_line=FIRST_LINE,
        **_choices(),
        here=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
    )


@router.get("/rows")
async def show_rows(
    request: Request, site: SiteHere, staff: StaffHere, query: QueueAsked
) -> Response:
    """Those rows of the queue `query` that are asked for by number (`only`), as they are now, and
    what is counted above it: by what a page that lies open brings itself up to date."""
    asked = request.query_params.getlist("only")[:MOST_ROWS]
    numbers = [number for number in asked if is_receipt_number(number)]
    wanted = _wanted(staff, query)
    async with site.store.engine.connect() as conn:
        shown = await _shown(conn, request, site, staff, query, wanted, numbers or [""])
    return page(
        request,
        "staff/queue_rows.html",
        staff=staff,
        query=query,
        shown=shown,
        several=wanted.departments is None or len(wanted.departments) > 1,
    )


class ViewForm(Frozen):
    """A view to be saved: its name, and the queue's filters as the address has them."""

    name: Annotated[str, Field(max_length=200)] = ""
    csrf: str = ""


@router.post("/views")
async def keep_view(
    site: SiteHere, staff: StaffHere, query: QueueAsked, form: Annotated[ViewForm, Form()]
) -> Response:
    """Save the filters of the address under a name; one of that name is replaced."""
    check_own(staff, form.csrf)
    _wanted(staff, query)
    name = " ".join(plain_text(form.name).split())[:NAME_LENGTH]
    if not name:
        return see(query.address(view="unnamed"))
    try:
        async with site.store.engine.begin() as conn:
            await save_view(conn, staff.account.login, name, query.kept())
    except TooManyViewsError:
        return see(query.address(view="too_many"))
    return see(query.address(view="saved"))


@router.post("/views/{view}/remove")
async def forget_view(
    site: SiteHere, staff: StaffHere, view: RowId, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Forget one of one's own views."""
    check_own(staff, csrf)
    async with site.store.engine.begin() as conn:
        await remove_view(conn, staff.account.login, view)
    return see("/staff")


def _wanted(staff: Staff, query: QueueQuery) -> QueueFilter:
    try:
        place_at(query.after)
        return wanted_by(staff, query)
    except PermissionError:
        raise HTTPException(403) from None
    except ValueError:
        raise HTTPException(404) from None


async def _shown(
    conn: AsyncConnection,
    request: Request,
    site: Site,
    staff: Staff,
    query: QueueQuery,
    wanted: QueueFilter,
    numbers: list[str] | None = None,
) -> Shown:
    horizon = horizon_at(site)
    listed = wanted.model_copy(update={"numbers": tuple(numbers)}) if numbers else wanted
    cases = await queue(
        conn,
        listed,
        horizon,
        after=place_at(query.after),
        limit=PAGE_LENGTH if not numbers else MOST_ROWS,
    )
    views = await views_of(conn, staff.account.login)
    found = await counts(conn, _counted(staff, query, wanted, views), horizon)
    following = None if numbers else cursor_after(cases, PAGE_LENGTH)
    return Shown(
        rows=await rows_of(conn, site, cases, horizon, wording_of(request)),
        total=found["here"],
        glances=tuple(_glance(name, query, found) for name in GLANCES),
        views=tuple(_view(view, query, found) for view in views),
        following=query.address(after=following) if following else None,
    )


def _glance_query(name: str, query: QueueQuery) -> QueueQuery:
    here = {} if name == "asked" else {"department": query.department}
    return QueueQuery.model_validate({**here, **GLANCES[name]})


def _view_query(view: SavedView) -> QueueQuery | None:
    """The view's filters; None where they name a code that there is no more."""
    try:
        return QueueQuery.model_validate(view.asked)
    except ValidationError:
        return None


def _counted(
    staff: Staff, query: QueueQuery, wanted: QueueFilter, views: tuple[SavedView, ...]
) -> dict[str, QueueFilter]:
    found = {"here": wanted}
    for name in GLANCES:
        found[name] = wanted_by(staff, _glance_query(name, query))
    for view in views:
        asked = _view_query(view)
        try:
            if asked is not None:
                found[f"view {view.id}"] = wanted_by(staff, asked)
        except (PermissionError, ValueError):
            continue
    return found


def _glance(name: str, query: QueueQuery, found: Mapping[str, int]) -> Glance:
    own = _glance_query(name, query)
    return Glance(name, own.address(), found[name], own.kept() == query.kept())


def _view(view: SavedView, query: QueueQuery, found: Mapping[str, int]) -> ViewGlance:
    asked = _view_query(view) or QueueQuery()
    return ViewGlance(
        view.name,
        asked.address(),
        found.get(f"view {view.id}"),
        asked.kept() == query.kept(),
        view.id,
    )


async def _colleagues(conn: AsyncConnection, wanted: QueueFilter) -> tuple[Any, ...]:
    """Who may have cases of the one department that is shown."""
    if wanted.departments is None or len(wanted.departments) != 1:
        return ()
    return await accounts_of(conn, wanted.departments[0])


def _choices() -> dict[str, Any]:
    leaves: dict[str, list[str]] = {code: [] for code in groups()}
    for code in newest_leaves():
        leaves.setdefault(code[:2], []).append(code)
    return {
        "leaves": leaves,
        "states": tuple(state for state in State if state not in ENDED_STATES),
        "timers": TIMERS,
        "dues": tuple(Due),
        "districts": city_districts(),
        "channels": tuple(Channel),
        "waits": tuple(code for code in WaitsFor if code is not WaitsFor.NOTHING),
    }
