"""A case as Open311 shows it: masked, and only what everybody may see."""

import re
from collections.abc import Mapping, Sequence

from rules.coarse_place import cell_of
from rules.publication import Publication, never_items
from rules.taxonomy import UNCLASSIFIED
from schema.codes import State, Visibility
from schema.events import CaseEvent
from storage.cases import Case
from storage.open311 import PartnerRequest, ShownCase
from storage.public_cases import publication_of
from web.open311.forms import (
    ExtendedAttributes,
    ExtendedRequestView,
    NoteView,
    RequestView,
    stamp,
)
from web.timeline import RESULTS, timeline
from web.wording import Wording

OPEN, CLOSED = "open", "closed"
CLOSED_STATES = frozenset(
    {State.ANSWERED, State.CLOSED, State.DECLINED, State.WITHDRAWN, State.MERGED}
)
"""Answered is closed: nothing is owed any more, though asking again opens it anew."""

DETAILED: Mapping[State, str] = {
    State.SUBMITTED: "PENDING",
    State.RECEIVED: "RECEIVED",
    State.ASSIGNED: "RECEIVED",
    State.PROCESSING: "IN_PROCESS",
    State.SUPPLEMENT: "IN_PROCESS",
    State.TRANSFERRED: "IN_PROCESS",
    State.REANSWER: "IN_PROCESS",
    State.ANSWERED: "PROCESSED",
    State.CLOSED: "PROCESSED",
    State.MERGED: "PROCESSED",
    State.WITHDRAWN: "REJECTED",
    State.DECLINED: "REJECTED",
}
"""CitySDK's detailed_status."""

UPDATE_STATUS: Mapping[State, str] = {
    State.SUBMITTED: "open",
    State.RECEIVED: "open",
    State.ASSIGNED: "investigating",
    State.PROCESSING: "in_progress",
    State.SUPPLEMENT: "in_progress",
    State.TRANSFERRED: "internal_referral",
    State.REANSWER: "in_progress",
    State.ANSWERED: "closed",
    State.CLOSED: "closed",
    State.MERGED: "duplicate",
    State.WITHDRAWN: "cancelled",
    State.DECLINED: "no_further_action",
}
"""mySociety's status of an update, by the state that the event left the case in."""

TOLD_BESIDE = "\n\n[함께 보낸 정보]\n"
"""Stands in the text before what a partner told beside the words: attributes, links to photos."""
PHOTO = "사진: "
_LINK = re.compile(rf"^{PHOTO}(https?://[^\s*]+)$", re.MULTILINE)
MOST_LETTERS = 4000


def status_of(state: State) -> str:
    """open or closed."""
    return CLOSED if state in CLOSED_STATES else OPEN


def service_of(case: Case) -> str:
    """The service a case is shown under: its item, until then what its petitioner chose."""
    claimed = case.routing.get("claimed_item")
    return case.item or (claimed if isinstance(claimed, str) else None) or UNCLASSIFIED


class Reader:
    """Who asks: everybody, or the partner `name`, which may also see that its own requests are
    there where everybody may not."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name

    def sees(self, case: Case, filed: PartnerRequest | None) -> bool:
        """True where the case is there for this reader."""
        if publication_of(case) is not Publication.NOTHING:
            return True
        return self._own(filed) and not case.synthetic

    def sees_waiting(self, filed: PartnerRequest) -> bool:
        """True where a request that only the journal has yet is there for this reader."""
        public = filed.public and filed.service_code not in never_items()
        return public or self._own(filed)

    def _own(self, filed: PartnerRequest | None) -> bool:
        return filed is not None and self.name is not None and filed.partner == self.name


def waiting_view(filed: PartnerRequest, wording: Wording) -> RequestView:
    """A request that is filed, and not registered yet: the journal keeps its words sealed."""
    return RequestView(
        service_request_id=filed.number,
        status=OPEN,
        status_notes=wording.state(State.SUBMITTED),
        service_name=wording.item(filed.service_code),
        service_code=filed.service_code,
        requested_datetime=stamp(filed.filed_at),
        updated_datetime=stamp(filed.filed_at),
    )


def request_view(
    found: ShownCase,
    wording: Wording,
    *,
    log: Sequence[CaseEvent] = (),
    answers: Mapping[str, str] | None = None,
) -> RequestView:
    """A registered case. `log` are its public events and `answers` the masked texts that they
    name, where the answer is to be told."""
    case = found.case
    wordy = is_wordy(case)
    due = case.target_due_at or case.legal_due_at
    links = media_urls(case) if wordy else ()
    cell = cell_of(case.lat, case.long) if wordy else None
    return RequestView(
        service_request_id=case.number,
        status=status_of(case.state),
        status_notes=_status_notes(case, wording, log, (answers or {}) if wordy else {}),
        service_name=wording.item(service_of(case)),
        service_code=service_of(case),
        description=words_of(case) if wordy else None,
        agency_responsible=wording.department(case.department) if case.department else None,
        requested_datetime=stamp(case.submitted_at),
        updated_datetime=stamp(found.updated_at),
        expected_datetime=stamp(due) if due else None,
        address=_address(case, wording, wordy=wordy),
        lat=cell.centre[0] if cell else None,
        long=cell.centre[1] if cell else None,
        media_url=links[0] if links else None,
    )


def extended_view(
    found: ShownCase,
    wording: Wording,
    *,
    log: Sequence[CaseEvent],
    answers: Mapping[str, str],
    parent_shown: bool,
) -> ExtendedRequestView:
    """A registered case with `extensions=true`."""
    case = found.case
    plain = request_view(found, wording, log=log, answers=answers)
    wordy = is_wordy(case)
    return ExtendedRequestView(
        **plain.model_dump(),
        extended_attributes=ExtendedAttributes(
            channel=case.channel,
            ward=wording.district(case.district) or None,
            duplicate=case.state is State.MERGED,
            parent_service_request_id=case.merged_into if parent_shown else None,
            detailed_status=DETAILED[case.state],
            state=case.state,
            legal_due_datetime=stamp(case.legal_due_at) if case.legal_due_at else None,
            target_due_datetime=stamp(case.target_due_at) if case.target_due_at else None,
            extended=case.extended,
            media_urls=media_urls(case) if wordy else (),
        ),
        notes=notes_of(log, wording, answers if wordy else {}),
    )


def notes_of(
    log: Sequence[CaseEvent], wording: Wording, answers: Mapping[str, str]
) -> tuple[NoteView, ...]:
    """The public steps, in words; with the masked answer where it may be read."""
    lines = timeline(log, {}, eyes=Visibility.PUBLIC, wording=wording)
    by_seq = {event.seq: event for event in log}
    return tuple(
        NoteView(
            datetime=stamp(by_seq[line.seq].recorded_at),
            type=line.kind,
            summary=line.title,
            description=_joined(line.note, answer_in(by_seq[line.seq], answers)),
        )
        for line in lines
    )


def answer_in(event: CaseEvent, answers: Mapping[str, str]) -> str | None:
    """The masked answer that an event carries, or None."""
    if event.kind not in RESULTS and "with" not in event.detail:
        return None
    named = (event.detail.get(name) for name in ("text", "reason"))
    found = [answers[name] for name in named if isinstance(name, str) and name in answers]
    return "\n\n".join(found) or None


def is_wordy(case: Case) -> bool:
    """True where everybody may read the masked words."""
    return publication_of(case) is Publication.WORDS


def words_of(case: Case) -> str:
    """The masked words of the petition, without what was told beside them, as long as Open311
    has descriptions."""
    return case.summary.partition(TOLD_BESIDE)[0][:MOST_LETTERS]


def media_urls(case: Case) -> tuple[str, ...]:
    """The links to photos that a partner gave, where masking has left them whole. Photos that we
    keep ourselves are not shown: nobody has looked at them for faces and plates."""
    return tuple(_LINK.findall(case.summary.partition(TOLD_BESIDE)[2]))


def _status_notes(
    case: Case, wording: Wording, log: Sequence[CaseEvent], answers: Mapping[str, str]
) -> str:
    state = wording.state(case.state)
    if case.state not in CLOSED_STATES:
        return state
    said = [words for event in log if (words := answer_in(event, answers))]
    return f"{state}: {said[-1]}" if said else state


def _joined(*parts: str | None) -> str | None:
    return "\n\n".join(part for part in parts if part) or None


def _address(case: Case, wording: Wording, *, wordy: bool) -> str | None:
    """From the specific to the general, as GeoReport asks; never the house."""
    district = wording.district(case.district)
    if not district:
        told = case.routing.get("address")
        return told if wordy and isinstance(told, str) else None
    city = "서울특별시" if wording.korean else "Seoul"
    return ", ".join(dict.fromkeys(part for part in (case.dong, district, city) if part))
