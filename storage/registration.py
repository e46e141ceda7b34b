"""Registration: one submission becomes one case, or changes the one that it belongs to, once."""

from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.codes import Action, Role, TextKind
from schema.commands import Command
from schema.events import Actor
from schema.model import Frozen
from schema.quarantine import QuarantineReason, UnintelligibleError
from schema.submission import RecordKind, Submission
from storage.moderation import look_over
from storage.opening import open_case
from storage.record import Recorder
from storage.same_here import wish_to_join
from storage.sealing import DataKey
from storage.searching import masked_values
from storage.store import Store
from storage.tables import cases, external_alias, registered_revision
from storage.texts import case_key, hide_texts, keep_text


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
        if submission.record is RecordKind.REMOVED:
            raise UnintelligibleError(
                QuarantineReason.UNKNOWN_PETITION,
                "a deletion of what was never delivered; retry when the original is there",
            )
        number = await open_case(conn, store, submission, key)
        await _note_revision(conn, submission, number)
        await wish_to_join(conn, store, submission, number)
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
            update(cases).where(cases.c.number == number).values(hidden=True, **masked_values(""))
        )
    else:
        key = await case_key(conn, store, number)
        kept: UUID = await keep_text(conn, key, number, TextKind.AMENDMENT, submission.text)
        detail["text"] = str(kept)
        masked = masked_values(submission.text)
        await conn.execute(
            update(cases)
            .where(cases.c.number == number)
            .values(revision=submission.revision, **masked)
        )
        await look_over(conn, number, str(masked["summary"]))
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
