"""From a journalled report to a submission."""

from pydantic import JsonValue, ValidationError

from adapters.channel import IntakeRecord
from adapters.decoding import (
    decoded,
    finite,
    possible_instant,
    unintelligible,
    unknown_fields,
)
from adapters.languages import language_of
from adapters.phones import domestic_phone
from adapters.smart_report.records import AppReport, JournalledReport
from schema.codes import ReplyBy
from schema.quarantine import QuarantineReason, UnintelligibleError
from schema.submission import Attachment, Contact, Location, Submission


def normalise(record: IntakeRecord) -> Submission:
    """The petition in the report. A city system may also produce the report itself, without the
    journal's envelope. Raises UnintelligibleError."""
    kept = _kept(record.body)
    if kept.undecodable:
        raise UnintelligibleError(QuarantineReason.UNREADABLE_BODY, "report: the part is no UTF-8")
    report = decoded(AppReport, kept.report.encode())
    sent = possible_instant(report.submitted_at, field="submitted_at", arrived_at=record.arrived_at)
    phone = domestic_phone(report.phone)
    extra: dict[str, JsonValue] = unknown_fields(report)
    if sent:
        extra["sent_at"] = sent.isoformat()
    if finite(report.accuracy) is not None:
        extra["accuracy"] = report.accuracy
    return Submission(
        channel=record.channel,
        external_id=record.external_id,
        revision=record.revision,
        submitted_at=record.arrived_at,
        receipt_number=record.receipt_number,
        text=report.text,
        item=report.item,
        channel_category=report.category,
        location=_location(report, kept.attachments),
        contact=Contact(name=report.name, phone=phone, push_token=report.push_token),
        reply_by=_reply_by(report.push_token, phone),
        public=report.public,
        plate=report.plate,
        consent=report.consent.kept() if report.consent else None,
        attachments=kept.attachments,
        language=language_of(report.text),
        extra=extra,
    )


def _kept(body: bytes) -> JournalledReport:
    try:
        return JournalledReport.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            raise unintelligible(error) from None
        return JournalledReport(report=body.decode("utf-8", "replace"))


def _location(report: AppReport, attachments: tuple[Attachment, ...]) -> Location:
    """Where the reporter said; without coordinates, where the first photograph was taken."""
    lat, long = finite(report.lat), finite(report.long)
    if lat is None or long is None:
        taken = next((one for one in attachments if one.lat is not None), None)
        lat, long = (taken.lat, taken.long) if taken else (None, None)
    return Location(lat=lat, long=long, address=report.address)


def _reply_by(push_token: str | None, phone: str | None) -> ReplyBy:
    if push_token:
        return ReplyBy.PUSH
    return ReplyBy.SMS if phone else ReplyBy.PAGE
