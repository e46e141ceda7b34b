"""Filing of forms: one way into the journal for the API, the citizen's page and the officer's."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from pydantic import AwareDatetime, JsonValue
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.evidence import Evidence, Shot, evidence, evidence_rule
from rules.masking import contains_rrn
from rules.quiet_hours import SEOUL
from schema.codes import Channel, State
from schema.forms import (
    MAX_FORM_BYTES,
    FieldFault,
    FormFile,
    FormRefusedError,
    FormTooLargeError,
    PetitionForm,
    ReceivedVia,
    read_form,
)
from schema.model import Frozen
from schema.plain_text import plain_text
from schema.submission import Attachment
from storage.attachments import store_attachment
from storage.contact_limits import refuse_a_flooded_phone
from storage.journal import JournalEntry, append, keep_answer, stored_answer
from storage.sealing import new_data_key
from storage.store import Store

SCOPE = "web_form"
FORM = "form"
"""The record's kind where a petitioner filled in the form."""
DESK = "desk"
"""The record's kind where an officer did. Nobody outside can post one."""

_NO_ID = UUID(int=0)
MAX_NAME = 200


class Photograph(Protocol):
    """A file that was read and made again without its metadata; what that said is kept."""

    @property
    def content(self) -> bytes:
        """The bytes to keep, without metadata."""

    @property
    def media_type(self) -> str:
        """What `content` is, whatever the sender called it."""

    @property
    def original_sha256(self) -> str:
        """SHA-256 of the file as it was sent, in hex."""

    @property
    def captured_at(self) -> datetime | None:
        """When it was taken, in UTC, where the file said so."""

    @property
    def lat(self) -> float | None:
        """Where it was taken: latitude in WGS84 degrees."""

    @property
    def long(self) -> float | None:
        """Longitude, likewise."""


class CleanFile(Protocol):
    """Cleans one file. Raises FormRefusedError that names it where it cannot be read."""

    def __call__(self, content: bytes, name: str, /) -> Photograph:
        """The file `name`, cleaned."""


class Desk(Frozen):
    """The officer who enters a visit, letter or call, and when it had reached the city."""

    entered_by: str
    received_via: ReceivedVia | None = None
    received_at: AwareDatetime | None = None


class Filed(Frozen):
    """What the petitioner is told: the number, and the key that opens the case's page."""

    receipt_number: str
    key: str
    status: State = State.SUBMITTED
    evidence: Evidence | None = None
    """What a fine needs and the form lacks, at once; None where its item asks no evidence."""


async def file_form(
    store: Store,
    body: bytes,
    *,
    clean: CleanFile,
    arrived_at: datetime,
    idempotency_key: str | None = None,
    scope: str = SCOPE,
    desk: Desk | None = None,
) -> Filed:
    """Journal the form in the JSON `body` and commit; the number is then the petitioner's.

    The journal keeps the body's very bytes; only where files came with it, each is replaced by the
    facts of its stored copy, and an officer's entry is put into a `DeskEntry`.

    `arrived_at` is the legal instant of filing. The same `idempotency_key` in `scope` with the
    same body gives the same answer. Raises FormRefusedError, IdempotencyConflictError, and
    whatever the database raises when it is away: then nothing was kept.
    """
    prepared = await prepare_form(body, clean=clean)
    async with store.engine.begin() as conn:
        return await journal_form(
            conn,
            store,
            prepared,
            arrived_at=arrived_at,
            idempotency_key=idempotency_key,
            scope=scope,
            desk=desk,
        )


@dataclass(frozen=True)
class PreparedForm:
    """A form that can be taken, its photographs cleaned: what is left to do is one transaction."""

    body: bytes
    form: PetitionForm
    photographs: list[tuple[FormFile, Photograph]]


async def prepare_form(body: bytes, *, clean: CleanFile) -> PreparedForm:
    """The form in `body`, read and checked. Raises FormRefusedError."""
    form = read_form(body)
    _refuse_resident_numbers(form)
    photographs = [
        (file, await asyncio.to_thread(clean, file.content(), file.name))
        for file in form.attachments
    ]
    return PreparedForm(body, form, photographs)


async def journal_form(
    conn: AsyncConnection,
    store: Store,
    prepared: PreparedForm,
    *,
    arrived_at: datetime,
    idempotency_key: str | None = None,
    scope: str = SCOPE,
    desk: Desk | None = None,
) -> Filed:
    """Journal the form in the caller's transaction; see `file_form`."""
    body = prepared.body
    if idempotency_key is not None:
        earlier = await stored_answer(
            conn, store, scope=scope, idempotency_key=idempotency_key, body=body
        )
        if earlier is not None:
            return Filed.model_validate_json(earlier)
    if desk is None:
        phone = prepared.form.contact.phone
        await refuse_a_flooded_phone(conn, store, phone, arrived_at)
    filing = _Filing(conn, store, body, desk)
    number, journal_id = await filing.journal(prepared.form, prepared.photographs, arrived_at)
    filed = Filed(
        receipt_number=number,
        key=store.keyring.citizen_key(number, 1),
        evidence=_evidence(prepared, arrived_at),
    )
    if idempotency_key is not None:
        await keep_answer(
            conn,
            store,
            journal_id,
            scope=scope,
            idempotency_key=idempotency_key,
            body=body,
            answer=filed.model_dump_json().encode(),
        )
    return filed


def _refuse_resident_numbers(form: PetitionForm) -> None:
    """주민등록번호 is not taken in without a law that asks for it (개인정보 보호법 §24의2)."""
    written = form.model_dump(mode="json", exclude={"attachments": {"__all__": {"content_base64"}}})
    faults = [
        FieldFault(field=field, message_ko=_NO_RRN_KO, message_en=_NO_RRN_EN)
        for field, words in _words_in(written)
        if contains_rrn(words)
    ]
    if faults:
        raise FormRefusedError(*faults)


def _words_in(part: JsonValue, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a form with its path, those of fields that nobody knows too."""
    if isinstance(part, str):
        yield path, part
    inner: Iterable[tuple[object, JsonValue]] = ()
    if isinstance(part, dict):
        inner = part.items()
    elif isinstance(part, list):
        inner = enumerate(part)
    for name, value in inner:
        yield from _words_in(value, f"{path}.{name}" if path else str(name))


_NO_RRN_KO = "주민등록번호(외국인등록번호)는 받지 않습니다. 안전을 위해 지우고 다시 보내 주세요."
_NO_RRN_EN = (
    "A resident (alien) registration number is never taken: please remove it and send again."
)


class _Filing:
    """One form on its way into the journal, inside one transaction."""

    def __init__(self, conn: AsyncConnection, store: Store, body: bytes, desk: Desk | None) -> None:
        self._conn = conn
        self._store = store
        self._body = body
        self._desk = desk

    async def journal(
        self,
        form: PetitionForm,
        photographs: list[tuple[FormFile, Photograph]],
        arrived_at: datetime,
    ) -> tuple[str, int]:
        """The receipt number and the journal row's id."""
        key = await new_data_key(self._conn, self._store.keyring)
        stored = [
            await store_attachment(
                self._conn, self._store, key, photograph.content, _facts(file, photograph)
            )
            for file, photograph in photographs
        ]
        row = await append(
            self._conn,
            self._store,
            JournalEntry(
                channel=Channel.WEB_FORM,
                kind=DESK if self._desk else FORM,
                external_id=None,
                body=self._journalled_body(stored),
                media_type="application/json",
                arrived_at=arrived_at,
                wants_number=True,
                data_key=key,
            ),
        )
        assert row.receipt_number is not None
        return row.receipt_number, row.id

    def _journalled_body(self, stored: list[Attachment]) -> bytes:
        body = self._with_stored(stored)
        if len(body) > MAX_FORM_BYTES:
            raise FormTooLargeError
        return body

    def _with_stored(self, stored: list[Attachment]) -> bytes:
        if not stored and self._desk is None:
            return self._body
        form: dict[str, JsonValue] = json.loads(self._body)
        form["attachments"] = [facts.model_dump(mode="json") for facts in stored]
        if self._desk is None:
            return json.dumps(form, ensure_ascii=False).encode()
        entry = {"form": form, **self._desk.model_dump(mode="json")}
        return json.dumps(entry, ensure_ascii=False).encode()


def _evidence(prepared: PreparedForm, at: datetime) -> Evidence | None:
    form, day = prepared.form, at.astimezone(SEOUL).date()
    rule = evidence_rule(form.item.strip().upper(), day) if form.item else None
    if rule is None:
        return None
    shots = [
        Shot(captured_at=one.captured_at, lat=one.lat, long=one.long)
        for _, one in prepared.photographs
        if one.media_type.startswith("image/")
    ]
    return evidence(rule, shots, plate=bool(form.plate and form.plate.strip()))


def _facts(file: FormFile, photograph: Photograph) -> Attachment:
    return Attachment(
        id=_NO_ID,
        name=plain_text(file.name)[:MAX_NAME] or "file",
        media_type=photograph.media_type,
        size=0,
        sha256="",
        original_sha256=photograph.original_sha256,
        captured_at=photograph.captured_at,
        lat=photograph.lat,
        long=photograph.long,
    )
