"""The city's data: tables of which each row becomes a frozen model, or the start stops.

The files of `rules/data/` are its first version; files that the city loads take their places.
"""

import csv
import tomllib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import wraps
from importlib.resources import files
from io import StringIO
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from pydantic import ValidationError, model_validator
from pydantic_core import ErrorDetails

from schema.model import Frozen

TOO_MANY = "(one cell too many)"
Row = TypeVar("Row", bound=Frozen)
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


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


class Fault(Frozen):
    """What is wrong with the data, where, and what to do, in both languages."""

    file: str
    line: int | None = None
    ko: str
    en: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.ko} {self.en}"


class DataError(ValueError):
    """A file of the city's data cannot be used; `faults` has a sentence for each reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class CityData:
    """One state of the city's data: the package's own files, `replaced` ones in their places.

    It never changes, so what was read from it is kept with it; another state begins afresh.
    """

    def __init__(self, replaced: Mapping[str, str] | None = None, *, version: int = 0) -> None:
        self.version = version
        self.replaced = MappingProxyType(dict(replaced or {}))
        self.known: dict[Hashable, Any] = {}
        self.opened = ""
        """The document opened last: whose fault it is when its reader then fails."""

    def text(self, name: str) -> str:
        """The text of a file. Raises FileNotFoundError for a name that the city has not."""
        self.opened = name
        replaced = self.replaced.get(name)
        return package_text(name) if replaced is None else replaced


def package_text(name: str) -> str:
    """The file `name` as it came with the package."""
    return (files("rules") / "data" / name).read_text(encoding="utf-8")


def file_names() -> tuple[str, ...]:
    """The files that the city's data consists of."""
    found = (entry.name for entry in (files("rules") / "data").iterdir())
    return tuple(sorted(name for name in found if name.endswith((".csv", ".toml"))))


_in_force = CityData()
_tried: ContextVar[CityData | None] = ContextVar("tried city data", default=None)


def city_data() -> CityData:
    """The data that every reader reads now."""
    return _tried.get() or _in_force


def put_in_force(data: CityData) -> None:
    """Have the whole process read `data` from now on: what was read before is forgotten at once."""
    global _in_force
    _in_force = data


@contextmanager
def trying(data: CityData) -> Iterator[None]:
    """Read `data` in the body, and nowhere else."""
    token = _tried.set(data)
    try:
        yield
    finally:
        _tried.reset(token)


def of_city_data(read: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Keep what `read` answers for as long as the data that it was read from."""

    @wraps(read)
    def remembered(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        known = (_tried.get() or _in_force).known
        key = (read, args, *kwargs.items()) if kwargs else (read, args)
        if key in known:
            kept: Answer = known[key]
            return kept
        answer = known[key] = read(*args, **kwargs)
        return answer

    return remembered


def rows(name: str, model: type[Row]) -> tuple[Row, ...]:
    """The rows of the table `name`, an empty cell meaning the field's default.

    Raises DataError with every row that does not fit its model.
    """
    return tuple(row for _, row in numbered_rows(name, model))


def numbered_rows(name: str, model: type[Row]) -> tuple[tuple[int, Row], ...]:
    """The rows of the table `name`, each with the line on which it ends. Raises DataError."""
    found: list[tuple[int, Row]] = []
    faults: list[Fault] = []
    reader = csv.DictReader(StringIO(city_data().text(name)), restkey=TOO_MANY)
    for cells in reader:
        told = {key: cell for key, cell in cells.items() if cell not in ("", None)}
        try:
            found.append((reader.line_num, model.model_validate(told)))
        except ValidationError as error:
            faults += (_row_fault(name, reader.line_num, one) for one in error.errors())
    if faults:
        raise DataError(faults)
    return tuple(found)


def document(name: str) -> dict[str, Any]:
    """The TOML document `name`; its reader validates it with a model of its own.

    Raises DataError where it is no TOML.
    """
    try:
        return tomllib.loads(city_data().text(name))
    except tomllib.TOMLDecodeError as error:
        ko, en = "TOML 형식이 아닙니다.", f"This is no TOML: {error}."
        raise DataError([Fault(file=name, ko=ko, en=en)]) from None


def _row_fault(name: str, line: int, error: ErrorDetails) -> Fault:
    ko, en = sentence(error)
    return Fault(file=name, line=line, ko=ko, en=en)


def sentence(error: ErrorDetails) -> tuple[str, str]:
    """What is wrong with one value, in Korean and in English."""
    field = ".".join(map(str, error["loc"])) or "—"
    said = error["msg"].removeprefix("Value error, ").rstrip(".")
    if error["type"] == "missing":
        return f"«{field}» 값이 없습니다.", f"«{field}» is missing: give it a value."
    if error["type"] == "extra_forbidden":
        return (
            f"«{field}»은(는) 없는 항목입니다.",
            f"«{field}» is no field of this file: remove it or correct its name.",
        )
    return f"«{field}» 값을 고쳐 주세요.", f"«{field}» cannot be {_shown(error['input'])}: {said}."


def _shown(value: object) -> str:
    shown = str(value)
    return f"«{shown[:60]}…»" if len(shown) > 60 else f"«{shown}»"
