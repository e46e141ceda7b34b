"""From a form, or an officer's entry of one, to a submission."""

from datetime import date

from pydantic import JsonValue

from adapters.channel import IntakeRecord
from adapters.decoding import SEOUL, decoded, finite, possible_instant, unknown_fields
from adapters.phones import domestic_phone
from rules.taxonomy import is_item
from schema.codes import CaseKind, ReplyBy
from schema.forms import (
    DeskEntry,
    FormFields,
    FormLocation,
    FormParty,
    FormPerson,
    JournalledForm,
)
from schema.numbers import typed_receipt_number
from schema.party import Party, Person
from schema.plain_text import plain_text
from schema.quarantine import QuarantineReason, UnintelligibleError
from schema.submission import Contact, Location, Submission
from storage.forms import DESK, FORM

SITE_LENGTH = 200


def normalise(record: IntakeRecord) -> Submission:
    """The petition in the form. A form of a citizen never says by itself who entered it."""
    if record.kind == FORM:
        return _submission(record, decoded(JournalledForm, record.body), {})
    if record.kind != DESK:
        raise UnintelligibleError(QuarantineReason.WRONG_TYPE, "neither a form nor a desk entry")
    entry = decoded(DeskEntry, record.body)
    received_at = possible_instant(
        entry.received_at, field="received_at", arrived_at=record.arrived_at
    )
    desk: dict[str, JsonValue] = {
        "received_via": entry.received_via,
        "received_at": received_at.isoformat() if received_at else None,
        **unknown_fields(entry),
    }
    submission = _submission(record, entry.form, {k: v for k, v in desk.items() if v is not None})
    return submission.model_copy(update={"entered_by": entry.entered_by})


def _submission(
    record: IntakeRecord, form: JournalledForm, extra: dict[str, JsonValue]
) -> Submission:
    item, category = _item_and_category(form.item, record.arrived_at.astimezone(SEOUL).date())
    contact = Contact(
        name=plain_text(form.contact.name) if form.contact.name else None,
        phone=domestic_phone(form.contact.phone),
        email=form.contact.email,
    )
    return Submission(
        channel=record.channel,
        external_id=record.external_id,
        revision=record.revision,
        submitted_at=record.arrived_at,
        receipt_number=record.receipt_number,
        kind=CaseKind(form.kind),
        text=form.text,
        item=item,
        channel_category=category,
        location=_location(form.location),
        contact=contact,
        reply_by=form.reply_by or _reachable_by(contact),
        public=form.public,
        consent=form.consent.kept() if form.consent else None,
        attachments=form.attachments,
        party=_party(form.party),
        plate=(plain_text(form.plate) or None) if form.plate else None,
        language=form.language.replace("_", "-").partition("-")[0].lower(),
        site=plain_text(form.site)[:SITE_LENGTH] if form.site else None,
        same_as=typed_receipt_number(form.same_as) if form.same_as else None,
        extra={**_unknown(form), **extra},
    )


def _party(form: FormParty) -> Party:
    return Party(
        filed_as=form.filed_as,
        principal=_person(form.principal) if form.principal else None,
        under_14=form.under_14,
        households=form.households,
        signatures=form.signatures,
        representatives=tuple(_person(one) for one in form.representatives),
    )


def _person(form: FormPerson) -> Person:
    return Person(name=plain_text(form.name), phone=domestic_phone(form.phone))


def _item_and_category(code: str | None, day: date) -> tuple[str | None, str | None]:
    """A code that the taxonomy does not have (any more) is only a hint, not a refusal."""
    if code is None:
        return None, None
    upper = code.strip().upper()
    return (upper, None) if is_item(upper, on_date=day) else (None, plain_text(code))


def _location(form: FormLocation) -> Location:
    return Location(
        lat=finite(form.lat),
        long=finite(form.long),
        address=plain_text(form.address) if form.address else None,
    )


def _reachable_by(contact: Contact) -> ReplyBy:
    if contact.phone:
        return ReplyBy.SMS
    return ReplyBy.EMAIL if contact.email else ReplyBy.PAGE


def _unknown(form: FormFields) -> dict[str, JsonValue]:
    return {
        **unknown_fields(form),
        **unknown_fields(form.location, within="location."),
        **unknown_fields(form.contact, within="contact."),
    }
