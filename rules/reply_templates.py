"""Templates of answers (답변 서식) by item and department: the city's data, filled for a case."""

import re
from collections.abc import Mapping

from pydantic import Field, field_validator

from rules.tables import document, of_city_data
from schema.model import Frozen

FIELDS: Mapping[str, str] = {
    "접수번호": "number",
    "항목": "item",
    "부서": "department",
    "담당자": "officer",
    "전화": "phone",
    "접수일": "received",
    "처리기한": "due",
    "오늘": "today",
    "장소": "place",
}
"""The fields that a template may name, and what fills them."""
_FIELD = re.compile(r"\{([^{}\n]+)\}")


class ReplyTemplate(Frozen):
    """One template. `items` are codes or groups (two letters), `departments` codes or the part
    after an agency's point (`roads`: of every agency); none of them: all. What only the officer
    knows stands in [brackets]."""

    name: str = Field(pattern=r"^[a-z0-9_]{2,40}$")
    title_ko: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    items: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    text: str = Field(min_length=1, max_length=5000)

    @field_validator("text")
    @classmethod
    def _names_known_fields(cls, text: str) -> str:
        unknown = sorted(set(_FIELD.findall(text)) - FIELDS.keys())
        if unknown:
            known = ", ".join(FIELDS)
            raise ValueError(f"there is no field {', '.join(unknown)}; there are {known}")
        return text

    def weight(self, item: str | None, department: str | None) -> int | None:
        """How closely it is meant for a case of `item` in `department`; None where it is not."""
        for_item = _fits(self.items, (item or "", (item or "")[:2]))
        slug = (department or "").partition(".")[2]
        for_department = _fits(self.departments, (department or "", slug))
        if for_item is None or for_department is None:
            return None
        return 2 * for_item + for_department


def _fits(asked: tuple[str, ...], named: tuple[str, str]) -> int | None:
    """2 for the very thing, 1 for its kind, 0 for all; None where it is another."""
    if not asked:
        return 0
    exact, kind = named
    if exact in asked:
        return 2
    return 1 if kind in asked else None


class _Document(Frozen):
    template: tuple[ReplyTemplate, ...] = ()

    @field_validator("template")
    @classmethod
    def _names_each_once(cls, found: tuple[ReplyTemplate, ...]) -> tuple[ReplyTemplate, ...]:
        names = [one.name for one in found]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two templates have the name {', '.join(twice)}")
        return found


@of_city_data
def reply_templates() -> tuple[ReplyTemplate, ...]:
    """`rules/data/reply_templates.toml`; raises pydantic.ValidationError where it is not usable."""
    return _Document.model_validate(document("reply_templates.toml")).template


def templates_for(item: str | None, department: str | None) -> tuple[ReplyTemplate, ...]:
    """The templates for a case of `item` in `department`, those made for it first."""
    weighed = [(one.weight(item, department), one) for one in reply_templates()]
    fitting = [(weight, one) for weight, one in weighed if weight is not None]
    return tuple(one for _, one in sorted(fitting, key=lambda pair: -pair[0]))


def filled(template: ReplyTemplate, values: Mapping[str, str]) -> str:
    """The text with its fields filled; one without a value is left to the officer in [brackets].

    `values` by the names on the right of FIELDS.
    """

    def _value(match: re.Match[str]) -> str:
        return values.get(FIELDS[match[1]]) or f"[{match[1]}]"

    return _FIELD.sub(_value, template.text).strip()
