"""An act that is asked for, with all that its judgement depends on: case, law, other cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from rules.case_facts import CaseFacts
from schema.deadlines import EventType, Extension, RefusedEvent
from schema.events import Actor


class Law(Protocol):
    """What the rule book answers about a case's clocks."""

    def opening(self, at: datetime) -> datetime:
        """When something that arrives at `at` is deemed received."""

    def extension_refusal(self, facts: CaseFacts, extension: Extension) -> RefusedEvent | None:
        """Why the legal period may not be extended so, or None."""

    def supplement_extension_refusal(
        self, facts: CaseFacts, extension: Extension
    ) -> RefusedEvent | None:
        """Why the citizen's period may not be extended so, or None."""

    def supplement_due(self, facts: CaseFacts) -> datetime | None:
        """The end of the citizen's period, or None where nothing was asked."""

    def supplement_request_due(self, facts: CaseFacts) -> datetime | None:
        """Until when a supplement has to be asked for (규칙 §9①)."""

    def objection_due(self, facts: CaseFacts) -> datetime | None:
        """Until when the petitioner may object, or None where there is nothing to object to."""

    def returns_after_one_request(self, facts: CaseFacts) -> bool:
        """Whether a petition may be returned without the second request (reading A19)."""

    def corrects(self, facts: CaseFacts) -> bool:
        """Whether the law of the case's receipt knows 직권보정 (영 §6⑤, from 2026-05-06)."""


@dataclass(frozen=True)
class Circumstances:
    """What is known beside the case itself: the law, whether its petitioner can be reached, the
    other cases that the act names, and which of these everybody can read."""

    law: Law
    reachable: bool = True
    named: Mapping[str, CaseFacts] = field(default_factory=dict)
    published: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Asked:
    """An act on a case, as a condition looks at it."""

    facts: CaseFacts
    at: datetime
    actor: Actor
    detail: Mapping[str, JsonValue]
    circumstances: Circumstances

    @property
    def law(self) -> Law:
        """The rule book's answers."""
        return self.circumstances.law

    def count(self, name: str) -> int:
        """A count of the detail; 0 where it is not given."""
        value = self.detail.get(name)
        return int(str(value)) if value is not None else 0

    def extension(self) -> Extension:
        """The extension that is asked for."""
        consent = bool(self.detail.get("consent")) or self.facts.consented
        return Extension.model_validate(
            {
                "type": EventType.EXTEND,
                "at": self.at,
                "days": self.count("days") or 1,
                "nth": self.facts.extensions + 1,
                "reason_code": self.detail.get("reason_code"),
                "consent": consent,
            }
        )
