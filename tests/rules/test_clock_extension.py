"""기간의 연장: what the law grants, and what it refuses with the article quoted."""

import pytest

from tests.rules.clock_asking import (
    Event,
    answer,
    due,
    event,
    extend,
    outage,
    refusal_codes,
    refused,
)

LAWFUL = ["cooperation", "fact_finding", "force_majeure", "comparable"]
UNLAWFUL = [
    ("overload", "§21②"),
    ("late_assignment", "§21②"),
    ("absence", "§21②"),
    ("unavoidable", "§21①"),
    (None, "§21①"),
]
GRIEVANCE = ("2026-05-12 10:00", 7, "days")  # due 2026-05-20


@pytest.mark.parametrize("reason", LAWFUL)
def test_each_of_the_four_reasons_extends_by_the_days_asked_for(reason: str) -> None:
    """영 §21①: from the working day after the deadline, 부처님오신날's substitute left out."""
    asked = extend("2026-05-19 15:00", 7, reason_code=reason)
    assert due(*GRIEVANCE, asked) == "2026-06-01 23:59:59"
    assert refused(*GRIEVANCE, asked) == []


@pytest.mark.parametrize(("reason", "article"), UNLAWFUL)
def test_other_reasons_are_refused_from_2026_05_06_with_the_article(
    reason: str | None, article: str
) -> None:
    """Overload, late assignment, absence by §21②; the old 부득이한 사유, or none, by §21①."""
    asked = extend("2026-05-19 15:00", 7, reason_code=reason)
    found = answer(*GRIEVANCE, asked)
    assert [(one.index, one.code) for one in found.refused] == [(0, "unlawful_reason")]
    assert article in found.refused[0].article
    assert due(*GRIEVANCE, asked) == "2026-05-20 23:59:59"
    assert found.refused[0].ko in "".join(step.ko for step in found.steps)


@pytest.mark.parametrize("reason", [*LAWFUL, "overload", "absence", "unavoidable"])
def test_a_petition_received_before_2026_05_06_keeps_the_old_rule(reason: str) -> None:
    """부칙 <제36296호> §4, A17: by the receipt, though it is extended later."""
    asked = extend("2026-05-07 15:00", 7, reason_code=reason)
    received = ("2026-05-04 10:00", 7, "days")
    assert refused(*received, asked) == []
    assert refused("2026-05-06 10:00", 7, "days", asked) == ([] if reason in LAWFUL else [0])


def test_under_the_old_rule_a_reason_in_words_is_enough_but_one_is_needed() -> None:
    """A17: 부득이한 사유 in free text."""
    asking = ("2026-03-10 10:00", 7, "days")
    assert refused(*asking, extend("2026-03-17 15:00", 7, reason="업무 폭주")) == []
    assert refusal_codes(*asking, extend("2026-03-17 15:00", 7)) == ["unlawful_reason"]


@pytest.mark.parametrize(
    ("decided", "expected"),
    [
        ("2026-05-20 23:59:58", []),
        ("2026-05-20 23:59:59", ["too_late"]),
        ("2026-05-21 00:00:00", ["too_late"]),
    ],
)
def test_an_extension_must_be_decided_before_the_deadline(
    decided: str, expected: list[str]
) -> None:
    """A4: at the due instant it is too late."""
    asked = extend(decided, 7, reason_code="cooperation")
    assert refusal_codes(*GRIEVANCE, asked) == expected


def test_the_deadline_that_counts_is_the_one_as_it_stood_then() -> None:
    """A supplement has moved the deadline of 5/20 to 5/27, so 5/22 is in time; asked for on
    5/22, after a deadline that nothing had moved, it is too late."""
    asked = event("supplement_request", "2026-05-14 10:00")
    given = event("supplement_received", "2026-05-18 10:00")
    longer = extend("2026-05-22 10:00", 3, reason_code="cooperation")
    assert due(*GRIEVANCE, asked, given) == "2026-05-26 23:59:59"
    assert refused(*GRIEVANCE, asked, given, longer) == []
    assert refusal_codes(*GRIEVANCE, longer, outage("2026-05-25 00:00", "2026-05-29 00:00")) == [
        "too_late"
    ]


def test_while_a_supplement_is_awaited_no_extension_is_too_late() -> None:
    """There is no deadline then that could have passed."""
    asked = event("supplement_request", "2026-05-14 10:00")
    longer = extend("2026-06-14 10:00", 3, reason_code="cooperation")
    given = event("supplement_received", "2026-06-18 10:00")
    assert refused(*GRIEVANCE, asked, longer, given) == []


@pytest.mark.parametrize(
    ("amount", "unit", "most"),
    [(7, "days", 7), (40, "hours", 5), (16, "hours", 2), (2, "weeks", 14), (1, "months", 31)],
)
def test_an_extension_may_be_as_long_as_the_period_and_no_longer(
    amount: int, unit: str, most: int
) -> None:
    """영 §21①: 처리기간의 범위에서; an hour period of whole days in days of 8 hours."""
    longest = extend("2026-05-12 11:00", most, reason_code="cooperation")
    longer = extend("2026-05-12 11:00", most + 1, reason_code="cooperation")
    assert refused("2026-05-12 10:00", amount, unit, longest) == []
    assert refusal_codes("2026-05-12 10:00", amount, unit, longer) == ["too_long"]


def test_what_must_be_done_at_once_cannot_be_extended_by_a_day() -> None:
    """A day is longer than the 3 working hours of 즉시."""
    asked = extend("2026-05-12 11:00", 1, reason_code="cooperation")
    assert refusal_codes("2026-05-12 10:00", 3, "immediate", asked) == ["too_long"]


def test_an_hour_period_is_extended_by_eight_hours_a_day() -> None:
    """법 §19①."""
    asked = extend("2026-03-10 11:00", 2, reason_code="cooperation")
    assert due("2026-03-10 10:00", 16, "hours", asked) == due("2026-03-10 10:00", 32, "hours")


def test_a_second_extension_needs_the_petitioners_consent_and_there_is_no_third() -> None:
    """영 §21① 단서: one after the other, each within the period."""
    first = extend("2026-03-17 15:00", 7, nth=1, reason_code="cooperation")
    second = extend("2026-03-26 15:00", 7, nth=2, reason_code="fact_finding", consent=True)
    third = extend("2026-04-02 15:00", 7, nth=3, reason_code="fact_finding", consent=True)
    silent = extend("2026-03-26 15:00", 7, nth=2, reason_code="fact_finding")
    asking = ("2026-03-10 10:00", 7, "days")
    assert due(*asking, first, second) == "2026-04-07 23:59:59"
    assert refusal_codes(*asking, first, silent) == ["no_consent"]
    assert due(*asking, first, silent) == "2026-03-27 23:59:59"
    assert refusal_codes(*asking, first, second, third) == ["too_many"]
    assert refused(*asking, first, second, third) == [2]
    assert due(*asking, first, second, third) == "2026-04-07 23:59:59"


def test_a_refused_extension_does_not_use_up_the_one_that_is_lawful() -> None:
    """What changes nothing is not counted."""
    no = extend("2026-05-18 15:00", 7, nth=1, reason_code="overload")
    yes = extend("2026-05-19 15:00", 7, nth=1, reason_code="cooperation")
    assert refused(*GRIEVANCE, no, yes) == [0]
    assert due(*GRIEVANCE, no, yes) == "2026-06-01 23:59:59"


def test_extensions_are_judged_by_their_instants_and_named_by_their_places() -> None:
    """The list may be in any order."""
    second = extend("2026-03-26 15:00", 7, reason_code="cooperation")
    first = extend("2026-03-17 15:00", 7, reason_code="cooperation")
    assert refused("2026-03-10 10:00", 7, "days", second, first) == [0]


@pytest.mark.parametrize(
    ("clock", "unit", "amount", "decided", "events", "expected"),
    [
        ("objection_decision", "civil_days", 10, "2026-03-20 10:00", 1, "2026-03-30"),
        ("information_disclosure", "days", 10, "2026-03-20 10:00", 1, "2026-04-06"),
        ("supplement_by_citizen", "civil_days", 10, "2026-03-20 10:00", 1, "2026-03-30"),
    ],
)
def test_other_clocks_are_extended_from_the_day_after_without_a_reason_code(
    clock: str, unit: str, amount: int, decided: str, events: int, expected: str
) -> None:
    """법 §35②, 정보공개법 §11②, 영 §24②: ten days and ten more."""
    longer = [extend(decided, 10)] * events
    found = due("2026-03-10 10:00", amount, unit, *longer, clock=clock, petition_type=None)
    assert found == f"{expected} 23:59:59"


@pytest.mark.parametrize(
    ("clock", "unit", "granted"),
    [
        ("objection_decision", "civil_days", 1),
        ("information_disclosure", "days", 1),
        ("supplement_by_citizen", "civil_days", 2),
        ("proposal_decision", "civil_days", 0),
        ("objection_filing", "civil_days", 0),
        ("transfer_to_agency", "hours", 0),
    ],
)
def test_each_clock_is_extended_as_often_as_its_own_article_says(
    clock: str, unit: str, granted: int
) -> None:
    """법 §35②, 정보공개법 §11② once; 영 §24② twice; without an article not at all."""
    three: list[Event] = [
        extend("2026-03-10 10:30", 1, consent=True),
        extend("2026-03-10 10:40", 1, consent=True),
        extend("2026-03-10 10:50", 1, consent=True),
    ]
    asking = ("2026-03-10 10:00", 10, unit)
    found = refused(*asking, *three, clock=clock, petition_type=None)
    assert found == list(range(granted, 3))


def test_a_refusal_tells_the_officer_why_in_both_languages() -> None:
    """Every refusal has a code, a sentence in Korean, one in English, and an article."""
    events = [
        extend("2026-05-12 11:00", 8, reason_code="cooperation"),
        extend("2026-05-12 12:00", 7, reason_code="absence"),
        extend("2026-05-29 12:00", 7, reason_code="cooperation"),
        extend("2026-05-12 13:00", 7, nth=3, reason_code="cooperation"),
    ]
    found = answer(*GRIEVANCE, *events).refused
    assert [one.index for one in found] == [0, 1, 2, 3]
    assert all(one.ko and one.en and "§" in one.article for one in found)
