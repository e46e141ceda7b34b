"""Reading the tables of `rules/data/`: each row becomes a frozen model, or the start stops."""

import csv
import tomllib
from datetime import date
from importlib.resources import files
from io import StringIO
from typing import Any, TypeVar

from pydantic import model_validator

from schema.model import Frozen

Row = TypeVar("Row", bound=Frozen)


class Dated(Frozen):
    """A row that holds from `valid_from` up to and including `valid_to` (None: still)."""

    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Dated":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")
        return self

    def valid_on(self, day: date) -> bool:
        """True when the row is in force on `day` (Seoul's calendar)."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def rows(name: str, model: type[Row]) -> tuple[Row, ...]:
    """The rows of `rules/data/<name>`, an empty cell meaning the field's default.

    Raises pydantic.ValidationError on a row that does not fit its model.
    """
    return tuple(
        model.model_validate({key: cell for key, cell in row.items() if cell != ""})
        for row in csv.DictReader(StringIO(_text(name)))
    )


def document(name: str) -> dict[str, Any]:
    """The TOML document `rules/data/<name>`; its reader validates it with a model of its own."""
    return tomllib.loads(_text(name))


def _text(name: str) -> str:
    return (files("rules") / "data" / name).read_text(encoding="utf-8")
