"""The notice table: which event tells whom, with which template. Its rows are data."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import Field, JsonValue, model_validator

from rules.levels import Desk
from rules.organisation import CITY, FIRST_LINE, agency_of, duty_department
from rules.tables import document, of_city_data
from schema.codes import Channel, EventKind, Role
from schema.events import CaseEvent
from schema.model import Frozen


class Audience(StrEnum):
    """Who is told. All but the petitioner are staff; RUNG is whom the event itself names, where
    that is staff."""

    PETITIONER = "petitioner"
    DEPARTMENT = "department"
    TEAM_HEAD = "team_head"
    DEPARTMENT_HEAD = "department_head"
    JOINED = "joined"
    """The department whose cooperation is awaited."""
    DUTY = "duty"
    FIRST_LINE = "first_line"
    INSPECTOR = "inspector"
    BUREAU = "bureau"
    ADMINISTRATOR = "administrator"
    RUNG = "rung"


class Standing(Frozen):
    """How a case stands when one of its events is looked at: by then more may have happened.

    `urgent` and `handed_on` are those of the event's item; `unassigned` (nobody has the case, or
    the first-line desk) and `answered` are those of the case.
    """

    urgent: bool = False
    handed_on: bool = False
    unassigned: bool = False
    answered: bool = False


class Condition(Frozen):
    """What must hold beside the kind of event; what is not given does not matter.

    `detail` are values that the event's detail must have, `not_detail` values that it must not;
    `has` and `lacks` are fields that must stand there, or must not, whatever their value.
    """

    urgent: bool | None = None
    handed_on: bool | None = None
    unassigned: bool | None = None
    answered: bool | None = None
    channels: frozenset[Channel] = frozenset(Channel)
    not_channels: frozenset[Channel] = frozenset()
    actors: frozenset[Role] = frozenset(Role)
    not_actors: frozenset[Role] = frozenset()
    detail: dict[str, JsonValue] = Field(default_factory=dict)
    not_detail: dict[str, JsonValue] = Field(default_factory=dict)
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()

    def fits(self, event: CaseEvent, standing: Standing) -> bool:
        """True when `event`, of a case that stands so, meets it."""
        return (
            event.channel in self.channels - self.not_channels
            and event.actor.role in self.actors - self.not_actors
            and all(
                getattr(self, name) in (None, value)
                for name, value in standing.model_dump().items()
            )
            and self._fits_detail(event.detail)
        )

    def _fits_detail(self, detail: Mapping[str, JsonValue]) -> bool:
        return (
            self.has <= detail.keys()
            and not self.lacks & detail.keys()
            and all(detail.get(key) == value for key, value in self.detail.items())
            and not any(detail.get(key) == value for key, value in self.not_detail.items())
        )


class Notice(Frozen):
    """One row: `on` this event, `when` that holds, tell `to` in the words of `template`.

    `reporters_too`: the petitioners of the cases merged into this one are told as well, each under
    the own number.
    """

    on: EventKind
    to: Audience
    template: str
    at_night: bool = False
    acknowledges: bool = False
    reporters_too: bool = False
    when: Condition = Condition()


class NoticeTable(Frozen):
    """`rules/data/notices.toml`. An event that tells nobody must say why."""

    notice: tuple[Notice, ...] = Field(min_length=1)
    silent: dict[EventKind, str]

    @model_validator(mode="after")
    def _leaves_no_event_out(self) -> "NoticeTable":
        told = {row.on for row in self.notice}
        if told & self.silent.keys():
            raise ValueError(f"both told and silent: {sorted(told & self.silent.keys())}")
        if missing := set(EventKind) - told - self.silent.keys():
            raise ValueError(f"neither told nor silent: {sorted(missing)}")
        return self

    def notices_for(self, event: CaseEvent, standing: Standing) -> tuple[Notice, ...]:
        """The rows that `event` calls for: for each audience the first that fits. A rung that
        tells the petitioner is none of staff's: the petitioner's own row speaks."""
        to_petitioner = event.detail.get("to") == Desk.PETITIONER
        chosen: dict[Audience, Notice] = {}
        for row in self.notice:
            if row.to is Audience.RUNG and to_petitioner:
                continue
            if row.on is event.kind and row.when.fits(event, standing):
                chosen.setdefault(row.to, row)
        return tuple(chosen.values())


@of_city_data
def read_notices() -> NoticeTable:
    """The table of the city; raises pydantic.ValidationError where the data is not usable."""
    return NoticeTable.model_validate(document("notices.toml"))


class StaffAddress(Frozen):
    """A place in the organisation whose people share one inbox; `name` is its stored form."""

    department: str
    role: Role

    @property
    def name(self) -> str:
        """`department:role`, the form in which staff notices store whom they are for."""
        return f"{self.department}:{self.role}"


FIRST_LINE_DESK = StaffAddress(department=FIRST_LINE, role=Role.FIRST_LINE)
OF_THE_AGENCY = {Audience.INSPECTOR: Role.INSPECTOR, Audience.BUREAU: Role.EXECUTIVE}
"""People who stand above the departments: their inbox is their agency's."""
OF_THE_DEPARTMENT = {
    Audience.TEAM_HEAD: Role.TEAM_HEAD,
    Audience.DEPARTMENT_HEAD: Role.DEPARTMENT_HEAD,
}

RUNGS: dict[str, Audience] = {
    "officer": Audience.DEPARTMENT,
    "department": Audience.DEPARTMENT,
    "team_head": Audience.TEAM_HEAD,
    "joined": Audience.JOINED,
    "administrator": Audience.ADMINISTRATOR,
    "department_head": Audience.DEPARTMENT_HEAD,
    "duty": Audience.DUTY,
    "first_line": Audience.FIRST_LINE,
    "inspector": Audience.INSPECTOR,
    "bureau": Audience.BUREAU,
    "executive": Audience.BUREAU,
    "petitioner": Audience.PETITIONER,
}
"""What the ladder calls its people."""


def staff_address(audience: Audience, event: CaseEvent) -> StaffAddress:
    """Where a staff notice goes. A case that no department has goes to the first-line desk; the
    desk on duty is the one that routing named, else that of the case's agency.

    Raises KeyError for a rung that names nobody we know, ValueError for the petitioner.
    """
    if audience is Audience.RUNG:
        audience = RUNGS[str(event.detail["to"])]
    if audience is Audience.PETITIONER:
        raise ValueError("the petitioner is not staff")
    agency = event.agency or CITY
    if audience in OF_THE_AGENCY:
        return StaffAddress(department=agency, role=OF_THE_AGENCY[audience])
    if audience is Audience.ADMINISTRATOR:
        return StaffAddress(department=CITY, role=Role.ADMINISTRATOR)
    if audience is Audience.JOINED:
        joined = event.detail.get("whom") or event.detail["department"]
        return StaffAddress(department=str(joined), role=Role.OFFICER)
    if audience is Audience.DUTY:
        desk = event.detail.get("duty_department") or duty_department(agency)
        return StaffAddress(department=str(desk), role=Role.OFFICER)
    if audience is Audience.FIRST_LINE or event.department in (None, FIRST_LINE):
        return FIRST_LINE_DESK
    role = OF_THE_DEPARTMENT.get(audience, Role.OFFICER)
    return StaffAddress(department=str(event.department), role=role)


def inboxes_of(role: Role, department: str) -> tuple[StaffAddress, ...]:
    """The inboxes that an account reads: a head reads those below too."""
    if role is Role.FIRST_LINE:
        return (FIRST_LINE_DESK,)
    if role in OF_THE_AGENCY.values():
        return (StaffAddress(department=agency_of(department), role=role),)
    if role is Role.ADMINISTRATOR:
        return (StaffAddress(department=CITY, role=role),)
    levels = (Role.DEPARTMENT_HEAD, Role.TEAM_HEAD, Role.OFFICER)
    below = levels[levels.index(role) :] if role in levels else (role,)
    return tuple(StaffAddress(department=department, role=level) for level in below)


def templates_named(rows: Iterable[Notice], *, petitioner: bool) -> frozenset[str]:
    """The templates that the petitioner's rows use, or those of staff."""
    return frozenset(row.template for row in rows if (row.to is Audience.PETITIONER) == petitioner)
