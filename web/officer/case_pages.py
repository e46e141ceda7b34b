"""One case for the officer: the text, the petitioner behind a click, every clock, every act."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response

from rules.organisation import agencies, departments
from rules.rights import Right
from schema.audit import AuditKind, Why
from schema.codes import Action, TextKind, Visibility
from schema.commands import Refusal
from schema.messages import Recipient
from schema.numbers import is_receipt_number
from schema.party import Party
from schema.staff import Duty
from storage.audit import note_reading
from storage.cases import party_of, petitioner_of
from storage.commands import find_command
from storage.likely_same import likely_same
from storage.same_here import SAME_HERE
from storage.sealing import ErasedError
from storage.staff import Account, accounts_of
from web.act_forms import Typed
from web.acts import ActForm, Standing, act_body, standing_of
from web.clocks import clock_panel, supplement_dues
from web.due import why_due
from web.evidence import evidence_panel, typed_plate
from web.filing import item_groups
from web.officer.acting_as import actor_for, note_deputy, offered_to
from web.officer.acts_shown import draft_of, grouped_forms, with_refused
from web.officer.decision import decision_of
from web.officer.likeness import likeness_said
from web.officer.own_form import check_own
from web.officer.papers import papers_of
from web.officer.reading import concerned_departments, may_read
from web.officer.reasons import ReasonForm
from web.opened import OpenedCase, find_shown, load_case
from web.photos import photo_response
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, see, wording_of
from web.timeline import timeline
from web.wording import SEOUL, Wording

router = APIRouter(prefix="/staff/cases", include_in_schema=False)


async def readable_case(site: Site, staff: Staff, number: str) -> OpenedCase:
    """The case with its log and texts; HTTPException 404 without one, 403 where it is another
    department's."""
    if not is_receipt_number(number):
        raise HTTPException(404)
    async with site.store.engine.connect() as conn:
        case = await find_shown(conn, number)
        if case is None:
            raise HTTPException(404)
        opened = await load_case(conn, site, case)
    if not may_read(staff, case, opened.events):
        raise HTTPException(403)
    return opened


def concerned(opened: OpenedCase) -> frozenset[str | None]:
    """The departments that the case is or was with, or that were asked about it."""
    assert opened.case is not None
    return concerned_departments(opened.case, opened.events)


def case_duty(staff: Staff, opened: OpenedCase) -> Duty | None:
    """The duty by which the person reads the case."""
    return staff.duty_on(Right.READ, concerned(opened))


async def read_case(site: Site, staff: Staff, number: str) -> OpenedCase:
    """As `readable_case`, for showing it: that it was read stands in the audit log."""
    opened = await readable_case(site, staff, number)
    await _note_read(site, staff, opened)
    return opened


async def _note_read(site: Site, staff: Staff, opened: OpenedCase) -> None:
    doer = staff.doer(case_duty(staff, opened))
    await note_reading(site.store, doer, AuditKind.CASE_READ, case=opened.number)


@router.get("/{number}")
async def show(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    number: str,
    act: str | None = None,
) -> Response:
    """The case page; `act` names an act posted before, whose standing is told."""
    opened = await read_case(site, staff, number)
    standing = await standing_of(site, number, act) if act else None
    return await _case_page(request, site, staff, opened, standing=standing)


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
        await _note_read(site, staff, opened)
        return await _case_page(request, site, staff, opened, why_fault=form.fault, status=422)
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
    return await _case_page(request, site, staff, opened, recipient=recipient, party=party)


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
        await _note_read(site, staff, opened)
        return await _case_page(
            request,
            site,
            staff,
            opened,
            refusal=acted.refusal,
            typed=Typed(action, form),
            status=409,
        )
    await note_deputy(site, staff, number, action, actor)
    return see(f"/staff/cases/{number}?act={form.request_id}")


async def _case_page(
    request: Request,
    site: Site,
    staff: Staff,
    opened: OpenedCase,
    *,
    standing: Standing | None = None,
    refusal: Refusal | None = None,
    typed: Typed | None = None,
    recipient: Recipient | None = None,
    party: Party | None = None,
    why_fault: str | None = None,
    status: int = 200,
) -> Response:
    case, wording, now = opened.case, wording_of(request), site.now()
    assert case is not None
    rows = with_refused(offered_to(staff, opened, site.book, now), typed)
    texts = opened.texts or {}
    async with site.store.engine.connect() as conn:
        colleagues = await accounts_of(conn, case.department) if case.department else ()
        likely = await likely_same(conn, case)
        wish = await find_command(conn, case.number, SAME_HERE)
    return page(
        request,
        "staff/case.html",
        status=status,
        account=staff.account,
        staff=staff,
        case=case,
        opened=opened,
        facts=opened.facts,
        now=now,
        petition=[
            text for text in texts.values() if text.kind in (TextKind.PETITION, TextKind.AMENDMENT)
        ],
        draft=draft_of(opened),
        evidence=evidence_panel(opened),
        plate=typed_plate(opened),
        wish=wish if wish is not None and wish.refusal is not None else None,
        may_confirm_plate=any(row.action is Action.CONFIRM_PLATE for row in rows),
        lines=timeline(
            opened.events,
            texts,
            eyes=Visibility.INTERNAL,
            wording=wording,
            until=supplement_dues(opened, site.book),
        ),
        why=why_due(opened, site.book, wording),
        panel=clock_panel(opened, site.book, now),
        decision=decision_of(case, wording),
        groups_of_acts=grouped_forms(rows, opened, site.book, now, wording, typed),
        colleagues=colleagues,
        officer=_name_of(opened.facts.officer, colleagues),
        departments=departments_by_agency(site, wording),
        papers=papers_of(opened.events),
        likely=likely,
        likeness_said=likeness_said,
        groups=item_groups(site, wording),
        may_open_contact=staff.duty_on(Right.CONTACT, concerned(opened)) is not None,
        whys=tuple(Why),
        why_fault=why_fault,
        recipient=recipient,
        party=party,
        standing=standing,
        refusal=refusal,
    )


def _name_of(login: str | None, colleagues: Sequence[Account]) -> str | None:
    """The person's name, or the login where the account is another department's by now."""
    return next((one.name for one in colleagues if one.login == login), login)


def departments_by_agency(site: Site, wording: Wording) -> list[tuple[str, list[tuple[str, str]]]]:
    """The departments in force today, as (agency, [(code, name)])."""
    today = site.now().astimezone(SEOUL).date()
    found: dict[str, list[tuple[str, str]]] = {}
    for code, row in departments(today).items():
        name = row.name_ko if wording.korean else row.name_en
        found.setdefault(row.agency, []).append((code, name))
    return [
        (agencies()[code].name_ko if wording.korean else agencies()[code].name_en, rows)
        for code, rows in found.items()
    ]
