"""The form in words: what `GET /api/v1/form` serves, and what our own pages are made of.

Fields and limits come from `schema.form_fields`, words from `web/texts/filing.yaml`, items, places
and presets from the city's data.
"""

from collections.abc import Mapping
from datetime import date

from rules.evidence import EvidenceRule, evidence_rule
from rules.geography import dongs
from rules.organisation import districts, full_name_en, full_name_ko
from rules.sites import EmbeddingSite
from rules.tables import of_city_data
from rules.taxonomy import groups, leaves
from schema.form_fields import CONSENT_VERSION, FIELDS, MAX_FILE_BYTES, PERSONAL, FormField, Input
from schema.model import Frozen
from web.wording import Language, Wording

_KO, _EN = Wording(Language.KO), Wording(Language.EN)
_WORDS_OF_CHOICES = {"kind": "kind", "reply_by": "means", "filed_as": "party"}
MEBIBYTE = 1024 * 1024


class Words(Frozen):
    """What is said in each language."""

    ko: str
    en: str

    def said(self, wording: Wording) -> str:
        """In the reader's language."""
        return self.ko if wording.korean else self.en


class ChoiceView(Frozen):
    """One value that may be chosen."""

    code: str
    label: Words


class FieldView(Frozen):
    """A field as it is shown. `most`: characters, a number's bound, or how many files; `accept`:
    media types and endings of names."""

    name: str
    path: str
    input: Input
    group: str
    required: bool
    most: int | None
    personal: bool
    autocomplete: str
    inputmode: str | None
    label: Words
    hint: Words | None
    choices: tuple[ChoiceView, ...]
    accept: tuple[str, ...]


class ConsentView(Frozen):
    """The notice on personal data (개인정보 보호법 §15②), for where one of `items` is given."""

    version: str
    items: tuple[str, ...]
    label: Words
    what: Words
    why: Words
    how_long: Words
    refusing: Words


class FineView(Frozen):
    """What a fine needs of a report (증빙 요건): `photos` of one place, two of them `seconds`
    apart, and whether the number plate; `asks` says so. Nothing of it is needed to file."""

    photos: int
    seconds: int
    plate: bool
    asks: Words


class ItemView(Frozen):
    """An item of the taxonomy that a petitioner may choose; `fine` where one may follow."""

    code: str
    label: Words
    fine: FineView | None = None


class ItemGroupView(Frozen):
    """The items of one field of the taxonomy."""

    code: str
    label: Words
    items: tuple[ItemView, ...]


class AreaView(Frozen):
    """A district with the names of its legal dongs (법정동)."""

    district: str
    label: Words
    dongs: tuple[str, ...]


class SiteView(Frozen):
    """The site that the form stands on: its name, the item preset, who answers for it."""

    code: str
    label: Words
    item: str | None
    department: Words


class FormSchema(Frozen):
    """The whole form."""

    fields: tuple[FieldView, ...]
    consent: ConsentView
    items: tuple[ItemGroupView, ...]
    areas: tuple[AreaView, ...]
    max_file_bytes: int = MAX_FILE_BYTES
    urgent: Words
    site: SiteView | None = None

    @property
    def by_name(self) -> Mapping[str, FieldView]:
        """The fields by their names."""
        return {one.name: one for one in self.fields}

    @property
    def fines(self) -> tuple[FineView, ...]:
        """What fines need, each once: for a page on which no item is chosen yet."""
        items = (item for group in self.items for item in group.items)
        return tuple(dict.fromkeys(item.fine for item in items if item.fine is not None))


@of_city_data
def form_schema(on_date: date, site: EmbeddingSite | None = None) -> FormSchema:
    """The form on `on_date`, as it stands on `site`; without one as on our own page."""
    return FormSchema(
        fields=tuple(map(_field, FIELDS)),
        consent=_consent(),
        items=_items(on_date),
        areas=_areas(),
        urgent=_words("site.urgent_first"),
        site=_site(site, on_date) if site else None,
    )


def _words(key: str, **values: object) -> Words:
    return Words(ko=_KO.t(key, **values), en=_EN.t(key, **values))


def _field(one: FormField) -> FieldView:
    values: dict[str, object] = {"n": one.most, "mb": MAX_FILE_BYTES // MEBIBYTE}
    values["types"] = " · ".join(kind.extensions[0][1:].upper() for kind in one.accept)
    stem, _, place = one.name.partition("_")
    if place.isdigit() and not _KO.has(f"form.{one.name}"):
        key, values = f"form.{stem}", {"n": int(place)}
    else:
        key = f"form.{one.name}"
    hint = f"{key}_hint"
    return FieldView(
        **one.model_dump(include=set(FieldView.model_fields) - {"choices", "accept"}),
        label=_words(key, **values),
        hint=_words(hint, **values) if _KO.has(hint) else None,
        choices=tuple(_choice(one.name, code) for code in one.choices),
        accept=tuple(
            spelled for kind in one.accept for spelled in (kind.media_type, *kind.extensions)
        ),
    )


def _choice(field: str, code: str) -> ChoiceView:
    group = _WORDS_OF_CHOICES[field]
    return ChoiceView(code=code, label=Words(ko=_KO.code(group, code), en=_EN.code(group, code)))


def _consent() -> ConsentView:
    return ConsentView(
        version=CONSENT_VERSION,
        items=PERSONAL,
        label=_words("form.consent"),
        what=_words("form.consent_what"),
        why=_words("form.consent_why"),
        how_long=_words("form.consent_how_long"),
        refusing=_words("form.consent_refusing"),
    )


def _items(on_date: date) -> tuple[ItemGroupView, ...]:
    found: dict[str, list[ItemView]] = {}
    for entry in leaves(on_date).values():
        if entry.assignable:
            label = Words(ko=entry.name_ko, en=entry.name_en)
            item = ItemView(code=entry.code, label=label, fine=_fine(entry.code, on_date))
            found.setdefault(entry.group, []).append(item)
    return tuple(
        ItemGroupView(
            code=code,
            label=Words(ko=groups()[code].name_ko, en=groups()[code].name_en),
            items=tuple(items),
        )
        for code, items in found.items()
    )


def _fine(item: str, on_date: date) -> FineView | None:
    rule = evidence_rule(item, on_date)
    return (
        FineView(**rule.model_dump(include={"photos", "seconds", "plate"}), asks=_asks(rule))
        if rule
        else None
    )


def _asks(rule: EvidenceRule) -> Words:
    whole, seconds = divmod(rule.seconds, 60)
    key = "form.fine_asks" if seconds else "form.fine_asks_minutes"
    parts = [_words(key, photos=rule.photos, seconds=rule.seconds, minutes=whole)]
    parts += [_words("form.fine_asks_plate")] if rule.plate else []
    parts.append(_words("form.fine_free"))
    return Words(ko=" ".join(one.ko for one in parts), en=" ".join(one.en for one in parts))


@of_city_data
def _areas() -> tuple[AreaView, ...]:
    within: dict[str, list[str]] = {code: [] for code in districts()}
    for name, where in dongs().items():
        for code in where:
            within[code].append(name)
    return tuple(
        AreaView(
            district=code,
            label=Words(ko=districts()[code].name_ko, en=districts()[code].name_en),
            dongs=tuple(sorted(names)),
        )
        for code, names in sorted(within.items(), key=lambda one: districts()[one[0]].name_ko)
    )


def _site(site: EmbeddingSite, on_date: date) -> SiteView:
    return SiteView(
        code=site.code,
        label=Words(ko=site.name_ko, en=site.name_en),
        item=site.item,
        department=Words(
            ko=full_name_ko(site.department, on_date=on_date),
            en=full_name_en(site.department, on_date=on_date),
        ),
    )
