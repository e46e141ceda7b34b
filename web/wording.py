"""Words for people, Korean and English: the table of texts, and how instants and codes are said."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from rules.organisation import department, districts, full_name_en, full_name_ko
from rules.taxonomy import groups, leaf
from rules.transitions import STATE_NAMES, TRANSITIONS
from schema.codes import Action, State

SEOUL = ZoneInfo("Asia/Seoul")
WEEKDAYS_KO = "월화수목금토일"


class Language(StrEnum):
    """The languages of the pages; Korean where nobody chose."""

    KO = "ko"
    EN = "en"


@cache
def texts() -> Mapping[str, Mapping[Language, str]]:
    """The tables `web/texts/*.yaml`, each group in one of them; raises ValueError where a text
    lacks a language or stands in two files."""
    table: dict[str, Mapping[Language, str]] = {}
    for path in sorted(Path(str(files("web"))).glob("texts/*.yaml")):
        for group, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            for name, words in entries.items():
                key = f"{group}.{name}"
                if not isinstance(words, list) or len(words) != len(Language):
                    raise ValueError(f"web/texts/{path.name}: {key} needs Korean and English")
                if key in table:
                    raise ValueError(f"web/texts/{path.name}: {key} stands in two files")
                table[key] = dict(zip(Language, map(str, words), strict=True))
    return table


class Wording:
    """How one language says things. Instants are shown in Seoul's time."""

    def __init__(self, language: Language) -> None:
        self.language = language

    @property
    def korean(self) -> bool:
        """True where the page is in Korean."""
        return self.language is Language.KO

    def t(self, key: str, **values: object) -> str:
        """The text `key`; raises KeyError for a text that is not in the table."""
        words = texts()[key][self.language]
        return words.format(**values) if values else words

    def has(self, key: str) -> bool:
        """True for a text that is in the table."""
        return key in texts()

    def code(self, group: str, value: object) -> str:
        """The text of a code, or the code itself where it is newer than the table."""
        key = f"{group}.{value}"
        return self.t(key) if self.has(key) else str(value)

    def when(self, at: datetime) -> str:
        """Day and minute: «2026. 2. 16.(월) 09:00», «Mon 16 Feb 2026, 09:00»."""
        return f"{self.day(at.astimezone(SEOUL).date())}{'' if self.korean else ','} " + (
            at.astimezone(SEOUL).strftime("%H:%M")
        )

    def day_of(self, at: datetime) -> str:
        """The day of an instant, in Seoul."""
        return self.day(at.astimezone(SEOUL).date())

    def day(self, day: date) -> str:
        """A day with its weekday."""
        if self.korean:
            weekday = WEEKDAYS_KO[day.weekday()]
            return f"{day.year}. {day.month}. {day.day}.({weekday})"
        return f"{day:%a} {day.day} {day:%b} {day.year}"

    def left(self, due_at: datetime, now: datetime) -> str:
        """How long until `due_at` by the wall clock, or how long ago it passed."""
        key = "time.left" if due_at >= now else "time.over"
        return self.t(key, span=self.span(abs(due_at - now)))

    def span(self, span: timedelta) -> str:
        """A length of time in its two largest units."""
        minutes = int(span.total_seconds() // 60)
        days, rest = divmod(minutes, 24 * 60)
        hours, minutes = divmod(rest, 60)
        if days:
            parts = [("time.days", days), ("time.hours", hours)]
        elif hours:
            parts = [("time.hours", hours), ("time.minutes", minutes)]
        else:
            parts = [("time.minutes", minutes)]
        said = [self.t(key, n=n) for key, n in parts if n] or [self.t("time.minutes", n=0)]
        return " ".join(said)

    def state(self, state: State) -> str:
        """The state as the public reads it."""
        return STATE_NAMES[state][0 if self.korean else 1]

    def action(self, action: Action) -> str:
        """The name of an action, as on its button."""
        row = TRANSITIONS[action]
        return row.label_ko if self.korean else row.label_en

    def department(self, code: str | None) -> str:
        """A department with its agency; a code that the data does not know is shown as it is."""
        if code is None:
            return self.t("case.no_department")
        try:
            today = datetime.now(SEOUL).date()
            name = full_name_ko if self.korean else full_name_en
            return name(code, on_date=today)
        except KeyError:
            return code

    def phone(self, code: str | None) -> str | None:
        """The telephone of a department, or None."""
        try:
            return department(code).phone or None if code else None
        except KeyError:
            return None

    def item(self, code: str | None) -> str:
        """The name of an item of the taxonomy."""
        if code is None:
            return self.t("case.no_item")
        try:
            entry = leaf(code)
        except KeyError:
            return code
        return entry.name_ko if self.korean else entry.name_en

    def item_group(self, code: str) -> str:
        """The name of the group `code` (two letters)."""
        group = groups()[code]
        return group.name_ko if self.korean else group.name_en

    def district(self, bjd5: str | None) -> str:
        """The name of a district, empty for none."""
        if bjd5 is None or bjd5 not in districts():
            return ""
        found = districts()[bjd5]
        return found.name_ko if self.korean else found.name_en
