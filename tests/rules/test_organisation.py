"""Districts, agencies and departments: who they are and what they are called."""

from datetime import date

import pytest

from rules.organisation import (
    CITY,
    FIRST_LINE,
    agencies,
    agency_of,
    department,
    departments,
    district,
    districts,
    full_name_en,
    full_name_ko,
    is_department,
)

TODAY = date(2026, 11, 23)


def test_seoul_has_twenty_five_districts_each_an_agency_of_its_own() -> None:
    """The codes differ, and the city itself is no district."""
    assert len(districts()) == 25
    assert len({row.org_code for row in districts().values()}) == 25
    assert "11000" not in districts()
    for bjd5, row in districts().items():
        assert agencies()[row.org_code].district == bjd5
    assert agencies()[CITY].district is None


def test_a_department_code_names_its_agency() -> None:
    """`{agency}.{slug}`: what stands before the dot is the department's own agency."""
    for code, row in departments(TODAY).items():
        assert agency_of(code) == row.agency
        assert row.agency in agencies()


def test_codes_fit_the_record() -> None:
    """The tables of the record keep 60 letters for a department and 10 for an agency."""
    assert max(map(len, departments(TODAY))) <= 60
    assert max(map(len, agencies())) <= 10


def test_telephone_numbers_are_fictional_and_differ() -> None:
    """No number of the sample city leads to anybody."""
    phones = [row.phone for row in departments(TODAY).values()]
    assert len(set(phones)) == len(phones)
    assert all(phone.startswith("02-0000-") for phone in phones)


@pytest.mark.parametrize(
    ("code", "ko", "en"),
    [
        ("3220000.roads", "강남구 도로과", "Roads Division, Gangnam-gu"),
        (
            FIRST_LINE,
            "서울특별시 홍보기획관 민원담당관(통합접수)",
            "Civil Affairs Officer (first-line desk), Seoul Metropolitan Government",
        ),
        (
            "6110000.arisu",
            "서울특별시 서울아리수본부",
            "Arisu Water Authority, Seoul Metropolitan Government",
        ),
        (
            "sisul.duty",
            "서울시설공단 종합상황실",
            "Control Room, Seoul Facilities Corporation",
        ),
    ],
)
def test_a_department_is_named_with_its_agency(code: str, ko: str, en: str) -> None:
    """What a citizen reads says whose department it is."""
    assert full_name_ko(code) == ko
    assert full_name_en(code) == en


def test_unknown_departments_and_districts_are_refused() -> None:
    """A code that is not in the tables is an error, never a guess."""
    assert is_department("3220000.roads")
    assert not is_department("3220000.nothing")
    assert not is_department("3220000.roads", on_date=date(2010, 1, 1))
    with pytest.raises(KeyError):
        department("9999999.roads")
    with pytest.raises(KeyError):
        district("26110")


def test_a_district_may_call_a_department_by_a_name_of_its_own() -> None:
    """The code is the same in every district; the name is the district's, and there is one."""
    assert full_name_ko("3220000.parking") == "강남구 주차관리과"
    assert full_name_ko("3130000.parking") == "마포구 교통지도과"
    assert len([code for code in departments(TODAY) if code.endswith(".parking")]) == 25
