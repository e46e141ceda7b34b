"""What holds for every history of a petition, however much happened to it."""

import re
from datetime import time, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar import BusinessCalendar
from rules.clock import deadline, law_for
from rules.packs import SEOUL, Readings
from schema.deadlines import HOUR_UNITS, Deadline, DeadlineRequest, Unit
from tests.rules.clock_asking import Event, korea
from tests.rules.clock_histories import PIECES, placed, questions, with_events, without
from tests.rules.reference_clock import walked

bounded = settings(deadline=None, max_examples=120, derandomize=True)
STORED = BusinessCalendar.model_validate_json(korea().model_dump_json())
HANGUL = re.compile(r"[가-힣]")
LEFT_OVER = re.compile(r"[{}]|None|datetime|EventType")
NOT_ASKED = tuple(k for k in PIECES if k not in ("supplement", "consult", "exclusion"))
NOT_EXTENDED = tuple(kind for kind in PIECES if kind != "extend")
PROPOSAL = ("supplement", "consult", "transfer", "holiday")
thirty_days = st.just(("civil_days", 30))


def told(request: DeadlineRequest, **readings: str) -> Deadline:
    """The whole answer, by the readings in force but for those given."""
    pack = law_for(request, korea())
    if readings:
        pack = pack.model_copy(update={"readings": Readings.model_validate(readings)})
    return deadline(request, korea(), pack)


@bounded
@given(request=questions())
def test_a_deadline_never_lies_in_time_that_is_closed_or_does_not_count(
    request: DeadlineRequest,
) -> None:
    """The day is open and counted; in hour periods the last minute is, too."""
    due = told(request).due_at
    if due is None:
        return
    walk, local = walked(request, korea())[-1], due.astimezone(SEOUL)
    assert walk.open(local.date()) or request.period.unit is Unit.WALL_HOURS
    assert not walk.is_out((local - timedelta(minutes=1)).date())
    if request.period.unit in HOUR_UNITS:
        assert walk.works(local - timedelta(minutes=1))
        assert not walk.down(local - timedelta(minutes=1))
        assert local.time() <= time(18)


@bounded
@given(
    request=questions(kinds=NOT_ASKED), start=st.integers(0, 40_000), length=st.integers(0, 9000)
)
def test_one_pause_more_never_makes_a_deadline_earlier(
    request: DeadlineRequest, start: int, length: int
) -> None:
    """A supplement or an outage more, beside whatever else happened."""
    asked = placed(request.received_at, start, {"type": "supplement_request"}, SEOUL)
    came = placed(request.received_at, start + length, {"type": "supplement_received"}, SEOUL)
    down = placed(request.received_at, start, {"type": "outage", "for": length}, SEOUL)
    before = told(request).due_at
    assert before is not None
    more: list[list[Event]] = [[asked, came], [down]]
    for events in more:
        after = told(with_events(request, *events)).due_at
        assert after is not None
        assert after >= before


@bounded
@given(request=questions())
def test_the_same_question_from_the_log_has_the_same_answer(request: DeadlineRequest) -> None:
    """Request and calendar stored as JSON and read back: due, refusals and steps are the same."""
    read = DeadlineRequest.model_validate_json(request.model_dump_json())
    assert deadline(read, STORED, law_for(read, STORED)) == told(request)


@bounded
@given(request=questions(kinds=("extend", "extend", "supplement", "outage", "transfer")))
def test_what_is_refused_changes_nothing(request: DeadlineRequest) -> None:
    """The answer without the refused events is the same, but for the words about them."""
    found = told(request)
    rest = told(without(request, *(one.index for one in found.refused)))
    assert rest.due_at == found.due_at
    assert rest.refused == ()
    assert rest.steps == tuple(one for one in found.steps if not one.ko.startswith("연장 불가"))


@bounded
@given(request=questions(kinds=NOT_EXTENDED), order=st.randoms(use_true_random=False))
def test_order_and_repetition_of_what_happened_do_not_matter(
    request: DeadlineRequest, order: Random
) -> None:
    """A15: what overlaps is left out once, whoever tells it first and however often."""
    events = list(request.events) * 2
    order.shuffle(events)
    again = request.model_copy(update={"events": tuple(events)})
    assert told(again) == told(request)


@bounded
@given(
    request=st.one_of(
        questions(),
        questions("proposal_decision", thirty_days, PROPOSAL),
        questions("progress_notice", thirty_days, PROPOSAL),
        questions("information_disclosure", st.just(("days", 10)), ("extend", "holiday")),
    )
)
def test_the_steps_tell_beginning_and_end_in_both_languages(request: DeadlineRequest) -> None:
    """The first counting step names the start, the last the due instant; Korean for Koreans,
    English without a Korean word, and no name of a variable left over."""
    found = told(request)
    steps = [one for one in found.steps if not one.ko.endswith("새로 셉니다.")]
    assert all(HANGUL.search(one.ko) and not HANGUL.search(one.en) for one in steps)
    assert all(not LEFT_OVER.search(one.ko + one.en) for one in found.steps)
    assert re.search(r"\d{4}-\d\d-\d\d.*부터 \d+", steps[0].ko)
    assert re.search(r"\d+ .* from \d{4}-\d\d-\d\d", steps[0].en)
    if found.due_at is None:
        assert "기한이 정해지지 않습니다" in steps[-1].ko
    else:
        local = f"{found.due_at.astimezone(SEOUL):%Y-%m-%d %H:%M}"
        assert steps[-1].ko == f"{local}까지"
        assert steps[-1].en == f"due {local}"


@bounded
@given(request=questions())
def test_the_other_readings_only_ever_differ_in_their_own_direction(
    request: DeadlineRequest,
) -> None:
    """A5 at the instants and A12 by the calendar leave out less, A6 by any touch more, A1 ends at
    the next opening: never earlier."""
    plain = told(request).due_at
    exact = told(request, hour_supplement="instants").due_at
    capped = told(request, investigation_cap="civil_days").due_at
    touched = told(request, day_outage="any_day").due_at
    if plain and exact and capped and touched:
        assert max(exact, capped) <= plain <= touched
