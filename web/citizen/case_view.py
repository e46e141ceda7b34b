"""What the petitioner's page shows beside the case itself: what is asked, what can be done, what
it is handled together with, and the cases it is linked with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules.life_table import Transition
from rules.transitions import TRANSITIONS
from schema.codes import Action, EventKind, Role, State, Visibility
from schema.events import Actor, CaseEvent
from storage.cases import find_case
from web.act_forms import CITIZEN as CITIZENS_VOICE
from web.act_forms import FormView, Typed, act_forms
from web.offered import offered
from web.opened import OpenedCase
from web.site import Site
from web.timeline import RESULTS, Line, text_of, timeline
from web.wording import Wording

CITIZEN = Actor(role=Role.CITIZEN)
CITIZENS_ACTIONS = tuple(row.action for row in TRANSITIONS.values() if Role.CITIZEN in row.roles)
TAKE_FILES = frozenset({Action.SUPPLEMENT, Action.ADD})
FIRST = (Action.SUPPLEMENT, Action.RATE)
"""Acts that stand where they are called for, not among the others."""
IN_ORDER = (
    Action.ADD,
    Action.EXTEND_SUPPLEMENT,
    Action.CONSENT,
    Action.ASK_AGAIN,
    Action.OBJECT,
    Action.REOPEN,
    Action.CHANGE,
    Action.APPEAL_HIDING,
    Action.DEMAND_CORRECTION,
    Action.WITHDRAW,
)


@dataclass(frozen=True)
class AskedFor:
    """What the petitioner was asked to hand in, and until when."""

    words: str | None
    until: datetime | None


@dataclass(frozen=True)
class Linked:
    """A linked case of the same petitioner."""

    number: str
    text: str
    state: State


@dataclass(frozen=True)
class Rating:
    """What the petitioner said last of the answer that stands."""

    grade: str
    words: str | None

    @property
    def low(self) -> bool:
        """True for 불만족 and 매우 불만족."""
        return self.grade in ("1", "2")


def offered_to_citizen(opened: OpenedCase, site: Site) -> tuple[Transition, ...]:
    """What the petitioner may do now."""
    return offered(opened, site.book, actor=CITIZEN, at=site.now())


def citizens_forms(
    opened: OpenedCase,
    site: Site,
    wording: Wording,
    typed: Typed | None,
    rating: Rating | None = None,
) -> dict[Action, FormView]:
    """The petitioner's forms in the order of the page; a refused one keeps what was typed, and
    who was not satisfied asks again with the reason that was given."""
    rows = {row.action: row for row in offered_to_citizen(opened, site)}
    if typed is not None and typed.action in CITIZENS_ACTIONS:
        rows.setdefault(typed.action, TRANSITIONS[typed.action])
    order = (*FIRST, *IN_ORDER)
    forms = act_forms(
        [rows[action] for action in order if action in rows], wording, CITIZENS_VOICE, typed=typed
    )
    again = forms.get(Action.ASK_AGAIN)
    if again is not None and not again.open and rating is not None and rating.low and rating.words:
        fields = tuple(replace(field, kept=rating.words) for field in again.fields)
        forms[Action.ASK_AGAIN] = replace(again, fields=fields)
    return forms


def kept_of(typed: Typed | None) -> Mapping[str, str]:
    """What was typed into a rating that was refused."""
    values = typed.values() if typed is not None and typed.action is Action.RATE else {}
    return {"grade": values.get("grade", ""), "text": values.get("text", "")}


def rating_of(opened: OpenedCase) -> Rating | None:
    """The last rating since the last answer, or None."""
    found = None
    for event in opened.events:
        if event.kind in RESULTS or "with" in event.detail:
            found = None
        elif event.kind is EventKind.RATED:
            words = text_of(event, opened.texts or {}, eyes=Visibility.PETITIONER)
            found = Rating(str(event.detail.get("grade")), words)
    return found


def asked_for(opened: OpenedCase, site: Site) -> AskedFor | None:
    """The supplement that is awaited, or None."""
    around = opened.around
    if around is None or opened.facts.state is not State.SUPPLEMENT:
        return None
    asked = [event for event in opened.events if event.kind is EventKind.SUPPLEMENT_REQUESTED]
    return AskedFor(
        words=text_of(asked[-1], opened.texts or {}, eyes=Visibility.PETITIONER) if asked else None,
        until=site.book.law(around.calendar).supplement_due(opened.facts),
    )


def objection_until(opened: OpenedCase, site: Site) -> datetime | None:
    """Until when the petitioner may object, or None."""
    around = opened.around
    return site.book.law(around.calendar).objection_due(opened.facts) if around else None


def together_lines(opened: OpenedCase, wording: Wording) -> tuple[Line, ...]:
    """How the matter goes on in the case that this one was merged into: what everybody may read
    of it, no word of another petitioner and nothing that one did."""
    around = opened.around
    if around is None or opened.facts.state is not State.MERGED:
        return ()
    events = [event for event in around.root_events if not _another_petitioners(event)]
    return timeline(events, {}, eyes=Visibility.PUBLIC, wording=wording)


def _another_petitioners(event: CaseEvent) -> bool:
    own = event.kind in (EventKind.SUBMITTED, EventKind.RECEIVED)
    return own or event.actor.role is Role.CITIZEN


def answered_at(opened: OpenedCase) -> datetime | None:
    """When the answer came: the case's own, or with the one that it was merged into."""
    assert opened.case is not None
    together = [event.at for event in opened.events if "with" in event.detail]
    return opened.case.answered_at or (together[-1] if together else None)


async def linked_key(opened: OpenedCase, site: Site, other: str) -> str | None:
    """The key of the case `other` where it is linked with this one, else None."""
    around = opened.around
    if around is None or other not in {link.number for link in around.links}:
        return None
    async with site.store.engine.connect() as conn:
        case = await find_case(conn, other)
    return site.store.keyring.citizen_key(other, case.key_version) if case else None


async def linked_of(opened: OpenedCase, site: Site, wording: Wording) -> tuple[Linked, ...]:
    """The linked cases: the petitioner is the same."""
    around = opened.around
    if around is None or not around.links:
        return ()
    found = []
    async with site.store.engine.connect() as conn:
        for link in around.links:
            other = await find_case(conn, link.number)
            if other is None:
                continue
            way = "to" if link.came_from_this else "from"
            found.append(
                Linked(
                    number=link.number,
                    text=wording.t(f"relation.{link.relation}_{way}", number=link.number),
                    state=other.state,
                )
            )
    return tuple(found)


def leads(
    opened: OpenedCase, site: Site, wording: Wording, rows: Sequence[Action]
) -> Mapping[Action, str]:
    """What is said of an act beyond its usual words: until when one may object."""
    until = objection_until(opened, site) if Action.OBJECT in rows else None
    if until is None:
        return {}
    return {Action.OBJECT: wording.t("mine.object_until", at=wording.when(until))}
