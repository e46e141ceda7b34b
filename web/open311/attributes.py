"""`attribute[CODE]` of a posted request: checked against the definition, told in words."""

import re
from datetime import datetime

from rules.services import LISTS, Attribute, Datatype, attributes_of
from schema.form_fields import most
from schema.plain_text import plain_text
from web.open311.filters import instant
from web.open311.formats import Open311Error
from web.open311.posted import PostedForm

_NAME = re.compile(r"attribute\[([^\]]{1,60})\](?:\[[^\]]*\])?")
LONGEST = 1000
PLATE = "PLATE"
"""The attribute that goes where the form's own number plate goes: sealed, and beside the words."""
MOST_UNKNOWN = 20


def told_attributes(form: PostedForm, item: str) -> tuple[list[str], list[str]]:
    """What was told, a line each for whoever has the case, and what is wrong with it.

    What the service does not ask is told too: a partner may know more than we ask for.
    """
    given = _given(form)
    lines: list[str] = []
    faults: list[str] = []
    for one in attributes_of(item):
        values = given.pop(one.code, [])
        if not values and one.required(item):
            faults.append(
                f"attribute[{one.code}] ({one.ko})을(를) 적어 주세요. / "
                f"attribute[{one.code}] ({one.en}) is required."
            )
        elif values and one.variable:
            faults += _faults(one, values)
            if one.code == PLATE and told_plate(form):
                continue
            lines.append(f"{one.ko}: {_said(one, values)}")
    lines += [f"{code}: {', '.join(said)}" for code, said in list(given.items())[:MOST_UNKNOWN]]
    return lines, faults


def told_plate(form: PostedForm) -> str | None:
    """The number plate, where one was told; words too long for one stay among the words."""
    values = _given(form).get(PLATE, [])
    return values[0] if len(values) == 1 and len(values[0]) <= most("plate") else None


def _given(form: PostedForm) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in form.fields:
        match = _NAME.fullmatch(name)
        said = " ".join(plain_text(value).split()) if match else ""
        if match and said:
            found.setdefault(plain_text(match[1]), []).append(said[:LONGEST])
    return found


def _said(one: Attribute, values: list[str]) -> str:
    names = {value.key: value.ko for value in one.values}
    return ", ".join(names.get(value, value) for value in values)


def _faults(one: Attribute, values: list[str]) -> list[str]:
    if one.datatype is not Datatype.MULTIPLE and len(values) > 1:
        return [_wrong(one, "하나만", "one value only")]
    if one.datatype in LISTS:
        keys = [value.key for value in one.values]
        if set(values) - set(keys):
            said = ", ".join(keys)
            return [_wrong(one, f"다음 가운데서: {said}", f"of the list: {said}")]
    if one.datatype is Datatype.NUMBER and not _is_number(values[0]):
        return [_wrong(one, "숫자로", "a number")]
    if one.datatype is Datatype.DATETIME and not _is_instant(values[0]):
        return [_wrong(one, "시간대가 있는 일시로", "a date and time with its zone")]
    return []


def _wrong(one: Attribute, ko: str, en: str) -> str:
    return f"attribute[{one.code}]: {ko} 적어 주세요. / attribute[{one.code}] must be {en}."


def _is_number(value: str) -> bool:
    return re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", value) is not None


def _is_instant(value: str) -> bool:
    found: datetime | None
    try:
        found = instant(value, "attribute")
    except Open311Error:
        return False
    return found is not None
