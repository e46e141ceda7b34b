"""Rule packs: which law applies to a receipt, and that unusable data stops at once."""

from datetime import date

import pytest
from pydantic import ValidationError

from rules.packs import RulePack, pack_for, packs
from tests.rules.clock_asking import answer, at, event


@pytest.mark.parametrize(
    ("received", "name"),
    [
        ("2015-01-01", "2016-02-12"),
        ("2016-02-12", "2016-02-12"),
        ("2022-07-11 23:59:59", "2016-02-12"),
        ("2022-07-12", "2022-07-12"),
        ("2022-12-31 23:59:59", "2022-07-12"),
        ("2023-01-01", "2023-01-01"),
        ("2024-10-29", "2024-10-29"),
        ("2026-05-05 23:59:59", "2024-10-29"),
        ("2026-05-06", "2026-05-06"),
        ("2030-01-01", "2026-05-06"),
    ],
)
def test_the_pack_is_the_one_in_force_on_the_day_of_receipt_in_seoul(
    received: str, name: str
) -> None:
    """The addenda (부칙) say from when each change applies; the day is Seoul's, not UTC's."""
    assert pack_for(at(received)).name == name


def test_a_deadline_says_which_law_and_which_calendar_it_was_counted_by() -> None:
    """So that a stored deadline can be explained years later."""
    found = answer("2026-03-10 10:00", 7, "days")
    assert (found.rule_pack, found.calendar_version) == ("2024-10-29", 1)


def test_a_petition_transferred_over_a_change_of_law_follows_the_law_of_its_new_receipt() -> None:
    """A7: the new period is that of the receipt it begins with."""
    found = answer("2026-05-04 10:00", 7, "days", event("transfer_received", "2026-05-06 10:00"))
    assert found.rule_pack == "2026-05-06"


def test_every_rule_of_a_pack_names_its_article_and_what_its_date_refers_to() -> None:
    """Receipt, arrival, or the outage's own beginning: never left to the reader."""
    for pack in packs():
        assert {rule.name for rule in pack.rules} >= {"immediate", "hours", "days", "calendar"}
        assert all("§" in rule.article for rule in pack.rules)
        chosen = [rule for rule in pack.rules if rule.refers_to not in ("outage", "proposal")]
        assert all(rule.since <= pack.valid_from for rule in chosen)


@pytest.mark.parametrize(
    ("name", "first", "refers_to"),
    [
        ("receipt_of_e_petition", "2023-01-01", "arrival"),
        ("extension_reasons", "2026-05-06", "receipt"),
        ("correction", "2026-05-06", "receipt"),
    ],
)
def test_a_rule_stands_in_the_packs_from_its_beginning_on(
    name: str, first: str, refers_to: str
) -> None:
    """Before its date the law did not have it."""
    for pack in packs():
        found = {rule.name: rule.refers_to for rule in pack.rules}
        expected = refers_to if pack.valid_from >= date.fromisoformat(first) else None
        assert found.get(name) == expected


def test_every_reading_can_be_set_and_a_misspelt_one_is_refused() -> None:
    """A pack that cannot be read stops the start: it never falls back to a default."""
    pack = packs()[-1].model_dump(mode="json")
    for wrong in (
        {"readings": {"exhaustion": "tomorrow"}},
        {"readings": {"a5": "instants"}},
        {"morning": ["09:00"]},
        {"morning": ["12:00", "09:00"]},
        {"afternoon": ["11:00", "18:00"]},
        {"hours_a_day": 0},
        {"extensions_allowed": 3},
    ):
        with pytest.raises(ValidationError):
            RulePack.model_validate({**pack, **wrong})


def test_before_2023_nothing_limited_the_receipt_of_an_e_petition() -> None:
    """영 §6⑧ refers to the arrival, and came with 2023-01-01: no deadline is made up before."""
    asking = (8, "working_hours")
    clock = "receipt_of_e_petition"
    before = answer("2022-12-30 10:00", *asking, clock=clock)
    assert before.due_at is None
    assert before.steps[-1].ko == "도달 당시의 법령에는 이 기한이 없습니다."
    assert answer("2023-01-02 10:00", *asking, clock=clock).due_at == at("2023-01-03 10:00")
