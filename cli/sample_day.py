"""A file of raw records, as the channels would send them: read, moved in time, signed.

One JSON object a line; `samples/README.md` says what each field means.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pydantic import AwareDatetime, JsonValue, ValidationError

from adapters.channel import GatewaySecrets
from adapters.signatures import SIGNATURE_HEADER, signed
from adapters.sms_120 import twilio
from schema.codes import Channel
from schema.model import Frozen


class SampleFileError(Exception):
    """The file cannot be replayed; the message is one sentence that names the line."""


class Scheme(StrEnum):
    """How a gateway knows who sent a record."""

    NONE = "none"
    MINWON = "minwon"
    TWILIO = "twilio"
    X = "x"
    META = "meta"


class Signature(StrEnum):
    """What is done with the signature: only a record meant to be refused has no right one."""

    RIGHT = "right"
    WRONG = "wrong"
    ABSENT = "absent"
    OF_OTHER_BODY = "of_other_body"


class Media(Frozen):
    """One file of a record: where it lies beside the sample, and how the sender calls it."""

    file: str
    name: str
    media_type: str = "image/jpeg"


class SampleRecord(Frozen):
    """One line of the sample. What the gateway gets is body and media; the rest is about it."""

    id: str
    at: AwareDatetime
    gateway: str
    scheme: Scheme
    content_type: str
    body: JsonValue = None
    body_base64: str | None = None
    """The very bytes, where they are no text."""
    padding: int = 0
    """How many spaces follow the body: a record too large need not be large in the file."""
    media: tuple[Media | str, ...] = ()
    signature: Signature = Signature.RIGHT
    idempotency_key: str | None = None
    redelivery_of: str | None = None
    follows: str | None = None
    """The record that this one must not overtake: an edit comes after its post."""
    intends: str | None = None
    district: str | None = None
    expects: str = "registered"
    broken: str | None = None

    @property
    def channel(self) -> Channel:
        """The channel whose gateway takes the record."""
        if self.gateway.startswith("/api/"):
            return Channel.WEB_FORM
        return Channel(self.gateway.split("/")[2])

    def files(self) -> tuple[Media, ...]:
        """The media with names; a bare path is a JPEG or PNG under its own name."""
        return tuple(part if isinstance(part, Media) else _named(part) for part in self.media)


def _named(path: str) -> Media:
    name = path.rpartition("/")[2]
    kind = "image/png" if name.endswith(".png") else "image/jpeg"
    return Media(file=path, name=name, media_type=kind)


def read_sample(file: Path) -> tuple[SampleRecord, ...]:
    """The records of `file` in the order of their time. Raises SampleFileError."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SampleFileError(f"{file} cannot be read: {error}.") from None
    records = []
    for ordinal, line in enumerate(lines, start=1):
        try:
            records.append(SampleRecord.model_validate_json(line))
        except ValidationError as error:
            fault = error.errors()[0]
            field = ".".join(map(str, fault["loc"])) or "line"
            raise SampleFileError(f"{file}, line {ordinal}: {field}: {fault['msg']}.") from None
    if not records:
        raise SampleFileError(f"{file} is empty: there is nothing to replay.")
    return tuple(sorted(records, key=lambda record: record.at))


_ISO = re.compile(
    r"(?<!\d)\d{4}-\d\d-\d\dT\d\d:\d\d"
    r"(?P<seconds>:\d\d(?P<fraction>\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?(?!\d)"
)
_UNIX = re.compile(r"(?<![\d.\w-])(\d{10})(\d{3})?(?![\d.\w-])")
_AROUND = timedelta(days=7)


@dataclass(frozen=True)
class Shift:
    """Moves the day: every instant within a week of it that is written as ISO 8601 or Unix time.

    An instant far from the day is in the sample because it is impossible, and stays so. Dates that
    people write in words are theirs and stay too, as do the times inside photos.
    """

    by: timedelta
    day: datetime

    def text(self, text: str) -> str:
        """`text` with its instants moved, each in the notation it had."""
        if not self.by:
            return text
        return _UNIX.sub(self._unix, _ISO.sub(self._iso, text))

    def _iso(self, match: re.Match[str]) -> str:
        written = match[0]
        try:
            instant = datetime.fromisoformat(written)
        except ValueError:
            return written
        aware = instant if instant.tzinfo else instant.replace(tzinfo=self.day.tzinfo)
        if abs(aware - self.day) > _AROUND:
            return written
        moved = (instant + self.by).isoformat(timespec=_precision(match))
        return moved.replace("+00:00", "Z") if written.endswith("Z") else moved

    def _unix(self, match: re.Match[str]) -> str:
        instant = datetime.fromtimestamp(int(match[1]), UTC)
        if abs(instant - self.day) > _AROUND:
            return match[0]
        return f"{int((instant + self.by).timestamp())}{match[2] or ''}"


def _precision(written: re.Match[str]) -> str:
    if written["fraction"]:
        return "milliseconds"
    return "seconds" if written["seconds"] else "minutes"


@dataclass(frozen=True)
class RawRequest:
    """What goes over the wire."""

    path: str
    body: bytes
    headers: Mapping[str, str]


def raw_request(
    record: SampleRecord, *, shift: Shift, folder: Path, base_url: str, secrets: GatewaySecrets
) -> RawRequest:
    """The request of `record`, signed with the running system's secrets.

    `folder` is where its media lie. The same record and shift give the same bytes.
    """
    body, content_type = _body(record, shift, folder)
    headers = {"Content-Type": content_type} if content_type else {}
    if record.idempotency_key:
        headers["Idempotency-Key"] = record.idempotency_key
    signature = _signature(record, body, f"{base_url}{record.gateway}", secrets)
    return RawRequest(record.gateway, body, headers | signature)


def _body(record: SampleRecord, shift: Shift, folder: Path) -> tuple[bytes, str]:
    if record.body_base64 is not None:
        return base64.b64decode(record.body_base64), record.content_type
    if record.content_type.startswith("multipart/"):
        return _multipart(record, shift, folder)
    if record.content_type == twilio.FORM and isinstance(record.body, dict):
        return urlencode(record.body).encode(), record.content_type
    if record.media:
        return _json_with_files(record, shift, folder), record.content_type
    return _written(record.body, shift) + b" " * record.padding, record.content_type


def _written(body: JsonValue, shift: Shift) -> bytes:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return shift.text(text).encode("utf-8", errors="surrogatepass")


def _json_with_files(record: SampleRecord, shift: Shift, folder: Path) -> bytes:
    form: dict[str, Any] = json.loads(_written(record.body, shift))
    form["attachments"] = [
        {
            "name": part.name,
            "media_type": part.media_type,
            "content_base64": base64.b64encode(_content(folder, part)).decode(),
        }
        for part in record.files()
    ]
    return json.dumps(form, ensure_ascii=False).encode()


def _content(folder: Path, part: Media) -> bytes:
    try:
        return (folder / part.file).read_bytes()
    except OSError:
        raise SampleFileError(f"There is no file {folder / part.file}; put it back.") from None


def _multipart(record: SampleRecord, shift: Shift, folder: Path) -> tuple[bytes, str]:
    """Parts in their order under a boundary of the record's own, so that the bytes repeat."""
    boundary = f"minwon-sample-{record.id}"
    parts = []
    if record.body is not None:
        head = 'Content-Disposition: form-data; name="report"\r\nContent-Type: application/json'
        parts.append((head, _written(record.body, shift)))
    for part in record.files():
        head = (
            f'Content-Disposition: form-data; name="media"; filename="{part.name}"\r\n'
            f"Content-Type: {part.media_type}"
        )
        parts.append((head, _content(folder, part)))
    lines = [
        f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts
    ]
    return b"".join([*lines, f"--{boundary}--\r\n".encode()]), (
        f"multipart/form-data; boundary={boundary}"
    )


def _signature(
    record: SampleRecord, body: bytes, url: str, secrets: GatewaySecrets
) -> dict[str, str]:
    if record.scheme is Scheme.NONE or record.signature is Signature.ABSENT:
        return {}
    if record.signature is Signature.OF_OTHER_BODY:
        body = body + b" "
    wrong = record.signature is Signature.WRONG
    app = record.channel is Channel.SMART_REPORT
    match record.scheme:
        case Scheme.TWILIO:
            token = _key(secrets.sms_120_key, wrong=wrong)
            fields = [] if not isinstance(record.body, dict) else twilio.parameters(body)
            return {twilio.SIGNATURE_HEADER: twilio.twilio_signature(url, fields, token)}
        case Scheme.X:
            digest = _hmac(body, _key(secrets.x_consumer_secret, wrong=wrong))
            return {"x-twitter-webhooks-signature": f"sha256={base64.b64encode(digest).decode()}"}
        case Scheme.META:
            digest = _hmac(body, _key(secrets.meta_app_secret, wrong=wrong))
            return {"X-Hub-Signature-256": f"sha256={digest.hex()}"}
        case _:
            key = secrets.smart_report_key if app else secrets.sms_120_key
            return {SIGNATURE_HEADER: signed(body, _key(key, wrong=wrong))}


def _key(key: str | None, *, wrong: bool) -> str:
    """The key to sign with; one that is not set signs so that the gateway refuses."""
    return "not the key" if wrong or key is None else key


def _hmac(body: bytes, key: str) -> bytes:
    return hmac.digest(key.encode(), body, hashlib.sha256)
