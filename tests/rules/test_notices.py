"""Who is told what: the table, the addresses, and the words."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import JsonValue, ValidationError

from rules.escalation import read_escalation
from rules.levels import Desk, Level
from rules.notice_texts import (
    Holder,
    Names,
    NoticeFacts,
    read_notice_texts,
    render,
    seoul_words,
    staff_line,
)
from rules.notices import (
    RUNGS,
    Audience,
    NoticeTable,
    Standing,
    inboxes_of,
    read_notices,
    staff_address,
    templates_named,
)
from rules.organisation import FIRST_LINE
from rules.quiet_hours import SEOUL
from schema.codes import Channel, EventKind, PetitionType, Role, State, Visibility
from schema.events import Actor, CaseEvent

ROADS = "3220000.roads"
NUMBER = "261123-000123-A"


def event(
    kind: EventKind,
    *,
    channel: Channel = Channel.WEB_FORM,
    actor: Role = Role.SYSTEM,
    department: str | None = ROADS,
    agency: str | None = "3220000",
    detail: dict[str, JsonValue] | None = None,
) -> CaseEvent:
    at = datetime(2026, 11, 23, 5, tzinfo=UTC)
    return CaseEvent(
        id=UUID(int=1),
        case=NUMBER,
        seq=3,
        kind=kind,
        at=at,
        recorded_at=at,
        request_id="r",
        actor=Actor(role=actor),
        state=State.ASSIGNED,
        petition_type=PetitionType.OTHER,
        item="RD06",
        channel=channel,
        district="11680",
        agency=agency,
        department=department,
        legal_due_at=None,
        target_due_at=None,
        calendar_version=1,
        rule_pack="2026-05-06",
        visibility=Visibility.PUBLIC,
        detail=detail or {},
    )


def told(happened: CaseEvent, **standing: bool) -> set[tuple[str, str]]:
    rows = read_notices().notices_for(happened, Standing(**standing))
    return {(row.to.value, row.template) for row in rows}


SNS = Channel.SNS
Told = set[tuple[str, str]]
PROMISES: list[tuple[str, CaseEvent, dict[str, bool], Told]] = [
    ("receipt says nothing of its own", event(EventKind.RECEIVED), {}, set()),
    (
        "what the desk takes back, the petitioner never heard of",
        event(EventKind.ASSIGNED, actor=Role.FIRST_LINE, detail={"undone": 2}),
        {},
        {("department", "new_case")},
    ),
    (
        "a thread is acknowledged at receipt",
        event(EventKind.RECEIVED, channel=SNS),
        {},
        {("petitioner", "received_in_thread")},
    ),
    (
        "receipt speaks where nobody has the case yet",
        event(EventKind.RECEIVED, department=None),
        {"unassigned": True},
        {("petitioner", "received"), ("first_line", "unassigned_case")},
    ),
    (
        "what was answered on the telephone is not acknowledged too",
        event(EventKind.RECEIVED, department=None),
        {"unassigned": True, "answered": True},
        set(),
    ),
    (
        "the first message says who has it",
        event(EventKind.ASSIGNED),
        {},
        {("petitioner", "assigned"), ("department", "new_case")},
    ),
    (
        "an assignment that the answer overtook is no news",
        event(EventKind.ASSIGNED),
        {"answered": True},
        set(),
    ),
    (
        "an executive's word reaches who has the case and the head",
        event(EventKind.COMMENTED, actor=Role.EXECUTIVE),
        {},
        {("department", "executive_comment"), ("department_head", "executive_comment")},
    ),
    (
        "colleagues' notes are read on the page",
        event(EventKind.COMMENTED, actor=Role.OFFICER),
        {},
        set(),
    ),
    (
        "the desk's decision is told",
        event(EventKind.ASSIGNED, actor=Role.FIRST_LINE),
        {},
        {("petitioner", "distributed"), ("department", "new_case")},
    ),
    (
        "a request for information is handed on with a word",
        event(EventKind.ASSIGNED),
        {"handed_on": True},
        {("petitioner", "handed_on"), ("department", "new_case")},
    ),
    (
        "a thread hears nothing between receipt and answer",
        event(EventKind.ASSIGNED, channel=SNS),
        {},
        {("department", "new_case")},
    ),
    (
        "an urgent case wakes the duty officer at its receipt",
        event(EventKind.RECEIVED),
        {"urgent": True},
        {("duty", "urgent_case")},
    ),
    (
        "an urgent case that nobody has wakes the duty officer all the same",
        event(EventKind.RECEIVED, department=None),
        {"urgent": True, "unassigned": True},
        {
            ("petitioner", "received"),
            ("first_line", "unassigned_case"),
            ("duty", "urgent_case"),
        },
    ),
    (
        "a case found to be urgent wakes the duty officer",
        event(EventKind.RECLASSIFIED),
        {"urgent": True},
        {("petitioner", "reclassified"), ("duty", "urgent_case")},
    ),
    (
        "a transfer is told to both sides",
        event(EventKind.TRANSFERRED),
        {},
        {("petitioner", "transferred"), ("department", "transferred_case")},
    ),
    ("an answer is told", event(EventKind.ANSWERED), {}, {("petitioner", "answered")}),
    (
        "an answer is told under the post",
        event(EventKind.ANSWERED, channel=SNS),
        {},
        {("petitioner", "answered")},
    ),
    (
        "an answer on the telephone is told as such",
        event(EventKind.ANSWERED, actor=Role.CHANNEL),
        {},
        {("petitioner", "answered_on_call")},
    ),
    (
        "the end of the window after an answer is no news",
        event(EventKind.CLOSED, detail={"ground": "answered"}),
        {},
        set(),
    ),
    (
        "any other end is told",
        event(EventKind.CLOSED, detail={"ground": "no_supplement"}),
        {},
        {("petitioner", "closed")},
    ),
    (
        "a reminder goes to whom the ladder names",
        event(EventKind.REMINDED, detail={"to": "officer", "rung": "near"}),
        {},
        {("rung", "deadline_near")},
    ),
    (
        "a deadline that has just come is no rebuke yet",
        event(EventKind.ESCALATED, detail={"to": "department_head", "rung": "due"}),
        {},
        {("rung", "deadline_reached")},
    ),
    (
        "an overdue case is pressed for",
        event(EventKind.ESCALATED, detail={"to": "inspector", "rung": "overdue-8h"}),
        {},
        {("rung", "deadline_passed")},
    ),
    (
        "a deletion at the source goes to a person",
        event(EventKind.REMOVED_AT_SOURCE, channel=SNS, actor=Role.CHANNEL),
        {},
        {("department", "removed_case")},
    ),
    (
        "an officer hears of a citizen who could not be reached",
        event(EventKind.UNDELIVERED, detail={"last": True}),
        {},
        {("department", "undelivered_reply")},
    ),
    (
        "a means that failed before the next is tried troubles nobody",
        event(EventKind.UNDELIVERED, detail={"last": False}),
        {},
        set(),
    ),
]


@pytest.mark.parametrize(
    ("happened", "standing", "expected"),
    [row[1:] for row in PROMISES],
    ids=[row[0] for row in PROMISES],
)
def test_the_table_tells_these(
    happened: CaseEvent, standing: dict[str, bool], expected: Told
) -> None:
    """Each event tells exactly these people, in these words."""
    assert told(happened, **standing) == expected


def test_an_urgent_case_is_told_at_night_and_another_is_not() -> None:
    """Only the urgent rows break the night."""

    def at_night(kind: EventKind, *, urgent: bool) -> set[str]:
        standing = Standing(urgent=urgent, unassigned=kind is EventKind.RECEIVED)
        rows = read_notices().notices_for(event(kind), standing)
        return {row.to.value for row in rows if row.at_night}

    assert at_night(EventKind.RECEIVED, urgent=True) == {"petitioner", "duty"}
    assert at_night(EventKind.ASSIGNED, urgent=True) == {"petitioner"}
    assert at_night(EventKind.RECEIVED, urgent=False) == set()
    assert at_night(EventKind.ASSIGNED, urgent=False) == set()


def test_every_kind_of_event_is_told_or_silent_for_a_reason() -> None:
    """A new kind of event cannot be forgotten: the table is refused without it."""
    table = read_notices()
    told_kinds = {row.on for row in table.notice}
    assert told_kinds | table.silent.keys() == set(EventKind)
    with pytest.raises(ValidationError, match="neither told nor silent"):
        NoticeTable(notice=table.notice, silent={})
    with pytest.raises(ValidationError, match="both told and silent"):
        NoticeTable(notice=table.notice, silent=table.silent | {EventKind.ANSWERED: "why"})


def test_every_template_is_used_and_every_row_has_one() -> None:
    """No row names a text that is not there, and no text lies unused."""
    rows, texts = read_notices().notice, read_notice_texts()
    assert templates_named(rows, petitioner=True) == texts.petitioner.keys()
    assert templates_named(rows, petitioner=False) == texts.staff.keys()


def test_every_rung_of_the_ladder_has_an_inbox() -> None:
    """Whoever the city's ladder names can be told; the petitioner is told by a row of its own."""
    named = {rung.to for ladder in read_escalation().ladder for rung in ladder.rung}
    assert named | set(Level) <= RUNGS.keys() | {Desk.PETITIONER}
    for name in named - {Desk.PETITIONER}:
        happened = event(EventKind.ESCALATED, detail={"to": name, "whom": ROADS})
        assert staff_address(Audience.RUNG, happened).name


@pytest.mark.parametrize(
    ("audience", "department", "agency", "name"),
    [
        (Audience.DEPARTMENT, ROADS, "3220000", "3220000.roads:officer"),
        (Audience.DEPARTMENT_HEAD, ROADS, "3220000", "3220000.roads:department_head"),
        (Audience.DUTY, ROADS, "3220000", "3220000.duty:officer"),
        (Audience.INSPECTOR, ROADS, "3220000", "3220000:inspector"),
        (Audience.BUREAU, ROADS, "3220000", "3220000:executive"),
        (Audience.DEPARTMENT, FIRST_LINE, "6110000", "6110000.first-line:first_line"),
        (Audience.DEPARTMENT_HEAD, None, None, "6110000.first-line:first_line"),
        (Audience.DEPARTMENT, None, None, "6110000.first-line:first_line"),
        (Audience.DUTY, None, None, "6110000.duty:officer"),
    ],
)
def test_staff_notices_have_an_address(
    audience: Audience, department: str | None, agency: str | None, name: str
) -> None:
    """A notice goes to a role in a department or agency; without one, to the first-line desk."""
    happened = event(EventKind.ASSIGNED, department=department, agency=agency)
    assert staff_address(audience, happened).name == name


@pytest.mark.parametrize(
    ("role", "department", "names"),
    [
        (Role.OFFICER, ROADS, ["3220000.roads:officer"]),
        (
            Role.DEPARTMENT_HEAD,
            ROADS,
            [
                "3220000.roads:department_head",
                "3220000.roads:team_head",
                "3220000.roads:officer",
            ],
        ),
        (Role.TEAM_HEAD, ROADS, ["3220000.roads:team_head", "3220000.roads:officer"]),
        (Role.ADMINISTRATOR, FIRST_LINE, ["6110000:administrator"]),
        (Role.FIRST_LINE, FIRST_LINE, ["6110000.first-line:first_line"]),
        (Role.INSPECTOR, "3220000.audit", ["3220000:inspector"]),
        (Role.EXECUTIVE, "6110000.first-line", ["6110000:executive"]),
    ],
)
def test_an_account_reads_the_inboxes_of_its_place(
    role: Role, department: str, names: list[str]
) -> None:
    """What is addressed to a role in a department is read by its accounts."""
    assert [address.name for address in inboxes_of(role, department)] == names


FULL = NoticeFacts(
    number=NUMBER,
    at=datetime(2026, 11, 23, 5, tzinfo=UTC),
    urgent=True,
    item=Names(ko="도로 파손", en="Pothole"),
    holder=Holder(
        department=Names(ko="강남구 도로과", en="Roads Division, Gangnam-gu"),
        phone="02-0000-0123",
        officer="김하늘",
    ),
    due_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
    answer="전화 010-1234-5678로 안내드린 대로 11월 24일에 보수합니다.",
    public_answer="전화 010-****-****로 안내드린 대로 11월 24일에 보수합니다.",
    url="https://minwon.example/case?key=secret",
    public_url="https://minwon.example/case",
)
BARE = NoticeFacts(
    number=NUMBER,
    at=FULL.at,
    urgent=False,
    holder=Holder(department=FULL.holder.department),
    url=FULL.url,
    public_url=FULL.public_url,
)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("facts", [FULL, BARE], ids=["all facts", "few facts"])
@pytest.mark.parametrize("template", sorted(read_notice_texts().petitioner))
def test_every_notice_carries_the_number_and_nothing_personal_in_public(
    template: str, facts: NoticeFacts, language: str
) -> None:
    """In every language: the number in both texts; no name, phone or key where all can read."""
    notice = render(template, facts, language=language)
    assert NUMBER in notice.body
    assert NUMBER in notice.public_body
    assert notice.subject
    for personal in ("김하늘", "010-1234-5678", "secret", "02-0000-0123"):
        assert personal not in notice.public_body
    assert "None" not in notice.body + notice.public_body


@pytest.mark.parametrize("template", ["assigned", "transferred", "answered", "withdrawn"])
def test_a_notice_names_who_answers_for_it(template: str) -> None:
    """Department, name and telephone of the person in charge (민원처리법 시행령 §31)."""
    body = render(template, FULL, language="ko").body
    assert "강남구 도로과 김하늘(02-0000-0123)" in body


@pytest.mark.parametrize("template", ["received", "assigned", "transferred", "reclassified"])
def test_an_urgent_notice_begins_with_119_and_112(template: str) -> None:
    """Whoever is in danger reads first whom to call; others are not frightened."""
    first = render(template, FULL, language="ko").body.splitlines()[0]
    assert "119" in first
    assert "112" in first
    assert "119" not in render(template, BARE, language="ko").body


def test_a_text_written_by_people_is_never_a_template() -> None:
    """Braces in an answer come out as they were written."""
    facts = FULL.model_copy(update={"answer": "{{ url }}{% for x in y %}"})
    assert "{{ url }}{% for x in y %}" in render("answered", facts, language="ko").body


@pytest.mark.parametrize("template", sorted(read_notice_texts().staff))
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_staff_line_is_one_line_with_the_number(template: str, language: str) -> None:
    """An inbox shows which case, on one line."""
    for facts in (FULL, BARE):
        line = staff_line(template, facts, language=language)
        assert NUMBER in line
        assert "\n" not in line


@pytest.mark.parametrize(
    ("at", "ko", "en"),
    [
        (datetime(2026, 11, 24, 9, tzinfo=UTC), "11월 24일(화) 18:00", "Tue 24 Nov 18:00"),
        (datetime(2026, 11, 24, 23, 59, 59, tzinfo=SEOUL), "11월 24일(화)", "Tue 24 Nov"),
        (
            datetime(2027, 1, 4, 0, 0, tzinfo=UTC),
            "2027년 1월 4일(월) 09:00",
            "Mon 4 Jan 2027 09:00",
        ),
    ],
)
def test_instants_are_said_as_in_seoul(at: datetime, ko: str, en: str) -> None:
    """Seoul's clock, the weekday, the year where it is another one, no hour at the day's end."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert seoul_words(at, language="ko", told_at=now) == ko
    assert seoul_words(at, language="en", told_at=now) == en


def test_whoever_does_not_read_korean_is_told_in_english() -> None:
    """Korean in all its variants, and English for every other language."""
    assert "답변" in render("answered", FULL, language="ko-KR").body
    assert "answer" in render("answered", FULL, language="zh").body


def test_the_duty_desk_that_routing_named_is_the_one_told() -> None:
    """Before anybody has the case, the nearest desk on duty is the one of its place."""
    happened = event(
        EventKind.RECEIVED, department=None, agency=None, detail={"duty_department": "3220000.duty"}
    )
    assert staff_address(Audience.DUTY, happened).name == "3220000.duty:officer"
