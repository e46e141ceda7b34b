"""The inbox, the quarantine."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response

from rules.notices import inboxes_of
from rules.rights import Right, holding
from schema.audit import AuditKind, AuditNote, Why
from storage.audit import note_alone
from storage.inbox import inbox, mark_read
from storage.quarantine import list_quarantine, show_quarantine
from storage.sealing import ErasedError
from web.officer.notices import notice_line
from web.officer.own_form import check_own
from web.officer.reasons import ReasonForm
from web.sign_in import Staff, StaffHere
from web.site import RowId, SiteHere, page, see, wording_of

router = APIRouter(prefix="/staff", include_in_schema=False)
SHOWN_PAYLOAD = 20_000


@router.get("/inbox")
async def show_inbox(
    request: Request, site: SiteHere, staff: StaffHere, all: bool = False
) -> Response:
    """What the desk of this role and department was told."""
    async with site.store.engine.connect() as conn:
        notices = await inbox(conn, _recipients(staff), unread=not all)
    return page(
        request,
        "staff/inbox.html",
        account=staff.account,
        staff=staff,
        notices=[(notice, notice_line(notice, wording_of(request))) for notice in notices],
        all=all,
    )


@router.post("/inbox")
async def read_inbox(
    site: SiteHere,
    staff: StaffHere,
    up_to: Annotated[int, Form()],
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Note everything up to the newest shown as read."""
    check_own(staff, csrf)
    async with site.store.engine.begin() as conn:
        await mark_read(conn, _recipients(staff), up_to=up_to, at=site.now())
    return see("/staff/inbox")


def _recipients(staff: Staff) -> list[str]:
    held = holding(staff.duties, Right.INBOX)
    inboxes = (inbox for duty in held for inbox in inboxes_of(duty.role, duty.department))
    return list(dict.fromkeys(inbox.name for inbox in inboxes))


@router.get("/quarantine")
async def show_quarantine_list(
    request: Request, site: SiteHere, staff: StaffHere, all: bool = False
) -> Response:
    """The records that could not be understood, newest first."""
    async with site.store.engine.connect() as conn:
        entries = await list_quarantine(conn, status=None if all else "open")
    return page(
        request,
        "staff/quarantine.html",
        account=staff.account,
        staff=staff,
        entries=entries,
        all=all,
    )


@router.get("/quarantine/{entry_id}")
async def show_quarantine_entry(
    request: Request, site: SiteHere, staff: StaffHere, entry_id: RowId
) -> Response:
    """One such record; what it holds is hidden until somebody asks for it."""
    return await _quarantine_entry(request, site, staff, entry_id)


@router.post("/quarantine/{entry_id}")
async def open_quarantine_entry(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    entry_id: RowId,
    form: Annotated[ReasonForm, Form()],
) -> Response:
    """One such record, opened; who opened it, and why, is logged first."""
    check_own(staff, form.csrf)
    return await _quarantine_entry(request, site, staff, entry_id, form=form)


async def _quarantine_entry(
    request: Request,
    site: SiteHere,
    staff: Staff,
    entry_id: RowId,
    *,
    form: ReasonForm | None = None,
) -> Response:
    try:
        async with site.store.engine.connect() as conn:
            found = await show_quarantine(conn, site.store, entry_id)
    except ErasedError:
        raise HTTPException(404) from None
    if found is None:
        raise HTTPException(404)
    entry, payload = found
    opened = form is not None and form.fault is None
    if form is not None and opened:
        noted = AuditNote(
            kind=AuditKind.PAYLOAD_READ,
            doer=staff.doer(),
            why=form.chosen,
            words=form.said,
            detail={"entry": entry_id},
        )
        await note_alone(site.store, noted)
    return page(
        request,
        "staff/quarantine_entry.html",
        account=staff.account,
        staff=staff,
        entry=entry,
        status=422 if form is not None and not opened else 200,
        whys=tuple(Why),
        why_fault=form.fault if form is not None else None,
        size=len(payload),
        payload=payload[:SHOWN_PAYLOAD].decode(errors="replace") if opened else None,
    )
