"""The tables of items and owners: complete, consistent, and dated."""

from collections import Counter
from datetime import date

import pytest
from pydantic import ValidationError

from rules.classification import keywords
from rules.geography import dongs, landmarks, roads
from rules.organisation import CITY, FIRST_LINE, agencies, departments, districts, duty_department
from rules.routing import owner
from rules.tables import Dated
from rules.taxonomy import UNCLASSIFIED, Level, groups, is_item, leaf, leaves
from schema.codes import CaseKind, PetitionType

TODAY = date(2026, 11, 23)

URGENT = {
    *("TR04", "RD01", "RD03", "RD04", "RD07", "RD08", "HB02", "HB03", "WD01", "WD03", "WD05"),
    *("HL05", "PK04", "PK05", "EN05", "SF01", "SF02", "SF03", "WF01", "WF03", "WF04"),
}


def test_there_are_eighty_leaves_in_seventeen_groups() -> None:
    """Every leaf belongs to a known group, and no group is empty."""
    assert len(leaves(TODAY)) == 80
    assert len(groups()) == 17
    assert {row.group for row in leaves(TODAY).values()} == set(groups())


def test_every_leaf_has_exactly_one_owner_in_each_district_and_at_city_level() -> None:
    """The owner is a department in force, of the district itself where the leaf is the district's,
    and of the city or a corporation elsewhere."""
    for code, row in leaves(TODAY).items():
        for bjd5, place in districts().items():
            department = departments(TODAY)[owner(code, bjd5, on_date=TODAY)]
            local = row.level in (Level.DISTRICT, Level.SPLIT)
            assert (department.agency == place.org_code) == local, (code, bjd5)
        assert departments(TODAY)[owner(code, None, on_date=TODAY)].agency in (
            CITY,
            *("sisul", "metro"),
        )


def test_no_department_stands_in_the_table_for_nothing() -> None:
    """A department owns a leaf, or is a duty desk, or the first-line desk."""
    owners = {
        owner(code, bjd5, on_date=TODAY) for code in leaves(TODAY) for bjd5 in (None, *districts())
    } | {row.expressway_owner for row in leaves(TODAY).values()}
    duty = {duty_department(agency) for agency in agencies()}
    assert set(departments(TODAY)) == (owners - {None}) | duty | {FIRST_LINE}


def test_every_agency_has_a_duty_desk() -> None:
    """An urgent petition finds somebody awake wherever it goes."""
    assert all(departments(TODAY)[duty_department(code)].is_duty for code in agencies())


def test_the_urgent_leaves_are_the_ones_the_city_named() -> None:
    """The flag decides who is woken at night."""
    assert {code for code, row in leaves(TODAY).items() if row.urgent} == URGENT


def test_proposal_leaves_are_proposals_and_the_others_petitions() -> None:
    """A leaf of the group SG puts a case under the proposal decree."""
    for code, row in leaves(TODAY).items():
        assert (row.kind is CaseKind.PROPOSAL) == code.startswith("SG")
        assert (row.petition_type is PetitionType.PROPOSAL) == code.startswith("SG")


PERIODS = [
    (PetitionType.OTHER, "immediate", None),
    (PetitionType.ENQUIRY_LAW, "days", 14),
    (PetitionType.ENQUIRY_PROCEDURE, "days", 7),
    (PetitionType.SUGGESTION, "days", 14),
    (PetitionType.GRIEVANCE, "days", 7),
    (PetitionType.INFORMATION_DISCLOSURE, "days", 10),
    (PetitionType.PROPOSAL, "civil_days", 30),
]


@pytest.mark.parametrize(("petition_type", "unit", "amount"), PERIODS)
def test_a_leaf_has_the_period_of_its_petition_type(
    petition_type: PetitionType, unit: str, amount: int | None
) -> None:
    """영 §14–17; information disclosure 정보공개법 §11; proposals 국민 제안 규정 §10."""
    found = [row for row in leaves(TODAY).values() if row.petition_type is petition_type]
    assert found
    assert {(row.period_unit, row.period_amount) for row in found} == {(unit, amount)}


def test_service_targets_are_the_sourced_ones_where_the_city_published_them() -> None:
    """Illegal parking 3 hours, a dark alley 24 hours; half an hour for imminent danger."""
    assert leaf("TR01").field_sla_hours == 3
    assert leaf("RD06").field_sla_hours == 24
    assert leaf("SF03").field_sla_hours == 0.5
    assert leaf("AD02").field_sla_hours is None


def test_only_information_disclosure_is_handed_on_and_unclassified_is_no_item() -> None:
    """정보공개 is not a petition; «분류 불명» is a person's work and cannot be chosen."""
    assert [code for code, row in leaves(TODAY).items() if row.handed_on] == ["AD07"]
    assert [code for code, row in leaves(TODAY).items() if not row.assignable] == [UNCLASSIFIED]
    assert not is_item(UNCLASSIFIED)
    assert not is_item("XX99")
    assert not is_item(None)
    assert is_item("RD01", on_date=TODAY)


def test_a_leaf_is_unknown_before_its_time() -> None:
    """Validity dates are kept: the tables reach back to the act of 2016-02-12 and no further."""
    assert not is_item("RD01", on_date=date(2016, 2, 11))
    assert is_item("RD01", on_date=date(2016, 2, 12))
    with pytest.raises(KeyError):
        leaf("RD01", on_date=date(2016, 2, 11))


def test_a_row_cannot_end_before_it_begins() -> None:
    """A slip in the data stops the start instead of making a rule vanish."""
    with pytest.raises(ValidationError):
        Dated(valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 1))


def test_there_are_words_for_every_leaf_that_can_be_given_and_for_no_other() -> None:
    """No leaf is out of reach of the words, and no key points nowhere."""
    assert set(keywords().words) == {c for c, row in leaves(TODAY).items() if row.assignable}


def test_every_district_has_dongs_roads_and_landmarks_of_its_own() -> None:
    """Places are known all over the city, by names that exist once."""
    of_dongs = Counter(bjd5 for where in dongs().values() for bjd5 in where)
    of_roads = Counter(bjd5 for road in roads().values() for bjd5 in road.districts)
    of_landmarks = Counter(landmarks().values())
    assert set(of_dongs) == set(of_roads) == set(of_landmarks) == set(districts())
    assert sum(of_dongs.values()) == 467
