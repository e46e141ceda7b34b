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
