"""The auditor's page: who read whose data, when, from where and why; and its export."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import StreamingResponse

from schema.audit import AuditEntry, AuditKind, AuditNote, Why
from storage.audit import AuditFilter, AuditPlace, all_entries, entries, note_alone
from storage.audit_chain import verify
from web.officer.export_file import defused
from web.officer.own_form import check_own
from web.officer.reasons import ReasonForm
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page
from web.wording import SEOUL

router = APIRouter(prefix="/staff/audit", include_in_schema=False)
PAGE_LENGTH = 50
COLUMNS = (
    "at",
    "kind",
    "account",
    "role",
    "instead_of",
    "address",
    "case",
    "person",
    "why",
    "words",
    "detail",
    "day",
    "lane",
    "seq",
)


class AuditAsked(ReasonForm):
    """What the page's filter or the export's form asks for; an empty field does not matter."""

    person: str = ""
    case: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""


def filter_of(asked: AuditAsked) -> AuditFilter:
    """What of the log is asked for; a field that says nothing we know is left out. Days are
    Seoul's, both of them in."""
    since, until = _day(asked.since), _day(asked.until)
    return AuditFilter(
        person=asked.person.strip().lower() or None,
        case=asked.case.strip().upper() or None,
        kind=AuditKind(asked.kind) if asked.kind in set(AuditKind) else None,
        since=_begins(since) if since else None,
        until=_begins(until + timedelta(days=1)) if until else None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), SEOUL)


@router.get("")
async def show(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    asked: Annotated[AuditAsked, Query()],
) -> Response:
    """The log, newest first."""
    return await _page(request, site, staff, asked)


@router.get("/before")
async def show_before(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    at: datetime,
    lane: Annotated[int, Query(ge=0, le=15)],
    seq: Annotated[int, Query(ge=0, le=2**31 - 1)],
    person: str = "",
    case: str = "",
    kind: str = "",
    since: str = "",
    until: str = "",
) -> Response:
    """The page of the log below an entry."""
    asked = AuditAsked(person=person, case=case, kind=kind, since=since, until=until)
    place = AuditPlace(at=at if at.tzinfo else at.replace(tzinfo=SEOUL), lane=lane, seq=seq)
    return await _page(request, site, staff, asked, after=place)


async def _page(
    request: Request,
    site: Site,
    staff: Staff,
    asked: AuditAsked,
    *,
    after: AuditPlace | None = None,
    fault: str | None = None,
) -> Response:
    async with site.store.engine.connect() as conn:
        found = await entries(conn, filter_of(asked), after=after, limit=PAGE_LENGTH)
    return page(
        request,
        "staff/audit.html",
        status=422 if fault else 200,
        account=staff.account,
        staff=staff,
        entries=found,
        asked=asked,
        kinds=tuple(AuditKind),
        whys=tuple(Why),
        why_fault=fault,
        next_after=found[-1] if len(found) == PAGE_LENGTH else None,
    )


@router.post("/check")
async def check(
    request: Request, site: SiteHere, staff: StaffHere, csrf: Annotated[str, Form()] = ""
) -> Response:
    """Look whether the log is what was written, as `minwon audit verify` does."""
    check_own(staff, csrf)
    async with site.store.engine.connect() as conn:
        found = await verify(conn)
    return page(
        request, "staff/audit_checked.html", account=staff.account, staff=staff, found=found
    )


@router.post("/export")
async def export(
    request: Request, site: SiteHere, staff: StaffHere, form: Annotated[AuditAsked, Form()]
) -> Response:
    """What is asked for as CSV; that it was taken out, and why, is logged first."""
    check_own(staff, form.csrf)
    if form.fault is not None:
        return await _page(request, site, staff, form, fault=form.fault)
    chosen = filter_of(form)
    entry = AuditNote(
        kind=AuditKind.EXPORTED,
        doer=staff.doer(),
        case=chosen.case[:15] if chosen.case else None,
        person=chosen.person[:60] if chosen.person else None,
        why=form.chosen,
        words=form.said,
        detail={"what": "audit", "kind": chosen.kind, "since": form.since, "until": form.until},
    )
    await note_alone(site.store, entry)
    return StreamingResponse(
        _lines(site, chosen),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="minwon-audit.csv"'},
    )


async def _lines(site: Site, chosen: AuditFilter) -> AsyncIterator[str]:
    yield "\ufeff" + _line(COLUMNS)
    async with site.store.engine.connect() as conn:
        async for entry in all_entries(conn, chosen):
            yield _line(_cells(entry))


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    values = entry.model_dump(mode="json")
    values |= values.pop("doer")
    values["at"] = entry.at.astimezone(SEOUL).isoformat()
    return tuple("" if values[name] in (None, {}) else str(values[name]) for name in COLUMNS)


def _line(cells: tuple[str, ...]) -> str:
    """One line of CSV; a cell that a spreadsheet would take for a formula is made a text."""
    line = io.StringIO()
    csv.writer(line).writerow(map(defused, cells))
    return line.getvalue()
