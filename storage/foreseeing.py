"""What an act would do, found by doing it: the transaction that does it is never committed.

So what is foreseen is what the record, the law and the notice table say, word for word, and
nothing has to be kept in step with them. The case's row is held for as long as this takes.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from pydantic import AwareDatetime, JsonValue
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.notice_texts import render
from rules.notices import Audience, read_notices
from schema.codes import Action, State
from schema.commands import Refusal
from schema.events import Actor, CaseEvent
from schema.messages import NoticeText
from schema.model import Frozen
from storage.calendars import Calendars
from storage.cases import Case, event_of_request, find_case
from storage.commands import keep_command
from storage.notice_facts import facts_told, occasion_of, standing_of
from storage.record import Recorder
from storage.sealing import ErasedError
from storage.tables import cases


class Foreseen(Frozen):
    """What an act would bring about, or why it would be refused.

    `notice` is what the petitioner would be told, in the petitioner's language (None: nothing), and
    `to_reporters` says whether those of the cases merged into this one would be too. A deadline is
    the legal one, else the target.
    """

    refusal: Refusal | None = None
    state: State | None = None
    due_before: AwareDatetime | None = None
    due_after: AwareDatetime | None = None
    clock_ends: bool = False
    notice: NoticeText | None = None
    to_reporters: bool = False


async def foresee(
    recorder: Recorder,
    calendars: Calendars,
    *,
    number: str,
    action: Action,
    actor: Actor,
    at: datetime,
    body: Mapping[str, JsonValue],
    url: str,
) -> Foreseen:
    """What `action` would do to the case now. Raises LookupError where there is no such case,
    ErasedError where nothing can be written about it any more."""
    async with recorder.store.engine.connect() as conn:
        before = await find_case(conn, number)
        if before is None:
            raise LookupError(number)
        _, stored = await keep_command(
            conn,
            recorder.store,
            number=number,
            request_id=f"foreseen-{uuid4()}",
            action=action,
            actor=actor,
            at=at,
            body=body,
        )
        outcome = await recorder.record_in(conn, stored.command)
        if outcome.refusal is not None:
            await conn.rollback()
            return Foreseen(refusal=outcome.refusal)
        event = await event_of_request(conn, number, stored.command.request_id)
        after = await find_case(conn, number)
        assert event is not None
        assert after is not None
        notice, to_reporters = await _told(conn, recorder, calendars, after, event, url)
        await conn.rollback()
    return Foreseen(
        state=after.state,
        due_before=before.due_at(),
        due_after=after.due_at(),
        clock_ends=before.answered_at is None
        and not before.ended
        and (after.ended or after.answered_at is not None),
        notice=notice,
        to_reporters=to_reporters,
    )


async def _told(
    conn: AsyncConnection,
    recorder: Recorder,
    calendars: Calendars,
    case: Case,
    event: CaseEvent,
    url: str,
) -> tuple[NoticeText | None, bool]:
    rows = read_notices().notices_for(event, standing_of(case, event))
    row = next((one for one in rows if one.to is Audience.PETITIONER), None)
    if row is None:
        return None, False
    occasion = await occasion_of(conn, case, event)
    try:
        facts = await facts_told(conn, recorder.store, calendars, occasion, urls=(url, url))
    except ErasedError:
        return None, False
    others = row.reporters_too and await _has_reporters(conn, case.number)
    return render(row.template, facts, language=case.language), others


async def _has_reporters(conn: AsyncConnection, number: str) -> bool:
    merged = select(cases.c.number).where(cases.c.merged_into == number).limit(1)
    return await conn.scalar(merged) is not None
