"""The city's organisation: districts, agencies and departments, each with the days it holds."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from pydantic import Field

from rules.tables import Dated, of_city_data, rows
from schema.model import Frozen

CITY = "6110000"
CITY_BJD5 = "11000"
FIRST_LINE = f"{CITY}.first-line"
"""통합접수: 홍보기획관 민원담당관, the desk that gets what no rule can place."""
AUDIT = f"{CITY}.audit"
_DUTY = "duty"


class District(Frozen):
    """A district (자치구), or the city as a whole: legal-dong prefix and organisation code."""

    bjd5: str = Field(pattern=r"^11\d{3}$")
    org_code: str = Field(pattern=r"^\d{7}$")
    name_ko: str
    name_en: str


class Agency(Frozen):
    """An administrative agency in the law's sense: between two of them a petition is transferred.

    The city, each district, and each public corporation is one; `district` names a district's.
    `head_ko`, `head_en`: 행정기관의 장, in whose name its documents go out.
    """

    code: str = Field(pattern=r"^[a-z0-9]{2,10}$")
    name_ko: str
    name_en: str
    head_ko: str = ""
    head_en: str = ""
    district: str | None = None

    def head(self, *, korean: bool) -> str:
        """Who signs for the agency."""
        if korean:
            return self.head_ko or f"{self.name_ko}장"
        return self.head_en or f"Head of {self.name_en}"


class Department(Dated):
    """A department as it was called from `valid_from` on; the code stays when the name changes.

    `phone` is fictional: the numbers of the sample city lead nowhere.
    """

    code: str = Field(pattern=r"^[a-z0-9]{2,10}\.[a-z-]{2,40}$")
    agency: str
    bureau_ko: str | None = None
    name_ko: str
    name_en: str
    phone: str = ""

    @property
    def is_duty(self) -> bool:
        """True for the desk of its agency that is awake day and night."""
        return self.code.endswith(f".{_DUTY}")


class _DistrictDepartment(Dated):
    """One row of the table that holds for every district, or, with `district`, for one."""

    slug: str
    name_ko: str
    name_en: str
    district: str | None = None


@of_city_data
def _city_and_districts() -> Mapping[str, District]:
    return MappingProxyType({row.bjd5: row for row in rows("districts.csv", District)})


@of_city_data
def districts() -> Mapping[str, District]:
    """The 25 districts by legal-dong prefix, without the city."""
    return MappingProxyType(
        {bjd5: row for bjd5, row in _city_and_districts().items() if bjd5 != CITY_BJD5}
    )


def district(bjd5: str) -> District:
    """The district with this legal-dong prefix. Raises KeyError for any other place."""
    return districts()[bjd5]


@of_city_data
def agencies() -> Mapping[str, Agency]:
    """Every agency by code: the city, the 25 districts, the public corporations."""
    seoul = tuple(
        Agency(
            code=row.org_code,
            name_ko=row.name_ko,
            name_en=row.name_en,
            head_ko=f"{row.name_ko}{'장' if row.bjd5 == CITY_BJD5 else '청장'}",
            head_en="Mayor of Seoul" if row.bjd5 == CITY_BJD5 else f"Mayor of {row.name_en}",
            district=None if row.bjd5 == CITY_BJD5 else row.bjd5,
        )
        for row in _city_and_districts().values()
    )
    return MappingProxyType(
        {agency.code: agency for agency in (*seoul, *rows("agencies.csv", Agency))}
    )


def _in_each_district(row: _DistrictDepartment) -> tuple[Department, ...]:
    return tuple(
        Department(
            code=f"{place.org_code}.{row.slug}",
            agency=place.org_code,
            name_ko=row.name_ko,
            name_en=row.name_en,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for place in districts().values()
        if row.district in (None, place.bjd5)
    )


@of_city_data
def _history() -> tuple[Department, ...]:
    local = rows("district_departments.csv", _DistrictDepartment)
    own = {(row.district, row.slug) for row in local if row.district}
    found = [
        *rows("departments.csv", Department),
        *(
            department
            for row in local
            for department in _in_each_district(row)
            if row.district or (agencies()[department.agency].district, row.slug) not in own
        ),
    ]
    phones = {
        code: f"02-0000-{ordinal:04d}"
        for ordinal, code in enumerate(dict.fromkeys(row.code for row in found), start=1)
    }
    return tuple(row.model_copy(update={"phone": phones[row.code]}) for row in found)


@of_city_data
def departments(on_date: date) -> Mapping[str, Department]:
    """The departments in force on `on_date`, by code."""
    return MappingProxyType({row.code: row for row in _history() if row.valid_on(on_date)})


@of_city_data
def department(code: str, *, on_date: date | None = None) -> Department:
    """The department `code` as it was on `on_date`; without a date as it is called last.

    Raises KeyError for a code that was not in force.
    """
    versions = [
        row for row in _history() if row.code == code and (on_date is None or row.valid_on(on_date))
    ]
    if not versions:
        raise KeyError(code)
    return max(versions, key=lambda row: row.valid_from)


@of_city_data
def department_near(code: str, day: date) -> Department:
    """The department `code` as it was called on `day`; one that was not there then as it was last
    before it, else as it was first. Raises KeyError for a code that there never was."""
    versions = [row for row in _history() if row.code == code]
    if not versions:
        raise KeyError(code)
    begun = [row for row in versions if row.valid_from <= day]
    if begun:
        return max(begun, key=lambda row: row.valid_from)
    return min(versions, key=lambda row: row.valid_from)


def _called(code: str, day: date | None) -> Department:
    return department(code) if day is None else department_near(code, day)


def is_department(code: str, *, on_date: date | None = None) -> bool:
    """True for a department that a case can be given to."""
    try:
        department(code, on_date=on_date)
    except KeyError:
        return False
    return True


def agency_of(department_code: str) -> str:
    """The code of the agency a department belongs to."""
    return department_code.partition(".")[0]


@of_city_data
def departments_ever(agency: str) -> tuple[str, ...]:
    """The codes of every department that `agency` has or had: cases stay with what is gone."""
    return tuple(dict.fromkeys(row.code for row in _history() if row.agency == agency))


def duty_department(agency: str) -> str:
    """The desk of `agency` that is told of an urgent petition at once, day and night."""
    return f"{agency}.{_DUTY}"


def full_name_ko(code: str, *, on_date: date | None = None) -> str:
    """The department with its agency and bureau, as a citizen reads it: «강남구 도로과»."""
    row = _called(code, on_date)
    own_agency = agencies()[row.agency].name_ko
    bureau = row.bureau_ko if row.bureau_ko != row.name_ko else None
    return " ".join(part for part in (own_agency, bureau, row.name_ko) if part)


def full_name_en(code: str, *, on_date: date | None = None) -> str:
    """The department with its agency, in English."""
    row = _called(code, on_date)
    return f"{row.name_en}, {agencies()[row.agency].name_en}"
