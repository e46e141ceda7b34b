"""Public cases for people: the list with its filters, and the map of the districts."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from storage.public_cases import (
    PublicCase,
    PublicFilter,
    counts_by_cell,
    counts_by_district,
    public_cases,
)
from web.citizen.public_feeds import excerpt, said_filter
from web.citizen.public_filters import (
    PHASES,
    Asked,
    asked_of,
    city_districts,
    next_place,
    shown_groups,
)
from web.district_map import city_map, district_map
from web.site import Site, SiteHere, page, see, wording_of
from web.wording import SEOUL

router = APIRouter(include_in_schema=False)
PAGE_LENGTH = 20
EXCERPT_LETTERS = 160
MAP_DAYS = 30
"""The map counts this many days where the reader names none."""


@router.get("/public")
async def show_list(request: Request, site: SiteHere) -> Response:
    """Public cases, the newest first, by words, district, group of items, state and period."""
    asked = asked_of(request)
    found: tuple[PublicCase, ...] = ()
    following = None
    if not asked.faults:
        async with site.store.engine.connect() as conn:
            more = await public_cases(conn, asked.wanted, after=asked.after, limit=PAGE_LENGTH + 1)
        found = more[:PAGE_LENGTH]
        if len(more) > PAGE_LENGTH:
            following = asked.address("/public", after=next_place(more[PAGE_LENGTH - 1]))
    return page(
        request,
        "citizen/public_list.html",
        status=422 if asked.faults else 200,
        found=found,
        following=following,
        excerpt=lambda words: excerpt(words, EXCERPT_LETTERS),
        **_choices(request, asked),
    )


@router.get("/public/map")
async def show_map(request: Request, site: SiteHere) -> Response:
    """How many public cases each district has; with a district, the cells they lie in."""
    asked = asked_of(request)
    if asked.faults:
        return see("/public/map")
    wanted = _recent(asked, site)
    async with site.store.engine.connect() as conn:
        counts = await counts_by_district(conn, wanted.model_copy(update={"district": None}))
        cells = await counts_by_cell(conn, wanted) if wanted.district else ()
    drawing = district_map(wanted.district, cells) if wanted.district else city_map(counts)
    return page(
        request,
        "citizen/public_map.html",
        drawing=drawing,
        counts=counts,
        short=_short,
        since=wanted.since.astimezone(SEOUL).date() if wanted.since else None,
        **_choices(request, asked),
    )


def _short(name: str) -> str:
    """A district's name as it fits on the map: «마포», «Mapo»; 중구 keeps its 구."""
    return name.removesuffix("-gu") if name.endswith("-gu") or len(name) < 3 else name[:-1]


def _recent(asked: Asked, site: Site) -> PublicFilter:
    """The filter with a period: what is counted stays bounded."""
    if asked.wanted.since or asked.wanted.until:
        return asked.wanted
    today = site.now().astimezone(SEOUL).replace(hour=0, minute=0, second=0, microsecond=0)
    return asked.wanted.model_copy(update={"since": today - timedelta(days=MAP_DAYS)})


def _choices(request: Request, asked: Asked) -> dict[str, Any]:
    return {
        "asked": asked,
        "said": said_filter(asked, wording_of(request)),
        "districts": city_districts(),
        "groups": shown_groups(),
        "phases": tuple(PHASES),
    }
