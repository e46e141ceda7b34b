"""The moderation queue: reports, findings of rules and appeals, for a person to decide."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from rules.rights import Right, departments_for
from storage.moderation import open_appeals, open_items, settle_item
from web.officer.own_form import check_own
from web.officer.reading import PAGE_LENGTH
from web.sign_in import StaffHere
from web.site import RowId, SiteHere, page, see

router = APIRouter(prefix="/staff/moderation", include_in_schema=False)
MOST = 2**63 - 1


@router.get("")
async def show(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    after: Annotated[int, Query(ge=0, le=MOST)] = 0,
) -> Response:
    """Appeals, then reports and findings, oldest first. Hiding is an act on the case's page."""
    theirs = departments_for(staff.duties, Right.MODERATE)
    async with site.store.engine.connect() as conn:
        appeals = await open_appeals(conn, departments=theirs)
        items = await open_items(conn, departments=theirs, after=after, limit=PAGE_LENGTH)
    return page(
        request,
        "staff/moderation.html",
        account=staff.account,
        staff=staff,
        appeals=appeals,
        items=items,
        next_after=items[-1].id if len(items) == PAGE_LENGTH else None,
    )


@router.post("/{item}")
async def settle(
    site: SiteHere, staff: StaffHere, item: RowId, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Looked at, and nothing to hide."""
    check_own(staff, csrf)
    theirs = departments_for(staff.duties, Right.MODERATE)
    async with site.store.engine.begin() as conn:
        await settle_item(conn, item, by=staff.account.login, at=site.now(), departments=theirs)
    return see("/staff/moderation")
