"""Taking back what one has just done, where the law allows it.

What the petitioner was told, or what began or ended a clock of the law, is not taken back: there
the next act is the remedy (a transfer, a correction, an answer again). What stays inside the city
is: who works on a case, and to whom the first-line desk has sent it while nobody was told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from rules.life import facts_of
from rules.organisation import FIRST_LINE
from rules.transitions import TRANSITIONS
from schema.codes import Action, CaseKind, EventKind, Role
from schema.events import CaseEvent
from schema.model import Frozen

UNDONE_WITHIN = timedelta(minutes=5)
_STEPS = frozenset(row.event for row in TRANSITIONS.values() if row.step)


class Undoing(Frozen):
    """The act that takes back another, and whether the petitioner must not have been told yet."""

    action: Action
    body: dict[str, JsonValue]
    untold: bool = False


def undoing_of(
    log: Sequence[CaseEvent], request_id: str, *, account: str, kind: CaseKind, at: datetime
) -> Undoing | None:
    """What takes back the act `request_id` at `at`; None where nothing does: another's act, an
    older one, one after which the case moved on, one that cannot be taken back."""
    place = next((i for i, event in enumerate(log) if event.request_id == request_id), None)
    if place is None:
        return None
    event = log[place]
    later = any(one.kind in _STEPS for one in log[place + 1 :])
    if event.actor.account != account or later or at - event.at > UNDONE_WITHIN:
        return None
    if event.kind is EventKind.OFFICER_ASSIGNED:
        before = facts_of(log[:place], kind=kind).officer
        return Undoing(action=Action.ASSIGN, body={"officer": before}) if before else None
    if event.kind is EventKind.ASSIGNED and event.actor.role is Role.FIRST_LINE:
        return _back_to_the_desk(event)
    return None


def _back_to_the_desk(event: CaseEvent) -> Undoing | None:
    if event.detail.get("from") != FIRST_LINE or event.department == FIRST_LINE:
        return None
    body: dict[str, JsonValue] = {"department": FIRST_LINE, "undone": event.seq}
    return Undoing(action=Action.DISTRIBUTE, body=body, untold=True)
