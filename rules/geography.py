"""The names of Seoul's places: districts, legal dongs, roads and landmarks, as tables of facts."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from rules.organisation import districts
from rules.tables import of_city_data, rows
from schema.model import Frozen


class RoadKind(StrEnum):
    """Who looks after a road: the expressway corporation, the city (20 m and wider), a district."""

    EXPRESSWAY = "expressway"
    CITY = "city"
    LOCAL = "local"


class Road(Frozen):
    """A named road and the districts it runs through, as legal-dong prefixes."""

    name: str
    kind: RoadKind
    districts: tuple[str, ...]

    @property
    def only_district(self) -> str | None:
        """The one district the road lies in; None when it crosses a border."""
        return self.districts[0] if len(self.districts) == 1 else None


class _RoadRow(Frozen):
    name: str
    kind: RoadKind
    districts: str


class _DongRow(Frozen):
    dong: str
    bjd5: str


class _LandmarkRow(Frozen):
    name: str
    district: str


@of_city_data
def district_names() -> Mapping[str, str]:
    """Legal-dong prefix by Korean name, with 구."""
    return MappingProxyType({row.name_ko: row.bjd5 for row in districts().values()})


@of_city_data
def roads() -> Mapping[str, Road]:
    """The roads we know by name. A side street (…길) of a road is not that road."""
    return MappingProxyType(
        {
            row.name: Road(
                name=row.name,
                kind=row.kind,
                districts=tuple(district_names()[name] for name in row.districts.split()),
            )
            for row in rows("roads.csv", _RoadRow)
        }
    )


@of_city_data
def dongs() -> Mapping[str, frozenset[str]]:
    """The districts by name of legal dong (법정동); two names exist in two districts."""
    found: dict[str, frozenset[str]] = {}
    for row in rows("dongs.csv", _DongRow):
        found[row.dong] = found.get(row.dong, frozenset()) | {row.bjd5}
    return MappingProxyType(found)


@of_city_data
def landmarks() -> Mapping[str, str]:
    """The district by landmark, station or administrative dong (행정동).

    One on a border of districts is left out: it would be a guess.
    """
    return MappingProxyType(
        {row.name: district_names()[row.district] for row in rows("landmarks.csv", _LandmarkRow)}
    )
