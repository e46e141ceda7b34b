"""The language of deadlines: which clock, which period, what happened, and the answer with why."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from schema.codes import PetitionType
from schema.model import Frozen, Tolerant


class ClockKind(StrEnum):
    """The clocks of the law. Only `petition` has the extension reasons of 영 §21."""

    PETITION = "petition"
    RECEIPT_OF_E_PETITION = "receipt_of_e_petition"
    DISTRIBUTION = "distribution"
    TRANSFER_INSIDE = "transfer_inside"
    TRANSFER_TO_AGENCY = "transfer_to_agency"
    SUPPLEMENT_REQUEST = "supplement_request"
    SUPPLEMENT_BY_CITIZEN = "supplement_by_citizen"
    PROGRESS_NOTICE = "progress_notice"
    OBJECTION_FILING = "objection_filing"
    OBJECTION_DECISION = "objection_decision"
    PROPOSAL_DECISION = "proposal_decision"
    PROPOSAL_REREVIEW_REQUEST = "proposal_rereview_request"
    INFORMATION_DISCLOSURE = "information_disclosure"


class Unit(StrEnum):
    """How a period is counted. `hours` and `working_hours` are the same."""

    IMMEDIATE = "immediate"
    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    CIVIL_DAYS = "civil_days"
    WALL_HOURS = "wall_hours"
    """Hours of the wall clock, night and holidays too: an agency's own period of 기타민원
    (영 §16③). What does not count by 영 §20 is left out of it as well."""
    WALL_MINUTES = "wall_minutes"
    """The same for what an agency answers within the hour."""


WALL_UNITS = frozenset({Unit.WALL_HOURS, Unit.WALL_MINUTES})
HOUR_UNITS = frozenset({Unit.IMMEDIATE, Unit.HOURS, Unit.WORKING_HOURS})
CIVIL_UNITS = frozenset({Unit.WEEKS, Unit.MONTHS, Unit.YEARS, Unit.CIVIL_DAYS})


class Period(Frozen):
    """So much of a unit; `immediate` is 3 working hours (영 §19), whatever amount is given."""

    unit: Unit
    amount: int = Field(gt=0, le=10_000)

    @model_validator(mode="before")
    @classmethod
    def _immediate_needs_no_amount(cls, value: object) -> object:
        if isinstance(value, dict) and value.get("unit") == Unit.IMMEDIATE:
            return {"amount": 3, **value}
        return value


class EventType(StrEnum):
    """What may happen to a clock."""

    EXTEND = "extend"
    SUPPLEMENT_REQUEST = "supplement_request"
    SUPPLEMENT_RECEIVED = "supplement_received"
    INVESTIGATION_START = "investigation_start"
    INVESTIGATION_END = "investigation_end"
    CONSULT_REQUEST = "consult_request"
    CONSULT_REPLY = "consult_reply"
    EXCLUSION_START = "exclusion_start"
    """영 §20 1호 beside the supplement: hearing, examination and the like."""
    EXCLUSION_END = "exclusion_end"
    OUTAGE = "outage"
    HOLIDAY_DECLARED = "holiday_declared"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_RECEIVED = "transfer_received"


class Extension(Tolerant):
    """기간의 연장 (영 §21): by `days`, for the `nth` time."""

    type: Literal[EventType.EXTEND]
    at: AwareDatetime
    days: int = Field(gt=0, le=10_000)
    nth: int | None = Field(default=None, gt=0)
    reason_code: str | None = None
    consent: Annotated[bool, BeforeValidator(lambda value: value or False)] = False


class Outage(Tolerant):
    """정보시스템 장애: the petition could not be worked on from `start` to `end` (영 §20 2호)."""

    type: Literal[EventType.OUTAGE]
    start: AwareDatetime
    end: AwareDatetime

    @model_validator(mode="after")
    def _ends_after_start(self) -> "Outage":
        if self.end < self.start:
            raise ValueError("end lies before start")
        return self


class HolidayDeclared(Tolerant):
    """임시공휴일: a day that was a working day when the petition came in."""

    type: Literal[EventType.HOLIDAY_DECLARED]
    date: date


class Happening(Tolerant):
    """Everything else: it happened `at` an instant."""

    type: Literal[
        EventType.SUPPLEMENT_REQUEST,
        EventType.SUPPLEMENT_RECEIVED,
        EventType.INVESTIGATION_START,
        EventType.INVESTIGATION_END,
        EventType.CONSULT_REQUEST,
        EventType.CONSULT_REPLY,
        EventType.EXCLUSION_START,
        EventType.EXCLUSION_END,
        EventType.TRANSFER_OUT,
        EventType.TRANSFER_RECEIVED,
    ]
    at: AwareDatetime
    extended: bool = False
    """An investigation whose 14 days were extended by 7 (영 §17⑤)."""


ClockEvent = Annotated[
    Extension | Outage | HolidayDeclared | Happening, Field(discriminator="type")
]


def _no_list_is_empty(value: object) -> object:
    return () if value is None else value


class DeadlineRequest(Tolerant):
    """One deadline to compute. `received_at` is the receipt (or arrival) that starts the clock."""

    id: str
    clock: ClockKind
    petition_type: PetitionType | None = None
    period: Period
    received_at: AwareDatetime
    events: Annotated[tuple[ClockEvent, ...], BeforeValidator(_no_list_is_empty)] = ()


class Step(Frozen):
    """One step of the counting, for people, with the article it rests on."""

    ko: str
    en: str
    article: str | None = None


class RefusedEvent(Frozen):
    """An event that the law does not allow; it changes nothing. `index`: its place in the list."""

    index: int
    code: str
    ko: str
    en: str
    article: str


class Deadline(Frozen):
    """The answer: the due instant (None while a supplement is open), and how it was counted."""

    due_at: AwareDatetime | None
    refused: tuple[RefusedEvent, ...]
    steps: tuple[Step, ...]
    calendar_version: int
    rule_pack: str
