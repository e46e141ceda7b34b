"""Posts on X and comments on Facebook, in the networks' own payloads; and what follows on them."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from day import Day, Record
from reading import Post

X_ACCOUNT = {"id": "1700000000000000120", "username": "seoul_demo", "name": "서울시(시연)"}
PAGE = {"id": "100000000000120", "name": "서울시(시연)"}
X_EPOCH_MS = 1288834974657
HANDLES = ("bomnal", "ganada_s", "minwon_fan", "haneul12", "nuri_walk", "dalbit", "sol_sori")
"""Invented; with a number behind them."""


def sns_records(day: Day, posts: Iterable[Post]) -> None:
    """A record for each post, and for each edit and deletion of one, in their order."""
    makers = {"post": _post, "edits": _edit, "deletes": _delete}
    for post in posts:
        makers.get(post.kind, _no_petition)(day, post)


def _post(day: Day, post: Post) -> None:
    at = day.instant()
    record = (_tweet if post.network == "x" else _comment)(day, post, at)
    day.add(record, post.written)
    if post.key:
        day.keys[post.key] = record


def _record(day: Day, network: str, at: datetime, body: Record, **fields: Any) -> Record:
    return {
        "id": day.name(network),
        "at": at,
        "gateway": f"/gateway/sns/{network}",
        "scheme": network,
        "content_type": "application/json",
        "body": body,
        **fields,
    }


def _snowflake(at: datetime, dice: random.Random) -> str:
    return str((int(at.timestamp() * 1000) - X_EPOCH_MS) << 22 | dice.randrange(1 << 22))


def _x_user(dice: random.Random) -> Record:
    handle = f"{dice.choice(HANDLES)}{dice.randrange(100, 999)}"
    return {"id": f"15000000{dice.randrange(10**8):08d}", "username": handle, "name": handle}


def _tweet(day: Day, post: Post, at: datetime) -> Record:
    author = _x_user(day.dice)
    written_at = at - timedelta(seconds=day.dice.randint(1, 20))
    tweet_id = _snowflake(written_at, day.dice)
    body = tweet(tweet_id, post.written.text, author, written_at)
    return _record(day, "x", at, body)


def tweet(tweet_id: str, text: str, author: Record, at: datetime) -> Record:
    """One post in the shape of the X API v2, with its author."""
    return {
        "data": {
            "id": tweet_id,
            "text": text,
            "author_id": author["id"],
            "created_at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
            "edit_history_tweet_ids": [tweet_id],
            "conversation_id": tweet_id,
            "lang": "ko",
            "entities": {
                "mentions": [
                    {
                        "start": 0,
                        "end": 11,
                        "username": X_ACCOUNT["username"],
                        "id": X_ACCOUNT["id"],
                    }
                ]
            },
        },
        "includes": {"users": [author, X_ACCOUNT]},
    }


def _comment(day: Day, post: Post, at: datetime) -> Record:
    dice = day.dice
    post_id = f"{PAGE['id']}_{dice.choice((3301, 3302, 3305, 3311))}"
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": f"{post_id.partition('_')[2]}_{dice.randrange(10**9):09d}",
        "post_id": post_id,
        "parent_id": post_id,
        "from": {"id": f"77{dice.randrange(10**13):013d}", "name": f"{dice.choice(HANDLES)} 시민"},
        "message": post.written.text,
        "created_time": int(at.timestamp()) - dice.randint(1, 8),
    }
    return _record(day, "meta", at, page_feed(at, value))


INSTAGRAM_ACCOUNT = {"id": "17841400000000120", "username": "seoul.demo"}


def instagram_records(day: Day, texts: Iterable[str]) -> None:
    """A comment on the city's Instagram account for each line; then one delivered again, a mention
    elsewhere, and the city's own words."""
    made = [_on_instagram(day, text) for text in texts]
    for record in made:
        day.add(record)
    first = made[0]
    day.add(first | {"id": f"{first['id']}-again", "at": first["at"] + timedelta(minutes=7),
                     "redelivery_of": first["id"], "expects": "delivered_before"})
    mention = {"media_id": "17918195224117999", "comment_id": "17894227972186120"}
    at = day.instant(first=9, last=20)
    day.add(_record(day, "meta", at, instagram_change(at, "mentions", mention)))
    own = _on_instagram(day, "의견 고맙습니다. 확인해 보겠습니다.")
    own["body"]["entry"][0]["changes"][0]["value"]["from"] = INSTAGRAM_ACCOUNT
    day.add(own | {"expects": "no_petition"})


def _on_instagram(day: Day, text: str) -> Record:
    dice, at = day.dice, day.instant(first=9, last=20)
    value = {
        "from": {"id": f"11{dice.randrange(10**14):014d}",
                 "username": f"{dice.choice(HANDLES)}.{dice.randrange(100, 999)}"},
        "media": {"id": f"179{dice.randrange(10**14):014d}", "media_product_type": "FEED"},
        "id": f"178{dice.randrange(10**14):014d}",
        "text": text,
    }
    return _record(day, "meta", at, instagram_change(at, "comments", value))


def instagram_change(at: datetime, field: str, value: Record) -> Record:
    """A comment on the account, or a mention of it, as Meta's webhook tells it."""
    change = {"field": field, "value": value}
    entry = {"id": INSTAGRAM_ACCOUNT["id"], "time": int(at.timestamp()), "changes": [change]}
    return {"object": "instagram", "entry": [entry]}


def page_feed(at: datetime, value: Record) -> Record:
    """A change of the page's feed, as Meta's webhook tells it."""
    return {
        "object": "page",
        "entry": [
            {
                "id": PAGE["id"],
                "time": int(at.timestamp()),
                "changes": [{"field": "feed", "value": value}],
            }
        ],
    }


def _later(day: Day, first: Record) -> datetime:
    gap = timedelta(minutes=day.dice.randint(4, 45))
    at: datetime = first["at"]
    return min(at + gap, at.replace(hour=23, minute=58))


def _edit(day: Day, post: Post) -> None:
    first = day.keys[post.key]
    at = _later(day, first)
    body = (_edited_tweet if post.network == "x" else _edited_comment)(day, first, post, at)
    changed = _record(day, post.network, at, body, follows=first["id"], expects="changed")
    day.keys[post.key] = day.add(changed)


def _edited_tweet(day: Day, first: Record, post: Post, at: datetime) -> Record:
    data = first["body"]["data"]
    tweet_id = _snowflake(at, day.dice)
    edited = {
        "id": tweet_id,
        "text": post.written.text,
        "created_at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        "edit_history_tweet_ids": [*data["edit_history_tweet_ids"], tweet_id],
    }
    return {**first["body"], "data": data | edited}


def _value(record: Record) -> Record:
    value: Record = record["body"]["entry"][0]["changes"][0]["value"]
    return value


def _edited_comment(day: Day, first: Record, post: Post, at: datetime) -> Record:
    value = _value(first) | {
        "verb": "edited",
        "message": post.written.text,
        "created_time": int(at.timestamp()),
    }
    return page_feed(at, value)


def _delete(day: Day, post: Post) -> None:
    first = day.keys[post.key]
    at = _later(day, first)
    if post.network == "x":
        body = x_deletion(first["body"]["data"], at)
    else:
        gone = {key: value for key, value in _value(first).items() if key != "message"}
        body = page_feed(at, gone | {"verb": "remove", "created_time": int(at.timestamp())})
    day.add(_record(day, post.network, at, body, follows=first["id"], expects="changed"))


def x_deletion(data: Record, at: datetime) -> Record:
    """What X sends when an author takes a post away."""
    return {
        "for_user_id": X_ACCOUNT["id"],
        "tweet_delete_events": [
            {
                "status": {"id": data["id"], "user_id": data["author_id"]},
                "timestamp_ms": str(int(at.timestamp() * 1000)),
            }
        ],
    }


def _no_petition(day: Day, post: Post) -> None:
    at = day.instant(first=8)
    maker = {"repost": _repost, "like": _like, "own": _own}[post.kind]
    day.add(maker(day, post, at) | {"expects": "no_petition"})


def _repost(day: Day, post: Post, at: datetime) -> Record:
    record = _tweet(day, post, at)
    record["body"]["data"]["referenced_tweets"] = [
        {"type": "retweeted", "id": _snowflake(at - timedelta(hours=2), day.dice)}
    ]
    return record


def _like(day: Day, post: Post, at: datetime) -> Record:
    value = {
        "item": "reaction",
        "verb": "add",
        "reaction_type": "like",
        "post_id": f"{PAGE['id']}_3301",
        "from": {"id": f"77{day.dice.randrange(10**13):013d}", "name": "봄날 시민"},
        "created_time": int(at.timestamp()),
    }
    return _record(day, "meta", at, page_feed(at, value))


def _own(day: Day, post: Post, at: datetime) -> Record:
    record = (_tweet if post.network == "x" else _comment)(day, post, at)
    if post.network == "x":
        record["body"]["data"] |= {"author_id": X_ACCOUNT["id"], "entities": {}}
        record["body"]["includes"] = {"users": [X_ACCOUNT]}
    else:
        _value(record)["from"] = PAGE
    return record
