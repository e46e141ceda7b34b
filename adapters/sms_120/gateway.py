"""The gateway of the 120 centre: `/gateway/sms_120/calls` and `/gateway/sms_120/messages`."""

import json
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from pydantic import Field

from adapters.channel import GatewaySecrets
from adapters.gateway_answers import (
    GatewayRefusal,
    GatewayRoute,
    journal_id_of,
    journalled,
    limited_body,
    not_signed,
)
from adapters.signatures import SIGNATURE_HEADER, is_signed
from adapters.sms_120 import twilio
from schema.codes import Channel, State
from schema.model import Frozen
from storage.journal import JournalEntry, Journalled
from storage.store import Store

CALLS = "/gateway/sms_120/calls"
MESSAGES = "/gateway/sms_120/messages"
LIMIT = 512 * 1024
"""Bytes of one call record or message."""

CALL = "call"
MESSAGE = "message"
MEDIA_TYPE_LENGTH = 100


class Taken(Frozen):
    """Taken in. The agent reads the number out to the caller (접수번호 안내)."""

    receipt_number: str = Field(examples=["261123-000042-K"])
    status: State = State.SUBMITTED


REFUSALS: dict[int | str, dict[str, object]] = {
    401: {"model": GatewayRefusal, "description": "서명이 맞지 않음 / wrong signature"},
    413: {"model": GatewayRefusal, "description": "너무 큼 / too large"},
    503: {"model": GatewayRefusal, "description": "잠시 뒤 다시 / try again later"},
}


def gateway(store: Store, secrets: GatewaySecrets) -> APIRouter:
    """The router of both kinds of record; it answers when the record is committed.

    What is signed is never lost: a body that nobody can read is journalled too, under its own
    hash, and ends in quarantine. The same record delivered again gets the same number.
    """
    router = APIRouter(route_class=GatewayRoute, tags=["sms_120"])
    key = secrets.sms_120_key

    @router.post(
        CALLS,
        status_code=201,
        response_model=Taken,
        responses=REFUSALS,
        summary="120 상담 기록 / a call record of the 120 centre",
    )
    async def take_call(request: Request) -> Taken:
        arrived_at = datetime.now(UTC)
        body = await limited_body(request, LIMIT)
        if not is_signed(body, request.headers.get(SIGNATURE_HEADER), key):
            raise not_signed()
        row = await journalled(store, _entry(request, CALL, body, "call_id", arrived_at))
        return _taken(row)

    @router.post(
        MESSAGES,
        status_code=201,
        response_model=Taken,
        responses={**REFUSALS, 200: {"description": "TwiML", "content": {"application/xml": {}}}},
        summary="문자 수신 / an inbound message, as JSON or as Twilio's webhook",
    )
    async def take_message(request: Request) -> Taken | Response:
        arrived_at = datetime.now(UTC)
        body = await limited_body(request, LIMIT)
        if is_signed(body, request.headers.get(SIGNATURE_HEADER), key):
            return _taken(
                await journalled(store, _entry(request, MESSAGE, body, "message_id", arrived_at))
            )
        header = request.headers.get(twilio.SIGNATURE_HEADER)
        if not twilio.is_signed_by_twilio(body, header, key, _signed_urls(request, secrets)):
            raise not_signed()
        sid = dict(twilio.parameters(body)).get("MessageSid")
        await journalled(store, _record(MESSAGE, body, sid, twilio.FORM, arrived_at))
        return Response(twilio.EMPTY_ANSWER, media_type="application/xml")

    return router


def _signed_urls(request: Request, secrets: GatewaySecrets) -> tuple[str, ...]:
    """The URLs that Twilio may have been given: ours as citizens see it, or the request's own."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{secrets.pages_url}{MESSAGES}{query}", str(request.url)


def _entry(
    request: Request, kind: str, body: bytes, id_field: str, arrived_at: datetime
) -> JournalEntry:
    media_type = request.headers.get("content-type", "application/json")
    return _record(kind, body, _given(body, id_field), media_type, arrived_at)


def _record(
    kind: str, body: bytes, given: object, media_type: str, arrived_at: datetime
) -> JournalEntry:
    return JournalEntry(
        channel=Channel.SMS_120,
        kind=kind,
        external_id=journal_id_of(given, body, within=kind),
        body=body,
        media_type=media_type[:MEDIA_TYPE_LENGTH],
        arrived_at=arrived_at,
        wants_number=True,
    )


def _given(body: bytes, id_field: str) -> object:
    """The sender's id of the record, or None where the body cannot be read that far."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return record.get(id_field) if isinstance(record, dict) else None


def _taken(row: Journalled) -> Taken:
    assert row.receipt_number is not None
    return Taken(receipt_number=row.receipt_number)
