"""The note behind a line of a timeline: days, grounds, dues, numbers, from the event's codes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from rules.fields import choice
from schema.codes import EventKind, Visibility
from schema.events import CaseEvent
from schema.grounds import ClosedFor
from web.wording import Wording


@dataclass(frozen=True)
class Noted:
    """An event as its note looks at it, and who reads.

    `until` is the end of a period that the event set, where the event does not carry it.
    """

    event: CaseEvent
    wording: Wording
    eyes: Visibility
    until: datetime | None = None

    @property
    def inside(self) -> bool:
        """True where only the city reads it."""
        return self.eyes is Visibility.INTERNAL

    def said(self, key: str, **values: object) -> str:
        """A text of the table."""
        return self.wording.t(key, **values)

    def get(self, name: str) -> object:
        """A value of the event's detail, or None."""
        return self.event.detail.get(name)

    def chosen(self, name: str) -> str | None:
        """The words of a choice."""
        found = choice(name, self.get(name))
        if found is None:
            return None
        return found.ko if self.wording.korean else found.en


def note_of(noted: Noted) -> str | None:
    """The note, or None where there is nothing to add, or nothing that this reader may read."""
    if noted.eyes is Visibility.PUBLIC and noted.event.kind not in SHOWN_TO_ALL:
        return None
    noting = _NOTES.get(noted.event.kind)
    return noting(noted) if noting else None


def joined(*parts: str | None) -> str | None:
    """The parts that are there, one after the other."""
    return " · ".join(part for part in parts if part) or None


def _days(noted: Noted) -> str | None:
    days = noted.get("days")
    return noted.said("note.days", n=days) if days is not None else None


def _files(noted: Noted) -> str | None:
    """How many files came with it."""
    files = noted.get("attachments")
    return noted.said("note.files", n=len(files)) if isinstance(files, list) and files else None


def _until(noted: Noted) -> str | None:
    if noted.until is None:
        return _days(noted)
    return noted.said("note.until", at=noted.wording.when(noted.until))


def _extended(noted: Noted) -> str | None:
    due = noted.event.legal_due_at
    return joined(
        _days(noted),
        noted.chosen("reason_code"),
        noted.said("note.new_due", at=noted.wording.when(due)) if due else None,
    )


def _moved(noted: Noted) -> str | None:
    if noted.get("contested"):
        asked = noted.get("asked_for")
        wanted = noted.wording.department(str(asked)) if asked and noted.inside else None
        return joined(
            noted.said("note.contested"),
            noted.wording.code("contested", noted.get("contested")) if noted.inside else None,
            noted.said("note.asked_for", department=wanted) if wanted else None,
        )
    return noted.said("note.other_agency") if noted.get("received_at") else None


def _recomputed(noted: Noted) -> str | None:
    """Old and new due, and what the recomputation was for."""
    was, now = _due_said(noted, "old"), _due_said(noted, "new")
    reason = noted.get("reason")
    return joined(
        noted.said("note.moved", old=was, new=now) if was and now and was != now else None,
        str(reason) if reason else None,
        noted.said("note.calendar", n=noted.get("calendar_version")) if noted.inside else None,
    )


def _due_said(noted: Noted, which: str) -> str | None:
    """The legal due, or where the law gives none the service target."""
    legal, target = noted.get(f"{which}_legal_due_at"), noted.get(f"{which}_target_due_at")
    at = legal or target
    return noted.wording.when(datetime.fromisoformat(str(at))) if at else None


def _reclassified(noted: Noted) -> str | None:
    was = noted.get("from")
    return noted.said("note.was", what=noted.wording.item(str(was))) if was else None


def _closed(noted: Noted) -> str | None:
    """Why; the title of a case answered with others says so already."""
    ground = noted.get("ground")
    if ground is None or ground == ClosedFor.ANSWERED_WITH:
        return None
    return noted.wording.code("closed_for", ground)


def _cooperation(noted: Noted) -> str | None:
    named = noted.get("department") or noted.get("by_department")
    return joined(noted.wording.department(str(named)) if named else None, _days(noted))


def _case_named(name: str) -> Callable[[Noted], str | None]:
    def _note(noted: Noted) -> str | None:
        """Another petitioner's number is for the city only."""
        number = noted.get(name)
        return f"→ {number}" if number and noted.inside else None

    return _note


def _group(noted: Noted) -> str | None:
    return noted.said("note.group", h=noted.get("households"), s=noted.get("signatures"))


def _deliberated(noted: Noted) -> str | None:
    try:
        return noted.wording.day(date.fromisoformat(str(noted.get("held_on"))))
    except ValueError:
        return None


def _climbed(noted: Noted) -> str | None:
    """The rungs of one message: after an outage there may be several. Who was not there is said
    too: the message climbed, or waits in the exceptions queue."""
    also = noted.get("also")
    rungs = [noted.event.detail, *(also if isinstance(also, list) else [])]
    return joined(
        *dict.fromkeys(
            noted.said(
                "event.rung",
                timer=noted.wording.code("timer", rung.get("timer")),
                to=noted.wording.code("rung", rung.get("to")),
            )
            for rung in rungs
            if isinstance(rung, dict)
        ),
        noted.said("note.climbed") if noted.get("passed_over") else None,
        noted.said("note.nobody") if noted.get("nobody_to_tell") else None,
    )


def _partners_word(noted: Noted) -> str | None:
    """Who told it over Open311, and what its own site says of the case."""
    partner = noted.get("partner")
    status = noted.wording.code("partner_status", noted.get("partner_status"))
    return noted.said("note.partner", partner=partner, status=status) if partner else None


_NOTES: Mapping[EventKind, Callable[[Noted], str | None]] = {
    EventKind.COMMENTED: _partners_word,
    EventKind.ADDED: _files,
    EventKind.SUPPLEMENTED: _files,
    EventKind.RATED: lambda noted: noted.wording.code("grade", noted.get("grade")),
    EventKind.REMINDED: _climbed,
    EventKind.ESCALATED: _climbed,
    EventKind.DELIVERED: lambda noted: noted.wording.code("means", noted.get("means")),
    EventKind.UNDELIVERED: lambda noted: noted.wording.code("means", noted.get("means")),
    EventKind.EXTENDED: _extended,
    EventKind.SUPPLEMENT_REQUESTED: _until,
    EventKind.SUPPLEMENT_EXTENDED: _until,
    EventKind.CONSULTATION_STARTED: _days,
    EventKind.COOPERATION_REQUESTED: _cooperation,
    EventKind.COOPERATED: _cooperation,
    EventKind.TRANSFERRED: _moved,
    EventKind.ASSIGNED: _moved,
    EventKind.RECOMPUTED: _recomputed,
    EventKind.RECLASSIFIED: _reclassified,
    EventKind.OFFICER_ASSIGNED: lambda noted: str(noted.get("officer") or "") or None,
    EventKind.DECLINED: lambda noted: noted.chosen("decline_ground"),
    EventKind.EXCLUSION_STARTED: lambda noted: noted.chosen("exclusion_ground"),
    EventKind.CORRECTION_DEMANDED: lambda noted: noted.chosen("correction_ground"),
    EventKind.HIDDEN: lambda noted: noted.chosen("hide_ground"),
    EventKind.CLOSED: _closed,
    EventKind.GROUP_DESIGNATED: _group,
    EventKind.DELIBERATED: _deliberated,
    EventKind.MERGED: _case_named("into"),
    EventKind.UNMERGED: _case_named("from"),
    EventKind.REPORTER_JOINED: _case_named("reporter"),
    EventKind.REPORTER_LEFT: _case_named("reporter"),
}

SHOWN_TO_ALL = frozenset(
    {
        EventKind.EXTENDED,
        EventKind.SUPPLEMENT_REQUESTED,
        EventKind.SUPPLEMENT_EXTENDED,
        EventKind.TRANSFERRED,
        EventKind.RECOMPUTED,
    }
)
"""Whose notes everybody reads: dates and the law's own grounds, nothing about a person."""
