"""An officer enters a visit, a letter or a call: the same form, filed for the petitioner."""

from uuid import uuid4

from fastapi import APIRouter, Request, Response

from schema.addresses import case_address
from schema.forms import FieldFault, FormRefusedError, ReceivedVia
from storage.forms import Desk, file_form
from storage.journal import IdempotencyConflictError
from web.filing import (
    SENT_ALREADY,
    FilledForm,
    faults_by_field,
    filled_form,
    form_here,
)
from web.officer.own_form import check_own
from web.sign_in import Staff, StaffHere
from web.site import Site, SiteHere, page, wording_of

router = APIRouter(prefix="/staff/petitions", include_in_schema=False)
DESK_SCOPE = "web_form/desk"

VIA_IS_MISSING = FieldFault(
    field="received_via",
    message_ko="어떻게 받았는지 골라 주세요.",
    message_en="Say how the petition reached you.",
)


@router.get("/new")
async def empty_form(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """The form."""
    return _form_page(request, site, staff, FilledForm({"public": "1"}))


@router.post("/new")
async def file(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """File it, and show number and key to hand to the petitioner."""
    filled = await filled_form(request)
    check_own(staff, filled.typed("csrf"))
    try:
        via = _via(filled)
        filed = await file_form(
            site.store,
            filled.body(language="ko", site="desk"),
            clean=site.clean,
            arrived_at=site.now(),
            idempotency_key=filled.typed("request_id") or None,
            scope=DESK_SCOPE,
            desk=Desk(entered_by=staff.account.login, received_via=via),
        )
    except FormRefusedError as refused:
        return _form_page(request, site, staff, filled, refused.faults)
    except IdempotencyConflictError:
        return _form_page(request, site, staff, filled, (SENT_ALREADY,))
    return page(
        request,
        "staff/entered.html",
        status=201,
        account=staff.account,
        staff=staff,
        number=filed.receipt_number,
        key=filed.key,
        link=case_address(site.public_url, filed.receipt_number, filed.key),
    )


def _via(filled: FilledForm) -> ReceivedVia:
    try:
        return ReceivedVia(filled.typed("received_via"))
    except ValueError:
        raise FormRefusedError(VIA_IS_MISSING) from None


def _form_page(
    request: Request,
    site: Site,
    staff: Staff,
    filled: FilledForm,
    faults: tuple[FieldFault, ...] = (),
) -> Response:
    wording = wording_of(request)
    return page(
        request,
        "staff/entry.html",
        status=422 if faults else 200,
        account=staff.account,
        staff=staff,
        filled=filled,
        faults=faults_by_field(faults, wording),
        form=form_here(site),
        vias=tuple(ReceivedVia),
        request_id=str(uuid4()),
        joined=None,
    )
