"""Forms of acts, made from the fields that the table of the life of a case asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as field_of
from datetime import datetime
from uuid import uuid4

from rules.fields import FieldKind, field
from rules.life_table import Transition
from rules.transitions import fields_of, text_kind
from schema.codes import Action, TextKind, Visibility
from web.acts import ActForm
from web.wording import Wording

INSIDE = frozenset({TextKind.COOPERATION, TextKind.COMMENT})
"""Texts that stay inside the city, whoever may read the event that names them."""
LONG = frozenset({TextKind.ANSWER, TextKind.QUESTION, TextKind.AMENDMENT, TextKind.PETITION})


@dataclass(frozen=True)
class FieldView:
    """One field as the page asks for it; `kept` is what was typed before a refusal."""

    name: str
    kind: FieldKind
    label: str
    required: bool
    hint: str | None
    rows: int
    least: int
    most: int
    choices: tuple[tuple[str, str], ...]
    kept: str


@dataclass(frozen=True)
class FormView:
    """One act as a form. `effect` says what it does to the clock, `told` what the petitioner will
    be told (`tells`: something); `open` shows it unfolded. `saved_at` is when what stands in it was
    kept as a draft."""

    action: Action
    label: str
    lead: str | None
    article: str | None
    effect: str | None
    fields: tuple[FieldView, ...]
    request_id: str
    open: bool
    told: str | None = None
    tells: bool = False
    saved_at: datetime | None = None

    @property
    def drafted(self) -> bool:
        """True where it asks for words: what is begun is kept."""
        return any(field.kind is FieldKind.TEXT for field in self.fields)


@dataclass(frozen=True)
class Said:
    """What a form says beside its fields, and what was begun in it before."""

    effect: str | None = None
    told: str | None = None
    tells: bool = False
    kept: Mapping[str, str] = field_of(default_factory=dict)
    saved_at: datetime | None = None


@dataclass(frozen=True)
class Typed:
    """What was posted and refused, to be shown again."""

    action: Action
    form: ActForm

    def values(self) -> Mapping[str, str]:
        """The fields as the form's inputs hold them."""
        given = self.form.model_dump(mode="json", exclude_none=True)
        return {name: str(value) for name, value in given.items()}


@dataclass(frozen=True)
class Voice:
    """Whose words a form uses: the groups of `web/texts/` for its labels and buttons."""

    fields: str
    labels: str | None = None
    leads: str | None = None
    hints: bool = True


STAFF = Voice(fields="act_field")
CITIZEN = Voice(fields="mine_field", labels="mine_act", leads="mine_why", hints=False)


def act_forms(
    rows: Sequence[Transition],
    wording: Wording,
    voice: Voice,
    *,
    said: Mapping[Action, Said] | None = None,
    typed: Typed | None = None,
) -> dict[Action, FormView]:
    """The forms of `rows`, by action, in their order."""
    beside = said or {}
    return {
        row.action: _form(row, wording, voice, beside.get(row.action, Said()), typed)
        for row in rows
    }


def _form(
    row: Transition, wording: Wording, voice: Voice, said: Said, typed: Typed | None
) -> FormView:
    mine = typed is not None and typed.action is row.action
    kept = typed.values() if typed is not None and mine else said.kept
    return FormView(
        action=row.action,
        label=_said(voice.labels, row.action, wording) or wording.action(row.action),
        lead=_said(voice.leads, row.action, wording),
        article=row.article,
        effect=said.effect,
        fields=tuple(_field(row, name, wording, voice, kept) for name in fields_of(row.action)),
        request_id=str(uuid4()),
        open=mine,
        told=said.told,
        tells=said.tells,
        saved_at=None if mine else said.saved_at,
    )


def _said(group: str | None, name: str, wording: Wording) -> str | None:
    key = f"{group}.{name}"
    return wording.t(key) if wording.has(key) else None


def _field(
    row: Transition, name: str, wording: Wording, voice: Voice, kept: Mapping[str, str]
) -> FieldView:
    asked = field(name)
    own = asked.ko if wording.korean else asked.en[:1].upper() + asked.en[1:]
    kind = text_kind(row.action, name)
    is_text = asked.kind is FieldKind.TEXT
    return FieldView(
        name=name,
        kind=asked.kind,
        label=_said(voice.fields, f"{row.action}_{name}", wording) or own,
        required=name in row.needs,
        hint=_hint(row, name, wording, voice),
        rows=7 if is_text and name == "text" and kind in LONG else 3,
        least=asked.least,
        most=asked.most,
        choices=tuple((one.code, one.ko if wording.korean else one.en) for one in asked.choices),
        kept=kept.get(name, ""),
    )


def _hint(row: Transition, name: str, wording: Wording, voice: Voice) -> str | None:
    own = _said(f"{voice.fields}_hint", f"{row.action}_{name}", wording)
    reads = (
        wording.t("act.read_by_petitioner")
        if voice.hints and read_by_petitioner(row, name)
        else None
    )
    return " ".join(part for part in (own, reads) if part) or None


def read_by_petitioner(row: Transition, name: str) -> bool:
    """True for a text that the petitioner will read, now or when it is approved."""
    if field(name).kind is not FieldKind.TEXT:
        return False
    kind = text_kind(row.action, name)
    if kind is TextKind.ANSWER:
        return True
    return kind not in INSIDE and row.visibility is not Visibility.INTERNAL
