"""What happened to a case, in plain words: a pure function of its log and its stored texts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime

from rules.fields import FieldKind, field
from rules.transitions import TRANSITIONS, fields_of
from schema.codes import EventKind, Visibility
from schema.events import CaseEvent
from schema.model import Frozen
from storage.texts import StoredText
from web.act_forms import INSIDE
from web.event_notes import Noted, note_of
from web.wording import Wording

SEEN_BY: Mapping[Visibility, frozenset[Visibility]] = {
    Visibility.PUBLIC: frozenset({Visibility.PUBLIC}),
    Visibility.PETITIONER: frozenset({Visibility.PUBLIC, Visibility.PETITIONER}),
    Visibility.INTERNAL: frozenset(Visibility),
}

TEXTS_OF: Mapping[EventKind, tuple[str, ...]] = {
    row.event: tuple(name for name in fields_of(row.action) if field(name).kind is FieldKind.TEXT)
    for row in TRANSITIONS.values()
} | {
    EventKind.ANSWERED: ("text",),
    EventKind.CLOSED: ("reason", "text"),
}
"""Which keys of an event's detail name the texts that people read with it."""

RESULTS = frozenset({EventKind.ANSWERED, EventKind.REFUSED})

STEPS: Sequence[tuple[str, frozenset[EventKind]]] = (
    ("submitted", frozenset({EventKind.SUBMITTED})),
    ("received", frozenset({EventKind.RECEIVED})),
    ("assigned", frozenset({EventKind.ASSIGNED, EventKind.TRANSFERRED})),
    ("started", frozenset({EventKind.STARTED})),
    ("answered", RESULTS),
)
"""The way of a petition as the citizen's page draws it."""


class Line(Frozen):
    """One entry of a timeline. `body` is what somebody wrote, `covered` the same without its hard
    words where they are covered, `internal` is for the city only."""

    seq: int
    kind: EventKind
    at: AwareDatetime
    title: str
    note: str | None = None
    body: str | None = None
    covered: str | None = None
    by: str | None = None
    internal: bool = False


def timeline(
    events: Sequence[CaseEvent],
    texts: Mapping[UUID, StoredText],
    *,
    eyes: Visibility,
    wording: Wording,
    until: Mapping[int, datetime] | None = None,
) -> tuple[Line, ...]:
    """The events that `eyes` may read, oldest first.

    Petitioner and staff read with them what people wrote; everybody else reads no such text here,
    not even masked. Hidden texts (deleted at their source) are left to staff, and so is the name
    of the account that acted. `until` are the ends of the periods that events set, by number.
    """
    ends = until or {}
    return tuple(
        Line(
            seq=event.seq,
            kind=event.kind,
            at=event.at,
            title=_title(event, wording),
            note=note_of(Noted(event, wording, eyes, ends.get(event.seq))),
            body=None if eyes is Visibility.PUBLIC else _body(event, texts, eyes),
            by=_by(event, wording) if eyes is Visibility.INTERNAL else None,
            internal=event.visibility is Visibility.INTERNAL,
        )
        for event in events
        if event.visibility in SEEN_BY[eyes]
    )


def answer_of(
    events: Sequence[CaseEvent], texts: Mapping[UUID, StoredText], *, eyes: Visibility
) -> str | None:
    """The last answer, masked for the public; None while there is none."""
    answers = [event for event in events if event.kind in RESULTS or "with" in event.detail]
    return _body(answers[-1], texts, eyes) if answers else None


def text_of(event: CaseEvent, texts: Mapping[UUID, StoredText], *, eyes: Visibility) -> str | None:
    """What somebody wrote with an event, as far as `eyes` may read it."""
    return _body(event, texts, eyes)


def steps_done(events: Sequence[CaseEvent]) -> tuple[tuple[str, bool], ...]:
    """The steps of the way, each with whether it or a later one has been reached."""
    kinds = {event.kind for event in events}
    if any("with" in event.detail for event in events):
        kinds |= RESULTS
    reached = [bool(kinds & these) for _, these in STEPS]
    return tuple((name, any(reached[place:])) for place, (name, _) in enumerate(STEPS))


def _title(event: CaseEvent, wording: Wording) -> str:
    name = "closed_with" if "with" in event.detail else event.kind
    return wording.code("event", name).format(
        department=wording.department(event.department), item=wording.item(event.item)
    )


def _body(event: CaseEvent, texts: Mapping[UUID, StoredText], eyes: Visibility) -> str | None:
    named = [event.detail.get(name) for name in TEXTS_OF.get(event.kind, ())]
    found = [stored for name in named if (stored := _text_named(name, texts)) is not None]
    shown = [one for one in found if eyes is Visibility.INTERNAL or _may_be_read(one)]
    words = [one.masked if eyes is Visibility.PUBLIC else one.text for one in shown]
    return "\n\n".join(words) or None


def _may_be_read(text: StoredText) -> bool:
    """What departments and experts tell each other stays inside, and so does what was hidden."""
    return not text.hidden and text.kind not in INSIDE


def _text_named(named: object, texts: Mapping[UUID, StoredText]) -> StoredText | None:
    """The text that an event names; a detail without a text is no fault."""
    try:
        return texts.get(UUID(named)) if isinstance(named, str) else None
    except ValueError:
        return None


def _by(event: CaseEvent, wording: Wording) -> str:
    role = wording.code("role", event.actor.role)
    who = f"{role} {event.actor.account}" if event.actor.account else role
    if event.actor.instead_of is None:
        return who
    return wording.t("deputy.by", who=who, absent=event.actor.instead_of)
