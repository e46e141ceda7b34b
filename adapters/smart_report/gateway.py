"""The gateway of the smart-report app: `POST /gateway/smart_report/reports`, multipart, signed."""

import asyncio
import base64
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from adapters.channel import GatewaySecrets
from adapters.clean_files import CleanPhotograph, UnreadableFile
from adapters.gateway_answers import (
    GatewayRefusal,
    GatewayRoute,
    answered_when_committed,
    journal_id_of,
    limited_body,
    not_signed,
    refused,
)
from adapters.photographs import clean
from adapters.signatures import SIGNATURE_HEADER, is_signed
from adapters.smart_report.evidence import said_in, timed, told_evidence
from adapters.smart_report.records import JournalledReport
from rules.evidence import Evidence
from schema.addresses import case_address
from schema.codes import Channel, State
from schema.form_fields import MAX_FILES
from schema.forms import FieldFault
from schema.model import Frozen
from schema.plain_text import plain_text
from schema.submission import Attachment
from storage.attachments import store_attachment
from storage.journal import JournalEntry, Journalled, append, earlier_delivery
from storage.sealing import new_data_key
from storage.store import Store

REPORTS = "/gateway/smart_report/reports"
LIMIT = 80 * 1024 * 1024
PART_LIMIT = 256 * 1024
NAME_LENGTH = 200
REPORT = "report"
_NO_ID = UUID(int=0)


class Taken(Frozen):
    """Taken in: what the app shows its user."""

    receipt_number: str = Field(examples=["261123-000042-K"])
    key: str
    url: str
    status: State = State.SUBMITTED
    evidence: Evidence | None = Field(
        default=None,
        description="과태료 증빙 요건, 그런 항목만 / what a fine needs, where the item asks it",
    )


class Upload(NamedTuple):
    """One file as it was sent."""

    name: str
    content: bytes


REFUSALS: dict[int | str, dict[str, object]] = {
    401: {"model": GatewayRefusal, "description": "서명이 맞지 않음 / wrong signature"},
    413: {"model": GatewayRefusal, "description": "너무 큼 / too large"},
    422: {"model": GatewayRefusal, "description": "받을 수 없는 파일 / a file cannot be taken"},
    503: {"model": GatewayRefusal, "description": "잠시 뒤 다시 / try again later"},
}


def gateway(store: Store, secrets: GatewaySecrets) -> APIRouter:
    """The app's router; it answers when the report and its photographs are committed."""
    router = APIRouter(route_class=GatewayRoute, tags=["smart_report"])

    @router.post(
        REPORTS,
        status_code=201,
        response_model=Taken,
        response_model_exclude_none=True,
        responses=REFUSALS,
        summary="스마트불편신고 / a report from the app",
    )
    async def take_report(request: Request) -> Taken:
        arrived_at = datetime.now(UTC)
        body = await limited_body(request, LIMIT)
        if not is_signed(body, request.headers.get(SIGNATURE_HEADER), secrets.smart_report_key):
            raise not_signed()
        report, uploads = await _parts(request, body)
        said = said_in(report)
        photographs = timed(said, await _cleaned(uploads))
        row = await _journal(store, report, photographs, arrived_at)
        number = row.receipt_number
        assert number is not None
        key = store.keyring.citizen_key(number, 1)
        url = case_address(secrets.pages_url, number, key)
        shown = told_evidence(said, [one for _, one in photographs], arrived_at)
        return Taken(receipt_number=number, key=key, url=url, evidence=shown)

    return router


async def _parts(request: Request, body: bytes) -> tuple[bytes, list[Upload]]:
    """The part `report` and the parts `media`; raises the 422 for anything but multipart, and
    for the sixth file."""
    form = await _form(request, body)
    async with _closing(form):
        reports = form.getlist(REPORT)
        if len(reports) != 1:
            raise _not_multipart()
        uploads = [
            Upload(plain_text(one.filename or "media")[:NAME_LENGTH], await one.read())
            for one in form.getlist("media")
            if isinstance(one, UploadFile)
        ]
        report = reports[0]
        text = await report.read() if isinstance(report, UploadFile) else _sent(report, body)
    if len(uploads) > MAX_FILES:
        raise refused(
            422,
            "too_many_files",
            f"사진은 {MAX_FILES}장까지 보낼 수 있습니다.",
            f"At most {MAX_FILES} files may be sent.",
        )
    return text, uploads


def _sent(field: str, body: bytes) -> bytes:
    """The bytes of a field: the parser reads what is no UTF-8 as Latin-1, and does not say so."""
    written = field.encode()
    if written in body:
        return written
    try:
        return field.encode("latin-1")
    except UnicodeEncodeError:
        return written


async def _form(request: Request, body: bytes) -> FormData:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise _not_multipart()
    parser = MultiPartParser(
        request.headers, stream(), max_files=50, max_fields=50, max_part_size=PART_LIMIT
    )
    try:
        return await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        raise _not_multipart() from None


class _closing:  # noqa: N801 - reads as a word
    """Closes a form's spooled files."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *_: object) -> None:
        await self._form.close()


def _not_multipart() -> Exception:
    return refused(
        422,
        "not_multipart",
        "multipart/form-data로, report 하나와 media를 보내 주세요.",
        "Send multipart/form-data with one part «report» and the parts «media».",
    )


async def _cleaned(uploads: Sequence[Upload]) -> list[tuple[str, CleanPhotograph]]:
    """The photographs without metadata; raises the 422 that names every file that is none."""
    done: list[tuple[str, CleanPhotograph]] = []
    faults: list[FieldFault] = []
    for upload in uploads:
        try:
            photograph = await asyncio.to_thread(clean, upload.content, upload.name)
            done.append((upload.name, photograph))
        except UnreadableFile as fault:
            faults.append(
                FieldFault(
                    field=upload.name, message_ko=fault.message_ko, message_en=fault.message_en
                )
            )
    if faults:
        raise refused(
            422,
            "unreadable_file",
            "읽을 수 없는 파일이 있습니다. 빼고 다시 보낼 수 있습니다.",
            "Some files cannot be read; the report can be sent again without them.",
            fields=tuple(faults),
        )
    return done


async def _journal(
    store: Store,
    report: bytes,
    photographs: Sequence[tuple[str, CleanPhotograph]],
    arrived_at: datetime,
) -> Journalled:
    external_id = journal_id_of(said_in(report).get("report_id"), report)
    async with answered_when_committed(), store.engine.begin() as conn:
        earlier = await earlier_delivery(conn, Channel.SMART_REPORT, external_id)
        # A repeated delivery is journalled like any other, but its photographs are stored already.
        fresh = photographs if earlier is None else ()
        return await _keep(conn, store, external_id, report, fresh, arrived_at)


async def _keep(
    conn: AsyncConnection,
    store: Store,
    external_id: str,
    report: bytes,
    photographs: Sequence[tuple[str, CleanPhotograph]],
    arrived_at: datetime,
) -> Journalled:
    key = await new_data_key(conn, store.keyring)
    stored = [
        await store_attachment(conn, store, key, photograph.content, _facts(name, photograph))
        for name, photograph in photographs
    ]
    kept = _as_journalled(report, tuple(stored))
    return await append(
        conn,
        store,
        JournalEntry(
            channel=Channel.SMART_REPORT,
            kind=REPORT,
            external_id=external_id,
            body=kept.model_dump_json().encode(),
            media_type="application/json",
            arrived_at=arrived_at,
            wants_number=True,
            data_key=key,
        ),
    )


def _as_journalled(report: bytes, attachments: tuple[Attachment, ...]) -> JournalledReport:
    try:
        return JournalledReport(report=report.decode(), attachments=attachments)
    except UnicodeDecodeError:
        kept = base64.b64encode(report).decode()
        return JournalledReport(undecodable=kept, attachments=attachments)


def _facts(name: str, photograph: CleanPhotograph) -> Attachment:
    return Attachment(
        id=_NO_ID,
        name=name,
        media_type=photograph.media_type,
        size=0,
        sha256="",
        original_sha256=photograph.original_sha256,
        captured_at=photograph.captured_at,
        lat=photograph.lat,
        long=photograph.long,
    )
