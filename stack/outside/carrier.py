"""A carrier of short messages: Solapi's `POST /messages/v4/send`, as the vendor documents it.

https://developers.solapi.com/references/messages/sendSimpleMessage
https://developers.solapi.com/references/authentication/api-key
"""

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from stack.outside.book import Book

API_KEY = "OUTSIDE0APIKEY00"
API_SECRET = "OUTSIDE0API0SECRET0FOR0THE0DEMO0"  # noqa: S105 - the stand-in is public
"""What a customer of this carrier signs with. It guards nothing: the carrier is a stand-in."""

SKEW = timedelta(minutes=15)
SMS_BYTES = 90
LMS_BYTES = 2_000
SUBJECT_BYTES = 40
CUSTOM_KEY_LENGTH = 30
CUSTOM_VALUE_LENGTH = 100

_AUTHORIZATION = re.compile(
    r"HMAC-SHA256 apiKey=(?P<key>[^,\s]+), date=(?P<date>[^,\s]+), "
    r"salt=(?P<salt>[^,\s]{12,64}), signature=(?P<signature>[0-9a-f]{64})"
)
_NUMBER = re.compile(r"\d{3,15}")


class RefusedError(Exception):
    """The vendor's error body with its HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


class Carrier:
    """Checks as the vendor does, then keeps the message in the book."""

    def __init__(self, book: Book, *, api_key: str, api_secret: str) -> None:
        self._book = book
        self._key = api_key
        self._secret = api_secret
        self._used: dict[str, datetime] = {}

    def check_authorization(self, header: str, now: datetime) -> None:
        """Raises RefusedError unless `header` is signed, recent, and was not used before."""
        given = _AUTHORIZATION.fullmatch(header)
        if given is None:
            raise RefusedError("Unauthorized", "Authorization 헤더를 확인하세요.", 401)
        if given["key"] != self._key:
            raise RefusedError("InvalidAPIKey", "유효한 API Key를 입력하세요.", 403)
        try:
            date = datetime.fromisoformat(given["date"])
        except ValueError:
            raise RefusedError("InvalidDate", "ISO 8601 날짜를 입력하세요.") from None
        if date.tzinfo is None or abs(now - date) > SKEW:
            raise RefusedError("RequestTimeTooSkewed", "요청 시간이 15분 이상 차이납니다.")
        signed = (given["date"] + given["salt"]).encode()
        expected = hmac.digest(self._secret.encode(), signed, hashlib.sha256).hex()
        if not hmac.compare_digest(expected, given["signature"]):
            raise RefusedError("SignatureDoesNotMatch", "생성한 signature를 확인하세요.")
        self._used = {one: at for one, at in self._used.items() if now - at < SKEW}
        if given["signature"] in self._used:
            raise RefusedError("DuplicatedSignature", "이미 사용된 signature입니다.")
        self._used[given["signature"]] = now

    def take(self, content: Any) -> dict[str, str]:
        """Keep the message; returns the vendor's answer. Raises RefusedError for wrong input."""
        message = content.get("message") if isinstance(content, dict) else None
        if not isinstance(message, dict):
            raise RefusedError("ValidationError", '"message" is required')
        to, sender, text = (_text(message, name) for name in ("to", "from", "text"))
        if not _NUMBER.fullmatch(to) or not _NUMBER.fullmatch(sender):
            raise RefusedError("ValidationError", "수신번호와 발신번호는 숫자여야 합니다.")
        kind = _kind(message, text)
        fields = _custom_fields(message)
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        answer = {
            "groupId": f"G4V{stamp}{_suffix()}",
            "messageId": f"M4V{stamp}{_suffix()}",
            "accountId": "12925149",
            "statusMessage": "정상 접수(이통사로 접수 예정) ",
            "statusCode": "2000",
            "to": to,
            "from": sender,
            "type": kind,
            "country": str(message.get("country", "82")),
        }
        self._book.keep(
            kind="sms",
            to=to,
            body=text,
            reference=fields.get("messageId"),
            raw={**message, "type": kind, "carrier_message_id": answer["messageId"]},
        )
        return answer


def _suffix() -> str:
    return "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") for _ in range(15))


def _text(message: dict[str, Any], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError("ValidationError", f'"message.{name}" is required')
    return value


def _bytes(text: str) -> int:
    try:
        return len(text.encode("cp949"))
    except UnicodeEncodeError:
        raise RefusedError(
            "ValidationError", "지원하지 않는 문자가 있습니다 (EUC-KR/CP949)."
        ) from None


def _kind(message: dict[str, Any], text: str) -> str:
    """SMS or LMS: as given, or told from the length where `autoTypeDetect` is not switched off."""
    length, subject = _bytes(text), message.get("subject", "")
    if not isinstance(subject, str) or _bytes(subject) > SUBJECT_BYTES:
        raise RefusedError("ValidationError", "제목은 40바이트까지입니다.")
    kind = message.get("type")
    if kind is None and message.get("autoTypeDetect", True):
        kind = "SMS" if length <= SMS_BYTES and not subject else "LMS"
    limit = {"SMS": SMS_BYTES, "LMS": LMS_BYTES}.get(kind) if isinstance(kind, str) else None
    if limit is None:
        raise RefusedError("ValidationError", '"message.type" must be SMS or LMS')
    if length > limit:
        raise RefusedError("MessageTooLong", f"{kind} 내용은 {limit}바이트까지입니다.")
    return str(kind)


def _custom_fields(message: dict[str, Any]) -> dict[str, str]:
    fields = message.get("customFields", {})
    if not isinstance(fields, dict) or any(
        not isinstance(value, str)
        or len(name) > CUSTOM_KEY_LENGTH
        or len(value) > CUSTOM_VALUE_LENGTH
        for name, value in fields.items()
    ):
        raise RefusedError("ValidationError", "customFields: 키 30자, 값 100자까지입니다.")
    return fields


def router(book: Book, *, api_key: str = API_KEY, api_secret: str = API_SECRET) -> APIRouter:
    """The carrier's API under the server's root."""
    routes = APIRouter(tags=["carrier"])
    carrier = Carrier(book, api_key=api_key, api_secret=api_secret)

    @routes.post("/messages/v4/send")
    async def send(request: Request) -> JSONResponse:
        """Solapi: one message. Documented answers only."""
        failure = book.failures.next("sms")
        if failure is not None:
            return _refusal(RefusedError("AskedFor", "요청하신 장애입니다.", failure))
        try:
            carrier.check_authorization(request.headers.get("authorization", ""), datetime.now(UTC))
            return JSONResponse(carrier.take(await _content(request)))
        except RefusedError as refusal:
            return _refusal(refusal)

    return routes


async def _content(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        raise RefusedError("ValidationError", "JSON을 읽을 수 없습니다.") from None


def _refusal(refusal: RefusedError) -> JSONResponse:
    return JSONResponse(
        {"errorCode": refusal.code, "errorMessage": refusal.message}, status_code=refusal.status
    )
