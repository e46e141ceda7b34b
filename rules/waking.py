"""What a case that wakes up does: the commands of the rungs that have fallen due."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from pydantic import JsonValue

from rules.escalation import CLOSE_RUNG, DueRung
from rules.levels import Desk, Told, told
from rules.life import CaseFacts
from schema.codes import Action, Role, TimerKind
from schema.commands import Command
from schema.events import Actor
from schema.grounds import ClosedFor
from schema.model import Frozen

SYSTEM = Actor(role=Role.SYSTEM)


class Waking(Frozen):
    """One command of a case that wakes up. `told` is whom its rung tells, None for a closing."""

    command: Command
    told: Told | None = None


def due_commands(
    number: str,
    facts: CaseFacts,
    rungs: Sequence[DueRung],
    *,
    staffed: Collection[str],
    closes: datetime | None,
    at: datetime,
) -> list[Waking]:
    """What is done about the rungs that are due at `at`, and at the end of the window.

    Rungs for staff that fell due together, as after an outage, are one message: the last and
    highest speaks, and names the others in the order in which they were due. What goes to the
    petitioner, or to a department that was asked for its part, is a message of its own.
    `staffed` are the levels and desks that have anybody now.
    """
    done = [_waking(number, together, staffed) for together in _together(rungs)]
    if facts.synthetic:
        closes = at if done else None
    if closes is not None and closes <= at:
        ground = ClosedFor.HEARTBEAT if facts.synthetic else ClosedFor.ANSWERED
        done.append(Waking(command=_close(number, closes, ground, facts)))
    return done


def _together(rungs: Sequence[DueRung]) -> Iterator[Sequence[DueRung]]:
    """The rungs by message: each for the petitioner alone, those of a joined department together,
    all others together."""
    groups: dict[str, list[DueRung]] = {}
    for due in sorted(rungs, key=lambda due: due.at):
        if due.rung.to == Desk.PETITIONER:
            groups[due.request_id] = [due]
        else:
            joined = str(due.clock.whom) if due.rung.to == Desk.JOINED else ""
            groups.setdefault(joined, []).append(due)
    yield from groups.values()


def _height(due: DueRung) -> tuple[bool, bool, int, datetime]:
    """An escalation before a reminder, the legal clock before others, then the higher rung."""
    return (
        due.rung.action is Action.ESCALATE,
        due.clock.timer is TimerKind.LEGAL,
        due.place,
        due.at,
    )


def _waking(number: str, together: Sequence[DueRung], staffed: Collection[str]) -> Waking:
    highest = max(together, key=_height)
    whom = told(highest.rung.to, staffed)
    detail = _named(highest) | {"to": whom.to}
    if whom.passed_over and not whom.nobody:
        detail["passed_over"] = list(whom.passed_over)
    if len(together) > 1:
        detail["also"] = [_named(other) for other in together if other is not highest]
    command = Command(
        request_id=highest.request_id,
        case=number,
        action=highest.rung.action,
        actor=SYSTEM,
        at=highest.at,
        detail=detail,
    )
    return Waking(command=command, told=whom)


def _named(due: DueRung) -> dict[str, JsonValue]:
    named: dict[str, JsonValue] = {
        "timer": due.clock.timer,
        "term": due.clock.term,
        "rung": due.rung.name,
        "to": due.rung.to,
        "due_at": due.clock.due_at.isoformat(),
    }
    if due.clock.whom is not None:
        named["whom"] = due.clock.whom
    return named


def _close(number: str, at: datetime, ground: ClosedFor, facts: CaseFacts) -> Command:
    return Command(
        request_id=f"{CLOSE_RUNG}/{facts.answers}",
        case=number,
        action=Action.CLOSE,
        actor=SYSTEM,
        at=at,
        detail={"ground": ground},
    )
