"""The words in which a question for a case's state is answered by short message."""

from pydantic import AwareDatetime

from rules.notice_texts import STATES, Names, is_korean, seoul_words
from schema.codes import State
from schema.messages import NoticeText
from schema.model import Frozen

TEMPLATE = "status_asked"
NO_SUCH_CASE = Names(
    ko="접수번호 {number}의 처리 상황을 이 번호로 알려 드릴 수 없습니다. 접수번호와 신청할 때 적은 "
    "전화번호를 확인해 주세요.",
    en="We cannot tell this number about {number}. Check the receipt number, and write from the "
    "telephone that you filed with.",
)
"""Said alike of a case that is not there and of one that is somebody else's and not public."""


class StatusFacts(Frozen):
    """What a question is answered with. `department`, `phone`, `due_at` and `url` (with the key)
    are for the petitioner; of a public case everybody is told the state."""

    number: str
    state: State
    told_at: AwareDatetime
    department: Names | None = None
    phone: str = ""
    due_at: AwareDatetime | None = None
    ended: bool = False
    url: str = ""


def status_text(number: str, facts: StatusFacts | None, *, language: str) -> NoticeText:
    """The answer; None for `facts` is a case that nobody who asks so is told about."""
    lines = _told(facts, language) if facts else [_no_such_case(number, language)]
    subject = f"접수번호 {number}" if is_korean(language) else f"Number {number}"
    body = "\n".join(lines)
    url = facts.url if facts else ""
    return NoticeText(
        template=TEMPLATE, subject=subject, body=body, public_body="", url=url, public_url=""
    )


def _no_such_case(number: str, language: str) -> str:
    return NO_SUCH_CASE.in_language(language).format(number=number)


def _told(facts: StatusFacts, language: str) -> list[str]:
    korean = is_korean(language)
    state = STATES[facts.state].in_language(language)
    lines = [f"{facts.number}: {state}"]
    if facts.department is not None:
        phone = f" ({facts.phone})" if facts.phone else ""
        label = "담당" if korean else "In charge"
        lines.append(f"{label}: {facts.department.in_language(language)}{phone}")
    if facts.due_at is not None and not facts.ended:
        lines.append(_until(facts.due_at, facts.told_at, language))
    return lines


def _until(due: AwareDatetime, told_at: AwareDatetime, language: str) -> str:
    words = seoul_words(due, language=language, told_at=told_at)
    if is_korean(language):
        return f"{words}까지 답변 예정" if due > told_at else f"기한이 지났습니다: {words}"
    return f"Answer due by {words}" if due > told_at else f"Overdue since {words}"
