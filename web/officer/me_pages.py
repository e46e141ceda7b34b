"""One's own page: absence and deputy, open sessions, password."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request, Response

from schema.audit import AuditKind, AuditNote
from storage.audit import note
from storage.duties import AbsenceError
from storage.sessions import end_session, end_sessions, sessions_of
from storage.staff import (
    AccountError,
    account_with_password,
    accounts_of,
    find_facts,
    set_password,
)
from storage.veil_choice import choose_veil, veils_words
from web.officer.absences import AbsenceForm, absences_shown, enter_absence, leave_absence
from web.officer.own_form import check_own
from web.sign_in import Staff, StaffHere
from web.site import RowId, Site, SiteHere, page, see

router = APIRouter(prefix="/staff/me", include_in_schema=False)
Csrf = Annotated[str, Form()]
Password = Annotated[str, Form(max_length=200)]


@router.get("")
async def show(request: Request, site: SiteHere, staff: StaffHere, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return await _page(request, site, staff, done=done)


async def _page(
    request: Request,
    site: Site,
    staff: Staff,
    *,
    done: str = "",
    fault: str | None = None,
    absence_fault: str | None = None,
    form: AbsenceForm | None = None,
) -> Response:
    login, department = staff.account.login, staff.account.department
    async with site.store.engine.connect() as conn:
        sessions = await sessions_of(conn, login, site.now(), site.limits)
        colleagues = await accounts_of(conn, department)
        facts = await find_facts(conn, login)
        veils = await veils_words(conn, login)
    return page(
        request,
        "staff/me.html",
        status=422 if fault or absence_fault else 200,
        account=staff.account,
        staff=staff,
        absences=await absences_shown(site, login),
        colleagues=[one for one in colleagues if one.login != login],
        sessions=sessions,
        limits=site.limits,
        veils=veils,
        has_password=facts is not None and facts.has_password,
        form=form or AbsenceForm(),
        done=done if done in DONE else "",
        fault=fault,
        absence_fault=absence_fault,
    )


DONE = frozenset({"absence", "back", "session", "sessions", "password", "veil"})


@router.post("/absences")
async def go(
    request: Request, site: SiteHere, staff: StaffHere, form: Annotated[AbsenceForm, Form()]
) -> Response:
    """Say that one will be away."""
    check_own(staff, form.csrf)
    try:
        await enter_absence(site, staff, staff.account.login, form)
    except AbsenceError as error:
        fault = f"absence_fault.{error.code}"
        return await _page(request, site, staff, absence_fault=fault, form=form)
    return see("/staff/me?done=absence")


@router.post("/absences/{number}/end")
async def come_back(site: SiteHere, staff: StaffHere, number: RowId, csrf: Csrf = "") -> Response:
    """One is back, or does not go after all."""
    check_own(staff, csrf)
    if not await leave_absence(site, staff, staff.account.login, number):
        raise HTTPException(404)
    return see("/staff/me?done=back")


@router.post("/veil")
async def cover(
    site: SiteHere, staff: StaffHere, csrf: Csrf = "", veils: Annotated[bool, Form()] = False
) -> Response:
    """Have hard words covered on one's own pages, or not."""
    check_own(staff, csrf)
    async with site.store.engine.begin() as conn:
        await choose_veil(conn, staff.account.login, veils=veils)
    return see("/staff/me?done=veil")


@router.post("/sessions/{session}/end")
async def end_one(site: SiteHere, staff: StaffHere, session: UUID, csrf: Csrf = "") -> Response:
    """End one of one's own sessions, this one too."""
    check_own(staff, csrf)
    async with site.store.engine.begin() as conn:
        if await end_session(conn, staff.account.login, session):
            await note(conn, _ended(staff, 1))
    return see("/staff/me?done=session")


@router.post("/sessions/end")
async def end_others(site: SiteHere, staff: StaffHere, csrf: Csrf = "") -> Response:
    """End every session of one's own but this one."""
    check_own(staff, csrf)
    assert staff.session is not None
    async with site.store.engine.begin() as conn:
        ended = await end_sessions(conn, staff.account.login, keep=staff.session.id)
        if ended:
            await note(conn, _ended(staff, ended))
    return see("/staff/me?done=sessions")


def _ended(staff: Staff, sessions: int) -> AuditNote:
    return AuditNote(
        kind=AuditKind.SESSION_ENDED,
        doer=staff.doer(),
        person=staff.account.login,
        detail={"sessions": sessions},
    )


@router.post("/password")
async def change_password(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    csrf: Csrf = "",
    current: Password = "",
    password: Password = "",
    again: Password = "",
) -> Response:
    """Another password, for whoever knows the one in use; the other sessions end."""
    check_own(staff, csrf)
    if password != again:
        return await _page(request, site, staff, fault="me_fault.not_the_same")
    login = staff.account.login
    try:
        async with site.store.engine.begin() as conn:
            if await account_with_password(conn, login, current) is None:
                return await _page(request, site, staff, fault="me_fault.current")
            await set_password(conn, login, password)
            assert staff.session is not None
            ended = await end_sessions(conn, login, keep=staff.session.id)
            entry = AuditNote(
                kind=AuditKind.PASSWORD_CHANGED,
                doer=staff.doer(),
                person=login,
                detail={"sessions": ended},
            )
            await note(conn, entry)
    except AccountError as error:
        return await _page(request, site, staff, fault=f"people_fault.{error.code}")
    return see("/staff/me?done=password")
