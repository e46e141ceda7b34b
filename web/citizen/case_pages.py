"""The petitioner's case: find it with number and key, follow it, and do what a petitioner may."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from schema.addresses import case_address
from schema.codes import Action, State, TextKind, Visibility
from schema.commands import Refusal
from schema.forms import MAX_FILES
from schema.numbers import typed_receipt_number
from storage.live import Length
from web.act_forms import Typed
from web.acts import Standing, standing_of
from web.citizen.access import keep_key, key_in_cookie, open_with_key
from web.citizen.case_now import missing_of, now_of
from web.citizen.case_view import (
    answered_at,
    asked_for,
    citizens_forms,
    kept_of,
    leads,
    linked_key,
    linked_of,
    objection_until,
    rating_of,
    together_lines,
)
from web.citizen.live_pages import seen_of
from web.clocks import clock_panel, supplement_dues
from web.due import why_due
from web.evidence import evidence_panel
from web.opened import OpenedCase
from web.photos import photo_response
from web.site import Site, SiteHere, page, see, wording_of
from web.timeline import answer_of, steps_done, timeline

router = APIRouter(include_in_schema=False)
GRADES = ("5", "4", "3", "2", "1")


@router.get("/cases")
async def find(request: Request, number: str = "") -> Response:
    """Ask for the receipt number and the key."""
    return page(request, "citizen/find.html", number=number, missed=False)


@router.post("/cases")
async def open_case(
    request: Request,
    site: SiteHere,
    number: Annotated[str, Form(max_length=40)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Open a case with number and key as a person typed them."""
    return await enter(request, site, number, key.strip(), "")


async def enter(request: Request, site: Site, typed: str, key: str, path: str) -> Response:
    """Go to a page of the case with the key in a cookie, so that the address does not keep it."""
    number = typed_receipt_number(typed)
    if number is None or await open_with_key(site, number, key) is None:
        return not_found(request, typed)
    response = see(f"/cases/{number}{path}")
    keep_key(response, site, number, key)
    return response


def not_found(request: Request, number: str) -> Response:
    """No such case, or not this key: the same page for both."""
    return page(request, "citizen/find.html", status=404, number=number, missed=True)


@router.get("/cases/{number}")
async def show(
    request: Request,
    site: SiteHere,
    number: str,
    key: str | None = None,
    act: str | None = None,
) -> Response:
    """The case page. A key in the address moves into a cookie, so that it does not stay there."""
    if key is not None:
        return await enter(request, site, number, key, "")
    opened = await open_with_key(site, number, key_in_cookie(request))
    if opened is None:
        return not_found(request, number)
    standing = await standing_of(site, number, act) if act else None
    return await case_page(request, site, opened, standing=standing)


@router.get("/cases/{number}/receipt")
async def receipt(
    request: Request, site: SiteHere, number: str, key: str | None = None
) -> Response:
    """The receipt (접수증): number, key and address, to keep or print."""
    if key is not None:
        return await enter(request, site, number, key, "/receipt")
    held = key_in_cookie(request)
    opened = await open_with_key(site, number, held)
    if opened is None:
        return not_found(request, number)
    link = case_address(site.public_url, number, held)
    return page(request, "citizen/receipt.html", opened=opened, key=held, link=link)


@router.get("/cases/{number}/photos/{photo}")
async def photo(request: Request, site: SiteHere, number: str, photo: str) -> Response:
    """One photo or video of the petitioner's own case."""
    opened = await open_with_key(site, number, key_in_cookie(request))
    if opened is None:
        return not_found(request, number)
    return await photo_response(request, site, opened.attachments, photo)


@router.get("/cases/{number}/linked/{other}")
async def linked(request: Request, site: SiteHere, number: str, other: str) -> Response:
    """Go to a linked case of the same petitioner: the browser is given its key, which no address
    shows."""
    opened = await open_with_key(site, number, key_in_cookie(request))
    if opened is None:
        return not_found(request, number)
    key = await linked_key(opened, site, other)
    if key is None:
        return not_found(request, other)
    response = see(f"/cases/{other}")
    keep_key(response, site, other, key)
    return response


async def case_page(
    request: Request,
    site: Site,
    opened: OpenedCase,
    *,
    standing: Standing | None = None,
    refusal: Refusal | None = None,
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    """The page of an opened case, or of a petition that is journalled and not registered yet."""
    wording = wording_of(request)
    if opened.case is None:
        return page(request, "citizen/waiting.html", opened=opened)
    case, texts, around = opened.case, opened.texts or {}, opened.around
    missing = missing_of(opened)
    rating = rating_of(opened)
    forms = {} if missing.erased else citizens_forms(opened, site, wording, typed, rating)
    panel, asked = clock_panel(opened, site.book, site.now()), asked_for(opened, site)
    together = case.state is State.MERGED and around is not None and around.root is not None
    return page(
        request,
        "citizen/case.html",
        status=status,
        case=case,
        handled=around.root if together and around else case,
        together=together,
        together_lines=together_lines(opened, wording),
        opened=opened,
        seen=_seen(opened),
        lines=timeline(
            opened.events,
            texts,
            eyes=Visibility.PETITIONER,
            wording=wording,
            until=supplement_dues(opened, site.book),
        ),
        answer=answer_of(opened.events, texts, eyes=Visibility.PETITIONER),
        answered_at=answered_at(opened),
        petition=_petition_text(opened),
        evidence=evidence_panel(opened),
        steps=steps_done(opened.events),
        why=why_due(opened, site.book, wording),
        panel=panel,
        asked=asked,
        now=await now_of(
            opened,
            site,
            wording,
            panel=panel,
            asked=asked,
            objection_until=objection_until(opened, site) if Action.OBJECT in forms else None,
        ),
        missing=missing,
        rated=rating.grade if rating else None,
        low=rating is not None and rating.low,
        kept=kept_of(typed),
        most_files=MAX_FILES,
        links=await linked_of(opened, site, wording),
        forms=forms,
        leads=leads(opened, site, wording, tuple(forms)),
        grades=GRADES,
        standing=standing,
        refusal=refusal,
    )


def _seen(opened: OpenedCase) -> str:
    """What this page has seen, for its stream."""
    assert opened.case is not None
    root = opened.around.root if opened.around else None
    return seen_of(
        Length(
            seq=opened.case.seq,
            merged_into=opened.case.merged_into,
            root_seq=root.seq if root else None,
        )
    )


def _petition_text(opened: OpenedCase) -> str | None:
    """The petition as it stands: the last amendment, else the first text."""
    kinds = (TextKind.PETITION, TextKind.AMENDMENT)
    found = [text for text in (opened.texts or {}).values() if text.kind in kinds]
    return found[-1].text if found and not found[-1].hidden else None
