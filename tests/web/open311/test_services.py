"""Discovery, services, definitions: the exact documents, in both formats."""

from datetime import UTC, datetime

import pytest
from jsonschema import validate

from rules.services import Datatype, asked_attributes, attributes_of
from rules.taxonomy import leaves
from tests.web.open311 import schemas
from tests.web.open311.conftest import Open311, parsed

RD01_XML = """<?xml version="1.0" encoding="utf-8"?>
<service_definition><service_code>RD01</service_code><attributes><attribute><variable>true\
</variable><code>WIDTH_CM</code><datatype>number</datatype><required>false</required>\
<datatype_description>어림한 숫자</datatype_description><order>1</order>\
<description>파손된 폭(cm)</description><values /></attribute></attributes></service_definition>"""
RD01_JSON = {
    "service_code": "RD01",
    "attributes": [
        {
            "variable": True,
            "code": "WIDTH_CM",
            "datatype": "number",
            "required": False,
            "datatype_description": "어림한 숫자",
            "order": 1,
            "description": "파손된 폭(cm)",
            "values": [],
        }
    ],
}


async def test_a_definition_is_the_same_in_both_formats(open311: Open311) -> None:
    """Byte for byte in XML; real booleans, numbers and lists in JSON."""
    assert (await open311.get("services/RD01.xml")).text == RD01_XML
    assert await open311.json("services/RD01") == RD01_JSON


async def test_discovery_names_two_endpoints_in_both_formats(open311: Open311) -> None:
    """Production and test, each with XML and JSON, and a changeset that lies in the past."""
    found = await open311.json("discovery")
    validate(found, schemas.DISCOVERY)
    assert [one["type"] for one in found["endpoints"]] == ["production", "test"]
    for one in (found, *found["endpoints"]):
        assert datetime.fromisoformat(one["changeset"]) < datetime.now(UTC)
    root = await open311.xml("discovery")
    assert root.tag == "discovery"
    assert [one.text for one in root.iterfind("endpoints/endpoint/url")] == [
        "http://minwon.test/open311/v2",
        "http://minwon.test/open311/test/v2",
    ]
    assert [one.text for one in root.iterfind("endpoints/endpoint[1]/formats/format")] == [
        "text/xml",
        "application/json",
    ]
    assert [root.findtext(name) for name in ("changeset", "contact", "key_service")] == [
        found[name] for name in ("changeset", "contact", "key_service")
    ]


async def test_the_services_are_the_items_of_the_taxonomy(open311: Open311) -> None:
    """Every item in force, in the taxonomy's order, and last the one for whatever fits none."""
    found = await open311.json("services")
    validate(found, schemas.SERVICES)
    offered = [code for code, one in leaves(datetime.now(UTC).date()).items() if one.assignable]
    assert [one["service_code"] for one in found] == [*offered, "AD09"]
    first = next(one for one in found if one["service_code"] == "RD01")
    assert (first["service_name"], first["group"]) == ("차도 파손·포트홀", "도로")
    assert "포트홀" in first["keywords"].split(",")
    root = await open311.xml("services")
    assert [one.findtext("service_code") for one in root] == [one["service_code"] for one in found]
    assert {one.tag for one in root} == {"service"}
    assert {one.findtext("metadata") for one in root} == {"true", "false"}


@pytest.mark.parametrize("asked", [{"lang": "en"}, {"locale": "en_EN"}])
async def test_names_are_told_in_english_where_asked(
    open311: Open311, asked: dict[str, str]
) -> None:
    """Korean first; `lang=en`, or CitySDK's `locale`, gives English."""
    found = await open311.json("services", **asked)
    assert "Pothole / carriageway damage" in [one["service_name"] for one in found]
    definition = await open311.json("services/RD01", **asked)
    assert definition["attributes"][0]["description"] == "Width of the damage (cm)"


async def test_every_service_has_a_definition_that_fits_its_metadata(open311: Open311) -> None:
    """`metadata` says whether something is asked; orders run from 1."""
    for service in await open311.json("services"):
        code = service["service_code"]
        found = await open311.json(f"services/{code}")
        validate(found, schemas.DEFINITION)
        assert bool(found["attributes"]) is service["metadata"]
        assert [one["order"] for one in found["attributes"]] == [
            *range(1, len(attributes_of(code)) + 1)
        ]


def test_the_data_use_every_datatype_of_the_standard() -> None:
    """So that a client which can show ours can show any."""
    used = {one.datatype for asked in asked_attributes().values() for one in asked}
    assert used == set(Datatype)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("services/XX99.xml", 404),
        ("services/XX99.json", 404),
        ("services.yaml", 404),
        ("services", 404),
        ("nothing.json", 404),
        ("services/RD01/more.xml", 404),
        ("requests.xml?page=0", 400),
    ],
)
async def test_errors_come_in_the_format_of_the_address(
    open311: Open311, path: str, status: int
) -> None:
    """XML where nothing else was asked for; the code in the body is the HTTP status."""
    answer = await open311.client.get(f"/open311/v2/{path}")
    assert answer.status_code == status
    if ".json" in path:
        validate(answer.json(), schemas.ERRORS)
        assert answer.json()[0]["code"] == status
    else:
        root = parsed(answer)
        assert root.tag == "errors"
        assert [one.tag for one in root] == ["error"]
        assert root.findtext("error/code") == str(status)
        assert root.findtext("error/description")


async def test_another_method_is_said_to_be_none(open311: Open311) -> None:
    """405 with what the address does take."""
    answer = await open311.client.post("/open311/v2/services.json")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert (await open311.client.delete("/open311/v2/requests.xml")).status_code == 405


async def test_what_is_accepted_is_not_negotiated(open311: Open311) -> None:
    """The end of the address decides, whatever Accept says; jurisdiction_id is for cities that
    are several."""
    answer = await open311.client.get(
        "/open311/v2/services.xml?jurisdiction_id=elsewhere.example",
        headers={"accept": "application/json"},
    )
    assert parsed(answer).tag == "services"


async def test_scripts_of_any_site_may_read(open311: Open311) -> None:
    """Partners' pages show requests without a server of their own."""
    answer = await open311.client.get(
        "/open311/v2/services.json", headers={"origin": "https://elsewhere.example"}
    )
    assert answer.headers["access-control-allow-origin"] == "*"
