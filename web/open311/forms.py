"""What Open311 answers carry. Ids and codes are strings, instants have a zone and no fractions.

Every key is there, null where nothing is known; the names are those of GeoReport v2.
"""

from datetime import datetime

from pydantic import Field

from schema.model import Frozen
from web.wording import SEOUL


def stamp(at: datetime) -> str:
    """An instant as Open311 writes it: to the second, with the zone of Seoul."""
    return at.astimezone(SEOUL).isoformat(timespec="seconds")


class ErrorView(Frozen):
    """Why a request was not done; the HTTP status says the same more roughly."""

    code: int
    description: str


class EndpointView(Frozen):
    """One endpoint of discovery. Requests posted to the `test` one are checked, never filed."""

    specification: str = "http://wiki.open311.org/GeoReport_v2"
    url: str
    changeset: str
    type: str
    formats: tuple[str, ...] = ("text/xml", "application/json")


class DiscoveryView(Frozen):
    """Where the services are, in which formats, and how to get a key."""

    changeset: str
    contact: str
    key_service: str
    max_requests: int
    endpoints: tuple[EndpointView, ...]


class ServiceView(Frozen):
    """Something that can be asked for. `metadata`: it asks more than words, place and photos."""

    service_code: str = Field(examples=["RD01"])
    service_name: str
    description: str | None
    metadata: bool
    type: str = "realtime"
    keywords: str | None
    group: str | None


class ValueView(Frozen):
    """One value of a list."""

    key: str
    name: str


class AttributeView(Frozen):
    """One thing that a service asks; posted as `attribute[CODE]`."""

    variable: bool
    code: str
    datatype: str
    required: bool
    datatype_description: str | None
    order: int
    description: str | None
    values: tuple[ValueView, ...]


class DefinitionView(Frozen):
    """What a service asks."""

    service_code: str
    attributes: tuple[AttributeView, ...]


class RequestView(Frozen):
    """A petition as everybody may see it, masked; `lat` and `long` are the middle of a cell of
    100 m. `expected_datetime` is the city's own target, else the legal deadline."""

    service_request_id: str = Field(examples=["261123-000042-K"])
    status: str = Field(examples=["open"], description="open, closed")
    status_notes: str | None = None
    service_name: str | None = None
    service_code: str
    description: str | None = None
    agency_responsible: str | None = None
    service_notice: str | None = None
    requested_datetime: str = Field(examples=["2026-11-23T09:00:00+09:00"])
    updated_datetime: str | None = None
    expected_datetime: str | None = None
    address: str | None = None
    address_id: str | None = None
    zipcode: str | None = None
    lat: float | None = None
    long: float | None = None
    media_url: str | None = None


class ExtendedAttributes(Frozen):
    """The extension `extensions=true`: `state` is our own code, `detailed_status` CitySDK's."""

    channel: str
    ward: str | None
    duplicate: bool
    parent_service_request_id: str | None
    detailed_status: str
    state: str
    legal_due_datetime: str | None
    target_due_datetime: str | None
    extended: bool
    media_urls: tuple[str, ...]


class NoteView(Frozen):
    """One public step of a request."""

    datetime: str
    type: str
    summary: str
    description: str | None


class ExtendedRequestView(RequestView):
    """A request with `extensions=true`."""

    extended_attributes: ExtendedAttributes
    notes: tuple[NoteView, ...]


class TokenView(Frozen):
    """The request behind a token. Our tokens are the ids themselves."""

    service_request_id: str
    token: str


class PostedView(Frozen):
    """What a posted request became. `service_notice` names what could not be taken with it."""

    service_request_id: str
    service_notice: str | None = None
    account_id: str | None = None


class UpdateExtras(Frozen):
    """What mySociety's clients read beside an update."""

    category: str | None
    group: str | None


class UpdateView(Frozen):
    """One public step of a request, for polling: ids never change, the order is the log's."""

    update_id: str
    service_request_id: str
    status: str
    updated_datetime: str
    description: str
    media_url: str | None = None
    external_status_code: str
    customer_reference: str
    extras: UpdateExtras


class PostedUpdateView(Frozen):
    """What a posted update became."""

    update_id: str
    account_id: str | None = None
