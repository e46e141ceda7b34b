"""The form as data: one description for the pages, other sites, and the check of what is sent."""

from collections.abc import Iterator
from datetime import date

import pytest

from rules.tables import CityData, package_text, put_in_force
from schema.form_fields import FIELDS, PERSONAL, Input
from schema.forms import PetitionForm
from tests.web.conftest import City
from web.form_schema import form_schema

SITE = "https://lights.seoul.example"
LAMP = "합정역 앞 가로등이 꺼졌습니다"


@pytest.fixture(autouse=True)
def _the_package_again() -> Iterator[None]:
    """Whatever a test puts in force ends with it."""
    yield
    put_in_force(CityData())


async def test_the_form_is_served_with_its_words_and_limits(city: City) -> None:
    """Every field in both languages, consent with version and items, items, places; for anybody."""
    answer = await city.browser().get("/api/v1/form")
    form = answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert [one["name"] for one in form["fields"]] == [one.name for one in FIELDS]
    assert all(one["label"]["ko"] and one["label"]["en"] for one in form["fields"])
    assert form["consent"]["items"] == list(PERSONAL)
    assert len(form["areas"]) == 25
    assert "서교동" in next(one for one in form["areas"] if one["district"] == "11440")["dongs"]
    assert {group["code"] for group in form["items"]} >= {"TR", "RD", "SG"}
    assert form["site"] is None


async def test_a_site_has_its_own_name_and_preset(city: City) -> None:
    """Sites are data; one that is not registered is told so."""
    found = (await city.browser().get("/api/v1/form?site=lights")).json()["site"]
    assert (found["code"], found["item"]) == ("lights", "RD05")
    assert found["label"]["ko"] == "가로등·보안등 신고 누리집"
    missing = await city.browser().get("/api/v1/form?site=nobody")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_site")


def test_every_field_has_its_place_in_what_is_sent() -> None:
    """The paths of the description lead to fields that the check of a form knows, and their bounds
    are the same."""
    schema = PetitionForm.model_json_schema()
    for one in FIELDS:
        node: dict[str, object] = schema
        for part in one.path.split("."):
            node = _inside(schema, node, part)
        if one.input in (Input.TEXT, Input.TEL, Input.EMAIL) and one.path.count("."):
            bound = next(
                option["maxLength"]
                for option in [node, *node.get("anyOf", [])]  # type: ignore[misc]
                if "maxLength" in option
            )
            assert bound == one.most, one.name


def _inside(schema: dict[str, object], node: dict[str, object], part: str) -> dict[str, object]:
    options = [node, *node.get("anyOf", [])]  # type: ignore[misc]
    for option in options:
        whole = _resolved(schema, option)
        if part.isdigit() and "items" in whole:
            return whole["items"]  # type: ignore[return-value]
        known = whole.get("properties", {})
        if part in known:  # type: ignore[operator]
            return known[part]  # type: ignore[index, no-any-return]
    raise AssertionError(part)


def _resolved(schema: dict[str, object], node: dict[str, object]) -> dict[str, object]:
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return node
    return schema["$defs"][reference.rpartition("/")[2]]  # type: ignore[index, no-any-return]


def test_the_page_has_every_field_of_the_description() -> None:
    """Nothing is asked that the description lacks, and nothing described is missing."""
    assert {one.name for one in form_schema(date(2026, 11, 26)).fields} == {
        one.name for one in FIELDS
    }


async def test_the_likely_item_its_department_and_its_time(city: City) -> None:
    """Read from what is typed; the department once the place is known."""
    browser = city.browser()
    asked = {"text": LAMP}
    first = (await browser.post("/api/v1/suggestions", json=asked)).json()
    assert first["items"][0]["code"] == "RD05"
    assert first["items"][0]["expected"]["ko"] == "보통 24시간 안에"
    placed = await browser.post("/api/v1/suggestions", json=asked | {"area": "11440/서교동"})
    assert placed.json()["items"][0]["department"]["ko"] == "마포구 도로과"
    assert placed.json()["place"]["ko"] == "마포구 서교동"


@pytest.mark.parametrize(
    ("text", "urgent", "resident"),
    [
        ("땅이 꺼져 싱크홀이 생겼습니다", True, False),
        (LAMP, False, False),
        ("제 번호는 900101-1234567입니다", False, True),
        ("외국인등록번호 900101-5234567", False, True),
        ("", False, False),
    ],
)
async def test_what_comes_first_is_said_first(
    city: City, text: str, urgent: bool, resident: bool
) -> None:
    """119 and 112 before any form; a resident number before it is sent."""
    found = (await city.browser().post("/api/v1/suggestions", json={"text": text})).json()
    assert (found["urgent"], found["resident_number"]) == (urgent, resident)


async def test_similar_public_cases_come_with_it(city: City) -> None:
    """Masked, with distance and how many reported."""
    near = {"lat": 37.5497, "long": 126.9139, "address": None}
    number = await city.case(f"{LAMP}. 010-1234-5678", item="RD05", location=near)
    asked = {"text": LAMP, "lat": 37.5499, "long": 126.9139}
    (one,) = (await city.browser().post("/api/v1/suggestions", json=asked)).json()["similar"]
    assert (one["number"], one["address"]) == (number, f"/public/{number}")
    assert "22m 거리" in one["about"]["ko"]
    assert "1명 신고" in one["about"]["ko"]
    assert "1234" not in one["words"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "900101-1234567"}, "text"),
        ({"text": "가로등", "contact": {"phone": "900101-1234567"}}, "contact.phone"),
        ({"text": "가로등", "contact": {"name": "홍 900101-5234567"}}, "contact.name"),
        (
            {
                "text": "가로등",
                "party": {"filed_as": "proxy", "principal": {"name": "900101-1234567"}},
            },
            "party.principal.name",
        ),
        ({"text": "가로등", "memo": {"deep": ["900101-1234567"]}}, "memo.deep.0"),
    ],
)
async def test_a_resident_number_is_taken_nowhere(
    city: City, body: dict[str, object], field: str
) -> None:
    """Whatever the field, known or not; the answer names it kindly."""
    answer = await city.browser().post("/api/v1/petitions", json=body)
    assert answer.status_code == 422
    assert field in {fault["field"] for fault in answer.json()["fields"]}
    assert "900101" not in answer.text


async def test_the_frame_is_for_the_sites_own_origins(city: City) -> None:
    """frame-ancestors names them and nobody else; no cookie is set; other pages stay unframed."""
    answer = await city.browser().get("/embed/petitions/new?site=lights&lang=en")
    policy = answer.headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors {SITE} https://m.lights.seoul.example")
    assert "'none'; base" not in policy
    assert "set-cookie" not in answer.headers
    assert '<option value="RD05" selected>' in answer.text
    assert "Street lights of Seoul" in answer.text
    unknown = await city.browser().get("/embed/petitions/new?site=nobody")
    assert unknown.status_code == 404
    assert "frame-ancestors 'none'" in unknown.headers["content-security-policy"]
    own = await city.browser().get("/petitions/new")
    assert "frame-ancestors 'none'" in own.headers["content-security-policy"]


async def test_a_framed_form_answers_with_the_receipt_itself(city: City) -> None:
    """Without JavaScript and without any cookie: number, key and link come back, once."""
    form = {"text": LAMP, "kind": "petition", "public": "1", "request_id": "framed"}
    browser = city.browser()
    first = await browser.post("/embed/petitions/new?site=lights", data=form)
    again = await browser.post("/embed/petitions/new?site=lights", data=form)
    assert first.status_code == 201, first.text
    assert first.text == again.text
    assert "set-cookie" not in first.headers
    assert "/cases/" in first.text
    refused = await browser.post("/embed/petitions/new?site=lights", data=form | {"text": " "})
    assert refused.status_code == 422
    assert SITE in refused.headers["content-security-policy"]


async def test_the_host_is_told_only_where_it_is_the_sites_own(city: City) -> None:
    """The address of the page around cannot be made up."""
    browser, page = city.browser(), "/embed/petitions/new?site=lights&host="
    assert f'data-host="{SITE}"' in (await browser.get(page + SITE)).text
    assert 'data-host=""' in (await browser.get(page + "https://evil.example")).text


@pytest.mark.parametrize(
    "row",
    [
        "x,가,A,javascript:alert(1),,6110000.audit,2026-11-01,",
        "x,가,A,https://a.example/path,,6110000.audit,2026-11-01,",
    ],
)
def test_an_origin_is_an_origin(row: str) -> None:
    """Nothing that could end the policy or widen it gets into the header."""
    from rules.sites import embedding_sites
    from rules.tables import DataError

    put_in_force(CityData({"sites.csv": package_text("sites.csv") + row + "\n"}))
    with pytest.raises(DataError):
        embedding_sites()


async def test_what_holds_no_secret_is_compressed(city: City) -> None:
    """The page to file with its sheets and scripts weighs less than 100 KB over the wire; a page
    with a key is not compressed (BREACH)."""
    import re

    browser = city.browser()
    weight = 0
    page = await browser.get("/petitions/new")
    assert page.headers["content-encoding"] == "gzip"
    assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
    assert len(assets) >= 6
    for address in ("/petitions/new", *dict.fromkeys(assets)):
        async with browser.stream("GET", address) as answer:
            weight += sum([len(part) async for part in answer.aiter_raw()])
    print("over the wire:", weight)
    assert weight < 100_000
    filed = await browser.post("/petitions/new", data={"text": LAMP, "request_id": "weighed"})
    receipt = await browser.get(filed.headers["location"])
    assert "content-encoding" not in receipt.headers
