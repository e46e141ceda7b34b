"""Taking back what one has just done: back to the officer before, back to the first-line desk."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from pydantic import Field

from rules.rights import Right
from rules.undoing import Undoing
from schema.model import Frozen
from storage.undoing import take_back_messages
from web.officer.acting_as import actor_for, note_deputy
from web.officer.case_sheet import concerned, readable_case
from web.officer.own_form import check_own
from web.officer.undoing import event_id, undoing_for
from web.opened import OpenedCase
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, see

router = APIRouter(prefix="/staff/cases", include_in_schema=False)
MOST_OF_AN_ID = 90


class UndoForm(Frozen):
    """Which act is taken back."""

    act: str = Field(min_length=1, max_length=100)
    back: str = Field(default="", max_length=10)
    csrf: str = ""


@router.post("/{number}/undo")
async def undo(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    number: str,
    form: Annotated[UndoForm, Form()],
) -> Response:
    """Take back one's own act, once; 410 where it cannot be any more."""
    check_own(staff, form.csrf)
    opened = await readable_case(site, staff, number)
    if staff.duty_on(Right.ACT, concerned(opened)) is None:
        raise HTTPException(403)
    found = await undoing_for(site, staff, opened, form.act)
    if found is None or not await _untold(site, opened, form.act, found):
        return _too_late(request, staff)
    now = site.now()
    actor = actor_for(staff, opened, found.action, now)
    request_id = f"undo/{form.act[:MOST_OF_AN_ID]}"
    acted = await site.acting.act(
        number, found.action, request_id=request_id, actor=actor, at=now, body=found.body
    )
    if acted.refusal is not None:
        return _too_late(request, staff)
    await note_deputy(site, staff, number, found.action, actor)
    if form.back == "desk":
        return see("/staff/first-line")
    return see(f"/staff/cases/{number}?act={request_id}")


async def _untold(site: Site, opened: OpenedCase, act: str, found: Undoing) -> bool:
    if not found.untold:
        return True
    async with site.store.engine.begin() as conn:
        return await take_back_messages(conn, event_id(opened, act))


def _too_late(request: Request, staff: Staff) -> Response:
    """410: the petitioner has been told, or the case has moved on."""
    return page(
        request,
        "problem.html",
        status=410,
        account=staff.account,
        staff=staff,
        problem="problem.not_undone",
    )
