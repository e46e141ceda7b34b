"""One case as the figures see it: what happened, when, and how long everything took.

Seconds are whole. `*_wall` counts the clock on the wall, `*_work` the working time of the calendar
that was in force when the case last moved. Everything up to the *first end* (the first answer,
or whatever else ended the case) stands still once that is there; an unmerged case has not ended.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from schema.codes import CaseKind, Channel, PetitionType, State


class Tier(StrEnum):
    """Which promise a case stands under: the city's hours for 기타민원, or the law's days."""

    HOURS_3 = "hours_3"
    HOURS_24 = "hours_24"
    DAYS_5 = "days_5"
    LEGAL_7 = "legal_7"
    LEGAL_14 = "legal_14"
    OPINION = "opinion"
    OTHER = "other"


class Outcome(StrEnum):
    """By what a case came to its first end."""

    ANSWERED = "answered"
    REFUSED = "refused"
    DECLINED = "declined"
    RETURNED = "returned"
    REPEATED = "repeated"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


STAGES = (
    State.SUBMITTED,
    State.RECEIVED,
    State.ASSIGNED,
    State.TRANSFERRED,
    State.PROCESSING,
    State.SUPPLEMENT,
)
"""The states in which a case waits for its first end."""


@dataclass(frozen=True, slots=True)
class Measures:
    """The row of one case. Days are Seoul's."""

    number: str
    seq: int
    state: State
    channel: Channel
    kind: CaseKind
    petition_type: PetitionType
    tier: Tier
    item: str | None
    item_group: str | None
    district: str | None
    agency: str | None
    bureau: str | None
    department: str | None
    first_department: str | None
    officer: str | None

    filed_at: datetime
    filed_day: date
    due_at: datetime | None
    """The deadline of the first answer, as it stood at the first end or stands now."""
    due_day: date | None
    target_due_at: datetime | None
    done_at: datetime | None
    done_day: date | None
    outcome: Outcome | None
    on_call: bool

    owed: bool
    """An answer is owed: the first, or one more after the citizen asked again."""
    owed_due_at: datetime | None
    """Until when; None while the citizen's supplement is awaited."""
    warn_at: datetime | None
    """When four fifths of the counted time to `owed_due_at` are used."""

    wall: int | None
    work: int | None
    period: int | None
    """From filing to `due_at` on the wall."""
    response: int | None
    """To the first act of a person, on the wall."""
    assign: int | None
    """To the first department, on the wall."""
    submitted_wall: int
    submitted_work: int
    received_wall: int
    received_work: int
    assigned_wall: int
    assigned_work: int
    transferred_wall: int
    transferred_work: int
    processing_wall: int
    processing_work: int
    supplement_wall: int
    supplement_work: int
    paused: int
    supplements: int
    investigations: int
    consultations: int
    exclusions: int
    extensions: int

    transfers: int
    ping_pong: bool
    transfer_work: int
    """Working time from the first department to the last."""
    by_system: bool

    reminders: int
    escalations: int
    repeated_rungs: int
    level: int
    """The highest that was told: 0 nobody, 1 officer … 5 bureau."""
    escalated_at: datetime | None
    escalated_day: date | None
    acted: int | None
    """From the first escalation to the next act of a person, on the wall."""

    asked_again: int
    again_due_at: datetime | None
    again_due_day: date | None
    again_done_at: datetime | None
    grade: int | None
    rated_day: date | None
    objected: bool
    converted: bool
    merged: bool
    unmerged: int
    reporters: int
    delivered: int
    undelivered: int

    def values(self) -> dict[str, object]:
        """The columns of the row. (`dataclasses.asdict` copies every value deeply: that took half
        of the time of making all rows anew, measured.)"""
        return {name: getattr(self, name) for name in self.__slots__}
