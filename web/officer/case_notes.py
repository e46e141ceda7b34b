"""What the city says among itself about a case: internal notes, and executives' words (첨언).

Both are the act «comment» of the life table, which never moves a clock. Whose word it is stands in
the event's actor: an act of its own for executives would let the same person say the same thing in
two ways.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schema.codes import EventKind, Role
from schema.events import CaseEvent
from web.timeline import Line
from web.wording import Wording


@dataclass(frozen=True)
class CaseNotes:
    """The notes of a case, the newest first, and its story with a line for each of them."""

    executive: tuple[Line, ...]
    internal: tuple[Line, ...]
    story: tuple[Line, ...]


def notes_of(events: Sequence[CaseEvent], lines: Sequence[Line], wording: Wording) -> CaseNotes:
    """`lines` of the timeline, sorted: what a note says stands among the notes, and in the story
    only that it was made."""
    roles = {event.seq: event.actor.role for event in events if event.kind is EventKind.COMMENTED}
    notes = [line for line in reversed(lines) if line.seq in roles]
    said = wording.code("event", "executive_comment")
    return CaseNotes(
        executive=tuple(one for one in notes if roles[one.seq] is Role.EXECUTIVE),
        internal=tuple(one for one in notes if roles[one.seq] is not Role.EXECUTIVE),
        story=tuple(_in_story(line, roles.get(line.seq), said) for line in lines),
    )


def _in_story(line: Line, role: Role | None, said: str) -> Line:
    if role is None:
        return line
    title = said if role is Role.EXECUTIVE else line.title
    return line.model_copy(update={"body": None, "title": title})
