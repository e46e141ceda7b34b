"""How many requests of a kind one address may send: the table, read. Counting is the web's."""

import re
from enum import StrEnum
from functools import cached_property

from pydantic import Field, field_validator

from rules.tables import of_city_data, rows
from schema.model import Frozen


class Counts(StrEnum):
    """Which requests count: all, or those that missed (401, 403, 404), so that guessing is slow
    and looking often is not."""

    ALL = "all"
    MISSES = "misses"


class RequestLimit(Frozen):
    """`amount` requests in any `seconds` from one address; a path must match as a whole."""

    name: str
    methods: str
    path: str
    amount: int = Field(gt=0)
    seconds: int = Field(gt=0)
    counts: Counts

    @field_validator("path")
    @classmethod
    def _is_pattern(cls, path: str) -> str:
        re.compile(path)
        return path

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # A path with an encoded line break in it is under the same limit as one without.
        return re.compile(self.path, re.DOTALL)

    def covers(self, method: str, path: str) -> bool:
        """True for a request that the limit is about."""
        named = "GET" if method == "HEAD" else method
        return named in self.methods.split() and self._pattern.fullmatch(path) is not None


@of_city_data
def request_limits() -> tuple[RequestLimit, ...]:
    """Every limit, in the order of the table; several may cover one request."""
    return tuple(rows("limits.csv", RequestLimit))
