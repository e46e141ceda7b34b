"""What the tests of a case's whole life do before they look at a page."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import httpx
from sqlalchemy import delete, select

from schema.codes import Action, Role
from schema.commands import Outcome
from schema.events import Actor
from storage.cases import find_case
from storage.commands import keep_command
from storage.tables import cases, data_key
from tests.web.conftest import FIRST_LINE, City
from web.opened import OpenedCase, load_case
from web.site import Site

PETITIONER = Actor(role=Role.CITIZEN)


async def asked(
    city: City, number: str, action: Action, *, actor: Actor | None = None, **body: str | int | bool
) -> tuple[str, Outcome]:
    """An act as the workflow has it written, granted or refused; its request id."""
    request_id = str(uuid4())
    async with city.store.engine.begin() as conn:
        _, stored = await keep_command(
            conn,
            city.store,
            number=number,
            request_id=request_id,
            action=action,
            actor=actor or Actor(role=Role.FIRST_LINE, department=FIRST_LINE, account="tester"),
            at=datetime.now(UTC),
            body=body,
        )
    return request_id, await city.recorder.record(stored.command)


async def whole(city: City, number: str) -> tuple[Site, OpenedCase]:
    """The case as the pages read it."""
    site: Site = city.app.state.site
    async with city.store.engine.connect() as conn:
        case = await find_case(conn, number)
        assert case is not None
        return site, await load_case(conn, site, case)


async def first_line(city: City) -> httpx.AsyncClient:
    """A browser of the desk that may do most."""
    return await city.staff(Role.FIRST_LINE, FIRST_LINE)


def inputs_of(page: str, action: str) -> set[str]:
    """The names of the inputs of one act's form."""
    form = page.split(f'/actions/{action}"')[1].split("</form>")[0]
    return set(re.findall(r'name="(\w+)"', form)) - {"csrf", "request_id"}


async def merged(city: City) -> tuple[str, str]:
    """A case and the one that it was merged into."""
    root = await city.case("가로등이 꺼졌습니다. 저는 김말똥입니다", item="RD05")
    number = await city.case("가로등 고장 신고", item="RD05")
    await city.record(number, Action.MERGE, into=root, reason="같은 가로등")
    await city.record(root, Action.START)
    return number, root


async def erased(city: City, number: str) -> None:
    """Destroy what opens a case, as erasure does."""
    async with city.store.engine.begin() as conn:
        statement = select(cases.c.data_key_id).where(cases.c.number == number)
        key = await conn.scalar(statement)
        await conn.execute(delete(data_key).where(data_key.c.id == key))
