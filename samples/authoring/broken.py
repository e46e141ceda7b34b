"""The spoilt records, one by one, and the messages that are no petition.

`broken` says what is wrong; `expects` what the system must make of it.
"""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from day import Day, Record
from networks import PAGE, X_ACCOUNT, page_feed, tweet

Spoilt = Callable[[Day], Record]

WEB = "/api/v1/petitions"
CALLS = "/gateway/sms_120/calls"
MESSAGES = "/gateway/sms_120/messages"
REPORTS = "/gateway/smart_report/reports"
X = "/gateway/sns/x"
META = "/gateway/sns/meta"
FORM = "application/x-www-form-urlencoded"
DEEP = 3000


def _bytes(content: bytes) -> Record:
    return {"body_base64": base64.b64encode(content).decode()}


def _record(gateway: str, broken: str, expects: str, scheme: str, **fields: Any) -> Spoilt:
    prefix = {WEB: "web", CALLS: "call", MESSAGES: "sms", REPORTS: "app", X: "x", META: "meta"}[
        gateway
    ]

    def made(day: Day) -> Record:
        return {
            "id": day.name(f"{prefix}-bad"),
            "at": day.instant(),
            "gateway": gateway,
            "scheme": scheme,
            "content_type": "application/json",
            "expects": expects,
            "broken": broken,
        } | fields

    return made


def _web(broken: str, **fields: Any) -> Spoilt:
    return _record(WEB, broken, "refused", "none", **fields)


def _call(broken: str, *, expects: str = "quarantined", **fields: Any) -> Spoilt:
    return _record(CALLS, broken, expects, "minwon", **fields)


def _call_body(day: Day, ordinal: int, **changes: Any) -> Record:
    at = day.instant(first=9, last=17)
    body = {
        "call_id": f"120-20261118-9{ordinal:05d}",
        "agent": "agent-03",
        "caller": "010-0000-4410",
        "started_at": at.isoformat(),
        "ended_at": (at + timedelta(minutes=3)).isoformat(),
        "summary": "가로등이 꺼졌다고 하심.",
        "category": "가로등",
        "place": "성동구 고산자로",
        "answered": False,
    } | changes
    return {key: value for key, value in body.items() if value != "(absent)"}


def _changed_call(broken: str, ordinal: int, **changes: Any) -> Spoilt:
    def made(day: Day) -> Record:
        return _call(broken, body=_call_body(day, ordinal, **changes))(day)

    return made


def _backwards(day: Day) -> Record:
    body = _call_body(day, 3)
    body["started_at"], body["ended_at"] = body["ended_at"], body["started_at"]
    return _call("통화가 시작되기 전에 끝남", body=body)(day)


def _signed_wrong(signature: str, broken: str, ordinal: int) -> Spoilt:
    def made(day: Day) -> Record:
        spoilt = _call(broken, expects="refused", body=_call_body(day, ordinal))(day)
        return spoilt | {"signature": signature}

    return made


def _message(broken: str, *, expects: str, scheme: str = "twilio", **fields: Any) -> Spoilt:
    kind = FORM if scheme == "twilio" else "application/json"
    return _record(MESSAGES, broken, expects, scheme, **({"content_type": kind} | fields))


def _twilio(**changes: str) -> Record:
    fields = {
        "MessageSid": "SM0000000000000000000000000000bad0",
        "AccountSid": "AC00000000000000000000000000000120",
        "From": "+821000004411",
        "To": "+8221200000",
        "Body": "가로수가 쓰러졌어요",
        "NumMedia": "0",
        "ApiVersion": "2010-04-01",
    } | changes
    return {key: value for key, value in fields.items() if value != "(absent)"}


def _report(broken: str, *, expects: str = "refused", **fields: Any) -> Spoilt:
    return _record(
        REPORTS, broken, expects, "minwon", **({"content_type": "multipart/form-data"} | fields)
    )


def _report_body(ordinal: int, **changes: Any) -> Record:
    body = {
        "report_id": f"SR-20261118-bad{ordinal:04d}",
        "submitted_at": "2026-11-18T13:20:00+09:00",
        "category": "도로 파손",
        "text": "인도에 금이 갔어요",
        "lat": 37.5172,
        "long": 127.0473,
        "accuracy": 12.0,
        "address": "강남구 학동로",
        "push_token": "demo-push-00000000bad0",
        "consent": {"version": "2026-01", "items": ["contact", "location"]},
        "public": True,
    } | changes
    return {key: value for key, value in body.items() if value != "(absent)"}


def _file(name: str, path: str, media_type: str = "image/jpeg") -> Record:
    return {"file": path, "name": name, "media_type": media_type}


def _key_used_twice(day: Day) -> Record:
    first = next(record for record in day.records if record["id"] == "web-002")
    return _web(
        "다른 내용에 이미 쓴 Idempotency-Key",
        body={"text": "같은 열쇠로 전혀 다른 내용을 보냅니다."},
        idempotency_key=first["idempotency_key"],
        follows="web-002",
        at=first["at"] + timedelta(minutes=9),
    )(day)


def _x(broken: str, *, text: str, account: str, expects: str, **fields: Any) -> Spoilt:
    def made(day: Day) -> Record:
        at = day.instant(first=9, last=20)
        author = {"id": "1500000099990042", "username": "bomnal042", "name": "bomnal042"}
        body = tweet(f"20{day.dice.randrange(10**17):017d}", text, author, at)
        body["data"]["entities"]["mentions"][0]["id"] = account
        return _record(X, broken, expects, "x", at=at, body=body, **fields)(day)

    return made


def _meta(broken: str, *, page: str, message: str, expects: str, **fields: Any) -> Spoilt:
    def made(day: Day) -> Record:
        at = day.instant(first=9, last=20)
        value = {
            "item": "comment",
            "verb": "add",
            "comment_id": f"3301_{day.dice.randrange(10**9):09d}",
            "post_id": f"{page}_3301",
            "from": {"id": "770000000009042", "name": "봄날 시민"},
            "message": message,
            "created_time": int(at.timestamp()),
        }
        body = page_feed(at, value)
        body["entry"][0]["id"] = page
        return _record(META, broken, expects, "meta", at=at, body=body, **fields)(day)

    return made


_TOO_LONG = "길어요 " * 5001

BROKEN: tuple[Spoilt, ...] = (
    _web("JSON이 중간에서 끊김", body='{"text": "가로등이 꺼졌'),
    _web("빈 본문", body=""),
    _web("text 없음", body={"location": {"address": "종로구 사직로"}}),
    _web("보이지 않는 글자뿐인 text", body={"text": "\u3164\u200b \u2800"}),
    _web("text가 숫자", body={"text": 119}),
    _web("20,000자를 넘는 text", body={"text": _TOO_LONG}),
    _web("첨부의 base64가 깨짐", body={
        "text": "사진 첨부합니다",
        "attachments": [{"name": "IMG_0001.jpg", "content_base64": "%%이건 base64가 아님%%"}],
    }),
    _web("여섯 번째 사진", body={"text": "사진 여섯 장 보냅니다. 인도가 엉망입니다."},
         media=["photos/paving.jpg"] * 6),
    _web("이름만 .jpg인 글 파일", body={"text": "담벼락 낙서 사진입니다"},
         media=["photos/note.jpg"]),
    _web("없는 kind", body={"text": "가로수 정비 바랍니다", "kind": "complaint"}),
    _web("숫자가 없는 전화번호", body={
        "text": "답변 전화로 주세요", "contact": {"name": "홍길동", "phone": "영일영-공공공공"}}),
    _web("주소가 아닌 전자우편", body={
        "text": "메일로 답 주세요", "contact": {"email": "citizen(골뱅이)example.com"}}),
    _web("위도가 글자", body={"text": "여기요", "location": {"lat": "시청 앞", "long": "광장"}}),
    _web("객체가 아닌 목록", body=[{"text": "목록으로 보냄"}]),
    _web("CP949로 쓴 바이트", **_bytes('{"text": "보도블록이 깨졌습니다"}'.encode("cp949"))),
    _web("3천 겹으로 접힌 JSON", body='{"text":' + "[" * DEEP + "]" * DEEP + "}"),
    _web("닫히지 않은 따옴표와 덧붙은 HTML", body='<html><body>{"text": "신호등 고장}</body>'),
    _key_used_twice,
    _signed_wrong("wrong", "다른 열쇠로 만든 서명", 0),
    _signed_wrong("absent", "서명 없음", 1),
    _signed_wrong("of_other_body", "서명한 뒤에 바뀐 본문", 2),
    _call("512 KiB를 넘는 기록", expects="refused", body="{}", padding=600_000),
    _backwards,
    _changed_call("2087년에 시작한 통화", 4, started_at="2087-01-01T09:00:00+09:00",
                  ended_at="2087-01-01T09:03:00+09:00"),
    _changed_call("열세 번째 달", 5, started_at="2026-13-45T09:00:00+09:00"),
    _changed_call("summary 없음", 6, summary="(absent)"),
    _changed_call("call_id 없음", 7, call_id="(absent)"),
    _changed_call("널 문자뿐인 summary", 8, summary="\u0000\u0000\u0000"),
    _changed_call("answered가 '아마도'", 9, answered="아마도"),
    _changed_call("summary가 객체", 10, summary={"ko": "가로등", "en": "lamp"}),
    _call("서명은 맞지만 JSON이 아님", body="call_id=120-1&summary=가로등"),
    _call("서명된 빈 본문", body=""),
    _call("CP949로 쓴 상담 기록", **_bytes(
        json.dumps({"call_id": "120-20261118-900011", "summary": "보도 파손"},
                   ensure_ascii=False).encode("cp949"))),
    _call("끝없이 접힌 상담 기록", body='{"call_id":"120-20261118-900012","summary":'
          + "[" * 20000 + "]" * 20000 + "}"),
    _message("다른 열쇠로 서명한 웹훅", expects="refused", signature="wrong",
             body=_twilio(MessageSid="SM0000000000000000000000000000bad1")),
    _message("MessageSid 없음", expects="quarantined", body=_twilio(MessageSid="(absent)")),
    _message("글도 사진도 없는 문자", expects="quarantined",
             body=_twilio(MessageSid="SM0000000000000000000000000000bad2", Body="  ")),
    _message("NumMedia가 수가 아님", expects="quarantined",
             body=_twilio(MessageSid="SM0000000000000000000000000000bad3", NumMedia="한 장")),
    _message("text 없음", expects="quarantined", scheme="minwon",
             body={"message_id": "mo-bad-1", "from": "010-0000-4412", "to": "120"}),
    _message("20,000자를 넘는 문자", expects="quarantined", scheme="minwon",
             body={"message_id": "mo-bad-2", "from": "010-0000-4412", "text": _TOO_LONG}),
    _message("2009년에 받은 문자", expects="quarantined", scheme="minwon",
             body={"message_id": "mo-bad-3", "from": "010-0000-4413", "text": "가로등 고장",
                   "received_at": "2009-06-31T10:00:00+09:00"}),
    _report("여섯 번째 사진", body=_report_body(1), media=[
        _file(f"IMG_{n}.jpg", "photos/paving.jpg") for n in range(2001, 2007)]),
    _report("이름만 .jpg인 글 파일", body=_report_body(2),
            media=[_file("IMG_2010.jpg", "photos/note.jpg")]),
    _report("전송 중에 잘린 사진", body=_report_body(3),
            media=[_file("IMG_2011.jpg", "photos/cut-off.jpg")]),
    _report("다른 열쇠로 서명", body=_report_body(4), signature="wrong",
            media=["photos/pothole.jpg"]),
    _report("report 부분 없음", media=["photos/paving.jpg"]),
    _report("multipart가 아님", content_type="application/json", body=_report_body(6)),
    _report("report가 JSON이 아님", expects="quarantined", body="신고: 인도에 금이 갔어요"),
    _report("숫자가 아닌 위도", expects="quarantined", body=_report_body(7, lat="북쪽")),
    _report("공백뿐인 text", expects="quarantined", body=_report_body(8, text=" \n\t ")),
    _x("다른 열쇠로 서명한 X 웹훅", text="@seoul_demo 가로등 고장", account=X_ACCOUNT["id"],
       expects="refused", signature="wrong"),
    _x("시의 것이 아닌 X 계정을 부름", text="@someone 가로등 고장", account="1700000000000000999",
       expects="quarantined"),
    _x("부르기만 하고 말이 없음", text="@seoul_demo ", account=X_ACCOUNT["id"],
       expects="quarantined"),
    _record(X, "data가 없는 X 본문", "quarantined", "x", body={"includes": {"users": []}}),
    _meta("명부에 없는 페이지", page="100000000000999", message="가로등이 꺼졌어요",
          expects="quarantined"),
    _meta("서명 없는 Meta 웹훅", page=PAGE["id"], message="가로등이 꺼졌어요", expects="refused",
          signature="absent"),
    _record(META, "entry가 빈 Meta 본문", "quarantined", "meta",
            body={"object": "page", "entry": []}),
)  # fmt: skip


def unwanted(day: Day) -> None:
    """Messages that are understood and are no petition: words to the carrier."""
    for ordinal, words in enumerate(("수신거부", "STOP")):
        sid = f"SM{ordinal:02d}00000000000000000000000000stop"
        day.add(
            {
                "id": day.name("sms-no"),
                "at": day.instant(first=8),
                "gateway": MESSAGES,
                "scheme": "twilio",
                "content_type": FORM,
                "body": _twilio(MessageSid=sid, Body=words, From="+821099990042"),
                "expects": "no_petition",
            }
        )
