"""Every page and call of the staff, for every role, in the own department and in a foreign one."""

from collections.abc import Mapping

import pytest
from fastapi import FastAPI

from rules.organisation import AUDIT, agency_of
from rules.rights import RIGHTS, Reach, Right, reach_of
from schema.codes import Role
from schema.staff import STAFF_ROLES
from tests.web.conftest import CLEANSING, ROADS, City
from web.application import end_streams
from web.route_rights import ROUTE_RIGHTS, NoRightError, check_routes, staff_routes
from web.sign_in import SESSION_COOKIE, WAYS_IN, StaffHere, StaffInApi, csrf_of

REFUSED = frozenset({403, 409})
"""403 the page is not for the role or the case; 409 the act is not."""

GIVEN: Mapping[str, Mapping[str, str]] = {
    "POST /staff/inbox": {"up_to": "0"},
    "POST /staff/cases/{number}/undo": {"act": "none"},
    "POST /staff/cases/{number}/petitioner": {"why": "call_back"},
    "POST /staff/cases/{number}/actions/{action}": {
        "request_id": "by-page",
        "text": "확인했습니다.",
    },
    "POST /staff/cases/{number}/drafts/{action}": {"request_id": "kept", "text": "확인"},
    "POST /staff/cases/{number}/preview/{action}": {"request_id": "seen", "text": "확인"},
    "POST /api/v1/cases/{number}/actions/{action}": {
        "request_id": "by-api",
        "text": "확인했습니다.",
    },
}
"""What a post has to carry so that only the rights can refuse it."""

JONGNO = "3000000.roads"
"""종로구 도로과: another agency."""
SOME_ID = "00000000-0000-4000-8000-000000000000"
PLACES = {"action": "comment", "photo": SOME_ID, "session": SOME_ID}


def expected(right: Right, path: str, role: Role, *, department: str) -> bool:
    """Whether the table lets `role` in `department` do what the route does to what is of ROADS."""
    needed = {right, Right.READ} if "/cases/{number}" in path else {right}
    reaches = {reach_of(one, role) for one in needed}
    elsewhere = department != ROADS and ("/cases/{number}" in path or "{login}" in path)
    within = {Reach.OWN: False, Reach.AGENCY: agency_of(department) != agency_of(JONGNO)}
    return None not in reaches and all(
        within.get(reach, True) for reach in reaches if elsewhere and reach
    )


async def walk(
    city: City, role: Role, department: str, *, number: str, person: str
) -> dict[str, int]:
    """What each route answers; the way out is taken last. Streams are refused, not begun."""
    await end_streams(city.app)
    browser = await city.staff(role, department)
    csrf = csrf_of(browser.cookies[SESSION_COOKIE])
    answers = {}
    routes = sorted(staff_routes(city.app, WAYS_IN), key=lambda one: "sign-out" in one[1])
    for method, path in routes:
        name = f"{method} {path}"
        values = PLACES | {"login": person, "number": number if "/cases/" in path else "1"}
        address = path
        for part in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
            address = address.replace("{" + part + "}", values.get(part, "1"))
        body = {"csrf": csrf, **GIVEN.get(name, {})}
        if path.startswith("/api/"):
            del body["csrf"]
            sent = {"json": body} if method in ("POST", "PUT", "PATCH") else {}
        else:
            sent = {"data": body} if method == "POST" else {}
        answer = await browser.request(method, address, **sent)  # type: ignore[arg-type]
        answers[name] = answer.status_code
    return answers


def places(role: Role) -> tuple[str, ...]:
    """Where `role` is tried: in the department, beside it, and, for who has an agency's cases, in
    another agency and at city hall."""
    wide = reach_of(Right.READ, role) is Reach.AGENCY
    return (ROADS, CLEANSING, *((JONGNO, AUDIT) if wide else ()))


@pytest.mark.parametrize(
    ("role", "department"),
    [(role, place) for role in sorted(STAFF_ROLES) for place in places(role)],
)
async def test_every_route_answers_as_the_table_says(
    city: City, role: Role, department: str
) -> None:
    """Refused exactly where the table does not give the right; never an error of ours."""
    number = await city.case()
    person = await city.account(Role.OFFICER, ROADS)
    answers = await walk(city, role, department, number=number, person=person)
    wrong = {
        name: status
        for name, status in answers.items()
        if (status not in REFUSED)
        != expected(ROUTE_RIGHTS[name], name.split(" ")[1], role, department=department)
    }
    assert not wrong
    assert 500 not in answers.values()


def test_every_right_that_a_page_needs_is_in_the_table(city: City) -> None:
    """The routes name no right without a row, and there is no entry for a route that is gone."""
    assert set(ROUTE_RIGHTS.values()) <= RIGHTS.keys()
    routes = {f"{method} {path}" for method, path in staff_routes(city.app, WAYS_IN)}
    assert routes == ROUTE_RIGHTS.keys()


@pytest.mark.parametrize("way_in", ["page", "api"])
def test_a_route_without_a_right_keeps_the_application_from_starting(way_in: str) -> None:
    """Who adds a page of the staff has to say who may see it."""
    app = FastAPI()

    async def page(staff: StaffHere) -> None: ...

    async def call(staff: StaffInApi) -> None: ...

    app.get("/staff/new-page")(page if way_in == "page" else call)
    with pytest.raises(NoRightError, match="GET /staff/new-page"):
        check_routes(app, WAYS_IN)
