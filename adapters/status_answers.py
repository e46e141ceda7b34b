"""Answers to who asks by short message how far a petition has come: one for each question.

The telephone that filed the petition is told who has it and until when. Any other is told no more
than the public page says, and of a case that is not public the same as of one that is not there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from uuid import NAMESPACE_URL, uuid5

import structlog
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.channel import IntakeRecord
from adapters.composing import Telling
from rules.notice_texts import Names
from rules.organisation import FIRST_LINE, department, full_name_en, full_name_ko
from rules.publication import Publication
from rules.quiet_hours import SEOUL, answers_own_message, told_at
from rules.status_texts import TEMPLATE, StatusFacts, status_text
from schema.addresses import case_address
from schema.codes import ReplyBy
from schema.messages import Recipient
from schema.quarantine import StatusAskedError
from schema.submission import Contact
from storage.cases import Case, find_case, phone_hash_of
from storage.direct_messages import DirectMessage, keep_direct_message, sent_since
from storage.public_cases import publication_of
from storage.sealing import DataKey
from storage.store import Store

log = structlog.get_logger()

MOST_IN_AN_HOUR = 10
"""Answers to one telephone; further questions in that hour are kept, and not answered."""
HOUR = timedelta(hours=1)
ASKED = Counter("minwon_status_questions", "Questions for a case's state", ["result"])


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class StatusAnswers:
    """Answers questions in the transaction that settles them."""

    store: Store
    telling: Telling
    now: Callable[[], datetime] = field(default=_now)

    async def answer(
        self, conn: AsyncConnection, question: StatusAskedError, record: IntakeRecord, key: DataKey
    ) -> None:
        """Keep the answer, to be sent; the same record again changes nothing."""
        phone, now = question.phone, self.now()
        if phone is None:
            ASKED.labels("withheld").inc()
            return
        asked = await sent_since(conn, self.store, phone, template=TEMPLATE, since=now - HOUR)
        if asked >= MOST_IN_AN_HOUR:
            log.info("a telephone asks too often", asked=asked)
            ASKED.labels("too_often").inc()
            return
        facts = await self._facts(conn, question.number, phone, now)
        notice = status_text(question.number, facts, language=question.language)
        to_whom = Recipient(contact=Contact(phone=phone), reply_by=ReplyBy.SMS)
        composed = self.telling.adapters[record.channel].compose(notice, to_whom, ReplyBy.SMS)
        if composed is None:
            ASKED.labels("no_mobile").inc()
            return
        fresh = answers_own_message(now, record.arrived_at)
        new = DirectMessage(
            cause=uuid5(NAMESPACE_URL, f"{record.channel}/{record.external_id}"),
            channel=record.channel,
            template=TEMPLATE,
            phone=phone,
            composed=composed,
            publish_after=told_at(
                now, hours=self.telling.hours, urgent=False, answers_own_message=fresh
            ),
            created_at=now,
        )
        if await keep_direct_message(conn, self.store, key, new):
            ASKED.labels("answered").inc()

    async def _facts(
        self, conn: AsyncConnection, number: str, phone: str, now: datetime
    ) -> StatusFacts | None:
        case = await find_case(conn, number)
        filed_by = await phone_hash_of(conn, number)
        if case is None:
            return None
        if filed_by is not None and compare_digest(filed_by, self.store.keyring.phone_hash(phone)):
            return await self._own(conn, case, now)
        if publication_of(case) is Publication.NOTHING:
            return None
        return StatusFacts(number=number, state=case.state, told_at=now)

    async def _own(self, conn: AsyncConnection, case: Case, now: datetime) -> StatusFacts:
        """What the petitioner is told; of a merged case, who has the one that it goes with."""
        held = await find_case(conn, case.merged_into) if case.merged_into else None
        holding = held or case
        code, day = holding.department or FIRST_LINE, now.astimezone(SEOUL).date()
        key = self.store.keyring.citizen_key(case.number, case.key_version)
        return StatusFacts(
            number=case.number,
            state=case.state,
            told_at=now,
            department=Names(
                ko=full_name_ko(code, on_date=day), en=full_name_en(code, on_date=day)
            ),
            phone=department(code).phone,
            due_at=holding.due_at(),
            ended=holding.ended or holding.answered_at is not None,
            url=case_address(self.telling.pages_url, case.number, key),
        )
