"""What a case that wakes up does: the commands of the rungs that have fallen due."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from rules.escalation import CLOSE_RUNG, DueRung
from rules.life import CaseFacts
from schema.codes import Action, Role, TimerKind
from schema.commands import Command
from schema.events import Actor
from schema.grounds import ClosedFor

SYSTEM = Actor(role=Role.SYSTEM)
PETITIONER = "petitioner"


def due_commands(
    number: str,
    facts: CaseFacts,
    rungs: Sequence[DueRung],
    *,
    closes: datetime | None,
    at: datetime,
) -> list[Command]:
    """The commands for the rungs that are due at `at`, and for the end of the window.

    Rungs for staff that fell due together, as after an outage, are one message: the last and
    highest speaks, and names the others. What goes to the petitioner goes out by itself.
    """
    staff = [due for due in rungs if not _for_petitioner(due)]
    commands = [_command(number, due, ()) for due in rungs if _for_petitioner(due)]
    if staff:
        *others, highest = sorted(staff, key=_height)
        commands.append(_command(number, highest, others))
    if facts.synthetic and commands:
        commands.append(_close(number, at, ClosedFor.HEARTBEAT, facts))
    elif closes is not None and closes <= at:
        commands.append(_close(number, closes, ClosedFor.ANSWERED, facts))
    return commands


def _for_petitioner(due: DueRung) -> bool:
    return due.rung.to == PETITIONER


def _height(due: DueRung) -> tuple[bool, bool, int, datetime]:
    """An escalation before a reminder, the legal clock before others, then the higher rung."""
    return (
        due.rung.action is Action.ESCALATE,
        due.clock.timer is TimerKind.LEGAL,
        due.place,
        due.at,
    )


def _command(number: str, due: DueRung, others: Sequence[DueRung]) -> Command:
    detail = _named(due)
    if others:
        detail["also"] = [_named(other) for other in others]
    return Command(
        request_id=due.request_id,
        case=number,
        action=due.rung.action,
        actor=SYSTEM,
        at=due.at,
        detail=detail,
    )


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
