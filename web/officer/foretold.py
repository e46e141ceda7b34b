"""What an act will have the petitioner told, in one line, before anything is written.

The very words of a notice hold what has not been typed yet: they are shown on demand, by
`storage/foreseeing.py`. Which notice it will be, and its subject, is known from the notice table.
"""

from collections.abc import Mapping
from datetime import datetime

from jinja2 import TemplateError
from pydantic import JsonValue

from rules.case_facts import CaseFacts
from rules.consequences import Consequence, drawn_event
from rules.life_table import Transition
from rules.notice_texts import Holder, Names, NoticeFacts, render
from rules.notices import Audience, read_notices
from schema.codes import Action
from schema.commands import Command
from schema.events import Actor
from schema.grounds import ClosedFor
from storage.notice_facts import item_names, standing_of
from web.opened import OpenedCase
from web.wording import Language, Wording

SURE: Mapping[Action, dict[str, JsonValue]] = {
    Action.CLOSE_UNSUPPLEMENTED: {"ground": ClosedFor.NOT_SUPPLEMENTED},
    Action.CLOSE_REPEATED: {"ground": ClosedFor.REPEATED},
}
"""What an act's event will hold whatever is typed."""


def subject_told(
    row: Transition,
    opened: OpenedCase,
    facts: CaseFacts,
    wording: Wording,
    *,
    actor: Actor,
    now: datetime,
) -> str | None:
    """The subject of the notice; None where the petitioner will not be told. `facts` are those of
    the opened case."""
    case = opened.case
    assert case is not None
    command = Command(
        request_id="foretold", case=case.number, action=row.action, actor=actor, at=now
    )
    done = Consequence(dict(SURE.get(row.action, {})), {"state": row.to} if row.to else {})
    event = drawn_event(
        facts, command, done, seq=case.seq + 1, channel=case.channel, recorded_at=now
    )
    rows = read_notices().notices_for(event, standing_of(case, event))
    notice = next((one for one in rows if one.to is Audience.PETITIONER), None)
    if notice is None:
        return None
    said = NoticeFacts(
        number=case.number,
        kind=case.kind,
        at=now,
        urgent=case.urgent,
        item=item_names(event),
        holder=Holder(department=_names(case.department)),
        due_at=case.due_at(),
        url="",
        public_url="",
    )
    try:
        return render(notice.template, said, language=wording.language).subject
    except (KeyError, TemplateError):
        return notice.template


def told_of(
    row: Transition, opened: OpenedCase, wording: Wording, *, actor: Actor, now: datetime
) -> str:
    """The line: what the petitioner will be told, or that it will be nothing."""
    subject = subject_told(row, opened, opened.facts, wording, actor=actor, now=now)
    return told_line(subject, wording)


def told_line(subject: str | None, wording: Wording) -> str:
    """A notice's subject as a sentence; None: there will be no notice."""
    if subject is None:
        return wording.t("foreseen.nothing_told")
    return wording.t("foreseen.told", subject=subject)


def _names(department: str | None) -> Names:
    ko, en = Wording(Language.KO), Wording(Language.EN)
    return Names(ko=ko.department(department), en=en.department(department))
