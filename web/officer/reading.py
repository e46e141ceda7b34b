"""What an account may read: its department's cases, or all of them; and the place in a queue."""

import base64
from collections.abc import Sequence

from rules.organisation import is_department
from rules.rights import Right, departments_for, holding
from schema.codes import EventKind
from schema.events import CaseEvent
from schema.numbers import is_receipt_number
from schema.staff import Duty
from storage.cases import Case
from storage.desk import QueuePlace
from web.sign_in import Staff

PAGE_LENGTH = 50


def may_read(staff: Staff, case: Case, events: Sequence[CaseEvent]) -> bool:
    """True for the department that has the case, for one that had it or was asked to cooperate,
    and for those above."""
    return reading_duty(staff, case, events) is not None


def reading_duty(staff: Staff, case: Case, events: Sequence[CaseEvent]) -> Duty | None:
    """The duty by which the person may read the case, own duties first; or None."""
    return staff.duty_on(Right.READ, concerned_departments(case, events))


def concerned_departments(case: Case, events: Sequence[CaseEvent]) -> frozenset[str | None]:
    """The department that has the case, those that had it, those that were asked to cooperate."""
    asked = (event for event in events if event.kind is EventKind.COOPERATION_REQUESTED)
    return frozenset(
        {
            case.department,
            *(event.department for event in events),
            *(str(event.detail.get("department")) for event in asked),
        }
    )


def own_departments(staff: Staff) -> tuple[str, ...]:
    """The departments that the person acts for, the first duty's first."""
    return tuple(dict.fromkeys(duty.department for duty in holding(staff.duties, Right.READ)))


def departments_to_read(staff: Staff, asked: str | None) -> tuple[str, ...] | None:
    """The departments whose queue is shown, None for all; «all» asks for all that may be read.

    Raises PermissionError where another department's was asked for by somebody who may not, or
    «all» by who reads no more than the own; ValueError for one that there never was.
    """
    own, reached = own_departments(staff), departments_for(staff.duties, Right.READ)
    if asked in (None, ""):
        return own
    if asked == "all" and reads_beyond_own(staff):
        return reached
    if reached is not None and asked not in reached:
        raise PermissionError(asked)
    if asked not in own and not is_department(str(asked)):
        raise ValueError("no such department")
    return (str(asked),)


def reads_beyond_own(staff: Staff) -> bool:
    """True for who may read more than the cases of the departments that the person acts for."""
    reached = departments_for(staff.duties, Right.READ)
    return reached is None or not set(reached) <= set(own_departments(staff))


def cursor_after(cases: Sequence[Case], limit: int) -> str | None:
    """Where the next page begins, or None where this one was not full."""
    if len(cases) < limit:
        return None
    return encode_place(QueuePlace(due_at=cases[-1].turn_at, number=cases[-1].number))


def encode_place(place: QueuePlace) -> str:
    """The cursor of `place`, to be sent back as it is."""
    return base64.urlsafe_b64encode(place.model_dump_json().encode()).decode().rstrip("=")


def place_at(cursor: str | None) -> QueuePlace | None:
    """The place that a cursor names; raises ValueError for one that we did not give."""
    if not cursor:
        return None
    try:
        bare = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = QueuePlace.model_validate_json(bare)
    except ValueError:
        raise ValueError("not a cursor of ours") from None
    if not is_receipt_number(place.number):
        raise ValueError("not a cursor of ours")
    return place
