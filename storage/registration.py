"""Registration: one submission becomes one case, or changes the one that it belongs to, once."""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.classification import opinion_kind
from rules.masking import mask
from schema.codes import Action, CaseKind, PetitionType, Role, State, TextKind
from schema.commands import Command
from schema.events import Actor
from schema.model import Frozen
from schema.quarantine import QuarantineReason, UnintelligibleError
from schema.submission import RecordKind, Submission
from storage.attachments import adopt_attachments
from storage.cases import Petitioner
from storage.record import Recorder, submission_event, write_event
from storage.sealing import DataKey
from storage.store import Store
from storage.tables import cases, external_alias, petitioner, registered_revision
from storage.texts import case_key, hide_texts, keep_text

FIRST_TYPE = {
    CaseKind.PETITION: PetitionType.OTHER,
    CaseKind.PROPOSAL: PetitionType.PROPOSAL,
    CaseKind.OPINION: PetitionType.OPINION,
}
"""What a petition counts as until it is routed."""


class RegistrationOutcome(StrEnum):
    """What a delivery did."""

    NEW_CASE = "new_case"
    CHANGED_CASE = "changed_case"
    DELIVERED_BEFORE = "delivered_before"


class Registered(Frozen):
    """The case that a submission belongs to, and whether this delivery made or changed it."""

    number: str
    outcome: RegistrationOutcome


async def register(
    conn: AsyncConnection,
    store: Store,
    recorder: Recorder,
    submission: Submission,
    *,
    key: DataKey,
) -> Registered:
    """Register `submission` in this transaction: case, petitioner, text, first event, outbox.

    Unique on (channel, external id, revision): a repeated delivery changes nothing. Raises
    UnintelligibleError for a deletion of something that never came.
    """
    submission = await _by_its_first_name(conn, submission)
    name = f"{submission.channel}/{submission.external_id}"
    await conn.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 1))"), {"name": name}
    )
    existing = (
        await conn.execute(
            select(cases.c.number, cases.c.revision).where(
                cases.c.channel == submission.channel,
                cases.c.external_id == submission.external_id,
            )
        )
    ).one_or_none()
    if existing is None:
        number = await _open_case(conn, store, submission, key)
        await _note_revision(conn, submission, number)
        return Registered(number=number, outcome=RegistrationOutcome.NEW_CASE)
    number, revision = existing
    fresh = await _note_revision(conn, submission, number)
    if not fresh or (submission.record is not RecordKind.REMOVED and _is_old(submission, revision)):
        return Registered(number=number, outcome=RegistrationOutcome.DELIVERED_BEFORE)
    await _change(conn, store, recorder, submission, number)
    return Registered(number=number, outcome=RegistrationOutcome.CHANGED_CASE)


async def _by_its_first_name(conn: AsyncConnection, submission: Submission) -> Submission:
    """The submission under the external id that its case has; its other names are kept."""
    for alias in submission.aliases:
        await conn.execute(
            upsert(external_alias)
            .values(channel=submission.channel, alias=alias, external_id=submission.external_id)
            .on_conflict_do_nothing()
        )
    if submission.record is not RecordKind.REMOVED:
        return submission
    known_as = await conn.scalar(
        select(external_alias.c.external_id).where(
            external_alias.c.channel == submission.channel,
            external_alias.c.alias == submission.external_id,
        )
    )
    return submission.model_copy(update={"external_id": known_as}) if known_as else submission


def _is_old(submission: Submission, revision: int) -> bool:
    return submission.revision <= revision


async def _note_revision(conn: AsyncConnection, submission: Submission, number: str) -> bool:
    result = await conn.execute(
        upsert(registered_revision)
        .values(
            channel=submission.channel,
            external_id=submission.external_id,
            revision=submission.revision,
            record=_guard(submission.record),
            case_number=number,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


def _guard(record: RecordKind) -> str:
    """A filing and an amendment of the same revision are the same text; a removal is not."""
    return RecordKind.REMOVED if record is RecordKind.REMOVED else RecordKind.FILED


async def _open_case(
    conn: AsyncConnection, store: Store, submission: Submission, key: DataKey
) -> str:
    if submission.record is RecordKind.REMOVED:
        raise UnintelligibleError(
            QuarantineReason.UNKNOWN_PETITION,
            "a deletion of something that was never delivered; retry when the original is there",
        )
    number = submission.receipt_number or await store.numbers.allot(conn, submission.submitted_at)
    await conn.execute(insert(cases).values(**_case_values(submission, number, key)))
    opened = Petitioner(
        contact=submission.contact,
        thread=submission.thread,
        address=submission.location.address,
    )
    phone = submission.contact.phone
    await conn.execute(
        insert(petitioner).values(
            case_number=number,
            sealed=key.seal(opened.model_dump_json(exclude_none=True).encode()),
            phone_hash=store.keyring.phone_hash(phone) if phone else None,
        )
    )
    detail = await _keep_texts(conn, submission, number, key)
    await adopt_attachments(conn, number, [part.id for part in submission.attachments])
    if submission.attachments:
        detail["attachments"] = [str(part.id) for part in submission.attachments]
    await write_event(
        conn,
        submission_event(
            number=number,
            channel=submission.channel,
            at=submission.submitted_at,
            recorded_at=datetime.now(UTC),
            petition_type=FIRST_TYPE[submission.kind],
            item=None,
            detail=detail,
        ),
    )
    return number


def _case_values(submission: Submission, number: str, key: DataKey) -> dict[str, object]:
    summary = mask(submission.text).text
    opinion = opinion_kind(summary) if submission.kind is CaseKind.OPINION else None
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
        "summary": summary,
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
    if submission.answer_on_call:
        answer = await keep_text(conn, key, number, TextKind.ANSWER, submission.answer_on_call)
        detail["answer_on_call"] = str(answer)
    return detail


async def _change(
    conn: AsyncConnection,
    store: Store,
    recorder: Recorder,
    submission: Submission,
    number: str,
) -> None:
    """A later revision amends the same petition; a deletion hides its text, and a person decides
    what becomes of the case: it is never withdrawn silently."""
    removed = submission.record is RecordKind.REMOVED
    detail: dict[str, JsonValue] = {"revision": submission.revision}
    if removed:
        await hide_texts(conn, number, (TextKind.PETITION, TextKind.AMENDMENT))
        await conn.execute(
            update(cases).where(cases.c.number == number).values(hidden=True, summary="")
        )
    else:
        key = await case_key(conn, store, number)
        kept: UUID = await keep_text(conn, key, number, TextKind.AMENDMENT, submission.text)
        detail["text"] = str(kept)
        await conn.execute(
            update(cases)
            .where(cases.c.number == number)
            .values(revision=submission.revision, summary=mask(submission.text).text)
        )
    await recorder.record_in(
        conn,
        Command(
            request_id=f"{submission.record}/{submission.revision}",
            case=number,
            action=Action.REMOVE_AT_SOURCE if removed else Action.AMEND,
            actor=Actor(role=Role.CHANNEL),
            at=submission.submitted_at,
            detail=detail,
        ),
    )


async def needs_workflow(conn: AsyncConnection, number: str) -> bool:
    """True for an open case whose workflow nobody has seen yet."""
    found = await conn.scalar(
        select(cases.c.number).where(
            cases.c.number == number, ~cases.c.ended, cases.c.workflow_started_at.is_(None)
        )
    )
    return found is not None
