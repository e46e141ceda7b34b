"""One case for the officer: the text, the petitioner behind a click, every clock, every act."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response

from rules.rights import Right
from schema.audit import AuditKind
from schema.codes import Action
from storage.audit import note_reading
from storage.cases import party_of, petitioner_of
from storage.drafts import drop_draft
from storage.sealing import ErasedError
from web.act_forms import Typed
from web.acts import ActForm, act_body, standing_of
from web.officer.acting_as import actor_for, note_deputy
from web.officer.answering import begun_with, held_back
from web.officer.case_sheet import (
    Beside,
    case_duty,
    case_page,
    concerned,
    note_read,
    read_case,
    readable_case,
)
from web.officer.own_form import check_own
from web.officer.reasons import ReasonForm
from web.photos import photo_response
from web.sign_in import StaffHere
from web.site import SiteHere, see

router = APIRouter(prefix="/staff/cases", include_in_schema=False)


@router.get("/{number}")
async def show(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    number: str,
    act: str | None = None,
    template: str | None = None,
    like: str | None = None,
) -> Response:
    """The case page; `act` names an act posted before, whose standing is told. An answer begins
    with a `template`, or with the answer that was given to the case `like`."""
    opened = await read_case(site, staff, number)
    standing = await standing_of(site, number, act) if act else None
    typed = await begun_with(request, site, staff, opened, template=template, like=like)
    beside = Beside(standing=standing, act=act, typed=typed)
    return await case_page(request, site, staff, opened, beside)


@router.get("/{number}/photos/{photo}")
async def photo(
    request: Request, site: SiteHere, staff: StaffHere, number: str, photo: str
) -> Response:
    """One photo or video of the case; its first part is the reading that is logged."""
    opened = await readable_case(site, staff, number)
    if request.headers.get("range", "bytes=0-").startswith("bytes=0-"):
        doer = staff.doer(case_duty(staff, opened))
        await note_reading(site.store, doer, AuditKind.PHOTO_READ, case=number, photo=photo[:36])
    return await photo_response(request, site, opened.attachments, photo)


@router.post("/{number}/petitioner")
async def open_petitioner(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    number: str,
    form: Annotated[ReasonForm, Form()],
) -> Response:
    """The case page with the petitioner's contact open; who opened it, and why, is logged first."""
    check_own(staff, form.csrf)
    opened = await readable_case(site, staff, number)
    duty = staff.duty_on(Right.CONTACT, concerned(opened))
    if duty is None:
        raise HTTPException(403)
    if form.fault is not None:
        await note_read(site, staff, opened)
        return await case_page(
            request, site, staff, opened, Beside(why_fault=form.fault), status=422
        )
    doer = staff.doer(duty)
    await note_reading(
        site.store, doer, AuditKind.CONTACT_READ, case=number, why=form.chosen, words=form.said
    )
    try:
        async with site.store.engine.connect() as conn:
            recipient = await petitioner_of(conn, site.store, number)
            party = await party_of(conn, site.store, number)
    except ErasedError:
        recipient, party = None, None
    return await case_page(request, site, staff, opened, Beside(recipient=recipient, party=party))


@router.post("/{number}/actions/{action}")
async def act(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    number: str,
    action: Action,
    form: Annotated[ActForm, Form()],
) -> Response:
    """Do `action` once; a refusal is shown with its reason, and what was typed stays."""
    check_own(staff, form.csrf)
    opened = await readable_case(site, staff, number)
    if remarks := await held_back(site, staff, opened, action, form):
        await note_read(site, staff, opened)
        beside = Beside(typed=Typed(action, form), looked=True, remarks=remarks, held_back=True)
        return await case_page(request, site, staff, opened, beside, status=422)
    now = site.now()
    actor = actor_for(staff, opened, action, now)
    acted = await site.acting.act(
        number,
        action,
        request_id=form.request_id,
        actor=actor,
        at=now,
        body=act_body(action, form),
    )
    if acted.refusal is not None:
        await note_read(site, staff, opened)
        beside = Beside(refusal=acted.refusal, typed=Typed(action, form))
        return await case_page(request, site, staff, opened, beside, status=409)
    async with site.store.engine.begin() as conn:
        await drop_draft(conn, number, login=staff.account.login, action=action)
    await note_deputy(site, staff, number, action, actor)
    return see(f"/staff/cases/{number}?act={form.request_id}")
