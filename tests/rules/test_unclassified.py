"""A petition that no rule could place has a provisional legal period, never the shortest one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.book import read_rule_book
from rules.calendar import national_calendar
from rules.life import CaseFacts, Consequence, consequence
from schema.codes import Action, CaseKind, PetitionType, Role, State
from schema.commands import Command
from schema.events import Actor

SEOUL = ZoneInfo("Asia/Seoul")
TUESDAY = datetime(2026, 3, 10, 10, tzinfo=SEOUL).astimezone(UTC)
RULES = read_rule_book()
CALENDAR = national_calendar(version=1)


def received(kind: CaseKind, item: str | None) -> CaseFacts:
    """The facts after receipt of a case of this kind, the item told or not."""
    before = CaseFacts(
        kind=kind,
        state=State.SUBMITTED,
        petition_type=PetitionType.OTHER,
        item=None,
        urgent=False,
        district=None,
        agency=None,
        department=None,
        submitted_at=TUESDAY,
    )
    detail = {"received_at": TUESDAY.isoformat()} | ({"item": item} if item else {})
    command = Command(
        request_id="take-in/receive",
        case="260310-000001-A",
        action=Action.RECEIVE,
        actor=Actor(role=Role.SYSTEM),
        at=TUESDAY,
        detail=detail,
    )
    result = consequence(before, command, received_elsewhere_at=TUESDAY)
    assert isinstance(result, Consequence)
    return result.facts


@pytest.mark.parametrize(
    ("kind", "item", "due"),
    [
        (CaseKind.PETITION, None, datetime(2026, 3, 18, 23, 59, 59, tzinfo=SEOUL)),
        (CaseKind.PROPOSAL, None, datetime(2026, 4, 9, 23, 59, 59, tzinfo=SEOUL)),
        (CaseKind.PROPOSAL, "SG01", datetime(2026, 4, 9, 23, 59, 59, tzinfo=SEOUL)),
        (CaseKind.PETITION, "HB04", datetime(2026, 3, 18, 23, 59, 59, tzinfo=SEOUL)),
        (CaseKind.PETITION, "RD02", (TUESDAY + timedelta(hours=72))),
        (CaseKind.OPINION, None, None),
    ],
)
def test_the_legal_due_of_a_fresh_case(
    kind: CaseKind, item: str | None, due: datetime | None
) -> None:
    """Unclassified: 7 working days for now; a proposal: 30 civil days; an opinion: none."""
    clocks = RULES.clocks(received(kind, item), CALENDAR)
    assert clocks.legal_due_at == due
