"""The districts, coloured by a figure of one's choice, with the numbers beside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from rules.figures import DERIVED, Figure, Unit, figures
from rules.organisation import districts
from storage.figures import NOTHING, Counted, Dimension, Value, count_by, one_snapshot
from web.district_map import LEVELS, city_map
from web.manager.asking import Asked, as_of, read_asked
from web.manager.frame import board_page
from web.manager.saying import Saying
from web.manager.tiles import figure_address
from web.sign_in import StaffHere
from web.site import SiteHere, wording_of

router = APIRouter(prefix="/staff/board", include_in_schema=False)

SHOWN_FIRST = "late"


@dataclass(frozen=True)
class Place:
    """One district: its number, how dark it is (0: no value), and the way to its figure."""

    bjd5: str
    name: str
    value: str
    n: int
    level: int
    about: str
    behind: str


@router.get("/map")
async def show(request: Request, site: SiteHere, staff: StaffHere, figure: str = "") -> Response:
    """The map for `figure`; for one that does not exist the late ones."""
    saying = Saying(wording_of(request))
    now = site.now()
    asked = read_asked(request, staff, now)
    chosen = figures().get(figure) or figures()[SHOWN_FIRST]
    async with one_snapshot(site.store.engine) as conn:
        found = await count_by(conn, [chosen], asked.scope, as_of(now), Dimension.DISTRICT)
    places = _places(chosen, asked, saying, found)
    span = span_of(chosen, (_of(found, code, chosen) for code in districts()))
    return board_page(
        request,
        "staff/board_map.html",
        staff=staff,
        asked=asked,
        saying=saying,
        now=now,
        figure=chosen,
        figures=[one for one in figures().values() if one.kind not in DERIVED],
        places=places,
        drawing=city_map({}),
        by_code={place.bjd5: place for place in places},
        scale=[saying.amount(chosen.unit, end) for end in span] if span else None,
        elsewhere=_elsewhere(chosen, saying, found),
    )


def _places(
    figure: Figure, asked: Asked, saying: Saying, found: Mapping[str | None, Counted]
) -> list[Place]:
    values = {code: _of(found, code, figure) for code in districts()}
    span = span_of(figure, values.values())
    places = []
    for code, value in values.items():
        inside = asked.within(Dimension.DISTRICT, code)
        places.append(
            Place(
                bjd5=code,
                name=saying.w.district(code),
                value=saying.value(figure, value),
                n=value.n,
                level=level(value.value, span),
                about=figure_address(inside, figure.code),
                behind=figure_address(inside, figure.code, "/cases"),
            )
        )
    return places


Span = tuple[float, float]


def span_of(figure: Figure, values: Iterable[Value]) -> Span | None:
    """The least and the largest value; a count is told from nought, a share or a time from the
    least, or twenty-five districts with 91 to 97 % would all look the same."""
    there = [value.value for value in values if value.value is not None]
    if not there:
        return None
    return (0.0 if figure.unit is Unit.CASES else min(there), max(there))


def level(value: float | None, span: Span | None) -> int:
    """How dark a district is: 0 where there is nothing, else 1 to LEVELS by its place in `span`."""
    if value is None or span is None or (span[0] == 0 and value <= 0):
        return 0
    least, most = span
    if most <= least:
        return 1
    return min(LEVELS, 1 + int(LEVELS * (value - least) / (most - least)))


def _of(found: Mapping[str | None, Counted], code: str | None, figure: Figure) -> Value:
    none = NOTHING.model_copy(update={"value": 0.0}) if figure.unit == "cases" else NOTHING
    return found.get(code, {}).get(figure.code, none)


def _elsewhere(figure: Figure, saying: Saying, found: Mapping[str | None, Counted]) -> str:
    """What lies in no district, so that map and figure do not contradict one another."""
    value = _of(found, None, figure)
    return saying.value(figure, value) if value.n or value.of else ""
