"""The composition root: from settings to engine, keys, Kafka and Temporal, and the role to run."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.audit_sealing import keep_sealing
from activities.escalation_watch import EscalationWatch
from activities.heartbeat import Heartbeat
from activities.housekeeping import Housekeeping
from activities.petition import PetitionActivities
from activities.recomputing import RecomputeActivities
from adapters.carriers import Carrier
from adapters.carriers.mail import MailCarrier
from adapters.carriers.meta import MetaCarrier
from adapters.carriers.push import PushCarrier
from adapters.carriers.sms import SmsCarrier
from adapters.carriers.thread import ThreadCarrier
from adapters.carriers.x import XCarrier
from adapters.channel import GatewaySecrets
from adapters.composing import Telling
from adapters.delivery import Delivering
from adapters.intake import Intake
from adapters.intake_lag import intake_lag
from adapters.kafka import Broker, answers
from adapters.registry import ADAPTERS
from adapters.relay import Relay, pause
from adapters.relay_sources import SOURCES
from adapters.replying import Replying
from adapters.status_answers import StatusAnswers
from adapters.web_form.gateway import clean_or_refuse
from rules.book import read_rule_book
from rules.quiet_hours import read_quiet_hours
from rules.tables import DataError
from schema.codes import ReplyBy
from settings import Settings, SettingsError
from storage.city_data import following_city_data
from storage.keys import Keyring, KeysFileError, read_keyring
from storage.partners import settle_demo
from storage.recomputing import Recomputing
from storage.record import Recorder
from storage.sealed_files import FilesPlaceError, files_at
from storage.sessions import SessionLimits
from storage.staff import ensure_first_administrator
from storage.store import open_store
from web.acting import PATIENCE, Acting
from web.addresses import read_networks
from web.application import build, end_streams
from web.officer.export_work import keep_exporting
from web.ops import Part, ops_application
from web.serving import quiet_server, served
from web.sign_on import Client as SignOnClient
from web.sign_on import SignOn
from workflows.client import TASK_QUEUE, RunningCases, TemporalAwayError
from workflows.housekeeping import HousekeepingWorkflow, schedule_housekeeping
from workflows.petition import PetitionWorkflow
from workflows.recomputing import RecomputeWorkflow

log = structlog.get_logger()

DRAIN = timedelta(seconds=5)
OUR_PACKAGES = ("schema", "rules", "storage", "activities", "pydantic", "structlog")
"""Passed through the workflow sandbox: importing our models anew for every case costs 1,025 KB and
38 ms each, against 137 KB and 4 ms (measured)."""

LOOK_AGAIN_SECONDS = 20.0
"""How often a worker looks whether Temporal still knows the city."""


def workflow_runner() -> SandboxedWorkflowRunner:
    """The one sandbox of worker, replay and tests."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*OUR_PACKAGES)
    )


async def temporal_client(settings: Settings, *, lazy: bool = True) -> Client:
    """A client of the city's namespace. A lazy one connects at its first call, so that a role's
    start never waits; a worker needs one that is connected, and RuntimeError says it cannot be."""
    return await Client.connect(
        settings.required("temporal_address"),
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
        lazy=lazy,
    )


def session_limits(settings: Settings) -> SessionLimits:
    """How long sessions of staff last, as set."""
    return SessionLimits(
        lasts=timedelta(hours=settings.session_hours),
        idle=timedelta(minutes=settings.session_idle_minutes),
    )


class Composition:
    """What the roles are made of, from one set of settings."""

    def __init__(self, settings: Settings, role: str) -> None:
        self.settings = settings
        self.role = role
        self.keyring = self._keyring()
        self.store = open_store(
            settings.required("database_url"),
            keyring=self.keyring,
            files=files_at(settings.attachments_place),
            role=role,
        )
        self.book = read_rule_book(other_period=settings.other_period)
        self.recorder = Recorder(self.store, self.book)

    def _keyring(self) -> Keyring:
        return read_keyring(Path(self.settings.required("keys_file")))

    @property
    def broker(self) -> Broker:
        """Kafka, as set."""
        return Broker(
            bootstrap=self.settings.required("kafka_bootstrap"),
            idempotence=self.settings.kafka_idempotence,
        )

    def secrets(self) -> GatewaySecrets:
        """The keys of the gateways: as set, else those made for the embedded default."""
        chosen = {
            name: getattr(self.settings, name) or self.keyring.gateway_keys.get(name)
            for name in GatewaySecrets.model_fields
            if name != "pages_url"
        }
        return GatewaySecrets(pages_url=self.settings.pages_url, **chosen)

    def telling(self) -> Telling:
        """How this city tells people."""
        return Telling(
            adapters=ADAPTERS,
            hours=read_quiet_hours(self.settings.quiet_hours),
            pages_url=self.settings.pages_url,
        )

    def carriers(self) -> dict[ReplyBy, Carrier]:
        """A carrier for each means, at the addresses set."""
        chosen = self.settings
        return {
            ReplyBy.SMS: SmsCarrier(
                chosen.required("carrier_url"),
                api_key=chosen.carrier_api_key or "",
                api_secret=chosen.carrier_api_secret or "",
                sender=chosen.sender_phone,
            ),
            ReplyBy.EMAIL: MailCarrier(chosen.required("smtp_url"), sender=chosen.sender_mail),
            ReplyBy.PUSH: PushCarrier(
                chosen.required("push_url"), token=chosen.push_token or "", project="minwon"
            ),
            ReplyBy.THREAD: ThreadCarrier(
                x=XCarrier(chosen.required("x_api_url"), token=chosen.x_token or ""),
                meta=MetaCarrier(chosen.required("meta_api_url"), token=chosen.meta_token or ""),
            ),
        }

    def sign_on(self) -> SignOn | None:
        """The staff's sign-on service, as set. Raises SettingsError for half a setting."""
        chosen = self.settings
        if chosen.oidc_issuer is None:
            if not chosen.local_sign_in:
                chosen.required("oidc_issuer")
            return None
        return SignOn(
            SignOnClient(
                issuer=chosen.oidc_issuer,
                id=chosen.required("oidc_client_id"),
                secret=chosen.required("oidc_client_secret"),
                scopes=chosen.oidc_scopes,
                public_url=chosen.pages_url,
            )
        )

    async def database_part(self) -> Part:
        """Whether the database answers."""
        try:
            async with self.store.engine.connect() as conn:
                await conn.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            return Part(ok=False, needed=True, detail=type(error).__name__)
        return Part(ok=True, needed=True)


def petition_worker(client: Client, made: "Composition") -> Worker:
    """The worker of every workflow and activity."""
    running = RunningCases(client)
    housekeeping = housekeeping_of(made, running)
    heartbeat = Heartbeat(made.store, start=running.start)
    petition = PetitionActivities(made.store, made.recorder, made.book)
    recomputing = RecomputeActivities(
        Recomputing(made.store, made.book),
        look_again=running.look_again,
        start=running.start_recomputation,
    )
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[PetitionWorkflow, RecomputeWorkflow, HousekeepingWorkflow],
        activities=[*petition.all(), *recomputing.all(), *housekeeping.all(), *heartbeat.all()],
        workflow_runner=workflow_runner(),
        max_cached_workflows=2_000,
        max_concurrent_workflow_tasks=40,
        max_concurrent_local_activities=20,
        graceful_shutdown_timeout=DRAIN,
    )


def housekeeping_of(made: "Composition", running: RunningCases) -> Housekeeping:
    """Housekeeping that starts and commands cases through the one door."""
    return Housekeeping(
        made.store,
        made.recorder,
        start=running.start,
        send=lambda command: running.act(command, patience=PATIENCE),
    )


async def run_worker(made: Composition, stop: asyncio.Event) -> None:
    """Role `worker`: petition workflows, their activities, the housekeeping Schedule, exports."""
    role = PetitionRole(made)
    watch = EscalationWatch(made.store)
    watching = asyncio.create_task(watch.run(stop))
    sealing = asyncio.create_task(keep_sealing(made.store, stop))
    exporting = asyncio.create_task(keep_exporting(made.store, stop))

    def more() -> Mapping[str, Part]:
        return {"escalation": Part(ok=not watch.wrong, needed=False, detail=watch.wrong)}

    async with ops_server(made, lambda: role.ready, more=more):
        await role.run(stop)
    await watching
    await sealing
    await exporting


class PetitionRole:
    """The worker, restarted for as long as Temporal is away."""

    def __init__(self, made: Composition) -> None:
        self._made = made
        self.ready = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`."""
        while not stop.is_set():
            try:
                client = await temporal_client(self._made.settings, lazy=False)
                async with petition_worker(client, self._made):
                    self.ready = True
                    while not stop.is_set():
                        await self._know_the_city(client)
                        await pause(stop, LOOK_AGAIN_SECONDS)
            except (RPCError, RuntimeError) as error:
                self.ready = False
                log.warning("worker waits for Temporal", fault=type(error).__name__)
                await pause(stop, 1.0)

    async def _know_the_city(self, client: Client) -> None:
        """A Temporal without our Schedule has lost its database, or is new: every open case gets
        its workflow from the record."""
        try:
            if not await schedule_housekeeping(client, task_queue=TASK_QUEUE):
                return
            housekeeping = housekeeping_of(self._made, RunningCases(client))
            resumed = await housekeeping.resume_all()
        except (RPCError, TemporalAwayError) as error:
            log.warning("Temporal is away", fault=type(error).__name__)
            return
        log.info("a Temporal that knew nothing of the city; cases resumed", cases=resumed)


async def intake_of(made: Composition) -> Intake:
    """The intake, also for taking in again what was in quarantine."""
    running = RunningCases(await temporal_client(made.settings))
    answers = StatusAnswers(made.store, made.telling())
    return Intake(made.store, made.recorder, running, ADAPTERS, answers)


async def run_intake(made: Composition, stop: asyncio.Event) -> None:
    """Role `intake`: from the raw topics to registered cases."""
    intake = await intake_of(made)
    async with ops_server(made, lambda: intake.ready):
        await intake.run(made.broker, stop)


async def run_relay(made: Composition, stop: asyncio.Event) -> None:
    """Role `relay`: from the database to Kafka."""
    relay = Relay(made.store, made.broker, SOURCES)
    async with ops_server(made, lambda: relay.ready):
        await relay.run(stop)


async def run_reply(made: Composition, stop: asyncio.Event) -> None:
    """Role `reply`: from events to the messages that the notice table calls for."""
    replying = Replying(made.store, made.broker, made.telling())
    async with ops_server(made, lambda: replying.ready):
        await replying.run(stop)


async def run_deliver(made: Composition, stop: asyncio.Event) -> None:
    """Role `deliver`: from rendered messages to carriers and networks."""
    delivering = Delivering(made.store, made.broker, made.recorder, made.telling(), made.carriers())
    async with ops_server(made, lambda: delivering.ready):
        await delivering.run(stop)


async def run_web(made: Composition, stop: asyncio.Event) -> None:
    """Role `web`: the pages, the API, and every channel's gateway."""
    await made.store.files.prepare()
    client = await temporal_client(made.settings)
    secrets = made.secrets()

    running = RunningCases(client)

    async def parts() -> Mapping[str, Part]:
        database, kafka, temporal, files = await asyncio.gather(
            made.database_part(),
            answers(made.broker),
            running.answers(),
            made.store.files.answers(),
        )
        return {
            "database": database,
            "kafka": _beside(kafka),
            "temporal": _beside(temporal),
            "attachments": _beside(files),
        }

    app = build(
        store=made.store,
        acting=Acting(made.store, running, made.recorder),
        clean=clean_or_refuse,
        public_url=made.settings.pages_url,
        parts=parts,
        sign_on=made.sign_on(),
        local_sign_in=made.settings.local_sign_in,
        limits=session_limits(made.settings),
        gateways=[adapter.gateway(made.store, secrets) for adapter in ADAPTERS.values()],
        limited=made.settings.rate_limits,
        trusted_proxies=read_networks(made.settings.trusted_proxies),
        intake_lag=lambda: intake_lag(made.broker),
    )
    async with made.store.engine.begin() as conn:
        password = made.keyring.gateway_keys.get("administrator_password")
        if password is not None:
            await ensure_first_administrator(conn, password)
        demo = made.settings.open311_demo
        await settle_demo(conn, wanted=demo, at=datetime.now(UTC))
    server = quiet_server(app, host=made.settings.http_host, port=made.settings.http_port)
    serving = asyncio.create_task(server.serve())
    async with ops_server(made, lambda: server.started):
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        await end_streams(app)
        server.should_exit = True
        await serving


def _beside(ok: bool) -> Part:
    """A part that the pages do without for a while: what is posted waits in the database."""
    return Part(ok=ok, needed=False, detail="" if ok else "away")


@asynccontextmanager
async def ops_server(
    made: Composition,
    ready: Callable[[], bool],
    *,
    more: Callable[[], Mapping[str, Part]] = dict,
) -> AsyncIterator[None]:
    """Serve /healthz, /readyz and /metrics of the role while the body runs."""
    port = made.settings.ops_port
    if port is None:
        yield
        return

    async def parts() -> Mapping[str, Part]:
        return {
            "database": await made.database_part(),
            "role": Part(ok=ready(), needed=True, detail="" if ready() else "waiting"),
            **more(),
        }

    async with served(ops_application(made.role, parts), port=port):
        yield


ROLES: dict[str, Callable[[Composition, asyncio.Event], Awaitable[None]]] = {
    "worker": run_worker,
    "intake": run_intake,
    "relay": run_relay,
    "reply": run_reply,
    "deliver": run_deliver,
    "web": run_web,
}


def log_to_stderr(role: str) -> None:
    """One JSON line an entry, the same for our own and for the libraries' logs."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for noisy in ("aiokafka", "httpx", "uvicorn", "temporalio", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(role=role)


async def _run(role: str, settings: Settings) -> None:
    made = Composition(settings, role)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with following_city_data(made.store):
            await ROLES[role](made, stop)
    finally:
        await made.store.close()


def run_role(role: str, settings: Settings) -> NoReturn:
    """Run one role until SIGINT or SIGTERM, then end the process."""
    log_to_stderr(role)
    try:
        asyncio.run(_run(role, settings))
    except (SettingsError, KeysFileError, DataError, FilesPlaceError) as error:
        print(error, file=sys.stderr)
        end(2)
    except Exception:
        log.exception("the role failed")
        end(1)
    end(0)


def end(code: int) -> NoReturn:
    """End the process at once: interpreter exit aborts now and then where the Temporal SDK was
    loaded (sdk-python#300), which would look like a failure to whoever supervises us."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
