"""Who owns a petition: leaf × district × level, each decision with its reason."""

from datetime import date

import pytest

from rules.organisation import CITY, FIRST_LINE, departments, districts
from rules.place import Place, locate
from rules.routing import owner, route
from rules.taxonomy import leaves

TODAY = date(2026, 11, 23)
NOWHERE = locate()
MAPO = locate(address="마포구 망원동")


def test_every_leaf_in_every_district_goes_to_one_department_in_force() -> None:
    """2,000 pairs: with a district the owner of the table gets it, and no first-line desk unless
    the table says so."""
    for bjd5, row in districts().items():
        place = locate(address=row.name_ko)
        for code, subject in leaves(TODAY).items():
            if not subject.assignable:
                continue
            found = route(item=code, place=place, on_date=TODAY)
            assert found.department == owner(code, bjd5, on_date=TODAY)
            assert found.department in departments(TODAY)
            assert found.agency == departments(TODAY)[found.department].agency
            assert found.duty_department in departments(TODAY)
            assert found.urgent == subject.urgent


@pytest.mark.parametrize(
    ("item", "place", "department"),
    [
        ("CL01", MAPO, "3130000.cleansing"),
        ("TR04", MAPO, "6110000.traffic-operation"),
        ("PT05", MAPO, "sisul.mobility"),
        ("PT03", NOWHERE, "metro.customer-service"),
        ("RD01", MAPO, "3130000.roads"),
        ("PT01", MAPO, "3130000.traffic"),
        ("PT01", NOWHERE, "6110000.parking-planning"),
        ("WF01", NOWHERE, "6110000.welfare-policy"),
        ("SG02", NOWHERE, "6110000.creativity"),
        ("AD05", MAPO, "6110000.audit"),
    ],
)
def test_the_level_of_the_leaf_decides(item: str, place: Place, department: str) -> None:
    """A district's matter to the district, the city's to the city, an agency's to the agency; a
    shared one to the district where one is known."""
    assert route(item=item, place=place, on_date=TODAY).department == department


@pytest.mark.parametrize(
    ("item", "address", "department"),
    [
        ("RD01", "강남구 테헤란로 152", "6110000.road-management"),
        ("RD01", "강남구 테헤란로7길 10", "3220000.roads"),
        ("RD01", "강남구 가로수길", "3220000.roads"),
        ("RD01", "올림픽대로 여의도 방향", "sisul.expressways"),
        ("RD05", "강변북로 램프", "sisul.expressways"),
        ("RD05", "강남구 테헤란로", "3220000.roads"),
        ("CL01", "강남구 테헤란로", "3220000.cleansing"),
        ("RD07", "내부순환로", "sisul.expressways"),
        ("RD07", "강남구 테헤란로", "6110000.road-facilities"),
    ],
)
def test_the_road_decides_where_city_and_district_share(
    item: str, address: str, department: str
) -> None:
    """A shared leaf on a city road is the city's, an expressway the corporation's; a leaf of the
    districts stays theirs on any road."""
    found = route(item=item, place=locate(address=address), on_date=TODAY)
    assert found.department == department


def test_a_road_given_by_hand_overrides_the_one_in_the_words() -> None:
    """An officer who knows the road need not rewrite the petition."""
    found = route(item="RD01", place=MAPO, on_date=TODAY, road="양화로")
    assert found.department == "6110000.road-management"
    assert "양화로" in found.reason_ko


def test_without_an_item_the_first_line_desk_decides() -> None:
    """No item, an unknown one, and «unclassified» are a person's to distribute."""
    for item in (None, "XX99", "AD09"):
        found = route(item=item, place=MAPO, on_date=TODAY)
        assert (found.department, found.first_line) == (FIRST_LINE, True)
        assert found.district == "11440"
        assert "통합접수" in found.reason_ko


def test_without_a_place_where_one_is_needed_the_first_line_desk_decides() -> None:
    """A pothole somewhere is nobody's yet; it stays urgent, and the city's duty desk is told."""
    found = route(item="RD01", place=NOWHERE, on_date=TODAY)
    assert (found.department, found.first_line, found.urgent) == (FIRST_LINE, True, True)
    assert found.duty_department == f"{CITY}.duty"
    assert "장소" in found.reason_ko


def test_information_disclosure_is_handed_on() -> None:
    """정보공개청구 is another law's: it goes to its department with the mark that it is no
    petition."""
    found = route(item="AD07", place=NOWHERE, on_date=TODAY)
    assert found.handed_on
    assert found.department == "6110000.information-systems"
    assert not route(item="AD02", place=MAPO, on_date=TODAY).handed_on


def test_an_urgent_matter_wakes_the_duty_desk_of_whoever_owns_it() -> None:
    """The district's for the district's, the city's for the city's, the corporation's for its."""
    expected = {
        ("WD03", "마포구"): "3130000.duty",
        ("SF03", "마포구"): "6110000.duty",
        ("RD01", "올림픽대로"): "sisul.duty",
    }
    for (item, address), duty in expected.items():
        found = route(item=item, place=locate(address=address), on_date=TODAY)
        assert (found.urgent, found.duty_department) == (True, duty)


def test_the_reason_says_item_owner_and_place_in_two_languages() -> None:
    """A decision is stored with its reason in words (R16, 개인정보 보호법 §37의2)."""
    found = route(item="CL01", place=MAPO, on_date=TODAY)
    for part in ("쓰레기 무단투기", "CL01", "마포구 청소행정과", "«마포구»"):
        assert part in found.reason_ko
    for part in ("Illegal dumping", "Cleansing Division, Mapo-gu"):
        assert part in found.reason_en
