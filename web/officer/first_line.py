"""The first-line desk's decision on one petition: what it may be about, and whose each would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from rules.place import Place
from rules.routing import route
from rules.taxonomy import is_item
from storage.cases import Case
from web.officer.decision import decision_of
from web.wording import Wording

MOST_GUESSES = 3


@dataclass(frozen=True)
class Guess:
    """One item the petition may be about, with the department that would get it; None where that
    depends on a place that nobody told."""

    item: str
    score: str
    reason: str
    department: str | None


def guesses_of(case: Case, wording: Wording, today: date) -> tuple[Guess, ...]:
    """The best guesses of the classification, best first: an item that the case has already is the
    first. Each goes where the routing table sends it, for the place that the petition told."""
    found = {str(one["item"]): one for one in _candidates(case)}
    items = list(dict.fromkeys((*([case.item] if case.item else []), *found)))
    known = [item for item in items if is_item(item, on_date=today)]
    place = _place(case)
    return tuple(
        _guess(item, found.get(item, {}), place, wording, today) for item in known[:MOST_GUESSES]
    )


def _guess(
    item: str, said: Mapping[str, JsonValue], place: Place, wording: Wording, today: date
) -> Guess:
    routing = route(item=item, place=place, on_date=today)
    reason = said.get("reason_ko" if wording.korean else "reason_en")
    score = said.get("score")
    return Guess(
        item=item,
        score=f"{float(str(score)):.0%}" if score is not None else "",
        reason=str(reason or ""),
        department=None if routing.first_line else routing.department,
    )


def _candidates(case: Case) -> list[Mapping[str, JsonValue]]:
    decided = case.routing.get("classification")
    candidates = decided.get("candidates") if isinstance(decided, dict) else None
    return [
        one for one in (candidates if isinstance(candidates, list) else []) if isinstance(one, dict)
    ]


def _place(case: Case) -> Place:
    said = case.routing.get("place")
    if isinstance(said, dict):
        return Place.model_validate(said)
    return Place(district=case.district, reason_ko="", reason_en="")


def why_here(case: Case, wording: Wording) -> str:
    """Why no rule could send it on, in words."""
    return " ".join(reason for _, reason in decision_of(case, wording).reasons[-1:])
