"""The gateways of X and Meta (Facebook, Instagram): `/gateway/sns/x` and `/gateway/sns/meta`.

A body with several posts becomes one journal record a post, each still a body that the network
could have sent; a body with one post is journalled byte for byte.
"""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from adapters.channel import GatewaySecrets
from adapters.gateway_answers import (
    GatewayRoute,
    answered_when_committed,
    journal_id_of,
    limited_body,
    not_signed,
    refused,
)
from schema.codes import Channel
from storage.journal import JournalEntry, append
from storage.store import Store

X_PATH = "/gateway/sns/x"
META_PATH = "/gateway/sns/meta"
LIMIT = 1024 * 1024
X = "x"
META = "meta"
INSTAGRAM = "instagram"
"""The `object` of a body of Meta's that tells of an Instagram account, and the network's name."""
X_SIGNATURE = "x-twitter-webhooks-signature"
META_SIGNATURE = "x-hub-signature-256"
MOST_SECONDS = 10**9

Named = tuple[str | None, int, bytes]
"""A record's external id, its revision, and its body."""


def gateway(store: Store, secrets: GatewaySecrets) -> APIRouter:
    """The router of both networks; it answers 200 when every post is committed."""
    router = APIRouter(route_class=GatewayRoute, tags=["sns"])
    _add_x(router, store, secrets.x_consumer_secret)
    _add_meta(router, store, secrets.meta_app_secret, secrets.meta_verify_token)
    return router


def _add_x(router: APIRouter, store: Store, key: str | None) -> None:
    @router.get(X_PATH, summary="X: CRC")
    async def x_challenge(crc_token: str = Query(min_length=1, max_length=200)) -> JSONResponse:
        if not key:
            raise not_signed()
        return JSONResponse({"response_token": _x_signature(crc_token.encode(), key)})

    @router.post(X_PATH, summary="X: 멘션 / mentions")
    async def x_post(request: Request) -> JSONResponse:
        arrived_at = datetime.now(UTC)
        body = await limited_body(request, LIMIT)
        if not key or not _same(request.headers.get(X_SIGNATURE), _x_signature(body, key)):
            raise not_signed()
        await _journal(store, X, records_in(X, body), arrived_at)
        return JSONResponse({})


def _add_meta(router: APIRouter, store: Store, key: str | None, verify: str | None) -> None:
    @router.get(META_PATH, summary="Facebook·Instagram: 확인 / verification")
    async def meta_challenge(
        mode: str = Query(default="", alias="hub.mode"),
        token: str = Query(default="", alias="hub.verify_token"),
        challenge: str = Query(default="", alias="hub.challenge", max_length=500),
    ) -> PlainTextResponse:
        if mode != "subscribe" or not verify or not _same(token, verify):
            raise refused(
                403, "wrong_token", "확인 토큰이 맞지 않습니다.", "The verify token is wrong."
            )
        return PlainTextResponse(challenge)

    @router.post(META_PATH, summary="Facebook·Instagram: 댓글 / comments")
    async def meta_post(request: Request) -> JSONResponse:
        arrived_at = datetime.now(UTC)
        body = await limited_body(request, LIMIT)
        if not key or not _same(request.headers.get(META_SIGNATURE), _meta_signature(body, key)):
            raise not_signed()
        await _journal(store, META, records_in(META, body), arrived_at)
        return JSONResponse({})


def _same(given: str | None, wanted: str) -> bool:
    return given is not None and hmac.compare_digest(given.strip().encode(), wanted.encode())


def _x_signature(body: bytes, key: str) -> str:
    return "sha256=" + b64encode(hmac.digest(key.encode(), body, hashlib.sha256)).decode()


def _meta_signature(body: bytes, key: str) -> str:
    return "sha256=" + hmac.digest(key.encode(), body, hashlib.sha256).hex()


async def _journal(store: Store, kind: str, records: list[Named], arrived_at: datetime) -> None:
    async with answered_when_committed(), store.engine.begin() as conn:
        for external_id, revision, body in records:
            await append(
                conn,
                store,
                JournalEntry(
                    channel=Channel.SNS,
                    kind=kind,
                    external_id=journal_id_of(external_id, body),
                    revision=revision,
                    body=body,
                    media_type="application/json",
                    arrived_at=arrived_at,
                ),
            )


def records_in(kind: str, body: bytes) -> list[Named]:
    """One record a post; a body that nobody can read is one record without a name."""
    return list(_x_records(body) if kind == X else _meta_records(body))


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    """The objects in a list; nothing where it is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dumped(found: dict[str, Any]) -> bytes:
    """One post's share of a body, in ASCII: a lone surrogate can be escaped, but not encoded."""
    return json.dumps(found).encode()


def _x_records(body: bytes) -> Iterator[Named]:
    """A post is named by the first id of its edit history; its place there is the revision."""
    found = _object(body)
    data = found.get("data")
    deletions = found.get("tweet_delete_events")
    if isinstance(data, list) and data:
        for one in data:
            yield (*_x_name(one), _dumped({**found, "data": one}))
    elif isinstance(deletions, list) and deletions:
        for one in deletions:
            alone = _dumped({**found, "tweet_delete_events": [one]})
            status = one.get("status") if isinstance(one, dict) else None
            post_id = status.get("id") if isinstance(status, dict) else None
            yield _prefixed("x", post_id), 0, body if len(deletions) == 1 else alone
    else:
        yield (*_x_name(data), body)


def _x_name(data: object) -> tuple[str | None, int]:
    if not isinstance(data, dict):
        return None, 0
    history = data.get("edit_history_tweet_ids")
    if isinstance(history, list) and history and data.get("id") in history:
        return _prefixed("x", history[0]), history.index(data["id"])
    return _prefixed("x", data.get("id")), 0


def _prefixed(network: str, post_id: object) -> str | None:
    return f"{network}:{post_id}" if isinstance(post_id, str) and post_id else None


def _meta_records(body: bytes) -> Iterator[Named]:
    """A comment is named by its id, else a post by its own; an edit's revision is its second."""
    found = _object(body)
    name = _instagram_name if found.get("object") == INSTAGRAM else _meta_name
    parts = [
        (entry, change)
        for entry in _objects(found.get("entry"))
        for change in (_objects(entry.get("changes")) or [entry])
    ]
    if len(parts) <= 1:
        yield (*name(parts[0][1] if parts else {}), body)
        return
    for entry, change in parts:
        one = entry if change is entry else {**entry, "changes": [change]}
        yield (*name(change), _dumped({**found, "entry": [one]}))


def _meta_name(change: dict[str, Any]) -> tuple[str | None, int]:
    value = change.get("value")
    if not isinstance(value, dict):
        return None, 0
    external_id = _prefixed("fb", value.get("comment_id") or value.get("post_id"))
    return external_id, meta_revision(str(value.get("verb")), value.get("created_time"))


def _instagram_name(change: dict[str, Any]) -> tuple[str | None, int]:
    """Instagram tells of no edit and of no deletion: every comment is new."""
    value = change.get("value")
    if not isinstance(value, dict):
        return None, 0
    return _prefixed("ig", value.get("id") or value.get("comment_id") or value.get("media_id")), 0


def meta_revision(verb: str, created_time: object) -> int:
    """0 for what is new; an edit's revision is the second of the edit, so that later ones win."""
    if verb not in ("edited", "edit") or not isinstance(created_time, int):
        return 0
    return max(1, created_time % MOST_SECONDS)
