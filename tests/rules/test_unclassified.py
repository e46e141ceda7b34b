"""A petition that no rule could place has a provisional legal period, never the shortest one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.book import read_rule_book
from rules.calendar import national_calendar
from rules.life import CaseFacts
from rules.taxonomy import leaves
from schema.codes import CaseKind
from tests.rules.living_case import filed

SEOUL = ZoneInfo("Asia/Seoul")
TUESDAY = datetime(2026, 3, 10, 10, tzinfo=SEOUL).astimezone(UTC)
RULES = read_rule_book()
CALENDAR = national_calendar(version=1)


def received(kind: CaseKind, item: str | None) -> CaseFacts:
    """The facts after receipt of a case of this kind, the item told or not."""
    return filed("2026-03-10 10:00", kind=kind, item=item).facts


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


def test_every_item_of_the_taxonomy_has_a_deadline_that_can_be_counted() -> None:
    """Whatever its unit: half an hour for what endangers life, working days, months."""
    for code in leaves(TUESDAY.date()):
        facts = filed("2026-03-10 10:00", item=code).facts
        assert RULES.clocks(facts, CALENDAR).legal_due_at is not None, code
