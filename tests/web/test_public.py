"""Public cases: list, search, map, feeds, API; and that nothing personal is in any of them."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from sqlalchemy import update

from rules.organisation import CITY, districts
from schema.codes import Action, CaseKind, Channel, Role
from schema.submission import Contact, Location, Thread
from storage.tables import cases
from tests.web.conftest import PAGES, City

ATOM = "{http://www.w3.org/2005/Atom}"
LAMP = "서교동 골목 가로등이 꺼져 있어 밤에 어둡습니다"
ADDRESSES = (
    "/public",
    "/public?q={word}",
    "/public?lang=en",
    "/public/map",
    "/public/map?district=11440",
    "/public/feed.atom",
    "/public/feed.rss",
    "/api/v1/public/cases",
    "/api/v1/public/cases?limit=100",
    "/public/{number}",
    "/api/v1/public/cases/{number}",
)


async def test_the_newest_public_cases_are_listed_first(city: City) -> None:
    """With state, item, district and the beginning of the words."""
    now = datetime.now(UTC)
    old = await city.case(LAMP, item="RD05", at=now - timedelta(days=3))
    new = await city.case(at=now - timedelta(hours=2))
    text = (await city.browser().get("/public")).text
    assert 0 < text.index(new) < text.index(old)
    assert "가로등 고장" in text
    assert "마포구" in text
    assert "어둡습니다" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"lamp", "hole"}),
        ("?q=가로등", {"lamp"}),
        ("?q=등", {"lamp"}),
        ("?q=어둡 골목", {"lamp"}),
        ("?group=RD", {"lamp", "hole"}),
        ("?item=RD05", {"lamp"}),
        ("?district=11440", {"lamp", "hole"}),
        ("?district=11680", set()),
        ("?state=open", {"lamp"}),
        ("?state=answered", {"hole"}),
        ("?state=ANSWERED", {"hole"}),
        ("?since=2020-01-01", {"lamp", "hole"}),
        ("?until=2020-01-01", set()),
        ("?q=1234", set()),
        ("?q=홍길동", set()),
    ],
)
async def test_cases_are_filtered(city: City, query: str, found: set[str]) -> None:
    """By any part of a word, field, item, district, state and period, all at once."""
    numbers = {
        await city.case(LAMP, item="RD05"): "lamp",
        await city.case(): "hole",
    }
    hole = next(number for number, name in numbers.items() if name == "hole")
    await city.record(hole, Action.ANSWER, text="보수했습니다")
    page = await city.browser().get(f"/public{query}")
    assert page.status_code == 200
    assert {name for number, name in numbers.items() if number in page.text} == found
    answer = await city.browser().get(f"/api/v1/public/cases{query}")
    listed = {numbers[case["receipt_number"]] for case in answer.json()["cases"]}
    assert listed == found


@pytest.mark.parametrize(
    "query",
    [
        "q=!!",
        f"q={'가' * 61}",
        "district=99999",
        "district=%00",
        "group=XX",
        "item=RD99",
        "state=gone",
        "since=yesterday",
        "since=0001-01-01",
        "until=9999-12-31",
        "since=2026-11-02&until=2026-11-01",
        "cell=x",
        "cell=999999999999999999999.1",
        "after=x",
        "after=99999999999999999999.261123-000001-K",
        "q=%ED%A0%80%00",
    ],
)
async def test_a_filter_that_is_not_understood_is_named(city: City, query: str) -> None:
    """A page says beside its fields what to mend, a program gets 422; nothing is guessed."""
    page = await city.browser().get(f"/public?{query}")
    assert page.status_code == 422
    assert "조건을 확인해 주세요" in page.text
    answer = await city.browser().get(f"/api/v1/public/cases?{query}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "wrong_filter"
    feed = await city.browser().get(f"/public/feed.atom?{query}")
    assert feed.status_code == 422


async def test_every_case_is_on_one_page_of_the_list(city: City) -> None:
    """Pages follow one another without a gap or a repetition, also at one and the same instant."""
    at = datetime.now(UTC) - timedelta(hours=1)
    made = {await city.case(LAMP, item="RD05", at=at) for _ in range(5)}
    seen: list[str] = []
    address: str | None = "/api/v1/public/cases?limit=2"
    while address:
        page = (await city.browser().get(address.removeprefix(PAGES))).json()
        seen += [case["receipt_number"] for case in page["cases"]]
        address = page["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == made


async def _private_life(city: City) -> tuple[str, tuple[str, ...]]:
    """A public case full of personal data, and what of it may be nowhere."""
    number = await city.case(
        "신고자 홍길동, 010-1234-5678, hong@example.com, 서교동 355-11 2층 203호 앞 포트홀. "
        "차량 12가3456, 계좌 국민은행 123456-01-234567, 주민번호 900101-1234567",
        contact=Contact(name="홍길동", phone="010-1234-5678", email="hong@example.com"),
        location=Location(lat=37.555123, long=126.918456, address="마포구 서교동 355-11 203호"),
    )
    await city.record(number, Action.START)
    await city.record(number, Action.ANSWER, text="김민원 님, 010-9999-8888로 연락드렸습니다")
    return number, (
        *("홍길동", "1234-5678", "hong@", "355-11", "203호", "3456", "123456-01", "900101"),
        *("김민원", "9999-8888", "37.555123", "126.918456", "tester"),
    )


@pytest.mark.parametrize("language", ["", "en"])
async def test_nothing_personal_is_in_any_public_place(city: City, language: str) -> None:
    """Not in a text, an attribute, a title, an address, a feed, a header: it was taken out."""
    number, personal = await _private_life(city)
    browser = city.browser()
    if language:
        await browser.get("/?lang=en")
    for address in ADDRESSES:
        answer = await browser.get(address.format(word="포트홀", number=number))
        assert answer.status_code == 200, address
        assert number in answer.text or "map" in address, address
        whole = answer.text + str(answer.headers.multi_items())
        assert [word for word in personal if word in whole] == [], address


@pytest.mark.parametrize("word", ["홍길동", "1234", "hong", "3456", "900101", "355"])
async def test_nothing_personal_can_be_asked_for(city: City, word: str) -> None:
    """What was taken out of a text does not find it either: a search tells nothing."""
    number, _ = await _private_life(city)
    assert number not in (await city.browser().get(f"/public?q={word}")).text


async def _withheld(city: City) -> dict[str, str]:
    """Cases that everybody may not read, by why."""
    secret = "비밀스러운 가로등 이야기"
    hidden = await city.case(secret)
    async with city.store.engine.begin() as conn:
        await conn.execute(update(cases).where(cases.c.number == hidden).values(hidden=True))
    withdrawn = await city.case(secret)
    await city.record(withdrawn, Action.WITHDRAW, role=Role.CITIZEN)
    return {
        "private": await city.case(secret, public=False),
        "grievance": await city.case(secret, item="AD04"),
        "misconduct": await city.case(secret, item="AD05"),
        "welfare": await city.case(secret, item="WF01"),
        "children": await city.case(secret, item="WF04"),
        "of a child": await city.case(
            secret, party={"filed_as": "guardian", "under_14": True, "principal": {"name": "김"}}
        ),
        "no words": await city.case(secret, item="HB01"),
        "not classified": await city.register(secret, item=None),
        "hidden": hidden,
        "withdrawn": withdrawn,
    }


async def test_what_is_not_for_everybody_is_in_no_list(city: City) -> None:
    """Nor does a search find it, nor the map count it, nor a feed carry it."""
    withheld = await _withheld(city)
    for address in ADDRESSES[:9]:
        answer = await city.browser().get(address.format(word="비밀"))
        assert "비밀스러운" not in answer.text, address
        assert [why for why, number in withheld.items() if number in answer.text] == [], address
    for why, number in withheld.items():
        page = await city.browser().get(f"/public/{number}")
        answer = await city.browser().get(f"/api/v1/public/cases/{number}")
        assert "비밀스러운" not in page.text + answer.text, why
        assert page.status_code == answer.status_code, why
    counted = (await city.browser().get("/public/map")).text
    assert 'aria-label="마포구 0건"' in counted


async def test_the_map_and_its_table_say_the_same(city: City) -> None:
    """Every district is a link with its count, in the drawing and in the table beside it."""
    for _ in range(3):
        await city.case(LAMP, item="RD05")
    text = (await city.browser().get("/public/map")).text
    drawn = dict(re.findall(r'aria-label="(\S+구) (\d+)건"', text))
    assert len(drawn) == len([row for row in districts().values() if row.org_code != CITY])
    table = dict(re.findall(r">(\S+구)</a></th><td>(\d+)</td>", text))
    assert drawn == table
    assert drawn["마포구"] == "3"


async def test_the_map_of_a_district_tells_cells_and_no_house(city: City) -> None:
    """Two neighbours are one mark; the mark leads to both, and to no finer place."""
    near = [
        await city.case(LAMP, item="RD05", location=Location(lat=lat, long=126.91845))
        for lat in (37.55512, 37.55518)
    ]
    page = (await city.browser().get("/public/map?district=11440")).text
    marks = re.findall(r'href="(/public\?[^"]*cell=[^"]*)" aria-label="이 부근 2건"', page)
    assert len(marks) == 1
    listed = (await city.browser().get(marks[0].replace("&amp;", "&"))).text
    assert all(number in listed for number in near)
    places = [
        case["place"] for case in (await city.browser().get("/api/v1/public/cases")).json()["cases"]
    ]
    assert places[0] == places[1]
    assert places[0]["lat"] not in (37.55512, 37.55518)


async def test_a_post_is_listed_by_its_own_words(city: City) -> None:
    """An SNS opinion has no item, and its author's name is nowhere."""
    number = await city.case(
        "그늘막을 만들어 주세요",
        item=None,
        channel=Channel.SNS,
        kind=CaseKind.OPINION,
        contact=Contact(handle="@citizen_kim"),
        thread=Thread(network="x", account="seoul", post_id="1"),
    )
    for address in ADDRESSES:
        answer = await city.browser().get(address.format(word="그늘막", number=number))
        assert "citizen_kim" not in answer.text, address


def _one(parent: Element, name: str) -> str:
    found = parent.findall(ATOM + name)
    assert len(found) == 1, name
    return found[0].text or ""


async def test_the_atom_feed_keeps_the_rules_of_atom(city: City) -> None:
    """RFC 4287: one id, title and updated each, ids unlike, dates with a zone, absolute links,
    an author, text only; and characters that XML cannot carry are gone."""
    for words in ("<b>가로등</b> & \x0b고장", LAMP):
        await city.case(words, item="RD05")
    answer = await city.browser().get("/public/feed.atom?district=11440&lang=en")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    assert _one(feed, "title")
    _check_stamp(_one(feed, "updated"))
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert _one(feed, "id") == links["self"]
    assert all(str(href).startswith(PAGES) for href in links.values())
    author = feed.find(f"{ATOM}author")
    assert author is not None
    assert _one(author, "name")
    entries = feed.findall(f"{ATOM}entry")
    assert len({_one(entry, "id") for entry in entries}) == len(entries) == 2
    for entry in entries:
        assert _one(entry, "title")
        assert datetime.fromisoformat(_one(entry, "published")) <= datetime.fromisoformat(
            _one(entry, "updated")
        )
        _check_stamp(_one(entry, "updated"))
        assert _one(entry, "summary")
        alternate = entry.find(f"{ATOM}link")
        assert alternate is not None
        assert alternate.get("rel") == "alternate"
        assert not list(entry.findall(f"{ATOM}summary/*"))


def _check_stamp(stamp: str) -> None:
    assert datetime.fromisoformat(stamp).tzinfo is not None


async def test_the_rss_feed_says_the_same(city: City) -> None:
    """RSS 2.0: what it asks of a channel and of an item, and dates that mail programs read."""
    number = await city.case(LAMP, item="RD05")
    channel = fromstring((await city.browser().get("/public/feed.rss")).content).find("channel")
    assert channel is not None
    for name in ("title", "link", "description", "lastBuildDate"):
        assert channel.findtext(name), name
    items = channel.findall("item")
    assert [item.findtext("guid") for item in items] == [f"{PAGES}/public/{number}"]
    assert parsedate_to_datetime(items[0].findtext("pubDate") or "").tzinfo is not None


@pytest.mark.parametrize(
    "address", ["/public/feed.atom", "/public/feed.rss", "/api/v1/public/cases"]
)
async def test_what_has_not_changed_is_not_sent_again(city: City, address: str) -> None:
    """By its ETag; a case that comes or goes changes it."""
    number = await city.case(LAMP, item="RD05")
    first = await city.browser().get(address)
    assert first.headers["last-modified"].endswith("GMT")
    known = {"if-none-match": first.headers["etag"]}
    again = await city.browser().get(address, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    async with city.store.engine.begin() as conn:
        await conn.execute(update(cases).where(cases.c.number == number).values(hidden=True))
    changed = await city.browser().get(address, headers=known)
    assert changed.status_code == 200
    assert number not in changed.text


async def test_a_feed_without_cases_is_a_feed(city: City) -> None:
    """Empty, not an error."""
    answer = await city.browser().get("/public/feed.atom?district=11680")
    assert answer.status_code == 200
    assert fromstring(answer.content).findall(f"{ATOM}entry") == []


async def test_the_public_page_offers_its_feed(city: City) -> None:
    """A reader's program finds the feed of what is looked at."""
    page: httpx.Response = await city.browser().get("/public?district=11440")
    assert "/public/feed.atom?district=11440" in page.text
    assert json.loads((await city.browser().get("/api/v1/public/cases")).text)["next"] is None
