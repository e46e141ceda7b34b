"""A city to test the pages on: a real PostgreSQL, the real recorder, and no Temporal at all."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest_asyncio
from fastapi import FastAPI
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.petition import PetitionActivities
from adapters.channel import GatewaySecrets
from adapters.web_form.gateway import clean_or_refuse, gateway
from rules.book import read_rule_book
from schema.codes import Action, Channel, Role
from schema.commands import Command, Outcome
from schema.events import Actor
from schema.submission import Contact, Location, Submission
from stack.processes import free_port
from storage.commands import keep_command
from storage.record import Recorder
from storage.registration import register
from storage.sealing import new_data_key
from storage.staff import Account, add_account
from storage.store import Store
from web.acting import Acting
from web.application import build, end_streams
from web.ops import Part
from workflows.client import RunningCases

PAGES = "http://minwon.test"
PASSWORD = "a long enough password"
ROADS = "3130000.roads"
"""마포구 도로과"""
CLEANSING = "3130000.cleansing"
FIRST_LINE = "6110000.first-line"
POTHOLE = "마포구 서교동 골목 차도에 포트홀이 있습니다. 010-1234-5678로 연락 주세요."


@dataclass
class City:
    """The application on its storage, and what a test does to have something to look at."""

    store: Store
    recorder: Recorder
    app: FastAPI
    activities: PetitionActivities
    pages_url: str = PAGES
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def browser(self) -> httpx.AsyncClient:
        """A browser with cookies of its own; it does not follow redirects by itself."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),
            base_url=self.pages_url,
            headers={"sec-fetch-site": "same-origin"},
        )
        self.clients.append(client)
        return client

    def key(self, number: str) -> str:
        """The petitioner's key."""
        return self.store.keyring.citizen_key(number, 1)

    async def register(
        self,
        text: str = POTHOLE,
        *,
        item: str | None = "RD01",
        at: datetime | None = None,
        **fields: object,
    ) -> str:
        """A case as intake registers it; its number."""
        submission = Submission.model_validate(
            {
                "channel": Channel.WEB_FORM,
                "external_id": str(uuid4()),
                "submitted_at": at or datetime.now(UTC) - timedelta(hours=1),
                "text": text,
                "item": item,
                "location": Location(address="마포구 서교동"),
                "contact": Contact(name="홍길동", phone="010-1234-5678"),
                **fields,
            }
        )
        async with self.store.engine.begin() as conn:
            key = await new_data_key(conn, self.store.keyring)
            found = await register(conn, self.store, self.recorder, submission, key=key)
        return found.number

    async def case(self, text: str = POTHOLE, **fields: object) -> str:
        """A case that was received, routed and given to its department; its number."""
        number = await self.register(text, **fields)  # type: ignore[arg-type]
        await self.activities.take_in(number)
        return number

    async def record(
        self,
        number: str,
        action: Action,
        *,
        role: Role = Role.FIRST_LINE,
        of: str = FIRST_LINE,
        **body: str | int,
    ) -> Outcome:
        """One act by somebody `of` a department, written by the recorder as the workflow would
        have it written."""
        actor = Actor(role=role, department=of, account="tester")
        async with self.store.engine.begin() as conn:
            _, stored = await keep_command(
                conn,
                self.store,
                number=number,
                request_id=str(uuid4()),
                action=action,
                actor=actor,
                at=datetime.now(UTC),
                body=body,
            )
        command: Command = stored.command
        outcome = await self.recorder.record(command)
        assert outcome.refusal is None, outcome.refusal
        return outcome

    async def account(
        self, role: Role = Role.OFFICER, department: str = ROADS, name: str = "김주무"
    ) -> str:
        """A new local account; its login."""
        login = f"u{uuid4().hex[:12]}"
        account = Account(login=login, name=name, role=role, department=department)
        async with self.store.engine.begin() as conn:
            await add_account(conn, account, PASSWORD)
        return login

    async def staff(self, role: Role = Role.OFFICER, department: str = ROADS) -> httpx.AsyncClient:
        """A browser in which a member of staff has signed in."""
        browser = self.browser()
        login = await self.account(role, department)
        answer = await browser.post("/staff/sign-in", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser


async def city_on(store: Store, pages_url: str = PAGES, *, client: Client | None = None) -> City:
    """The city on `store`. Without a `client` Temporal is away: nothing listens on its port."""
    book = read_rule_book()
    recorder = Recorder(store, book)
    client = client or await Client.connect(
        f"127.0.0.1:{free_port()}", lazy=True, data_converter=pydantic_data_converter
    )

    async def parts() -> dict[str, Part]:
        return {"temporal": Part(ok=False, needed=False, detail="away")}

    app = build(
        store=store,
        acting=Acting(store, RunningCases(client), recorder),
        clean=clean_or_refuse,
        public_url=pages_url,
        parts=parts,
        gateways=[gateway(store, GatewaySecrets(pages_url=pages_url))],
    )
    return City(store, recorder, app, PetitionActivities(store, recorder, book), pages_url)


@pytest_asyncio.fixture(loop_scope="session")
async def city(store: Store) -> AsyncIterator[City]:
    """The city on a database of its own."""
    made = await city_on(store)
    yield made
    await end_streams(made.app)
    for browser in made.clients:
        await browser.aclose()
