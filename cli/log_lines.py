"""A role's JSON log lines, as a person reads them in the terminal of `minwon up`."""

import json
from typing import Any

QUIET_SECONDS = 10.0
HIDDEN = ("event", "level", "timestamp", "role", "exception")


class LogLines:
    """One role's output. What it says again and again is shown once in ten seconds."""

    def __init__(self) -> None:
        self._shown: dict[str, float] = {}

    def readable(self, line: str, *, now: float) -> str | None:
        """The line for people, or None where the same was shown a moment ago.

        `now` is a monotonic instant in seconds. A line that is no log entry stays as it is, each
        time.
        """
        entry = _entry(line)
        if entry is None:
            return line
        text = _readable(entry)
        recent = {said: at for said, at in self._shown.items() if now - at < QUIET_SECONDS}
        repeated = text in recent
        self._shown = recent if repeated else {**recent, text: now}
        return None if repeated else text


def _readable(entry: dict[str, Any]) -> str:
    level = str(entry.get("level", "info"))
    fields = " ".join(f"{name}={value}" for name, value in entry.items() if name not in HIDDEN)
    words = (
        "" if level == "info" else f"{level}:",
        str(entry["event"]),
        f"({fields})" if fields else "",
    )
    text = " ".join(word for word in words if word)
    exception = entry.get("exception")
    return f"{text}\n{exception}" if exception else text


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "event" in entry else None
