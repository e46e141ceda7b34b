"""The acts that an officer's page offers, as forms in groups, each with what it does to time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rules.book import RuleBook
from rules.life_table import Transition
from rules.transitions import TRANSITIONS
from schema.codes import Action
from schema.events import Actor
from storage.drafts import ActDraft
from web.act_forms import STAFF, FormView, Said, Typed, act_forms
from web.clocks import due_if_extended
from web.officer.effects import GROUPS, Group, effect_of
from web.officer.foretold import subject_told, told_line
from web.opened import OpenedCase
from web.wording import Wording


@dataclass(frozen=True)
class FormGroup:
    """The forms of one group, in its order; `open` where one of them was just refused."""

    group: Group
    forms: tuple[FormView, ...]

    @property
    def at_once(self) -> tuple[FormView, ...]:
        """Acts that ask for nothing: a button is enough."""
        return tuple(form for form in self.forms if not form.fields)

    @property
    def folded(self) -> tuple[FormView, ...]:
        """Acts that ask for something."""
        return tuple(form for form in self.forms if form.fields)

    @property
    def open(self) -> bool:
        """True where one of its forms is shown unfolded."""
        return any(form.open for form in self.forms)


def with_refused(rows: Sequence[Transition], typed: Typed | None) -> tuple[Transition, ...]:
    """`rows`, and the act that was just refused: what somebody typed is not thrown away because
    the case moved on meanwhile."""
    if typed is None or typed.action in {row.action for row in rows}:
        return tuple(rows)
    return (*rows, TRANSITIONS[typed.action])


def grouped_forms(
    rows: Sequence[Transition],
    opened: OpenedCase,
    book: RuleBook,
    now: datetime,
    wording: Wording,
    typed: Typed | None,
    drafts: Mapping[Action, ActDraft],
    actor_of: Callable[[Action], Actor],
) -> tuple[FormGroup, ...]:
    """The forms of `rows` by group, the empty groups left out; each says beforehand what it does to
    the clock and what the petitioner will be told."""
    said, facts = {}, opened.facts
    for row in rows:
        effect = wording.t(effect_of(row.action))
        if row.action is Action.EXTEND:
            effect += _dues(opened, book, now, wording)
        draft = drafts.get(row.action)
        subject = subject_told(row, opened, facts, wording, actor=actor_of(row.action), now=now)
        said[row.action] = Said(
            effect=effect,
            told=told_line(subject, wording),
            tells=subject is not None,
            kept=draft.fields if draft else {},
            saved_at=draft.saved_at if draft else None,
        )
    forms = act_forms(rows, wording, STAFF, said=said, typed=typed)
    found = [
        FormGroup(group, tuple(forms[action] for action in actions if action in forms))
        for group, actions in GROUPS.items()
    ]
    return tuple(group for group in found if group.forms)


def form_of(groups: Sequence[FormGroup], action: Action) -> FormView | None:
    """The form of `action` where it is offered."""
    return next((form for group in groups for form in group.forms if form.action is action), None)


def without_comment(groups: Sequence[FormGroup]) -> tuple[FormGroup, ...]:
    """The groups without the note, which has a place of its own on the page."""
    left = (
        FormGroup(one.group, tuple(form for form in one.forms if form.action is not Action.COMMENT))
        for one in groups
    )
    return tuple(group for group in left if group.forms)


def _dues(opened: OpenedCase, book: RuleBook, now: datetime, wording: Wording) -> str:
    extensible = due_if_extended(opened, book, now)
    if extensible.refused is not None:
        no = extensible.refused
        why = no.ko if wording.korean else no.en
        return f" {wording.t('effect.extend_not', why=why, article=no.article)}"
    said = [
        wording.t("effect.extend_due", days=days, at=wording.when(due))
        for days, due in extensible.dues
    ]
    return f" {wording.t('effect.extend_as', dues=', '.join(said))}" if said else ""


def draft_of(opened: OpenedCase) -> str | None:
    """The answer that waits for approval, or None."""
    draft = opened.facts.draft
    stored = (opened.texts or {}).get(UUID(draft)) if draft else None
    return stored.text if stored else None
