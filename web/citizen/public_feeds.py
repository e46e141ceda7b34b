"""Public cases for feed readers (Atom, RSS) and programs (JSON), with the filters of the page."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from rules.coarse_place import cell_of
from rules.publication import Publication
from schema.codes import CaseKind, EventKind, State, Visibility
from schema.model import Frozen
from schema.numbers import typed_receipt_number
from storage.public_cases import PublicCase, public_cases, publication_of
from web.citizen.public_filters import Asked, asked_of, next_place
from web.conditional import answer_once
from web.feeds import Entry, Feed, atom, rss
from web.opened import OpenedCase, find_shown, load_case
from web.problems import ProblemError, ProblemView
from web.site import Site, SiteHere, wording_of
from web.timeline import answer_of, timeline
from web.wording import Language, Wording

router = APIRouter()
FEED_LENGTH = 50
MOST = 100
TITLE_LETTERS = 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NamedCode(Frozen):
    """A code with its names."""

    code: str
    name_ko: str
    name_en: str


class PointView(Frozen):
    """The middle of the 100 m cell that the case lies in; the place itself is not told."""

    lat: float
    long: float


class PublicCaseView(Frozen):
    """A case as everybody may see it. `words` is the petition without personal data; null where
    the words of such cases are not shown."""

    receipt_number: str
    url: str
    kind: CaseKind
    status: State
    status_ko: str
    status_en: str
    item: NamedCode | None
    district: NamedCode | None
    department: NamedCode | None
    submitted_at: AwareDatetime
    answered_at: AwareDatetime | None
    updated_at: AwareDatetime
    words: str | None
    place: PointView | None


class PublicLine(Frozen):
    """What happened, as far as everybody may read it."""

    kind: EventKind
    at: AwareDatetime
    title_ko: str
    title_en: str


class PublicCasesView(Frozen):
    """A page of public cases, the newest first; `next` is the address of the following one."""

    cases: tuple[PublicCaseView, ...]
    next: str | None


class PublicStoryView(PublicCaseView):
    """A public case with what happened and the masked answer."""

    answer: str | None
    timeline: tuple[PublicLine, ...]


FILTERS = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": schema, "description": said}
        for name, schema, said in (
            ("q", {"type": "string", "maxLength": 60}, "Words: any part of the masked text"),
            ("district", {"type": "string"}, "Legal-dong prefix of the district, e.g. 11440"),
            ("group", {"type": "string"}, "Group of items, two letters, e.g. RD"),
            ("item", {"type": "string"}, "Item of the taxonomy, e.g. RD01"),
            ("state", {"type": "string"}, "A state, or open, answered, declined"),
            ("since", {"type": "string", "format": "date"}, "Submitted on this day or later"),
            ("until", {"type": "string", "format": "date"}, "Submitted on this day or before"),
            ("cell", {"type": "string"}, "A cell of the map, ROW.COLUMN"),
            ("after", {"type": "string"}, "Where the page before ended"),
        )
    ]
}
BAD_FILTER: dict[int | str, dict[str, object]] = {
    304: {"description": "Not changed since the ETag in If-None-Match"},
    422: {"model": ProblemView, "description": "A filter is not understood"},
}


@router.get("/public/feed.atom", include_in_schema=False)
async def atom_feed(request: Request, site: SiteHere) -> Response:
    """The newest public cases as Atom."""
    return await _feed(request, site, "atom")


@router.get("/public/feed.rss", include_in_schema=False)
async def rss_feed(request: Request, site: SiteHere) -> Response:
    """The newest public cases as RSS."""
    return await _feed(request, site, "rss")


@router.get(
    "/api/v1/public/cases",
    tags=["public"],
    summary="Public cases",
    response_model=PublicCasesView,
    responses=BAD_FILTER,
    openapi_extra=FILTERS,
)
async def listed(
    request: Request, site: SiteHere, limit: Annotated[int, Query(ge=1, le=MOST)] = 20
) -> Response:
    """Public cases with their masked words, the newest first, by the filters of the page."""
    asked = _understood(request)
    async with site.store.engine.connect() as conn:
        found = await public_cases(conn, asked.wanted, after=asked.after, limit=limit + 1)
    page = found[:limit]
    following = None
    if len(found) > limit:
        path = asked.address("/api/v1/public/cases", after=next_place(page[-1]), limit=str(limit))
        following = f"{site.public_url}{path}"
    view = PublicCasesView(cases=tuple(view_of(case, site) for case in page), next=following)
    return answer_once(
        request, view.model_dump_json().encode(), "application/json", modified=_newest(page)
    )


@router.get(
    "/api/v1/public/cases/{number}",
    tags=["public"],
    summary="One public case",
    response_model=PublicStoryView,
    responses={304: {"description": "Not changed"}, 404: {"model": ProblemView}},
)
async def story(request: Request, site: SiteHere, number: str) -> Response:
    """A public case; one that is not public is 404, as one that is not there."""
    async with site.store.engine.connect() as conn:
        case = await find_shown(conn, typed_receipt_number(number) or "")
        shown = publication_of(case) if case else Publication.NOTHING
        if case is None or shown is Publication.NOTHING:
            raise not_public()
        opened = await load_case(conn, site, case)
    view = _story(opened, site, wordy=shown is Publication.WORDS)
    content = view.model_dump_json().encode()
    return answer_once(request, content, "application/json", modified=view.updated_at)


def not_public() -> ProblemError:
    """404: there is none, or it is not for everybody."""
    return ProblemError(
        404,
        "no_public_case",
        "그런 번호가 없거나 공개하지 않은 민원입니다.",
        "There is no such case, or it is not public.",
    )


def view_of(case: PublicCase, site: Site, *, wordy: bool = True) -> PublicCaseView:
    """What everybody may see of a case."""
    ko, en = Wording(Language.KO), Wording(Language.EN)
    cell = cell_of(case.lat, case.long) if wordy else None

    def _named(code: str | None, ko_name: str, en_name: str) -> NamedCode | None:
        return NamedCode(code=code, name_ko=ko_name, name_en=en_name) if code else None

    return PublicCaseView(
        receipt_number=case.number,
        url=f"{site.public_url}/public/{case.number}",
        kind=case.kind,
        status=case.state,
        status_ko=ko.state(case.state),
        status_en=en.state(case.state),
        item=_named(case.item, ko.item(case.item), en.item(case.item)),
        district=_named(case.district, ko.district(case.district), en.district(case.district)),
        department=_named(
            case.department, ko.department(case.department), en.department(case.department)
        ),
        submitted_at=case.submitted_at,
        answered_at=case.answered_at,
        updated_at=case.updated_at,
        words=case.summary if wordy else None,
        place=PointView(lat=cell.centre[0], long=cell.centre[1]) if cell else None,
    )


def _story(opened: OpenedCase, site: Site, *, wordy: bool) -> PublicStoryView:
    case, texts, eyes = opened.case, opened.texts or {}, Visibility.PUBLIC
    assert case is not None
    told = [event.recorded_at for event in opened.events if event.visibility is eyes]
    updated = max(told, default=case.submitted_at)
    listed_as = PublicCase.model_validate(
        case.model_dump(include=set(PublicCase.model_fields)) | {"updated_at": updated}
    )
    ko, en = (
        timeline(opened.events, texts, eyes=eyes, wording=Wording(language))
        for language in (Language.KO, Language.EN)
    )
    return PublicStoryView(
        **dict(view_of(listed_as, site, wordy=wordy)),
        answer=answer_of(opened.events, texts, eyes=eyes) if wordy else None,
        timeline=tuple(
            PublicLine(kind=line.kind, at=line.at, title_ko=line.title, title_en=other.title)
            for line, other in zip(ko, en, strict=True)
        ),
    )


def _understood(request: Request) -> Asked:
    asked = asked_of(request)
    if asked.faults:
        said = ", ".join(asked.faults)
        raise ProblemError(
            422,
            "wrong_filter",
            f"조건을 확인해 주세요: {said}.",
            f"Check the filters: {said}.",
        )
    return asked


def _newest(page: tuple[PublicCase, ...]) -> datetime | None:
    return max((case.updated_at for case in page), default=None)


async def _feed(request: Request, site: Site, form: str) -> Response:
    asked = _understood(request)
    async with site.store.engine.connect() as conn:
        found = await public_cases(conn, asked.wanted, limit=FEED_LENGTH)
    wording = wording_of(request)
    language = {} if wording.korean else {"lang": "en"}
    feed = Feed(
        own=site.public_url + asked.address(f"/public/feed.{form}", **language),
        page=site.public_url + asked.address("/public", **language),
        title=wording.t("public.feed_title", what=said_filter(asked, wording)),
        lead=wording.t("public.lead"),
        author=wording.t("site.name"),
        language=wording.language,
        updated=_newest(found) or EPOCH,
        entries=tuple(_entry(case, site, wording) for case in found),
    )
    content = atom(feed) if form == "atom" else rss(feed)
    return answer_once(
        request, content, f"application/{form}+xml; charset=utf-8", modified=_newest(found)
    )


def said_filter(asked: Asked, wording: Wording) -> str:
    """The filter in words, for a title; all where there is none."""
    wanted = asked.wanted
    said = [
        wording.district(wanted.district),
        wording.item_group(wanted.group) if wanted.group else "",
        wording.item(wanted.item) if wanted.item else "",
        f"«{asked.typed['q']}»" if wanted.query else "",
    ]
    return " · ".join(part for part in said if part) or wording.t("public.all")


def _entry(case: PublicCase, site: Site, wording: Wording) -> Entry:
    cell = cell_of(case.lat, case.long)
    named = wording.item(case.item) if case.item else wording.t("public.posted")
    return Entry(
        link=f"{site.public_url}/public/{case.number}",
        title=f"[{wording.state(case.state)}] {named}: {excerpt(case.summary, TITLE_LETTERS)}",
        words=case.summary,
        category=named,
        published=case.submitted_at,
        updated=case.updated_at,
        point=cell.centre if cell else None,
    )


def excerpt(words: str, letters: int) -> str:
    """The beginning of `words` in one line, at most `letters` long."""
    line = " ".join(words.split())
    return line if len(line) <= letters else f"{line[: letters - 1].rstrip()}…"
