"""The papers of a case and the registers, laid out for printing."""

from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.case_clocks import legal_period
from rules.rights import Right
from schema.addresses import case_address
from schema.audit import AuditKind
from schema.deadlines import Unit
from schema.events import CaseEvent
from schema.party import FiledAs
from storage.audit import note_reading
from storage.cases import party_of, petitioner_of
from storage.notice_facts import facts_told, occasion_of
from storage.sealing import ErasedError
from storage.staffing import inspector_of
from web.officer.case_sheet import concerned, readable_case
from web.officer.papers import Matter, PaperKind, paper_kind, paper_of
from web.opened import OpenedCase
from web.sign_in import StaffHere
from web.site import RowId, Site, SiteHere, page, wording_of
from web.wording import Wording

router = APIRouter(prefix="/staff/cases", include_in_schema=False)


@router.get("/{number}/papers/{seq}")
async def show_paper(
    request: Request, site: SiteHere, staff: StaffHere, number: str, seq: RowId
) -> Response:
    """The paper that event `seq` calls for; it names the petitioner, so who opens it is logged."""
    opened = await readable_case(site, staff, number)
    event = next((one for one in opened.events if one.seq == seq), None)
    kind = paper_kind(event) if event else None
    if event is None or kind is None:
        raise HTTPException(404)
    right = Right.READ if kind is PaperKind.DUNNING else Right.CONTACT
    duty = staff.duty_on(right, concerned(opened))
    if duty is None:
        raise HTTPException(403)
    wording = wording_of(request)
    await note_reading(
        site.store,
        staff.doer(duty),
        AuditKind.PAPER_PRINTED,
        case=number,
        paper=kind.value,
        event=seq,
    )
    try:
        async with site.store.engine.connect() as conn:
            matter = await _matter(conn, site, opened, event, wording)
    except ErasedError:
        matter = None
    return page(
        request,
        "staff/papers/paper.html",
        status=200 if matter else 410,
        account=staff.account,
        staff=staff,
        number=number,
        paper=paper_of(matter, wording) if matter else None,
    )


async def _matter(
    conn: AsyncConnection, site: Site, opened: OpenedCase, event: CaseEvent, wording: Wording
) -> Matter:
    """What the paper is made of. Raises ErasedError where the case's personal data was erased."""
    case = opened.case
    assert case is not None
    address = case_address(site.public_url, case.number)
    facts = await facts_told(
        conn,
        site.store,
        site.calendars,
        await occasion_of(conn, case, event),
        urls=(address, address),
    )
    earlier = [one for one in opened.events if one.seq < event.seq]
    return Matter(
        event=event,
        facts=facts,
        petition_type=event.petition_type,
        received_at=case.received_at or case.submitted_at,
        submitted_at=case.submitted_at,
        petitioner=await _petitioner(conn, site, case.number, wording),
        before=earlier[-1] if earlier else None,
        inspector=await inspector_of(conn, event.agency),
        period=_period(site, opened, wording),
    )


async def _petitioner(conn: AsyncConnection, site: Site, number: str, wording: Wording) -> str:
    """To whom a paper goes: the petitioner, for whom a proxy acts, or who stands for many."""
    told = await petitioner_of(conn, site.store, number)
    party = await party_of(conn, site.store, number)
    name = told.contact.name or wording.t("paper.petitioner")
    if party.filed_as in (FiledAs.PROXY, FiledAs.GUARDIAN) and party.principal:
        return wording.t("paper.proxy", principal=party.principal.name, name=name)
    if party.filed_as is FiledAs.REPRESENTATIVE:
        return wording.t("paper.representative", name=name)
    return name


def _period(site: Site, opened: OpenedCase, wording: Wording) -> str | None:
    found = legal_period(opened.facts, other_period=site.book.other_period)
    if found is None:
        return None
    unit, amount = found[1].unit, found[1].amount
    if unit is Unit.WALL_MINUTES:
        return wording.t("period.wall_hours", n=f"{amount / 60:g}")
    return wording.code("period", unit).format(n=amount)
