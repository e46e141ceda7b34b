"""Places in a queue, and who may read which queue."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.organisation import agency_of
from rules.rights import Reach, Right, reach_of
from schema.codes import Role
from schema.numbers import receipt_number
from schema.staff import STAFF_ROLES
from storage.desk import QueuePlace
from storage.staff import Account
from web.officer.reading import departments_to_read, encode_place, place_at
from web.sign_in import Staff

INSTANTS = st.integers(0, 20 * 365 * 86_400_000_000).map(
    lambda n: datetime(2016, 1, 1, tzinfo=UTC) + timedelta(microseconds=n)
)
NUMBERS = st.integers(0, 999_999).map(lambda n: receipt_number(date(2026, 11, 23), n))


def staff(role: Role) -> Staff:
    """Somebody of Mapo's roads division."""
    return Staff(Account(login="kim", name="김주무", role=role, department="3130000.roads"))


@given(due_at=st.none() | INSTANTS, number=NUMBERS)
def test_a_place_comes_back_from_its_cursor(due_at: datetime | None, number: str) -> None:
    """The next page begins exactly after the last line of this one, to the microsecond."""
    place = QueuePlace(due_at=due_at, number=number)
    assert place_at(encode_place(place)) == place


@given(st.text(min_size=1, max_size=60))
def test_a_cursor_that_is_not_ours_is_refused(text: str) -> None:
    """Whatever stands in the address, the answer is a place or one error."""
    try:
        place = place_at(text)
    except ValueError:
        return
    assert isinstance(place, QueuePlace)


@pytest.mark.parametrize(
    "role", sorted(role for role in STAFF_ROLES if reach_of(Right.READ, role) is Reach.OWN)
)
def test_others_read_their_own_department_only(role: Role) -> None:
    """An officer cannot widen the queue by its address."""
    assert departments_to_read(staff(role), None) == ("3130000.roads",)
    for asked in ("all", "3130000.cleansing"):
        with pytest.raises(PermissionError):
            departments_to_read(staff(role), asked)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.EXECUTIVE])
def test_those_of_an_agency_read_all_of_it_and_no_other(role: Role) -> None:
    """«All» is then the agency's, and another agency's queue is refused."""
    every = departments_to_read(staff(role), "all")
    assert every is not None
    assert {agency_of(code) for code in every} == {"3130000"}
    assert departments_to_read(staff(role), "3130000.cleansing") == ("3130000.cleansing",)
    with pytest.raises(PermissionError):
        departments_to_read(staff(role), "3000000.roads")


@pytest.mark.parametrize(
    "role", sorted(role for role in STAFF_ROLES if reach_of(Right.READ, role) is Reach.ALL)
)
def test_those_above_may_read_all(role: Role) -> None:
    """None stands for every department."""
    assert departments_to_read(staff(role), "all") is None
    assert departments_to_read(staff(role), "3130000.cleansing") == ("3130000.cleansing",)
