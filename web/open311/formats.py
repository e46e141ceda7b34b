"""The two formats of every answer: the same views as XML and as JSON."""

import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import Depends, Path, Response

from schema.model import Frozen
from web.open311.forms import ErrorView

OPEN_TO_ALL = {"access-control-allow-origin": "*"}
"""Scripts of any site may read: no answer depends on who is signed in."""


class Format(StrEnum):
    """What the end of an address asks for."""

    XML = "xml"
    JSON = "json"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.XML: "text/xml; charset=utf-8",
    Format.JSON: "application/json; charset=utf-8",
}


class Shape(NamedTuple):
    """The XML elements around a list, and around each of its entries."""

    root: str
    entry: str | None = None


DISCOVERY = Shape("discovery")
SERVICES = Shape("services", "service")
DEFINITION = Shape("service_definition")
REQUESTS = Shape("service_requests", "request")
UPDATES = Shape("service_request_updates", "request_update")
ERRORS = Shape("errors", "error")

ENTRIES = {
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
    "notes": "note",
    "media_urls": "media_url",
}
"""What an entry of each list inside a view is called in XML."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Open311Error(Exception):
    """Raised anywhere below an Open311 route; becomes its answer, with a sentence a fault."""

    def __init__(
        self, status: int, *descriptions: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {descriptions[0]}")
        self.status = status
        self.faults = tuple(ErrorView(code=status, description=one) for one in descriptions)
        self.headers = dict(headers or {})

    def response(self, form: Format) -> Response:
        """The answer."""
        return answer(form, ERRORS, self.faults, status=self.status, headers=self.headers)


def bad(*descriptions: str) -> Open311Error:
    """400, with a sentence for each fault."""
    return Open311Error(400, *descriptions)


def not_found(description: str) -> Open311Error:
    """404: there is no such thing."""
    return Open311Error(404, description)


NO_SUCH_RESOURCE = (
    "그런 주소가 없습니다. 주소는 .xml이나 .json으로 끝납니다. / "
    "There is no such resource; addresses end in .xml or .json."
)


def asked_format(
    extension: Annotated[
        str,
        Path(description="xml 또는 json / xml or json", json_schema_extra={"enum": list(Format)}),
    ],
) -> Format:
    """The format that the address asks for; raises the 404 for any other ending."""
    try:
        return Format(extension)
    except ValueError:
        raise not_found(NO_SUCH_RESOURCE) from None


Formatted = Annotated[Format, Depends(asked_format)]


def format_of(path: str) -> Format:
    """The format to answer `path` in, whatever is wrong with it."""
    return Format.JSON if path.endswith(".json") else Format.XML


def answer(
    form: Format,
    shape: Shape,
    content: Frozen | Sequence[Frozen],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`content` in the format asked for. JSON leaves the outer wrapper away."""
    plain = (
        content.model_dump(mode="json")
        if isinstance(content, Frozen)
        else [one.model_dump(mode="json") for one in content]
    )
    body = _json(plain) if form is Format.JSON else _xml(shape, plain)
    return Response(
        body,
        status_code=status,
        headers={"content-type": MEDIA_TYPES[form], **OPEN_TO_ALL, **(headers or {})},
    )


def _json(plain: object) -> bytes:
    return json.dumps(plain, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def _xml(shape: Shape, plain: object) -> bytes:
    root = Element(shape.root)
    _fill(root, plain, shape.entry)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written


def _fill(parent: Element, value: object, entry: str | None = None) -> None:
    """Write `value` into `parent`; null leaves it empty."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _fill(SubElement(parent, name), inner, ENTRIES.get(name))
    elif isinstance(value, list):
        for inner in value:
            _fill(SubElement(parent, entry or "value"), inner)
    elif isinstance(value, bool):
        parent.text = "true" if value else "false"
    elif value is not None:
        parent.text = xml_text(str(value))


def xml_text(words: str) -> str:
    """`words` without what XML 1.0 cannot hold."""
    return _NOT_XML.sub("\ufffd", words)
