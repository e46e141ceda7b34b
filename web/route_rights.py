"""Which right each page and call of the staff needs: looked up before it is answered.

A route of the staff that stands here not at all keeps the application from starting. On whose cases
the right reaches is asked where the case is known (`Staff.duty_on`).
"""

from collections.abc import Iterable, Iterator, Mapping

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from rules.rights import Right

ROUTE_RIGHTS: Mapping[str, Right] = {
    "GET /staff": Right.READ,
    "GET /staff/rows": Right.READ,
    "GET /staff/bulk": Right.ACT,
    "POST /staff/bulk": Right.ACT,
    "POST /staff/bulk/preview": Right.ACT,
    "POST /staff/bulk/jobs": Right.ACT,
    "GET /staff/bulk/{job}": Right.ACT,
    "GET /staff/first-line": Right.DISTRIBUTE,
    "POST /staff/first-line": Right.DISTRIBUTE,
    "POST /staff/views": Right.READ,
    "POST /staff/views/{view}/remove": Right.READ,
    "GET /staff/me": Right.SELF,
    "POST /staff/me/absences": Right.SELF,
    "POST /staff/me/absences/{number}/end": Right.SELF,
    "POST /staff/me/sessions/{session}/end": Right.SELF,
    "POST /staff/me/sessions/end": Right.SELF,
    "POST /staff/me/password": Right.SELF,
    "POST /staff/me/veil": Right.SELF,
    "GET /staff/people": Right.PEOPLE,
    "GET /staff/people/new": Right.ACCOUNTS,
    "POST /staff/people/new": Right.ACCOUNTS,
    "GET /staff/people/{login}": Right.PEOPLE,
    "POST /staff/people/{login}": Right.ACCOUNTS,
    "POST /staff/people/{login}/disable": Right.ACCOUNTS,
    "POST /staff/people/{login}/enable": Right.ACCOUNTS,
    "POST /staff/people/{login}/password": Right.ACCOUNTS,
    "POST /staff/people/{login}/sessions/end": Right.ACCOUNTS,
    "POST /staff/people/{login}/sessions/{session}/end": Right.ACCOUNTS,
    "POST /staff/people/{login}/absences": Right.PEOPLE,
    "POST /staff/people/{login}/absences/{number}/end": Right.PEOPLE,
    "GET /staff/city": Right.CITY,
    "GET /staff/city/files/{name}": Right.CITY,
    "GET /staff/city/files/{name}/download": Right.CITY,
    "POST /staff/city/check": Right.CITY,
    "POST /staff/city/upload": Right.CITY,
    "POST /staff/city/load": Right.CITY,
    "GET /staff/city/calendar": Right.CITY,
    "POST /staff/city/calendar/check": Right.CITY,
    "POST /staff/city/calendar/change": Right.CITY,
    "GET /staff/audit": Right.AUDIT,
    "GET /staff/audit/before": Right.AUDIT,
    "POST /staff/audit/check": Right.AUDIT,
    "POST /staff/audit/export": Right.AUDIT,
    "GET /staff/live": Right.READ,
    "GET /staff/session": Right.SELF,
    "POST /staff/session": Right.SELF,
    "POST /staff/sign-out": Right.SELF,
    "GET /staff/inbox": Right.INBOX,
    "POST /staff/inbox": Right.INBOX,
    "GET /staff/quarantine": Right.QUARANTINE,
    "GET /staff/quarantine/{entry_id}": Right.QUARANTINE,
    "POST /staff/quarantine/{entry_id}": Right.QUARANTINE,
    "GET /staff/exceptions": Right.EXCEPTIONS,
    "POST /staff/exceptions/{item}": Right.EXCEPTIONS,
    "GET /staff/moderation": Right.MODERATE,
    "POST /staff/moderation/{item}": Right.MODERATE,
    "GET /staff/board": Right.BOARD,
    "GET /staff/board/groups/{group}": Right.BOARD,
    "GET /staff/board/system": Right.BOARD,
    "GET /staff/board/people": Right.PEOPLE,
    "GET /staff/board/map": Right.BOARD,
    "GET /staff/board/report": Right.BOARD,
    "GET /staff/board/report.xlsx": Right.BOARD,
    "GET /staff/board/figures/{code}": Right.BOARD,
    "GET /staff/board/figures/{code}/cases": Right.BOARD,
    "GET /staff/petitions/new": Right.ENTER,
    "POST /staff/petitions/new": Right.ENTER,
    "GET /staff/cases/{number}": Right.READ,
    "GET /staff/cases/{number}/photos/{photo}": Right.READ,
    "POST /staff/cases/{number}/petitioner": Right.CONTACT,
    "POST /staff/cases/{number}/actions/{action}": Right.ACT,
    "POST /staff/cases/{number}/undo": Right.ACT,
    "POST /staff/cases/{number}/drafts/{action}": Right.ACT,
    "POST /staff/cases/{number}/drafts/{action}/drop": Right.ACT,
    "POST /staff/cases/{number}/preview/{action}": Right.ACT,
    "GET /staff/cases/{number}/papers/{seq}": Right.READ,
    "GET /staff/search": Right.READ,
    "POST /staff/search": Right.CONTACT,
    "GET /staff/exports": Right.READ,
    "GET /staff/exports/progress": Right.READ,
    "GET /staff/exports/new": Right.READ,
    "POST /staff/exports/new": Right.READ,
    "GET /staff/exports/{export}/file": Right.READ,
    "POST /staff/exports/{export}/remove": Right.READ,
    "GET /staff/register": Right.READ,
    "POST /staff/register": Right.CONTACT,
    "DELETE /api/v1/session": Right.SELF,
    "GET /api/v1/search": Right.READ,
    "GET /api/v1/cases": Right.READ,
    "GET /api/v1/cases/{number}": Right.READ,
    "POST /api/v1/cases/{number}/actions/{action}": Right.ACT,
}


class NoRightError(Exception):
    """A staff route that `ROUTE_RIGHTS` does not name; the message says which."""


def right_of(request: Request) -> Right:
    """The right that the route of `request` needs. Raises NoRightError where it names none."""
    route = request.scope.get("route")
    return _right(request.method, route.path if isinstance(route, APIRoute) else request.url.path)


def _right(method: str, path: str) -> Right:
    name = f"{'GET' if method == 'HEAD' else method} {path}"
    try:
        return ROUTE_RIGHTS[name]
    except KeyError:
        raise NoRightError(
            f"«{name}» asks who is signed in: name its right in web/route_rights.py."
        ) from None


def _asks(dependant: Dependant, who: Iterable[object]) -> bool:
    return dependant.call in who or any(_asks(one, who) for one in dependant.dependencies)


def staff_routes(app: FastAPI, who: Iterable[object]) -> Iterator[tuple[str, str]]:
    """Every (method, path) of `app` that depends on one of `who`: the ways to ask who is there."""
    asked = tuple(who)
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and _asks(route.dependant, asked):
            for method in sorted(route.methods or ()):
                yield method, route.path


def check_routes(app: FastAPI, who: Iterable[object]) -> None:
    """Raises NoRightError for the first staff route without a right."""
    for method, path in staff_routes(app, who):
        _right(method, path)
