"""Opening a case: its row, petitioner, texts, attachments, first event, in one transaction."""

from datetime import UTC, datetime

from pydantic import JsonValue
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.classification import opinion_kind
from rules.masking import mask
from schema.codes import CaseKind, PetitionType, State, TextKind
from schema.grounds import Relation
from schema.model import Frozen
from schema.submission import Submission
from storage.attachments import adopt_attachments
from storage.cases import Petitioner
from storage.event_log import submission_event, write_event
from storage.measures import measured
from storage.moderation import look_over
from storage.sealing import DataKey
from storage.searching import masked_values
from storage.store import Store
from storage.tables import cases, petitioner
from storage.texts import keep_text

FIRST_TYPE = {
    CaseKind.PETITION: PetitionType.OTHER,
    CaseKind.PROPOSAL: PetitionType.PROPOSAL,
    CaseKind.OPINION: PetitionType.OPINION,
}
"""What a petition counts as until it is routed."""


class Link(Frozen):
    """How a new case comes from an earlier one. `objection_days`: what the law gives for deciding
    an objection."""

    relation: Relation
    to: str
    objection_days: int | None = None


async def open_case(
    conn: AsyncConnection,
    store: Store,
    submission: Submission,
    key: DataKey,
    *,
    link: Link | None = None,
    synthetic: bool = False,
) -> str:
    """Open a case for `submission` and give its number; its record must be a filing."""
    number = submission.receipt_number or await store.numbers.allot(conn, submission.submitted_at)
    values = _case_values(submission, number, key) | {"synthetic": synthetic}
    if link is not None:
        values |= {"linked_to": link.to, "relation": link.relation}
        if link.objection_days is not None:
            values["petition_type"] = PetitionType.OBJECTION
    await conn.execute(insert(cases).values(**values))
    opened = Petitioner(
        contact=submission.contact,
        thread=submission.thread,
        address=submission.location.address,
        party=submission.party,
    )
    phone = submission.contact.phone
    await conn.execute(
        insert(petitioner).values(
            case_number=number,
            sealed=key.seal(opened.model_dump_json(exclude_none=True).encode()),
            phone_hash=store.keyring.phone_hash(phone) if phone else None,
        )
    )
    if submission.public and not synthetic:
        await look_over(conn, number, str(values["summary"]))
    detail = await _keep_texts(conn, submission, number, key)
    await adopt_attachments(conn, number, [part.id for part in submission.attachments])
    if submission.attachments:
        detail["attachments"] = [str(part.id) for part in submission.attachments]
    if link is not None:
        detail["linked_to"], detail["relation"] = link.to, link.relation
        if link.objection_days is not None:
            detail["objection_days"] = link.objection_days
    event = submission_event(
        number=number,
        channel=submission.channel,
        at=submission.submitted_at,
        recorded_at=datetime.now(UTC),
        petition_type=values["petition_type"],
        item=None,
        detail=detail,
    )
    await write_event(conn, event, published=not synthetic)
    if not synthetic:
        await conn.execute(measured((event,), kind=submission.kind, calendar=None))
    return number


def _case_values(submission: Submission, number: str, key: DataKey) -> dict[str, object]:
    masked = masked_values(submission.text)
    opinion = opinion_kind(str(masked["summary"])) if submission.kind is CaseKind.OPINION else None
    place = submission.location
    return {
        "number": number,
        "channel": submission.channel,
        "external_id": submission.external_id,
        "revision": submission.revision,
        "kind": submission.kind,
        "opinion_kind": opinion,
        "petition_type": FIRST_TYPE[submission.kind],
        "state": State.SUBMITTED,
        "lat": place.lat,
        "long": place.long,
        "submitted_at": submission.submitted_at,
        "seq": 1,
        "reply_by": submission.reply_by,
        "language": submission.language,
        "public": submission.public,
        "under_14": submission.party.under_14,
        **masked,
        "data_key_id": key.id,
        "entered_by": submission.entered_by,
        "site": submission.site,
        "routing": {
            "claimed_item": submission.item,
            "channel_category": submission.channel_category,
            "address": mask(place.address).text if place.address else None,
            "extra_fields": sorted(submission.extra),
        },
    }


async def _keep_texts(
    conn: AsyncConnection, submission: Submission, number: str, key: DataKey
) -> dict[str, JsonValue]:
    """Store the petition's text, and what the 120 agent answered; their ids for the event."""
    kept = await keep_text(conn, key, number, TextKind.PETITION, submission.text)
    detail: dict[str, JsonValue] = {"text": str(kept), "revision": submission.revision}
    detail |= submission.party.codes()
    if submission.plate:
        detail["plate"] = str(await keep_text(conn, key, number, TextKind.PLATE, submission.plate))
    if submission.answer_on_call:
        answer = await keep_text(conn, key, number, TextKind.ANSWER, submission.answer_on_call)
        detail["answer_on_call"] = str(answer)
    return detail
