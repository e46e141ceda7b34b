"""What the sign-on service's claims make of a person."""

from typing import Any

import pytest
from pydantic import ValidationError

from rules.sign_on import Mapped, Rule, SignOnMapping, mapped, sign_on_mapping
from schema.codes import Role
from schema.staff import Duty

ROADS, CLEANSING, FIRST_LINE = "3130000.roads", "3130000.cleansing", "6110000.first-line"
OFFICER = Duty(role=Role.OFFICER, department=ROADS)


def claims(**changes: Any) -> dict[str, Any]:
    return {
        "preferred_username": "kim",
        "name": "김주무",
        "groups": ["minwon-officer"],
        "departments": [ROADS],
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "duties"),
    [
        ({}, (OFFICER,)),
        ({"groups": "minwon-officer everybody"}, (OFFICER,)),
        ({"departments": ROADS}, (OFFICER,)),
        (
            {"departments": [ROADS, CLEANSING]},
            (OFFICER, Duty(role="officer", department=CLEANSING)),
        ),
        ({"departments": ["9999999.gone"]}, ()),
        ({"departments": None}, ()),
        ({"groups": ["everybody"]}, ()),
        ({"groups": None}, ()),
        ({"groups": {"minwon-officer": True}}, ()),
        (
            {"groups": ["minwon-officer", "minwon-first-line"]},
            (Duty(role=Role.FIRST_LINE, department=FIRST_LINE), OFFICER),
        ),
    ],
)
def test_groups_and_departments_make_duties(
    changes: dict[str, Any], duties: tuple[Duty, ...]
) -> None:
    """In the order of the rules; a department that there never was gives nothing."""
    found = mapped(claims(**changes), sign_on_mapping())
    assert found == Mapped(login="kim", name="김주무", duties=duties)


@pytest.mark.parametrize("login", [None, "", "k", "김주무", "a b", "a" * 61, "kim\0", 7, ["kim"]])
def test_a_login_that_cannot_be_one_is_nobody(login: object) -> None:
    """Nothing is cut or bent until it fits."""
    assert mapped(claims(preferred_username=login), sign_on_mapping()) is None


def test_a_claim_may_stand_inside_another() -> None:
    """Dots lead to it, unless a claim has that very name."""
    mapping = sign_on_mapping().model_copy(update={"groups": "realm_access.roles"})
    inside = claims(groups=[], realm_access={"roles": ["minwon-officer"]})
    found = mapped(inside, mapping)
    assert found is not None
    assert found.duties == (OFFICER,)
    named = mapped(inside | {"realm_access.roles": ["everybody"]}, mapping)
    assert named is not None
    assert named.duties == ()


def test_a_rule_gives_a_role_of_staff_only() -> None:
    """A citizen or the system is no duty."""
    for role in (Role.CITIZEN, Role.SYSTEM, Role.CHANNEL):
        with pytest.raises(ValidationError):
            Rule(group="g", role=role)
    assert SignOnMapping(login="a", name="b", groups="c", departments="d").rule == ()
