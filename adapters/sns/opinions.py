"""What somebody says to the city on a social network, whichever: a public opinion (소통민원)."""

from datetime import datetime

from adapters.channel import IntakeRecord
from adapters.decoding import possible_instant
from adapters.languages import language_of
from schema.codes import CaseKind, ReplyBy
from schema.plain_text import is_blank
from schema.quarantine import QuarantineReason, UnintelligibleError
from schema.submission import Contact, RecordKind, Submission, Thread


def unknown_account(field: str) -> UnintelligibleError:
    """The fault of a record for an account that is none of the city's; to be raised."""
    return UnintelligibleError(
        QuarantineReason.UNKNOWN_ACCOUNT,
        f"{field}: no account of the city; add it to the registry, or end the subscription",
    )


def opinion(
    record: IntakeRecord,
    *,
    text: str,
    written_at: datetime | None,
    thread: Thread | None,
    handle: str | None,
    aliases: tuple[str, ...] = (),
    edited: bool = False,
) -> Submission:
    """The opinion in a record; one that cannot be answered in place has no `thread`."""
    if is_blank(text):
        raise UnintelligibleError(QuarantineReason.NO_TEXT, "the post says nothing in words")
    possible_instant(written_at, field="created_at", arrived_at=record.arrived_at)
    return Submission(
        channel=record.channel,
        external_id=record.external_id,
        revision=record.revision,
        record=RecordKind.AMENDED if edited or record.revision else RecordKind.FILED,
        submitted_at=record.arrived_at,
        kind=CaseKind.OPINION,
        text=text,
        contact=Contact(handle=handle),
        reply_by=ReplyBy.THREAD,
        thread=thread,
        language=language_of(text),
        aliases=aliases,
    )
