"""GET requests, requests/{id} and tokens/{token}: what everybody may see, newest first."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.publication import Publication
from schema.numbers import typed_receipt_number
from storage.open311 import (
    ShownCase,
    masked_answers,
    partner_requests,
    public_logs,
    public_requests,
    requests_by_number,
)
from storage.public_cases import publication_of
from web.open311.filters import MOST_NUMBERS, RequestsQuery, flag, listed, request_filter
from web.open311.formats import REQUESTS, Formatted, answer, bad, not_found
from web.open311.forms import ExtendedRequestView, RequestView, TokenView
from web.open311.partners import partner_of
from web.open311.routes import ERROR_RESPONSES, fresh_router
from web.open311.services import asked_wording, shortened
from web.open311.shown import (
    CLOSED_STATES,
    Reader,
    extended_view,
    is_wordy,
    request_view,
    waiting_view,
)
from web.site import Site, SiteHere
from web.wording import Language, Wording

router = fresh_router()


@router.get(
    "/requests.{extension}",
    response_model=list[RequestView | ExtendedRequestView],
    responses=ERROR_RESPONSES,
    summary="List of requests",
)
async def requests(
    request: Request, site: SiteHere, form: Formatted, query: Annotated[RequestsQuery, Query()]
) -> Response:
    """Public petitions, newest first: those of the last 90 days and at most 1,000, or what the
    parameters ask for."""
    wording, extended = asked_wording(request), bool(flag(query.extensions, "extensions"))
    numbers = listed(query.service_request_id)
    if len(numbers) > MOST_NUMBERS:
        raise bad(f"한 번에 {MOST_NUMBERS}건까지입니다. / At most {MOST_NUMBERS} at once.")
    reader = await reader_with(site, query.api_key)
    wanted = None if numbers else request_filter(query, site.now())
    async with site.store.engine.connect() as conn:
        if wanted is None:
            found = await views_of(conn, numbers, reader, wording, extended=extended)
        else:
            cases = await public_requests(conn, wanted)
            found = await _views(conn, cases, wording, extended=extended)
    return answer(form, REQUESTS, found)


@router.get(
    "/requests/{service_request_id}.{extension}",
    response_model=list[RequestView | ExtendedRequestView],
    responses=ERROR_RESPONSES,
    summary="One request",
)
async def one_request(
    request: Request,
    site: SiteHere,
    service_request_id: str,
    form: Formatted,
    extensions: str = "",
    api_key: str = "",
) -> Response:
    """The petition of a number, in a list of one, from the moment it was filed. One that is not
    public is there only for the key that filed it, without its words."""
    wording, extended = asked_wording(request), bool(flag(extensions, "extensions"))
    reader = await reader_with(site, api_key)
    async with site.store.engine.connect() as conn:
        found = await views_of(conn, (service_request_id,), reader, wording, extended=extended)
    if not found:
        raise no_request(service_request_id)
    return answer(form, REQUESTS, found)


@router.get(
    "/tokens/{token}.{extension}",
    response_model=list[TokenView],
    responses=ERROR_RESPONSES,
    summary="The request of a token",
)
async def token_of(site: SiteHere, token: str, form: Formatted, api_key: str = "") -> Response:
    """Every service is realtime, so that a token is the number itself, assigned at once."""
    reader = await reader_with(site, api_key)
    async with site.store.engine.connect() as conn:
        found = await views_of(conn, (token,), reader, Wording(Language.KO), extended=False)
    if not found:
        raise no_request(token)
    number = found[0].service_request_id
    return answer(form, REQUESTS, [TokenView(service_request_id=number, token=number)])


async def reader_with(site: Site, key: str) -> Reader:
    """Everybody, or the partner of a valid key. A wrong key reads what everybody reads."""
    partner = await partner_of(site.store, key.strip()) if key.strip() else None
    return Reader(partner.name if partner else None)


def no_request(typed: str) -> Exception:
    """404, whether there is none or it is not public."""
    said = shortened(typed)
    return not_found(
        f"service_request_id «{said}»이(가) 없거나 공개되지 않았습니다. / "
        f"There is no service_request_id «{said}», or it is not public."
    )


async def views_of(
    conn: AsyncConnection,
    typed: Sequence[str],
    reader: Reader,
    wording: Wording,
    *,
    extended: bool,
) -> list[RequestView]:
    """The requests of the numbers `typed` that `reader` may see, registered or waiting, newest
    first."""
    numbers = [found for one in typed if (found := typed_receipt_number(one))]
    if not numbers:
        return []
    cases = await requests_by_number(conn, numbers)
    filed = await partner_requests(conn, numbers)
    seen = [one for number, one in cases.items() if reader.sees(one.case, filed.get(number))]
    waiting = [
        waiting_view(one, wording)
        for number, one in filed.items()
        if number not in cases and reader.sees_waiting(one)
    ]
    shown = await _views(conn, seen, wording, extended=extended)
    return sorted((*shown, *waiting), key=lambda one: one.requested_datetime, reverse=True)


async def _views(
    conn: AsyncConnection, found: Sequence[ShownCase], wording: Wording, *, extended: bool
) -> list[RequestView]:
    told = [
        one.case.number
        for one in found
        if extended or (one.case.state in CLOSED_STATES and is_wordy(one.case))
    ]
    logs = await public_logs(conn, told) if told else {}
    answers = await masked_answers(conn, told) if told else {}
    if not extended:
        return [
            request_view(one, wording, log=logs.get(one.case.number, ()), answers=answers)
            for one in found
        ]
    parents = await _shown_parents(conn, found)
    return [
        extended_view(
            one,
            wording,
            log=logs.get(one.case.number, ()),
            answers=answers,
            parent_shown=one.case.merged_into in parents,
        )
        for one in found
    ]


async def _shown_parents(conn: AsyncConnection, found: Sequence[ShownCase]) -> set[str]:
    named = {one.case.merged_into for one in found if one.case.merged_into}
    cases = await requests_by_number(conn, sorted(named)) if named else {}
    return {
        number
        for number, one in cases.items()
        if publication_of(one.case) is not Publication.NOTHING
    }
