"""`POST /api/v1/petitions`: the form from our page, from other sites, and from programs."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import Field, JsonValue

from adapters.channel import GatewaySecrets
from adapters.clean_files import UnreadableFile
from adapters.gateway_answers import (
    GatewayRefusal,
    GatewayRoute,
    answered_when_committed,
    limited_body,
    refused,
    too_large,
)
from adapters.photographs import clean
from rules.evidence import Evidence
from schema.addresses import case_address
from schema.codes import State
from schema.form_fields import MAX_FILE_BYTES, MAX_FILES
from schema.forms import (
    MAX_FORM_BYTES,
    FormRefusedError,
    FormTooLargeError,
    PetitionForm,
    unreadable_file,
)
from schema.model import Frozen
from storage.forms import Filed, Photograph, file_form
from storage.journal import IdempotencyConflictError
from storage.store import Store

LIMIT = MAX_FILES * MAX_FILE_BYTES * 4 // 3 + 1024 * 1024
"""The largest request: the photos in base64, and a mebibyte for everything else."""


class PetitionFiled(Frozen):
    """Taken in (접수). Keep the key: with the number it opens the page of the case."""

    receipt_number: str = Field(
        description="접수번호 / receipt number", examples=["261123-000042-K"]
    )
    key: str = Field(description="조회 열쇠 / key to the case", examples=["3sXv9J1nqkT0bq6c2yQh8A"])
    url: str = Field(description="처리 상황 쪽 / page of the case")
    status: State = State.SUBMITTED
    evidence: Evidence | None = Field(
        default=None,
        description="과태료 증빙 요건, 그런 항목만 / what a fine needs, where the item asks it",
    )


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="같은 열쇠로 다시 보내면 한 번만 접수됩니다 / sent again with the same key, "
        "the form is taken in once and the stored answer given",
    ),
]


def gateway(store: Store, secrets: GatewaySecrets) -> APIRouter:
    """The router of the form; answers 201 when the petition is committed, else 503."""
    router = APIRouter(route_class=GatewayRoute, tags=["web_form"])

    @router.post(
        "/api/v1/petitions",
        status_code=201,
        response_model=PetitionFiled,
        response_model_exclude_none=True,
        summary="민원·제안 신청 / file a petition or proposal",
        description=(
            "위치가 없어도 접수합니다. 모르는 항목은 버리지 않고 남깁니다. / "
            "A missing location never refuses; unknown fields are kept."
        ),
        responses={
            409: {"model": GatewayRefusal, "description": "같은 열쇠, 다른 내용 / key used before"},
            413: {"model": GatewayRefusal, "description": "너무 큼 / too large"},
            422: {"model": GatewayRefusal, "description": "고칠 항목이 있음 / fields to mend"},
            503: {
                "model": GatewayRefusal,
                "description": "잠시 뒤 다시 / try again later",
                "headers": {"Retry-After": {"schema": {"type": "integer"}}},
            },
        },
        openapi_extra={"requestBody": _REQUEST_BODY},
    )
    async def file_petition(
        request: Request, idempotency_key: IdempotencyKey = None
    ) -> PetitionFiled:
        arrived_at = datetime.now(UTC)
        body = await limited_body(request, LIMIT)
        filed = await _filed(store, body, arrived_at, idempotency_key)
        return PetitionFiled(
            receipt_number=filed.receipt_number,
            key=filed.key,
            url=case_address(secrets.pages_url, filed.receipt_number, filed.key),
            status=filed.status,
            evidence=filed.evidence,
        )

    return router


async def _filed(
    store: Store, body: bytes, arrived_at: datetime, idempotency_key: str | None
) -> Filed:
    try:
        async with answered_when_committed():
            return await file_form(
                store,
                body,
                clean=clean_or_refuse,
                arrived_at=arrived_at,
                idempotency_key=idempotency_key,
            )
    except FormTooLargeError:
        raise too_large(MAX_FORM_BYTES) from None
    except FormRefusedError as refusal:
        raise refused(
            422,
            "form_refused",
            "고칠 항목이 있어 접수하지 못했습니다.",
            "The form could not be taken in; mend the fields named.",
            fields=refusal.faults,
        ) from None
    except IdempotencyConflictError:
        raise refused(
            409,
            "idempotency_key_used",
            "같은 Idempotency-Key로 다른 내용이 이미 접수되었습니다.",
            "This Idempotency-Key was used with another body.",
        ) from None


def clean_or_refuse(content: bytes, name: str) -> Photograph:
    """The photo without its metadata; raises FormRefusedError that names it when unreadable."""
    try:
        return clean(content, name)
    except UnreadableFile as fault:
        raise FormRefusedError(unreadable_file(name, fault.message_ko, fault.message_en)) from None


def _inlined(node: JsonValue, definitions: dict[str, JsonValue]) -> JsonValue:
    """A JSON schema without `$defs`: a route's extra part of the document cannot add to them."""
    if isinstance(node, list):
        return [_inlined(part, definitions) for part in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        return _inlined(definitions[reference.rpartition("/")[2]], definitions)
    return {name: _inlined(part, definitions) for name, part in node.items() if name != "$defs"}


def _form_schema() -> JsonValue:
    schema: dict[str, Any] = PetitionForm.model_json_schema()
    return _inlined(schema, schema.get("$defs", {}))


_REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": _form_schema(),
            "example": {
                "text": "집 앞 가로등이 사흘째 꺼져 있어 밤길이 어둡습니다.",
                "location": {"lat": 37.5665, "long": 126.978, "address": "중구 세종대로 110 앞"},
                "contact": {"name": "홍길동", "phone": "010-0000-0000"},
                "reply_by": "sms",
                "consent": {"version": "2026-01", "items": ["contact"]},
            },
        }
    },
}
"""The body is read by hand, for its size and its very bytes: the document is told of it here."""
