"""The parameters of GET requests, read and bounded: a list of cases costs one bounded query."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from rules.organisation import agencies, departments, full_name_en, full_name_ko
from rules.search_terms import search_query
from rules.taxonomy import newest_leaves
from schema.codes import State
from storage.open311 import DEGREE_METRES, Area, RequestFilter
from web.open311.formats import bad
from web.open311.services import MOST, no_service, shortened
from web.open311.shown import CLOSED, CLOSED_STATES, OPEN

MOST_DAYS = timedelta(days=90)
"""What start_date and end_date may span, and how far back a list goes without them."""
MOST_OFFSET = 1_000_000
"""Nobody has so many cases in 90 days: a page beyond is empty."""
MOST_NUMBERS = 1000
MOST_RADIUS = 20_000.0
"""Metres: from the middle of the city to its edge."""
RADIUS = 500.0
SECOND = timedelta(seconds=1)
"""Instants are told to the second, so a bound includes the whole second that it names."""

SORTS = {"-requested_datetime": False, "requested_datetime": True}


class RequestsQuery(BaseModel):
    """The parameters of `GET requests`. An empty one says nothing; what is unknown is ignored."""

    model_config = ConfigDict(extra="ignore")

    jurisdiction_id: str = Field("", description="도시는 하나이므로 보지 않습니다 / ignored")
    service_request_id: str = Field(
        "", description="쉼표로 여럿; 다른 조건보다 먼저 / csv; overrides all others"
    )
    service_code: str = Field("", description="쉼표로 여럿 / csv")
    status: str = Field("", description="open, closed")
    start_date: str = Field("", description="requested_datetime, 시간대 포함 / with its zone")
    end_date: str = Field(
        "", description="start_date부터 90일까지 / up to 90 days after start_date"
    )
    updated_after: str = Field("", description="updated_datetime")
    updated_before: str = Field("", description="updated_datetime")
    agency_responsible: str = Field("", description="부서·기관의 이름이나 코드 / name or code")
    has_photo: str = Field("", description="true, false")
    lat: str = Field("", description="radius의 중심, WGS84 / middle of radius")
    long: str = Field("", description="radius의 중심, WGS84 / middle of radius")
    radius: str = Field("", description="m, 500이 기본 / metres, default 500")
    bbox: str = Field("", description="서,남,동,북 / west,south,east,north")
    q: str = Field("", description="가려진 본문의 낱말 / words of the masked text")
    sort: str = Field("", description="-requested_datetime(기본), requested_datetime")
    page: str = Field("", description="1부터 / from 1")
    page_size: str = Field("", description="1000까지 / up to 1000")
    max_requests: str = Field("", description="page_size와 같음 / the same as page_size")
    limit: str = Field("", description="page_size와 같음 / the same as page_size")
    offset: str = Field("", description="건너뛸 건수 / how many to pass over")
    extensions: str = Field("", description="true: extended_attributes, notes")
    api_key: str = Field(
        "", description="자기가 낸 것은 비공개도 / also one's own that are not public"
    )
    lang: str = Field("", description="ko, en")


def listed(typed: str) -> tuple[str, ...]:
    """The values of a list with commas."""
    return tuple(dict.fromkeys(part.strip() for part in typed.split(",") if part.strip()))


def request_filter(query: RequestsQuery, now: datetime) -> RequestFilter:
    """The filter that `query` asks for. Raises the 400 or 404 that says what to mend."""
    place = page_of(query.model_dump())
    since, until = _span(query, now)
    after = instant(query.updated_after, "updated_after")
    before = instant(query.updated_before, "updated_before")
    if (after or before) and not (query.start_date.strip() or query.end_date.strip()):
        since = until = None
    words = search_query(query.q) if query.q.strip() else None
    if query.q.strip() and words is None:
        raise bad("q에 글자나 숫자를 적어 주세요. / q needs a letter or a digit.")
    return RequestFilter(
        items=_items(query.service_code),
        states=_states(query.status),
        since=since,
        until=until,
        updated_since=after,
        updated_until=before + SECOND if before else None,
        owners=_owners(query.agency_responsible, now.date()),
        has_photo=flag(query.has_photo, "has_photo"),
        area=_area(query),
        words=words,
        oldest_first=_oldest_first(query.sort),
        offset=place.offset,
        limit=place.limit,
    )


@dataclass(frozen=True)
class Place:
    """Which part of a list."""

    limit: int
    offset: int


def page_of(query: Mapping[str, str]) -> Place:
    """The page asked for: 1-based, of at most MOST; a page past the end is empty."""
    size = next(
        (
            number
            for name in ("page_size", "limit", "max_requests")
            if (number := whole(query.get(name, ""), name, least=1)) is not None
        ),
        MOST,
    )
    size = min(size, MOST)
    page = whole(query.get("page", ""), "page", least=1) or 1
    skipped = whole(query.get("offset", ""), "offset", least=0) or 0
    return Place(limit=size, offset=min((page - 1) * size + skipped, MOST_OFFSET))


def whole(typed: str, name: str, *, least: int) -> int | None:
    """A whole number not below `least`; None where nothing was typed. Raises the 400."""
    stripped = typed.strip()
    if not stripped:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", stripped) or int(stripped) < least:
        raise bad(
            f"{name}은(는) {least} 이상의 정수입니다. / "
            f"{name} must be a whole number of at least {least}."
        )
    return int(stripped)


def number(typed: str, name: str, *, most: float) -> float | None:
    """A number between -most and most; None where nothing was typed. Raises the 400."""
    if not typed.strip():
        return None
    try:
        found = float(typed)
    except ValueError:
        found = math.nan
    if not abs(found) <= most:
        raise bad(
            f"{name}은(는) -{most:g}부터 {most:g}까지의 숫자입니다. / "
            f"{name} must be a number from -{most:g} to {most:g}."
        )
    return found


def flag(typed: str, name: str) -> bool | None:
    """true or false; None where nothing was typed. Raises the 400."""
    said = typed.strip().lower()
    if not said:
        return None
    if said not in ("true", "false", "1", "0"):
        raise bad(f"{name}은(는) true나 false입니다. / {name} must be true or false.")
    return said in ("true", "1")


def instant(typed: str, name: str) -> datetime | None:
    """An instant with its zone; None where nothing was typed. Raises the 400.

    A plus sign that nobody escaped has become a blank on the way: it is forgiven.
    """
    said = re.sub(r" (\d\d:?\d\d)$", r"+\1", typed.strip())
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said.upper())
        within = found.tzinfo is not None and 1900 < found.year < 9000
    except ValueError:
        within = False
    if not within:
        raise bad(
            f"{name}은(는) 시간대가 있는 일시입니다(2026-01-01T00:00:00+09:00). / "
            f"{name} must be a date and time with its zone, as 2026-01-01T00:00:00+09:00."
        )
    return found


def span(
    since: datetime | None, until: datetime | None, *, last: timedelta, now: datetime
) -> tuple[datetime, datetime]:
    """From and until (excluded), of at most 90 days; without both the `last` until now."""
    if since and until and until < since:
        raise bad("start_date가 end_date보다 늦습니다. / start_date is later than end_date.")
    if since and until and until - since > MOST_DAYS:
        raise bad(
            "start_date와 end_date 사이는 90일까지입니다. 나누어 조회해 주세요. / "
            "start_date and end_date may span 90 days at most; ask in parts."
        )
    end = until or (since + MOST_DAYS if since else now)
    begin = since or (end - (MOST_DAYS if until else last))
    return begin, end + SECOND


def _span(query: RequestsQuery, now: datetime) -> tuple[datetime | None, datetime | None]:
    since = instant(query.start_date, "start_date")
    until = instant(query.end_date, "end_date")
    return span(since, until, last=MOST_DAYS, now=now)


def _items(typed: str) -> tuple[str, ...] | None:
    codes = tuple(code.upper() for code in listed(typed))
    for code in codes:
        if code not in newest_leaves():
            raise no_service(code)
    return codes or None


def _states(typed: str) -> tuple[State, ...] | None:
    asked = {one.lower() for one in listed(typed)}
    if not asked:
        return None
    if asked - {OPEN, CLOSED}:
        raise bad("status는 open이나 closed입니다. / status must be open or closed.")
    return tuple(state for state in State if (CLOSED if state in CLOSED_STATES else OPEN) in asked)


def _owners(typed: str, today: date) -> tuple[str, ...] | None:
    """The departments and agencies of a name or code; an unknown one has no case."""
    said = " ".join(typed.split()).lower()
    if not said:
        return None
    found = [
        code for code, one in agencies().items() if said in (code, one.name_ko, one.name_en.lower())
    ]
    for code, one in departments(today).items():
        names = (code, one.name_ko, full_name_ko(code), full_name_en(code).lower())
        if said in (name.lower() for name in names):
            found.append(code)
    return tuple(found) or ("",)


def _area(query: RequestsQuery) -> Area | None:
    if query.bbox.strip():
        return _box(query.bbox)
    lat, long = number(query.lat, "lat", most=90), number(query.long, "long", most=180)
    if lat is None and long is None:
        if query.radius.strip():
            raise bad("radius에는 lat과 long이 필요합니다. / radius needs lat and long.")
        return None
    if lat is None or long is None:
        raise bad("lat과 long을 함께 적어 주세요. / lat and long go together.")
    radius = number(query.radius, "radius", most=MOST_RADIUS)
    radius = RADIUS if radius is None else abs(radius)
    north = radius / DEGREE_METRES
    east = north / max(math.cos(math.radians(lat)), 0.01)
    return Area(
        south=lat - north, north=lat + north, west=long - east, east=long + east, radius=radius
    )


def _box(typed: str) -> Area:
    parts = [number(part, "bbox", most=180) for part in typed.split(",")]
    if len(parts) != 4 or None in parts:
        raise bad(
            f"bbox는 서,남,동,북 네 숫자입니다: «{shortened(typed)}». / "
            "bbox is four numbers: west,south,east,north."
        )
    west, south, east, north = (part or 0.0 for part in parts)
    return Area(south=south, north=north, west=west, east=east)


def _oldest_first(typed: str) -> bool:
    said = typed.strip()
    if not said:
        return False
    if said not in SORTS:
        raise bad(
            f"sort는 {', '.join(SORTS)} 가운데 하나입니다. / sort is one of {', '.join(SORTS)}."
        )
    return SORTS[said]
