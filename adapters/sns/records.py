"""What the networks send, as far as we read it; the rest of each payload is kept untouched."""

from datetime import datetime

from pydantic import Field

from schema.model import Tolerant


class XUser(Tolerant):
    """An author of X, from `includes.users`."""

    id: str
    username: str | None = None


class XMention(Tolerant):
    """An account named in a post."""

    id: str | None = None
    username: str | None = None


class XEntities(Tolerant):
    """What X found in the text."""

    mentions: tuple[XMention, ...] = ()


class XReference(Tolerant):
    """A post that this one repeats, quotes or replies to."""

    type: str
    id: str


class XPoint(Tolerant):
    """A GeoJSON point: longitude, then latitude, in degrees (WGS84)."""

    coordinates: tuple[float, float]


class XGeo(Tolerant):
    """Where the author let X say that the post was written."""

    coordinates: XPoint | None = None


class XPost(Tolerant):
    """A post in the shape of the X API v2."""

    id: str = Field(min_length=1, max_length=30)
    text: str
    author_id: str
    created_at: datetime | None = None
    edit_history_tweet_ids: tuple[str, ...] = ()
    entities: XEntities = XEntities()
    referenced_tweets: tuple[XReference, ...] = ()
    in_reply_to_user_id: str | None = None
    lang: str | None = None
    geo: XGeo = XGeo()


class XIncludes(Tolerant):
    """What goes with the post."""

    users: tuple[XUser, ...] = ()


class XStatus(Tolerant):
    """A deleted post: only its ids are told."""

    id: str = Field(min_length=1, max_length=30)
    user_id: str | None = None


class XDeletion(Tolerant):
    """One entry of `tweet_delete_events`."""

    status: XStatus


class XBody(Tolerant):
    """One body of X's webhook: a post, or deletions."""

    data: XPost | None = None
    includes: XIncludes = XIncludes()
    for_user_id: str | None = None
    tweet_delete_events: tuple[XDeletion, ...] = ()


class MetaFrom(Tolerant):
    """Who did it."""

    id: str | None = None
    name: str | None = None


class MetaValue(Tolerant):
    """One change of a page's feed."""

    item: str
    verb: str
    comment_id: str | None = Field(default=None, max_length=100)
    post_id: str | None = Field(default=None, max_length=100)
    sender: MetaFrom = Field(default=MetaFrom(), alias="from")
    message: str | None = None
    created_time: int | None = Field(default=None, ge=0, lt=2**31)


class MetaChange(Tolerant):
    """A change and the field that it is of."""

    field: str
    value: MetaValue


class MetaEntry(Tolerant):
    """What happened to one page."""

    id: str
    time: int | None = None
    changes: tuple[MetaChange, ...] = ()


class MetaBody(Tolerant):
    """One body of Meta's webhook."""

    object: str
    entry: tuple[MetaEntry, ...] = ()
