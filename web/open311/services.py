"""Discovery, the list of services, and what each service asks."""

from datetime import date

from fastapi import Request, Response

from rules.services import Attribute, attributes_of, keywords_of
from rules.taxonomy import UNCLASSIFIED, Leaf, groups, leaves, newest_leaves
from web.open311.formats import DEFINITION, DISCOVERY, SERVICES, Formatted, answer, not_found
from web.open311.forms import (
    AttributeView,
    DefinitionView,
    DiscoveryView,
    EndpointView,
    ServiceView,
    ValueView,
)
from web.open311.routes import ERROR_RESPONSES, fresh_router
from web.site import Site, SiteHere
from web.wording import SEOUL, Language, Wording

router = fresh_router()

PRODUCTION, TEST = "/open311/v2", "/open311/test/v2"
CHANGESET = "2026-11-26T00:00:00+09:00"
"""When what this answers was last changed."""
MOST = 1000
"""The most requests of one answer (GeoReport v2, «Response Volume»)."""
CONTACT = "서울특별시 민원 담당 (전화 120) / the city's petition desk (telephone 120)"
KEY_SERVICE = (
    "키는 시의 민원 담당이 제휴 기관마다 하나씩 발급하며, 한 번만 알려 드립니다. / "
    "The petition desk gives every partner a key of its own, and tells it once."
)


@router.get("/discovery.{extension}", response_model=DiscoveryView, summary="Service discovery")
async def discovery(site: SiteHere, form: Formatted) -> Response:
    """The endpoints: production, and one for tests that checks requests and files none."""
    kinds = ((PRODUCTION, "production"), (TEST, "test"))
    found = DiscoveryView(
        changeset=CHANGESET,
        contact=CONTACT,
        key_service=KEY_SERVICE,
        max_requests=MOST,
        endpoints=tuple(
            EndpointView(url=f"{site.public_url}{path}", changeset=CHANGESET, type=kind)
            for path, kind in kinds
        ),
    )
    return answer(form, DISCOVERY, found)


@router.get(
    "/services.{extension}",
    response_model=list[ServiceView],
    responses=ERROR_RESPONSES,
    summary="List of services",
)
async def services(request: Request, site: SiteHere, form: Formatted) -> Response:
    """What can be filed: every item of the taxonomy in force. `lang=en` gives English names."""
    wording = asked_wording(request)
    offered = offered_services(today_in(site))
    return answer(form, SERVICES, [_service(one, wording) for one in offered.values()])


@router.get(
    "/services/{service_code}.{extension}",
    response_model=DefinitionView,
    responses=ERROR_RESPONSES,
    summary="Definition of a service",
)
async def definition(
    request: Request, site: SiteHere, service_code: str, form: Formatted
) -> Response:
    """What a service asks beside words, place and photos; nothing for most."""
    asked = find_service(service_code, today_in(site))
    wording = asked_wording(request)
    attributes = tuple(
        _attribute(one, asked.code, order, wording)
        for order, one in enumerate(attributes_of(asked.code), start=1)
    )
    found = DefinitionView(service_code=asked.code, attributes=attributes)
    return answer(form, DEFINITION, found)


def offered_services(today: date) -> dict[str, Leaf]:
    """The services by code: the items in force, and last the one for whatever fits none of them,
    under which a petition is shown until the desk has given it its item."""
    found = {code: one for code, one in leaves(today).items() if one.assignable}
    found[UNCLASSIFIED] = newest_leaves()[UNCLASSIFIED]
    return found


def find_service(code: str, today: date) -> Leaf:
    """The service `code`; raises the 404 with what to do."""
    found = offered_services(today).get(code.strip().upper())
    if found is None:
        raise no_service(code)
    return found


def no_service(code: str) -> Exception:
    """404: there is no such service."""
    said = shortened(code)
    return not_found(
        f"서비스 코드 «{said}»이(가) 없습니다. services 목록을 확인해 주세요. / "
        f"There is no service_code «{said}»; see the list of services."
    )


def shortened(typed: str) -> str:
    """What somebody typed, short enough to be said back."""
    return typed if len(typed) <= 40 else f"{typed[:40]}…"


def asked_wording(request: Request) -> Wording:
    """The language of names: Korean, or what `lang` (CitySDK: `locale`) asks for."""
    query = request.query_params
    asked = query.get("lang") or query.get("locale") or ""
    return Wording(Language.EN if asked[:2].lower() == Language.EN else Language.KO)


def today_in(site: Site) -> date:
    """The day in Seoul."""
    return site.now().astimezone(SEOUL).date()


def _service(leaf: Leaf, wording: Wording) -> ServiceView:
    group = groups()[leaf.group]
    field = group.name_ko if wording.korean else group.name_en
    return ServiceView(
        service_code=leaf.code,
        service_name=wording.item(leaf.code),
        description=_described(leaf, field, wording),
        metadata=bool(attributes_of(leaf.code)),
        keywords=",".join(keywords_of(leaf.code)) or None,
        group=field,
    )


def _described(leaf: Leaf, field: str, wording: Wording) -> str:
    said = [f"{field}: {wording.item(leaf.code)}."]
    if leaf.location_required:
        said.append("위치를 함께 보내 주세요." if wording.korean else "Send the place with it.")
    if leaf.urgent:
        said.append("긴급 민원으로 먼저 처리합니다." if wording.korean else "Handled as urgent.")
    return " ".join(said)


def _attribute(one: Attribute, item: str, order: int, wording: Wording) -> AttributeView:
    korean = wording.korean
    return AttributeView(
        variable=one.variable,
        code=one.code,
        datatype=one.datatype,
        required=one.required(item),
        datatype_description=(one.hint_ko if korean else one.hint_en) or None,
        order=order,
        description=one.ko if korean else one.en,
        values=tuple(
            ValueView(key=value.key, name=value.ko if korean else value.en) for value in one.values
        ),
    )
