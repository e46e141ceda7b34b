"""A client that asks and reads as FixMyStreet does: its habits, not its code.

Known from its behaviour: the endpoint ends with a slash; GET carries jurisdiction_id, and the key
where it polls updates; a name is parted at its first blank; the description is title, detail and
link with CRLF between; every answer is read as XML, and an id counts only where it is a text.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import httpx
from defusedxml.ElementTree import fromstring

POLLS = 5


@dataclass
class Report:
    """What a person reported there."""

    title: str
    detail: str
    name: str
    lat: float
    long: float
    url: str = "https://fixmystreet.example/report/17"
    email: str = "someone@example.org"
    photos: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


@dataclass
class FixMyStreet:
    """The client of one endpoint."""

    endpoint: str
    api_key: str
    jurisdiction: str = "seoul"

    def services(self) -> list[str]:
        """The codes of the services."""
        return [one.findtext("service_code") or "" for one in self._get("services.xml")]

    def asked_by(self, code: str) -> list[str]:
        """The codes of the attributes that a service asks."""
        root = self._get(f"services/{code}.xml")
        return [one.findtext("code") or "" for one in root.iterfind("attributes/attribute")]

    def send(self, report: Report, code: str) -> str:
        """Send a report; the id, got at once or by its token."""
        first, _, last = report.name.partition(" ")
        fields = [
            ("description", f"{report.title}\r\n\r\n{report.detail}\r\n\r\n{report.url}\r\n"),
            ("service_code", code),
            ("first_name", first),
            ("last_name", last),
            ("email", report.email),
            ("lat", f"{report.lat:.6f}"),
            ("long", f"{report.long:.6f}"),
            *(("media_url", one) for one in report.photos),
            *((f"attribute[{name}]", value) for name, value in report.extra),
        ]
        root = self._post("requests.xml", fields)
        number = root.findtext("request/service_request_id")
        return number or self._by_token(root.findtext("request/token") or "")

    def statuses(self, numbers: list[str]) -> dict[str, str]:
        """Where reports stand, by their ids."""
        root = self._get("requests.xml", service_request_id=",".join(numbers))
        return {
            one.findtext("service_request_id") or "": one.findtext("status") or "" for one in root
        }

    def updates(self, start: str, end: str) -> list[Element]:
        """What changed between two instants."""
        window = {"start_date": start, "end_date": end} if start and end else {}
        return list(self._get("servicerequestupdates.xml", api_key=self.api_key, **window))

    def comment(self, comment_id: int, number: str, text: str, *, status: str, at: str) -> str:
        """Send a comment; the id it got."""
        fields = [
            ("updated_datetime", at),
            ("service_request_id", number),
            ("status", status),
            ("description", text),
            ("last_name", "-"),
            ("first_name", "홍길동"),
            ("email", "someone@example.org"),
            ("update_id", str(comment_id)),
        ]
        found = self._post("servicerequestupdates.xml", fields)
        return found.findtext("request_update/update_id") or ""

    def _by_token(self, token: str) -> str:
        for _ in range(POLLS):
            number = self._get(f"tokens/{token}.xml").findtext("request/service_request_id")
            if number:
                return number
        return ""

    def _get(self, path: str, **params: str) -> Element:
        query = {**params, "jurisdiction_id": self.jurisdiction}
        return _root(httpx.get(self.endpoint + path, params=query, timeout=30))

    def _post(self, path: str, fields: list[tuple[str, str]]) -> Element:
        sent: dict[str, list[str]] = {}
        for name, value in (
            ("jurisdiction_id", self.jurisdiction),
            ("api_key", self.api_key),
            *fields,
        ):
            sent.setdefault(name, []).append(value)
        return _root(httpx.post(self.endpoint + path, data=sent, timeout=30))


class RefusedError(Exception):
    """What the endpoint said in its errors."""


def _root(answer: httpx.Response) -> Element:
    root: Element = fromstring(answer.content)
    if not answer.is_success:
        said = (f"{one.findtext('code')}: {one.findtext('description')}" for one in root)
        raise RefusedError("\n".join(said))
    return root
