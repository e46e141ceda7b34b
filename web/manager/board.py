"""Open, due today, overdue and answered by department, each with the way down to its queue."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from rules.rights import Right, departments_for
from storage.cases import DepartmentFigures, figures
from web.day import end_of_day
from web.sign_in import Staff, StaffHere
from web.site import SiteHere, page

router = APIRouter(prefix="/staff", include_in_schema=False)


@router.get("/board")
async def show(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """The figures as they stand; a department head sees the own department's."""
    now = site.now()
    async with site.store.engine.connect() as conn:
        found = await figures(conn, now=now, day_end=end_of_day(now))
    rows = worst_first(found, staff)
    return page(
        request,
        "staff/board.html",
        account=staff.account,
        staff=staff,
        rows=rows,
        total=total_of(rows),
        most=max((row.open for row in rows), default=0),
        now=now,
    )


def worst_first(found: Sequence[DepartmentFigures], staff: Staff) -> list[DepartmentFigures]:
    """The departments that the account may see, most overdue first."""
    own = departments_for(staff.duties, Right.BOARD)
    seen = [row for row in found if own is None or row.department in own]
    return sorted(seen, key=lambda row: (-row.overdue, -row.due_today, -row.open, str(row)))


def total_of(rows: Sequence[DepartmentFigures]) -> DepartmentFigures:
    """The sums of the rows shown."""
    return DepartmentFigures(
        department=None,
        open=sum(row.open for row in rows),
        due_today=sum(row.due_today for row in rows),
        overdue=sum(row.overdue for row in rows),
        answered=sum(row.answered for row in rows),
    )
