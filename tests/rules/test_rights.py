"""The table of rights: whole, and never wider than it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.organisation import agency_of, departments_ever
from rules.rights import (
    RIGHTS,
    ROWS,
    Reach,
    Right,
    departments_for,
    duty_for,
    holding,
    reach_of,
    reaches,
)
from rules.transitions import TRANSITIONS
from schema.codes import Role
from schema.staff import STAFF_ROLES, Duty

DEPARTMENTS = ("3130000.roads", "3130000.cleansing", "3000000.roads", "6110000.audit")
DUTIES = st.lists(
    st.builds(
        Duty,
        role=st.sampled_from(sorted(STAFF_ROLES)),
        department=st.sampled_from(DEPARTMENTS),
        instead_of=st.none() | st.just("absent"),
    ),
    max_size=4,
)


def test_every_right_stands_in_one_row() -> None:
    """The table has no gap and no second opinion."""
    assert sorted(row.right for row in ROWS) == sorted(Right)
    assert len(RIGHTS) == len(ROWS)


def test_whoever_an_act_is_for_may_act() -> None:
    """The life table names no role of staff that the rights leave out, and no auditor at all."""
    named = frozenset().union(*(row.roles for row in TRANSITIONS.values()))
    assert not [role for role in named if reach_of(Right.ACT, role) is None]
    assert Role.AUDITOR not in named


@pytest.mark.parametrize("right", [Right.SELF, Right.PEOPLE, Right.ACCOUNTS, Right.AUDIT])
@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_a_deputy_takes_over_cases_and_not_the_keys(right: Right, role: Role) -> None:
    """People, accounts, the audit log and the account itself stay with the absent person."""
    duty = Duty(role=role, department=DEPARTMENTS[0], instead_of="absent")
    assert holding([duty], right) == ()


def test_an_administrator_does_not_read_the_log_of_readings() -> None:
    """Who grants the rights is not who watches their use."""
    assert reach_of(Right.AUDIT, Role.ADMINISTRATOR) is None
    assert reach_of(Right.ACCOUNTS, Role.AUDITOR) is None


@given(duties=DUTIES, right=st.sampled_from(Right), asked=st.sampled_from(DEPARTMENTS))
def test_the_three_readings_of_the_table_agree(
    duties: list[Duty], right: Right, asked: str
) -> None:
    """A duty is found for a department exactly where the right reaches to it."""
    reached = departments_for(duties, right)
    found = duty_for(duties, right, {asked})
    assert (found is not None) == (reached is None or asked in reached)
    assert found is None or found in holding(duties, right)
    assert reached is None or all(
        reach_of(right, duty.role) is not Reach.ALL
        for duty in duties
        if duty in holding(duties, right)
    )
    assert (found is not None) == any(
        reaches(right, duty.role, duty.department, asked) for duty in holding(duties, right)
    )


@pytest.mark.parametrize("right", [Right.READ, Right.ACT, Right.BOARD])
@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.EXECUTIVE])
def test_a_districts_inspector_sees_the_district_and_city_halls_the_city(
    role: Role, right: Right
) -> None:
    """A district is another agency: its own departments' cases, gone ones included, and no
    other's; who is at city hall answers for all."""
    mapo = departments_for([Duty(role=role, department="3130000.audit")], right)
    assert mapo is not None
    assert {agency_of(code) for code in mapo} == {"3130000"}
    assert {"3130000.audit", *departments_ever("3130000")} == set(mapo)
    assert departments_for([Duty(role=role, department="6110000.audit")], right) is None


@given(duties=DUTIES, right=st.sampled_from(Right), asked=st.sampled_from(DEPARTMENTS))
def test_ones_own_duty_speaks_before_a_deputys(
    duties: list[Duty], right: Right, asked: str
) -> None:
    """Nobody acts as a deputy where the own duty is enough."""
    found = duty_for(duties, right, {asked})
    own = duty_for([duty for duty in duties if duty.instead_of is None], right, {asked})
    assert own is None or found == own
