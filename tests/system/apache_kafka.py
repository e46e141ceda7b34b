"""Apache Kafka itself, KRaft, one node, a child process: where JDK 17 and Maven are present."""

import asyncio
import re
import shutil
import subprocess
from pathlib import Path

from stack.processes import Child, ComponentError, free_port, wait_listening

POM = Path(__file__).parent / "apache_kafka_pom" / "pom.xml"
HOST = "127.0.0.1"
OLDEST_JAVA = 17
CLUSTER = "bWlud29uIGluIGEgdGVzdA"
"""Sixteen bytes in base64. Not drawn: one in 64 would begin with «-», which Kafka's own tools take
for an option."""


def is_possible() -> bool:
    """True where Maven and a Java of at least 17 are on the PATH."""
    java, maven = shutil.which("java"), shutil.which("mvn")
    if java is None or maven is None:
        return False
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', told)
    return version is not None and int(version[1]) >= OLDEST_JAVA


class ApacheKafka:
    """One broker that keeps its log on disk, and comes back with it after a SIGKILL."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port, self._controller = free_port(), free_port()
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"{HOST}:{self.port}"

    @property
    def child(self) -> Child:
        """The process."""
        assert self._child is not None
        return self._child

    async def start(self) -> None:
        """Fetch the jars with Maven where they are missing, format the log once, start."""
        jars = self.directory / "lib"
        settings = self.directory / "server.properties"
        if not jars.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(self._fetch, jars)
            settings.write_text(self._settings())
            await asyncio.to_thread(
                self._java, "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", settings
            )
        self._child = Child(
            name="Apache Kafka",
            argv=["java", "-Xmx512m", "-cp", f"{jars}/*", "kafka.Kafka", str(settings)],
            log=self.directory / "kafka.log",
        )
        await self._child.start()
        await wait_listening(self._child, HOST, self.port, seconds=60)

    def _fetch(self, jars: Path) -> None:
        copy = [
            "dependency:copy-dependencies",
            f"-DoutputDirectory={jars}",
            "-DincludeScope=runtime",
        ]
        _run("mvn", "-q", "-B", "-f", str(POM), *copy)

    def _java(self, *arguments: object) -> None:
        _run("java", "-cp", f"{self.directory}/lib/*", *map(str, arguments))

    def _settings(self) -> str:
        return "\n".join(
            (
                "process.roles=broker,controller",
                "node.id=1",
                f"controller.quorum.voters=1@{HOST}:{self._controller}",
                f"listeners=PLAINTEXT://{HOST}:{self.port},CONTROLLER://{HOST}:{self._controller}",
                f"advertised.listeners=PLAINTEXT://{HOST}:{self.port}",
                "controller.listener.names=CONTROLLER",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                f"log.dirs={self.directory}/log",
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=4",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "group.initial.rebalance.delay.ms=0",
                "auto.create.topics.enable=false",
                "message.max.bytes=20971520",
            )
        )

    async def stop(self) -> None:
        """End it."""
        await self.child.stop(grace=20)


def _run(*argv: str) -> None:
    """Run a tool to its end; raises ComponentError with what it printed where it fails."""
    done = subprocess.run(
        argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        told = done.stdout.strip()[-3000:]
        raise ComponentError(f"`{' '.join(argv)}` ended with {done.returncode}:\n{told}")
