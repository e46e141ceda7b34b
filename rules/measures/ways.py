"""How a case went through departments, who was there, and whom the ladder told."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from pydantic import JsonValue

from rules.levels import CLIMBING, Level
from rules.measures.spans import Counting, wall
from rules.organisation import FIRST_LINE, department_near
from rules.working_time import seoul_day
from schema.codes import EventKind, Role
from schema.events import CaseEvent
from schema.staff import STAFF_ROLES

_CAME = frozenset({EventKind.ASSIGNED, EventKind.TRANSFERRED, EventKind.SENT_TO_AUDIT})
_ACTS = frozenset(
    {
        *(*_CAME, EventKind.ACCEPTED, EventKind.STARTED, EventKind.OFFICER_ASSIGNED),
        *(EventKind.SUPPLEMENT_REQUESTED, EventKind.EXTENDED, EventKind.CONVERTED),
        *(EventKind.ANSWER_SUBMITTED, EventKind.ANSWERED, EventKind.REFUSED, EventKind.DECLINED),
        *(EventKind.INVESTIGATION_STARTED, EventKind.CONSULTATION_STARTED),
        *(EventKind.COOPERATION_REQUESTED, EventKind.RECLASSIFIED, EventKind.MERGED),
    }
)
"""What a person does about a case, other than writing a note."""


def bureau_of(department: str | None, day: date) -> str | None:
    """The bureau of a department of the city as it was called on `day`; None elsewhere."""
    if department is None:
        return None
    try:
        return department_near(department, day).bureau_ko
    except KeyError:
        return None


def departments(log: Sequence[CaseEvent]) -> list[CaseEvent]:
    """The events by which a case came to departments, each to another than the one before; the
    desk that distributes is none until the case is given back to it."""
    found: list[CaseEvent] = []
    for event in log:
        if event.kind not in _CAME or event.department is None:
            continue
        if not found and event.department == FIRST_LINE:
            continue
        if not found or found[-1].department != event.department:
            found.append(event)
    return found


def routing(log: Sequence[CaseEvent], counting: Counting) -> dict[str, object]:
    """Where it was given first, and how often it went on."""
    came = departments(log)
    names = [event.department for event in came]
    return {
        "first_department": names[0] if came else None,
        "assign": wall(log[0].at, came[0].at) if came else None,
        "by_system": bool(came) and came[0].actor.role is Role.SYSTEM,
        "transfers": max(len(came) - 1, 0),
        "ping_pong": any(a == b for a, b in zip(names, names[2:], strict=False)),
        "transfer_work": counting.work(came[0].at, came[-1].at) if came else 0,
    }


def officer(log: Sequence[CaseEvent]) -> str | None:
    """Who has it: who was named, or took it up first, since it came to its department."""
    found: str | None = None
    for event in log:
        if event.kind in _CAME:
            found = None
        elif event.kind is EventKind.OFFICER_ASSIGNED:
            found = str(event.detail["officer"])
        elif event.kind in (EventKind.ACCEPTED, EventKind.STARTED):
            found = found or (event.actor.account if event.actor.role is Role.OFFICER else None)
    return found


def first_act(log: Sequence[CaseEvent], since: datetime) -> int | None:
    """Seconds from `since` to the first act of a person in `log`."""
    for event in log:
        if event.kind in _ACTS and event.actor.role in (*STAFF_ROLES, Role.CHANNEL):
            return wall(since, event.at)
    return None


def ladder(log: Sequence[CaseEvent]) -> dict[str, object]:
    """Whom the ladder told. A rung that acted twice in one term is a fault of ours."""
    climbs = [event for event in log if event.kind is EventKind.ESCALATED]
    reminders = [event for event in log if event.kind is EventKind.REMINDED]
    acted = Counter(rung for event in (*climbs, *reminders) for rung in _rungs(event.detail))
    first = climbs[0] if climbs else None
    return {
        "reminders": len(reminders),
        "escalations": len(climbs),
        "repeated_rungs": sum(times - 1 for times in acted.values()),
        "level": max((_level(event) for event in climbs), default=0),
        "escalated_at": first.at if first else None,
        "escalated_day": seoul_day(first.at) if first else None,
        "acted": first_act(log[first.seq :], first.at) if first else None,
    }


def _rungs(detail: dict[str, JsonValue]) -> list[tuple[str, ...]]:
    also = detail.get("also")
    told = [detail, *(also if isinstance(also, list) else [])]
    return [
        tuple(str(one.get(name)) for name in ("timer", "term", "rung", "whom"))
        for one in told
        if isinstance(one, dict)
    ]


def _level(event: CaseEvent) -> int:
    to = str(event.detail.get("to"))
    return CLIMBING.index(Level(to)) + 1 if to in CLIMBING else 1
