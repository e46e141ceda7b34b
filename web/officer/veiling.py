"""What citizens wrote, with its hard words covered until an officer wants to read them (영 §4)."""

from collections.abc import Sequence

from rules.veil import veil
from schema.codes import Role
from schema.events import CaseEvent
from web.timeline import Line

THEIRS = frozenset({Role.CITIZEN, Role.CHANNEL})


def veiled_lines(events: Sequence[CaseEvent], lines: Sequence[Line]) -> tuple[Line, ...]:
    """`lines` with what citizens say in them covered; what staff wrote stays as it is."""
    theirs = {event.seq for event in events if event.actor.role in THEIRS}
    return tuple(_covered(line) if line.seq in theirs else line for line in lines)


def _covered(line: Line) -> Line:
    veiled = veil(line.body or "")
    return line.model_copy(update={"covered": veiled.text}) if veiled.words else line
