"""Whose answers need approval (결재) before they go out: the departments' own rule, as data."""

from rules.organisation import agency_of
from rules.tables import Dated, of_city_data, rows
from schema.codes import PetitionType


class ApprovalRule(Dated):
    """One row: answers of `department` (a code, an agency's code, or * for all) to petitions of
    `petition_type` (empty: every kind) are approved by the department's head."""

    department: str
    petition_type: PetitionType | None = None


@of_city_data
def approval_rules() -> tuple[ApprovalRule, ...]:
    """`rules/data/approvals.csv`; raises ValidationError where the data is not usable."""
    return rows("approvals.csv", ApprovalRule)


def needs_approval(department: str | None, petition_type: PetitionType) -> bool:
    """True where an officer's answer goes to the head of `department` first."""
    if department is None:
        return False
    names = {"*", department, agency_of(department)}
    return any(
        rule.department in names and rule.petition_type in (None, petition_type)
        for rule in approval_rules()
    )
