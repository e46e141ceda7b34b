"""민원 처리부 and 이의신청처리대장: what a department received in a period, for printing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Request, Response

from rules.rights import Right, departments_for, holding
from schema.audit import AuditKind, AuditNote, Doer, Why
from schema.codes import State
from schema.numbers import is_receipt_number
from schema.staff import Duty
from storage.audit import note
from storage.register import Entry, Place, Register, entries, names_of
from web.officer.case_sheet import departments_by_agency
from web.officer.own_form import check_own
from web.officer.papers import outcome_said
from web.officer.reading import departments_to_read, reads_beyond_own
from web.officer.reasons import ReasonForm
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, wording_of
from web.wording import SEOUL, Wording

router = APIRouter(prefix="/staff/register", include_in_schema=False)
PAGE_LENGTH = 200
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """Which part of which register: the days of receipt, both included."""

    which: Register
    department: str | None
    first: date
    last: date
    after: Place | None

    def query(self, after: Place | None) -> str:
        """The address of the part, from `after` on."""
        said = {
            "which": self.which.value,
            "department": self.department or "all",
            "since": self.first.isoformat(),
            "until": self.last.isoformat(),
        }
        if after is not None:
            said["after"] = f"{after.received_at.isoformat()}/{after.number}"
        return f"/staff/register?{urlencode(said)}"


@dataclass(frozen=True)
class Row:
    """One line as it is printed."""

    entry: Entry
    name: str
    outcome: str
    done_at: datetime | None
    remarks: str


def asked_of(
    site: Site,
    staff: Staff,
    *,
    which: Register,
    department: str | None,
    since: str,
    until: str,
    after: str,
) -> Asked:
    """What the query asks for: where it says nothing, the own department and this month.

    Raises HTTPException 403 for another department's register, 404 for what there is not.
    """
    today = site.now().astimezone(SEOUL).date()
    try:
        departments = departments_to_read(staff, department)
        first = date.fromisoformat(since) if since else today.replace(day=1)
        last = date.fromisoformat(until) if until else max(today, first)
        place = _place(after)
        _midnight(last + DAY)
    except PermissionError:
        raise HTTPException(403) from None
    except (ValueError, OverflowError):
        raise HTTPException(404) from None
    return Asked(which, departments[0] if departments else None, first, last, place)


def _place(said: str) -> Place | None:
    if not said:
        return None
    at, _, number = said.partition("/")
    if not is_receipt_number(number):
        raise ValueError(number)
    return Place(received_at=datetime.fromisoformat(at), number=number)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=SEOUL)


@router.get("")
async def show_register(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    which: Register = Register.PETITIONS,
    department: str | None = None,
    since: str = "",
    until: str = "",
    after: str = "",
) -> Response:
    """A part of a register; the petitioners' names are hidden."""
    asked = asked_of(
        site, staff, which=which, department=department, since=since, until=until, after=after
    )
    return _register_page(request, site, staff, asked, await _entries(site, asked))


@router.post("")
async def open_names(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    form: Annotated[ReasonForm, Form()],
    which: Register = Register.PETITIONS,
    department: str | None = None,
    since: str = "",
    until: str = "",
    after: str = "",
) -> Response:
    """The same part with the names; who opened whose, and why, is logged first."""
    check_own(staff, form.csrf)
    asked = asked_of(
        site, staff, which=which, department=department, since=since, until=until, after=after
    )
    duty = contact_duty(staff, asked)
    if duty is None:
        raise HTTPException(403)
    found = await _entries(site, asked)
    if form.fault is not None:
        return _register_page(request, site, staff, asked, found, why_fault=form.fault)
    async with site.store.engine.begin() as conn:
        for one in found:
            await note(conn, _opened(staff.doer(duty), one, form))
    async with site.store.engine.connect() as conn:
        names = await names_of(conn, site.store, tuple(one.number for one in found))
    return _register_page(request, site, staff, asked, found, names=names)


def contact_duty(staff: Staff, asked: Asked) -> Duty | None:
    """The duty by which the person may know the petitioners of this register; or None."""
    if asked.department is not None:
        return staff.duty_on(Right.CONTACT, {asked.department})
    if not staff.reaches_all(Right.CONTACT):
        return None
    return next(iter(holding(staff.duties, Right.CONTACT)), None)


def _opened(doer: Doer, entry: Entry, form: ReasonForm) -> AuditNote:
    return AuditNote(
        kind=AuditKind.PAPER_PRINTED,
        doer=doer,
        case=entry.number,
        why=form.chosen,
        words=form.said,
        detail={"paper": "register"},
    )


async def _entries(site: Site, asked: Asked) -> tuple[Entry, ...]:
    async with site.store.engine.connect() as conn:
        return await entries(
            conn,
            asked.which,
            department=asked.department,
            since=_midnight(asked.first),
            until=_midnight(asked.last + DAY),
            after=asked.after,
            limit=PAGE_LENGTH,
        )


def _register_page(
    request: Request,
    site: Site,
    staff: Staff,
    asked: Asked,
    found: tuple[Entry, ...],
    *,
    names: Mapping[str, str | None] | None = None,
    why_fault: str | None = None,
) -> Response:
    wording = wording_of(request)
    more = len(found) == PAGE_LENGTH
    last = Place(received_at=found[-1].received_at, number=found[-1].number) if more else None
    return page(
        request,
        "staff/papers/register.html",
        account=staff.account,
        staff=staff,
        register=asked.which,
        department=asked.department,
        departments=_choices(site, staff, wording),
        first=asked.first,
        last=asked.last,
        entries=[_row(one, names, wording) for one in found],
        named=names is not None,
        may_open_contact=contact_duty(staff, asked) is not None,
        whys=tuple(Why),
        why_fault=why_fault,
        status=422 if why_fault else 200,
        here=asked.query(asked.after),
        next_place=asked.query(last) if last else None,
    )


def _choices(site: Site, staff: Staff, wording: Wording) -> list[tuple[str, list[tuple[str, str]]]]:
    """The departments that the person may choose from, by agency; none where that is no choice."""
    if not reads_beyond_own(staff):
        return []
    reached = departments_for(staff.duties, Right.READ)
    found = [
        (agency, [row for row in rows if reached is None or row[0] in reached])
        for agency, rows in departments_by_agency(site, wording)
    ]
    return [(agency, rows) for agency, rows in found if rows]


def _row(entry: Entry, names: Mapping[str, str | None] | None, wording: Wording) -> Row:
    name = wording.t("register.hidden")
    if names is not None:
        found = names.get(entry.number)
        name = wording.t("register.erased") if found is None else found or "-"
    outcome, done_at = wording.t("outcome.open"), None
    if entry.result is not None:
        outcome, done_at = outcome_said(entry.result, entry.ground, wording), entry.result_at
    if entry.moved_to is not None:
        moved = wording.department(entry.moved_to)
        outcome, done_at = wording.t("outcome.moved", department=moved), entry.moved_at
    remarks = [wording.t("register.extended")] if entry.extended else []
    if entry.state is State.SUPPLEMENT:
        remarks.append(wording.t("register.supplement"))
    return Row(entry, name, outcome, done_at, " · ".join(remarks))
