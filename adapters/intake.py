"""The intake: raw records from Kafka become cases, or quarantine entries; nothing else.

For each record, in this order: register it (one transaction), start its workflow, commit its
offset. A crash between any two is a redelivery, and a redelivery registers nothing twice. What
cannot be understood goes to quarantine; what cannot be done now (a database or Temporal that is
away) is waited for, and never dropped.
"""

import asyncio
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, KafkaError
from prometheus_client import Counter
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.channel import ChannelAdapter, IntakeRecord
from adapters.fetching import Fetched, Fetching, StalledError
from adapters.kafka import Broker, consumer, stopped, wait_for_topics
from adapters.relay import pause
from adapters.status_answers import StatusAnswers
from schema.codes import Channel
from schema.envelope import CloudEvent, intake_topic
from schema.quarantine import (
    NoPetitionError,
    QuarantineReason,
    StatusAskedError,
    UnintelligibleError,
)
from schema.submission import RecordKind, Submission
from storage.faults import is_permanent
from storage.journal import JournalOutcome, journalled_key, settle
from storage.quarantine import (
    put_in_quarantine,
    resolve_quarantine,
    show_quarantine,
    waiting_for,
)
from storage.record import Recorder
from storage.registration import RegistrationOutcome, needs_workflow, register
from storage.sealing import DataKey, ErasedError, new_data_key
from storage.store import Store
from workflows.client import RunningCases, TemporalAwayError

log = structlog.get_logger()

GROUP = "minwon-intake"
AT_ONCE = 6
"""Partitions worked on side by side; records of one key stay in order."""

FAULT_PAUSE = 1.0
TAKEN = Counter("minwon_intake_records", "Records taken, by outcome", ["channel", "outcome"])
AWAY = (SQLAlchemyError, TemporalAwayError, OSError, TimeoutError)
"""What being away looks like, of PostgreSQL and of Temporal: to be waited for."""


@dataclass(frozen=True)
class Taken:
    """What became of one record; `start` names the case whose workflow has to be started,
    `waiting` the quarantine entries that may be understood now."""

    outcome: JournalOutcome
    start: str | None = None
    waiting: tuple[int, ...] = ()


class Intake:
    """The role `intake`."""

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        running: RunningCases,
        adapters: Mapping[Channel, ChannelAdapter],
        answers: StatusAnswers | None = None,
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._running = running
        self._adapters = adapters
        self._answers = answers
        self.ready = False

    async def run(self, broker: Broker, stop: asyncio.Event) -> None:
        """Take in until `stop`; whatever fails is tried again from the last committed offset."""
        while not stop.is_set():
            kafka = consumer(broker, [intake_topic(channel) for channel in Channel], group=GROUP)
            try:
                await wait_for_topics(broker, stop)
                await kafka.start()
                fetching = Fetching(kafka, broker)
                self.ready = True
                while not stop.is_set():
                    await self._batch(kafka, await fetching.records())
            except StalledError:
                log.info("nothing comes; joining the group anew")
            except (KafkaError, *AWAY) as error:
                self.ready = False
                log.warning("intake waits", fault=type(error).__name__)
                await pause(stop, FAULT_PAUSE)
            finally:
                await stopped(kafka)

    async def _batch(self, kafka: AIOKafkaConsumer, fetched: Fetched) -> None:
        if not fetched:
            return
        places = asyncio.Semaphore(AT_ONCE)

        async def partition(
            at: TopicPartition, records: list[ConsumerRecord]
        ) -> tuple[TopicPartition, int]:
            async with places:
                for record in records:
                    await self._record(at, record)
            return at, records[-1].offset + 1

        ended = await asyncio.gather(
            *(partition(at, found) for at, found in fetched.items()), return_exceptions=True
        )
        done = dict(end for end in ended if not isinstance(end, BaseException))
        try:
            if done:
                await kafka.commit(done)
        except CommitFailedError:
            log.info("the group was rebalanced; these records will come again")
        for end in ended:
            if isinstance(end, BaseException):
                raise end

    async def _record(self, at: TopicPartition, record: ConsumerRecord) -> None:
        channel = Channel(at.topic.removeprefix("intake."))
        origin = f"{at.topic}/{at.partition}/{record.offset}"
        taken = await self.take(channel, record.value or b"", origin=origin)
        TAKEN.labels(channel, taken.outcome).inc()
        if taken.start is not None:
            await self._running.start(taken.start)

    async def take_again(self, channel: Channel, value: bytes, *, origin: str) -> JournalOutcome:
        """Take a record that was in quarantine, and start its workflow."""
        taken = await self.take(channel, value, origin=origin)
        if taken.start is not None:
            await self._running.start(taken.start)
        return taken.outcome

    async def take(self, channel: Channel, value: bytes, *, origin: str) -> Taken:
        """Register what `value`, one Kafka record, holds, or put it into quarantine; then look
        again at deletions that came before what they delete.

        Raises only what AWAY names: then the same record is to be taken again.
        """
        taken = await self._take(channel, value, origin)
        for entry in taken.waiting:
            await self._look_again(channel, entry)
        return taken

    async def _look_again(self, channel: Channel, entry: int) -> None:
        """Take the quarantine entry once more; what is still not understood stays there."""
        try:
            async with self._store.engine.connect() as conn:
                found = await show_quarantine(conn, self._store, entry)
        except ErasedError:
            return
        if found is None:
            return
        taken = await self._take(channel, found[1], found[0].origin)
        if taken.outcome is not JournalOutcome.QUARANTINED:
            async with self._store.engine.begin() as conn:
                await resolve_quarantine(conn, entry)

    async def _take(self, channel: Channel, value: bytes, origin: str) -> Taken:
        event: CloudEvent | None = None
        try:
            event = _envelope(value)
            return await self._understood(event, _record_in(channel, event))
        except UnintelligibleError as fault:
            return await self._quarantine(channel, value, event, fault, origin)
        except DBAPIError as error:
            if not is_permanent(error):
                raise
            ours = UnintelligibleError(QuarantineReason.OUR_FAULT, "the database refuses it")
            return await self._quarantine(channel, value, event, ours, origin)
        except AWAY:
            raise
        except Exception as error:
            # One record that our own code fails on must not stop the good ones behind it.
            log.exception("a record could not be taken", origin=origin)
            ours = UnintelligibleError(QuarantineReason.OUR_FAULT, type(error).__name__)
            return await self._quarantine(channel, value, event, ours, origin)

    async def _understood(self, event: CloudEvent, record: IntakeRecord) -> Taken:
        try:
            submission = self._adapters[record.channel].normalise(record)
        except NoPetitionError as none:
            return await self._settle_without_case(event, record, none)
        return await self._register(event, submission)

    async def _register(self, event: CloudEvent, submission: Submission) -> Taken:
        async with self._store.engine.begin() as conn:
            journal_id = _journal_id(event)
            key = await self._key(conn, journal_id)
            done = await register(conn, self._store, self._recorder, submission, key=key)
            before = done.outcome is RegistrationOutcome.DELIVERED_BEFORE
            outcome = JournalOutcome.DUPLICATE if before else JournalOutcome.REGISTERED
            if journal_id is not None:
                await settle(conn, journal_id, outcome)
            start = done.outcome is RegistrationOutcome.NEW_CASE or await needs_workflow(
                conn, done.number
            )
        waiting = await self._waiting_for(submission)
        return Taken(outcome, done.number if start else None, waiting)

    async def _waiting_for(self, submission: Submission) -> tuple[int, ...]:
        """Entries that may be understood now that `submission` is there: of what stands on a
        network, which alone is deleted. Asked after the commit, as an entry looks again after its
        own: whichever is later sees the other."""
        if submission.record is RecordKind.REMOVED or submission.channel is not Channel.SNS:
            return ()
        names = (submission.external_id, *submission.aliases)
        async with self._store.engine.connect() as conn:
            return await waiting_for(conn, submission.channel, names)

    async def _key(self, conn: AsyncConnection, journal_id: int | None) -> DataKey:
        """The journal row's data key; a record from a topic alone gets one of its own."""
        if journal_id is None:
            return await new_data_key(conn, self._store.keyring)
        return await journalled_key(conn, self._store, journal_id)

    async def _settle_without_case(
        self, event: CloudEvent, record: IntakeRecord, none: NoPetitionError
    ) -> Taken:
        journal_id = _journal_id(event)
        async with self._store.engine.begin() as conn:
            if isinstance(none, StatusAskedError) and self._answers is not None:
                key = await self._key(conn, journal_id)
                await self._answers.answer(conn, none, record, key)
            if journal_id is not None:
                await settle(conn, journal_id, JournalOutcome.NO_PETITION)
        return Taken(JournalOutcome.NO_PETITION)

    async def _quarantine(
        self,
        channel: Channel,
        value: bytes,
        event: CloudEvent | None,
        fault: UnintelligibleError,
        origin: str,
    ) -> Taken:
        journal_id = _journal_id(event) if event else None
        name = event.subject or event.id if event else None
        log.info("quarantined", channel=channel, reason=fault.reason, origin=origin)
        async with self._store.engine.begin() as conn:
            await put_in_quarantine(
                conn,
                channel=channel,
                external_id=name,
                journal_id=journal_id,
                reason=fault.reason,
                detail=fault.detail,
                value=value,
                origin=origin,
                key=await new_data_key(conn, self._store.keyring),
            )
            if journal_id is not None:
                await settle(conn, journal_id, JournalOutcome.QUARANTINED)
        if fault.reason is not QuarantineReason.UNKNOWN_PETITION or name is None:
            return Taken(JournalOutcome.QUARANTINED)
        # What it speaks of may have been registered between the look and this entry.
        async with self._store.engine.connect() as conn:
            waiting = await waiting_for(conn, channel, [name])
        return Taken(JournalOutcome.QUARANTINED, waiting=waiting)


def _envelope(value: bytes) -> CloudEvent:
    try:
        return CloudEvent.model_validate(json.loads(value))
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UnintelligibleError(
            QuarantineReason.NOT_AN_ENVELOPE, f"CloudEvents attribute «{field}» is missing or wrong"
        ) from None
    except (ValueError, RecursionError):
        raise UnintelligibleError(
            QuarantineReason.NOT_AN_ENVELOPE, "the record is no JSON; send a CloudEvent 1.0"
        ) from None


def _record_in(channel: Channel, event: CloudEvent) -> IntakeRecord:
    parts = event.type.split(".")
    prefix = ["kr", "seoul", "minwon", "intake", str(channel)]
    if parts[:5] != prefix or len(parts) != 7 or parts[6] != "v1":
        raise UnintelligibleError(
            QuarantineReason.WRONG_TYPE,
            f"type must be kr.seoul.minwon.intake.{channel}.<kind>.v1",
        )
    external_id, _, revision = event.id.rpartition("/")
    if not external_id or not revision.isdigit() or len(external_id) > 200 or len(revision) > 9:
        raise UnintelligibleError(
            QuarantineReason.WRONG_FIELD,
            "id must be «external id/revision», at most 200 characters",
        )
    if event.time is None:
        raise UnintelligibleError(QuarantineReason.MISSING_FIELD, "time, the arrival, is missing")
    extra = event.model_extra or {}
    number = extra.get("receiptnumber")
    return IntakeRecord(
        channel=channel,
        kind=parts[5],
        external_id=unicodedata.normalize("NFC", external_id),
        revision=int(revision),
        body=_body(event),
        media_type=event.datacontenttype or "application/json",
        arrived_at=event.time,
        receipt_number=number if isinstance(number, str) else None,
    )


def _body(event: CloudEvent) -> bytes:
    try:
        body = event.body()
    except ValueError:
        raise UnintelligibleError(
            QuarantineReason.UNREADABLE_BODY, "data_base64 is no base64"
        ) from None
    if body is not None:
        return body
    return json.dumps(event.data, ensure_ascii=False).encode()


def _journal_id(event: CloudEvent) -> int | None:
    value = (event.model_extra or {}).get("journalid")
    return value if isinstance(value, int) else None
