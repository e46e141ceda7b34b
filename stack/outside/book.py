"""What the outside world received: one JSON line a message, in the order of arrival."""

import json
import threading
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE_NAME = "received.jsonl"


class Failures:
    """Trouble asked for in advance: the next sends of a kind are refused with an HTTP status."""

    def __init__(self) -> None:
        self._asked: dict[str, deque[int]] = {}

    def ask(self, kind: str, *, status: int, times: int = 1) -> None:
        """The next `times` sends of `kind` fail with `status`, after those already asked for."""
        self._asked.setdefault(kind, deque()).extend([status] * times)

    def next(self, kind: str) -> int | None:
        """The status to fail this send with, or None to take it; each is used up once."""
        asked = self._asked.get(kind)
        return asked.popleft() if asked else None

    def clear(self) -> None:
        """Forget all that was asked for."""
        self._asked.clear()


class Book:
    """Keeps every message as it was received, twice where it came twice; survives a restart.

    Kinds: sms, email, push, x, meta. Safe to use from several threads of one process.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / FILE_NAME
        self._lock = threading.Lock()
        self._messages: list[dict[str, Any]] = self._read()
        self.failures = Failures()

    def _read(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        whole_lines = self._path.read_bytes().split(b"\n")[:-1]
        # A line cut by a kill was never acknowledged: the file goes on behind the last whole one.
        self._path.write_bytes(b"".join(line + b"\n" for line in whole_lines))
        return [json.loads(line) for line in whole_lines]

    def keep(self, *, kind: str, to: str, body: str, reference: str | None, raw: Any) -> None:
        """Write one message down before its sender is answered.

        `reference` is the id by which the sender knows it; `raw` the request as it was received
        (anything that JSON can hold).
        """
        message = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "kind": kind,
            "to": to,
            "body": body,
            "reference": reference,
            "raw": raw,
        }
        line = json.dumps(message, ensure_ascii=False) + "\n"
        with self._lock:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
            self._messages.append(message)

    def messages(self, to: str | None = None, kind: str | None = None) -> list[dict[str, Any]]:
        """What was received, oldest first; only to this address, only of this kind."""
        with self._lock:
            return [
                message
                for message in self._messages
                if (to is None or message["to"] == to) and (kind is None or message["kind"] == kind)
            ]
