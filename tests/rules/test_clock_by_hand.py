"""Deadlines worked out by hand from the articles, beside the 32 that were given."""

from datetime import timedelta
from typing import Any

import pytest

from tests.rules.clock_asking import (
    Event,
    answer,
    at,
    due,
    event,
    extend,
    outage,
    refusal_codes,
    refused,
)


@pytest.mark.parametrize(
    ("received", "amount", "unit", "expected"),
    [
        ("2026-03-10 10:00", 3, "immediate", "2026-03-10 14:00:00"),
        ("2026-03-10 12:20", 3, "immediate", "2026-03-10 16:00:00"),
        ("2026-03-10 07:40", 3, "immediate", "2026-03-10 12:00:00"),
        ("2026-03-14 11:00", 3, "immediate", "2026-03-16 12:00:00"),  # Saturday
        ("2025-01-24 17:00", 3, "immediate", "2025-01-31 11:00:00"),  # 임시공휴일, 설
        ("2026-04-30 17:30", 3, "immediate", "2026-05-04 11:30:00"),  # 노동절: closed from 2026
        ("2026-03-10 15:00", 16, "hours", "2026-03-12 15:00:00"),  # 3 + 8 + 5
        ("2026-02-12 11:00", 24, "hours", "2026-02-20 11:00:00"),  # 6 + 8 | 설 | 8 + 2
        ("2026-09-22 14:00", 40, "hours", "2026-10-01 14:00:00"),  # 4 + 8 | 추석 | 8 + 8 + 8 + 4
        ("2026-02-10 10:00", 7, "days", "2026-02-23 23:59:59"),
        ("2026-04-27 10:00", 14, "days", "2026-05-18 23:59:59"),  # 5/1, 5/5
        ("2025-10-01 10:00", 7, "days", "2025-10-16 23:59:59"),  # 10/3 to 10/9 closed
        ("2026-12-28 10:00", 7, "days", "2027-01-06 23:59:59"),
        ("2026-07-15 10:00", 7, "days", "2026-07-24 23:59:59"),  # 제헌절
        ("2026-08-13 10:00", 7, "days", "2026-08-24 23:59:59"),  # 광복절's substitute
        ("2024-04-08 10:00", 7, "days", "2024-04-17 23:59:59"),  # an election on 4/10
        ("2026-09-23 18:00", 7, "days", "2026-10-07 23:59:59"),  # received on 9/28, 10/5 closed
        ("2026-03-10 10:00", 3, "months", "2026-06-09 23:59:59"),
        ("2024-01-31 10:00", 1, "months", "2024-02-29 23:59:59"),
        ("2025-12-01 10:00", 1, "months", "2025-12-31 23:59:59"),
        ("2025-03-10 10:00", 1, "years", "2026-03-09 23:59:59"),
        ("2026-02-12 10:00", 1, "weeks", "2026-02-19 23:59:59"),  # 2/18 is 설: moved
    ],
)
def test_a_petition_is_due_when_the_article_says(
    received: str, amount: int, unit: str, expected: str
) -> None:
    """법 §19, 영 §19, 민법 §159–161."""
    assert due(received, amount, unit) == expected


@pytest.mark.parametrize(
    ("clock", "received", "amount", "unit", "expected"),
    [
        ("receipt_of_e_petition", "2026-02-15 23:50", 8, "working_hours", "2026-02-19 18:00:00"),
        ("distribution", "2026-03-10 11:30", 1, "working_hours", "2026-03-10 13:30:00"),
        ("transfer_inside", "2026-03-10 16:30", 3, "working_hours", "2026-03-11 10:30:00"),
        ("transfer_to_agency", "2026-03-13 15:00", 8, "working_hours", "2026-03-16 15:00:00"),
        ("supplement_request", "2026-03-13 18:30", 8, "working_hours", "2026-03-16 18:00:00"),
        ("supplement_by_citizen", "2026-09-17 21:00", 10, "civil_days", "2026-09-28 23:59:59"),
        ("supplement_by_citizen", "2026-02-06 10:00", 10, "civil_days", "2026-02-19 23:59:59"),
        ("progress_notice", "2026-03-03 10:00", 60, "civil_days", "2026-05-04 23:59:59"),
        ("progress_notice", "2026-03-05 10:00", 30, "civil_days", "2026-04-06 23:59:59"),
        ("objection_filing", "2026-06-04 10:00", 60, "civil_days", "2026-08-03 23:59:59"),
        ("objection_decision", "2026-04-21 10:00", 10, "civil_days", "2026-05-04 23:59:59"),
        ("proposal_rereview_request", "2026-04-16 10:00", 15, "civil_days", "2026-05-04 23:59:59"),
        ("proposal_decision", "2023-08-10 10:00", 1, "months", "2023-09-11 23:59:59"),
        ("proposal_decision", "2023-08-10 10:00", 30, "civil_days", "2023-09-11 23:59:59"),
        ("proposal_decision", "2023-09-04 10:00", 30, "civil_days", "2023-10-04 23:59:59"),
        ("information_disclosure", "2026-02-10 10:00", 10, "days", "2026-02-26 23:59:59"),
    ],
)
def test_a_limit_beside_the_main_one_is_due_when_its_article_says(
    clock: str, received: str, amount: int, unit: str, expected: str
) -> None:
    """영 §6⑧, §13, §23, §24; 법 §35; 국민 제안 규정 §10, §12; 정보공개법 §29②."""
    assert due(received, amount, unit, clock=clock, petition_type=None) == expected


def test_hours_leave_out_whole_days_of_a_supplement_over_a_weekend() -> None:
    """7 h on Thursday, Friday to Monday out, 8 + 8, and 1 on Thursday."""
    asked = event("supplement_request", "2026-03-13 10:00")
    given = event("supplement_received", "2026-03-16 11:00")
    assert due("2026-03-12 10:00", 24, "hours", asked, given) == "2026-03-19 10:00:00"


def test_a_proposal_waits_for_a_supplement_from_the_day_after_the_request() -> None:
    """국민 제안 규정 §6②, A9: 3/12 to 3/19 are seven days; 4/9 becomes 4/16."""
    asked = event("supplement_request", "2026-03-12 10:00")
    given = event("supplement_received", "2026-03-19 10:00")
    of: dict[str, Any] = {"clock": "proposal_decision", "petition_type": None}
    found = due("2026-03-10 10:00", 30, "civil_days", asked, given, **of)
    assert found == "2026-04-16 23:59:59"


def test_two_extensions_follow_one_another() -> None:
    """영 §21① 단서: 3/18 + 7 working days = 3/27, + 5 = 4/3."""
    first = extend("2026-03-17 15:00", 7, nth=1, reason_code="cooperation")
    second = extend("2026-03-25 15:00", 5, nth=2, reason_code="fact_finding", consent=True)
    assert due("2026-03-10 10:00", 7, "days", first, second) == "2026-04-03 23:59:59"


def test_an_extension_that_calls_itself_the_second_needs_consent() -> None:
    """영 §21① 단서: the list may leave the first one out, which was at another time granted."""
    asking = ("2026-03-10 10:00", 7, "days")
    silent = extend("2026-03-17 15:00", 7, nth=2, reason_code="cooperation")
    agreed = extend("2026-03-17 15:00", 7, nth=2, reason_code="cooperation", consent=True)
    assert refusal_codes(*asking, silent) == ["no_consent"]
    assert refused(*asking, agreed) == []


@pytest.mark.parametrize(
    ("hours", "days", "expected", "codes"),
    [
        (3, 1, "2026-05-15 20:00:00", ["too_long"]),
        (24, 1, "2026-05-17 17:00:00", []),
        (24, 2, "2026-05-16 17:00:00", ["too_long"]),
        (72, 3, "2026-05-21 17:00:00", []),
    ],
)
def test_the_agencys_own_hours_are_extended_by_whole_days_within_them(
    hours: int, days: int, expected: str, codes: list[str]
) -> None:
    """영 §16③, §21①, A4: three hours are less than a day and cannot be extended by one."""
    asked = extend("2026-05-15 18:00", days, reason_code="cooperation")
    asking = ("2026-05-15 17:00", hours, "wall_hours")
    assert due(*asking, asked) == expected
    assert refusal_codes(*asking, asked) == codes


def test_under_the_old_law_an_extension_without_any_reason_is_told_so() -> None:
    """A17: 영 §21① as it stood spoke of 부득이한 사유; the list of §21② was not there yet."""
    no = answer("2026-03-10 10:00", 7, "days", extend("2026-03-17 15:00", 7)).refused[0]
    assert no.article == "민원처리법 시행령 §21①"
    assert no.ko == "부득이한 사유를 밝혀야 연장할 수 있습니다."
    assert "reason" in no.en


@pytest.mark.parametrize(
    ("arrived", "codes"),
    [
        ("2026-05-04 17:59", []),
        ("2026-05-04 18:00", ["unlawful_reason"]),
        ("2026-05-05 10:00", ["unlawful_reason"]),
        ("2026-05-06 08:00", ["unlawful_reason"]),
    ],
)
def test_the_law_is_that_of_the_deemed_receipt(arrived: str, codes: list[str]) -> None:
    """부칙 <제36296호> §4 speaks of the receipt, A2 says when that is: 5/5 is a holiday, so what
    arrives after 18:00 on 5/4 is received on 5/6, under the new law."""
    asked = extend("2026-05-11 15:00", 7, reason_code="overload")
    assert refusal_codes(arrived, 7, "days", asked) == codes


def test_the_receipt_of_an_e_petition_goes_by_the_law_of_its_arrival() -> None:
    """부칙 <제32789호> §4: what had arrived before 2023-01-01 kept the old rule."""
    asking: dict[str, Any] = {"clock": "receipt_of_e_petition", "petition_type": None}
    assert due("2022-12-31 10:00", 8, "hours", **asking) is None
    assert due("2023-01-01 10:00", 8, "hours", **asking) == "2023-01-02 18:00:00"


def test_an_extension_at_the_sending_agency_is_judged_by_the_law_of_its_own_receipt() -> None:
    """부칙 <제36296호> §4: the petition that it extended had been received before."""
    events = [
        extend("2026-05-07 10:00", 3, reason_code="overload"),
        event("transfer_received", "2026-05-08 10:00"),
        extend("2026-05-11 10:00", 3, reason_code="overload"),
    ]
    found = answer("2026-05-04 10:00", 7, "days", *events)
    assert [one.index for one in found.refused] == [2]
    assert found.rule_pack == "2026-05-06"


def test_a_day_that_begins_with_the_act_counts() -> None:
    """민법 §157 단서: at 0 o'clock sharp the whole day lies ahead."""
    of: dict[str, Any] = {"clock": "supplement_by_citizen", "petition_type": None}
    assert due("2026-03-10 00:00:00", 10, "civil_days", **of) == "2026-03-19 23:59:59"
    assert due("2026-03-10 00:00:01", 10, "civil_days", **of) == "2026-03-20 23:59:59"


def test_two_supplements_of_one_day_stop_the_hours_twice_where_instants_count() -> None:
    """A5 read the other way: 10–11 and 14–15 are out, what lies between is not."""
    events = [
        event("supplement_request", "2026-03-10 10:00"),
        event("supplement_received", "2026-03-10 11:00"),
        event("supplement_request", "2026-03-10 14:00"),
        event("supplement_received", "2026-03-10 15:00"),
    ]
    asking = ("2026-03-10 09:00", 8, "hours")
    assert due(*asking, *events, hour_supplement="instants") == "2026-03-11 11:00:00"


def test_what_ends_and_begins_at_one_instant_waits_on_in_any_order() -> None:
    """Half a supplement came, the rest is asked for at once: the wait goes on."""
    asked = event("supplement_request", "2026-03-11 10:00")
    came = event("supplement_received", "2026-03-12 10:00")
    again = event("supplement_request", "2026-03-12 10:00")
    rest = event("supplement_received", "2026-03-13 10:00")
    for events in ([asked, came, again], [asked, again, came]):
        assert due("2026-03-10 10:00", 7, "days", *events) is None
        assert due("2026-03-10 10:00", 7, "days", *events, rest) == "2026-03-23 23:59:59"


def test_a_receipt_elsewhere_that_was_told_twice_is_one() -> None:
    """The same instant, one new term, one step."""
    got = event("transfer_received", "2026-03-12 14:00")
    once = answer("2026-03-10 10:00", 7, "days", got)
    assert answer("2026-03-10 10:00", 7, "days", got, got) == once


@pytest.mark.parametrize(
    ("odd", "short"), [(99_999, 7), (199_997, 1), (199_997, 333_333), (749_986, 999_999)]
)
def test_fractions_of_a_second_never_push_a_deadline_past_the_end_of_a_day(
    odd: int, short: int
) -> None:
    """P07: two outages that take an hour together leave seven hours, to 18:00 sharp; added up as
    floats they left a billionth more, and the deadline was on Monday at 09:00."""
    blink = timedelta(microseconds=short)
    first = at("2026-06-12 10:00") + timedelta(microseconds=odd)
    second = at("2026-06-12 14:00") + timedelta(microseconds=odd)
    events: list[Event] = [
        {"type": "outage", "start": first, "end": first + blink},
        {"type": "outage", "start": second, "end": second + timedelta(hours=1) - blink},
    ]
    assert due("2026-06-12 09:00", 7, "hours", *events) == "2026-06-12 18:00:00"
    assert due("2026-06-12 09:00", 7, "hours", *reversed(events)) == "2026-06-12 18:00:00"


def test_an_outage_over_the_change_of_law_counts_by_its_beginning() -> None:
    """부칙 <제36296호> §3: 발생하는 경우부터."""
    before = outage("2026-05-05 22:00", "2026-05-07 18:00")
    after = outage("2026-05-06 00:00", "2026-05-07 18:00")
    assert due("2026-05-04 10:00", 7, "days", before) == "2026-05-13 23:59:59"
    assert due("2026-05-04 10:00", 7, "days", after) == "2026-05-15 23:59:59"
