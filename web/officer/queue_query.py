"""What a queue is asked for: the query of its address, read into the cases that are wanted."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from pydantic import ConfigDict, Field, JsonValue, model_validator

from rules.organisation import districts
from rules.taxonomy import groups, newest_leaves
from schema.codes import Channel, State, TimerKind, WaitsFor
from schema.model import Frozen
from storage.desk import Due, Horizon, QueueFilter
from web.day import end_of_day
from web.officer.reading import departments_to_read, own_departments
from web.sign_in import Staff
from web.site import Site

ME, NOBODY = "me", "none"


class QueueQuery(Frozen):
    """The filters by their names in the address. `officer` is a login, ME or NOBODY; `item` an
    item or a group of items; `department` a code or «all», else the person's own; `asked`: what
    others have asked one's own departments to give their part in."""

    # An address says more than what is filtered by: the language, what was just saved.
    model_config = ConfigDict(extra="ignore")

    department: str | None = Field(default=None, max_length=60)
    officer: str | None = Field(default=None, max_length=60)
    state: State | None = None
    item: str | None = Field(default=None, max_length=10)
    clock: TimerKind | None = None
    due: Due | None = None
    district: str | None = Field(default=None, max_length=5)
    channel: Channel | None = None
    urgent: bool | None = None
    waits: WaitsFor | None = None
    asked: bool | None = None
    after: str | None = Field(default=None, max_length=200)

    @model_validator(mode="before")
    @classmethod
    def _drop_blanks(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value not in ("", None)}

    def kept(self) -> dict[str, JsonValue]:
        """What is filtered by, without the place in the list: as a view keeps it."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"after"})

    def address(self, path: str = "/staff", **changes: object) -> str:
        """`path` with these filters; `changes` replace some, None takes one out."""
        asked = {**self.kept(), **changes}
        said = urlencode({name: _said(value) for name, value in asked.items() if value is not None})
        return f"{path}?{said}" if said else path


def _said(value: object) -> str:
    return "true" if value is True else str(value)


QueueAsked = Annotated[QueueQuery, Query()]


def horizon_at(site: Site) -> Horizon:
    """«Overdue» and «today» as they are now."""
    now = site.now()
    return Horizon(now=now, day_end=end_of_day(now))


def wanted_by(staff: Staff, query: QueueQuery, numbers: Sequence[str] | None = None) -> QueueFilter:
    """The cases that `query` asks for, within what `staff` may read.

    Raises PermissionError for another department's, and ValueError for a code that there is not.
    """
    group, item = _item(query.item)
    if query.district is not None and query.district not in districts():
        raise ValueError("no such district")
    officer = query.officer
    return QueueFilter(
        departments=None if query.asked else departments_to_read(staff, query.department),
        asked=own_departments(staff) if query.asked else None,
        officers=None if officer in (None, NOBODY) else _logins(staff, str(officer)),
        unassigned=officer == NOBODY,
        states=(query.state,) if query.state else None,
        group=group,
        item=item,
        timer=query.clock,
        due=query.due,
        district=query.district,
        channel=query.channel,
        urgent=bool(query.urgent),
        waits_for=query.waits,
        numbers=tuple(numbers) if numbers is not None else None,
    )


def _item(asked: str | None) -> tuple[str | None, str | None]:
    if asked is None:
        return None, None
    if asked in groups():
        return asked, None
    if asked in newest_leaves():
        return None, asked
    raise ValueError("no such item")


def _logins(staff: Staff, officer: str) -> tuple[str, ...]:
    """Whose cases: for ME one's own, and those of the absent people whose deputy one is."""
    if officer != ME:
        return (officer,)
    instead = (duty.instead_of for duty in staff.duties if duty.instead_of is not None)
    return tuple(dict.fromkeys((staff.account.login, *instead)))
