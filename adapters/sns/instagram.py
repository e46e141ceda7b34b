"""Comments on the city's Instagram account, and comments and captions elsewhere that mention it.

https://developers.facebook.com/docs/graph-api/webhooks/reference/instagram
https://developers.facebook.com/docs/instagram-platform/webhooks/examples
Instagram tells of no edit, no deletion, and of no instant at which a comment was written.
"""

import re

from adapters.channel import IntakeRecord
from adapters.decoding import decoded
from adapters.sns.gateway import INSTAGRAM
from adapters.sns.opinions import opinion, unknown_account
from adapters.sns.records import InstagramBody, InstagramEntry, InstagramValue
from rules.city_accounts import is_city_account
from schema.plain_text import plain_text
from schema.quarantine import NoPetitionError, QuarantineReason, UnintelligibleError
from schema.submission import Submission, Thread

_LEADING_MENTIONS = re.compile(r"^(?:\s*@[\w.]{1,30})+\s*")
"""Handles on Instagram may hold points."""
MENTIONED = "instagram_mention"
"""The network of a thread that is answered as a mention: elsewhere, in the city's name."""
WORDLESS_MENTION = "(인스타그램에서 시 계정을 언급한 글입니다. 내용은 원문에서 확인해 주세요.)"
"""Instagram tells the ids of a mention, not its words; a person reads them where they stand."""


def instagram(record: IntakeRecord) -> Submission:
    """The opinion in the record. Raises UnintelligibleError, or NoPetitionError."""
    body = decoded(InstagramBody, record.body)
    entry = next((one for one in body.entry if one.change() is not None), None)
    change = entry.change() if entry else None
    if entry is None or change is None:
        raise UnintelligibleError(QuarantineReason.MISSING_FIELD, "entry.changes: nothing told")
    if not is_city_account(INSTAGRAM, entry.id):
        raise unknown_account("entry.id")
    match change.field:
        case "comments":
            return _comment(record, entry, change.value, answerable=True)
        case "live_comments":
            # Replies to comments on a live film are not possible (reference of IG comment replies).
            return _comment(record, entry, change.value, answerable=False)
        case "mentions":
            return _mention(record, entry, change.value)
    raise NoPetitionError(change.field)


def _comment(
    record: IntakeRecord, entry: InstagramEntry, value: InstagramValue, *, answerable: bool
) -> Submission:
    if is_city_account(INSTAGRAM, value.sender.id):
        raise NoPetitionError("our own words")
    if value.id is None:
        raise UnintelligibleError(QuarantineReason.MISSING_FIELD, "value.id: no id")
    thread = Thread(network=INSTAGRAM, account=entry.id, post_id=value.id)
    username = value.sender.username
    return opinion(
        record,
        text=_LEADING_MENTIONS.sub("", plain_text(value.text or "")),
        written_at=None,
        thread=thread if answerable else None,
        handle=plain_text(username) if username else None,
    )


def _mention(record: IntakeRecord, entry: InstagramEntry, value: InstagramValue) -> Submission:
    if value.media_id is None:
        raise UnintelligibleError(QuarantineReason.MISSING_FIELD, "value.media_id: no id")
    where = "/".join(one for one in (value.media_id, value.comment_id) if one)
    return opinion(
        record,
        text=WORDLESS_MENTION,
        written_at=None,
        thread=Thread(network=MENTIONED, account=entry.id, post_id=where),
        handle=None,
    )
