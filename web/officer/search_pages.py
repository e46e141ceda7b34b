"""Search over all cases that a person may see: the page, the call for programs, by telephone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from rules.rights import Right, departments_for, holding
from rules.taxonomy import groups, newest_leaves
from schema.audit import AuditKind, AuditNote, Why
from schema.codes import Channel, State
from schema.model import Frozen
from schema.phones import domestic_phone
from storage.audit import note_alone
from storage.staff_search import MOST_COUNTED, MOST_RANKED, Found, Wanted, count, newest, ranked
from web.highlights import Piece, excerpt
from web.officer.case_sheet import departments_by_agency
from web.officer.own_form import check_own
from web.officer.reasons import ReasonForm
from web.officer.search_query import Asked, Sort, asked_of, city_districts, next_place
from web.problems import ProblemView
from web.sign_in import Staff, StaffHere, StaffInApi
from web.site import Site, SiteHere, page, wording_of
from web.wording import Wording

router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api/v1", tags=["staff"])
PAGE_LENGTH = 20
MOST_OF_A_PHONE = 100
"""Cases shown of one telephone, the newest."""


@dataclass(frozen=True)
class Result:
    """A page of a result. `total` is `MOST_COUNTED` + 1 where there are more than that."""

    cases: tuple[Found, ...]
    total: int
    following: str | None


class FoundPage(Frozen):
    """Cases that a search found. `total` counts at most 1,000 of them; `more` says that there are
    more. `next` is the address of the next page, null on the last."""

    cases: tuple[Found, ...]
    total: int
    more: bool
    next: str | None


class PhoneForm(ReasonForm):
    """A telephone whose cases are asked for, and why."""

    phone: str = Field(default="", max_length=40)

    @property
    def number(self) -> str | None:
        """The telephone as it is dialled, or None."""
        digits = domestic_phone(self.phone)
        return digits if digits and len(digits) >= 8 else None


@router.get("/staff/search")
async def show_search(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """The fields, and what they find: newest first, or by words."""
    asked = asked_of(request, staff)
    result = None
    if asked.typed and not asked.faults:
        result = await _found(site, asked, "/staff/search")
    return _search_page(request, site, staff, asked=asked, result=result)


@router.post("/staff/search")
async def search_phone(
    request: Request, site: SiteHere, staff: StaffHere, form: Annotated[PhoneForm, Form()]
) -> Response:
    """The cases of one telephone; who asked, and why, is logged with the cases before they are
    shown. The number is in no address and in no log."""
    check_own(staff, form.csrf)
    held = holding(staff.duties, Right.CONTACT)
    if not held:
        raise HTTPException(403)
    asked = asked_of(request, staff)
    if form.number is None:
        return _search_page(request, site, staff, asked=asked, phone_fault="search.phone_wrong")
    if form.fault is not None:
        return _search_page(request, site, staff, asked=asked, phone_fault=form.fault)
    wanted = Wanted(
        readers=departments_for(staff.duties, Right.CONTACT),
        phone=site.store.keyring.phone_hash(form.number),
    )
    async with site.store.engine.connect() as conn:
        found = await newest(conn, wanted, limit=MOST_OF_A_PHONE)
        total = await count(conn, wanted)
    noted = AuditNote(
        kind=AuditKind.PHONE_SEARCHED,
        doer=staff.doer(held[0]),
        why=form.chosen,
        words=form.said,
        detail={"cases": [one.number for one in found]},
    )
    await note_alone(site.store, noted)
    return _search_page(
        request, site, staff, asked=asked, result=Result(found, total, None), by_phone=True
    )


@api_router.get(
    "/search",
    response_model=FoundPage,
    responses={401: {"model": ProblemView}, 403: {"model": ProblemView}},
)
async def search(request: Request, site: SiteHere, staff: StaffInApi) -> FoundPage | Response:
    """Search as the page does, with the same names: `q`, `district`, `place`, `item`, `state`,
    `department`, `channel`, `since`, `until`, `sort`, `after`."""
    asked = asked_of(request, staff)
    if asked.faults:
        return _not_understood(asked.faults)
    result = await _found(site, asked, "/api/v1/search")
    return FoundPage(
        cases=result.cases,
        total=min(result.total, MOST_COUNTED),
        more=result.total > MOST_COUNTED,
        next=result.following,
    )


def _not_understood(faults: Iterable[str]) -> Response:
    named = ", ".join(faults)
    body = {
        "code": "wrong_filter",
        "message_ko": f"검색 조건을 확인해 주세요: {named}",
        "message_en": f"Check these conditions: {named}",
        "fields": list(faults),
    }
    return JSONResponse(body, status_code=422)


async def _found(site: Site, asked: Asked, path: str) -> Result:
    search_in = ranked if asked.sort is Sort.WORDS else newest
    async with site.store.engine.connect() as conn:
        more = await search_in(conn, asked.wanted, after=asked.after, limit=PAGE_LENGTH + 1)
        total = len(more)
        if asked.after is not None or total > PAGE_LENGTH:
            total = await count(conn, asked.wanted)
    following = None
    if len(more) > PAGE_LENGTH:
        following = asked.address(path, after=next_place(more[PAGE_LENGTH - 1]))
    return Result(more[:PAGE_LENGTH], total, following)


def _search_page(
    request: Request,
    site: Site,
    staff: Staff,
    *,
    asked: Asked,
    result: Result | None = None,
    by_phone: bool = False,
    phone_fault: str | None = None,
) -> Response:
    wording = wording_of(request)
    return page(
        request,
        "staff/search.html",
        status=422 if asked.faults or phone_fault else 200,
        account=staff.account,
        staff=staff,
        asked=asked,
        result=result,
        total=_total(result, wording) if result else None,
        by_phone=by_phone,
        phone_fault=phone_fault,
        whys=tuple(Why),
        may_search_phone=staff.may(Right.CONTACT),
        most_ranked=f"{MOST_RANKED:,}",
        pieces=lambda case: _pieces(case, asked),
        now=site.now(),
        **_choices(site, wording),
    )


def _total(result: Result, wording: Wording) -> str:
    """How many, as it is said: exact up to MOST_COUNTED."""
    if result.total > MOST_COUNTED:
        return wording.t("search.more_than", n=f"{MOST_COUNTED:,}")
    return wording.t("search.total", n=f"{result.total:,}")


def _pieces(case: Found, asked: Asked) -> tuple[Piece, ...]:
    return excerpt(case.summary, asked.words)


def _choices(site: Site, wording: Wording) -> dict[str, Any]:
    leaves: dict[str, list[str]] = {code: [] for code in groups()}
    for code in newest_leaves():
        leaves[code[:2]].append(code)
    return {
        "districts": city_districts(),
        "leaves": {group: codes for group, codes in leaves.items() if codes},
        "states": tuple(State),
        "channels": tuple(Channel),
        "departments": departments_by_agency(site, wording),
        "sorts": tuple(Sort),
    }
