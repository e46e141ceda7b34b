"""The words of the notices: templates in two languages, filled with the facts of a case."""

from datetime import datetime, time
from functools import cache

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import AwareDatetime

from rules.quiet_hours import SEOUL
from rules.tables import document, of_city_data
from schema.codes import CaseKind, State
from schema.messages import NoticeText
from schema.model import Frozen

WEEKDAYS_KO = "월화수목금토일"
MONTHS_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
WEEKDAYS_EN = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
LAST_MINUTE = time(23, 59)


class Names(Frozen):
    """What something is called in both languages."""

    ko: str
    en: str

    def in_language(self, language: str) -> str:
        """The name for a reader of `language`: Korean, or English for every other."""
        return self.ko if is_korean(language) else self.en


MATTERS = {
    CaseKind.PETITION: Names(ko="민원", en="petition"),
    CaseKind.PROPOSAL: Names(ko="제안", en="proposal"),
    CaseKind.OPINION: Names(ko="의견", en="message"),
}
STATES = {
    State.SUBMITTED: Names(ko="접수 전", en="not received yet"),
    State.RECEIVED: Names(ko="담당 부서를 정하는 중", en="finding the department in charge"),
    State.ASSIGNED: Names(ko="담당 부서가 맡음", en="with the department in charge"),
    State.PROCESSING: Names(ko="처리 중", en="being processed"),
    State.SUPPLEMENT: Names(ko="보완을 기다리는 중", en="waiting for your supplement"),
    State.TRANSFERRED: Names(ko="이송되어 담당 기관이 맡음", en="with the agency it was sent to"),
    State.ANSWERED: Names(ko="답변 완료", en="answered"),
    State.REANSWER: Names(ko="추가답변 준비 중", en="a further answer is being prepared"),
    State.WITHDRAWN: Names(ko="취하", en="withdrawn"),
    State.CLOSED: Names(ko="종결", en="closed"),
    State.DECLINED: Names(ko="처리 제외", en="declined"),
    State.MERGED: Names(
        ko="같은 민원과 함께 처리 중", en="processed together with the same matter"
    ),
}
"""Where a case stands, as a notice says it (처리진행상황, 영 §23)."""
UNKNOWN_ITEM = Names(ko="분류 전", en="not classified yet")


class Holder(Frozen):
    """Who answers for a case (민원처리법 시행령 §31: 소속·성명·연락처).

    `officer` is a person's name, where one has the case; `phone` that person's, else the
    department's.
    """

    department: Names
    phone: str = ""
    officer: str | None = None


class NoticeFacts(Frozen):
    """What a notice may say of a case. `answer` is for the petitioner, `public_answer` masked.

    `due_at` is the deadline promised, None where there is none to name any more; `old_due_at` what
    it was before the event, `overdue` says that it has passed; `at` is the instant of the event.
    `until` ends a period that the event gives the petitioner: for a supplement, for an objection.
    `content` is the event's own text (what is missing, what was corrected), `reason` and `remedy`
    are what was written beside it, `ground` what the law calls it. `linked` is the number of a
    case that came from this one. For staff: `clock` is the limit that a rung belongs to, `also`
    how many other rungs the message stands for, `other` another department, `passage` those that
    had the case. `url` carries the petitioner's key, `public_url` does not.
    """

    number: str
    kind: CaseKind = CaseKind.PETITION
    at: AwareDatetime
    urgent: bool
    item: Names = UNKNOWN_ITEM
    holder: Holder
    due_at: AwareDatetime | None = None
    old_due_at: AwareDatetime | None = None
    overdue: bool = False
    until: AwareDatetime | None = None
    days: int | None = None
    again: bool = False
    state: State | None = None
    ground: Names | None = None
    content: str = ""
    reason: str = ""
    remedy: str = ""
    answer: str = ""
    public_answer: str = ""
    linked: str = ""
    clock: Names | None = None
    also: int = 0
    other: Names | None = None
    passage: tuple[Names, ...] = ()
    url: str
    public_url: str


class Wording(Frozen):
    """A petitioner's notice in one language."""

    subject: str
    body: str
    public: str


class PetitionerTemplate(Frozen):
    """A petitioner's notice in the languages that it can be told in."""

    ko: Wording
    en: Wording


class NoticeTexts(Frozen):
    """`rules/data/notice_texts.toml`, by name of template."""

    petitioner: dict[str, PetitionerTemplate]
    staff: dict[str, Names]


@of_city_data
def read_notice_texts() -> NoticeTexts:
    """The texts of the city; raises pydantic.ValidationError where the data is not usable."""
    return NoticeTexts.model_validate(document("notice_texts.toml"))


def is_korean(language: str) -> bool:
    """True for `ko` and its variants; every other language is answered in English."""
    return language.lower().partition("-")[0] == "ko"


def seoul_words(at: datetime, *, language: str, told_at: datetime) -> str:
    """An instant as people in Seoul say it: «11월 24일(화) 18:00», or «Tue 24 Nov 18:00».

    The end of a day is said without the hour; the year only where it is another than `told_at`'s.
    """
    local, now = at.astimezone(SEOUL), told_at.astimezone(SEOUL)
    clock = "" if local.time() >= LAST_MINUTE else f" {local:%H:%M}"
    if is_korean(language):
        year = f"{local.year}년 " if local.year != now.year else ""
        weekday = WEEKDAYS_KO[local.weekday()]
        return f"{year}{local.month}월 {local.day}일({weekday}){clock}"
    year = f" {local.year}" if local.year != now.year else ""
    day = f"{WEEKDAYS_EN[local.weekday()]} {local.day} {MONTHS_EN[local.month - 1]}"
    return f"{day}{year}{clock}"


def render(template: str, facts: NoticeFacts, *, language: str) -> NoticeText:
    """The notice `template` in words for the petitioner. Raises KeyError for an unknown name."""
    known = read_notice_texts().petitioner[template]
    wording = known.ko if is_korean(language) else known.en
    words = words_of(facts, language)
    return NoticeText(
        template=template,
        subject=_fill(wording.subject, words),
        body=_fill(wording.body, words),
        public_body=_fill(wording.public, words),
        url=facts.url,
        public_url=facts.public_url,
    )


def staff_line(template: str, facts: NoticeFacts, *, language: str = "ko") -> str:
    """The one line of an inbox. Raises KeyError for an unknown name."""
    source = read_notice_texts().staff[template].in_language(language)
    return _fill(source, words_of(facts, language))


def words_of(facts: NoticeFacts, language: str) -> dict[str, object]:
    """What a template may name, in the words of `language`."""

    def said(at: datetime | None) -> str | None:
        return seoul_words(at, language=language, told_at=facts.at) if at else None

    def named(names: Names | None) -> str:
        return names.in_language(language) if names else ""

    department = named(facts.holder.department)
    person = f" {facts.holder.officer}" if facts.holder.officer else ""
    space = "" if is_korean(language) else " "
    phone = f"{space}({facts.holder.phone})" if facts.holder.phone else ""
    return {
        "number": facts.number,
        "matter": named(MATTERS[facts.kind]),
        "urgent": facts.urgent,
        "item": named(facts.item),
        "due": said(facts.due_at),
        "old_due": said(facts.old_due_at),
        "overdue": facts.overdue,
        "until": said(facts.until),
        "days": facts.days,
        "again": facts.again,
        "state": named(STATES[facts.state]) if facts.state else "",
        "ground": named(facts.ground),
        "content": facts.content,
        "reason": facts.reason,
        "remedy": facts.remedy,
        "linked": facts.linked,
        "clock": named(facts.clock),
        "also": facts.also,
        "other": named(facts.other),
        "passage": " → ".join(named(names) for names in facts.passage),
        "holder": f"{department}{person}{phone}",
        "public_holder": department,
        "answer": facts.answer,
        "public_answer": facts.public_answer,
    }


# Plain text goes out, to telephones and into JSON: what renders HTML escapes it there.
_environment = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)


@cache
def _template(source: str) -> Template:
    return _environment.from_string(source)


def _fill(source: str, words: dict[str, object]) -> str:
    return _template(source).render(words).strip()
