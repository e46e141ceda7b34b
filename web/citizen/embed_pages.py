"""The form on other sites: `<script src="…/embed.js" data-site="…" data-item="…">` puts it into a
frame, under the site's own name. It takes no cookie and keeps none: browsers block another site's.

Only the site's own origins may frame it (CSP frame-ancestors); they are data:
`rules/data/sites.csv`.
"""

from datetime import date
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from rules.sites import EmbeddingSite, embedding_site
from rules.taxonomy import is_item
from schema.addresses import case_address
from schema.forms import FieldFault, FormRefusedError
from storage.forms import Filed
from web.citizen.filing_pages import asks_for_json, file_filled, refused_in_json
from web.filing import FilledForm, faults_by_field, filled_form
from web.form_schema import form_schema
from web.guard import CONTENT_SECURITY_POLICY
from web.site import STATIC, Site, SiteHere, page, wording_of
from web.wording import SEOUL

router = APIRouter(include_in_schema=False)
EMBED_SCOPE = "web_form/embed"
NOBODY = "frame-ancestors 'none'"


@router.get("/embed.js")
async def loader() -> Response:
    """The script that a site's page carries; its address never changes, so it is not kept long."""
    response = FileResponse(STATIC / "embed.js", media_type="text/javascript; charset=utf-8")
    response.headers["cache-control"] = "public, max-age=3600"
    response.headers["cross-origin-resource-policy"] = "cross-origin"
    return response


@router.get("/embed/petitions/new")
async def empty_form(request: Request, site: SiteHere, item: str = "") -> Response:
    """The form as it stands on a site, its item preset by the page or by the site's own row."""
    today = site.now().astimezone(SEOUL).date()
    stands_on = _site(request, today)
    if stands_on is None:
        return page(request, "citizen/no_site.html", status=404)
    preset = item if is_item(item, on_date=today) else stands_on.item or ""
    filled = FilledForm({"kind": "petition", "public": "1", "item": preset})
    return _form_page(request, site, stands_on, filled)


@router.post("/embed/petitions/new")
async def file(request: Request, site: SiteHere) -> Response:
    """File it; the receipt is the answer itself, for no cookie could open a page of it."""
    stands_on = _site(request, site.now().astimezone(SEOUL).date())
    if stands_on is None:
        return page(request, "citizen/no_site.html", status=404)
    filled, wording = await filled_form(request), wording_of(request)
    try:
        filed = await file_filled(
            site, filled, wording, scope=EMBED_SCOPE, stands_on=stands_on.code
        )
    except FormRefusedError as refused:
        if asks_for_json(request):
            return refused_in_json(refused.faults, wording)
        return _form_page(request, site, stands_on, filled, refused.faults)
    return _receipt(request, site, stands_on, filed)


def _site(request: Request, today: date) -> EmbeddingSite | None:
    return embedding_site(request.query_params.get("site"), on_date=today)


def _form_page(
    request: Request,
    site: Site,
    stands_on: EmbeddingSite,
    filled: FilledForm,
    faults: tuple[FieldFault, ...] = (),
) -> Response:
    wording = wording_of(request)
    response = page(
        request,
        "citizen/embedded_form.html",
        status=422 if faults else 200,
        filled=filled,
        faults=faults_by_field(faults, wording),
        form=form_schema(site.now().astimezone(SEOUL).date(), stands_on),
        action=f"/embed/petitions/new?site={stands_on.code}&lang={wording.language}",
        joined=None,
        request_id=str(uuid4()),
        host=_host(request, stands_on),
    )
    return _framed(response, stands_on)


def _receipt(request: Request, site: Site, stands_on: EmbeddingSite, filed: Filed) -> Response:
    answer: Response = page(
        request,
        "citizen/embedded_receipt.html",
        status=201,
        number=filed.receipt_number,
        key=filed.key,
        link=case_address(site.public_url, filed.receipt_number, filed.key),
        form=form_schema(site.now().astimezone(SEOUL).date(), stands_on),
        host=_host(request, stands_on),
    )
    if asks_for_json(request):
        answer = JSONResponse({"receipt": bytes(answer.body).decode()}, status_code=201)
    return _framed(answer, stands_on)


def _host(request: Request, stands_on: EmbeddingSite) -> str:
    """The origin of the page that says it frames us, where it is one of the site's: it alone is
    told how high the form is."""
    said = request.query_params.get("host", "")
    return said if said in stands_on.origins else ""


def _framed(response: Response, stands_on: EmbeddingSite) -> Response:
    allowed = f"frame-ancestors {' '.join(stands_on.origins)}"
    response.headers["content-security-policy"] = CONTENT_SECURITY_POLICY.replace(NOBODY, allowed)
    del response.headers["set-cookie"]
    return response
