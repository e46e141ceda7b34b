"""The routing decision in words: what was taken for the item, the place and the owner, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from storage.cases import Case
from web.wording import Wording


@dataclass(frozen=True)
class DecisionView:
    """The reasons in order (item, place, owner) and the items that were thought of."""

    reasons: tuple[tuple[str, str], ...]
    candidates: tuple[tuple[str, str], ...]
    address: str | None
    channel_category: str | None


def decision_of(case: Case, wording: Wording) -> DecisionView:
    """The stored decision of `case`; empty where it has not been routed yet."""
    key = "reason_ko" if wording.korean else "reason_en"
    parts = {name: _part(case.routing, name) for name in ("classification", "place", "routing")}
    candidates = parts["classification"].get("candidates")
    return DecisionView(
        reasons=tuple(
            (wording.t(f"decision.{name}"), str(part[key]))
            for name, part in parts.items()
            if part.get(key)
        ),
        candidates=tuple(
            (
                wording.item(str(one.get("item"))),
                f"{float(str(one.get('score') or 0)):.0%}",
            )
            for one in (candidates if isinstance(candidates, list) else [])
            if isinstance(one, dict)
        ),
        address=_said(case.routing, "address"),
        channel_category=_said(case.routing, "channel_category"),
    )


def _part(routing: Mapping[str, JsonValue], name: str) -> Mapping[str, JsonValue]:
    part = routing.get(name)
    return part if isinstance(part, dict) else {}


def _said(routing: Mapping[str, JsonValue], name: str) -> str | None:
    value = routing.get(name)
    return value if isinstance(value, str) and value else None
