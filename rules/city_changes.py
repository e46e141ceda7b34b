"""What a new version of the city's data changes, in words and as codes: shown before it counts."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from rules.city_data import DAY, KEYS, Entry, days_of_change, entries, owners_of
from rules.escalation import Ladder, Rung, read_escalation
from rules.organisation import department, departments
from rules.tables import CityData, document, file_names, trying
from rules.taxonomy import leaf
from schema.model import Frozen

RECOUNTED = frozenset({"ladders.toml", "packs.toml", "taxonomy.csv"})
"""A change of one of these can move the next moment of an open case."""

SHORT = 120
"""How long the old and the new value together may be to be shown."""


class How(StrEnum):
    """What happens to a row or text."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"
    CORRECTED = "corrected"
    """The row itself is another: it counts for days gone by as well."""
    REMOVED = "removed"


SAID = {
    How.ADDED: ("추가", "added"),
    How.CHANGED: ("변경", "changed"),
    How.ENDED: ("종료", "ended"),
    How.CORRECTED: ("정정(지난 날 포함)", "corrected, for days gone by too"),
    How.REMOVED: ("삭제", "removed"),
}


class Change(Frozen):
    """One row or text that differs. `since` is the first day of it, for an end the last; None
    where it counts from the load on."""

    file: str
    name: str
    how: How
    since: date | None = None
    detail: str = ""

    def __str__(self) -> str:
        ko, en = SAID[self.how]
        when = f"  {self.since}" if self.since else ""
        detail = f"  {self.detail}" if self.detail else ""
        return f"{self.file:24} {self.name}  {ko} {en}{when}{detail}"


class Effect(Frozen):
    """What a load brings about. `ending`: the last day of each department that ends; `owners`: the
    items that get another owner; `recount`: whether open cases have to be looked at again."""

    changes: tuple[Change, ...]
    ending: Mapping[str, date]
    owners: frozenset[str]
    recount: bool


def effect(before: CityData, after: CityData) -> Effect:
    """What differs between two versions, both of which can be read."""
    different = [name for name in file_names() if before.text(name) != after.text(name)]
    return Effect(
        changes=tuple(change for name in different for change in _changes(name, before, after)),
        ending=_ending(before, after),
        owners=_new_owners(before, after),
        recount=not RECOUNTED.isdisjoint(different),
    )


def _changes(name: str, before: CityData, after: CityData) -> list[Change]:
    """What differs in a file; or that only its order or remarks do."""
    found = list(_differences(name, before, after))
    return found or [Change(file=name, name="순서·설명 order, remarks", how=How.CHANGED)]


def _differences(name: str, before: CityData, after: CityData) -> Iterator[Change]:
    if name in KEYS:
        return _rows_changed(name, _table(name, before), _table(name, after))
    if name == "ladders.toml":
        return _ladders_changed(before, after)
    return _values_changed(name, _values(name, before), _values(name, after))


Table = dict[str, dict[date | None, Entry]]


def _table(name: str, data: CityData) -> Table:
    """The rows of a table by name and first day."""
    found: Table = {}
    with trying(data):
        for _, entry in entries(name):
            found.setdefault(entry.name(KEYS[name]), {})[entry.valid_from] = entry
    return found


def _rows_changed(file: str, old: Table, new: Table) -> Iterator[Change]:
    for name in [*new, *(name for name in old if name not in new)]:
        was, now = old.get(name, {}), new.get(name, {})
        for since in sorted({*was, *now}, key=lambda day: day or date.min):
            if was.get(since) != now.get(since) and not _goes_on(was.get(since), now, since):
                yield _row_changed(file, name, since, was, now)


def _goes_on(old: Entry | None, now: Mapping[date | None, Entry], since: date | None) -> bool:
    """True where a row only ends because another follows it the next day: that one is shown."""
    new = now.get(since)
    if old is None or new is None or new.valid_to is None or old.cells != new.cells:
        return False
    return new.valid_to + DAY in now


def _row_changed(
    file: str,
    name: str,
    since: date | None,
    was: Mapping[date | None, Entry],
    now: Mapping[date | None, Entry],
) -> Change:
    old, new = was.get(since), now.get(since)
    if new is None:
        return Change(file=file, name=name, how=How.REMOVED, since=since)
    if old is None:
        earlier = [row for day, row in now.items() if day and since and day < since]
        how = How.CHANGED if earlier else How.ADDED
        detail = _cells(earlier[-1].cells, new.cells) if earlier else _names(new)
        return Change(file=file, name=name, how=how, since=since, detail=detail)
    if old.cells != new.cells:
        detail = _cells(old.cells, new.cells)
        return Change(file=file, name=name, how=How.CORRECTED, since=since, detail=detail)
    if new.valid_to is None:
        return Change(file=file, name=name, how=How.CHANGED, detail="valid_to → -")
    return Change(file=file, name=name, how=How.ENDED, since=new.valid_to)


def _names(row: Entry) -> str:
    return row.cells.get("name_ko", "")


def _cells(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """The cells that differ: «도로과» → «도로관리과»."""
    return ", ".join(
        f"{name} «{old.get(name, '')}» → «{new.get(name, '')}»"
        for name in dict.fromkeys((*old, *new))
        if old.get(name, "") != new.get(name, "")
    )


def _ladders_changed(before: CityData, after: CityData) -> Iterator[Change]:
    was, now = _ladders(before), _ladders(after)
    for key in [*now, *(key for key in was if key not in now)]:
        old, new = was.get(key), now.get(key)
        if old != new:
            yield _ladder_changed(old, new)
    yield from _values_changed(
        "ladders.toml", _settings("ladders.toml", before), _settings("ladders.toml", after)
    )


def _ladders(data: CityData) -> dict[tuple[str, date | None], Ladder]:
    with trying(data):
        return {(one.name, one.valid_from): one for one in read_escalation().ladder}


def _ladder_changed(old: Ladder | None, new: Ladder | None) -> Change:
    ladder = new or old
    assert ladder is not None
    how = How.REMOVED if new is None else How.ADDED if old is None else How.CHANGED
    rungs = _rungs_changed(old, new)
    if old and new and old.valid_to != new.valid_to and new.valid_to:
        how = How.ENDED if not rungs else How.CHANGED
    since = ladder.valid_to if how is How.ENDED else ladder.valid_from
    return Change(
        file="ladders.toml", name=ladder.name, how=how, since=since, detail="; ".join(rungs)
    )


def _rungs_changed(old: Ladder | None, new: Ladder | None) -> list[str]:
    """The rungs that differ, each in a few words: + new, - gone, ~ another."""
    was = {rung.name: rung for rung in old.rung} if old else {}
    now = {rung.name: rung for rung in new.rung} if new else {}
    said = [
        f"~ {_rung(was[name])} → {_rung(now[name])}"
        for name in now
        if name in was and was[name] != now[name]
    ]
    said += [f"+ {_rung(rung)}" for name, rung in now.items() if name not in was]
    said += [f"- {_rung(rung)}" for name, rung in was.items() if name not in now]
    return said


def _rung(rung: Rung) -> str:
    place = f"{rung.share:.0%}" if rung.share else f"due + {rung.overdue_hours:g} h"
    night = ", night too" if rung.at_night else ""
    return f"{rung.name} ({rung.action} {rung.to}, {place}{night})"


def _settings(name: str, data: CityData) -> dict[str, str]:
    """What a document says beside its lists."""
    return {key: said for key, said in _values(name, data).items() if " " not in key}


def _values(name: str, data: CityData) -> dict[str, str]:
    """The values of any other file: those of a document, and the rows of its lists."""
    with trying(data):
        if name.endswith(".csv"):
            return {" ".join(row.cells.values()): "" for _, row in entries(name)}
        return dict(_flat(document(name)))


def _flat(
    table: Mapping[str, object], place: str = "", depth: int = 3
) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict) and depth > 1:
            yield from _flat(value, f"{place}{key}.", depth - 1)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield from (_listed(f"{place}{key}", one) for one in value)
        else:
            yield f"{place}{key}", json.dumps(value, ensure_ascii=False, default=str)


def _listed(place: str, row: Mapping[str, object]) -> tuple[str, str]:
    """A row of a list under its name; one without a name is named by all that it says."""
    said = json.dumps(row, ensure_ascii=False, default=str)
    return (f"{place} {row['name']}", said) if "name" in row else (f"{place} {said}", "")


def _values_changed(file: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys((*new, *old)):
        if name not in new:
            yield Change(file=file, name=name, how=How.REMOVED)
        elif name not in old:
            yield Change(file=file, name=name, how=How.ADDED)
        elif old[name] != new[name]:
            short = len(old[name]) + len(new[name]) <= SHORT
            detail = f"{old[name]} → {new[name]}" if short else ""
            yield Change(file=file, name=name, how=How.CHANGED, detail=detail)


def _ending(before: CityData, after: CityData) -> dict[str, date]:
    """The departments that end by the new version, with their last days."""
    with trying(before):
        last_days = {code: department(code).valid_to for code in _codes()}
    with trying(after):
        known = _codes()
        return {
            code: end
            for code, had in last_days.items()
            if code in known
            for end in [department(code).valid_to]
            if end is not None and end != had
        }


def _codes() -> frozenset[str]:
    """Every department that there ever was or will be."""
    return frozenset(code for day in days_of_change() for code in departments(day))


def _new_owners(before: CityData, after: CityData) -> frozenset[str]:
    with trying(before):
        old = {code: owners_of(leaf(code)) for code in _items()}
    with trying(after):
        return frozenset(
            code for code in _items() & old.keys() if owners_of(leaf(code)) != old[code]
        )


def _items() -> frozenset[str]:
    return frozenset(entry.cells["code"] for _, entry in entries("taxonomy.csv"))
