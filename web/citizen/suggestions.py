"""What a petition seems to be about while it is typed: likely items with their departments, and
public cases that may be the same. Nothing of it is kept, and the text is never in an address."""

import asyncio
from datetime import date

import structlog
from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from rules.classification import Classification, classify
from rules.masking import contains_rrn, mask
from rules.organisation import district
from rules.place import Place, locate
from rules.routing import route
from rules.taxonomy import Leaf, is_item, leaf
from schema.codes import CaseKind, Channel
from schema.forms import MAX_TEXT
from schema.model import Frozen
from storage.same_matter import SameMatter, Whereabouts, find_same_matter
from web.filing import FilledForm
from web.form_schema import Words
from web.problems import DATABASE_AWAY
from web.site import Site, SiteHere
from web.wording import SEOUL, Language, Wording

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", tags=["form"])
READ = 2_000
"""Characters that are read: what it is about is said at the beginning, and typing goes on."""


class Typed(Frozen):
    """What has been typed so far; `item` where the petitioner has chosen one already."""

    text: str = Field(default="", max_length=MAX_TEXT)
    kind: CaseKind = CaseKind.PETITION
    item: str = Field(default="", max_length=40)
    address: str = Field(default="", max_length=500)
    area: str = Field(default="", max_length=40)
    lat: float | None = Field(default=None, ge=-90, le=90)
    long: float | None = Field(default=None, ge=-180, le=180)


class LikelyItem(Frozen):
    """An item that it may be. `department` is None until the place is known; `expected`: within
    what time it is usually done."""

    code: str
    label: Words
    department: Words | None
    expected: Words | None
    urgent: bool


class SameMatterView(Frozen):
    """A public case to join. `address` is where everybody may read it."""

    number: str
    address: str
    words: str
    about: Words
    submitted_at: AwareDatetime


class Suggestions(Frozen):
    """`items`: the likeliest first; `sure` where the rules would decide so by themselves. `urgent`:
    119 or 112 come first. `resident_number`: one was typed, and has to go."""

    items: tuple[LikelyItem, ...]
    sure: bool
    place: Words | None
    urgent: bool
    resident_number: bool
    similar: tuple[SameMatterView, ...]


@router.post("/suggestions", summary="분류·부서·비슷한 민원 제안 / likely item, similar cases")
async def suggest(site: SiteHere, typed: Typed) -> Suggestions:
    """What it seems to be about. The choice stays with the petitioner."""
    today = site.now().astimezone(SEOUL).date()
    read, place = await asyncio.to_thread(_read, typed, today)
    codes = _codes(read, typed, today)
    return Suggestions(
        items=tuple(_likely(code, place, today) for code in codes),
        sure=read.item is not None,
        place=_where(place),
        urgent=_is_urgent(read, typed, today),
        resident_number=any(map(contains_rrn, (typed.text, typed.address))),
        similar=await _similar(site, codes[0], typed, place) if codes else (),
    )


def _read(typed: Typed, today: date) -> tuple[Classification, Place]:
    words = mask(typed.text[:READ]).text
    item = typed.item if is_item(typed.item, on_date=today) else None
    read = classify(words, channel=Channel.WEB_FORM, item=item, kind=typed.kind, on_date=today)
    address = FilledForm({"address": typed.address, "area": typed.area}).place_in_words()
    return read, locate(lat=typed.lat, long=typed.long, address=address, text=words)


def _codes(read: Classification, typed: Typed, today: date) -> list[str]:
    return [one.item for one in read.candidates if is_item(one.item, on_date=today)]


def _is_urgent(read: Classification, typed: Typed, today: date) -> bool:
    sure = read.item is not None and leaf(read.item, on_date=today).urgent
    return sure or read.urgent_suspected


def _likely(code: str, place: Place, today: date) -> LikelyItem:
    subject = leaf(code, on_date=today)
    routing = route(item=code, place=place, on_date=today)
    owner = None if routing.first_line else routing.department
    ko, en = Wording(Language.KO), Wording(Language.EN)
    return LikelyItem(
        code=code,
        label=Words(ko=subject.name_ko, en=subject.name_en),
        department=Words(ko=ko.department(owner), en=en.department(owner)) if owner else None,
        expected=expected(subject),
        urgent=subject.urgent,
    )


def expected(subject: Leaf) -> Words | None:
    """Within what time the item is usually done: the city's own target, else the legal period."""
    hours = subject.field_sla_hours
    if hours is not None and hours < 1:
        return _said("suggest.minutes", hours * 60)
    if hours is not None and hours > 24 and hours % 24 == 0:
        return _said("suggest.days", hours // 24)
    if hours is not None:
        return _said("suggest.hours", hours)
    if subject.period_amount is not None:
        return _said(f"suggest.legal_{subject.period_unit}", subject.period_amount)
    return None


def _said(key: str, number: float) -> Words | None:
    ko, en = Wording(Language.KO), Wording(Language.EN)
    if not ko.has(key):
        return None
    return Words(ko=ko.t(key, n=f"{number:g}"), en=en.t(key, n=f"{number:g}"))


def _where(place: Place) -> Words | None:
    if place.district is None:
        return None
    row = district(place.district)
    dong = f" {place.dong}" if place.dong else ""
    return Words(ko=f"{row.name_ko}{dong}", en=f"{row.name_en}{dong}")


async def _similar(site: Site, item: str, typed: Typed, place: Place) -> tuple[SameMatterView, ...]:
    where = Whereabouts(lat=typed.lat, long=typed.long, district=place.district, dong=place.dong)
    try:
        async with site.store.engine.connect() as conn:
            found = await find_same_matter(conn, item=item, where=where, now=site.now())
    except DATABASE_AWAY as error:
        log.info("no similar cases can be offered", fault=type(error).__name__)
        return ()
    return tuple(map(_view, found))


def _view(one: SameMatter) -> SameMatterView:
    return SameMatterView(
        number=one.number,
        address=f"/public/{one.number}",
        words=one.summary[:200],
        about=_about(one),
        submitted_at=one.submitted_at,
    )


def _about(one: SameMatter) -> Words:
    """How far away, filed when, by how many, and how far it has come."""
    said = []
    for wording in (Wording(Language.KO), Wording(Language.EN)):
        parts = [] if one.metres is None else [wording.t("suggest.metres", n=one.metres)]
        day = wording.day(one.submitted_at.astimezone(SEOUL).date())
        parts += [
            wording.t("suggest.filed", day=day),
            wording.t("suggest.reporters", n=one.reporters),
            wording.state(one.state),
        ]
        said.append(" · ".join(parts))
    return Words(ko=said[0], en=said[1])
