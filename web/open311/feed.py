"""requests.rss: the newest public requests for feed readers."""

from email.utils import format_datetime
from typing import Annotated
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import Query, Request, Response

from storage.open311 import ShownCase, public_requests
from web.open311.filters import RequestsQuery, request_filter
from web.open311.formats import OPEN_TO_ALL, xml_text
from web.open311.routes import ERROR_RESPONSES, fresh_router
from web.open311.services import asked_wording
from web.open311.shown import is_wordy, service_of, words_of
from web.site import Site, SiteHere
from web.wording import Wording

router = fresh_router()
MOST_ENTRIES = 100


@router.get(
    "/requests.rss",
    response_class=Response,
    responses={**ERROR_RESPONSES, 200: {"content": {"application/rss+xml": {}}}},
    summary="Requests as RSS",
)
async def feed(
    request: Request, site: SiteHere, query: Annotated[RequestsQuery, Query()]
) -> Response:
    """The same filters as `requests`, at most 100 entries."""
    wanted = request_filter(query, site.now())
    bounded = wanted.model_copy(update={"limit": min(wanted.limit, MOST_ENTRIES)})
    async with site.store.engine.connect() as conn:
        found = await public_requests(conn, bounded)
    wording = asked_wording(request)
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    title = "서울시 공개 민원" if wording.korean else "Public petitions of Seoul"
    for name, words in (("title", title), ("link", site.public_url), ("description", title)):
        SubElement(channel, name).text = words
    for one in found:
        _add(channel, one, site, wording)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return Response(
        b'<?xml version="1.0" encoding="utf-8"?>\n' + written,
        headers={"content-type": "application/rss+xml; charset=utf-8", **OPEN_TO_ALL},
    )


def _add(channel: Element, found: ShownCase, site: Site, wording: Wording) -> None:
    case = found.case
    entry = SubElement(channel, "item")
    address = f"{site.public_url}/public/{case.number}"
    SubElement(entry, "title").text = f"{wording.item(service_of(case))} ({case.number})"
    SubElement(entry, "link").text = address
    SubElement(entry, "guid").text = address
    SubElement(entry, "pubDate").text = format_datetime(case.submitted_at)
    if is_wordy(case):
        SubElement(entry, "description").text = xml_text(words_of(case))
