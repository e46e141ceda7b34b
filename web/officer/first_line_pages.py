"""The first-line desk: one petition after the other, each sent on with one key."""

from collections.abc import Sequence
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form, HTTPException, Request, Response
from pydantic import Field, JsonValue, field_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.organisation import FIRST_LINE, department
from rules.taxonomy import leaf
from schema.codes import Action, WaitsFor
from schema.commands import Refusal
from schema.model import Frozen
from schema.numbers import is_receipt_number
from storage.cases import Case, find_case
from storage.desk import QueueFilter, QueuePlace, counts, queue
from web.acting import Acted
from web.acts import Progress, Standing, standing_of
from web.filing import item_groups
from web.officer.acting_as import actor_for, note_deputy
from web.officer.case_sheet import departments_by_agency, readable_case
from web.officer.first_line import guesses_of, why_here
from web.officer.own_form import check_own
from web.officer.queue_query import horizon_at
from web.officer.queue_rows import QueueRow, rows_of
from web.officer.reading import encode_place, place_at
from web.officer.undoing import undoing_for
from web.opened import OpenedCase
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, see, wording_of
from web.wording import SEOUL

router = APIRouter(prefix="/staff/first-line", include_in_schema=False)

WAITING = QueueFilter(departments=(FIRST_LINE,), waits_for=WaitsFor.DISTRIBUTION)
LOOKED_AT = 5
"""The next few: what was just sent on may not have left the list yet."""


class Sending(Frozen):
    """Where one petition goes. `after` is the place in the list after which it stood."""

    number: str = Field(max_length=20)
    item: str = Field(min_length=1, max_length=10)
    department: str = Field(min_length=1, max_length=60)
    request_id: str = Field(min_length=1, max_length=80)
    after: str | None = Field(default=None, max_length=200)
    csrf: str = ""

    @field_validator("after", mode="before")
    @classmethod
    def _none_for_blank(cls, value: str | None) -> str | None:
        return value or None


@router.get("")
async def show(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    after: str | None = None,
    sent: str | None = None,
    act: str | None = None,
    item: str | None = None,
) -> Response:
    """The petition that has to be sent on next; `sent` and `act` name what was just sent on."""
    standing = await _standing(site, sent, act)
    undo = await _undo(site, staff, sent, act) if standing is not None else None
    return await _desk_page(
        request, site, staff, after, sent=sent, standing=standing, undo=undo, item=item
    )


@router.post("")
async def send_on(
    request: Request, site: SiteHere, staff: StaffHere, form: Annotated[Sending, Form()]
) -> Response:
    """Classify and distribute one petition, each once for this request; then the next appears."""
    check_own(staff, form.csrf)
    opened = await readable_case(site, staff, form.number)
    refusal = (
        await _classified(site, staff, opened, form)
        or (
            await _act(
                site, staff, opened, Action.DISTRIBUTE, _to(form), {"department": form.department}
            )
        ).refusal
    )
    if refusal is not None:
        return await _desk_page(request, site, staff, form.after, refusal=refusal, status=409)
    onward = f"sent={form.number}&act={_to(form)}" + (f"&after={form.after}" if form.after else "")
    return see(f"/staff/first-line?{onward}")


def _to(form: Sending) -> str:
    return f"{form.request_id}/to"


async def _classified(
    site: Site, staff: Staff, opened: OpenedCase, form: Sending
) -> Refusal | None:
    """Give it its item, where it has another one. Whether the department exists is asked before:
    a petition classified and not sent on would be half a decision."""
    assert opened.case is not None
    try:
        department(form.department, on_date=site.now().astimezone(SEOUL).date())
        leaf(form.item)
    except KeyError:
        raise HTTPException(422) from None
    if opened.case.item == form.item:
        return None
    reason = wording_reason(form.item)
    body: dict[str, JsonValue] = {"item": form.item, "reason": reason}
    acted = await _act(site, staff, opened, Action.RECLASSIFY, f"{form.request_id}/item", body)
    return acted.refusal


def wording_reason(item: str) -> str:
    """The reason that the petitioner may read: petitions are answered in Korean."""
    return f"통합접수에서 내용을 확인하여 «{leaf(item).name_ko}»(으)로 분류했습니다."


async def _act(
    site: Site,
    staff: Staff,
    opened: OpenedCase,
    action: Action,
    request_id: str,
    body: dict[str, JsonValue],
) -> Acted:
    now = site.now()
    actor = actor_for(staff, opened, action, now)
    acted = await site.acting.act(
        opened.number, action, request_id=request_id, actor=actor, at=now, body=body
    )
    if acted.refusal is None:
        await note_deputy(site, staff, opened.number, action, actor)
    return acted


async def _standing(site: Site, sent: str | None, act: str | None) -> Standing | None:
    if not sent or not act or not is_receipt_number(sent):
        return None
    return await standing_of(site, sent, act)


async def _undo(site: Site, staff: Staff, sent: str | None, act: str | None) -> str | None:
    """The act that may be taken back, where it may."""
    if sent is None:
        return None
    opened = await readable_case(site, staff, sent)
    return act if await undoing_for(site, staff, opened, act) else None


async def _desk_page(
    request: Request,
    site: Site,
    staff: Staff,
    after: str | None,
    *,
    sent: str | None = None,
    standing: Standing | None = None,
    undo: str | None = None,
    refusal: Refusal | None = None,
    item: str | None = None,
    status: int = 200,
) -> Response:
    wording, horizon = wording_of(request), horizon_at(site)
    try:
        place = place_at(after)
    except ValueError:
        raise HTTPException(404) from None
    async with site.store.engine.connect() as conn:
        shown = await _next(conn, site, place, sent)
        waiting = await counts(conn, {"waiting": WAITING}, horizon)
        rows = await rows_of(conn, site, [shown] if shown else [], horizon, wording)
        gone = await find_case(conn, sent) if standing and sent else None
    return page(
        request,
        "staff/first_line.html",
        status=status,
        account=staff.account,
        staff=staff,
        row=rows[0] if rows else None,
        guesses=guesses_of(shown, wording, horizon.now.astimezone(SEOUL).date()) if shown else (),
        why=why_here(shown, wording) if shown else "",
        waiting=waiting["waiting"],
        after=after,
        skip=_place_of(rows),
        gone=gone,
        standing=standing,
        recorded=standing is not None and standing.progress is Progress.RECORDED,
        undo=undo,
        refusal=refusal,
        item=item,
        groups=item_groups(site, wording),
        departments=departments_by_agency(site, wording),
        request_id=str(uuid4()),
    )


async def _next(
    conn: AsyncConnection, site: Site, place: QueuePlace | None, sent: str | None
) -> Case | None:
    found = await queue(conn, WAITING, horizon_at(site), after=place, limit=LOOKED_AT)
    return next((case for case in found if case.number != sent), None)


def _place_of(rows: Sequence[QueueRow]) -> str | None:
    if not rows:
        return None
    case = rows[0].case
    return encode_place(QueuePlace(due_at=case.turn_at, number=case.number))
