"""Hostile requests: each is answered in words, none with a 5xx, and none tells what it hides."""

import json
from datetime import date

import httpx
import pytest
from sqlalchemy import event

from rules.request_limits import request_limits
from schema.codes import Role
from schema.numbers import receipt_number
from tests.web.conftest import City

NUMBER = receipt_number(date(2026, 11, 23), 999_999)

NASTY = (
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%F0%9F%92%A9",
    "..%2f..%2fetc%2fpasswd",
    "%0d%0aSet-Cookie:%20a=b",
    "9" * 400,
    "-1",
    "1e400",
    "%27%20OR%201=1--",
    "%3Cscript%3E",
    "{number}",
)
PLACES = (
    "/public/X",
    "/public/map?district=X",
    "/public?q=X&after=X&since=X&cell=X",
    "/public/feed.atom?q=X",
    "/api/v1/public/cases/X",
    "/api/v1/public/cases?limit=X",
    "/cases/X",
    "/cases/X?key=X&act=X",
    "/cases/X/receipt?key=X",
    "/cases/X/photos/X",
    "/cases?number=X",
    "/petitions/new?kind=X",
    "/api/v1/petitions/X",
    "/staff/sign-in?next=X",
    "/staff/cases/X",
    "/staff/cases/X/photos/X",
    "/staff?after=X&cursor=X&state=X&department=X",
    "/staff/quarantine/X",
    "/staff/exceptions?after=X",
    "/api/v1/cases/X",
    "/api/v1/cases?after=X&limit=X&state=X",
    "/open311/v2/requests.json?page=X&page_size=X&status=X&start_date=X&service_request_id=X",
    "/open311/v2/requests/X.xml",
    "/open311/v2/services/X.json",
    "/open311/v2/servicerequestupdates.json?start_date=X&end_date=X",
    "/static/X",
    "/X",
    "http://minwon.test//X/",
)


@pytest.mark.parametrize("nasty", NASTY)
async def test_nothing_in_an_address_breaks_a_page(city: City, nasty: str) -> None:
    """NUL, surrogates, paths, header lines, numbers beyond any range: answered below 500."""
    staff = await city.staff(Role.ADMINISTRATOR)
    for place in PLACES:
        address = place.replace("X", nasty)
        answer = await staff.get(address)
        assert answer.status_code < 500, (address, answer.status_code)
        assert "set-cookie: a=b" not in str(answer.headers).lower()
        html = answer.headers.get("content-type", "").startswith("text/html")
        assert not html or "<script>" not in answer.text, address


POSTED_TO = (
    "/api/v1/cases/X/actions/answer",
    "/api/v1/cases/{number}/actions/X",
    "/api/v1/petitions/X/actions/withdraw",
    "/open311/v2/requests/X.json",
    "/gateway/X",
    "/cases/X/rate",
    "/X",
)


@pytest.mark.parametrize("nasty", [*NASTY, "a%0Ab"])
async def test_nothing_in_an_address_breaks_a_post(city: City, nasty: str) -> None:
    """As above, where something is sent: a body's largest size is found for every address."""
    number = await city.case()
    staff = await city.staff(Role.FIRST_LINE, "6110000.first-line")
    for place in POSTED_TO:
        address = place.replace("{number}", number).replace("X", nasty)
        answer = await staff.post(address, json={"request_id": "a"})
        assert answer.status_code < 500, (address, answer.status_code)


def test_a_line_break_in_an_address_goes_round_no_limit() -> None:
    """Every limit on addresses of any ending covers an ending with a line break, too."""
    guessing = [limit for limit in request_limits() if limit.covers("GET", "/cases/a/b")]
    assert guessing
    for limit in guessing:
        assert limit.covers("GET", "/cases/a\nb/c")


BODIES = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"1e999",
    b'{"text": "\\ud800"}',
    b'{"text": "a\\u0000b"}',
    b'{"text": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"text": "a", "location": {"lat": 1e308, "long": -1e308}}',
    b'{"text": "a", "location": {"lat": NaN}}',
    b'{"text": "a", "item": "\\ud800", "site": "\\udfff", "language": "\\u0000"}',
    b'{"text": "a", "contact": {"name": "\\ud800", "email": "a\\u0000@b.c"}}',
    b'{"text": "a", "attachments": [{"name": "\\ud800", "content_base64": "!!"}]}',
    b'{"request_id": "\\ud800", "text": "\\ud800"}',
    b'{"request_id": "\\u0000", "days": 99999999999999999999}',
    b'{"login": "\\ud800", "password": "\\u0000"}',
    json.dumps({"request_id": "x" * 5000, "text": "a"}).encode(),
)
POSTED = (
    "/api/v1/petitions",
    "/api/v1/session",
    "/api/v1/suggestions",
    "/api/v1/petitions/{number}/actions/withdraw",
    "/api/v1/petitions/{number}/actions/supplement",
    "/api/v1/cases/{number}/actions/answer",
    "/api/v1/cases/{number}/actions/comment",
    "/gateway/sms_120/calls",
    "/gateway/smart_report/reports",
    "/gateway/sns/x",
    "/gateway/sns/meta",
)


@pytest.mark.parametrize("body", BODIES)
async def test_nothing_in_a_body_breaks_a_call(city: City, body: bytes) -> None:
    """JSON that is none, too deep, too large a number, letters that no database stores."""
    number = await city.case()
    staff = await city.staff(Role.FIRST_LINE, "6110000.first-line")
    headers = {"content-type": "application/json", "x-minwon-key": city.key(number)}
    for path in POSTED:
        answer = await staff.post(path.format(number=number), content=body, headers=headers)
        assert answer.status_code < 500, (path, answer.status_code, answer.text[:300])


FORMS: tuple[dict[str, str], ...] = (
    {"text": "a\x00b", "request_id": "\x00", "name": "\x00", "login": "\x00", "number": "\x00"},
    {"text": "가" * 20_001, "request_id": "x" * 300},
    {"lat": "nan", "long": "inf", "text": "가로등", "households": "9" * 300},
    {"days": "9" * 300, "grade": "-1", "text": "a", "request_id": "1"},
    {"key": "\x00", "number": NUMBER, "password": "\x00", "next": "//evil.example"},
)
FORM_PLACES = (
    "/petitions/new",
    "/cases",
    "/cases/{number}/rate",
    "/cases/{number}/withdraw",
    "/cases/{number}/no-such-act",
    "/staff/sign-in",
    "/staff/petitions/new",
    "/staff/cases/{number}/actions/comment",
    "/staff/cases/{number}/actions/extend",
    "/staff/cases/{number}/petitioner",
    "/staff/inbox",
    "/staff/quarantine/1",
    "/staff/exceptions/1",
    "/my/code",
    "/my",
)


@pytest.mark.parametrize("form", FORMS)
async def test_nothing_in_a_form_breaks_a_page(city: City, form: dict[str, str]) -> None:
    """The same for what browsers post, as a form and in parts."""
    number = await city.case()
    staff = await city.staff(Role.FIRST_LINE, "6110000.first-line")
    await staff.get(f"/cases/{number}?key={city.key(number)}")
    for path in FORM_PLACES:
        for parts in (None, [("photos", ("\x00.svg", b"<svg onload=1>", "image/svg+xml"))]):
            answer = await staff.post(path.format(number=number), data=form, files=parts)
            assert answer.status_code < 500, (path, answer.status_code, answer.text[:300])
            assert "evil.example" not in answer.headers.get("location", "")


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "[bad"},
        {"host": "a b"},
        {"host": ""},
        {"host": "evil.example/x"},
        {"origin": "http://["},
        {"origin": "null"},
        {"referer": "http://evil.example/"},
        {"cookie": "minwon_case_key=\xff\x00; minwon_lang=%00"},
        {"cookie": "minwon_session=" + "a" * 4000},
        {"accept-language": "\xff"},
        {"if-none-match": "\xff, *, ,"},
        {"content-type": "multipart/form-data"},
        {"content-type": "multipart/form-data; boundary=\xff"},
        {"content-type": "application/json; charset=nonsense"},
        {"content-length": "-1"},
        {"x-minwon-key": "\xff"},
        {"authorization": "Bearer \xff"},
        {"idempotency-key": "\xff" * 200},
        {"x-minwon-signature": "sha256=\xff"},
        {"last-event-id": "\xff"},
    ],
)
async def test_nothing_in_a_header_breaks_a_page(city: City, headers: dict[str, str]) -> None:
    """Names that are none, letters that a header may not have, lengths that lie."""
    sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    browser = city.browser()
    del browser.headers["sec-fetch-site"]
    for method, path in (
        ("GET", "/"),
        ("GET", "/public/feed.atom"),
        ("GET", f"/api/v1/petitions/{NUMBER}"),
        ("GET", "/api/v1/cases"),
        ("POST", "/petitions/new"),
        ("POST", "/staff/sign-in"),
        ("POST", "/api/v1/petitions"),
        ("POST", "/gateway/sms_120/calls"),
        ("POST", f"/api/v1/petitions/{NUMBER}/actions/rate"),
    ):
        answer = await browser.request(method, path, headers=sent, content=b"a=b")
        assert answer.status_code < 500, (method, path, answer.status_code)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://minwon.test"}, 401),
        ({"referer": "http://minwon.test/staff/sign-in"}, 401),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"referer": "https://evil.example/"}, 403),
        ({"origin": "http://minwon.test.evil.example"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://minwon.test"}, 403),
    ],
)
async def test_whose_form_it_is_is_told_by_any_header(
    city: City, headers: dict[str, str], status: int
) -> None:
    """A browser without Sec-Fetch-Site is known by its Origin, one without both by its Referer."""
    browser = city.browser()
    del browser.headers["sec-fetch-site"]
    answer = await browser.post(
        "/staff/sign-in", data={"login": "a", "password": "b"}, headers=headers
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    "where",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/staff\\@evil.example", "x"],
)
async def test_nobody_is_led_to_another_site(city: City, where: str) -> None:
    """Neither after signing in, nor by the link to the other language."""
    login = await city.account()
    signed_in = await city.browser().post(
        "/staff/sign-in",
        data={"login": login, "password": "a long enough password", "next": where},
    )
    assert signed_in.headers["location"] == "/staff"
    page = await city.browser().get("http://minwon.test//evil.example")
    assert 'href="//' not in page.text


def _told(answer: httpx.Response, number: str) -> tuple[object, ...]:
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return answer.status_code, answer.text.replace(number, ""), headers


@pytest.mark.parametrize("path", ["/cases/{}", "/cases/{}/receipt", "/api/v1/petitions/{}"])
async def test_a_wrong_key_and_no_case_are_one(city: City, path: str) -> None:
    """The same status, body and headers, and the same questions to the database."""
    there, nowhere = await city.case(), NUMBER
    asked: list[str] = []

    def count(conn: object, cursor: object, statement: str, *more: object) -> None:
        asked.append(statement)

    told, work = [], []
    for number in (there, nowhere):
        browser = city.browser()
        browser.cookies.set("minwon_case_key", "wrong", domain="minwon.test")
        asked.clear()
        event.listen(city.store.engine.sync_engine, "before_cursor_execute", count)
        try:
            answer = await browser.get(path.format(number), headers={"x-minwon-key": "wrong"})
        finally:
            event.remove(city.store.engine.sync_engine, "before_cursor_execute", count)
        told.append(_told(answer, number))
        work.append(list(asked))
    assert told[0] == told[1]
    assert told[0][0] == 404
    assert work[0] == work[1]


async def test_cookies_say_what_they_may(city: City) -> None:
    """No script reads them, no other site sends them along."""
    number = await city.case()
    answers = [
        await city.browser().get("/?lang=en"),
        await city.browser().get(f"/cases/{number}?key={city.key(number)}"),
        await city.browser().post(
            "/staff/sign-in",
            data={"login": await city.account(), "password": "a long enough password"},
        ),
    ]
    for answer in answers:
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=" in cookie
