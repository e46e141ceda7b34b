"""One case for the officer: the text, the petitioner behind a click, every clock, every act."""

from collections.abc import Sequence
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, HTTPException, Request, Response

from rules.organisation import agencies, departments
from schema.codes import Action, TextKind, Visibility
from schema.commands import Refusal
from schema.events import Actor
from schema.messages import Recipient
from schema.numbers import is_receipt_number
from schema.party import Party
from storage.cases import party_of, petitioner_of
from storage.sealing import ErasedError
from storage.staff import Account, accounts_of
from web.act_forms import Typed
from web.acts import ActForm, Standing, act_body, standing_of
from web.clocks import clock_panel, supplement_dues
from web.due import why_due
from web.filing import item_groups
from web.offered import offered
from web.officer.acts_shown import draft_of, grouped_forms, with_refused
from web.officer.decision import decision_of
from web.officer.pages import check_own
from web.officer.reading import may_read
from web.opened import OpenedCase, find_shown, load_case
from web.photos import photo_response
from web.sign_in import OPENS_CONTACT, Staff, StaffHere
from web.site import Site, SiteHere, page, see, wording_of
from web.timeline import timeline
from web.wording import SEOUL, Wording

router = APIRouter(prefix="/staff/cases", include_in_schema=False)
log = structlog.get_logger(__name__)


def actor_of(staff: Staff) -> Actor:
    """The actor that an event names: role, department and account."""
    account = staff.account
    return Actor(role=account.role, department=account.department, account=account.login)


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


@router.get("/{number}")
async def show(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    number: str,
    act: str | None = None,
) -> Response:
    """The case page; `act` names an act posted before, whose standing is told."""
    opened = await readable_case(site, staff, number)
    standing = await standing_of(site, number, act) if act else None
    return await _case_page(request, site, staff, opened, standing=standing)


@router.get("/{number}/photos/{photo}")
async def photo(
    request: Request, site: SiteHere, staff: StaffHere, number: str, photo: str
) -> Response:
    """One photo or video of the case."""
    opened = await readable_case(site, staff, number)
    return await photo_response(request, site, opened.attachments, photo)


@router.post("/{number}/petitioner")
async def open_petitioner(
    request: Request,
    site: SiteHere,
    staff: StaffHere,
    number: str,
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """The case page with the petitioner's contact open; who opened it is logged."""
    check_own(staff, csrf)
    if staff.role not in OPENS_CONTACT:
        raise HTTPException(403)
    opened = await readable_case(site, staff, number)
    log.info("petitioner opened", case=number, account=staff.account.login)
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
    acted = await site.acting.act(
        number,
        action,
        request_id=form.request_id,
        actor=actor_of(staff),
        at=site.now(),
        body=act_body(action, form),
    )
    if acted.refusal is not None:
        return await _case_page(
            request,
            site,
            staff,
            opened,
            refusal=acted.refusal,
            typed=Typed(action, form),
            status=409,
        )
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
    status: int = 200,
) -> Response:
    case, wording, now = opened.case, wording_of(request), site.now()
    assert case is not None
    rows = with_refused(offered(opened, site.book, actor=actor_of(staff), at=now), typed)
    texts = opened.texts or {}
    async with site.store.engine.connect() as conn:
        colleagues = await accounts_of(conn, case.department) if case.department else ()
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
        groups=item_groups(site, wording),
        may_open_contact=staff.role in OPENS_CONTACT,
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
