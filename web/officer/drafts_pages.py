"""What an officer has begun to write: kept, thrown away, and looked over before it goes out."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from rules.fields import FieldKind, field
from rules.rights import Right
from rules.transitions import fields_of
from schema.addresses import case_address
from schema.codes import Action
from storage.drafts import drop_draft, keep_draft
from storage.foreseeing import Foreseen
from storage.sealing import ErasedError
from web.act_forms import Typed
from web.acts import ActForm, act_body
from web.officer.acting_as import actor_for
from web.officer.answering import remarks_on
from web.officer.case_sheet import Beside, case_page, concerned, note_read, readable_case
from web.officer.own_form import check_own
from web.opened import OpenedCase
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, see, wording_of
from web.wording import SEOUL

router = APIRouter(prefix="/staff/cases", include_in_schema=False)
BY_SCRIPT = "x-minwon-part"
"""The header of a script that wants the part of the page that has changed, not the page."""


async def _to_act_on(site: Site, staff: Staff, number: str, csrf: str) -> OpenedCase:
    check_own(staff, csrf)
    opened = await readable_case(site, staff, number)
    if staff.duty_on(Right.ACT, concerned(opened)) is None:
        raise HTTPException(403)
    return opened


@router.post("/{number}/drafts/{action}")
async def keep(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    number: str,
    action: Action,
    form: Annotated[ActForm, Form()],
) -> Response:
    """Keep what has been typed so far; what is empty is forgotten."""
    opened = await _to_act_on(site, staff, number, form.csrf)
    typed = Typed(action, form).values()
    fields = {name: typed[name] for name in fields_of(action) if name in typed}
    words = any(field(name).kind is FieldKind.TEXT for name in fields)
    login, now, wording = staff.account.login, site.now(), wording_of(request)
    async with site.store.engine.begin() as conn:
        if words:
            try:
                await keep_draft(
                    conn,
                    site.store,
                    opened.number,
                    login=login,
                    action=action,
                    fields=fields,
                    at=now,
                )
            except ErasedError:
                raise HTTPException(409) from None
        else:
            await drop_draft(conn, opened.number, login=login, action=action)
    if BY_SCRIPT in request.headers:
        at = f"{now.astimezone(SEOUL):%H:%M}"
        return JSONResponse({"said": wording.t("draft.saved", at=at) if words else ""})
    return see(f"/staff/cases/{number}?kept={action}#act-{action}")


@router.post("/{number}/drafts/{action}/drop")
async def drop(
    site: SiteHere,
    staff: StaffHere,
    number: str,
    action: Action,
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Throw away what was begun."""
    opened = await _to_act_on(site, staff, number, csrf)
    async with site.store.engine.begin() as conn:
        await drop_draft(conn, opened.number, login=staff.account.login, action=action)
    return see(f"/staff/cases/{number}#act-{action}")


@router.post("/{number}/preview/{action}")
async def preview(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    number: str,
    action: Action,
    form: Annotated[ActForm, Form()],
) -> Response:
    """What the act would do and what its petitioner would be told, word for word, with what there
    is to say of the answer; nothing is done."""
    opened = await _to_act_on(site, staff, number, form.csrf)
    remarks = await remarks_on(site, staff, opened, action, form)
    beside = Beside(
        typed=Typed(action, form),
        foreseen=await _foreseen(site, staff, opened, action, form),
        remarks=remarks,
        looked=True,
    )
    if BY_SCRIPT in request.headers:
        return page(request, "staff/foreseen.html", beside=beside, part=True)
    await note_read(site, staff, opened)
    return await case_page(request, site, staff, opened, beside)


async def _foreseen(
    site: Site, staff: Staff, opened: OpenedCase, action: Action, form: ActForm
) -> Foreseen | None:
    now = site.now()
    try:
        return await site.acting.foresee(
            opened.number,
            action,
            actor=actor_for(staff, opened, action, now),
            at=now,
            body=act_body(action, form),
            url=case_address(site.public_url, opened.number),
        )
    except ErasedError:
        return None
