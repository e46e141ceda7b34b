"""The first end of a case: the first answer, or whatever else ended it before one was given."""

from collections.abc import Mapping, Sequence

from rules.measures.row import Outcome
from schema.codes import EventKind
from schema.events import CaseEvent
from schema.grounds import ClosedFor

_ENDS: Mapping[EventKind, Outcome] = {
    EventKind.ANSWERED: Outcome.ANSWERED,
    EventKind.REFUSED: Outcome.REFUSED,
    EventKind.DECLINED: Outcome.DECLINED,
    EventKind.WITHDRAWN: Outcome.WITHDRAWN,
    EventKind.MERGED: Outcome.MERGED,
}


def outcome_of(event: CaseEvent) -> Outcome | None:
    """What `event` ends a case as; None where it is no end."""
    if event.kind is not EventKind.CLOSED:
        return _ENDS.get(event.kind)
    repeated = event.detail.get("ground") == ClosedFor.REPEATED
    return Outcome.REPEATED if repeated else Outcome.RETURNED


def is_end(event: CaseEvent) -> bool:
    """True for an event that ends a case which was not answered yet."""
    return outcome_of(event) is not None


def first_end(log: Sequence[CaseEvent]) -> int | None:
    """Where in `log` the first end is. A merger that was undone is none."""
    found: int | None = None
    for place, event in enumerate(log):
        if event.kind is EventKind.UNMERGED:
            found = None
        elif found is None and is_end(event):
            found = place
    return found
