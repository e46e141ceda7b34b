"""The public page of a case: what everybody may read, masked; no key opens more of it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from rules.publication import Publication
from schema.codes import Visibility
from schema.grounds import HideGround
from schema.numbers import typed_receipt_number
from schema.plain_text import is_blank, plain_text
from storage.moderation import MOST_WORDS, Source, raise_item
from storage.public_cases import publication_of
from web.opened import find_shown, load_case
from web.site import SiteHere, page, see, wording_of
from web.timeline import answer_of, steps_done, timeline

router = APIRouter(include_in_schema=False)


@router.get("/public/{number}")
async def show(request: Request, site: SiteHere, number: str) -> Response:
    """The page of a public case; a case that is not public looks like one that is not there."""
    typed = typed_receipt_number(number)
    if typed is None:
        return page(request, "citizen/no_public_case.html", status=404)
    if typed != number:
        return see(f"/public/{typed}")
    async with site.store.engine.connect() as conn:
        case = await find_shown(conn, number)
        shown = publication_of(case) if case else Publication.NOTHING
        if case is None or shown is Publication.NOTHING:
            return page(request, "citizen/no_public_case.html", status=404)
        opened = await load_case(conn, site, case)
    wordy, texts = shown is Publication.WORDS, opened.texts or {}
    eyes = Visibility.PUBLIC
    return page(
        request,
        "citizen/public.html",
        case=case,
        lines=timeline(opened.events, texts, eyes=eyes, wording=wording_of(request)),
        answer=answer_of(opened.events, texts, eyes=eyes) if wordy else None,
        words=case.summary if wordy else None,
        steps=steps_done(opened.events),
        grounds=tuple(HideGround),
        thanked="reported" in request.query_params,
    )


@router.post("/public/{number}/report")
async def report(
    site: SiteHere,
    number: str,
    ground: Annotated[HideGround, Form()],
    words: Annotated[str, Form(max_length=MOST_WORDS)] = "",
) -> Response:
    """A reader says that a public case should not be; a person looks at it. Of a case that is not
    public nothing is kept, and nothing said."""
    async with site.store.engine.begin() as conn:
        case = await find_shown(conn, typed_receipt_number(number) or "")
        if case is None or publication_of(case) is Publication.NOTHING:
            return see("/public")
        said = None if is_blank(words) else plain_text(words)
        await raise_item(conn, case.number, Source.REPORT, ground, said)
    return see(f"/public/{case.number}?reported=1")
