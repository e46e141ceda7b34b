"""The day that is written: its hours, its source of chance, and the records so far."""

import random
from datetime import datetime, timedelta, timezone
from typing import Any

from reading import Written

SEOUL = timezone(timedelta(hours=9))
DAY = datetime(2026, 11, 18, tzinfo=SEOUL)
HOURS = (6, 5, 4, 2, 3, 5, 12, 26, 44, 66, 78, 80, 46, 52, 55, 52, 48, 46, 38, 30, 26, 22, 16, 10)
"""How the day's records lie over its hours: the peak before noon, a few at night."""

Record = dict[str, Any]


class Day:
    """The records so far, with one source of chance for all of them."""

    def __init__(self) -> None:
        self.dice = random.Random(20261118)
        self.records: list[Record] = []
        self.keys: dict[str, Record] = {}
        self._ordinals: dict[str, int] = {}

    def name(self, prefix: str) -> str:
        """The next id of one kind of record."""
        self._ordinals[prefix] = self._ordinals.get(prefix, 0) + 1
        return f"{prefix}-{self._ordinals[prefix]:03d}"

    def instant(self, *, first: int = 0, last: int = 23) -> datetime:
        """A moment of the day, as busy as its hour; between two hours where nobody is up else."""
        hours = range(first, last + 1)
        hour = self.dice.choices(hours, [HOURS[hour] for hour in hours])[0]
        return DAY + timedelta(hours=hour, seconds=self.dice.randrange(3600))

    def add(self, record: Record, written: Written | None = None) -> Record:
        """Keep a record; what is absent is left out of its line."""
        if written is not None:
            record["intends"] = written.leaf
            record["district"] = written.district
        self.records.append(record)
        return record
