"""From a call record or a message to a submission."""

from pydantic import JsonValue, ValidationError

from adapters.channel import IntakeRecord
from adapters.decoding import SEOUL, decoded, possible_instant, unintelligible, unknown_fields
from adapters.languages import language_of
from adapters.phones import domestic_phone, takes_messages
from adapters.sms_120 import twilio
from adapters.sms_120.gateway import CALL, MESSAGE
from adapters.sms_120.records import CallRecord, TextMessage
from rules.status_questions import asked_number
from schema.codes import ReplyBy
from schema.forms import MAX_TEXT
from schema.plain_text import is_blank, plain_text
from schema.quarantine import (
    NoPetitionError,
    QuarantineReason,
    StatusAskedError,
    UnintelligibleError,
)
from schema.submission import Contact, Location, Submission

OPT_OUTS = frozenset(
    {"stop", "stopall", "unsubscribe", "start", "unstop", "수신거부", "무료수신거부", "수신동의"}
)
"""Words to the carrier, not to the city, when nothing else is said. HELP is not among them: who
writes it to a city may mean it."""


def normalise(record: IntakeRecord) -> Submission:
    """The petition in the record; a message of `STOP` and the like is none."""
    if record.kind == CALL:
        return _call(record, decoded(CallRecord, record.body))
    if record.kind != MESSAGE:
        raise UnintelligibleError(QuarantineReason.WRONG_TYPE, "neither a call nor a message")
    if record.media_type.partition(";")[0].strip().lower() == twilio.FORM:
        return _from_twilio(record)
    return _message(record, decoded(TextMessage, record.body))


def _call(record: IntakeRecord, call: CallRecord) -> Submission:
    phone = domestic_phone(call.caller)
    answer = plain_text(call.answer or "")
    return Submission(
        channel=record.channel,
        external_id=record.external_id,
        revision=record.revision,
        submitted_at=record.arrived_at,
        receipt_number=record.receipt_number,
        text=call.summary,
        channel_category=plain_text(call.category) if call.category else None,
        location=Location(address=plain_text(call.place) if call.place else None),
        contact=Contact(name=plain_text(call.caller_name or "") or None, phone=phone),
        reply_by=_reply_by(phone),
        public=call.public,
        consent=call.consent.kept() if call.consent else None,
        answer_on_call=answer if call.answered and not is_blank(answer) else None,
        language=_primary(call.language) or "ko",
        extra={**_facts_of(record, call), **unknown_fields(call)},
    )


def _facts_of(record: IntakeRecord, call: CallRecord) -> dict[str, JsonValue]:
    """Who took the call and when, once its times are found possible."""
    started = possible_instant(call.started_at, field="started_at", arrived_at=record.arrived_at)
    ended = possible_instant(call.ended_at, field="ended_at", arrived_at=record.arrived_at)
    if started and ended and ended < started:
        raise UnintelligibleError(
            QuarantineReason.TIME_IMPOSSIBLE, "ended_at: before started_at; ask 120 for the times"
        )
    facts: dict[str, JsonValue] = {"answered": call.answered}
    if call.agent:
        facts["agent"] = plain_text(call.agent)
    if started:
        facts["started_at"] = started.isoformat()
    if ended:
        facts["ended_at"] = ended.isoformat()
    return facts


def _message(record: IntakeRecord, message: TextMessage) -> Submission:
    received = possible_instant(
        message.received_at, field="received_at", arrived_at=record.arrived_at
    )
    extra = unknown_fields(message)
    if message.receiver:
        extra["to"] = plain_text(message.receiver)
    if received:
        extra["received_at"] = received.isoformat()
    return _written(record, message.text, message.sender, extra)


def _from_twilio(record: IntakeRecord) -> Submission:
    try:
        fields = dict(twilio.parameters(record.body))
    except ValueError:
        raise UnintelligibleError(
            QuarantineReason.UNREADABLE_BODY, "the body is not a form of URL-encoded UTF-8"
        ) from None
    try:
        message = twilio.InboundMessage.model_validate(fields)
    except ValidationError as error:
        raise unintelligible(error) from None
    if message.OptOutType in {"STOP", "START"}:
        raise NoPetitionError(message.OptOutType)
    text = message.Body
    if is_blank(text) and message.NumMedia > 0:
        text = f"(글 없이 사진·파일 {message.NumMedia}개를 보낸 문자)"
    extra = unknown_fields(message)
    if message.To:
        extra["to"] = plain_text(message.To)
    return _written(record, text, message.From, extra)


def _written(
    record: IntakeRecord, text: str, sender: str | None, extra: dict[str, JsonValue]
) -> Submission:
    plain = plain_text(text)
    if is_blank(plain):
        raise UnintelligibleError(QuarantineReason.NO_TEXT, "text: says nothing; ask the sender")
    if len(plain) > MAX_TEXT:
        raise UnintelligibleError(
            QuarantineReason.TEXT_TOO_LONG, f"text: longer than {MAX_TEXT:,} characters"
        )
    if plain.casefold().replace(" ", "").strip(".!") in OPT_OUTS:
        raise NoPetitionError("a word to the carrier")
    phone = domestic_phone(sender)
    asked = asked_number(plain, today=record.arrived_at.astimezone(SEOUL).date())
    if asked is not None:
        raise StatusAskedError(asked, phone, language_of(plain))
    return Submission(
        channel=record.channel,
        external_id=record.external_id,
        revision=record.revision,
        submitted_at=record.arrived_at,
        receipt_number=record.receipt_number,
        text=plain,
        contact=Contact(phone=phone),
        reply_by=_reply_by(phone),
        public=False,
        language=language_of(plain),
        extra=extra,
    )


def _reply_by(phone: str | None) -> ReplyBy:
    """A caller from a fixed line can read the page, but no message."""
    return ReplyBy.SMS if takes_messages(phone) else ReplyBy.PAGE


def _primary(language: str | None) -> str | None:
    """The primary subtag of `language`, such as en for en-US."""
    return plain_text(language or "").replace("_", "-").partition("-")[0].lower()[:3] or None
