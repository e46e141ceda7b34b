"""Taking out what a search finds: the order with its reason, how far it is, the file."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from rules.organisation import is_department
from rules.rights import Right, departments_for
from schema.audit import AuditKind, AuditNote, Why
from schema.codes import State
from storage.audit import note
from storage.exports import (
    MOST_ROWS,
    UNFINISHED,
    ExportForm,
    ExportState,
    Order,
    SearchExport,
    TooManyError,
    exports_of,
    find,
    order,
    pieces,
    remove,
)
from storage.staff_search import MOST_COUNTED, count
from storage.store import Store
from web.officer.export_file import MEDIA_TYPES
from web.officer.own_form import check_own
from web.officer.reasons import ReasonForm
from web.officer.search_query import Asked, asked_of
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, see, wording_of
from web.wording import SEOUL, Wording

router = APIRouter(prefix="/staff/exports", include_in_schema=False)
PATH = "/staff/exports"


class ExportAsked(ReasonForm):
    """What the form sends; `id` is the form's own, so that sent twice it is one order."""

    id: UUID
    form: ExportForm = ExportForm.XLSX


@router.get("")
@router.get("/progress")
async def show_exports(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """The person's exports, newest first; the page asks again by itself while one is made."""
    async with site.store.engine.connect() as conn:
        found = await exports_of(conn, staff.account.login)
    wording = wording_of(request)
    return page(
        request,
        "staff/exports.html",
        account=staff.account,
        staff=staff,
        exports=[(one, conditions_said(one.typed, wording), size_said(one.bytes)) for one in found],
        working=any(one.state in UNFINISHED for one in found),
        may_load={one.id for one in found if still_within(staff, one)},
        most_rows=f"{MOST_ROWS:,}",
    )


@router.get("/new")
async def show_order(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """What would be taken out, in which form, and why."""
    return await _order_page(request, site, staff, _understood(request, staff))


@router.post("/new")
async def take_order(
    request: Request, site: SiteHere, staff: StaffHere, form: Annotated[ExportAsked, Form()]
) -> Response:
    """Order it; who took out what, and why, is logged with the order."""
    check_own(staff, form.csrf)
    asked = _understood(request, staff)
    if form.fault is not None:
        return await _order_page(request, site, staff, asked, form=form, fault=form.fault)
    made = Order(
        id=form.id,
        account=staff.account.login,
        form=form.form,
        language=wording_of(request).language,
        typed=dict(asked.typed),
        wanted=asked.wanted,
    )
    try:
        async with site.store.engine.begin() as conn:
            if await order(conn, made, at=site.now()):
                await note(conn, _noted(staff, made, form, step="ordered"))
    except TooManyError:
        fault = "exports.too_many"
        return await _order_page(request, site, staff, asked, form=form, fault=fault)
    return see(PATH)


@router.get("/{export}/file")
async def load_file(site: SiteHere, staff: StaffHere, export: UUID) -> Response:
    """The file, to who ordered it and still may see all that is in it; each time is logged."""
    async with site.store.engine.begin() as conn:
        found = await find(conn, export, staff.account.login)
        if found is None or found.state is not ExportState.READY:
            raise HTTPException(404)
        if not still_within(staff, found):
            raise HTTPException(403)
        await note(conn, _noted(staff, found, step="loaded", rows=found.done))
    name = f"minwon-{found.asked_at.astimezone(SEOUL):%Y%m%d-%H%M}.{found.form}"
    return StreamingResponse(
        _bytes(site.store, export),
        media_type=MEDIA_TYPES[found.form],
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-length": str(found.bytes),
        },
    )


@router.post("/{export}/remove")
async def remove_export(
    site: SiteHere, staff: StaffHere, export: UUID, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Drop the file, or stop what is being made."""
    check_own(staff, csrf)
    async with site.store.engine.begin() as conn:
        await remove(conn, export, staff.account.login, at=site.now())
    return see(PATH)


async def _bytes(store: Store, export: UUID) -> AsyncIterator[bytes]:
    async with store.engine.connect() as conn:
        async for piece in pieces(conn, export):
            yield piece


def still_within(staff: Staff, export: SearchExport) -> bool:
    """Whether the person may still read everybody's cases that the file may hold."""
    reached = departments_for(staff.duties, Right.READ)
    readers = export.wanted.readers
    return reached is None or (readers is not None and set(readers) <= set(reached))


def _understood(request: Request, staff: Staff) -> Asked:
    """The conditions of the address. Raises HTTPException 404 for what no search page gives."""
    asked = asked_of(request, staff)
    if asked.faults or not asked.typed:
        raise HTTPException(404)
    return asked


def _noted(
    staff: Staff, order: Order, form: ReasonForm | None = None, **said: str | int
) -> AuditNote:
    """What the log keeps: codes of conditions, and of typed words only that there were some."""
    typed = {
        name: "typed" if name in ("q", "place") else code for name, code in order.typed.items()
    }
    return AuditNote(
        kind=AuditKind.EXPORTED,
        doer=staff.doer(),
        why=form.chosen if form else None,
        words=form.said if form else None,
        detail={"what": "search", "export": str(order.id), "form": order.form, **typed, **said},
    )


async def _order_page(
    request: Request,
    site: Site,
    staff: Staff,
    asked: Asked,
    *,
    form: ExportAsked | None = None,
    fault: str | None = None,
) -> Response:
    wording = wording_of(request)
    async with site.store.engine.connect() as conn:
        total = await count(conn, asked.wanted)
    more = total > MOST_COUNTED
    shown: Mapping[str, Any] = {
        "conditions": conditions_said(asked.typed, wording),
        "total": wording.t(
            "search.more_than" if more else "search.total", n=f"{min(total, MOST_COUNTED):,}"
        ),
        "action": asked.address(f"{PATH}/new"),
        "back": asked.address("/staff/search"),
    }
    return page(
        request,
        "staff/export_order.html",
        status=422 if fault else 200,
        account=staff.account,
        staff=staff,
        export=form.id if form else uuid4(),
        chosen=form.form if form else ExportForm.XLSX,
        forms=tuple(ExportForm),
        whys=tuple(Why),
        fault=fault,
        most_rows=f"{MOST_ROWS:,}",
        **shown,
    )


def conditions_said(typed: Mapping[str, str], wording: Wording) -> list[tuple[str, str]]:
    """The conditions as (name, value), in words; the order of a page is none."""
    say: Mapping[str, Callable[[str], str]] = {
        "district": wording.district,
        "item": lambda code: wording.item_group(code) if len(code) == 2 else wording.item(code),
        "state": lambda code: wording.state(State(code)),
        "department": lambda code: wording.department(code) if is_department(code) else code,
        "channel": lambda code: wording.code("channel", code),
    }
    return [
        (wording.t(f"search.{name}"), say.get(name, str)(value))
        for name, value in typed.items()
        if name != "sort"
    ]


def size_said(size: int | None) -> str:
    """A size in bytes, in the unit that a person reads."""
    if size is None:
        return ""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} KB"
