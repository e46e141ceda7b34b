"""Who has how much: for the head of a department, of the own people and of nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from rules.rights import Right, departments_for
from storage.figures import Dimension, count_by, one_snapshot
from storage.officers import officers
from web.manager.asking import as_of, read_asked
from web.manager.board import named
from web.manager.frame import board_page
from web.manager.saying import Saying
from web.manager.tiles import figure_address
from web.sign_in import StaffHere
from web.site import SiteHere, wording_of

router = APIRouter(prefix="/staff/board", include_in_schema=False)

SHOWN = 100
"""Those with most open cases; the page says how many there are."""
BY_OFFICER = ("open", "overdue", "approaching", "due_today", "resolved", "on_time", "work_median")


@dataclass(frozen=True)
class Person:
    """One officer: `cells` are (value, rows behind, address)."""

    name: str
    away: bool
    open: int
    cells: tuple[tuple[str, int, str], ...]


@router.get("/people")
async def show(request: Request, site: SiteHere, staff: StaffHere) -> Response:
    """Open cases by how near their deadlines are, and what was done, officer by officer."""
    saying = Saying(wording_of(request))
    now = site.now()
    asked = read_asked(request, staff, now)
    own = departments_for(staff.duties, Right.PEOPLE)
    scope = asked.scope.model_copy(update={"departments": own})
    async with one_snapshot(site.store.engine) as conn:
        found = await count_by(conn, named(BY_OFFICER), scope, as_of(now), Dimension.OFFICER)
        logins = [login for login in found if login]
        known = await officers(conn, logins, now)
    people = []
    for login, values in found.items():
        inside = asked.within(Dimension.OFFICER, login)
        cells = tuple(
            (
                saying.value(one, values[one.code]),
                values[one.code].n,
                figure_address(inside, one.code, "/cases"),
            )
            for one in named(BY_OFFICER)
        )
        account = known.get(login or "")
        name = account.name if account else login or saying.w.t("board.nobody")
        people.append(Person(name, bool(account and account.away), values["open"].n, cells))
    people.sort(key=lambda one: (-one.open, one.name))
    return board_page(
        request,
        "staff/board_people.html",
        staff=staff,
        asked=asked,
        saying=saying,
        now=now,
        people=people[:SHOWN],
        many=len(people),
        columns=named(BY_OFFICER),
        unevenness=f"{gini([found[login]['open'].n for login in logins]):.2f}",
    )


def gini(loads: Sequence[int]) -> float:
    """How unevenly the open cases lie: 0 where everybody has as many, towards 1 where one has all
    (Gini's coefficient)."""
    whole = sum(loads)
    if not whole:
        return 0.0
    ranked = sum(place * load for place, load in enumerate(sorted(loads), start=1))
    return 2 * ranked / (len(loads) * whole) - (len(loads) + 1) / len(loads)
