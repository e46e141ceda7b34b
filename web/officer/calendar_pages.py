"""The calendar, for the city's administrator: days declared and taken back, outages; what would
move is shown before anything does. By the same functions as `minwon calendar`."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from rules.calendar import CalendarError, OutageWindow, Override
from schema.audit import AuditKind, AuditNote
from schema.model import Frozen
from storage.audit import note
from storage.calendar_effects import CalendarChange, CalendarEffect, calendar_effect
from storage.calendars import (
    declare_day,
    outages,
    overrides,
    record_outage,
    versions,
    withdraw_day,
)
from storage.recomputing import recomputations
from web.officer.own_form import check_own
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, see
from web.wording import SEOUL

router = APIRouter(prefix="/staff/city/calendar", include_in_schema=False)
LISTED = 20


class Kind(StrEnum):
    """What news of the calendar there is."""

    DECLARE = "declare"
    WITHDRAW = "withdraw"
    OUTAGE = "outage"


class CalendarForm(Frozen):
    """News as it is typed; `base` is the version that the effect was shown on."""

    csrf: str = ""
    kind: Kind = Kind.DECLARE
    day: str = ""
    name: str = ""
    start: str = ""
    end: str = ""
    source: str = ""
    base: int = 0


class WrongNewsError(Exception):
    """What was typed is no news; `code` names the sentence that says what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def change_of(form: CalendarForm) -> CalendarChange:
    """What `form` asks for. Raises WrongNewsError."""
    source = form.source.strip()[:200]
    if not source:
        raise WrongNewsError("source")
    if form.kind is Kind.OUTAGE:
        window = OutageWindow(start=_instant(form.start), end=_instant(form.end))
        if window.end <= window.start:
            raise WrongNewsError("ends_before")
        return lambda conn: record_outage(conn, window, source=source)
    day = _day(form.day)
    if form.kind is Kind.WITHDRAW:
        return lambda conn: withdraw_day(conn, day, source=source)
    name = form.name.strip()[:60]
    if not name:
        raise WrongNewsError("name")
    override = Override(day=day, name_ko=name, kind="closed", source=source)
    return lambda conn: declare_day(conn, override)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongNewsError("day") from None


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongNewsError("instant") from None
    if at.tzinfo is not None:
        raise WrongNewsError("instant")
    return at.replace(tzinfo=SEOUL)


@router.get("")
async def show(
    request: Request, site: SiteHere, staff: StaffHere, done: int | None = None
) -> Response:
    """The versions, the days declared, the outages, and how far each recomputation has come."""
    return await _page(request, site, staff, CalendarForm(), done=done)


@router.post("/check")
async def check(
    request: Request, site: SiteHere, staff: StaffHere, form: Annotated[CalendarForm, Form()]
) -> Response:
    """What the news would move, to be confirmed; nothing is changed."""
    check_own(staff, form.csrf)
    return await _checked(request, site, staff, form)


async def _checked(
    request: Request, site: Site, staff: Staff, form: CalendarForm, *, stale: bool = False
) -> Response:
    try:
        seen = await calendar_effect(site.store, site.book, change_of(form))
    except WrongNewsError as error:
        return await _page(request, site, staff, form, fault=error.code)
    except CalendarError:
        return await _page(request, site, staff, form, fault="no_calendar")
    if seen is None:
        return await _page(request, site, staff, form, fault="says_so")
    return await _page(request, site, staff, form, seen=seen, stale=stale)


@router.post("/change")
async def change(
    request: Request, site: SiteHere, staff: StaffHere, form: Annotated[CalendarForm, Form()]
) -> Response:
    """Make the next version, and have the deadlines recounted; where another was made in between,
    the effect is shown anew."""
    check_own(staff, form.csrf)
    try:
        asked = change_of(form)
        async with site.store.engine.begin() as conn:
            newest = (await versions(conn))[0].version
            new = await asked(conn) if newest == form.base else None
            if new is not None:
                await note(conn, _noted(staff, form.kind, new.version))
    except WrongNewsError as error:
        return await _page(request, site, staff, form, fault=error.code)
    except CalendarError:
        return await _page(request, site, staff, form, fault="no_calendar")
    if new is None:
        return await _checked(request, site, staff, form, stale=newest != form.base)
    await site.acting.recompute(f"calendar/{new.version}")
    return see(f"/staff/city/calendar?done={new.version}")


def _noted(staff: Staff, kind: Kind, version: int) -> AuditNote:
    detail: dict[str, str | int] = {"version": version, "kind": kind.value}
    return AuditNote(kind=AuditKind.CALENDAR_CHANGED, doer=staff.doer(), detail=dict(detail))


async def _page(
    request: Request,
    site: Site,
    staff: Staff,
    form: CalendarForm,
    *,
    seen: CalendarEffect | None = None,
    fault: str | None = None,
    stale: bool = False,
    done: int | None = None,
) -> Response:
    async with site.store.engine.connect() as conn:
        listed = await versions(conn)
        days = await overrides(conn)
        out = await outages(conn)
        orders = await recomputations(conn)
    return page(
        request,
        "staff/city_calendar.html",
        status=422 if fault else 200,
        account=staff.account,
        staff=staff,
        versions=listed[:LISTED],
        days=days[::-1][:LISTED],
        outages=out[::-1][:LISTED],
        orders=orders[::-1][:LISTED],
        base=listed[0].version,
        form=form,
        seen=seen,
        fault=fault,
        stale=stale,
        done=done,
    )
