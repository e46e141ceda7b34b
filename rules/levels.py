"""Whom a rung tells: the levels of the ladder from the officer upwards, and who is there now.

The levels are an order, so climbing comes to an end: there can be no circle of deputies.
"""

from collections.abc import Collection
from enum import StrEnum

from schema.model import Frozen


class Level(StrEnum):
    """The people above a case, lowest first, as the ladders name them."""

    OFFICER = "officer"
    """처리담당자; on the first-line desk 통합접수자."""
    TEAM_HEAD = "team_head"
    """팀장"""
    DEPARTMENT_HEAD = "department_head"
    """부서관리자"""
    INSPECTOR = "inspector"
    """민원심사관, of the agency (민원처리법 §25)."""
    BUREAU = "bureau"
    """국장급, of the agency."""


class Desk(StrEnum):
    """Others that a rung can name: desks, and people who stand beside the ladder."""

    FIRST_LINE = "first_line"
    DUTY = "duty"
    JOINED = "joined"
    """The department whose cooperation is awaited."""
    PETITIONER = "petitioner"
    ADMINISTRATOR = "administrator"


CLIMBING = tuple(Level)
STAFFED_DESKS = frozenset({Desk.FIRST_LINE, Desk.DUTY})
"""Desks that do not climb: where nobody sits there, a person has to see to the case."""
NAMES = frozenset({*Level, *Desk})


class Told(Frozen):
    """Who is told in the end. `passed_over` are the levels below it that had nobody; `nobody`
    says that no level had anybody, `to` is then still what the ladder says."""

    to: str
    passed_over: tuple[str, ...] = ()
    nobody: bool = False

    @property
    def tried(self) -> tuple[str, ...]:
        """Everybody who was looked for."""
        return self.passed_over if self.nobody else (*self.passed_over, self.to)


def told(to: str, staffed: Collection[str]) -> Told:
    """Who is told of a rung that names `to`, where only `staffed` levels and desks have anybody."""
    if to in STAFFED_DESKS and to not in staffed:
        return Told(to=to, passed_over=(to,), nobody=True)
    if to not in CLIMBING:
        return Told(to=to)
    above = CLIMBING[CLIMBING.index(Level(to)) :]
    for place, level in enumerate(above):
        if level in staffed:
            return Told(to=level, passed_over=above[:place])
    return Told(to=to, passed_over=above, nobody=True)
