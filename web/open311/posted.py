"""What is posted: a form, urlencoded or multipart, read within bounds and never believed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.types import Message

from schema.forms import MAX_FILE_BYTES, MAX_FILES
from schema.plain_text import plain_text
from web.open311.formats import Open311Error, bad

MOST_BYTES = MAX_FILES * MAX_FILE_BYTES * 4 // 3 + 1024 * 1024
"""The photos as `data:` URIs, and a mebibyte for everything else."""
MOST_FIELDS = 200
MOST_FILES = 20
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"

NO_FORM = (
    f"본문은 {URLENCODED}나 {MULTIPART}여야 합니다. / The body must be {URLENCODED} or {MULTIPART}."
)
UNREADABLE = "본문을 읽을 수 없습니다. / The body cannot be read as a form."


@dataclass(frozen=True)
class PostedFile:
    """A part of the form that is a file; its type is not believed."""

    name: str
    content: bytes


@dataclass(frozen=True)
class PostedForm:
    """The fields as they came, repeated ones in their order, and the files."""

    fields: Sequence[tuple[str, str]] = ()
    files: Sequence[PostedFile] = field(default=())

    def get(self, name: str) -> str:
        """The last value of `name`, plain and trimmed; empty where there is none."""
        return next((plain_text(v) for n, v in reversed(self.fields) if n == name), "")

    def all(self, *names: str) -> tuple[str, ...]:
        """Every value of any of `names` that says something, in order."""
        return tuple(said for n, v in self.fields if n in names and (said := v.strip()))


async def posted_form(request: Request) -> PostedForm:
    """The form in the body. Raises the 400, or the 413 where it is larger than any may be."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await _limited(request)
    if kind == MULTIPART:
        return await _multipart(request, body)
    if kind != URLENCODED and body.strip():
        raise bad(NO_FORM)
    return _urlencoded(body)


async def _limited(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and len(declared) < 19 and int(declared) > MOST_BYTES:
        raise _too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _too_large()
    return bytes(body)


def _too_large() -> Open311Error:
    most = MOST_BYTES // 1024 // 1024
    return Open311Error(
        413, f"너무 큽니다. {most}MB까지 받습니다. / Too large; up to {most} MB are taken."
    )


def _urlencoded(body: bytes) -> PostedForm:
    try:
        fields = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise bad(UNREADABLE) from None
    return PostedForm(fields)


async def _multipart(request: Request, body: bytes) -> PostedForm:
    """The parts of `body`: read a second time, now that its size is known."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    again = Request(request.scope, receive)
    fields: list[tuple[str, str]] = []
    files: list[PostedFile] = []
    try:
        async with again.form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES
        ) as posted:
            for name, value in posted.multi_items():
                if isinstance(value, UploadFile):
                    files.append(PostedFile(value.filename or name, await value.read()))
                else:
                    fields.append((name, value))
    except (HTTPException, MultiPartException, ValueError, KeyError, LookupError):
        raise bad(UNREADABLE) from None
    return PostedForm(fields, files)
