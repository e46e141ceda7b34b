"""Checking the city's data: by the readers of the engine itself, then table against table."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from pydantic import ConfigDict, ValidationError

from rules.city_readers import READERS
from rules.classification import keywords
from rules.document_lines import line_of
from rules.escalation import Ladder, read_escalation
from rules.notice_checks import notice_faults
from rules.organisation import (
    AUDIT,
    CITY,
    FIRST_LINE,
    agencies,
    agency_of,
    departments,
    districts,
    duty_department,
)
from rules.services import asked_attributes
from rules.sign_on import sign_on_mapping
from rules.sites import EmbeddingSite
from rules.tables import (
    CityData,
    DataError,
    Fault,
    city_data,
    file_names,
    numbered_rows,
    sentence,
    trying,
)
from rules.taxonomy import Leaf, groups
from schema.deadlines import Unit
from schema.model import Frozen

KEYS: Mapping[str, tuple[str, ...]] = {
    "agencies.csv": ("code",),
    "approvals.csv": ("department", "petition_type"),
    "channel_categories.csv": ("channel", "category"),
    "city_accounts.csv": ("network", "account"),
    "departments.csv": ("code",),
    "district_departments.csv": ("district", "slug"),
    "districts.csv": ("bjd5",),
    "groups.csv": ("code",),
    "sites.csv": ("code",),
    "evidence.csv": ("item",),
    "taxonomy.csv": ("code",),
}
"""What names a row of each table; for one name one row holds on a day."""
COUNTED = {"kind", "petition_type", "period_unit", "period_amount", "field_sla_hours", "urgent"}
"""What of an item its cases' deadlines are counted by."""
DAY = timedelta(days=1)


class Entry(Frozen):
    """A row of any table, its cells as they are."""

    model_config = ConfigDict(extra="allow")

    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def cells(self) -> dict[str, str]:
        """The cells without the days."""
        return {name: str(cell) for name, cell in (self.model_extra or {}).items()}

    def name(self, key: Sequence[str]) -> str:
        """What names the row, by the columns `key`."""
        return "/".join(self.cells.get(column, "*") for column in key)

    def overlaps(self, later: "Entry") -> bool:
        """True where a row that begins no earlier begins before this one has ended."""
        if self.valid_to is None or later.valid_from is None:
            return True
        return later.valid_from <= self.valid_to


def entries(file: str) -> list[tuple[int, Entry]]:
    """The rows of a table with their lines, in the order of their days."""
    found = numbered_rows(file, Entry)
    return sorted(found, key=lambda numbered: numbered[1].valid_from or date.min)


def unreadable(data: CityData) -> tuple[Fault, ...]:
    """Why the engine could not read `data`; none where it can. What was read stays with it."""
    found: dict[Fault, None] = {}
    with trying(data):
        for read in READERS:
            found |= dict.fromkeys(_faults_of(read, data))
    return tuple(found)


def _faults_of(read: Callable[[], object], data: CityData) -> Sequence[Fault]:
    try:
        read()
    except DataError as error:
        return error.faults
    except ValidationError as error:
        document = data.text(data.opened)
        return [
            Fault(file=data.opened, line=line_of(document, one["loc"]), ko=ko, en=en)
            for one in error.errors()
            for ko, en in [sentence(one)]
        ]
    except (KeyError, ValueError, re.error) as error:
        ko, en = (
            "없는 코드이거나 쓸 수 없는 값입니다",
            "A code that there is not, or no usable value",
        )
        return [Fault(file=data.opened, ko=f"{ko}: {error}.", en=f"{en}: {error}.")]
    return ()


def faults(data: CityData, *, before: CityData, today: date) -> tuple[Fault, ...]:
    """Why `data` may not take the place of `before` on `today`; none where it may."""
    found = unreadable(data)
    if found:
        return found
    with trying(data):
        checked = (
            *_twice_on_a_day(),
            *_owners(),
            *_items(),
            *_words(),
            *_desks(),
            *_other_departments(),
            *_ladders(),
            *_sign_on(today),
            *notice_faults(),
        )
    return (*checked, *_past(data, before, today))


def unknown_file(name: str) -> Fault:
    """What to say of a file that is none of the city's data."""
    known = ", ".join(file_names())
    return Fault(
        file=name,
        ko="도시 데이터에 없는 파일 이름입니다.",
        en=f"The city's data has no file of this name; it has {known}.",
    )


def _twice_on_a_day() -> Iterator[Fault]:
    for file, key in KEYS.items():
        by_name: dict[str, list[tuple[int, Entry]]] = {}
        for line, entry in entries(file):
            by_name.setdefault(entry.name(key), []).append((line, entry))
        for name, versions in by_name.items():
            for (_, earlier), (line, later) in pairwise(versions):
                if earlier.overlaps(later):
                    yield Fault(
                        file=file,
                        line=line,
                        ko=f"«{name}»의 유효기간이 겹칩니다.",
                        en=f"«{name}» has two rows on one day: end the earlier one with valid_to.",
                    )


def days_of_change() -> list[date]:
    """The days on which a department begins, or is no more."""
    files = ("departments.csv", "district_departments.csv")
    found = {
        day
        for file in files
        for _, entry in entries(file)
        for day in (entry.valid_from, entry.valid_to + DAY if entry.valid_to else None)
        if day is not None
    }
    return sorted(found)


def _owners() -> Iterator[Fault]:
    """An item's owners have to be there for as long as it is theirs."""
    changes = days_of_change()
    for line, subject in numbered_rows("taxonomy.csv", Leaf):
        days = [subject.valid_from, *(day for day in changes if day > subject.valid_from)]
        for owner in owners_of(subject):
            day = next(
                (day for day in days if subject.valid_on(day) and owner not in departments(day)),
                None,
            )
            if day is not None:
                yield Fault(
                    file="taxonomy.csv",
                    line=line,
                    ko=f"{subject.code}의 담당 «{owner}»이(가) {day}에 없는 부서입니다.",
                    en=f"{subject.code} is owned by «{owner}», which is no department on {day}:"
                    " end this row the day before and add one with the new owner.",
                )


def owners_of(subject: Leaf) -> list[str]:
    """Every department that owns the item somewhere."""
    found = [subject.city_owner, subject.expressway_owner]
    if subject.district_owner is not None:
        found += [f"{row.org_code}.{subject.district_owner}" for row in districts().values()]
    return [code for code in found if code is not None]


def _items() -> Iterator[Fault]:
    for line, subject in numbered_rows("taxonomy.csv", Leaf):
        at_once = subject.period_unit == Unit.IMMEDIATE
        if subject.period_unit not in set(Unit) or at_once != (subject.period_amount is None):
            yield Fault(
                file="taxonomy.csv",
                line=line,
                ko=f"{subject.code}의 처리기간 단위나 값이 맞지 않습니다.",
                en=f"{subject.code} needs period_unit, one of {', '.join(Unit)}, and a"
                " period_amount unless it is immediate.",
            )
        if subject.group not in groups():
            yield Fault(
                file="taxonomy.csv",
                line=line,
                ko=f"{subject.code}의 분야 «{subject.group}»이(가) groups.csv에 없습니다.",
                en=f"{subject.code} is of the group «{subject.group}», which groups.csv has not.",
            )


def _words() -> Iterator[Fault]:
    """Words, categories and sites speak for items and groups that there are."""
    known = {row.code for _, row in numbered_rows("taxonomy.csv", Leaf)}
    for code in keywords().words.keys() - known:
        line = line_of(city_data().text("keywords.toml"), ("words", code))
        yield _no_item("keywords.toml", line, code)
    for code in asked_attributes().keys() - known:
        yield _no_item("services.toml", None, code)
    for line, entry in entries("channel_categories.csv"):
        target = entry.cells["target"]
        if target not in known and target not in groups():
            yield _no_item("channel_categories.csv", line, target)
    for line, site in numbered_rows("sites.csv", EmbeddingSite):
        if site.item is not None and site.item not in known:
            yield _no_item("sites.csv", line, site.item)


def _no_item(file: str, line: int | None, code: str) -> Fault:
    return Fault(
        file=file,
        line=line,
        ko=f"«{code}»은(는) taxonomy.csv에 없는 사항입니다.",
        en=f"«{code}» is no item of taxonomy.csv.",
    )


def _desks() -> Iterator[Fault]:
    """What the engine names itself: the first-line desk, the audit, a duty desk everywhere."""
    for day in days_of_change():
        for code in (FIRST_LINE, AUDIT, *map(duty_department, agencies())):
            if code not in departments(day):
                yield Fault(
                    file="departments.csv",
                    ko=f"«{code}» 부서는 반드시 있어야 하는데 {day}에 없습니다.",
                    en=f"The engine needs the department «{code}», which is not there on {day}.",
                )


def _other_departments() -> Iterator[Fault]:
    """Approvals, accounts and sites name departments that are there when they begin."""
    for file in ("approvals.csv", "city_accounts.csv", "sites.csv"):
        for line, entry in entries(file):
            named = entry.cells["department"]
            known = departments(entry.valid_from or date.max)
            if named not in known and named not in agencies() and named != "*":
                yield Fault(
                    file=file,
                    line=line,
                    ko=f"«{named}»은(는) {entry.valid_from}에 없는 부서입니다.",
                    en=f"«{named}» is no department on {entry.valid_from}.",
                )


def _sign_on(today: date) -> Iterator[Fault]:
    """Whom the sign-on service sends is given duties in departments that are there."""
    for index, rule in enumerate(sign_on_mapping().rule):
        if rule.department is not None and rule.department not in departments(today):
            yield Fault(
                file="sign_on.toml",
                line=line_of(city_data().text("sign_on.toml"), ("rule", index, "department")),
                ko=f"«{rule.group}» 그룹의 «{rule.department}»은(는) {today}에 없는 부서입니다.",
                en=f"The group «{rule.group}» is given «{rule.department}», which is no department"
                f" on {today}.",
            )


def _ladders() -> Iterator[Fault]:
    document = city_data().text("ladders.toml")
    seen: list[Ladder] = []
    for index, ladder in enumerate(read_escalation().ladder):
        for ko, en in (*_same_name(ladder, seen), *_strangers(ladder)):
            line = line_of(document, ("ladder", index))
            yield Fault(file="ladders.toml", line=line, ko=ko, en=en)
        seen.append(ladder)


def _same_name(ladder: Ladder, seen: Sequence[Ladder]) -> Iterator[tuple[str, str]]:
    for other in seen:
        first, second = sorted((ladder, other), key=lambda one: one.valid_from or date.min)
        apart = first.valid_to is not None and first.valid_to < (second.valid_from or date.min)
        if other.name == ladder.name and not apart:
            yield (
                f"사다리 «{ladder.name}»이(가) 같은 날에 둘 있습니다.",
                f"There are two ladders «{ladder.name}» on one day: end one with valid_to.",
            )


def _strangers(ladder: Ladder) -> Iterator[tuple[str, str]]:
    known = departments(ladder.valid_from or date.max)
    for code in sorted(ladder.departments or ()):
        if code not in known and code not in agencies():
            yield (
                f"사다리 «{ladder.name}»의 «{code}»은(는) 없는 부서입니다.",
                f"The ladder «{ladder.name}» is for «{code}», which is neither a department nor an"
                " agency.",
            )


def _past(data: CityData, before: CityData, today: date) -> Iterator[Fault]:
    """What the log of cases names stays known, and days gone by stay as they were counted."""
    with trying(before):
        days = {day for day in days_of_change() if day < today} | {today - DAY}
        were = {day: departments(day).keys() for day in days}
    with trying(data):
        lost = {
            code: day for day in sorted(were) for code in were[day] if code not in departments(day)
        }
    for code, day in lost.items():
        file = "departments.csv" if agency_of(code) == CITY else "district_departments.csv"
        yield Fault(
            file=file,
            ko=f"{day}에 있던 «{code}» 부서가 없어졌습니다. 줄은 두고 valid_to를 적어 주세요.",
            en=f"«{code}» was a department on {day}, cases name it: keep its row and end it with"
            " valid_to.",
        )
    yield from _past_items(data, before, today)


def _past_items(data: CityData, before: CityData, today: date) -> Iterator[Fault]:
    with trying(before):
        old = numbered_rows("taxonomy.csv", Leaf)
    with trying(data):
        new = numbered_rows("taxonomy.csv", Leaf)
    begun = {row.valid_from for _, row in (*old, *new)} | {today - DAY}
    told: set[str] = set()
    for day in sorted((day for day in begun if day < today), reverse=True):
        then = {row.code: (line, row) for line, row in new if row.valid_on(day)}
        for row in (row for _, row in old if row.valid_on(day)):
            line, now = then.get(row.code, (None, None))
            counted = now and now.model_dump(include=COUNTED)
            if counted != row.model_dump(include=COUNTED) and row.code not in told:
                told.add(row.code)
                yield Fault(
                    file="taxonomy.csv",
                    line=line,
                    ko=f"{row.code}: {day}에 이미 적용된 내용은 바꿀 수 없습니다.",
                    en=f"{row.code}: cases were counted by this row on {day}. Keep it, end it with"
                    f" valid_to, and add a row from {today} on.",
                )
