"""The front page, and filing a petition on one page, with or without JavaScript."""

from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from rules.publication import Publication
from schema.codes import ReplyBy
from schema.forms import FieldFault, FormRefusedError
from schema.numbers import typed_receipt_number
from storage.cases import Case
from storage.forms import Filed, file_form
from storage.journal import IdempotencyConflictError
from storage.public_cases import publication_of
from storage.same_matter import JOINABLE
from web.citizen.access import keep_key
from web.filing import (
    SENT_ALREADY,
    FilledForm,
    faults_by_field,
    filled_form,
    form_here,
)
from web.opened import find_shown
from web.site import Site, SiteHere, page, see, wording_of
from web.wording import Wording

router = APIRouter(include_in_schema=False)
PAGE_SCOPE = "web_form/page"


@router.get("/")
async def home(request: Request) -> Response:
    """What this is; file; find my case."""
    return page(request, "citizen/home.html")


@router.get("/petitions/new")
async def empty_form(
    request: Request, site: SiteHere, kind: str = "petition", same_as: str = ""
) -> Response:
    """The form. A proposal is filed on the same page; `same_as` names a public case to join."""
    joined = await joinable(site, same_as)
    typed = {"kind": kind, "public": "1"}
    if joined is not None:
        typed |= {"same_as": joined.number, "item": joined.item or "", "kind": joined.kind.value}
        typed["text"] = wording_of(request).t("form.same_here_text")
    return _form_page(request, site, FilledForm(typed), joined=joined)


@router.post("/petitions/new")
async def file(request: Request, site: SiteHere) -> Response:
    """File what a browser posted; errors are shown beside their fields. The page's script asks for
    JSON, so that nothing typed and no photo is lost with the page."""
    filled = await filled_form(request)
    wording = wording_of(request)
    try:
        filed = await file_filled(site, filled, wording, scope=PAGE_SCOPE)
    except FormRefusedError as refused:
        if asks_for_json(request):
            return refused_in_json(refused.faults, wording)
        joined = await joinable(site, filled.typed("same_as"))
        return _form_page(request, site, filled, refused.faults, joined=joined)
    receipt = f"/cases/{filed.receipt_number}/receipt{told_by(filled, filed)}"
    response = (
        JSONResponse({"next": receipt}, status_code=201) if asks_for_json(request) else see(receipt)
    )
    keep_key(response, site, filed.receipt_number, filed.key)
    return response


async def file_filled(
    site: Site, filled: FilledForm, wording: Wording, *, scope: str, stands_on: str | None = None
) -> Filed:
    """File what was typed, once for each request id. Raises FormRefusedError with all faults."""
    if filled.faults():
        raise FormRefusedError(*filled.faults())
    try:
        return await file_form(
            site.store,
            filled.body(language=wording.language, site=stands_on),
            clean=site.clean,
            arrived_at=site.now(),
            idempotency_key=filled.typed("request_id") or None,
            scope=scope,
        )
    except IdempotencyConflictError:
        raise FormRefusedError(SENT_ALREADY) from None


def asks_for_json(request: Request) -> bool:
    """True for the page's own script."""
    return "application/json" in request.headers.get("accept", "")


def refused_in_json(faults: tuple[FieldFault, ...], wording: Wording) -> Response:
    """422 with what to say beside each field, and a new request id for what is sent next: the same
    words under the old one would be answered with the old receipt."""
    said = faults_by_field(faults, wording)
    fields = [
        {"field": name, "label": wording.code("field", name), "message": message}
        for name, message in said.items()
    ]
    return JSONResponse({"faults": fields, "request_id": str(uuid4())}, status_code=422)


def told_by(filled: FilledForm, filed: Filed) -> str:
    """The query of the receipt: how the petitioner will be told, as intake will read it from what
    was typed (left out where that is the page itself), and that a fine lacks its evidence."""
    by_contact = "sms" if filled.typed("phone").strip() else "email"
    given = any(filled.typed(name).strip() for name in ("phone", "email"))
    chosen = filled.typed("reply_by") or (by_contact if given else ReplyBy.PAGE)
    told = {} if chosen == ReplyBy.PAGE else {"by": str(chosen)}
    if filed.evidence is not None and not filed.evidence.fine:
        told["fine"] = "lacking"
    return f"?{urlencode(told)}" if told else ""


async def joinable(site: Site, typed: str) -> Case | None:
    """The public case that a petitioner says is the same, where everybody can read it."""
    number = typed_receipt_number(typed) if typed else None
    if number is None:
        return None
    async with site.store.engine.connect() as conn:
        case = await find_shown(conn, number)
    shown = case is not None and publication_of(case) is Publication.WORDS
    return case if shown and case and case.state in JOINABLE else None


def _form_page(
    request: Request,
    site: Site,
    filled: FilledForm,
    faults: tuple[FieldFault, ...] = (),
    *,
    joined: Case | None = None,
) -> Response:
    return page(
        request,
        "citizen/filing.html",
        status=422 if faults else 200,
        filled=filled,
        faults=faults_by_field(faults, wording_of(request)),
        form=form_here(site),
        action="/petitions/new",
        joined=joined,
        request_id=str(uuid4()),
    )
