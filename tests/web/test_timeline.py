"""Who reads what of a case's log."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from pydantic import JsonValue

from rules.transitions import TRANSITIONS
from schema.codes import (
    Action,
    Channel,
    EventKind,
    PetitionType,
    Role,
    State,
    TextKind,
    Visibility,
)
from schema.events import Actor, CaseEvent
from storage.texts import StoredText
from web.timeline import answer_of, steps_done, timeline
from web.wording import Language, Wording

KO = Wording(Language.KO)
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TEXT = UUID(int=7)


def event(kind: EventKind, *, seq: int = 1, **detail: JsonValue) -> CaseEvent:
    """An event of `kind`, as visible as the table of transitions makes it."""
    visible = {row.event: row.visibility for row in TRANSITIONS.values()}
    return CaseEvent(
        id=uuid4(),
        case="261123-000001-K",
        seq=seq,
        kind=kind,
        at=AT,
        recorded_at=AT,
        request_id=str(seq),
        actor=Actor(role=Role.OFFICER, department="3130000.roads", account="kim"),
        state=State.PROCESSING,
        petition_type=PetitionType.OTHER,
        item="RD01",
        channel=Channel.WEB_FORM,
        district="11440",
        agency="3130000",
        department="3130000.roads",
        legal_due_at=None,
        target_due_at=None,
        calendar_version=None,
        rule_pack=None,
        visibility=visible.get(kind, Visibility.PUBLIC),
        detail=detail,
    )


def stored(kind: TextKind, *, hidden: bool = False) -> dict[UUID, StoredText]:
    """One stored text with its masked copy."""
    text = StoredText(
        id=TEXT,
        kind=kind,
        text="홍길동 010-1234-5678",
        masked="홍*동 010-****-****",
        hidden=hidden,
        created_at=AT,
    )
    return {TEXT: text}


def test_the_petitioner_never_reads_what_is_internal() -> None:
    """Comments, reminders and deliveries stay inside the city, with their texts."""
    log = [
        event(EventKind.SUBMITTED, seq=1),
        event(EventKind.COMMENTED, seq=2, text=str(TEXT)),
        event(EventKind.REMINDED, seq=3, timer="legal", term=1, rung="near", to="officer"),
        event(EventKind.DELIVERED, seq=4, means="sms"),
    ]
    lines = timeline(log, stored(TextKind.COMMENT), eyes=Visibility.PETITIONER, wording=KO)
    assert [line.seq for line in lines] == [1]
    whole = timeline(log, stored(TextKind.COMMENT), eyes=Visibility.INTERNAL, wording=KO)
    assert [line.seq for line in whole] == [1, 2, 3, 4]
    assert whole[1].body == "홍길동 010-1234-5678"


def test_everybody_reads_the_answer_masked_and_the_petitioner_as_written() -> None:
    """One answer, two readers."""
    log, texts = [event(EventKind.ANSWERED, text=str(TEXT))], stored(TextKind.ANSWER)
    assert answer_of(log, texts, eyes=Visibility.PUBLIC) == "홍*동 010-****-****"
    assert answer_of(log, texts, eyes=Visibility.PETITIONER) == "홍길동 010-1234-5678"


def test_reasons_are_not_shown_to_everybody() -> None:
    """What an officer wrote to the petitioner about a transfer is no public text, even masked."""
    log, texts = [event(EventKind.TRANSFERRED, reason=str(TEXT))], stored(TextKind.REASON)
    (public,) = timeline(log, texts, eyes=Visibility.PUBLIC, wording=KO)
    (own,) = timeline(log, texts, eyes=Visibility.PETITIONER, wording=KO)
    assert (public.body, own.body) == (None, "홍길동 010-1234-5678")


def test_the_public_timeline_carries_no_words_at_all() -> None:
    """Some items are public without their words: the answer is shown apart, or not at all."""
    log, texts = [event(EventKind.ANSWERED, text=str(TEXT))], stored(TextKind.ANSWER)
    (line,) = timeline(log, texts, eyes=Visibility.PUBLIC, wording=KO)
    assert line.body is None


def test_a_text_deleted_at_its_source_is_left_to_staff() -> None:
    """A post that its author deleted is honoured on every page but the officer's."""
    log, texts = [event(EventKind.AMENDED, text=str(TEXT))], stored(TextKind.AMENDMENT, hidden=True)
    (own,) = timeline(log, texts, eyes=Visibility.PETITIONER, wording=KO)
    (officer,) = timeline(log, texts, eyes=Visibility.INTERNAL, wording=KO)
    assert (own.body, officer.body) == (None, "홍길동 010-1234-5678")


def test_only_staff_read_which_account_acted() -> None:
    """The petitioner is told the department, not a login."""
    log = [event(EventKind.STARTED)]
    (own,) = timeline(log, {}, eyes=Visibility.PETITIONER, wording=KO)
    (officer,) = timeline(log, {}, eyes=Visibility.INTERNAL, wording=KO)
    assert own.by is None
    assert officer.by == "처리담당자 kim"


def test_an_event_whose_text_is_gone_is_still_told() -> None:
    """After an erasure the log stands, without words."""
    (line,) = timeline(
        [event(EventKind.ANSWERED, text=str(TEXT))], {}, eyes=Visibility.INTERNAL, wording=KO
    )
    assert line.body is None
    assert line.title == "마포구 도로과에서 답변했습니다."


def test_a_step_that_was_jumped_over_counts_as_done() -> None:
    """A call answered at once shows the whole way, though nobody «started» it."""
    log = [event(EventKind.SUBMITTED), event(EventKind.ANSWERED)]
    assert all(done for _, done in steps_done(log))
    assert [done for _, done in steps_done(log[:1])] == [True, False, False, False, False]


def test_every_event_that_a_citizens_act_makes_can_be_told() -> None:
    """Withdrawing and rating come back on the petitioner's own page."""
    for action in (Action.WITHDRAW, Action.RATE):
        kind = TRANSITIONS[action].event
        lines = timeline([event(kind, grade=5)], {}, eyes=Visibility.PETITIONER, wording=KO)
        assert lines[0].title


def notes(kind: EventKind, eyes: Visibility, **detail: JsonValue) -> list[str | None]:
    """The notes of one event, in Korean and in English."""
    return [
        line.note
        for language in Language
        for line in timeline(
            [event(kind, seq=1, **detail)], {}, eyes=eyes, wording=Wording(language)
        )
    ]


def test_a_contested_transfer_says_where_it_went_and_why() -> None:
    """Everybody reads that it went to the desk; which department was asked for is the city's."""
    detail: dict[str, JsonValue] = {
        "department": "6110000.first-line",
        "asked_for": "3130000.cleansing",
        "contested": "third_transfer",
    }
    for eyes in (Visibility.PUBLIC, Visibility.PETITIONER):
        korean, english = notes(EventKind.TRANSFERRED, eyes, **detail)
        assert korean == "소관 다툼으로 통합접수로 보냄"
        assert english == "contested, so sent to the first-line desk"
    korean, _ = notes(EventKind.TRANSFERRED, Visibility.INTERNAL, **detail)
    assert korean == (
        "소관 다툼으로 통합접수로 보냄 · 세 번째 이송 · 요청한 부서 마포구 청소행정과"
    )


def test_a_recomputed_deadline_tells_the_old_and_the_new_and_why() -> None:
    """A holiday was declared: the petitioner reads what was promised and what is promised now."""
    korean, english = notes(
        EventKind.RECOMPUTED,
        Visibility.PETITIONER,
        reason="2027-10-04 임시공휴일",
        old_legal_due_at="2027-10-05T09:00:00+00:00",
        new_legal_due_at="2027-10-06T09:00:00+00:00",
        calendar_version=2,
    )
    assert korean == "2027. 10. 5.(화) 18:00 → 2027. 10. 6.(수) 18:00 · 2027-10-04 임시공휴일"
    assert english is not None
    assert english.startswith("Tue 5 Oct 2027, 18:00 → Wed 6 Oct 2027, 18:00")


def test_another_petitioners_number_is_for_the_city_only() -> None:
    """A merge names the other case to staff, and to nobody else."""
    other = "261123-000009-K"
    assert notes(EventKind.MERGED, Visibility.INTERNAL, into=other) == [f"→ {other}"] * 2
    assert notes(EventKind.MERGED, Visibility.PETITIONER, into=other) == [None, None]
    assert notes(EventKind.MERGED, Visibility.PUBLIC, into=other) == [None, None]


def test_everybody_reads_no_ground_but_the_laws_own_for_time() -> None:
    """Why a case was declined, demanded or rated is between its petitioner and the city."""
    for kind, detail in (
        (EventKind.DECLINED, {"decline_ground": "private_matter"}),
        (EventKind.CLOSED, {"ground": "repeated"}),
    ):
        assert notes(kind, Visibility.PUBLIC, **detail) == [None, None]
        assert all(notes(kind, Visibility.PETITIONER, **detail))


def test_rungs_told_together_are_all_named() -> None:
    """After an outage one message speaks for several rungs; who was absent is said too."""
    korean, _ = notes(
        EventKind.ESCALATED,
        Visibility.INTERNAL,
        timer="legal",
        to="inspector",
        passed_over=["department_head"],
        also=[{"timer": "distribution", "to": "first_line"}],
    )
    assert korean == "법정 처리기한 → 민원심사관 · 배부 → 통합접수 · 자리에 없어 위로 알림"
