"""The administrator's page for people: who there is, what each does, absences, sessions."""

import secrets
from collections.abc import Callable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.organisation import is_department
from rules.rights import Right, departments_for
from schema.audit import AuditKind, AuditNote
from schema.staff import STAFF_ROLES, Duty
from storage.audit import note
from storage.duties import AbsenceError, own_duties
from storage.people import PeopleFilter, people
from storage.sessions import end_session, end_sessions, sessions_of
from storage.staff import (
    Account,
    AccountError,
    accounts_of,
    add_account,
    change_account,
    disable_account,
    enable_account,
    find_account,
    find_facts,
    set_password,
)
from web.officer.absences import AbsenceForm, absences_shown, enter_absence, leave_absence
from web.officer.case_sheet import departments_by_agency
from web.officer.own_form import check_own
from web.sign_in import Staff, StaffHere
from web.site import RowId, Site, SiteHere, page, see, wording_of

router = APIRouter(prefix="/staff/people", include_in_schema=False)
PAGE_LENGTH = 50
FURTHER_DUTIES = 4
"""How many duties beside the first the form has room for."""
DONE = frozenset({"added", "changed", "disabled", "enabled", "absence", "back", "sessions"})
Csrf = Annotated[str, Form()]


@router.get("")
async def show_list(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    words: Annotated[str, Query(max_length=60)] = "",
    department: Annotated[str, Query(max_length=60)] = "",
    disabled: bool = False,
    after: Annotated[list[str] | None, Query(max_length=2)] = None,
) -> Response:
    """The staff by name; a department head sees the own departments'."""
    reached = departments_for(staff.duties, Right.PEOPLE)
    chosen = (department,) if department else reached
    if reached is not None and department and department not in reached:
        raise HTTPException(403)
    asked = PeopleFilter(departments=chosen, words=words, disabled=disabled)
    place = (after[0], after[1]) if after and len(after) == 2 else None
    async with site.store.engine.connect() as conn:
        found = await people(conn, asked, site.now(), after=place, limit=PAGE_LENGTH)
    return page(
        request,
        "staff/people.html",
        account=staff.account,
        staff=staff,
        people=found,
        asked=asked,
        department=department,
        departments=departments_by_agency(site, wording_of(request)),
        choose=reached is None,
        next_after=found[-1] if len(found) == PAGE_LENGTH else None,
    )


@router.get("/new")
async def empty_form(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """The form of a new account."""
    return _form_page(request, site, staff, {})


@router.post("/new")
async def add(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """Make the account; its password is shown once, and never again."""
    typed = await _typed(request)
    check_own(staff, typed.get("csrf", ""))
    password = None if typed.get("sign_on") else secrets.token_urlsafe(12)
    try:
        account = account_in(typed, typed.get("login", "").strip().lower())
        async with site.store.engine.begin() as conn:
            await add_account(conn, account, password)
            await note(conn, _changed(staff, AuditKind.ACCOUNT_ADDED, account))
    except AccountError as error:
        return _form_page(request, site, staff, typed, fault=error.code)
    return page(
        request,
        "staff/person_added.html",
        status=201,
        account=staff.account,
        staff=staff,
        person=account,
        password=password,
    )


async def _typed(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def account_in(typed: Mapping[str, str], login: str) -> Account:
    """The account that a form describes. Raises AccountError with the text that says why not."""
    duties = []
    for place in range(FURTHER_DUTIES + 1):
        role, department = typed.get(f"role_{place}", ""), typed.get(f"department_{place}", "")
        if not role and not department:
            continue
        if role not in STAFF_ROLES:
            raise AccountError("Choose a role for each department.", "role")
        if not is_department(department):
            raise AccountError("Choose a department for each role.", "department")
        duties.append(Duty(role=role, department=department))
    if not duties:
        raise AccountError("Choose a role and a department.", "role")
    first, *further = dict.fromkeys(duties)
    try:
        return Account(
            login=login,
            name=typed.get("name", "").strip(),
            phone=typed.get("phone", "").strip() or None,
            role=first.role,
            department=first.department,
            duties=tuple(further),
        )
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise AccountError(f"The {field} is not right.", field) from None


def _form_page(
    request: Request,
    site: Site,
    staff: Staff,
    typed: Mapping[str, str],
    *,
    fault: str | None = None,
) -> Response:
    return page(
        request,
        "staff/person_new.html",
        status=422 if fault else 200,
        account=staff.account,
        staff=staff,
        typed=typed,
        fault=f"people_fault.{fault}" if fault else None,
        **_choices(request, site),
    )


def _choices(request: Request, site: Site) -> dict[str, object]:
    return {
        "roles": sorted(STAFF_ROLES),
        "departments": departments_by_agency(site, wording_of(request)),
        "places": range(FURTHER_DUTIES + 1),
    }


def _changed(staff: Staff, kind: AuditKind, account: Account) -> AuditNote:
    """What an account does from now on, for the log."""
    first = Duty(role=account.role, department=account.department)
    duties = [f"{duty.department}:{duty.role}" for duty in (first, *account.duties)]
    return AuditNote(
        kind=kind, doer=staff.doer(), person=account.login, detail={"duties": list(duties)}
    )


async def _within_reach(conn: AsyncConnection, staff: Staff, login: str) -> Account:
    """The account, in use or not; HTTPException 404 without one, 403 beyond the own departments."""
    account = await find_account(conn, login, include_disabled=True)
    if account is None:
        raise HTTPException(404)
    account = account.model_copy(update={"duties": await own_duties(conn, login)})
    where = {account.department, *(duty.department for duty in account.duties)}
    if staff.duty_on(Right.PEOPLE, where) is None:
        raise HTTPException(403)
    return account


@router.get("/{login}")
async def show(
    request: Request, site: SiteHere, staff: StaffHere, login: str, done: str = ""
) -> Response:
    """One person; `done` names what was just done."""
    return await _person_page(request, site, staff, login, done=done)


async def _person_page(
    request: Request,
    site: Site,
    staff: Staff,
    login: str,
    *,
    done: str = "",
    fault: str | None = None,
    absence_fault: str | None = None,
    form: AbsenceForm | None = None,
    password: str | None = None,
) -> Response:
    async with site.store.engine.connect() as conn:
        person = await _within_reach(conn, staff, login)
        facts = await find_facts(conn, login)
        sessions = await sessions_of(conn, login, site.now(), site.limits)
        colleagues = await accounts_of(conn, person.department)
    return page(
        request,
        "staff/person.html",
        status=422 if fault or absence_fault else 200,
        account=staff.account,
        staff=staff,
        person=person,
        facts=facts,
        typed=typed_of(person),
        sessions=sessions,
        limits=site.limits,
        absences=await absences_shown(site, login),
        colleagues=[one for one in colleagues if one.login != login],
        form=form or AbsenceForm(),
        done=done if done in DONE else "",
        fault=fault,
        absence_fault=absence_fault,
        password=password,
        may_change=staff.may(Right.ACCOUNTS),
        **_choices(request, site),
    )


def typed_of(account: Account) -> dict[str, str]:
    """The account as its form has it."""
    first = Duty(role=account.role, department=account.department)
    typed = {"login": account.login, "name": account.name, "phone": account.phone or ""}
    for place, duty in enumerate((first, *account.duties)):
        typed |= {f"role_{place}": duty.role, f"department_{place}": duty.department}
    return typed


@router.post("/{login}")
async def change(request: Request, site: SiteHere, staff: StaffHere, login: str) -> Response:
    """Another name, telephone or other duties; who loses a right loses it at the next click."""
    typed = await _typed(request)
    check_own(staff, typed.get("csrf", ""))
    try:
        account = account_in(typed, login)
        async with site.store.engine.begin() as conn:
            if not await change_account(conn, account):
                raise HTTPException(404)
            await note(conn, _changed(staff, AuditKind.ACCOUNT_CHANGED, account))
    except AccountError as error:
        fault = f"people_fault.{error.code}"
        return await _person_page(request, site, staff, login, fault=fault)
    return see(f"/staff/people/{login}?done=changed")


@router.post("/{login}/disable")
async def disable(site: SiteHere, staff: StaffHere, login: str, csrf: Csrf = "") -> Response:
    """Close the account; one does not close one's own."""
    check_own(staff, csrf)
    if login == staff.account.login:
        raise HTTPException(403)
    async with site.store.engine.begin() as conn:
        if await disable_account(conn, login, site.now()):
            await note(conn, _noted(staff, AuditKind.ACCOUNT_DISABLED, login))
    return see(f"/staff/people/{login}?done=disabled")


@router.post("/{login}/enable")
async def enable(site: SiteHere, staff: StaffHere, login: str, csrf: Csrf = "") -> Response:
    """Open a closed account again."""
    check_own(staff, csrf)
    async with site.store.engine.begin() as conn:
        if await enable_account(conn, login):
            await note(conn, _noted(staff, AuditKind.ACCOUNT_CHANGED, login, enabled=True))
    return see(f"/staff/people/{login}?done=enabled")


def _noted(staff: Staff, kind: AuditKind, login: str, **detail: int) -> AuditNote:
    return AuditNote(kind=kind, doer=staff.doer(), person=login, detail=dict(detail))


@router.post("/{login}/password")
async def new_password(
    request: Request, site: SiteHere, staff: StaffHere, login: str, csrf: Csrf = ""
) -> Response:
    """A new password, shown once; every session of the account ends."""
    check_own(staff, csrf)
    password = secrets.token_urlsafe(12)
    async with site.store.engine.begin() as conn:
        if not await set_password(conn, login, password):
            raise HTTPException(404)
        ended = await end_sessions(conn, login)
        await note(conn, _noted(staff, AuditKind.PASSWORD_CHANGED, login, sessions=ended))
    return await _person_page(request, site, staff, login, password=password)


@router.post("/{login}/sessions/end")
async def end_all(site: SiteHere, staff: StaffHere, login: str, csrf: Csrf = "") -> Response:
    """End every session of the account."""
    check_own(staff, csrf)
    return await _end(site, staff, login, lambda conn: end_sessions(conn, login))


@router.post("/{login}/sessions/{session}/end")
async def end_one(
    site: SiteHere, staff: StaffHere, login: str, session: UUID, csrf: Csrf = ""
) -> Response:
    """End one session of the account."""
    check_own(staff, csrf)
    return await _end(site, staff, login, lambda conn: end_session(conn, login, session))


async def _end(
    site: Site, staff: Staff, login: str, ending: Callable[[AsyncConnection], object]
) -> Response:
    async with site.store.engine.begin() as conn:
        ended = int(await ending(conn))  # type: ignore[misc]
        if ended:
            await note(conn, _noted(staff, AuditKind.SESSION_ENDED, login, sessions=ended))
    return see(f"/staff/people/{login}?done=sessions")


@router.post("/{login}/absences")
async def enter(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    login: str,
    form: Annotated[AbsenceForm, Form()],
) -> Response:
    """Say that somebody is away, as for one who fell ill."""
    check_own(staff, form.csrf)
    async with site.store.engine.connect() as conn:
        await _within_reach(conn, staff, login)
    try:
        await enter_absence(site, staff, login, form)
    except AbsenceError as error:
        fault = f"absence_fault.{error.code}"
        return await _person_page(request, site, staff, login, absence_fault=fault, form=form)
    return see(f"/staff/people/{login}?done=absence")


@router.post("/{login}/absences/{number}/end")
async def come_back(
    site: SiteHere, staff: StaffHere, login: str, number: RowId, csrf: Csrf = ""
) -> Response:
    """End the absence of somebody now."""
    check_own(staff, csrf)
    async with site.store.engine.connect() as conn:
        await _within_reach(conn, staff, login)
    if not await leave_absence(site, staff, login, number):
        raise HTTPException(404)
    return see(f"/staff/people/{login}?done=back")
