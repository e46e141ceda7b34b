"""What partners may file (Open311 services): the items of the taxonomy, and what each asks."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field, model_validator

from rules.classification import keywords
from rules.tables import document, of_city_data
from schema.model import Frozen

FEWEST_WEIGHT = 4
"""From this weight on a word names the matter itself, and is told as a keyword of the service."""
MOST_KEYWORDS = 8


class Datatype(StrEnum):
    """The datatypes of GeoReport v2."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    SINGLE = "singlevaluelist"
    MULTIPLE = "multivaluelist"


LISTS = frozenset({Datatype.SINGLE, Datatype.MULTIPLE})


class Value(Frozen):
    """One value of a list."""

    key: str = Field(min_length=1)
    ko: str
    en: str


class Attribute(Frozen):
    """One thing that a service asks. `variable` false: it only says something."""

    services: tuple[str, ...] = Field(min_length=1)
    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    datatype: Datatype
    variable: bool = True
    ko: str
    en: str
    hint_ko: str = ""
    hint_en: str = ""
    required_by: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> "Attribute":
        if bool(self.values) != (self.datatype in LISTS):
            raise ValueError("values are for lists, and every list needs them")
        if not set(self.required_by) <= set(self.services):
            raise ValueError("required_by names an item that is not among services")
        return self

    def required(self, item: str) -> bool:
        """True where a request for `item` is refused without it."""
        return self.variable and item in self.required_by


class _Services(Frozen):
    attribute: tuple[Attribute, ...] = ()


@of_city_data
def asked_attributes() -> Mapping[str, tuple[Attribute, ...]]:
    """What each item asks, in the order of the file. Raises pydantic.ValidationError when the
    file is wrong."""
    found: dict[str, tuple[Attribute, ...]] = {}
    for one in _Services.model_validate(document("services.toml")).attribute:
        for item in one.services:
            found[item] = (*found.get(item, ()), one)
    return MappingProxyType(found)


def attributes_of(item: str) -> tuple[Attribute, ...]:
    """What a request for `item` may or must tell; nothing for most."""
    return asked_attributes().get(item, ())


def keywords_of(item: str) -> tuple[str, ...]:
    """The words that name the matter of `item` most plainly, the weightiest first."""
    weights = keywords().words.get(item, {})
    plain = [
        word for word, weight in weights.items() if weight >= FEWEST_WEIGHT and " " not in word
    ]
    ranked = sorted(plain, key=lambda word: -weights[word])
    said = (word.lstrip("~").replace("_", " ") for word in ranked if "," not in word)
    return tuple(dict.fromkeys(said))[:MOST_KEYWORDS]
