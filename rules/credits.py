"""Volunteer credit (자원봉사 시간): which reports count, and how many hours they make.

Reports are counted over days: the fourth accepted report makes an hour, on the day on which it was
filed, whenever the three before it were. Of one day no more reports count than its hours allow.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pydantic import Field

from rules.quiet_hours import SEOUL
from rules.tables import document, of_city_data
from schema.codes import CaseKind, Channel, PetitionType, State
from schema.model import Frozen


class CreditRules(Frozen):
    """`rules/data/credits.toml`."""

    reports_per_hour: int = Field(ge=1)
    most_hours_a_day: int = Field(ge=1, le=24)
    channels: frozenset[Channel]
    petition_types: frozenset[PetitionType]
    not_in_states: frozenset[State]

    @property
    def most_reports_a_day(self) -> int:
        """How many reports of one day count."""
        return self.reports_per_hour * self.most_hours_a_day


class Report(Frozen):
    """What of a case decides whether it counts. `root_answered` and `root_state` are of the case
    that it was merged into, its own where it was not; `of_own`: that case is the reporter's too."""

    number: str
    channel: Channel
    kind: CaseKind
    petition_type: PetitionType
    state: State
    submitted_at: datetime
    hidden: bool
    synthetic: bool
    root_answered: bool
    root_state: State
    of_own: bool

    @property
    def day(self) -> date:
        """The day in Seoul on which it was filed."""
        return self.submitted_at.astimezone(SEOUL).date()


@of_city_data
def credit_rules() -> CreditRules:
    """The city's programme; raises ValidationError where the data is not usable."""
    return CreditRules.model_validate(document("credits.toml"))


def is_accepted(report: Report, rules: CreditRules) -> bool:
    """True for a report that was answered, itself or with the case that it was merged into.

    Not where it was withdrawn or declined, hidden by moderation, re-classified as something else,
    or merged into another report of the same person.
    """
    counted = report.channel in rules.channels and report.petition_type in rules.petition_types
    if not counted or report.kind is not CaseKind.PETITION or report.hidden or report.synthetic:
        return False
    stands = {report.state, report.root_state}.isdisjoint(rules.not_in_states)
    return stands and report.root_answered and not report.of_own


def hours_by_day(reports: Mapping[date, int], rules: CreditRules) -> dict[date, int]:
    """The hours that accepted reports make, by the day that completes each; days without are left
    out. A negative count of a day is none."""
    hours: dict[date, int] = {}
    begun = 0
    for day in sorted(reports):
        begun += min(max(reports[day], 0), rules.most_reports_a_day)
        made, begun = divmod(begun, rules.reports_per_hour)
        if made:
            hours[day] = made
    return hours


class CreditLine(Frozen):
    """Hours of one day, as the volunteers' system books them; less than none takes back."""

    day: date
    hours: int


def claimable(hours: Mapping[date, int], claimed: Iterable[CreditLine]) -> tuple[CreditLine, ...]:
    """What brings the claims so far to `hours`: a line for each day that differs, by day."""
    before: dict[date, int] = {}
    for line in claimed:
        before[line.day] = before.get(line.day, 0) + line.hours
    days = sorted(hours.keys() | before.keys())
    lines = (CreditLine(day=day, hours=hours.get(day, 0) - before.get(day, 0)) for day in days)
    return tuple(line for line in lines if line.hours)
