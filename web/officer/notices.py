"""An inbox line in words, from the codes that the notice carries."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from rules.fields import choice
from rules.notice_texts import Holder, Names, NoticeFacts, staff_line
from storage.inbox import StaffNotice
from web.wording import Language, Wording


def notice_line(notice: StaffNotice, wording: Wording) -> str:
    """What the notice says; a template newer than the texts is named by its code."""
    message, detail = notice.message, _detail(notice)
    item, department = _word(message.get("item")), _word(message.get("department"))
    due = (
        _word(detail.get("due_at"))
        or _word(message.get("legal_due_at"))
        or _word(message.get("target_due_at"))
    )
    timer, also, passage = detail.get("timer"), detail.get("also"), detail.get("history")
    ground = choice("correction_ground", detail.get("correction_ground"))
    facts = NoticeFacts(
        number=notice.case_number,
        at=notice.created_at,
        urgent=bool(message.get("urgent")),
        item=_names("item", item),
        holder=Holder(department=_names("department", department)),
        due_at=datetime.fromisoformat(due) if due else None,
        days=_count(detail.get("days")),
        ground=Names(ko=ground.ko, en=ground.en) if ground else None,
        clock=_timer(str(timer)) if timer else None,
        also=len(also) if isinstance(also, list) else 0,
        other=_department(detail.get("by_department")),
        passage=tuple(_names("department", str(one)) for one in passage)
        if isinstance(passage, list)
        else (),
        url="",
        public_url="",
    )
    try:
        return staff_line(notice.template, facts, language=wording.language)
    except KeyError:
        return notice.template


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _detail(notice: StaffNotice) -> Mapping[str, JsonValue]:
    found = notice.message.get("detail")
    return found if isinstance(found, dict) else {}


def _timer(code: str) -> Names:
    ko, en = Wording(Language.KO), Wording(Language.EN)
    return Names(ko=ko.code("timer", code), en=en.code("timer", code))


def _department(code: object) -> Names | None:
    return _names("department", code) if isinstance(code, str) else None


def _names(what: str, code: str | None) -> Names:
    ko, en = Wording(Language.KO), Wording(Language.EN)
    if what == "item":
        return Names(ko=ko.item(code), en=en.item(code))
    return Names(ko=ko.department(code), en=en.department(code))
