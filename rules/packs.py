"""Rule packs: the law of petitions as it stood, by the day from which it applies to a receipt."""

from datetime import date, datetime, time
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from rules.tables import document, of_city_data
from schema.model import Frozen

SEOUL = ZoneInfo("Asia/Seoul")


class Readings(Frozen):
    """Points where the text leaves room, and the reading chosen (see docs/decisions)."""

    exhaustion: Literal["earliest", "next_opening"] = "earliest"
    """A1: a period used up at 12:00 or 18:00 ends then, or at the next opening."""
    day_due: time = time(23, 59, 59)
    """A3: the last day ends at midnight (민법 §159)."""
    hour_supplement: Literal["whole_days", "instants"] = "whole_days"
    """A5: dispatch and arrival days are left out whole, or the clock stops at the instants."""
    day_outage: Literal["whole_days", "any_day"] = "whole_days"
    """A6: in a day period only a day wholly out is left out, or any day touched."""
    investigation_cap: Literal["working_days", "civil_days"] = "working_days"
    """A12: how the 14 (+7) days of a field investigation are counted."""
    return_after: Literal["second_request", "first_request"] = "second_request"
    """A19: 영 §24③ and §25① both say «may»: a petition is returned after the second request, which
    is what a citizen can expect, or as soon as any period has passed."""


class Rule(Frozen):
    """One rule of the law: its article, since when there is such a rule, and what that date refers
    to. Rules that refer to an outage or a proposal are compared with that, not with the pack."""

    name: str
    article: str
    since: date
    refers_to: Literal["receipt", "arrival", "notice", "outage", "proposal"]

    def holds_in(self, pack_from: date) -> bool:
        """Whether the pack that applies from `pack_from` has this rule."""
        return self.since <= pack_from or self.refers_to in ("outage", "proposal")


Hours = tuple[time, time]


class RulePack(Frozen):
    """One version of the law. `valid_from` refers to the receipt unless a rule says otherwise."""

    name: str
    valid_from: date
    source: str
    morning: Hours
    afternoon: Hours
    immediate_hours: int = Field(gt=0)
    hours_a_day: int = Field(gt=0)
    extension_reasons: frozenset[str] | None = None
    """Lawful reasons (영 §21①); None: any (부득이한 사유), before 2026-05-06."""
    extensions: int = Field(default=2, gt=0)
    investigation_days: int = 14
    investigation_extra_days: int = 7
    rules: tuple[Rule, ...] = ()
    readings: Readings = Readings()

    @model_validator(mode="after")
    def _hours_follow_one_another(self) -> "RulePack":
        if not self.morning[0] < self.morning[1] <= self.afternoon[0] < self.afternoon[1]:
            raise ValueError("morning and afternoon must follow one another")
        return self

    @cached_property
    def _by_name(self) -> dict[str, Rule]:
        return {rule.name: rule for rule in self.rules}

    def rule(self, name: str) -> Rule | None:
        """The rule called `name`, or None where the law did not have it yet."""
        return self._by_name.get(name)

    def article(self, name: str) -> str:
        """The article of a rule that this pack has. Raises KeyError where it has none."""
        return self._by_name[name].article

    def since(self, name: str) -> date:
        """The day from which a rule applies to what it refers to. Raises KeyError."""
        return self._by_name[name].since


class _Packs(Frozen):
    pack: tuple[RulePack, ...] = Field(min_length=1)
    rule: tuple[Rule, ...] = Field(min_length=1)

    def complete(self) -> tuple[RulePack, ...]:
        """The packs, oldest first, each with the rules that it has."""
        return tuple(
            pack.model_copy(
                update={"rules": tuple(r for r in self.rule if r.holds_in(pack.valid_from))}
            )
            for pack in sorted(self.pack, key=lambda pack: pack.valid_from)
        )


@of_city_data
def packs() -> tuple[RulePack, ...]:
    """Every pack, oldest first; raises ValidationError where the data is not usable."""
    return _Packs.model_validate(document("packs.toml")).complete()


@of_city_data
def _pack_on(day: date) -> RulePack:
    in_force = [pack for pack in packs() if pack.valid_from <= day]
    return in_force[-1] if in_force else packs()[0]


def pack_for(received_at: datetime) -> RulePack:
    """The pack for a receipt; before the oldest one the oldest (the act of 2016 took over what was
    pending)."""
    return _pack_on(received_at.astimezone(SEOUL).date())
