"""An inbox line in words, from the codes that the notice carries."""

from datetime import datetime

from rules.notice_texts import Holder, Names, NoticeFacts, staff_line
from storage.inbox import StaffNotice
from web.wording import Language, Wording


def notice_line(notice: StaffNotice, wording: Wording) -> str:
    """What the notice says; a template newer than the texts is named by its code."""
    message = notice.message
    item, department = _word(message.get("item")), _word(message.get("department"))
    due = _word(message.get("legal_due_at")) or _word(message.get("target_due_at"))
    facts = NoticeFacts(
        number=notice.case_number,
        at=notice.created_at,
        urgent=bool(message.get("urgent")),
        item=_names("item", item),
        holder=Holder(department=_names("department", department)),
        due_at=datetime.fromisoformat(due) if due else None,
        url="",
        public_url="",
    )
    try:
        return staff_line(notice.template, facts, language=wording.language)
    except KeyError:
        return notice.template


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _names(what: str, code: str | None) -> Names:
    ko, en = Wording(Language.KO), Wording(Language.EN)
    if what == "item":
        return Names(ko=ko.item(code), en=en.item(code))
    return Names(ko=ko.department(code), en=en.department(code))
