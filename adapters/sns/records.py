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


class InstagramFrom(Tolerant):
    """Who commented, by an id that holds for our app only."""

    id: str | None = None
    username: str | None = None


class InstagramMedia(Tolerant):
    """The picture or film that was commented on."""

    id: str | None = Field(default=None, max_length=60)


class InstagramValue(Tolerant):
    """A comment, with its words; or a mention, of which Instagram tells the ids alone."""

    id: str | None = Field(default=None, max_length=60)
    sender: InstagramFrom = Field(default=InstagramFrom(), alias="from")
    text: str | None = None
    media: InstagramMedia = InstagramMedia()
    media_id: str | None = Field(default=None, max_length=60)
    comment_id: str | None = Field(default=None, max_length=60)


class InstagramChange(Tolerant):
    """A change and the field that it is of."""

    field: str
    value: InstagramValue


class InstagramEntry(Tolerant):
    """What happened to one account: in `changes` where the app signs in by Facebook, as `field`
    and `value` of the entry itself where it signs in by Instagram."""

    id: str
    changes: tuple[InstagramChange, ...] = ()
    field: str | None = None
    value: InstagramValue | None = None

    def change(self) -> InstagramChange | None:
        """The one change, whichever way it was told."""
        if self.changes:
            return self.changes[0]
        if self.field is None or self.value is None:
            return None
        return InstagramChange(field=self.field, value=self.value)


class InstagramBody(Tolerant):
    """One body of Meta's webhook for the object `instagram`."""

    object: str
    entry: tuple[InstagramEntry, ...] = ()


class MetaObject(Tolerant):
    """Which of Meta's objects a body tells of."""

    object: str


class MetaBody(Tolerant):
    """One body of Meta's webhook."""

    object: str
    entry: tuple[MetaEntry, ...] = ()
