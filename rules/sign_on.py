"""What the sign-on service's claims make of a person: login, name and duties, by a mapping that is
data (`rules/data/sign_on.toml`)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, field_validator

from rules.organisation import is_department
from rules.tables import document, of_city_data
from schema.codes import Role
from schema.model import Frozen
from schema.staff import STAFF_ROLES, Duty

LOGIN = re.compile(r"[a-z0-9._-]{2,60}")


class Rule(Frozen):
    """Who is in `group` has `role`, in `department` or in the departments that the claims name."""

    group: str = Field(min_length=1)
    role: Role
    department: str | None = None

    @field_validator("role")
    @classmethod
    def _of_staff(cls, role: Role) -> Role:
        if role not in STAFF_ROLES:
            raise ValueError(f"must be a role of staff: {', '.join(sorted(STAFF_ROLES))}")
        return role


class SignOnMapping(Frozen):
    """The names of the claims, and the rules in the order of precedence: the first that fits gives
    the account's own role and department, the others its further duties."""

    login: str = Field(min_length=1)
    name: str = Field(min_length=1)
    groups: str = Field(min_length=1)
    departments: str = Field(min_length=1)
    rule: tuple[Rule, ...] = ()


class Mapped(Frozen):
    """A person as the claims say. `duties` are empty for somebody whom no rule names."""

    login: str
    name: str
    duties: tuple[Duty, ...]


@of_city_data
def sign_on_mapping() -> SignOnMapping:
    """The city's mapping; raises pydantic.ValidationError where the data is not usable."""
    return SignOnMapping.model_validate(document("sign_on.toml"))


def mapped(claims: Mapping[str, Any], mapping: SignOnMapping) -> Mapped | None:
    """Who the claims say it is; None where they name no login that can be one.

    Departments that the city does not know are left out.
    """
    login = str(_claim(claims, mapping.login) or "").strip().lower()
    if not LOGIN.fullmatch(login):
        return None
    name = str(_claim(claims, mapping.name) or login).strip()[:60] or login
    groups = set(_words(_claim(claims, mapping.groups)))
    told = tuple(_words(_claim(claims, mapping.departments)))
    duties = (
        Duty(role=rule.role, department=department)
        for rule in mapping.rule
        if rule.group in groups
        for department in ([rule.department] if rule.department else told)
        if is_department(department)
    )
    return Mapped(login=login, name=name, duties=tuple(dict.fromkeys(duties)))


def _claim(claims: Mapping[str, Any], path: str) -> object:
    """The claim of that name, else the one that the dots lead to."""
    if path in claims:
        return claims[path]
    found: object = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _words(claim: object) -> Iterator[str]:
    """A claim that may be one word, several in a string, or a list."""
    if isinstance(claim, str):
        yield from claim.split()
    elif isinstance(claim, list):
        yield from (str(one) for one in claim)
