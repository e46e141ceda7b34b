"""The steps that explain a deadline, in Korean and in English, for people."""

import pytest

from tests.rules.clock_asking import Event, answer, event, extend, outage


def told(received: str, amount: int, unit: str, *events: Event) -> list[str]:
    """The Korean steps."""
    return [step.ko for step in answer(received, amount, unit, *events).steps]


@pytest.mark.parametrize(
    ("received", "amount", "unit", "step"),
    [
        ("2026-02-13 17:00", 3, "immediate", "2/16~18 설 연휴 제외"),
        ("2026-09-22 10:00", 7, "days", "9/24~25 추석 연휴 제외"),
        ("2025-01-24 16:00", 7, "days", "1/27~30 임시공휴일 · 설 연휴 제외"),
        ("2026-05-29 10:00", 7, "days", "6/3 지방선거일 제외"),
        ("2026-03-13 10:00", 7, "days", "토요일·일요일 제외"),
    ],
)
def test_what_was_skipped_is_named_in_runs(
    received: str, amount: int, unit: str, step: str
) -> None:
    """«2/16~18 설 연휴 제외»: as a person would say it."""
    assert step in told(received, amount, unit)


def test_where_nothing_was_skipped_nothing_is_told() -> None:
    """A month from 4/9 ends on Friday 5/8: beginning and end are the whole story."""
    assert told("2026-04-09 10:00", 1, "months") == ["2026-04-09부터 1개월", "2026-05-08 23:59까지"]


def test_a_last_day_that_is_closed_is_told() -> None:
    """민법 §161: from 1/15 a month ends on Saturday 2/14, before 설."""
    found = told("2026-01-15 10:00", 1, "months")
    assert "2/14~18 토요일 · 일요일 · 설 연휴: 말일이 쉬는 날이면 그다음 날까지" in found


def test_a_receipt_outside_working_time_is_told() -> None:
    """The citizen sees why the clock did not begin at night."""
    found = told("2026-03-10 18:30", 7, "days")
    assert found[0] == "2026-03-11부터 7일(근무일) (2026-03-10 18:30 도달, 다음 근무시간에 접수)"


def test_what_did_not_count_is_told_in_days_or_hours() -> None:
    """Days of one cause as one span; an outage of hours only where hours are counted."""
    asked = event("supplement_request", "2026-06-11 11:00")
    given = event("supplement_received", "2026-06-12 16:00")
    whole = outage("2026-06-15 00:00", "2026-06-17 00:00")
    part = outage("2026-06-18 11:00", "2026-06-18 15:00")
    by_days = told("2026-06-10 10:00", 7, "days", asked, given, whole, part)
    assert "6/11~12 보완 기간 제외" in by_days
    assert "6/15~16 정보시스템 장애 제외" in by_days
    assert not any("6/18" in one for one in by_days)
    by_hours = told("2026-06-18 10:00", 3, "immediate", part)
    assert "6/18 11:00~15:00 정보시스템 장애 제외" in by_hours


def test_an_open_supplement_says_that_there_is_no_deadline_now() -> None:
    """Null is explained, not only returned."""
    found = answer("2026-03-10 10:00", 7, "days", event("supplement_request", "2026-03-12 11:00"))
    assert found.due_at is None
    assert found.steps[-1].ko == "보완이나 회신을 기다리는 동안에는 기한이 정해지지 않습니다."


def test_extension_and_transfer_are_told() -> None:
    """Granted, refused, and begun anew elsewhere."""
    events = [
        event("transfer_received", "2026-05-12 10:00"),
        extend("2026-05-13 10:00", 3, reason_code="cooperation"),
        extend("2026-05-13 11:00", 3, reason_code="absence", consent=True),
    ]
    found = told("2026-05-11 10:00", 7, "days", *events)
    assert found[0] == "2026-05-12 10:00 다른 행정기관이 이송받아 그 접수부터 새로 셉니다."
    assert found[1] == "2026-05-12부터 7일(근무일) + 연장 3일"
    assert any(one.startswith("연장 불가: 업무과중") for one in found)


@pytest.mark.parametrize(
    ("clock", "unit", "article"),
    [
        ("petition", "days", "§19②"),
        ("petition", "hours", "§19①"),
        ("petition", "months", "§19③"),
        ("receipt_of_e_petition", "hours", "§6⑧"),
        ("distribution", "hours", "§13①"),
        ("transfer_inside", "hours", "§13②"),
        ("transfer_to_agency", "hours", "§13③"),
        ("supplement_request", "hours", "§22①"),
        ("supplement_by_citizen", "civil_days", "§24"),
        ("progress_notice", "civil_days", "§23"),
        ("objection_filing", "civil_days", "§35①"),
        ("objection_decision", "civil_days", "§35②"),
        ("proposal_decision", "civil_days", "§10①"),
        ("proposal_rereview_request", "civil_days", "§12①"),
        ("information_disclosure", "days", "§29②"),
    ],
)
def test_every_clock_quotes_the_article_it_rests_on(clock: str, unit: str, article: str) -> None:
    """First and last step; and every step is in both languages."""
    steps = answer("2026-02-10 10:00", 10, unit, clock=clock).steps
    assert article in (steps[0].article or "")
    assert article in (steps[-1].article or "")
    assert all(step.ko and step.en for step in steps)


def test_the_days_counted_are_told_with_their_numbers() -> None:
    """Day by day: anybody can count them on a wall calendar."""
    steps = answer(
        "2026-03-10 10:00",
        7,
        "days",
        event("supplement_request", "2026-03-12 11:00"),
        event("supplement_received", "2026-03-17 16:00"),
    ).steps
    assert steps[-2].ko == "3/10~11(1~2일째), 3/18~20(3~5일째), 3/23~24(6~7일째) 셈"
    assert steps[-2].en == "counted: 3/10~11 (days 1–2), 3/18~20 (days 3–5), 3/23~24 (days 6–7)"


def test_the_hours_counted_are_told_with_their_lengths() -> None:
    """Hour by hour, lunch and what was out left away; whole days alike as one."""
    assert told("2026-03-10 16:30", 3, "immediate")[-2] == (
        "3/10 16:30~18:00(1시간 30분), 3/11 09:00~10:30(1시간 30분) 셈"
    )
    part = outage("2026-06-18 11:00", "2026-06-18 15:00")
    found = answer("2026-06-17 17:59:30", 4, "hours", part).steps
    assert found[-2].ko == (
        "6/17 17:59:30~18:00(30초), 6/18 09:00~11:00, 15:00~16:59:30(3시간 59분 30초) 셈"
    )
    assert found[-2].en == (
        "counted: 6/17 17:59:30~18:00 (30 s), 6/18 09:00~11:00, 15:00~16:59:30 (3 h 59 min 30 s)"
    )
    long = told("2026-03-10 09:00", 40, "hours")[-2]
    assert long == (
        "3/10~13 09:00~12:00, 13:00~18:00(32시간), 3/16 09:00~12:00, 13:00~18:00(8시간) 셈"
    )


def test_a_very_long_counting_is_told_by_its_beginning_and_end() -> None:
    """A hundred weeks of runs are no explanation."""
    step = told("2024-01-02 10:00", 500, "days")[-2]
    assert "…" in step
    assert step.count("일째") <= 12
    assert step.endswith("500일째) 셈")


def test_an_outage_is_told_once_in_its_hours_and_only_if_it_mattered() -> None:
    """Over days as one span, told twice as one; after the deadline not at all."""
    over_days = outage("2026-06-12 11:00", "2026-06-15 15:00")
    after = outage("2026-06-25 11:00", "2026-06-25 12:00")
    found = told("2026-06-10 10:00", 40, "hours", over_days, over_days, after)
    assert [one for one in found if "장애" in one] == ["6/12 11:00~6/15 15:00 정보시스템 장애 제외"]


def test_what_still_goes_on_has_no_last_day_in_the_steps() -> None:
    """A supplement that is awaited is left out from its beginning on."""
    found = answer("2026-03-10 10:00", 7, "days", event("supplement_request", "2026-03-12 11:00"))
    assert found.steps[-2].ko == "3/12부터 진행 중인 보완 기간 제외"
    assert found.steps[-2].en == "3/12 on, not ended yet, left out: supplement"


def test_three_working_hours_are_told_for_what_is_due_at_once() -> None:
    """Whatever amount stands beside 즉시, three are counted and three are told."""
    assert told("2026-03-10 10:00", 1, "immediate")[0] == "2026-03-10 10:00부터 3근무시간"


def test_a_notice_after_thirty_days_is_told_as_one_on_the_next_day() -> None:
    """영 §23, A18: when thirty days have passed."""
    found = answer("2026-03-03 10:00", 30, "civil_days", clock="progress_notice").steps
    assert "30일이 지난 날, 곧 31일째에 통지" in [step.ko for step in found]
