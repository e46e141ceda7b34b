"""What a petition is about, where, and whose it is: one decision with its reasons."""

from datetime import date
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from rules.classification import Classification, classify
from rules.place import Place, locate
from rules.routing import Routing, route
from rules.taxonomy import leaf
from schema.codes import CaseKind
from schema.model import Frozen
from storage.cases import Case

SEOUL = ZoneInfo("Asia/Seoul")


class Decision(Frozen):
    """Classification, place and owner of one petition."""

    classification: Classification
    place: Place
    routing: Routing

    def kind_for(self, kind: CaseKind) -> CaseKind:
        """A leaf of the proposals makes a proposal; an opinion stays one until it is converted."""
        item = self.classification.item
        if kind is CaseKind.OPINION or item is None:
            return kind
        return leaf(item).kind

    def in_words(self) -> dict[str, JsonValue]:
        """The decision as the officer's page shows it, with its reasons in Korean and English."""
        return {
            "classification": self.classification.model_dump(mode="json"),
            "place": self.place.model_dump(mode="json"),
            "routing": self.routing.model_dump(mode="json"),
        }


def _word(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def decide(case: Case) -> Decision:
    """Decide for a submitted case, from its masked text and what its channel said of it."""
    said = case.routing
    today: date = case.submitted_at.astimezone(SEOUL).date()
    classification = classify(
        case.summary,
        channel=case.channel,
        channel_category=_word(said.get("channel_category")),
        item=_word(said.get("claimed_item")),
        kind=case.kind,
        on_date=today,
    )
    place = locate(
        lat=case.lat, long=case.long, address=_word(said.get("address")), text=case.summary
    )
    routing = route(item=classification.item, place=place, on_date=today)
    return Decision(classification=classification, place=place, routing=routing)
