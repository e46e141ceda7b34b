"""The front page, and filing a petition on one page, with or without JavaScript."""

from uuid import uuid4

from fastapi import APIRouter, Request, Response

from schema.forms import MAX_FILES, MAX_TEXT, FieldFault, FormRefusedError
from storage.forms import file_form
from storage.journal import IdempotencyConflictError
from web.citizen.access import keep_key
from web.filing import (
    CONSENT_VERSION,
    REPLY_CHOICES,
    SENT_ALREADY,
    FilledForm,
    faults_by_field,
    filled_form,
    item_groups,
)
from web.site import Site, SiteHere, page, see, wording_of

router = APIRouter(include_in_schema=False)
PAGE_SCOPE = "web_form/page"


@router.get("/")
async def home(request: Request) -> Response:
    """What this is; file; find my case."""
    return page(request, "citizen/home.html")


@router.get("/petitions/new")
async def empty_form(request: Request, site: SiteHere, kind: str = "petition") -> Response:
    """The form. A proposal is filed on the same page."""
    return _form_page(request, site, FilledForm({"kind": kind, "public": "1"}))


@router.post("/petitions/new")
async def file(request: Request, site: SiteHere) -> Response:
    """File what a browser posted without JavaScript; errors are shown beside their fields."""
    filled = await filled_form(request)
    wording = wording_of(request)
    try:
        if filled.faults():
            raise FormRefusedError(*filled.faults())
        filed = await file_form(
            site.store,
            filled.body(language=wording.language),
            clean=site.clean,
            arrived_at=site.now(),
            idempotency_key=filled.typed("request_id") or None,
            scope=PAGE_SCOPE,
        )
    except FormRefusedError as refused:
        return _form_page(request, site, filled, refused.faults)
    except IdempotencyConflictError:
        return _form_page(request, site, filled, (SENT_ALREADY,))
    response = see(f"/cases/{filed.receipt_number}/receipt")
    keep_key(response, site, filed.receipt_number, filed.key)
    return response


def _form_page(
    request: Request,
    site: Site,
    filled: FilledForm,
    faults: tuple[FieldFault, ...] = (),
) -> Response:
    wording = wording_of(request)
    return page(
        request,
        "citizen/filing.html",
        status=422 if faults else 200,
        filled=filled,
        faults=faults_by_field(faults, wording),
        groups=item_groups(site, wording),
        replies=REPLY_CHOICES,
        request_id=str(uuid4()),
        consent_version=CONSENT_VERSION,
        most_photos=MAX_FILES,
        most_text=MAX_TEXT,
    )
