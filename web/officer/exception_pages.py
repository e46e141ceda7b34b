"""The exceptions queue: cases whose limit was reached while nobody could be told."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response

from rules.rights import Right, departments_for
from storage.exceptions import list_open, resolve
from web.officer.own_form import check_own
from web.officer.reading import PAGE_LENGTH
from web.sign_in import StaffHere
from web.site import RowId, SiteHere, page, see

router = APIRouter(prefix="/staff/exceptions", include_in_schema=False)
MOST = 2**63 - 1


@router.get("")
async def show(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    after: Annotated[int, Query(ge=0, le=MOST)] = 0,
) -> Response:
    """Open items, oldest first."""
    async with site.store.engine.connect() as conn:
        items = await list_open(
            conn,
            departments=departments_for(staff.duties, Right.EXCEPTIONS),
            after=after,
            limit=PAGE_LENGTH,
        )
    return page(
        request,
        "staff/exceptions.html",
        account=staff.account,
        staff=staff,
        items=items,
        next_after=items[-1].id if len(items) == PAGE_LENGTH else None,
    )


@router.post("/{item}")
async def settle(
    site: SiteHere,
    staff: StaffHere,
    item: RowId,
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Somebody has seen to it; once more does nothing."""
    check_own(staff, csrf)
    if not 0 < item <= MOST:
        raise HTTPException(404)
    theirs = departments_for(staff.duties, Right.EXCEPTIONS)
    async with site.store.engine.begin() as conn:
        await resolve(conn, item, at=site.now(), departments=theirs)
    return see("/staff/exceptions")
