"""Who owns a petition: leaf × district × level, with the reason in words."""

from datetime import date

from rules.geography import RoadKind, roads
from rules.organisation import (
    FIRST_LINE,
    agency_of,
    department,
    district,
    duty_department,
    full_name_en,
    full_name_ko,
)
from rules.place import Place
from rules.taxonomy import Leaf, Level, is_item, leaf
from schema.model import Frozen


class Routing(Frozen):
    """The department that gets a petition, and why.

    `first_line`: no rule could tell, a person at 통합접수 decides. `handed_on`: the matter is not
    a petition (information disclosure) and is handed on with a notice. `urgent`: the duty officer
    of `duty_department` is told at once. `district` is a legal-dong prefix.
    """

    department: str
    agency: str
    district: str | None
    reason_ko: str
    reason_en: str
    first_line: bool = False
    handed_on: bool = False
    urgent: bool = False
    duty_department: str


def route(*, item: str | None, place: Place, on_date: date, road: str | None = None) -> Routing:
    """The owner of a petition about `item` at `place`, by the tables in force on `on_date`.

    `road` overrides the road that the place names. A leaf of the districts needs a district,
    unless its matter has no place: then the city's department takes it. A leaf shared by city and
    district is the district's, unless the road is the city's. Without an item, or without a place
    where one is needed, the first-line desk (통합접수) decides.
    """
    if item is None or not is_item(item, on_date=on_date):
        return _first_line(
            place,
            None,
            "어느 사항인지 정하지 못해 통합접수에서 배부합니다.",
            "The item could not be told: the first-line desk distributes it.",
        )
    subject = leaf(item, on_date=on_date)
    owner, why_ko, why_en = _owner(subject, place.district, road or place.road)
    if owner is None:
        return _first_line(place, subject, why_ko, why_en)
    return _routing(owner, place, subject, on_date, why_ko, why_en)


def owner(item: str, bjd5: str | None, *, on_date: date) -> str:
    """The department that owns `item` in district `bjd5`, or at city level with None.

    The table alone, whatever the road. Raises KeyError for an unknown item or district.
    """
    subject = leaf(item, on_date=on_date)
    return _district_owner(subject, bjd5) if bjd5 is not None else subject.city_owner


def _district_owner(subject: Leaf, bjd5: str) -> str:
    if subject.district_owner is None:
        return subject.city_owner
    return f"{district(bjd5).org_code}.{subject.district_owner}"


def _owner(subject: Leaf, bjd5: str | None, road: str | None) -> tuple[str | None, str, str]:
    """The owner and why, or None and what is missing."""
    kind = roads()[road].kind if road is not None and road in roads() else None
    if subject.expressway_owner and kind is RoadKind.EXPRESSWAY:
        return (
            subject.expressway_owner,
            f"자동차전용도로({road})는 서울시설공단이 관리합니다.",
            "Urban expressways are the Facilities Corporation's.",
        )
    if subject.level in (Level.CITY, Level.AGENCY):
        return subject.city_owner, *_BY_LEVEL[subject.level]
    if subject.level is Level.SPLIT and kind in (RoadKind.CITY, RoadKind.EXPRESSWAY):
        return (
            subject.city_owner,
            f"{road}는 시도(폭 20m 이상) 목록에 있어 시가 맡습니다.",
            "The road is on the list of city roads.",
        )
    return _local_owner(subject, bjd5)


_BY_LEVEL = {
    Level.CITY: ("시가 맡는 사항입니다.", "A matter of the city."),
    Level.AGENCY: (
        "전담 기관이 맡는 사항입니다.",
        "A matter of the corporation in charge.",
    ),
}


def _local_owner(subject: Leaf, bjd5: str | None) -> tuple[str | None, str, str]:
    if bjd5 is not None:
        row = district(bjd5)
        return (
            _district_owner(subject, bjd5),
            f"{row.name_ko}에서 맡는 사항입니다.",
            f"A matter of {row.name_en}.",
        )
    if subject.location_required:
        return (
            None,
            "장소를 알 수 없어 통합접수에서 확인해 배부합니다.",
            "The place is unknown: the first-line desk asks and distributes.",
        )
    return (
        subject.city_owner,
        "장소가 없어도 되는 사항이고 자치구를 알 수 없어 시가 맡습니다.",
        "It needs no place and no district is known: the city takes it.",
    )


def _routing(
    code: str, place: Place, subject: Leaf, on_date: date, why_ko: str, why_en: str
) -> Routing:
    department(code, on_date=on_date)
    name_ko, name_en = full_name_ko(code, on_date=on_date), full_name_en(code, on_date=on_date)
    return Routing(
        department=code,
        agency=agency_of(code),
        district=place.district,
        reason_ko=f"{subject.name_ko}({subject.code}) → {name_ko}. {why_ko} {place.reason_ko}",
        reason_en=f"{subject.name_en} ({subject.code}) → {name_en}. {why_en} {place.reason_en}",
        first_line=code == FIRST_LINE,
        handed_on=subject.handed_on,
        urgent=subject.urgent,
        duty_department=duty_department(agency_of(code)),
    )


def _first_line(place: Place, subject: Leaf | None, why_ko: str, why_en: str) -> Routing:
    """An urgent matter stays urgent at the first-line desk: the duty officer is told all the same.

    Where the district is known its own duty office is nearest.
    """
    agency = district(place.district).org_code if place.district else agency_of(FIRST_LINE)
    return Routing(
        department=FIRST_LINE,
        agency=agency_of(FIRST_LINE),
        district=place.district,
        reason_ko=f"{why_ko} {place.reason_ko}",
        reason_en=f"{why_en} {place.reason_en}",
        first_line=True,
        urgent=subject.urgent if subject else False,
        duty_department=duty_department(agency),
    )
