"""The form as data, for whoever builds a page on it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from rules.sites import embedding_site
from web.form_schema import FormSchema, form_schema
from web.problems import ProblemError, ProblemView
from web.site import SiteHere
from web.wording import SEOUL

router = APIRouter(prefix="/api/v1", tags=["form"])
SiteCode = Annotated[
    str | None, Query(alias="site", max_length=60, description="사이트 코드 / code of a site")
]


@router.get(
    "/form",
    summary="신청 양식 / the form",
    responses={404: {"model": ProblemView}},
)
async def show(site: SiteHere, response: Response, site_code: SiteCode = None) -> FormSchema:
    """Fields with words and limits, the consent notice, items and places; with a `site` as it
    stands there. Sent to `POST /api/v1/petitions` by the `path` of each field."""
    today = site.now().astimezone(SEOUL).date()
    stands_on = embedding_site(site_code, on_date=today)
    if site_code is not None and stands_on is None:
        raise unknown_site()
    response.headers["access-control-allow-origin"] = "*"
    response.headers["cache-control"] = "public, max-age=300"
    return form_schema(today, stands_on)


def unknown_site() -> ProblemError:
    """404: no site of this code carries the form."""
    return ProblemError(
        404,
        "unknown_site",
        "이 코드로 등록된 사이트가 없습니다.",
        "No site is registered under this code.",
    )
