"""The taxonomy: 80 leaf codes in 17 groups, what kind of petition each is, and who owns it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from rules.packs import SEOUL
from rules.tables import Dated, of_city_data, rows
from schema.codes import CaseKind, PetitionType
from schema.model import Frozen

UNCLASSIFIED = "AD09"
"""분류 불명·복합: a person at the first-line desk gives the item."""


class Level(StrEnum):
    """Who handles a leaf: the districts, the city, either by the road, or an agency."""

    DISTRICT = "district"
    CITY = "city"
    SPLIT = "split"
    AGENCY = "agency"


class Group(Frozen):
    """One of the 17 fields of the taxonomy; the first two letters of its leaves."""

    code: str = Field(pattern=r"^[A-Z]{2}$")
    name_ko: str
    name_en: str


class Leaf(Dated):
    """One item of the taxonomy.

    `period_unit` and `period_amount` are the legal period of its petition type (민원처리법 시행령
    §14–17; proposals 국민 제안 규정 §10); `immediate` has no amount. `field_sla_hours` is the
    service target in hours by the wall clock, where the city has set one. `district_owner` is a
    department's slug in each district, `city_owner` and `expressway_owner` are whole codes.
    `assignable` is false for the one leaf that says «not known yet».
    """

    code: str = Field(pattern=r"^[A-Z]{2}\d{2}$")
    name_ko: str
    name_en: str
    kind: CaseKind
    petition_type: PetitionType
    period_unit: str
    period_amount: int | None = Field(default=None, gt=0)
    field_sla_hours: float | None = Field(default=None, gt=0)
    level: Level
    district_owner: str | None = None
    city_owner: str
    expressway_owner: str | None = None
    urgent: bool
    location_required: bool
    publish_default: bool
    handed_on: bool
    assignable: bool

    @property
    def group(self) -> str:
        """The code of the leaf's group."""
        return self.code[:2]


@of_city_data
def groups() -> Mapping[str, Group]:
    """The 17 groups by code, in the order of the table."""
    return MappingProxyType({group.code: group for group in rows("groups.csv", Group)})


@of_city_data
def _history() -> Mapping[str, tuple[Leaf, ...]]:
    """Every version of each leaf, the newest last."""
    found: dict[str, list[Leaf]] = {}
    for row in rows("taxonomy.csv", Leaf):
        found.setdefault(row.code, []).append(row)
    return {
        code: tuple(sorted(versions, key=lambda row: row.valid_from))
        for code, versions in found.items()
    }


@of_city_data
def leaves(on_date: date) -> Mapping[str, Leaf]:
    """The leaves in force on `on_date` by code, in the order of the table."""
    return MappingProxyType(
        {
            code: row
            for code, versions in _history().items()
            for row in versions
            if row.valid_on(on_date)
        }
    )


def leaf(code: str, *, on_date: date | None = None) -> Leaf:
    """The leaf `code` as it was on `on_date`; without a date its newest version.

    A closed case keeps the name its item had. Raises KeyError for a code that was not in force.
    """
    for row in reversed(_history()[code]):
        if on_date is None or row.valid_on(on_date):
            return row
    raise KeyError(code)


@of_city_data
def newest_leaves() -> Mapping[str, Leaf]:
    """Every leaf there ever was by code, in its newest version."""
    return MappingProxyType({code: versions[-1] for code, versions in _history().items()})


def leaf_at(code: str, at: datetime) -> Leaf:
    """The leaf `code` as it was at an instant; before its first day as it was then, after its last
    as it was last. What is loaded for days to come changes nothing that was counted before.

    Raises KeyError for a code that there never was.
    """
    day = at.astimezone(SEOUL).date()
    begun = [row for row in _history()[code] if row.valid_from <= day]
    return begun[-1] if begun else _history()[code][0]


def is_item(code: str | None, *, on_date: date | None = None) -> bool:
    """True for a leaf that a petition can be given: in force, and not «unclassified»."""
    try:
        return code is not None and leaf(code, on_date=on_date).assignable
    except KeyError:
        return False
