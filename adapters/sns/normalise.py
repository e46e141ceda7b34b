"""From a post or comment to a submission; likes, reposts and our own words are none."""

import re
from datetime import UTC, datetime

from adapters.channel import IntakeRecord
from adapters.decoding import decoded, finite, unknown_fields
from adapters.sns.gateway import INSTAGRAM, META, X
from adapters.sns.instagram import instagram
from adapters.sns.opinions import opinion, unknown_account
from adapters.sns.records import MetaBody, MetaChange, MetaObject, XBody, XPost
from rules.city_accounts import is_city_account
from schema.codes import CaseKind
from schema.plain_text import plain_text
from schema.quarantine import NoPetitionError, QuarantineReason, UnintelligibleError
from schema.submission import Location, RecordKind, Submission, Thread

FACEBOOK = "facebook"
PETITIONS_ON_FACEBOOK = frozenset({"comment", "post", "status", "photo", "mention"})
EDITS = frozenset({"edited", "edit"})
REMOVALS = frozenset({"remove", "hide"})
_LEADING_MENTIONS = re.compile(r"^(?:\s*@\w{1,30})+\s*")


def normalise(record: IntakeRecord) -> Submission:
    """The opinion in the record. Raises UnintelligibleError, or NoPetitionError."""
    if record.kind == X:
        return _x(record, decoded(XBody, record.body))
    if record.kind == META:
        if decoded(MetaObject, record.body).object == INSTAGRAM:
            return instagram(record)
        return _meta(record, decoded(MetaBody, record.body))
    raise UnintelligibleError(QuarantineReason.WRONG_TYPE, "neither x nor meta")


def _x(record: IntakeRecord, body: XBody) -> Submission:
    if body.tweet_delete_events:
        if not is_city_account(X, body.for_user_id):
            raise unknown_account("for_user_id")
        return _removed(record)
    if body.data is None:
        raise UnintelligibleError(QuarantineReason.MISSING_FIELD, "data: the post is missing")
    post = body.data
    if is_city_account(X, post.author_id):
        raise NoPetitionError("our own post")
    if any(one.type == "retweeted" for one in post.referenced_tweets):
        raise NoPetitionError("a repost")
    author = next((user for user in body.includes.users if user.id == post.author_id), None)
    return opinion(
        record,
        text=_LEADING_MENTIONS.sub("", plain_text(post.text)),
        written_at=post.created_at,
        thread=Thread(network=X, account=_addressed(post), post_id=post.id),
        handle=plain_text(author.username) if author and author.username else None,
        aliases=tuple(f"x:{one}" for one in post.edit_history_tweet_ids),
    ).model_copy(update={"extra": unknown_fields(body), "location": _written_where(post)})


def _written_where(post: XPost) -> Location:
    point = post.geo.coordinates
    if point is None:
        return Location()
    long, lat = (finite(degrees) for degrees in point.coordinates)
    return Location(lat=lat, long=long)


def _addressed(post: XPost) -> str:
    """The city's account that the post speaks to; raises UnintelligibleError where it is none."""
    named = [mention.id for mention in post.entities.mentions] + [post.in_reply_to_user_id]
    account = next((one for one in named if one and is_city_account(X, one)), None)
    if account is None:
        raise unknown_account("data.entities.mentions")
    return account


def _meta(record: IntakeRecord, body: MetaBody) -> Submission:
    entry = next((one for one in body.entry if one.changes), None)
    if body.object != "page" or entry is None:
        raise UnintelligibleError(QuarantineReason.MISSING_FIELD, "entry.changes: nothing told")
    if not is_city_account(FACEBOOK, entry.id):
        raise unknown_account("entry.id")
    return _change(record, entry.id, entry.changes[0])


def _change(record: IntakeRecord, page: str, change: MetaChange) -> Submission:
    value = change.value
    if value.item not in PETITIONS_ON_FACEBOOK:
        raise NoPetitionError(value.item)
    if is_city_account(FACEBOOK, value.sender.id):
        raise NoPetitionError("our own words")
    if value.verb in REMOVALS:
        return _removed(record)
    written = datetime.fromtimestamp(value.created_time, UTC) if value.created_time else None
    post_id = value.comment_id or value.post_id
    if post_id is None:
        raise UnintelligibleError(QuarantineReason.MISSING_FIELD, "value.comment_id: no id")
    return opinion(
        record,
        text=plain_text(value.message or ""),
        written_at=written,
        thread=Thread(network=FACEBOOK, account=page, post_id=post_id),
        handle=plain_text(value.sender.name) if value.sender.name else None,
        edited=value.verb in EDITS,
    )


def _removed(record: IntakeRecord) -> Submission:
    return Submission(
        channel=record.channel,
        external_id=record.external_id,
        revision=record.revision,
        record=RecordKind.REMOVED,
        submitted_at=record.arrived_at,
        kind=CaseKind.OPINION,
    )
